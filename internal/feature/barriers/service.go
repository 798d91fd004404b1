package barriers

import (
	"context"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// Audit takes the log lines of this room.
type Audit interface {
	Record(ctx context.Context, tx *db.Tx, e audit.Event) error
}

// Options are what the room is made of.
type Options struct {
	DB          *db.DB
	Clock       clock.Clock
	IDs         id.Source
	Audit       Audit
	Root        string // path of the place of this instance
	Initiatives Initiatives
	Catalogue   Catalogue
	People      People
	Places      Places
	Blocked     Blocked // may be nil
}

// Service is what this room can do.
type Service struct{ Options }

// New makes the service.
func New(o Options) *Service { return &Service{o} }

const base = "/belemmeringen/register"

// Path is the page of an entry.
func Path(id string) string { return base + "/" + id }

// Filter narrows a list; it stands in the address.
type Filter struct {
	Status, Category, Lifter, Barrier, Municipality, Initiative string
	Active, Mine, Late                                          bool
}

// The bounds of a list.
const (
	pageMost = 20
	chunk    = 200
	chunks   = 10 // so that a page reads a bounded number of rows
	sumMost  = 5000
)

// List gives a part of the entries, and where to go on; "" is the end.
func (s *Service) List(ctx context.Context, f Filter, after string, limit int) (list []Entry, next string, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		list, next, err = s.list(ctx, r, f, after, limit, chunks)
		return err
	})
	return list, next, err
}

func (s *Service) list(ctx context.Context, r db.Reader, f Filter, after string, limit, most int) (list []Entry, next string, err error) {
	if after == "" {
		after = last
	}
	if f.Mine && !access.Of(ctx).SignedIn() {
		return nil, "", nil
	}
	for range most {
		part, err := s.part(ctx, r, f, after)
		if err != nil {
			return nil, "", err
		}
		seen, err := s.visible(ctx, r, part)
		if err != nil {
			return nil, "", err
		}
		for _, e := range seen {
			if !s.fits(ctx, f, e) {
				continue
			}
			if len(list) == limit {
				return list, list[limit-1].ID, nil
			}
			list = append(list, e)
		}
		if len(part) < chunk {
			return list, "", nil
		}
		after = part[len(part)-1].ID
	}
	return list, after, nil
}

// part reads rows by the narrowest filter.
func (s *Service) part(ctx context.Context, r db.Reader, f Filter, after string) ([]Entry, error) {
	by := func(query, value string) ([]Entry, error) {
		return db.All(ctx, r, scanEntry, query, value, after, chunk)
	}
	switch {
	case f.Mine:
		return by(selectOwner, access.Of(ctx).Person)
	case f.Initiative != "":
		return by(selectInitiative, f.Initiative)
	case f.Barrier != "":
		return by(selectBarrier, f.Barrier)
	case f.Municipality != "":
		return by(selectMunicipality, f.Municipality)
	case f.Active || f.Late:
		return db.All(ctx, r, scanEntry, selectActive, after, chunk)
	case f.Status != "":
		return by(selectStatus, f.Status)
	case f.Category != "":
		return by(selectCategory, f.Category)
	}
	return db.All(ctx, r, scanEntry, selectAll, after, chunk)
}

func (s *Service) fits(ctx context.Context, f Filter, e Entry) bool {
	is := func(want, got string) bool { return want == "" || want == got }
	return is(f.Status, e.Status) && is(f.Category, e.Category) && is(f.Lifter, e.Lifter) && is(f.Barrier, e.Barrier) &&
		is(f.Municipality, e.Municipality) && is(f.Initiative, e.Initiative) && (!f.Active || e.Active()) &&
		(!f.Mine || e.Owner == access.Of(ctx).Person) && (!f.Late || e.Late(s.Clock.Now()))
}

// visible leaves out what the actor may not see: what is for one organisation, and
// what is about an initiative that is not shown.
func (s *Service) visible(ctx context.Context, r db.Reader, list []Entry) ([]Entry, error) {
	var slugs []string
	for _, e := range list {
		if e.Initiative != "" && !slices.Contains(slugs, e.Initiative) {
			slugs = append(slugs, e.Initiative)
		}
	}
	about, err := s.aboutAll(ctx, r, slugs)
	if err != nil {
		return nil, err
	}
	a := access.Of(ctx)
	return slices.DeleteFunc(slices.Clone(list), func(e Entry) bool {
		_, shown := about[e.Initiative]
		return !MaySee(a, e, s.Root) || e.Initiative != "" && !shown
	}), nil
}

