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

// The measures of the timeline, in units of its picture.
const (
	ganttWide  = 1100.0
	ganttFrom  = 300.0 // names stand left of it
	ganttUntil = 1040.0
	ganttTop   = 34.0
	ganttLane  = 32.0
	ganttRow   = 26.0
	ganttBar   = 14.0
	// A step with one day only is drawn as if it took a week.
	shortest = 7
)

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
	ctx      context.Context
	v        *View
	from     Day
	days     float64
	height   float64
	place    map[string]bar
	arrowsAt []arrow
}

type bar struct{ from, to, y float64 }

type arrow struct{ step, after string }

// Gantt writes the timeline as SVG. It needs no style sheet: shape and words say
// what colour says too.
func (v *View) Gantt(ctx context.Context) string {
	g := &gantt{ctx: ctx, v: v, place: make(map[string]bar, len(v.Steps))}
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
	g.from = first.Add(-3)
	g.days = float64(g.from.until(final) + 10)
	g.height = ganttTop
	for _, t := range lanes {
		if t.ID != "" || len(byTrack[""]) > 0 {
			g.height += ganttLane + ganttRow*float64(max(1, len(byTrack[t.ID])))
		}
	}
	g.height += 8
	g.raw(`<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 `, chart.Num(ganttWide), ` `, chart.Num(g.height), `" font-size="13" fill="currentColor" aria-label="`)
	g.text(v.sentence(ctx))
	g.raw(`"><title>`)
	g.text(v.sentence(ctx))
	g.raw(`</title>`)
	g.months(final)
	y := ganttTop
	for _, t := range lanes {
		steps := byTrack[t.ID]
		if t.ID == "" && len(steps) == 0 {
			continue
		}
		g.raw(`<rect class="wb-lane" x="0" y="`, chart.Num(y), `" width="`, chart.Num(ganttWide), `" height="`, chart.Num(ganttLane-6), `" fill-opacity=".08"/>`)
		g.word(8, y+18, cut(v.trackName(ctx, t.ID), 60), ` font-weight="700"`)
		g.word(ganttFrom, y+18, Count(steps, v.Today).text(ctx), "")
		y += ganttLane
		for _, p := range steps {
			g.row(p, y)
			y += ganttRow
		}
		if len(steps) == 0 {
			y += ganttRow
		}
	}
	for _, a := range g.arrowsAt {
		g.arrow(a)
	}
	x := g.x(v.Today)
	g.raw(`<line class="wb-today" x1="`, chart.Num(x), `" x2="`, chart.Num(x), `" y1="22" y2="`, chart.Num(g.height), `" stroke="currentColor" stroke-width="2" stroke-dasharray="6 4"/>`)
	g.word(x+4, 32, i18n.T(ctx, "scaling.today"), ` font-weight="700"`)
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
	return ganttFrom + (ganttUntil-ganttFrom)*float64(g.from.until(d))/g.days
}

// months draws a line at the first day of months, as many as fit.
func (g *gantt) months(final Day) {
	step := 1
	for _, step = range []int{1, 2, 3, 6, 12, 24, 60} {
		if g.days/30.5/float64(step) <= 11 {
			break
		}
	}
	at := g.from.Time()
	for t := time.Date(at.Year(), at.Month()+1, 1, 0, 0, 0, 0, time.UTC); ; t = t.AddDate(0, step, 0) {
		d := Day(t.Format(time.DateOnly))
		if d > final.Add(7) {
			return
		}
		x := chart.Num(g.x(d))
		g.raw(`<line x1="`, x, `" x2="`, x, `" y1="20" y2="`, chart.Num(g.height), `" stroke="currentColor" stroke-opacity=".2"/>`)
		g.word(g.x(d), 14, t.Format("01-2006"), ` text-anchor="middle" fill-opacity=".8"`)
	}
}

// row draws the name and the bar of a step.
func (g *gantt) row(p Step, y float64) {
	g.word(16, y+16, cut(p.Title, 40), "")
	from, to, ok := p.span()
	if !ok {
		g.word(ganttFrom, y+16, i18n.T(g.ctx, "scaling.nodate"), ` font-style="italic"`)
		return
	}
	b := bar{g.x(from), max(g.x(to), g.x(from)+3), y + ganttRow/2}
	g.place[p.ID] = b
	for _, after := range p.Waits {
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
	top := chart.Num(b.y - ganttBar/2)
	g.raw(`<rect class="`, class, `" x="`, chart.Num(b.from), `" y="`, top, `" width="`, chart.Num(b.to-b.from), `" height="`, chart.Num(ganttBar),
		`" rx="2" fill-opacity="`, opacity, `" stroke="currentColor"><title>`)
	g.text(g.v.told(g.ctx, p))
	g.raw(`</title></rect>`)
	end := b.to
	if late {
		now := g.x(g.v.Today)
		g.raw(`<rect class="wb-late" x="`, chart.Num(b.to), `" y="`, top, `" width="`, chart.Num(max(now-b.to, 1)), `" height="`, chart.Num(ganttBar),
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
	side, point := next.y-ganttBar/2, `l-3.5 -6h7z`
	if first.y > next.y {
		side, point = next.y+ganttBar/2, `l-3.5 6h7z`
	}
	g.raw(chart.Num(side), lineEnd, chart.Num(turn), ` `, chart.Num(side), point, `"/>`)
}

// lineEnd ends the line of an arrow and begins its head.
const lineEnd = `" fill="none" stroke="currentColor" stroke-opacity=".7"/><path d="M`

// timeline is the picture as a component.
func (v *View) timeline() templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		_, err := io.WriteString(w, `<div class="wb-gantt" tabindex="0" role="region" aria-label="`+templ.EscapeString(i18n.T(ctx, "scaling.tab.tijdlijn"))+`">`+v.Gantt(ctx)+`</div>`)
		return err
	})
}
