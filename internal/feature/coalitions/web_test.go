package coalitions

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

var aboutFieldsOf = []string{"naam", "Samen thuis", "doel", "Langer thuis met hulp op afstand", "organisatie", "waterstad", "gemeente", "GM0034"}

// A whole coalition by its pages: begin, invite, choose, meet, leave.
func TestTheWholeWayByPages(t *testing.T) {
	each(t, func(t *testing.T, d *table) {
		d.has(nobody, base, 200, "Er is nog geen open coalitie")
		d.has(fatma, base+"/nieuw", 200, "Gemeente Waterstad", "Almere")
		status, body := d.send(fatma, base, "naam", "X", "doel", "Dit doel blijft staan", "organisatie", "waterstad", "gemeente", "GM0034")
		if status != 422 || !strings.Contains(body, "Dit doel blijft staan") {
			t.Errorf("a bad name is %d: %s", status, body)
		}
		page := d.posts(fatma, base, aboutFieldsOf...)
		d.has(fatma, page, 200, "Wat wordt er nu van u verwacht?", "Voeg een tweede gemeente toe", page+"/mensen#gemeenten", "Op uitnodiging")
		if status, _ := d.get(joost, page); status != 404 {
			t.Errorf("one by invitation is %d to a stranger", status)
		}
		d.posts(fatma, page+"/gemeente", "organisatie", "heuvelrijk", "gemeente", "GM0153")
		if status, body := d.send(fatma, page+"/gemeente", "organisatie", "heuvelrijk", "gemeente", "GM0153"); status != 422 || !strings.Contains(body, "is al uitgenodigd") {
			t.Errorf("the same city again is %d", status)
		}
		d.has(fatma, page, 200, "Nodig mensen uit")
		if status, body := d.send(fatma, page+"/uitnodigen", "email", "geen adres", "namens", "heuvelrijk", "rol", "member"); status != 422 || !strings.Contains(body, "geen adres") {
			t.Errorf("a bad address is %d", status)
		}
		d.posts(fatma, page+"/uitnodigen", "email", "joost@test.example", "namens", "heuvelrijk", "rol", "member", "dagen", "30")
		d.has(fatma, page+"/mensen", 200, "joost@test.example", "uitgenodigd")
		link := invitationPath + d.letter("joost@test.example")
		d.has(nobody, link, 200, "Samen thuis", "Naam van fatma", "/aanmelden?naar="+link)
		d.has(joost, link, 200, "U zegt hiermee ook ja namens Gemeente Heuvelrijk")
		d.has(els, link, 200, "U doet mee als persoon")
		if to := d.posts(joost, link); to != page {
			t.Errorf("joining leads to %s", to)
		}
		d.has(joost, link, 404, "Deze uitnodiging is er niet meer")
		d.has(joost, page, 200, "Zet initiatieven op de lijst")
		d.has(fatma, page+"/mensen", 200, "Gemeente Heuvelrijk: 1 persoon doet mee")
		d.has(joost, page+"/kiezen?zoek=beeld", 200, "Project beeldzorg")
		d.has(joost, page+"/kiezen?zoek=xyz", 200, "Niets gevonden")
		for _, slug := range []string{"beeldzorg", "buurtapp", "valtraining"} {
			d.posts(joost, page+"/kiezen/lijst", "initiatief", slug)
		}
		d.posts(joost, page+"/kiezen/lijst", "weg", "valtraining")
		d.has(joost, page, 200, "zeg of u akkoord bent")
		if status, body := d.send(fatma, page+"/kiezen/openen"); status != 409 || !strings.Contains(body, "Meer dan de helft") {
			t.Errorf("opening too soon is %d", status)
		}
		d.has(fatma, page+"/kiezen/criteria", 200, "Helpt het onze inwoners?")
		if status, body := d.send(fatma, page+"/kiezen/criteria", "versie", "4", "naam-1", "Nut", "gewicht-1", "veel"); status != 422 || !strings.Contains(body, `value="veel"`) {
			t.Errorf("a bad weight is %d", status)
		}
		d.has(joost, page+"/kiezen/criteria", 403)
		d.posts(joost, page+"/kiezen/akkoord", "tekst", "1")
		d.has(joost, page, 200, "Even wachten op de anderen")
		d.posts(fatma, page+"/kiezen/akkoord", "tekst", "1")
		d.has(fatma, page, 200, "Begin met punten geven")
		d.posts(fatma, page+"/kiezen/openen")
		d.has(joost, page, 200, "Geef uw punten")
		for _, who := range []access.Actor{fatma, joost} {
			for range 2 {
				_, to := d.get(who, page+"/kiezen/scoren")
				d.has(who, to, 200, "Fase", "Niemand ziet uw punten")
				if status, body := d.send(who, to, "score-need", "4"); status != 422 || !strings.Contains(body, "checked") {
					t.Errorf("half a score is %d", status)
				}
				score := "2"
				if who.Person == "joost" && strings.HasSuffix(to, "beeldzorg") {
					score = "5"
				}
				var pairs []string
				for _, u := range usual {
					pairs = append(pairs, "score-"+u.id, score)
				}
				d.posts(who, to, pairs...)
			}
			if _, to := d.get(who, page+"/kiezen/scoren"); to != page+"/kiezen" {
				t.Errorf("after the last one: %s", to)
			}
		}
		d.has(joost, page, 200, "Even wachten op de punten")
		d.has(fatma, page, 200, "Toon de punten")
		d.has(fatma, page+"/kiezen/uitslag", 409)
		d.posts(fatma, page+"/kiezen/tonen")
		d.has(joost, page+"/kiezen/uitslag", 200, "Hierover bent u het oneens: van 2 tot 5", `role="img"`, "aria-label=\"Project beeldzorg: Gemiddeld 3,5 van 5", "Naam van joost")
		d.has(joost, page+"/kiezen/uitslag?gewicht-need=1&gewicht-cost=10", 200, "Dit wordt niet bewaard")
		d.has(joost, page+"/kiezen/uitslag?gewicht-need=heel+veel", 200, "Geef een getal van 0 tot 10", `value="heel veel"`)
		if status, body := d.send(fatma, page+"/kiezen/keuze", "versie", "1", "initiatief", "beeldzorg", "waarom", "Daar waren wij het over eens"); status != 409 || !strings.Contains(body, "Daar waren wij het over eens") {
			t.Errorf("a stale choice is %d", status)
		}
		version := regexp.MustCompile(`name="versie" value="(\d+)"`).FindStringSubmatch(d.has(fatma, page+"/kiezen/uitslag", 200))[1]
		d.posts(fatma, page+"/kiezen/keuze", "versie", version, "initiatief", "beeldzorg", "waarom", "Daar waren wij het over eens")
		d.has(joost, page, 200, "Dit is onze keuze", "Daar waren wij het over eens")
		d.has(fatma, page, 200, "Plan een overleg")
		d.has(fatma, page+"/overleg/nieuw", 200, "Welkom en de vorige afspraken")
		if status, body := d.send(fatma, page+"/overleg", "titel", "Overleg", "dag", "morgen", "tijd", "tien", "duur", "60"); status != 422 || !strings.Contains(body, "morgen") {
			t.Errorf("a bad day is %d", status)
		}
		meeting := d.posts(fatma, page+"/overleg", "titel", "Overleg", "dag", "01-12-2026", "tijd", "9.30", "duur", "60", "agenda", "Welkom\n\nRondvraag")
		d.has(joost, meeting, 200, "1 december 2026", "09:30", "Rondvraag")
		d.has(joost, meeting+"/bewerken", 200, "Welkom")
		fields := []string{"versie", "1", "titel", "Overleg", "dag", "2026-12-01", "tijd", "09:30", "duur", "60", "aanwezig", "joost", "verslag", "Het was goed", "besluiten", "Door"}
		d.posts(joost, meeting+"/bewerken", fields...)
		if status, body := d.send(fatma, meeting+"/bewerken", append(fields, "verslag", "Mijn eigen tekst")...); status != 409 || !strings.Contains(body, "Dit staat er nu") || !strings.Contains(body, `name="versie" value="2"`) {
			t.Errorf("two writers at once: %d", status)
		}
		d.posts(fatma, meeting+"/actie", "actie", "Bellen", "wie", "joost", "voor", "2026-11-20")
		d.has(joost, page, 200, "Bellen", "te laat")
		d.has(joost, page+"/overleg", 200, "Overleg")
		for _, path := range []string{meeting + "/agenda.ics", page + "/agenda.ics"} {
			d.has(joost, path, 200, "BEGIN:VEVENT", "DTSTART:20261201T083000Z")
			d.has(nobody, path, 403)
		}
		status, body = d.send(fatma, page+"/weg", "persoon", "fatma")
		if status != 409 || !strings.Contains(body, "U bent de enige kartrekker") {
			t.Errorf("the last convener leaves: %d", status)
		}
		d.posts(fatma, page+"/rol", "persoon", "joost", "rol", "convener")
		if to := d.posts(fatma, page+"/weg", "persoon", "fatma"); to != base {
			t.Errorf("leaving leads to %s", to)
		}
		d.has(joost, page+"/historie", 200, "Gekozen: Project beeldzorg", "Weggegaan")
		d.posts(joost, page+"/stoppen", "stopreden", "Klaar ermee")
		d.has(joost, page, 200, "Deze coalitie is gestopt", "Klaar ermee")
		if status, _ := d.send(joost, page+"/bericht", "bericht", "nog iets"); status != 409 {
			t.Errorf("a comment afterwards is %d", status)
		}
	})
}

