package initiatives

import (
	"context"
	"io/fs"
	"slices"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
)

// demoOwners are the owners of some cases in the demo, by the names of invented
// organisations; the first is the lead.
var demoOwners = map[string][]string{
	"leefstijlmonitoring-smallingerland": {"Gemeente Waterstad (demo)", "Wijkcoöperatie Samen Dichtbij (demo)"},
	"fitknip":                            {"Wijkcoöperatie Samen Dichtbij (demo)", "Gemeente Voorbeeld (demo)"},
	"welzijn-op-recept":                  {"Gemeente Heuvelrijk (demo)", "Wijkcoöperatie Samen Dichtbij (demo)"},
	"anwb-automaatje":                    {"Gemeente Voorbeeld (demo)"},
}

// demo takes in the cases of the project itself, gives some of them to invented
// organisations and has a proposal wait.
func (s *Service) demo(ctx context.Context) error {
	names, err := fs.Glob(demo, "demo/*.yaml")
	if err != nil {
		return err
	}
	var files []File
	for _, name := range names {
		text, err := demo.ReadFile(name)
		if err != nil {
			return err
		}
		files = append(files, File{name, text})
	}
	ctx = access.With(ctx, access.Actor{Channel: access.Shell})
	if _, err = s.Import(ctx, files, false); err != nil {
		return err
	}
	organisations, err := s.o.People.Organisations(ctx, s.db)
	if err != nil {
		return err
	}
	for slug, names := range demoOwners {
		var list []Owner
		for _, name := range names {
			k := slices.IndexFunc(organisations, func(o Organisation) bool { return o.Name == name })
			if k < 0 {
				continue // the demo of the people has it not
			}
			role := RolePartner
			if len(list) == 0 {
				role = RoleLead
			}
			list = append(list, Owner{Organisation: organisations[k].ID, Role: role})
		}
		err := s.SetOwners(ctx, slug, list, "Zo begint de demonstratie")
		if err != nil && fault.KindOf(err) != fault.KindNotFound {
			return err
		}
	}
	return s.demoProposal(ctx)
}

func (s *Service) demoProposal(ctx context.Context) error {
	const slug = "anwb-automaatje"
	var i Initiative
	err := s.db.Read(ctx, func(ctx context.Context, r db.Reader) (err error) {
		i, err = read(ctx, r, slug)
		return err
	})
	if fault.KindOf(err) == fault.KindNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	i.Preconditions = append(i.Preconditions, "Iemand die de ritten plant, ook in de vakantie (voorbeeld).")
	_, err = s.propose(ctx, Proposal{Initiative: slug, Part: "voorwaarden", Name: i.Name, Body: i, Version: i.Version, Why: "Dat miste bij ons (voorbeeld)"})
	return err
}
