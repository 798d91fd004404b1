package web_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/web"
)

func TestRateLimits(t *testing.T) {
	c := clock.NewFake(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	rt := house(web.Options{Rate: 0.1, Clock: c})
	count := func(most int, send func(i int) *httptest.ResponseRecorder) (n int, last *httptest.ResponseRecorder) {
		for n = range most {
			if last = send(n); last.Code == http.StatusTooManyRequests {
				return n, last
			}
		}
		return most, last
	}
	from := func(address string) func(int) *httptest.ResponseRecorder {
		return func(i int) *httptest.ResponseRecorder {
			r := httptest.NewRequest("GET", "/vragen", nil)
			r.RemoteAddr = strings.ReplaceAll(address, "{i}", fmt.Sprint(i+1))
			// What who asks makes up about their address counts for nothing.
			r.Header.Set("X-Forwarded-For", fmt.Sprintf("10.0.0.%d", i))
			r.Header.Set("X-Real-Ip", fmt.Sprintf("10.0.0.%d", i))
			r.Header.Set("Forwarded", fmt.Sprintf("for=10.0.0.%d", i))
			w := httptest.NewRecorder()
			rt.ServeHTTP(w, r)
			return w
		}
	}
	n, last := count(100, from("192.0.2.1:1000"))
	if n != 30 || last.Header().Get("Retry-After") != "1" || !strings.Contains(last.Body.String(), "heel vaak") {
		t.Errorf("%d reads, then %v", n, last.Header())
	}
	if n, _ := count(100, from("192.0.2.2:1000")); n != 30 {
		t.Errorf("somebody else could read %d times", n)
	}
	if n, _ := count(100, from("[2001:db8::{i}]:1000")); n != 30 {
		t.Errorf("one IPv6 network could read %d times", n)
	}
	c.Advance(time.Second) // three reads more, at this rate
	if n, _ := count(100, from("192.0.2.1:1000")); n != 3 {
		t.Errorf("a second later %d reads", n)
	}
	n, _ = count(100, func(int) *httptest.ResponseRecorder { return ask(rt, "POST", "/vragen", "vraag=x", own()...) })
	if n != 4 {
		t.Errorf("%d writes", n)
	}
	if n, _ := count(1000, func(int) *httptest.ResponseRecorder { return ask(house(web.Options{}), "GET", "/vragen", "") }); n != 1000 {
		t.Errorf("with the limits lifted: %d", n)
	}
	tiny := house(web.Options{Rate: 0.001, Clock: c})
	if w := ask(tiny, "POST", "/vragen", "vraag=x", own()...); w.Code != 200 {
		t.Errorf("a tiny rate shuts everybody out: %d", w.Code)
	}
}

func TestTheProxyTellsTheAddress(t *testing.T) {
	var got string
	enter := func(_ http.ResponseWriter, r *http.Request) (*http.Request, error) {
		got = web.Address(r)
		return r, nil
	}
	const header = "X-Forwarded-For"
	for _, c := range []struct {
		trusted string
		lines   []string
		want    string
	}{
		{"", []string{"10.0.0.1"}, "192.0.2.1"},
		{header, []string{"198.51.100.7"}, "198.51.100.7"},
		{header, []string{"10.0.0.1, 198.51.100.7"}, "198.51.100.7"},
		{header, []string{"10.0.0.1", "198.51.100.7"}, "198.51.100.7"},
		{header, []string{"198.51.100.7:4321"}, "198.51.100.7"},
		{header, []string{"[2001:db8::1]:4321"}, "2001:db8::1"},
		{header, []string{"2001:DB8::1"}, "2001:db8::1"},
		{header, []string{"198.51.100.7, <script>"}, "192.0.2.1"},
		{header, []string{""}, "192.0.2.1"},
		{header, nil, "192.0.2.1"},
	} {
		var pairs []string
		for _, line := range c.lines {
			pairs = append(pairs, header, line)
		}
		ask(house(web.Options{ProxyHeader: c.trusted, Enter: enter}), "GET", "/vragen", "", pairs...)
		if got != c.want {
			t.Errorf("%q, %q: %s, want %s", c.trusted, c.lines, got, c.want)
		}
	}
}

func TestTheLogHoldsNobody(t *testing.T) {
	var log bytes.Buffer
	rt := house(web.Options{Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	for _, target := range []string{"/vragen?q=mijnziekte", "/vragen/mijncode?q=mijnziekte", "/en/vragen/mijncode", "/fout?q=mijnziekte", "/stuk?q=mijnziekte", "/mijncode", "/vragen/mijncode%00"} {
		ask(rt, "GET", target, "", "User-Agent", "mijnziekte", "Referer", "http://wijk.test/?mijnziekte", "Cookie", "mijncode")
	}
	ask(rt, "POST", "/vragen", "vraag=mijnziekte%ff", own()...)
	text := log.String()
	for _, bad := range []string{"mijnziekte", "mijncode", "192.0.2.1"} {
		if strings.Contains(text, bad) {
			t.Errorf("the log has %s:\n%s", bad, text)
		}
	}
	if !strings.Contains(text, `route="GET /vragen/{id}"`) {
		t.Errorf("and not which route:\n%s", text)
	}
}
