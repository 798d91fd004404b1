package home

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/base/observe"
	"wijkbaak.nl/internal/base/web"
)

// ErrorPage shows what went wrong and what to do.
type ErrorPage struct {
	Status int
	Text   string
	Number string   // by which the operator finds it in the log
	SignIn bool     // signing in may help
	Typed  []string // what was typed and is not kept, to copy
}

// Render gives the page.
func (p ErrorPage) Render() templ.Component { return p.render() }

// health shows how the parts fare; a program that asks for JSON gets that. It is
// 503 when a part is down without which no page can be shown.
func (s *Service) health(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	h, status := s.Health(r.Context()), http.StatusOK
	if h.State == observe.Down {
		status = http.StatusServiceUnavailable
	}
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		return web.JSON(w, r, status, h)
	}
	return web.Render(w, r, status, healthPage(h))
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
