package businesscase

import (
	"context"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/chart"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
)

// What the pages are made of.

type listView struct {
	Cases, Drafts []Case
	Next          string
	MayAdd        bool
}

type newView struct {
	Form                *web.Form
	Owners, Initiatives []Link
}

// future is a scenario with its result; without a scenario it is the case itself.
type future struct {
	*Scenario
	Result *Result
}

type caseView struct {
	View
	Form    *web.Form
	Said    string
	Chosen  *Scenario
	What    *whatIf
	Counted *Model // what Result was counted from
	Result  *Result
	For     Payer // for whom the turning points are told
	Turns   []Turn
	Futures []future
	Owners  []Link // for whom the actor may make a copy
}

type historyView struct {
	View
	Changes []Change
	Names   map[string]string
	Next    string
	Now     time.Time
}

type editView struct {
	View
	Settings, City *web.Form
	Said           string
}

type lineView struct {
	View
	Form     *web.Form
	Line     *Line // as it is kept now
	Conflict bool
}

type scenarioView struct {
	View
	Form *web.Form
}

// keys: businesscase.payer.* businesscase.kind.* businesscase.basis.* businesscase.status.* businesscase.shape.* businesscase.set.*
// keys: businesscase.change.*
func word(ctx context.Context, of, value string) string {
	return i18n.T(ctx, "businesscase."+of+"."+value)
}

