package initiatives

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/decimal"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
)

// The fields that every form of a part has beside its cells.
const (
	formVersion = "versie"
	formRows    = "rijen"
	formWhy     = "waarom"
	formDo      = "doe"
	doSave      = "bewaren"
	doAdd       = "erbij"
	doRemove    = "weg-"
)

// whyMost is how long a reason can be.
const whyMost = 500

// inRow is the name of a cell in the form: gemeten-2.
func inRow(name string, row int) string { return name + "-" + strconv.Itoa(row) }

// sheet is a form of a part as it was typed, or as it stands.
type sheet struct {
	part    *part
	one     typed
	rows    []typed
	why     string
	version int64
}

// sheetOf is the form of a part as it stands.
func sheetOf(p *part, i Initiative) sheet {
	s := sheet{part: p, version: i.Version}
	s.one, s.rows = p.get(i)
	return s
}

// readSheet reads a form as it was sent, wrong or right. Rows that are empty are
// left out unless one is being added.
func readSheet(p *part, f *web.Form) sheet {
	s := sheet{part: p, one: typed{}, why: f.Line(formWhy, whyMost)}
	s.version, _ = strconv.ParseInt(f.Value(formVersion), 10, 64) // nonsense is an old version
	for _, c := range p.single {
		s.one[c.name] = readCell(f, c, c.name)
	}
	n, _ := strconv.Atoi(f.Value(formRows))
	for k := range min(max(n, 0), rowsMost) {
		row := typed{}
		for _, c := range p.rows {
			row[c.name] = readCell(f, c, inRow(c.name, k))
		}
		s.rows = append(s.rows, row)
	}
	return s
}

func readCell(f *web.Form, c cell, name string) string {
	switch c.kind {
	case ofText, ofLines:
		return web.Clean(strings.ToValidUTF8(f.Value(name), ""))
	case ofTicks:
		return strings.Join(f.List(name, 80, len(c.values)), "\n")
	case ofTick:
		return tickText(f.Bool(name))
	}
	return strings.Join(strings.Fields(web.Clean(strings.ToValidUTF8(f.Value(name), ""))), " ")
}

// edited does what a button other than saving asks: a row more or less. It tells
// whether there was such a button.
func (s *sheet) edited(do string) bool {
	if do == doAdd {
		if len(s.rows) < rowsMost {
			s.rows = append(s.rows, typed{})
		}
		return true
	}
	if k, ok := strings.CutPrefix(do, doRemove); ok {
		if n, err := strconv.Atoi(k); err == nil && n >= 0 && n < len(s.rows) {
			s.rows = slices.Delete(s.rows, n, n+1)
		}
		return true
	}
	return false
}

// tidy leaves out rows in which nothing stands.
func (s *sheet) tidy() {
	s.rows = slices.DeleteFunc(s.rows, func(row typed) bool {
		for _, c := range s.part.rows {
			if row[c.name] != "" && c.kind != ofChoice && c.kind != ofSource && c.kind != ofTick {
				return false
			}
		}
		return true
	})
}

// known are the things outside a form that its cells may name.
type known struct {
	sources  []Source
	barriers []Entry
	owned    bool
}

// check lists what is wrong with what was typed.
func (s sheet) check(k known) []fault.Field {
	var list []fault.Field
	for _, c := range s.part.single {
		if c.owned && k.owned {
			continue
		}
		list = append(list, c.check(s.one[c.name], c.name, k)...)
	}
	for n, row := range s.rows {
		for _, c := range s.part.rows {
			list = append(list, c.check(row[c.name], inRow(c.name, n), k)...)
		}
	}
	switch s.part.name {
	case "bewijs":
		for n, row := range s.rows {
			if row["waarde"] != "" && row["eenheid"] == "" {
				list = append(list, fault.Field{Name: inRow("eenheid", n), Key: "initiatives.wrong.unit"})
			}
			if v := row.number("waarde"); v != nil && row["eenheid"] == "procent" && (*v < 0 || *v > 1000) {
				list = append(list, fault.Field{Name: inRow("waarde", n), Key: "initiatives.wrong.percent"})
			}
		}
	case "bronnen":
		seen := map[string]bool{}
		for n, row := range s.rows {
			if id := row["kenmerk"]; id != "" && seen[id] {
				list = append(list, fault.Field{Name: inRow("kenmerk", n), Key: "initiatives.wrong.twice"})
			} else {
				seen[id] = true
			}
		}
	}
	if strings.TrimSpace(s.why) == "" {
		list = append(list, fault.Field{Name: formWhy, Key: "initiatives.wrong.why"})
	}
	return list
}

