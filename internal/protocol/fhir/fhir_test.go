package fhir

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// questionnaire makes one of items in JSON.
func questionnaire(items string, more ...string) []byte {
	return []byte(`{"resourceType":"Questionnaire","url":"urn:test:q","version":"1","status":"draft","title":"Test"` + strings.Join(more, "") + `,"item":[` + items + `]}`)
}

func must(t *testing.T, data []byte) *Questionnaire {
	t.Helper()
	q, err := Read(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestMistakesAreToldWithTheirPath(t *testing.T) {
	deep := strings.Repeat(`{"linkId":"g","type":"group","item":[`, 40) + strings.Repeat(`]}`, 40)
	var many []string
	for i := range 10_000 {
		many = append(many, fmt.Sprintf(`{"linkId":"i%d","type":"boolean"}`, i))
	}
	for _, c := range []struct{ name, data, path, code string }{
		{"no JSON", `{"resourceType":`, "resourceType", "json"},
		{"more behind it", string(questionnaire(`{"linkId":"a","type":"boolean"}`)) + "x", "", "json"},
		{"a list", `[]`, "", "kind"},
		{"another resource", `{"resourceType":"Patient"}`, "resourceType", "resource"},
		{"a name twice", `{"resourceType":"Questionnaire","url":"a","url":"b"}`, "", "twice"},
		{"NUL", `{"resourceType":"Questionnaire","title":"a\u0000"}`, "title", "nul"},
		{"too deep", string(questionnaire(deep)), "", "depth"},
		{"no address", `{"resourceType":"Questionnaire","status":"draft","item":[{"linkId":"a","type":"boolean"}]}`, "Questionnaire.url", "missing"},
		{"a status", `{"resourceType":"Questionnaire","url":"u","status":"done","item":[{"linkId":"a","type":"boolean"}]}`, "Questionnaire.status", "status"},
		{"too many items", string(questionnaire(strings.Join(many, ","))), "Questionnaire.item", "toomany"},
		{"no questions", string(questionnaire(`{"linkId":"a","type":"display"}`)), "Questionnaire.item", "empty"},
		{"a type", string(questionnaire(`{"linkId":"a","type":"attachment"}`)), "Questionnaire.item[0].type", "type"},
		{"a linkId twice", string(questionnaire(`{"linkId":"a","type":"group","item":[{"linkId":"b","type":"boolean"},{"linkId":"a","type":"boolean"}]}`)), "Questionnaire.item[0].item[1].linkId", "linkid"},
		{"dangling", string(questionnaire(`{"linkId":"g","type":"group","item":[{"linkId":"a","type":"boolean","enableWhen":[{"question":"x","operator":"exists","answerBoolean":true}]}]}`)), "Questionnaire.item[0].item[0].enableWhen[0].question", "dangling"},
		{"a circle", string(questionnaire(`{"linkId":"a","type":"boolean","enableWhen":[{"question":"b","operator":"=","answerBoolean":true}]},{"linkId":"b","type":"boolean","enableWhen":[{"question":"a","operator":"=","answerBoolean":true}]}`)), "Questionnaire.item[0].enableWhen", "circular"},
		{"on itself", string(questionnaire(`{"linkId":"a","type":"boolean","enableWhen":[{"question":"a","operator":"=","answerBoolean":true}]}`)), "Questionnaire.item[0].enableWhen", "circular"},
		{"on what is inside", string(questionnaire(`{"linkId":"g","type":"group","enableWhen":[{"question":"a","operator":"=","answerBoolean":true}],"item":[{"linkId":"a","type":"boolean"}]}`)), "Questionnaire.item[0].enableWhen", "circular"},
		{"an operator", string(questionnaire(`{"linkId":"a","type":"boolean"},{"linkId":"b","type":"boolean","enableWhen":[{"question":"a","operator":"like","answerBoolean":true}]}`)), "Questionnaire.item[1].enableWhen[0].operator", "operator"},
		{"no behavior", string(questionnaire(`{"linkId":"a","type":"boolean"},{"linkId":"b","type":"boolean","enableWhen":[{"question":"a","operator":"=","answerBoolean":true},{"question":"a","operator":"=","answerBoolean":false}]}`)), "Questionnaire.item[1].enableBehavior", "behavior"},
		{"an answer that is no option", string(questionnaire(`{"linkId":"a","type":"choice","answerOption":[{"valueCoding":{"code":"x"}}]},{"linkId":"b","type":"boolean","enableWhen":[{"question":"a","operator":"=","answerCoding":{"code":"y"}}]}`)), "Questionnaire.item[1].enableWhen[0]", "option"},
		{"no options", string(questionnaire(`{"linkId":"a","type":"choice"}`)), "Questionnaire.item[0]", "nooptions"},
		{"a set elsewhere", string(questionnaire(`{"linkId":"a","type":"choice","answerValueSet":"http://x/vs"}`)), "Questionnaire.item[0].answerValueSet", "outside"},
		{"a set that is not there", string(questionnaire(`{"linkId":"a","type":"choice","answerValueSet":"#x"}`)), "Questionnaire.item[0].answerValueSet", "noset"},
		{"a date that is none", string(questionnaire(`{"linkId":"a","type":"date","initial":[{"valueDate":"2026-02-31"}]}`)), "Questionnaire.item[0].initial[0].valueDate", "date"},
		{"a huge number", string(questionnaire(`{"linkId":"a","type":"decimal","initial":[{"valueDecimal":1e999999999}]}`)), "Questionnaire.item[0].initial[0].valueDecimal", "number"},
		{"a modifier", string(questionnaire(`{"linkId":"a","type":"boolean","modifierExtension":[{"url":"x"}]}`)), "Questionnaire.item[0].modifierExtension", "modifier"},
		{"an image that is none", string(questionnaire(`{"linkId":"a","type":"boolean","extension":[{"url":"` + extMedia + `","valueAttachment":{"contentType":"image/png","title":"x","data":"aGVsbG8="}}]}`)), "Questionnaire.item[0].extension[0].valueAttachment", "image"},
		{"an image elsewhere, without words", string(questionnaire(`{"linkId":"a","type":"boolean","extension":[{"url":"` + extMedia + `","valueAttachment":{"contentType":"image/png","url":"http://x"}}]}`)), "Questionnaire.item[0].extension[0].valueAttachment.title", "alt"},
		{"another language", string(questionnaire(`{"linkId":"a","type":"integer","extension":[{"url":"` + extCalculated + `","valueExpression":{"language":"text/cql","expression":"1"}}]}`)), "Questionnaire.item[0].extension[0].valueExpression.language", "language"},
		{"least above most", string(questionnaire(`{"linkId":"a","type":"integer","extension":[{"url":"` + extMin + `","valueInteger":5},{"url":"` + extMax + `","valueInteger":3}]}`)), "Questionnaire.item[0].extension", "range"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read([]byte(c.data), nil)
			w, ok := errors.AsType[*Wrong](err)
			if !ok || !slices.ContainsFunc(w.Report.Errors, func(p Problem) bool { return p.Code == c.code && (p.Path == c.path || c.code == "depth") }) {
				t.Fatalf("%v, want %s at %s", err, c.code, c.path)
			}
			for _, p := range w.Report.Errors {
				if text := p.Error(); sentences[p.Code] == "" || strings.Contains(text, "{") && p.Code != "json" {
					t.Errorf("says %q", text)
				}
			}
		})
	}
	if _, err := Read(make([]byte, SizeMost+1), nil); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Error(err)
	}
	if _, err := Read(questionnaire(`{"linkId":"a","type":"integer","extension":[{"url":"`+extCalculated+`","valueExpression":{"language":"text/fhirpath","expression":"1 +"}}]}`),
		func(string) error { return errors.New("ends too soon") }); err == nil || !strings.Contains(err.Error(), "ends too soon") {
		t.Error(err)
	}
}