func payerWord(ctx context.Context, p Payer) string {
	if p == "" {
		return i18n.T(ctx, "businesscase.all")
	}
	return word(ctx, "payer", string(p))
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

// euro writes an amount of cents in whole euros, as long as it is not small.
func euro(ctx context.Context, cents int64) string {
	if cents > -10_000 && cents < 10_000 {
		return i18n.Euro(ctx, cents)
	}
	return i18n.Euro(ctx, int64(math.Round(float64(cents)/100))*100)
}

// chance writes how often something happened; no number of draws makes it sure.
func chance(ctx context.Context, part float64) string {
	switch {
	case part > 0.99:
		return i18n.T(ctx, "businesscase.chance.most")
	case part < 0.01:
		return i18n.T(ctx, "businesscase.chance.least")
	}
	return i18n.Percent(ctx, part*100, 0)
}

// figureName says what a key stands for.
func (m *Model) figureName(ctx context.Context, key string) string {
	if s, ok := strings.CutPrefix(key, "set."); ok {
		return word(ctx, "set", s)
	}
	id, part, _ := strings.Cut(key, ".")
	for _, l := range m.Lines {
		if l.ID == id {
			if part == "quantity" {
				return i18n.T(ctx, "businesscase.figure.quantity", "line", l.Name, "unit", l.Unit)
			}
			return i18n.T(ctx, "businesscase.figure.amount", "line", l.Name, "unit", l.Unit)
		}
	}
	return key
}

// figureText writes the value of a key with its sign.
func figureText(ctx context.Context, key string, v float64) string {
	switch {
	case strings.HasPrefix(key, "set."):
		return i18n.Percent(ctx, v, 2)
	case strings.HasSuffix(key, ".amount"):
		return i18n.Euro(ctx, Cents(v))
	}
	return i18n.Decimal(ctx, v, 3)
}

// sentence says what the whole picture means.
func (r *Result) sentence(ctx context.Context) string {
	t := r.Total
	args := []any{"amount", euro(ctx, abs(t.Mean)), "low", euro(ctx, t.Value.Low), "high", euro(ctx, t.Value.High),
		"chance", chance(ctx, t.Gains), "from", r.year(0), "to", r.year(len(t.Years) - 1)}
	text := i18n.T(ctx, "businesscase.means.loss", args...)
	if t.Mean >= 0 {
		text = i18n.T(ctx, "businesscase.means.gain", args...)
	}
	var pay, gain []string
	for _, o := range r.Payers {
		if o.Mean < 0 {
			pay = append(pay, payerWord(ctx, o.Payer))
		} else if o.Mean > 0 {
			gain = append(gain, payerWord(ctx, o.Payer))
		}
	}
	switch and := " " + i18n.T(ctx, "businesscase.and") + " "; {
	case len(pay) > 0 && len(gain) > 0:
		text += " " + i18n.T(ctx, "businesscase.means.mismatch", "pay", joined(pay, and), "gain", joined(gain, and))
	case len(pay) > 0:
		text += " " + i18n.T(ctx, "businesscase.means.allpay")
	}
	return text
}

func joined(list []string, and string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + and + list[len(list)-1]
}

func abs(v int64) int64 { return max(v, -v) }

// bar is one row of a picture with bars to both sides of nothing: words and
// amounts are text, so that they can be read and enlarged.
type bar struct {
	Label, Shown string
	From, To     float64 // cents
	Low, High    float64 // the uncertainty; drawn as a line where it has width
}

// drawn is a bar in the hundred units of its picture.
type drawn struct {
	bar
	X, Width, Zero, Low, High string
	Loss                      bool
}

func draw(bars []bar) []drawn {
	values := []float64{0}
	for _, b := range bars {
		values = append(values, b.From, b.To, b.Low, b.High)
	}
	low, high := slices.Min(values), slices.Max(values)
	scale := chart.Scale{Min: low, Max: high, From: 0, To: 100}
	list := make([]drawn, len(bars))
	for k, b := range bars {
		left, right := scale.At(min(b.From, b.To)), scale.At(max(b.From, b.To))
		list[k] = drawn{bar: b, X: chart.Num(left), Width: chart.Num(max(right-left, 0.3)), Zero: chart.Num(scale.At(0)),
			Loss: b.To < b.From}
		if b.High > b.Low {
			list[k].Low, list[k].High = chart.Num(scale.At(b.Low)), chart.Num(scale.At(b.High))
		}
	}
	return list
}

// payerBars is the picture of who pays and who gains.
func payerBars(ctx context.Context, m *Model, r *Result) []bar {
	var list []bar
	for _, o := range append(slices.Clone(r.Payers), r.Total) {
		key := "businesscase.gains"
		if o.Mean < 0 {
			key = "businesscase.pays"
		}
		shown := i18n.T(ctx, key, "amount", euro(ctx, abs(o.Mean)), "chance", chance(ctx, o.Gains))
		if m.lacks(o.Payer) && o.Value == (Band{}) {
			shown = i18n.T(ctx, "businesscase.unknown")
		} else if m.lacks(o.Payer) {
			shown += " · " + i18n.T(ctx, "businesscase.incomplete")
		}
		list = append(list, bar{Label: payerWord(ctx, o.Payer), Shown: shown,
			To: float64(o.Mean), Low: float64(o.Value.Low), High: float64(o.Value.High)})
	}
	return list
}

// lacks tells whether a figure of a line of the payer is missing.
func (m *Model) lacks(p Payer) bool {
	return slices.ContainsFunc(m.Lines, func(l Line) bool {
		return l.Payer == p && (l.Amount.Missing() || l.Quantity != nil && l.Quantity.Missing())
	})
}

// yearBars is the net of all together in each year.
func yearBars(ctx context.Context, r *Result) []bar {
	var list []bar
	for y, b := range r.Total.Years {
		list = append(list, bar{Label: r.year(y), Shown: i18n.T(ctx, "businesscase.between", "amount", euro(ctx, b.Mid), "low", euro(ctx, b.Low), "high", euro(ctx, b.High)),
			To: float64(b.Mid), Low: float64(b.Low), High: float64(b.High)})
	}
	return list
}

// swingsMost is how many figures the tornado shows.
const swingsMost = 10

func swingBars(ctx context.Context, m *Model, r *Result) []bar {
	var list []bar
	for _, s := range r.Tornado[:min(swingsMost, len(r.Tornado))] {
		list = append(list, bar{Label: m.figureName(ctx, s.Key), Shown: i18n.T(ctx, "businesscase.swing", "low", euro(ctx, s.Low), "high", euro(ctx, s.High)),
			From: float64(min(s.Low, s.High)), To: float64(max(s.Low, s.High))})
	}
	return list
}

func payerTable(ctx context.Context, r *Result) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "businesscase.table.payers"), Columns: columns(ctx, "businesscase.col.payer", "businesscase.col.costs",
		"businesscase.col.benefits", "businesscase.col.likely", "businesscase.col.low", "businesscase.col.mid", "businesscase.col.high",
		"businesscase.col.mean", "businesscase.col.chance", "businesscase.col.payback")}
	for _, o := range append(slices.Clone(r.Payers), r.Total) {
		back := i18n.T(ctx, "businesscase.never")
		if o.PayBack > 0 {
			back = strconv.Itoa(o.PayBack)
		}
		t.Rows = append(t.Rows, ui.Text(payerWord(ctx, o.Payer), euro(ctx, o.Costs), euro(ctx, o.Benefits), euro(ctx, o.ValueLikely),
			euro(ctx, o.Value.Low), euro(ctx, o.Value.Mid), euro(ctx, o.Value.High), euro(ctx, o.Mean), chance(ctx, o.Gains), back))
	}
	return t
}

