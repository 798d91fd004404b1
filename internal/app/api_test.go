package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/feature/questions"
	"wijkbaak.nl/internal/protocol/openapi"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/people"
	"wijkbaak.nl/internal/trust/places"
)

// caller asks the API of a world, and holds each answer to the description.
type caller struct {
	t      *testing.T
	w      *apptest.World
	router routers.Router
}

func newCaller(t *testing.T, w *apptest.World) *caller {
	t.Helper()
	router, err := legacy.NewRouter(validDocument(t, w.Client().Get(openapi.Path).Body))
	if err != nil {
		t.Fatal(err)
	}
	return &caller{t, w, router}
}

type answered struct {
	status int
	header http.Header
	body   string
}

func (a answered) into(t *testing.T, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), v); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
}

// do sends a request; pairs are headers.
func (c *caller) do(method, path, token, body string, pairs ...string) answered {
	c.t.Helper()
	request := func() *http.Request {
		r, err := http.NewRequestWithContext(c.t.Context(), method, c.w.URL+path, strings.NewReader(body))
		if err != nil {
			c.t.Fatal(err)
		}
		if body != "" {
			r.Header.Set("Content-Type", "application/json")
		}
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		for i := 0; i+1 < len(pairs); i += 2 {
			r.Header.Set(pairs[i], pairs[i+1])
		}
		return r
	}
	res, err := http.DefaultClient.Do(request())
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	b, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	got := answered{res.StatusCode, res.Header, string(b)}
	c.fits(request(), got)
	return got
}

func (c *caller) fits(r *http.Request, got answered) {
	c.t.Helper()
	where, h := r.Method+" "+r.URL.RequestURI(), got.header
	if h.Get("API-Version") != web.APIVersion || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("X-Frame-Options") != "DENY" ||
		!strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") || h.Get("Cache-Control") == "" {
		c.t.Errorf("%s lacks a header of the API: %v", where, h)
	}
	if got.status >= 400 {
		var p web.Problem
		got.into(c.t, &p)
		if h.Get("Content-Type") != "application/problem+json" || p.Status != got.status || p.Title == "" || p.Detail == "" || h.Get("Cache-Control") == "no-cache" {
			c.t.Errorf("%s: %v %s", where, h, got.body)
		}
	}
	if r.Method == http.MethodHead {
		r.Method = http.MethodGet
	}
	route, params, err := c.router.FindRoute(r)
	if err != nil || strings.HasSuffix(r.URL.Path, "/") { // that router takes a path with a slash for the one without
		if got.status != http.StatusNotFound && got.status != http.StatusMethodNotAllowed {
			c.t.Errorf("%s answers %d and is not described", where, got.status)
		}
		return
	}
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true}}
	if got.status < 300 {
		if err := openapi3filter.ValidateRequest(c.t.Context(), in); err != nil {
			c.t.Errorf("%s is taken and does not fit the description: %v", where, err)
		}
	}
	in.Options.ExcludeResponseBody = got.body == "" // of HEAD, and 304
	if err := openapi3filter.ValidateResponse(c.t.Context(), &openapi3filter.ResponseValidationInput{RequestValidationInput: in,
		Status: got.status, Header: got.header, Body: io.NopCloser(strings.NewReader(got.body)), Options: in.Options}); err != nil {
		c.t.Errorf("%s answers %d, which does not fit the description: %v\n%s", where, got.status, err, got.body)
	}
}

// token makes a token of an organisation in a place.
func (c *caller) token(place string, scopes ...string) (secret, id string) {
	c.t.Helper()
	ctx := access.With(context.Background(), people.Shell())
	o, err := c.w.App.People.AddOrganisation(ctx, "Stichting "+place, "welfare", place)
	if err != nil {
		c.t.Fatal(err)
	}
	made, secret, err := c.w.App.People.AddToken(ctx, people.NewToken{Name: "proef", Organisation: o.ID, Scopes: scopes, Days: 30})
	if err != nil {
		c.t.Fatal(err)
	}
	return secret, made.ID
}

