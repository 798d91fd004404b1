package advice

import (
	"time"

	"wijkbaak.nl/internal/base/search"
)

// Most is how many answers somebody gets: more than five is a list, not advice.
const Most = 5

// Aspect is what a wish is about.
type Aspect string

// The aspects.
const (
	Theme    Aspect = "theme"    // a code of themes.All
	Area     Aspect = "area"     // a code of themes.Areas
	Audience Aspect = "audience" // for whom
	Kind     Aspect = "kind"     // of a candidate: "activity", "question"
	Thing    Aspect = "thing"    // one candidate by its page: "/aanbod/koffie-in-de-kantine"
)

// Wish is one thing that somebody needs, with the words in which they said so.
type Wish struct {
	Aspect  Aspect
	Code    string
	Weight  float64 // beside other wishes; 1 if zero
	Because string  // "u zei dat u zich vaak alleen voelt", in the language of the reader
}

// Need is what somebody needs, as far as they said.
type Need struct {
	Words  string // as they typed them
	Wishes []Wish
	At     *Point   // about where they live
	Where  []string // only so: nearby, home, online; none is any
	Free   bool     // only what costs nothing
	Not    []string // kinds they do not want
}

// Point is a spot on earth, in degrees.
type Point struct{ Lat, Lon float64 }

// Verdict is what testers found.
type Verdict string

// The verdicts. A candidate that testers refused is no advice.
const (
	NotTested Verdict = ""
	Good      Verdict = "good"
	Mixed     Verdict = "mixed"
	Refused   Verdict = "refused"
)

// Cost is what a candidate costs.
type Cost string

// The costs; the empty one is not known.
const (
	Free       Cost = "free"
	Reimbursed Cost = "reimbursed"
	Paid       Cost = "paid"
)

// Candidate is something that may be an answer.
type Candidate struct {
	Room, ID    string // as the search index calls it
	Kind        string
	Title, Text string // what it is, in a sentence
	Path        string // the page, which is the next step and the name of a Thing
	By          string // who offers it

	Themes, Areas, Audience []string
	Where                   []string // nearby, home, online; none is of no place
	Points                  []Point  // where; none with Where "nearby" is not known
	Cost                    Cost
	Checked                 time.Time // when somebody last saw that it is right; zero is never
	Verdict                 Verdict
	Proof                   float64 // how well it is shown to help, 0 to 1

	Found float64    // how well search found it by the words, 0 to 1
	Hit   search.Hit // what search found; empty when it was not found by words
}

// Advice is one answer.
type Advice struct {
	Candidate
	Score   float64
	Because []string // what they said that it answers, the weightiest first
	Marks   []Mark   // every factor, for "why this?"
}

// Mark is what one factor made of a candidate.
type Mark struct {
	Factor string  // a name of Factors
	Score  float64 // 0 to 1
	Weight float64
	Known  bool // else the factor says nothing, and counts for nothing
}
