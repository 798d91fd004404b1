package pilots

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
)

func TestAPilotFromDraftToEvidence(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		p := w.draft()
		if _, err := w.Get(w.as("nobody"), p.ID); fault.KindOf(err) != fault.KindNotFound {
			t.Fatalf("a draft is seen by all: %v", err)
		}
		w.get("member", p.ID)
		if _, err := w.Get(w.as("other"), p.ID); fault.KindOf(err) != fault.KindNotFound {
			t.Fatalf("a draft is seen by another organisation: %v", err)
		}
		if list, _, err := w.List(w.as("lead"), Filter{}); err != nil || len(list) != 0 {
			t.Fatalf("a draft is listed: %v", err)
		}
		if list, err := w.Drafts(w.as("member")); err != nil || len(list) != 1 {
			t.Fatalf("%d drafts, %v", len(list), err)
		}
		w.is(w.Start(w.as("member"), p.ID, 0), fault.KindDenied, "")
		w.is(w.Start(w.as("other"), p.ID, 0), fault.KindNotFound, "")
		w.must(w.Start(w.as("lead"), p.ID, 0))
		v := w.get("nobody", p.ID)
		if v.Status != Running || v.PlaceName != "Zeist" || v.LeadName != "Gemeente A" || v.MayEdit || !v.DecideOn.Equal(v.Ends) || v.Case.Name != "Initiatief beweegcoach" {
			t.Fatalf("%+v", v.Pilot)
		}
		w.is(w.Start(w.as("lead"), p.ID, 0), fault.KindConflict, "pilots.wrong.notdraft")
		w.is(w.Remove(w.as("lead"), p.ID), fault.KindConflict, "pilots.wrong.notdraft")

		w.measured(p.ID, "deelnemers", "2026-05-25", 14, 0)
		w.measured(p.ID, "klachten", "2026-05-25", 4, 40)
		if v = w.get("nobody", p.ID); v.DueWhy != DueRule || v.Rules[0].Verdict != Hit {
			t.Fatalf("due %q, rule %s", v.DueWhy, v.Rules[0].Verdict)
		}
		if list, _, err := w.List(w.as("nobody"), Filter{State: "nu", Place: "GM0355", Initiative: "beweegcoach"}); err != nil || len(list) != 1 {
			t.Fatalf("due: %d, %v", len(list), err)
		}

		d := Decision{Day: date("2026-06-01"), Outcome: GoOn, People: []string{"lead"}, Others: "wethouder", Reason: "Nog een maand proberen.", Next: date("2026-07-01")}
		for name, bad := range map[string]func(d *Decision){
			"pilots.wrong.deciders": func(d *Decision) { d.People, d.Others = nil, "" },
			"pilots.wrong.reason":   func(d *Decision) { d.Reason = " " },
			"pilots.wrong.next":     func(d *Decision) { d.Next = date("2026-06-01") },
			"pilots.wrong.future":   func(d *Decision) { d.Day = date("2026-06-02") },
			"pilots.wrong.outcome":  func(d *Decision) { d.Outcome = "perhaps" },
		} {
			e := d
			bad(&e)
			w.is(w.Decide(w.as("lead"), p.ID, 0, e), fault.KindInvalid, name)
		}
		e := d
		e.People = []string{"stranger"}
		w.is(w.Decide(w.as("lead"), p.ID, 0, e), fault.KindInvalid, "pilots.wrong.deciders")
		w.is(w.Decide(w.as("other"), p.ID, 0, d), fault.KindDenied, "")
		w.is(w.Decide(w.as("lead"), p.ID, 1, d), fault.KindConflict, "pilots.conflict")
		w.must(w.Decide(w.as("lead"), p.ID, v.Version, d))
		v = w.get("nobody", p.ID)
		if v.DueWhy != "" || v.Rules[0].Verdict != Answered || len(v.Decisions) != 1 || v.deciders(w.as("nobody"), v.Decisions[0]) != "2 mensen, Gemeente A" || len(w.proven.rows) != 0 {
			t.Fatalf("due %q, %s, %+v", v.DueWhy, v.Rules[0].Verdict, v.Decisions)
		}
		w.clock.Advance(7 * 24 * 3600e9)
		w.measured(p.ID, "deelnemers", "2026-06-08", 12, 0)
		if v = w.get("nobody", p.ID); v.DueWhy != DueRule {
			t.Fatalf("measured again, due %q", v.DueWhy)
		}
		d.Outcome, d.Day = Stop, date("2026-06-08")
		w.must(w.Decide(w.as("lead"), p.ID, v.Version, d))
		v = w.get("nobody", p.ID)
		if v.Status != Ended || v.Outcome != Stop || v.DueWhy != "" || !v.Ends.Equal(date("2026-06-08")) {
			t.Fatalf("%+v", v.Pilot)
		}
		count, score := w.proven.rows["beweegcoach Deelnemers"], w.proven.rows["beweegcoach Klachten"]
		if count.Value != 12 || count.Strength != "registration" || count.Type != "use" || count.N != 12 || count.Low != nil {
			t.Errorf("count: %+v", count)
		}
		if score.Value != 4 || score.Strength != "before_after" || score.N != 40 || score.Verdict != Unsure || !strings.Contains(score.Method, "Voor en na gemeten") {
			t.Errorf("score: %+v", score)
		}
		w.is(w.KeepRules(w.as("lead"), p.ID, 0, nil, ""), fault.KindConflict, "pilots.ended")
		// A figure that proves wrong afterwards is put right in the evidence too.
		_, err := w.Measure(w.as("lead"), p.ID, []Entry{{Code: "klachten", Day: date("2026-05-25"), Value: 7, N: 40, Spread: of(1)}}, "form")
		w.must(err)
		if score = w.proven.rows["beweegcoach Klachten"]; score.Value != 7 || score.Verdict != Worsened || *score.Low < 6.6 || *score.Low > 6.7 {
			t.Errorf("corrected: %+v", score)
		}
	})
}

