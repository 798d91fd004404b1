package scaling

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"wijkbaak.nl/internal/trust/access"
)

func TestFromNothingToAPlan(t *testing.T) {
	rooms(t, func(t *testing.T, d *desk) {
		d.has(neighbour, base, 200, "U ziet nog geen plan")
		d.has(neighbour, base+"/nieuw", 200, "U kunt nog geen plan maken")
		d.has(fatma, base+"/nieuw?coalitie="+group, 200, `value="c:group" selected`, "Gemeente Waterstad", "Standaard: opschalen", `value="2026-11-21"`)
		if status, body := d.post(fatma, base, "titel", "", "van", "c:"+group, "begin", "31-2-2027", "doelen", "Blijft <staan>"); status != 422 ||
			!strings.Contains(body, "Dit is geen datum") || !strings.Contains(body, "Blijft &lt;staan&gt;") {
			t.Errorf("%d %.200s", status, body)
		}
		if status, body := d.post(neighbour, base, "titel", "Van een ander", "van", "c:"+group, "begin", "2026-06-01"); status != 422 || strings.Contains(body, "Coalitie Beeldzorg") {
			t.Errorf("%d", status)
		}
		status, page := d.post(fatma, base, "titel", "Beeldzorg & meer", "van", "c:"+group, "begin", "1-6-2026", "sjabloon", StandardTemplate)
		if status != 303 {
			t.Fatalf("%d %s", status, page)
		}
		d.has(fatma, base, 200, "Beeldzorg &amp; meer", "0 van 20 stappen gedaan", "Coalitie Beeldzorg")
		d.has(fatma, page, 200, "Te doen", "te laat", "Initiatief beeldzorg", "wacht op: Kennis delen", "Waterstad")
		d.has(fatma, page+"?weergave=tabel", 200, `type="date"`, "Verzet")
		d.has(fatma, page+"?weergave=tijdlijn", 200, "<svg", "vandaag", "Bekijk de cijfers")
		d.has(eye, page, 200, "te laat")
		if body := d.has(eye, page+"?weergave=tabel", 200); strings.Contains(body, "Verzet") || strings.Contains(body, "/stand") {
			t.Error("who only reads gets buttons")
		}
		if body := d.has(fatma, page+"?weergave=tabel&stad=&toon=laat", 200, "Kennis delen"); strings.Contains(body, "Waarom willen wij dit") {
			t.Error("the filter lets steps of a city through")
		}
		// Several at once; a fault keeps what was typed.
		d.has(fatma, page+"/stappen", 200, "Fatma Demir", "Elke gemeente apart")
		if status, body := d.post(fatma, page+"/stappen", "spoor", "", "regels", "Goed; Fatma\nFout; Piet; 1-1-2027"); status != 422 || !strings.Contains(body, "Regel 2: Piet hoort niet bij dit plan") ||
			!strings.Contains(body, "Fout; Piet; 1-1-2027") {
			t.Errorf("%d %.300s", status, body)
		}
		if status, body := d.post(fatma, page+"/stappen", "spoor", "*", "regels", "Zelf meten; Fatma; 1-11-2026"); status != 303 {
			t.Fatalf("%d %s", status, body)
		}
		body := d.has(fatma, page, 200, "van 22 stappen")
		step := regexp.MustCompile(`action="(/opschalingsplan/[^"]+)/stand"`).FindStringSubmatch(body)[1]
		if status, to := d.post(fatma, step+"/stand", "versie", "1", "stand", "done", "terug", "tijdlijn"); status != 303 || !strings.HasSuffix(to, "?weergave=tijdlijn") {
			t.Errorf("%d %s", status, to)
		}
		if status, body := d.post(joost, step+"/stand", "versie", "1", "stand", "todo"); status != 409 || !strings.Contains(body, "Iemand anders heeft dit net gewijzigd") || !strings.Contains(body, "Gedaan") {
			t.Errorf("%d %.200s", status, body)
		}
		if status, body := d.post(joost, step+"/datum", "versie", "2", "klaar", "overmorgen"); status != 422 || !strings.Contains(body, "Dit is geen datum") {
			t.Errorf("%d %.200s", status, body)
		}
		if status, to := d.post(joost, step+"/datum", "versie", "2", "klaar", "2026-12-24", "terug", "//elders.example"); status != 303 || strings.Contains(to, "elders") {
			t.Errorf("%d %s", status, to)
		}
		d.has(fatma, page+"/historie", 200, "Datum verzet", "Stand gewijzigd", "Naam van fatma", "eerst Te doen, nu Gedaan")
		sheet := d.has(eye, page+"/blad", 200, "wb-brief", "Wat komt nu", "Nog nodig in de gemeenten", "1 van 22 stappen gedaan")
		if n := len(regexp.MustCompile(`<li>`).FindAllString(sheet, -1)); n > 45 {
			t.Errorf("%d lines on one sheet", n)
		}
		if status, body := d.get(eye, page+"/stappen.csv"); status != 200 || !strings.Contains(body, "Waterstad;Zelf meten;Naam van fatma;;2026-11-01") {
			t.Errorf("%d %.300s", status, body)
		}
		for path, want := range map[string]int{page: 403, page + ".ics": 404, page + ".ics?sleutel=x": 404} {
			if status, _ := d.get(nobody, path); status != want {
				t.Errorf("%s answers %d to nobody", path, status)
			}
		}
		status, body = d.post(eye, page+"/agenda")
		link := regexp.MustCompile(`https://wijk\.example(/opschalingsplan/[^<]+\.ics\?sleutel=[A-Z2-7]+)`).FindStringSubmatch(body)
		if status != 200 || link == nil {
			t.Fatalf("%d, no link", status)
		}
		if status, body := d.get(nobody, link[1]); status != 200 || !strings.Contains(body, "BEGIN:VEVENT") {
			t.Errorf("%d %.200s", status, body)
		}
		d.has(eye, page, 200, "U hebt een adres sinds", "Laat het adres vervallen")
		if status, _ := d.post(eye, page+"/agenda/weg"); status != 303 {
			t.Error(status)
		}
		if status, _ := d.get(nobody, link[1]); status != 404 {
			t.Errorf("a link that ended answers %d", status)
		}
		if status, _ := d.post(fatma, page+"/sjabloon", "titel", "Ons sjabloon", "organisatie", "waterstad"); status != 303 {
			t.Error(status)
		}
		d.has(fatma, base+"/nieuw", 200, "Ons sjabloon")
		d.has(fatma, page+"/bewerken", 200, "Duinstad", "Beeldzorg &amp; meer")
		if status, body := d.post(fatma, page, "versie", "7", "titel", "Nieuwe titel", "begin", "2026-06-01"); status != 409 || !strings.Contains(body, "Nieuwe titel") {
			t.Errorf("%d %.200s", status, body)
		}
		if status, _ := d.post(fatma, page, "versie", "1", "titel", "Nieuwe titel", "begin", "2026-06-01"); status != 303 {
			t.Error(status)
		}
		if status, _ := d.post(fatma, page+"/weg", "versie", "2"); status != 422 {
			t.Error(status)
		}
		if status, to := d.post(fatma, page+"/weg", "versie", "2", "zeker", "ja"); status != 303 || to != base {
			t.Error(status, to)
		}
	})
}

