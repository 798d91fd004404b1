package agreements

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

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
	Initiatives Initiatives
	People      People
	Figures     Figures
	Root        string // path of the place of the instance
}

// Service is what this room can do.
type Service struct{ Options }

// New makes the service.
func New(o Options) *Service { return &Service{o} }

const (
	limitMost   = 100
	draftsMost  = 50
	changesMost = 50
	ofMost      = 50 // agreements of one initiative
	dueMost     = 200
)

// List gives a part of the published agreements, and whether there are more.
func (s *Service) List(ctx context.Context, after string, limit int) ([]Agreement, bool, error) {
	if limit <= 0 || limit > limitMost {
		limit = 20
	}
	if after == "" {
		after = last
	}
	list, err := db.All(ctx, s.DB, scanAgreement, selectPublished, after, limit+1)
	return list[:min(limit, len(list))], len(list) > limit, err
}

// Drafts gives the unpublished agreements that the actor's organisations own or
// are a party to.
func (s *Service) Drafts(ctx context.Context) (list []Agreement, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		list = nil
		for _, o := range access.Of(ctx).Organisations() {
			part, err := db.All(ctx, r, scanAgreement, selectDrafts, o, last, draftsMost)
			if err != nil {
				return err
			}
			for _, g := range part {
				if !slices.ContainsFunc(list, func(o Agreement) bool { return o.ID == g.ID }) {
					list = append(list, g)
				}
			}
		}
		return nil
	})
	return list, err
}

// View is an agreement with what its pages show.
type View struct {
	Agreement
	MayEdit    bool
	Initiative Link
	Checks     []Check
	Figure     *Figure  // what the pilot measures now, where the indicator is one of a pilot
	Figures    []Figure // of all pilots of the initiative
	Now        time.Time
}

// Paid is what was settled so far.
func (v View) Paid() (sum int64) {
	for _, c := range v.Checks {
		sum += c.Cents
	}
	return sum
}

// Get gives an agreement that the actor may see.
func (s *Service) Get(ctx context.Context, id string) (v View, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		v, err = s.view(ctx, r, id)
		return err
	})
	return v, err
}

func (s *Service) view(ctx context.Context, r db.Reader, id string) (v View, err error) {
	if v.Agreement, err = db.One(ctx, r, scanAgreement, selectAgreement, id); err != nil {
		return v, err
	}
	a := access.Of(ctx)
	v.MayEdit, v.Now = MayEdit(a, v.Agreement, s.Root), s.Clock.Now()
	if !MaySee(a, v.Agreement, s.Root) {
		return v, fault.NotFound()
	}
	if v.Checks, err = db.All(ctx, r, scanCheck, selectChecks, id); err != nil {
		return v, err
	}
	slug := v.Agreement.Initiative
	if slug == "" {
		return v, nil
	}
	links, err := s.Initiatives.Links(ctx, r, []string{slug})
	if err != nil {
		return v, err
	}
	if len(links) > 0 {
		v.Initiative = links[0]
	}
	if v.Figures, err = s.Figures.OfInitiative(ctx, r, slug); err != nil {
		return v, err
	}
	for k, f := range v.Figures {
		if v.Model.Pilot != "" && f.Pilot == v.Model.Pilot && f.Indicator == v.Model.Code {
			v.Figure = &v.Figures[k]
		}
	}
	return v, nil
}

// Terms are what the form of an agreement holds.
type Terms struct {
	Title, Initiative, Organisation string // the organisation of a new one only
	Model                           Model
	Dates                           []time.Time
}

func (s *Service) judge(ctx context.Context, r db.Reader, t *Terms) error {
	var w faults
	if n := utf8.RuneCountInString(strings.TrimSpace(t.Title)); n == 0 || n > titleMost {
		w.Add("titel", "agreements.wrong.title", "most", titleMost)
	}
	if len(t.Dates) == 0 {
		w.Add("dagen", "agreements.wrong.date")
	}
	if len(t.Dates) > datesMost {
		w.Add("dagen", "agreements.wrong.many", "most", datesMost)
	}
	if t.Initiative != "" {
		links, err := s.Initiatives.Links(ctx, r, []string{t.Initiative})
		if err != nil {
			return err
		}
		if len(links) == 0 {
			w.Add("initiatief", "agreements.wrong.choice")
		}
	}
	if t.Model.Pilot != "" {
		list, err := s.Figures.OfInitiative(ctx, r, t.Initiative)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(list, func(f Figure) bool { return f.Pilot == t.Model.Pilot && f.Indicator == t.Model.Code }) {
			w.Add("meting", "agreements.wrong.figure")
		}
	}
	known, err := s.People.Organisations(ctx, r)
	if err != nil {
		return err
	}
	t.Model.Parties = slices.Clone(t.Model.Parties)
	for k := range t.Model.Parties { // a name that is known here is that organisation
		p := &t.Model.Parties[k]
		p.Organisation = ""
		for _, o := range known {
			if strings.EqualFold(o.Name, p.Name) {
				p.Organisation, p.Name = o.ID, o.Name
			}
		}
	}
	if err := t.Model.check(); err != nil {
		w.List = append(w.List, fault.FieldsOf(err)...)
	}
	return w.Err()
}

