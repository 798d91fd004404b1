package phases

import (
	"context"
	_ "embed" // the checklist is part of the program
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/trust/access"
)

//go:embed lists/default.json
var defaultList []byte

// ours is the checklist that the program comes with, in two languages, and the
// phase models it was made from.
type ours struct {
	Items []struct {
		Code, Gate, Area string
		NL, EN           [2]string // text and help
	}
	Sources []Source
}

// Source is a published phase model.
type Source struct{ Name, Publisher, Title, URL string }

var readDefault = sync.OnceValue(func() (o ours) {
	if err := json.Unmarshal(defaultList, &o); err != nil {
		panic(fmt.Sprintf("the checklist of the program: %v", err))
	}
	return o
})

// Sources lists the phase models that the checklist of the program was made from.
func Sources() []Source { return readDefault().Sources }

// Default is the checklist of the program in a language.
func Default(lang string) []Item {
	var list []Item
	for _, i := range readDefault().Items {
		words := i.NL
		if lang == "en" {
			words = i.EN
		}
		list = append(list, Item{i.Code, i.Gate, i.Area, words[0], words[1]})
	}
	return list
}

// checklist is the checklist in force.
type checklist struct {
	items       []Item
	version     int64
	own, edited bool
}

// placeList is the owner of the checklist of the whole place.
const placeList = ""

// listFor gives the checklist of an initiative: its own, that of the place, or that
// of the program.
func (s *Service) listFor(ctx context.Context, r db.Reader, slug string) (checklist, error) {
	if slug != placeList {
		rows, err := db.All(ctx, r, scanList, selectList, slug)
		if err != nil {
			return checklist{}, err
		}
		if len(rows) > 0 {
			return checklist{rows[0].items, rows[0].version, true, true}, nil
		}
	}
	rows, err := db.All(ctx, r, scanList, selectList, placeList)
	if err != nil {
		return checklist{}, err
	}
	if len(rows) > 0 && len(rows[0].items) > 0 {
		return checklist{rows[0].items, rows[0].version, false, true}, nil
	}
	l := checklist{items: Default(i18n.Lang(ctx))}
	if len(rows) > 0 { // edited once, and taken back
		l.version = rows[0].version
	}
	return l, nil
}

// Lists is the checklist of the place for its page.
type Lists struct {
	Items   []Item
	Version int64
	Edited  bool
}

// Lists gives the checklist of the place.
func (s *Service) Lists(ctx context.Context) (l Lists, err error) {
	in, err := s.listFor(ctx, s.DB, placeList)
	return Lists{in.items, in.version, in.edited}, err
}

// Of gives the items of a gate, by area.
func (l Lists) Of(gate string) []Item {
	var out []Item
	for _, p := range points(l.Items, nil, gate) {
		out = append(out, p.Item)
	}
	return out
}

// SaveGate replaces the items of one gate in the checklist of the place.
func (s *Service) SaveGate(ctx context.Context, gate string, at int64, items []Item) error {
	return s.saveList(ctx, at, gate, func(old []Item) ([]Item, error) {
		kept := slices.DeleteFunc(slices.Clone(old), func(i Item) bool { return i.Gate == gate })
		for k := range items {
			items[k].Gate = gate
			if items[k].Code == "" {
				items[k].Code = freeCode(append(slices.Clone(kept), items...))
			}
		}
		if len(items) == 0 {
			return nil, fault.Invalid(fault.Field{Name: "punten", Key: "phases.wrong.list"})
		}
		list := append(kept, items...)
		return list, checkItems(list)
	})
}

// ResetLists goes back to the checklist of the program.
func (s *Service) ResetLists(ctx context.Context, at int64) error {
	return s.saveList(ctx, at, "reset", func([]Item) ([]Item, error) { return nil, nil })
}

func (s *Service) saveList(ctx context.Context, at int64, detail string, f func(old []Item) ([]Item, error)) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if !MayEditLists(access.Of(ctx), s.Root) {
			return fault.Denied()
		}
		l, err := s.listFor(ctx, tx, placeList)
		if err != nil {
			return err
		}
		if l.version != at {
			return fault.Conflict("phases.conflict")
		}
		items, err := f(l.items)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, putList, placeList, db.JSON[[]Item]{V: items}, at+1, db.At(s.Clock.Now())); err != nil {
			return err
		}
		return s.told(ctx, tx, placeList, kindList, detail)
	})
}

// freeCode is a code that no item has yet.
func freeCode(items []Item) string {
	for n := 1; ; n++ {
		code := fmt.Sprintf("own-%d", n)
		if !slices.ContainsFunc(items, func(i Item) bool { return i.Code == code }) {
			return code
		}
	}
}
