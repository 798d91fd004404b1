package agreements

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// The agreement of the demonstration, about an initiative that has a pilot. The
// amounts are made up, and say so.
const (
	demoInitiative = "welzijn-op-recept"
	demoCode       = "bezoeken"
	demoLead       = "Joost"
	demoTitle      = "Minder bezoeken aan de huisarts (voorbeeld)"
	demoSource     = "Tussentelling van de praktijken (voorbeeld)"
)

func demoModel(owner Link) Model {
	of := func(v float64) *float64 { return &v }
	return Model{
		Parties:   []Party{{Payer, owner.ID, owner.Name}, {Payer, "", "Zorgverzekeraar (voorbeeld)"}, {Provider, "", "Welzijnsorganisatie (voorbeeld)"}},
		Indicator: "Bezoeken aan de huisarts per deelnemer", Measure: "bezoeken", Better: "down", Baseline: of(3.4), Threshold: of(0.3), Mode: Fixed,
		Bands:   []Band{{From: 0.3, To: of(0.6), Cents: 500_000}, {From: 0.6, To: of(1), Cents: 1_000_000}, {From: 1, Cents: 1_500_000}},
		Ceiling: 2_000_000, Note: "De bedragen zijn verzonnen. Zij laten zien hoe een afspraak werkt.",
	}
}

// demo makes the agreement, once, where its initiative and its project leader are:
// one day is settled, one has come, one lies ahead.
func (s *Service) demo(ctx context.Context) error {
	ctx = access.With(ctx, access.Actor{Channel: access.Shell})
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		lead, found, err := s.People.DemoLead(ctx, tx, demoLead)
		if err != nil || !found {
			return err
		}
		links, err := s.Initiatives.Links(ctx, tx, []string{demoInitiative})
		if err != nil || len(links) == 0 {
			return err
		}
		have, err := db.All(ctx, tx, scanAgreement, selectOf, demoInitiative, "", 1)
		if err != nil || len(have) > 0 {
			return err
		}
		measured, err := s.Figures.OfInitiative(ctx, tx, demoInitiative)
		if err != nil {
			return err
		}
		m := demoModel(Link{ID: lead.Organisation, Name: lead.OrganisationName})
		for _, f := range measured {
			if f.Indicator == demoCode && m.Pilot == "" {
				m.Pilot, m.Code = f.Pilot, f.Indicator
			}
		}
		now := s.Clock.Now()
		ctx = access.With(ctx, access.Actor{Person: lead.ID, Channel: access.Shell})
		g := Agreement{Title: demoTitle, Initiative: demoInitiative, Organisation: lead.Organisation, Model: m, Stand: Public, Demonstration: true}
		first := daysFrom(now, -120)
		if g.ID, err = s.make(ctx, tx, g, []time.Time{first, daysFrom(now, -3), daysFrom(now, 21)}); err != nil {
			return err
		}
		checks, err := db.All(ctx, tx, scanCheck, selectChecks, g.ID)
		if err != nil {
			return err
		}
		c := checks[0]
		c.Steps, c.Cents = m.Settle(3, 61, 0)
		c.Settled, c.At, c.Person, c.Source = true, first.AddDate(0, 0, 6), lead.ID, demoSource
		if err := keepCheck(ctx, tx, c); err != nil {
			return err
		}
		return s.told(ctx, tx, g, audit.Update, Change{Kind: changeSettled, Subject: c.Due.Format("02-01-2006")})
	})
}
