package questions

import (
	"context"
	"net/http"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/web"
)

const feedMost = 30

func (s *Service) listFeed(w http.ResponseWriter, r *http.Request) error {
	list, _, err := s.List(r.Context(), Filter{Limit: feedMost})
	if err != nil {
		return err
	}
	f := s.feed(r.Context(), "/vragen", "/vragen.atom", i18n.T(r.Context(), "questions.list.title"))
	for _, q := range list {
		at := s.BaseURL + Path(q.ID)
		f.Entries = append(f.Entries, web.FeedEntry{ID: at, Title: q.Title, Page: at, Updated: q.AskedAt, Content: q.Body})
	}
	return f.Send(w, r)
}

func (s *Service) questionFeed(w http.ResponseWriter, r *http.Request) error {
	v, err := s.Read(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if v.Question.Status == Merged {
		return web.Redirect(w, r, Path(v.Question.MergedInto)+"/atom")
	}
	f := s.feed(r.Context(), Path(v.Question.ID), Path(v.Question.ID)+"/atom", v.Question.Title)
	for _, a := range v.Answers {
		at := s.BaseURL + Path(v.Question.ID) + "#antwoord-" + a.ID
		f.Entries = append(f.Entries, web.FeedEntry{ID: at, Title: byline(r.Context(), a), Page: at, Updated: a.At, Content: a.Body})
	}
	return f.Send(w, r)
}

func (s *Service) feed(ctx context.Context, page, self, title string) web.Feed {
	return web.Feed{Lang: i18n.Lang(ctx), ID: s.BaseURL + page, Title: title, Author: "Wijkbaak", Self: s.BaseURL + self, Page: s.BaseURL + page}
}
