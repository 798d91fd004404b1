// Package fhir reads, checks and writes the part of FHIR R4 in which
// questionnaires travel: Questionnaire with Structured Data Capture (SDC),
// QuestionnaireResponse, and PlanDefinition, which says what an answer leads to.
//
// A resource stays the JSON it came as: what we do not know is kept, given back and
// reported; a modifierExtension, which changes what the rest means, is refused. All
// that comes in is bounded in size, depth and number of items, and a mistake is
// told with the path where it stands, such as
// Questionnaire.item[3].item[0].enableWhen[0].question.
//
// Expressions are evaluated by whoever is handed in (Evaluate): this package knows
// no FHIRPath. Tables: none.
package fhir
