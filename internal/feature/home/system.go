package home

import (
	"net/http"

	"github.com/a-h/templ"

	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/base/web"
)

// ErrorPage shows what went wrong and what to do.
type ErrorPage struct {
	Status int
	Text   string
	Number string // by which the operator finds it in the log
	SignIn bool   // signing in may help
}

// Render gives the page.
func (p ErrorPage) Render() templ.Component { return p.render() }

// health tells operators and their watching programs how the parts fare: 503 when
// one does not.
func (s *Service) health(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	out := struct {
		OK    bool   `json:"ok"`
		Parts []Part `json:"parts"`
	}{true, s.Parts(r.Context())}
	status := http.StatusOK
	for _, p := range out.Parts {
		if !p.OK {
			out.OK, status = false, http.StatusServiceUnavailable
		}
	}
	return web.JSON(w, r, status, out)
}

const lettersMost = 50

// post shows the letters that went out, in the demo.
func (s *Service) post(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	list, err := mail.List(s.Post, lettersMost)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, postPage(s.Clock.Now(), list))
}

func (s *Service) letter(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	m, err := mail.Read(s.Post, r.PathValue("name"))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, letterPage(s.Clock.Now(), m))
}
