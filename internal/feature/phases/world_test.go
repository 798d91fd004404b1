package phases

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

var words = func() *i18n.Catalog {
	c, err := i18n.New(ui.Locales, web.Locales, i18n.Source{Room: Name, FS: files})
	if err != nil {
		panic(err)
	}
	return c
}()

// near is what stands around the room: initiatives that Waterstad leads, of which
// one is a draft, and two organisations.
type near struct {
	facts map[string]Facts
	draft string
	years map[string]int
	steps []string
	fail  error // of SetPhase
}

func newNear() *near {
	return &near{draft: "geheim", years: map[string]int{}, facts: map[string]Facts{
		"welzijn": {Name: "Welzijn op recept", Phase: Pilot, Preconditions: []string{"Huisartsen verwijzen", "Er is een welzijnscoach", "De gemeente betaalt"},
			Municipalities: []Place{{"GM0001", "Klein"}, {"GM0003", "Groot"}, {"", "Onbekend"}}, Barriers: []Link{{"geld", "Geld stopt", "/belemmeringen/geld"}}},
		"geheim":      {Name: "Geheim", Phase: Idea},
		"anders":      {Name: "Anders", Phase: Unknown},
		"robot-tessa": {Name: "Tessa", Phase: InUse},
	}}
}

func (n *near) Facts(ctx context.Context, r db.Reader, slug string) (Facts, error) {
	f, ok := n.facts[slug]
	if !ok || slug == n.draft && n.MayEdit(ctx, r, slug) != nil {
		return Facts{}, fault.NotFound()
	}
	return f, nil
}

func (n *near) Links(ctx context.Context, r db.Reader, slugs []string) (list []Link, err error) {
	for _, s := range slugs {
		if f, err := n.Facts(ctx, r, s); err == nil {
			list = append(list, Link{s, f.Name, "/initiatieven/" + s})
		}
	}
	return list, nil
}

func (n *near) MayEdit(ctx context.Context, _ db.Reader, slug string) error {
	a := access.Of(ctx)
	if _, ok := n.facts[slug]; !ok {
		return fault.NotFound()
	}
	if slices.Contains(Organisations(a), "waterstad") || a.Can(access.Editor, "/") {
		return nil
	}
	if slug == n.draft {
		return fault.NotFound()
	}
	return fault.Denied()
}

func (n *near) SetPhase(_ context.Context, _ *db.Tx, slug, status string, year int, _, _ string) error {
	if n.fail != nil {
		return n.fail
	}
	f := n.facts[slug]
	f.Phase = status
	n.facts[slug], n.years[slug] = f, year
	return nil
}

func (n *near) Names(_ context.Context, _ db.Reader, persons []string) (map[string]string, error) {
	names := map[string]string{}
	for _, p := range persons {
		names[p] = "Naam van " + p
	}
	return names, nil
}

func (n *near) Organisations(context.Context, db.Reader) ([]Link, error) {
	return []Link{{"waterstad", "Gemeente Waterstad", ""}, {"heuvelrijk", "Gemeente Heuvelrijk", ""}}, nil
}

func (n *near) Colleagues(context.Context, db.Reader) ([]Person, error) {
	return []Person{{"fatma", "Fatma", "waterstad", "Gemeente Waterstad"}, {"wim", "Wim", "heuvelrijk", "Gemeente Heuvelrijk"}}, nil
}

func (n *near) DemoLead(_ context.Context, _ db.Reader, name string) (Person, bool, error) {
	return Person{"fatma", name, "waterstad", "Gemeente Waterstad"}, name == "Fatma", nil
}

func (n *near) Municipalities(context.Context) ([]Municipality, error) {
	return []Municipality{
		{"GM0001", "Klein", "/0001", Figures{Inhabitants: 20_000, Density: 320, Urbanity: 5, Ages: [5]float64{16, 10, 22, 27, 25}}},
		{"GM0002", "Midden", "/0002", Figures{Inhabitants: 60_000, Density: 1240, Addresses: 1500, Urbanity: 2, Ages: [5]float64{20, 14, 26, 24, 16}, Over75: 7}},
		{"GM0003", "Groot", "/0003", Figures{Inhabitants: 150_000, Density: 900, Urbanity: 3, Estimated: true}},
		{"GM0004", "Leeg", "/0004", Figures{}},
		{"WK0005ZZ", "Voorbeeldwijk", "/0005/WK0005ZZ", Figures{Inhabitants: 6000, Demonstration: true}}}, nil
}

