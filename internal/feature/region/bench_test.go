package region

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/trust/places"
)

// manySpread makes n initiatives in one to thirty municipalities each, the same each
// time.
func manySpread(n int) []Spread {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same each time
	towns := places.Municipalities()
	kinds := []string{"method", "application", "platform", "device"}
	list := make([]Spread, n)
	for k := range list {
		s := Spread{Initiative: fmt.Sprintf("initiatief-%d", k), Name: fmt.Sprintf("Initiatief %d van de buurt", k), Kind: kinds[k%4],
			Path: fmt.Sprintf("/initiatieven/initiatief-%d", k), Themes: []string{themes[k%3]}, Phase: Phases[k%len(Phases)], PhaseYear: 2015 + k%10}
		for range 1 + r.IntN(30) {
			s.Codes = append(s.Codes, towns[r.IntN(len(towns))].Code)
		}
		if k%5 == 0 {
			s.Growth = []Point{{Period: "2019", Value: 4, Unit: "gemeenten"}, {Period: "2024", Value: float64(5 + r.IntN(40)), Unit: "gemeenten"}}
		}
		list[k] = s
	}
	return list
}

// BenchmarkPage asks for the pages of 5,000 initiatives in 342 municipalities on
// SQLite, sixteen at once, and makes the snapshot anew.
func BenchmarkPage(b *testing.B) {
	d, err := db.Open(b.Context(), db.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { d.Close() }) //nolint:errcheck // the benchmark is over
	if _, err := d.Migrate(b.Context(), []db.Migrations{jobs.Migrations}); err != nil {
		b.Fatal(err)
	}
	w := newWorld(b, d)
	w.overview.list = manySpread(5000)
	h := w.router()
	get := func(path string) int {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, nil))
		if rec.Code != http.StatusOK {
			b.Fatal(path, rec.Code)
		}
		return rec.Body.Len()
	}
	b.Run("snapshot made anew", func(b *testing.B) {
		for b.Loop() {
			w.overview.revision++
			if _, err := w.make(b.Context(), nil, ""); err != nil {
				b.Fatal(err)
			}
		}
	})
	for name, path := range map[string]string{"map": "/regio", "map of a theme": "/regio?thema=vervoer", "municipalities": "/regio?beeld=gemeenten",
		"initiatives": "/regio?beeld=initiatieven&provincie=Utrecht", "white spots": "/regio?beeld=witte-vlekken", "growth": "/regio?beeld=groei",
		"white spots of one": "/regio?beeld=witte-vlekken&initiatief=initiatief-20", "sheet": "/regio/raad", "API": "/api/v1/region"} {
		b.Run(name+", 16 at once", func(b *testing.B) {
			size := get(path)
			var mu sync.Mutex
			var took []time.Duration
			b.SetParallelism(max(1, 16/runtime.GOMAXPROCS(0)))
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					at := time.Now()
					get(path)
					mu.Lock()
					took = append(took, time.Since(at))
					mu.Unlock()
				}
			})
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			b.ReportMetric(float64(size)/1000, "kB")
		})
	}
}
