package assessments

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

func TestTheListsReadNoWholeTable(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		for _, p := range plans() {
			if err := d.DB.CheckPlan(t.Context(), p); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestWhoMayBeAskedToTestWhat(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		ask := func(a access.Actor, slug, version string, organisations ...string) error {
			_, err := d.Ask(d.as(a), Request{slug, version, organisations})
			return err
		}
		d.is(ask(fatma, "stap", "1", "water", "heuvel"), fault.KindDenied)
		d.is(ask(boss, "hart", "1", "water", "heuvel"), fault.KindInvalid, "toepassing")
		d.is(ask(boss, "none", "", "water"), fault.KindInvalid, "toepassing", "versie", "organisaties")
		d.is(ask(boss, "stap", "1", "water", "water"), fault.KindInvalid, "organisaties")
		d.is(ask(boss, "stap", "1", "water", "maker"), fault.KindInvalid, "organisaties")
		d.is(ask(boss, "stap", "1", "water", "leeg"), fault.KindInvalid, "organisaties")
		d.is(ask(boss, "stap", "1", "water", "elders"), fault.KindInvalid, "organisaties")
		d.must(ask(boss, "stap", "1", "water", "heuvel"))
		d.is(ask(boss, "stap", "2", "water", "heuvel"), fault.KindInvalid, "toepassing")
		if s := d.letters(); !strings.Contains(s, "water@test.example") || !strings.Contains(s, "heuvel@test.example") || strings.Contains(s, "voorbeeld@") {
			t.Errorf("letters: %s", s)
		}
	})
}

func TestTestersScoreAloneUntilAllHandedIn(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		id := d.asked("stap")
		for _, a := range []access.Actor{els, nobody, neighbour} {
			_, err := d.Test(d.as(a), id)
			d.is(err, fault.KindNotFound)
			d.is(d.Save(d.as(a), id, 1, nil), fault.KindNotFound)
		}
		d.must(d.Save(d.as(fatma), id, 1, []Mark{{"privacy", ScoreBad, "Kort"}}))
		d.is(d.Save(d.as(fatma), id, 1, nil), fault.KindConflict)
		d.is(d.HandIn(d.as(fatma), id, 2, []Mark{{"privacy", ScoreBad, "Kort"}}), fault.KindInvalid, "reden-privacy", "oordeel-exit")
		d.is(d.Save(d.as(fatma), id, 2, []Mark{{"nonsense", ScoreBad, ""}}), fault.KindInvalid)
		d.is(d.Save(d.as(colleague), id, 2, nil), fault.KindDenied)
		d.must(d.HandIn(d.as(fatma), id, 2, marks("fatma", "privacy", "bad")))
		d.is(d.HandIn(d.as(fatma), id, 3, marks("fatma")), fault.KindConflict)
		for _, a := range []access.Actor{joost, boss, both, colleague} {
			v := d.test(a, id)
			for _, seat := range v.Seats {
				if len(seat.Marks) > 0 {
					t.Errorf("%s sees what %s found", a.Person, seat.Name)
				}
			}
		}
		if v := d.test(fatma, id); len(v.Seats[v.Own].Marks) != len(Criteria) {
			t.Error("fatma does not see her own scores")
		}
		d.must(d.HandIn(d.as(joost), id, 1, marks("joost")))
		v := d.test(joost, id)
		if v.Status != Settling || !slices.Equal(v.Outcome.Open, []string{"privacy"}) || v.Verdict != "" || len(v.Seats[0].Marks) == 0 || len(v.Seats[1].Marks) == 0 {
			t.Errorf("%s, open %v", v.Status, v.Outcome.Open)
		}
	})
}

// Who works for both organisations tests for one of them only.
func TestNobodyTestsTwice(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		id := d.asked("stap")
		d.must(d.HandIn(d.as(both), id, 1, marks("both")))
		v := d.test(both, id)
		if v.Status != Scoring {
			t.Fatal(v.Status)
		}
		d.is(d.HandIn(d.as(both), id, 1, marks("both")), fault.KindConflict)
		other := 1 - v.Own
		if err := d.DB.Write(d.as(both), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, forgetSeat, "nobody")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if !d.test(boss, id).Seats[other].Handed.IsZero() {
			t.Error("the second seat was taken too")
		}
	})
}

