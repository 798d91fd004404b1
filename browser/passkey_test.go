package browser

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/apptest"
)

// local has the program reached as localhost: a passkey belongs to a name, and
// browsers make none for a bare address.
var local = apptest.Options{Settings: func(s *app.Settings) { s.BaseURL = strings.Replace(s.BaseURL, "127.0.0.1", "localhost", 1) }}

// device gives the window a telephone of its own, which knows its owner.
func (b *tab) device(t *testing.T) {
	t.Helper()
	b.do(t, func(ctx context.Context, tg *chromedp.Target) (chromedp.Void, error) {
		if _, err := cdp.Call(ctx, tg, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return chromedp.Void{}, err
		}
		_, err := cdp.Call(ctx, tg, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		}})
		return chromedp.Void{}, err
	})
}

// follow presses what leads to another page and gives its address and text.
func (b *tab) follow(t *testing.T, selector string) (path, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		t.Fatalf("%s: %v", selector, err)
	}
	return ask[string](t, b, "location.pathname + location.search"), ask[string](t, b, "document.body.innerText")
}

const signOut = `form[action="/afmelden"] button`

// TestPasskey makes a passkey, signs in with it, and removes it: then it opens
// nothing any more.
func TestPasskey(t *testing.T) {
	chromium := startChromium(t)
	apptest.Each(t, local, func(t *testing.T, w *apptest.World) {
		name, value := w.Cookie(apptest.Resident)
		b := newTab(t, chromium, w.App.Settings.BaseURL, name, value)
		b.resize(t, phone)
		b.dark(t, false)
		b.device(t)

		b.open(t, "/mijn")
		b.do(t, chromedp.SendKeys(chromedp.CSS(`[data-passkey=make] input`), "Mijn telefoon"))
		path, text := b.follow(t, `[data-passkey=make] button`)
		if path != "/mijn" || !strings.Contains(text, "Passkey: Mijn telefoon") {
			t.Fatalf("after making it, %s says: %s", path, text)
		}
		b.follow(t, signOut)
		if status := b.open(t, "/mijn"); status != 403 {
			t.Errorf("after signing out /mijn answers %d", status)
		}
		b.take() // the browser tells of that answer

		b.open(t, "/aanmelden?naar=/mijn")
		path, text = b.follow(t, `[data-passkey=use] button`)
		if path != "/mijn" || !strings.Contains(text, "resident@test.example") {
			t.Fatalf("after signing in, %s says: %s", path, text)
		}
		for _, p := range b.take() {
			t.Error(p)
		}

		path, text = b.follow(t, `form[action^="/mijn/sleutels/"] button`)
		if path != "/mijn?klaar=sleutel" || strings.Contains(text, "Mijn telefoon") {
			t.Errorf("after removing it, %s says: %s", path, text)
		}
		b.follow(t, signOut)
		b.open(t, "/aanmelden?naar=/mijn")
		b.do(t, chromedp.Click(chromedp.CSS(`[data-passkey=use] button`)))
		said := ask[string](t, b, `new Promise(r => { const s = document.querySelector('[data-passkey=use] [role=status]');
			const look = () => s.textContent ? r(s.textContent) : requestAnimationFrame(look); look(); })`)
		if !strings.Contains(said, "Het lukte niet met de passkey") {
			t.Errorf("a passkey that was removed gives: %s", said)
		}
		if got := b.open(t, "/mijn"); got != 403 {
			t.Errorf("with a passkey that was removed /mijn answers %d", got)
		}
	})
}

// TestBareAddress sees the program at 127.0.0.1 while it is known as localhost:
// it offers no passkey there, and all else works.
func TestBareAddress(t *testing.T) {
	chromium := startChromium(t)
	w := apptest.SQLite(t, local)
	b := newTab(t, chromium, w.URL, "", "")
	b.resize(t, phone)
	b.dark(t, false)
	b.device(t)
	b.open(t, "/aanmelden")
	if !ask[bool](t, b, `document.querySelector('[data-passkey=use]').hidden`) {
		t.Error("it offers what the browser refuses")
	}
	path, text := b.follow(t, `form[action="/aanmelden/demo"] button`)
	if path != "/mijn" || !ask[bool](t, b, "location.hostname == '127.0.0.1'") {
		t.Errorf("signing in leads to %s, which says: %s", path, text)
	}
	if path, _ := b.follow(t, signOut); path == "/mijn" || b.open(t, "/mijn") != 403 {
		t.Error("signing out does not work")
	}
	b.take() // the browser tells of that answer
	b.open(t, "/aanmelden")
	b.do(t, chromedp.SendKeys(chromedp.CSS(`input[name=email]`), "iemand@test.example"))
	if path, _ := b.follow(t, `form[action="/aanmelden"] button`); !strings.HasPrefix(path, "/aanmelden/code?") {
		t.Errorf("asking for a code leads to %s", path)
	}
	for _, p := range b.take() {
		t.Error(p)
	}
}
