package questions

import (
	"context"
	"slices"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// Subject is what is reported or moderated: a question, an answer or a story.
type Subject string

// The subjects, by the word in their address.
const (
	OfQuestion Subject = "vraag"
	OfAnswer   Subject = "antwoord"
	OfStory    Subject = "verhaal"
)

// Report tells the team that something is not right. Anybody may; what is not
// visible cannot be reported.
func (s *Service) Report(ctx context.Context, of Subject, id, reason, body string) error {
	if !slices.Contains(ReportReasons, reason) {
		return fault.Invalid(fault.Field{Name: "reden", Key: "questions.wrong.reason"})
	}
	if n := utf8.RuneCountInString(body); n > NoteMost {
		return fault.Invalid(fault.Field{Name: "uitleg", Key: "web.form.toolong", Args: []any{"most", NoteMost, "now", n}})
	}
	if wait := s.reports.Take(limitKey(ctx)); wait > 0 {
		return fault.TooMany(wait)
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var question, answer, story db.Null
		switch of {
		case OfQuestion:
			question = db.Null(id)
		case OfAnswer:
			answer = db.Null(id)
		case OfStory:
			story = db.Null(id)
		}
		if visible, err := s.visible(ctx, tx, of, id); err != nil {
			return err
		} else if !visible {
			return fault.NotFound()
		}
		_, err := tx.Exec(ctx, insertReport, s.IDs(), question, answer, story, reason, body, db.At(s.Clock.Now()))
		return err
	})
}

func (s *Service) visible(ctx context.Context, r db.Reader, of Subject, id string) (bool, error) {
	switch of {
	case OfQuestion:
		q, err := getQuestion(ctx, r, id)
		return err == nil && q.Listed(), err
	case OfAnswer:
		_, err := publicAnswer(ctx, r, id)
		return err == nil, err
	case OfStory:
		t, err := db.One(ctx, r, scanStory, selectStory, id)
		return err == nil && t.Moderation == Shown, err
	}
	return false, fault.NotFound()
}

// Item is one thing that waits for a moderator.
type Item struct {
	Of          Subject
	ID          string
	Title, Text string
	Path        string
	Reason      string // of a report; empty where the words held it back
	Said        string // by who reported it
	Moderation  Moderation
	At          db.Time
}

const moderationMost = 100

// Waiting lists what is held back or hidden, as far as the actor may moderate it.
func (s *Service) Waiting(ctx context.Context, state Moderation) ([]Item, error) {
	actor := access.Of(ctx)
	if !actor.Has(access.Moderator, access.Coach) {
		return nil, fault.Denied()
	}
	items, err := some(ctx, s.DB, scanQuestion, selectHeld, state, nil, func(q Question) (Item, bool) {
		it := Item{Of: OfQuestion, ID: q.ID, Title: q.Title, Text: q.Body, Path: Path(q.ID), Moderation: q.Moderation, At: db.At(q.AskedAt)}
		return it, mayModerate(actor, q)
	})
	if err != nil {
		return nil, err
	}
	of := map[string]Question{}
	questions := func(before string) error {
		list, err := db.All(ctx, s.DB, scanQuestion, selectHeldQuestions, state, before, moderationMost)
		for _, q := range list {
			of[q.ID] = q
		}
		return err
	}
	answers, err := some(ctx, s.DB, scanAnswer, selectAnswerHeld, state, questions, func(w Answer) (Item, bool) {
		q, known := of[w.Question] // not where it came in between the two reads
		it := Item{Of: OfAnswer, ID: w.ID, Title: q.Title, Text: w.Body, Path: Path(q.ID), Moderation: w.Moderation, At: db.At(w.At)}
		return it, known && mayModerate(actor, q)
	})
	if err != nil {
		return nil, err
	}
	stories, err := some(ctx, s.DB, scanStory, selectStoryHeld, state, nil, func(t Story) (Item, bool) {
		it := Item{Of: OfStory, ID: t.ID, Title: t.Title, Text: t.Body, Path: StoryPath(t.ID), Moderation: t.Moderation, At: db.At(t.At)}
		return it, Moderates(actor, t.Place)
	})
	return slices.Concat(items, answers, stories), err
}

// some reads on until it has moderationMost items that the actor may moderate: what
// waits for another place takes no room here. Before each part it calls with, which
// reads what belongs to it.
func some[T any](ctx context.Context, r db.Reader, scan func(db.Scanner) (T, error), query string, state Moderation,
	with func(before string) error, item func(T) (it Item, mine bool)) ([]Item, error) {
	var items []Item
	for before := last; ; {
		if with != nil {
			if err := with(before); err != nil {
				return nil, err
			}
		}
		list, err := db.All(ctx, r, scan, query, state, before, moderationMost)
		if err != nil {
			return nil, err
		}
		for _, v := range list {
			it, mine := item(v)
			before = it.ID
			if mine {
				items = append(items, it)
			}
		}
		if len(list) < moderationMost || len(items) >= moderationMost {
			return items[:min(len(items), moderationMost)], nil
		}
	}
}

