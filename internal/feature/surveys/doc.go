// Package surveys is the Keuzehulp: questionnaires that a person fills in alone, or
// with a helper, and that end in at most five things that may fit, each with the
// reason why.
//
// A questionnaire is kept as the FHIR Questionnaire it came as, one row a version;
// who began with a version finishes that version. What leads to which advice is a
// PlanDefinition beside it. What a person fills in without an account travels in
// the form itself, signed by us, and is kept only when that person asks for it:
// under a return code of which the hash alone is kept, or in the own account.
//
// Tables: survey, survey_response, survey_tally, survey_counted. What it needs of
// others stands in needs.go.
package surveys
