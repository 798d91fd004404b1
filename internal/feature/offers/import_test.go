package offers

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/protocol/hsds"
	"wijkbaak.nl/internal/trust/access"
)

// outside holds the schemas and examples of Open Referral, where they are there.
const outside = "../../../../shared/data/outside/hsds"

var shell = access.Actor{Channel: access.Shell}

func fileOf(name, text string) hsds.File {
	return hsds.File{Name: name, Data: strings.NewReader(text), Size: int64(len(text))}
}

// service is a service of a feed as JSON.
func service(n int, other ...any) map[string]any {
	v := map[string]any{"id": hsds.ID("test", fmt.Sprint(n)), "name": fmt.Sprintf("Dienst %d", n), "status": "active", "description": "Wij helpen u. Bel ons.",
		"organization": map[string]any{"id": hsds.ID("org"), "name": "Welzijn (voorbeeld)", "description": "Welzijn"},
		"phones":       []any{map[string]any{"id": hsds.ID("phone", fmt.Sprint(n)), "number": "088 - 000 00 22"}},
		"program":      map[string]any{"id": hsds.ID("program"), "name": "Onbekend bij ons", "description": "x"}, "x_other": map[string]any{"deep": []any{1.5, "z"}}}
	for k := 0; k+1 < len(other); k += 2 {
		v[other[k].(string)] = other[k+1]
	}
	return v
}

func feedOf(t testing.TB, name string, list ...map[string]any) Feed {
	t.Helper()
	b, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	return Feed{Name: name, Files: []hsds.File{fileOf("feed.json", string(b))}}
}

func (d *desk) imports(f Feed, dry bool, want Counts) Report {
	d.t.Helper()
	r, err := d.Import(d.as(shell), f, dry)
	d.must(err)
	for _, s := range []State{IsNew, IsOther, IsSame, IsMerged, IsGone, IsKept, IsWrong} {
		if r.Counts[s] != want[s] {
			d.t.Fatalf("%d %s, want %d: %+v", r.Counts[s], s, want[s], r.Lines)
		}
	}
	return r
}

func TestImportTellsAndKeepsWhatPeopleWrote(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		one, two, three := service(1), service(2), service(3)
		d.imports(feedOf(t, "welzijn", one, two, three), true, Counts{IsNew: 3})
		d.gives(anonymous, http.MethodGet, "/aanbod", http.StatusOK, "nog geen aanbod")
		d.imports(feedOf(t, "welzijn", one, two, three), false, Counts{IsNew: 3})
		d.imports(feedOf(t, "welzijn", one, two, three), false, Counts{IsSame: 3})
		d.gives(anonymous, http.MethodGet, "/aanbod/dienst-1", http.StatusOK, "Overgenomen op")

		// The editor changes one field of one, and the feed another and the same.
		o := d.get("dienst-1").Offer
		o.Description = "Wij helpen u echt."
		d.must(d.Edit(d.as(editor), "dienst-1", o, 1, "Beter"))
		other := service(1, "description", "Wij helpen u weer.", "application_process", "Loop binnen.")
		d.imports(feedOf(t, "welzijn", other, two, three), true, Counts{IsOther: 1, IsKept: 1, IsSame: 2})
		d.imports(feedOf(t, "welzijn", other, two, three), false, Counts{IsOther: 1, IsKept: 1, IsSame: 2})
		if v := d.get("dienst-1"); v.Description != "Wij helpen u echt." || v.Join.Text != "Loop binnen." {
			t.Errorf("%+v", v.Offer)
		}
		// Gone: what people here changed stays, the rest stops; half a list stops nothing.
		half := feedOf(t, "welzijn", three)
		half.Part = true
		d.imports(half, false, Counts{IsSame: 1})
		d.imports(feedOf(t, "welzijn", three), true, Counts{IsSame: 1, IsGone: 1, IsKept: 1})
		d.imports(feedOf(t, "welzijn", three), false, Counts{IsSame: 1, IsGone: 1, IsKept: 1})
		d.gives(anonymous, http.MethodGet, "/aanbod", http.StatusOK, "2 dingen gevonden")
		d.gives(anonymous, http.MethodGet, "/aanbod/dienst-2", http.StatusNotFound, "")

		_, err := d.Import(d.as(elsewhere), feedOf(t, "x", one), false)
		d.is(err, fault.KindDenied)
		_, err = d.Import(d.as(shell), feedOf(t, " ", one), false)
		d.is(err, fault.KindInvalid)
	})
}

