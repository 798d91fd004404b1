package practice

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// noLoader keeps a schema from reaching for files or other computers.
type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("a schema stands by itself; %s is elsewhere", url)
}

// compile makes a schema of our own ready. Never give it one from outside: a
// schema can be made that takes for ever.
func compile(room string, schema []byte) (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(noLoader{})
	c.DefaultDraft(jsonschema.Draft2020)
	at := "urn:wijkbaak:" + room
	if err := c.AddResource(at, doc); err != nil {
		return nil, err
	}
	return c.Compile(at)
}

// open finds an object in a schema that lets in fields it does not name.
func open(v any, at string) string {
	switch v := v.(type) {
	case map[string]any:
		if isObject(v) && !closed(v) {
			return at
		}
		for _, key := range sorted(v) {
			if key == "properties" || key == "$defs" || key == "patternProperties" {
				m, _ := v[key].(map[string]any)
				for _, name := range sorted(m) {
					if found := open(m[name], at+"/"+key+"/"+name); found != "" {
						return found
					}
				}
				continue
			}
			if key == "enum" || key == "const" || key == "default" || key == "examples" {
				continue
			}
			if found := open(v[key], at+"/"+key); found != "" {
				return found
			}
		}
	case []any:
		for i, e := range v {
			if found := open(e, fmt.Sprintf("%s/%d", at, i)); found != "" {
				return found
			}
		}
	}
	return ""
}

func isObject(v map[string]any) bool {
	if _, names := v["properties"]; names {
		return true
	}
	switch kind := v["type"].(type) {
	case string:
		return kind == "object"
	case []any:
		return slices.Contains(kind, any("object"))
	}
	return false
}

// closed: no other fields, or a map of which is told what its values are.
func closed(v map[string]any) bool {
	for _, key := range []string{"additionalProperties", "unevaluatedProperties"} {
		switch extra := v[key].(type) {
		case bool:
			return !extra
		case map[string]any:
			_, typed := extra["type"]
			_, elsewhere := extra["$ref"]
			return typed || elsewhere
		}
	}
	return false
}

// CheckPart holds a part to the schema of this program, which has to name every
// field there can be.
func CheckPart(room string, schema, data []byte) error {
	at := "parts/" + room + ".json"
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return wrong(BadPart, "schemas/"+room+".json", "%v", err)
	}
	if found := open(doc, "#"); found != "" {
		return wrong(BadPart, "schemas/"+room+".json", "%q lets in any field (additionalProperties is not false)", found)
	}
	s, err := compile(room, schema)
	if err != nil {
		return wrong(BadPart, "schemas/"+room+".json", "%v", err)
	}
	part, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return wrong(BadPart, at, "%v", err)
	}
	if err := s.Validate(part); err != nil {
		if v, ok := errors.AsType[*jsonschema.ValidationError](err); ok {
			for len(v.Causes) > 0 {
				v = v.Causes[0]
			}
			return wrong(BadPart, at+"#/"+strings.Join(v.InstanceLocation, "/"), "%v", v)
		}
		return wrong(BadPart, at, "%v", err)
	}
	return nil
}

// CheckParts holds the parts of a package to the schemas of this program. A part
// of a room that is not here is left alone; nobody adopts it.
func (p *Package) CheckParts(own map[string][]byte) error {
	for _, room := range p.Rooms() {
		if schema, ok := own[room]; ok {
			if err := CheckPart(room, schema, p.Parts[room]); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkParts is what Pack asks: each part has its schema, and fits it.
func (p *Package) checkParts() error {
	for _, room := range p.Rooms() {
		schema, ok := p.Schemas[room]
		if !ok {
			return wrong(BadPart, "schemas/"+room+".json", "it is missing")
		}
		if err := CheckPart(room, schema, p.Parts[room]); err != nil {
			return err
		}
	}
	return nil
}
