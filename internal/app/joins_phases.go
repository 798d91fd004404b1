package app

import (
	"cmp"
	"context"
	"slices"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/feature/barriers"
	"wijkbaak.nl/internal/feature/initiatives"
	"wijkbaak.nl/internal/feature/phases"
	"wijkbaak.nl/internal/trust/places"
)

// gated is phases.Initiatives by the overview of cases.
type gated struct{ cases[phases.Link] }

func (g gated) Facts(ctx context.Context, r db.Reader, slug string) (phases.Facts, error) {
	i, err := g.Service.Facts(ctx, r, slug)
	if err != nil {
		return phases.Facts{}, err
	}
	f := phases.Facts{Name: i.Name, Phase: i.Phase.Status, Preconditions: i.Preconditions}
	for _, m := range i.Municipalities {
		f.Municipalities = append(f.Municipalities, phases.Place{Code: m.Code, Name: m.Name})
	}
	known, err := g.Catalogue(ctx, r)
	for _, b := range known {
		if slices.ContainsFunc(i.Barriers, func(m initiatives.Met) bool { return m.Barrier == b.Slug }) {
			f.Barriers = append(f.Barriers, phases.Link{ID: b.Slug, Name: b.Name, Path: "/belemmeringen/" + b.Slug})
		}
	}
	return f, err
}

func (g gated) SetPhase(ctx context.Context, tx *db.Tx, slug, status string, year int, note, why string) error {
	return g.Service.SetPhase(ctx, tx, slug, initiatives.Phase{Status: status, Year: year, Note: note}, why)
}

// sized is phases.Places by trust/places: the municipalities with their figures. An
// instance that serves a made-up place compares that one too.
type sized struct {
	*places.Places
	root string
}

func (p sized) Municipalities(ctx context.Context) ([]phases.Municipality, error) {
	list, err := p.Children(ctx, "")
	if err != nil {
		return nil, err
	}
	known, err := p.Figures(ctx)
	if err != nil {
		return nil, err
	}
	var out []phases.Municipality
	if own, err := p.ByPath(ctx, p.root); err == nil && own.Demonstration {
		f, err := p.FiguresOf(ctx, p.root)
		if err != nil {
			return nil, err
		}
		out = append(out, withFigures(own, f))
	} else if err != nil && fault.KindOf(err) != fault.KindNotFound { // the whole country is no place
		return nil, err
	}
	for _, m := range list {
		out = append(out, withFigures(m, known[m.Path]))
	}
	return out, nil
}

func withFigures(m places.Place, f places.Figures) phases.Municipality {
	return phases.Municipality{Code: m.Code, Name: m.Name, Path: m.Path, Figures: phases.Figures{
		Inhabitants: cmp.Or(m.Inhabitants, f.Inhabitants), Density: f.Density, Addresses: f.Addresses, Urbanity: f.Urbanity,
		Estimated: f.Estimated, Ages: f.Ages, Over75: f.Over75, Demonstration: m.Demonstration || f.Demonstration}}
}

// blockedCases is barriers.Initiatives by the overview of cases.
type blockedCases struct{ cases[barriers.Link] }

func (b blockedCases) About(ctx context.Context, r db.Reader, slugs []string) (map[string]barriers.About, error) {
	cards, err := b.Cards(ctx, r, slugs)
	out := make(map[string]barriers.About, len(cards))
	for slug, c := range cards {
		out[slug] = barriers.About{Name: c.Name, Path: "/initiatieven/" + slug, Themes: c.Themes, Kind: c.Kind}
	}
	return out, err
}

// catalogue is barriers.Catalogue by the overview of cases.
type catalogue struct{ *initiatives.Service }

func (c catalogue) Barriers(ctx context.Context, r db.Reader) ([]barriers.Kind, error) {
	list, err := c.Catalogue(ctx, r)
	out := make([]barriers.Kind, len(list))
	for i, e := range list {
		out[i] = barriers.Kind{Slug: e.Slug, Name: e.Name, Category: e.Category}
	}
	return out, err
}

func (c catalogue) Ways(ctx context.Context, r db.Reader, barrier string) ([]barriers.Way, error) {
	list, err := c.Service.Ways(ctx, r, barrier)
	out := make([]barriers.Way, len(list))
	for i, w := range list {
		out[i] = barriers.Way{Initiative: w.Slug, Name: w.Name, Note: w.Note, Path: "/initiatieven/" + w.Slug, Themes: w.Themes, Kind: w.Kind}
	}
	return out, err
}

// populated is barriers.Places by trust/places.
type populated struct{ *places.Places }

func (p populated) Municipalities(ctx context.Context) ([]barriers.Municipality, error) {
	list, err := p.Children(ctx, "")
	out := make([]barriers.Municipality, len(list))
	for i, m := range list {
		out[i] = barriers.Municipality{Code: m.Code, Name: m.Name, Path: m.Path, Inhabitants: m.Inhabitants}
	}
	return out, err
}
