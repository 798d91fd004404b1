package pilots

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/fault"
)

// Status is how far a pilot is.
type Status string

// The statuses. What is a draft is seen by its own organisation.
const (
	Draft   Status = "draft"
	Running Status = "running"
	Ended   Status = "ended"
)

// Statuses lists them.
var Statuses = []Status{Draft, Running, Ended}

// Designs are how a result comes about, the strongest first. They bound how strong
// the evidence of a pilot can be.
var Designs = []string{"controlled", "before_after", "survey", "registration", "estimate", "claim"}

// Kind is what sort of figure an indicator is.
type Kind string

// The kinds: a number of things, a percentage of people, the mean of a measure, a
// mark on a list, an amount of money.
const (
	Count Kind = "count"
	Share Kind = "share"
	Mean  Kind = "mean"
	Score Kind = "score"
	Euro  Kind = "euro"
)

// Kinds lists them.
var Kinds = []Kind{Count, Share, Mean, Score, Euro}

// Paces are how often an indicator is measured.
var Paces = []string{"week", "month", "quarter"}

// Weights are how heavy a risk weighs.
var Weights = []string{"low", "middle", "high"}

// Outcome is what was decided.
type Outcome string

// The outcomes of a decision. Stop and HandOn end the pilot.
const (
	GoOn   Outcome = "go_on"
	Adjust Outcome = "adjust"
	Stop   Outcome = "stop"
	HandOn Outcome = "hand_on"
)

// Outcomes lists them.
var Outcomes = []Outcome{GoOn, Adjust, Stop, HandOn}

// Why a decision is due.
const (
	DueRule = "rule" // a stop rule was hit
	DueDate = "date" // its day has come
)

// Bounds of what a pilot holds.
const (
	NameMost       = 120
	TextMost       = 4000
	ShortMost      = 200
	IndicatorsMost = 20
	RulesMost      = 20
	LinesMost      = 40
	peopleMost     = 10_000_000
	// fewest is the smallest group of which a figure is shown to others.
	fewest = 10
)

// Pilot is one trial of an initiative in a place.
type Pilot struct {
	ID            string
	Initiative    string // slug
	Name          string
	Place         string // code of a municipality; empty where it runs nowhere in particular
	PlaceName     string
	PlacePath     string
	Lead          string // id of the organisation
	LeadName      string
	LeadPerson    string
	Starts, Ends  time.Time // days
	People        int       // aimed at
	Goal          string
	Design        string
	Compared      string // with whom, for a controlled design
	Status        Status
	Outcome       Outcome // of an ended one
	Adopted       bool    // made from a package
	Demonstration bool
	Version       int64
	DecideOn      time.Time // day of the next decision
	DueAt         time.Time // since when a decision is due; zero where none is
	DueWhy        string
	DueTold       bool
	DecidedAt     time.Time
	CreatedAt     time.Time
	ChangedAt     time.Time
}

// Indicator is one thing that is measured.
type Indicator struct {
	ID, Pilot        string
	Code             string
	Position         int
	Name, Definition string
	Unit             string
	Kind             Kind
	Better           string // up or down
	Baseline, Target *float64
	Source           string
	Every            string
	Counter          string // what the program itself counts for it
	Last             Measurement
}

// Measurement is the value of an indicator on a day.
type Measurement struct {
	Indicator string
	Day       time.Time
	Value     float64
	N         int      // people it is about; 0 is not known
	Spread    *float64 // standard deviation, of a mean or score
	Note      string
	Source    string // form, csv, api or program
	Person    string
	At        time.Time
}

// Old is a measurement that a correction replaced.
type Old struct {
	Measurement
	ID         string
	ReplacedAt time.Time
	ReplacedBy string
}

// Month sums up the measurements of a month.
type Month struct {
	Month             time.Time
	Times             int
	Mean, Least, Most float64
}

// Rule is a bound that was agreed on beforehand.
type Rule struct {
	ID         string
	Kind       string // start or stop
	Indicator  string // code
	Comparison string // one of Comparisons
	Value      float64
	Week       int // it counts when this many weeks have passed
}

// Cost is a line of money, in cents.
type Cost struct {
	ID      string
	Label   string
	Planned int64
	Spent   *int64
}

// Risk is what could go wrong, and what is done about it.
type Risk struct {
	ID     string
	Label  string
	Weight string
	Answer string
}

// Note is an experience, with a quote only where its speaker agreed.
type Note struct {
	ID        string
	Day       time.Time
	Body      string
	Quote     string
	SaidBy    string // in which role, never a name
	Consent   string // the exact words that were agreed to
	ConsentAt time.Time
	Person    string
	At        time.Time
}

// Decision is what was decided, by whom and why.
type Decision struct {
	ID         string
	Day        time.Time
	Outcome    Outcome
	People     []string // ids of persons
	Others     string   // who else decided, by role
	Reason     string
	Conditions string
	Next       time.Time // day of the next decision
	Why        string    // what made it due
	Person     string
	At         time.Time
}

// Change tells that a part of a pilot was changed.
type Change struct {
	At     time.Time
	Person string
	Part   string
	Why    string
}

// wrong gathers what is wrong with a form.
type wrong []fault.Field

func (w *wrong) add(bad bool, name, key string, args ...any) {
	if bad {
		*w = append(*w, fault.Field{Name: name, Key: key, Args: args})
	}
}

func (w wrong) err() error {
	if len(w) == 0 {
		return nil
	}
	return fault.Invalid(w...)
}

