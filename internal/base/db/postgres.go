package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// A transaction that lost a race is tried again, racesMost times in all. From
// racesShared on it has this node to itself, so that only writers of other nodes
// can still win from it: with chance alone one in a few thousand never won.
const racesMost, racesShared = 20, 8

type postgres struct {
	db      *sql.DB
	figures *figures
	turn    sync.RWMutex
}

func openPostgres(ctx context.Context, o Options) (*postgres, error) {
	c, err := pgx.ParseConfig(o.URL)
	if err != nil {
		return nil, fmt.Errorf("read the address of the database: %w", err)
	}
	for name, value := range map[string]string{
		"application_name": "wijkbaak", "statement_timeout": "15000", "lock_timeout": "10000",
		"idle_in_transaction_session_timeout": "30000",
	} {
		if _, set := c.RuntimeParams[name]; !set {
			c.RuntimeParams[name] = value
		}
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = 5 * time.Second
	}
	d := stdlib.OpenDB(*c)
	n := o.Read
	if n == 0 {
		n = 24
	}
	d.SetMaxOpenConns(n)
	d.SetMaxIdleConns(n)
	d.SetConnMaxLifetime(30 * time.Minute)
	if err := d.PingContext(ctx); err != nil {
		d.Close() //nolint:errcheck,gosec // the first error tells
		return nil, fmt.Errorf("reach the database: %w", err)
	}
	return &postgres{db: d, figures: o.figures}, nil
}

func (p *postgres) name() Engine             { return Postgres }
func (p *postgres) text(query string) string { return query }
func (p *postgres) pool() *sql.DB            { return p.db }
func (p *postgres) close() error             { return p.db.Close() }

func (p *postgres) readOptions() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
}

func (p *postgres) reading(ctx context.Context) context.Context { return ctx }

// version is the snapshot itself: two equal snapshots see equal data.
func (p *postgres) version(ctx context.Context) (string, error) {
	var v string
	err := p.db.QueryRowContext(ctx, "SELECT CAST(pg_current_snapshot() AS TEXT)").Scan(&v)
	return v, err
}

// lock is held outside the transaction, because a serialisable transaction that
// waits for it would look at the data of before the wait.
func (p *postgres) lock(ctx context.Context) (func(), error) {
	conn, err := p.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	const key = 5943224 // any fixed number
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", key); err != nil {
		conn.Close() //nolint:errcheck,gosec // the first error tells
		return nil, err
	}
	return func() {
		conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", key) //nolint:errcheck,gosec // closing frees it too
		conn.Close()                                                                       //nolint:errcheck,gosec // it goes back to the pool
	}, nil
}

func (p *postgres) write(ctx context.Context, fn func(context.Context, *Tx) error) ([]func(), error) {
	for race := 1; ; race++ {
		after, err := p.inTurn(ctx, race > racesShared, fn)
		if err == nil || !lostRace(err) || race == racesMost {
			return after, err
		}
		wait := time.Duration(rand.Int64N(int64(race) * int64(2*time.Millisecond))) //nolint:gosec // no secret
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (p *postgres) inTurn(ctx context.Context, alone bool, fn func(context.Context, *Tx) error) ([]func(), error) {
	if alone {
		p.turn.Lock()
		defer p.turn.Unlock()
	} else {
		p.turn.RLock()
		defer p.turn.RUnlock()
	}
	return p.once(ctx, fn)
}

func (p *postgres) once(ctx context.Context, fn func(context.Context, *Tx) error) (after []func(), err error) {
	t, err := p.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
	if err != nil {
		return nil, err
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic in a transaction: %v\n%s", r, debug.Stack())
		}
		if err != nil {
			t.Rollback() //nolint:errcheck,gosec // the first error tells
		}
	}()
	tx := &Tx{conn: t}
	defer func() { tx.conn = over{} }()
	if err := fn(ctx, tx); err != nil {
		return nil, err
	}
	if err := t.Commit(); err != nil {
		return nil, err
	}
	p.figures.commits.Add(1)
	return tx.after, nil
}

// lostRace: 40001 serialization_failure, 40P01 deadlock_detected.
func lostRace(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pg.Code == "40001" || pg.Code == "40P01")
}

// Admin runs one statement outside any transaction, such as CREATE DATABASE.
func Admin(ctx context.Context, address, statement string) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close(ctx) //nolint:errcheck // the statement tells
	_, err = conn.Exec(ctx, statement)
	return err
}
