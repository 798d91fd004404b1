package initiatives

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"wijkbaak.nl/internal/trust/themes"
)

// File is one case file that is to be taken in.
type File struct {
	Name string
	Text []byte
}

// cases are what a set of case files hold. Each row knows where it stands.
type cases struct {
	initiatives []row[Initiative]
	barriers    []row[Barrier]
	factors     []row[Factor]
	models      []row[PhaseModel]
	faults      []Fault
	notes       []Fault
}

type row[T any] struct {
	v     T
	m     mapping
	where Fault // file and line
	bad   bool
	// patch is what a row of a table changes of an initiative; nil: v is the whole.
	patch func(*Initiative)
}

// schemaVersion is the form of case files that is understood.
const schemaVersion = 1

// readCases reads case files. What they refer to is checked later, together with
// what the database holds.
func readCases(ctx context.Context, files []File) cases {
	var c cases
	for _, f := range files {
		r := &reader{file: f.Name}
		if strings.HasSuffix(strings.ToLower(f.Name), ".csv") {
			c.readTable(ctx, r, f.Text)
			c.faults = append(c.faults, r.faults...)
			c.notes = append(c.notes, r.notes...)
			continue
		}
		doc := r.document(f.Text)
		if len(r.faults) == 0 {
			c.read(r, doc)
		}
		c.faults = append(c.faults, r.faults...)
		c.notes = append(c.notes, r.notes...)
	}
	return c
}

func (c *cases) read(r *reader, doc mapping) {
	if v := doc.number("schema_version", true); v != nil && *v != schemaVersion {
		doc.fail("schema_version", "this program reads version %d", schemaVersion)
		return
	}
	doc.text("generated", 40, false)
	doc.text("language", 10, false)
	// The names of what may be chosen stand in the program, with their words.
	doc.value("enums", false)
	doc.value("labels", false)
	each(doc, "initiatives", &c.initiatives, initiativeOf)
	each(doc, "barriers", &c.barriers, barrierOf)
	each(doc, "factors", &c.factors, factorOf)
	each(doc, "phases", &c.models, modelOf)
	// What the makers of a tool need is no part of the overview.
	for _, name := range []string{"proposed_stages", "tool_needs"} {
		if n := len(doc.sequence(name, false)); n > 0 {
			r.notes = append(r.notes, Fault{r.file, lineOf(doc.values[name].Key), name, fmt.Sprintf("%d rows that the overview does not show", n)})
		}
	}
	doc.done()
}

func each[T any](doc mapping, name string, list *[]row[T], read func(mapping) T) {
	doc.rows(name, false, func(m mapping) {
		before := len(m.r.faults)
		v := read(m)
		*list = append(*list, row[T]{v: v, m: m, where: Fault{File: m.r.file, Line: m.line}, bad: len(m.r.faults) > before})
	})
}

// The longest texts.
const (
	maxName = 120
	maxText = 2000
	maxNote = 500
)

