package businesscase

import (
	"cmp"
	"math"
	"slices"
	"strconv"
)

// Cents rounds euros to cents. It rounds to a millionth first, and from there by
// whole numbers, so that a sum that is half a cent but for its last bit comes
// out the same here and in a spreadsheet (xlsx.go has the same formula).
func Cents(euro float64) int64 {
	return int64(math.Floor((math.Round(euro*1e6) + 5000) / 10000))
}

// Band is an amount in cents with its uncertainty.
type Band struct{ Low, Mid, High int64 } // 5, 50 and 95 % of the draws

// Outcome is what the case comes to for one payer, or for all together.
type Outcome struct {
	Payer  Payer   // empty for all together
	Years  []Band  // net in each year, in prices of that year
	Likely []int64 // the same with each figure at its most likely value
	// Value is the net of all years, discounted to the first one.
	Value       Band
	ValueLikely int64
	Mean        int64
	Gains       float64 // chance that Value is above zero
	PayBack     int     // the year in which the discounted sum turns and stays above zero; 0 if it does not
	Costs       int64   // discounted, most likely
	Benefits    int64
}

// Transfer is what one payer pays another so that nobody loses.
type Transfer struct {
	From, To Payer
	Cents    int64
}

// Swing is how much one figure moves the net of all together.
type Swing struct {
	Key       string
	Low, High int64 // with the figure at its low and at its high end, all others most likely
}

func (s Swing) size() int64 { return max(s.Low-s.High, s.High-s.Low) }

// Turn is the value of a figure at which the net of a payer, or of all together,
// changes sign.
type Turn struct {
	Key   string
	Now   float64
	At    float64
	Found bool // false: no value in its bounds turns it
	// Above tells that it pays with the figure above At, and not below.
	Above bool
	// Likely tells that At lies within the range of the figure.
	Likely bool
}

// Missing is a figure that nobody filled in, with the value that decides.
type Missing struct {
	Keys []string // one, or amount and quantity of a line when both are missing
	Turn          // of the figure, or of their product
}

// Participants are those of a year, most likely.
type Participants struct{ New, Active float64 }

// Result is all that comes out of a model.
type Result struct {
	Draws     int
	Seed      uint64
	Start     int
	Payers    []Outcome // those that a line names, in the order of Payers
	Total     Outcome
	Transfers []Transfer
	Short     int64 // what all together fall short, when they do
	Tornado   []Swing
	Turns     []Turn
	Missing   []Missing
	People    []Participants
	Statuses  map[Status]int // filled-in figures of lines by state
}

// Of gives the outcome of a payer.
func (r *Result) Of(p Payer) *Outcome {
	for k := range r.Payers {
		if r.Payers[k].Payer == p {
			return &r.Payers[k]
		}
	}
	return nil
}

// payers gives those that a line names.
func (m *Model) payers() []Payer {
	return slices.DeleteFunc(slices.Clone(Payers), func(p Payer) bool {
		return !slices.ContainsFunc(m.Lines, func(l Line) bool { return l.Payer == p })
	})
}

// Run counts a model that was checked: n draws from a seed.
func (m *Model) Run(seed uint64, n int) *Result {
	r := &Result{Draws: n, Seed: seed, Start: m.Settings.StartYear, Statuses: map[Status]int{}}
	certain := m.certain()
	m.simulate(r, certain, seed, n)
	r.People = certain.people
	r.transfer()
	r.Tornado = m.tornado()
	r.Turns = m.Turns("")
	r.Missing = m.missing()
	for _, l := range m.Lines {
		for _, f := range []*Figure{&l.Amount, l.Quantity} {
			if f != nil && !f.Missing() {
				r.Statuses[f.Status]++
			}
		}
	}
	return r
}

// group is a sum of lines of one payer with the same volume.
type group struct {
	payer int
	row   int
	v     volume
	sums  []float64 // per draw
}

