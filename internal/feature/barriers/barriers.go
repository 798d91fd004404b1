package barriers

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/fault"
)

// Categories are the kinds of barrier, as in the catalogue.
var Categories = []string{"funding", "regulation", "organisation", "adoption", "skills", "technology", "evidence", "privacy"}

// The states of an entry.
const (
	Open     = "open"
	InHand   = "hand"     // somebody works on it
	Lifted   = "lifted"   // got past
	Accepted = "accepted" // it stays, and we live with it
)

// States lists them.
var States = []string{Open, InHand, Lifted, Accepted}

// Lifters are who can lift a barrier.
var Lifters = []string{"self", "municipality", "insurer", "law", "supplier", "other"}

// Things are what an entry can block besides an initiative.
var Things = []string{"pilot", "coalition"}

// Entry is a barrier that was met.
type Entry struct {
	ID               string
	Barrier          string // slug in the catalogue; "" for one of our own
	Title, Category  string
	Initiative       string // slug
	ThingKind, Thing string // of Things, and its id
	Municipality     string // code
	Status           string
	Owner            string // a person
	OwnerBody        string // where the owner works, or an organisation
	Due              time.Time
	Tried, Worked    string
	Lifter           string
	Organisation     string // whose entry it is
	Person           string // who wrote it down
	Public           bool
	Origin           string // of a practice package: met elsewhere
	Demonstration    bool
	Met              time.Time // when it was met
	Closed           time.Time
	Changed          time.Time
	Version          int64
}

// fromPackage is the Origin of what came with a practice package.
const fromPackage = "package"

// Active tells that something is still to be done.
func (e Entry) Active() bool { return e.Status == Open || e.Status == InHand }

// Late tells that something should have been done.
func (e Entry) Late(now time.Time) bool {
	return e.Active() && !e.Due.IsZero() && now.After(e.Due.AddDate(0, 0, 1))
}

// Days is how long it stood, or stands.
func (e Entry) Days(now time.Time) int {
	end := now
	if !e.Closed.IsZero() {
		end = e.Closed
	}
	return max(0, int(end.Sub(e.Met).Hours()/24))
}

// Change is one line of the history of an entry.
type Change struct {
	ID, Entry, Person string
	At                time.Time
	Kind, Why         string
	Detail            []Was
}

// Was is a field before and after.
type Was struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

const (
	titleMost = 120
	textMost  = 3000
	whyMost   = 300
)

// check says what is wrong with what an entry says by itself.
func (e Entry) check() (w fault.List) {
	if n := utf8.RuneCountInString(strings.TrimSpace(e.Title)); n < 3 || n > titleMost {
		w.Add("titel", "barriers.wrong.title", "most", titleMost)
	}
	choice := func(name, value string, of []string) {
		if !slices.Contains(of, value) {
			w.Add(name, "barriers.wrong.choice")
		}
	}
	choice("soort", e.Category, Categories)
	choice("stand", e.Status, States)
	choice("wie-lost-op", e.Lifter, Lifters)
	for name, text := range map[string]string{"geprobeerd": e.Tried, "werkte": e.Worked} {
		if utf8.RuneCountInString(text) > textMost {
			w.Add(name, "barriers.wrong.long", "most", textMost)
		}
	}
	if e.Status == Lifted && strings.TrimSpace(e.Worked) == "" {
		w.Add("werkte", "barriers.wrong.worked")
	}
	return w
}

// differences tells what an edit changed, in the words of the form.
func differences(a, b Entry) []Was {
	var list []Was
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format(time.DateOnly)
	}
	for _, f := range []Was{{"title", a.Title, b.Title}, {"category", a.Category, b.Category}, {"initiative", a.Initiative, b.Initiative},
		{"municipality", a.Municipality, b.Municipality}, {"status", a.Status, b.Status}, {"due", day(a.Due), day(b.Due)},
		{"tried", a.Tried, b.Tried}, {"worked", a.Worked, b.Worked}, {"lifter", a.Lifter, b.Lifter}} {
		if f.Before != f.After {
			f.Before, f.After = short(f.Before), short(f.After)
			list = append(list, f)
		}
	}
	if a.Owner != b.Owner || a.OwnerBody != b.OwnerBody { // who it is stands in no history
		list = append(list, Was{Field: "owner"})
	}
	return list
}

func short(s string) string {
	if r := []rune(strings.Join(strings.Fields(s), " ")); len(r) > 160 {
		return string(r[:159]) + "…"
	}
	return strings.Join(strings.Fields(s), " ")
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
