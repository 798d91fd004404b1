package app

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/feature/barriers"
	"wijkbaak.nl/internal/feature/coalitions"
	"wijkbaak.nl/internal/feature/initiatives"
	"wijkbaak.nl/internal/feature/pilots"
	"wijkbaak.nl/internal/feature/region"
	"wijkbaak.nl/internal/trust/places"
	"wijkbaak.nl/internal/trust/themes"
)

// spread is region.Overview by the overview of cases.
type spread struct{ *initiatives.Service }

func (s spread) Spread(ctx context.Context, r db.Reader) ([]region.Spread, error) {
	list, err := s.Service.Spread(ctx, r)
	out := make([]region.Spread, len(list))
	for i, v := range list {
		out[i] = region.Spread{Initiative: v.Initiative, Name: v.Name, Kind: v.Kind, Path: "/initiatieven/" + v.Initiative,
			Themes: v.Themes, Phase: v.Phase, PhaseYear: v.PhaseYear, Codes: v.Codes}
		for _, p := range v.Growth {
			out[i].Growth = append(out[i].Growth, region.Point(p))
		}
	}
	return out, err
}

// land is region.Places by trust/places.
type land struct{ *places.Places }

// coarse is how far an edge may lie from the real one on a map of the country, in
// degrees: some 600 metres.
const coarse = 0.006

func (l land) Municipalities(ctx context.Context) ([]region.Municipality, error) {
	list, err := l.Children(ctx, "")
	out := make([]region.Municipality, len(list))
	for i, p := range list {
		out[i] = region.Municipality{Code: p.Code, Name: p.Name, Path: p.Path, Province: p.Province, Lat: p.Lat, Lon: p.Lon, Inhabitants: int(p.Inhabitants)}
	}
	return out, err
}

func (l land) Outlines(ctx context.Context) ([]region.Outline, error) {
	list, err := l.Places.Outlines(ctx, "")
	out := make([]region.Outline, len(list))
	for i, o := range list {
		out[i].Code = o.Path
		for _, ring := range o.Simplify(coarse).Rings {
			var points [][2]float64
			for _, p := range ring {
				points = append(points, [2]float64{p.Lat, p.Lon})
			}
			out[i].Rings = append(out[i].Rings, points)
		}
	}
	return out, err
}

// stuck is region.Barriers by the register.
type stuck struct {
	*barriers.Service
	clock clock.Clock
}

func (s stuck) Stubborn(ctx context.Context, r db.Reader, most int) ([]region.Stubborn, error) {
	list, err := s.Service.Stubborn(ctx, r)
	out := make([]region.Stubborn, min(most, len(list)))
	for i, b := range list[:len(out)] {
		out[i] = region.Stubborn{Path: b.Path, Category: b.Category, Open: b.Open, Oldest: s.clock.Now().AddDate(0, 0, -b.Oldest)}
		if b.Barrier != "" { // else its name is a word for the category, which the reader's language decides
			out[i].Name = b.Name
		}
	}
	return out, err
}

// together is region.Coalitions by the room of coalitions.
type together struct{ *coalitions.Service }

func (t together) Public(ctx context.Context, r db.Reader) ([]region.Coalition, error) {
	list, err := t.Service.Public(ctx, r)
	out := make([]region.Coalition, len(list))
	for i, c := range list {
		out[i] = region.Coalition{ID: c.ID, Name: c.Name, Path: c.Path, Initiative: c.Chosen}
		for _, city := range c.Cities {
			out[i].Cities = append(out[i].Cities, city.Code)
		}
	}
	return out, err
}

// trials is region.Pilots by the room of pilots.
type trials struct{ *pilots.Service }

func (t trials) Running(ctx context.Context, r db.Reader) ([]region.Pilot, error) {
	list, err := t.Service.Running(ctx, r)
	out := make([]region.Pilot, len(list))
	for i, p := range list {
		out[i] = region.Pilot{ID: p.ID, Name: p.Name, Path: pilots.Path(p.ID), Initiative: p.Initiative, Municipality: p.Place}
	}
	return out, err
}

// regionWords names what the overview has codes for.
var regionWords = region.Words{Theme: themes.Name, Kind: worded("initiatives.kind."), Phase: worded("initiatives.phase."), Category: worded("initiatives.category.")}

func worded(key string) func(context.Context, string) string {
	return func(ctx context.Context, code string) string { return i18n.T(ctx, key+code) }
}

// duesOf is one room of what is due.
func duesOf[D ~struct {
	At                time.Time
	Title, Path, Kind string
}](of func(context.Context, db.Reader, time.Time, time.Time) ([]D, error)) func(context.Context, db.Reader, time.Time, time.Time) ([]region.Due, error) {
	return func(ctx context.Context, r db.Reader, from, to time.Time) ([]region.Due, error) {
		list, err := of(ctx, r, from, to)
		out := make([]region.Due, len(list))
		for i, d := range list {
			out[i] = region.Due(d)
		}
		return out, err
	}
}
