package scaling

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// Key lets a calendar program of one person read one plan.
type Key struct {
	Plan, Person string
	Created      time.Time
}

func hashKey(secret string) []byte {
	sum := sha256.Sum256([]byte("wijkbaak scaling key 1\x00" + secret))
	return sum[:]
}

// NewKey makes a secret for the actor's own calendar program, in the place of the
// one there was. It is shown once: only a hash is kept.
func (s *Service) NewKey(ctx context.Context, plan string) (secret string, err error) {
	secret = rand.Text()
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, _, err := s.enter(ctx, tx, plan, reads)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, insertKey, p.ID, access.Of(ctx).Person, hashKey(secret), db.At(s.Clock.Now())); err != nil {
			return err
		}
		return s.keyed(ctx, tx, p, changeKey, audit.Create)
	})
	return secret, err
}

// keyed tells the log of a key; the history of the plan is not about it.
func (s *Service) keyed(ctx context.Context, tx *db.Tx, p Plan, kind string, action audit.Action) error {
	return s.Audit.Record(ctx, tx, audit.Event{Kind: "scaling." + kind, Action: action, ObjectType: "scaling", ObjectID: p.ID, Organisation: p.Organisation})
}

// RemoveKey ends the actor's own link.
func (s *Service) RemoveKey(ctx context.Context, plan string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, _, err := s.enter(ctx, tx, plan, reads)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, deleteKey, p.ID, access.Of(ctx).Person); err != nil {
			return err
		}
		return s.keyed(ctx, tx, p, changeUnkey, audit.Delete)
	})
}

// HasKey tells since when the actor has a link; the zero time if there is none.
func (s *Service) HasKey(ctx context.Context, plan string) (time.Time, error) {
	k, err := db.One(ctx, s.DB, scanKey, ownKey, plan, access.Of(ctx).Person)
	if err != nil && fault.KindOf(err) == fault.KindNotFound {
		err = nil
	}
	return k.Created, err
}

// Calendar gives the steps of a plan as iCalendar, to who is signed in or brings
// a secret. A secret is worth what its person may see today.
func (s *Service) Calendar(ctx context.Context, plan, secret string) (body string, err error) {
	var v View
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		if secret != "" {
			k, err := db.One(ctx, r, scanKey, selectKey, hashKey(secret))
			if err != nil {
				return err
			}
			if k.Plan != plan {
				return fault.NotFound()
			}
			a, err := s.People.Actor(ctx, r, k.Person)
			if err != nil {
				return err
			}
			a.Channel = access.API
			ctx = access.With(ctx, a)
		}
		v, err = s.view(ctx, r, plan)
		return err
	})
	if err != nil {
		return "", err
	}
	return v.calendar(ctx, s.BaseURL), nil
}

// calendar writes each open step on its day. What is done stays, so that a
// calendar tells what was done when.
func (v *View) calendar(ctx context.Context, site string) string {
	cal := ics.NewCalendarFor("Wijkbaak")
	cal.SetMethod(ics.MethodPublish)
	cal.SetName(v.Title)
	cal.SetXWRCalName(v.Title)
	cal.SetRefreshInterval("PT12H")
	cal.SetXPublishedTTL("PT12H")
	for _, p := range v.Steps {
		day := p.Due
		if p.State == Done {
			day = p.Done
		}
		if day == "" || p.State == Dropped {
			continue
		}
		e := cal.AddEvent(p.ID + "@wijkbaak")
		e.SetDtStampTime(p.Changed)
		e.SetModifiedAt(p.Changed)
		e.SetSequence(p.Version)
		e.SetAllDayStartAt(day.Time())
		e.SetAllDayEndAt(day.Add(1).Time())
		e.SetSummary(v.mark(ctx, p) + p.Title + " (" + v.trackName(ctx, p.Track) + ")")
		text := p.What
		if owner := v.Owner(p); owner != "" {
			text = strings.TrimSpace(i18n.T(ctx, "scaling.who.is", "who", owner) + "\n" + text)
		}
		e.SetDescription(text)
		e.SetURL(site + stepPath(p))
		e.SetTimeTransparency(ics.TransparencyTransparent)
	}
	return cal.Serialize(ics.WithNewLineWindows)
}

// mark says before a title in a calendar what colour would say elsewhere.
func (v *View) mark(ctx context.Context, p Step) string {
	switch {
	case p.State == Done:
		return "✓ "
	case p.Late(v.Today):
		return i18n.T(ctx, "scaling.late") + ": "
	}
	return ""
}
