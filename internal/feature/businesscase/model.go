package businesscase

import (
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/fault"
)

// Payer is who bears a cost or has a benefit.
type Payer string

// The payers of care and welfare in a municipality.
const (
	Wmo      Payer = "wmo"
	Youth    Payer = "youth"
	Welfare  Payer = "welfare"
	Insurer  Payer = "insurer"
	LongTerm Payer = "longterm" // long-term care office
	Resident Payer = "resident"
	Employer Payer = "employer"
	Carers   Payer = "carers" // informal carers: hours at a value
)

// Payers lists all payers in the order of the page.
var Payers = []Payer{Wmo, Youth, Welfare, Insurer, LongTerm, Resident, Employer, Carers}

// Kind tells on which side a line stands.
type Kind string

// The kinds.
const (
	Cost    Kind = "cost"
	Benefit Kind = "benefit"
)

// Basis is what the amount of a line is multiplied by.
type Basis string

// The bases. Benefits per participant a year, and events avoided, wane with the
// effect; costs do not.
const (
	Once            Basis = "once"
	Yearly          Basis = "year"
	PerParticipant  Basis = "participant"     // once, for each new one
	ParticipantYear Basis = "participantyear" // each year somebody takes part
	PerEvent        Basis = "event"           // quantity: events avoided per participant a year
)

// Bases lists all bases.
var Bases = []Basis{Once, Yearly, PerParticipant, ParticipantYear, PerEvent}

// Status tells how much a figure can be trusted.
type Status string

// The states of a figure.
const (
	Measured  Status = "measured"
	Published Status = "published"
	Guessed   Status = "guessed"
)

// Statuses lists all states.
var Statuses = []Status{Measured, Published, Guessed}

// Shape is how chance is spread between low and high.
type Shape string

// The shapes. PERT is the modified beta with weight 4 on the most likely value;
// of Normal, low and high are the points of 5 and 95 %.
const (
	PERT       Shape = "pert"
	Triangular Shape = "triangular"
	Normal     Shape = "normal"
)

// Shapes lists all shapes; the first is the usual one.
var Shapes = []Shape{PERT, Triangular, Normal}

// Figure is a number that nobody knows for sure. Without Likely it is missing;
// without Low and High it is taken as certain.
type Figure struct {
	Low    *float64 `json:"low,omitempty"`
	Likely *float64 `json:"likely,omitempty"`
	High   *float64 `json:"high,omitempty"`
	Shape  Shape    `json:"shape,omitempty"` // PERT where it is left open
	Status Status   `json:"status,omitempty"`
	Source string   `json:"source,omitempty"`
	URL    string   `json:"url,omitempty"`
	Year   int      `json:"year,omitempty"`
	// Pilot takes the value from what a pilot measured.
	Pilot *PilotLink `json:"pilot,omitempty"`
}

// PilotLink joins a figure to an indicator of a pilot; the value there times
// Factor is the figure.
type PilotLink struct {
	Pilot     string  `json:"pilot"`
	Indicator string  `json:"indicator"`
	Factor    float64 `json:"factor"`
	Path      string  `json:"-"` // filled in when the value is taken over
}

// Exactly is a figure that is certain.
func Exactly(v float64) Figure { return Figure{Likely: &v} }

// Between is a figure with a range.
func Between(low, likely, high float64) Figure {
	return Figure{Low: &low, Likely: &likely, High: &high}
}

// Missing tells whether nobody filled the figure in.
func (f Figure) Missing() bool { return f.Likely == nil }

func (f Figure) value() float64 {
	if f.Likely == nil {
		return 0
	}
	return *f.Likely
}

// ends are low and high, or the value itself where there is no range.
func (f Figure) ends() (low, high float64) {
	low, high = f.value(), f.value()
	if f.Low != nil {
		low = *f.Low
	}
	if f.High != nil {
		high = *f.High
	}
	return low, high
}

// Line is one kind of cost or benefit of one payer: amount × quantity × volume.
type Line struct {
	ID       string  `json:"id"` // short, such as l7; within its case
	Name     string  `json:"name"`
	Payer    Payer   `json:"payer"`
	Kind     Kind    `json:"kind"`
	Basis    Basis   `json:"basis"`
	City     string  `json:"city,omitempty"` // empty: each city; Shared: once for all; or the id of one
	Unit     string  `json:"unit"`           // what the amount is for: an hour, a tablet
	Amount   Figure  `json:"amount"`         // euro per unit
	Quantity *Figure `json:"quantity,omitempty"`
	Note     string  `json:"note,omitempty"`
}

// Shared is the City of a line that all cities bear together.
const Shared = "shared"

