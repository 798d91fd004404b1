package agreements

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
)

// What the pages are made of.

type listView struct {
	Agreements, Drafts []Agreement
	Next               string
	MayAdd             bool
}

type formView struct {
	View
	Form                       *web.Form
	Owners, Known, Initiatives []Link
	Conflict                   bool
}

type pageView struct {
	View
	Form *web.Form
	Said bool
}

type settleView struct {
	View
	Check Check
	Form  *web.Form
}

type historyView struct {
	View
	Changes []Change
	Names   map[string]string
	Next    string
}

// keys: agreements.mode.* agreements.better.* agreements.change.*
func word(ctx context.Context, of, value string) string {
	return i18n.T(ctx, "agreements."+of+"."+value)
}

func options[T ~string](ctx context.Context, of string, values []T) []ui.Option {
	list := make([]ui.Option, len(values))
	for k, v := range values {
		list[k] = ui.Option{Value: string(v), Label: word(ctx, of, string(v))}
	}
	return list
}

func linkOptions(ctx context.Context, none string, links []Link) []ui.Option {
	var list []ui.Option
	if none != "" {
		list = append(list, ui.Option{Label: i18n.T(ctx, none)})
	}
	for _, l := range links {
		list = append(list, ui.Option{Value: l.ID, Label: l.Name})
	}
	return list
}

func crumbs(ctx context.Context, g *Agreement) []ui.Crumb {
	list := []ui.Crumb{{Label: i18n.T(ctx, "agreements.title"), Path: base}}
	if g != nil && g.ID != "" {
		list = append(list, ui.Crumb{Label: g.Title, Path: Path(g.ID)})
	}
	return list
}

// names lists the parties of a role.
func (m *Model) names(role Role) string {
	var list []string
	for _, p := range m.of(role) {
		list = append(list, p.Name)
	}
	return strings.Join(list, ", ")
}

// between is the one line of a list.
func between(ctx context.Context, m *Model) string {
	return i18n.T(ctx, "agreements.between", "payers", m.names(Payer), "providers", m.names(Provider))
}

// decimalWord writes a kept number as people read it.
func decimalWord(ctx context.Context, text string) string {
	v, _ := strconv.ParseFloat(text, 64) // it was written by Settle
	return i18n.Decimal(ctx, v, 4)
}

func (m *Model) value(ctx context.Context, v float64) string {
	text := i18n.Decimal(ctx, v, 4)
	if m.Measure != "" {
		text += " " + m.Measure
	}
	return text
}

// sentence says what the agreement comes to.
func (v View) sentence(ctx context.Context) string {
	settled := 0
	for _, c := range v.Checks {
		if c.Settled {
			settled++
		}
	}
	if settled == 0 {
		return i18n.T(ctx, "agreements.sentence.none", "n", len(v.Checks))
	}
	return i18n.T(ctx, "agreements.sentence", "settled", settled, "n", len(v.Checks), "amount", i18n.Euro(ctx, v.Paid()))
}

// text writes a line of a settlement.
func (s Step) text(ctx context.Context, m *Model) string {
	n := make([]string, 3)
	for k, text := range s.Numbers {
		if n[k] = text; text != "" {
			n[k] = decimalWord(ctx, text)
		}
	}
	amount, other := i18n.Euro(ctx, s.Cents), i18n.Euro(ctx, s.Other)
	switch s.Kind {
	case stepMeasured:
		return i18n.T(ctx, "agreements.step.measured", "value", n[0], "unit", m.Measure, "people", n[1])
	case stepBetter:
		if m.Better == "down" {
			return i18n.T(ctx, "agreements.step.better", "from", n[0], "less", n[1], "result", n[2])
		}
		return i18n.T(ctx, "agreements.step.better", "from", n[1], "less", n[0], "result", n[2])
	case stepMet:
		return i18n.T(ctx, "agreements.step.met", "value", n[0])
	case stepMissed:
		return i18n.T(ctx, "agreements.step.missed", "value", n[0])
	case stepBand:
		if n[2] == "" {
			return i18n.T(ctx, "agreements.step.last", "result", n[0], "from", n[1], "amount", amount)
		}
		return i18n.T(ctx, "agreements.step.band", "result", n[0], "from", n[1], "to", n[2], "amount", amount)
	case stepUnits:
		if n[2] == "" {
			return i18n.T(ctx, "agreements.step.unitslast", "units", n[0], "from", n[1], "price", other, "amount", amount)
		}
		return i18n.T(ctx, "agreements.step.units", "units", n[0], "from", n[1], "to", n[2], "price", other, "amount", amount)
	case stepOutside:
		return i18n.T(ctx, "agreements.step.outside", "result", n[0])
	case stepSum:
		return i18n.T(ctx, "agreements.step.sum", "amount", amount)
	case stepDeduct:
		return i18n.T(ctx, "agreements.step.deduct", "before", other, "amount", amount)
	case stepCeiling:
		return i18n.T(ctx, "agreements.step.ceiling", "ceiling", other, "amount", amount)
	default:
		return i18n.T(ctx, "agreements.step.total", "amount", amount)
	}
}

// bandTable is the table of payments.
func (m *Model) bandTable(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "agreements.table"), Columns: []ui.Column{{Label: i18n.T(ctx, "agreements.col.from")},
		{Label: i18n.T(ctx, "agreements.col.to"), Num: true}, {Label: word(ctx, "mode", string(m.Mode)), Num: true}}}
	for _, b := range m.Bands {
		to := i18n.T(ctx, "agreements.noend")
		if b.To != nil {
			to = m.value(ctx, *b.To)
		}
		t.Rows = append(t.Rows, ui.Text(m.value(ctx, b.From), to, i18n.Euro(ctx, b.Cents)))
	}
	return t
}

