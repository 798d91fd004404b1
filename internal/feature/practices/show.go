package practices

import (
	"context"
	"math"
	"net/url"
	"slices"
	"strings"

	"wijkbaak.nl/internal/base/chart"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/protocol/practice"
)

// host is an address as people say it.
func host(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host + u.Path
	}
	return address
}

// partName is what a part is called.
//
// keys: practices.part.*
func partName(ctx context.Context, room string) string {
	if name, ok := strings.CutPrefix(strings.TrimSuffix(room, ".json"), "Questionnaire-"); ok {
		return i18n.T(ctx, "practices.part.questionnaire", "name", name)
	}
	if name, ok := strings.CutPrefix(strings.TrimSuffix(room, ".json"), "PlanDefinition-"); ok {
		return i18n.T(ctx, "practices.part.plan", "name", name)
	}
	if room == "files" {
		return i18n.T(ctx, "practices.part.material")
	}
	if !slices.Contains(knownParts, room) {
		return room
	}
	return i18n.T(ctx, "practices.part."+room)
}

// knownParts are the rooms for which there are words.
var knownParts = []string{"initiatives", "phases", "barriers", "pilots", "impact", "businesscase", "scaling", "agreements", "surveys", "offers", material}

// inOrder puts parts in the order in which people read of them; those without words
// come last. The files are listed by name, so the part about them is not.
func inOrder(rooms []string) []string {
	var list []string
	for _, k := range knownParts {
		if k != material && slices.Contains(rooms, k) {
			list = append(list, k)
		}
	}
	for _, r := range rooms {
		if !slices.Contains(knownParts, r) {
			list = append(list, r)
		}
	}
	return list
}

// drafts tells whether something comes that becomes a draft or proposal elsewhere.
func drafts(parts []string) bool {
	return slices.Contains(parts, "surveys") || slices.Contains(parts, "offers")
}

func partNames(ctx context.Context, rooms []string) string {
	var list []string
	for _, r := range rooms {
		list = append(list, partName(ctx, r))
	}
	return strings.Join(list, ", ")
}

func kb(ctx context.Context, size int64) string {
	return i18n.T(ctx, "practices.kb", "n", i18n.Number(ctx, int((size+1023)/1024)))
}

// signText says what a finding is.
//
// keys: practices.sign.*
func signText(ctx context.Context, f practice.Finding) string {
	return i18n.T(ctx, "practices.sign."+string(f.Sign), "text", f.Text)
}

// whereText says where in a package something was found.
func whereText(ctx context.Context, f practice.Finding) string {
	path := strings.TrimPrefix(f.Path, "package/")
	if room, ok := strings.CutPrefix(path, "parts/"); ok {
		path = partName(ctx, strings.TrimSuffix(room, ".json"))
	} else if kind, _, ok := strings.Cut(path, "-"); ok && slices.Contains(practice.Resources, kind) {
		path = partName(ctx, path)
	}
	if f.At == "" {
		return path
	}
	return path + " " + f.At
}

// fieldOf is the field of the form in which a finding can be mended.
func fieldOf(f practice.Finding) string {
	path := strings.TrimPrefix(f.Path, "package/")
	switch {
	case strings.HasPrefix(path, "files/"):
		return "bestand"
	case path == "parts/offers.json":
		return choiceField("offers")
	case path == "parts/surveys.json", strings.HasPrefix(path, "Questionnaire-"), strings.HasPrefix(path, "PlanDefinition-"):
		return choiceField("surveys")
	case path == "parts/material.json":
		return "bestandtitel"
	case path != "package.json":
		return "onderdelen"
	}
	for prefix, field := range map[string]string{"/description": "omschrijving", "/title": "titel", "/author": "organisatie", "/wijkbaak/contact": "contact",
		"/wijkbaak/changelog": "nieuw", "/wijkbaak/parameters": "vragen"} {
		if strings.HasPrefix(f.At, prefix) {
			return field
		}
	}
	return "naam"
}