// Two editors: the second sees what is there now and keeps what was typed.
func TestTwoEditors(t *testing.T) {
	rooms(t, func(t *testing.T, d *desk) {
		v := d.add(d.plan(""), "", "Plan maken; Fatma; 1-12-2026")
		step := stepPath(v.Steps[0])
		d.has(fatma, step, 200, `value="Plan maken"`, `value="2026-12-01"`)
		d.has(fatma, Path(v.ID)+"/stap/"+newStep, 200, "Nieuwe stap")
		form := func(title string) []string {
			return []string{"versie", "1", "stap", "ja", "titel", title, "spoor", "", "wie", "p:fatma", "klaar", "2-12-2026", "stand", "doing", "budget", "€ 1.500", "waarom", "Overleg"}
		}
		if status, to := d.post(fatma, step, form("Plan van Fatma")...); status != 303 {
			t.Fatal(status, to)
		}
		status, body := d.post(joost, step, form("Plan van Joost")...)
		if status != 409 || !strings.Contains(body, `value="Plan van Joost"`) || !strings.Contains(body, "Plan van Fatma") || !strings.Contains(body, "Dit staat er nu") ||
			!strings.Contains(body, `name="versie" value="2"`) {
			t.Errorf("%d: both texts must be there", status)
		}
		// Faults stand at their fields and the rest is kept.
		status, body = d.post(joost, step, "versie", "2", "stap", "ja", "titel", "", "klaar", "gauw", "budget", "veel", "waarom", "Overleg", "stand", "todo")
		for _, text := range []string{"Dit is geen datum", "Dit is geen bedrag", `value="Overleg"`} {
			if status != 422 || !strings.Contains(body, text) {
				t.Errorf("%d: the page does not say %q", status, text)
			}
		}
		if status, body := d.post(joost, step, "versie", "2", "stap", "ja", "titel", "", "stand", "todo"); status != 422 || !strings.Contains(body, "Vul hier iets in") {
			t.Errorf("%d", status)
		}
		if status, body := d.post(joost, step, append(form("Kring"), "na", v.Steps[0].ID)...); status != 422 || !strings.Contains(body, "Dit is een kring") {
			t.Errorf("%d %.100s", status, body)
		}
		if body := d.has(eye, step, 200, "Plan van Fatma", "Naam van fatma"); strings.Contains(body, `action="`+step) {
			t.Error("who only reads gets a form")
		}
		if status, _ := d.post(fatma, step+"/weg", "versie", "2"); status != 303 {
			t.Error(status)
		}
		d.has(fatma, step, 404)
	})
}

