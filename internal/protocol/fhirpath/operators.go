package fhirpath

import (
	"cmp"
	"math"
	"math/big"
	"strings"
)

func (e *evaluator) binary(n *node, s *scope) (Collection, error) {
	left, err := e.eval(n.args[0], s)
	if err != nil {
		return nil, err
	}
	switch n.text {
	case "and", "or", "xor", "implies":
		return e.logic(n, s, left)
	}
	right, err := e.eval(n.args[1], s)
	if err != nil {
		return nil, err
	}
	switch n.text {
	case "=", "!=":
		t, err := e.equal(left, right, n.pos)
		if err != nil || t == maybe {
			return nil, err
		}
		return one((t == yes) == (n.text == "=")), nil
	case "~", "!~":
		same, err := e.equivalent(left, right, n.pos)
		return one(same == (n.text == "~")), err
	case "<", ">", "<=", ">=":
		return compareOperator(n, left, right)
	case "|":
		return e.union(left, right, n.pos)
	case "in":
		return e.contains(right, left, n.pos)
	case "contains":
		return e.contains(left, right, n.pos)
	case "&":
		return concatenate(n, left, right)
	}
	a, okA, err := single(left, n.pos)
	if err != nil {
		return nil, err
	}
	b, okB, err := single(right, n.pos)
	if err != nil || !okA || !okB {
		return nil, err
	}
	return arithmetic(n, a, b)
}

// logic is that of three values: true, false and nothing known.
func (e *evaluator) logic(n *node, s *scope, left Collection) (Collection, error) {
	a, okA, err := truth(left, n.pos)
	if err != nil {
		return nil, err
	}
	switch { // what is already decided
	case n.text == "and" && okA && !a:
		return one(false), nil
	case n.text == "or" && okA && a, n.text == "implies" && okA && !a:
		return one(true), nil
	}
	right, err := e.eval(n.args[1], s)
	if err != nil {
		return nil, err
	}
	b, okB, err := truth(right, n.pos)
	if err != nil {
		return nil, err
	}
	switch {
	case n.text == "and" && okB && !b:
		return one(false), nil
	case n.text != "and" && n.text != "xor" && okB && b:
		return one(true), nil
	case !okA || !okB:
		return nil, nil
	case n.text == "xor":
		return one(a != b), nil
	}
	return one(b), nil // the left is neutral by now
}

func compareOperator(n *node, left, right Collection) (Collection, error) {
	a, okA, err := single(left, n.pos)
	if err != nil {
		return nil, err
	}
	b, okB, err := single(right, n.pos)
	if err != nil || !okA || !okB {
		return nil, err
	}
	c, known, err := order(a, b, n.pos)
	if err != nil || !known {
		return nil, err
	}
	switch n.text {
	case "<":
		return one(c < 0), nil
	case ">":
		return one(c > 0), nil
	case "<=":
		return one(c <= 0), nil
	}
	return one(c >= 0), nil
}

// order tells which comes first; false when that cannot be known.
func order(v, w Value, pos int) (int, bool, error) {
	a, b := pair(v, w)
	if x, y, ok := decimals(a, b); ok {
		return x.Cmp(y), true, nil
	}
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return cmp.Compare(x, y), true, nil
		}
	case Temporal:
		if y, ok := b.(Temporal); ok && (x.kind == kindTime) == (y.kind == kindTime) {
			c, known := x.compare(y)
			return c, known, nil
		}
	case Quantity:
		if y, ok := b.(Quantity); ok {
			p, q, how := x.together(y)
			return p.Cmp(q), how == alike, nil
		}
	case nil:
		if w.data == nil || v.data == nil {
			return 0, false, nil // an element with no value
		}
	}
	if b == nil && w.data == nil {
		return 0, false, nil
	}
	return 0, false, fail(Type, pos, "%s and %s cannot be compared", v.called(), w.called())
}

// called names a value in an error, without what it holds.
func (v Value) called() string {
	if t := v.Type(); t != "" {
		return t
	}
	return "an element"
}

// pair gives both as values of FHIRPath, a number as a quantity beside a
// quantity, and a text of an unknown type as a date beside a date.
func pair(v, w Value) (a, b any) {
	a, b = v.system(), w.system()
	a, b = beside(a, b, v.typ), beside(b, a, w.typ)
	return a, b
}

func beside(a, b any, typ string) any {
	switch y := b.(type) {
	case Quantity:
		switch x := a.(type) {
		case int64:
			return Quantity{Value: Whole(x), Unit: "1"}
		case Decimal:
			return Quantity{Value: x, Unit: "1"}
		}
	case Temporal:
		x, ok := a.(string)
		if !ok || typ != untyped {
			return a
		}
		t, ok := parseDateTime(x)
		if y.kind == kindTime {
			t, ok = parseTime(x)
		}
		if ok {
			return t
		}
	}
	return a
}

// decimals gives both as decimals when both are numbers.
func decimals(a, b any) (x, y Decimal, ok bool) {
	x, okX := asDecimal(a)
	y, okY := asDecimal(b)
	return x, y, okX && okY
}

func asDecimal(a any) (Decimal, bool) {
	switch x := a.(type) {
	case int64:
		return Whole(x), true
	case Decimal:
		return x, true
	}
	return Decimal{}, false
}

// integer gives a whole number, nothing when it does not fit 32 bits.
func integer(n int64) Collection {
	if n < math.MinInt32 || n > math.MaxInt32 {
		return nil
	}
	return one(n)
}

// decimal gives a number, nothing when it is too large.
func decimal(d Decimal) Collection {
	d, ok := d.fit()
	if !ok {
		return nil
	}
	return one(d)
}

