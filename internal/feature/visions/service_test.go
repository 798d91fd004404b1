package visions

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
)

func TestAVisionFromDraftToPublication(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		id := w.draft()
		for _, who := range []string{"nobody", "lead", "stranger"} {
			_, err := w.Get(w.as(who), id)
			w.is(err, fault.KindNotFound, "")
			w.is(w.Begin(w.as(who), id, Round{}), fault.KindNotFound, "")
		}
		w.is(w.Begin(w.as("member"), id, Round{}), fault.KindDenied, "")
		w.is(w.Begin(w.as("convener"), id, Round{Kind: Deciding, Method: ByVotes, Majority: Half, Opens: "2026-06-01", Closes: "2026-06-20"}), fault.KindInvalid, "visions.wrong.orientfirst")
		w.is(w.Begin(w.as("convener"), id, Round{Kind: Orienting, Opens: "2026-05-31", Closes: "2026-05-30"}), fault.KindInvalid, "visions.wrong.past")
		w.begun(id, Round{Kind: Orienting, Everybody: true})
		w.is(w.Begin(w.as("convener"), id, Round{}), fault.KindConflict, "visions.wrong.planned")

		// A neighbour without an account speaks; the convener reads it first.
		shown, err := w.Comment(w.as("nobody"), id, Said{Place: "p2", Kind: Objection, Body: "Niet iedereen wil dat.", Name: "Buurvrouw"})
		w.must(err)
		if shown {
			t.Error("shown at once")
		}
		_, err = w.Comment(w.as("nobody"), id, Said{Place: "p99", Kind: Objection, Body: "Hm."})
		w.is(err, fault.KindInvalid, "visions.wrong.place")
		if shown, err = w.Comment(w.as("member"), id, Said{Place: "p3", Kind: Suggestion, Body: "Ook de fiets."}); err != nil || !shown {
			t.Fatal(shown, err)
		}
		w.must(w.TakePart(w.as("nobody"), id, Part{Replies: []string{"Een bankje", " "}}))
		w.is(w.TakePart(w.as("nobody"), id, Part{}), fault.KindInvalid, "visions.wrong.nothing")
		w.is(w.TakePart(w.as("nobody"), id, Part{Replies: []string{"x"}, Paper: true}), fault.KindDenied, "")
		w.must(w.TakePart(w.as("member"), id, Part{Replies: []string{"", "De koffie"}, Name: "Opa", Paper: true}))

		seen := func(who, filter string) (bodies []string) {
			v, err := w.Comments(w.as(who), id, filter, "", "")
			w.must(err)
			for _, c := range v.Comments {
				bodies = append(bodies, c.Body)
			}
			return bodies
		}
		for who, want := range map[string][]string{"nobody": {"Ook de fiets.", "De koffie"}, "member": {"Ook de fiets.", "De koffie"}, "convener": {"Niet iedereen wil dat.", "Een bankje"}} {
			if got := seen(who, filterHeld); !slices.Equal(got, want) {
				t.Errorf("%s sees %q", who, got)
			}
		}
		held, err := w.Comments(w.as("convener"), id, filterHeld, "", "")
		w.must(err)
		one, two := held.Comments[0], held.Comments[1]
		w.is(w.Answer(w.as("convener"), id, one.ID, Taken, ""), fault.KindConflict, "visions.wrong.showfirst")
		w.is(w.Judge(w.as("member"), id, one.ID, Shown, ""), fault.KindDenied, "")
		w.is(w.Judge(w.as("convener"), id, one.ID, Hidden, ""), fault.KindInvalid, "visions.wrong.empty")
		w.is(w.Judge(w.as("convener"), id, "no", Hidden, "spam"), fault.KindNotFound, "")
		w.must(w.Judge(w.as("convener"), id, one.ID, Shown, ""))
		w.must(w.Judge(w.as("convener"), id, two.ID, Hidden, "Er staat een naam in"))
		if got := seen("nobody", ""); !slices.Equal(got, []string{"Niet iedereen wil dat.", "Ook de fiets.", "De koffie"}) {
			t.Errorf("nobody sees %q", got)
		}
		w.is(w.Answer(w.as("convener"), id, one.ID, Not, ""), fault.KindInvalid, "visions.wrong.empty")
		w.is(w.Answer(w.as("convener"), id, one.ID, "perhaps", ""), fault.KindInvalid, "visions.wrong.choice")
		w.must(w.Answer(w.as("convener"), id, one.ID, Partly, "Wij schrijven: wie dat wil."))

		// The round stays open through its last day, and not a minute longer.
		w.days(14)
		if !w.get("nobody", id).MayComment() {
			t.Error("closed on its last day")
		}
		w.clock.Advance(13*time.Hour - time.Minute) // 23:59 in Amsterdam
		if _, err := w.Comment(w.as("member"), id, Said{Kind: Question, Body: "Nog net?"}); err != nil {
			t.Error(err)
		}
		w.clock.Advance(time.Minute)
		for _, who := range []string{"nobody", "convener"} {
			_, err = w.Comment(w.as(who), id, Said{Kind: Question, Body: "Te laat?"})
			w.is(err, fault.KindConflict, "visions.wrong.closed")
		}

		// A new version: reworded and one in front; comments stay at their paragraph.
		v := w.get("member", id)
		n := Saved{Title: v.Title, Version: v.Version, Why: "Na de reacties", Questions: v.Questions,
			Text: "# Visie\n\nDit is nieuw.\n\nOuderen wonen langer thuis en willen, als zij dat zelf willen, blijven meedoen.\n\nDe gemeente betaalt het vervoer naar de koffie.\n\n- buren"}
		w.is(w.Save(w.as("observer"), id, n), fault.KindDenied, "")
		w.must(w.Save(w.as("member"), id, n))
		w.is(w.Save(w.as("convener"), id, n), fault.KindConflict, "visions.conflict")
		v = w.get("member", id)
		if v.Newest != 2 || v.Text.Number != 2 || v.Counts["p2"] != 1 || v.Counts["p3"] != 1 {
			t.Errorf("%d %d %v", v.Newest, v.Text.Number, v.Counts)
		}
		if b, there := v.Text.Block("p2"); !there || !strings.Contains(b.Text, "als zij dat zelf willen") {
			t.Error("the paragraph lost its id")
		}
		if v := w.get("nobody", id); v.Text.Number != 1 {
			t.Error("a text that was not put before all is read by all")
		}

		w.begun(id, Round{Kind: Deciding, Method: ByVotes, Majority: TwoThirds})
		w.is(w.Vote(w.as("convener"), id, Consent, ""), fault.KindInvalid, "visions.wrong.choice")
		w.is(w.Vote(w.as("observer"), id, For, ""), fault.KindDenied, "")
		w.must(w.Vote(w.as("convener"), id, For, ""))
		w.must(w.Vote(w.as("member"), id, Against, "Te duur"))
		w.must(w.Vote(w.as("member"), id, For, ""))
		w.must(w.Vote(w.as("second"), id, Against, "Te snel"))
		b, err := w.Ballot(w.as("convener"), id)
		w.must(err)
		if b.Result != (Result{}) || b.Voted != 3 || b.Voters != 3 || b.Own.Choice != For || len(b.Objections) != 0 {
			t.Errorf("before it is over: %+v", b.Result)
		}
		if text := fmt.Sprintf("%+v", b); strings.Contains(text, "Te snel") || strings.Contains(text, "second") {
			t.Error("the vote of another is in what a member gets")
		}
		d := Decided{Reason: "Breed gedragen.", Deciders: "De stuurgroep", On: w.today()}
		w.is(w.Decide(w.as("convener"), id, d), fault.KindConflict, "visions.wrong.notover")
		w.is(w.Publish(w.as("convener"), id), fault.KindConflict, "visions.wrong.notadopted")
		w.must(w.Close(w.as("convener"), id))
		w.is(w.Vote(w.as("member"), id, Against, ""), fault.KindConflict, "visions.wrong.closed")
		w.is(w.Begin(w.as("convener"), id, Round{}), fault.KindConflict, "visions.wrong.undecided")
		w.is(w.Decide(w.as("member"), id, d), fault.KindDenied, "")
		bad := d
		bad.On, bad.Deciders = w.today().Add(1), ""
		w.is(w.Decide(w.as("convener"), id, bad), fault.KindInvalid, "visions.wrong.future")
		w.must(w.Decide(w.as("convener"), id, d))
		w.is(w.Decide(w.as("convener"), id, d), fault.KindConflict, "visions.wrong.decided")
		v = w.get("convener", id)
		if got, _ := v.Decision(); v.Stage != Adopted || got.Result != (Result{Yes: 2, Against: 1}) || got.Number != 2 {
			t.Errorf("%s %+v", v.Stage, got)
		}
		if _, is := w.get("nobody", id).Decision(); is {
			t.Error("a decision that was not published is seen by all")
		}
		w.is(w.Save(w.as("convener"), id, n), fault.KindConflict, "visions.wrong.decided")
		w.must(w.Publish(w.as("convener"), id))
		v = w.get("nobody", id)
		if v.Stage != Published || v.Text.Number != 2 || v.OwnerName != "Samen Digitaal" || v.Tally.Sum("", Partly) != 1 || v.Tally.Total() != 4 {
			t.Errorf("%+v %v", v.Vision, v.Tally)
		}
		l, err := w.List(w.as("nobody"), "")
		w.must(err)
		if len(l.Shelf) != 1 || len(l.Open) != 0 || len(l.Own) != 0 || l.MayAdd {
			t.Errorf("%+v", l)
		}
	})
}

