package hsds

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/encoding/charmap"
)

// outside holds the schemas and examples of Open Referral, where they are there.
const outside = "../../../../shared/data/outside/hsds"

func file(name, text string) File {
	return File{Name: name, Data: strings.NewReader(text), Size: int64(len(text))}
}

func all(t testing.TB, files ...File) []Record {
	t.Helper()
	var list []Record
	if err := Read(files, func(r Record) error { list = append(list, r); return nil }); err != nil {
		t.Fatal(err)
	}
	return list
}

// joined puts the rows of loose tables together.
func joined(t testing.TB, list []Record) (services []Object, dangling []string) {
	t.Helper()
	rows := map[string][]Object{}
	for _, r := range list {
		for _, key := range Keys(r.Part, r.Body) {
			rows[r.Part+" "+key] = append(rows[r.Part+" "+key], r.Body)
		}
	}
	for _, r := range list {
		switch r.Part {
		case "":
			services = append(services, r.Body)
		case "services":
			d, err := Put(r.Body, func(part, key string) ([]Object, error) { return rows[part+" "+key], nil })
			if err != nil {
				t.Fatal(err)
			}
			dangling = append(dangling, d...)
			services = append(services, r.Body)
		}
	}
	return services, dangling
}

func TestReadsEachFormOfJSON(t *testing.T) {
	one := `{"id":"ac148810-d857-441c-9679-408f346de14b","name":"Koffie","status":"active"}`
	for form, text := range map[string]string{
		"one": one, "list": "[" + one + "]", "page": `{"total_items":1,"contents":[` + one + `],"empty":false}`, "lines": one + "\n",
		"tables": `{"services":[` + one + `]}`, "organisation": `{"id":"x","name":"Huis","services":[` + one + `]}`, "mark": "\uFEFF" + one,
	} {
		services, _ := joined(t, all(t, file("feed.json", text)))
		if len(services) != 1 || services[0].Text("name") != "Koffie" {
			t.Errorf("%s: %v", form, services)
		}
		if form == "organisation" && services[0].Object("organization").Text("name") != "Huis" {
			t.Errorf("%s: who offers it is lost: %v", form, services[0])
		}
	}
}

// A large organisation is not kept once more with each of its services.
func TestALargeOrganisationIsCut(t *testing.T) {
	large := strings.Repeat("x", organisationMost)
	one := `{"id":"ac148810-d857-441c-9679-408f346de14b","name":"Koffie","status":"active","organization_id":"x"}`
	by := `{"id":"x","name":"Huis","description":"d","x_other":"` + large + `"`
	for form, text := range map[string]string{"nested": by + `,"services":[` + one + `,` + one + `]}`, "tables": `{"organizations":[` + by + `}],"services":[` + one + `]}`} {
		list := all(t, file("feed.json", text))
		told := slices.ContainsFunc(list, func(r Record) bool { return strings.Contains(r.Wrong, "64 KB") })
		services, _ := joined(t, slices.DeleteFunc(list, func(r Record) bool { return r.Wrong != "" }))
		if len(services) == 0 || told != (form == "nested") {
			t.Fatalf("%s: %d services, told %v", form, len(services), told)
		}
		for _, s := range services {
			if b, _ := json.Marshal(s); len(b) > organisationMost || s.Object("organization").Text("name") != "Huis" {
				t.Errorf("%s: a service of %d bytes by %q", form, len(b), s.Object("organization").Text("name"))
			}
		}
	}
}

