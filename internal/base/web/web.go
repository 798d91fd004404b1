// Package web is the door: a router of the standard library on which a route
// cannot stand without an access level, the headers, limits and checks that every
// request passes, forms that keep what was typed, and the one place where an
// error becomes a page or problem+json.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
)

// Handler answers a request; an error it returns is shown by the edge.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Access decides who may come in at a route. The room behind it decides about
// the single thing that is asked for.
type Access interface {
	// Name is how the denial matrix and the page "who may see what" call it.
	Name() string
	// Check says nil, fault.Denied or fault.NotFound for the actor of ctx.
	Check(ctx context.Context) error
}

// Route is one method and pattern (as http.ServeMux has them) with its access.
// It is made by Get, Post, Put, Delete and their API twins, which ask for it.
type Route struct {
	Method, Pattern string
	Access          Access
	API             bool // answers problem+json instead of a page
	Fixed           bool // the answer depends on the program alone, not on data
	Documented      *Doc // what a route of the API is for
	forAll          bool
	always          bool // answers also while the data are away
	handler         Handler
	body            int64
}

// BodyLimit is how many bytes a request may bring, unless its route says other.
const BodyLimit = 256 << 10

// Get is a page.
func Get(pattern string, a Access, h Handler) Route {
	return Route{Method: http.MethodGet, Pattern: pattern, Access: a, handler: h}
}

// Post is a form that is sent.
func Post(pattern string, a Access, h Handler) Route {
	return Route{Method: http.MethodPost, Pattern: pattern, Access: a, handler: h, body: BodyLimit}
}

// API is a route of the JSON API.
func API(method, pattern string, a Access, h Handler) Route {
	return Route{Method: method, Pattern: pattern, Access: a, handler: h, body: BodyLimit, API: true}
}

// WithBody lets the route take up to n bytes.
func (r Route) WithBody(n int64) Route { r.body = n; return r }

// Unchanging marks a route whose answer does not depend on data.
func (r Route) Unchanging() Route { r.Fixed = true; return r }

// Always marks a route that answers also while the data cannot be read: then who
// asks is nobody it knows.
func (r Route) Always() Route { r.always = true; return r }

// Options are what the router needs from the program.
type Options struct {
	Log     *slog.Logger
	Clock   clock.Clock
	Catalog *i18n.Catalog
	// Build names this build of the program; a page of another build is stale.
	Build string
	// DataVersion is other whenever the data are other; nil means no ETags.
	DataVersion func(context.Context) (string, error)
	// Secure says that people reach us by https, so that cookies and HSTS may
	// ask for it.
	Secure bool
	// ProxyHeader is the header in which a trusted proxy puts the address of
	// who asks; empty means that nobody stands before us.
	ProxyHeader string
	// Rate multiplies the limits per address; 0 lifts them.
	Rate float64
	// Enter puts into the context what all rooms need (who asks, the frame of
	// the page); it runs after the language is known and before access.
	Enter func(w http.ResponseWriter, r *http.Request) (*http.Request, error)
	// ErrorPage writes the page of a fault.
	ErrorPage func(w http.ResponseWriter, r *http.Request, status int, f *fault.Error, number string)
	// Observe is told of each answer.
	Observe func(pattern string, status int, took time.Duration)
}

// Router sends each request to its route. Make it with NewRouter.
type Router struct {
	o      Options
	mux    *http.ServeMux
	routes []Route
	cross  *http.CrossOriginProtection
	limits *limits
	// finished holds pages for who is not signed in
	finished *finished
}

// NewRouter makes an empty router.
func NewRouter(o Options) *Router {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = clock.System
	}
	if o.Enter == nil {
		o.Enter = func(_ http.ResponseWriter, r *http.Request) (*http.Request, error) { return r, nil }
	}
	if o.ErrorPage == nil {
		o.ErrorPage = plainError
	}
	if o.Observe == nil {
		o.Observe = func(string, int, time.Duration) {}
	}
	if o.Catalog == nil {
		o.Catalog = &i18n.Catalog{} // every text is its key
	}
	rt := &Router{o: o, mux: http.NewServeMux(), cross: http.NewCrossOriginProtection(), limits: newLimits(o.Rate, o.Clock),
		finished: newFinished(o.Clock, finishedMost)}
	rt.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { rt.fail(w, r, stateOf(r), rt.noRoute(r)) })
	return rt
}

// Handle adds routes.
func (rt *Router) Handle(routes ...Route) {
	for _, route := range routes {
		rt.routes = append(rt.routes, route)
		rt.mux.Handle(route.Method+" "+route.Pattern, rt.wrap(route))
	}
}

// HandleRaw adds a handler of files that carry their own caching (styles, icons).
func (rt *Router) HandleRaw(pattern string, h http.Handler) { rt.mux.Handle(pattern, h) }

// Routes lists all routes, for the denial matrix.
func (rt *Router) Routes() []Route { return rt.routes }

func (rt *Router) wrap(route Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		st := stateOf(r)
		st.problem = route.API
		if route.body > 0 {
			r.Body = http.MaxBytesReader(w, r.Body, route.body)
		}
		if r, err := rt.serve(w, r, route, st); err != nil {
			rt.fail(w, r, st, err)
		}
	})
}

// enterTime bounds how long a route that always answers waits to know who asks.
const enterTime = 2 * time.Second

// serve gives the request as the room saw it besides the fault: with who asks,
// and with the form it read.
func (rt *Router) serve(w http.ResponseWriter, r *http.Request, route Route, st *state) (*http.Request, error) {
	if route.always {
		ctx, cancel := context.WithTimeout(r.Context(), enterTime)
		defer cancel()
		r = r.WithContext(ctx)
	}
	r, err := rt.o.Enter(w, r)
	if err != nil && !(route.always && fault.KindOf(err) == fault.KindUnavailable) {
		return r, err
	}
	if route.forAll {
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}
	if err := route.Access.Check(r.Context()); err != nil {
		return r, err
	}
	if route.Documented != nil {
		if err := route.Documented.check(r.URL.RawQuery); err != nil {
			return r, err
		}
	}
	if route.Method == http.MethodGet && !st.private && !route.always {
		tag, version, err := rt.etag(r, route)
		if err != nil {
			return r, err
		}
		if tag != "" && hasTag(r.Header.Get("If-None-Match"), tag) {
			w.Header().Set("ETag", tag)
			w.Header().Add("Vary", "Cookie")
			w.Header().Set("Cache-Control", "no-cache")
			w.WriteHeader(http.StatusNotModified)
			return r, nil
		}
		st.etag = tag
		// What is asked with a query is one of too many, and may be found by an
		// index that follows the data a little later.
		if tag != "" && r.URL.RawQuery == "" {
			return r, rt.finished.answer(w, r, st, version, route.handler)
		}
	}
	return r, route.handler(w, r)
}

// hasTag looks for a tag in a list; a proxy may have taken the W/ off.
func hasTag(list, tag string) bool {
	for one := range strings.SplitSeq(list, ",") {
		if strings.TrimPrefix(strings.TrimSpace(one), "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

// Private says that the answer depends on who asks: it is kept by no cache.
func Private(r *http.Request) { stateOf(r).private = true }

// Address gives the network address of who asks, for limits. It is never kept.
func Address(r *http.Request) string { return stateOf(r).address }

// Number is the number of this request, by which the operator finds it in the log.
func Number(r *http.Request) string { return stateOf(r).number }
