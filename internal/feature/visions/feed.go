package visions

import (
	"net/http"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/web"
)

// feed tells what was published last.
func (s *Service) feed(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	list, _, err := shelf(ctx, s.DB, "")
	if err != nil {
		return err
	}
	page := s.BaseURL + base
	f := web.Feed{ID: page, Title: i18n.T(ctx, "visions.feed"), Author: "Wijkbaak", Lang: i18n.Lang(ctx), Self: page + ".atom", Page: page}
	for _, v := range list {
		at := s.BaseURL + Path(v.ID)
		f.Entries = append(f.Entries, web.FeedEntry{ID: at, Title: v.Title, Page: at, Updated: v.PublishedAt, Summary: v.Intro})
	}
	return f.Send(w, r)
}
