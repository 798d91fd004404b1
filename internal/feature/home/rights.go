package home

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

// circle is who may come in, with what is open to them and not to more people.
type circle struct {
	Title string
	Areas []areaRights
}

// areaRights is one part of the website: what it is, and who may do more there.
type areaRights struct{ Text, More string }

// Area is the part of the website that a route belongs to: the first piece of
// its address. The page "who may see what" has a sentence for each.
func Area(pattern string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(pattern, "/"), "/")
	first, _, _ = strings.Cut(first, ".") // the same list as a file
	if first == "" || strings.HasPrefix(first, "{") {
		return "voorpagina"
	}
	return first
}

// AreaKey names the sentence of an area.
//
// keys: home.rights.area.*
func AreaKey(area string) string { return "home.rights.area." + area }

// circles groups the areas by who may do something there, the widest first.
func circles(ctx context.Context, routes []web.Route) []circle {
	areas := map[string][]string{} // the names of its levels
	var order []string
	for _, route := range routes {
		area, name := Area(route.Pattern), route.Access.Name()
		if areas[area] == nil {
			order = append(order, area)
		}
		areas[area] = append(areas[area], name)
	}
	byWho := map[string]*circle{}
	var names []string
	for _, area := range order {
		slices.SortFunc(areas[area], wider)
		widest := areas[area][0]
		var more []string
		for _, name := range areas[area] {
			if title := lower(levelTitle(ctx, name)); wider(widest, name) < 0 && !slices.Contains(more, title) {
				more = append(more, title)
			}
		}
		r := areaRights{Text: i18n.T(ctx, AreaKey(area))}
		if len(more) > 0 {
			r.More = i18n.T(ctx, "home.rights.more", "who", strings.Join(more, "; "))
		}
		if byWho[widest] == nil {
			byWho[widest] = &circle{Title: levelTitle(ctx, widest)}
			names = append(names, widest)
		}
		byWho[widest].Areas = append(byWho[widest].Areas, r)
	}
	slices.SortFunc(names, wider)
	list := make([]circle, len(names))
	for i, name := range names {
		list[i] = *byWho[name]
	}
	return list
}

// plainLevels are the levels that are no roles, the widest first.
var plainLevels = []string{access.Public.Name(), access.SignedIn.Name(), "first step passed"}

// wider orders levels by how many people they let in.
func wider(a, b string) int {
	rank := func(name string) int {
		if i := slices.Index(plainLevels, name); i >= 0 {
			return i
		}
		if strings.HasPrefix(name, "scope ") {
			return 100
		}
		return 50 - strings.Count(name, " or ")
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
}

// levelTitle says in words who may come in: "coach or operator" becomes
// "Wijkcoach, beheerder".
func levelTitle(ctx context.Context, name string) string {
	if strings.HasPrefix(name, "scope ") {
		return i18n.T(ctx, "home.rights.scope")
	}
	if slices.Contains(plainLevels, name) {
		return i18n.T(ctx, "home.rights.level."+strings.ReplaceAll(name, " ", ""))
	}
	parts := strings.Split(name, " or ")
	for i, p := range parts {
		if parts[i] = i18n.T(ctx, "home.rights.role."+p); i > 0 {
			parts[i] = lower(parts[i])
		}
	}
	return strings.Join(parts, ", ")
}

// lower writes a title as it stands inside a sentence.
func lower(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(first)) + s[n:]
}
