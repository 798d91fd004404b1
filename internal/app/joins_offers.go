package app

import (
	"context"
	"slices"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/feature/offers"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/people"
	"wijkbaak.nl/internal/trust/places"
)

// spots is offers.Places by trust/places.
type spots struct {
	*places.Places
	root string
}

// Point is the middle of the postcode itself where that is known, and else of the
// neighbourhood that it lies in.
func (s spots) Point(ctx context.Context, postcode string) (offers.Point, string, error) {
	p, err := s.ByPostcode(ctx, postcode)
	if err != nil {
		return offers.Point{}, "", err
	}
	at := offers.Point{Lat: p.Lat, Lon: p.Lon}
	code, err := places.ParsePostcode(postcode)
	if err != nil {
		return at, p.Name, err
	}
	list, err := s.Postcodes(ctx, p.Path)
	if k := slices.IndexFunc(list, func(c places.Postcode) bool { return c.Code == code }); k >= 0 && list[k].Lat != 0 {
		at = offers.Point{Lat: list[k].Lat, Lon: list[k].Lon}
	}
	return at, p.Name, err
}

// Areas are what lies in the place of this instance, and that place itself where it
// is no country.
func (s spots) Areas(ctx context.Context) ([]offers.Area, error) {
	parent := s.root
	if parent == "/" {
		parent = ""
	}
	list, err := s.Children(ctx, parent)
	if err != nil {
		return nil, err
	}
	if parent != "" {
		own, err := s.ByPath(ctx, parent)
		if err != nil {
			return nil, err
		}
		list = append([]places.Place{own}, list...)
	}
	outlines, err := s.Outlines(ctx, parent)
	if err != nil {
		return nil, err
	}
	rings := map[string][][][2]float64{}
	for _, o := range outlines {
		for _, ring := range o.Simplify(coarse).Rings {
			var points [][2]float64
			for _, p := range ring {
				points = append(points, [2]float64{p.Lat, p.Lon})
			}
			rings[o.Path] = append(rings[o.Path], points)
		}
	}
	out := make([]offers.Area, len(list))
	for i, p := range list {
		out[i] = offers.Area{Code: p.Code, Name: p.Name, Path: p.Path, Lat: p.Lat, Lon: p.Lon, Rings: rings[p.Path]}
	}
	return out, nil
}

// keepers is offers.People by trust/people.
type keepers struct{ *people.Service }

func (k keepers) Organisations(ctx context.Context, r db.Reader) ([]offers.Account, error) {
	list, err := k.Service.Organisations(ctx, r)
	out := make([]offers.Account, len(list))
	for i, o := range list {
		out[i] = offers.Account{ID: o.ID, Name: o.Name}
	}
	return out, err
}

// Keepers are the editors and project leaders of an organisation, and else whoever
// works there.
func (k keepers) Keepers(ctx context.Context, r db.Reader, organisation string) ([]string, error) {
	list, err := k.MembersOf(ctx, r, organisation)
	var first, rest []string
	for _, m := range list {
		switch {
		case m.Email == "":
		case m.Grant.Role == access.Editor || m.Grant.Role == access.Lead:
			first = append(first, m.Email)
		default:
			rest = append(rest, m.Email)
		}
	}
	if len(first) == 0 {
		return rest, err
	}
	return first, err
}

func (k keepers) Email(ctx context.Context, r db.Reader, person string) (string, error) {
	p, err := k.ByID(ctx, r, person)
	return p.Email, err
}
