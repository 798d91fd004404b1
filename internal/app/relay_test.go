package app_test

import (
	"context"
	"testing"

	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/trust/access"
)

// TestMergedInitiativeTakesEverythingAlong: what rooms keep beside an initiative
// goes with it when it becomes part of another.
func TestMergedInitiativeTakesEverythingAlong(t *testing.T) {
	apptest.Each(t, apptest.Options{}, func(t *testing.T, w *apptest.World) {
		count := func(query, slug string) int {
			n, err := db.One(t.Context(), w.App.DB, db.Value[int], query, slug)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		from, err := db.One(t.Context(), w.App.DB, db.Value[string], "SELECT initiative FROM pilot ORDER BY id LIMIT 1")
		if err != nil {
			t.Fatal(err)
		}
		const into = "nlvoorelkaar"
		tables := []string{"pilot", "businesscase", "barriers_entry", "phases_decision", "scaling_plan"}
		before := map[string]int{}
		for _, table := range tables {
			query := "SELECT COUNT(*) FROM " + table + " WHERE initiative = $1"
			before[table] = count(query, from) + count(query, into)
		}
		if before["pilot"] == 0 {
			t.Fatal("the demo has no pilot to take along")
		}
		ctx := access.With(context.WithoutCancel(t.Context()), access.Actor{Channel: access.Shell})
		if err := w.App.Initiatives.Merge(ctx, from, into, "dubbel"); err != nil {
			t.Fatal(err)
		}
		w.Settle()
		for _, table := range tables {
			query := "SELECT COUNT(*) FROM " + table + " WHERE initiative = $1"
			if left, now := count(query, from), count(query, into); left != 0 || now != before[table] {
				t.Errorf("%s: %d stayed, %d of %d went along", table, left, now, before[table])
			}
		}
	})
}
