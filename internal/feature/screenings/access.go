package screenings

import (
	"slices"

	"wijkbaak.nl/internal/trust/access"
)

// MayRun tells whether the actor runs a round: makes it, invites, sets the times. A
// project leader of the organisation does, and sees no result of anybody.
func MayRun(a access.Actor, organisation string) bool {
	return organisation != "" && slices.Contains(a.Organisations(access.Lead), organisation)
}

// MayTreat tells whether the actor measures in a round: sees who comes, and the
// results. A coach of the organisation that measures does.
func MayTreat(a access.Actor, r Round) bool {
	return r.Screener != "" && slices.Contains(a.Organisations(access.Coach), r.Screener)
}

// MaySee tells whether a round is shown: one that is no draft to everybody.
func MaySee(a access.Actor, r Round) bool {
	return r.State != Draft || MayRun(a, r.Organisation) || MayTreat(a, r)
}
