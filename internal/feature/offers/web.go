package offers

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/themes"
)

// routes of reading are open to all: what stands here is public.
func (s *Service) routes() []web.Route {
	return slices.Concat([]web.Route{
		web.Get("/aanbod", access.Public, s.listPage),
		web.Get("/aanbod.ics", access.Public, s.calendarOfList),
		web.Get("/aanbod/vergelijk", access.Public, s.comparePage),
		web.Get("/aanbod/print", access.Public, s.printPage),
		web.Get("/aanbod/{slug}", access.Public, s.detailPage),
		web.Get("/aanbod/{slug}/agenda.ics", access.Public, s.calendarOfOne),
		web.Get("/aanbod/{slug}/gegevens.jsonld", access.Public, s.jsonLD),
		web.Post("/aanbod/{slug}/gebruikt", access.Public, s.usedPost),
	}, s.editRoutes(), s.apiRoutes(), s.hsdsRoutes())
}

// listView is the page of the list.
type listView struct {
	Filter
	Listing
	View     string
	Map      *mapView
	Said     string
	SignedIn bool
	Keeps    bool // works for an organisation
	Editor   bool
}

func (s *Service) listPage(w http.ResponseWriter, r *http.Request) error {
	q, ctx := r.URL.Query(), r.Context()
	a := access.Of(ctx)
	v := listView{Filter: filterOf(q), Said: done(r), SignedIn: a.SignedIn(), Editor: isEditor(a), Keeps: a.SecondFactor && len(a.Grants) > 0}
	if q.Get(askView) == viewMap {
		v.View = viewMap
	}
	p := Page{Filter: v.Filter}
	p.After, _ = keyOf(q.Get(askAfter))
	p.Before, _ = keyOf(q.Get(askBefore))
	var err error
	if v.View == viewMap {
		v.Listing, v.Map, err = s.mapOf(ctx, v.Filter)
	} else {
		v.Listing, err = s.List(ctx, p)
	}
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, listOf(v))
}

// detailView is the page of one offer.
type detailView struct {
	Detail
	made
	Said     string
	MayEdit  bool
	SignedIn bool
	Invented bool
}

// made is when a page is made.
type made struct{ now time.Time }

func (s *Service) made() made { return made{s.clock.Now()} }

// done says what was just done, by the code in the address of the page.
//
// keys: offers.done.saved offers.done.made offers.done.proposed offers.done.accepted offers.done.refused offers.done.checked offers.done.stopped
// keys: offers.done.resumed offers.done.used offers.done.imported
func done(r *http.Request) string {
	said := r.URL.Query().Get("gedaan")
	if slices.Contains([]string{"saved", "made", "proposed", "accepted", "refused", "checked", "stopped", "resumed", "used", "imported"}, said) {
		return i18n.T(r.Context(), "offers.done."+said)
	}
	return ""
}

func (s *Service) detailPage(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	d, err := s.Get(ctx, r.PathValue("slug"))
	if err != nil {
		return err
	}
	a := access.Of(ctx)
	v := detailView{Detail: d, made: s.made(), Said: done(r), SignedIn: a.SignedIn(), MayEdit: s.edits(ctx, &d.Offer, d.By.Account), Invented: s.o.Demo}
	w.Header().Add("Link", "<"+Path(d.Slug)+`/gegevens.jsonld>; rel="alternate"; type="application/ld+json"`)
	return web.Render(w, r, http.StatusOK, detailOf(v))
}

func (s *Service) usedPost(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	slug := r.PathValue("slug")
	ctx := r.Context()
	a := access.Of(ctx)
	if a.Address == "" {
		a.Address = web.Address(r)
		ctx = access.With(ctx, a)
	}
	if err := s.Press(ctx, slug, form.Choice("helpt", pressUse, pressHelps, pressNot)); err != nil {
		return err
	}
	return web.Redirect(w, r, Path(slug)+"?gedaan=used")
}

// chosen reads the offers that somebody ticked.
func chosen(r *http.Request) []string { return r.URL.Query()[askChosen] }

