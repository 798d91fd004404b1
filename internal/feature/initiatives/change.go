package initiatives

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/search"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// Diff is one field that was changed: how it was and how it became, as JSON.
type Diff struct {
	Field  string          `json:"field"`
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
}

// Step is one change in the history of an initiative.
type Step struct {
	ID           string
	Initiative   string
	At           time.Time
	Version      int64
	Kind         string // one of the acts
	Person       string
	Organisation string // id
	Why          string
	Changed      []Diff
}

// The kinds of change.
const (
	actMade      = "made"
	actEdited    = "edited"
	actImported  = "imported"
	actAccepted  = "accepted" // a proposal of somebody else
	actPhase     = "phase"
	actEvidence  = "evidence"
	actOwners    = "owners"
	actPublished = "published"
	actMerged    = "merged"
	actAdopted   = "adopted"
)

// act is what somebody does to an initiative.
type act struct {
	kind, why string
	version   int64 // that the change was made of; 0: whatever there is
	part      *part // that is changed; nil: any
	person    string
}

// fields of an initiative that history follows, in the order of the page.
func (i Initiative) fields() []struct {
	name  string
	value any
} {
	return []struct {
		name  string
		value any
	}{
		{"name", i.Name}, {"kind", i.Kind}, {"summary", i.Summary}, {"notes", i.Notes}, {"phase", i.Phase},
		{"targetGroups", orEmpty(i.TargetGroups)}, {"themes", orEmpty(i.Themes)},
		{"municipalities", orEmpty(i.Municipalities)}, {"formerMunicipalities", orEmpty(i.Former)}, {"region", i.Region}, {"country", i.Country},
		{"parties", orEmpty(i.Parties)}, {"funders", orEmpty(i.Funders)}, {"evidence", orEmpty(i.Evidence)}, {"costs", orEmpty(i.Costs)},
		{"growth", orEmpty(i.Growth)}, {"preconditions", orEmpty(i.Preconditions)}, {"barriers", orEmpty(i.Barriers)},
		{"related", orEmpty(i.Related)}, {"sources", orEmpty(i.Sources)},
	}
}

func diffOf(field string, before, after any) Diff {
	return Diff{field, asJSON(before), asJSON(after)}
}

func asJSON(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage("null") // cannot be: plain data
	}
	return b
}

// diffs lists the fields in which two states differ.
func diffs(before, after Initiative) []Diff {
	var list []Diff
	old := before.fields()
	for k, f := range after.fields() {
		if d := diffOf(f.name, old[k].value, f.value); !bytes.Equal(d.Before, d.After) {
			list = append(list, d)
		}
	}
	return list
}

// read gives an initiative with all that belongs to it, to be changed.
func read(ctx context.Context, r db.Reader, slug string) (Initiative, error) {
	d, err := db.One(ctx, r, scanInitiative, selectInitiative, slug)
	if err != nil {
		return Initiative{}, err
	}
	if err := children(ctx, r, &d); err != nil {
		return Initiative{}, err
	}
	d.Related, err = db.All(ctx, r, db.Value[string], selectNamed, slug)
	return d.Initiative, err
}

// change has f change an initiative and keeps what was changed. The caller has
// checked that the actor may. Nothing is written when nothing is other.
func (s *Service) change(ctx context.Context, tx *db.Tx, slug string, a act, f func(i *Initiative) error) error {
	before, err := read(ctx, tx, slug)
	if err != nil {
		return err
	}
	if a.version != 0 && a.version != before.Version {
		if err := fresh(ctx, tx, slug, a); err != nil {
			return err
		}
	}
	after, err := read(ctx, tx, slug) // f may change what lists share
	if err != nil {
		return err
	}
	if err := f(&after); err != nil {
		return err
	}
	list := diffs(before, after)
	if len(list) == 0 && before.Draft == after.Draft {
		return nil
	}
	sum, err := db.One(ctx, tx, db.Value[string], selectChecksum, slug)
	if err != nil {
		return err
	}
	if err := s.save(ctx, tx, after, sum, false); err != nil {
		return err
	}
	return s.note(ctx, tx, slug, a, list)
}

// fresh refuses a change that was made of an older state in which the same part
// was other: two people at once. What touched other parts does not matter.
func fresh(ctx context.Context, r db.Reader, slug string, a act) error {
	since, err := db.All(ctx, r, scanStep, selectSince, slug, a.version)
	if err != nil {
		return err
	}
	for _, step := range since {
		if a.part == nil || slices.ContainsFunc(step.Changed, func(d Diff) bool { return slices.Contains(a.part.fields, d.Field) }) {
			return fault.Conflict("initiatives.wrong.stale")
		}
	}
	return nil
}

// save writes one initiative with its lists and its text to search.
func (s *Service) save(ctx context.Context, tx *db.Tx, i Initiative, sum string, isNew bool) error {
	w := newWriter(tx, s.clock.Now())
	if err := w.put(ctx, i, sum, isNew); err != nil {
		return err
	}
	if err := w.relate(ctx, i); err != nil {
		return err
	}
	if err := w.finish(ctx); err != nil {
		return err
	}
	if i.Draft {
		return search.Remove(ctx, tx, docID(i.Slug))
	}
	return search.Put(ctx, tx, doc(i, w.now))
}

// note keeps a change in the history and in the log.
func (s *Service) note(ctx context.Context, tx *db.Tx, slug string, a act, list []Diff) error {
	who := access.Of(ctx)
	version, err := db.One(ctx, tx, db.Value[int64], selectVersion, slug)
	if err != nil {
		return err
	}
	if a.person == "" {
		a.person = who.Person
	}
	organisation, err := s.behalf(ctx, tx, who, slug)
	if err != nil {
		return err
	}
	if list == nil {
		list = []Diff{}
	}
	if _, err := tx.Exec(ctx, insertChange, s.o.IDs(), slug, db.At(s.clock.Now()), version, a.kind, db.Null(a.person),
		organisation, a.why, db.JSON[[]Diff]{V: list}); err != nil {
		return err
	}
	return s.o.Audit.Record(ctx, tx, audit.Event{Kind: "initiatives." + a.kind, Action: audit.Update, ObjectType: "initiative",
		ObjectID: slug, Organisation: organisation})
}

// behalf is the organisation for which somebody changes an initiative.
func (s *Service) behalf(ctx context.Context, r db.Reader, a access.Actor, slug string) (string, error) {
	list, err := owners(ctx, r, slug)
	if err != nil {
		return "", err
	}
	own := leads(a)
	for _, o := range list {
		if slices.Contains(own, o.Organisation) {
			return o.Organisation, nil
		}
	}
	for _, g := range a.Grants {
		if g.Role == access.Editor && a.SecondFactor {
			return g.Organisation, nil
		}
	}
	return a.Organisation, nil
}

func scanStep(s db.Scanner) (Step, error) {
	var v Step
	var at db.Time
	var person db.Null
	var changed db.JSON[[]Diff]
	err := s.Scan(&v.ID, &v.Initiative, &at, &v.Version, &v.Kind, &person, &v.Organisation, &v.Why, &changed)
	v.At, v.Person, v.Changed = at.Time, string(person), changed.V
	return v, err
}
