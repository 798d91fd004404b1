package surveys

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// The questionnaires that come with the program are written in demo/*.yaml, which
// people can read and check, and made into FHIR by this test:
//
//	go test ./internal/feature/surveys -run BuiltInFiles -update

var update = flag.Bool("update", false, "write demo/*.json from demo/*.yaml")

// A text is Dutch, and behind a bar English.
type (
	source struct {
		URL     string              `yaml:"url"`
		Name    string              `yaml:"name"`
		Version string              `yaml:"version"`
		Title   string              `yaml:"title"`
		About   string              `yaml:"about"`
		Scales  map[string][]string `yaml:"scales"` // code: text: weight
		Items   []sourceItem        `yaml:"items"`
		Advice  []sourceAdvice      `yaml:"advice"`
	}
	sourceItem struct {
		ID       string       `yaml:"id"`
		Type     string       `yaml:"type"`
		Text     string       `yaml:"text"`
		Help     string       `yaml:"help"`
		Scale    string       `yaml:"scale"`
		Optional bool         `yaml:"optional"`
		Repeats  bool         `yaml:"repeats"`
		Hidden   bool         `yaml:"hidden"`
		Page     bool         `yaml:"page"`
		Area     string       `yaml:"area"`
		Min      *int         `yaml:"min"`
		Max      *int         `yaml:"max"`
		When     string       `yaml:"when"`  // another = code, or another >= 3; joined by " of " (any) or " en " (all)
		Score    string       `yaml:"score"` // expression
		Sum      []string     `yaml:"sum"`   // of the weights of these
		Items    []sourceItem `yaml:"items"`
	}
	sourceAdvice struct {
		When   string   `yaml:"when"`
		Title  string   `yaml:"title"`
		Reason string   `yaml:"reason"`
		Step   string   `yaml:"step"`
		Themes []string `yaml:"themes"`
		Areas  []string `yaml:"areas"`
		Words  []string `yaml:"words"`
		Kinds  []string `yaml:"kinds"`
		Named  []string `yaml:"named"`
		Survey string   `yaml:"survey"`
		Go     string   `yaml:"go"`
		Urgent bool     `yaml:"urgent"`
	}
)

type object = map[string]any

const extensions = "http://hl7.org/fhir/StructureDefinition/"
const sdc = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"

// words puts a text with its translation into an element.
func words(o object, name, text string) {
	nl, en, both := strings.Cut(strings.TrimSpace(text), " | ")
	if nl == "" {
		return
	}
	o[name] = strings.TrimSpace(nl)
	if both {
		o["_"+name] = object{"extension": []object{{"url": extensions + "translation", "extension": []object{
			{"url": "lang", "valueCode": "en"}, {"url": "content", "valueString": strings.TrimSpace(en)}}}}}
	}
}

var answerForm = regexp.MustCompile(`\{([a-z0-9-]+)(#?)\}`)

// fhirPath writes {x} as the answer to x and {x#} as its weight.
func fhirPath(text string) string {
	return answerForm.ReplaceAllStringFunc(text, func(s string) string {
		m := answerForm.FindStringSubmatch(s)
		x := "%resource.repeat(item).where(linkId='" + m[1] + "').answer.value"
		if m[2] != "" {
			x += ".weight()"
		}
		return x
	})
}

func expression(text string) object {
	return object{"language": "text/fhirpath", "expression": fhirPath(text)}
}

func (s *source) system() string { return s.URL + ":answer" }

func (s *source) questionnaire() object {
	o := object{"resourceType": "Questionnaire", "language": "nl", "url": s.URL, "version": s.Version, "name": s.Name, "status": "active", "experimental": true,
		"subjectType": []string{"Patient"}, "publisher": "Wijkbaak", "copyright": "Eigen vragen van Wijkbaak, EUPL-1.2. Geen meetinstrument."}
	words(o, "title", s.Title)
	words(o, "description", s.About)
	o["item"] = s.items(s.Items)
	return o
}

func (s *source) items(list []sourceItem) (out []object) {
	for _, i := range list {
		o := object{"linkId": i.ID, "type": i.Type}
		words(o, "text", i.Text)
		var ext []object
		add := func(url string, rest object) {
			rest["url"] = url
			ext = append(ext, rest)
		}
		control := func(code string) {
			add(extensions+"questionnaire-itemControl", object{"valueCodeableConcept": object{"coding": []object{{"system": "http://hl7.org/fhir/questionnaire-item-control", "code": code}}}})
		}
		if i.Hidden {
			add(extensions+"questionnaire-hidden", object{"valueBoolean": true})
		}
		if i.Page {
			control("page")
		}
		for url, v := range map[string]*int{extensions + "minValue": i.Min, extensions + "maxValue": i.Max} {
			if v != nil {
				add(url, object{"valueInteger": *v})
			}
		}
		if len(i.Sum) > 0 {
			var of []string
			for _, id := range i.Sum {
				of = append(of, "linkId='"+id+"'")
			}
			i.Score = "%resource.repeat(item).where(" + strings.Join(of, " or ") + ").answer.value.weight().sum()"
		}
		if i.Score != "" {
			o["readOnly"] = true
			add(sdc+"sdc-questionnaire-calculatedExpression", object{"valueExpression": expression(i.Score)})
		}
		if i.Area != "" {
			o["code"] = []object{{"system": SystemArea, "code": i.Area}}
		}
		if i.Scale != "" {
			o["answerOption"] = s.options(s.Scales[i.Scale])
		}
		if i.Type != "group" && i.Type != "display" && i.Score == "" && !i.Optional {
			o["required"] = true
		}
		if i.Repeats {
			o["repeats"] = true
		}
		if i.When != "" {
			s.when(o, i.When)
		}
		children := s.items(i.Items)
		if i.Help != "" {
			h := object{"linkId": i.ID + "-help", "type": "display", "extension": []object{{"url": extensions + "questionnaire-itemControl",
				"valueCodeableConcept": object{"coding": []object{{"system": "http://hl7.org/fhir/questionnaire-item-control", "code": "help"}}}}}}
			words(h, "text", i.Help)
			children = append(children, h)
		}
		if len(children) > 0 {
			o["item"] = children
		}
		if len(ext) > 0 {
			sortByURL(ext)
			o["extension"] = ext
		}
		out = append(out, o)
	}
	return out
}

