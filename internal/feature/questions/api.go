package questions

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

// The scopes of API tokens.
const (
	ScopeAsk    = "questions:write"
	ScopeAnswer = "answers:write"
)

func (s *Service) apiRoutes() []web.Route {
	return []web.Route{
		web.API(http.MethodGet, "/api/v1/questions", access.Public, s.apiList),
		web.API(http.MethodPost, "/api/v1/questions", access.Scope(ScopeAsk), s.apiAsk),
		web.API(http.MethodGet, "/api/v1/questions/{id}", access.Public, s.apiQuestion),
		web.API(http.MethodGet, "/api/v1/questions/{id}/answers", access.Public, s.apiAnswers),
		web.API(http.MethodPost, "/api/v1/questions/{id}/answers", access.Scope(ScopeAnswer), s.apiAnswer),
		web.API(http.MethodGet, "/api/v1/answers/{id}", access.Public, s.apiOneAnswer),
	}
}

type apiQuestion struct {
	ID         string     `json:"id"`
	Title      string     `json:"title"`
	Body       string     `json:"body"`
	Theme      string     `json:"theme,omitempty"`
	Name       string     `json:"name,omitempty"`
	Status     Status     `json:"status"`
	Urgent     bool       `json:"urgent"`
	AskedAt    time.Time  `json:"askedAt"`
	DueAt      time.Time  `json:"dueAt"`
	AnsweredAt *time.Time `json:"answeredAt,omitempty"`
	Answers    int        `json:"answers"`
	Accepted   string     `json:"acceptedAnswer,omitempty"`
	Demo       bool       `json:"demonstration"`
	Links      apiLinks   `json:"_links"`
}

type apiAnswer struct {
	ID           string      `json:"id"`
	Question     string      `json:"question"`
	Name         string      `json:"name,omitempty"`
	Professional bool        `json:"professional"`
	Role         string      `json:"role,omitempty"`
	Organisation string      `json:"organisation,omitempty"`
	Body         string      `json:"body"`
	Sources      []apiSource `json:"sources"`
	Initiatives  []string    `json:"initiatives"`
	Helped       bool        `json:"helped"`
	Thanks       int         `json:"thanks"`
	At           time.Time   `json:"createdAt"`
	EditedAt     *time.Time  `json:"editedAt,omitempty"`
}

type apiSource struct {
	Title string `json:"title,omitempty"`
	URL   string `json:"url"`
}

type apiLinks struct {
	Self apiLink  `json:"self"`
	Next *apiLink `json:"next,omitempty"`
}

type apiLink struct {
	Href string `json:"href"`
}

func (s *Service) toAPI(q Question) apiQuestion {
	return apiQuestion{ID: q.ID, Title: q.Title, Body: q.Body, Theme: q.Theme, Name: q.Name, Status: q.Status, Urgent: q.Urgent,
		AskedAt: q.AskedAt, DueAt: q.DueAt, AnsweredAt: optional(q.AnsweredAt), Answers: q.Answers, Accepted: q.Accepted,
		Demo: q.Demonstration, Links: apiLinks{Self: apiLink{s.BaseURL + "/api/v1/questions/" + q.ID}}}
}

func answerToAPI(w Answer) apiAnswer {
	a := apiAnswer{ID: w.ID, Question: w.Question, Name: w.Name, Professional: w.Professional, Role: w.Role,
		Organisation: w.Organisation, Body: w.Body, Sources: []apiSource{}, Initiatives: append([]string{}, w.Initiatives...),
		Helped: w.Helped, Thanks: w.Thanks, At: w.At, EditedAt: optional(w.EditedAt)}
	for _, src := range w.Sources {
		a.Sources = append(a.Sources, apiSource(src))
	}
	return a
}

