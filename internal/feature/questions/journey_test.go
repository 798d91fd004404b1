package questions_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/returncode"
	"wijkbaak.nl/internal/feature/questions"
)

func TestFromQuestionToClosed(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		n.Person(apptest.Coach) // who is on duty
		r := n.asks(n.as(apptest.Anonymous), questions.Ask{Body: "Ik loop met een rollator.", Contact: questions.Contact{Email: "Ans@voorbeeld.example", Phone: "0612345678"}})
		if r.Helper.Name != "Coach" || !r.Question.DueAt.After(n.Clock.Now()) {
			t.Fatalf("the receipt says by %v, by when %v", r.Helper, r.Question.DueAt)
		}
		if c := n.now(r.Question.ID).Contact; c.Email != "ans@voorbeeld.example" || c.Phone != "0612345678" {
			t.Errorf("the team reads contact %+v", c)
		}
		if c := n.own(r).Contact; c != (questions.Contact{}) {
			t.Errorf("the page of the code shows %+v", c)
		}
		n.must(n.Take(n.as(apptest.Coach), r.Question.ID, ""))
		n.must(n.Note(n.as(apptest.Coach), r.Question.ID, "geheimenotitie"))
		w := n.answers(apptest.Coach, r.Question.ID, "Elke dinsdag om tien uur.")
		if !w.Professional || w.Role == "" || w.Organisation == "" {
			t.Errorf("the answer of a coach is not marked: %+v", w)
		}
		if !n.mailed("ans@voorbeeld.example", "/terug") {
			t.Error("the asker got no letter about the answer")
		}
		v := n.own(r)
		if v.Question.Status != questions.Answered || len(v.Answers) != 1 || v.Question.AnsweredAt.IsZero() {
			t.Fatalf("after an answer: %+v", v.Question)
		}
		if len(v.Events) != 0 {
			t.Errorf("the asker sees what only the team may: %+v", v.Events)
		}
		n.must(n.Helped(n.at("192.0.2.3"), r.Code.String(), w.ID))
		n.must(n.Follow(n.as(apptest.Anonymous), r.Question.ID, "volger@voorbeeld.example"))
		n.must(n.Withdraw(n.at("192.0.2.3"), r.Code.String()))
		v = n.now(r.Question.ID)
		if v.Question.Status != questions.Closed || v.Question.CloseReason != "solved" || v.Question.Accepted != w.ID || !v.Answers[0].Helped {
			t.Errorf("after closing: %+v %+v", v.Question, v.Answers)
		}
		if v.Contact != (questions.Contact{}) || n.count(`SELECT COUNT(*) FROM follower`) != 0 {
			t.Error("closing leaves an address behind")
		}
		if in := n.found("ans@voorbeeld.example"); slices.ContainsFunc(in, func(s string) bool { return !strings.HasPrefix(s, "job.") }) {
			t.Errorf("the address still stands in %v", in)
		}
		n.is(n.Withdraw(n.at("192.0.2.3"), r.Code.String()), fault.KindConflict)
		n.is(n.MessageTeam(n.at("192.0.2.3"), r.Code.String(), "Nog iets"), fault.KindConflict)
		_, err := n.Answer(n.as(apptest.Resident), r.Question.ID, questions.Reply{Body: "Te laat"})
		n.is(err, fault.KindDenied)
		n.must(n.Reopen(n.as(apptest.Coach), r.Question.ID))
		if q := n.now(r.Question.ID).Question; q.Status != questions.Answered || q.CloseReason != "" || !q.ClosedAt.IsZero() {
			t.Errorf("after opening again: %+v", q)
		}
		n.is(n.Reopen(n.as(apptest.Coach), r.Question.ID), fault.KindDenied)
	})
}