// Create makes a draft.
func (s *Service) Create(ctx context.Context, t Terms) (id string, err error) {
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		a := access.Of(ctx)
		var w faults
		if !leads(a, t.Organisation) && !(a.Can(access.Editor, s.Root) && slices.Contains(a.Organisations(), t.Organisation)) {
			w.Add("organisatie", "agreements.wrong.organisation")
		}
		if err := s.judge(ctx, tx, &t); err != nil {
			if fault.KindOf(err) != fault.KindInvalid {
				return err
			}
			w.List = append(w.List, fault.FieldsOf(err)...)
		}
		if err := w.Err(); err != nil {
			return err
		}
		id, err = s.make(ctx, tx, Agreement{Title: t.Title, Initiative: t.Initiative, Organisation: t.Organisation, Model: t.Model, Stand: Draft}, t.Dates)
		return err
	})
	return id, err
}

// make keeps a new agreement with its days and the first line of its history.
func (s *Service) make(ctx context.Context, tx *db.Tx, g Agreement, dates []time.Time) (string, error) {
	g.ID, g.Version, g.Created, g.Person = s.IDs(), 1, s.Clock.Now(), access.Of(ctx).Person
	g.Changed = g.Created
	if err := addAgreement(ctx, tx, g); err != nil {
		return "", err
	}
	if err := keepParties(ctx, tx, g); err != nil {
		return "", err
	}
	for _, day := range dates {
		if err := addCheck(ctx, tx, g, Check{ID: s.IDs(), Due: day}); err != nil {
			return "", err
		}
	}
	return g.ID, s.told(ctx, tx, g, audit.Create, Change{Kind: changeMade, Subject: g.Title})
}

// told writes the history and the log.
func (s *Service) told(ctx context.Context, tx *db.Tx, g Agreement, action audit.Action, h Change) error {
	h.ID, h.Agreement, h.At, h.Person = s.IDs(), g.ID, s.Clock.Now(), access.Of(ctx).Person
	if action != audit.Delete {
		if err := addChange(ctx, tx, h); err != nil {
			return err
		}
	}
	return s.Audit.Record(ctx, tx, audit.Event{Kind: "agreements." + h.Kind, Action: action, ObjectType: "agreement", ObjectID: g.ID, Organisation: g.Organisation})
}

// Edit says which agreement, as the editor saw it, and why it changes.
type Edit struct {
	ID      string
	Version int
	Why     string
}

// change lets f change an agreement that the actor may edit, if nobody else did
// since. What f gives is the subject of the change.
func (s *Service) change(ctx context.Context, e Edit, kind string, f func(ctx context.Context, tx *db.Tx, g *Agreement) (string, error)) error {
	if utf8.RuneCountInString(e.Why) > whyMost {
		return fault.Invalid(fault.Field{Name: "waarom", Key: "agreements.wrong.long", Args: []any{"most", whyMost}})
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		g, err := s.mine(ctx, tx, e)
		if err != nil {
			return err
		}
		subject, err := f(ctx, tx, &g)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, updateAgreement, g.ID, g.Title, g.Initiative, string(g.Stand), db.JSON[Model]{V: g.Model}, db.At(s.Clock.Now()), e.Version)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Conflict("agreements.conflict")
		}
		return s.told(ctx, tx, g, audit.Update, Change{Kind: kind, Subject: subject, Why: e.Why})
	})
}

