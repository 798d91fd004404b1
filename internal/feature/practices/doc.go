// Package practices is the Estafette: what works in one municipality is packed,
// signed and offered; another takes it over ("Jat dit"), keeps its own changes
// with each newer version, and sends its results back.
//
// A practice is known by the public key of who offers it and its name. A result
// counts when its sender signed it with the key that we saw at our own first
// meeting; what an origin tells of others is shown apart.
//
// What a package holds of a room comes from its Piece, whole for an initiative, or
// from its Shelf, chosen one by one (surveys with their advice, offers); letters and
// training material are files of this room, with title, kind and licence. They are
// taken over in that order (standing.go), and what comes of a Shelf is a draft or a
// proposal. An upgrade joins parts, resources and files with what is here (join.go).
//
// Tables: practice, practice_version, practice_file, practice_log,
// practice_checkpoint, practice_draft, practice_draft_file (files of
// an offer in the making, and those that came along), practice_made (what became of
// the things of a package), practice_incoming, practice_adopted, practice_peer,
// practice_result, practice_sent. The form of a package is of protocol/practice. What it needs of other rooms stands in needs.go.
package practices
