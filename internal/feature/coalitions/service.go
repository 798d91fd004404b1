package coalitions

import (
	"context"
	"slices"
	"strings"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/limit"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// Audit takes the log lines of this room.
type Audit interface {
	Record(ctx context.Context, tx *db.Tx, e audit.Event) error
}

// Options are what the room is made of.
type Options struct {
	DB          *db.DB
	Clock       clock.Clock
	IDs         id.Source
	Audit       Audit
	Initiatives Initiatives
	People      People
	Places      Places
	// Plan may be set after New, because the plan asks this room who is in a
	// coalition; without one, actions stay with the meeting.
	Plan    Plan
	BaseURL string
	Rate    float64 // factor on the limits; 0 lifts them
}

// Service is what this room can do.
type Service struct {
	Options
	invites *limit.Limit // letters to strangers, by who sends them
	guests  *limit.Limit // comments, by link
}

const (
	membersMost = 200
	limitMost   = 100
	mineMost    = 50
	changesMost = 50
	openMost    = 2000 // coalitions of the region view
)

// The kinds of change. The locale has a sentence for each.
const (
	changeMade      = "made"
	changeEdited    = "edited"
	changeCity      = "city"
	changeCityAway  = "cityaway"
	changeCityAsked = "cityasked"
	changeCityNo    = "cityno"
	changeInvited   = "invited"
	changeUninvited = "uninvited"
	changeJoined    = "joined"
	changeAsked     = "asked"
	changeRefused   = "refused"
	changeLeft      = "left"
	changeRemoved   = "removed"
	changeRole      = "role"
	changeGuest     = "guest"
	changeRevoked   = "revoked"
	changeComment   = "comment"
	changeUnsaid    = "unsaid"
	changeCriteria  = "criteria"
	changeAgreed    = "agreed"
	changeListed    = "listed"
	changeOpened    = "opened"
	changeScored    = "scored"
	changeRevealed  = "revealed"
	changeChosen    = "chosen"
	changeAgain     = "again"
	changeMeeting   = "meeting"
	changeMinutes   = "minutes"
	changeAction    = "action"
	changeDone      = "done"
	changeEnded     = "ended"
)

// unspoken are kinds that the history of a coalition leaves to the log: they
// would only be noise there.
var unspoken = []string{changeComment, changeDone}

// New makes the service.
func New(o Options) *Service {
	return &Service{Options: o, invites: limit.New(o.Clock, 20, invitePause, o.Rate), guests: limit.New(o.Clock, 5, guestPause, o.Rate)}
}

// told writes the history and the log.
func (s *Service) told(ctx context.Context, tx *db.Tx, coalition, kind string, action audit.Action, subject, why string) error {
	if !slices.Contains(unspoken, kind) {
		if err := addChange(ctx, tx, Change{ID: s.IDs(), Coalition: coalition, At: s.Clock.Now(), Person: access.Of(ctx).Person, Kind: kind,
			Subject: subject, Why: why}); err != nil {
			return err
		}
	}
	return s.Audit.Record(ctx, tx, audit.Event{Kind: "coalitions." + kind, Action: action, ObjectType: "coalition", ObjectID: coalition})
}

// role reads what the actor is inside a coalition.
func (s *Service) role(ctx context.Context, r db.Reader, coalition string) (Member, error) {
	a := access.Of(ctx)
	if !a.SignedIn() {
		return Member{}, nil
	}
	m, err := db.One(ctx, r, scanMember, selectMember, coalition, a.Person)
	if fault.KindOf(err) == fault.KindNotFound {
		return Member{}, nil
	}
	return m, err
}

// enter reads a coalition and what the actor is in it; one by invitation is not
// found by who is outside.
func (s *Service) enter(ctx context.Context, r db.Reader, coalition string) (Coalition, Member, error) {
	c, err := db.One(ctx, r, scanCoalition, selectCoalition, coalition)
	if err != nil {
		return Coalition{}, Member{}, err
	}
	m, err := s.role(ctx, r, coalition)
	if err == nil {
		err = seen(c, m.Role)
	}
	if err != nil {
		return Coalition{}, Member{}, err
	}
	return c, m, nil
}

// inside is enter for who has one of the roles.
func (s *Service) inside(ctx context.Context, r db.Reader, coalition string, allowed ...Role) (Coalition, Member, error) {
	c, m, err := s.enter(ctx, r, coalition)
	if err == nil {
		err = may(c, m.Role, allowed...)
	}
	if err != nil {
		return Coalition{}, Member{}, err
	}
	return c, m, nil
}

// write lets f change something of a coalition that goes on, as one of the roles.
func (s *Service) write(ctx context.Context, coalition string, allowed []Role, f func(ctx context.Context, tx *db.Tx, c Coalition, m Member) error) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, m, err := s.inside(ctx, tx, coalition, allowed...)
		if err != nil {
			return err
		}
		if !c.Ended.IsZero() {
			return fault.Conflict("coalitions.wrong.ended")
		}
		return f(ctx, tx, c, m)
	})
}

