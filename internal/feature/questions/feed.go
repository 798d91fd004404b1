package questions

import (
	"context"
	"encoding/xml"
	"net/http"
	"time"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/web"
)

// An Atom feed (RFC 4287).
type (
	atomFeed struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Lang    string      `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
		ID      string      `xml:"id"`
		Title   string      `xml:"title"`
		Updated string      `xml:"updated"`
		Link    []atomLink  `xml:"link"`
		Author  atomAuthor  `xml:"author"`
		Entries []atomEntry `xml:"entry"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr,omitempty"`
		Href string `xml:"href,attr"`
	}
	atomAuthor struct {
		Name string `xml:"name"`
	}
	atomEntry struct {
		ID      string     `xml:"id"`
		Title   string     `xml:"title"`
		Updated string     `xml:"updated"`
		Link    []atomLink `xml:"link"`
		Content string     `xml:"content"`
	}
)

const feedMost = 30

func (s *Service) listFeed(w http.ResponseWriter, r *http.Request) error {
	list, _, err := s.List(r.Context(), Filter{Limit: feedMost})
	if err != nil {
		return err
	}
	f := s.feed(r.Context(), "/vragen", i18n.T(r.Context(), "questions.list.title"))
	for _, q := range list {
		f.add(s.BaseURL, Path(q.ID), q.Title, q.Body, q.AskedAt)
	}
	return f.send(w, r)
}

func (s *Service) questionFeed(w http.ResponseWriter, r *http.Request) error {
	v, err := s.Read(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if v.Question.Status == Merged {
		return web.Redirect(w, r, Path(v.Question.MergedInto)+"/atom")
	}
	f := s.feed(r.Context(), Path(v.Question.ID), v.Question.Title)
	for _, a := range v.Answers {
		f.add(s.BaseURL, Path(v.Question.ID)+"#antwoord-"+a.ID, byline(r.Context(), a), a.Body, a.At)
	}
	return f.send(w, r)
}

func (s *Service) feed(ctx context.Context, path, title string) *atomFeed {
	return &atomFeed{Lang: i18n.Lang(ctx), ID: s.BaseURL + path, Title: title, Author: atomAuthor{"Wijkbaak"},
		Updated: time.Unix(0, 0).UTC().Format(time.RFC3339),
		Link:    []atomLink{{Href: s.BaseURL + path}}}
}

func (f *atomFeed) add(base, path, title, text string, at time.Time) {
	updated := at.UTC().Format(time.RFC3339)
	f.Updated = max(f.Updated, updated)
	f.Entries = append(f.Entries, atomEntry{ID: base + path, Title: title, Updated: updated, Link: []atomLink{{Href: base + path}}, Content: text})
}

func (f *atomFeed) send(w http.ResponseWriter, r *http.Request) error {
	body, err := xml.Marshal(f)
	if err != nil {
		return err
	}
	return web.Bytes(w, r, http.StatusOK, "application/atom+xml; charset=utf-8", append([]byte(xml.Header), body...))
}
