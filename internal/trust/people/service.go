package people

import (
	"context"
	"slices"
	"strings"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/trust/access"
)

// Options are what the service takes besides its database, clock and ids.
type Options struct {
	Audit     Audit  // nil records nothing
	DemoPlace string // where the roles of the demo are; / by default
	Secure    bool   // people reach us by https; without it the cookie is for loopback only
}

// Service answers who is who.
type Service struct {
	db        *db.DB
	clock     clock.Clock
	newID     id.Source
	audit     Audit
	secure    bool
	demoPlace string
}

// New makes the service.
func New(d *db.DB, c clock.Clock, ids id.Source, o Options) *Service {
	if o.Audit == nil {
		o.Audit = NoAudit{}
	}
	if o.DemoPlace == "" {
		o.DemoPlace = "/"
	}
	return &Service{db: d, clock: c, newID: ids, audit: o.Audit, secure: o.Secure, demoPlace: o.DemoPlace}
}

// ByID gives a person, also one whose account is closed.
func (s *Service) ByID(ctx context.Context, r db.Reader, person string) (Person, error) {
	return db.One(ctx, r, scanPerson, selectPerson, person)
}

// ByEmail gives the person with this address, in its normal form.
func (s *Service) ByEmail(ctx context.Context, r db.Reader, email string) (Person, error) {
	return db.One(ctx, r, scanPerson, selectPersonByEmail, email)
}

// Names gives the names of persons by id. Who was erased is not in it.
func (s *Service) Names(ctx context.Context, r db.Reader, ids []string) (map[string]string, error) {
	names := make(map[string]string, len(ids))
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	for chunk := range slices.Chunk(ids, namesAtOnce) {
		list, err := db.All(ctx, r, func(row db.Scanner) ([2]string, error) {
			var v [2]string
			return v, row.Scan(&v[0], &v[1])
		}, selectNames, namesArgs(chunk)...)
		if err != nil {
			return nil, err
		}
		for _, v := range list {
			names[v[0]] = v[1]
		}
	}
	return names, nil
}

// namesArgs fills all places of selectNames.
func namesArgs(chunk []string) []any {
	args := make([]any, namesAtOnce)
	for i := range args {
		args[i] = chunk[min(i, len(chunk)-1)]
	}
	return args
}

// Organisation gives one organisation.
func (s *Service) Organisation(ctx context.Context, r db.Reader, organisation string) (Organisation, error) {
	return db.One(ctx, r, scanOrganisation, selectOrganisation, organisation)
}

// Organisations lists all organisations by name.
func (s *Service) Organisations(ctx context.Context, r db.Reader) ([]Organisation, error) {
	return db.All(ctx, r, scanOrganisation, selectOrganisations)
}

// OnDuty gives the coach who takes the questions of the place now: of the place
// itself, or else of the nearest place above it. ok is false when nobody does.
func (s *Service) OnDuty(ctx context.Context, r db.Reader, place string) (m Member, ok bool, err error) {
	now := db.At(s.clock.Now())
	for _, p := range upward(place) {
		m, err = db.One(ctx, r, scanMember, selectOnDuty, string(access.Coach), p, now)
		if err == nil {
			return m, true, nil
		}
		if fault.KindOf(err) != fault.KindNotFound {
			return Member{}, false, err
		}
	}
	return Member{}, false, nil
}

// Colleagues lists the coaches to whom the actor may pass on a question: those
// in the actor's own places, below them and above them, without the actor.
func (s *Service) Colleagues(ctx context.Context, r db.Reader, a access.Actor) ([]Member, error) {
	var list []Member
	seen := map[string]bool{}
	now := s.clock.Now()
	for _, place := range a.Places(access.Coach, access.Operator) {
		for i, p := range upward(place) {
			from, before := p, p+" " // the place itself: a blank sorts before what may follow
			if i == 0 {
				before = below(p)
			}
			found, err := membersAt(ctx, r, access.Coach, from, before, now)
			if err != nil {
				return nil, err
			}
			for _, m := range found {
				if m.ID != a.Person && !seen[m.Grant.ID] {
					seen[m.Grant.ID] = true
					list = append(list, m)
				}
			}
		}
	}
	slices.SortFunc(list, func(x, y Member) int {
		return strings.Compare(SortKey(x.Name)+x.Grant.ID, SortKey(y.Name)+y.Grant.ID)
	})
	return list, nil
}

// Grants lists the roles that a person has, had or will have.
func (s *Service) Grants(ctx context.Context, r db.Reader, person string) ([]Grant, error) {
	return db.All(ctx, r, scanGrant, selectGrants, person)
}

// Current lists the roles that a person has now.
func (s *Service) Current(ctx context.Context, r db.Reader, person string) ([]Grant, error) {
	list, err := s.Grants(ctx, r, person)
	now := s.clock.Now()
	return slices.DeleteFunc(list, func(g Grant) bool { return !g.Current(now) }), err
}

// Member gives a person in the role that counts now: the one for the
// organisation, or, when that is empty, the oldest. Who has none has an empty
// Grant.
func (s *Service) Member(ctx context.Context, r db.Reader, person, organisation string) (Member, error) {
	p, err := s.ByID(ctx, r, person)
	if err != nil {
		return Member{}, err
	}
	list, err := s.Current(ctx, r, person)
	for _, g := range list {
		if organisation == "" || g.Organisation == organisation {
			return Member{p, g}, nil
		}
	}
	return Member{Person: p}, err
}

// upward lists the place and all places above it, the nearest first; / last.
func upward(place string) []string {
	var list []string
	for p := strings.TrimSuffix(place, "/"); p != ""; p = p[:strings.LastIndexByte(p, '/')] {
		list = append(list, p)
		if !strings.HasPrefix(p, "/") {
			break
		}
	}
	return append(list, "/")
}

// below gives the end of the range of paths that begins with place and holds
// all that lies below it: 0 is the character after /.
func below(place string) string { return strings.TrimSuffix(place, "/") + "0" }
