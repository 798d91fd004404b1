package barriers

import (
	"slices"

	"wijkbaak.nl/internal/trust/access"
)

// Leads tells whether the actor leads projects for an organisation.
func Leads(a access.Actor, organisation string) bool {
	return a.SecondFactor && organisation != "" && slices.ContainsFunc(a.Grants, func(g access.Grant) bool {
		return g.Role == access.Lead && g.Organisation == organisation
	})
}

// Member tells whether the actor works for an organisation.
func Member(a access.Actor, organisation string) bool {
	return organisation != "" && a.SecondFactor && slices.ContainsFunc(a.Grants, func(g access.Grant) bool { return g.Organisation == organisation })
}

// MayEdit tells whether the actor may change an entry: who leads for its
// organisation, who owns the barrier, and the editor of the place.
func MayEdit(a access.Actor, e Entry, root string) bool {
	return Leads(a, e.Organisation) || a.SecondFactor && a.Person != "" && a.Person == e.Owner || a.Can(access.Editor, root)
}

// MaySee tells whether the actor may see an entry, as far as this room knows.
func MaySee(a access.Actor, e Entry, root string) bool {
	return e.Public || Member(a, e.Organisation) || MayEdit(a, e, root)
}

// organisations lists for whom the actor may write, each once: those it leads for,
// and for an editor those it works for.
func organisations(a access.Actor, root string) []string {
	var list []string
	for _, g := range a.Grants {
		if a.SecondFactor && g.Organisation != "" && (g.Role == access.Lead || a.Can(access.Editor, root)) && !slices.Contains(list, g.Organisation) {
			list = append(list, g.Organisation)
		}
	}
	return list
}
