package fhir

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

var optionElements = []string{"id", "extension", "modifierExtension", "valueInteger", "valueDate", "valueTime", "valueString", "valueCoding",
	"valueReference", "initialSelected"}

// options reads what can be chosen for an item.
func (r *reader) options(i *Item, o Object, path string, sets map[string][]Option) {
	for k, x := range r.objects(o, path, "answerOption") {
		p := at(join(path, "answerOption"), k)
		r.only(x, p, optionElements)
		v, ok := r.value(x, p, "value")
		if ok && !slices.Contains([]Kind{Integer, Date, String, Coded}, v.Kind) {
			r.fail(p, "answerkind", "found", string(v.Kind), "type", i.Type)
		}
		op := Option{Value: v, Selected: r.yes(x, p, "initialSelected"), Label: Text{Own: v.Text}}
		list := r.extensions(x, p, extOrdinal, extWeight, extAnswerMedia)
		if c, ok := x["valueCoding"].(Object); ok {
			p := join(p, "valueCoding")
			op.Label = r.label(c, p, v)
			list = append(list, r.extensions(c, p, extOrdinal, extWeight)...)
		}
		for _, e := range list {
			if e.url == extAnswerMedia {
				op.Media = r.media(r.object(e.Object, e.path, "valueAttachment"), e.path+".valueAttachment")
			} else {
				op.Weight = r.weight(e)
			}
		}
		i.Options = append(i.Options, op)
		if op.Selected {
			i.Initial = append(i.Initial, v)
		}
	}
	if set := r.text(o, path, "answerValueSet"); set != "" {
		id, contained := strings.CutPrefix(set, "#")
		switch {
		case !contained:
			r.fail(join(path, "answerValueSet"), "outside", "found", cut(set))
		case len(sets[id]) == 0:
			r.fail(join(path, "answerValueSet"), "noset", "found", cut(set))
		}
		i.Options = append(i.Options, sets[id]...)
	}
	if (i.Type == "choice" || i.Type == "open-choice") && len(i.Options) == 0 && o["answerValueSet"] == nil {
		r.fail(path, "nooptions")
	}
}

func (r *reader) label(c Object, path string, v Value) Text {
	t := r.words(c, path, "display")
	if t.Own == "" {
		t.Own = v.Text
	}
	return t
}

func (r *reader) weight(e extension) *float64 {
	n, _ := e.Object["valueDecimal"].(json.Number)
	f, err := strconv.ParseFloat(string(n), 64)
	if err != nil || !IsNumber(string(n)) {
		r.fail(join(e.path, "valueDecimal"), "number", "found", cut(e.Object["valueDecimal"]))
		return nil
	}
	return &f
}

// imageTypes are pictures that browsers show and no script hides in.
var imageTypes = []string{"image/png", "image/jpeg", "image/gif", "image/webp"}

func (r *reader) media(o Object, path string) *Media {
	m := &Media{Alt: r.text(o, path, "title"), Type: r.text(o, path, "contentType")}
	if m.Alt == "" {
		r.fail(join(path, "title"), "alt")
	}
	data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(r.text64(o)), ""))
	if m.Data = data; err != nil || !slices.Contains(imageTypes, m.Type) || http.DetectContentType(data) != m.Type {
		r.fail(path, "image")
	}
	return m
}

// text64 is the data of an attachment, which may be longer than other texts.
func (r *reader) text64(o Object) string {
	s, _ := o["data"].(string)
	return s
}

// valueSets reads the value sets that are contained, by their id: codes named one
// by one, an expansion, or a contained code system as a whole.
func (r *reader) valueSets(tree Object, root string) map[string][]Option {
	sets := map[string][]Option{}
	contained := r.objects(tree, root, "contained")
	systems := map[string][]Option{}
	for k, c := range contained {
		if c["resourceType"] == "CodeSystem" {
			p := at(join(root, "contained"), k)
			url := r.text(c, p, "url")
			systems[url] = r.concepts(c, p, "concept", url)
		}
	}
	for k, c := range contained {
		p := at(join(root, "contained"), k)
		switch c["resourceType"] {
		case "ValueSet":
			sets[r.text(c, p, "id")] = r.valueSet(c, p, systems)
		case "CodeSystem":
		default:
			r.note(p, "unused")
		}
	}
	return sets
}

func (r *reader) valueSet(o Object, path string, systems map[string][]Option) (list []Option) {
	expansion := r.object(o, path, "expansion")
	for k, c := range r.objects(expansion, join(path, "expansion"), "contains") {
		p := at(path+".expansion.contains", k)
		list = append(list, r.concept(c, p, r.text(c, p, "system")))
	}
	if list != nil {
		return list
	}
	compose := r.object(o, path, "compose")
	p := join(path, "compose")
	if compose["exclude"] != nil {
		r.fail(join(p, "exclude"), "unused")
	}
	for k, inc := range r.objects(compose, p, "include") {
		p := at(join(p, "include"), k)
		system := r.text(inc, p, "system")
		if inc["filter"] != nil || inc["valueSet"] != nil {
			r.fail(p, "outside", "found", cut(system))
		}
		if inc["concept"] == nil {
			list = append(list, systems[system]...)
			continue
		}
		list = append(list, r.concepts(inc, p, "concept", system)...)
	}
	return list
}

func (r *reader) concepts(o Object, path, name, system string) (list []Option) {
	for k, c := range r.objects(o, path, name) {
		p := at(join(path, name), k)
		list = append(list, r.concept(c, p, system))
		list = append(list, r.concepts(c, p, "concept", system)...)
	}
	return list
}

func (r *reader) concept(c Object, path, system string) Option {
	op := Option{Value: Value{Kind: Coded, Text: r.needs(c, path, "code"), System: system, Display: r.text(c, path, "display")}}
	op.Label = r.label(c, path, op.Value)
	for k, d := range r.objects(c, path, "designation") {
		p := at(join(path, "designation"), k)
		if lang := strings.ToLower(r.text(d, p, "language")); lang != "" {
			if op.Label.In == nil {
				op.Label.In = map[string]string{}
			}
			op.Label.In[lang] = r.text(d, p, "value")
		}
	}
	for _, e := range r.extensions(c, path, extOrdinal, extWeight) {
		op.Weight = r.weight(e)
	}
	return op
}

// Reader gives the picture to read.
func (m *Media) Reader() *bytes.Reader { return bytes.NewReader(m.Data) }
