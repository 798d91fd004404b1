package signin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/qr"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/people"
)

func (s *Service) routes() []web.Route {
	routes := []web.Route{
		web.Get("/aanmelden", access.Public, s.showSignIn),
		web.Post("/aanmelden", access.Public, s.postEmail),
		web.Get("/aanmelden/code", access.Public, s.showCode),
		web.Post("/aanmelden/code", access.Public, s.postCode),
		web.Get("/aanmelden/link", access.Public, s.showLink),
		web.Post("/aanmelden/link", access.Public, s.postLink),
		web.Get("/aanmelden/extra", secondStep{}, s.showExtra),
		web.Post("/aanmelden/extra", secondStep{}, s.postExtra),
		web.Post("/aanmelden/extra/app", secondStep{}, s.postApp),
		web.API(http.MethodPost, "/aanmelden/sleutel/begin", access.Public, s.beginUsePage),
		web.API(http.MethodPost, "/aanmelden/sleutel", access.Public, s.finishUsePage),
		web.API(http.MethodPost, "/aanmelden/sleutel/nieuw/begin", secondStep{}, s.beginMakePage),
		web.API(http.MethodPost, "/aanmelden/sleutel/nieuw", secondStep{}, s.finishMakePage),
		web.Get("/aanmelden/bestanden/{file}", access.Public, showFile).Unchanging(),
		web.Post("/afmelden", access.Public, s.postSignOut),
	}
	if len(s.providers) > 0 {
		routes = append(routes,
			web.Get("/aanmelden/oidc/{provider}", access.Public, s.showLeave),
			web.Get("/aanmelden/terug/{provider}", access.Public, s.showComeBack))
	}
	if s.o.Demo {
		routes = append(routes, web.Post("/aanmelden/demo", access.Public, s.postDemo))
	}
	return append(routes, s.mineRoutes()...)
}

// page renders a page about somebody: no cache keeps it.
func page(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	web.Private(r)
	return web.Render(w, r, status, c)
}

// again says whether a page can be shown again with what went wrong on it, and
// with which status and sentence; else the error is for the edge.
func again(ctx context.Context, f *web.Form, err error) (status int, said string, ok bool) {
	switch {
	case f.Take(err):
		return http.StatusUnprocessableEntity, "", true
	case fault.KindOf(err) == fault.KindTooMany:
		return http.StatusTooManyRequests, i18n.T(ctx, "signin.toomany"), true
	case fault.KindOf(err) == fault.KindConflict:
		return http.StatusConflict, sentence(ctx, err), true
	case fault.KindOf(err) == fault.KindUnavailable:
		return http.StatusServiceUnavailable, i18n.T(ctx, "signin.away"), true
	}
	return 0, "", false
}

// sentence gives the words of a fault.
func sentence(ctx context.Context, err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return ""
	}
	return i18n.T(ctx, f.Key, f.Args...)
}

// signInPage is what /aanmelden shows.
type signInPage struct {
	Form      *web.Form
	Said      string // what went wrong, besides the fields
	Next      string
	Passkeys  string // the host for which this site has them; empty for none
	Providers []*provider
	Demo      []people.Listing
}

func (s *Service) showSignIn(w http.ResponseWriter, r *http.Request) error {
	if a := access.Of(r.Context()); a.SignedIn() {
		return web.Redirect(w, r, "/mijn")
	}
	return s.signIn(w, r, http.StatusOK, web.NewForm(), "", r.URL.Query().Get("naar"))
}

func (s *Service) signIn(w http.ResponseWriter, r *http.Request, status int, f *web.Form, said, next string) error {
	p := signInPage{Form: f, Said: said, Next: local(next), Passkeys: s.passkeyHost(), Providers: s.providers}
	if s.o.Demo {
		var err error
		if p.Demo, err = s.people.DemoAccounts(r.Context(), s.db); err != nil {
			return err
		}
	}
	return page(w, r, status, signInView(p))
}

func (s *Service) postEmail(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	email, next := f.Line("email", 254), local(f.Value("naar"))
	err = f.Err()
	step := ""
	if err == nil {
		step, err = s.askCode(r.Context(), r, email, toSignIn)
	}
	if status, said, ok := again(r.Context(), f, err); ok {
		return s.signIn(w, r, status, f, said, next)
	} else if err != nil {
		return err
	}
	return web.Redirect(w, r, "/aanmelden/code?"+query("stap", step, "naar", next))
}

