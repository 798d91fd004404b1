package initiatives

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/themes"
)

// routes of reading are open to all: what stands here has been published.
func (s *Service) routes() []web.Route {
	return append(append(s.apiRoutes(), s.editRoutes()...),
		web.Get("/initiatieven", access.Public, s.listPage),
		web.Get("/initiatieven.csv", access.Public, s.csv),
		web.Get("/initiatieven.json", access.Public, s.json),
		web.Get("/initiatieven.atom", access.Public, s.feed),
		web.Get("/initiatieven/vergelijk", access.Public, s.comparePage),
		web.Get("/initiatieven/fasen", access.Public, s.modelsPage),
		web.Get("/initiatieven/{slug}", access.Public, s.detailPage),
		web.Get("/belemmeringen", access.Public, s.barriersPage),
		web.Get("/belemmeringen/{slug}", access.Public, s.barrierPage),
	)
}

// listView is the page of the list.
type listView struct {
	Filter
	Listing
	View     string
	Map      *mapView
	SignedIn bool
}

func (s *Service) listPage(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	v := listView{Filter: filterOf(q), SignedIn: access.Of(r.Context()).SignedIn()}
	if view := q.Get(askView); view == viewTable || view == viewMap {
		v.View = view
	}
	p := Page{Filter: v.Filter}
	p.After, _ = keyOf(q.Get(askAfter))
	p.Before, _ = keyOf(q.Get(askBefore))
	if v.Words != "" {
		p.Limit = 60 // a search has no further pages
	}
	var err error
	if v.Listing, err = s.List(r.Context(), p); err != nil {
		return err
	}
	if v.View == viewMap {
		if v.Map, err = s.mapOf(r.Context(), v.Filter); err != nil {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, listOf(v))
}

// detailView is the page of one initiative.
type detailView struct {
	Detail
	Unknown   []string
	Curves    []Curve
	Owners    []Owner
	Beside    []Beside
	Said      string
	MayEdit   bool
	SignedIn  bool
	Follows   bool
	Reachable bool // there is somebody to write to
}

func (s *Service) detailPage(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	d, err := s.Get(ctx, r.PathValue("slug"))
	if err != nil {
		return s.moved(w, r, err, "/initiatieven/", "")
	}
	v := detailView{Detail: d, Unknown: d.Unknowns(s.clock.Now()), Curves: Curves(d.Growth), Said: done(r), SignedIn: access.Of(ctx).SignedIn()}
	if err := s.db.Read(ctx, func(ctx context.Context, r db.Reader) error { return s.beside(ctx, r, &v) }); err != nil {
		return err
	}
	if v.Follows, err = s.follows(ctx, d.Slug); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, detailOf(v))
}

// beside reads what stands beside an initiative on its page.
func (s *Service) beside(ctx context.Context, r db.Reader, v *detailView) (err error) {
	if v.Owners, err = s.Owners(ctx, r, v.Slug); err != nil {
		return err
	}
	v.MayEdit = mayEdit(access.Of(ctx), s.o.Root, v.Owners)
	to, err := s.leadEmails(ctx, r, v.Owners)
	if err != nil {
		return err
	}
	v.Reachable = len(to) > 0
	if s.o.Beside != nil {
		v.Beside, err = s.o.Beside(ctx, r, v.Slug)
	}
	return err
}

// compareView is the page of initiatives side by side.
type compareView struct {
	List    []Detail
	Unknown [][]string
	More    []Card // to choose another from
}

func (s *Service) comparePage(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var slugs []string
	for _, slug := range r.URL.Query()["i"] {
		if slugForm.MatchString(slug) && !slices.Contains(slugs, slug) {
			slugs = append(slugs, slug)
		}
	}
	list, err := s.Compare(ctx, slugs)
	if err != nil {
		return err
	}
	v := compareView{List: list}
	for _, d := range list {
		v.Unknown = append(v.Unknown, d.Unknowns(s.clock.Now()))
	}
	if len(list) > 0 && len(list) < compareMost {
		var f Filter
		if len(list[0].Themes) > 0 {
			f.Theme = list[0].Themes[0]
		}
		near, err := s.List(ctx, Page{Filter: f, Limit: 12})
		if err != nil {
			return err
		}
		v.More = slices.DeleteFunc(near.Cards, func(c Card) bool {
			return slices.ContainsFunc(list, func(d Detail) bool { return d.Slug == c.Slug })
		})
	}
	return web.Render(w, r, http.StatusOK, compareOf(v))
}

// with is the address of the comparison with one more.
func (v compareView) with(slug string) string {
	var b strings.Builder
	b.WriteString("/initiatieven/vergelijk?")
	for _, d := range v.List {
		b.WriteString("i=" + d.Slug + "&")
	}
	b.WriteString("i=" + slug)
	return b.String()
}

