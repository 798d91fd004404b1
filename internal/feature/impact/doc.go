// Package impact keeps impact pathways: what goes in, what is done, what comes out
// and what that changes, with an assumption on each arrow that is believed, tested
// or refuted, and an indicator where something is measured. The server draws the
// pathway in layers (layout.go, draw.go); it is edited by forms alone.
//
// Tables: impact (nodes and arrows are only ever read together and stand as JSON in
// the row) and impact_change. What it needs of other rooms stands in needs.go; it
// sends no events.
package impact
