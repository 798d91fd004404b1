package offers

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"wijkbaak.nl/internal/protocol/hsds"
)

// placeURI is the address of a place of Statistics Netherlands.
const placeURI = "https://opendata.cbs.nl/#/CBS/nl/dataset/regio/"

// toHSDS writes an entry as a service. What a feed brought is given back as it came,
// but for the fields that are other now than how we read it then.
func toHSDS(v *row, by *Organisation, kept hsds.Object) hsds.Object {
	s := hsds.Object{}
	was := map[string]json.RawMessage{}
	if kept != nil {
		s = kept.Clone()
		before, _ := fromHSDS(kept)
		was = before.fields()
	}
	is := v.Offer.fields()
	if s.Text("id") == "" {
		s["id"] = v.ID
	}
	id := s.Text("id")
	changed := func(names ...string) bool {
		return kept == nil || slices.ContainsFunc(names, func(n string) bool { return !bytes.Equal(was[n], is[n]) })
	}
	o := &v.Offer
	s["name"] = o.Name
	if status := s.Text("status"); v.Status != Live {
		s["status"] = "defunct"
	} else if status == "" || status == "defunct" || status == "inactive" {
		s["status"] = "active"
	}
	if changed("description", "summary") {
		text := o.Description
		if text == "" {
			text = o.Summary
		}
		s.Set("description", text)
	}
	if changed("for") {
		s.Set("eligibility_description", o.For)
	}
	if changed("also") {
		s.Set("alternate_name", strings.Join(o.Also, ", "))
	}
	if changed("join") {
		s.Set("application_process", o.Join.Text)
		s.Set("email", o.Join.Email)
		s.Set("url", o.Join.URL)
		setPhone(s, id, o.Join.Phone)
		if kept != nil {
			var before Join
			json.Unmarshal(was["join"], &before) //nolint:errcheck,gosec // we wrote it; no join has none
			unreachable(s, before, o.Join)
		}
	}
	if changed("languages") {
		setLanguages(s, id, o.Languages)
	}
	if changed("places") {
		list, _ := s["service_areas"].([]any)
		s["service_areas"] = slices.DeleteFunc(list, func(a any) bool {
			m, ok := a.(map[string]any)
			return ok && strings.HasPrefix(hsds.Object(m).Text("uri"), placeURI)
		})
		for _, code := range o.Places {
			s.Add("service_areas", hsds.Object{"id": hsds.ID(id, "area", code), "service_id": id, "name": code, "uri": placeURI + code})
		}
	}
	if changed("cost") {
		setCost(s, id, o.Cost)
	}
	if changed("schedule") {
		setSchedules(s, id, o.Schedule)
	}
	if changed("locations") {
		setLocations(s, id, v.ID, o.Locations)
	}
	setMarks(s, id, o, changed)
	setOrganisation(s, by, kept == nil)
	if kept == nil || v.CheckedAs != asImport {
		s["assured_date"] = v.Checked.UTC().Format(time.DateOnly)
	}
	if kept == nil || v.Version > 1 {
		s["last_modified"] = v.Changed.UTC().Format(time.RFC3339)
	}
	for _, name := range []string{"service_areas", "attributes", "phones", "languages", "cost_options", "schedules", "service_at_locations"} {
		if list, ok := s[name].([]any); ok && len(list) == 0 {
			delete(s, name)
		}
	}
	return s
}

func setPhone(s hsds.Object, id, number string) {
	list, _ := s["phones"].([]any)
	if number == "" {
		if len(list) > 0 { // the next would stand in its place
			delete(s, "phones")
		}
		return
	}
	if len(list) > 0 {
		if m, ok := list[0].(map[string]any); ok {
			m["number"] = number
			return
		}
	}
	s["phones"] = []any{map[string]any{"id": hsds.ID(id, "phone"), "service_id": id, "number": number}}
}

// unreachable takes out what people here emptied, wherever a feed said it too: the
// address or the number itself, and with it the people behind it.
func unreachable(s hsds.Object, was, is Join) {
	email, phone := was.Email, digits(was.Phone)
	if is.Email != "" {
		email = ""
	}
	if is.Phone != "" {
		phone = ""
	}
	if email+phone == "" {
		return
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				walk(x)
			}
		case hsds.Object:
			walk(map[string]any(v))
		case map[string]any:
			o := hsds.Object(v)
			delete(o, "contacts")
			if email != "" && strings.EqualFold(o.Text("email"), email) {
				delete(o, "email")
			}
			if list, ok := o["phones"].([]any); ok && phone != "" {
				o["phones"] = slices.DeleteFunc(list, func(p any) bool {
					m, ok := p.(map[string]any)
					return ok && digits(hsds.Object(m).Text("number")) == phone
				})
				if len(o["phones"].([]any)) == 0 {
					delete(o, "phones")
				}
			}
			for _, x := range v {
				walk(x)
			}
		}
	}
	walk(s)
}

