package limit

import (
	"testing"
	"time"

	"wijkbaak.nl/internal/base/clock"
)

func TestTakeCountsAndRecovers(t *testing.T) {
	c := clock.NewFake(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC))
	l := New(c, 3, time.Minute, 1)
	for i := range 3 {
		if w := l.Take("a"); w != 0 {
			t.Fatalf("act %d waits %v", i, w)
		}
	}
	if w := l.Take("a"); w <= 0 || w > time.Minute {
		t.Errorf("the fourth waits %v", w)
	}
	if w := l.Wait("b"); w != 0 {
		t.Errorf("another key waits %v", w)
	}
	c.Advance(time.Minute)
	if w := l.Wait("a"); w != 0 {
		t.Errorf("after a minute it waits %v", w)
	}
	if w := l.Take("a"); w != 0 {
		t.Errorf("after a minute it waits %v", w)
	}
	if w := l.Take("a"); w == 0 {
		t.Error("a minute gave more than one act")
	}
	if slow := New(c, 3, time.Minute, 0.01); slow.Take("a") != 0 || slow.Take("a") == 0 {
		t.Error("a very small factor does not leave one act at once")
	}
	free := New(c, 1, time.Hour, 0)
	for range 100 {
		if free.Take("a") != 0 {
			t.Fatal("a lifted limit holds back")
		}
	}
}

func TestNetwork(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64", "odd": "odd",
	} {
		if got := Network(in); got != want {
			t.Errorf("Network(%s) = %s, want %s", in, got, want)
		}
	}
}
