package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/id"
)

var rooms = []db.Migrations{Migrations}

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func newQueue(d *db.DB, c clock.Clock) *Queue {
	return New(d, c, id.New(clock.System), slog.New(slog.DiscardHandler))
}

func enqueue(t testing.TB, d *db.DB, kind string, payload any, opts ...Option) {
	t.Helper()
	if err := d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		return Enqueue(ctx, tx, kind, payload, opts...)
	}); err != nil {
		t.Fatal(err)
	}
}

func drain(t *testing.T, q *Queue) {
	t.Helper()
	if err := q.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func state(t *testing.T, q *Queue) State {
	t.Helper()
	s, err := q.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// log collects what handlers saw.
type seen struct {
	mu   sync.Mutex
	list []string
}

func (s *seen) handler() Handler {
	return Typed(func(_ context.Context, v string) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.list = append(s.list, v)
		return nil
	})
}

func (s *seen) want(t *testing.T, want ...string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Equal(s.list, want) {
		t.Fatalf("ran %q, want %q", s.list, want)
	}
	s.list = nil
}

// run starts q and stops it at the end of the test.
func run(t *testing.T, q *Queue) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- q.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(20 * time.Second):
			t.Error("the queue did not stop")
		}
	})
	t.Cleanup(stop)
	return stop
}

func receive[T any](t *testing.T, c <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(20 * time.Second):
		t.Fatalf("waited in vain for %s", what)
		panic("unreachable")
	}
}

// until waits for what another goroutine brings about in the table.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func TestAJobIsPartOfItsTransaction(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(start)
		q, s := newQueue(d, c), &seen{}
		q.Handle("greet", s.handler())
		undone := errors.New("undone")
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if err := Enqueue(ctx, tx, "greet", "never"); err != nil {
				return err
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		enqueue(t, d, "greet", "one")
		enqueue(t, d, "greet", "two")
		enqueue(t, d, "greet", "later", RunAt(start.Add(time.Hour)))
		if got := state(t, q); got.Waiting != 2 || got.Planned != 1 || got.Oldest.IsZero() {
			t.Fatalf("state %+v", got)
		}
		drain(t, q)
		s.want(t, "one", "two")
		c.Advance(time.Hour)
		drain(t, q)
		s.want(t, "later")
		if got := state(t, q); got.Waiting != 0 || got.Running != 0 || !got.Oldest.IsZero() {
			t.Fatalf("done jobs are kept: %+v", got)
		}
	})
}

func TestAJobStartsWithoutPolling(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		q := newQueue(d, clock.System)
		q.poll = time.Hour
		started := make(chan time.Time, 1)
		q.Handle("now", func(context.Context, []byte) error { started <- time.Now(); return nil })
		run(t, q)
		for range 3 {
			before := time.Now()
			enqueue(t, d, "now", nil)
			t.Logf("started after %v", receive(t, started, "the job").Sub(before))
		}
		at := time.Now().Add(100 * time.Millisecond)
		enqueue(t, d, "now", nil, RunAt(at))
		if got := receive(t, started, "the planned job"); got.Before(at) {
			t.Fatalf("%v too early", at.Sub(got))
		}
	})
}

func TestUnique(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(start)
		q, s := newQueue(d, c), &seen{}
		q.Handle("index", s.handler())
		q.Handle("other", s.handler())
		again, fail := true, false
		q.Handle("self", func(context.Context, []byte) error {
			if again {
				again = false
				enqueue(t, d, "self", nil, Unique("k")) // while the first one runs
			}
			if fail {
				fail = false
				enqueue(t, d, "self", nil, Unique("k"))
				return errors.New("no")
			}
			s.list = append(s.list, "self")
			return nil
		})
		enqueue(t, d, "index", "first", Unique("k"))
		enqueue(t, d, "index", "second", Unique("k"))
		enqueue(t, d, "index", "third", Unique("l"))
		enqueue(t, d, "other", "fourth", Unique("k"))
		drain(t, q)
		s.want(t, "first", "third", "fourth")
		enqueue(t, d, "self", nil, Unique("k"))
		drain(t, q)
		s.want(t, "self", "self")

		// A failure beside a waiting successor: one is left, and it waits.
		fail = true
		enqueue(t, d, "self", nil, Unique("k"))
		if err := q.Drain(t.Context()); err == nil {
			t.Fatal("the failure is not told")
		}
		if got := state(t, q); got.Waiting != 0 || got.Planned != 2 { // with the periodic one
			t.Fatalf("state %+v", got)
		}
		c.Advance(time.Minute)
		drain(t, q)
		s.want(t, "self")
	})
}

