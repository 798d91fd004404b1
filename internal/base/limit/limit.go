// Package limit counts how often somebody does something, in memory only, so
// that no address is ever kept.
package limit

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"wijkbaak.nl/internal/base/clock"
)

// keysMost bounds the memory: past it everybody starts anew, which is kinder
// than growing without end.
const keysMost = 50_000

// Limit allows each key some acts at once and then one per interval.
type Limit struct {
	clock clock.Clock
	every rate.Limit
	burst int
	mu    sync.Mutex
	keys  map[string]*rate.Limiter
}

// New allows burst acts at once and then one each interval. A factor of 2
// doubles both; 0 lifts the limit.
func New(c clock.Clock, burst int, interval time.Duration, factor float64) *Limit {
	l := &Limit{clock: c, every: rate.Every(interval) * rate.Limit(factor), keys: map[string]*rate.Limiter{}}
	if factor > 0 {
		l.burst = max(1, int(float64(burst)*factor))
	}
	return l
}

// Take counts one act and tells how long to wait instead; 0 means go on.
func (l *Limit) Take(key string) time.Duration {
	if l.burst == 0 {
		return 0
	}
	now := l.clock.Now()
	res := l.of(key).ReserveN(now, 1)
	wait := res.DelayFrom(now)
	if wait > 0 {
		res.CancelAt(now)
	}
	return wait
}

// Wait tells how long to wait before the next act, and counts nothing.
func (l *Limit) Wait(key string) time.Duration {
	if l.burst == 0 {
		return 0
	}
	now, lim := l.clock.Now(), l.of(key)
	res := lim.ReserveN(now, 1)
	defer res.CancelAt(now)
	return res.DelayFrom(now)
}

func (l *Limit) of(key string) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	lim, ok := l.keys[key]
	if !ok {
		if len(l.keys) >= keysMost {
			clear(l.keys)
		}
		lim = rate.NewLimiter(l.every, l.burst)
		l.keys[key] = lim
	}
	return lim
}

// Network is the part of an address that one subscriber holds: the address
// itself for IPv4, the first 64 bits for IPv6.
func Network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil || a.Is4() || a.Is4In6() {
		return address
	}
	p, err := a.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return p.String()
}
