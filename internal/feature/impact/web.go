package impact

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

// writers are who may make and edit a pathway; the service asks of which.
var writers = access.Has(access.Lead, access.Editor)

const base = "/veranderpad"

func (s *Service) routes() []web.Route {
	return append([]web.Route{
		web.Get(base, access.Public, s.listPage),
		web.Get(base+"/nieuw", writers, s.newPage),
		web.Post(base, writers, s.create),
		web.Get(base+"/{id}", access.Public, s.page),
		web.Get(base+"/{id}/blad", access.Public, s.sheetPage),
		web.Get(base+"/{id}/beeld", access.Public, s.svgFile),
		web.Get(base+"/{id}/bestand", access.Public, s.jsonFile),
		web.Get(base+"/{id}/historie", access.Public, s.historyPage),
		web.Get(base+"/{id}/bewerken", writers, s.editPage),
		web.Post(base+"/{id}/naam", writers, s.saveTitle),
		web.Post(base+"/{id}/stap", writers, s.saveNode),
		web.Post(base+"/{id}/stap/weg", writers, s.removeNode),
		web.Post(base+"/{id}/pijl", writers, s.saveArrow),
		web.Post(base+"/{id}/pijl/weg", writers, s.removeArrow),
		web.Post(base+"/{id}/inlezen", writers, s.importFile),
		web.Post(base+"/{id}/stand", writers, s.publish),
		web.Post(base+"/{id}/weg", writers, s.remove),
	}, s.apiRoutes()...)
}

func (s *Service) listPage(w http.ResponseWriter, r *http.Request) error {
	list, more, err := s.List(r.Context(), r.URL.Query().Get("na"), 20)
	if err != nil {
		return err
	}
	p := listView{Pathways: list, MayAdd: writers.Check(r.Context()) == nil}
	if p.Drafts, err = s.Drafts(r.Context()); err != nil {
		return err
	}
	if access.Of(r.Context()).SignedIn() {
		web.Private(r)
	}
	if more {
		p.Next = base + "?na=" + list[len(list)-1].ID
	}
	return web.Render(w, r, http.StatusOK, p.render())
}

// owners are the organisations for which the actor may make a pathway.
func (s *Service) owners(ctx context.Context) (list []Link, err error) {
	all, err := s.People.Organisations(ctx, s.DB)
	a := access.Of(ctx)
	for _, o := range all {
		if leads(a, o.ID) || a.Can(access.Editor, s.Root) && slices.Contains(a.Organisations(), o.ID) {
			list = append(list, o)
		}
	}
	return list, err
}

func (s *Service) newPage(w http.ResponseWriter, r *http.Request) error {
	return s.showNew(w, r, http.StatusOK, web.NewForm("initiatief", r.URL.Query().Get("initiatief")))
}

func (s *Service) showNew(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	web.Private(r)
	owners, err := s.owners(r.Context())
	if err != nil {
		return err
	}
	choices, err := s.Initiatives.Choices(r.Context(), s.DB)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, newView{Form: form, Owners: owners, Initiatives: choices}.render())
}

func (s *Service) create(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	n := NewPathway{Title: form.Line("titel", titleMost), Initiative: form.Line("initiatief", 120), Organisation: form.Line("organisatie", 60)}
	var id string
	if err = form.Err(); err == nil {
		id, err = s.Create(r.Context(), n)
	}
	if err != nil {
		return form.Again(err, func(status int) error { return s.showNew(w, r, status, form) })
	}
	return web.Redirect(w, r, Path(id)+"/bewerken")
}

// shown reads a pathway for a page.
func (s *Service) shown(r *http.Request) (View, error) {
	v, err := s.Get(r.Context(), r.PathValue("id"))
	if v.Stand == Draft || access.Of(r.Context()).SignedIn() {
		web.Private(r)
	}
	return v, err
}

func (s *Service) page(w http.ResponseWriter, r *http.Request) error {
	return s.show(w, r, http.StatusOK, nil)
}

