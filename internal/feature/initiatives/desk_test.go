package initiatives

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
)

func TestProposals(t *testing.T) {
	desked(t, func(t *testing.T, d *desk) {
		body := d.gives(resident, "GET", "/initiatieven/fitknip/bewerken/voorwaarden", 200, "U maakt een voorstel")
		if !strings.Contains(body, "Stuur het voorstel") {
			t.Error("the button does not say so")
		}
		before := d.get(fitknip).Preconditions
		d.gives(resident, "POST", "/initiatieven/fitknip/bewerken/voorwaarden", 303, "proposed", "versie", version(d, fitknip), "voorwaarden", "Een zaal met stoelen", "waarom", "gezien in Enschede")
		if now := d.get(fitknip).Preconditions; strings.Join(now, "") != strings.Join(before, "") {
			t.Fatal("a proposal changed it")
		}
		d.gives(resident, "POST", "/initiatieven/nieuw", 303, "proposed", "naam", "Muziekbus Twente", "samenvatting", "Een bus met muziek langs dorpen.", "soort", "place", "fase", "pilot", "gemeenten", "Enschede", "waarom", "het rijdt al")
		waiting, own, err := d.Proposals(d.as(editor), "")
		if err != nil || len(waiting) != 2 || len(own) != 0 {
			t.Fatalf("%d wait, %d own, %v", len(waiting), len(own), err)
		}
		change, fresh := waiting[0].ID, waiting[1].ID
		if waiting[0].Part == "" {
			change, fresh = fresh, change
		}
		d.gives(resident, "GET", "/initiatief-voorstellen", 200, "Muziekbus Twente")
		d.gives(resident, "GET", "/initiatief-voorstellen/"+change, 200, "Een zaal met stoelen")
		d.gives(leadOf("org-a"), "GET", "/initiatief-voorstellen/"+change, 404, "")
		d.gives(elsewhere, "POST", "/initiatief-voorstellen/"+change+"/besluit", 404, "", "doe", "ja")
		d.gives(editor, "GET", "/initiatief-voorstellen/"+change, 200, "<ins>Een zaal met stoelen</ins>")
		d.gives(editor, "GET", "/initiatief-voorstellen/"+change, 200, "Van Ans")
		v := version(d, fitknip)
		// Somebody changes the same part before the editor decides.
		d.gives(editor, "POST", "/initiatieven/fitknip/bewerken/voorwaarden", 303, "saved", "versie", v, "voorwaarden", "Geld", "waarom", "x")
		d.gives(editor, "POST", "/initiatief-voorstellen/"+change+"/besluit", 409, "Iemand anders heeft dit intussen veranderd", "doe", "ja", "versie", v)
		d.gives(editor, "POST", "/initiatief-voorstellen/"+change+"/besluit", 303, "accepted", "doe", "ja", "versie", version(d, fitknip))
		if now := d.get(fitknip).Preconditions; len(now) != 1 || now[0] != "Een zaal met stoelen" {
			t.Errorf("%v", now)
		}
		d.gives(resident, "GET", "/initiatieven/fitknip/geschiedenis", 200, "gezien in Enschede")
		d.gives(editor, "POST", "/initiatief-voorstellen/"+change+"/besluit", 409, "al over besloten", "doe", "nee", "reden", "x")
		d.gives(editor, "POST", "/initiatief-voorstellen/"+fresh+"/besluit", 422, "Schrijf waarom u het afwijst", "doe", "nee")
		d.gives(editor, "POST", "/initiatief-voorstellen/"+fresh+"/besluit", 303, "refused", "doe", "nee", "reden", "Dit is een dienst, geen initiatief.")
		d.gives(resident, "GET", "/initiatief-voorstellen/"+fresh, 200, "Dit is een dienst")
		// Who proposed it is mailed.
		if n := len(d.waiting(jobTellDecided)); n != 2 {
			t.Errorf("%d to tell", n)
		}
		d.must(d.tellDecided(d.as(editor), decided{fresh}))
		d.must(d.tellDecided(d.as(editor), decided{change}))
		if mails := strings.Join(d.waiting("mail.send"), ""); !strings.Contains(mails, "ans@test.example") || !strings.Contains(mails, "Uw voorstel is overgenomen") || strings.Contains(mails, "geen initiatief.") {
			t.Errorf("%s", mails)
		}
		// A new one that is accepted stands in the list.
		_, id, err := d.begin(d.as(resident), Initiative{Name: "Fietsmaatjes Enschede", Summary: "Samen op een fiets voor twee.", Municipalities: []Municipality{{Name: "Enschede"}}}, "", "leuk")
		d.must(err)
		slug, err := d.Decide(d.as(editor), id, true, "", 0)
		d.must(err)
		d.gives(anonymous, "GET", "/initiatieven/"+slug, 200, "Samen op een fiets")
		_, _, err = d.begin(d.as(anonymous), Initiative{Name: "Fietsmaatjes Hengelo", Summary: "Samen op een fiets voor twee."}, "", "leuk")
		d.is(err, fault.KindDenied)
	})
}

