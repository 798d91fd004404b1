package search

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
)

var rooms = []db.Migrations{Migrations}

// start runs an engine until the returned function is called.
func start(t testing.TB, d *db.DB) (*Engine, func()) {
	t.Helper()
	e := New(d, clock.System, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		e.Run(ctx)
	}()
	stop := func() {
		cancel()
		<-done
	}
	t.Cleanup(stop)
	return e, stop
}

func putAll(t testing.TB, d *db.DB, docs ...Doc) {
	t.Helper()
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for _, doc := range docs {
			if err := Put(ctx, tx, doc); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func remove(t testing.TB, d *db.DB, id string) {
	t.Helper()
	if err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return Remove(ctx, tx, id) }); err != nil {
		t.Fatal(err)
	}
}

// age makes every row look changed an hour ago.
func age(t testing.TB, d *db.DB) {
	t.Helper()
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE search_doc SET changed_at = changed_at - 3600000000`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func find(t testing.TB, e *Engine, q Query) Result {
	t.Helper()
	res, err := e.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func ids(res Result) []string {
	var all []string
	for _, h := range res.Hits {
		all = append(all, h.ID)
	}
	return all
}

// until waits for the index to come so far, and fails if it does not.
func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for range 1000 {
		if ok() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("never happened: %s", what)
}

func neighbourhood() []Doc {
	at := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	docs := []Doc{
		{ID: "mantelzorg", Kind: "offer", Title: "Mantelzorgondersteuning in de wijk", Body: "Zorgt u voor een naaste? Wij denken met u mee.", Tags: map[string][]string{"theme": {"mantelzorg"}, "place": {"noord"}}},
		{ID: "rollator", Kind: "question", Title: "Waar kan ik een rollator lenen?", Body: "Mijn buurvrouw heeft er tijdelijk een nodig.", Tags: map[string][]string{"theme": {"bewegen"}, "place": {"noord", "zuid"}}},
		{ID: "eenzaam", Kind: "offer", Title: "Eenzaamheid: een maatje aan huis", Body: "Een vrijwilliger komt elke week koffie drinken.", Tags: map[string][]string{"theme": {"contact"}, "place": {"zuid"}}},
		{ID: "schuld", Kind: "offer", Title: "Hulp bij schulden", Body: "Samen kijken naar de post en de rekeningen.", Tags: map[string][]string{"theme": {"geld"}, "place": {"zuid"}}},
		{ID: "huizen", Kind: "question", Title: "Kleinere huizen voor ouderen", Body: "Wie weet een huis zonder trap? Het liefst met een tuin.", Tags: map[string][]string{"theme": {"wonen"}, "place": {"noord"}}},
		{ID: "vallen", Kind: "practice", Title: "Valpreventie met beweegtraining", Body: "Een cursus van tien weken, gegeven door de fysiotherapeut.", Tags: map[string][]string{"theme": {"bewegen"}, "place": {"noord"}}},
	}
	for i := range docs {
		docs[i].URL, docs[i].At = "/"+docs[i].ID, at.Add(time.Duration(i)*time.Hour)
	}
	return docs
}

func TestFinds(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		putAll(t, d, neighbourhood()...)
		e, _ := start(t, d)
		for _, c := range []struct{ asked, want string }{
			{"ondersteuning mantelzorg", "mantelzorg"},
			{"mantelzorg", "mantelzorg"},
			{"Ik loop met een karretje", "rollator"},
			{"niemand over de vloer", "eenzaam"},
			{"ik kan de rekening niet betalen", "schuld"},
			{"huis", "huizen"},
			{"valpreventietraining", "vallen"},
			{"rolator", "rollator"},
			{"eenzaamhied", "eenzaam"},
			{"mantelzorgondersteunnig", "mantelzorg"},
			{"FYSIO", "vallen"},
			{"fysiothérapeut", "vallen"},
			{"maatje", "eenzaam"},
			{"shculden", "schuld"},
			{"karetje", "rollator"},
		} {
			got := ids(find(t, e, Query{Text: c.asked}))
			if len(got) == 0 || got[0] != c.want {
				t.Errorf("%q found %v, want %q first", c.asked, got, c.want)
			}
		}
		for _, asked := range []string{"", "   ", "de het een", "xyzzy", "'", "\xff\xfe", strings.Repeat("a", 5000)} {
			if got := find(t, e, Query{Text: asked}); len(got.Hits) != 0 || got.Total != 0 {
				t.Errorf("%q found %v", asked, ids(got))
			}
		}
	})
}

func TestTellsWhy(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		putAll(t, d, neighbourhood()...)
		e, _ := start(t, d)
		for _, c := range []struct {
			asked string
			want  Match
		}{
			{"karretje", Match{"karretje", "rollator", BySynonym}},
			{"Niemand over de vloer", Match{"Niemand over de vloer", "eenzaam", BySynonym}},
			{"huis met tuin", Match{"huis", "huizen", ByWord}},
			{"rolator", Match{"rolator", "rollator", BySpelling}},
			{"training bewegen", Match{"training", "beweegtraining", ByWord}},
			{"koffie maat drinken", Match{"koffie", "koffie", ByWord}},
			{"valpreventietraining", Match{"valpreventietraining", "Valpreventie beweegtraining", ByPart}},
		} {
			res := find(t, e, Query{Text: c.asked})
			if len(res.Hits) == 0 || !slices.Contains(res.Hits[0].Matched, c.want) {
				t.Errorf("%q: %+v, want %+v", c.asked, res.Hits, c.want)
			}
		}
		res := find(t, e, Query{Text: "rolator lenen"})
		if res.Corrected != "rollator lenen" {
			t.Errorf("corrected to %q", res.Corrected)
		}
		putAll(t, d, Doc{ID: "fietsenmaker", Kind: "offer", Title: "Kleuterfeesten en tuinfeesten"})
		until(t, "the new text is known", func() bool { return e.State().Texts == len(neighbourhood())+1 })
		if res := find(t, e, Query{Text: "kleutrr"}); len(res.Hits) != 1 || res.Corrected != "" {
			t.Errorf("a part of a word became the question: %q, %v", res.Corrected, ids(res))
		}
		if got := res.Hits[0].Why; !slices.Equal(got, []string{"rolator", "lenen"}) {
			t.Errorf("why: %q", got)
		}
		if res := find(t, e, Query{Text: "rollator lenen"}); res.Corrected != "" {
			t.Errorf("corrected to %q", res.Corrected)
		}
	})
}

func TestMarks(t *testing.T) {
	d := open(t)
	long := strings.Repeat("Veel andere zinnen staan hier vooraf. ", 30)
	putAll(t, d, Doc{ID: "a", Kind: "offer", Title: "Thuiszorg & wijkverpleging", Body: long + "Wij geven ook mantelzorgondersteuning\naan huis. " + long})
	e, _ := start(t, d)
	h := find(t, e, Query{Text: "ondersteuning wijk"}).Hits[0]
	if got := fmt.Sprint(h.TitleSpans); got != "[{Thuiszorg &  false} {wijkverpleging true}]" {
		t.Errorf("title: %s", got)
	}
	var text, marked string
	for _, s := range h.Snippet {
		text += s.Text
		if s.Mark {
			marked += s.Text
		}
	}
	if marked != "mantelzorgondersteuning" || !strings.HasPrefix(text, "… ") || !strings.HasSuffix(text, " …") || len(text) > 2*snippetSize || strings.Contains(text, "\n") {
		t.Errorf("snippet %q, marked %q", text, marked)
	}
}

func TestTyping(t *testing.T) {
	d := open(t)
	putAll(t, d, neighbourhood()...)
	e, _ := start(t, d)
	for _, asked := range []string{"roll", "rollat", "lenen van een rol"} {
		if got := ids(find(t, e, Query{Text: asked, Typing: true})); len(got) == 0 || got[0] != "rollator" {
			t.Errorf("%q found %v", asked, got)
		}
	}
	if got := ids(find(t, e, Query{Text: "rollat ", Typing: true})); slices.Contains(got, "vallen") {
		t.Errorf("a finished word found %v", got)
	}
	if got := ids(find(t, e, Query{Text: "onderst"})); len(got) != 0 {
		t.Errorf("a beginning found %v though nobody is typing", got)
	}
}

func TestFacets(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		putAll(t, d,
			Doc{ID: "1", Kind: "offer", Title: "hulp bij vervoer", Tags: map[string][]string{"theme": {"vervoer"}, "place": {"noord"}}},
			Doc{ID: "2", Kind: "offer", Title: "hulp in huis", Tags: map[string][]string{"theme": {"wonen"}, "place": {"noord", "zuid"}}},
			Doc{ID: "3", Kind: "question", Title: "hulp gezocht", Tags: map[string][]string{"theme": {"wonen"}, "place": {"zuid"}}},
			Doc{ID: "4", Kind: "question", Title: "iets anders", Tags: map[string][]string{"theme": {"wonen"}, "place": {"zuid"}}},
		)
		e, _ := start(t, d)
		for _, c := range []struct {
			q      Query
			total  int
			facets string
		}{
			{Query{Text: "hulp"}, 3, "map[@kind:map[offer:2 question:1] place:map[noord:2 zuid:2] theme:map[vervoer:1 wonen:2]]"},
			{Query{Text: "hulp", Kinds: []string{"offer"}}, 2, "map[@kind:map[offer:2 question:1] place:map[noord:2 zuid:1] theme:map[vervoer:1 wonen:1]]"},
			{Query{Text: "hulp", Tags: map[string][]string{"theme": {"wonen"}, "place": {"zuid"}}}, 2, "map[@kind:map[offer:1 question:1] place:map[noord:1 zuid:2] theme:map[wonen:2]]"},
			{Query{Text: "hulp", Tags: map[string][]string{"theme": {"nergens"}}}, 0, "map[theme:map[vervoer:1 wonen:2]]"},
		} {
			res := find(t, e, c.q)
			if got := fmt.Sprint(res.Facets); res.Total != c.total || got != c.facets || len(res.Hits) != c.total {
				t.Errorf("%+v: %d hits, total %d, %s; want %d, %s", c.q, len(res.Hits), res.Total, got, c.total, c.facets)
			}
		}
	})
}

// A removed text is gone at the next search even on a node that has not heard.
func TestRemovedIsGoneAtOnce(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		putAll(t, d, neighbourhood()...)
		e, stop := start(t, d)
		find(t, e, Query{Text: "rollator"})
		stop() // it hears nothing from here on
		remove(t, d, "rollator")
		if res := find(t, e, Query{Text: "rollator"}); len(res.Hits) != 0 || res.Total != 0 {
			t.Errorf("found %v, total %d", ids(res), res.Total)
		}
		putAll(t, d, Doc{ID: "eenzaam", Kind: "offer", Title: "Iets heel anders"})
		if res := find(t, e, Query{Text: "maatje"}); len(res.Hits) != 0 {
			t.Errorf("found %v by what it said before", ids(res))
		}
		putAll(t, d, Doc{ID: "vallen", Kind: "hidden", Title: "Valpreventie"})
		if res := find(t, e, Query{Text: "valpreventie", Kinds: []string{"practice"}}); len(res.Hits) != 0 {
			t.Errorf("found %v outside the choice", ids(res))
		}
	})
}

// A commit of this process is told, not only found in the table.
func TestHears(t *testing.T) {
	d := open(t)
	e := New(d, clock.System, slog.New(slog.DiscardHandler))
	leave := nodes.join(e)
	putAll(t, d, Doc{ID: "a", Kind: "offer", Title: "Rollator"}, Doc{ID: "b", Kind: "offer", Title: "Rolstoel"})
	remove(t, d, "a")
	leave()
	putAll(t, d, Doc{ID: "c", Kind: "offer", Title: "Traplift"})
	if got := e.heard(); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("heard %v", got)
	}
}

func TestFollows(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		here, _ := start(t, d)
		find(t, here, Query{Text: "niets"})
		putAll(t, d, neighbourhood()...)
		until(t, "a new text is found", func() bool { return len(find(t, here, Query{Text: "rollator"}).Hits) == 1 })

		putAll(t, d, Doc{ID: "rollator", Kind: "question", Title: "Een scootmobiel huren"})
		until(t, "a changed text is found", func() bool { return len(find(t, here, Query{Text: "scootmobiel"}).Hits) == 1 })
		if got := ids(find(t, here, Query{Text: "rollator"})); slices.Contains(got, "rollator") {
			t.Errorf("found %v by what it said before", got)
		}
		remove(t, d, "rollator")
		until(t, "the index forgets a removed text", func() bool { return here.State().Texts == len(neighbourhood())-1 })
	})
}

// A node finds in the table what nobody told it, also what was committed
// after something later.
func TestCatchesUp(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		putAll(t, d, neighbourhood()...)
		e := New(d, clock.System, slog.New(slog.DiscardHandler))
		if err := e.load(t.Context()); err != nil {
			t.Fatal(err)
		}
		close(e.ready)
		if err := e.follow(t.Context()); err != nil {
			t.Fatal(err)
		}
		putAll(t, d, Doc{ID: "late", Kind: "offer", Title: "Duofiets"})
		remove(t, d, "schuld")
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE search_doc SET changed_at = changed_at - 8000000 WHERE id = 'late'`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := find(t, e, Query{Text: "duofiets"}); len(got.Hits) != 0 {
			t.Fatal("the test proves nothing: it was told")
		}
		if err := e.follow(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := ids(find(t, e, Query{Text: "duofiets"})); !slices.Equal(got, []string{"late"}) {
			t.Errorf("found %v", got)
		}
		if got := e.State().Texts; got != len(neighbourhood()) {
			t.Errorf("%d texts", got)
		}
		// A second look changes nothing.
		before := len(e.index.docs)
		if err := e.changes(t.Context()); err != nil || len(e.index.docs) != before {
			t.Errorf("%v, %d texts were read again", err, len(e.index.docs)-before)
		}
	})
}

