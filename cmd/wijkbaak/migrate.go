package main

import (
	"context"
	"errors"
	"os"

	"wijkbaak.nl/internal/app"
)

type migrateCmd struct {
	dataSettings `group:"Data"`
	DryRun       bool `help:"Only tell what would be done."`
}

// Run implements the sub-command.
func (m *migrateCmd) Run(ctx context.Context, c console) (err error) {
	if m.DryRun {
		if err := m.has(); err != nil {
			return err
		}
	} else if err := os.MkdirAll(m.Data, 0o700); err != nil {
		return err
	}
	a, err := app.Open(ctx, m.app(), app.Parts{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	steps, err := a.DB.Pending(ctx, a.Steps())
	if err != nil {
		return err
	}
	todo := 0
	for _, s := range steps {
		if !s.Applied {
			todo++
			c.say("%s/%s", s.Room, s.Name)
		}
	}
	if m.DryRun {
		c.say("%d of %d steps to go; nothing was changed.", todo, len(steps))
		return nil
	}
	if err := a.Migrate(ctx); err != nil {
		return err
	}
	c.say("%d steps done; the data are up to date.", todo)
	return nil
}