// columns of numbers behind a first one of words.
func columns(ctx context.Context, keys ...string) []ui.Column {
	list := make([]ui.Column, len(keys))
	for k, key := range keys {
		list[k] = ui.Column{Label: i18n.T(ctx, key), Num: k > 0}
	}
	return list
}

func yearTable(ctx context.Context, r *Result) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "businesscase.table.years"), Columns: columns(ctx, "businesscase.col.payer", "businesscase.col.part")}
	for y := range r.Total.Years {
		t.Columns = append(t.Columns, ui.Column{Label: r.year(y), Num: true})
	}
	for _, o := range append(slices.Clone(r.Payers), r.Total) {
		for _, part := range []struct {
			key string
			of  func(Band) int64
		}{
			{"businesscase.col.low", func(b Band) int64 { return b.Low }},
			{"businesscase.col.mid", func(b Band) int64 { return b.Mid }},
			{"businesscase.col.high", func(b Band) int64 { return b.High }},
		} {
			row := ui.Text(payerWord(ctx, o.Payer), i18n.T(ctx, part.key))
			for _, b := range o.Years {
				row = append(row, ui.Cell{Text: euro(ctx, part.of(b))})
			}
			t.Rows = append(t.Rows, row)
		}
	}
	row := ui.Text(i18n.T(ctx, "businesscase.people"), "")
	for _, p := range r.People {
		row = append(row, ui.Cell{Text: i18n.Decimal(ctx, p.Active, 0)})
	}
	t.Rows = append(t.Rows, row)
	return t
}

func swingTable(ctx context.Context, m *Model, r *Result) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "businesscase.tornado"), Columns: columns(ctx, "businesscase.col.figure", "businesscase.col.range",
		"businesscase.col.atlow", "businesscase.col.athigh")}
	for _, s := range r.Tornado {
		low, high := m.figure(s.Key).ends()
		t.Rows = append(t.Rows, ui.Text(m.figureName(ctx, s.Key), figureText(ctx, s.Key, low)+" – "+figureText(ctx, s.Key, high), euro(ctx, s.Low), euro(ctx, s.High)))
	}
	return t
}

// turnText says what a figure would have to be.
func turnText(ctx context.Context, m *Model, t Turn) string {
	key := "businesscase.turn.below"
	if t.Above {
		key = "businesscase.turn.above"
	}
	return i18n.T(ctx, key, "figure", m.figureName(ctx, t.Key), "at", figureText(ctx, t.Key, t.At), "now", figureText(ctx, t.Key, t.Now))
}

// turnTabs choose for whom the turning points are told.
func (p caseView) turnTabs(ctx context.Context) []ui.Tab {
	var list []ui.Tab
	for _, payer := range append([]Payer{""}, p.Counted.payers()...) {
		q := url.Values{}
		if p.Chosen != nil {
			q.Set("toekomst", p.Chosen.ID)
		}
		if payer != "" {
			q.Set("voor", string(payer))
		}
		path := Path(p.ID)
		if len(q) > 0 {
			path += "?" + q.Encode()
		}
		list = append(list, ui.Tab{Label: payerWord(ctx, payer), Path: path + "#omslag", Current: payer == p.For})
	}
	return list
}

