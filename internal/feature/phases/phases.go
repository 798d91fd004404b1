package phases

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/fault"
)

// The phases in their order, and the two that stand beside it.
const (
	Idea        = "idea"
	Preparation = "preparation"
	Pilot       = "pilot"
	Proven      = "proven"
	InUse       = "in_use"
	Scaled      = "scaled"
	Stopped     = "stopped"
	Unknown     = "unknown"
)

// Order lists the phases from begin to end.
var Order = []string{Idea, Preparation, Pilot, Proven, InUse, Scaled}

// Gates are named after the phase behind them.
var Gates = Order[1:]

// Areas are what the items of a gate are about, in the order of the page.
var Areas = []string{"need", "ownership", "law", "technology", "money", "skills", "evidence"}

// Proofs are what "scaled" asks for, besides its checklist.
var Proofs = []string{"people", "work", "money"}

// Roles are in what role people can decide, where naming a person is not needed.
var Roles = []string{"steering", "alderman", "council", "board", "team", "payer", "residents"}

// gateOf is the gate that an initiative in a phase stands before; "" if none.
func gateOf(phase string) string {
	if k := slices.Index(Order, phase); k >= 0 && k+1 < len(Order) {
		return Order[k+1]
	}
	return ""
}

// Item is one point of the checklist of a gate.
type Item struct {
	Code string `json:"code"` // stays when the words change
	Gate string `json:"gate"`
	Area string `json:"area"`
	Text string `json:"text"`
	Help string `json:"help,omitempty"`
}

// The states of an item.
const (
	Open      = "open"
	Met       = "met"
	NotNeeded = "not_needed"
)

// States lists them in the order of a field.
var States = []string{Open, Met, NotNeeded}

// Mark is how far an initiative is with an item.
type Mark struct {
	Code, State, Note, Link string
	Person                  string
	At                      time.Time
}

// Point is an item with its mark.
type Point struct {
	Item
	Mark
}

// Open tells that something is still to be done.
func (p Point) Open() bool { return p.State == Open }

// The kinds of decision.
const (
	Pass    = "pass"    // through the gate
	Back    = "back"    // to an earlier phase
	Stop    = "stop"    // an honourable end
	Restart = "restart" // from stopped, or from nobody knows where
)

// Kinds lists them.
var Kinds = []string{Pass, Back, Stop, Restart}

// Proof is one of the three that "scaled" asks for.
type Proof struct {
	Text string `json:"text"`
	Link string `json:"link,omitempty"`
}

// Decision is what people decided at a gate.
type Decision struct {
	ID, Initiative   string
	Kind, From, To   string
	Day              time.Time
	Reason           string
	Lesson           string   // of a stop
	OpenWhy          string   // why the gate was passed with open items
	Left             []string // those items
	Proofs           []Proof  // in the order of Proofs
	Roles            []string
	Organisation     string
	Person           string // who wrote it down
	At               time.Time
	Demonstration    bool
	People           []string // who decided
	Conditions       []Condition
	OrganisationName string
}

// Condition is attached to a decision: somebody does something before a day.
type Condition struct {
	ID, Decision, Initiative string
	Text                     string
	Owner                    string // a person
	Organisation             string
	Due                      time.Time
	Done                     time.Time
	DoneBy                   string
}

// Late tells that a condition should have been met.
func (c Condition) Late(now time.Time) bool {
	return c.Done.IsZero() && now.After(c.Due.AddDate(0, 0, 1))
}

const (
	textMost   = 200
	helpMost   = 500
	noteMost   = 1000
	reasonMost = 2000
	linkMost   = 500
	itemsMost  = 25 // of a gate
	condMost   = 10 // of a decision
)

// faults gathers what is wrong.
type faults struct{ fault.List }

// text says whether a value is there, where it must be, and not too long.
func (w *faults) text(name, value string, least, most int) {
	switch n := utf8.RuneCountInString(strings.TrimSpace(value)); {
	case n < least:
		w.Add(name, "phases.wrong.empty")
	case n > most:
		w.Add(name, "phases.wrong.long", "most", most)
	}
}

// link says whether a value is an address of the web or a path of ours.
func (w *faults) link(name, value string) {
	if value == "" {
		return
	}
	own := strings.HasPrefix(value, "/") && !strings.HasPrefix(value, "//")
	web := strings.HasPrefix(value, "https://") || strings.HasPrefix(value, "http://")
	if len(value) > linkMost || !own && !web || strings.ContainsAny(value, " \"<>\\\n") {
		w.Add(name, "phases.wrong.link")
	}
}

// day reads what people and browsers write for a day.
func day(s string) (time.Time, bool) {
	for _, form := range []string{time.DateOnly, "02-01-2006", "2-1-2006", "02/01/2006"} {
		if t, err := time.Parse(form, strings.TrimSpace(s)); err == nil && t.Year() > 1990 && t.Year() < 2100 {
			return t, true
		}
	}
	return time.Time{}, false
}

// points joins the items of a gate with the marks of an initiative, by area.
func points(items []Item, marks map[string]Mark, gate string) []Point {
	var list []Point
	for _, area := range Areas {
		for _, i := range items {
			if i.Gate == gate && i.Area == area {
				m, ok := marks[i.Code]
				if !ok {
					m = Mark{State: Open}
				}
				m.Code = i.Code
				list = append(list, Point{i, m})
			}
		}
	}
	return list
}

// checkItems says what is wrong with a checklist.
func checkItems(items []Item) error {
	var w faults
	seen, count := map[string]bool{}, map[string]int{}
	for _, i := range items {
		w.text("punten", i.Text, 3, textMost)
		w.text("punten", i.Help, 0, helpMost)
		if !codeOK(i.Code) || seen[i.Code] || !slices.Contains(Gates, i.Gate) || !slices.Contains(Areas, i.Area) {
			w.Add("punten", "phases.wrong.list")
		}
		seen[i.Code] = true
		if count[i.Gate]++; count[i.Gate] > itemsMost {
			w.Add("punten", "phases.wrong.many", "most", itemsMost)
		}
	}
	if len(items) == 0 {
		w.Add("punten", "phases.wrong.list")
	}
	return w.Err()
}

func codeOK(s string) bool {
	return s != "" && len(s) <= 40 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
