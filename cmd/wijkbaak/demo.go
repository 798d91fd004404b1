package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"wijkbaak.nl/internal/app"
)

type demoCmd struct {
	Listen      string `env:"WIJKBAAK_LISTEN" default:"127.0.0.1:8080" placeholder:"ADDRESS" help:"Address and port to listen on."`
	Data        string `placeholder:"FOLDER" help:"Keep the demo in this folder. Without it the demo is gone when it stops."`
	Theme       string `env:"WIJKBAAK_THEME" default:"duin" enum:"duin,polder,haven" help:"Look: duin, polder or haven."`
	LetOthersIn bool   `help:"Listen on an address that others can reach. Anybody who reaches it can sign in as anybody."`
	Network     bool   `help:"Two instances, of which one took a practice over from the other and sent its results back. The second listens on the next port."`
}

// Run implements the sub-command.
func (d *demoCmd) Run(ctx context.Context, c console) (err error) {
	if !loopback(d.Listen) && !d.LetOthersIn {
		return fmt.Errorf("the demo lets anybody sign in as anybody, so it listens on this machine only; %s is reached by others. If that is what you want, add --let-others-in", d.Listen)
	}
	if d.Network && !loopback(d.Listen) {
		return errors.New("--network is for this machine only: two instances that fetch from each other without a certificate; leave out --listen")
	}
	dir := d.Data
	if dir == "" {
		if dir, err = os.MkdirTemp("", "wijkbaak-demo-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	} else if err := demoFolder(dir); err != nil {
		return err
	}
	l, err := listen("listen", d.Listen)
	if err != nil {
		return err
	}
	defer l.Close() //nolint:errcheck // the server has closed it
	one, err := d.open(ctx, c, l, app.Settings{Data: dir, BaseURL: atHome(l), Network: d.Network})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, one.Close()) }()
	if d.Network {
		return d.network(ctx, c, one)
	}
	return one.App.Serve(ctx, app.ServeOptions{Listener: l, Ready: func() {
		c.say("%s", one.Settings.BaseURL)
		c.say("Sign in with one press as %s. %s", one.who, demoTruth)
	}})
}

const demoTruth = "People and questions are invented, the initiatives are real. Ctrl-C stops it."

// demoSite is one instance of the demonstration.
type demoSite struct {
	*app.App
	listener net.Listener
	fresh    bool   // it was filled just now
	who      string // to sign in as
}

// open puts an instance together, and fills it if it is empty.
func (d *demoCmd) open(ctx context.Context, c console, l net.Listener, s app.Settings) (_ *demoSite, err error) {
	s.Theme, s.Rate, s.Demo, s.Serving, s.Version = d.Theme, 1, true, true, version()
	a, err := app.Open(ctx, s, app.Parts{Log: siteSettings{LogLevel: "warn"}.logger(c)})
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	site := &demoSite{App: a, listener: l}
	if site.fresh, err = a.Fresh(ctx); err != nil {
		return nil, err
	}
	if err := a.Migrate(ctx); err != nil {
		return nil, err
	}
	if site.fresh {
		if err := a.FillDemo(ctx); err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(s.Data, demoMark), nil, 0o600); err != nil {
			return nil, err
		}
	}
	who, err := a.People.DemoAccounts(ctx, a.DB)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(who))
	for i, p := range who {
		names[i] = p.Name
		if len(p.Grants) > 0 {
			names[i] += " (" + string(p.Grants[0].Role) + ")"
		}
	}
	site.who = strings.Join(names, ", ")
	return site, nil
}

// network is the demonstration with a second instance beside the first.
func (d *demoCmd) network(ctx context.Context, c console, first *demoSite) (err error) {
	l, err := nextPort(first.listener)
	if err != nil {
		return err
	}
	defer l.Close() //nolint:errcheck // the server has closed it
	dir := filepath.Join(first.Settings.Data, secondFolder)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	// Cookies belong to a name, whatever the port. With a name for each, a browser
	// stays signed in at both.
	base := "http://" + l.Addr().String()
	if !strings.HasPrefix(first.Settings.BaseURL, "http://localhost:") {
		base = atHome(l)
	}
	second, err := d.open(ctx, c, l, app.Settings{Data: dir, BaseURL: base, Network: true, Name: app.NeighbourName, Place: app.NeighbourPlace})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, second.Close()) }()
	path := ""
	if second.fresh {
		stop := []func() error{first.answer(), second.answer()}
		path, err = app.FillNetwork(ctx, second.App, first.App)
		for _, f := range stop {
			err = errors.Join(err, f())
		}
		if err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var ready, running sync.WaitGroup
	sites := []*demoSite{first, second}
	failed := make([]error, len(sites))
	ready.Add(len(sites))
	for i, site := range sites {
		running.Go(func() {
			defer cancel() // one without the other is no network
			failed[i] = site.App.Serve(ctx, app.ServeOptions{Listener: site.listener, Ready: ready.Done})
		})
	}
	ready.Wait()
	for _, site := range sites {
		c.say("%s  %s. Sign in with one press as %s.", site.Settings.BaseURL, site.Settings.Name, site.who)
	}
	if path != "" {
		c.say("Results of both stand together at %s%s", second.Settings.BaseURL, path)
	}
	c.say("%s", demoTruth)
	running.Wait()
	return errors.Join(failed...)
}

// nextPort listens on the first free port after that of l, where only this machine
// comes.
func nextPort(l net.Listener) (net.Listener, error) {
	_, text, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return nil, err
	}
	for next := port + 1; next <= port+20; next++ {
		if second, e := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(next))); e == nil {
			return second, nil
		}
	}
	return nil, fmt.Errorf("none of the 20 ports after %d is free for the second instance; take another one with --listen", port)
}

// answer has an instance answer for a while without doing its jobs, and gives what
// ends that. The listener stays open.
func (s *demoSite) answer() (stop func() error) {
	server, ended := s.Server(), make(chan error, 1)
	go func() { ended <- server.Serve(kept{s.listener}) }()
	return func() error {
		err := server.Shutdown(context.Background())
		if e := <-ended; !errors.Is(e, http.ErrServerClosed) {
			err = errors.Join(err, e)
		}
		return errors.Join(err, kept{s.listener}.until(time.Time{}))
	}
}

// kept is a listener of which a server lets go without closing it.
type kept struct{ net.Listener }

// Close ends the waiting for a connection.
func (k kept) Close() error { return k.until(time.Now()) }

func (k kept) until(t time.Time) error {
	l, ok := k.Listener.(interface{ SetDeadline(t time.Time) error })
	if !ok {
		return errors.New("this listener cannot be kept")
	}
	return l.SetDeadline(t)
}

const (
	// demoMark stands in the folder of a demo, so that real data never become one.
	demoMark = "demo"
	// secondFolder holds the second instance, in the folder of the first.
	secondFolder = "second"
)

func demoFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, demoMark)); err != nil && len(entries) > 0 {
		return fmt.Errorf("%s is not empty and not of a demo; a demo lets anybody sign in as anybody, so take an empty folder", dir)
	}
	return nil
}