// The clock stands at Monday 2 March 2026, nine o'clock, the office is open from
// nine to five, an answer comes within sixteen working hours, four if it is urgent.
func TestPromise(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		at := func(d, h int) time.Time { return time.Date(2026, 3, d, h, 0, 0, 0, clock.Amsterdam) }
		usual := n.asks(n.as(apptest.Anonymous), questions.Ask{Title: "Een gewone vraag"})
		urgent := n.asks(n.as(apptest.Anonymous), questions.Ask{Title: "Een vraag met spoed", Urgent: true})
		if !usual.Question.DueAt.Equal(at(3, 17)) || !urgent.Question.DueAt.Equal(at(2, 13)) {
			t.Fatalf("promised %v and %v", usual.Question.DueAt, urgent.Question.DueAt)
		}
		later := n.asks(n.as(apptest.Anonymous), questions.Ask{Title: "Nog een met spoed", Urgent: true, Audience: questions.Team})
		titles := func(rows []questions.Row) string {
			var s []string
			for _, r := range rows {
				s = append(s, r.Title)
			}
			return strings.Join(s, ", ")
		}
		desk := func() questions.Board {
			t.Helper()
			b, err := n.Desk(n.as(apptest.Coach))
			n.must(err)
			return b
		}
		if b := desk(); titles(b.New) != "Een vraag met spoed, Nog een met spoed, Een gewone vraag" || len(b.Late) != 0 {
			t.Errorf("new: %s, late: %s", titles(b.New), titles(b.Late))
		}
		n.Clock.Set(at(2, 13).Add(time.Second))
		if b := desk(); titles(b.Late) != "Een vraag met spoed, Nog een met spoed" || !b.Late[0].Late || b.Figures.Late != 2 {
			t.Errorf("late: %s, counted %d", titles(b.Late), b.Figures.Late)
		}
		// While the asker is asked something the promise stands still.
		n.must(n.MessageAsker(n.as(apptest.Coach), later.Question.ID, "Op welk adres?"))
		if b := desk(); titles(b.Waiting) != "Nog een met spoed" || titles(b.Late) != "Een vraag met spoed" || b.Figures.Late != 1 {
			t.Errorf("waiting: %s, late: %s, counted %d", titles(b.Waiting), titles(b.Late), b.Figures.Late)
		}
		n.Clock.Set(at(4, 10))
		n.must(n.MessageTeam(n.at("192.0.2.9"), later.Code.String(), "Havenstraat 1"))
		if q := n.own(later).Question; q.WaitsForAsker || !q.DueAt.Equal(at(4, 14)) {
			t.Errorf("after the reply: waits %v, due %v", q.WaitsForAsker, q.DueAt)
		}
		var said []string
		for _, e := range n.own(later).Events {
			said = append(said, string(e.Kind)+" "+e.Body)
		}
		if strings.Join(said, "; ") != "message.team Op welk adres?; message.asker Havenstraat 1" {
			t.Errorf("the asker reads %q", said)
		}
		n.must(n.Take(n.as(apptest.Coach), later.Question.ID, ""))
		if b := desk(); titles(b.Mine) != "Nog een met spoed" {
			t.Errorf("mine: %s", titles(b.Mine))
		}
		n.answers(apptest.Coach, later.Question.ID, "Wij komen langs.")
		b := desk()
		if b.Figures.Asked != 3 || b.Figures.Answered != 1 || b.Figures.OnTime != 1 || b.Figures.Late != 2 {
			t.Errorf("figures: %+v", b.Figures)
		}
		if b.Figures.MedianWait != 49*time.Hour {
			t.Errorf("the median wait is %v", b.Figures.MedianWait)
		}
		_, err := n.Desk(n.as(apptest.Resident))
		n.is(err, fault.KindDenied)
		if b, err := n.Desk(n.as(apptest.CoachElsewhere)); err != nil || len(b.New)+len(b.Late)+len(b.Mine)+len(b.Waiting)+len(b.Others) != 0 {
			t.Errorf("a coach elsewhere sees %+v, %v", b, err)
		}
	})
}

// What the asker writes after an answer comes back to the desk.
func TestMessageAfterAnswer(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		r := n.asks(n.as(apptest.Anonymous), questions.Ask{})
		w := n.answers(apptest.Resident, r.Question.ID, "Vraag het aan de gemeente.")
		n.must(n.MessageTeam(n.at("192.0.2.9"), r.Code.String(), "Dat heb ik al gedaan."))
		b, err := n.Desk(n.as(apptest.Coach))
		n.must(err)
		if len(b.New) != 1 || b.New[0].DueAt.Before(n.Clock.Now()) {
			t.Fatalf("nobody sees the message: %+v", b)
		}
		if v := n.own(r); len(v.Answers) != 1 || v.Question.AnsweredAt.IsZero() {
			t.Error("the answer of before is gone")
		}
		w2 := n.answers(apptest.Coach, r.Question.ID, "Dan bel ik u.")
		if q := n.own(r).Question; q.Status != questions.Answered || !q.AnsweredAt.Equal(w.At) {
			t.Errorf("after a second answer: %+v", q)
		}
		n.must(n.Helped(n.at("192.0.2.9"), r.Code.String(), w2.ID))
		n.must(n.MessageTeam(n.at("192.0.2.9"), r.Code.String(), "Dank u wel!"))
		if q := n.own(r).Question; q.Status != questions.Answered {
			t.Error("a word of thanks puts the question back on the desk")
		}
	})
}

