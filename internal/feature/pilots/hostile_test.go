package pilots

import (
	"context"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
)

// TestNobodyIsNamedLeaderUnasked: a form cannot make any person of whom the id is
// known the project leader, whose name the page then tells.
func TestNobodyIsNamedLeaderUnasked(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		p := Pilot{Initiative: "beweegcoach", Name: "Samen wandelen", Design: "before_after", LeadPerson: "bewoner"}
		_, err := w.Create(w.as("lead"), p)
		w.is(err, fault.KindInvalid, "pilots.wrong.leader")
		p.LeadPerson = "boss"
		p, err = w.Create(w.as("lead"), p)
		w.must(err)
		e := p
		e.LeadPerson = "bewoner"
		w.is(w.Edit(w.as("lead"), p.ID, 0, e, ""), fault.KindInvalid, "pilots.wrong.leader")
		if got := w.get("lead", p.ID).LeadPerson; got != "boss" {
			t.Errorf("the leader is %s", got)
		}
	})
}

// TestMonthsHideSmallGroups: what is too small to show by the day is too small to
// show by the month.
func TestMonthsHideSmallGroups(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		p := w.running()
		first := date("2025-01-01")
		var entries []Entry
		for k := range 300 {
			n := 40
			if k == 3 {
				n = 4
			}
			entries = append(entries, Entry{Code: "klachten", Day: first.AddDate(0, 0, k), Value: 5, N: n})
		}
		entries[3].Value = 9
		_, err := w.Measure(w.as("lead"), p.ID, entries, "form")
		w.must(err)
		months := func(who string) (list []Month) {
			for _, s := range w.get(who, p.ID).Series {
				if s.Code == "klachten" {
					list = s.Months
				}
			}
			return list
		}
		january := func(list []Month) bool {
			for _, m := range list {
				if m.Month.Month() == time.January {
					return m.Most == 9
				}
			}
			return false
		}
		if !january(months("member")) {
			t.Error("who works there does not see the month")
		}
		if open := months("nobody"); january(open) || len(open) != len(months("member"))-1 {
			t.Errorf("everybody sees %+v", open)
		}
	})
}

// TestAnUpgradeMovesNoPilot: a newer package does not hand the draft of one
// organisation to another.
func TestAnUpgradeMovesNoPilot(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		p := w.running()
		data, err := w.Pack(w.as("lead"), w.DB, p.Initiative)
		w.must(err)
		adopt := func(who string) {
			t.Helper()
			w.must(w.DB.Write(w.as(who), func(ctx context.Context, tx *db.Tx) error { return w.Adopt(ctx, tx, "overgenomen", data) }))
		}
		adopt("lead")
		adopt("other")
		list, err := w.Drafts(w.as("lead"))
		w.must(err)
		theirs, err := w.Drafts(w.as("other"))
		w.must(err)
		if len(list) != 1 || len(theirs) != 0 || list[0].LeadPerson != "lead" {
			t.Errorf("A has %+v, B has %+v", list, theirs)
		}
	})
}

// TestErasedPeopleLeaveNoWords: why somebody changed something is in their own
// words, which go with them.
func TestErasedPeopleLeaveNoWords(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		p := w.draft()
		w.must(w.KeepCosts(w.as("lead"), p.ID, 0, []Cost{{Label: "Zaal", Planned: 100}}, "ik, Lea van de zwartkoffer, wil dit"))
		w.must(w.DB.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return personal{}.Erase(ctx, tx, "lead") }))
		if n := w.count(`SELECT COUNT(*) FROM pilot_change WHERE why <> ''`); n != 0 {
			t.Errorf("%d changes still tell why", n)
		}
	})
}

// TestNamesAreForEditors: everybody reads roles and organisations of who leads and
// who decided; names only who may edit the pilot or its initiative.
func TestNamesAreForEditors(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		p := w.running()
		w.must(w.Decide(w.as("lead"), p.ID, 0, Decision{Day: date("2026-05-29"), Outcome: GoOn, People: []string{"boss", "lead"}, Others: "Wethouder Kwispel",
			Reason: "Het gaat goed genoeg om door te gaan.", Next: date("2026-08-01")}))
		paths := []string{Path(p.ID), Path(p.ID) + "/blad", "/pilots", "/pilots.csv", Path(p.ID) + "/metingen.csv", apiPilots, apiPilots + "/" + p.ID}
		for _, who := range []string{"nobody", "member"} {
			for _, path := range paths {
				body := w.page(who, path, 200)
				for _, name := range []string{"Mevrouw", "Kwispel", ">lead<", `"lead"`, "boss"} {
					if strings.Contains(body, name) {
						t.Errorf("%s shows %s to %s", path, name, who)
					}
				}
			}
		}
		for _, path := range paths[:2] {
			w.page("nobody", path, 200, "3 mensen, Gemeente A")
			for _, who := range []string{"lead", "other", "editor"} { // of the pilot, of the initiative, of the place
				w.page(who, path, 200, "Mevrouw boss", "Wethouder Kwispel")
			}
		}
		if v := w.get("nobody", p.ID); v.LeadPerson != "" || len(v.Names) > 0 {
			t.Errorf("%s, %v", v.LeadPerson, v.Names)
		}
	})
}

// TestADraftIsNotInAPilot: of an initiative that is not to be seen, a public pilot
// holds neither name nor address, and nobody finds out by asking for it.
func TestADraftIsNotInAPilot(t *testing.T) {
	each(t, func(t *testing.T, w world) {
		p := w.running()
		paths := []string{Path(p.ID), Path(p.ID) + "/blad", "/pilots", "/pilots.csv", apiPilots, apiPilots + "/" + p.ID}
		for _, path := range paths {
			w.page("nobody", path, 200, "eweegcoach")
		}
		w.cases.draft = "beweegcoach"
		for _, path := range paths {
			if body := w.page("nobody", path, 200); strings.Contains(body, "eweegcoach") {
				t.Errorf("%s tells of a draft", path)
			}
		}
		for _, path := range []string{"/pilots?initiatief=beweegcoach", apiPilots + "?initiative=beweegcoach"} {
			if body := w.page("nobody", path, 200); strings.Contains(body, "Samen wandelen") {
				t.Errorf("%s tells that it is there", path)
			}
		}
		if list, err := w.Latest(w.as("nobody"), w.DB, 5); err != nil || len(list) != 1 || list[0].Initiative != "" {
			t.Errorf("%+v, %v", list, err)
		}
	})
}
