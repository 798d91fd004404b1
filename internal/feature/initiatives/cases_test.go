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
	c := readCases(t.Context(), demoFiles(t))
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
	if all := strings.Join(notes, "\n"); len(notes) != 4 || !strings.Contains(all, "initiatives.yaml, line 686, field initiatives[") {
		t.Errorf("notes:\n%s", all)
	}
}

// whole is the smallest case file that is right.
const whole = `schema_version: 1
initiatives:
  - id: een
    name: Een
    kind: place
    summary: Tekst.
    municipalities: [Epe]
    themes: [dementie]
    phase: {status: pilot, year: 2016}
    evidence:
      - {type: reach, metric: mensen, value: 3, unit: mensen, strength: claim, source: s1}
    costs:
      - {item: jaar, amount_eur: 0.35, source: s1}
    sources:
      - {id: s1, title: Bron, url: "https://example.nl/a"}
    source_status: web
`

func TestDamageNamesFileLineAndField(t *testing.T) {
	if c := readCases(t.Context(), []File{{"x.yaml", []byte(whole)}}); len(c.faults) > 0 || c.initiatives[0].v.Costs[0].Cents != 35 {
		t.Fatalf("%v, %+v", c.faults, c.initiatives)
	}
	for _, damage := range []struct{ old, new, want string }{
		{"schema_version: 1", "schema_version: 2", "x.yaml, line 1, field schema_version: this program reads version 1"},
		{"schema_version: 1\n", "", "x.yaml, line 1, field schema_version: this is missing"},
		{"    name: Een\n", "", "x.yaml, line 3, field initiatives[0].name: this is missing"},
		{"kind: place", "kind: plaats", `x.yaml, line 5, field initiatives[0].kind: "plaats" is not one of`},
		{"kind: place", "kind: place\n    kleur: rood", "x.yaml, line 6, field initiatives[0].kleur: this name is not known here"},
		{"kind: place", "kind: place\n    kind: place", "x.yaml, line 6: mapping key"},
		{"id: een", "id: Een Twee", "x.yaml, line 3, field initiatives[0].id"},
		{"id: een", "id: vergelijk", "x.yaml, line 3, field initiatives[0].id"},
		{"[dementie]", "[dementie, dansen]", `x.yaml, line 8, field initiatives[0].themes: "dansen" is not a known theme`},
		{"[dementie]", "dementie", "x.yaml, line 8, field initiatives[0].themes: a list is expected here"},
		{"year: 2016", "year: vroeger", "x.yaml, line 9, field initiatives[0].phase.year: a number is expected here"},
		{"year: 2016", "year: 16", "x.yaml, line 9, field initiatives[0].phase.year: a whole number from 1900"},
		{"value: 3", "value: .nan", "x.yaml, line 11, field initiatives[0].evidence[0].value: a number is expected"},
		{"value: 3", "value: 1e99", "x.yaml, line 11, field initiatives[0].evidence[0].value: a number is expected"},
		{"value: 3, unit: mensen", "value: 3", "x.yaml, line 11, field initiatives[0].evidence[0].value: a number needs a unit"},
		{"strength: claim, source: s1", "strength: claim, source: s9", `x.yaml, line 11, field initiatives[0].evidence[0].source: there is no source "s9"`},
		{"amount_eur: 0.35", "amount_eur: -1", "x.yaml, line 13, field initiatives[0].costs[0].amount_eur"},
		{"https://example.nl/a", "javascript:alert(1)", "x.yaml, line 15, field initiatives[0].sources[0].url: an address begins with"},
		{"summary: Tekst.", "summary: " + strings.Repeat("a", 2001), "x.yaml, line 6, field initiatives[0].summary: this has 2001 characters; 2000 fit"},
		{"summary: Tekst.", "summary: \xff", "x.yaml: the file is not UTF-8 text"},
		{"summary: Tekst.", "summary: [[[", "x.yaml, line 6"},
		{"summary: Tekst.", "summary: " + strings.Repeat("[", 61), "x.yaml, line 6: this is nested too deep"},
		{"summary: Tekst.", "summary: " + strings.Repeat("a", 9000), "x.yaml, line 6: the line is longer than"},
		{"summary: Tekst.", "summary: &a Tekst.\n    region: *a", "x.yaml, line 6, field initiatives[0].summary: a text is expected here"},
		{"    source_status: web\n", "    source_status: web\n---\na: 1\n", "x.yaml: the file must hold one YAML document"},
		{"    source_status: web\n", "    source_status: web\n    related: [twee]\n", `x.yaml, line 3, field initiatives[0].related[0]: there is no other initiative "twee"`},
		{"    source_status: web\n", "    source_status: web\n    barriers_met: [{barrier: geld, source: s1}]\n", `x.yaml, line 3, field initiatives[0].barriers_met[0].barrier: there is no barrier "geld"`},
	} {
		if !strings.Contains(whole, damage.old) {
			t.Fatalf("%q is not in the file", damage.old)
		}
		c := readCases(t.Context(), []File{{"x.yaml", []byte(strings.Replace(whole, damage.old, damage.new, 1))}})
		c.refer(nothing, nothing)
		if len(c.faults) == 0 || !strings.HasPrefix(c.faults[0].Error(), damage.want) {
			t.Errorf("%.40q:\n got %v\nwant %s", damage.new, c.faults, damage.want)
		}
	}
	twice := readCases(t.Context(), []File{{"x.yaml", []byte(whole)}, {"y.yaml", []byte(whole)}})
	twice.refer(nothing, nothing)
	if len(twice.faults) != 1 || twice.faults[0].File != "y.yaml" {
		t.Errorf("%v", twice.faults)
	}
	if c := readCases(t.Context(), []File{{"x.yaml", make([]byte, maxFile+1)}}); len(c.faults) != 1 {
		t.Errorf("a file too large: %v", c.faults)
	}
}

func FuzzCases(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte("a: {b: c, d, e: [1, {f: |\n x\n}]}\n- x\n"))
	f.Add([]byte("? [a]\n: {b}\n&x *x !!t <<: - - -"))
	f.Add([]byte("schema_version: 1\nbarriers:\n- id: a\n  sources: [{title: t}]\n"))
	for _, file := range demoFiles(f) {
		f.Add(file.Text[:min(4000, len(file.Text))])
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c := readCases(t.Context(), []File{{"x.yaml", text}})
		c.refer(nothing, nothing)
		for _, r := range c.initiatives {
			if len(c.faults) == 0 && (r.v.Slug == "" || r.v.Name == "" || len(r.v.keys()[0]) == 0) {
				t.Errorf("taken in without a name: %+v", r.v)
			}
		}
		for _, x := range c.faults {
			if x.File == "" || x.Reason == "" {
				t.Errorf("a fault without a place: %+v", x)
			}
		}
	})
}
