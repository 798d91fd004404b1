package scaling

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/a-h/templ"

	"wijkbaak.nl/internal/base/chart"
	"wijkbaak.nl/internal/base/i18n"
)

// ganttForm is how a timeline is laid out, in units of its picture.
type ganttForm struct {
	wide, from, until      float64
	top, laneHigh, rowHigh float64
	bar                    float64
	size                   string // of the letters
	name, tally, x0, title float64
	letters                int // of a title
	monthsMost             float64
	above                  bool // names stand above the bars instead of left of them
}

var (
	wideForm   = ganttForm{wide: 1100, from: 300, until: 1040, top: 34, laneHigh: 32, rowHigh: 26, bar: 14, size: "14", name: 18, tally: 18, x0: 300, title: 16, letters: 38, monthsMost: 11}
	narrowForm = ganttForm{wide: 330, from: 6, until: 245, top: 44, laneHigh: 52, rowHigh: 46, bar: 14, size: "15", name: 18, tally: 36, x0: 8, title: 8, letters: 34, monthsMost: 3, above: true}
)

// A step with one day only is drawn as if it took a week.
const shortest = 7

// span gives the days of a step's bar; false if it has none.
func (p Step) span() (from, to Day, ok bool) {
	from, to = p.Start, p.Due
	if p.State == Done && p.Done != "" {
		to = p.Done
	}
	switch {
	case from == "" && to == "":
		return "", "", false
	case from == "":
		from = to.Add(-shortest)
	case to == "":
		to = from.Add(shortest)
	}
	if to < from {
		from = to
	}
	return from, to, true
}

// gantt draws a plan: a lane per track, a row per step.
type gantt struct {
	strings.Builder
	ganttForm
	ctx      context.Context
	v        *View
	first    Day
	days     float64
	height   float64
	place    map[string]bar
	arrowsAt []arrow
}

type bar struct{ from, to, y float64 }

type arrow struct{ step, after string }

// Gantt writes the timeline as SVG. It needs no style sheet: shape and words say
// what colour says too.
func (v *View) Gantt(ctx context.Context) string { return v.gantt(ctx, wideForm) }

func (v *View) gantt(ctx context.Context, form ganttForm) string {
	g := &gantt{ganttForm: form, ctx: ctx, v: v, place: make(map[string]bar, len(v.Steps))}
	g.Grow(700 * (len(v.Steps) + 10))
	first, final := v.Today, v.Today
	lanes := append([]Track{{}}, v.Tracks...)
	byTrack := make(map[string][]Step, len(lanes))
	for _, p := range v.Steps {
		if p.State == Dropped {
			continue
		}
		byTrack[p.Track] = append(byTrack[p.Track], p)
		if from, to, ok := p.span(); ok {
			first, final = min(first, from), max(final, to)
		}
	}
	g.first = first.Add(-3)
	g.days = float64(g.first.until(final) + 10)
	g.height = g.top
	for _, t := range lanes {
		if t.ID != "" || len(byTrack[""]) > 0 {
			g.height += g.laneHigh + g.rowHigh*float64(max(1, len(byTrack[t.ID])))
		}
	}
	g.height += 8
	title := templ.EscapeString(v.sentence(ctx))
	g.raw(`<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 `, chart.Num(g.wide), ` `, chart.Num(g.height), `" font-size="`, g.size, `" fill="currentColor" aria-label="`, title, `"><title>`, title, `</title>`)
	g.months(final)
	y := g.top
	for _, t := range lanes {
		steps := byTrack[t.ID]
		if t.ID == "" && len(steps) == 0 {
			continue
		}
		g.raw(`<rect class="wb-lane" x="0" y="`, chart.Num(y), `" width="`, chart.Num(g.wide), `" height="`, chart.Num(g.laneHigh-6), `" fill-opacity=".08"/>`)
		g.word(8, y+g.name, cut(v.trackName(ctx, t.ID), g.letters), ` font-weight="700"`)
		g.word(g.x0, y+g.tally, Count(steps, v.Today).text(ctx), "")
		y += g.laneHigh
		for _, p := range steps {
			g.row(p, y)
			y += g.rowHigh
		}
		if len(steps) == 0 {
			y += g.rowHigh
		}
	}
	for _, a := range g.arrowsAt {
		g.arrow(a)
	}
	x := g.x(v.Today)
	g.raw(`<line class="wb-today" x1="`, chart.Num(x), `" x2="`, chart.Num(x), `" y1="`, chart.Num(g.top-12), `" y2="`, chart.Num(g.height), `" stroke="currentColor" stroke-width="2" stroke-dasharray="6 4"/>`)
	g.word(x+4, g.top-2, i18n.T(ctx, "scaling.today"), ` font-weight="700"`)
	g.raw(`</svg>`)
	return g.String()
}

func (g *gantt) raw(parts ...string) {
	for _, p := range parts {
		g.WriteString(p)
	}
}

func (g *gantt) text(s string) { g.WriteString(templ.EscapeString(s)) }

func (g *gantt) word(x, y float64, s, more string) {
	g.raw(`<text x="`, chart.Num(x), `" y="`, chart.Num(y), `"`, more, `>`)
	g.text(s)
	g.raw(`</text>`)
}