func TestAnInitiativeThatTakesNoEvidenceHoldsUpNobody(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		p := w.running()
		w.measured(p.ID, "deelnemers", "2026-05-25", 14, 0)
		d := Decision{Day: date("2026-06-01"), Outcome: HandOn, People: []string{"lead"}, Reason: "Het werkt."}
		w.proven.refuse = errors.New("the database is gone")
		if err := w.Decide(w.as("lead"), p.ID, 0, d); err == nil || w.get("lead", p.ID).Status != Running {
			t.Fatalf("a failure went unseen: %v", err)
		}
		w.proven.refuse = fault.Denied()
		w.must(w.Decide(w.as("lead"), p.ID, 0, d))
		v := w.get("lead", p.ID)
		if v.Status != Ended || v.Outcome != HandOn || !slices.ContainsFunc(v.Changes, func(c Change) bool { return c.Part == "noevidence" }) {
			t.Errorf("%s, %+v", v.Status, v.Changes)
		}
	})
}

func TestCorrectionsKeepWhatWas(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		p := w.running()
		w.measured(p.ID, "deelnemers", "2026-05-04", 20, 0)
		w.measured(p.ID, "deelnemers", "2026-05-11", 22, 0)
		done, err := w.Measure(w.as("lead"), p.ID, []Entry{{Code: "deelnemers", Day: date("2026-05-04"), Value: 21}, {Code: "deelnemers", Day: date("2026-05-11"), Value: 22},
			{Code: "deelnemers", Day: date("2026-05-18"), Value: 23}}, "csv")
		w.must(err)
		if done != (Measured{New: 1, Changed: 1, Same: 1}) {
			t.Errorf("%+v", done)
		}
		s := w.get("nobody", p.ID).Series[0]
		if len(s.Run.Points) != 3 || s.Run.Points[0].Value != 21 || len(s.Old) != 1 || s.Old[0].Value != 20 || s.Last.Value != 23 {
			t.Errorf("%+v", s)
		}
		if !strings.Contains(s.behind(w.as("nobody")).Rows[2][3].Text, "was 20 mensen tot") {
			t.Errorf("the table does not tell: %+v", s.behind(w.as("nobody")).Rows[2])
		}
		done, err = w.Measure(w.as("lead"), p.ID, []Entry{{Code: "deelnemers", Day: date("2026-05-18"), Remove: true}}, "form")
		w.must(err)
		if s = w.get("nobody", p.ID).Series[0]; done.Removed != 1 || s.Last.Value != 22 || len(s.Old) != 2 {
			t.Errorf("removed: %+v, %+v", done, s.Last)
		}
		m, err := db.One(t.Context(), w.DB, scanMonth, `SELECT month, times, mean, least, most FROM pilot_month WHERE indicator = $1`, s.ID)
		if err != nil || m.Times != 2 || m.Mean != 21.5 || m.Least != 21 || m.Most != 22 {
			t.Errorf("month: %+v, %v", m, err)
		}
		for name, e := range map[string]Entry{
			"pilots.wrong.future":  {Code: "deelnemers", Day: date("2026-06-02"), Value: 1},
			"pilots.wrong.unknown": {Code: "anders", Day: date("2026-05-02"), Value: 1},
			"pilots.wrong.count":   {Code: "deelnemers", Day: date("2026-05-02"), Value: 1.5},
			"pilots.wrong.value":   {Code: "klachten", Day: date("2026-05-02"), Value: math.NaN()},
			"pilots.wrong.n":       {Code: "klachten", Day: date("2026-05-02"), Value: 1, N: -1},
			"pilots.wrong.spread":  {Code: "klachten", Day: date("2026-05-02"), Value: 1, Spread: of(-1)},
		} {
			_, err := w.Measure(w.as("lead"), p.ID, []Entry{{Code: "deelnemers", Day: date("2026-05-25"), Value: 3}, e}, "form")
			w.is(err, fault.KindInvalid, name)
		}
		if n := w.count(`SELECT COUNT(*) FROM pilot_measurement`); n != 2 {
			t.Errorf("%d are kept: half of a form was", n)
		}
	})
}

