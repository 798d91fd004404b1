package places

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync/atomic"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/id"
)

// Places answers where something is and what its team decided. It is safe for
// concurrent use.
type Places struct {
	db    *db.DB
	clock clock.Clock
	audit Audit
	root  string
	saved func()
	list  atomic.Pointer[municipalities]

	figures atomic.Pointer[allFigures]
}

// municipalities is the list of all of them, as of a version of the data.
type municipalities struct {
	version string
	list    []Place
}

// Options are what the service takes besides its database and clock.
type Options struct {
	Audit Audit  // nil records nothing
	Root  string // path of the place this instance serves; / or empty is the whole country
	Saved func() // told each time that settings were kept; may be nil
}

// New makes the service. The source of ids is taken for the sake of one form of
// constructor; places have the codes of CBS as their keys.
func New(d *db.DB, c clock.Clock, _ id.Source, o Options) *Places {
	if o.Audit == nil {
		o.Audit = NoAudit{}
	}
	if o.Root == "" {
		o.Root = "/"
	}
	if o.Saved == nil {
		o.Saved = func() {}
	}
	return &Places{db: d, clock: c, audit: o.Audit, root: o.Root, saved: o.Saved}
}

// Install puts the built-in municipalities into the database, as far as they
// are missing. It is called at each start and then costs one query.
func (s *Places) Install(ctx context.Context) error {
	known, err := db.All(ctx, s.db, scanPlace, selectChildren, "")
	if err != nil {
		return err
	}
	there := make(map[string]bool, len(known))
	for _, p := range known {
		there[p.Path] = true
	}
	var missing []Place
	for _, p := range Municipalities() {
		if !there[p.Path] {
			missing = append(missing, p)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, p := range missing {
			if err := savePlace(ctx, tx, p); err != nil {
				return err
			}
		}
		return nil
	})
}

// ByPath gives the place, or not found.
func (s *Places) ByPath(ctx context.Context, path string) (Place, error) {
	return db.One(ctx, s.db, scanPlace, selectPlace, path)
}

// ByPostcode gives the smallest place known for what a person typed as a
// postcode: invalid if it is none, not found if we do not know it.
func (s *Places) ByPostcode(ctx context.Context, text string) (Place, error) {
	pc4, err := ParsePostcode(text)
	if err != nil {
		return Place{}, err
	}
	return db.One(ctx, s.db, scanPlace, selectByPostcode, pc4)
}

// Children gives what lies directly in path, by name; "" gives the
// municipalities, for the caller to read only.
func (s *Places) Children(ctx context.Context, path string) ([]Place, error) {
	if path != "" {
		return db.All(ctx, s.db, scanPlace, selectChildren, path)
	}
	version, err := s.db.Version(ctx)
	if err != nil {
		return nil, err
	}
	if known := s.list.Load(); known != nil && known.version == version {
		return known.list, nil
	}
	list, err := db.All(ctx, s.db, scanPlace, selectChildren, path)
	if err == nil {
		s.list.Store(&municipalities{version, list})
	}
	return list, err
}

// Postcodes gives the postcodes that lie directly in path.
func (s *Places) Postcodes(ctx context.Context, path string) ([]Postcode, error) {
	return db.All(ctx, s.db, scanPostcode, selectIn, path)
}

// Outlines gives the outlines of what lies directly in path; "" gives those of
// the municipalities. It is empty where none were imported.
func (s *Places) Outlines(ctx context.Context, path string) ([]Outline, error) {
	return db.All(ctx, s.db, func(r db.Scanner) (Outline, error) {
		var o Outline
		var rings string
		err := r.Scan(&o.Path, &rings)
		if err == nil {
			o.Rings, err = readRings(rings)
		}
		return o, err
	}, selectOutlines, path)
}

// Settings gives what holds in path: its own settings, or those of the nearest
// place around it, or the national defaults. Where gives whose they are, "" for
// the defaults. The standard words are in the language of ctx.
func (s *Places) Settings(ctx context.Context, path string) (_ Settings, where string, _ error) {
	v, where, err := s.SettingsIn(ctx, s.db, path)
	return inLanguage(ctx, v), where, err
}

// SettingsIn is Settings as r sees them, inside a transaction by that one, with
// the words as they are kept.
func (s *Places) SettingsIn(ctx context.Context, r db.Reader, path string) (_ Settings, where string, _ error) {
	around := append(Ancestors(path), "", "", "")[:3]
	type row struct {
		path     string
		settings db.JSON[Settings]
	}
	rows, err := db.All(ctx, r, func(r db.Scanner) (row, error) {
		var v row
		err := r.Scan(&v.path, &v.settings)
		return v, err
	}, selectSettings, around[0], around[1], around[2])
	if err != nil {
		return Settings{}, "", err
	}
	found := DefaultSettings()
	for _, r := range rows {
		if len(r.path) > len(where) {
			found, where = r.settings.V, r.path
		}
	}
	return found, where, nil
}

// SaveSettings keeps the settings of a place in the transaction of the caller,
// who has checked that they may.
func (s *Places) SaveSettings(ctx context.Context, tx *db.Tx, path string, v Settings) error {
	if err := v.Check(); err != nil {
		return err
	}
	if _, err := db.One(ctx, tx, scanPlace, selectPlace, path); err != nil {
		if fault.KindOf(err) == fault.KindNotFound {
			return fault.Invalid(fault.Field{Name: "place", Key: "places.error.unknown"})
		}
		return err
	}
	if _, err := tx.Exec(ctx, upsertSettings, path, db.JSON[Settings]{V: v}, db.At(s.clock.Now())); err != nil {
		return err
	}
	tx.AfterCommit(s.saved)
	return nil
}

