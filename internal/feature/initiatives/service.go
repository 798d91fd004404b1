package initiatives

import (
	"context"
	"slices"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/search"
)

// Detail is an initiative with what its page shows beside it.
type Detail struct {
	Initiative
	Obstacles []Obstacle
	Near      []Card // related ones
	Updated   time.Time
}

// Obstacle is a barrier that an initiative met, and what helps against it.
type Obstacle struct {
	Met
	Name, Category string
	Helps          []Factor // name and description only
}

// Link leads to the page of an initiative.
type Link struct{ Slug, Name, URL string }

func address(slug string) string { return "/initiatieven/" + slug }

func barrierAddress(slug string) string { return "/belemmeringen/" + slug }

// Page is the part of a list that is asked for.
type Page struct {
	Filter
	After, Before string // keys; one of them or none
	Limit         int
}

// Listing is a part of a list.
type Listing struct {
	Cards          []Card
	Previous, Next string // keys to go on from; empty when there is no more
	Total          int
	Corrected      string                    // the words as they were understood
	Facets         map[string]map[string]int // counts by filter and value
	seen           *overview
}

// limitMost bounds one part of a list.
const limitMost = 100

// List gives a part of the list.
func (s *Service) List(ctx context.Context, p Page) (Listing, error) {
	if p.Limit <= 0 || p.Limit > limitMost {
		p.Limit = 20
	}
	if p.Words != "" {
		return s.find(ctx, p)
	}
	o, err := s.overview(ctx)
	if err != nil {
		return Listing{}, err
	}
	l := Listing{Facets: o.facets, seen: o}
	w, found := o.walk(p.Filter)
	if !found {
		return l, nil
	}
	if p.Before != "" {
		err = s.before(ctx, &l, w, p)
	} else {
		err = s.after(ctx, &l, w, p)
	}
	if err != nil {
		return l, err
	}
	if len(w.others) == 0 {
		l.Total = o.counts[w.term]
		return l, nil
	}
	query, args := w.of(countList, "", 1)
	l.Total, err = db.One(ctx, s.db, db.Value[int], query, args...)
	return l, err
}

func (s *Service) after(ctx context.Context, l *Listing, w walk, p Page) (err error) {
	query, args := w.of(selectAfter, p.After, p.Limit+1)
	l.Cards, err = db.All(ctx, s.db, scanCard, query, args...)
	if len(l.Cards) > p.Limit {
		l.Cards = l.Cards[:p.Limit]
		l.Next = l.Cards[p.Limit-1].key
	}
	if p.After != "" && len(l.Cards) > 0 {
		l.Previous = l.Cards[0].key
	}
	return err
}

func (s *Service) before(ctx context.Context, l *Listing, w walk, p Page) (err error) {
	query, args := w.of(selectBefore, p.Before, p.Limit+1)
	l.Cards, err = db.All(ctx, s.db, scanCard, query, args...)
	more := len(l.Cards) > p.Limit
	l.Cards = l.Cards[:min(p.Limit, len(l.Cards))]
	slices.Reverse(l.Cards)
	if len(l.Cards) > 0 {
		l.Next = l.Cards[len(l.Cards)-1].key
		if more {
			l.Previous = l.Cards[0].key
		}
	}
	return err
}

// find gives the best matches of a search; they have no further pages.
func (s *Service) find(ctx context.Context, p Page) (Listing, error) {
	res, err := s.search.Search(ctx, search.Query{Text: p.Words, Kinds: []string{docKind}, Tags: p.tags(), Limit: p.Limit})
	if err != nil {
		return Listing{}, err
	}
	l := Listing{Total: res.Total, Corrected: res.Corrected, Facets: res.Facets}
	slugs := make([]string, len(res.Hits))
	for k, h := range res.Hits {
		slugs[k] = strings.TrimPrefix(h.ID, docID(""))
	}
	cards, err := s.some(ctx, s.db, slugs)
	if err != nil {
		return l, err
	}
	for k := range cards {
		cards[k].Found = &res.Hits[slices.Index(slugs, cards[k].Slug)]
	}
	l.Cards = cards
	return l, nil
}

// some reads cards in the order of the slugs; those that are not there are left out.
func (s *Service) some(ctx context.Context, r db.Reader, slugs []string) ([]Card, error) {
	var cards []Card
	for part := range slices.Chunk(slugs, someMost) {
		args := make([]any, someMost)
		for k := range args {
			args[k] = ""
			if k < len(part) {
				args[k] = part[k]
			}
		}
		list, err := db.All(ctx, r, scanCard, selectSome, args...)
		if err != nil {
			return nil, err
		}
		for _, slug := range part {
			if k := slices.IndexFunc(list, func(c Card) bool { return c.Slug == slug }); k >= 0 {
				cards = append(cards, list[k])
			}
		}
	}
	return cards, nil
}

// Exists tells whether there is an initiative with this slug.
func (s *Service) Exists(ctx context.Context, r db.Reader, slug string) (bool, error) {
	n, err := db.One(ctx, r, db.Value[int], selectExists, slug)
	return n > 0, err
}

