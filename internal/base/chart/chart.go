// Package chart holds the sums behind a drawing: where a value falls on an axis,
// which round figures stand beside it, and how a number is written in SVG. What is
// drawn is up to each room.
package chart

import (
	"math"
	"strconv"
	"strings"
)

// Scale puts values between Min and Max on positions between From and To. From may
// be larger than To, as for a vertical axis in SVG, where down is more.
type Scale struct {
	Min, Max, From, To float64
}

// At is the position of a value. All values of a scale without width fall in the
// middle.
func (s Scale) At(v float64) float64 {
	if s.Max == s.Min {
		return (s.From + s.To) / 2
	}
	return s.From + (v-s.Min)/(s.Max-s.Min)*(s.To-s.From)
}

// Fit makes a scale that holds all values and ends at round figures, with about n
// of them. Zero adds the nought to what it holds, as bars need.
func Fit(values []float64, n int, zero bool, from, to float64) Scale {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			low, high = min(low, v), max(high, v)
		}
	}
	if low > high {
		low, high = 0, 0
	}
	if zero {
		low, high = min(low, 0), max(high, 0)
	}
	if low == high {
		low, high = low-0.5, high+0.5
	}
	step := Step(low, high, n)
	return Scale{math.Floor(low/step) * step, math.Ceil(high/step) * step, from, to}
}

// Step is a round figure (1, 2 or 5 times a power of ten) that parts the span in
// about n pieces.
func Step(low, high float64, n int) float64 {
	span := high - low
	if span <= 0 || math.IsInf(span, 0) || math.IsNaN(span) {
		return 1
	}
	rough := span / float64(max(n, 1))
	power := math.Pow(10, math.Floor(math.Log10(rough)))
	for _, m := range []float64{1, 2, 5} {
		if rough <= m*power*(1+1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// Ticks lists about n round figures from low to high.
func Ticks(low, high float64, n int) []float64 {
	step := Step(low, high, n)
	var list []float64
	for k := math.Ceil(low/step - 1e-9); k*step <= high+step*1e-9 && len(list) < 10*max(n, 1); k++ {
		list = append(list, round(k*step, step))
	}
	return list
}

// round takes off the dust of binary fractions.
func round(v, step float64) float64 {
	digits := max(0, int(-math.Floor(math.Log10(step))))
	if digits > 15 {
		return v
	}
	p := math.Pow(10, float64(digits))
	return math.Round(v*p) / p
}

// Num writes a number for SVG: at most two decimals, a point, no exponent.
func Num(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "0"
	}
	s := strconv.FormatFloat(math.Round(v*100)/100, 'f', 2, 64)
	s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

// Points writes the attribute of a polyline.
func Points(xy ...float64) string {
	var b strings.Builder
	for k := 0; k+1 < len(xy); k += 2 {
		if k > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(Num(xy[k]))
		b.WriteByte(',')
		b.WriteString(Num(xy[k+1]))
	}
	return b.String()
}