func TestFeedsMergeWithoutDoubles(t *testing.T) {
	filled(t, func(t *testing.T, d *desk) {
		at := func(lat float64) []any {
			return []any{map[string]any{"id": hsds.ID("at", fmt.Sprint(lat)), "location": map[string]any{"id": hsds.ID("l", fmt.Sprint(lat)), "location_type": "physical", "latitude": lat, "longitude": 5.4721}}}
		}
		by := map[string]any{"id": hsds.ID("sluis"), "name": "BUURTHUIS De Sluis (voorbeeld)", "description": "x"}
		coffee := service(1, "name", "Koffie in de Kantine", "organization", by, "service_at_locations", at(52.5042), "url", "https://voorbeeld.example/koffie", "eligibility_description", "Anders")
		far := service(2, "name", "Koffie in de kantine", "organization", by, "service_at_locations", at(52.9))
		d.imports(feedOf(t, "a", coffee, far), true, Counts{IsMerged: 1, IsNew: 1})
		d.imports(feedOf(t, "a", coffee, far), false, Counts{IsMerged: 1, IsNew: 1})
		d.imports(feedOf(t, "b", coffee), false, Counts{IsMerged: 1})
		if v := d.get("koffie"); v.For != "Iedereen uit de wijk." || v.Version != 1 || v.By.Name != "Buurthuis De Sluis (voorbeeld)" {
			t.Errorf("the feed changed what stood there: %+v", v.Offer)
		}
		d.imports(feedOf(t, "a", far), false, Counts{IsSame: 1, IsKept: 1}) // another feed has it still
		d.gives(anonymous, http.MethodGet, "/aanbod/koffie", http.StatusOK, "Koffie")
	})
}

// tables is a feed with everything that can be wrong, in Windows-1252.
var tables = map[string]string{
	"organizations.csv":        "id;name;description\n1;Buurthuis Élan (voorbeeld);Voor iedereen\n",
	"services.csv":             "id;organization_id;name;status;description;assured_date\n11;1;Koffie à la carte;active;Elke week;24-12-2025\n12;9;Zonder huis;active;x;\n13;1;Verkeerde dag;active;x;31-02-2026\n14;1;;active;x;\n11;1;Dubbel;active;x;\n15;1;Te;veel;cellen;hier;en;daar\n",
	"locations.csv":            "id;name;latitude;longitude\n21;Plein;52,5041;5,4721\n",
	"service_at_locations.csv": "id;service_id;location_id\n31;11;21\n32;11;99\n",
	"addresses.csv":            "id;location_id;address_1;city;postal_code\n41;21;Plein 1;Lelystad;8248aa\n",
	"phones.csv":               "id;service_id;number\n51;11;088 - 000 00 11\n52;77;088 - 000 00 12\n",
	"schedules.csv":            "id;service_id;freq;byday;opens_at;closes_at\n61;11;WEEKLY;WE;10:00;12:00\n",
	"leesmij.txt":              "hallo",
}

func zipOf(t testing.TB) hsds.File {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	var names []string
	for name := range tables {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range tables[name] { // each letter one byte: Windows-1252
			if _, err := w.Write([]byte{byte(c)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return hsds.File{Name: "feed.zip", Data: bytes.NewReader(buf.Bytes()), Size: int64(buf.Len())}
}

func TestBadTablesAreToldAndTheRestGoesOn(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		feed := Feed{Name: "gemeente", Files: []hsds.File{zipOf(t)}}
		want := Counts{IsNew: 2, IsWrong: 5}
		d.imports(feed, true, want)
		r := d.imports(feed, false, want)
		told := string(mustJSON(t, r.Lines))
		for _, reason := range []string{"31-02-2026", "services.csv:4", "name: it is empty", "stands in the table twice", "8 cells, the heading has 6", "organization_id 9", "location_id 99", "service_id 77", "leesmij.txt"} {
			if !strings.Contains(told, reason) {
				t.Errorf("the report does not tell %q: %s", reason, told)
			}
		}
		v := d.get("koffie-a-la-carte")
		if v.By.Name != "Buurthuis Élan (voorbeeld)" || v.Join.Phone != "088 - 000 00 11" || len(v.Locations) != 1 || v.Locations[0].Postcode != "8248 AA" || v.Locations[0].Lat != 52.5041 ||
			!reflect.DeepEqual(v.Schedule, []Slot{{Days: []string{"wed"}, From: "10:00", To: "12:00"}}) || v.Checked.Format(time.DateOnly) != "2025-12-24" {
			t.Errorf("%+v by %+v, checked %v", v.Offer, v.By, v.Checked)
		}
		if v := d.get("zonder-huis"); v.By.Name != "gemeente" {
			t.Errorf("by %+v", v.By)
		}
		n, err := db.One(t.Context(), d.db, db.Value[int], `SELECT COUNT(n) FROM offer_stage`)
		d.must(err)
		if n != 0 {
			t.Errorf("%d rows are left behind", n)
		}
	})
}

func TestImportGoesOnWhereItStopped(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		var list []map[string]any
		for n := range 650 {
			list = append(list, service(n))
		}
		feed := feedOf(t, "groot", list...)
		stopped := errors.New("stopped")
		func() {
			defer func() {
				if p := recover(); p != stopped {
					t.Fatal(p)
				}
			}()
			f := feed
			f.Progress = func(n int) {
				if n >= 400 {
					panic(stopped) // as if the machine went down
				}
			}
			_, err := d.Import(d.as(shell), f, false)
			d.must(err)
		}()
		v, err := d.snapshot(t.Context())
		d.must(err)
		if len(v.items) != 400 {
			t.Fatalf("%d entries before", len(v.items))
		}
		r := d.imports(feed, false, Counts{IsNew: 650})
		if r.Resumed != 400 {
			t.Errorf("it went on after %d", r.Resumed)
		}
		d.imports(feed, false, Counts{IsSame: 650})
	})
}

