package pilots

import (
	"context"
	"errors"
	"slices"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/trust/audit"
)

// nightAtOnce is how many pilots a night reads at once.
const nightAtOnce = 100

// Night marks the decisions that have become due and writes to who leads, once for
// each. A pilot that cannot be worked out does not hold up the others.
func (s *Service) Night(ctx context.Context) error {
	var failed []error
	for after := ""; ; {
		list, err := db.All(ctx, s.DB, scanPilot, selectRunning, after, nightAtOnce)
		if err != nil {
			return errors.Join(append(failed, err)...)
		}
		for _, p := range list {
			after = p.ID
			if err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.mark(ctx, tx, p.ID) }); err != nil {
				failed = append(failed, err)
			}
		}
		if len(list) < nightAtOnce {
			return errors.Join(failed...)
		}
	}
}

// mark works one pilot out anew, and tells who leads it if a decision is due.
func (s *Service) mark(ctx context.Context, tx *db.Tx, id string) error {
	p, err := db.One(ctx, tx, scanPilot, selectPilot, id)
	if err != nil || p.Status != Running {
		return err
	}
	why := p.DueWhy
	if err := s.refresh(ctx, tx, &p); err != nil {
		return err
	}
	tell := p.DueWhy != "" && !p.DueTold
	if p.DueWhy == why && !tell {
		return nil
	}
	if tell {
		p.DueTold = true
		if err := s.tell(ctx, tx, p); err != nil {
			return err
		}
	}
	if err := keep(ctx, tx, p); err != nil {
		return err
	}
	return s.Audit.Record(ctx, tx, audit.Event{Kind: "pilots.due", Action: audit.Update, ObjectType: "pilot", ObjectID: id})
}

// tell writes to who leads that a decision is due.
func (s *Service) tell(ctx context.Context, tx *db.Tx, p Pilot) error {
	if p.LeadPerson == "" {
		return nil
	}
	to, err := s.People.Email(ctx, tx, p.LeadPerson)
	if fault.KindOf(err) == fault.KindNotFound || err == nil && to == "" {
		return nil
	}
	if err != nil {
		return err
	}
	// keys: pilots.mail.rule pilots.mail.date
	m, err := mail.Compose(to, i18n.T(ctx, "pilots.mail.subject", "name", p.Name), mail.Letter{
		Lang: i18n.Lang(ctx), Greeting: i18n.T(ctx, "pilots.mail.greeting"),
		Paragraphs: []string{i18n.T(ctx, "pilots.mail."+p.DueWhy, "name", p.Name), i18n.T(ctx, "pilots.mail.ask")},
		Button:     mail.Button{Label: i18n.T(ctx, "pilots.mail.button"), URL: s.BaseURL + Path(p.ID) + "/besluit"},
		Closing:    i18n.T(ctx, "pilots.mail.closing"),
	})
	if err != nil {
		return err
	}
	return mail.Enqueue(ctx, tx, m)
}

// period is the last whole week, month or quarter before a day.
func period(every string, now time.Time) (from, to time.Time) {
	today := day(now)
	switch every {
	case "week":
		to = today.AddDate(0, 0, -(int(today.Weekday())+6)%7)
		return to.AddDate(0, 0, -7), to
	case "quarter":
		to = time.Date(today.Year(), today.Month()-(today.Month()-1)%3, 1, 0, 0, 0, 0, time.UTC)
		return to.AddDate(0, -3, 0), to
	}
	to, _ = monthOf(today)
	return to.AddDate(0, -1, 0), to
}

// CountNow takes over what the program itself counted in the last whole period of
// each indicator that asks for it. A count under ten is not kept: it could be about
// somebody.
func (s *Service) CountNow(ctx context.Context) error {
	if s.Counters == nil {
		return nil
	}
	var failed []error
	for after := ""; ; {
		list, err := db.All(ctx, s.DB, scanIndicator, selectCounting, after, nightAtOnce)
		if err != nil {
			return errors.Join(append(failed, err)...)
		}
		for _, i := range list {
			after = i.ID
			if err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.count(ctx, tx, i) }); err != nil {
				failed = append(failed, err)
			}
		}
		if len(list) < nightAtOnce {
			return errors.Join(failed...)
		}
	}
}

func (s *Service) count(ctx context.Context, tx *db.Tx, i Indicator) error {
	p, err := db.One(ctx, tx, scanPilot, selectPilot, i.Pilot)
	if err != nil {
		return err
	}
	from, to := period(i.Every, s.Clock.Now())
	if p.Status != Running || from.Before(p.Starts.AddDate(0, 0, -6)) || !slices.ContainsFunc(s.Counters.Kinds(ctx), func(c Counter) bool { return c.Kind == i.Counter }) {
		return nil
	}
	on := to.AddDate(0, 0, -1)
	if _, err := db.One(ctx, tx, scanMeasurement, selectMeasurement, i.ID, db.At(on)); fault.KindOf(err) != fault.KindNotFound {
		return err // counted before, or corrected by hand
	}
	place := p.PlacePath
	if place == "" {
		place = s.Root
	}
	n, err := s.Counters.Count(ctx, tx, i.Counter, place, from, to)
	if err != nil || n < fewest {
		return err
	}
	_, err = s.measure(ctx, tx, p, []Entry{{Code: i.Code, Day: on, Value: float64(n)}}, "program")
	return err
}
