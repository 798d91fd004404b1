package phases

import (
	"context"
	"slices"
	"strconv"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
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
	People      People
	Places      Places
	Plan        Plan // may be nil
}

// Service is what this room can do.
type Service struct{ Options }

// New makes the service.
func New(o Options) *Service { return &Service{o} }

// Path is the page of the gates of an initiative.
func Path(slug string) string { return "/initiatieven/" + slug + "/fase" }

// View is an initiative at its gates.
type View struct {
	Slug string
	Facts
	Gate       string // the one it stands before; "" if none
	Points     []Point
	Version    int64
	MayEdit    bool
	Decisions  []Decision
	Names      map[string]string // of persons; only for who may edit
	Own        bool              // it has a checklist of its own
	Edited     bool              // the place changed the checklist
	Colleagues []Person          // for forms
	Bodies     []Link
	marks      map[string]Mark
	items      []Item
}

// Get gives an initiative that the actor may see.
func (s *Service) Get(ctx context.Context, slug string) (v View, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		v, err = s.view(ctx, r, slug)
		return err
	})
	return v, err
}

// may tells whether the actor may edit an initiative that it may see.
func (s *Service) may(ctx context.Context, r db.Reader, slug string) (bool, error) {
	if !access.Of(ctx).Has(access.Lead, access.Editor) && access.Of(ctx).Channel != access.Shell {
		return false, nil
	}
	switch err := s.Initiatives.MayEdit(ctx, r, slug); fault.KindOf(err) {
	case fault.KindDenied:
		return false, nil
	default:
		return err == nil, err
	}
}

func (s *Service) view(ctx context.Context, r db.Reader, slug string) (v View, err error) {
	v.Slug = slug
	if v.Facts, err = s.Initiatives.Facts(ctx, r, slug); err != nil {
		return v, err
	}
	if v.MayEdit, err = s.may(ctx, r, slug); err != nil {
		return v, err
	}
	v.Gate = gateOf(v.Phase)
	var l checklist
	if l, err = s.listFor(ctx, r, slug); err != nil {
		return v, err
	}
	v.items, v.Own, v.Edited = l.items, l.own, l.edited
	if v.Version, err = version(ctx, r, slug); err != nil {
		return v, err
	}
	if v.marks, err = marksOf(ctx, r, slug); err != nil {
		return v, err
	}
	v.Points = points(v.items, v.marks, v.Gate)
	if v.Decisions, err = decisions(ctx, r, slug); err != nil {
		return v, err
	}
	return v, s.names(ctx, r, &v)
}

// At gives the points of another gate.
func (v View) At(gate string) []Point { return points(v.items, v.marks, gate) }

func marksOf(ctx context.Context, r db.Reader, slug string) (map[string]Mark, error) {
	marks, err := db.All(ctx, r, scanMark, selectMarks, slug)
	m := make(map[string]Mark, len(marks))
	for _, one := range marks {
		m[one.Code] = one
	}
	return m, err
}

// decisions reads the decisions of an initiative, the newest first.
func decisions(ctx context.Context, r db.Reader, slug string) ([]Decision, error) {
	list, err := db.All(ctx, r, scanDecision, selectDecisions, slug)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	people, err := db.All(ctx, r, scanPair, selectDeciders, slug)
	if err != nil {
		return nil, err
	}
	conditions, err := db.All(ctx, r, scanCondition, selectConditions, slug)
	if err != nil {
		return nil, err
	}
	for k := range list {
		for _, p := range people {
			if p[0] == list[k].ID {
				list[k].People = append(list[k].People, p[1])
			}
		}
		for _, c := range conditions {
			if c.Decision == list[k].ID {
				list[k].Conditions = append(list[k].Conditions, c)
			}
		}
	}
	return list, nil
}

// names fills in who and what organisations are; persons only for who may edit.
func (s *Service) names(ctx context.Context, r db.Reader, v *View) error {
	bodies, err := s.People.Organisations(ctx, r)
	if err != nil {
		return err
	}
	v.Bodies = bodies
	for k := range v.Decisions {
		v.Decisions[k].OrganisationName = nameOf(bodies, v.Decisions[k].Organisation)
	}
	if !v.MayEdit {
		return nil
	}
	var ids []string
	for _, d := range v.Decisions {
		ids = append(append(ids, d.Person), d.People...)
		for _, c := range d.Conditions {
			ids = append(ids, c.Owner, c.DoneBy)
		}
	}
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(p string) bool { return p == "" })
	if v.Names, err = s.People.Names(ctx, r, ids); err != nil {
		return err
	}
	v.Colleagues, err = s.People.Colleagues(ctx, r)
	return err
}