func TestWhatIsUnknownIsKeptAndReported(t *testing.T) {
	data := questionnaire(`{"linkId":"a","type":"decimal","text":"Hoe lang?","spoken":"x","extension":[{"url":"urn:x","valueDecimal":1.50}]}`,
		`,"_title":{"extension":[{"url":"`+extTranslation+`","extension":[{"url":"lang","valueCode":"en"},{"url":"content","valueString":"Trial"}]}]},"colour":{"deep":[1,2.0]}`)
	q := must(t, data)
	if len(q.Notes) != 3 {
		t.Errorf("notes: %v", q.Notes)
	}
	if q.Title.For("en") != "Trial" || q.Title.For("nl") != "Test" {
		t.Error(q.Title)
	}
	out, err := q.JSON("active")
	if err != nil {
		t.Fatal(err)
	}
	var a, b map[string]any
	for data, v := range map[string]*map[string]any{string(data): &a, string(out): &b} {
		d := json.NewDecoder(strings.NewReader(data))
		d.UseNumber()
		if err := d.Decode(v); err != nil {
			t.Fatal(err)
		}
	}
	a["status"] = "active"
	if !reflect.DeepEqual(a, b) || !strings.Contains(string(out), "1.50") {
		t.Errorf("%s\n%s", data, out)
	}
}

