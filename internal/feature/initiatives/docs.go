package initiatives

import (
	"context"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/search"
)

// The kinds of this room in the search index.
const (
	docKind        = "initiative"
	barrierDocKind = "barrier"
)

func docID(slug string) string { return docKind + "/" + slug }

// doc is what people can find an initiative by.
func doc(i Initiative, at time.Time) search.Doc {
	parts := []string{strings.ReplaceAll(strings.Join(i.Themes, ". "), "-", " "), strings.Join(i.TargetGroups, ". "), i.Region}
	for _, m := range i.Municipalities {
		parts = append(parts, m.Name)
	}
	for _, f := range i.Former {
		parts = append(parts, f.Name)
	}
	for _, p := range i.Parties {
		parts = append(parts, p.Name)
	}
	for _, e := range i.Evidence {
		parts = append(parts, e.Metric)
	}
	return search.Doc{ID: docID(i.Slug), Kind: docKind, Title: i.Name, Body: i.Summary, Keywords: strings.Join(parts, "\n"),
		URL: address(i.Slug), Tags: i.tags(), At: at}
}

func barrierDoc(b Barrier, at time.Time) search.Doc {
	return search.Doc{ID: barrierDocKind + "/" + b.Slug, Kind: barrierDocKind, Title: b.Name, Body: b.Description,
		URL: barrierAddress(b.Slug), Tags: map[string][]string{"category": {b.Category}}, At: at}
}

// docsAtOnce is how many rows a rebuild reads at a time.
const docsAtOnce = 200

// docs gives all that can be found in this room.
func docs(ctx context.Context, r db.Reader, yield func(search.Doc) error) error {
	after := ""
	for {
		list, err := db.All(ctx, r, scanInitiative, selectAll, after, docsAtOnce)
		if err != nil {
			return err
		}
		for k := range list {
			d := &list[k]
			if err := children(ctx, r, d); err != nil {
				return err
			}
			if err := yield(doc(d.Initiative, d.Updated)); err != nil {
				return err
			}
			after = d.Slug
		}
		if len(list) < docsAtOnce {
			break
		}
	}
	barriers, err := db.All(ctx, r, scanEntry, selectBarriers, "", pairsMost)
	for _, b := range barriers {
		if err := yield(barrierDoc(b.Barrier, time.Time{})); err != nil {
			return err
		}
	}
	return err
}
