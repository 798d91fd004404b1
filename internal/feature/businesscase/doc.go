// Package businesscase counts what an initiative costs and brings, and to whom:
// lines of cost and benefit of each payer, each figure with its range and its
// source, over years and cities. What it shows first is who pays and who gains,
// how sure that is, and what would have to be true for it to pay.
//
// Tables: businesscase (settings, cities, lines and scenarios are only ever read
// together and stand as JSON in the row) and businesscase_change. The counting
// itself (Model, Run) is pure and repeats to the cent for the same seed. What it
// needs of other rooms stands in needs.go; it sends no events.
package businesscase
