package assessments

import (
	"context"
	"slices"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

// Desk is what waits for a tester or an editor.
type Desk struct {
	Mine    []Assessment // to score
	Differ  []Assessment // to settle
	Ready   []Assessment // to publish, for the editor
	Running []Assessment // all else that is open
	Again   []Assessment // lapsed, or a newer version is there
	Refused []Assessment
	Todo    []Application // never tested, for the editor
	Next    string        // where Todo goes on
	Editor  bool
}

const (
	deskMost = 100
	todoMost = 10
)

// Desk gives what waits for the actor.
func (s *Service) Desk(ctx context.Context, after string) (d Desk, err error) {
	a := access.Of(ctx)
	if !isTester(a) {
		return d, fault.Denied()
	}
	v, err := s.snapshot(ctx)
	if err != nil {
		return d, err
	}
	now := s.Clock.Now()
	d.Editor = isEditor(a, s.Root)
	for _, o := range v.items {
		if o.Verdict == Refused {
			d.Refused = append(d.Refused, *o)
		}
		if o.Over(now) || o.Newer != "" {
			d.Again = append(d.Again, *o)
		}
	}
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		d.Mine, d.Differ, d.Ready, d.Running = nil, nil, nil, nil
		open, err := s.openFor(ctx, r, d.Editor)
		for _, o := range open {
			seats, err := db.All(ctx, r, scanSeat, selectSeats, o.ID)
			if err != nil {
				return err
			}
			k := ownSeat(a, seats)
			switch {
			case o.Status == Scoring && k >= 0 && seats[k].Handed.IsZero():
				d.Mine = append(d.Mine, o)
			case o.Status == Settling && speaks(a, seats) >= 0:
				d.Differ = append(d.Differ, o)
			case o.Status == Ready && d.Editor:
				d.Ready = append(d.Ready, o)
			default:
				d.Running = append(d.Running, o)
			}
		}
		return err
	})
	if err != nil || !d.Editor {
		return d, err
	}
	list, next, err := s.Applications.Some(ctx, after, todoMost)
	d.Next = next
	busy := slices.Concat(d.Mine, d.Differ, d.Ready, d.Running)
	for _, app := range list {
		if v.bySlug[app.Slug] == nil && !slices.ContainsFunc(busy, func(o Assessment) bool { return o.Slug == app.Slug }) {
			d.Todo = append(d.Todo, app)
		}
	}
	return d, err
}

// openFor gives the tests under way that the actor may see: those of its
// organisations, or all for the editor.
func (s *Service) openFor(ctx context.Context, r db.Reader, all bool) (open []Assessment, err error) {
	if all {
		return db.All(ctx, r, scanAssessment, selectOpen, "", deskMost)
	}
	for _, o := range access.Of(ctx).Organisations(testers...) {
		list, err := db.All(ctx, r, scanAssessment, selectOpenOf, o, last, deskMost)
		if err != nil {
			return nil, err
		}
		for _, t := range list {
			if !slices.ContainsFunc(open, func(o Assessment) bool { return o.ID == t.ID }) {
				open = append(open, t)
			}
		}
	}
	return open, nil
}

// Card is an application with its verdict, if the actor may see one.
type Card struct {
	Application
	Verdict *Assessment
	Earlier []Assessment // for testers: what came before
	Tester  bool
	Editor  bool
}

// earlierMost bounds what a tester sees of earlier tests.
const earlierMost = 20

// Card gives the card of an application. What was refused has none for the public,
// as if it was never tested. A medical device has no verdict.
func (s *Service) Card(ctx context.Context, slug string) (c Card, err error) {
	if c.Application, err = s.Applications.One(ctx, slug); err != nil {
		return c, err
	}
	a := access.Of(ctx)
	c.Tester, c.Editor = isTester(a), isEditor(a, s.Root)
	if !c.Medical {
		current, err := s.current(ctx, slug)
		switch {
		case err == nil:
			c.Verdict = &current
		case fault.KindOf(err) != fault.KindNotFound:
			return c, err
		}
	}
	if c.Tester {
		list, err := db.All(ctx, s.DB, scanAssessment, selectHistory, slug, last, earlierMost)
		if err != nil {
			return c, err
		}
		for _, o := range list {
			if o.Status == Replaced || o.Status == Stopped && !o.Published.IsZero() {
				c.Earlier = append(c.Earlier, o)
			}
		}
	}
	return c, nil
}
