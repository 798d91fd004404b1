package assessments

import "slices"

// Rule is a line of the table by which scores become a verdict.
type Rule struct {
	Name    string
	Verdict Verdict
	holds   func(scores) bool
}

// scores are those of all criteria.
type scores map[string]Score

func (s scores) any(score Score, criteria ...string) bool {
	return slices.ContainsFunc(criteria, func(c string) bool { return s[c] == score })
}

func (s scores) many(score Score) (n int) {
	for _, c := range Criteria {
		if s[c] == score {
			n++
		}
	}
	return n
}

// Rules is the table; the first line that holds decides.
var Rules = []Rule{
	{"unsafe", Refused, func(s scores) bool { return s.any(ScoreBad, "privacy", "security") }},
	{"broken", Refused, func(s scores) bool { return s.any(ScoreBad, "works") }},
	{"poor", Refused, func(s scores) bool { return s.many(ScoreBad) >= 3 }},
	{"weak", Mixed, func(s scores) bool { return s.many(ScoreBad) > 0 }},
	{"doubt", Mixed, func(s scores) bool { return s.any(ScoreMixed, "privacy", "security") }},
	{"unseen", Mixed, func(s scores) bool { return s.any(NotTested, "privacy", "security", "works") }},
	{"halves", Mixed, func(s scores) bool { return s.many(ScoreMixed) >= 3 }},
	{"gaps", Mixed, func(s scores) bool { return s.many(NotTested) >= 3 }},
	{"fine", Good, func(scores) bool { return true }},
}

// Judge tells what results come to, and by which rule. A criterion that is not among
// them was not tested.
func Judge(results []Result) (Verdict, string) {
	s := scores{}
	for _, c := range Criteria {
		s[c] = NotTested
	}
	for _, r := range results {
		s[r.Criterion] = r.Score
	}
	for _, rule := range Rules {
		if rule.holds(s) {
			return rule.Verdict, rule.Name
		}
	}
	return Refused, "" // the last rule always holds
}

// outcome is what the seats of a test come to.
type outcome struct {
	Results []Result
	Open    []string // criteria on which they still differ, or overall
	Verdict Verdict  // when nothing is open
	Rule    string
	Lowered []string
}

// settle puts the scores of all seats together. Where they differ, each of them has
// to say the same anew, with its reason. The verdict may be lowered so, never raised.
func settle(seats []Seat, stances []Stance) (o outcome) {
	for _, c := range Criteria {
		r := Result{Criterion: c}
		same := true
		for k := range seats {
			m, ok := seats[k].mark(c)
			same = same && ok && (k == 0 || m.Score == r.Score)
			r.Score, r.Reasons = m.Score, add(r.Reasons, m.Reason)
		}
		if !same {
			score, reasons, agreed := agreement(seats, stances, c)
			if !agreed {
				o.Open = append(o.Open, c)
				continue
			}
			r = Result{Criterion: c, Score: Score(score), Reasons: reasons, Settled: true}
		}
		o.Results = append(o.Results, r)
	}
	if len(o.Open) > 0 {
		return o
	}
	o.Verdict, o.Rule = Judge(o.Results)
	if !slices.ContainsFunc(stances, func(s Stance) bool { return s.Criterion == overall }) {
		return o
	}
	lower, reasons, agreed := agreement(seats, stances, overall)
	switch {
	case !agreed:
		o.Open = []string{overall}
	case weaker(o.Verdict, Verdict(lower)) != o.Verdict:
		o.Verdict, o.Lowered = weaker(o.Verdict, Verdict(lower)), reasons
	}
	return o
}

// agreement tells what all seats say of a criterion, if they all say the same.
func agreement(seats []Seat, stances []Stance, criterion string) (score string, reasons []string, agreed bool) {
	for n, seat := range seats {
		k := slices.IndexFunc(stances, func(s Stance) bool { return s.Criterion == criterion && s.Seat == seat.ID })
		if k < 0 || n > 0 && stances[k].Score != score {
			return "", nil, false
		}
		score, reasons = stances[k].Score, add(reasons, stances[k].Reason)
	}
	return score, reasons, len(seats) > 0
}

func add(list []string, text string) []string {
	if text == "" || slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}