func (c *caller) one(query string) string {
	c.t.Helper()
	v, err := db.One(c.t.Context(), c.w.App.DB, db.Value[string], query)
	if err != nil {
		c.t.Fatalf("%s: %v", query, err)
	}
	return v
}

func TestAPIAnswersAsDescribed(t *testing.T) {
	apptest.Each(t, apptest.Options{}, func(t *testing.T, w *apptest.World) {
		c := newCaller(t, w)
		question := c.one(`SELECT id FROM question WHERE listed AND status = 'answered' ORDER BY id LIMIT 1`)
		private := c.one(`SELECT id FROM question WHERE audience = 'team' ORDER BY id LIMIT 1`)
		answer := c.one(`SELECT answer.id FROM answer JOIN question ON question.id = answer.question WHERE question.listed ORDER BY answer.id LIMIT 1`)
		initiative := c.one(`SELECT slug FROM initiative ORDER BY slug LIMIT 1`)
		barrier := c.one(`SELECT slug FROM barrier ORDER BY slug LIMIT 1`)
		both, _ := c.token(places.DemoPlace, questions.ScopeAsk, questions.ScopeAnswer)
		asks, _ := c.token(places.DemoPlace, questions.ScopeAsk)
		q, a := "/api/v1/questions", "/api/v1/questions/"+question+"/answers"
		ask := `{"title":"Wie helpt mij met de tuin?","audience":"neighbourhood"`
		wrong := "wbk_" + strings.Repeat("x", 43)
		for _, row := range []struct {
			method, path, token, body string
			status                    int
			fields                    string // that may be named as wrong
			headers                   []string
		}{
			{"GET", q, "", "", 200, "", nil},
			{"GET", q + "?theme=vervoer&status=open&limit=3", "", "", 200, "", nil},
			{"GET", q, asks, "", 200, "", nil},
			{"HEAD", q, "", "", 200, "", nil},
			{"GET", q + "?limit=0", "", "", 400, "limit", nil},
			{"GET", q + "?limit=101", "", "", 400, "limit", nil},
			{"GET", q + "?limit=9999999999999999999", "", "", 400, "limit", nil},
			{"GET", q + "?limit=tien&theme=x", "", "", 400, "limit theme", nil},
			{"GET", q + "?cursor=x", "", "", 400, "cursor", nil},
			{"GET", q + "?cursor=%00", "", "", 400, "cursor", nil},
			{"GET", q + "?cursor=%ff", "", "", 400, "cursor", nil},
			{"GET", q + "?cursor=" + strings.Repeat("a", 700), "", "", 400, "cursor", nil},
			{"GET", q + "?theme=fietsen", "", "", 400, "theme", nil},
			{"GET", q + "?status=closed", "", "", 400, "status", nil},
			{"GET", q + "?them=vervoer", "", "", 400, "them", nil},
			{"GET", q + "?%zz", "", "", 400, "query", nil},
			{"GET", q + "/" + question, "", "", 200, "", nil},
			{"GET", q + "/" + question + "?x=1", "", "", 400, "x", nil},
			{"GET", q + "/" + private, "", "", 404, "", nil},
			{"GET", q + "/" + private, both, "", 404, "", nil},
			{"GET", q + "/" + private + "/answers", both, "", 404, "", nil},
			{"GET", q + "/niets", "", "", 404, "", nil},
			{"GET", q + "/%ff", "", "", 404, "", nil},
			{"GET", q + "/", "", "", 404, "", nil},
			{"GET", a, "", "", 200, "", nil},
			{"GET", "/api/v1/answers", "", "", 200, "", nil},
			{"GET", "/api/v1/answers?limit=1", "", "", 200, "", nil},
			{"GET", "/api/v1/answers?cursor=eerste", "", "", 400, "cursor", nil},
			{"GET", "/api/v1/answers/" + answer, "", "", 200, "", nil},
			{"GET", "/api/v1/answers/niets", "", "", 404, "", nil},
			{"GET", "/api/v1/search?q=eenzaam", "", "", 200, "", nil},
			{"GET", "/api/v1/search?q=eenzaam&kind=initiative", "", "", 200, "", nil},
			{"GET", "/api/v1/search", "", "", 400, "q", nil},
			{"GET", "/api/v1/search?q=" + strings.Repeat("a", 301), "", "", 400, "q", nil},
			{"GET", "/api/v1/search?q=x&kind=boot", "", "", 400, "kind", nil},
			{"GET", "/api/v1/initiatives", "", "", 200, "", nil},
			{"GET", "/api/v1/initiatives?query=vervoer&limit=5", "", "", 200, "", nil},
			{"GET", "/api/v1/initiatives?sort=strength&hasCostFigure=true&kind=method", "", "", 200, "", nil},
			{"GET", "/api/v1/initiatives?kind=boot&phase=x&strength=y&sort=z&audience=w", "", "", 400, "audience kind phase sort strength", nil},
			{"GET", "/api/v1/initiatives?cursor=!", "", "", 400, "cursor", nil},
			{"GET", "/api/v1/initiatives/" + initiative, "", "", 200, "", nil},
			{"GET", "/api/v1/initiatives/niets", "", "", 404, "", nil},
			{"GET", "/api/v1/barriers?category=privacy", "", "", 200, "", nil},
			{"GET", "/api/v1/barriers?category=x", "", "", 400, "category", nil},
			{"GET", "/api/v1/barriers/" + barrier, "", "", 200, "", nil},
			{"GET", "/api/v1/barriers/niets", "", "", 404, "", nil},
			{"GET", openapi.Path, "", "", 200, "", nil},
			{"GET", "/api/v1", "", "", 404, "", nil},
			{"GET", "/api/v2/questions", "", "", 404, "", nil},
			{"PUT", q, both, `{}`, 405, "", nil},
			{"DELETE", q + "/" + question, both, "", 405, "", nil},
			{"OPTIONS", q, "", "", 405, "", nil},

			{"POST", q, both, ask + `}`, 201, "", nil},
			{"POST", q, both, ask + `,"body":"De heg.","theme":"burenhulp-en-vrijwilligers","postcode":"3811 AB","name":"An","urgent":true,"email":"an@post.example","phone":"06 12345678"}`, 201, "", nil},
			{"POST", q, both, strings.Replace(ask, "neighbourhood", "team", 1) + `}`, 201, "", nil},
			{"POST", q, both, ask + `,"body":"casino"}`, 201, "", nil},
			{"POST", q, both, ask + `,"email":"a\u0001n@post.example","name":"\u0007\u202e"}`, 201, "", nil},
			{"POST", q, "", ask + `}`, 401, "", nil},
			{"POST", q, wrong, ask + `}`, 401, "", nil},
			{"GET", q, wrong, "", 401, "", nil},
			{"GET", q, "kort", "", 401, "", nil},
			{"POST", q, both, `{}`, 400, "audience title", nil},
			{"POST", q, both, `{"title":"Hoi","audience":"all","theme":"x","email":"x","phone":"y","name":"` + strings.Repeat("n", 61) + `","body":"` + strings.Repeat("b", 4001) + `"}`,
				400, "audience body email name phone theme title", nil},
			{"POST", q, both, ask + `,"postcode":"12"}`, 400, "postcode", nil},
			{"POST", q, both, ask + `,"email":"a\u0000b@post.example"}`, 400, "body", nil},
			{"POST", q, both, ask + `,"colour":"red"}`, 400, "body", nil},
			{"POST", q, both, ask + `} {}`, 400, "body", nil},
			{"POST", q, both, `{"title":1,"audience":"team"}`, 400, "title", nil},
			{"POST", q, both, `{"title":` + strings.Repeat("[", 20_000), 400, "body", nil},
			{"POST", q, both, `{"title":`, 400, "body", nil},
			{"POST", q, both, `{"title":"` + strings.Repeat("x", web.BodyLimit) + `"}`, 413, "", nil},
			{"POST", q, both, ask + `}`, 415, "", []string{"Content-Type", "text/plain"}},
			{"POST", q, both, ask + `}`, 415, "", []string{"Content-Type", ""}},
			{"POST", q + "?x=1", both, ask + `}`, 400, "x", nil},
			{"POST", a, asks, `{"body":"Bel de buurtvereniging."}`, 403, "", nil},
			{"POST", a, both, `{"body":"Bel de buurtvereniging.","sources":[{"url":"https://buurt.example"}],"initiatives":["` + initiative + `"]}`, 201, "", nil},
			{"POST", a, both, `{"body":"","sources":[{"url":"javascript:alert(1)"}]}`, 400, "body sources", nil},
			{"POST", a, both, `{"body":"Bel hen.","initiatives":["niets\u0007"]}`, 400, "initiatives", nil},
			{"POST", q + "/" + private + "/answers", both, `{"body":"Bel de buurtvereniging."}`, 404, "", nil},
			{"POST", q + "/niets/answers", both, `{"body":"Bel de buurtvereniging."}`, 404, "", nil},
		} {
			got := c.do(row.method, row.path, row.token, row.body, row.headers...)
			name := fmt.Sprintf("%s %.80s %.80s", row.method, row.path, row.body)
			if got.status != row.status {
				t.Errorf("%s: %d, not %d: %.300s", name, got.status, row.status, got.body)
			}
			var p web.Problem
			if got.status >= 400 {
				got.into(t, &p)
			}
			var named []string
			for _, f := range p.Errors {
				named = append(named, f.Name)
				if f.Detail == "" {
					t.Errorf("%s does not say what is wrong with %s", name, f.Name)
				}
			}
			slices.Sort(named)
			if strings.Join(named, " ") != row.fields {
				t.Errorf("%s finds fault with %v, not with %q: %s", name, named, row.fields, got.body)
			}
			if want := map[int]string{401: "Bearer", 403: `Bearer error="insufficient_scope"`}[got.status]; !strings.HasPrefix(got.header.Get("WWW-Authenticate"), want) {
				t.Errorf("%s: WWW-Authenticate is %q", name, got.header.Get("WWW-Authenticate"))
			}
			if got.status == http.StatusMethodNotAllowed && !strings.Contains(got.header.Get("Allow"), "GET") {
				t.Errorf("%s: Allow is %q", name, got.header.Get("Allow"))
			}
		}
	})
}

