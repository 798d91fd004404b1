package signin

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/db"
)

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
		// A stranger who asks for a code does not undo the one being typed.
		step, code, _ = b.ask(t, "ans@demo.wijkbaak.example")
		strange, strangeCode, _ := other.ask(t, "ans@demo.wijkbaak.example")
		b.post("/aanmelden/code", "stap", step, "code", code)
		b.is(t, http.StatusSeeOther, "/mijn")
		// Once one was right, the others are used.
		other.post("/aanmelden/code", "stap", strange, "code", strangeCode)
		other.is(t, http.StatusUnprocessableEntity, "")
		b = w.browser()
		step, code, _ = b.ask(t, "ans@demo.wijkbaak.example")
		w.clock.Advance(codeLasts)
		b.post("/aanmelden/code", "stap", step, "code", code)
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
		other.post("/mijn/e-mail/code", "stap", u.Query().Get("stap"), "code", code)
		other.is(t, http.StatusUnprocessableEntity, "")
		b.post("/mijn/e-mail/code", "stap", u.Query().Get("stap"), "code", code)
		b.is(t, http.StatusSeeOther, "/mijn?klaar=email")
		p, err := w.people.ByEmail(t.Context(), w.d, "ans@elders.example")
		if err != nil || p.ID != w.by["Ans"].ID {
			t.Errorf("%+v %v", p, err)
		}
		list = w.mails(t, "ans@demo.wijkbaak.example")
		if told := list[len(list)-1]; !strings.Contains(told.Text, "is veranderd") || strings.Contains(told.Text+told.HTML, "elders") {
			t.Errorf("the old address hears %q", told.Text)
		}
		other.post("/mijn/e-mail", "email", "ans@elders.example")
		u, _ = url.Parse(other.last.Header().Get("Location"))
		list = w.mails(t, "ans@elders.example")
		other.post("/mijn/e-mail/code", "stap", u.Query().Get("stap"), "code", codeIn.FindString(list[len(list)-1].Text))
		other.is(t, http.StatusUnprocessableEntity, "") // it belongs to somebody
	})
}

func TestWhatIsKeptOfACode(t *testing.T) {
	if string(codeHash("een", "123456")) == string(codeHash("twee", "123456")) {
		t.Error("six digits alone make the hash: whoever reads it has the code")
	}
	each(t, nil, func(t *testing.T, w *world) {
		step, code, link := w.browser().ask(t, "ans@demo.wijkbaak.example")
		kept, err := db.One(t.Context(), w.d, func(s db.Scanner) ([3][]byte, error) {
			var v [3][]byte
			return v, s.Scan(&v[0], &v[1], &v[2])
		}, "SELECT step_hash, code_hash, link_hash FROM signin_code")
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{step, digits(code), link} {
			for _, b := range kept {
				if strings.Contains(string(b), secret) || len(b) != 32 {
					t.Errorf("%x is kept", b)
				}
			}
		}
	})
}
