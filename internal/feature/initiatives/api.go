package initiatives

import (
	"net/http"
	"time"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/themes"
)

const (
	apiInitiatives = web.APIPath + "/initiatives"
	apiBarriers    = web.APIPath + "/barriers"
)

func (s *Service) apiRoutes() []web.Route {
	return []web.Route{
		web.API(http.MethodGet, apiInitiatives, access.Public, s.apiList).Doc(web.Doc{ID: "listInitiatives", Key: "initiatives.api.list", Tag: "initiatives",
			Query: append(web.Paging(),
				web.Field{Name: "query", Key: "initiatives.api.query", Least: 1, Most: 200},
				web.Field{Name: "theme", Key: "initiatives.api.theme", Values: themes.All},
				web.Field{Name: "kind", Key: "initiatives.api.kind", Values: Kinds},
				web.Field{Name: "phase", Key: "initiatives.api.phase", Values: Phases},
				web.Field{Name: "municipality", Key: "initiatives.api.municipality", Least: 1, Most: 80},
				web.Field{Name: "audience", Key: "initiatives.api.audience", Values: AudienceNames()},
				web.Field{Name: "strength", Key: "initiatives.api.atleast", Values: Levels},
				web.Field{Name: "hasCostFigure", Key: "initiatives.api.cost", Values: []string{"true"}},
				web.Field{Name: "sort", Key: "initiatives.api.sort", Values: Sorts}),
			Answer: apiInitiativeList{}}),
		web.API(http.MethodGet, apiInitiatives+"/{slug}", access.Public, s.apiGet).Doc(web.Doc{ID: "getInitiative", Key: "initiatives.api.get", Tag: "initiatives",
			Answer: apiInitiative{}}),
		web.API(http.MethodGet, apiBarriers, access.Public, s.apiBarriers).Doc(web.Doc{ID: "listBarriers", Key: "initiatives.api.barriers", Tag: "barriers",
			Query:  append(web.Paging(), web.Field{Name: "category", Key: "initiatives.api.category", Values: Categories}),
			Answer: apiBarrierList{}}),
		web.API(http.MethodGet, apiBarriers+"/{slug}", access.Public, s.apiBarrier).Doc(web.Doc{ID: "getBarrier", Key: "initiatives.api.barrier", Tag: "barriers",
			Answer: apiBarrierDetail{}}),
	}
}

// apiInitiativeItem is an initiative in a list.
type apiInitiativeItem struct {
	ID             string    `json:"id"`
	Name           string    `json:"name"`
	Kind           string    `json:"kind"`
	Summary        string    `json:"summary"`
	Region         string    `json:"region,omitempty"`
	Phase          Phase     `json:"phase"`
	Themes         []string  `json:"themes"`
	TargetGroups   []string  `json:"targetGroups"`
	Municipalities []string  `json:"municipalities"`
	ResultStrength string    `json:"resultStrength,omitempty"`
	EvidenceCount  int       `json:"evidenceCount"`
	HasCostFigure  bool      `json:"hasCostFigure"`
	UpdatedAt      time.Time `json:"updatedAt"`
	Links          web.Links `json:"_links"`
}

// apiInitiative is one initiative with all that is known of it.
type apiInitiative struct {
	ID             string         `json:"id"`
	Name           string         `json:"name"`
	Kind           string         `json:"kind"`
	Summary        string         `json:"summary"`
	Region         string         `json:"region,omitempty"`
	Country        string         `json:"country,omitempty"`
	Notes          string         `json:"notes,omitempty"`
	Phase          Phase          `json:"phase"`
	Founding       bool           `json:"founding"`
	Themes         []string       `json:"themes"`
	TargetGroups   []string       `json:"targetGroups"`
	Municipalities []Municipality `json:"municipalities"`
	Former         []Former       `json:"formerMunicipalities"`
	Parties        []Party        `json:"parties"`
	ResultStrength string         `json:"resultStrength,omitempty"`
	Evidence       []Evidence     `json:"evidence"`
	Costs          []Cost         `json:"costs"`
	Funders        []Funder       `json:"funders"`
	Growth         []Point        `json:"growth"`
	Preconditions  []string       `json:"preconditions"`
	Barriers       []apiMet       `json:"barriers"`
	Related        []string       `json:"related"`
	Sources        []Source       `json:"sources"`
	Unknown        []string       `json:"unknown"`
	UpdatedAt      time.Time      `json:"updatedAt"`
	Links          web.Links      `json:"_links"`
}

