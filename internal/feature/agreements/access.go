package agreements

import (
	"slices"

	"wijkbaak.nl/internal/trust/access"
)

// MayEdit tells whether the actor may write the agreement: a project leader of the
// organisation that owns it, a program of it with a token, and the editor of root
// (the place of the instance). A party may read a draft, and not write it.
func MayEdit(a access.Actor, g Agreement, root string) bool {
	return a.Can(access.Editor, root) || leads(a, g.Organisation) || program(a, g.Organisation)
}

// ScopeWrite lets a program add checks to the agreements of its organisation.
const ScopeWrite = "agreements:write"

// program tells whether the actor is a program of the organisation that may write.
func program(a access.Actor, organisation string) bool {
	return organisation != "" && !a.SignedIn() && a.Organisation == organisation && slices.Contains(a.Scopes, ScopeWrite)
}

// MaySee tells whether the actor sees the agreement: what is published, what it may
// edit, and what an organisation it is of owns or is a party to.
func MaySee(a access.Actor, g Agreement, root string) bool {
	if g.Stand == Public || MayEdit(a, g, root) {
		return true
	}
	own := a.Organisations()
	return slices.Contains(own, g.Organisation) || slices.ContainsFunc(g.Model.Parties, func(p Party) bool {
		return p.Organisation != "" && slices.Contains(own, p.Organisation)
	})
}

// leads tells whether the actor is project leader for an organisation.
func leads(a access.Actor, organisation string) bool {
	return organisation != "" && a.SecondFactor && slices.ContainsFunc(a.Grants, func(g access.Grant) bool {
		return g.Role == access.Lead && g.Organisation == organisation
	})
}
