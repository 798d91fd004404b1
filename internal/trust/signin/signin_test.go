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
	"wijkbaak.nl/internal/base/fault"
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

func TestCodeMakesAResident(t *testing.T) {
	each(t, nil, func(t *testing.T, w *world) {
		b := w.browser()
		b.get("/aanmelden")
		b.is(t, http.StatusOK, "")
		step, code, _ := b.ask(t, "nieuw@voorbeeld.nl")
		b.get("/aanmelden/code?stap=" + step)
		b.is(t, http.StatusOK, "")
		if len(b.cookies) != 0 {
			t.Fatalf("cookies before anybody signed in: %v", b.cookies)
		}
		b.post("/aanmelden/code", "stap", step, "code", code)
		b.is(t, http.StatusSeeOther, "/mijn?welkom")
		c := b.last.Result().Cookies()
		if len(c) != 1 || c[0].Name != sessionCookie || !c[0].Secure || !c[0].HttpOnly || c[0].SameSite != http.SameSiteLaxMode || c[0].Path != "/" || c[0].Domain != "" {
			t.Errorf("%+v", c)
		}
		b.get("/mijn")
		b.is(t, http.StatusOK, "")
		if !strings.Contains(b.last.Body.String(), "nieuw@voorbeeld.nl") || b.last.Header().Get("Cache-Control") != "private, no-store" {
			t.Error("not the page of the account, or one that a cache keeps")
		}
		b.post("/mijn", "name", "Ria", "phone", "06 12345678", "language", "nl")
		b.is(t, http.StatusSeeOther, "/mijn?klaar=naam")
		if b.get("/").Body.String() != "\"Ria\"\n" {
			t.Error(b.last.Body)
		}
		// The code is used.
		other := w.browser()
		other.post("/aanmelden/code", "stap", step, "code", code)
		other.is(t, http.StatusUnprocessableEntity, "")
		// The second time it is the same account.
		step, code, _ = other.ask(t, "nieuw@voorbeeld.nl")
		other.post("/aanmelden/code", "stap", step, "code", code, "naar", "/vragen")
		other.is(t, http.StatusSeeOther, "/vragen")
	})
}

func TestLink(t *testing.T) {
	each(t, nil, func(t *testing.T, w *world) {
		b := w.browser()
		_, _, link := b.ask(t, "ans@demo.wijkbaak.example")
		for range 2 { // a mail program looks first
			b.get("/aanmelden/link?sleutel=" + link)
			b.is(t, http.StatusOK, "")
		}
		if len(b.cookies) != 0 {
			t.Error("looking at the link signs in")
		}
		b.post("/aanmelden/link", "sleutel", link)
		b.is(t, http.StatusSeeOther, "/mijn")
		again := w.browser()
		again.post("/aanmelden/link", "sleutel", link)
		again.is(t, http.StatusUnprocessableEntity, "")
		_, _, link = again.ask(t, "ans@demo.wijkbaak.example")
		w.clock.Advance(codeLasts)
		again.post("/aanmelden/link", "sleutel", link)
		again.is(t, http.StatusUnprocessableEntity, "")
		for _, wrong := range []string{"", "x", strings.Repeat("A", secretSize)} {
			again.post("/aanmelden/link", "sleutel", wrong)
			again.is(t, http.StatusUnprocessableEntity, "")
		}
	})
}

