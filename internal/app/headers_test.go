package app_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"wijkbaak.nl/internal/apptest"
)

// What every answer says to a browser and to the caches on the way, over all
// routes and all actors; and that no page asks anything of anybody else.

// pagesOf gives for each route that is asked for (GET) an address of a thing
// that is there.
func pagesOf(t *testing.T, w *apptest.World) (list []string) {
	t.Helper()
	w.Person(apptest.Resident) // one of the samples
	find := samples(t, w)
	seen := map[string]bool{}
	for _, row := range readMatrix(t) {
		if row.method == http.MethodGet {
			if at := find(row); !seen[at] {
				seen[at] = true
				list = append(list, at, "/en"+strings.TrimSuffix(at, "/"))
			}
		}
	}
	id, code := asked(t, w, "vraag", "Wie helpt mij met de tuin?", "wie", "team")
	return append(list, "/terug/"+code, "/terug/"+code+"/papier", "/terug/"+code+"?nieuw=1", "/vragen/"+id, "/zoeken?vraag=tuin", "/zoeken?deel=1&vraag=tuin",
		"/volgen/abc", "/volgen/abc/stop", "/aanmelden/code?stap="+strings.Repeat("a", 43), "/aanmelden/link?sleutel="+strings.Repeat("a", 43),
		"/bestaat-niet", "/vragen/%00", "/%ff", "//elders.example", "/en/en", "/api/v1/bestaat-niet", "/demo/post")
}

// secretPages have a secret in the address or show one.
var secretPages = regexp.MustCompile(`^(/en)?/(terug/.|papier/|volgen/|aanmelden/(code|link)\?|mijn|beheer|werkbank|moderatie|demo/post)`)

func TestHeadersOfEveryAnswer(t *testing.T) {
	w := apptest.SQLite(t, apptest.Options{})
	pages := pagesOf(t, w)
	for _, actor := range apptest.Actors {
		c := w.As(actor).Once()
		for _, at := range pages {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				p := c.Do(method, at, "", "")
				bad := func(what string) { t.Errorf("%s %s to %s (%d): %s", method, at, actor, p.Status, what) }
				if set := p.Header.Values("Set-Cookie"); len(set) > 0 {
					bad("it sets the cookie " + set[0])
				}
				csp := p.Header.Get("Content-Security-Policy")
				if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") || strings.Contains(csp, "http") {
					bad("its policy is " + csp)
				}
				for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
					"Cross-Origin-Opener-Policy": "same-origin", "Server": "", "X-Powered-By": ""} {
					if got := p.Header.Get(name); got != want {
						bad(name + " is " + got)
					}
				}
				if !strings.Contains(csp, "frame-ancestors 'none'") {
					bad("it can be framed")
				}
				kept := p.Header.Get("Cache-Control")
				secret := actor != apptest.Anonymous || secretPages.MatchString(at) || p.Status >= 400
				if kept == "" || secret && (!strings.Contains(kept, "no-store") || p.Header.Get("ETag") != "") {
					bad("caches are told " + kept + ", tag " + p.Header.Get("ETag"))
				}
				if secretPages.MatchString(at) && p.Status == 200 && !strings.Contains(p.Header.Get("X-Robots-Tag"), "noindex") {
					bad("a search engine may show it")
				}
				if strings.Contains(kept, "public") || strings.Contains(kept, "max-age") {
					bad("a cache may keep it unasked: " + kept)
				}
				if loc := p.Header.Get("Location"); loc != "" && (!strings.HasPrefix(loc, "/") || strings.HasPrefix(loc, "//")) {
					bad("it leads to " + loc)
				}
			}
		}
	}
}

// elsewhere tells what an element asks of another site, or runs or styles inline.
func elsewhere(w *apptest.World, path string, n *html.Node) string {
	rel := ""
	for _, a := range n.Attr {
		if a.Key == "rel" {
			rel = a.Val
		}
	}
	if n.Data == "style" || n.Data == "iframe" || n.Data == "object" || n.Data == "embed" || n.Data == "base" {
		return "the element " + n.Data
	}
	for _, a := range n.Attr {
		switch {
		case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcdoc", a.Key == "ping":
			return a.Key + "=" + a.Val
		case slices.Contains([]string{"href", "src", "action", "formaction", "srcset", "poster", "data", "background"}, a.Key):
			u, err := url.Parse(strings.TrimSpace(a.Val))
			if err != nil {
				return a.Key + "=" + a.Val
			}
			ours := u.Scheme == "" && u.Host == "" || strings.HasPrefix(a.Val, w.App.Settings.BaseURL)
			fields := strings.Fields(rel)
			left := n.Data == "a" && (u.Scheme == "https" || u.Scheme == "http") // nothing is asked until somebody presses
			if givenBy.MatchString(path) {
				left = left && slices.Contains(fields, "nofollow") && slices.Contains(fields, "noreferrer")
			}
			reach := n.Data == "a" && (u.Scheme == "tel" || u.Scheme == "mailto")
			if !ours && !left && !reach {
				return n.Data + " " + a.Key + "=" + a.Val + " rel=" + rel
			}
		}
	}
	if n.Data == "script" && n.FirstChild != nil {
		return "a script inside the page"
	}
	return ""
}

// givenBy are the pages on which anybody may put a link.
var givenBy = regexp.MustCompile(`^(/en)?/(vragen|terug|verhalen|moderatie)`)

var inStyles = regexp.MustCompile(`(?:url\(|@import)\s*["']?(?:https?:)?//`)

func TestNoPageAsksAnythingElsewhere(t *testing.T) {
	w := apptest.SQLite(t, apptest.Options{})
	ok(t, w.As(apptest.Resident).Post("/vragen/"+one(t, w, `SELECT MIN(id) FROM question WHERE listed AND status = 'open'`)+"/antwoord",
		"antwoord", "Kijk hier", "bron", "https://elders.example/x", "brontitel", "<b>Elders</b>"))
	pages := pagesOf(t, w)
	seen := 0
	for _, actor := range []string{apptest.Anonymous, apptest.Coach, apptest.Operator, apptest.OperatorHalf} {
		for _, p := range w.As(actor).Crawl(500, pages...) {
			kind := p.Header.Get("Content-Type")
			if strings.HasPrefix(kind, "text/css") && inStyles.MatchString(p.Body) {
				t.Errorf("%s asks for %s", p.Address, inStyles.FindString(p.Body))
			}
			if !strings.HasPrefix(kind, "text/html") {
				continue
			}
			doc, err := html.Parse(strings.NewReader(p.Body))
			if err != nil {
				t.Fatal(p.Address, err)
			}
			seen++
			for n := range doc.Descendants() {
				if n.Type == html.ElementNode {
					if what := elsewhere(w, p.Address, n); what != "" {
						t.Errorf("%s to %s has %s", p.Address, actor, what)
					}
				}
			}
		}
	}
	if seen < 300 {
		t.Errorf("only %d pages were looked at", seen)
	}
}