var (
	conveners = []Role{Convener}
	deciders  = []Role{Convener, Participant}
)

// named puts the names of organisations into the cities, those of today.
func named(cities []City, organisations map[string]string) []City {
	cities = slices.Clone(cities)
	for i := range cities {
		if n := organisations[cities[i].Organisation]; n != "" {
			cities[i].Name = n
		}
	}
	return cities
}

// organisationNames reads the names of all organisations by id.
func (s *Service) organisationNames(ctx context.Context, r db.Reader) (map[string]string, error) {
	list, err := s.People.Organisations(ctx, r)
	names := make(map[string]string, len(list))
	for _, o := range list {
		names[o.ID] = o.Name
	}
	return names, err
}

// Role tells what the actor is inside a coalition: Outside for a stranger of an
// open one, fault.NotFound for a stranger of one by invitation.
func (s *Service) Role(ctx context.Context, r db.Reader, coalition string) (Role, error) {
	_, m, err := s.enter(ctx, r, coalition)
	return m.Role, err
}

// Name gives the name of a coalition that the actor may see.
func (s *Service) Name(ctx context.Context, r db.Reader, coalition string) (string, error) {
	c, _, err := s.enter(ctx, r, coalition)
	return c.Name, err
}

// Cities gives the cities of a coalition that the actor may see.
func (s *Service) Cities(ctx context.Context, r db.Reader, coalition string) ([]City, error) {
	c, _, err := s.enter(ctx, r, coalition)
	if err != nil {
		return nil, err
	}
	names, err := s.organisationNames(ctx, r)
	return named(c.Cities, names), err
}

// Members gives who is inside, to who is inside too; to others nobody.
func (s *Service) Members(ctx context.Context, r db.Reader, coalition string) ([]Member, error) {
	_, m, err := s.enter(ctx, r, coalition)
	if err != nil || m.Role == Outside {
		return nil, err
	}
	return s.members(ctx, r, coalition)
}

