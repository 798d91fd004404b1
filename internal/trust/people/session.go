package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// How long a session lasts. One with a role ends within a working day, because
// a desk is shared; one that waits for the second factor within minutes.
const (
	residentLasts     = 30 * 24 * time.Hour
	professionalLasts = 12 * time.Hour
	waitingLasts      = 15 * time.Minute
	seenEvery         = time.Hour
)

// NewSecret gives 256 random bits, as they travel, and the hash that is kept.
func NewSecret() (secret string, hash []byte) {
	var b [32]byte
	rand.Read(b[:]) //nolint:errcheck // never fails
	secret = base64.RawURLEncoding.EncodeToString(b[:])
	return secret, HashSecret(secret)
}

// HashSecret gives what is kept of a secret. The secret is random and long, so
// that a slow hash would add nothing.
func HashSecret(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// secretLength is the length of a secret as it travels; what is not as long is
// not looked up.
const secretLength = 43

// Method is how somebody showed who they are.
type Method string

// The methods.
const (
	ByCode    Method = "code"
	ByLink    Method = "link"
	ByPasskey Method = "passkey"
	ByOIDC    Method = "oidc"
	ByDemo    Method = "demo"
)

// Entry is somebody who has shown who they are.
type Entry struct {
	Person       string
	Method       Method
	SecondFactor bool // the method counts as two
	Enrolled     bool // the person has set up a second factor
}

// Started is a session that begins: what the browser gets.
type Started struct {
	ID       string
	Secret   string
	Expires  time.Time
	Complete bool // false: only the second factor is asked for, nothing else is open
}

// Begin starts a session in tx. The session that the browser brought, if any,
// ends, so that nobody can prepare a session for somebody else. After the
// commit the caller hands the secret to the browser by SetCookie.
func (s *Service) Begin(ctx context.Context, tx *db.Tx, r *http.Request, e Entry) (Started, error) {
	p, err := s.ByID(ctx, tx, e.Person)
	if err != nil {
		return Started{}, err
	}
	ctx = access.With(ctx, access.Actor{Person: p.ID, Channel: access.Page, Address: web.Address(r)})
	if p.State != Active {
		return Started{}, fault.Conflict("people.closed")
	}
	grants, err := s.Current(ctx, tx, p.ID)
	if err != nil {
		return Started{}, err
	}
	ctx = access.With(ctx, access.Actor{Person: p.ID, Channel: access.Page, Address: web.Address(r), SecondFactor: e.SecondFactor, Grants: rights(grants)})
	now := s.clock.Now()
	started := Started{ID: s.newID(), Complete: e.SecondFactor || !e.Enrolled && len(grants) == 0}
	switch {
	case !started.Complete:
		started.Expires = now.Add(waitingLasts)
	case len(grants) > 0:
		started.Expires = now.Add(professionalLasts)
	default:
		started.Expires = now.Add(residentLasts)
	}
	var hash []byte
	started.Secret, hash = NewSecret()
	if old := s.cookieOf(r); old != "" {
		if _, err := tx.Exec(ctx, deleteSession, HashSecret(old)); err != nil {
			return Started{}, err
		}
	}
	if _, err := tx.Exec(ctx, deleteOldOnes, db.At(now)); err != nil {
		return Started{}, err
	}
	_, err = tx.Exec(ctx, insertSession, started.ID, hash, p.ID, started.Complete, e.SecondFactor, string(e.Method), device(r.UserAgent()), db.At(now), db.At(started.Expires))
	if err != nil {
		return Started{}, err
	}
	return started, s.audit.Record(ctx, tx, about("signin."+string(e.Method), audit.Execute, p.ID, "session", started.ID))
}

// rights are grants as an actor has them.
func rights(grants []Grant) []access.Grant {
	list := make([]access.Grant, len(grants))
	for i, g := range grants {
		list[i] = access.Grant{Role: g.Role, Organisation: g.Organisation, Place: g.Place}
	}
	return list
}

// Raise gives a session the second factor, under a new secret.
func (s *Service) Raise(ctx context.Context, tx *db.Tx, session, person string, method string) (Started, error) {
	grants, err := s.Current(ctx, tx, person)
	if err != nil {
		return Started{}, err
	}
	lasts := residentLasts
	if len(grants) > 0 {
		lasts = professionalLasts
	}
	started := Started{ID: session, Complete: true, Expires: s.clock.Now().Add(lasts)}
	var hash []byte
	started.Secret, hash = NewSecret()
	changed, err := tx.Exec(ctx, raiseSession, session, hash, db.At(started.Expires), person)
	if err != nil {
		return Started{}, err
	}
	if changed == 0 {
		return Started{}, fault.Denied()
	}
	return started, s.audit.Record(ctx, tx, about("second."+method, audit.Execute, person, "session", session))
}

// EndOthers ends all sessions of a person but one.
func (s *Service) EndOthers(ctx context.Context, tx *db.Tx, person, session string) error {
	_, err := tx.Exec(ctx, deleteOthers, person, session)
	return err
}

// EndAll ends all sessions of a person: "sign out everywhere".
func (s *Service) EndAll(ctx context.Context, tx *db.Tx, person string) error {
	if _, err := tx.Exec(ctx, deleteSessions, person); err != nil {
		return err
	}
	return s.audit.Record(ctx, tx, about("signout.all", audit.Execute, person, "person", person))
}

// EndOne ends one session of a person.
func (s *Service) EndOne(ctx context.Context, tx *db.Tx, person, session string) error {
	n, err := tx.Exec(ctx, deleteOne, session, person)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.NotFound()
	}
	return s.audit.Record(ctx, tx, about("signout.one", audit.Execute, person, "session", session))
}

