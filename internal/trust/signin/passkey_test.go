package signin

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/descope/virtualwebauthn"

	"wijkbaak.nl/internal/trust/people"
)

var party = virtualwebauthn.RelyingParty{Name: "Wijkbaak Test", ID: "vraag.example.nl", Origin: "https://vraag.example.nl"}

// device is an authenticator with one passkey for a person.
type device struct {
	virtualwebauthn.Authenticator
	key virtualwebauthn.Credential
}

// coseKey is the length of a public key whose coordinates have all their 32
// bytes (RFC 9053, 7.1.1). The library drops leading zeros, once in 128 keys.
const coseKey = 77

func newDevice(person string, verifies bool) *device {
	key := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
	for len(key.Key.AttestationData()) != coseKey {
		key = virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
	}
	return &device{
		virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: []byte(person), UserNotVerified: !verifies}),
		key,
	}
}

func (b *browser) begin(t *testing.T, path string) (step, options string) {
	t.Helper()
	b.json(path, struct{}{})
	b.is(t, http.StatusOK, "")
	var got struct {
		Step    string          `json:"step"`
		Options json.RawMessage `json:"options"`
	}
	if err := json.Unmarshal(b.last.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	return got.Step, string(got.Options)
}

// make makes a passkey at the site.
func (b *browser) make(t *testing.T, d *device, rp virtualwebauthn.RelyingParty) int {
	t.Helper()
	step, text := b.begin(t, "/aanmelden/sleutel/nieuw/begin")
	options, err := virtualwebauthn.ParseAttestationOptions(text)
	if err != nil {
		t.Fatal(err)
	}
	answer := virtualwebauthn.CreateAttestationResponse(rp, d.Authenticator, d.key, *options)
	d.AddCredential(d.key)
	return b.json("/aanmelden/sleutel/nieuw", finished{Step: step, Answer: json.RawMessage(answer), Name: "Mijn telefoon"}).Code
}

// use signs in with a passkey, and gives what was sent.
func (b *browser) use(t *testing.T, d *device, rp virtualwebauthn.RelyingParty) finished {
	t.Helper()
	step, text := b.begin(t, "/aanmelden/sleutel/begin")
	options, err := virtualwebauthn.ParseAssertionOptions(text)
	if err != nil {
		t.Fatal(err)
	}
	d.key.Counter++
	f := finished{Step: step, Answer: json.RawMessage(virtualwebauthn.CreateAssertionResponse(rp, d.Authenticator, d.key, *options)), Next: "/werkbank"}
	b.json("/aanmelden/sleutel", f)
	return f
}

func TestPasskeyRoundTrip(t *testing.T) {
	each(t, nil, func(t *testing.T, w *world) {
		marieke := w.by["Marieke"].ID
		b, d := w.half(t), newDevice(marieke, true)
		if code := b.make(t, d, party); code != http.StatusOK {
			t.Fatalf("%d %s", code, b.last.Body)
		}
		if b.get("/werkbank").Code != http.StatusOK {
			t.Error("making the passkey is not the second factor")
		}
		if !strings.Contains(b.get("/mijn").Body.String(), "Mijn telefoon") {
			t.Error("the passkey is not on the page")
		}
		other := w.browser()
		sent := other.use(t, d, party)
		if other.last.Code != http.StatusOK || !strings.Contains(other.last.Body.String(), `"go":"/werkbank"`) {
			t.Fatalf("%d %s", other.last.Code, other.last.Body)
		}
		if other.get("/werkbank").Code != http.StatusOK {
			t.Error("the passkey does not count as a second factor")
		}
		w.noFlows(t)
		third := w.browser()
		if third.json("/aanmelden/sleutel", sent).Code != http.StatusConflict || len(third.cookies) != 0 {
			t.Error("an answer works twice")
		}
		// With a passkey set up, a code alone opens nothing and adds nothing.
		half := w.half(t)
		if half.json("/aanmelden/sleutel/nieuw/begin", struct{}{}).Code != http.StatusForbidden {
			t.Error("half a session may add a passkey")
		}
		half.use(t, d, party)
		if half.get("/werkbank").Code != http.StatusOK {
			t.Error("the passkey is no second step")
		}
		keys, err := w.passkeysOf(t.Context(), w.d, marieke)
		if err != nil || len(keys) != 1 || keys[0].Seen.IsZero() {
			t.Fatalf("%+v %v", keys, err)
		}
		half.post("/mijn/sleutels/" + keys[0].ID + "/weg")
		half.is(t, http.StatusSeeOther, "/mijn?klaar=sleutel")
		third.use(t, d, party)
		if third.last.Code != http.StatusConflict {
			t.Error("a removed passkey opens")
		}
	})
}

func TestPasskeyRefused(t *testing.T) {
	each(t, nil, func(t *testing.T, w *world) {
		ans := w.by["Ans"].ID
		b := w.browser()
		b.post("/aanmelden/demo", "persoon", ans)
		elsewhere := virtualwebauthn.RelyingParty{Name: "Kwaad", ID: "vraag.example.nl", Origin: "https://kwaad.example"}
		if b.make(t, newDevice(ans, true), elsewhere) != http.StatusConflict {
			t.Error("a passkey made on another site is taken")
		}
		if b.make(t, newDevice(ans, false), party) != http.StatusConflict {
			t.Error("a passkey without verification is taken")
		}
		d := newDevice(ans, true)
		if b.make(t, d, party) != http.StatusOK {
			t.Fatal(b.last.Body)
		}
		try := func(name string, d device, rp virtualwebauthn.RelyingParty) {
			t.Helper()
			other := w.browser()
			other.use(t, &d, rp)
			if other.last.Code != http.StatusConflict || len(other.cookies) != 0 {
				t.Errorf("%s: %d %s", name, other.last.Code, other.last.Body)
			}
		}
		try("another site", *d, elsewhere)
		unverified := *d
		unverified.Options.UserNotVerified = true
		try("without verification", unverified, party)
		stranger := *d
		stranger.Options.UserHandle = []byte(w.by["Beheer"].ID)
		try("the handle of another", stranger, party)
		forged := *d
		forged.key = virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
		forged.key.ID = d.key.ID
		try("another key", forged, party)
		copied := *d
		w.browser().use(t, d, party)
		w.browser().use(t, d, party)
		try("a copy that lags behind", copied, party)
		if err := w.people.CloseAccount(w.op, ans); err != nil {
			t.Fatal(err)
		}
		try("a closed account", *d, party)
		for _, body := range []string{"", "{}", "null", `{"step":"x","answer":{}}`, `{"step":1}`, strings.Repeat("[", 9000)} {
			r := w.browser()
			req := r.raw("/aanmelden/sleutel", body)
			if req.Code < 400 || req.Code >= 500 {
				t.Errorf("%.20q: %d", body, req.Code)
			}
		}
	})
}

func TestNoPasskeysOnABareAddress(t *testing.T) {
	each(t, func(o *Options) { o.Origin = "http://127.0.0.1:8080" }, func(t *testing.T, w *world) {
		b := w.browser()
		if strings.Contains(b.get("/aanmelden").Body.String(), "data-passkey") || b.json("/aanmelden/sleutel/begin", struct{}{}).Code != http.StatusNotFound {
			t.Error("passkeys are offered")
		}
	})
	if _, err := New(nil, nil, nil, Options{People: &people.Service{}, Origin: "vraag.example.nl"}); err == nil {
		t.Error("an address without a scheme is taken")
	}
}
