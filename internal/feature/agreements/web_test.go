package agreements

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"wijkbaak.nl/internal/trust/access"
)

func (d *desk) has(a access.Actor, path string, status int, texts ...string) string {
	d.t.Helper()
	got, body := d.get(a, path)
	body = strings.ReplaceAll(body, "\u00a0", " ")
	if got != status {
		d.t.Fatalf("%s answers %d, not %d: %.300s", path, got, status, body)
	}
	for _, text := range texts {
		if !strings.Contains(body, text) {
			d.t.Errorf("%s does not say %q", path, text)
		}
	}
	if m := regexp.MustCompile(`agreements\.[a-z.]+[a-z]`).FindString(body); m != "" {
		d.t.Errorf("%s shows the key %s", path, m)
	}
	if strings.Contains(body, "style=") || strings.Contains(body, "onclick") {
		d.t.Errorf("%s has an inline style or script", path)
	}
	return body
}

func TestTheExampleOnItsPage(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.near.measured = someFigures()
		for range 2 {
			d.must(d.demo(t.Context()))
		}
		list, _, err := d.List(d.as(nobody), "", 5)
		d.must(err)
		if len(list) != 1 || !list[0].Demonstration || list[0].Model.Pilot != "p1" {
			t.Fatalf("%+v", list)
		}
		page := Path(list[0].ID)
		d.has(nobody, page, 200, "(voorbeeld)", "Afgerekend: 1 van de 3 meetdagen. Samen € 5.000.", "Verbetering: 3,4 − 3 = 0,4.", "De drempel is 0,3: gehaald.",
			"0,4 ligt in het vak van 0,3 tot 0,6: € 5.000.", "Te betalen: € 5.000.", "Nu afrekenen", "Proef Waterstad: 2,5 bezoeken op 1 november 2026, 88 mensen")
		d.has(nobody, page+"/historie", 200, "Afgerekend", "iemand")
		d.has(nobody, base, 200, "Zorgverzekeraar (voorbeeld)")
		d.has(nobody, "/en"+page, 200, "Improvement: 3.4 − 3 = 0.4.")
		d.has(nobody, page+"/bewerken", 403)
		d.has(nobody, base+"/bestaat-niet", 404)
		d.has(fatma, base+"/nieuw?initiatief="+demoInitiative, 200, "selected", "Proef Waterstad")
		open := d.seen(fatma, list[0].ID).Checks[1].ID
		d.has(fatma, page+"/afrekening/"+open, 200, "Welke uitkomst telt?", "minder dan 10 mensen")
		if status, to := d.post(fatma, page+"/afrekening/"+open, "versie", "1", "bron", "pilot"); status != 303 {
			t.Fatalf("%d %.200s", status, to)
		}
		d.has(nobody, page, 200, "3,4 − 2,5 = 0,9", "Samen € 15.000")
		d.has(fatma, page+"/afrekening/"+open, 200, "Draai de afrekening terug")
		d.has(fatma, page+"/afrekening/none", 404)
	})
}

// form is a whole form; what is given last counts.
func form(pairs ...string) []string {
	all := map[string]string{"titel": "Samen eten", "organisatie": "waterstad", "betalers": "Gemeente Heuvelrijk\nVerzekeraar", "aanbieders": "Kok & Co", "indicator": "Gasten",
		"eenheid": "mensen", "beter": "up", "manier": "unit", "van-0": "0", "tot-0": "1.000", "bedrag-0": "€ 2,50", "van-1": "1.000", "bedrag-1": "1", "plafond": "5.000",
		"dagen": "2026-11-01\n31-12-2027"}
	for k := 0; k+1 < len(pairs); k += 2 {
		all[pairs[k]] = pairs[k+1]
	}
	var list []string
	for k, v := range all {
		list = append(list, k, v)
	}
	return list
}