func TestTheCityPage(t *testing.T) {
	rooms(t, func(t *testing.T, d *desk) {
		v := d.add(d.plan(StandardTemplate), "", "Samen")
		page := trackPath(v.ID, v.Tracks[0].ID)
		d.has(fatma, page, 200, "Waterstad", "Wet en privacy zijn bekeken", "Gescheiden geld", "Dit is geregeld", "[ ] Er is geld voor de eerste twee jaar")
		if status, to := d.post(joost, page+"/voorwaarde", "versie", "1", "nummer", "2", "voldaan", "ja"); status != 303 || to != page {
			t.Error(status, to)
		}
		d.has(eye, page, 200, "Geregeld")
		if status, body := d.post(joost, page+"/voorwaarde", "versie", "1", "nummer", "1", "voldaan", "ja"); status != 409 || !strings.Contains(body, "Iemand anders") {
			t.Error(status)
		}
		if status, body := d.post(fatma, page, "versie", "1", "naam", "Waterstad-Oost", "voorwaarden", "Alleen dit"); status != 409 || !strings.Contains(body, "Waterstad-Oost") ||
			!strings.Contains(body, "Dit staat er nu") || !strings.Contains(body, "[x] Wet en privacy") {
			t.Error(status)
		}
		if status, _ := d.post(fatma, page, "versie", "2", "naam", "Waterstad-Oost", "voorwaarden", "x Alleen dit", "belemmeringen", "b1"); status != 303 {
			t.Error(status)
		}
		d.has(fatma, page, 200, "Waterstad-Oost", "Gescheiden geld", "[x] Alleen dit")
		if status, body := d.post(fatma, page, "versie", "3", "naam", "", "voorwaarden", "Blijft"); status != 422 || !strings.Contains(body, "Blijft") {
			t.Error(status)
		}
		if status, _ := d.post(fatma, page+"/weg", "versie", "3", "naam", "x"); status != 422 {
			t.Error(status)
		}
		if status, _ := d.post(fatma, page+"/weg", "versie", "3", "zeker", "ja"); status != 303 {
			t.Error(status)
		}
		if status, to := d.post(fatma, Path(v.ID)+"/stad", "stad", "GM0003"); status != 303 || !strings.Contains(to, "/stad/") {
			t.Error(status, to)
		}
		if status, body := d.post(fatma, Path(v.ID)+"/stad", "stad", "GM0003"); status != 422 || !strings.Contains(body, "Deze gemeente staat er al in") {
			t.Error(status)
		}
	})
}

// A plan, and that it is there, stays inside; every route is asked.
func TestNobodyElseSeesAPlan(t *testing.T) {
	rooms(t, func(t *testing.T, d *desk) {
		v := d.plan(StandardTemplate)
		fill := strings.NewReplacer("{id}", v.ID, "{stad}", v.Tracks[0].ID, "{stap}", v.Steps[0].ID)
		for _, a := range []access.Actor{nobody, neighbour, other, coach, eye} {
			for _, route := range d.Room().Routes {
				path := fill.Replace(route.Pattern)
				if path == route.Pattern || route.API || strings.HasPrefix(path, guestBase) {
					continue // below, and in guests_test.go and api_test.go
				}
				var status int
				if route.Method == http.MethodPost {
					status, _ = d.post(a, path, "versie", "1", "naam", "x y", "titel", "Een titel", "begin", "2026-06-01", "stand", "done", "klaar", "2026-12-01", "regels", "Een stap",
						"nummer", "0", "voldaan", "ja", "zeker", "ja", "organisatie", "waterstad", "stad", "GM0003", "stap", "ja")
				} else {
					status, _ = d.get(a, path)
				}
				want := http.StatusNotFound
				if !a.SignedIn() {
					want = http.StatusForbidden
				}
				if a.Person == eye.Person {
					continue // below
				}
				if status != want {
					t.Errorf("%s %s answers %d to %q", route.Method, route.Pattern, status, a.Person)
				}
			}
		}
		for _, route := range d.Room().Routes {
			path := fill.Replace(route.Pattern)
			if route.Method != http.MethodPost || path == route.Pattern || route.API || strings.HasPrefix(path, guestBase) || strings.Contains(path, "/agenda") ||
				strings.HasSuffix(path, "/sjabloon") || strings.Contains(path, "/opmerking") {
				continue
			}
			if status, _ := d.post(eye, path, "versie", "1", "naam", "x y", "titel", "Een titel", "begin", "2026-06-01", "stand", "done", "klaar", "2026-12-01", "regels", "Een stap",
				"nummer", "0", "voldaan", "ja", "zeker", "ja", "stad", "GM0003", "stap", "ja"); status != http.StatusForbidden {
				t.Errorf("%s answers %d to an observer", route.Pattern, status)
			}
		}
		if after := d.view(v.ID); after.Version != 1 || after.Tracks[0].Version != 1 || Count(after.Steps, after.Today).Done != 0 {
			t.Error("somebody changed it")
		}
	})
}