// problem is what stands beside a field: what was wrong with the form, or what
// the packer found there.
func (v offerView) problem(ctx context.Context, field string) string {
	if s := v.Form.Problem(ctx, field); s != "" {
		return s
	}
	for _, f := range v.Findings {
		if fieldOf(f) == field && !slices.Contains(v.Seen, f.ID()) {
			return signText(ctx, f)
		}
	}
	return ""
}

func (v offerView) field(ctx context.Context, name string) ui.Field {
	// keys: practices.field.* practices.hint.*
	f := ui.Field{Name: name, Label: i18n.T(ctx, "practices.field."+name), Value: v.Form.Value(name), Error: v.problem(ctx, name)}
	if slices.Contains([]string{"naam", "versie", "omschrijving", "contact", "nieuw", "vragen", "bestand", "onderdelen", "tekst", "bestandtitel", "bestandlicentie"}, name) {
		f.Hint = i18n.T(ctx, "practices.hint."+name)
	}
	return f
}

func field(ctx context.Context, form *web.Form, name string) ui.Field {
	return ui.Field{Name: name, Label: i18n.T(ctx, "practices.field."+name), Value: form.Value(name), Error: form.Problem(ctx, name)}
}

func licenceOptions() []ui.Option {
	var list []ui.Option
	for _, l := range practice.Licences {
		list = append(list, ui.Option{Value: l})
	}
	return list
}

func linkOptions(list []Link) []ui.Option {
	var out []ui.Option
	for _, l := range list {
		out = append(out, ui.Option{Value: l.ID, Label: l.Name})
	}
	return out
}

// parameterLines writes parameters as they are typed: key | question | answer.
func parameterLines(list []practice.Parameter) string {
	var b strings.Builder
	for _, p := range list {
		b.WriteString(p.Key + " | " + p.Question + " | " + p.Default + "\n")
	}
	return b.String()
}

func readParameters(text string) []practice.Parameter {
	var list []practice.Parameter
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		cells := append(strings.SplitN(line, "|", 3), "", "")
		list = append(list, practice.Parameter{Key: strings.Trim(strings.TrimSpace(cells[0]), "{}"), Question: strings.TrimSpace(cells[1]), Default: strings.TrimSpace(cells[2])})
	}
	return list
}

// figure writes a value with its unit.
func figure(ctx context.Context, v float64, unit string) string {
	digits := 1
	if math.Abs(v) < 1 {
		digits = 2
	}
	s := i18n.Decimal(ctx, v, digits)
	if unit != "" {
		s += " " + unit
	}
	return s
}

// sentence says what the studies of an indicator mean together.
//
// keys: practices.spread.*
func (e Evidence) sentence(ctx context.Context) string {
	if e.Used < 2 {
		return i18n.T(ctx, "practices.pool.alone", "name", e.Name)
	}
	key := "practices.pool.level"
	if e.Before {
		key = "practices.pool.change"
	}
	unit := e.unit(ctx)
	said := i18n.T(ctx, key, "name", e.Name, "n", e.Used, "effect", figure(ctx, e.Effect, unit), "low", figure(ctx, e.Low, ""), "high", figure(ctx, e.High, unit))
	if e.Used < 3 {
		return said + " " + i18n.T(ctx, "practices.pool.early")
	}
	return said + " " + i18n.T(ctx, "practices.spread."+e.Spread(), "i2", i18n.Percent(ctx, 100*e.I2, 0))
}

// unit of the outcome: a difference of two percentages is in percentage points.
func (e Evidence) unit(ctx context.Context) string {
	if e.Before && percent(e.Unit) {
		return i18n.T(ctx, "practices.pool.points")
	}
	return e.Unit
}

func (e Evidence) table(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "practices.pool.table", "name", e.Name), Columns: []ui.Column{
		{Label: i18n.T(ctx, "practices.pool.from")}, {Label: i18n.T(ctx, "practices.pool.people"), Num: true},
		{Label: i18n.T(ctx, "practices.pool.result"), Num: true}, {Label: i18n.T(ctx, "practices.pool.between"), Num: true},
		{Label: i18n.T(ctx, "practices.pool.weight"), Num: true}}}
	for _, s := range e.Studies {
		between, weight := i18n.T(ctx, "practices.pool.unknown"), "–"
		if usable(s) {
			between = figure(ctx, s.Low, "") + " – " + figure(ctx, s.High, "")
			weight = i18n.Percent(ctx, 100*s.Weight, 0)
		}
		t.Rows = append(t.Rows, append([]ui.Cell{{Text: s.From, Path: s.Path}}, ui.Text(i18n.Number(ctx, s.N), figure(ctx, s.Effect, e.unit(ctx)), between, weight)...))
	}
	return t
}

