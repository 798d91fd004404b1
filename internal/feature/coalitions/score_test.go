package coalitions

import (
	"math"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"wijkbaak.nl/internal/base/fault"
)

func card(person string, done bool, scores map[string][]int) Card {
	c := Card{Person: person, Done: done, Scores: Scores{}}
	for slug, list := range scores {
		c.Scores[slug] = map[string]int{}
		for i, v := range list {
			c.Scores[slug]["k"+strconv.Itoa(i)] = v
		}
	}
	return c
}

var heavyLight = []Criterion{{ID: "k0", Name: "zwaar", Weight: 3}, {ID: "k1", Name: "licht", Weight: 1}}

func TestCountWeighsAndSpreads(t *testing.T) {
	cards := []Card{
		card("a", true, map[string][]int{"x": {4, 2}, "y": {5, 5}}),
		card("b", true, map[string][]int{"x": {2, 2}, "y": {1, 5}}),
		card("c", false, map[string][]int{"x": {1, 1}, "y": {1, 1}}), // not done: does not count
	}
	list := count(heavyLight, []string{"x", "y"}, cards)
	if list[0].Slug != "y" || list[0].Rank != 1 || list[1].Rank != 2 {
		t.Fatalf("order %v", list)
	}
	x := list[1] // a: (12+2)/4 = 3.5, b: 2
	if x.Mean != 2.75 || math.Abs(x.Spread-1.0606601717798212) > 1e-12 || x.Low != 2 || x.High != 3.5 || len(x.Votes) != 2 {
		t.Errorf("x is %+v", x)
	}
	y := list[0] // a: 5, b: (3+5)/4 = 2
	if y.Mean != 3.5 || !y.Split() || y.hottest().Criterion != "k0" || x.Split() {
		t.Errorf("y is %+v", y)
	}
}

func TestNotKnowingIsNeitherGoodNorBad(t *testing.T) {
	list := count(heavyLight, []string{"x", "y"}, []Card{card("a", true, map[string][]int{"x": {0, 4}, "y": {0, 0}})})
	if list[0].Slug != "x" || list[0].Mean != 4 || list[0].Rank != 1 || list[1].Rank != 0 || len(list[1].Votes) != 0 {
		t.Errorf("got %+v", list)
	}
}

func TestEqualMeansShareAPlace(t *testing.T) {
	list := count(heavyLight, []string{"y", "x", "z"}, []Card{card("a", true, map[string][]int{"x": {3, 3}, "y": {3, 3}, "z": {1, 1}})})
	if list[0].Rank != 1 || list[1].Rank != 1 || list[2].Rank != 3 || list[0].Slug != "x" || !closeCall(list) {
		t.Errorf("got %+v", list)
	}
}

// Whatever is given, a mean lies between the lowest and the highest, a higher
// score never lowers it, and multiplying all weights changes nothing.
func TestCountKeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "criteria")
		criteria := make([]Criterion, n)
		for i := range criteria {
			criteria[i] = Criterion{ID: "k" + strconv.Itoa(i), Weight: float64(rapid.IntRange(0, 10).Draw(t, "weight"))}
		}
		var cards []Card
		for range rapid.IntRange(0, 6).Draw(t, "members") {
			cards = append(cards, card("p", true, map[string][]int{
				"x": rapid.SliceOfN(rapid.IntRange(0, 5), n, n).Draw(t, "x"), "y": rapid.SliceOfN(rapid.IntRange(0, 5), n, n).Draw(t, "y")}))
		}
		before := count(criteria, []string{"x", "y"}, cards)
		for _, o := range before {
			if len(o.Votes) > 0 && (o.Mean < o.Low-1e-9 || o.Mean > o.High+1e-9 || o.Low < 1 || o.High > 5) {
				t.Fatalf("%+v", o)
			}
		}
		double := slices.Clone(criteria)
		for i := range double {
			double[i].Weight *= 2
		}
		for i, o := range count(double, []string{"x", "y"}, cards) {
			if math.Abs(o.Mean-before[i].Mean) > 1e-9 || o.Rank != before[i].Rank {
				t.Fatalf("twice the weights: %+v and %+v", o, before[i])
			}
		}
		if len(cards) == 0 {
			return
		}
		if v := cards[0].Scores["x"]["k0"]; v > 0 && v < 5 {
			cards[0].Scores["x"]["k0"]++
			mean := func(list []Outcome) float64 {
				return list[slices.IndexFunc(list, func(o Outcome) bool { return o.Slug == "x" })].Mean
			}
			if after := count(criteria, []string{"x", "y"}, cards); mean(after) < mean(before)-1e-9 {
				t.Fatalf("a higher score lowered the mean: %v, %v", mean(before), mean(after))
			}
		}
	})
}

func TestCriteriaAreChecked(t *testing.T) {
	good := []Criterion{{Name: "Nut", Weight: 1}}
	if err := checkCriteria(good); err != nil {
		t.Error(err)
	}
	for name, list := range map[string][]Criterion{
		"naam-1":    nil,
		"gewicht-1": {{Name: "Nut", Weight: 0}},
		"gewicht-2": {{Name: "Nut", Weight: 1}, {Name: "Kosten", Weight: 11}},
		"naam-2":    {{Name: "Nut", Weight: 1}, {Name: "nut", Weight: 1}},
	} {
		err := checkCriteria(list)
		if !slices.ContainsFunc(fault.FieldsOf(err), func(f fault.Field) bool { return f.Name == name }) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := checkCriteria([]Criterion{{Name: "Nut", Weight: math.NaN()}}); err == nil {
		t.Error("a weight that is no number passes")
	}
}

func FuzzReadDay(f *testing.F) {
	for _, s := range []string{"2026-11-21", "21-11-2026", "1-2-2026", "", "31-02-2026", "9999-99-99"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, ok := readDay(s); ok && (d.Year() < 2000 || d.Year() >= 2200) {
			t.Errorf("%q is %v", s, d)
		}
	})
}

func FuzzReadTime(f *testing.F) {
	for _, s := range []string{"10:00", "9.30", "24:00", "", "1:5", "-1:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if h, m, ok := readTime(s); ok && (h < 0 || h > 23 || m < 0 || m > 59) {
			t.Errorf("%q is %d:%d", s, h, m)
		}
	})
}

func FuzzReadWeight(f *testing.F) {
	for _, s := range []string{"1", "2,5", "-1", "11", "NaN", "1e9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if v, ok := readWeight(s); ok && !(v >= 0 && v <= weightMost) {
			t.Errorf("%q is %v", s, v)
		}
	})
}
