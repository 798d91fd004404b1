package jobs

import (
	"context"
	"os"
	"sync"
	"testing"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
)

// BenchmarkNoop does jobs that do nothing: "add" by 16 writers, each in a
// transaction of its own, "work" on a full queue.
func BenchmarkNoop(b *testing.B) {
	engines := map[string]func(*testing.B) db.Options{"sqlite": func(b *testing.B) db.Options { return db.Options{Dir: b.TempDir()} }}
	if os.Getenv(dbtest.PostgresURL) != "" {
		engines["postgres"] = func(b *testing.B) db.Options { return db.Options{URL: dbtest.Postgres(b)} }
	}
	for name, options := range engines {
		open := func(b *testing.B) *db.DB {
			d, err := db.Open(context.Background(), options(b))
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { d.Close() }) //nolint:errcheck // the test is over
			if _, err := d.Migrate(context.Background(), rooms); err != nil {
				b.Fatal(err)
			}
			return d
		}
		fill := func(b *testing.B, d *db.DB) {
			var wg sync.WaitGroup
			for w := range 16 {
				wg.Go(func() {
					for i := w; i < b.N; i += 16 {
						enqueue(b, d, "noop", i)
					}
				})
			}
			wg.Wait()
		}
		b.Run(name+"/add", func(b *testing.B) {
			d := open(b)
			b.ResetTimer()
			fill(b, d)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
		})
		b.Run(name+"/work", func(b *testing.B) {
			d := open(b)
			fill(b, d)
			q := newQueue(d, clock.System)
			var left sync.WaitGroup
			left.Add(b.N)
			q.Handle("noop", func(context.Context, []byte) error { left.Done(); return nil })
			ctx, cancel := context.WithCancel(context.Background())
			done := make(chan error)
			b.ResetTimer()
			go func() { done <- q.Run(ctx) }()
			left.Wait()
			cancel()
			<-done
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
		})
	}
}
