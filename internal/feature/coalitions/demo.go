package coalitions

import (
	"context"
	"slices"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// The demonstration: three invented cities choose from the projects that were
// brought in at the first meeting of the scaling-up coalition. What they think of
// them is invented; the projects are real.
const (
	demoName    = "Samen Digitaal (voorbeeld)"
	demoGoal    = "In drie gemeenten kunnen mensen die langer thuis wonen en hun mantelzorgers rekenen op dezelfde digitale hulp, voor het eind van 2027."
	demoProduct = "Dezelfde werkwijze en dezelfde afspraken met de leverancier in alle drie de gemeenten."
	demoProcess = "Eén gemeente begint, de andere twee kijken mee. Elke zes weken vergelijken wij wat wij meten."
	demoChosen  = "ozoverbindzorg"
	demoWhy     = "Dit staat bovenaan en het kan in alle drie de gemeenten. Over beeldschermzorg waren wij het oneens: " +
		"in Heuvelrijk wordt het al gebruikt, in Waterstad zijn de kosten nog niet duidelijk. Wij kijken daar over een half jaar opnieuw naar."
	demoNotes = "Ieder vertelde waarom de punten zo uit elkaar lagen. Bij beeldschermzorg ging het om de kosten, niet om het nut. " +
		"Daarna was de keuze snel gemaakt."
)

// demoLeads are the people of the demonstration with the municipality of each.
var demoLeads = []struct{ name, code string }{{"Fatma", "GM0034"}, {"Joost", "GM0153"}, {"Els", "GM0995"}}

// demoScores are invented: for each project what the three gave on need,
// evidence, cost, fit, support and effort.
var demoScores = []struct {
	slug  string
	given [3][6]int
}{
	{"leefstijlmonitoring-smallingerland", [3][6]int{{4, 3, 3, 3, 3, 3}, {3, 3, 2, 3, 4, 3}, {4, 2, 3, 3, 3, 2}}},
	{"ggd-appstore", [3][6]int{{3, 3, 5, 5, 3, 4}, {3, 3, 4, 5, 3, 5}, {2, 3, 5, 5, 2, 5}}},
	{"robotica-vr-den-haag", [3][6]int{{2, 1, 1, 2, 2, 1}, {3, 1, 0, 2, 3, 2}, {2, 1, 2, 1, 2, 1}}},
	{"inwonercloud-woerden", [3][6]int{{4, 1, 2, 2, 3, 1}, {4, 2, 0, 3, 3, 2}, {3, 1, 2, 2, 3, 1}}},
	{demoChosen, [3][6]int{{5, 3, 4, 4, 5, 4}, {5, 3, 3, 4, 4, 4}, {4, 4, 4, 4, 5, 4}}},
	{"wehelpen", [3][6]int{{4, 2, 4, 4, 3, 4}, {3, 2, 4, 4, 4, 4}, {4, 2, 4, 5, 3, 4}}},
	{"nlvoorelkaar", [3][6]int{{4, 3, 4, 4, 4, 4}, {4, 3, 3, 4, 3, 4}, {4, 2, 4, 4, 4, 5}}},
	{"buuv-haarlem", [3][6]int{{4, 3, 3, 4, 4, 4}, {4, 2, 4, 3, 4, 3}, {3, 3, 3, 4, 4, 4}}},
	{"beeldschermzorg", [3][6]int{{2, 3, 1, 2, 1, 2}, {5, 4, 4, 5, 5, 5}, {4, 4, 2, 3, 3, 3}}},
	{"digitale-wijkcoach-enschede", [3][6]int{{3, 2, 3, 3, 3, 3}, {4, 2, 2, 3, 4, 3}, {3, 2, 3, 4, 3, 3}}},
	{"broedplaatsen-breda", [3][6]int{{2, 1, 2, 3, 2, 2}, {2, 1, 3, 2, 3, 2}, {3, 1, 2, 2, 2, 3}}},
	{"slimste-huis-alkmaar", [3][6]int{{3, 2, 2, 2, 3, 2}, {3, 2, 1, 2, 4, 2}, {3, 1, 2, 3, 3, 2}}},
}

// demo makes the coalition, once, where its people and projects are.
func (s *Service) demo(ctx context.Context) error {
	towns, err := s.Places.Municipalities(ctx)
	if err != nil {
		return err
	}
	ctx = access.With(ctx, access.Actor{Channel: access.Shell})
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c := Coalition{Name: demoName, Goal: demoGoal, Product: demoProduct, Process: demoProcess, Open: true, Demonstration: true}
		var people []Person
		for _, l := range demoLeads {
			p, found, err := s.People.DemoLead(ctx, tx, l.name)
			if err != nil {
				return err
			}
			if !found {
				continue
			}
			city := City{Organisation: p.Organisation, Name: p.OrganisationName}
			if i := slices.IndexFunc(towns, func(m Municipality) bool { return m.Code == l.code }); i >= 0 {
				city.Code, city.Place = towns[i].Code, towns[i].Path
			}
			people, c.Cities = append(people, p), append(c.Cities, city)
		}
		if len(people) < 2 {
			return nil
		}
		have, err := db.All(ctx, tx, scanCoalition, selectBegun, people[0].ID, last, 1)
		if err != nil || len(have) > 0 {
			return err
		}
		return s.fill(ctx, tx, c, people)
	})
}

