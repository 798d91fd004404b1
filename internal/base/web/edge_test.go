package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/web"
)

type level struct{ err error }

func (level) Name() string                  { return "test" }
func (l level) Check(context.Context) error { return l.err }

var open = level{}

var words = func() *i18n.Catalog {
	c, err := i18n.New(web.Locales)
	if err != nil {
		panic(err)
	}
	return c
}()

const secret = "geheim-in-de-database"

// house is a router with one route for each thing that can happen.
func house(o web.Options) *web.Router {
	if o.Catalog == nil {
		o.Catalog = words
	}
	rt := web.NewRouter(o)
	text := func(s string) web.Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			return web.Bytes(w, r, http.StatusOK, "text/plain", []byte(s))
		}
	}
	form := func(w http.ResponseWriter, r *http.Request) error {
		f, err := web.ReadForm(w, r)
		if err != nil {
			return err
		}
		vraag := f.Text("vraag", 2000)
		if err := f.Err(); err != nil {
			return err
		}
		return web.Bytes(w, r, http.StatusOK, "text/plain", []byte(vraag))
	}
	rt.Handle(
		web.Get("/{$}", open, text("voor")),
		web.Get("/vragen", open, text("vragen")),
		web.Get("/vragen/{id}", open, func(w http.ResponseWriter, r *http.Request) error {
			return web.Bytes(w, r, http.StatusOK, "text/plain", []byte(i18n.Lang(r.Context())+" "+r.PathValue("id")))
		}),
		web.Post("/vragen", open, form),
		web.Get("/lang", open, text(strings.Repeat("Een lange bladzijde. ", 200))),
		web.Get("/eigen", open, func(w http.ResponseWriter, r *http.Request) error {
			web.Private(r)
			return web.Bytes(w, r, http.StatusOK, "text/plain", []byte("van mij"))
		}),
		web.Get("/stuk", open, func(http.ResponseWriter, *http.Request) error { panic(secret) }),
		web.Get("/fout", open, func(http.ResponseWriter, *http.Request) error { return errors.New(secret) }),
		web.Get("/half", open, func(w http.ResponseWriter, _ *http.Request) error {
			fmt.Fprint(w, strings.Repeat("x", 100_000)) //nolint:errcheck // a test
			return errors.New(secret)
		}),
		web.Get("/anders", open, func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Content-Disposition", "attachment")
			return fault.NotFound()
		}),
		web.Get("/bestand", open, func(w http.ResponseWriter, r *http.Request) error {
			return web.Download(w, r, r.URL.Query().Get("naam"), "text/plain", []byte("x"))
		}),
		web.Get("/dicht", level{fault.Denied()}, text(secret)),
		web.Get("/weg", open, func(http.ResponseWriter, *http.Request) error {
			return fault.Unavailable("web.error.database", errors.New(secret))
		}),
		web.Get("/door", open, func(w http.ResponseWriter, r *http.Request) error {
			return web.Redirect(w, r, r.URL.Query().Get("naar"))
		}),
		web.API(http.MethodGet, "/api/v1/fout", open, func(http.ResponseWriter, *http.Request) error { return errors.New(secret) }),
		web.API(http.MethodGet, "/api/v1/dicht", level{fault.Denied()}, text(secret)),
		web.API(http.MethodDelete, "/api/v1/dingen/{id}", open, text("gewist")),
		web.API(http.MethodPost, "/api/v1/dingen", open, func(w http.ResponseWriter, r *http.Request) error {
			var in struct {
				Naam string `json:"naam"`
				N    int    `json:"n"`
			}
			if err := web.ReadJSON(r, &in); err != nil {
				return err
			}
			return web.JSON(w, r, http.StatusCreated, in)
		}),
	)
	return rt
}

