package places

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/id"
)

func each(t *testing.T, f func(t *testing.T, d *db.DB, s *Places)) {
	t.Helper()
	dbtest.Each(t, []db.Migrations{{Room: "places", FS: migrations}}, func(t *testing.T, d *db.DB) {
		c := clock.NewFake(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC))
		s := New(d, c, id.New(c), Options{})
		if err := s.Install(t.Context()); err != nil {
			t.Fatal(err)
		}
		f(t, d, s)
	})
}

func batch(t *testing.T, read reader, text string) Batch {
	t.Helper()
	b, err := read("f", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestInstall(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, s *Places) {
		before := d.Figures().Writes
		if err := s.Install(t.Context()); err != nil {
			t.Fatal(err)
		}
		if after := d.Figures().Writes; after != before {
			t.Error("a second start writes")
		}
		all, err := s.Children(t.Context(), "")
		if err != nil || len(all) != 342 || all[0].Name != "Aa en Hunze" {
			t.Fatalf("%d, %v", len(all), err)
		}
		if i := slices.IndexFunc(all, func(p Place) bool { return p.Name == "'s-Gravenhage" }); !strings.HasPrefix(all[i-1].Name, "G") {
			t.Errorf("'s-Gravenhage comes after %s", all[i-1].Name)
		}
		if _, err := s.ByPath(t.Context(), "/9999"); fault.KindOf(err) != fault.KindNotFound {
			t.Error(err)
		}
	})
}

func TestImport(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, s *Places) {
		ctx := t.Context()
		districts := batch(t, ReadNeighbourhoods, districtsFile)
		would, err := s.Preview(ctx, districts)
		if err != nil || would.New != 2 || would.Skipped != 1 || would.Examples[1] != "BU0363AA01 Brugzijde" {
			t.Fatalf("%+v %v", would, err)
		}
		if _, err := s.ByPath(ctx, "/0363/WK0363AA"); fault.KindOf(err) != fault.KindNotFound {
			t.Error("a preview writes")
		}
		// Children first in the file: parents are still kept first.
		slices.Reverse(districts.Places)
		did, err := s.Import(ctx, districts)
		if err != nil || did.New != 2 {
			t.Fatalf("%+v %v", did, err)
		}
		if again, err := s.Import(ctx, districts); err != nil || again.Same != 2 || again.New+again.Changed != 0 {
			t.Errorf("%+v %v", again, err)
		}
		below, err := s.Children(ctx, "/0363")
		if err != nil || len(below) != 1 || below[0].Name != "Oude Kade" || below[0].Inhabitants != 2000 || below[0].Kind != District {
			t.Errorf("%+v %v", below, err)
		}

		if did, err = s.Import(ctx, batch(t, ReadPostcodes, postcodesFile)); err != nil || did.New != 2 {
			t.Fatalf("%+v %v", did, err)
		}
		if p, err := s.ByPostcode(ctx, "1012 ab"); err != nil || p.Name != "Amsterdam" {
			t.Errorf("%+v %v", p, err)
		}
		if _, err := s.ByPostcode(ctx, "1013"); fault.KindOf(err) != fault.KindNotFound {
			t.Error(err)
		}
		if _, err := s.ByPostcode(ctx, "x"); fault.KindOf(err) != fault.KindInvalid {
			t.Error(err)
		}
		if in, err := s.Postcodes(ctx, "/0995"); err != nil || len(in) != 1 || in[0].Code != "8211" {
			t.Errorf("%+v %v", in, err)
		}
		// The neighbourhood of a postcode stays known.
		err = d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			return savePostcode(ctx, tx, Postcode{Code: "1012", Place: "/0363/WK0363AA"})
		})
		if err != nil {
			t.Fatal(err)
		}
		if did, err = s.Import(ctx, batch(t, ReadPostcodes, postcodesFile)); err != nil || did.Changed != 1 || did.Same != 1 {
			t.Errorf("%+v %v", did, err)
		}
		if p, err := s.ByPostcode(ctx, "1012"); err != nil || p.Name != "Oude Kade" {
			t.Errorf("%+v %v", p, err)
		}

		if did, err = s.Import(ctx, batch(t, ReadMunicipalities, geoFile)); err != nil || did.Changed != 2 || did.Outlines != 2 {
			t.Errorf("%+v %v", did, err)
		}
		p, err := s.ByPath(ctx, "/0995")
		if err != nil || p.Inhabitants != 79810 || p.Lat < 52 || p.Name != "Lelystad" {
			t.Errorf("the built-in centre is lost: %+v %v", p, err)
		}
		outlines, err := s.Outlines(ctx, "")
		if err != nil || len(outlines) != 2 || len(outlines[1].Rings[0]) != 4 || outlines[1].Rings[0][2] != (Point{5.6, 52.6}) {
			t.Errorf("%+v %v", outlines, err)
		}
	})
}

