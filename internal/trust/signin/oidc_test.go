package signin

import (
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/oauth2-proxy/mockoidc"
)

// strongUser comes with a level.
type strongUser struct {
	*mockoidc.MockUser
	acr string
}

func (u strongUser) Claims(scope []string, base *mockoidc.IDTokenClaims) (jwt.Claims, error) {
	return struct {
		*mockoidc.IDTokenClaims
		ACR string `json:"acr"`
	}{base, u.acr}, nil
}

func eachOIDC(t *testing.T, f func(t *testing.T, w *world, m *mockoidc.MockOIDC)) {
	mockoidc.NowFunc = func() time.Time { return begin }
	m, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Shutdown() }) //nolint:errcheck // the test is over
	each(t, func(o *Options) {
		o.Demo = true
		o.OIDC = []Provider{{Key: "proef", Name: "Proef", Issuer: m.Issuer(), ClientID: m.ClientID, ClientSecret: m.ClientSecret,
			Scopes: []string{"email", "profile"}, Strong: []string{"hoog"}}}
	}, func(t *testing.T, w *world) { f(t, w, m) })
}

// visit goes to the provider and gives the address it sends back to.
func (b *browser) visit(t *testing.T, m *mockoidc.MockOIDC, user mockoidc.User) *url.URL {
	t.Helper()
	b.get("/aanmelden/oidc/proef?naar=/vragen")
	b.is(t, http.StatusSeeOther, m.AuthorizationEndpoint())
	for _, want := range []string{"code_challenge_method=S256", "nonce=", "state=", "response_type=code"} {
		if !strings.Contains(b.last.Header().Get("Location"), want) {
			t.Errorf("no %s in %s", want, b.last.Header().Get("Location"))
		}
	}
	m.QueueUser(user)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Timeout: 5 * time.Second}
	answer, err := client.Get(b.last.Header().Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close() //nolint:errcheck,gosec // nothing is in it
	back, err := url.Parse(answer.Header.Get("Location"))
	if err != nil || back.Scheme+"://"+back.Host != b.w.o.Origin {
		t.Fatalf("%v %v", back, err)
	}
	return back
}

func resident(email string, verified bool) *mockoidc.MockUser {
	return &mockoidc.MockUser{Subject: "sub-" + email, Email: email, EmailVerified: verified}
}

func TestOIDC(t *testing.T) {
	eachOIDC(t, func(t *testing.T, w *world, m *mockoidc.MockOIDC) {
		b := w.browser()
		if b.get("/aanmelden"); len(b.cookies) != 0 || !strings.Contains(b.last.Body.String(), "/aanmelden/oidc/proef") {
			t.Fatal("a cookie too early, or no link")
		}
		back := b.visit(t, m, resident("nieuw@voorbeeld.nl", true))
		c := b.last.Result().Cookies()
		if len(c) != 1 || c[0].Name != "__Host-wijkbaak-stap" || !c[0].Secure || !c[0].HttpOnly || c[0].SameSite != http.SameSiteLaxMode || c[0].MaxAge != 600 {
			t.Errorf("%+v", c)
		}
		b.get(back.RequestURI())
		b.is(t, http.StatusSeeOther, "/mijn?welkom")
		w.noFlows(t)
		if len(b.cookies) != 1 || b.cookies[sessionCookie] == "" {
			t.Errorf("%v", b.cookies)
		}
		// Again: the same person, though the address has changed there.
		other := w.browser()
		user := resident("nieuw@voorbeeld.nl", true)
		user.Email = "anders@voorbeeld.nl"
		other.get(other.visit(t, m, user).RequestURI())
		other.is(t, http.StatusSeeOther, "/vragen")
		p, err := w.people.ByEmail(t.Context(), w.d, "nieuw@voorbeeld.nl")
		if err != nil || other.get("/").Body.String() != "\""+p.Name+"\"\n" {
			t.Errorf("%+v %v %s", p, err, other.last.Body)
		}
		// A checked address joins the account that has it; a professional still
		// needs the second factor.
		half := w.browser()
		half.get(half.visit(t, m, resident("marieke@demo.wijkbaak.example", true)).RequestURI())
		half.is(t, http.StatusSeeOther, "/aanmelden/extra")
		// An address that was not checked joins nothing.
		thief := w.browser()
		thief.get(thief.visit(t, m, resident("beheer@demo.wijkbaak.example", false)).RequestURI())
		thief.is(t, http.StatusSeeOther, "/mijn?welkom")
		if !strings.Contains(thief.get("/mijn").Body.String(), "nog geen e-mailadres") {
			t.Error("an address that was not checked is taken")
		}
	})
}

func TestOIDCLevel(t *testing.T) {
	eachOIDC(t, func(t *testing.T, w *world, m *mockoidc.MockOIDC) {
		err := w.link(t, m.Issuer(), "tom", w.by["Tom"].ID)
		if err != nil {
			t.Fatal(err)
		}
		b := w.browser()
		b.get(b.visit(t, m, strongUser{&mockoidc.MockUser{Subject: "tom"}, "laag"}).RequestURI())
		b.is(t, http.StatusSeeOther, "/aanmelden/extra")
		b.get(b.visit(t, m, strongUser{&mockoidc.MockUser{Subject: "tom"}, "hoog"}).RequestURI())
		b.is(t, http.StatusSeeOther, "/vragen")
		if b.get("/werkbank").Code != http.StatusOK {
			t.Error("a strong level is no second factor")
		}
	})
}

