package scaling

import (
	"context"
	"slices"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/trust/audit"
)

// What other rooms ask of this one.

// Point is something open in the plan of a coalition.
type Point struct {
	Title, Path string
	Due         time.Time
}

const pointsMost = 20

// OpenPoints are what a meeting should talk about: what is late, and then what is
// next.
func (s *Service) OpenPoints(ctx context.Context, r db.Reader, coalition string) ([]Point, error) {
	plans, err := s.ofCoalition(ctx, r, coalition, reads)
	if err != nil {
		return nil, err
	}
	var points []Point
	for _, p := range plans {
		steps, err := s.dueIn(ctx, r, p, firstDay, s.today().Add(60))
		if err != nil {
			return nil, err
		}
		for _, o := range steps {
			points = append(points, Point{o.Title, stepPath(o), o.Due.noon()})
		}
	}
	slices.SortStableFunc(points, func(a, b Point) int { return a.Due.Compare(b.Due) })
	return points[:min(pointsMost, len(points))], nil
}

// ofCoalition gives the plans of a coalition, the newest first; none if the actor
// has not that right.
func (s *Service) ofCoalition(ctx context.Context, r db.Reader, coalition string, need right) ([]Plan, error) {
	if coalition == "" {
		return nil, nil
	}
	may, err := s.rights(ctx, r, Plan{Coalition: coalition})
	if err != nil || may < need {
		return nil, err
	}
	return db.All(ctx, r, scanPlan, ofCoalition, coalition, last, listMost)
}

const dueMost = 200

// dueIn gives the open steps of a plan with a day from one day up to another.
func (s *Service) dueIn(ctx context.Context, r db.Reader, p Plan, from, to Day) ([]Step, error) {
	var list []Step
	for _, state := range []State{Todo, Doing} {
		part, err := db.All(ctx, r, scanStep, dueSteps, p.ID, string(state), string(from), string(to), dueMost)
		if err != nil {
			return nil, err
		}
		list = append(list, part...)
	}
	sortSteps(list)
	return list, nil
}

// AddStep puts an action of a meeting into the newest plan of the coalition, and
// begins a plan if there is none. Owner is a person, or empty; due may be zero.
func (s *Service) AddStep(ctx context.Context, tx *db.Tx, coalition, title, owner string, due time.Time) error {
	may, err := s.rights(ctx, tx, Plan{Coalition: coalition})
	switch {
	case err != nil:
		return err
	case coalition == "" || may == nothing:
		return fault.NotFound()
	case may < writes:
		return fault.Denied()
	}
	plans, err := db.All(ctx, tx, scanPlan, ofCoalition, coalition, last, 1)
	if err != nil {
		return err
	}
	if len(plans) == 0 {
		p := Plan{Coalition: coalition, Start: s.today()}
		name, err := s.Coalitions.Name(ctx, tx, coalition)
		if err != nil {
			return err
		}
		p.Title = cut(i18n.T(ctx, "scaling.title.of", "name", name), titleMost)
		if p.Initiative, err = s.Coalitions.Chosen(ctx, tx, coalition); err != nil {
			return err
		}
		tracks, err := s.firstTracks(ctx, tx, p)
		if err != nil {
			return err
		}
		if p.ID, err = s.begin(ctx, tx, p, tracks, Template{}); err != nil {
			return err
		}
		plans = []Plan{p}
	}
	p := plans[0]
	one := Step{ID: s.IDs(), Plan: p.ID, Title: strings.TrimSpace(title), Due: DayOf(due), State: Todo, Person: owner, Version: 1, Changed: s.Clock.Now()}
	if len([]rune(one.Title)) > stepTitleMost { // an action may be longer than a title
		one.What, one.Title = cut(one.Title, whatMost), cut(one.Title, stepTitleMost)
	}
	if err := one.faults(s.today()).Err(); err != nil {
		return err
	}
	if owner != "" {
		owners, err := s.owners(ctx, tx, p)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(owners, func(o Owner) bool { return o.Value == "p:"+owner }) {
			return fault.Invalid(fault.Field{Name: "wie", Key: "scaling.wrong.choice"})
		}
	}
	if err := addStep(ctx, tx, one); err != nil {
		return err
	}
	return s.told(ctx, tx, p, audit.Update, Change{Kind: changeAdded, Subject: one.Title})
}

