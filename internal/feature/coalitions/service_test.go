package coalitions

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/people"
)

func TestWhoIsInside(t *testing.T) {
	each(t, func(t *testing.T, d *table) {
		open, closed := d.three(true), d.three(false)
		for _, c := range []struct {
			who   access.Actor
			id    string
			role  Role
			found bool
		}{
			{fatma, closed, Convener, true}, {joost, closed, Participant, true}, {alderman, closed, Observer, true},
			{stranger, closed, Outside, false}, {nobody, closed, Outside, false},
			{stranger, open, Outside, true}, {nobody, open, Outside, true}, {fatma, "nowhere", Outside, false},
		} {
			role, err := d.Role(d.as(c.who), d.DB, c.id)
			if role != c.role || (err == nil) != c.found || err != nil && fault.KindOf(err) != fault.KindNotFound {
				t.Errorf("%s in %s: %q, %v", c.who.Person, c.id, role, err)
			}
			for _, ask := range []func() error{
				func() error { _, err := d.Name(d.as(c.who), d.DB, c.id); return err },
				func() error { _, err := d.Cities(d.as(c.who), d.DB, c.id); return err },
				func() error { _, err := d.Chosen(d.as(c.who), d.DB, c.id); return err },
				func() error { _, err := d.Summary(d.as(c.who), d.DB, c.id); return err },
				func() error { _, err := d.Get(d.as(c.who), c.id, ""); return err },
			} {
				if err := ask(); (err == nil) != c.found {
					t.Errorf("%s in %s: %v", c.who.Person, c.id, err)
				}
			}
			members, _ := d.Members(d.as(c.who), d.DB, c.id)
			if (len(members) == 4) != (c.role != Outside) {
				t.Errorf("%s in %s sees %d members", c.who.Person, c.id, len(members))
			}
			// Inside things: not found where nothing is to be seen, else denied.
			want := fault.KindDenied
			if !c.found {
				want = fault.KindNotFound
			}
			if c.role == Outside {
				_, err := d.Board(d.as(c.who), c.id)
				d.is(err, want)
				_, _, _, err = d.Meetings(d.as(c.who), c.id)
				d.is(err, want)
				d.is(d.Say(d.as(c.who), c.id, "dag"), want)
				_, err = d.Crowd(d.as(c.who), c.id)
				d.is(err, want)
				_, _, _, _, err = d.History(d.as(c.who), c.id, "")
				d.is(err, want)
			}
			if c.role != Convener {
				d.is(d.AddCity(d.as(c.who), c.id, "vier", "GM0034"), want)
				_, err := d.AddGuest(d.as(c.who), c.id, NewGuest{Name: "Gast"})
				d.is(err, want)
				d.is(d.Invite(d.as(c.who), c.id, Invite{Email: "x@test.example", Organisation: "vier", Role: Convener}), want)
				d.is(d.SetRole(d.as(c.who), c.id, "joost", Convener), want)
				d.is(d.Reveal(d.as(c.who), c.id), want)
			}
		}
		list, err := d.Of(d.as(joost), d.DB)
		if err != nil || len(list) != 2 || list[0].ID != closed {
			t.Errorf("of joost: %v, %v", list, err)
		}
		public, err := d.Public(d.as(nobody), d.DB)
		if err != nil || len(public) != 1 || public[0].ID != open || len(public[0].Cities) != 3 || public[0].Cities[1].Name != "Gemeente Heuvelrijk" || public[0].Cities[1].Place != "/0153" {
			t.Errorf("public: %+v, %v", public, err)
		}
	})
}

func TestBeginningIsForProjectLeaders(t *testing.T) {
	each(t, func(t *testing.T, d *table) {
		half := fatma
		half.SecondFactor = false
		for _, who := range []access.Actor{nobody, alderman, half, joost} {
			_, err := d.Create(d.as(who), NewCoalition{thuis, "waterstad", "GM0034"})
			d.is(err, fault.KindInvalid, "organisatie")
		}
		_, err := d.Create(d.as(fatma), NewCoalition{Coalition{}, "waterstad", "GM0034"})
		d.is(err, fault.KindInvalid, "naam", "doel")
		_, err = d.Create(d.as(fatma), NewCoalition{thuis, "waterstad", "GM9999"})
		d.is(err, fault.KindInvalid, "gemeente")
	})
}