// members reads who is inside, conveners first and then by name.
func (s *Service) members(ctx context.Context, r db.Reader, coalition string) ([]Member, error) {
	list, err := db.All(ctx, r, scanMember, selectMembers, coalition, membersMost)
	if err != nil {
		return nil, err
	}
	names, err := s.People.Names(ctx, r, persons(list))
	if err != nil {
		return nil, err
	}
	organisations, err := s.organisationNames(ctx, r)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].Name, list[i].OrganisationName = names[list[i].Person], organisations[list[i].Organisation]
	}
	slices.SortStableFunc(list, func(a, b Member) int {
		if d := slices.Index(roles, a.Role) - slices.Index(roles, b.Role); d != 0 {
			return d
		}
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	return list, nil
}

func persons(list []Member) []string {
	ids := make([]string, len(list))
	for i, m := range list {
		ids[i] = m.Person
	}
	return ids
}

// Of gives the coalitions that the actor is in, the newest first.
func (s *Service) Of(ctx context.Context, r db.Reader) ([]Link, error) {
	list, err := s.mine(ctx, r)
	links := make([]Link, len(list))
	for i, c := range list {
		links[i] = Link{c.ID, c.Name, Path(c.ID)}
	}
	return links, err
}

func (s *Service) mine(ctx context.Context, r db.Reader) ([]Coalition, error) {
	a := access.Of(ctx)
	if !a.SignedIn() {
		return nil, nil
	}
	return db.All(ctx, r, scanCoalition, selectOfPerson, a.Person, last, mineMost)
}

// Public gives the open coalitions that go on.
func (s *Service) Public(ctx context.Context, r db.Reader) ([]Summary, error) {
	list, err := db.All(ctx, r, scanCoalition, selectOpen, last, openMost)
	if err != nil {
		return nil, err
	}
	return s.summaries(ctx, r, list)
}

// linksAtOnce is how many initiatives are asked for at a time.
const linksAtOnce = 50

// summaries tells what everybody may know of coalitions. What the actor may not
// see is not there: of an initiative that is a draft not even the address.
func (s *Service) summaries(ctx context.Context, r db.Reader, list []Coalition) ([]Summary, error) {
	names, err := s.organisationNames(ctx, r)
	if err != nil {
		return nil, err
	}
	var slugs []string
	for _, c := range list {
		if c.Chosen != "" {
			slugs = append(slugs, c.Chosen)
		}
	}
	slices.Sort(slugs)
	shown := map[string]string{}
	for part := range slices.Chunk(slices.Compact(slugs), linksAtOnce) {
		links, err := s.Initiatives.Links(ctx, r, part)
		if err != nil {
			return nil, err
		}
		for _, l := range links {
			shown[l.ID] = l.ID
		}
	}
	for _, slug := range slices.Compact(slugs) { // one that became part of another has its address
		if shown[slug] != "" {
			continue
		}
		links, err := s.Initiatives.Links(ctx, r, []string{slug})
		if err != nil {
			return nil, err
		}
		if len(links) > 0 {
			shown[slug] = links[0].ID
		}
	}
	out := make([]Summary, len(list))
	for i, c := range list {
		c.Cities = named(c.Cities, names)
		out[i] = c.summary()
		out[i].Chosen = shown[c.Chosen]
	}
	return out, nil
}

// Summary gives what everybody may know of a coalition that the actor may see.
func (s *Service) Summary(ctx context.Context, r db.Reader, coalition string) (Summary, error) {
	c, _, err := s.enter(ctx, r, coalition)
	if err != nil {
		return Summary{}, err
	}
	list, err := s.summaries(ctx, r, []Coalition{c})
	if err != nil {
		return Summary{}, err
	}
	return list[0], nil
}

// Chosen gives the slug of the initiative that a coalition chose; empty if it
// has not yet, and to who is outside if it is a draft that they may not see.
func (s *Service) Chosen(ctx context.Context, r db.Reader, coalition string) (string, error) {
	c, m, err := s.enter(ctx, r, coalition)
	if err != nil || c.Chosen == "" || m.Role != Outside {
		return c.Chosen, err
	}
	list, err := s.summaries(ctx, r, []Coalition{c})
	if err != nil {
		return "", err
	}
	return list[0].Chosen, nil
}

// List gives a part of the open coalitions, and whether there are more.
func (s *Service) List(ctx context.Context, after string, most int) (list []Summary, more bool, err error) {
	if most <= 0 || most > limitMost {
		most = 20
	}
	if after == "" {
		after = last
	}
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		found, err := db.All(ctx, r, scanCoalition, selectOpen, after, most+1)
		if err != nil {
			return err
		}
		more = len(found) > most
		list, err = s.summaries(ctx, r, found[:min(most, len(found))])
		return err
	})
	return list, more, err
}

// Mine gives the coalitions of the actor as a list shows them.
func (s *Service) Mine(ctx context.Context) (list []Summary, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		found, err := s.mine(ctx, r)
		if err != nil || len(found) == 0 {
			return err
		}
		list, err = s.summaries(ctx, r, found)
		return err
	})
	return list, err
}

// NewCoalition is what a coalition begins with.
type NewCoalition struct {
	Coalition
	Organisation string // for whom the actor begins it
	Code         string // of its municipality
}

// Create begins a coalition; who begins it is its convener.
func (s *Service) Create(ctx context.Context, n NewCoalition) (string, error) {
	c := n.Coalition
	if err := c.faults(); err != nil {
		return "", err
	}
	if !mayBegin(access.Of(ctx), n.Organisation) {
		return "", fault.Invalid(fault.Field{Name: "organisatie", Key: "coalitions.wrong.organisation"})
	}
	towns, err := s.Places.Municipalities(ctx)
	if err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c.Cities = nil
		city, err := s.city(ctx, tx, towns, n.Organisation, n.Code)
		if err != nil {
			return err
		}
		c.Cities = []City{city}
		c.ID, err = s.make(ctx, tx, c, Member{Person: access.Of(ctx).Person, Organisation: n.Organisation, Role: Convener})
		return err
	})
	return c.ID, err
}

