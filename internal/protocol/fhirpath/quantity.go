package fhirpath

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Quantity is a number with a unit: a code of UCUM, or a word of the calendar
// (year, month, week, day, hour, minute, second, millisecond).
type Quantity struct {
	Value Decimal
	Unit  string
	words bool // the unit is a word of the calendar, as written
}

var calendarWords = map[string]string{
	"year": "year", "years": "year", "month": "month", "months": "month", "week": "week", "weeks": "week",
	"day": "day", "days": "day", "hour": "hour", "hours": "hour", "minute": "minute", "minutes": "minute",
	"second": "second", "seconds": "second", "millisecond": "millisecond", "milliseconds": "millisecond",
}

// calendar is the unit as a word of the calendar, empty when it is none.
func (q Quantity) calendar() string { return calendarWords[q.Unit] }

// String writes it as an expression does.
func (q Quantity) String() string {
	if q.words {
		return q.Value.String() + " " + q.Unit
	}
	return q.Value.String() + " '" + q.Unit + "'"
}

// parseQuantity reads what a text holds: a number, with a code between quotes
// or a word of the calendar.
func parseQuantity(s string) (Quantity, bool) {
	number, unit, _ := strings.Cut(strings.TrimSpace(s), " ")
	if i := strings.IndexByte(number, '\''); i >= 0 {
		number, unit = number[:i], number[i:]+unit
	}
	value, ok := ParseDecimal(number)
	if !ok || strings.ContainsAny(number, "eE") {
		return Quantity{}, false
	}
	unit = strings.TrimSpace(unit)
	switch {
	case unit == "":
		return Quantity{Value: value, Unit: "1"}, true
	case calendarWords[unit] != "":
		return Quantity{Value: value, Unit: unit, words: true}, true
	case len(unit) > 2 && unit[0] == '\'' && unit[len(unit)-1] == '\'':
		return Quantity{Value: value, Unit: unit[1 : len(unit)-1]}, true
	}
	return Quantity{}, false
}

// measure is what a unit measures: a product of powers of basic units, and how
// many of those it is.
type measure struct {
	factor *big.Rat
	powers map[string]int
}

func (m measure) dimension() string {
	var out []string
	for base, n := range m.powers {
		if n != 0 {
			out = append(out, base+strconv.Itoa(n))
		}
	}
	slices.Sort(out)
	return strings.Join(out, ".")
}

type atom struct {
	factor string
	powers map[string]int
	metric bool // takes a prefix
}

// atoms are the units of UCUM that are known; a unit that is not here is equal
// to itself alone.
var atoms = map[string]atom{
	"1": {"1", nil, false}, "%": {"1/100", nil, false},
	"m": {"1", map[string]int{"m": 1}, true}, "g": {"1", map[string]int{"g": 1}, true},
	"s": {"1", map[string]int{"s": 1}, true}, "mol": {"1", map[string]int{"mol": 1}, true},
	"K": {"1", map[string]int{"K": 1}, true}, "Cel": {"1", map[string]int{"Cel": 1}, false},
	"L": {"1/1000", map[string]int{"m": 3}, true}, "l": {"1/1000", map[string]int{"m": 3}, true},
	"t": {"1000000", map[string]int{"g": 1}, true}, "min": {"60", map[string]int{"s": 1}, false},
	"h": {"3600", map[string]int{"s": 1}, false}, "d": {"86400", map[string]int{"s": 1}, false},
	"wk": {"604800", map[string]int{"s": 1}, false},
	"mo": {"1", map[string]int{"mo": 1}, false}, "a": {"12", map[string]int{"mo": 1}, false},
	"[in_i]": {"0.0254", map[string]int{"m": 1}, false}, "[ft_i]": {"0.3048", map[string]int{"m": 1}, false},
	"[lb_av]": {"453.59237", map[string]int{"g": 1}, false}, "[oz_av]": {"28.349523125", map[string]int{"g": 1}, false},
	"Hz": {"1", map[string]int{"s": -1}, true}, "N": {"1000", map[string]int{"g": 1, "m": 1, "s": -2}, true},
	"Pa": {"1000", map[string]int{"g": 1, "m": -1, "s": -2}, true}, "J": {"1000", map[string]int{"g": 1, "m": 2, "s": -2}, true},
	"cal": {"4184", map[string]int{"g": 1, "m": 2, "s": -2}, true}, "W": {"1000", map[string]int{"g": 1, "m": 2, "s": -3}, true},
	"m[Hg]":       {"133322387.415", map[string]int{"g": 1, "m": -1, "s": -2}, true},
	"calendar-mo": {"1", map[string]int{"calendar-mo": 1}, false}, "calendar-a": {"12", map[string]int{"calendar-mo": 1}, false},
}

var prefixes = map[string]int{
	"T": 12, "G": 9, "M": 6, "k": 3, "h": 2, "da": 1, "d": -1, "c": -2, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15,
}

var calendarCodes = map[string]string{
	"year": "calendar-a", "month": "calendar-mo", "week": "wk", "day": "d", "hour": "h", "minute": "min", "second": "s", "millisecond": "ms",
}

// code is the unit as a code; calendar years and months are not those of UCUM.
func (q Quantity) code() string {
	if w := q.calendar(); w != "" {
		return calendarCodes[w]
	}
	return q.Unit
}

