package phases

import (
	"context"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

// demoAt is an initiative of the demonstration at its gate. What is written here
// is made up, and says so.
type demoAt struct {
	slug, lead, from string
	marks            []Mark
	condition        string
}

var demoList = []demoAt{
	{slug: "robot-tessa", lead: "Fatma", from: Proven, condition: "De stem van Tessa staat bij iedereen zachter (voorbeeld)", marks: []Mark{
		{Code: "scaled-others", State: Met, Note: "In twee wijken geprobeerd (voorbeeld)."},
		{Code: "scaled-money", State: Open, Note: "De verzekeraar praat nog mee (voorbeeld)."},
		{Code: "scaled-open", State: NotNeeded, Note: "Het apparaat staat op zichzelf (voorbeeld)."}}},
	{slug: "gezelschapp-enschede", lead: "Joost", from: Preparation, condition: "De tweede wijk telt ook mee (voorbeeld)", marks: []Mark{
		{Code: "proven-reached", State: Open, Note: "Er doen 24 mensen mee, 40 is het doel (voorbeeld)."},
		{Code: "proven-safe", State: Met, Note: "Eén klacht over een naam, opgelost (voorbeeld)."},
		{Code: "proven-staff", State: Met}}},
}

// demo makes marks and a decision with a condition, once, without moving anything.
func (s *Service) demo(ctx context.Context) error {
	for _, d := range demoList {
		if err := s.demoOne(access.With(ctx, access.Actor{Channel: access.Shell}), d); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) demoOne(ctx context.Context, d demoAt) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		lead, found, err := s.People.DemoLead(ctx, tx, d.lead)
		if err != nil || !found {
			return err
		}
		_, err = s.Initiatives.Facts(ctx, tx, d.slug)
		if fault.KindOf(err) == fault.KindNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		if at, err := version(ctx, tx, d.slug); err != nil || at > 0 {
			return err
		}
		now := s.Clock.Now()
		for _, m := range d.marks {
			if _, err := tx.Exec(ctx, putMark, d.slug, m.Code, m.State, m.Note, m.Link, lead.ID, db.At(now)); err != nil {
				return err
			}
		}
		day := now.AddDate(0, -2, 0)
		made := Decision{ID: s.IDs(), Initiative: d.slug, Kind: Pass, From: d.from, To: gateOf(d.from), Day: day, Roles: []string{"steering"},
			Reason: "De punten zijn klaar en de betalers doen mee (voorbeeld).", Person: lead.ID, At: now, Demonstration: true,
			Conditions: []Condition{{ID: s.IDs(), Text: d.condition, Owner: lead.ID, Organisation: lead.Organisation, Due: now.AddDate(0, 0, 14)}}}
		if err := addDecision(ctx, tx, made); err != nil {
			return err
		}
		if err := raise(ctx, tx, d.slug, 0, now); err != nil {
			return err
		}
		return s.told(ctx, tx, d.slug, kindDecided, made.To)
	})
}
