package scaling

import (
	"context"
	"slices"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/trust/access"
)

// demoLeads own steps of the demonstration, each of one city, in this order.
var demoLeads = []string{"Fatma", "Joost", "Els"}

// demoWeeks is how far the plan of the demonstration is.
const demoWeeks = 24

// demoBehind is by how many weeks each city is behind.
var demoBehind = []int{0, 11, 6}

// demo makes a plan that is half way, once, for the coalition of the
// demonstration: the first city is on time, the others are late.
func (s *Service) demo(ctx context.Context) error {
	standard, err := Standard()
	if err != nil {
		return err
	}
	ctx = access.With(ctx, access.Actor{Channel: access.Shell})
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		coalition, found, err := s.Coalitions.Demo(ctx, tx)
		if err != nil || !found {
			return err
		}
		have, err := db.All(ctx, tx, scanPlan, ofCoalition, coalition, last, 1)
		if err != nil || len(have) > 0 {
			return err
		}
		var leads []Person
		for _, name := range demoLeads {
			lead, there, err := s.People.DemoLead(ctx, tx, name)
			if err != nil {
				return err
			}
			if there {
				leads = append(leads, lead)
			}
		}
		if len(leads) == 0 {
			return nil
		}
		ctx = access.With(ctx, access.Actor{Person: leads[0].ID, Channel: access.Shell})
		p := Plan{Title: "Van pilot naar alle wijken (voorbeeld)", Goals: standard.Goals, Coalition: coalition, Start: s.today().Add(-7 * demoWeeks), Demonstration: true}
		if p.Initiative, err = s.Coalitions.Chosen(ctx, tx, coalition); err != nil {
			return err
		}
		tracks, err := s.firstTracks(ctx, tx, p)
		if err != nil || len(tracks) == 0 {
			return err
		}
		if p.ID, err = s.begin(ctx, tx, p, tracks, standard); err != nil {
			return err
		}
		return s.halfWay(ctx, tx, p, leads)
	})
}

// halfWay gives the steps of the demonstration owners, states and budgets.
func (s *Service) halfWay(ctx context.Context, tx *db.Tx, p Plan, leads []Person) error {
	tracks, steps, err := s.within(ctx, tx, p)
	if err != nil {
		return err
	}
	today := s.today()
	for _, o := range steps {
		city := slices.IndexFunc(tracks, func(t Track) bool { return t.ID == o.Track })
		owner := leads[max(city, 0)%len(leads)]
		o.Person = owner.ID
		o.Budget = 150_000
		reached := today.Add(-7 * demoBehind[max(city, 0)%len(demoBehind)])
		switch {
		case o.Due < reached:
			o.State, o.Done = Done, o.Due.Add(2)
		case o.Start < reached:
			o.State = Doing
		}
		if err := s.keep(ctx, tx, o, o.Version); err != nil {
			return err
		}
	}
	for k, t := range tracks {
		for c := range t.Conditions {
			t.Conditions[c].Met = c < len(t.Conditions)-1-k*2
		}
		if _, err := tx.Exec(ctx, updateTrack, t.ID, p.ID, t.Name, db.JSON[[]Condition]{V: t.Conditions}, db.JSON[[]string]{V: t.Barriers}, t.Version); err != nil {
			return err
		}
	}
	return nil
}
