package web_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/web"
)

// kept is a router that counts how often its pages are made; who brings a cookie
// is signed in.
type kept struct {
	*web.Router
	made  map[string]*atomic.Int64
	clock *clock.Fake
}

func keeping(version func(context.Context) (string, error)) kept {
	k := kept{made: map[string]*atomic.Int64{}, clock: clock.NewFake(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))}
	k.Router = house(web.Options{DataVersion: version, Clock: k.clock, Enter: func(_ http.ResponseWriter, r *http.Request) (*http.Request, error) {
		if r.Header.Get("Cookie") != "" {
			web.Private(r)
		}
		return r, nil
	}})
	page := func(path string, h func(w http.ResponseWriter, r *http.Request, body string) error) {
		n := new(atomic.Int64)
		k.made[path] = n
		k.Handle(web.Get(path, open, func(w http.ResponseWriter, r *http.Request) error {
			body := fmt.Sprintf("%s %s %s %d. %s", path, i18n.Lang(r.Context()), r.Header.Get("Cookie"), n.Add(1), strings.Repeat("Een lange bladzijde. ", 200))
			return h(w, r, body)
		}))
	}
	text := func(w http.ResponseWriter, r *http.Request, body string) error {
		return web.Bytes(w, r, http.StatusOK, "text/plain", []byte(body))
	}
	page("/blad", text)
	page("/ander", text)
	page("/brief", func(w http.ResponseWriter, r *http.Request, body string) error {
		return web.Download(w, r, "brief.txt", "text/plain", []byte(body))
	})
	page("/voor-mij", func(w http.ResponseWriter, r *http.Request, body string) error {
		web.Private(r)
		return text(w, r, body)
	})
	page("/koekje", func(w http.ResponseWriter, r *http.Request, body string) error {
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		return text(w, r, body)
	})
	page("/mis", func(http.ResponseWriter, *http.Request, string) error { return fault.NotFound() })
	page("/stukje", func(http.ResponseWriter, *http.Request, string) error { return errors.New("broken") })
	page("/verkeerd", func(w http.ResponseWriter, r *http.Request, body string) error {
		return web.Bytes(w, r, http.StatusAccepted, "text/plain", []byte(body))
	})
	page("/verder", func(w http.ResponseWriter, r *http.Request, _ string) error { return web.Redirect(w, r, "/blad") })
	page("/groot", func(w http.ResponseWriter, r *http.Request, body string) error {
		return text(w, r, strings.Repeat(body, 200))
	})
	return k
}

func fixed(version string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return version, nil }
}

// TestAFinishedPageIsMadeOnce: the first who asks shows nothing yet, the second
// makes it worth keeping, the others get what a 304 of the same tag promises.
func TestAFinishedPageIsMadeOnce(t *testing.T) {
	k := keeping(fixed("1"))
	var last *httptest.ResponseRecorder
	for range 5 {
		last = ask(k, "GET", "/blad", "")
	}
	if n := k.made["/blad"].Load(); n != 2 {
		t.Errorf("made %d times", n)
	}
	made := ask(keeping(fixed("1")), "GET", "/blad", "")
	for _, h := range []string{"ETag", "Cache-Control", "Content-Type", "Content-Length", "Content-Security-Policy", "X-Frame-Options"} {
		if got, want := last.Header().Values(h), made.Header().Values(h); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s is %q, not %q", h, got, want)
		}
	}
	if fmt.Sprint(last.Header().Values("Vary")) != "[Cookie Accept-Encoding]" {
		t.Errorf("Vary: %v", last.Header().Values("Vary"))
	}
	if a, b := last.Header().Get("X-Request-Id"), ask(k, "GET", "/blad", "").Header().Get("X-Request-Id"); a == b || len(b) != 12 {
		t.Errorf("two requests with the number %q and %q", a, b)
	}
	if w := ask(k, "HEAD", "/blad", ""); w.Code != 200 || w.Body.Len() != 0 || w.Header().Get("Content-Length") != last.Header().Get("Content-Length") {
		t.Errorf("HEAD: %d, %d bytes", w.Code, w.Body.Len())
	}
	if w := ask(k, "GET", "/blad", "", "If-None-Match", last.Header().Get("ETag")); w.Code != 304 {
		t.Errorf("its own tag: %d", w.Code)
	}
	for range 3 {
		if w := ask(k, "GET", "/brief", ""); w.Header().Get("Content-Disposition") != "attachment; filename=brief.txt" {
			t.Errorf("a download: %v", w.Header())
		}
	}
}

// TestAFinishedPageIsOnlyForWhoAsksTheSame: another address, language or packing
// is another page, and a query is never kept.
func TestAFinishedPageIsOnlyForWhoAsksTheSame(t *testing.T) {
	k := keeping(fixed("1"))
	for range 3 {
		for target, want := range map[string]string{"/blad": "/blad nl", "/en/blad": "/blad en", "/ander": "/ander nl", "/en/ander": "/ander en"} {
			if w := ask(k, "GET", target, ""); !strings.HasPrefix(w.Body.String(), want) {
				t.Errorf("%s gave %.20s", target, w.Body)
			}
		}
		if w := ask(k, "GET", "/blad", "", "Accept-Encoding", "gzip"); w.Header().Get("Content-Encoding") != "gzip" || w.Body.Bytes()[0] != 0x1f {
			t.Errorf("packed: %v", w.Header())
		}
	}
	before := k.made["/blad"].Load()
	for range 3 {
		ask(k, "GET", "/blad?vraag=mijn+moeder", "")
	}
	if n := k.made["/blad"].Load() - before; n != 3 {
		t.Errorf("with a query it was made %d times", n)
	}
}