// What an older program analysed is made anew.
func TestRenews(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		putAll(t, d, neighbourhood()...)
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE search_doc SET terms = 'oud:ff', analysis = 0`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		e, _ := start(t, d)
		until(t, "rows are analysed anew", func() bool { return len(find(t, e, Query{Text: "rollator"}).Hits) == 1 })
	})
}

func TestWaitsForTheIndex(t *testing.T) {
	d := open(t)
	putAll(t, d, neighbourhood()...)
	e := New(d, clock.System, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Search(ctx, Query{Text: "rollator"}); err == nil || e.State().Ready {
		t.Error("answered without an index")
	}
	answer := make(chan Result)
	go func() {
		res, _ := e.Search(t.Context(), Query{Text: "rollator"})
		answer <- res
	}()
	select {
	case res := <-answer:
		t.Fatalf("answered %v without an index", ids(res))
	case <-time.After(50 * time.Millisecond):
	}
	if err := e.load(t.Context()); err != nil {
		t.Fatal(err)
	}
	close(e.ready)
	if res := <-answer; len(res.Hits) != 1 || !e.State().Ready {
		t.Errorf("answered %v", ids(res))
	}
}

// While the database is away State tells so, and it comes back by itself.
func TestDatabaseAway(t *testing.T) {
	d, err := db.Open(t.Context(), db.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Migrate(t.Context(), rooms); err != nil {
		t.Fatal(err)
	}
	e := New(d, clock.System, slog.New(slog.DiscardHandler))
	if err := e.load(t.Context()); !e.tried(t.Context(), err) {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if e.tried(t.Context(), e.follow(t.Context())) || e.State().Err == nil {
		t.Error("nobody would know that the database is away")
	}
}

func TestPurge(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		putAll(t, d, neighbourhood()...)
		remove(t, d, "vallen")
		for range 25 {
			age(t, d)
		}
		remove(t, d, "schuld")
		if err := Purge(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		left, err := db.All(t.Context(), d, db.Value[string], `SELECT id FROM search_doc ORDER BY id`)
		if err != nil || slices.Contains(left, "vallen") || !slices.Contains(left, "schuld") || len(left) != 5 {
			t.Errorf("%v %v", left, err)
		}
	})
}

func TestRebuild(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		docs := neighbourhood()
		putAll(t, d, docs...)
		putAll(t, d, Doc{ID: "orphan", Kind: "offer", Title: "Niemand kent mij"})
		age(t, d)
		e, _ := start(t, d)
		find(t, e, Query{Text: "rollator"})

		ctx, cancel := context.WithCancel(t.Context())
		var searching sync.WaitGroup
		for range 4 {
			searching.Go(func() {
				for ctx.Err() == nil {
					res, err := e.Search(ctx, Query{Text: "eenzaam"})
					if err == nil && (len(res.Hits) != 1 || res.Hits[0].ID != "eenzaam") {
						t.Errorf("while rebuilding: %v", ids(res))
						return
					}
				}
			})
		}
		source := func(ctx context.Context, _ db.Reader, yield func(Doc) error) error {
			// While the source is read the room changes one and removes another.
			putAll(t, d, Doc{ID: "huizen", Kind: "question", Title: "Nieuwer dan de bron"})
			remove(t, d, "schuld")
			for _, doc := range docs {
				if err := yield(doc); err != nil {
					return err
				}
			}
			return nil
		}
		if err := Rebuild(t.Context(), d, []Source{source}); err != nil {
			t.Fatal(err)
		}
		until(t, "the orphan is gone", func() bool { return e.State().Texts == len(docs)-1 })
		cancel()
		searching.Wait()
		if got := ids(find(t, e, Query{Text: "niemand kent mij"})); slices.Contains(got, "orphan") {
			t.Errorf("found %v", got)
		}
		if got := ids(find(t, e, Query{Text: "nieuwer dan de bron"})); len(got) != 1 {
			t.Errorf("the newer text was overwritten: %v", got)
		}
		if got := ids(find(t, e, Query{Text: "schulden"})); slices.Contains(got, "schuld") {
			t.Errorf("the removed text came back: %v", got)
		}
	})
}

func TestPlans(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		byID := make([]any, byIDs)
		for i := range byID {
			byID[i] = "x"
		}
		for _, p := range []db.Plan{
			{Name: "changes", SQL: selectChanges, Args: []any{1, "x"}},
			{Name: "by id", SQL: selectByID, Args: byID},
			{Name: "older", SQL: selectOlder, Args: []any{1}},
			{Name: "stale", SQL: selectStale, Args: []any{1}},
		} {
			if err := d.CheckPlan(t.Context(), p); err != nil {
				t.Error(err)
			}
		}
	})
}

func open(t testing.TB) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), db.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() }) //nolint:errcheck // the test is over
	if _, err := d.Migrate(t.Context(), rooms); err != nil {
		t.Fatal(err)
	}
	return d
}
