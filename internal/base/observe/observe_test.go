package observe

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/base/search"
)

func TestLogHoldsNoPersonalData(t *testing.T) {
	var b bytes.Buffer
	l := Logger(&b, slog.LevelDebug)
	l.Error("http: TLS handshake error from 203.0.113.7:4711: EOF; and [2001:db8::1]:80",
		"error", fmt.Errorf("send to ans.de.vries+x@voorbeeld.nl: %w", errors.New("refused by 06-12345678 and +31 6 1234 5678")),
		"email", "x", "Name", "Ans", slog.Group("asker", "phone", 1, "note", "bel 0612345678"),
		"database", "postgres://wb:geheim@db.example:5432/wb", "any", []string{"jan@kees.nl"})
	for _, secret := range []string{"ans", "voorbeeld", "1234", "5678", "203.0", "2001:", "Ans", "geheim", "kees"} {
		if strings.Contains(b.String(), secret) {
			t.Errorf("%q is in the log: %s", secret, b.String())
		}
	}
	for _, kept := range []string{"TLS handshake", "refused by", "db.example:5432", "[telephone]", "[e-mail]"} {
		if !strings.Contains(b.String(), kept) {
			t.Errorf("%q is not in the log: %s", kept, b.String())
		}
	}
	b.Reset()
	l.Info("job", "job", "0199f2a0-0612-7345-8901-234567890123", "took", 3*time.Second, "at", time.Unix(1763761234, 0).UTC(), "n", 612345678)
	if strings.Contains(b.String(), "[") {
		t.Errorf("it took out what is no person: %s", b.String())
	}
}

var metricLine = regexp.MustCompile(`^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z]+="(\\.|[^"\\])*",?)+\})? [-+0-9.e]+)$`)

func TestMetrics(t *testing.T) {
	dbtest.Each(t, []db.Migrations{jobs.Migrations, search.Migrations}, func(t *testing.T, d *db.DB) {
		m := NewMetrics(`v"1\`)
		q := jobs.New(d, clock.System, id.New(clock.System), slog.New(slog.DiscardHandler))
		m.Add(DatabaseFigures(d))
		m.Add(JobFigures(q, clock.System))
		m.Add(SearchFigures(search.New(d, clock.System, slog.New(slog.DiscardHandler)), clock.System))
		m.Observe("GET /vragen", 200, 3*time.Millisecond)
		m.Observe("GET /vragen", 200, 30*time.Second)
		m.Observe("", 404, time.Millisecond)
		if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return jobs.Enqueue(ctx, tx, "test.never", 1)
		}); err != nil {
			t.Fatal(err)
		}
		text := fetch(t, m)
		for line := range strings.Lines(text) {
			if !metricLine.MatchString(strings.TrimSuffix(line, "\n")) {
				t.Errorf("Prometheus cannot read %q", line)
			}
		}
		for _, want := range []string{
			`wijkbaak_request_seconds_bucket{route="GET /vragen",status="200",le="0.0025"} 0`,
			`wijkbaak_request_seconds_bucket{route="GET /vragen",status="200",le="0.005"} 1`,
			`wijkbaak_request_seconds_bucket{route="GET /vragen",status="200",le="+Inf"} 2`,
			`wijkbaak_request_seconds_sum{route="GET /vragen",status="200"} 30.003`,
			`wijkbaak_request_seconds_count{route="none",status="404"} 1`,
			`wijkbaak_jobs{state="waiting"} 1`,
			"# TYPE wijkbaak_db_commits_total counter",
			"wijkbaak_search_ready 0",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("without %s:\n%s", want, text)
			}
		}
		if f := d.Figures(); f.Commits == 0 || f.Writes < f.Commits {
			t.Errorf("%+v", f)
		}
	})
}

func fetch(t *testing.T, h http.Handler) string {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	return w.Body.String()
}

func TestHealth(t *testing.T) {
	part := func(s State) Check { return func(context.Context) Part { return Part{State: s} } }
	for _, c := range []struct {
		needed, other Check
		state         State
		status        int
	}{
		{part(Fine), part(Fine), Fine, 200},
		{part(Fine), part(Slow), Slow, 200},
		{part(Fine), part(Down), Slow, 200},
		{part(Slow), part(Down), Slow, 200},
		{part(Down), part(Fine), Down, 503},
		{func(context.Context) Part { panic("x") }, part(Fine), Down, 503},
		{func(context.Context) Part { select {} }, part(Fine), Down, 503},
		{func(context.Context) Part { return Part{} }, part(Fine), Down, 503},
	} {
		h := NewCollector(clock.System, "1")
		h.timeout = 50 * time.Millisecond
		h.Add("database", true, c.needed)
		h.Add("mail", false, c.other)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "/gezond", nil))
		var got Health
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if w.Code != c.status || got.State != c.state || len(got.Parts) != 2 || got.Parts[0].Name != "database" || !got.Parts[0].Needed {
			t.Errorf("%d %+v, want %d %s", w.Code, got, c.status, c.state)
		}
	}
}

func TestHealthIsNotAskedEachTime(t *testing.T) {
	n := 0
	h := NewCollector(clock.System, "1")
	h.Add("database", true, func(context.Context) Part { n++; return Part{State: Fine} })
	for range 5 {
		h.Collect(t.Context())
	}
	if n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestPartsOfTheBase(t *testing.T) {
	dbtest.EachOptions(t, func(t *testing.T, o db.Options) {
		d, err := db.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Migrate(t.Context(), []db.Migrations{jobs.Migrations, search.Migrations}); err != nil {
			t.Fatal(err)
		}
		log := slog.New(slog.DiscardHandler)
		now := clock.NewFake(time.Now())
		q, e := jobs.New(d, now, id.New(now), log), search.New(d, now, log)
		if p := Search(e, now)(t.Context()); p.State != Slow || p.Reason != "loading" {
			t.Errorf("%+v", p)
		}
		for name, c := range map[string]Check{"database": Database(d), "jobs": Jobs(q, now)} {
			if p := c(t.Context()); p.State != Fine {
				t.Errorf("%s: %+v", name, p)
			}
		}
		if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return jobs.Enqueue(ctx, tx, "test.never", 1)
		}); err != nil {
			t.Fatal(err)
		}
		now.Advance(time.Hour)
		if p := Jobs(q, now)(t.Context()); p.State != Slow || p.Reason != "behind" || p.Waiting != 1 {
			t.Errorf("%+v", p)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]Check{"database": Database(d), "jobs": Jobs(q, now)} {
			if p := c(t.Context()); p.State != Down || strings.Contains(p.Reason, "sql") {
				t.Errorf("%s: %+v", name, p)
			}
		}
	})
}

func TestProfilesOnlyWhenAsked(t *testing.T) {
	for _, on := range []bool{false, true} {
		s := Operator(NewMetrics("1"), NewCollector(clock.System, "1"), on)
		for path, want := range map[string]int{"/metrics": 200, "/gezond": 200, "/debug/pprof/": map[bool]int{true: 200, false: 404}[on]} {
			w := httptest.NewRecorder()
			s.Handler.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
			if w.Code != want {
				t.Errorf("profile %t %s: %d", on, path, w.Code)
			}
		}
	}
}