// City is a municipality that takes part.
type City struct {
	ID      string    `json:"id"` // short, such as c1; within its case
	Name    string    `json:"name"`
	Invited []float64 `json:"invited"` // people asked in each year; the last one goes on
}

func (c City) invited(year int) float64 {
	if len(c.Invited) == 0 {
		return 0
	}
	return c.Invited[min(year, len(c.Invited)-1)]
}

// Settings hold for the whole case. Percentages are written as 2.25.
type Settings struct {
	Horizon       int    `json:"horizon"`
	StartYear     int    `json:"startYear"`
	Discount      Figure `json:"discount"`
	Index         Figure `json:"index"`
	Participation Figure `json:"participation"`
	Retention     Figure `json:"retention"`
	Decay         Figure `json:"decay"`
}

// Override replaces one figure in a scenario.
type Override struct {
	Key    string `json:"key"`
	Figure Figure `json:"figure"`
}

// Scenario is a named future: the same case with some other figures.
type Scenario struct {
	ID        string     `json:"id"` // short, such as s1
	Name      string     `json:"name"`
	Note      string     `json:"note,omitempty"`
	Overrides []Override `json:"overrides"`
}

// Model is all that is counted with.
type Model struct {
	Settings  Settings   `json:"settings"`
	Cities    []City     `json:"cities"`
	Lines     []Line     `json:"lines"`
	Scenarios []Scenario `json:"scenarios"`
}

// Bounds of a model.
const (
	HorizonMost   = 30
	LinesMost     = 120
	CitiesMost    = 12
	ScenariosMost = 6
	overridesMost = 40
	NameMost      = 120
	NoteMost      = 600
	unitMost      = 60
	sourceMost    = 200
	urlMost       = 400
	amountMost    = 1e9
	peopleMost    = 1e6
)

// The keys of the figures of the settings; a figure of a line is its id with
// .amount or .quantity.
const (
	KeyDiscount      = "set.discount"
	KeyIndex         = "set.index"
	KeyParticipation = "set.participation"
	KeyRetention     = "set.retention"
	KeyDecay         = "set.decay"
)

// settingKeys in the order of the page.
var settingKeys = []string{KeyDiscount, KeyIndex, KeyParticipation, KeyRetention, KeyDecay}

// DefaultDiscount is what the Dutch government prescribes for cost-benefit
// analyses from 2021 on: 2.25 % above inflation.
func DefaultDiscount() Figure {
	f := Exactly(2.25)
	f.Status, f.Source, f.Year = Published, "Werkgroep discontovoet", 2020
	f.URL = "https://www.rwseconomie.nl/discontovoet"
	return f
}

// DefaultSettings are those of a new case. The discount rate is above inflation,
// so all is counted in the prices of the first year.
func DefaultSettings(year int) Settings {
	return Settings{Horizon: 5, StartYear: year, Discount: DefaultDiscount(), Index: Exactly(0),
		Participation: Exactly(100), Retention: Exactly(100), Decay: Exactly(0)}
}

// figure gives the figure behind a key, to read or to change.
func (m *Model) figure(key string) *Figure {
	switch key {
	case KeyDiscount:
		return &m.Settings.Discount
	case KeyIndex:
		return &m.Settings.Index
	case KeyParticipation:
		return &m.Settings.Participation
	case KeyRetention:
		return &m.Settings.Retention
	case KeyDecay:
		return &m.Settings.Decay
	}
	id, part, _ := strings.Cut(key, ".")
	for k := range m.Lines {
		if m.Lines[k].ID != id {
			continue
		}
		switch part {
		case "amount":
			return &m.Lines[k].Amount
		case "quantity":
			return m.Lines[k].Quantity
		}
	}
	return nil
}

// keys lists the keys of all figures.
func (m *Model) keys() []string {
	list := slices.Clone(settingKeys)
	for _, l := range m.Lines {
		list = append(list, l.ID+".amount")
		if l.Quantity != nil {
			list = append(list, l.ID+".quantity")
		}
	}
	return list
}

// clone copies what an override may change.
func (m *Model) clone() *Model {
	c := *m
	c.Lines = slices.Clone(m.Lines)
	for k := range c.Lines {
		if q := c.Lines[k].Quantity; q != nil {
			copied := *q
			c.Lines[k].Quantity = &copied
		}
	}
	return &c
}

// With gives the model of a scenario; nil is the case itself. What an override
// leaves open of the source stays as it was.
func (m *Model) With(s *Scenario) *Model {
	if s == nil {
		return m
	}
	c := m.clone()
	for _, o := range s.Overrides {
		if f := c.figure(o.Key); f != nil {
			*f = o.Figure
		}
	}
	return c
}

// next gives the first free short id with a letter.
func next(letter string, used func(id string) bool) string {
	for n := 1; ; n++ {
		if id := letter + strconv.Itoa(n); !used(id) {
			return id
		}
	}
}

