package search

import (
	"context"
	"slices"
	"sync"
	"time"

	"wijkbaak.nl/internal/base/db"
)

// nodes are the engines of this process. Put and Remove are plain functions,
// so that a room needs no engine; this is how an engine hears of a change at
// once. What it misses it finds in the table.
var nodes engines

type engines struct {
	mu  sync.Mutex
	all []*Engine
}

func (n *engines) tell(id string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, e := range n.all {
		e.hear(id)
	}
}

func (n *engines) join(e *Engine) (leave func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all = append(n.all, e)
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.all = slices.DeleteFunc(n.all, func(o *Engine) bool { return o == e })
	}
}

func (e *Engine) hear(id string) {
	e.waiting.Lock()
	e.waiting.ids = append(e.waiting.ids, id)
	e.waiting.Unlock()
	select {
	case e.told <- struct{}{}:
	default:
	}
}

func (e *Engine) heard() []string {
	e.waiting.Lock()
	defer e.waiting.Unlock()
	ids := e.waiting.ids
	e.waiting.ids = nil
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Run loads the index and follows the table until ctx ends. While the database
// is away it keeps trying, and State tells why.
func (e *Engine) Run(ctx context.Context) {
	defer nodes.join(e)()
	for !e.tried(ctx, e.load(ctx)) {
		if !pause(ctx, look) {
			return
		}
	}
	close(e.ready)
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-e.told:
			e.tried(ctx, e.take(ctx, e.heard()))
		case <-ticker.C:
			e.tried(ctx, e.follow(ctx))
		}
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// tried keeps how it went, for State and the log.
func (e *Engine) tried(ctx context.Context, err error) bool {
	if ctx.Err() != nil {
		return false
	}
	e.mu.Lock()
	before := e.failed
	e.failed = err
	e.mu.Unlock()
	switch {
	case err != nil && before == nil:
		e.log.ErrorContext(ctx, "the search index cannot follow the data", "err", err)
	case err == nil && before != nil:
		e.log.InfoContext(ctx, "the search index follows the data again")
	}
	return err == nil
}

// load makes the index anew and puts it in the place of the old one.
func (e *Engine) load(ctx context.Context) error {
	start := time.Now()
	asOf := e.clock.Now()
	x := newIndex()
	cursor := int64(0)
	err := e.db.Read(ctx, func(ctx context.Context, r db.Reader) error {
		rows, err := r.Query(ctx, selectLive)
		if err != nil {
			return err
		}
		defer rows.Close() //nolint:errcheck // rows.Err tells
		for rows.Next() {
			row, err := scanRow(rows)
			if err != nil {
				return err
			}
			x.put(row)
			cursor = max(cursor, row.changed)
		}
		return rows.Err()
	})
	if err != nil {
		return err
	}
	x.pack()
	e.mu.Lock()
	e.index, e.seen = x, asOf
	e.mu.Unlock()
	e.cursor, e.version = cursor, ""
	e.log.InfoContext(ctx, "search index loaded", "texts", x.live(), "terms", x.voc.size(), "took", time.Since(start))
	return nil
}

// follow takes over what has changed since the last look.
func (e *Engine) follow(ctx context.Context) error {
	asOf := e.clock.Now()
	if asOf.Sub(e.seen) > keepGone/2 {
		return e.load(ctx)
	}
	version, err := e.db.Version(ctx)
	if err != nil {
		return err
	}
	if version != e.version {
		if err := e.renew(ctx); err != nil {
			return err
		}
		if err := e.changes(ctx); err != nil {
			return err
		}
		e.version = version
	}
	e.mu.Lock()
	e.seen = asOf
	e.mu.Unlock()
	return nil
}

// changes reads what has changed since shortly before the cursor.
func (e *Engine) changes(ctx context.Context) error {
	at, id := e.cursor-overlap.Microseconds(), ""
	for {
		list, err := db.All(ctx, e.db, scanChange, selectChanges, at, id)
		if err != nil {
			return err
		}
		var ids []string
		for _, c := range list {
			if e.isNew(c) {
				ids = append(ids, c.id)
			}
			at, id = c.at, c.id
		}
		if err := e.take(ctx, ids); err != nil {
			return err
		}
		e.cursor = max(e.cursor, at)
		if len(list) == 0 {
			return nil
		}
	}
}

// isNew needs no lock: only Run, which calls it, changes the index.
func (e *Engine) isNew(c change) bool {
	n, ok := e.index.byID[c.id]
	if !ok {
		return !c.deleted
	}
	return e.index.docs[n].changed < c.at
}

// take reads rows and puts them in the index.
func (e *Engine) take(ctx context.Context, ids []string) error {
	for part := range slices.Chunk(ids, byIDs) {
		rows, err := rowsByID(ctx, e.db, part)
		if err != nil {
			return err
		}
		e.mu.Lock()
		for _, r := range rows {
			e.index.put(r)
		}
		if e.index.full() {
			e.index.pack()
		}
		e.mu.Unlock()
	}
	return nil
}

// renew makes the terms anew of rows that an older program analysed.
func (e *Engine) renew(ctx context.Context) error {
	for {
		rows, err := db.All(ctx, e.db, scanRow, selectOlder, analysis)
		if err != nil || len(rows) == 0 {
			return err
		}
		err = e.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			for _, r := range rows {
				terms := ""
				if !r.deleted {
					terms = analyse(r.title, r.body)
				}
				if _, err := tx.Exec(ctx, updateTerms, terms, analysis, max(now(), r.changed+1), r.id, r.changed); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

// Purge lets go of rows that were removed long ago. It belongs in a nightly job.
func Purge(ctx context.Context, d *db.DB) error {
	return d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, deleteGone, now()-keepGone.Microseconds())
		return err
	})
}
