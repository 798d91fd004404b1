package scaling

import (
	"context"
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

// near is what stands around the room: one coalition of two cities, and people
// with a role in it.
type near struct {
	roles  map[string]Role
	grants map[string][]access.Grant
	away   bool // the coalition is not there any more
	over   bool // the links of guests have ended
	gone   bool // and the guests are forgotten
	until  time.Time
}

const group = "group"

func (n *near) Role(ctx context.Context, _ db.Reader, coalition string) (Role, error) {
	role := n.roles[access.Of(ctx).Person]
	if o := access.Of(ctx).Organisation; o != "" { // a program
		role = map[string]Role{"waterstad": Convener, "heuvelrijk": Member, "kijkers": Observer}[o]
	}
	if coalition != group || n.away || role == Outside {
		return Outside, fault.NotFound()
	}
	return role, nil
}

func (n *near) Name(context.Context, db.Reader, string) (string, error) {
	return "Coalitie Beeldzorg", nil
}

func (n *near) Cities(context.Context, db.Reader, string) ([]City, error) {
	return []City{{"waterstad", "Waterstad", "GM0001"}, {"heuvelrijk", "Heuvelrijk", "GM0002"}}, nil
}

func (n *near) Members(context.Context, db.Reader, string) ([]Person, error) {
	return []Person{{"fatma", "Fatma Demir", "waterstad", "Gemeente Waterstad"}, {"joost", "Joost de Wit", "heuvelrijk", "Gemeente Heuvelrijk"}}, nil
}

func (n *near) Of(ctx context.Context, _ db.Reader) ([]Link, error) {
	if n.roles[access.Of(ctx).Person] == Outside {
		return nil, nil
	}
	return []Link{{group, "Coalitie Beeldzorg", "/coalities/" + group}}, nil
}

// Guest knows two links: one to read, one to say something with. Both end on the
// day that the test says.
func (n *near) Guest(_ context.Context, _ db.Reader, token string) (Guest, bool, error) {
	g := Guest{ID: "id-" + token, Name: "Verzekeraar", Coalition: group, CoalitionName: "Coalitie Beeldzorg", MayComment: token == "prater", Until: n.until}
	if token != "lezer" && token != "prater" {
		return Guest{}, false, fault.NotFound()
	}
	if n.over {
		return Guest{}, true, nil
	}
	return g, false, nil
}

func (n *near) GuestKnown(_ context.Context, _ db.Reader, guest string) (bool, error) {
	return guest == "id-prater" && !n.gone, nil
}

func (n *near) Chosen(context.Context, db.Reader, string) (string, error) { return "beeldzorg", nil }

func (n *near) Demo(context.Context, db.Reader) (string, bool, error) { return group, !n.away, nil }

func (n *near) Some(context.Context, db.Reader, int) ([]string, error) { return []string{group}, nil }

func (n *near) Links(_ context.Context, _ db.Reader, slugs []string) (list []Link, err error) {
	for _, s := range slugs {
		if s == "beeldzorg" || s == "ander" {
			list = append(list, Link{s, "Initiatief " + s, "/initiatieven/" + s})
		}
	}
	return list, nil
}

func (n *near) MayEdit(ctx context.Context, _ db.Reader, slug string) error {
	if slug != "beeldzorg" && slug != "ander" {
		return fault.NotFound()
	}
	if leads(access.Of(ctx), "waterstad") {
		return nil
	}
	return fault.Denied()
}

func (n *near) Choices(context.Context, db.Reader) ([]Link, error) {
	return []Link{{"beeldzorg", "Beeldzorg", ""}, {"ander", "Ander", ""}}, nil
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
	return []Person{{"fatma", "Fatma Demir", "waterstad", "Gemeente Waterstad"}}, nil
}

func (n *near) Actor(_ context.Context, _ db.Reader, person string) (access.Actor, error) {
	return access.Actor{Person: person, SecondFactor: true, Grants: n.grants[person]}, nil
}

func (n *near) DemoLead(_ context.Context, _ db.Reader, name string) (Person, bool, error) {
	return Person{strings.ToLower(name), name, "waterstad", ""}, name != "Els", nil
}

func (n *near) Municipalities(context.Context) ([]Municipality, error) {
	return []Municipality{{"GM0001", "Waterstad", "/0001"}, {"GM0003", "Duinstad", "/0003"}}, nil
}

// register is the register of barriers.
type register struct{}

func (register) Links(_ context.Context, _ db.Reader, ids []string) (list []Barrier, err error) {
	for _, id := range ids {
		if id == "b1" {
			list = append(list, Barrier{"b1", "Gescheiden geld", "/belemmeringen/register/b1", true})
		}
	}
	return list, nil
}

func (r register) Of(ctx context.Context, q db.Reader, _ string) ([]Barrier, error) {
	return r.Links(ctx, q, []string{"b1"})
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

func rooms(t *testing.T, f func(t *testing.T, d *desk)) {
	t.Helper()
	dbtest.Each(t, []db.Migrations{audit.Migrations, Migrations}, func(t *testing.T, base *db.DB) {
		d := &desk{t: t, clock: clock.NewFake(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)), near: &near{
			roles:  map[string]Role{"fatma": Convener, "joost": Member, "oog": Observer},
			grants: map[string][]access.Grant{"fatma": fatma.Grants, "joost": joost.Grants}}}
		key, err := audit.LoadKey(t.TempDir(), "test")
		if err != nil {
			t.Fatal(err)
		}
		log, err := audit.New(audit.Options{DB: base, Clock: d.clock, IDs: id.New(d.clock), Key: key, Source: "test"})
		if err != nil {
			t.Fatal(err)
		}
		d.Service = New(Options{DB: base, Clock: d.clock, IDs: id.New(d.clock), Audit: log, BaseURL: "https://wijk.example", Coalitions: d.near,
			Initiatives: d.near, People: d.near, Places: d.near, Barriers: register{}, Rate: 1})
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
	fatma = lead("fatma", "waterstad")  // convener
	joost = lead("joost", "heuvelrijk") // member
	eye   = access.Actor{Person: "oog"} // observer, a resident
	other = lead("ander", "duinstad")   // somebody of elsewhere
	coach = access.Actor{Person: "coach", SecondFactor: true, Grants: []access.Grant{{Role: access.Coach, Organisation: "waterstad", Place: "/0153"}}}
	// nobody is somebody unknown; neighbour has an account and no role.
	nobody    = access.Actor{}
	neighbour = access.Actor{Person: "buur"}
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

// plan is one of the coalition, from a template.
func (d *desk) plan(template string) View {
	d.t.Helper()
	id, err := d.Create(d.as(fatma), NewPlan{Title: "Beeldzorg overal", Coalition: group, Start: "2026-06-01", Template: template})
	d.must(err)
	return d.view(id)
}

func (d *desk) view(id string) View {
	d.t.Helper()
	v, err := d.Get(d.as(fatma), id)
	d.must(err)
	return v
}

// add puts steps into a track and gives the plan again.
func (d *desk) add(v View, track, lines string) View {
	d.t.Helper()
	list, err := ParseLines(lines)
	d.must(err)
	d.must(d.AddSteps(d.as(fatma), Edit{Plan: v.ID}, track, list))
	return d.view(v.ID)
}

// named finds a step by its title.
func named(t *testing.T, v View, title string) Step {
	t.Helper()
	k := slices.IndexFunc(v.Steps, func(p Step) bool { return p.Title == title })
	if k < 0 {
		t.Fatalf("there is no step %q", title)
	}
	return v.Steps[k]
}

func (d *desk) read(a access.Actor, f func(ctx context.Context, r db.Reader) error) {
	d.t.Helper()
	d.must(d.DB.Read(d.as(a), f))
}

// get asks for a page; post sends a form, name and value in turn.
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

var aKey = regexp.MustCompile(`scaling\.[a-z.]+[a-z]`)

func (d *desk) has(a access.Actor, path string, status int, texts ...string) string {
	d.t.Helper()
	got, body := d.get(a, path)
	if got != status {
		d.t.Fatalf("%s answers %d, not %d: %.300s", path, got, status, body)
	}
	for _, text := range texts {
		if !strings.Contains(body, text) {
			d.t.Errorf("%s does not say %q", path, text)
		}
	}
	if m := aKey.FindString(body); m != "" {
		d.t.Errorf("%s shows the key %s", path, m)
	}
	if strings.Contains(body, "style=") || strings.Contains(body, "onclick") {
		d.t.Errorf("%s has an inline style or script", path)
	}
	return body
}
