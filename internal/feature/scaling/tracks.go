package scaling

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
)

// AddTrack gives a city a part in the plan. Code is of the municipality; without
// one the track has only a name.
func (s *Service) AddTrack(ctx context.Context, e Edit, name, code string) (id string, err error) {
	known, err := s.Places.Municipalities(ctx)
	if err != nil {
		return "", err
	}
	err = s.change(ctx, e, func(ctx context.Context, tx *db.Tx, p Plan) (Change, error) {
		t := Track{ID: s.IDs(), Plan: p.ID, Name: name, Code: code, Version: 1}
		var w faults
		if code != "" {
			k := slices.IndexFunc(known, func(m Municipality) bool { return m.Code == code })
			if k < 0 {
				w.Add("stad", "scaling.wrong.choice")
			} else if t.Name == "" {
				t.Name = known[k].Name
			}
		}
		if w.List == nil {
			w.text("naam", t.Name, 2, nameMost)
		}
		tracks, err := db.All(ctx, tx, scanTrack, selectTracks, p.ID, tracksMost)
		if err != nil {
			return Change{}, err
		}
		switch {
		case len(tracks) >= tracksMost:
			w.Add("stad", "scaling.wrong.manytracks", "most", tracksMost)
		case slices.ContainsFunc(tracks, func(o Track) bool { return strings.EqualFold(o.Name, t.Name) }):
			w.Add("stad", "scaling.wrong.twice")
		}
		if err := w.Err(); err != nil {
			return Change{}, err
		}
		id = t.ID
		return Change{Kind: changeTrack, Subject: t.Name}, addTrack(ctx, tx, t)
	})
	return id, err
}

// SaveTrack changes the name of a track, what its city needs first, and its
// barriers.
func (s *Service) SaveTrack(ctx context.Context, e Edit, n Track) error {
	return s.track(ctx, e, n.ID, func(ctx context.Context, tx *db.Tx, t *Track, p Plan) error {
		var w faults
		w.text("naam", n.Name, 2, nameMost)
		if len(n.Conditions) > conditionsMost {
			w.Add("voorwaarden", "scaling.wrong.many", "most", conditionsMost)
		}
		for _, c := range n.Conditions {
			if utf8.RuneCountInString(c.Title) > conditionMost {
				w.Add("voorwaarden", "scaling.wrong.long", "most", conditionMost)
				break
			}
		}
		barriers, err := s.barriers(ctx, tx, p, *t)
		if err != nil {
			return err
		}
		for _, id := range n.Barriers {
			if len(n.Barriers) > barriersMost || !slices.ContainsFunc(barriers, func(b Barrier) bool { return b.ID == id }) {
				w.Add("belemmeringen", "scaling.wrong.choice")
				break
			}
		}
		t.Name, t.Conditions, t.Barriers = n.Name, n.Conditions, n.Barriers
		return w.Err()
	})
}

// barriers are those that a track can be linked to: those of the initiative, and
// those it has already.
func (s *Service) barriers(ctx context.Context, r db.Reader, p Plan, t Track) ([]Barrier, error) {
	if s.Barriers == nil {
		return nil, nil
	}
	var list []Barrier
	var err error
	if p.Initiative != "" {
		if list, err = s.Barriers.Of(ctx, r, p.Initiative); err != nil {
			return nil, err
		}
	}
	if len(t.Barriers) == 0 {
		return list, nil
	}
	own, err := s.Barriers.Links(ctx, r, t.Barriers)
	for _, b := range own {
		if !slices.ContainsFunc(list, func(o Barrier) bool { return o.ID == b.ID }) {
			list = append(list, b)
		}
	}
	return list, err
}

// BarrierChoices are for the form of a track.
func (s *Service) BarrierChoices(ctx context.Context, p Plan, t Track) (list []Barrier, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		list, err = s.barriers(ctx, r, p, t)
		return err
	})
	return list, err
}

// Meet says whether a condition of a city is met.
func (s *Service) Meet(ctx context.Context, e Edit, track string, condition int, met bool) error {
	return s.track(ctx, e, track, func(_ context.Context, _ *db.Tx, t *Track, _ Plan) error {
		if condition < 0 || condition >= len(t.Conditions) {
			return fault.NotFound()
		}
		t.Conditions[condition].Met = met
		return nil
	})
}

