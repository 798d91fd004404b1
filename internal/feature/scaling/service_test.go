package scaling

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

func TestWhoSeesAndWrites(t *testing.T) {
	rooms(t, func(t *testing.T, d *desk) {
		v := d.plan(StandardTemplate)
		for _, c := range []struct {
			who             access.Actor
			sees, may, ends bool
		}{{nobody, false, false, false}, {neighbour, false, false, false}, {other, false, false, false}, {coach, false, false, false},
			{eye, true, false, false}, {joost, true, true, false}, {fatma, true, true, true}} {
			ctx := d.as(c.who)
			got, err := d.Get(ctx, v.ID)
			if c.sees != (err == nil) || got.MayEdit != c.may || got.MayEnd != c.ends {
				t.Errorf("%s sees %+v, %v", c.who.Person, got.MayEdit, err)
			}
			refused := fault.KindNotFound
			if c.sees {
				refused = fault.KindDenied
			}
			acts := []func() error{
				func() error { return d.AddSteps(ctx, Edit{Plan: v.ID}, "", []Line{{Title: "Extra stap"}}) },
				func() error { return d.Meet(ctx, Edit{Plan: v.ID, Version: 1}, v.Tracks[0].ID, 0, true) },
				func() error { return d.SetState(ctx, Edit{Plan: v.ID, Version: 1}, v.Steps[0].ID, Doing) },
				func() error { _, err := d.Owners(ctx, v.ID); return err },
			}
			for k, act := range acts {
				if c.may {
					continue
				}
				if err := act(); fault.KindOf(err) != refused {
					t.Errorf("%s: act %d: %v", c.who.Person, k, err)
				}
			}
			if !c.ends {
				d.is(d.Remove(ctx, Edit{Plan: v.ID, Version: 1}), refused)
			}
			list, err := d.List(ctx)
			d.must(err)
			if (len(list) == 1) != c.sees {
				t.Errorf("%s has %d plans in the list", c.who.Person, len(list))
			}
			_, err = d.Create(ctx, NewPlan{Title: "Nog een plan", Coalition: group, Start: "2026-06-01"})
			if (err == nil) != c.may {
				t.Errorf("%s begins a plan: %v", c.who.Person, err)
			}
			if err == nil { // it must not stand in the next list
				list, _ := d.List(d.as(fatma))
				for _, l := range list {
					if l.ID != v.ID {
						d.must(d.Remove(d.as(fatma), Edit{Plan: l.ID, Version: 1}))
					}
				}
			}
		}
		d.near.away = true // a coalition that ended shows nothing
		if _, err := d.Get(d.as(fatma), v.ID); fault.KindOf(err) != fault.KindNotFound {
			t.Error(err)
		}
	})
}

func TestAPlanOfOneOrganisation(t *testing.T) {
	rooms(t, func(t *testing.T, d *desk) {
		_, err := d.Create(d.as(coach), NewPlan{Title: "Eigen plan", Organisation: "waterstad", Start: "2026-06-01"})
		d.is(err, fault.KindInvalid, "van")
		_, err = d.Create(d.as(fatma), NewPlan{Title: "Eigen plan", Organisation: "waterstad", Coalition: group, Start: "2026-06-01"})
		d.is(err, fault.KindInvalid, "van")
		id, err := d.Create(d.as(fatma), NewPlan{Title: "Eigen plan", Organisation: "waterstad", Start: "2026-06-01", Initiative: "ander"})
		d.must(err)
		v, err := d.Get(d.as(coach), id)
		d.must(err)
		if v.MayEdit || v.Of != "Gemeente Waterstad" || len(v.Tracks) != 1 || v.Case.Name != "Initiatief ander" {
			t.Errorf("%+v", v)
		}
		if _, err := d.Get(d.as(joost), id); fault.KindOf(err) != fault.KindNotFound {
			t.Error(err)
		}
		_, err = d.AddTrack(d.as(fatma), Edit{Plan: id}, "", "GM0003")
		d.must(err)
		_, err = d.AddTrack(d.as(fatma), Edit{Plan: id}, "duinstad", "")
		d.is(err, fault.KindInvalid, "stad")
		_, err = d.AddTrack(d.as(fatma), Edit{Plan: id}, "", "GM9999")
		d.is(err, fault.KindInvalid, "stad")
		if v := d.view(id); len(v.Tracks) != 2 || v.Tracks[1].Name != "Duinstad" {
			t.Errorf("%+v", v.Tracks)
		}
	})
}

