package app_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/feature/home"
)

const longText = "Mijn moeder loopt met een rollator en wil graag naar buiten."

// overdue sends a request for which there is no time left, as when the database
// hangs until the end.
func overdue(t *testing.T, w *apptest.World, method, target, body string) *httptest.ResponseRecorder {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	r := httptest.NewRequestWithContext(ctx, method, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	rec := httptest.NewRecorder()
	w.App.ServeHTTP(rec, r)
	return rec
}

func TestAQuestionWhileTheDatabaseHangs(t *testing.T) {
	apptest.Each(t, apptest.Options{Empty: true}, func(t *testing.T, w *apptest.World) {
		rec := overdue(t, w, http.MethodPost, "/vragen", url.Values{"wie": {"neighbourhood"}, "vraag": {"Wie wandelt er mee?"}, "uitleg": {longText}}.Encode())
		if rec.Code != 503 || !strings.Contains(rec.Body.String(), longText) || rec.Header().Get("Retry-After") == "" {
			t.Errorf("%d %v %s", rec.Code, rec.Header(), rec.Body)
		}
		rec = overdue(t, w, http.MethodPost, "/vragen/0190a1b2-0000-7000-8000-000000000000/volgen", "email="+url.QueryEscape(longText))
		if rec.Code < 400 || rec.Body.Len() == 0 {
			t.Errorf("%d %q", rec.Code, rec.Body)
		}
	})
}

func TestHealthShowsALackOfRoom(t *testing.T) {
	var free atomic.Uint64
	o := apptest.Options{Empty: true, Parts: func(p *app.Parts) { p.Free = func(string) (uint64, bool) { return free.Load(), true } }}
	for bytes, want := range map[uint64]string{0: "Vol: er kan niets meer bij", 500 << 20: "Bijna vol", 5 << 30: "Alles doet het."} {
		free.Store(bytes)
		if text := apptest.SQLite(t, o).Client().Get("/gezond").Text(); !strings.Contains(text, want) || (bytes < 1<<30) == strings.Contains(text, "Alles doet het") {
			t.Errorf("%d bytes: %s", bytes, text)
		}
	}
}

// TestTypedTextIsOnThePageThatRefusesIt: a session that has ended costs nobody a text.
func TestTypedTextIsOnThePageThatRefusesIt(t *testing.T) {
	w := apptest.SQLite(t, apptest.Options{})
	id, _ := asked(t, w, "vraag", "Wie kookt er samen in de buurt?", "wie", "neighbourhood")
	path := "/vragen/" + id + "/antwoord"
	p := w.Client().Post(path, "antwoord", longText, "code", "appel peer kers druif vijg braam")
	if p.Status != 403 || !strings.Contains(p.Body, longText+"</textarea>") || !strings.Contains(p.Text(), "Aanmelden") {
		t.Errorf("%d %s", p.Status, p.Body)
	}
	if strings.Contains(p.Body, "druif vijg") {
		t.Error("a code is shown")
	}
	if p := w.Client().FromElsewhere().Post(path, "antwoord", longText); p.Status != 403 || strings.Contains(p.Body, longText) {
		t.Errorf("another website puts its text on our page: %d", p.Status)
	}
}

// TestWhoMaySeeWhatIsInPlainWords: each part of the website has its sentence, and
// no address of it is on the page.
func TestWhoMaySeeWhatIsInPlainWords(t *testing.T) {
	w := apptest.SQLite(t, apptest.Options{})
	for _, lang := range w.App.Words.Languages() {
		keys := w.App.Words.Keys(lang)
		for _, route := range w.App.Router.Routes() {
			if key := home.AreaKey(home.Area(route.Pattern)); keys[key] == nil {
				t.Errorf("%s: %s has no sentence %s for the page \"who may see what\"", lang, route.Pattern, key)
			}
		}
	}
	_, text, _ := strings.Cut(w.Client().Get("/wie-mag-wat-zien").Text(), "Deze lijst komt")
	text, _, _ = strings.Cut(text, "Privacy")
	for _, bad := range []string{"/", "{", "home.rights", "operator"} {
		if strings.Contains(text, bad) {
			t.Errorf("it has %q: %s", bad, text)
		}
	}
	for _, good := range []string{"Iedereen De voorpagina", "Meer mag hier: wie zich heeft aangemeld", "Wijkcoach De werkbank"} {
		if !strings.Contains(text, good) {
			t.Errorf("it lacks %q: %s", good, text)
		}
	}
}

// TestAServiceThatCannotSeal says so on the health page, and stops well.
func TestAServiceThatCannotSeal(t *testing.T) {
	gone := t.TempDir()
	w := apptest.SQLite(t, apptest.Options{Settings: func(s *app.Settings) { s.Checkpoints = gone }})
	if err := os.RemoveAll(gone); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.App.Audit.Run(ctx) }()
	deadline := time.Now().Add(20 * time.Second)
	for {
		s, err := w.App.Audit.State(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if s.Broken {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("it does not say that it cannot seal")
		}
		time.Sleep(10 * time.Millisecond)
	}
	if text := w.Client().Get("/gezond").Text(); !strings.Contains(text, "Kan nu niet worden beveiligd") || strings.Contains(text, "Alles doet het") {
		t.Error(text)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("it ends with %v", err)
	}
}

// TestTheLogSaysInWhichRoleSomebodySignsIn: also when one press is enough.
func TestTheLogSaysInWhichRoleSomebodySignsIn(t *testing.T) {
	w := apptest.SQLite(t, apptest.Options{})
	id := one(t, w, `SELECT person.id FROM person JOIN role_grant ON role_grant.person = person.id WHERE role_grant.role = 'coach' ORDER BY person.id LIMIT 1`)
	if p := w.Client().Once().Post("/aanmelden/demo", "persoon", id); p.Status != http.StatusSeeOther {
		t.Fatal(p.Status, p.Text())
	}
	if role := one(t, w, `SELECT role FROM audit_event WHERE person = $1 AND kind LIKE 'people.signin%' ORDER BY id DESC LIMIT 1`, id); role != "coach" {
		t.Errorf("it says %q", role)
	}
}
