package scaling

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"wijkbaak.nl/internal/trust/access"
)

// token is the program of an organisation.
func token(organisation string, scopes ...string) access.Actor {
	return access.Actor{Organisation: organisation, Scopes: scopes, Channel: access.API}
}

func (d *desk) call(a access.Actor, method, path, body string) (int, map[string]any) {
	d.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer x")
	d.actor = a
	w := httptest.NewRecorder()
	d.web.ServeHTTP(w, r)
	out := map[string]any{}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		d.t.Fatalf("%s %s: %v %s", method, path, err, w.Body)
	}
	if w.Code >= 400 && !strings.HasPrefix(w.Header().Get("Content-Type"), "application/problem+json") {
		d.t.Errorf("%s %s is %d as %s", method, path, w.Code, w.Header().Get("Content-Type"))
	}
	return w.Code, out
}

// The API follows the rules of the pages, and a program does no more than its
// organisation and its token allow.
func TestAPI(t *testing.T) {
	rooms(t, func(t *testing.T, d *desk) {
		v := d.add(d.plan(StandardTemplate), "", "Samen; Fatma; 1-12-2026")
		own, err := d.Create(d.as(fatma), NewPlan{Title: "Van onszelf", Organisation: "waterstad", Start: "2026-06-01"})
		d.must(err)
		path := apiPath + "/" + v.ID
		for _, c := range []struct {
			a              access.Actor
			read, add, own int
		}{
			{token("heuvelrijk", ScopeRead, ScopeWrite), 200, 201, 404},
			{token("waterstad", ScopeRead, ScopeWrite), 200, 201, 200},
			{token("waterstad", ScopeRead), 200, 403, 200},
			{token("waterstad", ScopeWrite), 403, 201, 403},
			{token("kijkers", ScopeRead, ScopeWrite), 200, 403, 404},
			{token("elders", ScopeRead, ScopeWrite), 404, 404, 404},
			{token("", ScopeRead, ScopeWrite), 404, 404, 404},
			{nobody, 403, 403, 403},
			{neighbour, 403, 403, 403},
			{fatma, 403, 403, 403}, // a session is no token
		} {
			if status, _ := d.call(c.a, http.MethodGet, path, ""); status != c.read {
				t.Errorf("%q with %v reads with %d, not %d", c.a.Organisation, c.a.Scopes, status, c.read)
			}
			if status, _ := d.call(c.a, http.MethodGet, apiPath+"/"+own, ""); status != c.own {
				t.Errorf("%q with %v reads that of Waterstad with %d, not %d", c.a.Organisation, c.a.Scopes, status, c.own)
			}
			if status, _ := d.call(c.a, http.MethodPost, path+"/steps", `{"title":"Van het programma"}`); status != c.add {
				t.Errorf("%q with %v adds with %d, not %d", c.a.Organisation, c.a.Scopes, status, c.add)
			}
		}
		program := token("heuvelrijk", ScopeRead, ScopeWrite)
		_, plan := d.call(program, http.MethodGet, path, "")
		if plan["title"] != "Beeldzorg overal" || len(plan["tracks"].([]any)) != 2 || len(plan["steps"].([]any)) != len(v.Steps)+3 {
			t.Errorf("%v", plan)
		}
		text, _ := json.Marshal(plan)
		if strings.Contains(string(text), "atma") {
			t.Error("the API names a person")
		}
		status, one := d.call(program, http.MethodPost, path+"/steps",
			`{"title":"Meten","track":"`+v.Tracks[0].ID+`","due":"2026-12-24","budgetCents":150000,"status":"doing","reason":"Uit ons systeem"}`)
		if status != 201 || one["track"] != v.Tracks[0].ID || one["due"] != "2026-12-24" || one["status"] != "doing" || one["version"] != 1.0 {
			t.Fatalf("%d %v", status, one)
		}
		at := path + "/steps/" + one["id"].(string) + "/status"
		if status, one = d.call(program, http.MethodPut, at, `{"status":"done","version":1}`); status != 200 || one["status"] != "done" || one["doneOn"] != "2026-11-21" {
			t.Errorf("%d %v", status, one)
		}
		for _, c := range []struct {
			method, path, body, says string
			status                   int
		}{
			{http.MethodPut, at, `{"status":"doing","version":1}`, "", 409},
			{http.MethodPut, at, `{"status":"af","version":2}`, "status", 400},
			{http.MethodPut, path + "/steps/geen/status", `{"status":"done","version":1}`, "", 404},
			{http.MethodPost, path + "/steps", `{"title":"x"}`, "title", 400},
			{http.MethodPost, path + "/steps", `{"title":"Goed","due":"overmorgen"}`, "due", 400},
			{http.MethodPost, path + "/steps", `{"title":"Goed","track":"elders"}`, "track", 400},
			{http.MethodPost, path + "/steps", `{"title":"Goed","budgetCents":-1}`, "budgetCents", 400},
			{http.MethodPost, path + "/steps", `{"title":"Goed","start":"2027-02-01","due":"2027-01-01"}`, "due", 400},
			{http.MethodPost, path + "/steps", `{"title":"Goed","owner":"fatma"}`, "", 400},
			{http.MethodPost, path + "/steps", `{`, "", 400},
			{http.MethodPost, apiPath + "/geen/steps", `{"title":"Goed"}`, "", 404},
		} {
			status, out := d.call(program, c.method, c.path, c.body)
			text, _ := json.Marshal(out)
			if status != c.status || !strings.Contains(string(text), c.says) {
				t.Errorf("%s %s: %d %s", c.path, c.body, status, text)
			}
		}
	})
}

// The program of a convener's organisation writes, and never ends a plan.
func TestAProgramNeverEndsAPlan(t *testing.T) {
	for _, p := range []Plan{{Coalition: group}, {Organisation: "waterstad"}} {
		for scope, want := range map[string]right{ScopeWrite: writes, ScopeRead: reads, "questions:write": nothing} {
			if got := rights(token("waterstad", scope), p, Convener); got != want {
				t.Errorf("%v with %s gives %d, not %d", p, scope, got, want)
			}
		}
	}
}
