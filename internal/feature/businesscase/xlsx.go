package businesscase

import (
	"bytes"
	"context"
	"fmt"
	"net/http"

	"github.com/xuri/excelize/v2"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

// The spreadsheet counts the same as decide.go, with formulas that are alive:
// whoever changes a figure there sees what follows. Its sheets:
const (
	sheetSettings = "Uitgangspunten"
	sheetPeople   = "Deelnemers"
	sheetLines    = "Regels"
	sheetResult   = "Uitkomst"
)

// Where the settings stand on their sheet, in column B.
const (
	cellStart         = sheetSettings + "!$B$2"
	cellDiscount      = sheetSettings + "!$B$3"
	cellIndex         = sheetSettings + "!$B$4"
	cellParticipation = sheetSettings + "!$B$5"
	cellRetention     = sheetSettings + "!$B$6"
	cellDecay         = sheetSettings + "!$B$7"
)

// Columns before the first year on the other sheets.
const (
	beforePeople = 2
	beforeLines  = 11
	beforeResult = 3 // name, code and value; the code has no brackets, which a search in a sheet may take for a pattern
)

// Rows of the results sheet.
const (
	rowYear     = 1
	rowDiscount = 2
	rowIndex    = 3
	firstPayer  = 4
)

type workbook struct {
	*excelize.File
	ctx   context.Context
	m     *Model
	years int
	err   error
	// rows of the people sheet by row of the crowd and volume
	people map[[2]int]int
}

func at(column, row int) string {
	name, _ := excelize.CoordinatesToCellName(column, row) // both are above zero
	return name
}

func (b *workbook) set(sheet string, column, row int, v any) {
	if b.err == nil {
		b.err = b.SetCellValue(sheet, at(column, row), v)
	}
}

func (b *workbook) formula(sheet string, column, row int, format string, args ...any) {
	if b.err == nil {
		b.err = b.SetCellFormula(sheet, at(column, row), fmt.Sprintf(format, args...))
	}
}

// XLSX writes the model as a spreadsheet.
func (m *Model) XLSX(ctx context.Context, title string) ([]byte, error) {
	b := &workbook{File: excelize.NewFile(), ctx: ctx, m: m, years: m.Settings.Horizon, people: map[[2]int]int{}}
	defer b.Close() //nolint:errcheck // it holds no file
	if err := b.SetSheetName("Sheet1", sheetResult); err != nil {
		return nil, err
	}
	for _, name := range []string{sheetSettings, sheetPeople, sheetLines} {
		if _, err := b.NewSheet(name); err != nil {
			return nil, err
		}
	}
	b.settings(title)
	b.crowd()
	b.lines()
	b.outcome()
	if b.err != nil {
		return nil, b.err
	}
	var out bytes.Buffer
	err := b.Write(&out)
	return out.Bytes(), err
}

func (b *workbook) settings(title string) {
	s := b.m.Settings
	b.set(sheetSettings, 1, 1, title)
	b.set(sheetSettings, 1, 2, i18n.T(b.ctx, "businesscase.field.start"))
	b.set(sheetSettings, 2, 2, s.StartYear)
	for k, key := range settingKeys {
		f := b.m.figure(key)
		b.set(sheetSettings, 1, 3+k, b.m.figureName(b.ctx, key))
		b.set(sheetSettings, 2, 3+k, f.value())
		b.set(sheetSettings, 3, 3+k, f.sourceName(b.ctx))
	}
	b.set(sheetSettings, 1, 9, i18n.T(b.ctx, "businesscase.xlsx.note"))
	if b.err == nil {
		b.err = b.SetColWidth(sheetSettings, "A", "A", 45)
	}
}

// crowd writes who is asked in each city and year, and what follows from it.
func (b *workbook) crowd() {
	b.set(sheetPeople, 1, 1, i18n.T(b.ctx, "businesscase.field.city"))
	for y := range b.years {
		b.formula(sheetPeople, beforePeople+1+y, 1, "%s+%d", cellStart, y)
	}
	row := 2
	names := [volumes]string{"new", "active", "effect", "first", "runs"}
	// keys: businesscase.xlsx.new businesscase.xlsx.active businesscase.xlsx.effect businesscase.xlsx.first businesscase.xlsx.runs
	head := func(name, what string) {
		b.set(sheetPeople, 1, row, name)
		b.set(sheetPeople, 2, row, i18n.T(b.ctx, "businesscase.xlsx."+what))
	}
	for k, city := range b.m.Cities {
		head(city.Name, "invited")
		invited := row
		for y := range b.years {
			b.set(sheetPeople, beforePeople+1+y, row, city.invited(y))
		}
		for v := range volumes {
			row++
			b.people[[2]int{rowCity + k, int(v)}] = row
			head(city.Name, names[v])
			for y := range b.years {
				b.volume(v, invited, row, beforePeople+1+y, y == 0)
			}
		}
		row += 2
	}
	for v := range volumes {
		b.people[[2]int{rowAll, int(v)}] = row
		head(i18n.T(b.ctx, "businesscase.all"), names[v])
		for y := range b.years {
			sum := "0"
			for k := range b.m.Cities {
				sum += "+" + at(beforePeople+1+y, b.people[[2]int{rowCity + k, int(v)}])
			}
			b.formula(sheetPeople, beforePeople+1+y, row, "%s", sum)
		}
		row++
	}
	runs := b.people[[2]int{rowAll, int(volRuns)}]
	for _, v := range []volume{volRuns, volFirst} {
		b.people[[2]int{rowShared, int(v)}] = row
		head(i18n.T(b.ctx, "businesscase.shared"), names[v])
		for y := range b.years {
			c := beforePeople + 1 + y
			switch {
			case v == volRuns:
				b.formula(sheetPeople, c, row, "IF(%s>0,1,0)", at(c, runs))
			case y == 0:
				b.formula(sheetPeople, c, row, "%s", at(c, row-1))
			default:
				b.formula(sheetPeople, c, row, "%s-%s", at(c, row-1), at(c-1, row-1))
			}
		}
		row++
	}
}

// volume writes one cell as crowd.fill counts it.
func (b *workbook) volume(v volume, invited, row, c int, first bool) {
	asked := at(c, invited)
	begin := at(c, invited+1+int(volNew))
	switch {
	case v == volNew:
		b.formula(sheetPeople, c, row, "%s*(%s/100)", asked, cellParticipation)
	case v == volActive && first, v == volEffect && first:
		b.formula(sheetPeople, c, row, "%s", begin)
	case v == volActive:
		b.formula(sheetPeople, c, row, "%s*(%s/100)+%s", at(c-1, row), cellRetention, begin)
	case v == volEffect:
		b.formula(sheetPeople, c, row, "%s*(%s/100)*(1-%s/100)+%s", at(c-1, row), cellRetention, cellDecay, begin)
	case v == volRuns:
		b.formula(sheetPeople, c, row, "IF(SUM(%s:%s)>0,1,0)", "$"+at(beforePeople+1, invited), asked)
	case first:
		b.formula(sheetPeople, c, row, "%s", at(c, row+1))
	default:
		b.formula(sheetPeople, c, row, "%s-%s", at(c, row+1), at(c-1, row+1))
	}
}

// lines writes each line with its amount of each year.
func (b *workbook) lines() {
	for k, key := range []string{"businesscase.col.line", "businesscase.col.payer", "businesscase.col.kind", "businesscase.col.basis",
		"businesscase.col.amount", "businesscase.col.quantity", "businesscase.field.unit", "businesscase.col.status", "businesscase.col.source", "businesscase.xlsx.sign", "businesscase.xlsx.code"} {
		b.set(sheetLines, k+1, 1, i18n.T(b.ctx, key))
	}
	for y := range b.years {
		b.formula(sheetLines, beforeLines+1+y, 1, "%s+%d", cellStart, y)
	}
	for k, l := range b.m.Lines {
		row := 2 + k
		sign := 1
		if l.Kind == Cost {
			sign = -1
		}
		status := ""
		if l.Amount.Status != "" {
			status = word(b.ctx, "status", string(l.Amount.Status))
		}
		quantity := any(1)
		if l.Quantity != nil {
			quantity = filled(*l.Quantity)
		}
		for c, v := range []any{l.Name, payerWord(b.ctx, l.Payer), word(b.ctx, "kind", string(l.Kind)), word(b.ctx, "basis", string(l.Basis)),
			filled(l.Amount), quantity, l.Unit, status, l.Amount.sourceName(b.ctx), sign, string(l.Payer)} {
			if v != nil {
				b.set(sheetLines, c+1, row, v)
			}
		}
		people := b.people[[2]int{b.m.rowOf(l), int(volumeOf(l))}]
		for y := range b.years {
			b.formula(sheetLines, beforeLines+1+y, row, "$J%d*($E%d*$F%d)*%s!%s*%s!%s", row, row, row,
				sheetPeople, at(beforePeople+1+y, people), sheetResult, at(beforeResult+1+y, rowIndex))
		}
	}
	if b.err == nil {
		b.err = b.SetColWidth(sheetLines, "A", "A", 40)
	}
}

// filled is what a cell holds of a figure; a missing one stays empty.
func filled(f Figure) any {
	if f.Missing() {
		return nil
	}
	return *f.Likely
}

// cents is Cents as a formula.
func cents(x string) string { return "INT((ROUND((" + x + ")*1000000,0)+5000)/10000)/100" }

// outcome writes the net of each payer and year, rounded to cents, and what it is
// worth in the first year.
func (b *workbook) outcome() {
	payers := b.m.payers()
	b.set(sheetResult, 1, rowYear, i18n.T(b.ctx, "businesscase.col.payer"))
	b.set(sheetResult, 2, rowYear, i18n.T(b.ctx, "businesscase.xlsx.code"))
	b.set(sheetResult, 3, rowYear, i18n.T(b.ctx, "businesscase.col.value"))
	b.set(sheetResult, 1, rowDiscount, i18n.T(b.ctx, "businesscase.xlsx.discount"))
	b.set(sheetResult, 1, rowIndex, i18n.T(b.ctx, "businesscase.xlsx.index"))
	for y := range b.years {
		c := beforeResult + 1 + y
		b.formula(sheetResult, c, rowYear, "%s+%d", cellStart, y)
		for row, rate := range map[int]string{rowDiscount: cellDiscount, rowIndex: cellIndex} {
			if y == 0 {
				b.set(sheetResult, c, row, 1)
			} else {
				b.formula(sheetResult, c, row, "%s*(1+%s/100)", at(c-1, row), rate)
			}
		}
	}
	end := 1 + len(b.m.Lines)
	for k, p := range payers {
		row := firstPayer + k
		b.set(sheetResult, 1, row, payerWord(b.ctx, p))
		b.set(sheetResult, 2, row, string(p))
		value := "0"
		for y := range b.years {
			c := beforeResult + 1 + y
			column, _ := excelize.ColumnNumberToName(beforeLines + 1 + y) // above zero
			sum := fmt.Sprintf("SUMIF(%s!$K$2:$K$%d,$B%d,%s!%s$2:%s$%d)", sheetLines, end, row, sheetLines, column, column, end)
			b.formula(sheetResult, c, row, "%s", cents(sum))
			value += "+" + sum + "/" + at(c, rowDiscount)
		}
		b.formula(sheetResult, beforeResult, row, "%s", cents(value))
	}
	row := firstPayer + len(payers)
	b.set(sheetResult, 1, row, payerWord(b.ctx, ""))
	for c := beforeResult; c <= beforeResult+b.years; c++ {
		b.formula(sheetResult, c, row, "ROUND(SUM(%s:%s),2)", at(c, firstPayer), at(c, row-1))
	}
	style, err := b.NewStyle(&excelize.Style{NumFmt: 4})
	if b.err == nil && err == nil {
		err = b.SetCellStyle(sheetResult, at(beforeResult, firstPayer), at(beforeResult+b.years, row), style)
	}
	if b.err == nil && err == nil {
		err = b.SetColWidth(sheetResult, "A", "C", 25)
	}
	if b.err == nil {
		b.err = err
	}
}

const (
	kindXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	kindCSV  = "text/csv; charset=utf-8"
)

func (s *Service) xlsx(w http.ResponseWriter, r *http.Request) error {
	v, err := s.shown(r)
	if err != nil {
		return err
	}
	file, err := v.Model.XLSX(r.Context(), v.Title)
	if err != nil {
		return err
	}
	return web.Download(w, r, "kosten-baten.xlsx", kindXLSX, file)
}

// shown reads a case for a download.
func (s *Service) shown(r *http.Request) (View, error) {
	v, err := s.Get(r.Context(), r.PathValue("id"))
	if v.Stand == Draft || access.Of(r.Context()).SignedIn() {
		web.Private(r)
	}
	return v, err
}
