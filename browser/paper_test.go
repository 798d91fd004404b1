package browser

import (
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"wijkbaak.nl/internal/apptest"
)

// sheets are pages that somebody takes along as one side of A4.
var sheets = []string{"/pilots/{id}/blad", "/kosten-baten/{id}/blad", "/opschalingsplan/{id}/blad"}

// TestSheetsFitOnePaper prints what promises to be one sheet.
func TestSheetsFitOnePaper(t *testing.T) {
	chromium := startChromium(t)
	w := apptest.SQLite(t, apptest.Options{})
	name, value := w.Cookie(apptest.Fatma)
	b := newTab(t, chromium, w.URL, name, value)
	b.resize(t, desktop)
	patterns, done := w.Patterns(), map[string]bool{}
	for _, p := range w.As(apptest.Fatma).CrawlEach(6, "/pilots", "/kosten-baten", "/opschalingsplan") {
		for _, sheet := range sheets {
			if patterns.Of(p.Address) != sheet || strings.HasPrefix(p.Address, "/en/") {
				continue
			}
			done[sheet] = true
			b.open(t, p.Address)
			if n := b.pages(t, strings.NewReplacer("/{id}/", "_").Replace(sheet[1:])); n != 1 {
				t.Errorf("%s takes %d pages of A4", p.Address, n)
			}
		}
	}
	for _, sheet := range sheets {
		if !done[sheet] {
			t.Errorf("nothing leads to %s", sheet)
		}
	}
}

// pageObject is a page in a PDF; the list of pages is called Pages.
var pageObject = regexp.MustCompile(`/Type\s*/Page\b`)

// pages prints on A4 and counts the pages.
func (b *tab) pages(t *testing.T, name string) int {
	t.Helper()
	var data []byte
	b.do(t, func(ctx context.Context, tg *chromedp.Target) (chromedp.Void, error) {
		r, err := cdp.Call(ctx, tg, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: 8.27, PaperHeight: 11.69})
		data = []byte(r.Data)
		return chromedp.Void{}, err
	})
	if pdf, err := base64.StdEncoding.DecodeString(string(data)); err == nil {
		data = pdf
	}
	if dir := os.Getenv("WIJKBAAK_SCREENSHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name+".pdf"), data, 0o600); err != nil {
			t.Error(err)
		}
	}
	return len(pageObject.FindAll(data, -1))
}
