package agreements

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

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
		}{{nobody, false, false}, {neighbour, false, false}, {other, false, false}, {joost, true, false}, {coach, true, false}, {fatma, true, true}, {boss, true, true}} {
			_, err := d.Get(d.as(c.who), e.ID)
			if !c.sees {
				d.is(err, fault.KindNotFound)
			} else {
				d.must(err)
			}
			list, err := d.Drafts(d.as(c.who))
			if err != nil || (len(list) == 1) != c.sees {
				t.Errorf("%s has %d drafts, %v", c.who.Person, len(list), err)
			}
			switch err := d.Save(d.as(c.who), e, d.terms()); {
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
		d.is(d.Save(d.as(boss), Edit{ID: e.ID, Version: 1}, d.terms()), fault.KindConflict)
		d.must(d.Publish(d.as(fatma), e, true))
		if list, _, _ := d.List(d.as(nobody), "", 20); len(list) != 1 {
			t.Error("what is public is not listed")
		}
		d.seen(nobody, e.ID)
		e.Version++
		d.is(d.Remove(d.as(fatma), e), fault.KindConflict)
		d.must(d.Publish(d.as(fatma), e, false))
		e.Version++
		d.must(d.Remove(d.as(fatma), e))
		_, err = d.Get(d.as(fatma), e.ID)
		d.is(err, fault.KindNotFound)
		bad := d.terms()
		bad.Organisation, bad.Title, bad.Initiative, bad.Dates, bad.Model.Bands = "heuvelrijk", "", "geen", nil, nil
		_, err = d.Create(d.as(fatma), bad)
		d.is(err, fault.KindInvalid, "organisatie", "titel", "initiatief", "dagen", "van-0")
	})
}

func TestADayIsSettledOnce(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		e := d.made("")
		ctx := d.as(fatma)
		v := d.seen(fatma, e.ID)
		if v.Model.Parties[0].Organisation != "heuvelrijk" {
			t.Errorf("the party is not known: %+v", v.Model.Parties)
		}
		first, second, third := v.Checks[0].ID, v.Checks[1].ID, v.Checks[2].ID
		good := Result{Value: 2.6, People: 40, Source: "Telling"}
		d.is(d.Settle(ctx, e, first, Result{Value: 2.6, People: 9, Source: "Telling"}), fault.KindInvalid, "mensen")
		d.is(d.Settle(ctx, e, first, Result{Value: 2.6, People: 40}), fault.KindInvalid, "toelichting")
		d.is(d.Settle(ctx, e, third, good), fault.KindInvalid, "waarde") // it has not come
		d.is(d.Settle(ctx, e, "none", good), fault.KindNotFound)
		d.is(d.Settle(ctx, e, first, Result{Pilot: true}), fault.KindInvalid, "bron")
		d.is(d.Settle(d.as(joost), e, first, good), fault.KindDenied)
		d.must(d.Settle(ctx, e, first, good)) // 0.8 better: 10,000
		e.Version++
		d.is(d.Settle(ctx, e, first, good), fault.KindInvalid, "waarde")
		d.must(d.Settle(ctx, e, second, Result{Value: 2.2, People: 40, Source: "Telling"})) // 15,000, of which 10,000 are left
		e.Version++
		v = d.seen(joost, e.ID)
		if v.Paid() != 2_000_000 || v.Checks[1].Cents != 1_000_000 || v.Checks[1].Steps[len(v.Checks[1].Steps)-2].Kind != stepCeiling {
			t.Errorf("%d, %+v", v.Paid(), v.Checks[1])
		}
		less := d.terms()
		less.Dates = less.Dates[1:]
		d.is(d.Save(ctx, e, less), fault.KindInvalid, "dagen")
		d.is(d.Remove(ctx, e), fault.KindConflict)
		d.is(d.Undo(ctx, e, second), fault.KindInvalid, "waarom")
		e.Why = "Verkeerde telling"
		d.is(d.Undo(ctx, e, third), fault.KindNotFound)
		d.must(d.Undo(ctx, e, second))
		if v = d.seen(fatma, e.ID); v.Paid() != 1_000_000 || v.Checks[1].Settled {
			t.Errorf("%+v", v.Checks)
		}
		_, list, names, err := d.History(d.as(joost), e.ID, "")
		d.must(err)
		if top := list[0]; top.Kind != changeUndone || top.Why != "Verkeerde telling" || names[top.Person] != "Naam van fatma" || len(list) != 4 {
			t.Errorf("%+v", list)
		}
		more := d.terms() // a day goes, a day comes
		more.Dates[2] = daysFrom(d.clock.Now(), 60)
		e.Version, e.Why = e.Version+1, ""
		d.must(d.Save(ctx, e, more))
		if v = d.seen(fatma, e.ID); len(v.Checks) != 3 || !v.Checks[0].Settled || !v.Checks[2].Due.Equal(more.Dates[2]) {
			t.Errorf("%+v", v.Checks)
		}
	})
}

