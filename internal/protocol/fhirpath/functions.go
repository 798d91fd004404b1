package fhirpath

import "fmt"

// function is one that an expression may call.
type function struct {
	least, most int // arguments
	ofType      bool
	run         func(*call) (Collection, error)
}

func (f *function) takes() string {
	switch {
	case f.most < 0:
		return fmt.Sprintf("%d or more arguments", f.least)
	case f.least == f.most:
		return fmt.Sprintf("%d arguments", f.least)
	}
	return fmt.Sprintf("%d to %d arguments", f.least, f.most)
}

// functions are all there are, by name.
var functions = map[string]*function{
	// Is there something.
	"empty":      {0, 0, false, func(c *call) (Collection, error) { return one(len(c.in) == 0), nil }},
	"exists":     {0, 1, false, exists},
	"all":        {1, 1, false, all},
	"allTrue":    {0, 0, false, func(c *call) (Collection, error) { return c.everyBool(true, true) }},
	"allFalse":   {0, 0, false, func(c *call) (Collection, error) { return c.everyBool(false, true) }},
	"anyTrue":    {0, 0, false, func(c *call) (Collection, error) { return c.everyBool(false, false) }},
	"anyFalse":   {0, 0, false, func(c *call) (Collection, error) { return c.everyBool(true, false) }},
	"subsetOf":   {1, 1, false, func(c *call) (Collection, error) { return c.within(false) }},
	"supersetOf": {1, 1, false, func(c *call) (Collection, error) { return c.within(true) }},
	"count":      {0, 0, false, func(c *call) (Collection, error) { return one(int64(len(c.in))), nil }},
	"distinct":   {0, 0, false, distinct},
	"isDistinct": {0, 0, false, isDistinct},
	// Some of them.
	"where":     {1, 1, false, where},
	"select":    {1, 1, false, selectEach},
	"repeat":    {1, 1, false, repeat},
	"ofType":    {1, 1, true, ofType},
	"single":    {0, 0, false, singleOnly},
	"first":     {0, 0, false, func(c *call) (Collection, error) { return c.slice(0, 1), nil }},
	"last":      {0, 0, false, func(c *call) (Collection, error) { return c.slice(len(c.in)-1, len(c.in)), nil }},
	"tail":      {0, 0, false, func(c *call) (Collection, error) { return c.slice(1, len(c.in)), nil }},
	"skip":      {1, 1, false, skip},
	"take":      {1, 1, false, take},
	"intersect": {1, 1, false, intersect},
	"exclude":   {1, 1, false, exclude},
	"union":     {1, 1, false, union},
	"combine":   {1, 1, false, combine},
	"sort":      {0, -1, false, sortBy},
	"coalesce":  {1, -1, false, coalesce},
	// Another type.
	"iif":                {2, 3, false, iif},
	"is":                 {1, 1, true, func(c *call) (Collection, error) { return isType(c.in, c.n.typ, c.n.pos) }},
	"as":                 {1, 1, true, func(c *call) (Collection, error) { return asType(c.in, c.n.typ, c.n.pos) }},
	"type":               {0, 0, false, typeOf},
	"toBoolean":          convert(toBoolean),
	"toInteger":          convert(toInteger),
	"toDecimal":          convert(toDecimal),
	"toString":           convert(toText),
	"toDate":             convert(toDate),
	"toDateTime":         convert(toDateTime),
	"toTime":             convert(toTime),
	"toQuantity":         {0, 1, false, func(c *call) (Collection, error) { return c.quantity(false) }},
	"convertsToBoolean":  converts(toBoolean),
	"convertsToInteger":  converts(toInteger),
	"convertsToDecimal":  converts(toDecimal),
	"convertsToString":   converts(toText),
	"convertsToDate":     converts(toDate),
	"convertsToDateTime": converts(toDateTime),
	"convertsToTime":     converts(toTime),
	"convertsToQuantity": {0, 1, false, func(c *call) (Collection, error) { return c.quantity(true) }},
	"not":                {0, 0, false, not},
	// Texts.
	"indexOf":        {1, 1, false, func(c *call) (Collection, error) { return c.position(false) }},
	"lastIndexOf":    {1, 1, false, func(c *call) (Collection, error) { return c.position(true) }},
	"substring":      {1, 2, false, substring},
	"startsWith":     textTest(hasPrefix),
	"endsWith":       textTest(hasSuffix),
	"contains":       textTest(hasPart),
	"upper":          textMap(upper),
	"lower":          textMap(lower),
	"trim":           textMap(trim),
	"replace":        {2, 2, false, replace},
	"matches":        {1, 1, false, func(c *call) (Collection, error) { return c.matches(false) }},
	"matchesFull":    {1, 1, false, func(c *call) (Collection, error) { return c.matches(true) }},
	"replaceMatches": {2, 2, false, replaceMatches},
	"length":         {0, 0, false, length},
	"toChars":        {0, 0, false, toChars},
	"split":          {1, 1, false, split},
	"join":           {0, 1, false, joinTexts},
	"encode":         {1, 1, false, encode},
	"decode":         {1, 1, false, decode},
	"escape":         {1, 1, false, escape},
	"unescape":       {1, 1, false, unescape},
	// Numbers.
	"abs":          {0, 0, false, abs},
	"ceiling":      {0, 0, false, func(c *call) (Collection, error) { return c.toWhole(up) }},
	"floor":        {0, 0, false, func(c *call) (Collection, error) { return c.toWhole(down) }},
	"truncate":     {0, 0, false, func(c *call) (Collection, error) { return c.toWhole(towardZero) }},
	"round":        {0, 1, false, round},
	"exp":          {0, 0, false, exp},
	"ln":           {0, 0, false, ln},
	"log":          {1, 1, false, logarithm},
	"power":        {1, 1, false, power},
	"sqrt":         {0, 0, false, sqrt},
	"aggregate":    {1, 2, false, aggregate},
	"sum":          {0, 0, false, sumOf},
	"avg":          {0, 0, false, average},
	"min":          {0, 0, false, func(c *call) (Collection, error) { return c.extreme(-1) }},
	"max":          {0, 0, false, func(c *call) (Collection, error) { return c.extreme(1) }},
	"lowBoundary":  {0, 1, false, func(c *call) (Collection, error) { return c.boundary(false) }},
	"highBoundary": {0, 1, false, func(c *call) (Collection, error) { return c.boundary(true) }},
	"precision":    {0, 0, false, precisionOf},
	"comparable":   {1, 1, false, comparable},
	// The tree and the moment.
	"children":    {0, 0, false, childrenOf},
	"descendants": {0, 0, false, descendants},
	"trace":       {1, 2, false, trace},
	"now":         {0, 0, false, func(c *call) (Collection, error) { return one(moment(c.e.env.Now)), nil }},
	"today":       {0, 0, false, func(c *call) (Collection, error) { return one(moment(c.e.env.Now).as(kindDate)), nil }},
	"timeOfDay":   {0, 0, false, func(c *call) (Collection, error) { return one(moment(c.e.env.Now).as(kindTime)), nil }},
	// FHIR and its questionnaires.
	"extension": {1, 1, false, extension},
	"hasValue":  {0, 0, false, hasValue},
	"getValue":  {0, 0, false, getValue},
	"ordinal":   {0, 0, false, weight},
	"weight":    {0, 0, false, weight},
}