func TestInvitationsEndAndAreUsedOnce(t *testing.T) {
	each(t, func(t *testing.T, d *table) {
		id := d.begun(false)
		d.is(d.Invite(d.as(fatma), id, Invite{Email: "geen adres", Organisation: "heuvelrijk", Role: Participant}), fault.KindInvalid, "email")
		d.is(d.Invite(d.as(fatma), id, Invite{Email: "a@test.example", Organisation: "nergens", Role: Participant}), fault.KindInvalid, "organisatie")
		invite := Invite{Email: "Joost@Test.example", Organisation: "heuvelrijk", Role: Participant, Days: 7}
		d.must(d.Invite(d.as(fatma), id, invite))
		first := d.letter("joost@test.example")
		d.must(d.Invite(d.as(fatma), id, invite)) // a new letter takes the place of the old one
		second := d.letter("joost@test.example")
		_, err := d.Accept(d.as(joost), first)
		d.is(err, fault.KindNotFound)
		_, err = d.Accept(d.as(nobody), second)
		d.is(err, fault.KindDenied)
		d.clock.Advance(7 * 24 * time.Hour)
		v, err := d.Invitation(d.as(nobody), second)
		if err != nil || !v.Over {
			t.Errorf("after a week: %+v, %v", v, err)
		}
		_, err = d.Accept(d.as(joost), second)
		d.is(err, fault.KindConflict, "coalitions.wrong.expired")
		token := d.invited(id, Participant, joost, "heuvelrijk")
		_, err = d.Accept(d.as(stranger), token)
		d.is(err, fault.KindNotFound)
		d.must(d.Invite(d.as(fatma), id, Invite{Email: "els@test.example", Organisation: "voorbeeld", Role: Participant}))
		crowd, err := d.Crowd(d.as(fatma), id)
		d.must(err)
		if len(crowd.Invitations) != 1 {
			t.Fatalf("waiting: %v", crowd.Invitations)
		}
		d.must(d.Withdraw(d.as(fatma), id, crowd.Invitations[0].ID))
		d.is(d.Withdraw(d.as(fatma), id, crowd.Invitations[0].ID), fault.KindConflict)
		_, err = d.Accept(d.as(els), d.letter("els@test.example"))
		d.is(err, fault.KindNotFound)
		// The history and a member who does not convene see no address.
		_, changes, _, _, err := d.History(d.as(joost), id, "")
		d.must(err)
		for _, c := range changes {
			if strings.Contains(c.Subject+c.Why, "@") {
				t.Errorf("the history holds an address: %+v", c)
			}
		}
		if crowd, err = d.Crowd(d.as(joost), id); err != nil || crowd.Invitations != nil || crowd.Guests != nil || crowd.Requests != nil {
			t.Errorf("a member sees %+v, %v", crowd, err)
		}
	})
}

func TestAskingToJoin(t *testing.T) {
	each(t, func(t *testing.T, d *table) {
		id := d.begun(true)
		d.is(d.Ask(d.as(joost), d.begun(false), "heuvelrijk", "Graag"), fault.KindNotFound)
		d.is(d.Ask(d.as(nobody), id, "", "Graag"), fault.KindDenied)
		d.is(d.Ask(d.as(joost), id, "waterstad", "Graag"), fault.KindInvalid, "organisatie")
		d.is(d.Ask(d.as(joost), id, "heuvelrijk", ""), fault.KindInvalid, "waarom")
		d.must(d.Ask(d.as(joost), id, "heuvelrijk", "Wij doen graag mee"))
		d.must(d.Ask(d.as(joost), id, "heuvelrijk", "Nog eens"))
		d.must(d.queue.Drain(t.Context()))
		if len(d.post.list) != 1 || d.post.list[0].To != "fatma@test.example" {
			t.Errorf("letters: %v", d.post.list)
		}
		v, err := d.Get(d.as(fatma), id, "")
		if err != nil || v.Requests != 1 || v.Step.Key != "requests" {
			t.Errorf("fatma: %+v, %v", v.Step, err)
		}
		if v, err = d.Get(d.as(joost), id, ""); err != nil || !v.Asked {
			t.Errorf("joost: asked %v, %v", v.Asked, err)
		}
		d.must(d.Ask(d.as(els), id, "", "Mag ik ook?"))
		d.must(d.Answer(d.as(fatma), id, "els", ""))
		d.must(d.Answer(d.as(fatma), id, "joost", Participant))
		d.is(d.Answer(d.as(fatma), id, "joost", Participant), fault.KindConflict)
		if role, err := d.Role(d.as(joost), d.DB, id); role != Participant || err != nil {
			t.Errorf("joost is %q, %v", role, err)
		}
		if role, _ := d.Role(d.as(els), d.DB, id); role != Outside {
			t.Errorf("els is %q", role)
		}
		d.is(d.Ask(d.as(joost), id, "heuvelrijk", "Graag"), fault.KindConflict, "coalitions.wrong.inside")
	})
}

