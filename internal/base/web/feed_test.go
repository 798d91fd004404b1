package web_test

import (
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/web"
)

func feedOf(t *testing.T, f web.Feed) string {
	t.Helper()
	rt := web.NewRouter(web.Options{Catalog: words})
	rt.Handle(web.Get("/feed", open, f.Send))
	w := httptest.NewRecorder()
	rt.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/feed", nil))
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/atom+xml; charset=utf-8" {
		t.Errorf("%d %s", w.Code, w.Header().Get("Content-Type"))
	}
	return w.Body.String()
}

func TestFeed(t *testing.T) {
	at := time.Date(2026, 3, 2, 10, 0, 0, 0, time.FixedZone("", 3600))
	const a = "https://wijkbaak.example/a"
	f := web.Feed{ID: "urn:a", Title: "A & <b>", Author: "W", Self: a + ".atom", Page: a}
	const head = xml.Header + `<feed xmlns="http://www.w3.org/2005/Atom"><title>A &amp; &lt;b&gt;</title><id>urn:a</id><updated>`
	const links = `</updated><author><name>W</name></author><link rel="self" href="` + a + `.atom"></link><link rel="alternate" href="` + a + `"></link>`
	if got, want := feedOf(t, f), head+"1970-01-01T00:00:00Z"+links+"</feed>"; got != want {
		t.Errorf("empty:\n%s\nwant\n%s", got, want)
	}
	f.Entries = []web.FeedEntry{{ID: "urn:1", Title: "1", Page: a + "/1", Updated: at.Add(-time.Hour), Content: "x\x01<script>"}, {ID: "urn:2", Title: "2", Page: a + "/2?b&c", Updated: at, Summary: "s"}}
	want := head + "2026-03-02T09:00:00Z" + links +
		`<entry><title>1</title><id>urn:1</id><updated>2026-03-02T08:00:00Z</updated><link rel="alternate" href="` + a + `/1"></link><content>x` + "\uFFFD" + `&lt;script&gt;</content></entry>` +
		`<entry><title>2</title><id>urn:2</id><updated>2026-03-02T09:00:00Z</updated><link rel="alternate" href="` + a + `/2?b&amp;c"></link><summary>s</summary></entry></feed>`
	if got := feedOf(t, f); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	f.Lang = "nl"
	var back struct {
		Lang string `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
	}
	if err := xml.Unmarshal([]byte(feedOf(t, f)), &back); err != nil || back.Lang != "nl" {
		t.Errorf("%+v, %v", back, err)
	}
}
