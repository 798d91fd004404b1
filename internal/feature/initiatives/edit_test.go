package initiatives

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/search"
	"wijkbaak.nl/internal/trust/access"
)

const fitknip = "fitknip"

func version(d *desk, slug string) string { return strconv.FormatInt(d.get(slug).Version, 10) }

func TestALeadEditsByForms(t *testing.T) {
	desked(t, func(t *testing.T, d *desk) {
		d.owned(fitknip, Owner{Organisation: "org-a", Role: RoleLead})
		lead := leadOf("org-a")
		path := "/initiatieven/fitknip/bewerken/kosten"
		for _, p := range parts {
			d.gives(lead, "GET", "/initiatieven/fitknip/bewerken/"+p.name, 200, `name="versie"`)
		}
		// A row is added and removed without losing what was typed.
		body := d.gives(lead, "POST", path, 200, `value="huur van de zaal"`, "versie", version(d, fitknip), "rijen", "1",
			"waarvoor-0", "huur van de zaal", "bedrag-0", "nonsens", "doe", "erbij")
		if !strings.Contains(body, `name="waarvoor-1"`) || !strings.Contains(body, `value="nonsens"`) {
			t.Error("no second row, or what was typed is gone")
		}
		body = d.gives(lead, "POST", path, 200, `value="tweede"`, "rijen", "2", "waarvoor-0", "eerste", "waarvoor-1", "tweede", "doe", "weg-0")
		if strings.Contains(body, `value="eerste"`) {
			t.Error("the row is not removed")
		}
		body = d.gives(lead, "POST", path, 422, "Dit is geen bedrag", "versie", version(d, fitknip), "rijen", "1",
			"waarvoor-0", "huur", "bedrag-0", "twaalf", "bron-0", "s1", "waarom", "x")
		if !strings.Contains(body, `value="twaalf"`) {
			t.Error("what was typed is gone")
		}
		source := d.get(fitknip).Sources[0].ID
		d.gives(lead, "POST", path, 422, "waarom", "versie", version(d, fitknip), "rijen", "1", "waarvoor-0", "huur", "bedrag-0", "€ 1.234,56", "bron-0", source)
		d.gives(lead, "POST", path, 303, "gedaan=saved", "versie", version(d, fitknip), "rijen", "2", "waarvoor-0", "huur", "bedrag-0", "€ 1.234,56",
			"bron-0", source, "waarvoor-1", "", "bedrag-1", "", "bron-1", source, "waarom", "begroting 2026", "doe", "bewaren")
		if c := d.get(fitknip).Costs; len(c) != 1 || c[0].Cents != 123456 {
			t.Errorf("%+v", c)
		}
		d.gives(lead, "GET", "/initiatieven/fitknip/geschiedenis", 200, "begroting 2026")
		d.gives(lead, "GET", "/initiatieven/fitknip/geschiedenis", 200, "Joost, Gemeente A")
		if body := d.gives(anonymous, "GET", "/initiatieven/fitknip/geschiedenis", 200, "Gemeente A"); strings.Contains(body, "Joost") {
			t.Error("a name for everybody")
		}
		// The phase of what is owned moves at its gate.
		phase := d.get(fitknip).Phase.Status
		d.gives(lead, "POST", "/initiatieven/fitknip/bewerken/basis", 303, "saved", "versie", version(d, fitknip), "naam", "Fitknip", "soort", "programme",
			"samenvatting", "Een knip om fit te blijven.", "fase", "scaled", "waarom", "korter")
		if i := d.get(fitknip); i.Phase.Status != phase || i.Name != "Fitknip" || i.Summary != "Een knip om fit te blijven." {
			t.Errorf("%+v", i.Phase)
		}
	})
}

