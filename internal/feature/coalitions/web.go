package coalitions

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

// writers are who may begin a coalition; the service asks for which organisation.
var writers = access.Has(access.Lead, access.Editor)

// in are those who may be inside one; the service asks of which.
var in = access.SignedIn

const (
	base      = "/coalities"
	one       = base + "/{id}"
	guestPath = "/gast/"
	idMost    = 60
	slugMost  = 120
)

func (s *Service) routes() []web.Route {
	return slices.Concat(s.apiRoutes(), s.chooseRoutes(), s.meetRoutes(), []web.Route{
		web.Get(base, access.Public, s.listPage),
		web.Get(base+"/nieuw", writers, s.newPage),
		web.Post(base, writers, s.create),
		web.Get(one, access.Public, s.page),
		web.Get(one+"/bewerken", in, s.editPage),
		web.Post(one+"/bewerken", in, s.saveEdit),
		web.Post(one+"/stoppen", in, s.end),
		web.Get(one+"/historie", in, s.historyPage),
		web.Get(one+"/mensen", in, s.peoplePage),
		web.Post(one+"/gemeente", in, s.addCity),
		web.Post(one+"/gemeente/weg", in, s.button("/mensen#gemeenten", func(ctx context.Context, id string, f *web.Form) error {
			return s.RemoveCity(ctx, id, f.Line("organisatie", idMost))
		})),
		web.Post(one+"/gemeente/antwoord", in, s.answerFor),
		web.Post(one+"/uitnodigen", in, s.invite),
		web.Post(one+"/uitnodiging/weg", in, s.button("/mensen#uitnodigen", func(ctx context.Context, id string, f *web.Form) error {
			return s.Withdraw(ctx, id, f.Line("uitnodiging", idMost))
		})),
		web.Post(one+"/vraag", in, s.ask),
		web.Post(one+"/antwoord", in, s.button("/mensen#vragen", func(ctx context.Context, id string, f *web.Form) error {
			return s.Answer(ctx, id, f.Line("persoon", idMost), Role(f.Value("rol")))
		})),
		web.Post(one+"/rol", in, s.button("/mensen", func(ctx context.Context, id string, f *web.Form) error {
			return s.SetRole(ctx, id, f.Line("persoon", idMost), Role(f.Value("rol")))
		})),
		web.Post(one+"/weg", in, s.leave),
		web.Post(one+"/gast", in, s.addGuest),
		web.Post(one+"/gast/weg", in, s.button("/mensen#gasten", func(ctx context.Context, id string, f *web.Form) error {
			return s.Revoke(ctx, id, f.Line("gast", idMost))
		})),
		web.Post(one+"/bericht", in, s.postComment),
		web.Post(one+"/bericht/weg", in, s.button("#gesprek", func(ctx context.Context, id string, f *web.Form) error {
			return s.Unsay(ctx, id, f.Line("bericht", idMost))
		})),
		web.Get(invitationPath+"{token}", access.Public, s.invitationPage),
		web.Post(invitationPath+"{token}", in, s.accept),
		web.Get(guestPath+"{token}", access.Public, s.guestPage),
		web.Post(guestPath+"{token}/bericht", access.Public, s.guestSays),
	})
}

// button is a form without fields to fill in: it does its work, or its fault
// becomes a page of its own.
func (s *Service) button(to string, do func(ctx context.Context, id string, f *web.Form) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		web.Private(r)
		f, err := web.ReadForm(w, r)
		if err != nil {
			return err
		}
		id := r.PathValue("id")
		if err := do(r.Context(), id, f); err != nil {
			return err
		}
		return web.Redirect(w, r, Path(id)+to)
	}
}

// save reads a form, does what it asks and goes on to the path that do gives;
// with a fault the form is shown again.
func save(w http.ResponseWriter, r *http.Request, do func(f *web.Form) (to string, err error), show func(status int, f *web.Form) error) error {
	web.Private(r)
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	to, err := do(f)
	if err == nil {
		return web.Redirect(w, r, to)
	}
	if f.Take(err) {
		return show(http.StatusUnprocessableEntity, f)
	}
	if c, ok := errors.AsType[*fault.Error](err); ok && c.Kind == fault.KindConflict {
		f.Fail("", c.Key, c.Args...)
		return show(http.StatusConflict, f)
	}
	return err
}

