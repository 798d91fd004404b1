package places

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	postcodesFile = "pc4,gm,gemeente,lat,lon,inwoners,km2\n8211,0995,Lelystad,52.53739,5.51362,295,4.366\n1012,0363,Amsterdam,52.37535,4.89606,8545,1.156\n"
	districtsFile = "code,name,kind,parent,inwoners\nGM0363,Amsterdam,gemeente,,\nWK0363AA,Oude Kade,wijk,GM0363,2000\nBU0363AA01,Brugzijde,buurt,WK0363AA,900\n"
	geoFile       = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"code":"0363","gemeente":"Amsterdam","provincie":"Noord-Holland","inwoners":900000},
 "geometry":{"type":"Polygon","coordinates":[[[4.7,52.3],[5.0,52.3],[5.0,52.4],[4.85,52.4001],[4.7,52.4],[4.7,52.3]]]}},
{"type":"Feature","properties":{"code":"0995","gemeente":"Lelystad","provincie":"Flevoland","inwoners":79810.0},
 "geometry":{"type":"MultiPolygon","coordinates":[[[[5.3,52.4],[5.6,52.4],[5.6,52.6],[5.3,52.4]]]]}}
]}`
)

type reader func(string, io.Reader) (Batch, error)

func TestReadGood(t *testing.T) {
	b, err := ReadPostcodes("pc4.csv", strings.NewReader(postcodesFile))
	if err != nil || len(b.Postcodes) != 2 || b.Postcodes[1].Code != "1012" || b.Postcodes[1].Place != "/0363" || b.Postcodes[1].Inhabitants != 8545 || b.Postcodes[0].Area != 4.366 {
		t.Errorf("%+v %v", b, err)
	}
	b, err = ReadNeighbourhoods("wijken.csv", strings.NewReader("\uFEFF"+strings.ReplaceAll(districtsFile, ",", ";")))
	if err != nil || len(b.Places) != 2 || b.Skipped != 1 || b.Places[1].Path != "/0363/WK0363AA/BU0363AA01" || b.Places[1].Parent != "/0363/WK0363AA" || b.Places[0].Inhabitants != 2000 {
		t.Errorf("%+v %v", b, err)
	}
	b, err = ReadMunicipalities("gem.geojson", strings.NewReader(geoFile))
	if err != nil || len(b.Places) != 2 || len(b.Outlines) != 2 || b.Places[1].Inhabitants != 79810 || b.Places[1].Province != "Flevoland" {
		t.Fatalf("%+v %v", b, err)
	}
	if n := len(b.Outlines[0].Rings[0]); n != 5 {
		t.Errorf("the point that hardly bends the line was kept: %d points", n)
	}
}

// Each wrong file names its line and field.
func TestReadWrong(t *testing.T) {
	replace := strings.Replace
	for _, c := range []struct {
		read  reader
		text  string
		where string
	}{
		{ReadPostcodes, "", "f: the file is empty"},
		{ReadPostcodes, replace(postcodesFile, "lat", "breedte", 1), "f:1: lat: "},
		{ReadPostcodes, replace(postcodesFile, "8211", "211", 1), "f:2: pc4: "},
		{ReadPostcodes, replace(postcodesFile, "1012", "8211", 1), "f:3: pc4: 8211 stands on line 2 too"},
		{ReadPostcodes, replace(postcodesFile, "0363", "363", 1), "f:3: gm: "},
		{ReadPostcodes, replace(postcodesFile, "52.53739", "noord", 1), "f:2: lat: "},
		{ReadPostcodes, replace(postcodesFile, "5.51362", "NaN", 1), "f:2: lon: "},
		{ReadPostcodes, replace(postcodesFile, "295", "-1", 1), "f:2: inwoners: "},
		{ReadPostcodes, replace(postcodesFile, ",4.366", "", 1), "f:2: 6 fields, the header has 7"},
		{ReadPostcodes, replace(postcodesFile, "Amsterdam", "\"Amster", 1), "f:3: "},
		{ReadPostcodes, replace(postcodesFile, "Amsterdam", "\xff", 1), "f:3: not UTF-8"},
		{ReadNeighbourhoods, replace(districtsFile, "WK0363AA,O", "WK036,O", 1), "f:3: code: "},
		{ReadNeighbourhoods, replace(districtsFile, "wijk", "buurt", 1), "f:3: kind: "},
		{ReadNeighbourhoods, replace(districtsFile, "GM0363,2", "GM0995,2", 1), "f:3: parent: "},
		{ReadNeighbourhoods, replace(districtsFile, "Brugzijde", "", 1), "f:4: name: "},
		{ReadNeighbourhoods, replace(districtsFile, "Brugzijde", "Brug\u202ezijde", 1), "f:4: name: "},
		{ReadNeighbourhoods, districtsFile + "WK0363AA,Nog eens,wijk,0363,\n", "f:5: code: WK0363AA stands on line 3 too"},
		{ReadMunicipalities, "[]", "f:1: features: this is no GeoJSON"},
		{ReadMunicipalities, geoFile[:len(geoFile)-40], "f:5: features: "},
		{ReadMunicipalities, `{"features":[]}`, "f: features: there are none"},
		{ReadMunicipalities, replace(geoFile, "0363", "36", 1), "f:2: properties.code: "},
		{ReadMunicipalities, replace(geoFile, `"Flevoland"`, "7", 1), "f:4: properties.provincie: "},
		{ReadMunicipalities, replace(geoFile, `"Lelystad"`, `""`, 1), "f:4: properties.gemeente: "},
		{ReadMunicipalities, replace(geoFile, "79810.0", "-3", 1), "f:4: properties.inwoners: "},
		{ReadMunicipalities, replace(geoFile, "MultiPolygon", "Point", 1), "f:4: geometry.type: "},
		{ReadMunicipalities, replace(geoFile, "[5.3,52.4],", "[155000,463000],", 1), "f:4: geometry.coordinates: "},
		{ReadMunicipalities, replace(geoFile, "[5.3,52.4],", "", 1), "f:4: geometry.coordinates: "},
	} {
		_, err := c.read("f", strings.NewReader(c.text))
		problems, ok := errors.AsType[Problems](err)
		if !ok || !strings.HasPrefix(problems[0].String(), c.where) {
			t.Errorf("want %q, got %v", c.where, err)
		}
	}
}

func TestReadBounds(t *testing.T) {
	var many strings.Builder
	many.WriteString("code,name,kind,parent\n")
	for range MaxRows + 2 {
		many.WriteString("x,x,x,x\n")
	}
	_, err := ReadNeighbourhoods("f", strings.NewReader(many.String()))
	if problems, ok := errors.AsType[Problems](err); !ok || len(problems) != maxProblems {
		t.Errorf("%d problems", len(problems))
	}
	_, err = ReadPostcodes("f", io.LimitReader(zeros{}, MaxBytes+10))
	if err == nil || !strings.Contains(err.Error(), "larger than 64 MB") {
		t.Error(err)
	}
	_, err = ReadMunicipalities("f", strings.NewReader(strings.Repeat(`{"a":`, 1_000_000)))
	if err == nil {
		t.Error("a million braces were read")
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func fuzzReader(f *testing.F, good string, read reader) {
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add("")
	f.Add("a;b\n\"")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := read("f", strings.NewReader(text))
		if err != nil {
			if _, ok := errors.AsType[Problems](err); !ok {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		for _, p := range b.Places {
			if _, path, kind, ok := ParseCode(p.Code); !ok || path != p.Path || kind != p.Kind || p.Name == "" {
				t.Fatalf("%+v", p)
			}
		}
		for _, o := range b.Outlines {
			if rings, err := readRings(o.text()); err != nil || len(rings) != len(o.Rings) {
				t.Fatalf("%s: %v", o.text(), err)
			}
		}
	})
}

func FuzzReadPostcodes(f *testing.F)      { fuzzReader(f, postcodesFile, ReadPostcodes) }
func FuzzReadNeighbourhoods(f *testing.F) { fuzzReader(f, districtsFile, ReadNeighbourhoods) }
func FuzzReadMunicipalities(f *testing.F) { fuzzReader(f, geoFile, ReadMunicipalities) }

// outside opens a file of the data folder beside the project.
func outside(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "..", "..", "shared", "data", "geo", name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("left out: ../shared/data/geo/%s is not there", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() }) //nolint:errcheck // only read
	return f
}

// TestBuiltIn compares the built-in list with the municipalities of CBS.
func TestBuiltIn(t *testing.T) {
	list := Municipalities()
	if len(list) != 342 || !slices.IsSortedFunc(list, func(a, b Place) int { return strings.Compare(a.Path, b.Path) }) {
		t.Fatalf("%d municipalities", len(list))
	}
	b, err := ReadMunicipalities("gemeenten_2026_300m.geojson", outside(t, "gemeenten_2026_300m.geojson"))
	if err != nil {
		t.Fatal(err)
	}
	real := map[string]int{}
	for i, p := range b.Places {
		real[p.Path] = i
	}
	if len(real) != len(list) {
		t.Errorf("%d in the list of CBS", len(real))
	}
	for _, p := range list {
		i, ok := real[p.Path]
		if !ok {
			t.Errorf("%s %s is not in the list of CBS", p.Code, p.Name)
			continue
		}
		cbs := b.Places[i]
		bare, _, _ := strings.Cut(cbs.Name, " (")
		if p.Name != cbs.Name && p.Name != bare || p.Province != cbs.Province {
			t.Errorf("%s: %s in %s, CBS has %s in %s", p.Code, p.Name, p.Province, cbs.Name, cbs.Province)
		}
		if off := outOf(p, b.Outlines[i]); off > 0.01 {
			t.Errorf("%s: the centre lies %.3f degrees outside", p.Name, off)
		}
	}
}

// outOf tells how far a place lies outside the box around its outline.
func outOf(p Place, o Outline) float64 {
	west, east, south, north := 9.0, 0.0, 90.0, 0.0
	for _, q := range slices.Concat(o.Rings...) {
		west, east, south, north = min(west, q.Lon), max(east, q.Lon), min(south, q.Lat), max(north, q.Lat)
	}
	return max(0, west-p.Lon, p.Lon-east, south-p.Lat, p.Lat-north)
}

func TestRealPostcodes(t *testing.T) {
	b, err := ReadPostcodes("pc4_nl.csv", outside(t, "pc4_nl.csv"))
	if err != nil || len(b.Postcodes) != 4067 {
		t.Fatalf("%d postcodes, %v", len(b.Postcodes), err)
	}
	known := map[string]bool{}
	for _, p := range Municipalities() {
		known[p.Path] = true
	}
	for _, p := range b.Postcodes {
		if !known[p.Place] {
			t.Errorf("%s lies in the unknown %s", p.Code, p.Place)
		}
		if p.Code == "8247" || p.Code == "8248" || p.Code == "8249" {
			t.Errorf("the demonstration uses %s, where people live", p.Code)
		}
	}
}

func TestSimplifyAndDraw(t *testing.T) {
	circle := Outline{Path: "/0363"}
	var ring []Point
	for i := range 721 {
		a := float64(i) * math.Pi / 360
		ring = append(ring, Point{5 + 0.1*math.Cos(a)/squeeze, 52 + 0.1*math.Sin(a)})
	}
	circle.Rings = [][]Point{ring}
	small := circle.Simplify(0.001)
	if n := len(small.Rings[0]); n < 8 || n > 100 {
		t.Errorf("%d points are left of 721", n)
	}
	for _, p := range ring { // no point of the circle lies far from what is left
		best := math.Inf(1)
		for i := 1; i < len(small.Rings[0]); i++ {
			best = min(best, distance(p, small.Rings[0][i-1], small.Rings[0][i]))
		}
		if best > 0.0011 {
			t.Fatalf("%v lies %.4f from the line", p, best)
		}
	}
	if one := (Outline{Rings: [][]Point{{{5, 52}, {5.00001, 52}, {5, 52.00001}, {5, 52}}}}).Simplify(0.1); len(one.Rings) != 1 {
		t.Error("an island disappeared altogether")
	}
	speck := []Point{{6, 52}, {6.00001, 52}, {6, 52.00001}, {6, 52}}
	if two := (Outline{Rings: [][]Point{ring, speck}}).Simplify(0.001); len(two.Rings) != 1 {
		t.Error("a speck too small to see was kept")
	}

	d := NewDrawing([]Outline{circle}, 600)
	if d.Width != 600 || d.Height < 598 || d.Height > 602 || d.ViewBox() != fmt.Sprintf("0 0 600 %v", d.Height) {
		t.Errorf("a circle is drawn %v by %v", d.Width, d.Height)
	}
	if x, y := d.At(52, 5); math.Abs(x-300) > 1 || math.Abs(y-300) > 1 {
		t.Errorf("its centre comes at %v, %v", x, y)
	}
	path := NewDrawing([]Outline{{Rings: [][]Point{{{5, 52}, {6, 52}, {6, 53}, {5, 52}}}}}, 100).PathData(Outline{Rings: [][]Point{{{5, 52}, {6, 52}, {6, 53}, {5, 52}}}})
	if path != "M0 163.2L100 163.2L100 0L0 163.2Z" {
		t.Error(path)
	}
	if empty := NewDrawing(nil, 100); empty.ViewBox() != "0 0 100 100" || empty.PathData(Outline{}) != "" {
		t.Error("nothing is drawn as something")
	}
}
