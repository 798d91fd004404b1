package businesscase

import (
	"bytes"
	"context"
	"encoding/json"
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
		line := Line{Name: "Extra", Unit: "uur", Payer: Wmo, Kind: Cost, Basis: Once, Amount: Between(1, 2, 3)}
		line.Amount.Status = Guessed
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
			switch err := d.SaveLine(d.as(c.who), e, line); {
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
		if list, err := d.Drafts(d.as(coach)); err != nil || len(list) != 1 {
			t.Errorf("the colleague has %d drafts, %v", len(list), err)
		}
		if list, err := d.Drafts(d.as(joost)); err != nil || len(list) != 0 {
			t.Errorf("somebody elsewhere has %d drafts, %v", len(list), err)
		}
		d.must(d.Publish(d.as(fatma), e, true))
		if list, _, _ := d.List(d.as(nobody), "", 20); len(list) != 1 || list[0].Net == 0 {
			t.Errorf("published: %+v", list)
		}
		_, err = d.Get(d.as(nobody), e.ID)
		d.must(err)
		d.is(d.Remove(d.as(fatma), Edit{ID: e.ID, Version: e.Version + 1}), fault.KindConflict)
		_, err = d.Create(d.as(fatma), NewCase{"Elders", "", "heuvelrijk"})
		d.is(err, fault.KindInvalid, "organisatie")
		_, err = d.Create(d.as(fatma), NewCase{"", "geen", "waterstad"})
		d.is(err, fault.KindInvalid, "titel", "initiatief")
		copied, err := d.Copy(d.as(joost), e.ID, NewCase{Title: "Kopie", Organisation: "heuvelrijk"})
		d.must(err)
		v, err := d.Get(d.as(joost), copied)
		d.must(err)
		if v.Stand != Draft || len(v.Model.Lines) == 0 || v.Owner != "Gemeente Heuvelrijk" {
			t.Errorf("the copy: %+v", v)
		}
		d.must(d.Remove(d.as(joost), Edit{ID: copied, Version: 1}))
		_, err = d.Get(d.as(joost), copied)
		d.is(err, fault.KindNotFound)
	})
}

func TestTwoEditorsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		e := d.made("")
		m := DefaultSettings(2027)
		m.Horizon = 7
		d.must(d.SaveSettings(d.as(fatma), e, "Beeldzorg", m))
		d.is(d.SaveSettings(d.as(boss), e, "Anders", DefaultSettings(2030)), fault.KindConflict)
		v, err := d.Get(d.as(fatma), e.ID)
		d.must(err)
		if v.Model.Settings.Horizon != 7 || v.Title != "Beeldzorg" {
			t.Errorf("the second editor won: %+v", v.Model.Settings)
		}
	})
}

func TestTheHistorySaysWhoWhatAndWhy(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		e := d.made("")
		v, err := d.Get(d.as(fatma), e.ID)
		d.must(err)
		l := v.Case.Model.Lines[1]
		l.Amount = Between(30000, 45000, 70000)
		l.Amount.Status = Guessed
		e.Why = "Nieuwe begroting"
		d.must(d.SaveLine(d.as(fatma), e, l))
		_, list, names, err := d.History(d.as(coach), e.ID, "")
		d.must(err)
		top := list[0]
		if top.Kind != changeLine || top.Why != "Nieuwe begroting" || names[top.Person] != "Naam van fatma" || len(top.Detail) != 1 ||
			top.Detail[0] != (Was{l.ID + ".amount", "25000 | 40000 | 70000", "30000 | 45000 | 70000"}) {
			t.Errorf("%+v", top)
		}
		_, _, _, err = d.History(d.as(nobody), e.ID, "")
		d.is(err, fault.KindNotFound)
	})
}

