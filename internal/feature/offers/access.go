package offers

import (
	"slices"

	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/places"
)

// program tells whether the program itself acts, or the operator in its shell.
func program(a access.Actor) bool { return a.Channel == access.Shell || a.Channel == access.Job }

// isEditor tells whether the actor is editor anywhere in this instance.
func isEditor(a access.Actor) bool { return program(a) || a.Has(access.Editor) }

// mayDecide: the editor of every place that the offer is for; for what is for
// everywhere, the editor of the place of this instance.
func mayDecide(a access.Actor, root string, o *Offer) bool {
	if program(a) {
		return true
	}
	if len(o.Places) == 0 {
		return a.Can(access.Editor, root)
	}
	return !slices.ContainsFunc(o.Places, func(code string) bool {
		_, path, _, ok := places.ParseCode(code)
		return !ok || !a.Can(access.Editor, path)
	})
}

// worksFor tells whether the actor has a role in an organisation.
func worksFor(a access.Actor, account string) bool {
	return account != "" && a.SecondFactor && slices.ContainsFunc(a.Grants, func(g access.Grant) bool { return g.Organisation == account })
}

// mayEdit: the people of the organisation that offers it, and the editor.
func mayEdit(a access.Actor, root string, o *Offer, account string) bool {
	return worksFor(a, account) || mayDecide(a, root, o)
}
