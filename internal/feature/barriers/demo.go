package barriers

import (
	"context"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// demoEntry is an entry of the demonstration: made up, and it says so.
type demoEntry struct {
	lead     string // first name of who leads it
	since    int    // days ago it was met
	due      int    // days from now
	entry    Entry
	closedIn int // days after it was met
}

var demoEntries = []demoEntry{
	{lead: "Fatma", since: 210, due: -12, entry: Entry{Barrier: "projectgeld-stopt", Initiative: "robot-tessa", Municipality: "GM0355", Status: InHand, Lifter: "municipality",
		Title: "Het projectgeld stopt in januari (voorbeeld)", Tried: "Gevraagd om een jaar verlenging. Dat mag één keer."}},
	{lead: "Joost", since: 400, closedIn: 300, entry: Entry{Barrier: "projectgeld-stopt", Initiative: "welzijn-op-recept", Municipality: "GM0228", Status: Lifted, Lifter: "municipality",
		Title: "Na de pilot was er geen vast geld (voorbeeld)", Tried: "Fondsen gezocht; die betalen geen gewoon werk.",
		Worked: "De wethouder zette het in de kadernota. Wij namen de uitkomst van de pilot mee en de brief van twee huisartsen."}},
	{lead: "Fatma", since: 60, due: 20, entry: Entry{Barrier: "te-weinig-verwijzingen", Initiative: "robot-tessa", Municipality: "GM0355", Status: Open, Lifter: "self",
		Title: "De thuiszorg noemt Tessa bijna niet (voorbeeld)"}},
	{lead: "Joost", since: 500, due: 60, entry: Entry{Category: "privacy", Initiative: "welzijn-op-recept", Municipality: "GM0228", Status: InHand, Lifter: "law",
		Title: "Huisarts en welzijn mogen niet in één lijst werken (voorbeeld)", Tried: "Aparte lijsten, en bellen. Dat kost een uur per week."}},
	{lead: "Joost", since: 120, closedIn: 90, entry: Entry{Barrier: "te-weinig-verwijzingen", Initiative: "welzijn-op-recept", Municipality: "GM0228", Status: Lifted, Lifter: "self",
		Title: "Huisartsen verwezen alleen in de eerste maand (voorbeeld)", Tried: "Folders en een mail. Die deden niets.",
		Worked: "Elke maand vertelt de welzijnscoach in de praktijk wat er met de verwezen mensen gebeurde."}},
}

// demo makes the entries, once, where their initiative and their project leader are.
func (s *Service) demo(ctx context.Context) error {
	kinds, towns, err := s.known(ctx)
	if err != nil {
		return err
	}
	ctx = access.With(ctx, access.Actor{Channel: access.Shell})
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		have, err := db.All(ctx, tx, scanEntry, selectAll, last, 1)
		if err != nil || len(have) > 0 {
			return err
		}
		for _, d := range demoEntries {
			if err := s.demoOne(ctx, tx, d, kinds, towns); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) demoOne(ctx context.Context, tx *db.Tx, d demoEntry, kinds []Kind, towns []Municipality) error {
	lead, found, err := s.People.DemoLead(ctx, tx, d.lead)
	if err != nil || !found {
		return err
	}
	e, now := d.entry, s.Clock.Now()
	about, err := s.Initiatives.About(ctx, tx, []string{e.Initiative})
	if err != nil || len(about) == 0 {
		return err
	}
	if townName(towns, e.Municipality) == "" {
		e.Municipality = ""
	}
	for _, k := range kinds {
		if k.Slug == e.Barrier {
			e.Category = k.Category
		}
	}
	if e.Category == "" { // the catalogue does not know it
		e.Barrier, e.Category = "", "organisation"
	}
	e.ID, e.Version, e.Changed, e.Met = s.IDs(), 1, now, now.AddDate(0, 0, -d.since)
	e.Owner, e.OwnerBody, e.Organisation, e.Person, e.Public, e.Demonstration = lead.ID, lead.Organisation, lead.Organisation, lead.ID, true, true
	if e.Active() {
		e.Due = now.AddDate(0, 0, d.due)
	} else {
		e.Closed = e.Met.AddDate(0, 0, d.closedIn)
	}
	if err := addEntry(ctx, tx, e); err != nil {
		return err
	}
	return s.told(ctx, tx, e, audit.Create, Change{Kind: kindMade})
}
