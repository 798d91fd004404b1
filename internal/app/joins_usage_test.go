package app_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/trust/access"
)

const browser = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"

func count(t *testing.T, w *apptest.World, query string, args ...any) int {
	t.Helper()
	n, err := db.One(t.Context(), w.App.DB, db.Value[int], query, args...)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestOpenedPagesAreCountedWithoutWho: a look at a page about an initiative or a
// pilot is a number a day, and nothing of who looked stands anywhere.
func TestOpenedPagesAreCountedWithoutWho(t *testing.T) {
	apptest.Each(t, apptest.Options{}, func(t *testing.T, w *apptest.World) {
		pilot := one(t, w, `SELECT id FROM pilot WHERE initiative = 'robot-tessa' ORDER BY id LIMIT 1`)
		name, value := w.Cookie(apptest.Lead)
		look := func(path string, headers ...string) int {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Header.Set("User-Agent", browser)
			r.RemoteAddr = "203.0.113.78:1234"
			for i := 0; i < len(headers); i += 2 {
				if r.Header.Set(headers[i], headers[i+1]); headers[i] == "Method" {
					r.Method = headers[i+1]
				}
			}
			rec := httptest.NewRecorder()
			w.App.ServeHTTP(rec, r)
			return rec.Code
		}
		writes := w.App.DB.Figures().Writes
		for _, c := range []struct {
			path    string
			headers []string
			status  int
		}{
			{"/initiatieven/robot-tessa", nil, 200},
			{"/initiatieven/robot-tessa", nil, 200}, // of the pages that are ready made
			{"/en/initiatieven/robot-tessa/past?gemeente=GM0355", nil, 200},
			{"/pilots/" + pilot, nil, 200},
			{"/initiatieven/robot-tessa", []string{"User-Agent", "Examplebot/2.0"}, 200},
			{"/initiatieven/robot-tessa", []string{"User-Agent", ""}, 200},
			{"/initiatieven/robot-tessa", []string{"Sec-Purpose", "prefetch"}, 200},
			{"/initiatieven/robot-tessa", []string{"Method", "HEAD"}, 200},
			{"/initiatieven/robot-tessa", []string{"Cookie", name + "=" + value}, 200},
			{"/initiatieven/bestaat-niet", nil, 404},
			{"/pilots/bestaat-niet", nil, 404},
			{"/initiatieven/nieuw", nil, 403},
			{"/initiatieven/vergelijk", nil, 200},
			{"/api/v1/initiatieven/robot-tessa", nil, 404},
		} {
			if got := look(c.path, c.headers...); got != c.status && !(c.status == 403 && got == 303) {
				t.Errorf("%s answers %d", c.path, got)
			}
		}
		if got := w.App.DB.Figures().Writes; got != writes {
			t.Errorf("looking at pages cost %d writes", got-writes)
		}
		if err := w.App.Usage.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		opened := `SELECT CAST(COALESCE(SUM(opened), 0) AS BIGINT) FROM usage_day WHERE kind = $1 AND subject = $2`
		if a, b, rows := count(t, w, opened, "initiative", "robot-tessa"), count(t, w, opened, "pilot", pilot), count(t, w, `SELECT COUNT(*) FROM usage_day`); a != 3 || b != 1 || rows != 2 {
			t.Errorf("%d and %d looks in %d rows", a, b, rows)
		}
		if found := anywhere(t, w, "203.0.113.78", "Firefox/140"); len(found) > 0 {
			t.Errorf("who looked stands in %v", found)
		}
		ctx := access.With(context.WithoutCancel(t.Context()), access.Actor{Channel: access.Shell})
		if err := w.App.Initiatives.Merge(ctx, "robot-tessa", "nlvoorelkaar", "dubbel"); err != nil {
			t.Fatal(err)
		}
		w.Settle()
		if n := count(t, w, opened, "initiative", "nlvoorelkaar"); n != 3 {
			t.Errorf("%d looks went along", n)
		}
	})
}

// TestAPilotMeasuresItsUse: looks and followers become measurements, the small
// ones not.
func TestAPilotMeasuresItsUse(t *testing.T) {
	apptest.Each(t, apptest.Options{}, func(t *testing.T, w *apptest.World) {
		var pilot string
		for _, kind := range []string{"initiative", "pilot", "followers"} {
			pilot = one(t, w, `SELECT id FROM pilot WHERE initiative = 'robot-tessa' ORDER BY id LIMIT 1`)
			exec(t, w, `INSERT INTO pilot_indicator (id, pilot, code, position, name, definition, unit, kind, better, source, every, counter, last_n)
				VALUES ($1, $2, $1, 9, $1, '', '', 'count', 'up', '', 'week', 'usage.' || $1, 0)`, kind, pilot)
		}
		for range 12 {
			w.App.Usage.Opened("initiative", "robot-tessa")
		}
		for range 9 {
			w.App.Usage.Opened("pilot", pilot)
		}
		if err := w.App.Usage.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i := range 11 {
			exec(t, w, `INSERT INTO initiative_follower (id, initiative, who, email, confirmed, token_hash, at, told_at) VALUES ($1, 'robot-tessa', $1, '', $2, $3, 1, 1)`,
				"f"+strings.Repeat("x", i), i > 0, []byte{byte(i)})
		}
		w.Advance(8 * 24 * time.Hour)
		ctx := access.With(context.WithoutCancel(t.Context()), access.Actor{Channel: access.Job})
		if err := w.App.Pilots.CountNow(ctx); err != nil {
			t.Fatal(err)
		}
		value := `SELECT CAST(COALESCE(SUM(value), 0) AS BIGINT) FROM pilot_measurement WHERE indicator = $1 AND source = 'program'`
		if a, b, c := count(t, w, value, "initiative"), count(t, w, value, "pilot"), count(t, w, value, "followers"); a != 12 || b != 0 || c != 10 {
			t.Errorf("%d looks, %d of the pilot, %d followers", a, b, c)
		}
	})
}
