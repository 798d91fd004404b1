package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
)

// watch asks one connection of its own for PRAGMA data_version. Every page asks
// it, so it goes to the driver itself: the pool around it took twice the time.
type watch struct {
	mu   sync.Mutex
	conn driver.Conn
	stmt driver.Stmt
}

func newWatch(ctx context.Context, d driver.Driver, dsn string) (*watch, error) {
	conn, err := d.Open(dsn)
	if err != nil {
		return nil, err
	}
	w := &watch{conn: conn}
	if w.stmt, err = conn.(driver.ConnPrepareContext).PrepareContext(ctx, "PRAGMA data_version"); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return w, nil
}

func (w *watch) version(ctx context.Context) (n int64, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.conn == nil {
		return 0, driver.ErrBadConn
	}
	rows, err := w.stmt.(driver.StmtQueryContext).QueryContext(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer rows.Close() //nolint:errcheck // it was only read
	var row [1]driver.Value
	if err := rows.Next(row[:]); err != nil {
		return 0, err
	}
	n, ok := row[0].(int64)
	if !ok {
		return 0, fmt.Errorf("data_version is a %T", row[0])
	}
	return n, nil
}

func (w *watch) close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	err := errors.Join(w.stmt.Close(), w.conn.Close())
	w.conn = nil
	return err
}