// check looks at what a draft must have; a running pilot needs more.
func (p Pilot) check() error {
	var w wrong
	w.add(p.Initiative == "", "initiatief", "pilots.wrong.initiative")
	w.add(len(p.Name) < 3, "naam", "pilots.wrong.name")
	w.add(p.Lead == "", "kartrekker", "pilots.wrong.lead")
	w.add(!slices.Contains(Designs, p.Design), "opzet", "pilots.wrong.design")
	w.add(p.Design == "controlled" && p.Compared == "", "vergeleken", "pilots.wrong.compared")
	w.add(p.People < 0 || p.People > peopleMost, "mensen", "pilots.wrong.people")
	w.add(!p.Starts.IsZero() && !p.Ends.IsZero() && !p.Ends.After(p.Starts), "tot", "pilots.wrong.period")
	w.add(p.Status != Draft && p.Starts.IsZero(), "van", "pilots.wrong.starts")
	w.add(p.Status != Draft && p.Ends.IsZero(), "tot", "pilots.wrong.ends")
	return w.err()
}

// week tells how many whole weeks of the pilot have passed on a day.
func (p Pilot) week(now time.Time) int {
	if p.Starts.IsZero() || now.Before(p.Starts) {
		return 0
	}
	return int(now.Sub(p.Starts).Hours() / (24 * 7))
}

var codeForm = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9_-]{0,38}[a-z0-9])?$`)

// check looks at an indicator by itself.
func (i Indicator) check() error {
	var w wrong
	w.add(!codeForm.MatchString(i.Code), "code", "pilots.wrong.code")
	w.add(len(i.Name) < 2, "naam", "pilots.wrong.indicator")
	w.add(!slices.Contains(Kinds, i.Kind), "soort", "pilots.wrong.kind")
	w.add(i.Better != "up" && i.Better != "down", "beter", "pilots.wrong.better")
	w.add(!slices.Contains(Paces, i.Every), "vaak", "pilots.wrong.every")
	for name, v := range map[string]*float64{"nul": i.Baseline, "doel": i.Target} {
		if v != nil {
			if key := i.Kind.wrong(*v); key != "" {
				w.add(true, name, key)
			}
		}
	}
	w.add(i.Baseline != nil && i.Target != nil && (i.Better == "up" && *i.Target < *i.Baseline || i.Better == "down" && *i.Target > *i.Baseline),
		"doel", "pilots.wrong.target")
	return w.err()
}

// valueMost keeps values where a float64 counts exactly.
const valueMost = 1e12

// wrong gives the key of what is wrong with a value of this kind; "" if nothing.
func (k Kind) wrong(v float64) string {
	switch {
	case v != v || v > valueMost || v < -valueMost:
		return "pilots.wrong.value"
	case k == Share && (v < 0 || v > 100):
		return "pilots.wrong.share"
	case k == Count && (v < 0 || v != float64(int64(v))):
		return "pilots.wrong.count"
	}
	return ""
}

// check looks at a measurement of an indicator; name is the field of its value.
func (m Measurement) check(i Indicator, now time.Time) (key string) {
	switch {
	case m.Day.IsZero():
		return "pilots.wrong.day"
	case m.Day.After(day(now)):
		return "pilots.wrong.future"
	case m.Day.Year() < 2000:
		return "pilots.wrong.longago"
	case m.N < 0 || m.N > peopleMost:
		return "pilots.wrong.n"
	case m.Spread != nil && (*m.Spread < 0 || i.Kind.wrong(*m.Spread) == "pilots.wrong.value"):
		return "pilots.wrong.spread"
	}
	return i.Kind.wrong(m.Value)
}

// few tells that a figure is about so few people that others could know who.
func (m Measurement) few(k Kind) bool {
	return m.N > 0 && m.N < fewest && k != Count && k != Euro
}

// check looks at an experience: a quote needs consent.
func (n Note) check(now time.Time) error {
	var w wrong
	w.add(n.Body == "" && n.Quote == "", "ervaring", "pilots.wrong.note")
	w.add(n.Quote != "" && n.Consent == "", "akkoord", "pilots.wrong.consent")
	w.add(n.Day.IsZero() || n.Day.After(day(now)), "dag", "pilots.wrong.future")
	return w.err()
}

// check looks at a decision.
func (d Decision) check(now time.Time) error {
	var w wrong
	w.add(!slices.Contains(Outcomes, d.Outcome), "besluit", "pilots.wrong.outcome")
	w.add(len(d.People) == 0 && d.Others == "", "wie", "pilots.wrong.deciders")
	w.add(len(strings.TrimSpace(d.Reason)) < 5, "reden", "pilots.wrong.reason")
	w.add(d.Day.IsZero() || d.Day.After(day(now)), "dag", "pilots.wrong.future")
	w.add(!d.final() && !d.Next.After(day(now)), "volgende", "pilots.wrong.next")
	return w.err()
}

func (d Decision) final() bool { return d.Outcome == Stop || d.Outcome == HandOn }

// day cuts the time off.
func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// ParseDay reads a day as people and browsers write it: 2026-11-21 or 21-11-2026.
func ParseDay(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	for _, form := range []string{"2006-01-02", "2-1-2006", "2/1/2006", "2.1.2006"} {
		if t, err := time.Parse(form, s); err == nil && t.Year() > 1900 && t.Year() < 2200 {
			return t, true
		}
	}
	return time.Time{}, false
}
