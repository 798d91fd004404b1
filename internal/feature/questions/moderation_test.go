package questions_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/feature/questions"
)

func TestHeldBack(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		for name, a := range map[string]questions.Ask{
			"words":    {Title: "Win geld in het casino"},
			"links":    {Title: "Kijk hier eens", Body: "https://a.nl https://b.nl https://c.nl"},
			"capitals": {Title: strings.Repeat("HELP MIJ NU ", 5)},
			"number":   {Title: "Mijn nummer is 123456789"},
			"name":     {Title: "Wie helpt mij?", Name: "Casino"},
		} {
			r := n.asks(n.as(apptest.Anonymous), a)
			if r.Question.Moderation != questions.Held || n.doc(questions.SearchID(r.Question.ID)) != "" {
				t.Errorf("%s: %s", name, r.Question.Moderation)
			}
			if _, err := n.Read(n.as(apptest.Anonymous), r.Question.ID); fault.KindOf(err) != fault.KindNotFound {
				t.Errorf("%s: others read what is held: %v", name, err)
			}
			if n.own(r).Question.Title != strings.TrimSpace(a.Title) && n.own(r).Question.Title != a.Title {
				t.Errorf("%s: the asker does not see the question", name)
			}
		}
		private := n.asks(n.as(apptest.Anonymous), questions.Ask{Title: "Mijn nummer is 123456789", Audience: questions.Team})
		if private.Question.Moderation != questions.Shown {
			t.Error("a question that only the team reads is held back from the team")
		}
		items, err := n.Waiting(n.as(apptest.Moderator), questions.Held)
		n.must(err)
		if len(items) != 5 {
			t.Errorf("%d wait for the moderator, not 5", len(items))
		}
		// An answer of a resident: held, also for what stands in its source.
		r := n.asks(n.as(apptest.Anonymous), questions.Ask{})
		for _, p := range []questions.Reply{
			{Body: "Kom naar het casino"},
			{Body: "Kijk hier", Sources: []questions.Source{{Title: "casino", URL: "https://x.example/"}}},
			{Body: "https://a.nl https://b.nl", Sources: []questions.Source{{URL: "https://c.nl/"}}},
		} {
			w, err := n.Answer(n.as(apptest.Resident), r.Question.ID, p)
			n.must(err)
			if w.Moderation != questions.Held {
				t.Errorf("%+v is shown at once", p)
			}
		}
		if v := n.own(r); len(v.Answers) != 0 || v.Question.Status != questions.Open || v.Question.Answers != 0 {
			t.Errorf("held answers count: %+v", v)
		}
		if strings.Contains(n.doc(questions.SearchID(r.Question.ID)), "casino") {
			t.Error("a held answer is found")
		}
	})
}