// Due is something with a day.
type Due struct {
	At                time.Time
	Title, Path, Kind string
}

// Due gives the open steps with a day from one moment up to another, of the plans
// that the actor sees.
func (s *Service) Due(ctx context.Context, r db.Reader, from, to time.Time) ([]Due, error) {
	plans, err := s.seen(ctx, r)
	if err != nil {
		return nil, err
	}
	var list []Due
	for _, p := range plans {
		steps, err := s.dueIn(ctx, r, p, DayOf(from), DayOf(to))
		if err != nil {
			return nil, err
		}
		for _, o := range steps {
			list = append(list, Due{o.Due.noon(), o.Title, stepPath(o), Name})
		}
	}
	slices.SortStableFunc(list, func(a, b Due) int { return a.At.Compare(b.At) })
	return list, nil
}

// seen gives the plans of all scopes of the actor.
func (s *Service) seen(ctx context.Context, r db.Reader) (list []Plan, err error) {
	scopes, err := s.scopes(ctx, r)
	if err != nil {
		return nil, err
	}
	for _, o := range scopes {
		query := listOrganisation
		if o.coalition {
			query = listCoalition
		}
		part, err := db.All(ctx, r, scanListed, query, o.ID, last, listMost, string(s.today()))
		if err != nil {
			return nil, err
		}
		for _, l := range part {
			if l.Tally.Done < l.Tally.Total {
				list = append(list, l.Plan)
			}
		}
	}
	return list, nil
}

// Beside is a line beside an initiative.
type Beside struct{ Title, Note, Path string }

// Beside gives the plans of an initiative that the actor may see.
func (s *Service) Beside(ctx context.Context, r db.Reader, slug string) ([]Beside, error) {
	plans, err := db.All(ctx, r, scanListed, listInitiative, slug, last, listMost, string(s.today()))
	if err != nil || slug == "" {
		return nil, err
	}
	var list []Beside
	for _, l := range plans {
		may, err := s.rights(ctx, r, l.Plan)
		if err != nil {
			return nil, err
		}
		if may >= reads {
			list = append(list, Beside{l.Title, l.Tally.text(ctx), Path(l.ID)})
		}
	}
	return list, nil
}

// Progress is how far a city is with an initiative, counted from steps of the
// track of that city.
type Progress struct {
	Plan, Initiative  string
	City, Code        string // name, and code of the municipality
	Total, Done, Late int
	Conditions, Unmet int
}

// countMost bounds what Progress reads of one coalition or organisation.
const countMost = 5000

// Progress gives what the plans that the actor sees have done, by initiative and
// city.
func (s *Service) Progress(ctx context.Context, r db.Reader) ([]Progress, error) {
	scopes, err := s.scopes(ctx, r)
	if err != nil {
		return nil, err
	}
	var list []Progress
	for _, o := range scopes {
		trackQuery, stepQuery := tracksOfOrganisation, stepsOfOrganisation
		if o.coalition {
			trackQuery, stepQuery = tracksOfCoalition, stepsOfCoalition
		}
		tracks, err := db.All(ctx, r, scanTrack, trackQuery, o.ID, countMost)
		if err != nil {
			return nil, err
		}
		at := map[string]int{}
		for _, t := range tracks {
			at[t.ID] = len(list)
			list = append(list, Progress{Plan: t.Plan, City: t.Name, Code: t.Code, Conditions: len(t.Conditions), Unmet: t.Unmet()})
		}
		steps, err := db.All(ctx, r, scanCounted, stepQuery, o.ID, countMost)
		if err != nil {
			return nil, err
		}
		for _, c := range steps {
			k, there := at[c.Track]
			if !there || c.State == Dropped {
				continue
			}
			list[k].Initiative = c.Initiative
			list[k].Total++
			if c.State == Done {
				list[k].Done++
			}
			if c.State.Open() && c.Due != "" && c.Due < s.today() {
				list[k].Late++
			}
		}
	}
	return slices.DeleteFunc(list, func(p Progress) bool { return p.Total == 0 }), nil
}
