package id

import (
	"regexp"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/clock"
)

var form = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

func TestIDsAreUUIDv7AndSortByMaking(t *testing.T) {
	next := New(clock.NewFake(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)))
	before := ""
	for range 10_000 {
		got := next()
		if !form.MatchString(got) {
			t.Fatalf("%s is not a UUIDv7", got)
		}
		if got <= before {
			t.Fatalf("%s does not sort after %s", got, before)
		}
		before = got
	}
}

func TestSeededIDsRepeat(t *testing.T) {
	at := clock.NewFake(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC))
	a, b, other := Seeded(at, 1), Seeded(at, 1), Seeded(at, 2)
	if first, again := a(), b(); first != again {
		t.Fatalf("same seed, other id: %s, %s", first, again)
	}
	if a() == other() {
		t.Fatal("another seed gave the same id")
	}
}
