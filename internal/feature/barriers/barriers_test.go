package barriers

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

func TestHowAlikeSituationsAre(t *testing.T) {
	here := situation{"geld", "funding", "municipality", "method", []string{"eenzaamheid", "dementie"}, 30_000}
	for _, c := range []struct {
		name  string
		other situation
		score int
		keys  string
	}{
		{"all", here, 100, "barrier lifter theme size kind"},
		{"same barrier", situation{barrier: "geld", category: "funding"}, 40, "barrier"},
		{"own barrier of the same kind", situation{category: "funding", lifter: "municipality"}, 30, "category lifter"},
		{"too large a place", situation{category: "funding", inhabitants: 61_000}, 10, "category"},
		{"twice as large", situation{category: "funding", inhabitants: 60_000}, 25, "category size"},
		{"two themes count once", situation{themes: []string{"dementie", "eenzaamheid"}}, 15, "theme"},
		{"nothing", situation{category: "skills"}, 0, ""},
	} {
		list, score := alike(here, c.other)
		var keys []string
		for _, a := range list {
			keys = append(keys, a.Key)
		}
		if score != c.score || strings.Join(keys, " ") != c.keys && c.name != "all" || len(keys) != len(strings.Fields(c.keys)) {
			t.Errorf("%s: %d %v", c.name, score, keys)
		}
	}
	if list, _ := alike(situation{lifter: "other"}, situation{lifter: "other"}); list != nil {
		t.Error("somebody else is not the same somebody")
	}
}

func TestCountingByAge(t *testing.T) {
	at := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	entry := func(category string, days int, due int) Entry {
		return Entry{Category: category, Status: Open, Met: at.AddDate(0, 0, -days), Due: at.AddDate(0, 0, due)}
	}
	n := count([]Entry{entry("funding", 0, 5), entry("funding", 90, -5), entry("funding", 400, 5), entry("skills", 179, 5)}, at)
	if n.Open != 4 || n.Late != 1 || n.Median != 179 || len(n.Rows) != 2 || n.Rows[0].Category != "funding" || n.Rows[0].Median != 90 {
		t.Fatalf("%+v", n)
	}
	for k, want := range []int{1, 1, 0, 1} {
		if n.Rows[0].ByAge[k] != want {
			t.Errorf("age %d: %d", k, n.Rows[0].ByAge[k])
		}
	}
	if b := n.blocks(n.Rows[0]); len(b) != 3 || b[0].X != "0" || b[2].Shade != "1" {
		t.Errorf("%+v", b)
	}
	if n := count(nil, at); n.Open != 0 || n.Median != 0 {
		t.Errorf("%+v", n)
	}
}

func TestWritingDownAndChanging(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		_, err := d.Create(d.as(fatma), Entry{Category: "funding", Organisation: "waterstad"})
		d.is(err, fault.KindInvalid, "titel", "eigenaar", "voor")
		_, err = d.Create(d.as(fatma), Entry{Barrier: "bestaat-niet", Title: "Iets", Category: "x", Lifter: "y", Status: "z", Municipality: "q", Initiative: "geen",
			Owner: "vreemd", Thing: "geen", Organisation: "heuvelrijk", Met: d.clock.Now().AddDate(1, 0, 0)})
		d.is(err, fault.KindInvalid, "belemmering", "soort", "stand", "wie-lost-op", "gemeente", "initiatief", "eigenaar", "werk", "organisatie", "sinds")
		_, err = d.Create(d.as(coach), Entry{Barrier: "wet", Organisation: "waterstad"})
		d.is(err, fault.KindDenied)
		id := d.met(fatma, Entry{Barrier: "projectgeld-stopt", Initiative: "welzijn", Owner: "wim", Thing: "pilot1"})
		v := d.view(nobody, id)
		if v.Title != "Projectgeld stopt" || v.Category != "funding" || v.OwnerBody != "heuvelrijk" || v.ThingKind != "pilot" || v.Lifter != "self" || v.Status != Open {
			t.Errorf("%+v", v.Entry)
		}
		e := v.Entry
		e.Status = Lifted
		d.is(d.Save(d.as(joost), e, ""), fault.KindDenied)
		d.is(d.Save(d.as(fatma), e, ""), fault.KindInvalid, "werkte")
		e.Worked = "De wethouder nam het op in de kadernota."
		wim := actor("wim", "heuvelrijk", access.Coach) // who owns it may say so
		d.must(d.Save(d.as(wim), e, "Het is gelukt"))
		d.is(d.Save(d.as(fatma), e, ""), fault.KindConflict)
		v = d.view(fatma, id)
		if v.Closed.IsZero() || len(v.Changes) != 2 || v.Changes[0].Why != "Het is gelukt" || len(v.Changes[0].Detail) != 2 {
			t.Errorf("%+v %+v", v.Entry, v.Changes)
		}
		e.Version, e.Status = 2, Open
		d.must(d.Save(d.as(fatma), e, ""))
		if v = d.view(fatma, id); !v.Closed.IsZero() {
			t.Error("open, and closed at", v.Closed)
		}
		d.is(d.Remove(d.as(fatma), id, 1), fault.KindConflict)
		d.is(d.Remove(d.as(joost), id, 3), fault.KindDenied)
		d.must(d.Remove(d.as(fatma), id, 3))
		_, err = d.Get(d.as(fatma), id)
		d.is(err, fault.KindNotFound)
	})
}

