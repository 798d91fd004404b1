// Package advice ranks what several rooms have to offer by what one person needs,
// and says why. It keeps nothing and has no pages: rooms hand it candidates, other
// rooms show what it gives.
//
// The rules stand in rank.go as a table of factors, each a plain function of a need
// and a candidate that gives a number from 0 to 1. Nobody can pay for a place in the
// order: a Candidate has no field for it.
package advice