func initiativeOf(m mapping) Initiative {
	i := Initiative{
		Slug:          m.slug("id"),
		Name:          m.text("name", maxName, true),
		Kind:          m.one("kind", Kinds),
		Summary:       m.text("summary", maxText, true),
		Region:        m.text("region", 200, false),
		Country:       m.text("country", 60, false),
		Notes:         m.text("notes", maxText, false),
		TargetGroups:  m.texts("target_group", maxName, false),
		Themes:        m.texts("themes", 60, true),
		Preconditions: m.texts("preconditions", maxNote, false),
		Related:       m.texts("related", 80, false),
		Founding:      m.bool("founding"),
		FoundingOnly:  m.one("source_status", []string{"web", "founding_only"}) == "founding_only",
	}
	for _, t := range i.Themes {
		if !themes.Known(t) {
			m.fail("themes", "%q is not a known theme", t)
		}
	}
	for _, name := range m.texts("municipalities", maxName, true) {
		i.Municipalities = append(i.Municipalities, Municipality{Name: name})
	}
	m.rows("former_municipalities", false, func(f mapping) {
		i.Former = append(i.Former, Former{f.text("name", maxName, true), f.text("now", maxName, true)})
	})
	if n, ok := m.value("phase", true); ok {
		p := m.r.mapping(n, m.at("phase"))
		i.Phase = Phase{p.one("status", Phases), p.whole("year", 1900, 2100), p.text("note", maxNote, false)}
		p.done()
	}
	m.rows("sources", true, func(s mapping) { i.Sources = append(i.Sources, sourceOf(s)) })
	known := func(r mapping) string {
		id := r.text("source", 20, true)
		if id != "" && !slices.ContainsFunc(i.Sources, func(s Source) bool { return s.ID == id }) {
			r.fail("source", "there is no source %q with this initiative", id)
		}
		return id
	}
	m.rows("parties", false, func(p mapping) {
		i.Parties = append(i.Parties, Party{p.text("name", 200, true), p.text("role", 200, true)})
	})
	m.rows("evidence", false, func(e mapping) { i.Evidence = append(i.Evidence, evidenceOf(e, known)) })
	m.rows("costs", false, func(c mapping) {
		cost := Cost{Item: c.text("item", 200, true), Period: c.text("period", 60, false), Note: c.text("note", maxNote, false), Source: known(c)}
		if v := c.cents("amount_eur", true); v != nil {
			cost.Cents = *v
		}
		i.Costs = append(i.Costs, cost)
	})
	m.rows("funders", false, func(f mapping) {
		i.Funders = append(i.Funders, Funder{f.text("name", 200, true), f.cents("amount_eur", false), f.text("note", maxNote, false)})
	})
	m.rows("scaling_history", false, func(g mapping) {
		p := Point{Period: g.text("period", 60, true), Unit: g.text("unit", 60, true), Note: g.text("note", maxNote, false)}
		if g.values["source"] != nil { // what a package brought in the place of the rest took its sources along
			p.Source = known(g)
		}
		if v := g.number("value", true); v != nil {
			p.Value = *v
		}
		i.Growth = append(i.Growth, p)
	})
	m.rows("barriers_met", false, func(b mapping) {
		met := Met{Barrier: b.text("barrier", 80, true), Note: b.text("note", maxNote, false)}
		if b.values["source"] != nil {
			met.Source = known(b)
		}
		i.Barriers = append(i.Barriers, met)
	})
	return i
}

func evidenceOf(e mapping, source func(mapping) string) Evidence {
	v := Evidence{
		Type: e.one("type", EvidenceTypes), Metric: e.text("metric", 200, true),
		Value: e.number("value", false), Baseline: e.number("baseline", false), Unit: e.text("unit", 60, false),
		N: e.whole("n", 1, 1e9), Organisations: e.whole("n_organisations", 1, 1e6),
		Period: e.text("period", 80, false), Comparison: e.text("comparison", 200, false),
		Strength: e.one("strength", Strengths), Approximate: e.bool("approximate"),
		Note: e.text("note", maxNote, false), Source: source(e),
	}
	if v.Value != nil && v.Unit == "" {
		e.fail("value", "a number needs a unit")
	}
	if v.Unit == "procent" && v.Value != nil && (*v.Value < 0 || *v.Value > 1000) {
		e.fail("value", "this is not a percentage")
	}
	return v
}

func sourceOf(s mapping) Source {
	return Source{s.text("id", 20, false), s.text("title", 300, true), s.link("url")}
}

func sourcesOf(m mapping) []Source {
	var list []Source
	m.rows("sources", true, func(s mapping) { list = append(list, sourceOf(s)) })
	return list
}

func barrierOf(m mapping) Barrier {
	return Barrier{m.slug("id"), m.text("name", maxName, true), m.one("category", Categories), m.text("description", maxText, true), sourcesOf(m)}
}

func factorOf(m mapping) Factor {
	return Factor{m.slug("id"), m.text("name", maxName, true), m.text("description", maxText, true), m.texts("helps_against", 80, true), sourcesOf(m)}
}