func TestFailureIsRetriedThenParked(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(start)
		q := newQueue(d, c)
		tries, broken := 0, true
		q.Handle("send", func(context.Context, []byte) error {
			tries++
			if !broken {
				return nil
			}
			if tries%2 == 0 {
				panic("even")
			}
			return errors.New("odd")
		})
		enqueue(t, d, "send", "a@example.org")
		var waited time.Duration
		for n := 1; n <= attemptsMost; n++ {
			if err := q.Drain(t.Context()); err == nil || tries != n {
				t.Fatalf("attempt %d: tries %d, error %v", n, tries, err)
			}
			if err := q.Drain(t.Context()); err != nil || tries != n {
				t.Fatal("tried again at once")
			}
			var due db.Time
			if err := d.QueryRow(t.Context(), "SELECT due_at FROM job WHERE kind = 'send'").Scan(&due); err != nil {
				t.Fatal(err)
			}
			if n < attemptsMost {
				waited += due.Sub(c.Now())
				c.Set(due.Time)
			}
		}
		if waited < 20*time.Hour || waited > 60*time.Hour {
			t.Errorf("gave up after %v", waited)
		}
		list, err := q.Failed(t.Context())
		if err != nil || len(list) != 1 || list[0].Attempts != attemptsMost || list[0].LastError != "panic: even" || list[0].Kind != "send" {
			t.Fatalf("parked %+v, %v", list, err)
		}
		if got := state(t, q); got.Failed != 1 {
			t.Fatalf("state %+v", got)
		}
		broken = false
		c.Advance(24 * time.Hour)
		drain(t, q)
		if tries != attemptsMost {
			t.Fatal("a parked job ran")
		}
		if err := q.Retry(t.Context(), list[0].ID); err != nil {
			t.Fatal(err)
		}
		drain(t, q)
		if got := state(t, q); tries != attemptsMost+1 || got.Failed != 0 {
			t.Fatalf("tries %d, state %+v", tries, got)
		}
		if err := q.Retry(t.Context(), list[0].ID); fault.KindOf(err) != fault.KindNotFound {
			t.Fatal(err)
		}
	})
}

func TestParkedAtOnce(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(start)
		q := newQueue(d, c)
		q.Handle("bad", func(context.Context, []byte) error { return Permanent(errors.New("no such address")) })
		q.Handle("typed", Typed(func(context.Context, int) error { return nil }))
		enqueue(t, d, "bad", nil)
		enqueue(t, d, "typed", "not a number")
		enqueue(t, d, "unknown", nil)
		if err := q.Drain(t.Context()); err == nil {
			t.Fatal("no error")
		}
		list, err := q.Failed(t.Context())
		if err != nil || len(list) != 2 {
			t.Fatalf("%+v, %v", list, err)
		}
		if err := q.Discard(t.Context(), list[0].ID); err != nil {
			t.Fatal(err)
		}
		if got := state(t, q); got.Failed != 1 || got.Planned != 2 { // a newer version may know it
			t.Fatalf("state %+v", got)
		}
		c.Advance(keepFailed + time.Hour)
		_ = q.Drain(t.Context()) // the unknown kind fails again
		if got := state(t, q); got.Failed != 0 {
			t.Fatalf("not forgotten: %+v", got)
		}
	})
}

