package jobs

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
)

// State is how the queue fares.
type State struct {
	Waiting int // due and not started
	Planned int // due later: periodic, kept back, or to be tried again
	Running int
	Failed  int       // parked
	Oldest  time.Time // when the oldest waiting job was added; zero if none waits
}

// State counts the jobs.
func (q *Queue) State(ctx context.Context) (State, error) {
	var s State
	now := db.At(q.clock.Now())
	err := q.db.Read(ctx, func(ctx context.Context, r db.Reader) error {
		var oldest db.Time
		if err := r.QueryRow(ctx, countWaiting, now).Scan(&s.Waiting, &oldest); err != nil {
			return err
		}
		s.Oldest = oldest.Time
		if err := r.QueryRow(ctx, countPlanned, now).Scan(&s.Planned); err != nil {
			return err
		}
		if err := r.QueryRow(ctx, countRunning, now).Scan(&s.Running); err != nil {
			return err
		}
		return r.QueryRow(ctx, countFailed).Scan(&s.Failed)
	})
	return s, err
}

// Parked is a job that was given up. Its payload is not shown.
type Parked struct {
	ID, Kind, LastError string
	Attempts            int
	CreatedAt, FailedAt time.Time
}

// Failed lists the parked jobs, the longest parked first, at most 500.
func (q *Queue) Failed(ctx context.Context) ([]Parked, error) {
	return db.All(ctx, q.db, func(s db.Scanner) (Parked, error) {
		var p Parked
		var created, failed db.Time
		err := s.Scan(&p.ID, &p.Kind, &p.Attempts, (*db.Null)(&p.LastError), &created, &failed)
		p.CreatedAt, p.FailedAt = created.Time, failed.Time
		return p, err
	}, selectFailed)
}

// Retry starts a parked job anew.
func (q *Queue) Retry(ctx context.Context, id string) error { return q.parked(ctx, retryFailed, id) }

// Discard deletes a parked job.
func (q *Queue) Discard(ctx context.Context, id string) error { return q.parked(ctx, deleteFailed, id) }

func (q *Queue) parked(ctx context.Context, query, id string) error {
	return q.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.Exec(ctx, query, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.NotFound()
		}
		tx.AfterCommit(bell.ring)
		return nil
	})
}
