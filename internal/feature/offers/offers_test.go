package offers

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

func TestDemoFilesAreRight(t *testing.T) {
	names, err := fs.Glob(demo, "demo/offers-*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	seen := map[string]string{}
	for _, name := range names {
		text, err := demo.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		list, err := load(name, text)
		if err != nil {
			t.Error(err)
		}
		for _, l := range list {
			if other := seen[l.Slug]; other != "" {
				t.Errorf("%s stands in %s and %s", l.Slug, other, name)
			}
			seen[l.Slug] = name
		}
	}
}

func TestFileErrorsNameFileAndField(t *testing.T) {
	for text, want := range map[string]string{
		"offers:\n  - slug: a\n    kindd: x\n":                                                                                    "kindd",
		"offers:\n  - slug: A b\n    kind: activity\n    name: x\n    summary: y\n":                                               "offers[0] (A b).slug",
		"offers:\n  - {slug: a, kind: feest, name: x, summary: y, organisation: z}":                                               "offers[0] (a).kind",
		"offers:\n  - {slug: a, kind: group, name: x, summary: y, organisation: z, themes: [zon]}":                                "(a).themes[0]",
		"offers:\n  - {slug: a, kind: group, name: x, summary: y, organisation: z, schedule: [{dates: [\"2026-02-31\"]}]}":        "schedule[0].dates[0]",
		"offers:\n  - {slug: a, kind: group, name: x, summary: y, organisation: z, schedule: [{from: \"12:00\", to: \"11:00\"}]}": "schedule[0].to",
		"offers:\n  - {slug: a, kind: group, name: x, summary: y, organisation: z, join: {url: \"javascript:alert(1)\"}}":         "join.url",
		"offers:\n  - {slug: a, kind: group, name: " + strings.Repeat("x", 61) + ", summary: y, organisation: z}":                 "(a).name",
		"offers:\n  - {slug: a, kind: group, name: x, summary: y, cost: {cents: veel}}":                                           "cents",
		"offers: [": "not",
		"":          "empty",
	} {
		if _, err := load("f.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "f.yaml") {
			t.Errorf("%.60q: %v, want %q", text, err, want)
		}
	}
}

func TestListNarrowsAndCounts(t *testing.T) {
	filled(t, func(t *testing.T, d *desk) {
		for _, c := range []struct {
			f    Filter
			want []string
		}{
			{Filter{}, []string{"koffie", "slaapdagboek", "taalcafe", "maaltijden"}}, // by name, what is old last
			{Filter{Kind: "activity"}, []string{"koffie", "taalcafe"}},
			{Filter{Theme: "eenzaamheid"}, []string{"koffie"}},
			{Filter{Area: "meedoen", Language: "ar"}, []string{"taalcafe"}},
			{Filter{Cost: "free", Wheelchair: true}, []string{"koffie"}},
			{Filter{Where: "online"}, []string{"slaapdagboek"}},
			{Filter{Audience: "older"}, []string{"maaltijden"}},
			{Filter{Postcode: "8248"}, []string{"koffie", "taalcafe", "slaapdagboek", "maaltijden"}},
			{Filter{Postcode: "8248", Km: 1}, []string{"koffie", "slaapdagboek", "maaltijden"}}, // at home and online is near
			{Filter{Open: true}, []string{"koffie"}},
			{Filter{Kind: "device"}, nil},
		} {
			l, err := d.List(d.as(anonymous), Page{Filter: c.f})
			d.must(err)
			if got := slugsOf(l.Cards); !slices.Equal(got, c.want) || l.Total != len(c.want) {
				t.Errorf("%+v: %v of %d, want %v", c.f, got, l.Total, c.want)
			}
		}
		l, err := d.List(d.as(anonymous), Page{Filter: Filter{Kind: "activity"}})
		d.must(err)
		// What is chosen does not lower the counts of its own facet.
		if k := l.Facets["kind"]; k["activity"] != 2 || k["service"] != 1 || l.Facets["lang"]["nl"] != 2 || l.Facets["lang"]["en"] != 0 {
			t.Errorf("facets %v", l.Facets)
		}
		l, err = d.List(d.as(anonymous), Page{Filter: Filter{Postcode: "9999"}})
		d.must(err)
		if !l.Unknown || l.Total != 4 {
			t.Errorf("an unknown postcode: %+v", l)
		}
	})
}

func TestListGoesOnByKey(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.must(d.Generate(d.as(access.Actor{Channel: access.Shell}), 1, 137, nil))
		for _, f := range []Filter{{}, {Cost: "free"}, {Postcode: "8248"}, {Postcode: "8248", Km: 5}} {
			whole, err := d.List(d.as(anonymous), Page{Filter: f, Limit: 100})
			d.must(err)
			var all []string
			p := Page{Filter: f, Limit: 7}
			var last Listing
			for {
				l, err := d.List(d.as(anonymous), p)
				d.must(err)
				all = append(all, slugsOf(l.Cards)...)
				if last = l; l.Next == "" {
					break
				}
				p.After = l.Next
			}
			if len(all) != whole.Total || !slices.Equal(all[:min(100, len(all))], slugsOf(whole.Cards)) {
				t.Fatalf("%+v: %d in parts, %d in all", f, len(all), whole.Total)
			}
			if seen := unique(all); len(seen) != len(all) {
				t.Errorf("%+v: some twice", f)
			}
			back := slugsOf(last.Cards)
			for last.Previous != "" {
				l, err := d.List(d.as(anonymous), Page{Filter: f, Limit: 7, Before: last.Previous})
				d.must(err)
				back = append(slugsOf(l.Cards), back...)
				last = l
			}
			if !slices.Equal(back, all) {
				t.Errorf("%+v: backwards it is another list", f)
			}
		}
	})
}

