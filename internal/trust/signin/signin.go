package signin

import (
	"context"
	"embed"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/limit"
	"wijkbaak.nl/internal/base/room"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/people"
)

//go:embed migrations locales assets
var files embed.FS

// Migrations make the tables of this room.
var Migrations = db.Migrations{Room: "signin", FS: files}

// Options are what the service takes besides its database, clock and ids.
type Options struct {
	People *people.Service
	Audit  people.Audit // nil records nothing
	Origin string       // how people reach us: https://vraag.example.nl
	Place  string       // the name of the portal, in letters and in apps with codes
	Demo   bool         // the invented accounts can be entered with one press
	Rate   float64      // factor on the limits per network address; 0 lifts them
	OIDC   []Provider
	// HTTP goes to the providers; nil takes one with short timeouts.
	HTTP *http.Client
	// Rooms are all rooms of the house, for the export and the erasing of a
	// person; asked for when needed, because this room is one of them.
	Rooms func() []room.Room
	// Home is the page to begin on for somebody with these roles; nil takes
	// the own account.
	Home func([]people.Grant) string
}

// Service lets people in.
type Service struct {
	o         Options
	db        *db.DB
	clock     clock.Clock
	newID     id.Source
	people    *people.Service
	passkeys  *webauthn.WebAuthn // nil where the address of the site allows none
	providers []*provider
	asks      *limit.Limit // codes asked for by one network
	tries     *limit.Limit // codes tried by one network
}

// flowLasts is how long a step waits for its answer.
const flowLasts = 10 * time.Minute

// New makes the service.
func New(d *db.DB, c clock.Clock, ids id.Source, o Options) (*Service, error) {
	if o.Audit == nil {
		o.Audit = people.NoAudit{}
	}
	if o.HTTP == nil {
		o.HTTP = outgoing()
	}
	if o.Rooms == nil {
		o.Rooms = func() []room.Room { return nil }
	}
	if o.Home == nil {
		o.Home = func([]people.Grant) string { return "/mijn" }
	}
	if o.Place == "" {
		o.Place = "Wijkbaak"
	}
	s := &Service{o: o, db: d, clock: c, newID: ids, people: o.People,
		asks: limit.New(c, 10, time.Minute, o.Rate), tries: limit.New(c, 30, 20*time.Second, o.Rate)}
	origin, err := url.Parse(o.Origin)
	if err != nil || origin.Host == "" || origin.Scheme != "https" && origin.Scheme != "http" {
		return nil, fmt.Errorf("the address of the site must be like https://vraag.example.nl, not %q", o.Origin)
	}
	s.o.Origin = origin.Scheme + "://" + origin.Host
	host := origin.Hostname()
	// A passkey belongs to a domain; browsers make none for a bare IP address.
	if net.ParseIP(host) == nil && (origin.Scheme == "https" || host == "localhost") {
		s.passkeys, err = webauthn.New(&webauthn.Config{
			RPID: host, RPDisplayName: o.Place, RPOrigins: []string{s.o.Origin},
			AuthenticatorSelection: protocol.AuthenticatorSelection{
				ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
			},
		})
		if err != nil {
			return nil, err
		}
	}
	for _, p := range o.OIDC {
		made, err := newProvider(p, s.o.Origin)
		if err != nil {
			return nil, err
		}
		s.providers = append(s.providers, made)
	}
	return s, nil
}

// local gives a path of our own to go on to, or "" for anything else, so that
// no address sends people elsewhere.
func local(path string) string {
	if len(path) > 500 || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return ""
	}
	u, err := url.Parse(path)
	if err != nil || u.Host != "" || u.Scheme != "" {
		return ""
	}
	return path
}

// who tells whose account the page is about: of who is signed in, or of who
// waits for the second factor.
func who(ctx context.Context) (person, session string, ok bool) {
	if w, waits := people.WaitingOf(ctx); waits {
		return w.Person, w.Session, true
	}
	a := access.Of(ctx)
	return a.Person, a.Session, a.SignedIn() && a.Session != ""
}

// secondStep lets in whoever has passed the first step.
type secondStep struct{}

// Name is what the denial matrix calls it.
func (secondStep) Name() string { return "first step passed" }

// Check decides about ctx.
func (secondStep) Check(ctx context.Context) error {
	if _, _, ok := who(ctx); ok {
		return nil
	}
	return fault.Denied()
}

// arrival is somebody who came in.
type arrival struct {
	started people.Started
	grants  []people.Grant
	isNew   bool   // the account was made just now
	next    string // where they wanted to go
}

// arrive starts the session of somebody who has shown who they are.
func (s *Service) arrive(ctx context.Context, tx *db.Tx, r *http.Request, person string, by people.Method, second bool) (arrival, error) {
	enrolled, err := s.enrolled(ctx, tx, person)
	if err != nil {
		return arrival{}, err
	}
	started, err := s.people.Begin(ctx, tx, r, people.Entry{Person: person, Method: by, SecondFactor: second, Enrolled: enrolled.any()})
	if err != nil {
		return arrival{}, err
	}
	grants, err := s.people.Current(ctx, tx, person)
	return arrival{started: started, grants: grants}, err
}

// letIn hands the session to the browser and says where to go on.
func (s *Service) letIn(w http.ResponseWriter, in arrival) (path string) {
	s.people.SetCookie(w, in.started)
	next := local(in.next)
	switch {
	case !in.started.Complete && next != "":
		return "/aanmelden/extra?naar=" + url.QueryEscape(next)
	case !in.started.Complete:
		return "/aanmelden/extra"
	case in.isNew:
		return "/mijn?welkom=ja"
	case next != "":
		return next
	}
	return s.o.Home(in.grants)
}