func TestPassAndTake(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		r := n.asks(n.as(apptest.Anonymous), questions.Ask{Audience: questions.Team})
		coach := n.as(apptest.Coach)
		n.must(n.Take(coach, r.Question.ID, ""))
		org, err := db.One(t.Context(), n.App.DB, db.Value[string], `SELECT id FROM organisation LIMIT 1`)
		n.must(err)
		n.is(n.Pass(coach, r.Question.ID, "nobody", "Voor jullie"), fault.KindInvalid, "questions.wrong.recipient")
		n.is(n.Pass(coach, r.Question.ID, org, ""), fault.KindInvalid, "questions.wrong.note")
		n.must(n.Pass(coach, r.Question.ID, org, "Voor jullie"))
		v := n.now(r.Question.ID)
		if v.Question.PassedTo != org || v.Question.TakenBy != "" || len(v.Events) != 2 || v.Events[1].Body != "Voor jullie" {
			t.Errorf("passed: %+v %+v", v.Question, v.Events)
		}
		for _, actor := range []string{apptest.Anonymous, apptest.Resident, apptest.CoachElsewhere, apptest.Moderator, apptest.Editor, apptest.Operator} {
			ctx := n.as(actor)
			for name, act := range map[string]func() error{
				"take": func() error { return n.Take(ctx, r.Question.ID, "") }, "note": func() error { return n.Note(ctx, r.Question.ID, "xx") },
				"pass":    func() error { return n.Pass(ctx, r.Question.ID, org, "xx") },
				"message": func() error { return n.MessageAsker(ctx, r.Question.ID, "xx") },
				"close":   func() error { return n.Close(ctx, r.Question.ID, "solved", "") },
				"merge":   func() error { return n.Merge(ctx, r.Question.ID, "none") },
				"answer":  func() error { _, err := n.Answer(ctx, r.Question.ID, questions.Reply{Body: "xx"}); return err },
				"hide": func() error {
					return n.Moderate(ctx, questions.Hidden, "xx", []questions.Item{{Of: questions.OfQuestion, ID: r.Question.ID}})
				},
				"follow": func() error { return n.Follow(ctx, r.Question.ID, "a@b.example") },
				"report": func() error { return n.Report(ctx, questions.OfQuestion, r.Question.ID, "spam", "") },
				"read":   func() error { _, err := n.Read(ctx, r.Question.ID); return err },
			} {
				err, none := act(), fault.KindNotFound
				if name == "hide" && actor != apptest.Moderator && actor != apptest.CoachElsewhere {
					none = fault.KindDenied // who moderates nowhere, whatever they ask for
				}
				if fault.KindOf(err) != none {
					t.Errorf("%s of a private question by %s: %v", name, actor, err)
				}
			}
		}
		if got := n.now(r.Question.ID).Events; len(got) != 2 {
			t.Errorf("something was written down: %+v", got)
		}
	})
}

