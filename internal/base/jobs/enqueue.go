package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/id"
)

// payloadMost bounds a payload: a job names a row, it does not carry a file.
const payloadMost = 1 << 20

// Option changes how a job is put in the queue.
type Option func(*row)

// RunAt keeps the job back until t.
func RunAt(t time.Time) Option { return func(r *row) { r.due = t } }

// Unique leaves the job out when one of the same kind and key is waiting to
// start. One that is already running does not count: it may have read what was
// there before this change.
func Unique(key string) Option { return func(r *row) { r.once = key } }

// Ids of jobs and the time of making are for order and for the operator; they
// come from the machine, so that any room can add a job inside any transaction.
var newID = id.New(clock.System)

// Enqueue adds a job in the transaction tx; it starts within milliseconds of
// the commit. The payload is kept as JSON.
func Enqueue(ctx context.Context, tx *db.Tx, kind string, payload any, opts ...Option) error {
	text, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("payload of job %s: %w", kind, err)
	}
	if len(text) > payloadMost {
		return fmt.Errorf("payload of job %s has %d bytes, at most %d are kept", kind, len(text), payloadMost)
	}
	r := row{id: newID(), kind: kind, payload: string(text), due: atOnce}
	for _, o := range opts {
		o(&r)
	}
	if err := insert(ctx, tx, r, clock.System.Now()); err != nil {
		return err
	}
	tx.AfterCommit(bell.ring)
	return nil
}

// Drop takes back the jobs of a kind, waiting or parked, of which about tells that
// they are not to be done any more. One that is running goes on.
func Drop(ctx context.Context, tx *db.Tx, kind string, about func(payload []byte) bool) error {
	type waiting struct{ id, payload string }
	list, err := db.All(ctx, tx, func(s db.Scanner) (waiting, error) {
		var v waiting
		return v, s.Scan(&v.id, &v.payload)
	}, selectOfKind, kind)
	if err != nil {
		return err
	}
	for _, v := range list {
		if about([]byte(v.payload)) {
			if _, err := tx.Exec(ctx, dropJob, v.id); err != nil {
				return err
			}
		}
	}
	return nil
}

// Typed makes a handler of a function that takes the payload decoded. A payload
// that cannot be decoded never will be, so it is not tried again.
func Typed[T any](f func(ctx context.Context, v T) error) Handler {
	return func(ctx context.Context, payload []byte) error {
		var v T
		if err := json.Unmarshal(payload, &v); err != nil {
			return Permanent(fmt.Errorf("read the payload: %w", err))
		}
		return f(ctx, v)
	}
}

type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// Permanent marks an error that trying again does not help: the job is parked.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return permanent{err}
}

func isPermanent(err error) bool {
	_, ok := errors.AsType[permanent](err)
	return ok
}

// bell wakes the queues of this process after a commit. A queue of another
// database that hears it reads one row and goes on waiting.
var bell ringer

type ringer struct {
	mu     sync.Mutex
	queues map[chan struct{}]bool
}

func (r *ringer) listen() (heard chan struct{}, stop func()) {
	heard = make(chan struct{}, 1)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.queues == nil {
		r.queues = map[chan struct{}]bool{}
	}
	r.queues[heard] = true
	return heard, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.queues, heard)
	}
}

func (r *ringer) ring() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for heard := range r.queues {
		select {
		case heard <- struct{}{}:
		default: // it has been rung and has not looked yet
		}
	}
}