func TestAPITokensEndAndKeepToTheirOrganisation(t *testing.T) {
	w := apptest.SQLite(t, apptest.Options{})
	c := newCaller(t, w)
	private := c.one(`SELECT id FROM question WHERE audience = 'team' ORDER BY id LIMIT 1`)
	open := c.one(`SELECT id FROM question WHERE listed AND status = 'open' ORDER BY id LIMIT 1`)
	own, id := c.token(places.DemoPlace, questions.ScopeAnswer)
	other, _ := c.token("/0363", questions.ScopeAnswer)
	// An organisation answers what everybody sees under its own name, and never
	// sees what is for a team, not even that of its own place.
	for _, token := range []string{own, other} {
		if got := c.do("POST", "/api/v1/questions/"+private+"/answers", token, `{"body":"Kom langs."}`); got.status != 404 {
			t.Errorf("a private question: %d %s", got.status, got.body)
		}
	}
	got := c.do("POST", "/api/v1/questions/"+open+"/answers", other, `{"body":"Kom langs."}`)
	var made struct{ Name, ID string }
	got.into(t, &made)
	if got.status != 201 || made.Name != "Stichting /0363" || got.header.Get("Location") != "/api/v1/answers/"+made.ID {
		t.Errorf("%d %v %s", got.status, got.header, got.body)
	}
	if got := c.do("GET", got.header.Get("Location"), "", ""); got.status != 200 {
		t.Errorf("Location leads to %d", got.status)
	}
	if err := w.App.People.EndToken(access.With(t.Context(), people.Shell()), id); err != nil {
		t.Fatal(err)
	}
	if got := c.do("GET", "/api/v1/questions", own, ""); got.status != 401 || got.header.Get("WWW-Authenticate") != `Bearer error="invalid_token"` {
		t.Errorf("an ended token: %d %v", got.status, got.header)
	}
	w.Clock.Advance(31 * 24 * time.Hour)
	if got := c.do("POST", "/api/v1/questions/"+open+"/answers", other, `{"body":"Kom langs."}`); got.status != 401 {
		t.Errorf("an expired token: %d", got.status)
	}
}

