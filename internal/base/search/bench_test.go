package search

import (
	"context"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/db"
)

func fill(t testing.TB, d *db.DB, docs []Doc) {
	for part := range slices.Chunk(docs, 500) {
		putAll(t, d, part...)
	}
}

// BenchmarkSearch searches 30,000 texts with 16 at a time; it tells the 99th
// part of a hundred, the memory of the index and how long it took to load.
func BenchmarkSearch(b *testing.B) {
	d := open(b)
	fill(b, d, corpus(30_000))
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	begin := time.Now()
	e, _ := start(b, d)
	find(b, e, Query{Text: "begin"})
	load := time.Since(begin)
	runtime.GC()
	runtime.ReadMemStats(&after)

	took := make([]int64, b.N)
	var n, at atomic.Int64
	b.SetParallelism(16 / runtime.GOMAXPROCS(0))
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			q := Query{Text: asked[int(n.Add(1))%len(asked)].text}
			begin := time.Now()
			if _, err := e.Search(context.Background(), q); err != nil {
				b.Error(err)
			}
			took[at.Add(1)-1] = int64(time.Since(begin))
		}
	})
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100])/1e6, "p99-ms")
	b.ReportMetric(float64(took[len(took)/2])/1e6, "p50-ms")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "searches/s")
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "heap-MB")
	b.ReportMetric(float64(e.State().Memory)/1e6, "index-MB")
	b.ReportMetric(float64(load.Milliseconds()), "load-ms")
}

func BenchmarkAnalyse(b *testing.B) {
	docs := corpus(100)
	for i := range b.N {
		analyse(docs[i%len(docs)].Title, docs[i%len(docs)].Body)
	}
}

// The first ten answers to questions as people ask them must be about the
// right thing.
func TestQuality(t *testing.T) {
	d := open(t)
	fill(t, d, corpus(3000))
	e, _ := start(t, d)
	right, all, empty := 0, 0, 0
	var poor []string
	for _, a := range asked {
		res := find(t, e, Query{Text: a.text, Limit: 10})
		good := 0
		for _, h := range res.Hits {
			if slices.Contains(strings.Fields(a.want), h.Tags["topic"][0]) {
				good++
			}
		}
		right, all = right+good, all+10
		if len(res.Hits) == 0 {
			empty++
		}
		if good < 8 {
			poor = append(poor, a.text)
			t.Logf("%q: %d right of %d, want %s", a.text, good, len(res.Hits), a.want)
		}
	}
	sort.Strings(poor)
	t.Logf("%d of %d right, %d without an answer", right, all, empty)
	if right*100 < all*90 || empty > 0 {
		t.Errorf("%d of %d right, %d without an answer; poor: %q", right, all, empty, poor)
	}
}
