package pilots

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wijkbaak.nl/internal/base/fault"
)

var testSet = []Indicator{
	{ID: "1", Code: "deelnemers", Name: "Deelnemers", Kind: Count, Better: "up", Target: of(30), Every: "week"},
	{ID: "2", Code: "tevreden", Name: "Tevreden", Kind: Share, Better: "up", Every: "month"},
	{ID: "3", Code: "klachten", Name: "Klachten", Kind: Mean, Better: "down", Every: "month"},
}

func TestRulesThatCannotBeKeptAreRefused(t *testing.T) {
	stop := func(indicator, comparison string, v float64, week int) Rule {
		return Rule{Kind: "stop", Indicator: indicator, Comparison: comparison, Value: v, Week: week}
	}
	start := func(indicator, comparison string, v float64) Rule {
		return Rule{Kind: "start", Indicator: indicator, Comparison: comparison, Value: v}
	}
	for name, c := range map[string]struct {
		rules []Rule
		want  string // field and key; empty is fine
	}{
		"the example":                    {[]Rule{stop("deelnemers", "below", 15, 8)}, ""},
		"none":                           {nil, ""},
		"low and high leave a middle":    {[]Rule{stop("klachten", "below", 2, 0), stop("klachten", "above", 5, 0)}, ""},
		"two steps":                      {[]Rule{stop("deelnemers", "below", 5, 4), stop("deelnemers", "below", 15, 8)}, ""},
		"low and high cover all":         {[]Rule{stop("klachten", "below", 5, 2), stop("klachten", "above", 2, 8)}, "waarde.1 pilots.wrong.rule.stop"},
		"they meet":                      {[]Rule{stop("klachten", "below", 5, 2), stop("klachten", "atleast", 5, 8)}, "waarde.1 pilots.wrong.rule.stop"},
		"one value is left":              {[]Rule{stop("klachten", "below", 5, 2), stop("klachten", "above", 5, 8)}, ""},
		"whole numbers leave none":       {[]Rule{stop("deelnemers", "atmost", 29, 2), stop("deelnemers", "atleast", 30, 2)}, "waarde.1 pilots.wrong.rule.stop"},
		"of two indicators":              {[]Rule{stop("klachten", "below", 5, 2), stop("tevreden", "above", 2, 8)}, ""},
		"the target stops":               {[]Rule{stop("deelnemers", "below", 31, 8)}, "waarde.0 pilots.wrong.rule.target"},
		"never":                          {[]Rule{stop("deelnemers", "below", 0, 8)}, "waarde.0 pilots.wrong.rule.never"},
		"never, a share":                 {[]Rule{stop("tevreden", "above", 100, 8)}, "waarde.0 pilots.wrong.rule.never"},
		"always":                         {[]Rule{stop("tevreden", "atleast", 0, 8)}, "waarde.0 pilots.wrong.rule.always"},
		"over 100 per cent":              {[]Rule{stop("tevreden", "below", 120, 8)}, "waarde.0 pilots.wrong.share"},
		"half a person":                  {[]Rule{stop("deelnemers", "below", 1.5, 8)}, "waarde.0 pilots.wrong.count"},
		"unknown indicator":              {[]Rule{stop("anders", "below", 1, 8)}, "indicator.0 pilots.wrong.rule.indicator"},
		"after the end":                  {[]Rule{stop("deelnemers", "below", 15, 21)}, "week.0 pilots.wrong.rule.late"},
		"twice":                          {[]Rule{stop("deelnemers", "below", 15, 8), stop("deelnemers", "below", 15, 9)}, "waarde.1 pilots.wrong.rule.twice"},
		"odd comparison":                 {[]Rule{stop("deelnemers", "equal", 15, 8)}, "vergelijk.0 pilots.wrong.rule.form"},
		"start rules that exclude":       {[]Rule{start("klachten", "above", 5), start("klachten", "below", 4)}, "waarde.1 pilots.wrong.rule.start"},
		"start rules that go together":   {[]Rule{start("klachten", "above", 3), start("klachten", "below", 4)}, ""},
		"start is at once stop":          {[]Rule{start("klachten", "above", 5), stop("klachten", "above", 4, 0)}, "waarde.1 pilots.wrong.rule.both"},
		"start may be stop later":        {[]Rule{start("klachten", "above", 5), stop("klachten", "above", 4, 8)}, ""},
		"start at the bound of stopping": {[]Rule{start("klachten", "atmost", 4), stop("klachten", "below", 4, 0)}, ""},
	} {
		err := CheckRules(c.rules, testSet, 20)
		got := ""
		if fields := fault.FieldsOf(err); len(fields) > 0 {
			got = fields[0].Name + " " + fields[0].Key
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q (%v)", name, got, c.want, err)
		}
	}
}

