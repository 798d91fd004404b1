package region

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/places"
)

// What other rooms would answer.
type (
	someOverview struct {
		list     []Spread
		revision int64
		read     int
	}
	somePlaces   struct{}
	mapped       struct{ somePlaces }
	someBarriers struct{ list []Stubborn }
	someGroups   struct{ list []Coalition }
	somePilots   struct{ list []Pilot }
)

func (o *someOverview) Spread(context.Context, db.Reader) ([]Spread, error) {
	o.read++
	return o.list, nil
}

func (o *someOverview) Revision(context.Context, db.Reader) (int64, error) { return o.revision, nil }

func (somePlaces) Municipalities(context.Context) ([]Municipality, error) {
	var list []Municipality
	for _, p := range places.Municipalities() {
		list = append(list, Municipality{p.Code, p.Name, p.Path, p.Province, p.Lat, p.Lon, 1000})
	}
	return list, nil
}

func (mapped) Outlines(context.Context) ([]Outline, error) {
	return []Outline{{Code: "GM0355", Rings: [][][2]float64{{{52.0, 5.2}, {52.1, 5.2}, {52.1, 5.3}, {52.0, 5.2}}, {{1, 1}}}}, {Code: "GM9999"}}, nil
}

func (b someBarriers) Stubborn(_ context.Context, _ db.Reader, most int) ([]Stubborn, error) {
	return b.list[:min(most, len(b.list))], nil
}

func (g someGroups) Public(ctx context.Context, _ db.Reader) ([]Coalition, error) {
	if access.Of(ctx).SignedIn() {
		return nil, fmt.Errorf("asked for somebody")
	}
	return g.list, nil
}

func (p somePilots) Running(ctx context.Context, _ db.Reader) ([]Pilot, error) {
	if access.Of(ctx).SignedIn() {
		return nil, fmt.Errorf("asked for somebody")
	}
	return p.list, nil
}

var now = time.Date(2026, 6, 10, 9, 0, 0, 0, time.UTC)

// dues has one thing for everybody, and one for who is signed in or brings a token.
func dues(ctx context.Context, _ db.Reader, from, to time.Time) ([]Due, error) {
	list := []Due{{now.AddDate(0, 0, 5), "Besluit over Samen op weg", "/pilots/1", "pilots.decision"}, {now.AddDate(0, 0, -5), "Stap: werven", "/opschalingsplan/1", "scaling"}}
	if a := access.Of(ctx); a.SignedIn() || a.Organisation != "" {
		list = append(list, Due{now, "Alleen voor ons", "/opschalingsplan/2", "scaling"})
	}
	if from.Day() != 1 || !to.Equal(from.AddDate(0, 1, 0)) {
		return nil, fmt.Errorf("%v to %v is no month", from, to)
	}
	return list, nil
}

var themes = []string{"vervoer", "eenzaamheid", "dementie"}

func someSpread() []Spread {
	grown := []Point{{Period: "2019", Value: 4, Unit: "gemeenten"}, {Period: "2024", Value: 31, Unit: "gemeenten"}}
	return []Spread{
		{"automaatje", "ANWB AutoMaatje", "method", "/initiatieven/automaatje", []string{"vervoer", "eenzaamheid"}, "scaled", 2024, []string{"GM0355", "GM0228", "GM0344"}, grown},
		{"plusbus", "PlusBus", "method", "/initiatieven/plusbus", []string{"vervoer"}, "idea", 2025, []string{"GM0014"}, nil},
		{"praatplus", "=Praatplus", "application", "/initiatieven/praatplus", []string{"eenzaamheid"}, "pilot", 0, []string{"GM0355", "GM9999"}, nil},
		{"landelijk", "Overal tegelijk", "platform", "/initiatieven/landelijk", nil, "in_use", 2020, nil, nil},
		{"gestopt", "Robot Tessa", "device", "/initiatieven/gestopt", []string{"dementie"}, "stopped", 2021, []string{"GM0363"}, nil},
	}
}