// A moderator who is no coach reads what is public by nature, and nothing of
// what was asked of the team, whoever hid it.
// What waits for moderators of one place does not push out what waits for those
// of another.
func TestMerge(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		coach := n.as(apptest.Coach)
		a := n.asks(n.as(apptest.Anonymous), questions.Ask{Title: "Waar kan ik wandelen?", Contact: questions.Contact{Email: "a@voorbeeld.example"}})
		b := n.asks(n.as(apptest.Anonymous), questions.Ask{Title: "Is er een wandelgroep?"})
		c := n.asks(n.as(apptest.Anonymous), questions.Ask{Title: "Wie wandelt er hier?"})
		private := n.asks(n.as(apptest.Anonymous), questions.Ask{Audience: questions.Team})
		w := n.answers(apptest.Resident, a.Question.ID, "Bij de sluiswoord.")
		_, err := n.EditAnswer(n.as(apptest.Resident), w.ID, questions.Reply{Body: "Bij de oude sluiswoord."})
		n.must(err)
		for _, into := range []string{private.Question.ID, a.Question.ID, "none"} {
			n.is(n.Merge(coach, a.Question.ID, into), fault.KindInvalid, "questions.wrong.merge")
		}
		n.is(n.Merge(n.as(apptest.CoachElsewhere), a.Question.ID, b.Question.ID), fault.KindDenied)
		n.is(n.Merge(coach, private.Question.ID, b.Question.ID), fault.KindDenied)
		n.must(n.Follow(n.as(apptest.Anonymous), a.Question.ID, "volger@voorbeeld.example"))
		_, err = n.ConfirmFollow(n.as(apptest.Anonymous), token(n, "volger@voorbeeld.example"))
		n.must(err)

		n.must(n.Merge(coach, a.Question.ID, b.Question.ID))
		v := n.now(b.Question.ID)
		if len(v.Answers) != 1 || v.Question.Status != questions.Answered || v.Question.Answers != 1 {
			t.Fatalf("the answers did not come along: %+v", v.Question)
		}
		if !slices.ContainsFunc(v.Events, func(e questions.Event) bool { return e.Body == "Bij de sluiswoord." }) {
			t.Error("the history of the answer did not come along")
		}
		if n.doc(questions.SearchID(a.Question.ID)) != "" || !strings.Contains(n.doc(questions.SearchID(b.Question.ID)), "sluiswoord") {
			t.Error("the search did not follow")
		}
		if q := n.own(a).Question; q.Status != questions.Merged || q.MergedInto != b.Question.ID {
			t.Errorf("the code leads to %+v", q)
		}
		n.is(n.Merge(coach, b.Question.ID, a.Question.ID), fault.KindInvalid, "questions.wrong.merge")
		n.is(n.MessageAsker(coach, a.Question.ID, "Hallo?"), fault.KindDenied)

		// Merged on: everything leads to the last.
		n.must(n.Merge(coach, b.Question.ID, c.Question.ID))
		if q := n.own(a).Question; q.MergedInto != c.Question.ID {
			t.Errorf("the first leads to %s", q.MergedInto)
		}
		for _, r := range []questions.Receipt{a, b} {
			p := n.As(apptest.Anonymous).Get("/vragen/" + r.Question.ID)
			if p.Status != 200 || p.Path != "/vragen/"+c.Question.ID {
				t.Errorf("its address leads to %d %s", p.Status, p.Path)
			}
		}
		if p := n.As(apptest.Anonymous).Get("/terug/" + a.Code.String()); !strings.Contains(p.Body, "/vragen/"+c.Question.ID) {
			t.Error("the page of the code does not lead on")
		}
		n.answers(apptest.Coach, c.Question.ID, "Elke dinsdag.")
		if !n.mailed("a@voorbeeld.example", "/terug") {
			t.Error("who asked the merged question hears nothing of an answer")
		}
		if !n.mailed("volger@voorbeeld.example", "/vragen/"+c.Question.ID) {
			t.Error("who followed the merged question hears nothing of an answer")
		}
		n.must(n.Close(coach, c.Question.ID, "solved", ""))
		if k := n.count(`SELECT COUNT(*) FROM question_contact`) + n.count(`SELECT COUNT(*) FROM follower`); k != 0 {
			t.Errorf("closing leaves %d addresses", k)
		}
	})
}

// Two coaches merge two questions into each other at the same time: one wins,
// and neither question is lost.
func TestMergeRace(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		for range 10 {
			a, b := n.asks(n.as(apptest.Anonymous), questions.Ask{}), n.asks(n.as(apptest.Anonymous), questions.Ask{})
			coach := n.as(apptest.Coach)
			done := make(chan error, 2)
			go func() { done <- n.Merge(coach, a.Question.ID, b.Question.ID) }()
			go func() { done <- n.Merge(coach, b.Question.ID, a.Question.ID) }()
			<-done
			<-done
			if n.now(a.Question.ID).Question.Status == questions.Merged && n.now(b.Question.ID).Question.Status == questions.Merged {
				t.Fatal("each is merged into the other")
			}
		}
	})
}

