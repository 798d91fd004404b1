package audit

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

func TestListsGoOnWhereTheyStopped(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		b := newLog(t, d)
		b.write(t, 40)
		b.record(t, t.Context(), Event{Kind: "questions.delete", Action: Delete, Person: "p1", ObjectType: "question", ObjectID: "q1", Subject: "p1"})
		for name, c := range map[string]struct {
			f    Filter
			want int
		}{
			"all":                       {Filter{}, 41},
			"object":                    {Filter{ObjectType: "question", ObjectID: "q1"}, 14},
			"object and person":         {Filter{ObjectType: "question", ObjectID: "q1", Person: "p1"}, 8},
			"about p1, or by p1":        {Filter{Person: "p1"}, 21},
			"by the coach":              {Filter{Person: coach.Person}, 40},
			"removed":                   {Filter{Action: Delete}, 1},
			"removed by p1":             {Filter{Action: Delete, Person: "p1"}, 1},
			"another action":            {Filter{Action: Update}, 0},
			"an object that is not":     {Filter{ObjectType: "question", ObjectID: "q9"}, 0},
			"a person who did nothing":  {Filter{Person: "p9"}, 0},
			"object, but other actions": {Filter{ObjectType: "question", ObjectID: "q1", Action: Delete}, 1},
		} {
			var ids []string
			c.f.Limit = 7
			for {
				p, err := list(t.Context(), d, c.f, everybody)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range p.Events {
					ids = append(ids, e.ID)
				}
				if c.f.Before = p.Next; p.Next == "" {
					break
				}
			}
			if len(ids) != c.want || !slices.IsSortedFunc(ids, func(a, b string) int { return strings.Compare(b, a) }) || len(slices.Compact(ids)) != c.want {
				t.Errorf("%s: %d events, want %d", name, len(ids), c.want)
			}
		}
	})
}

func TestPlans(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		for _, p := range newLog(t, d).Room().Plans {
			if err := d.CheckPlan(t.Context(), p); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestAPersonTakesTheirEventsAlong(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		b := newLog(t, d)
		b.write(t, 6)
		me := b.Room().Personal
		part, err := me.Export(t.Context(), d, "p1")
		if list, ok := part.Data.([]Event); err != nil || !ok || len(list) != 3 {
			t.Errorf("%+v, %v", part, err)
		}
		for _, nobody := range []string{"", "p9"} {
			if part, err := me.Export(t.Context(), d, nobody); err != nil || part.Data != nil {
				t.Errorf("%q: %+v, %v", nobody, part, err)
			}
		}
		b.seal(t)
		if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return me.Erase(ctx, tx, "p1") }); err != nil {
			t.Fatal(err)
		}
		if r := b.verify(t); !r.OK() || r.Events != 6 {
			t.Errorf("erasing a person harmed the log: %s", told(r))
		}
	})
}

var operator = access.Actor{Person: "0190-operator", SecondFactor: true, Channel: access.Page, Grants: []access.Grant{{Role: access.Operator, Place: "/"}}}

// uiWords stands in for the locales of the shell, which the app adds.
var uiWords = i18n.Source{Room: "ui", FS: fstest.MapFS{}}

func serve(t *testing.T, b *bench, a access.Actor) func(path string) (int, string) {
	t.Helper()
	c, err := i18n.New(i18n.Source{Room: "audit", FS: files}, uiWords)
	if err != nil {
		t.Fatal(err)
	}
	rt := web.NewRouter(web.Options{Catalog: c, Enter: func(_ http.ResponseWriter, r *http.Request) (*http.Request, error) {
		return r.WithContext(access.With(r.Context(), a)), nil
	}})
	rt.Handle(b.Room().Routes...)
	return func(path string) (int, string) {
		w := httptest.NewRecorder()
		rt.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code == http.StatusOK && w.Header().Get("Cache-Control") != "private, no-store" {
			t.Errorf("%s may be kept: %s", path, w.Header().Get("Cache-Control"))
		}
		return w.Code, w.Body.String()
	}
}

