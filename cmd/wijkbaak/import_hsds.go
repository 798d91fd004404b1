package main

import (
	"context"
	"os"
	"path/filepath"

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/feature/offers"
	"wijkbaak.nl/internal/protocol/hsds"
)

type importOffersCmd struct {
	dataSettings `group:"Data"`
	Feed         string   `required:"" placeholder:"NAME" help:"Where it comes from; the same name for the next delivery."`
	Part         bool     `help:"It is not the whole list: what is not in it is not gone."`
	DryRun       bool     `help:"Only tell what would be done."`
	Files        []string `arg:"" help:"HSDS 3 as JSON, as tables (services.csv, organizations.csv and so on), or a zip of tables."`
}

// Run implements the sub-command.
func (i *importOffersCmd) Run(ctx context.Context, c console) error {
	return i.with(ctx, func(ctx context.Context, a *app.App) error {
		p := newProgress(c, -1, "services")
		defer p.end()
		feed := offers.Feed{Name: i.Feed, Part: i.Part, Progress: p.count}
		for _, name := range i.Files {
			f, err := os.Open(name) //nolint:gosec // the operator names the file
			if err != nil {
				return err
			}
			defer f.Close() //nolint:errcheck // it was only read
			about, err := f.Stat()
			if err != nil {
				return err
			}
			feed.Files = append(feed.Files, hsds.File{Name: filepath.Base(name), Data: f, Size: about.Size()})
		}
		r, err := a.Offers.Import(shell(ctx, a), feed, i.DryRun)
		if err != nil {
			return err
		}
		for _, l := range r.Lines {
			if l.State != offers.IsNew {
				c.say("%-8s %s %s %s %v", l.State, l.Where, l.Name, l.Reason, l.Fields)
			}
		}
		if r.Resumed > 0 {
			c.say("Went on where an earlier try had stopped, after %d services.", r.Resumed)
		}
		n := r.Counts
		c.say("%d new, %d changed, %d here already, %d the same, %d gone, %d kept as they stand here, %d refused.%s", n[offers.IsNew], n[offers.IsOther],
			n[offers.IsMerged], n[offers.IsSame], n[offers.IsGone], n[offers.IsKept], n[offers.IsWrong], unchanged(i.DryRun))
		if n[offers.IsWrong] > 0 {
			return errSaid
		}
		return nil
	})
}