func TestStepsAndCircles(t *testing.T) {
	rooms(t, func(t *testing.T, d *desk) {
		v := d.plan("")
		if v.Initiative != "beeldzorg" || len(v.Tracks) != 2 || v.Tracks[0].Name != "Waterstad" {
			t.Fatalf("%+v", v)
		}
		v = d.add(v, "", "Een; Fatma; 1-12-2026\nTwee; gemeente heuvelrijk; 1-1-2027; 1.500,50\nDrie")
		one, two, three := named(t, v, "Een"), named(t, v, "Twee"), named(t, v, "Drie")
		if one.Person != "fatma" || two.Organisation != "heuvelrijk" || two.Budget != 150_050 || three.owner() != "" {
			t.Errorf("%+v", v.Steps)
		}
		list, _ := ParseLines("Vier; Piet")
		err := d.AddSteps(d.as(fatma), Edit{Plan: v.ID}, "", list)
		d.is(err, fault.KindInvalid, "regels")
		list, _ = ParseLines("Gemeenteplan; Gemeente")
		d.is(d.AddSteps(d.as(fatma), Edit{Plan: v.ID}, "", list), fault.KindInvalid, "regels") // two are called so
		save := func(p Step, waits ...string) error {
			p.Waits = waits
			_, err := d.SaveStep(d.as(joost), Edit{Plan: v.ID, Version: p.Version, Why: "Volgorde"}, p, p.owner())
			return err
		}
		d.must(save(two, one.ID))
		d.must(save(three, two.ID, two.ID))
		err = save(one, three.ID)
		d.is(err, fault.KindInvalid, "na")
		if said := fmt.Sprint(fault.FieldsOf(err)[0].Args...); !strings.Contains(said, "“Een” → “Drie” → “Twee” → “Een”") {
			t.Errorf("the circle is told as %s", said)
		}
		d.is(save(one, one.ID), fault.KindInvalid, "na")
		d.is(save(one, "elsewhere"), fault.KindInvalid, "na")
		d.is(save(two, one.ID), fault.KindConflict) // made of an older one
		v = d.view(v.ID)
		if o, waiting := v.Waiting(named(t, v, "Drie")); !waiting || o.Title != "Twee" {
			t.Errorf("%+v", o)
		}
		two = named(t, v, "Twee")
		if len(named(t, v, "Drie").Waits) != 1 {
			t.Error("it waits twice for the same")
		}
		// What is dropped or gone is waited for no more.
		d.must(d.RemoveStep(d.as(fatma), Edit{Plan: v.ID, Version: two.Version}, two.ID))
		if v = d.view(v.ID); len(v.Steps) != 2 || len(named(t, v, "Drie").Waits) != 0 {
			t.Errorf("%+v", v.Steps)
		}
		for _, bad := range []func(p *Step) (field string){
			func(p *Step) string { p.Title = ""; return "titel" },
			func(p *Step) string { p.Start, p.Due = "2026-12-02", "2026-12-01"; return "klaar" },
			func(p *Step) string { p.State, p.Done = Done, "2026-12-01"; return "gedaan" },
			func(p *Step) string { p.State = "later"; return "stand" },
			func(p *Step) string { p.Budget = -1; return "budget" },
			func(p *Step) string { p.Track = "elsewhere"; return "spoor" },
			func(p *Step) string { p.Person = "stranger"; return "wie" },
		} {
			p := named(t, v, "Een")
			field := bad(&p)
			_, err := d.SaveStep(d.as(fatma), Edit{Plan: v.ID, Version: p.Version}, p, p.owner())
			d.is(err, fault.KindInvalid, field)
		}
	})
}

