package people

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

const (
	pathPeople = "/beheer/mensen"
	pathTokens = "/beheer/tokens"
)

// The pages of the operator.
func (s *Service) routes() []web.Route {
	operator := access.Has(access.Operator)
	return []web.Route{
		web.Get(pathPeople, operator, s.showPeople),
		web.Post(pathPeople, operator, s.postPerson),
		web.Get(pathPeople+"/{id}", operator, s.showPerson),
		web.Post(pathPeople+"/{id}/rol", operator, s.postGrant),
		web.Post(pathPeople+"/{id}/sluiten", operator, s.postClose),
		web.Post(pathPeople+"/{id}/heropenen", operator, s.postReopen),
		web.Post("/beheer/rollen/{id}/einde", operator, s.postEnd),
		web.Post("/beheer/rollen/{id}/dienst", access.Has(access.Operator, access.Coach), s.postDuty),
		web.Post("/beheer/organisaties", operator, s.postOrganisation),
		web.Get(pathTokens, operator, s.showTokens),
		web.Post(pathTokens, operator, s.postToken),
		web.Post(pathTokens+"/{id}/weg", operator, s.postTokenAway),
	}
}

func page(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	web.Private(r)
	return web.Render(w, r, status, c)
}

// sentence gives the words of a conflict, to show on the page where it arose.
func sentence(ctx context.Context, err error) (string, bool) {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.KindConflict {
		return "", false
	}
	return i18n.T(ctx, f.Key, f.Args...), true
}

// peoplePage is the list of all persons.
type peoplePage struct {
	Form   *web.Form
	Search string
	List   Listed
	Organs []Organisation
	All    bool // the operator is of the whole instance, and sees everybody
}

func (p peoplePage) next() string {
	if p.List.Next == "" {
		return ""
	}
	return pathPeople + "?" + url.Values{"q": {p.Search}, "na": {p.List.Next}}.Encode()
}

func (s *Service) showPeople(w http.ResponseWriter, r *http.Request) error {
	return s.people(w, r, http.StatusOK, web.NewForm())
}

func (s *Service) people(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	q := web.NewForm("q", r.URL.Query().Get("q"))
	p := peoplePage{Form: f, Search: q.Line("q", 100), All: access.Of(r.Context()).Can(access.Operator, "/")}
	var err error
	if p.List, err = s.List(r.Context(), p.Search, r.URL.Query().Get("na")); err != nil {
		return err
	}
	if p.Organs, err = s.Organisations(r.Context(), s.db); err != nil {
		return err
	}
	return page(w, r, status, peopleView(p))
}

func (s *Service) postPerson(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	n := NewPerson{Name: f.Line("name", nameMost), Email: f.Line("email", emailMost), Phone: f.Line("phone", 30), Language: f.Choice("language", "nl", "en")}
	g := NewGrant{Role: access.Role(f.Line("role", 20)), Organisation: f.Line("organisation", 40), Place: f.Line("grant_place", 100)}
	var p Person
	if err = f.Err(); err == nil && g.Role == "" && access.Of(r.Context()).Can(access.Operator, "/") {
		p, err = s.AddPerson(r.Context(), n)
	} else if err == nil {
		p, _, err = s.AddMember(r.Context(), n, g)
		err = renamed(err, "place", "grant_place") // the form of organisations has a place too
	}
	if f.Take(err) {
		return s.people(w, r, http.StatusUnprocessableEntity, f)
	} else if err != nil {
		return err
	}
	return web.Redirect(w, r, pathPeople+"/"+p.ID)
}

// renamed tells of a field under the name that it has on the page.
func renamed(err error, from, to string) error {
	fields := slices.Clone(fault.FieldsOf(err))
	if i := slices.IndexFunc(fields, func(f fault.Field) bool { return f.Name == from }); i >= 0 {
		fields[i].Name = to
		return fault.Invalid(fields...)
	}
	return err
}

func (s *Service) postOrganisation(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	_, err = s.AddOrganisation(r.Context(), f.Line("organisation_name", nameMost), f.Choice("kind", Kinds...), f.Line("place", 100))
	if f.Take(err) {
		return s.people(w, r, http.StatusUnprocessableEntity, f)
	} else if err != nil {
		return err
	}
	return web.Redirect(w, r, pathPeople)
}

// personPage is one person, for the operator.
type personPage struct {
	Form   *web.Form
	Said   string
	Person Person
	Grants []Grant // that count now or will
	Past   []Grant
	Organs []Organisation
	May    bool // the operator reaches all roles of the person
}

func (s *Service) showPerson(w http.ResponseWriter, r *http.Request) error {
	return s.person(w, r, http.StatusOK, r.PathValue("id"), web.NewForm(), "")
}

