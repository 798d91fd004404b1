package visions

import (
	"context"
	"slices"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

// mayDecide tells whether a deciding round can begin: people have been asked first.
func (e Entered) mayDecide() bool {
	return slices.ContainsFunc(e.Rounds, func(o Round) bool { return o.Kind == Orienting && o.began(e.Today) && o.Over(e.Today) })
}

// planned tells whether the last round is planned or open.
func (e Entered) planned() bool {
	o := e.Round()
	return o.ID != "" && !o.Over(e.Today)
}

// Begin plans a round on the newest version.
func (s *Service) Begin(ctx context.Context, id string, n Round) error {
	return s.write(ctx, id, "round.begin", lead, func(ctx context.Context, tx *db.Tx, e Entered) error {
		decisions, err := db.All(ctx, tx, scanDecision, selectDecisions, id, roundsMost)
		if err != nil {
			return err
		}
		o := e.Round()
		decided := slices.ContainsFunc(decisions, func(d Decision) bool { return d.Round == o.ID })
		switch {
		case e.Stage == Adopted || e.Stage == Published:
			return fault.Conflict("visions.wrong.decided")
		case e.planned():
			return fault.Conflict("visions.wrong.planned")
		case o.Kind == Deciding && o.began(e.Today) && !decided:
			return fault.Conflict("visions.wrong.undecided")
		case len(e.Rounds) >= roundsMost:
			return fault.Conflict("visions.wrong.toomany")
		}
		n.normal()
		w := n.faults(e.Today)
		if n.Kind == Deciding && !e.mayDecide() {
			w.Add("soort", "visions.wrong.orientfirst")
		}
		if err := w.Err(); err != nil {
			return err
		}
		return s.plan(ctx, tx, e.Vision, n)
	})
}

// normal fills in what follows from the rest.
func (o *Round) normal() {
	switch {
	case o.Kind != Deciding:
		o.Method, o.Majority = "", ""
	case o.Method == ByConsent:
		o.Majority = All
	}
}

// plan keeps a new round on the newest version.
func (s *Service) plan(ctx context.Context, tx *db.Tx, v Vision, n Round) error {
	n.ID, n.Vision, n.Number, n.Person = s.IDs(), v.ID, v.Newest, access.Of(ctx).Person
	if err := addRound(ctx, tx, n); err != nil {
		return err
	}
	return s.stage(ctx, tx, v, n.Kind, n)
}

// stage keeps how far the vision is; a round that ended has no term.
func (s *Service) stage(ctx context.Context, tx *db.Tx, v Vision, to Stage, o Round) error {
	if !o.Ended.IsZero() {
		o = Round{}
	}
	name, err := s.ownerName(ctx, tx, v)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, updateStage, v.ID, string(to), string(o.Opens), string(o.Closes), o.Everybody, name, db.At(s.Clock.Now()))
	return err
}

// ownerName is how the owner is called now; who reads a published vision may not
// be able to ask the coalition.
func (s *Service) ownerName(ctx context.Context, r db.Reader, v Vision) (string, error) {
	if v.Coalition != "" {
		name, err := s.Coalitions.Name(ctx, r, v.Coalition)
		if fault.KindOf(err) == fault.KindNotFound {
			return v.OwnerName, nil
		}
		return name, err
	}
	all, err := s.People.Organisations(ctx, r)
	if k := slices.IndexFunc(all, func(l Link) bool { return l.ID == v.Organisation }); k >= 0 {
		return all[k].Name, nil
	}
	return v.OwnerName, err
}

// Plan changes the round that is planned or open. Once it is open only its last
// day can change.
func (s *Service) Plan(ctx context.Context, id string, n Round) error {
	return s.write(ctx, id, "round.plan", lead, func(ctx context.Context, tx *db.Tx, e Entered) error {
		o := e.Round()
		if !e.planned() {
			return fault.Conflict("visions.wrong.over")
		}
		var w faults
		if o.Open(e.Today) {
			o.Closes = n.Closes
			w.closes(o, e.Today)
		} else {
			n.Kind = o.Kind
			n.normal()
			o.Opens, o.Closes, o.Everybody, o.Method, o.Majority = n.Opens, n.Closes, n.Everybody, n.Method, n.Majority
			w = o.faults(e.Today)
		}
		if err := w.Err(); err != nil {
			return err
		}
		if err := keepRound(ctx, tx, o); err != nil {
			return err
		}
		return s.stage(ctx, tx, e.Vision, o.Kind, o)
	})
}

// Close ends the round before its term. A round that was not open yet is gone.
func (s *Service) Close(ctx context.Context, id string) error {
	return s.write(ctx, id, "round.close", lead, func(ctx context.Context, tx *db.Tx, e Entered) error {
		o := e.Round()
		switch {
		case !e.planned():
			return fault.Conflict("visions.wrong.over")
		case o.Open(e.Today):
			o.Ended = s.Clock.Now()
			if err := keepRound(ctx, tx, o); err != nil {
				return err
			}
			return s.stage(ctx, tx, e.Vision, o.Kind, o)
		}
		if _, err := tx.Exec(ctx, deleteRound, o.ID, id); err != nil {
			return err
		}
		e.Rounds = e.Rounds[:len(e.Rounds)-1]
		to := Draft
		if before := e.Round(); before.ID != "" {
			to = before.Kind
		}
		decisions, err := db.All(ctx, tx, scanDecision, selectDecisions, id, roundsMost)
		if err != nil {
			return err
		}
		if n := len(decisions); n > 0 && decisions[n-1].Round == e.Round().ID {
			to = decisions[n-1].Outcome
		}
		return s.stage(ctx, tx, e.Vision, to, Round{})
	})
}

// Lay puts the newest version before the round. Who said something about the text
// that was there before is asked again: the votes of a deciding round go.
func (s *Service) Lay(ctx context.Context, id string) error {
	return s.write(ctx, id, "round.lay", lead, func(ctx context.Context, tx *db.Tx, e Entered) error {
		o := e.Round()
		if !e.planned() || o.Number == e.Newest {
			return fault.Conflict("visions.wrong.over")
		}
		o.Number = e.Newest
		if _, err := tx.Exec(ctx, dropVotes, o.ID); err != nil {
			return err
		}
		return keepRound(ctx, tx, o)
	})
}
