package browser

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
)

// Who catches a mutant. The package fhir looks at what must be there, at values,
// codes and what is too much; it does not look at the type of a text. The JSON
// Schema of FHIR looks at types, forms, codes and what is too much; it asks for
// hardly anything to be there.
const (
	both     = "both"
	byFHIR   = "fhir"
	bySchema = "the JSON Schema"
)

// mutated is the questionnaire that is spoilt.
const mutated = "gezond-65"

// gone as a value takes the element away.
const gone = "(gone)"

// mutant is a resource of ours with one thing spoilt. catches is fixed: where a
// validator begins or ceases to see it, we want to know.
type mutant struct {
	kind, path string
	value      any
	catches    string
}

var mutants = []mutant{
	{"Questionnaire", "resourceType", "Questionaire", both},
	{"Questionnaire", "resourceType", gone, both},
	{"Questionnaire", "id", "met een spatie", bySchema},
	{"Questionnaire", "status", gone, byFHIR},
	{"Questionnaire", "status", "published", both},
	{"Questionnaire", "date", "31-02-2026", bySchema},
	{"Questionnaire", "date", "2026-13-01", bySchema},
	{"Questionnaire", "experimental", "true", both},
	{"Questionnaire", "title", 5, bySchema},
	{"Questionnaire", "url", "urn:met spatie", bySchema},
	{"Questionnaire", "subjectType", "Patient", both},
	{"Questionnaire", "subjectType.0", "Buurman", byFHIR},
	{"Questionnaire", "item", map[string]any{}, both},
	{"Questionnaire", "vraag", "wat?", both},
	{"Questionnaire", "item.0.linkId", gone, byFHIR},
	{"Questionnaire", "item.0.linkId", 7, bySchema},
	{"Questionnaire", "item.0.type", gone, byFHIR},
	{"Questionnaire", "item.0.type", "number", both},
	{"Questionnaire", "item.0.required", "ja", both},
	{"Questionnaire", "item.0.maxLength", "tien", both},
	{"Questionnaire", "item.0.question", true, both},
	{"Questionnaire", "item.0.extension.0.url", gone, byFHIR},
	{"Questionnaire", "item.1.enableWhen.0.operator", "is", both},
	{"Questionnaire", "item.1.enableWhen.0.question", gone, byFHIR},
	{"Questionnaire", "item.1.enableWhen.0.answerInteger", gone, byFHIR},
	{"Questionnaire", "item.1.enableBehavior", "some", both},
	{"Questionnaire", "item.2.answerOption.0.valueCoding", gone, byFHIR},
	{"Questionnaire", "item.2.answerOption.0.valueCoding.code", 3, bySchema},
	{"Questionnaire", "_title.extension.0.extension.0.valueCode", 3, bySchema},
	{"PlanDefinition", "status", "klaar", both},
	{"PlanDefinition", "action", map[string]any{}, both},
	{"PlanDefinition", "action.0.condition.0.kind", "soms", both},
	{"PlanDefinition", "action.0.condition.0.kind", gone, byFHIR},
	{"PlanDefinition", "action.0.condition.0.expression.language", gone, byFHIR},
	{"PlanDefinition", "action.0.priority", "hoog", byFHIR},
	{"PlanDefinition", "action.0.reden", "zomaar", both},
	{"PlanDefinition", "relatedArtifact.0.type", "nodig", both},
	{"QuestionnaireResponse", "status", gone, byFHIR},
	{"QuestionnaireResponse", "status", "done", both},
	{"QuestionnaireResponse", "authored", "gisteren", both},
	{"QuestionnaireResponse", "score", 12, both},
	{"QuestionnaireResponse", "item.0.linkId", gone, byFHIR},
	{"QuestionnaireResponse", "item.0.answer", map[string]any{}, both},
	{"QuestionnaireResponse", "item.0.answer.0.valueInteger", "120", both},
	{"QuestionnaireResponse", "item.0.answer.0.valueDate", "2026-02-3", bySchema},
	{"QuestionnaireResponse", "item.2.answer.0.valueCoding", "goed", byFHIR},
}

// of gives the resource, spoilt.
func (m mutant) of(t *testing.T, base map[string][]byte) any {
	t.Helper()
	var tree any
	if err := json.Unmarshal(base[m.kind], &tree); err != nil {
		t.Fatal(err)
	}
	names := strings.Split(m.path, ".")
	at := tree
	for _, name := range names[:len(names)-1] {
		switch in := at.(type) {
		case map[string]any:
			at = in[name]
		case []any:
			k, err := strconv.Atoi(name)
			if err != nil || k >= len(in) {
				t.Fatalf("%s has no %s", m.kind, m.path)
			}
			at = in[k]
		}
	}
	last := names[len(names)-1]
	switch in := at.(type) {
	case map[string]any:
		_, there := in[last]
		if m.value == gone && !there {
			t.Fatalf("%s has no %s", m.kind, m.path)
		}
		if in[last] = m.value; m.value == gone {
			delete(in, last)
		}
	case []any:
		k, err := strconv.Atoi(last)
		if err != nil || k >= len(in) {
			t.Fatalf("%s has no %s", m.kind, m.path)
		}
		in[k] = m.value
	default:
		t.Fatalf("%s has no %s", m.kind, m.path)
	}
	return tree
}
