package phases

import (
	"slices"

	"wijkbaak.nl/internal/trust/access"
)

// Organisations lists for whom the actor leads projects, each once.
func Organisations(a access.Actor) []string {
	var list []string
	for _, g := range a.Grants {
		if a.SecondFactor && g.Role == access.Lead && g.Organisation != "" && !slices.Contains(list, g.Organisation) {
			list = append(list, g.Organisation)
		}
	}
	return list
}

// MayEditLists tells whether the actor may change the checklists of the place.
func MayEditLists(a access.Actor, root string) bool { return a.Can(access.Editor, root) }
