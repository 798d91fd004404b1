package agreements

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/fault"
)

// Stand tells who sees an agreement.
type Stand string

// The stands: a draft is seen by who may edit it and by its parties.
const (
	Draft  Stand = "draft"
	Public Stand = "published"
)

// Agreement is an agreement on results with who owns it.
type Agreement struct {
	ID, Title     string
	Initiative    string // slug, or empty
	Organisation  string // id of the owner
	Person        string // who made it
	Stand         Stand
	Model         Model
	Version       int
	Demonstration bool
	Created       time.Time
	Changed       time.Time
}

// Path is the page of an agreement.
func Path(id string) string { return base + "/" + id }

// Role is what an organisation does in an agreement.
type Role string

// The roles.
const (
	Payer    Role = "payer"
	Provider Role = "provider"
)

// Party is an organisation in an agreement, by its id where it is known here.
type Party struct {
	Role         Role   `json:"role"`
	Organisation string `json:"organisation,omitempty"`
	Name         string `json:"name"`
}

// Mode is how the table pays.
type Mode string

// The modes: an amount for the band in which the result lies, or an amount for each
// unit within each band.
const (
	Fixed Mode = "fixed"
	Unit  Mode = "unit"
)

// Modes lists the modes.
var Modes = []Mode{Fixed, Unit}

// Ways lists what is better: more or less.
var Ways = []string{"up", "down"}

// Band pays from a value up to (not with) another; without To it has no end.
type Band struct {
	From  float64  `json:"from"`
	To    *float64 `json:"to,omitempty"`
	Cents int64    `json:"cents"`
}

// Model is what was agreed.
type Model struct {
	Parties   []Party `json:"parties"`
	Indicator string  `json:"indicator"`
	Measure   string  `json:"unit"`
	Better    string  `json:"better"`
	// Pilot and Code say which indicator of a pilot it is.
	Pilot string `json:"pilot,omitempty"`
	Code  string `json:"code,omitempty"`
	// Baseline makes that the improvement since then counts, not the value itself.
	Baseline  *float64 `json:"baseline,omitempty"`
	Threshold *float64 `json:"threshold,omitempty"`
	Mode      Mode     `json:"mode"`
	Bands     []Band   `json:"bands"`
	Ceiling   int64    `json:"ceilingCents,omitempty"` // over all days; 0 is none
	// Deduct takes off what was paid before: for results that add up.
	Deduct bool   `json:"deduct,omitempty"`
	Note   string `json:"note,omitempty"`
}

const (
	titleMost   = 120
	nameMost    = 100
	unitMost    = 20
	noteMost    = 1000
	whyMost     = 300
	sourceMost  = 200
	partiesMost = 10 // of a role
	bandsMost   = 12
	datesMost   = 24
	centsMost   = 100_000_000_000
	numberMost  = 1e9
	// Fewest is how many people a result must be about.
	Fewest = 10
)

// faults gathers what is wrong with the fields of a form.
type faults struct{ fault.List }

func (w *faults) text(name, value string, most int, needed bool) {
	switch n := utf8.RuneCountInString(value); {
	case n > most:
		w.Add(name, "agreements.wrong.long", "most", most)
	case needed && strings.TrimSpace(value) == "":
		w.Add(name, "agreements.wrong.empty")
	}
}

func (w *faults) number(name string, v *float64) {
	if v != nil && (math.IsNaN(*v) || math.Abs(*v) > numberMost) {
		w.Add(name, "agreements.wrong.number")
	}
}

// check judges what was agreed, by the fields of the form.
func (m *Model) check() error {
	var w faults
	for role, name := range map[Role]string{Payer: "betalers", Provider: "aanbieders"} {
		list := m.of(role)
		if len(list) == 0 {
			w.Add(name, "agreements.wrong.party")
		}
		if len(list) > partiesMost {
			w.Add(name, "agreements.wrong.many", "most", partiesMost)
		}
		for _, p := range list {
			w.text(name, p.Name, nameMost, true)
		}
	}
	w.text("indicator", m.Indicator, nameMost, true)
	w.text("eenheid", m.Measure, unitMost, false)
	w.text("afspraken", m.Note, noteMost, false)
	if !slices.Contains(Ways, m.Better) {
		w.Add("beter", "agreements.wrong.choice")
	}
	w.number("uitgangswaarde", m.Baseline)
	w.number("drempel", m.Threshold)
	switch {
	case !slices.Contains(Modes, m.Mode):
		w.Add("manier", "agreements.wrong.choice")
	case m.Mode == Unit && m.Better == "down" && m.Baseline == nil:
		w.Add("uitgangswaarde", "agreements.wrong.baseline")
	}
	if m.Ceiling < 0 || m.Ceiling > centsMost {
		w.Add("plafond", "agreements.wrong.amount")
	}
	m.checkBands(&w)
	return w.Err()
}

// checkBands refuses gaps and overlaps, at the band where they are.
func (m *Model) checkBands(w *faults) {
	if len(m.Bands) == 0 {
		w.Add("van-0", "agreements.wrong.bands")
	}
	if len(m.Bands) > bandsMost {
		w.Add("van-0", "agreements.wrong.many", "most", bandsMost)
	}
	for k, b := range m.Bands {
		at := strconv.Itoa(k)
		w.number("van-"+at, &b.From)
		w.number("tot-"+at, b.To)
		if b.Cents < 0 || b.Cents > centsMost {
			w.Add("bedrag-"+at, "agreements.wrong.amount")
		}
		if b.To != nil && *b.To <= b.From {
			w.Add("tot-"+at, "agreements.wrong.order")
		}
		if b.To == nil && k < len(m.Bands)-1 {
			w.Add("tot-"+at, "agreements.wrong.open")
		}
		if k == 0 || m.Bands[k-1].To == nil {
			continue
		}
		switch end := *m.Bands[k-1].To; {
		case b.From > end:
			w.Add("van-"+at, "agreements.wrong.gap", "from", plain(end), "to", plain(b.From))
		case b.From < end:
			w.Add("van-"+at, "agreements.wrong.overlap", "from", plain(b.From), "to", plain(end))
		}
	}
}

// plain writes a number for a field or a fault.
func plain(v float64) string {
	return strings.Replace(strconv.FormatFloat(v, 'f', -1, 64), ".", ",", 1)
}

// of gives the parties of a role.
func (m *Model) of(role Role) (list []Party) {
	for _, p := range m.Parties {
		if p.Role == role {
			list = append(list, p)
		}
	}
	return list
}

// Check is a day on which is looked, with its settlement if there is one.
type Check struct {
	ID, Agreement string
	Due           time.Time
	Settled       bool
	At            time.Time
	Person        string
	Cents         int64
	Source        string
	Steps         []Step
}

// Change is one row of the history.
type Change struct {
	ID, Agreement, Person string
	At                    time.Time
	Kind, Subject, Why    string
}

// The kinds of change.
const (
	changeMade      = "made"
	changeTerms     = "terms"
	changePublished = "published"
	changeDrafted   = "drafted"
	changeSettled   = "settled"
	changeUndone    = "undone"
	changeRemoved   = "removed" // in the log only: its history goes with it
)

// ParseDay reads a day as a browser or a person writes it.
func ParseDay(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	for _, form := range []string{"2006-01-02", "2-1-2006", "2/1/2006", "2.1.2006"} {
		if t, err := time.Parse(form, s); err == nil && t.Year() > 1990 && t.Year() < 2200 {
			return t, true
		}
	}
	return time.Time{}, false
}