func TestWordsFindWhatPeopleCallIt(t *testing.T) {
	filled(t, func(t *testing.T, d *desk) {
		d.found("gezelligheid", "koffie")
		d.found("maaltijd", "maaltijden")
		d.gives(anonymous, http.MethodGet, "/aanbod?q=koffie", http.StatusOK, "Koffie")
	})
}

func TestPages(t *testing.T) {
	filled(t, func(t *testing.T, d *desk) {
		d.found("koffie", "koffie")
		for path, want := range map[string]string{
			"/aanbod":                                   "4 dingen gevonden",
			"/aanbod?soort=activiteit":                  `value="activiteit" selected`,
			"/aanbod?postcode=8248+aa&afstand=2":        "Afstand vanaf Sluisbuurt",
			"/aanbod?postcode=9999":                     "kennen de postcode 9999 niet",
			"/aanbod?thema=%3Cscript%3E&soort=x&na=%00": "4 dingen gevonden",
			"/aanbod?thema=vervoer":                     "Hier past niets bij",
			"/aanbod?beeld=kaart":                       "<circle",
			"/aanbod?beeld=kaart&waar=online":           "niet op de kaart",
			"/aanbod/koffie":                            "elke woensdag van 10:00 tot 12:00",
			"/aanbod/maaltijden":                        "Lang niet nagekeken",
			"/aanbod/slaapdagboek":                      "Medisch hulpmiddel",
			"/aanbod/taalcafe":                          "om de 2 weken op maandag",
			"/aanbod/vergelijk":                         "U koos nog niets",
			"/aanbod/vergelijk?o=koffie&o=maaltijden":   "€ 8,50 per keer",
			"/aanbod/vergelijk?o=koffie":                "Zet er nog een naast",
			"/aanbod/print?o=koffie&o=taalcafe&o=geen":  "Sluisplein 1, 8248 AA Waterkwartier",
			"/aanbod/print":                             "U koos nog niets",
			"/aanbod/koffie/geschiedenis":               "gemaakt",
			"/en/aanbod/koffie":                         "every Wednesday",
			"/api/v1/offers?kind=activity&limit=1":      `"next"`,
			"/api/v1/offers/koffie":                     `"postcode":"8248 AA"`,
			"/aanbod/koffie/gegevens.jsonld":            `"@type":"Event"`,
		} {
			d.gives(anonymous, http.MethodGet, path, http.StatusOK, want)
		}
		for _, path := range []string{"/aanbod/geen", "/aanbod/geen/agenda.ics", "/api/v1/offers/geen", "/aanbod-controle/geen", "/hsds/services/geen", "/hsds/locations/x"} {
			d.gives(anonymous, http.MethodGet, path, http.StatusNotFound, "")
		}
		d.gives(anonymous, http.MethodGet, "/aanbod/nieuw", http.StatusForbidden, "")
		d.gives(anonymous, http.MethodGet, "/api/v1/offers?limit=1&cursor=%00", http.StatusBadRequest, "")
	})
}

