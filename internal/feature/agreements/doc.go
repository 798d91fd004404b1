// Package agreements keeps agreements on results between who pays and who provides:
// an indicator, a threshold, a table of payments, days on which is looked, and the
// settlement of each such day, worked out step by step (settle.go). It also holds
// the text for a tender of digital care, to be ticked together (text.go).
//
// Tables: agreement (what was agreed is only ever read together and stands as JSON
// in the row), agreement_party (whose it is to read), agreement_check (the days and
// their settlement) and agreement_change. What it needs of other rooms stands in
// needs.go; it sends no events.
package agreements