func TestWhatIsNotForYouIsNotThere(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		secret := d.met(fatma, Entry{Title: "Van een concept", Category: "funding", Initiative: "geheim", Worked: "Geheim werkte"})
		own, err := d.Create(d.as(fatma), Entry{Title: "Alleen van ons", Category: "funding", Lifter: "self", OwnerBody: "waterstad", Due: d.clock.Now(), Organisation: "waterstad", Worked: "Ons geheim"})
		d.must(err)
		open := d.met(joost, Entry{Title: "Voor iedereen", Category: "funding", Organisation: "heuvelrijk", Thing: ""})
		for _, a := range []access.Actor{nobody, joost} {
			for _, id := range []string{secret, own, "x"} {
				d.has(a, Path(id), 404)
				d.has(a, apiPath+"/"+id, 404)
				if status, _ := d.post(a, Path(id)+"/bewerken", "versie", "1"); status != 404 && status != 403 {
					t.Errorf("POST: %d", status)
				}
				if status, _ := d.post(a, Path(id)+"/weg", "versie", "1"); status != 404 && status != 403 {
					t.Errorf("POST: %d", status)
				}
			}
			for _, path := range []string{base, base + ".csv", apiPath, Path(open), base + "/cijfers", base + "?initiatief=geheim"} {
				if body := d.has(a, path, 200); strings.Contains(body, "Alleen van ons") || strings.Contains(body, "concept") || strings.Contains(body, "eheim werkte") || strings.Contains(body, "Ons geheim") {
					t.Errorf("%s tells %q", path, a.Person)
				}
			}
		}
		d.has(coach, Path(own), 200) // of the same organisation
		d.has(coach, Path(own)+"/bewerken", 403)
		d.has(fatma, base, 200, "Alleen van ons", "Van een concept", "Voor iedereen")
		var links []Link
		d.must(d.DB.Read(d.as(joost), func(ctx context.Context, r db.Reader) (err error) {
			links, err = d.Links(ctx, r, []string{secret, own, open, "x"})
			return err
		}))
		if len(links) != 1 || links[0].ID != open {
			t.Errorf("%+v", links)
		}
		d.must(d.DB.Read(d.as(fatma), func(ctx context.Context, r db.Reader) error {
			list, err := d.Stubborn(ctx, r)
			if len(list) != 1 || list[0].Open != 2 || list[0].Name != "Geld" {
				t.Errorf("a region is told %+v", list)
			}
			return err
		}))
	})
}

func TestNamesAreForWhoMayEdit(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		id := d.met(fatma, Entry{Title: "Iets", Category: "skills", Owner: "wim"})
		d.has(fatma, Path(id), 200, "Naam van wim", "Naam van fatma")
		for _, a := range []access.Actor{nobody, joost, coach} {
			if body := d.has(a, Path(id), 200, "Gemeente Heuvelrijk"); strings.Contains(body, "Naam van") {
				t.Errorf("%q reads a name", a.Person)
			}
		}
		for _, path := range []string{base + ".csv", apiPath, apiPath + "/" + id} {
			if body := d.has(fatma, path, 200); strings.Contains(body, "wim") || strings.Contains(body, "fatma") {
				t.Errorf("%s names a person", path)
			}
		}
	})
}

