package businesscase

import (
	"math"
	"slices"
	"strings"
)

// deterministic is the model with each figure at one value. Amounts are raw
// euros per payer and year; rounding comes at the end.
type deterministic struct {
	payers   []Payer
	net      [][]float64 // [payer][year]
	costs    [][]float64
	people   []Participants
	discount []float64
}

// certain counts with the most likely values; a missing figure counts as nothing.
func (m *Model) certain() *deterministic {
	s := &m.Settings
	years := s.Horizon
	d := &deterministic{payers: m.payers(), discount: growth(s.Discount.value(), years)}
	index := growth(s.Index.value(), years)
	for range d.payers {
		d.net = append(d.net, make([]float64, years))
		d.costs = append(d.costs, make([]float64, years))
	}
	people := newCrowd(m)
	people.fill(m, s.Participation.value(), s.Retention.value(), s.Decay.value())
	for _, l := range m.Lines {
		p := slices.Index(d.payers, l.Payer)
		amount := l.Amount.value()
		if l.Quantity != nil {
			amount *= l.Quantity.value()
		}
		if l.Kind == Cost {
			amount = -amount
		}
		for y, v := range people.of(m.rowOf(l), volumeOf(l)) {
			x := float64(float64(amount*v) * index[y])
			d.net[p][y] += x
			if l.Kind == Cost {
				d.costs[p][y] -= x
			}
		}
	}
	for y := range years {
		d.people = append(d.people, Participants{people.of(rowAll, volNew)[y], people.of(rowAll, volActive)[y]})
	}
	return d
}

// value is the discounted net of a payer.
func (d *deterministic) value(p int) float64 {
	sum := 0.0
	for y, v := range d.net[p] {
		sum += v / d.discount[y]
	}
	return sum
}

// total is the discounted net of all together.
func (d *deterministic) total() float64 {
	sum := 0.0
	for p := range d.payers {
		sum += d.value(p)
	}
	return sum
}

// of is the discounted net of a payer by name; of nobody it is that of all.
func (d *deterministic) of(p Payer) float64 {
	if p == "" {
		return d.total()
	}
	if k := slices.Index(d.payers, p); k >= 0 {
		return d.value(k)
	}
	return 0
}

// into fills in what does not come from the draws. What stands for all together
// is the sum of the rounded amounts of the payers, so that a table adds up.
func (d *deterministic) into(o *Outcome, m *Model) {
	years := m.Settings.Horizon
	o.Likely = make([]int64, years)
	flow := make([]float64, years) // discounted
	for p, payer := range d.payers {
		if o.Payer != "" && payer != o.Payer {
			continue
		}
		costs := 0.0
		for y := range years {
			o.Likely[y] += Cents(d.net[p][y])
			flow[y] += d.net[p][y] / d.discount[y]
			costs += d.costs[p][y] / d.discount[y]
		}
		value := Cents(d.value(p))
		o.ValueLikely += value
		o.Costs += Cents(costs)
		o.Benefits += value + Cents(costs)
	}
	o.PayBack = payBack(flow, m.Settings.StartYear)
}

// payBack finds the year from which the sum stays at or above zero. Without a
// loss at any time there is nothing to win back, and it is the first year.
func payBack(flow []float64, start int) int {
	sum, turned := 0.0, -1
	any := false
	for y, v := range flow {
		sum += v
		any = any || v != 0
		switch {
		case Cents(sum) < 0:
			turned = -1
		case turned < 0:
			turned = y
		}
	}
	if turned < 0 || !any {
		return 0
	}
	return start + turned
}

// at gives the net of a payer, or of all together, with one figure at another value.
func (m *Model) at(key string, v float64, of Payer) float64 {
	c := m.clone()
	f := c.figure(key)
	if f == nil {
		return math.NaN()
	}
	*f = Exactly(v)
	return c.certain().of(of)
}