// Reported lists what was reported and not looked at yet.
func (s *Service) Reported(ctx context.Context) ([]Item, error) {
	actor := access.Of(ctx)
	if !actor.Has(access.Moderator, access.Coach) {
		return nil, fault.Denied()
	}
	reports, err := db.All(ctx, s.DB, scanReport, selectReports, last, moderationMost)
	if err != nil {
		return nil, err
	}
	var items []Item
	for _, p := range reports {
		it := Item{Reason: p.Reason, Said: p.Body, At: p.At}
		question, mine := p.Question, false
		switch {
		case p.Answer != "":
			w, err := db.One(ctx, s.DB, scanAnswer, selectAnswer, p.Answer)
			if err != nil {
				return nil, err
			}
			it.Of, it.ID, it.Text, it.Moderation, question = OfAnswer, w.ID, w.Body, w.Moderation, w.Question
		case p.Story != "":
			t, err := db.One(ctx, s.DB, scanStory, selectStory, p.Story)
			if fault.KindOf(err) == fault.KindNotFound {
				continue // taken back by who told it
			}
			if err != nil {
				return nil, err
			}
			it.Of, it.ID, it.Title, it.Text, it.Path, it.Moderation, mine = OfStory, t.ID, t.Title, t.Body, StoryPath(t.ID), t.Moderation, Moderates(actor, t.Place)
		}
		if question != "" {
			q, err := getQuestion(ctx, s.DB, question)
			if err != nil {
				return nil, err
			}
			it.Title, it.Path, mine = q.Title, Path(q.ID), mayModerate(actor, q)
			if it.Of == "" {
				it.Of, it.ID, it.Text, it.Moderation = OfQuestion, q.ID, q.Body, q.Moderation
			}
		}
		if mine {
			items = append(items, it)
		}
	}
	return items, nil
}

// Moderate hides or shows things, with a reason that is kept; a report about
// them counts as looked at. It takes any number, so that spam goes in one press.
func (s *Service) Moderate(ctx context.Context, to Moderation, reason string, items []Item) error {
	if err := checkNote("reden", reason); err != nil {
		return err
	}
	if to != Shown && to != Hidden {
		return fault.Invalid(fault.Field{Name: "wat", Key: "questions.wrong.reason"})
	}
	if len(items) == 0 {
		return fault.Invalid(fault.Field{Name: "wat", Key: "questions.wrong.nothing"})
	}
	if !access.Of(ctx).Has(access.Moderator, access.Coach) {
		return fault.Denied()
	}
	found := 0
	for _, it := range items {
		err := s.moderate(ctx, to, reason, it)
		if fault.KindOf(err) == fault.KindNotFound {
			continue // gone in the meantime; the rest is still to be done
		}
		if err != nil {
			return err
		}
		found++
	}
	if found == 0 {
		return fault.NotFound()
	}
	return nil
}

// mayModerate: only what the actor may read; what was asked of the team alone is
// nothing for a moderator who is not on it.
func mayModerate(a access.Actor, q Question) bool { return Moderates(a, q.Place) && MayRead(a, q) }

func (s *Service) moderate(ctx context.Context, to Moderation, reason string, it Item) error {
	kind := EventHidden
	if to == Shown {
		kind = EventRestored
	}
	handled := func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, handleReports, it.ID, db.At(s.Clock.Now()), access.Of(ctx).Person)
		return err
	}
	switch it.Of {
	case OfQuestion:
		return s.change(ctx, it.ID, mayModerate, func(ctx context.Context, tx *db.Tx, q *Question) error {
			q.Moderation = to
			if err := s.event(ctx, tx, q.ID, kind, reason, ""); err != nil {
				return err
			}
			return handled(ctx, tx)
		})
	case OfAnswer:
		w, err := db.One(ctx, s.DB, scanAnswer, selectAnswer, it.ID)
		if err != nil {
			return err
		}
		return s.change(ctx, w.Question, mayModerate, func(ctx context.Context, tx *db.Tx, q *Question) error {
			w, err := db.One(ctx, tx, scanAnswer, selectAnswer, it.ID)
			if err != nil {
				return err
			}
			first := w.Moderation == Held && to == Shown
			w.Moderation = to
			if _, err := tx.Exec(ctx, updateAnswer, w.columns()...); err != nil {
				return err
			}
			if to == Shown {
				q.answered(w.At)
			}
			if first {
				if err := s.Bus.Publish(ctx, tx, TopicAnswered, Happened{Question: q.ID, Answer: w.ID}); err != nil {
					return err
				}
			}
			if err := s.event(ctx, tx, q.ID, kind, reason, w.ID); err != nil {
				return err
			}
			return handled(ctx, tx)
		})
	case OfStory:
		return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			t, err := db.One(ctx, tx, scanStory, selectStory, it.ID)
			if err != nil {
				return err
			}
			if !Moderates(access.Of(ctx), t.Place) {
				return fault.NotFound()
			}
			t.Moderation = to
			if _, err := tx.Exec(ctx, moderateStory, t.ID, to); err != nil {
				return err
			}
			if err := s.indexStory(ctx, tx, t); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, insertStoryEvent, s.IDs(), t.ID, db.At(s.Clock.Now()), access.Of(ctx).Person, kind, reason); err != nil {
				return err
			}
			if err := s.recordStory(ctx, tx, audit.Update, t); err != nil {
				return err
			}
			return handled(ctx, tx)
		})
	}
	return fault.NotFound()
}
