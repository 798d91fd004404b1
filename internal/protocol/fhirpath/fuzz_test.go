package fhirpath

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// FuzzCompile reads any text; what is read must run to an end.
func FuzzCompile(f *testing.F) {
	for _, line := range rows(table) {
		expr, _, _ := strings.Cut(line, " => ")
		f.Add(expr)
	}
	resource := response(f)
	f.Fuzz(func(t *testing.T, expr string) {
		x, err := Compile(expr)
		if err != nil {
			if KindOf(err) == "" {
				t.Fatalf("an error without a kind: %v", err)
			}
			return
		}
		env := tableEnv()
		env.MaxSteps = 5000
		began := time.Now()
		got, err := x.Eval(context.Background(), resource, env)
		if err != nil && KindOf(err) == "" {
			t.Fatalf("an error without a kind: %v", err)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Fatalf("took %s", took)
		}
		if _, err := json.Marshal(got.JSON()); err != nil {
			t.Fatalf("the result is no JSON: %v", err)
		}
	})
}

// FuzzEval evaluates over any JSON.
func FuzzEval(f *testing.F) {
	f.Add(`{"resourceType":"QuestionnaireResponse","item":[{"linkId":"a","answer":[{"valueInteger":1}]}]}`, uint8(0))
	f.Add(`{"resourceType":"Patient","name":[{"given":[null,"x"],"_given":[{"id":"1"}]}],"birthDate":"2026-13-45"}`, uint8(3))
	f.Add(`{"item":[[1],null,{"a":1e999}],"valueQuantity":{"value":"x","unit":3}}`, uint8(5))
	f.Add(weighed, uint8(7))
	var exprs []*Expression
	for _, s := range []string{
		"descendants().value", "repeat(item).answer.value.weight().sum()", "descendants() = descendants()",
		"name.given.first() & 'x'", "birthDate < today()", "item.a + 1", "children().toString()",
		"descendants().distinct().count()", "$this ~ $this", "descendants().select(type().name)",
		"descendants().where($this is Quantity).sort()", "item.extension('x').value > 1",
	} {
		x, err := Compile(s)
		if err != nil {
			f.Fatal(err)
		}
		exprs = append(exprs, x)
	}
	f.Fuzz(func(t *testing.T, doc string, which uint8) {
		d := json.NewDecoder(strings.NewReader(doc))
		d.UseNumber()
		var resource any
		if d.Decode(&resource) != nil {
			return
		}
		env := Env{MaxSteps: 5000}
		if q, ok := resource.(map[string]any); ok {
			env.Weight = Weights(q)
		}
		_, err := exprs[int(which)%len(exprs)].Eval(context.Background(), resource, env)
		if err != nil && KindOf(err) == "" {
			t.Fatalf("an error without a kind: %v", err)
		}
	})
}
