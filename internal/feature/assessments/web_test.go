package assessments

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

func TestACardForEverybody(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		id := d.shown("stap", "cost", "bad", "exit", "untested")
		d.must(d.Newer(d.as(joost), "stap", "3.0"))
		body := d.has(nobody, Path("stap"), 200, "Met kanttekeningen", "Eén of twee punten zijn slecht.", "22 november 2026", "22 november 2028", "Stoppen en gegevens meenemen",
			"Gemeente Waterstad (demo), Gemeente Heuvelrijk (demo)"[:20], "Oudere versie getest", "Er is een nieuwere versie: 3.0", "Zo vond joost het: cost", "Zeewind Software", "iPhone")
		for _, not := range []string{`"fatma"`, "Voor testers", testPath(id)} {
			if strings.Contains(body, not) {
				t.Errorf("the card shows %q to everybody", not)
			}
		}
		d.has(nobody, "/en"+Path("stap"), 200, "With reservations", "There is a newer version: 3.0")
		d.has(nobody, base, 200, "Stapje Meer", "1 toepassing", "Leefstijl")
		d.has(nobody, base+"?oordeel=good", 200, "Niets gevonden")
		d.has(nobody, base+"?thema=leefstijl-en-preventie&oordeel=mixed", 200, "Stapje Meer")
		d.has(nobody, base+"/print/stap", 200, "https://hier.example/toepassingen/stap", "Print")
		d.has(nobody, base+"/print/pil", 404)
		d.has(nobody, Path("none"), 404)
		d.has(nobody, howPath, 200, "Privacy of veiligheid is slecht.", "Kunt u uw account zelf weghalen?", "CEN-ISO/TS 82304-2")
		d.has(nobody, "/en"+howPath, 200, "Privacy or security is bad.")
		d.has(nobody, Path("hart"), 200, "Medisch hulpmiddel", "verkocht als medisch hulpmiddel")
		d.has(boss, deskPath+"/nieuw?toepassing=hart", 200, "verkocht als medisch hulpmiddel")
	})
}

// What was refused looks to the public as what was never tested, wherever one asks.
func TestARefusalIsForTestersOnly(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		id := d.shown("pil", "privacy", "bad")
		d.has(joost, Path("pil"), 200, "Afgekeurd", "Zo vond joost het: privacy")
		d.has(joost, deskPath, 200, "PilWijzer", "Privacy of veiligheid is slecht.")
		d.has(joost, base+"?oordeel=refused", 200, "PilWijzer")
		for _, a := range []access.Actor{nobody, neighbour} {
			refused := d.has(a, Path("pil"), 200, "Er is nog geen oordeel")
			never := d.has(a, Path("stap"), 200)
			if strings.ReplaceAll(refused, "PilWijzer", "Stapje Meer") != strings.ReplaceAll(never, "stap", "pil") {
				t.Errorf("%q can tell a refusal from what was never tested", a.Person)
			}
			for _, path := range []string{base + "?oordeel=refused", apiPath} {
				if status, body := d.get(a, path); status != 200 || strings.Contains(body, "PilWijzer") {
					t.Errorf("%s answers %d to %q and shows it", path, status, a.Person)
				}
			}
			for _, path := range []string{base + "/print/pil", base + "/bestand/pil", apiPath + "/pil"} {
				if status, _ := d.get(a, path); status != 404 {
					t.Errorf("%s answers %d to %q", path, status, a.Person)
				}
			}
			if status, _ := d.get(a, testPath(id)); status != 403 {
				t.Errorf("the test answers %d", status)
			}
		}
		if status, body := d.get(joost, apiPath); status != 200 || strings.Contains(body, "PilWijzer") {
			t.Errorf("the API tells a tester more than everybody: %d", status)
		}
	})
}

