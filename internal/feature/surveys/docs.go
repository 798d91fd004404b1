package surveys

import (
	"context"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/search"
)

// docKind is the kind of this room in the search index.
const docKind = "survey"

// save keeps a version, and lets people find what is published.
func (s *Service) save(ctx context.Context, tx *db.Tx, v Survey) error {
	if err := saveSurvey(ctx, tx, v); err != nil {
		return err
	}
	current, err := db.One(ctx, tx, scanSurvey, selectCurrent, v.Slug)
	if fault.KindOf(err) == fault.KindNotFound {
		return search.Remove(ctx, tx, docKind+"/"+v.Slug)
	}
	if err != nil {
		return err
	}
	d, err := s.doc(current)
	if err != nil {
		return err
	}
	return search.Put(ctx, tx, d)
}

// doc is what people can find a survey by: its title, what it is for, and what its
// questions are about.
func (s *Service) doc(v Survey) (search.Doc, error) {
	p, err := s.open(v)
	if err != nil {
		return search.Doc{}, err
	}
	return p.doc(), nil
}

func (p *Parsed) doc() search.Doc {
	v := &p.Survey
	var about []string
	for _, i := range p.Form.All {
		if i.Type == "group" {
			about = append(about, i.Text.For(i18n.Reference))
		}
	}
	return search.Doc{ID: docKind + "/" + v.Slug, Kind: docKind, Title: v.Title, Body: p.Form.Description.For(i18n.Reference),
		Keywords: strings.Join(about, "\n"), URL: Path(v.Slug), At: v.PublishedAt}
}

func (s *Service) docs(ctx context.Context, r db.Reader, yield func(search.Doc) error) error {
	list, err := db.All(ctx, r, scanSurvey, selectPublished, "", listMost)
	if err != nil {
		return err
	}
	for _, v := range list {
		p, err := s.whole(ctx, r, v)
		if err != nil {
			return err
		}
		if err := yield(p.doc()); err != nil {
			return err
		}
	}
	return nil
}
