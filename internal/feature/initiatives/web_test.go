package initiatives

import (
	"context"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"wijkbaak.nl/internal/base/decimal"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/themes"
)

var update = flag.Bool("update", false, "write the golden files anew")

// router serves the room as the program does.
func router(t testing.TB, s *Service) http.Handler {
	t.Helper()
	words, err := i18n.New(web.Locales, ui.Locales, themes.Locales, i18n.Source{Room: "initiatives", FS: locales})
	if err != nil {
		t.Fatal(err)
	}
	rt := web.NewRouter(web.Options{Catalog: words, Clock: s.clock, Enter: func(_ http.ResponseWriter, r *http.Request) (*http.Request, error) {
		shell := ui.Shell{Lang: i18n.Lang(r.Context()), PlaceName: "Wijkbaak", Path: r.URL.RequestURI()}
		return r.WithContext(ui.WithShell(r.Context(), shell)), nil
	}})
	rt.Handle(s.routes()...)
	return rt
}

func get(t testing.TB, h http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), http.MethodGet, path, nil))
	return w
}

var leftover = regexp.MustCompile(`initiatives\.[a-z_.]+|themes\.name|\{[a-z]+\}|%!`)

func TestPages(t *testing.T) {
	filled(t, func(t *testing.T, s *Service) {
		h := router(t, s)
		for path, want := range map[string]string{
			"/initiatieven":                                   "60 initiatieven",
			"/initiatieven?thema=vervoer":                     "ANWB AutoMaatje",
			"/initiatieven?gemeente=den+haag&beeld=tabel":     "Robotica en virtual reality Den Haag",
			"/initiatieven?thema=vervoer&fase=opgeschaald":    `value="vervoer" selected`,
			"/initiatieven?gemeente=Lutjebroek":               "Hier past geen initiatief bij",
			"/initiatieven?thema=%27%22%3Cscript%3E":          "60 initiatieven",
			"/initiatieven?beeld=kaart":                       "<circle",
			"/initiatieven?beeld=kaart&kosten=ja":             "Enschede: 1 initiatief",
			"/initiatieven?sorteer=bewijs&beeld=tabel&na=%00": "aria-sort=\"descending\"",
			"/initiatieven/fitknip":                           "ongeveer 75\u00a0%",
			"/initiatieven/welzijn-op-recept":                 "Van 1 (2011) naar 170 (2023) gemeenten.",
			"/initiatieven/robotica-vr-den-haag":              "Onze laatste stand is van 2016",
			"/initiatieven/vergelijk":                         "U koos nog niets om te vergelijken",
			"/initiatieven/vergelijk?i=fitknip":               "Zet er nog een naast",
			"/initiatieven/vergelijk?i=fitknip&i=fitknip&i=ggd-appstore&i=tza-twente&i=ozoverbindzorg&i=robot-tessa": "GGD AppStore",
			"/initiatieven/fasen":                  "Vijf fasen van invoeren van e-health",
			"/belemmeringen":                       "Waar loopt men het vaakst tegenaan?",
			"/belemmeringen/gescheiden-geldpotten": "Betaal samen, over de grenzen heen",
			"/en/initiatieven":                     "href=\"/en/initiatieven/anwb-automaatje\"",
			"/en/belemmeringen":                    "What do people run into most?",
		} {
			w := get(t, h, path)
			body := w.Body.String()
			if w.Code != http.StatusOK || !strings.Contains(body, want) {
				t.Errorf("%s: %d, lacks %q", path, w.Code, want)
			}
			if bad := leftover.FindString(strings.ReplaceAll(body, "initiatives.css", "")); bad != "" {
				t.Errorf("%s shows %q", path, bad)
			}
			for _, inline := range []string{" style=", "<script>", "onclick", "<script%3e"} {
				if strings.Contains(body, inline) {
					t.Errorf("%s has %q", path, inline)
				}
			}
		}
		for _, path := range []string{"/initiatieven/bestaat-niet", "/belemmeringen/bestaat-niet", "/api/v1/initiatives/bestaat-niet"} {
			if w := get(t, h, path); w.Code != http.StatusNotFound {
				t.Errorf("%s: %d", path, w.Code)
			}
		}
	})
}

func TestEmptyPages(t *testing.T) {
	onEach(t, func(t *testing.T, s *Service) {
		h := router(t, s)
		for path, want := range map[string]string{"/initiatieven": "Er staan nog geen initiatieven", "/belemmeringen": "Er staan nog geen belemmeringen",
			"/initiatieven?beeld=kaart": "Er staan nog geen initiatieven", "/initiatieven.csv": "Naam;Soort", "/initiatieven.atom": "<feed", "/initiatieven/fasen": "Opgeschaald"} {
			if w := get(t, h, path); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s: %d, lacks %q", path, w.Code, want)
			}
		}
	})
}

func TestGolden(t *testing.T) {
	filled(t, func(t *testing.T, s *Service) {
		h := router(t, s)
		for file, path := range map[string]string{
			"list.json":     "/api/v1/initiatives?limit=2&sort=strength",
			"one.json":      "/api/v1/initiatives/fitknip",
			"barriers.json": "/api/v1/barriers?limit=2&category=privacy",
			"barrier.json":  "/api/v1/barriers/effect-niet-gemeten",
			"list.csv":      "/initiatieven.csv?thema=vervoer",
			"list.atom":     "/en/initiatieven.atom",
		} {
			w := get(t, h, path)
			got := w.Body.Bytes()
			if w.Code != http.StatusOK {
				t.Errorf("%s: %d %s", path, w.Code, got)
			}
			if strings.HasSuffix(file, ".json") {
				var v any
				if err := json.Unmarshal(got, &v); err != nil {
					t.Fatal(err)
				}
				got, _ = json.MarshalIndent(v, "", " ")
				if w.Header().Get("API-Version") == "" {
					t.Errorf("%s has no version", path)
				}
			}
			name := "testdata/" + file
			if *update {
				if err := os.WriteFile(name, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name)
			if err != nil || string(want) != string(got) {
				t.Errorf("%s is not %s (go test -update writes it): %v", path, name, err)
			}
		}
	})
}

func TestAPIWalksByCursorAndRefuses(t *testing.T) {
	filled(t, func(t *testing.T, s *Service) {
		h := router(t, s)
		n := 0
		for path := "/api/v1/initiatives?limit=25&sort=year"; path != ""; {
			var v apiInitiativeList
			w := get(t, h, path)
			if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
				t.Fatal(err)
			}
			n += len(v.Items)
			path = ""
			if v.Links.Next != nil {
				path = v.Links.Next.Href
				if want := "<" + path + `>; rel="next"`; w.Header().Get("Link") != want {
					t.Errorf("Link: %q", w.Header().Get("Link"))
				}
			}
		}
		if n != 60 {
			t.Errorf("%d", n)
		}
		for _, path := range []string{"/api/v1/initiatives?limit=0", "/api/v1/initiatives?limit=x", "/api/v1/initiatives?kind=boat", "/api/v1/barriers?category=x", "/api/v1/barriers?cursor=!", "/api/v1/initiatives?cursor=AAAA"} {
			if w := get(t, h, path); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), `"errors":[{"name":`) {
				t.Errorf("%s: %d %s", path, w.Code, w.Body)
			}
		}
	})
}

func TestCellsAreNoFormulas(t *testing.T) {
	for in, want := range map[string]string{"=1+1": "'=1+1", "+31": "'+31", "-1": "'-1", "@x": "'@x", "\tx": "'\tx", "a=1": "a=1", "": ""} {
		if got := decimal.Cell(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
