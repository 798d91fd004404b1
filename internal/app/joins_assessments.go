package app

import (
	"context"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/feature/assessments"
	"wijkbaak.nl/internal/feature/offers"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/people"
)

// verdicts is offers.Verdicts by the room of tested applications, which is made after
// the catalogue.
type verdicts struct{ fits *Fits }

func (v verdicts) Badges(ctx context.Context, slugs []string) (map[string]offers.Badge, error) {
	found, err := v.fits.Assessments.Badges(ctx, slugs)
	out := make(map[string]offers.Badge, len(found))
	for slug, b := range found {
		out[slug] = offers.Badge(b)
	}
	return out, err
}

// applications is assessments.Applications by the catalogue.
type applications struct{ *offers.Service }

func (a applications) One(ctx context.Context, slug string) (assessments.Application, error) {
	d, err := a.Get(ctx, slug)
	if err != nil {
		return assessments.Application{}, err
	}
	return applicationOf(&d)
}

func (a applications) Some(ctx context.Context, after string, limit int) ([]assessments.Application, string, error) {
	l, err := a.List(ctx, offers.Page{Filter: offers.Filter{Kind: "application"}, After: after, Limit: limit})
	if err != nil {
		return nil, "", err
	}
	var out []assessments.Application
	for _, c := range l.Cards {
		app, err := a.One(ctx, c.Slug)
		if err != nil {
			return nil, "", err
		}
		out = append(out, app)
	}
	return out, l.Next, nil
}

// examiners is assessments.People by trust/people.
type examiners struct{ *people.Service }

func (e examiners) Organisations(ctx context.Context, r db.Reader) ([]assessments.Link, error) {
	list, err := e.Service.Organisations(ctx, r)
	out := make([]assessments.Link, len(list))
	for i, o := range list {
		out[i] = assessments.Link{ID: o.ID, Name: o.Name}
	}
	return out, err
}

func (e examiners) Testers(ctx context.Context, r db.Reader, organisation string) ([]string, error) {
	list, err := e.MembersOf(ctx, r, organisation)
	var out []string
	for _, m := range list {
		if m.Email != "" && (m.Grant.Role == access.Coach || m.Grant.Role == access.Lead) {
			out = append(out, m.Email)
		}
	}
	return out, err
}

// applicationOf refuses what is no application.
func applicationOf(d *offers.Detail) (assessments.Application, error) {
	if d.Kind != "application" {
		return assessments.Application{}, fault.NotFound()
	}
	app := assessments.Application{Slug: d.Slug, Name: d.Name, Path: offers.Path(d.Slug), Summary: d.Summary, Themes: d.Themes}
	if d.Application != nil {
		app.Vendor, app.Platforms, app.Medical = d.Application.Vendor, d.Application.Platforms, d.Application.Medical
	}
	return app, nil
}
