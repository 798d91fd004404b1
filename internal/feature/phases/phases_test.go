package phases

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

func TestWhichWayADecisionCanGo(t *testing.T) {
	for _, c := range []struct {
		kind, from, to string
		may            bool
	}{
		{Pass, Idea, Preparation, true}, {Pass, Idea, Pilot, false}, {Pass, InUse, Scaled, true}, {Pass, Scaled, "", false}, {Pass, Stopped, Idea, false},
		{Back, Pilot, Preparation, true}, {Back, Pilot, Proven, false}, {Back, Idea, Idea, false}, {Back, Unknown, Idea, false},
		{Stop, Pilot, Stopped, true}, {Stop, Unknown, Stopped, true}, {Stop, Stopped, Stopped, false},
		{Restart, Stopped, Pilot, true}, {Restart, Unknown, InUse, true}, {Restart, Unknown, Scaled, false}, {Restart, Pilot, Idea, false}, {"x", Idea, Pilot, false},
	} {
		if mayGo(c.kind, c.from, c.to) != c.may {
			t.Errorf("%s from %s to %s: %v", c.kind, c.from, c.to, !c.may)
		}
	}
}

func TestTheDefaultListHoldsInBothLanguages(t *testing.T) {
	for _, lang := range []string{"nl", "en"} {
		list := Default(lang)
		if err := checkItems(list); err != nil {
			t.Error(lang, err)
		}
		for _, gate := range Gates {
			seen := map[string]bool{}
			for _, p := range points(list, nil, gate) {
				if p.Help == "" || !p.Open() {
					t.Errorf("%s: %+v", lang, p)
				}
				seen[p.Area] = true
			}
			if len(seen) < 5 {
				t.Errorf("gate %s looks at %d areas", gate, len(seen))
			}
		}
	}
	if len(Sources()) < 5 {
		t.Error("the models are not named")
	}
}

// passing is a decision that is complete but for open items.
func passing() Decision {
	return Decision{Kind: Pass, Day: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), Reason: "De uitkomst is goed genoeg.",
		People: []string{"fatma"}, Roles: []string{"steering"}, Organisation: "waterstad",
		Conditions: []Condition{{Text: "Tweede praktijk doet mee", Owner: "wim", Organisation: "heuvelrijk", Due: time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)}}}
}

func TestAGateIsPassedByADecision(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		v := d.view(fatma, "welzijn")
		if v.Gate != Proven || len(v.Points) == 0 || openOf(v.Points) != len(v.Points) || v.Version != 0 {
			t.Fatalf("%+v", v)
		}
		d.is(d.Decide(d.as(fatma), "welzijn", 0, Decision{Kind: Pass}), fault.KindInvalid, "dag", "reden", "wie", "open")
		bad := passing()
		bad.OpenWhy, bad.People, bad.Conditions = "Het kan niet wachten.", []string{"een vreemde"}, []Condition{{Text: "Iets"}}
		d.is(d.Decide(d.as(fatma), "welzijn", 0, bad), fault.KindInvalid, "wie", "eigenaar-1", "datum-1")
		bad = passing()
		bad.OpenWhy, bad.Day = "Het kan niet wachten.", time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
		d.is(d.Decide(d.as(fatma), "welzijn", 0, bad), fault.KindInvalid, "dag")
		good := passing()
		good.OpenWhy = "De rest volgt in de volgende fase."
		d.is(d.Decide(d.as(joost), "welzijn", 0, good), fault.KindDenied)
		d.is(d.Decide(d.as(fatma), "welzijn", 7, good), fault.KindConflict)
		d.must(d.Decide(d.as(fatma), "welzijn", 0, good))
		v = d.view(fatma, "welzijn")
		if v.Phase != Proven || d.near.years["welzijn"] != 2026 || v.Gate != InUse || len(v.Decisions) != 1 || len(v.Decisions[0].Left) != 7 {
			t.Fatalf("%+v", v)
		}
		// Back with a reason, and forward again without open items.
		d.must(d.Decide(d.as(fatma), "welzijn", 1, Decision{Kind: Back, To: Pilot, Day: good.Day, Reason: "De tweede praktijk viel weg.", Roles: []string{"team"}}))
		var marks []Mark
		for _, p := range d.view(fatma, "welzijn").Points {
			marks = append(marks, Mark{Code: p.Item.Code, State: Met})
		}
		marks[0].State = NotNeeded
		d.must(d.SaveMarks(d.as(fatma), "welzijn", 2, marks))
		again := passing()
		d.must(d.Decide(d.as(fatma), "welzijn", 3, again))
		if v = d.view(nobody, "welzijn"); len(v.Decisions) != 3 || len(v.Decisions[0].Left) != 0 || v.Phase != Proven {
			t.Errorf("%+v", v.Decisions)
		}
	})
}

