package scaling

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/decimal"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

const base = "/opschalingsplan"

func (s *Service) routes() []web.Route {
	in := access.SignedIn
	return append(append([]web.Route{
		web.Get(base, in, s.listPage),
		web.Get(base+"/nieuw", in, s.newPage),
		web.Post(base, in, s.create),
		web.Post(base+"/sjabloon/weg", in, s.removeTemplate),
		// Open, as a calendar program signs in nowhere: with .ics behind the id
		// it brings a secret. For the page itself one signs in.
		web.Get(base+"/{id}", access.Public, s.planPage),
		web.Post(base+"/{id}", in, s.savePlan),
		web.Get(base+"/{id}/bewerken", in, s.editPage),
		web.Post(base+"/{id}/weg", in, s.remove),
		web.Get(base+"/{id}/blad", in, s.sheetPage),
		web.Get(base+"/{id}/stappen.csv", in, s.csv),
		web.Get(base+"/{id}/historie", in, s.historyPage),
		web.Post(base+"/{id}/sjabloon", in, s.saveTemplate),
		web.Post(base+"/{id}/agenda", in, s.newKey),
		web.Post(base+"/{id}/agenda/weg", in, s.removeKey),
		web.Post(base+"/{id}/stad", in, s.addTrack),
		web.Get(base+"/{id}/stad/{stad}", in, s.cityPage),
		web.Post(base+"/{id}/stad/{stad}", in, s.saveTrack),
		web.Post(base+"/{id}/stad/{stad}/voorwaarde", in, s.meet),
		web.Post(base+"/{id}/stad/{stad}/weg", in, s.removeTrack),
		web.Get(base+"/{id}/stappen", in, s.linesPage),
		web.Post(base+"/{id}/stappen", in, s.addSteps),
		web.Get(base+"/{id}/stap/{stap}", in, s.stepPage),
		web.Post(base+"/{id}/stap/{stap}", in, s.saveStep),
		web.Post(base+"/{id}/stap/{stap}/stand", in, s.setState),
		web.Post(base+"/{id}/stap/{stap}/datum", in, s.move),
		web.Post(base+"/{id}/stap/{stap}/weg", in, s.removeStep),
	}, s.guestRoutes()...), s.apiRoutes()...)
}

func (s *Service) listPage(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	list, err := s.List(r.Context())
	if err != nil {
		return err
	}
	coalitions, organisations, err := s.Beginnings(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, listView{list, len(coalitions)+len(organisations) > 0}.render())
}

func (s *Service) newPage(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	of := ""
	if c := q.Get("coalitie"); c != "" {
		of = "c:" + c
	}
	return s.showNew(w, r, http.StatusOK, web.NewForm("initiatief", q.Get("initiatief"), "van", of, "begin", string(s.today()), "sjabloon", StandardTemplate))
}

func (s *Service) showNew(w http.ResponseWriter, r *http.Request, status int, form *web.Form) (err error) {
	web.Private(r)
	p := newView{Form: form}
	if p.Coalitions, p.Organisations, err = s.Beginnings(r.Context()); err != nil {
		return err
	}
	if p.Initiatives, err = s.Initiatives.Choices(r.Context(), s.DB); err != nil {
		return err
	}
	if p.Templates, err = s.Templates(r.Context(), form.Value("initiatief")); err != nil {
		return err
	}
	return web.Render(w, r, status, p.render())
}

func (s *Service) create(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	n := NewPlan{Title: form.Line("titel", titleMost), Goals: form.Text("doelen", goalsMost), Initiative: form.Line("initiatief", 120),
		Start: day(form, "begin"), Template: form.Line("sjabloon", 60)}
	if of := form.Line("van", 60); strings.HasPrefix(of, "c:") {
		n.Coalition = of[2:]
	} else {
		n.Organisation = strings.TrimPrefix(of, "o:")
	}
	var id string
	if err = form.Err(); err == nil {
		id, err = s.Create(r.Context(), n)
	}
	if err != nil {
		return form.Again(err, func(status int) error { return s.showNew(w, r, status, form) })
	}
	return web.Redirect(w, r, Path(id))
}

