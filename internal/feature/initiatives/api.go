package initiatives

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
)

// apiVersion is the version of the API of this room.
const apiVersion = "1.0.0"

const (
	apiInitiatives = "/api/v1/initiatives"
	apiBarriers    = "/api/v1/barriers"
)

type apiLink struct {
	Href string `json:"href"`
}

type apiLinks struct {
	Self apiLink  `json:"self"`
	Page *apiLink `json:"page,omitempty"` // for people
	Next *apiLink `json:"next,omitempty"`
}

// apiItem is an initiative in a list.
type apiItem struct {
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
	Links          apiLinks  `json:"_links"`
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
	Links          apiLinks       `json:"_links"`
}

type apiMet struct {
	Met
	Name     string   `json:"name"`
	Category string   `json:"category"`
	Helps    []string `json:"helps"`
}

// apiBarrierItem is a barrier in a list.
type apiBarrierItem struct {
	ID              string   `json:"id"`
	Name            string   `json:"name"`
	Category        string   `json:"category"`
	Description     string   `json:"description"`
	InitiativeCount int      `json:"initiativeCount"`
	Sources         []Source `json:"sources"`
	Links           apiLinks `json:"_links"`
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

type apiList[T any] struct {
	Items []T      `json:"items"`
	Total *int     `json:"total,omitempty"`
	Links apiLinks `json:"_links"`
}

// orEmpty is a list that is [] in JSON when it is empty.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func itemsOf(cards []Card) []apiItem {
	list := make([]apiItem, len(cards))
	for k, c := range cards {
		list[k] = apiItem{ID: c.Slug, Name: c.Name, Kind: c.Kind, Summary: c.Summary, Region: c.Region, Phase: c.Phase, Themes: orEmpty(c.Themes),
			TargetGroups: orEmpty(c.Targets), Municipalities: orEmpty(c.Places), ResultStrength: c.Strength, EvidenceCount: c.Evidence,
			HasCostFigure: c.HasCost, UpdatedAt: c.Updated, Links: linksOf(apiInitiatives+"/"+c.Slug, address(c.Slug))}
	}
	return list
}

func linksOf(self, page string) apiLinks { return apiLinks{Self: apiLink{self}, Page: &apiLink{page}} }

// asked reads what all lists of the API take.
func asked(q url.Values) (limit int, after string, errs []fault.Field) {
	limit = 20
	if v := q.Get("limit"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > limitMost {
			errs = append(errs, fault.Field{Name: "limit", Key: "initiatives.api.limit", Args: []any{"most", limitMost}})
		}
		limit = n
	}
	if v := q.Get("cursor"); v != "" {
		var ok bool
		if after, ok = keyOf(v); !ok {
			errs = append(errs, fault.Field{Name: "cursor", Key: "initiatives.api.cursor"})
		}
	}
	return limit, after, errs
}

// choice reads a parameter that must be one of a few.
func choice(q url.Values, name string, allowed []string, errs *[]fault.Field) string {
	v := q.Get(name)
	if v != "" && !slices.Contains(allowed, v) {
		*errs = append(*errs, fault.Field{Name: name, Key: "initiatives.api.choice", Args: []any{"choices", strings.Join(allowed, ", ")}})
	}
	return v
}

func (s *Service) apiList(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	limit, after, errs := asked(q)
	p := Page{Limit: limit, After: after, Filter: Filter{
		Words: short(q.Get("query"), 200), Municipality: short(q.Get("municipality"), 80),
		Theme: choice(q, "theme", Themes, &errs), Kind: choice(q, "kind", Kinds, &errs), Phase: choice(q, "phase", Phases, &errs),
		Audience: choice(q, "audience", AudienceNames(), &errs), Strength: choice(q, "strength", Levels, &errs),
		Cost: choice(q, "hasCostFigure", []string{"true"}, &errs) != "", Sort: choice(q, "sort", Sorts, &errs)}}
	if len(errs) > 0 {
		return fault.Invalid(errs...)
	}
	l, err := s.List(r.Context(), p)
	if err != nil {
		return err
	}
	return answer(w, r, apiList[apiItem]{Items: itemsOf(l.Cards), Total: &l.Total, Links: listLinks(w, r, l.Next)})
}

// listLinks gives the links of a list, in the body and as a header.
func listLinks(w http.ResponseWriter, r *http.Request, next string) apiLinks {
	links := apiLinks{Self: apiLink{r.URL.RequestURI()}}
	if next != "" {
		q := r.URL.Query()
		q.Set("cursor", cursor(next))
		links.Next = &apiLink{r.URL.Path + "?" + q.Encode()}
		w.Header().Set("Link", "<"+links.Next.Href+`>; rel="next"`)
	}
	return links
}

func answer(w http.ResponseWriter, r *http.Request, v any) error {
	w.Header().Set("API-Version", apiVersion)
	return web.JSON(w, r, http.StatusOK, v)
}

func (s *Service) apiGet(w http.ResponseWriter, r *http.Request) error {
	d, err := s.Get(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	v := apiInitiative{ID: d.Slug, Name: d.Name, Kind: d.Kind, Summary: d.Summary, Region: d.Region, Country: d.Country, Notes: d.Notes,
		Phase: d.Phase, Founding: d.Founding, Themes: orEmpty(d.Themes), TargetGroups: orEmpty(d.TargetGroups),
		Municipalities: orEmpty(d.Municipalities), Former: orEmpty(d.Former), Parties: orEmpty(d.Parties), ResultStrength: d.Strength(),
		Evidence: orEmpty(d.Evidence), Costs: orEmpty(d.Costs), Funders: orEmpty(d.Funders), Growth: orEmpty(d.Growth),
		Preconditions: orEmpty(d.Preconditions), Barriers: []apiMet{}, Related: orEmpty(d.Related), Sources: orEmpty(d.Sources),
		Unknown: orEmpty(d.Unknowns(s.clock.Now())), UpdatedAt: d.Updated, Links: linksOf(apiInitiatives+"/"+d.Slug, address(d.Slug))}
	for _, o := range d.Obstacles {
		m := apiMet{Met: o.Met, Name: o.Name, Category: o.Category, Helps: []string{}}
		for _, f := range o.Helps {
			m.Helps = append(m.Helps, f.Name)
		}
		v.Barriers = append(v.Barriers, m)
	}
	return answer(w, r, v)
}

func barrierItem(e Entry) apiBarrierItem {
	return apiBarrierItem{ID: e.Slug, Name: e.Name, Category: e.Category, Description: e.Description, InitiativeCount: e.Met,
		Sources: orEmpty(e.Sources), Links: linksOf(apiBarriers+"/"+e.Slug, barrierAddress(e.Slug))}
}

func (s *Service) apiBarriers(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	limit, after, errs := asked(q)
	category := choice(q, "category", Categories, &errs)
	if len(errs) > 0 {
		return fault.Invalid(errs...)
	}
	list, next, err := s.BarrierPage(r.Context(), category, after, limit)
	if err != nil {
		return err
	}
	items := make([]apiBarrierItem, len(list))
	for k, e := range list {
		items[k] = barrierItem(e)
	}
	return answer(w, r, apiList[apiBarrierItem]{Items: items, Links: listLinks(w, r, next)})
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
	return answer(w, r, v)
}