func TestWhoGotPastThis(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		mine := d.met(fatma, Entry{Barrier: "projectgeld-stopt", Initiative: "welzijn", Municipality: "GM0001", Lifter: "municipality"})
		like := d.met(fatma, Entry{Barrier: "projectgeld-stopt", Initiative: "welzijn-op-recept", Municipality: "GM0002", Lifter: "municipality", Status: Lifted, Worked: "De kadernota.", Title: "Het meest gelijk"})
		far := d.met(fatma, Entry{Title: "Eigen geldzorg", Category: "funding", Initiative: "robot-tessa", Municipality: "GM0003", Lifter: "insurer", Worked: "Een fonds."})
		d.met(fatma, Entry{Title: "Andere soort", Category: "skills", Worked: "Oefenen."})
		d.met(fatma, Entry{Barrier: "projectgeld-stopt", Title: "Zonder uitweg"})
		v := d.view(nobody, mine)
		if len(v.Ways) != 3 || v.Ways[0].Path != Path(like) || v.Ways[0].Score != 100 || !v.Ways[1].Published || v.Ways[2].Path != Path(far) {
			t.Fatalf("%+v", v.Ways)
		}
		body := d.has(nobody, Path(mine), 200, "Wie kwam hier al voorbij?", "zelfde belemmering · op te lossen door dezelfde: de gemeente · zelfde thema: eenzaamheid · gemeente van gelijke grootte · zelfde soort initiatief",
			"De kadernota.", "Een landelijke partner betaalt mee.", "zelfde soort: Geld")
		if strings.Contains(body, "Zonder uitweg") || strings.Contains(body, "Oefenen.") {
			t.Error("the page shows what is no way")
		}
	})
}

func TestListsAndFilters(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		for k := range 45 {
			e := Entry{Title: "Nummer", Category: Categories[k%2], Lifter: Lifters[k%3], Municipality: []string{"", "GM0001", "GM0002"}[k%3]}
			if k%5 == 0 {
				e.Owner, e.Due, e.Initiative = "fatma", d.clock.Now().AddDate(0, 0, -3), "welzijn"
			}
			if k%9 == 0 {
				e.Status, e.Worked = Lifted, "Dit."
			}
			d.met(fatma, e)
		}
		count := func(a access.Actor, f Filter) int {
			n, after, seen := 0, "", map[string]bool{}
			for {
				list, next, err := d.List(d.as(a), f, after, pageMost)
				d.must(err)
				for _, e := range list {
					if seen[e.ID] || !d.fits(d.as(a), f, e) {
						t.Fatalf("%+v gives %+v", f, e)
					}
					seen[e.ID] = true
				}
				if n += len(list); next == "" {
					return n
				}
				after = next
			}
		}
		for _, c := range []struct {
			f    Filter
			want int
		}{{Filter{}, 45}, {Filter{Status: Lifted}, 5}, {Filter{Active: true}, 40}, {Filter{Category: "funding"}, 23}, {Filter{Category: "funding", Lifter: "self"}, 8},
			{Filter{Municipality: "GM0002"}, 15}, {Filter{Initiative: "welzijn"}, 9}, {Filter{Mine: true}, 9}, {Filter{Mine: true, Late: true}, 8}, {Filter{Late: true}, 8}, {Filter{Barrier: "wet"}, 0}} {
			if got := count(fatma, c.f); got != c.want {
				t.Errorf("%+v: %d", c.f, got)
			}
			if back := filterOf(c.f.query()); back != c.f {
				t.Errorf("the address of %+v says %+v", c.f, back)
			}
		}
		if n := count(nobody, Filter{Mine: true}); n != 0 {
			t.Errorf("nobody owns %d", n)
		}
		d.has(nobody, base, 200, "rel=\"next\"", "Nummer")
		d.has(nobody, base+"?stand=nu&soort=funding&wie=self&gemeente=GM0002&laat=ja", 200)
		d.has(nobody, base+"?stand=raar&soort=x&na=%00", 200)
		d.has(fatma, base+"?mijn=ja", 200)
		d.has(nobody, "/en"+base, 200, "Register of barriers")
		d.has(nobody, base+"/cijfers", 200, "Er staan 40 belemmeringen open", "de afgesproken dag voorbij", "<svg", "fill-opacity")
		d.has(nobody, base+"/cijfers?gemeente=GM0003", 200, "Er staat niets open")
		if body := d.has(nobody, base+".csv?stand=lifted", 200, "titel;belemmering"); strings.Count(body, "\n") != 6 {
			t.Errorf("%s", body)
		}
		d.has(nobody, apiPath+"?status=lifted&limit=2", 200, `"next"`, `"status":"lifted"`)
		d.has(nobody, apiPath+"?status=raar", 400)
		var lines []Beside
		var due []Due
		d.must(d.DB.Read(d.as(nobody), func(ctx context.Context, r db.Reader) (err error) {
			if lines, err = d.Beside(ctx, r, "welzijn"); err != nil {
				return err
			}
			due, err = d.Due(ctx, r, d.clock.Now().AddDate(0, 0, -5), d.clock.Now())
			return err
		}))
		if len(lines) != 1 || !strings.Contains(lines[0].Note, "8 nog niet opgelost · 8 te laat") {
			t.Errorf("%+v", lines)
		}
		if len(due) != 8 {
			t.Errorf("%d are due", len(due))
		}
	})
}

