// Package practices is the Estafette: what works in one municipality is packed,
// signed and offered; another takes it over ("Jat dit"), keeps its own changes
// with each newer version, and sends its results back.
//
// A practice is known by the public key of who offers it and its name. A result
// counts when its sender signed it with the key that we saw at our own first
// meeting; what an origin tells of others is shown apart.
//
// Tables: practice, practice_version, practice_file, practice_log,
// practice_checkpoint, practice_draft, practice_draft_file, practice_incoming,
// practice_adopted, practice_peer, practice_result, practice_sent. The form of a
// package is of protocol/practice. What it needs of other rooms stands in needs.go.
package practices