func TestEmptyPages(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		for path, want := range map[string]string{"/aanbod": "Er staat nog geen aanbod", "/aanbod?beeld=kaart": "Er staat nog geen aanbod", "/aanbod.ics": "BEGIN:VCALENDAR",
			"/hsds/services": `"total_items":0`, "/api/v1/offers": `"items":[]`} {
			d.gives(anonymous, http.MethodGet, path, http.StatusOK, want)
		}
		d.gives(editor, http.MethodGet, "/beheer/aanbod", http.StatusOK, "0% van 0")
		d.gives(keeper, http.MethodGet, "/aanbod/eigen", http.StatusOK, "nog geen aanbod")
	})
}

func TestWhenItIs(t *testing.T) {
	at := func(day string, clockTime string) moment {
		v, err := time.ParseInLocation("2006-01-02 15:04", day+" "+clockTime, clock.Amsterdam)
		if err != nil {
			t.Fatal(err)
		}
		return instant(v)
	}
	for _, c := range []struct {
		s    Slot
		m    moment
		open bool
	}{
		{Slot{Days: []string{"wed"}, From: "10:00", To: "12:00"}, at("2026-03-04", "10:00"), true},
		{Slot{Days: []string{"wed"}, From: "10:00", To: "12:00"}, at("2026-03-04", "12:00"), false},
		{Slot{Days: []string{"wed"}, From: "10:00", To: "12:00"}, at("2026-03-05", "10:00"), false},
		{Slot{Dates: []string{"2026-12-12"}, From: "14:00", To: "16:00"}, at("2026-12-12", "15:00"), true},
		{Slot{Days: []string{"mon"}, From: "10:00", To: "11:00", Every: 2, Starts: "2026-03-02"}, at("2026-03-02", "10:30"), true},
		{Slot{Days: []string{"mon"}, From: "10:00", To: "11:00", Every: 2, Starts: "2026-03-02"}, at("2026-03-09", "10:30"), false},
		{Slot{Days: []string{"mon"}, From: "10:00", To: "11:00", Every: 2, Starts: "2026-03-02"}, at("2026-03-30", "10:30"), true}, // over the change of the clock
		{Slot{Days: []string{"mon"}, From: "10:00", To: "11:00", Every: 2, Starts: "2026-03-02"}, at("2026-02-16", "10:30"), false},
		{Slot{Days: []string{"thu"}, From: "19:00", To: "20:00", Nth: 1}, at("2026-03-05", "19:30"), true},
		{Slot{Days: []string{"thu"}, From: "19:00", To: "20:00", Nth: 1}, at("2026-03-12", "19:30"), false},
		{Slot{Days: []string{"thu"}, From: "19:00", To: "20:00", Nth: -1}, at("2026-03-26", "19:30"), true},
		{Slot{Days: []string{"thu"}, From: "19:00", To: "20:00", Nth: -1}, at("2026-03-19", "19:30"), false},
		{Slot{Days: []string{"wed"}}, at("2026-03-04", "10:00"), false}, // no times: it is not said
		{Slot{Days: []string{"wed"}, From: "10:00", To: "12:00", Ends: "2026-03-01"}, at("2026-03-04", "10:00"), false},
	} {
		i := item{slots: []slot{slotOf(c.s)}}
		if got := i.open(c.m); got != c.open {
			t.Errorf("%+v at %+v: open %v", c.s, c.m, got)
		}
	}
}

