package questions

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/base/search"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// How long we keep what is not meant to be found again. A question counts from
// the last thing that happened to it, and never while it waits for an answer.
const (
	unconfirmedTerm = 48 * time.Hour       // an address to follow with, that nobody confirmed
	contactTerm     = 90 * 24 * time.Hour  // how to reach the asker, of a question that was not closed
	reportTerm      = 90 * 24 * time.Hour  // a report, from when somebody looked at it
	wordsTerm       = 365 * 24 * time.Hour // notes, messages and what an answer said before, from when they were written
	privateTerm     = 365 * 24 * time.Hour // a question that not everybody may read, with all that belongs to it
)

// forgetAtOnce is how many questions go in one transaction: others write meanwhile.
const forgetAtOnce = 100

// Forget removes what was kept for its term.
func (s *Service) Forget(ctx context.Context, _ []byte) error {
	now := s.Clock.Now()
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, old := range []struct {
			query string
			term  time.Duration
		}{{deleteOldFollows, unconfirmedTerm}, {deleteOldContacts, contactTerm}, {deleteOldReports, reportTerm},
			{deleteOldWords, wordsTerm}, {blankOldWords, wordsTerm}} {
			if _, err := tx.Exec(ctx, old.query, db.At(now.Add(-old.term))); err != nil {
				return err
			}
		}
		return nil
	})
	for n := forgetAtOnce; err == nil && n == forgetAtOnce; {
		err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			list, err := db.All(ctx, tx, scanQuestion, selectQuiet, db.At(now.Add(-privateTerm)), forgetAtOnce)
			if err != nil {
				return err
			}
			n = len(list)
			for _, q := range list {
				if err := s.forgetQuestion(ctx, tx, q); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return err
}

// forgetQuestion takes a question away with all that belongs to it.
func (s *Service) forgetQuestion(ctx context.Context, tx *db.Tx, q Question) error {
	if _, err := tx.Exec(ctx, deleteQuestion, q.ID); err != nil {
		return err
	}
	if err := search.Remove(ctx, tx, SearchID(q.ID)); err != nil {
		return err
	}
	return s.record(ctx, tx, audit.Delete, q)
}

// EraseAsker erases, by the team, what a question keeps of an asker without an
// account, who telephones or stands at the desk. A question that not everybody
// may read goes as a whole, and so does any with text. Of another one what
// neighbours read stays, as nobody's; its return code leads nowhere any more.
func (s *Service) EraseAsker(ctx context.Context, question string, text bool) (gone bool, err error) {
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		q, err := getQuestion(ctx, tx, question)
		if err != nil {
			return err
		}
		switch actor := access.Of(ctx); {
		case !MayRead(actor, q):
			return fault.NotFound()
		case !OnTeam(actor, q.Place):
			return fault.Denied()
		case q.Asker != "":
			return fault.Conflict("questions.wrong.account")
		}
		contact, err := getContact(ctx, tx, q.ID)
		if err != nil {
			return err
		}
		if contact.Email != "" {
			if err := mail.Forget(ctx, tx, contact.Email); err != nil {
				return err
			}
		}
		if gone = text || q.Audience == Team || q.Moderation != Shown; gone {
			return s.forgetQuestion(ctx, tx, q)
		}
		for _, forget := range []string{deleteAskerFollows, deleteOwnContact, deleteAskerWords, blankAskerWords} {
			if _, err := tx.Exec(ctx, forget, q.ID); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, updateCode, q.ID, newCode().Hash(s.CodeKey)); err != nil {
			return err
		}
		q.Name, q.Postcode, q.WaitsForAsker = "", "", false
		q.ChangedAt = s.Clock.Now()
		if err := keepQuestion(ctx, tx, q); err != nil {
			return err
		}
		if err := s.event(ctx, tx, q.ID, EventErased, "", ""); err != nil {
			return err
		}
		return s.Audit.Record(ctx, tx, audit.Event{Kind: "questions.asker", Action: audit.Delete, ObjectType: "question", ObjectID: q.ID})
	})
	return gone, err
}
