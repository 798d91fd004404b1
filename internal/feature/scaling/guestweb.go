package scaling

import (
	"errors"
	"net/http"
	"slices"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

func (s *Service) guestRoutes() []web.Route {
	const one = guestBase + "{token}" + base + "/{id}"
	return []web.Route{
		web.Post(base+"/{id}/opmerking", access.SignedIn, s.comment),
		web.Post(base+"/{id}/opmerking/weg", access.SignedIn, s.uncomment),
		// Open, as the link is what a guest has.
		web.Get(one, access.Public, guests(s.guestPlan)),
		web.Get(one+"/blad", access.Public, guests(s.guestSheet)),
		web.Get(one+"/stap/{stap}", access.Public, guests(s.guestStep)),
		web.Post(one+"/opmerking", access.Public, guests(s.guestComment)),
		web.Post(one+"/opmerking/weg", access.Public, guests(s.guestUncomment)),
	}
}

// guests is a page behind the link of a guest. When the link has ended, the page of
// the coalition says so.
func guests(h web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		web.Private(r)
		err := h(w, r)
		if errors.Is(err, errOver) {
			return web.Redirect(w, r, guestBase+r.PathValue("token"))
		}
		return err
	}
}

// asGuest reads what the link of a request leads to.
func (s *Service) asGuest(r *http.Request, step string) (v View, g Guest, t Talk, err error) {
	v, g, t, err = s.AsGuest(r.Context(), r.PathValue("token"), r.PathValue("id"), step, r.URL.Query().Get("voor"))
	if err != nil || step == "" {
		return v, g, t, err
	}
	if _, there := v.Step(step); !there {
		err = fault.NotFound()
	}
	return v, g, t, err
}

func (s *Service) guestPlan(w http.ResponseWriter, r *http.Request) error {
	return s.showGuest(w, r, http.StatusOK, "", nil)
}

func (s *Service) guestStep(w http.ResponseWriter, r *http.Request) error {
	return s.showGuest(w, r, http.StatusOK, r.PathValue("stap"), nil)
}

// showGuest shows a plan or one step of it to a guest.
func (s *Service) showGuest(w http.ResponseWriter, r *http.Request, status int, step string, form *web.Form) error {
	v, g, t, err := s.asGuest(r, step)
	if err != nil {
		return err
	}
	p := guestView{View: v, Guest: g, Tab: shownTab(r), Filter: readFilter(r)}
	p.Talk = talkView{View: &p.View, Talk: t, Form: form, On: step, Says: g.MayComment, Guest: g, Clock: s.Clock.Now()}
	if step != "" {
		p.Step, _ = v.Step(step)
		return web.Render(w, r, status, p.renderStep())
	}
	return web.Render(w, r, status, p.render())
}

// shownTab is how a plan is shown: as a board, unless the address says so.
func shownTab(r *http.Request) string {
	if tab := r.URL.Query().Get("weergave"); slices.Contains(tabs, tab) {
		return tab
	}
	return tabs[0]
}

func readFilter(r *http.Request) filter {
	q := r.URL.Query()
	f := filter{all, q.Get("toon")}
	if q.Has("stad") {
		f.Track = q.Get("stad")
	}
	return f
}

func (s *Service) guestSheet(w http.ResponseWriter, r *http.Request) error {
	v, _, _, err := s.asGuest(r, "")
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, v.sheet())
}

// spoken reads what a form says, and about which step.
func spoken(w http.ResponseWriter, r *http.Request) (form *web.Form, step, body string, err error) {
	if form, err = web.ReadForm(w, r); err != nil {
		return nil, "", "", err
	}
	step, body = form.Line("stap", 60), form.Text("bericht", commentMost)
	return form, step, body, nil
}

func (s *Service) guestComment(w http.ResponseWriter, r *http.Request) error {
	form, step, body, err := spoken(w, r)
	if err != nil {
		return err
	}
	token, plan := r.PathValue("token"), r.PathValue("id")
	if err = form.Err(); err == nil {
		err = s.SayAsGuest(r.Context(), token, plan, step, body)
	}
	if err != nil {
		return form.Again(err, func(status int) error { return s.showGuest(w, r, status, step, form) })
	}
	return web.Redirect(w, r, talkPath(guestPath(token, plan), step))
}

func (s *Service) guestUncomment(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	token, plan := r.PathValue("token"), r.PathValue("id")
	if err := s.UnsayAsGuest(r.Context(), token, plan, form.Line("opmerking", 60)); err != nil {
		return err
	}
	return web.Redirect(w, r, talkPath(guestPath(token, plan), form.Line("stap", 60)))
}

// talkPath is where on a page the talk stands.
func talkPath(page, step string) string {
	if step != "" {
		page += "/stap/" + step
	}
	return page + "#gesprek"
}

func (s *Service) comment(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	form, step, body, err := spoken(w, r)
	if err != nil {
		return err
	}
	plan := r.PathValue("id")
	if err = form.Err(); err == nil {
		err = s.Say(r.Context(), plan, step, body)
	}
	if err != nil {
		return form.Again(err, func(status int) error {
			if step == "" {
				return s.showTalked(w, r, status, nil, form, "")
			}
			r.SetPathValue("stap", step)
			return s.showStepTalked(w, r, status, nil, form)
		})
	}
	return web.Redirect(w, r, talkPath(Path(plan), step))
}

func (s *Service) uncomment(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	plan := r.PathValue("id")
	if err := s.Unsay(r.Context(), plan, form.Line("opmerking", 60)); err != nil {
		return err
	}
	return web.Redirect(w, r, talkPath(Path(plan), form.Line("stap", 60)))
}

// talked reads what was said, for a page of who is inside.
func (s *Service) talked(r *http.Request, v *View, step string, form *web.Form) (talkView, error) {
	t, err := s.Talk(r.Context(), v.ID, step, r.URL.Query().Get("voor"))
	return talkView{View: v, Talk: t, Form: form, On: step, Says: true, Person: access.Of(r.Context()).Person, Clock: s.Clock.Now()}, err
}
