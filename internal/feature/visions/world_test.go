package visions

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
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
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// What other rooms would answer: coalition c-1 by its members.
type (
	someCoalitions struct{ roles map[string]Role }
	somePeople     struct{}
)

func (c someCoalitions) Role(ctx context.Context, _ db.Reader, coalition string) (Role, error) {
	role := c.roles[access.Of(ctx).Person]
	if coalition != "c-1" || role == Outside {
		return Outside, fault.NotFound()
	}
	return role, nil
}

func (c someCoalitions) Name(ctx context.Context, r db.Reader, coalition string) (string, error) {
	_, err := c.Role(ctx, r, coalition)
	return "Samen Digitaal", err
}

func (c someCoalitions) Members(context.Context, db.Reader, string) (list []Member, err error) {
	for person, role := range c.roles {
		list = append(list, Member{ID: person, Name: "Mevrouw " + person, Role: role})
	}
	return list, nil
}

func (c someCoalitions) Everybody(_ context.Context, _ db.Reader, coalition string) (list []Member, err error) {
	if coalition != "c-1" {
		return nil, nil
	}
	return c.Members(context.Background(), nil, coalition)
}

func (c someCoalitions) Of(ctx context.Context, _ db.Reader) ([]Link, error) {
	if c.roles[access.Of(ctx).Person] == Outside {
		return nil, nil
	}
	return []Link{{"c-1", "Samen Digitaal", "/coalities/c-1"}}, nil
}

func (c someCoalitions) Demo(context.Context, db.Reader) (string, bool, error) {
	return "c-1", c.roles["fatma"] != Outside, nil
}

func (somePeople) Names(_ context.Context, _ db.Reader, persons []string) (map[string]string, error) {
	m := map[string]string{}
	for _, p := range persons {
		m[p] = "Mevrouw " + p
	}
	return m, nil
}

// Email knows all but who is gone, and who has no address.
func (somePeople) Email(_ context.Context, _ db.Reader, person string) (string, error) {
	switch person {
	case "gone":
		return "", fault.NotFound()
	case "mute":
		return "", nil
	}
	return person + "@test.example", nil
}

func (somePeople) Organisations(context.Context, db.Reader) ([]Link, error) {
	return []Link{{ID: "org-a", Name: "Gemeente A"}, {ID: "org-b", Name: "Gemeente B"}}, nil
}

func (somePeople) DemoLead(_ context.Context, _ db.Reader, name string) (Person, bool, error) {
	if name == "Els" {
		return Person{}, false, nil
	}
	return Person{strings.ToLower(name), name, "org-a", "Gemeente A"}, true, nil
}

type world struct {
	*Service
	t     testing.TB
	clock *clock.Fake
	words *i18n.Catalog
	roles map[string]Role
}

var now = time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)

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
	w := world{t: t, clock: c, words: words, roles: map[string]Role{"convener": Convener, "member": Participant, "second": Participant, "observer": Observer}}
	w.Service = New(Options{DB: d, Clock: c, IDs: id.New(c), Audit: log, BaseURL: "https://wijkbaak.example", Rate: 1, Key: []byte("a key of the tests"),
		Coalitions: someCoalitions{w.roles}, People: somePeople{}})
	return w
}

var steps = []db.Migrations{jobs.Migrations, audit.Migrations, Migrations}

func eachWorld(t *testing.T, f func(t *testing.T, w world)) {
	t.Helper()
	dbtest.Each(t, steps, func(t *testing.T, d *db.DB) { f(t, newWorld(t, d)) })
}

