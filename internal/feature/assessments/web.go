package assessments

import (
	"encoding/json"
	"net/http"
	"slices"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/qr"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/themes"
)

// Who may come in; the service asks of which test.
var (
	workers = access.Has(access.Coach, access.Lead, access.Editor)
	editors = access.Has(access.Editor)
)

const (
	deskPath = base + "/testen"
	howPath  = base + "/hoe"
	pageSize = 20
)

func (s *Service) routes() []web.Route {
	return slices.Concat([]web.Route{
		web.Get(base, access.Public, s.listPage),
		web.Get(howPath, access.Public, s.howPage),
		web.Get(base+"/{slug}", access.Public, s.cardPage),
		web.Get(base+"/print/{slug}", access.Public, s.printPage),
		web.Get(base+"/bestand/{slug}", access.Public, s.file),
	}, s.deskRoutes(), s.apiRoutes())
}

// private keeps what testers see out of every cache.
func private(r *http.Request) {
	if access.Of(r.Context()).SignedIn() {
		web.Private(r)
	}
}

// filterOf reads a filter; what it does not know it leaves out.
func filterOf(r *http.Request, verdict, theme string) (f Filter) {
	q := r.URL.Query()
	if v := Verdict(q.Get(verdict)); slices.Contains(Verdicts, v) {
		f.Verdict = v
	}
	if t := q.Get(theme); themes.Known(t) {
		f.Theme = t
	}
	return f
}

func (s *Service) listPage(w http.ResponseWriter, r *http.Request) error {
	private(r)
	p := listView{Filter: filterOf(r, "oordeel", "thema"), Tester: isTester(access.Of(r.Context())), Now: s.Clock.Now()}
	var err error
	if p.Listing, _, err = s.List(r.Context(), p.Filter, r.URL.Query().Get("na"), pageSize); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, p.render())
}

func (s *Service) howPage(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, howView{}.render())
}

func (s *Service) cardPage(w http.ResponseWriter, r *http.Request) error {
	return s.showCard(w, r, http.StatusOK, nil, nil)
}

// showCard shows the card, with the forms of testers and the editor.
func (s *Service) showCard(w http.ResponseWriter, r *http.Request, status int, newer, stop *web.Form) error {
	private(r)
	c, err := s.Card(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	return web.Render(w, r, status, cardView{Card: c, Newer: newer, Stop: stop, Now: s.Clock.Now(), Said: done(r)}.render())
}

func (s *Service) printPage(w http.ResponseWriter, r *http.Request) error {
	private(r)
	c, err := s.Card(r.Context(), r.PathValue("slug"))
	if err == nil && c.Verdict == nil {
		err = fault.NotFound()
	}
	if err != nil {
		return err
	}
	address := s.BaseURL + ui.Href(r.Context(), Path(c.Slug))
	svg, err := qr.SVG(address, i18n.T(r.Context(), "assessments.qr"))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, printView{Card: c, Now: s.Clock.Now(), Address: address, QR: svg}.render())
}

// file gives a verdict as another place can take it over.
func (s *Service) file(w http.ResponseWriter, r *http.Request) error {
	private(r)
	c, err := s.Card(r.Context(), r.PathValue("slug"))
	if err == nil && c.Verdict == nil {
		err = fault.NotFound()
	}
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(s.document(c.Verdict), "", "  ")
	if err != nil {
		return err
	}
	return web.Download(w, r, c.Slug+"-oordeel.json", "application/json", append(text, '\n'))
}
