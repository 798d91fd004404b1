package visions

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	text := "# Samen oud\n\nWij willen dat\niedereen meedoet.\n\n## Wat wij doen\n- buren\n- koffie\n  met koek\n\n- vervoer\n1. eerst\n2) daarna\nen verder\n\n<script>alert(1)</script>"
	got := Parse(text)
	want := []Block{{Kind: Heading, Level: 1, Text: "Samen oud"}, {Kind: Paragraph, Text: "Wij willen dat\niedereen meedoet."},
		{Kind: Heading, Level: 2, Text: "Wat wij doen"}, {Kind: List, Text: "buren\nkoffie met koek\nvervoer"},
		{Kind: Numbered, Text: "eerst\ndaarna en verder"}, {Kind: Paragraph, Text: "<script>alert(1)</script>"}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}

// FuzzParse: what is parsed, written and parsed again stays the same.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "# a\nb", "- a\n\n- b\n1. c", "#\n##  \n- \n1.\n", "- - a\nb\r\nc\rd", "a\u00a0\n\u00a0# b", "# \u00a0\v"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once := Parse(text)
		if again := Parse(Source(once)); !slices.Equal(once, again) {
			t.Errorf("%q: %+v became %+v", text, once, again)
		}
		for _, b := range once {
			if strings.TrimSpace(b.Text) == "" {
				t.Errorf("%q: an empty block", text)
			}
		}
	})
}

func version(old []Block, made int, text string) ([]Block, int) {
	blocks := Parse(text)
	made = carry(old, blocks, made)
	return blocks, made
}

func ids(blocks []Block) (list []string) {
	for _, b := range blocks {
		list = append(list, b.ID)
	}
	return list
}

func TestParagraphsKeepTheirIds(t *testing.T) {
	one, made := version(nil, 0, "# Visie\n\nOuderen wonen langer thuis en willen blijven meedoen.\n\nDe gemeente betaalt het vervoer naar de koffie.\n\nSlot.")
	if !slices.Equal(ids(one), []string{"p1", "p2", "p3", "p4"}) {
		t.Fatal(ids(one))
	}
	// Reworded, one in front, the last but one moved to the end, one gone.
	two, made := version(one, made, "# Visie\n\nEen heel andere inleiding staat hier.\n\nOuderen wonen graag langer thuis en willen blijven meedoen in de buurt.\n\nSlot.\n\nDe gemeente betaalt het vervoer naar de koffie.")
	if !slices.Equal(ids(two), []string{"p1", "p5", "p2", "p4", "p3"}) || made != 5 {
		t.Fatal(ids(two), made)
	}
	// A number that was given is never given to another.
	three, made := version(two, made, "# Visie")
	four, _ := version(three, made, "# Visie\n\nIets nieuws.")
	if !slices.Equal(ids(four), []string{"p1", "p6"}) {
		t.Fatal(ids(four))
	}
}

func TestCarryGivesEachBlockOneId(t *testing.T) {
	word := rapid.SampledFrom([]string{"wonen", "zorg", "buurt", "koffie", "de", "en", "samen"})
	text := rapid.Custom(func(t *rapid.T) string {
		var parts []string
		for range rapid.IntRange(0, 8).Draw(t, "parts") {
			parts = append(parts, rapid.SampledFrom([]string{"", "# ", "- "}).Draw(t, "kind")+strings.Join(rapid.SliceOfN(word, 1, 6).Draw(t, "words"), " "))
		}
		return strings.Join(parts, "\n\n")
	})
	rapid.Check(t, func(t *rapid.T) {
		a, made := version(nil, 0, text.Draw(t, "a"))
		b, _ := version(a, made, text.Draw(t, "b"))
		seen := map[string]bool{}
		for _, one := range b {
			if one.ID == "" || seen[one.ID] {
				t.Fatalf("id %q twice in %+v", one.ID, b)
			}
			seen[one.ID] = true
		}
		// Both texts can be read back out of a comparison.
		var old, now []string
		for _, c := range Compare(a, b) {
			was, is := "", ""
			for _, s := range c.Spans {
				if s.Mark != Added {
					was += s.Text
				}
				if s.Mark != Gone {
					is += s.Text
				}
			}
			if c.State != Fresh {
				old = append(old, was)
			}
			if c.State != Removed {
				now = append(now, is)
			}
		}
		for _, x := range a {
			if !slices.Contains(old, x.Text) {
				t.Fatalf("the comparison lost %q", x.Text)
			}
		}
		for k, x := range b {
			if now[k] != x.Text {
				t.Fatalf("the comparison made %q of %q", now[k], x.Text)
			}
		}
	})
}

func TestDiff(t *testing.T) {
	got := Diff("de buurt helpt elkaar", "de hele buurt helpt")
	want := []Span{{"de ", Same}, {"hele ", Added}, {"buurt helpt", Same}, {" elkaar", Gone}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	// Too long to compare by word: still whole.
	long := strings.Repeat("a ", 3000)
	if spans := Diff("x "+long+"y", "z "+strings.Repeat("b ", 3000)+"q"); len(spans) == 0 {
		t.Error("nothing")
	}
}

func TestDays(t *testing.T) {
	for in, want := range map[string]Day{"2026-11-21": "2026-11-21", "21-11-2026": "2026-11-21", "1.2.2026": "2026-02-01", "": ""} {
		if got, err := ParseDay(in); err != nil || got != want {
			t.Errorf("%q: %q %v", in, got, err)
		}
	}
	for _, in := range []string{"31-2-2026", "morgen", "1999-12-31", "2026"} {
		if _, err := ParseDay(in); err == nil {
			t.Errorf("%q is a day", in)
		}
	}
}
