package fhirpath

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestCompileBounds(t *testing.T) {
	for name, expr := range map[string]string{
		"long":  strings.Repeat("1+", MaxLength/2) + "1",
		"deep":  strings.Repeat("(", MaxDepth+1) + "1" + strings.Repeat(")", MaxDepth+1),
		"signs": strings.Repeat("-", MaxDepth+1) + "1",
	} {
		if _, err := Compile(expr); KindOf(err) != Syntax {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A long sum is not deep: scores add many answers.
	x, err := Compile(strings.Repeat("1+", 3000) + "1")
	if err != nil {
		t.Fatal(err)
	}
	got, err := x.Eval(context.Background(), nil, Env{})
	if n, ok := got.Integer(); err != nil || !ok || n != 3001 {
		t.Errorf("a long sum gives %v, %v", got, err)
	}
}

func TestErrorTellsWhere(t *testing.T) {
	for expr, want := range map[string]string{
		"item.where(linkId = )":  "FHIRPath, character 21: expected a value, found “)”",
		"item.resolve()":         "FHIRPath, character 6: the function resolve() is not supported",
		"item.frobnicate()":      "FHIRPath, character 6: there is no function frobnicate()",
		"één + 'a":               "FHIRPath, character 1: the character 'é' has no meaning here",
		"1 +":                    "FHIRPath, character 4: expected a value, found the end",
		"item.substring(1, 2,3)": "FHIRPath, character 6: substring() takes 1 to 2 arguments, not 3",
	} {
		_, err := Compile(expr)
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v", expr, err)
		}
	}
	x, err := Compile("1 + 'secret'")
	if err != nil {
		t.Fatal(err)
	}
	_, err = x.Eval(context.Background(), nil, Env{})
	if !errors.Is(err, &Error{Kind: Type}) || strings.Contains(err.Error(), "secret") {
		t.Errorf("a type error is %v: it tells the types, not what the values hold", err)
	}
}

// TestEnds takes expressions that would go on for ever, or fill the memory.
func TestEnds(t *testing.T) {
	many := map[string]any{"resourceType": "Parameters"}
	var list []any
	for i := range 2000 {
		list = append(list, map[string]any{"name": strings.Repeat("x", i%7), "valueInteger": i})
	}
	many["parameter"] = list
	for _, expr := range []string{
		"(1).repeat($this + 1)",
		"('a').repeat($this & 'a')",
		"('a').repeat($this & $this)",
		"parameter.select(%resource.parameter.select(%resource.parameter))",
		"parameter.where(%resource.parameter.where(name = 'x').exists())",
		"parameter.select(%resource.parameter).select(name)",
		"parameter.aggregate($total & 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaa' & $total, 'a')",
		"parameter.aggregate($total.replace('', 'xxxxxxxx'), 'a')",
		"parameter.aggregate($total.combine($total), 1)",
		"parameter.aggregate($total.replaceMatches('x', 'xxxxxxxxxxxxxxxxxxxxxxxx'), 'x')",
		"parameter.select(%long & 'a').count()",
		"parameter.select(%long.upper()).count()",
		"parameter.where(%long ~ %long.upper()).count()",
		"%long.matches('" + strings.Repeat("(x?){90}", 100) + "')",
		"parameter.all(%resource.descendants().count() > 1)",
	} {
		x, err := Compile(expr)
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		_, err = x.Eval(context.Background(), many, Env{Variables: map[string]any{"long": strings.Repeat("x", 900_000)}})
		if KindOf(err) != Limit {
			t.Errorf("%s: %v", expr, err)
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s took %s", expr, took)
		}
	}
}

// TestGrowsNoNumber lets a number grow for as long as there are steps.
func TestGrowsNoNumber(t *testing.T) {
	for _, expr := range []string{
		"(1|2|3|4|5|6|7|8|9|10|11|12).aggregate($total * $total, 99.99)",
		"(1|2|3|4|5|6|7|8|9|10|11|12).aggregate($total * $total, 1.1 'kg').unit",
		"9999999.9.power(200)",
		"1000.exp()",
	} {
		if got := outcome(expr, nil, Env{}); got != "{}" {
			t.Errorf("%s gives %s", expr, got)
		}
	}
}

func TestContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	x, err := Compile("(1).repeat($this + 1)")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.Eval(ctx, nil, Env{}); !errors.Is(err, context.Canceled) {
		t.Errorf("gives %v", err)
	}
}

