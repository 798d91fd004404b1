package app_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/web"
)

// What somebody may not see answers, at every route, as what does not exist:
// the same status, the same headers, the same bytes.

// nothing is an id that no row has.
const nothing = "019cad8f-ac00-7fff-bfff-ffffffffffff"

// hiddenThing is what some may not see. Its word stands nowhere else.
type hiddenThing struct{ name, id, word string }

// outsiders may see none of the hidden things.
var outsiders = []string{apptest.Anonymous, apptest.Resident, apptest.CoachElsewhere, apptest.Token}

// asked is a question by somebody unknown, and its code.
func asked(t *testing.T, w *apptest.World, pairs ...string) (id, code string) {
	t.Helper()
	p := ok(t, w.As(apptest.Anonymous).Post("/vragen", pairs...))
	return one(t, w, `SELECT MAX(id) FROM question`), ownAddress.FindStringSubmatch(p.Path)[1]
}

// hides makes one of each, and gives with them a public question under which
// some of the answers are not to be seen.
func hides(t *testing.T, w *apptest.World) (list []hiddenThing, public string) {
	t.Helper()
	add := func(name, id, word string) { list = append(list, hiddenThing{name, id, word}) }
	anybody, moderator := w.As(apptest.Anonymous), w.As(apptest.Moderator)
	writer := w.As(apptest.Editor)
	hide := func(what string) {
		t.Helper()
		ok(t, moderator.Post("/moderatie", "wat", what, "doe", "hidden", "reden", "Dit hoort hier niet"))
	}
	id, _ := asked(t, w, "vraag", "Alleen voor u: krombeksnip", "uitleg", "krombeksnip", "wie", "team")
	add("a private question", id, "krombeksnip")
	ok(t, w.As(apptest.Coach).Post("/vragen/"+id+"/antwoord", "antwoord", "Over die wulpenroep bel ik u"))
	add("an answer to it", one(t, w, `SELECT MAX(id) FROM answer`), "wulpenroep")
	id, _ = asked(t, w, "vraag", "Wie kent een online casino zwartkopje", "wie", "neighbourhood")
	add("a question held back", id, "zwartkopje")
	id, _ = asked(t, w, "vraag", "Waar woont die fluitersnest", "wie", "neighbourhood")
	ok(t, writer.Post("/vragen/"+id+"/antwoord", "antwoord", "Bij de rietgorzen"))
	add("an answer to a hidden question", one(t, w, `SELECT MAX(id) FROM answer`), "rietgorzen")
	hide("vraag:" + id)
	add("a hidden question", id, "fluitersnest")

	public, _ = asked(t, w, "vraag", "Wie weet een goede kapper?", "wie", "neighbourhood")
	ok(t, writer.Post("/vragen/"+public+"/antwoord", "antwoord", "Ga naar de kapper op het plein"))
	ok(t, writer.Post("/vragen/"+public+"/antwoord", "antwoord", "Die vent is een grasmusje"))
	id = one(t, w, `SELECT MAX(id) FROM answer`)
	hide("antwoord:" + id)
	add("a hidden answer", id, "grasmusje")
	exec(t, w, `UPDATE answer SET moderation = 'held', body = 'kluizenaarster' WHERE id = $1`, oneMore(t, w, writer, public))
	add("an answer held back", one(t, w, `SELECT id FROM answer WHERE moderation = 'held' AND body = 'kluizenaarster'`), "kluizenaarster")

	for _, word := range []string{"bonteklapper", "torenvalkje"} {
		ok(t, anybody.Post("/verhalen", "titel", "Over een "+word, "verhaal", strings.Repeat("Zo ging het met "+word+". ", 3), "akkoord", "ja"))
	}
	held := one(t, w, `SELECT id FROM story WHERE title = 'Over een bonteklapper'`)
	add("a story held back", held, "bonteklapper")
	id = one(t, w, `SELECT id FROM story WHERE title = 'Over een torenvalkje'`)
	ok(t, moderator.Post("/moderatie", "wat", "verhaal:"+id, "doe", "shown", "reden", "Mooi"))
	hide("verhaal:" + id)
	add("a hidden story", id, "torenvalkje")

	closed := w.Person(apptest.Lead)
	ok(t, w.As(apptest.Operator).Post("/beheer/mensen/"+closed+"/sluiten"))
	add("a closed account", closed, "lead@test.example")
	add("the role of somebody else", one(t, w, `SELECT id FROM role_grant WHERE person = $1`, w.Person(apptest.Coach)), "")
	add("the session of somebody else", one(t, w, `SELECT MAX(id) FROM session WHERE person = $1`, w.Person(apptest.Coach)), "")
	return list, public
}

// oneMore writes an answer and gives its id.
func oneMore(t *testing.T, w *apptest.World, c *apptest.Client, question string) string {
	t.Helper()
	ok(t, c.Post("/vragen/"+question+"/antwoord", "antwoord", "Nog een antwoord"))
	return one(t, w, `SELECT MAX(id) FROM answer`)
}

