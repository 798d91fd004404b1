package places

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"wijkbaak.nl/internal/base/fault"
)

// Kind is the level of a place.
type Kind string

// The kinds, from large to small.
const (
	Municipality  Kind = "municipality"
	District      Kind = "district"
	Neighbourhood Kind = "neighbourhood"
)

// Place is a municipality, district or neighbourhood.
type Place struct {
	Path          string // "/0363/WK036301/BU03630101"
	Kind          Kind
	Code          string // as CBS writes it: GM0363, WK036301, BU03630101
	Name          string
	Parent        string // path; empty for a municipality
	Province      string // of a municipality
	Note          string // a remark for readers, such as that it is made up
	Lat, Lon      float64
	Inhabitants   int64
	Demonstration bool // not a real place
}

// Postcode says in which place a four-digit postcode lies.
type Postcode struct {
	Code        string // "1234"
	Place       string // path
	Lat, Lon    float64
	Inhabitants int64
	Area        float64 // km²

	line int // in the file it came from
}

// Covers tells whether the place of path lies in (or is) the place of ancestor.
// The empty path is the whole country.
func Covers(ancestor, path string) bool {
	return path == ancestor || strings.HasPrefix(path, ancestor+"/")
}

// Ancestors gives the paths from the municipality down to path itself.
func Ancestors(path string) []string {
	var out []string
	for i := 1; i <= len(path); i++ {
		if i == len(path) || path[i] == '/' {
			out = append(out, path[:i])
		}
	}
	return out
}

var codeForm = regexp.MustCompile(`^(?:(?:GM)?(\d{4})|WK(\d{4})([0-9A-Z]{2})|BU(\d{4})([0-9A-Z]{2})([0-9A-Z]{2}))$`)

// ParseCode reads a CBS code and gives it in full, with its path and kind.
func ParseCode(text string) (code, path string, kind Kind, ok bool) {
	m := codeForm.FindStringSubmatch(strings.TrimSpace(text))
	switch {
	case m == nil:
		return "", "", "", false
	case m[1] != "":
		return "GM" + m[1], "/" + m[1], Municipality, true
	case m[2] != "":
		code = "WK" + m[2] + m[3]
		return code, "/" + m[2] + "/" + code, District, true
	default:
		code = "BU" + m[4] + m[5] + m[6]
		return code, "/" + m[4] + "/WK" + m[4] + m[5] + "/" + code, Neighbourhood, true
	}
}

func parentOf(path string) string { return path[:strings.LastIndexByte(path, '/')] }

var postcodeForm = regexp.MustCompile(`^([1-9][0-9]{3})\s*([A-Za-z]{2})?$`)

// ParsePostcode reads "1234 AB", "1234ab" or "1234" and gives the four digits:
// more is not needed to know the neighbourhood, so more is not kept.
func ParsePostcode(text string) (string, error) {
	wrong := fault.Invalid(fault.Field{Name: "postcode", Key: "places.error.postcode"})
	if len(text) > 40 {
		return "", wrong
	}
	m := postcodeForm.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return "", wrong
	}
	switch strings.ToUpper(m[2]) {
	case "SA", "SD", "SS": // never given out
		return "", wrong
	}
	return m[1], nil
}

// sortKey is how a name sorts as people look it up: small letters, no accents,
// "'s-Gravenhage" under the g.
func sortKey(name string) string {
	s := strings.ToLower(norm.NFD.String(name))
	for _, article := range []string{"'s-", "'s ", "'t "} {
		s = strings.TrimPrefix(s, article)
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, s)
}