func TestEditingAtOnceShowsBothTexts(t *testing.T) {
	each(t, func(t *testing.T, d *table) {
		page := Path(d.begun(true))
		d.posts(fatma, page+"/bewerken", "versie", "1", "naam", "Eerste naam", "doel", "Doel een", "open", "ja")
		status, body := d.send(fatma, page+"/bewerken", "versie", "1", "naam", "Tweede naam", "doel", "Doel twee", "open", "ja")
		for _, want := range []string{"Eerste naam", "Doel een", "Tweede naam", "Doel twee", `name="versie" value="2"`} {
			if !strings.Contains(body, want) {
				t.Errorf("the page of %d lacks %q", status, want)
			}
		}
		d.posts(fatma, page+"/bewerken", "versie", "2", "naam", "Tweede naam", "doel", "Doel twee", "open", "ja")
		d.has(nobody, page, 200, "Tweede naam", "Meld u eerst aan")
	})
}

func TestAskingByThePage(t *testing.T) {
	each(t, func(t *testing.T, d *table) {
		page := Path(d.begun(true))
		d.has(joost, page, 200, "Wilt u meedoen?", "Gemeente Heuvelrijk")
		d.posts(joost, page+"/vraag", "organisatie", "heuvelrijk", "waarom", "Wij doen graag mee")
		d.has(joost, page, 200, "Uw vraag is verstuurd")
		d.has(fatma, page+"/mensen", 200, "Wij doen graag mee", "Laat Naam van joost meedoen")
		d.posts(fatma, page+"/antwoord", "persoon", "joost", "rol", "member")
		d.has(joost, page, 200, "Wat wordt er nu van u verwacht?")
		body := d.has(fatma, page+"/mensen", 200, "Een gast leest een tijdje mee")
		if strings.Contains(body, guestPath) {
			t.Error("a link of a guest stands on the page before it was made")
		}
		_, body = d.send(fatma, page+"/gast", "gast", "Verzekeraar", "reageren", "ja", "gastdagen", "7")
		link := regexp.MustCompile(`https://wijk\.example(/gast/[A-Za-z0-9_-]+)`).FindStringSubmatch(body)
		if link == nil {
			t.Fatalf("no link: %s", body)
		}
		d.has(nobody, link[1], 200, "U leest mee als gast: Verzekeraar")
		d.posts(nobody, link[1]+"/bericht", "bericht", "Dank u")
		d.has(joost, page, 200, "Verzekeraar (gast)", "Dank u")
		if body := d.has(fatma, page+"/mensen", 200, "Verzekeraar"); strings.Contains(body, link[1]) {
			t.Error("the link is shown a second time")
		}
	})
}