// every field of every form, filled in as it should be.
var fullForm = url.Values{"antwoord": {"Een goed antwoord"}, "email": {"iemand@vogel.example"}, "reden": {"spam"}, "uitleg": {"Kijk hier eens naar"},
	"notitie": {"Een notitie"}, "bericht": {"Een bericht"}, "organisatie": {"x"}, "overdracht": {"Voor u"}, "toelichting": {"Klaar"}, "in": {nothing},
	"van": {""}, "aan": {"ja"}, "role": {"coach"}, "organisation": {"x"}, "place": {"/"}}.Encode()

// same takes out of an answer what differs by nature: the number of the request
// and the id that was asked for.
func same(p apptest.Page, id string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(p.Header)) {
		if name != "Date" && name != "X-Request-Id" {
			fmt.Fprintf(&b, "%s: %q\n", name, p.Header[name])
		}
	}
	body := strings.NewReplacer(p.Header.Get("X-Request-Id"), "NUMBER", id, "ID").Replace(b.String() + p.Body)
	return fmt.Sprint(p.Status, "\n", body)
}

var kindPlace = regexp.MustCompile(`\{soort\}`)

// addresses makes of a route with a place for an id the addresses to ask for.
func addresses(r web.Route, id string) (list []string) {
	if !strings.Contains(r.Pattern, "{id}") {
		return nil
	}
	at := strings.ReplaceAll(r.Pattern, "{id}", id)
	if !kindPlace.MatchString(at) {
		return []string{at}
	}
	for _, kind := range []string{"vraag", "antwoord", "verhaal", "iets"} {
		list = append(list, kindPlace.ReplaceAllString(at, kind))
	}
	return list
}

func TestInvisibleThingsAnswerAsIfTheyWereNot(t *testing.T) {
	apptest.Each(t, apptest.Options{}, func(t *testing.T, w *apptest.World) {
		things, _ := hides(t, w)
		asks := 0
		for _, actor := range outsiders {
			c := w.As(actor).Once()
			for _, r := range w.App.Router.Routes() {
				bodies := []string{""}
				kind := ""
				switch {
				case r.API && r.Method != http.MethodGet:
					bodies, kind = []string{"{}", `{"body":"Kijk hier eens"}`}, "application/json"
				case r.Method != http.MethodGet:
					bodies, kind = []string{"", fullForm}, "application/x-www-form-urlencoded"
				}
				empty := map[string]string{} // what it answers where nothing is
				for _, thing := range things {
					for i, at := range addresses(r, thing.id) {
						for _, body := range bodies {
							for _, lang := range []string{"", "/en"} {
								if lang != "" && (r.API || r.Method != http.MethodGet) {
									continue
								}
								key := fmt.Sprint(i, lang, body)
								none, known := empty[key]
								if !known {
									none = same(c.Do(r.Method, lang+addresses(r, nothing)[i], kind, body), nothing)
									empty[key] = none
								}
								asks++
								if got := same(c.Do(r.Method, lang+at, kind, body), thing.id); got != none {
									t.Errorf("%s %s tells %s that there is %s:\n%.300s\nwhere nothing is:\n%.300s", r.Method, r.Pattern, actor, thing.name, got, none)
								}
							}
						}
					}
				}
			}
		}
		if asks < 1000 {
			t.Errorf("only %d were asked for", asks)
		}
	})
}

func TestInvisibleThingsAreInNoListAndNoSearch(t *testing.T) {
	apptest.Each(t, apptest.Options{}, func(t *testing.T, w *apptest.World) {
		before := figuresOf(w)
		things, public := hides(t, w)
		if after := figuresOf(w); after != before {
			t.Errorf("the figures of a desk elsewhere go from %s to %s", before, after)
		}
		lists := []string{"/", "/vragen", "/vragen?open=ja", "/vragen.atom", "/verhalen", "/moderatie", "/moderatie?stand=hidden", "/moderatie?stand=reported",
			"/werkbank", "/mijn", "/beheer/mensen?q=lead", "/api/v1/questions?limit=100", "/api/v1/answers?limit=100", "/gezond",
			"/vragen/" + public, "/vragen/" + public + "/atom", "/api/v1/questions/" + public, "/api/v1/questions/" + public + "/answers"}
		for _, actor := range outsiders {
			c := w.As(actor)
			for _, path := range lists {
				p := c.Get(path)
				for _, thing := range things {
					if strings.Contains(p.Body, thing.id) || thing.word != "" && strings.Contains(strings.ToLower(p.Body), thing.word) {
						t.Errorf("%s shows %s to %s", path, thing.name, actor)
					}
				}
			}
			for _, thing := range things {
				if thing.word == "" {
					continue
				}
				// As it is written, begun, and mistyped; beside each one that nothing has.
				wrong := thing.word[:len(thing.word)-2] + "q" + thing.word[len(thing.word)-1:]
				for _, typed := range []string{thing.word, thing.word[:6], wrong} {
					q := url.QueryEscape(typed)
					for _, path := range []string{"/zoeken?vraag=" + q, "/zoeken?deel=1&vraag=" + q, "/api/v1/search?q=" + q} {
						p := c.Get(path)
						rest := strings.NewReplacer(typed, "", q, "").Replace(p.Body)
						if strings.Contains(rest, thing.id) || strings.Contains(strings.ToLower(rest), thing.word) || strings.Contains(rest, typed+"</mark>") {
							t.Errorf("%s tells %s of %s", path, actor, thing.name)
						}
					}
				}
			}
		}
		for _, p := range w.As(apptest.Anonymous).Crawl(400, "/") {
			for _, thing := range things {
				if strings.Contains(p.Body, thing.id) || thing.word != "" && strings.Contains(strings.ToLower(p.Body), thing.word) {
					t.Errorf("%s, led to by %s, shows %s", p.Address, p.From, thing.name)
				}
			}
		}
	})
}