func TestBrokenFileKeepsWhatCameBefore(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		b, err := json.Marshal([]any{service(1), service(2), service(3)})
		d.must(err)
		d.imports(Feed{Name: "f", Files: []hsds.File{fileOf("feed.json", string(b))}}, false, Counts{IsNew: 3})
		cut := string(b[:len(b)-200])
		d.imports(Feed{Name: "f", Files: []hsds.File{fileOf("feed.json", cut)}}, false, Counts{IsSame: 2, IsWrong: 1}) // and nothing is gone
		for _, text := range []string{"", "hallo", "<html></html>", "PK\x03\x04x"} {
			if _, err := d.Import(d.as(shell), Feed{Name: "f", Files: []hsds.File{fileOf("feed.json", text)}}, false); err == nil {
				t.Errorf("%q is taken", text)
			}
		}
	})
}

func schema(t testing.TB, name string) *jsonschema.Schema {
	t.Helper()
	f, err := os.Open(filepath.Join(outside, name))
	if err != nil {
		t.Skip("the schemas of Open Referral are not here")
	}
	defer f.Close()
	doc, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(name, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (d *desk) json(path string) any {
	d.t.Helper()
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(d.gives(anonymous, http.MethodGet, path, http.StatusOK, "")))
	d.must(err)
	return v
}

func TestEveryAnswerIsValidHSDS(t *testing.T) {
	services, organisations, spots := schema(t, "service.json"), schema(t, "organization.json"), schema(t, "service_at_location.json")
	filled(t, func(t *testing.T, d *desk) {
		example, err := os.ReadFile(filepath.Join(outside, "examples", "service_full.json"))
		d.must(err)
		d.imports(Feed{Name: "voorbeeld", Part: true, Files: []hsds.File{fileOf("service_full.json", string(example))}}, false, Counts{IsNew: 1})
		feed := Feed{Name: "gemeente", Files: []hsds.File{zipOf(t)}}
		d.imports(feed, false, Counts{IsNew: 2, IsWrong: 5})
		o := d.get("community-counselling").Offer
		o.Summary, o.Schedule, o.Locations[0].Street = "Praten helpt.", append(o.Schedule, Slot{Days: []string{"fri"}, From: "09:00", To: "10:00", Nth: -1}), "Nieuwe straat 1"
		o.Description = strings.TrimSpace(o.Description)
		d.must(d.change1("community-counselling", o))
		n := 0
		for _, c := range []struct {
			path   string
			schema *jsonschema.Schema
		}{{"/hsds/services?full=true", services}, {"/hsds/services", services}, {"/hsds/organizations", organisations}, {"/hsds/service_at_locations", spots}} {
			for _, v := range d.json(c.path).(map[string]any)["contents"].([]any) {
				if err := c.schema.Validate(v); err != nil {
					t.Errorf("%s %v: %v", c.path, v.(map[string]any)["name"], err)
				}
				one := strings.Split(c.path, "?")[0] + "/" + v.(map[string]any)["id"].(string)
				if err := c.schema.Validate(d.json(one)); err != nil {
					t.Errorf("%s: %v", one, err)
				}
				n++
			}
		}
		if n < 20 {
			t.Errorf("only %d were looked at", n)
		}
		for _, path := range []string{"/hsds", "/hsds/locations", "/hsds/taxonomies", "/hsds/taxonomy_terms?per_page=100"} {
			d.json(path)
		}
		id := d.json("/hsds/taxonomy_terms").(map[string]any)["contents"].([]any)[0].(map[string]any)["id"].(string)
		d.json("/hsds/taxonomy_terms/" + id)
		page := d.json("/hsds/services?per_page=3&page=2").(map[string]any)
		if got := fmt.Sprintf("%v %v %v %v", page["page_number"], page["size"], page["total_items"], page["total_pages"]); got != "2 3 7 3" {
			t.Error(got)
		}
		d.gives(anonymous, http.MethodGet, "/hsds/services?page=0", http.StatusUnprocessableEntity, `"page"`)
	})
}

// change1 changes an entry as its keeper would, without the rules of our own forms.
func (d *desk) change1(slug string, o Offer) error {
	return d.db.Write(d.as(shell), func(ctx ctxT, tx *db.Tx) error {
		v, _, _, err := d.enter(ctx, tx, slug)
		if err == nil {
			_, err = d.change(ctx, tx, v, act{kind: actEdited, as: asEditor}, func(now *Offer, _ *string) error { *now = o; return nil })
		}
		return err
	})
}

// What a feed brought is given back as it came, also what we do not know.
func TestRoundTripLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		list := []map[string]any{service(1), service(2, "alternate_name", "Een, twee", "schedules", []any{map[string]any{"id": hsds.ID("s"), "freq": "MONTHLY", "bymonthday": "3", "byweekno": "4"}})}
		if b, err := os.ReadFile(filepath.Join(outside, "examples", "service_full.json")); err == nil {
			var v map[string]any
			d.must(json.Unmarshal(b, &v))
			list = append(list, v)
		}
		d.imports(feedOf(t, "f", list...), false, Counts{IsNew: len(list)})
		for _, before := range list {
			items := d.json("/hsds/services?per_page=100").(map[string]any)["contents"].([]any)
			k := slices.IndexFunc(items, func(v any) bool { return v.(map[string]any)["name"] == before["name"] })
			after := d.json("/hsds/services/" + items[k].(map[string]any)["id"].(string)).(map[string]any)
			var want, got any
			d.must(json.Unmarshal(mustJSON(t, before), &want))
			d.must(json.Unmarshal(mustJSON(t, after), &got))
			checked, err := hsds.Decode(mustJSON(t, want))
			d.must(err)
			if faults, _ := hsds.Check("f", checked); len(faults) > 0 {
				t.Fatal(faults)
			}
			d.must(json.Unmarshal(mustJSON(t, checked), &want))
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%v came back other:\n%s\n%s", before["name"], mustJSON(t, want), mustJSON(t, got))
			}
		}
	})
}

