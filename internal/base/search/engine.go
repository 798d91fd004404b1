package search

import (
	"context"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/search/dutch"
)

const (
	// overlap is how far back each look goes: a transaction may commit after
	// one that took its moment later, and the clocks of nodes differ.
	overlap = 10 * time.Second
	// look is how often the table is looked at for changes by other nodes.
	look = time.Second
	// keepGone is how long a removed row stays for other nodes to see. A node
	// that has seen nothing for half as long loads anew.
	keepGone = 24 * time.Hour
)

// Engine searches. It has the index of one node.
type Engine struct {
	db    *db.DB
	clock clock.Clock
	log   *slog.Logger
	ready chan struct{}
	told  chan struct{} // something is in wait
	free  chan *tally   // one for each search that may run at once

	mu     sync.RWMutex // of what follows
	index  *index
	seen   time.Time // when the table was last followed to its end
	failed error     // why the last look failed

	waiting struct {
		sync.Mutex
		ids []string
	}
	cursor  int64  // the latest change that was seen; of Run alone
	version string // of the database, when the table was last looked at
}

// New makes an engine; Run lets it begin.
func New(d *db.DB, c clock.Clock, log *slog.Logger) *Engine {
	e := &Engine{db: d, clock: c, log: log, ready: make(chan struct{}), told: make(chan struct{}, 1), index: newIndex()}
	// More at once would only take turns, and make each other late; but who
	// waits for another machine takes no turn.
	n := runtime.GOMAXPROCS(0)
	if d.Engine() == db.Postgres {
		n *= 4
	}
	e.free = make(chan *tally, n)
	for range cap(e.free) {
		e.free <- &tally{}
	}
	return e
}

// State is how the engine is.
type State struct {
	Ready  bool
	Texts  int
	Terms  int
	Memory int       // bytes, about
	Seen   time.Time // up to when it knows of changes
	Err    error     // why it cannot follow them, if so
}

// State tells how the engine is, for the health page.
func (e *Engine) State() State {
	s := State{}
	select {
	case <-e.ready:
		s.Ready = true
	default:
	}
	e.mu.RLock()
	defer e.mu.RUnlock()
	s.Texts, s.Terms, s.Memory = e.index.live(), e.index.voc.size(), e.index.bytes()
	s.Seen, s.Err = e.seen, e.failed
	return s
}

// Search answers a query. Until the index is loaded it waits, for as long as
// ctx lets it.
func (e *Engine) Search(ctx context.Context, q Query) (Result, error) {
	select {
	case <-e.ready:
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
	var t *tally
	select {
	case t = <-e.free:
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
	defer func() { e.free <- t }()
	limit := q.Limit
	if limit <= 0 {
		limit = 20
	}
	limit = min(limit, maxHits)

	// A few more than asked for, in the place of those that are gone.
	best, total, facets, reader := e.candidates(q, limit+limit/4+1, t)
	res := Result{Total: total, Facets: facets}
	for len(best) > 0 && len(res.Hits) < limit {
		n := min(len(best), limit-len(res.Hits))
		hits, err := e.show(ctx, q, reader, best[:n])
		if err != nil {
			return Result{}, err
		}
		res.Total -= n - len(hits)
		res.Hits = append(res.Hits, hits...)
		best = best[n:]
	}
	res.Corrected = corrected(bound(q.Text), res.Hits)
	return res, nil
}

type candidate struct {
	id    string
	score float32
}

func (e *Engine) candidates(q Query, want int, t *tally) ([]candidate, int, map[string]map[string]int, reader) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	x := e.index
	asked := x.ask(q.Text, q.Typing)
	top, total, facets := x.score(asked, x.choose(q), want, t)
	best := make([]candidate, len(top))
	for i, f := range top {
		best[i] = candidate{x.docs[f.doc].id, f.score}
	}
	return best, total, facets, x.reader(asked)
}

// show reads the rows of candidates and leaves out what is gone, no longer
// fits the question, or no longer falls within the choice.
func (e *Engine) show(ctx context.Context, q Query, r reader, best []candidate) ([]Hit, error) {
	ids := make([]string, len(best))
	for i, c := range best {
		ids[i] = c.id
	}
	rows, err := rowsByID(ctx, e.db, ids)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*row, len(rows))
	for i := range rows {
		byID[rows[i].id] = &rows[i]
	}
	var hits []Hit
	for _, c := range best {
		row := byID[c.id]
		if row == nil || row.deleted {
			continue
		}
		h, err := r.hit(row, c.score)
		if err != nil {
			return nil, err
		}
		if len(h.Why) > 0 && q.allows(h) {
			hits = append(hits, h)
		}
	}
	return hits, nil
}

// allows tells whether a text as it is now is within the choice.
func (q Query) allows(h Hit) bool {
	if len(q.Kinds) > 0 && !slices.Contains(q.Kinds, h.Kind) {
		return false
	}
	for name, values := range q.Tags {
		if len(values) > 0 && !slices.ContainsFunc(h.Tags[name], func(v string) bool { return slices.Contains(values, v) }) {
			return false
		}
	}
	return true
}

// corrected gives the question with the mistyped words as the best hit has them.
func corrected(text string, hits []Hit) string {
	if len(hits) == 0 {
		return ""
	}
	right := text
	for _, m := range hits[0].Matched {
		// The word may stand in a compound; that is not what was meant.
		if m.How == BySpelling && dutch.Distance(dutch.Fold(m.Asked), dutch.Fold(m.Found), 2) <= 2 {
			right = strings.Replace(right, m.Asked, strings.ToLower(m.Found), 1)
		}
	}
	if right == text {
		return ""
	}
	return right
}
