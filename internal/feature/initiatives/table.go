package initiatives

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/decimal"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/themes"
)

// A table (CSV) has one initiative a row. It has the columns of the download of
// the list, so that what was changed in a spreadsheet can be brought back; a
// column that is not there changes nothing.

// tableLimits bound a table.
var tableLimits = decimal.Limits{Bytes: maxFile, Rows: 5000, Columns: 40}

// column is what a heading means.
type column string

const (
	colSlug    column = "slug"
	colName    column = "name"
	colKind    column = "kind"
	colPhase   column = "phase"
	colYear    column = "year"
	colTowns   column = "municipalities"
	colRegion  column = "region"
	colThemes  column = "themes"
	colFor     column = "target_group"
	colSummary column = "summary"
	colNotes   column = "notes"
	colSource  column = "source"
	colURL     column = "source_url"
	colCost    column = "amount_eur"
	colItem    column = "amount_for"
	colNothing column = "-" // in the download, but counted from the rest
)

// headings are the words that people put above a column, folded.
var headings = map[string]column{
	"bladzijde": colSlug, "page": colSlug, "id": colSlug, "kenmerk": colSlug, "slug": colSlug,
	"naam": colName, "name": colName, "initiatief": colName, "initiative": colName, "project": colName,
	"soort": colKind, "kind": colKind, "type": colKind,
	"fase": colPhase, "phase": colPhase, "status": colPhase,
	"stand van jaar": colYear, "jaar": colYear, "year": colYear, "as of year": colYear,
	"gemeenten": colTowns, "gemeente": colTowns, "municipalities": colTowns, "municipality": colTowns, "waar": colTowns,
	"regio": colRegion, "region": colRegion,
	"onderwerpen": colThemes, "onderwerp": colThemes, "themas": colThemes, "thema s": colThemes, "thema": colThemes, "themes": colThemes, "subjects": colThemes, "topics": colThemes,
	"voor wie": colFor, "doelgroep": colFor, "doelgroepen": colFor, "for whom": colFor, "target group": colFor,
	"wat het is": colSummary, "samenvatting": colSummary, "omschrijving": colSummary, "summary": colSummary, "what it is": colSummary, "beschrijving": colSummary,
	"opmerkingen": colNotes, "notes": colNotes,
	"bron": colSource, "source": colSource, "bronadres": colURL, "source url": colURL, "adres van de bron": colURL,
	"bedrag": colCost, "kosten": colCost, "amount": colCost, "bedrag waarvoor": colItem, "kosten waarvoor": colItem,
	"sterkste bewijs van resultaat": colNothing, "aantal cijfers": colNothing, "bedrag bekend": colNothing,
	"strongest evidence of results": colNothing, "number of figures": colNothing, "amount known": colNothing,
}

// readTable reads the rows of a table.
func (c *cases) readTable(ctx context.Context, r *reader, text []byte) {
	t, err := decimal.CSV(bytes.NewReader(text), tableLimits)
	if err != nil {
		r.fail(0, "", "this is not readable as a table: %v", err)
		return
	}
	for _, f := range t.Faults {
		r.fail(f.Line, "", "%s", f.Reason)
	}
	columns := make([]column, len(t.Heading))
	for k, h := range t.Heading {
		columns[k] = headings[fold(h)]
		switch col := columns[k]; {
		case col == "" && strings.TrimSpace(h) != "":
			r.notes = append(r.notes, Fault{r.file, 1, short(h, 60), "this column is not known here and is left out"})
		case col != "" && col != colNothing && slices.Contains(columns[:k], col):
			r.fail(1, short(h, 60), "there are two columns for this")
			return
		}
	}
	if !slices.Contains(columns, colName) && !slices.Contains(columns, colSlug) {
		r.fail(1, "", "there is no column with the name")
		return
	}
	said := saidThemes(ctx)
	for _, line := range t.Rows {
		c.tableRow(ctx, r, columns, line, said)
	}
}

// tableRow reads one row of a table.
func (c *cases) tableRow(ctx context.Context, r *reader, columns []column, line decimal.Row, said map[string]string) {
	cells := tableReader{ctx, r, line.Line, map[column]string{}, said}
	for k, col := range columns {
		cells.cells[col] = unsafeCell(web.Clean(strings.ToValidUTF8(line.Cells[k], "")))
	}
	before := len(r.faults)
	v := cells.initiative()
	if v.Slug == "" && v.Name == "" && len(r.faults) == before {
		return // an empty line at the end of a sheet
	}
	c.initiatives = append(c.initiatives, row[Initiative]{v: v, patch: cells.patch(v), bad: len(r.faults) > before,
		where: Fault{File: r.file, Line: line.Line}, m: mapping{r: r, line: line.Line}})
}

type tableReader struct {
	ctx   context.Context
	r     *reader
	line  int
	cells map[column]string
	said  map[string]string // themes by what people call them
}

func (t tableReader) fail(col column, format string, args ...any) {
	t.r.fail(t.line, string(col), format, args...)
}

func (t tableReader) text(col column, most int) string {
	s := strings.Join(strings.Fields(t.cells[col]), " ")
	if n := utf8.RuneCountInString(s); n > most {
		t.fail(col, "this has %d characters; %d fit", n, most)
		return ""
	}
	return s
}

// one gives the code of a value that is written as a code or as a word.
func (t tableReader) one(col column, ask, group string, allowed []string) string {
	s := fold(t.cells[col])
	if s == "" {
		return ""
	}
	for _, code := range allowed {
		if s == fold(strings.ReplaceAll(code, "_", " ")) || s == fold(word(t.ctx, group, code)) || ask != "" && s == fold(toDutch(ask, code)) {
			return code
		}
	}
	t.fail(col, "%q is not one of: %s", short(t.cells[col], 60), strings.Join(allowed, ", "))
	return ""
}

