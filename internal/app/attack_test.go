package app_test

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/returncode"
)

// What somebody tries who means ill, at the door of the whole program.

// form are the headers of a form that a page of ours sends.
func form(more ...string) []string {
	return append([]string{"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin"}, more...)
}

func proxied(s *app.Settings) { s.ProxyHeader = "X-Real-Ip" }

func TestAnswersDoNotTellWhetherAnAddressIsKnown(t *testing.T) {
	apptest.Each(t, apptest.Options{}, func(t *testing.T, w *apptest.World) {
		closed := w.Person(apptest.Lead)
		ok(t, w.As(apptest.Operator).Post("/beheer/mensen/"+closed+"/sluiten"))
		w.Person(apptest.Resident)
		step := regexp.MustCompile(`stap=[\w-]{43}|value="[\w-]{43}"`)
		link := regexp.MustCompile(`sleutel=[\w-]{43}`)
		seen := map[string]string{}
		for _, lang := range []string{"", "/en"} {
			for _, address := range []string{"resident@test.example", "lead@test.example", "niemand@test.example"} {
				c := w.Client()
				first := c.Once().Post(lang+"/aanmelden", "email", address)
				second := c.Get(first.Header.Get("Location"))
				if len(c.Cookies()) != 0 {
					t.Errorf("asking for a code sets %v", c.Cookies())
				}
				letters := w.Mails(address)
				if len(letters) == 0 {
					t.Fatalf("no letter to %s", address)
				}
				m := letters[0]
				letter := codeInLetter.ReplaceAllString(link.ReplaceAllString(m.Subject+m.Text+m.HTML, "LINK"), "CODE")
				all := step.ReplaceAllString(same(first, address)+same(second, address), "STEP") + letter
				if seen[lang] == "" {
					seen[lang] = all
				}
				if all != seen[lang] {
					t.Errorf("%s is answered otherwise:\n%s\nand not:\n%s", address, all, seen[lang])
				}
				// A wrong code says nothing either.
				wrong := c.Post(lang+"/aanmelden/code", "stap", strings.Repeat("a", 43), "code", "000000")
				if key := lang + "wrong"; seen[key] == "" {
					seen[key] = same(wrong, address)
				} else if same(wrong, address) != seen[key] {
					t.Errorf("a wrong code for %s is answered otherwise", address)
				}
			}
			w.Advance(2 * time.Hour) // letters of the other language are older
		}
	})
}

func TestGuessedReturnCodesStopOneNetworkOnly(t *testing.T) {
	apptest.Each(t, apptest.Options{Settings: proxied}, func(t *testing.T, w *apptest.World) {
		_, code := asked(t, w, "vraag", "Wie helpt mij?", "wie", "team")
		guess := func(i int) string {
			return returncode.New(strings.NewReader(fmt.Sprintf("%016d", i))).String()
		}
		at := func(network, path string) apptest.Page {
			return raw(t, w, http.MethodGet, path, "", "X-Real-Ip", network)
		}
		for i := range 10 {
			p := raw(t, w, http.MethodPost, "/terug", url.Values{"code": {guess(i)}}.Encode(), form("X-Real-Ip", fmt.Sprintf("2001:db8:1:2::%d", i))...)
			if p.Status != 422 {
				t.Fatalf("guess %d answers %d", i, p.Status)
			}
		}
		for _, path := range []string{"/terug/" + guess(11), "/terug/" + code, "/terug/" + code + "/papier", "/en/terug/" + code} {
			if p := at("2001:db8:1:2::99", path); p.Status != 429 || p.Header.Get("Retry-After") == "" {
				t.Errorf("after ten guesses %s answers %d", path, p.Status)
			}
			// A made-up address in front of the one that our proxy saw does not help.
			if p := at("198.51.100.1, 2001:db8:1:2::99", path); p.Status != 429 {
				t.Errorf("with a made-up address %s answers %d", path, p.Status)
			}
		}
		for _, path := range []string{"/terug/" + code + "/bericht", "/terug/" + code + "/sluiten", "/verhalen/intrekken", "/terug"} {
			p := raw(t, w, http.MethodPost, path, url.Values{"code": {code}, "bericht": {"Hallo daar"}}.Encode(), form("X-Real-Ip", "2001:db8:1:2::99")...)
			if p.Status != 429 {
				t.Errorf("after ten guesses %s answers %d", path, p.Status)
			}
		}
		if p := at("2001:db8:9::1", "/terug/"+code); p.Status != 200 {
			t.Errorf("from another network the code answers %d", p.Status)
		}
		w.Advance(2 * time.Minute)
		if p := at("2001:db8:1:2::99", "/terug/"+code); p.Status != 200 {
			t.Errorf("later the code answers %d", p.Status)
		}
	})
}