func TestThePhaseAndTheDecisionGoTogether(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.near.fail = errors.New("no")
		good := passing()
		good.OpenWhy = "Wij gaan toch door."
		if err := d.Decide(d.as(fatma), "welzijn", 0, good); err == nil {
			t.Fatal("decided")
		}
		if v := d.view(fatma, "welzijn"); len(v.Decisions) != 0 || v.Version != 0 {
			t.Errorf("a decision is left without its phase: %+v", v.Decisions)
		}
	})
}

func TestScaledAsksForThreeProofs(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		p := passing()
		p.OpenWhy = "De rest komt later."
		d.is(d.Decide(d.as(fatma), "robot-tessa", 0, p), fault.KindInvalid, "bewijs-people", "bewijs-work", "bewijs-money")
		p.Proofs = []Proof{{"Van 40 naar 400", ""}, {"In de werkwijze", "javascript:x"}, {" ", ""}}
		d.is(d.Decide(d.as(fatma), "robot-tessa", 0, p), fault.KindInvalid, "bewijs-work-link", "bewijs-money")
		p.Proofs = []Proof{{"Van 40 naar 400", ""}, {"In de werkwijze", "https://example.nl/x"}, {"In de begroting tot 2030", ""}}
		d.must(d.Decide(d.as(fatma), "robot-tessa", 0, p))
		d.has(nobody, Path("robot-tessa"), 200, "Opgeschaald", "Van 40 naar 400", "In de begroting tot 2030")
	})
}

func TestStoppingIsAnEndWithALesson(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		stop := Decision{Kind: Stop, Day: d.clock.Now(), Reason: "Er deden te weinig mensen mee.", Roles: []string{"alderman"}}
		d.is(d.Decide(d.as(fatma), "welzijn", 0, stop), fault.KindInvalid, "les")
		stop.Lesson = "Begin bij de huisarts en niet bij de folder."
		d.must(d.Decide(d.as(fatma), "welzijn", 0, stop))
		d.has(nobody, Path("welzijn"), 200, "Begin bij de huisarts", "Gestopt")
		if v := d.view(fatma, "welzijn"); len(v.Choices()) != 1 || v.Choices()[0] != Restart {
			t.Errorf("after the end: %v", v.Choices())
		}
		d.must(d.Decide(d.as(fatma), "welzijn", 1, Decision{Kind: Restart, To: Preparation, Day: d.clock.Now(), Reason: "Een andere wijk pakt het op.", Roles: []string{"team"}}))
	})
}

func TestConditionsAreTickedAndComeDue(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		p := passing()
		p.OpenWhy = "De rest komt later."
		d.must(d.Decide(d.as(fatma), "welzijn", 0, p))
		c := d.view(fatma, "welzijn").Decisions[0].Conditions[0]
		due := func(a access.Actor) []Due {
			var list []Due
			d.must(d.DB.Read(d.as(a), func(ctx context.Context, r db.Reader) (err error) {
				list, err = d.Due(ctx, r, d.clock.Now(), d.clock.Now().AddDate(0, 0, 30))
				return err
			}))
			return list
		}
		if l := due(nobody); len(l) != 1 || !strings.Contains(l[0].Title, "Tweede praktijk") || l[0].Path != Path("welzijn") {
			t.Errorf("due: %+v", l)
		}
		wim := actor("wim", "heuvelrijk", access.Coach)
		d.is(d.Tick(d.as(joost), "welzijn", c.ID, true), fault.KindDenied)
		d.is(d.Tick(d.as(fatma), "anders", c.ID, true), fault.KindNotFound)
		d.must(d.Tick(d.as(wim), "welzijn", c.ID, true)) // the owner, though of another organisation
		if l := due(nobody); len(l) != 0 {
			t.Errorf("met, and still due: %+v", l)
		}
		d.must(d.Tick(d.as(fatma), "welzijn", c.ID, false))
		d.clock.Advance(20 * 24 * time.Hour)
		var st State
		d.must(d.DB.Read(d.as(nobody), func(ctx context.Context, r db.Reader) (err error) {
			st, err = d.State(ctx, r, "welzijn")
			return err
		}))
		if st.Phase != Proven || st.Gate != InUse || st.Open != 7 || st.Items != 7 || st.Conditions != 1 || st.Late != 1 {
			t.Errorf("%+v", st)
		}
		d.has(nobody, Path("welzijn"), 200, "te laat", "Gemeente Heuvelrijk")
	})
}

