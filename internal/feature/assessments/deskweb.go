package assessments

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

func (s *Service) deskRoutes() []web.Route {
	const test = deskPath + "/{id}"
	return []web.Route{
		web.Get(deskPath, workers, s.deskPage),
		web.Get(deskPath+"/nieuw", editors, s.askPage),
		web.Post(deskPath+"/nieuw", editors, s.ask),
		web.Get(deskPath+"/overnemen", editors, s.takePage),
		web.Post(deskPath+"/overnemen", editors, s.take),
		web.Get(test, workers, s.testPage),
		web.Post(test+"/scoren", workers, s.scorePost),
		web.Post(test+"/eens", workers, s.settlePost),
		web.Post(test+"/publiceren", editors, s.publish),
		web.Post(test+"/stoppen", editors, s.stop),
		web.Post(test+"/vrij", editors, s.freePost),
		web.Post(base+"/versie/{slug}", workers, s.newer),
	}
}

// done says what was just done.
//
// keys: assessments.done.asked assessments.done.saved assessments.done.handed assessments.done.settled assessments.done.published
// keys: assessments.done.stopped assessments.done.freed assessments.done.newer assessments.done.taken
func done(r *http.Request) string {
	said := r.URL.Query().Get("gedaan")
	if slices.Contains([]string{"asked", "saved", "handed", "settled", "published", "stopped", "freed", "newer", "taken"}, said) {
		return i18n.T(r.Context(), "assessments.done."+said)
	}
	return ""
}

func (s *Service) deskPage(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	d, err := s.Desk(r.Context(), r.URL.Query().Get("na"))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, deskView{Desk: d, Now: s.Clock.Now(), Said: done(r)}.render())
}

func (s *Service) askPage(w http.ResponseWriter, r *http.Request) error {
	return s.showAsk(w, r, http.StatusOK, web.NewForm("toepassing", r.URL.Query().Get("toepassing")))
}

func (s *Service) showAsk(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	web.Private(r)
	p := askView{Form: form}
	var err error
	if p.Organisations, err = s.People.Organisations(r.Context(), s.DB); err != nil {
		return err
	}
	if slug := form.Value("toepassing"); slug != "" {
		app, err := s.Applications.One(r.Context(), slug)
		if err != nil && fault.KindOf(err) != fault.KindNotFound {
			return err
		}
		p.Application = app
	}
	return web.Render(w, r, status, p.render())
}

func (s *Service) ask(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	q := Request{Slug: form.Line("toepassing", 200), Version: form.Line("versie", versionMost), Organisations: form.List("organisaties", 80, seatsMost+1)}
	var id string
	if err = form.Err(); err == nil {
		id, err = s.Ask(r.Context(), q)
	}
	if err != nil {
		return form.Again(err, func(status int) error { return s.showAsk(w, r, status, form) })
	}
	return web.Redirect(w, r, testPath(id)+"?gedaan=asked")
}

func (s *Service) takePage(w http.ResponseWriter, r *http.Request) error {
	return s.showTake(w, r, http.StatusOK, web.NewForm("toepassing", r.URL.Query().Get("toepassing")))
}

func (s *Service) showTake(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	web.Private(r)
	return web.Render(w, r, status, takeView{Form: form}.render())
}

func (s *Service) take(w http.ResponseWriter, r *http.Request) error {
	file, err := upload(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	slug := form.Line("toepassing", 200)
	var id string
	if err = form.Err(); err == nil {
		id, err = s.Import(r.Context(), slug, file)
	}
	if err != nil {
		return form.Again(err, func(status int) error { return s.showTake(w, r, status, form) })
	}
	return web.Redirect(w, r, testPath(id)+"?gedaan=taken")
}

// upload gives the file of a form; nothing where there is none.
func upload(r *http.Request) ([]byte, error) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		return nil, nil
	}
	if err := r.ParseMultipartForm(web.BodyLimit); err != nil {
		if _, big := errors.AsType[*http.MaxBytesError](err); big {
			return nil, err
		}
		return nil, fault.Invalid()
	}
	f, _, err := r.FormFile("bestand")
	if errors.Is(err, http.ErrMissingFile) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.Invalid()
	}
	defer f.Close() //nolint:errcheck // it was only read
	return io.ReadAll(io.LimitReader(f, documentMost+1))
}

func (s *Service) testPage(w http.ResponseWriter, r *http.Request) error {
	return s.showTest(w, r, http.StatusOK, nil)
}

// showTest shows a test; form is the one that was sent and is shown again.
func (s *Service) showTest(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	web.Private(r)
	v, err := s.Test(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	p := testView{View: v, Form: form, Said: done(r), Speaks: speaks(access.Of(r.Context()), v.Seats), Path: base}
	if p.Form == nil {
		p.Form = p.typed()
	}
	return web.Render(w, r, status, p.render())
}

// typed puts what was kept into the fields.
func (p *testView) typed() *web.Form {
	var pairs []string
	if p.Own >= 0 {
		for _, m := range p.Seats[p.Own].Marks {
			pairs = append(pairs, "oordeel-"+m.Criterion, string(m.Score), "reden-"+m.Criterion, m.Reason)
		}
	}
	if p.Status != Scoring {
		pairs = nil
		for _, o := range p.Stances {
			if p.Speaks >= 0 && o.Seat == p.Seats[p.Speaks].ID {
				pairs = append(pairs, "oordeel-"+o.Criterion, o.Score, "reden-"+o.Criterion, o.Reason)
			}
		}
	}
	return web.NewForm(append(pairs, "maanden", strconv.Itoa(terms[0]))...)
}

// act reads a form of a test, does what it asks and goes on; with a fault it is
// shown again.
func (s *Service) act(w http.ResponseWriter, r *http.Request, said string, do func(f *web.Form, id string) error) error {
	web.Private(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	if err := do(form, id); err != nil {
		return form.Again(err, func(status int) error { return s.showTest(w, r, status, form) })
	}
	return web.Redirect(w, r, testPath(id)+"?gedaan="+said)
}

func (s *Service) scorePost(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	said, keep := "saved", s.Save
	if form.Value("doen") == "inleveren" {
		said, keep = "handed", s.HandIn
	}
	return s.act(w, r, said, func(f *web.Form, id string) error {
		var marks []Mark
		for _, c := range Criteria {
			m := Mark{Criterion: c, Score: Score(f.Line("oordeel-"+c, 20)), Reason: f.Text("reden-"+c, reasonMost)}
			if m.Score != "" || m.Reason != "" {
				marks = append(marks, m)
			}
		}
		edit, _ := strconv.Atoi(f.Line("versie", 12)) // none is 0, which nothing has
		if err := f.Err(); err != nil {
			return err
		}
		return keep(r.Context(), id, edit, marks)
	})
}

func (s *Service) settlePost(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "settled", func(f *web.Form, id string) error {
		criterion := f.Choice("criterium", append([]string{""}, append(slices.Clone(Criteria), overall)...)...)
		reason := f.Text("reden-"+criterion, reasonMost)
		if err := f.Err(); err != nil {
			return err
		}
		return s.Settle(r.Context(), id, criterion, f.Line("oordeel-"+criterion, 20), reason)
	})
}

func (s *Service) publish(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "published", func(f *web.Form, id string) error {
		months, _ := strconv.Atoi(f.Line("maanden", 4)) // what is no number is no term
		return s.Publish(r.Context(), id, months)
	})
}

func (s *Service) stop(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "stopped", func(f *web.Form, id string) error {
		why := f.Line("waarom", whyMost)
		if err := f.Err(); err != nil {
			return err
		}
		return s.Stop(r.Context(), id, why)
	})
}

func (s *Service) freePost(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "freed", func(f *web.Form, id string) error { return s.Free(r.Context(), id, f.Line("plek", 60)) })
}

func (s *Service) newer(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	slug, version := r.PathValue("slug"), form.Line("versie", versionMost)
	if err = form.Err(); err == nil {
		err = s.Newer(r.Context(), slug, version)
	}
	if err != nil {
		return form.Again(err, func(status int) error { return s.showCard(w, r, status, form, nil) })
	}
	return web.Redirect(w, r, Path(slug)+"?gedaan=newer")
}
