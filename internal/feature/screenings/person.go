package screenings

import (
	"context"
	"slices"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/limit"
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/base/returncode"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

func actor(ctx context.Context) string { return access.Of(ctx).Person }

// Card is all there is under a code.
type Card struct {
	Round    Round
	Invite   Invite
	Visit    *Appointment
	Slot     *Slot
	Result   *Result
	Consents []Consent
	Running  bool
	code     string
}

// Shares tells whether the class is shared now.
func (c Card) Shares() bool { return c.Invite.Shares == ShareRisk }

// MayChange tells whether the person may choose or change a time.
func (c Card) MayChange() bool {
	return c.Running && c.Invite.MayBook() && (c.Invite.Visit == "" || c.Invite.Visit == booked) && c.Result == nil
}

// invited finds who holds a code. After ten wrong codes from one network it takes a
// minute for each next try.
func (s *Service) invited(ctx context.Context, r db.Reader, typed string) (v Invite, code string, err error) {
	network := limit.Network(access.Of(ctx).Address)
	if wait := s.guesses.Wait(network); wait > 0 {
		return v, "", fault.TooMany(wait)
	}
	c, err := returncode.Parse(typed)
	if err != nil {
		// A code that is misspelt was not guessed: it costs no try.
		return v, "", fault.Invalid(fault.Field{Name: "code", Key: "screenings.wrong.spelling"})
	}
	v, err = db.One(ctx, r, scanInvite, selectByCode, s.hash(c))
	if err != nil && fault.KindOf(err) == fault.KindNotFound {
		s.guesses.Take(network)
		err = fault.Invalid(fault.Field{Name: "code", Key: "screenings.wrong.code"})
	}
	return v, c.String(), err
}

// ByCode gives what there is under a code.
func (s *Service) ByCode(ctx context.Context, typed string) (c Card, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		c, err = s.card(ctx, r, typed)
		return err
	})
	return c, err
}

func (s *Service) card(ctx context.Context, r db.Reader, typed string) (c Card, err error) {
	if c.Invite, c.code, err = s.invited(ctx, r, typed); err != nil {
		return c, err
	}
	return s.fill(ctx, r, c)
}

// fill reads what belongs to an invitation.
func (s *Service) fill(ctx context.Context, r db.Reader, c Card) (Card, error) {
	var err error
	if c.Round, err = s.round(ctx, r, c.Invite.Round); err != nil {
		return c, err
	}
	c.Running = c.Round.Running(s.today())
	visits, err := db.All(ctx, r, scanVisit, selectVisit, c.Invite.ID)
	if err != nil {
		return c, err
	}
	if len(visits) > 0 {
		c.Visit = &visits[0]
		slot, err := db.One(ctx, r, scanSlot, selectSlot, c.Visit.Slot, c.Round.ID)
		if err != nil {
			return c, err
		}
		c.Slot = &slot
	}
	results, err := db.All(ctx, r, scanResult, selectResult, c.Invite.ID)
	if err != nil {
		return c, err
	}
	if len(results) > 0 {
		c.Result = &results[0]
	}
	c.Consents, err = db.All(ctx, r, scanConsent, selectConsents, c.Invite.ID, consentsMost)
	return c, err
}

const consentsMost = 200

// act does something with a code in one transaction, no more often than a person
// would.
func (s *Service) act(ctx context.Context, typed string, do func(ctx context.Context, tx *db.Tx, c Card) error) error {
	if wait := s.acts.Take(limit.Network(access.Of(ctx).Address)); wait > 0 {
		return fault.TooMany(wait)
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := s.card(ctx, tx, typed)
		if err != nil {
			return err
		}
		return do(ctx, tx, c)
	})
}

func (s *Service) note(ctx context.Context, tx *db.Tx, kind string, action audit.Action, c Card) error {
	return s.record(ctx, tx, kind, action, "screening-invite", c.Invite.ID, "")
}

// Outcome reads what the person brings back from the questionnaire; nothing of it is
// kept.
func (s *Service) Outcome(ctx context.Context, typed, brought string) (Card, Risk, error) {
	c, err := s.ByCode(ctx, typed)
	if err != nil {
		return c, NoRisk, err
	}
	if !c.Running {
		return c, NoRisk, fault.Conflict("screenings.wrong.over")
	}
	risk, err := s.Surveys.Outcome(ctx, c.Round.Survey, brought)
	return c, risk, err
}

