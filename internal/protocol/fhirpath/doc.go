// Package fhirpath evaluates FHIRPath (normative release 1, version 2.0) over
// FHIR R4 resources that were decoded from JSON, with json.Number for numbers
// so that decimals keep their digits. Scores and advice rules of questionnaires
// are written in it.
//
// An expression comes from outside: its length, its depth, the steps it takes
// and what it makes are all bounded, and nothing it says reaches the network,
// the clock (now() is what the caller gives) or a log. What is not supported is
// refused by name when the expression is compiled. docs/fhirpath.md tells what
// there is.
package fhirpath
