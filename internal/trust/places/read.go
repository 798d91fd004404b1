package places

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds on a file that is imported.
const (
	MaxBytes    = 64 << 20
	MaxRows     = 50_000
	MaxPoints   = 2_000_000
	maxProblems = 50
)

// Tolerance is how far a kept outline may lie from the imported one, in degrees
// of latitude: about 50 metres, too little to see on a map on a screen.
const Tolerance = 0.0005

// Batch is what a file holds, read and checked, but not yet kept.
type Batch struct {
	File      string
	Places    []Place
	Postcodes []Postcode
	Outlines  []Outline
	Figures   []Figures
	Skipped   int // lines that are right but of no use here

	lines map[string]int // place path → line
}

// Problem is what is wrong at one spot of a file.
type Problem struct {
	File   string
	Line   int    // from 1; 0 is the file as a whole
	Field  string // empty: the whole line
	Reason string // English, for the operator
}

// String is "file:line: field: reason".
func (p Problem) String() string {
	s := p.File
	if p.Line > 0 {
		s += ":" + strconv.Itoa(p.Line)
	}
	if p.Field != "" {
		s += ": " + p.Field
	}
	return s + ": " + p.Reason
}

// Problems are all that is wrong with a file, at most fifty.
type Problems []Problem

// Error is one problem a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// reading collects what is wrong while a file is read.
type reading struct {
	batch    Batch
	problems Problems
	need     []string // columns of which one must be there; nil asks for none
}

func (r *reading) say(line int, field, reason string, args ...any) {
	if len(r.problems) < maxProblems {
		r.problems = append(r.problems, Problem{r.batch.File, line, field, fmt.Sprintf(reason, args...)})
	}
}

func (r *reading) result() (Batch, error) {
	if len(r.problems) > 0 {
		return Batch{}, r.problems
	}
	return r.batch, nil
}

func (r *reading) add(line int, p Place) {
	if first, ok := r.batch.lines[p.Path]; ok {
		r.say(line, "code", "%s stands on line %d too", p.Code, first)
		return
	}
	r.batch.lines[p.Path] = line
	r.batch.Places = append(r.batch.Places, p)
}

func begin(file string) *reading {
	return &reading{batch: Batch{File: file, lines: map[string]int{}}}
}

// ReadPostcodes reads a CSV with the columns pc4, gm, lat, lon, inwoners and
// km2, in any order, beside others. Its errors are Problems.
func ReadPostcodes(file string, from io.Reader) (Batch, error) {
	r := begin(file)
	seen := map[string]int{}
	r.table(from, []string{"pc4", "gm", "lat", "lon", "inwoners", "km2"}, func(line int, get func(string) string) {
		p := Postcode{line: line}
		var err error
		if p.Code, err = ParsePostcode(get("pc4")); err != nil || len(get("pc4")) != 4 {
			r.say(line, "pc4", "%.20q is not four digits from 1000", get("pc4"))
			return
		}
		if first, ok := seen[p.Code]; ok {
			r.say(line, "pc4", "%s stands on line %d too", p.Code, first)
			return
		}
		seen[p.Code] = line
		_, path, kind, ok := ParseCode(get("gm"))
		if !ok || kind != Municipality {
			r.say(line, "gm", "%.20q is no CBS code of a municipality", get("gm"))
			return
		}
		p.Place = path
		p.Lat, p.Lon = r.number(line, "lat", get("lat"), 50, 54), r.number(line, "lon", get("lon"), 3, 8)
		p.Inhabitants = r.inhabitants(line, get("inwoners"))
		p.Area = r.number(line, "km2", get("km2"), 0, 10_000)
		r.batch.Postcodes = append(r.batch.Postcodes, p)
	})
	return r.result()
}

var kindWords = map[string]Kind{
	"wijk": District, "buurt": Neighbourhood, "district": District, "neighbourhood": Neighbourhood,
	"gemeente": Municipality, "municipality": Municipality,
}

