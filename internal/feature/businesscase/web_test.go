package businesscase

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/trust/access"
)

func (d *desk) has(a access.Actor, path string, status int, texts ...string) string {
	d.t.Helper()
	got, body := d.get(a, path)
	if got != status {
		d.t.Fatalf("%s answers %d, not %d: %.300s", path, got, status, body)
	}
	for _, text := range texts {
		if !strings.Contains(body, text) {
			d.t.Errorf("%s does not say %q", path, text)
		}
	}
	if m := regexp.MustCompile(`businesscase\.[a-z.]+[a-z]`).FindString(body); m != "" && !strings.HasPrefix(path, "/api") {
		d.t.Errorf("%s shows the key %s", path, m)
	}
	if strings.Contains(body, "style=") || strings.Contains(body, "onclick") {
		d.t.Errorf("%s has an inline style or script", path)
	}
	return body
}

// The line that the forms of the tests send.
func lineForm(version int, more ...string) []string {
	pairs := map[string]string{"versie": strconv.Itoa(version), "naam": "Huur van toestellen", "betaler": "wmo", "soort": "cost", "per": "participantyear", "stad": "",
		"eenheid": "toestel", "bedrag-laag": "1.000", "bedrag": "€ 1.250,50", "bedrag-hoog": "1500", "bedrag-stand": "guessed", "bedrag-vorm": "triangular", "waarom": "Offerte"}
	for i := 0; i+1 < len(more); i += 2 {
		pairs[more[i]] = more[i+1]
	}
	var list []string
	for k, v := range pairs {
		list = append(list, k, v)
	}
	return list
}

func TestFromNothingToAPicture(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.has(nobody, base, 200, "Er zijn nog geen berekeningen")
		d.has(fatma, base+"/nieuw", 200, "Gemeente Waterstad", "Beeldzorg")
		if status, body := d.post(fatma, base, "titel", "", "organisatie", "heuvelrijk"); status != 422 || !strings.Contains(body, "Kies een organisatie") || !strings.Contains(body, "Schrijf een titel") {
			t.Errorf("%d %.200s", status, body)
		}
		status, to := d.post(fatma, base, "titel", "Proef & zorg", "organisatie", "waterstad", "initiatief", demoInitiative)
		if status != 303 || !strings.HasSuffix(to, "/bewerken") {
			t.Fatalf("%d %s", status, to)
		}
		page := strings.TrimSuffix(to, "/bewerken")
		d.has(fatma, page, 200, "Er valt nog niets te rekenen", "Concept")
		d.has(fatma, to, 200, "Er zijn nog geen regels", "2,25")
		d.has(nobody, page, 404)
		d.has(coach, to, 403)
		if status, body := d.post(fatma, page+"/stad", "versie", "1", "stad", "Waterstad", "mensen", "20 veel"); status != 422 || !strings.Contains(body, "zoals 20 60 100") || !strings.Contains(body, "20 veel") {
			t.Errorf("%d %.200s", status, body)
		}
		if status, _ := d.post(fatma, page+"/stad", "versie", "1", "stad", "Waterstad", "mensen", "20 1.000 30"); status != 303 {
			t.Error("the city is not taken")
		}
		d.has(fatma, page+"/regel", 200, "Voeg een regel toe")
		if status, body := d.post(fatma, page+"/regel", lineForm(2)...); status != 303 {
			t.Fatalf("%d %s", status, body)
		}
		d.has(fatma, to, 200, "Huur van toestellen", "1.250,50 (€", "20 1000 30")
		d.has(fatma, page, 200, "Gemeente (Wmo)", "Verrekenen helpt hier niet", "Wat maakt het meeste uit?")
		body := d.has(fatma, page+"/regel?regel=l1", 200, `value="1250,5"`, "Verwijder deze regel")
		if !strings.Contains(body, `value="Huur van toestellen"`) {
			t.Error("the form is empty")
		}
		if status, body := d.post(fatma, page+"/stand", "versie", "3", "stand", "published"); status != 303 {
			t.Errorf("%d %s", status, body)
		}
		d.has(nobody, page, 200, "Proef &amp; zorg")
		d.has(nobody, page+"/historie", 200, "Regel gewijzigd", "Offerte", "iemand")
		d.has(fatma, page+"/historie", 200, "Naam van fatma")
		if status, body := d.get(nobody, page+"/rekenblad"); status != 200 || !strings.HasPrefix(body, "PK") {
			t.Errorf("%d %.20s", status, body)
		}
		if status, body := d.get(nobody, page+"/regels.csv"); status != 200 || !strings.Contains(body, "Huur van toestellen;Gemeente (Wmo)") {
			t.Errorf("%d %s", status, body)
		}
	})
}