func TestThereIsAlwaysAConvener(t *testing.T) {
	each(t, func(t *testing.T, d *table) {
		id := d.three(false)
		d.is(d.Leave(d.as(fatma), id, "fatma"), fault.KindConflict, "coalitions.wrong.lastconvener")
		d.is(d.SetRole(d.as(fatma), id, "fatma", Observer), fault.KindConflict, "coalitions.wrong.lastconvener")
		d.is(d.Leave(d.as(joost), id, "els"), fault.KindDenied)
		d.must(d.SetRole(d.as(fatma), id, "joost", Convener))
		d.must(d.SetRole(d.as(joost), id, "fatma", Participant)) // a second convener may
		d.is(d.AddCity(d.as(fatma), id, "vier", "GM0034"), fault.KindDenied)
		d.must(d.Leave(d.as(fatma), id, "fatma"))
		d.must(d.Leave(d.as(joost), id, "els"))
		d.is(d.Leave(d.as(joost), id, "els"), fault.KindConflict, "coalitions.wrong.gone")
		_, err := d.Get(d.as(fatma), id, "")
		d.is(err, fault.KindNotFound)
	})
}

func TestTwoEditorsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, d *table) {
		id := d.begun(true)
		c := Coalition{ID: id, Name: "Nieuwe naam", Goal: "Nieuw doel", Version: 1, Open: true}
		d.must(d.Edit(d.as(fatma), c, "duidelijker"))
		c.Name = "Andere naam"
		d.is(d.Edit(d.as(fatma), c, ""), fault.KindConflict, "coalitions.conflict")
		if name, _ := d.Name(d.as(fatma), d.DB, id); name != "Nieuwe naam" {
			t.Errorf("name is %s", name)
		}
	})
}

func TestCitiesHaveABound(t *testing.T) {
	each(t, func(t *testing.T, d *table) {
		id := d.begun(true)
		d.is(d.RemoveCity(d.as(fatma), id, "waterstad"), fault.KindConflict, "coalitions.wrong.lastcity")
		d.is(d.AddCity(d.as(fatma), id, "waterstad", "GM0034"), fault.KindInvalid, "coalitions.wrong.already")
		for _, o := range []string{"heuvelrijk", "voorbeeld", "vier", "vijf"} {
			d.takesPart(id, o, "GM0153")
		}
		d.has(fatma, Path(id), 200, "U bent met 5 gemeenten")
		d.must(d.RemoveCity(d.as(fatma), id, "vijf"))
		d.is(d.RemoveCity(d.as(fatma), id, "vijf"), fault.KindNotFound)
		if body := d.has(fatma, Path(id), 200); strings.Contains(body, "U bent met") {
			t.Error("four cities give a warning")
		}
		d.must(d.End(d.as(fatma), id, "Het is af"))
		d.is(d.AddCity(d.as(fatma), id, "vijf", "GM0153"), fault.KindConflict, "coalitions.wrong.ended")
		if list, _ := d.Public(d.as(nobody), d.DB); len(list) != 0 {
			t.Errorf("an ended coalition is listed: %v", list)
		}
	})
}

