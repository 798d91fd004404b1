package ui

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"
)

// textPairs are all combinations in which the style sheet sets words on a ground: 7:1, WCAG AAA.
var textPairs = map[string][]string{
	"bg":           {"ink", "soft", "link", "err"},
	"surface":      {"ink", "soft", "link", "err", "ok", "warn", "info"},
	"sunken":       {"ink", "soft", "link"},
	"mark":         {"ink"},
	"action":       {"on-action"},
	"action-hover": {"on-action"},
	"head":         {"on-head"},
	"info-bg":      {"ink", "info", "link"},
	"ok-bg":        {"ink", "ok", "link"},
	"warn-bg":      {"ink", "warn", "link"},
	"err-bg":       {"ink", "err", "link"},
}

// shapePairs are edges and signs that carry meaning: 3:1, WCAG 1.4.11.
var shapePairs = map[string][]string{
	"bg":      {"edge", "focus", "action", "err"},
	"surface": {"edge", "focus", "action", "err"},
	"sunken":  {"edge", "focus", "action"},
	"head":    {"on-head"},
	"err-bg":  {"focus"},
}

func readThemes(t *testing.T) map[string]map[string]map[string]string {
	t.Helper()
	data, err := os.ReadFile("build/tokens/themes.json")
	if err != nil {
		t.Fatal(err)
	}
	var themes map[string]map[string]map[string]string
	if err := json.Unmarshal(data, &themes); err != nil {
		t.Fatal(err)
	}
	return themes
}

func TestContrastOfEveryTheme(t *testing.T) {
	themes := readThemes(t)
	if len(themes) != len(Themes) {
		t.Errorf("%d themes in the token file, %d in Themes", len(themes), len(Themes))
	}
	for _, name := range Themes {
		for _, mode := range []string{"light", "dark"} {
			colours := themes[name][mode]
			if len(colours) != len(themes[Themes[0]]["light"]) {
				t.Errorf("%s %s has %d colours", name, mode, len(colours))
			}
			check := func(pairs map[string][]string, least float64) {
				for ground, tops := range pairs {
					for _, top := range tops {
						if got := contrast(t, colours[ground], colours[top]); got < least {
							t.Errorf("%s %s: %s on %s is %.2f:1, wants %.0f:1", name, mode, top, ground, got, least)
						}
					}
				}
			}
			check(textPairs, 7)
			check(shapePairs, 3)
		}
	}
}

func TestContrastKnowsTheExtremes(t *testing.T) {
	if got := contrast(t, "#000000", "#ffffff"); math.Abs(got-21) > 1e-9 {
		t.Errorf("black on white is %v", got)
	}
	if got := contrast(t, "#777777", "#ffffff"); math.Abs(got-4.478) > 0.001 {
		t.Errorf("#777 on white is %v", got)
	}
}

// contrast is the ratio of WCAG 2.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	l := []float64{luminance(t, a), luminance(t, b)}
	slices.Sort(l)
	return (l[1] + 0.05) / (l[0] + 0.05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	if len(hex) != 7 {
		t.Fatalf("%q is not a colour", hex)
	}
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
