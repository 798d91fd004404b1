package practices

import (
	"math"
	"testing"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > within {
		t.Errorf("%s is %.5f, want %.5f", what, got, want)
	}
}

// TestPoolBCG repeats a published example: the 13 trials of BCG vaccine of Colditz
// and others (JAMA 271, 1994) as the log risk ratio, with the random-effects
// result that the documentation of the R package metafor (Viechtbauer, Journal of
// Statistical Software 36, 2010) gives for method DL: 0.3088 for the variance
// between trials, Q 152.2330, I² 92.12 %, summary −0.7141.
func TestPoolBCG(t *testing.T) {
	var list []Study
	for _, r := range [][4]float64{{4, 119, 11, 128}, {6, 300, 29, 274}, {3, 228, 11, 209}, {62, 13536, 248, 12619}, {33, 5036, 47, 5761},
		{180, 1361, 372, 1079}, {8, 2537, 10, 619}, {505, 87886, 499, 87892}, {29, 7470, 45, 7232}, {17, 1699, 65, 1600},
		{186, 50448, 141, 27197}, {5, 2493, 3, 2338}, {27, 16886, 29, 17825}} {
		n1, n2 := r[0]+r[1], r[2]+r[3]
		list = append(list, Study{Effect: math.Log(r[0] / n1 / (r[2] / n2)), SE: math.Sqrt(1/r[0] - 1/n1 + 1/r[2] - 1/n2)})
	}
	p := Pool(list)
	near(t, "tau²", p.Tau2, 0.3088, 5e-5)
	near(t, "Q", p.Q, 152.2330, 5e-5)
	near(t, "I²", p.I2, 0.9212, 5e-5)
	near(t, "the summary", p.Effect, -0.7141, 5e-5)
	sum := 0.0
	for _, s := range p.Studies {
		sum += s.Weight
	}
	near(t, "all weights", sum, 1, 1e-12)
	if p.Spread() != "very" || p.High > 0 {
		t.Errorf("%+v", p)
	}
}

// TestPoolOfEqualStudies: with equal standard errors the interval of Hartung and
// Knapp is that of the t-test on the effects, whatever the variance between them.
func TestPoolOfEqualStudies(t *testing.T) {
	p := Pool([]Study{{Effect: 1, SE: 0.5}, {Effect: 3, SE: 0.5}, {Effect: 8, SE: 0.5}, {From: "no spread", Effect: 100}})
	mean, sd, t975 := 4.0, math.Sqrt(13), 4.302652729911275 // of two degrees of freedom
	near(t, "the summary", p.Effect, mean, 1e-12)
	near(t, "the low end", p.Low, mean-t975*sd/math.Sqrt(3), 1e-6)
	near(t, "the high end", p.High, mean+t975*sd/math.Sqrt(3), 1e-6)
	near(t, "tau²", p.Tau2, 13-0.25, 1e-9)
	if p.Used != 3 || p.Studies[3].Weight != 0 {
		t.Errorf("%+v", p)
	}
	// With no spread at all it is not narrower than the usual interval.
	same := Pool([]Study{{Effect: 2, SE: 1}, {Effect: 2, SE: 1}})
	near(t, "half of the interval", same.High-2, z95/math.Sqrt2, 1e-9)
	if same.I2 != 0 || same.Spread() != "little" {
		t.Errorf("%+v", same)
	}
	if one := Pool([]Study{{Effect: 2, SE: 1}}); one.Used != 1 || one.Effect != 0 {
		t.Errorf("a sum of one: %+v", one)
	}
	if none := Pool([]Study{{Effect: math.NaN(), SE: 1}, {Effect: math.Inf(1), SE: 1}, {SE: math.Inf(1)}}); none.Used != 0 {
		t.Errorf("%+v", none)
	}
}

func TestStudyOf(t *testing.T) {
	half, sd := 50.0, 10.0
	s := studyOf(Result{N: 96, Value: 50, Baseline: &half, Unit: "%"}, "a", "")
	near(t, "percentages", s.SE, 100*math.Sqrt(2*0.25/100), 1e-9)
	if s.Effect != 0 {
		t.Errorf("%+v", s)
	}
	s = studyOf(Result{N: 100, Value: 7, SD: &sd, Unit: "uur"}, "a", "")
	near(t, "hours", s.SE, 1, 1e-9)
	if s = studyOf(Result{N: 100, Value: 100, Unit: "%"}, "a", ""); s.SE <= 0 {
		t.Error("100 % is certain")
	}
	if s = studyOf(Result{N: 100, Value: 7, Unit: "uur"}, "a", ""); s.SE != 0 {
		t.Errorf("%+v", s)
	}
}
