// Package app puts the house together: it is the only package that knows every
// room. Open reads from top to bottom as the list of what the program is made of.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"wijkbaak.nl/internal/base/blob"
	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/base/outbox"
	"wijkbaak.nl/internal/base/room"
	"wijkbaak.nl/internal/base/search"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/feature/advice"
	"wijkbaak.nl/internal/feature/home"
	"wijkbaak.nl/internal/feature/initiatives"
	"wijkbaak.nl/internal/feature/questions"
	"wijkbaak.nl/internal/protocol/openapi"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
	"wijkbaak.nl/internal/trust/people"
	"wijkbaak.nl/internal/trust/places"
	"wijkbaak.nl/internal/trust/signin"
	"wijkbaak.nl/internal/trust/themes"
)

// Settings are what an operator chooses.
type Settings struct {
	Data        string  // folder of everything that is kept in files
	Database    string  // postgres://…; empty means SQLite in Data
	BaseURL     string  // how people reach us, such as https://vraag.example.nl
	Place       string  // path of the place this instance serves, such as /0995; empty is the whole country
	Name        string  // what the portal is called where its place does not say
	Theme       string  // one of ui.Themes
	Rate        float64 // factor on the limits per address; 0 lifts them
	ProxyHeader string  // header with the address of who asks, set by a trusted proxy
	Demo        bool    // demonstration content and one-press sign-in
	Serving     bool    // BaseURL is where people reach us, not a guess
	Network     bool    // other instances may be on this machine, for a trial
	Checkpoints string  // folder for a second copy of the checkpoints of the log
	SMTP        mail.SMTPOptions
	OIDC        []signin.Provider
	Version     string // of the program
}

// Parts are what a test may replace.
type Parts struct {
	Clock clock.Clock
	IDs   id.Source
	Log   *slog.Logger
	// Observe is told of each answer, for the figures of the operator.
	Observe func(pattern string, status int, took time.Duration)
	// Free tells how many bytes a folder has left; ok is false where it cannot.
	Free func(dir string) (bytes uint64, ok bool)
}

// App is the program, put together.
type App struct {
	Settings    Settings
	Clock       clock.Clock
	Log         *slog.Logger
	DB          *db.DB
	Queue       *jobs.Queue
	Search      *search.Engine
	Words       *i18n.Catalog
	Rooms       []room.Room
	Router      *web.Router
	Audit       *audit.Log
	Places      *places.Places
	People      *people.Service
	SignIn      *signin.Service
	Initiatives *initiatives.Service
	Questions   *questions.Service
	Advice      *advice.Service
	Relay
	Fits

	portal *portal
	free   func(dir string) (bytes uint64, ok bool)
}

