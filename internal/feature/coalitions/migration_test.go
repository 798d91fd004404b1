package coalitions

import (
	"context"
	"testing"
	"testing/fstest"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
)

// TestGuestsOfBeforeAreForgottenToo: what was said before the links were kept beside
// it finds its link by the name, and where the link is gone the name goes.
func TestGuestsOfBeforeAreForgottenToo(t *testing.T) {
	first, err := files.ReadFile("migrations/0001_coalitions.sql")
	if err != nil {
		t.Fatal(err)
	}
	before := db.Migrations{Room: Name, FS: fstest.MapFS{"migrations/0001_coalitions.sql": {Data: first}}}
	dbtest.Each(t, []db.Migrations{before}, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for _, q := range []string{
				`INSERT INTO coalition VALUES ('c', 'n', 'g', '', '', TRUE, FALSE, '[]', '', 'p', 1, 1, 1, NULL, '')`,
				`INSERT INTO coalition_comment VALUES ('1', 'c', '', 'Adviseur', 'a', 1), ('2', 'c', '', 'Lang weg', 'b', 1), ('3', 'c', 'p', '', 'c', 1)`,
				`INSERT INTO coalition_change VALUES ('1', 'c', 1, 'p', 'guest', 'Lang weg', ''), ('2', 'c', 1, 'p', 'city', 'Stad', '')`,
			} {
				if _, err := tx.Exec(ctx, q); err != nil {
					return err
				}
			}
			_, err := tx.Exec(ctx, `INSERT INTO coalition_guest VALUES ('g1', 'c', 'Adviseur', TRUE, $1, 'p', 1, 2, NULL)`, []byte("x"))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Migrate(t.Context(), []db.Migrations{Migrations}); err != nil {
			t.Fatal(err)
		}
		list, err := db.All(t.Context(), d, scanComment, selectComments, "c", last, 10)
		if err != nil || len(list) != 3 || list[0].Guest+list[0].Name+list[1].Guest+list[1].Name != "" || list[2].Guest != "g1" || list[2].Name != "Adviseur" {
			t.Errorf("%+v, %v", list, err)
		}
		subjects, err := db.All(t.Context(), d, db.Value[string], `SELECT subject FROM coalition_change ORDER BY id`)
		if err != nil || len(subjects) != 2 || subjects[0] != "" || subjects[1] != "Stad" {
			t.Errorf("%q, %v", subjects, err)
		}
	})
}
