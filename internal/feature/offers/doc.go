// Package offers is the catalogue of what there is (/aanbod): activities, services,
// applications, devices, training, places to try something and groups of
// volunteers. Organisations keep their own entries true; the editor of the place
// accepts what others propose; whoever reads needs no account.
//
// Tables: offer (one row an entry; what is only ever read with it is JSON in body),
// offer_organisation (who offers it; account is the organisation of trust/people
// whose people keep its entries), offer_change (who changed what, when and why),
// offer_proposal, offer_use (how often people said that they use something, by day),
// offer_source (what a feed brought, as it came and as we read it), offer_run and
// offer_stage (an import under way), offer_revision (one number that each change
// raises).
//
// A list is read from a snapshot in memory (snapshot.go): small records with the
// choices of a filter as bits, followed by offer_revision, so that what was stopped
// is gone at the next request on every node. Words go by base/search.
//
// Each entry has a date by which somebody has to look at it (checks.go): before it
// passes its keeper gets a letter with one link, after it the entry is marked as old
// and stands lower.
//
// An offer is known outside this room by its slug. Candidates serves the advice;
// Verdicts (needs.go) is asked for a small badge that stands on a card.
package offers
