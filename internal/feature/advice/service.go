package advice

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/search"
)

// Source gives the candidates of one room that may answer a need: those that search
// found, by ID, and those that meet a wish.
type Source func(ctx context.Context, n Need, found map[string]search.Hit) ([]Candidate, error)

// Found is the source of a room of which nothing is known but what search says.
func Found(_ context.Context, _ Need, found map[string]search.Hit) ([]Candidate, error) {
	var list []Candidate
	for id, h := range found {
		list = append(list, Candidate{ID: id, Kind: h.Kind, Title: h.Title, Path: h.URL})
	}
	return list, nil
}

// Finder finds public texts by words.
type Finder interface {
	Search(ctx context.Context, q search.Query) (search.Result, error)
}

// Options are what the engine is made of.
type Options struct {
	Clock   clock.Clock
	Finder  Finder
	Sources map[string]Source // by the kind of text in the search index, which is the room of its candidates
}

// Service asks the rooms and ranks what they give.
type Service struct{ Options }

// New makes the service.
func New(o Options) *Service { return &Service{o} }

// foundMost is how many texts search may bring in.
const foundMost = 60

// Advise gives at most Most answers, the best first.
func (s *Service) Advise(ctx context.Context, n Need) ([]Advice, error) {
	found, top, err := s.search(ctx, n.Words)
	if err != nil {
		return nil, err
	}
	var all []Candidate
	for room, source := range s.Sources {
		list, err := source(ctx, n, found[room])
		if err != nil {
			return nil, fmt.Errorf("ask %s for candidates: %w", room, err)
		}
		for _, c := range list {
			c.Room = room
			if h, ok := found[room][c.ID]; ok {
				c.Hit, c.Found = h, h.Score/top
			}
			all = append(all, c)
		}
	}
	return Rank(n, all, s.Clock.Now()), nil
}

// search gives what it found by kind and id, and the best score.
func (s *Service) search(ctx context.Context, words string) (found map[string]map[string]search.Hit, top float64, err error) {
	if strings.TrimSpace(words) == "" {
		return nil, 0, nil
	}
	q := search.Query{Text: words, Limit: foundMost, Kinds: slices.Sorted(maps.Keys(s.Sources))}
	r, err := s.Finder.Search(ctx, q)
	if err != nil {
		return nil, 0, err
	}
	found = map[string]map[string]search.Hit{}
	for _, h := range r.Hits {
		top = max(top, h.Score)
		if found[h.Kind] == nil {
			found[h.Kind] = map[string]search.Hit{}
		}
		found[h.Kind][h.ID] = h
	}
	return found, top, nil
}