// track lets f change one track, if nobody else did since.
func (s *Service) track(ctx context.Context, e Edit, id string, f func(ctx context.Context, tx *db.Tx, t *Track, p Plan) error) error {
	return s.change(ctx, e, func(ctx context.Context, tx *db.Tx, p Plan) (Change, error) {
		tracks, err := db.All(ctx, tx, scanTrack, selectTracks, p.ID, tracksMost)
		if err != nil {
			return Change{}, err
		}
		k := slices.IndexFunc(tracks, func(t Track) bool { return t.ID == id })
		if k < 0 {
			return Change{}, fault.NotFound()
		}
		t := tracks[k]
		t.Conditions = slices.Clone(t.Conditions)
		if err := f(ctx, tx, &t, p); err != nil {
			return Change{}, err
		}
		changed, err := tx.Exec(ctx, updateTrack, t.ID, p.ID, t.Name, db.JSON[[]Condition]{V: t.Conditions}, db.JSON[[]string]{V: t.Barriers}, e.Version)
		if err == nil && changed == 0 {
			err = stale()
		}
		return Change{Kind: changeTrack, Subject: t.Name, Detail: trackDifferences(tracks[k], t)}, err
	})
}

func trackDifferences(a, b Track) (list []Was) {
	if a.Name != b.Name {
		list = append(list, Was{"title", a.Name, b.Name})
	}
	for _, c := range b.Conditions {
		k := slices.IndexFunc(a.Conditions, func(o Condition) bool { return o.Title == c.Title })
		if k < 0 || a.Conditions[k].Met != c.Met {
			list = append(list, Was{"condition", "", c.mark() + " " + c.Title})
		}
	}
	for _, c := range a.Conditions {
		if !slices.ContainsFunc(b.Conditions, func(o Condition) bool { return o.Title == c.Title }) {
			list = append(list, Was{"condition", c.mark() + " " + c.Title, ""})
		}
	}
	return list
}

// mark is how a condition stands in a form of lines: met or not.
func (c Condition) mark() string {
	if c.Met {
		return "[x]"
	}
	return "[ ]"
}

// ParseConditions reads one condition a line; what begins with x or [x] is met.
func ParseConditions(text string) (list []Condition) {
	for line := range strings.Lines(text) {
		c := Condition{Title: strings.Join(strings.Fields(line), " ")}
		for _, mark := range []string{"[x]", "[X]", "x ", "X ", "✓"} {
			if rest, ok := strings.CutPrefix(c.Title, mark); ok {
				c.Title, c.Met = rest, true
				break
			}
		}
		c.Title = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(c.Title, "[ ]"), "[]"))
		if c.Title != "" {
			list = append(list, c)
		}
	}
	return list
}

// RemoveTrack takes a city out of the plan, with its steps.
func (s *Service) RemoveTrack(ctx context.Context, e Edit, id string) error {
	return s.change(ctx, e, func(ctx context.Context, tx *db.Tx, p Plan) (Change, error) {
		tracks, steps, err := s.within(ctx, tx, p)
		if err != nil {
			return Change{}, err
		}
		k := slices.IndexFunc(tracks, func(t Track) bool { return t.ID == id })
		if k < 0 {
			return Change{}, fault.NotFound()
		}
		if tracks[k].Version != e.Version {
			return Change{}, stale()
		}
		gone := map[string]bool{}
		for _, o := range steps {
			gone[o.ID] = o.Track == id
		}
		if err := s.unwait(ctx, tx, steps, func(id string) bool { return gone[id] }); err != nil {
			return Change{}, err
		}
		for step, is := range gone {
			if is {
				if _, err := tx.Exec(ctx, dropStepTalk, p.ID, step); err != nil {
					return Change{}, err
				}
				if _, err := tx.Exec(ctx, deleteStep, step, p.ID); err != nil {
					return Change{}, err
				}
			}
		}
		_, err = tx.Exec(ctx, deleteTrack, id, p.ID)
		return Change{Kind: changeUntrack, Subject: tracks[k].Name}, err
	})
}
