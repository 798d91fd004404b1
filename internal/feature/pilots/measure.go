package pilots

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// Entry is a value to keep. Remove takes the value of the day away.
type Entry struct {
	Code   string // of the indicator
	Day    time.Time
	Value  float64
	N      int
	Spread *float64
	Note   string
	Remove bool
	Field  string // of the form, for what is wrong
}

// Measured tells what became of entries.
type Measured struct{ New, Changed, Same, Removed int }

// EntriesMost is how many values are taken at once.
const EntriesMost = 5000

// Measure keeps values, all or none. A value for a day that has one is a
// correction: the old one stays in the history. source is form, csv, api or program.
func (s *Service) Measure(ctx context.Context, id string, entries []Entry, source string) (done Measured, err error) {
	if len(entries) > EntriesMost {
		return done, fault.TooLarge("pilots.wrong.entries", "n", EntriesMost)
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		done = Measured{}
		p, err := s.see(ctx, tx, id)
		if err != nil {
			return err
		}
		if !MayMeasure(access.Of(ctx), p, s.Root) {
			return fault.Denied()
		}
		done, err = s.measure(ctx, tx, p, entries, source)
		return err
	})
	return done, err
}

func (s *Service) measure(ctx context.Context, tx *db.Tx, p Pilot, entries []Entry, source string) (Measured, error) {
	var done Measured
	indicators, err := db.All(ctx, tx, scanIndicator, selectIndicators, p.ID)
	if err != nil {
		return done, err
	}
	if err := s.fits(entries, indicators); err != nil {
		return done, err
	}
	type month struct {
		indicator string
		from      time.Time
	}
	touched, months := map[string]bool{}, map[month]bool{}
	for _, e := range entries {
		i := indicators[slices.IndexFunc(indicators, func(i Indicator) bool { return i.Code == e.Code })]
		m := Measurement{Indicator: i.ID, Day: e.Day, Value: e.Value, N: e.N, Spread: e.Spread, Note: e.Note, Source: source,
			Person: access.Of(ctx).Person, At: s.Clock.Now()}
		changed, err := s.put(ctx, tx, p.ID, m, e.Remove, &done)
		if err != nil {
			return done, err
		}
		if changed {
			touched[i.ID] = true
			from, _ := monthOf(e.Day)
			months[month{i.ID, from}] = true
		}
	}
	if len(touched) == 0 {
		return done, nil
	}
	for m := range months {
		if err := sumMonth(ctx, tx, m.indicator, m.from); err != nil {
			return done, err
		}
	}
	for indicator := range touched {
		if err := keepLast(ctx, tx, indicator); err != nil {
			return done, err
		}
	}
	if err := s.refresh(ctx, tx, &p); err != nil {
		return done, err
	}
	if p.Status == Ended { // what it proved has changed too
		if err := s.prove(ctx, tx, p, "measured"); err != nil {
			return done, err
		}
	}
	if err := keep(ctx, tx, p); err != nil {
		return done, err
	}
	return done, s.Audit.Record(ctx, tx, audit.Event{Kind: "pilots.measured", Action: audit.Update, ObjectType: "pilot", ObjectID: p.ID})
}

// fits checks all entries, and tells all that is wrong.
func (s *Service) fits(entries []Entry, indicators []Indicator) error {
	var w wrong
	for k, e := range entries {
		field := e.Field
		if field == "" {
			field = "measurements[" + strconv.Itoa(k) + "]"
		}
		at := slices.IndexFunc(indicators, func(i Indicator) bool { return i.Code == e.Code })
		if at < 0 {
			w.add(true, field, "pilots.wrong.unknown", "name", e.Code)
			continue
		}
		m := Measurement{Day: e.Day, Value: e.Value, N: e.N, Spread: e.Spread}
		if e.Remove {
			m.Value, m.N, m.Spread = 0, 0, nil
		}
		if key := m.check(indicators[at], s.Clock.Now()); key != "" {
			w.add(true, field, key)
		}
	}
	return w.err()
}

// put keeps one value and the one it replaces; it tells whether anything changed.
func (s *Service) put(ctx context.Context, tx *db.Tx, pilot string, m Measurement, remove bool, done *Measured) (bool, error) {
	was, err := db.One(ctx, tx, scanMeasurement, selectMeasurement, m.Indicator, db.At(m.Day))
	switch {
	case fault.KindOf(err) == fault.KindNotFound && remove:
		return false, nil
	case fault.KindOf(err) == fault.KindNotFound:
		done.New++
		_, err = tx.Exec(ctx, insertMeasurement, m.columns()...)
		return true, err
	case err != nil:
		return false, err
	case !remove && was.Value == m.Value && was.N == m.N && was.Note == m.Note && equal(was.Spread, m.Spread):
		done.Same++
		return false, nil
	}
	if _, err := tx.Exec(ctx, insertOld, s.IDs(), m.Indicator, db.At(was.Day), was.Value, was.N, was.Source, db.Null(was.Person), db.At(was.At),
		db.At(m.At), db.Null(m.Person), pilot); err != nil {
		return false, err
	}
	if remove {
		done.Removed++
		_, err = tx.Exec(ctx, deleteMeasurement, m.Indicator, db.At(m.Day))
		return true, err
	}
	done.Changed++
	_, err = tx.Exec(ctx, changeMeasurement, m.columns()...)
	return true, err
}

func equal(a, b *float64) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

// keepLast repeats the newest measurement beside its indicator.
func keepLast(ctx context.Context, tx *db.Tx, indicator string) error {
	list, err := db.All(ctx, tx, scanMeasurement, selectMeasurements, indicator, endOfTime, 1)
	if err != nil {
		return err
	}
	var m Measurement
	if len(list) > 0 {
		m = list[0]
	}
	_, err = tx.Exec(ctx, updateLast, append([]any{indicator}, m.last()...)...)
	return err
}

// refresh works out anew whether a decision is due. It changes p only.
func (s *Service) refresh(ctx context.Context, tx *db.Tx, p *Pilot) error {
	indicators, err := db.All(ctx, tx, scanIndicator, selectIndicators, p.ID)
	if err != nil {
		return err
	}
	rules, err := db.All(ctx, tx, scanRule, selectRules, p.ID)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	at, why := p.due(p.Judge(rules, indicators, now), now)
	if why != p.DueWhy {
		p.DueAt, p.DueWhy, p.DueTold = at, why, false
	}
	return nil
}

// OnDay gives what was measured on a day, by the code of the indicator.
func (s *Service) OnDay(ctx context.Context, indicators []Series, on time.Time) (map[string]Measurement, error) {
	m := map[string]Measurement{}
	for _, i := range indicators {
		one, err := db.One(ctx, s.DB, scanMeasurement, selectMeasurement, i.ID, db.At(on))
		if fault.KindOf(err) == fault.KindNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		m[i.Code] = one
	}
	return m, nil
}

// codeOf makes a code of a name, other than those that are there.
func codeOf(name string, list []Indicator) string {
	var b strings.Builder
	for _, c := range norm.NFD.String(strings.ToLower(name)) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			b.WriteRune(c)
		case unicode.Is(unicode.Mn, c):
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 30 {
			break
		}
	}
	base := strings.Trim(b.String(), "-")
	if base == "" {
		base = "indicator"
	}
	code := base
	for k := 2; slices.ContainsFunc(list, func(i Indicator) bool { return i.Code == code }); k++ {
		code = base + "-" + strconv.Itoa(k)
	}
	return code
}