func TestWhatBelongsTogetherGoesTogether(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		e := d.made("")
		step := func(err error) { t.Helper(); d.must(err); e.Version++ }
		ctx := d.as(fatma)
		step(d.SaveScenario(ctx, e, Scenario{Name: "Weinig", Overrides: []Override{{"l1.quantity", Exactly(3)}, {KeyDecay, Exactly(50)}}}))
		d.is(d.SaveScenario(ctx, e, Scenario{Name: "Fout", Overrides: []Override{{"l77.amount", Exactly(3)}}}), fault.KindInvalid, "l77.amount")
		d.is(d.SaveScenario(ctx, e, Scenario{Name: "Fout", Overrides: []Override{{KeyDecay, Exactly(101)}}}), fault.KindInvalid, KeyDecay)
		step(d.RemoveLine(ctx, e, "l1"))
		d.is(d.RemoveLine(ctx, e, "l1"), fault.KindNotFound)
		v, err := d.Get(ctx, e.ID)
		d.must(err)
		if o := v.Model.Scenarios[0].Overrides; len(o) != 1 || o[0].Key != KeyDecay {
			t.Errorf("the scenario still changes a line that is gone: %+v", o)
		}
		l := v.Model.Lines[0]
		l.City = "c1"
		step(d.SaveLine(ctx, e, l))
		d.is(d.RemoveCity(ctx, e, "c1"), fault.KindInvalid, "stad")
		step(d.RemoveCity(ctx, e, "c2"))
		step(d.SaveCity(ctx, e, City{Name: "Weer een", Invited: []float64{5}}))
		v, err = d.Get(ctx, e.ID)
		d.must(err)
		if last := v.Model.Cities[len(v.Model.Cities)-1]; last.ID != "c2" {
			t.Errorf("the new city is %+v", last)
		}
		step(d.RemoveScenario(ctx, e, "s1"))
	})
}

func TestFiguresOfPilotsFlowIn(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.near.measured = []Measurement{{Pilot: "p1", PilotName: "Proef Waterstad", Indicator: "tijd", Name: "Tijdwinst", Unit: "minuten",
			Value: 13, N: 40, To: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), Path: "/pilots/p1"}}
		e := d.made(demoInitiative)
		view, err := d.Get(d.as(fatma), e.ID)
		d.must(err)
		l := view.Case.Model.Lines[0]
		q := Between(10, 34, 40)
		q.Status, q.Source, q.Pilot = Guessed, "", &PilotLink{Pilot: "p1", Indicator: "tijd", Factor: 2}
		l.Quantity = &q
		d.must(d.SaveLine(d.as(fatma), e, l))
		value := func() Figure {
			view, err := d.Get(d.as(fatma), e.ID)
			d.must(err)
			return *view.Model.Lines[0].Quantity
		}
		if f := value(); *f.Likely != 26 || f.Status != Measured || f.Year != 2026 || f.sourceLink() != "/pilots/p1" || f.Source != "Proef Waterstad: Tijdwinst, n = 40" {
			t.Errorf("measured: %+v", f)
		}
		d.near.measured[0].Value = 20
		if f := value(); *f.Likely != 40 || *f.High != 40 {
			t.Errorf("measured later: %+v", f)
		}
		d.near.measured = nil // the pilot is a draft again
		if f := value(); *f.Likely != 34 || f.Status != Guessed {
			t.Errorf("without the pilot: %+v", f)
		}
	})
}

// tx runs f in a transaction, as others do with Pack and Adopt.
func (d *desk) tx(a access.Actor, f func(ctx context.Context, tx *db.Tx) error) error {
	return d.DB.Write(d.as(a), f)
}

