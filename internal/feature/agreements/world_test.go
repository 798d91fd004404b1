package agreements

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

func inDutch() context.Context { return i18n.With(context.Background(), words, i18n.Reference) }

// around is what stands around the room: two organisations and one initiative that
// the first of them leads.
type around struct {
	measured []Figure
}

func (n *around) Links(_ context.Context, _ db.Reader, slugs []string) (list []Link, err error) {
	for _, s := range slugs {
		if s == demoInitiative || s == "ander" {
			list = append(list, Link{s, "Initiatief " + s, "/initiatieven/" + s})
		}
	}
	return list, nil
}

func (n *around) MayEdit(ctx context.Context, _ db.Reader, slug string) error {
	if slug != demoInitiative && slug != "ander" {
		return fault.NotFound()
	}
	if leads(access.Of(ctx), "waterstad") {
		return nil
	}
	return fault.Denied()
}

func (n *around) Choices(context.Context, db.Reader) ([]Link, error) {
	return []Link{{demoInitiative, "Welzijn op recept", "/initiatieven/" + demoInitiative}}, nil
}

func (n *around) Names(_ context.Context, _ db.Reader, persons []string) (map[string]string, error) {
	names := map[string]string{}
	for _, p := range persons {
		names[p] = "Naam van " + p
	}
	return names, nil
}

func (n *around) Organisations(context.Context, db.Reader) ([]Link, error) {
	return []Link{{"waterstad", "Gemeente Waterstad", ""}, {"heuvelrijk", "Gemeente Heuvelrijk", ""}}, nil
}

func (n *around) DemoLead(_ context.Context, _ db.Reader, name string) (Person, bool, error) {
	return Person{"fatma", name, "waterstad", "Gemeente Waterstad"}, name == demoLead, nil
}

func (n *around) OfInitiative(_ context.Context, _ db.Reader, slug string) ([]Figure, error) {
	if slug != demoInitiative {
		return nil, nil
	}
	return n.measured, nil
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
	dbtest.Each(t, []db.Migrations{audit.Migrations, Migrations}, func(t *testing.T, base *db.DB) {
		d := &desk{t: t, near: &around{}, clock: clock.NewFake(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC))}
		key, err := audit.LoadKey(t.TempDir(), "test")
		if err != nil {
			t.Fatal(err)
		}
		log, err := audit.New(audit.Options{DB: base, Clock: d.clock, IDs: id.New(d.clock), Key: key, Source: "test"})
		if err != nil {
			t.Fatal(err)
		}
		d.Service = New(Options{DB: base, Clock: d.clock, IDs: id.New(d.clock), Audit: log, Initiatives: d.near, People: d.near, Figures: d.near, Root: "/0153"})
		d.web = web.NewRouter(web.Options{Catalog: words, Clock: d.clock, Enter: func(_ http.ResponseWriter, r *http.Request) (*http.Request, error) {
			return r.WithContext(access.With(r.Context(), d.actor)), nil
		}})
		d.web.Handle(d.Room().Routes...)
		f(t, d)
	})
}

func lead(name, organisation string) access.Actor {
	return access.Actor{Person: name, SecondFactor: true, Channel: access.Page, Grants: []access.Grant{{Role: access.Lead, Organisation: organisation, Place: "/0153"}}}
}

var (
	fatma = lead("fatma", "waterstad")
	joost = lead("joost", "heuvelrijk") // of a party
	other = lead("other", "elders")
	coach = access.Actor{Person: "coach", SecondFactor: true, Channel: access.Page, Grants: []access.Grant{{Role: access.Coach, Organisation: "waterstad", Place: "/0153"}}}
	boss  = access.Actor{Person: "boss", SecondFactor: true, Channel: access.Page, Grants: []access.Grant{{Role: access.Editor, Organisation: "waterstad", Place: "/0153"}}}
	// nobody is somebody unknown; neighbour has an account and no role.
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

// terms are those of the demonstration, with three days: two have come.
func (d *desk) terms() Terms {
	m := demoModel(Link{ID: "heuvelrijk", Name: "Gemeente Heuvelrijk"})
	m.Parties[0].Organisation = ""
	return Terms{Title: "Minder bezoeken", Organisation: "waterstad", Model: m,
		Dates: []time.Time{daysFrom(d.clock.Now(), -30), daysFrom(d.clock.Now(), 0), daysFrom(d.clock.Now(), 30)}}
}

// made is an agreement that Waterstad keeps and Heuvelrijk is a party to.
func (d *desk) made(initiative string) Edit {
	d.t.Helper()
	t := d.terms()
	t.Initiative = initiative
	id, err := d.Create(d.as(fatma), t)
	d.must(err)
	return Edit{ID: id, Version: 1}
}

func (d *desk) seen(a access.Actor, id string) View {
	d.t.Helper()
	v, err := d.Get(d.as(a), id)
	d.must(err)
	return v
}

// tx runs f in a transaction, as others do with Pack and Adopt.
func (d *desk) tx(a access.Actor, f func(ctx context.Context, tx *db.Tx) error) error {
	return d.DB.Write(d.as(a), f)
}

// get asks for a page; post sends a form, name and value in turn.
func (d *desk) get(a access.Actor, path string) (int, string) {
	return d.ask(a, httptest.NewRequest(http.MethodGet, path, nil))
}

func (d *desk) post(a access.Actor, path string, pairs ...string) (int, string) {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
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