func TestByForm(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.has(fatma, base+"/nieuw?belemmering=wet&initiatief=welzijn", 200, "Wie pakt dit op?", "Werk kring1", "Meer invullen")
		d.has(nobody, base+"/nieuw", 403)
		status, body := d.post(fatma, base, "titel", "Bewaar mij", "soort", "skills", "eigenaar", "", "voor", "ooit")
		if status != 422 || !strings.Contains(body, "Bewaar mij") || !strings.Contains(body, "Kies wie dit oppakt.") || strings.Contains(body, "Meer invullen") {
			t.Fatalf("%d %.300s", status, body)
		}
		status, to := d.post(fatma, base, "titel", "=Snel opgeschreven", "soort", "skills", "eigenaar", "p:fatma", "voor", "1-12-2026", "openbaar", "ja")
		if status != 303 {
			t.Fatalf("%d %.300s", status, to)
		}
		page, _, _ := strings.Cut(to, "?")
		d.has(fatma, to, 200, "Het is bewaard")
		d.has(fatma, page+"/bewerken", 200, "=Snel opgeschreven", `value="2026-12-01"`)
		d.has(nobody, base+".csv", 200, "'=Snel")
		form := func(version, text string) []string {
			return []string{"versie", version, "titel", "Snel", "soort", "skills", "stand", InHand, "eigenaar", "o:heuvelrijk", "voor", "2026-12-01", "geprobeerd", text, "openbaar", "ja", "waarom", "Erbij"}
		}
		if status, _ := d.post(fatma, page+"/bewerken", form("1", "Van de eerste")...); status != 303 {
			t.Fatal(status)
		}
		if status, body := d.post(boss, page+"/bewerken", form("1", "Van de tweede")...); status != 409 || !strings.Contains(body, "Van de eerste") || !strings.Contains(body, "Van de tweede") || !strings.Contains(body, `name="versie" value="2"`) {
			t.Errorf("%d", status)
		}
		d.has(nobody, page, 200, "mee bezig", "Gemeente Heuvelrijk", "open → mee bezig", "wie dit oppakt is gewijzigd")
		if status, _ := d.post(fatma, page+"/weg", "versie", "2"); status != 303 {
			t.Error(status)
		}
		d.Blocked = nil
		d.has(fatma, base+"/nieuw", 200)
	})
}