func TestNamesAreForWhoMayEdit(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		p := passing()
		p.OpenWhy = "De rest komt later."
		d.must(d.Decide(d.as(fatma), "welzijn", 0, p))
		d.has(fatma, Path("welzijn"), 200, "Naam van fatma", "Naam van wim")
		for _, a := range []access.Actor{nobody, joost, coach} {
			if body := d.has(a, Path("welzijn"), 200, "1 persoon", "stuurgroep", "Gemeente Waterstad"); strings.Contains(body, "Naam van") {
				t.Errorf("%q reads a name", a.Person)
			}
		}
		if _, body := d.get(nobody, "/api/v1/initiatives/welzijn/phase"); strings.Contains(body, "fatma") || !strings.Contains(body, `"gate":"in_use"`) {
			t.Errorf("%.400s", body)
		}
	})
}

func TestADraftIsNotFound(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		for _, a := range []access.Actor{nobody, coach, joost} {
			for _, path := range []string{Path("geheim"), FitPath("geheim"), "/api/v1/initiatives/geheim/phase", Path("geen")} {
				d.has(a, path, 404)
			}
			for _, path := range []string{Path("geheim") + "/punten", Path("geheim") + "/besluit", FitPath("geheim"), FitPath("geheim") + "/actie", Path("geheim") + "/voorwaarde"} {
				if status, _ := d.post(a, path, "versie", "0", "organisatie", "heuvelrijk", "soort", "stop", "id", "x"); status != 404 && status != 403 || a.Person == "joost" && status != 404 {
					t.Errorf("POST %s answers %d to %q", path, status, a.Person)
				}
			}
		}
		d.has(fatma, Path("geheim"), 200)
	})
}

func TestThePlaceEditsItsLists(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.is(d.SaveGate(d.as(fatma), Proven, 0, []Item{{Area: "need", Text: "Iets"}}), fault.KindDenied)
		d.has(fatma, listsPath, 403)
		d.has(boss, listsPath, 200, "Naar de fase Bewezen", "Zorg voor innoveren")
		d.has(boss, listsPath+"/proven", 200, "proven-reached")
		d.has(boss, listsPath+"/nergens", 404)
		status, to := d.post(boss, listsPath+"/proven", "versie", "0", "code-0", "proven-reached", "gebied-0", "need", "tekst-0", "Veel mensen deden mee",
			"code-1", "", "gebied-1", "money", "tekst-1", "De wethouder weet wat het kost", "uitleg-1", "Bel haar.", "tekst-2", "")
		if status != 303 {
			t.Fatalf("%d %.300s", status, to)
		}
		v := d.view(nobody, "welzijn")
		if len(v.Points) != 2 || v.Points[0].Item.Code != "proven-reached" || v.Points[1].Text != "De wethouder weet wat het kost" || !v.Edited {
			t.Errorf("%+v", v.Points)
		}
		if len(v.At(Pilot)) == 0 {
			t.Error("the other gates lost their points")
		}
		if status, body := d.post(boss, listsPath+"/proven", "versie", "0", "tekst-0", "Te laat"); status != 409 || !strings.Contains(body, "Te laat") || !strings.Contains(body, "Veel mensen deden mee") {
			t.Errorf("a stale form: %d", status)
		}
		d.is(d.SaveGate(d.as(boss), Proven, 1, nil), fault.KindInvalid)
		d.must(d.ResetLists(d.as(boss), 1))
		d.is(d.ResetLists(d.as(boss), 1), fault.KindConflict)
		if v := d.view(nobody, "welzijn"); len(v.Points) != 7 || v.Edited {
			t.Errorf("after going back: %+v", v.Points)
		}
		d.must(d.SaveGate(d.as(boss), Proven, 2, []Item{{Area: "need", Text: "Nog eens"}}))
	})
}