// bounds are what a figure may be. An assumption, such as a setting of the case
// or a figure of a scenario, has no source.
type bounds struct {
	least, most         float64
	percent, assumption bool
}

var ofLine = bounds{most: amountMost}

// check says what is wrong with a figure. Its fields are name-laag, name and
// name-hoog, and name with the other endings.
func (f Figure) check(name string, b bounds) (w fault.List) {
	for _, part := range []struct {
		name string
		v    *float64
	}{{name + "-laag", f.Low}, {name, f.Likely}, {name + "-hoog", f.High}} {
		switch {
		case part.v == nil:
		case math.IsNaN(*part.v) || math.IsInf(*part.v, 0):
			w.Add(part.name, "businesscase.wrong.number")
		case *part.v < 0 && b.least >= 0:
			w.Add(part.name, "businesscase.wrong.negative")
		case b.percent && *part.v > b.most:
			w.Add(part.name, "businesscase.wrong.percent", "most", int(b.most))
		case *part.v > b.most:
			w.Add(part.name, "businesscase.wrong.large")
		case *part.v < b.least:
			w.Add(part.name, "businesscase.wrong.small")
		}
	}
	if len(w) > 0 {
		return w
	}
	switch {
	case f.Likely == nil && (f.Low != nil || f.High != nil):
		w.Add(name, "businesscase.wrong.likely")
	case (f.Low == nil) != (f.High == nil):
		w.Add(name+"-laag", "businesscase.wrong.both")
	case f.Low != nil && *f.Low > *f.High:
		w.Add(name+"-laag", "businesscase.wrong.lowhigh")
	case f.Low != nil && (*f.Likely < *f.Low || *f.Likely > *f.High):
		w.Add(name, "businesscase.wrong.outside")
	case f.Low == nil && f.Likely != nil && f.Status == Guessed && !b.assumption:
		w.Add(name+"-laag", "businesscase.wrong.guess")
	case f.Shape == Normal && f.Low != nil && math.Abs(*f.Low+*f.High-2**f.Likely) > 0.02*(*f.High-*f.Low):
		w.Add(name, "businesscase.wrong.middle")
	}
	if f.Shape != "" && !slices.Contains(Shapes, f.Shape) {
		w.Add(name+"-vorm", "businesscase.wrong.choice")
	}
	if f.Status != "" && !slices.Contains(Statuses, f.Status) || f.Likely != nil && f.Status == "" && !b.assumption {
		w.Add(name+"-stand", "businesscase.wrong.status")
	}
	if f.Likely != nil && f.Status != Guessed && f.Pilot == nil && f.Status != "" && strings.TrimSpace(f.Source) == "" && !b.assumption {
		w.Add(name+"-bron", "businesscase.wrong.source")
	}
	if utf8.RuneCountInString(f.Source) > sourceMost {
		w.Add(name+"-bron", "businesscase.wrong.long")
	}
	if f.Year != 0 && (f.Year < 1950 || f.Year > 2100) {
		w.Add(name+"-jaar", "businesscase.wrong.year")
	}
	if f.URL != "" {
		u, err := url.Parse(f.URL)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || len(f.URL) > urlMost {
			w.Add(name+"-adres", "businesscase.wrong.url")
		}
	}
	if p := f.Pilot; p != nil && (p.Pilot == "" || p.Indicator == "" || p.Factor == 0 || math.IsNaN(p.Factor) || math.Abs(p.Factor) > 1e6) {
		w.Add(name+"-meting", "businesscase.wrong.choice")
	}
	return w
}

// boundsOf a figure by its key; those of the settings are percentages.
func boundsOf(key string) bounds {
	switch {
	case key == KeyDiscount, key == KeyIndex:
		return bounds{-10, 50, true, true}
	case strings.HasPrefix(key, "set."):
		return bounds{0, 100, true, true}
	}
	return bounds{most: amountMost, assumption: true}
}

// settingField is how the form calls a figure of the settings.
var settingField = map[string]string{KeyDiscount: "discontovoet", KeyIndex: "prijsindex",
	KeyParticipation: "deelname", KeyRetention: "blijven", KeyDecay: "afname"}

// Check says what is wrong with the settings.
func (s Settings) Check() error { return s.faults().Err() }

func (s Settings) faults() (w fault.List) {
	if s.Horizon < 1 || s.Horizon > HorizonMost {
		w.Add("looptijd", "businesscase.wrong.horizon", "most", HorizonMost)
	}
	if s.StartYear < 2000 || s.StartYear > 2100 {
		w.Add("beginjaar", "businesscase.wrong.year")
	}
	m := Model{Settings: s}
	for _, key := range settingKeys {
		f, name := m.figure(key), settingField[key]
		if f.Missing() {
			w.Add(name, "businesscase.wrong.needed")
			continue
		}
		if f.Shape == Normal || (key == KeyDiscount || key == KeyIndex) && f.Low != nil {
			w.Add(name, "businesscase.wrong.choice")
		}
		w = append(w, f.check(name, boundsOf(key))...)
	}
	return w
}

