package impact

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/fault"
)

// Kind is where a node stands in the pathway.
type Kind string

// The kinds, from what goes in to what it is all for.
const (
	Input    Kind = "input"
	Activity Kind = "activity"
	Output   Kind = "output"
	Outcome  Kind = "outcome"
	Impact   Kind = "impact"
)

// Kinds lists the kinds in the order of the drawing.
var Kinds = []Kind{Input, Activity, Output, Outcome, Impact}

func (k Kind) rank() int { return slices.Index(Kinds, k) }

// State tells how far an assumption is.
type State string

// The states. An assumption that proved wrong is worth as much as one that held.
const (
	Believed State = "believed"
	Tested   State = "tested"
	Refuted  State = "refuted"
)

// States lists the states.
var States = []State{Believed, Tested, Refuted}

// What a pathway holds at most.
const (
	NodesMost      = 100
	ArrowsMost     = 300
	TextMost       = 140
	nameMost       = 80
	unitMost       = 20
	assumptionMost = 280
	sourceMost     = 200
	idMost         = 8
	numberMost     = 1e12
)

// Indicator is how one sees that a node comes true.
type Indicator struct {
	Name   string   `json:"name"`
	Unit   string   `json:"unit,omitempty"`
	Target *float64 `json:"target,omitempty"`
	// Pilot and Code link it to an indicator of a pilot; they are not handed on.
	Pilot string `json:"pilot,omitempty"`
	Code  string `json:"code,omitempty"`
}

// Node is one thing that is put in, done, made or changed.
type Node struct {
	ID        string     `json:"id"`
	Kind      Kind       `json:"kind"`
	Text      string     `json:"text"`
	Indicator *Indicator `json:"indicator,omitempty"`
}

// Arrow says that one leads to another, and what has to be true for that.
type Arrow struct {
	From       string `json:"from"`
	To         string `json:"to"`
	Assumption string `json:"assumption,omitempty"`
	State      State  `json:"state,omitempty"`
	Source     string `json:"source,omitempty"`
}

// Model is a pathway without whose it is.
type Model struct {
	Nodes  []Node  `json:"nodes"`
	Arrows []Arrow `json:"arrows"`
}

// faults gathers what is wrong with the fields of a form.
type faults struct{ fault.List }

// text checks a text of one field.
func (w *faults) text(name, value string, most int, needed bool) {
	switch n := utf8.RuneCountInString(value); {
	case n > most:
		w.Add(name, "impact.wrong.long", "most", most)
	case needed && strings.TrimSpace(value) == "":
		w.Add(name, "impact.wrong.empty")
	}
}

func (m *Model) node(id string) *Node {
	if k := slices.IndexFunc(m.Nodes, func(n Node) bool { return n.ID == id }); k >= 0 {
		return &m.Nodes[k]
	}
	return nil
}

func (m *Model) arrow(from, to string) *Arrow {
	if k := slices.IndexFunc(m.Arrows, func(a Arrow) bool { return a.From == from && a.To == to }); k >= 0 {
		return &m.Arrows[k]
	}
	return nil
}

func (n *Node) check() error {
	var w faults
	if n.Kind.rank() < 0 {
		w.Add("soort", "impact.wrong.choice")
	}
	w.text("tekst", n.Text, TextMost, true)
	if i := n.Indicator; i != nil {
		w.text("indicator", i.Name, nameMost, true)
		w.text("eenheid", i.Unit, unitMost, false)
		if t := i.Target; t != nil && (math.IsNaN(*t) || math.Abs(*t) > numberMost) {
			w.Add("doel", "impact.wrong.number")
		}
		if (i.Pilot == "") != (i.Code == "") || len(i.Pilot) > 60 || len(i.Code) > 60 {
			w.Add("meting", "impact.wrong.choice")
		}
	}
	return w.Err()
}