func TestAnObjectionStandsUntilItIsDealtWith(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		id := w.draft()
		w.begun(id, Round{Kind: Orienting})
		_, err := w.Get(w.as("nobody"), id)
		w.is(err, fault.KindNotFound, "") // a round for members opens nothing
		_, err = w.Comment(w.as("nobody"), id, Said{Kind: Question, Body: "Hallo?"})
		w.is(err, fault.KindNotFound, "")
		_, err = w.Comment(w.as("observer"), id, Said{Kind: Question, Body: "Hallo?"})
		w.is(err, fault.KindDenied, "")
		w.must(w.Close(w.as("convener"), id))
		w.begun(id, Round{Kind: Deciding, Method: ByConsent})
		w.is(w.Vote(w.as("member"), id, Object, ""), fault.KindInvalid, "visions.wrong.empty")
		const why = "Mijn stad kan dit niet betalen."
		w.must(w.Vote(w.as("member"), id, Object, why))
		w.must(w.Vote(w.as("convener"), id, Consent, ""))
		b, err := w.Ballot(w.as("second"), id)
		w.must(err)
		if len(b.Objections) != 1 || b.Objections[0].Reason != why {
			t.Errorf("%+v", b.Objections)
		}
		w.must(w.Close(w.as("convener"), id))
		d := Decided{Reason: "Zo doen wij het.", Deciders: "Allen", On: w.today()}
		w.is(w.Decide(w.as("convener"), id, d), fault.KindConflict, "visions.wrong.objections")
		w.is(w.Deal(w.as("member"), id, "member", why, "Ach"), fault.KindDenied, "")
		w.is(w.Deal(w.as("convener"), id, "member", "Iets anders", "Opgelost"), fault.KindConflict, "visions.conflict")
		w.must(w.Deal(w.as("convener"), id, "member", why, "De regio betaalt het eerste jaar."))
		w.must(w.Decide(w.as("convener"), id, d))
		if got, _ := w.get("member", id).Decision(); got.Outcome != Adopted || got.Result != (Result{Yes: 1, Dealt: 1}) {
			t.Errorf("%+v", got)
		}
	})
}