var listCut = regexp.MustCompile(`\s*[,;\n]\s*`)

func (t tableReader) list(col column, most int) []string {
	var list []string
	for _, s := range listCut.Split(strings.TrimSpace(t.cells[col]), -1) {
		if s = strings.Join(strings.Fields(s), " "); s == "" || slices.Contains(list, s) {
			continue
		}
		if utf8.RuneCountInString(s) > most || len(list) >= rowsMost {
			t.fail(col, "this is too long")
			return list
		}
		list = append(list, s)
	}
	return list
}

var yearForm = regexp.MustCompile(`^(19|20)\d\d$`)

// initiative reads what stands in the row.
func (t tableReader) initiative() Initiative {
	i := Initiative{Name: t.text(colName, maxName), Kind: t.one(colKind, askKind, "kind", Kinds), Summary: t.text(colSummary, maxText),
		Region: t.text(colRegion, 200), Notes: t.text(colNotes, maxText), TargetGroups: t.list(colFor, maxName)}
	slug := strings.TrimRight(strings.TrimSpace(t.cells[colSlug]), "/")
	i.Slug = slug[strings.LastIndexByte(slug, '/')+1:]
	if i.Slug == "" && i.Name != "" {
		i.Slug = slugOf(i.Name)
	}
	if i.Slug != "" && (!slugForm.MatchString(i.Slug) || len(i.Slug) > 80 || slices.Contains(reserved, i.Slug)) {
		t.fail(colSlug, "%q must be small letters, figures and hyphens", short(i.Slug, 60))
	}
	i.Phase.Status = t.one(colPhase, askPhase, "phase", Phases)
	if y := strings.TrimSpace(t.cells[colYear]); y != "" {
		if !yearForm.MatchString(y) {
			t.fail(colYear, "%q is not a year", short(y, 20))
		} else {
			i.Phase.Year, _ = strconv.Atoi(y) // four figures
		}
	}
	for _, name := range t.list(colTowns, maxName) {
		i.Municipalities = append(i.Municipalities, Municipality{Name: name})
	}
	i.Themes = t.themes()
	if title := t.text(colSource, 300); title != "" {
		i.Sources = []Source{{Title: title, URL: t.text(colURL, 1000)}}
		if u := i.Sources[0].URL; u != "" && (!isLink(u) || strings.HasPrefix(u, "/")) {
			t.fail(colURL, "an address begins with https:// or http://")
		}
	}
	if amount := strings.TrimSpace(t.cells[colCost]); amount != "" {
		cents, err := decimal.Cents(amount)
		if err != nil || cents < 0 || cents > 1e13 {
			t.fail(colCost, "%q is not an amount", short(amount, 40))
		}
		item := t.text(colItem, 200)
		if item == "" {
			item = "kosten"
		}
		i.Costs = []Cost{{Item: item, Cents: cents}}
	}
	return i
}

// themes reads the themes. A word for one may hold a comma, so the longest piece that
// is a theme counts.
func (t tableReader) themes() []string {
	var codes []string
	pieces := t.list(colThemes, maxName)
next:
	for len(pieces) > 0 {
		for n := min(len(pieces), themePieces); n > 0; n-- {
			if code := t.said[fold(strings.Join(pieces[:n], " "))]; code != "" {
				if !slices.Contains(codes, code) {
					codes = append(codes, code)
				}
				pieces = pieces[n:]
				continue next
			}
		}
		t.fail(colThemes, "%q is not one of: %s", short(pieces[0], 60), strings.Join(themes.All, ", "))
		pieces = pieces[1:]
	}
	return codes
}

// themePieces is how many pieces the word for a theme has at most.
const themePieces = 4

// saidThemes are the themes by what people call them.
func saidThemes(ctx context.Context) map[string]string {
	said := map[string]string{}
	for _, code := range themes.All {
		said[fold(code)], said[fold(themes.Name(ctx, code))] = code, code
	}
	return said
}

// patch gives what the row changes: the columns that are there, of which empty
// cells say nothing.
func (t tableReader) patch(v Initiative) func(*Initiative) {
	file := t.r.file
	return func(i *Initiative) {
		set := func(to *string, s string) {
			if s != "" {
				*to = s
			}
		}
		set(&i.Name, v.Name)
		set(&i.Kind, v.Kind)
		set(&i.Summary, v.Summary)
		set(&i.Region, v.Region)
		set(&i.Notes, v.Notes)
		set(&i.Phase.Status, v.Phase.Status)
		if v.Phase.Year != 0 {
			i.Phase.Year = v.Phase.Year
		}
		if len(v.TargetGroups) > 0 {
			i.TargetGroups = slices.Clone(v.TargetGroups)
		}
		if len(v.Themes) > 0 {
			i.Themes = slices.Clone(v.Themes)
		}
		if len(v.Municipalities) > 0 {
			i.Municipalities = slices.Clone(v.Municipalities)
		}
		source := ""
		for _, s := range v.Sources {
			source = i.source(strings.TrimSpace(s.Title + " " + s.URL))
		}
		if len(i.Sources) == 0 {
			i.source(fmt.Sprintf("Tabel %s", file))
		}
		if source == "" {
			source = i.Sources[0].ID
		}
		for _, c := range v.Costs {
			if !slices.ContainsFunc(i.Costs, func(have Cost) bool { return have.Item == c.Item && have.Cents == c.Cents }) {
				c.Source = source
				i.Costs = append(i.Costs, c)
			}
		}
	}
}

// unsafeCell undoes decimal.Cell.
func unsafeCell(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.ContainsRune("=+-@", rune(s[1])) {
		return s[1:]
	}
	return s
}