func number(f *web.Form, name string) int {
	n, err := strconv.Atoi(f.Line(name, 12))
	if err != nil {
		return 0
	}
	return n
}

func (s *Service) listPage(w http.ResponseWriter, r *http.Request) error {
	list, more, err := s.List(r.Context(), r.URL.Query().Get("na"), 20)
	if err != nil {
		return err
	}
	p := listView{List: list, MayBegin: writers.Check(r.Context()) == nil}
	if access.Of(r.Context()).SignedIn() {
		web.Private(r)
	}
	if p.Mine, err = s.Mine(r.Context()); err != nil {
		return err
	}
	if p.Asked, err = s.AskedOf(r.Context()); err != nil {
		return err
	}
	p.List = slices.DeleteFunc(p.List, func(c Summary) bool {
		return slices.ContainsFunc(p.Mine, func(m Summary) bool { return m.ID == c.ID })
	})
	if more {
		p.Next = base + "?na=" + list[len(list)-1].ID
	}
	return web.Render(w, r, http.StatusOK, p.render())
}

func (s *Service) newPage(w http.ResponseWriter, r *http.Request) error {
	return s.showNew(w, r, http.StatusOK, web.NewForm("open", "ja"))
}

func (s *Service) showNew(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	web.Private(r)
	p := newView{Form: f}
	all, err := s.People.Organisations(r.Context(), s.DB)
	if err != nil {
		return err
	}
	for _, o := range all {
		if mayBegin(access.Of(r.Context()), o.ID) {
			p.Organisations = append(p.Organisations, o)
		}
	}
	if p.Towns, err = s.Places.Municipalities(r.Context()); err != nil {
		return err
	}
	return web.Render(w, r, status, p.render())
}

// readAbout reads what a coalition says of itself.
func readAbout(f *web.Form) Coalition {
	return Coalition{Name: f.Line("naam", nameMost), Goal: f.Text("doel", goalMost), Product: f.Text("product", levelMost),
		Process: f.Text("proces", levelMost), Open: f.Value("open") == "ja", Version: number(f, "versie")}
}

func (s *Service) create(w http.ResponseWriter, r *http.Request) error {
	return save(w, r, func(f *web.Form) (string, error) {
		n := NewCoalition{Coalition: readAbout(f), Organisation: f.Line("organisatie", idMost), Code: f.Line("gemeente", 12)}
		if err := f.Err(); err != nil {
			return "", err
		}
		id, err := s.Create(r.Context(), n)
		return Path(id), err
	}, func(status int, f *web.Form) error { return s.showNew(w, r, status, f) })
}

func (s *Service) page(w http.ResponseWriter, r *http.Request) error {
	return s.showPage(w, r, http.StatusOK, web.NewForm())
}

func (s *Service) showPage(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	v, err := s.Get(r.Context(), r.PathValue("id"), r.URL.Query().Get("voor"))
	if err != nil {
		return err
	}
	a := access.Of(r.Context())
	if a.SignedIn() {
		web.Private(r)
	}
	p := pageView{View: v, Form: f, Now: s.Clock.Now(), Today: s.today(), SignedIn: a.SignedIn()}
	if v.Self.Role == Outside && a.SignedIn() {
		if p.Organisations, err = s.own(r.Context(), a); err != nil {
			return err
		}
	}
	return web.Render(w, r, status, p.render())
}

// own are the organisations of the actor.
func (s *Service) own(ctx context.Context, a access.Actor) ([]Link, error) {
	all, err := s.People.Organisations(ctx, s.DB)
	ids := a.Organisations()
	return slices.DeleteFunc(all, func(o Link) bool { return !slices.Contains(ids, o.ID) }), err
}

// convened reads a coalition for a page that only a convener gets.
func (s *Service) convened(r *http.Request) (View, error) {
	web.Private(r)
	v, err := s.Get(r.Context(), r.PathValue("id"), "")
	if err == nil {
		err = may(v.Coalition, v.Self.Role, Convener)
	}
	return v, err
}

func (s *Service) editPage(w http.ResponseWriter, r *http.Request) error {
	return s.showEdit(w, r, http.StatusOK, nil)
}