func TestOIDCRefused(t *testing.T) {
	eachOIDC(t, func(t *testing.T, w *world, m *mockoidc.MockOIDC) {
		good := *m.Keypair
		for name, spoil := range map[string]func(b *browser, back *url.URL){
			"another state": func(_ *browser, back *url.URL) { set(back, "state", strings.Repeat("A", secretSize)) },
			"no state":      func(_ *browser, back *url.URL) { set(back, "state", "") },
			"no code":       func(_ *browser, back *url.URL) { set(back, "code", "") },
			"another code":  func(_ *browser, back *url.URL) { set(back, "code", "x") },
			"no cookie":     func(b *browser, _ *url.URL) { clear(b.cookies) },
			"other browser": func(b *browser, _ *url.URL) { b.cookies["__Host-wijkbaak-stap"] = strings.Repeat("A", secretSize) },
			"too late":      func(_ *browser, _ *url.URL) { w.clock.Advance(flowLasts) },
			"another nonce": func(_ *browser, back *url.URL) { m.SessionStore.Store[back.Query().Get("code")].OIDCNonce = "x" },
			"no nonce":      func(_ *browser, back *url.URL) { m.SessionStore.Store[back.Query().Get("code")].OIDCNonce = "" },
			"another PKCE":  func(_ *browser, back *url.URL) { m.SessionStore.Store[back.Query().Get("code")].CodeChallenge = "x" },
			"bad signature": func(*browser, *url.URL) {
				m.Keypair = &mockoidc.Keypair{PrivateKey: newKey(t), PublicKey: good.PublicKey, Kid: good.Kid}
			},
			"token too old":  func(*browser, *url.URL) { m.FastForward(-time.Hour) },
			"wrong audience": func(_ *browser, back *url.URL) { audience(m, back.Query().Get("code")) },
			"refused there": func(_ *browser, back *url.URL) {
				back.RawQuery = "error=access_denied&state=" + back.Query().Get("state")
			},
		} {
			t.Run(name, func(t *testing.T) {
				kept, now := *m.Keypair, w.clock.Now()
				b := w.browser()
				back := b.visit(t, m, resident("iemand@voorbeeld.nl", true))
				spoil(b, back)
				b.get(back.RequestURI())
				if b.last.Code != http.StatusConflict || b.cookies[sessionCookie] != "" {
					t.Errorf("%d %v", b.last.Code, b.cookies)
				}
				m.Keypair = &kept
				w.clock.Set(now)
				if name == "token too old" {
					m.FastForward(time.Hour)
				}
				if _, err := w.people.ByEmail(t.Context(), w.d, "iemand@voorbeeld.nl"); err == nil {
					t.Error("an account was made")
				}
			})
		}
		b := w.browser()
		back := b.visit(t, m, resident("goed@voorbeeld.nl", true))
		step := b.cookies["__Host-wijkbaak-stap"]
		b.get(back.RequestURI())
		b.is(t, http.StatusSeeOther, "/mijn?welkom")
		again := w.browser()
		again.cookies["__Host-wijkbaak-stap"] = step
		if again.get(back.RequestURI()).Code != http.StatusConflict {
			t.Error("the same return works twice")
		}
		if b.get("/aanmelden/oidc/ander").Code != http.StatusNotFound || b.get("/aanmelden/terug/ander").Code != http.StatusNotFound {
			t.Error("a provider that is not there")
		}
	})
}

func TestOIDCAway(t *testing.T) {
	m, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	issuer := m.Issuer()
	if err := m.Shutdown(); err != nil {
		t.Fatal(err)
	}
	each(t, func(o *Options) { o.OIDC = []Provider{{Key: "weg", Name: "Weg", Issuer: issuer, ClientID: "x"}} }, func(t *testing.T, w *world) {
		b := w.browser()
		if b.get("/aanmelden").Code != http.StatusOK { // a page never waits for a provider
			t.Error(b.last.Code)
		}
		b.get("/aanmelden/oidc/weg")
		b.is(t, http.StatusServiceUnavailable, "")
		if len(b.cookies) != 0 || !strings.Contains(b.last.Body.String(), "/aanmelden") {
			t.Error("a cookie, or no way on")
		}
	})
	for _, bad := range []Provider{{}, {Key: "A b", Name: "x", Issuer: "https://x.example", ClientID: "x"}, {Key: "a", Name: "x", ClientID: "x"}} {
		if _, err := newProvider(bad, "https://vraag.example.nl"); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

func set(u *url.URL, name, value string) {
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
}

func newKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// wrongAudience is a user whose token is for somebody else.
type wrongAudience struct{ mockoidc.User }

func (u wrongAudience) Claims(scope []string, base *mockoidc.IDTokenClaims) (jwt.Claims, error) {
	base.Audience = jwt.ClaimStrings{"another"}
	return u.User.Claims(scope, base)
}

func audience(m *mockoidc.MockOIDC, code string) {
	s := m.SessionStore.Store[code]
	s.User = wrongAudience{s.User}
}
