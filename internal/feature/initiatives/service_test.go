package initiatives

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/base/outbox"
	"wijkbaak.nl/internal/base/search"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

var now = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

// centres stand in for the room that knows the places.
type centres []Centre

func (c centres) Centres(context.Context) ([]Centre, error) { return c, nil }

var somePlaces = centres{
	{"GM0153", "Enschede", 52.22, 6.89}, {"GM0518", "'s-Gravenhage", 52.08, 4.3}, {"GM0363", "Amsterdam", 52.37, 4.9},
	{"GM0599", "Rotterdam", 51.92, 4.48}, {"GM0772", "Eindhoven", 51.44, 5.47},
}

func shell(t testing.TB) context.Context {
	return access.With(t.Context(), access.Actor{Channel: access.Shell})
}

// onEach runs f on each engine with an empty overview and a search that is up to date.
func onEach(t *testing.T, f func(t *testing.T, s *Service)) {
	t.Helper()
	dbtest.Each(t, []db.Migrations{jobs.Migrations, search.Migrations, audit.Migrations, Migrations}, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(now)
		e := search.New(d, c, slog.New(slog.DiscardHandler))
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { e.Run(ctx); close(done) }()
		t.Cleanup(func() { stop(); <-done })
		f(t, New(given(t, d, c, e)))
	})
}

// moved is the job of a room that hears of merged initiatives.
const movedJob = "test.moved"

func given(t *testing.T, d *db.DB, c *clock.Fake, e *search.Engine) Options {
	t.Helper()
	key, err := audit.LoadKey(t.TempDir(), "test")
	if err != nil {
		t.Fatal(err)
	}
	ids := id.New(c)
	log, err := audit.New(audit.Options{DB: d, Clock: c, IDs: ids, Key: key, Source: "test", Node: "one"})
	if err != nil {
		t.Fatal(err)
	}
	return Options{DB: d, Clock: c, IDs: ids, Search: e, Places: somePlaces, People: somePeople{}, Audit: log,
		Bus: outbox.New(outbox.Subscription{Topic: TopicMerged, Job: movedJob}), Root: "/0153", BaseURL: "https://wijkbaak.example", Key: []byte("key")}
}

// somePeople are the people and organisations of the tests.
type somePeople struct{}

