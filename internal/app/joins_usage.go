package app

import (
	"context"
	"net/http"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/usage"
	"wijkbaak.nl/internal/feature/pilots"
	"wijkbaak.nl/internal/trust/access"
)

// How often pages about an initiative or a pilot are opened: a number a day, and
// nothing of who opened them (base/usage).

// The kinds of pages that are counted, and what a pilot can measure of them.
const (
	useInitiative = "initiative"
	usePilot      = "pilot"
	useFollowers  = "followers"

	jobUseForget = "usage.forget"
)

// countedPages are the pages of each kind, with the part of the address that names
// the subject.
var countedPages = map[string]struct{ kind, part string }{
	"GET /initiatieven/{slug}":      {useInitiative, "slug"},
	"GET /initiatieven/{slug}/fase": {useInitiative, "slug"},
	"GET /initiatieven/{slug}/past": {useInitiative, "slug"},
	"GET /pilots/{id}":              {usePilot, "id"},
	"GET /pilots/{id}/blad":         {usePilot, "id"},
}

// look is one look at a page, for as long as it is answered.
type look struct {
	http.ResponseWriter
	kind, subject string
	status        int
}

type lookKey struct{}

// WriteHeader notes the status.
func (l *look) WriteHeader(status int) {
	if l.status == 0 {
		l.status = status
	}
	l.ResponseWriter.WriteHeader(status)
}

// Write answers with 200 where nothing else was said.
func (l *look) Write(b []byte) (int, error) {
	if l.status == 0 {
		l.status = http.StatusOK
	}
	return l.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (l *look) Unwrap() http.ResponseWriter { return l.ResponseWriter }

// counted answers a request, and counts it when it was a person who saw a page of
// which we count that. What a browser fetches in case it is asked for is not seen.
func (a *App) counted(w http.ResponseWriter, r *http.Request) {
	about := strings.Contains(r.URL.Path, "/initiatieven/") || strings.Contains(r.URL.Path, "/pilots/")
	if !about || r.Method != http.MethodGet || usage.Robot(r.UserAgent()) || r.Header.Get("Sec-Purpose") != "" {
		a.Router.ServeHTTP(w, r)
		return
	}
	l := &look{ResponseWriter: w}
	a.Router.ServeHTTP(l, r.WithContext(context.WithValue(r.Context(), lookKey{}, l)))
	if l.kind != "" && (l.status == http.StatusOK || l.status == http.StatusNotModified) {
		a.Usage.Opened(l.kind, l.subject)
	}
}

// looksAt notes what a request looks at, once it is known who asks. Who works with
// the page is not counted.
func looksAt(r *http.Request) {
	l, ok := r.Context().Value(lookKey{}).(*look)
	if page, known := countedPages[r.Pattern]; ok && known && len(access.Of(r.Context()).Grants) == 0 {
		l.kind, l.subject = page.kind, r.PathValue(page.part)
	}
}

// useMoved lets what was opened of an initiative go along to the one it became part of.
func (l *Relay) useMoved(ctx context.Context, tx *db.Tx, from, into string) error {
	return l.Usage.Move(ctx, tx, useInitiative, from, into)
}

// use is pilots.Source by what is opened and followed.
type use struct{ *usage.Counter }

func (use) Name() string { return usage.Name }

func (use) Kinds(ctx context.Context, _ db.Reader) ([]pilots.Counter, error) {
	var list []pilots.Counter
	// keys: pilots.use.initiative pilots.use.pilot pilots.use.followers
	for _, kind := range []string{useInitiative, usePilot, useFollowers} {
		list = append(list, pilots.Counter{Kind: kind, Name: i18n.T(ctx, "pilots.use."+kind), Gives: pilots.Count})
	}
	return list, nil
}

// Read counts. How many follow is told as of now: who followed then is not known.
func (u use) Read(ctx context.Context, r db.Reader, kind string, a pilots.About) (pilots.Reading, bool, error) {
	var n int
	var err error
	switch kind {
	case useInitiative:
		n, err = u.Between(ctx, r, kind, a.Initiative, a.From, a.Before)
	case usePilot:
		n, err = u.Between(ctx, r, kind, a.Pilot, a.From, a.Before)
	case useFollowers:
		n, err = db.One(ctx, r, db.Value[int], countFollowers, a.Initiative)
	default:
		return pilots.Reading{}, false, nil
	}
	return pilots.Reading{Value: float64(n)}, err == nil, err
}
