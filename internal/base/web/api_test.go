package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
)

// api is a router with routes of the API that say what they take.
func api() *web.Router {
	rt := web.NewRouter(web.Options{Catalog: words})
	list := func(w http.ResponseWriter, r *http.Request) error {
		next := ""
		if web.Limit(r) == 1 {
			next = "x y&z"
		}
		return web.JSON(w, r, http.StatusOK, web.ListLinks(w, r, next))
	}
	fields := append(web.Paging(), web.Field{Name: "kind", Values: []string{"boat", "bike"}},
		web.Field{Name: "q", Least: 1, Most: 5, Required: true})
	rt.Handle(
		web.API(http.MethodGet, "/api/v1/list", open, list).Doc(web.Doc{Query: fields}).ForAll(),
		web.API(http.MethodPost, "/api/v1/list", level{fault.Denied()}, list),
		web.API(http.MethodPost, "/elsewhere", level{fault.Denied()}, list),
	)
	return rt
}

func TestAQueryThatDoesNotFitNeverReachesTheHandler(t *testing.T) {
	rt := api()
	for query, want := range map[string]string{
		"q=a":           "",
		"q=a&kind=bike": "",
		"q=%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9&limit=100": "",
		"":                "q",
		"q=":              "q",
		"q=%20%20":        "q",
		"q=abcdef":        "q",
		"q=a&q=b":         "q",
		"q=%00":           "q",
		"q=%ff":           "q",
		"q=a;b":           "query",
		"q=a&kind=car":    "kind",
		"q=a&kind=":       "kind",
		"q=a&limit=0":     "limit",
		"q=a&limit=+5":    "limit",
		"q=a&limit=101":   "limit",
		"q=a&limit=1e1":   "limit",
		"q=a&Limit=1":     "Limit",
		"q=a&%ff=1&aap=1": " aap",
		"kind=x&limit=x":  "limit kind q",
	} {
		w := ask(rt, "GET", "/api/v1/list?"+query, "")
		var p web.Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range p.Errors {
			names = append(names, f.Name)
			if f.Detail == "" || strings.HasPrefix(f.Detail, "web.") {
				t.Errorf("%s: %+v", query, f)
			}
		}
		if got := strings.Join(names, " "); got != want || (w.Code == http.StatusOK) != (want == "") || want != "" && w.Code != http.StatusBadRequest {
			t.Errorf("%q: %d finds fault with %q, not with %q", query, w.Code, got, want)
		}
	}
}

func TestTheAPISaysWhoItIsAndWhoMayReadIt(t *testing.T) {
	rt := api()
	for _, c := range []struct {
		method, path, kind, token string
		status                    int
		asks                      string // WWW-Authenticate
	}{
		{"GET", "/api/v1/list?q=a", "", "", 200, ""},
		{"GET", "/en/api/v1/list", "", "", 400, ""},
		{"GET", "/api/v1/none", "", "", 404, ""},
		{"PUT", "/api/v1/list", "", "", 405, ""},
		{"POST", "/api/v1/list", "application/json", "", 401, "Bearer"},
		{"POST", "/api/v1/list", "application/json", "Bearer x", 403, `Bearer error="insufficient_scope"`},
		{"POST", "/api/v1/list", "text/plain", "", 403, ""},
		{"POST", "/api/v1/list", "text/plain", "Basic x", 403, ""},
		{"POST", "/api/v1/list", "text/plain", "bearer x", 403, `Bearer error="insufficient_scope"`},
		{"POST", "/elsewhere", "application/json", "", 403, ""},
		{"POST", "/elsewhere", "text/plain", "Bearer x", 403, ""},
	} {
		pairs := []string{"Content-Type", c.kind}
		if c.token != "" {
			pairs = append(pairs, "Authorization", c.token)
		}
		w := ask(rt, c.method, c.path, "", pairs...)
		h := w.Header()
		if w.Code != c.status || h.Get("WWW-Authenticate") != c.asks || (h.Get("API-Version") == web.APIVersion) == (c.path == "/elsewhere") {
			t.Errorf("%+v: %d %v", c, w.Code, h)
		}
		if open := h.Get("Access-Control-Allow-Origin"); (open == "*") != (c.method == "GET" && strings.Contains(c.path, "list")) {
			t.Errorf("%+v is open to %q", c, open)
		}
		if w.Code >= 400 && strings.Contains(c.path, "/api/") && h.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%+v: %v", c, h)
		}
	}
}

func TestAListLeadsToItsNextPart(t *testing.T) {
	w := ask(api(), "GET", "/api/v1/list?q=a&limit=1", "")
	var l web.Links
	if err := json.Unmarshal(w.Body.Bytes(), &l); err != nil {
		t.Fatal(err)
	}
	want := "/api/v1/list?cursor=x+y%26z&limit=1&q=a"
	if l.Self.Href != "/api/v1/list?q=a&limit=1" || l.Next.Href != want || w.Header().Get("Link") != "<"+want+`>; rel="next"` {
		t.Errorf("%s %q", w.Body, w.Header().Get("Link"))
	}
	if w := ask(api(), "GET", "/api/v1/list?q=a", ""); w.Header().Get("Link") != "" || strings.Contains(w.Body.String(), "next") {
		t.Errorf("the last part: %s", w.Body)
	}
}

func FuzzQuery(f *testing.F) {
	for _, q := range []string{"q=a", "q=a&limit=7&cursor=x", "kind=boat&q=%C3%A9", "%zz", "q=a;b", "q=%00"} {
		f.Add(q)
	}
	rt := api()
	f.Fuzz(func(t *testing.T, query string) {
		w := ask(rt, "GET", "/api/v1/list?"+query, "")
		if w.Code == http.StatusBadRequest {
			return
		}
		q, err := url.ParseQuery(query)
		if w.Code != http.StatusOK || err != nil || len([]rune(q.Get("q"))) > 5 || q.Get("kind") == "car" || strings.Contains(q.Get("q"), "\x00") {
			t.Errorf("%q: %d", query, w.Code)
		}
	})
}
