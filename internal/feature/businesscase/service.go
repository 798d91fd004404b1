package businesscase

import (
	"context"
	"slices"
	"strings"
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
	DB           *db.DB
	Clock        clock.Clock
	IDs          id.Source
	Audit        Audit
	Initiatives  Initiatives
	People       People
	Measurements Measurements
	Root         string // path of the place of the instance
}

// Service is what this room can do.
type Service struct {
	Options
	results results
}

// New makes the service.
func New(o Options) *Service { return &Service{Options: o, results: newResults()} }

const (
	titleMost   = 120
	whyMost     = 300
	limitMost   = 100
	draftsMost  = 50
	changesMost = 50
	ofMost      = 20 // cases of one initiative
)

// List gives a part of the published cases, and whether there are more.
func (s *Service) List(ctx context.Context, after string, limit int) ([]Case, bool, error) {
	if limit <= 0 || limit > limitMost {
		limit = 20
	}
	if after == "" {
		after = last
	}
	list, err := db.All(ctx, s.DB, scanCase, selectPublished, after, limit+1)
	return list[:min(limit, len(list))], len(list) > limit, err
}

// Drafts gives the unpublished cases of the actor's own organisations, and those
// the actor made.
func (s *Service) Drafts(ctx context.Context) (list []Case, err error) {
	a := access.Of(ctx)
	if !a.SignedIn() {
		return nil, nil
	}
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		list = nil
		for _, o := range a.Organisations() {
			part, err := db.All(ctx, r, scanCase, selectDrafts, o, last, draftsMost)
			if err != nil {
				return err
			}
			list = append(list, part...)
		}
		own, err := db.All(ctx, r, scanCase, selectOwn, a.Person, last, draftsMost)
		for _, c := range own {
			if c.Stand == Draft && MaySee(a, c, s.Root) && !slices.ContainsFunc(list, func(o Case) bool { return o.ID == c.ID }) {
				list = append(list, c)
			}
		}
		return err
	})
	return list, err
}

// View is a case with what its pages show.
type View struct {
	Case
	MayEdit      bool
	Model        *Model // with the values of pilots taken over
	Initiative   Link
	Owner        string // name of the organisation
	Measurements []Measurement
}

// Get gives a case that the actor may see.
func (s *Service) Get(ctx context.Context, id string) (v View, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		v, err = s.view(ctx, r, id)
		return err
	})
	return v, err
}

func (s *Service) view(ctx context.Context, r db.Reader, id string) (v View, err error) {
	if v.Case, err = db.One(ctx, r, scanCase, selectCase, id); err != nil {
		return v, err
	}
	if v.MayEdit, err = s.mayEdit(ctx, r, v.Case); err != nil {
		return v, err
	}
	if !v.MayEdit && !MaySee(access.Of(ctx), v.Case, s.Root) {
		return v, fault.NotFound()
	}
	if v.Case.Initiative != "" {
		links, err := s.Initiatives.Links(ctx, r, []string{v.Case.Initiative})
		if err != nil {
			return v, err
		}
		if len(links) > 0 {
			v.Initiative = links[0]
		}
	}
	if v.Organisation != "" {
		list, err := s.People.Organisations(ctx, r)
		if err != nil {
			return v, err
		}
		for _, o := range list {
			if o.ID == v.Organisation {
				v.Owner = o.Name
			}
		}
	}
	v.Model, v.Measurements, err = s.taken(ctx, r, v.Case)
	return v, err
}

// taken gives the model with what the pilots of its initiative measured filled in.
func (s *Service) taken(ctx context.Context, r db.Reader, c Case) (*Model, []Measurement, error) {
	if c.Initiative == "" {
		return &c.Model, nil, nil
	}
	list, err := s.Measurements.OfInitiative(ctx, r, c.Initiative)
	if err != nil {
		return nil, nil, err
	}
	return c.Model.take(list), list, nil
}

// mayEdit asks the rules of this room, and those of the initiative it is about.
func (s *Service) mayEdit(ctx context.Context, r db.Reader, c Case) (bool, error) {
	if MayEdit(access.Of(ctx), c, s.Root) {
		return true, nil
	}
	if c.Initiative == "" || !access.Of(ctx).Has(access.Lead, access.Editor) {
		return false, nil
	}
	switch err := s.Initiatives.MayEdit(ctx, r, c.Initiative); fault.KindOf(err) {
	case fault.KindDenied, fault.KindNotFound:
		return false, nil
	default:
		return err == nil, err
	}
}