func TestMaxSteps(t *testing.T) {
	x, err := Compile("item.linkId")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.Eval(context.Background(), response(t), Env{MaxSteps: 5}); KindOf(err) != Limit {
		t.Errorf("gives %v", err)
	}
}

// TestMostItems has steps to spare: the size of a result is a bound of its own.
func TestMostItems(t *testing.T) {
	x, err := Compile("(1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17).aggregate($total.combine($total), 1)")
	if err != nil {
		t.Fatal(err)
	}
	_, err = x.Eval(context.Background(), nil, Env{MaxSteps: 100_000_000})
	if KindOf(err) != Limit || !strings.Contains(err.Error(), "values") {
		t.Errorf("gives %v", err)
	}
}

func TestBadData(t *testing.T) {
	for doc, wants := range map[string]map[string]string{
		`{"resourceType":"Patient","birthDate":"31-02-2026"}`: {
			"birthDate": "31-02-2026", "birthDate < @2026-01-01": "!type", "birthDate = @2026-02-28": "false"},
		`{"resourceType":"Observation","valueDecimal":1e400}`: {
			"value > 1": "!type", "value.exists()": "true"},
		`{"resourceType":"Observation","valueQuantity":{"value":5,"comparator":"<","unit":"kg"}}`: {
			"value > 3 'kg'": "!type", "value.value > 3": "true"},
		`{"resourceType":7,"item":[[1],null,{"linkId":3}]}`: {
			"item.count()": "1", "item.linkId": "3"},
		`{"resourceType":"Patient","name":[{"given":[null,"An"],"_given":[{"id":"g"},null]}]}`: {
			"name.given.count()": "2", "name.given.hasValue()": "false", "name.given.select(hasValue())": "false, true", "name.given.join(' ')": "An"},
		`[1,2]`: {"$this.sum()": "3"},
		`"x"`:   {"$this": "x", "item": "{}"},
	} {
		resource := decodeJSON(t, []byte(doc))
		for expr, want := range wants {
			if got := outcome(expr, resource, Env{}); got != want {
				t.Errorf("%s of %s gives %s, not %s", expr, doc, got, want)
			}
		}
	}
}

func TestStrict(t *testing.T) {
	for expr, want := range map[string]string{
		"item.answer.valueCoding":      "!undefined",
		"item.answers":                 "!undefined",
		"Patient.name":                 "!undefined",
		"item.answer.value.count()":    "10",
		"children().first()":           "!type",
		"descendants().linkId.count()": "12",
	} {
		if got := outcome(expr, response(t), Env{Strict: true}); got != want {
			t.Errorf("%s gives %s, not %s", expr, got, want)
		}
	}
}

func TestCollection(t *testing.T) {
	get := func(expr string) Collection {
		x, err := Compile(expr)
		if err != nil {
			t.Fatal(err)
		}
		c, err := x.Eval(context.Background(), response(t), Env{})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if b, ok := get("item.exists()").Bool(); !b || !ok {
		t.Error("Bool")
	}
	if _, ok := get("{}").Bool(); ok {
		t.Error("nothing is no truth")
	}
	if s, ok := get("status").Text(); s != "completed" || !ok {
		t.Error("Text")
	}
	if d, ok := get("item.answer.value.ofType(decimal)").Decimal(); d.String() != "36.60" || !ok || d.Float() != 36.6 {
		t.Errorf("Decimal gives %s", d)
	}
	if n, ok := get("4.0").Integer(); n != 4 || !ok {
		t.Error("Integer")
	}
	if _, ok := get("4.5").Integer(); ok {
		t.Error("4.5 is no Integer")
	}
	if q, ok := get("item.answer.value.ofType(Quantity)").Quantity(); !ok || q.String() != "72.50 kilogram" && q.Unit != "kg" {
		t.Errorf("Quantity gives %s", q)
	}
	out, err := json.Marshal(get("(1 | 2.50 | 'a' | true | @2026-11) | item[0].answer.value").JSON())
	want := `[1,2.50,"a",true,"2026-11",{"code":"sometimes","display":"Sometimes","system":"https://example.org/often"}]`
	if err != nil || string(out) != want {
		t.Errorf("JSON gives %s, %v", out, err)
	}
	// What one expression gave is the ground of the next.
	x, err := Compile("answer.value.code")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := x.Eval(context.Background(), get("item[0]"), Env{}); err != nil || len(got) != 1 {
		t.Errorf("gives %v, %v", got, err)
	}
}
