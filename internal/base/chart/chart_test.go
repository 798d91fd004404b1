package chart

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		n         int
		want      []float64
	}{
		{0, 10, 5, []float64{0, 2, 4, 6, 8, 10}},
		{0, 1, 5, []float64{0, 0.2, 0.4, 0.6, 0.8, 1}},
		{-3, 12, 4, []float64{0, 5, 10}},
		{97, 103, 3, []float64{98, 100, 102}},
		{0, 450_000, 5, []float64{0, 100_000, 200_000, 300_000, 400_000}},
	} {
		if got := Ticks(c.low, c.high, c.n); !slices.Equal(got, c.want) {
			t.Errorf("Ticks(%v, %v, %d) = %v, want %v", c.low, c.high, c.n, got, c.want)
		}
	}
}

func TestNum(t *testing.T) {
	for v, want := range map[float64]string{0: "0", -0.001: "0", 1.5: "1.5", 1e7: "10000000", 2.346: "2.35", math.Inf(1): "0", -2: "-2", 100: "100"} {
		if got := Num(v); got != want {
			t.Errorf("Num(%v) = %q, want %q", v, got, want)
		}
	}
	if got := Points(1, 2, 3.25, 4); got != "1,2 3.25,4" {
		t.Error(got)
	}
}

func TestFitHoldsEveryValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOf(rapid.Float64Range(-1e9, 1e9)).Draw(t, "values")
		s := Fit(values, rapid.IntRange(1, 8).Draw(t, "n"), rapid.Bool().Draw(t, "zero"), 100, 0)
		if !(s.Min < s.Max) {
			t.Fatalf("%+v has no width", s)
		}
		for _, v := range values {
			if at := s.At(v); at < -1e-6 || at > 100+1e-6 {
				t.Fatalf("%v falls at %v of %+v", v, at, s)
			}
		}
		if n := len(Ticks(s.Min, s.Max, 5)); n < 2 || n > 12 {
			t.Fatalf("%d ticks on %+v", n, s)
		}
	})
	if s := Fit([]float64{math.NaN()}, 3, false, 0, 10); s.At(0) != 5 {
		t.Errorf("nothing to draw: %+v", s)
	}
}
