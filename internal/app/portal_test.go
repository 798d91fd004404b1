package app_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/apptest"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/trust/places"
)

// What this node saves stands above the next page; what another node saved,
// after half a minute.
func TestNameOfTheWebsiteFollowsItsPlace(t *testing.T) {
	apptest.Each(t, apptest.Options{}, func(t *testing.T, w *apptest.World) {
		other := places.New(w.App.DB, w.Clock, id.New(w.Clock), places.Options{})
		save := func(by *places.Places, path, name string) {
			t.Helper()
			v := places.DefaultSettings()
			v.Portal = name
			if err := w.App.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return by.SaveSettings(ctx, tx, path, v) }); err != nil {
				t.Fatal(err)
			}
		}
		is := func(name string) {
			t.Helper()
			title, _, _ := strings.Cut(w.Client().Get("/privacy").Body, "</title>")
			if !strings.HasSuffix(title, "· "+name) {
				t.Errorf("the page is called %q, not %q", title[strings.LastIndex(title, "<title>"):], name)
			}
		}
		is("Wijkbaak Waterkwartier")
		save(w.App.Places, places.DemoPlace, "Baak A")
		is("Baak A")
		save(w.App.Places, "/0363", "Elders")
		is("Baak A")
		save(other, places.DemoPlace, "Baak B")
		is("Baak A")
		w.Clock.Advance(31 * time.Second)
		is("Baak B")
	})
}

func TestNameOfTheWebsiteWithoutSettings(t *testing.T) {
	w := apptest.SQLite(t, apptest.Options{Empty: true, Settings: func(s *app.Settings) { s.Name, s.Place = "Onze wijk", "/0363" }})
	if body := w.Client().Get("/privacy").Body; !strings.Contains(body, "· Onze wijk</title>") {
		t.Error("the name that the operator chose at the start does not count")
	}
}
