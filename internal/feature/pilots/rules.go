package pilots

import (
	"math"
	"slices"
	"strconv"
	"time"

	"wijkbaak.nl/internal/base/fault"
)

// Comparisons are how a rule holds a value against its own.
var Comparisons = []string{"below", "atmost", "above", "atleast"}

// hit tells whether a value is what the rule speaks of.
func (r Rule) hit(v float64) bool {
	switch r.Comparison {
	case "below":
		return v < r.Value
	case "atmost":
		return v <= r.Value
	case "above":
		return v > r.Value
	case "atleast":
		return v >= r.Value
	}
	return false
}

// span is a range of values; an end that is open does not belong to it.
type span struct {
	low, high         float64
	lowOpen, highOpen bool
	whole             bool // only whole numbers
}

// all is every value that an indicator of a kind can have.
func (k Kind) all() span {
	s := span{low: math.Inf(-1), high: math.Inf(1), whole: k == Count}
	switch k {
	case Share:
		s.low, s.high = 0, 100
	case Count:
		s.low = 0
	}
	return s
}

// keep leaves what a rule speaks of.
func (s span) keep(r Rule) span {
	switch r.Comparison {
	case "below", "atmost":
		if open := r.Comparison == "below"; r.Value < s.high || r.Value == s.high && open {
			s.high, s.highOpen = r.Value, open
		}
	case "above", "atleast":
		if open := r.Comparison == "above"; r.Value > s.low || r.Value == s.low && open {
			s.low, s.lowOpen = r.Value, open
		}
	}
	return s
}

// cut leaves what a rule does not speak of.
func (s span) cut(r Rule) span {
	r.Comparison = map[string]string{"below": "atleast", "atmost": "above", "above": "atmost", "atleast": "below"}[r.Comparison]
	return s.keep(r)
}

func (s span) empty() bool {
	if s.whole {
		low, high := math.Ceil(s.low), math.Floor(s.high)
		if s.lowOpen && low == s.low {
			low++
		}
		if s.highOpen && high == s.high {
			high--
		}
		return low > high
	}
	return s.low > s.high || s.low == s.high && (s.lowOpen || s.highOpen)
}

// lineName is the name of a field of the line that a rule stands on in the form.
func lineName(field string, line int) string { return field + "." + strconv.Itoa(line) }

// CheckRules refuses rules that cannot be kept: each by itself, and together. The
// fields are those of the form; weeks is how long the pilot takes, 0 for not known.
func CheckRules(rules []Rule, indicators []Indicator, weeks int) error {
	var w wrong
	w.add(len(rules) > RulesMost, "", "pilots.wrong.rules", "n", RulesMost)
	start, goOn, goOnAtOnce := map[string]span{}, map[string]span{}, map[string]span{}
	for k, r := range rules {
		at := slices.IndexFunc(indicators, func(i Indicator) bool { return i.Code == r.Indicator })
		if at < 0 {
			w.add(true, lineName("indicator", k), "pilots.wrong.rule.indicator")
			continue
		}
		i := indicators[at]
		all := i.Kind.all()
		field := lineName("waarde", k)
		if key := i.Kind.wrong(r.Value); key != "" {
			w.add(true, field, key)
			continue
		}
		switch {
		case r.Kind != "start" && r.Kind != "stop" || !slices.Contains(Comparisons, r.Comparison):
			w.add(true, lineName("vergelijk", k), "pilots.wrong.rule.form")
			continue
		case r.Week < 0 || r.Week > 520:
			w.add(true, lineName("week", k), "pilots.wrong.rule.week")
			continue
		case r.Kind == "stop" && weeks > 0 && r.Week > weeks:
			w.add(true, lineName("week", k), "pilots.wrong.rule.late", "n", weeks)
			continue
		case all.keep(r).empty():
			w.add(true, field, "pilots.wrong.rule.never")
			continue
		case all.cut(r).empty():
			w.add(true, field, "pilots.wrong.rule.always")
			continue
		case slices.ContainsFunc(rules[:k], r.same):
			w.add(true, field, "pilots.wrong.rule.twice")
			continue
		}
		get := func(m map[string]span) span {
			if s, ok := m[r.Indicator]; ok {
				return s
			}
			return all
		}
		if r.Kind == "start" {
			start[r.Indicator] = get(start).keep(r)
			w.add(start[r.Indicator].empty(), field, "pilots.wrong.rule.start", "name", i.Name)
			continue
		}
		// A rule counts from its week until the end, so that from the latest week on
		// all of them count.
		goOn[r.Indicator] = get(goOn).cut(r)
		if r.Week == 0 {
			goOnAtOnce[r.Indicator] = get(goOnAtOnce).cut(r)
		}
		if goOn[r.Indicator].empty() {
			w.add(true, field, "pilots.wrong.rule.stop", "name", i.Name)
			continue
		}
		w.add(i.Target != nil && r.hit(*i.Target), field, "pilots.wrong.rule.target", "name", i.Name)
	}
	if len(w) > 0 {
		return fault.Invalid(w...)
	}
	for k, r := range rules {
		s, ok := start[r.Indicator]
		g, both := goOnAtOnce[r.Indicator]
		if r.Kind == "stop" && r.Week == 0 && ok && both && s.and(g).empty() {
			w.add(true, lineName("waarde", k), "pilots.wrong.rule.both")
		}
	}
	return w.err()
}

