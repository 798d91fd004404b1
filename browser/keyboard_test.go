package browser

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"wijkbaak.nl/internal/apptest"
)

// focus is what has the focus, and whether somebody can see that.
type focus struct {
	Tag, Name, Type, Text string
	Shown, OnScreen       bool
}

// It waits for the scrolling that a new focus asks for.
const whatHasFocus = `new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r))).then(() => {
	const e = document.activeElement, r = e.getBoundingClientRect();
	const marked = (x, pseudo) => { const s = getComputedStyle(x, pseudo); return s.outlineStyle != 'none' && parseFloat(s.outlineWidth) >= 2 || s.boxShadow != 'none'; };
	const label = e.labels && e.labels[0] ? e.labels[0] : e;
	return {Tag: e.tagName.toLowerCase(), Name: e.name || '', Type: e.type || '', Text: (e.innerText || e.value || '').trim(),
		Shown: marked(e) || marked(label) || marked(e.parentElement), OnScreen: r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth};
})`

// enter presses Enter as a keyboard does: a raw key first, so that a link that
// takes the key does not leave its character to what has the focus then.
func enter(ctx context.Context, tg *chromedp.Target) (chromedp.Void, error) {
	for _, p := range kb.Encode('\r') {
		if p.Type == input.DispatchKeyEventTypeKeyDown {
			p.Type = input.DispatchKeyEventTypeRawKeyDown
		}
		if _, err := cdp.Call(ctx, tg, input.DispatchKeyEvent, *p); err != nil {
			return chromedp.Void{}, err
		}
	}
	return chromedp.Void{}, nil
}

func (b *tab) press(t *testing.T, keys string) focus {
	t.Helper()
	if keys == kb.Enter {
		b.do(t, enter)
	} else {
		b.do(t, chromedp.KeyEvent(keys))
	}
	return ask[focus](t, b, whatHasFocus)
}

// tabTo presses Tab until the field or button is reached; on the way each stop
// must be seen.
func (b *tab) tabTo(t *testing.T, what string) {
	t.Helper()
	for range 60 {
		f := b.press(t, kb.Tab)
		if f.Tag == "body" {
			continue // past the end of the page, through the frame of the browser
		}
		if !f.Shown || !f.OnScreen {
			t.Errorf("nobody sees that the focus is on %+v", f)
		}
		if f.Name == what || f.Tag == "button" && f.Text == what {
			return
		}
	}
	t.Fatalf("Tab does not lead to %s", what)
}

// TestAskByKeyboard asks a question without touching a mouse.
func TestAskByKeyboard(t *testing.T) {
	chromium := startChromium(t)
	apptest.Each(t, apptest.Options{}, func(t *testing.T, w *apptest.World) { askByKeyboard(t, chromium, w) })
}

func askByKeyboard(t *testing.T, chromium context.Context, w *apptest.World) {
	t.Helper()
	for _, z := range []size{phone, desktop} {
		t.Run(z.name, func(t *testing.T) {
			b := newTab(t, chromium, w.URL, "", "")
			b.resize(t, z)
			b.dark(t, false)
			b.open(t, "/vragen/nieuw")
			if f := b.press(t, kb.Tab); f.Text != "Ga naar de inhoud" || !f.OnScreen || !f.Shown {
				t.Errorf("the first stop is %+v, not the link to the content", f)
			}
			if f := b.press(t, kb.Enter); f.Tag != "main" {
				t.Errorf("the link to the content leads to %+v", f)
			}
			b.tabTo(t, "vraag")
			b.press(t, "Wie heeft er een ladder voor mij?")
			b.tabTo(t, "wie")
			if f := b.press(t, kb.ArrowDown); f.Name != "wie" {
				t.Errorf("an arrow in the choice leads to %+v", f)
			}
			b.press(t, kb.ArrowUp)
			if f := b.press(t, kb.Tab); f.Tag != "summary" {
				t.Errorf("after the choice comes %+v, not what may be told more", f)
			}
			b.press(t, kb.Enter) // opens it
			b.tabTo(t, "uitleg")
			b.press(t, "Ik wil een lamp ophangen.")
			b.tabTo(t, "postcode")
			b.press(t, "8247")
			b.tabTo(t, "Verstuur uw vraag")
			res, err := chromedp.RunResponse(b.ctx, enter)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(res.URL, "/terug/") {
				t.Fatalf("Enter on the button leads to %s", res.URL)
			}
			if text := ask[string](t, b, "document.body.innerText"); !strings.Contains(text, "Uw vraag is binnen") {
				t.Errorf("the page after asking says: %s", text)
			}
			if got := ask[string](t, b, "document.cookie"); got != "" {
				t.Errorf("somebody who is not signed in has the cookie %q", got)
			}
			for _, p := range b.take() {
				t.Error(p)
			}
		})
	}
}

// TestErrorsByKeyboard sends the form empty: the focus or the page tells where
// it went wrong, and the link of the summary leads to the field.
func TestErrorsByKeyboard(t *testing.T) {
	chromium := startChromium(t)
	w := apptest.SQLite(t, apptest.Options{})
	b := newTab(t, chromium, w.URL, "", "")
	b.resize(t, phone)
	b.dark(t, false)
	b.open(t, "/vragen/nieuw")
	ask[bool](t, b, "document.querySelector('main form').noValidate = true")
	b.tabTo(t, "Verstuur uw vraag")
	res, err := chromedp.RunResponse(b.ctx, enter)
	if err != nil {
		t.Fatal(err)
	}
	if res.Status != 422 {
		t.Fatalf("the empty form answers %d", res.Status)
	}
	for range 20 {
		if f := b.press(t, kb.Tab); f.Tag == "a" && strings.Contains(f.Text, "Schrijf hier uw vraag op") {
			if f := b.press(t, kb.Enter); f.Name != "vraag" {
				t.Errorf("the link of the error leads to %+v", f)
			}
			return
		}
	}
	t.Error("Tab finds no link to what is wrong")
}

// TestMenuByKeyboard opens and closes the menu of the phone.
func TestMenuByKeyboard(t *testing.T) {
	chromium := startChromium(t)
	w := apptest.SQLite(t, apptest.Options{})
	b := newTab(t, chromium, w.URL, "", "")
	b.resize(t, phone)
	b.dark(t, false)
	b.open(t, "/")
	b.tabTo(t, "Menu")
	b.press(t, kb.Enter)
	if f := b.press(t, kb.Tab); f.Tag != "a" || f.Text != "Vragen" || !f.OnScreen {
		t.Errorf("after the menu was opened Tab leads to %+v", f)
	}
	b.press(t, kb.Escape)
	if f := ask[focus](t, b, whatHasFocus); f.Text != "Menu" {
		t.Errorf("after Escape the focus is on %+v", f)
	}
}