// SignOut ends the session that the browser brought and takes its cookie away.
func (s *Service) SignOut(w http.ResponseWriter, r *http.Request) error {
	secret := s.cookieOf(r)
	if secret == "" {
		return nil
	}
	err := s.db.Write(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, deleteSession, HashSecret(secret))
		if err != nil || n == 0 {
			return err
		}
		return s.audit.Record(ctx, tx, about("signout", audit.Execute, access.Of(ctx).Person, "session", access.Of(ctx).Session))
	})
	if err != nil {
		return err
	}
	s.ClearCookie(w)
	return nil
}

// SessionInfo is a session as its owner sees it.
type SessionInfo struct {
	ID                     string
	Complete, SecondFactor bool
	Method                 Method
	Device                 string
	Created, Seen, Expires time.Time
}

// Sessions lists the sessions of a person.
func (s *Service) Sessions(ctx context.Context, r db.Reader, person string) ([]SessionInfo, error) {
	return db.All(ctx, r, func(row db.Scanner) (SessionInfo, error) {
		var v SessionInfo
		return v, row.Scan(&v.ID, &v.Complete, &v.SecondFactor, &v.Method, &v.Device, moment{&v.Created}, moment{&v.Seen}, moment{&v.Expires})
	}, selectSessions, person, db.At(s.clock.Now()))
}

// CookieName is the one cookie. The name with the prefix binds it to https, to
// this host and to the whole site (RFC 6265bis); a browser refuses it on plain
// http, which we allow on loopback only.
func (s *Service) CookieName() string {
	if s.secure {
		return "__Host-wijkbaak"
	}
	return "wijkbaak"
}

