package offers

import (
	"net/http"
	"time"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/themes"
)

const apiOffers = web.APIPath + "/offers"

func (s *Service) apiRoutes() []web.Route {
	return []web.Route{
		web.API(http.MethodGet, apiOffers, access.Public, s.apiList).Doc(web.Doc{ID: "listOffers", Key: "offers.api.list", Tag: "offers",
			Query: append(web.Paging(),
				web.Field{Name: "query", Key: "offers.api.query", Least: 1, Most: 200},
				web.Field{Name: "kind", Key: "offers.api.kind", Values: Kinds},
				web.Field{Name: "theme", Key: "offers.api.theme", Values: themes.All},
				web.Field{Name: "area", Key: "offers.api.area", Values: themes.Areas},
				web.Field{Name: "audience", Key: "offers.api.audience", Values: Audiences},
				web.Field{Name: "cost", Key: "offers.api.cost", Values: Costs},
				web.Field{Name: "where", Key: "offers.api.where", Values: Wheres},
				web.Field{Name: "language", Key: "offers.api.language", Least: 2, Most: 12},
				web.Field{Name: "postcode", Key: "offers.api.postcode", Least: 4, Most: 7},
				web.Field{Name: "within", Key: "offers.api.within", Number: true, Least: 1, Most: 500},
				web.Field{Name: "wheelchair", Key: "offers.api.wheelchair", Values: []string{"true"}},
				web.Field{Name: "openNow", Key: "offers.api.open", Values: []string{"true"}}),
			Answer: apiOfferList{}}),
		web.API(http.MethodGet, apiOffers+"/{slug}", access.Public, s.apiGet).Doc(web.Doc{ID: "getOffer", Key: "offers.api.get", Tag: "offers", Answer: apiOffer{}}),
	}
}

// apiOfferItem is an offer in a list.
type apiOfferItem struct {
	ID           string    `json:"id"`
	Kind         string    `json:"kind"`
	Name         string    `json:"name"`
	Summary      string    `json:"summary"`
	Organisation string    `json:"organisation"`
	Kilometres   *float64  `json:"kilometres,omitempty"`
	Old          bool      `json:"old"`
	Links        web.Links `json:"_links"`
}

func (apiOfferItem) Describe() []web.Field {
	return []web.Field{
		{Name: "kind", Key: "offers.api.kind", Values: Kinds},
		{Name: "kilometres", Key: "offers.api.kilometres"},
		{Name: "old", Key: "offers.api.old"},
	}
}

type apiOfferList struct {
	Total  int                       `json:"total"`
	Facets map[string]map[string]int `json:"facets"`
	Items  []apiOfferItem            `json:"items"`
	Links  web.Links                 `json:"_links"`
}

func (apiOfferList) Describe() []web.Field {
	return []web.Field{{Name: "total", Key: "offers.api.total"}, {Name: "facets", Key: "offers.api.facets"}}
}

// apiOffer is one offer with all that is public.
type apiOffer struct {
	ID           string       `json:"id"`
	Kind         string       `json:"kind"`
	Name         string       `json:"name"`
	Summary      string       `json:"summary"`
	Description  string       `json:"description,omitempty"`
	Gives        string       `json:"gives,omitempty"`
	For          string       `json:"for,omitempty"`
	Audience     []string     `json:"audience"`
	Themes       []string     `json:"themes"`
	Areas        []string     `json:"areas"`
	Organisation string       `json:"organisation"`
	Places       []string     `json:"places"`
	Where        []string     `json:"where"`
	Locations    []Location   `json:"locations"`
	Schedule     []Slot       `json:"schedule"`
	Cost         Price        `json:"cost"`
	Join         Join         `json:"join"`
	Languages    []string     `json:"languages"`
	Accessible   []string     `json:"accessible"`
	Ground       string       `json:"ground,omitempty"`
	UPL          string       `json:"upl,omitempty"`
	Initiative   string       `json:"initiative,omitempty"`
	Application  *Application `json:"application,omitempty"`
	CheckedAt    time.Time    `json:"checkedAt"`
	CheckBy      time.Time    `json:"checkBy"`
	Old          bool         `json:"old"`
	Links        web.Links    `json:"_links"`
}

