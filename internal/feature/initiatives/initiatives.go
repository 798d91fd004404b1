package initiatives

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Kinds are what an initiative can be.
var Kinds = []string{"application", "method", "platform", "device", "place", "programme", "training", "funding"}

// Phases are how far an initiative came.
var Phases = []string{"idea", "preparation", "pilot", "proven", "in_use", "scaled", "stopped", "unknown"}

// EvidenceTypes are what a figure is about.
var EvidenceTypes = []string{"outcome", "reach", "use", "cost", "context"}

// Strengths are how a figure came about, the strongest first.
var Strengths = []string{"controlled", "before_after", "survey", "registration", "estimate", "claim"}

// Categories are the kinds of barrier, in the order of the page.
var Categories = []string{"funding", "regulation", "organisation", "adoption", "skills", "technology", "evidence", "privacy"}

// Initiative is one case.
type Initiative struct {
	Slug           string
	Name           string
	Kind           string
	Summary        string
	Region         string
	Country        string // empty: the Netherlands
	Notes          string // what the sources leave open, in words
	Phase          Phase
	Founding       bool // named in the documents the project began with
	FoundingOnly   bool // and described nowhere else
	Municipalities []Municipality
	Former         []Former
	TargetGroups   []string
	Themes         []string
	Parties        []Party
	Evidence       []Evidence
	Costs          []Cost
	Funders        []Funder
	Growth         []Point
	Preconditions  []string
	Barriers       []Met
	Related        []string // slugs
	Sources        []Source

	Draft   bool   `json:"-"` // seen by those who may edit it only
	Origin  string `json:"-"` // the practice package it was taken over from
	Version int64  `json:"-"` // raised by each change
}

// Phase is how far it came, and the year for which that is documented.
type Phase struct {
	Status string `json:"status"`
	Year   int    `json:"year,omitempty"`
	Note   string `json:"note,omitempty"`
}

// Municipality is where it runs. Code is the CBS code; empty if not known.
type Municipality struct {
	Code string `json:"code,omitempty"`
	Name string `json:"name"`
}

// Former is a municipality that has merged into another since.
type Former struct {
	Name string `json:"name"`
	Now  string `json:"now"`
}

// Party is an organisation that takes part.
type Party struct {
	Name string `json:"name"`
	Role string `json:"role"`
}

// Evidence is one published figure, or a finding without a figure.
type Evidence struct {
	Type          string   `json:"type"`
	Metric        string   `json:"metric"`
	Value         *float64 `json:"value,omitempty"`
	Baseline      *float64 `json:"baseline,omitempty"`
	Unit          string   `json:"unit,omitempty"`
	N             int      `json:"n,omitempty"`
	Organisations int      `json:"nOrganisations,omitempty"`
	Period        string   `json:"period,omitempty"`
	Comparison    string   `json:"comparison,omitempty"`
	Strength      string   `json:"strength"`
	Approximate   bool     `json:"approximate,omitempty"`
	Note          string   `json:"note,omitempty"`
	Source        string   `json:"source"`
}

// Cost is one published amount.
type Cost struct {
	Item   string `json:"item"`
	Cents  int64  `json:"amountCents"`
	Period string `json:"period,omitempty"`
	Note   string `json:"note,omitempty"`
	Source string `json:"source"`
}

// Funder paid for it.
type Funder struct {
	Name  string `json:"name"`
	Cents *int64 `json:"amountCents,omitempty"`
	Note  string `json:"note,omitempty"`
}

// Point is how large it was at a time.
type Point struct {
	Period string  `json:"period"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"`
	Note   string  `json:"note,omitempty"`
	Source string  `json:"source"`
}

// Met is a barrier that an initiative ran into.
type Met struct {
	Barrier string `json:"barrier"`
	Note    string `json:"note,omitempty"`
	Source  string `json:"source"`
}

// Source is where something was published.
type Source struct {
	ID    string `json:"id,omitempty"`
	Title string `json:"title"`
	URL   string `json:"url,omitempty"`
}

// Barrier is something that stands in the way of going from pilot to practice.
type Barrier struct {
	Slug        string
	Name        string
	Category    string
	Description string
	Sources     []Source
}

// Factor is something that helps to get past barriers.
type Factor struct {
	Slug         string
	Name         string
	Description  string
	HelpsAgainst []string // slugs of barriers
	Sources      []Source
}

// PhaseModel is a published way to divide the road into stages.
type PhaseModel struct {
	Slug, Name, Publisher, Use, Notes string
	Stages                            []Stage
	Sources                           []Source
}

// Stage is one part of a PhaseModel.
type Stage struct {
	Name    string `json:"name"`
	Period  string `json:"period,omitempty"`
	Meaning string `json:"meaning"`
}

// rank orders strengths; a count and a survey weigh the same, nothing is 0.
func rank(strength string) int {
	switch strength {
	case "controlled":
		return 5
	case "before_after":
		return 4
	case "survey", "registration":
		return 3
	case "estimate":
		return 2
	case "claim":
		return 1
	}
	return 0
}

