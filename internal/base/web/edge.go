package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/limit"
)

// state is what one request carries besides its context values.
type state struct {
	number  string // shown with an error, found in the log
	address string
	etag    string
	api     bool // below /api/: it keeps the rules of the API
	problem bool // an error is problem+json
	private bool
	status  int
	cause   error // of a 500, for the log
	broken  bool  // it failed with the answer half sent
	making  *making
}

type stateKey struct{}

func stateOf(r *http.Request) *state {
	if st, ok := r.Context().Value(stateKey{}).(*state); ok {
		return st
	}
	return &state{}
}

// requestTime bounds the work for one request.
const requestTime = 20 * time.Second

// policy allows what comes from this server and nothing inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// always are the headers of every answer. Header.Set replaces a list and
// Header.Add copies a full one, so that answers may share these.
var always = http.Header{
	"Content-Security-Policy":      {policy},
	"X-Content-Type-Options":       {"nosniff"},
	"Referrer-Policy":              {"same-origin"}, // "no-referrer" would send Origin: null with our own forms
	"X-Frame-Options":              {"DENY"},
	"Permissions-Policy":           {"camera=(), microphone=(), geolocation=(), interest-cohort=()"},
	"Cross-Origin-Opener-Policy":   {"same-origin"},
	"Cross-Origin-Resource-Policy": {"same-origin"},
}

// ServeHTTP takes a request through recovery, headers, language, limits and the
// cross-origin check to its route.
func (rt *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	st := &state{number: newNumber(), address: rt.address(r), status: http.StatusOK}
	rec := &recorder{ResponseWriter: w, st: st}
	ctx, cancel := context.WithTimeout(context.WithValue(r.Context(), stateKey{}, st), requestTime)
	defer cancel()

	lang, path, ok := rt.language(r.URL.Path)
	ctx = i18n.With(ctx, rt.o.Catalog, lang)
	r = r.WithContext(ctx)
	st.api = strings.HasPrefix(path, "/api/")
	st.problem = st.api

	h := rec.Header()
	maps.Copy(h, always)
	h.Set("X-Request-Id", st.number)
	if st.api {
		h.Set("API-Version", APIVersion)
	}
	if rt.o.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}

	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p)
			}
			rt.fail(rec, r, st, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
		rt.note(r, st, time.Since(began))
		if st.broken {
			// Only a cut connection tells who asked that there is more.
			panic(http.ErrAbortHandler)
		}
	}()

	if !plainPath(path) {
		r.URL = &url.URL{Path: "/"} // no page repeats such an address
		ok = false
	}
	if !ok {
		rt.fail(rec, r, st, fault.NotFound())
		return
	}
	query := r.URL.RawQuery
	if !st.api { // a program is told what is wrong with its query
		query = plainQuery(query)
	}
	if path != r.URL.Path || query != r.URL.RawQuery {
		u := *r.URL
		if path != u.Path {
			u.Path, u.RawPath = path, rawRest(u.RawPath, lang)
		}
		u.RawQuery = query
		r.URL = &u
	}
	if wait := rt.limits.take(limit.Network(st.address), r.Method); wait > 0 {
		rt.fail(rec, r, st, fault.TooMany(wait))
		return
	}
	if !(st.api && brings(r)) && (rt.cross.Check(r) != nil || unmarkedForm(r)) {
		rt.fail(rec, r, st, &fault.Error{Kind: fault.KindDenied, Key: "web.error.crossorigin"})
		return
	}
	rt.mux.ServeHTTP(rec, r)
}

// language takes the language from the front of the path: /en/vragen is
// /vragen in English; without prefix it is the reference language. The
// address that spells out the reference does not exist.
func (rt *Router) language(path string) (lang, rest string, ok bool) {
	first, after, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if rt.o.Catalog == nil || first == "" {
		return i18n.Reference, path, true
	}
	for _, l := range rt.o.Catalog.Languages() {
		if l == first {
			return l, "/" + after, l != i18n.Reference
		}
	}
	return i18n.Reference, path, true
}

// rawRest takes the language off the path as it was sent, so that an escaped
// slash in it stays escaped.
func rawRest(raw, lang string) string {
	rest, _ := strings.CutPrefix(raw, "/"+lang)
	if rest == raw {
		return ""
	}
	return rest
}

