// Package scaling is the plan with which a coalition brings one initiative to
// all its cities: goals, a track of steps per city, and steps that the cities
// take together once. A step has an owner, days, a budget and what it waits for;
// progress is counted from steps and never typed.
//
// A plan belongs to a coalition, whose members write and whose observers read,
// or to one organisation, whose project leaders write and whose people read. For
// all others it is not there.
//
// A guest of the coalition reads along by a link, for a time and without an account
// (guests.go); who reads may comment, a guest only where the link allows it.
//
// Days are kept as text (2026-11-21): a plan has no hours, and no time zone can
// move its days. Tables: scaling_plan, scaling_track (what a city needs first, and
// its barriers, stand as JSON in the row), scaling_step (what it waits for stands
// as JSON in the row), scaling_template, scaling_key, scaling_comment and
// scaling_change. It sends no events. What it needs of other rooms stands in needs.go.
package scaling