// paperCode is the code on a new paper form.
func paperCode(n neighbourhood) string {
	n.t.Helper()
	m := codes.FindStringSubmatch(n.As(apptest.Anonymous).Get("/papier/vraag").Body)
	if m == nil {
		n.t.Fatal("the paper form has no code")
	}
	code, err := returncode.Parse(m[1])
	n.must(err)
	return code.String()
}

var codes = regexp.MustCompile(`class="wb-code">([^<]+)<`)

func TestActingForSomebody(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		coach := n.as(apptest.Coach)
		code := paperCode(n)
		for _, actor := range []string{apptest.Anonymous, apptest.Resident, apptest.Moderator} {
			_, err := n.Ask(n.as(actor), questions.Ask{Title: "Wie helpt mij?", Audience: questions.Team, Channel: questions.Telephone})
			n.is(err, fault.KindDenied)
		}
		r := n.asks(coach, questions.Ask{Audience: questions.Team, Channel: questions.Paper, Code: strings.ToUpper(code)})
		if r.Code.String() != code || r.Question.EnteredBy != n.Person(apptest.Coach) || r.Question.Asker != "" {
			t.Errorf("the receipt has %s, entered by %s", r.Code, r.Question.EnteredBy)
		}
		if e := n.now(r.Question.ID).Events; len(e) != 1 || e[0].Kind != questions.EventReceipt {
			t.Errorf("events: %+v", e)
		}
		_, err := n.Ask(coach, questions.Ask{Title: "Nog een vraag", Audience: questions.Team, Channel: questions.Paper, Code: code})
		n.is(err, fault.KindInvalid, "questions.wrong.codeused")
		_, err = n.Ask(coach, questions.Ask{Title: "Nog een vraag", Audience: questions.Team, Channel: questions.Paper, Code: "een twee drie"})
		n.is(err, fault.KindInvalid)
		if c := n.count(`SELECT COUNT(*) FROM question`); c != 1 {
			t.Errorf("there are %d questions", c)
		}
		// Whoever types in a pile of forms scans codes that are not known yet.
		for range 15 {
			p := n.As(apptest.Coach).Get("/terug/" + paperCode(n))
			if !strings.HasPrefix(p.Path, "/werkbank/nieuw?code=") {
				t.Fatalf("a scanned form leads to %d %s", p.Status, p.Path)
			}
		}
		if p := n.As(apptest.Coach).Get("/terug/" + code + "/papier"); p.Status != 200 || !strings.Contains(p.Text(), r.Question.Title) {
			t.Errorf("the receipt answers %d", p.Status)
		}
	})
}

// A receipt that a coach prints shows what its asker may see.
func TestReceiptIsForTheAsker(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		r := n.asks(n.as(apptest.Anonymous), questions.Ask{})
		w := n.answers(apptest.Resident, r.Question.ID, "scheldwoord")
		n.must(n.Note(n.as(apptest.Coach), r.Question.ID, "teamnotitie"))
		n.must(n.Moderate(n.as(apptest.Coach), questions.Hidden, "onaardig", []questions.Item{{Of: questions.OfAnswer, ID: w.ID}}))
		for _, path := range []string{"", "/papier"} {
			p := n.As(apptest.Coach).Get("/terug/" + r.Code.String() + path)
			if p.Status != 200 || strings.Contains(p.Body, "scheldwoord") || strings.Contains(p.Body, "teamnotitie") {
				t.Errorf("%q answers %d with what is not for the asker", path, p.Status)
			}
		}
	})
}

var tokens = regexp.MustCompile(`/volgen/([A-Za-z0-9_-]+)`)

// token is that of the newest letter to a follower.
func token(n neighbourhood, to string) string {
	n.t.Helper()
	list := n.Mails(to)
	if len(list) == 0 {
		n.t.Fatalf("no letter to %s", to)
	}
	m := tokens.FindStringSubmatch(list[0].Text)
	if m == nil {
		n.t.Fatalf("no link in %s", list[0].Text)
	}
	return m[1]
}

