package phases

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

// Who comes in at the doors of this room; the service asks of which initiative.
var (
	writers = access.Has(access.Lead, access.Editor)
	leaders = access.Has(access.Lead)
	editors = access.Has(access.Editor)
)

const (
	gatePath  = "/initiatieven/{slug}/fase"
	fitPath   = "/initiatieven/{slug}/past"
	listsPath = "/beheer/fasen"
)

func (s *Service) routes() []web.Route {
	return []web.Route{
		web.Get(gatePath, access.Public, s.gatePage),
		web.Get(gatePath+"/punten", writers, s.marksPage),
		web.Post(gatePath+"/punten", writers, s.saveMarks),
		web.Get(gatePath+"/besluit", writers, s.decidePage),
		web.Post(gatePath+"/besluit", writers, s.saveDecision),
		web.Post(gatePath+"/voorwaarde", access.SignedIn, s.tick),
		web.Get(fitPath, access.Public, s.fitPage),
		web.Post(fitPath, leaders, s.saveFit),
		web.Post(fitPath+"/actie", leaders, s.addAction),
		web.Post(fitPath+"/actie/klaar", leaders, s.tickAction),
		web.Get(listsPath, editors, s.listsPage),
		web.Get(listsPath+"/{gate}", editors, s.listPage),
		web.Post(listsPath+"/{gate}", editors, s.saveGate),
		web.Post("/beheer/fasen-terug", editors, s.resetLists),
		web.API(http.MethodGet, apiPath, access.Public, s.apiPhase).ForAll().Doc(web.Doc{ID: "getPhase", Key: "phases.api.get",
			Tag: "initiatives", Answer: apiInitiativePhase{}}),
	}
}

// again shows a form once more with what is wrong; a fault of another kind is not
// the form's.
func again(form *web.Form, err error, show func(status int) error) error {
	if form.Take(err) {
		return show(http.StatusUnprocessableEntity)
	}
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind == fault.KindConflict {
		return show(http.StatusConflict)
	}
	return err
}

