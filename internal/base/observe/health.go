package observe

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"

	"wijkbaak.nl/internal/base/clock"
)

// State is how a part fares.
type State string

// The states, from good to bad.
const (
	Fine State = "fine"
	Slow State = "slow" // it works, and somebody should look at it
	Down State = "down"
)

// Part is one part of the program and how it fares. It holds no secrets and no
// text of an error: it is shown to everybody.
type Part struct {
	Name    string `json:"name"`
	State   State  `json:"state"`
	Needed  bool   `json:"needed"`            // without it no page can be shown
	Reason  string `json:"reason,omitempty"`  // a code, such as "unreachable"
	Waiting int    `json:"waiting,omitempty"` // how much work waits for it
}

// Health is how the whole program fares.
type Health struct {
	State   State     `json:"state"`
	Version string    `json:"version"`
	Started time.Time `json:"started"`
	At      time.Time `json:"at"`
	Parts   []Part    `json:"parts"`
}

// Check looks at one part. It must end when ctx does; one that does not is Down.
type Check func(ctx context.Context) Part

const (
	checkTime = 2 * time.Second
	keepTime  = 2 * time.Second // however often somebody asks, the parts are not
)

// Collector asks the parts how they fare. It is safe for concurrent use.
type Collector struct {
	clock   clock.Clock
	version string
	started time.Time
	timeout time.Duration
	checks  []named

	mu   sync.Mutex
	last Health
	at   time.Time
}

type named struct {
	name   string
	needed bool
	check  Check
}

// NewCollector makes one without parts.
func NewCollector(c clock.Clock, version string) *Collector {
	return &Collector{clock: c, version: version, started: c.Now(), timeout: checkTime}
}

// Add names a part. All are added before the first is asked.
func (c *Collector) Add(name string, needed bool, check Check) {
	c.checks = append(c.checks, named{name, needed, check})
}

// Collect asks all parts at once, or gives what they said just before. It never
// takes longer than a slow part is waited for.
func (c *Collector) Collect(ctx context.Context) Health {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now(); now.Sub(c.at) < keepTime {
		return c.last
	}
	// Who asks may go away; the answer is for the next one too.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.timeout)
	defer cancel()
	h := Health{State: Fine, Version: c.version, Started: c.started, At: c.clock.Now(), Parts: make([]Part, len(c.checks))}
	var wg sync.WaitGroup
	for i, n := range c.checks {
		wg.Go(func() { h.Parts[i] = n.ask(ctx) })
	}
	wg.Wait()
	for _, p := range h.Parts {
		switch {
		case p.State == Down && p.Needed:
			h.State = Down
		case p.State != Fine && h.State == Fine:
			h.State = Slow
		}
	}
	c.last, c.at = h, time.Now()
	return h
}

func (n named) ask(ctx context.Context) Part {
	said := make(chan Part, 1)
	go func() {
		defer func() {
			if recover() != nil {
				said <- Part{State: Down, Reason: "failed"}
			}
		}()
		said <- n.check(ctx)
	}()
	var p Part
	select {
	case p = <-said:
	case <-ctx.Done():
		p = Part{State: Down, Reason: "no answer"}
	}
	p.Name, p.Needed = n.name, n.needed
	if !slices.Contains([]State{Fine, Slow, Down}, p.State) {
		p.State = Down
	}
	return p
}

// ServeHTTP answers with JSON: 200, or 503 when a part that is needed is down.
func (c *Collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := c.Collect(r.Context())
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if h.State == Down {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	json.NewEncoder(w).Encode(h) //nolint:errcheck,gosec // it fails only when who asked has gone away
}
