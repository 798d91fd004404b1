package impact

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

func TestWhoSeesAndEdits(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		e := d.made("")
		for _, c := range []struct {
			who       access.Actor
			sees, may bool
		}{{nobody, false, false}, {neighbour, false, false}, {joost, false, false}, {coach, true, false}, {fatma, true, true}, {boss, true, true}} {
			_, err := d.Get(d.as(c.who), e.ID)
			if !c.sees {
				d.is(err, fault.KindNotFound)
			} else {
				d.must(err)
			}
			switch err := d.SaveNode(d.as(c.who), e, Node{Kind: Input, Text: "Extra"}); {
			case c.may:
				d.must(err)
				e.Version++
			case c.sees:
				d.is(err, fault.KindDenied)
			default:
				d.is(err, fault.KindNotFound)
			}
		}
		half := fatma
		half.SecondFactor = false
		_, err := d.Get(d.as(half), e.ID)
		d.is(err, fault.KindNotFound)
		if list, _, _ := d.List(d.as(nobody), "", 20); len(list) != 0 {
			t.Error("a draft is listed")
		}
		for who, want := range map[string]int{"coach": 1, "joost": 0} {
			a := map[string]access.Actor{"coach": coach, "joost": joost}[who]
			if list, err := d.Drafts(d.as(a)); err != nil || len(list) != want {
				t.Errorf("%s has %d drafts, %v", who, len(list), err)
			}
		}
		d.must(d.Publish(d.as(fatma), e, true))
		list, _, _ := d.List(d.as(nobody), "", 20)
		if len(list) != 1 || list[0].Counted != (Count{8, 2, 1}) {
			t.Errorf("published: %+v", list)
		}
		d.is(d.Remove(d.as(fatma), e), fault.KindConflict)
		e.Version++
		d.is(d.Remove(d.as(fatma), e), fault.KindConflict) // it is no draft
		d.must(d.Publish(d.as(fatma), e, false))
		e.Version++
		d.must(d.Remove(d.as(fatma), e))
		_, err = d.Get(d.as(fatma), e.ID)
		d.is(err, fault.KindNotFound)
		_, err = d.Create(d.as(fatma), NewPathway{"Elders", "", "heuvelrijk"})
		d.is(err, fault.KindInvalid, "organisatie")
		_, err = d.Create(d.as(fatma), NewPathway{"", "geen", "waterstad"})
		d.is(err, fault.KindInvalid, "titel", "initiatief")
		empty, err := d.Create(d.as(fatma), NewPathway{"Leeg", "", "waterstad"})
		d.must(err)
		d.is(d.Publish(d.as(fatma), Edit{empty, 1}, true), fault.KindInvalid, "stap")
	})
}

func TestTwoEditorsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		e := d.made("")
		d.must(d.SaveNode(d.as(fatma), e, Node{ID: "n1", Kind: Input, Text: "Van de eerste"}))
		d.is(d.SaveNode(d.as(boss), e, Node{ID: "n1", Kind: Input, Text: "Van de tweede"}), fault.KindConflict)
		v, err := d.Get(d.as(fatma), e.ID)
		d.must(err)
		if v.Model.node("n1").Text != "Van de eerste" {
			t.Errorf("the second editor won: %+v", v.Model.Nodes)
		}
		_, list, names, err := d.History(d.as(coach), e.ID, "")
		d.must(err)
		if top := list[0]; top.Subject != "Van de eerste" || top.Was != "Welzijnscoach, 16 uur per week" || names[top.Person] != "Naam van fatma" {
			t.Errorf("%+v", top)
		}
	})
}

