package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/base/backup"
	"wijkbaak.nl/internal/base/observe"
	"wijkbaak.nl/internal/trust/audit"
)

type serveCmd struct {
	dataSettings `group:"Data"`
	siteSettings `group:"Site"`
	Listen       string   `env:"WIJKBAAK_LISTEN" default:"127.0.0.1:8080" placeholder:"ADDRESS" group:"Network" help:"Address and port to listen on."`
	TLSCert      string   `name:"tls-cert" env:"WIJKBAAK_TLS_CERT" placeholder:"FILE" group:"Network" help:"Our own certificate, with its chain (PEM)."`
	TLSKey       string   `name:"tls-key" env:"WIJKBAAK_TLS_KEY" placeholder:"FILE" group:"Network" help:"Key of the certificate (PEM)."`
	ACMEDomain   []string `name:"acme-domain" env:"WIJKBAAK_ACME_DOMAIN" placeholder:"DOMAIN" group:"Network" help:"Get a certificate from Let's Encrypt for this domain and keep it current. Listen on port 443 then; you accept their terms."`
	Redirect     string   `env:"WIJKBAAK_REDIRECT" placeholder:"ADDRESS" group:"Network" help:"Listen here too, such as :80, and send everybody on to https."`
	MetricsAt    string   `name:"metrics-listen" env:"WIJKBAAK_METRICS_LISTEN" placeholder:"ADDRESS" group:"Network" help:"Listen here for /metrics (Prometheus) and /gezond, such as 127.0.0.1:9090. Not for residents."`
	Profile      bool     `env:"WIJKBAAK_PROFILE" group:"Network" help:"Show profiles (CPU, memory) under /debug/pprof/ of the listener for metrics."`
	Migrate      bool     `env:"WIJKBAAK_MIGRATE" default:"true" negatable:"" group:"Data" help:"Bring the data up to date at the start; --no-migrate refuses older data instead."`
	mailSettings `group:"Mail"`
	oidcSettings `group:"Sign in"`
}

func (s *serveCmd) settings() (app.Settings, error) {
	o := s.dataSettings.app()
	s.siteSettings.fill(&o)
	if o.BaseURL == "" {
		switch {
		case len(s.ACMEDomain) > 0:
			o.BaseURL = "https://" + s.ACMEDomain[0]
		case loopback(s.Listen):
			o.BaseURL = "http://" + s.Listen
		default:
			return o, errors.New("say how people reach the portal: --base-url https://vraag.example.nl (links in letters and the protection of forms need it)")
		}
	}
	o.BaseURL = strings.TrimSuffix(o.BaseURL, "/")
	switch {
	case !(s.Rate >= 0):
		return o, errors.New("--rate is a factor on the limits: 0 lifts them, 2 doubles them; it cannot be less than 0")
	case (s.TLSCert == "") != (s.TLSKey == ""):
		return o, errors.New("--tls-cert and --tls-key go together")
	case s.TLSCert != "" && len(s.ACMEDomain) > 0:
		return o, errors.New("take either --tls-cert or --acme-domain")
	case s.Profile && s.MetricsAt == "":
		return o, errors.New("--profile shows on the listener for metrics: add --metrics-listen 127.0.0.1:9090")
	}
	return o, errors.Join(s.mailSettings.fill(&o), s.oidcSettings.fill(&o))
}

// Run implements the sub-command.
func (s *serveCmd) Run(ctx context.Context, c console) (err error) {
	o, err := s.settings()
	if err != nil {
		return err
	}
	log := s.logger(c)
	if _, err := os.Stat(filepath.Join(s.Data, demoMark)); err == nil {
		return fmt.Errorf("%s is the folder of a demo, with accounts that anybody can use; take another one", s.Data)
	}
	if err := os.MkdirAll(s.Data, 0o700); err != nil {
		return fmt.Errorf("the data folder: %w", err)
	}
	lock, free, err := backup.Lock(s.Data)
	if err != nil {
		return fmt.Errorf("the data folder: %w", err)
	}
	if !free {
		log.Warn("another wijkbaak serves this data folder; two of them on one SQLite database are slow, and each keeps its own limits", "data", s.Data)
	}
	defer lock.Close() //nolint:errcheck // the process lets go of it anyway

	if s.Checkpoints != "" {
		if err := audit.Folder(s.Checkpoints).Check(); err != nil {
			return err
		}
	}
	site, err := listen("listen", s.Listen)
	if err != nil {
		return err
	}
	defer site.Close() //nolint:errcheck // the server has closed it
	if s.BaseURL == "" && len(s.ACMEDomain) == 0 {
		o.BaseURL = atHome(site) // of this machine alone
	}
	o.Serving = true
	metrics := observe.NewMetrics(o.Version)
	a, err := app.Open(ctx, o, app.Parts{Log: log, Observe: metrics.Observe})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if s.Migrate {
		err = a.Migrate(ctx)
	} else {
		err = a.Check(ctx)
	}
	if err != nil {
		return err
	}
	if err := a.CheckPlace(ctx); err != nil {
		return err
	}
	serve := app.ServeOptions{Listener: site, Cert: s.TLSCert, Key: s.TLSKey, ACME: s.ACMEDomain, Metrics: metrics, Profile: s.Profile}
	for _, l := range []struct {
		flag, address string
		into          *net.Listener
	}{{"redirect", s.Redirect, &serve.Redirect}, {"metrics-listen", s.MetricsAt, &serve.Operator}} {
		if l.address == "" {
			continue
		}
		if *l.into, err = listen(l.flag, l.address); err != nil {
			return err
		}
		defer (*l.into).Close() //nolint:errcheck // the server has closed it
	}
	serve.Ready = func() {
		log.Info("ready", "listen", serve.Listener.Addr().String(), "base_url", o.BaseURL, "engine", a.DB.Engine(), "version", o.Version)
	}
	if err := a.Serve(ctx, serve); err != nil {
		return err
	}
	log.Info("stopped")
	return nil
}
