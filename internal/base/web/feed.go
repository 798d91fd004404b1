package web

import (
	"encoding/xml"
	"net/http"
	"time"
)

// Feed is an Atom feed (RFC 4287). Its addresses are whole ones: it is read outside
// the website.
type Feed struct {
	ID, Title, Author string
	Lang              string // empty says nothing of it
	Self              string // address of the feed
	Page              string // address of the page that tells the same
	Entries           []FeedEntry
}

// FeedEntry is one thing in a feed. What is empty is left out.
type FeedEntry struct {
	ID, Title, Page  string
	Updated          time.Time
	Summary, Content string
}

type (
	atomFeed struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Lang    string      `xml:"http://www.w3.org/XML/1998/namespace lang,attr,omitempty"`
		Title   string      `xml:"title"`
		ID      string      `xml:"id"`
		Updated string      `xml:"updated"`
		Author  string      `xml:"author>name"`
		Links   []atomLink  `xml:"link"`
		Entries []atomEntry `xml:"entry"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	}
	atomEntry struct {
		Title   string   `xml:"title"`
		ID      string   `xml:"id"`
		Updated string   `xml:"updated"`
		Link    atomLink `xml:"link"`
		Summary string   `xml:"summary,omitempty"`
		Content string   `xml:"content,omitempty"`
	}
)

// Send writes the feed. It is as new as the newest thing in it.
func (f Feed) Send(w http.ResponseWriter, r *http.Request) error {
	out := atomFeed{Lang: f.Lang, Title: f.Title, ID: f.ID, Author: f.Author, Links: []atomLink{{"self", f.Self}, {"alternate", f.Page}}}
	newest := time.Unix(0, 0)
	for _, e := range f.Entries {
		if e.Updated.After(newest) {
			newest = e.Updated
		}
		out.Entries = append(out.Entries, atomEntry{Title: e.Title, ID: e.ID, Updated: stamp(e.Updated), Link: atomLink{"alternate", e.Page},
			Summary: e.Summary, Content: e.Content})
	}
	out.Updated = stamp(newest)
	body, err := xml.Marshal(out)
	if err != nil {
		return err
	}
	return Bytes(w, r, http.StatusOK, "application/atom+xml; charset=utf-8", append([]byte(xml.Header), body...))
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
