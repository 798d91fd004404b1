package region

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"wijkbaak.nl/internal/base/decimal"
)

func TestRuns(t *testing.T) {
	for phase, want := range map[string]bool{"idea": false, "preparation": false, "pilot": true, "proven": true, "in_use": true, "scaled": true, "stopped": false, "unknown": true} {
		if Runs(phase) != want {
			t.Errorf("%s: %v", phase, !want)
		}
		if farness[phase] == 0 || !slices.Contains(Phases, phase) || LevelOf(phase) == LevelNone {
			t.Errorf("%s has no place in the order", phase)
		}
	}
	if LevelOf("") != LevelNone {
		t.Error("nothing has a level")
	}
}

func TestCodesOfMunicipalities(t *testing.T) {
	for in, want := range map[string]string{"GM0153": "0153", "0153": "0153", "/0153": "0153", "/0995/WK0995ZZ": "0995", "": "", "/": ""} {
		if got := townKey(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestCurves(t *testing.T) {
	p := func(period string, v float64, unit string) Point { return Point{Period: period, Value: v, Unit: unit} }
	for name, c := range map[string]struct {
		points []Point
		want   string
	}{
		"one figure is no growth": {[]Point{p("2019", 4, "gemeenten")}, ""},
		"from 4 to 31":            {[]Point{p("2024", 31, "gemeenten"), p("2019", 4, "gemeente")}, "gemeenten 4→31"},
		"two units are two lines": {[]Point{p("2019", 4, "gemeenten"), p("2020", 900, "mensen")}, ""},
		"municipalities first":    {[]Point{p("2019", 1, "mensen"), p("2020", 9, "mensen"), p("2019", 2, "gemeenten"), p("2020", 3, "gemeenten")}, "gemeenten 2→3 mensen 1→9"},
		"no date, no point":       {[]Point{p("na 2020", 4, "wijken"), p("2019-03", 4, "wijken"), p("2019-09", 5, "wijken")}, "wijken 4→5"},
	} {
		var got []string
		for _, c := range Curves(c.points) {
			got = append(got, fmt.Sprintf("%s %v→%v", c.Unit, c.First().Value, c.Last().Value))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %q, want %q", name, s, c.want)
		}
	}
}

func TestPartsOfAList(t *testing.T) {
	var list []string
	for k := range 7 {
		list = append(list, fmt.Sprint(k))
	}
	key := func(s string) string { return s }
	var seen []string
	for after, n := "", 0; n < 5; n++ {
		page, previous, back, next := part(list, key, after, 3)
		seen = append(seen, page...)
		if back != (after != "") || after == "5" && previous != "2" || after == "2" && previous != "" {
			t.Errorf("behind %q: back %v to %q", after, back, previous)
		}
		if after = next; next == "" {
			break
		}
	}
	if strings.Join(seen, "") != "0123456" {
		t.Error(seen)
	}
	if page, _, back, next := part(list, key, "99", 3); len(page) != 0 || !back || next != "" {
		t.Error("behind the end there is something")
	}
	if page, _, _, _ := part([]string{}, key, "x", 3); len(page) != 0 {
		t.Error("an empty list has a part")
	}
}

func TestSets(t *testing.T) {
	a, b := newSet(130), newSet(130)
	a.add(0)
	a.add(64)
	a.add(129)
	b.add(129)
	if a.count() != 3 || a.and(b) != 1 || !a.has(64) || b.has(64) {
		t.Error(a, b)
	}
	c := newSet(130)
	c.join(a, b)
	if c.count() != 1 || !c.has(129) {
		t.Error(c)
	}
}

func TestCellsAreNoFormulas(t *testing.T) {
	for in, want := range map[string]string{"=1+1": "'=1+1", "+31": "'+31", "-1": "'-1", "@x": "'@x", "a=1": "a=1", "": ""} {
		if got := decimal.Cell(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// FuzzAddress reads any address as a filter: what comes out stands in an address
// again, and a cursor is the text it was made of.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{"", "thema=vervoer&fase=in-gebruik", "provincie=Frysl%C3%A2n&gemeente=%2F0355", "initiatief=%00%ff&coalitie=%E2%80%AE", "na=AAAA&na=%21", "fase=scaled"} {
		f.Add(s)
	}
	s := New(Options{Themes: []string{"vervoer"}})
	f.Fuzz(func(t *testing.T, raw string) {
		q, _ := url.ParseQuery(raw)
		a := s.filterOf(q)
		u, err := url.Parse(a.at(path))
		if err != nil {
			t.Fatal(err)
		}
		if b := s.filterOf(u.Query()); b != a {
			t.Errorf("%+v became %+v", a, b)
		}
		if key, ok := keyOf(q.Get(askAfter)); ok && key != "" {
			if again, ok := keyOf(cursor(key)); !ok || again != key {
				t.Errorf("%q became %q", key, again)
			}
		}
	})
}
