package questions_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/feature/questions"
)

const day = 24 * time.Hour

// ours leaves out the tables that other rooms keep.
func ours(columns []string) []string {
	return slices.DeleteFunc(columns, func(c string) bool { return strings.HasPrefix(c, "audit") })
}

func TestWhatIsKeptForATerm(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		const canary, kept = "mezenwoord", "reigerwoord"
		team, anybody := n.as(apptest.Coach), n.as(apptest.Anonymous)
		private := n.asks(anybody, questions.Ask{Title: "Over een " + canary, Body: canary, Audience: questions.Team})
		n.answers(apptest.Coach, private.Question.ID, canary)
		n.must(n.Note(team, private.Question.ID, canary))
		n.must(n.Close(team, private.Question.ID, "solved", canary))
		waiting := n.asks(anybody, questions.Ask{Title: "Wacht op een " + kept, Audience: questions.Team, Contact: questions.Contact{Phone: "0612345678"}})
		n.must(n.Note(team, waiting.Question.ID, kept+" notitie"))
		hidden := n.asks(anybody, questions.Ask{Title: "Verborgen " + canary})
		n.must(n.Moderate(team, questions.Hidden, "reclame", []questions.Item{{Of: questions.OfQuestion, ID: hidden.Question.ID}}))
		n.must(n.Close(team, hidden.Question.ID, "notfit", ""))
		public := n.asks(anybody, questions.Ask{Title: "Voor iedereen " + kept, Contact: questions.Contact{Email: "kwik@voorbeeld.example"}})
		w := n.answers(apptest.Coach, public.Question.ID, canary)
		_, err := n.EditAnswer(team, w.ID, questions.Reply{Body: kept})
		n.must(err)
		n.must(n.Note(team, public.Question.ID, canary))
		n.must(n.MessageAsker(team, public.Question.ID, canary))
		n.must(n.Pass(team, public.Question.ID, n.organisation("Zorggroep"), canary))
		n.must(n.Report(anybody, questions.OfQuestion, public.Question.ID, "wrong", "gemeld "+canary))
		n.must(n.Moderate(team, questions.Shown, "is goed", []questions.Item{{Of: questions.OfQuestion, ID: public.Question.ID}}))
		n.must(n.Report(anybody, questions.OfQuestion, public.Question.ID, "wrong", "open "+kept))
		n.Settle()
		forget := func(after time.Duration) {
			t.Helper()
			n.Clock.Advance(after)
			n.must(n.Forget(n.as(apptest.Anonymous), nil))
		}
		forget(89 * day)
		if len(n.found("kwik@voorbeeld.example")) == 0 || len(n.found("gemeld "+canary)) == 0 {
			t.Error("contact or report is gone too early")
		}
		forget(2 * day)
		if in := ours(append(n.found("kwik@voorbeeld.example"), n.found("gemeld "+canary)...)); len(in) != 0 {
			t.Errorf("after 91 days contact or report still stands in %v", in)
		}
		forget(273 * day)
		if len(n.found(canary)) == 0 {
			t.Error("it is gone before the year is over")
		}
		forget(2 * day)
		if in := ours(n.found(canary)); len(in) != 0 {
			t.Errorf("after a year it still stands in %v", in)
		}
		for _, left := range []string{"Wacht op een " + kept, kept + " notitie", "Voor iedereen " + kept, "open " + kept, "0612345678"} {
			if len(n.found(left)) == 0 {
				t.Errorf("%s is gone", left)
			}
		}
		if c := n.count(`SELECT COUNT(*) FROM audit_event WHERE action = 'D' AND object_type = 'question' AND channel = 'page'`); c != 2 {
			t.Errorf("the log tells of %d questions that are gone, not 2", c)
		}
		_, err = n.ReadByCode(n.at("192.0.2.3"), private.Code.String())
		n.is(err, fault.KindInvalid, "questions.wrong.code")
		if v := n.own(public); len(v.Answers) != 1 || len(v.Events) != 0 {
			t.Errorf("of the public question is left: %+v", v)
		}
	})
}