func TestCalendarHasRulesAndDates(t *testing.T) {
	filled(t, func(t *testing.T, d *desk) {
		body := strings.ReplaceAll(d.gives(anonymous, http.MethodGet, "/aanbod.ics?o=koffie&o=taalcafe", http.StatusOK, "BEGIN:VTIMEZONE"), "\r\n ", "")
		for _, want := range []string{"RRULE:FREQ=WEEKLY;BYDAY=WE", "DTSTART;TZID=Europe/Amsterdam:20260304T100000", "DTEND;TZID=Europe/Amsterdam:20260304T120000",
			"DTSTART;TZID=Europe/Amsterdam:20261212T140000", "RRULE:FREQ=WEEKLY;INTERVAL=2;WKST=MO;BYDAY=MO", "RRULE:FREQ=MONTHLY;BYDAY=1TH", "SUMMARY:Koffie in de kantine"} {
			if !strings.Contains(body, want) {
				t.Errorf("the calendar lacks %q:\n%s", want, body)
			}
		}
		if body := d.gives(anonymous, http.MethodGet, "/aanbod/koffie/agenda.ics", http.StatusOK, "BEGIN:VEVENT"); strings.Contains(body, "Taalcaf") {
			t.Error("the calendar of one has another")
		}
	})
}

func TestPressesAreCountedOnceAndNotShownUnderTen(t *testing.T) {
	filled(t, func(t *testing.T, d *desk) {
		for n := range 9 {
			a := anonymous
			a.Address = "192.0.2." + string(rune('1'+n))
			for range 3 { // the same address once
				d.gives(a, http.MethodPost, "/aanbod/koffie/gebruikt", http.StatusSeeOther, "gedaan=used", "helpt", "ja")
			}
		}
		if u := d.get("koffie").Used; u.N != 0 || u.Helps != -1 {
			t.Errorf("nine: %+v", u)
		}
		d.gives(anonymous, http.MethodPost, "/aanbod/koffie/gebruikt", http.StatusSeeOther, "", "helpt", "nee") // 192.0.2.2 pressed before
		a := anonymous
		a.Address = "198.51.100.1"
		d.gives(a, http.MethodPost, "/aanbod/koffie/gebruikt", http.StatusSeeOther, "", "helpt", "nee")
		if u := d.get("koffie").Used; u.N != 10 || u.Helps != 9 {
			t.Errorf("ten: %+v", u)
		}
		body := d.gives(anonymous, http.MethodGet, "/aanbod/koffie", http.StatusOK, "10 mensen zeiden")
		if !strings.Contains(body, "Ongeveer 9 van de 10") {
			t.Error("it does not say whether it helps")
		}
		d.gives(a, http.MethodPost, "/aanbod/geen/gebruikt", http.StatusNotFound, "")
		d.clock.Advance(366 * 24 * time.Hour)
		if u := d.get("koffie").Used; u.N != 0 {
			t.Errorf("after a year: %+v", u)
		}
	})
}

func TestVersionsAndSight(t *testing.T) {
	filled(t, func(t *testing.T, d *desk) {
		// What was stopped is gone from the list, the search and the API at once.
		d.gives(keeper, http.MethodGet, "/aanbod/eigen", http.StatusOK, "/aanbod/koffie")
		if body := d.gives(resident, http.MethodGet, "/aanbod/eigen", http.StatusOK, "nog geen aanbod"); strings.Contains(body, "/aanbod/koffie") {
			t.Error("a resident keeps an entry")
		}
		d.is(d.Stop(d.as(resident), "koffie", "zomaar", true), fault.KindDenied)
		d.is(d.Stop(d.as(elsewhere), "koffie", "zomaar", true), fault.KindDenied)
		d.is(d.Stop(d.as(keeper), "koffie", "", true), fault.KindInvalid)
		d.found("koffiedrinken", "koffie")
		d.must(d.Stop(d.as(keeper), "koffie", "De kantine is dicht", true))
		d.gives(anonymous, http.MethodGet, "/aanbod", http.StatusOK, "3 dingen gevonden")
		d.gives(anonymous, http.MethodGet, "/aanbod/koffie", http.StatusNotFound, "")
		d.gives(anonymous, http.MethodGet, "/aanbod/koffie/geschiedenis", http.StatusNotFound, "")
		d.gives(keeper, http.MethodGet, "/aanbod/koffie", http.StatusOK, "Dit is gestopt")
		d.gives(keeper, http.MethodGet, "/api/v1/offers/koffie", http.StatusNotFound, "")
		d.found("koffiedrinken")
		d.must(d.Stop(d.as(editor), "koffie", "", false))
		d.gives(anonymous, http.MethodGet, "/aanbod/koffie", http.StatusOK, "Koffie")
		d.gives(anonymous, http.MethodGet, "/aanbod/koffie/geschiedenis", http.StatusOK, "De kantine is dicht")
	})
}

