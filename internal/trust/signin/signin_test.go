package signin

import (
	"archive/zip"
	"io/fs"
	"net/http"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/people"
)

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
		for _, r := range w.Room().Routes {
			if r.Pattern == "/aanmelden/demo" {
				t.Error("there is a route for it")
			}
		}
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

func TestProfessionalSetsUpAnApp(t *testing.T) {
	each(t, nil, func(t *testing.T, w *world) {
		b, elsewhere := w.half(t), w.half(t)
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
		if elsewhere.get("/aanmelden/extra").Code != http.StatusForbidden {
			t.Error("a session that began without the second factor lives on")
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
		// The operator of a place reaches neither who works elsewhere nor a resident.
		far := access.With(t.Context(), access.Actor{Person: "p", SecondFactor: true, Grants: []access.Grant{{Role: access.Operator, Place: "/0200"}}})
		for _, name := range []string{"Marieke", "Ans"} {
			if err := w.ResetSecondFactor(far, w.by[name].ID); fault.KindOf(err) != fault.KindNotFound {
				t.Errorf("%s: %v", name, err)
			}
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

func TestMyDataAndClosing(t *testing.T) {
	each(t, nil, func(t *testing.T, w *world) {
		b := w.browser()
		b.post("/aanmelden/demo", "persoon", w.by["Ans"].ID)
		b.app(t)
		b.get("/mijn/gegevens")
		b.is(t, http.StatusOK, "")
		body := b.last.Body.String()
		z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
		if err != nil || !strings.Contains(b.last.Header().Get("Content-Disposition"), "mijn-gegevens.zip") {
			t.Fatal(err, b.last.Header())
		}
		for _, name := range []string{dataPage, dataJSON} {
			if file, err := fs.ReadFile(z, name); err != nil || !strings.Contains(string(file), "ans@demo.wijkbaak.example") {
				t.Errorf("%s: %v %s", name, err, file)
			}
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
