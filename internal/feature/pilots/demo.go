package pilots

import (
	"context"
	"slices"
	"time"

	"wijkbaak.nl/internal/base/db"
)

// The demonstration: a pilot that comes near its stop rule while a decision is due,
// and one that shows an improvement. The figures are made up, and say so.

// demoPilot is a pilot with the values of its indicators, the newest last.
type demoPilot struct {
	lead       string // first name of who leads it
	place      string
	weeks      int // since it began
	left       int // weeks until its end; below 1 it is over
	pilot      Pilot
	indicators []Indicator
	values     [][]float64
	n          []int
	spread     []float64
	every      []int // days between two values
	rules      []Rule
	costs      []Cost
	risks      []Risk
	notes      []Note
	decisions  []Decision
}

func of(v float64) *float64 { return &v }

func cents(v int64) *int64 { return &v }

var demoPilots = []demoPilot{
	{
		lead: "Fatma", place: "Zeist", weeks: 9, left: 12,
		pilot: Pilot{Initiative: "robot-tessa", Name: "Tessa in de ochtend (voorbeeld)", People: 40, Design: "survey",
			Goal: "Mensen met geheugenproblemen staan op tijd op, eten en nemen hun medicijnen zonder dat iemand belt."},
		indicators: []Indicator{
			{Code: "gebruikers", Name: "Mensen die Tessa elke dag gebruiken", Unit: "mensen", Kind: Count, Better: "up", Target: of(30), Every: "week",
				Definition: "Wie Tessa op vijf of meer dagen van de week aan had.", Source: "Registratie van het apparaat"},
			{Code: "tevreden", Name: "Gebruikers die door willen", Kind: Share, Better: "up", Baseline: of(60), Target: of(75), Every: "month",
				Definition: "Wie op de vraag ‘wilt u Tessa houden?’ ja zegt.", Source: "Belronde door de thuiszorg"},
		},
		values: [][]float64{{24, 25, 23, 22, 20, 19, 17, 16, 15}, {64, 58}},
		n:      []int{0, 19}, spread: []float64{0, 0}, every: []int{7, 28},
		rules: []Rule{{Kind: "stop", Indicator: "gebruikers", Comparison: "below", Value: 15, Week: 8}},
		costs: []Cost{{Label: "Huur van 40 apparaten", Planned: 1_440_000, Spent: cents(1_080_000)}, {Label: "Uitleg thuis", Planned: 600_000, Spent: cents(712_500)}},
		risks: []Risk{{Label: "Het apparaat praat op het verkeerde moment", Weight: "high", Answer: "Mantelzorger stelt de tijden samen met de coach in"},
			{Label: "Te weinig tijd voor uitleg", Weight: "middle", Answer: "Twee vrijwilligers gaan mee"}},
		notes: []Note{{Body: "Bij acht mensen stond Tessa na drie weken in de kast. Zij vonden de stem te hard."}},
	},
	{
		lead: "Joost", place: "Ede", weeks: 40, left: 12,
		pilot: Pilot{Initiative: "welzijn-op-recept", Name: "Welzijn op recept in twee praktijken (voorbeeld)", People: 120, Design: "before_after",
			Goal: "Mensen met klachten door eenzaamheid vinden iets in de wijk dat bij hen past, en komen minder vaak bij de huisarts."},
		indicators: []Indicator{
			{Code: "bezoeken", Name: "Bezoeken aan de huisarts per deelnemer", Unit: "bezoeken", Kind: Mean, Better: "down", Baseline: of(3.4), Target: of(2.5), Every: "week",
				Definition: "Bezoeken in de laatste drie maanden, per deelnemer.", Source: "Telling van de praktijken"},
			{Code: "deelnemers", Name: "Deelnemers die een eerste gesprek hadden", Unit: "mensen", Kind: Count, Better: "up", Target: of(100), Every: "month",
				Definition: "Alle mensen met een eerste gesprek sinds het begin.", Source: "Registratie van de welzijnscoach"},
			{Code: "eenzaam", Name: "Deelnemers die zich eenzaam voelen", Kind: Share, Better: "down", Baseline: of(71), Target: of(50), Every: "quarter",
				Definition: "Wie op een korte vragenlijst drie of hoger scoort.", Source: "Vragenlijst bij begin en elk kwartaal"},
		},
		values: [][]float64{{3.4, 3.5, 3.3, 3.4, 3.2, 3.5, 3.4, 3.3, 3.5, 3.3, 3.4, 3.2, 3.0, 2.9, 2.8, 2.9, 2.7, 2.6, 2.7, 2.5},
			{12, 24, 37, 49, 60, 71, 80, 88, 94}, {68, 57, 48}},
		n: []int{88, 0, 84}, spread: []float64{1.6, 0, 0}, every: []int{14, 30, 91},
		rules: []Rule{{Kind: "start", Indicator: "bezoeken", Comparison: "above", Value: 3}, {Kind: "stop", Indicator: "deelnemers", Comparison: "below", Value: 40, Week: 26}},
		costs: []Cost{{Label: "Welzijnscoach, 16 uur per week", Planned: 3_200_000, Spent: cents(2_460_000)}, {Label: "Activiteiten in de wijk", Planned: 500_000, Spent: cents(389_550)}},
		risks: []Risk{{Label: "Huisartsen verwijzen niet meer als het druk is", Weight: "middle", Answer: "Elke maand terugkoppelen wat het opleverde"}},
		notes: []Note{{Body: "Een vaste inloop werkt beter dan een lijst met activiteiten.", Quote: "Ik ga nu elke dinsdag wandelen. Dat had ik alleen nooit gedurfd.",
			SaidBy: "deelnemer, 74 jaar (voorbeeld)", Consent: "Voorbeeldtekst van de demonstratie."}},
		decisions: []Decision{{Outcome: GoOn, Others: "stuurgroep welzijn en huisartsen (voorbeeld)", Reason: "Genoeg deelnemers, en het aantal bezoeken daalt.",
			Conditions: "De tweede praktijk vult de lijst ook in."}},
	},
}

