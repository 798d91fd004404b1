package fhirpath

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

const weighed = `{
  "resourceType": "Questionnaire",
  "contained": [
    {"resourceType": "ValueSet", "id": "often", "compose": {"include": [{"system": "u:often", "concept": [
      {"code": "never", "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/valueset-ordinalValue", "valueDecimal": 0}]},
      {"code": "daily", "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/itemWeight", "valueDecimal": 4.5}]}]}]}},
    {"resourceType": "CodeSystem", "url": "u:size", "concept": [{"code": "big", "concept": [
      {"code": "huge", "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/codesystem-ordinalValue", "valueDecimal": 9}]}]}]},
    {"resourceType": "ValueSet", "id": "flat", "expansion": {"contains": [{"system": "u:flat", "code": "top", "contains": [
      {"system": "u:flat", "code": "leaf", "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/itemWeight", "valueDecimal": 6}]}]}]}}
  ],
  "item": [
    {"linkId": "a", "answerValueSet": "#often"},
    {"linkId": "b", "item": [{"linkId": "b.1", "answerOption": [
      {"valueCoding": {"system": "u:often", "code": "daily"}, "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-ordinalValue", "valueDecimal": 1}]},
      {"valueInteger": 3, "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/itemWeight", "valueInteger": 30}]},
      {"valueString": "yes", "_valueString": {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/itemWeight", "valueDecimal": 2}]}}]}]},
    {"linkId": "c"},
    {"linkId": "d", "answerValueSet": "#flat"}
  ]
}`

func TestWeights(t *testing.T) {
	find := Weights(decodeJSON(t, []byte(weighed)).(map[string]any))
	for _, c := range []struct{ answer, link, want string }{
		{`"valueCoding":{"system":"u:often","code":"daily"}`, "a", "4.5"},
		{`"valueCoding":{"system":"u:often","code":"never"}`, "a", "0"},
		{`"valueCoding":{"system":"u:often","code":"daily"}`, "b.1", "1"},
		{`"valueCoding":{"system":"u:often","code":"daily"}`, "c", "{}"},
		{`"valueCoding":{"system":"u:size","code":"huge"}`, "c", "9"},
		{`"valueCoding":{"system":"u:flat","code":"leaf"}`, "d", "6"},
		{`"valueCoding":{"system":"u:flat","code":"leaf"}`, "a", "{}"},
		{`"valueCoding":{"system":"u:other","code":"daily"}`, "a", "{}"},
		{`"valueInteger":3`, "b.1", "30"},
		{`"valueInteger":4`, "b.1", "{}"},
		{`"valueString":"yes"`, "b.1", "2"},
		{`"valueString":"yes"`, "a", "{}"},
		{`"valueCoding":{"code":"x","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/ordinalValue","valueDecimal":7.0}]}`, "a", "7.0"},
	} {
		doc := fmt.Sprintf(`{"resourceType":"QuestionnaireResponse","item":[{"linkId":"x","item":[{"linkId":%q,"answer":[{%s}]}]}]}`, c.link, c.answer)
		resource := decodeJSON(t, []byte(doc))
		for _, expr := range []string{"repeat(item).answer.value.weight()", "repeat(item).answer.value.ordinal()"} {
			if got := outcome(expr, resource, Env{Weight: find}); got != c.want {
				t.Errorf("%s of %s in %s is %s, not %s", expr, c.answer, c.link, got, c.want)
			}
		}
	}
}

// scored is a questionnaire of twenty answers with a weight, and its response.
func scored() (questionnaire, response map[string]any) {
	var items, answers []any
	for i := range 20 {
		link := fmt.Sprintf("q%02d", i)
		var options []any
		for w := range 5 {
			options = append(options, map[string]any{"valueCoding": map[string]any{
				"system": "u:often", "code": fmt.Sprint("c", w),
				"extension": []any{map[string]any{"url": "http://hl7.org/fhir/StructureDefinition/itemWeight", "valueDecimal": json.Number(fmt.Sprint(w))}},
			}})
		}
		items = append(items, map[string]any{"linkId": link, "answerOption": options})
		answers = append(answers, map[string]any{"linkId": link, "answer": []any{
			map[string]any{"valueCoding": map[string]any{"system": "u:often", "code": fmt.Sprint("c", i%5)}}}})
	}
	return map[string]any{"resourceType": "Questionnaire", "item": items},
		map[string]any{"resourceType": "QuestionnaireResponse", "item": answers}
}

const scoreExpression = "%resource.item.where(linkId.startsWith('q')).answer.value.weight().sum()"

func TestScore(t *testing.T) {
	q, r := scored()
	if got := outcome(scoreExpression, r, Env{Weight: Weights(q)}); got != "40" {
		t.Errorf("the score is %s", got)
	}
}

func BenchmarkScore(b *testing.B) {
	q, r := scored()
	env := Env{Weight: Weights(q)}
	x, err := Compile(scoreExpression)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		got, err := x.Eval(context.Background(), r, env)
		if err != nil || len(got) != 1 {
			b.Fatal(got, err)
		}
	}
}

// BenchmarkScoreByAnswer adds twenty answers that are each named.
func BenchmarkScoreByAnswer(b *testing.B) {
	q, r := scored()
	env := Env{Weight: Weights(q)}
	var terms []string
	for i := range 20 {
		terms = append(terms, fmt.Sprintf("%%resource.item.where(linkId='q%02d').answer.value.ordinal()", i))
	}
	x, err := Compile(strings.Join(terms, " + "))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		got, err := x.Eval(context.Background(), r, env)
		if err != nil || len(got) != 1 {
			b.Fatal(got, err)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Compile(scoreExpression); err != nil {
			b.Fatal(err)
		}
	}
}
