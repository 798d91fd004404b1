package web

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/clock"
)

// TestFinishedPagesStayWithinTheirBound: what was asked longest ago goes first,
// and a commit empties it.
func TestFinishedPagesStayWithinTheirBound(t *testing.T) {
	f := newFinished(clock.NewFake(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)), 10*(1000+finishedCost))
	put := func(key, version string) {
		for range 2 {
			if p, m, first := f.find(key, version); p == nil && first {
				m.sent(&state{etag: key}, http.StatusOK, http.Header{"Etag": {key}, "Cache-Control": {"no-cache"}}, make([]byte, 1000))
			}
		}
	}
	there := func(key string) bool { return f.pages[key] != nil }
	for n := range 10 {
		put(fmt.Sprint("a", n), "1")
	}
	put("a0", "1") // asked for again
	for n := range 5 {
		put(fmt.Sprint("b", n), "1")
	}
	if f.bytes > f.most || len(f.pages) != 10 || f.recent.Len() != 10 || !there("a0") || there("a1") || there("a5") || !there("a6") || !there("b4") {
		t.Errorf("%d bytes, %d pages, %d in order", f.bytes, len(f.pages), f.recent.Len())
	}
	put("c", "2")
	if f.bytes != 1000+finishedCost || len(f.pages) != 1 || len(f.making) != 0 {
		t.Errorf("after a commit %d bytes, %d pages, %d being made", f.bytes, len(f.pages), len(f.making))
	}
	// Who was slow and made a page of the data before leaves nothing.
	f.find("d", "2")
	delete(f.making, "d")
	_, m, _ := f.find("d", "2")
	f.find("e", "3")
	m.sent(&state{etag: "d"}, http.StatusOK, http.Header{"Etag": {"d"}, "Cache-Control": {"no-cache"}}, nil)
	if there("d") {
		t.Error("a page of the data before was kept")
	}
	// Whatever its headers say.
	for key, c := range map[string]struct {
		st     state
		status int
	}{"mine": {state{private: true}, http.StatusOK}, "made": {state{}, http.StatusCreated}} {
		for range 2 {
			_, m, _ := f.find(key, "3")
			c.st.etag = key
			m.sent(&c.st, c.status, http.Header{"Etag": {key}, "Cache-Control": {"no-cache"}}, nil)
		}
		if there(key) {
			t.Errorf("%s was kept", key)
		}
	}
}