// as gives the context of somebody; lead and colleague work for organisation A.
func (w world) as(who string) context.Context {
	a := access.Actor{Channel: access.Page, Address: "203.0.113.7"}
	switch who {
	case "nobody":
	case "lead":
		a.Grants = []access.Grant{{Role: access.Lead, Organisation: "org-a", Place: "/"}}
	case "colleague":
		a.Grants = []access.Grant{{Role: access.Coach, Organisation: "org-a", Place: "/"}}
	}
	if who != "nobody" {
		a.Person, a.Name, a.SecondFactor = who, who, true
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
	f, _ := err.(*fault.Error) //nolint:errorlint // the tests make them
	if key != "" && f.Key != key && !slices.ContainsFunc(f.Fields, func(f fault.Field) bool { return f.Key == key }) {
		w.t.Fatalf("error is %v, want %s", err, key)
	}
}

func (w world) days(n int) { w.clock.Advance(time.Duration(n) * 24 * time.Hour) }

const text = "# Visie\n\nOuderen wonen langer thuis en willen blijven meedoen.\n\nDe gemeente betaalt het vervoer naar de koffie.\n\n- buren\n- vrijwilligers"

// draft makes a vision of the coalition, with two questions for residents.
func (w world) draft() string {
	w.t.Helper()
	id, err := w.Create(w.as("convener"), "c:c-1", Saved{Title: "Samen oud", Intro: "Over oud worden in de buurt.", Text: text,
		Questions: []string{"Wat mist u?", "Wat gaat goed?"}})
	w.must(err)
	return id
}

// round begins a round for two weeks.
func (w world) begun(id string, n Round) {
	w.t.Helper()
	n.Opens = w.today()
	n.Closes = w.today().Add(14)
	if n.Majority == "" {
		n.Majority = Half
	}
	w.must(w.Begin(w.as("convener"), id, n))
}

func (w world) get(who, id string) View {
	w.t.Helper()
	v, err := w.Get(w.as(who), id)
	w.must(err)
	return v
}

func (w world) count(query string, args ...any) int {
	w.t.Helper()
	n, err := db.One(w.t.Context(), w.DB, db.Value[int], query, args...)
	w.must(err)
	return n
}

// router serves the room as the program does, for one actor.
func (w world) router(who string) http.Handler {
	w.t.Helper()
	rt := web.NewRouter(web.Options{Catalog: w.words, Clock: w.clock, Enter: func(_ http.ResponseWriter, r *http.Request) (*http.Request, error) {
		ctx := access.With(r.Context(), access.Of(w.as(who)))
		return r.WithContext(ui.WithShell(ctx, ui.Shell{Lang: i18n.Lang(ctx), PlaceName: "Wijkbaak", Path: r.URL.RequestURI()})), nil
	}})
	rt.Handle(w.Room().Routes...)
	return rt
}

func (w world) ask(who, method, path, body string) *httptest.ResponseRecorder {
	w.t.Helper()
	rec := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(context.Background(), method, path, strings.NewReader(body))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	w.router(who).ServeHTTP(rec, r)
	return rec
}

func (w world) post(who, path string, status int, pairs ...string) string {
	w.t.Helper()
	form := url.Values{}
	for k := 0; k+1 < len(pairs); k += 2 {
		form.Add(pairs[k], pairs[k+1])
	}
	rec := w.ask(who, http.MethodPost, path, form.Encode())
	body := w.holds(rec, path, status)
	if status == http.StatusSeeOther {
		return rec.Header().Get("Location")
	}
	return body
}

var (
	leftover = regexp.MustCompile(`visions\.[a-z_.]+[a-z]|\{[a-z]+\}|%!`)
	inline   = regexp.MustCompile(` style=| on[a-z]+=|<script>`)
	ids2     = regexp.MustCompile(` id="([^"]+)"`)
)

func (w world) page(who, path string, status int, wants ...string) string {
	w.t.Helper()
	return w.holds(w.ask(who, http.MethodGet, path, ""), path, status, wants...)
}

func (w world) holds(rec *httptest.ResponseRecorder, path string, status int, wants ...string) string {
	w.t.Helper()
	body := rec.Body.String()
	if rec.Code != status {
		w.t.Fatalf("%s: %d, want %d\n%s", path, rec.Code, status, body)
	}
	for _, want := range wants {
		if !strings.Contains(body, want) {
			w.t.Errorf("%s lacks %q", path, want)
		}
	}
	if rec.Header().Get("Content-Type") == "text/html; charset=utf-8" {
		if bad := leftover.FindString(body); bad != "" {
			w.t.Errorf("%s shows %q", path, bad)
		}
		if bad := inline.FindString(body); bad != "" {
			w.t.Errorf("%s has%s", path, bad)
		}
		seen := map[string]bool{}
		for _, m := range ids2.FindAllStringSubmatch(body, -1) {
			if seen[m[1]] {
				w.t.Errorf("%s has id %q twice", path, m[1])
			}
			seen[m[1]] = true
		}
	}
	return body
}
