package questions_test

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/search"
	"wijkbaak.nl/internal/feature/questions"
	"wijkbaak.nl/internal/trust/access"
)

// A private question is nowhere, and nowhere differs from one that does not exist.
func TestPrivateIsNowhere(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		const secret = "kwartelwoord"
		r := n.asks(n.as(apptest.Anonymous), questions.Ask{Title: "Over mijn " + secret, Body: secret, Audience: questions.Team, Name: "Ans " + secret, Theme: "vervoer"})
		held := n.asks(n.as(apptest.Anonymous), questions.Ask{Title: "casino " + secret})
		w := n.answers(apptest.Coach, r.Question.ID, secret+" antwoord")
		public := n.asks(n.as(apptest.Anonymous), questions.Ask{Title: "Over mijn fietswoord"})
		n.Settle()
		for _, actor := range []string{apptest.Anonymous, apptest.Resident, apptest.CoachElsewhere, apptest.Editor, apptest.Lead, apptest.Operator, apptest.OperatorHalf} {
			c := n.As(actor)
			for _, path := range []string{"/", "/vragen", "/vragen?onderwerp=vervoer", "/vragen?open=ja", "/vragen.atom", "/verhalen", "/api/v1/questions", "/api/v1/questions?status=open",
				"/api/v1/answers", "/zoeken?q=kwartel", "/zoeken?q=" + secret + "&deel=1", "/api/v1/search?q=" + secret, "/sitemap.xml", "/robots.txt"} {
				// The search repeats the words that were typed in.
				if p := c.Get(path); strings.Contains(strings.ReplaceAll(p.Body, secret+"&", ""), "mijn "+secret) || strings.Contains(p.Body, r.Question.ID) || strings.Contains(p.Body, held.Question.ID) {
					t.Errorf("%s reads it at %s", actor, path)
				}
			}
			// Each address answers like one of nothing, to the letter.
			for _, id := range []string{r.Question.ID, held.Question.ID} {
				for _, path := range []string{"/vragen/%s", "/vragen/%s/atom", "/melden/vraag/%s", "/api/v1/questions/%s", "/api/v1/questions/%s/answers"} {
					there, none := c.Get(fmt.Sprintf(path, id)), c.Get(fmt.Sprintf(path, "019cad8f-ac00-7001-aeb8-000000000000"))
					if there.Status != 404 || strip(there, id) != strip(none, "019cad8f-ac00-7001-aeb8-000000000000") {
						t.Errorf("%s: %s answers %d, nothing answers %d", actor, path, there.Status, none.Status)
					}
				}
				for _, path := range []string{"/vragen/%s/volgen", "/melden/vraag/%s", "/vragen/%s/antwoord"} {
					form := []string{"email", "a@b.example", "reden", "spam", "antwoord", "een antwoord"}
					there, none := c.Post(fmt.Sprintf(path, id), form...), c.Post(fmt.Sprintf(path, "none"), form...)
					if there.Status != none.Status || there.Status < 400 || strip(there, id) != strip(none, "none") {
						t.Errorf("%s: sending to %s answers %d, nothing answers %d", actor, path, there.Status, none.Status)
					}
				}
			}
			for _, path := range []string{"/api/v1/answers/%s", "/melden/antwoord/%s"} {
				there, none := c.Get(fmt.Sprintf(path, w.ID)), c.Get(fmt.Sprintf(path, "none"))
				if there.Status != 404 || strip(there, w.ID) != strip(none, "none") {
					t.Errorf("%s: %s answers %d, nothing answers %d", actor, path, there.Status, none.Status)
				}
			}
			if p := c.Post("/antwoorden/" + w.ID + "/dank"); p.Status != 404 {
				t.Errorf("%s thanks for a private answer: %d", actor, p.Status)
			}
		}
		if p := n.As(apptest.Coach).Get("/vragen/" + r.Question.ID); p.Status != 200 || p.Header.Get("Cache-Control") != "private, no-store" || p.Header.Get("ETag") != "" {
			t.Errorf("its own coach gets %d, %v", p.Status, p.Header)
		}
		// As a target of merging it is like nothing too.
		for _, into := range []string{r.Question.ID, held.Question.ID, "none"} {
			n.is(n.Merge(n.as(apptest.Coach), public.Question.ID, into), fault.KindInvalid, "questions.wrong.merge")
		}
		if in := n.found(secret); slices.ContainsFunc(in, func(s string) bool {
			return strings.HasPrefix(s, "search_doc") || strings.HasPrefix(s, "audit") || strings.HasPrefix(s, "job.")
		}) {
			t.Errorf("it stands in %v", in)
		}
	})
}

