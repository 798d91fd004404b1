package practices

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Study is what one municipality measured, as a difference with before.
type Study struct {
	From   string // who
	Path   string // where it comes from; "" if nowhere to go
	N      int
	Effect float64
	SE     float64 // standard error of Effect; 0 is not known
	Low    float64
	High   float64
	Weight float64 // share in the summary, 0 to 1
}

// Pooled is the summary of studies of one indicator: a random-effects model after
// DerSimonian and Laird (Controlled Clinical Trials 7, 1986), with the interval
// of Hartung and Knapp (Statistics in Medicine 20, 2001) that is fair to few
// studies, never narrower than the usual one (Röver, BMC Medical Research
// Methodology 15, 2015).
type Pooled struct {
	Studies   []Study
	Used      int // how many could be summed up
	Effect    float64
	Low, High float64
	Tau2      float64
	Q         float64
	I2        float64 // 0 to 1: how much of the spread is not chance (Higgins, BMJ 327, 2003)
}

// fewStudies is up to where the interval of Hartung and Knapp is used.
const fewStudies = 20

const z95 = 1.959963984540054

// Pool sums up studies. Those without a standard error are kept in the list and
// left out of the sum; with fewer than two there is no sum.
func Pool(list []Study) Pooled {
	p := Pooled{Studies: list}
	var w, wy, w2 float64
	for i := range list {
		s := &list[i]
		if !usable(*s) {
			continue
		}
		p.Used++
		s.Low, s.High = s.Effect-z95*s.SE, s.Effect+z95*s.SE
		v := 1 / (s.SE * s.SE)
		w, wy, w2 = w+v, wy+v*s.Effect, w2+v*v
	}
	if p.Used < 2 {
		return p
	}
	fixed := wy / w
	for _, s := range list {
		if usable(s) {
			d := (s.Effect - fixed) / s.SE
			p.Q += d * d
		}
	}
	df := float64(p.Used - 1)
	p.Tau2 = max(0, (p.Q-df)/(w-w2/w))
	if p.Q > 0 {
		p.I2 = max(0, (p.Q-df)/p.Q)
	}
	var sum float64
	for i := range list {
		if s := &list[i]; usable(*s) {
			s.Weight = 1 / (s.SE*s.SE + p.Tau2)
			sum += s.Weight
			p.Effect += s.Weight * s.Effect
		}
	}
	p.Effect /= sum
	var spread float64
	for i := range list {
		if s := &list[i]; usable(*s) {
			spread += s.Weight * (s.Effect - p.Effect) * (s.Effect - p.Effect)
			s.Weight /= sum
		}
	}
	half := z95 / math.Sqrt(sum)
	if p.Used <= fewStudies {
		t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(0.975)
		half = max(half, t*math.Sqrt(spread/df/sum))
	}
	p.Low, p.High = p.Effect-half, p.Effect+half
	return p
}

func usable(s Study) bool {
	return s.SE > 0 && !math.IsInf(s.SE, 0) && !math.IsNaN(s.SE+s.Effect) && !math.IsInf(s.Effect, 0)
}

// Spread says in a word how much the results of municipalities differ.
func (p Pooled) Spread() string {
	switch {
	case p.I2 < 0.25:
		return "little"
	case p.I2 < 0.5:
		return "some"
	case p.I2 < 0.75:
		return "much"
	}
	return "very"
}

// studyOf makes a study of a result. The standard error of a percentage follows
// from the numbers of people, before and after taken as separate groups, which
// makes it rather too wide than too narrow; of any other figure it follows from
// the spread that the sender gave.
func studyOf(r Result, from, path string) Study {
	s := Study{From: from, Path: path, N: r.N, Effect: r.Value}
	if r.Baseline != nil {
		s.Effect -= *r.Baseline
	}
	n := float64(r.N)
	switch {
	case r.SD != nil && *r.SD > 0:
		v := *r.SD * *r.SD / n
		if r.Baseline != nil {
			v *= 2
		}
		s.SE = math.Sqrt(v)
	case percent(r.Unit):
		v := share(r.Value, n)
		if r.Baseline != nil {
			v += share(*r.Baseline, n)
		}
		s.SE = 100 * math.Sqrt(v)
	}
	return s
}

func percent(unit string) bool { return unit == "%" || unit == "procent" || unit == "percent" }

// share is the variance of a share, drawn a little to the middle (Agresti and
// Coull), so that 0 % and 100 % are not certain.
func share(percent, n float64) float64 {
	p := (min(max(percent, 0), 100)/100*n + 2) / (n + 4)
	return p * (1 - p) / (n + 4)
}
