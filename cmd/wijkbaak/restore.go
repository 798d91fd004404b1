package main

import (
	"context"
	"fmt"
	"os"

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/base/backup"
	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
)

type restoreCmd struct {
	dataSettings `group:"Data"`
	keySettings  `group:"Key"`
	From         string `required:"" placeholder:"FILE" help:"The backup."`
	Force        bool   `help:"Move the data that is there aside, into before-restore-… of the data folder (PostgreSQL: a schema of that name)."`
	Check        bool   `help:"Only read the backup and check it."`
}

func (r *restoreCmd) keys() (backup.Keys, error) {
	if r.PassphraseFile != "" {
		return backup.Passphrase(r.PassphraseFile)
	}
	path, err := r.path()
	if err != nil {
		return backup.Keys{}, err
	}
	if _, err := os.Stat(path); err != nil {
		return backup.Keys{}, fmt.Errorf("the key for backups is not there; name it with --backup-key: %w", err)
	}
	k, _, err := backup.LoadKey(path)
	return k, err
}

// steps are the migrations of this program, which are known once it is put
// together; that takes a folder, and leaves nothing behind.
func steps(ctx context.Context) ([]db.Migrations, error) {
	dir, err := os.MkdirTemp("", "wijkbaak-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a folder of our own
	a, err := app.Open(ctx, app.Settings{Data: dir, BaseURL: "http://127.0.0.1"}, app.Parts{})
	if err != nil {
		return nil, err
	}
	return a.Steps(), a.Close()
}

// Run implements the sub-command.
func (r *restoreCmd) Run(ctx context.Context, c console) error {
	keys, err := r.keys()
	if err != nil {
		return err
	}
	if r.Check {
		rep, err := backup.Check(r.From, keys)
		if err == nil {
			c.say("%s is whole: %d rows and %d files of %s, made by %s.", r.From, rep.Rows, rep.Files, rep.Header.Made.Format("2006-01-02 15:04 MST"), rep.Header.Program)
		}
		return err
	}
	all, err := steps(ctx)
	if err != nil {
		return err
	}
	p := newProgress(c, -1, "restore")
	rep, err := backup.Restore(ctx, backup.RestoreOptions{From: r.From, Keys: keys, Data: r.Data, Database: r.Database,
		Steps: all, Force: r.Force, Now: clock.System.Now(), Progress: p.step})
	p.end()
	if err != nil {
		return err
	}
	c.say("Restored %d rows and %d files of %s.", rep.Rows, rep.Files, rep.Header.Made.Format("2006-01-02 15:04 MST"))
	if rep.Aside != "" {
		c.say("What was there is now in %s.", rep.Aside)
	}
	c.say("The log: what happened after this backup is lost. Give the log a new, empty folder for checkpoints and keep the old one as evidence.")
	return nil
}