// askAtOnce is how many initiatives one question is about.
const askAtOnce = 50

// aboutAll asks about any number of initiatives.
func (s *Service) aboutAll(ctx context.Context, r db.Reader, slugs []string) (map[string]About, error) {
	all := map[string]About{}
	for part := range slices.Chunk(slugs, askAtOnce) {
		about, err := s.Initiatives.About(ctx, r, part)
		if err != nil {
			return nil, err
		}
		maps.Copy(all, about)
	}
	return all, nil
}

// one reads an entry that the actor may see.
func (s *Service) one(ctx context.Context, r db.Reader, id string) (Entry, error) {
	e, err := db.One(ctx, r, scanEntry, selectEntry, id)
	if err != nil {
		return e, err
	}
	seen, err := s.visible(ctx, r, []Entry{e})
	if err == nil && len(seen) == 0 {
		err = fault.NotFound()
	}
	return e, err
}

// mayEdit asks the rules of this room, and those of the initiative it is about.
func (s *Service) mayEdit(ctx context.Context, r db.Reader, e Entry) (bool, error) {
	a := access.Of(ctx)
	if MayEdit(a, e, s.Root) {
		return true, nil
	}
	if e.Initiative == "" || !a.Has(access.Lead, access.Editor) {
		return false, nil
	}
	switch err := s.Initiatives.MayEdit(ctx, r, e.Initiative); fault.KindOf(err) {
	case fault.KindDenied, fault.KindNotFound:
		return false, nil
	default:
		return err == nil, err
	}
}

// View is an entry with what its page shows.
type View struct {
	Entry
	MayEdit  bool
	About    About
	Thing    Thing
	Town     string
	Body     string            // whose entry it is
	OwnerAt  string            // where the owner works
	Names    map[string]string // of persons; for who may edit
	Changes  []Change
	Ways     []Ranked
	KindName string // of the catalogue
}

// Get gives an entry, and who got past the same.
func (s *Service) Get(ctx context.Context, id string) (v View, err error) {
	towns, err := s.Places.Municipalities(ctx)
	if err != nil {
		return v, err
	}
	kinds, err := s.Catalogue.Barriers(ctx, s.DB)
	if err != nil {
		return v, err
	}
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		v = View{}
		if v.Entry, err = s.one(ctx, r, id); err != nil {
			return err
		}
		if v.MayEdit, err = s.mayEdit(ctx, r, v.Entry); err != nil {
			return err
		}
		v.Town, v.KindName = townName(towns, v.Municipality), kindName(kinds, v.Barrier)
		if v.Entry.Initiative != "" {
			about, err := s.Initiatives.About(ctx, r, []string{v.Entry.Initiative})
			if err != nil {
				return err
			}
			v.About = about[v.Entry.Initiative]
		}
		if v.Entry.Thing != "" && s.Blocked != nil {
			things, err := s.Blocked.Things(ctx, r, []string{v.Entry.Thing})
			if err != nil {
				return err
			}
			if len(things) > 0 {
				v.Thing = things[0]
			}
		}
		bodies, err := s.People.Organisations(ctx, r)
		if err != nil {
			return err
		}
		v.Body, v.OwnerAt = nameOf(bodies, v.Organisation), nameOf(bodies, v.OwnerBody)
		if v.Changes, err = db.All(ctx, r, scanChange, selectChanges, id); err != nil {
			return err
		}
		if v.MayEdit {
			if v.Names, err = s.People.Names(ctx, r, v.persons()); err != nil {
				return err
			}
		}
		v.Ways, err = s.ways(ctx, r, v.Entry, v.About, towns)
		return err
	})
	return v, err
}

// persons are the people whom the page of an entry names.
func (v View) persons() []string {
	var list []string
	if v.Owner != "" {
		list = append(list, v.Owner)
	}
	for _, c := range v.Changes {
		if c.Person != "" && !slices.Contains(list, c.Person) {
			list = append(list, c.Person)
		}
	}
	return list
}

