package impact

import (
	"cmp"
	"context"
	"html"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"wijkbaak.nl/internal/base/chart"
	"wijkbaak.nl/internal/base/i18n"
)

// The measures of the drawing.
const (
	boxWide  = 176.0
	gapWide  = 76.0
	gapHigh  = 18.0
	pad      = 9.0
	textSize = 15.0
	textLine = 18.0
	noteSize = 14.0
	noteLine = 17.0
	boldWide = 1.1 // bold letters are wider
	headHigh = 34.0
	footHigh = 34.0
	bendHigh = 8.0
	edge     = 10.0 // around the drawing
	markSize = 12.0 // of the round with the number of an assumption
	portStep = 12.0
	// sheetForm is the width of what fits below the title on A4 on its side, in
	// parts of its height.
	sheetForm = 270.0 / 150
	layersFew = 6 // more do not fit the width of a page
)

// width guesses how wide a text is in any plain letter type, rather too wide.
func width(text string, size float64) float64 {
	sum := 0.0
	for _, r := range text {
		switch {
		case strings.ContainsRune("ijl.,:;'|!ItfIr()[]-/ ", r):
			sum += 0.36
		case strings.ContainsRune("mwMW%@—€", r):
			sum += 0.92
		case r >= 'A' && r <= 'Z':
			sum += 0.72
		case r < 0x250:
			sum += 0.62
		default:
			sum += 1
		}
	}
	return sum * size
}

