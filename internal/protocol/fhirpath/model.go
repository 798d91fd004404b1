package fhirpath

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

//go:embed model.txt
var modelText string

// fhirType is a type of FHIR R4.
type fhirType struct {
	name     string
	parent   string
	elements map[string]string // with those of the parents; nil when they are not known
	choices  map[string]bool
}

const untyped = "?" // the type of an element that the model does not know

var model = sync.OnceValue(func() map[string]*fhirType {
	out := map[string]*fhirType{}
	for line := range strings.Lines(modelText) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0 || fields[0] == "#":
		case fields[0] == "~":
			for _, name := range fields[1:] {
				out[name] = &fhirType{name: name, parent: "DomainResource"}
			}
		default:
			t := &fhirType{name: fields[0], elements: map[string]string{}, choices: map[string]bool{}}
			rest := fields[1:]
			if len(rest) > 0 && rest[0] != ":" {
				t.parent, rest = rest[0], rest[1:]
				for name, of := range out[t.parent].elements { // a parent stands before its children
					t.elements[name] = of
				}
				for name := range out[t.parent].choices {
					t.choices[name] = true
				}
			}
			for i := 1; i+1 < len(rest); i += 2 {
				if name, choice := strings.CutSuffix(rest[i], "[x]"); choice {
					t.choices[name] = true
				} else {
					t.elements[name] = rest[i+1]
				}
			}
			out[t.name] = t
		}
	}
	return out
})

var systemTypes = map[string]bool{
	"Boolean": true, "Integer": true, "Decimal": true, "String": true, "Date": true, "DateTime": true, "Time": true, "Quantity": true, "Any": true,
}

// isA walks up from a type to a name.
func isA(typ, name string) bool {
	for typ != "" {
		if typ == name {
			return true
		}
		t := model()[typ]
		if t == nil {
			return false
		}
		typ = t.parent
	}
	return false
}

// primitive tells whether a type is written in JSON as a plain value.
func primitive(typ string) bool {
	c := typ[0]
	return c >= 'a' && c <= 'z'
}

// chosen finds the type in the JSON name of a choice element: valueCoding is a
// Coding, valueDateTime a dateTime.
func chosen(key, element string) (string, bool) {
	suffix, ok := strings.CutPrefix(key, element)
	if !ok || suffix == "" || !unicode.IsUpper(rune(suffix[0])) {
		return "", false
	}
	types := model()
	first, size := utf8.DecodeRuneInString(suffix)
	small := string(unicode.ToLower(first)) + suffix[size:]
	if types[small] != nil {
		return small, true
	}
	if types[suffix] != nil {
		return suffix, true
	}
	return "", false
}
