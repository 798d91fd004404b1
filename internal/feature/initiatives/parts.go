package initiatives

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/decimal"
	"wijkbaak.nl/internal/trust/themes"
)

// An initiative is edited part by part. Each part is a form that is described
// here: single cells, and rows that can be added and removed.

// rowsMost is how many rows one part can have.
const rowsMost = 60

// cellKind is what can be typed in a cell.
type cellKind int

const (
	ofLine   cellKind = iota
	ofText            // more lines
	ofLines           // a list, one a line
	ofChoice          // one of values
	ofTicks           // any of values
	ofTick
	ofNumber
	ofWhole
	ofMoney
	ofYear
	ofLink
	ofSource  // one of the sources of the initiative
	ofBarrier // one of the barriers
)

// cell is one thing to fill in. Its name is that of the field in the form and,
// with "initiatives.edit." before it, of its words.
type cell struct {
	name   string
	kind   cellKind
	most   int // characters
	need   bool
	values []string
	words  string // group of words of the values
	hint   bool   // there are words with ".hint" behind them
	owned  bool   // not for an initiative that has owners
}

// part is one section of an initiative, which is edited by a form of its own.
type part struct {
	name   string   // in the address, and of its words
	fields []string // of an initiative that it changes, as history names them
	single []cell
	rows   []cell
	get    func(i Initiative) (one typed, rows []typed)
	set    func(i *Initiative, one typed, rows []typed)
}

// typed is what stands in the cells, by name. More values of one cell are lines.
type typed map[string]string

func (t typed) lines(name string) []string {
	var list []string
	for line := range strings.Lines(t[name]) {
		if line = strings.Join(strings.Fields(line), " "); line != "" && !slices.Contains(list, line) {
			list = append(list, line)
		}
	}
	return list
}

// number gives what was typed; it has been checked before.
func (t typed) number(name string) *float64 {
	if t[name] == "" {
		return nil
	}
	v, err := decimal.Parse(t[name])
	if err != nil {
		return nil
	}
	return &v
}

func (t typed) whole(name string) int {
	if v := t.number(name); v != nil {
		return int(*v)
	}
	return 0
}

func (t typed) cents(name string) *int64 {
	if t[name] == "" {
		return nil
	}
	v, err := decimal.Cents(t[name])
	if err != nil {
		return nil
	}
	return &v
}

// The way numbers stand in a field: as people write them here.

func numberText(v *float64) string {
	if v == nil {
		return ""
	}
	return strings.ReplaceAll(strconv.FormatFloat(*v, 'f', -1, 64), ".", ",")
}

