package screenings

import (
	"context"
	"errors"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/trust/audit"
)

// The jobs of the room; the app runs Letters every hour and Forget every day.
const (
	JobLetters = "screenings.letters"
	JobForget  = "screenings.forget"
)

const (
	lettersMost = 500
	// No letter goes out at night.
	lettersFrom, lettersUntil = 7, 21
)

func comma(s string) string { return strings.Replace(s, ".", ",", 1) }

// mailInvitation writes to an address with a code; times says how many letters went
// before.
func (s *Service) mailInvitation(ctx context.Context, tx *db.Tx, r Round, v Sent, times int) error {
	// keys: screenings.mail.first.subject screenings.mail.again.subject screenings.mail.first.text screenings.mail.again.text
	key := "screenings.mail.first"
	text := []string{r.Invitation}
	if times > 0 {
		key = "screenings.mail.again"
		text = nil
	}
	text = append(text, i18n.T(ctx, key+".text", "title", r.Title, "owner", r.OrganisedBy, "day", r.Ends.Text(ctx)),
		i18n.T(ctx, "screenings.mail.code", "code", strings.ReplaceAll(v.Code, "-", " ")), i18n.T(ctx, "screenings.mail.free"))
	if r.Contact != "" {
		text = append(text, i18n.T(ctx, "screenings.mail.contact", "contact", r.Contact))
	}
	return s.letter(ctx, tx, v.email, v.invite, i18n.T(ctx, key+".subject", "title", r.Title), s.codeURL(v.Code), i18n.T(ctx, "screenings.mail.button"), text...)
}

func (s *Service) letter(ctx context.Context, tx *db.Tx, to, invite, subject, url, button string, text ...string) error {
	m, err := mail.Compose(to, subject, mail.Letter{Lang: i18n.Lang(ctx), Greeting: i18n.T(ctx, "screenings.mail.greeting"),
		Paragraphs: append(text, i18n.T(ctx, "screenings.mail.stop")+" "+s.BaseURL+s.stopPath(invite)),
		Button:     mail.Button{Label: button, URL: url}, Closing: i18n.T(ctx, "screenings.mail.closing")})
	if err != nil {
		return err
	}
	return mail.Enqueue(ctx, tx, m)
}

// Letters reminds who was invited by mail and did not answer, and who has an
// appointment tomorrow. It may run as often as it likes. What fails does not hold
// up the rest.
func (s *Service) Letters(ctx context.Context) error {
	now := s.Clock.Now()
	if h := now.In(clock.Amsterdam).Hour(); h < lettersFrom || h >= lettersUntil {
		return nil
	}
	rounds, err := s.all(ctx, Open)
	failed := []error{err}
	for _, r := range rounds {
		if !r.Running(s.today()) {
			continue
		}
		for times := r.Times - 1; times >= 0; times-- {
			before := now.Add(-time.Duration((times+1)*r.RemindDays) * 24 * time.Hour)
			list, err := db.All(ctx, s.DB, scanInvite, selectRemind, r.ID, times, db.At(before), lettersMost)
			failed = append(failed, err)
			for _, v := range list {
				failed = append(failed, s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.remind(ctx, tx, r, v) }))
			}
		}
	}
	visits, err := db.All(ctx, s.DB, scanVisit, selectTell, db.At(now), db.At(s.today().Add(2).start()), lettersMost)
	failed = append(failed, err)
	for _, v := range visits {
		failed = append(failed, s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.tellVisit(ctx, tx, v) }))
	}
	return errors.Join(failed...)
}

// remind writes once more to who did not answer, with a code of its own: of the
// first one only the hash is known.
func (s *Service) remind(ctx context.Context, tx *db.Tx, r Round, v Invite) error {
	changed, err := tx.Exec(ctx, tellInvite, v.ID, v.Reminded, v.Reminded+1)
	if err != nil || changed == 0 || v.Email == "" {
		return err
	}
	code, err := s.newCode(ctx, tx, v.ID)
	if err != nil {
		return err
	}
	return s.mailInvitation(ctx, tx, r, Sent{Code: code.String(), invite: v.ID, email: v.Email}, v.Reminded+1)
}

// tellVisit reminds of an appointment, and forgets the address: it was for this.
func (s *Service) tellVisit(ctx context.Context, tx *db.Tx, v Appointment) error {
	changed, err := tx.Exec(ctx, tellVisit, v.Invite)
	if err != nil || changed == 0 || v.Email == "" {
		return err
	}
	slot, err := db.One(ctx, tx, scanSlot, selectSlot, v.Slot, v.Round)
	if err != nil {
		return err
	}
	r, err := s.round(ctx, tx, v.Round)
	if err != nil {
		return err
	}
	text := []string{i18n.T(ctx, "screenings.mail.visit.text", "time", i18n.DateTime(ctx, slot.Starts), "where", slot.Location)}
	if r.Contact != "" {
		text = append(text, i18n.T(ctx, "screenings.mail.contact", "contact", r.Contact))
	}
	return s.letter(ctx, tx, v.Email, v.Invite, i18n.T(ctx, "screenings.mail.visit.subject"), s.BaseURL+base, i18n.T(ctx, "screenings.mail.visit.button"), text...)
}

// Forget removes e-mail addresses a month after the end of a round, and all that is
// about a person when the time of the round is over; the figures stay, as they were
// shown.
func (s *Service) Forget(ctx context.Context) error {
	var failed []error
	failed = append(failed, s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, forgetPast, db.At(s.Clock.Now()))
		return err
	}))
	today := s.today()
	for _, state := range []State{Open, Closed} {
		rounds, err := s.all(ctx, state)
		failed = append(failed, err)
		for _, r := range rounds {
			switch {
			case r.Figures != nil || today <= r.Ends.Add(min(emailDays, r.KeepDays)):
				continue
			case today <= r.Ends.Add(r.KeepDays):
				failed = append(failed, s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
					_, err := tx.Exec(ctx, forgetEmails, r.ID)
					return err
				}))
			default:
				failed = append(failed, s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.end(ctx, tx, r) }))
			}
		}
	}
	return errors.Join(failed...)
}

// all lists every round in a state.
func (s *Service) all(ctx context.Context, state State) (list []Round, err error) {
	for before, more := last, true; more; {
		part, err := db.All(ctx, s.DB, scanRound, listState, string(state), before, listMost)
		if err != nil {
			return list, err
		}
		list = append(list, part...)
		if more = len(part) == listMost; more {
			before = part[len(part)-1].ID
		}
	}
	return list, nil
}

// end leaves nothing of a round but what the organisation wrote and the figures.
func (s *Service) end(ctx context.Context, tx *db.Tx, r Round) error {
	f, err := s.figures(ctx, tx, r)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, updateFigures, r.ID, db.JSON[*Figures]{V: &f}); err != nil {
		return err
	}
	if err := tx.ExecEach(ctx, []string{deleteResults, deleteAllVisits, deleteConsents, deleteAllCodes, deleteInvites, deleteSlots, deleteBatches}, r.ID); err != nil {
		return err
	}
	return s.record(ctx, tx, "screening.forget", audit.Delete, "screening-round", r.ID, r.Organisation)
}
