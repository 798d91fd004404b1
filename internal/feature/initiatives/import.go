package initiatives

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/search"
	"wijkbaak.nl/internal/trust/access"
)

// State is what an import does, or would do, with one row of a file.
type State string

// The states.
const (
	IsNew   State = "new"
	Changed State = "changed"
	Same    State = "same"
	Refused State = "refused"
)

// Change is one row of a file.
type Change struct {
	Kind  string // initiative, barrier, factor or phaseModel
	Slug  string
	Name  string
	State State
}

// Report tells what an import did, or would do.
type Report struct {
	Changes []Change
	Faults  []Fault // what is wrong, and where
	Notes   []Fault // what was repaired or left out, and where
	Written bool
}

// Count tells how many rows are in a state.
func (r Report) Count(s State) int {
	n := 0
	for _, c := range r.Changes {
		if c.State == s {
			n++
		}
	}
	return n
}

// RefusedError says that nothing was taken in, and why.
type RefusedError struct{ Faults []Fault }

// Error names file, line and field of each fault.
func (e *RefusedError) Error() string {
	lines := make([]string, len(e.Faults))
	for k, f := range e.Faults {
		lines[k] = f.Error()
	}
	return "nothing was taken in:\n" + strings.Join(lines, "\n")
}

// mayImport: an import comes from the operator's shell or from an editor of the
// whole instance.
func mayImport(a access.Actor) bool {
	return a.Channel == access.Shell || a.Can(access.Editor, "/")
}

// Import takes in case files, all of them or nothing. A row is known by its id: what
// is the same is left alone, so an import can be repeated. With dryRun it only tells
// what it would do.
func (s *Service) Import(ctx context.Context, files []File, dryRun bool) (Report, error) {
	if !mayImport(access.Of(ctx)) {
		return Report{}, fault.Denied()
	}
	c := readCases(files)
	centres, err := s.places.Centres(ctx)
	if err != nil {
		return Report{}, err
	}
	codes := byName(centres)
	for k := range c.initiatives {
		towns := c.initiatives[k].v.Municipalities
		for n := range towns {
			towns[n].Code = codes[placeKey(towns[n].Name)].Code
		}
	}
	var rep Report
	if dryRun {
		err = s.db.Read(ctx, func(ctx context.Context, r db.Reader) error {
			rep, _, err = judge(ctx, r, c)
			return err
		})
		return rep, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var todo plan
		if rep, todo, err = judge(ctx, tx, c); err != nil {
			return err
		}
		if len(rep.Faults) > 0 {
			return &RefusedError{rep.Faults}
		}
		if todo.empty() {
			return nil
		}
		rep.Written = true
		return s.write(ctx, tx, todo)
	})
	return rep, err
}

// plan is what is to be written, with the checksum of each row.
type plan struct {
	barriers    []sum[Barrier]
	factors     []sum[Factor]
	models      []sum[PhaseModel]
	initiatives []sum[Initiative]
}

type sum[T any] struct {
	v     T
	sum   string
	fresh bool
	place int // in its file
}

func (p plan) empty() bool {
	return len(p.barriers)+len(p.factors)+len(p.models)+len(p.initiatives) == 0
}

// judge compares the files with what is there.
func judge(ctx context.Context, r db.Reader, c cases) (Report, plan, error) {
	have := map[string]map[string]string{}
	type known struct{ kind, slug, sum string }
	all, err := db.All(ctx, r, func(s db.Scanner) (k known, err error) {
		err = s.Scan(&k.kind, &k.slug, &k.sum)
		return
	}, selectChecksums)
	if err != nil {
		return Report{}, plan{}, err
	}
	for _, k := range all {
		if have[k.kind] == nil {
			have[k.kind] = map[string]string{}
		}
		have[k.kind][k.slug] = k.sum
	}
	c.refer(func(s string) bool { return have["initiative"][s] != "" }, func(s string) bool { return have["barrier"][s] != "" })
	rep := Report{Faults: c.faults, Notes: c.notes}
	var p plan
	p.barriers = compare(&rep, "barrier", c.barriers, have, func(b Barrier) (string, string) { return b.Slug, b.Name })
	p.factors = compare(&rep, "factor", c.factors, have, func(f Factor) (string, string) { return f.Slug, f.Name })
	p.models = compare(&rep, "phaseModel", c.models, have, func(m PhaseModel) (string, string) { return m.Slug, m.Name })
	p.initiatives = compare(&rep, "initiative", c.initiatives, have, func(i Initiative) (string, string) { return i.Slug, i.Name })
	return rep, p, nil
}

func compare[T any](rep *Report, kind string, rows []row[T], have map[string]map[string]string, name func(T) (string, string)) []sum[T] {
	var todo []sum[T]
	for k, r := range rows {
		slug, called := name(r.v)
		old, s := have[kind][slug], checksum(r.v)
		state := Changed
		switch {
		case r.bad:
			state = Refused
		case old == "":
			state = IsNew
		case old == s:
			state = Same
		}
		rep.Changes = append(rep.Changes, Change{kind, slug, called, state})
		if state == IsNew || state == Changed {
			todo = append(todo, sum[T]{r.v, s, state == IsNew, k})
		}
	}
	return todo
}

func checksum(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v) // cannot be: plain data
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

func (s *Service) write(ctx context.Context, tx *db.Tx, p plan) error {
	w := newWriter(tx, s.clock.Now())
	for _, b := range p.barriers {
		if err := w.exec(ctx, upsertBarrier, b.v.Slug, b.v.Name, barrierKey(b.v), b.v.Category, b.v.Description, list(b.v.Sources), b.sum); err != nil {
			return err
		}
		if err := search.Put(ctx, tx, barrierDoc(b.v, w.now)); err != nil {
			return err
		}
	}
	for _, f := range p.factors {
		if err := w.exec(ctx, upsertFactor, f.v.Slug, f.v.Name, f.v.Description, list(f.v.Sources), f.sum); err != nil {
			return err
		}
		if err := w.exec(ctx, deleteFactorBarriers, f.v.Slug); err != nil {
			return err
		}
		for _, b := range f.v.HelpsAgainst {
			if err := w.exec(ctx, insertFactorBarrier, f.v.Slug, b, f.v.Name); err != nil {
				return err
			}
		}
	}
	for _, m := range p.models {
		if err := w.exec(ctx, upsertModel, m.v.Slug, m.place, m.v.Name, m.v.Publisher, m.v.Use, m.v.Notes, list(m.v.Stages), list(m.v.Sources), m.sum); err != nil {
			return err
		}
	}
	for _, i := range p.initiatives {
		if err := w.put(ctx, i.v, i.sum, i.fresh); err != nil {
			return err
		}
		if err := search.Put(ctx, tx, doc(i.v, w.now)); err != nil {
			return err
		}
	}
	for _, i := range p.initiatives {
		if err := w.relate(ctx, i.v); err != nil {
			return err
		}
	}
	return w.finish(ctx)
}

// byName gives the municipalities by the key of their name.
func byName(list []Centre) map[string]Centre {
	m := make(map[string]Centre, len(list))
	for _, c := range list {
		m[placeKey(c.Name)] = c
	}
	return m
}
