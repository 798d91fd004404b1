package fhirpath

import (
	"encoding/json"
	"strings"
	"unicode"
)

// answer is that of an equality: it may not be known.
type answer int

const (
	no answer = iota
	yes
	maybe
)

func sure(b bool) answer {
	if b {
		return yes
	}
	return no
}

// equal compares two collections in order; nothing is known of nothing.
func (e *evaluator) equal(a, b Collection, pos int) (answer, error) {
	if len(a) == 0 || len(b) == 0 {
		return maybe, nil
	}
	if len(a) != len(b) {
		return no, nil
	}
	out := yes
	for i := range a {
		t, err := e.same(a[i], b[i], pos)
		if err != nil || t == no {
			return no, err
		}
		if t == maybe {
			out = maybe
		}
	}
	return out, nil
}

// same compares two values.
func (e *evaluator) same(v, w Value, pos int) (answer, error) {
	if err := e.step(1, pos); err != nil {
		return no, err
	}
	a, b := pair(v, w)
	if a == nil && b == nil {
		x, y := v.data, w.data
		if x == nil && y == nil { // elements with no value: by what stands beside
			x, y = v.side, w.side
		}
		ok, err := e.deep(x, y, pos)
		return sure(ok), err
	}
	if x, y, ok := decimals(a, b); ok {
		return sure(x.Cmp(y) == 0), nil
	}
	switch x := a.(type) {
	case bool:
		y, ok := b.(bool)
		return sure(ok && x == y), nil
	case string:
		y, ok := b.(string)
		return sure(ok && x == y), nil
	case Temporal:
		y, ok := b.(Temporal)
		if !ok || (x.kind == kindTime) != (y.kind == kindTime) {
			return no, nil
		}
		c, known := x.compare(y)
		if !known {
			return maybe, nil
		}
		return sure(c == 0), nil
	case Quantity:
		y, ok := b.(Quantity)
		if !ok {
			return no, nil
		}
		p, q, how := x.together(y)
		if how == unknown {
			return maybe, nil
		}
		return sure(how == alike && p.Cmp(q) == 0), nil
	}
	return no, nil
}

// deep compares decoded JSON; numbers by their value.
func (e *evaluator) deep(a, b any, pos int) (bool, error) {
	if err := e.step(1, pos); err != nil {
		return false, err
	}
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false, nil
		}
		for key, p := range x {
			q, has := y[key]
			if !has {
				return false, nil
			}
			if ok, err := e.deep(p, q, pos); !ok || err != nil {
				return false, err
			}
		}
		return true, nil
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false, nil
		}
		for i := range x {
			if ok, err := e.deep(x[i], y[i], pos); !ok || err != nil {
				return false, err
			}
		}
		return true, nil
	case json.Number, float64:
		p, okP := Value{data: a, typ: "decimal"}.system().(Decimal)
		q, okQ := Value{data: b, typ: "decimal"}.system().(Decimal)
		return okP && okQ && p.Cmp(q) == 0, nil
	case string:
		y, ok := b.(string)
		return ok && x == y, nil
	case bool:
		y, ok := b.(bool)
		return ok && x == y, nil
	case int:
		y, ok := b.(int)
		return ok && x == y, nil
	case nil:
		return b == nil, nil
	}
	return false, nil
}

// equivalent compares in any order, texts without case and spaces, numbers at
// the precision of the rougher one; it is always known.
func (e *evaluator) equivalent(a, b Collection, pos int) (bool, error) {
	if len(a) != len(b) {
		return false, nil
	}
	used := make([]bool, len(b))
next:
	for i := range a {
		for j := range b {
			if used[j] {
				continue
			}
			ok, err := e.like(a[i], b[j], pos)
			if err != nil {
				return false, err
			}
			if ok {
				used[j] = true
				continue next
			}
		}
		return false, nil
	}
	return true, nil
}