func TestTheWholeWayOfATestByItsPages(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.has(boss, deskPath, 200, "Stapje Meer", "PilWijzer", "Medisch hulpmiddel")
		ask := []string{"toepassing", "stap", "versie", "2.0", "organisaties", "water", "organisaties", "heuvel"}
		if status, body := d.post(boss, deskPath+"/nieuw", ask[:6]...); status != 422 || !strings.Contains(body, "Kies 2 tot 5 organisaties") || !strings.Contains(body, `value="2.0"`) {
			t.Fatalf("%d %.200s", status, body)
		}
		status, to := d.post(boss, deskPath+"/nieuw", ask...)
		if status != 303 {
			t.Fatalf("%d %.300s", status, to)
		}
		page, _, _ := strings.Cut(to, "?")
		d.has(boss, to, 200, "De test is gevraagd.", "is nog niet begonnen", "U ziet de oordelen als iedereen heeft ingeleverd")
		d.has(fatma, deskPath, 200, "Nu aan u: testen", page)
		d.has(fatma, page, 200, "Uw test voor Gemeente Waterstad (demo)", "Vraagt de app alleen wat hij nodig heeft?")
		if status, body := d.post(fatma, page+"/scoren", "versie", "1", "doen", "inleveren", "oordeel-privacy", "bad", "reden-privacy", "Mijn eigen woorden"); status != 422 ||
			!strings.Contains(body, "Mijn eigen woorden") || !strings.Contains(body, "Kies een oordeel.") {
			t.Errorf("%d", status)
		}
		if status, to := d.post(fatma, page+"/scoren", "versie", "1", "doen", "bewaren", "oordeel-privacy", "bad", "reden-privacy", "Mijn eigen woorden"); status != 303 || !strings.HasSuffix(to, "saved") {
			t.Errorf("%d %.200s", status, to)
		}
		d.has(fatma, page, 200, "Mijn eigen woorden")
		if status, body := d.post(fatma, page+"/scoren", "versie", "1", "doen", "bewaren", "reden-privacy", "Uit een ander venster"); status != 409 || !strings.Contains(body, "Uit een ander venster") {
			t.Errorf("%d", status)
		}
		for _, a := range []access.Actor{joost, boss, colleague} {
			if body := d.has(a, page, 200); strings.Contains(body, "Mijn eigen woorden") {
				t.Errorf("%s reads it", a.Person)
			}
		}
		form := func(edit, privacy string) []string {
			list := []string{"versie", edit, "doen", "inleveren"}
			for _, c := range Criteria {
				score := "good"
				if c == "privacy" {
					score = privacy
				}
				list = append(list, "oordeel-"+c, score, "reden-"+c, "Omdat het zo is: "+c)
			}
			return list
		}
		for k, a := range []access.Actor{fatma, joost} {
			if status, to := d.post(a, page+"/scoren", form([]string{"2", "1"}[k], []string{"bad", "good"}[k])...); status != 303 {
				t.Fatalf("%d %.300s", status, to)
			}
		}
		d.has(fatma, deskPath, 200, "Nu aan u: het samen eens worden", page)
		d.has(joost, page, 200, "De oordelen naast elkaar", "Nog niet eens", "Nog niets gezegd.", "Zeg dit over: Privacy")
		if body := d.has(boss, page, 200); strings.Contains(body, "Zeg dit over: Privacy") {
			t.Error("the editor settles it")
		}
		if status, body := d.post(joost, page+"/eens", "criterium", "privacy", "oordeel-privacy", "mixed", "reden-privacy", "Kort"); status != 422 || !strings.Contains(body, ">Kort</textarea>") {
			t.Errorf("%d", status)
		}
		for _, a := range []access.Actor{fatma, joost} {
			if status, to := d.post(a, page+"/eens", "criterium", "privacy", "oordeel-privacy", "mixed", "reden-privacy", "Samen nog eens gelezen"); status != 303 {
				t.Fatalf("%d %.300s", status, to)
			}
		}
		d.has(fatma, page, 200, "Het oordeel: Met kanttekeningen", "Het oordeel lager maken")
		d.has(boss, deskPath, 200, "Klaar om op de website te zetten", page)
		if status, body := d.post(boss, page+"/publiceren", "maanden", "1"); status != 422 || !strings.Contains(body, "Kies hoe lang") {
			t.Errorf("%d", status)
		}
		if status, _ := d.post(boss, page+"/publiceren", "maanden", "12"); status != 303 {
			t.Errorf("%d", status)
		}
		d.has(nobody, Path("stap"), 200, "22 november 2027", "Eerst waren de testers het niet eens.")
		if status, _ := d.post(joost, base+"/versie/stap", "versie", "9"); status != 303 {
			t.Errorf("%d", status)
		}
		if status, body := d.post(joost, base+"/versie/stap", "versie", ""); status != 422 || !strings.Contains(body, "Schrijf welke versie") {
			t.Errorf("%d", status)
		}
		if status, _ := d.post(joost, base+"/versie/stap", "versie", "2.0"); status != 303 {
			t.Errorf("%d", status)
		}
		if body := d.has(nobody, Path("stap"), 200); strings.Contains(body, "Oudere versie") {
			t.Error("a mistake in the version stays")
		}
		if status, _ := d.post(boss, page+"/stoppen", "waarom", "Verkeerde app"); status != 303 {
			t.Errorf("%d", status)
		}
		d.has(nobody, Path("stap"), 200, "Er is nog geen oordeel")
	})
}