// demo fills empty data with the two pilots. Who is missing in the demonstration is
// missing here too.
func (s *Service) demo(ctx context.Context) error {
	now := s.Clock.Now()
	towns, err := s.Places.Municipalities(ctx)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, d := range demoPilots {
			links, err := s.Initiatives.Links(ctx, tx, []string{d.pilot.Initiative})
			if err != nil {
				return err
			}
			there, err := db.All(ctx, tx, scanPilot, selectOf, d.pilot.Initiative)
			if err != nil {
				return err
			}
			if len(links) == 0 || slices.ContainsFunc(there, func(p Pilot) bool { return p.Name == d.pilot.Name }) {
				continue
			}
			who, _, err := s.People.DemoLead(ctx, tx, d.lead)
			if err != nil {
				return err
			}
			g := d.made(now, s.IDs)
			g.Lead, g.LeadName, g.LeadPerson = who.Organisation, who.OrganisationName, who.ID
			if k := slices.IndexFunc(towns, func(m Municipality) bool { return m.Name == d.place }); k >= 0 {
				g.Place, g.PlaceName, g.PlacePath = towns[k].Code, towns[k].Name, towns[k].Path
			}
			if err := g.keep(ctx, tx); err != nil {
				return err
			}
			if err := s.demoRest(ctx, tx, g.ID, d, now); err != nil {
				return err
			}
			if err := s.refresh(ctx, tx, &g.Pilot); err != nil {
				return err
			}
			if err := keep(ctx, tx, g.Pilot); err != nil {
				return err
			}
		}
		return nil
	})
}

// made gives a pilot of the demonstration as of a moment.
func (d demoPilot) made(now time.Time, ids func() string) generated {
	p := d.pilot
	p.ID, p.Status, p.Version, p.Demonstration, p.CreatedAt, p.ChangedAt = ids(), Running, 1, true, now, now
	p.Starts = day(now).AddDate(0, 0, -7*d.weeks)
	p.Ends = day(now).AddDate(0, 0, 7*d.left)
	p.DecideOn = p.Ends
	if len(d.decisions) == 0 {
		p.DecideOn = day(now) // it was agreed to look at it now
	} else {
		p.DecidedAt = now.AddDate(0, 0, -60)
	}
	g := generated{Pilot: p, ids: ids, rules: d.rules, costs: d.costs}
	for k, i := range d.indicators {
		i.ID, i.Pilot, i.Position = ids(), p.ID, k
		var list []Measurement
		for v, value := range d.values[k] {
			on := day(now).AddDate(0, 0, -d.every[k]*(len(d.values[k])-1-v)-1)
			m := Measurement{Indicator: i.ID, Day: on, Value: value, N: d.n[k], Source: "form", At: on}
			if d.spread[k] > 0 {
				m.Spread = of(d.spread[k])
			}
			list = append(list, m)
		}
		i.Last = list[len(list)-1]
		g.indicators, g.measured = append(g.indicators, i), append(g.measured, list)
	}
	return g
}

func (s *Service) demoRest(ctx context.Context, tx *db.Tx, pilot string, d demoPilot, now time.Time) error {
	for k, r := range d.risks {
		if _, err := tx.Exec(ctx, insertRisk, s.IDs(), pilot, k, r.Label, r.Weight, r.Answer); err != nil {
			return err
		}
	}
	for _, n := range d.notes {
		at := now.AddDate(0, 0, -10)
		consent := db.At(time.Time{})
		if n.Quote != "" {
			consent = db.At(at)
		}
		if _, err := tx.Exec(ctx, insertNote, s.IDs(), pilot, db.At(day(at)), n.Body, n.Quote, n.SaidBy, n.Consent, consent, nil, db.At(at)); err != nil {
			return err
		}
	}
	for _, m := range d.decisions {
		m.ID, m.At = s.IDs(), now.AddDate(0, 0, -60)
		m.Day, m.Next = day(m.At), day(now).AddDate(0, 0, 7*d.left)
		if err := addDecision(ctx, tx, pilot, m); err != nil {
			return err
		}
	}
	return nil
}
