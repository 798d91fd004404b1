package ui

import (
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"wijkbaak.nl/internal/base/i18n"
)

var update = flag.Bool("update", false, "write the golden files anew")

// handmade are the components that are written in Go because lists hold them
// twenty times; testdata/handmade.html is what they must give.
func handmade() []templ.Component {
	odd := `<b>"Koffie" & thee</b> bij 't Huis`
	words := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, "<p>Tekst van de kaart</p>")
		return err
	})
	withText := func(c templ.Component) templ.Component {
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			return c.Render(templ.WithChildren(ctx, words), w)
		})
	}
	badges := []BadgeProps{{Label: odd}, {Label: "slot", Icon: "lock"}}
	for _, tone := range []Tone{Neutral, Info, OK, Warning, Error} {
		badges = append(badges, BadgeProps{Tone: tone, Label: tone.name()})
	}
	full := CardProps{Title: odd, Path: "/vragen/1?a=1&b=2", Badges: badges, Meta: []string{"vandaag om 9:10", odd}}
	third, main := full, full
	third.Level, main.Main = 3, true
	options := []Option{{"", "Alles", ""}, {"vervoer", "Vervoer", ""}, {odd, "", ""}}
	return []templ.Component{
		Card(CardProps{Title: "Alleen een titel"}),
		Card(full), Card(third), Card(main),
		Card(CardProps{Title: "geen", Spans: []Span{{"Wie " + odd, false}, {"rijdt", true}, {" mee?", false}}, Path: "https://elders.example/x"}),
		withText(Card(full)), withText(Card(main)), withText(Card(CardProps{Title: "Kort"})),
		Cards([]CardProps{{Title: "Alleen een titel"}, full, main}), Cards(nil),
		Badge(badges[0]), Badge(badges[1]), Badge(BadgeProps{Tone: Warning, Label: "Te laat", Icon: "clock"}),
		Button(ButtonProps{Label: odd}), Button(ButtonProps{Label: "Weg", Icon: "check", Kind: Danger, Name: odd, Value: odd, Disabled: true}),
		ButtonLink(ButtonProps{Label: odd, Path: "/x?a=1&b=2", Kind: Main, Icon: "question"}), ButtonLink(ButtonProps{Label: "Lees", Path: "javascript:x()", Kind: Subtle, Download: true}),
		Icon("arrow"), Icon("beacon"),
		Highlight([]Span{{"Hulp & ", false}, {odd, true}, {" doen", false}}), Highlight(nil),
		Select(Field{Name: "onderwerp", Label: odd, Value: "vervoer", Options: options}),
		Select(Field{Name: "leeg", Label: "Leeg", Options: options, Hint: "Kies er een", Error: "Kies er een", Required: true, Optional: true, Disabled: true}),
	}
}

func TestHandmadeComponentsGiveTheGoldenHTML(t *testing.T) {
	words, err := i18n.New(Locales)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, lang := range words.Languages() {
		ctx := i18n.With(WithShell(t.Context(), Shell{Lang: lang}), words, lang)
		for _, c := range handmade() {
			if err := c.Render(ctx, &b); err != nil {
				t.Fatal(err)
			}
			b.WriteByte('\n')
		}
	}
	golden := filepath.Join("testdata", "handmade.html")
	got := b.String()
	got = strings.ReplaceAll(got, AssetURL("icons.svg"), "SPRITE")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		gotLines, wantLines := strings.Split(got, "\n"), strings.Split(string(want), "\n")
		for i := range min(len(gotLines), len(wantLines)) {
			if gotLines[i] != wantLines[i] {
				t.Fatalf("line %d\ngot  %s\nwant %s", i+1, gotLines[i], wantLines[i])
			}
		}
		t.Fatalf("%d lines, not %d", len(gotLines), len(wantLines))
	}
}

// BenchmarkCards measures the cards of one page of a list.
func BenchmarkCards(b *testing.B) {
	cards := make([]CardProps, 20)
	for i := range cards {
		cards[i] = CardProps{Title: "Hoe komt mijn moeder bij het ziekenhuis?", Path: "/vragen/019caaa9-ccec-7000-ae4b-8cb6716aa490",
			Badges: []BadgeProps{{Tone: Warning, Label: "Te laat", Icon: "clock"}, {Label: "Voorbeeld", Icon: "info"}}, Meta: []string{"1 maart", "Vervoer"}}
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, p := range cards {
			if err := Card(p).Render(b.Context(), io.Discard); err != nil {
				b.Fatal(err)
			}
		}
	}
}
