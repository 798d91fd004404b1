package offers

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/protocol/hsds"
	"wijkbaak.nl/internal/trust/themes"
)

// What HSDS has no field for travels as attributes of taxonomies of our own: a term
// and, where it is a text, its value.
const (
	vocabulary = "wijkbaak" // of texts: summary, gives, per, vendor, medical, initiative
	uplName    = "UPL"
)

// vocabularies are the taxonomies of codes, by what they are about.
var vocabularies = map[string][]string{"wijkbaak-kind": Kinds, "wijkbaak-audience": Audiences, "wijkbaak-theme": themes.All, "wijkbaak-area": themes.Areas,
	"wijkbaak-where": Wheres, "wijkbaak-access": Accessibly, "wijkbaak-ground": Grounds, "wijkbaak-platform": Platforms}

// fromHSDS reads a service as an entry, with who offers it. What does not fit an
// entry is left out of it, and stays in what was kept of the service.
func fromHSDS(s hsds.Object) (Offer, Organisation) {
	terms, texts := marks(s)
	first := func(name, otherwise string) string {
		if list := terms["wijkbaak-"+name]; len(list) > 0 {
			return list[0]
		}
		return otherwise
	}
	o := Offer{Kind: first("kind", "service"), Name: oneLine(s.Text("name"), lineMost), Description: manyLines(s.Text("description"), 2*textMost),
		Summary: texts["summary"], Gives: oneLine(texts["gives"], textMost), For: oneLine(s.Text("eligibility_description"), textMost),
		Audience: terms["wijkbaak-audience"], Themes: terms["wijkbaak-theme"], Areas: terms["wijkbaak-area"], Where: terms["wijkbaak-where"],
		Accessible: terms["wijkbaak-access"], Ground: first("ground", ""), Initiative: texts["initiative"]}
	if o.Summary == "" {
		o.Summary = short160(o.Description)
	} else if o.Summary == o.Description {
		o.Description = ""
	}
	if list := terms[uplName]; len(list) > 0 {
		o.UPL = list[0]
	}
	for w := range strings.SplitSeq(s.Text("alternate_name"), ",") {
		if w = oneLine(w, 80); w != "" && len(o.Also) < 40 {
			o.Also = append(o.Also, w)
		}
	}
	if o.Kind == "application" {
		o.Application = &Application{Platforms: terms["wijkbaak-platform"], Vendor: oneLine(texts["vendor"], lineMost), Medical: texts["medical"] == "true"}
	}
	o.Join = Join{Text: oneLine(s.Text("application_process"), textMost), Email: s.Text("email"), URL: s.Text("url")}
	if phones := s.List("phones"); len(phones) > 0 {
		o.Join.Phone = oneLine(phones[0].Text("number"), 80)
	}
	for _, l := range s.List("languages") {
		if code := strings.ToLower(l.Text("code")); langForm.MatchString(code) && !slices.Contains(o.Languages, code) && len(o.Languages) < listMost {
			o.Languages = append(o.Languages, code)
		}
	}
	for _, a := range s.List("service_areas") {
		if code := strings.TrimPrefix(a.Text("uri"), placeURI); code != a.Text("uri") {
			o.Places = append(o.Places, code)
		}
	}
	o.Cost = costOf(s, texts["per"])
	o.Schedule = slots(s)
	virtual := false
	for _, at := range s.List("service_at_locations") {
		l := at.Object("location")
		if l == nil || len(o.Locations) >= listMost {
			continue
		}
		if l.Text("location_type") == "virtual" {
			virtual = true
			continue
		}
		spot := location(l)
		spot.At = at.Text("id")
		o.Locations = append(o.Locations, spot)
		if len(o.Schedule) == 0 {
			o.Schedule = append(slots(at), slots(l)...)
		}
	}
	o.Schedule = o.Schedule[:min(len(o.Schedule), slotsMost)]
	if len(o.Where) == 0 {
		if len(o.Locations) > 0 {
			o.Where = append(o.Where, "nearby")
		}
		if virtual {
			o.Where = append(o.Where, "online")
		}
	}
	o.tidy()
	return o, organisationOf(s.Object("organization"))
}

