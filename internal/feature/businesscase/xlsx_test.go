package businesscase

import (
	"bytes"
	"encoding/csv"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

// wanted are the cents of all result cells, by their place.
func wanted(m *Model) map[string]int64 {
	d := m.certain()
	want := map[string]int64{}
	put := func(row int, o Outcome) {
		want[at(beforeResult, row)] = o.ValueLikely
		for y, v := range o.Likely {
			want[at(beforeResult+1+y, row)] = v
		}
	}
	for k, p := range d.payers {
		o := Outcome{Payer: p}
		d.into(&o, m)
		put(firstPayer+k, o)
	}
	var all Outcome
	d.into(&all, m)
	put(firstPayer+len(d.payers), all)
	return want
}

type failer interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

func checkXLSX(t failer, m *Model) {
	t.Helper()
	ctx := inDutch()
	file, err := m.XLSX(ctx, "Proef")
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // it holds no file
	for cell, cents := range wanted(m) {
		text, err := f.CalcCellValue(sheetResult, cell, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatalf("%s: %v", cell, err)
		}
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatalf("%s: %q", cell, text)
		}
		if got := int64(math.Round(v * 100)); got != cents {
			t.Fatalf("%s is %d cents in the spreadsheet and %d here", cell, got, cents)
		}
	}
}

func TestTheSpreadsheetComesToTheSameCent(t *testing.T) {
	for _, c := range demoCases(t) {
		checkXLSX(t, &c.Model)
	}
	m := big()
	m.Settings.Index = Exactly(1.5)
	m.Settings.Horizon, m.Lines = 4, m.Lines[:16] // the library of the test counts slowly
	checkXLSX(t, m)
}

func TestAnySpreadsheetComesToTheSameCent(t *testing.T) {
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		if n++; n > 25 { // the library of the test counts slowly
			return
		}
		m := small(t)
		m.Lines = m.Lines[:min(5, len(m.Lines))]
		m.Settings.Horizon = min(m.Settings.Horizon, 4)
		checkXLSX(t, m)
	})
}

func TestLibreOfficeComesToTheSameCent(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice is not installed")
	}
	m := big()
	dir := t.TempDir()
	file, err := m.XLSX(inDutch(), "Proef")
	if err != nil {
		t.Fatal(err)
	}
	from := filepath.Join(dir, "proef.xlsx")
	if err := os.WriteFile(from, file, 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), office, "--headless", "-env:UserInstallation=file://"+filepath.ToSlash(dir)+"/profile", "--convert-to", "csv", "--outdir", dir, from)
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text, err := os.ReadFile(filepath.Join(dir, "proef.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for cell, cents := range wanted(m) {
		column, row, err := excelize.CellNameToCoordinates(cell)
		if err != nil {
			t.Fatal(err)
		}
		v, err := strconv.ParseFloat(strings.ReplaceAll(rows[row-1][column-1], ",", ""), 64)
		if err != nil || int64(math.Round(v*100)) != cents {
			t.Errorf("%s is %q in LibreOffice and %d cents here", cell, rows[row-1][column-1], cents)
		}
	}
}

func TestCents(t *testing.T) {
	for _, c := range []struct {
		euro float64
		want int64
	}{
		{0, 0}, {1.005, 101}, {2.675, 268}, {-1.005, -100}, {0.125 * 3 / 3, 13}, {1e9 + 0.015, 100000000002}, {-0.001, 0},
	} {
		if got := Cents(c.euro); got != c.want {
			t.Errorf("%v is %d, not %d", c.euro, got, c.want)
		}
	}
}

func TestTheCSVIsHarmless(t *testing.T) {
	m := &Model{Settings: DefaultSettings(2027), Lines: []Line{{ID: "l1", Name: "=HYPERLINK(1)", Unit: "-uur", Payer: Wmo, Kind: Cost, Basis: Once, Amount: Between(1, 2.5, 3)}}}
	text, err := m.CSV(inDutch())
	if err != nil {
		t.Fatal(err)
	}
	if s := string(text); !strings.Contains(s, "'=HYPERLINK") || !strings.Contains(s, "'-uur") || !strings.Contains(s, ";2,5;") || !strings.HasPrefix(s, "\ufeff") {
		t.Errorf("%s", text)
	}
}
