package impact

import (
	"encoding/xml"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

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
	if m := regexp.MustCompile(`impact\.[a-z.]+[a-z]`).FindString(body); m != "" {
		d.t.Errorf("%s shows the key %s", path, m)
	}
	if strings.Contains(body, "style=") || strings.Contains(body, "onclick") {
		d.t.Errorf("%s has an inline style or script", path)
	}
	return body
}

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// wellFormed reads the XML of a drawing to its end.
func wellFormed(t fataler, svg string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		_, err := d.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("no XML: %v in %.300s", err, svg)
		}
	}
}

func TestTheExampleOnItsPage(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.near.measured = someFigures()
		for range 2 {
			d.must(d.demo(t.Context()))
		}
		list, _, err := d.List(d.as(nobody), "", 5)
		d.must(err)
		if len(list) != 1 || !list[0].Demonstration {
			t.Fatalf("%+v", list)
		}
		page := Path(list[0].ID)
		body := d.has(nobody, page, 200, "Van recept naar meedoen (voorbeeld)", "3 van de 8 aannames zijn getoetst.", "nu 48 %, doel 50 %", `href="/pilots/p1"`,
			"uit: Proef Waterstad, 1 juni 2026, 84 mensen", "leidt tot: Mensen hadden een eerste gesprek", "Getoetst: klopt niet", "<svg", "<title>", `role="img"`)
		wellFormed(t, regexp.MustCompile(`(?s)<svg viewBox="0 0 [0-9]{3}.*?</svg>`).FindString(body))
		if strings.Index(body, "<h3>Inzet") > strings.Index(body, "<h3>Activiteiten") || !strings.Contains(body, "<h3>Inzet") {
			t.Error("the list is not in order")
		}
		svg := d.has(nobody, page+"/beeld", 200, "http://www.w3.org/2000/svg", "uit: Proef Waterstad")
		wellFormed(t, svg)
		if to := os.Getenv("WIJKBAAK_IMPACT_SVG"); to != "" {
			d.must(os.WriteFile(to, []byte(svg), 0o600))
		}
		d.has(nobody, page+"/bestand", 200, `"kind": "outcome"`)
		d.has(nobody, page+"/blad", 200, "wb-dense")
		d.has(nobody, page+"/historie", 200, "Gemaakt", "iemand")
		d.has(nobody, base, 200, "(voorbeeld)", "Eén daarvan bleek niet te kloppen")
		d.has(nobody, "/en"+page, 200, "3 of the 8 assumptions were tested.", "Inputs")
		d.has(nobody, page+"/bewerken", 403)
		d.has(nobody, base+"/bestaat-niet", 404)
		d.has(fatma, base+"/nieuw?initiatief="+demoInitiative, 200, "selected")
		d.near.measured = nil // the pilot is a draft again
		if body := d.has(nobody, page, 200, "doel 50 %"); strings.Contains(body, "nu 48") {
			t.Error("a figure that is not shown any more stands on the page")
		}
	})
}

