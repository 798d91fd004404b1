package assessments

import (
	"slices"
	"testing"
)

func TestTheTableOfRules(t *testing.T) {
	for name, c := range map[string]struct {
		scores []string
		want   Verdict
		rule   string
	}{
		"all good":                        {nil, Good, "fine"},
		"privacy bad":                     {[]string{"privacy", "bad"}, Refused, "unsafe"},
		"security bad":                    {[]string{"security", "bad"}, Refused, "unsafe"},
		"it does not work":                {[]string{"works", "bad"}, Refused, "broken"},
		"unsafe comes first":              {[]string{"works", "bad", "security", "bad"}, Refused, "unsafe"},
		"three bad":                       {[]string{"cost", "bad", "exit", "bad", "usability", "bad"}, Refused, "poor"},
		"two bad":                         {[]string{"cost", "bad", "exit", "bad"}, Mixed, "weak"},
		"one bad":                         {[]string{"evidence", "bad"}, Mixed, "weak"},
		"privacy could be better":         {[]string{"privacy", "mixed"}, Mixed, "doubt"},
		"security not tested":             {[]string{"security", "untested"}, Mixed, "unseen"},
		"works not tested":                {[]string{"works", "untested"}, Mixed, "unseen"},
		"three could be better":           {[]string{"cost", "mixed", "exit", "mixed", "evidence", "mixed"}, Mixed, "halves"},
		"two could be better":             {[]string{"cost", "mixed", "exit", "mixed"}, Good, "fine"},
		"three gaps":                      {[]string{"cost", "untested", "exit", "untested", "evidence", "untested"}, Mixed, "gaps"},
		"two gaps and two not so good":    {[]string{"cost", "untested", "exit", "untested", "evidence", "mixed", "usability", "mixed"}, Good, "fine"},
		"accessibility bad is no refusal": {[]string{"accessibility", "bad"}, Mixed, "weak"},
	} {
		var results []Result
		for _, m := range marks("x", c.scores...) {
			results = append(results, Result{Criterion: m.Criterion, Score: m.Score})
		}
		if got, rule := Judge(results); got != c.want || rule != c.rule {
			t.Errorf("%s: %s by %s", name, got, rule)
		}
	}
	if v, rule := Judge(nil); v != Mixed || rule != "unseen" {
		t.Errorf("nothing tested is %s by %s", v, rule)
	}
}

func TestAVerdictIsLoweredTogetherAndNeverRaised(t *testing.T) {
	seats := []Seat{{ID: "a", Marks: marks("a", "privacy", "mixed")}, {ID: "b", Marks: marks("b", "privacy", "mixed")}}
	on := func(score ...string) (list []Stance) {
		for k, s := range score {
			list = append(list, Stance{Criterion: overall, Seat: seats[k].ID, Score: s, Reason: "omdat"})
		}
		return list
	}
	for _, c := range []struct {
		stances []Stance
		want    Verdict
		open    bool
	}{
		{nil, Mixed, false}, {on("refused"), Mixed, true}, {on("refused", "mixed"), Mixed, true}, {on("refused", "refused"), Refused, false},
		{on("mixed", "mixed"), Mixed, false}, {on("good", "good"), Mixed, false}, {on("nonsense", "nonsense"), Refused, false},
	} {
		o := settle(seats, c.stances)
		if slices.Contains(o.Open, overall) != c.open || !c.open && o.Verdict != c.want {
			t.Errorf("%v: %s, open %v", c.stances, o.Verdict, o.Open)
		}
	}
}

func TestTheDemoComesToWhatItSays(t *testing.T) {
	f, err := readDemo()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range Criteria {
		for _, s := range Scores {
			if len(f.Usual[c][s]) != 2 {
				t.Errorf("%s %s has no two usual reasons", c, s)
			}
		}
	}
	count := map[string]int{}
	for k := range f.Tests {
		d := &f.Tests[k]
		var v View
		for n, name := range d.By {
			v.Seats = append(v.Seats, Seat{ID: name, Name: name, Marks: f.marks(d, n)})
			if err := checkMarks(v.Seats[n].Marks, true); err != nil {
				t.Errorf("%s: %v", d.Slug, err)
			}
			for c, s := range d.Settled {
				v.Stances = append(v.Stances, Stance{Criterion: c, Seat: name, Score: string(s), Reason: "omdat"})
			}
		}
		v.take(settle(v.Seats, v.Stances))
		if v.Verdict != d.Verdict && !d.Waits {
			t.Errorf("%s comes to %q, open %v", d.Slug, v.Verdict, v.Outcome.Open)
		}
		count[string(d.Verdict)]++
		if d.Days > 30*d.Months {
			count["lapsed"]++
		}
	}
	if count["refused"] != 2 || count["lapsed"] != 2 || count[""] != 2 || len(f.Tests) != 16 {
		t.Errorf("%v", count)
	}
}