func (r Rule) same(o Rule) bool {
	return r.Kind == o.Kind && r.Indicator == o.Indicator && r.Comparison == o.Comparison && (r.Value == o.Value || r.Week == o.Week)
}

// and leaves what lies in both.
func (s span) and(o span) span {
	if o.low > s.low || o.low == s.low && o.lowOpen {
		s.low, s.lowOpen = o.low, o.lowOpen
	}
	if o.high < s.high || o.high == s.high && o.highOpen {
		s.high, s.highOpen = o.high, o.highOpen
	}
	return s
}

// Verdict is what a rule says of what is known now.
type Verdict string

// The verdicts.
const (
	NotYet   Verdict = "notyet"   // its week has not come, and nothing points to it
	Nears    Verdict = "nears"    // its week has not come, but if it stays so, it is hit
	Close    Verdict = "close"    // it is not hit, by a small margin
	Unknown  Verdict = "unknown"  // nothing was measured
	Passes   Verdict = "passes"   // it is not hit
	Hit      Verdict = "hit"      // it is hit
	Answered Verdict = "answered" // it is hit, and decided about since
)

// Judged is a rule with what it says today.
type Judged struct {
	Rule
	Name     string // of the indicator
	Unit     string
	Verdict  Verdict
	Measured *float64  // the newest value
	Day      time.Time // of that value
	From     time.Time // day from which the rule counts
}

// margin is how near to a bound is close: a tenth of it.
const margin = 0.1

// judge gives what a rule says on a day. A rule is about what was measured since
// the pilot began; a start rule about anything known.
func (p Pilot) judge(r Rule, i Indicator, now time.Time) Judged {
	j := Judged{Rule: r, Name: i.Name, Unit: i.Unit, Verdict: Unknown}
	if !p.Starts.IsZero() {
		j.From = p.Starts.AddDate(0, 0, 7*r.Week)
	}
	measured := !i.Last.Day.IsZero() && (r.Kind == "start" || !i.Last.Day.Before(p.Starts))
	counts := r.Kind == "start" || p.week(now) >= r.Week
	if !measured {
		if r.Kind == "start" && i.Baseline != nil {
			j.Measured = i.Baseline
			j.Verdict = passOrHit(r.hit(*i.Baseline))
			return j
		}
		if !counts {
			j.Verdict = NotYet
		}
		return j
	}
	v := i.Last.Value
	j.Measured, j.Day = &v, i.Last.Day
	switch hit := r.hit(v); {
	case r.Kind == "start":
		j.Verdict = passOrHit(hit)
	case !counts && hit:
		j.Verdict = Nears
	case !counts:
		j.Verdict = NotYet
	case hit && !p.DecidedAt.IsZero() && !i.Last.At.After(p.DecidedAt):
		j.Verdict = Answered
	case hit:
		j.Verdict = Hit
	case math.Abs(v-r.Value) <= margin*math.Abs(r.Value):
		j.Verdict = Close
	default:
		j.Verdict = Passes
	}
	return j
}

// passOrHit is for a start rule, which passes when it is met.
func passOrHit(met bool) Verdict {
	if met {
		return Passes
	}
	return Hit
}

// Judge gives what each rule says on a day.
func (p Pilot) Judge(rules []Rule, indicators []Indicator, now time.Time) []Judged {
	var list []Judged
	for _, r := range rules {
		for _, i := range indicators {
			if i.Code == r.Indicator {
				list = append(list, p.judge(r, i, now))
			}
		}
	}
	return list
}

// due tells since when a decision is due and why; zero where none is.
func (p Pilot) due(judged []Judged, now time.Time) (time.Time, string) {
	if p.Status != Running {
		return time.Time{}, ""
	}
	for _, j := range judged {
		if j.Kind == "stop" && j.Verdict == Hit {
			return day(now), DueRule
		}
	}
	if !p.DecideOn.IsZero() && !p.DecideOn.After(now) {
		return p.DecideOn, DueDate
	}
	return time.Time{}, ""
}
