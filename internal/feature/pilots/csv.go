package pilots

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/decimal"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

// csvMost bounds a table that is brought in.
var csvMost = decimal.Limits{Bytes: 2 << 20, Rows: EntriesMost, Columns: 3*IndicatorsMost + 3}

// LineFault is what is wrong with a line of a table.
type LineFault struct {
	Line  int
	Key   string
	Args  []any
	Where string // what stood there
}

// Table is what a table of measurements says: the lines that are right, and what is
// wrong with the others.
type Table struct {
	Entries []Entry
	Lines   []int // of Entries
	Faults  []LineFault
	seen    map[string]bool // indicator and day
}

// columns of a table with a line for each measurement, as people may call them.
var (
	dayNames    = []string{"datum", "dag", "date", "day"}
	codeNames   = []string{"indicator", "code"}
	valueNames  = []string{"waarde", "value", "getal"}
	nNames      = []string{"aantal", "n", "mensen", "aantal mensen", "people"}
	spreadNames = []string{"spreiding", "sd", "spread", "standaardafwijking"}
	noteNames   = []string{"opmerking", "toelichting", "note"}
)

func column(heading []string, names []string) int {
	return slices.IndexFunc(heading, func(h string) bool { return slices.Contains(names, strings.ToLower(h)) })
}

// ReadTable reads measurements as a spreadsheet saves them. A table has a line for
// each measurement (date, indicator, value, people, spread, note), or a line for
// each date with a column for each indicator, by its code or name.
func ReadTable(r io.Reader, indicators []Indicator) (Table, error) {
	t, err := decimal.CSV(r, csvMost)
	switch {
	case errors.Is(err, decimal.ErrSize):
		return Table{}, fault.Invalid(fault.Field{Name: "tabel", Key: "pilots.wrong.table.size", Args: []any{"n", EntriesMost}})
	case err != nil:
		return Table{}, fault.Invalid(fault.Field{Name: "tabel", Key: "pilots.wrong.table.text"})
	}
	on := column(t.Heading, dayNames)
	if on < 0 {
		return Table{}, fault.Invalid(fault.Field{Name: "tabel", Key: "pilots.wrong.table.date"})
	}
	out := Table{seen: map[string]bool{}}
	for _, f := range t.Faults {
		out.Faults = append(out.Faults, LineFault{Line: f.Line, Key: "pilots.wrong.table.cells"})
	}
	if code, value := column(t.Heading, codeNames), column(t.Heading, valueNames); code >= 0 && value >= 0 {
		out.long(t, on, code, value, indicators)
	} else if !out.wide(t, on, indicators) {
		return Table{}, fault.Invalid(fault.Field{Name: "tabel", Key: "pilots.wrong.table.columns"})
	}
	slices.SortStableFunc(out.Faults, func(a, b LineFault) int { return a.Line - b.Line })
	return out, nil
}

func (t *Table) fail(line int, key, where string, args ...any) {
	if r := []rune(where); len(r) > 60 {
		where = string(r[:60]) + "…"
	}
	t.Faults = append(t.Faults, LineFault{Line: line, Key: key, Args: args, Where: where})
}

// find looks an indicator up by code or name.
func find(indicators []Indicator, name string) (Indicator, bool) {
	for _, i := range indicators {
		if strings.EqualFold(i.Code, name) || strings.EqualFold(i.Name, name) {
			return i, true
		}
	}
	return Indicator{}, false
}

func (t *Table) long(in decimal.Table, on, code, value int, indicators []Indicator) {
	n, spread, note := column(in.Heading, nNames), column(in.Heading, spreadNames), column(in.Heading, noteNames)
	for _, row := range in.Rows {
		cell := func(k int) string {
			if k < 0 {
				return ""
			}
			return web.Clean(row.Cells[k])
		}
		i, ok := find(indicators, cell(code))
		if !ok {
			t.fail(row.Line, "pilots.wrong.table.indicator", cell(code))
			continue
		}
		t.entry(row.Line, i, cell(on), cell(value), cell(n), cell(spread), cell(note))
	}
}

func (t *Table) wide(in decimal.Table, on int, indicators []Indicator) bool {
	found := map[int]Indicator{}
	for k, h := range in.Heading {
		if i, ok := find(indicators, h); ok && k != on {
			found[k] = i
		} else if k != on && h != "" {
			t.fail(1, "pilots.wrong.table.column", h)
		}
	}
	if len(found) == 0 {
		return false
	}
	for _, row := range in.Rows {
		for k := range in.Heading {
			if i, ok := found[k]; ok && row.Cells[k] != "" {
				t.entry(row.Line, i, web.Clean(row.Cells[on]), web.Clean(row.Cells[k]), "", "", "")
			}
		}
	}
	return true
}

