package people

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

// seen gives a person whom the operator of ctx may see, with all roles that the
// person has now or will have. Whom the operator may not see is not found.
func (s *Service) seen(ctx context.Context, r db.Reader, person string) (Person, []Grant, error) {
	a := access.Of(ctx)
	if !a.Has(access.Operator) {
		return Person{}, nil, fault.Denied()
	}
	p, err := s.ByID(ctx, r, person)
	if err != nil {
		return Person{}, nil, err
	}
	grants, err := s.Grants(ctx, r, person)
	if err != nil {
		return Person{}, nil, err
	}
	now := s.clock.Now()
	grants = slices.DeleteFunc(grants, func(g Grant) bool { return g.ended(now) })
	if !maySee(a, grants) {
		return Person{}, nil, fault.NotFound()
	}
	return p, grants, nil
}

// within leaves the roles in the places of the operator of ctx: what somebody
// does elsewhere is not theirs to read.
func within(ctx context.Context, grants []Grant) []Grant {
	a := access.Of(ctx)
	return slices.DeleteFunc(grants, func(g Grant) bool { return mayManage(a, g.Place) != nil })
}

// staff gives the persons with a role in the places of the operator of ctx, in
// the order of the list, as far as keep takes them. Those of one place are few,
// so they are sorted here.
func (s *Service) staff(ctx context.Context, r db.Reader, keep func(Person) bool) ([]Person, error) {
	byID := map[string]Person{}
	for _, place := range access.Of(ctx).Places(access.Operator) {
		for _, role := range access.Roles {
			found, err := db.All(ctx, r, scanPerson, selectStaff, string(role), place, below(place), db.At(s.clock.Now()))
			if err != nil {
				return nil, err
			}
			for _, p := range found {
				if keep(p) {
					byID[p.ID] = p
				}
			}
		}
	}
	list := make([]Person, 0, len(byID))
	for _, p := range byID {
		list = append(list, p)
	}
	slices.SortFunc(list, func(x, y Person) int {
		return cmp.Or(strings.Compare(SortKey(x.Name), SortKey(y.Name)), strings.Compare(x.ID, y.ID))
	})
	return list, nil
}

// Staff lists the ids of who has a role in the places of the operator of ctx, or
// will have it.
func (s *Service) Staff(ctx context.Context, r db.Reader) ([]string, error) {
	list, err := s.staff(ctx, r, func(Person) bool { return true })
	ids := make([]string, len(list))
	for i, p := range list {
		ids[i] = p.ID
	}
	return ids, err
}

// AddMember gives a role to whoever has the address, and makes the account when
// there is none; for the operator of the place. The answer is alike both times,
// so that it does not tell which residents have an account. A name and a number
// that the person chose stay.
func (s *Service) AddMember(ctx context.Context, n NewPerson, g NewGrant) (Person, Grant, error) {
	if !access.Of(ctx).Has(access.Operator) {
		return Person{}, Grant{}, fault.Denied()
	}
	if err := n.tidy(); err != nil {
		return Person{}, Grant{}, err
	}
	var p Person
	var given Grant
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = Person{}, fault.NotFound()
		if n.Email != "" {
			p, err = s.ByEmail(ctx, tx, n.Email)
		}
		if fault.KindOf(err) == fault.KindNotFound {
			p, err = s.Create(ctx, tx, n, false)
		}
		if err != nil {
			return err
		}
		given, err = s.give(ctx, tx, p, g)
		if fault.KindOf(err) == fault.KindConflict { // a closed account, which may be of elsewhere
			return fault.Invalid(fault.Field{Name: "email", Key: "people.email.refused"})
		}
		return err
	})
	return p, given, err
}
