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

// The scopes of API tokens.
const (
	ScopeRead  = "plans:read"
	ScopeWrite = "plans:write"
)

// program is the most that a token lets the program of an organisation do.
func program(a access.Actor) right {
	switch {
	case a.SignedIn() || a.Organisation == "":
		return nothing
	case slices.Contains(a.Scopes, ScopeWrite):
		return writes
	case slices.Contains(a.Scopes, ScopeRead):
		return reads
	}
	return nothing
}

// rights decides: a coalition goes by the role in it, an organisation by who
// leads and works there. A program does no more than its token is for.
func rights(a access.Actor, p Plan, role Role) right {
	most := ends
	if !a.SignedIn() {
		most = program(a)
	}
	if p.Coalition != "" {
		switch role {
		case Convener:
			return min(ends, most)
		case Member:
			return min(writes, most)
		case Observer:
			return min(reads, most)
		}
		return nothing
	}
	switch {
	case !a.SignedIn():
		if p.Organisation == a.Organisation {
			return most
		}
	case leads(a, p.Organisation):
		return ends
	case slices.Contains(a.Organisations(), p.Organisation):
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
