package surveys

import (
	"strings"
	"testing"

	"wijkbaak.nl/internal/trust/access"
)

// walk answers each page of the six areas with the same option, up to the summary.
func (f *filler) sixAreas(code string) page {
	f.t.Helper()
	for n := range 6 {
		var set []string
		for name := range strings.SplitSeq(f.fields["op"][0], ",") {
			set = append(set, "v"+name, map[string]string{"nooit": "0", "vaak": "3", "altijd": "4"}[code])
		}
		if p := f.press("verder", set...); p.status != 200 {
			f.t.Fatalf("page %d: %s", n, p.text)
		}
	}
	f.has(f.page, 200, "Waar wilt u iets aan doen?")
	f.press("verder")
	f.has(f.page, 200, "Wat zou u graag anders zien?")
	return f.press("verder")
}

func TestSomebodyFillsInAloneAndNothingIsKept(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.must(d.demo(d.as(access.Actor{Channel: access.Shell})))
		d.has(d.get(nobody, base), 200, "Hoe gaat het met mij?", "20 vragen", "Ik spreek liever iemand")
		d.has(d.get(nobody, Path("zes-gebieden")), 200, "Wij bewaren niets")
		f := d.fill(nobody, d.post(nobody, base+"/lijst/zes-gebieden/invullen", "hoe", "een"))
		d.has(f.page, 200, "Bladzijde 1 van 8", "Uw lichaam", "Wij bewaren nog niets")

		d.has(f.press("verder"), 422, "Geef hier een antwoord")
		first := d.field("zes-gebieden", "lichaam-1")
		d.has(f.press("verder", first, "4"), 422)
		if f.fields[first][0] != "4" {
			t.Error("what was chosen is lost")
		}
		d.has(f.press("verder", d.field("zes-gebieden", "lichaam-2"), "0", d.field("zes-gebieden", "lichaam-3"), "0"), 200, "Bladzijde 2 van 8")
		d.has(f.press("terug"), 200, "Bladzijde 1 van 8")
		if f.fields[first][0] != "4" {
			t.Error("the answer is lost by going back")
		}
		d.has(f.sixAreas("nooit"), 200, "Klopt dit zo?", "Bijna nooit", "Geen antwoord")
		d.has(f.press("naar:2", "doe", ""), 200, "Bladzijde 1 van 8", "Naar het overzicht")
		d.has(f.press("kijk"), 200, "Klopt dit zo?")
		p := d.has(f.press("stuur"), 200, "Uw uitkomst", "Uw zes gebieden", "Omdat u zei dat het op meer gebieden niet vaak goed gaat", "Ik spreek liever iemand")
		if n := strings.Count(p.body, "wb-card"); n != AdviceMost {
			t.Errorf("%d advices: %s", n, p.text)
		}
		if !strings.Contains(p.body, "<svg viewBox") || !strings.Contains(p.body, "<polygon") {
			t.Error("no picture")
		}
		if n := d.count("SELECT COUNT(*) FROM survey_response"); n != 0 {
			t.Errorf("%d responses are kept", n)
		}
		if n := d.count("SELECT COUNT(*) FROM survey_tally"); n != 0 {
			t.Errorf("%d scores are counted", n)
		}
		d.has(f.press("bewaar"), 303)
		d.has(d.get(nobody, f.page.to), 200, "Bewaard", "Uw code:", "Uw zes gebieden")
	})
}
