package scaling

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/fault"
)

// State is how far a step is.
type State string

// The states of a step. A dropped step counts no more, and stays to be read.
const (
	Todo    State = "todo"
	Doing   State = "doing"
	Done    State = "done"
	Dropped State = "dropped"
)

// States lists them in the order of the board.
var States = []State{Todo, Doing, Done, Dropped}

// Open tells whether something has still to be done.
func (s State) Open() bool { return s == Todo || s == Doing }

// Plan is a scaling plan of a coalition, or else of one organisation.
type Plan struct {
	ID, Title, Goals string
	Initiative       string // slug
	Coalition        string
	Organisation     string
	Start            Day
	Person           string // who made it
	Version          int
	Demonstration    bool
	Created, Changed time.Time
}

// Path is the page of a plan.
func Path(id string) string { return base + "/" + id }

// Condition is what a city needs before it can go on.
type Condition struct {
	Title string `json:"title"`
	Met   bool   `json:"met"`
}

// Track is the part of one city.
type Track struct {
	ID, Plan, Name string
	Code           string // of the municipality
	Organisation   string
	Conditions     []Condition
	Barriers       []string // ids in the register
	Version        int
}

// Unmet counts what the city still needs.
func (t Track) Unmet() (n int) {
	for _, c := range t.Conditions {
		if !c.Met {
			n++
		}
	}
	return n
}

// Step is one thing to do: in the track of a city, or once for all.
type Step struct {
	ID, Plan         string
	Track            string // empty: a step of all cities
	Title, What      string
	Person           string // the owner is a person
	Organisation     string // or an organisation
	Start, Due, Done Day
	State            State
	Budget           int64    // in cents
	Waits            []string // ids of steps that come first
	Version          int
	Changed          time.Time
}

// Late tells whether the step should have been done.
func (s Step) Late(today Day) bool { return s.State.Open() && s.Due != "" && s.Due < today }

// owner is the step's owner as a form has it.
func (s Step) owner() string {
	switch {
	case s.Person != "":
		return "p:" + s.Person
	case s.Organisation != "":
		return "o:" + s.Organisation
	}
	return ""
}

func (s *Step) setOwner(owner string) {
	s.Person, s.Organisation = "", ""
	if id, ok := strings.CutPrefix(owner, "p:"); ok {
		s.Person = id
	} else if id, ok := strings.CutPrefix(owner, "o:"); ok {
		s.Organisation = id
	}
}

// set brings a step into a state; the day it was done goes along.
func (s *Step) set(state State, today Day) {
	s.State = state
	if state != Done {
		s.Done = ""
	} else if s.Done == "" {
		s.Done = today
	}
}

// Tally is counted from steps.
type Tally struct {
	Total  int // without what was dropped
	Done   int
	Doing  int
	Late   int
	Budget int64 // cents
}

// Percent is the part that is done.
func (t Tally) Percent() int {
	if t.Total == 0 {
		return 0
	}
	return t.Done * 100 / t.Total
}

func (t *Tally) add(s Step, today Day) {
	if s.State == Dropped {
		return
	}
	t.Total++
	t.Budget += s.Budget
	switch s.State {
	case Done:
		t.Done++
	case Doing:
		t.Doing++
	}
	if s.Late(today) {
		t.Late++
	}
}

// Count tallies steps.
func Count(steps []Step, today Day) (t Tally) {
	for _, s := range steps {
		t.add(s, today)
	}
	return t
}

// sortSteps puts what comes first in front; what has no day comes last.
func sortSteps(steps []Step) {
	slices.SortStableFunc(steps, func(a, b Step) int {
		x, y := earliest(a.Due, a.Start), earliest(b.Due, b.Start)
		if (x == "") != (y == "") {
			return cmp.Compare(y, x)
		}
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(a.ID, b.ID))
	})
}