func wholeText(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func moneyText(cents *int64) string {
	if cents == nil {
		return ""
	}
	v := float64(*cents) / 100
	if v == math.Trunc(v) {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strings.ReplaceAll(strconv.FormatFloat(v, 'f', 2, 64), ".", ",")
}

func tickText(b bool) string {
	if b {
		return "ja"
	}
	return ""
}

// parts are the sections, in the order of the page.
//
// keys: initiatives.part.* initiatives.edit.*
var parts = []*part{
	{
		name: "basis", fields: []string{"name", "kind", "summary", "notes", "phase"},
		single: []cell{
			{name: "naam", kind: ofLine, most: maxName, need: true},
			{name: "soort", kind: ofChoice, values: Kinds, words: "kind", need: true},
			{name: "samenvatting", kind: ofText, most: maxText, need: true, hint: true},
			{name: "open", kind: ofText, most: maxText, hint: true},
			{name: "fase", kind: ofChoice, values: Phases, words: "phase", owned: true},
			{name: "fasejaar", kind: ofYear, owned: true},
			{name: "fasenoot", kind: ofLine, most: maxNote},
		},
		get: func(i Initiative) (typed, []typed) {
			return typed{"naam": i.Name, "soort": i.Kind, "samenvatting": i.Summary, "open": i.Notes,
				"fase": i.Phase.Status, "fasejaar": wholeText(i.Phase.Year), "fasenoot": i.Phase.Note}, nil
		},
		set: func(i *Initiative, one typed, _ []typed) {
			i.Name, i.Kind, i.Summary, i.Notes, i.Phase.Note = one["naam"], one["soort"], one["samenvatting"], one["open"], one["fasenoot"]
			if one["fase"] != "" {
				i.Phase.Status, i.Phase.Year = one["fase"], one.whole("fasejaar")
			}
		},
	},
	{
		name: "voor-wie", fields: []string{"targetGroups", "themes"},
		single: []cell{
			{name: "doelgroepen", kind: ofLines, most: maxName, hint: true},
			{name: "onderwerpen", kind: ofTicks, values: themes.All, words: "theme"},
		},
		get: func(i Initiative) (typed, []typed) {
			return typed{"doelgroepen": strings.Join(i.TargetGroups, "\n"), "onderwerpen": strings.Join(i.Themes, "\n")}, nil
		},
		set: func(i *Initiative, one typed, _ []typed) {
			i.TargetGroups, i.Themes = one.lines("doelgroepen"), one.lines("onderwerpen")
		},
	},
	{
		name: "waar", fields: []string{"municipalities", "region", "country"},
		single: []cell{
			{name: "gemeenten", kind: ofLines, most: maxName, hint: true},
			{name: "regio", kind: ofLine, most: 200},
			{name: "land", kind: ofLine, most: 60, hint: true},
		},
		get: func(i Initiative) (typed, []typed) {
			names := make([]string, len(i.Municipalities))
			for k, m := range i.Municipalities {
				names[k] = m.Name
			}
			return typed{"gemeenten": strings.Join(names, "\n"), "regio": i.Region, "land": i.Country}, nil
		},
		set: func(i *Initiative, one typed, _ []typed) {
			i.Municipalities = nil
			for _, name := range one.lines("gemeenten") {
				i.Municipalities = append(i.Municipalities, Municipality{Name: name})
			}
			i.Region, i.Country = one["regio"], one["land"]
		},
	},
	{
		name: "partijen", fields: []string{"parties"},
		rows: []cell{{name: "partij", kind: ofLine, most: 200, need: true}, {name: "rol", kind: ofLine, most: 200, need: true, hint: true}},
		get: func(i Initiative) (typed, []typed) {
			return nil, mapped(i.Parties, func(p Party) typed { return typed{"partij": p.Name, "rol": p.Role} })
		},
		set: func(i *Initiative, _ typed, rows []typed) {
			i.Parties = mapped(rows, func(t typed) Party { return Party{t["partij"], t["rol"]} })
		},
	},
	{
		name: "bewijs", fields: []string{"evidence"},
		rows: []cell{
			{name: "gemeten", kind: ofLine, most: 200, need: true, hint: true},
			{name: "over", kind: ofChoice, values: EvidenceTypes, words: "type", need: true},
			{name: "waarde", kind: ofNumber}, {name: "eenheid", kind: ofLine, most: 60, hint: true}, {name: "vooraf", kind: ofNumber, hint: true},
			{name: "aantal", kind: ofWhole}, {name: "organisaties", kind: ofWhole},
			{name: "periode", kind: ofLine, most: 80}, {name: "vergeleken", kind: ofLine, most: 200},
			{name: "sterkte", kind: ofChoice, values: Strengths, words: "strength", need: true},
			{name: "ongeveer", kind: ofTick}, {name: "noot", kind: ofLine, most: maxNote}, {name: "bron", kind: ofSource, need: true},
		},
		get: func(i Initiative) (typed, []typed) {
			return nil, mapped(i.Evidence, func(e Evidence) typed {
				return typed{"gemeten": e.Metric, "over": e.Type, "waarde": numberText(e.Value), "eenheid": e.Unit, "vooraf": numberText(e.Baseline),
					"aantal": wholeText(e.N), "organisaties": wholeText(e.Organisations), "periode": e.Period, "vergeleken": e.Comparison,
					"sterkte": e.Strength, "ongeveer": tickText(e.Approximate), "noot": e.Note, "bron": e.Source}
			})
		},
		set: func(i *Initiative, _ typed, rows []typed) {
			i.Evidence = mapped(rows, func(t typed) Evidence {
				return Evidence{Type: t["over"], Metric: t["gemeten"], Value: t.number("waarde"), Baseline: t.number("vooraf"), Unit: t["eenheid"],
					N: t.whole("aantal"), Organisations: t.whole("organisaties"), Period: t["periode"], Comparison: t["vergeleken"],
					Strength: t["sterkte"], Approximate: t["ongeveer"] != "", Note: t["noot"], Source: t["bron"]}
			})
		},
	},
	{
		name: "kosten", fields: []string{"costs"},
		rows: []cell{
			{name: "waarvoor", kind: ofLine, most: 200, need: true}, {name: "bedrag", kind: ofMoney, need: true, hint: true},
			{name: "periode", kind: ofLine, most: 60}, {name: "noot", kind: ofLine, most: maxNote}, {name: "bron", kind: ofSource, need: true},
		},
		get: func(i Initiative) (typed, []typed) {
			return nil, mapped(i.Costs, func(c Cost) typed {
				return typed{"waarvoor": c.Item, "bedrag": moneyText(&c.Cents), "periode": c.Period, "noot": c.Note, "bron": c.Source}
			})
		},
		set: func(i *Initiative, _ typed, rows []typed) {
			i.Costs = mapped(rows, func(t typed) Cost {
				c := Cost{Item: t["waarvoor"], Period: t["periode"], Note: t["noot"], Source: t["bron"]}
				if v := t.cents("bedrag"); v != nil {
					c.Cents = *v
				}
				return c
			})
		},
	},
	{
		name: "betalers", fields: []string{"funders"},
		rows: []cell{{name: "betaler", kind: ofLine, most: 200, need: true}, {name: "bedrag", kind: ofMoney}, {name: "noot", kind: ofLine, most: maxNote}},
		get: func(i Initiative) (typed, []typed) {
			return nil, mapped(i.Funders, func(f Funder) typed {
				return typed{"betaler": f.Name, "bedrag": moneyText(f.Cents), "noot": f.Note}
			})
		},
		set: func(i *Initiative, _ typed, rows []typed) {
			i.Funders = mapped(rows, func(t typed) Funder { return Funder{t["betaler"], t.cents("bedrag"), t["noot"]} })
		},
	},
	{
		name: "groei", fields: []string{"growth"},
		rows: []cell{
			{name: "periode", kind: ofLine, most: 60, need: true, hint: true}, {name: "waarde", kind: ofNumber, need: true},
			{name: "eenheid", kind: ofLine, most: 60, need: true, hint: true}, {name: "noot", kind: ofLine, most: maxNote}, {name: "bron", kind: ofSource, need: true},
		},
		get: func(i Initiative) (typed, []typed) {
			return nil, mapped(i.Growth, func(p Point) typed {
				return typed{"periode": p.Period, "waarde": numberText(&p.Value), "eenheid": p.Unit, "noot": p.Note, "bron": p.Source}
			})
		},
		set: func(i *Initiative, _ typed, rows []typed) {
			i.Growth = mapped(rows, func(t typed) Point {
				p := Point{Period: t["periode"], Unit: t["eenheid"], Note: t["noot"], Source: t["bron"]}
				if v := t.number("waarde"); v != nil {
					p.Value = *v
				}
				return p
			})
		},
	},
	{
		name: "voorwaarden", fields: []string{"preconditions"},
		single: []cell{{name: "voorwaarden", kind: ofLines, most: maxNote, hint: true}},
		get: func(i Initiative) (typed, []typed) {
			return typed{"voorwaarden": strings.Join(i.Preconditions, "\n")}, nil
		},
		set: func(i *Initiative, one typed, _ []typed) { i.Preconditions = one.lines("voorwaarden") },
	},
	{
		name: "belemmeringen", fields: []string{"barriers"},
		rows: []cell{{name: "belemmering", kind: ofBarrier, need: true}, {name: "noot", kind: ofLine, most: maxNote}, {name: "bron", kind: ofSource, need: true}},
		get: func(i Initiative) (typed, []typed) {
			return nil, mapped(i.Barriers, func(m Met) typed { return typed{"belemmering": m.Barrier, "noot": m.Note, "bron": m.Source} })
		},
		set: func(i *Initiative, _ typed, rows []typed) {
			i.Barriers = mapped(rows, func(t typed) Met { return Met{t["belemmering"], t["noot"], t["bron"]} })
		},
	},
	{
		name: "bronnen", fields: []string{"sources"},
		rows: []cell{{name: "kenmerk", kind: ofLine, most: 20, hint: true}, {name: "titel", kind: ofLine, most: 300, need: true}, {name: "adres", kind: ofLink}},
		get: func(i Initiative) (typed, []typed) {
			return nil, mapped(i.Sources, func(s Source) typed { return typed{"kenmerk": s.ID, "titel": s.Title, "adres": s.URL} })
		},
		set: func(i *Initiative, _ typed, rows []typed) {
			i.Sources = mapped(rows, func(t typed) Source { return Source{t["kenmerk"], t["titel"], t["adres"]} })
			for k := range i.Sources {
				if i.Sources[k].ID == "" {
					i.Sources[k].ID = i.freeSource()
				}
			}
		},
	},
}

// mapped makes a list of another; an empty list is nil, as it is read.
func mapped[A, B any](list []A, f func(A) B) []B {
	var out []B
	for _, v := range list {
		out = append(out, f(v))
	}
	return out
}

func partOf(name string) *part {
	if k := slices.IndexFunc(parts, func(p *part) bool { return p.name == name }); k >= 0 {
		return parts[k]
	}
	return nil
}
