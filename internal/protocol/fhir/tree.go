package fhir

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The bounds of a resource.
const (
	SizeMost  = 2 << 20 // bytes
	DepthMost = 60      // of nested JSON
	ItemsMost = 2000    // items of a questionnaire
	textMost  = 20_000  // characters of one text
)

// Object is a JSON object; numbers in it are json.Number, as they were written.
type Object = map[string]any

// parse reads JSON of a resource within the bounds.
func parse(data []byte, report *Report) Object {
	if len(data) > SizeMost {
		report.fail("", "size", "most", SizeMost)
		return nil
	}
	if !utf8.Valid(data) {
		report.fail("", "json", "reason", "it is not UTF-8")
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	v, problem := read(d, "", 0)
	if problem == nil {
		if _, err := d.Token(); !errors.Is(err, io.EOF) {
			problem = &Problem{Code: "json", Args: []any{"reason", "there is more behind the value"}}
		}
	}
	if problem != nil {
		report.fail(problem.Path, problem.Code, problem.Args...)
		return nil
	}
	o, ok := v.(Object)
	if !ok {
		report.fail("", "kind", "want", "an object")
	}
	return o
}

func broken(path string, err error) *Problem {
	return &Problem{path, "json", []any{"reason", err.Error()}}
}

// read reads one value; a name that stands twice is refused, since readers differ
// on which of the two counts.
func read(d *json.Decoder, path string, depth int) (any, *Problem) {
	if depth > DepthMost {
		return nil, &Problem{path, "depth", []any{"most", DepthMost}}
	}
	t, err := d.Token()
	if err != nil {
		return nil, broken(path, err)
	}
	switch t {
	case json.Delim('{'):
		o := Object{}
		for d.More() {
			k, err := d.Token()
			if err != nil {
				return nil, broken(path, err)
			}
			name := k.(string) // a decoder gives nothing else here
			if _, twice := o[name]; twice {
				return nil, &Problem{path, "twice", []any{"name", name}}
			}
			v, problem := read(d, join(path, name), depth+1)
			if problem != nil {
				return nil, problem
			}
			o[name] = v
		}
		_, err = d.Token()
		if err != nil {
			return nil, broken(path, err)
		}
		return o, nil
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, problem := read(d, path+"["+strconv.Itoa(len(list))+"]", depth+1)
			if problem != nil {
				return nil, problem
			}
			list = append(list, v)
		}
		if _, err = d.Token(); err != nil {
			return nil, broken(path, err)
		}
		return list, nil
	}
	if s, ok := t.(string); ok && strings.ContainsRune(s, 0) {
		return nil, &Problem{path, "nul", nil}
	}
	return t, nil
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// encode writes a resource with its type first.
func encode(o Object) ([]byte, error) {
	kind, err := json.Marshal(o["resourceType"])
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"resourceType":%s`, kind)
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if name == "resourceType" {
			continue
		}
		var part bytes.Buffer
		e := json.NewEncoder(&part)
		e.SetEscapeHTML(false)
		if err := e.Encode(o[name]); err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, `,%q:%s`, name, bytes.TrimSpace(part.Bytes()))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// reader takes known elements out of a tree and notes what is wrong with them.
type reader struct {
	Report
	items int
	check func(expression string) error
}

func (r *reader) text(o Object, path, name string) string {
	v, there := o[name]
	if !there {
		return ""
	}
	s, ok := v.(string)
	switch {
	case !ok:
		r.fail(join(path, name), "kind", "want", "a text")
		return ""
	case strings.TrimSpace(s) == "":
		r.fail(join(path, name), "kind", "want", "a text that is not empty")
	case utf8.RuneCountInString(s) > textMost:
		r.fail(join(path, name), "long", "most", textMost)
	}
	return s
}

func (r *reader) needs(o Object, path, name string) string {
	if _, there := o[name]; !there {
		r.fail(join(path, name), "missing")
	}
	return r.text(o, path, name)
}

func (r *reader) yes(o Object, path, name string) bool {
	v, there := o[name]
	b, ok := v.(bool)
	if there && !ok {
		r.fail(join(path, name), "kind", "want", "true or false")
	}
	return b
}

func (r *reader) whole(o Object, path, name string) int {
	v, there := o[name]
	if !there {
		return 0
	}
	n, _ := v.(json.Number)
	i, err := strconv.Atoi(string(n))
	if err != nil || i < 0 {
		r.fail(join(path, name), "kind", "want", "a whole number")
	}
	return i
}

func (r *reader) object(o Object, path, name string) Object {
	v, there := o[name]
	if !there {
		return nil
	}
	x, ok := v.(Object)
	if !ok {
		r.fail(join(path, name), "kind", "want", "an object")
	}
	return x
}

// objects gives a list of objects; what is no object is nil, and reported.
func (r *reader) objects(o Object, path, name string) []Object {
	v, there := o[name]
	if !there {
		return nil
	}
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		r.fail(join(path, name), "kind", "want", "a list that is not empty")
		return nil
	}
	out := make([]Object, 0, len(list))
	for i, v := range list {
		x, ok := v.(Object)
		if !ok {
			r.fail(at(join(path, name), i), "kind", "want", "an object")
			x = Object{}
		}
		out = append(out, x)
	}
	return out
}

func at(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// extensions gives the extensions of an element, and reports those that are not
// among the known ones.
func (r *reader) extensions(o Object, path string, known ...string) []extension {
	if _, there := o["modifierExtension"]; there {
		r.fail(join(path, "modifierExtension"), "modifier")
	}
	var out []extension
	for i, x := range r.objects(o, path, "extension") {
		p := at(join(path, "extension"), i)
		e := extension{r.needs(x, p, "url"), p, x}
		if slices.Contains(known, e.url) {
			out = append(out, e)
		} else if e.url != "" {
			r.note(p, "extension", "url", e.url)
		}
	}
	return out
}

type extension struct {
	url, path string
	Object
}

// only notes the elements that are not among those of FHIR R4.
func (r *reader) only(o Object, path string, names []string) {
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if !slices.Contains(names, strings.TrimPrefix(name, "_")) {
			r.note(join(path, name), "unknown")
		}
	}
}

// Text is a text with its translations by language.
type Text struct {
	Own string
	In  map[string]string
}

// For gives the text in a language, or as it was written.
func (t Text) For(lang string) string {
	if s := t.In[lang]; s != "" {
		return s
	}
	return t.Own
}

const extTranslation = "http://hl7.org/fhir/StructureDefinition/translation"

// words reads a text and the translations beside it (_text).
func (r *reader) words(o Object, path, name string) Text {
	t := Text{Own: r.text(o, path, name)}
	beside := r.object(o, path, "_"+name)
	for _, e := range r.extensions(beside, join(path, "_"+name), extTranslation, extXHTML) {
		if e.url != extTranslation {
			continue
		}
		lang, content := "", ""
		for i, part := range r.objects(e.Object, e.path, "extension") {
			p := at(join(e.path, "extension"), i)
			switch r.text(part, p, "url") {
			case "lang":
				lang = r.text(part, p, "valueCode")
			case "content":
				_, markdown := part["valueMarkdown"]
				if content = r.text(part, p, "valueString"); markdown {
					content = r.text(part, p, "valueMarkdown")
				}
			}
		}
		if lang == "" || content == "" {
			r.fail(e.path, "missing")
			continue
		}
		if t.In == nil {
			t.In = map[string]string{}
		}
		t.In[strings.ToLower(lang)] = content
	}
	return t
}