func (s *Service) showEdit(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	v, err := s.convened(r)
	if err != nil {
		return err
	}
	p := editView{View: v, Form: f, Conflict: status == http.StatusConflict}
	if f == nil {
		p.Form = web.NewForm("naam", v.Name, "doel", v.Goal, "product", v.Product, "proces", v.Process, "open", yes(v.Open))
	}
	return web.Render(w, r, status, p.render())
}

func (s *Service) saveEdit(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	return save(w, r, func(f *web.Form) (string, error) {
		c, why := readAbout(f), f.Line("waarom", whyMost)
		if err := f.Err(); err != nil {
			return "", err
		}
		c.ID = id
		return Path(id), s.Edit(r.Context(), c, why)
	}, func(status int, f *web.Form) error { return s.showEdit(w, r, status, f) })
}

func (s *Service) end(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	return save(w, r, func(f *web.Form) (string, error) {
		return Path(id), s.End(r.Context(), id, f.Line("stopreden", whyMost))
	}, func(status int, f *web.Form) error { return s.showEdit(w, r, status, f) })
}

func (s *Service) historyPage(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	c, list, names, more, err := s.History(r.Context(), r.PathValue("id"), r.URL.Query().Get("voor"))
	if err != nil {
		return err
	}
	p := historyView{Coalition: c, List: list, Names: names, Now: s.Clock.Now()}
	if more {
		p.Next = Path(c.ID) + "/historie?voor=" + list[len(list)-1].ID
	}
	return web.Render(w, r, http.StatusOK, p.render())
}

func (s *Service) peoplePage(w http.ResponseWriter, r *http.Request) error {
	return s.showPeople(w, r, http.StatusOK, web.NewForm("rol", string(Participant)), "")
}