// figuresOf reads the figures on the desk of a coach in another municipality.
func figuresOf(w *apptest.World) string {
	text := w.As(apptest.CoachElsewhere).Get("/werkbank").Text()
	if i := strings.LastIndex(text, "Gesteld"); i >= 0 {
		return text[i:]
	}
	return text
}

// raw asks by hand, with headers of any kind.
func raw(t *testing.T, w *apptest.World, method, path, body string, headers ...string) apptest.Page {
	t.Helper()
	r, err := http.NewRequest(method, w.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
			continue
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return apptest.Page{Status: res.StatusCode, Path: path, Header: res.Header, Body: string(b)}
}

// A browser that has kept a page asks whether it is still as it was.
func TestAnOldTagDoesNotOpenWhatWasHidden(t *testing.T) {
	apptest.Each(t, apptest.Options{}, func(t *testing.T, w *apptest.World) {
		id, _ := asked(t, w, "vraag", "Waar woont die fluitersnest", "wie", "neighbourhood")
		answer := oneMore(t, w, w.As(apptest.Editor), id)
		w.Settle()
		tags := map[string]string{}
		paths := []string{"/vragen/" + id, "/en/vragen/" + id, "/vragen/" + id + "/atom", "/api/v1/questions/" + id, "/api/v1/questions/" + id + "/answers",
			"/api/v1/answers/" + answer, "/melden/vraag/" + id, "/melden/antwoord/" + answer, "/vragen", "/vragen.atom", "/api/v1/questions", "/zoeken?vraag=fluitersnest"}
		for _, path := range paths {
			p := raw(t, w, http.MethodGet, path, "")
			if tags[path] = p.Header.Get("ETag"); p.Status != 200 || tags[path] == "" {
				t.Fatalf("%s answers %d with tag %q", path, p.Status, tags[path])
			}
			// A version of PostgreSQL moves with what others do on the same server.
			if p = raw(t, w, http.MethodGet, path, "", "If-None-Match", tags[path]); p.Status != http.StatusNotModified && w.App.DB.Engine() == db.SQLite {
				t.Errorf("%s answers %d to its own tag", path, p.Status)
			}
		}
		ok(t, w.As(apptest.Moderator).Post("/moderatie", "wat", "vraag:"+id, "doe", "hidden", "reden", "Dit hoort hier niet"))
		for _, path := range paths {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				for _, tag := range []string{tags[path], "*", `"x", ` + tags[path]} {
					p := raw(t, w, method, path, "", "If-None-Match", tag)
					want := 404
					if !strings.Contains(path, id) && !strings.Contains(path, answer) {
						want = 200
					}
					if p.Status != want || strings.Contains(strings.ReplaceAll(p.Body, "vraag=fluitersnest", ""), "Waar woont die") {
						t.Errorf("%s %s with the tag %s answers %d", method, path, tag, p.Status)
					}
				}
			}
		}
	})
}

// Whose account was closed answers nobody any more, and no page promises it.
func TestAClosedAccountPromisesNothing(t *testing.T) {
	apptest.Each(t, apptest.Options{}, func(t *testing.T, w *apptest.World) {
		id, code := asked(t, w, "vraag", "Wie helpt mij met de tuin?", "wie", "neighbourhood")
		coach, person := w.As(apptest.Coach), w.Person(apptest.Coach)
		ok(t, coach.Post("/mijn", "name", "Kwartelkoning", "language", "nl"))
		ok(t, coach.Post("/werkbank/"+id+"/pakken"))
		anybody := w.As(apptest.Anonymous)
		paths := []string{"/vragen/" + id, "/terug/" + code, "/terug/" + code + "/papier", "/en/vragen/" + id}
		for _, path := range paths {
			if p := anybody.Get(path); !strings.Contains(p.Text(), "Kwartelkoning") {
				t.Errorf("%s does not say who will answer", path)
			}
		}
		ok(t, w.As(apptest.Operator).Post("/beheer/mensen/"+person+"/sluiten"))
		for _, path := range paths {
			if p := anybody.Get(path); p.Status != 200 || strings.Contains(p.Text(), "Kwartelkoning") {
				t.Errorf("%s (%d) still promises an answer by who has gone", path, p.Status)
			}
		}
		for _, path := range []string{"/mijn", "/werkbank", "/vragen/" + id + "/antwoord"} {
			if p := coach.Get(path); p.Status == 200 || strings.Contains(p.Body, "Kwartelkoning") {
				t.Errorf("%s still answers who has gone: %d", path, p.Status)
			}
		}
	})
}
