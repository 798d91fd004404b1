package places

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

const (
	pathPlaces   = "/beheer/plek"
	pathSettings = pathPlaces + "/instellingen"
)

// The pages of an operator or editor.
func (s *Places) routes() []web.Route {
	keeper := access.Has(access.Operator, access.Editor)
	return []web.Route{
		web.Get(pathPlaces, keeper, s.showList),
		web.Get(pathSettings, keeper, s.showSettings),
		web.Post(pathSettings, keeper, s.postSettings),
	}
}

func page(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	web.Private(r)
	return web.Render(w, r, status, c)
}

// settingsOfPath is the address of the form of a place.
func settingsOfPath(path string) string {
	return pathSettings + "?" + url.Values{"plek": {path}}.Encode()
}

// listPage is the list of places.
type listPage struct {
	Form *web.Form
	List []Managed
	Root string
}

// showList lists the places; with zoek it goes to the place that is meant.
func (s *Places) showList(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if text := f.Line("zoek", maxName); text != "" && f.Err() == nil {
		p, err := s.find(r.Context(), text)
		switch {
		case err == nil && may(access.Of(r.Context()), p.Path):
			return web.Redirect(w, r, settingsOfPath(p.Path))
		case err == nil:
			f.Fail("zoek", "places.error.notyours", "place", p.Name)
		case fault.KindOf(err) == fault.KindNotFound:
			f.Fail("zoek", "places.error.unknown")
		default:
			return err
		}
	}
	if f.Err() != nil {
		status = http.StatusUnprocessableEntity
	}
	p := listPage{Form: f, Root: s.root}
	if p.List, err = s.Managed(r.Context()); err != nil {
		return err
	}
	return page(w, r, status, listView(p))
}

// settingsPage is the form of one place.
type settingsPage struct {
	Form     *web.Form
	Managed  Managed
	Shown    Settings // of which each part of the form says one line
	Above    []Place  // places around it that the actor may set too
	Below    []Place
	Promises []string // nothing while something is wrong
	Saved    bool
	Tried    bool   // looked at, not saved
	Was      string // mark of the settings that this form began with
	Conflict string // what stands between this form and saving it
}

// open tells whether a part of the form is open: where something is wrong, and,
// for a place without settings of its own, where it begins.
func (p settingsPage) open(part string) bool {
	problems := p.Form.Problems()
	for _, wrong := range problems {
		if partOf(wrong.Name) == part {
			return true
		}
	}
	return len(problems) == 0 && part == "front" && !p.Managed.Own()
}

// asked gives the path that the address names, or that of this instance.
func (s *Places) asked(r *http.Request) string {
	q := web.NewForm("plek", r.URL.Query().Get("plek"))
	if path := strings.TrimSuffix(q.Line("plek", 100), "/"); path != "" {
		return path
	}
	return s.root
}

func (s *Places) showSettings(w http.ResponseWriter, r *http.Request) error {
	return s.settings(w, r, http.StatusOK, settingsPage{Saved: r.URL.Query().Get("bewaard") != ""})
}

// settings shows the form to who may set the place: with what was typed if p has it, else with what holds.
func (s *Places) settings(w http.ResponseWriter, r *http.Request, status int, p settingsPage) error {
	err := s.db.Read(r.Context(), func(ctx context.Context, rd db.Reader) (err error) {
		path := s.asked(r)
		if p.Managed, err = s.managed(ctx, rd, path); err != nil {
			return err
		}
		p.Above = nil
		for _, up := range Ancestors(path) {
			if up == path || !may(access.Of(ctx), up) {
				continue
			}
			place, err := db.One(ctx, rd, scanPlace, selectPlace, up)
			if err != nil {
				return err
			}
			p.Above = append(p.Above, place)
		}
		p.Below, err = db.All(ctx, rd, scanPlace, selectChildren, path)
		return err
	})
	if err != nil {
		return err
	}
	if p.Was == "" {
		p.Was = p.Managed.mark()
	}
	if p.Form == nil {
		p.Form, p.Shown = formOf(p.Managed.Settings), p.Managed.Settings
		p.Promises = promises(r.Context(), s.clock.Now(), p.Managed.Settings)
	}
	return page(w, r, status, settingsView(p))
}

func (s *Places) postSettings(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	v := settingsOf(r.Context(), f)
	p := settingsPage{Form: f, Shown: v, Was: f.Line("was", 40)}
	if f.Err() != nil {
		return s.settings(w, r, http.StatusUnprocessableEntity, p)
	}
	p.Promises = promises(r.Context(), s.clock.Now(), v)
	if f.Bool("kijk") {
		p.Tried = true
		return s.settings(w, r, http.StatusOK, p)
	}
	err = s.ChangeSettings(r.Context(), s.asked(r), v, p.Was)
	switch {
	case err == nil:
		return web.Redirect(w, r, settingsOfPath(s.asked(r))+"&bewaard=ja")
	case fault.KindOf(err) == fault.KindConflict:
		p.Was = "" // whoever saves again has read that
		p.Conflict = i18n.T(r.Context(), "places.error.changed")
		return s.settings(w, r, http.StatusConflict, p)
	case f.Take(err):
		return s.settings(w, r, http.StatusUnprocessableEntity, p)
	}
	return err
}

func fieldErrors(ctx context.Context, f *web.Form) []ui.FieldError {
	var list []ui.FieldError
	for _, p := range inOrder(f.Problems()) {
		list = append(list, ui.FieldError{Name: p.Name, Text: i18n.T(ctx, p.Key, p.Args...)})
	}
	return list
}

// allWrong joins everything that is wrong with a field of several lines.
func allWrong(ctx context.Context, f *web.Form, name string) string {
	var list []string
	for _, p := range f.Problems() {
		if p.Name == name {
			list = append(list, i18n.T(ctx, p.Key, p.Args...))
		}
	}
	return strings.Join(list, " ")
}
