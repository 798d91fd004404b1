package ui

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"wijkbaak.nl/internal/base/i18n"
)

// page renders the page of all components as a browser gets it.
func page(t *testing.T, s Shell, theme string) string {
	t.Helper()
	words, err := i18n.New(Locales)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	ctx := i18n.With(WithShell(context.Background(), s), words, ShellOf(WithShell(context.Background(), s)).Lang)
	if err := BouwstenenPage(theme).Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var sampleShell = Shell{
	Lang: "nl", PlaceName: "Wijkbaak Zeist", Path: "/bouwstenen?thema=haven", Build: "1.0",
	Nav: []NavItem{{"Vragen", "/vragen"}, {"Initiatieven", "/initiatieven"}, {"Belemmeringen", "/belemmeringen"}, {"Bouwstenen", "/bouwstenen"}},
	Who: &Who{Name: "Samira", Path: "/mijn"}, Demo: true,
}

// styled is an attribute or element that the Content-Security-Policy would block.
var styled = regexp.MustCompile(`(?i)<[^>]*\s(style|on[a-z]+)\s*=|<style|<script(?:[^>]*)>[^<]|javascript:`)

func TestPageHoldsNoInlineStyleOrScript(t *testing.T) {
	if got := styled.FindString(page(t, sampleShell, "")); got != "" {
		t.Errorf("found %s", got)
	}
	for _, bad := range []string{`<p style="color:red">`, `<p class="x" onclick="y()">`, `<script>x()</script>`} {
		if !styled.MatchString(bad) {
			t.Errorf("would not find %s", bad)
		}
	}
}

func TestSpriteHasEveryIconThatIsUsed(t *testing.T) {
	has := map[string]bool{}
	for _, m := range regexp.MustCompile(`id="([^"]+)"`).FindAllStringSubmatch(string(assets["icons.svg"].plain), -1) {
		has[m[1]] = true
	}
	used := map[string]bool{}
	for _, m := range regexp.MustCompile(`icons\.[0-9a-f]+\.svg#([^"]*)"`).FindAllStringSubmatch(page(t, sampleShell, ""), -1) {
		used[m[1]] = true
		if !has[m[1]] {
			t.Errorf("the sprite lacks %q", m[1])
		}
	}
	for name := range has {
		if !used[name] {
			t.Errorf("the page of all components does not show icon %q", name)
		}
	}
	if len(has) < 25 {
		t.Errorf("%d icons", len(has))
	}
}

// TestEveryClassHasAStyle keeps page and style sheet together.
func TestEveryClassHasAStyle(t *testing.T) {
	css := string(assets["wijkbaak-duin.css"].plain)
	bare := map[string]bool{ // names that say what a thing is, without a style of their own
		"utrecht-breadcrumb-nav": true, "wb-badge--neutral": true, "utrecht-alert--neutral": true,
	}
	for _, m := range regexp.MustCompile(`class="([^"]*)"`).FindAllStringSubmatch(page(t, sampleShell, ""), -1) {
		for class := range strings.FieldsSeq(m[1]) {
			if !strings.Contains(css, "."+class) && !bare[class] {
				t.Errorf("class %q has no style", class)
			}
		}
	}
}

func TestFirstPageFitsInFourteenKilobytes(t *testing.T) {
	words, err := i18n.New(Locales)
	if err != nil {
		t.Fatal(err)
	}
	ctx := i18n.With(WithShell(context.Background(), sampleShell), words, "nl")
	first := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return SearchField(SearchProps{Field: Field{Name: "q", Label: "Wat is uw vraag?"}, Button: "Zoek een antwoord", Big: true}).Render(ctx, w)
	})
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if err := Layout(Page{Title: "Wat is uw vraag?"}).Render(templ.WithChildren(ctx, first), z); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if got := packed.Len() + len(assets["wijkbaak-duin.css"].gzip); got > 14000-4000 {
		t.Errorf("frame, question and style are %d bytes packed; 4 kB must stay free for the rest", got)
	} else {
		t.Logf("frame, question and style: %d bytes packed", got)
	}
}