// query writes pairs for an address and leaves out the empty ones.
func query(pairs ...string) string {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	return v.Encode()
}

// codePage is what asks for a code.
type codePage struct {
	Form   *web.Form
	Said   string
	Action string
	Step   string
	Next   string
}

func (s *Service) showCode(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	if len(q.Get("stap")) != secretSize {
		return web.Redirect(w, r, "/aanmelden")
	}
	return page(w, r, http.StatusOK, codeView(codePage{Form: web.NewForm(), Action: "/aanmelden/code", Step: q.Get("stap"), Next: local(q.Get("naar"))}))
}

func (s *Service) postCode(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	p := codePage{Form: f, Action: "/aanmelden/code", Step: f.Value("stap"), Next: local(f.Value("naar"))}
	in, err := s.enterByCode(r.Context(), r, p.Step, f.Line("code", 20))
	if status, said, ok := again(r.Context(), f, err); ok {
		p.Said = said
		return page(w, r, status, codeView(p))
	} else if err != nil {
		return err
	}
	in.next = p.Next
	return web.Redirect(w, r, s.letIn(w, in))
}

// showLink asks for a press on a button: mail programs open links by
// themselves, and a link of somebody else must not sign anybody in unasked.
func (s *Service) showLink(w http.ResponseWriter, r *http.Request) error {
	return page(w, r, http.StatusOK, linkView(r.URL.Query().Get("sleutel"), ""))
}

func (s *Service) postLink(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	in, err := s.enterByLink(r.Context(), r, f.Value("sleutel"))
	if status, said, ok := again(r.Context(), f, err); ok {
		if said == "" {
			said = i18n.T(r.Context(), "signin.link.wrong")
		}
		return page(w, r, status, linkView("", said))
	} else if err != nil {
		return err
	}
	return web.Redirect(w, r, s.letIn(w, in))
}

// extraPage asks for the second factor, or helps to set one up.
type extraPage struct {
	Form     *web.Form
	Said     string
	Next     string
	Has      factors
	Passkeys string // the host for which this site has them; empty for none
	Secret   string // of an app that is being set up, to type over
	QR       string // and to scan
}

func (s *Service) showExtra(w http.ResponseWriter, r *http.Request) error {
	return s.extra(w, r, http.StatusOK, web.NewForm(), "", r.URL.Query().Get("naar"))
}

func (s *Service) extra(w http.ResponseWriter, r *http.Request, status int, f *web.Form, said, next string) error {
	ctx := r.Context()
	person, _, _ := who(ctx)
	p := extraPage{Form: f, Said: said, Next: local(next), Passkeys: s.passkeyHost()}
	err := s.db.Read(ctx, func(ctx context.Context, rd db.Reader) (err error) {
		if p.Has, err = s.enrolled(ctx, rd, person); err != nil || p.Has.totp {
			return err
		}
		secret, err := s.pendingApp(ctx, rd, person)
		if k := fault.KindOf(err); k == fault.KindNotFound || k == fault.KindDenied {
			return nil
		} else if err != nil {
			return err
		}
		owner, err := s.people.ByID(ctx, rd, person)
		if err != nil {
			return err
		}
		p.Secret = totpText(secret)
		p.QR, err = qr.SVG(totpAddress(secret, s.o.Place, owner.Name), i18n.T(ctx, "signin.app.qr"))
		return err
	})
	if err != nil {
		return err
	}
	return page(w, r, status, extraView(p))
}

func (s *Service) postApp(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	person, _, _ := who(r.Context())
	if err := s.beginApp(r.Context(), person); err != nil {
		return err
	}
	return web.Redirect(w, r, "/aanmelden/extra?"+query("naar", local(f.Value("naar"))))
}

func (s *Service) postExtra(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	person, session, _ := who(r.Context())
	in, err := s.proveApp(r.Context(), person, session, f.Line("code", 20))
	if status, said, ok := again(r.Context(), f, err); ok {
		return s.extra(w, r, status, f, said, f.Value("naar"))
	} else if err != nil {
		return err
	}
	in.next = local(f.Value("naar"))
	return web.Redirect(w, r, s.letIn(w, in))
}

