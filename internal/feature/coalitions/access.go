package coalitions

import (
	"slices"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

// seen decides whether somebody with this role may know that the coalition is
// there: all may of an open one, and only its members of one by invitation.
func seen(c Coalition, role Role) error {
	if c.Open || role != Outside {
		return nil
	}
	return fault.NotFound()
}

// may decides whether the role is one of those allowed.
func may(c Coalition, role Role, allowed ...Role) error {
	if err := seen(c, role); err != nil {
		return err
	}
	if !slices.Contains(allowed, role) {
		return fault.Denied()
	}
	return nil
}

// scores tells whether a member has a say in the choice.
func (r Role) scores() bool { return r == Convener || r == Participant }

// mayBegin tells whether the actor may begin a coalition for an organisation: a
// project leader or editor of it.
func mayBegin(a access.Actor, organisation string) bool {
	return organisation != "" && a.SecondFactor && slices.ContainsFunc(a.Grants, func(g access.Grant) bool {
		return (g.Role == access.Lead || g.Role == access.Editor) && g.Organisation == organisation
	})
}

// speaks tells whether the actor may answer for an organisation: who has a role in
// it.
func speaks(a access.Actor, organisation string) bool {
	return slices.Contains(a.Organisations(), organisation)
}
