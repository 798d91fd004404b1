package initiatives

import (
	"slices"

	"wijkbaak.nl/internal/trust/access"
)

// The roles of an owner.
const (
	RoleLead    = "lead" // kartrekker
	RolePartner = "partner"
)

// ownerRoles lists the roles, the weightiest first.
var ownerRoles = []string{RoleLead, RolePartner}

// program tells whether the program itself acts, or the operator in its shell.
func program(a access.Actor) bool { return a.Channel == access.Shell || a.Channel == access.Job }

// isEditor tells whether the actor keeps the overview of this instance right:
// judges proposals, imports, merges, and edits what nobody owns.
func isEditor(a access.Actor, root string) bool { return program(a) || a.Can(access.Editor, root) }

// leads lists the organisations for which the actor is project leader.
func leads(a access.Actor) []string {
	var list []string
	for _, g := range a.Grants {
		if a.SecondFactor && g.Role == access.Lead && !slices.Contains(list, g.Organisation) {
			list = append(list, g.Organisation)
		}
	}
	return list
}

// mayEdit: who leads projects of one of the owners, and the editor.
func mayEdit(a access.Actor, root string, owners []Owner) bool {
	own := leads(a)
	return isEditor(a, root) || slices.ContainsFunc(owners, func(o Owner) bool { return slices.Contains(own, o.Organisation) })
}

// mayOwn: who leads projects of an organisation may begin an initiative for it.
func mayOwn(a access.Actor, root, organisation string) bool {
	return isEditor(a, root) || slices.Contains(leads(a), organisation)
}

// mayDescribePhase: the phase of what somebody owns moves by a decision at its gate;
// of what nobody owns the editor writes down what is known.
func mayDescribePhase(a access.Actor, root string, owners []Owner) bool {
	return len(owners) == 0 && isEditor(a, root)
}

// mayReadNames tells whether the actor is a professional: an account is something
// that everybody can make, and no key to the names of others.
func mayReadNames(a access.Actor) bool { return program(a) || a.SecondFactor && len(a.Grants) > 0 }

// mayReadProposal: who made it, and the editor.
func mayReadProposal(a access.Actor, root string, p Proposal) bool {
	return isEditor(a, root) || a.SignedIn() && a.Person == p.Person
}
