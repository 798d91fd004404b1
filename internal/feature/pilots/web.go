package pilots

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"wijkbaak.nl/internal/base/decimal"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

func (s *Service) routes() []web.Route {
	edit := access.Has(access.Lead, access.Editor)
	return []web.Route{
		web.Get("/pilots", access.Public, s.listPage),
		web.Get("/pilots.csv", access.Public, s.listCSV),
		web.Get("/pilots/nieuw", edit, s.newForm),
		web.Post("/pilots", edit, s.create),
		web.Get("/pilots/{id}", access.Public, s.pilotPage),
		web.Get("/pilots/{id}/blad", access.Public, s.sheet),
		web.Get("/pilots/{id}/metingen.csv", access.Public, s.measurementsCSV),
		web.Get("/pilots/{id}/bewerken", edit, s.editForm),
		web.Get("/pilots/{id}/bewerken/{deel}", edit, s.editForm),
		web.Post("/pilots/{id}/bewerken/{deel}", edit, s.edit),
		web.Post("/pilots/{id}/start", edit, s.start),
		web.Post("/pilots/{id}/weg", edit, s.remove),
		web.Get("/pilots/{id}/meten", edit, s.measureForm),
		web.Post("/pilots/{id}/meten", edit, s.measurePost),
		web.Get("/pilots/{id}/inlezen", edit, s.importForm),
		web.Post("/pilots/{id}/inlezen", edit, s.importPost).WithBody(csvMost.Bytes + 64<<10),
		web.Get("/pilots/{id}/besluit", edit, s.decideForm),
		web.Post("/pilots/{id}/besluit", edit, s.decide),
		web.Get("/pilots/{id}/logboek", edit, s.noteForm),
		web.Post("/pilots/{id}/logboek", edit, s.addNote),
		web.Post("/pilots/{id}/logboek/{note}/weg", edit, s.removeNote),
	}
}

var saidForm = regexp.MustCompile(`^(made|saved|started|removed|measured|same|imported|decided|noted|unnoted)$`)

// done says what was just done, by the code in the address of the page.
func done(r *http.Request) string {
	// keys: pilots.done.made pilots.done.saved pilots.done.started pilots.done.removed pilots.done.measured
	// keys: pilots.done.same pilots.done.imported pilots.done.decided pilots.done.noted pilots.done.unnoted
	if said := r.URL.Query().Get("gedaan"); saidForm.MatchString(said) {
		return i18n.T(r.Context(), "pilots.done."+said)
	}
	return ""
}

// filterOf reads a filter from the address.
func (s *Service) filterOf(r *http.Request) (f Filter, place string, known bool, err error) {
	q := r.URL.Query()
	f = Filter{Initiative: short(q.Get("initiatief"), 120), Before: q.Get("na"), Limit: 20}
	if slices.Contains(States, q.Get("stand")) {
		f.State = q.Get("stand")
	}
	place = short(q.Get("gemeente"), 80)
	m, known, err := s.municipality(r.Context(), place)
	f.Place = m.Code
	return f, place, known, err
}

func short(text string, most int) string {
	r := []rune(strings.Join(strings.Fields(web.Clean(strings.ToValidUTF8(text, ""))), " "))
	return string(r[:min(len(r), most)])
}

