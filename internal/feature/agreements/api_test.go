package agreements

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
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
		draft := d.made("")
		path := apiPath + "/" + draft.ID
		ours := token("waterstad", ScopeWrite)
		for _, c := range []struct {
			a         access.Actor
			read, add int
		}{
			{ours, 200, 409}, // of an old version
			{token("waterstad", "pilots:write"), 404, 403},
			{token("heuvelrijk", ScopeWrite), 404, 404},
			{token("", ScopeWrite), 404, 404},
			{nobody, 404, 403},
			{joost, 200, 403}, // a party, with a session: that is no token
			{other, 404, 403},
		} {
			if status, _ := d.call(c.a, http.MethodGet, path, ""); status != c.read {
				t.Errorf("%q reads a draft with %d, not %d", c.a.Person+c.a.Organisation, status, c.read)
			}
			if status, _ := d.call(c.a, http.MethodPost, path+"/checks", `{"day":"2027-05-01","version":77}`); status != c.add {
				t.Errorf("%q adds with %d, not %d", c.a.Person+c.a.Organisation, status, c.add)
			}
		}
		if _, list := d.call(nobody, http.MethodGet, apiPath, ""); len(list["items"].([]any)) != 0 {
			t.Errorf("a draft is listed: %v", list)
		}
		before := d.seen(fatma, draft.ID)
		status, one := d.call(ours, http.MethodPost, path+"/checks", `{"day":"2027-05-01","version":1}`)
		if status != 201 || len(one["checks"].([]any)) != len(before.Checks)+1 || one["version"] != 2.0 {
			t.Fatalf("%d %v", status, one)
		}
		// A day that is there is settled, as the page would do it.
		due := before.Checks[0].Due
		steps, cents := before.Model.Settle(2.5, 40, 0)
		status, one = d.call(ours, http.MethodPost, path+"/checks",
			`{"day":"`+due.Format("2006-01-02")+`","version":2,"value":2.5,"people":40,"source":"Ons systeem","reason":"Meetronde"}`)
		if status != 201 || one["paidCents"] != float64(cents) || len(steps) == 0 {
			t.Fatalf("%d %v, not %d", status, one, cents)
		}
		if after := d.seen(fatma, draft.ID); !after.Checks[0].Settled || after.Checks[0].Source != "Ons systeem" || after.Checks[0].Person != "" {
			t.Errorf("%+v", after.Checks[0])
		}
		for body, says := range map[string]string{
			`"day":"overmorgen"`: "day",
			`"day":"2027-05-01"`: "day", // it is there
			`"day":"` + due.Format("2006-01-02") + `","value":1,"people":40,"source":"x"`: "value",  // settled
			`"day":"2027-05-01","value":1,"people":40,"source":"x"`:                       "value",  // too early
			`"day":"2026-11-20","value":1,"people":3,"source":"x"`:                        "people", // could be about somebody
			`"day":"2026-11-20","value":1,"people":40`:                                    "source",
			`"day":"2026-11-20","value":1e300,"people":40,"source":"x"`:                   "value",
			`"day":"2026-11-20","cents":5`:                                                "cents",
			`"day":"2026-11-20","value":"veel"`:                                           "value",
			`"day":`:                                                                      "body",
		} {
			status, out := d.call(ours, http.MethodPost, path+"/checks", `{"version":3,`+body+`}`)
			text, _ := json.Marshal(out)
			if status != 400 || !strings.Contains(string(text), says) {
				t.Errorf("%s: %d %s", body, status, text)
			}
		}
		if v := d.seen(fatma, draft.ID); v.Version != 3 {
			t.Errorf("version %d", v.Version)
		}
		add := func(day int) int {
			status, _ := d.call(ours, http.MethodPost, path+"/checks",
				`{"day":"`+strconv.Itoa(day)+`-1-2028","version":`+strconv.Itoa(d.seen(fatma, draft.ID).Version)+`}`)
			return status
		}
		for k := len(before.Checks) + 1; k < datesMost; k++ {
			if status := add(k); status != 201 {
				t.Fatal(k, status)
			}
		}
		if status := add(31); status != 400 {
			t.Errorf("more days than there is room for: %d", status)
		}
		d.must(d.Publish(d.as(fatma), Edit{ID: draft.ID, Version: d.seen(fatma, draft.ID).Version}, true))
		if status, one = d.call(nobody, http.MethodGet, path, ""); status != 200 || len(one["parties"].([]any)) < 2 {
			t.Errorf("%d %v", status, one)
		}
		if text, _ := json.Marshal(one); strings.Contains(string(text), "atma") {
			t.Error("the API names a person")
		}
		if _, list := d.call(nobody, http.MethodGet, apiPath+"?limit=1", ""); len(list["items"].([]any)) != 1 {
			t.Errorf("%v", list)
		}
	})
}