func TestANewOneOfALeadIsADraft(t *testing.T) {
	desked(t, func(t *testing.T, d *desk) {
		lead := leadOf("org-a")
		d.gives(lead, "GET", "/initiatieven/nieuw", 200, "Gemeente A")
		form := []string{"naam", "Zangkring Zuid", "samenvatting", "Elke week zingen in de buurt.", "soort", "place", "fase", "idea", "onderwerpen", "wijk-en-ontmoeting", "waarom", "begin"}
		d.gives(lead, "POST", "/initiatieven/nieuw", 422, "Kies een van de", append(form, "organisatie", "org-b")...)
		d.gives(lead, "POST", "/initiatieven/nieuw", 422, "value=\"Zangkring Zuid\"", append(form, "organisatie", "org-a", "adres", "javascript:alert(1)")...)
		d.gives(lead, "POST", "/initiatieven/nieuw", 303, "/initiatieven/zangkring-zuid/bewerken?gedaan=made", append(form, "organisatie", "org-a")...)
		d.gives(lead, "GET", "/initiatieven/zangkring-zuid/bewerken", 200, "Dit is een concept")
		if slug, _, err := d.begin(d.as(lead), Initiative{Name: "Zangkring Zuid", Summary: "Elke week zingen in de buurt."}, "org-a", "x"); err != nil || slug != "zangkring-zuid-2" {
			t.Errorf("%s, %v", slug, err)
		}
	})
}

func TestMerge(t *testing.T) {
	desked(t, func(t *testing.T, d *desk) {
		const from, into = "tza-twente", fitknip
		d.owned(from, Owner{Organisation: "org-a", Role: RoleLead})
		d.must(d.Follow(d.as(resident), from, ""))
		_, err := d.edit(d.as(resident), from, sheet{part: partOf("voorwaarden"), one: typed{"voorwaarden": "Iets anders"}, why: "x"})
		d.must(err)
		a, b := d.get(from), d.get(into)
		d.is(d.Merge(d.as(leadOf("org-a")), from, into, "x"), fault.KindDenied)
		d.is(d.Merge(d.as(editor), from, from, "x"), fault.KindInvalid)
		d.is(d.Merge(d.as(editor), from, "niets", "x"), fault.KindInvalid)
		d.is(d.Merge(d.as(editor), "niets", into, "x"), fault.KindNotFound)
		d.gives(editor, "POST", "/initiatieven/dubbelen", 303, "merged", "van", "https://x.example/initiatieven/"+from+"/", "in", into, "waarom", "is hetzelfde")
		now := d.get(into)
		if len(now.Evidence) != len(a.Evidence)+len(b.Evidence) || len(now.Parties) < len(b.Parties) || len(now.Barriers) < len(b.Barriers) ||
			len(now.Sources) != len(a.Sources)+len(b.Sources) || now.Name != b.Name {
			t.Errorf("%d+%d evidence became %d; %d+%d sources %d", len(a.Evidence), len(b.Evidence), len(now.Evidence), len(a.Sources), len(b.Sources), len(now.Sources))
		}
		for _, e := range now.Evidence {
			if n := sourceNumber(now.Sources, e.Source); n == "" {
				t.Errorf("%q has no source", e.Metric)
			}
		}
		if list, err := d.Owners(t.Context(), d.db, into); err != nil || len(list) != 1 || list[0].Role != RoleLead {
			t.Errorf("%v, %v", list, err)
		}
		if yes, err := d.follows(d.as(resident), into); err != nil || !yes {
			t.Errorf("the follower is lost: %v", err)
		}
		for path, to := range map[string]string{"/initiatieven/" + from: "/initiatieven/fitknip", "/en/initiatieven/" + from: "/en/initiatieven/fitknip",
			"/initiatieven/" + from + "/geschiedenis": "/initiatieven/fitknip/geschiedenis", "/api/v1/initiatives/" + from: "/api/v1/initiatives/fitknip"} {
			if w := d.ask(anonymous, "GET", path); w.Code != http.StatusMovedPermanently || w.Header().Get("Location") != to {
				t.Errorf("%s: %d %s", path, w.Code, w.Header().Get("Location"))
			}
		}
		if list, err := d.Links(d.as(anonymous), d.db, []string{from, "niets", "ggd-appstore"}); err != nil || len(list) != 2 || list[0].Slug != into {
			t.Errorf("%v, %v", list, err)
		}
		if events := d.waiting(movedJob); len(events) != 1 || events[0] != `{"from":"tza-twente","into":"fitknip"}` {
			t.Errorf("%v", events)
		}
		if l, err := d.List(t.Context(), Page{}); err != nil || l.Total != 59 {
			t.Errorf("%d, %v", l.Total, err)
		}
		d.gives(anonymous, "GET", "/initiatieven/fitknip/geschiedenis", 200, "is hetzelfde")
		_, own, err := d.Proposals(d.as(resident), "")
		if d.must(err); own[0].Initiative != into {
			t.Errorf("the proposal is for %s", own[0].Initiative)
		}
		// The files know it still: that is no fault, and does not bring it back.
		rep, err := d.Import(shell(t), demoFiles(t), false)
		if err != nil || rep.Count(IsNew) != 0 || rep.Count(Refused) != 0 {
			t.Errorf("%d new, %v", rep.Count(IsNew), err)
		}
		if _, err := d.Get(t.Context(), from); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("%v", err)
		}
		// What went into one that goes too is found still.
		d.must(d.Merge(d.as(editor), into, "ggd-appstore", "y"))
		if to, err := d.Into(t.Context(), from); err != nil || to != "ggd-appstore" {
			t.Errorf("%s, %v", to, err)
		}
	})
}

