package fhirpath

import (
	"encoding/json"
	"math"
	"math/big"
	"strconv"
	"strings"
)

const (
	mostScale  = 28 // digits after the point that are kept
	mostDigits = 66 // digits in all; a number beyond it is no number any more
	quoScale   = 16 // digits after the point of a division
)

// Decimal is an exact decimal number that remembers how many digits stood
// after its point.
type Decimal struct {
	coef  *big.Int // never changed once it is here; nil is zero
	scale int
}

var (
	zero     = new(big.Int)
	tens     = powersOfTen()
	hugeCoef = tenTo(mostDigits)
)

func powersOfTen() []*big.Int {
	out := make([]*big.Int, 100)
	for i := range out {
		out[i] = new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(i)), nil)
	}
	return out
}

func tenTo(n int) *big.Int {
	if n < len(tens) {
		return tens[n]
	}
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

// Whole makes a decimal of a whole number.
func Whole(n int64) Decimal { return Decimal{coef: big.NewInt(n)} }

// ParseDecimal reads a number as JSON writes it; false when it is none or has
// more digits than a decimal holds.
func ParseDecimal(s string) (Decimal, bool) {
	mantissa, exponent, hasExponent := strings.Cut(strings.ToLower(s), "e")
	shift := 0
	if hasExponent {
		n, err := strconv.Atoi(exponent)
		if err != nil || n > mostDigits || n < -mostDigits {
			return Decimal{}, false
		}
		shift = n
	}
	whole, fraction, point := strings.Cut(mantissa, ".")
	digits := strings.TrimPrefix(strings.TrimPrefix(whole, "-"), "+")
	if digits == "" || point && fraction == "" || len(digits)+len(fraction) > mostDigits {
		return Decimal{}, false
	}
	for _, r := range digits + fraction {
		if !digit(r) {
			return Decimal{}, false
		}
	}
	coef, ok := new(big.Int).SetString(digits+fraction, 10)
	if !ok {
		return Decimal{}, false
	}
	if strings.HasPrefix(whole, "-") {
		coef.Neg(coef)
	}
	d := Decimal{coef: coef, scale: len(fraction) - shift}
	if d.scale < 0 {
		d = Decimal{coef: new(big.Int).Mul(coef, tenTo(-d.scale))}
	}
	return d.fit()
}

// fit rounds to the digits that are kept; false when the number is too large.
func (d Decimal) fit() (Decimal, bool) {
	if d.scale > mostScale {
		d = d.round(mostScale, halfAway)
	}
	return d, d.int().CmpAbs(hugeCoef) < 0
}

func (d Decimal) int() *big.Int {
	if d.coef == nil {
		return zero
	}
	return d.coef
}

// Sign is -1, 0 or 1.
func (d Decimal) Sign() int { return d.int().Sign() }

// String writes it with the digits it has.
func (d Decimal) String() string {
	s := new(big.Int).Abs(d.int()).String()
	if d.scale > 0 {
		if len(s) <= d.scale {
			s = strings.Repeat("0", d.scale-len(s)+1) + s
		}
		s = s[:len(s)-d.scale] + "." + s[len(s)-d.scale:]
	}
	if d.Sign() < 0 {
		s = "-" + s
	}
	return s
}

// Number is the decimal as JSON.
func (d Decimal) Number() json.Number { return json.Number(d.String()) }

// Float is the nearest floating point number.
func (d Decimal) Float() float64 {
	f, _ := strconv.ParseFloat(d.String(), 64) // of its own form: never an error
	return f
}

// Whole tells the whole number it is; false when it is none or beyond 64 bits.
func (d Decimal) Whole() (int64, bool) {
	t := d.round(0, towardZero)
	if t.Cmp(d) != 0 || !t.int().IsInt64() {
		return 0, false
	}
	return t.int().Int64(), true
}

// align gives both at the same scale.
func align(a, b Decimal) (*big.Int, *big.Int, int) {
	x, y := a.int(), b.int()
	switch {
	case a.scale < b.scale:
		return new(big.Int).Mul(x, tenTo(b.scale-a.scale)), y, b.scale
	case a.scale > b.scale:
		return x, new(big.Int).Mul(y, tenTo(a.scale-b.scale)), a.scale
	}
	return x, y, a.scale
}

// Cmp compares values: -1, 0 or 1. 1.0 and 1.00 are the same.
func (d Decimal) Cmp(o Decimal) int {
	x, y, _ := align(d, o)
	return x.Cmp(y)
}

func (d Decimal) add(o Decimal) Decimal {
	x, y, s := align(d, o)
	return Decimal{new(big.Int).Add(x, y), s}
}

func (d Decimal) neg() Decimal { return Decimal{new(big.Int).Neg(d.int()), d.scale} }

func (d Decimal) sub(o Decimal) Decimal { return d.add(o.neg()) }

func (d Decimal) mul(o Decimal) Decimal {
	return Decimal{new(big.Int).Mul(d.int(), o.int()), d.scale + o.scale}
}

// quo divides; the other is not zero.
func (d Decimal) quo(o Decimal) Decimal {
	scale := max(quoScale, d.scale, o.scale)
	// One digit more than is kept, for rounding; the rest cannot turn a half.
	up := new(big.Int).Mul(d.int(), tenTo(scale+1+o.scale))
	q := new(big.Int).Quo(up, new(big.Int).Mul(o.int(), tenTo(d.scale)))
	return Decimal{q, scale + 1}.round(scale, halfAway).trim()
}

// div and mod divide to a whole number, towards zero, and what is left.
func (d Decimal) div(o Decimal) Decimal {
	x, y, _ := align(d, o)
	return Decimal{coef: new(big.Int).Quo(x, y)}
}

func (d Decimal) mod(o Decimal) Decimal {
	x, y, s := align(d, o)
	return Decimal{new(big.Int).Rem(x, y), s}
}

// trim takes zeros at the end away.
func (d Decimal) trim() Decimal {
	c, s := new(big.Int).Set(d.int()), d.scale
	q, r := new(big.Int), new(big.Int)
	for s > 0 {
		if q.QuoRem(c, tens[1], r); r.Sign() != 0 {
			break
		}
		c, q = q, c
		s--
	}
	return Decimal{c, s}
}

type rounding int

const (
	halfAway rounding = iota
	towardZero
	down
	up
)

// round brings it to so many digits after the point, adding zeros if need be.
func (d Decimal) round(scale int, how rounding) Decimal {
	if scale >= d.scale {
		return Decimal{new(big.Int).Mul(d.int(), tenTo(scale-d.scale)), scale}
	}
	unit := tenTo(d.scale - scale)
	q, r := new(big.Int).QuoRem(d.int(), unit, new(big.Int))
	if r.Sign() != 0 {
		away := false
		switch how {
		case halfAway:
			away = new(big.Int).Lsh(r, 1).CmpAbs(unit) >= 0
		case down:
			away = r.Sign() < 0
		case up:
			away = r.Sign() > 0
		}
		if away {
			q.Add(q, big.NewInt(int64(r.Sign())))
		}
	}
	return Decimal{q, scale}
}

// ofFloat takes the result of a transcendental function, twelve significant
// digits of it; false for what is no number.
func ofFloat(f float64) (Decimal, bool) {
	if math.IsNaN(f) || math.IsInf(f, 0) || math.Abs(f) > 1e37 {
		return Decimal{}, false
	}
	return ParseDecimal(strconv.FormatFloat(f, 'g', 12, 64))
}

func (d Decimal) rat() *big.Rat { return new(big.Rat).SetFrac(d.int(), tenTo(d.scale)) }