func TestEveryPartKeepsWhatItShows(t *testing.T) {
	desked(t, func(t *testing.T, d *desk) {
		cards, err := d.All(t.Context(), Filter{})
		d.must(err)
		barriers, err := d.Barriers(t.Context())
		d.must(err)
		for _, c := range cards {
			before, err := read(t.Context(), d.db, c.Slug)
			d.must(err)
			after := before
			for _, p := range parts {
				sh := sheetOf(p, after)
				sh.why = "x"
				k := known{sources: after.Sources, barriers: barriers}
				if wrong := sh.check(k); len(wrong) > 0 {
					t.Errorf("%s %s: %v", c.Slug, p.name, wrong)
				}
				d.must(sh.put(&after, k))
			}
			for n := range after.Municipalities {
				after.Municipalities[n].Code = before.Municipalities[n].Code
			}
			for _, v := range diffs(before, after) {
				t.Errorf("%s: %s was %s, became %s", c.Slug, v.Field, v.Before, v.After)
			}
		}
	})
}

func TestTwoEditorsAtOnce(t *testing.T) {
	desked(t, func(t *testing.T, d *desk) {
		v := version(d, fitknip)
		path := "/initiatieven/fitknip/bewerken/voorwaarden"
		d.gives(editor, "POST", path, 303, "saved", "versie", v, "voorwaarden", "Een zaal\nEen coach", "waarom", "eerste")
		// Another part does not matter.
		d.gives(editor, "POST", "/initiatieven/fitknip/bewerken/waar", 303, "saved", "versie", v, "gemeenten", "Enschede", "regio", "Twente", "waarom", "tweede")
		// The same part does: both texts stand on the page.
		body := d.gives(editor, "POST", path, 409, "Iemand anders was u voor", "versie", v, "voorwaarden", "Geld", "waarom", "derde")
		for _, want := range []string{"Een coach", ">Geld<", `value="` + version(d, fitknip) + `"`} {
			if !strings.Contains(body, want) {
				t.Errorf("lacks %q", want)
			}
		}
		if p := d.get(fitknip).Preconditions; len(p) != 2 {
			t.Errorf("%v", p)
		}
		d.gives(editor, "POST", path, 303, "saved", "versie", version(d, fitknip), "voorwaarden", "Geld", "waarom", "derde")
		if i := d.get(fitknip); len(i.Preconditions) != 1 || i.Municipalities[0].Code != "GM0153" {
			t.Errorf("%v %v", i.Preconditions, i.Municipalities)
		}
		d.gives(editor, "POST", "/initiatieven/fitknip/bewerken/waar", 422, "De gemeente “Atlantis” kennen wij niet", "versie", version(d, fitknip), "gemeenten", "Atlantis", "waarom", "x")
	})
}

func TestASourceThatIsCitedStays(t *testing.T) {
	desked(t, func(t *testing.T, d *desk) {
		d.gives(editor, "POST", "/initiatieven/fitknip/bewerken/bronnen", 422, "verwijst nog iets", "versie", version(d, fitknip), "rijen", "1", "kenmerk-0", "nieuw", "titel-0", "Alleen deze", "waarom", "x")
	})
}

