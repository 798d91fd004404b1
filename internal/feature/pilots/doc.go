// Package pilots is the room where an initiative is tried out: what is measured,
// what the stop rule says today, who decided what, and what it proved.
//
// A pilot is a draft, which its own organisation sees, until it starts. From then
// on everybody sees it: what ran is not hidden again, also when it disappoints.
// It stands on an initiative by slug. When it ends, each indicator becomes a row
// of evidence of that initiative, never stronger than the design allows.
//
// Tables: pilot, pilot_indicator, pilot_measurement (one value a day for an
// indicator), pilot_measurement_old (what a correction replaced), pilot_month
// (old measurements summed up), pilot_rule, pilot_cost, pilot_risk, pilot_note,
// pilot_decision, pilot_change. Jobs: pilots.night marks decisions that are due
// and writes to who leads; pilots.count takes counts of the program itself.
package pilots