// check judges an arrow beside the other arrows of the pathway.
func (m *Model) check(a Arrow) error {
	var w faults
	from, to := m.node(a.From), m.node(a.To)
	if from == nil {
		w.Add("van", "impact.wrong.choice")
	}
	if to == nil {
		w.Add("naar", "impact.wrong.choice")
	}
	w.text("aanname", a.Assumption, assumptionMost, false)
	w.text("bron", a.Source, sourceMost, false)
	switch {
	case a.Assumption == "" && (a.State != "" || a.Source != ""):
		w.Add("aanname", "impact.wrong.noassumption")
	case a.Assumption != "" && !slices.Contains(States, a.State):
		w.Add("staat", "impact.wrong.choice")
	case (a.State == Tested || a.State == Refuted) && strings.TrimSpace(a.Source) == "":
		w.Add("bron", "impact.wrong.source")
	}
	if from != nil && to != nil {
		switch {
		case a.From == a.To:
			w.Add("naar", "impact.wrong.self", "name", from.Text)
		case from.Kind.rank() > to.Kind.rank():
			w.Add("naar", "impact.wrong.back", "from", from.Text, "to", to.Text)
		default:
			if way := m.way(a.To, a.From); way != nil {
				w.Add("naar", "impact.wrong.circle", "names", m.names(append([]string{a.From}, way...)))
			}
		}
	}
	return w.Err()
}

// way finds the nodes on a way along the arrows, ends included; nil if none leads
// there.
func (m *Model) way(from, to string) []string {
	came := map[string]string{from: ""}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		if queue[0] == to {
			var list []string
			for id := to; id != ""; id = came[id] {
				list = append(list, id)
			}
			slices.Reverse(list)
			return list
		}
		for _, a := range m.Arrows {
			if _, seen := came[a.To]; a.From == queue[0] && !seen {
				came[a.To] = a.From
				queue = append(queue, a.To)
			}
		}
	}
	return nil
}

func (m *Model) names(ids []string) string {
	list := make([]string, len(ids))
	for k, id := range ids {
		list[k] = m.node(id).Text
	}
	return strings.Join(list, " → ")
}

// Check judges a whole pathway, as it comes from a file or a package.
func (m *Model) Check() error {
	var w faults
	if len(m.Nodes) > NodesMost || len(m.Arrows) > ArrowsMost {
		w.Add("json", "impact.wrong.many", "most", NodesMost)
		return w.Err()
	}
	seen := map[string]bool{}
	for k := range m.Nodes {
		n := &m.Nodes[k]
		if !goodID(n.ID) || seen[n.ID] {
			w.Add("json", "impact.wrong.id", "at", k+1)
			return w.Err()
		}
		seen[n.ID] = true
		if err := n.check(); err != nil {
			return m.inFile(err, k+1, "impact.wrong.node")
		}
	}
	built := Model{Nodes: m.Nodes}
	for k, a := range m.Arrows {
		if built.arrow(a.From, a.To) != nil {
			w.Add("json", "impact.wrong.twice", "at", k+1)
			return w.Err()
		}
		if err := built.check(a); err != nil {
			return m.inFile(err, k+1, "impact.wrong.arrow")
		}
		built.Arrows = append(built.Arrows, a)
	}
	return nil
}

// inFile brings the faults of a node or an arrow to the field of the file. A
// circle keeps its own sentence, as it names the nodes.
func (m *Model) inFile(err error, at int, key string) error {
	var w faults
	for _, f := range fault.FieldsOf(err) {
		if f.Key == "impact.wrong.circle" {
			w.Add("json", f.Key, f.Args...)
		}
	}
	w.Add("json", key, "at", at)
	return w.Err()
}

func goodID(id string) bool {
	return id != "" && len(id) <= idMost && strings.IndexFunc(id, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) < 0
}

// next is the first id that no node has.
func (m *Model) next() string {
	k := 1
	for m.node("n"+strconv.Itoa(k)) != nil {
		k++
	}
	return "n" + strconv.Itoa(k)
}

// Count is how many assumptions a pathway has, and how many of them were tested
// with which end.
type Count struct{ All, Held, Refuted int }

// Count counts the assumptions.
func (m *Model) Count() (c Count) {
	for _, a := range m.Arrows {
		if a.Assumption == "" {
			continue
		}
		c.All++
		switch a.State {
		case Tested:
			c.Held++
		case Refuted:
			c.Refuted++
		}
	}
	return c
}

// portable is the model as it is handed on: without links to pilots of here.
func (m *Model) portable() Model {
	c := Model{Nodes: slices.Clone(m.Nodes), Arrows: slices.Clone(m.Arrows)}
	for k := range c.Nodes {
		if i := c.Nodes[k].Indicator; i != nil {
			c.Nodes[k].Indicator = &Indicator{Name: i.Name, Unit: i.Unit, Target: i.Target}
		}
	}
	if c.Nodes == nil {
		c.Nodes = []Node{}
	}
	if c.Arrows == nil {
		c.Arrows = []Arrow{}
	}
	return c
}
