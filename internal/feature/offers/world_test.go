package offers

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
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/base/search"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
	"wijkbaak.nl/internal/trust/themes"
)

// now is a Wednesday morning.
var now = time.Date(2026, time.March, 4, 10, 30, 0, 0, clock.Amsterdam)

// town is offers.Places for a small town.
type town struct{}

func (town) Point(_ context.Context, postcode string) (Point, string, error) {
	switch strings.ReplaceAll(postcode, " ", "") {
	case "8248", "8248AA":
		return Point{52.504, 5.472}, "Sluisbuurt", nil
	case "9999":
		return Point{}, "", fault.NotFound()
	}
	return Point{}, "", fault.Invalid()
}

func (town) Areas(context.Context) ([]Area, error) {
	ring := [][][2]float64{{{52.500, 5.465}, {52.500, 5.480}, {52.508, 5.480}, {52.508, 5.465}, {52.500, 5.465}}}
	return []Area{{Code: "BU0995ZZ02", Name: "Sluisbuurt", Path: "/0995/WK0995ZZ/BU0995ZZ02", Lat: 52.504, Lon: 5.472, Rings: ring}}, nil
}

// folk is offers.People.
type folk struct{}

func (folk) Organisations(context.Context, db.Reader) ([]Account, error) {
	return []Account{{"account-sluis", "Buurthuis De Sluis (voorbeeld)"}}, nil
}

func (folk) Keepers(_ context.Context, _ db.Reader, organisation string) ([]string, error) {
	if organisation == "account-sluis" {
		return []string{"sluis@voorbeeld.example"}, nil
	}
	return nil, nil
}

func (folk) Email(_ context.Context, _ db.Reader, person string) (string, error) {
	return person + "@voorbeeld.example", nil
}

// desk is the room, in which anybody can ask for pages.
type desk struct {
	*Service
	t     testing.TB
	words *i18n.Catalog
	rt    *web.Router
	actor access.Actor
	clock *clock.Fake
}

const place = "/0995/WK0995ZZ"

var (
	anonymous = access.Actor{Channel: access.Page, Address: "192.0.2.2"}
	resident  = access.Actor{Person: "ans", Channel: access.Page, Address: "192.0.2.3"}
	keeper    = access.Actor{Person: "kees", SecondFactor: true, Channel: access.Page, Grants: []access.Grant{{Role: access.Coach, Organisation: "account-sluis", Place: place}}}
	editor    = access.Actor{Person: "sanne", SecondFactor: true, Channel: access.Page, Grants: []access.Grant{{Role: access.Editor, Organisation: "org-c", Place: place}}}
	elsewhere = access.Actor{Person: "els", SecondFactor: true, Channel: access.Page, Grants: []access.Grant{{Role: access.Editor, Organisation: "org-d", Place: "/0153"}}}
)

func open(t testing.TB, d *db.DB) *desk {
	t.Helper()
	fake := clock.NewFake(now)
	ids := id.Seeded(fake, 7)
	engine := search.New(d, fake, slog.New(slog.DiscardHandler))
	key, err := audit.LoadKey(t.TempDir(), "test")
	if err != nil {
		t.Fatal(err)
	}
	log, err := audit.New(audit.Options{DB: d, Clock: fake, IDs: ids, Key: key, Source: "test", Node: "one"})
	if err != nil {
		t.Fatal(err)
	}
	s := New(Options{DB: d, Clock: fake, IDs: ids, Search: engine, Places: town{}, People: folk{}, Audit: log, Root: place, BaseURL: "https://w.example", Key: []byte("key"), Rate: 1})
	v := &desk{Service: s, t: t, clock: fake}
	if v.words, err = i18n.New(web.Locales, ui.Locales, mail.Locales, themes.Locales, i18n.Source{Room: "offers", FS: locales}); err != nil {
		t.Fatal(err)
	}
	v.rt = web.NewRouter(web.Options{Catalog: v.words, Clock: fake, Enter: func(_ http.ResponseWriter, r *http.Request) (*http.Request, error) {
		shell := ui.Shell{Lang: i18n.Lang(r.Context()), PlaceName: "Wijkbaak", Path: r.URL.RequestURI()}
		return r.WithContext(access.With(ui.WithShell(r.Context(), shell), v.actor)), nil
	}})
	v.rt.Handle(s.routes()...)
	return v
}

var steps = []db.Migrations{jobs.Migrations, search.Migrations, audit.Migrations, Migrations}

// each runs f on each engine in an empty room.
func each(t *testing.T, f func(t *testing.T, d *desk)) {
	t.Helper()
	dbtest.Each(t, steps, func(t *testing.T, d *db.DB) { f(t, open(t, d)) })
}

// filled runs f on each engine with some entries, which the test can search.
func filled(t *testing.T, f func(t *testing.T, d *desk)) {
	t.Helper()
	each(t, func(t *testing.T, d *desk) {
		list, err := load("test.yaml", []byte(someOffers))
		d.must(err)
		d.must(d.fill(d.as(access.Actor{Channel: access.Shell}), list))
		d.indexed()
		f(t, d)
	})
}