// Known, unknown, closed and professional addresses get the same answer, the
// same letter and the same work.
func TestNothingTellsWhetherAnAddressIsKnown(t *testing.T) {
	each(t, nil, func(t *testing.T, w *world) {
		if err := w.people.CloseAccount(w.op, w.by["Yusuf"].ID); err != nil {
			t.Fatal(err)
		}
		secrets := regexp.MustCompile(`[\w-]{43}|\d{3} \d{3}`)
		var answer, letter string
		for _, email := range []string{"onbekend@voorbeeld.nl", "ans@demo.wijkbaak.example", "yusuf@demo.wijkbaak.example", "marieke@demo.wijkbaak.example"} {
			b := w.browser()
			b.post("/aanmelden", "email", email)
			got := strings.Join([]string{http.StatusText(b.last.Code), secrets.ReplaceAllString(b.last.Header().Get("Location"), "…"), b.last.Body.String()}, "\n")
			list := w.mails(t, email)
			if len(list) != 1 {
				t.Fatalf("%s: %d letters", email, len(list))
			}
			mail := secrets.ReplaceAllString(list[0].Subject+"\n"+list[0].Text, "…")
			if answer == "" {
				answer, letter = got, mail
			}
			if got != answer || mail != letter {
				t.Errorf("%s differs:\n%s\n%s", email, got, mail)
			}
			// A wrong code too.
			u, _ := url.Parse(b.last.Header().Get("Location"))
			b.post("/aanmelden/code", "stap", u.Query().Get("stap"), "code", "000 000")
			b.is(t, http.StatusUnprocessableEntity, "")
		}
		b := w.browser()
		b.post("/aanmelden/code", "stap", strings.Repeat("A", secretSize), "code", "123456")
		b.is(t, http.StatusUnprocessableEntity, "") // a step that never was
	})
}

func TestAskingForACodeLooksNobodyUp(t *testing.T) {
	each(t, nil, func(t *testing.T, w *world) {
		err := w.d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, "ALTER TABLE person RENAME TO person_away")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		w.browser().ask(t, "ans@demo.wijkbaak.example")
	})
}

func TestFiveTries(t *testing.T) {
	each(t, func(o *Options) { o.Rate = 0 }, func(t *testing.T, w *world) {
		b := w.browser()
		step, code, _ := b.ask(t, "ans@demo.wijkbaak.example")
		wrong := "000000"
		if digits(code) == wrong {
			wrong = "000001"
		}
		for range codeTries - 1 {
			b.post("/aanmelden/code", "stap", step, "code", wrong)
			b.is(t, http.StatusUnprocessableEntity, "")
		}
		right := w.browser()
		if step, code, _ := right.ask(t, "yusuf@demo.wijkbaak.example"); true {
			right.post("/aanmelden/code", "stap", step, "code", code) // others do not suffer
			right.is(t, http.StatusSeeOther, "/mijn")
		}
		b.post("/aanmelden/code", "stap", step, "code", wrong)
		b.post("/aanmelden/code", "stap", step, "code", code)
		b.is(t, http.StatusUnprocessableEntity, "")
		if len(b.cookies) != 0 {
			t.Error("a cookie after the tries were used up")
		}
	})
}

func TestACodeIsBoundToItsPage(t *testing.T) {
	each(t, nil, func(t *testing.T, w *world) {
		b := w.browser()
		_, code, _ := b.ask(t, "ans@demo.wijkbaak.example")
		other := w.browser()
		step, _, _ := other.ask(t, "aanvaller@voorbeeld.nl")
		other.post("/aanmelden/code", "stap", step, "code", code)
		other.is(t, http.StatusUnprocessableEntity, "")
		// A newer code ends the older one.
		step, code, _ = b.ask(t, "ans@demo.wijkbaak.example")
		newer, newCode, _ := b.ask(t, "ans@demo.wijkbaak.example")
		b.post("/aanmelden/code", "stap", step, "code", code)
		b.is(t, http.StatusUnprocessableEntity, "")
		w.clock.Advance(codeLasts)
		b.post("/aanmelden/code", "stap", newer, "code", newCode)
		b.is(t, http.StatusUnprocessableEntity, "")
	})
}

