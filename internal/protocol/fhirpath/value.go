package fhirpath

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// Value is one item of a collection: a value of FHIRPath itself (Boolean,
// Integer, Decimal, String, Date, DateTime, Time, Quantity) or an element of a
// resource.
type Value struct {
	data any            // of itself: bool, int64, Decimal, string, Temporal, Quantity; of FHIR: as decoded from JSON
	typ  string         // of FHIR; empty for a value of FHIRPath itself
	side map[string]any // what stands beside a plain value: its id and extensions
	up   *Value         // the element that it was found in
}

// Collection is what an expression gives: values in order, perhaps none.
type Collection []Value

var nothing Collection

func one(data any) Collection { return Collection{{data: data}} }

// of takes decoded JSON, or what a caller gives for a variable.
func of(data any) Collection {
	switch d := data.(type) {
	case nil:
		return nothing
	case Collection:
		return d
	case Value:
		return Collection{d}
	case []any:
		var out Collection
		for _, x := range d {
			out = append(out, of(x)...)
		}
		return out
	case map[string]any:
		return Collection{resource(d, untyped, nil)}
	case json.Number:
		if n, ok := asNumber(string(d), ""); ok {
			return one(n)
		}
		return nothing
	case int:
		return of(int64(d))
	case int64:
		if d < math.MinInt32 || d > math.MaxInt32 {
			return one(Whole(d))
		}
		return one(d)
	case float64:
		return of(json.Number(strconv.FormatFloat(d, 'f', -1, 64)))
	case time.Time:
		return one(moment(d))
	case bool, string, Decimal, Temporal, Quantity:
		return one(d)
	}
	return nothing
}

// resource makes a value of an object; a resource tells its own type.
func resource(d map[string]any, typ string, up *Value) Value {
	if own, ok := d["resourceType"].(string); ok && own != "" {
		typ = own
	}
	return Value{data: d, typ: typ, up: up}
}

// asNumber makes an Integer or a Decimal of a number in JSON. An element whose
// type is not known is an Integer when no point is written.
func asNumber(s, typ string) (any, bool) {
	if typ != "decimal" && !strings.ContainsAny(s, ".eE") {
		if n, err := strconv.ParseInt(s, 10, 32); err == nil {
			return n, true
		}
	}
	d, ok := ParseDecimal(s)
	return d, ok
}

// system gives the value as one of FHIRPath itself: bool, int64, Decimal,
// string, Temporal or Quantity; nil when it is none.
func (v Value) system() any {
	if v.typ == "" {
		return v.data
	}
	switch d := v.data.(type) {
	case bool:
		return d
	case json.Number:
		if n, ok := asNumber(string(d), v.typ); ok {
			return n
		}
	case float64:
		if n, ok := asNumber(strconv.FormatFloat(d, 'f', -1, 64), v.typ); ok {
			return n
		}
	case int:
		return of(d)[0].data
	case string:
		var t Temporal
		ok := false
		switch v.typ {
		case "date":
			t, ok = parseDate(d)
		case "dateTime", "instant":
			t, ok = parseDateTime(d)
		case "time":
			t, ok = parseTime(d)
		}
		if ok {
			return t
		}
		return d
	case map[string]any:
		if isA(v.typ, "Quantity") {
			return asQuantity(d)
		}
	}
	return nil
}

// ucumWords are the codes that are words of the calendar in a FHIR Quantity.
var ucumWords = map[string]string{"a": "year", "mo": "month", "wk": "week", "d": "day", "h": "hour", "min": "minute", "s": "second", "ms": "millisecond"}

func asQuantity(d map[string]any) any {
	if d["comparator"] != nil {
		return nil // less than five is no number to reckon with
	}
	value, ok := Value{data: d["value"], typ: "decimal"}.system().(Decimal)
	if !ok {
		return nil
	}
	system, _ := d["system"].(string)
	code, _ := d["code"].(string)
	unit, _ := d["unit"].(string)
	switch {
	case system == "http://unitsofmeasure.org" && ucumWords[code] != "":
		return Quantity{Value: value, Unit: ucumWords[code], words: true}
	case code != "":
		unit = code
	case unit == "":
		unit = "1"
	}
	return Quantity{Value: value, Unit: unit}
}

// Type names the type: System.Integer, FHIR.Coding; empty when it is not known.
func (v Value) Type() string {
	space, name := v.typeName()
	if name == "" {
		return ""
	}
	return space + "." + name
}

func (v Value) typeName() (space, name string) {
	if v.typ != "" && v.typ != untyped {
		return "FHIR", v.typ
	}
	space = "System"
	s := v.system()
	if v.typ == untyped {
		space = "FHIR"
	}
	switch d := s.(type) {
	case bool:
		name = "Boolean"
	case int64:
		name = "Integer"
	case Decimal:
		name = "Decimal"
	case string:
		name = "String"
	case Quantity:
		name = "Quantity"
	case Temporal:
		name = [...]string{"Date", "DateTime", "Time"}[d.kind]
	}
	if v.typ == untyped {
		name = strings.ToLower(name)
	}
	return space, name
}

// JSON gives the value as decoded JSON: what was in the resource, or the value
// of FHIRPath as FHIR writes it.
func (v Value) JSON() any {
	switch d := v.data.(type) {
	case int64:
		return json.Number(strconv.FormatInt(d, 10))
	case Decimal:
		return d.Number()
	case Temporal:
		return d.String()
	case Quantity:
		out := map[string]any{"value": d.Value.Number(), "unit": d.Unit}
		if !d.words {
			out["system"], out["code"] = "http://unitsofmeasure.org", d.Unit
		}
		return out
	}
	return v.data
}

// text is the value as toString() gives it; false for what has no text.
func (v Value) text() (string, bool) {
	switch d := v.system().(type) {
	case bool:
		return strconv.FormatBool(d), true
	case int64:
		return strconv.FormatInt(d, 10), true
	case Decimal:
		return d.String(), true
	case string:
		return d, true
	case Temporal:
		return d.String(), true
	case Quantity:
		return d.String(), true
	}
	return "", false
}

// Empty tells that there is nothing.
func (c Collection) Empty() bool { return len(c) == 0 }

// Bool is the single truth value; false, false when there is none. A single
// value of another sort counts as true, as the language rules.
func (c Collection) Bool() (value, ok bool) {
	if len(c) != 1 {
		return false, false
	}
	if b, is := c[0].system().(bool); is {
		return b, true
	}
	return true, true
}

// Text is the single value as text.
func (c Collection) Text() (string, bool) {
	if len(c) != 1 {
		return "", false
	}
	return c[0].text()
}

// Decimal is the single number; a quantity gives its number.
func (c Collection) Decimal() (Decimal, bool) {
	if len(c) != 1 {
		return Decimal{}, false
	}
	switch d := c[0].system().(type) {
	case int64:
		return Whole(d), true
	case Decimal:
		return d, true
	case Quantity:
		return d.Value, true
	}
	return Decimal{}, false
}

// Integer is the single whole number.
func (c Collection) Integer() (int64, bool) {
	d, ok := c.Decimal()
	if !ok {
		return 0, false
	}
	return d.Whole()
}

// Quantity is the single quantity.
func (c Collection) Quantity() (Quantity, bool) {
	if len(c) != 1 {
		return Quantity{}, false
	}
	q, ok := c[0].system().(Quantity)
	return q, ok
}

// JSON gives all values as decoded JSON.
func (c Collection) JSON() []any {
	out := make([]any, 0, len(c))
	for _, v := range c {
		out = append(out, v.JSON())
	}
	return out
}
