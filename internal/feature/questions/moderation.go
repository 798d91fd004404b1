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
		w, err := db.One(ctx, r, scanAnswer, selectAnswer, id)
		if err != nil {
			return false, err
		}
		q, err := getQuestion(ctx, r, w.Question)
		return err == nil && q.Listed() && w.Moderation == Shown, err
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

// Waiting lists what is held back, hidden or reported.
func (s *Service) Waiting(ctx context.Context, state Moderation) ([]Item, error) {
	actor := access.Of(ctx)
	if !actor.Has(access.Moderator, access.Coach) {
		return nil, fault.Denied()
	}
	var items []Item
	questions, err := db.All(ctx, s.DB, scanQuestion, selectHeld, state, last, moderationMost)
	if err != nil {
		return nil, err
	}
	for _, q := range questions {
		if Moderates(actor, q.Place) {
			items = append(items, Item{Of: OfQuestion, ID: q.ID, Title: q.Title, Text: q.Body, Path: Path(q.ID), Moderation: q.Moderation, At: db.At(q.AskedAt)})
		}
	}
	answers, err := db.All(ctx, s.DB, scanAnswer, selectAnswerHeld, state, last, moderationMost)
	if err != nil {
		return nil, err
	}
	for _, w := range answers {
		q, err := getQuestion(ctx, s.DB, w.Question)
		if err != nil {
			return nil, err
		}
		if Moderates(actor, q.Place) {
			items = append(items, Item{Of: OfAnswer, ID: w.ID, Title: q.Title, Text: w.Body, Path: Path(q.ID), Moderation: w.Moderation, At: db.At(w.At)})
		}
	}
	stories, err := db.All(ctx, s.DB, scanStory, selectStoryHeld, state, last, moderationMost)
	if err != nil {
		return nil, err
	}
	for _, t := range stories {
		if Moderates(actor, t.Place) {
			items = append(items, Item{Of: OfStory, ID: t.ID, Title: t.Title, Text: t.Body, Path: StoryPath(t.ID), Moderation: t.Moderation, At: db.At(t.At)})
		}
	}
	return items, nil
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
		place := "/"
		question := p.Question
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
			it.Of, it.ID, it.Title, it.Text, it.Path, it.Moderation, place = OfStory, t.ID, t.Title, t.Body, StoryPath(t.ID), t.Moderation, t.Place
		}
		if question != "" {
			q, err := getQuestion(ctx, s.DB, question)
			if err != nil {
				return nil, err
			}
			it.Title, it.Path, place = q.Title, Path(q.ID), q.Place
			if it.Of == "" {
				it.Of, it.ID, it.Text, it.Moderation = OfQuestion, q.ID, q.Body, q.Moderation
			}
		}
		if Moderates(actor, place) {
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
	for _, it := range items {
		if err := s.moderate(ctx, to, reason, it); err != nil {
			return err
		}
	}
	return nil
}

func mayModerate(a access.Actor, q Question) bool { return Moderates(a, q.Place) }

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
			if first {
				q.answered(s.Clock.Now())
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
			if err := s.Audit.Record(ctx, tx, audit.Event{Kind: "questions.story", Action: audit.Update, ObjectType: "story", ObjectID: t.ID, Subject: t.Person}); err != nil {
				return err
			}
			return handled(ctx, tx)
		})
	}
	_, err := s.visible(ctx, s.DB, it.Of, it.ID)
	return err
}