func TestPackAdoptPack(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		d.met(fatma, Entry{Barrier: "wet", Initiative: "welzijn", Municipality: "GM0001", Owner: "wim", Worked: "Vraag het <de> jurist."})
		d.met(fatma, Entry{Title: "Eigen", Category: "skills", Initiative: "welzijn", Tried: "Les"})
		d.met(fatma, Entry{Title: "Eigen", Category: "skills", Initiative: "welzijn", Tried: "Les"})
		pack := func(a access.Actor, slug string) (b []byte) {
			d.must(d.DB.Read(d.as(a), func(ctx context.Context, r db.Reader) (err error) {
				b, err = d.Pack(ctx, r, slug)
				return err
			}))
			return b
		}
		adopt := func(a access.Actor, data []byte) error {
			return d.DB.Write(d.as(a), func(ctx context.Context, tx *db.Tx) error { return d.Adopt(ctx, tx, "geheim", data) })
		}
		one := pack(nobody, "welzijn")
		d.is(adopt(joost, one), fault.KindDenied)
		d.must(adopt(fatma, one))
		d.must(adopt(fatma, one)) // replaces
		if two := pack(fatma, "geheim"); !bytes.Equal(one, two) {
			t.Errorf("not the same after Adopt:\n%s\n%s", one, two)
		}
		for _, secret := range []string{"wim", "waterstad", "GM0001"} {
			if bytes.Contains(one, []byte(secret)) {
				t.Errorf("the package names %s", secret)
			}
		}
		if pack(nobody, "geheim") != nil || pack(nobody, "robot-tessa") != nil {
			t.Error("there is nothing to pack")
		}
		d.met(fatma, Entry{Title: "Van onszelf", Category: "privacy", Initiative: "geheim"})
		d.must(adopt(fatma, one))
		if !bytes.Contains(pack(fatma, "geheim"), []byte("Van onszelf")) {
			t.Error("what people wrote down here is gone")
		}
		var schema, value any
		d.must(json.Unmarshal(d.PartSchema(), &schema))
		d.must(json.Unmarshal(one, &value))
		c := jsonschema.NewCompiler()
		d.must(c.AddResource("x.json", schema))
		compiled, err := c.Compile("x.json")
		d.must(err)
		d.must(compiled.Validate(value))
		for _, bad := range []string{"", "[]", "{}", `{"barriers":[]}`, string(one) + "{}", strings.Replace(string(one), `"skills"`, `"x"`, 1),
			strings.Replace(string(one), `"title"`, `"person":"x","title"`, 1), strings.Replace(string(one), `"wet"`, `"../wet"`, 1)} {
			if err := adopt(fatma, []byte(bad)); fault.KindOf(err) != fault.KindInvalid {
				t.Errorf("%.60q is adopted: %v", bad, err)
			}
		}
	})
}

func TestExportAndErase(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		id := d.met(fatma, Entry{Title: "Opgeschreven", Category: "skills", Owner: "wim"})
		owned := d.met(joost, Entry{Title: "Opgepakt", Category: "skills", Owner: "fatma"})
		e := d.view(fatma, id).Entry
		e.Title = "Anders"
		d.must(d.Save(d.as(fatma), e, "Reden van fatma"))
		about := func() string {
			var text string
			d.must(d.DB.Read(d.as(fatma), func(ctx context.Context, r db.Reader) error {
				part, err := personal{}.Export(ctx, r, "fatma")
				b, _ := json.Marshal(part.Data)
				text = string(b)
				return err
			}))
			return text
		}
		for _, want := range []string{"Anders", "Opgepakt", "Reden van fatma", `"owns":[{`, `"wrote":[{`} {
			if got := about(); !strings.Contains(got, want) {
				t.Errorf("the export lacks %s: %s", want, got)
			}
		}
		d.must(d.DB.Write(d.as(fatma), func(ctx context.Context, tx *db.Tx) error { return personal{}.Erase(ctx, tx, "fatma") }))
		if got := about(); got != "null" {
			t.Errorf("left: %s", got)
		}
		if v := d.view(fatma, owned); v.Owner != "" || v.OwnerBody != "waterstad" {
			t.Errorf("%+v", v.Entry)
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
		list, _, err := d.List(d.as(nobody), Filter{}, "", 100)
		d.must(err)
		if len(list) != len(demoEntries) {
			t.Fatalf("%d entries", len(list))
		}
		for _, e := range list {
			if !e.Demonstration || !strings.Contains(e.Title, "(voorbeeld)") {
				t.Errorf("%+v", e)
			}
			d.has(nobody, Path(e.ID), 200, "Voorbeeld")
		}
		if n, err := d.Numbers(d.as(nobody), Filter{}); err != nil || n.Open != 3 || n.Late != 1 {
			t.Errorf("%+v %v", n, err)
		}
	})
}

func FuzzReadPart(f *testing.F) {
	f.Add([]byte(`{"barriers":[{"title":"Iets","category":"skills","lifter":"self"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := readPart(data); err == nil && len(p.Barriers) == 0 {
			t.Error("an empty part was read")
		}
	})
}

func FuzzFilter(f *testing.F) {
	f.Add("stand=nu&soort=funding&na=x")
	f.Fuzz(func(t *testing.T, s string) {
		q, err := url.ParseQuery(s)
		if err != nil {
			return
		}
		got := filterOf(q)
		if back := filterOf(got.query()); back != got {
			t.Errorf("%+v became %+v", got, back)
		}
	})
}
