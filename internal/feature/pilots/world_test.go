package pilots

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// What other rooms would answer.
type (
	someInitiatives struct{ draft string } // a slug that nobody may see now
	somePeople      struct{}
	somePlaces      struct{}
	someCounters    struct {
		n     int
		about About
	}
	proven struct {
		rows   map[string]EvidenceRow
		refuse error
	}
)

func (i *someInitiatives) Links(_ context.Context, _ db.Reader, slugs []string) ([]Link, error) {
	var list []Link
	for _, s := range slugs {
		if s != "bestaat-niet" && s != i.draft {
			list = append(list, Link{s, "Initiatief " + s, "/initiatieven/" + s})
		}
	}
	return list, nil
}

// MayEdit: who leads for B, or edits the place.
func (*someInitiatives) MayEdit(ctx context.Context, _ db.Reader, _ string) error {
	if a := access.Of(ctx); Leads(a, "org-b") || a.Can(access.Editor, "/") {
		return nil
	}
	return fault.Denied()
}

func (*someInitiatives) Choices(context.Context, db.Reader) ([]Link, error) {
	return []Link{{"beweegcoach", "Beweegcoach", "/initiatieven/beweegcoach"}}, nil
}

func (somePeople) Names(_ context.Context, _ db.Reader, persons []string) (map[string]string, error) {
	m := map[string]string{}
	for _, p := range persons {
		m[p] = "Mevrouw " + p
	}
	return m, nil
}

func (somePeople) Organisations(context.Context, db.Reader) ([]Link, error) {
	return []Link{{ID: "org-a", Name: "Gemeente A"}, {ID: "org-b", Name: "Gemeente B"}}, nil
}

func (somePeople) Colleagues(context.Context, db.Reader) ([]Person, error) {
	return []Person{{ID: "lead", Name: "Lea", Organisation: "org-a"}, {ID: "boss", Name: "Bas", Organisation: "org-a"}}, nil
}

func (somePeople) Email(_ context.Context, _ db.Reader, person string) (string, error) {
	return person + "@example.nl", nil
}

func (somePeople) DemoLead(_ context.Context, _ db.Reader, name string) (Person, bool, error) {
	if name == "Joost" {
		return Person{}, false, nil
	}
	return Person{ID: "lead", Name: name, Organisation: "org-a", OrganisationName: "Gemeente A"}, true, nil
}

func (somePlaces) Municipalities(context.Context) ([]Municipality, error) {
	return []Municipality{{"GM0355", "Zeist", "/0355"}, {"GM0228", "Ede", "/0228"}}, nil
}

func (*someCounters) Name() string { return "questions" }

func (*someCounters) Kinds(context.Context, db.Reader) ([]Counter, error) {
	return []Counter{{"asked", "Gestelde vragen", Count}, {"mood", "Stemming", Score}}, nil
}

func (c *someCounters) Read(_ context.Context, _ db.Reader, kind string, a About) (Reading, bool, error) {
	c.about = a
	if kind == "mood" {
		return Reading{Value: 7.5, N: c.n, Spread: of(1.5)}, c.n > 0, nil
	}
	return Reading{Value: float64(c.n)}, true, nil
}

func (p *proven) AddEvidence(_ context.Context, _ *db.Tx, slug string, e EvidenceRow, _ string) error {
	p.rows[slug+" "+e.Metric] = e
	return p.refuse
}

type world struct {
	*Service
	t       testing.TB
	clock   *clock.Fake
	words   *i18n.Catalog
	counted *someCounters
	proven  *proven
	cases   *someInitiatives
}

var now = time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC) // a Monday

func newWorld(t testing.TB, d *db.DB) world {
	t.Helper()
	c := clock.NewFake(now)
	key, err := audit.LoadKey(t.TempDir(), "wijkbaak.test/audit")
	if err != nil {
		t.Fatal(err)
	}
	log, err := audit.New(audit.Options{DB: d, Clock: c, IDs: id.New(c), Log: slog.New(slog.DiscardHandler), Source: "wijkbaak.test", Node: "n1", Key: key})
	if err != nil {
		t.Fatal(err)
	}
	words, err := i18n.New(web.Locales, ui.Locales, i18n.Source{Room: Name, FS: files})
	if err != nil {
		t.Fatal(err)
	}
	w := world{t: t, clock: c, words: words, counted: &someCounters{}, proven: &proven{rows: map[string]EvidenceRow{}}, cases: &someInitiatives{}}
	w.Service = New(Options{DB: d, Clock: c, IDs: id.New(c), Audit: log, Initiatives: w.cases, Evidence: w.proven, People: somePeople{},
		Places: somePlaces{}, Sources: []Source{w.counted}, Root: "/", BaseURL: "https://wijkbaak.example"})
	return w
}

