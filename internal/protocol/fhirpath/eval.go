package fhirpath

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"
)

// The bounds of an evaluation.
const (
	DefaultSteps = 100_000   // when Env.MaxSteps is not given
	MaxItems     = 50_000    // values in one collection
	MaxText      = 1_000_000 // bytes of one text that an expression makes
)

// Env is what an expression sees beside the resource.
type Env struct {
	// Variables are reached as %name: decoded JSON, a Go value or a Collection.
	// questionnaire and qitem of SDC are given here.
	Variables map[string]any
	// Now is the moment of now() and today(); the clock when it is not given.
	Now time.Time
	// Resource is %resource and %rootResource; the resource itself when nil.
	Resource any
	// Context is %context; the resource itself when nil.
	Context any
	// MaxSteps bounds the work; DefaultSteps when it is not given.
	MaxSteps int
	// Weight answers weight() and ordinal() for an answer that carries none
	// itself: linkID is of the item it was given to, answer is decoded JSON.
	Weight func(linkID string, answer any) (json.Number, bool)
	// Strict refuses an element that the type does not have, where the type is
	// known, and an order asked of what has none.
	Strict bool
}

// Eval evaluates over a resource or an element of one: decoded JSON, or a Value
// of an earlier result. The error is an *Error, or that of the context.
func (x *Expression) Eval(ctx context.Context, resource any, env Env) (Collection, error) {
	e := &evaluator{ctx: ctx, env: env, left: env.MaxSteps, root: of(resource)}
	if e.left <= 0 {
		e.left = DefaultSteps
	}
	if e.env.Now.IsZero() {
		e.env.Now = time.Now()
	}
	return e.eval(x.root, &scope{this: e.root})
}

type evaluator struct {
	ctx   context.Context
	env   Env
	left  int // steps
	since int // steps since the context was asked
	root  Collection
}

// scope is what $this, $index and $total are.
type scope struct {
	this  Collection
	index int // below zero outside a function that counts
	total Collection
	loops bool
}

// step takes n steps.
func (e *evaluator) step(n, pos int) error {
	e.left -= n
	if e.left < 0 {
		return fail(Limit, pos, "the expression takes too many steps")
	}
	if e.since += n; e.since > 1000 {
		e.since = 0
		return e.ctx.Err()
	}
	return nil
}

// size refuses a collection that is too large.
func size(c Collection, pos int) (Collection, error) {
	if len(c) > MaxItems {
		return nil, fail(Limit, pos, "the result has more than %d values", MaxItems)
	}
	return c, nil
}

func (e *evaluator) eval(n *node, s *scope) (Collection, error) {
	if err := e.step(1, n.pos); err != nil {
		return nil, err
	}
	switch n.op {
	case opLiteral:
		return n.value, nil
	case opThis:
		return s.this, nil
	case opIndex:
		if !s.loops {
			return nil, fail(Undefined, n.pos, "$index has no meaning here")
		}
		return one(int64(s.index)), nil
	case opTotal:
		return s.total, nil
	case opVariable:
		return e.variable(n)
	case opMember:
		return e.path(n, s)
	case opIndexer:
		return e.indexer(n, s)
	case opSign:
		return e.sign(n, s)
	case opType:
		return e.typeOperator(n, s)
	case opCall:
		input := s.this
		if n.input != nil {
			var err error
			if input, err = e.eval(n.input, s); err != nil {
				return nil, err
			}
		}
		if err := e.ordered(n); err != nil {
			return nil, err
		}
		out, err := n.fn.run(&call{e: e, n: n, s: s, in: input})
		if err != nil {
			return nil, err
		}
		return e.made(out, n.pos)
	}
	out, err := e.binary(n, s)
	if err != nil {
		return nil, err
	}
	return e.made(out, n.pos)
}

// made takes a step for every hundred bytes of a text that was made.
func (e *evaluator) made(out Collection, pos int) (Collection, error) {
	if len(out) == 1 {
		if s, ok := out[0].data.(string); ok && len(s) >= 100 {
			return out, e.step(len(s)/100, pos)
		}
	}
	return size(out, pos)
}

