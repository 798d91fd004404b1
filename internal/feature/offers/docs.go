package offers

import (
	"context"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/search"
)

// docKind is the kind of this room in the search index.
const docKind = "offer"

func docID(id string) string { return docKind + "/" + id }

// doc is what people can find an offer by.
func doc(r *row, organisation string) search.Doc {
	o := &r.Offer
	words := []string{organisation, o.For, strings.ReplaceAll(strings.Join(o.Themes, ". "), "-", " "), strings.Join(o.Also, ". ")}
	for _, l := range o.Locations {
		words = append(words, l.Name, l.Town)
	}
	if o.Application != nil {
		words = append(words, o.Application.Vendor)
	}
	body := o.Summary
	for _, t := range []string{o.Gives, o.Description} {
		if t != "" {
			body += "\n" + t
		}
	}
	return search.Doc{ID: docID(r.ID), Kind: docKind, Title: o.Name, Body: body, Keywords: strings.Join(words, "\n"),
		URL: Path(r.Slug), Tags: o.tags(), At: r.Checked}
}

// tags are what the search index filters and counts by.
func (o *Offer) tags() map[string][]string {
	tags := map[string][]string{"kind": {o.Kind}}
	add := func(name string, values []string) {
		if len(values) > 0 {
			tags[name] = values
		}
	}
	add("theme", o.Themes)
	add("area", o.Areas)
	add("for", o.Audience)
	add("where", o.Where)
	add("lang", o.Languages)
	if o.Cost.Kind != "" {
		tags["cost"] = []string{o.Cost.Kind}
	}
	access := append([]string{}, o.Accessible...)
	for _, l := range o.Locations {
		access = append(access, l.Access...)
	}
	add("access", unique(access))
	return tags
}

func unique(list []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, v := range list {
		if !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}

// docsAtOnce is how many rows a rebuild reads at a time.
const docsAtOnce = 200

// docs gives all that can be found in this room.
func docs(ctx context.Context, r db.Reader, yield func(search.Doc) error) error {
	after := ""
	for {
		list, err := db.All(ctx, r, scanOffer, selectLive, after, docsAtOnce)
		if err != nil {
			return err
		}
		for k := range list {
			o, err := db.One(ctx, r, scanOrganisation, selectOrganisation, list[k].Organisation)
			if err != nil {
				return err
			}
			if err := yield(doc(&list[k], o.Name)); err != nil {
				return err
			}
			after = list[k].ID
		}
		if len(list) < docsAtOnce {
			return nil
		}
	}
}
