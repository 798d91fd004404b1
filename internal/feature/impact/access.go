package impact

import (
	"slices"

	"wijkbaak.nl/internal/trust/access"
)

// MayEdit tells whether the actor may write the pathway by a role of its own: a
// project leader for what the organisation owns, a program of it with a token, the
// editor of root (the place of the instance), and who took over a pathway that nobody owns.
func MayEdit(a access.Actor, p Pathway, root string) bool {
	return a.Can(access.Editor, root) || leads(a, p.Organisation) || program(a, p.Organisation) ||
		p.Organisation == "" && a.SignedIn() && a.Person == p.Person && a.Has(access.Lead, access.Editor)
}

// ScopeWrite lets a program change the pathways of its organisation.
const ScopeWrite = "pathways:write"

// program tells whether the actor is a program of the organisation that may write.
func program(a access.Actor, organisation string) bool {
	return organisation != "" && !a.SignedIn() && a.Organisation == organisation && slices.Contains(a.Scopes, ScopeWrite)
}

// MaySee tells whether the actor sees the pathway by itself: what is published,
// what it may edit, and what belongs to an organisation it is of.
func MaySee(a access.Actor, p Pathway, root string) bool {
	return p.Stand == Public || MayEdit(a, p, root) || p.Organisation != "" && slices.Contains(a.Organisations(), p.Organisation)
}

// leads tells whether the actor is project leader for an organisation.
func leads(a access.Actor, organisation string) bool {
	return organisation != "" && a.SecondFactor && slices.ContainsFunc(a.Grants, func(g access.Grant) bool {
		return g.Role == access.Lead && g.Organisation == organisation
	})
}
