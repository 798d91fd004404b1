package coalitions

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
	"wijkbaak.nl/internal/trust/people"
)

const (
	guestPause    = time.Minute
	guestNameMost = 80
	commentsMost  = 20
	// guestsMost bounds the links of which a history is read with names.
	guestsMost = 1000
	// keepGuests is how long after the end of a link the name of the guest stays.
	keepGuests = 90 * 24 * time.Hour
)

// guestName is the name of the guest with this id; empty once it was forgotten.
func guestName(list []Guest, id string) string {
	for _, g := range list {
		if g.ID == id {
			return g.Name
		}
	}
	return ""
}

// NewGuest says for whom a link is.
type NewGuest struct {
	Name       string
	MayComment bool
	Days       int // how long the link lasts
}

// AddGuest makes a link for somebody without an account. The token is given once;
// only its hash is kept.
func (s *Service) AddGuest(ctx context.Context, coalition string, n NewGuest) (token string, err error) {
	var w faults
	w.text("gast", n.Name, 2, guestNameMost)
	if err := w.Err(); err != nil {
		return "", err
	}
	token, hash := people.NewSecret()
	err = s.write(ctx, coalition, conveners, func(ctx context.Context, tx *db.Tx, c Coalition, _ Member) error {
		list, err := db.All(ctx, tx, scanGuest, selectGuests, coalition, last, waitingMost)
		if err != nil {
			return err
		}
		if len(list) >= waitingMost {
			return fault.Invalid(fault.Field{Name: "gast", Key: "coalitions.wrong.waiting"})
		}
		now, id := s.Clock.Now(), s.IDs()
		if _, err := tx.Exec(ctx, insertGuest, id, coalition, n.Name, n.MayComment, access.Of(ctx).Person, db.At(now),
			db.At(now.AddDate(0, 0, goodDays(n.Days))), db.At(time.Time{}), hash); err != nil {
			return err
		}
		return s.told(ctx, tx, coalition, changeGuest, audit.Create, id, "")
	})
	return token, err
}

// Revoke ends the link of a guest at once.
func (s *Service) Revoke(ctx context.Context, coalition, guest string) error {
	return s.write(ctx, coalition, conveners, func(ctx context.Context, tx *db.Tx, _ Coalition, _ Member) error {
		n, err := tx.Exec(ctx, revokeGuest, guest, coalition, db.At(s.Clock.Now()))
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Conflict("coalitions.wrong.gone")
		}
		return s.told(ctx, tx, coalition, changeRevoked, audit.Delete, "", "")
	})
}

// guest finds a guest by the token of the link; the link may be over.
func (s *Service) guest(ctx context.Context, r db.Reader, token string) (Guest, error) {
	return db.One(ctx, r, scanGuest, selectGuest, people.HashSecret(token))
}

// GuestRole tells to which coalition a link leads, and whether who has it may
// comment; fault.NotFound when it leads nowhere any more.
func (s *Service) GuestRole(ctx context.Context, r db.Reader, token string) (Guest, error) {
	g, err := s.guest(ctx, r, token)
	if err == nil && g.Over(s.Clock.Now()) {
		return Guest{}, fault.NotFound()
	}
	return g, err
}

// GuestOf tells where a link leads, and what the coalition is called. Over says
// that the link has ended; then nothing else is told.
func (s *Service) GuestOf(ctx context.Context, r db.Reader, token string) (g Guest, name string, over bool, err error) {
	if g, err = s.guest(ctx, r, token); err != nil {
		return Guest{}, "", false, err
	}
	if g.Over(s.Clock.Now()) {
		return Guest{}, "", true, nil
	}
	c, err := db.One(ctx, r, scanCoalition, selectCoalition, g.Coalition)
	return g, c.Name, false, err
}

// GuestKnown tells whether a guest is still kept: for a while after the link ended.
func (s *Service) GuestKnown(ctx context.Context, r db.Reader, guest string) (bool, error) {
	n, err := db.One(ctx, r, db.Value[int], selectGuestID, guest)
	return n > 0, err
}

// GuestView is a coalition as a guest sees it.
type GuestView struct {
	View
	Guest Guest
	Plans []Link // its plans, as the guest may read them
	Token string
	Over  bool // the link has ended; nothing else is filled in
}

// AsGuest gives what a link leads to.
func (s *Service) AsGuest(ctx context.Context, token, before string) (v GuestView, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		g, err := s.guest(ctx, r, token)
		if err != nil {
			return err
		}
		if g.Over(s.Clock.Now()) {
			v = GuestView{Over: true}
			return nil
		}
		v = GuestView{Guest: g, Token: token}
		c, err := db.One(ctx, r, scanCoalition, selectCoalition, g.Coalition)
		if err != nil {
			return err
		}
		if s.Plan != nil {
			if v.Plans, err = s.Plan.ForGuest(ctx, r, c.ID, token); err != nil {
				return err
			}
		}
		v.View, err = s.view(ctx, r, c, Member{Role: Observer}, before)
		return err
	})
	return v, err
}

// CommentAsGuest has a guest say something.
func (s *Service) CommentAsGuest(ctx context.Context, token, body string) error {
	if wait := s.guests.Take(string(people.HashSecret(token))); wait > 0 {
		return fault.TooMany(wait)
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		g, err := s.GuestRole(ctx, tx, token)
		if err != nil {
			return err
		}
		if !g.MayComment {
			return fault.NotFound()
		}
		c, err := db.One(ctx, tx, scanCoalition, selectCoalition, g.Coalition)
		if err != nil {
			return err
		}
		return s.say(ctx, tx, c, Comment{Guest: g.ID, Name: g.Name, Body: body})
	})
}

// Say has a member say something.
func (s *Service) Say(ctx context.Context, coalition, body string) error {
	return s.write(ctx, coalition, roles, func(ctx context.Context, tx *db.Tx, c Coalition, m Member) error {
		return s.say(ctx, tx, c, Comment{Person: m.Person, Body: body})
	})
}

func (s *Service) say(ctx context.Context, tx *db.Tx, c Coalition, said Comment) error {
	var w faults
	w.text("bericht", said.Body, 1, bodyMost)
	if err := w.Err(); err != nil {
		return err
	}
	if !c.Ended.IsZero() {
		return fault.Conflict("coalitions.wrong.ended")
	}
	if _, err := tx.Exec(ctx, insertComment, s.IDs(), c.ID, said.Person, said.Name, said.Body, db.At(s.Clock.Now()), said.Guest); err != nil {
		return err
	}
	return s.told(ctx, tx, c.ID, changeComment, audit.Create, "", "")
}

// Unsay removes a comment: who wrote it may, and a convener.
func (s *Service) Unsay(ctx context.Context, coalition, comment string) error {
	return s.write(ctx, coalition, roles, func(ctx context.Context, tx *db.Tx, _ Coalition, m Member) error {
		c, err := db.One(ctx, tx, scanComment, selectComment, comment)
		if err != nil {
			return err
		}
		if c.Coalition != coalition {
			return fault.NotFound()
		}
		if m.Role != Convener && c.Person != m.Person {
			return fault.Denied()
		}
		if _, err := tx.Exec(ctx, deleteComment, comment); err != nil {
			return err
		}
		return s.told(ctx, tx, coalition, changeUnsaid, audit.Delete, "", "")
	})
}
