package phases

import (
	"slices"
	"strings"
	"testing"
)

func TestAspects(t *testing.T) {
	all, err := newNear().Municipalities(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	here := func(f Figures) []Municipality {
		return append(slices.Clone(all), Municipality{"GM0009", "Hier", "/0009", f})
	}
	young := [5]float64{20, 12, 24, 26, 18}
	for _, c := range []struct {
		name       string
		f          Figures
		runs       []Place
		size, u, a string
		group      int
	}{
		{"alike", Figures{Inhabitants: 25_000, Urbanity: 5, Ages: [5]float64{18, 10, 22, 27, 23}}, []Place{{"GM0001", ""}}, Alike, Alike, Alike, 4},
		{"larger, more urban, younger", Figures{Inhabitants: 31_000, Urbanity: 4, Ages: young}, []Place{{"GM0001", ""}}, Differs, Differs, Differs, 4},
		{"between two", Figures{Inhabitants: 60_000, Urbanity: 4, Ages: [5]float64{15, 20, 20, 24, 21}}, []Place{{"GM0001", ""}, {"", "midden"}}, Alike, Alike, Differs, 1},
		{"nothing known here", Figures{}, []Place{{"GM0001", ""}}, Missing, Missing, Missing, 4},
		{"nothing known there", Figures{Inhabitants: 1, Urbanity: 5, Ages: young}, []Place{{"GM0004", ""}, {"", "Onbekend"}}, Missing, Missing, Missing, 4},
		{"only one of them is known", Figures{Inhabitants: 20_000, Urbanity: 5, Ages: young}, []Place{{"GM0004", ""}, {"GM0001", ""}}, Alike, Alike, Differs, 4},
	} {
		got := compare(here(c.f), c.runs, "GM0009").Aspects
		want := []Aspect{{Size, c.size, 0}, {Urbanity, c.u, 0}, {Ages, c.a, c.group}}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", c.name, got, want)
		}
	}
	for name, c := range map[string]Comparison{"it runs here": compare(all, []Place{{"GM0001", ""}}, "GM0001"), "nowhere": compare(all, nil, "GM0001"), "no place chosen": compare(all, []Place{{"GM0001", ""}}, "")} {
		if c.Aspects != nil {
			t.Errorf("%s: %v", name, c.Aspects)
		}
	}
}

func TestPlacesInPlainWords(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		page := FitPath("welzijn")
		d.has(nobody, page+"?gemeente=GM0002", 200, "Hier wonen 60.000 mensen, daar 20.000 tot 150.000.", "Hier wonen 1.240 mensen per km², daar 320 tot 900.",
			"Het is hier sterk stedelijk. Daar is het matig stedelijk tot niet stedelijk.", "zijn er hier 16 in de groep 65 jaar of ouder. Daar zijn dat er 25.",
			"anders dan daar", "Leeftijden van inwoners", "1.500", "waarvan 75 jaar of ouder", "schatten wij")
		d.has(nobody, "/en"+page+"?gemeente=GM0002", 200, "1,240 people per km² live here, 320 to 900 there.")
		d.has(nobody, page+"?gemeente=GM0004", 200, "Hoeveel er in Leeg wonen, weten wij niet", "Van Leeg weten wij dat niet", "De leeftijden in Leeg weten wij niet", "niet bekend")
		body := d.has(nobody, page+"?gemeente=WK0005ZZ", 200, "verzonnen")
		if strings.Contains(body, "Maak er een actie van") {
			t.Error("a reader without an organisation is asked for actions")
		}
		d.near.facts["leeg"] = Facts{Name: "Leeg", Municipalities: []Place{{"GM0004", "Leeg"}}}
		d.has(nobody, FitPath("leeg")+"?gemeente=GM0002", 200, "Hoeveel er wonen waar het draait, weten wij niet", "Van daar weten wij dat niet", "De leeftijden van daar weten wij niet")
		d.has(nobody, FitPath("leeg")+"?gemeente=WK0005ZZ", 200, "Hoe oud de mensen hier en daar zijn, weten wij niet", "Hoe stedelijk het is, weten wij niet")

		// Where the places differ, or a figure is missing, somebody has something to do.
		const point = "Leeftijden: zoek de cijfers op die ontbreken"
		d.has(joost, page+"?gemeente=WK0005ZZ", 200, "Maak er een actie van: "+point)
		if status, to := d.post(joost, page+"/actie", "organisatie", "heuvelrijk", "punt", point, "eigenaar", "wim", "datum", "2026-12-01"); status != 303 {
			t.Fatal(status, to)
		}
		body = d.has(joost, page+"?gemeente=WK0005ZZ", 200, point, "Maak er een actie van: Grootte: ga na")
		if strings.Contains(body, "Maak er een actie van: "+point) {
			t.Error("the point is open still")
		}
	})
}

// Who comes from the place of the instance sees that one first.
func TestHomeComesFirst(t *testing.T) {
	all, err := newNear().Municipalities(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for root, want := range map[string]string{"/": "", "/0002": "GM0002", "/0002/WK000201": "GM0002", "/0005/WK0005ZZ": "WK0005ZZ", "/0009": ""} {
		if got := home(all, root); got != want {
			t.Errorf("%s: %q, want %q", root, got, want)
		}
	}
	each(t, func(t *testing.T, d *desk) {
		d.Root = "/0002"
		d.has(nobody, FitPath("welzijn"), 200, "Hier wonen 60.000 mensen")
	})
}
