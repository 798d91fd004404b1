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

func TestNobodyElseReadsTheFiles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, db.FileName)
	for round := range 2 {
		d, err := db.Open(t.Context(), db.Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Migrate(t.Context(), counterRoom); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{path, path + "-wal", path + "-shm"} {
			if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("round %d: %s: %v %v", round, filepath.Base(name), info.Mode(), err)
			}
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o644); err != nil { //nolint:gosec // as an earlier version made it
			t.Fatal(err)
		}
	}
}

func TestADamagedFileSaysWhatToDo(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, db.FileName), []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Open(t.Context(), db.Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "restore the last backup") {
		t.Error(err)
	}
}

// TestAShortChecksum: what somebody wrote into the table of steps by hand is
// refused in words.
func TestAShortChecksum(t *testing.T) {
	dbtest.Each(t, counterRoom, func(t *testing.T, d *db.DB) {
		if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, "UPDATE migration SET checksum = 'abc'")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Pending(t.Context(), counterRoom); err == nil || !strings.Contains(err.Error(), "was changed after it ran") || strings.Contains(err.Error(), "panic") {
			t.Error(err)
		}
	})
}