// Every route of a coalition by invitation is not there for who is outside.
func TestAClosedCoalitionIsNowhere(t *testing.T) {
	each(t, func(t *testing.T, d *table) {
		id := d.scoring(false)
		m := Meeting{Coalition: id, Title: "Overleg", At: d.clock.Now().Add(time.Hour), Minutes: 60}
		var err error
		m.ID, err = d.Call(d.as(fatma), m)
		d.must(err)
		fill := strings.NewReplacer("{id}", id, "{meeting}", m.ID, "{slug}", "beeldzorg")
		for _, r := range d.Room().Routes {
			if !strings.Contains(r.Pattern, "{id}") {
				continue
			}
			path := fill.Replace(r.Pattern)
			for _, who := range []access.Actor{nobody, stranger} {
				if who.Person == "" && r.Access.Name() != access.Public.Name() {
					continue // has to sign in first
				}
				status, body := 0, ""
				if r.Method == http.MethodPost {
					status, body = d.send(who, path, "waarom", "Een goede reden dan", "bericht", "dag", "naam", "Nieuwe naam", "doel", "Nieuw doel", "versie", "1",
						"organisatie", "", "email", "a@test.example", "namens", "vier", "rol", "convener", "persoon", "joost", "gast", "Gast", "stopreden", "Zomaar",
						"initiatief", "beeldzorg", "titel", "Titel", "dag", "2026-12-01", "tijd", "10:00", "duur", "60", "actie", "Actie", "wie", "joost",
						"voor", "2026-12-01", "gemeente", "GM0034", "naam-1", "Nut", "gewicht-1", "1", "tekst", "1")
				} else {
					status, body = d.get(who, path)
				}
				if status != 404 || strings.Contains(body, "Samen thuis") {
					t.Errorf("%s %s is %d to %q", r.Method, r.Pattern, status, who.Person)
				}
			}
		}
		for _, path := range []string{base, apiPath} {
			for _, who := range []access.Actor{nobody, stranger} {
				if body := d.has(who, path, 200); strings.Contains(body, "Samen thuis") || strings.Contains(body, id) {
					t.Errorf("%s tells of it", path)
				}
			}
		}
		d.has(nobody, web.APIPath+"/coalitions/"+id, 404)
	})
}
