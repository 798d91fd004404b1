package search

import (
	"context"
	"fmt"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
)

// A change that is later than another always has a later changed_at in one
// row; between rows and nodes clocks may differ, which overlap allows for.
const upsertDoc = `
	INSERT INTO search_doc (id, kind, title, body, url, tags, terms, weight, at, changed_at, analysis, deleted)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
	ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, title = excluded.title, body = excluded.body,
		url = excluded.url, tags = excluded.tags, terms = excluded.terms, weight = excluded.weight,
		at = excluded.at, analysis = excluded.analysis, deleted = excluded.deleted,
		changed_at = CASE WHEN excluded.changed_at > search_doc.changed_at THEN excluded.changed_at
			ELSE search_doc.changed_at + 1 END
	WHERE search_doc.changed_at < $13`

const columns = `id, kind, title, body, url, tags, terms, weight, at, changed_at, deleted`

const (
	selectLive = `SELECT id, kind, '', '', '', tags, terms, weight, at, changed_at, deleted
		FROM search_doc WHERE NOT deleted`

	selectChanges = `SELECT id, changed_at, deleted FROM search_doc
		WHERE changed_at > $1 OR (changed_at = $1 AND id > $2) ORDER BY changed_at, id LIMIT 2000`

	selectByID = `SELECT ` + columns + ` FROM search_doc WHERE id IN (
		$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)`

	selectOlder = `SELECT ` + columns + ` FROM search_doc
		WHERE analysis < $1 ORDER BY analysis, id LIMIT 100`

	updateTerms = `UPDATE search_doc SET terms = $1, analysis = $2, changed_at = $3
		WHERE id = $4 AND changed_at = $5`

	selectStale = `SELECT id FROM search_doc WHERE changed_at < $1 AND NOT deleted ORDER BY changed_at, id LIMIT 500`

	deleteGone = `DELETE FROM search_doc WHERE changed_at < $1 AND deleted`
)

// byIDs is how many ids selectByID takes.
const byIDs = 24

// always lets an upsert through whatever is there.
const always = int64(1) << 62

// now is the moment of a change, for nodes to follow; it is no moment of the
// story that is told, so it does not come from the clock of a test.
func now() int64 { return clock.System.Now().UnixMicro() }

// Put makes a text findable, in the transaction that changes its source.
func Put(ctx context.Context, tx *db.Tx, d Doc) error {
	return put(ctx, tx, d, always)
}

// keywordsBegin stands in a row between what is shown and what is not.
const keywordsBegin = "\f"

// put writes a text unless its row is as new as before.
func put(ctx context.Context, tx *db.Tx, d Doc, before int64) error {
	if d.ID == "" || d.Kind == "" {
		return fmt.Errorf("a text to find needs an id and a kind: %q, %q", d.ID, d.Kind)
	}
	if d.Weight == 0 {
		d.Weight = 1
	}
	if d.Keywords != "" {
		d.Body += keywordsBegin + d.Keywords
	}
	return upsert(ctx, tx, d, analyse(d.Title, d.Body), before, false)
}

// Remove makes a text unfindable, in the transaction that changes its source.
// The row stays for a while, empty, so that every node hears of it.
func Remove(ctx context.Context, tx *db.Tx, id string) error {
	return upsert(ctx, tx, Doc{ID: id, Weight: 1}, "", always, true)
}

func upsert(ctx context.Context, tx *db.Tx, d Doc, terms string, before int64, deleted bool) error {
	tags := db.JSON[map[string][]string]{V: d.Tags}
	_, err := tx.Exec(ctx, upsertDoc, d.ID, d.Kind, d.Title, d.Body, d.URL, tags, terms, d.Weight,
		db.At(d.At), now(), analysis, deleted, before)
	if err != nil {
		return err
	}
	tx.AfterCommit(func() { nodes.tell(d.ID) })
	return nil
}

func scanRow(s db.Scanner) (row, error) {
	var r row
	var at db.Time
	err := s.Scan(&r.id, &r.kind, &r.title, &r.body, &r.url, &r.tags, &r.terms, &r.weight, &at, &r.changed, &r.deleted)
	r.at = at.Time
	return r, err
}

// rowsByID reads rows, in no order.
func rowsByID(ctx context.Context, r db.Reader, ids []string) ([]row, error) {
	var all []row
	for len(ids) > 0 {
		n := min(byIDs, len(ids))
		args := make([]any, byIDs)
		for i := range args {
			args[i] = ids[min(i, n-1)]
		}
		rows, err := db.All(ctx, r, scanRow, selectByID, args...)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
		ids = ids[n:]
	}
	return all, nil
}

type change struct {
	id      string
	at      int64
	deleted bool
}

func scanChange(s db.Scanner) (change, error) {
	var c change
	err := s.Scan(&c.id, &c.at, &c.deleted)
	return c, err
}
