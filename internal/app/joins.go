package app

import (
	"context"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/feature/initiatives"
	"wijkbaak.nl/internal/feature/questions"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/people"
	"wijkbaak.nl/internal/trust/places"
)

// What one room asks of another, in its own words.

// team is questions.People by trust/people.
type team struct{ *people.Service }

func (t team) OnDuty(ctx context.Context, r db.Reader, place string) (questions.Helper, bool, error) {
	m, ok, err := t.Service.OnDuty(ctx, r, place)
	return helper(ctx, m), ok, err
}

func (t team) Describe(ctx context.Context, r db.Reader, person string) (questions.Helper, error) {
	m, err := t.Member(ctx, r, person, "")
	if err == nil && m.State != people.Active {
		return questions.Helper{}, nil // an account that was closed answers nobody
	}
	return helper(ctx, m), err
}

func helper(ctx context.Context, m people.Member) questions.Helper {
	h := questions.Helper{Person: m.ID, Name: m.Name}
	if m.Grant.Role != "" {
		h.Professional, h.Role, h.Organisation = true, m.Grant.RoleName(ctx), m.Grant.OrganisationName
	}
	return h
}

func (t team) Organisations(ctx context.Context, r db.Reader) ([]questions.Link, error) {
	list, err := t.Service.Organisations(ctx, r)
	out := make([]questions.Link, len(list))
	for i, o := range list {
		out[i] = questions.Link{ID: o.ID, Name: o.Name}
	}
	return out, err
}

func (t team) Colleagues(ctx context.Context, r db.Reader, place string) ([]questions.Colleague, error) {
	// As a coach of that very place would: those of the place, below it and above it.
	list, err := t.Service.Colleagues(ctx, r, access.Actor{SecondFactor: true, Grants: []access.Grant{{Role: access.Coach, Place: place}}})
	var out []questions.Colleague
	for _, m := range list {
		if access.Within(place, m.Grant.Place) {
			out = append(out, questions.Colleague{Person: m.ID, Name: m.Name, Organisation: m.Grant.Organisation, OrganisationName: m.Grant.OrganisationName})
		}
	}
	return out, err
}

func (t team) Email(ctx context.Context, r db.Reader, person string) (string, error) {
	p, err := t.ByID(ctx, r, person)
	return p.Email, err
}

// links is questions.Initiatives by the overview of cases.
type links struct{ *initiatives.Service }

func (l links) Links(ctx context.Context, r db.Reader, slugs []string) ([]questions.Link, error) {
	found, err := l.Service.Links(ctx, r, slugs)
	out := make([]questions.Link, len(found))
	for i, f := range found {
		out[i] = questions.Link{ID: f.Slug, Name: f.Name, Path: f.URL}
	}
	return out, err
}

// owners is initiatives.People by trust/people.
type owners struct{ *people.Service }

func (o owners) Organisations(ctx context.Context, r db.Reader) ([]initiatives.Organisation, error) {
	list, err := o.Service.Organisations(ctx, r)
	out := make([]initiatives.Organisation, len(list))
	for i, v := range list {
		out[i] = initiatives.Organisation{ID: v.ID, Name: v.Name}
	}
	return out, err
}

func (o owners) Email(ctx context.Context, r db.Reader, person string) (string, error) {
	p, err := o.ByID(ctx, r, person)
	return p.Email, err
}

// centres is initiatives.Places by trust/places.
type centres struct{ *places.Places }

func (c centres) Centres(ctx context.Context) ([]initiatives.Centre, error) {
	list, err := c.Children(ctx, "")
	out := make([]initiatives.Centre, len(list))
	for i, p := range list {
		out[i] = initiatives.Centre{Code: p.Code, Name: p.Name, Lat: p.Lat, Lon: p.Lon}
	}
	return out, err
}

// firstPage is where somebody with these roles begins the day.
func firstPage(grants []people.Grant) string {
	for _, g := range grants {
		switch g.Role {
		case access.Coach:
			return "/werkbank"
		case access.Moderator, access.Editor:
			return "/moderatie"
		case access.Operator:
			return "/beheer/mensen"
		case access.Lead:
			return "/pilots"
		}
	}
	return "/mijn"
}