func TestOnePress(t *testing.T) {
	rooms(t, func(t *testing.T, d *desk) {
		v := d.add(d.plan(""), EachTrack, "Beginnen; ; 1-11-2026\nUitbreiden; ; 1-12-2026")
		if len(v.Steps) != 4 || Count(v.Steps, v.Today).Late != 2 {
			t.Fatalf("%+v", v.Steps)
		}
		p := v.In(v.Tracks[0].ID)[0]
		e := Edit{Plan: v.ID, Version: p.Version}
		d.must(d.SetState(d.as(fatma), e, p.ID, Done))
		d.must(d.SetState(d.as(joost), e, p.ID, Done)) // pressed on an older page: it is as wanted
		d.is(d.SetState(d.as(joost), e, p.ID, Todo), fault.KindConflict)
		d.is(d.SetState(d.as(joost), e, p.ID, "later"), fault.KindInvalid)
		d.is(d.SetState(d.as(joost), e, "elsewhere", Done), fault.KindNotFound)
		v = d.view(v.ID)
		if got, _ := v.Step(p.ID); got.Done != v.Today || got.Version != 2 {
			t.Errorf("%+v", got)
		}
		if c := Count(v.In(v.Tracks[0].ID), v.Today); c.Done != 1 || c.Late != 0 || c.Percent() != 50 {
			t.Errorf("%+v", c)
		}
		q := v.In(v.Tracks[0].ID)[1]
		q.Start = "2026-11-20"
		_, err := d.SaveStep(d.as(fatma), Edit{Plan: v.ID, Version: 1}, q, "p:joost")
		d.must(err)
		d.must(d.Move(d.as(fatma), Edit{Plan: v.ID, Version: 2}, q.ID, "2026-11-10"))
		v = d.view(v.ID)
		if got, _ := v.Step(q.ID); got.Due != "2026-11-10" || got.Start != "2026-10-30" || got.Person != "joost" {
			t.Errorf("%+v", got)
		}
		_, list, names, err := d.History(d.as(eye), v.ID, "")
		d.must(err)
		if len(list) != 5 || list[0].Kind != changeDate || list[0].Detail[1] != (Was{"due", "2026-12-01", "2026-11-10"}) || names["fatma"] == "" {
			t.Errorf("%+v", list)
		}
		for _, c := range list {
			if strings.Contains(fmt.Sprint(c.Detail), "joost") {
				t.Error("the history keeps a person apart from who did it")
			}
		}
	})
}

func TestTracksConditionsAndBarriers(t *testing.T) {
	rooms(t, func(t *testing.T, d *desk) {
		v := d.add(d.plan(""), EachTrack, "Beginnen")
		track := v.Tracks[0]
		track.Conditions, track.Barriers = ParseConditions("[x] Er is geld\n Er is tijd \n\n[ ] Er is zin"), []string{"b1"}
		d.must(d.SaveTrack(d.as(fatma), Edit{Plan: v.ID, Version: 1}, track))
		d.is(d.SaveTrack(d.as(joost), Edit{Plan: v.ID, Version: 1}, track), fault.KindConflict)
		track.Barriers = []string{"elsewhere"}
		d.is(d.SaveTrack(d.as(joost), Edit{Plan: v.ID, Version: 2}, track), fault.KindInvalid, "belemmeringen")
		v = d.view(v.ID)
		if got := v.Tracks[0]; got.Unmet() != 2 || len(got.Conditions) != 3 || !v.Barriers["b1"].Open {
			t.Errorf("%+v", got)
		}
		d.must(d.Meet(d.as(joost), Edit{Plan: v.ID, Version: 2}, track.ID, 1, true))
		d.is(d.Meet(d.as(joost), Edit{Plan: v.ID, Version: 3}, track.ID, 3, true), fault.KindNotFound)
		d.is(d.Meet(d.as(joost), Edit{Plan: v.ID, Version: 3}, "elsewhere", 0, true), fault.KindNotFound)
		d.is(d.RemoveTrack(d.as(joost), Edit{Plan: v.ID, Version: 1}, track.ID), fault.KindConflict)
		d.must(d.RemoveTrack(d.as(joost), Edit{Plan: v.ID, Version: 3}, track.ID))
		if v = d.view(v.ID); len(v.Tracks) != 1 || len(v.Steps) != 1 {
			t.Errorf("%+v %+v", v.Tracks, v.Steps)
		}
		d.Service.Barriers = nil // the register may be missing
		d.view(v.ID)
	})
}

