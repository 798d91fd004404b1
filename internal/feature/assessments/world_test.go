package assessments

import (
	"bytes"
	"context"
	"mime/multipart"
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
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
	"wijkbaak.nl/internal/trust/themes"
)

var words = func() *i18n.Catalog {
	c, err := i18n.New(ui.Locales, web.Locales, mail.Locales, themes.Locales, i18n.Source{Room: Name, FS: files})
	if err != nil {
		panic(err)
	}
	return c
}()

func inDutch() context.Context { return i18n.With(context.Background(), words, i18n.Reference) }

// around is what stands around the room: a catalogue and organisations.
type around struct {
	apps map[string]Application
	all  bool // every slug that begins with app- is there
}

func (n *around) One(_ context.Context, slug string) (Application, error) {
	if a, ok := n.apps[slug]; ok {
		return a, nil
	}
	if n.all && strings.HasPrefix(slug, "app-") {
		return Application{Slug: slug, Name: "Naam van " + slug, Path: "/aanbod/" + slug, Themes: []string{"jeugd"}}, nil
	}
	return Application{}, fault.NotFound()
}

func (n *around) Some(_ context.Context, after string, limit int) (list []Application, next string, err error) {
	for _, slug := range slices.Sorted(func(yield func(string) bool) {
		for s := range n.apps {
			if !yield(s) {
				return
			}
		}
	}) {
		if slug > after && len(list) < limit {
			list = append(list, n.apps[slug])
		}
	}
	return list, "", nil
}

var organisations = []Link{{"water", "Gemeente Waterstad (demo)"}, {"heuvel", "Gemeente Heuvelrijk (demo)"}, {"voorbeeld", "Gemeente Voorbeeld (demo)"},
	{"samen", "Wijkcoöperatie Samen Dichtbij (demo)"}, {"linde", "Huisartsenpraktijk De Linde (demo)"}, {"team", "Wijkteam De Lindes (demo)"},
	{"maker", "Zeewind Software"}, {"leeg", "Niemand"}}

func (n *around) Organisations(context.Context, db.Reader) ([]Link, error) { return organisations, nil }

func (n *around) Testers(_ context.Context, _ db.Reader, organisation string) ([]string, error) {
	if organisation == "leeg" {
		return nil, nil
	}
	return []string{organisation + "@test.example"}, nil
}

// desk is a room on a real database, in which anybody can be called.
type desk struct {
	*Service
	t     *testing.T
	near  *around
	clock *clock.Fake
	web   *web.Router
	actor access.Actor
}

func each(t *testing.T, f func(t *testing.T, d *desk)) {
	t.Helper()
	dbtest.Each(t, []db.Migrations{jobs.Migrations, audit.Migrations, Migrations}, func(t *testing.T, base *db.DB) {
		d := &desk{t: t, clock: clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)), near: &around{apps: map[string]Application{
			"stap": {Slug: "stap", Name: "Stapje Meer", Path: "/aanbod/stap", Vendor: "Zeewind Software", Platforms: []string{"ios"}, Themes: []string{"leefstijl-en-preventie"}},
			"pil":  {Slug: "pil", Name: "PilWijzer", Path: "/aanbod/pil", Themes: []string{"medicatie"}},
			"hart": {Slug: "hart", Name: "Meet Thuis Hart", Path: "/aanbod/hart", Medical: true},
		}}}
		key, err := audit.LoadKey(t.TempDir(), "test")
		d.must(err)
		log, err := audit.New(audit.Options{DB: base, Clock: d.clock, IDs: id.New(d.clock), Key: key, Source: "test"})
		d.must(err)
		d.Service = New(Options{DB: base, Clock: d.clock, IDs: id.New(d.clock), Audit: log, Applications: d.near, People: d.near, Root: "/0153",
			BaseURL: "https://hier.example", Name: "Wijkbaak Hier"})
		d.web = web.NewRouter(web.Options{Catalog: words, Clock: d.clock, Enter: func(_ http.ResponseWriter, r *http.Request) (*http.Request, error) {
			return r.WithContext(access.With(r.Context(), d.actor)), nil
		}})
		d.web.Handle(d.Room().Routes...)
		f(t, d)
	})
}

