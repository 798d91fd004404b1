package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"wijkbaak.nl/internal/base/backup"
)

// keySettings say which key locks and opens backups.
type keySettings struct {
	KeyFile        string `name:"backup-key" env:"WIJKBAAK_BACKUP_KEY" placeholder:"FILE" help:"Secret key that opens backups, outside the data folder. Without it: wijkbaak/backup.key in your own settings folder."`
	PassphraseFile string `name:"backup-passphrase-file" env:"WIJKBAAK_BACKUP_PASSPHRASE_FILE" placeholder:"FILE" help:"File with a passphrase, instead of a key."`
}

func (k keySettings) path() (string, error) {
	if k.KeyFile != "" {
		return k.KeyFile, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", errors.New("say where the key for backups is: --backup-key FILE, outside the data folder")
	}
	return filepath.Join(dir, "wijkbaak", "backup.key"), nil
}

// within tells whether a file lies in a folder.
func within(folder, file string) bool {
	a, err := filepath.Abs(folder)
	if err != nil {
		return false
	}
	b, err := filepath.Abs(file)
	if err != nil {
		return false
	}
	rel, err := filepath.Rel(a, b)
	return err == nil && filepath.IsLocal(rel)
}

type backupCmd struct {
	dataSettings `group:"Data"`
	keySettings  `group:"Key"`
	Recipient    []string `name:"backup-recipient" env:"WIJKBAAK_BACKUP_RECIPIENT" placeholder:"age1…" group:"Key" help:"Public key to lock with, so that this machine cannot open its own backups. The backup is not read back then."`
	To           string   `required:"" placeholder:"FILE" help:"File to write; it must not exist."`
}

func (b *backupCmd) keys(c console) (backup.Keys, error) {
	switch {
	case len(b.Recipient) > 0:
		return backup.Public(b.Recipient)
	case b.PassphraseFile != "":
		return backup.Passphrase(b.PassphraseFile)
	}
	path, err := b.path()
	if err != nil {
		return backup.Keys{}, err
	}
	if within(b.Data, path) {
		return backup.Keys{}, fmt.Errorf("the key %s lies in the data folder, and so inside the backups it opens; name another place: --backup-key /etc/wijkbaak/backup.key", path)
	}
	k, made, err := backup.LoadKey(path)
	if made {
		c.say("A new key for backups was made: %s\nKeep a copy of that file in another place, such as a password safe. Without it no backup can be opened, by nobody.", path)
	}
	return k, err
}

// Run implements the sub-command.
func (b *backupCmd) Run(ctx context.Context, c console) (err error) {
	a, ctx, err := b.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	keys, err := b.keys(c)
	if err != nil {
		return err
	}
	p := newProgress(c, -1, "backup")
	r, err := backup.Make(ctx, backup.MakeOptions{DB: a.DB, Data: b.Data, To: b.To, Keys: keys, Version: version(), Now: a.Clock.Now(), Progress: p.step})
	p.end()
	if err != nil {
		return err
	}
	checked := "read back and checked"
	if len(keys.Identities) == 0 {
		checked = "not read back: this machine cannot open it"
	}
	c.say("%s: %d rows, %d files, %d bytes; %s.", b.To, r.Rows, r.Files, r.Bytes, checked)
	return nil
}
