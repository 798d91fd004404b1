// Package phases keeps the gates that an initiative passes on its way from idea to
// daily practice: a checklist at each gate, which a place can edit, how far an
// initiative is with it, the decisions of named people with their conditions, and
// whether an initiative fits another municipality.
//
// Tables: phases_list (own checklists), phases_record and phases_mark (how far an
// initiative is), phases_decision, phases_decider, phases_condition, phases_fit,
// phases_action, phases_change. The phase itself is kept by the overview of
// initiatives; a decision moves it in the same transaction.
package phases