// digits are what two ways to write a telephone number have in common.
func digits(number string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, number)
}

func setLanguages(s hsds.Object, id string, codes []string) {
	before := s.List("languages")
	s["languages"] = []any{}
	for _, code := range codes {
		l := hsds.Object{"id": hsds.ID(id, "language", code), "service_id": id, "code": code, "name": code}
		if k := slices.IndexFunc(before, func(b hsds.Object) bool { return strings.EqualFold(b.Text("code"), code) }); k >= 0 {
			l = before[k]
		}
		s.Add("languages", l)
	}
}

func setCost(s hsds.Object, id string, c Price) {
	s.Set("fees_description", c.Note)
	if c.Kind == "" {
		delete(s, "cost_options")
		return
	}
	s["cost_options"] = []any{map[string]any{"id": hsds.ID(id, "cost"), "service_id": id, "option": c.Kind, "currency": "EUR", "amount": float64(c.Cents) / 100}}
}

func setSchedules(s hsds.Object, id string, list []Slot) {
	s["schedules"] = []any{}
	add := func(v hsds.Object, slot Slot, key string) {
		v["id"], v["service_id"] = hsds.ID(id, "schedule", key), id
		v.Set("opens_at", slot.From)
		v.Set("closes_at", slot.To)
		v.Set("notes", slot.Note)
		s.Add("schedules", v)
	}
	for k, slot := range list {
		key := string(rune('a'+k%26)) + slot.From + slot.Note
		if len(slot.Days) > 0 {
			v := hsds.Object{"freq": "WEEKLY", "interval": float64(max(slot.Every, 1)), "wkst": "MO", "byday": daysText(slot)}
			if slot.Nth != 0 {
				v["freq"] = "MONTHLY"
				delete(v, "interval")
			}
			v.Set("dtstart", slot.Starts)
			v.Set("until", slot.Ends)
			add(v, slot, key+strings.Join(slot.Days, ""))
		}
		for _, d := range slot.Dates {
			add(hsds.Object{"dtstart": d, "valid_from": d, "valid_to": d, "count": 1.0}, slot, key+d)
		}
		if len(slot.Days)+len(slot.Dates) == 0 {
			add(hsds.Object{}, slot, key)
		}
	}
}

func daysText(slot Slot) string {
	var days []string
	for _, d := range slot.Days {
		name := byDay[slices.Index(Weekdays, d)]
		if slot.Nth != 0 {
			name = number(slot.Nth) + name
		}
		days = append(days, name)
	}
	return strings.Join(days, ",")
}

// atID is the id of an offer at one of its spots.
func atID(offer string, l Location) string {
	if l.At != "" {
		return l.At
	}
	return hsds.ID(offer, "at", l.ID)
}

// setLocations keeps of a location that was there what we do not know of it.
func setLocations(s hsds.Object, id, offer string, list []Location) {
	before := s.List("service_at_locations")
	s["service_at_locations"] = []any{}
	for k, l := range list {
		if l.ID == "" || !hsds.IsUUID(l.ID) {
			l.ID = hsds.ID(id, "location", number(k+1), l.line())
		}
		at := hsds.Object{"id": atID(offer, l), "service_id": id, "location_id": l.ID}
		if n := slices.IndexFunc(before, func(b hsds.Object) bool { return b.Object("location").Text("id") == l.ID }); n >= 0 {
			at = before[n]
		}
		o := at.Object("location")
		if o == nil {
			o = hsds.Object{"id": l.ID, "location_type": "physical"}
		}
		o.Set("name", l.Name)
		delete(o, "latitude")
		delete(o, "longitude")
		if l.Lat != 0 || l.Lon != 0 {
			o["latitude"], o["longitude"] = l.Lat, l.Lon
		}
		address := hsds.Object{"id": hsds.ID(l.ID, "address"), "location_id": l.ID, "state_province": "", "country": "NL", "address_type": "physical"}
		if a := o.List("addresses"); len(a) > 0 {
			address = a[0]
		}
		address["address_1"], address["city"], address["postal_code"] = l.Street, l.Town, l.Postcode
		o["addresses"] = []any{map[string]any(address)}
		var access []any
		for _, a := range o.List("accessibility") {
			if !slices.Contains(Accessibly, a.Text("description")) {
				access = append(access, map[string]any(a))
			}
		}
		for _, code := range l.Access {
			access = append(access, map[string]any{"id": hsds.ID(l.ID, "access", code), "location_id": l.ID, "description": code})
		}
		if o["accessibility"] = access; len(access) == 0 {
			delete(o, "accessibility")
		}
		at["location"] = map[string]any(o)
		s.Add("service_at_locations", at)
	}
	for _, b := range before { // what is not a spot on the map stays
		if b.Object("location").Text("location_type") == "virtual" {
			s.Add("service_at_locations", b)
		}
	}
}