func TestModeration(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		r := n.asks(n.as(apptest.Anonymous), questions.Ask{Body: "zandwoord"})
		w := n.answers(apptest.Resident, r.Question.ID, "kiezelwoord")
		n.must(n.Report(n.as(apptest.Anonymous), questions.OfAnswer, w.ID, "rude", "Onaardig"))
		items, err := n.Reported(n.as(apptest.Moderator))
		n.must(err)
		if len(items) != 1 || items[0].ID != w.ID || items[0].Said != "Onaardig" {
			t.Fatalf("reported: %+v", items)
		}
		moderator := n.as(apptest.Moderator)
		answer, question := questions.Item{Of: questions.OfAnswer, ID: w.ID}, questions.Item{Of: questions.OfQuestion, ID: r.Question.ID}
		n.is(n.Moderate(moderator, questions.Hidden, "", []questions.Item{answer}), fault.KindInvalid, "questions.wrong.note")
		n.is(n.Moderate(moderator, questions.Hidden, "reclame", nil), fault.KindInvalid, "questions.wrong.nothing")
		n.is(n.Moderate(moderator, questions.Held, "reclame", []questions.Item{answer}), fault.KindInvalid)
		n.is(n.Moderate(n.as(apptest.Editor), questions.Hidden, "reclame", []questions.Item{answer}), fault.KindDenied)
		n.is(n.Moderate(moderator, questions.Hidden, "reclame", []questions.Item{{Of: "iets", ID: w.ID}}), fault.KindNotFound)
		n.must(n.Moderate(moderator, questions.Hidden, "niet aardig", []questions.Item{answer}))
		if v := n.own(r); len(v.Answers) != 0 || v.Question.Status != questions.Open || !v.Question.AnsweredAt.IsZero() {
			t.Errorf("the only answer is hidden and the question is %s since %v", v.Question.Status, v.Question.AnsweredAt)
		}
		if d := n.doc(questions.SearchID(r.Question.ID)); strings.Contains(d, "kiezelwoord") || !strings.Contains(d, "zandwoord") {
			t.Errorf("the search keeps %q", d)
		}
		if items, err := n.Reported(moderator); err != nil || len(items) != 0 {
			t.Errorf("still reported: %v %v", items, err)
		}
		n.is(n.Report(n.as(apptest.Anonymous), questions.OfAnswer, w.ID, "rude", ""), fault.KindNotFound)
		_, err = n.Thank(n.as(apptest.Anonymous), w.ID)
		n.is(err, fault.KindNotFound)
		n.must(n.Moderate(moderator, questions.Shown, "toch goed", []questions.Item{answer}))
		if v := n.own(r); len(v.Answers) != 1 || v.Question.Status != questions.Answered {
			t.Errorf("after showing it again: %+v", v.Question)
		}
		n.must(n.Moderate(moderator, questions.Hidden, "reclame", []questions.Item{question}))
		if n.doc(questions.SearchID(r.Question.ID)) != "" {
			t.Error("a hidden question is found")
		}
		_, err = n.Read(n.as(apptest.Anonymous), r.Question.ID)
		n.is(err, fault.KindNotFound)
		n.must(n.Moderate(moderator, questions.Shown, "vergissing", []questions.Item{question}))
		var log []string
		for _, e := range n.now(r.Question.ID).Events {
			log = append(log, string(e.Kind)+" "+e.Body)
		}
		if strings.Join(log, "; ") != "hidden niet aardig; restored toch goed; hidden reclame; restored vergissing" {
			t.Errorf("the log of the question has %q", log)
		}
		if n.doc(questions.SearchID(r.Question.ID)) == "" {
			t.Error("a question that is shown again is not found")
		}
	})
}

func TestModeratorReadsNothingPrivate(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		r := n.asks(n.as(apptest.Anonymous), questions.Ask{Title: "geheimwoord voor het team", Audience: questions.Team})
		w := n.answers(apptest.Coach, r.Question.ID, "geheim antwoord")
		n.must(n.Moderate(n.as(apptest.Coach), questions.Hidden, "dubbel", []questions.Item{
			{Of: questions.OfAnswer, ID: w.ID}, {Of: questions.OfQuestion, ID: r.Question.ID}}))
		items, err := n.Waiting(n.as(apptest.Moderator), questions.Hidden)
		if err != nil || len(items) != 0 {
			t.Errorf("the moderator reads %+v, %v", items, err)
		}
		if items, err = n.Waiting(n.as(apptest.Coach), questions.Hidden); err != nil || len(items) != 2 {
			t.Errorf("the coach reads %+v, %v", items, err)
		}
	})
}

func TestBulkRemoval(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		var items []questions.Item
		for range 30 {
			r := n.asks(n.as(apptest.Anonymous), questions.Ask{Title: "Koop nu dit geweldige ding"})
			items = append(items, questions.Item{Of: questions.OfQuestion, ID: r.Question.ID})
		}
		// One of them has gone in the meantime.
		items = slices.Insert(items, 3, questions.Item{Of: questions.OfStory, ID: "gone"})
		n.must(n.Moderate(n.as(apptest.Moderator), questions.Hidden, "spam", items))
		if list, _, err := n.List(n.as(apptest.Anonymous), questions.Filter{}); err != nil || len(list) != 0 {
			t.Errorf("%d are left, %v", len(list), err)
		}
		if c := n.count(`SELECT COUNT(*) FROM question_event WHERE kind = 'hidden' AND body = 'spam'`); c != 30 {
			t.Errorf("%d of 30 have left a trace", c)
		}
		n.is(n.Moderate(n.as(apptest.Moderator), questions.Hidden, "spam", items[3:4]), fault.KindNotFound)
	})
}