func TestPage(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		b := newLog(t, d)
		b.write(t, limitUsual+3)
		for name, a := range map[string]access.Actor{"nobody": {}, "a coach": coach, "an operator without second factor": {Person: "x", Grants: operator.Grants}} {
			if code, _ := serve(t, b, a)(Path); code != http.StatusForbidden {
				t.Errorf("%s got %d", name, code)
			}
			if _, err := b.Look(access.With(t.Context(), a), Filter{}); fault.KindOf(err) != fault.KindDenied {
				t.Errorf("the service gave %s %v", name, err)
			}
		}
		get := serve(t, b, operator)
		code, body := get(Path)
		for _, want := range []string{"<h1>Logboek</h1>", "Vraag bekeken", `title="questions.read"`, "wijkcoach, op de website", "/beheer/logboek?object=question%2Fq1", "/beheer/logboek?voor=", "0190-coach"} {
			if code != http.StatusOK || !strings.Contains(body, want) {
				t.Errorf("%d, without %q", code, want)
			}
		}
		if code, body = get(Path + "?actie=R&persoon=p1"); code != http.StatusOK || strings.Contains(body, ">p0<") {
			t.Errorf("%d, and others in it", code)
		}
		if code, body = get("/en" + Path + "?actie=D"); code != http.StatusOK || !strings.Contains(body, "Nothing happened that fits your choice.") {
			t.Errorf("%d: %s", code, body)
		}
		for _, bad := range []string{"?object=question", "?object=/x", "?object=a/b%20c", "?persoon=%3Cb%3E", "?persoon=" + strings.Repeat("x", 300)} {
			if code, _ = get(Path + bad); code != http.StatusUnprocessableEntity {
				t.Errorf("%s gave %d", bad, code)
			}
		}
		p, err := For(t.Context(), d, logObject, "all", "", 0)
		if err != nil || len(p.Events) != 2 || p.Events[0].Person != "0190-operator" || p.Events[0].Role != "operator" {
			t.Errorf("looking was recorded as %+v, %v", p.Events, err)
		}
		if p, err = For(t.Context(), d, logObject, "person/p1", "", 0); err != nil || len(p.Events) != 1 || p.Events[0].Subject != "p1" {
			t.Errorf("looking at a person was recorded as %+v, %v", p.Events, err)
		}
	})
}

func BenchmarkRecord(b *testing.B) {
	d, err := db.Open(b.Context(), db.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close() //nolint:errcheck // it is over
	if _, err := d.Migrate(b.Context(), tables); err != nil {
		b.Fatal(err)
	}
	l := newLog(b, d)
	e := Event{Kind: "questions.read", Action: Read, ObjectType: "question", ObjectID: "0190a1b2-0000-7000-8000-000000000000", Subject: "0190a1b2-0000-7000-8000-000000000001"}
	ctx := access.With(b.Context(), coach)
	record := func(n int) {
		if err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			for range n {
				if err := l.Record(ctx, tx, e); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	const many = 1000
	b.Run("event", func(b *testing.B) {
		for b.Loop() {
			record(many)
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/many, "µs/event")
	})
	l.seal(b)
	b.Run("seal", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			record(many)
			b.StartTimer()
			if n := l.seal(b); n != many {
				b.Fatal(n)
			}
		}
		b.ReportMetric(float64(b.N)*many/b.Elapsed().Seconds(), "events/s")
	})
	s, err := l.State(ctx)
	if err != nil {
		b.Fatal(err)
	}
	for n := s.Size; n < 100_000; n += many {
		record(many)
	}
	l.seal(b)
	b.Run(fmt.Sprint("verify", max(s.Size, 100_000)), func(b *testing.B) {
		for b.Loop() {
			if r := l.verify(b); !r.OK() {
				b.Fatal(told(r))
			}
		}
	})
}
