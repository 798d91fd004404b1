package browser

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wijkbaak.nl/internal/protocol/fhir"
)

// refused are the examples of SDC that are not imported, each with the codes of
// what is wrong; docs/surveys.md tells what stands behind them.
var refused = map[string]string{}

// sdcExamples imports the questionnaires of Structured Data Capture: each comes
// back as it went in, or is refused with a sentence.
func sdcExamples(t *testing.T) {
	const dir = "node_modules/hl7.fhir.uv.sdc"
	got, taken := map[string]string{}, 0
	for _, x := range sdcQuestionnaires(t, dir) {
		q, err := fhir.Read(x.body, compiles)
		if wrong, ok := errors.AsType[*fhir.Wrong](err); ok {
			var codes []string
			for _, p := range wrong.Report.Errors {
				if s := p.Error(); p.Code == "" || !strings.Contains(s, " ") || strings.Contains(s, "{") {
					t.Errorf("%s: %q is no sentence", x.name, s)
				}
				codes = append(codes, p.Code+" "+p.Error())
			}
			slices.Sort(codes)
			got[x.name] = strings.Join(slices.Compact(codes), "\n    ")
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", x.name, err)
			continue
		}
		taken++
		var in, out any
		b, err := q.JSON(q.Status)
		if err == nil {
			err = errors.Join(json.Unmarshal(x.body, &in), json.Unmarshal(b, &out))
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("taken %s, %d notes", x.name, len(q.Notes))
	}
	for _, k := range sortedKeys(got) {
		t.Logf("refused %s:\n    %s", k, got[k])
	}
	t.Logf("%d taken, %d refused", taken, len(got))
}

type example struct {
	name string
	body []byte
}

func sdcQuestionnaires(t *testing.T, dir string) (list []example) {
	t.Helper()
	for _, pattern := range []string{"Questionnaire-*.json", "example/Questionnaire-*.json", "example/Bundle-*.json"} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s is not there (npm ci in browser/): %v", pattern, err)
		}
		for _, path := range found {
			b, err := os.ReadFile(path) //nolint:gosec // a file of the package
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
				list = append(list, example{strings.TrimSuffix(filepath.Base(path), ".json"), b})
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