func (e *evaluator) like(v, w Value, pos int) (bool, error) {
	if err := e.step(1, pos); err != nil {
		return false, err
	}
	a, b := pair(v, w)
	if x, y, ok := decimals(a, b); ok {
		return similarDecimals(x, y), nil
	}
	switch x := a.(type) {
	case string:
		y, ok := b.(string)
		if err := e.step((len(x)+len(y))/100, pos); err != nil {
			return false, err
		}
		return ok && fold(x) == fold(y), nil
	case Temporal:
		y, ok := b.(Temporal)
		if !ok || (x.kind == kindTime) != (y.kind == kindTime) {
			return false, nil
		}
		c, known := x.compare(y)
		return known && c == 0, nil
	case Quantity:
		y, ok := b.(Quantity)
		return ok && x.similar(y), nil
	case nil:
		if b == nil {
			return e.likeObjects(v, w, pos)
		}
		return false, nil
	}
	t, err := e.same(v, w, pos)
	return t == yes, err
}

// likeObjects compares elements by their children; ids do not count.
func (e *evaluator) likeObjects(v, w Value, pos int) (bool, error) {
	x, okX := v.data.(map[string]any)
	y, okY := w.data.(map[string]any)
	if !okX || !okY {
		return e.deep(v.side, w.side, pos)
	}
	names := func(m map[string]any) int {
		n := len(m)
		if _, ok := m["id"]; ok {
			n--
		}
		return n
	}
	if names(x) != names(y) {
		return false, nil
	}
	for key := range x {
		if key == "id" || strings.HasPrefix(key, "_") {
			continue
		}
		typ := elementType(v.typ, key)
		a := elements(nil, x[key], x["_"+key], typ, nil)
		b := elements(nil, y[key], y["_"+key], typ, nil)
		if ok, err := e.equivalent(a, b, pos); !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// fold makes a text small and its spaces single.
func fold(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), unicode.IsSpace), " ")
}

// set gathers values that are not equal to one that is there.
type set struct {
	e       *evaluator
	pos     int
	items   Collection
	buckets map[string][]int
}

func (e *evaluator) newSet(pos int) *set {
	return &set{e: e, pos: pos, buckets: map[string][]int{}}
}

// bucket puts together what may be equal.
func bucket(v Value) string {
	switch x := v.system().(type) {
	case string:
		return "s" + x
	case bool:
		return "b"
	case int64:
		return "n" + Whole(x).String()
	case Decimal:
		return "n" + x.trim().String()
	case Temporal:
		return "t"
	case Quantity:
		return "q"
	}
	if obj, ok := v.data.(map[string]any); ok {
		for _, key := range []string{"linkId", "code", "url", "id", "value", "system"} {
			if s, ok := obj[key].(string); ok {
				return "o" + key + s
			}
		}
	}
	return "o"
}

func (s *set) has(v Value) (bool, error) {
	cost := 1
	if text, ok := v.data.(string); ok {
		cost += len(text) / 100
	}
	if err := s.e.step(cost, s.pos); err != nil {
		return false, err
	}
	for _, i := range s.buckets[bucket(v)] {
		t, err := s.e.same(s.items[i], v, s.pos)
		if err != nil || t == yes {
			return err == nil, err
		}
	}
	return false, nil
}

// add tells whether the value was new.
func (s *set) add(v Value) (bool, error) {
	there, err := s.has(v)
	if err != nil || there {
		return false, err
	}
	if len(s.items) >= MaxItems {
		return false, fail(Limit, s.pos, "the result has more than %d values", MaxItems)
	}
	key := bucket(v)
	s.buckets[key] = append(s.buckets[key], len(s.items))
	s.items = append(s.items, v)
	return true, nil
}

func (s *set) addAll(c Collection) error {
	for _, v := range c {
		if _, err := s.add(v); err != nil {
			return err
		}
	}
	return nil
}

func (e *evaluator) union(a, b Collection, pos int) (Collection, error) {
	s := e.newSet(pos)
	if err := s.addAll(a); err != nil {
		return nil, err
	}
	err := s.addAll(b)
	return s.items, err
}

func (e *evaluator) contains(in, what Collection, pos int) (Collection, error) {
	v, ok, err := single(what, pos)
	if err != nil || !ok {
		return nil, err
	}
	for _, w := range in {
		t, err := e.same(w, v, pos)
		if err != nil || t == yes {
			return one(true), err
		}
	}
	return one(false), nil
}
