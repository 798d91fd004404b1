package apptest

import (
	"math"
	"net/http"
	"strings"

	"wijkbaak.nl/internal/base/web"
)

// Visited is a page that a crawl found, and the page that led to it.
type Visited struct {
	Page
	Address, From string
}

// variants is how many addresses that differ in the query only a crawl follows.
const variants = 3

// Crawl follows every link from the addresses, as far as most pages.
func (c *Client) Crawl(most int, from ...string) []Visited {
	c.w.t.Helper()
	return c.crawl(most, func(string) bool { return true }, from)
}

// CrawlEach is Crawl with as many addresses as each of what one route serves in
// one language: pages that differ in their content only.
func (c *Client) CrawlEach(each int, from ...string) []Visited {
	c.w.t.Helper()
	patterns, times := c.w.Patterns(), map[string]int{}
	return c.crawl(math.MaxInt, func(address string) bool {
		pattern := patterns.Of(address)
		if strings.HasPrefix(address, "/en") {
			pattern = "en " + pattern
		}
		times[pattern]++
		return times[pattern] <= each
	}, from)
}

func (c *Client) crawl(most int, wanted func(address string) bool, from []string) []Visited {
	c.w.t.Helper()
	type step struct{ address, from string }
	var todo []step
	seen, perPath := map[string]bool{}, map[string]int{}
	add := func(address, from string) {
		path, _, _ := strings.Cut(address, "?")
		if seen[address] || perPath[path] >= variants {
			return
		}
		seen[address] = true
		if !wanted(address) {
			return
		}
		perPath[path]++
		todo = append(todo, step{address, from})
	}
	for _, f := range from {
		add(f, "")
	}
	var list []Visited
	for i := 0; i < len(todo) && len(list) < most; i++ {
		p := c.Get(todo[i].address)
		list = append(list, Visited{p, todo[i].address, todo[i].from})
		for _, link := range p.Links() {
			add(link, todo[i].address)
		}
	}
	return list
}

// Patterns tells which route of the program serves a GET of an address.
type Patterns struct{ mux *http.ServeMux }

// Patterns reads the routes of the program.
func (w *World) Patterns() Patterns {
	p := Patterns{http.NewServeMux()}
	for _, r := range w.App.Router.Routes() {
		if r.Method == http.MethodGet {
			p.mux.Handle("GET "+r.Pattern, http.NotFoundHandler())
		}
	}
	return p
}

// Of gives the pattern, without the method; "" for what no route serves. The
// language in front of the address does not count.
func (p Patterns) Of(address string) string {
	for _, prefix := range []string{"/en/", "/en?"} {
		if strings.HasPrefix(address, prefix) {
			address = "/" + strings.TrimPrefix(address[3:], "/")
		}
	}
	if address == "/en" {
		address = "/"
	}
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return ""
	}
	_, pattern := p.mux.Handler(r)
	return strings.TrimPrefix(pattern, "GET ")
}

// Pages lists the routes that give pages: what is asked for by a person.
func (w *World) Pages() []web.Route {
	var list []web.Route
	for _, r := range w.App.Router.Routes() {
		if r.Method == http.MethodGet && !r.API {
			list = append(list, r)
		}
	}
	return list
}