func TestSessionsCannotBePlanted(t *testing.T) {
	w := apptest.SQLite(t, apptest.Options{})
	name, planted := w.Cookie(apptest.Resident)
	for _, before := range []string{planted, "zelfgekozen", strings.Repeat("a", 43)} {
		victim := w.Client()
		victim.SetCookie(name, before)
		signsIn(t, w, victim, "/aanmelden", "slachtoffer@vogel.example")
		ok(t, victim.Get("/mijn"))
		thief := w.Client()
		thief.SetCookie(name, before)
		if p := thief.Get("/mijn"); p.Status != 403 {
			t.Errorf("the planted session answers %d", p.Status)
		}
		w.Advance(2 * time.Hour)
	}
}

// A page of another website makes the browser of somebody who is signed in send
// a form, to every route that takes one.
func TestFormsOfOtherWebsitesDoNothing(t *testing.T) {
	w := apptest.SQLite(t, apptest.Options{})
	name, secret := w.Cookie(apptest.Operator)
	cookie := name + "=" + secret
	tries := [][]string{
		{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"},
		{"Sec-Fetch-Site", "same-site", "Origin", "https://evil.test.example"},
		{"Origin", "https://evil.example"},
		{"Origin", "null"},
		{}, // an old browser that says nothing
	}
	for _, r := range w.App.Router.Routes() {
		if r.Method == http.MethodGet {
			continue
		}
		for _, kind := range []string{"application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", "", "application/json"} {
			for _, headers := range tries {
				if (kind == "application/json" || r.Method != http.MethodPost) && len(headers) == 0 {
					continue // no form and no browser sends that by itself, and a PUT only with an origin
				}
				path := place.ReplaceAllString(r.Pattern, "none")
				p := raw(t, w, r.Method, path, "zeker=ja&role=operator", append(headers, "Cookie", cookie, "Content-Type", kind)...)
				if p.Status != 403 {
					t.Errorf("%s %s from elsewhere (%q as %q) answers %d", r.Method, path, headers, kind, p.Status)
				}
			}
		}
	}
	ok(t, w.As(apptest.Operator).Get("/mijn"))
}

func TestTooMuchAndTooOdd(t *testing.T) {
	w := apptest.SQLite(t, apptest.Options{Settings: proxied})
	private, _ := asked(t, w, "vraag", "Alleen voor u: krombeksnip", "wie", "team")
	big := "vraag=" + strings.Repeat("x", 2<<20)
	for _, r := range w.App.Router.Routes() {
		if r.Method == http.MethodGet || r.Access.Name() != "public" {
			continue
		}
		path, body, kind := place.ReplaceAllString(r.Pattern, "none"), big, "application/x-www-form-urlencoded"
		if r.API {
			body, kind = `{"step":"`+big+`"}`, "application/json"
		}
		p := raw(t, w, r.Method, path, body, "Content-Type", kind, "Sec-Fetch-Site", "same-origin")
		if p.Status != 413 && p.Status != 404 && path != "/afmelden" && path != "/volgen/none/stop" { // which read no form
			t.Errorf("two megabytes to %s answer %d", path, p.Status)
		}
	}
	var list []string
	for _, odd := range []string{"..%2f", "%2e%2e/", "..%5c", "%00", "%0d%0aSet-Cookie:x=y", "..;/", "%c0%ae%c0%ae/", "./", "%252e%252e/", "%e2%80%ae", "'", "\"><script>", ";jsessionid=1"} {
		list = append(list, "/vragen/"+odd+private, "/vragen/"+private+odd, "/vragen/"+odd, "/demo/post/"+odd+"wijkbaak.db", "/aanmelden/bestanden/"+odd+"signin.go",
			"/a/"+odd+"app.css", "/"+odd+"/vragen", "/en/"+odd+"vragen/"+private, "/terug/"+odd, "/initiatieven/"+odd, "/beheer/"+odd+"mensen", "/api/v1/questions/"+odd+private)
	}
	list = append(list, "//evil.example", "///evil.example/%2f..", "/en//evil.example", "/\\evil.example", "/%5cevil.example", "/http://evil.example", "/vragen/..//evil.example/..")
	for _, path := range list {
		path = strings.NewReplacer(`"`, "%22", "<", "%3C", ">", "%3E", `\`, "%5C").Replace(path)
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			p := raw(t, w, method, path, "")
			if p.Status >= 500 || strings.Contains(p.Body, "krombeksnip") || strings.Contains(p.Body, "<script>") || strings.Contains(p.Body, "package signin") {
				t.Errorf("%s %s answers %d %.200s", method, path, p.Status, p.Body)
			}
			if p.Header.Get("Set-Cookie") != "" || leadsAway(p.Header.Get("Location")) {
				t.Errorf("%s leads to %q", path, p.Header.Get("Location"))
			}
		}
	}
	// A method is what it is, whatever a header or field says.
	name, secret := w.Cookie(apptest.Resident)
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, http.MethodPut, http.MethodPatch, http.MethodDelete, "BREW"} {
		p := raw(t, w, method, "/mijn/overal-afmelden?_method=POST", "", "X-HTTP-Method-Override", "POST", "X-HTTP-Method", "POST", "X-Method-Override", "POST",
			"Cookie", name+"="+secret, "Sec-Fetch-Site", "same-origin")
		if p.Status != http.StatusMethodNotAllowed {
			t.Errorf("%s as if it were POST answers %d", method, p.Status)
		}
	}
	ok(t, w.As(apptest.Resident).Get("/mijn"))

	// The server as it runs takes no endless headers either.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := w.App.Server()
	go srv.Serve(l)   //nolint:errcheck // it ends with the test
	defer srv.Close() //nolint:errcheck // the test is over
	r, err := http.NewRequest(http.MethodGet, "http://"+l.Addr().String()+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Long", strings.Repeat("x", 64<<10))
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	if res.Body.Close(); res.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("64 kB of headers answer %d", res.StatusCode)
	}
}

// leadsAway tells whether a browser would leave us by this address: it takes
// \ for / and leaves out tabs and line ends.
func leadsAway(location string) bool {
	seen := strings.NewReplacer(`\`, "/", "\t", "", "\n", "", "\r", "").Replace(strings.TrimSpace(location))
	return seen != "" && (!strings.HasPrefix(seen, "/") || strings.HasPrefix(seen, "//"))
}

func TestSignInLeadsNowhereElse(t *testing.T) {
	w := apptest.SQLite(t, apptest.Options{})
	demo := one(t, w, `SELECT id FROM person WHERE demo AND name = 'Ans'`)
	for _, next := range []string{"//evil.example", `/\evil.example`, "https://evil.example/", "http:evil.example", "javascript:alert(1)", "/%5cevil.example", "/\tevil", "/\n/evil.example",
		"/.//evil.example", "/..//evil.example", "/en//evil.example", `\\evil.example`, "evil.example", "data:text/html,x", "//evil.example@" + w.App.Settings.BaseURL, " //evil.example", "/;@evil.example/../..//x"} {
		for _, lang := range []string{"", "/en"} {
			c := w.Client()
			p := c.Once().Post(lang+"/aanmelden/demo", "persoon", demo, "naar", next)
			if p.Status != http.StatusSeeOther || leadsAway(p.Header.Get("Location")) {
				t.Errorf("naar=%q leads to %q (%d)", next, p.Header.Get("Location"), p.Status)
			}
			if p = w.Client().Get(lang + "/aanmelden?naar=" + url.QueryEscape(next)); strings.Contains(p.Body, `href="`+next) {
				t.Errorf("naar=%q stands in the page as an address", next)
			}
		}
	}
	if p := w.Client().Once().Post("/aanmelden/demo", "persoon", demo, "naar", "/vragen?open=ja"); p.Header.Get("Location") != "/vragen?open=ja" {
		t.Errorf("an address of ours leads to %q", p.Header.Get("Location"))
	}
}