func sortByURL(list []object) {
	for i := range list {
		for j := i; j > 0 && list[j]["url"].(string) < list[j-1]["url"].(string); j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
}

func (s *source) options(list []string) (out []object) {
	for _, line := range list {
		p := strings.SplitN(line, ": ", 3)
		c := object{"system": s.system(), "code": p[0]}
		words(c, "display", p[1])
		o := object{"valueCoding": c}
		if len(p) == 3 {
			o["extension"] = []object{{"url": extensions + "itemWeight", "valueDecimal": json.Number(p[2])}}
		}
		out = append(out, o)
	}
	return out
}

func (s *source) when(o object, text string) {
	joint, behavior := " en ", "all"
	if strings.Contains(text, " of ") {
		joint, behavior = " of ", "any"
	}
	var list []object
	for part := range strings.SplitSeq(text, joint) {
		f := strings.Fields(part)
		e := object{"question": f[0], "operator": f[1]}
		switch {
		case f[2] == "true" || f[2] == "false":
			e["answerBoolean"] = f[2] == "true"
		case strings.Trim(f[2], "0123456789") == "":
			e["answerInteger"] = json.Number(f[2])
		default:
			e["answerCoding"] = object{"system": s.system(), "code": f[2]}
		}
		list = append(list, e)
	}
	o["enableWhen"] = list
	if len(list) > 1 {
		o["enableBehavior"] = behavior
	}
}

func (s *source) plan() object {
	o := object{"resourceType": "PlanDefinition", "language": "nl", "url": s.URL + ":advice", "version": s.Version, "name": s.Name + "Advies", "status": "active", "experimental": true,
		"publisher": "Wijkbaak", "relatedArtifact": []object{{"type": "depends-on", "resource": s.URL + "|" + s.Version}}}
	words(o, "title", s.Title)
	var list []object
	for _, a := range s.Advice {
		x := object{"condition": []object{{"kind": "applicability", "expression": expression(a.When)}}}
		words(x, "title", a.Title)
		words(x, "textEquivalent", a.Reason)
		words(x, "description", a.Step)
		if a.Urgent {
			x["priority"] = "urgent"
		}
		var codes []object
		for _, kind := range []struct {
			system string
			codes  []string
		}{{SystemTheme, a.Themes}, {SystemArea, a.Areas}, {SystemKind, a.Kinds}, {SystemWord, a.Words}, {SystemNamed, a.Named}} {
			for _, c := range kind.codes {
				codes = append(codes, object{"coding": []object{{"system": kind.system, "code": c}}})
			}
		}
		if codes != nil {
			x["code"] = codes
		}
		if a.Survey != "" {
			x["definitionCanonical"] = a.Survey
		}
		if a.Go != "" {
			x["definitionUri"] = a.Go
		}
		list = append(list, x)
	}
	o["action"] = list
	return o
}

func TestBuiltInFilesAreMadeOfTheirSource(t *testing.T) {
	sources, err := filepath.Glob("demo/*.yaml")
	if err != nil || len(sources) != 6 {
		t.Fatal(len(sources), err)
	}
	for _, file := range sources {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var s source
		if err := yaml.UnmarshalWithOptions(data, &s, yaml.Strict()); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for kind, o := range map[string]object{"questionnaire": s.questionnaire(), "plan": s.plan()} {
			var b bytes.Buffer
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(false)
			e.SetIndent("", " ")
			if err := e.Encode(o); err != nil {
				t.Fatal(err)
			}
			at := fmt.Sprintf("%s.%s.json", strings.TrimSuffix(file, ".yaml"), kind)
			if *update {
				if err := os.WriteFile(at, b.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
				if err := os.Chmod(at, 0o644); err != nil { //nolint:gosec // a source of the tree
					t.Fatal(err)
				}
			}
			if have, err := os.ReadFile(at); err != nil || !bytes.Equal(have, b.Bytes()) {
				t.Errorf("%s is not what its source says; run with -update (%v)", at, err)
			}
		}
	}
}