func TestEvery(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(start)
		runs, broken := 0, false
		node := func(interval time.Duration) *Queue {
			q := newQueue(d, c)
			q.Every("sweep", interval, func(context.Context, []byte) error {
				runs++
				if broken {
					return errors.New("broken")
				}
				return nil
			})
			return q
		}
		a, b := node(time.Hour), node(time.Hour)
		step := func(forward time.Duration, want int) {
			t.Helper()
			c.Advance(forward)
			errA, errB := a.Drain(t.Context()), b.Drain(t.Context())
			if !broken && (errA != nil || errB != nil) {
				t.Fatal(errA, errB)
			}
			if runs != want {
				t.Fatalf("%d runs, want %d", runs, want)
			}
		}
		step(0, 0)
		step(59*time.Minute, 0)
		step(time.Minute, 1)
		step(3*time.Hour, 2) // what was missed is not made up for
		b = node(10 * time.Minute)
		step(0, 2)
		step(10*time.Minute, 3)
		broken = true
		for range 2 * attemptsMost {
			c.Advance(time.Hour)
			if b.Drain(t.Context()) == nil {
				t.Fatal("not tried again within its interval")
			}
		}
		if got := state(t, b); got.Failed != 0 {
			t.Fatal("a periodic job was parked")
		}
		// A version that does not know it parks it; one that does takes it back.
		broken, runs = false, 0
		stranger := newQueue(d, c)
		for range attemptsMost + 1 {
			c.Advance(24 * time.Hour)
			_ = stranger.Drain(t.Context())
		}
		if got := state(t, stranger); got.Failed != 1 {
			t.Fatalf("state %+v", got)
		}
		drain(t, b)
		c.Advance(time.Hour)
		if drain(t, b); runs != 1 {
			t.Fatalf("%d runs after it was taken back", runs)
		}
	})
}

func TestNodesShareTheWork(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		const n = 400
		var mu sync.Mutex
		times := map[int]int{}
		all := make(chan bool)
		for range 3 {
			q := newQueue(d, clock.System)
			q.Handle("count", Typed(func(_ context.Context, i int) error {
				mu.Lock()
				defer mu.Unlock()
				times[i]++
				if len(times) == n && times[i] == 1 {
					close(all)
				}
				return nil
			}))
			run(t, q)
		}
		for i := range n {
			enqueue(t, d, "count", i)
		}
		receive(t, all, "all jobs")
		until(t, "the table is empty", func() bool {
			s := state(t, newQueue(d, clock.System))
			return s.Waiting+s.Running == 0
		})
		mu.Lock()
		defer mu.Unlock()
		for i, k := range times {
			if k != 1 {
				t.Errorf("job %d ran %d times", i, k)
			}
		}
	})
}

func TestALongJobKeepsItsLease(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		var runs atomic.Int32
		release, started := make(chan bool), make(chan bool, 10)
		for range 2 {
			q := newQueue(d, clock.System)
			q.lease, q.poll = time.Second, 20*time.Millisecond
			q.Handle("long", func(context.Context, []byte) error {
				runs.Add(1)
				started <- true
				<-release
				return nil
			})
			run(t, q)
		}
		enqueue(t, d, "long", nil)
		receive(t, started, "the start")
		due := func() (at db.Time) {
			if err := d.QueryRow(t.Context(), "SELECT due_at FROM job WHERE kind = 'long'").Scan(&at); err != nil {
				t.Fatal(err)
			}
			return at
		}
		first := due()
		until(t, "the lease was renewed past two terms", func() bool { return due().Sub(first.Time) > 2*time.Second })
		close(release)
		until(t, "the job is gone", func() bool {
			s := state(t, newQueue(d, clock.System))
			return s.Running == 0
		})
		if runs.Load() != 1 {
			t.Fatalf("%d runs", runs.Load())
		}
	})
}

