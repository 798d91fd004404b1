package impact

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

const apiPath = web.APIPath + "/impact-pathways"

func (s *Service) apiRoutes() []web.Route {
	const tag = "impact-pathways"
	return []web.Route{
		web.API(http.MethodGet, apiPath, access.Public, s.apiList).ForAll().Doc(web.Doc{ID: "listImpactPathways", Key: "impact.api.list", Tag: tag,
			Query: web.Paging(), Answer: apiPathways{}}),
		web.API(http.MethodGet, apiPath+"/{id}", access.Public, s.apiGet).ForAll().Doc(web.Doc{ID: "getImpactPathway", Key: "impact.api.get", Tag: tag,
			Answer: apiPathway{}}),
		web.API(http.MethodPut, apiPath+"/{id}", access.Scope(ScopeWrite), s.apiPut).WithBody(fileMost).Doc(web.Doc{ID: "putImpactPathway",
			Key: "impact.api.put", Tag: tag, Body: apiPathwayPut{}, Answer: apiPathway{}}),
	}
}

type apiPathwayItem struct {
	ID         string    `json:"id"`
	Title      string    `json:"title"`
	Initiative string    `json:"initiative,omitempty"`
	Stand      Stand     `json:"status"`
	All        int       `json:"assumptions"`
	Held       int       `json:"assumptionsHeld"`
	Refuted    int       `json:"assumptionsRefuted"`
	Changed    time.Time `json:"changedAt"`
	Demo       bool      `json:"demonstration"`
	Links      web.Links `json:"_links"`
}

// Describe tells what the fields mean.
func (apiPathwayItem) Describe() []web.Field {
	return []web.Field{{Name: "initiative", Key: "impact.api.initiative"}, {Name: "status", Key: "impact.api.status", Values: []string{string(Draft), string(Public)}},
		{Name: "assumptions", Key: "impact.api.assumptions"}}
}

type apiPathways struct {
	Items []apiPathwayItem `json:"items"`
	Links web.Links        `json:"_links"`
}

type apiPathwayIndicator struct {
	Name   string   `json:"name"`
	Unit   string   `json:"unit,omitempty"`
	Target *float64 `json:"target,omitempty"`
	Pilot  string   `json:"pilot,omitempty"`
	Code   string   `json:"code,omitempty"`
}

// Describe tells what the fields mean.
func (apiPathwayIndicator) Describe() []web.Field {
	return []web.Field{{Name: "name", Most: nameMost}, {Name: "unit", Most: unitMost}, {Name: "pilot", Key: "impact.api.pilot"}, {Name: "code", Key: "impact.api.code"}}
}

type apiPathwayNode struct {
	ID        string               `json:"id"`
	Kind      Kind                 `json:"kind"`
	Text      string               `json:"text"`
	Indicator *apiPathwayIndicator `json:"indicator,omitempty"`
}

// Describe tells what the fields mean.
func (apiPathwayNode) Describe() []web.Field {
	return []web.Field{{Name: "id", Key: "impact.api.id", Most: idMost}, {Name: "kind", Key: "impact.api.kind", Values: []string{string(Input), string(Activity), string(Output), string(Outcome), string(Impact)}},
		{Name: "text", Most: TextMost}, {Name: "indicator", Key: "impact.api.indicator"}}
}

type apiPathwayArrow struct {
	From       string `json:"from"`
	To         string `json:"to"`
	Assumption string `json:"assumption,omitempty"`
	State      State  `json:"state,omitempty"`
	Source     string `json:"source,omitempty"`
}

// Describe tells what the fields mean.
func (apiPathwayArrow) Describe() []web.Field {
	return []web.Field{{Name: "assumption", Key: "impact.api.assumption", Most: assumptionMost}, {Name: "source", Most: sourceMost},
		{Name: "state", Key: "impact.api.state", Values: []string{string(Believed), string(Tested), string(Refuted)}}}
}

type apiPathway struct {
	apiPathwayItem
	Owner   string            `json:"organisation,omitempty"`
	Version int               `json:"version"`
	Nodes   []apiPathwayNode  `json:"nodes"`
	Arrows  []apiPathwayArrow `json:"arrows"`
}

// Describe tells what the fields mean.
func (apiPathway) Describe() []web.Field {
	return append(apiPathwayItem{}.Describe(), web.Field{Name: "version", Key: "impact.api.version"})
}

type apiPathwayPut struct {
	Title   string            `json:"title"`
	Version int               `json:"version"`
	Nodes   []apiPathwayNode  `json:"nodes"`
	Arrows  []apiPathwayArrow `json:"arrows"`
}

// Describe tells what the fields mean.
func (apiPathwayPut) Describe() []web.Field {
	return []web.Field{{Name: "title", Least: 1, Most: titleMost}, {Name: "version", Key: "impact.api.version", Least: 1}}
}

