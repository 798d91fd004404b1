package signin

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/base/room"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
	"wijkbaak.nl/internal/trust/people"
)

var begin = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// world is the two rooms behind a real router, with a real database and log.
type world struct {
	*Service
	t      *testing.T
	d      *db.DB
	clock  *clock.Fake
	people *people.Service
	router *web.Router
	op     context.Context
	by     map[string]people.Listing
}

func each(t *testing.T, change func(*Options), f func(t *testing.T, w *world)) {
	t.Helper()
	steps := []db.Migrations{jobs.Migrations, audit.Migrations, people.Migrations, Migrations}
	dbtest.Each(t, steps, func(t *testing.T, d *db.DB) { f(t, newWorld(t, d, change)) })
}

func newWorld(t *testing.T, d *db.DB, change func(*Options)) *world {
	c := clock.NewFake(begin)
	ids := id.New(c)
	secret, _, err := note.GenerateKey(rand.Reader, "test")
	if err != nil {
		t.Fatal(err)
	}
	key, err := audit.ParseKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	events, err := audit.New(audit.Options{DB: d, Clock: c, IDs: ids, Source: "test", Node: "one", Key: key})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, d: d, clock: c, by: map[string]people.Listing{}, op: access.With(t.Context(), people.Shell())}
	w.people = people.New(d, c, ids, people.Options{Audit: events, Secure: true, DemoPlace: "/0153/WK01"})
	o := Options{People: w.people, Audit: events, Origin: "https://vraag.example.nl", Place: "Wijkbaak Test", Demo: true, Rate: 1,
		Rooms: func() []room.Room { return []room.Room{w.people.Room(), w.Room()} }}
	if change != nil {
		change(&o)
	}
	if w.Service, err = New(d, c, ids, o); err != nil {
		t.Fatal(err)
	}
	if err := w.people.Room().Demo(t.Context()); err != nil {
		t.Fatal(err)
	}
	list, err := w.people.DemoAccounts(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range list {
		w.by[l.Name] = l
	}
	rooms := []room.Room{w.people.Room(), w.Room()}
	words, err := i18n.New(append(room.Words(rooms), web.Locales, ui.Locales)...)
	if err != nil {
		t.Fatal(err)
	}
	w.router = web.NewRouter(web.Options{Clock: c, Catalog: words, Secure: true, Enter: w.people.Enter, DataVersion: d.Version})
	for _, r := range rooms {
		w.router.Handle(r.Routes...)
	}
	w.router.Handle(web.Get("/werkbank", access.Has(access.Coach), func(rw http.ResponseWriter, r *http.Request) error {
		return web.JSON(rw, r, http.StatusOK, access.Of(r.Context()).Name)
	}), web.Get("/{$}", access.Public, func(rw http.ResponseWriter, r *http.Request) error {
		return web.JSON(rw, r, http.StatusOK, access.Of(r.Context()).Name)
	}))
	return w
}

// browser keeps cookies as a browser does.
type browser struct {
	w       *world
	cookies map[string]string
	address string
	last    *httptest.ResponseRecorder
}

func (w *world) browser() *browser {
	return &browser{w: w, cookies: map[string]string{}, address: "192.0.2.1"}
}

func (b *browser) send(r *http.Request) *httptest.ResponseRecorder {
	r.RemoteAddr = b.address + ":1234"
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	rec := httptest.NewRecorder()
	b.w.router.ServeHTTP(rec, r)
	for _, c := range rec.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		} else {
			b.cookies[c.Name] = c.Value
		}
	}
	b.last = rec
	return rec
}

func (b *browser) get(path string) *httptest.ResponseRecorder {
	return b.send(httptest.NewRequest(http.MethodGet, path, nil))
}

func (b *browser) post(path string, pairs ...string) *httptest.ResponseRecorder {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(r)
}

func (b *browser) json(path string, body any) *httptest.ResponseRecorder {
	text, err := json.Marshal(body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(string(text)))
	r.Header.Set("Content-Type", "application/json")
	return b.send(r)
}

// is checks the last answer: its status, and where it sends to ("" for nowhere).
func (b *browser) is(t *testing.T, status int, to string) {
	t.Helper()
	got := b.last.Header().Get("Location")
	if b.last.Code != status || !strings.HasPrefix(got, to) || to == "" && got != "" {
		body := b.last.Body.String()
		t.Fatalf("status %d to %q, want %d to %q\n%s", b.last.Code, got, status, to, body[:min(len(body), 600)])
	}
}

// mails gives the letters that wait to be sent to an address, the newest last.
func (w *world) mails(t *testing.T, to string) []mail.Message {
	t.Helper()
	all, err := db.All(t.Context(), w.d, db.Value[db.JSON[mail.Message]], "SELECT payload FROM job WHERE kind = 'mail.send' ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	var list []mail.Message
	for _, m := range all {
		if m.V.To == to {
			list = append(list, m.V)
		}
	}
	return list
}

var (
	codeIn = regexp.MustCompile(`\d{3} \d{3}`)
	linkIn = regexp.MustCompile(`sleutel=([\w-]+)`)
)

// ask asks for a code and gives the step, the code and the key of the link.
func (b *browser) ask(t *testing.T, email string) (step, code, link string) {
	t.Helper()
	b.post("/aanmelden", "email", email)
	b.is(t, http.StatusSeeOther, "/aanmelden/code?stap=")
	u, err := url.Parse(b.last.Header().Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	list := b.w.mails(t, email)
	text := list[len(list)-1].Text
	return u.Query().Get("stap"), codeIn.FindString(text), linkIn.FindStringSubmatch(text)[1]
}

const sessionCookie = "__Host-wijkbaak"

// coach gives a browser in which Marieke has passed the first step.
func (w *world) half(t *testing.T) *browser {
	t.Helper()
	b := w.browser()
	step, code, _ := b.ask(t, "marieke@demo.wijkbaak.example")
	b.post("/aanmelden/code", "stap", step, "code", code, "naar", "/werkbank")
	b.is(t, http.StatusSeeOther, "/aanmelden/extra?naar=%2Fwerkbank")
	return b
}

var secretIn = regexp.MustCompile(`<code>([A-Z2-7 ]+)</code>`)

// app sets up an authenticator app and gives its secret.
func (b *browser) app(t *testing.T) []byte {
	t.Helper()
	b.post("/aanmelden/extra/app", "naar", "/werkbank")
	b.is(t, http.StatusSeeOther, "/aanmelden/extra?naar=")
	b.get(b.last.Header().Get("Location"))
	b.is(t, http.StatusOK, "")
	found := secretIn.FindStringSubmatch(b.last.Body.String())
	if found == nil || !strings.Contains(b.last.Body.String(), "<svg") {
		t.Fatal("no secret on the page")
	}
	secret, err := totpBase32.DecodeString(strings.ReplaceAll(found[1], " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// link joins an identity at a provider to a person.
func (w *world) link(t *testing.T, issuer, subject, person string) error {
	t.Helper()
	return w.d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, insertIdentity, issuer, subject, person, db.At(begin))
		return err
	})
}

// raw sends a body that may be no JSON.
func (b *browser) raw(path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return b.send(r)
}

// noFlows checks that no step waits for an answer any more.
func (w *world) noFlows(t *testing.T) {
	t.Helper()
	n, err := db.One(t.Context(), w.d, db.Value[int], "SELECT COUNT(*) FROM signin_flow")
	if err != nil || n != 0 {
		t.Errorf("%d steps wait after they were answered, %v", n, err)
	}
}