func TestCalendar(t *testing.T) {
	rooms(t, func(t *testing.T, d *desk) {
		v := d.add(d.plan(""), "", "Komma, puntkomma en \\ streep; Fatma; 1-11-2026\nGedaan werk; ; 1-12-2026")
		p := named(t, v, "Gedaan werk")
		d.must(d.SetState(d.as(fatma), Edit{Plan: v.ID, Version: 1}, p.ID, Done))
		secret, err := d.NewKey(d.as(fatma), v.ID)
		d.must(err)
		body, err := d.Calendar(d.as(nobody), v.ID, secret)
		d.must(err)
		flat := strings.ReplaceAll(body, "\r\n ", "")
		for _, text := range []string{"BEGIN:VCALENDAR\r\n", "REFRESH-INTERVAL;VALUE=DURATION:PT12H", "DTSTART;VALUE=DATE:20261101", "DTEND;VALUE=DATE:20261102", `te laat: Komma\, puntkomma en \\ streep (Alle gemeenten samen)`,
			"DTSTART;VALUE=DATE:20261121", "✓ Gedaan werk", "URL:https://wijk.example/opschalingsplan/" + v.ID, "Wie: Naam van fatma"} {
			if !strings.Contains(flat, text) {
				t.Errorf("the calendar has no %q:\n%s", text, body)
			}
		}
		for _, bad := range []string{"", "x", secret + "x"} {
			if _, err := d.Calendar(d.as(nobody), v.ID, bad); fault.KindOf(err) != fault.KindNotFound {
				t.Errorf("%q opens the calendar: %v", bad, err)
			}
		}
		later, err := d.Create(d.as(fatma), NewPlan{Title: "Ander plan", Coalition: group, Start: "2026-06-01"})
		d.must(err)
		if _, err := d.Calendar(d.as(nobody), later, secret); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("the key of one plan opens another: %v", err)
		}
		second, err := d.NewKey(d.as(fatma), v.ID)
		d.must(err)
		if _, err := d.Calendar(d.as(nobody), v.ID, secret); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("the older key still works: %v", err)
		}
		d.near.roles["fatma"] = Outside // she left
		if _, err := d.Calendar(d.as(nobody), v.ID, second); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("who left still reads: %v", err)
		}
		d.near.roles["fatma"] = Convener
		d.must(d.RemoveKey(d.as(fatma), v.ID))
		if _, err := d.Calendar(d.as(nobody), v.ID, second); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("a key that ended still works: %v", err)
		}
		if _, err := d.Calendar(d.as(eye), v.ID, ""); err != nil {
			t.Errorf("somebody who is signed in: %v", err)
		}
	})
}