// toldTable are the figures that an origin tells in the name of others.
func (e Evidence) toldTable(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "practices.told.table", "name", e.Name), Columns: []ui.Column{
		{Label: i18n.T(ctx, "practices.pool.from")}, {Label: i18n.T(ctx, "practices.told.by")},
		{Label: i18n.T(ctx, "practices.pool.people"), Num: true}, {Label: i18n.T(ctx, "practices.pool.result"), Num: true}}}
	for _, s := range e.Told {
		t.Rows = append(t.Rows, ui.Text(s.From, i18n.T(ctx, "practices.told.via", "who", host(s.Via)), i18n.Number(ctx, s.N), figure(ctx, s.Effect, e.unit(ctx))))
	}
	return t
}

// The measures of the drawings.
const (
	rowHigh    = 48 // the name stands above the line, so that it can be read on a phone
	rowLine    = 34 // where the line is in its row
	plotLeft   = 14
	plotRight  = 326
	nodeWide   = 230
	nodeHigh   = 52
	nodeStepX  = 280
	nodeStepY  = 72
	labelMost  = 36
	treeMost   = 60
	drawMargin = 10
)

// forest is the drawing of studies with their summary.
type forest struct {
	Width, Height string
	Rows          []forestRow
	Ticks         []tick
	Axis          string // y of the axis
	Zero          string // x of no difference
	Diamond       string // points; "" without a summary
}

type forestRow struct {
	Label        string
	Y, TextY     string
	X1, X2       string // of the line; "" where it is not known
	X, Top, Side string // of the square
	Middle       string
}

type tick struct{ X, Text string }

func (e Evidence) forest(ctx context.Context) forest {
	values := []float64{}
	for _, s := range e.Studies {
		values = append(values, s.Effect)
		if usable(s) {
			values = append(values, s.Low, s.High)
		}
	}
	if e.Used > 1 {
		values = append(values, e.Low, e.High)
	}
	scale := chart.Fit(values, 4, e.Before, plotLeft, plotRight)
	rows := len(e.Studies)
	if e.Used > 1 {
		rows++
	}
	f := forest{Width: chart.Num(plotLeft + plotRight), Height: chart.Num(float64(rows*rowHigh + 40)), Axis: chart.Num(float64(rows*rowHigh + 8))}
	if e.Before {
		f.Zero = chart.Num(scale.At(0))
	}
	for i, s := range e.Studies {
		y := float64(i*rowHigh + rowLine)
		side := 5.0 + 9*math.Sqrt(s.Weight)
		r := forestRow{Label: shorten(s.From), Y: chart.Num(y), TextY: chart.Num(y - 15), Middle: chart.Num(scale.At(s.Effect)),
			X: chart.Num(scale.At(s.Effect) - side/2), Top: chart.Num(y - side/2), Side: chart.Num(side)}
		if usable(s) {
			r.X1, r.X2 = chart.Num(scale.At(s.Low)), chart.Num(scale.At(s.High))
		}
		f.Rows = append(f.Rows, r)
	}
	if e.Used > 1 {
		y := float64((rows-1)*rowHigh + rowLine)
		f.Diamond = chart.Points(scale.At(e.Low), y, scale.At(e.Effect), y-8, scale.At(e.High), y, scale.At(e.Effect), y+8)
		f.Rows = append(f.Rows, forestRow{Label: i18n.T(ctx, "practices.pool.together"), TextY: chart.Num(y - 15)})
	}
	for _, v := range chart.Ticks(scale.Min, scale.Max, 4) {
		f.Ticks = append(f.Ticks, tick{chart.Num(scale.At(v)), i18n.Decimal(ctx, v, 2)})
	}
	return f
}

func shorten(s string) string {
	if r := []rune(s); len(r) > labelMost {
		return string(r[:labelMost-1]) + "…"
	}
	return s
}

