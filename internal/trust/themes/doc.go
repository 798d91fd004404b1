// Package themes holds what questions, stories and initiatives are about: one list
// with one name for each, so that a resident and a professional find the same
// things under the same word. The codes are the codes of the overview of cases; they stand in
// addresses, columns and the API, and do not change.
package themes
