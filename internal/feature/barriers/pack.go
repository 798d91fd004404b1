package barriers

import (
	"bytes"
	"cmp"
	"context"
	_ "embed" // the schema is part of the program
	"encoding/json"
	"io"
	"slices"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/audit"
)

//go:embed schemas/barriers.json
var schema []byte

// part is what a practice package takes along of this room: which barriers were
// met and what worked; not where, not by whom, not whether it is done.
type part struct {
	Barriers []packed `json:"barriers"`
}

type packed struct {
	Barrier  string `json:"barrier,omitempty"`
	Title    string `json:"title"`
	Category string `json:"category"`
	Lifter   string `json:"lifter"`
	Tried    string `json:"tried,omitempty"`
	Worked   string `json:"worked,omitempty"`
}

// The bounds of a part.
const (
	partMost    = 1 << 20
	entriesMost = 200
)

// PartSchema is the JSON Schema of what Pack gives.
func (s *Service) PartSchema() []byte { return bytes.Clone(schema) }

// Pack gives the barriers of an initiative that the actor may see; nil if none.
func (s *Service) Pack(ctx context.Context, r db.Reader, initiative string) ([]byte, error) {
	if initiative == "" {
		return nil, nil
	}
	list, _, err := s.list(ctx, r, Filter{Initiative: initiative}, "", entriesMost, chunks)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var p part
	for _, e := range list {
		p.Barriers = append(p.Barriers, packed{e.Barrier, e.Title, e.Category, e.Lifter, e.Tried, e.Worked})
	}
	// Not the order of making, which is another elsewhere.
	slices.SortFunc(p.Barriers, func(a, b packed) int {
		return cmp.Or(cmp.Compare(a.Category, b.Category), cmp.Compare(a.Title, b.Title), cmp.Compare(a.Barrier, b.Barrier),
			cmp.Compare(a.Lifter, b.Lifter), cmp.Compare(a.Tried, b.Tried), cmp.Compare(a.Worked, b.Worked))
	})
	p.Barriers = slices.Compact(p.Barriers)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err = e.Encode(p)
	return b.Bytes(), err
}

// Adopt takes over the barriers of a package: open, as met elsewhere, with what
// worked there. Those of an earlier version of the package go; what people wrote
// down here themselves, or took up of it, stays and is not taken over twice.
func (s *Service) Adopt(ctx context.Context, tx *db.Tx, initiative string, data []byte) error {
	p, err := readPart(data)
	if err != nil {
		return err
	}
	if err := s.Initiatives.MayEdit(ctx, tx, initiative); err != nil {
		return err
	}
	own := map[packed]bool{}
	for after := last; ; {
		old, err := db.All(ctx, tx, scanEntry, selectInitiative, initiative, after, chunk)
		if err != nil {
			return err
		}
		for _, e := range old {
			after = e.ID
			x := packed{e.Barrier, e.Title, e.Category, e.Lifter, e.Tried, e.Worked}
			if e.Origin != fromPackage || e.Version > 1 || slices.Contains(p.Barriers, x) {
				own[x] = true
				continue
			}
			if _, err := tx.Exec(ctx, deleteEntry, e.ID); err != nil {
				return err
			}
			if err := s.told(ctx, tx, e, audit.Delete, Change{Kind: kindRemoved}); err != nil {
				return err
			}
		}
		if len(old) < chunk {
			break
		}
	}
	now := s.Clock.Now()
	for _, x := range p.Barriers {
		if own[x] {
			continue
		}
		e := Entry{ID: s.IDs(), Barrier: x.Barrier, Title: x.Title, Category: x.Category, Lifter: x.Lifter, Tried: x.Tried, Worked: x.Worked,
			Initiative: initiative, Status: Open, Public: true, Origin: fromPackage, Met: now, Changed: now, Version: 1}
		if err := addEntry(ctx, tx, e); err != nil {
			return err
		}
		if err := s.told(ctx, tx, e, audit.Create, Change{Kind: kindAdopted}); err != nil {
			return err
		}
	}
	return nil
}

func readPart(data []byte) (p part, err error) {
	bad := fault.Invalid(fault.Field{Name: "barriers", Key: "barriers.wrong.part"})
	if len(data) > partMost {
		return p, bad
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return p, bad
	}
	if _, err := d.Token(); err != io.EOF || len(p.Barriers) == 0 || len(p.Barriers) > entriesMost {
		return p, bad
	}
	for _, x := range p.Barriers {
		e := Entry{Title: x.Title, Category: x.Category, Lifter: x.Lifter, Tried: x.Tried, Worked: x.Worked, Status: Open}
		if e.check() != nil || len(x.Barrier) > 80 || strings.Trim(x.Barrier, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return p, bad
		}
	}
	return p, nil
}