func (c cell) check(v, name string, k known) []fault.Field {
	fail := func(key string, args ...any) []fault.Field {
		return []fault.Field{{Name: name, Key: key, Args: args}}
	}
	if v == "" {
		if c.need {
			return fail("initiatives.wrong.empty")
		}
		return nil
	}
	switch c.kind {
	case ofLine, ofText:
		if n := utf8.RuneCountInString(v); n > c.most {
			return fail("web.form.toolong", "most", c.most, "now", n)
		}
	case ofLines:
		lines := typed{name: v}.lines(name)
		if len(lines) > rowsMost {
			return fail("initiatives.wrong.rows", "most", rowsMost)
		}
		for _, line := range lines {
			if n := utf8.RuneCountInString(line); n > c.most {
				return fail("web.form.toolong", "most", c.most, "now", n)
			}
		}
	case ofChoice:
		if !slices.Contains(c.values, v) {
			return fail("initiatives.wrong.choice")
		}
	case ofTicks:
		for _, line := range (typed{name: v}).lines(name) {
			if !slices.Contains(c.values, line) {
				return fail("initiatives.wrong.choice")
			}
		}
	case ofNumber:
		if n, err := decimal.Parse(v); err != nil || n > most || n < -most {
			return fail("initiatives.wrong.number")
		}
	case ofWhole:
		if n, err := decimal.Parse(v); err != nil || n < 1 || n > 1e9 || n != float64(int(n)) {
			return fail("initiatives.wrong.whole")
		}
	case ofYear:
		if n, err := strconv.Atoi(v); err != nil || n < 1900 || n > 2100 {
			return fail("initiatives.wrong.year")
		}
	case ofMoney:
		if n, err := decimal.Cents(v); err != nil || n < 0 || n > 1e13 {
			return fail("initiatives.wrong.money")
		}
	case ofLink:
		if !isLink(v) {
			return fail("initiatives.wrong.link")
		}
	case ofSource:
		if !slices.ContainsFunc(k.sources, func(s Source) bool { return s.ID == v }) {
			return fail("initiatives.wrong.nosource")
		}
	case ofBarrier:
		if !slices.ContainsFunc(k.barriers, func(e Entry) bool { return e.Slug == v }) {
			return fail("initiatives.wrong.choice")
		}
	}
	return nil
}

// put does what was typed to an initiative.
func (s sheet) put(i *Initiative, k known) error {
	one := s.one
	if k.owned { // the phase of what is owned moves at its gate
		one = typed{}
		for _, c := range s.part.single {
			if !c.owned {
				one[c.name] = s.one[c.name]
			}
		}
	}
	old := i.Sources
	s.part.set(i, one, s.rows)
	if s.part.name != "bronnen" {
		return nil
	}
	for _, was := range old {
		if !slices.ContainsFunc(i.Sources, func(s Source) bool { return s.ID == was.ID }) && i.cites(was.ID) {
			return fault.Invalid(fault.Field{Name: formWhy, Key: "initiatives.wrong.cited", Args: []any{"title", was.Title}})
		}
	}
	return nil
}

// cites tells whether something refers to a source.
func (i Initiative) cites(source string) bool {
	return slices.ContainsFunc(i.Evidence, func(e Evidence) bool { return e.Source == source }) ||
		slices.ContainsFunc(i.Costs, func(c Cost) bool { return c.Source == source }) ||
		slices.ContainsFunc(i.Growth, func(p Point) bool { return p.Source == source }) ||
		slices.ContainsFunc(i.Barriers, func(m Met) bool { return m.Source == source })
}

// label names a cell in the list of what is wrong: "Rij 2".
func rowOf(name string) (cell string, row int) {
	if k := strings.LastIndexByte(name, '-'); k > 0 {
		if n, err := strconv.Atoi(name[k+1:]); err == nil {
			return name[:k], n + 1
		}
	}
	return name, 0
}
