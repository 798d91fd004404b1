package places

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Point is a place on earth in degrees.
type Point struct{ Lon, Lat float64 }

// Outline is the edge of a place: one ring after another, each closed.
type Outline struct {
	Path  string // of the place
	Rings [][]Point

	line int
}

// text is how rings are kept: "lon,lat lon,lat;…" to four decimals (10 m).
func (o Outline) text() string {
	var b strings.Builder
	for i, ring := range o.Rings {
		if i > 0 {
			b.WriteByte(';')
		}
		for j, p := range ring {
			if j > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(strconv.FormatFloat(math.Round(p.Lon*1e4)/1e4, 'f', -1, 64))
			b.WriteByte(',')
			b.WriteString(strconv.FormatFloat(math.Round(p.Lat*1e4)/1e4, 'f', -1, 64))
		}
	}
	return b.String()
}

func readRings(text string) ([][]Point, error) {
	var rings [][]Point
	for part := range strings.SplitSeq(text, ";") {
		var ring []Point
		for pair := range strings.FieldsSeq(part) {
			lon, lat, _ := strings.Cut(pair, ",")
			x, err1 := strconv.ParseFloat(lon, 64)
			y, err2 := strconv.ParseFloat(lat, 64)
			if err1 != nil || err2 != nil {
				return nil, fmt.Errorf("outline: %.30q is no point", pair)
			}
			ring = append(ring, Point{x, y})
		}
		rings = append(rings, ring)
	}
	return rings, nil
}

// Simplify leaves out points that lie within tolerance (in degrees of latitude)
// of the line that is left, and rings that become smaller than that.
func (o Outline) Simplify(tolerance float64) Outline {
	out := Outline{Path: o.Path, line: o.line}
	for _, ring := range o.Rings {
		if s := simplify(ring, tolerance); len(s) >= 4 {
			out.Rings = append(out.Rings, s)
		}
	}
	if len(out.Rings) == 0 && len(o.Rings) > 0 {
		out.Rings = o.Rings[:1] // never nothing at all
	}
	return out
}

// simplify is the rule of Douglas and Peucker, without recursion so that a
// hostile file cannot exhaust the stack.
func simplify(ring []Point, tolerance float64) []Point {
	if len(ring) < 4 {
		return ring
	}
	keep := make([]bool, len(ring))
	keep[0], keep[len(ring)-1] = true, true
	// A ring begins where it ends: the farthest point is the other end of the first line.
	stack := [][2]int{{0, len(ring) - 1}}
	for len(stack) > 0 {
		from, to := stack[len(stack)-1][0], stack[len(stack)-1][1]
		stack = stack[:len(stack)-1]
		far, most := 0, tolerance
		for i := from + 1; i < to; i++ {
			if d := distance(ring[i], ring[from], ring[to]); d > most {
				far, most = i, d
			}
		}
		if far > 0 {
			keep[far] = true
			stack = append(stack, [2]int{from, far}, [2]int{far, to})
		}
	}
	var out []Point
	for i, k := range keep {
		if k {
			out = append(out, ring[i])
		}
	}
	return out
}

// squeeze is how much shorter a degree of longitude is than one of latitude in
// the middle of the country.
var squeeze = math.Cos(52.2 * math.Pi / 180)

// distance is from p to the line a–b, in degrees of latitude.
func distance(p, a, b Point) float64 {
	px, py := (p.Lon-a.Lon)*squeeze, p.Lat-a.Lat
	bx, by := (b.Lon-a.Lon)*squeeze, b.Lat-a.Lat
	length := bx*bx + by*by
	if length == 0 {
		return math.Hypot(px, py)
	}
	t := max(0, min(1, (px*bx+py*by)/length))
	return math.Hypot(px-t*bx, py-t*by)
}

// Drawing turns degrees into units of an SVG, so that all outlines of a map and
// the dots on it fit together.
type Drawing struct {
	Width, Height float64
	west, north   float64
	scale         float64
}

// NewDrawing fits the outlines into a width; the height follows. It holds for
// a map the size of the Netherlands: it leaves the roundness of the earth out.
func NewDrawing(outlines []Outline, width float64) Drawing {
	west, east, south, north := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, o := range outlines {
		for _, ring := range o.Rings {
			for _, p := range ring {
				west, east = min(west, p.Lon), max(east, p.Lon)
				south, north = min(south, p.Lat), max(north, p.Lat)
			}
		}
	}
	if !(east > west) || !(north > south) {
		return Drawing{Width: width, Height: width}
	}
	scale := width / ((east - west) * squeeze)
	return Drawing{Width: width, Height: math.Ceil((north - south) * scale), west: west, north: north, scale: scale}
}

// ViewBox is the attribute of the SVG.
func (d Drawing) ViewBox() string { return "0 0 " + short(d.Width) + " " + short(d.Height) }

// At gives where a point of the earth comes.
func (d Drawing) At(lat, lon float64) (x, y float64) {
	return (lon - d.west) * squeeze * d.scale, (d.north - lat) * d.scale
}

// PathData is the outline as the d attribute of an SVG path, to one decimal.
func (d Drawing) PathData(o Outline) string {
	var b strings.Builder
	for _, ring := range o.Rings {
		lastX, lastY := "", ""
		for i, p := range ring {
			x, y := d.At(p.Lat, p.Lon)
			sx, sy := short(x), short(y)
			if i > 0 && sx == lastX && sy == lastY {
				continue
			}
			lastX, lastY = sx, sy
			if i == 0 {
				b.WriteByte('M')
			} else {
				b.WriteByte('L')
			}
			b.WriteString(sx)
			b.WriteByte(' ')
			b.WriteString(sy)
		}
		if len(ring) > 0 {
			b.WriteByte('Z')
		}
	}
	return b.String()
}

func short(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10+0, 'f', -1, 64) }
