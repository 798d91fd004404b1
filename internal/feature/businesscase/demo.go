package businesscase

import (
	"context"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/trust/access"
)

// The case of the demonstration: published figures with their source, the rest
// marked as a guess.
const (
	demoFile       = "demo/beeldzorg.json"
	demoInitiative = "beeldschermzorg"
	demoLead       = "Fatma"
)

// demo makes the case, once, where its initiative and its project leader are.
func (s *Service) demo(ctx context.Context) error {
	data, err := files.ReadFile(demoFile)
	if err != nil {
		return err
	}
	p, err := readPart(data)
	if err != nil {
		return err
	}
	ctx = access.With(ctx, access.Actor{Channel: access.Shell})
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		lead, found, err := s.People.DemoLead(ctx, tx, demoLead)
		if err != nil || !found {
			return err
		}
		links, err := s.Initiatives.Links(ctx, tx, []string{demoInitiative})
		if err != nil || len(links) == 0 {
			return err
		}
		have, err := db.All(ctx, tx, scanCase, selectOf, demoInitiative, "", 1)
		if err != nil || len(have) > 0 {
			return err
		}
		ctx = access.With(ctx, access.Actor{Person: lead.ID, Channel: access.Shell})
		for _, c := range p.Cases {
			if _, err := s.make(ctx, tx, Case{Title: c.Title, Initiative: demoInitiative, Organisation: lead.Organisation, Model: c.Model,
				Stand: Public, Demonstration: true}, changeMade); err != nil {
				return err
			}
		}
		return nil
	})
}