func (apiOffer) Describe() []web.Field {
	return []web.Field{
		{Name: "kind", Key: "offers.api.kind", Values: Kinds},
		{Name: "gives", Key: "offers.api.gives"},
		{Name: "for", Key: "offers.api.for"},
		{Name: "audience", Key: "offers.api.audience", Values: Audiences},
		{Name: "themes", Key: "offers.api.theme", Values: themes.All},
		{Name: "areas", Key: "offers.api.area", Values: themes.Areas},
		{Name: "places", Key: "offers.api.places"},
		{Name: "where", Key: "offers.api.where", Values: Wheres},
		{Name: "languages", Key: "offers.api.language"},
		{Name: "accessible", Key: "offers.api.accessible", Values: Accessibly},
		{Name: "ground", Key: "offers.api.ground"},
		{Name: "upl", Key: "offers.api.upl"},
		{Name: "checkBy", Key: "offers.api.checkby"},
		{Name: "old", Key: "offers.api.old"},
	}
}

// Describe tells the API about a slot.
func (Slot) Describe() []web.Field {
	return []web.Field{
		{Name: "days", Key: "offers.api.days", Values: Weekdays},
		{Name: "every", Key: "offers.api.every"},
		{Name: "nth", Key: "offers.api.nth"},
	}
}

// Describe tells the API about a cost.
func (Price) Describe() []web.Field {
	return []web.Field{{Name: "kind", Key: "offers.api.cost", Values: Costs}, {Name: "cents", Key: "offers.api.cents"}, {Name: "per", Key: "offers.api.per", Values: Periods}}
}

func (s *Service) apiList(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f := Filter{Words: short(q.Get("query"), 200), Kind: q.Get("kind"), Theme: q.Get("theme"), Area: q.Get("area"), Audience: q.Get("audience"), Cost: q.Get("cost"),
		Where: q.Get("where"), Language: q.Get("language"), Postcode: q.Get("postcode"), Km: whole(q.Get("within")), Wheelchair: q.Get("wheelchair") != "", Open: q.Get("openNow") != ""}
	p := Page{Filter: f, Limit: web.Limit(r)}
	if c := q.Get("cursor"); c != "" {
		var ok bool
		if p.After, ok = keyOf(c); !ok || f.Words != "" {
			return web.BadCursor()
		}
	}
	l, err := s.List(r.Context(), p)
	if err != nil {
		return err
	}
	if l.Unknown {
		return fault.Invalid(fault.Field{Name: "postcode", Key: "offers.wrong.postcode"})
	}
	if len(l.Cards) > p.Limit { // a search gives more than a part
		l.Cards = l.Cards[:p.Limit]
	}
	out := apiOfferList{Total: l.Total, Facets: l.Facets, Items: make([]apiOfferItem, len(l.Cards)), Links: web.ListLinks(w, r, cursor(l.Next))}
	if out.Facets == nil {
		out.Facets = map[string]map[string]int{}
	}
	for k, c := range l.Cards {
		out.Items[k] = apiOfferItem{ID: c.Slug, Kind: c.Kind, Name: c.Name, Summary: c.Summary, Organisation: c.Organisation, Old: c.Old,
			Links: web.Self(apiOffers+"/"+c.Slug, Path(c.Slug))}
		if c.Km >= 0 {
			out.Items[k].Kilometres = &c.Km
		}
	}
	return web.JSON(w, r, http.StatusOK, out)
}

func (s *Service) apiGet(w http.ResponseWriter, r *http.Request) error {
	d, err := s.Get(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	if d.Status != Live {
		return fault.NotFound()
	}
	o := d.Offer
	return web.JSON(w, r, http.StatusOK, apiOffer{ID: o.Slug, Kind: o.Kind, Name: o.Name, Summary: o.Summary, Description: o.Description, Gives: o.Gives, For: o.For,
		Audience: orEmpty(o.Audience), Themes: orEmpty(o.Themes), Areas: orEmpty(o.Areas), Organisation: d.By.Name, Places: orEmpty(o.Places), Where: orEmpty(o.Where),
		Locations: orEmpty(o.Locations), Schedule: orEmpty(o.Schedule), Cost: o.Cost, Join: o.Join, Languages: orEmpty(o.Languages), Accessible: orEmpty(o.Accessible),
		Ground: o.Ground, UPL: o.UPL, Initiative: o.Initiative, Application: o.Application, CheckedAt: d.Checked, CheckBy: d.CheckBy,
		Old: s.clock.Now().After(d.CheckBy), Links: web.Self(apiOffers+"/"+o.Slug, Path(o.Slug))})
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
