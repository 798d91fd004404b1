package signin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/limit"
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
	"wijkbaak.nl/internal/trust/people"
)

const (
	codeLasts  = 10 * time.Minute
	codeTries  = 5
	codesHour  = 5  // codes for one address within an hour
	codesDay   = 15 // and within a day: 75 guesses out of a million
	codesKept  = 24 * time.Hour
	secretSize = 43 // characters of a secret as it travels
)

// goal is what a code is for.
type goal string

const (
	toSignIn      goal = "signin"
	toChangeEmail goal = "email"
)

// newCode gives six digits.
func newCode() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		panic("no random bytes: " + err.Error())
	}
	return fmt.Sprintf("%06d", n)
}

// codeHash mixes the secret of the page that asked into the hash: six digits
// alone would be guessed from it at once by whoever reads the database.
func codeHash(step, code string) []byte {
	sum := sha256.Sum256([]byte(step + ":" + code))
	return sum[:]
}

// askCode sends a code and a link to an address, and gives the secret of the
// step, which the page that asks for the code brings along. It does the same
// for every address, known or not: nobody is looked up.
func (s *Service) askCode(ctx context.Context, r *http.Request, address string, g goal) (step string, err error) {
	email, ok := people.NormalEmail(address)
	if !ok {
		return "", fault.Invalid(fault.Field{Name: "email", Key: "people.email.wrong"})
	}
	if wait := s.asks.Take(limit.Network(web.Address(r))); wait > 0 {
		return "", fault.TooMany(wait)
	}
	step, stepHash := people.NewSecret()
	link, linkHash := people.NewSecret()
	code := newCode()
	person := ""
	path := "/aanmelden/link?sleutel="
	if g == toChangeEmail {
		person, path = access.Of(ctx).Person, ""
	}
	letter, err := s.codeLetter(ctx, email, code, path, link)
	if err != nil {
		return "", err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := s.clock.Now()
		if _, err := tx.Exec(ctx, deleteOldCodes, db.At(now.Add(-codesKept))); err != nil {
			return err
		}
		times, err := db.All(ctx, tx, db.Value[db.Time], selectCodeTimes, email, db.At(now.Add(-codesKept)))
		if err != nil {
			return err
		}
		if wait := codeWait(times, now); wait > 0 {
			return fault.TooMany(wait)
		}
		if _, err := tx.Exec(ctx, insertCode, s.newID(), email, stepHash, codeHash(step, code), linkHash, db.Null(person), string(g), db.At(now), db.At(now.Add(codeLasts))); err != nil {
			return err
		}
		return mail.Enqueue(ctx, tx, letter)
	})
	if err != nil {
		return "", err
	}
	return step, nil
}

// codeWait tells how long until another code may be sent to an address to
// which codes were sent at these times.
func codeWait(times []db.Time, now time.Time) time.Duration {
	wait := time.Duration(0)
	for _, bound := range []struct {
		most   int
		within time.Duration
	}{{codesHour, time.Hour}, {codesDay, codesKept}} {
		if n := len(times) - bound.most; n >= 0 {
			wait = max(wait, times[n].Add(bound.within).Sub(now))
		}
	}
	return wait
}

func (s *Service) codeLetter(ctx context.Context, to, code, path, link string) (mail.Message, error) {
	l := mail.Letter{
		Lang:     i18n.Lang(ctx),
		Greeting: i18n.T(ctx, "signin.mail.greeting"),
		Paragraphs: []string{
			i18n.T(ctx, "signin.mail.code", "code", code[:3]+" "+code[3:]),
			i18n.T(ctx, "signin.mail.time"),
			i18n.T(ctx, "signin.mail.notyou"),
		},
		Closing: i18n.T(ctx, "signin.mail.closing", "place", s.o.Place),
	}
	if path != "" {
		if l.Lang != i18n.Reference {
			path = "/" + l.Lang + path
		}
		l.Button = mail.Button{Label: i18n.T(ctx, "signin.mail.button"), URL: s.o.Origin + path + url.QueryEscape(link)}
	}
	return mail.Compose(to, i18n.T(ctx, "signin.mail.subject", "place", s.o.Place), l)
}

// changedLetter tells the old address that it is the old one; it does not name
// the new one.
func (s *Service) changedLetter(ctx context.Context, to string) (mail.Message, error) {
	return mail.Compose(to, i18n.T(ctx, "signin.changed.subject", "place", s.o.Place), mail.Letter{
		Lang:       i18n.Lang(ctx),
		Greeting:   i18n.T(ctx, "signin.mail.greeting"),
		Paragraphs: []string{i18n.T(ctx, "signin.changed.text", "place", s.o.Place), i18n.T(ctx, "signin.changed.notyou")},
		Closing:    i18n.T(ctx, "signin.mail.closing", "place", s.o.Place),
	})
}

// sent is a code that was sent.
type sent struct {
	id, email, person string
	code              []byte
	goal              goal
	tries             int
	used              bool
	expires           time.Time
}

func scanSent(row db.Scanner) (sent, error) {
	var v sent
	return v, row.Scan(&v.id, &v.email, &v.code, (*db.Null)(&v.person), &v.goal, &v.tries, &v.used, moment{&v.expires})
}

