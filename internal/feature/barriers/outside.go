package barriers

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
)

// Beside is a line beside the page of an initiative.
type Beside struct{ Title, Note, Path string }

// besideMost bounds what is counted beside a page.
const besideMost = 200

// Beside tells how many barriers of an initiative stand open here.
func (s *Service) Beside(ctx context.Context, r db.Reader, slug string) ([]Beside, error) {
	list, _, err := s.list(ctx, r, Filter{Initiative: slug}, "", besideMost, 1)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	n := count(list, s.Clock.Now())
	open := 0
	for _, e := range list {
		if e.Active() {
			open++
		}
	}
	note := i18n.T(ctx, "barriers.beside.note", "n", open)
	if n.Late > 0 {
		note += " · " + i18n.T(ctx, "barriers.beside.late", "n", n.Late)
	}
	return []Beside{{i18n.T(ctx, "barriers.beside"), note, base + "?initiatief=" + slug}}, nil
}

// Due is something that asks for a person on a day.
type Due struct {
	At                time.Time
	Title, Path, Kind string
}

// kindDue is the kind of Due of this room.
const kindDue = "barriers.entry.due"

// Due gives the barriers about which something should be done in a period.
func (s *Service) Due(ctx context.Context, r db.Reader, from, to time.Time) ([]Due, error) {
	list, err := db.All(ctx, r, scanEntry, selectDue, db.At(from), db.At(to))
	if err != nil {
		return nil, err
	}
	seen, err := s.visible(ctx, r, list)
	var due []Due
	for _, e := range seen {
		due = append(due, Due{e.Due, e.Title, Path(e.ID), kindDue})
	}
	return due, err
}

// Links gives those of the ids that are there and that the actor may see.
func (s *Service) Links(ctx context.Context, r db.Reader, ids []string) ([]Link, error) {
	var list []Link
	for _, id := range ids {
		e, err := s.one(ctx, r, id)
		if fault.KindOf(err) == fault.KindNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, Link{e.ID, e.Title, Path(e.ID)})
	}
	return list, nil
}
