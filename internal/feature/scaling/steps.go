package scaling

import (
	"context"
	"slices"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
)

// EachTrack puts a new step into the track of every city.
const EachTrack = "*"

// AddSteps puts several steps into a track at once, into the steps of all cities
// together (track empty), or into each track.
func (s *Service) AddSteps(ctx context.Context, e Edit, track string, lines []Line) error {
	return s.change(ctx, e, func(ctx context.Context, tx *db.Tx, p Plan) (Change, error) {
		tracks, steps, err := s.within(ctx, tx, p)
		if err != nil {
			return Change{}, err
		}
		to := []string{track}
		if track == EachTrack {
			to = nil
			for _, t := range tracks {
				to = append(to, t.ID)
			}
		} else if track != "" && !has(tracks, track) {
			return Change{}, fault.Invalid(fault.Field{Name: "spoor", Key: "scaling.wrong.choice"})
		}
		if len(lines) == 0 || len(to) == 0 {
			return Change{}, fault.Invalid(fault.Field{Name: "regels", Key: "scaling.wrong.nolines"})
		}
		if len(steps)+len(lines)*len(to) > stepsMost {
			return Change{}, fault.Invalid(fault.Field{Name: "regels", Key: "scaling.wrong.many", Args: []any{"most", stepsMost}})
		}
		owners, err := s.owners(ctx, tx, p)
		if err != nil {
			return Change{}, err
		}
		for _, l := range lines {
			owner, ok := findOwner(owners, l.Who)
			if !ok {
				return Change{}, fault.Invalid(fault.Field{Name: "regels", Key: "scaling.wrong.who", Args: []any{"line", l.At, "who", l.Who}})
			}
			for _, t := range to {
				one := Step{ID: s.IDs(), Plan: p.ID, Track: t, Title: l.Title, Due: l.Due, State: Todo, Budget: l.Budget, Version: 1, Changed: s.Clock.Now()}
				one.setOwner(owner)
				if err := addStep(ctx, tx, one); err != nil {
					return Change{}, err
				}
			}
		}
		titles := make([]string, len(lines))
		for k, l := range lines {
			titles[k] = l.Title
		}
		return Change{Kind: changeAdded, Subject: cut(strings.Join(titles, ", "), 200)}, nil
	})
}

// findOwner finds who is meant: the whole name, or the beginning of one name.
func findOwner(owners []Owner, who string) (string, bool) {
	if who == "" {
		return "", true
	}
	who = strings.ToLower(who)
	var found []string
	for _, o := range owners {
		name := strings.ToLower(o.Name)
		if name == who {
			return o.Value, true
		}
		if strings.HasPrefix(name, who) {
			found = append(found, o.Value)
		}
	}
	if len(found) == 1 {
		return found[0], true
	}
	return "", false
}

// within reads the tracks and steps of a plan, to check against.
func (s *Service) within(ctx context.Context, r db.Reader, p Plan) (tracks []Track, steps []Step, err error) {
	if tracks, err = db.All(ctx, r, scanTrack, selectTracks, p.ID, tracksMost); err != nil {
		return nil, nil, err
	}
	steps, err = db.All(ctx, r, scanStep, selectSteps, p.ID, stepsMost)
	return tracks, steps, err
}

func has(tracks []Track, id string) bool {
	return slices.ContainsFunc(tracks, func(t Track) bool { return t.ID == id })
}

// SaveStep changes a step, or adds it when it has no id yet. It refuses a circle.
func (s *Service) SaveStep(ctx context.Context, e Edit, n Step, owner string) (id string, err error) {
	err = s.change(ctx, e, func(ctx context.Context, tx *db.Tx, p Plan) (Change, error) {
		tracks, steps, err := s.within(ctx, tx, p)
		if err != nil {
			return Change{}, err
		}
		w := n.faults(s.today())
		if n.Track != "" && !has(tracks, n.Track) {
			w.Add("spoor", "scaling.wrong.choice")
		}
		k := slices.IndexFunc(steps, func(o Step) bool { return o.ID == n.ID })
		var old Step
		switch {
		case n.ID == "" && len(steps) >= stepsMost:
			w.Add("titel", "scaling.wrong.many", "most", stepsMost)
		case n.ID != "" && k < 0:
			return Change{}, fault.NotFound()
		case n.ID != "":
			old = steps[k]
		}
		n.Plan, n.Version, n.Changed = p.ID, 1, s.Clock.Now()
		n.setOwner(owner)
		if owner != old.owner() {
			owners, err := s.owners(ctx, tx, p)
			if err != nil {
				return Change{}, err
			}
			if owner != "" && !slices.ContainsFunc(owners, func(o Owner) bool { return o.Value == owner }) {
				w.Add("wie", "scaling.wrong.choice")
			}
		}
		n.set(n.State, s.today())
		n.Waits = slices.Compact(slices.Sorted(slices.Values(n.Waits)))
		if n.ID == "" {
			n.ID = s.IDs()
			steps = append(steps, n)
		} else {
			steps[k] = n
		}
		waits(&w, n, steps)
		if err := w.Err(); err != nil {
			return Change{}, err
		}
		id = n.ID
		if old.ID == "" {
			return Change{Kind: changeAdded, Subject: n.Title}, addStep(ctx, tx, n)
		}
		return Change{Kind: changeStep, Subject: n.Title, Detail: differences(old, n)}, s.keep(ctx, tx, n, e.Version)
	})
	return id, err
}

