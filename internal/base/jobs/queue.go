package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/id"
)

const (
	workers      = 8                // jobs that run side by side on one node
	pollTime     = time.Second      // how soon work of another node, or of a dead one, is seen
	leaseTime    = 30 * time.Second // how long after a crash a job starts again
	runMost      = time.Hour        // no job runs longer
	graceTime    = 20 * time.Second // a job that runs at a stop may finish within this
	attemptsMost = 12               // with the waits of backoff: about 27 hours
	keepFailed   = 30 * 24 * time.Hour
	forgetKind   = "jobs.forget"
)

// Handler does one job. It may be run again after an error, a panic or a crash.
// Its context ends when the job may no longer go on.
type Handler func(ctx context.Context, payload []byte) error

// Queue runs jobs. Register handlers first, then Run it once on every node.
type Queue struct {
	db       *db.DB
	clock    clock.Clock
	log      *slog.Logger
	node     string
	handlers map[string]Handler
	every    map[string]time.Duration

	lease, grace, poll time.Duration // shorter in tests
}

// New returns a queue without handlers.
func New(d *db.DB, c clock.Clock, ids id.Source, log *slog.Logger) *Queue {
	q := &Queue{
		db: d, clock: c, log: log, node: ids(), lease: leaseTime, grace: graceTime, poll: pollTime,
		handlers: map[string]Handler{}, every: map[string]time.Duration{},
	}
	q.Every(forgetKind, 24*time.Hour, q.forget)
	return q
}

// Handle names who does the jobs of a kind. One kind has one handler.
func (q *Queue) Handle(kind string, h Handler) {
	if _, twice := q.handlers[kind]; twice {
		panic("two handlers for jobs of kind " + kind)
	}
	q.handlers[kind] = h
}

// Every runs h once per interval, on one node at a time, the first time one
// interval from now. It is tried again like any job, but never parked.
func (q *Queue) Every(kind string, interval time.Duration, h Handler) {
	q.Handle(kind, h)
	q.every[kind] = interval
}

// Run works until ctx ends, and then until the running jobs are done. What is
// not done after a time of grace is stopped and left to another node or the
// next start.
func (q *Queue) Run(ctx context.Context) error {
	heard, stop := bell.listen()
	defer stop()
	free := make(chan struct{}, workers)
	for range workers {
		free <- struct{}{}
	}
	// Jobs outlive ctx by the time of grace.
	jobCtx, cut := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cut(nil)
	var running sync.WaitGroup
	planned := false
	for ctx.Err() == nil {
		if !planned {
			planned = q.plan(ctx) == nil
		}
		slots := take(ctx, free)
		list, wait := q.look(ctx, slots)
		for _, r := range list {
			running.Go(func() {
				q.work(jobCtx, r) //nolint:errcheck // it is in the table and the log
				free <- struct{}{}
			})
		}
		for range slots - len(list) {
			free <- struct{}{}
		}
		if len(list) > 0 {
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-heard:
		case <-timer.C:
		}
		timer.Stop()
	}
	timer := time.AfterFunc(q.grace, func() { cut(errStopped) })
	defer timer.Stop()
	running.Wait()
	return nil
}

// take waits for a free worker and takes all that are free.
func take(ctx context.Context, free chan struct{}) int {
	select {
	case <-free:
	case <-ctx.Done():
		return 0
	}
	n := 1
	for {
		select {
		case <-free:
			n++
		default:
			return n
		}
	}
}

// look claims at most n jobs, or tells how long nothing will be due. It reads
// before it writes: an idle queue changes nothing.
func (q *Queue) look(ctx context.Context, n int) ([]row, time.Duration) {
	if n == 0 {
		return nil, q.poll
	}
	list, wait, err := q.claimDue(ctx, n)
	if err != nil && ctx.Err() == nil {
		q.log.ErrorContext(ctx, "the queue cannot be read", "error", err)
	}
	return list, wait
}

func (q *Queue) claimDue(ctx context.Context, n int) ([]row, time.Duration, error) {
	// A little chance, so that nodes do not look at the same moment.
	wait := q.poll + rand.N(q.poll/4) //nolint:gosec // no secret
	due, err := nextDue(ctx, q.db)
	now := q.clock.Now()
	switch {
	case err != nil || due.IsZero():
		return nil, wait, err
	case due.After(now):
		return nil, min(wait, due.Sub(now)), nil
	}
	var list []row
	err = q.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		list, err = claim(ctx, tx, q.node, now, now.Add(q.lease), n)
		return err
	})
	if err != nil {
		return nil, wait, err
	}
	return list, wait, nil
}

// plan sees to it that each periodic job has its row.
func (q *Queue) plan(ctx context.Context) error {
	err := q.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := q.clock.Now()
		for kind, interval := range q.every {
			if _, err := tx.Exec(ctx, insertPeriodic, periodicID(kind), kind, db.At(now.Add(interval)), db.At(now)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil && ctx.Err() == nil {
		q.log.ErrorContext(ctx, "periodic jobs cannot be planned", "error", err)
	}
	return err
}

func periodicID(kind string) string { return "every:" + kind }

// Drain runs everything that is due, one by one, also what these jobs add. It
// is for tests; it returns the errors of the jobs too.
func (q *Queue) Drain(ctx context.Context) error {
	if err := q.plan(ctx); err != nil {
		return err
	}
	var failures []error
	for {
		list, _, err := q.claimDue(ctx, 1)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return errors.Join(failures...)
		}
		if err := q.work(ctx, list[0]); err != nil {
			failures = append(failures, fmt.Errorf("job %s: %w", list[0].kind, err))
		}
	}
}

// forget deletes what was parked long ago.
func (q *Queue) forget(ctx context.Context, _ []byte) error {
	return q.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, forgetFailed, db.At(q.clock.Now().Add(-keepFailed)))
		return err
	})
}
