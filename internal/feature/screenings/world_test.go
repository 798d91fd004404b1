package screenings

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
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// What other rooms would answer: what is brought back is the class itself.
type (
	someSurveys struct{}
	somePeople  struct{}
	somePlaces  struct{}
)

func (someSurveys) Choices(context.Context) ([]Link, error) {
	return []Link{{"gezond", "Gezond ouder worden", "/keuzehulp/gezond"}}, nil
}

func (someSurveys) Begin(_ context.Context, survey, back string) (Begin, error) {
	return Begin{Path: "/keuzehulp/lijst/" + survey + "/invullen", Fields: [][2]string{{"verder", back}}, Returns: true}, nil
}

func (someSurveys) Outcome(_ context.Context, survey, brought string) (Risk, error) {
	if r := Risk(brought); r.Known() && survey == "gezond" {
		return r, nil
	}
	return NoRisk, fault.Invalid(fault.Field{Name: "uitkomst", Key: "screenings.wrong.choose"})
}

func (somePeople) Organisations(context.Context, db.Reader) ([]Link, error) {
	return []Link{{ID: "org-a", Name: "Gemeente A"}, {ID: "org-b", Name: "Praktijk B"}}, nil
}

func (somePeople) DemoLead(_ context.Context, _ db.Reader, name string) (Person, bool, error) {
	if name == "Els" {
		return Person{"els", "Els", "org-a", "Gemeente A"}, true, nil
	}
	return Person{"tom", name, "org-b", "Praktijk B"}, true, nil
}

func (somePlaces) Name(context.Context, string) (string, error) { return "Waterkwartier", nil }

func (somePlaces) District(_ context.Context, postcode string) (string, error) {
	if postcode == "1234" {
		return "Noord", nil
	}
	return "", nil
}

func (somePlaces) DemoPostcodes(context.Context) ([]string, error) {
	return []string{"1111", "2222", "3333"}, nil
}

type world struct {
	*Service
	t     testing.TB
	clock *clock.Fake
	words *i18n.Catalog
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
	return world{t: t, clock: c, words: words, Service: New(Options{DB: d, Clock: c, IDs: id.New(c), Audit: log, Surveys: someSurveys{}, People: somePeople{},
		Places: somePlaces{}, Root: "/0995", BaseURL: "https://wijkbaak.example", Rate: 1, Key: []byte("a key of the tests")})}
}

var migrations = []db.Migrations{jobs.Migrations, audit.Migrations, Migrations}

func eachWorld(t *testing.T, f func(t *testing.T, w world)) {
	t.Helper()
	dbtest.Each(t, migrations, func(t *testing.T, d *db.DB) { f(t, newWorld(t, d)) })
}

// as gives the context of somebody: lead runs rounds for org-a, tom measures for
// org-b, coach works for org-a.
func (w world) as(who string) context.Context {
	a := access.Actor{Channel: access.Page, Address: "203.0.113.7"}
	switch who {
	case "nobody":
	case "lead":
		a.Grants = []access.Grant{{Role: access.Lead, Organisation: "org-a", Place: "/0995"}}
	case "tom":
		a.Grants = []access.Grant{{Role: access.Coach, Organisation: "org-b", Place: "/"}}
	case "coach":
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

func (w world) count(query string, args ...any) int {
	w.t.Helper()
	n, err := db.One(w.t.Context(), w.DB, db.Value[int], query, args...)
	w.must(err)
	return n
}

func (w world) terms() Terms {
	return Terms{Title: "Gezond ouder", Survey: "gezond", Ages: "65 tot 75", Screener: "org-b", Starts: w.today(), Ends: w.today().Add(60),
		Invitation: "Kom meedoen.", Contact: "030 123 45 67", Locations: []string{"Wijkcentrum, Plein 1"},
		Measures: []Measure{{Name: "Bovendruk", Unit: "mmHg", Least: 60, Most: 260}}, KeepDays: 365, RemindDays: 14, Times: 2}
}

// opened makes a round that is open, with three times of one seat on 10 June.
func (w world) opened() string {
	w.t.Helper()
	id, err := w.Create(w.as("lead"), w.terms())
	w.must(err)
	w.must(w.Turn(w.as("lead"), id, Open))
	n, err := w.AddSlots(w.as("lead"), id, Series{Day: "2026-06-10", From: "9:00", Until: "10:00", Minutes: 20, Seats: 1, Location: "Wijkcentrum, Plein 1"})
	w.must(err)
	if n != 3 {
		w.t.Fatalf("%d times", n)
	}
	return id
}

// codes invites n people on paper.
func (w world) codes(id, form string, n int) []string {
	w.t.Helper()
	_, list, _, err := w.Invite(w.as("lead"), id, Asked{Form: form, Channel: ByFile, Districts: []Wish{{"1234", n}}})
	w.must(err)
	var out []string
	for _, v := range list {
		out = append(out, v.Code)
	}
	return out
}

func (w world) card(code string) Card {
	w.t.Helper()
	c, err := w.ByCode(w.as("nobody"), code)
	w.must(err)
	return c
}

func (w world) slot(k int) string {
	w.t.Helper()
	list, err := db.All(w.t.Context(), w.DB, db.Value[string], `SELECT id FROM screening_slot ORDER BY starts_at`)
	w.must(err)
	return list[k]
}

// letters gives the texts that wait to be sent, and empties the queue.
func (w world) letters() (list []string) {
	w.t.Helper()
	list, err := db.All(w.t.Context(), w.DB, db.Value[string], `SELECT payload FROM job WHERE kind = $1 ORDER BY id`, mail.Job)
	w.must(err)
	w.must(w.DB.Write(w.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM job WHERE kind = $1`, mail.Job)
		return err
	}))
	return list
}

// router serves the room as the program does, for one actor.
func (w world) ask(who, method, path, body string) *httptest.ResponseRecorder {
	w.t.Helper()
	rt := web.NewRouter(web.Options{Catalog: w.words, Clock: w.clock, Log: slog.New(slog.NewTextHandler(w.t.Output(), nil)), Enter: func(_ http.ResponseWriter, r *http.Request) (*http.Request, error) {
		ctx := access.With(r.Context(), access.Of(w.as(who)))
		return r.WithContext(ui.WithShell(ctx, ui.Shell{Lang: i18n.Lang(ctx), PlaceName: "Wijkbaak", Path: r.URL.RequestURI()})), nil
	}})
	rt.Handle(w.Room().Routes...)
	rec := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(context.Background(), method, path, strings.NewReader(body))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	rt.ServeHTTP(rec, r)
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
	leftover = regexp.MustCompile(`screenings\.[a-z_.]+[a-z]|\{[a-z]+\}|%!`)
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
