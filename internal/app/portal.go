package app

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"wijkbaak.nl/internal/base/clock"
)

// portal knows what the website is called without a query for each page. What
// is saved here counts at the next page; what another node saved, within
// portalAge.
type portal struct {
	read  func(ctx context.Context) (string, error)
	clock clock.Clock

	saves atomic.Uint64
	known atomic.Pointer[portalName]
	mu    sync.Mutex // who holds it reads
}

type portalName struct {
	name  string
	saves uint64 // how many saves there had been when it was read
	until time.Time
}

const (
	portalAge   = 30 * time.Second
	portalRetry = 5 * time.Second // while the database does not answer
	portalWait  = 2 * time.Second
)

// newPortal begins with a name for as long as nothing can be read.
func newPortal(c clock.Clock, name string, read func(context.Context) (string, error)) *portal {
	p := &portal{read: read, clock: c}
	p.saves.Store(1)
	p.known.Store(&portalName{name: name})
	return p
}

// saved tells that the name may be another.
func (p *portal) saved() { p.saves.Add(1) }

// name gives the name. Only who comes first after a save or after portalAge
// reads it; after a save the others wait for that, else they take the old one.
func (p *portal) name(ctx context.Context) string {
	k := p.known.Load()
	if k.saves == p.saves.Load() {
		if p.clock.Now().Before(k.until) || !p.mu.TryLock() {
			return k.name
		}
	} else {
		p.mu.Lock()
	}
	defer p.mu.Unlock()
	saves, now := p.saves.Load(), p.clock.Now()
	if k = p.known.Load(); k.saves == saves && now.Before(k.until) {
		return k.name
	}
	// It is read for everybody: that one visitor goes away must not end it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), portalWait)
	defer cancel()
	next := portalName{saves: saves, until: now.Add(portalAge)}
	var err error
	if next.name, err = p.read(ctx); err != nil {
		next.name, next.until = k.name, now.Add(portalRetry)
	}
	p.known.Store(&next)
	return next.name
}