func whole(f *web.Form, name string) int64 {
	n, err := strconv.ParseInt(f.Value(name), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func (s *Service) gatePage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.Get(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	a := access.Of(r.Context())
	if a.SignedIn() {
		web.Private(r)
	}
	return web.Render(w, r, http.StatusOK, gateView{View: v, Said: r.URL.Query().Get("gedaan"), Now: s.Clock.Now(), Actor: a.Person}.render())
}

// editable reads an initiative for a page with a form.
func (s *Service) editable(r *http.Request) (View, error) {
	web.Private(r)
	v, err := s.Get(r.Context(), r.PathValue("slug"))
	if err == nil && !v.MayEdit {
		err = fault.Denied()
	}
	return v, err
}

func (s *Service) marksPage(w http.ResponseWriter, r *http.Request) error {
	return s.showMarks(w, r, http.StatusOK, r.URL.Query().Get("drempel"), nil)
}

func (s *Service) showMarks(w http.ResponseWriter, r *http.Request, status int, gate string, form *web.Form) error {
	v, err := s.editable(r)
	if err != nil {
		return err
	}
	if !slices.Contains(Gates, gate) {
		gate = v.Gate
	}
	if gate == "" {
		gate = Preparation
	}
	p := marksView{View: v, Gate: gate, Form: form, Points: v.At(gate), Conflict: status == http.StatusConflict}
	if form == nil {
		var pairs []string
		for _, x := range p.Points {
			pairs = append(pairs, "stand-"+x.Item.Code, x.State, "notitie-"+x.Item.Code, x.Note, "link-"+x.Item.Code, x.Link)
		}
		p.Form = web.NewForm(pairs...)
	}
	return web.Render(w, r, status, p.render())
}

func (s *Service) saveMarks(w http.ResponseWriter, r *http.Request) error {
	v, err := s.editable(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	gate := form.Choice("drempel", Gates...)
	var marks []Mark
	for _, p := range v.At(gate) {
		c := p.Item.Code
		if form.Value("stand-"+c) == "" {
			continue // it was not on the form
		}
		marks = append(marks, Mark{Code: c, State: form.Line("stand-"+c, 20), Note: form.Text("notitie-"+c, noteMost), Link: form.Line("link-"+c, linkMost)})
	}
	if err = form.Err(); err == nil {
		err = s.SaveMarks(r.Context(), v.Slug, whole(form, "versie"), marks)
	}
	if err != nil {
		return again(form, err, func(status int) error { return s.showMarks(w, r, status, gate, form) })
	}
	return web.Redirect(w, r, Path(v.Slug)+"?gedaan=punten")
}

func (s *Service) decidePage(w http.ResponseWriter, r *http.Request) error {
	return s.showDecision(w, r, http.StatusOK, r.URL.Query().Get("soort"), nil)
}

func (s *Service) showDecision(w http.ResponseWriter, r *http.Request, status int, kind string, form *web.Form) error {
	v, err := s.editable(r)
	if err != nil {
		return err
	}
	choices := v.Choices()
	if !slices.Contains(choices, kind) {
		kind = choices[0]
	}
	p := decideView{View: v, Kind: kind, Form: form, Conflict: status == http.StatusConflict}
	if form == nil {
		p.Form = web.NewForm("dag", s.Clock.Now().Format("2006-01-02"), "naar", v.Ways(kind)[0])
	}
	return web.Render(w, r, status, p.render())
}

func (s *Service) saveDecision(w http.ResponseWriter, r *http.Request) error {
	v, err := s.editable(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	d := readDecision(form, v.Colleagues)
	if err = form.Err(); err == nil {
		err = s.Decide(r.Context(), v.Slug, whole(form, "versie"), d)
	}
	if err != nil {
		return again(form, err, func(status int) error { return s.showDecision(w, r, status, d.Kind, form) })
	}
	return web.Redirect(w, r, Path(v.Slug)+"?gedaan=besluit")
}

// condRows is how many conditions a form has room for.
const condRows = 4

func readDecision(f *web.Form, colleagues []Person) Decision {
	d := Decision{Kind: f.Choice("soort", Kinds...), To: f.Line("naar", 20), Reason: f.Text("reden", reasonMost), Lesson: f.Text("les", reasonMost),
		OpenWhy: f.Text("open", reasonMost), Organisation: f.Line("organisatie", 60), People: f.List("wie", 60, 30), Roles: f.List("rollen", 30, len(Roles))}
	d.Day, _ = day(f.Line("dag", 20))
	if d.Kind == Pass {
		for _, name := range Proofs {
			d.Proofs = append(d.Proofs, Proof{f.Text("bewijs-"+name, noteMost), f.Line("bewijs-"+name+"-link", linkMost)})
		}
		if f.Value("bewijs-"+Proofs[0]) == "" && d.Proofs[1].Text == "" && d.Proofs[2].Text == "" {
			d.Proofs = nil
		}
	}
	for k := range condRows {
		n := strconv.Itoa(k + 1)
		c := Condition{Text: f.Line("voorwaarde-"+n, textMost)}
		if c.Text == "" {
			continue
		}
		c.Due, _ = day(f.Line("datum-"+n, 20))
		c.Owner, c.Organisation = owner(f.Line("eigenaar-"+n, 60), colleagues)
		d.Conditions = append(d.Conditions, c)
	}
	return d
}

// owner reads the field of an owner: a person, or an organisation.
func owner(value string, colleagues []Person) (person, organisation string) {
	if id, ok := strings.CutPrefix(value, "o:"); ok {
		return "", id
	}
	id := strings.TrimPrefix(value, "p:")
	for _, p := range colleagues {
		if p.ID == id {
			organisation = p.Organisation
		}
	}
	return id, organisation
}

func (s *Service) tick(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	slug := r.PathValue("slug")
	if err := s.Tick(r.Context(), slug, form.Line("id", 60), form.Value("klaar") == "ja"); err != nil {
		return err
	}
	return web.Redirect(w, r, Path(slug)+"?gedaan=voorwaarde#besluiten")
}

func (s *Service) fitPage(w http.ResponseWriter, r *http.Request) error {
	return s.showFit(w, r, http.StatusOK, r.URL.Query().Get("organisatie"), r.URL.Query().Get("gemeente"), nil, nil)
}

func (s *Service) showFit(w http.ResponseWriter, r *http.Request, status int, organisation, code string, form, action *web.Form) error {
	if access.Of(r.Context()).SignedIn() {
		web.Private(r)
	}
	f, err := s.Fitting(r.Context(), r.PathValue("slug"), organisation, code)
	if err != nil {
		return err
	}
	p := fitView{Fitting: f, Form: form, Action: action, Said: r.URL.Query().Get("gedaan"), Now: s.Clock.Now(), Conflict: status == http.StatusConflict}
	if form == nil {
		pairs := []string{}
		for k, a := range f.Answers {
			n := strconv.Itoa(k)
			pairs = append(pairs, "antwoord-"+n, a.Verdict, "uitleg-"+n, a.Note)
		}
		p.Form = web.NewForm(pairs...)
	}
	if action == nil {
		p.Action = web.NewForm()
	}
	return web.Render(w, r, status, p.render())
}

// preconditionsMost bounds what a form is read for.
const preconditionsMost = 60

func (s *Service) saveFit(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	f := Fit{Initiative: r.PathValue("slug"), Organisation: form.Line("organisatie", 60), Municipality: form.Line("gemeente", 20), Version: whole(form, "versie")}
	for k := range preconditionsMost {
		n := strconv.Itoa(k)
		if v := form.Line("antwoord-"+n, 20); v != "" {
			f.Answers = append(f.Answers, Answer{form.Value("voorwaarde-" + n), v, form.Text("uitleg-"+n, noteMost)})
		}
	}
	if err = form.Err(); err == nil {
		err = s.SaveFit(r.Context(), f)
	}
	if err != nil {
		return again(form, err, func(status int) error { return s.showFit(w, r, status, f.Organisation, f.Municipality, form, nil) })
	}
	return web.Redirect(w, r, FitPath(f.Initiative)+"?gedaan=antwoorden&organisatie="+f.Organisation)
}

func (s *Service) addAction(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	a := Action{Initiative: r.PathValue("slug"), Organisation: form.Line("organisatie", 60), Title: form.Text("punt", 2000), Owner: form.Line("eigenaar", 60)}
	a.Due, _ = day(form.Line("datum", 20))
	if err = form.Err(); err == nil {
		err = s.AddAction(r.Context(), a, form.Bool("plan"))
	}
	if err != nil {
		return again(form, err, func(status int) error { return s.showFit(w, r, status, a.Organisation, "", nil, form) })
	}
	return web.Redirect(w, r, FitPath(a.Initiative)+"?gedaan=actie&organisatie="+a.Organisation+"#acties")
}

func (s *Service) tickAction(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	slug := r.PathValue("slug")
	if err := s.TickAction(r.Context(), slug, form.Line("id", 60), form.Value("klaar") == "ja"); err != nil {
		return err
	}
	return web.Redirect(w, r, FitPath(slug)+"?gedaan=actie&organisatie="+form.Line("organisatie", 60)+"#acties")
}

func (s *Service) listsPage(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	l, err := s.Lists(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, listsView{Lists: l, Said: r.URL.Query().Get("gedaan")}.render())
}

func (s *Service) listPage(w http.ResponseWriter, r *http.Request) error {
	return s.showList(w, r, http.StatusOK, nil)
}

// blankRows are the empty rows under a checklist.
const blankRows = 3

func (s *Service) showList(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	web.Private(r)
	gate := r.PathValue("gate")
	if !slices.Contains(Gates, gate) {
		return fault.NotFound()
	}
	l, err := s.Lists(r.Context())
	if err != nil {
		return err
	}
	p := listView{Lists: l, Gate: gate, Form: form, Conflict: status == http.StatusConflict, Rows: len(l.Of(gate)) + blankRows}
	if form == nil {
		var pairs []string
		for k, i := range l.Of(gate) {
			n := strconv.Itoa(k)
			pairs = append(pairs, "code-"+n, i.Code, "gebied-"+n, i.Area, "tekst-"+n, i.Text, "uitleg-"+n, i.Help)
		}
		p.Form = web.NewForm(pairs...)
	} else {
		p.Rows = max(p.Rows, int(min(whole(form, "rijen"), itemsMost+blankRows)))
	}
	return web.Render(w, r, status, p.render())
}

func (s *Service) saveGate(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	gate := r.PathValue("gate")
	if !slices.Contains(Gates, gate) {
		return fault.NotFound()
	}
	var items []Item
	for k := range itemsMost + blankRows {
		n := strconv.Itoa(k)
		if text := form.Line("tekst-"+n, textMost); text != "" {
			items = append(items, Item{Code: form.Line("code-"+n, 40), Gate: gate, Area: form.Choice("gebied-"+n, Areas...), Text: text, Help: form.Line("uitleg-"+n, helpMost)})
		}
	}
	if err = form.Err(); err == nil {
		err = s.SaveGate(r.Context(), gate, whole(form, "versie"), items)
	}
	if err != nil {
		return again(form, err, func(status int) error { return s.showList(w, r, status, form) })
	}
	return web.Redirect(w, r, listsPath+"?gedaan=ja#"+gate)
}

func (s *Service) resetLists(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	if err := s.ResetLists(r.Context(), whole(form, "versie")); err != nil {
		return err
	}
	return web.Redirect(w, r, listsPath+"?gedaan=ja")
}
