package initiatives

import (
	"context"
	"slices"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

// Owner is an organisation to which an initiative belongs.
type Owner struct {
	Organisation string // id
	Name         string
	Role         string // RoleLead or RolePartner
}

// Owners lists the organisations to which an initiative belongs, the lead first.
func (s *Service) Owners(ctx context.Context, r db.Reader, slug string) ([]Owner, error) {
	list, err := owners(ctx, r, slug)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	names, err := s.organisations(ctx, r)
	for k := range list {
		list[k].Name = names[list[k].Organisation]
	}
	slices.SortStableFunc(list, func(a, b Owner) int {
		if a.Role != b.Role {
			return slices.Index(ownerRoles, a.Role) - slices.Index(ownerRoles, b.Role)
		}
		return strings.Compare(a.Name, b.Name)
	})
	return list, err
}

// owners reads them without their names.
func owners(ctx context.Context, r db.Reader, slug string) ([]Owner, error) {
	return db.All(ctx, r, func(s db.Scanner) (o Owner, err error) {
		err = s.Scan(&o.Organisation, &o.Role)
		return
	}, selectOwners, slug)
}

// organisations gives the names of organisations by id.
func (s *Service) organisations(ctx context.Context, r db.Reader) (map[string]string, error) {
	list, err := s.o.People.Organisations(ctx, r)
	names := make(map[string]string, len(list))
	for _, o := range list {
		names[o.ID] = o.Name
	}
	return names, err
}

// MayEdit tells whether the actor of ctx may change an initiative: nil, or
// fault.Denied, or fault.NotFound for what is not there or not to be seen.
func (s *Service) MayEdit(ctx context.Context, r db.Reader, slug string) error {
	draft, err := db.One(ctx, r, db.Value[bool], selectDraft, slug)
	if err != nil {
		return err
	}
	a := access.Of(ctx)
	if isEditor(a, s.o.Root) {
		return nil
	}
	list, err := owners(ctx, r, slug)
	switch {
	case err != nil:
		return err
	case mayEdit(a, s.o.Root, list):
		return nil
	case draft:
		return fault.NotFound()
	}
	return fault.Denied()
}

// Links gives the links of initiatives by their slugs, for a room that keeps the
// slugs beside its own things, in the order asked. One that has become part of
// another gives that other. Those that are not there, and drafts that the actor may
// not see, are left out.
func (s *Service) Links(ctx context.Context, r db.Reader, slugs []string) ([]Link, error) {
	slugs = slugs[:min(len(slugs), limitMost)]
	cards, err := s.some(ctx, r, slugs)
	if err != nil || len(cards) == len(slugs) {
		return linksOf(cards), err
	}
	found := map[string]Link{}
	for _, l := range linksOf(cards) {
		found[l.Slug] = l
	}
	var list []Link
	for _, slug := range slugs {
		l, ok := found[slug]
		if !ok {
			if l, ok, err = s.otherLink(ctx, r, slug); err != nil {
				return nil, err
			}
		}
		if ok && !slices.Contains(list, l) {
			list = append(list, l)
		}
	}
	return list, nil
}

// otherLink gives the link of what a slug became, or of a draft.
func (s *Service) otherLink(ctx context.Context, r db.Reader, slug string) (Link, bool, error) {
	into, err := db.One(ctx, r, db.Value[string], selectMerged, slug)
	if err == nil {
		cards, err := s.some(ctx, r, []string{into})
		if err == nil && len(cards) == 1 {
			return linksOf(cards)[0], true, nil
		}
		return Link{}, false, err
	}
	if a := access.Of(ctx); fault.KindOf(err) != fault.KindNotFound || !program(a) && !a.Has(access.Lead, access.Editor) {
		return Link{}, false, notFoundIsNone(err) // no draft is theirs
	}
	return s.draftLink(ctx, r, slug)
}

// notFoundIsNone is nil for what is not there.
func notFoundIsNone(err error) error {
	if fault.KindOf(err) == fault.KindNotFound {
		return nil
	}
	return err
}

func (s *Service) draftLink(ctx context.Context, r db.Reader, slug string) (Link, bool, error) {
	err := s.MayEdit(ctx, r, slug)
	if k := fault.KindOf(err); err != nil && (k == fault.KindNotFound || k == fault.KindDenied) {
		return Link{}, false, nil
	}
	if err != nil {
		return Link{}, false, err
	}
	name, err := db.One(ctx, r, db.Value[string], selectName, slug)
	return Link{slug, name, address(slug)}, err == nil, err
}

func linksOf(cards []Card) []Link {
	links := make([]Link, len(cards))
	for k, c := range cards {
		links[k] = Link{c.Slug, c.Name, address(c.Slug)}
	}
	return links
}

// choicesMost bounds the choices of a field.
const choicesMost = 200

// Choices gives the initiatives to choose from in a field: those of the actor's
// own organisations first, with their drafts, then the others by name.
func (s *Service) Choices(ctx context.Context, r db.Reader) ([]Link, error) {
	var list []Link
	for _, organisation := range leads(access.Of(ctx)) {
		own, err := db.All(ctx, r, scanLink, selectOwned, organisation, choicesMost)
		if err != nil {
			return nil, err
		}
		for _, l := range own {
			if !slices.Contains(list, l) {
				list = append(list, l)
			}
		}
	}
	slices.SortFunc(list, func(a, b Link) int { return strings.Compare(nameKey(a.Name, a.Slug), nameKey(b.Name, b.Slug)) })
	rest, err := db.All(ctx, r, scanCard, selectAfter[0], everything, Sorts[0], "", choicesMost)
	for _, l := range linksOf(rest) {
		if len(list) < choicesMost && !slices.Contains(list, l) {
			list = append(list, l)
		}
	}
	return list[:min(len(list), choicesMost)], err
}

func scanLink(s db.Scanner) (l Link, err error) {
	err = s.Scan(&l.Slug, &l.Name)
	l.URL = address(l.Slug)
	return
}

// SetOwners says to which organisations an initiative belongs. One that has
// owners keeps a lead.
func (s *Service) SetOwners(ctx context.Context, slug string, list []Owner, why string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.MayEdit(ctx, tx, slug); err != nil {
			return err
		}
		before, err := s.Owners(ctx, tx, slug)
		if err != nil {
			return err
		}
		names, err := s.organisations(ctx, tx)
		if err != nil {
			return err
		}
		if err := goodOwners(list, names); err != nil {
			return err
		}
		if err := s.keepsHold(ctx, before, list); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, deleteOwners, slug); err != nil {
			return err
		}
		for _, o := range list {
			if _, err := tx.Exec(ctx, insertOwner, slug, o.Organisation, o.Role); err != nil {
				return err
			}
		}
		after, err := s.Owners(ctx, tx, slug)
		if err != nil {
			return err
		}
		return s.note(ctx, tx, slug, act{kind: actOwners, why: why}, []Diff{diffOf("owners", ownerLines(before), ownerLines(after))})
	})
}

