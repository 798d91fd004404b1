package scaling

import (
	"context"
	"slices"
	"strings"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/limit"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// Audit takes the log lines of this room.
type Audit interface {
	Record(ctx context.Context, tx *db.Tx, e audit.Event) error
}

// Options are what the room is made of. Barriers may be nil.
type Options struct {
	DB          *db.DB
	Clock       clock.Clock
	IDs         id.Source
	Audit       Audit
	BaseURL     string  // for links in a calendar
	Rate        float64 // multiplies the limit of comments by guests; 0 lifts it
	Coalitions  Coalitions
	Initiatives Initiatives
	People      People
	Barriers    Barriers
	Places      Places
}

// Service is what this room can do.
type Service struct {
	Options
	says *limit.Limit // comments of guests, by link
}

// New makes the service.
func New(o Options) *Service { return &Service{o, limit.New(o.Clock, guestBurst, guestPause, o.Rate)} }

const (
	listMost    = 40 // plans of one coalition or organisation in a list
	changesMost = 50
)

func (s *Service) today() Day { return DayOf(s.Clock.Now()) }

// Listed is a plan as a list shows it.
type Listed struct {
	Plan
	Tally Tally // without doing and budget
	Of    string
}

// scope is a coalition or an organisation whose plans the actor sees.
type scope struct {
	Link
	coalition bool
}

// scopes are those of the actor.
func (s *Service) scopes(ctx context.Context, r db.Reader) (list []scope, err error) {
	a := access.Of(ctx)
	if !a.SignedIn() {
		return nil, nil
	}
	coalitions, err := s.Coalitions.Of(ctx, r)
	if err != nil {
		return nil, err
	}
	for _, c := range coalitions {
		list = append(list, scope{c, true})
	}
	own := a.Organisations()
	if len(own) == 0 {
		return list, nil
	}
	all, err := s.People.Organisations(ctx, r)
	for _, o := range all {
		if slices.Contains(own, o.ID) {
			list = append(list, scope{o, false})
		}
	}
	return list, err
}

// List gives the plans that the actor sees, those changed last first.
func (s *Service) List(ctx context.Context) (list []Listed, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		list = nil
		scopes, err := s.scopes(ctx, r)
		if err != nil {
			return err
		}
		for _, o := range scopes {
			query := listOrganisation
			if o.coalition {
				query = listCoalition
			}
			part, err := db.All(ctx, r, scanListed, query, o.ID, last, listMost, string(s.today()))
			if err != nil {
				return err
			}
			for _, l := range part {
				l.Of = o.Name
				list = append(list, l)
			}
		}
		return nil
	})
	slices.SortStableFunc(list, func(a, b Listed) int { return b.Changed.Compare(a.Changed) })
	return list, err
}

// enter reads a plan for the actor: not found for whom it is not there.
func (s *Service) enter(ctx context.Context, r db.Reader, id string, need right) (Plan, right, error) {
	p, err := db.One(ctx, r, scanPlan, selectPlan, id)
	if err != nil {
		return p, nothing, err
	}
	may, err := s.rights(ctx, r, p)
	switch {
	case err != nil:
		return p, nothing, err
	case may == nothing:
		return Plan{}, nothing, fault.NotFound()
	case may < need:
		return p, may, fault.Denied()
	}
	return p, may, nil
}

// rights asks the coalition who the actor is, and the rules what that allows.
func (s *Service) rights(ctx context.Context, r db.Reader, p Plan) (right, error) {
	role := Outside
	if p.Coalition != "" {
		if a := access.Of(ctx); !a.SignedIn() && program(a) == nothing {
			return nothing, nil
		}
		var err error
		if role, err = s.Coalitions.Role(ctx, r, p.Coalition); fault.KindOf(err) == fault.KindNotFound {
			return nothing, nil
		} else if err != nil {
			return nothing, err
		}
	}
	return rights(access.Of(ctx), p, role), nil
}

// View is a plan with what its pages show.
type View struct {
	Plan
	Token           string // of the link of a guest who reads along
	MayEdit, MayEnd bool
	Of              string // name of the coalition or organisation
	Case            Link   // the initiative
	Tracks          []Track
	Steps           []Step            // in the order of their days
	Names           map[string]string // of owners, by id
	Barriers        map[string]Barrier
	Today           Day
}

// Get gives a plan that the actor may see.
func (s *Service) Get(ctx context.Context, id string) (v View, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		v, err = s.view(ctx, r, id)
		return err
	})
	return v, err
}

