package signin

import (
	"context"
	"net/http"
	"slices"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
	"wijkbaak.nl/internal/trust/people"
)

// The pages of a person's own account.
func (s *Service) mineRoutes() []web.Route {
	in := access.SignedIn
	return []web.Route{
		web.Get("/mijn", in, s.showMine),
		web.Post("/mijn", in, s.postMine),
		web.Post("/mijn/e-mail", in, s.postNewEmail),
		web.Get("/mijn/e-mail", in, s.showNewEmail),
		web.Post("/mijn/e-mail/code", in, s.postNewEmailCode),
		web.Post("/mijn/app/weg", in, s.postAppAway),
		web.Post("/mijn/sleutels/{id}/weg", in, s.postPasskeyAway),
		web.Post("/mijn/sessies/{id}/weg", in, s.postSessionAway),
		web.Post("/mijn/overal-afmelden", in, s.postEverywhere),
		web.Get("/mijn/gegevens", in, s.showData),
		web.Get("/mijn/sluiten", in, s.showClose),
		web.Post("/mijn/sluiten", in, s.postClose),
		web.Post("/beheer/mensen/{id}/extra-weg", access.Has(access.Operator), s.postReset),
	}
}

// minePage is what /mijn shows.
type minePage struct {
	Form     *web.Form
	Person   people.Person
	Grants   []people.Grant
	Has      factors
	App      bool
	Keys     []Passkey
	Sessions []people.SessionInfo
	Session  string // the one of this page
	MayEnrol bool   // may add and remove second factors here and now
	Must     bool   // has a role and no second factor yet in this session
	Passkeys string // the host for which this site has them; empty for none
	Welcome  bool
	Done     string
	Now      time.Time
}

func (s *Service) showMine(w http.ResponseWriter, r *http.Request) error {
	return s.mine(w, r, http.StatusOK, nil)
}

func (s *Service) mine(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	a := access.Of(r.Context())
	p := minePage{Session: a.Session, Passkeys: s.passkeyHost(), Now: s.clock.Now(),
		Welcome: r.URL.Query().Get("welkom") != "", Done: web.NewForm("klaar", r.URL.Query().Get("klaar")).Choice("klaar", "", "naam", "email", "sleutel", "app", "sessie")}
	err := s.db.Read(r.Context(), func(ctx context.Context, rd db.Reader) (err error) {
		if p.Person, err = s.people.ByID(ctx, rd, a.Person); err != nil {
			return err
		}
		grants, err := s.people.Current(ctx, rd, a.Person)
		if err != nil {
			return err
		}
		p.Grants = grants
		p.Must = len(grants) > 0 && !a.SecondFactor
		if p.Has, err = s.enrolled(ctx, rd, a.Person); err != nil {
			return err
		}
		p.MayEnrol = a.SecondFactor || !p.Has.any()
		if p.Keys, err = s.passkeysOf(ctx, rd, a.Person); err != nil {
			return err
		}
		p.Sessions, err = s.people.Sessions(ctx, rd, a.Person)
		return err
	})
	if err != nil {
		return err
	}
	if p.Form = f; f == nil {
		p.Form = web.NewForm("name", p.Person.Name, "phone", p.Person.Phone, "language", p.Person.Language)
	}
	return page(w, r, status, mineView(p))
}

func (s *Service) postMine(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	n := people.NewPerson{Name: f.Line("name", 80), Phone: f.Line("phone", 30), Language: f.Choice("language", "nl", "en")}
	err = f.Err()
	if err == nil {
		err = s.db.Write(r.Context(), func(ctx context.Context, tx *db.Tx) error {
			p, err := s.people.ByID(ctx, tx, access.Of(ctx).Person)
			if err != nil {
				return err
			}
			n.Email = p.Email
			return s.people.Change(ctx, tx, p.ID, n)
		})
	}
	if f.Take(err) {
		return s.mine(w, r, http.StatusUnprocessableEntity, f)
	} else if err != nil {
		return err
	}
	return web.Redirect(w, r, "/mijn?klaar=naam")
}

