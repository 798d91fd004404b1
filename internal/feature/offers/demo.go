package offers

import (
	"context"
	"errors"
	"io/fs"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/trust/access"
)

// demo takes in the entries of an invented district.
func (s *Service) demo(ctx context.Context) error {
	names, err := fs.Glob(demo, "demo/offers-*.yaml")
	if err != nil {
		return err
	}
	var all []loaded
	for _, name := range names {
		text, err := demo.ReadFile(name)
		if err != nil {
			return err
		}
		list, e := load(name, text)
		err = errors.Join(err, e)
		if err != nil {
			return err
		}
		all = append(all, list...)
	}
	return s.fill(access.With(ctx, access.Actor{Channel: access.Shell}), all)
}

// fillAtOnce is how many entries share a transaction.
const fillAtOnce = 100

// fill makes entries that are not there yet.
func (s *Service) fill(ctx context.Context, all []loaded) error {
	for len(all) > 0 {
		n := min(fillAtOnce, len(all))
		err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.put(ctx, tx, all[:n]) })
		if err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// put makes the entries that are not there yet.
func (s *Service) put(ctx context.Context, tx *db.Tx, list []loaded) error {
	for _, l := range list {
		taken, err := db.One(ctx, tx, db.Value[int], slugTaken, l.Slug)
		if err != nil {
			return err
		}
		if taken > 0 {
			continue
		}
		by, err := s.organisation(ctx, tx, Organisation{Name: l.by})
		if err != nil {
			return err
		}
		o := l.Offer
		o.Organisation = by.ID
		o.Locations = s.spotted(o.Locations)
		checked := s.clock.Now().AddDate(0, 0, -l.checked)
		if _, err := s.add(ctx, tx, o, by, checked, act{kind: actMade, as: asOrganisation}); err != nil {
			return err
		}
	}
	return nil
}

// spotted gives locations without an id one.
func (s *Service) spotted(list []Location) []Location {
	out := append([]Location(nil), list...)
	for k := range out {
		if out[k].ID == "" {
			out[k].ID = s.o.IDs()
		}
	}
	return out
}
