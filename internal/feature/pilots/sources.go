package pilots

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
)

// settled is how long after its end a period is complete: what was counted in
// memory has been written by then.
const settled = time.Hour

// unnamed is the source whose counters had no name before them at first, as some
// packages still write them.
const unnamed = "questions"

// counterName gives the counter as it is called now.
func counterName(code string) string {
	if code == "" || strings.Contains(code, ".") {
		return code
	}
	return unnamed + "." + code
}

// counters lists what the sources can measure now, each under its full name.
func (s *Service) counters(ctx context.Context, r db.Reader) ([]Counter, error) {
	var all []Counter
	for _, source := range s.Sources {
		kinds, err := source.Kinds(ctx, r)
		if err != nil {
			return nil, err
		}
		for _, c := range kinds {
			c.Kind = source.Name() + "." + c.Kind
			all = append(all, c)
		}
	}
	return all, nil
}

// countable refuses a counter that is not there, or gives figures of another kind
// than the indicator. One that the indicator had already may stay: it may have come
// with a package, or have ended.
func (s *Service) countable(ctx context.Context, r db.Reader, i Indicator, was string) error {
	if i.Counter == "" {
		return nil
	}
	list, err := s.counters(ctx, r)
	if err != nil {
		return err
	}
	k := slices.IndexFunc(list, func(c Counter) bool { return c.Kind == i.Counter })
	switch {
	case k < 0 && i.Counter != was:
		return fault.Invalid(fault.Field{Name: "teller", Key: "pilots.wrong.counter.gone"})
	case k >= 0 && list[k].Gives != i.Kind:
		return fault.Invalid(fault.Field{Name: "soort", Key: "pilots.wrong.counter." + string(list[k].Gives)})
		// keys: pilots.wrong.counter.count pilots.wrong.counter.share pilots.wrong.counter.mean pilots.wrong.counter.score pilots.wrong.counter.euro
	}
	return nil
}

// enough tells that a reading is about so many that nobody can be known by it.
func (r Reading) enough(k Kind) bool {
	if k == Count {
		return r.Value >= fewest
	}
	return r.N >= fewest
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

// CountNow takes over what the program itself measured in the last whole period of
// each indicator that asks for it. What is about fewer than ten is not kept: it
// could be about somebody. One that cannot be measured does not hold up the others.
func (s *Service) CountNow(ctx context.Context) error {
	if len(s.Sources) == 0 {
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
	name, kind, _ := strings.Cut(i.Counter, ".")
	k := slices.IndexFunc(s.Sources, func(one Source) bool { return one.Name() == name })
	if k < 0 {
		return nil
	}
	p, err := db.One(ctx, tx, scanPilot, selectPilot, i.Pilot)
	if err != nil {
		return err
	}
	from, before := period(i.Every, s.Clock.Now().Add(-settled))
	if p.Status != Running || from.Before(p.Starts.AddDate(0, 0, -6)) {
		return nil
	}
	on := before.AddDate(0, 0, -1)
	if _, err := db.One(ctx, tx, scanMeasurement, selectMeasurement, i.ID, db.At(on)); fault.KindOf(err) != fault.KindNotFound {
		return err // measured before, or corrected by hand
	}
	about := About{Initiative: p.Initiative, Pilot: p.ID, Place: p.PlacePath, From: from, Before: before}
	if about.Place == "" {
		about.Place = s.Root
	}
	kinds, err := s.Sources[k].Kinds(ctx, tx)
	if err != nil || !slices.ContainsFunc(kinds, func(c Counter) bool { return c.Kind == kind && c.Gives == i.Kind }) {
		return err
	}
	v, ok, err := s.Sources[k].Read(ctx, tx, kind, about)
	if err != nil || !ok || !v.enough(i.Kind) {
		return err
	}
	_, err = s.measure(ctx, tx, p, []Entry{{Code: i.Code, Day: on, Value: v.Value, N: v.N, Spread: v.Spread}}, "program")
	return err
}
