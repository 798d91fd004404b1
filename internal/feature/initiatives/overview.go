package initiatives

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"wijkbaak.nl/internal/base/db"
)

// overview is what changes only when the overview itself does: how many there are
// of each term, and the barriers with those that met them. It is read again when
// the revision in the database has moved.
type overview struct {
	revision int64
	counts   map[string]int            // by term
	facets   map[string]map[string]int // by name and value
	places   []Spot                    // municipalities by name
	barriers []Entry
	choices  sync.Map // language → the fields of a filter in which nothing is chosen
}

// Spot is a municipality and how many initiatives it has.
type Spot struct {
	Name string
	N    int
}

// pairsMost bounds what is read to show some initiatives with each barrier.
const pairsMost = 20_000

// someOf is how many initiatives stand with a barrier in the list of all.
const someOf = 4

func (s *Service) overview(ctx context.Context) (*overview, error) {
	revision, err := db.One(ctx, s.db, db.Value[int64], selectRevision)
	if err != nil {
		return nil, err
	}
	if o := s.seen.Load(); o != nil && o.revision == revision {
		return o, nil
	}
	o := &overview{}
	err = s.db.Read(ctx, func(ctx context.Context, r db.Reader) error { return o.read(ctx, r) })
	if err != nil {
		return nil, err
	}
	s.seen.Store(o)
	return o, nil
}

func (o *overview) read(ctx context.Context, r db.Reader) (err error) {
	if o.revision, err = db.One(ctx, r, db.Value[int64], selectRevision); err != nil {
		return err
	}
	o.counts, o.facets = map[string]int{}, map[string]map[string]int{}
	type counted struct {
		term
		n int
	}
	terms, err := db.All(ctx, r, func(s db.Scanner) (c counted, err error) {
		err = s.Scan(&c.term.term, &c.label, &c.n)
		return
	}, selectTerms)
	if err != nil {
		return err
	}
	for _, t := range terms {
		name, value, _ := strings.Cut(t.term.term, "=")
		o.counts[t.term.term] = t.n
		if o.facets[name] == nil {
			o.facets[name] = map[string]int{}
		}
		o.facets[name][value] = t.n
		if name == "place" && t.label != "" {
			o.places = append(o.places, Spot{t.label, t.n})
		}
	}
	slices.SortFunc(o.places, func(a, b Spot) int { return cmp.Compare(placeKey(a.Name), placeKey(b.Name)) })
	if o.barriers, err = db.All(ctx, r, scanEntry, selectBarriers, "", pairsMost); err != nil {
		return err
	}
	where := map[string]*Entry{}
	for k := range o.barriers {
		where[o.barriers[k].Slug] = &o.barriers[k]
	}
	type pair struct {
		barrier string
		Link
	}
	pairs, err := db.All(ctx, r, func(s db.Scanner) (p pair, err error) {
		err = s.Scan(&p.barrier, &p.Slug, &p.Name)
		return
	}, selectPairs, pairsMost)
	for _, p := range pairs {
		if e := where[p.barrier]; e != nil && len(e.Some) < someOf {
			p.URL = address(p.Slug)
			e.Some = append(e.Some, p.Link)
		}
	}
	return err
}

// walk is how a filter is read: along one term, looking up the others.
type walk struct {
	term, sort string
	others     []string
}

// walk begins with the rarest term, so that as little as can be is looked at. It
// tells false when nothing can be found.
func (o *overview) walk(f Filter) (walk, bool) {
	terms := f.terms()
	slices.SortFunc(terms, func(a, b string) int { return cmp.Compare(o.counts[a], o.counts[b]) })
	w := walk{terms[0], f.Sort, terms[1:]}
	if !slices.Contains(Sorts, w.sort) {
		w.sort = Sorts[0]
	}
	return w, o.counts[w.term] > 0
}

// of gives the query for this many terms, and its arguments to go on from key.
func (w walk) of(texts [othersMost + 1]string, key string, limit int) (string, []any) {
	args := []any{w.term, w.sort, key, limit}
	for _, t := range w.others {
		args = append(args, t)
	}
	return texts[len(w.others)], args
}

// spotsMost bounds what is read for a map.
const spotsMost = 50_000

// Spots tells where the initiatives of a filter are.
func (s *Service) Spots(ctx context.Context, f Filter) ([]Spot, error) {
	o, err := s.overview(ctx)
	if err != nil {
		return nil, err
	}
	if !f.Narrowed() {
		return o.places, nil
	}
	var names []string
	if f.Words != "" {
		l, err := s.List(ctx, Page{Filter: f, Limit: limitMost})
		if err != nil {
			return nil, err
		}
		for _, c := range l.Cards {
			names = append(names, c.Places...)
		}
	} else if w, found := o.walk(f); found {
		query, args := w.of(selectSpots, "", spotsMost)
		if names, err = db.All(ctx, s.db, db.Value[string], query, args...); err != nil {
			return nil, err
		}
	}
	count := map[string]int{}
	for _, n := range names {
		count[n]++
	}
	spots := make([]Spot, 0, len(count))
	for n, c := range count {
		spots = append(spots, Spot{n, c})
	}
	slices.SortFunc(spots, func(a, b Spot) int { return cmp.Compare(placeKey(a.Name), placeKey(b.Name)) })
	return spots, nil
}

// categoryKeys are the bounds of the keys of one category.
func categoryKeys(k int) (low, high string) {
	return fmt.Sprintf("%02d ", k), fmt.Sprintf("%02d!", k)
}

// Revision is a number that changes with the overview and with nothing else.
func (s *Service) Revision(ctx context.Context, r db.Reader) (int64, error) {
	return db.One(ctx, r, db.Value[int64], selectRevision)
}
