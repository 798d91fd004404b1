package main

import (
	"context"
	"log/slog"
	"os"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/search"
)

// searchOurs searches as the program does.
func searchOurs(ctx context.Context, texts []text, questions []question) (found [][]string, err error) {
	dir, err := os.MkdirTemp("", "bench-search-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a folder of its own
	d, err := db.Open(ctx, db.Options{Dir: dir})
	if err != nil {
		return nil, err
	}
	defer d.Close() //nolint:errcheck // nothing is kept
	if _, err := d.Migrate(ctx, []db.Migrations{search.Migrations}); err != nil {
		return nil, err
	}
	err = d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, t := range texts {
			doc := search.Doc{ID: t.id, Kind: t.kind, Title: t.title, Body: t.body, Keywords: t.keywords, URL: "/" + t.id}
			if err := search.Put(ctx, tx, doc); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	e := search.New(d, clock.System, slog.New(slog.DiscardHandler))
	running, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		e.Run(running)
	}()
	defer func() {
		stop()
		<-done
	}()
	for _, q := range questions {
		res, err := e.Search(ctx, search.Query{Text: q.Text, Limit: at})
		if err != nil {
			return nil, err
		}
		var ids []string
		for _, h := range res.Hits {
			ids = append(ids, h.ID)
		}
		found = append(found, ids)
	}
	return found, nil
}
