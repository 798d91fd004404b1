package impact

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/decimal"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
)

// What the pages are made of.

type listView struct {
	Pathways, Drafts []Pathway
	Next             string
	MayAdd           bool
}

type newView struct {
	Form                *web.Form
	Owners, Initiatives []Link
}

type pageView struct {
	View
	Form    *web.Form
	Said    bool
	Picture picture
}

type editView struct {
	View
	Title, Node, Arrow, File *web.Form
	Initiatives              []Link
	Said                     bool
	Conflict                 string // as it stands now
	Picture                  picture
}

type historyView struct {
	View
	Changes []Change
	Names   map[string]string
	Next    string
	Now     time.Time
}

// keys: impact.kind.* impact.kinds.* impact.kindhint.* impact.state.* impact.change.*
func word(ctx context.Context, of, value string) string { return i18n.T(ctx, "impact."+of+"."+value) }

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

func crumbs(ctx context.Context, p *Pathway) []ui.Crumb {
	list := []ui.Crumb{{Label: i18n.T(ctx, "impact.title"), Path: base}}
	if p != nil {
		list = append(list, ui.Crumb{Label: p.Title, Path: Path(p.ID)})
	}
	return list
}

// sentence says what the pathway comes to.
func sentence(ctx context.Context, c Count) string {
	if c.All == 0 {
		return i18n.T(ctx, "impact.sentence.none")
	}
	text := ""
	switch tested := c.Held + c.Refuted; tested {
	case 0:
		text = i18n.T(ctx, "impact.sentence.zero", "n", c.All)
	case 1:
		text = i18n.T(ctx, "impact.sentence.single", "n", c.All)
	default:
		text = i18n.T(ctx, "impact.sentence.many", "n", c.All, "tested", tested)
	}
	switch {
	case c.Refuted == 1 && c.Held == 0:
		text += " " + i18n.T(ctx, "impact.sentence.wrong")
	case c.Refuted > 0:
		text += " " + i18n.T(ctx, "impact.sentence.refuted", "n", c.Refuted)
	}
	return text
}

func (v View) sentence(ctx context.Context) string { return sentence(ctx, v.Model.Count()) }

// figure finds what a pilot measured for an indicator.
func (v View) figure(i *Indicator) *Figure {
	if i == nil || i.Pilot == "" {
		return nil
	}
	if k := slices.IndexFunc(v.Figures, func(f Figure) bool { return f.Pilot == i.Pilot && f.Indicator == i.Code }); k >= 0 {
		return &v.Figures[k]
	}
	return nil
}

func amount(ctx context.Context, value float64, unit string) string {
	text := i18n.Decimal(ctx, value, 2)
	if unit != "" {
		text += " " + unit
	}
	return text
}

// indicatorWords says what is measured at a node, a line each: the name, the value
// now and the target, and where the value comes from.
func (v View) indicatorWords(ctx context.Context, i *Indicator) []string {
	list := []string{i.Name}
	f := v.figure(i)
	target, unit := i.Target, i.Unit
	if f != nil && target == nil {
		target, unit = f.Target, f.Unit
	}
	var parts []string
	if f != nil {
		parts = append(parts, i18n.T(ctx, "impact.now", "value", amount(ctx, f.Value, f.Unit)))
	}
	if target != nil {
		parts = append(parts, i18n.T(ctx, "impact.target", "value", amount(ctx, *target, unit)))
	}
	if parts != nil {
		list = append(list, strings.Join(parts, ", "))
	}
	if f != nil {
		list = append(list, i18n.T(ctx, "impact.from", "pilot", f.PilotName))
	}
	return list
}

// origin tells where a value comes from, in full.
func origin(ctx context.Context, f *Figure) string {
	text := i18n.T(ctx, "impact.from", "pilot", f.PilotName)
	if !f.To.IsZero() {
		text += ", " + i18n.Date(ctx, f.To)
	}
	if f.N > 0 {
		text += ", " + i18n.T(ctx, "impact.people", "n", f.N)
	}
	return text
}

// step is a node in the list behind the drawing, with the arrows that leave it.
type step struct {
	Node
	Arrows []leaving
}

type leaving struct {
	Arrow
	Number int
	To     string
}

// steps lists the nodes of a kind in the order of the drawing.
func (p *picture) steps(kind Kind) (list []step) {
	m := &p.v.Model
	for l, row := range p.g.rows {
		if l >= len(p.kinds) || p.kinds[l] != kind {
			continue
		}
		for _, v := range row {
			if v >= len(m.Nodes) {
				continue
			}
			s := step{Node: m.Nodes[v]}
			for _, k := range p.g.inOrder() {
				if a := m.Arrows[k]; a.From == s.ID {
					s.Arrows = append(s.Arrows, leaving{a, p.numbers[k], m.node(a.To).Text})
				}
			}
			list = append(list, s)
		}
	}
	return list
}

