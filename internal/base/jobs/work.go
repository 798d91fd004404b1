package jobs

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"wijkbaak.nl/internal/base/db"
)

var (
	errStopped = errors.New("the program stops")
	errLost    = errors.New("the lease ran out and another node took the job")
	errTooLong = errors.New("the job ran longer than it may")
)

// work runs one claimed job and records how it ended.
func (q *Queue) work(ctx context.Context, r row) error {
	jobCtx, cancel := context.WithTimeoutCause(ctx, runMost, errTooLong)
	defer cancel()
	jobCtx, cut := context.WithCancelCause(jobCtx)
	defer cut(nil)
	ended := make(chan struct{})
	done := make(chan error, 1)
	go func() { done <- q.call(jobCtx, r) }()
	go q.keepLease(jobCtx, r, cut, ended)
	defer close(ended)

	var err error
	select {
	case err = <-done:
	case <-jobCtx.Done():
		// A handler that does not listen is left behind; its row no longer is its.
		select {
		case err = <-done:
		case <-time.After(q.lease / 10):
			err = context.Cause(jobCtx)
		}
	}
	if err != nil && errors.Is(context.Cause(jobCtx), errLost) {
		return errLost
	}
	stopped := err != nil && ctx.Err() != nil
	// The end is recorded even when the context has ended.
	endCtx, cancelEnd := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancelEnd()
	if e := q.finish(endCtx, r, err, stopped); e != nil {
		// Its lease runs out and it runs again.
		q.log.ErrorContext(ctx, "the end of a job cannot be recorded", "job", r.id, "kind", r.kind, "error", e)
	}
	return err
}

// call runs the handler and turns a panic into an error.
func (q *Queue) call(ctx context.Context, r row) (err error) {
	h, ok := q.handlers[r.kind]
	if !ok {
		return fmt.Errorf("no handler for jobs of kind %q in this version", r.kind)
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
			q.log.ErrorContext(ctx, "a job panicked", "job", r.id, "kind", r.kind, "panic", p, "stack", string(debug.Stack()))
		}
	}()
	return h(ctx, []byte(r.payload))
}

// keepLease renews the lease of a long job until it ends.
func (q *Queue) keepLease(ctx context.Context, r row, cut context.CancelCauseFunc, ended <-chan struct{}) {
	tick := time.NewTicker(q.lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return
		case <-tick.C:
		}
		var n int64
		err := q.db.Write(context.WithoutCancel(ctx), func(ctx context.Context, tx *db.Tx) (err error) {
			n, err = tx.Exec(ctx, renewLease, r.id, q.node, r.attempts, db.At(q.clock.Now().Add(q.lease)))
			return err
		})
		switch {
		case err != nil:
			q.log.WarnContext(ctx, "the lease of a job cannot be renewed", "job", r.id, "kind", r.kind, "error", err)
		case n == 0:
			cut(errLost)
			return
		}
	}
}

// finish deletes a job that is done, plans it anew, or parks it.
func (q *Queue) finish(ctx context.Context, r row, failure error, stopped bool) error {
	now := q.clock.Now()
	interval, periodic := q.every[r.kind]
	periodic = periodic && r.id == periodicID(r.kind)
	again := now.Add(backoff(r.attempts))
	if periodic && again.After(now.Add(interval)) {
		again = now.Add(interval)
	}
	parked := !periodic && (isPermanent(failure) || r.attempts >= attemptsMost)
	if failure != nil && !stopped {
		say := q.log.WarnContext
		if parked {
			say = q.log.ErrorContext
		}
		say(ctx, "a job failed", "job", r.id, "kind", r.kind, "attempt", r.attempts, "parked", parked, "error", failure)
	}
	return q.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		own := []any{r.id, q.node, r.attempts}
		exec := func(query string, args ...any) (int64, error) {
			return tx.Exec(ctx, query, append(own[:3:3], args...)...)
		}
		var err error
		switch {
		case failure == nil && periodic:
			_, err = exec(scheduleNext, db.At(now.Add(interval)))
		case failure == nil:
			_, err = exec(deleteDone)
		case stopped:
			var n int64
			if n, err = exec(giveBack); err == nil && n == 0 {
				_, err = exec(deleteDone) // its successor waits already
			}
		case parked:
			_, err = exec(park, db.At(now), firstPart(failure))
		default:
			err = q.later(ctx, tx, r, exec, again, firstPart(failure))
		}
		return err
	})
}

func (q *Queue) later(ctx context.Context, tx *db.Tx, r row, exec func(string, ...any) (int64, error), again time.Time, failure string) error {
	n, err := tx.Exec(ctx, burdenTwin, r.kind, db.Null(r.once), r.attempts, db.At(again), failure)
	if err != nil {
		return err
	}
	if n > 0 {
		_, err = exec(deleteDone)
		return err
	}
	_, err = exec(retryLater, db.At(again), failure)
	return err
}

// backoff is how long a job waits after its attempt n failed: ten seconds, then
// three times as long each time, at most six hours, give or take a fifth.
func backoff(n int) time.Duration {
	wait, most := 10*time.Second, 6*time.Hour
	for i := 1; i < n && wait < most; i++ {
		wait *= 3
	}
	wait = min(wait, most)
	return wait - wait/5 + rand.N(2*wait/5) //nolint:gosec // no secret
}

// firstPart keeps enough of an error to know it by.
func firstPart(err error) string {
	s := []rune(err.Error())
	return string(s[:min(len(s), 500)])
}