// waits checks what a step waits for.
func waits(w *faults, n Step, steps []Step) {
	if len(n.Waits) > waitsMost {
		w.Add("na", "scaling.wrong.waits", "most", waitsMost)
	}
	for _, id := range n.Waits {
		if !slices.ContainsFunc(steps, func(o Step) bool { return o.ID == id }) {
			w.Add("na", "scaling.wrong.choice")
			return
		}
	}
	if circle := Circle(steps); circle != nil {
		names := make([]string, len(circle))
		for k, o := range circle {
			names[k] = "“" + o.Title + "”"
		}
		w.Add("na", "scaling.wrong.circle", "steps", strings.Join(names, " → "))
	}
}

// keep writes a step, if nobody else did since.
func (s *Service) keep(ctx context.Context, tx *db.Tx, n Step, version int) error {
	changed, err := tx.Exec(ctx, updateStep, n.ID, n.Plan, n.Track, n.Title, n.What, n.Person, n.Organisation, string(n.Start), string(n.Due),
		string(n.Done), string(n.State), n.Budget, db.JSON[[]string]{V: n.Waits}, db.At(s.Clock.Now()), version)
	if err == nil && changed == 0 {
		err = stale()
	}
	return err
}

// one lets f change one step.
func (s *Service) one(ctx context.Context, e Edit, step, kind string, f func(o *Step) error) error {
	return s.change(ctx, e, func(ctx context.Context, tx *db.Tx, p Plan) (Change, error) {
		o, err := db.One(ctx, tx, scanStep, selectStep, step, p.ID)
		if err != nil {
			return Change{}, err
		}
		old := o
		if err := f(&o); err != nil {
			return Change{}, err
		}
		was := differences(old, o)
		if len(was) == 0 { // two who press the same button want the same thing
			return Change{}, nil
		}
		return Change{Kind: kind, Subject: o.Title, Detail: was}, s.keep(ctx, tx, o, e.Version)
	})
}

// SetState brings a step into a state in one press.
func (s *Service) SetState(ctx context.Context, e Edit, step string, state State) error {
	return s.one(ctx, e, step, changeState, func(o *Step) error {
		if !slices.Contains(States, state) {
			return fault.Invalid(fault.Field{Name: "stand", Key: "scaling.wrong.choice"})
		}
		o.set(state, s.today())
		return nil
	})
}

// Move gives a step another day to be ready; its first day moves along when it
// would come after it.
func (s *Service) Move(ctx context.Context, e Edit, step string, due Day) error {
	return s.one(ctx, e, step, changeDate, func(o *Step) error {
		if o.Start != "" && due != "" && due < o.Start {
			if o.Due != "" {
				o.Start = due.Add(-o.Start.until(o.Due))
			} else {
				o.Start = due
			}
		}
		o.Due = due
		return o.faults(s.today()).Err()
	})
}

// RemoveStep takes a step away, also out of what others wait for.
func (s *Service) RemoveStep(ctx context.Context, e Edit, step string) error {
	return s.change(ctx, e, func(ctx context.Context, tx *db.Tx, p Plan) (Change, error) {
		_, steps, err := s.within(ctx, tx, p)
		if err != nil {
			return Change{}, err
		}
		k := slices.IndexFunc(steps, func(o Step) bool { return o.ID == step })
		if k < 0 {
			return Change{}, fault.NotFound()
		}
		if steps[k].Version != e.Version {
			return Change{}, stale()
		}
		if err := s.unwait(ctx, tx, steps, func(id string) bool { return id == step }); err != nil {
			return Change{}, err
		}
		if _, err := tx.Exec(ctx, dropStepTalk, p.ID, step); err != nil {
			return Change{}, err
		}
		_, err = tx.Exec(ctx, deleteStep, step, p.ID)
		return Change{Kind: changeRemoved, Subject: steps[k].Title}, err
	})
}

// unwait takes steps that go out of what others wait for.
func (s *Service) unwait(ctx context.Context, tx *db.Tx, steps []Step, gone func(id string) bool) error {
	for _, o := range steps {
		if gone(o.ID) || !slices.ContainsFunc(o.Waits, gone) {
			continue
		}
		o.Waits = slices.DeleteFunc(o.Waits, gone)
		if err := s.keep(ctx, tx, o, o.Version); err != nil {
			return err
		}
	}
	return nil
}

// cut shortens a text to so many characters.
func cut(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return strings.TrimSpace(string(r[:most-1])) + "…"
	}
	return text
}
