package region

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/trust/access"
)

func TestPages(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for path, wants := range map[string][]string{
			"/regio":                   {"In 3 van de 342 gemeenten loopt een initiatief. In 339 gemeenten loopt nog niets.", "<circle", "Zeist: 2 initiatieven, het verst is fase:scaled", "Samen kozen zij: ANWB AutoMaatje.", "Ede, Zeist", "Samen op weg", "Initiatieven zonder gemeente op de kaart", "!Nergens"},
			"/en/regio":                {"An initiative is running in 3 of 342 municipalities", `href="/en/regio?beeld=gemeenten"`},
			"/regio?provincie=Utrecht": {"In 2 van de 26 gemeenten", "Provincie: Utrecht"},
			"/regio?coalitie=c1":       {"In alle 2 gemeenten loopt een initiatief.", "Coalitie: Samen Midden", ">Ede</text>", "!Het Noorden</a>"},
			"/regio?provincie=Atlantis&coalitie=x&gemeente=1":            {"In 3 van de 342 gemeenten"},
			"/regio?thema=dementie&fase=gestopt":                         {"In geen van de 342 gemeenten loopt nu", `stroke-width="1"`},
			"/regio?thema=%22%3Cscript%3E&na=%00":                        {"In 3 van de 342 gemeenten"},
			"/regio?initiatief=niet+te+vinden":                           {"Hier past niets bij"},
			"/regio?beeld=gemeenten":                                     {"50 van 342 gemeenten", "rel=\"next\""},
			"/regio?beeld=gemeenten&provincie=Utrecht":                   {"Woudenberg", "!Zwolle", "Pilot loopt nu", `<a href="/initiatieven/automaatje">ANWB AutoMaatje</a>`, "fase:scaled", "!rel=\"next\""},
			"/regio?beeld=initiatieven":                                  {"Overal tegelijk", "Van 4 (2019) naar 31 (2024) gemeenten.", "fase:pilot · 1 pilot loopt", "Samen Midden"},
			"/regio?beeld=initiatieven&gemeente=0355":                    {"!PlusBus", "Zeist heeft 2 initiatieven. Daarvan lopen er nu: 2.", "Toon alle gemeenten"},
			"/regio?beeld=initiatieven&initiatief=praat":                 {"=Praatplus", "!PlusBus"},
			"/regio?beeld=witte-vlekken":                                 {"Van elk thema ziet u", "thema:dementie", "342 van 342", "339 van 342"},
			"/regio?beeld=witte-vlekken&thema=vervoer":                   {"In 339 van de 342 gemeenten loopt nog niets van het thema thema:vervoer.", "Daar wonen 339.000 mensen.", "50 van 339 gemeenten"},
			"/regio?beeld=witte-vlekken&thema=vervoer&coalitie=c1":       {"In alle gemeenten loopt iets van het thema thema:vervoer."},
			"/regio?beeld=witte-vlekken&thema=vervoer&gemeente=0014":     {"Hier loopt nog niets van het thema thema:vervoer.", "Daar wonen 1.000 mensen.", "ANWB AutoMaatje", " km</td>"},
			"/regio?beeld=groei":                                         {"ANWB AutoMaatje groeide het meest: van 4 (2019) naar 31 (2024) gemeenten.", "van 4 naar 31", "<polyline"},
			"/regio?beeld=groei&thema=dementie":                          {"Van geen initiatief is groei bekend"},
			"/regio?beeld=belemmeringen":                                 {"Gescheiden geldpotten staat 12 keer open. De oudste is van 10 juni 2025.", "3 keer open", "categorie:funding", "<span>categorie:adoption</span>"},
			"/regio?beeld=maand":                                         {"Deze maand staan er 2 dingen op de agenda.", "Besluit over Samen op weg", "Dag is voorbij", "Komt nog", "!Alleen voor ons"},
			"/regio/raad":                                                {"De regio op één blad", "In 3 van de 342 gemeenten", "Bron: overzicht van initiatieven, 10 juni 2026.", "Bron: register van belemmeringen", "ANWB AutoMaatje: van 4 (2019) naar 31 (2024) gemeenten.", "thema:dementie: in 342 van 342 gemeenten nog niets", "15 juni 2026: Besluit over Samen op weg", "!Stap: werven", "!<details"},
			"/regio/raad?provincie=Utrecht":                              {"De regio op één blad. Provincie: Utrecht"},
			"/en/regio/raad?thema=vervoer":                               {"The region on one sheet. Theme: thema:vervoer"},
			"/regio/raad?initiatief=niet+te+vinden":                      {"Hier past niets bij"},
			"/regio.csv?provincie=Utrecht":                               {"\ufeffGemeente;Code;Provincie", "Zeist;GM0355;Utrecht;1000;ANWB AutoMaatje;soort:method;thema:vervoer, thema:eenzaamheid;fase:scaled;2024;0;/initiatieven/automaatje", "Zeist;GM0355;Utrecht;1000;'=Praatplus;soort:application;thema:eenzaamheid;fase:pilot;;1;", "Soest;GM0342;Utrecht;1000;;;;;;;", "!Overal tegelijk"},
			"/regio.csv":                                                 {";;;;Overal tegelijk;soort:platform"},
			"/en/regio.csv":                                              {"Municipality;Code", "/en/initiatieven/automaatje"},
			"/api/v1/region?province=Utrecht&theme=vervoer&phase=scaled": {`"municipalities":26`, `"municipalitiesWithRunning":2`, `"initiatives":1`, `"points":[{"period":"2019","value":4},{"period":"2024","value":31}]`, `"oldest":"2025-06-10"`, "!Alleen voor ons"},
		} {
			w.page(path, wants...)
		}
		for _, path := range []string{"/api/v1/region?cursor=!", "/api/v1/region?phase=boat", "/api/v1/region?theme=boat", "/api/v1/region?x=1"} {
			if rec := w.get(path); rec.Code != http.StatusBadRequest {
				t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
			}
		}
	})
}