// mine reads an agreement to write it: not found for who may not see it, denied for
// who may not write it.
func (s *Service) mine(ctx context.Context, r db.Reader, e Edit) (Agreement, error) {
	g, err := db.One(ctx, r, scanAgreement, selectAgreement, e.ID)
	if err != nil {
		return g, err
	}
	switch a := access.Of(ctx); {
	case !MaySee(a, g, s.Root):
		return g, fault.NotFound()
	case !MayEdit(a, g, s.Root):
		return g, fault.Denied()
	case g.Version != e.Version:
		return g, fault.Conflict("agreements.conflict")
	}
	return g, nil
}

// Save changes what was agreed. Days that are settled stay.
func (s *Service) Save(ctx context.Context, e Edit, t Terms) error {
	return s.change(ctx, e, changeTerms, func(ctx context.Context, tx *db.Tx, g *Agreement) (string, error) {
		if err := s.judge(ctx, tx, &t); err != nil {
			return "", err
		}
		g.Title, g.Initiative, g.Model = t.Title, t.Initiative, t.Model
		dates := slices.Clone(t.Dates) // this may run more than once
		if err := keepParties(ctx, tx, *g); err != nil {
			return "", err
		}
		checks, err := db.All(ctx, tx, scanCheck, selectChecks, g.ID)
		if err != nil {
			return "", err
		}
		for _, c := range checks {
			if k := slices.IndexFunc(dates, c.Due.Equal); k >= 0 {
				dates = slices.Delete(dates, k, k+1)
				continue
			}
			if c.Settled {
				return "", fault.Invalid(fault.Field{Name: "dagen", Key: "agreements.wrong.settled", Args: []any{"day", c.Due.Format("02-01-2006")}})
			}
			if _, err := tx.Exec(ctx, deleteCheck, c.ID); err != nil {
				return "", err
			}
		}
		for _, day := range dates {
			if err := addCheck(ctx, tx, *g, Check{ID: s.IDs(), Due: day}); err != nil {
				return "", err
			}
		}
		return g.Title, nil
	})
}

// Publish shows an agreement to everybody, or to its parties alone.
func (s *Service) Publish(ctx context.Context, e Edit, public bool) error {
	kind, stand := changeDrafted, Draft
	if public {
		kind, stand = changePublished, Public
	}
	return s.change(ctx, e, kind, func(ctx context.Context, tx *db.Tx, g *Agreement) (string, error) {
		g.Stand = stand
		_, err := tx.Exec(ctx, showChecks, g.ID, public)
		return g.Title, err
	})
}

// Result is what was measured for a day.
type Result struct {
	Value  float64
	People int
	Source string
	Pilot  bool // take the figure of the pilot instead
}

// Settle works out what is to be paid for a day and keeps it.
func (s *Service) Settle(ctx context.Context, e Edit, check string, in Result) error {
	return s.change(ctx, e, changeSettled, func(ctx context.Context, tx *db.Tx, g *Agreement) (string, error) {
		return s.workOut(ctx, tx, g, check, in)
	})
}

// workOut settles one day of an agreement.
func (s *Service) workOut(ctx context.Context, tx *db.Tx, g *Agreement, check string, in Result) (string, error) {
	v, err := s.view(ctx, tx, g.ID)
	if err != nil {
		return "", err
	}
	k := slices.IndexFunc(v.Checks, func(c Check) bool { return c.ID == check })
	if k < 0 {
		return "", fault.NotFound()
	}
	c := v.Checks[k]
	var w faults
	if c.Settled {
		w.Add("waarde", "agreements.wrong.done")
	}
	if c.Due.After(v.Now) {
		w.Add("waarde", "agreements.wrong.early")
	}
	if in.Pilot {
		if v.Figure == nil {
			w.Add("bron", "agreements.wrong.nofigure")
		} else {
			in.Value, in.People, in.Source = v.Figure.Value, v.Figure.N, v.Figure.source()
		}
	}
	if in.People < Fewest && !w.has("bron") {
		w.Add("mensen", "agreements.wrong.few", "least", Fewest)
	}
	if math.IsNaN(in.Value) || math.Abs(in.Value) > numberMost {
		w.Add("waarde", "agreements.wrong.number")
	}
	w.text("toelichting", in.Source, sourceMost, !in.Pilot)
	if err := w.Err(); err != nil {
		return "", err
	}
	c.Steps, c.Cents = g.Model.Settle(in.Value, in.People, v.Paid())
	c.Settled, c.At, c.Person, c.Source = true, s.Clock.Now(), access.Of(ctx).Person, in.Source
	return c.Due.Format("02-01-2006"), keepCheck(ctx, tx, c)
}

