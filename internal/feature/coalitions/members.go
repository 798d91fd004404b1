package coalitions

import (
	"context"
	"slices"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
	"wijkbaak.nl/internal/trust/people"
)

const (
	invitePause     = 10 * time.Minute
	waitingMost     = 100
	invitationPath  = "/coalitie-uitnodiging/"
	keepAfterExpiry = 30 * 24 * time.Hour
)

// daysChoices are how long a link may last; the first is usual.
var daysChoices = []int{14, 7, 30, 90}

func goodDays(n int) int {
	if slices.Contains(daysChoices, n) {
		return n
	}
	return daysChoices[0]
}

// Invite says whom to invite.
type Invite struct {
	Email, Organisation string
	Role                Role
	Days                int // how long the link lasts
}

// Invite mails somebody a link with which to join.
func (s *Service) Invite(ctx context.Context, coalition string, n Invite) error {
	var w faults
	to, ok := people.NormalEmail(n.Email)
	if !ok {
		w.Add("email", "coalitions.wrong.email")
	}
	if !slices.Contains(roles, n.Role) {
		w.Add("rol", "coalitions.wrong.role")
	}
	if err := w.Err(); err != nil {
		return err
	}
	if wait := s.invites.Take(access.Of(ctx).Person); wait > 0 {
		return fault.TooMany(wait)
	}
	secret, hash := people.NewSecret()
	return s.write(ctx, coalition, conveners, func(ctx context.Context, tx *db.Tx, c Coalition, _ Member) error {
		if !slices.ContainsFunc(c.Cities, func(o City) bool { return o.Organisation == n.Organisation }) {
			if names, err := s.organisationNames(ctx, tx); err != nil {
				return err
			} else if names[n.Organisation] == "" {
				return fault.Invalid(fault.Field{Name: "organisatie", Key: "coalitions.wrong.organisation"})
			}
		}
		waiting, err := db.All(ctx, tx, scanInvitation, selectInvitations, coalition, waitingMost)
		if err != nil {
			return err
		}
		if len(waiting) >= waitingMost {
			return fault.Invalid(fault.Field{Name: "email", Key: "coalitions.wrong.waiting"})
		}
		for _, old := range waiting { // a new letter takes the place of the old one
			if old.Email == to {
				if _, err := tx.Exec(ctx, deleteInvitation, old.ID, coalition); err != nil {
					return err
				}
			}
		}
		now := s.Clock.Now()
		expires := now.AddDate(0, 0, goodDays(n.Days))
		if _, err := tx.Exec(ctx, insertInvitation, s.IDs(), coalition, to, n.Organisation, string(n.Role), access.Of(ctx).Person,
			db.At(now), db.At(expires), hash); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, to, "coalitions.mail.invited", invitationPath+secret, "name", c.Name, "date", i18n.Date(ctx, expires)); err != nil {
			return err
		}
		return s.told(ctx, tx, coalition, changeInvited, audit.Create, "", "")
	})
}

// tell mails one thing: the words of key, with a button to a path of ours.
//
// keys: coalitions.mail.*
func (s *Service) tell(ctx context.Context, tx *db.Tx, to, key, path string, args ...any) error {
	m, err := mail.Compose(to, i18n.T(ctx, key+".subject", args...), mail.Letter{
		Lang: i18n.Lang(ctx), Greeting: i18n.T(ctx, "coalitions.mail.greeting"), Closing: i18n.T(ctx, "coalitions.mail.closing"),
		Paragraphs: []string{i18n.T(ctx, key+".text", args...)},
		Button:     mail.Button{Label: i18n.T(ctx, key+".button"), URL: s.BaseURL + path},
	})
	if err != nil {
		return err
	}
	return mail.Enqueue(ctx, tx, m)
}