// make keeps a new coalition with its first member and an empty choice.
func (s *Service) make(ctx context.Context, tx *db.Tx, c Coalition, first Member) (string, error) {
	now := s.Clock.Now()
	c.ID, c.Version, c.Created, c.Changed, c.Person = s.IDs(), 1, now, now, first.Person
	if err := addCoalition(ctx, tx, c); err != nil {
		return "", err
	}
	if _, err := tx.Exec(ctx, insertMember, c.ID, first.Person, first.Organisation, string(first.Role), db.At(now)); err != nil {
		return "", err
	}
	if err := addChoice(ctx, tx, Choice{Coalition: c.ID, Stage: Listing, Criteria: defaultCriteria(ctx), Terms: 1, Version: 1}); err != nil {
		return "", err
	}
	return c.ID, s.told(ctx, tx, c.ID, changeMade, audit.Create, c.Name, "")
}

// city makes a city of an organisation and the code of a municipality.
func (s *Service) city(ctx context.Context, r db.Reader, towns []Municipality, organisation, code string) (City, error) {
	var w faults
	c := City{Organisation: organisation}
	list, err := s.People.Organisations(ctx, r)
	if err != nil {
		return c, err
	}
	if i := slices.IndexFunc(list, func(o Link) bool { return o.ID == organisation }); i < 0 {
		w.Add("organisatie", "coalitions.wrong.organisation")
	} else {
		c.Name = list[i].Name
	}
	if i := slices.IndexFunc(towns, func(m Municipality) bool { return m.Code == code }); i < 0 {
		w.Add("gemeente", "coalitions.wrong.municipality")
	} else {
		c.Code, c.Place = towns[i].Code, towns[i].Path
	}
	return c, w.Err()
}

// Edit changes what a coalition says of itself, made of the version in c.
func (s *Service) Edit(ctx context.Context, c Coalition, why string) error {
	if err := c.faults(); err != nil {
		return err
	}
	return s.write(ctx, c.ID, conveners, func(ctx context.Context, tx *db.Tx, now Coalition, _ Member) error {
		if now.Version != c.Version {
			return fault.Conflict("coalitions.conflict")
		}
		now.Name, now.Goal, now.Product, now.Process, now.Open = c.Name, c.Goal, c.Product, c.Process, c.Open
		if err := putCoalition(ctx, tx, now, s.Clock.Now()); err != nil {
			return err
		}
		return s.told(ctx, tx, c.ID, changeEdited, audit.Update, now.Name, why)
	})
}

// End closes a coalition: it can be read, and no longer changed.
func (s *Service) End(ctx context.Context, coalition, why string) error {
	var w faults
	w.text("stopreden", why, 3, whyMost)
	if err := w.Err(); err != nil {
		return err
	}
	return s.write(ctx, coalition, conveners, func(ctx context.Context, tx *db.Tx, c Coalition, _ Member) error {
		c.Ended, c.EndWhy = s.Clock.Now(), why
		if err := putCoalition(ctx, tx, c, s.Clock.Now()); err != nil {
			return err
		}
		return s.told(ctx, tx, coalition, changeEnded, audit.Update, "", why)
	})
}

// History gives a part of what happened, to who is inside.
func (s *Service) History(ctx context.Context, coalition, before string) (c Coalition, list []Change, names map[string]string, more bool, err error) {
	if before == "" {
		before = last
	}
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		if c, _, err = s.inside(ctx, r, coalition, roles...); err != nil {
			return err
		}
		if list, err = db.All(ctx, r, scanChange, selectChanges, coalition, before, changesMost+1); err != nil {
			return err
		}
		more = len(list) > changesMost
		list = list[:min(len(list), changesMost)]
		var who []string
		for _, h := range list {
			who = append(who, h.Person)
			if h.Kind == changeRole {
				who = append(who, h.Subject)
			}
		}
		if names, err = s.People.Names(ctx, r, who); err != nil {
			return err
		}
		guests, err := db.All(ctx, r, scanGuest, selectGuests, coalition, last, guestsMost)
		for k, h := range list {
			switch h.Kind { // kept by id, so that who is erased is not named
			case changeRole:
				list[k].Subject = names[h.Subject]
			case changeGuest:
				list[k].Subject = guestName(guests, h.Subject)
			}
		}
		return err
	})
	return c, list, names, more, err
}
