package browser

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"wijkbaak.nl/internal/protocol/fhir"
)

// taken is how many examples of SDC are imported.
const taken = 19

// refused are the others, each with the codes of what is wrong;
// docs/surveys.md says it in words.
var refused = map[string]string{
	"anc-quick-check":                                      "alt image",
	"demographics":                                         "outside",
	"extract-complex-defn3":                                "outside",
	"extract-complex-smap":                                 "outside",
	"extract-complex-template":                             "outside",
	"extract-complex-template2":                            "outside",
	"questionnaire-sdc-profile-example-PHQ9-search":        "empty",
	"questionnaire-sdc-profile-example-context-expression": "outside",
	"questionnaire-sdc-profile-example-cqf-PHQ9":           "outside",
	"questionnaire-sdc-profile-example-form-behavior":      "answerkind modifier noset outside type",
	"questionnaire-sdc-profile-example-loinc":              "option",
	"questionnaire-sdc-profile-example-multi-subject":      "type",
	"questionnaire-sdc-profile-example-render":             "outside",
	"questionnaire-sdc-profile-example-ussg-fht":           "answerkind outside type",
	"questionnaire-sdc-test-all-data-types":                "outside type",
	"questionnaire-sdc-test-enableWhen":                    "answerkind option outside type",
	"questionnaire-sdc-test-fhirpath-prepop-source-query":  "outside",
	"questionnaire-sdc-test-initialvalue":                  "answerkind outside",
	"questionnaire-sdc-test-initialvalue-multiple":         "answerkind outside",
	"questionnaire-sdc-test-nested-groups":                 "outside",
	"questionnaire-sdc-test-required-radios":               "outside",
	"sdc-modular-root":                                     "nooptions",
}

// sdcExamples imports the questionnaires of Structured Data Capture: each comes
// back as it went in, or is refused with a sentence.
func sdcExamples(t *testing.T) {
	left := maps.Clone(refused)
	n := 0
	for _, x := range sdcQuestionnaires(t, filepath.Join("node_modules", "hl7.fhir.uv.sdc")) {
		q, err := fhir.Read(x.body, compiles)
		if wrong, ok := errors.AsType[*fhir.Wrong](err); ok {
			var codes []string
			for _, p := range wrong.Report.Errors {
				if s := p.Error(); !strings.Contains(s, ": ") || strings.ContainsAny(s, "{}") {
					t.Errorf("%s: %q is no sentence", x.name, s)
				}
				codes = append(codes, p.Code)
			}
			slices.Sort(codes)
			if got := strings.Join(slices.Compact(codes), " "); got != left[x.name] {
				t.Errorf("%s is refused for %q, want %q: %v", x.name, got, left[x.name], err)
			}
			delete(left, x.name)
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", x.name, err)
			continue
		}
		n++
		b, err := q.JSON(q.Status)
		if err != nil {
			t.Fatal(err)
		}
		if in, out := tree(t, x.body), tree(t, b); !reflect.DeepEqual(in, out) {
			t.Errorf("%s does not come back as it went in", x.name)
		}
	}
	if n != taken || len(left) > 0 {
		t.Errorf("%d examples are taken, want %d; no longer refused: %v", n, taken, slices.Sorted(maps.Keys(left)))
	}
}

// tree reads JSON, numbers as they are written.
func tree(t *testing.T, b []byte) (v any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// example is a questionnaire of somebody else.
type example struct {
	name string
	body []byte
}

// sdcQuestionnaires finds them in the package, in bundles too.
func sdcQuestionnaires(t *testing.T, dir string) (list []example) {
	t.Helper()
	for _, pattern := range []string{"Questionnaire-*.json", "example/Questionnaire-*.json", "example/Bundle-*.json"} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s is not there (npm ci in browser/): %v", pattern, err)
		}
		for _, path := range found {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var one struct {
				ResourceType string
				Entry        []struct{ Resource json.RawMessage }
			}
			if err := json.Unmarshal(b, &one); err != nil {
				t.Fatal(err)
			}
			if one.ResourceType == "Questionnaire" {
				list = append(list, example{strings.TrimPrefix(strings.TrimSuffix(filepath.Base(path), ".json"), "Questionnaire-"), b})
			}
			for _, e := range one.Entry {
				var in struct{ ResourceType, ID string }
				if err := json.Unmarshal(e.Resource, &in); err != nil {
					t.Fatal(err)
				}
				if in.ResourceType == "Questionnaire" {
					list = append(list, example{"Bundle/" + in.ID, e.Resource})
				}
			}
		}
	}
	return list
}
