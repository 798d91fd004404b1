package places

import (
	"errors"
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
)

// Made-up rows in the form of CBS, as a Dutch spreadsheet saves them.
const figuresFile = "\uFEFFgwb_code;regio;recs;a_inw;a_00_14;a_15_24;a_25_44;a_45_64;a_65_oo;a_75_oo;bev_dich;ste_mvs;ste_oad\r\n" +
	"NL00;Nederland;Land;18000000;.;.;.;.;.;.;.;.;.\r\n" +
	"GM0363;Amsterdam;Gemeente;1000;150;100;300;250;200;80;4999,5;1;6100,5\r\n" +
	"GM0995;Lelystad;Gemeente;800;160;80;200;200;160;.;.;.;1200\r\n" +
	"WK036399;Nergens;Wijk;10;.;.;.;.;.;.;5;5;20\r\n" +
	"GM0153;Enschede;Gemeente;.;.;.;.;.;.;.;.;.;.\r\n"

func TestReadFigures(t *testing.T) {
	b := batch(t, ReadFigures, figuresFile)
	if len(b.Figures) != 3 || b.Skipped != 2 {
		t.Fatalf("%+v", b)
	}
	want := Figures{Place: "/0363", Inhabitants: 1000, Density: 4999.5, Addresses: 6100.5, Urbanity: 1, Ages: [5]float64{15, 10, 30, 25, 20}, Over75: 8, line: 3}
	if b.Figures[0] != want {
		t.Errorf("%+v", b.Figures[0])
	}
	if f := b.Figures[1]; f.Density != 0 || f.Urbanity != 0 || f.Over75 != 0 || f.Ages != [5]float64{20, 10, 25, 25, 20} {
		t.Errorf("%+v", f)
	}
	if f := b.Figures[2]; f.HasAges() || f.Density != 5 {
		t.Errorf("%+v", f)
	}
	older := batch(t, ReadFigures, "a_inw,oad,gwb_code\n120,480,BU03630101\n")
	if f := older.Figures[0]; f.Addresses != 480 || f.Place != "/0363/WK036301/BU03630101" {
		t.Errorf("%+v", f)
	}
}

func TestReadWrongFigures(t *testing.T) {
	const good = "gwb_code;a_inw;a_00_14;a_15_24;a_25_44;a_45_64;a_65_oo;a_75_oo;ste_mvs;bev_dich\nGM0363;1000;150;100;300;250;200;80;1;4999,5\n"
	change := func(from, to string) string { return strings.Replace(good, from, to, 1) }
	for _, c := range []struct{ text, where string }{
		{change("a_inw", "inwoners"), "f:1: a_inw: this column is missing"},
		{"gwb_code;a_inw\nGM0363;10\n", "f:1: there is none of the columns a_00_14, "},
		{change("GM0363", "GM36"), "f:2: gwb_code: "},
		{change(";1000;", ";duizend;"), "f:2: a_inw: \"duizend\" is no whole number"},
		{change(";1000;", ";1.000;"), "f:2: a_00_14: the ages add up to 1000, of 1 "},
		{change(";1000;", ";1000,5;"), "f:2: a_inw: "},
		{change(";1;", ";6;"), "f:2: ste_mvs: \"6\" is no whole number from 0 to 5"},
		{change("4999,5", "-3"), "f:2: bev_dich: "},
		{change("4999,5", "NaN"), "f:2: bev_dich: "},
		{change(";150;", ";15;"), "f:2: a_00_14: the ages add up to 865, of 1000 inhabitants"},
		{change(";80;", ";201;"), "f:2: a_75_oo: "},
		{good + "0363;10;.;.;.;.;.;.;.;.\n", "f:3: gwb_code: 0363 stands on line 2 too"},
		{good + "GM0995;10\n", "f:3: 2 fields, the header has 10"},
		{change("GM0363", "GM0363\xe9"), "f:2: not UTF-8: save it"},
	} {
		_, err := ReadFigures("f", strings.NewReader(c.text))
		problems, ok := errors.AsType[Problems](err)
		if !ok || !strings.HasPrefix(problems[0].String(), c.where) {
			t.Errorf("want %q, got %v", c.where, err)
		}
	}
}

func FuzzReadFigures(f *testing.F) {
	f.Add(figuresFile)
	f.Add(figuresFile[:len(figuresFile)/2])
	f.Add("gwb_code,a_inw,oad\nGM0363,1,\"2\n")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := ReadFigures("f", strings.NewReader(text))
		if err != nil {
			if _, ok := errors.AsType[Problems](err); !ok {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		for _, v := range b.Figures {
			all := 0.0
			for _, s := range v.Ages {
				all += s
			}
			if v.HasAges() && math.Abs(all-100) > 0.5 || v.Over75 > v.Ages[4]+0.1 || v.Urbanity < 0 || v.Urbanity > 5 || !v.known() || !strings.HasPrefix(v.Place, "/") {
				t.Fatalf("%+v", v)
			}
		}
	})
}