func TestWhoMaySendMeasurements(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		p := w.running()
		send := func(who string) error {
			_, err := w.Measure(w.as(who), p.ID, []Entry{{Code: "deelnemers", Day: date("2026-05-04"), Value: 20}}, "api")
			return err
		}
		for who, kind := range map[string]fault.Kind{"nobody": fault.KindDenied, "member": fault.KindDenied, "other": fault.KindDenied, "program-b": fault.KindDenied} {
			w.is(send(who), kind, "")
		}
		w.must(send("lead"))
		w.must(send("program"))
	})
}

func TestSmallGroupsAreNotShown(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		p := w.running()
		w.measured(p.ID, "klachten", "2026-05-04", 5, 12)
		w.measured(p.ID, "klachten", "2026-05-11", 3, 9)
		w.measured(p.ID, "deelnemers", "2026-05-11", 25, 0)
		all, own := w.get("nobody", p.ID).Series[1], w.get("member", p.ID).Series[1]
		if len(all.Run.Points) != 1 || all.Hidden != 1 || !all.Last.Day.IsZero() || len(own.Run.Points) != 2 || own.Hidden != 0 {
			t.Errorf("all see %d (%d hidden), own %d", len(all.Run.Points), all.Hidden, len(own.Run.Points))
		}
		figures, err := w.OfInitiative(w.as("nobody"), w.DB, "beweegcoach")
		if err != nil || len(figures) != 1 || figures[0].Indicator != "deelnemers" || figures[0].N != 25 {
			t.Errorf("%+v, %v", figures, err)
		}
		beside, err := w.Beside(w.as("nobody"), w.DB, "beweegcoach")
		if err != nil || len(beside) != 1 || beside[0].Note != "Zeist · Loopt" {
			t.Errorf("%+v, %v", beside, err)
		}
		due, err := w.Due(w.as("nobody"), w.DB, date("2026-08-01"), date("2026-09-01"))
		if err != nil || len(due) != 1 || due[0].Path != Path(p.ID) {
			t.Errorf("%+v, %v", due, err)
		}
		if list, err := w.Latest(w.as("nobody"), w.DB, 5); err != nil || len(list) != 1 {
			t.Errorf("%d, %v", len(list), err)
		}
	})
}

