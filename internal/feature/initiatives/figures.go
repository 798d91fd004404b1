package initiatives

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
)

// year writes a year without the dot of thousands.
func year(y int) string { return strconv.Itoa(y) }

// amount writes a figure with its unit, as people read it.
func (e Evidence) amount(ctx context.Context, v float64) string {
	s := i18n.Decimal(ctx, v, 2)
	switch e.Unit {
	case "procent":
		s = i18n.Percent(ctx, v, 2)
	case "euro":
		s = i18n.Euro(ctx, int64(math.Round(v*100)))
	case "":
	default:
		s += " " + e.Unit
	}
	return s
}

// shortFigure is how long a figure may be to stand at the end of its line on a phone.
const shortFigure = 16

// shown is the figure of a row: "ongeveer 75 %", "van 85 % naar 25 %".
func (e Evidence) shown(ctx context.Context) string {
	if e.Value == nil {
		return i18n.T(ctx, "initiatives.evidence.nofigure")
	}
	s := e.amount(ctx, *e.Value)
	if e.Baseline != nil {
		s = i18n.T(ctx, "initiatives.evidence.fromto", "from", e.amount(ctx, *e.Baseline), "to", s)
	}
	if e.Approximate {
		s = i18n.T(ctx, "initiatives.about", "what", s)
	}
	return s
}

// whole is what 100 % of a bar would be; 0 when the row cannot be drawn as a part of
// something.
func (e Evidence) whole() float64 {
	switch {
	case e.Value == nil || *e.Value < 0:
		return 0
	case e.Unit == "procent" && *e.Value <= 100:
		return 100
	case e.Unit != "procent" && e.N > 1 && *e.Value <= float64(e.N) && *e.Value == math.Trunc(*e.Value) && !strings.Contains(e.Unit, " per "):
		return float64(e.N)
	}
	return 0
}

// part is how much of a bar of 100 a value fills.
func (e Evidence) part(v *float64) string {
	return strconv.FormatFloat(100**v/e.whole(), 'f', 1, 64)
}

// basis says on what a figure rests: how it came about, how many, when.
func (e Evidence) basis(ctx context.Context) string {
	parts := []string{word(ctx, "strength", e.Strength)}
	if e.N > 0 {
		parts = append(parts, i18n.T(ctx, "initiatives.evidence.n", "n", e.N))
	}
	if e.Organisations > 0 {
		parts = append(parts, i18n.T(ctx, "initiatives.evidence.organisations", "n", e.Organisations))
	}
	if e.Period != "" {
		parts = append(parts, e.Period)
	}
	return strings.Join(parts, " · ")
}

// dots draw a strength as five dots; the word stands beside them.
func dots(strength string) string {
	return strings.Repeat("●", rank(strength)) + strings.Repeat("○", topRank-rank(strength))
}

// evidenceTable are the figures behind the picture.
func evidenceTable(ctx context.Context, list []Evidence, sources []Source) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "initiatives.evidence.title"), Quiet: true}
	for _, key := range []string{"what", "figure", "strength", "n", "period", "comparison", "source"} {
		t.Columns = append(t.Columns, ui.Column{Label: i18n.T(ctx, "initiatives.col."+key), Num: key == "n"})
	}
	for _, e := range list {
		n := ""
		if e.N > 0 {
			n = i18n.Number(ctx, e.N)
		}
		row := ui.Text(e.Metric, e.shown(ctx), word(ctx, "strength", e.Strength), n, e.Period, e.Comparison)
		t.Rows = append(t.Rows, append(row, sourceCell(sources, e.Source)))
	}
	return t
}

func sourceCell(sources []Source, id string) ui.Cell {
	for _, s := range sources {
		if s.ID == id {
			return ui.Cell{Text: s.Title, Path: s.URL}
		}
	}
	return ui.Cell{}
}

// sourceNumber is where a source stands in the list at the foot of the page.
func sourceNumber(sources []Source, id string) string {
	for k, s := range sources {
		if s.ID == id {
			return strconv.Itoa(k + 1)
		}
	}
	return ""
}