func TestBrokenJSONKeepsWhatCameBefore(t *testing.T) {
	n := 0
	err := Read([]File{file("feed.json", `[{"id":"1","name":"a"},{"id":"2","name":"b"},{"id":`)}, func(Record) error { n++; return nil })
	if n != 2 || err == nil || !strings.Contains(err.Error(), "after record 2") {
		t.Errorf("%d records, %v", n, err)
	}
	for _, text := range []string{"", "   ", `"x"`, "12", `{"services":3}`} {
		if err := Read([]File{file("feed.json", text)}, func(Record) error { return nil }); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
	long := `[{"id":"1","name":"` + strings.Repeat("a", 3<<20) + `"}]`
	if err := Read([]File{file("feed.json", long)}, func(Record) error { return nil }); err == nil || !strings.Contains(err.Error(), "longer than") {
		t.Errorf("a record of 3 MB: %v", err)
	}
}

// tables is a feed as loose tables.
var tables = map[string]string{
	"organizations.csv":        "id;name;description\no1;Buurthuis;Voor iedereen\n",
	"services.csv":             "id;organization_id;name;status;description\ns1;o1;Koffie met élan;active;\"Samen; koffie\"\ns2;o9;Zonder huis;active;x\n",
	"locations.csv":            "id;name;location_type;latitude;longitude\nl1;Plein;physical;52,5;5,47\n",
	"service_at_locations.csv": "id;service_id;location_id\nx1;s1;l1\nx2;s1;l8\n",
	"addresses.csv":            "id;location_id;address_1;city;postal_code\na1;l1;Plein 1;Lelystad;8248 AA\n",
	"phones.csv":               "id;service_id;location_id;number\np1;s1;;088 - 000 00 11\np2;;l1;088 - 000 00 12\n",
	"schedules.csv":            "id;service_id;freq;byday;opens_at\nc1;s1;WEEKLY;WE;10:00\n",
}

func zipped(t testing.TB, encode func(string) []byte) File {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for name, text := range tables {
		w, err := z.Create("feed/" + name)
		if err == nil {
			_, err = w.Write(encode(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return File{Name: "feed.zip", Data: bytes.NewReader(buf.Bytes()), Size: int64(buf.Len())}
}

func TestTablesBecomeServices(t *testing.T) {
	windows := func(s string) []byte {
		b, err := charmap.Windows1252.NewEncoder().Bytes([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for letters, encode := range map[string]func(string) []byte{"UTF-8": func(s string) []byte { return []byte(s) }, "Windows-1252": windows,
		"commas": func(s string) []byte {
			return []byte(strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(s, "52,5;5,47", "52.5;5.47"), "Samen; koffie", "Samen, koffie"), ";", ","))
		}} {
		services, dangling := joined(t, all(t, zipped(t, encode)))
		if len(services) != 2 || fmt.Sprint(dangling) != "[location_id l8 organization_id o9]" {
			t.Fatalf("%s: %d services, dangling %v", letters, len(services), dangling)
		}
		s := services[0]
		if s.Text("name") != "Koffie met élan" || !strings.HasPrefix(s.Text("description"), "Samen") || s.Object("organization").Text("name") != "Buurthuis" || len(s.List("phones")) != 1 {
			t.Errorf("%s: %v", letters, s)
		}
		at := s.List("service_at_locations")
		if len(at) != 1 {
			t.Fatalf("%s: %v", letters, at)
		}
		l := at[0].Object("location")
		if lat, _ := l.Number("latitude"); lat != 52.5 || l.List("addresses")[0].Text("city") != "Lelystad" || l.List("phones")[0].Text("number") != "088 - 000 00 12" {
			t.Errorf("%s: %v", letters, l)
		}
		if faults, _ := Check("feed", s); len(faults) > 0 || !IsUUID(s.Text("id")) || s.Text("organization_id") != s.Object("organization").Text("id") {
			t.Errorf("%s: %v, %v", letters, faults, s)
		}
	}
}

func TestCheckSaysWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ field, value, path string }{
		{"assured_date", `"31-02-2026"`, "assured_date"},
		{"assured_date", `"2026-13-01"`, "assured_date"},
		{"name", `""`, "name"},
		{"status", `"open"`, "status"},
		{"minimum_age", `"oud"`, "minimum_age"},
		{"phones", `[{"id":"1"}]`, "phones[0].number"},
		{"phones", `{}`, "phones"},
		{"schedules", `[{"id":"1","valid_from":"30-02-2026"}]`, "schedules[0].valid_from"},
		{"service_at_locations", `[{"id":"1","location":{"id":"2","latitude":"noord","longitude":5}}]`, "service_at_locations[0].location.latitude"},
	} {
		o, err := Decode([]byte(`{"id":"ac148810-d857-441c-9679-408f346de14b","name":"x","status":"active","` + c.field + `":` + c.value + `}`))
		if err != nil {
			t.Fatal(err)
		}
		faults, _ := Check("f", o)
		if len(faults) != 1 || faults[0].Path != c.path {
			t.Errorf("%s %s: %v", c.field, c.value, faults)
		}
	}
	o, err := Decode([]byte(`{"id":12,"name":"x","status":"Active","assured_date":"24-12-2026","url":"www.voorbeeld.example","email":"geen"}`))
	if err != nil {
		t.Fatal(err)
	}
	faults, notes := Check("f", o)
	if len(faults) > 0 || len(notes) != 2 || o.Text("assured_date") != "2026-12-24" || o.Text("url") != "https://www.voorbeeld.example" || o.Text("email") != "" || o.Text("status") != "active" {
		t.Errorf("%v %v %v", faults, notes, o)
	}
}

// Schema gives a compiled schema of Open Referral; nil where they are not there.
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

func valid(t testing.TB, s *jsonschema.Schema, o Object) error {
	t.Helper()
	b, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

func TestWhatCheckTakesIsValid(t *testing.T) {
	s := schema(t, "service.json")
	services, _ := joined(t, all(t, zipped(t, func(s string) []byte { return []byte(s) })))
	example, err := os.ReadFile(filepath.Join(outside, "examples", "service_full.json"))
	if err != nil {
		t.Fatal(err)
	}
	services = append(services, all(t, file("service_full.json", string(example)))[0].Body)
	for _, o := range services {
		faults, notes := Check("f", o)
		if len(faults) > 0 {
			t.Error(faults, notes)
		}
		if err := valid(t, s, o); err != nil {
			t.Errorf("%s: %v", o.Text("name"), err)
		}
	}
}

func FuzzJSON(f *testing.F) {
	f.Add(`[{"id":"1","name":"a","phones":[{"number":"1"}]}]`)
	f.Add(`{"contents":[{"id":1,"service_at_locations":[{"location":{"addresses":[{}]}}]}]}`)
	f.Add(`{"id":"x","services":[{"name":"y"}]} {"services":[1]}`)
	f.Fuzz(func(t *testing.T, text string) {
		_ = Read([]File{file("feed.json", text)}, func(r Record) error { // what is wrong is told, nothing else
			if r.Body != nil {
				Check("f", r.Body)
				if _, err := json.Marshal(r.Body); err != nil {
					t.Error(err)
				}
			}
			return nil
		})
	})
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("id;name\n1;a\n"))
	f.Add([]byte("id,name\n1,\"a\nb\"\n\"2"))
	f.Add([]byte("\xff\xfei\x00d\x00\n\x00"))
	f.Add([]byte("id\tname\n1\t\xe9\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		in := File{Name: "services.csv", Data: bytes.NewReader(text), Size: int64(len(text))}
		_ = Read([]File{in}, func(r Record) error { // what is wrong is told, nothing else
			if r.Body != nil {
				if _, err := Put(r.Body, func(string, string) ([]Object, error) { return nil, nil }); err != nil {
					t.Error(err)
				}
				Check("f", r.Body)
			}
			return nil
		})
	})
}

// Who waits for a page gets no gigabyte unpacked.
func TestAZipIsHeldToItsBound(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"services.csv", "phones.csv"} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte("id;name\n" + strings.Repeat("1;koffie\n", 1000)))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for most, want := range map[int64]int{0: 2000, 20_000: 2000, 10_000: 0} {
		n := 0
		err := Read([]File{{Name: "feed.zip", Data: bytes.NewReader(b.Bytes()), Size: int64(b.Len()), Most: most}}, func(Record) error { n++; return nil })
		if n != want || (err != nil) != (want == 0) {
			t.Errorf("%d: %d records, %v", most, n, err)
		}
	}
}
