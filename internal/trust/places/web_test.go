package places_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/room"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
	"wijkbaak.nl/internal/trust/places"
)

// world is the room behind a real router, with a log that remembers.
type world struct {
	*places.Places
	d      *db.DB
	router *web.Router
	who    access.Actor
	saves  int
	events []audit.Event
	broken error // what the log answers
}

// Record is the log of the world.
func (w *world) Record(_ context.Context, tx *db.Tx, e audit.Event) error {
	if w.broken == nil {
		tx.AfterCommit(func() { w.events = append(w.events, e) })
	}
	return w.broken
}

const own = places.DemoPlace

func each(t *testing.T, f func(t *testing.T, w *world)) {
	t.Helper()
	steps := room.Steps([]room.Room{places.New(nil, clock.System, nil, places.Options{}).Room()})
	dbtest.Each(t, steps, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.Date(2026, time.March, 2, 9, 0, 0, 0, clock.Amsterdam))
		w := &world{d: d}
		w.Places = places.New(d, c, id.New(c), places.Options{Audit: w, Root: own, Saved: func() { w.saves++ }})
		rooms := []room.Room{w.Room()}
		words, err := i18n.New(append(room.Words(rooms), web.Locales, ui.Locales)...)
		if err != nil {
			t.Fatal(err)
		}
		w.router = web.NewRouter(web.Options{Clock: c, Catalog: words, DataVersion: d.Version,
			Enter: func(_ http.ResponseWriter, r *http.Request) (*http.Request, error) {
				ctx := ui.WithShell(access.With(r.Context(), w.who), ui.Shell{Lang: i18n.Lang(r.Context())})
				return r.WithContext(ctx), nil
			}})
		w.router.Handle(w.Room().Routes...)
		if err := w.Demo(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.saves = 0
		f(t, w)
	})
}

func actor(role access.Role, place string) access.Actor {
	return access.Actor{Person: "p", SecondFactor: true, Grants: []access.Grant{{Role: role, Place: place}}}
}

func (w *world) send(method, path string, pairs ...string) *httptest.ResponseRecorder {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(method, path, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	res := httptest.NewRecorder()
	w.router.ServeHTTP(res, r)
	return res
}

func is(t *testing.T, res *httptest.ResponseRecorder, status int, holds ...string) {
	t.Helper()
	if res.Code != status {
		t.Fatalf("status %d, want %d: %s", res.Code, status, res.Body)
	}
	for _, text := range holds {
		if !strings.Contains(res.Body.String(), text) {
			t.Errorf("no %q on the page", text)
		}
	}
}

const form = "/beheer/plek/instellingen?plek="

// filled is a form that is right.
func filled(more ...string) []string {
	return append([]string{"portal", "Baak", "hours.1.from", "9", "hours.1.until", "12", "answerHours", "3", "urgentHours", "1"}, more...)
}

func TestWhoMaySet(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		half := actor(access.Operator, "/")
		half.SecondFactor = false
		for name, c := range map[string]struct {
			who  access.Actor
			path string
			want int
		}{
			"nobody":                   {access.Actor{}, own, 403},
			"a coach of the place":     {actor(access.Coach, own), own, 403},
			"without a second factor":  {half, own, 403},
			"an editor of elsewhere":   {actor(access.Editor, "/0363"), own, 403},
			"the place above":          {actor(access.Editor, own), "/0995", 403},
			"a name that begins alike": {actor(access.Operator, own), own + "01", 403},
			"not there, not theirs":    {actor(access.Operator, own), "/9999", 403},
			"not there":                {actor(access.Operator, "/"), "/9999", 404},
			"the whole country":        {actor(access.Operator, "/"), "/", 303},
			"an editor":                {actor(access.Editor, own), own, 303},
			"an operator":              {actor(access.Operator, "/0995"), own, 303},
			"below":                    {actor(access.Editor, own), own + "/BU0995ZZ01", 303},
		} {
			w.who, w.events = c.who, nil
			res := w.send("POST", form+c.path, filled()...)
			events, page := 0, c.want
			if c.want == 303 {
				events, page = 1, 200
			}
			if res.Code != c.want || len(w.events) != events {
				t.Errorf("%s: %d with %v", name, res.Code, w.events)
			}
			for _, more := range []string{"kijk", "portal"} { // neither looked at nor told what is wrong
				pairs := filled(more, "")
				if more == "kijk" {
					pairs = filled(more, "ja")
				}
				if res := w.send("POST", form+c.path, pairs...); page != 200 && res.Code != page {
					t.Errorf("%s tries %s: %d", name, more, res.Code)
				}
			}
			if res := w.send("GET", form+c.path); res.Code != page {
				t.Errorf("%s sees the form: %d", name, res.Code)
			}
		}
		// The service decides by itself too, inside the transaction.
		ctx := access.With(t.Context(), actor(access.Editor, "/0363"))
		if err := w.ChangeSettings(ctx, own, places.DefaultSettings(), ""); fault.KindOf(err) != fault.KindDenied {
			t.Error(err)
		}
		if _, err := w.Managed(access.With(t.Context(), actor(access.Coach, own))); fault.KindOf(err) != fault.KindDenied {
			t.Error(err)
		}
	})
}

