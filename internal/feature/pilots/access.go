package pilots

import (
	"context"
	"slices"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

// Leads tells whether the actor leads projects for an organisation.
func Leads(a access.Actor, organisation string) bool {
	return a.SecondFactor && organisation != "" && slices.ContainsFunc(a.Grants, func(g access.Grant) bool {
		return g.Role == access.Lead && g.Organisation == organisation
	})
}

// Member tells whether the actor works for an organisation, or is its program.
func Member(a access.Actor, organisation string) bool {
	return organisation != "" && (a.Organisation == organisation || a.SecondFactor && slices.ContainsFunc(a.Grants,
		func(g access.Grant) bool { return g.Organisation == organisation }))
}

// MayEdit tells whether the actor may change a pilot: who leads for its
// organisation, and the editor of the whole place for what has none.
func MayEdit(a access.Actor, p Pilot, root string) bool {
	return Leads(a, p.Lead) || p.Lead == "" && a.Can(access.Editor, root)
}

// MaySee tells whether the actor may see a pilot: everybody once it has started.
func MaySee(a access.Actor, p Pilot, root string) bool {
	return p.Status != Draft || Member(a, p.Lead) || MayEdit(a, p, root)
}

// mayName tells whether the actor may read who leads and who decided, by name: who
// may edit the pilot or its initiative. Everybody reads roles and organisations.
func (s *Service) mayName(ctx context.Context, r db.Reader, p Pilot) (bool, error) {
	a := access.Of(ctx)
	if MayEdit(a, p, s.Root) {
		return true, nil
	}
	if !a.Has(access.Lead, access.Editor) {
		return false, nil
	}
	err := s.Initiatives.MayEdit(ctx, r, p.Initiative)
	if k := fault.KindOf(err); err != nil && (k == fault.KindNotFound || k == fault.KindDenied) {
		return false, nil
	}
	return err == nil, err
}

// MayMeasure tells whether the actor may send measurements: who may edit, and a
// program of the organisation with a token.
func MayMeasure(a access.Actor, p Pilot, root string) bool {
	return MayEdit(a, p, root) || p.Lead != "" && a.Organisation == p.Lead && slices.Contains(a.Scopes, ScopeMeasure)
}

// organisations lists for whom the actor leads, each once.
func organisations(a access.Actor) []string {
	var list []string
	for _, g := range a.Grants {
		if a.SecondFactor && g.Role == access.Lead && g.Organisation != "" && !slices.Contains(list, g.Organisation) {
			list = append(list, g.Organisation)
		}
	}
	return list
}
