package visions

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/limit"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// Said is what a form of comments sends.
type Said struct {
	Place, Kind, Body string
	Name              string // of somebody without an account; may be empty
}

// place reads what a comment is about: a paragraph of the text that is shown, a
// question for residents, or the whole.
func (v View) place(place string) (quote string, ok bool) {
	if place == "" {
		return "", true
	}
	if k := questionOf(place); k >= 0 {
		if k < len(v.Questions) {
			return v.Questions[k], true
		}
		return "", false
	}
	b, ok := v.Text.Block(place)
	return cut(b.Text, quoteMost), ok
}

// questionOf gives the index of a question for residents; -1 if place is none.
func questionOf(place string) int {
	number, is := strings.CutPrefix(place, "q")
	n, err := strconv.Atoi(number)
	if !is || err != nil || n < 1 || n > questionsMost {
		return -1
	}
	return n - 1
}

func questionPlace(k int) string { return "q" + strconv.Itoa(k+1) }

// Comment keeps a comment in the round that is open, and tells whether others see
// it at once: of who is not inside, the convener reads it first.
func (s *Service) Comment(ctx context.Context, id string, n Said) (shown bool, err error) {
	if err := s.slow(ctx, id); err != nil {
		return false, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, err := s.open(ctx, tx, id)
		if err != nil {
			return err
		}
		var w faults
		quote, there := v.place(n.Place)
		if !there {
			w.Add("over", "visions.wrong.place")
		}
		if questionOf(n.Place) >= 0 {
			n.Kind = Reply
		} else {
			w.choice("soort", n.Kind, kinds)
		}
		w.text("tekst", n.Body, 2, bodyMost)
		w.text("naam", n.Name, 0, nameMost)
		if err := w.Err(); err != nil {
			return err
		}
		shown = v.Says
		return s.keep(ctx, tx, v, Comment{Place: n.Place, Quote: quote, Kind: n.Kind, Body: n.Body, Name: n.Name})
	})
	return shown, err
}

// slow holds back a network that sends much; who is inside is not counted.
func (s *Service) slow(ctx context.Context, id string) error {
	a := access.Of(ctx)
	if a.SignedIn() {
		e, err := s.enter(ctx, s.DB, id)
		if err != nil || e.Says {
			return err
		}
	}
	if wait := s.says.Take(limit.Network(a.Address)); wait > 0 {
		return fault.TooMany(wait)
	}
	return nil
}

// open reads a vision on which the actor may comment now.
func (s *Service) open(ctx context.Context, r db.Reader, id string) (View, error) {
	v, err := s.view(ctx, r, id)
	switch {
	case err != nil:
		return v, err
	case !v.Round().Open(v.Today):
		return v, fault.Conflict("visions.wrong.closed")
	case !v.MayComment():
		return v, fault.Denied()
	}
	return v, nil
}

// keep adds a comment of the actor.
func (s *Service) keep(ctx context.Context, tx *db.Tx, v View, c Comment) error {
	a, o := access.Of(ctx), v.Round()
	c.ID, c.Vision, c.Round, c.Number, c.Everybody, c.At = s.IDs(), v.ID, o.ID, v.Text.Number, o.Everybody, s.Clock.Now()
	switch {
	case c.Channel == byPaper:
		c.State, c.Helper = Shown, a.Person
	case a.SignedIn():
		c.Channel, c.Person, c.Name, c.State = byAccount, a.Person, "", Shown
	case a.Channel == access.API:
		c.Channel, c.State = byProgram, Held
	default:
		c.Channel, c.State = byPage, Held
	}
	if !v.Says {
		c.State = Held
	}
	if err := addComment(ctx, tx, c); err != nil {
		return err
	}
	return s.told(ctx, tx, v.Vision, "comment", audit.Create)
}

// Part is what a resident answers on the short page or on paper.
type Part struct {
	Replies []string // to the questions, in their order; may be empty
	Rest    string   // what else they want to say
	Name    string
	Paper   bool // typed in by who is inside
}

// TakePart keeps the answers of a resident. At least one thing must be said.
func (s *Service) TakePart(ctx context.Context, id string, n Part) error {
	if err := s.slow(ctx, id); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, err := s.open(ctx, tx, id)
		if err != nil {
			return err
		}
		if n.Paper && !v.Says {
			return fault.Denied()
		}
		var w faults
		var list []Comment
		for k, body := range n.Replies[:min(len(n.Replies), len(v.Questions))] {
			w.text("antwoord"+strconv.Itoa(k+1), body, 0, bodyMost)
			if strings.TrimSpace(body) != "" {
				list = append(list, Comment{Place: questionPlace(k), Quote: v.Questions[k], Kind: Reply, Body: body})
			}
		}
		w.text("rest", n.Rest, 0, bodyMost)
		w.text("naam", n.Name, 0, nameMost)
		if strings.TrimSpace(n.Rest) != "" {
			list = append(list, Comment{Kind: Suggestion, Body: n.Rest})
		}
		if len(list) == 0 {
			field := "rest"
			if len(v.Questions) > 0 {
				field = "antwoord1"
			}
			w.Add(field, "visions.wrong.nothing")
		}
		if err := w.Err(); err != nil {
			return err
		}
		for _, c := range list {
			c.Name = n.Name
			if n.Paper {
				c.Channel = byPaper
			}
			if err := s.keep(ctx, tx, v, c); err != nil {
				return err
			}
		}
		return nil
	})
}

