// Package assessments keeps what testers found of applications: at least two
// organisations test one version, each by itself; where they differ they settle it
// together; an editor of the place publishes the verdict on a card, until it lapses.
// Verdicts can be taken over from another municipality, with their origin.
//
// Tables: assessment (results and origin are only ever read together and stand as
// JSON in the row), assessment_seat (an organisation that tests, with its scores),
// assessment_stance (how an organisation settles a difference) and
// assessment_revision (a number that changes with what is published). What the room
// needs of others stands in needs.go; it sends no events.
package assessments