func TestWithoutOtherRooms(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Service = New(Options{DB: w.DB, Clock: w.clock})
		for path, want := range map[string]string{"/regio": "Er staan nog geen initiatieven", "/regio?beeld=gemeenten": "Er staan nog geen initiatieven", "/regio?beeld=witte-vlekken": "Er staan nog geen",
			"/regio?beeld=maand": "!Deze maand", "/regio?beeld=belemmeringen": "!Belemmeringen", "/regio/raad": "Hier past niets bij", "/regio.csv": "Gemeente;", "/api/v1/region": `"items":[]`, "/regio?beeld=groei": "Van geen initiatief"} {
			w.page(path, want)
		}
		// Initiatives, and no place to put them.
		w.Service = New(Options{DB: w.DB, Clock: w.clock, Overview: w.overview, Dues: dues})
		w.page("/regio", "Er zijn 5 initiatieven. Bij welke gemeente ze horen, weten wij niet.")
		w.page("/regio/raad", "Er zijn 5 initiatieven.")
		w.page("/regio?beeld=maand", "2 dingen")
		// Places without initiatives.
		w.Service = New(Options{DB: w.DB, Clock: w.clock, Places: somePlaces{}, Barriers: someBarriers{}, Themes: themes})
		w.page("/regio?beeld=witte-vlekken", "342 van 342")
		w.page("/regio?beeld=belemmeringen", "Er staan geen belemmeringen open")
		w.page("/regio", "Er staan nog geen initiatieven")
	})
}

func TestOutlinesMakeTheMapWhereTheyAreImported(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Places = mapped{}
		w.page("/regio", `d="M123.1 165L123.1 155L129.3 155L123.1 165Z"`, `fill-opacity=".95"`, "!stroke-opacity=\".18\"")
		w.page("/regio?beeld=witte-vlekken&thema=dementie", `fill-opacity=".9"`)
		w.page("/regio?provincie=Drenthe", "!Zeist: ")
	})
}

