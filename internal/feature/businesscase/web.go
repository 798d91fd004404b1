package businesscase

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"wijkbaak.nl/internal/base/decimal"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

// writers are who may make and edit a case; the service asks of which.
var writers = access.Has(access.Lead, access.Editor)

const base = "/kosten-baten"

func (s *Service) routes() []web.Route {
	return append(s.apiRoutes(),
		web.Get(base, access.Public, s.listPage),
		web.Get(base+"/nieuw", writers, s.newPage),
		web.Post(base, writers, s.create),
		web.Get(base+"/{id}", access.Public, s.casePage),
		web.Get(base+"/{id}/blad", access.Public, s.sheetPage),
		web.Get(base+"/{id}/rekenblad", access.Public, s.xlsx),
		web.Get(base+"/{id}/regels.csv", access.Public, s.csv),
		web.Get(base+"/{id}/historie", access.Public, s.historyPage),
		web.Get(base+"/{id}/bewerken", writers, s.editPage),
		web.Post(base+"/{id}/instellingen", writers, s.saveSettings),
		web.Post(base+"/{id}/stad", writers, s.saveCity),
		web.Post(base+"/{id}/stad/weg", writers, s.removeCity),
		web.Get(base+"/{id}/regel", writers, s.linePage),
		web.Post(base+"/{id}/regel", writers, s.saveLine),
		web.Post(base+"/{id}/regel/weg", writers, s.removeLine),
		web.Get(base+"/{id}/toekomst", writers, s.scenarioPage),
		web.Post(base+"/{id}/toekomst", writers, s.saveScenario),
		web.Post(base+"/{id}/toekomst/weg", writers, s.removeScenario),
		web.Post(base+"/{id}/stand", writers, s.publish),
		web.Post(base+"/{id}/kopie", writers, s.copyCase),
		web.Post(base+"/{id}/weg", writers, s.remove),
	)
}

func (s *Service) listPage(w http.ResponseWriter, r *http.Request) error {
	list, more, err := s.List(r.Context(), r.URL.Query().Get("na"), 20)
	if err != nil {
		return err
	}
	p := listView{Cases: list, MayAdd: writers.Check(r.Context()) == nil}
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

// owners are the organisations for which the actor may make a case.
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
	n := NewCase{Title: form.Line("titel", titleMost), Initiative: form.Line("initiatief", 120), Organisation: form.Line("organisatie", 60)}
	var id string
	if err = form.Err(); err == nil {
		id, err = s.Create(r.Context(), n)
	}
	if err != nil {
		return form.Again(err, func(status int) error { return s.showNew(w, r, status, form) })
	}
	return web.Redirect(w, r, Path(id)+"/bewerken")
}

// whatIf is one figure tried out in the address of the page.
type whatIf struct {
	Key   string
	Value float64
	Text  string // as it was typed
	Error string // locale key
}

// ask reads what is tried out; a value that cannot be is said beside its field.
func ask(r *http.Request, m *Model) *whatIf {
	q := r.URL.Query()
	t := &whatIf{Key: q.Get("wat"), Text: q.Get("als")}
	f := m.figure(t.Key)
	if f == nil || t.Text == "" {
		return nil
	}
	v, err := decimal.Parse(t.Text)
	b := boundsOf(t.Key)
	switch {
	case err != nil:
		t.Error = "businesscase.wrong.number"
	case v < b.least && b.least == 0:
		t.Error = "businesscase.wrong.negative"
	case v < b.least || v > b.most:
		t.Error = "businesscase.wrong.outside.bounds"
	}
	t.Value = v
	return t
}

// try gives the model with the figure at the value; its range moves along.
func (m *Model) try(t *whatIf) *Model {
	if t == nil || t.Error != "" {
		return m
	}
	c := m.clone()
	f := c.figure(t.Key)
	b := boundsOf(t.Key)
	if f.Low != nil && f.High != nil && f.Likely != nil {
		low, high := max(t.Value+*f.Low-*f.Likely, b.least), min(t.Value+*f.High-*f.Likely, b.most)
		f.Low, f.High = &low, &high
		if f.Shape == Normal {
			f.Shape = PERT
		}
	}
	f.Likely, f.Pilot = &t.Value, nil
	return c
}

func (s *Service) casePage(w http.ResponseWriter, r *http.Request) error {
	return s.showCase(w, r, http.StatusOK, nil)
}

