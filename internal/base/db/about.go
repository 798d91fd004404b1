package db

import (
	"context"
	"fmt"
	"time"
)

// About tells in words which database it is, and what is wrong with how it was
// set up; wrong is empty when nothing is.
func (d *DB) About(ctx context.Context) (kind, wrong string, err error) {
	pool := d.engine.pool()
	if d.Engine() == SQLite {
		var version string
		var pages, size int64
		err := pool.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version)
		if err == nil {
			err = pool.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages)
		}
		if err == nil {
			err = pool.QueryRowContext(ctx, "PRAGMA page_size").Scan(&size)
		}
		if err != nil {
			return "", "", translate(err)
		}
		kind = fmt.Sprintf("SQLite %s, %d MB", version, pages*size>>20)
		said, err := texts(ctx, pool, "PRAGMA quick_check(3)")
		if err != nil {
			return kind, "", translate(err)
		}
		if len(said) != 1 || said[0] != "ok" {
			wrong = fmt.Sprintf("the file is damaged (%s); stop the program and restore a backup", said)
		}
		return kind, wrong, nil
	}
	var version, encoding, collate string
	var number int
	err = pool.QueryRowContext(ctx, `SELECT current_setting('server_version'), CAST(current_setting('server_version_num') AS INT),
		pg_encoding_to_char(encoding), COALESCE(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale', d.datcollate)
		FROM pg_database d WHERE datname = current_database()`).Scan(&version, &number, &encoding, &collate)
	if err != nil {
		return "", "", translate(err)
	}
	kind = fmt.Sprintf("PostgreSQL %s, encoding %s, locale %s", version, encoding, collate)
	switch {
	case number < 130000:
		wrong = "it is older than version 13; take a newer one"
	case encoding != "UTF8":
		wrong = "it does not keep texts as UTF-8; make the database anew: CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
	case collate != "C" && collate != "C.UTF-8" && collate != "C.utf8" && collate != "POSIX":
		wrong = "its locale orders ids otherwise than we do, and may do so anew after an upgrade of the system; make the database anew: CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
	}
	return kind, wrong, nil
}

// ClockSkew is how far the clock of the database is from ours; ok is false when
// there is but one.
func (d *DB) ClockSkew(ctx context.Context) (skew time.Duration, ok bool) {
	if d.Engine() == SQLite {
		return 0, false
	}
	before := time.Now()
	var there time.Time
	if err := d.engine.pool().QueryRowContext(ctx, "SELECT clock_timestamp()").Scan(&there); err != nil {
		return 0, false
	}
	here := before.Add(time.Since(before) / 2)
	return here.Sub(there).Abs(), true
}
