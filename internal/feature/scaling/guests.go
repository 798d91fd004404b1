package scaling

import (
	"context"
	"errors"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
)

// A guest of the coalition reads along by the link that the room of coalitions
// gave out, without an account: that room knows whose link it is and until when.

const (
	guestBurst = 5 // comments at once, and then one a minute
	guestPause = time.Minute
)

// errOver tells that the link of a guest has ended. It never leaves this room: the
// guest is sent to the page of the coalition, which says so.
var errOver = errors.New("the link of the guest has ended")

// along reads a plan for who has the link of a guest. A plan of another coalition
// is not there.
func (s *Service) along(ctx context.Context, r db.Reader, token, plan string) (Plan, Guest, error) {
	g, over, err := s.Coalitions.Guest(ctx, r, token)
	switch {
	case err != nil:
		return Plan{}, Guest{}, err
	case over:
		return Plan{}, Guest{}, errOver
	}
	p, err := db.One(ctx, r, scanPlan, selectPlan, plan)
	if err == nil && (p.Coalition == "" || p.Coalition != g.Coalition) {
		err = fault.NotFound()
	}
	if err != nil {
		return Plan{}, Guest{}, err
	}
	return p, g, nil
}

// AsGuest gives a plan as a guest reads it, and what was said about it, or about
// one step.
func (s *Service) AsGuest(ctx context.Context, token, plan, step, before string) (v View, g Guest, t Talk, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		v = View{Token: token}
		if v.Plan, g, err = s.along(ctx, r, token, plan); err != nil {
			return err
		}
		v.Of = g.CoalitionName
		if err := s.complete(ctx, r, &v); err != nil {
			return err
		}
		t, err = s.talk(ctx, r, plan, step, before)
		return err
	})
	return v, g, t, err
}

// SayAsGuest has a guest whose link allows it say something about a plan, or about
// a step.
func (s *Service) SayAsGuest(ctx context.Context, token, plan, step, body string) error {
	_, g, err := s.along(ctx, s.DB, token, plan)
	if err != nil {
		return err
	}
	if !g.MayComment {
		return fault.Denied()
	}
	if wait := s.says.Take(g.ID); wait > 0 {
		return fault.TooMany(wait)
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, g, err := s.along(ctx, tx, token, plan)
		if err != nil {
			return err
		}
		return s.say(ctx, tx, p, Comment{Step: step, Guest: g.ID, Name: g.Name, Body: body})
	})
}

// UnsayAsGuest takes back what the guest of this link said.
func (s *Service) UnsayAsGuest(ctx context.Context, token, plan, comment string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, g, err := s.along(ctx, tx, token, plan)
		if err != nil {
			return err
		}
		c, err := db.One(ctx, tx, scanComment, selectComment, comment, plan)
		if err != nil {
			return err
		}
		if c.Guest == "" || c.Guest != g.ID {
			return fault.Denied()
		}
		return s.unsay(ctx, tx, p, c)
	})
}

// guestsAtOnce is how many guests Night asks after in one transaction.
const guestsAtOnce = 200

// Night takes away the names of guests whom the coalition does not know any more;
// what they said stays.
func (s *Service) Night(ctx context.Context) error {
	after := ""
	for more := true; more; {
		err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			guests, err := db.All(ctx, tx, db.Value[string], namedGuests, after, guestsAtOnce)
			if err != nil {
				return err
			}
			more = len(guests) == guestsAtOnce
			for _, g := range guests {
				known, err := s.Coalitions.GuestKnown(ctx, tx, g)
				if err != nil {
					return err
				}
				if known {
					continue
				}
				if _, err := tx.Exec(ctx, forgetGuestName, g); err != nil {
					return err
				}
			}
			if more {
				after = guests[len(guests)-1]
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// ForGuest gives the plans of a coalition, the newest first, with the path by which
// a guest with that link reads them. Who asks has checked the link.
func (s *Service) ForGuest(ctx context.Context, r db.Reader, coalition, token string) ([]Link, error) {
	plans, err := db.All(ctx, r, scanPlan, ofCoalition, coalition, last, listMost)
	list := make([]Link, len(plans))
	for k, p := range plans {
		list[k] = Link{p.ID, p.Title, guestPath(token, p.ID)}
	}
	return list, err
}

const guestBase = "/gast/"

func guestPath(token, plan string) string { return guestBase + token + base + "/" + plan }