func modelOf(m mapping) PhaseModel {
	p := PhaseModel{Slug: m.slug("id"), Name: m.text("name", maxName, true), Publisher: m.text("publisher", 200, true),
		Use: m.text("use", maxNote, true), Notes: m.text("notes", maxText, false)}
	type ordered struct {
		Stage
		order int
	}
	var stages []ordered
	m.rows("stages", true, func(s mapping) {
		s.slug("id")
		stages = append(stages, ordered{Stage{s.text("name", maxName, true), s.text("period", 60, false), s.text("meaning", maxNote, true)}, s.whole("order", 0, 100)})
	})
	slices.SortStableFunc(stages, func(a, b ordered) int { return cmp.Compare(a.order, b.order) })
	for _, s := range stages {
		p.Stages = append(p.Stages, s.Stage)
	}
	p.Sources = sourcesOf(m)
	return p
}

// refer checks that every row is there once, and that what rows point at is in the
// files or already in the database. A row that fails is marked bad.
func (c *cases) refer(hasInitiative, hasBarrier func(slug string) bool) {
	ini := index(c, c.initiatives, func(i Initiative) string { return i.Slug })
	bar := index(c, c.barriers, func(b Barrier) string { return b.Slug })
	index(c, c.factors, func(f Factor) string { return f.Slug })
	index(c, c.models, func(p PhaseModel) string { return p.Slug })
	for k := range c.initiatives {
		r := &c.initiatives[k]
		for n, met := range r.v.Barriers {
			if met.Barrier != "" && !bar[met.Barrier] && !hasBarrier(met.Barrier) {
				c.refuse(&r.bad, r.where, fmt.Sprintf("%s.barriers_met[%d].barrier", r.m.path, n), "there is no barrier %q", met.Barrier)
			}
		}
		for n, rel := range r.v.Related {
			if rel == r.v.Slug || !ini[rel] && !hasInitiative(rel) {
				c.refuse(&r.bad, r.where, fmt.Sprintf("%s.related[%d]", r.m.path, n), "there is no other initiative %q", rel)
			}
		}
	}
	for k := range c.factors {
		r := &c.factors[k]
		for n, b := range r.v.HelpsAgainst {
			if !bar[b] && !hasBarrier(b) {
				c.refuse(&r.bad, r.where, fmt.Sprintf("%s.helps_against[%d]", r.m.path, n), "there is no barrier %q", b)
			}
		}
	}
}

// weed leaves out the rows that are wrong, and those that need them, so that the
// rest can be taken in.
func (c *cases) weed(hasInitiative, hasBarrier func(string) bool) {
	for {
		before := len(c.initiatives) + len(c.barriers) + len(c.factors) + len(c.models)
		c.initiatives = slices.DeleteFunc(c.initiatives, func(r row[Initiative]) bool { return r.bad })
		c.barriers = slices.DeleteFunc(c.barriers, func(r row[Barrier]) bool { return r.bad })
		c.factors = slices.DeleteFunc(c.factors, func(r row[Factor]) bool { return r.bad })
		c.models = slices.DeleteFunc(c.models, func(r row[PhaseModel]) bool { return r.bad })
		if before == len(c.initiatives)+len(c.barriers)+len(c.factors)+len(c.models) {
			return
		}
		c.refer(hasInitiative, hasBarrier)
	}
}

func (c *cases) refuse(bad *bool, where Fault, field, format string, args ...any) {
	*bad = true
	if len(c.faults) < maxFaults {
		where.Field, where.Reason = field, fmt.Sprintf(format, args...)
		c.faults = append(c.faults, where)
	}
}

func index[T any](c *cases, rows []row[T], slug func(T) string) map[string]bool {
	seen := map[string]bool{}
	for k := range rows {
		s := slug(rows[k].v)
		if s != "" && seen[s] {
			c.refuse(&rows[k].bad, rows[k].where, rows[k].m.path+".id", "%q stands here twice", s)
		}
		seen[s] = true
	}
	return seen
}