func (s *Service) show(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	v, err := s.shown(r)
	if err != nil {
		return err
	}
	p := pageView{View: v, Form: form, Said: r.URL.Query().Get("gedaan") != "", Picture: lay(r.Context(), v)}
	return web.Render(w, r, status, p.render())
}

func (s *Service) sheetPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.shown(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, pageView{View: v, Picture: lay(r.Context(), v)}.sheet())
}

func (s *Service) svgFile(w http.ResponseWriter, r *http.Request) error {
	v, err := s.shown(r)
	if err != nil {
		return err
	}
	p := lay(r.Context(), v)
	return web.Download(w, r, i18n.T(r.Context(), "impact.filename")+".svg", "image/svg+xml", []byte(p.svg(r.Context(), true, false)))
}

func (s *Service) jsonFile(w http.ResponseWriter, r *http.Request) error {
	v, err := s.shown(r)
	if err != nil {
		return err
	}
	data, err := encode(file{v.Title, v.Model.portable()})
	if err != nil {
		return err
	}
	return web.Download(w, r, i18n.T(r.Context(), "impact.filename")+".json", "application/json", data)
}

func (s *Service) historyPage(w http.ResponseWriter, r *http.Request) error {
	v, list, names, err := s.History(r.Context(), r.PathValue("id"), r.URL.Query().Get("voor"))
	if err != nil {
		return err
	}
	if v.Stand == Draft || access.Of(r.Context()).SignedIn() {
		web.Private(r)
	}
	if !access.Of(r.Context()).SignedIn() {
		names = nil // who it was is for colleagues
	}
	p := historyView{View: v, Names: names, Now: s.Clock.Now()}
	if len(list) > changesMost {
		list = list[:changesMost]
		p.Next = Path(v.ID) + "/historie?voor=" + list[changesMost-1].ID
	}
	p.Changes = list
	return web.Render(w, r, http.StatusOK, p.render())
}

func (s *Service) editPage(w http.ResponseWriter, r *http.Request) error {
	return s.showEdit(w, r, http.StatusOK, editView{})
}

// editable reads a pathway for a page with a form.
func (s *Service) editable(r *http.Request) (View, error) {
	web.Private(r)
	v, err := s.Get(r.Context(), r.PathValue("id"))
	if err == nil && !v.MayEdit {
		err = fault.Denied()
	}
	return v, err
}

// showEdit shows the forms; p holds the one that was sent, if any.
func (s *Service) showEdit(w http.ResponseWriter, r *http.Request, status int, p editView) error {
	v, err := s.editable(r)
	if err != nil {
		return err
	}
	p.View, p.Said, p.Picture = v, r.URL.Query().Get("gedaan") != "", lay(r.Context(), v)
	if p.Initiatives, err = s.Initiatives.Choices(r.Context(), s.DB); err != nil {
		return err
	}
	if v.Initiative.ID != "" && !slices.ContainsFunc(p.Initiatives, func(l Link) bool { return l.ID == v.Initiative.ID }) {
		p.Initiatives = append(p.Initiatives, v.Initiative)
	}
	if status == http.StatusConflict {
		p.Conflict = p.now()
	}
	q := r.URL.Query()
	if p.Title == nil {
		p.Title = web.NewForm("titel", v.Title, "initiatief", v.Pathway.Initiative)
	}
	if p.Node == nil {
		p.Node = web.NewForm("soort", string(Input))
		if n := v.Model.node(q.Get("stap")); n != nil {
			p.Node = showNode(*n)
		}
	}
	if p.Arrow == nil {
		p.Arrow = web.NewForm("staat", string(Believed))
		from, to, _ := strings.Cut(q.Get("pijl"), "-")
		if a := v.Model.arrow(from, to); a != nil {
			p.Arrow = showArrow(*a)
		}
	}
	if p.File == nil {
		p.File = web.NewForm()
	}
	return web.Render(w, r, status, p.render())
}

