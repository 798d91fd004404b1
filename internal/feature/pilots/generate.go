package pilots

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/id"
)

// generateAtOnce is how many generated pilots share a transaction.
const generateAtOnce = 20

// generateUntil is the day of the last generated measurement: the same at each run.
var generateUntil = time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC)

// Generate adds made-up pilots with measurements, the same for the same seed, to
// measure the program with. They stand on generated initiatives of the same seed.
// done is told how many pilots there are.
func (s *Service) Generate(ctx context.Context, seed uint64, pilots, measurements int, done func(int)) error {
	towns, err := s.Places.Municipalities(ctx)
	if err != nil {
		return err
	}
	c := clock.NewFake(generateUntil.AddDate(-1, 0, 0))
	g := generator{Rand: rand.New(rand.NewPCG(seed, 0x9107)), seed: seed, towns: towns, clock: c, ids: id.Seeded(c, seed)} //nolint:gosec // must be repeatable
	for from := 0; from < pilots; from += generateAtOnce {
		until := min(from+generateAtOnce, pilots)
		batch := make([]generated, 0, until-from)
		for k := from; k < until; k++ {
			// what is left over goes to the first ones
			n := measurements / pilots
			if k < measurements%pilots {
				n++
			}
			batch = append(batch, g.pilot(k, n))
		}
		if err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			for _, m := range batch {
				if err := m.keep(ctx, tx); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
		done(until)
	}
	return nil
}

type generated struct {
	Pilot
	indicators []Indicator
	measured   [][]Measurement // by indicator
	rules      []Rule
	costs      []Cost
	decisions  []Decision
	ids        id.Source
}

type generator struct {
	*rand.Rand
	seed  uint64
	towns []Municipality
	clock *clock.Fake
	ids   id.Source
}

// generateInitiatives is how many generated initiatives pilots are dealt over.
const generateInitiatives = 500

var generateSet = []Indicator{
	{Code: "deelnemers", Name: "Deelnemers per week", Unit: "deelnemers", Kind: Count, Better: "up", Every: "week"},
	{Code: "tevreden", Name: "Deelnemers die tevreden zijn", Kind: Share, Better: "up", Every: "month"},
	{Code: "eenzaam", Name: "Score eenzaamheid", Unit: "punten", Kind: Score, Better: "down", Every: "month"},
	{Code: "bezoeken", Name: "Bezoeken aan de huisarts", Unit: "bezoeken", Kind: Mean, Better: "down", Every: "quarter"},
	{Code: "kosten", Name: "Kosten per deelnemer", Kind: Euro, Better: "down", Every: "month"},
}

func (g *generator) pilot(k, measurements int) generated {
	g.clock.Advance(time.Minute)
	p := Pilot{ID: g.ids(), Initiative: fmt.Sprintf("voorbeeld-%d-%d", g.seed, k%generateInitiatives), Name: fmt.Sprintf("Proef %d", k+1),
		Lead: "voorbeeld", LeadName: "Voorbeeldorganisatie", People: 20 + g.IntN(300), Goal: "Een verzonnen voorbeeld om mee te meten.",
		Design: Designs[1+g.IntN(3)], Status: Running, Demonstration: true, Version: 1, CreatedAt: g.clock.Now(), ChangedAt: g.clock.Now()}
	if len(g.towns) > 0 {
		t := g.towns[g.IntN(len(g.towns))]
		p.Place, p.PlaceName, p.PlacePath = t.Code, t.Name, t.Path
	}
	m := generated{ids: g.ids}
	per := (measurements + len(generateSet) - 1) / len(generateSet)
	p.Starts = generateUntil.AddDate(0, 0, -max(per, 60))
	p.Ends = generateUntil.AddDate(0, 0, 30+g.IntN(200))
	switch g.IntN(5) {
	case 0:
		p.Status, p.Outcome, p.Ends = Ended, Outcome([]Outcome{Stop, HandOn}[g.IntN(2)]), generateUntil
	case 1:
		p.DueAt, p.DueWhy, p.DueTold = generateUntil, DueDate, true
	}
	if p.Status == Running {
		p.DecideOn = p.Ends
	}
	for n, i := range generateSet {
		i.ID, i.Pilot, i.Position = g.ids(), p.ID, n
		base := map[Kind]float64{Count: 24, Share: 70, Score: 8, Mean: 3, Euro: 140}[i.Kind]
		start, target := base, base*map[string]float64{"up": 1.2, "down": 0.8}[i.Better]
		i.Baseline, i.Target = &start, &target
		if i.Kind == Count {
			target = math.Round(target)
		}
		here := min(per, measurements)
		measurements -= here
		list := make([]Measurement, here)
		drift := (g.Float64() - 0.4) * base * 0.3
		for d := range list {
			v := base + drift*float64(d)/float64(here) + g.NormFloat64()*base*0.08
			v = max(0, math.Round(v*10)/10)
			if i.Kind == Share {
				v = min(v, 100)
			}
			if i.Kind == Count {
				v = math.Round(v)
			}
			list[d] = Measurement{Indicator: i.ID, Day: p.Starts.AddDate(0, 0, d), Value: v, N: 15 + g.IntN(60), Source: "form"}
			list[d].At = list[d].Day
		}
		if here > 0 {
			i.Last = list[here-1]
		}
		m.indicators, m.measured = append(m.indicators, i), append(m.measured, list)
	}
	m.Pilot = p
	m.rules = []Rule{{Kind: "stop", Indicator: "deelnemers", Comparison: "below", Value: 10, Week: 8}}
	m.costs = []Cost{{Label: "Coördinator", Planned: int64(10+g.IntN(40)) * 100_000}, {Label: "Ruimte", Planned: int64(1+g.IntN(9)) * 100_000}}
	if g.IntN(3) == 0 {
		m.decisions = []Decision{{ID: g.ids(), Day: p.Starts.AddDate(0, 0, 30), Outcome: GoOn, Others: "stuurgroep", Reason: "De eerste cijfers zijn goed.",
			Next: p.Ends, At: p.Starts.AddDate(0, 0, 30)}}
	}
	return m
}

func (m generated) keep(ctx context.Context, tx *db.Tx) error {
	if _, err := tx.Exec(ctx, insertPilot, m.columns()...); err != nil {
		return err
	}
	for k, i := range m.indicators {
		if _, err := tx.Exec(ctx, insertIndicator, i.columns()...); err != nil {
			return err
		}
		if err := keepMany(ctx, tx, m.measured[k]); err != nil {
			return err
		}
	}
	for k, r := range m.rules {
		if _, err := tx.Exec(ctx, insertRule, m.ids(), m.ID, k, r.Kind, r.Indicator, r.Comparison, r.Value, r.Week); err != nil {
			return err
		}
	}
	for k, c := range m.costs {
		if _, err := tx.Exec(ctx, insertCost, m.ids(), m.ID, k, c.Label, c.Planned, c.Spent); err != nil {
			return err
		}
	}
	for _, d := range m.decisions {
		if err := addDecision(ctx, tx, m.ID, d); err != nil {
			return err
		}
	}
	return nil
}

// keepMany adds measurements of one indicator, in the order of time, and sums their
// months up.
func keepMany(ctx context.Context, tx *db.Tx, list []Measurement) error {
	months := map[time.Time]bool{}
	for _, m := range list {
		from, _ := monthOf(m.Day)
		months[from] = true
	}
	rest := list
	for len(rest) >= insertManyRows {
		args := make([]any, 0, 4*insertManyRows)
		for _, m := range rest[:insertManyRows] {
			args = append(args, m.Indicator, db.At(m.Day), m.Value, m.N)
		}
		if _, err := tx.Exec(ctx, insertMany, args...); err != nil {
			return err
		}
		rest = rest[insertManyRows:]
	}
	for _, m := range rest {
		if _, err := tx.Exec(ctx, insertMeasurement, m.columns()...); err != nil {
			return err
		}
	}
	for from := range months {
		if err := sumMonth(ctx, tx, list[0].Indicator, from); err != nil {
			return err
		}
	}
	return nil
}
