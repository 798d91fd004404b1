package region

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/web"
)

// The names of a filter in an address that people see are Dutch; the API has the
// names of the code.
const (
	askTheme      = "thema"
	askPhase      = "fase"
	askKind       = "soort"
	askProvince   = "provincie"
	askInitiative = "initiatief"
	askTown       = "gemeente"
	askCoalition  = "coalitie"
	askView       = "beeld"
	askAfter      = "na"
)

// Paths of the room.
const (
	path        = "/regio"
	pathCouncil = "/regio/raad"
	pathCSV     = "/regio.csv"
)

// inDutch are the values in such an address, beside those in the code. They are
// those of the overview, so that a link there and a link here look alike.
var inDutch = map[string][][2]string{
	askKind: {{"application", "toepassing"}, {"method", "werkwijze"}, {"platform", "platform"}, {"device", "apparaat"},
		{"place", "plek"}, {"programme", "programma"}, {"training", "training"}, {"funding", "geld"}},
	askPhase: {{"idea", "idee"}, {"preparation", "voorbereiding"}, {"pilot", "pilot"}, {"proven", "bewezen"}, {"in_use", "in-gebruik"},
		{"scaled", "opgeschaald"}, {"stopped", "gestopt"}, {"unknown", "onbekend"}},
}

// translate gives the value at column to of the pair with the value at column from.
func translate(ask, value string, from, to int) string {
	for _, pair := range inDutch[ask] {
		if pair[from] == value {
			return pair[to]
		}
	}
	return ""
}

// The views of the page.
const (
	viewMap         = ""
	viewTowns       = "gemeenten"
	viewInitiatives = "initiatieven"
	viewWhite       = "witte-vlekken"
	viewGrowth      = "groei"
	viewBarriers    = "belemmeringen"
	viewDue         = "maand"
)

// filterOf reads a filter from an address; what it does not know, it leaves out.
func (s *Service) filterOf(q url.Values) Filter {
	f := Filter{
		Phase:      translate(askPhase, q.Get(askPhase), 1, 0),
		Kind:       translate(askKind, q.Get(askKind), 1, 0),
		Initiative: line(q.Get(askInitiative), initiativeMost),
		Province:   line(q.Get(askProvince), 40),
		Town:       townKey(line(q.Get(askTown), 20)),
		Coalition:  line(q.Get(askCoalition), 40),
	}
	if t := q.Get(askTheme); slices.Contains(s.Themes, t) {
		f.Theme = t
	}
	return f
}

// initiativeMost is how long the name of an initiative in a filter can be.
const initiativeMost = 120

// line makes one clean line of what was typed.
func line(s string, most int) string {
	s = strings.Join(strings.Fields(web.Clean(strings.ToValidUTF8(s, ""))), " ")
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most])
	}
	return s
}

// at is the address of a page with this filter and name, value, name, value.
func (f Filter) at(path string, pairs ...string) string {
	q := url.Values{}
	add := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	add(askTheme, f.Theme)
	add(askPhase, translate(askPhase, f.Phase, 0, 1))
	add(askKind, translate(askKind, f.Kind, 0, 1))
	add(askProvince, f.Province)
	add(askInitiative, f.Initiative)
	add(askTown, f.Town)
	add(askCoalition, f.Coalition)
	for k := 0; k+1 < len(pairs); k += 2 {
		add(pairs[k], pairs[k+1])
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// A key of a list travels as a cursor, which means nothing outside.
func cursor(key string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(key))
}

func keyOf(cursor string) (string, bool) {
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	return string(b), err == nil && len(b) <= 1000 && utf8.Valid(b) && !slices.Contains(b, 0)
}
