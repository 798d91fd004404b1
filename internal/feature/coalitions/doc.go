// Package coalitions is where two to four cities decide together what they will
// take on, and how: who takes part, where to begin, and what was agreed at a
// meeting. A coalition is open or by invitation; inside it somebody is convener,
// member or observer, and a guest reads along by a link that ends by itself.
//
// Choosing goes in stages. A list is made, the group agrees on criteria with
// weights, and each member scores alone. Until a convener reveals them, the
// scores of others are shown nowhere: no page, no API, no history. Then the mean
// stands beside the spread, so that disagreement is talked about.
//
// An organisation takes part when somebody with a role in it said yes; until then it
// was only asked, and has no name outside the coalition and no rights inside it.
//
// Tables: coalition (its cities stand as JSON in the row), coalition_asked,
// coalition_member, coalition_invitation, coalition_request, coalition_guest,
// coalition_comment, coalition_choice, coalition_agreed, coalition_score,
// coalition_meeting, coalition_attendance, coalition_action and coalition_change. It
// sends mail and no events. What it needs of other rooms stands in needs.go.
package coalitions