// node is one package in a family tree.
type node struct {
	Instance, Name, Version string
	Here                    bool
	Parent                  int // -1 of the first
	level, row              int
}

func (n node) x() float64 { return float64(drawMargin + n.level*nodeStepX) }
func (n node) y() float64 { return float64(drawMargin + n.row*nodeStepY) }

// family is the tree of who took a practice from whom.
type family struct {
	Nodes         []node
	Width, Height string
}

// familyOf joins what a package says of its ancestors with what others tell of
// their packages and who sent a message.
func familyOf(address, name, version string, lineage []practice.Ancestor, peers []Peer, takers []Received) family {
	var f family
	at := map[string]int{}
	add := func(instance, name, version string, parent int, here bool) int {
		key := instance + " " + name
		if i, ok := at[key]; ok || len(f.Nodes) >= treeMost {
			if ok {
				return i
			}
			return parent
		}
		n := node{Instance: instance, Name: name, Version: version, Here: here, Parent: parent}
		if parent >= 0 {
			n.level = f.Nodes[parent].level + 1
		}
		f.Nodes = append(f.Nodes, n)
		at[key] = len(f.Nodes) - 1
		return len(f.Nodes) - 1
	}
	parent := -1
	for _, a := range lineage {
		parent = add(a.Instance, a.Name, a.Version, parent, false)
	}
	own := add(address, name, version, parent, true)
	for _, p := range peers {
		for _, o := range p.Offers {
			from := slices.IndexFunc(o.Lineage, func(a practice.Ancestor) bool { return a.Instance == address && a.Name == name })
			if from < 0 {
				continue
			}
			parent := own
			for _, a := range o.Lineage[from+1:] {
				parent = add(a.Instance, a.Name, a.Version, parent, false)
			}
			add(p.Address, o.Name, o.Latest, parent, false)
		}
	}
	for _, t := range takers {
		taken := slices.ContainsFunc(f.Nodes, func(n node) bool { return n.Instance == t.Sender })
		if !taken {
			add(t.Sender, name, t.Version, own, false)
		}
	}
	rows := map[int]int{}
	deepest, widest := 0, 0
	for i := range f.Nodes {
		n := &f.Nodes[i]
		n.row = rows[n.level]
		rows[n.level]++
		deepest, widest = max(deepest, n.level), max(widest, n.row)
	}
	f.Width = chart.Num(float64(2*drawMargin + deepest*nodeStepX + nodeWide))
	f.Height = chart.Num(float64(2*drawMargin + widest*nodeStepY + nodeHigh))
	return f
}

// edge is the points of the line to the parent.
func (f family) edge(n node) string {
	p := f.Nodes[n.Parent]
	x := n.x() - (nodeStepX-nodeWide)/2
	return chart.Points(p.x()+nodeWide, p.y()+nodeHigh/2, x, p.y()+nodeHigh/2, x, n.y()+nodeHigh/2, n.x(), n.y()+nodeHigh/2)
}

func (f family) sentence(ctx context.Context) string {
	before := 0
	for _, n := range f.Nodes {
		if n.Here {
			before = n.level
		}
	}
	return i18n.T(ctx, "practices.family.sentence", "before", before, "after", len(f.Nodes)-1-before)
}

func (f family) table(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "practices.family.title"), Quiet: true, Columns: []ui.Column{{Label: i18n.T(ctx, "practices.family.who")},
		{Label: i18n.T(ctx, "practices.family.what")}, {Label: i18n.T(ctx, "practices.family.from")}}}
	for _, n := range f.Nodes {
		from := "–"
		if n.Parent >= 0 {
			from = host(f.Nodes[n.Parent].Instance)
		}
		t.Rows = append(t.Rows, ui.Text(host(n.Instance), n.Name+" "+n.Version, from))
	}
	return t
}

// changeText shows one side of a difference, short enough to compare.
func changeText(ctx context.Context, s string) string {
	if s == "" {
		return i18n.T(ctx, "practices.diff.none")
	}
	if r := []rune(s); len(r) > 400 {
		return string(r[:400]) + "…"
	}
	return s
}
