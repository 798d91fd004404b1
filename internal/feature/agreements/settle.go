package agreements

import (
	"math/big"
	"strconv"
)

// Step is one line of a settlement. Numbers are decimal texts, so that what is kept
// says exactly what was counted with; Cents are what the line comes to.
type Step struct {
	Kind    StepKind `json:"kind"`
	Numbers []string `json:"numbers,omitempty"`
	Cents   int64    `json:"cents,omitempty"`
	Other   int64    `json:"otherCents,omitempty"` // price of a unit, ceiling, paid before
}

// StepKind is what a line is about.
type StepKind string

// The kinds of a line, with their numbers.
const (
	stepMeasured StepKind = "measured" // value, people
	stepBetter   StepKind = "better"   // baseline, value, improvement
	stepMet      StepKind = "met"      // threshold
	stepMissed   StepKind = "missed"   // threshold
	stepBand     StepKind = "band"     // result, from, to
	stepUnits    StepKind = "units"    // units, from, to
	stepOutside  StepKind = "outside"  // result
	stepSum      StepKind = "sum"
	stepDeduct   StepKind = "deduct"
	stepCeiling  StepKind = "ceiling"
	stepTotal    StepKind = "total"
)

// exact is the decimal number that was typed: 0.1 is a tenth.
func exact(v float64) *big.Rat {
	r, _ := new(big.Rat).SetString(strconv.FormatFloat(v, 'f', -1, 64)) // it is no NaN: that was checked
	return r
}

// decimalText writes a sum or difference of decimals in full.
func decimalText(r *big.Rat) string {
	f, _ := r.Float64()
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// cents rounds to a whole cent, halves away from nothing.
func cents(r *big.Rat) int64 {
	half := big.NewRat(1, 2)
	if r.Sign() < 0 {
		half.Neg(half)
	}
	r = new(big.Rat).Add(r, half)
	return new(big.Int).Quo(r.Num(), r.Denom()).Int64()
}

// Settle works out what is to be paid for a measured value. Before is what was paid
// on earlier days. The check has been done: m holds and value is a number.
func (m *Model) Settle(value float64, people int, before int64) (steps []Step, pay int64) {
	result := exact(value)
	steps = append(steps, Step{Kind: stepMeasured, Numbers: []string{decimalText(result), strconv.Itoa(people)}})
	if m.Baseline != nil {
		start := exact(*m.Baseline)
		if m.Better == "down" {
			result = new(big.Rat).Sub(start, result)
		} else {
			result = new(big.Rat).Sub(result, start)
		}
		steps = append(steps, Step{Kind: stepBetter, Numbers: []string{decimalText(start), decimalText(exact(value)), decimalText(result)}})
	}
	if m.Threshold != nil {
		t := exact(*m.Threshold)
		more := result.Cmp(t)
		met := more >= 0
		if m.Better == "down" && m.Baseline == nil {
			met = more <= 0
		}
		if !met {
			return append(steps, Step{Kind: stepMissed, Numbers: []string{decimalText(t)}}, Step{Kind: stepTotal}), 0
		}
		steps = append(steps, Step{Kind: stepMet, Numbers: []string{decimalText(t)}})
	}
	rows := m.rows(result)
	for _, row := range rows {
		pay += row.Cents
	}
	if len(rows) == 0 {
		rows = []Step{{Kind: stepOutside, Numbers: []string{decimalText(result)}}}
	}
	steps = append(steps, rows...)
	if len(rows) > 1 {
		steps = append(steps, Step{Kind: stepSum, Cents: pay})
	}
	if m.Deduct && before > 0 {
		pay = max(pay-before, 0)
		steps = append(steps, Step{Kind: stepDeduct, Cents: pay, Other: before})
	}
	if left := max(m.Ceiling-before, 0); m.Ceiling > 0 && pay > left {
		pay = left
		steps = append(steps, Step{Kind: stepCeiling, Cents: pay, Other: m.Ceiling})
	}
	return append(steps, Step{Kind: stepTotal, Cents: pay}), pay
}

// rows are the bands that pay for a result.
func (m *Model) rows(result *big.Rat) (list []Step) {
	for _, b := range m.Bands {
		from := exact(b.From)
		if result.Cmp(from) < 0 {
			break
		}
		numbers := []string{"", decimalText(from), ""}
		end := result
		if b.To != nil {
			to := exact(*b.To)
			numbers[2] = decimalText(to)
			if result.Cmp(to) >= 0 {
				end = to
			}
		}
		inside := end == result
		if m.Mode == Fixed {
			if inside {
				numbers[0] = decimalText(result)
				list = append(list, Step{Kind: stepBand, Numbers: numbers, Cents: b.Cents})
			}
			continue
		}
		units := new(big.Rat).Sub(end, from)
		if units.Sign() == 0 {
			continue
		}
		numbers[0] = decimalText(units)
		list = append(list, Step{Kind: stepUnits, Numbers: numbers, Other: b.Cents, Cents: cents(units.Mul(units, new(big.Rat).SetInt64(b.Cents)))})
	}
	return list
}