func nameOf(list []Link, id string) string {
	for _, l := range list {
		if l.ID == id && id != "" {
			return l.Name
		}
	}
	return ""
}

// writing lets f change what an initiative has here, if the actor may edit it and
// nobody else did since.
func (s *Service) writing(ctx context.Context, slug string, at int64, kind string, f func(ctx context.Context, tx *db.Tx) (detail string, err error)) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.Initiatives.MayEdit(ctx, tx, slug); err != nil {
			return err
		}
		now, err := version(ctx, tx, slug)
		if err != nil {
			return err
		}
		if now != at {
			return fault.Conflict("phases.conflict")
		}
		detail, err := f(ctx, tx)
		if err != nil {
			return err
		}
		if err := raise(ctx, tx, slug, now, s.Clock.Now()); err != nil {
			return err
		}
		return s.told(ctx, tx, slug, kind, detail)
	})
}

// The kinds of change, in the history and in the log.
const (
	kindMarks     = "marks"
	kindDecided   = "decided"
	kindCondition = "condition"
	kindList      = "list"
	kindFit       = "fit"
	kindAction    = "action"
	kindAdopted   = "adopted"
)

// told writes the history and the log.
func (s *Service) told(ctx context.Context, tx *db.Tx, subject, kind, detail string) error {
	if _, err := tx.Exec(ctx, insertChange, s.IDs(), subject, db.At(s.Clock.Now()), access.Of(ctx).Person, kind, detail); err != nil {
		return err
	}
	object := subject
	if object == "" {
		object = "place"
	}
	return s.Audit.Record(ctx, tx, audit.Event{Kind: Name + "." + kind, Action: audit.Update, ObjectType: "phases", ObjectID: object})
}

// SaveMarks says how far an initiative is with the items of a gate.
func (s *Service) SaveMarks(ctx context.Context, slug string, at int64, marks []Mark) error {
	return s.writing(ctx, slug, at, kindMarks, func(ctx context.Context, tx *db.Tx) (string, error) {
		l, err := s.listFor(ctx, tx, slug)
		if err != nil {
			return "", err
		}
		old, err := marksOf(ctx, tx, slug)
		if err != nil {
			return "", err
		}
		var w faults
		n := 0
		for _, m := range marks {
			if !slices.ContainsFunc(l.items, func(i Item) bool { return i.Code == m.Code }) {
				return "", fault.Conflict("phases.conflict") // the list was edited meanwhile
			}
			if !slices.Contains(States, m.State) {
				w.Add("stand-"+m.Code, "phases.wrong.choice")
			}
			w.text("notitie-"+m.Code, m.Note, 0, noteMost)
			w.link("link-"+m.Code, m.Link)
			was, ok := old[m.Code]
			if ok && was.State == m.State && was.Note == m.Note && was.Link == m.Link || !ok && m.State == Open && m.Note == "" && m.Link == "" {
				continue
			}
			if w.List == nil {
				n++
				if _, err := tx.Exec(ctx, putMark, slug, m.Code, m.State, m.Note, m.Link, access.Of(ctx).Person, db.At(s.Clock.Now())); err != nil {
					return "", err
				}
			}
		}
		return strconv.Itoa(n), w.Err()
	})
}

// Tick says that a condition was met, or that it was not after all.
func (s *Service) Tick(ctx context.Context, slug, condition string, done bool) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := db.One(ctx, tx, scanCondition, selectCondition, condition)
		if err != nil {
			return err
		}
		if c.Initiative != slug {
			return fault.NotFound()
		}
		// Facts first: of what may not be seen nobody learns that it is there.
		if _, err := s.Initiatives.Facts(ctx, tx, slug); err != nil {
			return err
		}
		a := access.Of(ctx)
		if c.Owner == "" || c.Owner != a.Person || !a.SecondFactor {
			if err := s.Initiatives.MayEdit(ctx, tx, slug); err != nil {
				return err
			}
		}
		at, by := time.Time{}, ""
		if done {
			at, by = s.Clock.Now(), a.Person
		}
		if _, err := tx.Exec(ctx, tickCondition, c.ID, db.At(at), by); err != nil {
			return err
		}
		return s.told(ctx, tx, slug, kindCondition, c.ID)
	})
}

