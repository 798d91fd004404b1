// Package initiatives is the overview of cases: what municipalities tried in care
// and welfare, how far it came, what is known about whether it helps, what it
// costs, and what stood in the way. It is read by everybody and written by who owns
// a case, by proposals of anyone, and by files (Import).
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
// Writing adds initiative_owner (organisations: a lead and partners),
// initiative_change (who changed what, and why), initiative_proposal,
// initiative_merged (addresses that lead on) and initiative_follower. A draft has no
// rows in initiative_list and no text in the search, so that no list, count, feed or
// answer of the API can hold it; it is found by MayEdit and Links alone.
//
// Each part of an initiative is edited by a form of its own, which is data
// (parts.go); a form is read and judged by partform.go. Everything that changes an
// initiative goes through Service.change, which keeps the history and refuses a
// change that was made of an older state of the same part.
//
// An initiative is known outside this room by its slug. The room asks for words
// to be searched (Searcher), for where a municipality lies (Places), and for names
// and addresses (People). It sends initiatives.merged {from, into} when one
// initiative became part of another: who keeps a slug moves to the other. Letters to
// who made a proposal and to project leaders are jobs; followers get one letter a
// month (Digest).
package initiatives
