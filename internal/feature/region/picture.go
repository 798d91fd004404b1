package region

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/i18n"
)

// The map is flat enough at this size: degrees, with the narrowing of 52° north.
const (
	mapWest, mapNorth = 3.2, 53.65
	mapNarrow         = 0.6157
	mapScale          = 100.0
	mapWidth          = (7.3 - mapWest) * mapNarrow * mapScale
	mapHeight         = (mapNorth - 50.7) * mapScale
)

func project(lat, lon float64) (x, y float64) {
	return (lon - mapWest) * mapNarrow * mapScale, (mapNorth - lat) * mapScale
}

// distance is in kilometres, as the crow flies.
func distance(a, b Municipality) float64 {
	return math.Hypot((a.Lon-b.Lon)*mapNarrow, a.Lat-b.Lat) * 111.2
}

// short writes a number of the map.
func short(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

// shape is an outline as the d attribute of a path. A point that falls on the one
// before it is left out.
func shape(o Outline) string {
	var b strings.Builder
	for _, ring := range o.Rings {
		if len(ring) < 3 {
			continue
		}
		last := ""
		for k, p := range ring {
			x, y := project(p[0], p[1])
			at := short(x) + " " + short(y)
			if at == last {
				continue
			}
			if last = at; k == 0 {
				b.WriteString("M" + at)
			} else {
				b.WriteString("L" + at)
			}
		}
		b.WriteByte('Z')
	}
	return b.String()
}

// drawing is the map of a sight.
type drawing struct {
	Box     string
	Land    string // dots of all municipalities, where there are no outlines
	Dot     string // how wide such a dot is
	Line    string // how wide the edge of a hollow one is
	Shapes  []mark
	Dots    []mark
	Labels  []label
	Font    string
	Outline bool
	White   bool // it shows where nothing runs
}

// mark is a municipality on the map.
type mark struct {
	D       string // of a shape
	X, Y, R string // of a dot
	Path    string
	Title   string
	Opacity string
	Hollow  bool
}

type label struct{ X, Y, Anchor, Text string }

// opacity is how dark a level is. What ended, or of which nobody knows, is hollow.
var opacity = map[Level]string{LevelUse: ".95", LevelTrial: ".6", LevelEarly: ".3", LevelEnded: "0", LevelNone: ".08"}

// covered is how dark a municipality is on the map of where nothing runs, when
// something does.
const covered = ".35"

// labelsMost is how many municipalities have their name on the map.
const labelsMost = 12

// crowd is from how many dots they are drawn smaller, so that they do not cover each
// other.
const crowd = 100

// draw makes the map. White shows where nothing runs instead of what there is.
func (s view) draw(ctx context.Context, white bool) *drawing {
	d := &drawing{Outline: s.outlined, White: white, Land: s.land}
	towns := s.inArea()
	x, y, w, h := s.box(towns)
	zoom := max(w/mapWidth, h/mapHeight)
	d.Box = short(x) + " " + short(y) + " " + short(w) + " " + short(h)
	d.Dot, d.Font, d.Line = short(3*zoom), short(11*zoom), short(max(.1, zoom))
	most, grow := 1, 6.4
	for _, t := range s.has {
		most = max(most, t.N)
	}
	if s.some.count() > crowd {
		grow = 2.6
	}
	if s.outlined {
		for i := range s.towns {
			if !s.area.has(i) {
				d.Shapes = append(d.Shapes, mark{D: s.towns[i].shape, Hollow: true})
			}
		}
	}
	for _, i := range towns {
		t, n := &s.towns[i], s.has[i]
		m := mark{D: t.shape, X: short(t.x), Y: short(t.y), Opacity: opacity[LevelOf(n.Phase)], Hollow: LevelOf(n.Phase) == LevelEnded}
		one := s.Filter
		one.Town = t.id
		m.Path = one.at(path, askView, viewInitiatives)
		size := 1.6 + grow*math.Sqrt(float64(n.N)/float64(most))
		if white {
			m.Opacity, m.Hollow, size = covered, false, 2.2
			if !s.runs.has(i) {
				m.Opacity, size = ".9", 3
			}
			m.Title = i18n.T(ctx, map[bool]string{true: "region.map.runs", false: "region.map.white"}[s.runs.has(i)], "name", t.Name)
		} else if n.N == 0 {
			m.Hollow, size = true, 1.8
			m.Title = i18n.T(ctx, "region.map.nothing", "name", t.Name)
		} else {
			m.Title = i18n.T(ctx, "region.map.dot", "name", t.Name, "n", n.N, "phase", strings.ToLower(s.phaseWord(ctx, n.Phase)))
		}
		m.R = short(size * zoom)
		switch {
		case s.outlined && t.shape != "":
			d.Shapes = append(d.Shapes, m)
		case white || n.N > 0 || s.Area():
			d.Dots = append(d.Dots, m)
		}
		if len(towns) <= labelsMost {
			l := label{short(t.x + (size+1.5)*zoom), short(t.y + 3.5*zoom), "start", t.Name}
			if t.x > x+w*.6 {
				l.X, l.Anchor = short(t.x-(size+1.5)*zoom), "end"
			}
			d.Labels = append(d.Labels, l)
		}
	}
	return d
}

// box is the part of the country that holds the municipalities with some room
// around them, never smaller than some forty kilometres.
func (s *sight) box(towns []int) (x, y, w, h float64) {
	if !s.Area() || len(towns) == 0 {
		return 0, 0, mapWidth, mapHeight
	}
	left, top := math.Inf(1), math.Inf(1)
	right, bottom := math.Inf(-1), math.Inf(-1)
	for _, i := range towns {
		t := &s.towns[i]
		left, right, top, bottom = min(left, t.x), max(right, t.x), min(top, t.y), max(bottom, t.y)
	}
	w, h = max(right-left, 25)*1.5, max(bottom-top, 20)*1.5
	w = max(w, h*mapWidth/mapHeight) // never taller than the country, so that a sheet holds it
	return (left+right)/2 - w/2, (top+bottom)/2 - h/2, w, h
}

// legend are the levels that stand on the map.
func (d *drawing) legend(s *sight) (list []Level) {
	for _, l := range Levels {
		if slices.ContainsFunc(s.inArea(), func(i int) bool { return LevelOf(s.has[i].Phase) == l }) {
			list = append(list, l)
		}
	}
	return list
}

// spark places a curve in a box of 120 by 36, time to the right, from 0 up.
func (c Curve) spark() string {
	first, last, top := c.First().At, c.Last().At, 0.0
	for _, p := range c.Points {
		top = max(top, p.Value)
	}
	var b strings.Builder
	for _, p := range c.Points {
		px, py := 0.0, 0.0
		if last > first {
			px = 120 * (p.At - first) / (last - first)
		}
		if top > 0 {
			py = 31 * max(p.Value, 0) / top
		}
		b.WriteString(short(px) + "," + short(34-py) + " ")
	}
	return strings.TrimSpace(b.String())
}

// sentence says what a curve shows: "Van 4 (2019) naar 31 (2024) gemeenten."
func (c Curve) sentence(ctx context.Context) string {
	a, b := c.First(), c.Last()
	return i18n.T(ctx, "region.growth.sentence", "from", i18n.Decimal(ctx, a.Value, 1), "start", a.Period,
		"to", i18n.Decimal(ctx, b.Value, 1), "end", b.Period, "unit", c.Unit)
}
