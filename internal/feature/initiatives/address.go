package initiatives

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/themes"
)

// The names of a filter in an address that people see are Dutch; the API has the
// names of the code.
const (
	askWords    = "q"
	askTheme    = "thema"
	askKind     = "soort"
	askPhase    = "fase"
	askTown     = "gemeente"
	askAudience = "doelgroep"
	askStrength = "bewijs"
	askCost     = "kosten"
	askSort     = "sorteer"
	askView     = "beeld"
	askAfter    = "na"
	askBefore   = "voor"
)

// inDutch are the values in such an address, beside those in the code.
var inDutch = map[string][][2]string{
	askKind: {{"application", "toepassing"}, {"method", "werkwijze"}, {"platform", "platform"}, {"device", "apparaat"},
		{"place", "plek"}, {"programme", "programma"}, {"training", "training"}, {"funding", "geld"}},
	askPhase: {{"idea", "idee"}, {"preparation", "voorbereiding"}, {"pilot", "pilot"}, {"proven", "bewezen"}, {"in_use", "in-gebruik"}, {"scaled", "opgeschaald"},
		{"stopped", "gestopt"}, {"unknown", "onbekend"}},
	askStrength: {{"controlled", "vergeleken"}, {"before_after", "voor-en-na"}, {"survey", "geteld"}, {"estimate", "schatting"}, {"claim", "uitspraak"}},
	askSort:     {{"name", "naam"}, {"year", "jaar"}, {"strength", "bewijs"}},
}

func toCode(ask, dutch string) string {
	for _, pair := range inDutch[ask] {
		if pair[1] == dutch {
			return pair[0]
		}
	}
	return ""
}

func toDutch(ask, code string) string {
	for _, pair := range inDutch[ask] {
		if pair[0] == code {
			return pair[1]
		}
	}
	return ""
}

// Views are the forms of the list.
const (
	viewCards = ""
	viewTable = "tabel"
	viewMap   = "kaart"
)

// filterOf reads a filter from the address of a page; what it does not know, it
// leaves out.
func filterOf(q url.Values) Filter {
	known := func(ask string, allowed []string) string {
		if v := q.Get(ask); slices.Contains(allowed, v) {
			return v
		}
		return ""
	}
	sort := toCode(askSort, q.Get(askSort))
	if sort == Sorts[0] {
		sort = "" // the order of itself
	}
	return Filter{
		Words:        short(q.Get(askWords), 200),
		Theme:        known(askTheme, themes.All),
		Kind:         toCode(askKind, q.Get(askKind)),
		Phase:        toCode(askPhase, q.Get(askPhase)),
		Municipality: short(q.Get(askTown), 80),
		Audience:     known(askAudience, AudienceNames()),
		Strength:     toCode(askStrength, q.Get(askStrength)),
		Cost:         q.Get(askCost) != "",
		Sort:         sort,
	}
}

// short makes one clean line of what was typed.
func short(s string, most int) string {
	s = strings.Join(strings.Fields(web.Clean(strings.ToValidUTF8(s, ""))), " ")
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most])
	}
	return s
}

// query is the filter as it stands in an address.
func (f Filter) query() url.Values {
	q := url.Values{}
	add := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	add(askWords, f.Words)
	add(askTheme, f.Theme)
	add(askKind, toDutch(askKind, f.Kind))
	add(askPhase, toDutch(askPhase, f.Phase))
	add(askTown, f.Municipality)
	add(askAudience, f.Audience)
	add(askStrength, toDutch(askStrength, f.Strength))
	if f.Cost {
		q.Set(askCost, "ja")
	}
	if f.Sort != Sorts[0] {
		add(askSort, toDutch(askSort, f.Sort))
	}
	return q
}

// at is the address of a page with this filter and name, value, name, value.
func (f Filter) at(path string, pairs ...string) string {
	q := f.query()
	for k := 0; k+1 < len(pairs); k += 2 {
		if pairs[k+1] != "" {
			q.Set(pairs[k], pairs[k+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// A key of a list travels as a cursor, which means nothing outside.
func cursor(key string) string {
	if key == "" {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(key))
}

func keyOf(cursor string) (string, bool) {
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	return string(b), err == nil && len(b) <= 400 && utf8.Valid(b) && !slices.Contains(b, 0)
}