// ConsentText is what somebody agrees to, by what is shared.
func ConsentText(ctx context.Context, r Round, shares string, risk Risk) string {
	if shares == ShareRisk {
		return i18n.T(ctx, "screenings.consent.risk", "class", riskName(ctx, risk), "screener", r.ScreenedBy, "owner", r.OrganisedBy, "days", r.KeepDays)
	}
	return i18n.T(ctx, "screenings.consent.visit", "screener", r.ScreenedBy, "days", r.KeepDays)
}

// Answer keeps that the questionnaire was filled in, and what the person shares of it.
func (s *Service) Answer(ctx context.Context, typed, brought, shares string) error {
	_, risk, err := s.Outcome(ctx, typed, brought)
	if err != nil {
		return err
	}
	if !slices.Contains(shareChoices(risk), shares) {
		return fault.Invalid(fault.Field{Name: "delen", Key: "screenings.wrong.share"})
	}
	return s.act(ctx, typed, func(ctx context.Context, tx *db.Tx, c Card) error {
		if !c.Running {
			return fault.Conflict("screenings.wrong.over")
		}
		if c.Invite.Visit != "" || c.Result != nil {
			return fault.Conflict("screenings.wrong.booked")
		}
		now := s.Clock.Now()
		if _, err := tx.Exec(ctx, withdrawConsent, c.Invite.ID, db.At(now)); err != nil {
			return err
		}
		kept := NoRisk
		if shares == ShareRisk {
			kept = risk
		}
		if shares != ShareNone {
			if err := addConsent(ctx, tx, Consent{ID: s.IDs(), Invite: c.Invite.ID, Kind: shares, Lang: i18n.Lang(ctx),
				Text: ConsentText(ctx, c.Round, shares, risk), Given: now}); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, updateAnswer, c.Invite.ID, shares, string(kept), db.At(now)); err != nil {
			return err
		}
		return s.note(ctx, tx, "screening.answer", audit.Create, c)
	})
}

// shareChoices are what can be shared of an outcome.
func shareChoices(risk Risk) []string {
	if risk.Sees() {
		return []string{ShareRisk, ShareVisit, ShareNone}
	}
	return []string{ShareRisk, ShareNone}
}

// Unshare takes the class back, at once and everywhere. An appointment stays.
func (s *Service) Unshare(ctx context.Context, typed string) error {
	return s.act(ctx, typed, func(ctx context.Context, tx *db.Tx, c Card) error {
		if !c.Shares() {
			return nil
		}
		now := s.Clock.Now()
		if _, err := tx.Exec(ctx, withdrawConsent, c.Invite.ID, db.At(now)); err != nil {
			return err
		}
		shares := ShareNone
		if c.Visit != nil {
			shares = ShareVisit
		}
		if _, err := tx.Exec(ctx, updateAnswer, c.Invite.ID, shares, "", db.At(c.Invite.Answered)); err != nil {
			return err
		}
		return s.note(ctx, tx, "screening.unshare", audit.Update, c)
	})
}

// Free lists the times that somebody can still choose.
func (s *Service) Free(ctx context.Context, round string) ([]Slot, error) {
	now := s.Clock.Now()
	list, err := s.slots(ctx, s.DB, round, now, far)
	return slices.DeleteFunc(list, func(v Slot) bool { return !v.Free(now) }), err
}

// Book keeps a time for who holds the code, in place of the one there was. An e-mail
// address may be empty; it serves one reminder.
func (s *Service) Book(ctx context.Context, typed, slot, email string) error {
	if email != "" && !mail.CheckAddress(email) {
		return fault.Invalid(fault.Field{Name: "email", Key: "screenings.wrong.email"})
	}
	return s.act(ctx, typed, func(ctx context.Context, tx *db.Tx, c Card) error {
		if !c.MayChange() {
			return fault.Conflict("screenings.wrong.nobook")
		}
		now := s.Clock.Now()
		if c.Visit == nil || c.Visit.Slot != slot {
			n, err := tx.Exec(ctx, takeSlot, slot, c.Round.ID, db.At(now))
			if err != nil {
				return err
			}
			if n == 0 {
				return fault.Invalid(fault.Field{Name: "tijd", Key: "screenings.wrong.full"})
			}
		} else if err := s.leave(ctx, tx, c); err != nil {
			return err
		} else if _, err := tx.Exec(ctx, takeSlot, slot, c.Round.ID, db.At(now)); err != nil {
			return err
		}
		if c.Visit != nil && c.Visit.Slot != slot {
			if err := s.leave(ctx, tx, c); err != nil {
				return err
			}
		}
		v, err := db.One(ctx, tx, scanSlot, selectSlot, slot, c.Round.ID)
		if err != nil {
			return err
		}
		if err := addVisit(ctx, tx, Appointment{Invite: c.Invite.ID, Round: c.Round.ID, Slot: slot, Starts: v.Starts, Email: email, Booked: now}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, updateVisit, c.Invite.ID, booked); err != nil {
			return err
		}
		return s.note(ctx, tx, "screening.book", audit.Create, c)
	})
}