func TestTeamErasesTheAsker(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		const canary = "sijsjeswoord"
		team, anybody := n.as(apptest.Coach), n.as(apptest.Anonymous)
		ask := func(who questions.Audience) questions.Receipt {
			r := n.asks(anybody, questions.Ask{Title: "Wie gaat er mee?", Name: canary, Postcode: "8247", Audience: who, Contact: questions.Contact{Email: canary + "@voorbeeld.example", Phone: "0612345678"}})
			n.must(n.Note(team, r.Question.ID, canary+" belde"))
			n.must(n.MessageAsker(team, r.Question.ID, "Dag "+canary))
			n.must(n.MessageTeam(n.at("192.0.2.4"), r.Code.String(), "Ik ben "+canary))
			n.answers(apptest.Coach, r.Question.ID, "Ik ga mee")
			return r
		}
		public := ask(questions.Neighbourhood)
		// Who is not on the team erases nothing, and a wrong address is not there.
		for actor, kind := range map[string]fault.Kind{apptest.Anonymous: fault.KindDenied, apptest.Resident: fault.KindDenied, apptest.CoachElsewhere: fault.KindDenied, apptest.Operator: fault.KindDenied, apptest.Moderator: fault.KindDenied} {
			_, err := n.EraseAsker(n.as(actor), public.Question.ID, true)
			n.is(err, kind)
		}
		_, err := n.EraseAsker(team, "none", false)
		n.is(err, fault.KindNotFound)
		account := n.asks(n.as(apptest.Resident), questions.Ask{})
		_, err = n.EraseAsker(team, account.Question.ID, false)
		n.is(err, fault.KindConflict, "questions.wrong.account")

		// By the code, at the desk: it leads a coach to the question, and nobody else.
		own := "/terug/" + public.Code.String()
		if !strings.Contains(n.As(apptest.Coach).Get(own).Body, "Bekijk deze vraag als wijkteam") || strings.Contains(n.As(apptest.Anonymous).Get(own).Body, "als wijkteam") {
			t.Error("the code does not lead the coach, or leads others, to the question of the team")
		}
		if p := n.As(apptest.Coach).Get("/vragen/" + public.Question.ID); !strings.Contains(p.Body, "/werkbank/"+public.Question.ID+"/wissen") {
			t.Error("the page of the question has no form to erase")
		}
		p := n.As(apptest.Coach).Post("/werkbank/" + public.Question.ID + "/wissen")
		if p.Status != 200 || !strings.Contains(p.Body, "zijn gewist") || !strings.Contains(p.Body, "Ik ga mee") {
			t.Errorf("erased: %d %s", p.Status, p.Path)
		}
		if in := ours(n.found(canary)); len(in) != 0 {
			t.Errorf("it still stands in %v", in)
		}
		if v := n.now(public.Question.ID); v.Question.Postcode != "" || v.Contact != (questions.Contact{}) || len(v.Answers) != 1 {
			t.Errorf("the question is %+v", v)
		}
		_, err = n.ReadByCode(n.at("192.0.2.3"), public.Code.String())
		n.is(err, fault.KindInvalid, "questions.wrong.code")
		if c := n.count(`SELECT COUNT(*) FROM audit_event WHERE kind = 'questions.asker' AND action = 'D' AND object_id = $1 AND person = $2`, public.Question.ID, n.Person(apptest.Coach)); c != 1 {
			t.Errorf("%d lines in the log", c)
		}
		// With its text, and what only the team reads: nothing is left.
		private := ask(questions.Team)
		for path, text := range map[string]string{"/werkbank/" + public.Question.ID + "/wissen": "ja", "/werkbank/" + private.Question.ID + "/wissen": ""} {
			if p := n.As(apptest.Coach).Post(path, "alles", text); p.Status != 200 || !strings.HasPrefix(p.Path, "/werkbank?") || !strings.Contains(p.Body, "zijn gewist") {
				t.Errorf("%s: %d %s", path, p.Status, p.Path)
			}
		}
		for _, r := range []questions.Receipt{public, private} {
			if _, err := n.Read(team, r.Question.ID); fault.KindOf(err) != fault.KindNotFound || n.doc(questions.SearchID(r.Question.ID)) != "" {
				t.Errorf("it is still there: %v", err)
			}
		}
		if in := ours(n.found(canary)); len(in) != 0 {
			t.Errorf("it still stands in %v", in)
		}
	})
}
