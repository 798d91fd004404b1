package questions

import (
	"context"
	"slices"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

// Recipient is to whom a question can be passed: a colleague, or an organisation.
type Recipient struct {
	ID, Name     string
	Organisation string // name, of a colleague
	Person       bool
	Unread       bool // an organisation of which nobody works on this place yet
}

// Recipients lists to whom a question of a place can be passed by the actor:
// first the colleagues who may see it.
func (s *Service) Recipients(ctx context.Context, r db.Reader, place string) ([]Recipient, error) {
	colleagues, err := s.Team.Colleagues(ctx, r, place)
	if err != nil {
		return nil, err
	}
	organisations, err := s.Team.Organisations(ctx, r)
	if err != nil {
		return nil, err
	}
	var list []Recipient
	read := map[string]bool{} // organisations, and persons who are in the list
	for _, c := range colleagues {
		if c.Person != access.Of(ctx).Person && !read[c.Person] {
			list = append(list, Recipient{ID: c.Person, Name: c.Name, Organisation: c.OrganisationName, Person: true})
		}
		read[c.Person], read[c.Organisation] = true, true
	}
	for _, o := range organisations {
		list = append(list, Recipient{ID: o.ID, Name: o.Name, Unread: !read[o.ID]})
	}
	return list, nil
}

// Passed is the payload of TopicPassed: ids alone.
type Passed struct {
	Question string `json:"question"`
	To       string `json:"to"`
	From     string `json:"from"`
}

// Pass hands the question on to a colleague, on whose pile it then is, or to an
// organisation; with a note for who takes it up. Who gets it is told by mail.
func (s *Service) Pass(ctx context.Context, question, to, note string) error {
	if err := checkNote("overdracht", note); err != nil {
		return err
	}
	return s.change(ctx, question, onTeamAndOpen, func(ctx context.Context, tx *db.Tx, q *Question) error {
		list, err := s.Recipients(ctx, tx, q.Place)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(r Recipient) bool { return r.ID == to })
		if i < 0 {
			return fault.Invalid(fault.Field{Name: "organisatie", Key: "questions.wrong.recipient"})
		}
		// The history names an organisation; a colleague, who may be erased, by id.
		subject := list[i].Name
		had := q.PassedTo == to // a second press adds a note, and no letter
		q.PassedTo, q.TakenBy = to, ""
		if list[i].Person {
			q.TakenBy, subject = to, to
		}
		if err := s.event(ctx, tx, q.ID, EventPassed, note, subject); err != nil || had {
			return err
		}
		return s.Bus.Publish(ctx, tx, TopicPassed, Passed{Question: q.ID, To: to, From: access.Of(ctx).Person})
	})
}

// tellPassed mails who got a question: the colleague, or those of the
// organisation who may see it. A question that went on in the meantime is not theirs.
func (s *Service) tellPassed(ctx context.Context, p Passed) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		q, err := getQuestion(ctx, tx, p.Question)
		if fault.KindOf(err) == fault.KindNotFound || err == nil && q.PassedTo != p.To {
			return nil
		}
		if err != nil {
			return err
		}
		colleagues, err := s.Team.Colleagues(ctx, tx, q.Place)
		if err != nil {
			return err
		}
		told := map[string]bool{p.From: true}
		for _, c := range colleagues {
			if told[c.Person] || c.Person != p.To && c.Organisation != p.To {
				continue
			}
			told[c.Person] = true
			address, err := s.Team.Email(ctx, tx, c.Person)
			if err != nil {
				return err
			}
			if address == "" {
				continue
			}
			if err := s.letter(ctx, tx, address, "questions.mail.passed", q, Path(q.ID), ""); err != nil {
				return err
			}
		}
		return nil
	})
}

// names gives the names of persons and organisations by id.
func (s *Service) names(ctx context.Context, r db.Reader, ids []string) (map[string]string, error) {
	names, err := s.Team.Names(ctx, r, ids)
	if err != nil {
		return nil, err
	}
	list, err := s.Team.Organisations(ctx, r)
	for _, o := range list {
		names[o.ID] = o.Name
	}
	return names, err
}