// known keeps what was worked out of the few units that a program meets.
var (
	known      sync.Map
	knownCount = make(chan struct{}, 256)
)

type knownUnit struct {
	measure measure
	ok      bool
}

func measureOf(unit string) (measure, bool) {
	if got, ok := known.Load(unit); ok {
		k := got.(knownUnit)
		return k.measure, k.ok
	}
	m, ok := readUnit(unit)
	select {
	case knownCount <- struct{}{}: // units come from outside: no more than this
		known.Store(unit, knownUnit{m, ok})
	default:
	}
	return m, ok
}

// readUnit takes a unit such as mg, m2 or g/m.s apart.
func readUnit(unit string) (measure, bool) {
	m := measure{factor: big.NewRat(1, 1), powers: map[string]int{}}
	if unit == "" || len(unit) > 100 {
		return m, false
	}
	sign := 1
	for len(unit) > 0 {
		if unit[0] == '/' {
			sign, unit = -1, unit[1:]
		} else if unit[0] == '.' {
			sign, unit = 1, unit[1:]
		}
		end := strings.IndexAny(unit, "./")
		if end < 0 {
			end = len(unit)
		}
		part := unit[:end]
		unit = unit[end:]
		digits := len(strings.TrimRight(part, "0123456789"))
		power := 1
		if digits > 0 && digits < len(part) {
			n, err := strconv.Atoi(part[digits:])
			if err != nil || n > 9 {
				return m, false
			}
			power = n
			if strings.HasSuffix(part[:digits], "-") {
				power, digits = -n, digits-1
			}
			part = part[:digits]
		}
		if !m.times(part, sign*power) {
			return m, false
		}
	}
	return m, true
}

// times multiplies by a power of one unit with its prefix.
func (m measure) times(name string, power int) bool {
	a, ok := atoms[name]
	shift := 0
	if !ok {
		for n := 1; n <= 2 && n < len(name) && !ok; n++ {
			if by, is := prefixes[name[:n]]; is {
				a, ok = atoms[name[n:]]
				ok, shift = ok && a.metric, by
			}
		}
	}
	if !ok {
		return false
	}
	f, _ := new(big.Rat).SetString(a.factor) // of the table above
	ten := new(big.Rat).SetInt(tenTo(max(shift, -shift)))
	if shift < 0 {
		ten.Inv(ten)
	}
	f.Mul(f, ten)
	if power < 0 {
		f.Inv(f)
	}
	for range max(power, -power) {
		m.factor.Mul(m.factor, f)
	}
	for base, n := range a.powers {
		m.powers[base] += n * power
	}
	return true
}

// likeness tells whether two quantities measure the same thing.
type likeness int

const (
	alike     likeness = iota
	different          // metres and grams
	unknown            // a unit that is not known, or years of the calendar beside those of UCUM
)

// together brings two quantities to the same unit.
func (q Quantity) together(o Quantity) (a, b *big.Rat, how likeness) {
	a, b = q.Value.rat(), o.Value.rat()
	x, y := q.code(), o.code()
	if x == y {
		return a, b, alike
	}
	mx, okX := measureOf(x)
	my, okY := measureOf(y)
	if !okX || !okY {
		return a, b, unknown
	}
	dx, dy := mx.dimension(), my.dimension()
	switch {
	case dx == dy:
		return a.Mul(a, mx.factor), b.Mul(b, my.factor), alike
	case span[dx] && span[dy]:
		return a, b, unknown
	}
	return a, b, different
}

// span are the dimensions that are lengths of time.
var span = map[string]bool{"s1": true, "mo1": true, "calendar-mo1": true}

// similar brings both to the coarser unit and to the digits of the number that
// has the fewest, as ~ asks; a calendar year is like a year of UCUM.
func (q Quantity) similar(o Quantity) bool {
	loose := func(q Quantity) (measure, bool) {
		return measureOf(strings.TrimPrefix(q.code(), "calendar-"))
	}
	mx, okX := loose(q)
	my, okY := loose(o)
	if !okX || !okY || mx.dimension() != my.dimension() {
		return q.Unit == o.Unit && similarDecimals(q.Value, o.Value)
	}
	if mx.factor.Cmp(my.factor) < 0 {
		q, o, mx, my = o, q, my, mx
	}
	scaled := new(big.Rat).Mul(o.Value.rat(), new(big.Rat).Quo(my.factor, mx.factor))
	d, ok := ParseDecimal(scaled.FloatString(mostScale))
	return ok && similarDecimals(q.Value, d.trim())
}

// similarDecimals compares at the precision of the one with the fewest digits;
// zeros at the end do not count.
func similarDecimals(a, b Decimal) bool {
	a, b = a.trim(), b.trim()
	scale := min(a.scale, b.scale)
	return a.round(scale, halfAway).Cmp(b.round(scale, halfAway)) == 0
}

// join names the unit of a product or a quotient.
func join(x, y string, divide bool) string {
	switch {
	case y == "1":
		return x
	case divide && x == y:
		return "1"
	case divide:
		return x + "/" + strings.NewReplacer("/", ".", ".", "/").Replace(y)
	case x == "1":
		return y
	}
	return x + "." + y
}
