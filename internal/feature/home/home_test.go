package home

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/observe"
	"wijkbaak.nl/internal/base/search"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/places"
)

// door is the room with a search and settings of the test.
type door struct {
	t      *testing.T
	words  *i18n.Catalog
	asked  []search.Query
	answer search.Result
	best   []Best
	fails  error
	health observe.Health
	http.Handler
}

func (d *door) Search(_ context.Context, q search.Query) (search.Result, error) {
	d.asked = append(d.asked, q)
	return d.answer, d.fails
}

func (d *door) Best(_ context.Context, words string) ([]Best, error) { return d.best, d.fails }

func (d *door) Settings(_ context.Context, path string) (places.Settings, string, error) {
	return places.Settings{Portal: "Wijkbaak Oost", Greeting: "Dag <buurt> van " + path}, path, d.fails
}

func newDoor(t *testing.T) *door {
	t.Helper()
	d := &door{t: t}
	var err error
	if d.words, err = i18n.New(web.Locales, ui.Locales, i18n.Source{Room: "home", FS: files}); err != nil {
		t.Fatal(err)
	}
	s := New(Options{Finder: d, Advice: d, Places: d, Root: "/0153", Health: func(context.Context) observe.Health { return d.health }})
	rt := web.NewRouter(web.Options{Catalog: d.words, Enter: func(_ http.ResponseWriter, r *http.Request) (*http.Request, error) {
		return r.WithContext(ui.WithShell(r.Context(), ui.Shell{Lang: i18n.Lang(r.Context()), PlaceName: "Wijkbaak Oost", Path: r.URL.RequestURI(), Build: "b"})), nil
	}})
	rt.Handle(s.Room().Routes...)
	d.Handler = rt
	return d
}

