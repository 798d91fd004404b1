package offers

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/trust/places"
)

// mapView is where the offers of a filter are.
type mapView struct {
	Box, Font string
	Outlines  []string
	Areas     []mapArea
	Spots     []mapSpot
	Nowhere   int // offers at no spot that we know: at home, online
}

type mapArea struct{ X, Y, Name string }

// mapSpot is a spot with all that can be had there.
type mapSpot struct {
	ID, Name, X, Y, R string
	Cards             []Card

	lat, lon float64
}

// The bounds of a map.
const (
	spotsMost   = 400
	cardsOfSpot = 60
	mapWidth    = 640
	mapMargin   = 0.12 // of the width of what is shown
	labelsMost  = 30
)

// mapOf puts what a filter leaves on the map.
func (s *Service) mapOf(ctx context.Context, f Filter) (Listing, *mapView, error) {
	l, err := s.from(ctx, f)
	if err != nil {
		return l, nil, err
	}
	v, err := s.snapshot(ctx)
	if err != nil {
		return l, nil, err
	}
	var items []*item
	if f.Words != "" {
		if err := s.find(ctx, v, Page{Filter: f}, &l); err != nil {
			return l, nil, err
		}
		for _, c := range l.Cards {
			items = append(items, c.item)
		}
	} else {
		found := v.narrow(f, l.From, s.clock.Now())
		l.Total, l.Facets = len(found.items), found.facets
		items = found.items
	}
	m := &mapView{}
	m.gather(v, items)
	areas, err := s.o.Places.Areas(ctx)
	if err != nil {
		return l, nil, err
	}
	m.draw(areas)
	return l, m, nil
}

// gather puts offers at the same spot together, the busiest spots first.
func (m *mapView) gather(v *snapshot, items []*item) {
	at := map[string]int{}
	for _, i := range items {
		placed := false
		for _, p := range i.spots {
			if p.lat == 0 && p.lon == 0 {
				continue
			}
			placed = true
			key := fmt.Sprintf("%.4f %.4f", p.lat, p.lon)
			k, ok := at[key]
			if !ok {
				if len(m.Spots) >= spotsMost {
					continue
				}
				k = len(m.Spots)
				at[key] = k
				name := p.name
				if name == "" {
					name = p.town
				}
				m.Spots = append(m.Spots, mapSpot{Name: name, lat: float64(p.lat), lon: float64(p.lon)})
			}
			if s := &m.Spots[k]; len(s.Cards) < cardsOfSpot {
				s.Cards = append(s.Cards, v.card(i))
			}
		}
		if !placed {
			m.Nowhere++
		}
	}
	slices.SortFunc(m.Spots, func(a, b mapSpot) int {
		return cmp.Or(strings.Compare(fold(a.Name), fold(b.Name)), cmp.Compare(a.lat, b.lat), cmp.Compare(a.lon, b.lon))
	})
}

// draw fits the outlines and the spots into one picture. Areas that nothing lies in
// and that would make the rest small are left out.
func (m *mapView) draw(areas []Area) {
	south, north, west, east := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	reach := func(lat, lon float64) {
		south, north, west, east = min(south, lat), max(north, lat), min(west, lon), max(east, lon)
	}
	for _, s := range m.Spots {
		reach(s.lat, s.lon)
	}
	if len(m.Spots) == 0 {
		for _, a := range areas {
			if a.Lat != 0 {
				reach(a.Lat, a.Lon)
			}
		}
	}
	if south > north {
		reach(52.0, 5.0)
	}
	pad := max((east-west)*mapMargin, (north-south)*mapMargin, 0.004)
	south, north, west, east = south-pad, north+pad, west-pad, east+pad
	frame := places.Outline{Rings: [][]places.Point{{{Lon: west, Lat: south}, {Lon: east, Lat: south}, {Lon: east, Lat: north}, {Lon: west, Lat: north}}}}
	d := places.NewDrawing([]places.Outline{frame}, mapWidth)
	m.Box, m.Font = d.ViewBox(), "15"
	for _, a := range areas {
		inside := a.Lat > south && a.Lat < north && a.Lon > west && a.Lon < east
		if len(a.Rings) > 0 && inside {
			o := places.Outline{}
			for _, ring := range a.Rings {
				var points []places.Point
				for _, p := range ring {
					points = append(points, places.Point{Lat: p[0], Lon: p[1]})
				}
				o.Rings = append(o.Rings, points)
			}
			m.Outlines = append(m.Outlines, d.PathData(o))
		}
		if inside && len(m.Areas) < labelsMost {
			x, y := d.At(a.Lat, a.Lon)
			m.Areas = append(m.Areas, mapArea{tenth(x), tenth(y), a.Name})
		}
	}
	for k := range m.Spots {
		s := &m.Spots[k]
		x, y := d.At(s.lat, s.lon)
		s.ID, s.X, s.Y, s.R = "plek-"+strconv.Itoa(k+1), tenth(x), tenth(y), tenth(5+2*math.Sqrt(float64(len(s.Cards))))
	}
}

func tenth(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }
