package scaling

import (
	"net/http"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
)

// newStep is the id in the address of a step that is not there yet.
const newStep = "nieuw"

func (s *Service) addTrack(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, func(f *web.Form, e Edit) (string, error) {
		name, code := f.Line("naam", nameMost), f.Line("stad", 12)
		if err := f.Err(); err != nil {
			return "", err
		}
		id, err := s.AddTrack(r.Context(), e, name, code)
		return trackPath(e.Plan, id), err
	}, func(status int, f *web.Form) error { return s.showEdit(w, r, status, nil, f) })
}

func (s *Service) cityPage(w http.ResponseWriter, r *http.Request) error {
	return s.showCity(w, r, http.StatusOK, nil)
}

func (s *Service) showCity(w http.ResponseWriter, r *http.Request, status int, form *web.Form) (err error) {
	p := cityView{Form: form, Said: r.URL.Query().Get("gedaan"), Refused: form != nil}
	if p.View, err = s.shown(r); err != nil {
		return err
	}
	var there bool
	if p.City, there = p.Track(r.PathValue("stad")); !there {
		return fault.NotFound()
	}
	switch {
	case form == nil || form.Value("naam") == "" && status == http.StatusConflict:
		var lines []string
		for _, c := range p.City.Conditions {
			lines = append(lines, c.mark()+" "+c.Title)
		}
		kept := web.NewForm("naam", p.City.Name, "voorwaarden", strings.Join(lines, "\n"))
		if form != nil {
			kept.Fail("", "scaling.conflict")
		}
		p.Form = kept
	case status == http.StatusConflict:
		p.Now = &p.City
	}
	if p.MayEdit {
		if p.Choices, err = s.BarrierChoices(r.Context(), p.Plan, p.City); err != nil {
			return err
		}
	}
	return web.Render(w, r, status, p.render())
}

func (s *Service) saveTrack(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, func(f *web.Form, e Edit) (string, error) {
		n := Track{ID: r.PathValue("stad"), Name: f.Line("naam", nameMost), Conditions: ParseConditions(f.Text("voorwaarden", conditionsMost*conditionMost)),
			Barriers: f.List("belemmeringen", 60, barriersMost+1)}
		if err := f.Err(); err != nil {
			return "", err
		}
		return trackPath(e.Plan, n.ID) + "?gedaan=ja", s.SaveTrack(r.Context(), e, n)
	}, func(status int, f *web.Form) error { return s.showCity(w, r, status, f) })
}

func (s *Service) meet(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, func(f *web.Form, e Edit) (string, error) {
		n, err := strconv.Atoi(f.Value("nummer"))
		if err != nil {
			n = -1
		}
		track := r.PathValue("stad")
		return trackPath(e.Plan, track), s.Meet(r.Context(), e, track, n, f.Bool("voldaan"))
	}, func(status int, f *web.Form) error { return s.showCity(w, r, status, f) })
}

func (s *Service) removeTrack(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, func(f *web.Form, e Edit) (string, error) {
		if _, err := s.editable(r); err != nil {
			return "", err
		}
		if !f.Bool("zeker") {
			f.Fail("zeker", "scaling.wrong.sure")
			return "", f.Err()
		}
		return Path(e.Plan) + "?gedaan=ja", s.RemoveTrack(r.Context(), e, r.PathValue("stad"))
	}, func(status int, f *web.Form) error { return s.showCity(w, r, status, f) })
}

func (s *Service) linesPage(w http.ResponseWriter, r *http.Request) error {
	return s.showLines(w, r, http.StatusOK, web.NewForm("spoor", r.URL.Query().Get("stad")))
}

func (s *Service) showLines(w http.ResponseWriter, r *http.Request, status int, form *web.Form) (err error) {
	p := linesView{Form: form}
	if p.View, err = s.editable(r); err != nil {
		return err
	}
	if p.Owners, err = s.Owners(r.Context(), p.ID); err != nil {
		return err
	}
	return web.Render(w, r, status, p.render())
}

func (s *Service) addSteps(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, func(f *web.Form, e Edit) (string, error) {
		text, track := f.Text("regels", linesMost*(stepTitleMost+80)), f.Line("spoor", 60)
		if err := f.Err(); err != nil {
			return "", err
		}
		lines, err := ParseLines(text)
		if err != nil {
			return "", err
		}
		return Path(e.Plan) + "?weergave=tabel&gedaan=ja", s.AddSteps(r.Context(), e, track, lines)
	}, func(status int, f *web.Form) error { return s.showLines(w, r, status, f) })
}

func (s *Service) stepPage(w http.ResponseWriter, r *http.Request) error {
	return s.showStep(w, r, http.StatusOK, nil)
}

func (s *Service) showStep(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	return s.showStepTalked(w, r, status, form, nil)
}

// showStepTalked is showStep with a comment that was refused.
func (s *Service) showStepTalked(w http.ResponseWriter, r *http.Request, status int, form, said *web.Form) (err error) {
	p := stepView{Form: form}
	if p.View, err = s.shown(r); err != nil {
		return err
	}
	if id := r.PathValue("stap"); id != newStep {
		there := false
		if p.Step, there = p.View.Step(id); !there {
			return fault.NotFound()
		}
	} else if !p.MayEdit {
		return fault.Denied()
	}
	if p.Step.ID != "" {
		if p.Talk, err = s.talked(r, &p.View, p.Step.ID, said); err != nil {
			return err
		}
	}
	if p.MayEdit {
		if p.Owners, err = s.Owners(r.Context(), p.ID); err != nil {
			return err
		}
	}
	switch {
	// A press of one button in a list brings no title: show what is kept.
	case form == nil || form.Value("titel") == "" && form.Value("stap") == "":
		kept := p.Step.form(r.URL.Query().Get("stad"))
		if form != nil {
			for _, e := range form.Problems() {
				kept.Fail(e.Name, e.Key, e.Args...)
			}
		}
		p.Form = kept
	case status == http.StatusConflict:
		p.Now = &p.Step
	}
	return web.Render(w, r, status, p.render())
}

// form is a step as its form begins.
func (p Step) form(track string) *web.Form {
	if p.ID == "" {
		return web.NewForm("stand", string(Todo), "spoor", track)
	}
	pairs := []string{"titel", p.Title, "wat", p.What, "spoor", p.Track, "wie", p.owner(), "begin", string(p.Start), "klaar", string(p.Due),
		"gedaan", string(p.Done), "stand", string(p.State), "budget", cents(p.Budget)}
	for _, id := range p.Waits {
		pairs = append(pairs, "na", id)
	}
	return web.NewForm(pairs...)
}

func (s *Service) saveStep(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, func(f *web.Form, e Edit) (string, error) {
		n := Step{Track: f.Line("spoor", 60), Title: f.Line("titel", stepTitleMost), What: f.Text("wat", whatMost), Start: day(f, "begin"), Due: day(f, "klaar"),
			Done: day(f, "gedaan"), State: State(f.Line("stand", 10)), Budget: money(f, "budget"), Waits: f.List("na", 60, waitsMost+1)}
		if id := r.PathValue("stap"); id != newStep {
			n.ID = id
		}
		if err := f.Err(); err != nil {
			return "", err
		}
		_, err := s.SaveStep(r.Context(), e, n, f.Line("wie", 80))
		return Path(e.Plan) + "?weergave=tabel&gedaan=ja", err
	}, func(status int, f *web.Form) error { return s.showStep(w, r, status, f) })
}

func (s *Service) setState(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, func(f *web.Form, e Edit) (string, error) {
		return backPath(e.Plan, f.Value("terug")), s.SetState(r.Context(), e, r.PathValue("stap"), State(f.Line("stand", 10)))
	}, func(status int, f *web.Form) error { return s.showStep(w, r, status, f) })
}

func (s *Service) move(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, func(f *web.Form, e Edit) (string, error) {
		due := day(f, "klaar")
		if err := f.Err(); err != nil {
			return "", err
		}
		return backPath(e.Plan, f.Value("terug")), s.Move(r.Context(), e, r.PathValue("stap"), due)
	}, func(status int, f *web.Form) error { return s.showStep(w, r, status, f) })
}

func (s *Service) removeStep(w http.ResponseWriter, r *http.Request) error {
	return s.save(w, r, func(f *web.Form, e Edit) (string, error) {
		return Path(e.Plan) + "?weergave=tabel&gedaan=ja", s.RemoveStep(r.Context(), e, r.PathValue("stap"))
	}, func(status int, f *web.Form) error { return s.showStep(w, r, status, f) })
}