func TestHowOftenCodesAreSent(t *testing.T) {
	each(t, nil, func(t *testing.T, w *world) {
		sent := 0
		for i := range 40 { // from many networks
			b := w.browser()
			b.address = "192.0.2." + string(rune('1'+i%9)) + string(rune('0'+i/9))
			b.post("/aanmelden", "email", "ans@demo.wijkbaak.example")
			if b.last.Code == http.StatusSeeOther {
				sent++
			} else {
				b.is(t, http.StatusTooManyRequests, "")
				if !strings.Contains(b.last.Body.String(), `value="ans@demo.wijkbaak.example"`) {
					t.Fatal("what was typed is lost")
				}
			}
		}
		if sent != codesHour {
			t.Errorf("%d codes within an hour", sent)
		}
		for range 30 {
			w.clock.Advance(time.Hour)
			b := w.browser()
			b.post("/aanmelden", "email", "ans@demo.wijkbaak.example")
			if b.last.Code == http.StatusSeeOther {
				sent++
			}
			if sent > codesDay {
				if w.clock.Now().Sub(begin) < codesKept {
					t.Fatal("too many within a day")
				}
				break
			}
		}
		b := w.browser() // many addresses from one network
		b.address = "198.51.100.1"
		refused := 0
		for i := range 15 {
			b.post("/aanmelden", "email", "iemand"+string(rune('a'+i))+"@voorbeeld.nl")
			if b.last.Code == http.StatusTooManyRequests {
				refused++
			}
		}
		if refused != 5 {
			t.Errorf("%d refused", refused)
		}
	})
}

func TestWrongAddress(t *testing.T) {
	each(t, nil, func(t *testing.T, w *world) {
		for _, email := range []string{"", "ans", "ans@voorbeeld.nl\r\nBcc: x@y.nl", strings.Repeat("a", 300) + "@b.nl", "\xff@b.nl", "<script>@b.nl"} {
			b := w.browser()
			b.post("/aanmelden", "email", email)
			b.is(t, http.StatusUnprocessableEntity, "")
			if strings.Contains(b.last.Body.String(), "<script>@") {
				t.Error("what was typed is not escaped")
			}
		}
	})
}

func TestFixation(t *testing.T) {
	each(t, nil, func(t *testing.T, w *world) {
		attacker := w.browser()
		step, code, _ := attacker.ask(t, "aanvaller@voorbeeld.nl")
		attacker.post("/aanmelden/code", "stap", step, "code", code)
		planted := attacker.cookies[sessionCookie]

		victim := w.browser()
		victim.cookies[sessionCookie] = planted
		step, code, _ = victim.ask(t, "ans@demo.wijkbaak.example")
		victim.post("/aanmelden/code", "stap", step, "code", code)
		victim.is(t, http.StatusSeeOther, "/mijn")
		if victim.cookies[sessionCookie] == planted {
			t.Error("the cookie stays the same")
		}
		if attacker.get("/").Body.String() != "\"\"\n" {
			t.Errorf("the planted session lives: %s", attacker.last.Body)
		}
	})
}

func TestSignOut(t *testing.T) {
	each(t, nil, func(t *testing.T, w *world) {
		b := w.browser()
		b.post("/aanmelden/demo", "persoon", w.by["Marieke"].ID)
		b.is(t, http.StatusSeeOther, "/mijn")
		if b.get("/werkbank").Code != http.StatusOK {
			t.Error("the demo does not pass the second factor")
		}
		kept := b.cookies[sessionCookie]
		b.post("/afmelden")
		b.is(t, http.StatusSeeOther, "/")
		if len(b.cookies) != 0 {
			t.Error("the cookie stays")
		}
		b.cookies[sessionCookie] = kept
		if b.get("/werkbank").Code != http.StatusForbidden {
			t.Error("the session lives")
		}
		w.browser().post("/afmelden") // without a cookie

		one, two := w.browser(), w.browser()
		one.post("/aanmelden/demo", "persoon", w.by["Tom"].ID)
		two.post("/aanmelden/demo", "persoon", w.by["Tom"].ID)
		one.post("/mijn/overal-afmelden")
		one.is(t, http.StatusSeeOther, "/")
		if two.get("/werkbank").Code != http.StatusForbidden {
			t.Error("the other session lives")
		}
	})
}