func TestNightTellsOnceAndCounts(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		p := w.running()
		w.must(w.KeepIndicator(w.as("lead"), p.ID, 0, Indicator{Code: "vragen", Name: "Vragen", Kind: Count, Better: "up", Every: "week", Counter: "questions.asked"}, ""))
		mails := func() int { return w.count(`SELECT COUNT(*) FROM job`) }
		w.must(w.Night(w.as("nobody")))
		if mails() != 0 {
			t.Error("a letter about nothing")
		}
		w.counted.n = 9
		w.must(w.CountNow(w.as("nobody")))
		if n := w.count(`SELECT COUNT(*) FROM pilot_measurement`); n != 0 {
			t.Error("a count of nine is kept")
		}
		w.counted.n = 31
		w.must(w.CountNow(w.as("nobody")))
		w.counted.n = 99
		w.must(w.CountNow(w.as("nobody")))
		s := w.get("nobody", p.ID).Series[2]
		if len(s.Run.Points) != 1 || s.Last.Value != 31 || !s.Last.Day.Equal(date("2026-05-31")) || s.Run.Points[0].Source != "program" {
			t.Errorf("%+v", s.Run.Points)
		}
		w.clock.Set(date("2026-08-31"))
		for range 2 {
			w.must(w.Night(w.as("nobody")))
		}
		if v := w.get("nobody", p.ID); v.DueWhy != DueDate || !v.DueTold || mails() != 1 {
			t.Errorf("due %q, told %v, %d letters", v.DueWhy, v.DueTold, mails())
		}
	})
}

func TestTwoEditorsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		p := w.draft()
		v := w.get("lead", p.ID)
		w.must(w.KeepCosts(w.as("lead"), p.ID, v.Version, []Cost{{Label: "Ruimte", Planned: 100}}, "begroting"))
		w.is(w.KeepCosts(w.as("lead"), p.ID, v.Version, nil, ""), fault.KindConflict, "pilots.conflict")
		after := w.get("lead", p.ID)
		if len(after.Costs) != 1 || after.Changes[0].Why != "begroting" || after.Changes[0].Person != "lead" {
			t.Errorf("%+v %+v", after.Costs, after.Changes)
		}
		w.is(w.KeepRules(w.as("lead"), p.ID, 0, []Rule{{Kind: "stop", Indicator: "klachten", Comparison: "below", Value: 5}, {Kind: "stop", Indicator: "klachten", Comparison: "above", Value: 4}}, ""),
			fault.KindInvalid, "pilots.wrong.rule.stop")
		w.is(w.RemoveIndicator(w.as("lead"), p.ID, 0, "deelnemers"), fault.KindConflict, "pilots.wrong.breaksrule")
		w.must(w.RemoveIndicator(w.as("lead"), p.ID, 0, "klachten"))
		w.is(w.KeepIndicator(w.as("lead"), p.ID, 0, Indicator{Code: "deelnemers", Name: "Deelnemers", Kind: Count, Better: "up", Every: "week", Target: of(10)}, ""),
			fault.KindInvalid, "pilots.wrong.breaksrule")
		w.is(w.AddNote(w.as("lead"), p.ID, Note{Day: date("2026-05-01"), Quote: "Fijn!"}), fault.KindInvalid, "pilots.wrong.consent")
		w.must(w.AddNote(w.as("lead"), p.ID, Note{Day: date("2026-05-01"), Quote: "Fijn!", SaidBy: "deelnemer", Consent: "goed"}))
		n := w.get("lead", p.ID).Notes
		w.must(w.RemoveNote(w.as("lead"), p.ID, n[0].ID))
		if _, err := w.Create(w.as("member"), p); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("a member began a pilot: %v", err)
		}
		_, err := w.Create(w.as("lead"), Pilot{Initiative: "bestaat-niet", Name: "Proef", Lead: "org-b", Design: "survey"})
		w.is(err, fault.KindInvalid, "pilots.wrong.lead")
		_, err = w.Create(w.as("lead"), Pilot{Initiative: "bestaat-niet", Name: "Proef", Design: "survey"})
		w.is(err, fault.KindInvalid, "pilots.wrong.initiative")
		_, err = w.Create(w.as("lead"), Pilot{Initiative: "x", Name: "Proef", Place: "Lutjebroek", Design: "survey"})
		w.is(err, fault.KindInvalid, "pilots.wrong.place")
		w.must(w.Remove(w.as("lead"), p.ID))
		if _, err := w.Get(w.as("lead"), p.ID); fault.KindOf(err) != fault.KindNotFound {
			t.Error(err)
		}
	})
}