// ask sends one request; pairs are headers. A body makes it a POST.
func ask(h http.Handler, method, target, body string, pairs ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://wijk.test/", strings.NewReader(body))
	path, query, _ := strings.Cut(target, "?")
	r.URL.RawPath, r.URL.RawQuery = path, query
	r.URL.Path = unescape(path)
	if r.URL.RawPath == r.URL.Path {
		r.URL.RawPath = ""
	}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] == "Host" {
			r.Host = pairs[i+1]
		}
		r.Header.Add(pairs[i], pairs[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func unescape(path string) string {
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		var c byte
		if path[i] == '%' {
			if _, err := fmt.Sscanf(path[i+1:i+3], "%02x", &c); err == nil {
				b.WriteByte(c)
				i += 2
				continue
			}
		}
		b.WriteByte(path[i])
	}
	return b.String()
}

var formKind = []string{"Content-Type", "application/x-www-form-urlencoded"}

func own(more ...string) []string {
	return append(append([]string{"Sec-Fetch-Site", "same-origin"}, formKind...), more...)
}

func TestHeadersOnEveryAnswer(t *testing.T) {
	rt := house(web.Options{Secure: true})
	for _, c := range []struct {
		method, target string
		status         int
	}{
		{"GET", "/", 200}, {"GET", "/vragen/1", 200}, {"HEAD", "/vragen", 200}, {"GET", "/bestaat-niet", 404}, {"DELETE", "/vragen", 405},
		{"GET", "/stuk", 500}, {"GET", "/fout", 500}, {"GET", "/dicht", 403}, {"GET", "/weg", 503}, {"GET", "/door?naar=/vragen", 303},
		{"GET", "/api/v1/fout", 500}, {"GET", "/api/v1/niets", 404}, {"POST", "/vragen", 403}, {"GET", "/nl/", 404}, {"OPTIONS", "/vragen", 405},
		{"GET", "/a/../vragen", 307},
	} {
		w := ask(rt, c.method, c.target, "")
		if w.Code != c.status {
			t.Errorf("%s %s: %d, want %d", c.method, c.target, w.Code, c.status)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			"Strict-Transport-Security": "max-age=31536000; includeSubDomains",
		} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s %s: %s is %q", c.method, c.target, name, got)
			}
		}
		policy := w.Header().Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} {
			if !slices.Contains(strings.Split(policy, "; "), want) {
				t.Errorf("%s %s: the policy lacks %s", c.method, c.target, want)
			}
		}
		for _, bad := range []string{"unsafe", "*", "http", "data:", "blob:"} {
			if strings.Contains(policy, bad) {
				t.Errorf("the policy has %s", bad)
			}
		}
		if len(w.Header().Get("X-Request-Id")) != 12 || len(w.Header().Values("Set-Cookie")) > 0 {
			t.Errorf("%s %s: %v", c.method, c.target, w.Header())
		}
	}
	if got := ask(house(web.Options{}), "GET", "/", "").Header().Get("Strict-Transport-Security"); got != "" {
		t.Errorf("without https it says %q", got)
	}
}

// TestAnswersDoNotTouchEachOthersHeaders: they share those that are always there.
func TestAnswersDoNotTouchEachOthersHeaders(t *testing.T) {
	rt := house(web.Options{})
	rt.Handle(web.Get("/eigenkop", open, func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Add("X-Frame-Options", "mine")
		w.Header().Set("Referrer-Policy", "mine")
		w.Header().Del("Content-Security-Policy")
		return web.Bytes(w, r, http.StatusOK, "text/plain", nil)
	}))
	if h := ask(rt, "GET", "/eigenkop", "").Header(); len(h.Values("X-Frame-Options")) != 2 || h.Get("Referrer-Policy") != "mine" {
		t.Errorf("its own answer: %v", h)
	}
	h := ask(rt, "GET", "/", "").Header()
	if got := h.Values("X-Frame-Options"); len(got) != 1 || got[0] != "DENY" || h.Get("Referrer-Policy") != "same-origin" || h.Get("Content-Security-Policy") == "" {
		t.Errorf("the next answer: %v", h)
	}
}