func TestFollow(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		const who = "volger@voorbeeld.example"
		anybody := n.as(apptest.Anonymous)
		r := n.asks(anybody, questions.Ask{})
		n.is(n.Follow(anybody, r.Question.ID, "geen adres"), fault.KindInvalid, "questions.wrong.email")
		n.must(n.Follow(anybody, r.Question.ID, who))
		n.answers(apptest.Resident, r.Question.ID, "Een eerste antwoord.")
		if len(n.Mails(who)) != 1 {
			t.Fatal("an address that nobody confirmed gets letters")
		}
		if q, err := n.ConfirmFollow(anybody, token(n, who)); err != nil || q != r.Question.ID {
			t.Fatal(q, err)
		}
		n.Advance(time.Minute)
		n.answers(apptest.Coach, r.Question.ID, "Een tweede antwoord.")
		if !n.mailed(who, r.Question.Title) {
			t.Fatal("a follower hears nothing")
		}
		first := token(n, who)
		n.Advance(time.Minute)
		// Somebody else types the same address in: nothing changes for the follower.
		n.must(n.Follow(n.at("192.0.2.66"), r.Question.ID, who))
		n.Advance(time.Minute)
		n.answers(apptest.Coach, r.Question.ID, "Een derde antwoord.")
		if len(n.Mails(who)) != 4 {
			t.Fatalf("a follower got %d letters: to confirm, two answers, and to confirm once more are 4", len(n.Mails(who)))
		}
		// The link of an older letter ends it too.
		n.must(n.Unfollow(anybody, first))
		if n.count(`SELECT COUNT(*) FROM follower`) != 0 {
			t.Error("the stop link of an older letter does nothing")
		}
		n.must(n.Unfollow(anybody, first))
		_, err := n.ConfirmFollow(anybody, first)
		n.is(err, fault.KindNotFound)
		// An address that nobody confirmed is forgotten.
		n.must(n.Follow(anybody, r.Question.ID, who))
		n.Advance(47 * time.Hour)
		n.must(n.Forget(anybody, nil))
		if n.count(`SELECT COUNT(*) FROM follower`) != 1 {
			t.Error("it is forgotten too soon")
		}
		n.Advance(2 * time.Hour)
		n.must(n.Forget(anybody, nil))
		if n.count(`SELECT COUNT(*) FROM follower`) != 0 {
			t.Error("it is not forgotten")
		}
	})
}

func TestUrgentTellsTheCoach(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		n.Person(apptest.Coach)
		n.asks(n.as(apptest.Anonymous), questions.Ask{})
		if len(n.Mails("coach@test.example")) != 0 {
			t.Error("a letter for what is not urgent")
		}
		r := n.asks(n.as(apptest.Anonymous), questions.Ask{Title: "geheimwoord", Audience: questions.Team, Urgent: true})
		if !n.mailed("coach@test.example", questions.Path(r.Question.ID)) || n.mailed("coach@test.example", "geheimwoord") {
			t.Errorf("the letter to the coach: %+v", n.Mails("coach@test.example"))
		}
	})
}

