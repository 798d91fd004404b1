package region

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
)

// sideMost is how many initiatives stand side by side in the table of
// municipalities; with more, it names the first of them.
const sideMost = 6

// namedMost is how many initiatives are named for a municipality.
const namedMost = 3

// columns are headed by words of the room; those ending in # hold numbers.
func columns(ctx context.Context, keys ...string) []ui.Column {
	list := make([]ui.Column, len(keys))
	for k, key := range keys {
		name, num := strings.CutSuffix(key, "#")
		// keys: region.col.*
		list[k] = ui.Column{Label: i18n.T(ctx, "region.col."+name), Num: num}
	}
	return list
}

// townTable is a page of municipalities with what each has.
func (v view) townTable(ctx context.Context) (ui.TableProps, ui.PageLinks) {
	towns := v.inArea()
	page, previous, back, next := part(towns, func(i int) string { return v.towns[i].key }, v.After, pageMost)
	t := ui.TableProps{Caption: i18n.T(ctx, "region.towns.caption"), Quiet: true}
	side := len(v.list) > 0 && len(v.list) <= sideMost
	if side {
		t.Columns = columns(ctx, "town", "province")
		for _, e := range v.list {
			t.Columns = append(t.Columns, ui.Column{Label: e.Name, Path: e.Path})
		}
	} else {
		t.Columns = columns(ctx, "town", "province", "n#", "runs#", "furthest", "what")
	}
	for _, i := range page {
		m, n := v.towns[i], v.has[i]
		row := []ui.Cell{{Text: m.Name, Path: v.townPath(i)}, {Text: m.Province}}
		if side {
			for _, e := range v.list {
				row = append(row, ui.Cell{Text: v.stand(ctx, e, i)})
			}
		} else {
			text := i18n.T(ctx, "region.nothing")
			if n.N > 0 {
				list := v.in(i, namedMost)
				text = v.names(ctx, list, n.N-len(list))
			}
			row = append(row, ui.Text(i18n.Number(ctx, n.N), i18n.Number(ctx, n.Runs), v.phaseWord(ctx, n.Phase), text)...)
		}
		t.Rows = append(t.Rows, row)
	}
	return t, v.pages(ctx, "towns", len(page), len(towns), previous, back, next)
}

// stand is how far an initiative is in a municipality: a pilot there is told of
// itself.
func (v view) stand(ctx context.Context, e *entry, i int) string {
	if slices.ContainsFunc(v.pilot, func(p Pilot) bool { return p.Initiative == e.Initiative && townKey(p.Municipality) == v.towns[i].id }) {
		return i18n.T(ctx, "region.pilothere")
	}
	if e.towns.has(i) {
		return v.phaseWord(ctx, e.Phase)
	}
	return "–"
}

// townPath leads to what a municipality has.
func (v view) townPath(i int) string {
	f := v.Filter
	f.Town = v.towns[i].id
	return f.at(path, askView, viewInitiatives)
}

// initiativeTable is a page of initiatives with how far and how wide they are.
func (v view) initiativeTable(ctx context.Context) (ui.TableProps, ui.PageLinks) {
	page, previous, back, next := part(v.list, func(e *entry) string { return e.key }, v.After, pageMost)
	t := ui.TableProps{Caption: i18n.T(ctx, "region.initiatives.caption"), Quiet: true,
		Columns: columns(ctx, "initiative", "kind", "phase", "year#", "towns#", "growth", "together")}
	for _, e := range page {
		year, grown, group := "", "", ""
		if e.PhaseYear > 0 {
			year = strconv.Itoa(e.PhaseYear)
		}
		if len(e.curves) > 0 {
			grown = e.curves[0].sentence(ctx)
		}
		for _, c := range v.coalitions {
			if c.Initiative == e.Initiative {
				group = c.Name
				break
			}
		}
		phase := v.phaseWord(ctx, e.Phase)
		if n := v.pilotsOf(e); n > 0 {
			phase += " · " + i18n.T(ctx, "region.pilots.n", "n", n)
		}
		t.Rows = append(t.Rows, append([]ui.Cell{{Text: e.Name, Path: e.Path}},
			ui.Text(say(ctx, v.Words.Kind, e.Kind), phase, year, i18n.Number(ctx, v.reach(e)), grown, group)...))
	}
	return t, v.pages(ctx, "initiatives", len(page), len(v.list), previous, back, next)
}

func (v view) pilotsOf(e *entry) (n int) {
	for _, p := range v.pilot {
		if p.Initiative == e.Initiative {
			n++
		}
	}
	return n
}

// spotTable tells of each theme where nothing of it runs.
func (v view) spotTable(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "region.white.themes"), Quiet: true, Columns: columns(ctx, "theme", "white#", "covered#")}
	for _, s := range v.spots(v.Themes) {
		f := v.Filter
		f.Theme = s.Theme
		t.Rows = append(t.Rows, append([]ui.Cell{{Text: say(ctx, v.Words.Theme, s.Theme), Path: f.at(path, askView, viewWhite)}},
			ui.Text(i18n.Number(ctx, s.White), i18n.Number(ctx, s.Runs))...))
	}
	return t
}

