package advice

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	today = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	home  = &Point{52.505, 5.470}
)

// coffee is a fitting candidate; each rule changes one thing of it.
func coffee(id string, change func(*Candidate)) Candidate {
	c := Candidate{Room: "offer", ID: id, Kind: "activity", Title: id, Path: "/aanbod/" + id, By: "by " + id, Themes: []string{"eenzaamheid"}, Areas: []string{"meedoen"},
		Audience: []string{"everyone"}, Where: []string{"nearby"}, Points: []Point{{52.506, 5.471}}, Cost: Free, Checked: today.AddDate(0, -1, 0)}
	if change != nil {
		change(&c)
	}
	return c
}

var alone = Need{Wishes: []Wish{{Aspect: Theme, Code: "eenzaamheid", Because: "u zei dat u zich alleen voelt"}}, At: home}

func ids(list []Advice) string {
	var out []string
	for _, a := range list {
		out = append(out, a.ID)
	}
	return strings.Join(out, " ")
}

// TestRules has a line a rule: "better" comes before "worse", which differ in one
// thing.
func TestRules(t *testing.T) {
	for name, c := range map[string]struct {
		need  Need
		worse func(*Candidate)
	}{
		"another theme":           {alone, func(c *Candidate) { c.Themes = []string{"vervoer"}; c.Areas = nil }},
		"further away":            {alone, func(c *Candidate) { c.Points = []Point{{52.55, 5.47}} }},
		"too far":                 {alone, func(c *Candidate) { c.Points = []Point{{53.2, 5.47}} }},
		"not looked at for years": {alone, func(c *Candidate) { c.Checked = today.AddDate(-2, 0, 0) }},
		"it costs money":          {alone, func(c *Candidate) { c.Cost = Paid }},
		"refused by testers":      {alone, func(c *Candidate) { c.Verdict = Refused }},
		"testers doubt":           {alone, func(c *Candidate) { c.Verdict = Mixed }},
		"for others":              {with(alone, Wish{Aspect: Audience, Code: "older"}), func(c *Candidate) { c.Audience = []string{"youth"} }},
		"of another kind":         {with(alone, Wish{Aspect: Kind, Code: "activity"}), func(c *Candidate) { c.Kind = "application" }},
		"another area of life":    {Need{Wishes: []Wish{{Aspect: Area, Code: "meedoen"}}}, func(c *Candidate) { c.Areas = []string{"lichaam"} }},
		"badly found":             {Need{Words: "koffie"}, func(c *Candidate) { c.Found = 0.3 }},
		"not named":               {with(alone, Wish{Aspect: Thing, Code: "/aanbod/better"}), nil},
	} {
		better := coffee("better", func(c *Candidate) { c.Found = 1 })
		worse := coffee("worse", func(c *Candidate) { c.Found = 1 })
		if c.worse != nil {
			c.worse(&worse)
		}
		for _, order := range [][]Candidate{{better, worse}, {worse, better}} {
			got := ids(Rank(c.need, order, today))
			if got != "better worse" && got != "better" {
				t.Errorf("%s: %q", name, got)
			}
		}
	}
}

func with(n Need, w Wish) Need {
	n.Wishes = append(slices.Clone(n.Wishes), w)
	return n
}

func TestSomeAreNoAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		need Need
		made func(*Candidate)
	}{
		"refused":        {alone, func(c *Candidate) { c.Verdict = Refused }},
		"unasked kind":   {Need{Wishes: alone.Wishes, Not: []string{"activity"}}, nil},
		"not for free":   {Need{Wishes: alone.Wishes, Free: true}, func(c *Candidate) { c.Cost = Paid }},
		"only online":    {Need{Wishes: alone.Wishes, Where: []string{"online"}}, nil},
		"out of reach":   {alone, func(c *Candidate) { c.Points = []Point{{51.0, 5.0}} }},
		"about sport":    {alone, func(c *Candidate) { c.Themes, c.Areas = []string{"leefstijl-en-preventie"}, nil }},
		"nothing wished": {Need{Words: "xyzzy"}, nil},
	} {
		if got := Rank(c.need, []Candidate{coffee("it", c.made)}, today); len(got) != 0 {
			t.Errorf("%s: %s is advised", name, ids(got))
		}
	}
	// Far away is no matter when they come to your home.
	at := coffee("at-home", func(c *Candidate) { c.Points, c.Where = []Point{{51.0, 5.0}}, []string{"home"} })
	if got := ids(Rank(alone, []Candidate{at}, today)); got != "at-home" {
		t.Errorf("who comes to your home from afar: %q", got)
	}
}

