package decimal

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]float64{
		"0": 0, "12": 12, "1.234,56": 1234.56, "1,234.56": 1234.56, "1234.56": 1234.56, "1234,56": 1234.56,
		"€ 1.200": 1200, "1.200": 1200, "0.200": 0.2, "1,200": 1.2, "12,5 %": 12.5, "-3": -3, "−3,5": -3.5, "+4": 4,
		"1.000.000": 1_000_000, "1 000 000": 1_000_000, "25,-": 25, "1234.567": 1234.567, ",5": 0.5, "5.": 5,
	} {
		if got, err := Parse(text); err != nil || got != want {
			t.Errorf("Parse(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "-", "€", "abc", "1,2,3", "1.23.456", "1..2", "--1", "NaN", "1e5", "0x10", ",", "1,234,56.7.8", strings.Repeat("9", 41)} {
		if got, err := Parse(text); !errors.Is(err, ErrForm) {
			t.Errorf("Parse(%q) = %v, %v; want ErrForm", text, got, err)
		}
	}
}

func TestCents(t *testing.T) {
	for text, want := range map[string]int64{"12": 1200, "12,5": 1250, "€ 1.234,56": 123456, "-0,05": -5, "0.1": 10, "1.200": 120000, "25,-": 2500} {
		if got, err := Cents(text); err != nil || got != want {
			t.Errorf("Cents(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"1,234", "x", "99999999999999999999"} {
		if got, err := Cents(text); err == nil {
			t.Errorf("Cents(%q) = %v; want an error", text, got)
		}
	}
}

var most = Limits{Bytes: 1 << 16, Rows: 100, Columns: 10}

func TestCSV(t *testing.T) {
	for name, text := range map[string]string{
		"semicolons":    "datum;waarde\n2026-01-01;1,5\n",
		"mark":          "\ufeffdatum;waarde\r\n2026-01-01;1,5\r\n",
		"tabs":          "datum\twaarde\n2026-01-01\t1,5",
		"commas":        "datum,waarde\n2026-01-01,\"1,5\"\n",
		"sep":           "sep=;\ndatum;waarde\n\n2026-01-01;1,5\n;\n",
		"spare columns": "datum;waarde;;\n2026-01-01;1,5;;\n",
		"utf-16":        "\xff\xfed\x00a\x00t\x00u\x00m\x00;\x00w\x00a\x00a\x00r\x00d\x00e\x00\n\x002\x000\x002\x006\x00-\x000\x001\x00-\x000\x001\x00;\x001\x00,\x005\x00",
	} {
		got, err := CSV(strings.NewReader(text), most)
		if err != nil || len(got.Heading) != 2 || len(got.Rows) != 1 || len(got.Faults) != 0 || got.Rows[0].Cells[1] != "1,5" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	got, err := CSV(strings.NewReader("plaats;n\nCaf\xe9 \x80;1\nalleen\n"), most)
	if err != nil || got.Rows[0].Cells[0] != "Café €" || len(got.Faults) != 1 || got.Faults[0].Line != 3 {
		t.Errorf("%+v, %v", got, err)
	}
	for name, c := range map[string]struct {
		text string
		l    Limits
	}{
		"bytes":   {"a;b\n1;2\n", Limits{Bytes: 3, Rows: 9, Columns: 9}},
		"rows":    {"a;b\n1;2\n3;4\n", Limits{Bytes: 99, Rows: 1, Columns: 9}},
		"columns": {"a;b\n1;2\n", Limits{Bytes: 99, Rows: 9, Columns: 1}},
	} {
		if _, err := CSV(strings.NewReader(c.text), c.l); !errors.Is(err, ErrSize) {
			t.Errorf("%s: %v, want ErrSize", name, err)
		}
	}
	if _, err := CSV(strings.NewReader("a;b\n\x00;1"), most); !errors.Is(err, ErrText) {
		t.Errorf("bytes that are no text: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"1.234,56", "€ 1.200", "-3", "12,5 %", "1,,2", "25,-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := Parse(s)
		if err == nil && (math.IsNaN(v) || math.IsInf(v, 0)) {
			t.Fatalf("Parse(%q) = %v", s, v)
		}
		if c, err := Cents(s); err == nil && math.Abs(float64(c)-v*100) > 1+math.Abs(v)*1e-9 {
			t.Fatalf("Cents(%q) = %v, Parse %v", s, c, v)
		}
	})
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("a;b\n1;2\n"))
	f.Add([]byte("sep=,\na,b\n\"1\n2\",3"))
	f.Add([]byte("\xff\xfea\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := CSV(strings.NewReader(string(raw)), most)
		if err != nil {
			return
		}
		for _, r := range got.Rows {
			if len(r.Cells) != len(got.Heading) || r.Line < 1 {
				t.Fatalf("%+v", got)
			}
		}
	})
}

func TestCell(t *testing.T) {
	for text, want := range map[string]string{"=1+1": "'=1+1", "+31": "'+31", "-3": "'-3", "@SUM": "'@SUM", "\t=1": "'\t=1", "\r": "'\r", "gewoon": "gewoon", "": ""} {
		if got := Cell(text); got != want {
			t.Errorf("Cell(%q) = %q, want %q", text, got, want)
		}
	}
}