func worker(name string, role access.Role, organisations ...string) access.Actor {
	a := access.Actor{Person: name, SecondFactor: true, Channel: access.Page}
	for _, o := range organisations {
		a.Grants = append(a.Grants, access.Grant{Role: role, Organisation: o, Place: "/0153"})
	}
	return a
}

var (
	fatma     = worker("fatma", access.Lead, "water")
	joost     = worker("joost", access.Coach, "heuvel")
	els       = worker("els", access.Lead, "voorbeeld") // of no test
	both      = worker("both", access.Lead, "water", "heuvel")
	colleague = worker("colleague", access.Coach, "water")
	boss      = worker("boss", access.Editor, "voorbeeld")
	nobody    = access.Actor{Channel: access.Page}
	neighbour = access.Actor{Person: "neighbour", Channel: access.Page}
)

func (d *desk) as(a access.Actor) context.Context { return access.With(inDutch(), a) }

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

// marks are good in all, but for what is named: criterion and score in turn.
func marks(who string, pairs ...string) []Mark {
	var list []Mark
	for _, c := range Criteria {
		m := Mark{c, ScoreGood, "Zo vond " + who + " het: " + c}
		for k := 0; k+1 < len(pairs); k += 2 {
			if pairs[k] == c {
				m.Score = Score(pairs[k+1])
			}
		}
		list = append(list, m)
	}
	return list
}

// asked is a test of two organisations.
func (d *desk) asked(slug string) string {
	d.t.Helper()
	id, err := d.Ask(d.as(boss), Request{Slug: slug, Version: "2.0", Organisations: []string{"water", "heuvel"}})
	d.must(err)
	return id
}

// handed is one for which both have handed in.
func (d *desk) handed(slug string, first, second []string) string {
	d.t.Helper()
	id := d.asked(slug)
	d.must(d.HandIn(d.as(fatma), id, 1, marks("fatma", first...)))
	d.must(d.HandIn(d.as(joost), id, 1, marks("joost", second...)))
	return id
}

// shown is a published one.
func (d *desk) shown(slug string, pairs ...string) string {
	d.t.Helper()
	id := d.handed(slug, pairs, pairs)
	d.must(d.Publish(d.as(boss), id, 24))
	return id
}

func (d *desk) test(a access.Actor, id string) View {
	d.t.Helper()
	v, err := d.Test(d.as(a), id)
	d.must(err)
	return v
}

// letters lists to whom letters wait, with their subjects.
func (d *desk) letters() string {
	d.t.Helper()
	list, err := db.All(d.t.Context(), d.DB, db.Value[string], `SELECT payload FROM job ORDER BY id`)
	d.must(err)
	return strings.Join(list, "\n")
}

func (d *desk) get(a access.Actor, path string) (int, string) {
	return d.ask(a, httptest.NewRequest(http.MethodGet, path, nil))
}

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

// send brings a file.
func (d *desk) send(a access.Actor, path, slug string, file []byte) (int, string) {
	d.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	d.must(m.WriteField("toepassing", slug))
	f, err := m.CreateFormFile("bestand", "oordeel.json")
	d.must(err)
	_, err = f.Write(file)
	d.must(err)
	d.must(m.Close())
	r := httptest.NewRequest(http.MethodPost, path, &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
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

var keyLike = regexp.MustCompile(`assessments\.[a-z.]+[a-z]`)

func (d *desk) has(a access.Actor, path string, status int, texts ...string) string {
	d.t.Helper()
	got, body := d.get(a, path)
	body = strings.ReplaceAll(body, "\u00a0", " ")
	if got != status {
		d.t.Fatalf("%s answers %d, not %d: %.300s", path, got, status, body)
	}
	for _, text := range texts {
		if !strings.Contains(body, text) {
			d.t.Errorf("%s does not say %q", path, text)
		}
	}
	if m := keyLike.FindString(body); m != "" {
		d.t.Errorf("%s shows the key %s", path, m)
	}
	if strings.Contains(body, "style=") || strings.Contains(body, "onclick") {
		d.t.Errorf("%s has an inline style or script", path)
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(body, -1) {
		if ids[m[1]] {
			d.t.Errorf("%s has the id %s twice", path, m[1])
		}
		ids[m[1]] = true
	}
	return body
}