func (s *Service) showCase(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	ctx := r.Context()
	v, err := s.Get(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	if v.Stand == Draft || access.Of(ctx).SignedIn() {
		web.Private(r)
	}
	p := caseView{View: v, Form: form, Said: r.URL.Query().Get("gedaan")}
	chosen := r.URL.Query().Get("toekomst")
	if k := slices.IndexFunc(v.Model.Scenarios, func(sc Scenario) bool { return sc.ID == chosen }); k >= 0 {
		p.Chosen = &v.Model.Scenarios[k]
	}
	p.Counted = v.Model.With(p.Chosen)
	p.What = ask(r, p.Counted)
	p.Counted = p.Counted.try(p.What)
	if p.Result, err = s.Count(ctx, p.Counted); err != nil {
		return err
	}
	if p.Result != nil {
		p.Turns = p.Result.Turns
		if payer := Payer(r.URL.Query().Get("voor")); p.Result.Of(payer) != nil {
			p.For, p.Turns = payer, p.Counted.Turns(payer)
		}
	}
	if p.Result != nil && len(v.Model.Scenarios) > 0 {
		plain, err := s.Count(ctx, v.Model)
		if err != nil {
			return err
		}
		p.Futures = append(p.Futures, future{Result: plain})
		for k := range v.Model.Scenarios {
			one, err := s.Count(ctx, v.Model.With(&v.Model.Scenarios[k]))
			if err != nil {
				return err
			}
			p.Futures = append(p.Futures, future{&v.Model.Scenarios[k], one})
		}
	}
	if writers.Check(ctx) == nil {
		if p.Owners, err = s.owners(ctx); err != nil {
			return err
		}
	}
	return web.Render(w, r, status, p.render())
}

func (s *Service) sheetPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.shown(r)
	if err != nil {
		return err
	}
	p := caseView{View: v, Counted: v.Model}
	if p.Result, err = s.Count(r.Context(), v.Model); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, p.sheet())
}

func (s *Service) historyPage(w http.ResponseWriter, r *http.Request) error {
	v, list, names, err := s.History(r.Context(), r.PathValue("id"), r.URL.Query().Get("voor"))
	if err != nil {
		return err
	}
	if v.Stand == Draft || access.Of(r.Context()).SignedIn() {
		web.Private(r)
	}
	if a := access.Of(r.Context()); !a.SecondFactor || len(a.Grants) == 0 {
		names = nil // who it was is for colleagues; everybody can make an account
	}
	p := historyView{View: v, Names: names, Now: s.Clock.Now()}
	if len(list) > changesMost {
		list = list[:changesMost]
		p.Next = Path(v.ID) + "/historie?voor=" + list[changesMost-1].ID
	}
	p.Changes = list
	return web.Render(w, r, http.StatusOK, p.render())
}

// editable reads a case for a page with a form.
func (s *Service) editable(r *http.Request) (View, error) {
	web.Private(r)
	v, err := s.Get(r.Context(), r.PathValue("id"))
	if err == nil && !v.MayEdit {
		err = fault.Denied()
	}
	return v, err
}

func (s *Service) editPage(w http.ResponseWriter, r *http.Request) error {
	return s.showEdit(w, r, http.StatusOK, nil, nil)
}

func (s *Service) showEdit(w http.ResponseWriter, r *http.Request, status int, settings, city *web.Form) error {
	v, err := s.editable(r)
	if err != nil {
		return err
	}
	p := editView{View: v, Settings: settings, City: city, Said: r.URL.Query().Get("gedaan")}
	if settings == nil {
		p.Settings = showSettings(v.Title, v.Case.Model.Settings)
	}
	if city == nil {
		p.City = web.NewForm()
		if k := slices.IndexFunc(v.Model.Cities, func(c City) bool { return c.ID == r.URL.Query().Get("stad") }); k >= 0 {
			c := v.Model.Cities[k]
			p.City = web.NewForm("id", c.ID, "stad", c.Name, "mensen", showPeople(c))
		}
	}
	return web.Render(w, r, status, p.render())
}

// save reads a form, does what it asks and goes on; with a fault it is shown again.
func (s *Service) save(w http.ResponseWriter, r *http.Request, to string, act func(f *web.Form, e Edit) error, show func(status int, f *web.Form) error) error {
	web.Private(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	e := edit(r, form)
	if err := act(form, e); err != nil {
		return form.Again(err, func(status int) error { return show(status, form) })
	}
	return web.Redirect(w, r, Path(e.ID)+to)
}

// read first, then what the service says, unless the form itself was wrong.
func read[T any](f *web.Form, v T, do func(v T) error) error {
	if err := f.Err(); err != nil {
		return err
	}
	return do(v)
}

func (s *Service) saveSettings(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, "/bewerken?gedaan=instellingen", func(f *web.Form, e Edit) error {
		v, err := s.editable(r)
		if err != nil {
			return err
		}
		title := f.Line("titel", titleMost)
		return read(f, readSettings(f, v.Case.Model.Settings), func(set Settings) error { return s.SaveSettings(r.Context(), e, title, set) })
	}, func(status int, f *web.Form) error { return s.showEdit(w, r, status, f, nil) })
}