// turnsMost is how many turning points the page tells.
const turnsMost = 6

// near are the turning points worth telling: those found, the nearest first.
func near(turns []Turn) []Turn {
	var list []Turn
	for _, t := range turns {
		if t.Found && len(list) < turnsMost {
			list = append(list, t)
		}
	}
	return list
}

func missingText(ctx context.Context, m *Model, x Missing) string {
	name := m.figureName(ctx, x.Keys[0])
	if len(x.Keys) > 1 {
		name = i18n.T(ctx, "businesscase.missing.both", "amount", name, "quantity", m.figureName(ctx, x.Keys[1]))
	}
	if !x.Found {
		return i18n.T(ctx, "businesscase.missing.same", "figure", name)
	}
	at := figureText(ctx, x.Key, x.At)
	if x.Above {
		return i18n.T(ctx, "businesscase.missing.above", "figure", name, "at", at)
	}
	return i18n.T(ctx, "businesscase.missing.below", "figure", name, "at", at)
}

// lineTable is the table of all lines with their sources.
func lineTable(ctx context.Context, v View, m *Model, edit bool) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "businesscase.lines"), Quiet: true, Columns: []ui.Column{{Label: i18n.T(ctx, "businesscase.col.line")},
		{Label: i18n.T(ctx, "businesscase.col.payer")}, {Label: i18n.T(ctx, "businesscase.col.kind")}, {Label: i18n.T(ctx, "businesscase.col.amount")},
		{Label: i18n.T(ctx, "businesscase.col.quantity")}, {Label: i18n.T(ctx, "businesscase.col.source")}}}
	for _, l := range m.Lines {
		name := ui.Cell{Text: l.Name}
		if edit {
			name.Path = Path(v.ID) + "/regel?regel=" + l.ID
		}
		kind := word(ctx, "kind", string(l.Kind)) + ", " + word(ctx, "basis", string(l.Basis))
		switch l.City {
		case "":
		case Shared:
			kind += ", " + i18n.T(ctx, "businesscase.shared.line")
		default:
			for _, c := range m.Cities {
				if c.ID == l.City {
					kind += ", " + c.Name
				}
			}
		}
		row := []ui.Cell{name, {Text: payerWord(ctx, l.Payer)}, {Text: kind},
			{Text: i18n.T(ctx, "businesscase.perunit", "amount", rangeText(ctx, ".amount", &l.Amount), "unit", l.Unit)},
			{Text: rangeText(ctx, ".quantity", l.Quantity)}, {Body: sources(l)}}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// rangeText writes low, most likely and high.
func rangeText(ctx context.Context, kind string, f *Figure) string {
	if f == nil {
		return ""
	}
	if f.Missing() {
		return i18n.T(ctx, "businesscase.missing")
	}
	text := figureText(ctx, kind, *f.Likely)
	if low, high := f.ends(); low < high {
		text += " (" + figureText(ctx, kind, low) + " – " + figureText(ctx, kind, high) + ")"
	}
	return text
}

// figuresOf are the figures of a line that have a source to tell.
func figuresOf(l Line) []*Figure {
	list := []*Figure{&l.Amount}
	if l.Quantity != nil {
		list = append(list, l.Quantity)
	}
	return slices.DeleteFunc(list, func(f *Figure) bool { return f.Missing() })
}

func (f *Figure) tone() ui.Tone {
	switch f.Status {
	case Measured:
		return ui.OK
	case Published:
		return ui.Info
	}
	return ui.Warning
}

// sourceLink is where the source of a figure can be read; a pilot is on this site.
func (f *Figure) sourceLink() string {
	if f.Pilot != nil && f.Pilot.Path != "" {
		return f.Pilot.Path
	}
	return f.URL
}

func (f *Figure) sourceName(ctx context.Context) string {
	text := f.Source
	if text == "" {
		text = f.URL
	}
	if f.Year != 0 {
		text += " (" + strconv.Itoa(f.Year) + ")"
	}
	return text
}

func futureTable(ctx context.Context, p caseView) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "businesscase.futures"), Quiet: true, Columns: []ui.Column{{Label: i18n.T(ctx, "businesscase.col.payer")}}}
	for _, f := range p.Futures {
		name := i18n.T(ctx, "businesscase.future.own")
		if f.Scenario != nil {
			name = f.Name
		}
		t.Columns = append(t.Columns, ui.Column{Label: name, Num: true})
	}
	for _, payer := range append(p.View.Model.payers(), "") {
		row := ui.Text(payerWord(ctx, payer))
		for _, f := range p.Futures {
			o := f.Result.Of(payer)
			if payer == "" {
				o = &f.Result.Total
			}
			row = append(row, ui.Cell{Text: i18n.T(ctx, "businesscase.between", "amount", euro(ctx, o.Mean), "low", euro(ctx, o.Value.Low), "high", euro(ctx, o.Value.High))})
		}
		t.Rows = append(t.Rows, row)
	}
	odds := ui.Text(i18n.T(ctx, "businesscase.col.chance"))
	for _, f := range p.Futures {
		odds = append(odds, ui.Cell{Text: chance(ctx, f.Result.Total.Gains)})
	}
	t.Rows = append(t.Rows, odds)
	return t
}

