package web

import (
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"wijkbaak.nl/internal/base/clock"
)

// What one address may do. A library or care home shares one address among many
// people, so the limits are wide; a room sets narrower ones on what it protects.
const (
	readsPerSecond, readsAtOnce   = 30, 300
	writesPerSecond, writesAtOnce = 1, 40
	addressesMost                 = 50_000
)

// limits counts requests per address, in memory only.
type limits struct {
	factor float64
	clock  clock.Clock
	mu     sync.Mutex
	reads  map[string]*rate.Limiter
	writes map[string]*rate.Limiter
}

func newLimits(factor float64, c clock.Clock) *limits {
	return &limits{factor: factor, clock: c, reads: map[string]*rate.Limiter{}, writes: map[string]*rate.Limiter{}}
}

// take tells how long to wait; 0 means go on.
func (l *limits) take(address, method string) time.Duration {
	if l.factor == 0 {
		return 0
	}
	if method == http.MethodGet || method == http.MethodHead {
		return l.from(l.reads, address, readsPerSecond, readsAtOnce)
	}
	return l.from(l.writes, address, writesPerSecond, writesAtOnce)
}

func (l *limits) from(m map[string]*rate.Limiter, address string, perSecond, atOnce float64) time.Duration {
	now := l.clock.Now()
	l.mu.Lock()
	lim, ok := m[address]
	if !ok {
		if len(m) >= addressesMost {
			clear(m) // forgetting is kinder than growing without end
		}
		lim = rate.NewLimiter(rate.Limit(perSecond*l.factor), max(1, int(atOnce*l.factor)))
		m[address] = lim
	}
	l.mu.Unlock()
	res := lim.ReserveN(now, 1)
	if !res.OK() {
		return time.Minute
	}
	wait := res.DelayFrom(now)
	if wait > 0 {
		res.CancelAt(now)
	}
	return wait
}