func (s *Service) saveCity(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, "/bewerken?gedaan=stad#steden", func(f *web.Form, e Edit) error {
		return read(f, readCity(f), func(c City) error { return s.SaveCity(r.Context(), e, c) })
	}, func(status int, f *web.Form) error { return s.showEdit(w, r, status, nil, f) })
}

func (s *Service) removeCity(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, "/bewerken?gedaan=stad#steden", func(f *web.Form, e Edit) error {
		return s.RemoveCity(r.Context(), e, f.Line("id", 8))
	}, func(status int, f *web.Form) error { return s.showEdit(w, r, status, nil, f) })
}

func (s *Service) linePage(w http.ResponseWriter, r *http.Request) error {
	return s.showLine(w, r, http.StatusOK, nil)
}

func (s *Service) showLine(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	v, err := s.editable(r)
	if err != nil {
		return err
	}
	p := lineView{View: v, Form: form}
	line := r.URL.Query().Get("regel")
	if form != nil {
		line = form.Value("regel")
	}
	if k := slices.IndexFunc(v.Case.Model.Lines, func(l Line) bool { return l.ID == line }); k >= 0 {
		p.Line = &v.Case.Model.Lines[k]
	}
	switch {
	case form != nil:
		p.Conflict = status == http.StatusConflict
	case p.Line != nil:
		p.Form = showLine(*p.Line)
	case line != "":
		return fault.NotFound()
	default:
		p.Form = web.NewForm("betaler", string(Wmo), "soort", string(Cost), "per", string(Yearly), "bedrag-stand", string(Guessed))
	}
	return web.Render(w, r, status, p.render())
}

func (s *Service) saveLine(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, "/bewerken?gedaan=regel#regels", func(f *web.Form, e Edit) error {
		return read(f, readLine(f), func(l Line) error { return s.SaveLine(r.Context(), e, l) })
	}, func(status int, f *web.Form) error { return s.showLine(w, r, status, f) })
}

func (s *Service) removeLine(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, "/bewerken?gedaan=regel#regels", func(f *web.Form, e Edit) error {
		return s.RemoveLine(r.Context(), e, f.Line("regel", 8))
	}, func(status int, f *web.Form) error { return s.showEdit(w, r, status, nil, nil) })
}

func (s *Service) scenarioPage(w http.ResponseWriter, r *http.Request) error {
	return s.showScenario(w, r, http.StatusOK, nil)
}

func (s *Service) showScenario(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	v, err := s.editable(r)
	if err != nil {
		return err
	}
	p := scenarioView{View: v, Form: form}
	if form == nil {
		p.Form = web.NewForm()
		if id := r.URL.Query().Get("id"); id != "" {
			k := slices.IndexFunc(v.Model.Scenarios, func(sc Scenario) bool { return sc.ID == id })
			if k < 0 {
				return fault.NotFound()
			}
			p.Form = showScenario(v.Model.Scenarios[k])
		}
	}
	return web.Render(w, r, status, p.render())
}

func (s *Service) saveScenario(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, "?gedaan=toekomst#toekomsten", func(f *web.Form, e Edit) error {
		v, err := s.editable(r)
		if err != nil {
			return err
		}
		return read(f, readScenario(f, v.Model), func(sc Scenario) error {
			return atField(s.SaveScenario(r.Context(), e, sc), v.Model)
		})
	}, func(status int, f *web.Form) error { return s.showScenario(w, r, status, f) })
}

func (s *Service) removeScenario(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, "?gedaan=toekomst#toekomsten", func(f *web.Form, e Edit) error {
		return s.RemoveScenario(r.Context(), e, f.Line("id", 8))
	}, func(status int, f *web.Form) error { return s.showScenario(w, r, status, f) })
}

func (s *Service) publish(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, "?gedaan=stand", func(f *web.Form, e Edit) error {
		return s.Publish(r.Context(), e, f.Value("stand") == string(Public))
	}, func(status int, f *web.Form) error { return s.showCase(w, r, status, f) })
}

func (s *Service) copyCase(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	n := NewCase{Title: form.Line("titel", titleMost), Organisation: form.Line("organisatie", 60)}
	var id string
	if err = form.Err(); err == nil {
		id, err = s.Copy(r.Context(), r.PathValue("id"), n)
	}
	if err != nil {
		return form.Again(err, func(status int) error { return s.showCase(w, r, status, form) })
	}
	return web.Redirect(w, r, Path(id)+"/bewerken")
}

func (s *Service) remove(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	if err := s.Remove(r.Context(), edit(r, form)); err != nil {
		return form.Again(err, func(status int) error { return s.showCase(w, r, status, form) })
	}
	return web.Redirect(w, r, base)
}

// version is the hidden field that tells which version a form was made of.
func (v View) version() string { return strconv.Itoa(v.Version) }