// Who asks under another name gets no letter and no page with that name.
func TestNamesOfTheHostAreOurs(t *testing.T) {
	w := apptest.SQLite(t, apptest.Options{})
	evil := []string{"Host", "evil.example", "X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "https", "Forwarded", "host=evil.example", "X-Original-URL", "/beheer", "X-Rewrite-URL", "/beheer"}
	public := one(t, w, `SELECT MIN(id) FROM question WHERE listed AND status <> 'closed'`)
	for path, body := range map[string]string{
		"/aanmelden":                    "email=doel@vogel.example",
		"/vragen/" + public + "/volgen": "email=doel@vogel.example",
		"/vragen":                       "vraag=Wie+helpt+mij%3F&wie=team&email=doel@vogel.example",
	} {
		if p := raw(t, w, http.MethodPost, path, body, form(evil...)...); p.Status != http.StatusSeeOther || leadsAway(p.Header.Get("Location")) {
			t.Errorf("%s answers %d, %q", path, p.Status, p.Header.Get("Location"))
		}
	}
	letters := w.Mails("doel@vogel.example")
	if len(letters) != 2 {
		t.Errorf("%d letters", len(letters))
	}
	for _, m := range letters {
		if all := m.Text + m.HTML; strings.Contains(all, "evil") || !strings.Contains(all, w.App.Settings.BaseURL) {
			t.Errorf("the letter %q leads to %s", m.Subject, all)
		}
	}
	for _, path := range []string{"/", "/vragen", "/vragen.atom", "/vragen/" + public, "/papier/vraag", "/api/v1/openapi.json", "/api/v1/questions", "/aanmelden", "/bestaat-niet"} {
		if p := raw(t, w, http.MethodGet, path, "", evil...); p.Status >= 500 || strings.Contains(p.Body, "evil") {
			t.Errorf("%s (%d) names who asks", path, p.Status)
		}
	}
}
