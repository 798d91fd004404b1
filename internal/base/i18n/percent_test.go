package i18n

import "testing"

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		lang   string
		v      float64
		digits int
		want   string
	}{{"nl", 82, 0, "82\u00a0%"}, {"nl", 11.74, 1, "11,7\u00a0%"}, {"nl", -1200, 2, "−1.200\u00a0%"}, {"en", 11.74, 1, "11.7%"}} {
		if got := Percent(in(t, c.lang), c.v, c.digits); got != c.want {
			t.Errorf("%s: %q, want %q", c.lang, got, c.want)
		}
	}
}
