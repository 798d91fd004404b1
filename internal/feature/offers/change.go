package offers

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/search"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// The kinds of change, as history tells them.
const (
	actMade     = "made"
	actEdited   = "edited"
	actAccepted = "accepted" // a proposal of somebody else
	actChecked  = "checked"
	actStopped  = "stopped"
	actResumed  = "resumed"
	actImported = "imported"
)

// How an entry was looked at.
const (
	asOrganisation = "organisation"
	asEditor       = "editor"
	asLetter       = "letter"
	asImport       = "import"
)

// Diff is one field that was changed: how it was and how it became, as JSON.
type Diff struct {
	Field  string          `json:"field"`
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
}

// Step is one change in the history of an offer.
type Step struct {
	ID, Offer    string
	At           time.Time
	Version      int64
	Kind         string
	Person       string
	Organisation string
	Why          string
	Changed      []Diff
}

func scanStep(s db.Scanner) (v Step, err error) {
	var at db.Time
	var person db.Null
	var changed db.JSON[[]Diff]
	err = s.Scan(&v.ID, &v.Offer, &at, &v.Version, &v.Kind, &person, &v.Organisation, &v.Why, &changed)
	v.At, v.Person, v.Changed = at.Time, string(person), changed.V
	return v, err
}

// fields gives an offer as its fields; those that are empty are not there.
func (o *Offer) fields() map[string]json.RawMessage {
	m := map[string]json.RawMessage{}
	b, err := json.Marshal(o)
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil {
		return nil // cannot be: plain data
	}
	return m
}

// fieldNames are the fields that history follows, in the order of the page.
var fieldNames = []string{"name", "kind", "summary", "description", "gives", "for", "audience", "themes", "areas", "organisation", "places", "where",
	"locations", "schedule", "cost", "join", "languages", "accessible", "ground", "upl", "initiative", "application", "also"}

var empty = json.RawMessage("null")

// diffs lists the fields in which two states differ.
func diffs(before, after *Offer) []Diff {
	var list []Diff
	was, is := before.fields(), after.fields()
	for _, f := range fieldNames {
		if !bytes.Equal(was[f], is[f]) {
			d := Diff{f, was[f], is[f]}
			if d.Before == nil {
				d.Before = empty
			}
			if d.After == nil {
				d.After = empty
			}
			list = append(list, d)
		}
	}
	return list
}

// act is what somebody does to an offer.
type act struct {
	kind, why string
	version   int64  // that the change was made of; 0: whatever there is
	as        string // in which role it was looked at; empty: it was not
	person    string // of whom the change is, where not of who acts
}

func (s *Service) edits(ctx context.Context, o *Offer, account string) bool {
	return mayEdit(access.Of(ctx), s.o.Root, o, account)
}

// invalid makes of what is wrong a fault for a form.
func invalid(list []Fault) error {
	if len(list) == 0 {
		return nil
	}
	fields := make([]fault.Field, len(list))
	for k, f := range list {
		fields[k] = fault.Field{Name: f.Field, Key: f.Key, Args: f.Args}
	}
	return fault.Invalid(fields...)
}

// matchKey is the same for two entries that may be of the same thing: what the
// organisation and the entry are called.
func matchKey(organisation, name string) string { return fold(organisation) + "|" + fold(name) }

// freshFor is how long an entry counts as looked at.
const freshFor = 180 * 24 * time.Hour

// add makes an entry. The caller has checked that the actor may.
func (s *Service) add(ctx context.Context, tx *db.Tx, o Offer, by Organisation, checked time.Time, a act) (row, error) {
	revision, err := raise(ctx, tx)
	if err != nil {
		return row{}, err
	}
	if o.ID == "" {
		o.ID = s.o.IDs()
	}
	now := s.clock.Now()
	if o.Slug == "" {
		if o.Slug, err = s.freeSlug(ctx, tx, o.Name); err != nil {
			return row{}, err
		}
	}
	person := access.Of(ctx).Person
	v := row{Offer: o, Status: Live, Checked: checked, CheckedAs: a.as, CheckBy: checked.Add(freshFor), Version: 1, Made: now, Changed: now}
	if _, err := tx.Exec(ctx, insertOffer, o.ID, o.Slug, o.Organisation, db.JSON[Offer]{V: o}, matchKey(by.Name, o.Name), db.At(checked), db.Null(person), a.as,
		db.At(v.CheckBy), revision, db.At(now), strings.ToLower(o.Keeper)); err != nil {
		return v, err
	}
	if err := s.note(ctx, tx, &v, a, nil); err != nil {
		return v, err
	}
	return v, search.Put(ctx, tx, doc(&v, by.Name))
}