func TestUrbanity(t *testing.T) {
	for addresses, want := range map[float64]int{6000: 1, 2500: 1, 2499: 2, 1500: 2, 1000: 3, 999: 4, 500: 4, 499: 5, 1: 5} {
		if got := urbanity(addresses); got != want {
			t.Errorf("%v addresses: class %d, want %d", addresses, got, want)
		}
	}
	// A town in a heath: few people a km², but most of them live close together.
	heath := crowd{people: 10_100, km2: 102, near: 10_000*5000 + 100*1}
	if f := (Figures{}).complete(heath); math.Round(f.Density) != 99 || f.Urbanity != 2 || !f.Estimated || f.Inhabitants != 10_100 {
		t.Errorf("%+v", f)
	}
	if f := (Figures{Addresses: 400, Density: 900}).complete(heath); f.Density != 900 || f.Urbanity != 5 || f.Estimated {
		t.Errorf("what was imported comes first: %+v", f)
	}
	if f := (Figures{}).complete(crowd{}); f.known() || f.Estimated {
		t.Errorf("figures of nothing: %+v", f)
	}
}

func TestFigures(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, s *Places) {
		ctx := t.Context()
		if of, err := s.Figures(ctx); err != nil || len(of) != 0 {
			t.Fatalf("%v %v", of, err)
		}
		if _, err := s.Import(ctx, batch(t, ReadPostcodes, postcodesFile)); err != nil {
			t.Fatal(err)
		}
		of, err := s.Figures(ctx)
		if f := of["/0363"]; err != nil || math.Round(f.Density) != 7392 || f.Urbanity != 1 || !f.Estimated || f.HasAges() {
			t.Errorf("%+v %v", f, err)
		}
		figures := batch(t, ReadFigures, figuresFile)
		would, err := s.Preview(ctx, figures)
		if err != nil || would.New != 2 || would.Skipped != 3 || would.Examples[0] != "GM0363 Amsterdam" {
			t.Errorf("%+v %v", would, err)
		}
		did, err := s.Import(ctx, figures)
		if err != nil || did.New != 2 {
			t.Fatalf("%+v %v", did, err)
		}
		if again, err := s.Import(ctx, figures); err != nil || again.Same != 2 || again.New+again.Changed != 0 {
			t.Errorf("%+v %v", again, err)
		}
		if of, err = s.Figures(ctx); err != nil || of["/0363"].Density != 4999.5 || of["/0363"].Ages[2] != 30 || of["/0363"].Estimated {
			t.Errorf("%+v %v", of["/0363"], err)
		}
		// What the file left out comes from the postcodes.
		if f := of["/0995"]; math.Round(f.Density) != 68 || f.Urbanity != 3 || f.Estimated || f.Inhabitants != 800 {
			t.Errorf("%+v", f)
		}
		one, err := s.FiguresOf(ctx, "/0995")
		if err != nil || one != of["/0995"] {
			t.Errorf("%+v %v", one, err)
		}
		if one, err = s.FiguresOf(ctx, "/0034"); err != nil || one.known() {
			t.Errorf("%+v %v", one, err)
		}
	})
}

func TestDemoFigures(t *testing.T) {
	each(t, func(t *testing.T, _ *db.DB, s *Places) {
		ctx := t.Context()
		if _, err := s.Import(ctx, batch(t, ReadFigures, figuresFile)); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.Demo(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if f, err := s.FiguresOf(ctx, DemoPlace); err != nil || !f.Demonstration || !f.HasAges() {
			t.Errorf("%+v %v", f, err)
		}
		of, err := s.Figures(ctx)
		if f := of["/0995"]; err != nil || f.Demonstration || f.Inhabitants != 800 || f.Density != 0 {
			t.Errorf("what is made up stands for what was imported: %+v %v", f, err)
		}
		for _, f := range demoFigureList {
			all := 0.0
			for _, v := range f.Ages {
				all += v
			}
			if all != 100 || f.Over75 > f.Ages[4] {
				t.Errorf("%s: %v", f.Place, all)
			}
		}
	})
}

// The figures come to data that were made before there were any.
func TestFiguresMigrate(t *testing.T) {
	first, err := migrations.ReadFile("migrations/0001_places.sql")
	if err != nil {
		t.Fatal(err)
	}
	before := fstest.MapFS{"migrations/0001_places.sql": {Data: first}}
	dbtest.Each(t, []db.Migrations{{Room: "places", FS: before}}, func(t *testing.T, d *db.DB) {
		if _, err := d.Migrate(t.Context(), []db.Migrations{{Room: "places", FS: migrations}}); err != nil {
			t.Fatal(err)
		}
		s := New(d, nil, nil, Options{})
		if err := s.Install(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Import(t.Context(), batch(t, ReadFigures, figuresFile)); err != nil {
			t.Error(err)
		}
	})
}

func TestRealDensities(t *testing.T) {
	b, err := ReadPostcodes("pc4_nl.csv", outside(t, "pc4_nl.csv"))
	if err != nil {
		t.Fatal(err)
	}
	crowds := map[string]crowd{}
	for _, p := range b.Postcodes {
		if p.Area > 0 {
			c := crowds[p.Place]
			c.add(crowd{p.Inhabitants, p.Area, float64(p.Inhabitants) * float64(p.Inhabitants) / p.Area})
			crowds[p.Place] = c
		}
	}
	for path, class := range map[string]int{"/0363": 1, "/0344": 1, "/0034": 2, "/0355": 3, "/0114": 4, "/1680": 5} {
		if f := (Figures{}).complete(crowds[path]); f.Urbanity != class {
			t.Errorf("%s is of class %d, want %d: %+v", path, f.Urbanity, class, f)
		}
	}
}