func nameOf(list []Link, id string) string {
	for _, l := range list {
		if l.ID == id && id != "" {
			return l.Name
		}
	}
	return ""
}

func townName(list []Municipality, code string) string {
	for _, m := range list {
		if m.Code == code && code != "" {
			return m.Name
		}
	}
	return ""
}

func kindName(list []Kind, slug string) string {
	for _, k := range list {
		if k.Slug == slug && slug != "" {
			return k.Name
		}
	}
	return ""
}

// The kinds of change, in the history and in the log.
const (
	kindMade    = "made"
	kindEdited  = "edited"
	kindRemoved = "removed"
	kindAdopted = "adopted"
)

// told writes the history and the log.
func (s *Service) told(ctx context.Context, tx *db.Tx, e Entry, action audit.Action, c Change) error {
	if action != audit.Delete {
		if _, err := tx.Exec(ctx, insertChange, s.IDs(), e.ID, db.At(s.Clock.Now()), access.Of(ctx).Person, c.Kind, c.Why, db.JSON[[]Was]{V: c.Detail}); err != nil {
			return err
		}
	}
	return s.Audit.Record(ctx, tx, audit.Event{Kind: Name + "." + c.Kind, Action: action, ObjectType: "barrier", ObjectID: e.ID, Organisation: e.Organisation})
}

// Create keeps a new entry and gives its id.
func (s *Service) Create(ctx context.Context, e Entry) (string, error) {
	kinds, towns, err := s.known(ctx)
	if err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		own := organisations(access.Of(ctx), s.Root)
		if len(own) == 0 {
			return fault.Denied()
		}
		n := e
		w := s.settle(&n, kinds, towns)
		if !slices.Contains(own, n.Organisation) {
			w.Add("organisatie", "barriers.wrong.choice")
		}
		if err := s.around(ctx, tx, &w, Entry{}, &n); err != nil {
			return err
		}
		if w != nil {
			return w.Err()
		}
		n.ID, n.Person, n.Version, n.Changed = s.IDs(), access.Of(ctx).Person, 1, s.Clock.Now()
		if err := addEntry(ctx, tx, n); err != nil {
			return err
		}
		e.ID = n.ID
		return s.told(ctx, tx, n, audit.Create, Change{Kind: kindMade})
	})
	return e.ID, err
}

// known reads what forms are checked against, before a transaction begins.
func (s *Service) known(ctx context.Context) ([]Kind, []Municipality, error) {
	kinds, err := s.Catalogue.Barriers(ctx, s.DB)
	if err != nil {
		return nil, nil, err
	}
	towns, err := s.Places.Municipalities(ctx)
	return kinds, towns, err
}

// settle fills in what follows from the rest, and says what is wrong.
func (s *Service) settle(e *Entry, kinds []Kind, towns []Municipality) fault.List {
	now := s.Clock.Now()
	if e.Status == "" {
		e.Status = Open
	}
	if e.Lifter == "" {
		e.Lifter = "self"
	}
	if e.Met.IsZero() {
		e.Met = now
	}
	for _, k := range kinds {
		if k.Slug == e.Barrier && e.Barrier != "" {
			e.Category = k.Category
			if e.Title == "" {
				e.Title = k.Name
			}
		}
	}
	switch {
	case e.Active():
		e.Closed = time.Time{}
	case e.Closed.IsZero():
		e.Closed = now
	}
	w := e.check()
	if e.Barrier != "" && kindName(kinds, e.Barrier) == "" {
		w.Add("belemmering", "barriers.wrong.choice")
	}
	if e.Municipality != "" && townName(towns, e.Municipality) == "" {
		w.Add("gemeente", "barriers.wrong.choice")
	}
	if e.Met.After(now.AddDate(0, 0, 1)) {
		w.Add("sinds", "barriers.wrong.future")
	}
	if e.Active() && e.Owner == "" && e.OwnerBody == "" {
		w.Add("eigenaar", "barriers.wrong.owner")
	}
	if e.Active() && e.Due.IsZero() {
		w.Add("voor", "barriers.wrong.day")
	}
	return w
}

