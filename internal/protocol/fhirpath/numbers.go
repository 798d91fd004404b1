package fhirpath

import (
	"math"
	"math/big"
	"strings"
)

func abs(c *call) (Collection, error) {
	x, ok, err := c.number()
	if err != nil || !ok {
		return nil, err
	}
	switch d := x.(type) {
	case int64:
		return integer(max(d, -d)), nil
	case Decimal:
		if d.Sign() < 0 {
			d = d.neg()
		}
		return one(d), nil
	}
	q := x.(Quantity)
	if q.Value.Sign() < 0 {
		q.Value = q.Value.neg()
	}
	return one(q), nil
}

func (c *call) toWhole(how rounding) (Collection, error) {
	d, ok, err := c.decimal()
	if err != nil || !ok {
		return nil, err
	}
	n, ok := d.round(0, how).Whole()
	if !ok {
		return nil, nil
	}
	return integer(n), nil
}

func round(c *call) (Collection, error) {
	x, ok, err := c.number()
	if err != nil || !ok {
		return nil, err
	}
	places := int64(0)
	if len(c.n.args) == 1 {
		if places, ok, err = c.wholeArg(0); err != nil || !ok {
			return nil, err
		}
		if places < 0 || places > mostScale {
			return nil, fail(Type, c.n.pos, "round() takes 0 to %d digits", mostScale)
		}
	}
	switch d := x.(type) {
	case int64:
		return one(Whole(d)), nil
	case Decimal:
		return decimal(d.round(int(places), halfAway)), nil
	}
	q := x.(Quantity)
	return quantity(q.Value.round(int(places), halfAway), q), nil
}

// float makes a number of floating point; nothing when it is none.
func float(f float64) Collection {
	d, ok := ofFloat(f)
	if !ok {
		return nil
	}
	return one(d)
}

func exp(c *call) (Collection, error) {
	d, ok, err := c.decimal()
	if err != nil || !ok {
		return nil, err
	}
	return float(math.Exp(d.Float())), nil
}

func ln(c *call) (Collection, error) {
	d, ok, err := c.decimal()
	if err != nil || !ok || d.Sign() <= 0 {
		return nil, err
	}
	return float(math.Log(d.Float())), nil
}

// decimalArg is an argument that is one number.
func (c *call) decimalArg(i int) (Decimal, bool, error) {
	got, err := c.arg(i)
	if err != nil {
		return Decimal{}, false, err
	}
	v, ok, err := single(got, c.n.args[i].pos)
	if err != nil || !ok {
		return Decimal{}, false, err
	}
	d, ok := asDecimal(v.system())
	if !ok {
		return d, false, fail(Type, c.n.args[i].pos, "the argument of %s() is a number", c.n.text)
	}
	return d, true, nil
}

func logarithm(c *call) (Collection, error) {
	d, ok, err := c.decimal()
	if err != nil {
		return nil, err
	}
	base, okBase, err := c.decimalArg(0)
	if err != nil || !ok || !okBase || d.Sign() <= 0 || base.Sign() <= 0 {
		return nil, err
	}
	return float(math.Log(d.Float()) / math.Log(base.Float())), nil
}

// power is exact for a small whole power, and of twelve digits otherwise.
func power(c *call) (Collection, error) {
	x, ok, err := c.number()
	if err != nil {
		return nil, err
	}
	by, okBy, err := c.decimalArg(0)
	if err != nil || !ok || !okBy {
		return nil, err
	}
	d, is := asDecimal(x)
	if !is {
		return nil, fail(Type, c.n.pos, "power() takes a number without a unit")
	}
	n, isWhole := by.Whole()
	if !isWhole || n < 0 || n > 200 {
		return float(math.Pow(d.Float(), by.Float())), nil
	}
	out := Whole(1)
	for range n {
		if err := c.e.step(1, c.n.pos); err != nil {
			return nil, err
		}
		if out, ok = out.mul(d).fit(); !ok {
			return nil, nil
		}
	}
	if _, ok := x.(int64); ok && by.scale == 0 {
		if n, ok := out.Whole(); ok {
			return integer(n), nil
		}
		return nil, nil
	}
	return decimal(out), nil
}

func sqrt(c *call) (Collection, error) {
	d, ok, err := c.decimal()
	if err != nil || !ok || d.Sign() < 0 {
		return nil, err
	}
	square := d.round(2*quoScale, halfAway)
	return decimal(Decimal{new(big.Int).Sqrt(square.int()), quoScale}.trim()), nil
}

// boundary gives the least or the most that a value may stand for, in so many
// digits: 1.5 stands for what lies between 1.45 and 1.55.
func (c *call) boundary(high bool) (Collection, error) {
	v, ok, err := c.value()
	if err != nil || !ok {
		return nil, err
	}
	asked := -1
	if len(c.n.args) == 1 {
		n, ok, err := c.wholeArg(0)
		if err != nil || !ok {
			return nil, err
		}
		if n < 0 || n > mostScale {
			return nil, nil
		}
		asked = int(n)
	}
	at := func(d Decimal) Decimal {
		half := Decimal{big.NewInt(5), d.scale + 1}
		places := asked
		if places < 0 {
			places = 8
		}
		if high {
			return d.add(half).round(places, up)
		}
		return d.sub(half).round(places, down)
	}
	switch d := v.system().(type) {
	case int64:
		return decimal(at(Whole(d))), nil
	case Decimal:
		return decimal(at(d)), nil
	case Quantity:
		return quantity(at(d.Value), d), nil
	case Temporal:
		t, ok := d.boundary(asked, high)
		if !ok {
			return nil, nil
		}
		return one(t), nil
	}
	return nil, fail(Type, c.n.pos, "%s() does not go with %s", c.n.text, v.called())
}

