package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEachTableLeavesTheOther(t *testing.T) {
	path := filepath.Join(t.TempDir(), "RESULTS.md")
	r := &results{}
	for i, c := range []struct {
		table    string
		postgres bool
		want     string
	}{
		{"# Figures\n1\n", false, "# Figures\n1\n"},
		{r.small(options{}), true, "# Figures\n1\n" + r.small(options{})},
		{"# Figures\n2\n", false, "# Figures\n2\n" + r.small(options{})},
		{strings.Replace(r.small(options{}), "Repeat", "Again", 1), true, "# Figures\n2\n" + strings.Replace(r.small(options{}), "Repeat", "Again", 1)},
	} {
		if err := store(path, c.table, c.postgres); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != c.want {
			t.Errorf("%d: %v\n%s\nwant\n%s", i, err, got, c.want)
		}
	}
}