// refused are functions of FHIRPath, FHIR and SDC that are not here: they need
// a network, a terminology server or the definitions of FHIR, or are for trial
// use.
var refused = map[string]bool{
	"resolve": true, "memberOf": true, "conformsTo": true, "htmlChecks": true, "htmlChecks2": true, "subsumes": true,
	"subsumedBy": true, "slice": true, "checkModifiers": true, "elementDefinition": true, "answers": true,
	"defineVariable": true, "repeatAll": true, "getResourceKey": true, "getReferenceKey": true, "comparableTo": true,
	"lookup": true, "expand": true, "validateVS": true, "validateCS": true, "translate": true, "toLong": true,
	"convertsToLong": true, "dateOf": true, "timeOf": true, "yearOf": true, "monthOf": true, "dayOf": true, "hourOf": true,
	"minuteOf": true, "secondOf": true, "millisecondOf": true, "timezoneOffsetOf": true, "difference": true, "duration": true,
}

// call is one call of a function.
type call struct {
	e  *evaluator
	n  *node
	s  *scope
	in Collection
}

// arg evaluates an argument where the call stands.
func (c *call) arg(i int) (Collection, error) { return c.e.eval(c.n.args[i], c.s) }

// each evaluates the first argument for every value of the input.
func (c *call) each(visit func(v Value, got Collection) (bool, error)) error {
	inner := &scope{total: c.s.total, loops: true}
	for i := range c.in {
		inner.this, inner.index = c.in[i:i+1:i+1], i
		got, err := c.e.eval(c.n.args[0], inner)
		if err != nil {
			return err
		}
		if more, err := visit(c.in[i], got); err != nil || !more {
			return err
		}
	}
	return nil
}

