package surveys

import (
	"bytes"
	"context"
	"html"
	"math"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/blob"
	"wijkbaak.nl/internal/base/chart"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/protocol/fhir"
	"wijkbaak.nl/internal/trust/themes"
)

// pictures are those of an item: its own, and those of its options.
func pictures(i *fhir.Item) (list []*fhir.Media) {
	if i.Media != nil {
		list = append(list, i.Media)
	}
	for _, o := range i.Options {
		if o.Media != nil {
			list = append(list, o.Media)
		}
	}
	return list
}

const pictureSide = 1200

// picture makes a picture anew, without what else its file holds.
func picture(ctx context.Context, m *fhir.Media) (blob.Picture, error) {
	return blob.Image(ctx, bytes.NewReader(m.Data), pictureSide)
}

// The measures of the spider's web.
const (
	webWide   = 400.0
	webHigh   = 330.0
	webRadius = 96.0
	webText   = 16.5
)

// drawWeb draws the areas around a middle: now with a full line, before with dashes
// that differ. A line is never told from another by colour alone.
func drawWeb(ctx context.Context, now map[string]float64, earlier []Round) string {
	var b strings.Builder
	cx, cy := webWide/2, webHigh/2
	point := func(k int, v float64) (x, y float64) {
		angle := 2*math.Pi*float64(k)/float64(len(themes.Areas)) - math.Pi/2
		return cx + math.Cos(angle)*v*webRadius/10, cy + math.Sin(angle)*v*webRadius/10
	}
	polygon := func(of func(k int) (float64, bool), attributes string) {
		var xy []float64
		for k := range themes.Areas {
			if v, ok := of(k); ok {
				x, y := point(k, v)
				xy = append(xy, x, y)
			}
		}
		b.WriteString(`<polygon points="` + chart.Points(xy...) + `" ` + attributes + `/>`)
	}
	b.WriteString(`<svg viewBox="0 0 ` + chart.Num(webWide) + ` ` + chart.Num(webHigh) + `" role="img" aria-label="` + html.EscapeString(webSentence(ctx, now)) + `">`)
	for _, ring := range []float64{2, 4, 6, 8, 10} {
		polygon(func(int) (float64, bool) { return ring, true }, `fill="none" stroke="currentColor" stroke-opacity=".25"`)
	}
	for k, area := range themes.Areas {
		x, y := point(k, 10)
		b.WriteString(`<line x1="` + chart.Num(cx) + `" y1="` + chart.Num(cy) + `" x2="` + chart.Num(x) + `" y2="` + chart.Num(y) + `" stroke="currentColor" stroke-opacity=".25"/>`)
		x, y = point(k, 11)
		anchor := "middle"
		switch {
		case x > cx+1:
			anchor = "start"
		case x < cx-1:
			anchor = "end"
		}
		lines := wrapWords(themes.AreaName(ctx, area), 11)
		if y < cy-1 {
			y -= webText * 1.15 * float64(len(lines)-1)
		}
		for n, line := range lines {
			b.WriteString(`<text x="` + chart.Num(x) + `" y="` + chart.Num(y+5+webText*1.15*float64(n)) + `" font-size="` + chart.Num(webText) + `" fill="currentColor" text-anchor="` + anchor + `">` + html.EscapeString(line) + `</text>`)
		}
	}
	dashes := []string{"7 5", "2 4", "10 3 2 3"}
	for n := len(earlier) - 1; n >= 0; n-- {
		polygon(func(k int) (float64, bool) { v, ok := earlier[n].Areas[themes.Areas[k]]; return v, ok },
			`fill="none" stroke="currentColor" stroke-width="1.5" stroke-opacity=".7" stroke-dasharray="`+dashes[n%len(dashes)]+`"`)
	}
	own := func(k int) (float64, bool) { v, ok := now[themes.Areas[k]]; return v, ok }
	polygon(own, `fill="currentColor" fill-opacity=".12" stroke="currentColor" stroke-width="3"`)
	for k := range themes.Areas {
		if v, ok := own(k); ok {
			x, y := point(k, v)
			b.WriteString(`<circle cx="` + chart.Num(x) + `" cy="` + chart.Num(y) + `" r="4.5" fill="currentColor"/>`)
		}
	}
	b.WriteString(`</svg>`)
	return b.String()
}

// wrapWords breaks a label into lines of about wide letters.
func wrapWords(text string, wide int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > wide {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(lines, line)
}

// webSentence says what the picture comes to.
func webSentence(ctx context.Context, now map[string]float64) string {
	best, least := "", ""
	for _, area := range themes.Areas {
		v, ok := now[area]
		if !ok {
			continue
		}
		if best == "" || v > now[best] {
			best = area
		}
		if least == "" || v < now[least] {
			least = area
		}
	}
	if best == least || now[best] == now[least] {
		return i18n.T(ctx, "surveys.web.same")
	}
	return i18n.T(ctx, "surveys.web.sentence", "best", themes.AreaName(ctx, best), "least", themes.AreaName(ctx, least))
}

// webTable is the table behind the picture.
func webTable(ctx context.Context, now map[string]float64, earlier []Round) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "surveys.web.title"), Quiet: true, Columns: []ui.Column{{Label: i18n.T(ctx, "surveys.web.area")}, {Label: i18n.T(ctx, "surveys.web.now"), Num: true}}}
	for _, e := range earlier {
		t.Columns = append(t.Columns, ui.Column{Label: i18n.Date(ctx, e.At), Num: true})
	}
	show := func(v float64, ok bool) string {
		if !ok {
			return "–"
		}
		return number(strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64))
	}
	for _, area := range themes.Areas {
		v, ok := now[area]
		row := []string{themes.AreaName(ctx, area), show(v, ok)}
		for _, e := range earlier {
			v, ok := e.Areas[area]
			row = append(row, show(v, ok))
		}
		t.Rows = append(t.Rows, ui.Text(row...))
	}
	return t
}

// webLeast is from how many areas there is a picture to draw.
const webLeast = 3
