package questions

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/returncode"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/places"
)

// Reply is an answer as it is typed in.
type Reply struct {
	Body        string
	Sources     []Source
	Initiatives []string // slugs
}

const (
	sourcesMost     = 5
	initiativesMost = 5
	answersMost     = 200 // on one page, and in the search
)

func (p Reply) check() error {
	var f []fault.Field
	switch n := utf8.RuneCountInString(p.Body); {
	case n < 2:
		f = append(f, fault.Field{Name: "antwoord", Key: "questions.wrong.answer"})
	case n > BodyMost:
		f = append(f, fault.Field{Name: "antwoord", Key: "web.form.toolong", Args: []any{"most", BodyMost, "now", n}})
	}
	if len(p.Sources) > sourcesMost {
		f = append(f, fault.Field{Name: "bron", Key: "questions.wrong.sources"})
	}
	for _, src := range p.Sources {
		u, err := url.Parse(src.URL)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || len(src.URL) > 500 || len(src.Title) > 200 {
			f = append(f, fault.Field{Name: "bron", Key: "questions.wrong.source"})
			break
		}
	}
	if len(p.Initiatives) > initiativesMost {
		f = append(f, fault.Field{Name: "initiatief", Key: "questions.wrong.initiative"})
	}
	if len(f) > 0 {
		return fault.Invalid(f...)
	}
	return nil
}

// suspect tells whether what a resident wrote should be looked at first.
func (p Reply) suspect() bool {
	texts := []string{p.Body}
	for _, src := range p.Sources {
		texts = append(texts, src.Title, src.URL)
	}
	return Suspect(texts...) != ""
}

// known checks that the initiatives exist. It stands outside the transaction: the
// other room reads on a connection of its own.
func (s *Service) known(ctx context.Context, slugs []string) error {
	found, err := s.links(ctx, s.DB, slugs)
	if err == nil && slices.ContainsFunc(slugs, func(slug string) bool { return found[slug].ID == "" }) {
		return fault.Invalid(fault.Field{Name: "initiatief", Key: "questions.wrong.initiative"})
	}
	return err
}

// Answer adds an answer. That of a professional is marked with role and
// organisation; that of a resident we look at first when its words ask for it.
func (s *Service) Answer(ctx context.Context, question string, p Reply) (Answer, error) {
	if err := p.check(); err != nil {
		return Answer{}, err
	}
	actor := access.Of(ctx)
	if wait := s.asks.Take("person:" + actor.Person + actor.Organisation); wait > 0 && !actor.Has(access.Coach) {
		return Answer{}, fault.TooMany(wait)
	}
	if err := s.known(ctx, p.Initiatives); err != nil {
		return Answer{}, err
	}
	var w Answer
	err := s.change(ctx, question, MayAnswer, func(ctx context.Context, tx *db.Tx, q *Question) error {
		h, err := s.writer(ctx, tx, actor)
		if err != nil {
			return err
		}
		if again, err := s.sentTwice(ctx, tx, q.ID, actor, p.Body); err != nil || again.ID != "" {
			w = again
			return err
		}
		w = Answer{ID: s.IDs(), Question: q.ID, Person: actor.Person, Name: h.Name, Role: h.Role,
			Professional: h.Professional, Organisation: h.Organisation, Body: p.Body, Sources: p.Sources,
			Initiatives: p.Initiatives, Moderation: Shown, At: s.Clock.Now()}
		if !w.Professional && p.suspect() {
			w.Moderation = Held
		}
		if _, err := tx.Exec(ctx, insertAnswer, w.columns()...); err != nil {
			return err
		}
		if w.Moderation == Held {
			return nil
		}
		q.answered(s.Clock.Now())
		return s.Bus.Publish(ctx, tx, TopicAnswered, Happened{Question: q.ID, Answer: w.ID})
	})
	return w, err
}

