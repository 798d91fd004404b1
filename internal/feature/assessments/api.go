package assessments

import (
	"context"
	"net/http"

	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/themes"
)

const apiPath = web.APIPath + "/assessments"

func (s *Service) apiRoutes() []web.Route {
	const tag = "assessments"
	query := append(web.Paging(), web.Field{Name: "verdict", Key: "assessments.api.verdict", Values: texts(Verdicts[:2])},
		web.Field{Name: "theme", Key: "assessments.api.theme", Values: themes.All})
	return []web.Route{
		web.API(http.MethodGet, apiPath, access.Public, s.apiList).ForAll().Doc(web.Doc{ID: "listAssessments", Key: "assessments.api.list", Tag: tag,
			Query: query, Answer: apiAssessments{}}),
		web.API(http.MethodGet, apiPath+"/{slug}", access.Public, s.apiGet).ForAll().Doc(web.Doc{ID: "getAssessment", Key: "assessments.api.get", Tag: tag,
			Answer: apiAssessment{}}),
	}
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for k, v := range list {
		out[k] = string(v)
	}
	return out
}

// Describe tells what the fields mean.
func (Document) Describe() []web.Field {
	return []web.Field{{Name: "kind", Key: "assessments.api.kind", Values: []string{documentKind}}, {Name: "version", Key: "assessments.api.version"},
		{Name: "newerVersion", Key: "assessments.api.newer"}, {Name: "verdict", Key: "assessments.api.verdict", Values: texts(Verdicts)},
		{Name: "tested", Key: "assessments.api.tested"}, {Name: "lapses", Key: "assessments.api.lapses"}, {Name: "lowered", Key: "assessments.api.lowered"},
		{Name: "testers", Key: "assessments.api.testers"}, {Name: "origin", Key: "assessments.api.origin"}}
}

// Describe tells what the fields mean.
func (apiFinding) Describe() []web.Field {
	return []web.Field{{Name: "criterion", Key: "assessments.api.criterion", Values: Criteria}, {Name: "score", Key: "assessments.api.score", Values: texts(Scores)},
		{Name: "settled", Key: "assessments.api.settled"}}
}

type apiAssessment struct {
	Document
	Links web.Links `json:"_links"`
}

type apiAssessments struct {
	Items []apiAssessment `json:"items"`
	Links web.Links       `json:"_links"`
}

// anybody makes the API tell a tester no more than everybody.
func anybody(r *http.Request) context.Context { return access.With(r.Context(), access.Actor{}) }

func (s *Service) apiOf(a *Assessment) apiAssessment {
	return apiAssessment{s.document(a), web.Self(apiPath+"/"+a.Slug, Path(a.Slug))}
}

func (s *Service) apiList(w http.ResponseWriter, r *http.Request) error {
	l, known, err := s.List(anybody(r), filterOf(r, "verdict", "theme"), r.URL.Query().Get("cursor"), web.Limit(r))
	if err != nil {
		return err
	}
	if !known {
		return web.BadCursor()
	}
	out := apiAssessments{Items: []apiAssessment{}, Links: web.ListLinks(w, r, l.Next)}
	for k := range l.Items {
		out.Items = append(out.Items, s.apiOf(&l.Items[k]))
	}
	return web.JSON(w, r, http.StatusOK, out)
}

func (s *Service) apiGet(w http.ResponseWriter, r *http.Request) error {
	a, err := s.current(anybody(r), r.PathValue("slug"))
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, s.apiOf(&a))
}