// Describe tells the API about a phase.
func (Phase) Describe() []web.Field {
	return []web.Field{{Name: "status", Key: "initiatives.api.phase", Values: Phases}}
}

// Describe tells the API about a figure.
func (Evidence) Describe() []web.Field {
	return []web.Field{
		{Name: "type", Key: "initiatives.api.evidencetype", Values: EvidenceTypes},
		{Name: "strength", Key: "initiatives.api.strength", Values: Strengths},
	}
}

func (apiInitiativeItem) Describe() []web.Field {
	return []web.Field{
		{Name: "kind", Key: "initiatives.api.kind", Values: Kinds},
		{Name: "phase", Key: "initiatives.api.phase"},
		{Name: "themes", Key: "initiatives.api.themes", Values: themes.All},
		{Name: "targetGroups", Key: "initiatives.api.targets"},
		{Name: "resultStrength", Key: "initiatives.api.strength", Values: Strengths},
		{Name: "hasCostFigure", Key: "initiatives.api.hascost"},
		{Name: "evidenceCount", Key: "initiatives.api.evidence"},
	}
}

func (apiInitiative) Describe() []web.Field {
	return []web.Field{
		{Name: "kind", Key: "initiatives.api.kind", Values: Kinds},
		{Name: "country", Key: "initiatives.api.country"},
		{Name: "notes", Key: "initiatives.api.notes"},
		{Name: "phase", Key: "initiatives.api.phase"},
		{Name: "founding", Key: "initiatives.api.founding"},
		{Name: "themes", Key: "initiatives.api.themes", Values: themes.All},
		{Name: "targetGroups", Key: "initiatives.api.targets"},
		{Name: "formerMunicipalities", Key: "initiatives.api.former"},
		{Name: "resultStrength", Key: "initiatives.api.strength", Values: Strengths},
		{Name: "preconditions", Key: "initiatives.api.preconditions"},
		{Name: "related", Key: "initiatives.api.related"},
		{Name: "unknown", Key: "initiatives.api.unknown"},
	}
}

type apiMet struct {
	Met
	Name     string   `json:"name"`
	Category string   `json:"category"`
	Helps    []string `json:"helps"`
}

// apiBarrierItem is a barrier in a list.
type apiBarrierItem struct {
	ID              string    `json:"id"`
	Name            string    `json:"name"`
	Category        string    `json:"category"`
	Description     string    `json:"description"`
	InitiativeCount int       `json:"initiativeCount"`
	Sources         []Source  `json:"sources"`
	Links           web.Links `json:"_links"`
}

func (apiBarrierItem) Describe() []web.Field {
	return []web.Field{
		{Name: "category", Key: "initiatives.api.category", Values: Categories},
		{Name: "initiativeCount", Key: "initiatives.api.count"},
	}
}

type apiBarrierDetail struct {
	apiBarrierItem
	Initiatives []apiMetBy  `json:"initiatives"`
	Helps       []apiFactor `json:"helps"`
}

type apiMetBy struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Note string `json:"note,omitempty"`
}

type apiFactor struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Sources     []Source `json:"sources"`
}

type apiInitiativeList struct {
	Items []apiInitiativeItem `json:"items"`
	Total int                 `json:"total"`
	Links web.Links           `json:"_links"`
}

type apiBarrierList struct {
	Items []apiBarrierItem `json:"items"`
	Links web.Links        `json:"_links"`
}

// orEmpty is a list that is [] in JSON when it is empty.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func itemsOf(cards []Card) []apiInitiativeItem {
	list := make([]apiInitiativeItem, len(cards))
	for k, c := range cards {
		list[k] = apiInitiativeItem{ID: c.Slug, Name: c.Name, Kind: c.Kind, Summary: c.Summary, Region: c.Region, Phase: c.Phase, Themes: orEmpty(c.Themes),
			TargetGroups: orEmpty(c.Targets), Municipalities: orEmpty(c.Places), ResultStrength: c.Strength, EvidenceCount: c.Evidence,
			HasCostFigure: c.HasCost, UpdatedAt: c.Updated, Links: web.Self(apiInitiatives+"/"+c.Slug, address(c.Slug))}
	}
	return list
}