func TestPackAdoptPack(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		e := d.made(demoInitiative)
		d.must(d.SaveScenario(d.as(fatma), e, Scenario{Name: "Weinig", Overrides: []Override{{KeyParticipation, Between(1, 2, 3)}}}))
		var one, two []byte
		var err error
		d.must(d.tx(fatma, func(ctx context.Context, tx *db.Tx) error {
			one, err = d.Pack(ctx, tx, demoInitiative)
			return err
		}))
		d.must(d.tx(fatma, func(ctx context.Context, tx *db.Tx) error { return d.Adopt(ctx, tx, "ander", one) }))
		d.must(d.tx(fatma, func(ctx context.Context, tx *db.Tx) error { return d.Adopt(ctx, tx, "ander", one) })) // replaces
		d.must(d.tx(fatma, func(ctx context.Context, tx *db.Tx) error {
			two, err = d.Pack(ctx, tx, "ander")
			return err
		}))
		if !bytes.Equal(one, two) {
			t.Errorf("not the same after Adopt:\n%s\n%s", one, two)
		}
		for _, secret := range []string{"fatma", "waterstad", e.ID} {
			if strings.Contains(string(one), secret) {
				t.Errorf("the package names %s", secret)
			}
		}
		validate(t, d.PartSchema(), one)
		data, _ := files.ReadFile(demoFile)
		validate(t, d.PartSchema(), data)
		d.must(d.tx(joost, func(ctx context.Context, tx *db.Tx) error {
			p, err := d.Pack(ctx, tx, demoInitiative)
			if p != nil {
				t.Error("somebody who does not see the draft packs it")
			}
			return err
		}))
		d.is(d.tx(joost, func(ctx context.Context, tx *db.Tx) error { return d.Adopt(ctx, tx, "ander", one) }), fault.KindDenied)
		for _, bad := range []string{"", "{}", `{"cases":[]}`, "[1]", string(one) + "{}", strings.Replace(string(one), `"unit": "uur"`, `"unit": ""`, 1),
			strings.Replace(string(one), `"status": "guessed"`, `"status": "sure"`, 1), strings.Replace(string(one), `"horizon"`, `"person": "x", "horizon"`, 1)} {
			if err := d.tx(fatma, func(ctx context.Context, tx *db.Tx) error { return d.Adopt(ctx, tx, "ander", []byte(bad)) }); fault.KindOf(err) != fault.KindInvalid {
				t.Errorf("%.60q is adopted: %v", bad, err)
			}
		}
		var beside []Beside
		d.must(d.tx(nobody, func(ctx context.Context, tx *db.Tx) error { beside, err = d.Beside(ctx, tx, "ander"); return err }))
		if len(beside) != 0 {
			t.Error("a draft stands beside the initiative")
		}
		d.must(d.tx(fatma, func(ctx context.Context, tx *db.Tx) error { beside, err = d.Beside(ctx, tx, "ander"); return err }))
		if len(beside) != 1 || beside[0].Note == "" {
			t.Errorf("%+v", beside)
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
		e.Why = "Omdat ik het wil"
		d.must(d.Publish(d.as(fatma), e, true))
		part, err := personal{}.Export(t.Context(), d.DB, "fatma")
		d.must(err)
		text, err := json.Marshal(part.Data)
		d.must(err)
		if !strings.Contains(string(text), "Omdat ik het wil") || !strings.Contains(string(text), e.ID) {
			t.Errorf("%s", text)
		}
		d.must(d.tx(nobody, func(ctx context.Context, tx *db.Tx) error { return personal{}.Erase(ctx, tx, "fatma") }))
		part, err = personal{}.Export(t.Context(), d.DB, "fatma")
		if d.must(err); part.Data != nil {
			t.Errorf("left: %+v", part.Data)
		}
		_, list, names, err := d.History(d.as(nobody), e.ID, "")
		d.must(err)
		if len(list) == 0 || list[0].Person != "" || list[0].Why != "" || len(names) != 0 {
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

func TestTheDemonstrationIsMadeOnce(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		for range 2 {
			d.must(d.demo(t.Context()))
		}
		list, _, err := d.List(d.as(nobody), "", 20)
		d.must(err)
		if len(list) != 1 || !list[0].Demonstration || !strings.Contains(list[0].Title, "(voorbeeld)") {
			t.Fatalf("%+v", list)
		}
		v, err := d.Get(d.as(nobody), list[0].ID)
		d.must(err)
		r, err := d.Count(t.Context(), v.Model)
		d.must(err)
		if len(v.Model.Scenarios) != 3 || len(r.Missing) != 1 || len(r.Transfers) == 0 || r.Of(Insurer).Mean < 0 || r.Of(Wmo).Mean > 0 || r.Statuses[Published] < 3 {
			t.Errorf("%+v", r)
		}
		t.Logf("all together %d, insurer %+v, wmo %+v", r.Total.Mean, r.Of(Insurer).Value, r.Of(Wmo).Value)
	})
}