func TestSilenceIsNeitherGoodNorBad(t *testing.T) {
	known := coffee("known", nil)
	silent := coffee("silent", func(c *Candidate) { c.Checked, c.Cost, c.Points = time.Time{}, "", nil })
	a, b := Rank(alone, []Candidate{known}, today)[0], Rank(alone, []Candidate{silent}, today)[0]
	if !(b.Score < a.Score && b.Score > a.Score*0.7) {
		t.Errorf("all known and good %.2f, nothing known %.2f", a.Score, b.Score)
	}
	for _, m := range b.Marks {
		if m.Known && (m.Factor == "fresh" || m.Factor == "cost" || m.Factor == "distance") {
			t.Errorf("%s is known of what says nothing", m.Factor)
		}
	}
	if len(a.Marks) != len(Factors) {
		t.Errorf("%d marks of %d factors", len(a.Marks), len(Factors))
	}
}

func TestNotFiveApps(t *testing.T) {
	var list []Candidate
	for k := range 9 {
		list = append(list, coffee(fmt.Sprint("app-", k), func(c *Candidate) { c.Kind, c.Where, c.Verdict = "application", []string{"online"}, Good }))
	}
	list = append(list, coffee("walk", func(c *Candidate) { c.Cost = Paid }), coffee("talk", func(c *Candidate) { c.Kind = "service" }))
	got := Rank(alone, list, today)
	kinds := map[string]int{}
	for _, a := range got {
		kinds[a.Kind]++
	}
	if len(got) != Most || kinds["application"] > 3 || kinds["activity"] == 0 || kinds["service"] == 0 {
		t.Errorf("%v", kinds)
	}
	var same []Candidate
	for k := range 4 {
		same = append(same, coffee(fmt.Sprint("a", k), func(c *Candidate) { c.By = "one house" }))
	}
	same = append(same, coffee("other", func(c *Candidate) { c.Points = []Point{{52.53, 5.48}} }))
	if got := ids(Rank(alone, same, today)); !strings.HasPrefix(got, "a0 other") {
		t.Errorf("one house gives all answers: %s", got)
	}
}

func TestBecause(t *testing.T) {
	n := with(alone, Wish{Aspect: Area, Code: "meedoen", Weight: 2, Because: "u meer onder de mensen wilt"})
	n = with(n, Wish{Aspect: Audience, Code: "youth", Because: "u jong bent"})
	n = with(n, Wish{Aspect: Theme, Code: "eenzaamheid", Because: "u zei dat u zich alleen voelt"})
	got := Rank(n, []Candidate{coffee("it", nil)}, today)[0].Because
	if want := []string{"u meer onder de mensen wilt", "u zei dat u zich alleen voelt"}; !slices.Equal(got, want) {
		t.Errorf("because %q", got)
	}
}

func TestKm(t *testing.T) {
	amsterdam, utrecht := Point{52.3731, 4.8922}, Point{52.0908, 5.1222}
	if km := amsterdam.Km(utrecht); math.Abs(km-35.1) > 0.5 {
		t.Errorf("Amsterdam to Utrecht is %.1f km", km)
	}
	if km := amsterdam.Km(amsterdam); km != 0 {
		t.Errorf("to itself is %f km", km)
	}
}

func TestAtMostFiveAndTheSameEachTime(t *testing.T) {
	var list []Candidate
	for k := range 300 {
		list = append(list, coffee(fmt.Sprint("c", k), func(c *Candidate) {
			c.Kind = []string{"activity", "service", "group"}[k%3]
			c.Points = []Point{{52.5 + float64(k%7)/100, 5.47}}
		}))
	}
	first := ids(Rank(alone, list, today))
	slices.Reverse(list)
	if again := ids(Rank(alone, list, today)); again != first || len(strings.Fields(first)) != Most {
		t.Errorf("%q, then %q", first, again)
	}
}

func BenchmarkRank(b *testing.B) {
	var list []Candidate
	for k := range 2000 {
		list = append(list, coffee(fmt.Sprint("c", k), func(c *Candidate) { c.Points = []Point{{52.5 + float64(k%70)/1000, 5.47}} }))
	}
	for b.Loop() {
		Rank(alone, list, today)
	}
}