// Answer says what the convener does with a comment, and why.
func (s *Service) Answer(ctx context.Context, id, comment, answer, why string) error {
	return s.write(ctx, id, "answer", lead, func(ctx context.Context, tx *db.Tx, e Entered) error {
		c, err := db.One(ctx, tx, scanComment, selectComment, comment, id)
		if err != nil {
			return err
		}
		if e.Stage == Published {
			return fault.Conflict("visions.wrong.published")
		}
		if c.State != Shown {
			return fault.Conflict("visions.wrong.showfirst")
		}
		var w faults
		w.choice("antwoord", answer, answers)
		least := 0
		if answer == Not || answer == Partly {
			least = 2 // who is told no is told why
		}
		w.text("uitleg", why, least, bodyMost)
		if err := w.Err(); err != nil {
			return err
		}
		if _, err = tx.Exec(ctx, answerComment, comment, id, answer, why, access.Of(ctx).Person, db.At(s.Clock.Now())); err != nil {
			return err
		}
		return s.tellsAnswer(ctx, tx, c)
	})
}

// Judge shows a comment to others, or hides it with a reason.
func (s *Service) Judge(ctx context.Context, id, comment, state, why string) error {
	return s.write(ctx, id, "judge", lead, func(ctx context.Context, tx *db.Tx, _ Entered) error {
		if _, err := db.One(ctx, tx, scanComment, selectComment, comment, id); err != nil {
			return err
		}
		var w faults
		w.choice("stand", state, []string{Shown, Hidden})
		least := 0
		if state == Hidden {
			least = 2
		}
		w.text("reden", why, least, whyMost)
		if err := w.Err(); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, judgeComment, comment, id, state, why, access.Of(ctx).Person)
		return err
	})
}

// Filters of the comments.
const (
	filterAll        = ""
	filterUnanswered = "open"
	filterHeld       = "wacht"
	filterHidden     = "verborgen"
	filterPlace      = "over"
)

// Overview are comments with what was answered.
type Overview struct {
	View
	Comments []Comment
	Names    map[string]string
	Filter   string
	Place    string
	Next     string
}

const commentsMost = 30

// Comments gives the comments that the actor may see, the oldest first.
func (s *Service) Comments(ctx context.Context, id, filter, place, after string) (v Overview, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		v = Overview{Filter: filter, Place: place}
		if v.View, err = s.view(ctx, r, id); err != nil {
			return err
		}
		query, args := listComments, []any{id, Shown, after, commentsMost + 1}
		switch {
		case filter == filterPlace && v.Reads:
			query, args = listPlace, []any{id, place, after, commentsMost + 1}
		case filter == filterPlace:
			query, args = placeOutside, []any{id, place, after, commentsMost + 1}
		case !v.Reads:
			query, args, v.Filter = listOutside, []any{id, after, commentsMost + 1}, filterAll
		case filter == filterUnanswered:
			query, args = listUnanswered, []any{id, after, commentsMost + 1}
		case filter == filterHeld && v.Leads:
			args[1] = Held
		case filter == filterHidden && v.Leads:
			args[1] = Hidden
		default:
			v.Filter = filterAll
		}
		if v.Comments, err = db.All(ctx, r, scanComment, query, args...); err != nil {
			return err
		}
		if len(v.Comments) > commentsMost {
			v.Comments = v.Comments[:commentsMost]
			v.Next = v.Comments[commentsMost-1].ID
		}
		if !v.Reads {
			v.Names = map[string]string{} // names of members are not for strangers
			return nil
		}
		var persons []string
		for _, c := range v.Comments {
			persons = append(persons, c.Person)
		}
		v.Names, err = s.names(ctx, r, persons)
		return err
	})
	return v, err
}

// known tells whether a filter exists.
func known(filter string) bool {
	return slices.Contains([]string{filterAll, filterUnanswered, filterHeld, filterHidden, filterPlace}, filter)
}

// One gives a comment to who answers it, with the name of who wrote it.
func (s *Service) One(ctx context.Context, id, comment string) (v View, c Comment, name string, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		if v, err = s.view(ctx, r, id); err != nil {
			return err
		}
		if !v.Leads {
			return fault.Denied()
		}
		if c, err = db.One(ctx, r, scanComment, selectComment, comment, id); err != nil {
			return err
		}
		names, err := s.names(ctx, r, []string{c.Person})
		name = names[c.Person]
		return err
	})
	return v, c, name, err
}
