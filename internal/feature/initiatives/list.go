package initiatives

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
	"unicode"
)

// Filter narrows and orders a list. The zero Filter has everything, by name.
type Filter struct {
	Words        string // searched for; the best match first
	Theme        string
	Kind         string
	Phase        string
	Municipality string // name
	Audience     string
	Strength     string // at least this strong
	Cost         bool   // has a cost figure
	Sort         string // one of Sorts
}

// Sorts are the ways to order a list: by name, the newest or the strongest first.
var Sorts = []string{"name", "year", "strength"}

// Levels are the strengths a list can ask for at least, the strongest first.
var Levels = []string{"controlled", "before_after", "survey", "estimate", "claim"}

// AudienceNames lists the groups of people a list can be filtered by.
func AudienceNames() []string {
	names := make([]string, len(audiences))
	for k, a := range audiences {
		names[k] = a.name
	}
	return names
}

// Narrowed tells whether the filter leaves anything out.
func (f Filter) Narrowed() bool { return f.Words != "" || f.terms()[0] != everything }

// everything is the term that every initiative has.
const everything = "all="

// terms are what an initiative must have, all of them; never none.
func (f Filter) terms() []string {
	var list []string
	add := func(name, value string) {
		if value != "" {
			list = append(list, name+"="+value)
		}
	}
	add("theme", f.Theme)
	add("kind", f.Kind)
	add("phase", f.Phase)
	add("place", placeKey(f.Municipality))
	add("for", f.Audience)
	add("strength", f.Strength)
	if f.Cost {
		add("cost", "yes")
	}
	if len(list) == 0 {
		list = append(list, everything)
	}
	return list
}

// tags is the same filter in the words of the search index.
func (f Filter) tags() map[string][]string {
	tags := map[string][]string{}
	for _, t := range f.terms() {
		if name, value, _ := strings.Cut(t, "="); value != "" {
			tags[name] = []string{value}
		}
	}
	return tags
}

// term is one thing a list can be filtered by, and for a municipality its name.
type term struct{ term, label string }

// terms are what a list can find an initiative by.
func (i Initiative) terms() []term {
	list := []term{{everything, ""}, {"kind=" + i.Kind, ""}, {"phase=" + i.Phase.Status, ""}}
	add := func(t, label string) {
		if !slices.ContainsFunc(list, func(x term) bool { return x.term == t }) {
			list = append(list, term{t, label})
		}
	}
	for _, t := range i.Themes {
		add("theme="+t, "")
	}
	for _, m := range i.Municipalities {
		add("place="+placeKey(m.Name), m.Name)
	}
	for _, f := range i.Former {
		add("place="+placeKey(f.Name), "") // found by its old name, shown under the new one
	}
	for _, a := range Audiences(i.TargetGroups) {
		add("for="+a, "")
	}
	for _, l := range Levels {
		if s := i.Strength(); s != "" && rank(l) <= rank(s) {
			add("strength="+l, "")
		}
	}
	if len(i.Costs) > 0 {
		add("cost=yes", "")
	}
	return list
}

// tags are the terms in the form of the search index.
func (i Initiative) tags() map[string][]string {
	tags := map[string][]string{}
	for _, t := range i.terms() {
		if name, value, _ := strings.Cut(t.term, "="); value != "" {
			tags[name] = append(tags[name], value)
		}
	}
	return tags
}

// keys gives the place of an initiative in a list, for each of Sorts. Each ends in
// the slug, so no two are the same.
func (i Initiative) keys() [3]string {
	name := nameKey(i.Name, i.Slug)
	return [3]string{name, fmt.Sprintf("%04d %s", 9999-i.Phase.Year, name), fmt.Sprintf("%d %s", topRank-rank(i.Strength()), name)}
}

func nameKey(name, slug string) string { return fold(name) + " " + slug }

func barrierKey(b Barrier) string {
	return fmt.Sprintf("%02d %s", slices.Index(Categories, b.Category), nameKey(b.Name, b.Slug))
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

// said are the names that people use beside the official ones.
var said = map[string]string{"den haag": "s gravenhage", "den bosch": "s hertogenbosch"}

// placeKey is the name of a municipality as it compares.
func placeKey(name string) string {
	if name == "" {
		return ""
	}
	key := strings.TrimPrefix(fold(name), "gemeente ")
	if official, ok := said[key]; ok {
		return official
	}
	return key
}
