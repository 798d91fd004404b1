package initiatives

import (
	"context"
	"slices"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

// editing is a part of an initiative with what its form needs.
type editing struct {
	Initiative
	part     *part
	owners   []Owner
	known    known
	proposes bool // the actor may not change it, only propose to
}

// edits reads what the form of a part shows.
func (s *Service) edits(ctx context.Context, slug, name string) (e editing, err error) {
	if e.part = partOf(name); e.part == nil {
		return e, fault.NotFound()
	}
	barriers, err := s.Barriers(ctx)
	if err != nil {
		return e, err
	}
	err = s.db.Read(ctx, func(ctx context.Context, r db.Reader) error {
		may := s.MayEdit(ctx, r, slug)
		if e.proposes = fault.KindOf(may) == fault.KindDenied; may != nil && !e.proposes {
			return may
		}
		if e.Initiative, err = read(ctx, r, slug); err != nil {
			return err
		}
		e.owners, err = s.Owners(ctx, r, slug)
		return err
	})
	e.known = known{e.Sources, barriers, !mayDescribePhase(access.Of(ctx), s.o.Root, e.owners)}
	return e, err
}

// edit changes a part of an initiative as its form was filled in. Who may not
// change it makes a proposal of it; its id comes back.
func (s *Service) edit(ctx context.Context, slug string, sh sheet) (proposal string, err error) {
	e, err := s.edits(ctx, slug, sh.part.name)
	if err != nil {
		return "", err
	}
	sh.tidy()
	if wrong := sh.check(e.known); len(wrong) > 0 {
		return "", fault.Invalid(wrong...)
	}
	locate, err := s.locator(ctx)
	if err != nil {
		return "", err
	}
	if e.proposes {
		after := e.Initiative
		if err := sh.put(&after, e.known); err != nil {
			return "", err
		}
		if err := locate(&after, e.Initiative); err != nil {
			return "", err
		}
		return s.propose(ctx, Proposal{Initiative: slug, Part: sh.part.name, Name: e.Name, Body: after, Version: e.Version, Why: sh.why})
	}
	return "", s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.MayEdit(ctx, tx, slug); err != nil {
			return err
		}
		return s.change(ctx, tx, slug, act{kind: actEdited, why: sh.why, version: sh.version, part: sh.part}, func(i *Initiative) error {
			before := *i
			if err := sh.put(i, e.known); err != nil {
				return err
			}
			return locate(i, before)
		})
	})
}

// locator gives a function that gives municipalities their codes, and refuses a
// name in this country that nobody knows. It reads outside the transaction: the
// other room has a connection of its own.
func (s *Service) locator(ctx context.Context) (func(i *Initiative, before Initiative) error, error) {
	centres, err := s.places.Centres(ctx)
	codes := byName(centres)
	return func(i *Initiative, before Initiative) error {
		for k, m := range i.Municipalities {
			c, ok := codes[placeKey(m.Name)]
			if ok {
				i.Municipalities[k] = Municipality{c.Code, c.Name}
				continue
			}
			if i.Country == "" && len(codes) > 0 && !slices.ContainsFunc(before.Municipalities, func(old Municipality) bool { return old.Name == m.Name }) {
				return fault.Invalid(fault.Field{Name: "gemeenten", Key: "initiatives.wrong.town", Args: []any{"name", m.Name}})
			}
		}
		return nil
	}, err
}

// begin makes an initiative. Who leads projects of the organisation, or the editor,
// makes a draft; anybody else a proposal. It gives the slug, or the id of the
// proposal.
func (s *Service) begin(ctx context.Context, d Initiative, organisation, why string) (slug, proposal string, err error) {
	if err := d.complete(); err != nil {
		return "", "", err
	}
	locate, err := s.locator(ctx)
	if err != nil {
		return "", "", err
	}
	if err := locate(&d, Initiative{}); err != nil {
		return "", "", err
	}
	a := access.Of(ctx)
	if !isEditor(a, s.o.Root) && len(leads(a)) == 0 {
		proposal, err = s.propose(ctx, Proposal{Name: d.Name, Body: d, Why: why})
		return "", proposal, err
	}
	if organisation == "" && !isEditor(a, s.o.Root) {
		organisation = leads(a)[0]
	}
	if organisation != "" && d.Phase.Status == "scaled" { // by its proofs alone, at the gate
		return "", "", fault.Invalid(fault.Field{Name: "fase", Key: "initiatives.wrong.scaled"})
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if organisation != "" {
			names, err := s.organisations(ctx, tx)
			if err != nil {
				return err
			}
			if names[organisation] == "" {
				return fault.Invalid(fault.Field{Name: "organisatie", Key: "initiatives.wrong.owner"})
			}
		}
		slug, err = s.Draft(ctx, tx, d, organisation, "")
		return err
	})
	return slug, "", err
}

// Publish shows a draft to everybody.
func (s *Service) Publish(ctx context.Context, slug string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.MayEdit(ctx, tx, slug); err != nil {
			return err
		}
		return s.change(ctx, tx, slug, act{kind: actPublished}, func(i *Initiative) error {
			i.Draft = false
			return nil
		})
	})
}

// historyMost is how many changes stand on one page.
const historyMost = 50

// last is behind every id.
const last = "~"

// History gives a part of the changes of an initiative, the newest first, before an
// id; "" begins at the newest.
func (s *Service) History(ctx context.Context, slug, before string) (list []Step, names map[string]string, more bool, err error) {
	if before == "" {
		before = last
	}
	err = s.db.Read(ctx, func(ctx context.Context, r db.Reader) error {
		if err := s.maySee(ctx, r, slug); err != nil {
			return err
		}
		if list, err = db.All(ctx, r, scanStep, selectHistory, slug, before, historyMost+1); err != nil {
			return err
		}
		if more = len(list) > historyMost; more {
			list = list[:historyMost]
		}
		if names, err = s.organisations(ctx, r); err != nil {
			return err
		}
		if !mayReadNames(access.Of(ctx)) {
			for k := range list {
				list[k].Person = ""
			}
			return nil
		}
		var persons []string
		for _, v := range list {
			if v.Person != "" {
				persons = append(persons, v.Person)
			}
		}
		if len(persons) == 0 {
			return nil
		}
		found, err := s.o.People.Names(ctx, r, persons)
		for id, name := range found {
			names[id] = name
		}
		return err
	})
	return list, names, more, err
}

// maySee tells NotFound of what is not there, and of a draft to who may not edit it.
func (s *Service) maySee(ctx context.Context, r db.Reader, slug string) error {
	draft, err := db.One(ctx, r, db.Value[bool], selectDraft, slug)
	if err != nil || !draft {
		return err
	}
	return s.MayEdit(ctx, r, slug)
}
