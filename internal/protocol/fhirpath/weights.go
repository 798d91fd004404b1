package fhirpath

import "encoding/json"

// extension gives the extensions of a URL.
func extension(c *call) (Collection, error) {
	url, ok, err := c.textArg(0)
	if err != nil || !ok {
		return nil, err
	}
	var out Collection
	for i := range c.in {
		at := len(out)
		out = child(out, &c.in[i], "extension")
		if err := c.e.step(1+len(out)-at, c.n.pos); err != nil {
			return nil, err
		}
		kept := out[:at]
		for _, x := range out[at:] {
			if obj, _ := x.data.(map[string]any); obj != nil && obj["url"] == url {
				kept = append(kept, x)
			}
		}
		out = kept
	}
	return out, nil
}

func hasValue(c *call) (Collection, error) {
	return one(len(c.in) == 1 && plainData(c.in[0])), nil
}

// plainData tells that it is a plain value and not an object.
func plainData(v Value) bool {
	_, object := v.data.(map[string]any)
	return v.data != nil && !object
}

func getValue(c *call) (Collection, error) {
	if len(c.in) != 1 || !plainData(c.in[0]) {
		return nil, nil
	}
	return one(c.in[0].system()), nil
}

// weightURLs are the extensions that hold the weight of an answer.
var weightURLs = map[string]bool{
	"http://hl7.org/fhir/StructureDefinition/itemWeight":                 true,
	"http://hl7.org/fhir/StructureDefinition/ordinalValue":               true,
	"http://hl7.org/fhir/StructureDefinition/questionnaire-ordinalValue": true,
	"http://hl7.org/fhir/StructureDefinition/valueset-ordinalValue":      true,
	"http://hl7.org/fhir/StructureDefinition/codesystem-ordinalValue":    true,
	"http://hl7.org/fhir/StructureDefinition/iso21090-CO-value":          true,
}

// weight gives the weight of each answer: what it carries itself, or else what
// the caller knows of it. An answer with no weight gives nothing.
func weight(c *call) (Collection, error) {
	var out Collection
	for i := range c.in {
		if err := c.e.step(2, c.n.pos); err != nil {
			return nil, err
		}
		v := &c.in[i]
		if obj, ok := v.data.(map[string]any); ok && obj["coding"] != nil {
			for _, coding := range child(nil, v, "coding") {
				out = append(out, c.e.weigh(&coding)...)
			}
			continue
		}
		out = append(out, c.e.weigh(v)...)
	}
	return out, nil
}

func (e *evaluator) weigh(v *Value) Collection {
	beside := v.side
	if obj, ok := v.data.(map[string]any); ok {
		beside = obj
	}
	n, ok := carried(beside)
	if !ok && e.env.Weight != nil && v.data != nil {
		n, ok = e.env.Weight(givenTo(v), v.data)
	}
	if !ok {
		return nil
	}
	d, ok := ParseDecimal(string(n))
	if !ok {
		return nil
	}
	return one(d)
}

// carried finds a weight among the extensions of an object.
func carried(obj map[string]any) (json.Number, bool) {
	list, _ := obj["extension"].([]any)
	for _, x := range list {
		ext, _ := x.(map[string]any)
		url, _ := ext["url"].(string)
		if !weightURLs[url] {
			continue
		}
		for _, key := range []string{"valueDecimal", "valueInteger"} {
			if n, ok := ext[key].(json.Number); ok {
				return n, true
			}
		}
	}
	return "", false
}

// givenTo finds the item that an answer was given to.
func givenTo(v *Value) string {
	for ; v != nil; v = v.up {
		if obj, ok := v.data.(map[string]any); ok {
			if id, ok := obj["linkId"].(string); ok {
				return id
			}
		}
	}
	return ""
}

// answerKey names an answer, so that one of a response and one of a
// questionnaire can be laid side by side.
type answerKey struct{ link, system, code string }