// freeSlug is an address that is not taken yet.
func (s *Service) freeSlug(ctx context.Context, r db.Reader, name string) (string, error) {
	base := slugOf(name)
	for n := 1; ; n++ {
		slug := base
		if n > 1 {
			slug += "-" + strconv.Itoa(n)
		}
		if n > 50 { // many of one name
			slug = base + "-" + s.o.IDs()[24:]
		}
		taken, err := db.One(ctx, r, db.Value[int], slugTaken, slug)
		if err != nil || taken == 0 {
			return slug, err
		}
	}
}

// note keeps a step of the history and tells the log.
func (s *Service) note(ctx context.Context, tx *db.Tx, v *row, a act, changed []Diff) error {
	if changed == nil {
		changed = []Diff{}
	}
	person := a.person
	if person == "" {
		person = access.Of(ctx).Person
	}
	organisation := ""
	if g := access.Of(ctx).Grants; len(g) > 0 {
		organisation = g[0].Organisation
	}
	if _, err := tx.Exec(ctx, insertChange, s.o.IDs(), v.ID, db.At(s.clock.Now()), v.Version, a.kind, db.Null(person), organisation, a.why, db.JSON[[]Diff]{V: changed}); err != nil {
		return err
	}
	action := audit.Update
	switch a.kind {
	case actMade, actImported:
		if v.Version == 1 {
			action = audit.Create
		}
	case actStopped:
		action = audit.Delete
	}
	return s.o.Audit.Record(ctx, tx, audit.Event{Kind: "offers." + a.kind, Action: action, ObjectType: "offer", ObjectID: v.ID})
}

// change has f change an entry and keeps what was changed. The caller has checked
// that the actor may. What is made of an older state is refused.
func (s *Service) change(ctx context.Context, tx *db.Tx, v row, a act, f func(o *Offer, status *string) error) (row, error) {
	if a.version != 0 && a.version != v.Version {
		return v, fault.Conflict("offers.wrong.stale")
	}
	before, was := v.Offer, v.Status
	if err := f(&v.Offer, &v.Status); err != nil {
		return v, err
	}
	v.ID, v.Slug = before.ID, before.Slug
	changed := diffs(&before, &v.Offer)
	if len(changed) == 0 && was == v.Status && before.Keeper == v.Keeper {
		return v, nil
	}
	by, err := db.One(ctx, tx, scanOrganisation, selectOrganisation, v.Organisation)
	if err != nil {
		return v, err
	}
	revision, err := raise(ctx, tx)
	if err != nil {
		return v, err
	}
	v.Version++
	v.Changed = s.clock.Now()
	if _, err := tx.Exec(ctx, updateOffer, v.ID, v.Organisation, v.Status, db.JSON[Offer]{V: v.Offer}, matchKey(by.Name, v.Name), revision, db.At(v.Changed), strings.ToLower(v.Keeper)); err != nil {
		return v, err
	}
	if a.as != "" {
		if err := s.fresh(ctx, tx, &v, a.as, revision); err != nil {
			return v, err
		}
	}
	if err := s.note(ctx, tx, &v, a, changed); err != nil {
		return v, err
	}
	if v.Status != Live {
		return v, search.Remove(ctx, tx, docID(v.ID))
	}
	return v, search.Put(ctx, tx, doc(&v, by.Name))
}

// fresh marks an entry as looked at now.
func (s *Service) fresh(ctx context.Context, tx *db.Tx, v *row, as string, revision int64) error {
	now := s.clock.Now()
	v.Checked, v.CheckedAs, v.CheckedBy, v.CheckBy = now, as, access.Of(ctx).Person, now.Add(freshFor)
	_, err := tx.Exec(ctx, setChecked, v.ID, db.At(now), db.Null(v.CheckedBy), as, db.At(v.CheckBy), revision)
	return err
}