func TestADifferenceIsSettledByAllWithAReason(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		id := d.handed("stap", []string{"privacy", "bad"}, nil)
		say := func(a access.Actor, criterion, score, reason string) error {
			return d.Settle(d.as(a), id, criterion, score, reason)
		}
		d.is(say(els, "privacy", "mixed", "Samen bekeken."), fault.KindNotFound)
		d.is(say(boss, "privacy", "mixed", "Samen bekeken."), fault.KindDenied)
		d.is(say(fatma, "cost", "mixed", "Samen bekeken."), fault.KindConflict)
		d.is(say(fatma, overall, "refused", "Samen bekeken."), fault.KindConflict)
		d.is(say(fatma, "privacy", "refused", "kort"), fault.KindInvalid, "oordeel-privacy", "reden-privacy")
		d.must(say(fatma, "privacy", "mixed", "De uitleg is lang, zegt fatma."))
		if v := d.test(joost, id); v.Status != Settling {
			t.Fatal("one alone settles it")
		}
		d.must(say(joost, "privacy", "good", "Ik blijf bij goed, zegt joost."))
		if v := d.test(joost, id); v.Status != Settling {
			t.Fatal("they still differ")
		}
		d.must(say(joost, "privacy", "mixed", "Ja, het is te lang, zegt joost."))
		v := d.test(fatma, id)
		r := v.Body.Results[2]
		if v.Status != Ready || v.Verdict != Mixed || v.Body.Rule != "doubt" || r.Criterion != "privacy" || !r.Settled || len(r.Reasons) != 2 {
			t.Fatalf("%s %s %+v", v.Status, v.Verdict, r)
		}
		for _, o := range v.Stances {
			if o.Person != "fatma" && o.Person != "joost" || o.At.IsZero() {
				t.Errorf("nobody knows who agreed: %+v", o)
			}
		}
		d.is(say(fatma, overall, "good", "Toch maar goed dan."), fault.KindInvalid, "oordeel-overall")
		d.must(say(fatma, overall, "refused", "Ik raad het niemand aan."))
		d.is(d.Publish(d.as(boss), id, 24), fault.KindConflict)
		d.must(say(joost, overall, "refused", "Nee, wij ook niet."))
		if v := d.test(fatma, id); v.Status != Ready || v.Verdict != Refused || len(v.Body.Lowered) != 2 {
			t.Errorf("%s %s", v.Status, v.Verdict)
		}
	})
}

func TestWhatIsPublishedAndWhoSeesARefusal(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		id := d.handed("stap", nil, nil)
		d.is(d.Publish(d.as(fatma), id, 24), fault.KindDenied)
		d.is(d.Publish(d.as(boss), id, 240), fault.KindInvalid, "maanden")
		d.must(d.Publish(d.as(boss), id, 24))
		d.is(d.Publish(d.as(boss), id, 24), fault.KindConflict)
		d.shown("pil", "security", "bad")
		slugs := []string{"stap", "pil", "hart", "none"}
		badges, err := d.Badges(d.as(nobody), slugs)
		d.must(err)
		if len(badges) != 1 || badges["stap"] != (Badge{"Getest: goed", "/toepassingen/stap", false}) {
			t.Errorf("%v", badges)
		}
		badges, err = d.Badges(d.as(joost), slugs)
		d.must(err)
		if badges["pil"].Text != "Getest: afgekeurd" {
			t.Errorf("%v", badges)
		}
		found, err := d.Verdict(d.as(nobody), slugs)
		d.must(err)
		if len(found) != 2 || found["stap"] != Good || found["pil"] != Refused {
			t.Errorf("%v", found)
		}
		for _, a := range []access.Actor{nobody, neighbour} {
			if c, err := d.Card(d.as(a), "pil"); err != nil || c.Verdict != nil || len(c.Earlier) > 0 {
				t.Errorf("%q sees the refusal: %v", a.Person, err)
			}
		}
		// A new test of the same application takes the place of the old one.
		d.shown("stap", "cost", "bad")
		c, err := d.Card(d.as(joost), "stap")
		d.must(err)
		if c.Verdict.Verdict != Mixed || len(c.Earlier) != 1 || c.Earlier[0].Verdict != Good {
			t.Errorf("%+v", c.Earlier)
		}
		d.is(d.Stop(d.as(boss), c.Verdict.ID, ""), fault.KindInvalid, "waarom")
		d.must(d.Stop(d.as(boss), c.Verdict.ID, "De app bestaat niet meer."))
		if badges, err = d.Badges(d.as(nobody), slugs); err != nil || len(badges) > 0 {
			t.Errorf("%v %v", badges, err)
		}
	})
}

