package questions

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/themes"
)

// The scopes of API tokens.
const (
	ScopeAsk    = "questions:write"
	ScopeAnswer = "answers:write"
)

const (
	apiQuestions = web.APIPath + "/questions"
	apiAnswers   = web.APIPath + "/answers"
	tag          = "questions"
)

func (s *Service) apiRoutes() []web.Route {
	return []web.Route{
		web.API(http.MethodGet, apiQuestions, access.Public, s.apiList).Doc(web.Doc{ID: "listQuestions", Key: "questions.api.list", Tag: tag,
			Query: append(web.Paging(),
				web.Field{Name: "theme", Key: "questions.api.theme", Values: themes.All},
				web.Field{Name: "status", Key: "questions.api.onlyopen", Values: []string{string(Open)}}),
			Answer: apiQuestionList{}}),
		web.API(http.MethodPost, apiQuestions, access.Scope(ScopeAsk), s.apiAsk).Doc(web.Doc{ID: "askQuestion", Key: "questions.api.ask", Tag: tag,
			Body: apiAsk{}, Answer: apiReceipt{}, Status: http.StatusCreated}),
		web.API(http.MethodGet, apiQuestions+"/{id}", access.Public, s.apiQuestion).Doc(web.Doc{ID: "getQuestion", Key: "questions.api.get", Tag: tag,
			Answer: apiQuestion{}}),
		web.API(http.MethodGet, apiQuestions+"/{id}/answers", access.Public, s.apiAnswersOf).Doc(web.Doc{ID: "listAnswersOfQuestion",
			Key: "questions.api.answers.of", Tag: tag, Query: web.Paging(), Answer: apiAnswerList{}}),
		web.API(http.MethodPost, apiQuestions+"/{id}/answers", access.Scope(ScopeAnswer), s.apiReply).Doc(web.Doc{ID: "answerQuestion",
			Key: "questions.api.reply", Tag: tag, Body: apiReply{}, Answer: apiAnswer{}, Status: http.StatusCreated}),
		web.API(http.MethodGet, apiAnswers, access.Public, s.apiNewest).Doc(web.Doc{ID: "listAnswers", Key: "questions.api.answers", Tag: tag,
			Query: web.Paging(), Answer: apiAnswerList{}}),
		web.API(http.MethodGet, apiAnswers+"/{id}", access.Public, s.apiOneAnswer).Doc(web.Doc{ID: "getAnswer", Key: "questions.api.answer", Tag: tag,
			Answer: apiAnswer{}}),
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
	Links      web.Links  `json:"_links"`
}

func (apiQuestion) Describe() []web.Field {
	return []web.Field{
		{Name: "theme", Key: "questions.api.theme", Values: themes.All},
		{Name: "name", Key: "questions.api.name"},
		{Name: "status", Key: "questions.api.status", Values: []string{string(Open), string(Answered), string(Closed)}},
		{Name: "urgent", Key: "questions.api.urgent"},
		{Name: "dueAt", Key: "questions.api.due"},
		{Name: "answeredAt", Key: "questions.api.answered"},
		{Name: "answers", Key: "questions.api.count"},
		{Name: "acceptedAnswer", Key: "questions.api.accepted"},
		{Name: "demonstration", Key: "questions.api.demonstration"},
	}
}

type apiQuestionList struct {
	Questions []apiQuestion `json:"questions"`
	Links     web.Links     `json:"_links"`
}

type apiAnswer struct {
	ID           string            `json:"id"`
	Question     string            `json:"question"`
	Name         string            `json:"name,omitempty"`
	Professional bool              `json:"professional"`
	Role         string            `json:"role,omitempty"`
	Organisation string            `json:"organisation,omitempty"`
	Body         string            `json:"body"`
	Sources      []apiAnswerSource `json:"sources"`
	Initiatives  []string          `json:"initiatives"`
	Helped       bool              `json:"helped"`
	Thanks       int               `json:"thanks"`
	At           time.Time         `json:"createdAt"`
	EditedAt     *time.Time        `json:"editedAt,omitempty"`
	Links        web.Links         `json:"_links"`
}

func (apiAnswer) Describe() []web.Field {
	return []web.Field{
		{Name: "question", Key: "questions.api.question"},
		{Name: "professional", Key: "questions.api.professional"},
		{Name: "initiatives", Key: "questions.api.initiatives"},
		{Name: "helped", Key: "questions.api.helped"},
		{Name: "thanks", Key: "questions.api.thanks"},
	}
}

type apiAnswerList struct {
	Answers []apiAnswer `json:"answers"`
	Links   web.Links   `json:"_links"`
}

type apiAnswerSource struct {
	Title string `json:"title,omitempty"`
	URL   string `json:"url"`
}

type apiAsk struct {
	Title    string   `json:"title"`
	Body     string   `json:"body,omitempty"`
	Theme    string   `json:"theme,omitempty"`
	Postcode string   `json:"postcode,omitempty"`
	Name     string   `json:"name,omitempty"`
	Audience Audience `json:"audience"`
	Urgent   bool     `json:"urgent,omitempty"`
	Email    string   `json:"email,omitempty"`
	Phone    string   `json:"phone,omitempty"`
}

func (apiAsk) Describe() []web.Field {
	return []web.Field{
		{Name: "title", Key: "questions.api.title", Least: 5, Most: TitleMost},
		{Name: "body", Most: BodyMost},
		{Name: "theme", Key: "questions.api.theme", Values: append([]string{""}, themes.All...)},
		{Name: "postcode", Key: "questions.api.postcode"},
		{Name: "name", Key: "questions.api.name", Most: NameMost},
		{Name: "audience", Key: "questions.api.audience", Values: []string{string(Neighbourhood), string(Team)}},
		{Name: "urgent", Key: "questions.api.urgent"},
		{Name: "email", Key: "questions.api.contact"},
		{Name: "phone", Key: "questions.api.contact"},
	}
}

// apiReceipt is what an asker takes home. A question that not everybody may see
// has no address in the API: its asker comes back with the code.
type apiReceipt struct {
	ID        string    `json:"id"`
	Code      string    `json:"returnCode"`
	Published bool      `json:"published"`
	DueAt     time.Time `json:"dueAt"`
	Helper    string    `json:"helper"`
	Links     web.Links `json:"_links"`
}

func (apiReceipt) Describe() []web.Field {
	return []web.Field{
		{Name: "returnCode", Key: "questions.api.code"},
		{Name: "published", Key: "questions.api.published"},
		{Name: "dueAt", Key: "questions.api.due"},
		{Name: "helper", Key: "questions.api.helper"},
	}
}

type apiReply struct {
	Body        string            `json:"body"`
	Sources     []apiAnswerSource `json:"sources,omitempty"`
	Initiatives []string          `json:"initiatives,omitempty"`
}

func (apiReply) Describe() []web.Field {
	return []web.Field{
		{Name: "body", Least: 2, Most: BodyMost},
		{Name: "sources", Key: "questions.api.sources"},
		{Name: "initiatives", Key: "questions.api.initiatives"},
	}
}

func questionToAPI(q Question) apiQuestion {
	return apiQuestion{ID: q.ID, Title: q.Title, Body: q.Body, Theme: q.Theme, Name: q.Name, Status: q.Status, Urgent: q.Urgent,
		AskedAt: q.AskedAt, DueAt: q.DueAt, AnsweredAt: optional(q.AnsweredAt), Answers: q.Answers, Accepted: q.Accepted,
		Demo: q.Demonstration, Links: web.Self(apiQuestions+"/"+q.ID, Path(q.ID))}
}

func answersToAPI(list []Answer) []apiAnswer {
	out := make([]apiAnswer, len(list))
	for i, w := range list {
		a := apiAnswer{ID: w.ID, Question: w.Question, Name: w.Name, Professional: w.Professional, Role: w.Role,
			Organisation: w.Organisation, Body: w.Body, Sources: make([]apiAnswerSource, len(w.Sources)),
			Initiatives: append([]string{}, w.Initiatives...), Helped: w.Helped, Thanks: w.Thanks, At: w.At,
			EditedAt: optional(w.EditedAt), Links: web.Self(apiAnswers+"/"+w.ID, Path(w.Question))}
		for k, src := range w.Sources {
			a.Sources[k] = apiAnswerSource(src)
		}
		out[i] = a
	}
	return out
}

// line cleans what has to stand on one line.
func line(s string) string { return strings.Join(strings.Fields(web.Clean(s)), " ") }

func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

var idForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// begin gives the id that a part of a list begins behind.
func begin(r *http.Request) (string, error) {
	c := r.URL.Query().Get("cursor")
	if c != "" && !idForm.MatchString(c) {
		return "", web.BadCursor()
	}
	return c, nil
}

func (s *Service) apiList(w http.ResponseWriter, r *http.Request) error {
	before, err := begin(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	list, more, err := s.List(r.Context(), Filter{Theme: q.Get("theme"), Unanswered: q.Get("status") != "", Before: before, Limit: web.Limit(r)})
	if err != nil {
		return err
	}
	out, next := apiQuestionList{Questions: make([]apiQuestion, len(list))}, ""
	for i, q := range list {
		out.Questions[i] = questionToAPI(q)
		if more {
			next = q.ID
		}
	}
	out.Links = web.ListLinks(w, r, next)
	return web.JSON(w, r, http.StatusOK, out)
}

// public reads a question for the API, which knows only what everybody may see.
func (s *Service) public(ctx context.Context, id string) (Question, error) {
	q, err := getQuestion(ctx, s.DB, id)
	if err == nil && !q.Listed() {
		return Question{}, fault.NotFound()
	}
	return q, err
}

func (s *Service) apiQuestion(w http.ResponseWriter, r *http.Request) error {
	q, err := s.public(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, questionToAPI(q))
}

func (s *Service) apiAnswersOf(w http.ResponseWriter, r *http.Request) error {
	q, err := s.public(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	after, err := begin(r)
	if err != nil {
		return err
	}
	list, next, err := answersAfter(r.Context(), s.DB, q.ID, after, web.Limit(r))
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(w Answer) bool { return w.Moderation != Shown })
	return web.JSON(w, r, http.StatusOK, apiAnswerList{Answers: answersToAPI(list), Links: web.ListLinks(w, r, next)})
}

func (s *Service) apiNewest(w http.ResponseWriter, r *http.Request) error {
	before, err := begin(r)
	if err != nil {
		return err
	}
	limit := web.Limit(r)
	list, err := db.All(r.Context(), s.DB, scanAnswer, selectNewest, cursor(before), limit+1)
	if err != nil {
		return err
	}
	next := ""
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	return web.JSON(w, r, http.StatusOK, apiAnswerList{Answers: answersToAPI(list), Links: web.ListLinks(w, r, next)})
}

func (s *Service) apiOneAnswer(w http.ResponseWriter, r *http.Request) error {
	a, err := publicAnswer(r.Context(), s.DB, r.PathValue("id"))
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, answersToAPI([]Answer{a})[0])
}

// apiNames are the fields of the forms as the API calls them.
var apiNames = map[string]string{"vraag": "title", "uitleg": "body", "naam": "name", "onderwerp": "theme", "wie": "audience",
	"telefoon": "phone", "antwoord": "body", "bron": "sources", "initiatief": "initiatives"}

// inAPI gives what is wrong with a form in the names of the API.
func inAPI(err error) error {
	if fault.KindOf(err) != fault.KindInvalid {
		return err
	}
	fields := append([]fault.Field{}, fault.FieldsOf(err)...)
	for i, f := range fields {
		if name := apiNames[f.Name]; name != "" {
			fields[i].Name = name
		}
	}
	return fault.Invalid(fields...)
}

func (s *Service) apiAsk(w http.ResponseWriter, r *http.Request) error {
	var in apiAsk
	if err := web.ReadJSON(r, &in); err != nil {
		return err
	}
	receipt, err := s.Ask(r.Context(), Ask{Title: line(in.Title), Body: web.Clean(in.Body), Theme: in.Theme, Postcode: in.Postcode,
		Name: line(in.Name), Audience: in.Audience, Urgent: in.Urgent, Channel: API,
		Contact: Contact{Email: web.Clean(in.Email), Phone: web.Clean(in.Phone)}})
	if err != nil {
		return inAPI(err)
	}
	q := receipt.Question
	out := apiReceipt{ID: q.ID, Code: receipt.Code.String(), Published: q.Listed(), DueAt: q.DueAt, Helper: who(r.Context(), receipt.Helper)}
	if out.Published {
		out.Links = web.Self(apiQuestions+"/"+q.ID, Path(q.ID))
		w.Header().Set("Location", out.Links.Self.Href)
	}
	return web.JSON(w, r, http.StatusCreated, out)
}

func (s *Service) apiReply(w http.ResponseWriter, r *http.Request) error {
	var in apiReply
	if err := web.ReadJSON(r, &in); err != nil {
		return err
	}
	reply := Reply{Body: web.Clean(in.Body)}
	for _, slug := range in.Initiatives {
		reply.Initiatives = append(reply.Initiatives, line(slug))
	}
	for _, src := range in.Sources {
		reply.Sources = append(reply.Sources, Source{Title: line(src.Title), URL: line(src.URL)})
	}
	made, err := s.Answer(r.Context(), r.PathValue("id"), reply)
	if err != nil {
		return inAPI(err)
	}
	out := answersToAPI([]Answer{made})[0]
	w.Header().Set("Location", out.Links.Self.Href)
	return web.JSON(w, r, http.StatusCreated, out)
}
