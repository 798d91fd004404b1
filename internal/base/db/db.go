package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"

	"wijkbaak.nl/internal/base/fault"
)

// Engine is the database underneath.
type Engine string

// The two engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Options say where the data is: a PostgreSQL URL, or else a folder for SQLite.
type Options struct {
	URL  string // postgres://…; empty means SQLite
	Dir  string // the folder of the SQLite file
	Log  *slog.Logger
	Read int // reading connections; 0 takes the default

	figures *figures
}

// FileName is the name of the SQLite file inside the data folder.
const FileName = "wijkbaak.db"

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine  engine
	stmts   statements
	log     *slog.Logger
	figures *figures
}

// engine is what differs between the two databases.
type engine interface {
	name() Engine
	pool() *sql.DB
	text(query string) string // the query as this engine likes it best
	write(ctx context.Context, fn func(context.Context, *Tx) error) ([]func(), error)
	readOptions() *sql.TxOptions
	reading(ctx context.Context) context.Context // of one statement outside a transaction
	version(ctx context.Context) (string, error)
	lock(ctx context.Context) (unlock func(), err error) // nodes that migrate take turns
	close() error
}

// Open opens the database; it does not migrate it.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.figures = &figures{}
	var e engine
	var err error
	if o.URL != "" {
		e, err = openPostgres(ctx, o)
	} else {
		e, err = openSQLite(ctx, filepath.Join(o.Dir, FileName), o)
	}
	if err != nil {
		return nil, err
	}
	return &DB{engine: e, log: o.Log, figures: o.figures, stmts: statements{pool: e.pool(), text: e.text}}, nil
}

// Engine tells which database is underneath.
func (d *DB) Engine() Engine { return d.engine.name() }

// Close waits for the write that is running and closes the database.
func (d *DB) Close() error { return d.engine.close() }

// Ping tells whether the database answers.
func (d *DB) Ping(ctx context.Context) error {
	return translate(d.engine.pool().PingContext(ctx))
}

// Version is a text that is other whenever other data has been committed, by
// this process or any other. It is what a cached page is checked against.
func (d *DB) Version(ctx context.Context) (string, error) {
	v, err := d.engine.version(ctx)
	return v, translate(err)
}

// Rows and Row are what a query gives.
type (
	Rows = sql.Rows
	Row  = sql.Row
)

// Scanner is one row to read the columns of.
type Scanner interface{ Scan(dest ...any) error }

// Reader reads: a DB (each statement sees the latest commit) or a Tx.
type Reader interface {
	Query(ctx context.Context, query string, args ...any) (*Rows, error)
	QueryRow(ctx context.Context, query string, args ...any) *Row
}

// errNested is a mistake in the program: whoever holds a connection and waits
// for a second one can wait for ever, once enough others do the same.
var errNested = errors.New("a query on the database inside a transaction: use the reader or tx that the closure was given")

type insideKey struct{}

// inside marks the context of a closure.
func (d *DB) inside(ctx context.Context) context.Context {
	return context.WithValue(ctx, insideKey{}, d)
}

func (d *DB) nested(ctx context.Context) error {
	if ctx.Value(insideKey{}) == d {
		return errNested
	}
	return nil
}

// Query runs one SELECT on a reading connection.
func (d *DB) Query(ctx context.Context, query string, args ...any) (*Rows, error) {
	if err := d.nested(ctx); err != nil {
		return nil, err
	}
	st, err := d.stmts.get(ctx, query)
	if err != nil {
		return nil, translate(err)
	}
	rows, err := st.QueryContext(d.engine.reading(ctx), args...)
	return rows, translate(err)
}

// QueryRow runs one SELECT of at most one row on a reading connection.
func (d *DB) QueryRow(ctx context.Context, query string, args ...any) *Row {
	if err := d.nested(ctx); err != nil {
		ctx, stop := context.WithCancelCause(ctx)
		stop(err)
		return d.engine.pool().QueryRowContext(ctx, query, args...)
	}
	st, err := d.stmts.get(ctx, query)
	if err != nil {
		return d.engine.pool().QueryRowContext(ctx, query, args...)
	}
	return st.QueryRowContext(d.engine.reading(ctx), args...)
}

// Read gives fn one unchanging view of the data over several statements.
func (d *DB) Read(ctx context.Context, fn func(ctx context.Context, r Reader) error) error {
	if err := d.nested(ctx); err != nil {
		return err
	}
	r := readTx{stmts: &d.stmts, lacked: map[string]bool{}}
	err := func() (err error) {
		if r.t, err = d.engine.pool().BeginTx(ctx, d.engine.readOptions()); err != nil {
			return err
		}
		defer r.t.Rollback() //nolint:errcheck // nothing was written
		return fn(d.inside(ctx), r)
	}()
	if err != nil {
		return translate(err)
	}
	for query := range r.lacked {
		if _, err := d.stmts.get(ctx, query); err != nil {
			return translate(err)
		}
	}
	return nil
}