// leave gives the seat of an appointment back.
func (s *Service) leave(ctx context.Context, tx *db.Tx, c Card) error {
	if _, err := tx.Exec(ctx, deleteVisit, c.Invite.ID); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, freeSlot, c.Visit.Slot)
	return err
}

// Cancel gives a time back.
func (s *Service) Cancel(ctx context.Context, typed string) error {
	return s.act(ctx, typed, func(ctx context.Context, tx *db.Tx, c Card) error {
		if c.Visit == nil {
			return nil // pressed twice
		}
		if c.Invite.Visit != booked || c.Result != nil {
			return fault.Conflict("screenings.wrong.nobook")
		}
		if err := s.leave(ctx, tx, c); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, updateVisit, c.Invite.ID, ""); err != nil {
			return err
		}
		return s.note(ctx, tx, "screening.cancel", audit.Delete, c)
	})
}

// Erase removes all there is under a code, the code included. What stays is that
// one letter went to the district.
func (s *Service) Erase(ctx context.Context, typed string) error {
	return s.act(ctx, typed, func(ctx context.Context, tx *db.Tx, c Card) error {
		if c.Visit != nil {
			if err := s.leave(ctx, tx, c); err != nil {
				return err
			}
		}
		if err := s.dropLetters(ctx, tx, c.Invite.ID); err != nil {
			return err
		}
		if err := tx.ExecEach(ctx, []string{deleteResult, deleteConsent, deleteCodes, eraseInvite}, c.Invite.ID); err != nil {
			return err
		}
		return s.note(ctx, tx, "screening.erase", audit.Delete, c)
	})
}

// Held is all there is under a code, for who wants to take it along.
type Held struct {
	Number   int           `json:"number"`
	Round    string        `json:"round"`
	By       string        `json:"organisation"`
	District string        `json:"postcode"`
	Email    string        `json:"email,omitempty"`
	Letters  bool          `json:"letters"`
	Made     time.Time     `json:"invitedAt"`
	Answered *time.Time    `json:"answeredAt"`
	Shared   string        `json:"shared,omitempty"`
	Risk     Risk          `json:"risk,omitempty"`
	Consents []heldConsent `json:"consents"`
	Visit    *heldVisit    `json:"appointment"`
	Result   *heldResult   `json:"result"`
}

type (
	heldConsent struct {
		Text      string     `json:"text"`
		Given     time.Time  `json:"givenAt"`
		Withdrawn *time.Time `json:"withdrawnAt"`
	}
	heldVisit struct {
		Starts   time.Time `json:"startsAt"`
		Location string    `json:"location"`
		Email    string    `json:"email,omitempty"`
		State    string    `json:"state"`
	}
	heldResult struct {
		Readings []Reading `json:"readings"`
		Outcome  string    `json:"outcome"`
		Advice   string    `json:"advice"`
		Changed  time.Time `json:"changedAt"`
	}
)

// Held gives all there is under a code.
func (c Card) Held() Held {
	opt := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		return &t
	}
	v := c.Invite
	h := Held{Number: v.Number, Round: c.Round.Title, By: c.Round.OrganisedBy, District: v.District, Email: v.Email, Letters: !v.Quiet, Made: v.Made,
		Answered: opt(v.Answered), Shared: v.Shares, Risk: v.Risk, Consents: []heldConsent{}}
	for _, k := range c.Consents {
		h.Consents = append(h.Consents, heldConsent{k.Text, k.Given, opt(k.Withdrawn)})
	}
	if c.Visit != nil {
		h.Visit = &heldVisit{c.Visit.Starts, c.Slot.Location, c.Visit.Email, v.Visit}
	}
	if c.Result != nil {
		h.Result = &heldResult{c.Result.Readings, c.Result.Outcome, c.Result.Advice, c.Result.Changed}
	}
	return h
}
