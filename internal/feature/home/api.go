package home

import (
	"net/http"
	"strings"

	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

func (s *Service) apiRoute() web.Route {
	return web.API(http.MethodGet, web.APIPath+"/search", access.Public, s.apiSearch).Doc(web.Doc{ID: "search", Key: "home.api.search", Tag: "search",
		Query: []web.Field{
			{Name: "q", Key: "home.api.query", Required: true, Least: 1, Most: QueryMost},
			{Name: "kind", Key: "home.api.kind", Values: kinds},
		},
		Answer: apiFound{}})
}

type apiFound struct {
	Total     int            `json:"total"`
	Corrected string         `json:"corrected,omitempty"`
	Kinds     map[string]int `json:"kinds"`
	Hits      []apiHit       `json:"hits"`
}

func (apiFound) Describe() []web.Field {
	return []web.Field{
		{Name: "total", Key: "home.api.total"},
		{Name: "corrected", Key: "home.api.corrected"},
		{Name: "kinds", Key: "home.api.kinds"},
	}
}

type apiHit struct {
	ID    string              `json:"id"`
	Kind  string              `json:"kind"`
	Title string              `json:"title"`
	Path  string              `json:"path"`
	Score float64             `json:"score"`
	Why   []string            `json:"why"`
	Tags  map[string][]string `json:"tags,omitempty"`
}

func (apiHit) Describe() []web.Field {
	return []web.Field{
		{Name: "kind", Key: "home.api.kind", Values: kinds},
		{Name: "path", Key: "home.api.path"},
		{Name: "score", Key: "home.api.score"},
		{Name: "why", Key: "home.api.why"},
	}
}

func (s *Service) apiSearch(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f, err := s.search(r.Context(), strings.Join(strings.Fields(web.Clean(q.Get("q"))), " "), q.Get("kind"), 20, false)
	if err != nil {
		return err
	}
	out := apiFound{Total: f.Total, Corrected: f.Corrected, Kinds: f.Counts, Hits: make([]apiHit, len(f.Hits))}
	if out.Kinds == nil {
		out.Kinds = map[string]int{}
	}
	for i, h := range f.Hits {
		out.Hits[i] = apiHit{ID: h.ID, Kind: h.Kind, Title: h.Title, Path: h.URL, Score: h.Score, Why: append([]string{}, h.Why...), Tags: h.Tags}
	}
	return web.JSON(w, r, http.StatusOK, out)
}
