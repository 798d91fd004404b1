package impact

import (
	"context"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/trust/access"
)

// The pathway of the demonstration: of an initiative that has a pilot, so that its
// figures show. The assumptions are made up, and say so.
const (
	demoInitiative = "welzijn-op-recept"
	demoLead       = "Joost"
	demoTitle      = "Van recept naar meedoen (voorbeeld)"
	demoSource     = "Gesprekken in de proef (voorbeeld)"
)

// demoModel is linked to the figures of pilots by the code of the indicator.
func demoModel() Model {
	of := func(v float64) *float64 { return &v }
	return Model{
		Nodes: []Node{
			{ID: "n1", Kind: Input, Text: "Welzijnscoach, 16 uur per week"},
			{ID: "n2", Kind: Input, Text: "Huisartsen die willen verwijzen"},
			{ID: "n3", Kind: Activity, Text: "Huisarts schrijft een recept voor welzijn uit"},
			{ID: "n4", Kind: Activity, Text: "Coach voert een eerste gesprek bij iemand thuis"},
			{ID: "n5", Kind: Activity, Text: "Coach gaat de eerste keer mee"},
			{ID: "n6", Kind: Output, Text: "Mensen hadden een eerste gesprek", Indicator: &Indicator{Name: "Eerste gesprekken", Unit: "mensen", Target: of(100), Code: "deelnemers"}},
			{ID: "n7", Kind: Output, Text: "Mensen doen mee met iets in hun wijk"},
			{ID: "n8", Kind: Outcome, Text: "Minder mensen voelen zich eenzaam", Indicator: &Indicator{Name: "Voelt zich eenzaam", Unit: "%", Target: of(50), Code: "eenzaam"}},
			{ID: "n9", Kind: Outcome, Text: "Minder bezoeken aan de huisarts om wat geen ziekte is", Indicator: &Indicator{Name: "Bezoeken per deelnemer", Unit: "bezoeken", Target: of(2.5), Code: "bezoeken"}},
			{ID: "n10", Kind: Impact, Text: "Mensen leven langer prettig thuis, en er is tijd voor wie zorg nodig heeft"},
		},
		Arrows: []Arrow{
			{From: "n1", To: "n4", Assumption: "Er is een coach te vinden die de wijk kent", State: Tested, Source: demoSource},
			{From: "n1", To: "n5"},
			{From: "n2", To: "n3", Assumption: "Huisartsen denken eraan als het druk is", State: Refuted, Source: demoSource},
			{From: "n3", To: "n4", Assumption: "Wie een recept krijgt, zegt ja tegen een gesprek", State: Tested, Source: demoSource},
			{From: "n4", To: "n6"},
			{From: "n4", To: "n7", Assumption: "In de wijk is iets te doen dat past", State: Believed},
			{From: "n5", To: "n7", Assumption: "De eerste keer samen gaan neemt de drempel weg", State: Believed},
			{From: "n7", To: "n8", Assumption: "Wie meedoet, leert mensen kennen", State: Believed},
			{From: "n7", To: "n9", Assumption: "Klachten komen door eenzaamheid", State: Believed},
			{From: "n8", To: "n10", Assumption: "Wie niet eenzaam is, blijft langer gezond", State: Believed},
			{From: "n9", To: "n10"},
		},
	}
}

// demo makes the pathway, once, where its initiative and its project leader are.
func (s *Service) demo(ctx context.Context) error {
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
		have, err := db.All(ctx, tx, scanPathway, selectOf, demoInitiative, "", 1)
		if err != nil || len(have) > 0 {
			return err
		}
		measured, err := s.Figures.OfInitiative(ctx, tx, demoInitiative)
		if err != nil {
			return err
		}
		m := demoModel()
		for k := range m.Nodes {
			i := m.Nodes[k].Indicator
			if i == nil {
				continue
			}
			for _, f := range measured {
				if f.Indicator == i.Code && i.Pilot == "" {
					i.Pilot = f.Pilot
				}
			}
			if i.Pilot == "" {
				i.Code = ""
			}
		}
		ctx = access.With(ctx, access.Actor{Person: lead.ID, Channel: access.Shell})
		_, err = s.make(ctx, tx, Pathway{Title: demoTitle, Initiative: demoInitiative, Organisation: lead.Organisation, Model: m, Stand: Public,
			Demonstration: true}, changeMade)
		return err
	})
}
