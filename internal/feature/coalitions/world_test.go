package coalitions

import (
	"context"
	"errors"
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
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

var quiet = slog.New(slog.DiscardHandler)

var words = func() *i18n.Catalog {
	c, err := i18n.New(ui.Locales, web.Locales, mail.Locales, i18n.Source{Room: Name, FS: files})
	if err != nil {
		panic(err)
	}
	return c
}()

// near is what stands around the room: people, organisations, municipalities,
// initiatives and, if wanted, a plan.
type near struct {
	steps []string
	draft string // an initiative that nobody may see now
}

func slugs() []string {
	list := []string{"beeldzorg", "buurtapp", "valtraining"}
	for _, d := range demoScores {
		list = append(list, d.slug)
	}
	return list
}

func (n *near) Links(_ context.Context, _ db.Reader, asked []string) (list []Link, err error) {
	for _, s := range asked {
		if slices.Contains(slugs(), s) && s != n.draft {
			list = append(list, Link{s, "Project " + s, "/initiatieven/" + s})
		}
	}
	return list, nil
}

func (n *near) Find(_ context.Context, words string, most int) (list []Link, err error) {
	for _, s := range slugs() {
		if strings.Contains(s, words) && len(list) < most {
			list = append(list, Link{s, "Project " + s, "/initiatieven/" + s})
		}
	}
	return list, nil
}

func (n *near) Facts(_ context.Context, asked []string) (map[string][]Fact, error) {
	facts := map[string][]Fact{}
	for _, s := range asked {
		facts[s] = []Fact{{"Fase", "Pilot"}, {"Kosten", "onbekend"}}
	}
	return facts, nil
}

func (n *near) Names(_ context.Context, _ db.Reader, persons []string) (map[string]string, error) {
	names := map[string]string{}
	for _, p := range persons {
		if p != "" && p != "erased" {
			names[p] = "Naam van " + p
		}
	}
	return names, nil
}

func (n *near) Organisations(context.Context, db.Reader) ([]Link, error) {
	return []Link{{"waterstad", "Gemeente Waterstad", ""}, {"heuvelrijk", "Gemeente Heuvelrijk", ""}, {"voorbeeld", "Gemeente Voorbeeld", ""},
		{"vier", "Gemeente Vier", ""}, {"vijf", "Gemeente Vijf", ""}}, nil
}

func (n *near) Email(_ context.Context, _ db.Reader, person string) (string, error) {
	if person == "erased" {
		return "", fault.NotFound()
	}
	return person + "@test.example", nil
}

func (n *near) DemoLead(_ context.Context, _ db.Reader, name string) (Person, bool, error) {
	at := map[string]string{"Fatma": "waterstad", "Joost": "heuvelrijk", "Els": "voorbeeld"}[name]
	return Person{strings.ToLower(name), name, at, "Gemeente " + at}, at != "", nil
}

func (n *near) Municipalities(context.Context) ([]Municipality, error) {
	return []Municipality{{"GM0034", "Almere", "/0034"}, {"GM0153", "Enschede", "/0153"}, {"GM0995", "Lelystad", "/0995"}}, nil
}

// OpenPoints and AddStep make it a plan too.
func (n *near) OpenPoints(context.Context, db.Reader, string) ([]Point, error) {
	return []Point{{Title: "Punt uit het plan"}}, nil
}

func (n *near) ForGuest(_ context.Context, _ db.Reader, coalition, token string) ([]Link, error) {
	return []Link{{"plan", "Beeldzorg overal", "/gast/" + token + "/opschalingsplan/plan-van-" + coalition}}, nil
}

func (n *near) AddStep(_ context.Context, _ *db.Tx, coalition, title, owner string, due time.Time) error {
	n.steps = append(n.steps, title+" / "+owner+" / "+due.In(clock.Amsterdam).Format("2006-01-02"))
	return nil
}

// table is a room on a real database, in which anybody can be called.
type table struct {
	*Service
	t     *testing.T
	near  *near
	clock *clock.Fake
	web   *web.Router
	queue *jobs.Queue
	post  *sent
	actor access.Actor
}

// sent keeps the letters that went out.
type sent struct{ list []mail.Message }

func (s *sent) Send(_ context.Context, m mail.Message) error {
	s.list = append(s.list, m)
	return nil
}

func each(t *testing.T, f func(t *testing.T, d *table)) {
	t.Helper()
	dbtest.Each(t, []db.Migrations{audit.Migrations, jobs.Migrations, Migrations}, func(t *testing.T, base *db.DB) {
		d := &table{t: t, near: &near{}, post: &sent{}, clock: clock.NewFake(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC))}
		key, err := audit.LoadKey(t.TempDir(), "test")
		if err != nil {
			t.Fatal(err)
		}
		ids := id.New(d.clock)
		log, err := audit.New(audit.Options{DB: base, Clock: d.clock, IDs: ids, Key: key, Source: "test"})
		if err != nil {
			t.Fatal(err)
		}
		d.queue = jobs.New(base, d.clock, ids, quiet)
		d.queue.Handle(mail.Job, mail.Handler(d.post))
		d.Service = New(Options{DB: base, Clock: d.clock, IDs: ids, Audit: log, Initiatives: d.near, People: d.near, Places: d.near,
			BaseURL: "https://wijk.example", Rate: 1})
		d.web = web.NewRouter(web.Options{Catalog: words, Clock: d.clock, Log: quiet, Enter: func(_ http.ResponseWriter, r *http.Request) (*http.Request, error) {
			return r.WithContext(access.With(r.Context(), d.actor)), nil
		}, ErrorPage: func(w http.ResponseWriter, r *http.Request, status int, f *fault.Error, _ string) {
			w.WriteHeader(status)
			if f != nil {
				w.Write([]byte(i18n.T(r.Context(), f.Key, f.Args...))) //nolint:errcheck // a test
			}
		}})
		d.web.Handle(d.Room().Routes...)
		f(t, d)
	})
}