func TestGuestsReadForAWhile(t *testing.T) {
	each(t, func(t *testing.T, d *table) {
		id := d.three(false)
		reader, err := d.AddGuest(d.as(fatma), id, NewGuest{Name: "Verzekeraar", Days: 7})
		d.must(err)
		talker, err := d.AddGuest(d.as(fatma), id, NewGuest{Name: "Adviseur", MayComment: true, Days: 14})
		d.must(err)
		g, err := d.GuestRole(d.as(nobody), d.DB, talker)
		if err != nil || g.Coalition != id || !g.MayComment {
			t.Fatalf("guest %+v, %v", g, err)
		}
		_, err = d.GuestRole(d.as(nobody), d.DB, "verzonnen")
		d.is(err, fault.KindNotFound)
		n, err := db.One(t.Context(), d.DB, db.Value[int], `SELECT COUNT(*) FROM coalition_guest WHERE hash = $1 OR name = $2`, []byte(reader), reader)
		if err != nil || n != 0 {
			t.Errorf("the token itself is kept: %d, %v", n, err)
		}
		if n, err = db.One(t.Context(), d.DB, db.Value[int], `SELECT COUNT(*) FROM coalition_guest WHERE hash = $1`, people.HashSecret(reader)); err != nil || n != 1 {
			t.Errorf("its hash is not: %d, %v", n, err)
		}
		d.is(d.CommentAsGuest(d.as(nobody), reader, "dag"), fault.KindNotFound)
		d.is(d.CommentAsGuest(d.as(nobody), talker, " "), fault.KindInvalid, "bericht")
		d.must(d.CommentAsGuest(d.as(nobody), talker, "Let op de aanbesteding"))
		d.has(joost, Path(id), 200, "Let op de aanbesteding", "Adviseur (gast)")
		var wait error
		for range 10 {
			if wait = d.CommentAsGuest(d.as(nobody), talker, "nog iets"); wait != nil {
				break
			}
		}
		d.is(wait, fault.KindTooMany)
		body := d.has(nobody, guestPath+reader, 200, "Samen thuis", "Let op de aanbesteding", "noindex")
		if strings.Contains(body, "Uw bericht") || strings.Contains(body, "@test.example") {
			t.Error("a reader gets a form or an address")
		}
		d.clock.Advance(7 * 24 * time.Hour)
		if body := d.has(nobody, guestPath+reader, 410, "Deze link werkt niet meer"); strings.Contains(body, "Samen thuis") {
			t.Error("an ended link tells where it led")
		}
		_, err = d.GuestRole(d.as(nobody), d.DB, reader)
		d.is(err, fault.KindNotFound)
		d.has(nobody, guestPath+talker, 200)
		crowd, err := d.Crowd(d.as(fatma), id)
		d.must(err)
		for _, g := range crowd.Guests {
			if g.Name == "Adviseur" {
				d.must(d.Revoke(d.as(fatma), id, g.ID))
				d.is(d.Revoke(d.as(fatma), id, g.ID), fault.KindConflict)
			}
		}
		d.has(nobody, guestPath+talker, 410)
		if status, _ := d.send(nobody, guestPath+talker+"/bericht", "bericht", "nog even"); status != 410 && status != 429 {
			t.Errorf("a comment by a revoked link is %d", status)
		}
		d.has(nobody, guestPath+"verzonnen", 404)
		d.clock.Advance(keepGuests + time.Hour)
		d.must(d.Night(t.Context()))
		d.has(nobody, guestPath+talker, 404)
	})
}

