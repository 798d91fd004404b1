package main

import (
	"context"
	"strings"

	"wijkbaak.nl/internal/app"
)

type doctorCmd struct {
	serveCmd
	BackupKey string `name:"backup-key" env:"WIJKBAAK_BACKUP_KEY" placeholder:"FILE" help:"Secret key that opens backups, outside the data folder. Without it: wijkbaak/backup.key in your own settings folder."`
}

// Run implements the sub-command.
func (d *doctorCmd) Run(ctx context.Context, c console) error {
	given := d.BaseURL
	s, err := d.settings()
	list := []app.Advice{}
	if err != nil {
		list = append(list, app.Advice{About: "settings", Level: app.Wrong, Text: err.Error()})
	}
	s.BaseURL = strings.TrimSuffix(given, "/")
	list = append(list, app.Doctor(ctx, s, d.Listen)...)
	if path, err := (keySettings{KeyFile: d.BackupKey}).path(); err == nil {
		if within(d.Data, path) {
			list = append(list, app.Advice{About: "backup key", Level: app.Wrong, Text: path + " lies in the data folder, and so inside the backups it opens; move it elsewhere and copy it to a safe place"})
		}
	}
	wrong := 0
	for _, a := range list {
		c.say("%-6s %-12s %s", a.Level, a.About, a.Text)
		if a.Level == app.Wrong {
			wrong++
		}
	}
	if wrong > 0 {
		c.say("\n%d things are wrong.", wrong)
		return errSaid
	}
	c.say("\nNothing is wrong.")
	return nil
}