// NewCase is what a new case begins with.
type NewCase struct{ Title, Initiative, Organisation string }

// Create makes a draft.
func (s *Service) Create(ctx context.Context, n NewCase) (string, error) {
	now := s.Clock.Now()
	c := Case{Title: n.Title, Initiative: n.Initiative, Organisation: n.Organisation, Model: Model{Settings: DefaultSettings(now.Year())}}
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.mayOwn(ctx, tx, c); err != nil {
			return err
		}
		var err error
		c.ID, err = s.add(ctx, tx, c, changeMade)
		return err
	})
	return c.ID, err
}

// mayOwn checks title, owner and initiative of a case.
func (s *Service) mayOwn(ctx context.Context, r db.Reader, c Case) error {
	var w fault.List
	if n := utf8.RuneCountInString(strings.TrimSpace(c.Title)); n == 0 || n > titleMost {
		w.Add("titel", "businesscase.wrong.title", "most", titleMost)
	}
	a := access.Of(ctx)
	if !leads(a, c.Organisation) && !(a.Can(access.Editor, s.Root) && slices.Contains(a.Organisations(), c.Organisation)) {
		w.Add("organisatie", "businesscase.wrong.organisation")
	}
	if c.Initiative != "" {
		links, err := s.Initiatives.Links(ctx, r, []string{c.Initiative})
		if err != nil {
			return err
		}
		if len(links) == 0 {
			w.Add("initiatief", "businesscase.wrong.choice")
		}
	}
	return w.Err()
}

// add keeps a new draft.
func (s *Service) add(ctx context.Context, tx *db.Tx, c Case, kind string) (string, error) {
	c.Stand = Draft
	return s.make(ctx, tx, c, kind)
}

// make keeps a new case with its first line of history.
func (s *Service) make(ctx context.Context, tx *db.Tx, c Case, kind string) (string, error) {
	c.ID, c.Version, c.Created = s.IDs(), 1, s.Clock.Now()
	c.Changed, c.Person, c.Net = c.Created, access.Of(ctx).Person, Cents(c.Model.certain().total())
	if err := addCase(ctx, tx, c); err != nil {
		return "", err
	}
	return c.ID, s.told(ctx, tx, c, audit.Create, Change{Kind: kind, Subject: c.Title})
}

// told writes the history and the log.
func (s *Service) told(ctx context.Context, tx *db.Tx, c Case, action audit.Action, h Change) error {
	h.ID, h.Case, h.At, h.Person = s.IDs(), c.ID, s.Clock.Now(), access.Of(ctx).Person
	if action != audit.Delete {
		if err := addChange(ctx, tx, h); err != nil {
			return err
		}
	}
	return s.Audit.Record(ctx, tx, audit.Event{Kind: "businesscase." + h.Kind, Action: action, ObjectType: "businesscase",
		ObjectID: c.ID, Organisation: c.Organisation})
}

// Edit says which case, as the editor saw it, and why it changes.
type Edit struct {
	ID      string
	Version int
	Why     string
}

// change lets f change a case that the actor may edit, if nobody else did since.
func (s *Service) change(ctx context.Context, e Edit, kind string, f func(ctx context.Context, tx *db.Tx, c *Case) (subject string, err error)) error {
	if utf8.RuneCountInString(e.Why) > whyMost {
		return fault.Invalid(fault.Field{Name: "waarom", Key: "businesscase.wrong.long"})
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := s.mine(ctx, tx, e.ID)
		if err != nil {
			return err
		}
		if c.Version != e.Version {
			return fault.Conflict("businesscase.conflict")
		}
		before := c.Model.clone()
		subject, err := f(ctx, tx, &c)
		if err != nil {
			return err
		}
		c.Net = Cents(c.Model.certain().total())
		n, err := tx.Exec(ctx, updateCase, c.ID, c.Title, c.Initiative, c.Organisation, string(c.Stand), db.JSON[Model]{V: c.Model},
			c.Net, db.At(s.Clock.Now()), e.Version)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Conflict("businesscase.conflict")
		}
		return s.told(ctx, tx, c, audit.Update, Change{Kind: kind, Subject: subject, Why: e.Why, Detail: differences(before, &c.Model)})
	})
}

