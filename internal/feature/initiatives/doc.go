// Package initiatives is the overview of cases: what municipalities tried in care
// and welfare, how far it came, what is known about whether it helps, what it
// costs, and what stood in the way. This is the reading side; the case files of
// the project come in through Import.
//
// Tables: initiative, with initiative_party, initiative_municipality,
// initiative_evidence, initiative_barrier and initiative_related; barrier; factor
// and factor_barrier; phase_model. What is only ever read together with its
// initiative (costs, preconditions, growth, funders, sources) is JSON in its row.
// The column card is what a list shows, as one text (card.go).
// initiative_list holds, for each term a list can be filtered by and each way to
// sort, the keys in their order: a list of any mix of filters is read by walking
// one term and looking up the others by the same key. initiative_term counts the
// terms; initiative_revision is one number that each change raises.
//
// An initiative is known outside this room by its slug. The room asks for words
// to be searched (Searcher) and for where a municipality lies (Places); it sends
// no events.
package initiatives
