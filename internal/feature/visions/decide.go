package visions

import (
	"context"
	"slices"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

// votesMost bounds what is read of one round.
const votesMost = 2000

// Ballot is a deciding round as a member sees it.
type Ballot struct {
	View
	Round      Round
	Own        Vote
	Voted      int // how many members voted
	Voters     int // how many could; 0 where nobody knows
	Objections []Vote
	Names      map[string]string
	Result     Result // only once the round is over
	Over       bool
}

// deciding is the last round, if it is one that decides and it began.
func (e Entered) deciding() (Round, error) {
	o := e.Round()
	if o.Kind != Deciding || !o.began(e.Today) {
		return o, fault.Conflict("visions.wrong.nodeciding")
	}
	return o, nil
}

// counted gives the votes that count: of who may vote now. Voters is how many
// those are; 0 where nobody knows.
func (s *Service) counted(ctx context.Context, r db.Reader, v Vision, o Round) (list []Vote, voters int, err error) {
	if list, err = db.All(ctx, r, scanVote, votesOf, o.ID, votesMost); err != nil || v.Coalition == "" {
		return list, 0, err
	}
	members, err := s.Coalitions.Members(ctx, r, v.Coalition)
	if err != nil {
		return nil, 0, err
	}
	may := map[string]bool{}
	for _, m := range members {
		if m.Role == Convener || m.Role == Participant {
			may[m.ID] = true
		}
	}
	return slices.DeleteFunc(list, func(v Vote) bool { return !may[v.Person] }), len(may), nil
}

// Ballot gives the deciding round to who is inside. Before it is over it holds
// the actor's own vote, how many voted, and objections with their reason: those
// are there to be talked about.
func (s *Service) Ballot(ctx context.Context, id string) (b Ballot, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		b = Ballot{}
		if b.View, err = s.view(ctx, r, id); err != nil {
			return err
		}
		if !b.Reads {
			return fault.Denied()
		}
		b.Round = b.View.Round()
		if b.Round.Kind != Deciding || !b.Round.began(b.Today) {
			b.Round = Round{}
			return nil
		}
		b.Over = b.Round.Over(b.Today)
		list, voters, err := s.counted(ctx, r, b.Vision, b.Round)
		if err != nil {
			return err
		}
		b.Voted, b.Voters = len(list), voters
		var persons []string
		for _, v := range list {
			if v.Person == access.Of(ctx).Person {
				b.Own = v
			}
			if v.Choice == Object {
				b.Objections = append(b.Objections, v)
				persons = append(persons, v.Person)
			}
		}
		if b.Over {
			b.Result = count(list)
		}
		b.Names, err = s.names(ctx, r, persons)
		return err
	})
	return b, err
}

// Vote keeps what a member says; until the round is over it can change.
func (s *Service) Vote(ctx context.Context, id, choice, reason string) error {
	return s.write(ctx, id, "vote", votes, func(ctx context.Context, tx *db.Tx, e Entered) error {
		o, err := e.deciding()
		if err != nil {
			return err
		}
		if !o.Open(e.Today) {
			return fault.Conflict("visions.wrong.closed")
		}
		var w faults
		w.choice("stem", choice, o.choices())
		least := 0
		if choice == Object {
			least = 5 // an objection without a reason cannot be dealt with
		}
		w.text("reden", reason, least, reasonMost)
		if err := w.Err(); err != nil {
			return err
		}
		v := Vote{Round: o.ID, Person: access.Of(ctx).Person, Choice: choice, Reason: reason, At: s.Clock.Now()}
		all, err := db.All(ctx, tx, scanVote, votesOf, o.ID, votesMost)
		if err != nil {
			return err
		}
		for _, was := range all {
			if was.Person == v.Person && was.Choice == v.Choice && was.Reason == v.Reason {
				v.Dealt, v.DealtBy = was.Dealt, was.DealtBy // sent again
			}
		}
		_, err = tx.Exec(ctx, insertVote, v.Round, v.Person, v.Choice, v.Reason, v.Dealt, v.DealtBy, db.At(v.At))
		return err
	})
}

// Deal says in words how an objection was dealt with; empty words open it again.
// Reason is that of the objection as the convener read it.
func (s *Service) Deal(ctx context.Context, id, person, reason, dealt string) error {
	return s.write(ctx, id, "deal", lead, func(ctx context.Context, tx *db.Tx, e Entered) error {
		o, err := e.deciding()
		if err != nil {
			return err
		}
		if e.Stage != Deciding {
			return fault.Conflict("visions.wrong.decided")
		}
		var w faults
		w.text("opgelost", dealt, 0, reasonMost)
		if err := w.Err(); err != nil {
			return err
		}
		changed, err := tx.Exec(ctx, dealVote, o.ID, person, dealt, access.Of(ctx).Person, reason)
		if err == nil && changed == 0 {
			err = stale()
		}
		return err
	})
}

// Decided is what the form of a decision sends.
type Decided struct {
	Reason, Deciders string
	On               Day
	Reject           bool // they stop with it: by consent, or when nobody voted
}

// Decide records what the deciding round came to. The votes say the outcome; the
// convener says the reason, the day and who decided.
func (s *Service) Decide(ctx context.Context, id string, n Decided) error {
	return s.write(ctx, id, "decide", lead, func(ctx context.Context, tx *db.Tx, e Entered) error {
		o, err := e.deciding()
		if err != nil {
			return err
		}
		switch {
		case e.Stage != Deciding:
			return fault.Conflict("visions.wrong.decided")
		case !o.Over(e.Today):
			return fault.Conflict("visions.wrong.notover")
		}
		list, _, err := s.counted(ctx, tx, e.Vision, o)
		if err != nil {
			return err
		}
		result := count(list)
		d := Decision{Round: o.ID, Vision: id, Number: o.Number, Outcome: Rejected, Reason: n.Reason, On: n.On, Deciders: n.Deciders, Method: o.Method,
			Majority: o.Majority, Result: result, Person: access.Of(ctx).Person, At: s.Clock.Now()}
		rejects := n.Reject && (o.Method == ByConsent || !result.Voted())
		switch {
		case !result.Voted() && !rejects:
			return fault.Conflict("visions.wrong.novotes")
		case o.Method == ByConsent && result.Against > 0 && !rejects:
			return fault.Conflict("visions.wrong.objections", "n", result.Against)
		case result.Passes(o.Method, o.Majority) && !rejects:
			d.Outcome = Adopted
		}
		w := d.faults(e.Today)
		if err := w.Err(); err != nil {
			return err
		}
		if err := addDecision(ctx, tx, d); err != nil {
			return err
		}
		return s.stage(ctx, tx, e.Vision, d.Outcome, Round{})
	})
}

func (d Decision) faults(today Day) (w faults) {
	w.text("reden", d.Reason, 5, reasonMost)
	w.text("wie", d.Deciders, 2, decidersMost)
	switch {
	case d.On == "":
		w.Add("datum", "visions.wrong.day")
	case d.On > today:
		w.Add("datum", "visions.wrong.future")
	}
	return w
}

// Publish puts what was adopted on the shelf, for everybody to read.
func (s *Service) Publish(ctx context.Context, id string) error {
	return s.write(ctx, id, "publish", lead, func(ctx context.Context, tx *db.Tx, e Entered) error {
		if e.Stage != Adopted {
			return fault.Conflict("visions.wrong.notadopted")
		}
		name, err := s.ownerName(ctx, tx, e.Vision)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, updateShelf, id, s.IDs(), db.At(s.Clock.Now()), name)
		return err
	})
}
