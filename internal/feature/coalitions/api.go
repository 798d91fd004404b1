package coalitions

import (
	"net/http"

	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

const apiPath = web.APIPath + "/coalitions"

func (s *Service) apiRoutes() []web.Route {
	return []web.Route{
		web.API(http.MethodGet, apiPath, access.Public, s.apiList).ForAll().Doc(web.Doc{ID: "listCoalitions", Key: "coalitions.api.list",
			Tag: "coalitions", Query: web.Paging(), Answer: apiCoalitions{}}),
		web.API(http.MethodGet, apiPath+"/{id}", access.Public, s.apiGet).ForAll().Doc(web.Doc{ID: "getCoalition", Key: "coalitions.api.get",
			Tag: "coalitions", Answer: apiCoalition{}}),
	}
}

type apiCity struct {
	Organisation string `json:"organisation"`
	Municipality string `json:"municipality"`
}

// Describe tells what the fields mean.
func (apiCity) Describe() []web.Field {
	return []web.Field{{Name: "municipality", Key: "coalitions.api.municipality"}}
}

// apiCoalition is what everybody may know of an open coalition. It holds no
// person and no score.
type apiCoalition struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	Goal   string    `json:"goal"`
	Cities []apiCity `json:"cities"`
	Chosen string    `json:"chosen,omitempty"`
	Demo   bool      `json:"demonstration"`
	Links  web.Links `json:"_links"`
}

// Describe tells what the fields mean.
func (apiCoalition) Describe() []web.Field {
	return []web.Field{{Name: "chosen", Key: "coalitions.api.chosen"}}
}

type apiCoalitions struct {
	Coalitions []apiCoalition `json:"coalitions"`
	Links      web.Links      `json:"_links"`
}

func apiOf(c Summary) apiCoalition {
	a := apiCoalition{ID: c.ID, Name: c.Name, Goal: c.Goal, Cities: []apiCity{}, Chosen: c.Chosen, Demo: c.Demonstration, Links: web.Self(apiPath+"/"+c.ID, c.Path)}
	for _, city := range c.Cities {
		a.Cities = append(a.Cities, apiCity{city.Name, city.Code})
	}
	return a
}

func (s *Service) apiList(w http.ResponseWriter, r *http.Request) error {
	list, more, err := s.List(r.Context(), r.URL.Query().Get("cursor"), web.Limit(r))
	if err != nil {
		return err
	}
	a := apiCoalitions{Coalitions: []apiCoalition{}}
	cursor := ""
	for _, c := range list {
		a.Coalitions = append(a.Coalitions, apiOf(c))
		if more {
			cursor = c.ID
		}
	}
	a.Links = web.ListLinks(w, r, cursor)
	return web.JSON(w, r, http.StatusOK, a)
}

func (s *Service) apiGet(w http.ResponseWriter, r *http.Request) error {
	c, err := s.Summary(r.Context(), s.DB, r.PathValue("id"))
	if err != nil {
		return err
	}
	if access.Of(r.Context()).SignedIn() {
		web.Private(r)
	}
	return web.JSON(w, r, http.StatusOK, apiOf(c))
}