func TestTheNightWarnsMarksAndFollows(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.shown("stap")
		d.shown("pil")
		night := func() { d.t.Helper(); d.must(d.Night(inDutch(), nil)) }
		subject := "Het oordeel over Stapje Meer verloopt"
		d.clock.Set(d.clock.Now().AddDate(0, 24, -warnDays-1))
		if night(); strings.Contains(d.letters(), subject) {
			t.Error("the letter goes out too early")
		}
		d.clock.Set(d.clock.Now().AddDate(0, 0, 2))
		night()
		night()
		n := 0
		for letter := range strings.SplitSeq(d.letters(), "\n") {
			if strings.Contains(letter, subject) {
				n++
			}
		}
		if n != 2 {
			t.Errorf("%d letters about the lapse, not one an organisation", n)
		}
		if b, err := d.Badges(inDutch(), []string{"stap"}); err != nil || b["stap"].Lapsed {
			t.Errorf("%v %v", b, err)
		}
		d.clock.Set(d.clock.Now().AddDate(0, 0, warnDays+2))
		for range 2 { // before the night by the clock, after it as marked
			b, err := d.Badges(inDutch(), []string{"stap"})
			d.must(err)
			if !b["stap"].Lapsed || b["stap"].Text != "Getest, oordeel verlopen" {
				t.Errorf("%v", b)
			}
			if v, err := d.Verdict(inDutch(), []string{"stap"}); err != nil || len(v) > 0 {
				t.Errorf("what has lapsed still counts: %v %v", v, err)
			}
			night()
		}
		app := d.near.apps["pil"]
		app.Medical = true
		d.near.apps["pil"] = app
		app = d.near.apps["stap"]
		app.Name = "Stapje Verder"
		d.near.apps["stap"] = app
		night()
		l, _, err := d.List(d.as(nobody), Filter{}, "", 10)
		d.must(err)
		if len(l.Items) != 1 || l.Items[0].Name != "Stapje Verder" {
			t.Errorf("%+v", l.Items)
		}
	})
}