var steps = []db.Migrations{jobs.Migrations, audit.Migrations, Migrations}

func each(t *testing.T, f func(t *testing.T, w world)) {
	t.Helper()
	dbtest.Each(t, steps, func(t *testing.T, d *db.DB) { f(t, newWorld(t, d)) })
}

// as gives the context of somebody: lead and member of A, other of B, program of A,
// or nobody.
func (w world) as(who string) context.Context {
	a := access.Actor{Channel: access.Page}
	grant := func(role access.Role, organisation string) {
		a.Person, a.Name, a.SecondFactor = who, who, true
		a.Grants = []access.Grant{{Role: role, Organisation: organisation, Place: "/"}}
	}
	switch who {
	case "lead":
		grant(access.Lead, "org-a")
	case "member":
		grant(access.Coach, "org-a")
	case "other":
		grant(access.Lead, "org-b")
	case "editor":
		grant(access.Editor, "")
	case "program":
		a.Organisation, a.Scopes, a.Channel = "org-a", []string{ScopeMeasure}, access.API
	case "program-b":
		a.Organisation, a.Scopes, a.Channel = "org-b", []string{ScopeMeasure}, access.API
	}
	return i18n.With(access.With(w.t.Context(), a), w.words, i18n.Reference)
}

func (w world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w world) is(err error, kind fault.Kind, key string) {
	w.t.Helper()
	if err == nil || fault.KindOf(err) != kind {
		w.t.Fatalf("error is %v, want kind %v", err, kind)
	}
	if key != "" && !slices.ContainsFunc(fault.FieldsOf(err), func(f fault.Field) bool { return f.Key == key }) && !hasKey(err, key) {
		w.t.Fatalf("error is %v, want %s", err, key)
	}
}

func hasKey(err error, key string) bool {
	f, ok := err.(*fault.Error) //nolint:errorlint // the tests make them
	return ok && f.Key == key
}

func date(text string) time.Time {
	t, ok := ParseDay(text)
	if !ok {
		panic(text)
	}
	return t
}

// draft makes a pilot of A with two indicators and a stop rule.
func (w world) draft() Pilot {
	w.t.Helper()
	p, err := w.Create(w.as("lead"), Pilot{Initiative: "beweegcoach", Name: "Samen wandelen", Place: "zeist", Starts: date("2026-03-02"),
		Ends: date("2026-08-31"), People: 40, Goal: "Meer mensen buiten.", Design: "before_after"})
	w.must(err)
	w.must(w.KeepIndicator(w.as("lead"), p.ID, 0, Indicator{Name: "Deelnemers", Unit: "mensen", Kind: Count, Better: "up", Every: "week", Target: of(30)}, ""))
	w.must(w.KeepIndicator(w.as("lead"), p.ID, 0, Indicator{Code: "klachten", Name: "Klachten", Unit: "punten", Kind: Score, Better: "down", Every: "month", Baseline: of(6)}, ""))
	w.must(w.KeepRules(w.as("lead"), p.ID, 0, []Rule{{Kind: "stop", Indicator: "deelnemers", Comparison: "below", Value: 15, Week: 8}}, ""))
	return p
}

func (w world) running() Pilot {
	w.t.Helper()
	p := w.draft()
	w.must(w.Start(w.as("lead"), p.ID, 0))
	return p
}

func (w world) get(who, pilot string) View {
	w.t.Helper()
	v, err := w.Get(w.as(who), pilot)
	w.must(err)
	return v
}

func (w world) measured(pilot, code, on string, v float64, n int) {
	w.t.Helper()
	_, err := w.Measure(w.as("lead"), pilot, []Entry{{Code: code, Day: date(on), Value: v, N: n}}, "form")
	w.must(err)
}

func (w world) count(query string, args ...any) int {
	w.t.Helper()
	n, err := db.One(w.t.Context(), w.DB, db.Value[int], query, args...)
	w.must(err)
	return n
}
