package advice

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// A candidate first has to fit; how good it is besides moves it up or down by at
// most half. Both are weighted means of these factors. A factor that knows nothing
// of a candidate is left out of its mean, so that silence is neither good nor bad.
var (
	fits = []factor{
		{"thing", 6, named},
		{"theme", 3, byTheme},
		{"area", 2, byArea},
		{"words", 3, byWords},
		{"audience", 1.5, byAudience},
		{"kind", 1, byKind},
	}
	besides = []factor{
		{"distance", 3, distance},
		{"fresh", 2, fresh},
		{"verdict", 2, verdict},
		{"cost", 1, cost},
		{"proof", 1, proof},
	}
)

// Factors lists the names of all factors, those of fit first.
var Factors = func() (list []string) {
	for _, f := range slices.Concat(fits, besides) {
		list = append(list, f.name)
	}
	return list
}()

// The bounds of the rules.
const (
	swing    = 0.5  // how much what is besides fit can take off
	least    = 0.12 // a fit under this is no answer
	far      = 15.0 // km: further is no longer nearby
	near     = 0.75 // km: this is round the corner
	freshFor = 183 * 24 * time.Hour
	staleAt  = 2 * 365 * 24 * time.Hour
	// Five apps are one answer: each next one of a kind, or of one organisation,
	// counts this much less.
	sameKind, sameHand = 0.8, 0.9
)

// factor gives a candidate 0 to 1; known is false when it has nothing to say.
type factor struct {
	name   string
	weight float64
	rule   func(n *Need, c *Candidate, now time.Time) (score float64, known bool)
}

// Rank gives the best answers, at most Most, each with its reasons, the best first.
// The same need and candidates give the same answers in the same order.
func Rank(n Need, candidates []Candidate, now time.Time) []Advice {
	var list []scored
	for k := range candidates {
		if c := &candidates[k]; allowed(&n, c) {
			if s := score(&n, c, now); s > 0 {
				list = append(list, scored{c, s})
			}
		}
	}
	slices.SortFunc(list, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.Path, b.Path))
	})
	var out []Advice
	for _, s := range diverse(list) {
		out = append(out, Advice{Candidate: *s.Candidate, Score: s.score, Because: because(&n, s.Candidate), Marks: marks(&n, s.Candidate, now)})
	}
	return out
}

type scored struct {
	*Candidate
	score float64
}

// allowed tells whether somebody may want it at all.
func allowed(n *Need, c *Candidate) bool {
	switch {
	case c.Verdict == Refused, slices.Contains(n.Not, c.Kind), n.Free && c.Cost == Paid:
		return false
	case len(n.Where) > 0 && len(c.Where) > 0 && !shares(n.Where, c.Where):
		return false
	}
	km, known := away(n, c)
	return !known || km <= 2*far || slices.Contains(c.Where, "online") || slices.Contains(c.Where, "home")
}

func score(n *Need, c *Candidate, now time.Time) float64 {
	fit := mean(fits, n, c, now)
	if fit < least {
		return 0
	}
	return fit * (1 - swing + swing*mean(besides, n, c, now))
}

// mean is the weighted mean of the factors that know something; one half when none
// does.
func mean(factors []factor, n *Need, c *Candidate, now time.Time) float64 {
	sum, weight := 0.0, 0.0
	for _, f := range factors {
		if score, known := f.rule(n, c, now); known {
			sum, weight = sum+f.weight*score, weight+f.weight
		}
	}
	if weight == 0 {
		return 0.5
	}
	return sum / weight
}

// marks is the same by factor.
func marks(n *Need, c *Candidate, now time.Time) (list []Mark) {
	for _, f := range slices.Concat(fits, besides) {
		score, known := f.rule(n, c, now)
		list = append(list, Mark{Factor: f.name, Score: score, Weight: f.weight, Known: known})
	}
	return list
}

// diverse takes the best each time, after those that are like what was taken fell
// back.
func diverse(list []scored) []scored {
	var out []scored
	kinds, hands := map[string]float64{}, map[string]float64{} // what is left of a score
	for len(out) < Most && len(list) > 0 {
		best, at := -1.0, 0
		for k, c := range list {
			if c.score <= best {
				break // what follows scores less, even untouched
			}
			if s := c.score * cmp.Or(kinds[c.Kind], 1) * cmp.Or(hands[c.By], 1); s > best {
				best, at = s, k
			}
		}
		took := list[at]
		out = append(out, took)
		kinds[took.Kind] = cmp.Or(kinds[took.Kind], 1) * sameKind
		if took.By != "" {
			hands[took.By] = cmp.Or(hands[took.By], 1) * sameHand
		}
		list = slices.Delete(list, at, at+1)
	}
	return out
}

