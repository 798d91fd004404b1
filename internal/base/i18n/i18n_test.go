package i18n

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"wijkbaak.nl/internal/base/clock"
)

func in(t *testing.T, lang string) context.Context {
	t.Helper()
	c, err := New(Source{"test", fstest.MapFS{
		"locales/nl.json": {Data: []byte(`{"test.hi":"Dag {name}","test.people.one":"{n} mens","test.people.other":"{n} mensen","test.only":"alleen hier"}`)},
		"locales/en.json": {Data: []byte(`{"test.hi":"Hello {name}","test.people.one":"{n} person","test.people.other":"{n} people"}`)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return With(t.Context(), c, lang)
}

func TestTexts(t *testing.T) {
	nl, en, xx := in(t, "nl"), in(t, "en"), in(t, "xx")
	for _, c := range [][2]string{
		{T(nl, "test.hi", "name", "Ans"), "Dag Ans"},
		{T(en, "test.hi", "name", "Ans"), "Hello Ans"},
		{T(xx, "test.hi", "name", "Ans"), "Dag Ans"},
		{T(nl, "test.people", "n", 1), "1 mens"},
		{T(nl, "test.people", "n", 0), "0 mensen"},
		{T(en, "test.people", "n", 1200), "1,200 people"},
		{T(en, "test.only"), "alleen hier"},
		{T(nl, "test.none"), "test.none"},
		{T(nl, "test.hi"), "Dag {name}"},
		{Number(nl, -1234567), "−1.234.567"},
		{Decimal(nl, 1234.5, 2), "1.234,5"},
		{Decimal(en, 3, 1), "3"},
		{Decimal(nl, -0.25, 2), "−0,25"},
		{Euro(nl, 125050), "€\u00a01.250,50"},
		{Euro(nl, -500), "€\u00a0−5"},
	} {
		if c[0] != c[1] {
			t.Errorf("got %q, want %q", c[0], c[1])
		}
	}
}

func TestAValueIsMadeOncePerLanguage(t *testing.T) {
	made := 0
	hi := PerLanguage(func(ctx context.Context) string { made++; return T(ctx, "test.hi", "name", "Ans") })
	c, err := New(Source{"test", fstest.MapFS{
		"locales/nl.json": {Data: []byte(`{"test.hi":"Dag {name}"}`)}, "locales/en.json": {Data: []byte(`{"test.hi":"Hello {name}"}`)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if nl, en := hi(With(t.Context(), c, "nl")), hi(With(t.Context(), c, "en")); nl != "Dag Ans" || en != "Hello Ans" {
			t.Errorf("%q, %q", nl, en)
		}
	}
	if made != 2 {
		t.Errorf("made %d times for two languages", made)
	}
}

func TestDatesAsPeopleSayThem(t *testing.T) {
	nl := in(t, "nl")
	// Saturday 21 November 2026, just past midnight in Amsterdam.
	now := time.Date(2026, 11, 20, 23, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		at           time.Time
		ago, day, by string
	}{
		{now, "vandaag om 00:30", "vandaag", "vandaag om 00:30"},
		{now.Add(-time.Hour), "gisteren om 23:30", "gisteren", "gisteren om 23:30"},
		{now.Add(24 * time.Hour), "morgen om 00:30", "morgen", "morgen om 00:30"},
		{now.Add(72 * time.Hour), "dinsdag om 00:30", "dinsdag", "dinsdag 24 november om 00:30"},
		{now.Add(-72 * time.Hour), "18 november", "18 november", "18 november om 00:30"},
		{time.Date(2025, 1, 3, 12, 0, 0, 0, clock.Amsterdam), "3 januari 2025", "3 januari 2025", "3 januari 2025 om 12:00"},
	} {
		if got := Ago(nl, now, c.at); got != c.ago {
			t.Errorf("Ago: %q, want %q", got, c.ago)
		}
		if got := Day(nl, now, c.at); got != c.day {
			t.Errorf("Day: %q, want %q", got, c.day)
		}
		if got := By(nl, now, c.at); got != c.by {
			t.Errorf("By: %q, want %q", got, c.by)
		}
	}
}

func TestLocalesAreRefusedWithTheReason(t *testing.T) {
	for say, text := range map[string]string{
		"must begin with": `{"other.hi":"x"}`,
		"without a name":  `{"test.hi":"Dag {"}`,
		"invalid":         `{`,
	} {
		_, err := New(Source{"test", fstest.MapFS{"locales/nl.json": {Data: []byte(text)}}})
		if err == nil || !strings.Contains(err.Error(), say) && say != "invalid" {
			t.Errorf("%s: %v", text, err)
		}
	}
}
