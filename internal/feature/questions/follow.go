package questions

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/mail"
)

// Follow sends a mail with a link to confirm; then each answer is mailed. What it
// says is the same whether or not the address follows already.
func (s *Service) Follow(ctx context.Context, question, email string) error {
	email = strings.ToLower(email)
	if !IsEmail(email) {
		return fault.Invalid(fault.Field{Name: "email", Key: "questions.wrong.email"})
	}
	if wait := s.asks.Take(limitKey(ctx)); wait > 0 {
		return fault.TooMany(wait)
	}
	if wait := s.asks.Take("mail:" + email); wait > 0 {
		return fault.TooMany(wait)
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		q, err := getQuestion(ctx, tx, question)
		if err != nil {
			return err
		}
		if !q.Listed() || q.Status == Closed {
			return fault.NotFound()
		}
		id := s.IDs()
		if _, err := tx.Exec(ctx, insertFollower, id, q.ID, email, hashToken(s.token(id)), db.At(s.Clock.Now())); err != nil {
			return err
		}
		if id, err = db.One(ctx, tx, db.Value[string], selectFollower, q.ID, email); err != nil {
			return err
		}
		return s.letter(ctx, tx, email, "questions.mail.follow", q, "/volgen/"+s.token(id), "")
	})
}

// ConfirmFollow confirms by the token of the mail and gives the question.
func (s *Service) ConfirmFollow(ctx context.Context, token string) (question string, err error) {
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		question, err = db.One(ctx, tx, db.Value[string], confirmFollower, hashToken(token))
		return err
	})
	return question, err
}

// Unfollow ends it by the token of a mail; a token that is unknown has ended already.
func (s *Service) Unfollow(ctx context.Context, token string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, deleteFollower, hashToken(token))
		return err
	})
}

// token is that of a follower. It is made of the id with the key of the instance:
// the links of all letters to one follower stay good, and only a hash is kept.
func (s *Service) token(follower string) string {
	h := hmac.New(sha256.New, s.CodeKey)
	h.Write([]byte("wijkbaak follower 1\x00" + follower)) //nolint:errcheck // a hash never fails
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:24])
}

func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// tellAnswered mails who asked, who asked the same, and the followers that there is
// an answer.
func (s *Service) tellAnswered(ctx context.Context, h Happened) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		q, err := getQuestion(ctx, tx, h.Question)
		if fault.KindOf(err) == fault.KindNotFound {
			return nil // gone in the meantime
		}
		if err != nil {
			return err
		}
		askers, err := db.All(ctx, tx, scanContact, selectContacts, q.ID)
		if err != nil {
			return err
		}
		for _, c := range askers {
			if c.Email == "" {
				continue
			}
			if err := s.letter(ctx, tx, c.Email, "questions.mail.answered", q, "/terug", ""); err != nil {
				return err
			}
		}
		if !q.Listed() {
			return nil
		}
		type follower struct{ id, email string }
		list, err := db.All(ctx, tx, func(r db.Scanner) (follower, error) {
			var f follower
			err := r.Scan(&f.id, &f.email)
			return f, err
		}, selectFollowers, q.ID)
		if err != nil {
			return err
		}
		for _, f := range list {
			if err := s.letter(ctx, tx, f.email, "questions.mail.followed", q, Path(q.ID), "/volgen/"+s.token(f.id)+"/stop"); err != nil {
				return err
			}
		}
		return nil
	})
}

// tellMessaged mails the asker that the team wrote something.
func (s *Service) tellMessaged(ctx context.Context, h Happened) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		contact, err := getContact(ctx, tx, h.Question)
		if err != nil || contact.Email == "" {
			return err
		}
		q, err := getQuestion(ctx, tx, h.Question)
		if err != nil {
			return err
		}
		return s.letter(ctx, tx, contact.Email, "questions.mail.messaged", q, "/terug", "")
	})
}

// tellUrgent mails the coach on duty that an urgent question came in.
func (s *Service) tellUrgent(ctx context.Context, h Happened) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		q, err := getQuestion(ctx, tx, h.Question)
		if err != nil || !q.Urgent {
			return err
		}
		helper, ok, err := s.Team.OnDuty(ctx, tx, q.Place)
		if err != nil || !ok {
			return err
		}
		address, err := s.Team.Email(ctx, tx, helper.Person)
		if err != nil || address == "" {
			return err
		}
		return s.letter(ctx, tx, address, "questions.mail.urgent", q, Path(q.ID), "")
	})
}

// letter is a mail about a question. It holds its title only where everybody may
// read that: a mail is a postcard.
func (s *Service) letter(ctx context.Context, tx *db.Tx, to, key string, q Question, path, stop string) error {
	title := i18n.T(ctx, "questions.mail.yours")
	if q.Listed() {
		title = q.Title
	}
	l := mail.Letter{
		Lang: i18n.Lang(ctx), Greeting: i18n.T(ctx, "questions.mail.greeting"),
		Paragraphs: []string{i18n.T(ctx, key+".text", "title", title)},
		Button:     mail.Button{Label: i18n.T(ctx, key+".button"), URL: s.BaseURL + path},
		Closing:    i18n.T(ctx, "questions.mail.closing"),
	}
	if stop != "" {
		l.Paragraphs = append(l.Paragraphs, i18n.T(ctx, "questions.mail.stop")+" "+s.BaseURL+stop)
	}
	m, err := mail.Compose(to, i18n.T(ctx, key+".subject"), l)
	if err != nil {
		return err
	}
	return mail.Enqueue(ctx, tx, m)
}