func TestOnlyOurOwnFormsAreTaken(t *testing.T) {
	rt := house(web.Options{})
	for _, c := range []struct {
		name   string
		status int
		pairs  []string
	}{
		{"our own", 200, own()},
		{"by hand", 200, append([]string{"Sec-Fetch-Site", "none"}, formKind...)},
		{"old browser, own Origin", 200, append([]string{"Origin", "http://wijk.test"}, formKind...)},
		{"cross-site", 403, append([]string{"Sec-Fetch-Site", "cross-site"}, formKind...)},
		{"same-site", 403, append([]string{"Sec-Fetch-Site", "same-site"}, formKind...)},
		{"foreign Origin", 403, append([]string{"Origin", "http://kwaad.test"}, formKind...)},
		{"other port", 403, append([]string{"Origin", "http://wijk.test:81"}, formKind...)},
		{"Origin null", 403, append([]string{"Origin", "null"}, formKind...)},
		{"Origin that begins alike", 403, append([]string{"Origin", "http://wijk.test.kwaad.test"}, formKind...)},
		{"neither", 403, formKind},
		{"neither, multipart", 403, []string{"Content-Type", "multipart/form-data; boundary=x"}},
		{"neither, text", 403, []string{"Content-Type", "text/plain"}},
		{"neither, no type", 403, nil},
		{"neither, odd case", 403, []string{"Content-Type", " TEXT/Plain;charset=x"}},
	} {
		if w := ask(rt, "POST", "/vragen", "vraag=hoi", c.pairs...); w.Code != c.status {
			t.Errorf("%s: %d", c.name, w.Code)
		}
	}
	if w := ask(rt, "GET", "/vragen", "", "Sec-Fetch-Site", "cross-site", "Origin", "http://kwaad.test"); w.Code != 200 {
		t.Errorf("a link from elsewhere: %d", w.Code)
	}
	if w := ask(rt, "POST", "/api/v1/dingen", `{"naam":"x","n":1}`, "Content-Type", "application/json"); w.Code != 201 {
		t.Errorf("a program without browser headers: %d", w.Code)
	}
	if w := ask(rt, "DELETE", "/api/v1/dingen/1", ""); w.Code != 200 {
		t.Errorf("a program that deletes: %d %s", w.Code, w.Body)
	}
	if w := ask(rt, "DELETE", "/api/v1/dingen/1", "", "Sec-Fetch-Site", "cross-site"); w.Code != 403 {
		t.Errorf("another site that deletes: %d", w.Code)
	}
}

func TestTooMuchIsRefusedInWords(t *testing.T) {
	rt := house(web.Options{})
	w := ask(rt, "POST", "/vragen", "vraag="+strings.Repeat("x", web.BodyLimit), own()...)
	if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "Dat is te veel tekst in één keer") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	w = ask(rt, "POST", "/api/v1/dingen", `{"naam":"`+strings.Repeat("x", web.BodyLimit)+`"}`, "Content-Type", "application/json")
	if w.Code != http.StatusRequestEntityTooLarge || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	w = ask(rt, "POST", "/vragen", "vraag="+strings.Repeat("x", web.BodyLimit-10), own()...)
	if w.Code != http.StatusUnprocessableEntity {
		t.Errorf("too long for its field: %d", w.Code)
	}
}

func TestASlowBodyEnds(t *testing.T) {
	s := httptest.NewUnstartedServer(house(web.Options{}))
	s.Config.ReadTimeout = 200 * time.Millisecond
	s.Start()
	defer s.Close()
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()                                                                                                                                                           //nolint:errcheck // the test is over
	fmt.Fprintf(conn, "POST /vragen HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nvraag=") //nolint:errcheck // the answer tells
	answer, err := io.ReadAll(conn)
	if err != nil || !bytes.HasPrefix(answer, []byte("HTTP/1.1 408 ")) || !bytes.Contains(answer, []byte("Het versturen duurde te lang")) {
		t.Errorf("%v\n%s", err, answer)
	}
}

func TestMethodsAndPagesThatAreNot(t *testing.T) {
	rt := house(web.Options{})
	for target, allow := range map[string]string{"/vragen": "GET, HEAD, POST", "/en/vragen": "GET, HEAD, POST", "/eigen": "GET, HEAD", "/api/v1/dingen/7": "DELETE"} {
		w := ask(rt, "PUT", target, "")
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != allow {
			t.Errorf("%s: %d, Allow %q", target, w.Code, w.Header().Get("Allow"))
		}
	}
	for _, target := range []string{"/x", "/en/x", "/nl", "/nl/", "/nl/vragen", "/EN/vragen", "/enx", "/vragen/1/2", "//vragen", "/en//vragen", "//kwaad.test/", `/\kwaad.test`,
		"/vragen/%ff", "/vragen/%00", "/vragen/%0a", "/en/vragen/%c3%28", "/%65%6e//x"} {
		w := ask(rt, "GET", target, "")
		if w.Code != http.StatusNotFound || w.Header().Get("Cache-Control") != "private, no-store" || w.Header().Get("Location") != "" {
			t.Errorf("%s: %d %v", target, w.Code, w.Header())
		}
	}
	if w := ask(rt, "GET", "/en/x", ""); !strings.Contains(w.Body.String(), "This page does not exist") {
		t.Errorf("in English: %s", w.Body)
	}
}

