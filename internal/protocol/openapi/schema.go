package openapi

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/web"
)

// schemas writes Go types as JSON Schema, as encoding/json would write their
// values. A struct with a name becomes a component of that name.
type schemas struct {
	ctx   context.Context
	all   object
	types map[string]reflect.Type
}

func newSchemas(ctx context.Context) *schemas {
	return &schemas{ctx: ctx, all: object{}, types: map[string]reflect.Type{}}
}

// of gives the schema of the type of v. What is sent to us may have no other
// fields; what we answer may get more in a later version.
func (s *schemas) of(v any, closed bool) (object, error) {
	t := reflect.TypeOf(v)
	schema, err := s.schema(t)
	if err != nil {
		return nil, err
	}
	if closed && t.Kind() == reflect.Struct {
		s.all[nameOf(t)].(object)["additionalProperties"] = false
	}
	return schema, nil
}

var moment = reflect.TypeFor[time.Time]()

func (s *schemas) schema(t reflect.Type) (object, error) {
	if t == moment {
		return object{"type": "string", "format": "date-time"}, nil
	}
	switch t.Kind() {
	case reflect.String:
		return object{"type": "string"}, nil
	case reflect.Bool:
		return object{"type": "boolean"}, nil
	case reflect.Int, reflect.Int64:
		return object{"type": "integer"}, nil
	case reflect.Float64:
		return object{"type": "number"}, nil
	case reflect.Interface:
		return object{}, nil
	case reflect.Pointer:
		return s.schema(t.Elem())
	case reflect.Slice:
		items, err := s.schema(t.Elem())
		return object{"type": "array", "items": items}, err
	case reflect.Map:
		values, err := s.schema(t.Elem())
		if t.Key().Kind() != reflect.String {
			err = fmt.Errorf("%v has keys that are no text", t)
		}
		return object{"type": "object", "additionalProperties": values}, err
	case reflect.Struct:
		return s.component(t)
	}
	return nil, fmt.Errorf("%v has no schema", t)
}

// nameOf is the name of the component: apiQuestion is Question.
func nameOf(t reflect.Type) string {
	name := strings.TrimPrefix(t.Name(), "api")
	if name == "" {
		return ""
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

func (s *schemas) component(t reflect.Type) (object, error) {
	name := nameOf(t)
	if name == "" || strings.ContainsAny(name, "[]") {
		return nil, fmt.Errorf("%v has no name to be known by", t)
	}
	if known, ok := s.types[name]; ok {
		if known != t {
			return nil, fmt.Errorf("%v and %v are both called %s", known, t, name)
		}
		return ref("schemas", name), nil
	}
	s.types[name] = t
	props, required := object{}, []string{}
	if err := s.fields(t, props, &required); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if d, ok := reflect.Zero(t).Interface().(web.Described); ok {
		for _, f := range d.Describe() {
			old, ok := props[f.Name].(object)
			if !ok {
				return nil, fmt.Errorf("%s has no field %q to describe", name, f.Name)
			}
			narrowed := narrow(old, f)
			if f.Key != "" {
				narrowed["description"] = i18n.T(s.ctx, f.Key)
			}
			props[f.Name] = narrowed
		}
	}
	s.all[name] = object{"type": "object", "properties": props, "required": required}
	return ref("schemas", name), nil
}

// fields adds the fields of a struct; those of one inside it without a name of
// its own stand beside them, as in JSON.
func (s *schemas) fields(t reflect.Type, props object, required *[]string) error {
	for f := range t.Fields() {
		tag, option, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && tag == "":
			if err := s.fields(f.Type, props, required); err != nil {
				return err
			}
			continue
		case tag == "-", !f.IsExported():
			continue
		case tag == "":
			return fmt.Errorf("field %s has no name in JSON", f.Name)
		}
		schema, err := s.schema(f.Type)
		if err != nil {
			return fmt.Errorf("field %s: %w", f.Name, err)
		}
		props[tag] = schema
		optional := slices.Contains(strings.Split(option, ","), "omitempty")
		if f.Type.Kind() == reflect.Pointer && !optional {
			return fmt.Errorf("field %s can be null: leave it out when it is empty", f.Name)
		}
		if !optional {
			*required = append(*required, tag)
		}
	}
	return nil
}

// narrow adds what is allowed to a schema; of a list it is about the parts.
func narrow(schema object, f web.Field) object {
	out := maps.Clone(schema)
	if items, ok := out["items"].(object); ok {
		out["items"] = narrow(items, web.Field{Values: f.Values, Least: f.Least, Most: f.Most})
		return out
	}
	least, most := "minLength", "maxLength"
	if out["type"] == "integer" {
		least, most = "minimum", "maximum"
	}
	if f.Least > 0 {
		out[least] = f.Least
	}
	if f.Most > 0 {
		out[most] = f.Most
	}
	if f.Values != nil {
		out["enum"] = f.Values
	}
	return out
}