type world struct {
	*Service
	t        testing.TB
	clock    *clock.Fake
	overview *someOverview
	words    *i18n.Catalog
	actor    access.Actor
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewFake(now), overview: &someOverview{list: someSpread(), revision: 1}}
	var err error
	if w.words, err = i18n.New(web.Locales, ui.Locales, i18n.Source{Room: Name, FS: files}); err != nil {
		t.Fatal(err)
	}
	word := func(of string) func(context.Context, string) string {
		return func(_ context.Context, code string) string { return of + ":" + code }
	}
	w.Service = New(Options{DB: d, Clock: w.clock, Overview: w.overview, Places: somePlaces{}, Dues: dues,
		Barriers:   someBarriers{[]Stubborn{{"Gescheiden geldpotten", "/belemmeringen/geld", "funding", 12, now.AddDate(-1, 0, 0)}, {"", "/belemmeringen/tijd", "adoption", 3, time.Time{}}}},
		Coalitions: someGroups{[]Coalition{{"c1", "Samen Midden", "/coalities/c1", []string{"GM0355", "GM0228"}, "automaatje"}, {"c2", "Het Noorden", "/coalities/c2", []string{"GM0014"}, ""}}},
		Pilots:     somePilots{[]Pilot{{"p1", "Samen op weg", "/pilots/p1", "praatplus", "GM0355"}, {"p2", "Nergens", "/pilots/p2", "praatplus", ""}}},
		Words:      Words{Theme: word("thema"), Kind: word("soort"), Phase: word("fase"), Category: word("categorie")}, Themes: themes, Kinds: []string{"method", "application", "platform", "device"}})
	return w
}

func each(t *testing.T, f func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, []db.Migrations{jobs.Migrations}, func(t *testing.T, d *db.DB) { f(t, newWorld(t, d)) })
}

// change commits something, as any other room would.
func (w *world) change() {
	w.t.Helper()
	id := rand.Int64()
	err := w.DB.Write(w.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO job (id, kind, payload, due_at, attempts, created_at) VALUES ($1, 'k', '', 0, 0, 0)`, fmt.Sprint(id))
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) router() http.Handler {
	w.t.Helper()
	rt := web.NewRouter(web.Options{Catalog: w.words, Clock: w.clock, Enter: func(_ http.ResponseWriter, r *http.Request) (*http.Request, error) {
		ctx := access.With(r.Context(), w.actor)
		return r.WithContext(ui.WithShell(ctx, ui.Shell{Lang: i18n.Lang(ctx), PlaceName: "Wijkbaak", Path: r.URL.RequestURI()})), nil
	}})
	rt.Handle(append(w.routes(), w.apiRoutes()...)...)
	return rt
}

func (w *world) get(path string) *httptest.ResponseRecorder {
	w.t.Helper()
	rec := httptest.NewRecorder()
	w.router().ServeHTTP(rec, httptest.NewRequestWithContext(w.t.Context(), http.MethodGet, path, nil))
	return rec
}

var (
	leftover = regexp.MustCompile(`region\.[a-z_.]+[a-z]|\{[a-z]+\}|%!`)
	inline   = regexp.MustCompile(` style=| on[a-z]+=|<script>`)
)

// page asks for a page and looks at what it says.
func (w *world) page(path string, wants ...string) string {
	w.t.Helper()
	rec := w.get(path)
	body := rec.Body.String()
	if rec.Code != http.StatusOK {
		w.t.Fatalf("%s: %d %s", path, rec.Code, body)
	}
	for _, want := range wants {
		lacks, not := strings.CutPrefix(want, "!")
		if strings.Contains(body, lacks) == not {
			w.t.Errorf("%s: %q (want there: %v)", path, lacks, !not)
		}
	}
	if strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html") {
		if bad := leftover.FindString(body); bad != "" {
			w.t.Errorf("%s shows %q", path, bad)
		}
		if bad := inline.FindString(body); bad != "" {
			w.t.Errorf("%s has%s", path, bad)
		}
	}
	return body
}