// What CheckRules lets through leaves at least one value at which the pilot goes on,
// and what it refuses as contradicting leaves none.
func TestContradictionMeansThatEveryValueStops(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := []Indicator{{Code: "a", Kind: Count}}
		var rules []Rule
		for range rapid.IntRange(1, 4).Draw(t, "n") {
			rules = append(rules, Rule{Kind: "stop", Indicator: "a", Comparison: rapid.SampledFrom(Comparisons).Draw(t, "c"),
				Value: float64(rapid.IntRange(1, 12).Draw(t, "v"))})
		}
		goesOn := false
		for v := range 15 {
			hit := false
			for _, r := range rules {
				hit = hit || r.hit(float64(v))
			}
			goesOn = goesOn || !hit
		}
		err := CheckRules(rules, list, 0)
		refused := err != nil && strings.Contains(err.Error(), "pilots.wrong.rule.stop")
		if err == nil && !goesOn || refused && goesOn {
			t.Fatalf("%v: %v", rules, err)
		}
	})
}

func TestWhatARuleSaysToday(t *testing.T) {
	begin := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	p := Pilot{Status: Running, Starts: begin, Ends: begin.AddDate(0, 6, 0)}
	r := Rule{Kind: "stop", Indicator: "deelnemers", Comparison: "below", Value: 15, Week: 8}
	at := func(weeks int, v float64) Indicator {
		on := begin.AddDate(0, 0, 7*weeks)
		return Indicator{Code: "deelnemers", Kind: Count, Last: Measurement{Day: on, At: on, Value: v}}
	}
	for _, c := range []struct {
		name  string
		weeks int
		i     Indicator
		want  Verdict
	}{
		{"nothing measured", 9, Indicator{Code: "deelnemers"}, Unknown},
		{"before its week", 3, at(3, 20), NotYet},
		{"before its week, low", 3, at(3, 12), Nears},
		{"the day before", 7, at(7, 12), Nears},
		{"its week", 8, at(8, 12), Hit},
		{"at the bound", 8, at(8, 15), Close},
		{"well above", 8, at(8, 20), Passes},
		{"measured before the pilot began", 9, at(-2, 3), Unknown},
	} {
		got := p.judge(r, c.i, begin.AddDate(0, 0, 7*c.weeks))
		if got.Verdict != c.want || !got.From.Equal(begin.AddDate(0, 0, 56)) {
			t.Errorf("%s: %s from %s, want %s", c.name, got.Verdict, got.From, c.want)
		}
	}
	p.DecidedAt = begin.AddDate(0, 0, 60)
	if got := p.judge(r, at(8, 12), begin.AddDate(0, 0, 63)).Verdict; got != Answered {
		t.Errorf("decided since: %s", got)
	}
	if got := p.judge(r, at(9, 12), begin.AddDate(0, 0, 63)).Verdict; got != Hit {
		t.Errorf("measured again: %s", got)
	}
	now := begin.AddDate(0, 0, 63)
	p.DecidedAt = time.Time{}
	if _, why := p.due(p.Judge([]Rule{r}, []Indicator{at(9, 12)}, now), now); why != DueRule {
		t.Errorf("due by %q", why)
	}
	p.DecideOn = now
	if _, why := p.due(nil, now); why != DueDate {
		t.Errorf("due by %q", why)
	}
	if _, why := p.due(nil, now.AddDate(0, 0, -1)); why != "" {
		t.Errorf("due by %q", why)
	}
}