func TestArrowsThatCannotBe(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		e := d.made("")
		ctx := d.as(fatma)
		for _, c := range []struct {
			a     Arrow
			field string
		}{
			{Arrow{From: "n1", To: "n1"}, "naar"}, {Arrow{From: "n9", To: "n1"}, "naar"}, {Arrow{From: "n1", To: "n99"}, "naar"}, {Arrow{From: "n99", To: "n1"}, "van"},
			{Arrow{From: "n1", To: "n4"}, "naar"}, {Arrow{From: "n1", To: "n10", State: Tested}, "aanname"},
			{Arrow{From: "n1", To: "n10", Assumption: "x", State: Refuted}, "bron"}, {Arrow{From: "n1", To: "n10", Assumption: "x", State: "sure"}, "staat"},
			{Arrow{From: "n1", To: "n10", Assumption: strings.Repeat("x", assumptionMost+1), State: Believed}, "aanname"},
		} {
			d.is(d.SaveArrow(ctx, e, Arrow{}, c.a), fault.KindInvalid, c.field)
		}
		// outcomes may lead to outcomes, but not in a circle
		d.must(d.SaveArrow(ctx, e, Arrow{}, Arrow{From: "n8", To: "n9"}))
		e.Version++
		err := d.SaveArrow(ctx, e, Arrow{}, Arrow{From: "n9", To: "n8"})
		d.is(err, fault.KindInvalid, "naar")
		f := fault.FieldsOf(err)[0]
		m := demoModel()
		want := m.names([]string{"n9", "n8", "n9"})
		if f.Key != "impact.wrong.circle" || !slices.Contains(f.Args, any(want)) {
			t.Errorf("the circle is %+v", f)
		}
		// turned round in one go it is no circle
		d.must(d.SaveArrow(ctx, e, Arrow{From: "n8", To: "n9"}, Arrow{From: "n9", To: "n8"}))
		e.Version++
		d.is(d.SaveNode(ctx, e, Node{ID: "n1", Kind: Impact, Text: "Terug"}), fault.KindInvalid, "soort")
		d.is(d.SaveNode(ctx, e, Node{ID: "n77", Kind: Impact, Text: "Weg"}), fault.KindNotFound)
		d.is(d.SaveNode(ctx, e, Node{Kind: "doel", Text: " "}), fault.KindInvalid, "soort", "tekst")
		d.is(d.RemoveArrow(ctx, e, "n8", "n9"), fault.KindNotFound)
		d.must(d.RemoveArrow(ctx, e, "n9", "n8"))
		e.Version++
		d.must(d.RemoveNode(ctx, e, "n7"))
		v, err := d.Get(ctx, e.ID)
		d.must(err)
		for _, a := range v.Model.Arrows {
			if a.From == "n7" || a.To == "n7" {
				t.Errorf("an arrow hangs loose: %+v", a)
			}
		}
	})
}

func someFigures() []Figure {
	target := 50.0
	return []Figure{{Pilot: "p1", PilotName: "Proef Waterstad", Indicator: "eenzaam", Name: "Voelt zich eenzaam", Unit: "%", Value: 48, Target: &target, N: 84,
		To: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), Path: "/pilots/p1"}}
}