func (somePeople) Names(_ context.Context, _ db.Reader, persons []string) (map[string]string, error) {
	names := map[string]string{}
	for _, p := range persons {
		if p == "sanne" || p == "ans" || p == "joost" {
			names[p] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return names, nil
}

func (somePeople) Organisations(context.Context, db.Reader) ([]Organisation, error) {
	return []Organisation{{"org-a", "Gemeente A"}, {"org-b", "Gemeente B"}, {"org-c", "Welzijn C"}}, nil
}

func (somePeople) LeadEmails(_ context.Context, _ db.Reader, organisation string) ([]string, error) {
	if organisation == "org-a" {
		return []string{"joost@a.example"}, nil
	}
	return nil, nil
}

func (somePeople) Email(_ context.Context, _ db.Reader, person string) (string, error) {
	if person == "gone" {
		return "", fault.NotFound()
	}
	return person + "@test.example", nil
}

func filled(t *testing.T, f func(t *testing.T, s *Service)) {
	t.Helper()
	onEach(t, func(t *testing.T, s *Service) {
		if _, err := s.Import(shell(t), demoFiles(t), false); err != nil {
			t.Fatal(err)
		}
		f(t, s)
	})
}

func TestImportTakesAllAndCanBeRepeated(t *testing.T) {
	onEach(t, func(t *testing.T, s *Service) {
		rep, err := s.Import(shell(t), demoFiles(t), true)
		if err != nil || rep.Written || rep.Count(IsNew) != 60+47+25+7 {
			t.Fatalf("preview: %d new, written %v, %v", rep.Count(IsNew), rep.Written, err)
		}
		if l, err := s.List(t.Context(), Page{}); err != nil || len(l.Cards) != 0 {
			t.Fatalf("a preview wrote %d, %v", len(l.Cards), err)
		}
		if rep, err = s.Import(shell(t), demoFiles(t), false); err != nil || !rep.Written {
			t.Fatal(err)
		}
		rep, err = s.Import(shell(t), demoFiles(t), false)
		if err != nil || rep.Written || rep.Count(Same) != 60+47+25+7 || rep.Count(IsNew)+rep.Count(Changed)+rep.Count(Refused) != 0 {
			t.Fatalf("again: %+v, %v", rep.Count(Same), err)
		}
		var slugs []string
		evidence := 0
		cards, err := s.All(t.Context(), Filter{})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cards {
			slugs = append(slugs, c.Slug)
			d, err := s.Get(t.Context(), c.Slug)
			if err != nil {
				t.Fatal(err)
			}
			evidence += len(d.Evidence)
		}
		barriers, err := s.Barriers(t.Context())
		if len(slugs) != 60 || evidence != 112 || len(barriers) != 47 || err != nil {
			t.Errorf("%d initiatives, %d evidence, %d barriers, %v", len(slugs), evidence, len(barriers), err)
		}
	})
}

func TestImportOfAChangeMovesTheCounts(t *testing.T) {
	filled(t, func(t *testing.T, s *Service) {
		files := demoFiles(t)
		files[0].Text = []byte(strings.Replace(string(files[0].Text), "themes: [langer-thuis-wonen, dementie, mantelzorg, zorg-op-afstand]", "themes: [vervoer]", 1))
		before, err := s.List(t.Context(), Page{Filter: Filter{Theme: "dementie"}})
		if err != nil {
			t.Fatal(err)
		}
		rep, err := s.Import(shell(t), files, false)
		if err != nil || rep.Count(Changed) != 1 || rep.Count(Same) != 138 {
			t.Fatalf("%d changed, %v", rep.Count(Changed), err)
		}
		after, err := s.List(t.Context(), Page{Filter: Filter{Theme: "dementie"}})
		if err != nil || after.Total != before.Total-1 || len(after.Cards) != after.Total {
			t.Errorf("%d, then %d with %d cards, %v", before.Total, after.Total, len(after.Cards), err)
		}
	})
}

func TestImportRefusesAllOrNothing(t *testing.T) {
	onEach(t, func(t *testing.T, s *Service) {
		files := demoFiles(t)
		files[0].Text = []byte(strings.Replace(string(files[0].Text), "strength: registration", "strength: sterk", 1))
		_, err := s.Import(shell(t), files, false)
		refused, ok := errors.AsType[*RefusedError](err)
		if !ok || len(refused.Faults) != 1 {
			t.Fatalf("%v", err)
		}
		if want := "initiatives.yaml, line 92, field initiatives[1].evidence[0].strength"; !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %s", err, want)
		}
		rep, err := s.Import(shell(t), files, true)
		if err != nil || rep.Count(Refused) != 1 {
			t.Errorf("preview: %d refused, %v", rep.Count(Refused), err)
		}
		if l, err := s.List(t.Context(), Page{}); err != nil || l.Total != 0 {
			t.Errorf("%d written, %v", l.Total, err)
		}
		if _, err := s.Import(t.Context(), demoFiles(t), false); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("somebody unknown imports: %v", err)
		}
	})
}