func (s *Service) showPeople(w http.ResponseWriter, r *http.Request, status int, f *web.Form, token string) error {
	web.Private(r)
	v, err := s.Crowd(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	p := peopleView{Crowd: v, Form: f, Now: s.Clock.Now(), Self: access.Of(r.Context()).Person}
	if token != "" {
		p.GuestLink = s.BaseURL + guestPath + token
	}
	if v.Self.Role == Convener {
		if p.Organisations, err = s.People.Organisations(r.Context(), s.DB); err != nil {
			return err
		}
		if p.Towns, err = s.Places.Municipalities(r.Context()); err != nil {
			return err
		}
	}
	return web.Render(w, r, status, p.render())
}

// peopleForm takes a form of the page with the people.
func (s *Service) peopleForm(w http.ResponseWriter, r *http.Request, to string, do func(ctx context.Context, id string, f *web.Form) error) error {
	id := r.PathValue("id")
	return save(w, r, func(f *web.Form) (string, error) { return Path(id) + to, do(r.Context(), id, f) },
		func(status int, f *web.Form) error { return s.showPeople(w, r, status, f, "") })
}

func (s *Service) addCity(w http.ResponseWriter, r *http.Request) error {
	return s.peopleForm(w, r, "/mensen#gemeenten", func(ctx context.Context, id string, f *web.Form) error {
		return s.AddCity(ctx, id, f.Line("organisatie", idMost), f.Line("gemeente", 12))
	})
}

// answerFor takes the yes or no of an organisation that was asked.
func (s *Service) answerFor(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id, agree := r.PathValue("id"), f.Value("antwoord") == "ja"
	if err := s.AnswerFor(r.Context(), id, f.Line("organisatie", idMost), agree); err != nil {
		return err
	}
	return web.Redirect(w, r, base)
}

func (s *Service) invite(w http.ResponseWriter, r *http.Request) error {
	return s.peopleForm(w, r, "/mensen#uitnodigen", func(ctx context.Context, id string, f *web.Form) error {
		n := Invite{Email: f.Line("email", 200), Organisation: f.Line("namens", idMost), Role: Role(f.Value("rol")), Days: number(f, "dagen")}
		if err := f.Err(); err != nil {
			return err
		}
		return s.Invite(ctx, id, n)
	})
}

func (s *Service) leave(w http.ResponseWriter, r *http.Request) error {
	self := false
	id := r.PathValue("id")
	return save(w, r, func(f *web.Form) (string, error) {
		person := f.Line("persoon", idMost)
		if self = person == access.Of(r.Context()).Person; self {
			return base, s.Leave(r.Context(), id, person)
		}
		return Path(id) + "/mensen", s.Leave(r.Context(), id, person)
	}, func(status int, f *web.Form) error { return s.showPeople(w, r, status, f, "") })
}

func (s *Service) addGuest(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	token, err := s.AddGuest(r.Context(), r.PathValue("id"), NewGuest{Name: f.Line("gast", guestNameMost), MayComment: f.Bool("reageren"), Days: number(f, "gastdagen")})
	if f.Take(err) {
		return s.showPeople(w, r, http.StatusUnprocessableEntity, f, "")
	}
	if err != nil {
		return err
	}
	return s.showPeople(w, r, http.StatusOK, web.NewForm("rol", string(Participant)), token)
}

func (s *Service) ask(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	return save(w, r, func(f *web.Form) (string, error) {
		organisation, why := f.Line("organisatie", idMost), f.Text("waarom", whyMost)
		if err := f.Err(); err != nil {
			return "", err
		}
		return Path(id), s.Ask(r.Context(), id, organisation, why)
	}, func(status int, f *web.Form) error { return s.showPage(w, r, status, f) })
}

func (s *Service) postComment(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	return save(w, r, func(f *web.Form) (string, error) {
		body := f.Text("bericht", bodyMost)
		if err := f.Err(); err != nil {
			return "", err
		}
		return Path(id) + "#gesprek", s.Say(r.Context(), id, body)
	}, func(status int, f *web.Form) error { return s.showPage(w, r, status, f) })
}

func (s *Service) invitationPage(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	v, err := s.Invitation(r.Context(), r.PathValue("token"))
	switch {
	case fault.KindOf(err) == fault.KindNotFound:
		// Taken up, withdrawn or never there: all the same to who has the link.
		return web.Render(w, r, http.StatusNotFound, overView{Key: "coalitions.invitation.gone"}.render())
	case err != nil:
		return err
	case v.Over:
		return web.Render(w, r, http.StatusGone, overView{Key: "coalitions.invitation.over"}.render())
	}
	return web.Render(w, r, http.StatusOK, invitationView{Invited: v, Token: r.PathValue("token"), SignedIn: access.Of(r.Context()).SignedIn()}.render())
}

func (s *Service) accept(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	id, err := s.Accept(r.Context(), r.PathValue("token"))
	switch fault.KindOf(err) {
	case fault.KindNotFound:
		return web.Render(w, r, http.StatusNotFound, overView{Key: "coalitions.invitation.gone"}.render())
	case fault.KindDenied:
		return web.Render(w, r, http.StatusForbidden, overView{Key: "coalitions.invitation.other"}.render())
	case fault.KindConflict:
		return web.Render(w, r, http.StatusGone, overView{Key: "coalitions.invitation.over"}.render())
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, Path(id))
}

func (s *Service) guestPage(w http.ResponseWriter, r *http.Request) error {
	return s.showGuest(w, r, http.StatusOK, web.NewForm())
}

func (s *Service) showGuest(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	web.Private(r)
	v, err := s.AsGuest(r.Context(), r.PathValue("token"), r.URL.Query().Get("voor"))
	if err != nil {
		return err
	}
	if v.Over {
		return web.Render(w, r, http.StatusGone, overView{Key: "coalitions.guest.over"}.render())
	}
	return web.Render(w, r, status, guestView{GuestView: v, Form: f, Now: s.Clock.Now()}.render())
}

func (s *Service) guestSays(w http.ResponseWriter, r *http.Request) error {
	token := r.PathValue("token")
	err := save(w, r, func(f *web.Form) (string, error) {
		body := f.Text("bericht", bodyMost)
		if err := f.Err(); err != nil {
			return "", err
		}
		return guestPath + token + "#gesprek", s.CommentAsGuest(r.Context(), token, body)
	}, func(status int, f *web.Form) error { return s.showGuest(w, r, status, f) })
	if fault.KindOf(err) == fault.KindNotFound {
		return s.showGuest(w, r, http.StatusNotFound, web.NewForm())
	}
	return err
}

func yes(b bool) string {
	if b {
		return "ja"
	}
	return ""
}