func TestTwoEditorsOfPoints(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		page := Path("welzijn") + "/punten"
		d.has(fatma, page, 200, "stand-proven-reached", "versie")
		if status, _ := d.post(fatma, page, "versie", "0", "drempel", Proven, "stand-proven-reached", Met, "notitie-proven-reached", "Van de eerste"); status != 303 {
			t.Fatal(status)
		}
		status, body := d.post(boss, page, "versie", "0", "drempel", Proven, "stand-proven-reached", Open, "notitie-proven-reached", "Van de tweede")
		if status != 409 || !strings.Contains(body, "Van de eerste") || !strings.Contains(body, "Van de tweede") || !strings.Contains(body, `name="versie" value="1"`) {
			t.Errorf("%d %.300s", status, body)
		}
		if status, body := d.post(fatma, page, "versie", "1", "drempel", Proven, "stand-proven-reached", "fout", "link-proven-reached", "ftp://x", "notitie-proven-reached", "blijft"); status != 422 || !strings.Contains(body, "blijft") || !strings.Contains(body, "https://") {
			t.Errorf("%d", status)
		}
		d.has(nobody, Path("welzijn"), 200, "Van de eerste", "1 van 7 punten", "Wat wordt er nu van ons verwacht?", "Zorg voor innoveren")
		d.has(nobody, "/en"+Path("welzijn"), 200, "What is expected of us now?", "Enough people took part")
		d.has(joost, page, 403)
	})
}

func TestTheDecisionByForm(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		page := Path("welzijn") + "/besluit"
		d.has(fatma, page+"?soort=pass", 200, "Wie besloten mee?", "7 punten", "wethouder")
		d.has(fatma, page+"?soort=stop", 200, "De les")
		d.has(fatma, page+"?soort=back", 200, "Naar welke fase?")
		d.has(fatma, page+"?soort=raar", 200)
		d.has(fatma, Path("robot-tessa")+"/besluit?soort=pass", 200, "Vast geld")
		status, body := d.post(fatma, page, "versie", "0", "soort", Pass, "dag", "20-11-2026", "reden", "Kort", "wie", "fatma", "rollen", "steering",
			"voorwaarde-1", "Doe iets", "eigenaar-1", "", "datum-1", "overmorgen")
		if status != 422 || !strings.Contains(body, "Doe iets") || !strings.Contains(body, "Kies wie dit doet.") || !strings.Contains(body, "checked") {
			t.Fatalf("%d %.500s", status, body)
		}
		status, body = d.post(fatma, page, "versie", "0", "soort", Pass, "dag", "20-11-2026", "reden", "Het gaat goed genoeg.", "open", "Rest komt.", "wie", "fatma",
			"voorwaarde-2", "Doe iets", "eigenaar-2", "o:heuvelrijk", "datum-2", "2026-12-01")
		if status != 303 {
			t.Fatalf("%d %.500s", status, body)
		}
		c := d.view(fatma, "welzijn").Decisions[0].Conditions[0]
		if c.Organisation != "heuvelrijk" || c.Owner != "" || c.Due.Month() != 12 {
			t.Errorf("%+v", c)
		}
		if status, _ := d.post(fatma, Path("welzijn")+"/voorwaarde", "id", c.ID, "klaar", "ja"); status != 303 {
			t.Error(status)
		}
		d.has(fatma, Path("welzijn"), 200, "Toch nog niet")
	})
}