func TestAVerdictIsTakenOverAndNeverStronger(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.shown("stap", "exit", "mixed")
		d.must(d.Newer(d.as(joost), "stap", "3.0"))
		a, err := d.current(d.as(nobody), "stap")
		d.must(err)
		doc := d.document(&a)
		file := func(change func(*Document)) []byte {
			c := doc
			c.Criteria = slices.Clone(doc.Criteria)
			change(&c)
			text, err := json.Marshal(c)
			d.must(err)
			return text
		}
		d.clock.Set(d.clock.Now().AddDate(0, 3, 0))
		take := func(change func(*Document)) (View, error) {
			id, err := d.Import(d.as(boss), "pil", file(change))
			if err != nil {
				return View{}, err
			}
			return d.test(boss, id), nil
		}
		v, err := take(func(*Document) {})
		d.must(err)
		o := v.Body.Origin
		if v.Status != Ready || v.Verdict != Good || o == nil || o.Name != "Wijkbaak Hier" || o.URL != "https://hier.example/toepassingen/stap" || v.Newer != "3.0" || v.Slug != "pil" {
			t.Fatalf("%+v", v.Assessment)
		}
		d.is(func() error { _, err := take(func(*Document) {}); return err }(), fault.KindInvalid, "toepassing")
		d.must(d.Publish(d.as(boss), v.ID, 24))
		c, err := d.Card(d.as(nobody), "pil")
		d.must(err)
		if !c.Verdict.Lapses.Equal(doc.Lapses.Time()) {
			t.Errorf("it holds until %v, at its origin until %v", c.Verdict.Lapses, doc.Lapses)
		}
		again := d.document(c.Verdict)
		if again.Origin.Name != o.Name || again.Origin.URL != o.URL || again.Origin.Taken == "" {
			t.Errorf("the origin is lost on the way: %+v", again.Origin)
		}
		for name, x := range map[string]struct {
			change func(*Document)
			want   Verdict
		}{
			"lower at its origin":           {func(c *Document) { c.Verdict = Mixed }, Mixed},
			"refused at its origin":         {func(c *Document) { c.Verdict = Refused }, Refused},
			"our rules say less than there": {func(c *Document) { c.Criteria[2].Score = ScoreBad }, Refused},
		} {
			v, err := take(x.change)
			d.must(err)
			if v.Verdict != x.want {
				t.Errorf("%s: %s", name, v.Verdict)
			}
			d.must(d.Stop(d.as(boss), v.ID, "Toch niet."))
		}
		lapsed, err := take(func(c *Document) {
			c.Tested, c.Lapses = later(c.Tested, -2), later(c.Lapses, -2)
		})
		d.must(err)
		d.must(d.Publish(d.as(boss), lapsed.ID, 24))
		if c, err = d.Card(d.as(nobody), "pil"); err != nil || !c.Verdict.Over(d.clock.Now()) {
			t.Errorf("what lapsed there holds here: %v", err)
		}
		for name, change := range map[string]func(*Document){
			"of one tester":      func(c *Document) { c.Testers = c.Testers[:1] },
			"one tester twice":   func(c *Document) { c.Testers = []string{"A", "A"} },
			"a gap":              func(c *Document) { c.Criteria = c.Criteria[1:] },
			"an odd score":       func(c *Document) { c.Criteria[0].Score = "fine" },
			"a criterion twice":  func(c *Document) { c.Criteria[0] = c.Criteria[1] },
			"for ever":           func(c *Document) { c.Lapses = later(c.Lapses, 9) },
			"from the future":    func(c *Document) { c.Tested, c.Lapses = later(c.Tested, 1), later(c.Lapses, 1) },
			"no origin":          func(c *Document) { c.Origin.Name = " " },
			"no date":            func(c *Document) { c.Tested = "31-02-2026" },
			"an odd address":     func(c *Document) { c.Origin.URL = "javascript:alert(1)" },
			"no verdict":         func(c *Document) { c.Verdict = "" },
			"of another program": func(c *Document) { c.Kind = "x" },
			"of a later form":    func(c *Document) { c.Format = 2 },
		} {
			_, err := take(change)
			if fault.KindOf(err) != fault.KindInvalid || err == nil || fault.FieldsOf(err)[0].Name != "bestand" {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err = d.Import(d.as(fatma), "pil", file(func(*Document) {}))
		d.is(err, fault.KindDenied)
		_, err = d.Import(d.as(boss), "hart", file(func(*Document) {}))
		d.is(err, fault.KindInvalid, "toepassing")
	})
}

func TestASeatIsFreedForAColleague(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		id := d.asked("stap")
		d.must(d.Save(d.as(fatma), id, 1, marks("fatma")))
		seat := d.test(fatma, id).Seats[d.test(fatma, id).Own].ID
		d.is(d.Free(d.as(joost), id, seat), fault.KindDenied)
		d.must(d.Free(d.as(boss), id, seat))
		v := d.test(colleague, id)
		if v.Own < 0 || len(v.Seats[v.Own].Marks) > 0 {
			t.Fatal("the seat is not empty")
		}
		d.must(d.HandIn(d.as(colleague), id, v.Seats[v.Own].Edit, marks("colleague")))
		d.is(d.Free(d.as(boss), id, seat), fault.KindConflict)
	})
}

