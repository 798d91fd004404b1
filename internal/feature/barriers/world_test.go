package barriers

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
// one is a draft, a catalogue and two organisations.
type near struct{ about map[string]About }

func newNear() *near {
	return &near{map[string]About{
		"welzijn":           {"Welzijn op recept", "/initiatieven/welzijn", []string{"eenzaamheid", "samenwerking-en-communicatie"}, "method"},
		"welzijn-op-recept": {"Welzijn", "/initiatieven/welzijn-op-recept", []string{"eenzaamheid"}, "method"},
		"robot-tessa":       {"Tessa", "/initiatieven/robot-tessa", []string{"dementie"}, "device"},
		"geheim":            {"Geheim", "/initiatieven/geheim", nil, "device"},
	}}
}

func (n *near) About(ctx context.Context, r db.Reader, slugs []string) (map[string]About, error) {
	out := map[string]About{}
	for _, s := range slugs {
		if a, ok := n.about[s]; ok && (s != "geheim" || n.MayEdit(ctx, r, s) == nil) {
			out[s] = a
		}
	}
	return out, nil
}

func (n *near) MayEdit(ctx context.Context, _ db.Reader, slug string) error {
	a := access.Of(ctx)
	if _, ok := n.about[slug]; !ok {
		return fault.NotFound()
	}
	if Leads(a, "waterstad") || a.Can(access.Editor, "/") {
		return nil
	}
	return fault.Denied()
}

func (n *near) Choices(context.Context, db.Reader) ([]Link, error) {
	return []Link{{"welzijn", "Welzijn op recept", ""}}, nil
}

func (n *near) Barriers(context.Context, db.Reader) ([]Kind, error) {
	return []Kind{{"projectgeld-stopt", "Projectgeld stopt", "funding"}, {"te-weinig-verwijzingen", "Te weinig verwijzingen", "adoption"}, {"wet", "Wet past niet", "regulation"}}, nil
}

func (n *near) Ways(_ context.Context, _ db.Reader, barrier string) ([]Way, error) {
	if barrier != "projectgeld-stopt" {
		return nil, nil
	}
	return []Way{{"automaatje", "AutoMaatje", "Een landelijke partner betaalt mee.", "/initiatieven/automaatje", []string{"vervoer"}, "method"}}, nil
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
	return Person{strings.ToLower(name), name, "waterstad", "Gemeente Waterstad"}, true, nil
}

func (n *near) Municipalities(context.Context) ([]Municipality, error) {
	return []Municipality{{"GM0001", "Klein", "/0001", 20_000}, {"GM0002", "Midden", "/0002", 30_000}, {"GM0003", "Groot", "/0003", 150_000}}, nil
}

// blocked is a pilot that everybody sees, and a coalition for Waterstad.
type blocked struct{}

func (blocked) Things(ctx context.Context, _ db.Reader, ids []string) (list []Thing, err error) {
	for _, id := range ids {
		if id == "pilot1" || id == "kring1" && Leads(access.Of(ctx), "waterstad") {
			list = append(list, Thing{map[bool]string{true: "pilot", false: "coalition"}[id == "pilot1"], id, "Werk " + id, "/werk/" + id})
		}
	}
	return list, nil
}

func (b blocked) Choices(ctx context.Context, r db.Reader) ([]Thing, error) {
	return b.Things(ctx, r, []string{"pilot1", "kring1"})
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
		d.Service = New(Options{DB: base, Clock: d.clock, IDs: id.New(d.clock), Audit: log, Root: "/", Initiatives: d.near, Catalogue: d.near, People: d.near,
			Places: d.near, Blocked: blocked{}})
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

// met writes a barrier down as somebody, and gives its id.
func (d *desk) met(a access.Actor, e Entry) string {
	d.t.Helper()
	if e.Owner == "" && e.OwnerBody == "" {
		e.OwnerBody = "waterstad"
	}
	if e.Due.IsZero() {
		e.Due = d.clock.Now().AddDate(0, 0, 10)
	}
	if e.Organisation == "" {
		e.Organisation = a.Grants[0].Organisation
	}
	e.Public = true
	id, err := d.Create(d.as(a), e)
	d.must(err)
	return id
}

func (d *desk) view(a access.Actor, id string) View {
	d.t.Helper()
	v, err := d.Get(d.as(a), id)
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
	if strings.Contains(body, "barriers.") && !strings.Contains(path, "/api/") {
		d.t.Errorf("%s shows a key: %s", path, body[strings.Index(body, "barriers."):][:60])
	}
	return body
}