// Write runs fn in a transaction and commits it durably, or changes nothing.
// fn may run more than once: what it does outside the transaction belongs in
// tx.AfterCommit.
func (d *DB) Write(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	if err := d.nested(ctx); err != nil {
		return err
	}
	after, err := d.engine.write(d.inside(ctx), fn)
	d.figures.writes.Add(1)
	if err != nil {
		d.figures.failed.Add(1)
		return translate(err)
	}
	for _, f := range after {
		f()
	}
	return nil
}

// Tx is a writing transaction. It is not safe for concurrent use.
type Tx struct {
	conn  executor
	after []func()
}

// executor is a connection inside a transaction.
type executor interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// over is what a Tx becomes when its closure has ended: nothing.
type over struct{}

func (over) QueryContext(context.Context, string, ...any) (*sql.Rows, error) {
	return nil, sql.ErrTxDone
}
func (over) QueryRowContext(context.Context, string, ...any) *sql.Row { return nil }
func (over) ExecContext(context.Context, string, ...any) (sql.Result, error) {
	return nil, sql.ErrTxDone
}

// Query reads inside the transaction.
func (t *Tx) Query(ctx context.Context, query string, args ...any) (*Rows, error) {
	return t.conn.QueryContext(ctx, query, args...)
}

// QueryRow reads at most one row inside the transaction.
func (t *Tx) QueryRow(ctx context.Context, query string, args ...any) *Row {
	return t.conn.QueryRowContext(ctx, query, args...)
}

// Exec changes data and tells how many rows it changed.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := t.conn.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// ExecEach runs several statements with the same arguments.
func (t *Tx) ExecEach(ctx context.Context, queries []string, args ...any) error {
	for _, q := range queries {
		if _, err := t.Exec(ctx, q, args...); err != nil {
			return err
		}
	}
	return nil
}

// AfterCommit has f run once the transaction is safely kept.
func (t *Tx) AfterCommit(f func()) { t.after = append(t.after, f) }

// readTx reads by prepared statements where there are some. It prepares none
// itself: that takes a second connection, and whoever holds one and waits for
// another can wait for ever. What it lacked is prepared when it has ended.
type readTx struct {
	t      *sql.Tx
	stmts  *statements
	lacked map[string]bool
}

func (r readTx) Query(ctx context.Context, query string, args ...any) (*Rows, error) {
	if st, ok := r.stmts.have(query); ok {
		return r.t.StmtContext(ctx, st).QueryContext(ctx, args...)
	}
	r.lacked[query] = true
	return r.t.QueryContext(ctx, r.stmts.text(query), args...)
}

func (r readTx) QueryRow(ctx context.Context, query string, args ...any) *Row {
	if st, ok := r.stmts.have(query); ok {
		return r.t.StmtContext(ctx, st).QueryRowContext(ctx, args...)
	}
	r.lacked[query] = true
	return r.t.QueryRowContext(ctx, r.stmts.text(query), args...)
}

// One reads one row; fault.NotFound if there is none.
func One[T any](ctx context.Context, r Reader, scan func(Scanner) (T, error), query string, args ...any) (T, error) {
	v, err := scan(r.QueryRow(ctx, query, args...))
	if err == sql.ErrNoRows {
		return v, fault.NotFound()
	}
	return v, translate(err)
}

// pageRows is the room a list begins with: a page of 20 and the one that tells
// whether there is more. Growing to it took a fifth of what a page allocates.
const pageRows = 21

// All reads every row.
func All[T any](ctx context.Context, r Reader, scan func(Scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := r.Query(ctx, query, args...)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	var list []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, translate(err)
		}
		if list == nil {
			list = make([]T, 0, pageRows)
		}
		list = append(list, v)
	}
	return list, translate(rows.Err())
}

// Into reads every row into the same places and calls row after each: a busy list
// so allocates once, where All does for each row.
func Into(ctx context.Context, r Reader, places []any, row func(), query string, args ...any) error {
	rows, err := r.Query(ctx, query, args...)
	if err != nil {
		return translate(err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return translate(err)
		}
		row()
	}
	return translate(rows.Err())
}

// Value scans a row of one column.
func Value[T any](s Scanner) (T, error) {
	var v T
	err := s.Scan(&v)
	return v, err
}

// statements keeps each statement prepared. The number of SQL texts is bounded:
// they are constants of the program (a test of the house sees to it).
type statements struct {
	pool *sql.DB
	text func(string) string
	m    sync.Map // query → *sql.Stmt
}

func (s *statements) have(query string) (*sql.Stmt, bool) {
	if st, ok := s.m.Load(query); ok {
		return st.(*sql.Stmt), true
	}
	return nil, false
}

func (s *statements) get(ctx context.Context, query string) (*sql.Stmt, error) {
	if st, ok := s.have(query); ok {
		return st, nil
	}
	st, err := s.pool.PrepareContext(ctx, s.text(query))
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", firstWords(query), err)
	}
	if other, loaded := s.m.LoadOrStore(query, st); loaded {
		st.Close() //nolint:errcheck,gosec // the other one serves
		return other.(*sql.Stmt), nil
	}
	return st, nil
}

func firstWords(query string) string {
	q := strings.Join(strings.Fields(query), " ")
	if len(q) > 60 {
		q = q[:60] + "…"
	}
	return q
}
