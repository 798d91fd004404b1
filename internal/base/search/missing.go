package search

import (
	"context"

	"wijkbaak.nl/internal/base/db"
)

// Missing counts the texts of the sources that cannot be found, because their
// row is not there. It is for whoever looks after the program.
func Missing(ctx context.Context, r db.Reader, sources []Source) (int, error) {
	missing := 0
	var ids []string
	look := func() error {
		rows, err := rowsByID(ctx, r, ids)
		missing += len(ids)
		for _, row := range rows {
			if !row.deleted {
				missing--
			}
		}
		ids = ids[:0]
		return err
	}
	for _, source := range sources {
		err := source(ctx, r, func(d Doc) error {
			if ids = append(ids, d.ID); len(ids) < byIDs {
				return nil
			}
			return look()
		})
		if err != nil {
			return missing, err
		}
	}
	return missing, look()
}