// wished gives how much of what was wished of an aspect a candidate answers. Who has
// many wishes does not ask for one thing that answers all: the weightiest that it
// answers counts most, and the others a little.
func wished(n *Need, aspect Aspect, codes ...string) (float64, bool) {
	const others = 0.15
	best, top, sum, all := 0.0, 0.0, 0.0, 0.0
	for _, w := range n.Wishes {
		if w.Aspect != aspect {
			continue
		}
		weight := cmp.Or(w.Weight, 1)
		top, all = max(top, weight), all+weight
		if slices.Contains(codes, w.Code) {
			best, sum = max(best, weight), sum+weight
		}
	}
	if all == 0 {
		return 0, false
	}
	return (1-others)*best/top + others*sum/all, true
}

func named(n *Need, c *Candidate, _ time.Time) (float64, bool) {
	score, known := wished(n, Thing, c.Path)
	return score, known && score > 0 // not being named is no fault
}

func byTheme(n *Need, c *Candidate, _ time.Time) (float64, bool) {
	return wished(n, Theme, c.Themes...)
}
func byArea(n *Need, c *Candidate, _ time.Time) (float64, bool) { return wished(n, Area, c.Areas...) }
func byKind(n *Need, c *Candidate, _ time.Time) (float64, bool) { return wished(n, Kind, c.Kind) }

func byWords(n *Need, c *Candidate, _ time.Time) (float64, bool) { return c.Found, n.Words != "" }

// byAudience: for everybody is for you too, but for you is better.
func byAudience(n *Need, c *Candidate, _ time.Time) (float64, bool) {
	score, known := wished(n, Audience, c.Audience...)
	if known && (len(c.Audience) == 0 || slices.Contains(c.Audience, "everyone")) {
		score = max(score, 0.7)
	}
	return score, known
}

func distance(n *Need, c *Candidate, _ time.Time) (float64, bool) {
	km, known := away(n, c)
	switch {
	case !known:
		return 0, false
	case slices.Contains(c.Where, "home") || slices.Contains(c.Where, "online"):
		return 1, true
	case km <= near:
		return 1, true
	}
	return max(0, 1-(km-near)/(far-near)), true
}

func fresh(_ *Need, c *Candidate, now time.Time) (float64, bool) {
	if c.Checked.IsZero() {
		return 0, false
	}
	age := now.Sub(c.Checked)
	if age <= freshFor {
		return 1, true
	}
	return max(0, 1-float64(age-freshFor)/float64(staleAt-freshFor)), true
}

func verdict(_ *Need, c *Candidate, _ time.Time) (float64, bool) {
	switch c.Verdict {
	case Good:
		return 1, true
	case Mixed:
		return 0.4, true
	}
	return 0, c.Verdict != NotTested
}

func cost(_ *Need, c *Candidate, _ time.Time) (float64, bool) {
	switch c.Cost {
	case Free:
		return 1, true
	case Reimbursed:
		return 0.7, true
	case Paid:
		return 0.4, true
	}
	return 0, false
}

func proof(_ *Need, c *Candidate, _ time.Time) (float64, bool) { return c.Proof, c.Proof > 0 }

// because lists the words of the wishes that a candidate answers, each once.
func because(n *Need, c *Candidate) []string {
	var met []Wish
	for _, w := range n.Wishes {
		codes := map[Aspect][]string{Theme: c.Themes, Area: c.Areas, Audience: c.Audience, Kind: {c.Kind}, Thing: {c.Path}}[w.Aspect]
		if w.Because != "" && slices.Contains(codes, w.Code) {
			met = append(met, w)
		}
	}
	slices.SortStableFunc(met, func(a, b Wish) int { return cmp.Compare(cmp.Or(b.Weight, 1), cmp.Or(a.Weight, 1)) })
	var list []string
	for _, w := range met {
		if !slices.Contains(list, w.Because) {
			list = append(list, w.Because)
		}
	}
	return list
}

// away is how far the nearest of its spots is, in km.
func away(n *Need, c *Candidate) (float64, bool) {
	if n.At == nil || len(c.Points) == 0 {
		return 0, false
	}
	km := math.Inf(1)
	for _, p := range c.Points {
		km = min(km, n.At.Km(p))
	}
	return km, true
}

// Km is the distance to another point, by the haversine formula on a sphere with
// the mean radius of the earth (IUGG, 6,371 km).
func (p Point) Km(q Point) float64 {
	const rad = math.Pi / 180
	sin2 := func(d float64) float64 { s := math.Sin(d * rad / 2); return s * s }
	h := sin2(q.Lat-p.Lat) + math.Cos(p.Lat*rad)*math.Cos(q.Lat*rad)*sin2(q.Lon-p.Lon)
	return 2 * 6371 * math.Asin(min(1, math.Sqrt(h)))
}

func shares(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}