// organisation finds who offers by name, or makes it.
func (s *Service) organisation(ctx context.Context, tx *db.Tx, o Organisation) (Organisation, error) {
	o.Name = strings.Join(strings.Fields(o.Name), " ")
	known, err := db.One(ctx, tx, scanOrganisation, selectOrganisationByKey, fold(o.Name))
	if err == nil || fault.KindOf(err) != fault.KindNotFound {
		return known, err
	}
	revision, err := raise(ctx, tx)
	if err != nil {
		return o, err
	}
	if o.ID == "" {
		o.ID = s.o.IDs()
	}
	if o.Account == "" { // an organisation of people with accounts of the same name keeps its own entries
		accounts, err := s.o.People.Organisations(ctx, tx)
		if err != nil {
			return o, err
		}
		if k := slices.IndexFunc(accounts, func(a Account) bool { return fold(a.Name) == fold(o.Name) }); k >= 0 {
			o.Account = accounts[k].ID
		}
	}
	_, err = tx.Exec(ctx, insertOrganisation, o.ID, o.Name, fold(o.Name), o.Description, o.URL, o.Email, o.Account, o.kept, revision)
	return o, err
}

// role tells as what the actor looked at an entry.
func role(a access.Actor, account string) string {
	if worksFor(a, account) {
		return asOrganisation
	}
	return asEditor
}

// enter reads an entry that the actor wants to change, with who offers it.
func (s *Service) enter(ctx context.Context, r db.Reader, slug string) (v row, by Organisation, may bool, err error) {
	if v, err = db.One(ctx, r, scanOffer, selectBySlug, slug); err != nil {
		return v, by, false, err
	}
	if by, err = db.One(ctx, r, scanOrganisation, selectOrganisation, v.Organisation); err != nil {
		return v, by, false, err
	}
	may = s.edits(ctx, &v.Offer, by.Account)
	if v.Status != Live && !may {
		return v, by, false, fault.NotFound()
	}
	return v, by, may, nil
}

// StillRight marks an entry as looked at and right, for who keeps it.
func (s *Service) StillRight(ctx context.Context, slug string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, by, may, err := s.enter(ctx, tx, slug)
		if err != nil {
			return err
		}
		if !may {
			return fault.Denied()
		}
		return s.confirm(ctx, tx, v, role(access.Of(ctx), by.Account))
	})
}

func (s *Service) confirm(ctx context.Context, tx *db.Tx, v row, as string) error {
	revision, err := raise(ctx, tx)
	if err != nil {
		return err
	}
	if err := s.fresh(ctx, tx, &v, as, revision); err != nil {
		return err
	}
	return s.note(ctx, tx, &v, act{kind: actChecked}, nil)
}

// Stop takes an entry out of the catalogue, or back into it, for a reason.
func (s *Service) Stop(ctx context.Context, slug, why string, stop bool) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, by, may, err := s.enter(ctx, tx, slug)
		if err != nil {
			return err
		}
		if !may {
			return fault.Denied()
		}
		if stop && why == "" {
			return fault.Invalid(fault.Field{Name: "reden", Key: "offers.wrong.reason"})
		}
		a := act{kind: actResumed, why: why, as: role(access.Of(ctx), by.Account)}
		if stop {
			a.kind, a.as = actStopped, ""
		}
		_, err = s.change(ctx, tx, v, a, func(_ *Offer, status *string) error {
			if *status = Live; stop {
				*status = Stopped
			}
			return nil
		})
		return err
	})
}

// Edit has who keeps an entry change it.
func (s *Service) Edit(ctx context.Context, slug string, o Offer, version int64, why string) error {
	if list := o.check(false); len(list) > 0 {
		return invalid(list)
	}
	if why == "" {
		return fault.Invalid(fault.Field{Name: "waarom", Key: "offers.wrong.reason"})
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, by, may, err := s.enter(ctx, tx, slug)
		if err != nil {
			return err
		}
		if !may {
			return fault.Denied()
		}
		// Who works for the organisation does not move an entry to a place of another editor.
		_, err = s.change(ctx, tx, v, act{kind: actEdited, why: why, version: version, as: role(access.Of(ctx), by.Account)}, func(now *Offer, _ *string) error {
			if o.Organisation == "" {
				o.Organisation = now.Organisation
			}
			*now = o
			return nil
		})
		return err
	})
}

// historyMost is how many steps stand on one page.
const historyMost = 50

// History gives the changes of an offer, the newest first, and the key to go on from.
func (s *Service) History(ctx context.Context, slug, before string) (v row, steps []Step, next string, err error) {
	if before == "" {
		before = "~" // behind every id
	}
	err = s.db.Read(ctx, func(ctx context.Context, r db.Reader) error {
		if v, _, _, err = s.enter(ctx, r, slug); err != nil {
			return err
		}
		steps, err = db.All(ctx, r, scanStep, selectHistory, v.ID, before, historyMost+1)
		return err
	})
	if len(steps) > historyMost {
		steps = steps[:historyMost]
		next = steps[historyMost-1].ID
	}
	return v, steps, next, err
}