// ownersMost is how many organisations can own one initiative.
const ownersMost = 20

func goodOwners(list []Owner, names map[string]string) error {
	leads := 0
	seen := map[string]bool{}
	for _, o := range list {
		if names[o.Organisation] == "" || seen[o.Organisation] || !slices.Contains(ownerRoles, o.Role) {
			return fault.Invalid(fault.Field{Name: "organisatie", Key: "initiatives.wrong.owner"})
		}
		seen[o.Organisation] = true
		if o.Role == RoleLead {
			leads++
		}
	}
	if len(list) > ownersMost {
		return fault.Invalid(fault.Field{Name: "organisatie", Key: "initiatives.wrong.owners", Args: []any{"most", ownersMost}})
	}
	if len(list) > 0 && leads != 1 {
		return fault.Invalid(fault.Field{Name: "organisatie", Key: "initiatives.wrong.lead"})
	}
	return nil
}

// keepsHold keeps a project leader from giving away what is then nobody's in sight,
// and one of a partner from putting others out or taking the lead, unless the
// editor decides.
func (s *Service) keepsHold(ctx context.Context, before, after []Owner) error {
	a := access.Of(ctx)
	own := leads(a)
	switch {
	case isEditor(a, s.o.Root) || len(before) == 0:
		return nil
	case !mayEdit(a, s.o.Root, after):
		return fault.Invalid(fault.Field{Name: "organisatie", Key: "initiatives.wrong.giveaway"})
	case slices.ContainsFunc(before, func(o Owner) bool { return o.Role == RoleLead && slices.Contains(own, o.Organisation) }):
		return nil
	}
	for _, o := range before {
		if !slices.ContainsFunc(after, func(n Owner) bool { return n.Organisation == o.Organisation && n.Role == o.Role }) {
			return fault.Invalid(fault.Field{Name: "organisatie", Key: "initiatives.wrong.notlead"})
		}
	}
	return nil
}

func ownerLines(list []Owner) []string {
	lines := make([]string, len(list))
	for k, o := range list {
		lines[k] = o.Role + ": " + o.Name
	}
	return lines
}
