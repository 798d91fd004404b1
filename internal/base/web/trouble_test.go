package web_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/web"
)

// sheet is a page that, as those of templ do, shows nothing once its context is over.
func sheet(text string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		_, err := io.WriteString(w, text)
		return err
	})
}

// away is a router whose data hang until the time of the request is up.
func away(o web.Options) *web.Router {
	o.Catalog = words
	if o.ErrorPage == nil {
		o.ErrorPage = func(w http.ResponseWriter, r *http.Request, status int, f *fault.Error, _ string) {
			web.Render(w, r, status, sheet("page: "+i18n.T(r.Context(), f.Key, f.Args...))) //nolint:errcheck,gosec // a test
		}
	}
	rt := web.NewRouter(o)
	hangs := func(_ http.ResponseWriter, r *http.Request) error {
		<-r.Context().Done()
		return fault.Unavailable("web.error.database", r.Context().Err())
	}
	rt.Handle(
		web.Get("/vragen", open, hangs), web.Post("/vragen", open, hangs), web.API(http.MethodGet, "/api/v1/vragen", open, hangs),
		web.Get("/kaal", open, func(_ http.ResponseWriter, r *http.Request) error { return r.Context().Err() }),
		web.Post("/zelf", open, func(w http.ResponseWriter, r *http.Request) error {
			form, err := web.ReadForm(w, r)
			if err != nil || form.Take(hangs(w, r)) {
				return err
			}
			return web.Render(w, r, http.StatusServiceUnavailable, sheet("the form again"))
		}),
		web.Get("/gezond", open, func(w http.ResponseWriter, r *http.Request) error {
			return web.Render(w, r, http.StatusServiceUnavailable, sheet("opslag werkt niet"))
		}).Always(),
		web.Post("/lezen", open, func(w http.ResponseWriter, r *http.Request) error { _, err := web.ReadForm(w, r); return err }),
	)
	return rt
}

// overdue sends a request whose time is up.
func overdue(rt *web.Router, method, target string) *httptest.ResponseRecorder {
	ctx, cancel := context.WithTimeout(context.Background(), 0)
	defer cancel()
	r := httptest.NewRequestWithContext(ctx, method, target, strings.NewReader("vraag=x"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	rt.ServeHTTP(w, r)
	return w
}

func TestAHungDatabaseGivesAPage(t *testing.T) {
	for _, c := range []struct{ method, target, has, lacks string }{
		{"GET", "/vragen", "page: Wij kunnen nu even niets", "typte"},
		{"POST", "/vragen", "staat nog in uw scherm", ""},
		{"GET", "/kaal", "page: Wij kunnen nu even niets", "typte"},
		{"GET", "/api/v1/vragen", "Wij kunnen nu even niets", "typte"},
		{"POST", "/zelf", "the form again", ""},
	} {
		w := overdue(away(web.Options{}), c.method, c.target)
		text := w.Body.String()
		if w.Code != 503 || !strings.Contains(text, c.has) || c.lacks != "" && strings.Contains(text, c.lacks) {
			t.Errorf("%s %s: %d %q", c.method, c.target, w.Code, text)
		}
		if w.Header().Get("Retry-After") != "60" {
			t.Errorf("%s %s: try again after %q", c.method, c.target, w.Header().Get("Retry-After"))
		}
	}
	silent := web.Options{ErrorPage: func(http.ResponseWriter, *http.Request, int, *fault.Error, string) {}}
	if w := overdue(away(silent), "GET", "/vragen"); w.Code != 503 || !strings.Contains(w.Body.String(), "even niets") {
		t.Errorf("an error page that shows nothing: %d %q", w.Code, w.Body)
	}
}

func TestTroubleThatAPageShowsIsInTheLogOnce(t *testing.T) {
	var log bytes.Buffer
	overdue(away(web.Options{Log: slog.New(slog.NewTextHandler(&log, nil))}), "POST", "/zelf")
	if n := strings.Count(log.String(), "deadline exceeded"); n != 1 || !strings.Contains(log.String(), "status=503") {
		t.Errorf("%d lines: %s", n, log.String())
	}
}

func TestARouteThatAlwaysAnswers(t *testing.T) {
	gone := fault.Unavailable("web.error.database", errors.New("gone"))
	rt := away(web.Options{
		Enter:       func(_ http.ResponseWriter, r *http.Request) (*http.Request, error) { return r, gone },
		DataVersion: func(context.Context) (string, error) { return "", gone },
	})
	if w := ask(rt, "GET", "/gezond", ""); w.Code != 503 || w.Body.String() != "opslag werkt niet" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := ask(rt, "GET", "/vragen", ""); w.Code != 503 || strings.Contains(w.Body.String(), "opslag werkt niet") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestABrokenBodyHasASentenceOfItsOwn(t *testing.T) {
	if w := ask(away(web.Options{}), "POST", "/lezen", "vraag=%zz", own()...); w.Code != 422 || !strings.Contains(w.Body.String(), "niet lezen wat u verstuurde") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