// mine reads a case to write it: not found for who may not see it, denied for
// who may not write it.
func (s *Service) mine(ctx context.Context, r db.Reader, id string) (Case, error) {
	c, err := db.One(ctx, r, scanCase, selectCase, id)
	if err != nil {
		return c, err
	}
	may, err := s.mayEdit(ctx, r, c)
	if err != nil || may {
		return c, err
	}
	if MaySee(access.Of(ctx), c, s.Root) {
		return c, fault.Denied()
	}
	return c, fault.NotFound()
}

// SaveSettings changes the title and what holds for the whole case.
func (s *Service) SaveSettings(ctx context.Context, e Edit, title string, set Settings) error {
	return s.change(ctx, e, changeSettings, func(_ context.Context, _ *db.Tx, c *Case) (string, error) {
		w := set.faults()
		if n := utf8.RuneCountInString(title); n == 0 || n > titleMost {
			w.Add("titel", "businesscase.wrong.title", "most", titleMost)
		}
		c.Title, c.Model.Settings = title, set
		return title, w.Err()
	})
}

// SaveLine adds a line, or replaces the one with the same id.
func (s *Service) SaveLine(ctx context.Context, e Edit, l Line) error {
	return s.change(ctx, e, changeLine, func(_ context.Context, _ *db.Tx, c *Case) (string, error) {
		l, lines := l, &c.Model.Lines // a copy: the closure may run again
		k := slices.IndexFunc(*lines, func(o Line) bool { return o.ID == l.ID })
		switch {
		case l.ID != "" && k < 0:
			return "", fault.NotFound()
		case l.ID == "":
			if len(*lines) >= LinesMost {
				return "", fault.Invalid(fault.Field{Name: "naam", Key: "businesscase.wrong.many"})
			}
			l.ID = next("l", func(id string) bool { return slices.ContainsFunc(*lines, func(o Line) bool { return o.ID == id }) })
			*lines = append(*lines, l)
		default:
			(*lines)[k] = l
		}
		if l.Quantity == nil { // a scenario may have changed what is gone now
			c.Model.dropOverrides(l.ID + ".quantity")
		}
		return l.Name, l.Check(c.Model.Cities)
	})
}

// RemoveLine takes a line away.
func (s *Service) RemoveLine(ctx context.Context, e Edit, line string) error {
	return s.change(ctx, e, changeLine, func(_ context.Context, _ *db.Tx, c *Case) (name string, err error) {
		err = fault.NotFound()
		c.Model.Lines = slices.DeleteFunc(c.Model.Lines, func(l Line) bool {
			if l.ID == line {
				name, err = l.Name, nil
			}
			return l.ID == line
		})
		c.Model.dropOverrides(line + ".")
		return name, err
	})
}

// dropOverrides takes out of the scenarios what begins with a key.
func (m *Model) dropOverrides(key string) {
	for k := range m.Scenarios {
		s := &m.Scenarios[k]
		s.Overrides = slices.DeleteFunc(s.Overrides, func(o Override) bool { return strings.HasPrefix(o.Key, key) })
	}
}

// SaveCity adds a city, or replaces the one with the same id.
func (s *Service) SaveCity(ctx context.Context, e Edit, city City) error {
	return s.change(ctx, e, changeCity, func(_ context.Context, _ *db.Tx, c *Case) (string, error) {
		city, list := city, &c.Model.Cities // a copy: the closure may run again
		k := slices.IndexFunc(*list, func(o City) bool { return o.ID == city.ID })
		switch {
		case city.ID != "" && k < 0:
			return "", fault.NotFound()
		case city.ID == "":
			if len(*list) >= CitiesMost {
				return "", fault.Invalid(fault.Field{Name: "stad", Key: "businesscase.wrong.many"})
			}
			city.ID = next("c", func(id string) bool { return slices.ContainsFunc(*list, func(o City) bool { return o.ID == id }) })
			*list = append(*list, city)
		default:
			(*list)[k] = city
		}
		return city.Name, city.Check()
	})
}

