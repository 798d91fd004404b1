package questions

import (
	"testing"
	"time"
)

func TestFiguresAreASentenceAndABar(t *testing.T) {
	for want, f := range map[string]Figures{
		"questions.figures.none":  {Asked: 3},
		"questions.figures.share": {Asked: 3, Late: 1},
		"questions.figures.said":  {Asked: 3, Answered: 2, OnTime: 1, MedianWait: time.Hour},
	} {
		if got := figureSentence(t.Context(), f); got != want {
			t.Errorf("%+v: %s", f, got)
		}
	}
	bars := figureBars(t.Context(), Figures{Answered: 7, OnTime: 5, Late: 1})
	if len(bars) != 3 || bars[0].Value != 5 || bars[1].Value != 2 || bars[2].Value != 1 {
		t.Errorf("%+v", bars)
	}
}