func (s *Service) removeTemplate(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	if err := s.RemoveTemplate(r.Context(), form.Line("sjabloon", 60)); err != nil {
		return err
	}
	return web.Redirect(w, r, base+"/nieuw")
}

func (s *Service) planPage(w http.ResponseWriter, r *http.Request) error {
	if id, is := strings.CutSuffix(r.PathValue("id"), ".ics"); is {
		return s.calendarFile(w, r, id)
	}
	if err := access.SignedIn.Check(r.Context()); err != nil {
		return err
	}
	return s.showPlan(w, r, http.StatusOK, nil, "")
}

func (s *Service) calendarFile(w http.ResponseWriter, r *http.Request, id string) error {
	web.Private(r)
	body, err := s.Calendar(r.Context(), id, r.URL.Query().Get("sleutel"))
	if err != nil {
		return err
	}
	w.Header().Set("X-Robots-Tag", "noindex")
	return web.Download(w, r, "opschalingsplan.ics", "text/calendar; charset=utf-8", []byte(body))
}

// shown reads the plan of a page.
func (s *Service) shown(r *http.Request) (View, error) {
	web.Private(r)
	return s.Get(r.Context(), r.PathValue("id"))
}

func (s *Service) showPlan(w http.ResponseWriter, r *http.Request, status int, form *web.Form, secret string) error {
	return s.showTalked(w, r, status, form, nil, secret)
}

// showTalked is showPlan with a comment that was refused.
func (s *Service) showTalked(w http.ResponseWriter, r *http.Request, status int, form, said *web.Form, secret string) (err error) {
	p := planView{Form: form, Secret: secret}
	if p.View, err = s.shown(r); err != nil {
		return err
	}
	p.Tab, p.Said, p.Filter = shownTab(r), r.URL.Query().Get("gedaan"), readFilter(r)
	if p.Talk, err = s.talked(r, &p.View, "", said); err != nil {
		return err
	}
	if p.Link, err = s.HasKey(r.Context(), p.ID); err != nil {
		return err
	}
	if own := access.Of(r.Context()).Organisations(); len(own) > 0 {
		for _, o := range own {
			p.TemplateFor = append(p.TemplateFor, Link{ID: o, Name: p.Names[o]})
		}
	}
	return web.Render(w, r, status, p.render())
}

// editable reads a plan for a page with a form.
func (s *Service) editable(r *http.Request) (View, error) {
	v, err := s.shown(r)
	if err == nil && !v.MayEdit {
		err = fault.Denied()
	}
	return v, err
}

func (s *Service) editPage(w http.ResponseWriter, r *http.Request) error {
	return s.showEdit(w, r, http.StatusOK, nil, nil)
}

func (s *Service) showEdit(w http.ResponseWriter, r *http.Request, status int, form, city *web.Form) (err error) {
	p := editView{Form: form, City: city}
	if p.View, err = s.editable(r); err != nil {
		return err
	}
	if form == nil {
		p.Form = web.NewForm("titel", p.Title, "doelen", p.Goals, "initiatief", p.Initiative, "begin", string(p.Start))
	}
	if p.Initiatives, err = s.Initiatives.Choices(r.Context(), s.DB); err != nil {
		return err
	}
	if p.Initiative != "" && p.Case.Name != "" && !slices.ContainsFunc(p.Initiatives, func(l Link) bool { return l.ID == p.Initiative }) {
		p.Initiatives = append(p.Initiatives, Link{ID: p.Initiative, Name: p.Case.Name})
	}
	if p.Places, err = s.Places.Municipalities(r.Context()); err != nil {
		return err
	}
	return web.Render(w, r, status, p.render())
}