func TestMeetings(t *testing.T) {
	each(t, func(t *testing.T, d *table) {
		id := d.three(false)
		at := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
		d.is(func() error {
			_, err := d.Call(d.as(alderman), Meeting{Coalition: id, Title: "Overleg", At: at, Minutes: 60})
			return err
		}(), fault.KindDenied)
		_, err := d.Call(d.as(joost), Meeting{Coalition: id, Minutes: 2})
		d.is(err, fault.KindInvalid, "titel", "dag", "duur")
		m := Meeting{Coalition: id, Title: "Overleg; met puntkomma", At: at, Minutes: 90, Place: "Stadhuis, zaal 2", Agenda: []string{"Welkom", "Rondvraag"}}
		m.ID, err = d.Call(d.as(joost), m)
		d.must(err)
		m.Version, m.Notes, m.Decisions = 1, "Het was goed.", []string{"Wij gaan door"}
		d.must(d.Record(d.as(els), m, []string{"fatma", "els", "stranger"}))
		d.is(d.Record(d.as(joost), m, nil), fault.KindConflict, "coalitions.conflict")
		v, err := d.Minutes(d.as(alderman), id, m.ID)
		d.must(err)
		if len(v.Attended) != 2 || v.Meeting.Notes != "Het was goed." || v.Meeting.Decisions[0] != "Wij gaan door" {
			t.Errorf("minutes %+v", v)
		}
		_, err = d.Minutes(d.as(fatma), d.begun(false), m.ID)
		d.is(err, fault.KindNotFound)
		due := time.Date(2026, 12, 10, 0, 0, 0, 0, clock.Amsterdam)
		d.is(d.Act(d.as(joost), Action{Coalition: id, Meeting: m.ID, Title: "Bellen", Person: "stranger", Due: due}), fault.KindInvalid, "wie")
		d.is(d.Act(d.as(joost), Action{Coalition: id, Meeting: m.ID, Title: "", Person: "els"}), fault.KindInvalid, "actie", "voor")
		d.must(d.Act(d.as(joost), Action{Coalition: id, Meeting: m.ID, Title: "Bellen met de leverancier", Person: "els", Due: due}))
		if len(d.near.steps) != 0 {
			t.Errorf("steps without a plan: %v", d.near.steps)
		}
		_, agenda, err := d.Agenda(d.as(fatma), id)
		if text := strings.Join(agenda, "|"); err != nil || !strings.Contains(text, "Bellen met de leverancier") || strings.Contains(text, "Punt uit het plan") {
			t.Errorf("agenda %v, %v", agenda, err)
		}
		d.Plan = d.near
		d.must(d.Act(d.as(joost), Action{Coalition: id, Meeting: m.ID, Title: "Offerte vragen", Person: "els", Due: due}))
		if len(d.near.steps) != 1 || d.near.steps[0] != "Offerte vragen / els / 2026-12-10" {
			t.Errorf("steps: %v", d.near.steps)
		}
		_, agenda, err = d.Agenda(d.as(fatma), id)
		if text := strings.Join(agenda, "|"); err != nil || !strings.Contains(text, "Punt uit het plan") || strings.Contains(text, "Offerte vragen") {
			t.Errorf("agenda %v, %v", agenda, err)
		}
		d.is(d.Cancel(d.as(joost), id, m.ID), fault.KindConflict, "coalitions.wrong.held")
		d.must(d.Finish(d.as(els), id, v2(d, id).ToDo[0].ID))
		if list := v2(d, id).ToDo; len(list) != 1 {
			t.Errorf("to do: %v", list)
		}
		text, err := d.Calendar(d.as(alderman), id, "")
		d.must(err)
		cal, err := ics.ParseCalendar(strings.NewReader(text))
		if err != nil || len(cal.Events()) != 1 {
			t.Fatalf("calendar: %v, %v", err, text)
		}
		e := cal.Events()[0]
		begin, _ := e.GetStartAt()
		end, _ := e.GetEndAt()
		if !begin.Equal(at) || end.Sub(begin) != 90*time.Minute || !strings.Contains(e.GetProperty(ics.ComponentPropertySummary).Value, "puntkomma") || strings.Contains(text, "Het was goed") {
			t.Errorf("event: %v", text)
		}
		other := Meeting{Coalition: id, Title: "Overleg", At: at, Minutes: 60}
		other.ID, err = d.Call(d.as(joost), other)
		d.must(err)
		d.must(d.Cancel(d.as(joost), id, other.ID))
		_, err = d.Minutes(d.as(joost), id, other.ID)
		d.is(err, fault.KindNotFound)
	})
}

func v2(d *table, id string) View {
	v, err := d.Get(d.as(fatma), id, "")
	d.must(err)
	return v
}

