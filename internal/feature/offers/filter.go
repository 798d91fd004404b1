package offers

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/themes"
)

// Filter narrows the list. The zero Filter has everything.
type Filter struct {
	Words      string // searched for; the best match first
	Kind       string
	Theme      string
	Area       string
	Audience   string
	Cost       string
	Where      string
	Language   string
	Postcode   string // from where distances count
	Km         int    // at most this far from the postcode; 0 is any distance
	Wheelchair bool
	Open       bool // open now
}

// Distances are those a list can ask for, in kilometres.
var Distances = []int{1, 2, 5, 10, 25}

// The names of a filter in an address that people see are Dutch; the API has the
// names of the code.
const (
	askWords      = "q"
	askKind       = "soort"
	askTheme      = "thema"
	askArea       = "gebied"
	askAudience   = "doelgroep"
	askCost       = "kosten"
	askWhere      = "waar"
	askLanguage   = "taal"
	askPostcode   = "postcode"
	askKm         = "afstand"
	askWheelchair = "rolstoel"
	askOpen       = "open"
	askView       = "beeld"
	askAfter      = "na"
	askBefore     = "voor"
	askChosen     = "o" // slugs to compare, to print, or to put in a calendar
)

const viewMap = "kaart"

// inDutch are the values in such an address, beside those in the code.
var inDutch = map[string][][2]string{
	askKind: {{"activity", "activiteit"}, {"service", "dienst"}, {"application", "app"}, {"device", "hulpmiddel"}, {"training", "training"},
		{"place", "plek"}, {"group", "groep"}},
	askAudience: {{"everyone", "iedereen"}, {"children", "kinderen"}, {"youth", "jongeren"}, {"adults", "volwassenen"}, {"older", "ouderen"},
		{"carers", "mantelzorgers"}, {"alone", "alleen"}, {"newcomers", "nieuwkomers"}, {"low-income", "weinig-geld"}, {"disability", "beperking"},
		{"dementia", "dementie"}, {"mental", "psychisch"}, {"families", "gezinnen"}},
	askCost:  {{"free", "gratis"}, {"paid", "betaald"}, {"reimbursed", "vergoed"}},
	askWhere: {{"nearby", "buurt"}, {"home", "thuis"}, {"online", "online"}},
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

// filterOf reads a filter from the address of a page; what it does not know, it
// leaves out.
func filterOf(q url.Values) Filter {
	known := func(ask string, allowed []string) string {
		if v := q.Get(ask); slices.Contains(allowed, v) {
			return v
		}
		return ""
	}
	f := Filter{
		Words: short(q.Get(askWords), 200), Kind: toCode(askKind, q.Get(askKind)), Theme: known(askTheme, themes.All),
		Area: known(askArea, themes.Areas), Audience: toCode(askAudience, q.Get(askAudience)), Cost: toCode(askCost, q.Get(askCost)),
		Where: toCode(askWhere, q.Get(askWhere)), Postcode: strings.ToUpper(short(q.Get(askPostcode), 10)),
		Wheelchair: q.Get(askWheelchair) != "", Open: q.Get(askOpen) != "",
	}
	if l := q.Get(askLanguage); langForm.MatchString(l) && len(l) <= 12 {
		f.Language = l
	}
	if n, err := strconv.Atoi(q.Get(askKm)); err == nil && slices.Contains(Distances, n) {
		f.Km = n
	}
	return f
}

// short makes one clean line of what was typed.
func short(s string, most int) string {
	s = strings.Join(strings.Fields(web.Clean(strings.ToValidUTF8(s, ""))), " ")
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most])
	}
	return s
}

// Narrowed tells whether the filter leaves anything out.
func (f Filter) Narrowed() bool {
	f.Postcode = ""
	return f != Filter{Km: f.Km} || f.Km > 0
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
	add(askKind, toDutch(askKind, f.Kind))
	add(askTheme, f.Theme)
	add(askArea, f.Area)
	add(askAudience, toDutch(askAudience, f.Audience))
	add(askCost, toDutch(askCost, f.Cost))
	add(askWhere, toDutch(askWhere, f.Where))
	add(askLanguage, f.Language)
	add(askPostcode, f.Postcode)
	if f.Km > 0 {
		add(askKm, strconv.Itoa(f.Km))
	}
	if f.Wheelchair {
		add(askWheelchair, "ja")
	}
	if f.Open {
		add(askOpen, "nu")
	}
	return q
}

// at is the address of a page with this filter and name, value, name, value.
func (f Filter) at(path string, pairs ...string) string {
	q := f.query()
	for k := 0; k+1 < len(pairs); k += 2 {
		if pairs[k+1] != "" {
			q.Add(pairs[k], pairs[k+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// tags is the part of the filter that the search index knows.
func (f Filter) tags() map[string][]string {
	tags := map[string][]string{}
	add := func(name, value string) {
		if value != "" {
			tags[name] = []string{value}
		}
	}
	add("kind", f.Kind)
	add("theme", f.Theme)
	add("area", f.Area)
	add("for", f.Audience)
	add("cost", f.Cost)
	add("where", f.Where)
	add("lang", f.Language)
	if f.Wheelchair {
		add("access", "wheelchair")
	}
	return tags
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
	return string(b), err == nil && len(b) <= 500 && utf8.Valid(b) && !slices.Contains(b, 0)
}

// fold is a text as it sorts and compares: small letters, figures and spaces.
func fold(s string) string {
	t := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	s, _, err := transform.String(t, strings.ToLower(s))
	if err != nil {
		return ""
	}
	return strings.Join(strings.FieldsFunc(s, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }), " ")
}

// slugOf makes an address of a name.
func slugOf(name string) string {
	ascii := strings.Map(func(c rune) rune {
		if c < utf8.RuneSelf {
			return c
		}
		return -1
	}, fold(name))
	slug := strings.Join(strings.Fields(ascii), "-")
	if len(slug) > 60 {
		slug = strings.TrimRight(slug[:60], "-")
	}
	if slug == "" || slices.Contains(reserved, slug) {
		slug = "aanbod-" + slug
	}
	return strings.Trim(slug, "-")
}
