package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"wijkbaak.nl/internal/base/fault"
)

// translate turns "the database is gone" and "the disk is full" into a fault
// that can be shown; every other error passes as it is.
func translate(err error) error {
	if err == nil || fault.KindOf(err) != fault.KindInternal {
		return err
	}
	if errors.Is(err, sql.ErrNoRows) {
		return fault.NotFound()
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR:
			return fault.Unavailable("web.error.full", err)
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN:
			return fault.Unavailable("web.error.database", err)
		}
		return damaged(err)
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch {
		case pg.Code == "22021": // a NUL, which no text of ours holds
			return fault.NotFound()
		case pg.Code == "53100": // disk_full
			return fault.Unavailable("web.error.full", err)
		case pg.Code[:2] == "53", pg.Code[:3] == "57P", pg.Code[:2] == "08", lostRace(err), pg.Code == "57014":
			return fault.Unavailable("web.error.database", err)
		}
		return err
	}
	_, connect := errors.AsType[*pgconn.ConnectError](err)
	_, network := errors.AsType[*net.OpError](err)
	cut := errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) // in the middle of an answer
	if connect || network || cut || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, context.DeadlineExceeded) {
		return fault.Unavailable("web.error.database", err)
	}
	return err
}

// damaged adds to an error of a damaged file what to do about it.
func damaged(err error) error {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok || errors.Is(err, ErrDamaged) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	return err
}