func TestDemoOnlyInTheDemo(t *testing.T) {
	each(t, func(o *Options) { o.Demo = false }, func(t *testing.T, w *world) {
		b := w.browser()
		if b.post("/aanmelden/demo", "persoon", w.by["Ans"].ID).Code != http.StatusNotFound {
			t.Errorf("status %d", b.last.Code)
		}
		if strings.Contains(b.get("/aanmelden").Body.String(), "Marieke") {
			t.Error("the accounts of the demo are shown")
		}
	})
	each(t, nil, func(t *testing.T, w *world) {
		p, err := w.people.AddPerson(w.op, people.NewPerson{Name: "Echt"})
		if err != nil {
			t.Fatal(err)
		}
		if b := w.browser(); b.post("/aanmelden/demo", "persoon", p.ID).Code != http.StatusNotFound {
			t.Error("a real person is entered by one press")
		}
	})
}

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

func TestProfessionalSetsUpAnApp(t *testing.T) {
	each(t, nil, func(t *testing.T, w *world) {
		b := w.half(t)
		for _, path := range []string{"/werkbank", "/mijn", "/mijn/gegevens"} {
			if b.get(path).Code != http.StatusForbidden {
				t.Errorf("%s is open with half a session: %d", path, b.last.Code)
			}
		}
		before := b.cookies[sessionCookie]
		secret := b.app(t)
		b.post("/aanmelden/extra", "code", "000000", "naar", "/werkbank")
		b.is(t, http.StatusUnprocessableEntity, "")
		code := totpCode(secret, totpStep(w.clock.Now()))
		b.post("/aanmelden/extra", "code", code, "naar", "/werkbank")
		b.is(t, http.StatusSeeOther, "/werkbank")
		if b.get("/werkbank").Code != http.StatusOK || b.cookies[sessionCookie] == before {
			t.Error("not let in, or under the same cookie")
		}
		// The next time the app is asked for, and the used code is refused.
		b = w.half(t)
		if b.post("/aanmelden/extra/app").Code != http.StatusForbidden {
			t.Error("half a session may set up another app")
		}
		b.get("/aanmelden/extra")
		if secretIn.MatchString(b.last.Body.String()) {
			t.Error("the secret is shown again")
		}
		b.post("/aanmelden/extra", "code", code)
		b.is(t, http.StatusUnprocessableEntity, "")
		w.clock.Advance(totpPeriod * time.Second)
		b.post("/aanmelden/extra", "code", totpCode(secret, totpStep(w.clock.Now())))
		b.is(t, http.StatusSeeOther, "/mijn")
	})
}

func TestCodesOfTheAppAreNotGuessed(t *testing.T) {
	each(t, nil, func(t *testing.T, w *world) {
		b := w.half(t)
		secret := b.app(t)
		b.post("/aanmelden/extra", "code", totpCode(secret, totpStep(w.clock.Now())))
		b = w.half(t)
		w.clock.Advance(totpPeriod * time.Second)
		for range totpFails {
			b.post("/aanmelden/extra", "code", "12345") // never right
			b.is(t, http.StatusUnprocessableEntity, "")
		}
		b.post("/aanmelden/extra", "code", totpCode(secret, totpStep(w.clock.Now())))
		b.is(t, http.StatusTooManyRequests, "")
		w.clock.Advance(totpLocked)
		b = w.half(t)
		b.post("/aanmelden/extra", "code", totpCode(secret, totpStep(w.clock.Now())))
		b.is(t, http.StatusSeeOther, "/mijn")
		refused, err := db.One(t.Context(), w.d, db.Value[int], "SELECT COUNT(*) FROM audit_event WHERE kind = 'signin.factor.app' AND outcome = 'refused'")
		if err != nil || refused != totpFails {
			t.Errorf("%d refusals in the log, %v", refused, err)
		}
	})
}

func TestExtraIsForWhoPassedTheFirstStep(t *testing.T) {
	each(t, nil, func(t *testing.T, w *world) {
		b := w.browser()
		for _, code := range []int{
			b.get("/aanmelden/extra").Code, b.post("/aanmelden/extra", "code", "1").Code, b.post("/aanmelden/extra/app").Code,
			b.json("/aanmelden/sleutel/nieuw/begin", struct{}{}).Code, b.json("/aanmelden/sleutel/nieuw", struct{}{}).Code,
		} {
			if code != http.StatusForbidden {
				t.Errorf("status %d", code)
			}
		}
		// Half a session ends by itself.
		b = w.half(t)
		w.clock.Advance(15 * time.Minute)
		if b.get("/aanmelden/extra").Code != http.StatusForbidden {
			t.Error("half a session lives too long")
		}
	})
}

