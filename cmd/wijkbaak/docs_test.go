package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

var update = flag.Bool("update", false, "write the table of settings in docs/operate.md")

const operate = "../../docs/operate.md"

// settingsTable is every setting with its name in the environment, its default
// and who takes it.
func settingsTable(app *kong.Application) string {
	type row struct {
		flag *kong.Flag
		by   []string
	}
	rows := map[string]*row{}
	var names, all []string
	for _, n := range app.Leaves(true) {
		all = append(all, strings.TrimPrefix(n.FullPath(), "wijkbaak "))
		for _, f := range n.Flags {
			if !isSetting(f) {
				continue
			}
			if rows[f.Name] == nil {
				rows[f.Name] = &row{flag: f}
				names = append(names, f.Name)
			}
			rows[f.Name].by = append(rows[f.Name].by, strings.TrimPrefix(n.FullPath(), "wijkbaak "))
		}
	}
	var b strings.Builder
	b.WriteString("| setting | environment | default | what it does | for |\n| --- | --- | --- | --- | --- |\n")
	for _, name := range names {
		r := rows[name]
		def := "–"
		if r.flag.HasDefault {
			def = "`" + r.flag.Default + "`"
		}
		slices.Sort(r.by)
		by := strings.Join(r.by, ", ")
		if len(r.by) > len(all)/2 {
			by = "all but " + strings.Join(slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(r.by, s) }), " and ")
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s | %s |\n", name, r.flag.Envs[0], def, r.flag.Help, by)
	}
	return b.String()
}

func TestTableOfSettingsIsCurrent(t *testing.T) {
	text, err := os.ReadFile(operate)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(text), "<!-- settings -->\n")
	_, after, ok2 := strings.Cut(rest, "<!-- /settings -->")
	if !ok1 || !ok2 {
		t.Fatal("the marks of the table are gone")
	}
	want := before + "<!-- settings -->\n" + settingsTable(model(t)) + "<!-- /settings -->" + after
	if *update {
		if err := os.WriteFile(operate, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(text) != want {
		t.Error("docs/operate.md is behind the program: go test ./cmd/wijkbaak -run Table -update")
	}
}