// Withdraw takes an invitation back.
func (s *Service) Withdraw(ctx context.Context, coalition, invitation string) error {
	return s.write(ctx, coalition, conveners, func(ctx context.Context, tx *db.Tx, _ Coalition, _ Member) error {
		n, err := tx.Exec(ctx, deleteInvitation, invitation, coalition)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Conflict("coalitions.wrong.gone")
		}
		return s.told(ctx, tx, coalition, changeUninvited, audit.Delete, "", "")
	})
}

// Invited is an invitation as its page shows it.
type Invited struct {
	Invitation
	Name, OrganisationName, From string
	Over                         bool // its time has passed
	Inside                       bool // the actor is a member already
	Speaks                       bool // the actor has a role in the organisation
	Asked                        bool // the organisation has not answered yet
}

// Invitation finds an invitation by its link.
func (s *Service) Invitation(ctx context.Context, token string) (v Invited, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		i, c, err := s.invitation(ctx, r, token)
		if err != nil {
			return err
		}
		v = Invited{Invitation: i, Name: c.Name, Over: !s.Clock.Now().Before(i.Expires) || !c.Ended.IsZero()}
		organisations, err := s.organisationNames(ctx, r)
		if err != nil {
			return err
		}
		v.OrganisationName = organisations[i.Organisation]
		names, err := s.People.Names(ctx, r, []string{i.Person})
		if err != nil {
			return err
		}
		v.From = names[i.Person]
		m, err := s.role(ctx, r, c.ID)
		if err != nil {
			return err
		}
		v.Inside = m.Role != Outside
		v.Speaks = speaks(access.Of(ctx), i.Organisation)
		asked, err := s.asked(ctx, r, c.ID)
		v.Asked = slices.ContainsFunc(asked, func(a Asked) bool { return a.Organisation == i.Organisation })
		return err
	})
	return v, err
}

func (s *Service) invitation(ctx context.Context, r db.Reader, token string) (Invitation, Coalition, error) {
	i, err := db.One(ctx, r, scanInvitation, selectInvitation, people.HashSecret(token))
	if err != nil {
		return i, Coalition{}, err
	}
	c, err := db.One(ctx, r, scanCoalition, selectCoalition, i.Coalition)
	return i, c, err
}

// Accept has the actor join by the link of an invitation that was mailed to the
// actor's own address. Only who has a role in the organisation joins in its name,
// and says yes for it where it was asked; anybody else joins as a person.
func (s *Service) Accept(ctx context.Context, token string) (coalition string, err error) {
	a := access.Of(ctx)
	if !a.SignedIn() {
		return "", fault.Denied()
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		i, c, err := s.invitation(ctx, tx, token)
		if err != nil {
			return err
		}
		if !s.Clock.Now().Before(i.Expires) || !c.Ended.IsZero() {
			return fault.Conflict("coalitions.wrong.expired")
		}
		// A letter that was passed on, or read by another, lets nobody else in.
		if to, err := address(ctx, s.People, tx, a.Person); err != nil {
			return err
		} else if !strings.EqualFold(to, i.Email) {
			return fault.Denied()
		}
		coalition = c.ID
		if _, err := tx.Exec(ctx, deleteInvitation, i.ID, c.ID); err != nil {
			return err
		}
		if !speaks(a, i.Organisation) {
			i.Organisation = ""
		} else if err := s.takePart(ctx, tx, c, i.Organisation); err != nil {
			return err
		}
		return s.join(ctx, tx, c, Member{Person: a.Person, Organisation: i.Organisation, Role: i.Role})
	})
	return coalition, err
}

// join adds a member; who is one already keeps the role, unless the new one is
// that of a convener.
func (s *Service) join(ctx context.Context, tx *db.Tx, c Coalition, m Member) error {
	n, err := tx.Exec(ctx, insertMember, c.ID, m.Person, m.Organisation, string(m.Role), db.At(s.Clock.Now()))
	if err != nil {
		return err
	}
	if n == 0 && m.Role == Convener {
		if _, err := tx.Exec(ctx, updateRole, c.ID, m.Person, string(m.Role)); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, deleteRequest, c.ID, m.Person); err != nil {
		return err
	}
	return s.told(ctx, tx, c.ID, changeJoined, audit.Create, "", "")
}