func TestLanguageStandsInTheAddress(t *testing.T) {
	rt := house(web.Options{})
	for target, want := range map[string]string{
		"/vragen/7": "nl 7", "/en/vragen/7": "en 7", "/vragen/en": "nl en", "/vragen/a%2Fb": "nl a/b", "/en/vragen/a%2Fb": "en a/b", "/en/vragen/caf%C3%A9": "en café",
	} {
		if w := ask(rt, "GET", target, ""); w.Code != 200 || w.Body.String() != want {
			t.Errorf("%s: %d %q", target, w.Code, w.Body)
		}
	}
	if w := ask(rt, "GET", "/en", ""); w.Code != 200 || w.Body.String() != "voor" {
		t.Errorf("/en: %d", w.Code)
	}
}

// TestQueriesThatPostgresCannotKeep sends what makes PostgreSQL refuse a text.
func TestQueriesThatPostgresCannotKeep(t *testing.T) {
	rt := web.NewRouter(web.Options{Catalog: words})
	rt.Handle(web.Get("/zoek", open, func(w http.ResponseWriter, r *http.Request) error {
		return web.JSON(w, r, http.StatusOK, r.URL.Query())
	}))
	for query, want := range map[string]string{
		"q=a%00b": `{"q":["ab"]}`, "q=%ffx&i=1&i=2": `{"i":["1","2"],"q":["\ufffdx"]}`, "q%00=a": `{"q":["a"]}`,
		"q=caf%C3%A9+au%20lait": `{"q":["café au lait"]}`, "q=\xff": `{"q":["\ufffd"]}`, "q=100%25": `{"q":["100%"]}`, "q=%zz&i=%00": `{"i":[""]}`,
	} {
		for _, path := range []string{"/zoek", "/en/zoek"} {
			w := ask(rt, "GET", path+"?"+query, "")
			if got := strings.TrimSpace(w.Body.String()); w.Code != 200 || strings.ReplaceAll(got, "�", `\ufffd`) != want {
				t.Errorf("%s: %d %s", query, w.Code, got)
			}
		}
	}
}

func TestRedirectsStayHere(t *testing.T) {
	rt := house(web.Options{})
	for _, c := range []struct{ target, want string }{
		{"/door?naar=/vragen/1%3Fa=b%23c", "/vragen/1?a=b#c"}, {"/en/door?naar=/vragen", "/en/vragen"},
		{"/door?naar=//kwaad.test", "/"}, {"/door?naar=/%5Ckwaad.test", "/"}, {"/en/door?naar=//kwaad.test", "/en/"},
		{"/door?naar=/%09/kwaad.test", "/"}, {"/door?naar=/x%0d%0aSet-Cookie:a", "/"},
	} {
		w := ask(rt, "GET", c.target, "")
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != c.want || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d to %q", c.target, w.Code, w.Header().Get("Location"))
		}
	}
}