const tree = `{"linkId":"alone","type":"boolean","required":true},
	{"linkId":"g","type":"group","enableWhen":[{"question":"alone","operator":"=","answerBoolean":true}],"item":[
		{"linkId":"often","type":"choice","required":true,"answerOption":[{"valueCoding":{"system":"s","code":"no"}},{"valueCoding":{"system":"s","code":"yes"},"extension":[{"url":"` + extWeight + `","valueDecimal":2}]}],
			"item":[{"linkId":"why","type":"text","maxLength":5}]},
		{"linkId":"age","type":"integer","extension":[{"url":"` + extMin + `","valueInteger":18},{"url":"` + extMax + `","valueInteger":120}]}]},
	{"linkId":"old","type":"display","text":"Oud","enableWhen":[{"question":"age","operator":">=","answerInteger":75}]},
	{"linkId":"days","type":"choice","repeats":true,"answerOption":[{"valueString":"ma"},{"valueString":"di"}]},
	{"linkId":"score","type":"integer","readOnly":true,"extension":[{"url":"` + extHidden + `","valueBoolean":true},{"url":"` + extCalculated + `","valueExpression":{"language":"text/fhirpath","expression":"COUNT"}}]},
	{"linkId":"many","type":"boolean","extension":[{"url":"` + extEnable + `","valueExpression":{"language":"text/fhirpath","expression":"MANY"}}]}`

// counting stands for FHIRPath: COUNT counts answers, MANY tells whether the score is over one.
func counting(_ context.Context, expression string, resource Object, _ map[string]any) ([]any, error) {
	n, score := 0, 0.0
	var walk func(o Object)
	walk = func(o Object) {
		items, _ := o["item"].([]any)
		for _, i := range items {
			i := i.(Object)
			if i["linkId"] == "score" {
				f, _ := i["answer"].([]any)[0].(Object)["valueInteger"].(json.Number).Float64()
				score = f
				continue
			}
			walk(i)
			if i["linkId"] == "many" {
				continue
			}
			answers, _ := i["answer"].([]any)
			n += len(answers)
			for _, a := range answers {
				walk(a.(Object))
			}
		}
	}
	walk(resource)
	switch expression {
	case "COUNT":
		return []any{n}, nil
	case "MANY":
		return []any{score > 1}, nil
	}
	return nil, errors.New("unknown")
}

