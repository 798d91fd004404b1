package initiatives

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http/httptest"
	"strings"
	"testing"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/trust/access"
)

// TestTheDownloadsComeBack: what is downloaded changes nothing when it is taken in
// again.
func TestTheDownloadsComeBack(t *testing.T) {
	desked(t, func(t *testing.T, d *desk) {
		for path, name := range map[string]string{"/initiatieven.yaml": "x.yaml", "/initiatieven.csv": "x.csv", "/en/initiatieven.csv": "x.csv", "/initiatieven.yaml?thema=vervoer": "x.yaml"} {
			w := d.ask(anonymous, "GET", path)
			ctx := access.With(d.as(editor), editor)
			if strings.HasPrefix(path, "/en") {
				ctx = i18n.With(ctx, d.words, "en")
			}
			rep, err := d.Import(ctx, []File{{name, w.Body.Bytes()}}, true)
			d.must(err)
			for _, f := range append(rep.Faults, rep.Notes...) {
				t.Errorf("%s: %v", path, f)
			}
			if len(rep.Changes) == 0 {
				t.Errorf("%s holds nothing", path)
			}
			for _, c := range rep.Changes {
				if c.State == Refused || len(c.Fields) > 0 {
					t.Errorf("%s: %s is %s: %v", path, c.Slug, c.State, c.Fields)
				}
			}
		}
		list, err := d.whole(t.Context(), Filter{})
		d.must(err)
		if len(list) != 60 || len(list[0].Sources) == 0 {
			t.Errorf("%d", len(list))
		}
	})
}

// excel is a table as a Dutch spreadsheet writes it: semicolons, decimal commas, a
// byte order mark, a line with too few cells, an empty line.
const excel = "\ufeffsep=;\r\nNaam;Soort;Fase;Stand van jaar;Gemeenten;Onderwerpen;Wat het is;Bedrag;Kleur\r\n" +
	"Belbus Oost;Plek;Voorbereiding;2025;Enschede, 's-Gravenhage;Vervoer;Een bus die komt als u belt.;\"€ 1.234,56\";rood\r\n" +
	"Fout jaar;Plek;Idee;'25;Enschede;Vervoer;Een regel die niet goed is.;;\r\n" +
	"Foute soort;Boot;Idee;2025;;Vervoer;Nog een regel die niet goed is.;;\r\n" +
	"FitKnip;;;2026;;;;;\r\n" +
	";;;;;;;;\r\n"

func TestATableFromASpreadsheet(t *testing.T) {
	desked(t, func(t *testing.T, d *desk) {
		body := d.gives(editor, "POST", "/initiatieven/invoeren", 200, "Er is nog niets veranderd", "vorm", "csv", "tekst", excel, "doe", "kijken")
		for _, want := range []string{"Belbus Oost", "invoer.csv", "kennen wij niet. kies uit", "is geen jaar", "deze kolom kennen wij niet"} {
			if !strings.Contains(strings.ToLower(body), strings.ToLower(want)) {
				t.Errorf("the preview lacks %q", want)
			}
		}
		if l, err := d.List(t.Context(), Page{}); err != nil || l.Total != 60 {
			t.Fatalf("a preview wrote: %d, %v", l.Total, err)
		}
		before := d.get(fitknip)
		d.gives(editor, "POST", "/initiatieven/invoeren", 200, "Het is ingevoerd", "vorm", "csv", "tekst", excel, "doe", "invoeren")
		bus := d.get("belbus-oost")
		if bus.Phase != (Phase{Status: "preparation", Year: 2025}) || len(bus.Municipalities) != 2 || bus.Municipalities[1].Code != "GM0518" ||
			len(bus.Costs) != 1 || bus.Costs[0].Cents != 123456 || bus.Draft || bus.Sources[0].Title != "Tabel invoer.csv" {
			t.Errorf("%+v", bus.Initiative)
		}
		now := d.get(fitknip)
		if now.Phase.Year != 2026 || len(now.Evidence) != len(before.Evidence) || now.Summary != before.Summary {
			t.Errorf("%+v", now.Phase)
		}
		d.gives(anonymous, "GET", "/initiatieven/fitknip/geschiedenis", 200, "Ingevoerd uit een bestand")
		if l, err := d.List(t.Context(), Page{}); err != nil || l.Total != 61 {
			t.Errorf("%d, %v", l.Total, err)
		}
		// Again it changes nothing; a change by hand is told of.
		if rep, err := d.ImportRight(d.as(editor), []File{{"invoer.csv", []byte(excel)}}); err != nil || rep.Written || rep.Count(Refused) != 2 {
			t.Errorf("%+v, %v", rep.Changes, err)
		}
		d.gives(editor, "POST", "/initiatieven/belbus-oost/bewerken/waar", 303, "saved", "versie", version(d, "belbus-oost"), "gemeenten", "Enschede", "waarom", "rijdt niet meer in Den Haag")
		d.gives(editor, "POST", "/initiatieven/invoeren", 200, "met de hand veranderd", "vorm", "csv", "tekst", excel, "doe", "kijken")
		d.gives(editor, "POST", "/initiatieven/invoeren", 422, "Kies een bestand", "vorm", "csv", "tekst", "")
	})
}

