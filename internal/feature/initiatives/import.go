package initiatives

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
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
	// Edited says that people changed it here too, by hand.
	Edited bool
	Fields []string // that become other, of an initiative that is there
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

// Import takes in case files and tables, all of them or nothing. A row is known by
// its id: what is the same is left alone, so an import can be repeated. With dryRun
// it only tells what it would do. It is for the operator's shell and the editor.
func (s *Service) Import(ctx context.Context, files []File, dryRun bool) (Report, error) {
	return s.bring(ctx, files, dryRun, false)
}

// ImportRight takes in the rows that are right, and leaves out those that are not
// and those that need them.
func (s *Service) ImportRight(ctx context.Context, files []File) (Report, error) {
	return s.bring(ctx, files, false, true)
}

func (s *Service) bring(ctx context.Context, files []File, dryRun, some bool) (rep Report, err error) {
	if !isEditor(access.Of(ctx), s.o.Root) {
		return Report{}, fault.Denied()
	}
	centres, err := s.places.Centres(ctx)
	if err != nil {
		return Report{}, err
	}
	codes := byName(centres)
	read := func() cases { // anew each time: a transaction may run more than once
		c := readCases(ctx, files)
		for k := range c.initiatives {
			c.initiatives[k].v.find(codes)
			if patch := c.initiatives[k].patch; patch != nil {
				c.initiatives[k].patch = func(i *Initiative) { patch(i); i.find(codes) }
			}
		}
		return c
	}
	if dryRun {
		err = s.db.Read(ctx, func(ctx context.Context, r db.Reader) error {
			rep, _, err = judge(ctx, r, read(), false)
			return err
		})
		return rep, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var todo plan
		if rep, todo, err = judge(ctx, tx, read(), some); err != nil {
			return err
		}
		if len(rep.Faults) > 0 && !some {
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

// find gives the municipalities their codes.
func (i *Initiative) find(codes map[string]Centre) {
	for n := range i.Municipalities {
		i.Municipalities[n].Code = codes[placeKey(i.Municipalities[n].Name)].Code
	}
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

// judge compares the files with what is there; some leaves out the rows that are
// wrong.
func judge(ctx context.Context, r db.Reader, c cases, some bool) (Report, plan, error) {
	have := map[string]map[string]string{"initiative": {}}
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
	if err := c.follow(ctx, r); err != nil {
		return Report{}, plan{}, err
	}
	if err := c.patch(ctx, r, have["initiative"]); err != nil {
		return Report{}, plan{}, err
	}
	there := func(s string) bool { return have["initiative"][s] != "" }
	met := func(s string) bool { return have["barrier"][s] != "" }
	c.refer(there, met)
	var refused []Change
	if some {
		all := slices.Clone(c.initiatives)
		c.weed(there, met)
		refused = without(all, c.initiatives)
	}
	rep := Report{Faults: c.faults, Notes: c.notes}
	var p plan
	p.barriers = compare(&rep, "barrier", c.barriers, have, func(b Barrier) (string, string) { return b.Slug, b.Name })
	p.factors = compare(&rep, "factor", c.factors, have, func(f Factor) (string, string) { return f.Slug, f.Name })
	p.models = compare(&rep, "phaseModel", c.models, have, func(m PhaseModel) (string, string) { return m.Slug, m.Name })
	p.initiatives = compare(&rep, "initiative", c.initiatives, have, func(i Initiative) (string, string) { return i.Slug, i.Name })
	rep.Changes = append(rep.Changes, refused...)
	return rep, p, tellFields(ctx, r, &rep, p.initiatives)
}

// without lists the initiatives that are not among those that are right.
func without(all, right []row[Initiative]) []Change {
	var list []Change
	for _, r := range all {
		if !slices.ContainsFunc(right, func(v row[Initiative]) bool { return v.where == r.where }) {
			list = append(list, Change{Kind: "initiative", Slug: r.v.Slug, Name: r.v.Name, State: Refused})
		}
	}
	return list
}

// follow leaves out what has become part of another initiative, and leads to that
// other what is related to it.
func (c *cases) follow(ctx context.Context, r db.Reader) error {
	type pair struct{ from, into string }
	list, err := db.All(ctx, r, func(s db.Scanner) (p pair, err error) {
		err = s.Scan(&p.from, &p.into)
		return
	}, selectGone)
	if err != nil || len(list) == 0 {
		return err
	}
	gone := map[string]string{}
	for _, p := range list {
		gone[p.from] = p.into
	}
	c.initiatives = slices.DeleteFunc(c.initiatives, func(v row[Initiative]) bool {
		into, ok := gone[v.v.Slug]
		if ok {
			where := v.where
			where.Field, where.Reason = v.m.path, fmt.Sprintf("%q is part of %q now and is left out", v.v.Slug, into)
			c.notes = append(c.notes, where)
		}
		return ok
	})
	for k := range c.initiatives {
		v := &c.initiatives[k].v
		for n, slug := range v.Related {
			if into, ok := gone[slug]; ok {
				v.Related[n] = into
			}
		}
		v.Related = slices.DeleteFunc(v.Related, func(slug string) bool { return slug == v.Slug })
		slices.Sort(v.Related)
		v.Related = slices.Compact(v.Related)
	}
	return nil
}

// patch does what the rows of tables change to what is there.
func (c *cases) patch(ctx context.Context, r db.Reader, have map[string]string) error {
	for k := range c.initiatives {
		v := &c.initiatives[k]
		if v.patch == nil || v.bad {
			continue
		}
		slug, name := v.v.Slug, v.v.Name
		var before Initiative
		if have[slug] != "" {
			var err error
			if before, err = read(ctx, r, slug); err != nil {
				return err
			}
		}
		now := before
		now.Slug = slug
		if now.Name == "" {
			now.Name = name
		}
		v.patch(&now)
		for _, f := range fault.FieldsOf(now.complete()) {
			c.refuse(&v.bad, v.where, f.Name, "this is missing or does not fit")
		}
		if v.v = now; len(diffs(before, now)) == 0 && have[slug] != "" {
			have[slug] = checksum(now) // the same as it is
		}
	}
	return nil
}

// tellFields adds to a report what becomes other of the initiatives that are there.
func tellFields(ctx context.Context, r db.Reader, rep *Report, list []sum[Initiative]) error {
	hand, err := db.All(ctx, r, db.Value[string], selectByHand)
	if err != nil {
		return err
	}
	for k := range rep.Changes {
		c := &rep.Changes[k]
		if c.Kind != "initiative" || c.State != Changed {
			continue
		}
		c.Edited = slices.Contains(hand, c.Slug)
		before, err := read(ctx, r, c.Slug)
		if err != nil {
			return err
		}
		n := slices.IndexFunc(list, func(s sum[Initiative]) bool { return s.v.Slug == c.Slug })
		for _, d := range diffs(before, list[n].v) {
			c.Fields = append(c.Fields, d.Field)
		}
	}
	return nil
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
		rep.Changes = append(rep.Changes, Change{Kind: kind, Slug: slug, Name: called, State: state})
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
	changed := map[string][]Diff{}
	for _, i := range p.initiatives {
		if !i.fresh {
			before, err := read(ctx, tx, i.v.Slug)
			if err != nil {
				return err
			}
			i.v.Draft, i.v.Origin = before.Draft, before.Origin
			changed[i.v.Slug] = diffs(before, i.v)
		}
		if err := w.put(ctx, i.v, i.sum, i.fresh); err != nil {
			return err
		}
		if i.v.Draft {
			continue
		}
		if err := search.Put(ctx, tx, doc(i.v, w.now)); err != nil {
			return err
		}
	}
	for _, i := range p.initiatives {
		if err := w.relate(ctx, i.v); err != nil {
			return err
		}
		if err := s.note(ctx, tx, i.v.Slug, act{kind: actImported}, changed[i.v.Slug]); err != nil {
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