func (s *Service) postSignOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.people.SignOut(w, r); err != nil {
		return err
	}
	return web.Redirect(w, r, "/")
}

func (s *Service) postDemo(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	var in arrival
	err = s.db.Write(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		p, err := s.demoPerson(ctx, tx, f.Value("persoon"))
		if err != nil {
			return err
		}
		in, err = s.arrive(ctx, tx, r, p.ID, people.ByDemo, true)
		return err
	})
	if err != nil {
		return err
	}
	in.next = local(f.Value("naar"))
	return web.Redirect(w, r, s.letIn(w, in))
}

// begun is what the browser needs to make or use a passkey.
type begun struct {
	Step    string `json:"step"`
	Options any    `json:"options"`
}

// finished is what the browser sends with a passkey.
type finished struct {
	Step   string          `json:"step"`
	Answer json.RawMessage `json:"answer"`
	Next   string          `json:"next"`
	Name   string          `json:"name"`
}

// goOn is where the browser goes on to.
type goOn struct {
	Go string `json:"go"`
}

func (s *Service) beginUsePage(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	step, options, err := s.beginUse(r.Context())
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, begun{step, options})
}

func (s *Service) finishUsePage(w http.ResponseWriter, r *http.Request) error {
	return s.finish(w, r, func(ctx context.Context, f finished) (arrival, error) {
		return s.enterByPasskey(ctx, r, f.Step, trim(f.Answer))
	})
}

func (s *Service) beginMakePage(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	person, _, _ := who(r.Context())
	step, options, err := s.beginMake(r.Context(), person)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, begun{step, options})
}

func (s *Service) finishMakePage(w http.ResponseWriter, r *http.Request) error {
	return s.finish(w, r, func(ctx context.Context, f finished) (arrival, error) {
		person, session, _ := who(ctx)
		return s.finishMake(ctx, person, session, f.Step, web.NewForm("name", f.Name).Line("name", 60), trim(f.Answer))
	})
}

func (s *Service) finish(w http.ResponseWriter, r *http.Request, enter func(context.Context, finished) (arrival, error)) error {
	web.Private(r)
	var f finished
	if err := web.ReadJSON(r, &f); err != nil {
		return err
	}
	in, err := enter(r.Context(), f)
	if err != nil {
		return err
	}
	in.next = f.Next
	path := s.letIn(w, in)
	if lang := i18n.Lang(r.Context()); lang != i18n.Reference {
		path = "/" + lang + path
	}
	return web.JSON(w, r, http.StatusOK, goOn{path})
}

// stepCookie is held by the browser while somebody is at a provider.
func (s *Service) stepCookie() string { return s.people.CookieName() + "-stap" }

func (s *Service) showLeave(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	address, browser, err := s.leave(r.Context(), r.PathValue("provider"), local(r.URL.Query().Get("naar")))
	if err != nil {
		if status, said, ok := again(r.Context(), web.NewForm(), err); ok {
			return s.signIn(w, r, status, web.NewForm(), said, r.URL.Query().Get("naar"))
		}
		return err
	}
	http.SetCookie(w, s.people.Cookie(s.stepCookie(), browser, flowLasts))
	return web.Redirect(w, r, address)
}

func (s *Service) showComeBack(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	q, browser := r.URL.Query(), ""
	if c, err := r.Cookie(s.stepCookie()); err == nil {
		browser = c.Value
		http.SetCookie(w, s.people.Cookie(s.stepCookie(), "", 0))
	}
	in, err := s.comeBack(r.Context(), r, r.PathValue("provider"), q.Get("state"), q.Get("code"), browser)
	if status, said, ok := again(r.Context(), web.NewForm(), err); ok {
		return s.signIn(w, r, status, web.NewForm(), said, "")
	} else if err != nil {
		return err
	}
	return web.Redirect(w, r, s.letIn(w, in))
}

// showFile serves the scripts of this room.
func showFile(w http.ResponseWriter, r *http.Request) error {
	body, err := files.ReadFile("assets/" + r.PathValue("file"))
	if err != nil {
		return fault.NotFound()
	}
	return web.Bytes(w, r, http.StatusOK, "text/javascript; charset=utf-8", body)
}