// fill keeps the coalition of the demonstration with all that happened in it.
func (s *Service) fill(ctx context.Context, tx *db.Tx, c Coalition, people []Person) error {
	as := func(p Person) context.Context {
		return access.With(ctx, access.Actor{Person: p.ID, Channel: access.Shell})
	}
	first := as(people[0])
	var err error
	if c.ID, err = s.make(first, tx, c, Member{Person: people[0].ID, Organisation: people[0].Organisation, Role: Convener}); err != nil {
		return err
	}
	for _, p := range people[1:] {
		if err := s.join(as(p), tx, c, Member{Person: p.ID, Organisation: p.Organisation, Role: Participant}); err != nil {
			return err
		}
	}
	h, err := db.One(ctx, tx, scanChoice, selectChoice, c.ID)
	if err != nil {
		return err
	}
	slugs := make([]string, len(demoScores))
	for i, d := range demoScores {
		slugs[i] = d.slug
	}
	links, err := s.Initiatives.Links(ctx, tx, slugs)
	if err != nil || len(links) < 2 {
		return err
	}
	there := func(slug string) bool {
		return slices.ContainsFunc(links, func(l Link) bool { return l.ID == slug })
	}
	h.Listed = slices.DeleteFunc(slugs, func(slug string) bool { return !there(slug) })
	now := s.Clock.Now()
	for i, p := range people {
		card := Card{ID: s.IDs(), Coalition: c.ID, Person: p.ID, Scores: Scores{}, Done: true, At: now}
		for _, d := range demoScores {
			card.Scores[d.slug] = map[string]int{}
			for k, u := range usual {
				card.Scores[d.slug][u.id] = d.given[i][k]
			}
		}
		if err := addCard(ctx, tx, card); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, putAgreed, c.ID, p.ID, h.Terms); err != nil {
			return err
		}
		if err := s.told(as(p), tx, c.ID, changeScored, audit.Create, "", ""); err != nil {
			return err
		}
	}
	h.Stage, h.Revealed = Revealed, now
	if there(demoChosen) {
		h.Stage, h.Why, h.Person, h.ChosenAt = Decided, demoWhy, people[0].ID, now
		if c, err = db.One(ctx, tx, scanCoalition, selectCoalition, c.ID); err != nil {
			return err
		}
		c.Chosen = demoChosen
		if err := putCoalition(ctx, tx, c, now); err != nil {
			return err
		}
		if err := s.told(first, tx, c.ID, changeChosen, audit.Update, "OZOverbindzorg", demoWhy); err != nil {
			return err
		}
	}
	if err := putChoice(ctx, tx, h); err != nil {
		return err
	}
	return s.demoMeeting(first, tx, c, people)
}

// demoMeeting is the meeting at which they chose, last week.
func (s *Service) demoMeeting(ctx context.Context, tx *db.Tx, c Coalition, people []Person) error {
	y, mo, d := s.Clock.Now().In(clock.Amsterdam).Date()
	m := Meeting{ID: s.IDs(), Coalition: c.ID, Title: "Waar beginnen we?", At: time.Date(y, mo, d-7, 10, 0, 0, 0, clock.Amsterdam).UTC(),
		Minutes: 90, Place: "Stadhuis Waterstad", Person: people[0].ID, Version: 1, Changed: s.Clock.Now(), Notes: demoNotes,
		Agenda:    []string{"Welkom", "De uitslag bespreken en kiezen", "Wie doet wat, en wanneer weer?"},
		Decisions: []string{"Wij beginnen met OZOverbindzorg.", "Waterstad begint, de andere gemeenten kijken mee."}}
	if err := addMeeting(ctx, tx, m); err != nil {
		return err
	}
	for i, p := range people {
		if _, err := tx.Exec(ctx, insertAttended, m.ID, p.ID); err != nil {
			return err
		}
		a := Action{ID: s.IDs(), Coalition: c.ID, Meeting: m.ID, Person: p.ID, Due: time.Date(y, mo, d+14+7*i, 0, 0, 0, 0, clock.Amsterdam).UTC(),
			Title: []string{"Vraag de leverancier om een voorstel voor drie gemeenten", "Zoek twee huisartsen die mee willen doen",
				"Vraag de privacyfunctionaris om mee te kijken"}[i]}
		if err := addAction(ctx, tx, a); err != nil {
			return err
		}
	}
	return s.told(ctx, tx, c.ID, changeMeeting, audit.Create, m.Title, "")
}