func (n *near) AddStep(_ context.Context, _ *db.Tx, initiative, organisation, title, _ string, _ time.Time) (string, error) {
	n.steps = append(n.steps, initiative+" "+organisation+" "+title)
	return "/opschalingsplan/x", nil
}

// desk is a room on a real database, in which anybody can be called.
type desk struct {
	*Service
	t     *testing.T
	near  *near
	clock *clock.Fake
	web   *web.Router
	actor access.Actor
}

func each(t *testing.T, f func(t *testing.T, d *desk)) {
	t.Helper()
	dbtest.Each(t, []db.Migrations{audit.Migrations, Migrations}, func(t *testing.T, base *db.DB) {
		d := &desk{t: t, near: newNear(), clock: clock.NewFake(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC))}
		key, err := audit.LoadKey(t.TempDir(), "test")
		if err != nil {
			t.Fatal(err)
		}
		log, err := audit.New(audit.Options{DB: base, Clock: d.clock, IDs: id.New(d.clock), Key: key, Source: "test"})
		if err != nil {
			t.Fatal(err)
		}
		d.Service = New(Options{DB: base, Clock: d.clock, IDs: id.New(d.clock), Audit: log, Root: "/", Initiatives: d.near, People: d.near, Places: d.near, Plan: d.near})
		d.web = web.NewRouter(web.Options{Catalog: words, Clock: d.clock, Enter: func(_ http.ResponseWriter, r *http.Request) (*http.Request, error) {
			return r.WithContext(access.With(r.Context(), d.actor)), nil
		}})
		d.web.Handle(d.Room().Routes...)
		f(t, d)
	})
}

func actor(name, organisation string, role access.Role) access.Actor {
	return access.Actor{Person: name, SecondFactor: true, Channel: access.Page, Grants: []access.Grant{{Role: role, Organisation: organisation, Place: "/"}}}
}

var (
	fatma  = actor("fatma", "waterstad", access.Lead)
	joost  = actor("joost", "heuvelrijk", access.Lead)
	boss   = actor("boss", "waterstad", access.Editor)
	coach  = actor("coach", "waterstad", access.Coach)
	nobody = access.Actor{Channel: access.Page}
)

func (d *desk) as(a access.Actor) context.Context {
	return access.With(i18n.With(context.Background(), words, i18n.Reference), a)
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) is(err error, kind fault.Kind, fields ...string) {
	d.t.Helper()
	if err == nil || fault.KindOf(err) != kind {
		d.t.Fatalf("error is %v, want kind %v", err, kind)
	}
	for _, name := range fields {
		if !slices.ContainsFunc(fault.FieldsOf(err), func(f fault.Field) bool { return f.Name == name }) {
			d.t.Fatalf("no fault at %s: %v", name, err)
		}
	}
}

func (d *desk) view(a access.Actor, slug string) View {
	d.t.Helper()
	v, err := d.Get(d.as(a), slug)
	d.must(err)
	return v
}

func (d *desk) get(a access.Actor, path string) (int, string) {
	return d.ask(a, httptest.NewRequest(http.MethodGet, path, nil))
}

// post sends a form, name and value in turn.
func (d *desk) post(a access.Actor, path string, pairs ...string) (int, string) {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return d.ask(a, r)
}

func (d *desk) ask(a access.Actor, r *http.Request) (int, string) {
	d.t.Helper()
	d.actor = a
	w := httptest.NewRecorder()
	d.web.ServeHTTP(w, r)
	if to := w.Header().Get("Location"); to != "" {
		return w.Code, to
	}
	return w.Code, w.Body.String()
}

// has asks for a page and looks for texts on it.
func (d *desk) has(a access.Actor, path string, status int, texts ...string) string {
	d.t.Helper()
	got, body := d.get(a, path)
	if got != status {
		d.t.Fatalf("%s answers %d to %q: %.300s", path, got, a.Person, body)
	}
	for _, text := range texts {
		if !strings.Contains(body, text) {
			d.t.Errorf("%s does not say %q", path, text)
		}
	}
	if strings.Contains(body, "phases.") && !strings.Contains(path, "/api/") {
		d.t.Errorf("%s shows a key: %s", path, body[strings.Index(body, "phases."):][:60])
	}
	return body
}