func (t *Table) entry(line int, i Indicator, on, value, n, spread, note string) {
	e := Entry{Code: i.Code, Note: note}
	var ok bool
	if e.Day, ok = ParseDay(on); !ok {
		t.fail(line, "pilots.wrong.day", on)
		return
	}
	var err error
	if e.Value, err = decimal.Parse(value); err != nil {
		t.fail(line, "pilots.wrong.value", value)
		return
	}
	if n != "" {
		v, err := decimal.Parse(n)
		if err != nil || v != float64(int(v)) || v < 0 || v > peopleMost {
			t.fail(line, "pilots.wrong.n", n)
			return
		}
		e.N = int(v)
	}
	if spread != "" {
		v, err := decimal.Parse(spread)
		if err != nil || v < 0 || v > valueMost {
			t.fail(line, "pilots.wrong.spread", spread)
			return
		}
		e.Spread = &v
	}
	if len([]rune(note)) > ShortMost {
		t.fail(line, "pilots.wrong.table.note", note)
		return
	}
	if key := i.Kind.wrong(e.Value); key != "" {
		t.fail(line, key, value)
		return
	}
	key := e.Code + iso(e.Day)
	if t.seen[key] {
		t.fail(line, "pilots.wrong.table.twice", on)
		return
	}
	t.seen[key] = true
	t.Entries, t.Lines = append(t.Entries, e), append(t.Lines, line)
}

// Preview reads a table for a pilot and adds what is wrong in its light: nothing is
// kept yet.
func (s *Service) Preview(ctx context.Context, v View, r io.Reader) (Table, error) {
	var indicators []Indicator
	for _, i := range v.Series {
		indicators = append(indicators, i.Indicator)
	}
	t, err := ReadTable(r, indicators)
	if err != nil {
		return t, err
	}
	var good Table
	good.Faults = t.Faults
	for k, e := range t.Entries {
		i, _ := find(indicators, e.Code)
		m := Measurement{Day: e.Day, Value: e.Value, N: e.N, Spread: e.Spread}
		if key := m.check(i, s.Clock.Now()); key != "" {
			good.fail(t.Lines[k], key, e.Day.Format("2006-01-02"))
			continue
		}
		good.Entries, good.Lines = append(good.Entries, e), append(good.Lines, t.Lines[k])
	}
	slices.SortStableFunc(good.Faults, func(a, b LineFault) int { return a.Line - b.Line })
	return good, nil
}

// number writes a value as spreadsheets here read it, without losing any of it.
func number(v float64) string {
	return strings.Replace(strconv.FormatFloat(v, 'f', -1, 64), ".", ",", 1)
}

// writeTable writes rows as a spreadsheet opens them here: semicolons, and a mark
// that it is UTF-8.
func writeTable(rows [][]string) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.Comma, w.UseCRLF = ';', true
	if err := w.WriteAll(rows); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// exportMost bounds a download, exportAtOnce what is read of it in one go.
const (
	exportMost   = 50_000
	exportAtOnce = 1000
)

// export gives the measurements of a pilot that the actor may see, all of them, in
// the form that ReadTable reads.
func (s *Service) export(ctx context.Context, v View) ([][]string, error) {
	var head []string
	for _, key := range []string{"day", "indicator", "value", "n", "spread", "note"} {
		head = append(head, i18n.T(ctx, "pilots.csv."+key))
	}
	rows := [][]string{head}
	inside := v.MayEdit || Member(access.Of(ctx), v.Lead)
	for _, i := range v.Series {
		for before := endOfTime; len(rows) < exportMost; {
			list, err := db.All(ctx, s.DB, scanMeasurement, selectMeasurements, i.ID, before, exportAtOnce)
			if err != nil {
				return nil, err
			}
			for _, m := range list {
				before = db.At(m.Day)
				if m.few(i.Kind) && !inside {
					continue
				}
				spread := ""
				if m.Spread != nil {
					spread = number(*m.Spread)
				}
				rows = append(rows, []string{iso(m.Day), i.Code, number(m.Value), whole(m.N), spread, decimal.Cell(m.Note)})
			}
			if len(list) < exportAtOnce {
				break
			}
		}
	}
	return rows, nil
}
