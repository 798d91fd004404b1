package agreements

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

// writers are who may make and edit an agreement; the service asks of which.
var writers = access.Has(access.Lead, access.Editor)

const (
	base     = "/resultaatafspraken"
	textPath = base + "/inkooptekst"
)

func (s *Service) routes() []web.Route {
	return append([]web.Route{
		web.Get(base, access.Public, s.listPage),
		web.Get(textPath, access.Public, s.textPage),
		web.Get(textPath+"/tekst", access.Public, s.textFile),
		web.Get(base+"/nieuw", writers, s.newPage),
		web.Post(base, writers, s.create),
		web.Get(base+"/{id}", access.Public, s.page),
		web.Get(base+"/{id}/historie", access.Public, s.historyPage),
		web.Get(base+"/{id}/bewerken", writers, s.editPage),
		web.Post(base+"/{id}/bewerken", writers, s.save),
		web.Get(base+"/{id}/afrekening/{dag}", writers, s.settlePage),
		web.Post(base+"/{id}/afrekening/{dag}", writers, s.settle),
		web.Post(base+"/{id}/afrekening/{dag}/terug", writers, s.undo),
		web.Post(base+"/{id}/stand", writers, s.publish),
		web.Post(base+"/{id}/weg", writers, s.remove),
	}, s.apiRoutes()...)
}

func (s *Service) listPage(w http.ResponseWriter, r *http.Request) error {
	list, more, err := s.List(r.Context(), r.URL.Query().Get("na"), 20)
	if err != nil {
		return err
	}
	p := listView{Agreements: list, MayAdd: writers.Check(r.Context()) == nil}
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

// owners are the organisations for which the actor may make an agreement.
func (s *Service) owners(ctx context.Context) (own, all []Link, err error) {
	all, err = s.People.Organisations(ctx, s.DB)
	a := access.Of(ctx)
	for _, o := range all {
		if leads(a, o.ID) || a.Can(access.Editor, s.Root) && slices.Contains(a.Organisations(), o.ID) {
			own = append(own, o)
		}
	}
	return own, all, err
}

func (s *Service) newPage(w http.ResponseWriter, r *http.Request) error {
	return s.showForm(w, r, http.StatusOK, View{}, newForm(r.URL.Query().Get("initiatief"), s.Clock.Now()))
}

// showForm shows the form of an agreement; without an id it is a new one.
func (s *Service) showForm(w http.ResponseWriter, r *http.Request, status int, v View, form *web.Form) error {
	web.Private(r)
	ctx := r.Context()
	p := formView{View: v, Form: form, Conflict: status == http.StatusConflict}
	var err error
	if p.Owners, p.Known, err = s.owners(ctx); err != nil {
		return err
	}
	if p.Initiatives, err = s.Initiatives.Choices(ctx, s.DB); err != nil {
		return err
	}
	if l := v.Initiative; l.ID != "" && !slices.ContainsFunc(p.Initiatives, func(o Link) bool { return o.ID == l.ID }) {
		p.Initiatives = append(p.Initiatives, l)
	}
	if slug := form.Value("initiatief"); v.ID == "" && slug != "" {
		if p.View.Figures, err = s.Figures.OfInitiative(ctx, s.DB, slug); err != nil {
			return err
		}
	}
	return web.Render(w, r, status, p.render())
}

func (s *Service) create(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	t := readTerms(form)
	var id string
	if err = form.Err(); err == nil {
		id, err = s.Create(r.Context(), t)
	}
	if err != nil {
		return form.Again(err, func(status int) error { return s.showForm(w, r, status, View{}, form) })
	}
	return web.Redirect(w, r, Path(id))
}

// shown reads an agreement for a page.
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
	return web.Render(w, r, status, pageView{View: v, Form: form, Said: r.URL.Query().Get("gedaan") != ""}.render())
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
	p := historyView{View: v, Names: names}
	if len(list) > changesMost {
		list = list[:changesMost]
		p.Next = Path(v.ID) + "/historie?voor=" + list[changesMost-1].ID
	}
	p.Changes = list
	return web.Render(w, r, http.StatusOK, p.render())
}

