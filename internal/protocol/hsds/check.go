package hsds

import (
	"fmt"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Fault is one thing that is wrong with a service: where, and why.
type Fault struct{ Path, Reason string }

// Error names the path.
func (f Fault) Error() string { return f.Path + ": " + f.Reason }

// faultsMost bounds what is told of one service.
const faultsMost = 20

// Statuses of a service.
var Statuses = []string{"active", "inactive", "defunct", "temporarily closed"}

// Check tells what is wrong with a service, and brings in the form of HSDS what is
// meant beyond doubt: dates as they are written here (24-12-2026), numbers that are
// written as texts, ids that are no UUID (their sums are the same each time, within a
// feed). Notes are what it brought in form.
func Check(feed string, o Object) (faults, notes []Fault) {
	c := checker{feed: feed}
	c.object("", o, "service")
	if o.Text("status") == "" {
		o["status"] = "active"
		c.note("status", "it is not there; taken for active")
	}
	c.text("", o, "name", true)
	return c.faults, c.notes
}

type checker struct {
	feed          string
	faults, notes []Fault
}

func (c *checker) say(path, reason string, args ...any) {
	if len(c.faults) < faultsMost {
		c.faults = append(c.faults, Fault{strings.TrimPrefix(path, "."), fmt.Sprintf(reason, args...)})
	}
}

func (c *checker) note(path, reason string, args ...any) {
	if len(c.notes) < faultsMost {
		c.notes = append(c.notes, Fault{strings.TrimPrefix(path, "."), fmt.Sprintf(reason, args...)})
	}
}

func (c *checker) text(path string, o Object, name string, required bool) {
	if v, ok := o[name]; ok && v != nil {
		if _, is := v.(string); !is {
			o[name] = o.Text(name)
			if o.Text(name) == "" {
				c.say(path+"."+name, "it is no text")
			}
		}
	}
	if required && o.Text(name) == "" {
		c.say(path+"."+name, "it is empty")
	}
}

// The fields of HSDS by what they hold.
var (
	dates    = []string{"assured_date", "valid_from", "valid_to", "dtstart", "until", "last_action_date"}
	emails   = []string{"email", "assurer_email"}
	uris     = []string{"url", "uri", "website", "term_uri", "schedule_link"}
	enums    = map[string]map[string][]string{"service": {"status": Statuses}, "schedules": {"freq": {"WEEKLY", "MONTHLY"}, "wkst": days}, "location": {"location_type": kinds}, "addresses": {"address_type": kinds}}
	days     = []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}
	kinds    = []string{"physical", "postal", "virtual"}
	required = map[string][]string{"phones": {"number"}, "organization": {"name", "description"}, "program": {"name", "description"},
		"location": {"location_type"}, "addresses": {"address_1", "city", "state_province", "postal_code", "country", "address_type"}, "taxonomy_term": {"name", "description"},
		"taxonomy_detail": {"name", "description"}, "metadata": {"last_action_date", "last_action_type", "field_name", "previous_value", "replacement_value", "updated_by"}}
	// missing are what stands for a field that has to be there, where a feed left it out.
	missing = map[string]string{"location_type": "physical", "address_type": "physical", "country": "NL"}
	lists   = []string{"phones", "schedules", "languages", "cost_options", "service_areas", "service_at_locations", "contacts", "attributes", "metadata",
		"addresses", "accessibility", "funding", "required_documents", "programs", "locations", "organization_identifiers", "services"}
	objects = []string{"organization", "program", "location", "taxonomy_term", "taxonomy_detail", "service"}
)

// depthMost is how deep objects may stand in each other.
const depthMost = 12

func (c *checker) object(path string, o Object, kind string) {
	if strings.Count(path, ".") > depthMost {
		c.say(path, "it is nested too deep")
		return
	}
	names := make([]string, 0, len(o))
	for name := range o {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		c.value(path+"."+name, o, name, kind)
	}
	if o.Text("id") == "" {
		if kind == "service" {
			c.say(path+".id", "it is empty")
			return
		}
		o["id"] = ID(c.feed, path, fmt.Sprint(names), o.Text("name")+o.Text("number")+o.Text("link_id")+o.Text("service_id")+o.Text("location_id"))
	}
	for _, name := range required[kind] {
		if o.Text(name) != "" {
			continue
		}
		switch {
		case kind == "phones":
			c.say(path+"."+name, "it is empty")
		case missing[name] != "":
			o[name] = missing[name]
		case name == "description" && o.Text("name") != "":
			o[name] = o.Text("name")
		default:
			o[name] = ""
		}
	}
	for name, allowed := range enums[kind] {
		if v := o.Text(name); v != "" && !slices.Contains(allowed, v) {
			if k := slices.IndexFunc(allowed, func(a string) bool { return strings.EqualFold(a, v) }); k >= 0 {
				o[name] = allowed[k]
				continue
			}
			c.say(path+"."+name, "%.40q is none of %s", v, strings.Join(allowed, ", "))
		}
	}
}

