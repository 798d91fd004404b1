package app_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/base/observe"
)

// The log and the figures are read by people who may not know who asks what. Here
// nothing is taken out afterwards: what the program hands to its log must itself
// be without personal data, down to the lines for finding mistakes.

// notes is a log that a test reads.
type notes struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (n *notes) Write(b []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.Write(b)
}

func (n *notes) text() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.b.String()
}

func TestLogAndFiguresNameNobody(t *testing.T) {
	var log notes
	metrics := observe.NewMetrics("test")
	o := apptest.Options{
		Settings: func(s *app.Settings) { s.ProxyHeader = "X-Real-Ip" },
		Parts: func(p *app.Parts) {
			p.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true}))
			p.Observe = metrics.Observe
		},
	}
	apptest.Each(t, o, func(t *testing.T, w *apptest.World) {
		w.App.Figures(metrics)
		b := landed(t, w)
		stranger, code := w.Client(), b.ownCode
		marks := append([]string{b.id, code, strings.ReplaceAll(code, "-", " "), "203.0.113.77", "2001:db8:77", "lepelaartje", "3209"}, personal...)
		q := url.QueryEscape("lepelaartje")
		for _, path := range []string{"/zoeken?vraag=" + q, "/zoeken?deel=1&vraag=" + q, "/vragen/nieuw?vraag=" + q, "/lepelaartje?naam=" + q, "/vragen/lepelaartje",
			"/terug/" + code, "/terug/lepelaartje", "/aanmelden?naar=/lepelaartje", "/aanmelden/link?sleutel=lepelaartje", "/aanmelden/code?stap=lepelaartje",
			"/api/v1/search?q=" + q, "/api/v1/questions?lepelaartje=1", "/vragen?na=" + q, "/volgen/lepelaartje", "/%00lepelaartje", "/lepelaartje/..%2f"} {
			stranger.Get(path)
			raw(t, w, http.MethodGet, path, "", "X-Real-Ip", "203.0.113.77", "User-Agent", "lepelaartje", "Referer", "https://lepelaartje.example/", "Cookie", "wijkbaak=lepelaartje")
			raw(t, w, http.MethodGet, path, "", "X-Real-Ip", "2001:db8:77::1", "Authorization", "Bearer wbk_lepelaartje")
		}
		for _, path := range []string{"/vragen", "/aanmelden", "/aanmelden/code", "/aanmelden/link", "/terug", "/verhalen", "/verhalen/intrekken", "/lepelaartje",
			"/volgen/lepelaartje", "/vragen/" + b.question + "/volgen", "/terug/" + code + "/bericht", "/melden/vraag/" + b.question} {
			stranger.Post(path, "vraag", "lepelaartje", "email", "lepelaartje", "code", code+"-lepelaartje", "naam", "lepelaartje", "postcode", "3209 lepelaartje",
				"bericht", "lepelaartje", "sleutel", "lepelaartje", "stap", "lepelaartje", "verhaal", "lepelaartje")
		}
		w.As(apptest.Token).JSON(http.MethodPost, "/api/v1/questions", map[string]any{"title": "Wie kent lepelaartje?", "audience": "team", "email": "lepelaartje@vogel.example", "lepelaartje": 1})

		// What goes wrong says so without the data it went wrong with.
		job := `UPDATE job SET payload = '{"To":"lepelaartje@vogel.example' WHERE kind = '` + mail.Job + `' AND failed_at IS NULL`
		ok(t, stranger.Post("/aanmelden", "email", "lepelaartje@vogel.example"))
		exec(t, w, job)
		if w.App.Queue.Drain(t.Context()) == nil {
			t.Error("a letter that cannot be read went out")
		}
		exec(t, w, `DELETE FROM job WHERE kind = '`+mail.Job+`'`)
		ok(t, b.c.Post("/mijn/sluiten", "zeker", "ja"))
		w.Settle()
		exec(t, w, `ALTER TABLE signin_code RENAME TO signin_lost`)
		if p := stranger.Post("/aanmelden", "email", "lepelaartje@vogel.example"); p.Status < 500 {
			t.Errorf("without its table the sign in answers %d", p.Status)
		}
		if w.App.DB.Engine() == db.Postgres {
			exec(t, w, `ALTER TABLE signin_lost RENAME TO signin_code`)
		}

		said := log.text()
		if strings.Count(said, "\n") < 100 || !strings.Contains(said, "request failed") || !strings.Contains(said, "a job failed") {
			t.Fatalf("the log is %.2000s", said)
		}
		rec := httptest.NewRecorder()
		metrics.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		if !strings.Contains(rec.Body.String(), `route="GET /terug/{code}"`) {
			t.Errorf("the figures are %.500s", rec.Body.String())
		}
		for _, mark := range marks {
			for line := range strings.Lines(said) {
				if strings.Contains(strings.ToLower(line), strings.ToLower(mark)) {
					t.Errorf("the log has %s: %.400s", mark, line)
				}
			}
			for line := range strings.Lines(rec.Body.String()) {
				if strings.Contains(line, mark) {
					t.Errorf("the figures have %s: %s", mark, line)
				}
			}
		}
	})
}