func (s *Service) view(ctx context.Context, r db.Reader, id string) (v View, err error) {
	var may right
	if v.Plan, may, err = s.enter(ctx, r, id, reads); err != nil {
		return v, err
	}
	v.MayEdit, v.MayEnd = may >= writes, may >= ends
	return v, s.complete(ctx, r, &v)
}

// complete reads what the pages of a plan show besides the plan.
func (s *Service) complete(ctx context.Context, r db.Reader, v *View) (err error) {
	v.Today = s.today()
	if v.Tracks, err = db.All(ctx, r, scanTrack, selectTracks, v.ID, tracksMost); err != nil {
		return err
	}
	if v.Steps, err = db.All(ctx, r, scanStep, selectSteps, v.ID, stepsMost); err != nil {
		return err
	}
	sortSteps(v.Steps)
	if err = s.fill(ctx, r, v); err != nil {
		return err
	}
	if v.Initiative != "" {
		links, err := s.Initiatives.Links(ctx, r, []string{v.Initiative})
		if err != nil {
			return err
		}
		if len(links) > 0 {
			v.Case = links[0]
		}
	}
	switch {
	case v.Coalition == "":
		v.Of = v.Names[v.Organisation]
	case v.Of == "" && access.Of(ctx).SignedIn(): // a program is no member, and shows no name
		v.Of, err = s.Coalitions.Name(ctx, r, v.Coalition)
	}
	return err
}

// fill looks up the names of owners, and the barriers.
func (s *Service) fill(ctx context.Context, r db.Reader, v *View) error {
	var persons, barriers []string
	for _, p := range v.Steps {
		if p.Person != "" && !slices.Contains(persons, p.Person) {
			persons = append(persons, p.Person)
		}
	}
	for _, t := range v.Tracks {
		barriers = append(barriers, t.Barriers...)
	}
	names, err := s.People.Names(ctx, r, persons)
	if err != nil {
		return err
	}
	v.Names = make(map[string]string, len(names))
	for k, name := range names {
		v.Names[k] = name
	}
	organisations, err := s.People.Organisations(ctx, r)
	if err != nil {
		return err
	}
	for _, o := range organisations {
		v.Names[o.ID] = o.Name
	}
	v.Barriers = map[string]Barrier{}
	if s.Barriers == nil || len(barriers) == 0 {
		return nil
	}
	links, err := s.Barriers.Links(ctx, r, barriers)
	for _, b := range links {
		v.Barriers[b.ID] = b
	}
	return err
}

// Track gives one of the tracks.
func (v *View) Track(id string) (Track, bool) {
	k := slices.IndexFunc(v.Tracks, func(t Track) bool { return t.ID == id })
	if k < 0 {
		return Track{}, false
	}
	return v.Tracks[k], true
}

// Step gives one of the steps.
func (v *View) Step(id string) (Step, bool) {
	for k := range v.Steps { // a step is large, and a plan looks up many
		if v.Steps[k].ID == id {
			return v.Steps[k], true
		}
	}
	return Step{}, false
}

// In gives the steps of a track, or those of all cities together.
func (v *View) In(track string) (list []Step) {
	for _, p := range v.Steps {
		if p.Track == track {
			list = append(list, p)
		}
	}
	return list
}

// Owner names who does a step; empty if nobody does yet.
func (v *View) Owner(p Step) string {
	if p.Person != "" {
		return v.Names[p.Person]
	}
	return v.Names[p.Organisation]
}

// Waiting gives the first step that this one still waits for.
func (v *View) Waiting(p Step) (Step, bool) {
	if !p.State.Open() {
		return Step{}, false
	}
	for _, id := range p.Waits {
		if o, there := v.Step(id); there && o.State.Open() {
			return o, true
		}
	}
	return Step{}, false
}

// Owner can be given a step; Value is what a form sends.
type Owner struct{ Value, Name string }

