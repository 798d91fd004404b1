package main

import (
	"context"
	"errors"

	"wijkbaak.nl/internal/base/search"
)

type searchCmd struct {
	Rebuild rebuildCmd `cmd:"" help:"Make the search index anew, while the program runs." example:"wijkbaak search rebuild --data /var/lib/wijkbaak"`
}

type rebuildCmd struct {
	dataSettings `group:"Data"`
}

// Run implements the sub-command.
func (r *rebuildCmd) Run(ctx context.Context, c console) (err error) {
	a, ctx, err := r.ready(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := search.Rebuild(ctx, a.DB, a.Sources()); err != nil {
		return err
	}
	c.say("The search index is made anew; a running program follows within seconds.")
	return nil
}
