package people

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/room"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

// pages is the room behind a real router, for somebody who is signed in.
type pages struct {
	router *web.Router
	cookie *http.Cookie
	last   *httptest.ResponseRecorder
}

func (w *world) pages(t *testing.T, name string) *pages {
	t.Helper()
	rooms := []room.Room{w.Room()}
	words, err := i18n.New(append(room.Words(rooms), web.Locales, ui.Locales)...)
	if err != nil {
		t.Fatal(err)
	}
	p := &pages{router: web.NewRouter(web.Options{Clock: w.clock, Catalog: words, Secure: true, Enter: w.Enter, DataVersion: w.d.Version})}
	p.router.Handle(w.Room().Routes...)
	if name != "" {
		s := w.begin(t, Entry{Person: w.by[name].ID, Method: ByPasskey, SecondFactor: true}, "")
		p.cookie = &http.Cookie{Name: w.CookieName(), Value: s.Secret}
	}
	return p
}

func (p *pages) send(method, path string, pairs ...string) *httptest.ResponseRecorder {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(method, path, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if p.cookie != nil {
		r.AddCookie(p.cookie)
	}
	p.last = httptest.NewRecorder()
	p.router.ServeHTTP(p.last, r)
	return p.last
}

func (p *pages) is(t *testing.T, status int, holds ...string) {
	t.Helper()
	if p.last.Code != status {
		t.Fatalf("status %d, want %d: %s", p.last.Code, status, p.last.Body)
	}
	for _, text := range holds {
		if !strings.Contains(p.last.Body.String(), text) {
			t.Errorf("no %q on the page", text)
		}
	}
}

func TestPagesAreForTheOperator(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, name := range []string{"", "Ans", "Tom", "Sanne"} {
			p := w.pages(t, name)
			for _, route := range w.Room().Routes {
				if name == "Tom" && strings.HasSuffix(route.Pattern, "/dienst") {
					continue // a coach may, for the own role
				}
				path := strings.ReplaceAll(route.Pattern, "{id}", w.by["Marieke"].ID)
				if got := p.send(route.Method, path).Code; got != http.StatusForbidden {
					t.Errorf("%s %s answers %d to %q", route.Method, path, got, name)
				}
			}
		}
	})
}

func TestOperatorAddsSomebody(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.pages(t, "Beheer")
		p.send("GET", "/beheer/mensen")
		p.is(t, 200, "Marieke", "zorgverlener bij Huisartsenpraktijk De Linde (demo)", "coöperatie")
		if p.last.Header().Get("Cache-Control") != "private, no-store" {
			t.Error("a cache may keep the page")
		}
		p.send("GET", "/beheer/mensen?q=mar")
		p.is(t, 200, "Marieke")
		if strings.Contains(p.last.Body.String(), "Yusuf") {
			t.Error("the search finds everybody")
		}
		p.send("GET", "/beheer/mensen?q=%3Cb%3Eniemand")
		p.is(t, 200, "Niemand gevonden", "&lt;b&gt;niemand")
		p.send("POST", "/beheer/mensen", "name", "<b>Els</b>", "email", "geen adres", "phone", "x")
		p.is(t, 422, "&lt;b&gt;Els&lt;/b&gt;", "geen goed e-mailadres", "geen goed telefoonnummer")
		p.send("POST", "/beheer/mensen", "name", "Els", "email", "els@voorbeeld.nl", "language", "nl")
		p.is(t, 303)
		at := p.last.Header().Get("Location")
		p.send("GET", at)
		p.is(t, 200, "Els", "Deze persoon heeft geen rol.")
		org := w.by["Marieke"].Grants[0].Organisation
		p.send("POST", at+"/rol", "role", "burgemeester", "organisation", org)
		p.is(t, 422, "Kies een rol.")
		p.send("POST", at+"/rol", "role", "coach", "organisation", "x")
		p.is(t, 422, "Kies een organisatie.")
		p.send("POST", at+"/rol", "role", "coach", "organisation", org, "place", "../x")
		p.is(t, 422, "Vul een plek in")
		p.send("POST", at+"/rol", "role", "coach", "organisation", org, "duty", "ja")
		p.is(t, 303)
		p.send("GET", at)
		p.is(t, 200, "wijkcoach bij Wijkteam De Lindes (demo)", "heeft dienst")
		grant := regexp.MustCompile(`/beheer/rollen/([\w-]+)/einde`).FindStringSubmatch(p.last.Body.String())[1]
		p.send("POST", "/beheer/rollen/"+grant+"/dienst")
		p.is(t, 303)
		if p.send("GET", at); strings.Contains(p.last.Body.String(), "heeft dienst") {
			t.Error("still on duty")
		}
		p.send("POST", "/beheer/rollen/"+grant+"/einde")
		p.is(t, 303)
		p.send("GET", at)
		p.is(t, 200, "Rollen van vroeger")
		p.send("POST", at+"/sluiten")
		p.is(t, 303)
		p.send("GET", at)
		p.is(t, 200, "gesloten", "Open dit account weer")
		p.send("POST", at+"/rol", "role", "coach", "organisation", org)
		p.is(t, 409, "Dit account is gesloten.")
		p.send("POST", at+"/heropenen")
		p.is(t, 303)
		p.send("POST", "/beheer/organisaties", "organisation_name", "", "kind", "team", "place", "/0153")
		p.is(t, 422)
		p.send("POST", "/beheer/organisaties", "organisation_name", "Buurthuis (demo)", "kind", "welfare", "place", "/0153")
		p.is(t, 303)
		p.send("POST", "/beheer/mensen/"+w.by["Beheer"].ID+"/sluiten")
		p.is(t, 409, "laatste beheerder")
		p.send("GET", "/beheer/mensen/niemand")
		p.is(t, 404)
	})
}

