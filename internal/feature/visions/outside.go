package visions

import (
	"context"
	"slices"
	"time"

	"wijkbaak.nl/internal/base/db"
)

// What other rooms ask of this one.

// Due is something with a day.
type Due struct {
	At                time.Time
	Title, Path, Kind string
}

// Due gives the terms that close from one moment up to another, of the visions
// that the actor sees.
func (s *Service) Due(ctx context.Context, r db.Reader, from, to time.Time) ([]Due, error) {
	own, err := s.own(ctx, r)
	if err != nil {
		return nil, err
	}
	open, err := s.openNow(ctx, r)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var list []Due
	for _, v := range append(own, open...) {
		if v.TermUntil == "" || v.TermUntil < DayOf(from) || v.TermUntil >= DayOf(to) || seen[v.ID] {
			continue
		}
		seen[v.ID] = true
		list = append(list, Due{v.TermUntil.noon(), v.Title, Path(v.ID), Name})
	}
	slices.SortStableFunc(list, func(a, b Due) int { return a.At.Compare(b.At) })
	return list, nil
}

func (s *Service) openNow(ctx context.Context, r db.Reader) ([]Vision, error) {
	today := string(s.today())
	return db.All(ctx, r, scanVision, listOpen, today, today, openMost)
}

// Opened is a vision to which everybody can respond.
type Opened struct {
	Title, Path, Owner string
	Until              time.Time
}

// Open gives the visions to which everybody can respond now, the first to close
// first; at most forty.
func (s *Service) Open(ctx context.Context, r db.Reader) ([]Opened, error) {
	list, err := s.openNow(ctx, r)
	out := make([]Opened, len(list))
	for k, v := range list {
		out[k] = Opened{v.Title, Path(v.ID), v.OwnerName, v.TermUntil.noon()}
	}
	return out, err
}

// OfCoalition gives the visions of a coalition that the actor may see, the newest
// first.
func (s *Service) OfCoalition(ctx context.Context, r db.Reader, coalition string) ([]Link, error) {
	if coalition == "" {
		return nil, nil
	}
	may, err := s.rights(ctx, r, Vision{Coalition: coalition})
	if err != nil {
		return nil, err
	}
	all, err := db.All(ctx, r, scanVision, ofCoalition, coalition, last, listMost)
	if err != nil {
		return nil, err
	}
	today := s.today()
	var list []Link
	for _, v := range all {
		if may.Reads || v.Stage == Published || v.TermPublic && v.TermFrom <= today && today <= v.TermUntil {
			list = append(list, Link{v.ID, v.Title, Path(v.ID)})
		}
	}
	return list, nil
}
