package hsds

import (
	"slices"
	"strings"
)

// Parts are the tables of HSDS that we know, by the name of their file.
var Parts = []string{"organizations", "programs", "services", "locations", "service_at_locations", "addresses", "phones", "schedules", "languages",
	"cost_options", "accessibility", "attributes", "contacts", "funding", "service_areas", "required_documents", "metadata", "taxonomies",
	"taxonomy_terms", "organization_identifiers", "service_capacities", "units", "urls"}

// partOf is the table that a file or list is called after: "services.csv",
// "2026/service.csv" and "services" are all services.
func partOf(name string) string {
	name = strings.ToLower(name[strings.LastIndexAny(name, `/\`)+1:])
	name, _, _ = strings.Cut(name, ".")
	for _, p := range Parts {
		if name == p || name == strings.TrimSuffix(p, "s") || strings.TrimSuffix(name, "y") == strings.TrimSuffix(p, "ies") {
			return p
		}
	}
	switch name {
	case "accessibility_for_disabilities":
		return "accessibility"
	case "cost_option":
		return "cost_options"
	}
	return ""
}

// numbers are the columns that hold a number.
var numbers = []string{"minimum_age", "maximum_age", "latitude", "longitude", "amount", "extension", "interval", "count", "timezone", "year_incorporated"}

// Row makes an object of a row of a table: empty cells are not there, numbers are
// numbers.
func Row(cells map[string]string) Object {
	o := Object{}
	for name, v := range cells {
		if v = strings.TrimSpace(v); v == "" || name == "" {
			continue
		}
		o[name] = v
		if slices.Contains(numbers, name) {
			if n, ok := o.Number(name); ok {
				o[name] = n
			} else if n, ok := (Object{"n": strings.Replace(v, ",", ".", 1)}).Number("n"); ok { // 4,50 as written here
				o[name] = n
			}
		}
	}
	return o
}

// owners are, for each table, the columns that tell what a row belongs to.
var owners = map[string][]string{
	"service_at_locations": {"service_id"},
	"addresses":            {"location_id"},
	"accessibility":        {"location_id"},
	"phones":               {"service_id", "location_id", "contact_id", "service_at_location_id"},
	"schedules":            {"service_id", "location_id", "service_at_location_id"},
	"languages":            {"service_id", "location_id", "phone_id"},
	"contacts":             {"service_id", "location_id", "service_at_location_id"},
	"cost_options":         {"service_id"},
	"funding":              {"service_id"},
	"service_areas":        {"service_id"},
	"required_documents":   {"service_id"},
	"attributes":           {"link_id"},
	"metadata":             {"resource_id"},
}

// Keys are under what a row of a loose table is found again: by its own id where
// others point to it, and by what it belongs to.
func Keys(part string, row Object) []string {
	var keys []string
	switch part {
	case "organizations", "programs", "services", "locations", "taxonomies", "taxonomy_terms":
		if id := row.Text("id"); id != "" {
			keys = append(keys, "id:"+id)
		}
	}
	for _, column := range owners[part] {
		if id := row.Text(column); id != "" {
			keys = append(keys, column+":"+id)
		}
	}
	return keys
}

// targets are the tables that a column points to.
var targets = map[string]string{"service_id": "services", "location_id": "locations"}

// Target tells to which table and id a key of Keys points; false for a key that
// points to the row itself, or to something that needs no row of its own.
func Target(key string) (part, id string, ok bool) {
	column, id, _ := strings.Cut(key, ":")
	part, ok = targets[column]
	return part, id, ok
}

// Lookup gives the rows of a table that stand under a key.
type Lookup func(part, key string) ([]Object, error)

// Put joins to the row of a service all that belongs to it. Dangling are the ids that
// lead nowhere, as "location_id x".
func Put(service Object, find Lookup) (dangling []string, err error) {
	j := joiner{find: find}
	id := service.Text("id")
	j.children(service, "service_id", id, "phones", "schedules", "languages", "cost_options", "contacts", "funding", "service_areas", "required_documents")
	j.marks(service, id)
	if j.one(service, "organization_id", "organizations", "organization") {
		by, _ := brief(service.Object("organization"))
		service["organization"] = map[string]any(by)
	}
	j.one(service, "program_id", "programs", "program")
	for _, s := range j.get("service_at_locations", "service_id:"+id) {
		at := s.Text("id")
		if at != "" {
			j.children(s, "service_at_location_id", at, "phones", "schedules", "contacts")
			j.marks(s, at)
		}
		if !j.one(s, "location_id", "locations", "location") {
			continue // it is told that the location is not there
		}
		l := s.Object("location")
		j.children(l, "location_id", l.Text("id"), "addresses", "accessibility", "phones", "schedules", "languages", "contacts")
		j.marks(l, l.Text("id"))
		service.Add("service_at_locations", s)
	}
	return j.dangling, j.err
}

type joiner struct {
	find     Lookup
	dangling []string
	err      error
}

func (j *joiner) get(part, key string) []Object {
	if j.err != nil {
		return nil
	}
	list, err := j.find(part, key)
	j.err = err
	return list
}

// children joins the rows of tables that belong to o and to nothing nearer.
func (j *joiner) children(o Object, column, id string, parts ...string) {
	if id == "" {
		return
	}
	for _, part := range parts {
		for _, row := range j.get(part, column+":"+id) {
			if column == "service_id" && row.Text("service_at_location_id") != "" || column == "location_id" && row.Text("service_id") != "" {
				continue
			}
			switch part {
			case "phones":
				for _, l := range j.get("languages", "phone_id:"+row.Text("id")) {
					row.Add("languages", l)
				}
			case "contacts":
				for _, p := range j.get("phones", "contact_id:"+row.Text("id")) {
					row.Add("phones", p)
				}
			}
			o.Add(part, row)
		}
	}
}

// marks joins the attributes and the history of o.
func (j *joiner) marks(o Object, id string) {
	if id == "" {
		return
	}
	for _, a := range j.get("attributes", "link_id:"+id) {
		if a.Text("taxonomy_term_id") != "" && j.one(a, "taxonomy_term_id", "taxonomy_terms", "taxonomy_term") {
			j.one(a.Object("taxonomy_term"), "taxonomy_id", "taxonomies", "taxonomy_detail")
		}
		o.Add("attributes", a)
	}
	for _, m := range j.get("metadata", "resource_id:"+id) {
		o.Add("metadata", m)
	}
}

// one joins the row that a column points to.
func (j *joiner) one(o Object, column, part, as string) bool {
	id := o.Text(column)
	if id == "" {
		return false
	}
	list := j.get(part, "id:"+id)
	if len(list) == 0 {
		if j.err == nil {
			j.dangling = append(j.dangling, column+" "+id)
		}
		return false
	}
	o[as] = map[string]any(list[0].Clone())
	return true
}