// whatOptions are the figures that can be tried out: those that matter most first.
func (p caseView) whatOptions(ctx context.Context) []ui.Option {
	var keys []string
	for _, s := range p.Result.Tornado {
		keys = append(keys, s.Key)
	}
	for _, key := range p.Counted.keys() {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	list := make([]ui.Option, len(keys))
	for k, key := range keys {
		list[k] = ui.Option{Value: key, Label: p.Counted.figureName(ctx, key) + ": " + rangeText(ctx, key, p.Counted.figure(key))}
	}
	return list
}

func (p caseView) whatForm() *web.Form {
	if p.What == nil {
		return web.NewForm()
	}
	f := web.NewForm("wat", p.What.Key, "als", p.What.Text)
	if p.What.Error != "" {
		f.Fail("als", p.What.Error)
	}
	return f
}

// measuredOptions are the indicators a figure can be linked to; chosen is the link
// it has, which stays even when nobody sees the pilot now.
func (v View) measuredOptions(ctx context.Context, chosen string) []ui.Option {
	list := []ui.Option{{Label: i18n.T(ctx, "businesscase.measured.none")}}
	for _, x := range v.Measurements {
		list = append(list, ui.Option{Value: x.Pilot + "|" + x.Indicator, Label: x.PilotName + ": " + x.Name + " (" + i18n.Decimal(ctx, x.Value, 2) + " " + x.Unit + ")"})
	}
	if chosen != "" && !slices.ContainsFunc(list, func(o ui.Option) bool { return o.Value == chosen }) {
		list = append(list, ui.Option{Value: chosen, Label: i18n.T(ctx, "businesscase.measured.hidden")})
	}
	return list
}

func (v View) cityOptions(ctx context.Context) []ui.Option {
	list := []ui.Option{{Label: i18n.T(ctx, "businesscase.eachcity")}, {Value: Shared, Label: i18n.T(ctx, "businesscase.shared")}}
	for _, c := range v.Model.Cities {
		list = append(list, ui.Option{Value: c.ID, Label: c.Name})
	}
	return list
}

// settingFacts are the settings as people read them.
func settingFacts(ctx context.Context, m *Model) []ui.Pair {
	s := m.Settings
	list := []ui.Pair{ui.Fact(i18n.T(ctx, "businesscase.period"), strconv.Itoa(s.StartYear)+" – "+strconv.Itoa(s.StartYear+s.Horizon-1))}
	for _, key := range settingKeys {
		f := m.figure(key)
		text := rangeText(ctx, key, f)
		if f.Source != "" {
			text += ", " + f.sourceName(ctx)
		}
		list = append(list, ui.Pair{Key: m.figureName(ctx, key), Cell: ui.Cell{Text: text, Path: f.sourceLink()}})
	}
	for _, c := range m.Cities {
		list = append(list, ui.Fact(c.Name, i18n.T(ctx, "businesscase.invited", "people", showPeople(c))))
	}
	return list
}