// Summary is what an import does, or would do.
type Summary struct {
	New, Changed, Same, Skipped int
	Outlines                    int
	// Examples show some of what is new or changed, for a preview.
	Examples []string
}

// examplesMost bounds Summary.Examples.
const examplesMost = 10

// Preview tells what Import would do. Its errors are Problems: what a file
// points to and we do not know.
func (s *Places) Preview(ctx context.Context, b Batch) (Summary, error) {
	var sum Summary
	err := s.db.Read(ctx, func(ctx context.Context, r db.Reader) error {
		var err error
		sum, _, err = plan(ctx, r, b)
		return err
	})
	return sum, err
}

// Import keeps a batch, all of it or nothing.
func (s *Places) Import(ctx context.Context, b Batch) (Summary, error) {
	var sum Summary
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var todo Batch
		var err error
		if sum, todo, err = plan(ctx, tx, b); err != nil {
			return err
		}
		for _, p := range todo.Places {
			if err := savePlace(ctx, tx, p); err != nil {
				return err
			}
		}
		for _, p := range todo.Postcodes {
			if err := savePostcode(ctx, tx, p); err != nil {
				return err
			}
		}
		for _, o := range todo.Outlines {
			if err := saveOutline(ctx, tx, o); err != nil {
				return err
			}
		}
		for _, f := range todo.Figures {
			if err := saveFigures(ctx, tx, f); err != nil {
				return err
			}
		}
		return nil
	})
	return sum, err
}

// plan compares a batch with what is kept and gives what must be written, the
// parents first.
func plan(ctx context.Context, r db.Reader, b Batch) (Summary, Batch, error) {
	sum := Summary{Skipped: b.Skipped, Outlines: len(b.Outlines)}
	todo := Batch{Outlines: b.Outlines}
	known, err := db.All(ctx, r, scanPlace, selectBelow, "")
	if err != nil {
		return sum, todo, err
	}
	was := make(map[string]Place, len(known)+len(b.Places))
	for _, p := range known {
		was[p.Path] = p
	}
	will := maps.Clone(was)
	for _, p := range b.Places {
		will[p.Path] = p
	}
	var problems Problems
	unknown := func(line int, field, path string) {
		if len(problems) < maxProblems {
			problems = append(problems, Problem{b.File, line, field, fmt.Sprintf("the place %s is unknown", path)})
		}
	}
	note := func(isNew, same bool, what string) {
		switch {
		case same:
			sum.Same++
			return
		case isNew:
			sum.New++
		default:
			sum.Changed++
		}
		if len(sum.Examples) < examplesMost {
			sum.Examples = append(sum.Examples, what)
		}
	}
	for level := range 3 { // parents before children
		for _, p := range b.Places {
			if strings.Count(p.Path, "/") != level+1 {
				continue
			}
			if _, ok := will[p.Parent]; p.Parent != "" && !ok {
				unknown(b.lines[p.Path], "parent", p.Parent)
				continue
			}
			old, there := was[p.Path]
			p = keep(p, old)
			note(!there, p == old, p.Code+" "+p.Name)
			if p != old {
				todo.Places = append(todo.Places, p)
			}
		}
	}
	if len(b.Postcodes) > 0 {
		had, err := db.All(ctx, r, scanPostcode, selectPostcodes, "")
		if err != nil {
			return sum, todo, err
		}
		before := make(map[string]Postcode, len(had))
		for _, p := range had {
			before[p.Code] = p
		}
		for _, p := range b.Postcodes {
			if _, ok := will[p.Place]; !ok {
				unknown(p.line, "gm", p.Place)
				continue
			}
			p.line = 0
			old, there := before[p.Code]
			// A file by municipality does not undo that the neighbourhood is known.
			if there && Covers(p.Place, old.Place) {
				p.Place = old.Place
			}
			note(!there, p == old, p.Code+" "+will[p.Place].Name)
			if p != old {
				todo.Postcodes = append(todo.Postcodes, p)
			}
		}
	}
	if len(b.Figures) > 0 {
		had, err := db.All(ctx, r, scanFigures, selectFiguresBelow, "")
		if err != nil {
			return sum, todo, err
		}
		before := make(map[string]Figures, len(had))
		for _, f := range had {
			before[f.Place] = f
		}
		for _, f := range b.Figures {
			p, ok := will[f.Place]
			if !ok {
				sum.Skipped++ // the file has the whole country, down to the neighbourhoods
				continue
			}
			f.line = 0
			old, there := before[f.Place]
			note(!there, f == old, p.Code+" "+p.Name)
			if f != old {
				todo.Figures = append(todo.Figures, f)
			}
		}
	}
	if len(problems) > 0 {
		return sum, todo, problems
	}
	return sum, todo, nil
}

// keep fills in what the file did not say from what was known.
func keep(p, old Place) Place {
	if p.Lat == 0 && p.Lon == 0 {
		p.Lat, p.Lon = old.Lat, old.Lon
	}
	if p.Inhabitants == 0 {
		p.Inhabitants = old.Inhabitants
	}
	if p.Province == "" {
		p.Province = old.Province
	}
	if p.Note == "" {
		p.Note = old.Note
	}
	if p.Kind == Municipality && old.Name != "" {
		p.Name = old.Name // the built-in list has the official names
	}
	return p
}