func TestFaultsStandAtTheirField(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		for _, c := range []struct{ name, value, says string }{
			{"van-1", "1.200", "Er zit een gat in de tabel: van 1000 tot 1200"},
			{"van-1", "900", "Twee vakken lopen over elkaar: van 900 tot 1000"},
			{"tot-0", "", "Alleen het laatste vak mag open blijven"},
			{"tot-0", "-1", "eindigt voordat het begint"},
			{"van-0", "veel", "Schrijf hier een getal"},
			{"bedrag-0", "gratis", "Schrijf hier een bedrag"},
			{"bedrag-0", "1,234567", "Schrijf hier een bedrag"},
			{"betalers", "", "ten minste één naam"},
			{"dagen", "morgen", "‘morgen’ is geen dag"},
			{"dagen", "2026-11-01\n01-11-2026", "twee keer"},
			{"dagen", "", "ten minste één meetdag"},
			{"titel", "", "Schrijf een titel"},
			{"indicator", "", "Vul dit in"},
			{"organisatie", "elders", "waarvoor u projecten leidt"},
			{"beter", "down", "uitgangswaarde nodig"},
			{"initiatief", "geen", "Kies een van de mogelijkheden"},
			{"meting", "p9|x", "hoort niet bij dit initiatief"},
		} {
			status, body := d.post(fatma, base, form(c.name, c.value)...)
			if status != 422 || !strings.Contains(body, c.says) {
				t.Errorf("%s = %q: %d, it does not say %q", c.name, c.value, status, c.says)
			}
			if !strings.Contains(body, "Kok &amp; Co") {
				t.Errorf("%s = %q: the rest is lost", c.name, c.value)
			}
		}
		status, page := d.post(fatma, base, form()...)
		if status != 303 {
			t.Fatalf("%d %.200s", status, page)
		}
		d.has(joost, page, 200, "Gemeente Heuvelrijk, Verzekeraar", "Alleen voor de partijen", "€ 2,50")
		d.has(fatma, page+"/bewerken", 200, `value="1000"`, "31-12-2027")
		id := strings.TrimPrefix(page, base+"/")
		day := d.seen(fatma, id).Checks[0].ID
		for _, c := range []struct{ value, people, source, says string }{{"", "20", "Telling", "Vul dit in"}, {"veel", "20", "Telling", "Schrijf hier een getal"},
			{"20", "9", "Telling", "minder dan 10 mensen"}, {"20", "x", "Telling", "Schrijf hier een getal"}, {"20", "20", "", "Vul dit in"}} {
			status, body := d.post(fatma, page+"/afrekening/"+day, "versie", "1", "bron", "form", "waarde", c.value, "mensen", c.people, "toelichting", c.source)
			if status != 422 || !strings.Contains(body, c.says) {
				t.Errorf("%+v: %d", c, status)
			}
		}
		if status, _ := d.post(fatma, page+"/afrekening/"+day, "versie", "1", "bron", "form", "waarde", "1.200,5", "mensen", "1200", "toelichting", "Telling"); status != 303 {
			t.Fatal("a good result is refused")
		}
		d.has(joost, page, 200, "1.000 in het vak van 0 tot 1.000 × € 2,50 = € 2.500.", "200,5 in het vak vanaf 1.000 × € 1 = € 200,50.", "Samen: € 2.700,50.", "Te betalen: € 2.700,50.")
		if status, body := d.post(boss, page+"/bewerken", form("versie", "1", "titel", "Van de tweede")...); status != 409 || !strings.Contains(body, `value="Van de tweede"`) ||
			!strings.Contains(body, "Zo staat het nu") || !strings.Contains(body, `name="versie" value="2"`) {
			t.Errorf("%d %.300s", status, body)
		}
		if status, _ := d.post(fatma, page+"/bewerken", form("versie", "2", "waarom", "Nieuwe naam", "titel", "Samen koken")...); status != 303 {
			t.Error("a good change is refused")
		}
		d.has(joost, page+"/historie", 200, "Nieuwe naam", "Naam van fatma")
		if status, body := d.post(fatma, page+"/afrekening/"+day+"/terug", "versie", "3"); status != 422 || !strings.Contains(body, "Schrijf op waarom") {
			t.Errorf("%d", status)
		}
		if status, _ := d.post(fatma, page+"/afrekening/"+day+"/terug", "versie", "3", "waarom", "Fout geteld"); status != 303 {
			t.Error("it is not taken back")
		}
		if status, to := d.post(fatma, page+"/weg", "versie", "4"); status != 303 || to != base {
			t.Errorf("%d %s", status, to)
		}
	})
}

// A draft, and that it is there, stays inside; every route is asked.
func TestNobodySeesADraft(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		e := d.made("")
		day := d.seen(fatma, e.ID).Checks[0].ID
		for _, a := range []access.Actor{nobody, neighbour, other, joost} {
			for _, route := range d.Room().Routes {
				path := strings.NewReplacer("{id}", e.ID, "{dag}", day).Replace(route.Pattern)
				if path == route.Pattern || route.API || a.Person == joost.Person && route.Method == http.MethodGet {
					continue
				}
				status := 0
				if route.Method == http.MethodPost {
					status, _ = d.post(a, path, form("versie", strconv.Itoa(e.Version), "waarde", "1", "mensen", "20", "toelichting", "x", "waarom", "x", "stand", "published")...)
				} else {
					status, _ = d.get(a, path)
				}
				if want := map[string]int{other.Person: 404, joost.Person: 403}[a.Person]; status != want && (want != 0 || status != 404 && status != 403) {
					t.Errorf("%s %s answers %d to %q", route.Method, path, status, a.Person)
				}
			}
		}
		if v := d.seen(fatma, e.ID); v.Version != e.Version || v.Stand != Draft || v.Checks[0].Settled {
			t.Errorf("somebody changed it: %+v", v.Agreement)
		}
	})
}

func TestTheTextForATender(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		body := d.has(nobody, textPath, 200, "Inkooptekst voor digitale zorg", "NEN 7510", "WCAG 2.2", "NEN 7513", "geen juridisch advies", "<h2>Privacy</h2>")
		if n := strings.Count(body, "<h2>"); n < len(sections) {
			t.Errorf("%d parts of %d", n, len(sections))
		}
		if body := d.has(nobody, textPath+"?gekozen=ja&deel=log&deel=niets", 200, "<h2>Wie keek mee</h2>"); strings.Contains(body, "<h2>Privacy</h2>") {
			t.Error("a part stands there that was not ticked")
		}
		d.has(nobody, textPath+"?gekozen=ja", 200, "U hebt nog niets gekozen")
		text := d.has(nobody, textPath+"/tekst?gekozen=ja&deel=log", 200, "\nWie keek mee\n\n- Elke inzage")
		if strings.Contains(text, "<") {
			t.Error("the plain text holds HTML")
		}
		d.has(nobody, "/en"+textPath, 200, "Who looked")
	})
}
