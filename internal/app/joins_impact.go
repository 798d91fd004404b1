package app

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/feature/pilots"
)

// reading is how impact and agreements write the figure of a pilot.
type reading interface {
	~struct {
		Pilot, PilotName, Indicator, Name, Unit string
		Value                                   float64
		Target                                  *float64
		N                                       int
		To                                      time.Time
		Path                                    string
	}
}

// readings is what pilots measured, for a room with figures of type F.
type readings[F reading] struct{ *pilots.Service }

func (s readings[F]) OfInitiative(ctx context.Context, r db.Reader, slug string) ([]F, error) {
	list, err := s.Service.OfInitiative(ctx, r, slug)
	out := make([]F, len(list))
	for i, f := range list {
		unit := f.Unit
		switch f.Kind {
		case pilots.Share:
			unit = "%"
		case pilots.Euro:
			unit = "euro"
		}
		out[i] = F(struct {
			Pilot, PilotName, Indicator, Name, Unit string
			Value                                   float64
			Target                                  *float64
			N                                       int
			To                                      time.Time
			Path                                    string
		}{f.Pilot, f.PilotName, f.Indicator, f.Name, unit, f.Value, f.Target, f.N, f.To, f.Path})
	}
	return out, err
}