func (s *Service) postNewEmail(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	if err := s.mayEnrol(r.Context(), s.db, access.Of(r.Context()).Person); err != nil {
		return err
	}
	step, err := s.askCode(r.Context(), r, f.Line("email", 254), toChangeEmail)
	if f.Take(err) {
		return s.mine(w, r, http.StatusUnprocessableEntity, f)
	} else if err != nil {
		return err
	}
	return web.Redirect(w, r, "/mijn/e-mail?"+query("stap", step))
}

const newEmailCode = "/mijn/e-mail/code"

func (s *Service) showNewEmail(w http.ResponseWriter, r *http.Request) error {
	return page(w, r, http.StatusOK, codeView(codePage{Form: web.NewForm(), Action: newEmailCode, Step: r.URL.Query().Get("stap")}))
}

func (s *Service) postNewEmailCode(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	err = s.changeEmail(r.Context(), r, f.Value("stap"), f.Line("code", 20))
	if status, said, ok := again(r.Context(), f, err); ok {
		return page(w, r, status, codeView(codePage{Form: f, Said: said, Action: newEmailCode, Step: f.Value("stap")}))
	} else if err != nil {
		return err
	}
	return web.Redirect(w, r, "/mijn?klaar=email")
}

func (s *Service) postAppAway(w http.ResponseWriter, r *http.Request) error {
	if err := s.removeApp(r.Context()); err != nil {
		return err
	}
	return web.Redirect(w, r, "/mijn?klaar=app")
}

func (s *Service) postPasskeyAway(w http.ResponseWriter, r *http.Request) error {
	if err := s.removePasskey(r.Context(), access.Of(r.Context()).Person, r.PathValue("id")); err != nil {
		return err
	}
	return web.Redirect(w, r, "/mijn?klaar=sleutel")
}

func (s *Service) postSessionAway(w http.ResponseWriter, r *http.Request) error {
	err := s.db.Write(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		return s.people.EndOne(ctx, tx, access.Of(ctx).Person, r.PathValue("id"))
	})
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/mijn?klaar=sessie")
}

func (s *Service) postEverywhere(w http.ResponseWriter, r *http.Request) error {
	err := s.db.Write(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		return s.people.EndAll(ctx, tx, access.Of(ctx).Person)
	})
	if err != nil {
		return err
	}
	s.people.ClearCookie(w)
	return web.Redirect(w, r, "/")
}

func (s *Service) showClose(w http.ResponseWriter, r *http.Request) error {
	return page(w, r, http.StatusOK, closeView(web.NewForm(), ""))
}

func (s *Service) postClose(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	if !f.Bool("zeker") {
		f.Fail("zeker", "signin.close.unsure")
		return page(w, r, http.StatusUnprocessableEntity, closeView(f, ""))
	}
	person := access.Of(r.Context()).Person
	err = s.db.Write(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		if err := s.mayEnrol(ctx, tx, person); err != nil {
			return err
		}
		if err := s.record(ctx, tx, "close", audit.Delete, person); err != nil {
			return err
		}
		// What came later may lean on what came before.
		for _, room := range slices.Backward(s.o.Rooms()) {
			if err := room.Personal.Erase(ctx, tx, person); err != nil {
				return err
			}
		}
		return jobs.Enqueue(ctx, tx, JobForget, nil)
	})
	if fault.KindOf(err) == fault.KindConflict {
		return page(w, r, http.StatusConflict, closeView(f, sentence(r.Context(), err)))
	} else if err != nil {
		return err
	}
	s.people.ClearCookie(w)
	return page(w, r, http.StatusOK, closedView())
}

func (s *Service) postReset(w http.ResponseWriter, r *http.Request) error {
	if err := s.ResetSecondFactor(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	return web.Redirect(w, r, "/beheer/mensen/"+r.PathValue("id"))
}