func TestTemplates(t *testing.T) {
	rooms(t, func(t *testing.T, d *desk) {
		v := d.plan(StandardTemplate)
		if len(v.Steps) != 6+2*7 || v.Tracks[1].Unmet() != 6 || v.Goals == "" || Circle(v.Steps) != nil {
			t.Fatalf("%d steps", len(v.Steps))
		}
		d.must(d.SaveTemplate(d.as(fatma), Edit{Plan: v.ID}, "Ons sjabloon", "waterstad"))
		d.is(d.SaveTemplate(d.as(fatma), Edit{Plan: v.ID}, "Ons sjabloon", "heuvelrijk"), fault.KindInvalid, "organisatie")
		d.is(d.SaveTemplate(d.as(other), Edit{Plan: v.ID}, "Ons sjabloon", "duinstad"), fault.KindNotFound)
		list, err := d.Templates(d.as(coach), "")
		d.must(err)
		if len(list) != 1 || strings.Contains(fmt.Sprint(list[0].Model), "fatma") {
			t.Fatalf("%+v", list)
		}
		if none, _ := d.Templates(d.as(joost), ""); len(none) != 0 {
			t.Error("another organisation sees it")
		}
		_, err = d.Create(d.as(joost), NewPlan{Title: "Van een ander", Coalition: group, Start: "2027-01-04", Template: list[0].ID})
		d.is(err, fault.KindInvalid, "sjabloon")
		id, err := d.Create(d.as(fatma), NewPlan{Title: "Opnieuw", Coalition: group, Start: "2027-01-04", Template: list[0].ID})
		d.must(err)
		again := d.view(id)
		for _, p := range again.Steps {
			was := named(t, v, p.Title)
			if was.Start.until(p.Start) != Day("2026-06-01").until("2027-01-04") || len(p.Waits) != len(was.Waits) {
				t.Errorf("%s: %s became %s, waits for %d and %d", p.Title, was.Start, p.Start, len(was.Waits), len(p.Waits))
			}
		}
		d.is(d.RemoveTemplate(d.as(coach), list[0].ID), fault.KindDenied)
		d.is(d.RemoveTemplate(d.as(joost), list[0].ID), fault.KindNotFound)
		d.must(d.RemoveTemplate(d.as(fatma), list[0].ID))
	})
}

func TestPackAdoptPack(t *testing.T) {
	rooms(t, func(t *testing.T, d *desk) {
		v := d.plan(StandardTemplate)
		d.add(v, "", "Iets van ons; Fatma; 1-12-2026; 100")
		var one, two []byte
		var err error
		write := func(a access.Actor, f func(ctx context.Context, tx *db.Tx) error) error {
			return d.DB.Write(d.as(a), f)
		}
		d.must(write(fatma, func(ctx context.Context, tx *db.Tx) error { one, err = d.Pack(ctx, tx, "beeldzorg"); return err }))
		for range 2 { // the second takes the place of the first
			d.must(write(fatma, func(ctx context.Context, tx *db.Tx) error { return d.Adopt(ctx, tx, "ander", one) }))
		}
		d.must(write(fatma, func(ctx context.Context, tx *db.Tx) error { two, err = d.Pack(ctx, tx, "ander"); return err }))
		if len(one) == 0 || !bytes.Equal(one, two) {
			t.Errorf("not the same after Adopt:\n%s\n%s", one, two)
		}
		// Also where a plan was under way.
		d.must(write(fatma, func(ctx context.Context, tx *db.Tx) error { return d.Adopt(ctx, tx, "beeldzorg", one) }))
		d.must(write(fatma, func(ctx context.Context, tx *db.Tx) error { two, err = d.Pack(ctx, tx, "beeldzorg"); return err }))
		if !bytes.Equal(one, two) || len(d.view(v.ID).Steps) != 21 {
			t.Error("the plan under way was touched, or what was taken over is not what is handed on")
		}
		for _, secret := range []string{"fatma", "Fatma", "waterstad", "Waterstad", v.ID} {
			if strings.Contains(string(one), secret) {
				t.Errorf("the package names %s", secret)
			}
		}
		validate(t, d.PartSchema(), one)
		standard, _ := templateFiles.ReadFile("templates/standard.json")
		validate(t, d.PartSchema(), standard)
		d.must(write(other, func(ctx context.Context, tx *db.Tx) error {
			p, err := d.Pack(ctx, tx, "nergens")
			if p != nil {
				t.Error("something is made of nothing")
			}
			d.is(d.Adopt(ctx, tx, "ander", one), fault.KindDenied)
			return err
		}))
		for _, bad := range []string{"", "{}", "[]", string(one) + "{}", strings.Replace(string(one), `"goals"`, `"person": "x", "goals"`, 1),
			strings.Replace(string(one), `"key": "s1"`, `"key": "s2"`, 1), strings.Replace(string(one), `"dueWeek": 4`, `"dueWeek": -4`, 1),
			`{"title":"abc","goals":"","conditions":[],"shared":[{"key":"a","title":"bc","after":["a"]}],"city":[]}`} {
			if err := write(fatma, func(ctx context.Context, tx *db.Tx) error { return d.Adopt(ctx, tx, "ander", []byte(bad)) }); fault.KindOf(err) != fault.KindInvalid {
				t.Errorf("%.60q is taken over: %v", bad, err)
			}
		}
		list, err := d.Templates(d.as(joost), "ander")
		d.must(err)
		if len(list) != 1 {
			t.Errorf("%d templates for the initiative", len(list))
		}
	})
}

