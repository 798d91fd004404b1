package pilots

import (
	"context"
	"strconv"
	"time"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/chart"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
)

// The chart is drawn in these measures. They are those of a phone, so that the
// letters can be read on it; a wide screen shows all of it larger.
const (
	chartRight  = 332.0
	chartTop    = 16.0
	chartFoot   = 160.0
	letterWide  = 9.8 // of a figure, at the size of the letters
	chartLeast  = 26.0
	betweenText = 6.0
)

// picture is a run chart ready to draw.
type picture struct {
	Left, LabelX, TextX    string // where the lines begin, and the words beside and in them
	Line                   string // points of the polyline
	Dots                   []dot
	Ticks                  []tick
	Middle, Lower, Upper   string // y; empty where there is none
	Target, Baseline       string
	From, To               string // dates under the axis
	TargetText, MiddleText string
}

type dot struct{ X, Y, Odd, Title string }

type tick struct{ Y, TextY, Label string }

// show writes a value as people read it.
func show(ctx context.Context, k Kind, unit string, v float64) string {
	switch k {
	case Share:
		return i18n.Percent(ctx, v, 1)
	case Euro:
		cents := v * 100
		if cents < 0 {
			return i18n.Euro(ctx, int64(cents-0.5))
		}
		return i18n.Euro(ctx, int64(cents+0.5))
	}
	text := i18n.Decimal(ctx, v, 2)
	if unit != "" {
		text += " " + unit
	}
	return text
}

func (s Series) show(ctx context.Context, v float64) string { return show(ctx, s.Kind, s.Unit, v) }

// draw works the chart out.
func (s Series) draw(ctx context.Context) picture {
	var p picture
	points := s.Run.Points
	if len(points) == 0 {
		return p
	}
	var values []float64
	for _, o := range points {
		values = append(values, o.Value)
	}
	if s.Run.Limits {
		low, high := s.Run.Lower, s.Run.Upper
		if all := s.Kind.all(); low < all.low {
			low = all.low
		}
		if s.Kind == Share {
			high = min(high, 100)
		}
		values = append(values, low, high)
	}
	for _, v := range []*float64{s.Target, s.Baseline} {
		if v != nil {
			values = append(values, *v)
		}
	}
	y := chart.Fit(values, 4, s.Kind == Count, chartFoot, chartTop)
	first, last := points[0].Day, points[len(points)-1].Day
	ticks, left := chart.Ticks(y.Min, y.Max, 4), chartLeast
	for _, v := range ticks {
		label := i18n.Decimal(ctx, v, 2)
		left = max(left, letterWide*float64(utf8.RuneCountInString(label))+betweenText)
		p.Ticks = append(p.Ticks, tick{chart.Num(y.At(v)), chart.Num(y.At(v) + 5), label})
	}
	p.Left, p.LabelX, p.TextX = chart.Num(left), chart.Num(left-betweenText), chart.Num(left+4)
	x := chart.Scale{Min: float64(first.Unix()), Max: float64(last.Unix()), From: left + 8, To: chartRight - 8}
	at := func(v float64) string { return chart.Num(y.At(v)) }
	var xy []float64
	for _, o := range points {
		px, py := x.At(float64(o.Day.Unix())), y.At(o.Value)
		xy = append(xy, px, py)
		title := "" // the table tells of the others
		if o.Rule != "" {
			title = i18n.Date(ctx, o.Day) + ": " + s.show(ctx, o.Value) + " – " + i18n.T(ctx, "pilots.chart."+o.Rule)
		}
		p.Dots = append(p.Dots, dot{chart.Num(px), chart.Num(py), o.Rule, title})
	}
	p.Line = chart.Points(xy...)
	if s.Run.Limits {
		p.Middle, p.MiddleText = at(s.Run.Middle), i18n.T(ctx, "pilots.chart.middle")
		if s.Run.Upper <= y.Max {
			p.Upper = at(s.Run.Upper)
		}
		if s.Run.Lower >= y.Min {
			p.Lower = at(s.Run.Lower)
		}
	}
	if s.Target != nil {
		p.Target, p.TargetText = at(*s.Target), i18n.T(ctx, "pilots.chart.target")
	}
	if s.Baseline != nil {
		p.Baseline = at(*s.Baseline)
	}
	p.From, p.To = i18n.Date(ctx, first), i18n.Date(ctx, last)
	return p
}

// sentence says what the chart means.
func (s Series) sentence(ctx context.Context) string {
	// keys: pilots.signal.few pilots.signal.none pilots.signal.past pilots.signal.rise.good pilots.signal.rise.bad
	// keys: pilots.signal.fall.good pilots.signal.fall.bad pilots.signal.empty
	n := len(s.Run.Points)
	if n == 0 {
		return i18n.T(ctx, "pilots.signal.empty")
	}
	key := "pilots.signal." + string(s.Run.Signal)
	if s.Run.Signal == Rise || s.Run.Signal == Fall {
		key += map[bool]string{true: ".good", false: ".bad"}[s.Run.Better]
	}
	text := i18n.T(ctx, key, "n", n, "least", pointsLeast)
	newest := s.Run.Points[n-1]
	text += " " + i18n.T(ctx, "pilots.signal.last", "value", s.show(ctx, newest.Value), "day", i18n.Date(ctx, newest.Day))
	if s.Low != nil {
		text += " " + i18n.T(ctx, "pilots.signal.range", "low", s.show(ctx, *s.Low), "high", s.show(ctx, *s.High))
	}
	return text
}

// behind is the table behind the chart: the points, and older ones by month.
func (s Series) behind(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: s.Name, Quiet: true, Columns: []ui.Column{{Label: i18n.T(ctx, "pilots.csv.day")}, {Label: i18n.T(ctx, "pilots.csv.value"), Num: true},
		{Label: i18n.T(ctx, "pilots.csv.n"), Num: true}, {Label: i18n.T(ctx, "pilots.csv.note")}}}
	for k := len(s.Run.Points) - 1; k >= 0; k-- {
		o := s.Run.Points[k]
		n, note := "", o.Note
		if o.N > 0 {
			n = i18n.Number(ctx, o.N)
		}
		if o.Rule != "" {
			note = join(note, i18n.T(ctx, "pilots.chart."+o.Rule))
		}
		for _, was := range s.Old {
			if was.Day.Equal(o.Day) {
				note = join(note, i18n.T(ctx, "pilots.was", "value", s.show(ctx, was.Value), "day", i18n.Date(ctx, was.ReplacedAt)))
			}
		}
		t.Rows = append(t.Rows, ui.Text(i18n.Date(ctx, o.Day), s.show(ctx, o.Value), n, note))
	}
	for _, m := range s.Months {
		t.Rows = append(t.Rows, ui.Text(monthName(ctx, m.Month), s.show(ctx, m.Mean), "", i18n.T(ctx, "pilots.month", "n", m.Times,
			"least", s.show(ctx, m.Least), "most", s.show(ctx, m.Most))))
	}
	return t
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + " · " + b
}

func monthName(_ context.Context, t time.Time) string {
	return t.Format("2006-01")
}

// whole writes a number that is nought as nothing.
func whole(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// figure writes a number for a field; nil is nothing.
func figure(v *float64) string {
	if v == nil {
		return ""
	}
	return number(*v)
}