func TestAPIListsGiveEachRowOnce(t *testing.T) {
	apptest.Each(t, apptest.Options{}, func(t *testing.T, w *apptest.World) {
		c := newCaller(t, w)
		for path, query := range map[string]string{
			"/api/v1/questions":   `SELECT CAST(COUNT(*) AS TEXT) FROM question WHERE listed`,
			"/api/v1/answers":     `SELECT CAST(COUNT(*) AS TEXT) FROM answer JOIN question ON question.id = answer.question WHERE question.listed AND answer.moderation = 'shown'`,
			"/api/v1/initiatives": `SELECT CAST(COUNT(*) AS TEXT) FROM initiative WHERE NOT draft`,
			"/api/v1/barriers":    `SELECT CAST(COUNT(*) AS TEXT) FROM barrier`,
		} {
			seen := map[string]bool{}
			for next := path + "?limit=7"; next != ""; {
				got := c.do("GET", next, "", "")
				type item struct{ ID string }
				var part struct {
					Questions, Answers, Items []item
					Links                     web.Links `json:"_links"`
				}
				got.into(t, &part)
				for _, i := range slices.Concat(part.Questions, part.Answers, part.Items) {
					if seen[i.ID] {
						t.Fatalf("%s gives %s twice", path, i.ID)
					}
					seen[i.ID] = true
				}
				if part.Links.Self == nil || part.Links.Self.Href != next {
					t.Errorf("%s: %+v", next, part.Links)
				}
				link := ""
				next = ""
				if part.Links.Next != nil {
					next = part.Links.Next.Href
					link = "<" + next + `>; rel="next"`
				}
				if got.header.Get("Link") != link {
					t.Errorf("%s: Link is %q", path, got.header.Get("Link"))
				}
			}
			if want := c.one(query); fmt.Sprint(len(seen)) != want || len(seen) < 8 {
				t.Errorf("%s gives %d rows of %s", path, len(seen), want)
			}
		}
	})
}