// around checks what an entry names of other rooms; what it named before may stay.
func (s *Service) around(ctx context.Context, tx *db.Tx, w *fault.List, was Entry, e *Entry) error {
	if e.Owner != "" && e.Owner != was.Owner {
		colleagues, err := s.People.Colleagues(ctx, tx)
		if err != nil {
			return err
		}
		k := slices.IndexFunc(colleagues, func(p Person) bool { return p.ID == e.Owner })
		if k < 0 {
			w.Add("eigenaar", "barriers.wrong.owner")
		} else {
			e.OwnerBody = colleagues[k].Organisation
		}
	}
	if e.Owner == "" && e.OwnerBody != "" && e.OwnerBody != was.OwnerBody {
		bodies, err := s.People.Organisations(ctx, tx)
		if err != nil {
			return err
		}
		if nameOf(bodies, e.OwnerBody) == "" {
			w.Add("eigenaar", "barriers.wrong.owner")
		}
	}
	if e.Initiative != "" && e.Initiative != was.Initiative {
		about, err := s.Initiatives.About(ctx, tx, []string{e.Initiative})
		if err != nil {
			return err
		}
		if _, ok := about[e.Initiative]; !ok {
			w.Add("initiatief", "barriers.wrong.choice")
		}
	}
	if e.Thing == was.Thing || e.Thing == "" {
		if e.Thing == "" {
			e.ThingKind = ""
		}
		return nil
	}
	e.ThingKind = ""
	if s.Blocked != nil {
		things, err := s.Blocked.Things(ctx, tx, []string{e.Thing})
		if err != nil {
			return err
		}
		if len(things) == 1 && slices.Contains(Things, things[0].Kind) {
			e.ThingKind = things[0].Kind
		}
	}
	if e.ThingKind == "" {
		w.Add("werk", "barriers.wrong.choice")
	}
	return nil
}

// Save changes an entry, if nobody else did since.
func (s *Service) Save(ctx context.Context, e Entry, why string) error {
	kinds, towns, err := s.known(ctx)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		old, err := s.mine(ctx, tx, e.ID)
		if err != nil {
			return err
		}
		if old.Version != e.Version {
			return fault.Conflict("barriers.conflict")
		}
		n := e
		n.Organisation, n.Person, n.Origin, n.Demonstration, n.Closed = old.Organisation, old.Person, old.Origin, old.Demonstration, old.Closed
		n.Changed = s.Clock.Now()
		if n.Met.IsZero() {
			n.Met = old.Met
		}
		if n.Status != old.Status {
			n.Closed = time.Time{}
		}
		w := s.settle(&n, kinds, towns)
		if utf8.RuneCountInString(why) > whyMost {
			w.Add("waarom", "barriers.wrong.long", "most", whyMost)
		}
		if err := s.around(ctx, tx, &w, old, &n); err != nil {
			return err
		}
		if w != nil {
			return w.Err()
		}
		rows, err := putEntry(ctx, tx, n, e.Version)
		if err != nil {
			return err
		}
		if rows == 0 {
			return fault.Conflict("barriers.conflict")
		}
		return s.told(ctx, tx, n, audit.Update, Change{Kind: kindEdited, Why: why, Detail: differences(old, n)})
	})
}

// mine reads an entry to write it: not found for who may not see it, denied for who
// may not write it.
func (s *Service) mine(ctx context.Context, r db.Reader, id string) (Entry, error) {
	e, err := s.one(ctx, r, id)
	if err != nil {
		return e, err
	}
	may, err := s.mayEdit(ctx, r, e)
	if err == nil && !may {
		err = fault.Denied()
	}
	return e, err
}

// Remove takes an entry away that should never have been there.
func (s *Service) Remove(ctx context.Context, id string, at int64) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		e, err := s.mine(ctx, tx, id)
		if err != nil {
			return err
		}
		if e.Version != at {
			return fault.Conflict("barriers.conflict")
		}
		if _, err := tx.Exec(ctx, deleteEntry, id); err != nil {
			return err
		}
		return s.told(ctx, tx, e, audit.Delete, Change{Kind: kindRemoved})
	})
}