// sentTwice finds the answer that a form which is sent once more has given before.
func (s *Service) sentTwice(ctx context.Context, r db.Reader, question string, a access.Actor, body string) (Answer, error) {
	if !a.SignedIn() {
		return Answer{}, nil
	}
	w, err := db.One(ctx, r, scanAnswer, selectSame, question, a.Person, body)
	if fault.KindOf(err) == fault.KindNotFound {
		return Answer{}, nil
	}
	return w, err
}

// writer is how the actor stands beside an answer: a person, or an organisation
// that answers by its token.
func (s *Service) writer(ctx context.Context, r db.Reader, a access.Actor) (Helper, error) {
	if a.Person != "" {
		h, err := s.Team.Describe(ctx, r, a.Person)
		h.Professional = h.Professional && a.SecondFactor
		if !h.Professional {
			h.Role, h.Organisation = "", ""
		}
		return h, err
	}
	list, err := s.Team.Organisations(ctx, r)
	for _, o := range list {
		if o.ID == a.Organisation {
			return Helper{Name: o.Name, Professional: true}, nil
		}
	}
	return Helper{}, errors.Join(err, fault.Denied())
}

// answered notes that a question has an answer that can be read.
func (q *Question) answered(now time.Time) {
	if q.AnsweredAt.IsZero() {
		q.AnsweredAt = now
	}
	if q.Status == Open {
		q.Status = Answered
	}
	q.WaitsForAsker = false
}

// count notes how many answers can be read. When the last one is gone, hidden or
// held, the question waits again: it must not drop off the desk.
func (q *Question) count(shown int) {
	q.Answers = shown
	if q.Answers == 0 && q.Status == Answered {
		q.Status, q.AnsweredAt, q.Accepted = Open, time.Time{}, ""
	}
}

// EditAnswer changes an answer by its writer; the text of before is kept.
func (s *Service) EditAnswer(ctx context.Context, answer string, p Reply) (question string, err error) {
	if err := p.check(); err != nil {
		return "", err
	}
	old, err := s.AnswerOf(ctx, answer)
	if err != nil {
		return "", err
	}
	if err := s.known(ctx, p.Initiatives); err != nil {
		return "", err
	}
	return old.Question, s.change(ctx, old.Question, MayAnswer, func(ctx context.Context, tx *db.Tx, q *Question) error {
		w, err := db.One(ctx, tx, scanAnswer, selectAnswer, answer)
		if err != nil {
			return err
		}
		if !MayEditAnswer(access.Of(ctx), w) || w.Question != q.ID {
			return fault.NotFound()
		}
		if err := s.event(ctx, tx, q.ID, EventEdited, w.Body, w.ID); err != nil {
			return err
		}
		w.Body, w.Sources, w.Initiatives, w.EditedAt = p.Body, p.Sources, p.Initiatives, s.Clock.Now()
		if w.Moderation == Shown && !w.Professional && p.suspect() {
			w.Moderation = Held
		}
		_, err = tx.Exec(ctx, updateAnswer, w.columns()...)
		return err
	})
}

// AnswerOf gives an answer to its writer, to change it.
func (s *Service) AnswerOf(ctx context.Context, answer string) (Answer, error) {
	w, err := db.One(ctx, s.DB, scanAnswer, selectAnswer, answer)
	if err == nil && !MayEditAnswer(access.Of(ctx), w) {
		return Answer{}, fault.NotFound()
	}
	return w, err
}

// Thank counts one thanks for an answer to a question that everybody may see.
func (s *Service) Thank(ctx context.Context, answer string) (question string, err error) {
	if wait := s.reports.Take(limitKey(ctx)); wait > 0 {
		return "", fault.TooMany(wait)
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if question, err = db.One(ctx, tx, db.Value[string], thankAnswer, answer); err != nil {
			return err
		}
		_, err = db.One(ctx, tx, db.Value[string], selectListedIDs, question)
		return err
	})
	return question, err
}