func TestTakingOverByAFile(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.shown("stap")
		status, file := d.get(nobody, base+"/bestand/stap")
		if status != 200 {
			t.Fatal(status)
		}
		if _, api := d.get(nobody, apiPath+"/stap"); !json.Valid([]byte(api)) {
			t.Error("the API gives no JSON")
		} else if _, err := ReadDocument([]byte(api)); err != nil {
			t.Errorf("what the API gives cannot be taken over: %v", err)
		}
		take := deskPath + "/overnemen"
		for _, c := range []struct{ file, says string }{{"", "Kies een bestand."}, {"geen json", "klopt dit niet: JSON"}, {"{}", "geen bestand met een oordeel"},
			{strings.Replace(file, `"good"`, `"best"`, 1), "klopt dit niet: verdict"}, {strings.Repeat(" ", documentMost+1), "groter dan 128 kB"}} {
			status, body := d.send(boss, take, "pil", []byte(c.file))
			if status != 422 || !strings.Contains(body, c.says) || !strings.Contains(body, `value="pil"`) {
				t.Errorf("%.20q: %d, it does not say %q", c.file, status, c.says)
			}
		}
		if status, _ := d.send(boss, take, "hart", []byte(file)); status != 422 {
			t.Errorf("%d for a medical device", status)
		}
		status, to := d.send(boss, take, "pil", []byte(file))
		if status != 303 {
			t.Fatalf("%d %.300s", status, to)
		}
		page, _, _ := strings.Cut(to, "?")
		d.has(boss, to, 200, "Het oordeel is binnen", "Getest door de testers van Wijkbaak Hier")
		d.has(fatma, page, 404)
		if body := d.has(nobody, Path("pil"), 200); strings.Contains(body, "Overgenomen") {
			t.Error("it is public before an editor published it")
		}
		if status, _ := d.post(boss, page+"/publiceren", "maanden", "24"); status != 303 {
			t.Error("it cannot be published")
		}
		d.has(nobody, Path("pil"), 200, "Overgenomen", "Getest door de testers van Wijkbaak Hier, overgenomen op 22 november 2026", "https://hier.example/toepassingen/stap")
	})
}

// A test, and that it is there, stays with those who work on it; every route is asked.
func TestNobodyElseSeesATest(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		id := d.asked("stap")
		for _, route := range d.Room().Routes {
			if !strings.Contains(route.Pattern, "{id}") {
				continue
			}
			path := strings.ReplaceAll(route.Pattern, "{id}", id)
			for _, a := range []access.Actor{nobody, neighbour, els} {
				var status int
				if route.Method == http.MethodPost {
					status, _ = d.post(a, path, "versie", "1", "maanden", "24", "waarom", "x", "criterium", "privacy")
				} else {
					status, _ = d.get(a, path)
				}
				if status != 404 && (status != 403 || a.Person == els.Person && route.Access.Name() != editors.Name()) {
					t.Errorf("%s %s answers %d to %q", route.Method, path, status, a.Person)
				}
			}
		}
		if v := d.test(boss, id); v.Status != Scoring || v.Seats[0].Edit != 1 {
			t.Error("somebody changed it")
		}
	})
}

func TestTheListInTheAPIGoesOn(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.shown("stap")
		d.shown("pil")
		_, body := d.get(nobody, apiPath+"?limit=1")
		var page struct {
			Items []struct{ Application struct{ Slug string } }
			Links web.Links `json:"_links"`
		}
		d.must(json.Unmarshal([]byte(body), &page))
		if len(page.Items) != 1 || page.Items[0].Application.Slug != "pil" || page.Links.Next == nil {
			t.Fatalf("%s", body)
		}
		_, body = d.get(nobody, page.Links.Next.Href)
		if !strings.Contains(body, `"slug":"stap"`) || strings.Contains(body, `"next"`) {
			t.Errorf("%s", body)
		}
		if status, _ := d.get(nobody, apiPath+"?cursor=none"); status != 400 && status != 422 {
			t.Errorf("a cursor that is none: %d", status)
		}
		if _, body := d.get(nobody, apiPath+"?verdict=mixed"); strings.Contains(body, "slug") {
			t.Errorf("%s", body)
		}
	})
}