// tornado puts each figure with a range at its ends.
func (m *Model) tornado() []Swing {
	var list []Swing
	for _, key := range m.keys() {
		low, high := m.figure(key).ends()
		if low == high {
			continue
		}
		if s := (Swing{key, Cents(m.at(key, low, "")), Cents(m.at(key, high, ""))}); s.size() > 0 {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, bySize)
	return list
}

// Turns finds for each figure the value at which the net of a payer, or of all
// together, changes sign; those within their range first.
func (m *Model) Turns(of Payer) []Turn {
	var list []Turn
	net := m.certain().of(of)
	for _, key := range m.keys() {
		f := m.figure(key)
		if key == KeyIndex || f.Missing() || m.partnerMissing(key) {
			continue
		}
		t := m.turn(key, net, of)
		low, high := f.ends()
		t.Now, t.Likely = f.value(), t.Found && low < high && t.At >= low && t.At <= high
		list = append(list, t)
	}
	near := func(t Turn) float64 {
		if !t.Found {
			return math.Inf(1)
		}
		return math.Abs(t.At-t.Now) / max(math.Abs(t.Now), 1e-9)
	}
	slices.SortStableFunc(list, func(a, b Turn) int {
		if a.Likely != b.Likely {
			if a.Likely {
				return -1
			}
			return 1
		}
		if x, y := near(a), near(b); x != y {
			if x < y {
				return -1
			}
			return 1
		}
		return 0
	})
	return list
}

// partnerMissing tells that the other figure of the line is not known, so that
// this one changes nothing.
func (m *Model) partnerMissing(key string) bool {
	id, part, _ := strings.Cut(key, ".")
	other := m.figure(id + "." + map[string]string{"amount": "quantity", "quantity": "amount"}[part])
	return other != nil && other.Missing()
}

// turn is exact where the net is a straight line of the figure (all amounts,
// quantities and participation) and halves the interval elsewhere.
func (m *Model) turn(key string, net float64, of Payer) Turn {
	t := Turn{Key: key}
	switch key {
	case KeyRetention, KeyDecay:
		m.bisect(&t, 0, 100, of)
		return t
	case KeyDiscount:
		m.bisect(&t, -10, 50, of)
		return t
	}
	most := boundsOf(key).most
	now := m.figure(key).value()
	zero := m.at(key, 0, of)
	slope := 0.0
	if now != 0 {
		slope = (net - zero) / now
	} else {
		slope = m.at(key, 1, of) - zero
	}
	t.line(zero, slope, most)
	return t
}

// line solves zero + slope × at = 0. That nothing costs nothing is no news.
func (t *Turn) line(zero, slope, most float64) {
	if math.Abs(slope) < 1e-9 || math.Abs(zero) < 1e-6 {
		return
	}
	t.Above = slope > 0
	if at := -zero / slope; at >= 0 && at <= most {
		t.At, t.Found = at, true
	}
}

// bisect looks for a change of sign; a net that turns more than once gives the
// first place.
func (m *Model) bisect(t *Turn, low, high float64, of Payer) {
	const steps = 24
	a, fa := low, m.at(t.Key, low, of)
	for k := 1; k <= steps; k++ {
		b := low + (high-low)*float64(k)/steps
		fb := m.at(t.Key, b, of)
		if (fa < 0) != (fb < 0) {
			t.Above, t.Found = fb > fa, true
			for range 50 {
				mid := (a + b) / 2
				if f := m.at(t.Key, mid, of); (f < 0) == (fa < 0) {
					a = mid
				} else {
					b = mid
				}
			}
			t.At = (a + b) / 2
			return
		}
		a, fa = b, fb
	}
}

// missing says which figures of lines nobody filled in, and what they would have
// to be to decide. All other missing figures count as nothing.
func (m *Model) missing() []Missing {
	var list []Missing
	for _, l := range m.Lines {
		noAmount, noQuantity := l.Amount.Missing(), l.Quantity != nil && l.Quantity.Missing()
		if !noAmount && !noQuantity {
			continue
		}
		one := Missing{}
		c := m.clone()
		switch {
		case noAmount && noQuantity: // they decide by their product
			one.Keys = []string{l.ID + ".amount", l.ID + ".quantity"}
			*c.figure(l.ID + ".quantity") = Exactly(1)
			one.Turn = c.turn(l.ID+".amount", 0, "")
		case noAmount:
			one.Keys = []string{l.ID + ".amount"}
			one.Turn = c.turn(l.ID+".amount", 0, "")
		default:
			one.Keys = []string{l.ID + ".quantity"}
			one.Turn = c.turn(l.ID+".quantity", 0, "")
		}
		list = append(list, one)
	}
	return list
}