// Helped marks the answer that helped, by whoever holds the return code.
func (s *Service) Helped(ctx context.Context, code, answer string) error {
	return s.changeByCode(ctx, code, func(ctx context.Context, tx *db.Tx, q *Question) error {
		w, err := db.One(ctx, tx, scanAnswer, selectAnswer, answer)
		if err != nil || w.Question != q.ID || w.Moderation != Shown {
			return errors.Join(err, fault.NotFound())
		}
		w.Helped, q.Accepted = true, w.ID
		_, err = tx.Exec(ctx, updateAnswer, w.columns()...)
		return err
	})
}

// MessageAsker asks something back, or tells something; the asker reads it with
// the return code. While the team waits for the asker the promise stands still.
func (s *Service) MessageAsker(ctx context.Context, question, body string) error {
	if err := checkNote("bericht", body); err != nil {
		return err
	}
	return s.change(ctx, question, onTeamAndOpen, func(ctx context.Context, tx *db.Tx, q *Question) error {
		q.WaitsForAsker = q.Status == Open
		if err := s.event(ctx, tx, q.ID, EventMessageTeam, body, ""); err != nil {
			return err
		}
		return s.Bus.Publish(ctx, tx, TopicMessaged, Happened{Question: q.ID})
	})
}

// MessageTeam is what the asker says to the team, with the return code. It puts
// the question back on the desk, unless an answer helped: then it is thanks.
func (s *Service) MessageTeam(ctx context.Context, code, body string) error {
	if err := checkNote("bericht", body); err != nil {
		return err
	}
	q, err := s.byCode(ctx, s.DB, code)
	if err != nil {
		return err
	}
	if wait := s.asks.Take("code:" + q.ID); wait > 0 {
		return fault.TooMany(wait)
	}
	settings, err := s.Help(ctx, q.Place)
	if err != nil {
		return err
	}
	return s.changeByCode(ctx, code, func(ctx context.Context, tx *db.Tx, q *Question) error {
		if q.Status == Closed || q.Status == Merged {
			return fault.Conflict("questions.wrong.closed")
		}
		if q.WaitsForAsker || q.Status == Answered && q.Accepted == "" {
			// The clock starts again: the team could do nothing until now.
			q.Status, q.WaitsForAsker, q.DueAt = Open, false, places.Due(s.Clock.Now(), q.Urgent, settings)
		}
		return addEvent(ctx, tx, Event{ID: s.IDs(), Question: q.ID, At: s.Clock.Now(), Kind: EventMessageAsker, Body: body})
	})
}

// Withdraw closes a question by whoever holds the return code.
func (s *Service) Withdraw(ctx context.Context, code string) error {
	return s.changeByCode(ctx, code, func(ctx context.Context, tx *db.Tx, q *Question) error {
		reason := "withdrawn"
		if q.Accepted != "" {
			reason = "solved"
		}
		return s.close(ctx, tx, q, reason, "")
	})
}

func checkNote(field, body string) error {
	switch n := utf8.RuneCountInString(body); {
	case n < 2:
		return fault.Invalid(fault.Field{Name: field, Key: "questions.wrong.note"})
	case n > NoteMost:
		return fault.Invalid(fault.Field{Name: field, Key: "web.form.toolong", Args: []any{"most", NoteMost, "now", n}})
	}
	return nil
}

// codeFault says in a sentence what is wrong with a typed return code.
func codeFault(err error) error {
	e, ok := errors.AsType[*returncode.Error](err)
	if !ok {
		return err
	}
	f := fault.Field{Name: "code", Key: "questions.code." + string(e.Problem)}
	switch e.Problem {
	case returncode.WrongCount:
		f.Args = []any{"n", e.Count}
	case returncode.UnknownWord:
		f.Args = []any{"position", e.Position, "word", e.Word}
		if len(e.Near) > 0 {
			f.Key = "questions.code.near"
			f.Args = append(f.Args, "near", strings.Join(e.Near, ", "))
		}
	}
	return fault.Invalid(f)
}
