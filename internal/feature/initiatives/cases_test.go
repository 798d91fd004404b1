package initiatives

import (
	"os"
	"strings"
	"testing"
)

func demoFiles(t testing.TB) []File {
	t.Helper()
	var files []File
	for _, name := range []string{"initiatives.yaml", "barriers.yaml", "factors.yaml"} {
		b, err := os.ReadFile("demo/" + name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, File{name, b})
	}
	return files
}

func nothing(string) bool { return false }

func TestDemoFilesAreWhole(t *testing.T) {
	c := readCases(demoFiles(t))
	c.refer(nothing, nothing)
	for _, f := range c.faults {
		t.Error(f)
	}
	evidence := 0
	for _, i := range c.initiatives {
		evidence += len(i.v.Evidence)
	}
	if len(c.initiatives) != 60 || evidence != 112 || len(c.barriers) != 47 || len(c.factors) != 25 || len(c.models) != 7 {
		t.Errorf("%d initiatives, %d evidence, %d barriers, %d factors, %d models", len(c.initiatives), evidence, len(c.barriers), len(c.factors), len(c.models))
	}
	for _, i := range c.initiatives {
		if i.v.Slug == "tza-twente" && i.v.Parties[0].Role != "coöperatie van gemeenten, zorg, scholen en verzekeraars" {
			t.Errorf("the commas of a role were lost: %q", i.v.Parties[0].Role)
		}
	}
	var notes []string
	for _, n := range c.notes {
		notes = append(notes, n.Error())
	}
	if all := strings.Join(notes, "\n"); len(notes) != 5 || !strings.Contains(all, "initiatives.yaml, line 686, field initiatives[") {
		t.Errorf("notes:\n%s", all)
	}
}