func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (s *Service) apiList(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	f := Filter{Theme: query.Get("theme"), Unanswered: query.Get("status") == string(Open), Before: query.Get("cursor"), Limit: 20}
	if f.Theme != "" && !IsTheme(f.Theme) {
		return fault.Invalid(fault.Field{Name: "theme", Key: "questions.wrong.theme"})
	}
	if l := query.Get("limit"); l != "" {
		n, err := strconv.Atoi(l)
		if err != nil || n < 1 || n > 100 {
			return fault.Invalid(fault.Field{Name: "limit", Key: "questions.wrong.limit"})
		}
		f.Limit = n
	}
	list, more, err := s.List(r.Context(), f)
	if err != nil {
		return err
	}
	out := struct {
		Questions []apiQuestion `json:"questions"`
		Links     apiLinks      `json:"_links"`
	}{Questions: make([]apiQuestion, 0, len(list)), Links: apiLinks{Self: apiLink{s.BaseURL + r.URL.RequestURI()}}}
	for _, q := range list {
		out.Questions = append(out.Questions, s.toAPI(q))
	}
	if more {
		query.Set("cursor", list[len(list)-1].ID)
		out.Links.Next = &apiLink{s.BaseURL + "/api/v1/questions?" + query.Encode()}
	}
	return web.JSON(w, r, http.StatusOK, out)
}

// public reads a question for the API, which knows only what everybody may see.
func (s *Service) public(ctx context.Context, id string) (View, error) {
	v, err := s.Read(access.With(ctx, access.Actor{Channel: access.API}), id)
	if err == nil && !v.Question.Listed() {
		return View{}, fault.NotFound()
	}
	return v, err
}

func (s *Service) apiQuestion(w http.ResponseWriter, r *http.Request) error {
	v, err := s.public(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, s.toAPI(v.Question))
}

func (s *Service) apiAnswers(w http.ResponseWriter, r *http.Request) error {
	v, err := s.public(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	out := struct {
		Answers []apiAnswer `json:"answers"`
		Links   apiLinks    `json:"_links"`
	}{Answers: make([]apiAnswer, 0, len(v.Answers)), Links: apiLinks{Self: apiLink{s.BaseURL + r.URL.RequestURI()}}}
	for _, a := range v.Answers {
		out.Answers = append(out.Answers, answerToAPI(a))
	}
	return web.JSON(w, r, http.StatusOK, out)
}

func (s *Service) apiOneAnswer(w http.ResponseWriter, r *http.Request) error {
	a, err := s.publicAnswer(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, answerToAPI(a))
}

func (s *Service) apiAsk(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Title    string   `json:"title"`
		Body     string   `json:"body"`
		Theme    string   `json:"theme"`
		Postcode string   `json:"postcode"`
		Name     string   `json:"name"`
		Audience Audience `json:"audience"`
		Urgent   bool     `json:"urgent"`
		Email    string   `json:"email"`
		Phone    string   `json:"phone"`
	}
	if err := web.ReadJSON(r, &in); err != nil {
		return err
	}
	receipt, err := s.Ask(r.Context(), Ask{Title: web.Clean(in.Title), Body: web.Clean(in.Body), Theme: in.Theme, Postcode: in.Postcode,
		Name: web.Clean(in.Name), Audience: in.Audience, Urgent: in.Urgent, Contact: Contact{Email: in.Email, Phone: in.Phone}, Channel: API})
	if err != nil {
		return err
	}
	out := struct {
		apiQuestion
		Code   string `json:"returnCode"`
		Helper string `json:"helper"`
	}{s.toAPI(receipt.Question), receipt.Code.String(), who(r.Context(), receipt.Helper)}
	w.Header().Set("Location", out.Links.Self.Href)
	return web.JSON(w, r, http.StatusCreated, out)
}

func (s *Service) apiAnswer(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Body        string      `json:"body"`
		Sources     []apiSource `json:"sources"`
		Initiatives []string    `json:"initiatives"`
	}
	if err := web.ReadJSON(r, &in); err != nil {
		return err
	}
	reply := Reply{Body: web.Clean(in.Body), Initiatives: in.Initiatives}
	for _, src := range in.Sources {
		reply.Sources = append(reply.Sources, Source{Title: web.Clean(src.Title), URL: src.URL})
	}
	made, err := s.Answer(r.Context(), r.PathValue("id"), reply)
	if err != nil {
		return err
	}
	w.Header().Set("Location", s.BaseURL+"/api/v1/answers/"+made.ID)
	return web.JSON(w, r, http.StatusCreated, answerToAPI(made))
}