func quantity(d Decimal, like Quantity) Collection {
	d, ok := d.fit()
	if !ok || len(like.Unit) > 200 {
		return nil
	}
	like.Value = d
	return one(like)
}

func text(s string, pos int) (Collection, error) {
	if len(s) > MaxText {
		return nil, fail(Limit, pos, "the text is longer than %d bytes", MaxText)
	}
	return one(s), nil
}

func concatenate(n *node, left, right Collection) (Collection, error) {
	out := ""
	for _, c := range []Collection{left, right} {
		v, ok, err := single(c, n.pos)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		s, is := v.system().(string)
		if !is {
			return nil, fail(Type, n.pos, "& joins texts, not %s; use toString()", v.called())
		}
		out += s
	}
	return text(out, n.pos)
}

func arithmetic(n *node, v, w Value) (Collection, error) {
	a, b := v.system(), w.system()
	if a == nil && v.data == nil || b == nil && w.data == nil {
		return nil, nil // an element with no value
	}
	if x, ok := a.(int64); ok {
		if y, ok := b.(int64); ok {
			return integers(n.text, x, y), nil
		}
	}
	if x, y, ok := decimals(a, b); ok {
		return numbers(n.text, x, y), nil
	}
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok && n.text == "+" {
			return text(x+y, n.pos)
		}
	case Temporal:
		if y, ok := b.(Quantity); ok && (n.text == "+" || n.text == "-") {
			sign := 1
			if n.text == "-" {
				sign = -1
			}
			t, how := x.add(y, sign)
			switch how {
			case sumTooFar:
				return nil, nil
			case sumFits:
				return one(t), nil
			}
			return nil, fail(Type, n.pos, "a %s cannot be added to %s", shorten(y.Unit), v.called())
		}
	}
	if out, ok := quantities(n.text, a, b); ok {
		return out, nil
	}
	return nil, fail(Type, n.pos, "%s does not go with %s and %s", n.text, v.called(), w.called())
}

func integers(op string, x, y int64) Collection {
	switch op {
	case "+":
		return integer(x + y)
	case "-":
		return integer(x - y)
	case "*":
		return integer(x * y)
	}
	if y == 0 {
		return nil
	}
	switch op {
	case "div":
		return integer(x / y)
	case "mod":
		return integer(x % y)
	}
	return decimal(Whole(x).quo(Whole(y)))
}

func numbers(op string, x, y Decimal) Collection {
	switch op {
	case "+":
		return decimal(x.add(y))
	case "-":
		return decimal(x.sub(y))
	case "*":
		return decimal(x.mul(y))
	}
	if y.Sign() == 0 {
		return nil
	}
	switch op {
	case "div":
		n, ok := x.div(y).Whole()
		if !ok {
			return nil
		}
		return integer(n)
	case "mod":
		return decimal(x.mod(y))
	}
	return decimal(x.quo(y))
}

// quantities adds like to like, and multiplies and divides any.
func quantities(op string, a, b any) (Collection, bool) {
	x, okX := a.(Quantity)
	y, okY := b.(Quantity)
	if !okX && !okY {
		return nil, false
	}
	if d, ok := asDecimal(a); ok {
		x, okX = Quantity{Value: d, Unit: "1"}, true
	}
	if d, ok := asDecimal(b); ok {
		y, okY = Quantity{Value: d, Unit: "1"}, true
	}
	if !okX || !okY {
		return nil, false
	}
	switch op {
	case "+", "-":
		// In the unit of the left, as far as both measure the same.
		other, ok := y.in(x)
		if !ok {
			return nil, true
		}
		if op == "-" {
			other = other.neg()
		}
		return quantity(x.Value.add(other), x), true
	case "*", "/":
		if op == "/" && y.Value.Sign() == 0 {
			return nil, true
		}
		like := Quantity{Unit: join(x.plain(), y.plain(), op == "/")}
		if y.Unit == "1" {
			like = x
		}
		if op == "*" {
			return quantity(x.Value.mul(y.Value), like), true
		}
		return quantity(x.Value.quo(y.Value), like), true
	}
	return nil, false
}

// plain is the unit as a code where there is one.
func (q Quantity) plain() string { return strings.TrimPrefix(q.code(), "calendar-") }

// in gives the number of a quantity in the unit of another.
func (q Quantity) in(o Quantity) (Decimal, bool) {
	if q.code() == o.code() {
		return q.Value, true
	}
	if _, _, how := q.together(o); how != alike {
		return Decimal{}, false
	}
	from, _ := measureOf(q.code()) // both are known, or they were not alike
	to, _ := measureOf(o.code())
	r := new(big.Rat).Mul(q.Value.rat(), new(big.Rat).Quo(from.factor, to.factor))
	d, ok := ParseDecimal(r.FloatString(quoScale))
	return d.trim(), ok
}

func (e *evaluator) sign(n *node, s *scope) (Collection, error) {
	in, err := e.eval(n.input, s)
	if err != nil {
		return nil, err
	}
	v, ok, err := single(in, n.pos)
	if err != nil || !ok {
		return nil, err
	}
	x := v.system()
	switch x.(type) {
	case int64, Decimal, Quantity:
	default:
		return nil, fail(Type, n.pos, "%s does not go with %s", n.text, v.called())
	}
	if n.text == "+" {
		return one(x), nil
	}
	switch d := x.(type) {
	case int64:
		return integer(-d), nil
	case Decimal:
		return one(d.neg()), nil
	}
	q := x.(Quantity)
	q.Value = q.Value.neg()
	return one(q), nil
}