func TestDoubles(t *testing.T) {
	desked(t, func(t *testing.T, d *desk) {
		for _, name := range []string{"Eettafel de Brink Enschede", "De Eettafel De Brink, Enschede"} {
			_, id, err := d.begin(d.as(resident), Initiative{Name: name, Summary: "Samen eten in de buurt.", Municipalities: []Municipality{{Name: "Enschede"}}}, "", "x")
			d.must(err)
			_, err = d.Decide(d.as(editor), id, true, "", 0)
			d.must(err)
		}
		list, err := d.Doubles(d.as(editor))
		if err != nil || len(list) == 0 || list[0].Alike < 0.8 || !strings.Contains(list[0].A.Name, "Brink") {
			t.Fatalf("%+v, %v", list, err)
		}
		d.gives(editor, "GET", "/initiatieven/dubbelen", 200, "Eettafel de Brink")
		_, err = d.Doubles(d.as(leadOf("org-a")))
		d.is(err, fault.KindDenied)
		for _, c := range []struct {
			a, b string
			low  bool
		}{{"Buurtkamer Oost", "Buurtkamer-Oost", false}, {"Buurtkamer Oost", "Beweegcoach West", true}, {"", "", true}} {
			if v := likeness(trigrams(c.a), trigrams(c.b)); v < alikeInTown != c.low {
				t.Errorf("%q and %q: %v", c.a, c.b, v)
			}
		}
	})
}

