package questions

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"

	"wijkbaak.nl/internal/base/returncode"
	"wijkbaak.nl/internal/base/web"
)

func (s *Service) desk(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Desk(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, deskPage{Board: b, Now: s.Clock.Now(), Said: done(r)}.render())
}

func (s *Service) actingForm(w http.ResponseWriter, r *http.Request) error {
	key := rand.Text()
	form := web.NewForm("sleutel", key, "wie", string(Team), "kanaal", string(Telephone))
	code, err := returncode.Parse(r.URL.Query().Get("code"))
	if err != nil {
		return s.showAsk(w, r, http.StatusOK, askPage{Form: form, Acting: true})
	}
	form = web.NewForm("sleutel", key, "wie", string(Team), "kanaal", string(Paper))
	return s.showAsk(w, r, http.StatusOK, askPage{Form: form, Acting: true, Code: code.String()})
}

func (s *Service) acting(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	a := readAsk(form)
	a.Channel = Channel(form.Choice("kanaal", string(Desk), string(Telephone), string(Paper)))
	a.Code = form.Line("code", returncode.MaxInput)
	receipt, err := s.askFrom(r.Context(), form, a)
	if err != nil {
		return form.Again(err, func(status int) error {
			return s.showAsk(w, r, status, askPage{Form: form, Acting: true, Code: a.Code})
		})
	}
	return web.Redirect(w, r, "/terug/"+receipt.Code.String()+"/papier")
}

func (s *Service) take(w http.ResponseWriter, r *http.Request) error {
	return s.deskAct(w, r, "taken", func(ctx context.Context, id string, f *web.Form) error { return s.Take(ctx, id, f.Line("van", 60)) })
}

func (s *Service) pass(w http.ResponseWriter, r *http.Request) error {
	return s.deskAct(w, r, "passed", func(ctx context.Context, id string, f *web.Form) error {
		return s.Pass(ctx, id, f.Line("organisatie", 60), f.Text("overdracht", NoteMost))
	})
}

func (s *Service) note(w http.ResponseWriter, r *http.Request) error {
	return s.deskAct(w, r, "noted", func(ctx context.Context, id string, f *web.Form) error {
		return s.Note(ctx, id, f.Text("notitie", NoteMost))
	})
}

func (s *Service) messageAsker(w http.ResponseWriter, r *http.Request) error {
	return s.deskAct(w, r, "messaged", func(ctx context.Context, id string, f *web.Form) error {
		return s.MessageAsker(ctx, id, f.Text("bericht", NoteMost))
	})
}

func (s *Service) closePost(w http.ResponseWriter, r *http.Request) error {
	return s.deskAct(w, r, "closed", func(ctx context.Context, id string, f *web.Form) error {
		note := f.Text("toelichting", NoteMost)
		if err := f.Err(); err != nil {
			return err // it may be left out, but not lost
		}
		return s.Close(ctx, id, f.Value("reden"), note)
	})
}

func (s *Service) reopen(w http.ResponseWriter, r *http.Request) error {
	return s.deskAct(w, r, "reopened", func(ctx context.Context, id string, _ *web.Form) error { return s.Reopen(ctx, id) })
}

func (s *Service) merge(w http.ResponseWriter, r *http.Request) error {
	return s.deskAct(w, r, "merged", func(ctx context.Context, id string, f *web.Form) error {
		into := f.Line("in", 300)
		return s.Merge(ctx, id, into[strings.LastIndexByte(into, '/')+1:])
	})
}

func (s *Service) eraseAsker(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	gone, err := s.EraseAsker(r.Context(), id, form.Bool("alles"))
	if err != nil {
		return form.Again(err, func(status int) error { return s.showQuestion(w, r, status, form) })
	}
	if gone {
		return web.Redirect(w, r, "/werkbank?gedaan=erased")
	}
	return web.Redirect(w, r, Path(id)+"?gedaan=erased")
}

// deskAct does one thing with a question and goes back to it.
func (s *Service) deskAct(w http.ResponseWriter, r *http.Request, said string, act func(ctx context.Context, id string, f *web.Form) error) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	if err := act(r.Context(), id, form); err != nil {
		return form.Again(err, func(status int) error { return s.showQuestion(w, r, status, form) })
	}
	return web.Redirect(w, r, Path(id)+"?gedaan="+said)
}

func (s *Service) moderationPage(w http.ResponseWriter, r *http.Request) error {
	return s.showModeration(w, r, http.StatusOK, r.URL.Query().Get("stand"), nil)
}

func (s *Service) showModeration(w http.ResponseWriter, r *http.Request, status int, state string, form *web.Form) error {
	p := moderationPage{State: state, Now: s.Clock.Now(), Form: form}
	var err error
	switch state {
	case "reported":
		p.Items, err = s.Reported(r.Context())
	case "hidden":
		p.Items, err = s.Waiting(r.Context(), Hidden)
	default:
		p.State = "held"
		p.Items, err = s.Waiting(r.Context(), Held)
	}
	if err != nil {
		return err
	}
	return web.Render(w, r, status, p.render())
}

func (s *Service) moderatePost(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	var items []Item
	for _, v := range form.List("wat", 100, moderationMost) {
		of, id, _ := strings.Cut(v, ":")
		items = append(items, Item{Of: Subject(of), ID: id})
	}
	state := form.Choice("stand", "held", "reported", "hidden")
	if err := s.Moderate(r.Context(), Moderation(form.Value("doe")), form.Line("reden", 200), items); err != nil {
		return form.Again(err, func(status int) error { return s.showModeration(w, r, status, state, form) })
	}
	return web.Redirect(w, r, "/moderatie?stand="+state)
}