func TestMadeByFormsAlone(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.near.measured = someFigures()
		status, to := d.post(fatma, base, "titel", "Samen eten", "organisatie", "waterstad", "initiatief", demoInitiative)
		if status != 303 || !strings.HasSuffix(to, "/bewerken") {
			t.Fatalf("%d %s", status, to)
		}
		page := strings.TrimSuffix(to, "/bewerken")
		version := 1
		send := func(want int, to string, pairs ...string) string {
			t.Helper()
			status, body := d.post(fatma, page+to, append(pairs, "versie", strconv.Itoa(version))...)
			if status != want {
				t.Fatalf("%s %v answers %d: %.200s", to, pairs, status, body)
			}
			if status == 303 {
				version++
			}
			return body
		}
		says := func(body, text, kept string) {
			t.Helper()
			if !strings.Contains(body, text) || !strings.Contains(body, kept) {
				t.Errorf("the page does not say %q or lost %q", text, kept)
			}
		}
		send(303, "/stap", "soort", "input", "tekst", "Een kok")
		send(303, "/stap", "soort", "outcome", "tekst", "Minder eenzaam", "meting", "p1|eenzaam", "doel", "1.234,5")
		send(303, "/stap", "soort", "outcome", "tekst", "Vaker buiten")
		says(send(422, "/stap", "soort", "output", "tekst", "Maaltijden", "doel", "veel"), "Schrijf hier een getal", `value="Maaltijden"`)
		says(send(422, "/stap", "soort", "output", "tekst", ""), "Vul dit in", "")
		send(303, "/pijl", "van", "n1", "naar", "n2", "aanname", "Samen eten helpt", "staat", "believed", "bron", "")
		send(303, "/pijl", "van", "n2", "naar", "n3", "aanname", "", "staat", "believed", "bron", "")
		says(send(422, "/pijl", "van", "n3", "naar", "n2", "aanname", "Terug", "staat", "believed"), "Zo ontstaat een kring: Vaker buiten → Minder eenzaam → Vaker buiten.", `value="Terug"`)
		says(send(422, "/pijl", "van", "n1", "naar", "n3", "aanname", "Ja", "staat", "tested"), "Schrijf waar dit uit blijkt", `value="Ja"`)
		send(303, "/pijl", "was-van", "n1", "was-naar", "n2", "van", "n1", "naar", "n2", "aanname", "Samen eten helpt", "staat", "tested", "bron", "Telling")
		d.has(fatma, page+"/bewerken?stap=n2", 200, "1234,5", "Voelt zich eenzaam", "Wijzig deze stap")
		d.has(fatma, page+"/bewerken?pijl=n1-n2", 200, "Telling", "Wijzig deze pijl")
		d.has(fatma, page, 200, "De aanname is getoetst.", "nu 48 %")

		version--
		says(send(409, "/stap", "stap", "n1", "soort", "input", "tekst", "Twee koks"), "Zo staat het nu", `value="Twee koks"`)
		version++
		_, data := d.get(fatma, page+"/bestand")
		says(send(422, "/inlezen", "json", data[1:]), "Dit is geen veranderpad", "")
		send(303, "/inlezen", "json", strings.Replace(data, "Samen eten", "Samen koken", 1))
		d.has(fatma, page, 200, "Samen koken")
		send(303, "/naam", "titel", "Samen eten", "initiatief", "")
		send(303, "/pijl/weg", "was-van", "n1", "was-naar", "n2")
		send(303, "/stap/weg", "stap", "n1")
		send(303, "/stand", "stand", "published")
		d.has(nobody, page, 200, "Er staan nog geen aannames")
		send(303, "/stand", "stand", "draft")
		send(303, "/weg")
		d.has(fatma, page, 404)
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
					status, _ = d.post(a, path, "versie", strconv.Itoa(e.Version), "tekst", "x", "soort", "input", "stap", "n1", "van", "n1", "naar", "n9", "titel", "x",
						"was-van", "n1", "was-naar", "n4", "json", `{"title":"x","nodes":[],"arrows":[]}`, "stand", "published")
				} else {
					status, _ = d.get(a, path)
				}
				if status != 404 && (status != 403 || a.Person == joost.Person) {
					t.Errorf("%s %s answers %d to %q", route.Method, path, status, a.Person)
				}
			}
		}
		v, err := d.Get(d.as(fatma), e.ID)
		d.must(err)
		if v.Version != e.Version || v.Stand != Draft {
			t.Errorf("somebody changed it: %+v", v.Pathway)
		}
	})
}

func TestDrawingOfAnyPathway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anyModel(t)
		p := lay(inDutch(), View{Pathway: Pathway{Title: `Pad <&"`, Model: *m}})
		wellFormed(t, p.svg(inDutch(), rapid.Bool().Draw(t, "alone"), rapid.Bool().Draw(t, "sheet")))
		for k, a := range p.boxes {
			if a.x < 0 || a.y-a.high/2 < headHigh || a.x+boxWide > p.wide || a.y+a.high/2 > p.high {
				t.Fatalf("box %d lies outside", k)
			}
			for _, line := range a.lines {
				if width(line, textSize) > boxWide-2*pad+1 {
					t.Fatalf("%q is too wide", line)
				}
			}
		}
	})
}

func BenchmarkDrawing(b *testing.B) {
	for _, n := range []int{20, 100} {
		v := View{Pathway: Pathway{Title: "Pad", Model: *big(n)}}
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				p := lay(inDutch(), v)
				_ = p.svg(inDutch(), false, false)
			}
		})
	}
}