// begin gives the key that a part of a list begins behind.
func begin(r *http.Request) (string, error) {
	key, ok := keyOf(r.URL.Query().Get("cursor"))
	if !ok {
		return "", web.BadCursor()
	}
	return key, nil
}

func (s *Service) apiList(w http.ResponseWriter, r *http.Request) error {
	after, err := begin(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	l, err := s.List(r.Context(), Page{Limit: web.Limit(r), After: after, Filter: Filter{
		Words: short(q.Get("query"), 200), Municipality: short(q.Get("municipality"), 80), Theme: q.Get("theme"), Kind: q.Get("kind"),
		Phase: q.Get("phase"), Audience: q.Get("audience"), Strength: q.Get("strength"), Cost: q.Get("hasCostFigure") != "", Sort: q.Get("sort")}})
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, apiInitiativeList{itemsOf(l.Cards), l.Total, web.ListLinks(w, r, cursor(l.Next))})
}

func (s *Service) apiGet(w http.ResponseWriter, r *http.Request) error {
	d, err := s.Get(r.Context(), r.PathValue("slug"))
	if err == nil && d.Draft {
		err = fault.NotFound() // a draft is for the pages of those who make it
	}
	if err != nil {
		return s.moved(w, r, err, apiInitiatives+"/", "")
	}
	v := apiInitiative{ID: d.Slug, Name: d.Name, Kind: d.Kind, Summary: d.Summary, Region: d.Region, Country: d.Country, Notes: d.Notes,
		Phase: d.Phase, Founding: d.Founding, Themes: orEmpty(d.Themes), TargetGroups: orEmpty(d.TargetGroups),
		Municipalities: orEmpty(d.Municipalities), Former: orEmpty(d.Former), Parties: orEmpty(d.Parties), ResultStrength: d.Strength(),
		Evidence: orEmpty(d.Evidence), Costs: orEmpty(d.Costs), Funders: orEmpty(d.Funders), Growth: orEmpty(d.Growth),
		Preconditions: orEmpty(d.Preconditions), Barriers: []apiMet{}, Related: orEmpty(d.Related), Sources: orEmpty(d.Sources),
		Unknown: orEmpty(d.Unknowns(s.clock.Now())), UpdatedAt: d.Updated, Links: web.Self(apiInitiatives+"/"+d.Slug, address(d.Slug))}
	for _, o := range d.Obstacles {
		m := apiMet{Met: o.Met, Name: o.Name, Category: o.Category, Helps: []string{}}
		for _, f := range o.Helps {
			m.Helps = append(m.Helps, f.Name)
		}
		v.Barriers = append(v.Barriers, m)
	}
	return web.JSON(w, r, http.StatusOK, v)
}

func barrierItem(e Entry) apiBarrierItem {
	return apiBarrierItem{ID: e.Slug, Name: e.Name, Category: e.Category, Description: e.Description, InitiativeCount: e.Met,
		Sources: orEmpty(e.Sources), Links: web.Self(apiBarriers+"/"+e.Slug, barrierAddress(e.Slug))}
}

func (s *Service) apiBarriers(w http.ResponseWriter, r *http.Request) error {
	after, err := begin(r)
	if err != nil {
		return err
	}
	list, next, err := s.BarrierPage(r.Context(), r.URL.Query().Get("category"), after, web.Limit(r))
	if err != nil {
		return err
	}
	items := make([]apiBarrierItem, len(list))
	for k, e := range list {
		items[k] = barrierItem(e)
	}
	return web.JSON(w, r, http.StatusOK, apiBarrierList{items, web.ListLinks(w, r, cursor(next))})
}

func (s *Service) apiBarrier(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Barrier(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	v := apiBarrierDetail{apiBarrierItem: barrierItem(b.Entry), Initiatives: []apiMetBy{}, Helps: []apiFactor{}}
	for _, m := range b.MetBy {
		v.Initiatives = append(v.Initiatives, apiMetBy{m.Slug, m.Name, m.Note})
	}
	for _, f := range b.Helps {
		v.Helps = append(v.Helps, apiFactor{f.Slug, f.Name, f.Description, orEmpty(f.Sources)})
	}
	return web.JSON(w, r, http.StatusOK, v)
}