// Ask has somebody outside ask to join an open coalition.
func (s *Service) Ask(ctx context.Context, coalition, organisation, why string) error {
	a := access.Of(ctx)
	if !a.SignedIn() {
		return fault.Denied()
	}
	var w faults
	w.text("waarom", why, 3, whyMost)
	if organisation != "" && !slices.Contains(a.Organisations(), organisation) {
		w.Add("organisatie", "coalitions.wrong.organisation")
	}
	if err := w.Err(); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, m, err := s.enter(ctx, tx, coalition)
		switch {
		case err != nil:
			return err
		case m.Role != Outside:
			return fault.Conflict("coalitions.wrong.inside")
		case !c.Ended.IsZero():
			return fault.Conflict("coalitions.wrong.ended")
		case !c.Open:
			return fault.NotFound()
		}
		n, err := tx.Exec(ctx, insertRequest, coalition, a.Person, organisation, why, db.At(s.Clock.Now()))
		if err != nil || n == 0 {
			return err // asked before: nothing changes
		}
		members, err := db.All(ctx, tx, scanMember, selectMembers, coalition, membersMost)
		if err != nil {
			return err
		}
		for _, m := range members {
			if m.Role != Convener {
				continue
			}
			to, err := address(ctx, s.People, tx, m.Person)
			if err != nil {
				return err
			}
			if to == "" {
				continue
			}
			if err := s.tell(ctx, tx, to, "coalitions.mail.asked", Path(coalition)+"/mensen", "name", c.Name); err != nil {
				return err
			}
		}
		return s.told(ctx, tx, coalition, changeAsked, audit.Create, "", "")
	})
}

// Answer lets in who asked, as a member or observer, or not.
func (s *Service) Answer(ctx context.Context, coalition, person string, role Role) error {
	return s.write(ctx, coalition, conveners, func(ctx context.Context, tx *db.Tx, c Coalition, _ Member) error {
		q, err := db.One(ctx, tx, scanRequest, selectRequest, coalition, person)
		if fault.KindOf(err) == fault.KindNotFound {
			return fault.Conflict("coalitions.wrong.gone")
		}
		if err != nil {
			return err
		}
		key := "coalitions.mail.letin"
		if slices.Contains(roles, role) {
			if err := s.join(ctx, tx, c, Member{Person: person, Organisation: q.Organisation, Role: role}); err != nil {
				return err
			}
		} else {
			key = "coalitions.mail.refused"
			if _, err := tx.Exec(ctx, deleteRequest, coalition, person); err != nil {
				return err
			}
			if err := s.told(ctx, tx, coalition, changeRefused, audit.Delete, "", ""); err != nil {
				return err
			}
		}
		to, err := address(ctx, s.People, tx, person)
		if err != nil || to == "" {
			return err
		}
		return s.tell(ctx, tx, to, key, Path(coalition), "name", c.Name)
	})
}

// address is the mail address of an account; empty where the account is gone.
func address(ctx context.Context, p People, r db.Reader, person string) (string, error) {
	to, err := p.Email(ctx, r, person)
	if fault.KindOf(err) == fault.KindNotFound {
		return "", nil
	}
	return to, err
}

// lastConvener tells whether nobody else convenes.
func lastConvener(list []Member, person string) bool {
	others := slices.ContainsFunc(list, func(m Member) bool { return m.Role == Convener && m.Person != person })
	return !others && slices.ContainsFunc(list, func(m Member) bool { return m.Role == Convener && m.Person == person })
}