// strip takes out of an answer what differs from one request to the next.
func strip(p apptest.Page, id string) string {
	body := strings.ReplaceAll(p.Body, id, "ID")
	body = strings.ReplaceAll(body, p.Header.Get("X-Request-Id"), "NUMBER")
	return fmt.Sprint(p.Status, p.Header.Get("Cache-Control"), body)
}

func TestEverySightIsWrittenDown(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		r := n.asks(n.as(apptest.Resident), questions.Ask{Audience: questions.Team})
		events := func(action string) int {
			return n.count(`SELECT COUNT(*) FROM audit_event WHERE object_id = $1 AND action = $2`, r.Question.ID, action)
		}
		if events("C") != 1 {
			t.Error("asking is not in the log")
		}
		acts := 0
		for _, act := range []func() error{
			func() error { return n.Take(n.as(apptest.Coach), r.Question.ID, "") },
			func() error { return n.Note(n.as(apptest.Coach), r.Question.ID, "notitie") },
			func() error { return n.MessageAsker(n.as(apptest.Coach), r.Question.ID, "bericht") },
			func() error { return n.MessageTeam(n.at("192.0.2.5"), r.Code.String(), "bericht") },
			func() error {
				_, err := n.Answer(n.as(apptest.Coach), r.Question.ID, questions.Reply{Body: "Ja"})
				return err
			},
			func() error { return n.Close(n.as(apptest.Coach), r.Question.ID, "solved", "") },
			func() error { return n.Reopen(n.as(apptest.Coach), r.Question.ID) },
		} {
			n.must(act())
			if acts++; events("U") != acts {
				t.Fatalf("%d changes, %d in the log", acts, events("U"))
			}
		}
		n.now(r.Question.ID)
		n.own(r)
		_, err := n.Read(n.as(apptest.Resident), r.Question.ID)
		n.must(err)
		if events("R") != 3 {
			t.Errorf("3 sights, %d in the log", events("R"))
		}
		if c := n.count(`SELECT COUNT(*) FROM audit_event WHERE object_id = $1 AND subject = $2`, r.Question.ID, n.Person(apptest.Resident)); c != acts+4 {
			t.Errorf("%d of %d say whom it is about", c, acts+4)
		}
		public := n.asks(n.as(apptest.Anonymous), questions.Ask{})
		n.now(public.Question.ID)
		if c := n.count(`SELECT COUNT(*) FROM audit_event WHERE object_id = $1 AND action = 'R'`, public.Question.ID); c != 0 {
			t.Error("reading what everybody may read is written down")
		}
	})
}

// The asker who is signed in sees the messages on the address of the question, and
// nothing that is the team's.
func TestAskerSeesNoTeamNotes(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		r := n.asks(n.as(apptest.Resident), questions.Ask{Contact: questions.Contact{Phone: "0612345678"}})
		n.must(n.Note(n.as(apptest.Coach), r.Question.ID, "teamnotitie"))
		n.must(n.MessageAsker(n.as(apptest.Coach), r.Question.ID, "berichtje"))
		w := n.answers(apptest.Moderator, r.Question.ID, "lelijkwoord")
		n.must(n.Moderate(n.as(apptest.Coach), questions.Hidden, "lelijk", []questions.Item{{Of: questions.OfAnswer, ID: w.ID}}))
		for _, hide := range []bool{false, true} {
			if hide {
				n.must(n.Moderate(n.as(apptest.Coach), questions.Hidden, "lelijk", []questions.Item{{Of: questions.OfQuestion, ID: r.Question.ID}}))
			}
			v, err := n.Read(n.as(apptest.Resident), r.Question.ID)
			n.must(err)
			if len(v.Events) != 1 || v.Events[0].Body != "berichtje" || v.Contact != (questions.Contact{}) || v.TakenBy != "" && v.OnTeam || len(v.Answers) != 0 {
				t.Errorf("hidden %v: the asker gets %+v", hide, v)
			}
			p := n.As(apptest.Resident).Get("/vragen/" + r.Question.ID)
			if p.Status != 200 || p.Header.Get("Cache-Control") != "private, no-store" {
				t.Errorf("hidden %v: the page answers %d, %s", hide, p.Status, p.Header.Get("Cache-Control"))
			}
			for _, no := range []string{"teamnotitie", "lelijk", "0612345678"} {
				if strings.Contains(p.Body, no) {
					t.Errorf("hidden %v: the page has %s", hide, no)
				}
			}
		}
	})
}