// spotBars are the themes that are missed in most municipalities.
func (v view) spotBars(ctx context.Context, most int) []ui.Bar {
	var list []ui.Bar
	for _, s := range v.spots(v.Themes) {
		if len(list) < most && s.White > 0 {
			list = append(list, ui.Bar{Label: say(ctx, v.Words.Theme, s.Theme), Value: float64(s.White),
				Shown: i18n.T(ctx, "region.of", "a", i18n.Number(ctx, s.White), "b", i18n.Number(ctx, v.n))})
		}
	}
	return list
}

// narrowed tells whether the page is about one theme or some initiatives, so that
// "nothing runs here" says something.
func (v view) narrowed() bool { return v.Theme != "" || v.Initiative != "" }

// what names what does not run, for the middle of a sentence.
func (v view) what(ctx context.Context) string {
	switch {
	case v.Initiative != "":
		return v.initiativeName()
	case v.Theme != "":
		return i18n.T(ctx, "region.what.theme", "theme", say(ctx, v.Words.Theme, v.Theme))
	}
	return ""
}

// whiteSentence says in how many municipalities nothing runs, and for how many
// people that is.
func (v view) whiteSentence(ctx context.Context) string {
	white := v.white()
	if len(white) == 0 {
		return i18n.T(ctx, "region.white.none", "what", v.what(ctx))
	}
	text := i18n.T(ctx, "region.white.sentence", "white", i18n.Number(ctx, len(white)), "all", i18n.Number(ctx, v.n), "what", v.what(ctx))
	if v.n == 1 {
		text = i18n.T(ctx, "region.white.here", "what", v.what(ctx))
	}
	if n, ok := v.people(white); ok {
		text += " " + i18n.T(ctx, "region.white.people", "n", n)
	}
	return text
}

// whiteTable is a page of municipalities where nothing runs, with the nearest where
// it does.
func (v view) whiteTable(ctx context.Context) (ui.TableProps, ui.PageLinks) {
	white := v.white()
	page, previous, back, next := part(white, func(i int) string { return v.towns[i].key }, v.After, pageMost)
	t := ui.TableProps{Caption: i18n.T(ctx, "region.white.caption", "what", v.what(ctx)), Columns: columns(ctx, "town", "province", "nearest", "example")}
	runs := v.runsAnywhere()
	for _, i := range page {
		row := ui.Text(v.towns[i].Name, v.towns[i].Province, "–", "–")
		if n, ok := v.nearest(i, runs); ok {
			row[2].Text = i18n.T(ctx, "region.nearest", "name", v.towns[n.town].Name, "km", i18n.Number(ctx, max(1, int(math.Round(n.km)))))
			row[3] = ui.Cell{Text: n.entry.Name, Path: n.entry.Path}
		}
		t.Rows = append(t.Rows, row)
	}
	return t, v.pages(ctx, "white", len(page), len(white), previous, back, next)
}

// growthTable is a page of initiatives of which growth can be told.
func (v view) growthTable(ctx context.Context) (ui.TableProps, ui.PageLinks) {
	grown := v.grown()
	page, previous, back, next := part(grown, func(e *entry) string { return e.key }, v.After, pageMost)
	t := ui.TableProps{Caption: i18n.T(ctx, "region.growth.caption"), Quiet: true, Columns: columns(ctx, "initiative", "picture", "growth")}
	for _, e := range page {
		for _, c := range e.curves {
			t.Rows = append(t.Rows, []ui.Cell{{Text: e.Name, Path: e.Path}, {Body: spark(e.Name, c)}, {Text: c.sentence(ctx)}})
		}
	}
	return t, v.pages(ctx, "growth", len(page), len(grown), previous, back, next)
}

// wider are the initiatives that grew by most municipalities.
func (v view) wider(most int) []*entry {
	list := v.widest()
	return list[:min(most, len(list))]
}

// growthBars show how many municipalities the widest initiatives have now.
func (v view) growthBars(ctx context.Context) []ui.Bar {
	var list []ui.Bar
	for _, e := range v.wider(8) {
		a, b := e.curves[0].First(), e.curves[0].Last()
		list = append(list, ui.Bar{Label: e.Name, Value: b.Value,
			Shown: i18n.T(ctx, "region.fromto", "from", i18n.Decimal(ctx, a.Value, 0), "to", i18n.Decimal(ctx, b.Value, 0))})
	}
	return list
}

// barrierTable are the obstacles that most are still stuck on.
func (v view) barrierTable(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "region.barriers.caption"), Quiet: true, Columns: columns(ctx, "barrier", "category", "open#", "since")}
	for _, b := range v.barriers {
		t.Rows = append(t.Rows, append([]ui.Cell{{Text: v.barrierName(ctx, b), Path: b.Path}},
			ui.Text(say(ctx, v.Words.Category, b.Category), i18n.Number(ctx, b.Open), since(ctx, b))...))
	}
	return t
}

func since(ctx context.Context, b Stubborn) string {
	if b.Oldest.IsZero() {
		return ""
	}
	return i18n.Date(ctx, b.Oldest)
}