func (w *faults) has(name string) bool {
	return slices.ContainsFunc(w.List, func(f fault.Field) bool { return f.Name == name })
}

// source names where a value comes from, no longer than a form takes it.
func (f *Figure) source() string {
	list := []rune(f.PilotName + ": " + f.Name + ", " + f.To.Format("02-01-2006"))
	return string(list[:min(len(list), sourceMost)])
}

// Undo takes a settlement back. The reason stays in the history.
func (s *Service) Undo(ctx context.Context, e Edit, check string) error {
	return s.change(ctx, e, changeUndone, func(ctx context.Context, tx *db.Tx, g *Agreement) (string, error) {
		if strings.TrimSpace(e.Why) == "" {
			return "", fault.Invalid(fault.Field{Name: "waarom", Key: "agreements.wrong.why"})
		}
		checks, err := db.All(ctx, tx, scanCheck, selectChecks, g.ID)
		if err != nil {
			return "", err
		}
		k := slices.IndexFunc(checks, func(c Check) bool { return c.ID == check && c.Settled })
		if k < 0 {
			return "", fault.NotFound()
		}
		return checks[k].Due.Format("02-01-2006"), keepCheck(ctx, tx, Check{ID: check})
	})
}

// Remove takes a draft without settlements away for good.
func (s *Service) Remove(ctx context.Context, e Edit) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		g, err := s.mine(ctx, tx, e)
		if err != nil {
			return err
		}
		checks, err := db.All(ctx, tx, scanCheck, selectChecks, g.ID)
		if err != nil {
			return err
		}
		if g.Stand != Draft || slices.ContainsFunc(checks, func(c Check) bool { return c.Settled }) {
			return fault.Conflict("agreements.kept")
		}
		if _, err := tx.Exec(ctx, deleteAgreement, g.ID); err != nil {
			return err
		}
		return s.told(ctx, tx, g, audit.Delete, Change{Kind: changeRemoved})
	})
}

// History gives the last changes of an agreement the actor may see, and the names
// of who made them.
func (s *Service) History(ctx context.Context, id, before string) (v View, list []Change, names map[string]string, err error) {
	if before == "" {
		before = last
	}
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		if v, err = s.view(ctx, r, id); err != nil {
			return err
		}
		if list, err = db.All(ctx, r, scanChange, selectChanges, id, before, changesMost+1); err != nil {
			return err
		}
		var persons []string
		for _, c := range list {
			if c.Person != "" && !slices.Contains(persons, c.Person) {
				persons = append(persons, c.Person)
			}
		}
		names, err = s.People.Names(ctx, r, persons)
		return err
	})
	return v, list, names, err
}

// Beside is a line beside an initiative.
type Beside struct{ Title, Note, Path string }

// Beside gives the agreements of an initiative that the actor may see.
func (s *Service) Beside(ctx context.Context, r db.Reader, slug string) (list []Beside, err error) {
	all, err := db.All(ctx, r, scanAgreement, selectOf, slug, "", ofMost)
	for _, g := range all {
		if MaySee(access.Of(ctx), g, s.Root) {
			list = append(list, Beside{g.Title, between(ctx, &g.Model), Path(g.ID)})
		}
	}
	return list, err
}

// Due is something that asks for a person on a day.
type Due struct {
	At                time.Time
	Title, Path, Kind string
}

// Due gives the days of agreements that the actor may see and that are not settled.
func (s *Service) Due(ctx context.Context, r db.Reader, from, to time.Time) ([]Due, error) {
	rows, err := db.All(ctx, r, scanDue, selectDue, db.At(from), db.At(to), dueMost)
	if err != nil {
		return nil, err
	}
	for _, o := range access.Of(ctx).Organisations() {
		part, err := db.All(ctx, r, scanDue, selectDueOf, o, db.At(from), db.At(to), dueMost)
		if err != nil {
			return nil, err
		}
		rows = append(rows, part...)
	}
	slices.SortFunc(rows, func(a, b dueRow) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.ID, b.ID)) })
	rows = slices.CompactFunc(rows, func(a, b dueRow) bool { return a.ID == b.ID })
	var list []Due
	for _, d := range rows {
		list = append(list, Due{At: d.Due, Title: i18n.T(ctx, "agreements.due", "title", d.Title), Path: Path(d.Agreement), Kind: "agreements.check"})
	}
	return list, nil
}
