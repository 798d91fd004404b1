package assessments

import (
	"slices"
	"time"
)

// Criteria are what is looked at, in the order of a page. They follow the headings
// under which CEN-ISO/TS 82304-2 looks at health apps, in words of our own.
var Criteria = []string{"usability", "works", "privacy", "security", "evidence", "accessibility", "cost", "exit"}

// Score is what a tester found of one criterion.
type Score string

// The scores.
const (
	ScoreGood  Score = "good"
	ScoreMixed Score = "mixed"
	ScoreBad   Score = "bad"
	NotTested  Score = "untested"
)

// Scores lists them, the best first.
var Scores = []Score{ScoreGood, ScoreMixed, ScoreBad, NotTested}

// Verdict is what all criteria come to.
type Verdict string

// The verdicts.
const (
	Good    Verdict = "good"
	Mixed   Verdict = "mixed"
	Refused Verdict = "refused"
)

// Verdicts lists them, the best first.
var Verdicts = []Verdict{Good, Mixed, Refused}

// weaker gives the lower of two verdicts; one that is unknown counts as the lowest.
func weaker(a, b Verdict) Verdict {
	k, l := slices.Index(Verdicts, a), slices.Index(Verdicts, b)
	if k < 0 || l < 0 {
		return Refused
	}
	return Verdicts[max(k, l)]
}

// notAbove lists the verdicts that are no better than v.
func notAbove(v Verdict) []Verdict { return Verdicts[slices.Index(Verdicts, v):] }

// Status is how far a test is.
type Status string

// The states. Of one application at most one test is open, and one is published.
const (
	Scoring   Status = "scoring"   // the testers work, each alone
	Settling  Status = "settling"  // they differ
	Ready     Status = "ready"     // an editor has to publish it
	Published Status = "published" //
	Replaced  Status = "replaced"  // a later one was published
	Stopped   Status = "stopped"   // before or after it was published
)

// Mark is the score of one criterion by one organisation.
type Mark struct {
	Criterion string `json:"criterion"`
	Score     Score  `json:"score"`
	Reason    string `json:"reason"`
}

// Result is what the testers found together of one criterion.
type Result struct {
	Criterion string   `json:"criterion"`
	Score     Score    `json:"score"`
	Reasons   []string `json:"reasons,omitempty"`
	Settled   bool     `json:"settled,omitempty"` // they differed at first
}

// Origin is where a verdict was taken over from.
type Origin struct {
	Name  string    `json:"name"`
	URL   string    `json:"url,omitempty"`
	Taken time.Time `json:"taken"`
}

// Body is what is only ever read together with its assessment.
type Body struct {
	Vendor    string   `json:"vendor,omitempty"`
	Platforms []string `json:"platforms,omitempty"`
	Themes    []string `json:"themes,omitempty"`
	Results   []Result `json:"results,omitempty"`
	Rule      string   `json:"rule,omitempty"`    // the one of Rules that decided
	Lowered   []string `json:"lowered,omitempty"` // why the verdict is lower than the rules say
	By        []string `json:"by,omitempty"`      // names of organisations
	Origin    *Origin  `json:"origin,omitempty"`
	Why       string   `json:"why,omitempty"` // it was stopped
}

// Assessment is the test of one version of an application.
type Assessment struct {
	ID, Slug, Name string // of the offer, as it was then
	Version        string // of the application
	Status         Status
	Verdict        Verdict // from Ready on
	Body           Body
	Tested         time.Time // when the last tester was done
	Published      time.Time
	Lapses         time.Time
	Lapsed         bool // as the night left it; ask with Over
	Newer          string
	NewerAt        time.Time
	Demonstration  bool
	Person         string // who asked for it or took it over
	Made           time.Time
}

// Over tells whether the verdict has lapsed.
func (a *Assessment) Over(now time.Time) bool {
	return a.Lapsed || !a.Lapses.IsZero() && !a.Lapses.After(now)
}

// Open tells whether the test is under way.
func (a *Assessment) Open() bool {
	return a.Status == Scoring || a.Status == Settling || a.Status == Ready
}

// Gaps lists the criteria that were not tested.
func (b *Body) Gaps() (list []string) {
	for _, r := range b.Results {
		if r.Score == NotTested {
			list = append(list, r.Criterion)
		}
	}
	return list
}

// Seat is the place of one organisation in a test.
type Seat struct {
	ID, Assessment     string
	Organisation, Name string
	Person             string // who scores; empty until somebody began
	Marks              []Mark
	Handed             time.Time
	Edit               int
}

// mark gives the mark of a criterion.
func (s *Seat) mark(criterion string) (Mark, bool) {
	k := slices.IndexFunc(s.Marks, func(m Mark) bool { return m.Criterion == criterion })
	if k < 0 {
		return Mark{}, false
	}
	return s.Marks[k], true
}

// Stance is how one organisation settles a difference: the criterion, or overall to
// lower the verdict.
type Stance struct {
	Assessment, Criterion, Seat string
	Score                       string // a Score, or for overall a Verdict
	Reason, Person              string
	At                          time.Time
}

// overall is the criterion of a stance on the verdict itself.
const overall = "overall"

// Bounds of what is kept.
const (
	reasonLeast = 10
	reasonMost  = 600
	versionMost = 40
	seatsLeast  = 2
	seatsMost   = 5
	whyMost     = 300
	nameMost    = 300
)

// How long a verdict may hold, in months; the first is usual.
var terms = []int{24, 18, 12, 6}

// warnDays is how long before a verdict lapses its testers are written to.
const warnDays = 60

const base = "/toepassingen"

// Path is the address of the card of an application.
func Path(slug string) string { return base + "/" + slug }

func testPath(id string) string { return base + "/testen/" + id }
