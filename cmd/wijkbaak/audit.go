package main

import (
	"context"
	"errors"
	"os"
	"strings"

	"wijkbaak.nl/internal/trust/audit"
)

type auditCmd struct {
	Verify verifyCmd `cmd:"" help:"Check that nothing in the log was changed, removed or put in afterwards." example:"wijkbaak audit verify --data /var/lib/wijkbaak --checkpoints /mnt/elsewhere --key-file audit.pub"`
}

type verifyCmd struct {
	dataSettings `group:"Data"`
	Checkpoints  string `env:"WIJKBAAK_CHECKPOINTS" placeholder:"FOLDER" help:"Second place for the signed checkpoints of the log: another disk or a network share."`
	KeyFile      string `placeholder:"FILE" help:"Public keys to check against, one a line, kept where the database is not. Without it the key of the data folder is trusted."`
	ShowKey      bool   `help:"Only show the public key, to keep elsewhere."`
}

// Run implements the sub-command.
func (v *verifyCmd) Run(ctx context.Context, c console) (err error) {
	a, ctx, err := v.ready(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	keys := a.Audit.Keys()
	if v.ShowKey {
		c.say("%s", strings.Join(keys, "\n"))
		return nil
	}
	if v.KeyFile != "" {
		b, err := os.ReadFile(v.KeyFile) //nolint:gosec // the operator names the file
		if err != nil {
			return err
		}
		keys = strings.Fields(string(b))
	}
	o := audit.VerifyOptions{Keys: keys, Clock: a.Clock}
	if v.Checkpoints != "" {
		o.Places = []audit.Place{audit.Folder(v.Checkpoints)}
	}
	r, err := audit.Verify(ctx, a.DB, o)
	if err != nil {
		return err
	}
	c.say("%d events, %d checkpoints; %d events wait for their seal, of %d the content was removed after its term.", r.Events, r.Checkpoints, r.Waiting, r.Purged)
	if v.Checkpoints == "" {
		c.say("Note: without --checkpoints it cannot be seen that the end of the log was cut off together with its checkpoints.")
	}
	if r.OK() {
		c.say("Nothing was changed, removed or put in.")
		return nil
	}
	for _, f := range r.Findings {
		c.say("WRONG: %s", f.Text(ctx))
	}
	if r.More > 0 {
		c.say("and %d more.", r.More)
	}
	return errSaid
}
