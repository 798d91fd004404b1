package app_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/feature/pilots"
)

// A pilot can measure the mean score of a survey over a month, when at least ten
// people filled it in. Fewer of a next month wait for more, or they could be
// worked out.
func TestAPilotMeasuresTheScoreOfASurvey(t *testing.T) {
	apptest.Each(t, apptest.Options{}, func(t *testing.T, w *apptest.World) {
		const kind = "zes-gebieden/lichaam"
		sources := w.App.Relay.Pilots.Sources
		k := slices.IndexFunc(sources, func(s pilots.Source) bool { return s.Name() == "surveys" })
		if k < 0 {
			t.Fatal("the surveys measure nothing")
		}
		list, err := sources[k].Kinds(t.Context(), w.App.DB)
		if err != nil || !slices.ContainsFunc(list, func(c pilots.Counter) bool { return c.Kind == kind && c.Gives == pilots.Score && c.Name != "" }) {
			t.Fatalf("%v %v", list, err)
		}
		err = w.App.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			url, err := db.One(ctx, tx, db.Value[string], "SELECT url FROM survey WHERE slug = $1", "zes-gebieden")
			for month, n := range map[string]int{"2031-01": 12, "2031-02": 9} {
				if err == nil {
					_, err = tx.Exec(ctx, "INSERT INTO survey_tally (url, score, month, n, total) VALUES ($1, $2, $3, $4, $5)", url, "lichaam", month, n, float64(7*n))
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		day := func(m time.Month, d int) time.Time { return time.Date(2031, m, d, 0, 0, 0, 0, time.UTC) }
		for name, c := range map[string]struct {
			from, before time.Time
			want         float64 // 0 for nothing to tell
			n            int
		}{
			"a month":   {day(1, 1), day(2, 1), 7, 12},
			"few":       {day(2, 1), day(3, 1), 0, 0},
			"two":       {day(1, 1), day(3, 1), 7, 12},
			"a week":    {day(1, 6), day(1, 13), 0, 0},
			"not begun": {day(5, 1), day(6, 1), 0, 0},
		} {
			got, ok, err := sources[k].Read(t.Context(), w.App.DB, kind, pilots.About{Place: "/", From: c.from, Before: c.before})
			if err != nil || ok != (c.want > 0) || got.Value != c.want || got.N != c.n {
				t.Errorf("%s: %v %v %v", name, got, ok, err)
			}
		}
		if _, ok, err := sources[k].Read(t.Context(), w.App.DB, "zes-gebieden/none", pilots.About{From: day(1, 1), Before: day(2, 1)}); ok || err != nil {
			t.Errorf("a score that is none gives something: %v", err)
		}
	})
}
