package db

import (
	"context"
	"errors"
)

var errWipeBusy = errors.New("somebody reads what is to be wiped; it is tried again")

// Wipe makes what was deleted unreadable in the files too. SQLite overwrites it
// in its file by itself (secure_delete); its log, which holds the pages as they
// were, is emptied here. Of PostgreSQL the server does this in its own time.
func (d *DB) Wipe(ctx context.Context) error {
	if d.Engine() != SQLite {
		return nil
	}
	conn, err := d.engine.pool().Conn(ctx)
	if err != nil {
		return translate(err)
	}
	defer conn.Close() //nolint:errcheck // it goes back to the pool
	// While it waits for readers nobody can write, so it does not wait long.
	if _, err := conn.ExecContext(ctx, "PRAGMA busy_timeout(200)"); err != nil {
		return translate(err)
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA busy_timeout(10000)") //nolint:errcheck // as it was opened
	var busy, pages, moved int
	err = conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved)
	if err == nil && busy != 0 {
		err = errWipeBusy
	}
	return translate(err)
}