// Open opens the data and puts the rooms together. It does not migrate and
// starts nothing.
func Open(ctx context.Context, s Settings, p Parts) (*App, error) {
	if p.Clock == nil {
		p.Clock = clock.System
	}
	if p.IDs == nil {
		p.IDs = id.New(p.Clock)
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	if p.Free == nil {
		p.Free = freeBytes
	}
	if s.Place == "" {
		s.Place = "/"
		if s.Demo {
			s.Place = places.DemoPlace
		}
	}
	if s.Name == "" {
		s.Name = "Wijkbaak"
		if s.Demo {
			s.Name = "Wijkbaak Waterkwartier"
		}
	}
	d, err := db.Open(ctx, db.Options{URL: s.Database, Dir: s.Data, Log: p.Log})
	if err != nil {
		return nil, err
	}
	a := &App{Settings: s, Clock: p.Clock, Log: p.Log, DB: d, free: p.Free}
	if err := a.build(p); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return a, nil
}

// build makes the rooms in the order of their floors and hands each what it
// needs. This is the whole wiring.
func (a *App) build(p Parts) error {
	s := a.Settings
	post, err := a.mailer()
	if err != nil {
		return err
	}
	codeKey, err := loadSecret(s.Data, "returncode.key")
	if err != nil {
		return err
	}
	if a.Audit, err = a.openLog(p); err != nil {
		return err
	}
	a.Queue = jobs.New(a.DB, a.Clock, p.IDs, a.Log)
	a.Search = search.New(a.DB, a.Clock, a.Log)
	bus := outbox.New(append(slices.Clone(questions.Subscriptions), outbox.Subscription{Topic: initiatives.TopicMerged, Job: jobMoved})...)

	a.portal = newPortal(a.Clock, s.Name, a.portalName)
	a.Places = places.New(a.DB, a.Clock, p.IDs, places.Options{Audit: a.Audit, Root: s.Place, Saved: a.portal.saved})
	a.People = people.New(a.DB, a.Clock, p.IDs, people.Options{Audit: a.Audit, DemoPlace: s.Place, Secure: secure(s.BaseURL)})
	a.SignIn, err = signin.New(a.DB, a.Clock, p.IDs, signin.Options{People: a.People, Audit: a.Audit, Origin: s.BaseURL,
		Place: s.Name, Demo: s.Demo, Rate: s.Rate, OIDC: s.OIDC, Rooms: func() []room.Room { return a.Rooms }, Home: firstPage})
	if err != nil {
		return err
	}
	a.Initiatives = initiatives.New(initiatives.Options{DB: a.DB, Clock: a.Clock, IDs: p.IDs, Search: a.Search, Places: centres{a.Places},
		People: owners{a.People}, Audit: a.Audit, Bus: bus, Root: s.Place, BaseURL: s.BaseURL, Key: codeKey, Rate: s.Rate, Beside: a.Relay.beside})
	a.Questions = questions.New(questions.Options{DB: a.DB, Clock: a.Clock, IDs: p.IDs, Log: a.Log, Bus: bus, Places: a.Places,
		Audit: a.Audit, Team: team{a.People}, Initiatives: links{a.Initiatives}, Root: s.Place, CodeKey: codeKey, Rate: s.Rate, BaseURL: s.BaseURL})
	if err := a.relay(p); err != nil {
		return err
	}
	if err := a.fits(p, codeKey); err != nil {
		return err
	}
	a.advise()
	health := a.Health()
	front := home.New(home.Options{Clock: a.Clock, Finder: a.Search, Places: a.Places, Root: s.Place, Post: a.postFolder(),
		Routes: func() []web.Route { return a.Router.Routes() }, Health: health.Collect, Advice: bests{a.Advice}})
	api := openapi.New(openapi.Options{Routes: func() []web.Route { return a.Router.Routes() }, BaseURL: s.BaseURL, Contact: a.contact()})

	a.Rooms = []room.Room{
		front.Room(), api.Room(), a.Audit.Room(), a.Places.Room(), a.People.Room(), a.SignIn.Room(), a.Initiatives.Room(), a.Questions.Room(),
	}
	a.Rooms = append(a.Rooms, a.Relay.rooms()...)
	a.Rooms = append(a.Rooms, a.Fits.rooms()...)
	if a.Words, err = i18n.New(append(room.Words(a.Rooms), web.Locales, ui.Locales, mail.Locales, blob.Locales, themes.Locales, advice.Locales)...); err != nil {
		return err
	}
	a.Router = web.NewRouter(web.Options{
		Log: a.Log, Clock: a.Clock, Catalog: a.Words, Build: s.Version, DataVersion: a.DB.Version, Secure: secure(s.BaseURL),
		ProxyHeader: s.ProxyHeader, Rate: s.Rate, Enter: a.enter, ErrorPage: a.errorPage, Observe: p.Observe,
	})
	a.Router.HandleRaw("GET "+ui.AssetPath, ui.Assets())
	a.Queue.Handle(mail.Job, mail.Handler(post))
	for _, r := range a.Rooms {
		a.Router.Handle(r.Routes...)
		for kind, handler := range r.Jobs {
			a.Queue.Handle(kind, a.inWords(handler))
		}
	}
	a.Queue.Every(purgeJob, 24*time.Hour, func(ctx context.Context, _ []byte) error { return search.Purge(ctx, a.DB) })
	a.Queue.Every(questions.JobForget, 24*time.Hour, a.inWords(a.Questions.Forget))
	a.Queue.Every(initiatives.JobDigest, 24*time.Hour, a.inWords(a.Initiatives.Digest))
	a.Queue.Every(initiatives.JobForget, 24*time.Hour, a.inWords(a.Initiatives.Forget))
	a.Relay.nightly(a)
	a.Fits.nightly(a)
	a.Queue.Every(signin.JobForget, 24*time.Hour, a.inWords(a.SignIn.Forget))
	return nil
}

// purgeJob lets the search forget what was removed long ago.
const purgeJob = "search.purge"

// inWords gives a job the language in which we write to people, and the name of
// a job as who acts.
func (a *App) inWords(h jobs.Handler) jobs.Handler {
	return func(ctx context.Context, payload []byte) error {
		ctx = access.With(ctx, access.Actor{Channel: access.Job})
		return h(i18n.With(ctx, a.Words, i18n.Reference), payload)
	}
}

// Steps lists the migrations of the whole program, in order.
func (a *App) Steps() []db.Migrations {
	return append([]db.Migrations{jobs.Migrations, search.Migrations}, room.Steps(a.Rooms)...)
}

// Migrate brings the data up to date, with the list of municipalities.
func (a *App) Migrate(ctx context.Context) error {
	if _, err := a.DB.Migrate(ctx, a.Steps()); err != nil {
		return err
	}
	return a.Places.Install(ctx)
}

// Sources lists what each room lets people find, for a rebuild of the search.
func (a *App) Sources() []search.Source {
	var list []search.Source
	for _, r := range a.Rooms {
		if r.Search != nil {
			list = append(list, r.Search)
		}
	}
	return list
}

// FillDemo puts the demonstration content of every room into empty data.
func (a *App) FillDemo(ctx context.Context) error {
	ctx = i18n.With(access.With(ctx, access.Actor{Channel: access.Shell}), a.Words, i18n.Reference)
	for _, r := range a.Rooms {
		if r.Demo != nil {
			if err := r.Demo(ctx); err != nil {
				return fmt.Errorf("demonstration content of %s: %w", r.Name, err)
			}
		}
	}
	return nil
}

// Run does the work behind the pages until ctx ends: letters, search, the log.
func (a *App) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	var queue, use, log error
	wg.Go(func() { queue = a.Queue.Run(ctx) })
	wg.Go(func() { use = a.Usage.Run(ctx) })
	wg.Go(func() { a.Search.Run(ctx) })
	wg.Go(func() { log = a.Audit.Run(ctx) })
	wg.Wait()
	return errors.Join(queue, use, log)
}

// ServeHTTP answers a request.
func (a *App) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.counted(w, r) }

// Close closes the data; Run must have ended.
func (a *App) Close() error { return a.DB.Close() }

// Server makes an HTTP server with bounds on how slowly a request may come in.
func (a *App) Server() *http.Server {
	return &http.Server{
		Handler: a, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(a.Log.Handler(), slog.LevelDebug),
	}
}