// What the rebuild gives is what each change has put there.
func TestSearchFollowsEveryChange(t *testing.T) {
	eachWith(t, apptest.Options{}, func(t *testing.T, n neighbourhood) {
		a := n.asks(n.as(apptest.Anonymous), questions.Ask{Title: "Eerste vraag", Theme: "vervoer"})
		b := n.asks(n.as(apptest.Anonymous), questions.Ask{Title: "Tweede vraag"})
		n.asks(n.as(apptest.Anonymous), questions.Ask{Title: "Naar het casino"})
		n.asks(n.as(apptest.Anonymous), questions.Ask{Title: "Alleen voor het team", Audience: questions.Team})
		w := n.answers(apptest.Resident, a.Question.ID, "Een antwoord")
		_, err := n.EditAnswer(n.as(apptest.Resident), w.ID, questions.Reply{Body: "Een ander antwoord"})
		n.must(err)
		x := n.answers(apptest.Resident, a.Question.ID, "Nog een antwoord")
		n.must(n.Moderate(n.as(apptest.Coach), questions.Hidden, "nee", []questions.Item{{Of: questions.OfAnswer, ID: x.ID}}))
		n.must(n.Merge(n.as(apptest.Coach), a.Question.ID, b.Question.ID))
		n.must(n.Close(n.as(apptest.Coach), b.Question.ID, "solved", ""))
		s, _, err := n.Publish(n.as(apptest.Coach), questions.Tell{Title: "Een verhaal", Body: strings.Repeat("Het ging zo. ", 5), Theme: "dementie", Consent: true})
		n.must(err)
		_, code, err := n.Publish(n.as(apptest.Coach), questions.Tell{Title: "Nog een verhaal", Body: strings.Repeat("Het ging zo. ", 5), Consent: true})
		n.must(err)
		n.must(n.TakeBack(n.as(apptest.Anonymous), code.String()))

		type row struct {
			ID, Kind, Title, Body, URL, Tags string
			Weight                           float64
			At                               time.Time
		}
		kept := map[string]row{}
		list, err := db.All(t.Context(), n.App.DB, func(r db.Scanner) (row, error) {
			var v row
			var at db.Time
			err := r.Scan(&v.ID, &v.Kind, &v.Title, &v.Body, &v.URL, &v.Tags, &v.Weight, &at)
			v.At = at.UTC()
			return v, err
		}, `SELECT id, kind, title, body, url, tags, weight, at FROM search_doc WHERE NOT deleted AND kind IN ('question', 'story')`)
		n.must(err)
		for _, v := range list {
			kept[v.ID] = v
		}
		given := map[string]row{}
		n.must(questions.Documents(t.Context(), n.App.DB, func(d search.Doc) error {
			tags, err := json.Marshal(d.Tags)
			given[d.ID] = row{d.ID, d.Kind, d.Title, d.Body, d.URL, string(tags), d.Weight, d.At.UTC().Truncate(time.Microsecond)}
			return err
		}))
		if len(given) < 20 || given["story:"+s.ID].ID == "" || given[questions.SearchID(b.Question.ID)].ID == "" {
			t.Errorf("the source gives %d texts", len(given))
		}
		for id, v := range given {
			if !reflect.DeepEqual(kept[id], v) {
				t.Errorf("kept %+v,\ngiven %+v", kept[id], v)
			}
			delete(kept, id)
		}
		if len(kept) != 0 {
			t.Errorf("the search keeps what the source does not give: %v", kept)
		}
	})
}

