package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/acme/autocert"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/observe"
)

const (
	sealLate  = time.Minute     // an event of the log that waits longer for its seal
	stateTime = 2 * time.Second // for reading how a part fares
	finish    = 25 * time.Second
)

// ServeOptions say where the program listens.
type ServeOptions struct {
	Listener net.Listener
	// Cert and Key are the files of our own certificate; ACME are the domains to
	// get one for. Without either it speaks HTTP, for a proxy before us.
	Cert, Key string
	ACME      []string
	// Redirect sends who comes by HTTP to the address with https; nil: nobody.
	Redirect net.Listener
	// Operator is the listener for figures; nil: none.
	Operator net.Listener
	Metrics  *observe.Metrics
	Profile  bool
	// Ready is called once it answers.
	Ready func()
}

// Check refuses data that this program cannot serve: not migrated, or written by
// a newer one.
func (a *App) Check(ctx context.Context) error {
	steps, err := a.DB.Pending(ctx, a.Steps())
	if err != nil {
		return err
	}
	n := 0
	for _, s := range steps {
		if !s.Applied {
			n++
		}
	}
	if n > 0 {
		return fmt.Errorf("%w: %d steps to go", ErrNotMigrated, n)
	}
	return nil
}

// CheckPlace refuses a place to serve that is not there. The data must be up to
// date.
func (a *App) CheckPlace(ctx context.Context) error {
	if a.Settings.Place == "/" {
		return nil
	}
	_, err := a.Places.ByPath(ctx, a.Settings.Place)
	if fault.KindOf(err) != fault.KindNotFound {
		return err
	}
	return fmt.Errorf("there is no place %s; give --place the CBS code of a municipality, such as GM0503, or the path of a place that was imported", a.Settings.Place)
}

// ErrNotMigrated says that the data must be brought up to date first.
var ErrNotMigrated = errors.New("the data are of an older version; make a backup and run wijkbaak migrate, or start with --migrate")

// Fresh tells whether nothing has ever been kept here.
func (a *App) Fresh(ctx context.Context) (bool, error) { return a.DB.Empty(ctx) }

// ErrNewer says that the data come from a newer version of the program.
var ErrNewer = db.ErrNewer

// Serve answers until ctx ends. Then it takes no more requests, finishes those
// that are under way, lets running jobs end and seals the log once more.
func (a *App) Serve(ctx context.Context, o ServeOptions) error {
	workCtx, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	work := make(chan error, 1)
	go func() { work <- a.Run(workCtx) }()

	site := a.Server()
	servers := []*http.Server{site}
	failed := make(chan error, 3)
	var running sync.WaitGroup
	start := func(s *http.Server, serve func() error) {
		running.Go(func() {
			if err := serve(); !errors.Is(err, http.ErrServerClosed) {
				failed <- err
			}
		})
		if s != site {
			servers = append(servers, s)
		}
	}
	acme := a.secureSite(site, o)
	if site.TLSConfig != nil {
		start(site, func() error { return site.ServeTLS(o.Listener, o.Cert, o.Key) })
	} else {
		start(site, func() error { return site.Serve(o.Listener) })
	}
	if o.Redirect != nil {
		s := &http.Server{Handler: acme, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second}
		start(s, func() error { return s.Serve(o.Redirect) })
	}
	if o.Operator != nil {
		a.Figures(o.Metrics)
		s := observe.Operator(o.Metrics, a.Health(), o.Profile)
		start(s, func() error { return s.Serve(o.Operator) })
	}
	if o.Ready != nil {
		o.Ready()
	}

	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	a.Log.Info("stopping")
	endCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finish)
	defer cancel()
	for _, s := range servers {
		if e := s.Shutdown(endCtx); e != nil {
			a.Log.Warn("a request did not end in time", "error", e)
			s.Close() //nolint:errcheck,gosec // nothing more can be done
		}
	}
	running.Wait()
	stopWork()
	return errors.Join(err, <-work)
}

// secureSite gives the site its certificate, and what answers on port 80.
func (a *App) secureSite(site *http.Server, o ServeOptions) http.Handler {
	redirect := http.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, "Use HTTPS", http.StatusBadRequest)
			return
		}
		w.Header().Set("Connection", "close")
		http.Redirect(w, r, strings.TrimSuffix(a.Settings.BaseURL, "/")+r.URL.RequestURI(), http.StatusMovedPermanently) //nolint:gosec // to our own address
	}))
	switch {
	case len(o.ACME) > 0:
		m := &autocert.Manager{Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(o.ACME...),
			Cache: autocert.DirCache(filepath.Join(a.Settings.Data, "acme"))}
		site.TLSConfig = m.TLSConfig()
		site.TLSConfig.MinVersion = tls.VersionTLS12
		return m.HTTPHandler(redirect)
	case o.Cert != "":
		site.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return redirect
}
