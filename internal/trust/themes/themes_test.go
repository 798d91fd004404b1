package themes

import (
	"slices"
	"strings"
	"testing"

	"wijkbaak.nl/internal/base/i18n"
)

func TestEveryThemeHasOneNameOfItsOwn(t *testing.T) {
	c, err := i18n.New(Locales)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSorted(All) || len(slices.Compact(slices.Clone(All))) != len(All) {
		t.Error("the codes are not in order, or one stands twice")
	}
	for _, lang := range c.Languages() {
		ctx, seen := i18n.With(t.Context(), c, lang), map[string]string{}
		for _, code := range All {
			name := Name(ctx, code)
			if name == "" || strings.Contains(name, ".") {
				t.Errorf("%s: %s has no name", lang, code)
			}
			if other := seen[strings.ToLower(name)]; other != "" {
				t.Errorf("%s: %s and %s are both called %s", lang, code, other, name)
			}
			seen[strings.ToLower(name)] = code
		}
		names := 0
		for key := range c.Keys(lang) {
			if code, ok := strings.CutPrefix(key, "themes.name."); ok {
				names++
				if !Known(code) {
					t.Errorf("%s: a name for %s, which is no theme", lang, code)
				}
			}
		}
		if names != len(All) {
			t.Errorf("%s: %d names for %d themes", lang, names, len(All))
		}
	}
	if Known("") || Known("fietsen") || Name(t.Context(), "") != "" {
		t.Error("what is no theme has a name, or is known")
	}
}

func TestEveryAreaHasAName(t *testing.T) {
	c, err := i18n.New(Locales)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range c.Languages() {
		ctx, seen := i18n.With(t.Context(), c, lang), map[string]bool{}
		for _, code := range Areas {
			name := AreaName(ctx, code)
			if !KnownArea(code) || name == "" || strings.Contains(name, ".") || seen[name] {
				t.Errorf("%s: %s is called %q", lang, code, name)
			}
			seen[name] = true
		}
	}
	if KnownArea("none") || AreaName(t.Context(), "") != "" {
		t.Error("an area that is none has a name")
	}
}
