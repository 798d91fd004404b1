package scaling

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/id"
)

// generateAtOnce is how many generated plans share a transaction.
const generateAtOnce = 20

// generateFrom is when the generated plans were made: the same at each run.
var generateFrom = time.Date(2025, time.March, 1, 0, 0, 0, 0, time.UTC)

var generateTitles = []string{"Plan maken", "Inwoners vragen", "Privacy bekijken", "Techniek koppelen", "Medewerkers scholen", "Eerste groep beginnen",
	"Meten voor de start", "Tussenstand meten", "Inkoop regelen", "Evalueren", "Bijstellen", "Uitbreiden naar alle wijken", "Vaste betaling regelen"}

// Generate adds made-up plans with so many steps in all, the same for the same
// seed, to measure the program with. They belong to coalitions that are there, in
// turn; without any they belong to nobody. done is told how many plans there are.
func (s *Service) Generate(ctx context.Context, seed uint64, plans, steps int, done func(int)) error {
	coalitions, err := s.Coalitions.Some(ctx, s.DB, max(plans, 1))
	if err != nil {
		return err
	}
	c := clock.NewFake(generateFrom)
	ids, chance := id.Seeded(c, seed), rand.New(rand.NewPCG(seed, 0x5ca1)) //nolint:gosec // must be repeatable
	for from := 0; from < plans; from += generateAtOnce {
		until := min(from+generateAtOnce, plans)
		batch := make([]generated, 0, until-from)
		for k := from; k < until; k++ {
			n := min(steps/plans, stepsMost)
			if k < steps%plans {
				n = min(n+1, stepsMost)
			}
			c.Advance(time.Hour)
			g := generate(chance, ids, c.Now(), k, n)
			if len(coalitions) > 0 {
				g.plan.Coalition = coalitions[k%len(coalitions)]
			}
			batch = append(batch, g)
		}
		if err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			for _, g := range batch {
				if err := g.keep(ctx, tx); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
		if done != nil {
			done(until)
		}
	}
	return nil
}

type generated struct {
	plan   Plan
	tracks []Track
	steps  []Step
}

// generate makes one plan of three cities: each step waits for an earlier one of
// its own track, so that no circle comes about.
func generate(chance *rand.Rand, ids id.Source, now time.Time, number, steps int) (g generated) {
	start := DayOf(now)
	g.plan = Plan{ID: ids(), Title: fmt.Sprintf("Opschalingsplan %d", number+1), Goals: "Meer mensen helpen.", Start: start, Version: 1, Created: now, Changed: now}
	for k := range 3 {
		g.tracks = append(g.tracks, Track{ID: ids(), Plan: g.plan.ID, Name: fmt.Sprintf("Gemeente %d", k+1), Version: 1,
			Conditions: []Condition{{"Er is geld", chance.IntN(2) == 0}, {"Er is tijd", chance.IntN(2) == 0}}})
	}
	before := map[string]string{}
	for k := range steps {
		track := ""
		if n := chance.IntN(8); n > 0 {
			track = g.tracks[n%3].ID
		}
		o := Step{ID: ids(), Plan: g.plan.ID, Track: track, Title: fmt.Sprintf("%s %d", generateTitles[k%len(generateTitles)], k/len(generateTitles)+1),
			Start: start.Add(k * 3), State: States[chance.IntN(3)], Budget: int64(chance.IntN(50)) * 10_000, Version: 1, Changed: now}
		o.Due = o.Start.Add(7 + chance.IntN(40))
		if o.State == Done {
			o.Done = o.Due.Add(chance.IntN(20) - 10)
		}
		if earlier := before[track]; earlier != "" && chance.IntN(2) == 0 {
			o.Waits = []string{earlier}
		}
		before[track] = o.ID
		g.steps = append(g.steps, o)
	}
	return g
}

func (g generated) keep(ctx context.Context, tx *db.Tx) error {
	if err := addPlan(ctx, tx, g.plan); err != nil {
		return err
	}
	for _, t := range g.tracks {
		if err := addTrack(ctx, tx, t); err != nil {
			return err
		}
	}
	for _, o := range g.steps {
		if err := addStep(ctx, tx, o); err != nil {
			return err
		}
	}
	return nil
}