// A change anywhere makes a new snapshot; the initiatives in it are read again only
// when they changed.
func TestTheSnapshotFollowsTheData(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.page("/regio", "In 3 van de 342")
		w.page("/regio", "In 3 van de 342")
		if w.overview.read != 1 {
			t.Errorf("read %d times without a change", w.overview.read)
		}
		w.change()
		w.page("/regio?beeld=gemeenten")
		w.clock.Advance(groundStale + time.Second) // the map is read again, and is the same
		w.change()
		w.page("/regio?beeld=gemeenten")
		if w.overview.read != 1 {
			t.Error("read again because of a change elsewhere")
		}
		w.overview.list[1].Phase, w.overview.revision = "pilot", 2
		w.Coalitions = someGroups{[]Coalition{{ID: "c3", Name: "Nieuw", Path: "/coalities/c3", Cities: []string{"0014"}}}}
		w.change()
		w.page("/regio", "In 4 van de 342", "Nieuw", "!Samen Midden")
		// An overview that does not know its revision is read again with each change.
		w.Overview = struct{ Overview }{w.overview}
		w.change()
		w.page("/regio")
		if w.overview.read != 3 {
			t.Errorf("read %d times", w.overview.read)
		}
		// The map is read again after a while, and a month ends.
		w.Places = mapped{}
		w.change()
		w.page("/regio", `stroke-opacity=".18"`)
		w.clock.Advance(groundStale + time.Second)
		w.change()
		w.page("/regio", "!stroke-opacity=\".18\"", "M123.1 165")
	})
}

// What is due is shown to each actor as that actor may see it; a sheet that goes
// round, the API and everybody else get what is public.
func TestWhatIsDueIsNotGivenToOthers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 2 {
			for name, a := range map[string]access.Actor{"lead": {Person: "joost", Channel: access.Page}, "token": {Organisation: "org-a", Channel: access.API}} {
				w.actor = a
				w.page("/regio?beeld=maand", "Alleen voor ons", "3 dingen", "Vandaag")
				w.page("/regio/raad", "!Alleen voor ons")
				w.page("/api/v1/region", "!Alleen voor ons", "Samen op weg")
				if t.Failed() {
					t.Fatal(name)
				}
			}
			w.actor = access.Actor{Channel: access.Page}
			w.page("/regio?beeld=maand", "!Alleen voor ons", "2 dingen")
		}
	})
}

func TestAPIWalksByCursor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		seen := map[string]int{}
		for path, n := "/api/v1/region?limit=2", 0; path != "" && n < 10; n++ {
			var v apiRegionView
			rec := w.get(path)
			if err := json.Unmarshal(rec.Body.Bytes(), &v); err != nil || rec.Code != http.StatusOK {
				t.Fatal(path, rec.Code, err)
			}
			for _, i := range v.Items {
				seen[i.Municipality.Name+" "+i.ID]++
			}
			path = ""
			if v.Links.Next != nil {
				path = v.Links.Next.Href
			}
		}
		if len(seen) != 6 {
			t.Error(seen)
		}
		for k, n := range seen {
			if n != 1 {
				t.Error(k, n)
			}
		}
	})
}

// The pages of a list hold each row once, there and back.
func TestListsWalkByCursor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.overview.list = manySpread(400)
		for view, total := range map[string]int{viewTowns: 342, viewInitiatives: 400} {
			rows, next := 0, path+"?beeld="+view
			for n := 0; next != "" && n < 12; n++ {
				body := w.page(next)
				rows += strings.Count(body, `<th scope="row">`)
				next = link(body, "next")
				if back := link(body, "prev"); (back != "") != (n > 0) {
					t.Errorf("%s page %d: back %q", view, n, back)
				}
			}
			if rows != total {
				t.Errorf("%s: %d rows", view, rows)
			}
		}
	})
}

// link finds where a list goes on.
func link(body, rel string) string {
	_, href, ok := strings.Cut(body, ` rel="`+rel+`" href="`)
	if !ok {
		return ""
	}
	href, _, _ = strings.Cut(href, `"`)
	return strings.ReplaceAll(href, "&amp;", "&")
}