// owners are whom a step of the plan may be given to: who is inside, and the
// organisations that take part.
func (s *Service) owners(ctx context.Context, r db.Reader, p Plan) ([]Owner, error) {
	var people []Person
	var err error
	organisations := []string{p.Organisation}
	if p.Coalition != "" {
		if people, err = s.Coalitions.Members(ctx, r, p.Coalition); err != nil {
			return nil, err
		}
		cities, err := s.Coalitions.Cities(ctx, r, p.Coalition)
		if err != nil {
			return nil, err
		}
		for _, c := range cities {
			organisations = append(organisations, c.Organisation)
		}
	} else if people, err = s.People.Colleagues(ctx, r); err != nil {
		return nil, err
	}
	var list []Owner
	for _, m := range people {
		list = append(list, Owner{"p:" + m.ID, m.Name})
		if p.Coalition != "" {
			organisations = append(organisations, m.Organisation)
		}
	}
	slices.SortFunc(list, func(a, b Owner) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	all, err := s.People.Organisations(ctx, r)
	for _, o := range all {
		if slices.Contains(organisations, o.ID) {
			list = append(list, Owner{"o:" + o.ID, o.Name})
		}
	}
	return list, err
}

// Owners are whom a step of the plan may be given to.
func (s *Service) Owners(ctx context.Context, plan string) (list []Owner, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		p, _, err := s.enter(ctx, r, plan, writes)
		if err != nil {
			return err
		}
		list, err = s.owners(ctx, r, p)
		return err
	})
	return list, err
}

// told writes the history and the log.
func (s *Service) told(ctx context.Context, tx *db.Tx, p Plan, action audit.Action, c Change) error {
	c.ID, c.Plan, c.At, c.Person = s.IDs(), p.ID, s.Clock.Now(), access.Of(ctx).Person
	if action != audit.Delete {
		if err := addChange(ctx, tx, c); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, touchPlan, p.ID, db.At(c.At)); err != nil {
			return err
		}
	}
	return s.Audit.Record(ctx, tx, audit.Event{Kind: "scaling." + c.Kind, Action: action, ObjectType: "scaling", ObjectID: p.ID,
		Organisation: p.Organisation})
}

// Edit says what changes, as the editor saw it, and why.
type Edit struct {
	Plan    string
	Version int // of the plan, the track or the step
	Why     string
}

func (e Edit) check() error {
	var w faults
	w.text("waarom", e.Why, 0, whyMost)
	return w.Err()
}

// change lets f change what belongs to a plan that the actor may write.
func (s *Service) change(ctx context.Context, e Edit, f func(ctx context.Context, tx *db.Tx, p Plan) (Change, error)) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, _, err := s.enter(ctx, tx, e.Plan, writes)
		if err != nil {
			return err
		}
		if err := e.check(); err != nil {
			return err
		}
		c, err := f(ctx, tx, p)
		if err != nil || c.Kind == "" {
			return err
		}
		c.Why = e.Why
		return s.told(ctx, tx, p, audit.Update, c)
	})
}

// stale tells that somebody else was first.
func stale() error { return fault.Conflict("scaling.conflict") }

// SavePlan changes the title, the goals, the initiative and the first day.
func (s *Service) SavePlan(ctx context.Context, e Edit, n Plan) error {
	return s.change(ctx, e, func(ctx context.Context, tx *db.Tx, p Plan) (Change, error) {
		w := n.faults()
		if n.Initiative != "" && n.Initiative != p.Initiative {
			links, err := s.Initiatives.Links(ctx, tx, []string{n.Initiative})
			if err != nil {
				return Change{}, err
			}
			if len(links) == 0 {
				w.Add("initiatief", "scaling.wrong.choice")
			}
		}
		if err := w.Err(); err != nil {
			return Change{}, err
		}
		changed, err := tx.Exec(ctx, updatePlan, p.ID, n.Title, n.Goals, n.Initiative, string(n.Start), db.At(s.Clock.Now()), e.Version)
		if err == nil && changed == 0 {
			err = stale()
		}
		return Change{Kind: changePlan, Subject: n.Title, Detail: planDifferences(p, n)}, err
	})
}

func planDifferences(a, b Plan) (list []Was) {
	for _, w := range []Was{{"title", a.Title, b.Title}, {"goals", a.Goals, b.Goals}, {"initiative", a.Initiative, b.Initiative},
		{"start", string(a.Start), string(b.Start)}} {
		if w.Before != w.After {
			list = append(list, w)
		}
	}
	return list
}

// Remove takes a plan away for good.
func (s *Service) Remove(ctx context.Context, e Edit) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, _, err := s.enter(ctx, tx, e.Plan, ends)
		if err != nil {
			return err
		}
		if p.Version != e.Version {
			return stale()
		}
		if _, err := tx.Exec(ctx, deletePlan, p.ID); err != nil {
			return err
		}
		return s.told(ctx, tx, p, audit.Delete, Change{Kind: changeDeleted})
	})
}

// History gives the last changes of a plan the actor may see, and the names of
// who made them.
func (s *Service) History(ctx context.Context, id, before string) (p Plan, list []Change, names map[string]string, err error) {
	if before == "" {
		before = last
	}
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		if p, _, err = s.enter(ctx, r, id, reads); err != nil {
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
	return p, list, names, err
}
