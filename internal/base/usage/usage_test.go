package usage

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
)

func date(day int) time.Time { return time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC) }

func each(t *testing.T, f func(t *testing.T, c *Counter, fake *clock.Fake)) {
	t.Helper()
	dbtest.Each(t, []db.Migrations{Migrations}, func(t *testing.T, d *db.DB) {
		fake := clock.NewFake(date(20).Add(9 * time.Hour))
		f(t, New(d, fake, nil), fake)
	})
}

func (c *Counter) between(t *testing.T, kind, subject string, from, before int) int {
	t.Helper()
	n, err := c.Between(t.Context(), c.db, kind, subject, date(from), date(before))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (c *Counter) flush(t *testing.T) {
	t.Helper()
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestCounts(t *testing.T) {
	each(t, func(t *testing.T, c *Counter, fake *clock.Fake) {
		writes := c.db.Figures().Writes
		for range 3 {
			c.Opened("page", "a")
		}
		c.Opened("page", "b")
		c.Opened("sheet", "a")
		c.Opened("page", "")
		if c.db.Figures().Writes != writes {
			t.Error("an opened page costs a write")
		}
		if n := c.between(t, "page", "a", 1, 30); n != 0 {
			t.Errorf("%d before it was written", n)
		}
		c.flush(t)
		fake.Set(date(21).Add(23*time.Hour + 30*time.Minute)) // half past midnight in the Netherlands
		c.Opened("page", "a")
		c.flush(t)
		c.Opened("page", "a")
		c.flush(t)
		for _, w := range []struct {
			kind, subject string
			from, before  int
			want          int
		}{{"page", "a", 20, 21, 3}, {"page", "a", 21, 22, 0}, {"page", "a", 22, 23, 2}, {"page", "a", 20, 23, 5}, {"page", "b", 1, 30, 1}, {"sheet", "a", 1, 30, 1}, {"page", "c", 1, 30, 0}} {
			if n := c.between(t, w.kind, w.subject, w.from, w.before); n != w.want {
				t.Errorf("%s %s from %d before %d: %d, want %d", w.kind, w.subject, w.from, w.before, n, w.want)
			}
		}
		writes = c.db.Figures().Writes
		c.flush(t)
		if c.db.Figures().Writes != writes {
			t.Error("nothing counted costs a write")
		}
	})
}

func TestManyAtOnceAndBounds(t *testing.T) {
	each(t, func(t *testing.T, c *Counter, _ *clock.Fake) {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for i := range 500 {
					c.Opened("page", fmt.Sprint(i))
				}
			})
		}
		c.flush(t)
		wg.Wait()
		c.flush(t)
		all := 0
		for i := range 500 {
			all += c.between(t, "page", fmt.Sprint(i), 1, 30)
		}
		if all != 4000 {
			t.Errorf("%d of 4000 are left", all)
		}
		for i := range most + 100 {
			c.Opened("many", fmt.Sprint(i))
		}
		c.Opened("many", "0")
		if len(c.seen) != most || len(c.full) != 1 || c.seen[key{"many", "0", date(20)}] != 2 {
			t.Errorf("%d subjects in memory, told %d times", len(c.seen), len(c.full))
		}
	})
}

func TestWhatFailsStaysCounted(t *testing.T) {
	each(t, func(t *testing.T, c *Counter, _ *clock.Fake) {
		for i := range 2 * atOnce {
			c.Opened("page", fmt.Sprint(i))
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if c.Flush(gone) == nil {
			t.Fatal("a write after the end")
		}
		c.Opened("page", "7")
		c.flush(t)
		if n := c.between(t, "page", "7", 1, 30); n != 2 {
			t.Errorf("%d of two are left", n)
		}
	})
}

func TestRunWritesAtTheEnd(t *testing.T) {
	each(t, func(t *testing.T, c *Counter, _ *clock.Fake) {
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- c.Run(ctx) }()
		c.Opened("page", "a")
		stop()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if n := c.between(t, "page", "a", 1, 30); n != 1 {
			t.Errorf("%d at the end", n)
		}
	})
}

func TestMoveAndForget(t *testing.T) {
	each(t, func(t *testing.T, c *Counter, fake *clock.Fake) {
		c.Opened("page", "old")
		c.Opened("page", "new")
		c.Opened("sheet", "old")
		c.flush(t)
		for range 2 { // a job may run twice
			if err := c.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return c.Move(ctx, tx, "page", "old", "new") }); err != nil {
				t.Fatal(err)
			}
		}
		if a, b, s := c.between(t, "page", "new", 1, 30), c.between(t, "page", "old", 1, 30), c.between(t, "sheet", "old", 1, 30); a != 2 || b != 0 || s != 1 {
			t.Errorf("%d %d %d", a, b, s)
		}
		fake.Set(date(20).AddDate(0, 0, keepDays))
		c.Opened("page", "new")
		c.flush(t)
		fake.Set(date(20).AddDate(0, 0, keepDays+2))
		if err := c.Forget(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, err := db.One(t.Context(), c.db, db.Value[int], `SELECT COUNT(*) FROM usage_day`); err != nil || n != 1 {
			t.Errorf("%d rows, %v", n, err)
		}
	})
}

func TestPlans(t *testing.T) {
	each(t, func(t *testing.T, c *Counter, _ *clock.Fake) {
		for _, p := range Plans() {
			if err := c.db.CheckPlan(t.Context(), p); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestRobot(t *testing.T) {
	for agent, want := range map[string]bool{
		"": true, "Googlebot/2.1 (+http://www.google.com/bot.html)": true, "curl/8.0": true, "Mozilla/5.0 (compatible; AhrefsBot/7.0)": true,
		"Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0": true, "Python-urllib/3.12": true,
		"Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0":             false,
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1": false,
	} {
		if got := Robot(agent); got != want {
			t.Errorf("%q: %v", agent, got)
		}
	}
}

func BenchmarkOpened(b *testing.B) {
	c := New(nil, clock.System, nil)
	for b.Loop() {
		c.Opened("page", "a")
	}
}