func TestModeratorsOfTwoPlaces(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		n.asks(n.as(apptest.Anonymous), questions.Ask{Title: "Win geld in het casino"})
		n.must(n.App.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE question SET place = '/0363/WK036300'`)
			return err
		}))
		for range 120 {
			n.asks(n.as(apptest.Anonymous), questions.Ask{Title: "Win geld in het casino"})
		}
		items, err := n.Waiting(n.as(apptest.CoachElsewhere), questions.Held)
		if err != nil || len(items) != 1 {
			t.Errorf("the other place has %d waiting, %v", len(items), err)
		}
	})
}

func TestHeldAnswersNameTheirQuestion(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		held := func(title string) questions.Receipt {
			r := n.asks(n.as(apptest.Anonymous), questions.Ask{Title: title})
			if w := n.answers(apptest.Resident, r.Question.ID, "Kom naar het casino"); w.Moderation != questions.Held {
				t.Fatal("the answer is not held")
			}
			return r
		}
		first := held("De eerste vraag")
		second := held("De tweede vraag")
		for range 110 { // more than one part, of another place
			held("Elders gevraagd")
		}
		n.must(n.App.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE question SET place = '/0363/WK036300' WHERE title = 'Elders gevraagd'`)
			return err
		}))
		items, err := n.Waiting(n.as(apptest.Moderator), questions.Held)
		n.must(err)
		if len(items) != 2 || items[0].Title != "De tweede vraag" || items[0].Path != questions.Path(second.Question.ID) || items[1].Title != "De eerste vraag" || items[1].Path != questions.Path(first.Question.ID) {
			t.Errorf("waiting are %+v", items)
		}
		if items, err = n.Waiting(n.as(apptest.CoachElsewhere), questions.Held); err != nil || len(items) != 100 || items[99].Title != "Elders gevraagd" {
			t.Errorf("elsewhere %d are waiting, %v", len(items), err)
		}
	})
}

func TestStories(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		tell := questions.Tell{Title: "Weer onder de mensen", Body: strings.Repeat("Ik durfde niet meer naar buiten. ", 3) + "parelwoord"}
		_, _, err := n.Publish(n.as(apptest.Anonymous), tell)
		n.is(err, fault.KindInvalid, "questions.wrong.consent")
		tell.Consent = true
		s, code, err := n.Publish(n.as(apptest.Resident), tell)
		n.must(err)
		if s.Moderation != questions.Held || !strings.Contains(s.Consent, "intrekken") || s.ConsentAt.IsZero() {
			t.Errorf("the story is %+v", s)
		}
		_, _, err = n.Story(n.as(apptest.Anonymous), s.ID)
		n.is(err, fault.KindNotFound)
		n.is(n.Report(n.as(apptest.Anonymous), questions.OfStory, s.ID, "spam", ""), fault.KindNotFound)
		item := []questions.Item{{Of: questions.OfStory, ID: s.ID}}
		n.is(n.Moderate(n.as(apptest.CoachElsewhere), questions.Shown, "mooi", item), fault.KindNotFound)
		n.must(n.Moderate(n.as(apptest.Moderator), questions.Shown, "mooi verhaal", item))
		if got, _, err := n.Story(n.as(apptest.Anonymous), s.ID); err != nil || got.Consent != s.Consent {
			t.Errorf("the story as others read it: %+v, %v", got, err)
		}
		if !strings.Contains(n.doc("story:"+s.ID), "parelwoord") {
			t.Error("the story is not found")
		}
		n.must(n.Report(n.as(apptest.Anonymous), questions.OfStory, s.ID, "private", "parelwoord staat erin"))
		n.must(n.Moderate(n.as(apptest.Moderator), questions.Hidden, "op verzoek", item))
		if n.doc("story:"+s.ID) != "" {
			t.Error("a hidden story is found")
		}
		if c := n.count(`SELECT COUNT(*) FROM story_event WHERE story = $1 AND body IN ('mooi verhaal', 'op verzoek') AND person IS NOT NULL`, s.ID); c != 2 {
			t.Errorf("%d of 2 reasons were kept", c)
		}
		n.is(n.TakeBack(n.at("192.0.2.77"), strings.Repeat("huis ", 12)), fault.KindInvalid)
		n.must(n.TakeBack(n.as(apptest.Anonymous), code.String()))
		if in := n.found("parelwoord"); len(in) != 0 {
			t.Errorf("the story still stands in %v", in)
		}
		n.is(n.TakeBack(n.as(apptest.Anonymous), code.String()), fault.KindInvalid, "questions.wrong.code")
		if c := n.count(`SELECT COUNT(*) FROM audit_event WHERE object_type = 'story' AND object_id = $1`, s.ID); c != 4 {
			t.Errorf("the log has %d events of telling, showing, hiding and taking back", c)
		}
	})
}