func TestWhatIsAskedFollowsTheAnswers(t *testing.T) {
	q := must(t, questionnaire(tree))
	yes, no := Value{Kind: Boolean, Text: "true"}, Value{Kind: Boolean, Text: "false"}
	of := func(a Answers) string {
		f, err := q.Fill(t.Context(), a, counting, true)
		if err != nil || f.Wrong != nil {
			t.Fatal(err, f.Wrong)
		}
		var asked []string
		for _, i := range q.All {
			if f.Enabled[i.Index] {
				asked = append(asked, i.LinkID)
			}
		}
		s := strings.Join(asked, " ")
		if v := f.Answers["score"]; len(v) == 1 {
			s += " =" + v[0].Text
		}
		return s
	}
	often := Value{Kind: Coded, Text: "yes", System: "s"}
	age := Value{Kind: Integer, Text: "80"}
	for _, c := range []struct {
		a    Answers
		want string
	}{
		{nil, "alone days score =0"},
		{Answers{"alone": {no}, "often": {often}, "age": {age}}, "alone days score =1"},
		{Answers{"alone": {yes}}, "alone g often age days score =1"},
		{Answers{"alone": {yes}, "often": {often}, "age": {age}}, "alone g often why age old days score many =3"},
		{Answers{"alone": {no}, "days": {{Kind: String, Text: "ma"}, {Kind: String, Text: "di"}}}, "alone days score many =3"},
	} {
		if got := of(c.a); got != c.want {
			t.Errorf("%v: %q, want %q", c.a, got, c.want)
		}
	}
	f, _ := q.Fill(t.Context(), Answers{"alone": {yes}, "often": {often}, "age": {{Kind: Integer, Text: "7"}}, "why": {{Kind: String, Text: "zomaar wat"}},
		"days": {{Kind: String, Text: "wo"}}}, counting, true)
	var faults []string
	for _, x := range f.Check() {
		faults = append(faults, x.Item.LinkID+":"+x.Code)
	}
	if got := strings.Join(faults, " "); got != "why:long age:least days:option" {
		t.Error(got)
	}
}

func TestAResponseComesBackAsItWas(t *testing.T) {
	q := must(t, questionnaire(tree))
	a := Answers{"alone": {{Kind: Boolean, Text: "true"}}, "often": {{Kind: Coded, Text: "yes", System: "s"}}, "why": {{Kind: String, Text: "zo"}}, "age": {{Kind: Integer, Text: "81"}},
		"days": {{Kind: String, Text: "ma"}, {Kind: String, Text: "di"}}}
	f, err := q.Fill(t.Context(), a, counting, true)
	if err != nil {
		t.Fatal(err)
	}
	data, err := f.Write(Response{Status: "completed", ID: "r1", Tags: []Coding{{"urn:c", "paper", ""}}})
	if err != nil {
		t.Fatal(err)
	}
	if name, err := Named(data); err != nil || name != "urn:test:q|1" {
		t.Error(name, err)
	}
	r, notes, err := q.ReadResponse(data)
	if err != nil || len(notes) > 0 {
		t.Fatal(err, notes)
	}
	if !reflect.DeepEqual(r.Answers, f.Answers) || r.ID != "r1" || len(r.Tags) != 1 {
		t.Errorf("%s\n%v\n%v", data, r.Answers, f.Answers)
	}
	for _, c := range []struct{ items, code string }{
		{`{"linkId":"nope"}`, "noitem"},
		{`{"linkId":"alone","answer":[{"valueString":"ja"}]}`, "answerkind"},
		{`{"linkId":"g","item":[{"linkId":"often","answer":[{"valueCoding":{"system":"s","code":"perhaps"}}]}]}`, "option"},
		{`{"linkId":"alone"},{"linkId":"alone"}`, "linkid"},
	} {
		_, _, err := q.ReadResponse([]byte(`{"resourceType":"QuestionnaireResponse","questionnaire":"urn:test:q|1","status":"completed","item":[` + c.items + `]}`))
		w, ok := errors.AsType[*Wrong](err)
		if !ok || w.Report.Errors[0].Code != c.code {
			t.Errorf("%s: %v", c.items, err)
		}
	}
}

