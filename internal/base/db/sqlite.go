package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"modernc.org/sqlite" // the driver, without C
	sqlite3 "modernc.org/sqlite/lib"
)

// batchMost bounds how many writes share one commit, and so how long the first
// of them waits for the last.
const batchMost = 128

type sqliteEngine struct {
	path    string
	figures *figures
	readers *sql.DB
	writer  *sql.DB
	conn    *sql.Conn
	stmts   map[string]*sql.Stmt // of the writing connection
	queue   chan *job
	done    chan struct{}
	closing sync.RWMutex
	closed  bool

	watch *watch
	boot  string
}

// job is one write waiting for its turn.
type job struct {
	asked context.Context // of who waits: a write nobody waits for any more is not begun
	ctx   context.Context
	fn    func(context.Context, *Tx) error
	after []func()
	err   error
	ready chan struct{}
}

// firstConn opens the file. SQLite does not wait for another program that is
// setting WAL at that moment, whatever the busy timeout says, so we do.
func firstConn(ctx context.Context, d *sql.DB) (*sql.Conn, error) {
	for try := 1; ; try++ {
		conn, err := d.Conn(ctx)
		if e, ok := errors.AsType[*sqlite.Error](err); !ok || e.Code()&0xff != sqlite3.SQLITE_BUSY || try == 200 {
			return conn, err
		}
		select {
		case <-time.After(25 * time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func openSQLite(ctx context.Context, path string, o Options) (*sqliteEngine, error) {
	dsn := func(pragmas ...string) string {
		return fileDSN(path, append([]string{
			"busy_timeout(10000)", "foreign_keys(1)", "secure_delete(1)", "temp_store(2)",
		}, pragmas...)...)
	}
	s := &sqliteEngine{path: path, figures: o.figures, stmts: map[string]*sql.Stmt{}, queue: make(chan *job, batchMost), done: make(chan struct{})}
	var err error
	fail := func(err error) (*sqliteEngine, error) {
		for _, d := range []*sql.DB{s.readers, s.writer} {
			if d != nil {
				d.Close() //nolint:errcheck,gosec // the first error tells
			}
		}
		return nil, fmt.Errorf("open %s: %w", path, damaged(err))
	}
	if err := private(path); err != nil {
		return fail(err)
	}
	// The writer comes first: it makes the file and sets WAL.
	if s.writer, err = sql.Open("sqlite", dsn("journal_mode(WAL)", "synchronous(FULL)", "wal_autocheckpoint(4000)")); err != nil {
		return fail(err)
	}
	s.writer.SetMaxOpenConns(1)
	if s.conn, err = firstConn(ctx, s.writer); err != nil {
		return fail(err)
	}
	if s.readers, err = sql.Open("sqlite", dsn("query_only(1)")); err != nil {
		return fail(err)
	}
	n := o.Read
	if n == 0 {
		n = max(4, 2*runtime.NumCPU())
	}
	s.readers.SetMaxOpenConns(n)
	s.readers.SetMaxIdleConns(n)
	if s.watch, err = newWatch(ctx, s.readers.Driver(), dsn("query_only(1)")); err != nil {
		return fail(err)
	}
	boot := make([]byte, 6)
	rand.Read(boot) //nolint:errcheck // never fails
	s.boot = hex.EncodeToString(boot)
	go s.run()
	return s, nil
}

// private makes the file, if need be, so that nobody else on the machine can read
// it. SQLite gives the files beside it the same rights. The file itself is never
// opened here: to close it again would drop the locks that SQLite holds on it in
// this process.
func private(path string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		empty, err := os.CreateTemp(filepath.Dir(path), "new-*") // 0600
		if err != nil {
			return err
		}
		err = errors.Join(empty.Close(), os.Link(empty.Name(), path))
		if errors.Is(err, fs.ErrExist) {
			err = nil // another was first
		}
		if err = errors.Join(err, os.Remove(empty.Name())); err != nil {
			return err
		}
	}
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if info, err := os.Stat(name); err == nil && info.Mode().Perm()&0o077 != 0 {
			os.Chmod(name, info.Mode().Perm()&0o700) //nolint:errcheck,gosec // who does not own the file may still use it
		}
	}
	return nil
}

// fileDSN is how the driver is told of a file and its pragmas.
func fileDSN(path string, pragmas ...string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + url.Values{"_pragma": pragmas}.Encode()
}

func (s *sqliteEngine) name() Engine                { return SQLite }
func (s *sqliteEngine) pool() *sql.DB               { return s.readers }
func (s *sqliteEngine) readOptions() *sql.TxOptions { return nil }

// reading: the driver starts a goroutine for each statement that could be
// cancelled. Ours are bounded and take microseconds, so they are not.
func (s *sqliteEngine) reading(ctx context.Context) context.Context {
	return context.WithoutCancel(ctx)
}

// version combines the counter that SQLite moves at each commit of another
// connection with a mark of this start, because the counter begins anew.
func (s *sqliteEngine) version(ctx context.Context) (string, error) {
	n, err := s.watch.version(s.reading(ctx))
	return s.boot + strconv.FormatInt(n, 36), err
}

// lock: BEGIN IMMEDIATE is lock enough.
func (s *sqliteEngine) lock(context.Context) (func(), error) { return func() {}, nil }

func (s *sqliteEngine) close() error {
	s.closing.Lock()
	closed := s.closed
	s.closed = true
	s.closing.Unlock()
	if closed {
		return nil
	}
	close(s.queue)
	<-s.done
	return errors.Join(s.watch.close(), s.readers.Close(), s.conn.Close(), s.writer.Close())
}

func (s *sqliteEngine) write(ctx context.Context, fn func(context.Context, *Tx) error) ([]func(), error) {
	// The writing connection serves everybody: one reader who goes away must
	// not interrupt it halfway.
	j := &job{asked: ctx, ctx: context.WithoutCancel(ctx), fn: fn, ready: make(chan struct{})}
	if err := s.enqueue(j); err != nil {
		return nil, err
	}
	<-j.ready
	return j.after, j.err
}

func (s *sqliteEngine) enqueue(j *job) error {
	s.closing.RLock()
	defer s.closing.RUnlock()
	if s.closed {
		return sql.ErrConnDone
	}
	select {
	case s.queue <- j:
		return nil
	case <-j.asked.Done():
		return j.asked.Err()
	}
}

func (s *sqliteEngine) run() {
	defer close(s.done)
	for first := range s.queue {
		batch := []*job{first}
	more:
		for len(batch) < batchMost {
			select {
			case j, ok := <-s.queue:
				if !ok {
					break more
				}
				batch = append(batch, j)
			default:
				break more
			}
		}
		s.commit(batch)
		for _, j := range batch {
			close(j.ready)
		}
	}
}

// commit runs a batch in one transaction. A write that fails takes back only
// what it did itself; a commit that fails fails them all.
func (s *sqliteEngine) commit(batch []*job) {
	ctx := context.Background()
	failAll := func(err error) {
		for _, j := range batch {
			if j.err == nil {
				j.err = err
			}
		}
	}
	if _, err := s.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		failAll(err)
		return
	}
	for _, j := range batch {
		if len(batch) == 1 {
			if j.err = j.run(s); j.err != nil {
				s.rollback()
				return
			}
			break
		}
		if _, err := s.ExecContext(ctx, "SAVEPOINT one"); err != nil {
			failAll(err)
			s.rollback()
			return
		}
		if j.err = j.run(s); j.err != nil {
			if _, err := s.ExecContext(ctx, "ROLLBACK TO one"); err != nil {
				// A full disk makes SQLite give up the whole transaction.
				failAll(j.err)
				s.rollback()
				return
			}
		}
		if _, err := s.ExecContext(ctx, "RELEASE one"); err != nil {
			failAll(err)
			s.rollback()
			return
		}
	}
	if _, err := s.ExecContext(ctx, "COMMIT"); err != nil {
		failAll(err)
		s.rollback()
		return
	}
	s.figures.commits.Add(1)
}

func (s *sqliteEngine) rollback() {
	// It says "no transaction is active" where SQLite has rolled back itself.
	s.ExecContext(context.Background(), "ROLLBACK") //nolint:errcheck,gosec // nothing more can be done
}

func (j *job) run(conn executor) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a transaction: %v\n%s", p, debug.Stack())
		}
	}()
	if err := j.asked.Err(); err != nil {
		return err
	}
	tx := &Tx{conn: conn}
	defer func() { tx.conn = over{} }()
	if err = j.fn(j.ctx, tx); err == nil {
		j.after = tx.after
	}
	return err
}

// The writing connection with its prepared statements, as an executor.

// limitPlain finds LIMIT $n. SQLite takes a bound LIMIT into account when it
// plans, and so prepares the statement anew at each run; a sum hides it, and
// costs nothing. (Question list: 12 % of the CPU of a page.)
var limitPlain = regexp.MustCompile(`\bLIMIT (\$[0-9]+)\b`)

func (s *sqliteEngine) text(query string) string {
	return limitPlain.ReplaceAllString(query, "LIMIT $1 + 0")
}

func (s *sqliteEngine) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if st, ok := s.stmts[query]; ok {
		return st, nil
	}
	st, err := s.conn.PrepareContext(ctx, s.text(query))
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", firstWords(query), err)
	}
	s.stmts[query] = st
	return st, nil
}

func (s *sqliteEngine) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	st, err := s.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

func (s *sqliteEngine) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	st, err := s.stmt(ctx, query)
	if err != nil {
		return s.conn.QueryRowContext(ctx, query, args...)
	}
	return st.QueryRowContext(ctx, args...)
}

func (s *sqliteEngine) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	st, err := s.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(ctx, args...)
}