// editable reads an agreement for a page with a form.
func (s *Service) editable(r *http.Request) (View, error) {
	web.Private(r)
	v, err := s.Get(r.Context(), r.PathValue("id"))
	if err == nil && !v.MayEdit {
		err = fault.Denied()
	}
	return v, err
}

func (s *Service) editPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.editable(r)
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, v, showTerms(v))
}

// act reads a form, does what it asks and goes on; with a fault it is shown again.
func (s *Service) act(w http.ResponseWriter, r *http.Request, to string, do func(f *web.Form, e Edit) error, show func(status int, f *web.Form) error) error {
	web.Private(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	version, _ := strconv.Atoi(form.Line("versie", 12)) // none is version 0, which nothing has
	e := Edit{ID: r.PathValue("id"), Version: version, Why: form.Line("waarom", whyMost)}
	if err := do(form, e); err != nil {
		return form.Again(err, func(status int) error { return show(status, form) })
	}
	if to == "" { // it is no more
		return web.Redirect(w, r, base)
	}
	return web.Redirect(w, r, Path(e.ID)+to)
}

func (s *Service) save(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "?gedaan=ja", func(f *web.Form, e Edit) error {
		t := readTerms(f)
		if err := f.Err(); err != nil {
			return err
		}
		return s.Save(r.Context(), e, t)
	}, func(status int, f *web.Form) error {
		v, err := s.editable(r)
		if err != nil {
			return err
		}
		return s.showForm(w, r, status, v, f)
	})
}

func (s *Service) settlePage(w http.ResponseWriter, r *http.Request) error {
	return s.showSettle(w, r, http.StatusOK, nil)
}

func (s *Service) showSettle(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	v, err := s.editable(r)
	if err != nil {
		return err
	}
	k := slices.IndexFunc(v.Checks, func(c Check) bool { return c.ID == r.PathValue("dag") })
	if k < 0 {
		return fault.NotFound()
	}
	if form == nil {
		form = web.NewForm("bron", "form")
		if v.Figure != nil {
			form = web.NewForm("bron", "pilot")
		}
	}
	return web.Render(w, r, status, settleView{View: v, Check: v.Checks[k], Form: form}.render())
}

func (s *Service) settle(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "?gedaan=ja#afrekening", func(f *web.Form, e Edit) error {
		in := readResult(f)
		if err := f.Err(); err != nil {
			return err
		}
		return s.Settle(r.Context(), e, r.PathValue("dag"), in)
	}, func(status int, f *web.Form) error { return s.showSettle(w, r, status, f) })
}

func (s *Service) undo(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "?gedaan=ja#afrekening", func(_ *web.Form, e Edit) error {
		return s.Undo(r.Context(), e, r.PathValue("dag"))
	}, func(status int, f *web.Form) error { return s.showSettle(w, r, status, f) })
}

func (s *Service) publish(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "?gedaan=ja", func(f *web.Form, e Edit) error {
		return s.Publish(r.Context(), e, f.Value("stand") == string(Public))
	}, func(status int, f *web.Form) error { return s.show(w, r, status, f) })
}

func (s *Service) remove(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "", func(_ *web.Form, e Edit) error { return s.Remove(r.Context(), e) },
		func(status int, f *web.Form) error { return s.show(w, r, status, f) })
}

// chosen are the parts of the text that were ticked; all of them at first.
func chosen(r *http.Request) []string {
	ticked := r.URL.Query()["deel"]
	if len(ticked) == 0 && r.URL.Query().Get("gekozen") == "" {
		return sections
	}
	var list []string
	for _, one := range sections {
		if slices.Contains(ticked, one) {
			list = append(list, one)
		}
	}
	return list
}

func (s *Service) textPage(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, textView{Chosen: chosen(r)}.render())
}

func (s *Service) textFile(w http.ResponseWriter, r *http.Request) error {
	text := textView{Chosen: chosen(r)}.plain(r.Context())
	return web.Download(w, r, i18n.T(r.Context(), "agreements.text.filename")+".txt", "text/plain; charset=utf-8", []byte(text))
}