// facts are the terms.
func (v View) facts(ctx context.Context) []ui.Pair {
	m := &v.Model
	none := i18n.T(ctx, "agreements.none.word")
	list := []ui.Pair{
		ui.Fact(i18n.T(ctx, "agreements.field.payers"), m.names(Payer)),
		ui.Fact(i18n.T(ctx, "agreements.field.providers"), m.names(Provider)),
		ui.Fact(i18n.T(ctx, "agreements.field.indicator"), m.Indicator+" ("+word(ctx, "better", m.Better)+")"),
	}
	if v.Figure != nil {
		list = append(list, ui.Pair{Key: i18n.T(ctx, "agreements.field.figure"), Cell: ui.Cell{Text: i18n.T(ctx, "agreements.figure", "pilot", v.Figure.PilotName,
			"value", i18n.Decimal(ctx, v.Figure.Value, 2)+" "+v.Figure.Unit, "day", i18n.Date(ctx, v.Figure.To), "n", v.Figure.N), Path: v.Figure.Path}})
	}
	counts := i18n.T(ctx, "agreements.counts.value")
	if m.Baseline != nil {
		counts = i18n.T(ctx, "agreements.counts.better", "value", m.value(ctx, *m.Baseline))
	}
	threshold, ceiling := none, none
	if m.Threshold != nil {
		threshold = m.value(ctx, *m.Threshold)
	}
	if m.Ceiling > 0 {
		ceiling = i18n.Euro(ctx, m.Ceiling)
	}
	list = append(list, ui.Fact(i18n.T(ctx, "agreements.counts"), counts), ui.Fact(i18n.T(ctx, "agreements.field.threshold"), threshold),
		ui.Fact(i18n.T(ctx, "agreements.field.ceiling"), ceiling))
	if m.Deduct {
		list = append(list, ui.Fact(i18n.T(ctx, "agreements.adds"), i18n.T(ctx, "agreements.field.deduct")))
	}
	if m.Note != "" {
		list = append(list, ui.Fact(i18n.T(ctx, "agreements.field.note"), m.Note))
	}
	return list
}

// figureOptions are what pilots measure, and what is chosen now.
func (p formView) figureOptions(ctx context.Context) []ui.Option {
	now := p.Form.Value("meting")
	list := []ui.Option{{Label: i18n.T(ctx, "agreements.field.figure.none")}}
	found := now == ""
	for _, f := range p.View.Figures {
		value := f.Pilot + "|" + f.Indicator
		found = found || value == now
		list = append(list, ui.Option{Value: value, Label: f.PilotName + ": " + f.Name})
	}
	if !found {
		list = append(list, ui.Option{Value: now, Label: i18n.T(ctx, "agreements.field.figure.gone")})
	}
	return list
}

// rows are the rows of the table in the form: those filled in and two more.
func (p formView) rows() []string {
	filled := 0
	for k := range bandsMost {
		at := strconv.Itoa(k)
		if p.Form.Value("van-"+at)+p.Form.Value("tot-"+at)+p.Form.Value("bedrag-"+at) != "" {
			filled = k + 1
		}
	}
	list := make([]string, min(max(filled+2, 4), bandsMost))
	for k := range list {
		list[k] = strconv.Itoa(k)
	}
	return list
}

func (p formView) action() string {
	if p.ID == "" {
		return base
	}
	return Path(p.ID) + "/bewerken"
}

func (p formView) heading(ctx context.Context) string {
	if p.ID == "" {
		return i18n.T(ctx, "agreements.new")
	}
	return i18n.T(ctx, "agreements.edit")
}

// knownNames are the organisations one may type.
func (p formView) knownNames() string {
	var list []string
	for _, o := range p.Known {
		list = append(list, o.Name)
	}
	slices.Sort(list)
	return strings.Join(list[:min(len(list), 12)], ", ")
}

// open tells that a day has come and is not settled.
func (v View) open(c Check) bool { return !c.Settled && !c.Due.After(v.Now) }

func (h historyView) who(ctx context.Context, c Change) string {
	if name := h.Names[c.Person]; name != "" {
		return name
	}
	return i18n.T(ctx, "agreements.somebody")
}

// version is the hidden field that tells which version a form was made of.
func (v View) version() string { return strconv.Itoa(v.Version) }

// daysFrom is a day seen from now, at midnight.
func daysFrom(now time.Time, days int) time.Time {
	y, m, d := now.AddDate(0, 0, days).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func settleLabel(ctx context.Context, c Check) string {
	if c.Settled {
		return i18n.T(ctx, "agreements.undo")
	}
	return i18n.T(ctx, "agreements.settle")
}

// whichOptions says what the pilot measures now, and that one may type it.
func (p settleView) whichOptions(ctx context.Context) []ui.Option {
	f := p.Figure
	return []ui.Option{
		{Value: "pilot", Label: i18n.T(ctx, "agreements.figure", "pilot", f.PilotName, "value", i18n.Decimal(ctx, f.Value, 2)+" "+f.Unit, "day", i18n.Date(ctx, f.To), "n", f.N)},
		{Value: "form", Label: i18n.T(ctx, "agreements.field.which.form")},
	}
}