// Get gives one initiative with all that its page shows.
func (s *Service) Get(ctx context.Context, slug string) (d Detail, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, r db.Reader) error {
		if d, err = db.One(ctx, r, scanInitiative, selectInitiative, slug); err != nil {
			return err
		}
		if d.Draft {
			if err := s.MayEdit(ctx, r, slug); err != nil {
				return fault.NotFound()
			}
		}
		if err := children(ctx, r, &d); err != nil {
			return err
		}
		if err := helps(ctx, r, &d); err != nil {
			return err
		}
		near, err := db.All(ctx, r, scanCard, selectRelated, slug)
		for _, c := range near {
			if len(d.Near) == 0 || d.Near[len(d.Near)-1].Slug != c.Slug { // both may name each other
				d.Near = append(d.Near, c)
				d.Related = append(d.Related, c.Slug)
			}
		}
		return err
	})
	return d, err
}

func helps(ctx context.Context, r db.Reader, d *Detail) error {
	type help struct {
		barrier string
		Factor
	}
	list, err := db.All(ctx, r, func(s db.Scanner) (h help, err error) {
		err = s.Scan(&h.barrier, &h.Slug, &h.Name, &h.Description)
		return
	}, selectHelps, d.Slug)
	for _, h := range list {
		for k := range d.Obstacles {
			o := &d.Obstacles[k]
			if o.Barrier == h.barrier && !slices.ContainsFunc(o.Helps, func(f Factor) bool { return f.Slug == h.Slug }) {
				o.Helps = append(o.Helps, h.Factor)
			}
		}
	}
	return err
}

// compareMost is how many initiatives stand side by side at most.
const compareMost = 4

// Compare gives two to four initiatives in the order asked for; those that are not
// there are left out.
func (s *Service) Compare(ctx context.Context, slugs []string) ([]Detail, error) {
	var list []Detail
	err := s.db.Read(ctx, func(ctx context.Context, r db.Reader) error {
		list = list[:0]
		cards, err := s.some(ctx, r, slugs[:min(len(slugs), compareMost)])
		for _, c := range cards {
			d, err := db.One(ctx, r, scanInitiative, selectInitiative, c.Slug)
			if err != nil {
				return err
			}
			if err := children(ctx, r, &d); err != nil {
				return err
			}
			list = append(list, d)
		}
		return err
	})
	return list, err
}

// exportMost bounds a download.
const exportMost = 10_000

// All gives the whole list of a filter, for a download.
func (s *Service) All(ctx context.Context, f Filter) ([]Card, error) {
	var cards []Card
	p := Page{Filter: f, Limit: limitMost}
	for {
		l, err := s.List(ctx, p)
		if err != nil {
			return nil, err
		}
		cards = append(cards, l.Cards...)
		if l.Next == "" || len(cards) >= exportMost {
			return cards, nil
		}
		p.After = l.Next
	}
}

// Latest gives what changed last, for the feed.
func (s *Service) Latest(ctx context.Context) ([]Card, error) {
	return db.All(ctx, s.db, scanCard, selectUpdated, 30)
}

// Barriers gives all barriers by category, each with the first that met it.
func (s *Service) Barriers(ctx context.Context) ([]Entry, error) {
	o, err := s.overview(ctx)
	if err != nil {
		return nil, err
	}
	return o.barriers, nil
}

// BarrierPage gives a part of the list of barriers, of one category or of all, and
// the key to go on from.
func (s *Service) BarrierPage(ctx context.Context, category, after string, limit int) ([]Entry, string, error) {
	if limit <= 0 || limit > limitMost {
		limit = 20
	}
	var list []Entry
	var err error
	if k := slices.Index(Categories, category); k >= 0 {
		low, high := categoryKeys(k)
		list, err = db.All(ctx, s.db, scanEntry, selectBarriersIn, max(low, after), high, limit+1)
	} else {
		list, err = db.All(ctx, s.db, scanEntry, selectBarriers, after, limit+1)
	}
	if len(list) > limit {
		return list[:limit], list[limit-1].key, err
	}
	return list, "", err
}

// BarrierDetail is a barrier with who met it and what helps against it.
type BarrierDetail struct {
	Entry
	MetBy []MetBy
	Helps []Factor
}

// MetBy is an initiative that met a barrier, and how.
type MetBy struct {
	Card
	Note string
}

// metMost bounds the list on the page of a barrier.
const metMost = 200

// Barrier gives one barrier.
func (s *Service) Barrier(ctx context.Context, slug string) (b BarrierDetail, err error) {
	err = s.db.Read(ctx, func(ctx context.Context, r db.Reader) error {
		if b.Entry, err = db.One(ctx, r, scanEntry, selectBarrier, slug); err != nil {
			return err
		}
		if b.MetBy, err = db.All(ctx, r, func(s db.Scanner) (m MetBy, err error) {
			var card, key string
			err = s.Scan(&card, &key, &m.Note)
			m.Card = cardOf(card)
			return
		}, selectMetBy, slug, "", metMost); err != nil {
			return err
		}
		b.Helps, err = db.All(ctx, r, scanFactor, selectFactors, slug)
		return err
	})
	return b, err
}

// Models gives the published phase models.
func (s *Service) Models(ctx context.Context) ([]PhaseModel, error) {
	return db.All(ctx, s.db, scanModel, selectModels)
}
