package places

import (
	"context"
	"slices"

	"wijkbaak.nl/internal/base/i18n"
)

// standardHelp names the numbers to ring of DefaultSettings, in their order. What
// a team left as it was is said in the language of the page; what it wrote
// itself stands as it wrote it.
//
// keys: places.standard.*
var standardHelp = []string{"danger", "doctor", "suicide", "violence"}

// inLanguage gives the settings as the page says them.
func inLanguage(ctx context.Context, s Settings) Settings {
	if i18n.Lang(ctx) == i18n.Reference {
		return s
	}
	standard := DefaultSettings()
	if s.Greeting == standard.Greeting {
		s.Greeting = i18n.T(ctx, "places.standard.greeting")
	}
	s.Urgent = slices.Clone(s.Urgent)
	for i, u := range s.Urgent {
		for j, d := range standard.Urgent {
			if u.Label == d.Label {
				s.Urgent[i].Label = i18n.T(ctx, "places.standard."+standardHelp[j]+".label")
			}
			if u.Text == d.Text {
				s.Urgent[i].Text = i18n.T(ctx, "places.standard."+standardHelp[j]+".text")
			}
		}
	}
	return s
}