func TestExportAndErase(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		const canary = "kanarietekst"
		person := n.Person(apptest.Resident)
		me := n.as(apptest.Resident)
		public := n.asks(me, questions.Ask{Title: "Een vraag voor iedereen", Name: canary + "-naam", Contact: questions.Contact{Email: canary + "@voorbeeld.example", Phone: "0612345678"}})
		private := n.asks(me, questions.Ask{Title: "Alleen voor het team " + canary, Body: canary, Audience: questions.Team})
		n.answers(apptest.Coach, private.Question.ID, canary+" besproken")
		n.must(n.Note(n.as(apptest.Coach), private.Question.ID, canary+" notitie"))
		n.must(n.MessageTeam(n.at("192.0.2.4"), public.Code.String(), canary+" bericht"))
		other := n.asks(n.as(apptest.Anonymous), questions.Ask{Title: "Van een ander"})
		w := n.answers(apptest.Resident, other.Question.ID, "Hier stond "+canary)
		_, err := n.EditAnswer(me, w.ID, questions.Reply{Body: "Een gewoon antwoord"})
		n.must(err)
		s, _, err := n.Publish(me, questions.Tell{Title: "Mijn verhaal", Body: strings.Repeat("Zo ging het. ", 5) + canary, Consent: true})
		n.must(err)
		n.must(n.Moderate(n.as(apptest.Moderator), questions.Shown, "mooi", []questions.Item{{Of: questions.OfStory, ID: s.ID}}))
		n.must(n.Report(me, questions.OfStory, s.ID, "wrong", canary))
		n.must(n.Follow(me, other.Question.ID, "resident@test.example"))
		n.Settle()

		personal := n.Room().Personal
		part, err := personal.Export(t.Context(), n.App.DB, person)
		n.must(err)
		b, err := json.Marshal(part.Data)
		n.must(err)
		for _, want := range []string{"Een vraag voor iedereen", "Alleen voor het team", "Een gewoon antwoord", "Mijn verhaal", canary + " bericht", canary + "@voorbeeld.example", "0612345678", other.Question.ID} {
			if !strings.Contains(string(b), want) {
				t.Errorf("the export has no %q", want)
			}
		}
		if strings.Contains(string(b), canary+" notitie") {
			t.Error("the export has what the team noted for itself")
		}
		if p := n.As(apptest.Coach).Get("/mijn"); strings.Contains(p.Body, canary) {
			t.Error("it stands on the page of somebody else")
		}
		erase := func(person string) {
			t.Helper()
			n.must(n.App.DB.Write(access.With(t.Context(), access.Actor{Person: person}), func(ctx context.Context, tx *db.Tx) error { return personal.Erase(ctx, tx, person) }))
		}
		erase(person)
		if in := n.found(canary); len(in) != 0 {
			t.Errorf("it still stands in %v", in)
		}
		ours := []string{"question", "answer", "question_", "follower", "report", "story"}
		left := func(text string) (in []string) {
			for _, column := range n.found(text) {
				if slices.ContainsFunc(ours, func(table string) bool { return strings.HasPrefix(column, table) }) {
					in = append(in, column)
				}
			}
			return in
		}
		for _, text := range []string{person, "resident@test.example", "0612345678"} {
			if in := left(text); len(in) != 0 {
				t.Errorf("%s still stands in %v", text, in)
			}
		}
		// What neighbours read is still there, as nobody's.
		if v := n.now(public.Question.ID); v.Question.Title != "Een vraag voor iedereen" || v.Question.Name != "" || v.Question.Postcode != "" {
			t.Errorf("the public question is %+v", v.Question)
		}
		if v := n.now(other.Question.ID); len(v.Answers) != 1 || v.Answers[0].Name != "" || v.Answers[0].Body != "Een gewoon antwoord" {
			t.Errorf("the answer is %+v", v.Answers)
		}
		if _, err := n.Read(n.as(apptest.Coach), private.Question.ID); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("the private question: %v", err)
		}
		// The other direction: who worked at the desk.
		done := n.asks(n.as(apptest.Coach), questions.Ask{Title: "Ingevoerd aan de balie", Audience: questions.Team, Channel: questions.Desk})
		n.must(n.Take(n.as(apptest.Coach), done.Question.ID, ""))
		n.must(n.Report(n.as(apptest.Anonymous), questions.OfQuestion, other.Question.ID, "spam", ""))
		n.must(n.Moderate(n.as(apptest.Coach), questions.Shown, "mag blijven", []questions.Item{{Of: questions.OfQuestion, ID: other.Question.ID}}))
		n.must(n.Close(n.as(apptest.Coach), done.Question.ID, "solved", ""))
		coach := n.Person(apptest.Coach)
		erase(coach)
		if in := left(coach); len(in) != 0 {
			t.Errorf("the coach still stands in %v", in)
		}
	})
}

func TestDemo(t *testing.T) {
	eachWith(t, apptest.Options{}, func(t *testing.T, n neighbourhood) {
		counts := func() (list []int) {
			for _, table := range []string{"question", "answer", "story", "search_doc"} {
				list = append(list, n.count(`SELECT COUNT(*) FROM `+table))
			}
			return list
		}
		before := counts()
		if before[0] < 20 || before[1] < 20 || before[2] < 1 {
			t.Errorf("the demo has %v", before)
		}
		n.must(n.Room().Demo(t.Context()))
		if after := counts(); !slices.Equal(before, after) {
			t.Errorf("loading it again makes %v of %v", after, before)
		}
		if c := n.count(`SELECT COUNT(*) FROM question WHERE NOT demonstration`); c != 0 {
			t.Errorf("%d questions do not say that they are made up", c)
		}
		if c := n.count(`SELECT COUNT(*) FROM answer a JOIN question q ON q.id = a.question WHERE q.status = 'merged'`); c != 0 {
			t.Errorf("%d answers stand where nobody reads them", c)
		}
		if c := n.count(`SELECT COUNT(*) FROM question q WHERE q.answers <> (SELECT COUNT(*) FROM answer a WHERE a.question = q.id AND a.moderation = 'shown')`); c != 0 {
			t.Errorf("%d questions count their answers wrong", c)
		}
	})
}