// What one instance gives, another takes, and it is the same.
func TestFromOneInstanceToAnother(t *testing.T) {
	filled(t, func(t *testing.T, d *desk) {
		for _, slug := range []string{"koffie", "maaltijden", "slaapdagboek", "taalcafe"} {
			v := d.get(slug)
			s, err := d.asService(t.Context(), d.db, v.ID)
			d.must(err)
			if faults, notes := hsds.Check("f", s); len(faults)+len(notes) > 0 {
				t.Errorf("%s: %v %v", slug, faults, notes)
			}
			o, by := fromHSDS(s.Clone())
			for k := range o.Locations {
				o.Locations[k].At = "" // ours has none until a feed gives it
			}
			o.Organisation = v.Organisation
			if changed := diffs(&v.Offer, &o); len(changed) > 0 || by.Name != v.By.Name {
				t.Errorf("%s: %s", slug, mustJSON(t, changed))
			}
		}
	})
}

// What an editor empties is not told by what a feed said of it elsewhere.
func TestAnEmptiedFieldIsEmptyForAll(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		phone := func(n string) []any { return []any{map[string]any{"id": hsds.ID("p", n), "number": n}} }
		people := []any{map[string]any{"id": hsds.ID("c"), "name": "Jan Jansen", "email": "jan@welzijn.example", "phones": phone("088-0000044")}}
		one := service(1, "email", "jan@welzijn.example", "contacts", people,
			"phones", []any{phone("088 - 000 00 22")[0], phone("088 - 000 00 33")[0]},
			"organization", map[string]any{"id": hsds.ID("org"), "name": "Welzijn (voorbeeld)", "description": "Welzijn", "contacts": people, "phones": phone("0880000022")},
			"service_at_locations", []any{map[string]any{"id": hsds.ID("at"), "contacts": people, "location": map[string]any{"id": hsds.ID("l"),
				"location_type": "physical", "latitude": 52.5, "longitude": 5.47, "phones": phone("088-000 0022"), "contacts": people}}})
		d.imports(feedOf(t, "welzijn", one), false, Counts{IsNew: 1})
		path := "/hsds/services/" + d.get("dienst-1").ID
		d.gives(anonymous, http.MethodGet, path, http.StatusOK, "Jan Jansen")
		o := d.get("dienst-1").Offer
		o.Join.Email, o.Join.Phone, o.Join.Text = "", "", "Loop binnen."
		d.must(d.Edit(d.as(editor), "dienst-1", o, 1, "Jan werkt er niet meer"))
		body := d.gives(anonymous, http.MethodGet, path, http.StatusOK, "Loop binnen.")
		for _, gone := range []string{"Jan", "jan@", "0022", "00 22", "00 33", "contacts"} {
			if strings.Contains(body, gone) {
				t.Errorf("%q is still told: %s", gone, body)
			}
		}
		if !strings.Contains(body, "Onbekend bij ons") {
			t.Error("what has nothing to do with it went too")
		}
	})
}

