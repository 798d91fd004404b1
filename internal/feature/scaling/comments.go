package scaling

import (
	"context"
	"slices"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// Comment is what somebody who reads a plan says about it, or about one step.
type Comment struct {
	ID, Plan, Step      string // without a step it is about the plan
	Person, Guest, Name string // somebody inside, or else a guest with a name
	Body                string
	At                  time.Time
}

const (
	commentMost  = 1500 // characters
	commentsMost = 20   // on a page
	commentsAll  = 2000 // of one plan
)

// Talk is a part of what was said, the newest first.
type Talk struct {
	Comments []Comment
	Names    map[string]string // of persons
	Next     string            // where it goes on
}

// Talk gives what was said about a plan that the actor may see: all of it, or about
// one step.
func (s *Service) Talk(ctx context.Context, plan, step, before string) (t Talk, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		if _, _, err := s.enter(ctx, r, plan, reads); err != nil {
			return err
		}
		t, err = s.talk(ctx, r, plan, step, before)
		return err
	})
	return t, err
}

func (s *Service) talk(ctx context.Context, r db.Reader, plan, step, before string) (t Talk, err error) {
	if before == "" {
		before = last
	}
	query, args := selectComments, []any{plan, before, commentsMost + 1}
	if step != "" {
		query, args = selectStepTalk, []any{plan, step, before, commentsMost + 1}
	}
	if t.Comments, err = db.All(ctx, r, scanComment, query, args...); err != nil || len(t.Comments) == 0 {
		return t, err
	}
	if len(t.Comments) > commentsMost {
		t.Comments = t.Comments[:commentsMost]
		t.Next = t.Comments[commentsMost-1].ID
	}
	var persons []string
	for _, c := range t.Comments {
		if c.Person != "" && !slices.Contains(persons, c.Person) {
			persons = append(persons, c.Person)
		}
	}
	t.Names, err = s.People.Names(ctx, r, persons)
	return t, err
}

// Say has somebody who may see a plan say something about it, or about a step.
func (s *Service) Say(ctx context.Context, plan, step, body string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, _, err := s.enter(ctx, tx, plan, reads)
		if err != nil {
			return err
		}
		return s.say(ctx, tx, p, Comment{Step: step, Person: access.Of(ctx).Person, Body: body})
	})
}

// say keeps a comment. The history of the plan does not tell of it.
func (s *Service) say(ctx context.Context, tx *db.Tx, p Plan, c Comment) error {
	var w faults
	w.text("bericht", c.Body, 1, commentMost)
	if err := w.Err(); err != nil {
		return err
	}
	if c.Step != "" {
		if _, err := db.One(ctx, tx, scanStep, selectStep, c.Step, p.ID); err != nil {
			return err
		}
	}
	n, err := db.One(ctx, tx, db.Value[int], countComments, p.ID)
	if err != nil {
		return err
	}
	if n >= commentsAll {
		return fault.Conflict("scaling.wrong.talked", "most", commentsAll)
	}
	c.ID, c.Plan, c.At = s.IDs(), p.ID, s.Clock.Now()
	if err := addComment(ctx, tx, c); err != nil {
		return err
	}
	return s.log(ctx, tx, p, "comment", audit.Create)
}

// Unsay takes a comment away: who wrote it may, and who may write the plan.
func (s *Service) Unsay(ctx context.Context, plan, comment string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, may, err := s.enter(ctx, tx, plan, reads)
		if err != nil {
			return err
		}
		c, err := db.One(ctx, tx, scanComment, selectComment, comment, plan)
		if err != nil {
			return err
		}
		if may < writes && (c.Person == "" || c.Person != access.Of(ctx).Person) {
			return fault.Denied()
		}
		return s.unsay(ctx, tx, p, c)
	})
}

func (s *Service) unsay(ctx context.Context, tx *db.Tx, p Plan, c Comment) error {
	if _, err := tx.Exec(ctx, deleteComment, c.ID, p.ID); err != nil {
		return err
	}
	return s.log(ctx, tx, p, "unsaid", audit.Delete)
}

func (s *Service) log(ctx context.Context, tx *db.Tx, p Plan, kind string, action audit.Action) error {
	return s.Audit.Record(ctx, tx, audit.Event{Kind: "scaling." + kind, Action: action, ObjectType: "scaling", ObjectID: p.ID, Organisation: p.Organisation})
}