func TestAVersionThatIsNotAdoptedIsWrittenAnew(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		id := w.draft()
		w.begun(id, Round{Kind: Orienting})
		w.must(w.Close(w.as("convener"), id))
		w.begun(id, Round{Kind: Deciding, Method: ByConsent})
		w.must(w.Vote(w.as("member"), id, Object, "Nog niet duidelijk."))
		v := w.get("convener", id)
		w.must(w.Save(w.as("convener"), id, Saved{Title: v.Title, Text: text + "\n\nErbij.", Version: v.Version}))
		if v = w.get("convener", id); v.Text.Number != 1 || v.Newest != 2 {
			t.Error("who votes reads a text that was not put forward")
		}
		w.is(w.Lay(w.as("member"), id), fault.KindDenied, "")
		w.must(w.Lay(w.as("convener"), id))
		if n := w.count(`SELECT COUNT(*) FROM vision_vote`); n != 0 || w.get("member", id).Text.Number != 2 {
			t.Error("a vote on the old text counts for the new one")
		}
		w.must(w.Close(w.as("convener"), id))
		d := Decided{Reason: "Niemand sprak zich uit.", Deciders: "Allen", On: w.today()}
		w.is(w.Decide(w.as("convener"), id, d), fault.KindConflict, "visions.wrong.novotes")
		d.Reject = true
		w.must(w.Decide(w.as("convener"), id, d))
		if v = w.get("convener", id); v.Stage != Rejected {
			t.Error(v.Stage)
		}
		// A round that is planned can be changed, and taken back.
		w.must(w.Begin(w.as("convener"), id, Round{Kind: Orienting, Opens: w.today().Add(2), Closes: w.today().Add(9), Everybody: true}))
		_, err := w.Get(w.as("nobody"), id)
		w.is(err, fault.KindNotFound, "")
		_, err = w.Comment(w.as("member"), id, Said{Kind: Question, Body: "Al?"})
		w.is(err, fault.KindConflict, "visions.wrong.closed")
		w.must(w.Plan(w.as("convener"), id, Round{Opens: w.today().Add(1), Closes: w.today().Add(9), Everybody: true}))
		w.must(w.Close(w.as("convener"), id))
		if v = w.get("convener", id); v.Stage != Rejected || len(v.Rounds) != 2 || v.TermUntil != "" {
			t.Errorf("%s %d", v.Stage, len(v.Rounds))
		}
		w.is(w.Remove(w.as("convener"), id), fault.KindConflict, "visions.wrong.rounds")
		other := w.draft()
		w.is(w.Remove(w.as("member"), other), fault.KindDenied, "")
		w.must(w.Remove(w.as("convener"), other))
	})
}

