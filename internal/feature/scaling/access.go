package scaling

import (
	"slices"

	"wijkbaak.nl/internal/trust/access"
)

// Role is what somebody is inside a coalition, as that room says.
type Role string

// The roles. A stranger is Outside.
const (
	Outside  Role = ""
	Convener Role = "convener"
	Member   Role = "member"
	Observer Role = "observer"
)

// right is what the actor may do with a plan.
type right int

const (
	nothing right = iota
	reads
	writes
	ends // writes, and takes it away for good
)

// rights decides: a coalition goes by the role in it, an organisation by who
// leads and works there.
func rights(a access.Actor, p Plan, role Role) right {
	if p.Coalition != "" {
		switch role {
		case Convener:
			return ends
		case Member:
			return writes
		case Observer:
			return reads
		}
		return nothing
	}
	switch {
	case leads(a, p.Organisation):
		return ends
	case slices.Contains(organisations(a), p.Organisation):
		return reads
	}
	return nothing
}

// leads tells whether the actor is a project leader of an organisation.
func leads(a access.Actor, organisation string) bool {
	return organisation != "" && a.SecondFactor && slices.ContainsFunc(a.Grants, func(g access.Grant) bool {
		return g.Role == access.Lead && g.Organisation == organisation
	})
}

// organisations are those the actor works for.
func organisations(a access.Actor) (list []string) {
	for _, g := range a.Grants {
		if a.SecondFactor && g.Organisation != "" && !slices.Contains(list, g.Organisation) {
			list = append(list, g.Organisation)
		}
	}
	return list
}