func TestStartRulesHoldAStart(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		p := w.draft()
		w.must(w.KeepRules(w.as("lead"), p.ID, 0, []Rule{{Kind: "start", Indicator: "deelnemers", Comparison: "atleast", Value: 20}}, ""))
		w.is(w.Start(w.as("lead"), p.ID, 0), fault.KindConflict, "pilots.start.notmet")
		w.measured(p.ID, "deelnemers", "2026-02-20", 22, 0)
		w.must(w.Start(w.as("lead"), p.ID, 0))
	})
}

func TestPackAndAdoptAreTheSameToTheByte(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		p := w.running()
		w.must(w.KeepCosts(w.as("lead"), p.ID, 0, []Cost{{Label: "Ruimte", Planned: 12_50, Spent: cents(99)}}, ""))
		w.measured(p.ID, "deelnemers", "2026-05-25", 14, 0)
		first, err := w.Pack(w.as("lead"), w.DB, "beweegcoach")
		w.must(err)
		adopt := func(slug string, data []byte) error {
			return w.DB.Write(w.as("lead"), func(ctx context.Context, tx *db.Tx) error { return w.Adopt(ctx, tx, slug, data) })
		}
		for range 2 {
			w.must(adopt("elders", first))
		}
		again, err := w.Pack(w.as("lead"), w.DB, "elders")
		if err != nil || !bytes.Equal(first, again) {
			t.Errorf("%v\n%s\n%s", err, first, again)
		}
		if n := w.count(`SELECT COUNT(*) FROM pilot WHERE initiative = 'elders'`); n != 1 {
			t.Errorf("%d drafts", n)
		}
		for _, secret := range []string{"Mevrouw", "lead", "Zeist", "14", "99"} {
			if strings.Contains(string(first), `"`+secret) || strings.Contains(string(first), ":"+secret+",") {
				t.Errorf("the package tells %q: %s", secret, first)
			}
		}
		if none, err := w.Pack(w.as("lead"), w.DB, "niets"); err != nil || none != nil {
			t.Errorf("%s, %v", none, err)
		}
		for _, bad := range []string{"", "[]", "{}", `{"design":"survey","people":-1}`, strings.Replace(string(first), "below", "equal", 1), strings.Replace(string(first), `"value":15`, `"value":31`, 1),
			strings.Replace(string(first), `"design"`, `"person":"x","design"`, 1)} {
			w.is(adopt("elders", []byte(bad)), fault.KindInvalid, "pilots.wrong.part")
		}
	})
}

