package practices

import (
	"context"
	"slices"
	"strings"
	"sync"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/protocol/practice"
)

// source is a room as a package sees it: a Piece, a Shelf, or the files that this
// room keeps itself. Their order is that in which a package is taken over.
type source struct {
	name   string
	schema func() []byte
	types  []string // of the FHIR resources that are its own
	files  bool
	// own gives what is here now of an initiative, filled in.
	own   func(ctx context.Context, r db.Reader, initiative string) (practice.Content, error)
	check func(ctx context.Context, c practice.Content) error
	adopt func(ctx context.Context, tx *db.Tx, initiative string, c practice.Content) error
}

// sources lists them: the pieces in the order of the wiring, the first of which
// describes the initiative, then what stands by itself, and the files last.
func (s *Service) sources() []source {
	var list []source
	for _, p := range s.Pieces {
		list = append(list, source{name: p.Name(), schema: p.PartSchema, check: func(context.Context, practice.Content) error { return nil },
			own: func(ctx context.Context, r db.Reader, initiative string) (practice.Content, error) {
				data, err := p.Pack(ctx, r, initiative)
				return practice.Content{Part: data}, err
			},
			adopt: func(ctx context.Context, tx *db.Tx, initiative string, c practice.Content) error {
				return p.Adopt(ctx, tx, initiative, c.Part)
			}})
	}
	for _, p := range s.Shelves {
		list = append(list, source{name: p.Name(), schema: p.PartSchema, types: p.ResourceTypes(), check: p.CheckContent,
			own: func(ctx context.Context, r db.Reader, initiative string) (practice.Content, error) {
				came, err := db.All(ctx, r, scanThing, selectMade, initiative, p.Name())
				if err != nil || len(came) == 0 {
					return practice.Content{}, err
				}
				return p.PackCame(ctx, r, came)
			},
			adopt: func(ctx context.Context, tx *db.Tx, initiative string, c practice.Content) error {
				came, err := db.All(ctx, tx, scanThing, selectMade, initiative, p.Name())
				if err != nil {
					return err
				}
				made, err := p.AdoptContent(ctx, tx, initiative, c, came)
				if err != nil {
					return err
				}
				for _, t := range made {
					if _, err := tx.Exec(ctx, upsertMade, initiative, p.Name(), t.Key, t.ID); err != nil {
						return err
					}
				}
				return nil
			}})
	}
	return append(list, source{name: material, schema: func() []byte { return slices.Clone(materialSchema) }, files: true, own: ownMaterial, adopt: adoptMaterial,
		check: func(_ context.Context, c practice.Content) error { return checkMaterial(c) }})
}

func (s *Service) source(name string) (source, bool) {
	list := s.sources()
	i := slices.IndexFunc(list, func(o source) bool { return o.name == name })
	if i < 0 {
		return source{}, false
	}
	return list[i], true
}

// of gives what a package holds for a room.
func (o source) of(p practice.Package) practice.Content {
	if o.files {
		return materialIn(p)
	}
	c := practice.Content{Part: p.Parts[o.name]}
	if len(c.Part) == 0 {
		return c
	}
	for name, data := range p.Resources {
		if kind, _, _ := strings.Cut(name, "-"); slices.Contains(o.types, kind) {
			if c.Resources == nil {
				c.Resources = map[string][]byte{}
			}
			c.Resources[name] = data
		}
	}
	return c
}

func scanThing(s db.Scanner) (t practice.Thing, err error) {
	err = s.Scan(&t.Key, &t.ID)
	return t, err
}

// Shown is a room of things that are chosen one by one, as the form shows it.
type Shown struct {
	Room    string
	Choices []practice.Choice
	Chosen  []string
}

// choices asks the rooms what can go along. They read for themselves, so no
// transaction is open.
func (s *Service) choices(ctx context.Context, initiative string) ([]Shown, error) {
	var list []Shown
	for _, p := range s.Shelves {
		found, err := p.PackChoices(ctx, initiative)
		if err != nil {
			return nil, err
		}
		if len(found) > 0 {
			list = append(list, Shown{Room: p.Name(), Choices: found})
		}
	}
	return list, nil
}

// choose tells which things go along: those that were chosen, or until somebody did,
// those that are proposed or went along before.
func (v *Preview) choose(before map[string][]string) {
	proposed := v.Chosen == nil
	if proposed {
		v.Chosen = map[string][]string{}
	}
	for i, room := range v.Shown {
		var ids []string
		for _, c := range room.Choices {
			if proposed && (c.Proposed || slices.Contains(before[room.Room], c.ID)) || !proposed && slices.Contains(v.Chosen[room.Room], c.ID) {
				ids = append(ids, c.ID)
			}
		}
		v.Shown[i].Chosen = ids
		v.Chosen[room.Room] = ids
	}
}

// standing puts what was chosen, and the files, into a package.
func (s *Service) standing(ctx context.Context, r db.Reader, v *Preview, p *practice.Package) error {
	put := func(name string, schema []byte, c practice.Content) {
		if len(c.Part) > 0 {
			p.Parts[name], p.Schemas[name] = c.Part, schema
		}
		for name, data := range c.Resources {
			p.Resources[name] = data
		}
		for name, data := range c.Files {
			p.Files[name] = data
		}
		for _, a := range c.Asked {
			if !slices.ContainsFunc(p.Manifest.Wijkbaak.Parameters, func(o practice.Parameter) bool { return o.Key == a.Key }) {
				q := practice.Parameter{Key: a.Key, Question: question(a), Default: a.Default, Of: name}
				p.Manifest.Wijkbaak.Parameters = append(p.Manifest.Wijkbaak.Parameters, q)
			}
		}
	}
	for _, shelf := range s.Shelves {
		chosen := v.Chosen[shelf.Name()]
		if len(chosen) == 0 {
			continue
		}
		came, err := db.All(ctx, r, scanThing, selectMade, v.Initiative.ID, shelf.Name())
		if err != nil {
			return err
		}
		c, err := shelf.PackChosen(ctx, r, v.Initiative.ID, chosen, came)
		if err != nil {
			return err
		}
		put(shelf.Name(), shelf.PartSchema(), c)
	}
	put(material, materialSchema, materialOf(v.Files, v.Licence))
	return nil
}

// reference has the words in which a package asks: the same for whoever packs it.
var reference = sync.OnceValues(func() (*i18n.Catalog, error) { return i18n.New(i18n.Source{Room: Name, FS: locales}) })

// question is what who takes a package over is asked.
//
// keys: practices.ask.*
func question(a practice.Asked) string {
	words, err := reference()
	if err != nil {
		return a.About
	}
	return i18n.T(i18n.With(context.Background(), words, i18n.Reference), "practices.ask."+a.What, "name", a.About)
}

// written are the parameters that somebody wrote; those of rooms come anew.
func written(list []practice.Parameter) []practice.Parameter {
	return slices.DeleteFunc(slices.Clone(list), func(p practice.Parameter) bool { return p.Of != "" })
}

// checkContents holds what the rooms get of a package to what they can take.
func (s *Service) checkContents(ctx context.Context, p practice.Package) error {
	for _, o := range s.sources() {
		if c := o.of(p); !c.Empty() {
			if err := o.check(ctx, c); err != nil {
				if fault.KindOf(err) == fault.KindInvalid {
					return partFault(o.name, err)
				}
				return bad("pakket", err)
			}
		}
	}
	return nil
}
