package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/protocol/fhir"
	"wijkbaak.nl/internal/protocol/fhirpath"
)

// survey is a questionnaire that the program publishes, as its API gives it.
type survey struct {
	name                string // of the files
	questionnaire, plan []byte
	form                *fhir.Questionnaire
	filled              []filled
}

// filled is one way to fill it in, and what our API makes of it.
type filled struct {
	answers fhir.Answers // of the questions, in no order
	order   []string     // linkId
	sent    []byte
	outcome outcome
}

// outcome is what our API answers.
type outcome struct {
	Response json.RawMessage
	Scores   []struct {
		LinkID string `json:"linkId"`
		Value  float64
	}
	Advice []struct{ Title, Href string }
}

// TestFHIR holds what we export against the work of others: two validators, the
// forms of LHC, the examples of SDC, the schemas of Open Referral. It leaves the
// resources in the folder that WIJKBAAK_FHIR_OUT names.
func TestFHIR(t *testing.T) {
	out := os.Getenv("WIJKBAAK_FHIR_OUT")
	if out == "" {
		t.Skip("WIJKBAAK_FHIR_OUT names no folder; scripts/test fhir does")
	}
	t.Run("Examples", sdcExamples)
	w := apptest.SQLite(t, apptest.Options{})
	list := surveys(t, w)
	for _, s := range list {
		files := map[string][]byte{"questionnaire": s.questionnaire, "plan": s.plan}
		for k, f := range s.filled {
			files["response-"+string(rune('1'+k))] = f.outcome.Response
		}
		for kind, body := range files {
			if err := os.MkdirAll(out, 0o750); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(out, s.name+"."+kind+".json"), body, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Run("Validators", func(t *testing.T) { validators(t, w, list) })
	t.Run("LForms", func(t *testing.T) { inLForms(t, w, list) })
}

// surveys asks the program for its questionnaires, and fills in each in the
// lowest and in the highest way.
func surveys(t *testing.T, w *apptest.World) (list []survey) {
	t.Helper()
	var all struct {
		Surveys []struct{ ID, URL string }
	}
	get(t, w, web.APIPath+"/surveys", &all)
	for _, x := range all.Surveys {
		s := survey{name: x.URL[strings.LastIndex(x.URL, ":")+1:]}
		s.questionnaire = get(t, w, web.APIPath+"/questionnaires/"+x.ID, nil)
		s.plan = get(t, w, web.APIPath+"/plan-definitions/"+x.ID, nil)
		var err error
		if s.form, err = fhir.Read(s.questionnaire, compiles); err != nil {
			t.Fatalf("%s: %v", x.URL, err)
		}
		for _, highest := range []bool{false, true} {
			s.filled = append(s.filled, fillIn(t, w, s.form, highest))
		}
		list = append(list, s)
	}
	if len(list) != 6 {
		t.Fatalf("%d questionnaires are published, want 6", len(list))
	}
	return list
}

func get(t *testing.T, w *apptest.World, path string, into any) []byte {
	t.Helper()
	p := w.Client().Get(path)
	if p.Status != http.StatusOK {
		t.Fatalf("%s: %d %s", path, p.Status, p.Body)
	}
	if into != nil {
		if err := json.Unmarshal([]byte(p.Body), into); err != nil {
			t.Fatal(err)
		}
	}
	return []byte(p.Body)
}

func compiles(expression string) error {
	_, err := fhirpath.Compile(expression)
	return err
}

// fillIn answers each question that is asked, one after the other.
func fillIn(t *testing.T, w *apptest.World, q *fhir.Questionnaire, highest bool) filled {
	t.Helper()
	out := filled{answers: fhir.Answers{}}
	weight := fhirpath.Weights(q.Tree())
	evaluate := func(ctx context.Context, text string, resource fhir.Object, variables map[string]any) ([]any, error) {
		e, err := fhirpath.Compile(text)
		if err != nil {
			return nil, err
		}
		v, err := e.Eval(ctx, resource, fhirpath.Env{Variables: variables, Resource: resource, Context: resource, Weight: weight})
		return v.JSON(), err
	}
	for {
		f, err := q.Fill(t.Context(), out.answers, evaluate, true)
		if err != nil {
			t.Fatal(err)
		}
		k := slices.IndexFunc(q.All, func(i *fhir.Item) bool {
			return i.Asked() && f.Enabled[i.Index] && len(out.answers[i.LinkID]) == 0
		})
		if k >= 0 {
			i := q.All[k]
			out.order = append(out.order, i.LinkID)
			out.answers[i.LinkID] = answerTo(t, i, highest)
			continue
		}
		if out.sent, err = f.Write(fhir.Response{Status: "completed"}); err != nil {
			t.Fatal(err)
		}
		out.outcome = post(t, w, out.sent)
		return out
	}
}

func answerTo(t *testing.T, i *fhir.Item, highest bool) []fhir.Value {
	t.Helper()
	switch {
	case len(i.Options) > 0 && i.Repeats:
		return []fhir.Value{i.Options[0].Value, i.Options[len(i.Options)-1].Value}
	case len(i.Options) > 0 && highest:
		return []fhir.Value{i.Options[len(i.Options)-1].Value}
	case len(i.Options) > 0:
		return []fhir.Value{i.Options[0].Value}
	case i.Type == "boolean" && highest:
		return []fhir.Value{{Kind: fhir.Boolean, Text: "true"}}
	case i.Type == "boolean":
		return []fhir.Value{{Kind: fhir.Boolean, Text: "false"}}
	case i.Type == "integer" && highest && i.Max != nil:
		return []fhir.Value{*i.Max}
	case i.Type == "integer":
		return []fhir.Value{{Kind: fhir.Integer, Text: "40"}}
	case i.Type == "text" || i.Type == "string":
		return []fhir.Value{{Kind: fhir.String, Text: "Eén zin met \"tekens\" & <haken>, en 'n ij."}}
	}
	t.Fatalf("no answer to %s of type %s", i.LinkID, i.Type)
	return nil
}

func post(t *testing.T, w *apptest.World, response []byte) (out outcome) {
	t.Helper()
	p := w.Client().Do(http.MethodPost, web.APIPath+"/questionnaire-responses", "application/fhir+json", string(response))
	if p.Status != http.StatusOK {
		t.Fatalf("%d %s\n%s", p.Status, p.Body, response)
	}
	if err := json.Unmarshal([]byte(p.Body), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// record is something of Open Referral, and the schema it must fit.
type record struct {
	Schema string          `json:"schema"`
	Record json.RawMessage `json:"record"`
}

// asked is what fhir.cjs looks at.
type asked struct {
	Resources []any                      `json:"resources"`
	Schemas   map[string]json.RawMessage `json:"schemas,omitempty"`
	Records   []record                   `json:"records,omitempty"`
}

// verdict is what each validator has against a resource.
type verdict struct{ FHIR, Schema []string }

// caught names the validators that found something.
func (v verdict) caught() string {
	switch {
	case len(v.FHIR) > 0 && len(v.Schema) > 0:
		return both
	case len(v.FHIR) > 0:
		return byFHIR
	case len(v.Schema) > 0:
		return bySchema
	}
	return "nobody"
}

// openReferral asks the program for what has a schema in ../../shared.
func openReferral(t *testing.T, w *apptest.World, into *asked) {
	t.Helper()
	into.Schemas = map[string]json.RawMessage{}
	for name, path := range map[string]string{"service": "services", "organization": "organizations", "service_at_location": "service_at_locations"} {
		b, err := os.ReadFile(filepath.Join("..", "..", "shared", "data", "outside", "hsds", name+".json"))
		if err != nil {
			t.Logf("left out: the schema of %s is not beside the project", name)
			continue
		}
		into.Schemas[name] = b
		var list struct{ Contents []struct{ ID string } }
		get(t, w, "/hsds/"+path+"?per_page=100", &list)
		if len(list.Contents) == 0 {
			t.Errorf("/hsds/%s is empty", path)
		}
		for _, x := range list.Contents {
			into.Records = append(into.Records, record{name, get(t, w, "/hsds/"+path+"/"+x.ID, nil)})
		}
	}
}

func validators(t *testing.T, w *apptest.World, list []survey) {
	t.Parallel() // node works while the browser does
	var in asked
	var names []string
	base := map[string][]byte{}
	add := func(name string, body []byte) {
		in.Resources, names = append(in.Resources, json.RawMessage(body)), append(names, name)
	}
	for _, s := range list {
		add(s.name+" Questionnaire", s.questionnaire)
		add(s.name+" PlanDefinition", s.plan)
		for _, f := range s.filled {
			add(s.name+" QuestionnaireResponse", f.outcome.Response)
		}
		if s.name == mutated {
			base["Questionnaire"], base["PlanDefinition"], base["QuestionnaireResponse"] = s.questionnaire, s.plan, s.filled[1].outcome.Response
		}
	}
	whole := len(in.Resources)
	for _, m := range mutants {
		in.Resources, names = append(in.Resources, m.of(t, base)), append(names, m.kind+": "+m.path)
	}
	openReferral(t, w, &in)
	// What ajv must refuse.
	broken := len(in.Records)
	for name := range in.Schemas {
		in.Records = append(in.Records, record{name, json.RawMessage(`{"id": 3}`)})
	}

	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "fhir.cjs")
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = bytes.NewReader(body), &stderr
	answer, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	var out struct {
		Resources []verdict
		Records   [][]string
	}
	if err := json.Unmarshal(answer, &out); err != nil || len(out.Resources) != len(in.Resources) || len(out.Records) != len(in.Records) {
		t.Fatalf("%v\n%.300s", err, answer)
	}
	for k, v := range out.Resources[:whole] {
		if v.caught() != "nobody" {
			t.Errorf("%s:\n  fhir   %.600q\n  schema %.600q", names[k], v.FHIR, v.Schema)
		}
	}
	for k, v := range out.Resources[whole:] {
		if m := mutants[k]; v.caught() != m.catches {
			t.Errorf("%s = %v is caught by %s, want %s:\n  fhir   %.300q\n  schema %.300q", names[whole+k], m.value, v.caught(), m.catches, v.FHIR, v.Schema)
		}
	}
	for k, v := range out.Records {
		if r := in.Records[k]; (len(v) > 0) != (k >= broken) {
			t.Errorf("ajv on %s %.120s: %.600q", r.Schema, r.Record, v)
		}
	}
	t.Logf("%d resources, %d mutants, %d records of Open Referral", whole, len(mutants), broken)
}

// same tells whether two outcomes score and advise the same.
func (o outcome) same(p outcome) bool {
	return reflect.DeepEqual(o.Scores, p.Scores) && reflect.DeepEqual(o.Advice, p.Advice)
}
