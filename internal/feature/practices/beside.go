package practices

import (
	"context"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/trust/access"
)

// Beside is what this room has of an initiative, for the page about it.
type Beside struct{ Title, Note, Path string }

// Beside tells where an initiative was taken from and under which name it is
// offered; to who may edit it, also where to do so.
func (s *Service) Beside(ctx context.Context, r db.Reader, slug string) ([]Beside, error) {
	var list []Beside
	offered, err := db.All(ctx, r, scanPractice, selectOfInitiative, slug)
	if err != nil {
		return nil, err
	}
	for _, p := range offered {
		if p.WithdrawnAt.IsZero() {
			list = append(list, Beside{i18n.T(ctx, "practices.beside.offered"), i18n.T(ctx, "practices.version", "version", p.Latest), Path(p.Name)})
		}
	}
	if !access.Of(ctx).Has(access.Lead, access.Editor) || s.Initiatives.MayEdit(ctx, r, slug) != nil {
		return list, nil
	}
	a, err := db.One(ctx, r, scanAdopted, selectAdopted, slug)
	if err == nil {
		list = append(list, Beside{i18n.T(ctx, "practices.beside.taken"), i18n.T(ctx, "practices.adopted.from", "from", host(a.Address), "version", a.Version), AdoptedPath(slug)})
	} else if fault.KindOf(err) != fault.KindNotFound {
		return nil, err
	}
	return append(list, Beside{i18n.T(ctx, "practices.beside.offer"), i18n.T(ctx, "practices.beside.offer.note"), OfferPath(slug)}), nil
}
