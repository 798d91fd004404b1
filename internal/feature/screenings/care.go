package screenings

import (
	"context"
	"strconv"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/decimal"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// treat gives a round to who measures in it.
func (s *Service) treat(ctx context.Context, r db.Reader, id string) (Round, error) {
	v, err := s.round(ctx, r, id)
	if err == nil && !MayTreat(access.Of(ctx), v) {
		err = fault.NotFound()
	}
	return v, err
}

// Booking is a time on the list of a day, with who comes.
type Booking struct {
	Slot
	People []Expected
}

const dayMost = 2000

// OnDay lists who comes on a day, by number: no class and no result stands there.
func (s *Service) OnDay(ctx context.Context, id string, d Day) (r Round, list []Booking, err error) {
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		list = nil
		if r, err = s.treat(ctx, tx, id); err != nil {
			return err
		}
		slots, err := s.slots(ctx, tx, id, d.start(), d.Add(1).start())
		if err != nil {
			return err
		}
		people, err := db.All(ctx, tx, scanExpected, selectDay, id, db.At(d.start()), db.At(d.Add(1).start()), dayMost)
		if err != nil {
			return err
		}
		for _, v := range slots {
			b := Booking{Slot: v}
			for _, p := range people {
				if p.Slot == v.ID {
					b.People = append(b.People, p)
				}
			}
			list = append(list, b)
		}
		return s.record(ctx, tx, "screening.day", audit.Read, "screening-round", id, r.Screener)
	})
	return r, list, err
}

// patient reads one who has an appointment, for who measures.
func (s *Service) patient(ctx context.Context, r db.Reader, id, invite string) (c Card, err error) {
	round, err := s.treat(ctx, r, id)
	if err != nil {
		return c, err
	}
	if c.Invite, err = db.One(ctx, r, scanInvite, selectInvite, invite); err != nil {
		return c, err
	}
	if c.Invite.Round != round.ID {
		return c, fault.NotFound()
	}
	if c, err = s.fill(ctx, r, c); err == nil && c.Visit == nil {
		err = fault.NotFound() // who has no appointment is nobody's business
	}
	return c, err
}

// Patient gives one who has an appointment to who measures; the look stands in the log.
func (s *Service) Patient(ctx context.Context, id, invite string) (c Card, err error) {
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if c, err = s.patient(ctx, tx, id, invite); err != nil {
			return err
		}
		return s.record(ctx, tx, "screening.look", audit.Read, "screening-invite", invite, c.Round.Screener)
	})
	return c, err
}

// Came says whether somebody came.
func (s *Service) Came(ctx context.Context, id, invite, visit string) error {
	if visit != booked && visit != came && visit != missed {
		return fault.Invalid(fault.Field{Name: "gekomen", Key: "screenings.wrong.visit"})
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := s.patient(ctx, tx, id, invite)
		if err != nil {
			return err
		}
		if c.Result != nil && visit != came {
			return fault.Conflict("screenings.wrong.measured")
		}
		if _, err := tx.Exec(ctx, updateVisit, invite, visit); err != nil {
			return err
		}
		return s.record(ctx, tx, "screening.visit", audit.Update, "screening-invite", invite, c.Round.Screener)
	})
}

// Found is what a professional writes down: values by the number of the measure, as
// they were typed.
type Found struct {
	Values          map[int]string
	Outcome, Advice string
	Version         int64 // of the result that was on the form; 0 for none
}

func valueField(k int) string { return "m" + strconv.Itoa(k) }

// read takes the values within their bounds.
func (f Found) read(measures []Measure) (list []Reading, err error) {
	var wrong fault.List
	for k, m := range measures {
		if f.Values[k] == "" {
			continue
		}
		v, err := decimal.Parse(f.Values[k])
		switch {
		case err != nil:
			wrong.Add(valueField(k), "screenings.wrong.number")
		case v < m.Least || v > m.Most:
			wrong.Add(valueField(k), "screenings.wrong.bounds", "least", plain(m.Least), "most", plain(m.Most), "unit", m.Unit)
		default:
			list = append(list, Reading{m, v})
		}
	}
	known := false
	for _, o := range Outcomes {
		known = known || o == f.Outcome
	}
	if !known {
		wrong.Add("uitkomst", "screenings.wrong.outcome")
	}
	if f.Advice == "" {
		wrong.Add("advies", "screenings.wrong.advice")
	}
	return list, wrong.Err()
}

// Enter keeps what was found, for who holds the code to read. A correction takes the
// place of what was there.
func (s *Service) Enter(ctx context.Context, id, invite string, f Found) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := s.patient(ctx, tx, id, invite)
		if err != nil {
			return err
		}
		readings, err := f.read(c.Round.Measures)
		if err != nil {
			return err
		}
		now := s.Clock.Now()
		v := Result{Invite: invite, Round: id, Readings: readings, Outcome: f.Outcome, Advice: f.Advice, Version: 1, EnteredBy: actor(ctx), Entered: now, Changed: now}
		kept, action := false, audit.Create
		if f.Version == 0 {
			kept, err = addResult(ctx, tx, v)
		} else {
			action = audit.Update
			n, e := tx.Exec(ctx, updateResult, invite, db.JSON[[]Reading]{V: readings}, v.Outcome, v.Advice, v.EnteredBy, db.At(now), f.Version)
			kept, err = n > 0, e
		}
		if err == nil && !kept {
			err = fault.Conflict("screenings.wrong.version")
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, updateVisit, invite, came); err != nil {
			return err
		}
		return s.record(ctx, tx, "screening.result", action, "screening-invite", invite, c.Round.Screener)
	})
}

// plain writes a number with a decimal comma.
func plain(v float64) string {
	return comma(strconv.FormatFloat(v, 'f', -1, 64))
}
