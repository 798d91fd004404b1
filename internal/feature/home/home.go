package home

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/room"
	"wijkbaak.nl/internal/base/search"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

//go:embed locales
var files embed.FS

// Options are what the room is built from.
type Options struct {
	Clock  clock.Clock
	Finder Finder
	Places Settings
	Root   string // path of the place of this instance
	Routes Routes
	Health Health
	Advice Advisor
	Post   string // folder of the letters that went out, in the demo only
}

// Service serves the front door.
type Service struct{ Options }

// New makes the service.
func New(o Options) *Service { return &Service{o} }

// Room is the manifest. It keeps nothing, so nothing of persons either.
func (s *Service) Room() room.Room {
	routes := []web.Route{
		web.Get("/{$}", access.Public, s.front),
		web.Get("/zoeken", access.Public, s.find),
		web.Get("/privacy", access.Public, s.privacy).Unchanging(),
		web.Get("/wie-mag-wat-zien", access.Public, s.rights).Unchanging(),
		web.Get("/bouwstenen", access.Public, s.parts).Unchanging(),
		s.apiRoute(),
		web.Get("/gezond", access.Public, s.health).Always(),
	}
	if s.Post != "" {
		routes = append(routes, web.Get("/demo/post", access.Public, s.post), web.Get("/demo/post/{name}", access.Public, s.letter))
	}
	return room.New("home", room.NothingPersonal{}, room.Parts{Locales: files, Routes: routes})
}

// QueryMost is the longest question that is searched for, in characters.
const QueryMost = 300

// kinds are the kinds of thing that can be found, in the order of the filter.
var kinds = []string{"offer", "survey", "question", "story", "initiative", "barrier"}

// found is what the search gave, to show.
type found struct {
	Query     string
	Kind      string
	Best      []Best       // what fits best; only where all kinds are shown
	Hits      []search.Hit // what was found besides
	Total     int
	Counts    map[string]int
	Corrected string
}

func (f found) askPath() string { return "/vragen/nieuw?" + url.Values{"vraag": {f.Query}}.Encode() }

func (f found) kindPath(kind string) string {
	v := url.Values{"vraag": {f.Query}}
	if kind != "" {
		v.Set("soort", kind)
	}
	return "/zoeken?" + v.Encode()
}

func (s *Service) search(ctx context.Context, text, kind string, limit int, typing bool) (found, error) {
	f := found{Query: text, Kind: kind}
	if text == "" {
		return f, nil
	}
	q := search.Query{Text: text, Limit: limit, Typing: typing}
	if kind != "" {
		q.Kinds = []string{kind}
	}
	r, err := s.Finder.Search(ctx, q)
	if err != nil {
		return f, err
	}
	f.Hits, f.Total, f.Corrected, f.Counts = r.Hits, r.Total, r.Corrected, r.Facets[search.KindFacet]
	return f, nil
}

func typed(r *http.Request) string {
	text := strings.Join(strings.Fields(web.Clean(strings.ToValidUTF8(r.URL.Query().Get("vraag"), ""))), " ")
	if utf8.RuneCountInString(text) > QueryMost {
		text = string([]rune(text)[:QueryMost])
	}
	return text
}

func (s *Service) front(w http.ResponseWriter, r *http.Request) error {
	settings, _, err := s.Places.Settings(r.Context(), s.Root)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, frontPage{Settings: settings}.render())
}

// find shows what fits; with deel=1 only that part, for the page to put in while
// somebody types.
func (s *Service) find(w http.ResponseWriter, r *http.Request) error {
	text, part := typed(r), r.URL.Query().Get("deel") != ""
	kind := r.URL.Query().Get("soort")
	if !isKind(kind) {
		kind = ""
	}
	limit := 20
	if part {
		limit = 5
		if utf8.RuneCountInString(text) < 3 {
			text = ""
		}
	}
	f, err := s.search(r.Context(), text, kind, limit, part)
	if err != nil {
		return err
	}
	if part {
		return web.Render(w, r, http.StatusOK, results(f))
	}
	if kind == "" && f.Total > 0 {
		if f.Best, err = s.Advice.Best(r.Context(), text); err != nil {
			return err
		}
		f.Hits = slices.DeleteFunc(f.Hits, func(h search.Hit) bool {
			return slices.ContainsFunc(f.Best, func(b Best) bool { return b.Hit.URL == h.URL })
		})
	}
	return web.Render(w, r, http.StatusOK, findPage(f))
}

func isKind(kind string) bool {
	for _, k := range kinds {
		if k == kind {
			return true
		}
	}
	return false
}

func (s *Service) privacy(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, privacyPage())
}

// rights is the page "who may see what", made of the routes themselves.
func (s *Service) rights(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, rightsPage(circles(r.Context(), s.Routes())))
}

func (s *Service) parts(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, ui.BouwstenenPage(r.URL.Query().Get("thema")))
}

// reason says why something was found, in one short sentence.
func reason(ctx context.Context, h search.Hit) string {
	var said []string
	for _, m := range h.Matched {
		if m.How == search.BySynonym || m.How == search.BySpelling {
			said = append(said, i18n.T(ctx, "home.why.synonym", "asked", m.Asked, "found", m.Found))
		}
		if len(said) == 2 {
			break
		}
	}
	if len(said) == 0 && len(h.Why) > 0 {
		return i18n.T(ctx, "home.why", "words", strings.Join(h.Why[:min(len(h.Why), 4)], ", "))
	}
	return strings.Join(said, " ")
}

func spans(list []search.Span) []ui.Span {
	out := make([]ui.Span, len(list))
	for i, sp := range list {
		out[i] = ui.Span(sp)
	}
	return out
}
