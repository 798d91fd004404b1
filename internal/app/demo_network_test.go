package app_test

import (
	"strings"
	"testing"

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/apptest"
)

// TestTwoInstancesOfTheDemonstration: what one hands on, the other tries, and the
// results of both stand together at the origin.
func TestTwoInstancesOfTheDemonstration(t *testing.T) {
	network := func(s *app.Settings) { s.Network = true }
	apptest.Each(t, apptest.Options{Settings: network}, func(t *testing.T, taker *apptest.World) {
		origin := apptest.SQLite(t, apptest.Options{Settings: func(s *app.Settings) {
			s.Network, s.Name, s.Place = true, app.NeighbourName, app.NeighbourPlace
		}})
		path, err := app.FillNetwork(t.Context(), origin.App, taker.App)
		if err != nil {
			t.Fatal(err)
		}
		page := origin.As(apptest.Anonymous).Get(path)
		text := page.Text()
		for _, want := range []string{
			"Wijkbaak Zeist (voorbeeld) · Welzijn op recept in twee praktijken (voorbeeld)", // measured here
			"Wijkbaak Waterkwartier", // and there
			"in 2 metingen samen een verschil van",
			"Versie 1.1.0", "Kosten en baten", "Wat u meet", "Stamboom",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("the page of the practice (%d) lacks %q", page.Status, want)
			}
		}
		if t.Failed() {
			t.Log(text)
		}
		if !strings.Contains(page.Body, "<polygon") || !strings.Contains(page.Body, "<polyline") {
			t.Error("there is no picture of the results, or none of the family")
		}
		// At the other side it is an initiative like any other, with its pilot beside it.
		list := taker.As(apptest.Anonymous).Get("/initiatieven/welzijn-op-recept-bij-ons-voorbeeld")
		if list.Status != 200 || !strings.Contains(list.Text(), "Waterstad (demo)") {
			t.Errorf("%d %.1500s", list.Status, list.Text())
		}
		if page := taker.As(apptest.Editor).Get("/overgenomen/welzijn-op-recept-bij-ons-voorbeeld"); page.Status != 200 || strings.Count(page.Text(), "aangekomen") != 2 {
			t.Errorf("%d %.3000s", page.Status, page.Text())
		}
	})
}

// TestOneInstanceOfTheDemonstration: one practice is offered, one came in as a file.
func TestOneInstanceOfTheDemonstration(t *testing.T) {
	w := apptest.SQLite(t, apptest.Options{})
	if text := w.As(apptest.Anonymous).Get("/estafette").Text(); !strings.Contains(text, "Welzijn op Recept (voorbeeld)") {
		t.Errorf("%.1500s", text)
	}
	page := w.As(apptest.Editor).Get("/overgenomen/ommetje-met-de-buurt-voorbeeld")
	if page.Status != 200 || !strings.Contains(page.Text(), "Overgenomen van rivierdal.example, versie 1.0.0") || !strings.Contains(page.Text(), "uitnodiging.md") {
		t.Errorf("%d %.1500s", page.Status, page.Text())
	}
	if status := w.As(apptest.Anonymous).Get("/initiatieven/ommetje-met-de-buurt-voorbeeld").Status; status != 404 {
		t.Errorf("everybody sees the draft: %d", status)
	}
}