func TestPackAdoptPack(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.near.measured = someFigures()
		e := d.made(demoInitiative)
		d.must(d.SaveNode(d.as(fatma), e, Node{ID: "n8", Kind: Outcome, Text: "Minder eenzaam", Indicator: &Indicator{Name: "Eenzaam", Pilot: "p1", Code: "eenzaam"}}))
		var one, two []byte
		var err error
		pack := func(a access.Actor, slug string) (b []byte) {
			d.must(d.tx(a, func(ctx context.Context, tx *db.Tx) error {
				b, err = d.Pack(ctx, tx, slug)
				return err
			}))
			return b
		}
		adopt := func(a access.Actor, data []byte) error {
			return d.tx(a, func(ctx context.Context, tx *db.Tx) error { return d.Adopt(ctx, tx, "ander", data) })
		}
		one = pack(fatma, demoInitiative)
		d.must(adopt(fatma, one))
		d.must(adopt(fatma, one)) // replaces
		if two = pack(fatma, "ander"); !bytes.Equal(one, two) {
			t.Errorf("not the same after Adopt:\n%s\n%s", one, two)
		}
		for _, secret := range []string{"fatma", "waterstad", e.ID, "p1"} {
			if strings.Contains(string(one), secret) {
				t.Errorf("the package names %s", secret)
			}
		}
		validate(t, d.PartSchema(), one)
		if pack(joost, demoInitiative) != nil {
			t.Error("somebody who does not see the draft packs it")
		}
		d.is(adopt(joost, one), fault.KindDenied)
		for _, bad := range []string{"", "{}", `{"pathways":[]}`, "[1]", string(one) + "{}", strings.Replace(string(one), `"kind": "input"`, `"kind": "money"`, 1),
			strings.Replace(string(one), `"id": "n2"`, `"id": "n1"`, 1), strings.Replace(string(one), `"id": "n2"`, `"id": "N/2"`, 1),
			strings.Replace(string(one), `"title"`, `"person": "x", "title"`, 1), strings.Replace(string(one), `"name": "Eenzaam"`, `"name": "Eenzaam", "pilot": "p", "code": "c"`, 1)} {
			if err := adopt(fatma, []byte(bad)); fault.KindOf(err) != fault.KindInvalid {
				t.Errorf("%.60q is adopted: %v", bad, err)
			}
		}
		for _, c := range []struct {
			who  access.Actor
			want int
		}{{nobody, 0}, {fatma, 1}} {
			var beside []Beside
			d.must(d.tx(c.who, func(ctx context.Context, tx *db.Tx) error { beside, err = d.Beside(ctx, tx, "ander"); return err }))
			if len(beside) != c.want || c.want > 0 && beside[0].Note != "3 van de 8 aannames zijn getoetst. Eén daarvan bleek niet te kloppen." {
				t.Errorf("%+v", beside)
			}
		}
	})
}

func validate(t *testing.T, schema, data []byte) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("urn:x", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("urn:x")
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(v); err != nil {
		t.Error(err)
	}
}

func TestAPersonTakesAlongAndGoes(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		e := d.made("")
		part, err := personal{}.Export(t.Context(), d.DB, "fatma")
		d.must(err)
		text, err := json.Marshal(part.Data)
		d.must(err)
		if !strings.Contains(string(text), "Naar meedoen") || !strings.Contains(string(text), e.ID) {
			t.Errorf("%s", text)
		}
		d.must(d.tx(nobody, func(ctx context.Context, tx *db.Tx) error { return personal{}.Erase(ctx, tx, "fatma") }))
		if part, err = (personal{}).Export(t.Context(), d.DB, "fatma"); err != nil || part.Data != nil {
			t.Errorf("left: %+v %v", part.Data, err)
		}
		_, list, names, err := d.History(d.as(boss), e.ID, "")
		d.must(err)
		if len(list) == 0 || list[0].Person != "" || len(names) != 0 {
			t.Errorf("left: %+v %v", list[0], names)
		}
	})
}

func TestPlans(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.made("")
		for _, p := range d.Room().Plans {
			if err := d.DB.CheckPlan(t.Context(), p); err != nil {
				t.Error(err)
			}
		}
	})
}

func FuzzReadFile(f *testing.F) {
	m := demoModel()
	data, err := encode(file{"Pad", m.portable()})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"title":"x","nodes":[{"id":"a","kind":"input","text":"x"}],"arrows":[{"from":"a","to":"a"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		in, err := readFile(data)
		if err != nil {
			return
		}
		p := lay(t.Context(), View{Pathway: Pathway{Title: in.Title, Model: in.Model}})
		wellFormed(t, p.svg(t.Context(), true, false))
		out, err := encode(file{in.Title, in.Model.portable()})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := readFile(out); err != nil {
			t.Fatalf("what was read is refused when written: %v", err)
		}
	})
}