// variable resolves %name.
func (e *evaluator) variable(n *node) (Collection, error) {
	taken := func(v any) (Collection, error) {
		c := of(v)
		if err := e.step(len(c), n.pos); err != nil {
			return nil, err
		}
		return size(c, n.pos)
	}
	given := func(v any) (Collection, error) {
		if v == nil {
			return e.root, nil
		}
		return taken(v)
	}
	if v, ok := e.env.Variables[n.text]; ok {
		return taken(v)
	}
	switch n.text {
	case "resource", "rootResource":
		return given(e.env.Resource)
	case "context":
		return given(e.env.Context)
	case "ucum":
		return one("http://unitsofmeasure.org"), nil
	case "sct":
		return one("http://snomed.info/sct"), nil
	case "loinc":
		return one("http://loinc.org"), nil
	}
	if name, ok := strings.CutPrefix(n.text, "vs-"); ok {
		return one("http://hl7.org/fhir/ValueSet/" + name), nil
	}
	if name, ok := strings.CutPrefix(n.text, "ext-"); ok {
		return one("http://hl7.org/fhir/StructureDefinition/" + name), nil
	}
	return nil, fail(Undefined, n.pos, "there is no variable %%%s", shorten(n.text))
}

// path takes an element. At the start of a path the name of a type stands for
// the value itself.
func (e *evaluator) path(n *node, s *scope) (Collection, error) {
	if n.input == nil {
		if unicode.IsUpper(rune(firstByte(n.text))) && len(s.this) == 1 {
			if isA(s.this[0].typ, n.text) {
				return s.this, nil
			}
			if e.env.Strict && model()[n.text] != nil {
				return nil, fail(Undefined, n.pos, "this is no %s", n.text)
			}
		}
		return e.member(s.this, n)
	}
	in, err := e.eval(n.input, s)
	if err != nil {
		return nil, err
	}
	return e.member(in, n)
}

func firstByte(s string) byte {
	if s == "" {
		return 0
	}
	return s[0]
}

func (e *evaluator) member(in Collection, n *node) (Collection, error) {
	if err := e.step(len(in), n.pos); err != nil {
		return nil, err
	}
	var out Collection
	missing := len(in) > 0 && e.env.Strict
	for i := range in {
		v := &in[i]
		at := len(out)
		out = child(out, v, n.text)
		missing = missing && len(out) == at && lacks(v.typ, n.text)
		if e.env.Strict && len(out) > at && lacks(v.typ, n.text) {
			missing = true
			break
		}
	}
	if missing {
		return nil, fail(Undefined, n.pos, "%s has no element %s", in[0].typ, shorten(n.text))
	}
	if err := e.step(len(out), n.pos); err != nil {
		return nil, err
	}
	return size(out, n.pos)
}

// lacks tells that a type is known and has no such element.
func lacks(typ, name string) bool {
	t := model()[typ]
	if t == nil || t.elements == nil || t.elements[name] != "" || t.choices[name] {
		return false
	}
	return true
}

// child adds the elements of a name.
func child(out Collection, v *Value, name string) Collection {
	obj, ok := v.data.(map[string]any)
	if !ok {
		if v.typ == "" || v.side == nil {
			return out
		}
		obj = v.side
	}
	raw, has := obj[name]
	side, beside := obj["_"+name]
	if has || beside {
		return elements(out, raw, side, elementType(v.typ, name), v)
	}
	if t := model()[v.typ]; t != nil && t.elements != nil && !t.choices[name] {
		return out
	}
	for key, raw := range obj {
		if typ, ok := chosen(strings.TrimPrefix(key, "_"), name); ok {
			if key[0] != '_' {
				return elements(out, raw, obj["_"+key], typ, v)
			}
			if _, plain := obj[key[1:]]; !plain {
				return elements(out, nil, raw, typ, v)
			}
		}
	}
	return out
}

// elementType tells the type of a key of an object in JSON.
func elementType(typ, key string) string {
	t := model()[typ]
	if t != nil && t.elements[key] != "" {
		return t.elements[key]
	}
	if key == "extension" || key == "modifierExtension" {
		return "Extension"
	}
	if t != nil {
		for choice := range t.choices {
			if of, ok := chosen(key, choice); ok {
				return of
			}
		}
		if t.elements != nil {
			return untyped
		}
	}
	if of, ok := chosen(key, "value"); ok {
		return of
	}
	return untyped
}

// elements adds what stands at a key: a value, a list of them, or what stands
// beside them under the same key with a line before it.
func elements(out Collection, raw, side any, typ string, up *Value) Collection {
	list, many := raw.([]any)
	sides, _ := side.([]any)
	if !many && (raw != nil || sides == nil) {
		beside, _ := side.(map[string]any)
		return element(out, raw, beside, typ, up)
	}
	for i := range max(len(list), len(sides)) {
		var x any
		var beside map[string]any
		if i < len(list) {
			x = list[i]
		}
		if i < len(sides) {
			beside, _ = sides[i].(map[string]any)
		}
		out = element(out, x, beside, typ, up)
	}
	return out
}

