package visions

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

func (w world) call(a access.Actor, method, path, body string) (int, map[string]any) {
	w.t.Helper()
	rt := web.NewRouter(web.Options{Catalog: w.words, Clock: w.clock, Enter: func(_ http.ResponseWriter, r *http.Request) (*http.Request, error) {
		return r.WithContext(ui.WithShell(access.With(r.Context(), a), ui.Shell{})), nil
	}})
	rt.Handle(w.Room().Routes...)
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer x")
	rec := httptest.NewRecorder()
	rt.ServeHTTP(rec, r)
	out := map[string]any{}
	if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
		w.t.Fatalf("%s %s: %v %s", method, path, err, rec.Body)
	}
	if rec.Code >= 400 && !strings.HasPrefix(rec.Header().Get("Content-Type"), "application/problem+json") {
		w.t.Errorf("%s %s is %d as %s", method, path, rec.Code, rec.Header().Get("Content-Type"))
	}
	return rec.Code, out
}

func TestAPI(t *testing.T) {
	eachWorld(t, func(t *testing.T, w world) {
		token := access.Actor{Organisation: "org-a", Scopes: []string{ScopeWrite}, Channel: access.API, Address: "203.0.113.9"}
		nobody, member := access.Of(w.as("nobody")), access.Of(w.as("convener"))
		v := w.draft()
		path := apiPath + "/" + v
		// What is not public is there for nobody in the API, not even with a session.
		for _, a := range []access.Actor{token, nobody, member} {
			for _, p := range []string{path, path + "/comments"} {
				if status, _ := w.call(a, http.MethodGet, p, ""); status != 404 {
					t.Errorf("%s answers %d", p, status)
				}
			}
		}
		if status, _ := w.call(token, http.MethodPost, path+"/comments", `{"kind":"question","text":"Waarom?"}`); status != 404 {
			t.Error(status)
		}
		w.begun(v, Round{Kind: Orienting, Everybody: true})
		if _, list := w.call(nobody, http.MethodGet, apiPath+"?status=open", ""); len(list["items"].([]any)) != 1 {
			t.Errorf("%v", list)
		}
		if _, list := w.call(nobody, http.MethodGet, apiPath, ""); len(list["items"].([]any)) != 0 {
			t.Errorf("%v", list)
		}
		status, one := w.call(nobody, http.MethodGet, path, "")
		if status != 200 || one["title"] != "Samen oud" || one["open"] != true || len(one["blocks"].([]any)) != 4 || one["version"] != 1.0 {
			t.Fatalf("%d %v", status, one)
		}
		place := one["blocks"].([]any)[1].(map[string]any)["place"].(string)
		for _, c := range []struct {
			a      access.Actor
			body   string
			status int
			says   string
		}{
			{token, `{"kind":"objection","text":"Dit kan niet","place":"` + place + `","name":"Truus"}`, 201, `"published":false`},
			{nobody, `{"kind":"objection","text":"Dit kan niet"}`, 403, ""},
			{member, `{"kind":"objection","text":"Dit kan niet"}`, 403, ""},
			{access.Actor{Organisation: "org-a", Channel: access.API}, `{"kind":"objection","text":"Dit kan niet"}`, 403, ""},
			{token, `{"kind":"taart","text":"Dit kan niet"}`, 400, "kind"},
			{token, `{"kind":"question","text":""}`, 400, "text"},
			{token, `{"kind":"question","text":"Hm?","place":"p999"}`, 400, "place"},
			{token, `{"kind":"question","text":"Hm?","person":"convener"}`, 400, ""},
			{token, `[]`, 400, ""},
		} {
			status, out := w.call(c.a, http.MethodPost, path+"/comments", c.body)
			if text, _ := json.Marshal(out); status != c.status || !strings.Contains(string(text), c.says) {
				t.Errorf("%s: %d %s", c.body, status, text)
			}
		}
		if _, list := w.call(nobody, http.MethodGet, path+"/comments", ""); len(list["items"].([]any)) != 0 {
			t.Errorf("a comment that nobody read yet is shown: %v", list)
		}
		var held string
		all, err := w.Comments(w.as("convener"), v, filterHeld, "", "")
		w.must(err)
		for _, c := range all.Comments {
			held = c.ID
			if c.Person != "" || c.Channel != byProgram || c.Name != "Truus" {
				t.Errorf("%+v", c)
			}
		}
		w.must(w.Judge(w.as("convener"), v, held, Shown, ""))
		w.must(w.Answer(w.as("convener"), v, held, Not, "Daarom niet"))
		_, err = w.Comment(w.as("member"), v, Said{Kind: Suggestion, Body: "Van binnen"})
		w.must(err)
		_, list := w.call(nobody, http.MethodGet, path+"/comments?place="+place, "")
		text, _ := json.Marshal(list)
		if len(list["items"].([]any)) != 1 || !strings.Contains(string(text), `"answerText":"Daarom niet"`) {
			t.Errorf("%s", text)
		}
		_, list = w.call(nobody, http.MethodGet, path+"/comments", "")
		if text, _ = json.Marshal(list); strings.Contains(string(text), "Mevrouw") || len(list["items"].([]any)) != 2 {
			t.Errorf("%s", text)
		}
		w.days(20)
		if status, _ := w.call(token, http.MethodPost, path+"/comments", `{"kind":"question","text":"Te laat?"}`); status != 409 {
			t.Error(status)
		}
		if status, _ := w.call(nobody, http.MethodGet, apiPath+"?status=concept", ""); status != 400 {
			t.Error(status)
		}
	})
}