// ReadNeighbourhoods reads a CSV of districts and neighbourhoods with the
// columns code (CBS: WK036301, BU03630101), name, kind (wijk, buurt; a gemeente
// is passed over) and parent. lat, lon and inwoners may be there too. Its
// errors are Problems.
func ReadNeighbourhoods(file string, from io.Reader) (Batch, error) {
	r := begin(file)
	r.table(from, []string{"code", "name", "kind", "parent"}, func(line int, get func(string) string) {
		code, path, kind, ok := ParseCode(get("code"))
		if !ok {
			r.say(line, "code", "%.20q is no CBS code", get("code"))
			return
		}
		if said, known := kindWords[strings.ToLower(get("kind"))]; !known || said != kind {
			r.say(line, "kind", "%.20q does not fit the code %s", get("kind"), code)
			return
		}
		if kind == Municipality {
			r.batch.Skipped++
			return
		}
		if _, parent, _, ok := ParseCode(get("parent")); !ok || parent != parentOf(path) {
			r.say(line, "parent", "%.20q does not fit the code %s", get("parent"), code)
			return
		}
		p := Place{Path: path, Kind: kind, Code: code, Parent: parentOf(path)}
		if p.Name = r.name(line, "name", get("name")); p.Name == "" {
			return
		}
		if get("lat")+get("lon") != "" {
			p.Lat, p.Lon = r.number(line, "lat", get("lat"), 50, 54), r.number(line, "lon", get("lon"), 3, 8)
		}
		p.Inhabitants = r.inhabitants(line, get("inwoners"))
		r.add(line, p)
	})
	return r.result()
}

// table reads a CSV with a header; a comma or a semicolon divides.
func (r *reading) table(from io.Reader, need []string, row func(line int, get func(string) string)) {
	text, ok := r.all(from)
	if !ok {
		return
	}
	header, _, _ := bytes.Cut(text, []byte("\n"))
	c := csv.NewReader(bytes.NewReader(text))
	if bytes.Count(header, []byte(";")) > bytes.Count(header, []byte(",")) {
		c.Comma = ';'
	}
	c.FieldsPerRecord = -1
	c.ReuseRecord = true
	columns := map[string]int{}
	width := 0
	for rows := 0; ; rows++ {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			if rows == 0 {
				r.say(0, "", "the file is empty")
			}
			return
		}
		if err != nil {
			line := 0
			if e, ok := errors.AsType[*csv.ParseError](err); ok {
				line, err = e.StartLine, e.Err // where the row begins: an open quote runs on to the end
			}
			r.say(line, "", "%v", err)
			return
		}
		line, _ := c.FieldPos(0)
		if rows == 0 {
			width = len(record)
			for i, name := range record {
				columns[strings.ToLower(strings.TrimSpace(name))] = i
			}
			for _, name := range need {
				if _, ok := columns[name]; !ok {
					r.say(line, name, "this column is missing")
				}
			}
			if len(r.need) > 0 && !slices.ContainsFunc(r.need, func(name string) bool { _, ok := columns[name]; return ok }) {
				r.say(line, "", "there is none of the columns %s", strings.Join(r.need, ", "))
			}
			if len(r.problems) > 0 {
				return
			}
			continue
		}
		if len(record) != width {
			r.say(line, "", "%d fields, the header has %d", len(record), width)
			continue
		}
		if rows > MaxRows {
			r.say(line, "", "more than %d rows", MaxRows)
			return
		}
		row(line, func(name string) string {
			if i, ok := columns[name]; ok {
				return strings.TrimSpace(record[i])
			}
			return ""
		})
	}
}

// all reads the file whole, within bounds, as text.
func (r *reading) all(from io.Reader) ([]byte, bool) {
	text, err := io.ReadAll(io.LimitReader(from, MaxBytes+1))
	switch {
	case err != nil:
		r.say(0, "", "%v", err)
	case len(text) > MaxBytes:
		r.say(0, "", "larger than %d MB", MaxBytes>>20)
	case !utf8.Valid(text):
		good := text
		for at := 0; ; {
			c, n := utf8.DecodeRune(text[at:])
			if c == utf8.RuneError && n == 1 {
				good = text[:at]
				break
			}
			at += n
		}
		r.say(1+bytes.Count(good, []byte("\n")), "", "not UTF-8: save it as CSV UTF-8")
	default:
		return bytes.TrimPrefix(text, []byte("\uFEFF")), true
	}
	return nil, false
}

func (r *reading) number(line int, field, text string, least, most float64) float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || v < least || v > most {
		r.say(line, field, "%.20q is no number from %v to %v", text, least, most)
		return 0
	}
	return v
}

// inhabitants reads a number of people; CBS leaves it out, in several ways,
// where too few live to tell.
func (r *reading) inhabitants(line int, text string) int64 {
	switch text {
	case "", "NA", ".", "-99997", "-99995":
		return 0
	}
	return int64(r.number(line, "inwoners", text, 0, 1e7))
}

func (r *reading) name(line int, field, text string) string {
	text = strings.TrimSpace(text)
	if text == "" || utf8.RuneCountInString(text) > maxName || strings.ContainsFunc(text, func(c rune) bool { return unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) }) {
		r.say(line, field, "%.20q is no name of 1 to %d letters", text, maxName)
		return ""
	}
	return text
}