func validate(t *testing.T, schema, data []byte) {
	t.Helper()
	s, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("part.json", s); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("part.json")
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(v); err != nil {
		t.Error(err)
	}
}

func TestWhatOthersAsk(t *testing.T) {
	rooms(t, func(t *testing.T, d *desk) {
		due := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
		add := func(a access.Actor, title, owner string) error {
			return d.DB.Write(d.as(a), func(ctx context.Context, tx *db.Tx) error { return d.AddStep(ctx, tx, group, title, owner, due) })
		}
		d.is(add(other, "Actie", ""), fault.KindNotFound)
		d.is(add(eye, "Actie", ""), fault.KindDenied)
		d.is(add(joost, "Actie", "stranger"), fault.KindInvalid, "wie")
		d.must(add(joost, "Actie van de vergadering", "fatma")) // begins a plan
		d.must(add(joost, strings.Repeat("Een lange actie ", 20), ""))
		list, err := d.List(d.as(fatma))
		d.must(err)
		if len(list) != 1 || list[0].Title != "Opschalingsplan Coalitie Beeldzorg" || list[0].Tally.Total != 2 {
			t.Fatalf("%+v", list)
		}
		v := d.add(d.view(list[0].ID), EachTrack, "Te laat; ; 1-11-2026\nVolgend jaar; ; 1-12-2027")
		p := v.In(v.Tracks[0].ID)[0]
		d.must(d.SetState(d.as(fatma), Edit{Plan: v.ID, Version: 1}, p.ID, Done))
		for _, c := range []struct {
			who                     access.Actor
			points, due, beside, in int
		}{{other, 0, 0, 0, 0}, {nobody, 0, 0, 0, 0}, {eye, 3, 2, 1, 2}, {fatma, 3, 2, 1, 2}} {
			d.read(c.who, func(ctx context.Context, r db.Reader) error {
				points, err := d.OpenPoints(ctx, r, group)
				d.must(err)
				dues, err := d.Due(ctx, r, time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC), time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC))
				d.must(err)
				beside, err := d.Beside(ctx, r, "beeldzorg")
				d.must(err)
				progress, err := d.Progress(ctx, r)
				d.must(err)
				if len(points) != c.points || len(dues) != c.due || len(beside) != c.beside || len(progress) != c.in {
					t.Errorf("%s: %+v %+v %+v %+v", c.who.Person, points, dues, beside, progress)
				}
				if c.in > 0 && (progress[0] != Progress{Plan: v.ID, Initiative: "beeldzorg", City: "Waterstad", Code: "GM0001", Total: 2, Done: 1} || progress[1].Late != 1 ||
					beside[0].Note != "1 van 6 stappen gedaan, 1 te laat" || points[0].Title != "Te laat" || dues[0].Kind != Name) {
					t.Errorf("%+v %+v %+v", progress, beside, points)
				}
				return nil
			})
		}
	})
}

