package visions

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"
	"strings"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/trust/access"
)

// The jobs of the room.
const (
	// JobLetters writes to members about rounds; the app runs it every hour.
	JobLetters  = "visions.letters"
	jobAnswered = "visions.tell.answered"
)

// How far the letters about a round are.
const (
	toldNothing  = ""
	toldOpened   = "opened"
	toldReminded = "reminded"
)

const (
	remindDays  = 2 // before the last day
	lettersMost = 500
	// No letter goes out at night.
	lettersFrom, lettersUntil = 7, 21
)

// Letters writes to the members of coalitions: once when a round has opened, and
// once shortly before it closes to who has said nothing. It may run as often as it
// likes. A round that cannot be written about does not hold up the others.
func (s *Service) Letters(ctx context.Context) error {
	if h := s.Clock.Now().In(clock.Amsterdam).Hour(); h < lettersFrom || h >= lettersUntil {
		return nil
	}
	today := s.today()
	var failed []error
	for _, step := range []struct {
		from, to     string
		opens, until Day
	}{
		// Not on the day on which it opened: then the first letter is new.
		{toldOpened, toldReminded, today.Add(-1), today.Add(remindDays)},
		{toldNothing, toldOpened, today, "9999-12-31"},
	} {
		list, err := db.All(ctx, s.DB, scanRound, selectToTell, step.from, string(today), string(step.opens), string(step.until), lettersMost)
		failed = append(failed, err)
		for _, o := range list {
			failed = append(failed, s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.tellRound(ctx, tx, o, step.from, step.to) }))
		}
	}
	return errors.Join(failed...)
}

// tellRound marks a round and writes to its members, in one go.
func (s *Service) tellRound(ctx context.Context, tx *db.Tx, o Round, from, to string) error {
	then := to
	if today := s.today(); to == toldOpened && o.Opens < today && o.Closes <= today.Add(remindDays) {
		then = toldReminded // the first letter is late, and says all that the second would
	}
	changed, err := tx.Exec(ctx, tellRound, o.ID, from, then)
	if err != nil || changed == 0 {
		return err
	}
	v, err := db.One(ctx, tx, scanVision, selectVision, o.Vision)
	if err != nil || v.Coalition == "" {
		return err
	}
	members, err := s.Coalitions.Everybody(ctx, tx, v.Coalition)
	if err != nil {
		return err
	}
	var votes []Vote
	if to == toldReminded && o.Kind == Deciding {
		if votes, err = db.All(ctx, tx, scanVote, votesOf, o.ID, votesMost); err != nil {
			return err
		}
	}
	for _, m := range members {
		if to == toldOpened && m.ID == o.Person {
			continue // who opened it knows
		}
		if to == toldReminded {
			if m.Role == Observer {
				continue
			}
			did := slices.ContainsFunc(votes, func(v Vote) bool { return v.Person == m.ID })
			if o.Kind == Orienting {
				n, err := db.One(ctx, tx, db.Value[int], saidInRound, m.ID, o.ID)
				if err != nil {
					return err
				}
				did = n > 0
			}
			if did {
				continue
			}
		}
		// keys: visions.mail.opened.orienting.* visions.mail.opened.deciding.* visions.mail.reminded.orienting.* visions.mail.reminded.deciding.*
		key := "visions.mail." + to + "." + string(o.Kind)
		path := Path(v.ID)
		if o.Kind == Deciding && m.Role != Observer {
			path += "/besluit"
		}
		args := []any{"title", v.Title, "owner", v.OwnerName, "day", o.Closes.Text(ctx)}
		if err := s.letter(ctx, tx, m.ID, i18n.T(ctx, key+".subject", args...), path, i18n.T(ctx, key+".button"), i18n.T(ctx, key+".text", args...)); err != nil {
			return err
		}
	}
	return nil
}

// answered is what the job of an answer is about.
type answered struct {
	Vision  string `json:"vision"`
	Comment string `json:"comment"`
}

