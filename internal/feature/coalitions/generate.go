package coalitions

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/id"
)

const (
	generateAtOnce = 50
	generateFrom   = 60 // initiatives of which lists are made
)

// generatedAt is the time in the ids of what is generated, so that they are the
// same on any day.
var generatedAt = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// Generate adds n coalitions that look like real ones, the same for the same
// seed, to measure the program with. Their members have no account. What a seed
// has made before is left as it is.
func (s *Service) Generate(ctx context.Context, seed uint64, n int) error {
	towns, err := s.Places.Municipalities(ctx)
	if err != nil {
		return err
	}
	links, err := s.Initiatives.Find(ctx, "", generateFrom)
	if err != nil {
		return err
	}
	if len(towns) == 0 {
		return nil
	}
	g := generator{rand.New(rand.NewPCG(seed, 0xc0a1)), id.Seeded(clock.NewFake(generatedAt), seed), towns, links, s.Clock.Now()} //nolint:gosec // must be repeatable
	for from := 0; from < n; from += generateAtOnce {
		var batch []made
		for k := from; k < min(from+generateAtOnce, n); k++ {
			batch = append(batch, g.one(ctx, seed, k))
		}
		err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			for _, m := range batch {
				if err := m.put(ctx, tx); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

type generator struct {
	*rand.Rand
	id    id.Source
	towns []Municipality
	links []Link
	now   time.Time
}

// made is a generated coalition with all that belongs to it.
type made struct {
	Coalition
	members  []Member
	choice   Choice
	cards    []Card
	meetings []Meeting
	actions  []Action
	comments []Comment
}

var (
	madeWhat = []string{"Langer thuis", "Digitaal vaardig", "Mantelzorg", "Samen bewegen", "Beeldzorg", "Buurthulp", "Jong en gezond", "Valpreventie"}
	madeSaid = []string{"Bij ons lukt dit pas na de zomer.", "Wij hebben hier al een contract voor.", "Kunnen we de cijfers naast elkaar leggen?",
		"De huisartsen willen graag meedoen."}
	madeToDo = []string{"Offerte vragen", "Wethouder bijpraten", "Cijfers van vorig jaar sturen", "Bewoners uitnodigen"}
)

func (g generator) one(ctx context.Context, seed uint64, k int) made {
	age := time.Duration(g.IntN(900*24)) * time.Hour
	m := made{Coalition: Coalition{ID: g.id(), Goal: "Wat in één gemeente werkt, werkt straks in allemaal.", Open: g.IntN(4) > 0, Version: 1,
		Created: g.now.Add(-age), Changed: g.now.Add(-age)}}
	m.Name = fmt.Sprintf("%s %d-%d", madeWhat[g.IntN(len(madeWhat))], seed, k)
	for i := range 2 + g.IntN(3) {
		t := g.towns[g.IntN(len(g.towns))]
		city := City{Organisation: g.id(), Name: "Gemeente " + t.Name, Place: t.Path, Code: t.Code}
		m.Cities = append(m.Cities, city)
		for j := range 1 + g.IntN(3) {
			role := Participant
			if i == 0 && j == 0 {
				role = Convener
			} else if g.IntN(5) == 0 {
				role = Observer
			}
			m.members = append(m.members, Member{Person: g.id(), Organisation: city.Organisation, Role: role, Joined: m.Created})
		}
	}
	m.choice = Choice{Coalition: m.ID, Stage: Listing, Criteria: defaultCriteria(ctx), Terms: 1, Version: 1}
	if len(g.links) > 0 {
		seen := map[string]bool{}
		for range 12 {
			slug := g.links[g.IntN(len(g.links))].ID
			if !seen[slug] {
				m.choice.Listed = append(m.choice.Listed, slug)
			}
			seen[slug] = true
		}
		g.score(&m)
	}
	for i := range g.IntN(6) {
		at := g.now.AddDate(0, 0, 30-60*i).Truncate(time.Hour)
		meeting := Meeting{ID: g.id(), Coalition: m.ID, Title: fmt.Sprintf("Overleg %d", i+1), At: at, Minutes: 60, Agenda: []string{"Stand van zaken"},
			Version: 1, Changed: at}
		m.meetings = append(m.meetings, meeting)
		for range 1 + g.IntN(3) {
			m.actions = append(m.actions, Action{ID: g.id(), Coalition: m.ID, Meeting: meeting.ID, Title: madeToDo[g.IntN(len(madeToDo))],
				Person: m.members[g.IntN(len(m.members))].Person, Due: at.AddDate(0, 0, 14)})
		}
	}
	for range g.IntN(12) {
		m.comments = append(m.comments, Comment{ID: g.id(), Coalition: m.ID, Person: m.members[g.IntN(len(m.members))].Person,
			Body: madeSaid[g.IntN(len(madeSaid))], At: m.Created})
	}
	return m
}

// score brings the choice to a stage, with the cards that belong to it.
func (g generator) score(m *made) {
	m.choice.Stage = []Stage{Listing, Scoring, Revealed, Decided}[g.IntN(4)]
	if m.choice.Stage == Listing {
		return
	}
	for _, p := range m.members {
		if !p.Role.scores() {
			continue
		}
		c := Card{ID: g.id(), Coalition: m.ID, Person: p.Person, Scores: Scores{}, Done: true, At: m.Created}
		for _, slug := range m.choice.Listed {
			c.Scores[slug] = map[string]int{}
			for _, k := range m.choice.Criteria {
				c.Scores[slug][k.ID] = g.IntN(scoreMost + 1)
			}
		}
		m.cards = append(m.cards, c)
	}
	if m.choice.Stage != Scoring {
		m.choice.Revealed = m.Created
	}
	if m.choice.Stage == Decided {
		m.Coalition.Chosen = m.choice.Listed[0]
		m.choice.Why, m.choice.ChosenAt, m.choice.Person = "Hier was iedereen het over eens.", m.Created, m.members[0].Person
	}
}

// put keeps it, unless it is there.
func (m made) put(ctx context.Context, tx *db.Tx) error {
	there, err := db.All(ctx, tx, scanCoalition, selectCoalition, m.ID)
	if err != nil || len(there) > 0 {
		return err
	}
	if err := addCoalition(ctx, tx, m.Coalition); err != nil {
		return err
	}
	for _, p := range m.members {
		if _, err := tx.Exec(ctx, insertMember, m.ID, p.Person, p.Organisation, string(p.Role), db.At(p.Joined)); err != nil {
			return err
		}
	}
	if err := addChoice(ctx, tx, m.choice); err != nil {
		return err
	}
	for _, c := range m.cards {
		if err := addCard(ctx, tx, c); err != nil {
			return err
		}
	}
	for _, t := range m.meetings {
		if err := addMeeting(ctx, tx, t); err != nil {
			return err
		}
	}
	for _, a := range m.actions {
		if err := addAction(ctx, tx, a); err != nil {
			return err
		}
	}
	for _, c := range m.comments {
		if _, err := tx.Exec(ctx, insertComment, c.ID, c.Coalition, c.Person, c.Name, c.Body, db.At(c.At), c.Guest); err != nil {
			return err
		}
	}
	return nil
}