func TestALostLeaseStopsTheJob(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		q := newQueue(d, clock.System)
		q.lease = 90 * time.Millisecond
		started, ended := make(chan bool, 1), make(chan error, 1)
		q.Handle("long", func(ctx context.Context, _ []byte) error {
			started <- true
			<-ctx.Done()
			ended <- context.Cause(ctx)
			return ctx.Err()
		})
		stop := run(t, q)
		enqueue(t, d, "long", nil)
		receive(t, started, "the start")
		if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, "UPDATE job SET locked_by = 'other', due_at = $1 WHERE kind = 'long'", db.At(time.Now().Add(time.Hour)))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := receive(t, ended, "the end"); !errors.Is(err, errLost) {
			t.Fatal(err)
		}
		stop()
		if got := state(t, q); got.Running != 1 {
			t.Fatalf("the loser touched the row: %+v", got)
		}
	})
}

func TestStop(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		q := newQueue(d, clock.System)
		started, finish := make(chan bool, 2), make(chan bool)
		done := make(chan bool, 1)
		q.Handle("polite", func(context.Context, []byte) error {
			started <- true
			<-finish
			done <- true
			return nil
		})
		stop := run(t, q)
		enqueue(t, d, "polite", nil)
		receive(t, started, "the start")
		go func() { finish <- true }()
		stop()
		if len(done) != 1 {
			t.Fatal("stopped before the job was done")
		}
		if got := state(t, q); got.Waiting+got.Running != 0 {
			t.Fatalf("state %+v", got)
		}

		q = newQueue(d, clock.System)
		q.grace, q.lease = 50*time.Millisecond, time.Second
		q.Handle("listens", func(ctx context.Context, _ []byte) error { started <- true; <-ctx.Done(); return ctx.Err() })
		q.Handle("deaf", func(context.Context, []byte) error { started <- true; select {} })
		stop = run(t, q)
		enqueue(t, d, "listens", nil)
		enqueue(t, d, "deaf", nil)
		receive(t, started, "the start")
		receive(t, started, "the start")
		stop()
		if got := state(t, q); got.Waiting != 2 || got.Running != 0 {
			t.Fatalf("not given back: %+v", got)
		}
		var attempts int
		if err := d.QueryRow(t.Context(), "SELECT MAX(attempts) FROM job WHERE kind IN ('listens', 'deaf')").Scan(&attempts); err != nil || attempts != 0 {
			t.Fatalf("a stop counts as an attempt: %d, %v", attempts, err)
		}
	})
}

func TestAnIdleQueueWritesNothing(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		q := newQueue(d, clock.System)
		q.poll = time.Millisecond
		run(t, q)
		until(t, "the periodic job is planned", func() bool { return state(t, q).Planned == 1 })
		mark := d.Version
		if d.Engine() == db.Postgres { // its version moves with every database of the server
			mark = func(ctx context.Context) (string, error) {
				return db.One(ctx, d, db.Value[string], "SELECT STRING_AGG(id || CAST(xmin AS TEXT), ' ' ORDER BY id) FROM job")
			}
		}
		before, err := mark(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(200 * time.Millisecond) // some hundred looks
		if after, err := mark(t.Context()); err != nil || after != before {
			t.Fatalf("version %s, then %s, %v", before, after, err)
		}
	})
}

func TestPlansUseTheIndex(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		for i := range 50 {
			enqueue(t, d, "k", i)
		}
		now := db.At(start)
		for _, p := range []db.Plan{
			{Name: "next", SQL: selectNextDue},
			{Name: "claim", SQL: claimJobs, Args: []any{"n", now, now, 8}},
			{Name: "failed", SQL: selectFailed},
			{Name: "forget", SQL: forgetFailed, Args: []any{now}},
		} {
			if err := d.CheckPlan(t.Context(), p); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestRefused(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		for name, payload := range map[string]any{"no JSON": func() {}, "too large": fmt.Sprintf("%01048577d", 0)} {
			err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return Enqueue(ctx, tx, "k", payload) })
			if err == nil {
				t.Error(name)
			}
		}
	})
	defer func() {
		if recover() == nil {
			t.Error("two handlers of one kind")
		}
	}()
	q := newQueue(nil, clock.System)
	q.Handle("k", nil)
	q.Handle("k", nil)
}