// Circle gives the steps of a circle of waiting, from the first back to itself;
// nil if there is none.
func Circle(steps []Step) []Step {
	at := make(map[string]int, len(steps))
	for k, s := range steps {
		at[s.ID] = k
	}
	// 0 is not seen, 1 is on the way, 2 leads to no circle.
	seen := make([]int8, len(steps))
	var way []int
	var visit func(k int) []Step
	visit = func(k int) []Step {
		seen[k] = 1
		way = append(way, k)
		for _, id := range steps[k].Waits {
			next, there := at[id]
			if !there || seen[next] == 2 {
				continue
			}
			if seen[next] == 1 {
				var circle []Step
				for _, w := range way[slices.Index(way, next):] {
					circle = append(circle, steps[w])
				}
				return append(circle, steps[next])
			}
			if c := visit(next); c != nil {
				return c
			}
		}
		seen[k] = 2
		way = way[:len(way)-1]
		return nil
	}
	for k := range steps {
		if seen[k] == 0 {
			if c := visit(k); c != nil {
				return c
			}
		}
	}
	return nil
}

// Bounds of what people type, and of how much a plan holds.
const (
	titleMost      = 120
	goalsMost      = 1500
	stepTitleMost  = 140
	whatMost       = 1500
	whyMost        = 300
	nameMost       = 80
	conditionMost  = 160
	conditionsMost = 30
	barriersMost   = 30
	tracksMost     = 12
	stepsMost      = 600
	waitsMost      = 30
	budgetMost     = 100_000_000_000 // a billion euro in cents
)

// faults gathers what is wrong with what was sent.
type faults struct{ fault.List }

func (w *faults) text(name, text string, least, most int) {
	switch n := utf8.RuneCountInString(strings.TrimSpace(text)); {
	case n < least:
		w.Add(name, "scaling.wrong.empty")
	case n > most:
		w.Add(name, "scaling.wrong.long", "most", most)
	}
}

func (p Plan) faults() (w faults) {
	w.text("titel", p.Title, 3, titleMost)
	w.text("doelen", p.Goals, 0, goalsMost)
	if p.Start == "" {
		w.Add("begin", "scaling.wrong.start")
	}
	return w
}

// faults says what is wrong with a step by itself.
func (s Step) faults(today Day) (w faults) {
	w.text("titel", s.Title, 2, stepTitleMost)
	w.text("wat", s.What, 0, whatMost)
	if s.Start != "" && s.Due != "" && s.Due < s.Start {
		w.Add("klaar", "scaling.wrong.order")
	}
	if s.State == Done && s.Done > today {
		w.Add("gedaan", "scaling.wrong.future")
	}
	if !slices.Contains(States, s.State) {
		w.Add("stand", "scaling.wrong.choice")
	}
	if s.Budget < 0 || s.Budget > budgetMost {
		w.Add("budget", "scaling.wrong.budget")
	}
	return w
}

// Was is a value before and after a change. Owners who are persons are left out:
// what is erased elsewhere must not stay here.
type Was struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// differences lists what changed in a step.
func differences(a, b Step) (list []Was) {
	add := func(field, before, after string) {
		if before != after {
			list = append(list, Was{field, before, after})
		}
	}
	add("title", a.Title, b.Title)
	add("state", string(a.State), string(b.State))
	add("start", string(a.Start), string(b.Start))
	add("due", string(a.Due), string(b.Due))
	add("done", string(a.Done), string(b.Done))
	if a.owner() != b.owner() {
		list = append(list, Was{Field: "owner"})
	}
	if a.Budget != b.Budget {
		list = append(list, Was{"budget", cents(a.Budget), cents(b.Budget)})
	}
	if a.What != b.What {
		list = append(list, Was{Field: "what"})
	}
	if !slices.Equal(a.Waits, b.Waits) {
		list = append(list, Was{Field: "waits"})
	}
	if a.Track != b.Track {
		list = append(list, Was{Field: "track"})
	}
	return list
}

// Change is a line of the history.
type Change struct {
	ID, Plan, Person   string
	At                 time.Time
	Kind, Subject, Why string
	Detail             []Was
}

// The kinds of change.
const (
	changeMade      = "made"
	changePlan      = "plan"
	changeTrack     = "track"
	changeUntrack   = "untrack"
	changeAdded     = "added"
	changeStep      = "step"
	changeState     = "state"
	changeDate      = "date"
	changeRemoved   = "removed"
	changeTemplated = "templated"
	changeDeleted   = "deleted"
	changeKey       = "key"
	changeUnkey     = "unkey"
)