// assumptions is the table behind the drawing.
func (p *picture) assumptions(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "impact.assumptions"), Quiet: true, Columns: []ui.Column{
		{Label: i18n.T(ctx, "impact.col.assumption")}, {Label: i18n.T(ctx, "impact.col.number"), Num: true}, {Label: i18n.T(ctx, "impact.col.arrow")},
		{Label: i18n.T(ctx, "impact.col.state")}, {Label: i18n.T(ctx, "impact.col.source")}}}
	m := &p.v.Model
	for _, k := range p.g.inOrder() {
		a := m.Arrows[k]
		if p.numbers[k] == 0 {
			continue
		}
		t.Rows = append(t.Rows, ui.Text(a.Assumption, strconv.Itoa(p.numbers[k]), m.names([]string{a.From, a.To}), word(ctx, "state", string(a.State)), a.Source))
	}
	return t
}

// tone goes with the word of a state.
func (s State) tone() ui.Tone {
	switch s {
	case Tested:
		return ui.OK
	case Refuted:
		return ui.Warning
	}
	return ui.Neutral
}

// nodeOptions are the nodes for a field, by kind.
func (v View) nodeOptions(ctx context.Context) []ui.Option {
	list := []ui.Option{{Label: i18n.T(ctx, "impact.choose")}}
	for _, kind := range Kinds {
		for _, n := range v.Model.Nodes {
			if n.Kind == kind {
				list = append(list, ui.Option{Value: n.ID, Label: word(ctx, "kind", string(kind)) + ": " + n.Text})
			}
		}
	}
	return list
}

// figureOptions are what pilots measure, and what the node is linked to now.
func (v View) figureOptions(ctx context.Context, now string) []ui.Option {
	list := []ui.Option{{Label: i18n.T(ctx, "impact.field.figure.none")}}
	found := now == ""
	for _, f := range v.Figures {
		value := f.Pilot + "|" + f.Indicator
		found = found || value == now
		list = append(list, ui.Option{Value: value, Label: f.PilotName + ": " + f.Name})
	}
	if !found {
		list = append(list, ui.Option{Value: now, Label: i18n.T(ctx, "impact.field.figure.gone")})
	}
	return list
}

func (h historyView) who(ctx context.Context, c Change) string {
	if name := h.Names[c.Person]; name != "" {
		return name
	}
	return i18n.T(ctx, "impact.somebody")
}

// typed writes a number for a field: read back it is the same in any language.
func typed(v *float64) string {
	if v == nil {
		return ""
	}
	return strings.Replace(strconv.FormatFloat(*v, 'f', -1, 64), ".", ",", 1)
}

// readNode reads the form of a node. What is linked to a pilot is called as there
// where nothing else was typed.
func readNode(f *web.Form, figures []Figure) Node {
	n := Node{ID: f.Line("stap", idMost), Kind: Kind(f.Value("soort")), Text: f.Line("tekst", TextMost)}
	i := Indicator{Name: f.Line("indicator", nameMost), Unit: f.Line("eenheid", unitMost)}
	if text := f.Line("doel", 40); text != "" {
		if v, err := decimal.Parse(text); err == nil {
			i.Target = &v
		} else {
			f.Fail("doel", "impact.wrong.number")
		}
	}
	i.Pilot, i.Code, _ = strings.Cut(f.Line("meting", 130), "|")
	v := View{Figures: figures}
	if x := v.figure(&i); x != nil && i.Name == "" {
		name := []rune(x.Name)
		i.Name = string(name[:min(len(name), nameMost)])
		if unit := []rune(x.Unit); i.Unit == "" {
			i.Unit = string(unit[:min(len(unit), unitMost)])
		}
	}
	if i != (Indicator{}) {
		n.Indicator = &i
	}
	return n
}

func showNode(n Node) *web.Form {
	pairs := []string{"stap", n.ID, "soort", string(n.Kind), "tekst", n.Text}
	if i := n.Indicator; i != nil {
		pairs = append(pairs, "indicator", i.Name, "eenheid", i.Unit, "doel", typed(i.Target))
		if i.Pilot != "" {
			pairs = append(pairs, "meting", i.Pilot+"|"+i.Code)
		}
	}
	return web.NewForm(pairs...)
}

// readArrow reads the form of an arrow, and which one it was.
func readArrow(f *web.Form) (old, a Arrow) {
	old = Arrow{From: f.Line("was-van", idMost), To: f.Line("was-naar", idMost)}
	a = Arrow{From: f.Line("van", idMost), To: f.Line("naar", idMost), Assumption: f.Line("aanname", assumptionMost),
		State: State(f.Value("staat")), Source: f.Line("bron", sourceMost)}
	if a.Assumption == "" && a.Source == "" {
		a.State = "" // the field always holds one
	}
	return old, a
}

func showArrow(a Arrow) *web.Form {
	return web.NewForm("was-van", a.From, "was-naar", a.To, "van", a.From, "naar", a.To, "aanname", a.Assumption, "staat", string(a.State), "bron", a.Source)
}

func nodeTitle(ctx context.Context, p editView) string {
	if p.Node.Value("stap") == "" {
		return i18n.T(ctx, "impact.node.add")
	}
	return i18n.T(ctx, "impact.node.edit")
}

func arrowTitle(ctx context.Context, p editView) string {
	if p.Arrow.Value("was-van") == "" {
		return i18n.T(ctx, "impact.arrow.add")
	}
	return i18n.T(ctx, "impact.arrow.edit")
}