func TestFaultsStandAtTheField(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		e := d.made("")
		page := Path(e.ID)
		for _, c := range []struct{ name, value, says string }{
			{"eenheid", "", "Schrijf waar het bedrag voor is"},
			{"naam", " ", "Schrijf hier een naam"},
			{"bedrag", "veel", "Dit is geen getal"},
			{"bedrag", "-5", "Dit kan niet onder nul zijn"},
			{"bedrag-laag", "9999", "Laag is hoger dan hoog"},
			{"bedrag", "2000", "ligt niet tussen laag en hoog"},
			{"bedrag", "", "Vul ook de waarschijnlijke waarde in"},
			{"bedrag-laag", "", "Vul laag en hoog allebei in"},
			{"bedrag-stand", "published", "Schrijf waar dit getal vandaan komt"},
			{"bedrag-stand", "sure", "Kies hoe u dit weet"},
			{"bedrag-adres", "javascript:alert(1)", "Dit is geen adres van een website"},
			{"bedrag-jaar", "20", "Dit jaartal klopt niet"},
			{"bedrag-jaar", "x", "Schrijf hier een heel getal"},
			{"bedrag-vorm", "normal", "midden tussen laag en hoog"},
			{"bedrag", "99999999999999", "Dit getal is te groot"},
			{"per", "event", "hoe vaak het per deelnemer"},
			{"betaler", "rijk", "Kies een van de mogelijkheden"},
			{"stad", "shared", "Delen kan alleen"},
			{"stad", "c99", "Kies een van de mogelijkheden"},
			{"naam", strings.Repeat("x", 200), "Dit is te lang"},
		} {
			fields := []string{c.name, c.value}
			if c.value == "normal" {
				fields = append(fields, "bedrag", "1400")
			}
			status, body := d.post(fatma, page+"/regel", lineForm(e.Version, fields...)...)
			if c.name == "per" && status == 303 { // the box says that the number is not known yet
				t.Fatal("an event without a number is taken")
			}
			if status != 422 || !strings.Contains(body, c.says) && c.value != strings.Repeat("x", 200) {
				t.Errorf("%s = %q: %d, it does not say %q", c.name, c.value, status, c.says)
			}
			if !strings.Contains(body, `value="Offerte"`) {
				t.Errorf("%s = %q: the rest is lost", c.name, c.value)
			}
		}
		for _, c := range []struct{ name, value, says string }{
			{"deelname", "101", "hoger zijn dan 100"}, {"deelname", "-1", "onder nul"}, {"looptijd", "31", "1 tot en met 30"}, {"beginjaar", "27", "jaartal"},
			{"blijven-laag", "99", "allebei"}, {"afname", "", "Vul hier een getal in"}, {"titel", "", "Schrijf een titel"}, {"discontovoet", "80", "hoger zijn dan 50"},
		} {
			pairs := map[string]string{"versie": strconv.Itoa(e.Version), "titel": "Zorg", "looptijd": "5", "beginjaar": "2027", "discontovoet": "2,25", "prijsindex": "0",
				"deelname": "60 %", "blijven": "80", "afname": "0"}
			pairs[c.name] = c.value
			var list []string
			for k, v := range pairs {
				list = append(list, k, v)
			}
			if status, body := d.post(fatma, page+"/instellingen", list...); status != 422 || !strings.Contains(body, c.says) {
				t.Errorf("%s = %q: %d, it does not say %q", c.name, c.value, status, c.says)
			}
		}
		if status, body := d.post(fatma, page+"/toekomst", "versie", strconv.Itoa(e.Version), "naam", "Anders", "l2.amount", "1; 2"); status != 422 || !strings.Contains(body, "Schrijf één getal") {
			t.Errorf("%d %.200s", status, body)
		}
		if status, body := d.post(fatma, page+"/toekomst", "versie", strconv.Itoa(e.Version), "naam", "Anders", "l2.amount", "5; 2; 1"); status != 422 || !strings.Contains(body, "Laag is hoger dan hoog") {
			t.Errorf("%d %.200s", status, body)
		}
	})
}

func TestASecondEditorSeesBothTexts(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		e := d.made("")
		page := Path(e.ID)
		if status, _ := d.post(fatma, page+"/regel", lineForm(e.Version, "regel", "l2", "naam", "Van de eerste")...); status != 303 {
			t.Fatal("the first editor is refused")
		}
		status, body := d.post(boss, page+"/regel", lineForm(e.Version, "regel", "l2", "naam", "Van de tweede")...)
		if status != 409 || !strings.Contains(body, "Van de eerste") || !strings.Contains(body, `value="Van de tweede"`) || !strings.Contains(body, `name="versie" value="`+strconv.Itoa(e.Version+1)+`"`) {
			t.Errorf("%d %.300s", status, body)
		}
	})
}