func lead(name, organisation string) access.Actor {
	return access.Actor{Person: name, SecondFactor: true, Channel: access.Page, Grants: []access.Grant{{Role: access.Lead, Organisation: organisation, Place: "/0153"}}}
}

var (
	fatma  = lead("fatma", "waterstad")
	joost  = lead("joost", "heuvelrijk")
	els    = lead("els", "voorbeeld")
	nobody = access.Actor{Channel: access.Page}
	// alderman has an account and no role.
	alderman = access.Actor{Person: "alderman", Channel: access.Page}
	stranger = access.Actor{Person: "stranger", Channel: access.Page}
)

func (d *table) as(a access.Actor) context.Context {
	return access.With(i18n.With(context.Background(), words, i18n.Reference), a)
}

func (d *table) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// is checks the kind of an error, and the key or field it names.
func (d *table) is(err error, kind fault.Kind, says ...string) {
	d.t.Helper()
	if err == nil || fault.KindOf(err) != kind {
		d.t.Fatalf("error is %v, want kind %v", err, kind)
	}
	f, _ := errors.AsType[*fault.Error](err)
	for _, s := range says {
		if f.Key != s && !slices.ContainsFunc(f.Fields, func(f fault.Field) bool { return f.Name == s || f.Key == s }) {
			d.t.Fatalf("error is %v, want %s", err, s)
		}
	}
}

var thuis = Coalition{Name: "Samen thuis", Goal: "Langer thuis met hulp op afstand", Open: true}

// begun is a coalition of Waterstad, open or not.
func (d *table) begun(open bool) string {
	d.t.Helper()
	c := thuis
	c.Open = open
	id, err := d.Create(d.as(fatma), NewCoalition{c, "waterstad", "GM0034"})
	d.must(err)
	return id
}

var linkIn = regexp.MustCompile(`/coalitie-uitnodiging/([A-Za-z0-9_-]+)`)

// invited has somebody join by an invitation, and gives the token of the link.
func (d *table) invited(coalition string, role Role, a access.Actor, organisation string) string {
	d.t.Helper()
	d.must(d.Invite(d.as(fatma), coalition, Invite{Email: a.Person + "@test.example", Organisation: organisation, Role: role}))
	token := d.letter(a.Person + "@test.example")
	_, err := d.Accept(d.as(a), token)
	d.must(err)
	return token
}

