package observe

import (
	"bytes"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// bounds of the histogram of durations, in seconds.
var bounds = [...]float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10}

type route struct {
	pattern string
	status  int
}

type timing struct {
	buckets [len(bounds) + 1]atomic.Uint64
	micros  atomic.Uint64
}

// Figure is one number that is read when somebody asks for it. Its name ends in
// _total when it only ever grows.
type Figure struct {
	Name, Help string
	Labels     [][2]string
	Value      float64
}

// Metrics counts requests and asks parts for their figures. It is safe for
// concurrent use.
type Metrics struct {
	version string
	began   time.Time
	routes  sync.Map // route → *timing
	mu      sync.Mutex
	sources []func() []Figure
}

// NewMetrics begins to count.
func NewMetrics(version string) *Metrics { return &Metrics{version: version, began: time.Now()} }

// Observe counts one answer; it fits web.Options.
func (m *Metrics) Observe(pattern string, status int, took time.Duration) {
	if pattern == "" || pattern == "/" {
		pattern = "none" // what somebody made up is no label
	}
	key := route{pattern, status}
	v, ok := m.routes.Load(key)
	if !ok {
		v, _ = m.routes.LoadOrStore(key, &timing{})
	}
	t := v.(*timing)
	i, _ := slices.BinarySearch(bounds[:], took.Seconds())
	t.buckets[i].Add(1)
	t.micros.Add(uint64(max(0, took.Microseconds()))) //nolint:gosec // not negative
}

// Add has source asked at each look.
func (m *Metrics) Add(source func() []Figure) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sources = append(m.sources, source)
}

// ServeHTTP writes the text format of Prometheus (0.0.4).
func (m *Metrics) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	var b bytes.Buffer
	m.requests(&b)
	m.mu.Lock()
	sources := slices.Clone(m.sources)
	m.mu.Unlock()
	figures := m.own()
	for _, s := range sources {
		figures = append(figures, s()...)
	}
	slices.SortStableFunc(figures, func(x, y Figure) int { return strings.Compare(x.Name, y.Name) })
	for i, f := range figures {
		if i == 0 || figures[i-1].Name != f.Name {
			kind := "gauge"
			if strings.HasSuffix(f.Name, "_total") {
				kind = "counter"
			}
			head(&b, f.Name, f.Help, kind)
		}
		line(&b, f.Name, f.Labels, f.Value)
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.Write(b.Bytes()) //nolint:errcheck,gosec // it fails only when who asked has gone away
}

func (m *Metrics) requests(b *bytes.Buffer) {
	type one struct {
		route
		t *timing
	}
	var list []one
	m.routes.Range(func(k, v any) bool { list = append(list, one{k.(route), v.(*timing)}); return true })
	slices.SortFunc(list, func(x, y one) int {
		if c := strings.Compare(x.pattern, y.pattern); c != 0 {
			return c
		}
		return x.status - y.status
	})
	const name = "wijkbaak_request_seconds"
	head(b, name, "Time to answer, by route and status.", "histogram")
	for _, o := range list {
		labels := [][2]string{{"route", o.pattern}, {"status", strconv.Itoa(o.status)}}
		sum := uint64(0)
		for i := range o.t.buckets {
			sum += o.t.buckets[i].Load()
			le := "+Inf"
			if i < len(bounds) {
				le = strconv.FormatFloat(bounds[i], 'g', -1, 64)
			}
			line(b, name+"_bucket", append(labels[:2:2], [2]string{"le", le}), float64(sum))
		}
		line(b, name+"_sum", labels, float64(o.t.micros.Load())/1e6)
		line(b, name+"_count", labels, float64(sum))
	}
}

// own are the figures of the process.
func (m *Metrics) own() []Figure {
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	return []Figure{
		{Name: "wijkbaak_build_info", Help: "The version that runs.", Labels: [][2]string{{"version", m.version}, {"go", runtime.Version()}}, Value: 1},
		{Name: "wijkbaak_started_seconds", Help: "When the program started, in Unix time.", Value: float64(m.began.Unix())},
		{Name: "wijkbaak_goroutines", Help: "Goroutines.", Value: float64(runtime.NumGoroutine())},
		{Name: "wijkbaak_heap_bytes", Help: "Memory in use on the heap.", Value: float64(mem.HeapAlloc)},
		{Name: "wijkbaak_memory_bytes", Help: "Memory taken from the system.", Value: float64(mem.Sys)},
		{Name: "wijkbaak_gc_pause_seconds_total", Help: "Time that the garbage collector stopped everything.", Value: float64(mem.PauseTotalNs) / 1e9},
	}
}

func head(b *bytes.Buffer, name, help, kind string) {
	fmt.Fprintf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

var escapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func line(b *bytes.Buffer, name string, labels [][2]string, value float64) {
	b.WriteString(name)
	for i, l := range labels {
		b.WriteString([]string{",", "{"}[btoi(i == 0)])
		b.WriteString(l[0] + `="` + escapes.Replace(l[1]) + `"`)
	}
	if len(labels) > 0 {
		b.WriteByte('}')
	}
	b.WriteString(" " + strconv.FormatFloat(value, 'g', -1, 64) + "\n")
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
