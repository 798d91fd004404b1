package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"wijkbaak.nl/internal/app"
)

type demoCmd struct {
	Listen      string `env:"WIJKBAAK_LISTEN" default:"127.0.0.1:8080" placeholder:"ADDRESS" help:"Address and port to listen on."`
	Data        string `placeholder:"FOLDER" help:"Keep the demo in this folder. Without it the demo is gone when it stops."`
	Theme       string `env:"WIJKBAAK_THEME" default:"duin" enum:"duin,polder,haven" help:"Look: duin, polder or haven."`
	LetOthersIn bool   `help:"Listen on an address that others can reach. Anybody who reaches it can sign in as anybody."`
}

// Run implements the sub-command.
func (d *demoCmd) Run(ctx context.Context, c console) (err error) {
	if !loopback(d.Listen) && !d.LetOthersIn {
		return fmt.Errorf("the demo lets anybody sign in as anybody, so it listens on this machine only; %s is reached by others. If that is what you want, add --let-others-in", d.Listen)
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
	address := atHome(l)
	s := app.Settings{Data: dir, BaseURL: address, Theme: d.Theme, Rate: 1, Demo: true, Version: version()}
	a, err := app.Open(ctx, s, app.Parts{Log: siteSettings{LogLevel: "warn"}.logger(c)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	fresh, err := a.Fresh(ctx)
	if err != nil {
		return err
	}
	if err := a.Migrate(ctx); err != nil {
		return err
	}
	if fresh {
		if err := a.FillDemo(ctx); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, demoMark), nil, 0o600); err != nil {
			return err
		}
	}
	who, err := a.People.DemoAccounts(ctx, a.DB)
	if err != nil {
		return err
	}
	names := make([]string, len(who))
	for i, p := range who {
		names[i] = p.Name
		if len(p.Grants) > 0 {
			names[i] += " (" + string(p.Grants[0].Role) + ")"
		}
	}
	return a.Serve(ctx, app.ServeOptions{Listener: l, Ready: func() {
		c.say("%s", address)
		c.say("Sign in with one press as %s. People and questions are invented, the initiatives are real. Ctrl-C stops it.", strings.Join(names, ", "))
	}})
}

// demoMark stands in the folder of a demo, so that real data never become one.
const demoMark = "demo"

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