// setMarks writes what HSDS has no field for as attributes; those of others stay.
func setMarks(s hsds.Object, id string, o *Offer, changed func(...string) bool) {
	if !changed("kind", "summary", "gives", "audience", "themes", "areas", "where", "accessible", "ground", "upl", "initiative", "application", "cost") {
		return
	}
	var list []any
	for _, a := range s.List("attributes") {
		term := a.Object("taxonomy_term")
		name := term.Text("taxonomy")
		if name == "" {
			name = term.Object("taxonomy_detail").Text("name")
		}
		if name != vocabulary && vocabularies[name] == nil && !strings.EqualFold(name, uplName) {
			list = append(list, map[string]any(a))
		}
	}
	add := func(taxonomy, code, value, uri string) {
		t := term(taxonomy, code, uri)
		a := map[string]any{"id": hsds.ID(id, "attribute", taxonomy, code), "link_id": id, "link_entity": "service", "link_type": "taxonomy",
			"taxonomy_term_id": t.Text("id"), "taxonomy_term": map[string]any(t)}
		if value != "" {
			a["value"] = value
		}
		list = append(list, a)
	}
	codes := func(taxonomy string, values ...string) {
		for _, v := range values {
			if v != "" {
				add(taxonomy, v, "", "")
			}
		}
	}
	codes("wijkbaak-kind", o.Kind)
	codes("wijkbaak-audience", o.Audience...)
	codes("wijkbaak-theme", o.Themes...)
	codes("wijkbaak-area", o.Areas...)
	codes("wijkbaak-where", o.Where...)
	codes("wijkbaak-access", o.Accessible...)
	codes("wijkbaak-ground", o.Ground)
	texts := [][2]string{{"summary", o.Summary}, {"gives", o.Gives}, {"per", o.Cost.Per}, {"initiative", o.Initiative}}
	if a := o.Application; a != nil {
		codes("wijkbaak-platform", a.Platforms...)
		texts = append(texts, [2]string{"vendor", a.Vendor})
		if a.Medical {
			texts = append(texts, [2]string{"medical", "true"})
		}
	}
	for _, t := range texts {
		if t[1] != "" {
			add(vocabulary, t[0], t[1], "")
		}
	}
	if o.UPL != "" {
		add(uplName, o.UPL[strings.LastIndexByte(o.UPL, '/')+1:], "", o.UPL)
	}
	s["attributes"] = list
}

// term is a term of one of our taxonomies, the same each time.
func term(taxonomy, code, uri string) hsds.Object {
	t := hsds.Object{"id": hsds.ID("term", taxonomy, code), "code": code, "name": code, "description": taxonomy + ": " + code, "taxonomy": taxonomy, "taxonomy_id": hsds.ID("taxonomy", taxonomy)}
	if uri != "" {
		t["term_uri"] = uri
	}
	return t
}

func setOrganisation(s hsds.Object, by *Organisation, fresh bool) {
	o := s.Object("organization")
	if o == nil {
		o = hsds.Object{"id": by.ID}
	}
	if o.Text("name") != by.Name {
		o["name"] = by.Name
	}
	if o.Text("description") == "" {
		o["description"] = by.Name
		if by.Description != "" {
			o["description"] = by.Description
		}
	}
	if o.Text("website") == "" {
		o.Set("website", by.URL)
	}
	if o.Text("email") == "" {
		o.Set("email", by.Email)
	}
	s["organization"] = map[string]any(o)
	if _, there := s["organization_id"]; there || fresh {
		s["organization_id"] = o.Text("id")
	}
}

// renamed puts one id in the place of another, wherever it stands.
func renamed(v any, from, to string) any {
	switch v := v.(type) {
	case string:
		if v == from {
			return to
		}
	case hsds.Object:
		for name, x := range v {
			v[name] = renamed(x, from, to)
		}
	case map[string]any:
		for name, x := range v {
			v[name] = renamed(x, from, to)
		}
	case []any:
		for k, x := range v {
			v[k] = renamed(x, from, to)
		}
	}
	return v
}
