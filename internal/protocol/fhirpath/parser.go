package fhirpath

import (
	"strconv"
	"unicode/utf8"
)

// The bounds of an expression.
const (
	MaxLength = 10_000 // bytes
	MaxDepth  = 64     // brackets, arguments and signs inside each other
)

type op int

const (
	opLiteral op = iota
	opThis
	opIndex
	opTotal
	opVariable
	opMember
	opCall
	opIndexer
	opSign
	opBinary
	opType
)

// node is one step of a parsed expression.
type node struct {
	op    op
	pos   int
	text  string // name or operator
	input *node  // what it is taken from; nil at the start of a path
	args  []*node
	value Collection
	fn    *function
	typ   typeName
}

type typeName struct{ space, name string }

// Expression is a compiled expression; it may be used by many at a time.
type Expression struct {
	text string
	root *node
}

// String is the expression as it was written.
func (x *Expression) String() string { return x.text }

// Compile reads an expression. The error is an *Error with the place.
func Compile(expr string) (*Expression, error) {
	if len(expr) > MaxLength {
		return nil, fail(Syntax, 1, "the expression is longer than %d bytes", MaxLength)
	}
	toks, err := tokens(expr)
	if err != nil {
		return nil, err
	}
	p := &parser{toks: toks}
	root, err := p.expression(0)
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != tokEnd {
		return nil, p.unexpected("an operator")
	}
	return &Expression{text: expr, root: root}, nil
}

type parser struct {
	toks  []token
	at    int
	depth int
}

func (p *parser) peek() token { return p.toks[p.at] }

func (p *parser) take() token {
	t := p.toks[p.at]
	if t.kind != tokEnd {
		p.at++
	}
	return t
}

func (p *parser) accept(text string) bool {
	if p.peek().is(text) {
		p.at++
		return true
	}
	return false
}

func (p *parser) unexpected(want string) error {
	return fail(Syntax, p.peek().pos, "expected %s, found %s", want, p.peek())
}

func (p *parser) expect(text string) error {
	if !p.accept(text) {
		return p.unexpected("“" + text + "”")
	}
	return nil
}

// ranks of the binary operators: what binds stronger has a higher rank.
var ranks = map[string]int{
	"implies": 1, "or": 2, "xor": 2, "and": 3, "in": 4, "contains": 4,
	"=": 5, "~": 5, "!=": 5, "!~": 5, "<": 6, ">": 6, "<=": 6, ">=": 6,
	"|": 7, "is": 8, "as": 8, "+": 9, "-": 9, "&": 9, "*": 10, "/": 10, "div": 10, "mod": 10,
}

// expression reads operators that bind stronger than a rank.
func (p *parser) expression(above int) (*node, error) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > MaxDepth {
		return nil, fail(Syntax, p.peek().pos, "more than %d levels inside each other", MaxDepth)
	}
	left, err := p.signed()
	for err == nil {
		t := p.peek()
		if t.kind != tokSign && t.kind != tokName {
			break
		}
		rank := ranks[t.text]
		if rank == 0 || rank <= above {
			break
		}
		p.take()
		if t.text == "is" || t.text == "as" {
			n := &node{op: opType, pos: t.pos, text: t.text, input: left}
			n.typ, err = p.typeSpecifier()
			left = n
			continue
		}
		var right *node
		right, err = p.expression(rank)
		left = &node{op: opBinary, pos: t.pos, text: t.text, args: []*node{left, right}}
	}
	return left, err
}

// signed reads a sign; it binds weaker than a path: -1.abs() is -(1.abs()).
func (p *parser) signed() (*node, error) {
	t := p.peek()
	if t.kind != tokSign || t.text != "-" && t.text != "+" {
		return p.path()
	}
	p.take()
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > MaxDepth {
		return nil, fail(Syntax, t.pos, "more than %d levels inside each other", MaxDepth)
	}
	inner, err := p.signed()
	return &node{op: opSign, pos: t.pos, text: t.text, input: inner}, err
}

// path reads a term and what is taken from it by . and [].
func (p *parser) path() (*node, error) {
	left, err := p.term()
	for err == nil {
		switch {
		case p.accept("."):
			left, err = p.invocation(left)
		case p.peek().is("["):
			n := &node{op: opIndexer, pos: p.take().pos, input: left}
			var index *node
			if index, err = p.expression(0); err == nil {
				err = p.expect("]")
			}
			n.args = []*node{index}
			left = n
		default:
			return left, nil
		}
	}
	return nil, err
}

func (p *parser) literal(pos int, v any) *node {
	return &node{op: opLiteral, pos: pos, value: one(v)}
}

