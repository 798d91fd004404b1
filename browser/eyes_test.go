package browser

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const badPage = `<!doctype html><html lang="nl"><head><title>Slecht</title><meta name="viewport" content="width=device-width"></head><body><main><h1>Slecht</h1>
<p style="font-size:12px">klein</p><p style="color:#999;font-size:20px">bleek</p><p style="color:#707070;font-size:20px">grijs</p><img src="http://127.0.0.2:9/pixel.png">
<input style="width:20px;height:20px"><div style="width:900px;height:1px;background:red">breed</div>
<p style="font-size:20px">questions.ask.title en {naam}</p><script>console.error('au'); nietDaar()</script></main></body></html>`

// TestTheEyesWork shows a bad page to everything that looks at pages.
func TestTheEyesWork(t *testing.T) {
	chromium := startChromium(t)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write([]byte(badPage)) //nolint:errcheck,gosec // the test fails without it
	}))
	defer srv.Close()
	b := newTab(t, chromium, srv.URL, "", "")
	b.resize(t, phone)
	b.open(t, "/")
	var all []string
	for _, v := range b.axe(t, true) {
		all = append(all, v.String())
	}
	for _, f := range b.measure(t) {
		all = append(all, f.String())
	}
	all = append(all, b.take()...)
	got := strings.Join(all, "\n")
	for _, want := range []string{"image-alt", "color-contrast:", "color-contrast-enhanced:", "label:", "wider than the screen", "text of 12 px", "target of",
		"a key instead of words", "nobody filled in", "a request to elsewhere", "a script failed", "the console says: \"au\""} {
		if !strings.Contains(got, want) {
			t.Errorf("nobody saw %q; seen:\n%s", want, got)
		}
	}
}