func TestAPersonIsExportedAndErased(t *testing.T) {
	each(t, func(t *testing.T, d *table) {
		id := d.scoring(false)
		d.scores(fatma, id, map[string]int{"beeldzorg": 5, "buurtapp": 1, "valtraining": 3})
		d.must(d.Say(d.as(fatma), id, "xylofoonwoord"))
		m := Meeting{Coalition: id, Title: "Overleg", At: d.clock.Now(), Minutes: 60}
		var err error
		m.ID, err = d.Call(d.as(fatma), m)
		d.must(err)
		m.Version = 1
		d.must(d.Record(d.as(fatma), m, []string{"fatma"}))
		d.must(d.Act(d.as(fatma), Action{Coalition: id, Meeting: m.ID, Title: "Bellen", Person: "fatma", Due: d.clock.Now()}))
		d.must(d.Invite(d.as(fatma), d.begun(true), Invite{Email: "joost@test.example", Organisation: "heuvelrijk", Role: Observer}))
		p := d.Room().Personal
		part, err := p.Export(t.Context(), d.DB, "fatma")
		d.must(err)
		data, err := json.Marshal(part.Data)
		d.must(err)
		for _, want := range []string{"xylofoonwoord", `"beeldzorg":{`, `"role":"convener"`, m.ID, "Bellen"} {
			if !strings.Contains(string(data), want) {
				t.Errorf("the export lacks %s: %s", want, data)
			}
		}
		if part, err = p.Export(t.Context(), d.DB, "joost"); err != nil || !strings.Contains(string(must(json.Marshal(part.Data))), "joost@test.example") {
			t.Errorf("joost: %v, %v", part, err)
		}
		if part, err = p.Export(t.Context(), d.DB, "stranger"); err != nil || part.Data != nil {
			t.Errorf("a stranger: %v, %v", part, err)
		}
		d.must(d.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return p.Erase(ctx, tx, "erased") }))
		for _, person := range []string{"fatma", "joost"} {
			d.must(d.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return p.Erase(ctx, tx, person) }))
			if part, err = p.Export(t.Context(), d.DB, person); err != nil || part.Data != nil {
				t.Errorf("after erasing %s: %+v, %v", person, part, err)
			}
		}
		// Els has been inside the longest and convenes; the scores are nobody's.
		if role, err := d.Role(d.as(els), d.DB, id); role != Convener || err != nil {
			t.Errorf("els is %q, %v", role, err)
		}
		b, err := d.Board(d.as(els), id)
		if err != nil || len(b.Done) != 1 || b.Done[0] != "" {
			t.Errorf("done: %q, %v", b.Done, err)
		}
		if body := d.has(els, Path(id), 200); strings.Contains(body, "xylofoonwoord") || strings.Contains(body, "fatma") {
			t.Error("something of fatma stays")
		}
		d.has(els, m.with(m.ID).Path(), 200)
		d.has(els, Path(id)+"/historie", 200, "iemand die niet meer meedoet")
	})
}

func (m Meeting) with(id string) Meeting { m.ID = id; return m }

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

func TestDemonstrationAndGeneratedPages(t *testing.T) {
	each(t, func(t *testing.T, d *table) {
		ctx := d.as(access.Actor{Channel: access.Shell})
		d.must(d.Room().Demo(ctx))
		d.must(d.Room().Demo(ctx))
		list, _, err := d.List(d.as(nobody), "", 20)
		if err != nil || len(list) != 1 || !list[0].Demonstration || len(list[0].Cities) != 3 || list[0].Chosen != demoChosen {
			t.Fatalf("demo: %+v, %v", list, err)
		}
		id := list[0].ID
		d.has(nobody, Path(id), 200, "voorbeeld", "Project "+demoChosen)
		d.has(joost, Path(id)+"/kiezen/uitslag", 200, "<svg", "Project ozoverbindzorg staat bovenaan", "liggen de meningen ver uit elkaar")
		v, err := d.Result(d.as(joost), id, nil)
		if err != nil || len(v.Outcomes) != 12 || v.Outcomes[0].Slug != demoChosen {
			t.Errorf("result %v, %v", v.Outcomes, err)
		}
		began := time.Now()
		d.must(d.Generate(ctx, 7, 60))
		t.Logf("60 coalitions in %v", time.Since(began))
		d.must(d.Generate(ctx, 7, 60))
		n, err := db.One(t.Context(), d.DB, db.Value[int], `SELECT COUNT(*) FROM coalition`)
		if err != nil || n != 61 {
			t.Errorf("%d coalitions, %v", n, err)
		}
		for _, p := range d.Room().Plans {
			if err := d.DB.CheckPlan(t.Context(), p); err != nil {
				t.Error(err)
			}
		}
		first, more, err := d.List(d.as(nobody), "", 20)
		if err != nil || !more || len(first) != 20 {
			t.Fatalf("list: %d, %v, %v", len(first), more, err)
		}
		second, _, err := d.List(d.as(nobody), first[19].ID, 20)
		if err != nil || second[0].ID >= first[19].ID {
			t.Errorf("the list does not go on: %v", err)
		}
	})
}