// wrap breaks text into lines that fit; a word that is too long is cut.
func wrap(text string, size, wide float64) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		for width(word, size) > wide {
			runes := []rune(word)
			k := len(runes) - 1
			for k > 1 && width(string(runes[:k])+"-", size) > wide {
				k--
			}
			if line != "" {
				lines, line = append(lines, line), ""
			}
			lines = append(lines, string(runes[:k])+"-")
			word = string(runes[k:])
		}
		switch joined := line + " " + word; {
		case line == "":
			line = word
		case width(joined, size) <= wide:
			line = joined
		default:
			lines, line = append(lines, line), word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// pen writes SVG.
type pen struct{ strings.Builder }

// tag writes an element without content; what has a name and a value in turn
// becomes attributes.
func (p *pen) tag(name string, pairs ...any) {
	p.open(name, pairs...)
	p.WriteString("</" + name + ">")
}

func (p *pen) open(name string, pairs ...any) {
	p.WriteString("<" + name)
	for k := 0; k+1 < len(pairs); k += 2 {
		key, _ := pairs[k].(string)
		p.WriteString(" " + key + `="`)
		switch v := pairs[k+1].(type) {
		case float64:
			p.WriteString(chart.Num(v))
		case string:
			p.WriteString(html.EscapeString(v))
		}
		p.WriteByte('"')
	}
	p.WriteByte('>')
}

func (p *pen) text(x, y, size float64, weight, anchor, words string) {
	p.open("text", "x", x, "y", y, "font-size", size, "font-weight", weight, "text-anchor", anchor, "fill", "currentColor")
	p.WriteString(html.EscapeString(words))
	p.WriteString("</text>")
}

// box is a node on its place.
type box struct {
	x, y, high   float64 // left, middle, height
	lines, notes []string
}

type point struct{ x, y float64 }

// picture is a pathway ready to be drawn.
type picture struct {
	v       View
	g       *layered
	kinds   []Kind
	boxes   []box
	y       []float64
	wide    float64
	high    float64
	numbers []int // of the assumption of each arrow; 0 has none
}

// lay puts all of a pathway on its place.
func lay(ctx context.Context, v View) picture {
	m := &v.Model
	p := picture{v: v, boxes: make([]box, len(m.Nodes)), numbers: make([]int, len(m.Arrows))}
	p.g, p.kinds = m.arrange()
	high := make([]float64, len(p.g.layer))
	for k := range high {
		high[k] = bendHigh
	}
	for k, n := range m.Nodes {
		b := &p.boxes[k]
		b.lines = wrap(n.Text, textSize, boxWide-2*pad)
		if n.Indicator != nil {
			for _, words := range v.indicatorWords(ctx, n.Indicator) {
				b.notes = append(b.notes, wrap(words, noteSize*boldWide, boxWide-2*pad)...)
			}
		}
		b.high = 2*pad + textLine*float64(len(b.lines))
		if len(b.notes) > 0 {
			b.high += 6 + noteLine*float64(len(b.notes))
		}
		ports := max(len(p.g.up[k]), len(p.g.down[k]))
		b.high = max(b.high, portStep/2*float64(ports+1))
		high[k] = b.high
	}
	p.y = p.g.Settle(high, gapHigh)
	for k := range p.boxes {
		p.boxes[k].x = p.x(p.g.layer[k])
		p.y[k] += edge + headHigh
		p.boxes[k].y = p.y[k]
	}
	for k := range p.g.layer {
		if k >= len(m.Nodes) {
			p.y[k] += edge + headHigh
		}
		p.high = max(p.high, p.y[k]+high[k]/2)
	}
	p.wide = max(p.x(len(p.kinds)-1)+boxWide+edge, 640)
	p.high += edge + footHigh
	n := 0
	for _, k := range p.g.inOrder() {
		if m.Arrows[k].Assumption != "" {
			n++
			p.numbers[k] = n
		}
	}
	return p
}

func (p *picture) x(layer int) float64 { return edge + float64(layer)*(boxWide+gapWide) }

// ports spreads the ends of the edges of a node over its side, in the order of
// where they lead, so that edges do not cross before they have left.
func (p *picture) ports(v, w int, near []int) float64 {
	if v >= len(p.boxes) {
		return p.y[v]
	}
	sorted := slices.Clone(near)
	slices.SortFunc(sorted, func(a, b int) int { return cmp.Compare(p.g.at[a], p.g.at[b]) })
	step := math.Min(portStep, (p.boxes[v].high-8)/float64(len(near)))
	return p.y[v] + (float64(slices.Index(sorted, w))-float64(len(near)-1)/2)*step
}

// curves gives the pieces of an arrow: where it leaves and reaches each gap.
func (p *picture) curves(chain []int) (list [][2]point) {
	for k := 1; k < len(chain); k++ {
		a, b := chain[k-1], chain[k]
		list = append(list, [2]point{{p.x(p.g.layer[a]) + boxWide, p.ports(a, b, p.g.down[a])}, {p.x(p.g.layer[b]), p.ports(b, a, p.g.up[b])}})
	}
	return list
}

// on is the point of a curve at a part of its way across the gap.
func on(c [2]point, t float64) point {
	s := 3*t*t - 2*t*t*t
	// the handles of the curve stand in the middle of the gap
	x := c[0].x + (c[1].x-c[0].x)*(1.5*t-1.5*t*t+t*t*t)
	return point{x, c[0].y + s*(c[1].y-c[0].y)}
}

// svg draws the pathway. Alone, it is a file of its own: black on white. As a sheet
// it takes the form of a page on its side, so that it never needs a second one.
func (p *picture) svg(ctx context.Context, alone, sheet bool) string {
	var w pen
	paper := "var(--wb-bg, #fff)"
	left, wide := 0.0, p.wide
	if least := p.high * sheetForm; sheet && wide < least {
		left, wide = (wide-least)/2, least
	}
	pairs := []any{"viewBox", chart.Num(left) + " 0 " + chart.Num(wide) + " " + chart.Num(p.high), "width", wide, "height", p.high, "role", "img",
		"aria-label", p.v.Title + ". " + p.v.sentence(ctx), "font-family", "system-ui, 'Segoe UI', Roboto, 'Noto Sans', Arial, sans-serif"}
	if alone {
		paper = "#fff"
		pairs = append(pairs, "xmlns", "http://www.w3.org/2000/svg", "color", "#1a1a1a", "lang", i18n.Lang(ctx))
	}
	w.open("svg", pairs...)
	w.open("title")
	w.WriteString(html.EscapeString(p.v.Title) + "</title>")
	if alone {
		w.tag("rect", "width", p.wide, "height", p.high, "fill", paper)
	}
	for l, kind := range p.kinds {
		if l == 0 || p.kinds[l-1] != kind {
			w.text(p.x(l), edge+15, noteSize, "700", "start", i18n.T(ctx, "impact.kinds."+string(kind)))
		}
		end := p.x(l) + boxWide
		if l+1 < len(p.kinds) && p.kinds[l+1] == kind {
			end += gapWide // one line over all layers of a kind
		}
		w.tag("line", "x1", p.x(l), "x2", end, "y1", edge+22, "y2", edge+22, "stroke", "currentColor", "stroke-width", 2.0)
	}
	for k := range p.g.chains {
		p.drawArrow(&w, k)
	}
	p.drawMarks(&w, paper)
	for k, n := range p.v.Model.Nodes {
		p.drawBox(&w, p.boxes[k], n.Kind, paper)
	}
	p.drawLegend(ctx, &w, paper)
	w.WriteString("</svg>")
	return w.String()
}

// dash is the line of an arrow: the state of its assumption shows without colour.
func dash(s State) (dashes string, thick float64) {
	switch s {
	case Believed:
		return "7 4", 1.5
	case Tested:
		return "", 2.6
	case Refuted:
		return "1.5 4", 2
	}
	return "", 1.2
}

func (p *picture) drawArrow(w *pen, k int) {
	a := p.v.Model.Arrows[k]
	var d strings.Builder
	list := p.curves(p.g.chains[k])
	for i, c := range list {
		from, to := c[0], c[1]
		if i == len(list)-1 {
			to.x -= 7 // the point of the arrow
		}
		if i == 0 {
			d.WriteString("M" + chart.Num(from.x) + " " + chart.Num(from.y))
		} else {
			d.WriteString("L" + chart.Num(from.x) + " " + chart.Num(from.y))
		}
		mid := (from.x + to.x) / 2
		d.WriteString("C" + chart.Num(mid) + " " + chart.Num(from.y) + " " + chart.Num(mid) + " " + chart.Num(to.y) + " " + chart.Num(to.x) + " " + chart.Num(to.y))
	}
	dashes, thick := dash(a.State)
	pairs := []any{"d", d.String(), "fill", "none", "stroke", "currentColor", "stroke-width", thick}
	if dashes != "" {
		pairs = append(pairs, "stroke-dasharray", dashes)
	}
	w.tag("path", pairs...)
	end := list[len(list)-1][1]
	w.tag("path", "d", "M"+chart.Num(end.x)+" "+chart.Num(end.y)+"l-9 -4.5v9z", "fill", "currentColor")
}

// drawMarks puts the number of each assumption on its arrow, where no other stands.
func (p *picture) drawMarks(w *pen, paper string) {
	var taken []point
	for _, k := range p.g.inOrder() {
		if p.numbers[k] == 0 {
			continue
		}
		curves := p.curves(p.g.chains[k])
		best, room := point{}, -1.0
		for _, c := range curves {
			for _, t := range [...]float64{0.5, 0.35, 0.65, 0.2, 0.8} {
				at := on(c, t)
				near := math.Inf(1)
				for _, o := range taken {
					near = math.Min(near, math.Hypot(at.x-o.x, at.y-o.y))
				}
				if near = math.Min(near, 2.2*markSize); near > room {
					best, room = at, near
				}
			}
		}
		taken = append(taken, best)
		p.mark(w, best, p.v.Model.Arrows[k].State, strconv.Itoa(p.numbers[k]), paper)
	}
}

// mark is a round (believed), a square (tested) or a diamond (refuted).
func (p *picture) mark(w *pen, at point, s State, number, paper string) {
	r := markSize
	switch s {
	case Tested:
		w.tag("rect", "x", at.x-r+1, "y", at.y-r+1, "width", 2*r-2, "height", 2*r-2, "fill", paper, "stroke", "currentColor", "stroke-width", 2.0)
	case Refuted:
		r += 3
		w.tag("path", "d", "M"+chart.Num(at.x)+" "+chart.Num(at.y-r)+"l"+chart.Num(r)+" "+chart.Num(r)+"l"+chart.Num(-r)+" "+chart.Num(r)+"l"+chart.Num(-r)+" "+chart.Num(-r)+"z",
			"fill", paper, "stroke", "currentColor", "stroke-width", 2.0)
	default:
		w.tag("circle", "cx", at.x, "cy", at.y, "r", r, "fill", paper, "stroke", "currentColor", "stroke-width", 1.5)
	}
	if number != "" {
		w.text(at.x, at.y+5, noteSize, "700", "middle", number)
	}
}

// drawBox draws a node; what is done has round ends, what it is for a double line.
func (p *picture) drawBox(w *pen, b box, kind Kind, paper string) {
	top := b.y - b.high/2
	round := 3.0
	if kind == Activity {
		round = 14
	}
	thick := 1.5
	if kind == Outcome || kind == Impact {
		thick = 2.5
	}
	w.tag("rect", "x", b.x, "y", top, "width", boxWide, "height", b.high, "rx", round, "fill", paper, "stroke", "currentColor", "stroke-width", thick)
	if kind == Impact {
		w.tag("rect", "x", b.x+4, "y", top+4, "width", boxWide-8, "height", b.high-8, "rx", 1.0, "fill", "none", "stroke", "currentColor", "stroke-width", 1.0)
	}
	full := textLine * float64(len(b.lines))
	if len(b.notes) > 0 {
		full += 6 + noteLine*float64(len(b.notes))
	}
	y := b.y - full/2
	for _, line := range b.lines {
		y += textLine
		w.text(b.x+pad, y-4, textSize, "400", "start", line)
	}
	if len(b.notes) > 0 {
		w.tag("line", "x1", b.x+pad, "x2", b.x+boxWide-pad, "y1", y+3, "y2", y+3, "stroke", "currentColor", "stroke-width", 0.7)
		y += 6
	}
	for _, line := range b.notes {
		y += noteLine
		w.text(b.x+pad, y-4, noteSize, "700", "start", line)
	}
}

func (p *picture) drawLegend(ctx context.Context, w *pen, paper string) {
	if p.v.Model.Count().All == 0 {
		return
	}
	x, y := edge+markSize, p.high-edge-markSize
	for _, s := range States {
		p.mark(w, point{x, y}, s, "", paper)
		dashes, thick := dash(s)
		pairs := []any{"x1", x + 18, "x2", x + 52, "y1", y, "y2", y, "stroke", "currentColor", "stroke-width", thick}
		if dashes != "" {
			pairs = append(pairs, "stroke-dasharray", dashes)
		}
		w.tag("line", pairs...)
		label := i18n.T(ctx, "impact.state."+string(s))
		w.text(x+60, y+5, noteSize, "400", "start", label)
		x += 60 + width(label, noteSize) + 40
	}
}

// drawing shows the picture in a page. Its letters keep their size on a narrow
// screen, so there it is scrolled, also by the keyboard.
func (p *picture) drawing(sheet bool) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		class := "wb-pathway"
		if len(p.kinds) > layersFew && !sheet {
			class += " wb-pathway-wide"
		}
		_, err := io.WriteString(w, `<div class="`+class+`" tabindex="0" role="group" aria-label="`+html.EscapeString(p.v.Title)+`">`+p.svg(ctx, false, sheet)+`</div>`)
		return err
	})
}