func TestDoesItFitHere(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		page := FitPath("welzijn")
		d.has(nobody, page, 200, "Huisartsen verwijzen", "Geld stopt")
		d.has(nobody, page+"?gemeente=GM0002", 200, "60.000", "20.000 tot 150.000", "niet bekend", "1 plaats", "past Midden bij de 2 gemeenten", "Groot lijkt er het meest op")
		d.has(nobody, page+"?gemeente=GM0003", 200, "draait al in Groot")
		d.has(nobody, page+"?gemeente=GM0004", 200, "kennen wij het aantal inwoners niet")
		d.has(nobody, page+"?gemeente=XX", 200)
		d.near.facts["klein"] = Facts{Name: "Klein", Municipalities: []Place{{"GM0004", "Leeg"}}}
		d.has(nobody, FitPath("klein")+"?gemeente=GM0001", 200, "niet hoe groot die gemeenten zijn")
		d.has(nobody, FitPath("klein")+"?gemeente=GM0004", 200, "draait al in Leeg")
		d.has(nobody, FitPath("anders")+"?gemeente=GM0004", 200, "niet in welke gemeenten")
		if status, _ := d.post(coach, page, "versie", "0"); status != 403 {
			t.Errorf("a coach answers: %d", status)
		}
		post := []string{"versie", "0", "organisatie", "heuvelrijk", "gemeente", "GM0002", "voorwaarde-0", "Huisartsen verwijzen", "antwoord-0", Yes,
			"voorwaarde-1", "Er is een welzijnscoach", "antwoord-1", No, "uitleg-1", "Die zoeken wij", "voorwaarde-2", "De gemeente betaalt", "antwoord-2", NotSure}
		if status, body := d.post(joost, page, post...); status != 303 {
			t.Fatalf("%d %.300s", status, body)
		}
		if status, _ := d.post(joost, page, post...); status != 409 {
			t.Errorf("a stale answer: %d", status)
		}
		d.has(joost, page, 200, "1 van 3 voorwaarden", "Die zoeken wij", "Maak er een actie van: Er is een welzijnscoach", "60.000",
			"Maak er een actie van: Stedelijkheid: ga na")
		for _, a := range []access.Actor{nobody, fatma, coach} {
			if body := d.has(a, page, 200); strings.Contains(body, "Die zoeken wij") {
				t.Errorf("%q reads what another organisation found", a.Person)
			}
		}
		d.is(d.SaveFit(d.as(joost), Fit{Initiative: "welzijn", Organisation: "waterstad"}), fault.KindDenied)
		if status, body := d.post(joost, page+"/actie", "organisatie", "heuvelrijk", "punt", "Er is een welzijnscoach", "eigenaar", "vreemd", "datum", ""); status != 422 || !strings.Contains(body, "Vul een dag in") {
			t.Errorf("%d", status)
		}
		if status, _ := d.post(joost, page+"/actie", "organisatie", "heuvelrijk", "punt", "Er is een welzijnscoach", "eigenaar", "wim", "datum", "2026-12-01", "plan", "ja"); status != 303 {
			t.Error(status)
		}
		if len(d.near.steps) != 1 || d.near.steps[0] != "welzijn heuvelrijk Er is een welzijnscoach" {
			t.Errorf("the plan got %v", d.near.steps)
		}
		body := d.has(joost, page, 200, "Naam van wim", "In het opschalingsplan")
		if strings.Contains(body, "Maak er een actie van: Er is een welzijnscoach") {
			t.Error("the point is open still")
		}
		f, err := d.Fitting(d.as(joost), "welzijn", "", "")
		d.must(err)
		d.is(d.TickAction(d.as(fatma), "welzijn", f.Actions[0].ID, true), fault.KindNotFound)
		d.must(d.TickAction(d.as(joost), "welzijn", f.Actions[0].ID, true))
		d.Plan = nil
		d.must(d.AddAction(d.as(joost), Action{Initiative: "welzijn", Organisation: "heuvelrijk", Title: "De gemeente betaalt", Owner: "wim", Due: d.clock.Now()}, true))
		d.has(joost, page, 200)
	})
}

func TestPackAdoptPack(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.must(d.SaveMarks(d.as(fatma), "welzijn", 0, []Mark{{Code: "proven-reached", State: Met, Note: "Bij Jan"}}))
		pack := func(a access.Actor, slug string) (b []byte, err error) {
			err = d.DB.Read(d.as(a), func(ctx context.Context, r db.Reader) (err error) {
				b, err = d.Pack(ctx, r, slug)
				return err
			})
			return b, err
		}
		one, err := pack(nobody, "welzijn")
		d.must(err)
		adopt := func(a access.Actor, data []byte) error {
			return d.DB.Write(d.as(a), func(ctx context.Context, tx *db.Tx) error { return d.Adopt(ctx, tx, "anders", data) })
		}
		d.is(adopt(joost, one), fault.KindDenied)
		d.must(adopt(fatma, one))
		d.must(adopt(fatma, one))
		two, err := pack(fatma, "anders")
		d.must(err)
		if !bytes.Equal(one, two) || bytes.Contains(one, []byte("Jan")) {
			t.Errorf("not the same after Adopt, or too much:\n%s\n%s", one, two)
		}
		if v := d.view(nobody, "anders"); !v.Own {
			t.Error("the list is not its own")
		}
		_, err = pack(nobody, "geheim")
		d.is(err, fault.KindNotFound)
		var schema, value any
		d.must(json.Unmarshal(d.PartSchema(), &schema))
		d.must(json.Unmarshal(one, &value))
		c := jsonschema.NewCompiler()
		d.must(c.AddResource("x.json", schema))
		compiled, err := c.Compile("x.json")
		d.must(err)
		d.must(compiled.Validate(value))
		for _, bad := range []string{"", "[]", "{}", `{"items":[]}`, string(one) + "{}", strings.Replace(string(one), `"need"`, `"x"`, 1),
			strings.Replace(string(one), `"area"`, `"person":"x","area"`, 1), strings.Replace(string(one), "prep-asked", "prep-exists", 1)} {
			if err := adopt(fatma, []byte(bad)); fault.KindOf(err) != fault.KindInvalid {
				t.Errorf("%.60q is adopted: %v", bad, err)
			}
		}
	})
}

