package coalitions

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Stage is how far the choice is.
type Stage string

// The stages, in their order.
const (
	Listing  Stage = "listing"
	Scoring  Stage = "scoring"
	Revealed Stage = "revealed"
	Decided  Stage = "chosen"
)

// Criterion is what an initiative is judged by. Weight counts in points.
type Criterion struct {
	ID     string  `json:"id"`
	Name   string  `json:"name"`
	Text   string  `json:"text"`
	Weight float64 `json:"weight"`
}

// Choice is the answer to "where do we begin?", so far.
type Choice struct {
	Coalition string
	Stage     Stage
	Criteria  []Criterion
	Terms     int // number of this text of the criteria
	Listed    []string
	Version   int
	Revealed  time.Time
	Why       string
	Person    string // who recorded the choice
	ChosenAt  time.Time
}

// Bounds of a choice.
const (
	criteriaMost  = 10
	listedMost    = 40
	criterionMost = 60
	explainMost   = 200
	weightMost    = 10
	// scoreMost is the best score; nought says "I do not know".
	scoreMost = 5
)

// Scores are what one member thinks: by slug and criterion, from 1 to scoreMost,
// or 0 for "I do not know".
type Scores map[string]map[string]int

// Card is the scores of one member. Person is empty where the member left.
type Card struct {
	ID, Coalition, Person string
	Scores                Scores
	Done                  bool
	At                    time.Time
}

// complete tells whether a card has an answer for all there is to score.
func (c Choice) complete(s Scores) bool {
	return len(c.Listed) > 0 && !slices.ContainsFunc(c.Listed, func(slug string) bool { return !c.answered(s, slug) })
}

// answered tells whether a member has scored one initiative.
func (c Choice) answered(s Scores, slug string) bool {
	for _, k := range c.Criteria {
		if _, ok := s[slug][k.ID]; !ok {
			return false
		}
	}
	return true
}

// Outcome is how one initiative fares.
type Outcome struct {
	Slug   string
	Mean   float64 // of the members' weighted means
	Spread float64 // standard deviation between members; 0 for fewer than two
	Low    float64
	High   float64
	Rank   int // from 1; 0 when nobody could judge it
	Votes  []Vote
	By     []Part
}

// Vote is the weighted mean of one member.
type Vote struct {
	Person string
	Value  float64
}

// Part is how an initiative fares on one criterion.
type Part struct {
	Criterion    string
	Mean, Spread float64
	N            int
}

// disagreeing is the distance between members from which we call it
// disagreement: two steps on a scale of five.
const disagreeing = 2.0

// Split tells whether members are far apart.
func (o Outcome) Split() bool { return len(o.Votes) > 1 && o.High-o.Low >= disagreeing }

// hottest is the criterion on which members differ most; nil when they do not.
func (o Outcome) hottest() *Part {
	var most *Part
	for i := range o.By {
		if p := &o.By[i]; p.Spread > 0 && (most == nil || p.Spread > most.Spread) {
			most = p
		}
	}
	return most
}

// count works out how the initiatives fare, the best first; cards that are not
// done do not count. A criterion that a member does not know is left out of that
// member's mean, so that not knowing is neither good nor bad.
func count(criteria []Criterion, listed []string, cards []Card) []Outcome {
	list := make([]Outcome, 0, len(listed))
	for _, slug := range listed {
		o := Outcome{Slug: slug}
		by := make([][]float64, len(criteria))
		for _, c := range cards {
			if !c.Done {
				continue
			}
			sum, weight := 0.0, 0.0
			for i, k := range criteria {
				v := c.Scores[slug][k.ID]
				if v < 1 || v > scoreMost {
					continue
				}
				by[i] = append(by[i], float64(v))
				sum += float64(v) * k.Weight
				weight += k.Weight
			}
			if weight > 0 {
				o.Votes = append(o.Votes, Vote{c.Person, sum / weight})
			}
		}
		values := make([]float64, len(o.Votes))
		for i, v := range o.Votes {
			values[i] = v.Value
		}
		o.Mean, o.Spread = meanSpread(values)
		if len(values) > 0 {
			o.Low, o.High = slices.Min(values), slices.Max(values)
		}
		for i, k := range criteria {
			p := Part{Criterion: k.ID, N: len(by[i])}
			p.Mean, p.Spread = meanSpread(by[i])
			o.By = append(o.By, p)
		}
		list = append(list, o)
	}
	slices.SortStableFunc(list, func(a, b Outcome) int {
		switch {
		case len(a.Votes) == 0 || len(b.Votes) == 0:
			return len(b.Votes) - len(a.Votes)
		case a.Mean > b.Mean:
			return -1
		case a.Mean < b.Mean:
			return 1
		}
		return strings.Compare(a.Slug, b.Slug)
	})
	for i := range list {
		if len(list[i].Votes) == 0 {
			continue
		}
		list[i].Rank = i + 1
		if i > 0 && list[i-1].Rank > 0 && same(list[i-1].Mean, list[i].Mean) {
			list[i].Rank = list[i-1].Rank
		}
	}
	return list
}

// same compares means as far as people see them.
func same(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// meanSpread gives the mean and the standard deviation of a sample.
func meanSpread(values []float64) (mean, spread float64) {
	if len(values) == 0 {
		return 0, 0
	}
	for _, v := range values {
		mean += v
	}
	mean /= float64(len(values))
	if len(values) < 2 {
		return mean, 0
	}
	for _, v := range values {
		spread += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(spread / float64(len(values)-1))
}

// closeCall tells whether the first two are nearer to each other than members are.
func closeCall(list []Outcome) bool {
	if len(list) < 2 || list[1].Rank == 0 {
		return false
	}
	return list[0].Mean-list[1].Mean < max(list[0].Spread, list[1].Spread)/2 || same(list[0].Mean, list[1].Mean)
}

// checkCriteria says what is wrong with criteria; the fields are named by place.
func checkCriteria(list []Criterion) error {
	var w faults
	if len(list) == 0 {
		w.Add("naam-1", "coalitions.wrong.criteria")
	}
	seen, total := map[string]bool{}, 0.0
	for i, c := range list {
		at := strconv.Itoa(i + 1)
		w.text("naam-"+at, c.Name, 2, criterionMost)
		w.text("uitleg-"+at, c.Text, 0, explainMost)
		if math.IsNaN(c.Weight) || c.Weight < 0 || c.Weight > weightMost {
			w.Add("gewicht-"+at, "coalitions.wrong.weight", "most", weightMost)
		}
		if name := strings.ToLower(c.Name); name != "" && seen[name] {
			w.Add("naam-"+at, "coalitions.wrong.twice")
		} else {
			seen[name] = true
		}
		total += c.Weight
	}
	if len(list) > 0 && total <= 0 {
		w.Add("gewicht-1", "coalitions.wrong.noweight")
	}
	return w.Err()
}
