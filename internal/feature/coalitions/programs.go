package coalitions

import (
	"context"
	"slices"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
)

// What other rooms ask where no person asks.

// OrganisationRole tells what an organisation is in a coalition: the most that one
// of its members is, and Outside if it has none. It is for a program with a token.
func (s *Service) OrganisationRole(ctx context.Context, r db.Reader, coalition, organisation string) (Role, error) {
	if organisation == "" {
		return Outside, nil
	}
	list, err := db.All(ctx, r, scanMember, selectMembers, coalition, membersMost)
	most := len(roles)
	for _, m := range list {
		if k := slices.Index(roles, m.Role); m.Organisation == organisation && k >= 0 {
			most = min(most, k)
		}
	}
	if err != nil || most == len(roles) {
		return Outside, err
	}
	return roles[most], nil
}

// Everybody gives who is inside a coalition that goes on, for a letter to each of
// them; nobody when it has ended or is not there. It asks nothing of the actor:
// what it gives is shown to nobody.
func (s *Service) Everybody(ctx context.Context, r db.Reader, coalition string) ([]Member, error) {
	c, err := db.One(ctx, r, scanCoalition, selectCoalition, coalition)
	if fault.KindOf(err) == fault.KindNotFound || err == nil && !c.Ended.IsZero() {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return s.members(ctx, r, coalition)
}
