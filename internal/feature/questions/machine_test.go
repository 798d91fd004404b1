package questions_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/feature/questions"
	"wijkbaak.nl/internal/trust/access"
)

// asked is what the test knows of a question.
type asked struct {
	id, code string
	private  bool
	answers  map[string]string // body by id, all that were taken in
	secret   string
}

// Whoever does whatever in whatever order: what is private or held is never shown
// to a stranger, no answer is ever lost, and the search and the count say what is so.
func TestAnyOrder(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		actors := map[string]context.Context{}
		for _, a := range []string{apptest.Anonymous, apptest.Resident, apptest.Coach, apptest.CoachElsewhere, apptest.Moderator} {
			actors[a] = n.as(a)
		}
		names := []string{apptest.Anonymous, apptest.Resident, apptest.Coach, apptest.Coach, apptest.CoachElsewhere, apptest.Moderator}
		words := []string{"gewoon", "casino", "www.a.nl www.b.nl www.c.nl"}
		round := 0
		rapid.Check(t, func(t *rapid.T) {
			round++
			var all []*asked
			where := map[string]*asked{} // of each answer, the question it was given to
			for i := range 3 {
				q := &asked{secret: fmt.Sprintf("geheim%dvan%d", i, round), private: rapid.Bool().Draw(t, "private"), answers: map[string]string{}}
				a := questions.Ask{Title: "Over " + q.secret, Body: rapid.SampledFrom(words).Draw(t, "body"), Audience: questions.Neighbourhood, Channel: questions.Screen}
				if q.private {
					a.Audience = questions.Team
				}
				r, err := n.Ask(actors[rapid.SampledFrom([]string{apptest.Anonymous, apptest.Resident}).Draw(t, "asker")], a)
				if err != nil {
					t.Fatal(err)
				}
				q.id, q.code = r.Question.ID, r.Code.String()
				all = append(all, q)
			}
			pick := func() *asked { return rapid.SampledFrom(all).Draw(t, "question") }
			act := func(name string, err error) {
				switch fault.KindOf(err) {
				case fault.KindInternal:
					if err != nil {
						t.Fatalf("%s: %v", name, err)
					}
				case fault.KindUnavailable:
					t.Fatalf("%s: %v", name, err)
				}
			}
			for range rapid.IntRange(1, 12).Draw(t, "acts") {
				who := rapid.SampledFrom(names).Draw(t, "who")
				ctx, q := actors[who], pick()
				switch what := rapid.SampledFrom([]string{"answer", "answer", "answer", "close", "reopen", "merge", "hide", "show", "hide answer", "show answer", "edit", "helped", "message", "ask back", "take", "withdraw"}).Draw(t, "what"); what {
				case "answer":
					body := rapid.SampledFrom(words).Draw(t, "words") + " " + fmt.Sprint(len(where), "x", round) + " " + q.secret
					w, err := n.Answer(ctx, q.id, questions.Reply{Body: body})
					act(what, err)
					if err == nil {
						where[w.ID] = q
						q.answers[w.ID] = body
					}
				case "close":
					act(what, n.Close(ctx, q.id, "solved", ""))
				case "reopen":
					act(what, n.Reopen(ctx, q.id))
				case "merge":
					act(what, n.Merge(ctx, q.id, pick().id))
				case "hide":
					act(what, n.Moderate(ctx, questions.Hidden, "nee", []questions.Item{{Of: questions.OfQuestion, ID: q.id}}))
				case "show":
					act(what, n.Moderate(ctx, questions.Shown, "ja", []questions.Item{{Of: questions.OfQuestion, ID: q.id}}))
				case "take":
					act(what, n.Take(ctx, q.id, ""))
				case "message":
					act(what, n.MessageTeam(actors[apptest.Anonymous], q.code, "bericht "+q.secret))
				case "ask back":
					act(what, n.MessageAsker(ctx, q.id, "vraag "+q.secret))
				case "withdraw":
					act(what, n.Withdraw(actors[apptest.Anonymous], q.code))
				default:
					if len(where) == 0 {
						continue
					}
					ids := make([]string, 0, len(where))
					for id := range where {
						ids = append(ids, id)
					}
					slices.Sort(ids)
					id := ids[rapid.IntRange(0, len(ids)-1).Draw(t, "answer")]
					switch what {
					case "hide answer":
						act(what, n.Moderate(ctx, questions.Hidden, "nee", []questions.Item{{Of: questions.OfAnswer, ID: id}}))
					case "show answer":
						act(what, n.Moderate(ctx, questions.Shown, "ja", []questions.Item{{Of: questions.OfAnswer, ID: id}}))
					case "helped":
						act(what, n.Helped(actors[apptest.Anonymous], q.code, id))
					case "edit":
						body := rapid.SampledFrom(words).Draw(t, "words") + " anders " + where[id].secret
						_, err := n.EditAnswer(ctx, id, questions.Reply{Body: body})
						act(what, err)
						if err == nil {
							where[id].answers[id] = body
						}
					}
				}
				n.holds(t, all, actors)
			}
		})
	})
}