// Cookie makes a cookie with our attributes.
func (s *Service) Cookie(name, value string, lasts time.Duration) *http.Cookie {
	age := int(lasts.Seconds())
	if age <= 0 {
		age = -1
	}
	return &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, Secure: s.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

// SetCookie hands a session to the browser.
func (s *Service) SetCookie(w http.ResponseWriter, started Started) {
	http.SetCookie(w, s.Cookie(s.CookieName(), started.Secret, started.Expires.Sub(s.clock.Now())))
}

// ClearCookie takes the cookie away.
func (s *Service) ClearCookie(w http.ResponseWriter) {
	http.SetCookie(w, s.Cookie(s.CookieName(), "", 0))
}

func (s *Service) cookieOf(r *http.Request) string {
	c, err := r.Cookie(s.CookieName())
	if err != nil {
		return ""
	}
	return c.Value
}

type waitingKey struct{}

// Waiting is somebody who has passed the first step and not yet the second.
// Such a session opens nothing but the page that asks for the second.
type Waiting struct{ Person, Session string }

// WaitingOf tells who waits for the second factor; ok is false for everybody else.
func WaitingOf(ctx context.Context) (Waiting, bool) {
	w, ok := ctx.Value(waitingKey{}).(Waiting)
	return w, ok
}

// entering is a row of selectEnter.
type entering struct {
	session, person, name  string
	complete, secondFactor bool
	seen                   time.Time
	role, organisation     db.Null
	place                  db.Null
}

// Enter puts the actor of a request into its context. Who brings neither cookie
// nor token costs no query.
func (s *Service) Enter(w http.ResponseWriter, r *http.Request) (*http.Request, error) {
	actor := access.Actor{Channel: access.Page, Address: web.Address(r)}
	ctx := r.Context()
	if header := r.Header.Get("Authorization"); header != "" {
		web.Private(r)
		actor.Channel = access.API
		if err := s.enterToken(ctx, header, &actor); err != nil {
			if fault.KindOf(err) == fault.KindDenied {
				w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			}
			return r, err
		}
		return r.WithContext(access.With(ctx, actor)), nil
	}
	secret := s.cookieOf(r)
	if secret == "" {
		return r.WithContext(access.With(ctx, actor)), nil
	}
	web.Private(r)
	var rows []entering
	if len(secret) == secretLength {
		var err error
		rows, err = db.All(ctx, s.db, func(row db.Scanner) (entering, error) {
			var e entering
			return e, row.Scan(&e.session, &e.person, &e.complete, &e.secondFactor, moment{&e.seen}, &e.name, &e.role, &e.organisation, &e.place)
		}, selectEnter, HashSecret(secret), db.At(s.clock.Now()))
		if err != nil {
			return r, err // not knowing is no
		}
	}
	if len(rows) == 0 {
		s.ClearCookie(w)
		return r.WithContext(access.With(ctx, actor)), nil
	}
	e := rows[0]
	actor.Session = e.session
	if !e.complete {
		ctx = context.WithValue(ctx, waitingKey{}, Waiting{e.person, e.session})
		return r.WithContext(access.With(ctx, actor)), nil
	}
	actor.Person, actor.Name, actor.SecondFactor = e.person, e.name, e.secondFactor
	for _, row := range rows {
		if row.role != "" {
			actor.Grants = append(actor.Grants, access.Grant{Role: access.Role(row.role), Organisation: string(row.organisation), Place: string(row.place)})
		}
	}
	s.noteSeen(ctx, e)
	return r.WithContext(access.With(ctx, actor)), nil
}

// noteSeen keeps when a session was last used, to the hour. That it cannot be
// kept is no reason to refuse a page.
func (s *Service) noteSeen(ctx context.Context, e entering) {
	now := s.clock.Now()
	if now.Sub(e.seen) < seenEvery {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { //nolint:errcheck,gosec // see above
		_, err := tx.Exec(ctx, updateSeen, e.session, db.At(now))
		return err
	})
}

// device says in two words what a browser is: enough for the owner to know it
// again, not enough to follow anybody.
func device(agent string) string {
	pick := func(pairs ...string) string {
		for i := 0; i+1 < len(pairs); i += 2 {
			if strings.Contains(agent, pairs[i]) {
				return pairs[i+1]
			}
		}
		return ""
	}
	browser := pick("Edg", "Edge", "OPR/", "Opera", "SamsungBrowser", "Samsung Internet", "Firefox", "Firefox", "FxiOS", "Firefox",
		"CriOS", "Chrome", "Chrome", "Chrome", "Safari", "Safari")
	system := pick("iPhone", "iPhone", "iPad", "iPad", "Android", "Android", "Windows", "Windows", "Mac OS", "Mac", "CrOS", "Chromebook", "Linux", "Linux")
	return strings.Trim(browser+", "+system, ", ")
}