// without is the address of the comparison with one less.
func (v compareView) without(slug string) string {
	var parts []string
	for _, d := range v.List {
		if d.Slug != slug {
			parts = append(parts, "i="+d.Slug)
		}
	}
	return "/initiatieven/vergelijk?" + strings.Join(parts, "&")
}

func (s *Service) barriersPage(w http.ResponseWriter, r *http.Request) error {
	list, err := s.Barriers(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, barriersOf(byCategory(list)))
}

// group is the barriers of one category.
type group struct {
	Category string
	List     []Entry
}

// byCategory cuts a list that is in the order of categories.
func byCategory(list []Entry) []group {
	var groups []group
	for _, e := range list {
		if len(groups) == 0 || groups[len(groups)-1].Category != e.Category {
			groups = append(groups, group{Category: e.Category})
		}
		g := &groups[len(groups)-1]
		g.List = append(g.List, e)
	}
	return groups
}

// mostMet gives the barriers that most initiatives met.
func mostMet(groups []group, n int) []Entry {
	var all []Entry
	for _, g := range groups {
		all = append(all, g.List...)
	}
	slices.SortStableFunc(all, func(a, b Entry) int { return cmp.Compare(b.Met, a.Met) })
	all = slices.DeleteFunc(all, func(e Entry) bool { return e.Met == 0 })
	return all[:min(n, len(all))]
}

func (s *Service) barrierPage(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Barrier(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, barrierDetailOf(b))
}

func (s *Service) modelsPage(w http.ResponseWriter, r *http.Request) error {
	list, err := s.Models(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, modelsOf(list))
}

// word gives the word for a value of the code, such as a kind or a phase.
//
// keys: initiatives.kind.* initiatives.phase.* initiatives.means.* initiatives.type.* initiatives.category.*
// keys: initiatives.strength.* initiatives.atleast.* initiatives.audience.* initiatives.sort.*
func word(ctx context.Context, of, value string) string {
	if value == "" {
		return ""
	}
	if of == "theme" { // which other rooms have too
		return themes.Name(ctx, value)
	}
	return i18n.T(ctx, "initiatives."+of+"."+value)
}

func words(ctx context.Context, of string, values []string) []string {
	list := make([]string, len(values))
	for k, v := range values {
		list[k] = word(ctx, of, v)
	}
	return list
}

// options are the choices of a filter with how many there are; those with none are
// left out unless chosen.
func options(ctx context.Context, any, of string, values []string, counts map[string]int, dutch func(string) string, chosen string) []ui.Option {
	list := []ui.Option{{Label: i18n.T(ctx, any)}}
	for _, v := range values {
		if n := counts[v]; n > 0 || v == chosen {
			list = append(list, ui.Option{Value: dutch(v), Label: word(ctx, of, v) + " (" + i18n.Number(ctx, n) + ")"})
		}
	}
	return list
}

func same(s string) string { return s }

func dutchOf(ask string) func(string) string {
	return func(code string) string { return toDutch(ask, code) }
}

// chosen tells in words what the list is narrowed to.
func (f Filter) chosen(ctx context.Context) []string {
	var list []string
	add := func(s string) {
		if s != "" {
			list = append(list, s)
		}
	}
	if f.Words != "" {
		add("“" + f.Words + "”")
	}
	add(word(ctx, "theme", f.Theme))
	add(word(ctx, "kind", f.Kind))
	add(word(ctx, "phase", f.Phase))
	add(f.Municipality)
	add(word(ctx, "audience", f.Audience))
	add(word(ctx, "atleast", f.Strength))
	if f.Cost {
		add(i18n.T(ctx, "initiatives.filter.cost"))
	}
	return list
}

// few names the first of a list and how many more there are.
func few(ctx context.Context, names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + " " + i18n.T(ctx, "initiatives.more", "n", len(names)-most)
}

// stand is the phase with the year for which it is known.
func stand(ctx context.Context, p Phase) string {
	if p.Year == 0 {
		return word(ctx, "phase", p.Status)
	}
	return i18n.T(ctx, "initiatives.stand", "phase", word(ctx, "phase", p.Status), "year", year(p.Year))
}

// strengthBadge says how sure it is that something helps.
func strengthBadge(ctx context.Context, strength string) ui.BadgeProps {
	if strength == "" {
		return ui.BadgeProps{Label: i18n.T(ctx, "initiatives.strength.none")}
	}
	tone := ui.Info
	if rank(strength) <= rank("estimate") {
		tone = ui.Warning
	} else if rank(strength) >= rank("before_after") {
		tone = ui.OK
	}
	return ui.BadgeProps{Tone: tone, Label: word(ctx, "strength", strength)}
}