func element(out Collection, raw any, side map[string]any, typ string, up *Value) Collection {
	switch d := raw.(type) {
	case nil:
		if side == nil {
			return out
		}
	case map[string]any:
		return append(out, resource(d, typ, up))
	case []any:
		return out // FHIR has no list in a list
	}
	if strings.HasPrefix(typ, "System.") {
		typ = ""
	}
	return append(out, Value{data: raw, typ: typ, side: side, up: up})
}

// children adds all elements, in the order of their names.
func children(out Collection, v *Value) Collection {
	obj, ok := v.data.(map[string]any)
	if !ok {
		obj = v.side
	}
	keys := make([]string, 0, len(obj))
	for key := range obj {
		if key == "resourceType" {
			continue
		}
		if plain, beside := strings.CutPrefix(key, "_"); beside {
			if _, both := obj[plain]; both {
				continue
			}
		}
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		plain := strings.TrimPrefix(key, "_")
		out = elements(out, obj[plain], obj["_"+plain], elementType(v.typ, plain), v)
	}
	return out
}

func (e *evaluator) indexer(n *node, s *scope) (Collection, error) {
	in, err := e.eval(n.input, s)
	if err != nil {
		return nil, err
	}
	if err := e.ordered(n); err != nil {
		return nil, err
	}
	c, err := e.eval(n.args[0], s)
	if err != nil {
		return nil, err
	}
	i, ok, err := whole(c, n.pos, "an index")
	if err != nil || !ok || i < 0 || i >= int64(len(in)) {
		return nil, err
	}
	return in[i : i+1 : i+1], nil
}

// unordered are the functions whose result has no order, and takers those that
// ask for one.
var (
	unordered = map[string]bool{"children": true, "descendants": true}
	takers    = map[string]bool{"first": true, "last": true, "tail": true, "skip": true, "take": true}
)

// ordered refuses, in strict evaluation, to take by place from what has no
// order.
func (e *evaluator) ordered(n *node) error {
	if !e.env.Strict || n.input == nil || n.input.op != opCall || !unordered[n.input.text] {
		return nil
	}
	if n.op == opIndexer || takers[n.text] {
		return fail(Type, n.pos, "%s() has no order to take from", n.input.text)
	}
	return nil
}

func (e *evaluator) typeOperator(n *node, s *scope) (Collection, error) {
	in, err := e.eval(n.input, s)
	if err != nil {
		return nil, err
	}
	if n.text == "is" {
		return isType(in, n.typ, n.pos)
	}
	return asType(in, n.typ, n.pos)
}

func isType(in Collection, t typeName, pos int) (Collection, error) {
	v, ok, err := single(in, pos)
	if err != nil || !ok {
		return nil, err
	}
	return one(v.is(t)), nil
}

func asType(in Collection, t typeName, pos int) (Collection, error) {
	v, ok, err := single(in, pos)
	if err != nil || !ok || !v.asserts(t) {
		return nil, err
	}
	return Collection{v}, nil
}

// is tells whether the value is of a type or of a child of it.
func (v Value) is(t typeName) bool {
	space, name := v.typeName()
	if t.space != "" && t.space != space {
		return false
	}
	if space == "System" {
		return name == t.name || t.name == "Any"
	}
	return isA(name, t.name)
}

// asserts is what as and ofType ask: a plain value has the type itself, not a
// parent of it: a code is no string.
func (v Value) asserts(t typeName) bool {
	_, name := v.typeName()
	if name != "" && primitive(name) && name != t.name {
		return false
	}
	return v.is(t)
}

// single gives the one value; false when there is none.
func single(c Collection, pos int) (Value, bool, error) {
	switch len(c) {
	case 0:
		return Value{}, false, nil
	case 1:
		return c[0], true, nil
	}
	return Value{}, false, fail(Type, pos, "expected one value, there are %d", len(c))
}

// truth gives the one truth value; a single value of another sort is true.
func truth(c Collection, pos int) (value, ok bool, err error) {
	if len(c) > 1 {
		return false, false, fail(Type, pos, "expected true or false, there are %d values", len(c))
	}
	value, ok = c.Bool()
	return value, ok, nil
}

// whole gives the one Integer.
func whole(c Collection, pos int, what string) (int64, bool, error) {
	v, ok, err := single(c, pos)
	if err != nil || !ok {
		return 0, false, err
	}
	n, is := v.system().(int64)
	if !is {
		return 0, false, fail(Type, pos, "%s is a whole number", what)
	}
	return n, true, nil
}