func TestNothingInternalLeaks(t *testing.T) {
	var log bytes.Buffer
	rt := house(web.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	for _, target := range []string{"/stuk", "/fout", "/dicht", "/weg", "/api/v1/fout"} {
		w := ask(rt, "GET", target, "")
		if strings.Contains(w.Body.String(), secret) || strings.Contains(w.Body.String(), ".go") {
			t.Errorf("%s says %s", target, w.Body)
		}
		if target != "/dicht" && (!strings.Contains(log.String(), secret) || !strings.Contains(log.String(), w.Header().Get("X-Request-Id"))) {
			t.Errorf("%s cannot be found in the log", target)
		}
	}
	w := ask(rt, "GET", "/anders", "")
	if w.Code != 404 || w.Header().Get("Content-Disposition") != "" {
		t.Errorf("the page of an error is downloaded: %v", w.Header())
	}
}

func TestAnErrorPageThatFailsGivesAPlainOne(t *testing.T) {
	var number string
	rt := house(web.Options{ErrorPage: func(_ http.ResponseWriter, _ *http.Request, _ int, _ *fault.Error, n string) {
		number = n
		panic(secret)
	}})
	for target, status := range map[string]int{"/stuk": 500, "/bestaat-niet": 404} {
		w := ask(rt, "GET", target, "")
		if w.Code != status || w.Body.Len() == 0 || strings.Contains(w.Body.String(), secret) || number != w.Header().Get("X-Request-Id") {
			t.Errorf("%s: %d %q, number %q", target, w.Code, w.Body, number)
		}
	}
}

func TestAHalfAnswerIsCutOff(t *testing.T) {
	var log bytes.Buffer
	s := httptest.NewUnstartedServer(house(web.Options{Log: slog.New(slog.NewTextHandler(&log, nil))}))
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s.Start()
	res, err := http.Get(s.URL + "/half")
	if err == nil {
		_, err = io.ReadAll(res.Body)
		res.Body.Close() //nolint:errcheck // it was only read
	}
	s.Close()
	if err == nil {
		t.Error("half an answer looks whole")
	}
	if !strings.Contains(log.String(), secret) {
		t.Error("and the log does not tell why")
	}
}

func TestProblems(t *testing.T) {
	rt := house(web.Options{})
	for _, c := range []struct {
		method, target, body string
		status               int
		field, detail        string
	}{
		{"GET", "/api/v1/fout", "", 500, "", "bij ons iets mis"},
		{"GET", "/en/api/v1/niets", "", 404, "", "This does not exist"},
		{"PUT", "/api/v1/dingen", "", 405, "", ""},
		{"GET", "/api/v1/dicht", "", 401, "", "geen sleutel meegestuurd"},
		{"POST", "/api/v1/dingen", `{"naam":1}`, 400, "naam", "number"},
		{"POST", "/api/v1/dingen", `{"naam":"a"} {"naam":"b"}`, 400, "body", "more"},
		{"POST", "/api/v1/dingen", `{"naam":"a"}x`, 400, "body", "more"},
		{"POST", "/api/v1/dingen", `{"onbekend":1}`, 400, "body", "onbekend"},
		{"POST", "/api/v1/dingen", `{"naam":"a\u0000b"}`, 400, "body", "NUL"},
		{"POST", "/api/v1/dingen", `{`, 400, "body", ""},
		{"POST", "/api/v1/dingen", ``, 400, "body", ""},
		{"POST", "/api/v1/dingen", strings.Repeat("[", 100_000), 400, "body", ""},
	} {
		w := ask(rt, c.method, c.target, c.body, "Content-Type", "application/json")
		var p web.Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatalf("%s %s: %v in %s", c.method, c.target, err, w.Body)
		}
		if w.Code != c.status || p.Status != c.status || w.Header().Get("Content-Type") != "application/problem+json" ||
			p.Number != "urn:wijkbaak:request:"+w.Header().Get("X-Request-Id") {
			t.Errorf("%s %s: %d %+v", c.method, c.target, w.Code, p)
		}
		if c.field != "" && (len(p.Errors) != 1 || p.Errors[0].Name != c.field || !strings.Contains(p.Errors[0].Detail, c.detail)) {
			t.Errorf("%s: %+v", c.body, p.Errors)
		} else if c.field == "" && !strings.Contains(p.Detail, c.detail) {
			t.Errorf("%s: %q", c.target, p.Detail)
		}
		if strings.Contains(w.Body.String(), "Go ") || strings.Contains(w.Body.String(), "struct") {
			t.Errorf("it tells our types: %s", w.Body)
		}
	}
}

func TestAPageThatDidNotChangeIsNotSentAgain(t *testing.T) {
	room := []db.Migrations{}
	dbtest.Each(t, room, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
		rt := house(web.Options{DataVersion: d.Version, Clock: c, Build: "1"})
		w := ask(rt, "GET", "/vragen", "")
		tag := w.Header().Get("ETag")
		if tag == "" || w.Header().Get("Cache-Control") != "no-cache" || !slices.Contains(w.Header().Values("Vary"), "Cookie") {
			t.Fatalf("%v", w.Header())
		}
		for _, same := range []string{tag, `"x", ` + tag, strings.TrimPrefix(tag, "W/")} {
			w := ask(rt, "GET", "/vragen", "", "If-None-Match", same)
			if w.Code != 304 || w.Body.Len() != 0 || w.Header().Get("ETag") != tag || !slices.Contains(w.Header().Values("Vary"), "Cookie") {
				t.Errorf("%s: %d %v", same, w.Code, w.Header())
			}
		}
		for name, w := range map[string]*httptest.ResponseRecorder{
			"another query":     ask(rt, "GET", "/vragen?a=b", "", "If-None-Match", tag),
			"another language":  ask(rt, "GET", "/en/vragen", "", "If-None-Match", tag),
			"another page":      ask(rt, "GET", "/", "", "If-None-Match", tag),
			"another build":     ask(house(web.Options{DataVersion: d.Version, Clock: c, Build: "2"}), "GET", "/vragen", "", "If-None-Match", tag),
			"an answer of mine": ask(rt, "GET", "/eigen", "", "If-None-Match", tag),
		} {
			if w.Code != 200 || w.Header().Get("ETag") == tag {
				t.Errorf("%s: %d", name, w.Code)
			}
		}
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, "CREATE TABLE something (id TEXT PRIMARY KEY)")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		w = ask(rt, "GET", "/vragen", "", "If-None-Match", tag)
		if w.Code != 200 || w.Header().Get("ETag") == tag {
			t.Errorf("after a commit: %d", w.Code)
		}
		tag = w.Header().Get("ETag")
		c.Advance(6 * time.Minute)
		if w = ask(rt, "GET", "/vragen", "", "If-None-Match", tag); w.Code != 200 {
			t.Errorf("later, when 'today' may be wrong: %d", w.Code)
		}
	})
}