func TestThanksAndEdits(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		r := n.asks(n.as(apptest.Anonymous), questions.Ask{})
		resident := n.as(apptest.Resident)
		w, err := n.Answer(resident, r.Question.ID, questions.Reply{Body: "Eerst", Sources: []questions.Source{{URL: "https://a.example/"}, {URL: "https://b.example/"}}})
		n.must(err)
		for range 3 {
			if q, err := n.Thank(n.as(apptest.Anonymous), w.ID); err != nil || q != r.Question.ID {
				t.Fatal(q, err)
			}
		}
		for _, actor := range []string{apptest.Anonymous, apptest.Coach, apptest.Moderator} {
			if _, err := n.EditAnswer(n.as(actor), w.ID, questions.Reply{Body: "Gekaapt"}); fault.KindOf(err) != fault.KindNotFound && fault.KindOf(err) != fault.KindDenied {
				t.Errorf("%s changes the answer of somebody else: %v", actor, err)
			}
			_, err := n.AnswerOf(n.as(actor), w.ID)
			n.is(err, fault.KindNotFound)
		}
		_, err = n.EditAnswer(resident, w.ID, questions.Reply{Body: "Later", Initiatives: []string{"bestaat-niet"}})
		n.is(err, fault.KindInvalid, "questions.wrong.initiative")
		p := n.As(apptest.Resident).Post("/antwoorden/"+w.ID+"/wijzigen", "antwoord", "Laterwoord", "bron", "https://c.example/")
		if p.Status != 200 {
			t.Fatal(p.Status, p.Text())
		}
		v := n.now(r.Question.ID)
		if got := v.Answers[0]; got.Body != "Laterwoord" || got.Thanks != 3 || got.EditedAt.IsZero() || len(got.Sources) != 2 || got.Sources[0].URL != "https://c.example/" || got.Sources[1].URL != "https://b.example/" {
			t.Errorf("the answer is %+v", got)
		}
		if e := v.Events; len(e) != 1 || e[0].Kind != questions.EventEdited || e[0].Body != "Eerst" || e[0].Subject != w.ID {
			t.Errorf("the history is %+v", v.Events)
		}
		if !strings.Contains(n.doc(questions.SearchID(r.Question.ID)), "Laterwoord") {
			t.Error("the search did not follow")
		}
		// What a moderator hid stays hidden, whatever is written in it.
		n.must(n.Moderate(n.as(apptest.Moderator), questions.Hidden, "nee", []questions.Item{{Of: questions.OfAnswer, ID: w.ID}}))
		for _, body := range []string{"Weer goed", "Naar het casino"} {
			_, err = n.EditAnswer(resident, w.ID, questions.Reply{Body: body})
			n.must(err)
			if m := n.now(r.Question.ID).Answers[0].Moderation; m != questions.Hidden {
				t.Errorf("%q makes it %s", body, m)
			}
		}
	})
}

// A form that is sent twice gives one answer.
func TestAnswerSentTwice(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		r := n.asks(n.as(apptest.Anonymous), questions.Ask{})
		one := n.answers(apptest.Resident, r.Question.ID, "Precies hetzelfde")
		two := n.answers(apptest.Resident, r.Question.ID, "Precies hetzelfde")
		if one.ID != two.ID || len(n.own(r).Answers) != 1 {
			t.Error("there are two answers")
		}
		n.answers(apptest.Coach, r.Question.ID, "Precies hetzelfde")
		if len(n.own(r).Answers) != 2 {
			t.Error("the same words of somebody else are no answer")
		}
	})
}

func TestListIsComplete(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		want := map[string]bool{}
		for i := range 53 {
			a := questions.Ask{Theme: "vervoer"}
			if i%3 == 0 {
				a.Theme = "werk-en-inkomen"
			}
			if i%7 == 0 {
				a.Audience = questions.Team
			}
			r := n.asks(n.as(apptest.Anonymous), a)
			if i%5 == 0 && i%7 != 0 {
				n.answers(apptest.Resident, r.Question.ID, "Ja hoor")
			}
			want[r.Question.ID] = i%7 != 0
			if i%10 == 0 {
				n.Clock.Advance(time.Second)
			}
		}
		for _, f := range []questions.Filter{{}, {Theme: "vervoer"}, {Unanswered: true}, {Theme: "werk-en-inkomen", Unanswered: true}} {
			f.Limit = 4
			seen := map[string]bool{}
			before := ""
			for more := true; more; {
				var list []questions.Question
				var err error
				list, more, err = n.List(n.as(apptest.Anonymous), f)
				n.must(err)
				for _, q := range list {
					if seen[q.ID] || !want[q.ID] || before != "" && q.ID >= before || f.Theme != "" && q.Theme != f.Theme || f.Unanswered && q.Status != questions.Open {
						t.Fatalf("%+v: %s is double, private, out of order or does not fit", f, q.ID)
					}
					seen[q.ID], before = true, q.ID
				}
				f.Before = before
			}
			total := n.count(`SELECT COUNT(*) FROM question WHERE audience = 'neighbourhood' AND ($1 = '' OR theme = $1) AND ($2 = '' OR status = $2)`,
				f.Theme, map[bool]string{true: "open"}[f.Unanswered])
			if len(seen) != total {
				t.Errorf("%+v: %d of %d were listed", f, len(seen), total)
			}
		}
	})
}

func TestPlans(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		for _, p := range n.Room().Plans {
			if err := n.App.DB.CheckPlan(t.Context(), p); err != nil {
				t.Error(err)
			}
		}
	})
}