func TestResetSecondFactor(t *testing.T) {
	each(t, nil, func(t *testing.T, w *world) {
		b := w.half(t)
		secret := b.app(t)
		b.post("/aanmelden/extra", "code", totpCode(secret, totpStep(w.clock.Now())))
		marieke := w.by["Marieke"].ID
		if err := w.ResetSecondFactor(access.With(t.Context(), access.Actor{Person: marieke}), marieke); fault.KindOf(err) != fault.KindDenied {
			t.Error(err)
		}
		op := w.browser()
		op.post("/aanmelden/demo", "persoon", w.by["Beheer"].ID)
		op.post("/beheer/mensen/" + marieke + "/extra-weg")
		op.is(t, http.StatusSeeOther, "/beheer/mensen/"+marieke)
		if b.get("/werkbank").Code != http.StatusForbidden {
			t.Error("the session lives")
		}
		if b = w.half(t); !strings.Contains(b.get("/aanmelden/extra").Body.String(), "/aanmelden/extra/app") {
			t.Error("not led to set up a new one")
		}
	})
}

func TestClosedAccount(t *testing.T) {
	each(t, nil, func(t *testing.T, w *world) {
		b := w.browser()
		step, code, _ := b.ask(t, "ans@demo.wijkbaak.example")
		b.post("/aanmelden/code", "stap", step, "code", code)
		if err := w.people.CloseAccount(w.op, w.by["Ans"].ID); err != nil {
			t.Fatal(err)
		}
		if b.get("/mijn").Code != http.StatusForbidden {
			t.Error("a closed account is open")
		}
		step, code, _ = b.ask(t, "ans@demo.wijkbaak.example")
		b.post("/aanmelden/code", "stap", step, "code", code)
		b.is(t, http.StatusConflict, "")
	})
}

func TestNewEmail(t *testing.T) {
	each(t, nil, func(t *testing.T, w *world) {
		b := w.browser()
		step, code, _ := b.ask(t, "ans@demo.wijkbaak.example")
		b.post("/aanmelden/code", "stap", step, "code", code)
		b.post("/mijn/e-mail", "email", "ans@elders.example")
		b.is(t, http.StatusSeeOther, "/mijn/e-mail?stap=")
		u, _ := url.Parse(b.last.Header().Get("Location"))
		list := w.mails(t, "ans@elders.example")
		code = codeIn.FindString(list[0].Text)
		if strings.Contains(list[0].Text, "/aanmelden/link") {
			t.Error("the letter signs in")
		}
		// Nobody else can use it, and it does not sign in.
		other := w.browser()
		other.post("/aanmelden/code", "stap", u.Query().Get("stap"), "code", code)
		other.is(t, http.StatusUnprocessableEntity, "")
		other.post("/aanmelden/demo", "persoon", w.by["Yusuf"].ID)
		b.post("/mijn/e-mail/code", "stap", u.Query().Get("stap"), "code", code)
		b.is(t, http.StatusSeeOther, "/mijn?klaar=email")
		p, err := w.people.ByEmail(t.Context(), w.d, "ans@elders.example")
		if err != nil || p.ID != w.by["Ans"].ID {
			t.Errorf("%+v %v", p, err)
		}
		other.post("/mijn/e-mail", "email", "ans@elders.example")
		u, _ = url.Parse(other.last.Header().Get("Location"))
		list = w.mails(t, "ans@elders.example")
		other.post("/mijn/e-mail/code", "stap", u.Query().Get("stap"), "code", codeIn.FindString(list[len(list)-1].Text))
		other.is(t, http.StatusUnprocessableEntity, "") // it belongs to somebody
	})
}