// TestWhoMayWhat is the table of who gets what at the doors of writing.
func TestWhoMayWhat(t *testing.T) {
	desked(t, func(t *testing.T, d *desk) {
		d.owned(fitknip, Owner{Organisation: "org-a", Role: RoleLead}, Owner{Organisation: "org-c", Role: RolePartner})
		ctx := d.as(leadOf("org-a"))
		var draft string
		d.must(d.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			draft, err = d.Draft(ctx, tx, Initiative{Name: "Zilvervloot oefening", Summary: "Een concept van een gemeente."}, "org-a", "")
			return err
		}))
		half := leadOf("org-a")
		half.SecondFactor = false
		actors := []access.Actor{anonymous, resident, half, leadOf("org-b"), elsewhere, leadOf("org-a"), leadOf("org-c"), editor}
		for _, row := range []struct {
			method, path string
			want         [8]int
		}{
			{"GET", "/initiatieven/fitknip", [8]int{200, 200, 200, 200, 200, 200, 200, 200}},
			{"GET", "/initiatieven/fitknip/bewerken", [8]int{403, 200, 200, 200, 200, 200, 200, 200}},
			{"GET", "/initiatieven/fitknip/bewerken/basis", [8]int{403, 200, 200, 200, 200, 200, 200, 200}},
			{"GET", "/initiatieven/fitknip/eigenaren", [8]int{403, 403, 403, 403, 403, 200, 200, 200}},
			{"POST", "/initiatieven/fitknip/publiceren", [8]int{403, 403, 403, 403, 403, 303, 303, 303}},
			{"GET", "/initiatieven/fitknip/geschiedenis", [8]int{200, 200, 200, 200, 200, 200, 200, 200}},
			{"GET", "/initiatieven/fitknip/contact", [8]int{200, 200, 200, 200, 200, 200, 200, 200}},
			{"GET", "/initiatieven/" + draft, [8]int{404, 404, 404, 404, 404, 200, 404, 200}},
			{"GET", "/initiatieven/" + draft + "/bewerken", [8]int{403, 404, 404, 404, 404, 200, 404, 200}},
			{"GET", "/initiatieven/" + draft + "/bewerken/bewijs", [8]int{403, 404, 404, 404, 404, 200, 404, 200}},
			{"POST", "/initiatieven/" + draft + "/bewerken/bewijs", [8]int{403, 404, 404, 404, 404, 303, 404, 303}},
			{"GET", "/initiatieven/" + draft + "/geschiedenis", [8]int{404, 404, 404, 404, 404, 200, 404, 200}},
			{"GET", "/initiatieven/" + draft + "/eigenaren", [8]int{403, 404, 404, 404, 404, 200, 404, 200}},
			{"GET", "/initiatieven/" + draft + "/contact", [8]int{404, 404, 404, 404, 404, 200, 404, 200}},
			{"POST", "/initiatieven/" + draft + "/volgen", [8]int{422, 404, 404, 404, 404, 303, 404, 303}},
			{"GET", "/api/v1/initiatives/" + draft, [8]int{404, 404, 404, 404, 404, 404, 404, 404}},
			{"GET", "/initiatieven/nieuw", [8]int{403, 200, 200, 200, 200, 200, 200, 200}},
			{"GET", "/initiatief-voorstellen", [8]int{403, 200, 200, 200, 200, 200, 200, 200}},
			{"GET", "/initiatieven/invoeren", [8]int{403, 403, 403, 403, 403, 403, 403, 200}},
			{"GET", "/initiatieven/dubbelen", [8]int{403, 403, 403, 403, 403, 403, 403, 200}},
			{"POST", "/initiatieven/dubbelen", [8]int{403, 403, 403, 403, 403, 403, 403, 422}},
			// Without rows: a project leader cannot leave it to nobody, the editor can.
			{"POST", "/initiatieven/fitknip/eigenaren", [8]int{403, 403, 403, 403, 403, 422, 422, 303}},
		} {
			for k, a := range actors {
				if got := d.ask(a, row.method, row.path, "waarom", "x", "van", "a", "in", "b").Code; got != row.want[k] {
					t.Errorf("%s %s answers %d to actor %d (%s), want %d", row.method, row.path, got, k, a.Person, row.want[k])
				}
			}
		}
	})
}

