package pilots

import (
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat/distuv"
)

// EvidenceRow is what a pilot proved by one indicator. The same Key replaces what
// was added before.
type EvidenceRow struct {
	Key              string
	Type             string // outcome, use or cost
	Metric           string
	Value            float64
	Baseline, Target *float64
	Unit             string
	N                int
	Period           string // in words
	From, To         time.Time
	Method           string // in words
	Comparison       string
	Strength         string // one of Designs
	Low, High        *float64
	Verdict          Result
	Note             string
	Path             string // of the pilot
	Demonstration    bool
}

// Result is what came out, in the eyes of who hoped for something.
type Result string

// The results.
const (
	Improved Result = "better"
	Worsened Result = "worse"
	Equal    Result = "same"
	Unsure   Result = "unsure"
)

// weaker gives the lower of two strengths.
func weaker(a, b string) string {
	if slices.Index(Designs, a) > slices.Index(Designs, b) {
		return a
	}
	return b
}

// Strength is how strong the evidence of one indicator can be: never above the
// design, and lower where what the design asks for is not there.
func (p Pilot) Strength(i Indicator, m Measurement) string {
	s := p.Design
	if s == "controlled" && p.Compared == "" {
		s = "before_after"
	}
	counted := "survey"
	if i.Kind == Count || i.Kind == Euro {
		counted = "registration"
	}
	if s == "before_after" && i.Baseline == nil {
		s = counted
	}
	if i.Kind != Count && i.Kind != Euro && m.N < fewest {
		s = weaker(s, "estimate") // of so few, or of nobody knows how many
	}
	return s
}

// Interval gives the range in which the true value lies with 95 % certainty:
// Wilson's for a share, Student's t for a mean. Nil where it cannot be said.
func Interval(k Kind, m Measurement) (low, high *float64) {
	switch {
	case k == Share && m.N > 0:
		a, b := wilson(m.Value/100, m.N)
		a, b = 100*a, 100*b
		return &a, &b
	case (k == Mean || k == Score) && m.N > 1 && m.Spread != nil:
		w := studentT(m.N-1) * *m.Spread / math.Sqrt(float64(m.N))
		a, b := m.Value-w, m.Value+w
		return &a, &b
	}
	return nil, nil
}

// z95 is the quantile of the normal distribution for 95 %, two-sided.
const z95 = 1.959963984540054

// wilson is the score interval (Wilson, 1927).
func wilson(share float64, n int) (float64, float64) {
	c, z2 := float64(n), z95*z95
	mid := (share + z2/(2*c)) / (1 + z2/c)
	w := z95 / (1 + z2/c) * math.Sqrt(share*(1-share)/c+z2/(4*c*c))
	return max(0, mid-w), min(1, mid+w)
}

func studentT(df int) float64 {
	return distuv.StudentsT{Sigma: 1, Nu: float64(df)}.Quantile(0.975)
}

// result compares with the start: by the interval where there is one, and else by
// what the chart says.
func result(i Indicator, m Measurement, run Run, low, high *float64) Result {
	good := func(up bool) Result {
		if up == (i.Better == "up") {
			return Improved
		}
		return Worsened
	}
	if i.Baseline != nil && low != nil {
		switch {
		case *low > *i.Baseline:
			return good(true)
		case *high < *i.Baseline:
			return good(false)
		}
		return Equal
	}
	switch run.Signal {
	case Rise:
		return good(true)
	case Fall:
		return good(false)
	case NoChange, Past:
		return Equal
	}
	return Unsure
}

// evidenceType tells what a figure is about. How many take part says nothing about
// whether it helps them.
func evidenceType(k Kind) string {
	switch k {
	case Count:
		return "use"
	case Euro:
		return "cost"
	}
	return "outcome"
}
