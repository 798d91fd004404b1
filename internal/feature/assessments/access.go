package assessments

import (
	"slices"

	"wijkbaak.nl/internal/trust/access"
)

// testers are the roles in which somebody tests for an organisation.
var testers = []access.Role{access.Coach, access.Lead}

// isTester tells whether the actor works on tests anywhere in this instance, and so
// sees what was refused.
func isTester(a access.Actor) bool {
	return a.Has(access.Coach, access.Lead, access.Editor)
}

// isEditor tells whether the actor decides about tests: the editor of the place of
// this instance.
func isEditor(a access.Actor, root string) bool {
	return a.Channel == access.Shell || a.Channel == access.Job || a.Can(access.Editor, root)
}

// testsFor tells whether the actor tests for an organisation.
func testsFor(a access.Actor, organisation string) bool {
	return organisation != "" && slices.Contains(a.Organisations(testers...), organisation)
}

// maySee tells whether the actor sees a test: its organisations and the editor.
func maySee(a access.Actor, seats []Seat, root string) bool {
	return isEditor(a, root) || slices.ContainsFunc(seats, func(s Seat) bool { return testsFor(a, s.Organisation) })
}

// ownSeat gives the seat in which the actor scores: the one that it has begun, or
// else an empty one of its organisation. Nobody scores in two seats of one test, so
// who works for two organisations tests for one of them.
func ownSeat(a access.Actor, seats []Seat) int {
	k := slices.IndexFunc(seats, func(s Seat) bool { return s.Person != "" && s.Person == a.Person && testsFor(a, s.Organisation) })
	if k >= 0 || slices.ContainsFunc(seats, func(s Seat) bool { return s.Person != "" && s.Person == a.Person }) {
		return k
	}
	return slices.IndexFunc(seats, func(s Seat) bool { return s.Person == "" && testsFor(a, s.Organisation) })
}