func (g *gantt) x(d Day) float64 {
	return g.from + (g.until-g.from)*float64(g.first.until(d))/g.days
}

// months draws a line at the first day of months, as many as fit.
func (g *gantt) months(final Day) {
	step := 1
	for _, step = range []int{1, 2, 3, 6, 12, 24, 60} {
		if g.days/30.5/float64(step) <= g.monthsMost {
			break
		}
	}
	at := g.first.Time()
	for t := time.Date(at.Year(), at.Month()+1, 1, 0, 0, 0, 0, time.UTC); ; t = t.AddDate(0, step, 0) {
		d := Day(t.Format(time.DateOnly))
		if d > final.Add(7) {
			return
		}
		x := chart.Num(g.x(d))
		g.raw(`<line x1="`, x, `" x2="`, x, `" y1="20" y2="`, chart.Num(g.height), `" stroke="currentColor" stroke-opacity=".2"/>`)
		g.word(max(g.x(d), 32), 14, t.Format("01-2006"), ` text-anchor="middle" fill-opacity=".8"`)
	}
}

// row draws the name and the bar of a step.
func (g *gantt) row(p Step, y float64) {
	g.word(g.title, y+16, cut(p.Title, g.letters), "")
	middle := y + g.rowHigh/2
	if g.above {
		middle = y + 18 + g.bar/2 + 4
	}
	from, to, ok := p.span()
	if !ok {
		g.word(g.x0, middle+5, i18n.T(g.ctx, "scaling.nodate"), ` font-style="italic"`)
		return
	}
	b := bar{g.x(from), max(g.x(to), g.x(from)+3), middle}
	g.place[p.ID] = b
	for _, after := range p.Waits {
		if g.above { // arrows would run through the names
			break
		}
		g.arrowsAt = append(g.arrowsAt, arrow{p.ID, after})
	}
	class, opacity := "wb-todo", ".25"
	switch p.State {
	case Doing:
		class, opacity = "wb-doing", ".55"
	case Done:
		class, opacity = "wb-finished", ".85"
	}
	late := p.Late(g.v.Today)
	if late {
		class += " wb-late"
	}
	top := chart.Num(b.y - g.bar/2)
	g.raw(`<rect class="`, class, `" x="`, chart.Num(b.from), `" y="`, top, `" width="`, chart.Num(b.to-b.from), `" height="`, chart.Num(g.bar),
		`" rx="2" fill-opacity="`, opacity, `" stroke="currentColor"><title>`)
	g.text(g.v.told(g.ctx, p))
	g.raw(`</title></rect>`)
	end := b.to
	if late {
		now := g.x(g.v.Today)
		g.raw(`<rect class="wb-late" x="`, chart.Num(b.to), `" y="`, top, `" width="`, chart.Num(max(now-b.to, 1)), `" height="`, chart.Num(g.bar),
			`" fill="none" stroke="currentColor" stroke-dasharray="3 3"/>`)
		end = max(now, b.to)
	}
	switch {
	case late:
		g.raw(`<path class="wb-late" d="M`, chart.Num(end+5), ` `, chart.Num(b.y+7), `h14l-7 -13z"/>`)
		g.word(end+23, b.y+5, i18n.T(g.ctx, "scaling.late"), ` font-weight="700"`)
	case p.State == Done:
		g.word(end+4, b.y+5, "✓", ` font-weight="700"`)
	}
}

// arrow goes from the end of what comes first to the beginning of what waits.
func (g *gantt) arrow(a arrow) {
	first, there := g.place[a.after]
	next, too := g.place[a.step]
	if !there || !too {
		return
	}
	turn := min(first.to+5, next.from-5)
	if turn < first.to { // it begins before the other is ready: go around below
		turn = first.to + 5
	}
	g.raw(`<path class="wb-arrow" d="M`, chart.Num(first.to), ` `, chart.Num(first.y), `H`, chart.Num(turn), `V`)
	if next.from-5 >= turn {
		g.raw(chart.Num(next.y), `H`, chart.Num(next.from-5), lineEnd, chart.Num(next.from), ` `, chart.Num(next.y), `l-6 -3.5v7z"/>`)
		return
	}
	// The arrow comes down on the top of the bar, or up to its foot.
	side, point := next.y-g.bar/2, `l-3.5 -6h7z`
	if first.y > next.y {
		side, point = next.y+g.bar/2, `l-3.5 6h7z`
	}
	g.raw(chart.Num(side), lineEnd, chart.Num(turn), ` `, chart.Num(side), point, `"/>`)
}

// lineEnd ends the line of an arrow and begins its head.
const lineEnd = `" fill="none" stroke="currentColor" stroke-opacity=".7"/><path d="M`

// timeline is the picture as a component, drawn for a wide and for a narrow screen;
// one of the two shows.
func (v *View) timeline() templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for _, part := range []string{`<div class="wb-gantt wb-wide" tabindex="0" role="region" aria-label="`, templ.EscapeString(i18n.T(ctx, "scaling.tab.tijdlijn")), `">`, v.gantt(ctx, wideForm),
			`</div><div class="wb-gantt wb-narrow">`, v.gantt(ctx, narrowForm), `</div>`} {
			if _, err := io.WriteString(w, part); err != nil {
				return err
			}
		}
		return nil
	})
}
