package pilots

import (
	"fmt"
	"strings"
	"testing"
)

func TestTablesAsSpreadsheetsSaveThem(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		values string // of the entries
		faults string
	}{
		"long, Dutch Excel": {"\ufeffdatum;indicator;waarde;aantal mensen\r\n2-3-2026;klachten;12,5;40\r\n9-3-2026;Deelnemers;1.234;\r\n",
			"2026-03-02 klachten 12.5 40, 2026-03-09 deelnemers 1234 0", ""},
		"wide, tabs":      {"Datum\tDeelnemers\tTevreden\n2026-03-02\t12\t75,5 %\n2026-03-09\t\t80\n", "2026-03-02 deelnemers 12 0, 2026-03-02 tevreden 75.5 0, 2026-03-09 tevreden 80 0", ""},
		"commas":          {"date,indicator,value\n2026-03-02,klachten,12.5\n", "2026-03-02 klachten 12.5 0", ""},
		"rest is kept":    {"datum;indicator;waarde\nmorgen;klachten;1\n2026-03-02;onbekend;1\n2026-03-02;tevreden;120\n2026-03-02;klachten;veel\n2026-03-03;klachten;1\n2026-03-03;klachten;2\n2026-03-04\n", "2026-03-03 klachten 1 0", "2 pilots.wrong.day, 3 pilots.wrong.table.indicator, 4 pilots.wrong.share, 5 pilots.wrong.value, 7 pilots.wrong.table.twice, 8 pilots.wrong.table.cells"},
		"column too many": {"datum;klachten;kleur\n2026-03-02;3;rood\n", "2026-03-02 klachten 3 0", "1 pilots.wrong.table.column"},
	} {
		got, err := ReadTable(strings.NewReader(c.text), testSet)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var values, faults []string
		for _, e := range got.Entries {
			values = append(values, fmt.Sprint(iso(e.Day), " ", e.Code, " ", e.Value, " ", e.N))
		}
		for _, f := range got.Faults {
			faults = append(faults, fmt.Sprint(f.Line, " ", f.Key))
		}
		if v, f := strings.Join(values, ", "), strings.Join(faults, ", "); v != c.values || f != c.faults {
			t.Errorf("%s: %s | %s\nwant %s | %s", name, v, f, c.values, c.faults)
		}
	}
	for name, text := range map[string]string{"no date": "a;b\n1;2\n", "no indicator": "datum;b\n1;2\n", "no text": "a\x00b", "nothing": "", "too long": strings.Repeat("datum;klachten\n", 6000)} {
		if _, err := ReadTable(strings.NewReader(text), testSet); err == nil || !strings.Contains(err.Error(), "tabel: pilots.wrong.table") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever is sent as a table: what is taken from it is sound, and each fault names
// a line.
func FuzzTable(f *testing.F) {
	for _, s := range []string{"datum;indicator;waarde\n2-3-2026;klachten;1,5\n", "datum\tDeelnemers\n2026-03-02\t12\n", "sep=,\ndate,klachten\n2026-01-01,\"1\"\n", "datum;klachten\n\xff;\x00", "\xff\xfed\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := ReadTable(strings.NewReader(string(raw)), testSet)
		if err != nil {
			return
		}
		if len(got.Entries) != len(got.Lines) || len(got.Entries) > csvMost.Rows*len(testSet) {
			t.Fatalf("%d entries, %d lines", len(got.Entries), len(got.Lines))
		}
		for _, e := range got.Entries {
			i, ok := find(testSet, e.Code)
			if !ok || i.Kind.wrong(e.Value) != "" || e.N < 0 || e.Day.IsZero() || e.Spread != nil && *e.Spread < 0 {
				t.Fatalf("%+v", e)
			}
		}
		for _, x := range got.Faults {
			if x.Line < 1 || x.Key == "" {
				t.Fatalf("%+v", x)
			}
		}
	})
}
