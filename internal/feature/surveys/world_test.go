package surveys

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/search"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
	"wijkbaak.nl/internal/trust/themes"
)

var catalog = func() *i18n.Catalog {
	c, err := i18n.New(ui.Locales, web.Locales, themes.Locales, i18n.Source{Room: Name, FS: files})
	if err != nil {
		panic(err)
	}
	return c
}()

func inDutch() context.Context { return i18n.With(context.Background(), catalog, i18n.Reference) }

// desk is a room on a real database, in which anybody can be called.
type desk struct {
	*Service
	t     *testing.T
	clock *clock.Fake
	web   *web.Router
	actor access.Actor
}

func each(t *testing.T, f func(t *testing.T, d *desk)) {
	t.Helper()
	dbtest.Each(t, []db.Migrations{search.Migrations, audit.Migrations, Migrations}, func(t *testing.T, base *db.DB) { f(t, newDesk(t, base)) })
}

func newDesk(t *testing.T, base *db.DB) *desk {
	t.Helper()
	d := &desk{t: t, clock: clock.NewFake(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))}
	key, err := audit.LoadKey(t.TempDir(), "test")
	if err != nil {
		t.Fatal(err)
	}
	log, err := audit.New(audit.Options{DB: base, Clock: d.clock, IDs: id.New(d.clock), Key: key, Source: "test"})
	if err != nil {
		t.Fatal(err)
	}
	d.Service = New(Options{DB: base, Clock: d.clock, IDs: id.New(d.clock), Audit: log, Root: "/0153", BaseURL: "https://wijk.example", Key: make([]byte, 32)})
	d.web = web.NewRouter(web.Options{Catalog: catalog, Clock: d.clock, Enter: func(_ http.ResponseWriter, r *http.Request) (*http.Request, error) {
		return r.WithContext(access.With(r.Context(), d.actor)), nil
	}})
	d.web.Handle(d.Room().Routes...)
	return d
}

func staff(name string, role access.Role, place string) access.Actor {
	return access.Actor{Person: name, SecondFactor: true, Channel: access.Page, Grants: []access.Grant{{Role: role, Organisation: "o", Place: place}}}
}

var (
	editor    = staff("editor", access.Editor, "/0153")
	stranger  = staff("stranger", access.Editor, "/0363")
	coach     = staff("coach", access.Coach, "/0153")
	nobody    = access.Actor{Channel: access.Page}
	neighbour = access.Actor{Person: "neighbour", Channel: access.Page}
	other     = access.Actor{Person: "other", Channel: access.Page}
)

func (d *desk) as(a access.Actor) context.Context { return access.With(inDutch(), a) }

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) is(err error, kind fault.Kind) {
	d.t.Helper()
	if err == nil || fault.KindOf(err) != kind {
		d.t.Fatalf("error is %v, want kind %v", err, kind)
	}
}

// page is an answer.
type page struct {
	status         int
	to, body, text string
}

func (d *desk) get(a access.Actor, path string) page {
	d.t.Helper()
	return d.ask(a, httptest.NewRequest(http.MethodGet, path, nil))
}

func (d *desk) post(a access.Actor, path string, pairs ...string) page {
	d.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return d.ask(a, r)
}

var spaces = regexp.MustCompile(`\s+`)

func (d *desk) ask(a access.Actor, r *http.Request) page {
	d.t.Helper()
	d.actor = a
	w := httptest.NewRecorder()
	d.web.ServeHTTP(w, r)
	p := page{status: w.Code, to: w.Header().Get("Location"), body: w.Body.String()}
	doc, err := html.Parse(strings.NewReader(p.body))
	if err != nil {
		d.t.Fatal(err)
	}
	var b strings.Builder
	for n := range doc.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
	}
	p.text = strings.TrimSpace(spaces.ReplaceAllString(b.String(), " "))
	if w.Code >= 500 {
		d.t.Fatalf("%s %s: %d %s", r.Method, r.URL.Path, w.Code, p.text)
	}
	return p
}

// has fails where the page does not say something.
func (d *desk) has(p page, status int, texts ...string) page {
	d.t.Helper()
	if p.status != status {
		d.t.Fatalf("status %d, want %d: %s", p.status, status, p.text)
	}
	for _, s := range texts {
		if !strings.Contains(p.text, s) {
			d.t.Fatalf("the page does not say %q: %s", s, p.text)
		}
	}
	return p
}

// filler fills in forms as a browser without script does.
type filler struct {
	*desk
	actor  access.Actor
	page   page
	fields map[string][]string // of the form on the page
	action string
}

func (d *desk) fill(a access.Actor, p page) *filler {
	f := &filler{desk: d, actor: a}
	f.took(p)
	return f
}

func (f *filler) took(p page) {
	f.page, f.fields, f.action = p, map[string][]string{}, ""
	doc, err := html.Parse(strings.NewReader(p.body))
	if err != nil {
		f.t.Fatal(err)
	}
	attr := func(n *html.Node, name string) (string, bool) {
		for _, a := range n.Attr {
			if a.Key == name {
				return a.Val, true
			}
		}
		return "", false
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		name, _ := attr(n, "name")
		value, _ := attr(n, "value")
		_, checked := attr(n, "checked")
		kind, _ := attr(n, "type")
		switch {
		case n.Data == "form":
			if to, _ := attr(n, "action"); strings.Contains(to, "/invullen") {
				f.action = to
			}
		case name == "":
		case n.Data == "textarea":
			if n.FirstChild != nil {
				f.fields[name] = []string{n.FirstChild.Data}
			}
		case n.Data == "input" && (kind == "radio" || kind == "checkbox"):
			if checked {
				f.fields[name] = append(f.fields[name], value)
			}
		case n.Data == "input":
			f.fields[name] = []string{value}
		}
	}
}

// press sends the form with some fields set, and a button.
func (f *filler) press(doe string, set ...string) page {
	f.t.Helper()
	for i := 0; i+1 < len(set); i += 2 {
		delete(f.fields, set[i])
	}
	pairs := []string{"doe", doe}
	for name, list := range f.fields {
		for _, v := range list {
			pairs = append(pairs, name, v)
		}
	}
	f.took(f.post(f.actor, f.action, append(pairs, set...)...))
	return f.page
}

// field is the name of the field of an item.
func (d *desk) field(slug, link string) string {
	d.t.Helper()
	p, err := d.Current(d.as(nobody), slug)
	d.must(err)
	return fieldName(p.Form.Item(link))
}

// count gives the number that a query counts.
func (d *desk) count(query string, args ...any) int {
	d.t.Helper()
	n, err := db.One(context.Background(), d.DB, db.Value[int], query, args...)
	d.must(err)
	return n
}