func TestSettingIsLogged(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.who = actor(access.Editor, "/0995")
		is(t, w.send("POST", form+own, filled()...), 303)
		is(t, w.send("POST", form+"/0995", filled()...), 303)
		if len(w.events) != 2 || w.saves != 2 || w.events[0].Action != audit.Update || w.events[0].ObjectID != own ||
			w.events[1].Action != audit.Create || w.events[1].ObjectID != "/0995" || w.events[1].Kind != "places.settings" {
			t.Errorf("%d saves, %+v", w.saves, w.events)
		}
		w.broken = errors.New("the log is full")
		is(t, w.send("POST", form+own, filled("portal", "Zonder log")...), 500)
		if v, _, _ := w.Settings(t.Context(), own); v.Portal != "Baak" || w.saves != 2 {
			t.Errorf("kept without an event: %q, %d", v.Portal, w.saves)
		}
	})
}

func TestList(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		names := func() string {
			t.Helper()
			list, err := w.Managed(access.With(t.Context(), w.who))
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			for _, m := range list {
				b.WriteString(m.Place.Path + ":" + m.From.Path + " ")
			}
			return b.String()
		}
		w.who = actor(access.Operator, "/")
		is(t, w.send("POST", form+"/0363", filled()...), 303)
		for _, c := range []struct {
			who  access.Actor
			want string
		}{
			{actor(access.Operator, "/"), own + ":" + own + " /0363:/0363 "},
			{actor(access.Editor, own), own + ":" + own + " "},
			{actor(access.Editor, own+"/BU0995ZZ01"), own + "/BU0995ZZ01:" + own + " "},
			{actor(access.Editor, "/0995"), own + ":" + own + " /0995: "},
		} {
			if w.who = c.who; names() != c.want {
				t.Errorf("%v: %s, want %s", c.who.Grants, names(), c.want)
			}
		}
		is(t, w.send("GET", "/beheer/plek"), 200, "Waterkwartier (voorbeeldwijk) (deze website)", "Standaard")
		for text, want := range map[string]string{"8247 ab": own + "/BU0995ZZ01", "GM0995": "/0995", "wk0995zz": own, "lelystad": "/0995", "/0995/": "/0995"} {
			res := w.send("GET", "/beheer/plek?zoek="+url.QueryEscape(text))
			if at := res.Header().Get("Location"); res.Code != 303 || at != form+url.QueryEscape(want) {
				t.Errorf("%s leads to %q: %d", text, at, res.Code)
			}
		}
		is(t, w.send("GET", "/beheer/plek?zoek=Amsterdam"), 422, "U heeft geen rol in Amsterdam.", `value="Amsterdam"`)
		is(t, w.send("GET", "/beheer/plek?zoek=%3Cb%3E"), 422, "kennen wij niet", "&lt;b&gt;")
		is(t, w.send("GET", "/beheer/plek?zoek="+strings.Repeat("x", 100)), 422)
	})
}

func TestFormKeepsWhatWasTyped(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.who = actor(access.Editor, own)
		res := w.send("GET", "/beheer/plek/instellingen") // of this instance
		is(t, res, 200, "Instellingen van Waterkwartier", "krijgt antwoord voor morgen om 17:00", "Een vraag met spoed krijgt antwoord voor vandaag om 13:00", "3 plekken in")
		if res.Header().Get("Cache-Control") != "private, no-store" {
			t.Error("a cache may keep the page")
		}
		is(t, w.send("GET", form+own+"/BU0995ZZ01"), 200, "Nu geldt wat bij Waterkwartier (voorbeeldwijk) staat.")
		is(t, w.send("GET", "/en"+form+own), 200, "Settings of Waterkwartier", "is answered before tomorrow at 17:00")
		is(t, w.send("POST", form+own, filled("portal", "<b>", "hours.1.from", "vroeg", "holidays", "ooit\nooit", "was", "abc")...), 422,
			`value="&lt;b&gt;"`, `value="vroeg"`, `href="#f-hours.1.from"`, `id="f-hours.1.from"`, "Dit is geen tijd, op maandag.",
			"Regel 1: ooit is geen datum.", "Regel 2: ooit is geen datum.", `name="was" value="abc"`)
		body := w.send("POST", form+own, filled("portal", "", "hours.1.from", "vroeg", "urgent.5.number", "112")...).Body.String()
		at := -1
		for _, link := range []string{"#f-portal", "#f-hours.1.from", "#f-urgent.5.label", "#f-urgent.5.text"} {
			next := strings.Index(body, `href="`+link+`"`)
			if next <= at {
				t.Errorf("%s does not stand in the order of the page", link)
			}
			at = next
		}
		is(t, w.send("POST", form+own, filled("kijk", "ja")...), 200, "krijgt antwoord voor vandaag om 12:00", "Er is nog niets bewaard.")
		is(t, w.send("POST", form+own, filled("was", "abc")...), 409, "Iemand anders", `value="Baak"`)
		if len(w.events) != 0 || w.saves != 0 {
			t.Error("something was saved")
		}
	})
}