func TestMajorities(t *testing.T) {
	for _, c := range []struct {
		r      Result
		rule   string
		passes bool
	}{{Result{Yes: 1}, Half, true}, {Result{Yes: 1, Against: 1}, Half, false}, {Result{Yes: 2, Against: 1, Abstained: 9}, Half, true},
		{Result{}, Half, false}, {Result{Abstained: 3}, All, false}, {Result{Yes: 2, Against: 1}, TwoThirds, true},
		{Result{Yes: 3, Against: 2}, TwoThirds, false}, {Result{Yes: 5, Against: 1}, All, false}, {Result{Yes: 5}, All, true}} {
		if got := c.r.Passes(ByVotes, c.rule); got != c.passes {
			t.Errorf("%+v by %s: %v", c.r, c.rule, got)
		}
	}
}

func TestWhoSendsMuchWaits(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		id := w.draft()
		w.begun(id, Round{Kind: Orienting, Everybody: true})
		var err error
		for range 9 {
			_, err = w.Comment(w.as("nobody"), id, Said{Kind: Question, Body: "Nog eens"})
		}
		w.is(err, fault.KindTooMany, "")
		for range 12 {
			_, err = w.Comment(w.as("member"), id, Said{Kind: Question, Body: "Nog eens"})
			w.must(err)
		}
		w.clock.Advance(3 * time.Minute)
		_, err = w.Comment(w.as("nobody"), id, Said{Kind: Question, Body: "Nog eens"})
		w.must(err)
	})
}