func itemOf(p Pathway) apiPathwayItem {
	return apiPathwayItem{ID: p.ID, Title: p.Title, Initiative: p.Initiative, Stand: p.Stand, All: p.Counted.All, Held: p.Counted.Held, Refuted: p.Counted.Refuted,
		Changed: p.Changed, Demo: p.Demonstration, Links: web.Self(apiPath+"/"+p.ID, Path(p.ID))}
}

func (s *Service) apiList(w http.ResponseWriter, r *http.Request) error {
	list, more, err := s.List(r.Context(), r.URL.Query().Get("cursor"), web.Limit(r))
	if err != nil {
		return err
	}
	a, next := apiPathways{Items: []apiPathwayItem{}}, ""
	for _, p := range list {
		a.Items = append(a.Items, itemOf(p))
		if more {
			next = p.ID
		}
	}
	a.Links = web.ListLinks(w, r, next)
	return web.JSON(w, r, http.StatusOK, a)
}

func (s *Service) apiGet(w http.ResponseWriter, r *http.Request) error {
	v, err := s.shown(r)
	if err != nil {
		return err
	}
	a := apiPathway{apiPathwayItem: itemOf(v.Pathway), Owner: v.Owner, Version: v.Version, Nodes: []apiPathwayNode{}, Arrows: []apiPathwayArrow{}}
	for _, n := range v.Model.Nodes {
		a.Nodes = append(a.Nodes, apiPathwayNode{n.ID, n.Kind, n.Text, (*apiPathwayIndicator)(n.Indicator)})
	}
	for _, o := range v.Model.Arrows {
		a.Arrows = append(a.Arrows, apiPathwayArrow(o))
	}
	return web.JSON(w, r, http.StatusOK, a)
}

// line cleans what has to stand on one line.
func line(s string) string { return strings.Join(strings.Fields(web.Clean(s)), " ") }

func (s *Service) apiPut(w http.ResponseWriter, r *http.Request) error {
	var in apiPathwayPut
	if err := web.ReadJSON(r, &in); err != nil {
		return err
	}
	m := Model{Nodes: []Node{}, Arrows: []Arrow{}}
	for _, n := range in.Nodes {
		one := Node{n.ID, n.Kind, line(n.Text), (*Indicator)(n.Indicator)}
		if i := one.Indicator; i != nil {
			i.Name, i.Unit = line(i.Name), line(i.Unit)
		}
		m.Nodes = append(m.Nodes, one)
	}
	for _, a := range in.Arrows {
		a.Assumption, a.Source = line(a.Assumption), line(a.Source)
		m.Arrows = append(m.Arrows, Arrow(a))
	}
	if err := s.Put(r.Context(), Edit{ID: r.PathValue("id"), Version: in.Version}, line(in.Title), m); err != nil {
		return inAPI(err)
	}
	return s.apiGet(w, r)
}

// inAPI gives what is wrong in the names of the API.
func inAPI(err error) error {
	if fault.KindOf(err) != fault.KindInvalid {
		return err
	}
	fields := slices.Clone(fault.FieldsOf(err))
	for k := range fields {
		switch fields[k].Name {
		case "titel":
			fields[k].Name = "title"
		case "json":
			fields[k].Name = "body"
		}
	}
	return fault.Invalid(fields...)
}

// Put puts a title and a whole pathway in the place of what stands. An indicator
// may lead to what a pilot of its initiative measures.
func (s *Service) Put(ctx context.Context, e Edit, title string, m Model) error {
	return s.change(ctx, e, changeImported, func(ctx context.Context, tx *db.Tx, p *Pathway) (string, string, error) {
		w := s.titled(title)
		if err := w.Err(); err != nil {
			return "", "", err
		}
		if err := m.Check(); err != nil {
			return "", "", err
		}
		if err := s.measured(ctx, tx, p, m); err != nil {
			return "", "", err
		}
		was := p.Title
		p.Title, p.Model = title, m
		return title, other(was, title), nil
	})
}

// measured refuses an indicator of a pilot that the initiative does not have; one
// that stood there already may stay.
func (s *Service) measured(ctx context.Context, r db.Reader, p *Pathway, m Model) error {
	var figures []Figure
	if p.Initiative != "" {
		var err error
		if figures, err = s.Figures.OfInitiative(ctx, r, p.Initiative); err != nil {
			return err
		}
	}
	for k, n := range m.Nodes {
		i := n.Indicator
		if i == nil || i.Pilot == "" {
			continue
		}
		there := slices.ContainsFunc(figures, func(f Figure) bool { return f.Pilot == i.Pilot && f.Indicator == i.Code }) ||
			slices.ContainsFunc(p.Model.Nodes, func(o Node) bool {
				return o.Indicator != nil && o.Indicator.Pilot == i.Pilot && o.Indicator.Code == i.Code
			})
		if !there {
			return fault.Invalid(fault.Field{Name: "json", Key: "impact.wrong.node", Args: []any{"at", k + 1}})
		}
	}
	return nil
}