func TestTheExampleOnItsPage(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.must(d.demo(t.Context()))
		list, _, err := d.List(d.as(nobody), "", 1)
		d.must(err)
		page := Path(list[0].ID)
		begin := time.Now()
		d.has(nobody, page, 200, "Wie betaalt en wie heeft het voordeel?", "Zo komt het gelijk uit", "Er ontbreekt 1 getal", "Verhuizing naar een verpleeghuis uitgesteld, bedrag per jaar verpleeghuis",
			"Beeldzorg is gewoon", "gepubliceerd", "https://www.rwseconomie.nl", "Werkgroep discontovoet (2020)", "Wat moet er waar zijn?", "De kans dat het meer oplevert")
		first := time.Since(begin)
		begin = time.Now()
		d.has(nobody, page, 200)
		t.Logf("the page with its scenarios: %v, from memory %v", first, time.Since(begin))
		begin = time.Now()
		d.has(nobody, page+"?wat=set.participation&als=20", 200, "U probeert: Deelname is 20\u00a0%")
		t.Logf("one figure changed: %v", time.Since(begin))
		d.has(nobody, page+"?wat=set.participation&als=200", 200, "Deze waarde kan hier niet")
		d.has(nobody, page+"?wat=niets&als=200", 200)
		d.has(nobody, page+"?voor=employer", 200, "Er is geen getal dat alleen de uitkomst laat omslaan voor: Werkgever")
		d.has(nobody, page+"?voor=insurer&toekomst=s3", 200, "slaat de uitkomst om voor: Zorgverzekeraar")
		d.has(nobody, page+"/blad", 200, "Zorgverzekeraar", "wb-dense wb-brief")
		d.has(nobody, page+"?toekomst=s3", 200, "De tijd gaat naar andere zorg")
		d.has(nobody, base, 200, "(voorbeeld)")
		d.has(nobody, "/en"+base, 200, "Costs and benefits")
		d.has(nobody, "/en"+page, 200, "Who pays and who gains?")
		d.has(fatma, page+"/toekomst?id=s1", 200, `value="20; 30; 40"`)
		d.has(fatma, page+"/bewerken", 200, "Waterstad (demo)")
		d.has(fatma, page+"/regel?regel=l1", 200, "34,3")
		d.has(fatma, page+"/regel?regel=l99", 404)
		d.has(joost, page+"/bewerken", 403)
		var answer struct {
			Cases []struct{ ID string } `json:"businessCases"`
		}
		if err := json.Unmarshal([]byte(d.has(nobody, "/api/v1/business-cases", 200)), &answer); err != nil || len(answer.Cases) != 1 {
			t.Errorf("%+v %v", answer, err)
		}
		d.has(nobody, "/api/v1/business-cases/"+answer.Cases[0].ID, 200, `"payer":"all"`, `"chanceOfGain"`, `"draws":10000`)
		d.has(nobody, "/api/v1/business-cases/none", 404)
		d.has(nobody, "/api/v1/business-cases?limit=0", 400)
	})
}

// A draft, and that it is there, stays inside; every route is asked.
func TestNobodySeesADraft(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		e := d.made("")
		for _, a := range []access.Actor{nobody, neighbour, joost} {
			for _, route := range d.Room().Routes {
				path := strings.Replace(route.Pattern, "{id}", e.ID, 1)
				if path == route.Pattern {
					continue
				}
				status := 0
				if route.Method == http.MethodPost {
					status, _ = d.post(a, path, "versie", strconv.Itoa(e.Version), "naam", "x", "id", "c1", "regel", "l1", "titel", "x", "organisatie", "heuvelrijk", "stand", "published")
				} else {
					status, _ = d.get(a, path)
				}
				if status != 404 && status != 403 && status != 422 || status != 404 && a.Person == joost.Person && status != 422 {
					t.Errorf("%s %s answers %d to %q", route.Method, path, status, a.Person)
				}
			}
		}
		v, err := d.Get(d.as(fatma), e.ID)
		d.must(err)
		if v.Version != e.Version || v.Stand != Draft {
			t.Errorf("somebody changed it: %+v", v.Case)
		}
	})
}

func FuzzReadPart(f *testing.F) {
	data, err := files.ReadFile(demoFile)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"cases":[{"title":"x","model":{"settings":{"horizon":1}}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := readPart(data)
		if err != nil {
			return
		}
		for _, c := range p.Cases {
			if len(c.Model.Lines) < 5 {
				c.Model.Run(1, 50) // must not fall over
			}
		}
	})
}
