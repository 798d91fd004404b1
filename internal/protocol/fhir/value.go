package fhir

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kind is what sort of value an answer is, in the words of FHIR.
type Kind string

// The kinds.
const (
	Boolean  Kind = "boolean"
	Integer  Kind = "integer"
	Decimal  Kind = "decimal"
	Date     Kind = "date"
	String   Kind = "string"
	Coded    Kind = "Coding"
	Quantity Kind = "Quantity"
)

// Value is one answer. Two values can be compared with ==.
type Value struct {
	Kind    Kind
	Text    string // true, 12, 3.5, 2026-03-02, words; of Coding its code, of Quantity its number
	System  string // of Coding, and of the unit of Quantity
	Display string // of Coding
	Unit    string // of Quantity, as people read it
	Code    string // of the unit of Quantity
}

// Coding is a code in a system.
type Coding struct{ System, Code, Display string }

var (
	numberForm  = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?([eE][+-]?[0-9]{1,2})?$`)
	integerForm = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,8})$`)
	dateForm    = regexp.MustCompile(`^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$`)
)

// IsNumber tells whether a text is a decimal of FHIR within our bounds.
func IsNumber(s string) bool { return numberForm.MatchString(s) }

// IsInteger tells whether a text is an integer of FHIR within our bounds.
func IsInteger(s string) bool { return integerForm.MatchString(s) }

// IsDate tells whether a text is a date of FHIR that exists.
func IsDate(s string) bool {
	if !dateForm.MatchString(s) {
		return false
	}
	_, err := time.Parse("2006-01-02"[:len(s)], s)
	return err == nil
}

// Number is the value as a number; false if it is none.
func (v Value) Number() (float64, bool) {
	if v.Kind != Integer && v.Kind != Decimal && v.Kind != Quantity {
		return 0, false
	}
	f, err := strconv.ParseFloat(v.Text, 64)
	return f, err == nil
}

// Same tells whether two answers say the same: numbers by what they come to, codes
// by code and system, where both name one.
func (v Value) Same(o Value) bool {
	if a, ok := v.Number(); ok {
		b, ok := o.Number()
		return ok && a == b && (v.Unit == o.Unit || v.Code != "" && v.Code == o.Code || o.Unit == "" && o.Code == "")
	}
	return v.Kind == o.Kind && v.Text == o.Text && (v.Kind != Coded || v.System == o.System || v.System == "" || o.System == "")
}

// compare orders two values of one kind; false where they have no order.
func (v Value) compare(o Value) (int, bool) {
	if a, ok := v.Number(); ok {
		b, ok := o.Number()
		switch {
		case !ok:
			return 0, false
		case a < b:
			return -1, true
		case a > b:
			return 1, true
		}
		return 0, true
	}
	if v.Kind == Date && o.Kind == Date || v.Kind == String && o.Kind == String {
		return strings.Compare(v.Text, o.Text), true
	}
	return 0, false
}

// json is the value as it stands in a resource, with the name behind value or answer.
func (v Value) json() (suffix string, out any) {
	switch v.Kind {
	case Boolean:
		return "Boolean", v.Text == "true"
	case Integer:
		return "Integer", json.Number(v.Text)
	case Decimal:
		return "Decimal", json.Number(v.Text)
	case Date:
		return "Date", v.Text
	case Coded:
		o := Object{"code": v.Text}
		put(o, "system", v.System)
		put(o, "display", v.Display)
		return "Coding", o
	case Quantity:
		o := Object{"value": json.Number(v.Text)}
		put(o, "unit", v.Unit)
		put(o, "system", v.System)
		put(o, "code", v.Code)
		return "Quantity", o
	}
	return "String", v.Text
}

func put(o Object, name, value string) {
	if value != "" {
		o[name] = value
	}
}

// value reads prefix[x], such as valueCoding; false if there is none that we know.
func (r *reader) value(o Object, path, prefix string) (Value, bool) {
	var found []string
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if rest, ok := strings.CutPrefix(name, prefix); ok && rest != "" && rest[0] >= 'A' && rest[0] <= 'Z' && name != "answerOption" && name != "answerValueSet" {
			found = append(found, name)
		}
	}
	if len(found) != 1 {
		r.fail(join(path, prefix+"[x]"), "missing")
		return Value{}, false
	}
	name := found[0]
	p := join(path, name)
	switch kind := strings.TrimPrefix(name, prefix); kind {
	case "Boolean":
		if r.yes(o, path, name) {
			return Value{Kind: Boolean, Text: "true"}, true
		}
		return Value{Kind: Boolean, Text: "false"}, true
	case "Integer", "Decimal":
		n, _ := o[name].(json.Number)
		v := Value{Kind: Kind(strings.ToLower(kind)), Text: string(n)}
		if v.Kind == Integer && !IsInteger(v.Text) || v.Kind == Decimal && !IsNumber(v.Text) {
			r.fail(p, "number", "found", cut(o[name]))
			return v, false
		}
		return v, true
	case "Date":
		v := Value{Kind: Date, Text: r.text(o, path, name)}
		if !IsDate(v.Text) {
			r.fail(p, "date", "found", cut(v.Text))
			return v, false
		}
		return v, true
	case "String":
		v := Value{Kind: String, Text: r.text(o, path, name)}
		return v, v.Text != ""
	case "Coding":
		c := r.object(o, path, name)
		v := Value{Kind: Coded, Text: r.needs(c, p, "code"), System: r.text(c, p, "system"), Display: r.text(c, p, "display")}
		return v, v.Text != ""
	case "Quantity":
		q := r.object(o, path, name)
		n, _ := q["value"].(json.Number)
		v := Value{Kind: Quantity, Text: string(n), Unit: r.text(q, p, "unit"), System: r.text(q, p, "system"), Code: r.text(q, p, "code")}
		if !IsNumber(v.Text) {
			r.fail(join(p, "value"), "number", "found", cut(q["value"]))
			return v, false
		}
		return v, true
	default:
		r.fail(p, "type", "type", kind)
	}
	return Value{}, false
}

// cut shows a value in a message, shortened.
func cut(v any) string {
	b, _ := json.Marshal(v)
	s := []rune(strings.Trim(string(b), `"`))
	if len(s) > 60 {
		return string(s[:60]) + "…"
	}
	return string(s)
}