func TestAnOrganisationHasItsOwn(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		_, err := w.Create(w.as("colleague"), "o:org-a", Saved{Title: "Van ons", Text: text})
		w.is(err, fault.KindInvalid, "visions.wrong.choice")
		id, err := w.Create(w.as("lead"), "o:org-a", Saved{Title: "Van ons", Text: text})
		w.must(err)
		w.begun2(id)
		_, err = w.Comment(w.as("colleague"), id, Said{Kind: Question, Body: "Waarom?"})
		w.must(err)
		_, err = w.Get(w.as("convener"), id)
		w.is(err, fault.KindNotFound, "")
		w.is(w.Save(w.as("colleague"), id, Saved{}), fault.KindDenied, "")
		for who, want := range map[string]int{"lead": 1, "colleague": 1, "nobody": 0, "convener": 0} {
			list, err := w.Due(w.as(who), w.DB, now, now.Add(30*24*time.Hour))
			if err != nil || len(list) != want {
				t.Errorf("%s: %d due, %v", who, len(list), err)
			}
		}
	})
}

func (w world) begun2(id string) {
	w.t.Helper()
	w.must(w.Begin(w.as("lead"), id, Round{Kind: Orienting, Opens: w.today(), Closes: w.today().Add(14)}))
}

func TestWhatOthersAsk(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		id := w.draft()
		ask := func(who string) (open []Opened, of []Link, due []Due) {
			t.Helper()
			var err error
			open, err = w.Open(w.as(who), w.DB)
			w.must(err)
			of, err = w.OfCoalition(w.as(who), w.DB, "c-1")
			w.must(err)
			due, err = w.Due(w.as(who), w.DB, now, now.Add(30*24*time.Hour))
			w.must(err)
			return open, of, due
		}
		if open, of, due := ask("nobody"); len(open)+len(of)+len(due) != 0 {
			t.Error("a draft is told to all")
		}
		w.begun(id, Round{Kind: Orienting, Everybody: true})
		for _, who := range []string{"nobody", "member"} {
			if open, of, due := ask(who); len(open) != 1 || open[0].Owner != "Samen Digitaal" || len(of) != 1 || len(due) != 1 || DayOf(due[0].At) != "2026-06-15" || due[0].Path != Path(id) {
				t.Errorf("%s: %+v %+v %+v", who, open, of, due)
			}
		}
		w.days(20)
		if open, of, due := ask("nobody"); len(open)+len(of)+len(due) > 1 {
			t.Error(open, of, due)
		}
	})
}

func TestAPersonTakesAllAndLeavesNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		id := w.draft()
		w.begun(id, Round{Kind: Orienting, Everybody: true})
		_, err := w.Comment(w.as("member"), id, Said{Kind: Question, Body: "Van een lid"})
		w.must(err)
		_, err = w.Comment(w.as("neighbour"), id, Said{Kind: Question, Body: "Van een buur"})
		w.must(err)
		w.must(w.Close(w.as("convener"), id))
		w.begun(id, Round{Kind: Deciding, Method: ByConsent})
		w.must(w.Vote(w.as("member"), id, Object, "Dit is mijn bezwaar."))
		v := w.get("member", id)
		w.must(w.Save(w.as("member"), id, Saved{Title: v.Title, Text: text + "\n\nErbij", Why: "mijn reden", Version: v.Version}))
		for who, wants := range map[string][]string{"member": {"Van een lid", "Dit is mijn bezwaar.", "mijn reden"}, "neighbour": {"Van een buur"}, "convener": {"Samen oud"}} {
			part, err := personal{}.Export(t.Context(), w.DB, who)
			w.must(err)
			data, err := json.Marshal(part.Data)
			w.must(err)
			for _, want := range wants {
				if !strings.Contains(string(data), want) {
					t.Errorf("the export of %s lacks %q: %s", who, want, data)
				}
			}
			w.must(w.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return personal{}.Erase(ctx, tx, who) }))
			if part, err = (personal{}).Export(t.Context(), w.DB, who); err != nil || part.Data != nil {
				t.Errorf("%s is left: %+v %v", who, part, err)
			}
		}
		if n := w.count(`SELECT COUNT(*) FROM vision_comment`); n != 1 {
			t.Errorf("%d comments", n)
		}
		for _, col := range []string{
			`SELECT COUNT(*) FROM vision WHERE person <> ''`, `SELECT COUNT(*) FROM vision_version WHERE person <> '' OR why <> ''`,
			`SELECT COUNT(*) FROM vision_round WHERE person <> ''`, `SELECT COUNT(*) FROM vision_vote`,
			`SELECT COUNT(*) FROM vision_comment WHERE person <> '' OR state_by <> '' OR answer_by <> '' OR helper <> ''`,
		} {
			if n := w.count(col); n != 0 {
				t.Errorf("%s: %d", col, n)
			}
		}
	})
}

func TestPlans(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		for _, p := range w.Room().Plans {
			if err := w.DB.CheckPlan(t.Context(), p); err != nil {
				t.Errorf("%s: %v", p.Name, err)
			}
		}
	})
}

func TestDemo(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		w.roles["fatma"], w.roles["joost"] = Convener, Participant
		for range 2 {
			w.must(w.demo(w.as("nobody")))
		}
		l, err := w.List(w.as("nobody"), "")
		w.must(err)
		if len(l.Open) != 1 {
			t.Fatalf("%+v", l)
		}
		v := w.get("fatma", l.Open[0].ID)
		if v.Stage != Deciding || v.Newest != 2 || v.Waiting != 1 || v.Tally.Sum("", Taken) != 3 || v.Tally.Sum("", "") != 1 || v.Counts["p4"] != 1 {
			t.Errorf("%+v %v %v", v.Vision, v.Tally, v.Counts)
		}
		b, err := w.Ballot(w.as("fatma"), v.ID)
		if err != nil || len(b.Objections) != 1 {
			t.Errorf("%+v %v", b.Objections, err)
		}
	})
	eachWorld(t, func(t *testing.T, w world) { // without a coalition
		w.must(w.demo(w.as("nobody")))
		l, err := w.List(w.as("lead"), "")
		if err != nil || len(l.Own) != 1 || l.Own[0].OwnerName != "Gemeente A" {
			t.Errorf("%+v %v", l.Own, err)
		}
	})
}

// What members said among themselves stays there when everybody is asked later.
func TestARoundForMembersStaysInside(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		id := w.draft()
		w.begun(id, Round{Kind: Orienting})
		_, err := w.Comment(w.as("member"), id, Said{Place: "p2", Kind: Question, Body: "Onder ons"})
		w.must(err)
		w.must(w.Close(w.as("convener"), id))
		w.begun(id, Round{Kind: Orienting, Everybody: true})
		for _, filter := range []string{filterAll, filterPlace, filterUnanswered, filterHeld} {
			v, err := w.Comments(w.as("nobody"), id, filter, "p2", "")
			if err != nil || len(v.Comments) != 0 || len(v.Counts) != 0 {
				t.Errorf("%q: %+v %v %v", filter, v.Comments, v.Counts, err)
			}
		}
		if v, err := w.Comments(w.as("member"), id, filterPlace, "p2", ""); err != nil || len(v.Comments) != 1 {
			t.Errorf("%+v %v", v.Comments, err)
		}
	})
}