// topRank is the best rank.
const topRank = 5

// Strength is the strongest figure about results. How many people were reached
// says nothing about whether it helped them, so other figures do not count.
func (i Initiative) Strength() string {
	best := ""
	for _, e := range i.Evidence {
		if e.Type == "outcome" && rank(e.Strength) > rank(best) {
			best = e.Strength
		}
	}
	return best
}

// audiences are groups of people, and the beginnings of words that name them in
// the free text of a target group. The first that fits a text wins.
var audiences = []struct {
	name  string
	words []string
}{
	{"dementie", []string{"dementie"}},
	{"jeugd", []string{"jeugd", "jongeren", "kinderen", "ouders", "gezin", "student"}},
	{"mantelzorgers", []string{"mantelzorg"}},
	{"vrijwilligers", []string{"vrijwillig", "willen helpen", "buren"}},
	{"professionals", []string{"medewerker", "professional", "hulpverlener", "huisarts"}},
	{"organisaties", []string{"gemeenten", "organisaties", "bedrijven", "zorgaanbieder", "verzekeraar", "initiatieven", "regio's"}},
	{"ouderen", []string{"ouderen", "65", "verpleeghuis"}},
	{"zorg", []string{"thuiszorg", "wijkverpleging", "cliënten", "beperking", "medicijnen", "klachten", "kwetsbare", "mobiel", "hulp"}},
	{"inwoners", []string{"inwoner", "bewoner", "mensen"}},
}

// Audiences sorts the target groups into a few that a list can be filtered by.
func Audiences(targets []string) []string {
	var list []string
	for _, t := range targets {
		t = strings.ToLower(t)
		for _, a := range audiences {
			if slices.ContainsFunc(a.words, func(w string) bool { return strings.Contains(t, w) }) {
				if !slices.Contains(list, a.name) {
					list = append(list, a.name)
				}
				break
			}
		}
	}
	return list
}

// staleAfter is how many years a phase says something about today.
const staleAfter = 2

// Unknowns lists what is not known about an initiative, so that nobody takes
// silence for "no". Each is the last part of a locale key.
func (i Initiative) Unknowns(now time.Time) []string {
	var list []string
	add := func(when bool, what string) {
		if when {
			list = append(list, what)
		}
	}
	best := i.Strength()
	add(i.FoundingOnly, "description")
	add(i.Phase.Status == "unknown", "phase")
	add(i.Phase.Year == 0, "year")
	add(i.Phase.Year != 0 && i.Phase.Year+staleAfter < now.Year() && i.Phase.Status != "stopped", "later")
	add(len(i.Evidence) == 0, "evidence")
	add(len(i.Evidence) > 0 && best == "", "outcome")
	add(best != "" && rank(best) <= rank("estimate"), "weak")
	add(best != "" && rank(best) > rank("estimate") && rank(best) < rank("controlled"), "uncontrolled")
	add(len(i.Costs) == 0, "cost")
	add(len(i.Preconditions) == 0, "preconditions")
	add(len(i.Barriers) == 0, "barriers")
	add(len(i.Parties) == 0, "parties")
	return list
}

// Curve is growth in one unit over time.
type Curve struct {
	Unit   string
	Points []Dated
}

// Dated is a Point of which the year is known; At counts in years.
type Dated struct {
	Point
	At float64
}

// Curves gives the growth that can be drawn as a line: the points of one unit, at
// least two of them dated. Figures in different units are not one line.
func Curves(points []Point) []Curve {
	var list []Curve
	for _, p := range points {
		at, ok := when(p.Period)
		if !ok {
			continue
		}
		k := slices.IndexFunc(list, func(c Curve) bool { return oneUnit(c.Unit, p.Unit) })
		if k < 0 {
			list = append(list, Curve{})
			k = len(list) - 1
		}
		list[k].Unit = max(list[k].Unit, p.Unit) // the plural
		list[k].Points = append(list[k].Points, Dated{p, at})
	}
	list = slices.DeleteFunc(list, func(c Curve) bool { return len(c.Points) < 2 })
	for _, c := range list {
		slices.SortStableFunc(c.Points, func(a, b Dated) int { return cmp.Compare(a.At, b.At) })
	}
	return list
}

// oneUnit tells whether two units are the same but for a plural: gemeente, gemeenten.
func oneUnit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	rest, ok := strings.CutPrefix(b, a)
	return ok && a != "" && slices.Contains([]string{"", "n", "en", "s"}, rest)
}

// when reads a period that is a year (2019) or a month (2019-03). Other words, such
// as "na 2020", are no point on a line.
func when(period string) (float64, bool) {
	for _, layout := range []string{"2006", "2006-01"} {
		if t, err := time.Parse(layout, period); err == nil && t.Year() > 1900 {
			return float64(t.Year()) + float64(t.Month()-1)/12, true
		}
	}
	return 0, false
}