// tellAnswered writes to who commented that there is an answer: about the first one
// only, and not to who answered.
func (s *Service) tellAnswered(ctx context.Context, a answered) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := db.One(ctx, tx, scanComment, selectComment, a.Comment, a.Vision)
		if fault.KindOf(err) == fault.KindNotFound {
			return nil // gone in the meantime
		}
		if err != nil || c.Person == "" || c.Answer == "" || c.State != Shown {
			return err
		}
		changed, err := tx.Exec(ctx, tellAnswer, c.ID, c.Vision)
		if err != nil || changed == 0 || c.Person == c.AnswerBy {
			return err
		}
		v, err := db.One(ctx, tx, scanVision, selectVision, c.Vision)
		if err != nil {
			return err
		}
		// keys: visions.mail.answer.taken visions.mail.answer.partly visions.mail.answer.not
		text := []string{i18n.T(ctx, "visions.mail.answer.text", "title", v.Title), i18n.T(ctx, "visions.mail.answer."+c.Answer)}
		if why := strings.TrimSpace(c.AnswerText); why != "" {
			text = append(text, why)
		}
		return s.letter(ctx, tx, c.Person, i18n.T(ctx, "visions.mail.answer.subject", "title", v.Title), commentsPath(v.ID, filterPlace, c.Place),
			i18n.T(ctx, "visions.mail.answer.button"), text...)
	})
}

// letter mails one letter to a person, unless they want none or have no address.
func (s *Service) letter(ctx context.Context, tx *db.Tx, person, subject, path, button string, text ...string) error {
	quiet, err := s.quiet(ctx, tx, person)
	if err != nil || quiet {
		return err
	}
	to, err := s.People.Email(ctx, tx, person)
	if fault.KindOf(err) == fault.KindNotFound || err == nil && to == "" {
		return nil
	}
	if err != nil {
		return err
	}
	m, err := mail.Compose(to, subject, mail.Letter{Lang: i18n.Lang(ctx), Greeting: i18n.T(ctx, "visions.mail.greeting"),
		Paragraphs: append(text, i18n.T(ctx, "visions.mail.stop")+" "+s.BaseURL+s.postPath(person)),
		Button:     mail.Button{Label: button, URL: s.BaseURL + path}, Closing: i18n.T(ctx, "visions.mail.closing")})
	if err != nil {
		return err
	}
	return mail.Enqueue(ctx, tx, m)
}

// tellsAnswer has who commented told of an answer.
func (s *Service) tellsAnswer(ctx context.Context, tx *db.Tx, c Comment) error {
	if c.Person == "" {
		return nil
	}
	return jobs.Enqueue(ctx, tx, jobAnswered, answered{c.Vision, c.ID})
}

// quiet tells whether a person wants no letters.
func (s *Service) quiet(ctx context.Context, r db.Reader, person string) (bool, error) {
	_, err := db.One(ctx, r, db.Value[string], selectQuiet, person)
	if fault.KindOf(err) == fault.KindNotFound {
		return false, nil
	}
	return err == nil, err
}

const postBase = "/visiepost/"

// postPath is where a person says whether they want letters. It needs no account
// open: the key of the instance is in it, so that nobody can make one for another.
func (s *Service) postPath(person string) string { return postBase + person + "." + s.seal(person) }

func (s *Service) seal(person string) string {
	h := hmac.New(sha256.New, s.Key)
	h.Write([]byte("wijkbaak vision letters 1\x00" + person)) //nolint:errcheck // a hash never fails
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:24])
}

// reader is whose link it is.
func (s *Service) reader(token string) (person string, err error) {
	person, seal, _ := strings.Cut(token, ".")
	if person == "" || !hmac.Equal([]byte(seal), []byte(s.seal(person))) {
		return "", fault.NotFound()
	}
	return person, nil
}

// Quiet tells whether whose link this is wants no letters.
func (s *Service) Quiet(ctx context.Context, token string) (bool, error) {
	person, err := s.reader(token)
	if err != nil {
		return false, err
	}
	return s.quiet(ctx, s.DB, person)
}

// SetQuiet stops the letters to whose link this is, or begins them again. For an
// account that is gone there is nothing to keep.
func (s *Service) SetQuiet(ctx context.Context, token string, quiet bool) error {
	person, err := s.reader(token)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		query, args := deleteQuiet, []any{person}
		if quiet {
			if _, err := s.People.Email(ctx, tx, person); err != nil {
				if fault.KindOf(err) == fault.KindNotFound {
					return nil
				}
				return err
			}
			query, args = insertQuiet, []any{person, db.At(s.Clock.Now())}
		}
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
}

// ownPost is where the actor says whether they want letters; empty for a stranger.
func (s *Service) ownPost(ctx context.Context) string {
	if a := access.Of(ctx); a.SignedIn() {
		return s.postPath(a.Person)
	}
	return ""
}
