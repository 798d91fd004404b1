package initiatives

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/themes"
)

// desk is the room, in which anybody can ask for pages.
type desk struct {
	*Service
	t     *testing.T
	words *i18n.Catalog
	rt    *web.Router
	actor access.Actor
}

func at(t *testing.T, s *Service) *desk {
	t.Helper()
	d := &desk{Service: s, t: t}
	var err error
	if d.words, err = i18n.New(web.Locales, ui.Locales, mail.Locales, themes.Locales, i18n.Source{Room: "initiatives", FS: locales}); err != nil {
		t.Fatal(err)
	}
	d.rt = web.NewRouter(web.Options{Catalog: d.words, Clock: s.clock, Enter: func(_ http.ResponseWriter, r *http.Request) (*http.Request, error) {
		shell := ui.Shell{Lang: i18n.Lang(r.Context()), PlaceName: "Wijkbaak", Path: r.URL.RequestURI()}
		return r.WithContext(access.With(ui.WithShell(r.Context(), shell), d.actor)), nil
	}})
	d.rt.Handle(s.routes()...)
	return d
}

// The actors.
func leadOf(organisation string) access.Actor {
	return access.Actor{Person: "joost", SecondFactor: true, Channel: access.Page, Address: "192.0.2.1",
		Grants: []access.Grant{{Role: access.Lead, Organisation: organisation, Place: "/0153"}}}
}

var (
	anonymous = access.Actor{Channel: access.Page, Address: "192.0.2.2"}
	resident  = access.Actor{Person: "ans", Channel: access.Page, Address: "192.0.2.3"}
	editor    = access.Actor{Person: "sanne", SecondFactor: true, Channel: access.Page, Grants: []access.Grant{{Role: access.Editor, Organisation: "org-c", Place: "/0153"}}}
	elsewhere = access.Actor{Person: "sanne", SecondFactor: true, Channel: access.Page, Grants: []access.Grant{{Role: access.Editor, Organisation: "org-c", Place: "/0995"}}}
)

func (d *desk) as(a access.Actor) context.Context {
	return i18n.With(access.With(d.t.Context(), a), d.words, i18n.Reference)
}

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

func (d *desk) ask(a access.Actor, method, path string, pairs ...string) *httptest.ResponseRecorder {
	d.t.Helper()
	d.actor = a
	form := url.Values{}
	for k := 0; k+1 < len(pairs); k += 2 {
		form.Add(pairs[k], pairs[k+1])
	}
	r := httptest.NewRequestWithContext(d.t.Context(), method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	d.rt.ServeHTTP(w, r)
	if w.Code == http.StatusOK {
		if bad := leftover.FindString(w.Body.String()); bad != "" {
			d.t.Errorf("%s shows %q", path, bad)
		}
	}
	return w
}

// gives asks and checks the status and what stands on the page.
func (d *desk) gives(a access.Actor, method, path string, status int, want string, pairs ...string) string {
	d.t.Helper()
	w := d.ask(a, method, path, pairs...)
	body := w.Body.String()
	if w.Code != status || !strings.Contains(body+w.Header().Get("Location"), want) {
		d.t.Fatalf("%s %s by %q: %d (want %d), lacks %q: %.3000s", method, path, a.Person, w.Code, status, want, body)
	}
	return body
}

// letters gives the letters that wait to be sent, as JSON.
func (d *desk) waiting(kind string) []string {
	d.t.Helper()
	list, err := db.All(d.t.Context(), d.db, db.Value[string], `SELECT payload FROM job WHERE kind = $1 ORDER BY id`, kind)
	d.must(err)
	return list
}

func (d *desk) owned(slug string, list ...Owner) {
	d.t.Helper()
	d.must(d.SetOwners(shell(d.t), slug, list, "begin"))
}

func (d *desk) get(slug string) Detail {
	d.t.Helper()
	v, err := d.Get(shell(d.t), slug)
	d.must(err)
	return v
}

func (d *desk) fake() *clock.Fake { return d.clock.(*clock.Fake) }

// desked runs f on each engine with the demonstration content.
func desked(t *testing.T, f func(t *testing.T, d *desk)) {
	t.Helper()
	filled(t, func(t *testing.T, s *Service) { f(t, at(t, s)) })
}