func TestHrefKeepsTheLanguage(t *testing.T) {
	tests := []struct{ lang, path, want string }{
		{"nl", "/vragen", "/vragen"},
		{"en", "/vragen?q=x", "/en/vragen?q=x"},
		{"en", "/", "/en/"},
		{"en", "/en/vragen", "/en/vragen"},
		{"en", "/energie", "/en/energie"},
		{"en", "#inhoud", "#inhoud"},
		{"en", "https://example.org/", "https://example.org/"},
		{"en", "//example.org/", "//example.org/"},
		{"en", "/assets/app.js", "/assets/app.js"},
	}
	for _, tt := range tests {
		ctx := WithShell(context.Background(), Shell{Lang: tt.lang})
		if got := Href(ctx, tt.path); got != tt.want {
			t.Errorf("Href(%s, %s) = %s, want %s", tt.lang, tt.path, got, tt.want)
		}
	}
}

func TestThemeAndLanguageOfThePage(t *testing.T) {
	s := sampleShell
	s.Lang, s.Dir, s.Theme = "en", "rtl", "gone"
	html := page(t, s, "")
	for _, want := range []string{`<html lang="en" dir="rtl">`, AssetURL("wijkbaak-duin.css"), `href="/en/vragen"`, `href="/bouwstenen?thema=haven" lang="nl"`, `Building blocks`} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if !strings.Contains(page(t, s, "polder"), AssetURL("wijkbaak-polder.css")) {
		t.Error("the theme asked for is not used")
	}
	if regexp.MustCompile(`[> "]ui\.[a-z]`).MatchString(html) {
		t.Error("a text is missing")
	}
}

func TestWhereYouAre(t *testing.T) {
	s := Shell{Path: "/vragen/12?p=1"}
	for path, want := range map[string]string{"/vragen/12": "page", "/vragen": "true", "/": "", "/vra": "", "/aanbod": ""} {
		if got := s.current(path); got != want {
			t.Errorf("current(%s) = %q, want %q", path, got, want)
		}
	}
}

func TestFieldsAreJoinedToTheirWords(t *testing.T) {
	var b strings.Builder
	f := Field{Name: "naam", Label: "Naam", Hint: "Zoals op de deur", Error: "Vul uw naam in", Value: `<b>"x"</b>`, MaxLength: 40}
	if err := TextField(f).Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`for="f-naam"`, `id="f-naam"`, `aria-describedby="f-naam-hint f-naam-error"`, `id="f-naam-hint"`, `id="f-naam-error"`, `aria-invalid="true"`, `maxlength="40"`, `value="&lt;b&gt;&#34;x&#34;&lt;/b&gt;"`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("lacks %s in %s", want, b.String())
		}
	}
}

func TestPictures(t *testing.T) {
	bars := []Bar{{Value: 50}, {Value: 200}, {Value: -3}}
	for i, want := range []string{"25.0", "100.0", "0"} {
		if got := barWidth(bars, bars[i].Value); got != want {
			t.Errorf("bar %v is %s wide, want %s", bars[i].Value, got, want)
		}
	}
	if got := barWidth([]Bar{{}}, 0); got != "0" {
		t.Errorf("nothing is %s wide", got)
	}
	if got := sparkPoints([]float64{0, 5, 10}); got != "0.0,34.0 60.0,18.5 120.0,3.0" {
		t.Errorf("points %s", got)
	}
	if got := sparkPoints([]float64{0}); got != "0.0,34.0" {
		t.Errorf("one point %s", got)
	}
}

func TestWordsOfPeople(t *testing.T) {
	if got := paragraphs("een\r\ntwee\n\n \ndrie\n"); !slices.Equal(got, []string{"een\ntwee", "drie"}) {
		t.Errorf("paragraphs %q", got)
	}
	if got := spelled("egel-molen-47"); got != "egel. molen. 4, 7" {
		t.Errorf("spelled %q", got)
	}
	if got := (Phone{Number: "030 - 123 45 67"}).tel(); got != "tel:0301234567" {
		t.Errorf("tel %q", got)
	}
}
