package pilots

import (
	"math"
	"strings"
	"testing"
	"time"
)

var firstDay = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)

func series(values ...float64) []Measurement {
	list := make([]Measurement, len(values))
	for k, v := range values {
		list[k] = Measurement{Day: firstDay.AddDate(0, 0, 7*k), Value: v}
	}
	return list
}

func marks(r Run) string {
	var b strings.Builder
	for _, p := range r.Points {
		if p.Rule == "" {
			b.WriteByte('.')
		} else {
			b.WriteByte(p.Rule[0])
		}
	}
	return b.String()
}

func TestChartTellsATrendFromChance(t *testing.T) {
	calm := []float64{10, 12, 9, 11, 10, 12, 9, 11, 10, 12, 9, 11}
	for name, c := range map[string]struct {
		values []float64
		better string
		signal Signal
		good   bool
		marks  string
	}{
		"too few":         {calm[:7], "up", TooFew, false, "......."},
		"chance":          {calm, "up", NoChange, false, "............"},
		"all the same":    {[]float64{5, 5, 5, 5, 5, 5, 5, 5, 5}, "up", NoChange, false, "........."},
		"far off":         {append(calm[:12:12], 10, 11, 9, 30), "up", Rise, true, "...............b"},
		"eight on a side": {append(calm[:12:12], 12, 11, 12, 11, 12, 11, 12, 11.5), "down", Rise, false, "...........rrrrrrrrr"},
		"six down":        {append(calm[:12:12], 12, 11.5, 11, 10.5, 10, 9.5), "down", Fall, true, "............tttttt"},
		"seven is no run": {append(calm[:12:12], 12, 11, 12, 11, 12, 11, 10, 12), "up", NoChange, false, "...................."},
		"long ago":        {append(append(calm[:12:12], 40), calm...), "up", Past, false, "............b............"},
	} {
		r := Chart(series(c.values...), c.better)
		if r.Signal != c.signal || r.Better != c.good || marks(r) != c.marks {
			t.Errorf("%s: %s %v %s, want %s %v %s", name, r.Signal, r.Better, marks(r), c.signal, c.good, c.marks)
		}
	}
	r := Chart(series(calm...), "up")
	if math.Abs(r.Middle-10.5) > 1e-9 || math.Abs(r.Upper-(10.5+2.66*mean(calm))) > 1e-9 {
		t.Errorf("middle %v, upper %v", r.Middle, r.Upper)
	}
	// Two of three in the outer third.
	width := r.Upper - r.Middle
	r = Chart(series(append(calm[:12:12], 10, 10.5+0.8*width, 10, 10.5+0.8*width)...), "up")
	if got := marks(r); got[13] != 'n' || got[15] != 'n' || got[14] != '.' {
		t.Errorf("near the limit: %s", got)
	}
}

func mean(values []float64) float64 {
	sum := 0.0
	for k := 1; k < len(values); k++ {
		sum += math.Abs(values[k] - values[k-1])
	}
	return sum / float64(len(values)-1)
}

func TestIntervals(t *testing.T) {
	near := func(name string, got *float64, want float64) {
		t.Helper()
		if got == nil || math.Abs(*got-want) > 0.005 {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	// Published worked examples: Wilson for 81 of 263 (Newcombe, 1998) and 0 of 20.
	low, high := Interval(Share, Measurement{Value: 100 * 81.0 / 263, N: 263})
	near("81 of 263, low", low, 25.53)
	near("81 of 263, high", high, 36.62)
	low, high = Interval(Share, Measurement{Value: 0, N: 20})
	near("0 of 20, low", low, 0)
	near("0 of 20, high", high, 16.11)
	// t with 9 degrees of freedom is 2.262.
	low, high = Interval(Mean, Measurement{Value: 10, N: 10, Spread: of(math.Sqrt(10))})
	near("mean, low", low, 10-2.262)
	near("mean, high", high, 10+2.262)
	for name, c := range map[string]struct {
		k Kind
		m Measurement
	}{"count": {Count, Measurement{Value: 3, N: 3}}, "no people": {Share, Measurement{Value: 50}}, "no spread": {Mean, Measurement{Value: 5, N: 40}}} {
		if low, high := Interval(c.k, c.m); low != nil || high != nil {
			t.Errorf("%s has an interval", name)
		}
	}
}

func TestStrengthIsNeverAboveTheDesign(t *testing.T) {
	base := Indicator{Kind: Share, Baseline: of(10)}
	many := Measurement{N: 40}
	for _, c := range []struct {
		name string
		p    Pilot
		i    Indicator
		m    Measurement
		want string
	}{
		{"controlled", Pilot{Design: "controlled", Compared: "wijk B"}, base, many, "controlled"},
		{"with nobody", Pilot{Design: "controlled"}, base, many, "before_after"},
		{"no baseline", Pilot{Design: "before_after"}, Indicator{Kind: Share}, many, "survey"},
		{"no baseline, a count", Pilot{Design: "before_after"}, Indicator{Kind: Count}, many, "registration"},
		{"few", Pilot{Design: "controlled", Compared: "x"}, base, Measurement{N: 9}, "estimate"},
		{"unknown number", Pilot{Design: "survey"}, base, Measurement{}, "estimate"},
		{"a claim stays one", Pilot{Design: "claim"}, base, many, "claim"},
		{"a claim of few", Pilot{Design: "claim"}, base, Measurement{N: 3}, "claim"},
	} {
		if got := c.p.Strength(c.i, c.m); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		for _, d := range Designs {
			c.p.Design = d
			if s := c.p.Strength(c.i, c.m); weaker(s, d) != s {
				t.Errorf("%s: %s is above %s", c.name, s, d)
			}
		}
	}
}
