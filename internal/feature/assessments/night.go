package assessments

import (
	"context"
	"slices"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/trust/audit"
)

// JobNight marks what has lapsed, writes to the testers of what will, and follows
// what changed in the catalogue; the app runs it daily.
const JobNight = "assessments.night"

// nightAtOnce is how many assessments share a transaction.
const nightAtOnce = 50

// Night may run as often as it likes.
func (s *Service) Night(ctx context.Context, _ []byte) error {
	now := s.Clock.Now()
	err := s.each(ctx, selectLapsing, db.At(now), func(ctx context.Context, tx *db.Tx, a *Assessment) error {
		a.Lapsed = true
		if err := keepAssessment(ctx, tx, a); err != nil {
			return err
		}
		if err := raise(ctx, tx); err != nil {
			return err
		}
		return s.log(ctx, tx, "lapsed", audit.Update, a, "")
	})
	if err != nil {
		return err
	}
	if err := s.each(ctx, selectToWarn, db.At(now.AddDate(0, 0, warnDays)), s.warn); err != nil {
		return err
	}
	return s.follow(ctx)
}

// each does something with all that a query gives, until it gives nothing more.
func (s *Service) each(ctx context.Context, query string, until db.Time, do func(ctx context.Context, tx *db.Tx, a *Assessment) error) error {
	for {
		n := 0
		err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			list, err := db.All(ctx, tx, scanAssessment, query, until, nightAtOnce)
			n = len(list)
			for k := range list {
				if err := do(ctx, tx, &list[k]); err != nil {
					return err
				}
			}
			return err
		})
		if err != nil || n < nightAtOnce {
			return err
		}
	}
}

// warn writes to the organisations that tested. What was taken over has none here.
func (s *Service) warn(ctx context.Context, tx *db.Tx, a *Assessment) error {
	if _, err := tx.Exec(ctx, setWarned, a.ID, db.At(s.Clock.Now())); err != nil {
		return err
	}
	seats, err := db.All(ctx, tx, scanSeat, selectSeats, a.ID)
	if err != nil {
		return err
	}
	for _, seat := range seats {
		to, err := s.People.Testers(ctx, tx, seat.Organisation)
		if err != nil {
			return err
		}
		if err := s.tell(ctx, tx, to, "assessments.mail.lapse", Path(a.Slug), "name", a.Name, "version", a.Version, "date", i18n.Date(ctx, a.Lapses)); err != nil {
			return err
		}
	}
	return nil
}

// follow takes the verdict off what is now sold as a medical device, and keeps name
// and themes as the catalogue has them. What left the catalogue has no page.
func (s *Service) follow(ctx context.Context) error {
	v, err := s.snapshot(ctx)
	if err != nil {
		return err
	}
	for _, known := range v.items {
		app, err := s.Applications.One(ctx, known.Slug)
		if err != nil {
			if fault.KindOf(err) == fault.KindNotFound {
				continue
			}
			return err
		}
		if !app.Medical && app.Name == known.Name && slices.Equal(app.Themes, known.Body.Themes) {
			continue
		}
		err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			a, err := db.One(ctx, tx, scanAssessment, selectAssessment, known.ID)
			if err != nil || a.Status != Published {
				return err
			}
			what := "followed"
			if a.Name, a.Body.Themes = app.Name, app.Themes; app.Medical {
				what, a.Status, a.Body.Why = "medical", Stopped, i18n.T(ctx, "assessments.medical")
			}
			if err := keepAssessment(ctx, tx, &a); err != nil {
				return err
			}
			if err := raise(ctx, tx); err != nil {
				return err
			}
			return s.log(ctx, tx, what, audit.Update, &a, "")
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// lettersMost bounds how many people of an organisation get a letter.
const lettersMost = 10

// tell mails the words of key, with a button to a path of ours.
//
// keys: assessments.mail.*.subject assessments.mail.*.text assessments.mail.*.button
func (s *Service) tell(ctx context.Context, tx *db.Tx, to []string, key, path string, args ...any) error {
	to = slices.Sorted(slices.Values(to))
	to = slices.Compact(to)
	for _, address := range to[:min(len(to), seatsMost*lettersMost)] {
		m, err := mail.Compose(address, i18n.T(ctx, key+".subject", args...), mail.Letter{
			Lang: i18n.Lang(ctx), Greeting: i18n.T(ctx, "assessments.mail.greeting"), Closing: i18n.T(ctx, "assessments.mail.closing"),
			Paragraphs: []string{i18n.T(ctx, key+".text", args...)},
			Button:     mail.Button{Label: i18n.T(ctx, key+".button"), URL: s.BaseURL + path},
		})
		if err != nil {
			return err
		}
		if err := mail.Enqueue(ctx, tx, m); err != nil {
			return err
		}
	}
	return nil
}