// Weights reads the weights of a Questionnaire: of its answer options, and of
// the value sets and code systems it contains. What it gives serves as
// Env.Weight, for many evaluations at a time.
func Weights(questionnaire map[string]any) func(linkID string, answer any) (json.Number, bool) {
	w := &weights{options: map[answerKey]json.Number{}, sets: map[answerKey]json.Number{}, set: map[string]string{}}
	contained, _ := questionnaire["contained"].([]any)
	for _, x := range contained {
		w.contained(x)
	}
	w.items(questionnaire["item"])
	return w.find
}

type weights struct {
	options map[answerKey]json.Number // by item
	sets    map[answerKey]json.Number // by contained value set, and of code systems with no link
	set     map[string]string         // item to its contained value set
}

func (w *weights) find(linkID string, answer any) (json.Number, bool) {
	system, code := coded(answer)
	if n, ok := w.options[answerKey{linkID, system, code}]; ok {
		return n, true
	}
	if code == "" {
		return "", false
	}
	if n, ok := w.sets[answerKey{w.set[linkID], system, code}]; ok {
		return n, true
	}
	n, ok := w.sets[answerKey{"", system, code}]
	return n, ok
}

// coded gives the system and code of a Coding, or a plain answer as a code with
// its sort for a system.
func coded(answer any) (system, code string) {
	switch d := answer.(type) {
	case map[string]any:
		system, _ = d["system"].(string)
		code, _ = d["code"].(string)
	case string:
		return "text", d
	case json.Number:
		return "number", string(d)
	case bool:
		if d {
			return "bool", "true"
		}
		return "bool", "false"
	}
	return system, code
}

// items walks the items of a questionnaire; decoded JSON has a bounded depth.
func (w *weights) items(list any) {
	items, _ := list.([]any)
	for _, x := range items {
		item, _ := x.(map[string]any)
		link, _ := item["linkId"].(string)
		if ref, _ := item["answerValueSet"].(string); len(ref) > 1 && ref[0] == '#' {
			w.set[link] = ref
		}
		options, _ := item["answerOption"].([]any)
		for _, o := range options {
			w.option(link, o)
		}
		w.items(item["item"])
	}
}

func (w *weights) option(link string, option any) {
	o, _ := option.(map[string]any)
	for key, v := range o {
		if len(key) < 6 || key[:5] != "value" {
			continue
		}
		n, ok := carried(o)
		if obj, is := v.(map[string]any); is && !ok {
			n, ok = carried(obj)
		}
		if side, is := o["_"+key].(map[string]any); is && !ok {
			n, ok = carried(side)
		}
		if ok {
			system, code := coded(v)
			w.options[answerKey{link, system, code}] = n
		}
	}
}

func (w *weights) contained(resource any) {
	r, _ := resource.(map[string]any)
	id, _ := r["id"].(string)
	switch r["resourceType"] {
	case "CodeSystem":
		system, _ := r["url"].(string)
		w.concepts("", system, r["concept"])
	case "ValueSet":
		compose, _ := r["compose"].(map[string]any)
		includes, _ := compose["include"].([]any)
		for _, x := range includes {
			include, _ := x.(map[string]any)
			system, _ := include["system"].(string)
			w.concepts("#"+id, system, include["concept"])
		}
		expansion, _ := r["expansion"].(map[string]any)
		w.concepts("#"+id, "", expansion["contains"])
	}
}

// concepts walks concepts, each with its own system or that of what it is in.
func (w *weights) concepts(set, system string, list any) {
	concepts, _ := list.([]any)
	for _, x := range concepts {
		c, _ := x.(map[string]any)
		own := system
		if s, ok := c["system"].(string); ok {
			own = s
		}
		code, _ := c["code"].(string)
		if n, ok := carried(c); ok && code != "" {
			w.sets[answerKey{set, own, code}] = n
		}
		w.concepts(set, system, c["concept"])
		w.concepts(set, system, c["contains"])
	}
}