func (d *door) get(path string, headers ...string) (int, string) {
	d.t.Helper()
	r := httptest.NewRequestWithContext(d.t.Context(), http.MethodGet, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func (d *door) shows(path string, want, not []string) {
	d.t.Helper()
	code, body := d.get(path)
	if code != http.StatusOK {
		d.t.Errorf("%s: %d", path, code)
	}
	for _, s := range want {
		if !strings.Contains(body, s) {
			d.t.Errorf("%s lacks %q", path, s)
		}
	}
	for _, s := range not {
		if strings.Contains(body, s) {
			d.t.Errorf("%s has %q", path, s)
		}
	}
}

func two() search.Result {
	return search.Result{Total: 7, Hits: []search.Hit{
		{ID: "1", Kind: "question", Title: "Wie rijdt?", URL: "/vragen/1", Why: []string{"rit", "arts"}, Snippet: []search.Span{{Text: "een <b>"}, {Text: "rit", Mark: true}}},
		{ID: "2", Kind: "initiative", Title: "AutoMaatje", URL: "/initiatieven/a", Why: []string{"rit"},
			Matched: []search.Match{{Asked: "rit", Found: "vervoer", How: search.BySynonym}}},
	}, Facets: map[string]map[string]int{search.KindFacet: {"question": 4, "initiative": 3}}}
}

func TestFrontIsOneField(t *testing.T) {
	d := newDoor(t)
	d.shows("/", []string{"Dag &lt;buurt&gt; van /0153", `name="vraag"`, `action="/zoeken"`, "/vragen/nieuw", "/terug"}, []string{"<buurt>"})
	if len(d.asked) != 0 {
		t.Error("it searched for nothing")
	}
}

func TestSearchPageStates(t *testing.T) {
	d := newDoor(t)
	d.shows("/zoeken", []string{"Typ hierboven uw vraag."}, []string{"Wij vonden nog geen antwoord", "Stel deze vraag"})
	if len(d.asked) != 0 {
		t.Error("it searched for nothing")
	}
	// Nothing found: the way to ask takes along what was typed, and there are no tabs.
	d.shows("/zoeken?vraag=rit+%26+arts", []string{"Wij vonden nog geen antwoord.", "/vragen/nieuw?vraag=rit+%26+arts", "Stel deze vraag aan de wijk"},
		[]string{"Staat uw antwoord er niet bij?", "soort=question"})
	d.answer = two()
	d.answer.Corrected = "rit arts"
	d.shows("/zoeken?vraag=rti", []string{"<title>Gevonden bij: rti", "7 antwoorden die kunnen passen", "Wie rijdt?", "Past bij: rit, arts", "Wij vonden &#34;vervoer&#34;.",
		"een &lt;b&gt;", "Wij zochten op: rit arts", "/zoeken?soort=question&amp;vraag=rti", "Staat uw antwoord er niet bij?"}, []string{"soort=story", "een <b>"})
	// What fits best stands above, once, and says why.
	d.best = []Best{{Hit: d.answer.Hits[1], Why: []string{"Afstand: goed"}}}
	d.shows("/zoeken?vraag=rti", []string{"Dit past het best", "AutoMaatje", "Waarom dit?", "Afstand: goed", "Ook gevonden", "Wie rijdt?"}, nil)
	if _, body := d.get("/zoeken?vraag=rti"); strings.Count(body, `"/initiatieven/a"`) != 1 || strings.Index(body, "AutoMaatje") > strings.Index(body, "Wie rijdt?") {
		t.Error("what fits best stands not above, or twice")
	}
	d.shows("/zoeken?vraag=rti&soort=question", nil, []string{"Dit past het best"})
	d.shows("/zoeken?vraag=rti&deel=1", nil, []string{"Dit past het best"})
	// A choice without answers leaves the tabs, so that people can go back.
	d.answer = search.Result{Facets: map[string]map[string]int{search.KindFacet: {"question": 4}}}
	d.shows("/zoeken?vraag=rit&soort=story", []string{"Wij vonden nog geen antwoord.", "soort=question", "/zoeken?vraag=rit"}, nil)
	if q := d.asked[len(d.asked)-1]; !slices.Equal(q.Kinds, []string{"story"}) || q.Limit != 20 || q.Typing {
		t.Errorf("%+v", q)
	}
	d.shows("/zoeken?vraag=rit&soort=boot", nil, []string{"soort=boot&amp;", "home.kinds.boot"})
	if q := d.asked[len(d.asked)-1]; q.Kinds != nil {
		t.Errorf("a kind that is none was asked for: %+v", q)
	}
	d.shows("/en/zoeken?vraag=rit", []string{`lang="en"`, "/en/vragen/nieuw?vraag=rit"}, nil)
	d.fails = errors.New("the index is away")
	if code, body := d.get("/zoeken?vraag=rit"); code != http.StatusInternalServerError || strings.Contains(body, "index") {
		t.Errorf("%d %s", code, body)
	}
}

func TestWhatFitsWhileTyping(t *testing.T) {
	d := newDoor(t)
	d.answer = two()
	for text, want := range map[string]int{"": 0, "ri": 0, " r i ": 1, "rit": 1, "ééé": 1, "  \x00ri": 0} {
		d.asked = nil
		code, body := d.get("/zoeken?deel=1&vraag=" + url.QueryEscape(text))
		if code != http.StatusOK || strings.Contains(body, "<html") || len(d.asked) != want || (want == 0) != (strings.TrimSpace(body) == "") {
			t.Errorf("%q: %d, %d searches, %q", text, code, len(d.asked), body)
		}
		for _, q := range d.asked {
			if !q.Typing || q.Limit != 5 || q.Text != strings.Join(strings.Fields(text), " ") {
				t.Errorf("%q: %+v", text, q)
			}
		}
	}
}

func TestTypedIsTidiedAndCut(t *testing.T) {
	for in, want := range map[string]string{"  een \n twee\t": "een twee", "a\x00b": "ab", "\xff": "", strings.Repeat("é", QueryMost+1): strings.Repeat("é", QueryMost)} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/zoeken?vraag="+url.QueryEscape(in), nil)
		if got := typed(r); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestReason(t *testing.T) {
	d := newDoor(t)
	ctx := i18n.With(t.Context(), d.words, i18n.Reference)
	m := func(asked, found string, how search.How) search.Match {
		return search.Match{Asked: asked, Found: found, How: how}
	}
	for _, c := range []struct {
		hit  search.Hit
		want string
	}{
		{search.Hit{}, ""},
		{search.Hit{Why: []string{"a", "b", "c", "d", "e"}}, "Past bij: a, b, c, d"},
		{search.Hit{Why: []string{"a"}, Matched: []search.Match{m("a", "b", search.BySpelling), m("c", "d", search.BySynonym), m("e", "f", search.BySynonym)}},
			`U zocht "a". Wij vonden "b". U zocht "c". Wij vonden "d".`},
	} {
		if got := reason(ctx, c.hit); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestErrorPage(t *testing.T) {
	d := newDoor(t)
	ctx := ui.WithShell(i18n.With(t.Context(), d.words, i18n.Reference), ui.Shell{Lang: "nl", PlaceName: "W", Path: "/", Build: "b"})
	ways := map[string]int{} // to sign in; the frame has one too
	for name, c := range map[string]struct {
		page      ErrorPage
		want, not []string
	}{
		"ours": {ErrorPage{Status: 500, Text: "Er <ging> iets mis.", Number: "n1"}, []string{"Er &lt;ging&gt; iets mis.", "Noem dan dit nummer: n1", `href="/"`}, []string{"getypt"}},
		"theirs": {ErrorPage{Status: 404, Text: "Niet gevonden.", Number: "n1", Typed: []string{"Wie <helpt>?", "twee"}}, []string{"Niet gevonden.", `name="getypt1"`, `name="getypt2"`, "Wie &lt;helpt&gt;?", "Kopieer het"},
			[]string{"n1", "<helpt>"}},
		"sign in": {ErrorPage{Status: 403, Text: "Dat mag niet.", SignIn: true}, []string{"/aanmelden", `href="/"`}, []string{"Noem dan"}},
	} {
		var b strings.Builder
		if err := c.page.Render().Render(ctx, &b); err != nil {
			t.Fatal(err)
		}
		ways[name] = strings.Count(b.String(), "/aanmelden")
		for _, s := range c.want {
			if !strings.Contains(b.String(), s) {
				t.Errorf("%s lacks %q", name, s)
			}
		}
		for _, s := range c.not {
			if strings.Contains(b.String(), s) {
				t.Errorf("%s has %q", name, s)
			}
		}
	}
	if ways["sign in"] != ways["ours"]+1 || ways["theirs"] != ways["ours"] {
		t.Errorf("ways to sign in: %v", ways)
	}
}

func TestHealthSaysItHonestly(t *testing.T) {
	d := newDoor(t)
	part := func(s observe.State) []observe.Part { return []observe.Part{{Name: "database", State: s}} }
	for _, c := range []struct {
		health observe.Health
		status int
		want   string
	}{
		{observe.Health{State: observe.Fine, Parts: part(observe.Fine)}, http.StatusOK, "Alles doet het."},
		{observe.Health{State: observe.Slow, Parts: part(observe.Slow)}, http.StatusOK, "De beheerder moet ergens naar kijken."},
		{observe.Health{State: observe.Slow, Parts: part(observe.Down)}, http.StatusOK, "Een deel werkt nu niet."},
		{observe.Health{State: observe.Down, Parts: part(observe.Down)}, http.StatusServiceUnavailable, "Er is een storing."},
	} {
		d.health = c.health
		if code, body := d.get("/gezond"); code != c.status || !strings.Contains(body, c.want) {
			t.Errorf("%v: %d, lacks %q", c.health, code, c.want)
		}
		if code, body := d.get("/gezond", "Accept", "application/json"); code != c.status || !strings.HasPrefix(body, `{"state":"`+string(c.health.State)) {
			t.Errorf("%v: %d %s", c.health, code, body)
		}
	}
}