func organisationOf(s hsds.Object) Organisation {
	return Organisation{ID: s.Text("id"), Name: oneLine(s.Text("name"), lineMost), Description: s.Text("description"), URL: s.Text("website"), Email: s.Text("email")}
}

// tidy takes out what an entry cannot hold; what was kept of the service still has it.
func (o *Offer) tidy() {
	for range 20 {
		faults := o.check(true)
		if len(faults) == 0 {
			return
		}
		for _, f := range faults {
			o.drop(f.Field)
		}
	}
}

// drop empties a field that check names.
func (o *Offer) drop(field string) {
	name, rest, _ := strings.Cut(field, "[")
	index, sub, _ := strings.Cut(rest, "]")
	n, _ := strconv.Atoi(index)
	switch name {
	case "description":
		o.Description = ""
	case "summary":
		o.Summary = oneLine(o.Summary, summaryMost)
	case "gives":
		o.Gives = ""
	case "for":
		o.For = ""
	case "places":
		o.Places = without(o.Places, n)
	case "languages":
		o.Languages = without(o.Languages, n)
	case "also":
		o.Also = without(o.Also, n)
	case "join.email":
		o.Join.Email = ""
	case "join.phone":
		o.Join.Phone = ""
	case "join.url":
		o.Join.URL = ""
	case "join.text":
		o.Join.Text = ""
	case "cost.kind", "cost.cents", "cost.per", "cost.note":
		o.Cost = Price{}
	case "upl":
		o.UPL = ""
	case "ground":
		o.Ground = ""
	case "initiative":
		o.Initiative = ""
	case "schedule":
		if rest != "" {
			o.Schedule = without(o.Schedule, n)
		}
	case "locations":
		switch {
		case rest == "":
			o.Locations = o.Locations[:listMost]
		case n >= len(o.Locations):
		case sub == ".postcode":
			o.Locations[n].Postcode = ""
		case sub == ".lat":
			o.Locations[n].Lat, o.Locations[n].Lon = 0, 0
		default:
			o.Locations = without(o.Locations, n)
		}
	}
}

func without[T any](list []T, n int) []T {
	if n < 0 || n >= len(list) {
		return list
	}
	return slices.Delete(slices.Clone(list), n, n+1)
}

// marks reads the attributes: the codes of each of our taxonomies, and texts.
func marks(s hsds.Object) (codes map[string][]string, texts map[string]string) {
	codes, texts = map[string][]string{}, map[string]string{}
	for _, a := range s.List("attributes") {
		term := a.Object("taxonomy_term")
		name := term.Text("taxonomy")
		if name == "" {
			name = term.Object("taxonomy_detail").Text("name")
		}
		code := term.Text("code")
		switch {
		case name == vocabulary:
			texts[code] = a.Text("value")
		case strings.EqualFold(name, uplName):
			codes[uplName] = append(codes[uplName], term.Text("term_uri"))
		case slices.Contains(vocabularies[name], code) && !slices.Contains(codes[name], code):
			codes[name] = append(codes[name], code)
		}
	}
	return codes, texts
}

// oneLine makes a clean line of a text of others.
func oneLine(s string, most int) string { return short(s, most) }

// manyLines makes a clean text.
func manyLines(s string, most int) string {
	s = web.Clean(strings.ToValidUTF8(s, ""))
	if utf8.RuneCountInString(s) > most {
		s = strings.TrimSpace(string([]rune(s)[:most]))
	}
	return s
}

// short160 is the begin of a text, to a whole sentence or word.
func short160(s string) string {
	line := oneLine(s, 4*summaryMost)
	if utf8.RuneCountInString(line) <= summaryMost {
		return line
	}
	cut := string([]rune(line)[:summaryMost])
	if at := strings.LastIndexAny(cut, ".!?"); at > 40 {
		return cut[:at+1]
	}
	if at := strings.LastIndexByte(cut, ' '); at > 0 {
		cut = cut[:at]
	}
	return strings.TrimRight(cut, " ,;:") + "…"
}