// The answer about one organisation is bounded, and tells where the rest is.
func TestAnOrganisationWithManyServices(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		list := make([]map[string]any, organisationMost+3)
		for k := range list {
			list[k] = service(k)
		}
		d.imports(feedOf(t, "welzijn", list...), false, Counts{IsNew: len(list)})
		w := d.ask(anonymous, http.MethodGet, "/hsds/organizations/"+hsds.ID("org"))
		if n := strings.Count(w.Body.String(), `"program"`); w.Code != http.StatusOK || n != organisationMost || !strings.Contains(w.Header().Get("Link"), "organization_id="+hsds.ID("org")) {
			t.Errorf("%d: %d services, Link %q", w.Code, n, w.Header().Get("Link"))
		}
	})
}

func TestImportByThePage(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		send := func(a access.Actor, name, text string, fields ...string) *httptest.ResponseRecorder {
			var buf bytes.Buffer
			m := multipart.NewWriter(&buf)
			if name != "" {
				w, err := m.CreateFormFile("bestand", name)
				d.must(err)
				_, err = w.Write([]byte(text))
				d.must(err)
			}
			for k := 0; k+1 < len(fields); k += 2 {
				d.must(m.WriteField(fields[k], fields[k+1]))
			}
			d.must(m.Close())
			d.actor = a
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/beheer/aanbod/invoer", &buf)
			r.Header.Set("Content-Type", m.FormDataContentType())
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			w := httptest.NewRecorder()
			d.rt.ServeHTTP(w, r)
			if bad := leftover.FindString(w.Body.String()); bad != "" {
				t.Errorf("the page shows %q", bad)
			}
			return w
		}
		b, err := json.Marshal([]any{service(1), service(2, "status", "open")})
		d.must(err)
		for _, c := range []struct {
			who    access.Actor
			name   string
			text   string
			do     string
			status int
			want   string
		}{
			{resident, "a.json", string(b), "kijken", http.StatusForbidden, ""},
			{elsewhere, "a.json", string(b), "kijken", http.StatusForbidden, ""},
			{editor, "", "", "kijken", http.StatusUnprocessableEntity, "Kies een bestand"},
			{editor, "a.json", "hallo", "kijken", http.StatusUnprocessableEntity, "geen lijst in de vorm HSDS"},
			{editor, "a.json", string(b), "kijken", http.StatusOK, "is none of active"},
			{editor, "a.json", string(b), "invoeren", http.StatusOK, "De lijst is ingelezen"},
		} {
			w := send(c.who, c.name, c.text, "bron", "welzijn", "doe", c.do)
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("%s %s %s: %d, lacks %q: %.2000s", c.who.Person, c.name, c.do, w.Code, c.want, w.Body.String())
			}
		}
		d.gives(editor, http.MethodGet, "/beheer/aanbod/invoer", http.StatusOK, "HSDS 3")
		d.gives(elsewhere, http.MethodGet, "/beheer/aanbod/invoer", http.StatusForbidden, "")
		d.gives(anonymous, http.MethodGet, "/aanbod", http.StatusOK, "1 ding gevonden")
	})
}
