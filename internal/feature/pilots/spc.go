package pilots

import (
	"math"
	"time"
)

// Statistical process control by an XmR chart: the line in the middle is the mean,
// the limits lie 2.66 times the mean moving range from it (Shewhart; Wheeler,
// "Understanding Variation"). Of the published rules these are used:
//
//	beyond  a point outside the limits (Shewhart; Nelson 1984, rule 1)
//	run     eight in a row on one side of the middle (Western Electric 1956, rule 4)
//	trend   six in a row, each higher or each lower than the one before (Nelson, rule 3)
//	near    two of three on one side in the outer third (Western Electric, rule 2)
//
// NHS "Making data count" uses the same four, with a run of seven. Eight gives fewer
// false alarms, and nobody ends a pilot over a chance.
const (
	pointsLeast  = 8  // fewer say nothing
	runLength    = 8  // on one side
	trendLength  = 6  // rising or falling
	limitsFrom   = 12 // the first points make the limits, so that a change shows against them
	limitsRest   = 4  // once there are this many more
	limitsFactor = 2.66
)

// Point is a measurement on a chart, with what is odd about it.
type Point struct {
	Measurement
	Rule string // beyond, run, trend or near; "" where chance explains it
	Side int    // 1 above, -1 below the middle or falling
}

// Signal is what a chart says.
type Signal string

// The signals. Direction and good or bad are apart.
const (
	TooFew   Signal = "few"
	NoChange Signal = "none"
	Rise     Signal = "rise"
	Fall     Signal = "fall"
	Past     Signal = "past" // it was odd once, and is no longer
)

// Run is a chart of an indicator in time, the oldest point first.
type Run struct {
	Points      []Point
	Middle      float64
	Lower       float64
	Upper       float64
	Limits      bool // there were points enough for limits
	Signal      Signal
	Since       time.Time // first point of the newest signal
	Better      bool      // the signal goes the way that is hoped for
	Provisional bool      // limits on fewer points than one would like
}

// Chart looks at measurements in the order of time.
func Chart(list []Measurement, better string) Run {
	r := Run{Points: make([]Point, len(list)), Signal: TooFew}
	for k, m := range list {
		r.Points[k].Measurement = m
	}
	if len(list) < pointsLeast {
		return r
	}
	base := list
	if len(list) >= limitsFrom+limitsRest {
		base = list[:limitsFrom]
	}
	r.limits(base)
	r.Provisional = len(base) < limitsFrom
	r.mark()
	r.read(better)
	return r
}

func (r *Run) limits(base []Measurement) {
	sum, ranges := 0.0, 0.0
	for k, m := range base {
		sum += m.Value
		if k > 0 {
			ranges += math.Abs(m.Value - base[k-1].Value)
		}
	}
	r.Middle = sum / float64(len(base))
	width := limitsFactor * ranges / float64(len(base)-1)
	r.Lower, r.Upper, r.Limits = r.Middle-width, r.Middle+width, true
}

func (r *Run) side(k int) int {
	switch v := r.Points[k].Value; {
	case v > r.Middle:
		return 1
	case v < r.Middle:
		return -1
	}
	return 0
}

// set marks points that have no mark of a rule that weighs more.
func (r *Run) set(from, to int, rule string, side int) {
	for k := from; k <= to; k++ {
		if r.Points[k].Rule == "" {
			r.Points[k].Rule, r.Points[k].Side = rule, side
		}
	}
}

func (r *Run) mark() {
	for k, p := range r.Points {
		if p.Value > r.Upper || p.Value < r.Lower {
			r.set(k, k, "beyond", r.side(k))
		}
	}
	for k := range r.Points { // eight on one side
		n := 0
		for n < runLength && k-n >= 0 && r.side(k) != 0 && r.side(k-n) == r.side(k) {
			n++
		}
		if n == runLength {
			r.set(k-n+1, k, "run", r.side(k))
		}
	}
	for k := trendLength - 1; k < len(r.Points); k++ {
		for _, way := range []int{1, -1} {
			n := 1
			for n < trendLength && float64(way)*(r.Points[k-n+1].Value-r.Points[k-n].Value) > 0 {
				n++
			}
			if n == trendLength {
				r.set(k-n+1, k, "trend", way)
			}
		}
	}
	outer := (r.Upper - r.Middle) * 2 / 3
	for k := 2; k < len(r.Points); k++ {
		for _, way := range []int{1, -1} {
			n, first, last := 0, 0, 0
			for b := k - 2; b <= k; b++ {
				if float64(way)*(r.Points[b].Value-r.Middle) > outer && outer > 0 {
					if n == 0 {
						first = b
					}
					n, last = n+1, b
				}
			}
			if n >= 2 {
				r.set(first, first, "near", way)
				r.set(last, last, "near", way)
			}
		}
	}
}

// read makes one sentence of the marks: the newest counts.
func (r *Run) read(better string) {
	r.Signal = NoChange
	last := len(r.Points) - 1
	for last >= 0 && r.Points[last].Rule == "" {
		last--
	}
	if last < 0 {
		return
	}
	first := last
	for first > 0 && r.Points[first-1].Rule != "" && r.Points[first-1].Side == r.Points[last].Side {
		first--
	}
	r.Since = r.Points[first].Day
	if last < len(r.Points)-runLength {
		r.Signal = Past
		return
	}
	r.Signal = Rise
	if r.Points[last].Side < 0 {
		r.Signal = Fall
	}
	r.Better = (r.Signal == Rise) == (better == "up")
}