// letter gives the token of the link in the last letter to an address.
func (d *table) letter(to string) string {
	d.t.Helper()
	d.must(d.queue.Drain(d.t.Context()))
	for _, m := range slices.Backward(d.post.list) {
		if m.To == to {
			if f := linkIn.FindStringSubmatch(m.Text); f != nil {
				return f[1]
			}
		}
	}
	d.t.Fatalf("no link in the letters to %s: %v", to, d.post.list)
	return ""
}

// takesPart has an organisation asked, and somebody of it say yes.
func (d *table) takesPart(coalition, organisation, code string) {
	d.t.Helper()
	d.must(d.AddCity(d.as(fatma), coalition, organisation, code))
	d.must(d.AnswerFor(d.as(lead("van-"+organisation, organisation)), coalition, organisation, true))
}

// three is a coalition of three cities, ready to choose: fatma convenes, joost
// and els are members, the alderman observes.
func (d *table) three(open bool) string {
	d.t.Helper()
	id := d.begun(open)
	d.must(d.AddCity(d.as(fatma), id, "heuvelrijk", "GM0153"))
	d.must(d.AddCity(d.as(fatma), id, "voorbeeld", "GM0995"))
	d.invited(id, Participant, joost, "heuvelrijk")
	d.invited(id, Participant, els, "voorbeeld")
	d.invited(id, Observer, alderman, "voorbeeld")
	return id
}

// scoring is a coalition in which list and criteria stand.
func (d *table) scoring(open bool) string {
	d.t.Helper()
	id := d.three(open)
	for _, slug := range []string{"beeldzorg", "buurtapp", "valtraining"} {
		d.must(d.Put(d.as(joost), id, slug, true))
	}
	d.must(d.Agree(d.as(fatma), id, 1))
	d.must(d.Agree(d.as(joost), id, 1))
	d.must(d.Open(d.as(fatma), id))
	return id
}

// scores has somebody give the same score to all criteria of each initiative.
func (d *table) scores(a access.Actor, coalition string, given map[string]int) {
	d.t.Helper()
	for slug, v := range given {
		all := map[string]int{}
		for _, u := range usual {
			all[u.id] = v
		}
		_, err := d.Score(d.as(a), coalition, slug, all)
		d.must(err)
	}
}

func (d *table) get(a access.Actor, path string) (int, string) {
	return d.ask(a, httptest.NewRequest(http.MethodGet, path, nil))
}

func (d *table) send(a access.Actor, path string, pairs ...string) (int, string) {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return d.ask(a, r)
}

func (d *table) ask(a access.Actor, r *http.Request) (int, string) {
	d.t.Helper()
	d.actor = a
	w := httptest.NewRecorder()
	d.web.ServeHTTP(w, r)
	if c := w.Header().Get("Set-Cookie"); c != "" {
		d.t.Errorf("%s sets a cookie: %s", r.URL.Path, c)
	}
	if to := w.Header().Get("Location"); to != "" {
		return w.Code, to
	}
	return w.Code, w.Body.String()
}

// has asks for a page and looks for texts on it.
func (d *table) has(a access.Actor, path string, status int, texts ...string) string {
	d.t.Helper()
	got, body := d.get(a, path)
	if got != status {
		d.t.Fatalf("%s is %d, want %d: %s", path, got, status, body)
	}
	for _, s := range texts {
		if !strings.Contains(body, s) {
			d.t.Errorf("%s lacks %q", path, s)
		}
	}
	if strings.Contains(body, "coalitions.") && status == 200 {
		d.t.Errorf("%s shows a key: %s", path, body[strings.Index(body, "coalitions."):][:60])
	}
	return body
}

// posts sends a form that has to go well.
func (d *table) posts(a access.Actor, path string, pairs ...string) string {
	d.t.Helper()
	status, to := d.send(a, path, pairs...)
	if status != http.StatusSeeOther {
		d.t.Fatalf("%s is %d: %s", path, status, to)
	}
	return to
}