func TestMyDataAndClosing(t *testing.T) {
	each(t, nil, func(t *testing.T, w *world) {
		b := w.browser()
		b.post("/aanmelden/demo", "persoon", w.by["Ans"].ID)
		b.app(t)
		b.get("/mijn/gegevens")
		b.is(t, http.StatusOK, "")
		body := b.last.Body.String()
		if !strings.Contains(body, "ans@demo.wijkbaak.example") || !strings.Contains(b.last.Header().Get("Content-Disposition"), "mijn-gegevens.json") {
			t.Errorf("%s", body)
		}
		b.post("/mijn/sluiten")
		b.is(t, http.StatusUnprocessableEntity, "")
		b.post("/mijn/sluiten", "zeker", "ja")
		b.is(t, http.StatusOK, "")
		if len(b.cookies) != 0 {
			t.Error("the cookie stays")
		}
		for _, table := range []string{"person WHERE name = 'Ans'", "totp", "signin_code", "session"} {
			n, err := db.One(t.Context(), w.d, db.Value[int], "SELECT COUNT(*) FROM "+table)
			if err != nil || n != 0 {
				t.Errorf("%d rows left in %s, %v", n, table, err)
			}
		}
		op := w.browser()
		op.post("/aanmelden/demo", "persoon", w.by["Beheer"].ID)
		op.post("/mijn/sluiten", "zeker", "ja")
		op.is(t, http.StatusConflict, "")
	})
}

func TestOthersThingsAreNotThere(t *testing.T) {
	each(t, nil, func(t *testing.T, w *world) {
		ans, yusuf := w.browser(), w.browser()
		ans.post("/aanmelden/demo", "persoon", w.by["Ans"].ID)
		yusuf.post("/aanmelden/demo", "persoon", w.by["Yusuf"].ID)
		list, err := w.people.Sessions(t.Context(), w.d, w.by["Ans"].ID)
		if err != nil {
			t.Fatal(err)
		}
		if yusuf.post("/mijn/sessies/"+list[0].ID+"/weg").Code != http.StatusNotFound {
			t.Errorf("status %d", yusuf.last.Code)
		}
		if yusuf.post("/mijn/sleutels/x/weg").Code != http.StatusNotFound {
			t.Errorf("status %d", yusuf.last.Code)
		}
		ans.post("/mijn/sessies/" + list[0].ID + "/weg")
		ans.is(t, http.StatusSeeOther, "/mijn?klaar=sessie")
	})
}

func TestPlans(t *testing.T) {
	each(t, nil, func(t *testing.T, w *world) {
		for _, p := range w.Room().Plans {
			if err := w.d.CheckPlan(t.Context(), p); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestPagesInEnglish(t *testing.T) {
	each(t, nil, func(t *testing.T, w *world) {
		b := w.browser()
		b.get("/en/aanmelden")
		b.is(t, http.StatusOK, "")
		if !strings.Contains(b.last.Body.String(), "Send me a code") {
			t.Error("not in English")
		}
		b.post("/en/aanmelden", "email", "new@example.nl")
		b.is(t, http.StatusSeeOther, "/en/aanmelden/code?stap=")
		m := w.mails(t, "new@example.nl")[0]
		if !strings.Contains(m.Text, "Your code is") || !strings.Contains(m.Text, "https://vraag.example.nl/en/aanmelden/link?") {
			t.Error(m.Text)
		}
	})
}

func TestScript(t *testing.T) {
	each(t, nil, func(t *testing.T, w *world) {
		b := w.browser()
		b.get("/aanmelden/bestanden/passkey.js")
		if b.last.Code != http.StatusOK || !strings.HasPrefix(b.last.Header().Get("Content-Type"), "text/javascript") {
			t.Errorf("%d %v", b.last.Code, b.last.Header())
		}
		for _, path := range []string{"x.js", "..%2fmigrations%2f0001_signin.sql"} {
			if b.get("/aanmelden/bestanden/"+path).Code != http.StatusNotFound {
				t.Errorf("%s: %d", path, b.last.Code)
			}
		}
	})
}
