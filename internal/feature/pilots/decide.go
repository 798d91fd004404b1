package pilots

import (
	"context"
	"slices"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// Decide keeps a decision. Stopping and handing on end the pilot, and turn what was
// measured into evidence of its initiative.
func (s *Service) Decide(ctx context.Context, id string, version int64, d Decision) error {
	now := s.Clock.Now()
	if err := d.check(now); err != nil {
		return err
	}
	return s.change(ctx, id, version, "decided", d.Reason, func(ctx context.Context, tx *db.Tx, p *Pilot) error {
		if p.Status != Running {
			return fault.Conflict("pilots.wrong.notrunning")
		}
		colleagues, err := s.People.Colleagues(ctx, tx)
		if err != nil {
			return err
		}
		for _, person := range d.People {
			if !slices.ContainsFunc(colleagues, func(c Person) bool { return c.ID == person }) {
				return fault.Invalid(fault.Field{Name: "wie", Key: "pilots.wrong.deciders"})
			}
		}
		d.ID, d.Why, d.Person, d.At = s.IDs(), p.DueWhy, access.Of(ctx).Person, now
		if err := addDecision(ctx, tx, p.ID, d); err != nil {
			return err
		}
		p.DecidedAt, p.DueTold = now, false
		if !d.final() {
			p.DecideOn = d.Next
			return s.refresh(ctx, tx, p)
		}
		p.Status, p.Outcome = Ended, d.Outcome
		p.DueAt, p.DueWhy, p.DecideOn = db.Time{}.Time, "", db.Time{}.Time
		if d.Day.Before(p.Ends) && d.Day.After(p.Starts) {
			p.Ends = d.Day
		}
		return s.prove(ctx, tx, *p, "decided")
	})
}

func addDecision(ctx context.Context, tx *db.Tx, pilot string, d Decision) error {
	if _, err := tx.Exec(ctx, insertDecision, d.ID, pilot, db.At(d.Day), d.Outcome, d.Others, d.Reason, d.Conditions, db.At(d.Next), d.Why,
		db.Null(d.Person), db.At(d.At)); err != nil {
		return err
	}
	for _, person := range d.People {
		if _, err := tx.Exec(ctx, insertDecider, d.ID, person); err != nil {
			return err
		}
	}
	return nil
}

// prove hands what was measured to the initiative, whatever came out.
func (s *Service) prove(ctx context.Context, tx *db.Tx, p Pilot, why string) error {
	indicators, err := db.All(ctx, tx, scanIndicator, selectIndicators, p.ID)
	if err != nil {
		return err
	}
	for _, i := range indicators {
		series, err := s.series(ctx, tx, p, i, true)
		if err != nil {
			return err
		}
		row, ok := p.evidence(ctx, series)
		if !ok {
			continue
		}
		err = s.Evidence.AddEvidence(ctx, tx, p.Initiative, row, i18n.T(ctx, "pilots.evidence.why."+why, "name", p.Name))
		if fault.KindOf(err) == fault.KindInternal && err != nil {
			return err
		}
		if err != nil { // the initiative does not take it: that keeps nobody from stopping
			return s.noted(ctx, tx, p.ID, "noevidence", "", audit.Update)
		}
	}
	return nil
}

// evidence makes a row of an indicator; false where nothing was measured, or of too
// few people.
func (p Pilot) evidence(ctx context.Context, s Series) (EvidenceRow, bool) {
	m := s.Last
	if m.Day.IsZero() || m.Day.Before(p.Starts) || m.few(s.Kind) {
		return EvidenceRow{}, false
	}
	unit := map[Kind]string{Share: i18n.T(ctx, "pilots.unit.share"), Euro: "euro"}[s.Kind]
	if unit == "" {
		unit = s.Unit
	}
	if unit == "" {
		unit = i18n.T(ctx, "pilots.kind."+string(s.Kind))
	}
	n := m.N
	if n == 0 && s.Kind == Count {
		n = int(m.Value)
	}
	row := EvidenceRow{
		Key: "pilot:" + p.ID + ":" + s.Code, Type: evidenceType(s.Kind), Metric: s.Name, Value: m.Value, Baseline: s.Baseline,
		Target: s.Target, Unit: unit, N: n, From: p.Starts, To: m.Day, Strength: p.Strength(s.Indicator, m), Low: s.Low, High: s.High,
		Verdict: s.Result, Comparison: p.Compared, Path: Path(p.ID), Demonstration: p.Demonstration,
		Period: i18n.Date(ctx, p.Starts) + " – " + i18n.Date(ctx, m.Day),
		Method: i18n.T(ctx, "pilots.design."+p.Design) + ", " + i18n.T(ctx, "pilots.every."+s.Every),
		Note:   i18n.T(ctx, "pilots.result."+string(s.Result)),
	}
	if row.Strength != p.Design {
		row.Note += " " + i18n.T(ctx, "pilots.evidence.weaker")
	}
	return row, true
}
