package pilots

import (
	"context"
	"errors"

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
