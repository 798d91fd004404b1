package surveys

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/limit"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/protocol/fhir"
	"wijkbaak.nl/internal/trust/access"
)

const (
	apiSurveys  = web.APIPath + "/surveys"
	tag         = "surveys"
	keptByQuery = "keep"
)

func (s *Service) apiRoutes() []web.Route {
	return []web.Route{
		web.API(http.MethodGet, apiSurveys, access.Public, s.apiList).Doc(web.Doc{ID: "listSurveys", Key: "surveys.api.list", Tag: tag, Answer: apiSurveyList{}}),
		web.API(http.MethodGet, web.APIPath+"/questionnaires/{id}", access.Public, s.apiQuestionnaire).Doc(web.Doc{ID: "getQuestionnaire",
			Key: "surveys.api.questionnaire", Tag: tag, Answer: map[string]any{}}),
		web.API(http.MethodGet, web.APIPath+"/plan-definitions/{id}", access.Public, s.apiPlan).Doc(web.Doc{ID: "getPlanDefinition",
			Key: "surveys.api.plan", Tag: tag, Answer: map[string]any{}}),
		web.API(http.MethodPost, web.APIPath+"/questionnaire-responses", access.Public, s.apiFill).WithBody(fhir.SizeMost).Doc(web.Doc{ID: "postQuestionnaireResponse",
			Key: "surveys.api.fill", Tag: tag, Query: []web.Field{{Name: keptByQuery, Key: "surveys.api.keep", Values: []string{"true"}}},
			Body: map[string]any{}, Answer: apiSurveyOutcome{}}),
	}
}

type apiSurvey struct {
	ID        string    `json:"id"`
	URL       string    `json:"url"`
	Version   string    `json:"version"`
	Title     string    `json:"title"`
	Questions int       `json:"questions"`
	Published time.Time `json:"publishedAt"`
	Demo      bool      `json:"demonstration"`
	Links     web.Links `json:"_links"`
}

func (apiSurvey) Describe() []web.Field {
	return []web.Field{
		{Name: "url", Key: "surveys.api.url"},
		{Name: "questions", Key: "surveys.api.questions"},
		{Name: "demonstration", Key: "surveys.api.demonstration"},
	}
}

type apiSurveyList struct {
	Surveys []apiSurvey `json:"surveys"`
	Links   web.Links   `json:"_links"`
}

// apiSurveyOutcome is what a filled in questionnaire comes to. The response is FHIR JSON
// with what was calculated.
type apiSurveyOutcome struct {
	Response map[string]any    `json:"response"`
	Scores   []apiSurveyScore  `json:"scores"`
	Advice   []apiSurveyAdvice `json:"advice"`
	Code     string            `json:"returnCode,omitempty"`
}

func (apiSurveyOutcome) Describe() []web.Field {
	return []web.Field{
		{Name: "response", Key: "surveys.api.response"},
		{Name: "advice", Key: "surveys.api.advice"},
		{Name: "returnCode", Key: "surveys.api.code"},
	}
}

type apiSurveyScore struct {
	LinkID string  `json:"linkId"`
	Text   string  `json:"text"`
	Value  float64 `json:"value"`
}

type apiSurveyAdvice struct {
	Title  string `json:"title"`
	Reason string `json:"reason"`
	Kind   string `json:"kind,omitempty"`
	Step   string `json:"step"`
	Href   string `json:"href"`
}

func (s *Service) apiList(w http.ResponseWriter, r *http.Request) error {
	list, err := s.List(r.Context())
	if err != nil {
		return err
	}
	out := apiSurveyList{Surveys: make([]apiSurvey, len(list)), Links: web.Self(apiSurveys, base)}
	for i, v := range list {
		out.Surveys[i] = apiSurvey{v.ID, v.URL, v.Version, v.Title, v.Items, v.PublishedAt, v.Demonstration,
			web.Self(web.APIPath+"/questionnaires/"+v.ID, Path(v.Slug))}
	}
	return web.JSON(w, r, http.StatusOK, out)
}

// resourceOf gives a resource of a version that was published.
func (s *Service) resourceOf(w http.ResponseWriter, r *http.Request, kind string) error {
	p, err := s.Version(r.Context(), r.PathValue("id"))
	if err == nil && p.Status == Draft {
		err = fault.NotFound()
	}
	if err != nil {
		return err
	}
	body, err := p.resource(kind)
	if err != nil {
		return err
	}
	return web.Bytes(w, r, http.StatusOK, "application/json", body)
}

func (s *Service) apiQuestionnaire(w http.ResponseWriter, r *http.Request) error {
	return s.resourceOf(w, r, "vragenlijst")
}

func (s *Service) apiPlan(w http.ResponseWriter, r *http.Request) error {
	return s.resourceOf(w, r, "advies")
}

// apiFill works out the scores and advice of answers. It keeps them only where
// that is asked for, under a return code.
func (s *Service) apiFill(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	ctx := r.Context()
	if kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); strings.TrimSpace(kind) == "application/fhir+json" {
		r.Header.Set("Content-Type", "application/json")
	}
	var body json.RawMessage
	if err := web.ReadJSON(r, &body); err != nil {
		return err
	}
	if wait := s.posts.Take("address:" + limit.Network(access.Of(ctx).Address)); wait > 0 {
		return fault.TooMany(wait)
	}
	canonical, err := fhir.Named(body)
	if err != nil {
		return asFault(err)
	}
	p, err := s.byCanonical(ctx, canonical)
	if err != nil {
		return err
	}
	given, _, err := p.Form.ReadResponse(body)
	if err != nil {
		return asFault(err)
	}
	res, err := s.result(ctx, p, given.Answers)
	if err != nil {
		return err
	}
	var wrong fault.List
	for _, x := range res.Filled.Check() {
		wrong.Add(x.Item.LinkID, "surveys.wrong."+x.Code, x.Args...)
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	out := apiSurveyOutcome{Scores: []apiSurveyScore{}, Advice: []apiSurveyAdvice{}}
	v := Response{State: Complete, Channel: API, Changed: s.Clock.Now()}
	text, err := write(&res.Filled, v)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &out.Response); err != nil {
		return err
	}
	for _, sc := range res.Scores {
		out.Scores = append(out.Scores, apiSurveyScore{sc.Item.LinkID, sc.Item.Text.Own, sc.Value})
	}
	for _, a := range res.Advice {
		out.Advice = append(out.Advice, apiSurveyAdvice{a.Title, a.Reason, a.Kind, a.step(ctx), a.Path})
	}
	if r.URL.Query().Get(keptByQuery) != "" {
		st := state{Survey: p.ID, Key: newKey(), Channel: API}
		st.take(p.Form, given.Answers)
		// Who asks may be a program with nobody behind it: always under a code.
		path, err := s.keepState(access.With(ctx, access.Actor{Channel: access.API, Address: access.Of(ctx).Address}), p, &st, Complete)
		if err != nil {
			return err
		}
		out.Code = strings.TrimPrefix(path, base+"/terug/")
	}
	return web.JSON(w, r, http.StatusOK, out)
}

// asFault tells what is wrong with a resource, each with its path.
func asFault(err error) error {
	w, ok := errors.AsType[*fhir.Wrong](err)
	if !ok {
		return err
	}
	var list fault.List
	for _, p := range w.Report.Errors {
		name := p.Path
		if name == "" {
			name = "body"
		}
		list.Add(name, "surveys.problem."+p.Code, p.Args...)
	}
	return list.Err()
}
