package search

import (
	"strings"
	"testing"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
)

// TestKeywordsFindAndDoNotShow: what is shown of a hit is its own sentences.
func TestKeywordsFindAndDoNotShow(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		e, _ := start(t, d)
		putAll(t, d, Doc{ID: "a", Kind: "initiative", Title: "Samen eten", Body: "Buren koken voor elkaar.", Keywords: "mantelzorg. Terneuzen. Arnhem", URL: "/a"})
		for _, word := range []string{"mantelzorg", "koken"} {
			var r Result
			until(t, word, func() bool { r = find(t, e, Query{Text: word}); return len(r.Hits) == 1 })
			var shown strings.Builder
			for _, s := range r.Hits[0].Snippet {
				shown.WriteString(s.Text)
			}
			if shown.String() != "Buren koken voor elkaar." {
				t.Errorf("%s shows %q", word, shown.String())
			}
		}
	})
}