func TestFollowersGetOneLetterAMonth(t *testing.T) {
	desked(t, func(t *testing.T, d *desk) {
		d.gives(anonymous, "POST", "/initiatieven/fitknip/volgen", 422, "geen mailadres", "email", "nobody")
		for range 2 { // twice says the same
			d.gives(anonymous, "POST", "/initiatieven/fitknip/volgen", 303, "mailed", "email", "Neighbour@Test.example")
		}
		d.gives(resident, "POST", "/initiatieven/fitknip/volgen", 303, "follow")
		d.gives(resident, "GET", "/initiatieven/fitknip", 200, "U volgt dit initiatief.")
		mails := d.waiting("mail.send")
		if len(mails) != 2 {
			t.Fatalf("%d letters", len(mails))
		}
		_, token, _ := strings.Cut(mails[0], "/initiatief-volgen/")
		token = token[:32]
		d.fake().Advance(20 * 24 * time.Hour)
		d.gives(editor, "POST", "/initiatieven/fitknip/bewerken/voorwaarden", 303, "saved", "versie", version(d, fitknip), "voorwaarden", "Geld", "waarom", "x")
		d.must(d.Digest(d.as(editor), nil))
		if n := len(d.waiting("mail.send")); n != 3 {
			t.Errorf("%d letters: only who has an account is told, as the address was not confirmed", n)
		}
		d.gives(anonymous, "GET", "/initiatief-volgen/"+token, 200, "Ja, ik wil volgen")
		d.gives(anonymous, "POST", "/initiatief-volgen/"+token, 200, "U volgt dit initiatief")
		for range 2 {
			d.must(d.Digest(d.as(editor), nil))
		}
		mails = d.waiting("mail.send")
		if len(mails) != 4 || !strings.Contains(mails[3], "neighbour@test.example") || !strings.Contains(mails[3], "wat nodig is") || !strings.Contains(mails[3], "/stop") {
			t.Fatalf("%d letters: %v", len(mails), mails[3])
		}
		d.fake().Advance(40 * 24 * time.Hour) // nothing changed: no letter
		d.must(d.Digest(d.as(editor), nil))
		if n := len(d.waiting("mail.send")); n != 4 {
			t.Errorf("%d letters", n)
		}
		d.gives(anonymous, "GET", "/initiatief-volgen/"+token+"/stop", 200, "Stop met mailen")
		d.gives(anonymous, "POST", "/initiatief-volgen/"+token+"/stop", 200, "U krijgt geen mail meer")
		d.gives(anonymous, "POST", "/initiatief-volgen/"+token, 404, "")
		d.gives(resident, "POST", "/initiatieven/fitknip/niet-volgen", 303, "unfollow")
		d.must(d.Follow(d.as(anonymous), fitknip, "late@test.example"))
		d.fake().Advance(49 * time.Hour)
		d.must(d.Forget(t.Context(), nil))
		if n, err := db.One(t.Context(), d.db, db.Value[int], `SELECT COUNT(*) FROM initiative_follower`); err != nil || n != 0 {
			t.Errorf("%d followers left, %v", n, err)
		}
	})
}

func TestContact(t *testing.T) {
	desked(t, func(t *testing.T, d *desk) {
		d.gives(anonymous, "GET", "/initiatieven/fitknip/contact", 404, "")
		d.owned(fitknip, Owner{Organisation: "org-b", Role: RoleLead})
		d.gives(anonymous, "POST", "/initiatieven/fitknip/contact", 409, "nog niemand die uw bericht", "email", "ik@test.example", "bericht", "Hoe begon u hiermee?")
		d.owned(fitknip, Owner{Organisation: "org-a", Role: RoleLead})
		d.gives(anonymous, "GET", "/initiatieven/fitknip", 200, "Schrijf de kartrekker")
		body := d.gives(anonymous, "POST", "/initiatieven/fitknip/contact", 422, "geen mailadres", "email", "nee", "bericht", "Hoe begon u hiermee?")
		if !strings.Contains(body, ">Hoe begon u hiermee?<") {
			t.Error("the text is gone")
		}
		d.gives(anonymous, "POST", "/initiatieven/fitknip/contact", 303, "sent", "email", "ik@test.example", "naam", "Ik", "bericht", "Hoe begon u hiermee?")
		jobs := d.waiting(jobContact)
		var c contact
		if len(jobs) != 1 || json.Unmarshal([]byte(jobs[0]), &c) != nil {
			t.Fatalf("%v", jobs)
		}
		d.must(d.tellContact(d.as(editor), c))
		if mails := d.waiting("mail.send"); len(mails) != 1 || !strings.Contains(mails[0], "joost@a.example") || !strings.Contains(mails[0], "ik@test.example") {
			t.Errorf("%v", mails)
		}
	})
}

func TestLettersAreLimited(t *testing.T) {
	onEach(t, func(t *testing.T, s *Service) {
		o := s.o
		o.Rate = 1
		limited := New(o)
		d := at(t, limited)
		for k := range 6 {
			wait := limited.takes(d.as(anonymous), "a"+string(rune('a'+k))+"@test.example")
			if (wait != nil) != (k == 5) {
				t.Errorf("letter %d: %v", k, wait)
			}
		}
	})
}