func TestExportAndErase(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		id := d.handed("stap", []string{"cost", "bad"}, nil)
		d.must(d.Settle(d.as(fatma), id, "cost", "mixed", "Samen bekeken, zei fatma."))
		open := d.asked("pil")
		d.must(d.Save(d.as(fatma), open, 1, marks("fatma")))
		export := func(person string) string {
			part, err := personal{}.Export(d.as(nobody), d.DB, person)
			d.must(err)
			text, err := json.Marshal(part.Data)
			d.must(err)
			return string(text)
		}
		if s := export("fatma"); !strings.Contains(s, "Zo vond fatma het: exit") || !strings.Contains(s, "Samen bekeken, zei fatma.") {
			t.Errorf("%s", s)
		}
		if s := export("boss"); !strings.Contains(s, "Stapje Meer") || strings.Contains(s, "fatma") {
			t.Errorf("%s", s)
		}
		d.must(d.DB.Write(d.as(nobody), func(ctx context.Context, tx *db.Tx) error {
			for _, p := range []string{"fatma", "boss"} {
				if err := (personal{}).Erase(ctx, tx, p); err != nil {
					return err
				}
			}
			return nil
		}))
		for _, p := range []string{"fatma", "boss"} {
			if s := export(p); s != "null" {
				t.Errorf("%s is left: %s", p, s)
			}
		}
		v := d.test(joost, open)
		for _, s := range v.Seats {
			if s.Person != "" || len(s.Marks) > 0 {
				t.Errorf("what was not handed in is left: %+v", s)
			}
		}
		d.must(d.Settle(d.as(joost), id, "cost", "mixed", "Samen bekeken, zei joost."))
		if v := d.test(joost, id); v.Status != Ready {
			t.Error("what was handed in no longer counts")
		}
	})
}

func TestTheDemoFillsOnce(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.near.all = true
		for range 2 {
			d.must(d.demo(t.Context()))
		}
		l, _, err := d.List(d.as(joost), Filter{}, "", 50)
		d.must(err)
		var over, taken, newer int
		for _, a := range l.Items {
			if !a.Demonstration {
				t.Errorf("%s does not say that it is invented", a.Slug)
			}
			if a.Over(d.clock.Now()) {
				over++
			}
			if a.Body.Origin != nil {
				taken++
			}
			if a.Newer != "" {
				newer++
			}
		}
		if l.Total != 14 || l.Verdicts[Refused] != 2 || over != 2 || taken != 1 || newer != 1 {
			t.Errorf("%d published, %v, %d over, %d taken over, %d newer", l.Total, l.Verdicts, over, taken, newer)
		}
		desk, err := d.Desk(d.as(worker("tom", access.Coach, "team", "linde", "samen")), "")
		d.must(err)
		if len(desk.Mine) != 1 || len(desk.Differ) != 1 || len(desk.Again) != 3 || len(desk.Refused) != 2 {
			t.Errorf("%d %d %d %d", len(desk.Mine), len(desk.Differ), len(desk.Again), len(desk.Refused))
		}
	})
}

func later(d Day, years int) Day { return dayOf(d.Time().AddDate(years, 0, 0)) }

func FuzzReadDocument(f *testing.F) {
	good := Document{Kind: documentKind, Format: documentFormat, Version: "1", Verdict: Good, Testers: []string{"A", "B"}, Origin: apiOriginated{Name: "Elders"}}
	good.Tested, good.Lapses = "2026-01-02", "2027-01-02"
	for _, c := range Criteria {
		good.Criteria = append(good.Criteria, apiFinding{Criterion: c, Score: ScoreGood, Reasons: []string{"Het werkt."}})
	}
	text, err := json.Marshal(good)
	if err != nil {
		f.Fatal(err)
	}
	if _, err := ReadDocument(text); err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{string(text), "", "{}", "[]", `{"kind":"wijkbaak-verdict","format":1}`, "\ufeff" + string(text), string(text) + "{}", strings.Repeat("[", 9999)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := ReadDocument(text)
		if err != nil {
			if fault.KindOf(err) != fault.KindInvalid || fault.FieldsOf(err)[0].Name != "bestand" {
				t.Fatal(err)
			}
			return
		}
		again, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ReadDocument(again); err != nil {
			t.Fatalf("what was read is refused: %v\n%s", err, again)
		}
	})
}
