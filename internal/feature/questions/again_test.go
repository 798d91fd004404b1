package questions_test

import (
	"crypto/rand"
	"regexp"
	"sync"
	"testing"

	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/returncode"
	"wijkbaak.nl/internal/feature/questions"
)

var formKey = regexp.MustCompile(`name="sleutel" value="([A-Z2-7]{26})"`)

func TestAFormThatIsSentTwiceAsksOnce(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		c := n.As(apptest.Anonymous)
		p := c.Get("/vragen/nieuw")
		key := formKey.FindStringSubmatch(p.Body)
		if key == nil || p.Header.Get("Cache-Control") != "private, no-store" || p.Header.Get("ETag") != "" {
			t.Fatalf("the key of the form is %v, kept by caches: %v", key, p.Header)
		}
		if other := formKey.FindStringSubmatch(c.Get("/vragen/nieuw").Body); other == nil || other[1] == key[1] {
			t.Errorf("the next form has the key %v", other)
		}
		form := []string{"sleutel", key[1], "wie", "team", "email", "Ans@voorbeeld.example", "vraag"}
		if p := c.Post("/vragen", append(form, "")...); p.Status != 422 || formKey.FindStringSubmatch(p.Body) == nil || formKey.FindStringSubmatch(p.Body)[1] != key[1] {
			t.Errorf("the form that comes back with what is wrong has lost its key: %d", p.Status)
		}
		var paths [4]string
		var wg sync.WaitGroup
		for i := range paths {
			wg.Go(func() { paths[i] = n.As(apptest.Anonymous).Post("/vragen", append(form, "Wie helpt mij?")...).Path })
		}
		wg.Wait()
		for _, path := range paths {
			if path != paths[0] || len(path) < 40 {
				t.Errorf("the receipts are %v", paths)
			}
		}
		if c := n.count(`SELECT COUNT(*) FROM question`); c != 1 {
			t.Fatalf("%d questions", c)
		}
		if c := n.count(`SELECT COUNT(*) FROM audit_event WHERE object_type = 'question' AND action = 'C'`); c != 1 {
			t.Errorf("the log says %d times that it was asked", c)
		}
		// Whatever else was typed is another question: nothing is lost, and nobody
		// gets the code of what somebody else asked.
		for _, pairs := range [][]string{
			append(form, "Wie helpt mij straks?"),
			append([]string{"uitleg", "Er is meer"}, append(form, "Wie helpt mij?")...),
			{"sleutel", key[1], "wie", "team", "vraag", "Wie helpt mij?"},
			{"sleutel", key[1], "wie", "neighbourhood", "email", "ans@voorbeeld.example", "vraag", "Wie helpt mij?"},
		} {
			if p := c.Post("/vragen", pairs...); p.Status != 200 || p.Path == paths[0] {
				t.Errorf("%v gets %d %s", pairs, p.Status, p.Path)
			}
		}
		if p := n.As(apptest.Resident).Post("/vragen", append(form, "Wie helpt mij?")...); p.Path == paths[0] {
			t.Error("somebody who is signed in gets the receipt of somebody unknown")
		}
		if c := n.count(`SELECT COUNT(*) FROM question`); c != 6 {
			t.Errorf("%d questions, not 6", c)
		}
	})
}

func TestAPaperFormIsTypedInOnce(t *testing.T) {
	each(t, func(t *testing.T, n neighbourhood) {
		code := returncode.New(rand.Reader).String()
		ask := questions.Ask{Title: "Van papier", Audience: questions.Team, Channel: questions.Paper, Code: code}
		first := n.asks(n.as(apptest.Coach), ask)
		if again := n.asks(n.as(apptest.Coach), ask); again.Question.ID != first.Question.ID || again.Code != first.Code {
			t.Error("a double press makes two of it")
		}
		ask.Title = "Een ander papier"
		_, err := n.Ask(n.as(apptest.Coach), ask)
		n.is(err, fault.KindInvalid, "questions.wrong.codeused")
	})
}
