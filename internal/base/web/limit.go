package web

import (
	"net/http"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/limit"
)

// What one address may do. A library or care home shares one address among many
// people, so the limits are wide; a room sets narrower ones on what it protects.
const (
	readsAtOnce  = 300
	readEvery    = time.Second / 30
	writesAtOnce = 40
	writeEvery   = time.Second
)

// limits counts requests per network, in memory only.
type limits struct{ reads, writes *limit.Limit }

func newLimits(factor float64, c clock.Clock) *limits {
	return &limits{limit.New(c, readsAtOnce, readEvery, factor), limit.New(c, writesAtOnce, writeEvery, factor)}
}

// take tells how long to wait; 0 means go on.
func (l *limits) take(address, method string) time.Duration {
	if method == http.MethodGet || method == http.MethodHead {
		return l.reads.Take(address)
	}
	return l.writes.Take(address)
}