func someFigures() []Figure {
	return []Figure{{Pilot: "p1", PilotName: "Proef Waterstad", Indicator: "bezoeken", Name: "Bezoeken per deelnemer", Unit: "bezoeken", Value: 2.5, N: 88,
		To: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Path: "/pilots/p1"}}
}

func TestTheFigureOfAPilotIsSettled(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.near.measured = someFigures()
		terms := d.terms()
		terms.Model.Pilot, terms.Model.Code = "p1", "bezoeken"
		_, err := d.Create(d.as(fatma), terms)
		d.is(err, fault.KindInvalid, "meting") // without the initiative
		terms.Initiative = demoInitiative
		id, err := d.Create(d.as(fatma), terms)
		d.must(err)
		e := Edit{ID: id, Version: 1}
		v := d.seen(fatma, id)
		d.near.measured[0].N = 9
		d.is(d.Settle(d.as(fatma), e, v.Checks[0].ID, Result{Pilot: true}), fault.KindInvalid, "mensen")
		d.near.measured[0].N = 88
		d.must(d.Settle(d.as(fatma), e, v.Checks[0].ID, Result{Pilot: true}))
		if c := d.seen(fatma, id).Checks[0]; c.Cents != 1_000_000 || c.Source != "Proef Waterstad: Bezoeken per deelnemer, 01-11-2026" {
			t.Errorf("%+v", c)
		}
		for who, want := range map[*access.Actor]int{&nobody: 0, &other: 0, &joost: 1, &fatma: 1} {
			var beside []Beside
			d.must(d.tx(*who, func(ctx context.Context, tx *db.Tx) error {
				beside, err = d.Beside(ctx, tx, demoInitiative)
				return err
			}))
			if len(beside) != want {
				t.Errorf("%s sees %+v", who.Person, beside)
			}
		}
	})
}

func TestWhatIsDue(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		e := d.made("")
		due := func(a access.Actor) (list []Due) {
			d.must(d.tx(a, func(ctx context.Context, tx *db.Tx) (err error) {
				list, err = d.Due(ctx, tx, daysFrom(d.clock.Now(), -60), daysFrom(d.clock.Now(), 60))
				return err
			}))
			return list
		}
		if n := len(due(nobody)) + len(due(other)); n != 0 {
			t.Errorf("%d days of a draft are told", n)
		}
		if list := due(joost); len(list) != 3 || list[0].Title != "Afrekenen: Minder bezoeken" || !list[0].At.Before(list[1].At) || list[0].Path != Path(e.ID) {
			t.Errorf("%+v", list)
		}
		d.must(d.Publish(d.as(fatma), e, true))
		e.Version++
		d.must(d.Settle(d.as(fatma), e, d.seen(fatma, e.ID).Checks[0].ID, Result{Value: 2.6, People: 40, Source: "Telling"}))
		if len(due(nobody)) != 2 || len(due(joost)) != 2 {
			t.Errorf("%+v", due(nobody))
		}
	})
}

func TestAPersonTakesAlongAndGoes(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		e := d.made("")
		d.must(d.Settle(d.as(fatma), e, d.seen(fatma, e.ID).Checks[0].ID, Result{Value: 2.6, People: 40, Source: "Mijn telling"}))
		e.Version, e.Why = 2, "Omdat ik het wil"
		d.must(d.Publish(d.as(fatma), e, true))
		part, err := personal{}.Export(t.Context(), d.DB, "fatma")
		d.must(err)
		text, err := json.Marshal(part.Data)
		d.must(err)
		for _, want := range []string{"Minder bezoeken", e.ID, "Omdat ik het wil", "Mijn telling"} {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s is not in %s", want, text)
			}
		}
		d.must(d.tx(nobody, func(ctx context.Context, tx *db.Tx) error { return personal{}.Erase(ctx, tx, "fatma") }))
		if part, err = (personal{}).Export(t.Context(), d.DB, "fatma"); err != nil || part.Data != nil {
			t.Errorf("left: %+v %v", part.Data, err)
		}
		v, list, names, err := d.History(d.as(boss), e.ID, "")
		d.must(err)
		if len(list) == 0 || list[0].Person != "" || list[0].Why != "" || len(names) != 0 || v.Checks[0].Person != "" || !v.Checks[0].Settled {
			t.Errorf("left: %+v %v %+v", list[0], names, v.Checks[0])
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

func FuzzParseDay(f *testing.F) {
	for _, s := range []string{"2026-11-21", "21-11-2026", "1/2/2027", "x", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if day, ok := ParseDay(s); ok {
			if again, ok := ParseDay(day.Format("02-01-2006")); !ok || !again.Equal(day) {
				t.Errorf("%q is %v and then %v", s, day, again)
			}
		}
	})
}