func TestWhatIsKeptOfAPerson(t *testing.T) {
	desked(t, func(t *testing.T, d *desk) {
		d.must(d.Follow(d.as(resident), fitknip, ""))
		d.must(d.Follow(d.as(anonymous), "tza-twente", "ans@test.example"))
		for _, text := range []string{"Wacht nog", "Gaat door"} {
			id, err := d.edit(d.as(resident), fitknip, sheet{part: partOf("voorwaarden"), one: typed{"voorwaarden": text}, why: "woonzin " + text, version: d.get(fitknip).Version})
			d.must(err)
			if text == "Gaat door" {
				_, err = d.Decide(d.as(editor), id, true, "", d.get(fitknip).Version)
				d.must(err)
			}
		}
		p := personal{d.Service}
		part, err := p.Export(t.Context(), d.db, "ans")
		e, ok := part.Data.(export)
		if err != nil || !ok || len(e.Proposals) != 2 || len(e.Changes) != 1 || len(e.Follows) != 2 {
			t.Fatalf("%+v, %v", part.Data, err)
		}
		d.must(d.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return p.Erase(ctx, tx, "ans") }))
		d.must(d.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return p.Erase(ctx, tx, "gone") }))
		if part, err = p.Export(t.Context(), d.db, "ans"); err != nil || part.Data != nil {
			t.Errorf("%+v, %v", part.Data, err)
		}
		for table, want := range map[string]int{"initiative_proposal": 1, "initiative_follower": 0} {
			if n, err := db.One(t.Context(), d.db, db.Value[int], `SELECT COUNT(*) FROM `+table); err != nil || n != want {
				t.Errorf("%s has %d rows, %v", table, n, err)
			}
		}
		if now := d.get(fitknip).Preconditions; now[0] != "Gaat door" {
			t.Errorf("what was taken over is gone: %v", now)
		}
		d.must(d.tellDecided(d.as(editor), decided{one(d, `SELECT id FROM initiative_proposal`)}))
		if n := len(d.waiting("mail.send")); n != 1 { // that of the confirmation
			t.Errorf("%d letters", n)
		}
	})
}

func one(d *desk, query string) string {
	d.t.Helper()
	v, err := db.One(d.t.Context(), d.db, db.Value[string], query)
	d.must(err)
	return v
}

func TestPackAndAdopt(t *testing.T) {
	desked(t, func(t *testing.T, d *desk) {
		lead := leadOf("org-a")
		cards, err := d.All(t.Context(), Filter{})
		d.must(err)
		var slug string
		d.must(d.db.Write(d.as(lead), func(ctx context.Context, tx *db.Tx) (err error) {
			slug, err = d.Draft(ctx, tx, Initiative{Name: "Overgenomen praktijk", Summary: "Nog niet uitgepakt pakket."}, "org-a", "pakket@1.0.0")
			return err
		}))
		for _, c := range cards {
			whole, err := d.Pack(t.Context(), d.db, c.Slug)
			d.must(err)
			d.must(d.db.Write(d.as(lead), func(ctx context.Context, tx *db.Tx) error { return d.Adopt(ctx, tx, slug, whole) }))
			again, err := d.Pack(d.as(lead), d.db, slug)
			if err != nil || !bytes.Equal(whole, again) {
				t.Fatalf("%s: %s became %s, %v", c.Slug, whole, again, err)
			}
		}
		if i := d.get(slug); !i.Draft || i.Origin != "pakket@1.0.0" {
			t.Errorf("%v %q", i.Draft, i.Origin)
		}
		for _, bad := range []string{`{}`, `[]`, `{"name":"x"} {}`, `{"owner":"Jan"}`, ``} {
			err := d.db.Write(d.as(lead), func(ctx context.Context, tx *db.Tx) error { return d.Adopt(ctx, tx, slug, []byte(bad)) })
			d.is(err, fault.KindInvalid)
		}
		whole, err := d.Pack(t.Context(), d.db, fitknip)
		d.must(err)
		d.is(d.db.Write(d.as(leadOf("org-b")), func(ctx context.Context, tx *db.Tx) error { return d.Adopt(ctx, tx, slug, whole) }), fault.KindNotFound)
		if !json.Valid(d.PartSchema()) {
			t.Error("the schema is no JSON")
		}
	})
}

func FuzzUnpack(f *testing.F) {
	f.Add([]byte(`{"name":"N","kind":"place","summary":"S","targetGroups":[],"themes":["vervoer"],"evidence":[{"type":"outcome","metric":"m","strength":"claim","source":"s1"}],"costs":[],"preconditions":[],"sources":[{"id":"s1","title":"t"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := unpack(data)
		if err != nil {
			return
		}
		i := Initiative{Name: p.Name, Kind: p.Kind, Summary: p.Summary, Notes: p.Notes, TargetGroups: p.TargetGroups, Themes: p.Themes,
			Evidence: p.Evidence, Costs: p.Costs, Preconditions: p.Preconditions, Sources: p.Sources}
		whole, err := pack(i)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := unpack(whole); err != nil {
			t.Fatalf("%s is not taken back: %v", whole, err)
		}
	})
}