func TestAPlanHoldsByItsConditions(t *testing.T) {
	condition := func(x string) string {
		return `"condition":[{"kind":"applicability","expression":{"language":"text/fhirpath","expression":"` + x + `"}}]`
	}
	p, err := ReadPlan([]byte(`{"resourceType":"PlanDefinition","url":"urn:test:p","status":"draft","relatedArtifact":[{"type":"depends-on","resource":"urn:test:q|1"}],"action":[
		{"title":"A",`+condition("YES")+`},
		{"title":"B",`+condition("YES")+`,"action":[{"title":"C","textEquivalent":"omdat","code":[{"coding":[{"system":"urn:k","code":"c"}]}],`+condition("SCORE")+`},{"title":"D",`+condition("NO")+`}]},
		{"title":"E",`+condition("NO")+`,"action":[{"title":"F",`+condition("YES")+`}]},
		{"title":"G",`+condition("BROKEN")+`}]}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !p.Belongs("urn:test:q") || p.Belongs("urn:test") {
		t.Error(p.On)
	}
	q := must(t, questionnaire(tree))
	f, err := q.Fill(t.Context(), Answers{"alone": {{Kind: Boolean, Text: "true"}}}, counting, true)
	if err != nil {
		t.Fatal(err)
	}
	held, wrong, err := p.Holding(t.Context(), &f, func(_ context.Context, x string, _ Object, vars map[string]any) ([]any, error) {
		switch x {
		case "SCORE":
			return []any{fmt.Sprint(vars["score"]) == "[1]"}, nil
		case "BROKEN":
			return nil, errors.New("broken")
		}
		return []any{x == "YES"}, nil
	})
	var titles []string
	for _, a := range held {
		titles = append(titles, a.Title.Own)
	}
	if err != nil || strings.Join(titles, "") != "AC" || len(wrong) != 1 {
		t.Error(titles, wrong, err)
	}
	if _, err := ReadPlan([]byte(`{"resourceType":"PlanDefinition","url":"u","status":"draft"}`), nil); err == nil {
		t.Error("a plan without actions")
	}
}

func TestAContainedSetGivesOptions(t *testing.T) {
	q := must(t, questionnaire(`{"linkId":"a","type":"choice","answerValueSet":"#list"},{"linkId":"b","type":"choice","answerValueSet":"#all"}`,
		`,"contained":[{"resourceType":"CodeSystem","id":"cs","url":"urn:cs","concept":[{"code":"1","display":"Een","concept":[{"code":"2","display":"Twee","extension":[{"url":"`+extOrdinal+`","valueDecimal":2}]}]}]},
		{"resourceType":"ValueSet","id":"list","compose":{"include":[{"system":"urn:x","concept":[{"code":"x","display":"Iks","designation":[{"language":"en","value":"Ex"}]}]}]}},
		{"resourceType":"ValueSet","id":"all","compose":{"include":[{"system":"urn:cs"}]}}]`))
	a, b := q.Item("a").Options, q.Item("b").Options
	if len(a) != 1 || a[0].Label.For("en") != "Ex" || a[0].Value.System != "urn:x" || len(b) != 2 || *b[1].Weight != 2 {
		t.Errorf("%+v %+v", a, b)
	}
}

// corpus begins a fuzz target with what the tests know, and with files if there are.
func corpus(f *testing.F) {
	f.Add(questionnaire(tree))
	f.Add([]byte(`{"resourceType":"QuestionnaireResponse","questionnaire":"urn:test:q|1","status":"completed","item":[{"linkId":"alone","answer":[{"valueBoolean":true}]}]}`))
	f.Add([]byte(`{"resourceType":"PlanDefinition","url":"u","status":"draft","action":[{"title":"a"}]}`))
	f.Add([]byte(`{"resourceType":"Questionnaire","item":[{"extension":{},"item":null}]}`))
}

func FuzzRead(f *testing.F) {
	corpus(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		q, err := Read(data, nil)
		if err != nil {
			if _, ok := errors.AsType[*Wrong](err); !ok {
				t.Fatal(err)
			}
			return
		}
		out, err := q.JSON("active")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Read(out, nil); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		filled, err := q.Fill(t.Context(), Answers{}, counting, true)
		if err != nil {
			t.Fatal(err)
		}
		filled.Check()
		if data, err = filled.Write(Response{Status: "completed"}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := q.ReadResponse(data); err != nil {
			t.Fatalf("%v: %s", err, data)
		}
	})
}

func FuzzReadResponse(f *testing.F) {
	corpus(f)
	q, err := Read(questionnaire(tree), nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, _, err := q.ReadResponse(data)
		if err != nil {
			return
		}
		filled, err := q.Fill(t.Context(), r.Answers, counting, true)
		if err != nil {
			t.Fatal(err)
		}
		out, err := filled.Write(Response{Status: r.Status})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := q.ReadResponse(out); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	})
}

func FuzzReadPlan(f *testing.F) {
	corpus(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := ReadPlan(data, nil); err == nil {
			if _, err := p.JSON("active"); err != nil {
				t.Fatal(err)
			}
		}
	})
}