// State is how far an initiative is, for who looks at a whole region.
type State struct {
	Phase, Gate string
	Items, Open int // of that gate
	Conditions  int // not met yet
	Late        int
	Decided     time.Time // the newest decision
}

// State tells how far an initiative is; fault.NotFound for who may not see it.
func (s *Service) State(ctx context.Context, r db.Reader, slug string) (State, error) {
	f, err := s.Initiatives.Facts(ctx, r, slug)
	if err != nil {
		return State{}, err
	}
	l, err := s.listFor(ctx, r, slug)
	if err != nil {
		return State{}, err
	}
	marks, err := marksOf(ctx, r, slug)
	if err != nil {
		return State{}, err
	}
	made, err := decisions(ctx, r, slug)
	if err != nil {
		return State{}, err
	}
	t := State{Phase: f.Phase, Gate: gateOf(f.Phase)}
	for _, p := range points(l.items, marks, t.Gate) {
		t.Items++
		if p.Open() {
			t.Open++
		}
	}
	for k, d := range made {
		if k == 0 {
			t.Decided = d.Day
		}
		for _, c := range d.Conditions {
			if c.Done.IsZero() {
				t.Conditions++
			}
			if c.Late(s.Clock.Now()) {
				t.Late++
			}
		}
	}
	return t, nil
}

// Beside is a line beside the page of an initiative.
type Beside struct{ Title, Note, Path string }

// Beside tells how far an initiative is with its gate.
func (s *Service) Beside(ctx context.Context, r db.Reader, slug string) ([]Beside, error) {
	t, err := s.State(ctx, r, slug)
	if err != nil {
		return nil, err
	}
	b := Beside{Title: i18n.T(ctx, "phases.beside"), Path: Path(slug), Note: phaseWord(ctx, t.Phase)}
	if t.Gate != "" {
		b.Note = i18n.T(ctx, "phases.beside.note", "phase", phaseWord(ctx, t.Phase), "done", t.Items-t.Open, "all", t.Items)
	}
	if t.Late > 0 {
		b.Note += " · " + i18n.T(ctx, "phases.beside.late", "n", t.Late)
	}
	return []Beside{b, {i18n.T(ctx, "phases.fit.title"), i18n.T(ctx, "phases.beside.fit"), FitPath(slug)}}, nil
}

// Due is something that asks for a person on a day.
type Due struct {
	At                time.Time
	Title, Path, Kind string
}

// The kinds of Due.
const (
	kindDueCondition = "phases.condition.due"
	kindDueAction    = "phases.action.due"
)

// Due gives the conditions that come due in a period, and the actions of the
// actor's own organisations.
func (s *Service) Due(ctx context.Context, r db.Reader, from, to time.Time) ([]Due, error) {
	conditions, err := db.All(ctx, r, scanCondition, selectDue, db.At(from), db.At(to))
	if err != nil {
		return nil, err
	}
	var actions []Action
	for _, o := range Organisations(access.Of(ctx)) {
		part, err := db.All(ctx, r, scanAction, selectActionDue, o, db.At(from), db.At(to))
		if err != nil {
			return nil, err
		}
		actions = append(actions, part...)
	}
	var slugs []string
	for _, c := range conditions {
		slugs = append(slugs, c.Initiative)
	}
	for _, a := range actions {
		slugs = append(slugs, a.Initiative)
	}
	slices.Sort(slugs)
	links, err := s.Initiatives.Links(ctx, r, slices.Compact(slugs))
	if err != nil {
		return nil, err
	}
	var list []Due
	for _, c := range conditions {
		if name := nameOf(links, c.Initiative); name != "" {
			list = append(list, Due{c.Due, i18n.T(ctx, "phases.due", "name", name, "text", c.Text), Path(c.Initiative), kindDueCondition})
		}
	}
	for _, a := range actions {
		if name := nameOf(links, a.Initiative); name != "" {
			list = append(list, Due{a.Due, i18n.T(ctx, "phases.due", "name", name, "text", a.Title), FitPath(a.Initiative), kindDueAction})
		}
	}
	return list, nil
}