func TestADraftIsNowhere(t *testing.T) {
	desked(t, func(t *testing.T, d *desk) {
		lead := leadOf("org-a")
		var slug string
		d.must(d.db.Write(d.as(lead), func(ctx context.Context, tx *db.Tx) (err error) {
			if slug, err = d.Draft(ctx, tx, Initiative{Name: "Zilvervloot oefening", Summary: "Een concept van een gemeente.", Themes: []string{"vervoer"},
				Municipalities: []Municipality{{"GM0153", "Enschede"}}, Related: []string{fitknip}, Barriers: []Met{{Barrier: "effect-niet-gemeten"}}}, "org-a", "pakket@1.0.0"); err != nil {
				return err
			}
			return d.AddEvidence(ctx, tx, slug, Evidence{Type: "outcome", Metric: "deelnemers die bleven", Strength: "claim", Source: "Verslag"}, "x")
		}))
		town, err := d.List(t.Context(), Page{Filter: Filter{Municipality: "Enschede"}})
		d.must(err)
		before, err := d.Barrier(t.Context(), "effect-niet-gemeten")
		d.must(err)
		if before.Met != len(before.MetBy) {
			t.Errorf("%d counted, %d listed", before.Met, len(before.MetBy))
		}
		for _, path := range []string{"/initiatieven", "/initiatieven?thema=vervoer", "/initiatieven.csv", "/initiatieven.json", "/initiatieven.yaml", "/initiatieven.atom",
			"/initiatieven?beeld=tabel", "/initiatieven/vergelijk?i=" + slug + "&i=fitknip", "/initiatieven/fitknip", "/belemmeringen", "/belemmeringen/effect-niet-gemeten", "/api/v1/initiatives?limit=100"} {
			for _, a := range []access.Actor{anonymous, lead} {
				if w := d.ask(a, "GET", path); w.Code != 200 || strings.Contains(w.Body.String(), "Zilvervloot") {
					t.Errorf("%s (%d) shows a draft to %q", path, w.Code, a.Person)
				}
			}
		}
		n := 0
		d.must(docs(t.Context(), d.db, func(v search.Doc) error {
			if strings.Contains(v.Title, "Zilvervloot") {
				n++
			}
			return nil
		}))
		in, err := db.One(t.Context(), d.db, db.Value[int], `SELECT COUNT(*) FROM search_doc WHERE id = $1 AND NOT deleted`, docID(slug))
		if d.must(err); n+in != 0 {
			t.Error("a draft is in the search")
		}
		spread, err := d.Spread(t.Context(), d.db)
		d.must(err)
		if len(spread) != 60 {
			t.Errorf("%d spread", len(spread))
		}
		for a, want := range map[string]int{"joost": 2, "ans": 1} {
			who := resident
			if a == "joost" {
				who = lead
			}
			if list, err := d.Links(d.as(who), d.db, []string{slug, "niets", fitknip}); err != nil || len(list) != want || want == 2 && list[0].Slug != slug {
				t.Errorf("links of %s: %v, %v", a, list, err)
			}
		}
		if list, err := d.Choices(d.as(lead), d.db); err != nil || list[0].Slug != slug || len(list) != 61 {
			t.Errorf("%d choices, %v", len(list), err)
		}
		if list, err := d.Choices(d.as(resident), d.db); err != nil || len(list) != 60 {
			t.Errorf("%d choices, %v", len(list), err)
		}
		_, err = d.Pack(d.as(resident), d.db, slug)
		d.is(err, fault.KindNotFound)
		d.is(d.MayEdit(d.as(resident), d.db, slug), fault.KindNotFound)
		d.is(d.MayEdit(d.as(resident), d.db, fitknip), fault.KindDenied)
		d.is(d.MayEdit(d.as(lead), d.db, "niets"), fault.KindNotFound)
		d.must(d.MayEdit(d.as(lead), d.db, slug))

		d.gives(lead, "POST", "/initiatieven/"+slug+"/publiceren", http.StatusSeeOther, "published")
		d.gives(anonymous, "GET", "/initiatieven?thema=vervoer", 200, "Zilvervloot")
		d.gives(anonymous, "GET", "/initiatieven/"+slug, 200, "Gemeente A (kartrekker)")
		if b, err := d.Barrier(t.Context(), "effect-niet-gemeten"); err != nil || b.Met != before.Met+1 || len(b.MetBy) != b.Met {
			t.Errorf("%d met, %v", b.Met, err)
		}
		if l, err := d.List(t.Context(), Page{Filter: Filter{Municipality: "Enschede"}}); err != nil || l.Total != town.Total+1 {
			t.Errorf("%d in Enschede, %v", l.Total, err)
		}
	})
}

