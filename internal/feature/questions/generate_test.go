package questions_test

import (
	"fmt"
	"strings"
	"testing"

	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/feature/questions"
)

func TestGenerateIsTheSameForASeed(t *testing.T) {
	made := func(seed uint64) (content string) {
		w := apptest.SQLite(t, apptest.Options{Empty: true})
		last := 0
		if err := w.App.Questions.Generate(t.Context(), seed, 500, 900, func(n int) { last = n }); err != nil {
			t.Fatal(err)
		}
		if last != 500 {
			t.Errorf("told of %d questions", last)
		}
		list, err := db.All(t.Context(), w.App.DB, db.Value[string], `SELECT id || title || body || place || status || asked_at || due_at || answers FROM question ORDER BY id`)
		if err != nil {
			t.Fatal(err)
		}
		answers, err := db.All(t.Context(), w.App.DB, db.Value[string], `SELECT id || question || body || name || at FROM answer ORDER BY id`)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) != 500 || len(answers) != 900 {
			t.Errorf("%d questions, %d answers", len(list), len(answers))
		}
		content = strings.Join(append(list, answers...), "\n")
		if strings.ContainsAny(content, "{}") {
			t.Error("a place in a sentence was not filled")
		}
		return content
	}
	one, again, other := made(1), made(1), made(2)
	if one != again {
		t.Error("the same seed made other content")
	}
	if one == other {
		t.Error("another seed made the same content")
	}
}

func TestGenerateKeepsTheRules(t *testing.T) {
	apptest.Each(t, apptest.Options{Empty: true}, func(t *testing.T, w *apptest.World) {
		if err := w.App.Questions.Generate(t.Context(), 7, 300, 600, func(int) {}); err != nil {
			t.Fatal(err)
		}
		for before, n := "", 0; ; {
			list, more, err := w.App.Questions.List(t.Context(), questions.Filter{Before: before, Limit: 100})
			if err != nil {
				t.Fatal(err)
			}
			for _, q := range list {
				n++
				before = q.ID
				if err := (questions.Ask{Title: q.Title, Body: q.Body, Theme: q.Theme, Name: q.Name, Audience: q.Audience}).Check(); err != nil {
					t.Errorf("%s: %v", q.Title, err)
				}
				v, err := w.App.Questions.Read(t.Context(), q.ID)
				if err != nil || len(v.Answers) != q.Answers || (q.Answers == 0) != (q.Status == questions.Open) {
					t.Errorf("%s: %d answers, %d shown, %s, %v", q.Title, q.Answers, len(v.Answers), q.Status, err)
				}
			}
			if !more {
				if n < 250 {
					t.Errorf("only %d are listed", n)
				}
				break
			}
		}
		found := 0
		if err := questionsDocs(t, w, &found); err != nil || found < 250 {
			t.Error(found, err)
		}
	})
}

func questionsDocs(t *testing.T, w *apptest.World, n *int) error {
	rows, err := db.All(t.Context(), w.App.DB, db.Value[string], `SELECT id FROM search_doc WHERE kind = 'question' AND NOT deleted`)
	if *n = len(rows); err != nil {
		return fmt.Errorf("search: %w", err)
	}
	return nil
}