func (m *Model) simulate(r *Result, certain *deterministic, seed uint64, n int) {
	payers := m.payers()
	groups := m.groups(payers, seed, n)
	years := m.Settings.Horizon
	index, discount := growth(m.Settings.Index.value(), years), growth(m.Settings.Discount.value(), years)
	draws := make([]float64, 3*n)
	part, stay, decay := draws[:n:n], draws[n:2*n:2*n], draws[2*n:]
	m.Settings.Participation.fillDraws(part, seed, KeyParticipation)
	m.Settings.Retention.fillDraws(stay, seed, KeyRetention)
	m.Settings.Decay.fillDraws(decay, seed, KeyDecay)

	// net holds [payer][year][draw]; the last of the payers is all together, the
	// last of the years the discounted sum.
	columns := (len(payers) + 1) * (years + 1)
	net := make([]float64, columns*n)
	column := func(p, y int) []float64 { at := (p*(years+1) + y) * n; return net[at : at+n : at+n] }
	people := newCrowd(m)
	one := make([]float64, (len(payers)+1)*(years+1))
	all := one[len(payers)*(years+1):]
	for d := range n {
		if d == 0 || part[d] != part[d-1] || stay[d] != stay[d-1] || decay[d] != decay[d-1] {
			people.fill(m, part[d], stay[d], decay[d])
		}
		clear(one)
		for g := range groups {
			sum, own := groups[g].sums[d], one[groups[g].payer*(years+1):]
			for y, v := range people.of(groups[g].row, groups[g].v) {
				own[y] += float64(sum * v)
			}
		}
		for p := range payers {
			own := one[p*(years+1) : (p+1)*(years+1)]
			for y := range years {
				own[y] *= index[y]
				own[years] += own[y] / discount[y]
				all[y] += own[y]
			}
			all[years] += own[years]
		}
		for c, v := range one {
			net[c*n+d] = v
		}
	}
	for p, payer := range append(slices.Clone(payers), "") {
		o := Outcome{Payer: payer, Years: make([]Band, years)}
		for y := range years {
			o.Years[y] = band(column(p, y))
		}
		value := column(p, years)
		sum, gains := 0.0, 0
		for _, v := range value {
			sum += v
			if v > 0 {
				gains++
			}
		}
		o.Mean, o.Gains = Cents(sum/float64(n)), float64(gains)/float64(n)
		o.Value = band(value)
		certain.into(&o, m)
		if payer == "" {
			r.Total = o
		} else {
			r.Payers = append(r.Payers, o)
		}
	}
}

// groups draws all lines and adds up those with the same payer and volume.
func (m *Model) groups(payers []Payer, seed uint64, n int) []group {
	var list []group
	amount, quantity := make([]float64, n), make([]float64, n)
	for _, l := range m.Lines {
		if l.Amount.Missing() || l.Quantity != nil && l.Quantity.Missing() {
			continue
		}
		p, row, v := slices.Index(payers, l.Payer), m.rowOf(l), volumeOf(l)
		k := slices.IndexFunc(list, func(g group) bool { return g.payer == p && g.row == row && g.v == v })
		if k < 0 {
			list = append(list, group{p, row, v, make([]float64, n)})
			k = len(list) - 1
		}
		sums := list[k].sums
		l.Amount.fillDraws(amount, seed, l.ID+".amount")
		if l.Quantity != nil {
			l.Quantity.fillDraws(quantity, seed, l.ID+".quantity")
			for d, q := range quantity {
				amount[d] *= q
			}
		}
		if l.Kind == Cost {
			for d, v := range amount {
				sums[d] -= v
			}
			continue
		}
		for d, v := range amount {
			sums[d] += v
		}
	}
	return list
}

// band finds 5, 50 and 95 % by putting the values half in order, which is enough
// and ten times faster than sorting. It changes the order of the values.
func band(values []float64) Band {
	n := len(values)
	low, mid, high := int(math.Ceil(0.05*float64(n)))-1, (n-1)/2, int(math.Ceil(0.95*float64(n)))-1
	low = max(low, 0)
	m := nth(values, mid)
	return Band{Low: Cents(nth(values[:mid+1], low)), Mid: Cents(m), High: Cents(nth(values[mid:], high-mid))}
}

// nth puts the k-th smallest value at its place, smaller ones before it.
func nth(v []float64, k int) float64 {
	low, high := 0, len(v)-1
	for low < high {
		pivot := median(v[low], v[(low+high)/2], v[high])
		i, j := low, high
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for v[j] > pivot {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			high = j
		case k >= i:
			low = i
		default:
			return v[k]
		}
	}
	return v[k]
}

func median(a, b, c float64) float64 {
	return max(min(a, b), min(max(a, b), c))
}

// transfer shares what is gained so that nobody loses: who gains pays in
// proportion to the gain, who loses gets the loss back. Counted with the mean.
// Informal carers stay out of it: they gain or give hours, not money.
func (r *Result) transfer() {
	var gain, loss int64
	payers := slices.DeleteFunc(slices.Clone(r.Payers), func(o Outcome) bool { return o.Payer == Carers })
	for _, o := range payers {
		if o.Mean > 0 {
			gain += o.Mean
		} else {
			loss -= o.Mean
		}
	}
	if loss > gain {
		r.Short = loss - gain
	}
	if gain == 0 || loss == 0 || loss > gain {
		return
	}
	left := map[Payer]int64{} // what a gainer still has to pay
	var sum int64
	var last Payer
	for _, o := range payers {
		if o.Mean > 0 {
			left[o.Payer] = int64(float64(loss) * (float64(o.Mean) / float64(gain)))
			sum += left[o.Payer]
			last = o.Payer
		}
	}
	left[last] += loss - sum // the cents that rounding left over
	for _, to := range payers {
		want := max(-to.Mean, 0)
		for _, from := range payers {
			if part := min(want, left[from.Payer]); part > 0 {
				r.Transfers = append(r.Transfers, Transfer{from.Payer, to.Payer, part})
				want -= part
				left[from.Payer] -= part
			}
		}
	}
}

// year writes a year of the case.
func (r *Result) year(y int) string { return strconv.Itoa(r.Start + y) }

func bySize(a, b Swing) int {
	return cmp.Or(cmp.Compare(b.size(), a.size()), cmp.Compare(a.Key, b.Key))
}