func TestListWalksAndFilters(t *testing.T) {
	filled(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		for _, sort := range Sorts {
			var forth, back []string
			p := Page{Filter: Filter{Sort: sort}, Limit: 7}
			var last Listing
			for {
				l, err := s.List(ctx, p)
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range l.Cards {
					forth = append(forth, c.Slug)
				}
				last = l
				if l.Next == "" {
					break
				}
				p.After = l.Next
			}
			for l := last; ; {
				var part []string
				for _, c := range l.Cards {
					part = append(part, c.Slug)
				}
				back = append(part, back...)
				if l.Previous == "" {
					break
				}
				var err error
				if l, err = s.List(ctx, Page{Filter: p.Filter, Before: l.Previous, Limit: 7}); err != nil {
					t.Fatal(err)
				}
			}
			if len(forth) != 60 || len(slices.Compact(slices.Sorted(slices.Values(forth)))) != 60 || !slices.Equal(forth, back) {
				t.Errorf("%s: %d forth, %d back", sort, len(forth), len(back))
			}
		}
		all, err := s.All(ctx, Filter{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []Filter{
			{Theme: "dementie"}, {Kind: "platform", Phase: "scaled"}, {Municipality: "Den Haag"}, {Municipality: "gemeente enschede"},
			{Strength: "survey"}, {Cost: true, Theme: "langer-thuis-wonen"}, {Audience: "mantelzorgers", Cost: true, Kind: "device", Phase: "scaled", Theme: "veiligheid", Strength: "claim", Municipality: "Winterswijk"},
			{Theme: "none"}, {Municipality: "Aalburg"},
		} {
			want := 0
			for _, c := range all {
				d, err := s.Get(ctx, c.Slug)
				if err != nil {
					t.Fatal(err)
				}
				fits := true
				for _, one := range f.terms() {
					fits = fits && slices.ContainsFunc(d.Initiative.terms(), func(x term) bool { return x.term == one })
				}
				if fits {
					want++
				}
			}
			got, err := s.All(ctx, f)
			if err != nil || len(got) != want {
				t.Errorf("%+v: %d, want %d, %v", f, len(got), want, err)
			}
			if want == 0 && f.Theme != "none" {
				t.Errorf("%+v finds nothing, so it tests nothing", f)
			}
			if l, err := s.List(ctx, Page{Filter: f}); err != nil || l.Total != want {
				t.Errorf("%+v: total %d, want %d, %v", f, l.Total, want, err)
			}
		}
	})
}

func TestSearchByWords(t *testing.T) {
	filled(t, func(t *testing.T, s *Service) {
		deadline := time.Now().Add(20 * time.Second)
		for {
			l, err := s.List(t.Context(), Page{Filter: Filter{Words: "samen eten eenzaam", Sort: "name"}})
			if err == nil && len(l.Cards) > 0 {
				if l.Cards[0].Found == nil || len(l.Facets["theme"]) == 0 {
					t.Errorf("no reason or no counts: %+v", l)
				}
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("nothing found: %v", err)
			}
			time.Sleep(20 * time.Millisecond) // until the index has followed
		}
	})
}

func TestDetailAndBarrier(t *testing.T) {
	filled(t, func(t *testing.T, s *Service) {
		ctx := t.Context()
		d, err := s.Get(ctx, "leefsamen-achterhoek")
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Obstacles) == 0 || d.Obstacles[0].Name == "" || len(d.Growth) != 3 || len(d.Former) != 1 || len(d.Sources) == 0 {
			t.Errorf("%+v", d)
		}
		b, err := s.Barrier(ctx, "effect-niet-gemeten")
		if err != nil || b.Met != len(b.MetBy) || len(b.Helps) == 0 {
			t.Errorf("%d met, %d listed, %d help, %v", b.Met, len(b.MetBy), len(b.Helps), err)
		}
		izi, err := s.Get(ctx, "izi-gezond-lang-thuis") // named by another
		if err != nil || !slices.Contains(izi.Related, "robotica-vr-den-haag") {
			t.Errorf("related: %v, %v", izi.Related, err)
		}
		if _, err := s.Get(ctx, "bestaat-niet"); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("%v", err)
		}
		links, err := s.Links(ctx, s.db, []string{"tza-twente", "bestaat-niet", "ggd-appstore"})
		if err != nil || len(links) != 2 || links[0].URL != "/initiatieven/tza-twente" {
			t.Errorf("%v, %v", links, err)
		}
		for slug, want := range map[string]bool{"tza-twente": true, "bestaat-niet": false} {
			if ok, err := s.Exists(ctx, s.db, slug); ok != want || err != nil {
				t.Errorf("%s: %v, %v", slug, ok, err)
			}
		}
		list, next, err := s.BarrierPage(ctx, "privacy", "", 2)
		if err != nil || len(list) != 2 || next == "" {
			t.Fatalf("%d, %q, %v", len(list), next, err)
		}
		rest, next, err := s.BarrierPage(ctx, "privacy", next, 2)
		if err != nil || len(rest) != 1 || next != "" || rest[0].Category != "privacy" {
			t.Errorf("%d, %q, %v", len(rest), next, err)
		}
	})
}

func TestPlans(t *testing.T) {
	filled(t, func(t *testing.T, s *Service) {
		for _, p := range plans() {
			if err := s.db.CheckPlan(t.Context(), p); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestSearchSourceGivesTheSame(t *testing.T) {
	filled(t, func(t *testing.T, s *Service) {
		n := map[string]int{}
		err := docs(t.Context(), s.db, func(d search.Doc) error { n[d.Kind]++; return nil })
		if err != nil || n[docKind] != 60 || n[barrierDocKind] != 47 {
			t.Errorf("%v, %v", n, err)
		}
	})
}