// now is how that stands what somebody else changed meanwhile.
func (p *editView) now() string {
	switch m := &p.View.Model; {
	case p.Title != nil:
		return p.View.Title
	case p.Node != nil:
		if n := m.node(p.Node.Value("stap")); n != nil {
			return n.Text
		}
	case p.Arrow != nil:
		if a := m.arrow(p.Arrow.Value("was-van"), p.Arrow.Value("was-naar")); a != nil {
			return m.arrowText(*a)
		}
	}
	return ""
}

// save reads a form, does what it asks and goes on; with a fault it is shown again.
func (s *Service) save(w http.ResponseWriter, r *http.Request, to string, act func(f *web.Form, e Edit) error, show func(status int, f *web.Form) error) error {
	web.Private(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	version, _ := strconv.Atoi(form.Line("versie", 12)) // none is version 0, which nothing has
	e := Edit{ID: r.PathValue("id"), Version: version}
	if err := act(form, e); err != nil {
		return form.Again(err, func(status int) error { return show(status, form) })
	}
	if to == "" { // it is no more
		return web.Redirect(w, r, base)
	}
	return web.Redirect(w, r, Path(e.ID)+to)
}

func (s *Service) saveTitle(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, "/bewerken?gedaan=naam", func(f *web.Form, e Edit) error {
		title, initiative := f.Line("titel", titleMost), f.Line("initiatief", 120)
		if err := f.Err(); err != nil {
			return err
		}
		return s.SaveTitle(r.Context(), e, title, initiative)
	}, func(status int, f *web.Form) error { return s.showEdit(w, r, status, editView{Title: f}) })
}

func (s *Service) saveNode(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, "/bewerken?gedaan=stap#stap", func(f *web.Form, e Edit) error {
		v, err := s.editable(r)
		if err != nil {
			return err
		}
		n := readNode(f, v.Figures)
		if err := f.Err(); err != nil {
			return err
		}
		return s.SaveNode(r.Context(), e, n)
	}, func(status int, f *web.Form) error { return s.showEdit(w, r, status, editView{Node: f}) })
}

func (s *Service) removeNode(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, "/bewerken?gedaan=weg#stap", func(f *web.Form, e Edit) error {
		return s.RemoveNode(r.Context(), e, f.Line("stap", idMost))
	}, func(status int, f *web.Form) error { return s.showEdit(w, r, status, editView{Node: f}) })
}

func (s *Service) saveArrow(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, "/bewerken?gedaan=pijl#pijl", func(f *web.Form, e Edit) error {
		old, a := readArrow(f)
		if err := f.Err(); err != nil {
			return err
		}
		return s.SaveArrow(r.Context(), e, old, a)
	}, func(status int, f *web.Form) error { return s.showEdit(w, r, status, editView{Arrow: f}) })
}

func (s *Service) removeArrow(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, "/bewerken?gedaan=weg#pijl", func(f *web.Form, e Edit) error {
		return s.RemoveArrow(r.Context(), e, f.Line("was-van", idMost), f.Line("was-naar", idMost))
	}, func(status int, f *web.Form) error { return s.showEdit(w, r, status, editView{Arrow: f}) })
}

func (s *Service) importFile(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, "/bewerken?gedaan=inlezen", func(f *web.Form, e Edit) error {
		text := f.Text("json", fileMost)
		if err := f.Err(); err != nil {
			return err
		}
		return s.Import(r.Context(), e, []byte(text))
	}, func(status int, f *web.Form) error { return s.showEdit(w, r, status, editView{File: f}) })
}

func (s *Service) publish(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, "?gedaan=stand", func(f *web.Form, e Edit) error {
		return s.Publish(r.Context(), e, f.Value("stand") == string(Public))
	}, func(status int, f *web.Form) error { return s.show(w, r, status, f) })
}

func (s *Service) remove(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, "", func(_ *web.Form, e Edit) error { return s.Remove(r.Context(), e) }, func(status int, f *web.Form) error { return s.show(w, r, status, f) })
}

// version is the hidden field that tells which version a form was made of.
func (v View) version() string { return strconv.Itoa(v.Version) }
