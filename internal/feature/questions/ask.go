package questions

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"regexp"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/returncode"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
	"wijkbaak.nl/internal/trust/places"
)

// Receipt is what the asker takes home.
type Receipt struct {
	Question Question
	Code     returncode.Code
	Helper   Helper // who will answer; the zero Helper if nobody is set
}

// Ask takes a question in: from anybody, with or without an account, or typed in
// by a helper for somebody else.
func (s *Service) Ask(ctx context.Context, a Ask) (Receipt, error) {
	actor := access.Of(ctx)
	acting := a.Channel == Desk || a.Channel == Telephone || a.Channel == Paper
	if acting && !actor.Has(access.Coach, access.Operator) {
		return Receipt{}, fault.Denied()
	}
	if err := a.Check(); err != nil {
		return Receipt{}, err
	}
	place, postcode, err := s.placeOf(ctx, a.Postcode)
	if err != nil {
		return Receipt{}, err
	}
	settings, err := s.Help(ctx, place)
	if err != nil {
		return Receipt{}, err
	}
	if !actor.Has(access.Coach) {
		key := limitKey(ctx)
		if actor.SignedIn() {
			key = "person:" + actor.Person
		}
		if wait := s.asks.Take(key); wait > 0 {
			return Receipt{}, fault.TooMany(wait)
		}
	}
	now := s.Clock.Now()
	q := Question{
		ID: s.IDs(), Title: a.Title, Body: a.Body, Theme: a.Theme, Audience: a.Audience, Place: place, Postcode: postcode,
		Urgent: a.Urgent, Name: a.Name, Channel: a.Channel, Status: Open, Moderation: Shown,
		AskedAt: now, DueAt: places.Due(now, a.Urgent, settings), ChangedAt: now,
	}
	switch {
	case acting:
		q.EnteredBy = actor.Person
	case actor.SignedIn():
		q.Asker = actor.Person
	}
	if q.Audience == Neighbourhood && !acting && Suspect(q.Title, q.Body, q.Name) != "" {
		q.Moderation = Held
	}
	code, err := s.codeOf(a, acting)
	if err != nil {
		return Receipt{}, err
	}
	a.Contact.Email = strings.ToLower(a.Contact.Email)
	r := Receipt{Question: q, Code: code}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if r.Helper, _, err = s.Team.OnDuty(ctx, tx, place); err != nil {
			return err
		}
		r.Question, r.Code = q, code
		if added, err := addQuestion(ctx, tx, q, r.Code.Hash(s.CodeKey)); err != nil {
			return err
		} else if !added {
			old, again, err := s.askedBefore(ctx, tx, q, a.Contact, code)
			if err != nil {
				return err
			}
			if again {
				r.Question = old
				return nil
			}
			if acting && a.Code != "" {
				return fault.Invalid(fault.Field{Name: "code", Key: "questions.wrong.codeused"})
			}
			// Another question in the same form, by the button "back".
			r.Code = newCode()
			if _, err := addQuestion(ctx, tx, q, r.Code.Hash(s.CodeKey)); err != nil {
				return err
			}
		}
		if a.Contact != (Contact{}) {
			if _, err := tx.Exec(ctx, insertContact, q.ID, a.Contact.Email, a.Contact.Phone); err != nil {
				return err
			}
		}
		if acting {
			if err := s.event(ctx, tx, q.ID, EventReceipt, "", string(q.Channel)); err != nil {
				return err
			}
		}
		if err := s.record(ctx, tx, audit.Create, q); err != nil {
			return err
		}
		if err := s.index(ctx, tx, q, nil); err != nil {
			return err
		}
		if !q.Urgent {
			return nil // it stands on the desk; nobody need be told at once
		}
		return s.Bus.Publish(ctx, tx, TopicUrgent, Happened{Question: q.ID})
	})
	return r, err
}

// keyForm is what a key of a form looks like (rand.Text).
var keyForm = regexp.MustCompile(`^[A-Z2-7]{26}$`)

func newCode() returncode.Code { return returncode.New(rand.Reader) }

// codeOf gives the return code of a question: that of its paper form, or one made
// of the key of the form on the screen. A form that is sent twice so has one code,
// which is unique in the database, and only we can make it of the key.
func (s *Service) codeOf(a Ask, acting bool) (returncode.Code, error) {
	switch {
	case acting && a.Code != "":
		code, err := returncode.Parse(a.Code)
		if err != nil {
			return code, codeFault(err)
		}
		return code, nil
	case keyForm.MatchString(a.Key):
		h := hmac.New(sha256.New, s.CodeKey)
		h.Write([]byte("wijkbaak form 1\x00" + a.Key)) //nolint:errcheck // a hash never fails
		return returncode.New(bytes.NewReader(h.Sum(nil))), nil
	}
	return newCode(), nil
}

// askedBefore gives the question that has the code already, and whether it is the
// same one, sent again: nothing in it may differ, so that nothing typed is lost
// and nobody gets the code of what somebody else asked.
func (s *Service) askedBefore(ctx context.Context, r db.Reader, q Question, c Contact, code returncode.Code) (old Question, same bool, err error) {
	if old, err = db.One(ctx, r, scanQuestion, selectQuestionByCode, code.Hash(s.CodeKey)); err != nil {
		return old, false, err
	}
	kept, err := getContact(ctx, r, old.ID)
	typed := func(q Question) Question {
		return Question{Title: q.Title, Body: q.Body, Theme: q.Theme, Audience: q.Audience, Postcode: q.Postcode, Urgent: q.Urgent,
			Name: q.Name, Asker: q.Asker, EnteredBy: q.EnteredBy, Channel: q.Channel}
	}
	return old, typed(old) == typed(q) && kept == c, err
}

// placeOf finds the place of a postcode; without one it is that of the instance.
func (s *Service) placeOf(ctx context.Context, typed string) (place, postcode string, err error) {
	if strings.TrimSpace(typed) == "" {
		return s.Root, "", nil
	}
	postcode, err = places.ParsePostcode(typed)
	if err != nil {
		return "", "", fault.Invalid(fault.Field{Name: "postcode", Key: "questions.wrong.postcode"})
	}
	p, err := s.Places.ByPostcode(ctx, postcode)
	if fault.KindOf(err) == fault.KindNotFound {
		return s.Root, postcode, nil // outside the place: still a question for us
	}
	return p.Path, postcode, err
}
