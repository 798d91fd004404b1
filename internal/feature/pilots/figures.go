package pilots

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/trust/access"
)

// Figure is the newest value of an indicator of a pilot that everybody may see.
type Figure struct {
	Pilot, PilotName string
	Indicator        string // code
	Name, Unit       string
	Kind             Kind
	Better           string
	Value            float64
	Baseline, Target *float64
	N                int
	Spread           *float64
	From, To         time.Time
	Design           string
	Path             string
	Demonstration    bool
}

// OfInitiative gives the figures of an initiative, of the newest pilot first. What
// is about fewer than ten people, or about nobody knows how many, is left out.
func (s *Service) OfInitiative(ctx context.Context, r db.Reader, slug string) ([]Figure, error) {
	pilots, err := db.All(ctx, r, scanPilot, selectOf, slug)
	if err != nil {
		return nil, err
	}
	var list []Figure
	for _, p := range pilots { // at most 50
		if p.Status == Draft {
			continue
		}
		indicators, err := db.All(ctx, r, scanIndicator, selectFigures, p.ID)
		if err != nil {
			return nil, err
		}
		for _, i := range indicators {
			n := i.Last.N
			if n == 0 && i.Kind == Count {
				n = int(i.Last.Value)
			}
			if i.Last.Day.Before(p.Starts) || n < fewest && i.Kind != Euro {
				continue
			}
			list = append(list, Figure{Pilot: p.ID, PilotName: p.Name, Indicator: i.Code, Name: i.Name, Unit: i.Unit, Kind: i.Kind, Better: i.Better,
				Value: i.Last.Value, Baseline: i.Baseline, Target: i.Target, N: n, Spread: i.Last.Spread, From: p.Starts, To: i.Last.Day,
				Design: p.Design, Path: Path(p.ID), Demonstration: p.Demonstration})
		}
	}
	return list, nil
}

// Beside is a line beside the page of an initiative.
type Beside struct{ Title, Note, Path string }

// Beside gives the pilots of an initiative that the actor may see.
func (s *Service) Beside(ctx context.Context, r db.Reader, slug string) ([]Beside, error) {
	pilots, err := db.All(ctx, r, scanPilot, selectOf, slug)
	var list []Beside
	for _, p := range pilots {
		if MaySee(access.Of(ctx), p, s.Root) {
			list = append(list, Beside{i18n.T(ctx, "pilots.beside", "name", p.Name), state(ctx, p), Path(p.ID)})
		}
	}
	return list, err
}

// state says in a few words how far a pilot is.
func state(ctx context.Context, p Pilot) string {
	// keys: pilots.state.draft pilots.state.running pilots.state.ended pilots.state.stop pilots.state.hand_on pilots.state.due
	key := string(p.Status)
	switch {
	case p.Status == Ended && p.Outcome != "":
		key = string(p.Outcome)
	case p.DueWhy != "":
		key = "due"
	}
	text := i18n.T(ctx, "pilots.state."+key)
	if p.PlaceName != "" {
		text = p.PlaceName + " · " + text
	}
	return text
}

// Due is something that asks for a person on a day.
type Due struct {
	At                time.Time
	Title, Path, Kind string
}

// Due gives the decisions of pilots that come due in a period.
func (s *Service) Due(ctx context.Context, r db.Reader, from, to time.Time) ([]Due, error) {
	pilots, err := db.All(ctx, r, scanPilot, selectDecide, db.At(from), db.At(to))
	var list []Due
	for _, p := range pilots {
		list = append(list, Due{At: p.DecideOn, Title: i18n.T(ctx, "pilots.due.title", "name", p.Name), Path: Path(p.ID), Kind: "pilots.decision"})
	}
	return list, err
}

// runningMost bounds Running.
const runningMost = 5000

// Running gives the pilots that run now, with what a map needs: of what and where.
// All of them are public.
func (s *Service) Running(ctx context.Context, r db.Reader) ([]Pilot, error) {
	return db.All(ctx, r, func(row db.Scanner) (p Pilot, err error) {
		err = row.Scan(&p.ID, &p.Initiative, &p.Name, &p.Place)
		return p, err
	}, selectOnMap, "", runningMost)
}