// holds evaluates the first argument as a condition for every value.
func (c *call) holds(visit func(v Value, holds bool) bool) error {
	return c.each(func(v Value, got Collection) (bool, error) {
		b, ok, err := truth(got, c.n.args[0].pos)
		return visit(v, ok && b), err
	})
}

// value is the one value of the input; false when there is none.
func (c *call) value() (Value, bool, error) {
	v, ok, err := single(c.in, c.n.pos)
	if err != nil {
		return v, false, fail(Type, c.n.pos, "%s() takes one value, there are %d", c.n.text, len(c.in))
	}
	return v, ok && (v.data != nil || v.side == nil), nil
}

// text is the one text of the input.
func (c *call) text() (string, bool, error) {
	v, ok, err := c.value()
	if err != nil || !ok {
		return "", false, err
	}
	return c.asText(v)
}

func (c *call) asText(v Value) (string, bool, error) {
	s, is := v.system().(string)
	if !is {
		// A date of a resource is written as a text too.
		if raw, ok := v.data.(string); ok && v.typ != "" {
			return raw, true, nil
		}
		return "", false, fail(Type, c.n.pos, "%s() takes a text, not %s", c.n.text, v.called())
	}
	return s, true, nil
}

// textArg is an argument that is one text.
func (c *call) textArg(i int) (string, bool, error) {
	got, err := c.arg(i)
	if err != nil {
		return "", false, err
	}
	v, ok, err := single(got, c.n.args[i].pos)
	if err != nil || !ok {
		return "", false, err
	}
	return c.asText(v)
}

// wholeArg is an argument that is one Integer.
func (c *call) wholeArg(i int) (int64, bool, error) {
	got, err := c.arg(i)
	if err != nil {
		return 0, false, err
	}
	return whole(got, c.n.args[i].pos, "the argument of "+c.n.text+"()")
}

// number is the one number or quantity of the input.
func (c *call) number() (any, bool, error) {
	v, ok, err := c.value()
	if err != nil || !ok {
		return nil, false, err
	}
	switch d := v.system().(type) {
	case int64, Decimal, Quantity:
		return d, true, nil
	}
	return nil, false, fail(Type, c.n.pos, "%s() takes a number, not %s", c.n.text, v.called())
}

// decimal is the one number of the input, without a unit.
func (c *call) decimal() (Decimal, bool, error) {
	x, ok, err := c.number()
	if err != nil || !ok {
		return Decimal{}, false, err
	}
	d, ok := asDecimal(x)
	if !ok {
		return d, false, fail(Type, c.n.pos, "%s() takes a number without a unit", c.n.text)
	}
	return d, true, nil
}
