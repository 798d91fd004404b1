package fhirpath

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The published suite (tests-fhir-r4.xml of HL7) is not kept here. Whoever has
// it puts it in a folder with its resources as JSON and names that folder.
const suiteFolder = "WIJKBAAK_FHIRPATH_SUITE"

// mustPass is the share of the cases that are not refused.
const mustPass = 95.0

type suite struct {
	Groups []struct {
		Name  string      `xml:"name,attr"`
		Cases []suiteCase `xml:"test"`
	} `xml:"group"`
}

type suiteCase struct {
	Name       string `xml:"name,attr"`
	Input      string `xml:"inputfile,attr"`
	Predicate  bool   `xml:"predicate,attr"`
	Expression struct {
		Text    string `xml:",chardata"`
		Invalid string `xml:"invalid,attr"`
	} `xml:"expression"`
	Outputs []struct {
		Type string `xml:"type,attr"`
		Text string `xml:",chardata"`
	} `xml:"output"`
}

func TestSuite(t *testing.T) {
	folder := os.Getenv(suiteFolder)
	if folder == "" {
		t.Skip("set " + suiteFolder + " to the folder with tests-fhir-r4.xml and its resources as JSON")
	}
	raw, err := os.ReadFile(filepath.Join(folder, "tests-fhir-r4.xml"))
	if err != nil {
		t.Fatal(err)
	}
	var suite suite
	if err := xml.Unmarshal(raw, &suite); err != nil {
		t.Fatal(err)
	}
	// Strict is what the suite asks; the pages evaluate without it.
	t.Run("strict", func(t *testing.T) { suite.run(t, folder, true) })
	t.Run("lenient", func(t *testing.T) { suite.run(t, folder, false) })
}

func (suite *suite) run(t *testing.T, folder string, strict bool) {
	resources := map[string]any{}
	passed, failed, turned := 0, 0, 0
	for _, g := range suite.Groups {
		ok, bad, out := 0, 0, 0
		for _, c := range g.Cases {
			name := strings.TrimSuffix(c.Input, filepath.Ext(c.Input)) + ".json"
			if _, read := resources[name]; !read && c.Input != "" {
				resources[name] = readJSON(t, filepath.Join(folder, name))
			}
			switch problem, isRefused := c.run(resources[name], strict); {
			case isRefused:
				out++
			case problem != "":
				bad++
				t.Logf("%s/%s: %s\n    %s", g.Name, c.Name, strings.Join(strings.Fields(c.Expression.Text), " "), problem)
			default:
				ok++
			}
		}
		t.Logf("%-32s passed %3d, failed %2d, refused %2d", g.Name, ok, bad, out)
		passed, failed, turned = passed+ok, failed+bad, turned+out
	}
	share := 100 * float64(passed) / float64(max(1, passed+failed))
	t.Logf("in all: passed %d, failed %d, refused by name %d: %.1f %% of what is not refused", passed, failed, turned, share)
	if share < mustPass || passed < 100 {
		t.Errorf("%.1f %% passed, the bound is %.0f %%", share, mustPass)
	}
}

// run tells what is wrong, or that the function is refused by name.
func (c *suiteCase) run(resource any, strict bool) (problem string, isRefused bool) {
	x, err := Compile(c.Expression.Text)
	if KindOf(err) == Unsupported {
		return "", true
	}
	var got Collection
	if err == nil {
		got, err = x.Eval(context.Background(), resource, Env{Strict: strict})
	}
	if c.Expression.Invalid != "" {
		if err == nil {
			return fmt.Sprintf("gives %v, an error was expected", got.JSON()), false
		}
		return "", false
	}
	if err != nil {
		return err.Error(), false
	}
	if c.Predicate {
		got = one(len(got) > 0)
	}
	if len(got) != len(c.Outputs) {
		return fmt.Sprintf("gives %v, %d values were expected", got.JSON(), len(c.Outputs)), false
	}
	for i, want := range c.Outputs {
		text, _ := got[i].text()
		if !matchesOutput(got[i], text, want.Type, want.Text) {
			return fmt.Sprintf("value %d is %s %q, expected %s %q", i, got[i].Type(), text, want.Type, want.Text), false
		}
	}
	return "", false
}

func matchesOutput(v Value, text, typ, want string) bool {
	if typ != "" && !strings.EqualFold(typ, strings.TrimPrefix(strings.TrimPrefix(v.Type(), "System."), "FHIR.")) {
		return false
	}
	if d, ok := asDecimal(v.system()); ok {
		w, ok := ParseDecimal(want)
		return ok && d.Cmp(w) == 0
	}
	return text == strings.TrimPrefix(strings.TrimPrefix(want, "@"), "T") || text == want
}

func readJSON(t testing.TB, file string) any {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return decodeJSON(t, raw)
}

func decodeJSON(t testing.TB, raw []byte) any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var out any
	if err := d.Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}
