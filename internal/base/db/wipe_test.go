package db_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
)

func TestWhatWasDeletedIsInNoByte(t *testing.T) {
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		d, err := db.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close() //nolint:errcheck // the test is over
		write := func(statement string, args ...any) {
			t.Helper()
			err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, statement, args...)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		write(`CREATE TABLE note (id TEXT PRIMARY KEY, body TEXT NOT NULL)`)
		write(`INSERT INTO note (id, body) VALUES ($1, $2)`, "a", strings.Repeat("goudhaantje ", 2000))
		write(`INSERT INTO note (id, body) VALUES ($1, $2)`, "b", "goudhaantje")
		write(`UPDATE note SET body = '' WHERE id = 'b'`)
		write(`DELETE FROM note WHERE id = 'a'`)
		// A long reading does not stop the writing for long, nor is it disturbed.
		err = d.Read(t.Context(), func(ctx context.Context, r db.Reader) error {
			if _, err := db.All(ctx, r, db.Value[string], `SELECT body FROM note`); err != nil {
				return err
			}
			write(`INSERT INTO note (id, body) VALUES ('c', 'x')`)
			if err := d.Wipe(t.Context()); (err != nil) != (d.Engine() == db.SQLite) {
				t.Errorf("while somebody reads, wiping gives %v", err)
			}
			write(`INSERT INTO note (id, body) VALUES ('d', 'x')`)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Wipe(t.Context()); err != nil {
			t.Fatal(err)
		}
		files, err := filepath.Glob(filepath.Join(o.Dir, db.FileName+"*"))
		if err != nil || o.URL == "" && len(files) == 0 {
			t.Fatal(files, err)
		}
		for _, path := range files {
			if o.URL != "" {
				break // its files are those of the server
			}
			b, err := os.ReadFile(path)
			if err != nil || strings.Contains(string(b), "goudhaantje") {
				t.Errorf("%s still has it: %v", filepath.Base(path), err)
			}
		}
	})
}