func (p *parser) term() (*node, error) {
	t := p.peek()
	switch t.kind {
	case tokText:
		p.take()
		return p.literal(t.pos, t.text), nil
	case tokTime:
		p.take()
		return p.literal(t.pos, t.time), nil
	case tokNumber:
		return p.number()
	case tokQuoted:
		return p.invocation(nil)
	case tokName:
		switch {
		case t.text == "true" || t.text == "false":
			p.take()
			return p.literal(t.pos, t.text == "true"), nil
		case ranks[t.text] > 0 && t.text != "is" && t.text != "as" && t.text != "in" && t.text != "contains":
			return nil, p.unexpected("a value")
		}
		return p.invocation(nil)
	}
	switch {
	case p.accept("("):
		inner, err := p.expression(0)
		if err == nil {
			err = p.expect(")")
		}
		return inner, err
	case p.accept("{"):
		return &node{op: opLiteral, pos: t.pos}, p.expect("}")
	case p.accept("%"):
		name := p.take()
		if name.kind != tokName && name.kind != tokQuoted && name.kind != tokText {
			return nil, fail(Syntax, name.pos, "expected the name of a variable, found %s", name)
		}
		return &node{op: opVariable, pos: t.pos, text: name.text}, nil
	case p.accept("$this"):
		return &node{op: opThis, pos: t.pos}, nil
	case p.accept("$index"):
		return &node{op: opIndex, pos: t.pos}, nil
	case p.accept("$total"):
		return &node{op: opTotal, pos: t.pos}, nil
	}
	return nil, p.unexpected("a value")
}

// number reads a number, and its unit when one follows.
func (p *parser) number() (*node, error) {
	t := p.take()
	d, ok := ParseDecimal(t.text)
	if !ok || d.scale > mostScale {
		return nil, fail(Syntax, t.pos, "the number %s has too many digits", t.text)
	}
	switch u := p.peek(); {
	case u.kind == tokText:
		p.take()
		return p.literal(t.pos, Quantity{Value: d, Unit: u.text}), nil
	case u.kind == tokName && calendarWords[u.text] != "":
		p.take()
		return p.literal(t.pos, Quantity{Value: d, Unit: u.text, words: true}), nil
	case d.scale > 0:
		return p.literal(t.pos, d), nil
	}
	n, err := strconv.ParseInt(t.text, 10, 32)
	if err != nil {
		return nil, fail(Syntax, t.pos, "the whole number %s is too large; write %s.0", t.text, t.text)
	}
	return p.literal(t.pos, n), nil
}

// invocation reads a member or a call of a function.
func (p *parser) invocation(input *node) (*node, error) {
	t := p.take()
	if t.kind != tokName && t.kind != tokQuoted {
		if input != nil && t.kind == tokSign && (t.text == "$this" || t.text == "$index" || t.text == "$total") {
			return nil, fail(Syntax, t.pos, "%s stands at the start of a path", t.text)
		}
		return nil, fail(Syntax, t.pos, "expected a name, found %s", t)
	}
	if !p.peek().is("(") {
		return &node{op: opMember, pos: t.pos, text: t.text, input: input}, nil
	}
	n := &node{op: opCall, pos: t.pos, text: t.text, input: input}
	n.fn = functions[t.text]
	if n.fn == nil {
		if refused[t.text] {
			return nil, fail(Unsupported, t.pos, "the function %s() is not supported", t.text)
		}
		return nil, fail(Unsupported, t.pos, "there is no function %s()", shorten(t.text))
	}
	p.take()
	if n.fn.ofType {
		typ, err := p.typeSpecifier()
		if err != nil {
			return nil, err
		}
		n.typ = typ
		return n, p.expect(")")
	}
	for !p.peek().is(")") {
		if len(n.args) > 0 {
			if err := p.expect(","); err != nil {
				return nil, err
			}
		}
		arg, err := p.expression(0)
		if err != nil {
			return nil, err
		}
		n.args = append(n.args, arg)
	}
	p.take()
	if len(n.args) < n.fn.least || n.fn.most >= 0 && len(n.args) > n.fn.most {
		return nil, fail(Syntax, t.pos, "%s() takes %s, not %d", t.text, n.fn.takes(), len(n.args))
	}
	return n, nil
}

func shorten(s string) string {
	if utf8.RuneCountInString(s) > 40 {
		return string([]rune(s)[:40]) + "…"
	}
	return s
}

// typeSpecifier reads Name, System.Name or FHIR.Name of a type that exists.
func (p *parser) typeSpecifier() (typeName, error) {
	t := p.take()
	if t.kind != tokName && t.kind != tokQuoted {
		return typeName{}, fail(Syntax, t.pos, "expected the name of a type, found %s", t)
	}
	typ := typeName{name: t.text}
	if (t.text == "System" || t.text == "FHIR") && p.accept(".") {
		n := p.take()
		if n.kind != tokName && n.kind != tokQuoted {
			return typ, fail(Syntax, n.pos, "expected the name of a type, found %s", n)
		}
		typ = typeName{space: t.text, name: n.text}
	}
	if typ.space == "System" || typ.space == "" && systemTypes[typ.name] || model()[typ.name] != nil {
		return typ, nil
	}
	return typ, fail(Undefined, t.pos, "there is no type %s", shorten(typ.name))
}