// SetRole gives a member another role. There is always a convener.
func (s *Service) SetRole(ctx context.Context, coalition, person string, role Role) error {
	if !slices.Contains(roles, role) {
		return fault.Invalid(fault.Field{Name: "rol", Key: "coalitions.wrong.role"})
	}
	return s.write(ctx, coalition, conveners, func(ctx context.Context, tx *db.Tx, _ Coalition, _ Member) error {
		list, err := s.members(ctx, tx, coalition)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(m Member) bool { return m.Person == person })
		switch {
		case i < 0:
			return fault.Conflict("coalitions.wrong.gone")
		case role != Convener && lastConvener(list, person):
			return fault.Conflict("coalitions.wrong.lastconvener")
		case list[i].Role == role:
			return nil
		}
		if _, err := tx.Exec(ctx, updateRole, coalition, person, string(role)); err != nil {
			return err
		}
		return s.told(ctx, tx, coalition, changeRole, audit.Update, person, "")
	})
}

// Leave takes somebody out: the actor, or by a convener somebody else. Scores
// stay and are nobody's.
func (s *Service) Leave(ctx context.Context, coalition, person string) error {
	a := access.Of(ctx)
	allowed, kind := conveners, changeRemoved
	if person == a.Person {
		allowed, kind = roles, changeLeft
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, _, err := s.inside(ctx, tx, coalition, allowed...); err != nil {
			return err
		}
		list, err := db.All(ctx, tx, scanMember, selectMembers, coalition, membersMost)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(list, func(m Member) bool { return m.Person == person }) {
			return fault.Conflict("coalitions.wrong.gone")
		}
		if lastConvener(list, person) {
			return fault.Conflict("coalitions.wrong.lastconvener")
		}
		for _, query := range []string{deleteMember, deleteAgreed, leaveCard} {
			if _, err := tx.Exec(ctx, query, coalition, person); err != nil {
				return err
			}
		}
		return s.told(ctx, tx, coalition, kind, audit.Delete, "", "")
	})
}

// Crowd is who is in a coalition and who may come, as their page shows it.
type Crowd struct {
	Coalition
	Self        Member
	Members     []Member
	Invitations []Invitation
	Asked       []Asked // organisations that have not answered
	Requests    []Request
	Guests      []Guest
	Names       map[string]string // of those who ask, and of organisations
}

// Crowd gives the people of a coalition; invitations, requests and links only to
// conveners.
func (s *Service) Crowd(ctx context.Context, coalition string) (v Crowd, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		v = Crowd{}
		if v.Coalition, v.Self, err = s.inside(ctx, r, coalition, roles...); err != nil {
			return err
		}
		if v.Members, err = s.members(ctx, r, coalition); err != nil {
			return err
		}
		if v.Names, err = s.organisationNames(ctx, r); err != nil {
			return err
		}
		v.Cities = named(v.Cities, v.Names)
		if v.Asked, err = s.asked(ctx, r, coalition); err != nil {
			return err
		}
		if v.Self.Role != Convener {
			return nil
		}
		if v.Invitations, err = db.All(ctx, r, scanInvitation, selectInvitations, coalition, waitingMost); err != nil {
			return err
		}
		if v.Requests, err = db.All(ctx, r, scanRequest, selectRequests, coalition, waitingMost); err != nil {
			return err
		}
		if v.Guests, err = db.All(ctx, r, scanGuest, selectGuests, coalition, last, waitingMost); err != nil {
			return err
		}
		var who []string
		for _, q := range v.Requests {
			who = append(who, q.Person)
		}
		names, err := s.People.Names(ctx, r, who)
		for person, name := range names {
			v.Names[person] = name
		}
		return err
	})
	return v, err
}

// Night forgets invitations whose time passed a month ago, what organisations were
// asked and never answered, and the names of guests whose links ended long ago.
func (s *Service) Night(ctx context.Context) error {
	now := s.Clock.Now()
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, old := range []struct {
			sql  string
			keep time.Duration
		}{{oldInvitations, keepAfterExpiry}, {oldAsked, keepAsked}, {forgetGuestNames, keepGuests}, {oldGuests, keepGuests}} {
			if _, err := tx.Exec(ctx, old.sql, db.At(now.Add(-old.keep))); err != nil {
				return err
			}
		}
		return nil
	})
}
