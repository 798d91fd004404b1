package practices

import (
	"context"
	"testing"
	"testing/fstest"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
)

// TestResultsOfBefore: what came in before origins were told apart finds its origin,
// and what an origin told in the name of strangers no longer counts.
func TestResultsOfBefore(t *testing.T) {
	first, err := migrations.ReadFile("migrations/0001_practices.sql")
	if err != nil {
		t.Fatal(err)
	}
	before := db.Migrations{Room: Name, FS: fstest.MapFS{"migrations/0001_practices.sql": {Data: first}}}
	dbtest.Each(t, []db.Migrations{before}, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for _, q := range []string{
				`INSERT INTO practice VALUES ('a.own', 'i', 't', '', '', '', '', '1.0.0', '[]', 1, NULL, '')`,
				`INSERT INTO practice_adopted VALUES ('j', 'https://b.example', 'keyb', 'b.taken', 't', '1.0.0', '', '{}', '{}', '[]', 1, NULL)`,
				`INSERT INTO practice_peer VALUES ('https://c.example', 'keyc', '', '[]', '', 1, NULL)`,
				`INSERT INTO practice_result VALUES ('keyx', 'm1', 'a.own', 'accepted', 'https://x.example', '{}', '', 1, 1),
					('keyy', 'm2', 'a.own', 'held', 'https://y.example', '{}', '', 2, 1), ('keyc', 'm3', 'b.taken', 'accepted', 'https://c.example', '{}', '', 3, 1),
					('keyz', 'm4', 'b.taken', 'accepted', 'https://z.example', '{}', '', 4, 1)`,
			} {
				if _, err := tx.Exec(ctx, q); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Migrate(t.Context(), []db.Migrations{Migrations}); err != nil {
			t.Fatal(err)
		}
		rows, err := db.All(t.Context(), d, db.Value[string], `SELECT message || ' ' || origin || ' ' || state || ' ' || via FROM practice_result ORDER BY at`)
		want := []string{"m1  accepted ", "m2  held ", "m3 keyb accepted ", "m4 keyb told https://b.example"}
		if err != nil || len(rows) != len(want) {
			t.Fatalf("%q, %v", rows, err)
		}
		for i := range want {
			if rows[i] != want[i] {
				t.Errorf("%q, want %q", rows[i], want[i])
			}
		}
	})
}