func precisionOf(c *call) (Collection, error) {
	v, ok, err := c.value()
	if err != nil || !ok {
		return nil, err
	}
	switch d := v.system().(type) {
	case int64:
		return one(int64(0)), nil
	case Decimal:
		return one(int64(d.scale)), nil
	case Temporal:
		return one(int64(d.digitsOf())), nil
	}
	return nil, fail(Type, c.n.pos, "precision() does not go with %s", v.called())
}

// comparable tells whether two quantities measure the same.
func comparable(c *call) (Collection, error) {
	v, ok, err := c.value()
	if err != nil || !ok {
		return nil, err
	}
	got, err := c.arg(0)
	if err != nil {
		return nil, err
	}
	w, ok, err := single(got, c.n.pos)
	if err != nil || !ok {
		return nil, err
	}
	a, b := pair(v, w)
	x, okX := a.(Quantity)
	y, okY := b.(Quantity)
	if !okX || !okY {
		return nil, fail(Type, c.n.pos, "comparable() takes quantities")
	}
	_, _, how := x.together(y)
	return one(how == alike), nil
}

// convert makes a function that gives nothing for what cannot be changed.
func convert(to func(Value) (any, bool)) *function {
	return &function{0, 0, false, func(c *call) (Collection, error) {
		v, ok, err := c.value()
		if err != nil || !ok {
			return nil, err
		}
		if x, ok := to(v); ok {
			return one(x), nil
		}
		return nil, nil
	}}
}

// converts makes a function that tells whether it can be changed.
func converts(to func(Value) (any, bool)) *function {
	return &function{0, 0, false, func(c *call) (Collection, error) {
		v, ok, err := c.value()
		if err != nil || !ok {
			return nil, err
		}
		_, can := to(v)
		return one(can), nil
	}}
}

var truths = map[string]bool{"true": true, "t": true, "yes": true, "y": true, "1": true, "1.0": true}
var untruths = map[string]bool{"false": true, "f": true, "no": true, "n": true, "0": true, "0.0": true}

func toBoolean(v Value) (any, bool) {
	s := v.system()
	switch d := s.(type) {
	case bool:
		return d, true
	case string:
		d = strings.ToLower(d)
		return truths[d], truths[d] || untruths[d]
	}
	d, ok := asDecimal(s)
	is1 := ok && d.Cmp(Whole(1)) == 0
	return is1, is1 || ok && d.Sign() == 0
}

func toInteger(v Value) (any, bool) {
	switch d := v.system().(type) {
	case int64:
		return d, true
	case bool:
		if d {
			return int64(1), true
		}
		return int64(0), true
	case string:
		if strings.ContainsAny(d, ".eE") {
			return nil, false
		}
		x, ok := ParseDecimal(d)
		if !ok {
			return nil, false
		}
		n, ok := x.Whole()
		return n, ok && n >= math.MinInt32 && n <= math.MaxInt32
	}
	return nil, false
}

func toDecimal(v Value) (any, bool) {
	switch d := v.system().(type) {
	case int64:
		return Whole(d), true
	case Decimal:
		return d, true
	case bool:
		if d {
			return Decimal{big.NewInt(10), 1}, true
		}
		return Decimal{big.NewInt(0), 1}, true
	case string:
		if strings.ContainsAny(d, "eE") {
			return nil, false
		}
		x, ok := ParseDecimal(d)
		return x, ok
	}
	return nil, false
}

func toText(v Value) (any, bool) {
	s, ok := v.text()
	return s, ok
}

func toDate(v Value) (any, bool) {
	switch d := v.system().(type) {
	case Temporal:
		if d.kind != kindTime {
			return d.as(kindDate), true
		}
	case string:
		t, ok := parseDateTime(d)
		return t.as(kindDate), ok
	}
	return nil, false
}

func toDateTime(v Value) (any, bool) {
	switch d := v.system().(type) {
	case Temporal:
		if d.kind != kindTime {
			return d.as(kindDateTime), true
		}
	case string:
		t, ok := parseDateTime(d)
		return t, ok
	}
	return nil, false
}

func toTime(v Value) (any, bool) {
	switch d := v.system().(type) {
	case Temporal:
		if d.kind == kindTime {
			return d, true
		}
	case string:
		t, ok := parseTime(d)
		return t, ok
	}
	return nil, false
}

// quantity changes to a quantity, in a unit when one is asked.
func (c *call) quantity(ask bool) (Collection, error) {
	v, ok, err := c.value()
	if err != nil || !ok {
		return nil, err
	}
	var q Quantity
	switch d := v.system().(type) {
	case Quantity:
		q = d
	case string:
		q, ok = parseQuantity(d)
	default:
		var x any
		if x, ok = toDecimal(v); ok {
			q = Quantity{Value: x.(Decimal), Unit: "1"}
		}
	}
	if ok && len(c.n.args) == 1 {
		unit, given, err := c.textArg(0)
		if err != nil || !given {
			return nil, err
		}
		like := Quantity{Unit: unit, words: calendarWords[unit] != ""}
		if like.Value, ok = q.in(like); ok {
			q = like
		}
	}
	switch {
	case ask:
		return one(ok), nil
	case ok:
		return one(q), nil
	}
	return nil, nil
}

// typeOf describes the type of each value.
func typeOf(c *call) (Collection, error) {
	var out Collection
	for _, v := range c.in {
		space, name := v.typeName()
		out = append(out, Value{data: map[string]any{"namespace": space, "name": name}, typ: untyped})
	}
	return out, c.e.step(len(out), c.n.pos)
}
