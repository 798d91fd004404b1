package browser

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// size is a screen.
type size struct {
	name          string
	width, height int64
	phone         bool
}

var (
	phone   = size{"phone", 360, 740, true}
	desktop = size{"desktop", 1280, 900, false}
	narrow  = size{"narrow", 320, 640, true}
)

// tab is one window of the browser, with what went wrong in it.
type tab struct {
	ctx  context.Context
	base string

	mu      sync.Mutex
	trouble []string
}

var axeSource = sync.OnceValues(func() (string, error) {
	b, err := os.ReadFile(filepath.Join("node_modules", "axe-core", "axe.min.js"))
	return string(b), err
})

// startChromium starts the browser for one test.
func startChromium(t *testing.T) context.Context {
	t.Helper()
	bin := os.Getenv("WIJKBAAK_CHROMIUM")
	if bin == "" {
		t.Skip("WIJKBAAK_CHROMIUM names no browser; make test looks for one")
	}
	if _, err := axeSource(); err != nil {
		t.Fatalf("axe is not there (npm ci in browser/): %v", err)
	}
	alloc, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(bin), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("lang", "nl"),
	)...)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(func() { cancel(); stop() })
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// newTab opens a window of somebody of their own, who brings the cookie, if any.
func newTab(t *testing.T, browser context.Context, base, cookie, value string) *tab {
	t.Helper()
	b := &tab{base: base}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext(), chromedp.WithListener(b.hear))
	t.Cleanup(cancel)
	b.ctx = ctx
	if cookie != "" {
		b.do(t, func(ctx context.Context, tg *chromedp.Target) (chromedp.Void, error) {
			_, err := cdp.Call(ctx, tg, network.SetCookie, network.SetCookieParams{Name: cookie, Value: value, URL: base})
			return chromedp.Void{}, err
		})
	}
	return b
}

// hear notes errors on the console and requests to elsewhere.
func (b *tab) hear(event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if url := e.Request.URL; !strings.HasPrefix(url, b.base+"/") && !strings.HasPrefix(url, "data:") && url != "about:blank" {
			b.note("a request to elsewhere: " + url)
		}
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		b.note("a script failed: " + text)
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" || e.Type == "warning" {
			var parts []string
			for _, a := range e.Args {
				parts = append(parts, string(a.Value)+a.Description)
			}
			b.note("the console says: " + strings.Join(parts, " "))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == "error" || e.Entry.Level == "warning" {
			b.note("the browser says: " + e.Entry.Text + " " + e.Entry.URL)
		}
	}
}

func (b *tab) note(s string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trouble = append(b.trouble, s)
}

// take gives what went wrong since it was last asked.
func (b *tab) take() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := b.trouble
	b.trouble = nil
	return list
}

// patience bounds one step in the browser.
const patience = 30 * time.Second

func (b *tab) do(t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := b.try(steps...); err != nil {
		t.Fatal(err)
	}
}

func (b *tab) try(steps ...chromedp.Action[chromedp.Void]) error {
	if err := chromedp.Do(b.ctx); err != nil { // opens the window, which outlives the patience
		return err
	}
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	return chromedp.Do(ctx, steps...)
}

// ask runs a script in the page and gives its value.
func ask[T any](t *testing.T, b *tab, script string) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%.80s: %v", script, err)
	}
	return v
}

// resize sets the screen.
func (b *tab) resize(t *testing.T, s size) {
	t.Helper()
	b.do(t, chromedp.EmulateViewport(s.width, s.height, func(p *emulation.SetDeviceMetricsOverrideParams, touch *emulation.SetTouchEmulationEnabledParams) {
		p.Mobile = s.phone
		touch.Enabled = s.phone
	}))
}

// dark has the page shown to somebody who wants it dark.
func (b *tab) dark(t *testing.T, on bool) {
	t.Helper()
	value := "light"
	if on {
		value = "dark"
	}
	b.do(t, func(ctx context.Context, tg *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, tg, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		return chromedp.Void{}, err
	})
}

// open goes to an address of ours and gives the status.
func (b *tab) open(t *testing.T, path string) int64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	res, err := chromedp.Run(ctx, chromedp.NavigateResponse(b.base+path))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return res.Status
}

// violation is what axe finds.
type violation struct {
	ID, Help string
	Nodes    []struct {
		Target []any
		HTML   string
	}
}

func (v violation) String() string {
	s := v.ID + ": " + v.Help
	for i, n := range v.Nodes {
		if i == 3 {
			s += fmt.Sprintf("\n      and %d more", len(v.Nodes)-i)
			break
		}
		s += fmt.Sprintf("\n      %v  %.160s", n.Target, n.HTML)
	}
	return s
}

// axe looks at the page with all rules for WCAG 2.2 A and AA, best practice, and
// with colours also the contrast of AA and AAA, which takes half of the time.
func (b *tab) axe(t *testing.T, colours bool) []violation {
	t.Helper()
	if !ask[bool](t, b, "!!window.axe") {
		source, err := axeSource()
		if err != nil {
			t.Fatal(err)
		}
		ask[bool](t, b, source+"; true")
	}
	return ask[[]violation](t, b, `axe.run(document, {
		resultTypes: ['violations'],
		runOnly: {type: 'rule', values: axe.getRules(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
			.filter(r => !r.tags.includes('experimental')).map(r => r.ruleId).concat('color-contrast-enhanced')
			.filter(r => `+fmt.Sprint(colours)+` || !r.startsWith('color-contrast'))},
	}).then(r => r.violations.map(v => ({ID: v.id, Help: v.help, Nodes: v.nodes.map(n => ({Target: n.target, HTML: n.html}))})))`)
}

// picture keeps what the page looks like, where a folder for pictures is named.
func (b *tab) picture(t *testing.T, name string) {
	t.Helper()
	dir := os.Getenv("WIJKBAAK_SCREENSHOTS")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600); err != nil {
		t.Fatal(err)
	}
}