// holds checks what has to be so after every act.
func (n neighbourhood) holds(t *rapid.T, all []*asked, actors map[string]context.Context) {
	t.Helper()
	list, _, err := n.List(actors[apptest.Anonymous], questions.Filter{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range all {
		kept, err := n.Read(actors[apptest.Coach], q.id)
		if err != nil {
			t.Fatalf("the coach cannot read: %v", err)
		}
		public := !q.private && kept.Question.Moderation == questions.Shown
		listed := public && kept.Question.Status != questions.Merged
		for _, who := range []string{apptest.Anonymous, apptest.CoachElsewhere} {
			v, err := n.Read(actors[who], q.id)
			if (err == nil) != public {
				t.Fatalf("%s reads a question that is public %v: %v", who, public, err)
			}
			if len(v.Events) != 0 || v.Contact != (questions.Contact{}) {
				t.Fatalf("%s sees %+v", who, v.Events)
			}
			own := 0 // who wrote an answer goes on seeing it
			for _, w := range v.Answers {
				if w.Moderation == questions.Shown {
					continue
				}
				if own++; w.Person == "" || w.Person != access.Of(actors[who]).Person {
					t.Fatalf("%s sees an answer that is %s", who, w.Moderation)
				}
			}
			if err == nil && v.Question.Answers != len(v.Answers)-own {
				t.Fatalf("%d answers are counted, %d shown", v.Question.Answers, len(v.Answers))
			}
		}
		if slices.ContainsFunc(list, func(o questions.Question) bool { return o.ID == q.id }) != listed {
			t.Fatalf("listed is not %v", listed)
		}
		doc := n.doc(questions.SearchID(q.id))
		if (doc != "") != listed {
			t.Fatalf("found is not %v", listed)
		}
		for _, w := range kept.Answers {
			if listed && strings.Contains(doc, w.Body) != (w.Moderation == questions.Shown) {
				t.Fatalf("an answer that is %s: found is not so", w.Moderation)
			}
		}
		if kept.Question.Status == questions.Answered && kept.Question.Answers == 0 || kept.Question.Status == questions.Merged && len(kept.Answers) != 0 {
			t.Fatalf("%s with %d answers", kept.Question.Status, len(kept.Answers))
		}
		if kept.Question.Status == questions.Merged {
			into, err := n.Read(actors[apptest.Coach], kept.Question.MergedInto)
			if err != nil || into.Question.Status == questions.Merged || into.Question.Audience != questions.Neighbourhood {
				t.Fatalf("it leads to %+v, %v", into.Question, err)
			}
		}
		for id, body := range q.answers {
			if got, err := db.One(n.t.Context(), n.App.DB, db.Value[string], `SELECT body FROM answer WHERE id = $1`, id); err != nil || got != body {
				t.Fatalf("answer %s is %q, %v", id, got, err)
			}
			if q.private && n.count(`SELECT COUNT(*) FROM answer WHERE id = $1 AND question = $2`, id, q.id) != 1 {
				t.Fatal("an answer in private went elsewhere")
			}
		}
	}
}