// TestAFinishedPageIsNeverOfWhoIsSignedIn: who is signed in neither gets nor
// leaves one, nor does an answer that is not for everybody or that went wrong.
func TestAFinishedPageIsNeverOfWhoIsSignedIn(t *testing.T) {
	k := keeping(fixed("1"))
	for range 3 {
		ask(k, "GET", "/ander", "")
	}
	public := k.made["/ander"].Load()
	for range 3 {
		for _, path := range []string{"/blad", "/ander"} {
			w := ask(k, "GET", path, "", "Cookie", "sleutel")
			if !strings.Contains(w.Body.String(), "sleutel") || w.Header().Get("ETag") != "" || w.Header().Get("Cache-Control") != "private, no-store" {
				t.Errorf("signed in: %.30s %v", w.Body, w.Header())
			}
		}
	}
	if n := k.made["/ander"].Load() - public; n != 3 {
		t.Errorf("signed in: made %d times", n)
	}
	if w := ask(k, "GET", "/blad", ""); strings.Contains(w.Body.String(), "sleutel") {
		t.Error("a visitor got the page of who is signed in")
	}
	for _, path := range []string{"/voor-mij", "/koekje", "/mis", "/stukje", "/verkeerd", "/verder", "/groot"} {
		for range 4 {
			ask(k, "GET", path, "")
		}
		if n := k.made[path].Load(); n != 4 {
			t.Errorf("%s was made %d times", path, n)
		}
	}
}

// TestAFinishedPageEndsWithACommit, and with time, for it may say "today".
func TestAFinishedPageEndsWithACommit(t *testing.T) {
	version := "1"
	k := keeping(func(context.Context) (string, error) { return version, nil })
	made := func(why string, want int64) {
		t.Helper()
		before := k.made["/blad"].Load()
		for range 4 {
			ask(k, "GET", "/blad", "")
		}
		if n := k.made["/blad"].Load() - before; n != want {
			t.Errorf("%s: made %d times", why, n)
		}
	}
	made("at first", 2)
	made("kept", 0)
	version = "2"
	made("after a commit", 2)
	k.clock.Advance(29 * time.Second)
	made("a little later", 0)
	k.clock.Advance(time.Second)
	made("half a minute later", 1) // that it is asked for more often is known
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		k = keeping(d.Version)
		for range 3 {
			ask(k, "GET", "/blad", "")
		}
		before := k.made["/blad"].Load()
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, "CREATE TABLE something (id TEXT PRIMARY KEY)")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if ask(k, "GET", "/blad", ""); k.made["/blad"].Load() == before {
			t.Error("who wrote got the page of before")
		}
	})
}

// TestManyAtOnceMakeOnePage: one makes it, the others wait; where it fails, each
// tries for itself, and who goes away waits for nothing.
func TestManyAtOnceMakeOnePage(t *testing.T) {
	for _, fails := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			rt := house(web.Options{DataVersion: fixed("1"), Clock: clock.NewFake(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))})
			var made, good atomic.Int64
			first := make(chan bool)
			rt.Handle(web.Get("/druk", open, func(w http.ResponseWriter, r *http.Request) error {
				if made.Add(1) == 1 {
					<-first
					if fails {
						panic("the first")
					}
				}
				return web.Bytes(w, r, http.StatusOK, "text/plain", []byte("druk"))
			}))
			var wg sync.WaitGroup
			for range 16 {
				wg.Go(func() {
					if w := ask(rt, "GET", "/druk", ""); w.Code == http.StatusOK && w.Body.String() == "druk" {
						good.Add(1)
					}
				})
			}
			synctest.Wait() // one makes it, and all others wait
			gone, leave := context.WithCancel(t.Context())
			left := make(chan bool)
			wg.Go(func() {
				rt.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(gone, "GET", "/druk", nil))
				close(left)
			})
			synctest.Wait()
			if made.Load() != 1 {
				t.Errorf("%d make it", made.Load())
			}
			leave()
			<-left
			close(first)
			wg.Wait()
			want, most := int64(16), int64(1)
			if fails {
				want, most = 15, 16
			}
			if good.Load() != want || made.Load() != most {
				t.Errorf("fails %t: %d good, made %d times", fails, good.Load(), made.Load())
			}
		})
	}
}

// TestFinishedPagesUnderARace has readers, writers and time at once; the race
// detector looks on, and nobody may get the page of another address.
func TestFinishedPagesUnderARace(t *testing.T) {
	var version atomic.Int64
	k := keeping(func(context.Context) (string, error) { return fmt.Sprint(version.Load()), nil })
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			for i := range 100 {
				path := []string{"/blad", "/ander", "/brief"}[(n+i)%3]
				if w := ask(k, "GET", path, ""); w.Code != 200 || !strings.HasPrefix(w.Body.String(), path+" ") {
					t.Errorf("%s: %d %.20s", path, w.Code, w.Body)
				}
				switch i % 25 {
				case 0:
					version.Add(1)
				case 12:
					k.clock.Advance(time.Minute)
				}
			}
		})
	}
	wg.Wait()
}