func TestAFileIsSent(t *testing.T) {
	desked(t, func(t *testing.T, d *desk) {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		f, err := m.CreateFormFile("bestand", "lijst.csv")
		d.must(err)
		_, err = f.Write([]byte("Naam;Wat het is\r\nCaf\xe9 Oost;Een caf\xe9 waar u kunt oefenen.\r\n")) // Windows-1252
		d.must(err)
		d.must(m.WriteField("doe", "kijken"))
		d.must(m.Close())
		d.actor = editor
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/initiatieven/invoeren", &b)
		r.Header.Set("Content-Type", m.FormDataContentType())
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		w := httptest.NewRecorder()
		d.rt.ServeHTTP(w, r)
		if body := w.Body.String(); w.Code != 200 || !strings.Contains(body, "Café Oost") || !strings.Contains(body, "Voer in wat goed is") {
			t.Errorf("%d %s", w.Code, body)
		}
	})
}

// TestRightRowsComeIn: what needs a row that is wrong stays out with it.
func TestRightRowsComeIn(t *testing.T) {
	onEach(t, func(t *testing.T, s *Service) {
		files := demoFiles(t)
		for k := range files {
			files[k].Text = []byte(strings.Replace(string(files[k].Text), "category: evidence", "category: nonsense", 1))
			files[k].Text = []byte(strings.Replace(string(files[k].Text), "strength: registration", "strength: sterk", 1))
		}
		rep, err := s.ImportRight(shell(t), files)
		if err != nil || !rep.Written {
			t.Fatal(err)
		}
		l, err := s.List(t.Context(), Page{})
		if err != nil || l.Total == 0 || l.Total >= 59 || l.Total+rep.Count(Refused) != 60 {
			t.Errorf("%d taken in, %d refused, %v", l.Total, rep.Count(Refused), err)
		}
	})
}

func FuzzTable(f *testing.F) {
	f.Add([]byte(excel))
	f.Add([]byte("name,page,amount\nX,/initiatieven/x,\"1,5\""))
	f.Add([]byte("naam\tbladzijde\n=cmd\thttps://x/initiatieven/../y"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c := readCases(context.Background(), []File{{"x.csv", text}})
		for _, row := range c.initiatives {
			if row.bad {
				continue
			}
			if !slugForm.MatchString(row.v.Slug) {
				t.Errorf("slug %q", row.v.Slug)
			}
			i := Initiative{Slug: row.v.Slug, Name: row.v.Name}
			row.patch(&i)
			if i.complete() != nil {
				continue
			}
			// What is taken in can be written as a case file and read again.
			again := readCases(context.Background(), []File{{"x.yaml", caseFile([]Initiative{i}, "https://x.example")}})
			if len(again.faults) > 0 {
				t.Errorf("%v", again.faults)
			}
		}
	})
}