// with is an address with the offers chosen.
func with(path string, slugs ...string) string {
	if len(slugs) == 0 {
		return path
	}
	return path + "?" + askChosen + "=" + strings.Join(slugs, "&"+askChosen+"=")
}

// The most that stand side by side, and on paper.
const (
	compareMost = 4
	printMost   = 30
)

// compareView is the page of offers side by side.
type compareView struct {
	made
	List []Detail
	More []Card // to choose another from
}

func (v compareView) slugs(without string) []string {
	var out []string
	for _, d := range v.List {
		if d.Slug != without {
			out = append(out, d.Slug)
		}
	}
	return out
}

func (s *Service) comparePage(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	list, err := s.Many(ctx, chosen(r), compareMost)
	if err != nil {
		return err
	}
	v := compareView{made: s.made(), List: list}
	if len(list) > 0 && len(list) < compareMost {
		near, err := s.List(ctx, Page{Filter: Filter{Kind: list[0].Kind}, Limit: 12})
		if err != nil {
			return err
		}
		v.More = slices.DeleteFunc(near.Cards, func(c Card) bool { return slices.Contains(v.slugs(""), c.Slug) })
	}
	return web.Render(w, r, http.StatusOK, compareOf(v))
}

// printView is the list for the kitchen table.
type printView struct {
	made
	List    []Detail
	Address string // of this list, to type over or to scan
}

func (s *Service) printPage(w http.ResponseWriter, r *http.Request) error {
	list, err := s.Many(r.Context(), chosen(r), printMost)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, printOf(printView{made: s.made(), List: list, Address: s.o.BaseURL + ui.Href(r.Context(), "/aanbod")}))
}

// options are the choices of a select, with how many there are of each.
func options(ctx context.Context, codes []string, counts map[string]int, value func(string) string, now string, label func(context.Context, string) string) []ui.Option {
	list := []ui.Option{{Value: "", Label: i18n.T(ctx, "offers.filter.any")}}
	for _, c := range codes {
		if counts[c] == 0 && c != now {
			continue
		}
		list = append(list, ui.Option{Value: value(c), Label: i18n.T(ctx, "offers.filter.counted", "name", label(ctx, c), "n", counts[c])})
	}
	return list
}

func same(s string) string { return s }

func dutchOf(ask string) func(string) string {
	return func(code string) string { return toDutch(ask, code) }
}

// words of codes.
//
// keys: offers.kind.* offers.audience.* offers.where.* offers.cost.* offers.access.* offers.ground.* offers.platform.* offers.lang.* offers.per.*
func word(ctx context.Context, kind, code string) string {
	if code == "" {
		return ""
	}
	return i18n.T(ctx, "offers."+kind+"."+code)
}

func worded(kind string) func(context.Context, string) string {
	return func(ctx context.Context, code string) string { return word(ctx, kind, code) }
}

func words(ctx context.Context, kind string, codes []string) string {
	out := make([]string, len(codes))
	for k, c := range codes {
		out[k] = word(ctx, kind, c)
	}
	return strings.Join(out, ", ")
}

// langName is what people call a language; of those we have no name for, the code.
func langName(ctx context.Context, code string) string {
	if slices.Contains(Languages, code) {
		return word(ctx, "lang", code)
	}
	return code
}

func langNames(ctx context.Context, codes []string) string {
	out := make([]string, len(codes))
	for k, c := range codes {
		out[k] = langName(ctx, c)
	}
	return strings.Join(out, ", ")
}

func themeNames(ctx context.Context, codes []string) string {
	out := make([]string, len(codes))
	for k, c := range codes {
		out[k] = themes.Name(ctx, c)
	}
	return strings.Join(out, ", ")
}

// said are the sentences beside the fields of a form.
func problems(ctx context.Context, list []fault.Field) []ui.FieldError {
	out := make([]ui.FieldError, len(list))
	for k, f := range list {
		out[k] = ui.FieldError{Name: f.Name, Text: i18n.T(ctx, f.Key, f.Args...)}
	}
	return out
}

func wrongOf(ctx context.Context, list []fault.Field, name string) string {
	for _, f := range list {
		if f.Name == name {
			return i18n.T(ctx, f.Key, f.Args...)
		}
	}
	return ""
}