func TestOneMindKeepsWhatIsMine(t *testing.T) {
	enter := func(_ http.ResponseWriter, r *http.Request) (*http.Request, error) {
		if r.Header.Get("Cookie") != "" {
			web.Private(r)
		}
		return r, nil
	}
	rt := house(web.Options{Enter: enter, DataVersion: func(context.Context) (string, error) { return "1", nil }})
	tag := ask(rt, "GET", "/vragen", "").Header().Get("ETag")
	for _, w := range []*httptest.ResponseRecorder{
		ask(rt, "GET", "/vragen", "", "Cookie", "a=b", "If-None-Match", tag), ask(rt, "GET", "/eigen", ""), ask(rt, "GET", "/eigen", "", "If-None-Match", tag),
	} {
		if w.Code != 200 || w.Header().Get("Cache-Control") != "private, no-store" || w.Header().Get("ETag") != "" {
			t.Errorf("%d %v", w.Code, w.Header())
		}
	}
}

func TestGzipAndHead(t *testing.T) {
	rt := house(web.Options{})
	plain := ask(rt, "GET", "/lang", "")
	if plain.Header().Get("Content-Encoding") != "" || !slices.Contains(plain.Header().Values("Vary"), "Accept-Encoding") {
		t.Errorf("%v", plain.Header())
	}
	packed := ask(rt, "GET", "/lang", "", "Accept-Encoding", "br, gzip;q=0.5")
	z, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil || string(text) != plain.Body.String() || packed.Header().Get("Content-Length") == plain.Header().Get("Content-Length") {
		t.Errorf("%v, %d bytes", err, len(text))
	}
	for _, no := range []string{"gzip;q=0", "gzip; q=0.0", "br", "xgzip"} {
		if w := ask(rt, "GET", "/lang", "", "Accept-Encoding", no); w.Header().Get("Content-Encoding") != "" {
			t.Errorf("%q got gzip", no)
		}
	}
	if w := ask(rt, "GET", "/vragen", "", "Accept-Encoding", "gzip"); w.Header().Get("Content-Encoding") != "" {
		t.Error("a small page was packed")
	}
	if w := ask(rt, "HEAD", "/lang", ""); w.Code != 200 || w.Body.Len() != 0 || w.Header().Get("Content-Length") != plain.Header().Get("Content-Length") {
		t.Errorf("HEAD: %d, %d bytes", w.Code, w.Body.Len())
	}
}

func TestDownloadNames(t *testing.T) {
	rt := house(web.Options{})
	for name, want := range map[string]string{
		"brief.pdf":                   `attachment; filename=brief.pdf`,
		"a%22%3B+filename%3D%22b.exe": `attachment; filename="a\"; filename=\"b.exe"`,
		"caf%C3%A9.txt":               `attachment; filename*=utf-8''caf%C3%A9.txt`,
	} {
		if got := ask(rt, "GET", "/bestand?naam="+name, "").Header().Get("Content-Disposition"); got != want {
			t.Errorf("%s became %s", name, got)
		}
	}
}

func TestARouterWithoutWordsWorks(t *testing.T) {
	rt := web.NewRouter(web.Options{})
	if w := ask(rt, "GET", "/x", ""); w.Code != 404 {
		t.Errorf("%d", w.Code)
	}
}