func TestExportAndErase(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		p := passing()
		p.OpenWhy = "De rest komt later."
		d.must(d.Decide(d.as(fatma), "welzijn", 0, p))
		d.must(d.SaveMarks(d.as(fatma), "welzijn", 1, []Mark{{Code: "use-owner", State: Met}}))
		d.must(d.SaveFit(d.as(fatma), Fit{Initiative: "welzijn", Organisation: "waterstad", Answers: []Answer{{"De gemeente betaalt", Yes, ""}}}))
		d.must(d.AddAction(d.as(fatma), Action{Initiative: "welzijn", Organisation: "waterstad", Title: "Iets doen", Owner: "fatma", Due: d.clock.Now()}, false))
		d.must(d.Tick(d.as(fatma), "welzijn", d.view(fatma, "welzijn").Decisions[0].Conditions[0].ID, true))
		about := func(person string) string {
			var text string
			d.must(d.DB.Read(d.as(fatma), func(ctx context.Context, r db.Reader) error {
				part, err := personal{}.Export(ctx, r, person)
				b, _ := json.Marshal(part.Data)
				text = string(b)
				return err
			}))
			return text
		}
		got := about("fatma")
		for _, want := range []string{"goed genoeg", "use-owner", "De gemeente betaalt", "Iets doen", "Tweede praktijk", `"decisionsTakenPartIn":[{`, `"changes":[{`} {
			if !strings.Contains(got, want) {
				t.Errorf("the export lacks %s: %s", want, got)
			}
		}
		d.must(d.DB.Write(d.as(fatma), func(ctx context.Context, tx *db.Tx) error { return personal{}.Erase(ctx, tx, "fatma") }))
		if got := about("fatma"); got != "null" {
			t.Errorf("left: %s", got)
		}
		if v := d.view(fatma, "welzijn"); len(v.Decisions) != 1 || len(v.Decisions[0].People) != 0 {
			t.Errorf("%+v", v.Decisions)
		}
	})
}

func TestThePlansUseIndexes(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		for _, p := range d.Room().Plans {
			if err := d.DB.CheckPlan(t.Context(), p); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestTheExample(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.must(d.demo(t.Context()))
		d.must(d.demo(t.Context())) // once
		v := d.view(nobody, "robot-tessa")
		if len(v.Decisions) != 1 || !v.Decisions[0].Demonstration || openOf(v.Points) != 5 {
			t.Errorf("%+v", v)
		}
		var lines []Beside
		d.must(d.DB.Read(d.as(nobody), func(ctx context.Context, r db.Reader) (err error) {
			lines, err = d.Beside(ctx, r, "robot-tessa")
			return err
		}))
		if len(lines) != 2 || !strings.Contains(lines[0].Note, "2 van 7") {
			t.Errorf("%+v", lines)
		}
	})
}

func FuzzReadPart(f *testing.F) {
	f.Add([]byte(`{"items":[{"code":"a","gate":"pilot","area":"need","text":"Iets"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := readPart(data); err == nil && checkItems(p.Items) != nil {
			t.Error("a wrong list was read")
		}
	})
}

func FuzzDay(f *testing.F) {
	f.Add("21-11-2026")
	f.Fuzz(func(t *testing.T, s string) {
		if got, ok := day(s); ok && (got.Year() < 1991 || got.Year() > 2099) {
			t.Error(got)
		}
	})
}