func costsTable(ctx context.Context, d Initiative) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "initiatives.costs.title"), Quiet: true, Columns: []ui.Column{
		{Label: i18n.T(ctx, "initiatives.col.what")}, {Label: i18n.T(ctx, "initiatives.col.amount"), Num: true},
		{Label: i18n.T(ctx, "initiatives.col.period")}, {Label: i18n.T(ctx, "initiatives.col.source")}}}
	for _, c := range d.Costs {
		what := c.Item
		if c.Note != "" {
			what += " (" + strings.TrimSuffix(c.Note, ".") + ")"
		}
		t.Rows = append(t.Rows, append(ui.Text(what, i18n.Euro(ctx, c.Cents), c.Period), sourceCell(d.Sources, c.Source)))
	}
	return t
}

func growthTable(ctx context.Context, d Initiative) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "initiatives.growth.title"), Quiet: true, Columns: []ui.Column{
		{Label: i18n.T(ctx, "initiatives.col.period")}, {Label: i18n.T(ctx, "initiatives.col.howmany"), Num: true},
		{Label: i18n.T(ctx, "initiatives.col.ofwhat")}, {Label: i18n.T(ctx, "initiatives.col.source")}}}
	for _, p := range d.Growth {
		what := p.Unit
		if p.Note != "" {
			what += " (" + strings.TrimSuffix(p.Note, ".") + ")"
		}
		t.Rows = append(t.Rows, append(ui.Text(p.Period, i18n.Decimal(ctx, p.Value, 1), what), sourceCell(d.Sources, p.Source)))
	}
	return t
}

// sentence says what a curve shows.
func (c Curve) sentence(ctx context.Context) string {
	a, b := c.Points[0], c.Points[len(c.Points)-1]
	return i18n.T(ctx, "initiatives.growth.sentence", "unit", c.Unit, "from", i18n.Decimal(ctx, a.Value, 1), "start", a.Period,
		"to", i18n.Decimal(ctx, b.Value, 1), "end", b.Period)
}

// points places a curve in a box of 120 by 36, time to the right, from 0 up.
func (c Curve) points() string {
	first, last, top := c.Points[0].At, c.Points[len(c.Points)-1].At, 0.0
	for _, p := range c.Points {
		top = max(top, p.Value)
	}
	var b strings.Builder
	for _, p := range c.Points {
		x, y := 0.0, 0.0
		if last > first {
			x = 120 * (p.At - first) / (last - first)
		}
		if top > 0 {
			y = 31 * max(p.Value, 0) / top
		}
		fmt.Fprintf(&b, "%.1f,%.1f ", x, 34-y)
	}
	return strings.TrimSpace(b.String())
}

// mapView is the map of a list.
type mapView struct {
	Land    string // path of a dot for each municipality
	Dots    []dot
	Unknown []Spot // places we have no point for
	Spots   []Spot
	Box     string
}

type dot struct {
	Spot
	X, Y, R string
	Path    string
}

// The map is flat enough at this size: degrees, with the narrowing of 52° north.
const (
	mapWest, mapNorth = 3.2, 53.65
	mapNarrow         = 0.6157
	mapScale          = 100.0
	mapWidth          = (7.3 - mapWest) * mapNarrow * mapScale
	mapHeight         = (mapNorth - 50.7) * mapScale
)

func place(c Centre) (x, y float64) {
	return (c.Lon - mapWest) * mapNarrow * mapScale, (mapNorth - c.Lat) * mapScale
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

// mapOf makes the map of a filter.
func (s *Service) mapOf(ctx context.Context, f Filter) (*mapView, error) {
	all, err := s.places.Centres(ctx)
	if err != nil {
		return nil, err
	}
	towns := byName(all)
	m := &mapView{Box: "0 0 " + number(mapWidth) + " " + number(mapHeight)}
	if m.Spots, err = s.Spots(ctx, f); err != nil {
		return nil, err
	}
	var land strings.Builder
	for _, c := range all {
		x, y := place(c)
		fmt.Fprintf(&land, "M%s %sh0", number(x), number(y))
	}
	m.Land = land.String()
	for _, spot := range m.Spots {
		c, ok := towns[placeKey(spot.Name)]
		if !ok {
			m.Unknown = append(m.Unknown, spot)
			continue
		}
		x, y := place(c)
		one := f
		one.Municipality = spot.Name
		m.Dots = append(m.Dots, dot{spot, number(x), number(y), number(1.6 + 1.2*math.Sqrt(float64(spot.N))), one.at("/initiatieven")})
	}
	return m, nil
}