// RemoveCity takes a city away; lines of that city alone have to go first.
func (s *Service) RemoveCity(ctx context.Context, e Edit, city string) error {
	return s.change(ctx, e, changeCity, func(_ context.Context, _ *db.Tx, c *Case) (name string, err error) {
		if slices.ContainsFunc(c.Model.Lines, func(l Line) bool { return l.City == city }) {
			return "", fault.Invalid(fault.Field{Name: "stad", Key: "businesscase.wrong.used"})
		}
		err = fault.NotFound()
		c.Model.Cities = slices.DeleteFunc(c.Model.Cities, func(o City) bool {
			if o.ID == city {
				name, err = o.Name, nil
			}
			return o.ID == city
		})
		return name, err
	})
}

// SaveScenario adds a scenario, or replaces the one with the same id.
func (s *Service) SaveScenario(ctx context.Context, e Edit, sc Scenario) error {
	return s.change(ctx, e, changeScenario, func(_ context.Context, _ *db.Tx, c *Case) (string, error) {
		sc, list := sc, &c.Model.Scenarios // a copy: the closure may run again
		k := slices.IndexFunc(*list, func(o Scenario) bool { return o.ID == sc.ID })
		switch {
		case sc.ID != "" && k < 0:
			return "", fault.NotFound()
		case sc.ID == "":
			if len(*list) >= ScenariosMost {
				return "", fault.Invalid(fault.Field{Name: "naam", Key: "businesscase.wrong.many"})
			}
			sc.ID = next("s", func(id string) bool { return slices.ContainsFunc(*list, func(o Scenario) bool { return o.ID == id }) })
			*list = append(*list, sc)
		default:
			(*list)[k] = sc
		}
		return sc.Name, sc.Check(&c.Model)
	})
}

// RemoveScenario takes a scenario away.
func (s *Service) RemoveScenario(ctx context.Context, e Edit, scenario string) error {
	return s.change(ctx, e, changeScenario, func(_ context.Context, _ *db.Tx, c *Case) (name string, err error) {
		err = fault.NotFound()
		c.Model.Scenarios = slices.DeleteFunc(c.Model.Scenarios, func(o Scenario) bool {
			if o.ID == scenario {
				name, err = o.Name, nil
			}
			return o.ID == scenario
		})
		return name, err
	})
}

// Publish shows a case to everybody, or makes it a draft again.
func (s *Service) Publish(ctx context.Context, e Edit, public bool) error {
	kind, stand := changeDrafted, Draft
	if public {
		kind, stand = changePublished, Public
	}
	return s.change(ctx, e, kind, func(_ context.Context, _ *db.Tx, c *Case) (string, error) {
		if public && len(c.Model.Lines) == 0 {
			return "", fault.Invalid(fault.Field{Name: "regels", Key: "businesscase.wrong.empty"})
		}
		c.Stand = stand
		return c.Title, nil
	})
}

// Copy makes a draft with the same model for an organisation the actor leads.
func (s *Service) Copy(ctx context.Context, id string, n NewCase) (string, error) {
	var made string
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, err := s.view(ctx, tx, id)
		if err != nil {
			return err
		}
		c := Case{Title: n.Title, Initiative: v.Case.Initiative, Organisation: n.Organisation, Model: v.Model.portable()}
		c.Model.Cities = slices.Clone(v.Model.Cities)
		if err := s.mayOwn(ctx, tx, c); err != nil {
			return err
		}
		made, err = s.add(ctx, tx, c, changeCopied)
		return err
	})
	return made, err
}

// Remove takes a draft away for good.
func (s *Service) Remove(ctx context.Context, e Edit) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := s.mine(ctx, tx, e.ID)
		if err != nil {
			return err
		}
		if c.Version != e.Version || c.Stand != Draft {
			return fault.Conflict("businesscase.conflict")
		}
		if _, err := tx.Exec(ctx, deleteCase, c.ID); err != nil {
			return err
		}
		return s.told(ctx, tx, c, audit.Delete, Change{Kind: changeRemoved})
	})
}

// History gives the last changes of a case the actor may see, and the names of
// who made them.
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
