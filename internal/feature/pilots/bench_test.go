package pilots

import (
	"flag"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/db"
)

var full = flag.Bool("full", false, "measure over 2,000 pilots with 2,000,000 measurements instead of a tenth of it")

// BenchmarkPage reads pages of pilots out of many on SQLite: the call of the
// service, the whole page, and the first page of the list.
func BenchmarkPage(b *testing.B) {
	pilots, measurements := 200, 200_000
	if *full {
		pilots, measurements = 2000, 2_000_000
	}
	d, err := db.Open(b.Context(), db.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { d.Close() }) //nolint:errcheck // the benchmark is over
	if _, err := d.Migrate(b.Context(), steps); err != nil {
		b.Fatal(err)
	}
	w := newWorld(b, d)
	begun := time.Now()
	w.must(w.Generate(b.Context(), 1, pilots, measurements, func(int) {}))
	b.Logf("%d measurements made in %s", measurements, time.Since(begun).Round(time.Millisecond))
	ids, err := db.All(b.Context(), d, db.Value[string], `SELECT id FROM pilot ORDER BY id`)
	w.must(err)
	h := w.router("nobody")
	get := func(path string) {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil))
		if rec.Code != http.StatusOK {
			b.Fatal(path, rec.Code)
		}
	}
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same each time
	b.Run("page, 16 at once", func(b *testing.B) {
		var mu sync.Mutex
		var took []time.Duration
		b.SetParallelism(max(1, 16/runtime.GOMAXPROCS(0)))
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				mu.Lock()
				one := ids[r.IntN(len(ids))]
				mu.Unlock()
				at := time.Now()
				get(Path(one))
				mu.Lock()
				took = append(took, time.Since(at))
				mu.Unlock()
			}
		})
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	})
	for _, c := range []struct {
		name string
		do   func()
	}{
		{"service", func() { w.get("nobody", ids[r.IntN(len(ids))]) }},
		{"page", func() { get(Path(ids[r.IntN(len(ids))])) }},
		{"list", func() { get("/pilots?stand=loopt") }},
	} {
		b.Run(c.name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				at := time.Now()
				c.do()
				took = append(took, time.Since(at))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
}