func (s *Service) person(w http.ResponseWriter, r *http.Request, status int, id string, f *web.Form, said string) error {
	p := personPage{Form: f, Said: said}
	err := s.db.Read(r.Context(), func(ctx context.Context, rd db.Reader) (err error) {
		var now []Grant
		if p.Person, now, err = s.seen(ctx, rd, id); err != nil {
			return err
		}
		p.May = mayManagePerson(access.Of(ctx), now) == nil
		p.Grants = within(ctx, now)
		all, err := s.Grants(ctx, rd, id)
		if err != nil {
			return err
		}
		p.Past = within(ctx, slices.DeleteFunc(all, func(g Grant) bool { return !g.ended(s.clock.Now()) }))
		p.Organs, err = s.Organisations(ctx, rd)
		return err
	})
	if err != nil {
		return err
	}
	return page(w, r, status, personView(p))
}

// back shows the person again, with the conflict if there was one; the list
// when the operator sees the person no longer, whose last role there has ended.
func (s *Service) back(w http.ResponseWriter, r *http.Request, id string, err error) error {
	if said, ok := sentence(r.Context(), err); ok {
		return s.person(w, r, http.StatusConflict, id, web.NewForm(), said)
	} else if err != nil {
		return err
	}
	switch _, _, err := s.seen(r.Context(), s.db, id); fault.KindOf(err) {
	case fault.KindNotFound, fault.KindDenied:
		return web.Redirect(w, r, pathPeople)
	}
	return web.Redirect(w, r, pathPeople+"/"+id)
}

func (s *Service) postGrant(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	_, err = s.AddGrant(r.Context(), NewGrant{Person: id, Role: access.Role(f.Line("role", 20)), Organisation: f.Line("organisation", 40),
		Place: f.Line("place", 100), OnDuty: f.Bool("duty")})
	if f.Take(err) {
		return s.person(w, r, http.StatusUnprocessableEntity, id, f, "")
	}
	return s.back(w, r, id, err)
}

func (s *Service) postClose(w http.ResponseWriter, r *http.Request) error {
	return s.back(w, r, r.PathValue("id"), s.CloseAccount(r.Context(), r.PathValue("id")))
}

func (s *Service) postReopen(w http.ResponseWriter, r *http.Request) error {
	return s.back(w, r, r.PathValue("id"), s.Reopen(r.Context(), r.PathValue("id")))
}

func (s *Service) postEnd(w http.ResponseWriter, r *http.Request) error {
	g, err := s.EndGrant(r.Context(), r.PathValue("id"))
	return s.back(w, r, g.Person, err)
}

func (s *Service) postDuty(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	g, err := s.SetOnDuty(r.Context(), r.PathValue("id"), f.Bool("aan"))
	if err == nil && access.Of(r.Context()).Person == g.Person {
		return web.Redirect(w, r, "/mijn")
	}
	return s.back(w, r, g.Person, err)
}

// tokensPage is the list of API tokens.
type tokensPage struct {
	Form   *web.Form
	Tokens []Token
	Organs []Organisation
	Secret string // of the token that was made just now; shown once
}

func (s *Service) showTokens(w http.ResponseWriter, r *http.Request) error {
	return s.tokens(w, r, http.StatusOK, web.NewForm("days", "180"), "")
}

func (s *Service) tokens(w http.ResponseWriter, r *http.Request, status int, f *web.Form, secret string) error {
	p := tokensPage{Form: f, Secret: secret}
	var err error
	if p.Tokens, err = s.Tokens(r.Context(), s.db); err != nil {
		return err
	}
	if p.Organs, err = s.Organisations(r.Context(), s.db); err != nil {
		return err
	}
	a := access.Of(r.Context())
	p.Organs = slices.DeleteFunc(p.Organs, func(o Organisation) bool { return !a.Can(access.Operator, o.Place) })
	return page(w, r, status, tokensView(p))
}

func (s *Service) postToken(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	days, _ := strconv.Atoi(f.Line("days", 4)) // what is no number is 0, which is refused
	_, secret, err := s.AddToken(r.Context(), NewToken{Name: f.Line("name", nameMost), Organisation: f.Line("organisation", 40),
		Scopes: f.List("scopes", 40, len(Scopes)), Days: days})
	if f.Take(err) {
		return s.tokens(w, r, http.StatusUnprocessableEntity, f, "")
	} else if err != nil {
		return err
	}
	return s.tokens(w, r, http.StatusOK, web.NewForm("days", "180"), secret)
}

func (s *Service) postTokenAway(w http.ResponseWriter, r *http.Request) error {
	if err := s.EndToken(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	return web.Redirect(w, r, pathTokens)
}