func TestPlans(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		for _, p := range append(plans(), feedPlans()...) {
			if err := d.db.CheckPlan(t.Context(), p); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestPersonGoesAndTakesAlong(t *testing.T) {
	filled(t, func(t *testing.T, d *desk) {
		o := d.get("maaltijden").Offer
		o.Summary = "Warm eten thuis."
		_, err := d.Propose(d.as(resident), "maaltijden", o, "", 1, "Zo heet het nu")
		d.must(err)
		o = d.get("koffie").Offer
		o.Summary, o.Keeper = "Koffie met buren.", "Kees@Voorbeeld.example"
		d.must(d.Edit(d.as(keeper), "koffie", o, 1, "Korter"))
		for person, want := range map[string][]string{"ans": {"Warm eten thuis."}, "kees": {"Korter", `"keeps":[{"id"`, `"checked":[{"id"`}} {
			part, err := personal{d.Service}.Export(t.Context(), d.db, person)
			d.must(err)
			for _, w := range want {
				if text := string(mustJSON(t, part.Data)); !strings.Contains(text, w) {
					t.Errorf("%s takes along %s", person, text)
				}
			}
			d.must(d.db.Write(t.Context(), func(ctx ctxT, tx *db.Tx) error { return personal{d.Service}.Erase(ctx, tx, person) }))
			part, err = personal{d.Service}.Export(t.Context(), d.db, person)
			d.must(err)
			if part.Data != nil {
				t.Errorf("%s is still there: %v", person, part.Data)
			}
		}
		if d.get("koffie").Keeper != "" || d.get("koffie").Summary != "Koffie met buren." {
			t.Error("the address of the keeper stays, or the entry went")
		}
	})
}

// All that somebody proposed goes along, however much it is.
func TestAnExportIsWhole(t *testing.T) {
	filled(t, func(t *testing.T, d *desk) {
		const n = 2001
		d.must(d.db.Write(t.Context(), func(ctx ctxT, tx *db.Tx) error {
			for k := range n {
				if _, err := tx.Exec(ctx, insertProposal, fmt.Sprintf("p%05d", k), "", "Iets", "", db.JSON[Offer]{}, 0, "", "ans", db.At(now)); err != nil {
					return err
				}
			}
			return nil
		}))
		part, err := personal{d.Service}.Export(t.Context(), d.db, "ans")
		d.must(err)
		if got := len(part.Data.(export).Proposals); got != n {
			t.Errorf("%d proposals of %d", got, n)
		}
	})
}

// many is a snapshot of n entries.
func many(n int) *snapshot {
	g := generator{rand.New(rand.NewPCG(1, 2)), 1, []Area{{Code: "GM0995", Name: "Lelystad", Lat: 52.51, Lon: 5.47}}}
	var rows []row
	for k := range n {
		o := g.offer(k).Offer
		o.ID = fmt.Sprint(k)
		rows = append(rows, row{Offer: o, Status: Live, Checked: now, CheckBy: now.AddDate(0, 0, k%200-20)})
	}
	v := &snapshot{day: dayOf(now), names: names{}}
	v.take(&snapshot{}, rows)
	return v
}

func BenchmarkCandidates(b *testing.B) {
	v := many(20_000)
	need := Need{Themes: []string{"eenzaamheid", "mantelzorg"}, Areas: []string{"meedoen"}, Audience: []string{"older"}, At: &Point{52.5, 5.47}}
	for b.Loop() {
		v.candidates(need)
	}
}

func BenchmarkNarrow(b *testing.B) {
	v := many(20_000)
	for b.Loop() {
		v.narrow(Filter{Kind: "activity", Cost: "free", Km: 5}, &Point{52.5, 5.47}, now)
	}
}

func BenchmarkOneChange(b *testing.B) {
	v := many(20_000)
	one := row{Offer: Offer{ID: "7", Slug: "x", Kind: "group", Name: "X"}, Status: Live}
	for b.Loop() {
		next := &snapshot{day: v.day, names: v.names}
		next.take(v, []row{one})
	}
}