func costOf(s hsds.Object, per string) Price {
	c := Price{Note: oneLine(s.Text("fees_description"), textMost)}
	if list := s.List("cost_options"); len(list) > 0 { // the first counts
		v := list[0]
		amount, ok := v.Number("amount")
		if ok && amount >= 0 && amount < 1e6 {
			c.Cents = int64(amount*100 + 0.5)
		}
		switch kind := v.Text("option"); {
		case slices.Contains(Costs, kind):
			c.Kind = kind
		case c.Cents > 0:
			c.Kind = "paid"
		case ok && len(list) == 1:
			c.Kind = "free"
		}
	}
	if slices.Contains(Periods, per) {
		c.Per = per
	}
	return c
}

func location(l hsds.Object) Location {
	v := Location{ID: l.Text("id"), Name: oneLine(l.Text("name"), lineMost)}
	v.Lat, _ = l.Number("latitude")
	v.Lon, _ = l.Number("longitude")
	if a := l.List("addresses"); len(a) > 0 {
		v.Street, v.Town = oneLine(a[0].Text("address_1"), lineMost), oneLine(a[0].Text("city"), 120)
		v.Postcode = postcode(a[0].Text("postal_code"))
	}
	for _, a := range l.List("accessibility") {
		if code := a.Text("description"); slices.Contains(Accessibly, code) && !slices.Contains(v.Access, code) {
			v.Access = append(v.Access, code)
		}
	}
	return v
}

// byDay are the days of HSDS, by time.Weekday.
var byDay = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

// slots reads schedules. Single days of the same times become one slot.
func slots(s hsds.Object) []Slot {
	var list []Slot
	for _, v := range s.List("schedules") {
		one := Slot{From: timeOf(v.Text("opens_at")), To: timeOf(v.Text("closes_at")), Note: oneLine(v.Text("notes"), textMost)}
		days, nth := daysOf(v.Text("byday"))
		start := v.Text("dtstart")
		if start == "" {
			start = v.Text("valid_from")
		}
		if len(days) == 0 {
			if start == "" || v.Text("freq") != "" {
				if one.From+one.Note != "" {
					list = append(list, one)
				}
				continue
			}
			one.Dates = []string{start}
			if k := len(list) - 1; k >= 0 && len(list[k].Dates) > 0 && list[k].From == one.From && list[k].To == one.To && list[k].Note == one.Note {
				list[k].Dates = append(list[k].Dates, start)
				continue
			}
			list = append(list, one)
			continue
		}
		one.Days, one.Starts, one.Ends = days, start, v.Text("until")
		if one.Ends == "" {
			one.Ends = v.Text("valid_to")
		}
		if v.Text("freq") == "MONTHLY" {
			if nth == 0 {
				continue // a rule that an entry cannot hold
			}
			one.Nth = nth
		} else if n, ok := v.Number("interval"); ok && n > 1 && n <= 52 && start != "" {
			one.Every = int(n)
		}
		list = append(list, one)
	}
	return list
}

func daysOf(text string) (days []string, nth int) {
	for p := range strings.SplitSeq(strings.ToUpper(text), ",") {
		p = strings.TrimSpace(p)
		if len(p) < 2 {
			continue
		}
		k := slices.Index(byDay, p[len(p)-2:])
		if k < 0 || slices.Contains(days, Weekdays[k]) {
			continue
		}
		if n, err := strconv.Atoi(p[:len(p)-2]); err == nil && n >= -1 && n <= 5 {
			nth = n
		}
		days = append(days, Weekdays[k])
	}
	return days, nth
}

// timeOf reads 10:00, 10:00:00, 10:00Z and 10:00+01:00 as 10:00.
func timeOf(s string) string {
	if len(s) < 5 {
		return ""
	}
	if t, err := time.Parse("15:04", s[:5]); err == nil {
		return t.Format("15:04")
	}
	if s[:5] == "24:00" {
		return s[:5]
	}
	return ""
}
