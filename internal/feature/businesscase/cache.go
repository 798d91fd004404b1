package businesscase

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"sync"
)

// results keeps what was counted, by all that it was counted from: a model that
// is the same has the same result, and one that changed has another key.
type results struct {
	mu    *sync.Mutex
	by    map[[32]byte]*pending
	order [][32]byte // the oldest first
	turn  chan struct{}
}

type pending struct {
	once   sync.Once
	done   chan struct{}
	result *Result
}

const (
	resultsMost = 256
	// countAtOnce bounds how many processors counting may take.
	countAtOnce = 2
)

func newResults() results {
	return results{mu: new(sync.Mutex), by: map[[32]byte]*pending{}, turn: make(chan struct{}, countAtOnce)}
}

// of counts a model once, however many ask at the same time.
func (c *results) of(ctx context.Context, m *Model) (*Result, error) {
	text, err := json.Marshal(struct {
		Settings Settings
		Cities   []City
		Lines    []Line
	}{m.Settings, m.Cities, m.Lines})
	if err != nil {
		return nil, err
	}
	key := sha256.Sum256(text)
	c.mu.Lock()
	p := c.by[key]
	if p == nil {
		if len(c.order) >= resultsMost {
			delete(c.by, c.order[0])
			c.order = c.order[1:]
		}
		p = &pending{done: make(chan struct{})}
		c.by[key] = p
		c.order = append(c.order, key)
	}
	c.mu.Unlock()
	select {
	case <-p.done:
		return p.result, nil
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-c.turn }()
	p.once.Do(func() {
		p.result = m.Run(Seed, Draws)
		close(p.done)
	})
	return p.result, nil
}

// Count gives the result of a model; nil where there is nothing to count yet.
func (s *Service) Count(ctx context.Context, m *Model) (*Result, error) {
	if len(m.Lines) == 0 || len(m.Cities) == 0 {
		return nil, nil
	}
	return s.results.of(ctx, m)
}