func TestAPIAnswersThatDidNotChangeAreNotSentAgain(t *testing.T) {
	w := apptest.SQLite(t, apptest.Options{})
	c := newCaller(t, w)
	token, _ := c.token(places.DemoPlace, questions.ScopeAsk)
	for _, path := range []string{"/api/v1/questions", "/api/v1/answers", "/api/v1/initiatives?limit=2", "/api/v1/search?q=vervoer", openapi.Path} {
		tag := c.do("GET", path, "", "").header.Get("ETag")
		if got := c.do("GET", path, "", "", "If-None-Match", tag); tag == "" || got.status != http.StatusNotModified {
			t.Errorf("%s with %q: %d", path, tag, got.status)
		}
		if got := c.do("HEAD", path, "", ""); got.header.Get("ETag") != tag || got.body != "" {
			t.Errorf("HEAD %s: %v", path, got.header)
		}
		if got := c.do("GET", path, token, "", "If-None-Match", tag); got.status != http.StatusOK || got.header.Get("ETag") != "" {
			t.Errorf("%s with a token: %d %v", path, got.status, got.header)
		}
		if path == openapi.Path {
			continue
		}
		c.do("POST", "/api/v1/questions", token, `{"title":"Is er iets veranderd?","audience":"neighbourhood"}`)
		if got := c.do("GET", path, "", "", "If-None-Match", tag); got.status != http.StatusOK {
			t.Errorf("%s after a change: %d", path, got.status)
		}
	}
}

func TestAPITellsWhenItIsAskedTooOften(t *testing.T) {
	w := apptest.SQLite(t, apptest.Options{Empty: true, Settings: func(s *app.Settings) { s.Rate = 0.01 }})
	c := newCaller(t, w)
	for range 5 {
		if got := c.do("GET", "/api/v1/questions", "", ""); got.status == http.StatusTooManyRequests {
			if got.header.Get("Retry-After") == "" {
				t.Errorf("%v", got.header)
			}
			return
		}
	}
	t.Error("nobody stops it")
}
