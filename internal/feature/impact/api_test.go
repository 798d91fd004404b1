package impact

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"wijkbaak.nl/internal/trust/access"
)

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

func TestAPI(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.near.measured = someFigures()
		draft := d.made(demoInitiative)
		path := apiPath + "/" + draft.ID
		ours := token("waterstad", ScopeWrite)
		for _, c := range []struct {
			a         access.Actor
			read, put int
		}{
			{ours, 200, 409}, // of an old version
			{token("waterstad", "pilots:write"), 404, 403},
			{token("waterstad"), 404, 403},
			{token("heuvelrijk", ScopeWrite), 404, 404},
			{token("", ScopeWrite), 404, 404},
			{nobody, 404, 403},
			{fatma, 200, 403}, // a session is no token
		} {
			if status, _ := d.call(c.a, http.MethodGet, path, ""); status != c.read {
				t.Errorf("%q reads a draft with %d, not %d", c.a.Organisation, status, c.read)
			}
			if status, _ := d.call(c.a, http.MethodPut, path, `{"title":"Een ander","version":77,"nodes":[],"arrows":[]}`); status != c.put {
				t.Errorf("%q puts with %d, not %d", c.a.Organisation, status, c.put)
			}
		}
		if _, list := d.call(nobody, http.MethodGet, apiPath, ""); len(list["items"].([]any)) != 0 {
			t.Errorf("a draft is listed: %v", list)
		}
		// What was read can be put back, links to pilots and all.
		_, was := d.call(ours, http.MethodGet, path, "")
		f := someFigures()[0]
		was["nodes"].([]any)[5].(map[string]any)["indicator"] = map[string]any{"name": "Gemeten", "pilot": f.Pilot, "code": f.Indicator}
		send := map[string]any{"title": "Beter", "version": was["version"], "nodes": was["nodes"], "arrows": was["arrows"]}
		body, _ := json.Marshal(send)
		status, now := d.call(ours, http.MethodPut, path, string(body))
		before, _ := json.Marshal([]any{was["nodes"], was["arrows"]})
		after, _ := json.Marshal([]any{now["nodes"], now["arrows"]})
		if status != 200 || now["title"] != "Beter" || string(before) != string(after) || !strings.Contains(string(after), `"pilot":"`+f.Pilot) {
			t.Fatalf("%d %v", status, now)
		}
		version := now["version"]
		for says, part := range map[string]string{
			"title": `"title":"","nodes":[],"arrows":[]`,
			"body":  `"title":"Goed","nodes":[{"id":"a","kind":"taart","text":"x"}],"arrows":[]`,
			"1":     `"title":"Goed","nodes":[{"id":"a","kind":"input","text":"x","indicator":{"name":"n","pilot":"geheim","code":"c"}}],"arrows":[]`,
			"naar":  `"title":"Goed","nodes":[{"id":"a","kind":"input","text":"x"}],"arrows":[{"from":"a","to":"naar"}]`,
			"more":  `"title":"Goed","more":1`,
			"end":   `"title":`,
		} {
			text, _ := json.Marshal(version)
			status, out := d.call(ours, http.MethodPut, path, `{"version":`+string(text)+`,`+part+`}`)
			if status != 400 {
				t.Errorf("%s: %d %v", says, status, out)
			}
		}
		d.must(d.Publish(d.as(fatma), Edit{ID: draft.ID, Version: int(version.(float64))}, true))
		if status, one := d.call(nobody, http.MethodGet, path, ""); status != 200 || one["organisation"] != "Gemeente Waterstad" {
			t.Errorf("%d %v", status, one)
		}
		if _, list := d.call(nobody, http.MethodGet, apiPath+"?limit=1", ""); len(list["items"].([]any)) != 1 {
			t.Errorf("%v", list)
		}
		if status, _ := d.call(nobody, http.MethodGet, apiPath+"?limit=0", ""); status != 400 {
			t.Error(status)
		}
	})
}