// save reads a form, does what it asks and goes on; with a fault it is shown again.
func (s *Service) save(w http.ResponseWriter, r *http.Request, act func(f *web.Form, e Edit) (to string, err error), show func(status int, f *web.Form) error) error {
	web.Private(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	to, err := act(form, edit(r, form))
	if err != nil {
		return form.Again(err, func(status int) error { return show(status, form) })
	}
	return web.Redirect(w, r, to)
}

func edit(r *http.Request, f *web.Form) Edit {
	version, _ := strconv.Atoi(f.Value("versie")) // what is no number is no version that was
	return Edit{Plan: r.PathValue("id"), Version: version, Why: f.Line("waarom", whyMost)}
}

// day reads a day of a form.
func day(f *web.Form, name string) Day {
	d, err := ParseDay(f.Line(name, 20))
	if err != nil {
		f.Fail(name, "scaling.wrong.day")
	}
	return d
}

func money(f *web.Form, name string) int64 {
	text := f.Line(name, 30)
	if text == "" {
		return 0
	}
	n, err := decimal.Cents(text)
	if err != nil {
		f.Fail(name, "scaling.wrong.money")
	}
	return n
}

func (s *Service) savePlan(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, func(f *web.Form, e Edit) (string, error) {
		n := Plan{Title: f.Line("titel", titleMost), Goals: f.Text("doelen", goalsMost), Initiative: f.Line("initiatief", 120), Start: day(f, "begin")}
		if err := f.Err(); err != nil {
			return "", err
		}
		return Path(e.Plan) + "?gedaan=ja", s.SavePlan(r.Context(), e, n)
	}, func(status int, f *web.Form) error { return s.showEdit(w, r, status, f, nil) })
}

func (s *Service) remove(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, func(f *web.Form, e Edit) (string, error) {
		if _, err := s.editable(r); err != nil {
			return "", err
		}
		if !f.Bool("zeker") {
			f.Fail("zeker", "scaling.wrong.sure")
			return "", f.Err()
		}
		return base, s.Remove(r.Context(), e)
	}, func(status int, f *web.Form) error { return s.showEdit(w, r, status, nil, f) })
}

func (s *Service) sheetPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.shown(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, v.sheet())
}

func (s *Service) csv(w http.ResponseWriter, r *http.Request) error {
	v, err := s.shown(r)
	if err != nil {
		return err
	}
	body, err := v.CSV(r.Context())
	if err != nil {
		return err
	}
	return web.Download(w, r, "opschalingsplan.csv", "text/csv; charset=utf-8", body)
}

func (s *Service) historyPage(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	p, list, names, err := s.History(r.Context(), r.PathValue("id"), r.URL.Query().Get("voor"))
	if err != nil {
		return err
	}
	h := historyView{Plan: p, Names: names, Now: s.Clock.Now()}
	if len(list) > changesMost {
		list = list[:changesMost]
		h.Next = Path(p.ID) + "/historie?voor=" + list[changesMost-1].ID
	}
	h.Changes = list
	return web.Render(w, r, http.StatusOK, h.render())
}

func (s *Service) saveTemplate(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, func(f *web.Form, e Edit) (string, error) {
		title, organisation := f.Line("titel", titleMost), f.Line("organisatie", 60)
		if err := f.Err(); err != nil {
			return "", err
		}
		return Path(e.Plan) + "?gedaan=sjabloon", s.SaveTemplate(r.Context(), e, title, organisation)
	}, func(status int, f *web.Form) error { return s.showPlan(w, r, status, f, "") })
}

func (s *Service) newKey(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	id := r.PathValue("id")
	secret, err := s.NewKey(r.Context(), id)
	if err != nil {
		return err
	}
	return s.showPlan(w, r, http.StatusOK, nil, s.BaseURL+Path(id)+".ics?sleutel="+url.QueryEscape(secret))
}

func (s *Service) removeKey(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	id := r.PathValue("id")
	if err := s.RemoveKey(r.Context(), id); err != nil {
		return err
	}
	return web.Redirect(w, r, Path(id)+"?gedaan=ja")
}
