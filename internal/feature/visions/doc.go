// Package visions is where a coalition or an organisation writes a vision
// together, in rounds: first it asks what people think (orienting), then it
// decides (deciding), and then it publishes what was decided and what was done
// with the comments.
//
// The text is kept in versions, cut into paragraphs that keep their id from one
// version to the next (text.go), so that a comment stays with its paragraph when
// the wording changes. A round lays one version before its audience for a term in
// days of the Netherlands; outside the term nobody can comment or vote. A round is
// for who is inside, or for everybody: then people comment without an account, and
// the convener reads what they wrote before others see it.
//
// A decision is made by votes or by consent. Votes are shown nowhere before the
// round is over. By consent, an objection stands in the way until it has been
// dealt with in words, or until who made it consents.
//
// Members get a letter when a round opens and one before it closes if they said
// nothing, and who commented gets one about the answer (letters.go). A round and an
// answer carry that they were written about, so that no letter goes out twice.
//
// Tables: vision, vision_version, vision_round, vision_comment, vision_vote,
// vision_decision and vision_quiet. It sends mail and no events. What it needs of
// other rooms stands in needs.go.
package visions