func TestWhatOtherRoomsDo(t *testing.T) {
	desked(t, func(t *testing.T, d *desk) {
		d.owned(fitknip, Owner{Organisation: "org-a", Role: RoleLead})
		do := func(a access.Actor, f func(ctx context.Context, tx *db.Tx) error) error {
			return d.db.Write(d.as(a), f)
		}
		lead := leadOf("org-a")
		d.must(do(lead, func(ctx context.Context, tx *db.Tx) error {
			return d.SetPhase(ctx, tx, fitknip, Phase{Status: "proven"}, "besluit 12")
		}))
		if p, err := d.Phase(t.Context(), d.db, fitknip); err != nil || p != (Phase{Status: "proven", Year: 2026}) {
			t.Errorf("%+v, %v", p, err)
		}
		d.gives(anonymous, "GET", "/initiatieven?fase=bewezen", 200, "FitKnip")
		d.is(do(leadOf("org-b"), func(ctx context.Context, tx *db.Tx) error {
			return d.SetPhase(ctx, tx, fitknip, Phase{Status: "idea"}, "x")
		}), fault.KindDenied)
		d.is(do(lead, func(ctx context.Context, tx *db.Tx) error {
			return d.SetPhase(ctx, tx, fitknip, Phase{Status: "great"}, "x")
		}), fault.KindInvalid)

		n := len(d.get(fitknip).Evidence)
		worse := -3.5
		e := Evidence{Type: "outcome", Metric: "minder eenzaam", Value: &worse, Unit: "punten", N: 40, Period: "2026", Strength: "before_after", Source: "Pilot Enschede /pilots/1"}
		for range 2 {
			d.must(do(lead, func(ctx context.Context, tx *db.Tx) error { return d.AddEvidence(ctx, tx, fitknip, e, "pilot 1") }))
		}
		i := d.get(fitknip)
		last := i.Evidence[len(i.Evidence)-1]
		if len(i.Evidence) != n+1 || last.Strength != "before_after" || i.Sources[len(i.Sources)-1] != (Source{last.Source, "Pilot Enschede", "/pilots/1"}) {
			t.Errorf("%+v, %+v", last, i.Sources)
		}
		// A negative result stands as visible as a good one: by how sure it is.
		list := byStrength(ofType(i.Evidence, "outcome"))
		if list[0].Metric != "minder eenzaam" {
			t.Errorf("%+v", list)
		}
		d.gives(anonymous, "GET", "/initiatieven/fitknip", 200, "3,5 punten")
		e.Strength = "certain"
		d.is(do(lead, func(ctx context.Context, tx *db.Tx) error { return d.AddEvidence(ctx, tx, fitknip, e, "x") }), fault.KindInvalid)
		d.is(do(leadOf("org-b"), func(ctx context.Context, tx *db.Tx) error {
			_, err := d.Draft(ctx, tx, Initiative{Name: "Eigen naam", Summary: "Voor een ander gemaakt."}, "org-a", "")
			return err
		}), fault.KindDenied)
	})
}

func TestOwnersKeepALead(t *testing.T) {
	desked(t, func(t *testing.T, d *desk) {
		d.owned(fitknip, Owner{Organisation: "org-a", Role: RoleLead}, Owner{Organisation: "org-b", Role: RolePartner})
		lead := leadOf("org-a")
		for _, list := range [][]Owner{
			{{Organisation: "org-a", Role: RolePartner}}, {{Organisation: "org-a", Role: RoleLead}, {Organisation: "org-b", Role: RoleLead}},
			{{Organisation: "nobody", Role: RoleLead}}, {{Organisation: "org-a", Role: "boss"}}, {{Organisation: "org-b", Role: RoleLead}}, {},
		} {
			d.is(d.SetOwners(d.as(lead), fitknip, list, "x"), fault.KindInvalid)
		}
		d.is(d.SetOwners(d.as(leadOf("org-c")), fitknip, nil, "x"), fault.KindDenied)
		d.gives(lead, "POST", "/initiatieven/fitknip/eigenaren", 303, "saved", "rijen", "3", "organisatie-0", "org-a", "rol-0", "partner", "organisatie-1", "org-b", "rol-1", "lead", "waarom", "andersom")
		list, err := d.Owners(t.Context(), d.db, fitknip)
		if err != nil || len(list) != 2 || list[0] != (Owner{"org-b", "Gemeente B", RoleLead}) {
			t.Errorf("%+v, %v", list, err)
		}
		d.gives(anonymous, "GET", "/initiatieven/fitknip/geschiedenis", 200, "Gemeente B (kartrekker)")
	})
}