// plainPath tells whether a path can be ours: PostgreSQL takes neither broken
// UTF-8 nor NUL, and a browser takes // at the front for another website.
func plainPath(path string) bool {
	return strings.HasPrefix(path, "/") && !strings.Contains(path, "//") && !strings.Contains(path, `\`) &&
		utf8.ValidString(path) && !strings.ContainsFunc(path, unicode.IsControl)
}

// plainQuery takes NUL and broken UTF-8 out of a query, for the same reason.
func plainQuery(raw string) string {
	odd := func(s string) bool { return !utf8.ValidString(s) || strings.Contains(s, "\x00") }
	if !strings.Contains(raw, "%") && !odd(raw) {
		return raw
	}
	values, err := url.ParseQuery(raw)
	found := err != nil && odd(raw)
	plain := url.Values{}
	for name, list := range values {
		for _, v := range list {
			found = found || odd(name) || odd(v)
			plain.Add(withoutOdd(name), withoutOdd(v))
		}
	}
	if !found {
		return raw
	}
	return plain.Encode()
}

func withoutOdd(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "")
}

// unmarkedForm refuses what a form of another site could send by a browser that
// names neither Sec-Fetch-Site nor Origin; http.CrossOriginProtection lets it in.
func unmarkedForm(r *http.Request) bool {
	if r.Method != http.MethodPost { // a form of another site has no other method that changes something
		return false
	}
	if r.Header.Get("Sec-Fetch-Site") != "" || r.Header.Get("Origin") != "" {
		return false
	}
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	switch strings.ToLower(strings.TrimSpace(kind)) {
	case "", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain":
		return true
	}
	return false
}

// brings tells whether a token was sent along. No browser adds one by itself, so
// such a request cannot have been made by another website in somebody's name.
func brings(r *http.Request) bool {
	kind, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.EqualFold(kind, "Bearer")
}

// noRoute tells a wrong method from a page that does not exist.
func (rt *Router) noRoute(r *http.Request) error {
	var allowed []string
	for _, m := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete} {
		probe := r.Clone(r.Context())
		probe.Method = m
		if _, pattern := rt.mux.Handler(probe); pattern != "/" && m != r.Method {
			allowed = append(allowed, m)
		}
	}
	if len(allowed) > 0 {
		return &methodError{strings.Join(allowed, ", ")}
	}
	return fault.NotFound()
}

type methodError struct{ allowed string }

func (*methodError) Error() string { return "method not allowed" }

func (rt *Router) address(r *http.Request) string {
	if rt.o.ProxyHeader != "" {
		// The last address is the one that our own proxy saw; a proxy may add a
		// line of its own below one that who asks made up.
		list := strings.Split(strings.Join(r.Header.Values(rt.o.ProxyHeader), ","), ",")
		last := strings.TrimSpace(list[len(list)-1])
		if a, err := netip.ParseAddr(last); err == nil {
			return a.String()
		}
		if a, err := netip.ParseAddrPort(last); err == nil {
			return a.Addr().String()
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// ageOfPage bounds how long a page with "today" or "late" on it is taken for
// unchanged.
const ageOfPage = 5 * time.Minute

// etag gives the tag of a page, and the version of the data it stands for.
func (rt *Router) etag(r *http.Request, route Route) (tag, version string, err error) {
	if rt.o.DataVersion == nil {
		return "", "", nil
	}
	of := rt.o.Build + "\n" + i18n.Lang(r.Context()) + "\n" + r.URL.RequestURI() + "\n"
	if !route.Fixed {
		if version, err = rt.o.DataVersion(r.Context()); err != nil {
			return "", "", err
		}
		of += version + "\n" + strconv.FormatInt(rt.o.Clock.Now().Unix()/int64(ageOfPage.Seconds()), 10)
	}
	sum := sha256.Sum256([]byte(of))
	return `W/"` + base64.RawURLEncoding.EncodeToString(sum[:15]) + `"`, version, nil
}

// statusGone is what the figures call a request whose sender went away.
const statusGone = 499

// fail is the one place where an error becomes an answer.
func (rt *Router) fail(w http.ResponseWriter, r *http.Request, st *state, err error) {
	if errors.Is(err, context.Canceled) && errors.Is(r.Context().Err(), context.Canceled) {
		st.status = statusGone // nobody is there to read an answer
		return
	}
	status, f := answer(err)
	if status == http.StatusInternalServerError || status == http.StatusServiceUnavailable {
		st.cause = err
	}
	st.etag = ""
	if rec, ok := w.(*recorder); ok && rec.wrote {
		st.broken = true
		st.cause = err
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	for _, name := range []string{"ETag", "Content-Disposition", "Content-Encoding", "Content-Length", "Location"} {
		h.Del(name) // of the answer that was being made
	}
	if m, ok := errors.AsType[*methodError](err); ok {
		h.Set("Allow", m.allowed)
	}
	if f.Retry > 0 {
		h.Set("Retry-After", retryAfter(f))
	}
	if st.api {
		status = byTheRules(w, r, status, f)
	}
	if st.problem {
		problem(w, r, status, inPlace(r, st, f), st.number)
		return
	}
	f = inPlace(r, st, f)
	defer func() {
		if p := recover(); p != nil {
			st.cause = errors.Join(st.cause, fmt.Errorf("panic in the error page: %v\n%s", p, debug.Stack()))
			if rec, ok := w.(*recorder); ok && !rec.wrote {
				plainError(w, r, status, f, st.number)
			}
		}
	}()
	rt.o.ErrorPage(w, r, status, f, st.number)
	if rec, ok := w.(*recorder); ok && !rec.wrote {
		plainError(w, r, status, f, st.number) // better than an empty page that says all is well
	}
}

// inPlace gives a fault the sentence that is true where it is shown: a program
// sees no page, and who only asked for one typed nothing.
func inPlace(r *http.Request, st *state, f *fault.Error) *fault.Error {
	asks := r.Method == http.MethodGet || r.Method == http.MethodHead
	key := f.Key
	// keys: web.error.database.short web.error.full.short web.error.notfound.api web.error.denied.api web.error.method.api web.error.invalid.api
	switch f.Key {
	case "web.error.database", "web.error.full":
		if asks || st.problem {
			key += ".short"
		}
	case "web.error.notfound", "web.error.denied", "web.error.method", "web.error.invalid":
		if st.problem {
			key += ".api"
		}
	}
	if key == f.Key {
		return f
	}
	other := *f
	other.Key = key
	return &other
}

// answered tells what went wrong behind a page that a handler shows by itself: the
// operator reads it in the log, and a program when to try again.
func answered(w http.ResponseWriter, err error) {
	rec, ok := w.(*recorder)
	if f, is := errors.AsType[*fault.Error](err); ok && is && f.Kind == fault.KindUnavailable {
		rec.st.cause = err
		w.Header().Set("Retry-After", retryAfter(f))
	}
}

func retryAfter(f *fault.Error) string { return strconv.Itoa(int(f.Retry.Seconds() + 0.999)) }

// byTheRules gives the status that the API Design Rules of the Dutch government
// ask for: 400 for whatever does not fit, 401 for who does not say who they are.
func byTheRules(w http.ResponseWriter, r *http.Request, status int, f *fault.Error) int {
	switch {
	case f.Kind == fault.KindInvalid && status == http.StatusUnprocessableEntity:
		return http.StatusBadRequest
	case f.Kind == fault.KindDenied && f.Key == "web.error.denied":
		if r.Header.Get("Authorization") == "" {
			w.Header().Set("WWW-Authenticate", "Bearer")
		}
		if w.Header().Get("WWW-Authenticate") != "" {
			return http.StatusUnauthorized
		}
		w.Header().Set("WWW-Authenticate", `Bearer error="insufficient_scope"`)
	}
	return status
}

func answer(err error) (int, *fault.Error) {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		switch f.Kind {
		case fault.KindNotFound:
			return http.StatusNotFound, f
		case fault.KindDenied:
			return http.StatusForbidden, f
		case fault.KindInvalid:
			return http.StatusUnprocessableEntity, f
		case fault.KindConflict:
			return http.StatusConflict, f
		case fault.KindTooMany:
			return http.StatusTooManyRequests, f
		case fault.KindTooLarge:
			return http.StatusRequestEntityTooLarge, f
		case fault.KindUnavailable:
			return http.StatusServiceUnavailable, f
		}
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return http.StatusRequestEntityTooLarge, &fault.Error{Kind: fault.KindTooLarge, Key: "web.error.toolarge"}
	}
	if errors.Is(err, context.DeadlineExceeded) { // of our own work
		f, _ := errors.AsType[*fault.Error](fault.Unavailable("web.error.database", err))
		return http.StatusServiceUnavailable, f
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return http.StatusRequestTimeout, &fault.Error{Kind: fault.KindInvalid, Key: "web.error.slow"}
	}
	if _, ok := errors.AsType[*methodError](err); ok {
		return http.StatusMethodNotAllowed, &fault.Error{Kind: fault.KindNotFound, Key: "web.error.method"}
	}
	if errors.Is(err, errNotJSON) {
		return http.StatusUnsupportedMediaType, &fault.Error{Kind: fault.KindInvalid, Key: "web.error.notjson"}
	}
	return http.StatusInternalServerError, &fault.Error{Key: "web.error.internal"}
}

// note writes the log line of a request: no address, no query, no personal data.
func (rt *Router) note(r *http.Request, st *state, took time.Duration) {
	pattern := r.Pattern
	rt.o.Observe(pattern, st.status, took)
	switch {
	case st.cause != nil:
		rt.o.Log.Error("request failed", "number", st.number, "route", pattern, "status", st.status, "error", st.cause)
	case took > time.Second:
		rt.o.Log.Warn("slow request", "number", st.number, "route", pattern, "status", st.status, "ms", took.Milliseconds())
	default:
		rt.o.Log.Debug("request", "number", st.number, "route", pattern, "status", st.status, "us", took.Microseconds())
	}
}

func newNumber() string {
	var b [9]byte
	rand.Read(b[:]) //nolint:errcheck // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// recorder remembers the status and whether the answer has begun.
type recorder struct {
	http.ResponseWriter
	st    *state
	wrote bool
}

// WriteHeader implements http.ResponseWriter.
func (rec *recorder) WriteHeader(status int) {
	if !rec.wrote {
		rec.wrote = true
		rec.st.status = status
	}
	rec.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (rec *recorder) Write(b []byte) (int, error) {
	rec.wrote = true
	return rec.ResponseWriter.Write(b)
}

// Unwrap gives http.ResponseController the writer underneath.
func (rec *recorder) Unwrap() http.ResponseWriter { return rec.ResponseWriter }
