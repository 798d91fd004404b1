package signin

import (
	"context"
	"crypto/rand"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
	"wijkbaak.nl/internal/trust/people"
)

const (
	totpFails  = 5 // wrong codes in a row before a pause
	totpLocked = 15 * time.Minute
)

// factors are what a person has set up as a second factor.
type factors struct {
	totp     bool
	passkeys int
}

func (f factors) any() bool { return f.totp || f.passkeys > 0 }

// enrolled tells which second factors a person has.
func (s *Service) enrolled(ctx context.Context, r db.Reader, person string) (factors, error) {
	var f factors
	t, err := db.One(ctx, r, scanTOTP, selectTOTP, person)
	if err != nil && fault.KindOf(err) != fault.KindNotFound {
		return f, err
	}
	f.totp = err == nil && t.confirmed
	keys, err := s.passkeysOf(ctx, r, person)
	f.passkeys = len(keys)
	return f, err
}

// mayEnrol tells whether who is on this page may add or remove a second
// factor: with the second factor, or when there is none yet. Else whoever has
// only the mailbox could put their own beside it.
func (s *Service) mayEnrol(ctx context.Context, r db.Reader, person string) error {
	if access.Of(ctx).SecondFactor {
		return nil
	}
	f, err := s.enrolled(ctx, r, person)
	if err == nil && f.any() {
		err = fault.Denied()
	}
	return err
}

// app is an authenticator app of a person.
type app struct {
	secret    []byte
	confirmed bool
	last      int64
	fails     int
	locked    time.Time
	created   time.Time
}

func scanTOTP(row db.Scanner) (app, error) {
	var v app
	return v, row.Scan(&v.secret, &v.confirmed, &v.last, &v.fails, moment{&v.locked}, moment{&v.created})
}

// beginApp makes a secret for an authenticator app, which counts once a code
// of it was typed.
func (s *Service) beginApp(ctx context.Context, person string) error {
	secret := make([]byte, totpBytes)
	rand.Read(secret) //nolint:errcheck,gosec // never fails
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.mayEnrol(ctx, tx, person); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, upsertTOTP, person, secret, db.At(s.clock.Now()))
		return err
	})
}

// pendingApp gives the secret that was made and not yet confirmed.
func (s *Service) pendingApp(ctx context.Context, r db.Reader, person string) ([]byte, error) {
	if err := s.mayEnrol(ctx, r, person); err != nil {
		return nil, err
	}
	v, err := db.One(ctx, r, scanTOTP, selectTOTP, person)
	if err == nil && v.confirmed {
		err = fault.NotFound()
	}
	return v.secret, err
}

// proveApp checks a code of the authenticator app, sets the app up if it was
// not yet, and raises the session. Each code works once.
func (s *Service) proveApp(ctx context.Context, person, session, code string) (arrival, error) {
	var in arrival
	var refused error
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		in, refused = arrival{}, nil
		v, err := db.One(ctx, tx, scanTOTP, selectTOTP, person)
		if fault.KindOf(err) == fault.KindNotFound {
			refused = errTOTP()
			return nil
		} else if err != nil {
			return err
		}
		if !v.confirmed {
			if err := s.mayEnrol(ctx, tx, person); err != nil {
				return err
			}
		}
		now := s.clock.Now()
		if v.locked.After(now) {
			return fault.TooMany(v.locked.Sub(now))
		}
		step, ok := totpMatch(v.secret, digits(code), now, v.last)
		if !ok {
			refused = errTOTP()
			return s.countFail(ctx, tx, person, v)
		}
		if n, err := tx.Exec(ctx, confirmTOTP, person, step); err != nil || n == 0 {
			refused = errTOTP()
			return err
		}
		if !v.confirmed {
			if err := s.made(ctx, tx, "factor.app", person, session); err != nil {
				return err
			}
		}
		in, err = s.raise(ctx, tx, session, person, "app")
		return err
	})
	if err == nil {
		err = refused
	}
	return in, err
}

func errTOTP() error { return fault.Invalid(fault.Field{Name: "code", Key: "signin.app.wrong"}) }

// countFail keeps that a code was wrong; a row of them makes a pause.
func (s *Service) countFail(ctx context.Context, tx *db.Tx, person string, v app) error {
	fails, until := v.fails+1, time.Time{}
	if fails >= totpFails {
		fails, until = 0, s.clock.Now().Add(totpLocked)
	}
	if _, err := tx.Exec(ctx, failTOTP, person, fails, db.At(until)); err != nil {
		return err
	}
	return s.o.Audit.Record(ctx, tx, audit.Event{Kind: "signin.factor.app", Action: audit.Execute, Outcome: audit.Refused,
		Person: person, ObjectType: "person", ObjectID: person, Subject: person})
}

// raise gives the session the second factor.
func (s *Service) raise(ctx context.Context, tx *db.Tx, session, person, by string) (arrival, error) {
	started, err := s.people.Raise(ctx, tx, session, person, by)
	if err != nil {
		return arrival{}, err
	}
	grants, err := s.people.Current(ctx, tx, person)
	return arrival{started: started, grants: grants}, err
}

// made notes that a second factor was set up, and ends the other sessions,
// which began without it.
func (s *Service) made(ctx context.Context, tx *db.Tx, kind, person, session string) error {
	if err := s.people.EndOthers(ctx, tx, person, session); err != nil {
		return err
	}
	return s.record(ctx, tx, kind, audit.Create, person)
}

// removeApp takes the authenticator app of the person of ctx away.
func (s *Service) removeApp(ctx context.Context) error {
	person := access.Of(ctx).Person
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.mayEnrol(ctx, tx, person); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, deleteTOTP, person); err != nil {
			return err
		}
		return s.record(ctx, tx, "factor.app", audit.Delete, person)
	})
}

// ResetSecondFactor takes all second factors of a person away and ends the
// sessions, for somebody who lost a telephone; for an operator. The person
// sets up a new one at the next sign in.
func (s *Service) ResetSecondFactor(ctx context.Context, person string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.people.MayManage(ctx, tx, person); err != nil {
			return err
		}
		for _, query := range []string{deleteTOTP, deletePasskeysOf} {
			if _, err := tx.Exec(ctx, query, person); err != nil {
				return err
			}
		}
		if err := s.people.EndAll(ctx, tx, person); err != nil {
			return err
		}
		return s.record(ctx, tx, "factor.reset", audit.Delete, person)
	})
}

func (s *Service) record(ctx context.Context, tx *db.Tx, kind string, a audit.Action, person string) error {
	return s.o.Audit.Record(ctx, tx, audit.Event{Kind: "signin." + kind, Action: a, ObjectType: "person", ObjectID: person, Subject: person})
}

// demoPerson gives one of the invented persons of the demo.
func (s *Service) demoPerson(ctx context.Context, tx *db.Tx, person string) (people.Person, error) {
	p, err := s.people.ByID(ctx, tx, person)
	if err == nil && (!s.o.Demo || !p.Demo) {
		err = fault.NotFound()
	}
	return p, err
}