// feature is one municipality of the GeoJSON.
type feature struct {
	Properties struct {
		Code        string  `json:"code"`
		Name        string  `json:"gemeente"`
		Province    string  `json:"provincie"`
		Inhabitants float64 `json:"inwoners"`
	} `json:"properties"`
	Geometry struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	} `json:"geometry"`
}

// ReadMunicipalities reads a GeoJSON FeatureCollection in degrees (CRS84) with
// the properties code, gemeente, provincie and inwoners, and keeps simplified
// outlines. Its errors are Problems.
func ReadMunicipalities(file string, from io.Reader) (Batch, error) {
	r := begin(file)
	text, ok := r.all(from)
	if !ok {
		return r.result()
	}
	d := json.NewDecoder(bytes.NewReader(text))
	counted, lines := 0, 1
	line := func(at int) int { // at never goes back, so each byte is counted once
		lines += bytes.Count(text[counted:max(at, counted)], []byte("\n"))
		counted = max(at, counted)
		return lines
	}
	here := func() int { return line(int(d.InputOffset())) }
	if !toFeatures(d) {
		r.say(here(), "features", "this is no GeoJSON FeatureCollection")
		return r.result()
	}
	points := 0
	for d.More() {
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			at := here()
			if errors.Is(err, io.ErrUnexpectedEOF) {
				at = line(len(text))
			}
			r.say(at, "features", "%v", err)
			return r.result()
		}
		r.municipality(line(int(d.InputOffset())-len(raw)), raw, &points)
		if len(r.batch.Places) > MaxRows || points > MaxPoints {
			r.say(here(), "features", "more than %d places or %d points", MaxRows, MaxPoints)
			return r.result()
		}
	}
	if _, err := d.Token(); err != nil {
		r.say(here(), "features", "%v", err)
	}
	if len(r.batch.Places)+len(r.problems) == 0 {
		r.say(0, "features", "there are none")
	}
	return r.result()
}

// toFeatures moves d to inside the array "features".
func toFeatures(d *json.Decoder) bool {
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return false
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return false
		}
		if key == "features" {
			t, err := d.Token()
			return err == nil && t == json.Delim('[')
		}
		var skip json.RawMessage
		if d.Decode(&skip) != nil {
			return false
		}
	}
	return false
}

func (r *reading) municipality(line int, raw json.RawMessage, points *int) {
	var f feature
	if err := json.Unmarshal(raw, &f); err != nil {
		field := "features"
		if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			field = e.Field
		}
		r.say(line, field, "%v", err)
		return
	}
	code, path, kind, ok := ParseCode(f.Properties.Code)
	if !ok || kind != Municipality {
		r.say(line, "properties.code", "%.20q is no CBS code of a municipality", f.Properties.Code)
		return
	}
	p := Place{Path: path, Kind: kind, Code: code, Inhabitants: int64(f.Properties.Inhabitants)}
	p.Name, p.Province = r.name(line, "properties.gemeente", f.Properties.Name), r.name(line, "properties.provincie", f.Properties.Province)
	if p.Inhabitants < 0 || f.Properties.Inhabitants > 1e7 {
		r.say(line, "properties.inwoners", "%v is no number of inhabitants", f.Properties.Inhabitants)
		return
	}
	var shapes [][][][]float64
	var err error
	switch f.Geometry.Type {
	case "Polygon":
		var one [][][]float64
		err = json.Unmarshal(f.Geometry.Coordinates, &one)
		shapes = [][][][]float64{one}
	case "MultiPolygon":
		err = json.Unmarshal(f.Geometry.Coordinates, &shapes)
	default:
		r.say(line, "geometry.type", "%.20q is neither Polygon nor MultiPolygon", f.Geometry.Type)
		return
	}
	if err != nil {
		r.say(line, "geometry.coordinates", "%v", err)
		return
	}
	o := Outline{Path: path, line: line}
	for _, ring := range slices.Concat(shapes...) {
		var edge []Point
		for _, c := range ring {
			if len(c) < 2 || c[0] < 3 || c[0] > 8 || c[1] < 50 || c[1] > 54 {
				r.say(line, "geometry.coordinates", "%v does not lie in the Netherlands, in degrees", c)
				return
			}
			edge = append(edge, Point{c[0], c[1]})
			*points++
		}
		if len(edge) < 4 {
			r.say(line, "geometry.coordinates", "a ring of %d points", len(edge))
			return
		}
		o.Rings = append(o.Rings, edge)
	}
	if len(o.Rings) == 0 {
		r.say(line, "geometry.coordinates", "no ring")
		return
	}
	r.add(line, p)
	r.batch.Outlines = append(r.batch.Outlines, o.Simplify(Tolerance))
}