func TestImportUnknown(t *testing.T) {
	each(t, func(t *testing.T, _ *db.DB, s *Places) {
		text := districtsFile + "BU0995AA01,Los,buurt,WK0995AA,\n"
		_, err := s.Import(t.Context(), batch(t, ReadNeighbourhoods, text))
		if problems, ok := errors.AsType[Problems](err); !ok || problems[0].String() != "f:5: parent: the place /0995/WK0995AA is unknown" {
			t.Error(err)
		}
		if _, err := s.ByPath(t.Context(), "/0363/WK0363AA"); fault.KindOf(err) != fault.KindNotFound {
			t.Error("half a file was kept")
		}
		_, err = s.Preview(t.Context(), batch(t, ReadPostcodes, strings.Replace(postcodesFile, "0363", "9998", 1)))
		if problems, ok := errors.AsType[Problems](err); !ok || problems[0].String() != "f:3: gm: the place /9998 is unknown" {
			t.Error(err)
		}
	})
}

func TestSettings(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, s *Places) {
		ctx := t.Context()
		if _, err := s.Import(ctx, batch(t, ReadNeighbourhoods, districtsFile)); err != nil {
			t.Fatal(err)
		}
		save := func(path, portal string) error {
			v := DefaultSettings()
			v.Portal = portal
			return d.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.SaveSettings(ctx, tx, path, v) })
		}
		at := func(path string) string {
			v, where, err := s.Settings(ctx, path)
			if err != nil {
				t.Fatal(err)
			}
			return v.Portal + " " + where
		}
		const street = "/0363/WK0363AA/BU0363AA01"
		if got := at(street); got != "Wijkbaak " {
			t.Error(got)
		}
		if err := errors.Join(save("/0363", "Stad"), save("/0363/WK0363AA", "Oud"), save("/0363/WK0363AA", "Kade")); err != nil {
			t.Fatal(err)
		}
		for path, want := range map[string]string{street: "Kade /0363/WK0363AA", "/0363": "Stad /0363", "/0363/WK036302": "Stad /0363", "/0995": "Wijkbaak ", "": "Wijkbaak "} {
			if got := at(path); got != want {
				t.Errorf("%s: %s, want %s", path, got, want)
			}
		}
		v, _, _ := s.Settings(ctx, street)
		if v.Hours != DefaultSettings().Hours || len(v.Urgent) != 4 || v.Urgent[0].Number != "112" || !v.NationalHolidays {
			t.Errorf("%+v", v)
		}
		if err := save("/9999", "Nergens"); fault.KindOf(err) != fault.KindInvalid || fault.FieldsOf(err)[0].Name != "place" {
			t.Error(err)
		}
		if err := save("/0363", ""); fault.KindOf(err) != fault.KindInvalid {
			t.Error(err)
		}
	})
}

func TestDemo(t *testing.T) {
	each(t, func(t *testing.T, _ *db.DB, s *Places) {
		for range 2 { // a second run changes nothing
			if err := s.Room().Demo(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		p, err := s.ByPostcode(t.Context(), "8247 AB")
		if err != nil || !p.Demonstration || !strings.Contains(p.Name, "voorbeeld") || p.Note == "" || !Covers(DemoPlace, p.Path) {
			t.Errorf("%+v %v", p, err)
		}
		v, where, err := s.Settings(t.Context(), p.Path)
		if err != nil || where != DemoPlace || v.Portal != "Wijkbaak Waterkwartier" {
			t.Errorf("%+v %s %v", v, where, err)
		}
		if list, err := s.Children(t.Context(), DemoPlace); err != nil || len(list) != 3 {
			t.Errorf("%d %v", len(list), err)
		}
	})
}

func TestPlans(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, s *Places) {
		for _, p := range s.Room().Plans {
			if err := d.CheckPlan(t.Context(), p); err != nil {
				t.Error(err)
			}
		}
	})
}