func TestCoachGoesOnDuty(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.pages(t, "Tom")
		p.send("POST", "/beheer/rollen/"+w.by["Tom"].Grants[0].ID+"/dienst", "aan", "ja")
		p.is(t, 303)
		if p.last.Header().Get("Location") != "/mijn" {
			t.Error(p.last.Header().Get("Location"))
		}
		p.send("POST", "/beheer/rollen/"+w.by["Marieke"].Grants[0].ID+"/dienst")
		p.is(t, 404)
		m, ok, err := w.OnDuty(t.Context(), w.d, "/0153/WK01")
		if err != nil || !ok || m.Name != "Marieke" {
			t.Errorf("%v %v %v", m.Name, ok, err)
		}
		p.send("POST", "/beheer/rollen/"+w.by["Sanne"].Grants[0].ID+"/dienst", "aan", "ja")
		p.is(t, 404)
	})
}

func TestTokenIsShownOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.pages(t, "Beheer")
		org := w.by["Tom"].Grants[0].Organisation
		p.send("POST", "/beheer/tokens", "name", "Website", "organisation", org, "days", "0")
		p.is(t, 422, "Kies waar de sleutel voor is.", "van 1 tot en met 366", `value="Website"`)
		p.send("POST", "/beheer/tokens", "name", "Website", "organisation", org, "days", "30", "scopes", "questions:write")
		p.is(t, 200, "U ziet hem maar één keer")
		secret := regexp.MustCompile(`wbk_[\w-]{43}`).FindString(p.last.Body.String())
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Authorization", "Bearer "+secret)
		r, err := w.Enter(httptest.NewRecorder(), r)
		if err != nil || access.Of(r.Context()).Organisation != org {
			t.Errorf("%+v %v", access.Of(r.Context()), err)
		}
		p.send("GET", "/beheer/tokens")
		p.is(t, 200, "Website", "questions:write")
		if strings.Contains(p.last.Body.String(), secret) {
			t.Error("the token is shown again")
		}
		id := regexp.MustCompile(`/beheer/tokens/([\w-]+)/weg`).FindStringSubmatch(p.last.Body.String())[1]
		p.send("POST", "/beheer/tokens/"+id+"/weg")
		p.is(t, 303)
		p.send("GET", "/beheer/tokens")
		p.is(t, 200, "Er zijn nog geen sleutels.")
	})
}