func TestExportAndErase(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		p := w.running()
		w.measured(p.ID, "deelnemers", "2026-05-25", 14, 0)
		w.measured(p.ID, "deelnemers", "2026-05-25", 16, 0)
		w.must(w.AddNote(w.as("lead"), p.ID, Note{Day: date("2026-05-01"), Body: "Ging goed."}))
		w.must(w.Decide(w.as("lead"), p.ID, 0, Decision{Day: date("2026-06-01"), Outcome: GoOn, People: []string{"lead"}, Reason: "Gaat goed.", Next: date("2026-07-01")}))
		part, err := personal{}.Export(t.Context(), w.DB, "lead")
		w.must(err)
		e, _ := part.Data.(taken)
		if len(e.Leads) != 1 || len(e.Notes) != 1 || len(e.Decisions) != 1 || len(e.Measurements) != 1 || len(e.Changes) < 5 {
			t.Errorf("%+v", e)
		}
		w.must(w.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return personal{}.Erase(ctx, tx, "lead") }))
		part, err = personal{}.Export(t.Context(), w.DB, "lead")
		if err != nil || part.Data != nil {
			t.Errorf("%+v, %v", part, err)
		}
		for _, c := range [][2]string{{"pilot", "lead_person"}, {"pilot_measurement", "person"}, {"pilot_measurement_old", "person"}, {"pilot_measurement_old", "replaced_by"}} {
			if n := w.count(`SELECT COUNT(*) FROM ` + c[0] + ` WHERE ` + c[1] + ` = 'lead'`); n != 0 {
				t.Errorf("%s.%s still names the person", c[0], c[1])
			}
		}
		if v := w.get("nobody", p.ID); len(v.Decisions) != 1 || len(v.Notes) != 1 {
			t.Error("what was decided is gone")
		}
	})
}

func TestPlans(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		for _, p := range plans() {
			if err := w.DB.CheckPlan(t.Context(), p); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestGenerateIsTheSameForASeed(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		told := 0
		w.must(w.Generate(t.Context(), 1, 30, 1503, func(n int) { told = n }))
		if n := w.count(`SELECT COUNT(*) FROM pilot_measurement`); told != 30 || n != 1503 {
			t.Errorf("told %d, %d measurements", told, n)
		}
		list, more, err := w.List(w.as("nobody"), Filter{Limit: 20})
		if err != nil || !more || len(list) != 20 {
			t.Fatalf("%d, %v", len(list), err)
		}
		rest, more, err := w.List(w.as("nobody"), Filter{Before: list[19].ID})
		if err != nil || more || len(rest) != 10 || slices.ContainsFunc(rest, func(p Pilot) bool { return p.ID == list[19].ID }) {
			t.Errorf("%d more, %v", len(rest), err)
		}
		v := w.get("nobody", list[0].ID)
		if len(v.Series) != 5 || !v.Series[0].Run.Limits || v.Series[0].Last.Value != v.Series[0].Run.Points[len(v.Series[0].Run.Points)-1].Value {
			t.Errorf("%+v", v.Series[0].Last)
		}
	})
}

func TestDemo(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		for range 2 {
			w.must(w.demo(w.as("nobody")))
		}
		list, _, err := w.List(w.as("nobody"), Filter{})
		if err != nil || len(list) != 2 {
			t.Fatalf("%d, %v", len(list), err)
		}
		better, near := w.get("nobody", list[0].ID), w.get("nobody", list[1].ID)
		if near.DueWhy == "" || near.Rules[0].Verdict != Close {
			t.Errorf("due %q, rule %s", near.DueWhy, near.Rules[0].Verdict)
		}
		if s := better.Series[0]; s.Result != Improved || s.Run.Signal != Fall || !s.Run.Better {
			t.Errorf("%s %s", s.Result, s.Run.Signal)
		}
		for _, v := range []View{better, near} {
			if !v.Demonstration || !strings.Contains(v.Name, "voorbeeld") || CheckRules(rulesOf(v), indicatorsOf(v), v.weeks()) != nil {
				t.Errorf("%s: %v", v.Name, CheckRules(rulesOf(v), indicatorsOf(v), v.weeks()))
			}
		}
	})
}

func rulesOf(v View) (list []Rule) {
	for _, j := range v.Rules {
		list = append(list, j.Rule)
	}
	return list
}

func indicatorsOf(v View) (list []Indicator) {
	for _, s := range v.Series {
		list = append(list, s.Indicator)
	}
	return list
}
