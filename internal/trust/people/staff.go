package people

import (
	"context"
	"slices"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

// staffMost bounds lists of people with a role.
const staffMost = 5000

// MembersOf lists who works for an organisation now, each person once, by name.
func (s *Service) MembersOf(ctx context.Context, r db.Reader, organisation string) ([]Member, error) {
	list, err := db.All(ctx, r, scanMember, selectMembersOf, organisation, db.At(s.clock.Now()))
	slices.SortStableFunc(list, func(a, b Member) int {
		return strings.Compare(SortKey(a.Name)+"\x00"+a.ID, SortKey(b.Name)+"\x00"+b.ID)
	})
	return slices.CompactFunc(list, func(a, b Member) bool { return a.ID == b.ID }), err
}

// Companions lists who works for the organisations of the actor, the actor
// included: those whom the actor may name as owner of a piece of work.
func (s *Service) Companions(ctx context.Context, r db.Reader) ([]Member, error) {
	var all []Member
	var seen []string
	for _, g := range access.Of(ctx).Grants {
		if slices.Contains(seen, g.Organisation) {
			continue
		}
		seen = append(seen, g.Organisation)
		list, err := s.MembersOf(ctx, r, g.Organisation)
		if err != nil {
			return nil, err
		}
		for _, m := range list {
			if !slices.ContainsFunc(all, func(o Member) bool { return o.ID == m.ID }) {
				all = append(all, m)
			}
		}
	}
	return all, nil
}

// Own lists the organisations in which the actor has the role.
func (s *Service) Own(ctx context.Context, r db.Reader, role access.Role) ([]Organisation, error) {
	a := access.Of(ctx)
	var list []Organisation
	for _, g := range a.Grants {
		if !a.SecondFactor || g.Role != role || slices.ContainsFunc(list, func(o Organisation) bool { return o.ID == g.Organisation }) {
			continue
		}
		o, err := s.Organisation(ctx, r, g.Organisation)
		if err != nil && fault.KindOf(err) != fault.KindNotFound {
			return nil, err
		}
		if err == nil {
			list = append(list, o)
		}
	}
	return list, nil
}

// LeadEmails lists the addresses of the project leaders of an organisation.
func (s *Service) LeadEmails(ctx context.Context, r db.Reader, organisation string) ([]string, error) {
	list, err := db.All(ctx, r, scanMember, selectMembersOf, organisation, db.At(s.clock.Now()))
	var addresses []string
	for _, m := range list {
		if m.Grant.Role == access.Lead && m.Email != "" && !slices.Contains(addresses, m.Email) {
			addresses = append(addresses, m.Email)
		}
	}
	return addresses, err
}

// StaffNames lists the names of who has or had a role, for a check that none of
// them stands in what is given away.
func (s *Service) StaffNames(ctx context.Context, r db.Reader) ([]string, error) {
	return db.All(ctx, r, db.Value[string], selectStaffNames, staffMost)
}

// DemoMember finds an invented person of the demonstration by name, in the role of
// project leader where there is one.
func (s *Service) DemoMember(ctx context.Context, r db.Reader, name string) (Member, bool, error) {
	list, err := s.DemoAccounts(ctx, r)
	if err != nil {
		return Member{}, false, err
	}
	for _, p := range list {
		if p.Name != name {
			continue
		}
		m := Member{Person: p.Person}
		for _, g := range p.Grants {
			if m.Grant.ID == "" || g.Role == access.Lead {
				m.Grant = g
			}
		}
		return m, true, nil
	}
	return Member{}, false, nil
}