func (v view) barrierBars(ctx context.Context, most int) []ui.Bar {
	var list []ui.Bar
	for _, b := range v.barriers[:min(most, len(v.barriers))] {
		list = append(list, ui.Bar{Label: v.barrierName(ctx, b), Value: float64(b.Open), Shown: i18n.T(ctx, "region.barriers.open", "n", b.Open)})
	}
	return list
}

// dueTable is a page of what has to be done this month. What is past its day says
// so in words.
func (v view) dueTable(ctx context.Context) (ui.TableProps, ui.PageLinks) {
	page, previous, back, next := part(v.Due, dueKey, v.After, pageMost)
	t := ui.TableProps{Caption: i18n.T(ctx, "region.due.caption"), Quiet: true, Columns: columns(ctx, "duewhat", "day", "state")}
	for _, d := range page {
		t.Rows = append(t.Rows, []ui.Cell{{Text: d.Title, Path: d.Path}, {Text: i18n.Date(ctx, d.At)}, {Text: v.when(ctx, d)}})
	}
	return t, v.pages(ctx, "due", len(page), len(v.Due), previous, back, next)
}

// when says whether something is still to come.
func (v view) when(ctx context.Context, d Due) string {
	day := func(y, m, d int) int { return y*10_000 + m*100 + d }
	at, now := d.At.In(clock.Amsterdam), v.Now.In(clock.Amsterdam)
	switch a, b := day(at.Year(), int(at.Month()), at.Day()), day(now.Year(), int(now.Month()), now.Day()); {
	case a < b:
		return i18n.T(ctx, "region.due.past")
	case a == b:
		return i18n.T(ctx, "region.due.today")
	}
	return i18n.T(ctx, "region.due.tocome")
}

// phaseBars are how many initiatives are in each phase.
func (v view) phaseBars(ctx context.Context) []ui.Bar {
	var list []ui.Bar
	for _, c := range v.phases() {
		if c.Initiatives > 0 {
			list = append(list, ui.Bar{Label: v.phaseWord(ctx, c.Phase), Value: float64(c.Initiatives), Shown: i18n.Number(ctx, c.Initiatives)})
		}
	}
	return list
}

// mapTable are the municipalities behind the map: those with most.
func (v view) mapTable(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "region.map.table"), Columns: columns(ctx, "town", "n#", "furthest")}
	towns := slices.DeleteFunc(v.inArea(), func(i int) bool { return v.has[i].N == 0 })
	slices.SortStableFunc(towns, func(a, b int) int { return v.has[b].N - v.has[a].N })
	for _, i := range towns[:min(pageMost, len(towns))] {
		t.Rows = append(t.Rows, append([]ui.Cell{{Text: v.towns[i].Name, Path: v.townPath(i)}},
			ui.Text(i18n.Number(ctx, v.has[i].N), v.phaseWord(ctx, v.has[i].Phase))...))
	}
	return t
}

// figures are the numbers of the page, as facts.
func (v view) figures(ctx context.Context) []ui.Pair {
	list := []ui.Pair{
		ui.Fact(i18n.T(ctx, "region.fact.initiatives"), i18n.Number(ctx, len(v.list))),
		ui.Fact(i18n.T(ctx, "region.fact.runs"), i18n.Number(ctx, v.running())),
	}
	if v.n > 1 {
		list = append(list, ui.Fact(i18n.T(ctx, "region.fact.towns"), i18n.T(ctx, "region.of", "a", i18n.Number(ctx, v.runs.count()), "b", i18n.Number(ctx, v.n))))
	}
	if v.pilots != nil {
		list = append(list, ui.Fact(i18n.T(ctx, "region.fact.pilots"), i18n.Number(ctx, len(v.pilot))))
	}
	if v.wide > 0 && !v.Area() {
		list = append(list, ui.Fact(i18n.T(ctx, "region.fact.wide"), i18n.Number(ctx, v.withoutTown())))
	}
	return list
}

func (v view) withoutTown() (n int) {
	for _, e := range v.list {
		if e.n == 0 {
			n++
		}
	}
	return n
}

// options are the choices of a filter, the first for no choice.
func options(ctx context.Context, values []string, label func(string) string, value func(string) string) []ui.Option {
	list := []ui.Option{{Label: i18n.T(ctx, "region.filter.any")}}
	for _, v := range values {
		list = append(list, ui.Option{Value: value(v), Label: label(v)})
	}
	return list
}

func same(s string) string { return s }

// inPlain is the value of an address for a value of the code.
func inPlain(ask string) func(string) string {
	return func(code string) string { return translate(ask, code, 0, 1) }
}

func worded(ctx context.Context, word func(context.Context, string) string) func(string) string {
	return func(code string) string { return say(ctx, word, code) }
}

func (v view) coalitionOptions(ctx context.Context) []ui.Option {
	list := []ui.Option{{Label: i18n.T(ctx, "region.filter.any")}}
	for _, c := range v.coalitions {
		list = append(list, ui.Option{Value: c.ID, Label: c.Name})
	}
	return list
}
