// Package apptest boots the whole program inside a test, on SQLite or PostgreSQL,
// with a clock that the test moves, and gives it people: residents, coaches and
// others who are signed in and ask for pages as a browser does.
package apptest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/people"
	"wijkbaak.nl/internal/trust/places"
)

// Start is when every world begins: a Monday morning in office hours.
var Start = time.Date(2026, time.March, 2, 9, 0, 0, 0, clock.Amsterdam)

// The actors that a world knows. Each professional but OperatorHalf has shown
// the second factor.
const (
	Anonymous      = "anonymous"
	Resident       = "resident"
	Coach          = "coach"           // in the demo district
	CoachElsewhere = "coach-elsewhere" // in a district of another municipality
	Editor         = "editor"
	Moderator      = "moderator"
	Lead           = "lead"
	Operator       = "operator"      // of the whole instance
	OperatorHalf   = "operator-half" // the second factor is not shown yet
	Token          = "token"         // a program with every scope
)

// People of the demonstration content, who own what it shows; As knows them too.
const (
	Fatma = "Fatma" // project leader
	Sanne = "Sanne" // project leader, editor and moderator
)

// Actors lists them, in the order of the denial matrix.
var Actors = []string{Anonymous, Resident, CoachElsewhere, Coach, Editor, Moderator, Lead, OperatorHalf, Operator, Token}

// elsewhere is a district that the demo has nothing to do with.
const elsewhere = "/0363/WK036300"

// World is a running program of one test.
type World struct {
	App   *app.App
	Clock *clock.Fake
	URL   string
	t     Reporter
	mails string
	who   *people.Service

	mu       sync.Mutex
	sessions map[string]string // secret by actor
	persons  map[string]string // id by actor
	org      map[string]string // id of organisation by place
	made     int               // persons
}

