// Package audit keeps who did what, to what, when and why: one event for each
// act, with the fields of NEN 7513, written in the transaction of the act.
//
// Events hold ids and codes only, never a name or content. Within a second a
// sequencer gives each event the next leaf of a Merkle tree (RFC 6962) and signs
// a checkpoint of the tree, which is also kept in a second place. Verify finds
// any event, hash or checkpoint that was changed, removed or put in afterwards.
// The order of leaves is the order of sequencing, not of time: a transaction
// that took long may end up behind one that began later.
//
// Tables: audit_event, audit_hash, audit_checkpoint. After restoring an older
// backup the copy knows more than the log, and sealing stops: keep the copy as
// evidence of what was lost, and give sealing a new empty second place.
package audit