func TestExportAndErase(t *testing.T) {
	rooms(t, func(t *testing.T, d *desk) {
		v := d.add(d.plan(""), "", "Werk van Joost; Joost; 1-12-2026")
		p := v.Steps[0]
		d.must(d.Move(d.as(joost), Edit{Plan: v.ID, Version: 1, Why: "Joost is met verlof"}, p.ID, "2026-12-05"))
		d.must(d.SaveTemplate(d.as(joost), Edit{Plan: v.ID}, "Van Joost", "heuvelrijk"))
		_, err := d.NewKey(d.as(joost), v.ID)
		d.must(err)
		part, err := d.Room().Personal.Export(t.Context(), d.DB, "joost")
		d.must(err)
		data, _ := json.Marshal(part.Data)
		for _, text := range []string{"Werk van Joost", "Joost is met verlof", "Van Joost", `"calendarLinks":[{"plan":"` + v.ID} {
			if !strings.Contains(string(data), text) {
				t.Errorf("the export has no %q: %s", text, data)
			}
		}
		if part, err := d.Room().Personal.Export(t.Context(), d.DB, "buur"); err != nil || part.Data != nil {
			t.Errorf("%+v %v", part, err)
		}
		d.must(d.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return d.Room().Personal.Erase(ctx, tx, "joost") }))
		if part, err := d.Room().Personal.Export(t.Context(), d.DB, "joost"); err != nil || part.Data != nil {
			t.Errorf("still there: %+v %v", part, err)
		}
		_, list, _, err := d.History(d.as(fatma), v.ID, "")
		d.must(err)
		if strings.Contains(fmt.Sprint(list), "verlof") || strings.Contains(fmt.Sprint(list), "joost") {
			t.Errorf("%+v", list)
		}
	})
}

func TestDemoAndGenerate(t *testing.T) {
	rooms(t, func(t *testing.T, d *desk) {
		d.must(d.demo(inDutch()))
		d.must(d.demo(inDutch()))
		list, err := d.List(d.as(eye))
		d.must(err)
		if len(list) != 1 || !list[0].Demonstration || !strings.Contains(list[0].Title, "(voorbeeld)") {
			t.Fatalf("%+v", list)
		}
		v := d.view(list[0].ID)
		c := Count(v.Steps, v.Today)
		if c.Done < 4 || c.Late < 2 || c.Doing < 2 || c.Done > c.Total*3/4 || v.Tracks[1].Unmet() == 0 {
			t.Errorf("the demonstration is not half way: %+v", c)
		}
		told := 0
		d.must(d.Generate(d.as(nobody), 3, 25, 200, func(n int) { told = n }))
		list, err = d.List(d.as(fatma))
		d.must(err)
		total := 0
		for _, l := range list[1:] {
			total += l.Tally.Total
		}
		if told != 25 || len(list) != 26 {
			t.Errorf("%d plans, told %d", len(list), told)
		}
		for _, l := range list {
			if v := d.view(l.ID); Circle(v.Steps) != nil {
				t.Error("a generated plan has a circle")
			}
		}
	})
	rooms(t, func(t *testing.T, d *desk) {
		d.near.away = true
		d.must(d.demo(inDutch())) // without a coalition there is nothing to show
	})
}

func TestPlans(t *testing.T) {
	rooms(t, func(t *testing.T, d *desk) {
		for _, p := range d.Room().Plans {
			if err := d.DB.CheckPlan(t.Context(), p); err != nil {
				t.Error(err)
			}
		}
	})
}
