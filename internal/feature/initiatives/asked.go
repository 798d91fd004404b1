package initiatives

import (
	"context"
	"slices"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

// Facts gives an initiative that the actor may see, for another room.
func (s *Service) Facts(ctx context.Context, r db.Reader, slug string) (Initiative, error) {
	i, err := read(ctx, r, slug)
	if err == nil && i.Draft && s.MayEdit(ctx, r, slug) != nil {
		return Initiative{}, fault.NotFound()
	}
	return i, err
}

// Cards gives what lists show of initiatives, by slug; drafts are among them for
// who may edit them.
func (s *Service) Cards(ctx context.Context, r db.Reader, slugs []string) (map[string]Card, error) {
	cards, err := s.some(ctx, r, slugs)
	if err != nil {
		return nil, err
	}
	out := make(map[string]Card, len(slugs))
	for _, c := range cards {
		out[c.Slug] = c
	}
	a := access.Of(ctx)
	for _, slug := range slugs {
		if _, ok := out[slug]; ok || !program(a) && !a.Has(access.Lead, access.Editor) {
			continue
		}
		i, err := s.Facts(ctx, r, slug)
		if err == nil {
			out[slug] = Card{Slug: slug, Name: i.Name, Kind: i.Kind, Themes: i.Themes}
		} else if fault.KindOf(err) != fault.KindNotFound {
			return nil, err
		}
	}
	return out, nil
}

// Way is a published case that met a barrier, and what it says of it.
type Way struct {
	Card
	Note string
}

// Ways gives the cases that met a barrier and say something about it.
func (s *Service) Ways(ctx context.Context, r db.Reader, barrier string) ([]Way, error) {
	list, err := db.All(ctx, r, func(s db.Scanner) (w Way, err error) {
		var card, key string
		err = s.Scan(&card, &key, &w.Note)
		w.Card = cardOf(card)
		return
	}, selectMetBy, barrier, "", metMost)
	return slices.DeleteFunc(list, func(w Way) bool { return w.Note == "" }), err
}

// Catalogue gives all barriers, by category and name.
func (s *Service) Catalogue(ctx context.Context, r db.Reader) ([]Barrier, error) {
	var all []Barrier
	for after := ""; ; {
		list, err := db.All(ctx, r, scanEntry, selectBarriers, after, limitMost)
		for _, e := range list {
			all, after = append(all, e.Barrier), e.key
		}
		if err != nil || len(list) < limitMost {
			return all, err
		}
	}
}