// Check says what is wrong with a line; cities are those of its case.
func (l Line) Check(cities []City) error { return l.faults(cities).Err() }

func (l Line) faults(cities []City) (w fault.List) {
	if n := utf8.RuneCountInString(l.Name); n == 0 {
		w.Add("naam", "businesscase.wrong.name")
	} else if n > NameMost {
		w.Add("naam", "businesscase.wrong.long")
	}
	if strings.TrimSpace(l.Unit) == "" {
		w.Add("eenheid", "businesscase.wrong.unit")
	} else if utf8.RuneCountInString(l.Unit) > unitMost {
		w.Add("eenheid", "businesscase.wrong.long")
	}
	if utf8.RuneCountInString(l.Note) > NoteMost {
		w.Add("uitleg", "businesscase.wrong.long")
	}
	if !slices.Contains(Payers, l.Payer) {
		w.Add("betaler", "businesscase.wrong.choice")
	}
	if l.Kind != Cost && l.Kind != Benefit {
		w.Add("soort", "businesscase.wrong.choice")
	}
	if !slices.Contains(Bases, l.Basis) {
		w.Add("per", "businesscase.wrong.choice")
	}
	fixed := l.Basis == Once || l.Basis == Yearly
	switch {
	case l.City == "":
	case l.City == Shared:
		if !fixed {
			w.Add("stad", "businesscase.wrong.shared")
		}
	case !slices.ContainsFunc(cities, func(c City) bool { return c.ID == l.City }):
		w.Add("stad", "businesscase.wrong.choice")
	}
	w = append(w, l.Amount.check("bedrag", ofLine)...)
	if l.Quantity != nil {
		w = append(w, l.Quantity.check("aantal", ofLine)...)
	} else if l.Basis == PerEvent {
		w.Add("aantal", "businesscase.wrong.events")
	}
	return w
}

// Check says what is wrong with a city.
func (c City) Check() error { return c.faults().Err() }

func (c City) faults() (w fault.List) {
	if n := utf8.RuneCountInString(c.Name); n == 0 || n > NameMost {
		w.Add("stad", "businesscase.wrong.name")
	}
	if len(c.Invited) == 0 || len(c.Invited) > HorizonMost {
		w.Add("mensen", "businesscase.wrong.people")
	}
	for _, n := range c.Invited {
		if math.IsNaN(n) || n < 0 || n > peopleMost {
			w.Add("mensen", "businesscase.wrong.people")
			break
		}
	}
	return w
}

// Check says what is wrong with a scenario of the model.
func (s Scenario) Check(m *Model) error { return s.faults(m).Err() }

func (s Scenario) faults(m *Model) (w fault.List) {
	if n := utf8.RuneCountInString(s.Name); n == 0 || n > NameMost {
		w.Add("naam", "businesscase.wrong.name")
	}
	if utf8.RuneCountInString(s.Note) > NoteMost {
		w.Add("uitleg", "businesscase.wrong.long")
	}
	if len(s.Overrides) > overridesMost {
		w.Add("naam", "businesscase.wrong.many")
	}
	for _, o := range s.Overrides {
		if m.figure(o.Key) == nil {
			w.Add(o.Key, "businesscase.wrong.choice")
			continue
		}
		w = append(w, o.Figure.check(o.Key, boundsOf(o.Key))...)
	}
	return w
}

// Check says what is wrong with a whole model, as it comes in a package.
func (m *Model) Check() error {
	w := m.Settings.faults()
	if len(m.Lines) > LinesMost || len(m.Cities) > CitiesMost || len(m.Scenarios) > ScenariosMost {
		w.Add("regels", "businesscase.wrong.many")
		return w.Err()
	}
	used := map[string]bool{}
	once := func(id, letter string) {
		if n, err := strconv.Atoi(strings.TrimPrefix(id, letter)); err != nil || n < 1 || n > 9999 || id != letter+strconv.Itoa(n) || used[id] {
			w.Add("id", "businesscase.wrong.choice")
		}
		used[id] = true
	}
	for _, c := range m.Cities {
		once(c.ID, "c")
		w = append(w, c.faults()...)
	}
	for _, l := range m.Lines {
		once(l.ID, "l")
		w = append(w, l.faults(m.Cities)...)
	}
	for _, s := range m.Scenarios {
		once(s.ID, "s")
		w = append(w, s.faults(m)...)
	}
	return w.Err()
}
