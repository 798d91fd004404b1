package main

import (
	"math"
	"os"
	"testing"

	"wijkbaak.nl/internal/base/db/dbtest"
	"wijkbaak.nl/internal/trust/themes"
)

// must is how far our nDCG@5 must be above that of the better of the others.
const must = 1.25

func TestOursFindsMore(t *testing.T) {
	root, err := findRoot()
	if err != nil {
		t.Fatal(err)
	}
	r, err := measure(t.Context(), root, os.Getenv(dbtest.PostgresURL))
	if err != nil {
		t.Fatal(err)
	}
	t.Log(r.table())
	for name, which := range map[string]func(question) bool{"all": every, "odd": isOdd, "even": isEven} {
		if got := r.ratio(which); got < must {
			t.Errorf("%s ids: %.2f times the better of the others, must be %.2f", name, got, must)
		}
	}
}

func TestQuestionsAreSpread(t *testing.T) {
	root, err := findRoot()
	if err != nil {
		t.Fatal(err)
	}
	texts, err := loadTexts(root)
	if err != nil {
		t.Fatal(err)
	}
	questions, err := loadQuestions(root, texts)
	if err != nil {
		t.Fatal(err)
	}
	if len(questions) < 150 {
		t.Errorf("only %d questions", len(questions))
	}
	of, ids := map[string]int{}, map[int]bool{}
	for _, q := range questions {
		if !themes.Known(q.Theme) || ids[q.ID] || q.Text == "" || q.ndcg(nil) != 0 {
			t.Errorf("question %d, %q: theme %q unknown, id taken or no text", q.ID, q.Text, q.Theme)
		}
		best := 0
		for _, grade := range q.Fits {
			best = max(best, grade)
		}
		if best < 2 {
			t.Errorf("question %d names nothing that helps", q.ID)
		}
		of[q.Theme]++
		ids[q.ID] = true
	}
	for _, theme := range themes.All {
		if of[theme] < 3 {
			t.Errorf("%d questions on %s", of[theme], theme)
		}
	}
}

func TestFigures(t *testing.T) {
	q := question{ID: 1, Fits: map[string]int{"a": 3, "b": 2, "c": 1}}
	for _, c := range []struct {
		found        []string
		ndcg, recall float64
	}{
		{nil, 0, 0},
		{[]string{"a", "b", "c"}, 1, 1},
		{[]string{"x", "x", "x", "x", "x", "a"}, 0, 0},
		{[]string{"c"}, 1 / (7 + 3/math.Log2(3) + 0.5), 0},
		{[]string{"x", "a"}, 7 / math.Log2(3) / (7 + 3/math.Log2(3) + 0.5), 0.5},
	} {
		if n, r := q.ndcg(c.found), q.recall(c.found); math.Abs(n-c.ndcg) > 1e-9 || math.Abs(r-c.recall) > 1e-9 {
			t.Errorf("%v: nDCG %f and recall %f, want %f and %f", c.found, n, r, c.ndcg, c.recall)
		}
	}
}