// query is the address of a filter.
func (p listPage) query(path, before string) string {
	q := url.Values{}
	for name, value := range map[string]string{"initiatief": p.Initiative, "gemeente": p.Town, "stand": p.State, "na": before} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func (s *Service) listPage(w http.ResponseWriter, r *http.Request) error {
	f, town, known, err := s.filterOf(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	p := listPage{Filter: f, Town: town, Said: done(r), MayMake: len(organisations(access.Of(ctx))) > 0, UnknownTown: !known}
	p.Cases = map[string]string{}
	if known {
		var more bool
		var links map[string]Link
		if p.Pilots, links, more, err = s.list(ctx, f); err != nil {
			return err
		}
		p.name(links)
		if more {
			p.Next = p.query("/pilots", p.Pilots[len(p.Pilots)-1].ID)
		}
	}
	var slugs []string
	if f.Initiative != "" && p.Cases[f.Initiative] == "" {
		slugs = []string{f.Initiative}
	}
	if f.Before == "" {
		if p.Drafts, err = s.Drafts(ctx); err != nil {
			return err
		}
		for _, one := range p.Drafts {
			slugs = append(slugs, one.Initiative)
		}
	}
	links, err := s.shown(ctx, s.DB, slugs)
	if err != nil {
		return err
	}
	p.name(links)
	return web.Render(w, r, http.StatusOK, p.render())
}

// name keeps what initiatives are called.
func (p *listPage) name(links map[string]Link) {
	for slug, l := range links {
		p.Cases[slug] = l.Name
	}
}

// listMost bounds a download.
const listMost = 5000

func (s *Service) listCSV(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f, _, known, err := s.filterOf(r)
	if err != nil {
		return err
	}
	f.Limit = limitMost
	var head []string
	for _, key := range []string{"name", "initiative", "place", "lead", "state", "from", "until", "people", "design", "goal", "address"} {
		head = append(head, i18n.T(ctx, "pilots.list."+key))
	}
	rows := [][]string{head}
	for more := known; more && len(rows) < listMost; {
		var list []Pilot
		if list, more, err = s.List(ctx, f); err != nil {
			return err
		}
		for _, p := range list {
			f.Before = p.ID
			rows = append(rows, []string{decimal.Cell(p.Name), p.Initiative, decimal.Cell(p.PlaceName), decimal.Cell(p.LeadName), stateWord(ctx, p),
				iso(p.Starts), iso(p.Ends), whole(p.People), i18n.T(ctx, "pilots.design."+p.Design), decimal.Cell(p.Goal), ui.Href(ctx, Path(p.ID))})
		}
	}
	body, err := writeTable(rows)
	if err != nil {
		return err
	}
	return web.Download(w, r, "lijst-pilots.csv", "text/csv; charset=utf-8", body)
}

// stateWord says how far a pilot is, in a word.
func stateWord(ctx context.Context, p Pilot) string {
	p.PlaceName = ""
	return state(ctx, p)
}

func (s *Service) pilotPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.showPilot(w, r, http.StatusOK, v, "")
}

func (s *Service) showPilot(w http.ResponseWriter, r *http.Request, status int, v View, problem string) error {
	return web.Render(w, r, status, pilotPage{View: v, Said: done(r), Problem: problem}.render())
}

func (s *Service) sheet(w http.ResponseWriter, r *http.Request) error {
	v, err := s.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, sheetPage{View: v, Now: s.Clock.Now()}.render())
}

func (s *Service) measurementsCSV(w http.ResponseWriter, r *http.Request) error {
	v, err := s.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	rows, err := s.export(r.Context(), v)
	if err != nil {
		return err
	}
	body, err := writeTable(rows)
	if err != nil {
		return err
	}
	return web.Download(w, r, "metingen.csv", "text/csv; charset=utf-8", body)
}

// mine gives a pilot to whoever may edit it.
func (s *Service) mine(r *http.Request) (View, error) {
	v, err := s.Get(r.Context(), r.PathValue("id"))
	if err == nil && !v.MayEdit {
		err = fault.Denied()
	}
	return v, err
}

// act does something to a pilot at one press, and shows the page with what is wrong.
func (s *Service) act(w http.ResponseWriter, r *http.Request, to string, do func(form *web.Form) error) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	err = do(form)
	f, ok := errors.AsType[*fault.Error](err)
	if ok && f.Kind == fault.KindConflict {
		v, gone := s.mine(r)
		if gone != nil {
			return gone
		}
		return s.showPilot(w, r, http.StatusConflict, v, i18n.T(r.Context(), f.Key, f.Args...))
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, to)
}

func (s *Service) start(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	return s.act(w, r, Path(id)+"?gedaan=started", func(f *web.Form) error { return s.Start(r.Context(), id, versionOf(f)) })
}

func (s *Service) remove(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "/pilots?gedaan=removed", func(*web.Form) error { return s.Remove(r.Context(), r.PathValue("id")) })
}

func (s *Service) removeNote(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	return s.act(w, r, Path(id)+"?gedaan=unnoted", func(*web.Form) error { return s.RemoveNote(r.Context(), id, r.PathValue("note")) })
}
