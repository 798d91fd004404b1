package region

import (
	"context"
	"net/http"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

// routes are open to all: they show what everybody may see.
func (s *Service) routes() []web.Route {
	return []web.Route{
		web.Get(path, access.Public, s.page),
		web.Get(pathCSV, access.Public, s.csv),
		web.Get(pathCouncil, access.Public, s.council),
	}
}

// pageMost is how many rows a part of the page has.
const pageMost = 50

// view is the page.
type view struct {
	*sight
	Words         Words
	Themes, Kinds []string
	View          string
	After         string
	Now           time.Time
	Month         time.Time
	Due           []Due
	Has           parts
}

// parts tells what other rooms are there to ask.
type parts struct{ Barriers, Dues bool }

// look reads the filter of a request and looks through it.
func (s *Service) look(ctx context.Context, f Filter) (*sight, error) {
	snap, err := s.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return snap.look(f), nil
}

func (s *Service) page(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	seen, err := s.look(ctx, s.filterOf(q))
	if err != nil {
		return err
	}
	v := s.view(seen)
	for _, t := range v.views() {
		if q.Get(askView) == t.view {
			v.View = t.view
		}
	}
	v.After, _ = keyOf(q.Get(askAfter))
	from, to := month(v.Now)
	if v.Due, err = s.due(ctx, seen.snapshot, from, to); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, v.render())
}

func (s *Service) view(seen *sight) view {
	now := s.Clock.Now()
	from, _ := month(now)
	return view{sight: seen, Words: s.Words, Themes: s.Themes, Kinds: s.Kinds, Now: now, Month: from,
		Has: parts{s.Barriers != nil, s.Dues != nil}}
}

// council is the page for on paper: it holds what everybody may see, whoever
// prints it.
func (s *Service) council(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	seen, err := s.look(ctx, s.filterOf(r.URL.Query()))
	if err != nil {
		return err
	}
	v := s.view(seen)
	from, to := month(v.Now)
	if v.Due, err = s.due(nobody(ctx), seen.snapshot, from, to); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, v.council())
}

// tab is one view of the page.
type tab struct{ view, key string }

// views are those with something to show.
func (v view) views() []tab {
	list := []tab{{viewMap, "map"}, {viewTowns, "towns"}, {viewInitiatives, "initiatives"}, {viewWhite, "white"}, {viewGrowth, "growth"}}
	if v.Has.Barriers {
		list = append(list, tab{viewBarriers, "barriers"})
	}
	if v.Has.Dues {
		list = append(list, tab{viewDue, "due"})
	}
	return list
}

func (v view) tabs(ctx context.Context) []ui.Tab {
	var list []ui.Tab
	for _, t := range v.views() {
		// keys: region.view.*
		list = append(list, ui.Tab{Label: i18n.T(ctx, "region.view."+t.key), Path: v.at(path, askView, t.view), Current: v.View == t.view})
	}
	return list
}

// pages leads through a part of n rows, of which some are shown.
func (v view) pages(ctx context.Context, key string, shown, n int, previous string, back bool, next string) ui.PageLinks {
	// keys: region.shown.*
	p := ui.PageLinks{Shown: i18n.T(ctx, "region.shown."+key, "some", i18n.Number(ctx, shown), "n", n)}
	if next != "" {
		p.Next = v.at(path, askView, v.View, askAfter, cursor(next))
	}
	if back {
		p.Previous = v.at(path, askView, v.View)
		if previous != "" {
			p.Previous = v.at(path, askView, v.View, askAfter, cursor(previous))
		}
	}
	return p
}

// phaseWord is the word for a phase.
func (v view) phaseWord(ctx context.Context, phase string) string {
	return say(ctx, v.Words.Phase, phase)
}

// about says in words what is looked at: "in de provincie Utrecht, thema Vervoer".
func (v view) about(ctx context.Context) []string {
	var list []string
	add := func(key, value string) {
		if value != "" {
			// keys: region.about.*
			list = append(list, i18n.T(ctx, "region.about."+key, "what", value))
		}
	}
	add("province", v.Province)
	if v.Town != "" {
		add("town", v.towns[v.index[v.Town]].Name)
	}
	for _, c := range v.coalitions {
		if c.ID == v.Coalition {
			add("coalition", c.Name)
		}
	}
	add("theme", say(ctx, v.Words.Theme, v.Theme))
	add("phase", say(ctx, v.Words.Phase, v.Phase))
	add("kind", say(ctx, v.Words.Kind, v.Kind))
	add("initiative", v.initiativeName())
	return list
}

// initiativeName is the name of the one initiative that is asked for by slug, or
// else what was typed.
func (v view) initiativeName() string {
	for _, e := range v.list {
		if e.Initiative == v.Initiative {
			return e.Name
		}
	}
	return v.Initiative
}

// sentence says what the page means.
func (v view) sentence(ctx context.Context) string {
	some := v.some.count()
	switch {
	case v.n == 0:
		return i18n.T(ctx, "region.sentence.notowns", "n", len(v.list))
	case v.n == 1:
		return i18n.T(ctx, "region.sentence.single", "name", v.towns[v.inArea()[0]].Name, "n", len(v.list), "runs", i18n.Number(ctx, v.running()))
	case some == 0:
		return i18n.T(ctx, "region.sentence.nothing", "n", v.n)
	}
	switch v.runs.count() {
	case 0:
		return i18n.T(ctx, "region.sentence.none", "n", v.n)
	case v.n:
		return i18n.T(ctx, "region.sentence.all", "n", v.n)
	}
	return i18n.T(ctx, "region.sentence", "runs", i18n.Number(ctx, v.runs.count()), "all", i18n.Number(ctx, v.n), "white", i18n.Number(ctx, v.n-v.runs.count()))
}

// names lists initiatives with what they are: "AutoMaatje (in gebruik)".
func (v view) names(ctx context.Context, list []*entry, more int) string {
	var b strings.Builder
	for k, e := range list {
		if k > 0 {
			b.WriteString(", ")
		}
		b.WriteString(e.Name + " (" + strings.ToLower(say(ctx, v.Words.Phase, e.Phase)) + ")")
	}
	if more > 0 {
		b.WriteString(" " + i18n.T(ctx, "region.more", "n", more))
	}
	return b.String()
}
