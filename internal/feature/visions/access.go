package visions

import (
	"slices"

	"wijkbaak.nl/internal/trust/access"
)

// Role is what somebody is inside a coalition, as that room says.
type Role string

// The roles. A stranger is Outside.
const (
	Outside     Role = ""
	Convener    Role = "convener"
	Participant Role = "member"
	Observer    Role = "observer"
)

// Rights is what the actor may do with a vision.
type Rights struct {
	Reads  bool // all of it, also what is not public
	Says   bool // comments in a round for who is inside
	Votes  bool
	Writes bool // the text
	Leads  bool // begins rounds, answers, decides, publishes
}

// rights decides: a coalition goes by the role in it, an organisation by who leads
// and works there.
func rights(a access.Actor, v Vision, role Role) Rights {
	if v.Coalition != "" {
		switch role {
		case Convener:
			return Rights{true, true, true, true, true}
		case Participant:
			return Rights{Reads: true, Says: true, Votes: true, Writes: true}
		case Observer:
			return Rights{Reads: true}
		}
		return Rights{}
	}
	switch {
	case leads(a, v.Organisation):
		return Rights{true, true, true, true, true}
	case slices.Contains(a.Organisations(), v.Organisation):
		return Rights{Reads: true, Says: true, Votes: true}
	}
	return Rights{}
}

// leads tells whether the actor is a project leader of an organisation.
func leads(a access.Actor, organisation string) bool {
	return organisation != "" && a.SecondFactor && slices.ContainsFunc(a.Grants, func(g access.Grant) bool {
		return g.Role == access.Lead && g.Organisation == organisation
	})
}
