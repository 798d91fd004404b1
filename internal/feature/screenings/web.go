package screenings

import (
	"context"
	"net/http"
	"regexp"

	"github.com/a-h/templ"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/returncode"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

// Below is where the pages of who has a code stand.
const Below = codeBase

const (
	base      = "/gezondheidscheck"
	codeBase  = base + "/code"
	stopBase  = base + "/stop"
	deskBase  = base + "/beheer"
	visitBase = base + "/spreekuur"
	roundBase = base + "/ronde"
)

var (
	runners  = access.Has(access.Lead)
	treaters = access.Has(access.Coach)
	staff    = access.Has(access.Lead, access.Coach)
)

// pasteBody is how many bytes a form with pasted addresses may bring.
const pasteBody = 512 << 10

func (s *Service) routes() []web.Route {
	return []web.Route{
		web.Get(base, access.Public, s.frontPage),
		web.Post(codeBase, access.Public, s.enterCode),
		web.Get(codeBase+"/{code}", access.Public, s.codePage),
		web.Post(codeBase+"/{code}/uitkomst", access.Public, s.outcomePage),
		web.Post(codeBase+"/{code}/keuze", access.Public, s.answer),
		web.Get(codeBase+"/{code}/afspraak", access.Public, s.bookPage),
		web.Post(codeBase+"/{code}/afspraak", access.Public, s.book),
		web.Get(codeBase+"/{code}/agenda", access.Public, s.calendar),
		web.Get(codeBase+"/{code}/gegevens", access.Public, s.held),
		web.Get(codeBase+"/{code}/wissen", access.Public, s.erasePage),
		web.Post(codeBase+"/{code}/doe/{doe}", access.Public, s.codeAct),
		web.Get(stopBase+"/{token}", access.Public, s.stopPage),
		web.Post(stopBase+"/{token}", access.Public, s.stop),
		web.Get(roundBase+"/{id}/cijfers", access.Public, s.figuresPage),
		web.Get(roundBase+"/{id}/cijfers/tabel", access.Public, s.figuresFile),

		web.Get(deskBase, staff, s.deskPage),
		web.Get(deskBase+"/nieuw", runners, s.newPage),
		web.Post(deskBase, runners, s.create),
		web.Get(deskBase+"/{id}", staff, s.roundPage),
		web.Get(deskBase+"/{id}/bewerken", runners, s.editPage),
		web.Post(deskBase+"/{id}/bewerken", runners, s.save),
		web.Post(deskBase+"/{id}/stand", runners, s.turn),
		web.Get(deskBase+"/{id}/uitnodigen", runners, s.invitePage),
		web.Post(deskBase+"/{id}/uitnodigen", runners, s.invite).WithBody(pasteBody),
		web.Post(deskBase+"/{id}/herinneren", runners, s.silent),
		web.Post(deskBase+"/{id}/intrekken", runners, s.withdraw),
		web.Get(deskBase+"/{id}/tijden", runners, s.slotsPage),
		web.Post(deskBase+"/{id}/tijden", runners, s.addSlots),
		web.Post(deskBase+"/{id}/tijden/weg", runners, s.dropSlot),

		web.Get(visitBase+"/{id}", treaters, s.dayPage),
		web.Get(visitBase+"/{id}/{wie}", treaters, s.patientPage),
		web.Post(visitBase+"/{id}/{wie}", treaters, s.enter),
		web.Post(visitBase+"/{id}/{wie}/gekomen", treaters, s.cameOrNot),
	}
}

var saidForm = regexp.MustCompile(`^(answered|booked|cancelled|unshared|saved|opened|closed|withdrawn|slots|dropped|mailed|entered|erased|came)$`)

// said tells what was just done, by the code in the address of the page.
//
// keys: screenings.done.*
func said(r *http.Request) string {
	q := r.URL.Query()
	if code := q.Get("gedaan"); saidForm.MatchString(code) {
		return i18n.T(r.Context(), "screenings.done."+code)
	}
	return ""
}

func page(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	return web.Render(w, r, status, c)
}

// post reads a form, does what it asks and goes on; with a fault it is shown again.
func post(w http.ResponseWriter, r *http.Request, act func(ctx context.Context, f *web.Form) (to string, err error), show func(status int, f *web.Form) error) error {
	web.Private(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	to, err := act(r.Context(), form)
	if err != nil {
		return form.Again(err, func(status int) error { return show(status, form) })
	}
	return web.Redirect(w, r, to)
}

func (s *Service) frontPage(w http.ResponseWriter, r *http.Request) error {
	return s.front(w, r, http.StatusOK, nil)
}

func (s *Service) front(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	list, err := s.Public(r.Context())
	if err != nil {
		return err
	}
	web.Private(r) // whether it still runs differs by day
	return page(w, r, status, frontView{Rounds: list, Form: form, Staff: staff.Check(r.Context()) == nil, Said: said(r)}.render())
}

func (s *Service) enterCode(w http.ResponseWriter, r *http.Request) error {
	return post(w, r, func(ctx context.Context, f *web.Form) (string, error) {
		c, err := s.ByCode(ctx, f.Text("code", returncode.MaxInput))
		return codeBase + "/" + c.code, err
	}, func(status int, f *web.Form) error { return s.front(w, r, status, f) })
}

// coded reads what is under the code in the address. A code that opens nothing gets
// the page where a code is typed, with what is wrong.
func (s *Service) coded(w http.ResponseWriter, r *http.Request, do func(c Card) error) error {
	web.Private(r)
	c, err := s.ByCode(r.Context(), r.PathValue("code"))
	if err != nil && fault.KindOf(err) == fault.KindInvalid {
		form := web.NewForm("code", r.PathValue("code"))
		form.Take(err)
		return s.front(w, r, http.StatusNotFound, form)
	}
	if err != nil {
		return err
	}
	return do(c)
}

func (s *Service) codePage(w http.ResponseWriter, r *http.Request) error {
	return s.coded(w, r, func(c Card) error { return s.showCard(w, r, http.StatusOK, c, nil) })
}

func (s *Service) showCard(w http.ResponseWriter, r *http.Request, status int, c Card, form *web.Form) error {
	v := cardView{Card: c, Form: form, Said: said(r), Today: s.today(), Address: s.BaseURL + base}
	if c.Running && c.Invite.Visit == "" && c.Result == nil {
		var err error
		if v.Begin, err = s.Surveys.Begin(r.Context(), c.Round.Survey, c.path()+"/uitkomst"); err != nil {
			return err
		}
	}
	return page(w, r, status, v.render())
}

// broughtMost is how much an outcome may hold: the questionnaire may travel in it.
const broughtMost = 200 << 10

// outcomePage shows what the questionnaire found, and asks what may be kept of it.
func (s *Service) outcomePage(w http.ResponseWriter, r *http.Request) error {
	return s.coded(w, r, func(Card) error {
		form, err := web.ReadForm(w, r)
		if err != nil {
			return err
		}
		return s.showOutcome(w, r, http.StatusOK, form)
	})
}

func (s *Service) showOutcome(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	brought := form.Text("uitkomst", broughtMost)
	c, risk, err := s.Outcome(r.Context(), r.PathValue("code"), brought)
	if err != nil {
		return form.Again(err, func(status int) error { return s.showCard(w, r, status, c, form) })
	}
	return page(w, r, status, outcomeView{Card: c, Risk: risk, Brought: brought, Form: form}.render())
}

func (s *Service) answer(w http.ResponseWriter, r *http.Request) error {
	return s.coded(w, r, func(c Card) error {
		return post(w, r, func(ctx context.Context, f *web.Form) (string, error) {
			return c.path() + "?gedaan=answered", s.Answer(ctx, c.code, f.Text("uitkomst", broughtMost), f.Value("delen"))
		}, func(status int, f *web.Form) error { return s.showOutcome(w, r, status, f) })
	})
}

func (s *Service) bookPage(w http.ResponseWriter, r *http.Request) error {
	return s.coded(w, r, func(c Card) error {
		form := web.NewForm()
		if c.Visit != nil {
			form = web.NewForm("email", c.Visit.Email)
		}
		return s.showBook(w, r, http.StatusOK, c, form)
	})
}

func (s *Service) showBook(w http.ResponseWriter, r *http.Request, status int, c Card, form *web.Form) error {
	if !c.MayChange() {
		return fault.Conflict("screenings.wrong.nobook")
	}
	free, err := s.Free(r.Context(), c.Round.ID)
	if err != nil {
		return err
	}
	return page(w, r, status, bookView{Card: c, Free: free, Form: form, Now: s.Clock.Now()}.render())
}

func (s *Service) book(w http.ResponseWriter, r *http.Request) error {
	return post(w, r, func(ctx context.Context, f *web.Form) (string, error) {
		code := r.PathValue("code")
		slot, email := f.Line("tijd", 60), f.Line("email", 254)
		if slot == "" {
			f.Fail("tijd", "screenings.wrong.choose")
		}
		if err := f.Err(); err != nil {
			return "", err
		}
		return codeBase + "/" + code + "?gedaan=booked", s.Book(ctx, code, slot, email)
	}, func(status int, f *web.Form) error {
		return s.coded(w, r, func(c Card) error { return s.showBook(w, r, status, c, f) })
	})
}

func (s *Service) calendar(w http.ResponseWriter, r *http.Request) error {
	return s.coded(w, r, func(c Card) error {
		if c.Visit == nil {
			return fault.NotFound()
		}
		return web.Download(w, r, "afspraak.ics", "text/calendar; charset=utf-8", []byte(s.ics(r.Context(), c)))
	})
}

func (s *Service) held(w http.ResponseWriter, r *http.Request) error {
	return s.coded(w, r, func(c Card) error {
		w.Header().Set("Content-Disposition", `attachment; filename="gezondheidscheck.json"`)
		return web.JSON(w, r, http.StatusOK, c.Held())
	})
}

func (s *Service) erasePage(w http.ResponseWriter, r *http.Request) error {
	return s.coded(w, r, func(c Card) error { return page(w, r, http.StatusOK, eraseView{c}.render()) })
}

func (s *Service) codeAct(w http.ResponseWriter, r *http.Request) error {
	return s.coded(w, r, func(c Card) error {
		ctx, to := r.Context(), c.path()
		var err error
		switch r.PathValue("doe") {
		case "afzeggen":
			err, to = s.Cancel(ctx, c.code), to+"?gedaan=cancelled"
		case "terugnemen":
			err, to = s.Unshare(ctx, c.code), to+"?gedaan=unshared"
		case "wissen":
			err, to = s.Erase(ctx, c.code), base+"?gedaan=erased"
		default:
			err = fault.NotFound()
		}
		if err != nil {
			return err
		}
		return web.Redirect(w, r, to)
	})
}

// stopPage asks for a press before letters stop: programs that look at mail for
// viruses open every link.
func (s *Service) stopPage(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	token := r.PathValue("token")
	quiet, err := s.Quiet(r.Context(), token)
	if err != nil {
		return err
	}
	return page(w, r, http.StatusOK, stopView{stopBase + "/" + token, quiet}.render())
}

func (s *Service) stop(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	token := r.PathValue("token")
	if err := s.Stop(r.Context(), token); err != nil {
		return err
	}
	return web.Redirect(w, r, stopBase+"/"+token)
}

func (s *Service) figuresPage(w http.ResponseWriter, r *http.Request) error {
	v, f, err := s.Figures(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if v.State == Draft || access.Of(r.Context()).SignedIn() {
		web.Private(r)
	}
	return page(w, r, http.StatusOK, figuresView{v, f}.render())
}

func (s *Service) figuresFile(w http.ResponseWriter, r *http.Request) error {
	v, f, err := s.Figures(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if v.State == Draft {
		web.Private(r)
	}
	body, err := f.table(r.Context())
	if err != nil {
		return err
	}
	return web.Download(w, r, "gezondheidscheck-cijfers.csv", kindCSV, body)
}

const kindCSV = "text/csv; charset=utf-8"
