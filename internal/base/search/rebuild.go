package search

import (
	"context"

	"wijkbaak.nl/internal/base/db"
)

// rebuildBatch is how many texts one transaction of a rebuild writes.
const rebuildBatch = 200

// Rebuild makes the table anew from its sources while searches go on: it
// writes every text again and then removes those that no source gave. What a
// room changes meanwhile is newer and stays as it is. Nodes follow by
// themselves.
func Rebuild(ctx context.Context, d *db.DB, sources []Source) error {
	// What changed just before the sources are read may be newer than what
	// they give, by the clock of another node.
	before := now() - overlap.Microseconds()
	var batch []Doc
	flush := func() error {
		err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			for _, doc := range batch {
				if err := put(ctx, tx, doc, before); err != nil {
					return err
				}
			}
			return nil
		})
		batch = batch[:0]
		return err
	}
	for _, source := range sources {
		err := d.Read(ctx, func(ctx context.Context, r db.Reader) error {
			return source(ctx, r, func(doc Doc) error {
				batch = append(batch, doc)
				if len(batch) < rebuildBatch {
					return nil
				}
				return flush()
			})
		})
		if err != nil {
			return err
		}
	}
	if err := flush(); err != nil {
		return err
	}
	for {
		gone := 0
		err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			ids, err := db.All(ctx, tx, db.Value[string], selectStale, before)
			for _, id := range ids {
				if err := Remove(ctx, tx, id); err != nil {
					return err
				}
			}
			gone = len(ids)
			return err
		})
		if err != nil || gone == 0 {
			return err
		}
	}
}