func (c *checker) value(path string, o Object, name, kind string) {
	v := o[name]
	if v == nil { // null is not there
		delete(o, name)
		return
	}
	switch {
	case slices.Contains(lists, name):
		list, ok := v.([]any)
		if !ok {
			c.say(path, "it is no list")
			return
		}
		for k, x := range list {
			m, ok := x.(map[string]any)
			if !ok {
				c.say(fmt.Sprintf("%s[%d]", path, k), "it is no object")
				continue
			}
			c.object(fmt.Sprintf("%s[%d]", path, k), m, name)
		}
	case slices.Contains(objects, name):
		m, ok := v.(map[string]any)
		if !ok {
			c.say(path, "it is no object")
			return
		}
		c.object(path, m, name)
	case name == "id" || strings.HasSuffix(name, "_id") && name != "tax_id" && name != "resource_type":
		c.id(path, o, name)
	case slices.Contains(numbers, name):
		if n, ok := o.Number(name); ok {
			if _, text := v.(string); text {
				o[name] = n
			}
			if name == "latitude" && (n < -90 || n > 90) || name == "longitude" && (n < -180 || n > 180) {
				c.note(path, "%v lies not on earth", n)
			}
			if strings.HasSuffix(name, "_age") && (n < 0 || n > 150) {
				c.say(path, "%v is no age", n)
			}
			return
		}
		c.say(path, "%.40q is no number", o.Text(name))
	case slices.Contains(dates, name):
		c.date(path, o, name)
	case name == "last_modified":
		if _, err := time.Parse(time.RFC3339, o.Text(name)); err != nil {
			if t, ok := day(o.Text(name)); ok {
				o[name] = t.Format(time.RFC3339)
				return
			}
			c.say(path, "%.40q is no moment such as 2026-12-24T09:30:00Z", o.Text(name))
		}
	case slices.Contains(emails, name):
		if a, err := mail.ParseAddress(o.Text(name)); err != nil || a.Address != o.Text(name) {
			c.note(path, "%.60q is no e-mail address; left out", o.Text(name))
			delete(o, name)
		}
	case slices.Contains(uris, name) && !(name == "uri" && kind == "service_areas"):
		if u, err := url.Parse(o.Text(name)); err != nil || u.Scheme == "" || u.Host == "" && u.Opaque == "" || strings.ContainsAny(o.Text(name), " \n\t") {
			if fixed := "https://" + o.Text(name); strings.HasPrefix(o.Text(name), "www.") {
				o[name] = fixed
				return
			}
			c.note(path, "%.60q is no address of a website; left out", o.Text(name))
			delete(o, name)
		}
	default:
		switch v.(type) {
		case map[string]any, []any, bool: // of others: kept as it is
		default:
			c.text(strings.TrimSuffix(path, "."+name), o, name, false)
		}
	}
}

// id brings an id in the form of HSDS.
func (c *checker) id(path string, o Object, name string) {
	id := o.Text(name)
	switch {
	case id == "":
		delete(o, name)
	case !IsUUID(id):
		o[name] = ID(c.feed, id)
		c.note(path, "%.60q is no UUID; %s stands for it", id, o.Text(name))
	default:
		o[name] = id
	}
}

func (c *checker) date(path string, o Object, name string) {
	v := o.Text(name)
	if v == "" {
		delete(o, name)
		return
	}
	if len(v) > 10 { // a moment: its day
		if t, err := time.Parse(time.RFC3339, v); err == nil {
			if name != "last_action_date" {
				o[name] = t.Format(time.DateOnly)
			}
			return
		}
	}
	t, ok := day(v)
	if !ok {
		c.say(path, "%.40q is no date that exists", v)
		return
	}
	o[name] = t.Format(time.DateOnly)
}

// day reads a date as the world or the Netherlands writes it.
func day(s string) (time.Time, bool) {
	for _, form := range []string{time.DateOnly, "02-01-2006", "2-1-2006", "02/01/2006", "20060102"} {
		if t, err := time.Parse(form, s); err == nil && t.Year() > 1000 {
			return t, true
		}
	}
	return time.Time{}, false
}