// Reporter is told of trouble; a *testing.T is one.
type Reporter interface {
	Helper()
	Error(args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// Report has trouble told to r from now on.
func (w *World) Report(r Reporter) { w.t = r }

// Options say what a world begins with.
type Options struct {
	Empty    bool                  // without the demonstration content
	Settings func(s *app.Settings) // changes what the operator chose
	Parts    func(p *app.Parts)    // listens along: the log, the figures
}

// Each runs f in a world on each engine.
func Each(t *testing.T, o Options, f func(t *testing.T, w *World)) {
	t.Helper()
	dbtest.EachOptions(t, func(t *testing.T, d db.Options) { f(t, New(t, d, o)) })
}

// SQLite makes a world on SQLite.
func SQLite(t testing.TB, o Options) *World {
	t.Helper()
	return New(t, db.Options{Dir: t.TempDir()}, o)
}

// New makes a world on the database that d names.
func New(t testing.TB, d db.Options, o Options) *World {
	t.Helper()
	w := &World{Clock: clock.NewFake(Start), t: t, sessions: map[string]string{}, persons: map[string]string{}, org: map[string]string{}}
	dir := d.Dir
	if dir == "" {
		dir = t.TempDir()
	}
	s := app.Settings{Data: dir, Database: d.URL, Demo: true, Serving: true, Version: "test"}
	w.mails = filepath.Join(dir, "post")
	srv := httptest.NewUnstartedServer(nil)
	s.BaseURL = "http://" + srv.Listener.Addr().String()
	if o.Settings != nil {
		o.Settings(&s)
	}
	ids := id.Seeded(w.Clock, 1)
	parts := app.Parts{Clock: w.Clock, IDs: ids}
	if o.Parts != nil {
		o.Parts(&parts)
	}
	a, err := app.Open(t.Context(), s, parts)
	if err != nil {
		t.Fatal(err)
	}
	w.App = a
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	t.Cleanup(func() {
		stop()
		srv.Close()
		wg.Wait()
		if err := a.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if err := a.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	if !o.Empty {
		if err := a.FillDemo(ctx); err != nil {
			t.Fatal(err)
		}
	}
	// Jobs run when the test says so (Settle); the search index follows by itself.
	wg.Go(func() { a.Search.Run(ctx) })
	srv.Config.Handler = a
	srv.Start()
	w.URL = srv.URL
	w.who = people.New(a.DB, w.Clock, ids, people.Options{})
	w.Settle()
	return w
}

// Settle does all work that is due: letters go out, events are heard.
func (w *World) Settle() {
	w.t.Helper()
	if err := w.App.Queue.Drain(context.Background()); err != nil {
		w.t.Error(err)
	}
}

// Advance moves the clock on and does what has become due.
func (w *World) Advance(d time.Duration) {
	w.t.Helper()
	w.Clock.Advance(d)
	w.Settle()
}

// Mails gives the letters to an address that have gone out, the newest first.
func (w *World) Mails(to string) []mail.Posted {
	w.t.Helper()
	w.Settle()
	list, err := mail.List(w.mails, 10_000)
	if err != nil {
		w.t.Fatal(err)
	}
	return slices.DeleteFunc(list, func(m mail.Posted) bool { return to != "" && !strings.EqualFold(m.To, to) })
}

// As gives a browser in which one of Actors is signed in, or for Token a
// program that brings its token.
func (w *World) As(actor string) *Client {
	w.t.Helper()
	c := w.Client()
	switch actor {
	case Anonymous:
	case Token:
		c.token = w.secret(actor)
	default:
		c.SetCookie(w.who.CookieName(), w.secret(actor))
	}
	return c
}

// Cookie gives the name and value of the session of an actor, for a browser
// that is not a Client; nothing for Anonymous.
func (w *World) Cookie(actor string) (name, value string) {
	w.t.Helper()
	if actor == Anonymous {
		return "", ""
	}
	return w.who.CookieName(), w.secret(actor)
}

// Person gives the id of an actor's account.
func (w *World) Person(actor string) string {
	w.t.Helper()
	w.secret(actor)
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.persons[actor]
}

// Fresh is As with a session of its own, and another account if the one there
// was has been closed.
func (w *World) Fresh(actor string) *Client {
	w.t.Helper()
	if actor != Anonymous && actor != Token {
		w.mu.Lock()
		delete(w.sessions, actor)
		w.mu.Unlock()
	}
	return w.As(actor)
}

// secret gives the session or token of an actor, and makes it if need be.
func (w *World) secret(actor string) string {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.sessions[actor] == "" {
		w.sessions[actor] = w.begin(access.With(context.Background(), people.Shell()), actor)
	}
	return w.sessions[actor]
}

func (w *World) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *World) begin(ctx context.Context, actor string) string {
	w.t.Helper()
	if actor == Token {
		_, secret, err := w.who.AddToken(ctx, people.NewToken{Name: "test", Organisation: w.organisation(ctx, places.DemoPlace), Scopes: people.Scopes, Days: 30})
		w.must(err)
		return secret
	}
	if p, err := w.who.ByID(ctx, w.App.DB, w.persons[actor]); err != nil || p.State != people.Active {
		if actor == Fatma || actor == Sanne {
			m, ok, err := w.who.DemoMember(ctx, w.App.DB, actor)
			w.must(err)
			if !ok {
				w.t.Fatalf("the demo has no %s", actor)
			}
			w.persons[actor] = m.ID
		} else {
			w.persons[actor] = w.newPerson(ctx, actor)
		}
	}
	var started people.Started
	w.must(w.App.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		started, err = w.who.Begin(ctx, tx, r, people.Entry{Person: w.persons[actor], Method: people.ByCode, SecondFactor: actor != Resident && actor != OperatorHalf})
		return err
	}))
	return started.Secret
}

func (w *World) newPerson(ctx context.Context, actor string) string {
	w.t.Helper()
	w.made++
	email := actor + "@test.example"
	if w.persons[actor] != "" {
		email = fmt.Sprintf("%s.%d@test.example", actor, w.made)
	}
	var p people.Person
	w.must(w.App.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = w.who.Create(ctx, tx, people.NewPerson{Name: strings.ToUpper(actor[:1]) + actor[1:], Email: email}, false)
		return err
	}))
	if actor == Resident {
		return p.ID
	}
	role, place := access.Role(strings.TrimSuffix(actor, "-half")), places.DemoPlace
	switch actor {
	case CoachElsewhere:
		role, place = access.Coach, elsewhere
	case Operator, OperatorHalf:
		place = "/"
	}
	_, err := w.who.AddGrant(ctx, people.NewGrant{Person: p.ID, Role: role, Organisation: w.organisation(ctx, place), Place: place, OnDuty: actor == Coach})
	w.must(err)
	return p.ID
}

func (w *World) organisation(ctx context.Context, place string) string {
	w.t.Helper()
	if w.org[place] == "" {
		o, err := w.who.AddOrganisation(ctx, "Team "+strings.ReplaceAll(place, "/", " "), "team", place)
		w.must(err)
		w.org[place] = o.ID
	}
	return w.org[place]
}