// errCode is the one answer to a code that is wrong, too old, used, tried too
// often or never sent.
func errCode() error { return fault.Invalid(fault.Field{Name: "code", Key: "signin.code.wrong"}) }

// proveCode checks a code against the step, the goal and the person who asked for
// it (nobody, to sign in), and gives whose address is proved.
// A wrong one counts as a try, which is kept; right is false then. A right one
// uses up all that were sent to the address; asking anew does not, or a stranger
// could ask and so undo the code that somebody is typing.
func (s *Service) proveCode(ctx context.Context, tx *db.Tx, step, code string, g goal, person string) (v sent, right bool, err error) {
	v, err = db.One(ctx, tx, scanSent, selectCodeByStep, people.HashSecret(step))
	if fault.KindOf(err) == fault.KindNotFound {
		return sent{}, false, nil
	} else if err != nil {
		return sent{}, false, err
	}
	same := subtle.ConstantTimeCompare(codeHash(step, digits(code)), v.code) == 1
	if !same || v.goal != g || v.person != person || !s.open(v) {
		_, err = tx.Exec(ctx, countTry, v.id)
		return sent{}, false, err
	}
	_, err = tx.Exec(ctx, useCodesOf, v.email)
	return v, true, err
}

func (s *Service) open(v sent) bool {
	return !v.used && v.tries < codeTries && v.expires.After(s.clock.Now())
}

// enterByCode lets in who typed the code of the step.
func (s *Service) enterByCode(ctx context.Context, r *http.Request, step, code string) (arrival, error) {
	if wait := s.tries.Take(limit.Network(web.Address(r))); wait > 0 {
		return arrival{}, fault.TooMany(wait)
	}
	var in arrival
	var right bool
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, ok, err := s.proveCode(ctx, tx, step, code, toSignIn, "")
		if right = ok; err != nil || !ok {
			return err
		}
		in, err = s.owner(ctx, tx, r, v.email, people.ByCode)
		return err
	})
	if err == nil && !right {
		err = errCode()
	}
	return in, err
}

// enterByLink lets in who pressed the button behind the link of a letter.
func (s *Service) enterByLink(ctx context.Context, r *http.Request, link string) (arrival, error) {
	if wait := s.tries.Take(limit.Network(web.Address(r))); wait > 0 {
		return arrival{}, fault.TooMany(wait)
	}
	if len(link) != secretSize {
		return arrival{}, errCode()
	}
	var in arrival
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, err := db.One(ctx, tx, scanSent, selectCodeByLink, people.HashSecret(link))
		if fault.KindOf(err) == fault.KindNotFound {
			return errCode()
		} else if err != nil {
			return err
		}
		if v.goal != toSignIn || !s.open(v) {
			return errCode()
		}
		if _, err := tx.Exec(ctx, useCodesOf, v.email); err != nil {
			return err
		}
		in, err = s.owner(ctx, tx, r, v.email, people.ByLink)
		return err
	})
	return in, err
}

// owner lets in the owner of a proved address; a resident whom we do not know
// yet gets an account.
func (s *Service) owner(ctx context.Context, tx *db.Tx, r *http.Request, email string, by people.Method) (arrival, error) {
	p, err := s.people.ByEmail(ctx, tx, email)
	isNew := fault.KindOf(err) == fault.KindNotFound
	if isNew {
		p, err = s.people.Create(ctx, tx, people.NewPerson{Name: i18n.T(ctx, "signin.newname"), Email: email, Language: i18n.Lang(ctx)}, false)
	}
	if err != nil {
		return arrival{}, err
	}
	in, err := s.arrive(ctx, tx, r, p.ID, by, false)
	in.isNew = isNew
	return in, err
}

// changeEmail gives the person of ctx the address of which the code was typed.
func (s *Service) changeEmail(ctx context.Context, r *http.Request, step, code string) error {
	if wait := s.tries.Take(limit.Network(web.Address(r))); wait > 0 {
		return fault.TooMany(wait)
	}
	person := access.Of(ctx).Person
	var right bool
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, ok, err := s.proveCode(ctx, tx, step, code, toChangeEmail, person)
		if right = ok; err != nil || !ok {
			return err
		}
		p, err := s.people.ByID(ctx, tx, person)
		if err != nil {
			return err
		}
		if err := s.o.Audit.Record(ctx, tx, audit.Event{Kind: "signin.email", Action: audit.Update, ObjectType: "person", ObjectID: person, Subject: person}); err != nil {
			return err
		}
		if err := s.people.EndOthers(ctx, tx, person, access.Of(ctx).Session); err != nil {
			return err
		}
		// Nothing of the old address stays: nobody could find it any more.
		if p.Email != "" {
			if _, err := tx.Exec(ctx, deleteCodesOf, p.Email, person); err != nil {
				return err
			}
			if err := mail.Forget(ctx, tx, p.Email); err != nil {
				return err
			}
			// Who lost the account to somebody else hears of it there.
			letter, err := s.changedLetter(ctx, p.Email)
			if err != nil {
				return err
			}
			if err := mail.Enqueue(ctx, tx, letter); err != nil {
				return err
			}
		}
		return s.people.Change(ctx, tx, person, people.NewPerson{Name: p.Name, Email: v.email, Phone: p.Phone, Language: p.Language})
	})
	if err == nil && !right {
		err = errCode()
	}
	return err
}