// indexed has the search know all there is.
func (d *desk) indexed() {
	d.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { d.o.Search.(*search.Engine).Run(ctx); close(done) }()
	d.t.Cleanup(func() { stop(); <-done })
}

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

var leftover = regexp.MustCompile(`offers\.[a-z_.]+[a-z]|themes\.name|\{[a-z]+\}|%!`)

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
	if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		if bad := leftover.FindString(w.Body.String()); bad != "" {
			d.t.Errorf("%s shows %q", path, bad)
		}
		for _, inline := range []string{" style=", "<script>", "onclick"} {
			if strings.Contains(w.Body.String(), inline) {
				d.t.Errorf("%s has %q", path, inline)
			}
		}
	}
	return w
}

// gives asks and checks the status and what stands in the answer.
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
func (d *desk) letters(kind string) []string {
	d.t.Helper()
	list, err := db.All(d.t.Context(), d.db, db.Value[string], `SELECT payload FROM job WHERE kind = $1 ORDER BY id`, kind)
	d.must(err)
	return list
}

func (d *desk) get(slug string) Detail {
	d.t.Helper()
	v, err := d.Get(d.as(access.Actor{Channel: access.Shell}), slug)
	d.must(err)
	return v
}

func slugsOf(cards []Card) []string {
	var out []string
	for _, c := range cards {
		out = append(out, c.Slug)
	}
	return out
}

// found waits until the search knows what the room has.
func (d *desk) found(words string, want ...string) {
	d.t.Helper()
	var got []string
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
		l, err := d.List(d.as(anonymous), Page{Filter: Filter{Words: words}})
		d.must(err)
		if got = slugsOf(l.Cards); slices.Equal(got, want) {
			return
		}
		<-time.After(20 * time.Millisecond)
	}
	d.t.Fatalf("%q finds %v, want %v", words, got, want)
}

const someOffers = `offers:
  - slug: koffie
    kind: activity
    name: Koffie in de kantine
    summary: Elke woensdag koffie met buren.
    description: |
      Iedereen mag komen.

      U krijgt gratis koffie.
    gives: U ontmoet buren.
    for: Iedereen uit de wijk.
    audience: [everyone]
    themes: [eenzaamheid, wijk-en-ontmoeting]
    areas: [meedoen, plezier]
    organisation: Buurthuis De Sluis (voorbeeld)
    places: [BU0995ZZ02]
    where: [nearby]
    locations:
      - {name: Buurthuis De Sluis, street: Sluisplein 1, postcode: "8248 AA", town: Waterkwartier, lat: 52.5041, lon: 5.4721, access: [wheelchair, toilet]}
    schedule:
      - {days: [wed], from: "10:00", to: "12:00"}
      - {dates: ["2026-12-12"], from: "14:00", to: "16:00", note: Kerstmiddag}
    cost: {kind: free, cents: 0, per: "", note: ""}
    join: {text: U kunt zo binnenlopen., phone: 088 - 000 00 11, email: sluis@voorbeeld.example, url: ""}
    languages: [nl, tr]
    accessible: [wheelchair, quiet]
    ground: ""
    upl: ""
    checked_days_ago: 40
    initiative: ""
    also: [koffiedrinken, gezelligheid]
  - slug: maaltijden
    kind: service
    name: Maaltijden aan huis
    summary: Een warme maaltijd bij u thuis.
    audience: [older, alone]
    themes: [langer-thuis-wonen]
    areas: [lichaam]
    organisation: Tafeltje (voorbeeld)
    places: []
    where: [home]
    cost: {kind: paid, cents: 850, per: visit, note: Kinderen half}
    join: {text: Bel ons., phone: 088 - 000 00 12, email: tafeltje@voorbeeld.example, url: https://voorbeeld.example/tafeltje}
    languages: [nl]
    ground: wmo
    upl: http://standaarden.overheid.nl/owms/terms/maaltijdvoorziening
    checked_days_ago: 200
  - slug: slaapdagboek
    kind: application
    name: Slaapdagboek
    summary: Een app die vraagt hoe u sliep.
    audience: [adults]
    themes: [psychisch-welbevinden]
    areas: [hoofd]
    organisation: Voorbeeldmaker
    where: [online]
    cost: {kind: reimbursed}
    join: {url: https://voorbeeld.example/slaap}
    languages: [nl, en]
    checked_days_ago: 10
    application: {platforms: [web, ios], vendor: Voorbeeldmaker, medical: true}
  - slug: taalcafe
    kind: activity
    name: Taalcafé
    summary: Oefen Nederlands praten.
    audience: [newcomers]
    themes: [participatie]
    areas: [meedoen]
    organisation: Bibliotheek (voorbeeld)
    places: [WK0995ZZ]
    where: [nearby]
    locations:
      - {name: Bibliotheek, postcode: "8247 AB", town: Waterkwartier, lat: 52.53, lon: 5.46}
    schedule:
      - {days: [mon], from: "10:00", to: "11:30", every: 2, starts: "2026-03-02"}
      - {days: [thu], from: "19:00", to: "20:30", nth: 1}
    cost: {kind: free}
    languages: [nl, ar]
    checked_days_ago: 5
`
