package visions

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/trust/access"
)

// The vision of the demonstration is invented, and so is what people say about it.
const (
	demoTitle = "Visie op digitale hulp dicht bij huis (voorbeeld)"
	demoIntro = "Steeds meer mensen wonen langer thuis. Wij willen dat zij en hun mantelzorgers kunnen rekenen op goede hulp, ook met een scherm. " +
		"In deze visie staat wat wij beloven en wat wij niet doen."
	demoFirst = `# Waar wij naartoe willen

In 2030 kan iedereen die thuis woont hulp vinden in de eigen buurt. Een scherm helpt daarbij, maar komt nooit in de plaats van een mens.

# Wat wij beloven

- Wie geen computer heeft, krijgt dezelfde hulp.
- Mantelzorgers vragen maar één keer om hulp.
- U bepaalt zelf wie uw gegevens ziet.

# Hoe wij beginnen

Wij beginnen in één wijk per gemeente. Na een half jaar kijken wij wat het oplevert.

De gemeenten betalen het eerste jaar samen.`
	demoSecond = `# Waar wij naartoe willen

In 2030 kan iedereen die thuis woont hulp vinden in de eigen buurt. Een scherm helpt daarbij, maar komt nooit in de plaats van een mens.

# Wat wij beloven

- Wie geen computer heeft, krijgt dezelfde hulp, ook aan de telefoon.
- Mantelzorgers vragen maar één keer om hulp.
- U bepaalt zelf wie uw gegevens ziet.

# Hoe wij beginnen

Wij beginnen in één wijk per gemeente. Na een half jaar kijken wij met bewoners wat het oplevert. Werkt het niet, dan stoppen wij.

De gemeenten betalen het eerste jaar samen.`
	demoWhy = "Telefoon en stoppen toegevoegd na de reacties van bewoners."
)

var demoQuestions = []string{"Welke hulp mist u nu thuis?", "Wat moet altijd door een mens gedaan worden?", "Hoe wilt u van ons horen?"}

// demoSaid are comments of the first round; block is the index of the paragraph,
// below zero a question for residents.
var demoSaid = []struct {
	block              int
	kind, body, name   string
	member             bool
	answer, answerText string
}{
	{3, Suggestion, "Mijn moeder kan alleen bellen. Zet erbij dat de telefoon ook telt.", "Mevrouw De Wit (voorbeeld)", false, Taken, "Goed idee. Het staat nu bij onze eerste belofte."},
	{5, Objection, "Ik hoor nergens wanneer jullie stoppen als het niet werkt.", "", false, Taken, "Wij kijken er na een half jaar met bewoners naar, en stoppen als het niet werkt."},
	{6, Suggestion, "Laat de zorgverzekeraar ook meebetalen.", "", true, Partly, "Het eerste jaar niet. Daarna praten wij erover met de verzekeraar."},
	{1, Question, "Waarom 2030 en niet eerder?", "", false, Not, "Wij willen niets beloven wat wij niet kunnen waarmaken. Elke gemeente mag eerder klaar zijn."},
	{-1, Reply, "Iemand die even helpt met de apps van het ziekenhuis.", "", false, Taken, "Dit wordt een van de eerste dingen die wij in de wijk aanbieden."},
	{-2, Reply, "Slecht nieuws vertellen. Dat doe je niet met een scherm.", "", false, "", ""},
}

// demoLeads speak in the demonstration, the convener first.
var demoLeads = []string{"Fatma", "Joost", "Els"}

// demo makes a vision in its deciding round, once: of the coalition of the
// demonstration, or else of the organisation of a project leader.
func (s *Service) demo(ctx context.Context) error {
	ctx = access.With(ctx, access.Actor{Channel: access.Shell})
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, leads, err := s.demoOwner(ctx, tx)
		if err != nil || len(leads) == 0 {
			return err
		}
		have, err := db.All(ctx, tx, scanVision, ofPerson, leads[0].ID, last, 1)
		if err != nil || len(have) > 0 {
			return err
		}
		ctx = access.With(ctx, access.Actor{Person: leads[0].ID, Channel: access.Shell})
		if v.OwnerName, err = s.ownerName(ctx, tx, v); err != nil {
			return err
		}
		v.Demonstration = true
		id, err := s.begin(ctx, tx, v, Saved{Title: demoTitle, Intro: demoIntro, Text: demoFirst, Questions: demoQuestions})
		if err != nil {
			return err
		}
		if v, err = db.One(ctx, tx, scanVision, selectVision, id); err != nil {
			return err
		}
		return s.demoRounds(ctx, tx, v, leads)
	})
}

// demoOwner gives an unborn vision of who owns it, and who speaks.
func (s *Service) demoOwner(ctx context.Context, r db.Reader) (v Vision, leads []Person, err error) {
	coalition, found, err := s.Coalitions.Demo(ctx, r)
	if err != nil {
		return v, nil, err
	}
	names := demoLeads
	if !found {
		names = []string{"Sanne"}
	}
	for _, name := range names {
		p, there, err := s.People.DemoLead(ctx, r, name)
		if err != nil {
			return v, nil, err
		}
		if there {
			leads = append(leads, p)
		}
	}
	if len(leads) == 0 {
		return v, nil, nil
	}
	if found {
		return Vision{Coalition: coalition}, leads, nil
	}
	return Vision{Organisation: leads[0].Organisation, OwnerName: leads[0].OrganisationName}, leads, nil
}

// demoRounds plays the first round, the new version and the begin of the second.
func (s *Service) demoRounds(ctx context.Context, tx *db.Tx, v Vision, leads []Person) error {
	today, now := s.today(), s.Clock.Now()
	first := Round{ID: s.IDs(), Vision: v.ID, Kind: Orienting, Opens: today.Add(-40), Closes: today.Add(-12), Everybody: true, Number: 1, Person: leads[0].ID}
	if err := addRound(ctx, tx, first); err != nil {
		return err
	}
	text, err := db.One(ctx, tx, scanText, selectText, v.ID, 1)
	if err != nil {
		return err
	}
	for k, d := range demoSaid {
		at := now.Add(-time.Duration(35-3*k) * 24 * time.Hour)
		c := Comment{ID: s.IDs(), Vision: v.ID, Round: first.ID, Number: 1, Kind: d.kind, Body: d.body, Name: d.name, Channel: byPage, Everybody: true,
			State: Shown, Answer: d.answer, AnswerText: d.answerText, At: at}
		if d.block < 0 {
			c.Place, c.Quote = questionPlace(-d.block-1), v.Questions[-d.block-1]
		} else if d.block < len(text.Blocks) {
			c.Place, c.Quote = text.Blocks[d.block].ID, cut(text.Blocks[d.block].Text, quoteMost)
		}
		if d.member {
			c.Channel, c.Person = byAccount, leads[len(leads)-1].ID
		}
		if d.answer != "" {
			c.AnswerBy, c.Answered = leads[0].ID, at.Add(48*time.Hour)
		}
		if err := addComment(ctx, tx, c); err != nil {
			return err
		}
	}
	if err := s.keepText(ctx, tx, v, Saved{Title: v.Title, Intro: v.Intro, Questions: v.Questions, Text: demoSecond, Why: demoWhy, Version: v.Version}); err != nil {
		return err
	}
	v.Newest++
	second := Round{ID: s.IDs(), Vision: v.ID, Kind: Deciding, Opens: today.Add(-3), Closes: today.Add(11), Everybody: true, Method: ByConsent, Majority: All,
		Number: v.Newest, Person: leads[0].ID}
	if err := addRound(ctx, tx, second); err != nil {
		return err
	}
	for k, p := range leads[1:] {
		vote := Vote{Round: second.ID, Person: p.ID, Choice: Consent, At: now.Add(-24 * time.Hour)}
		if k == 0 {
			vote.Choice, vote.Reason = Object, "Voor mijn gemeente is niet duidelijk wat wij betalen na het eerste jaar."
		}
		if _, err := tx.Exec(ctx, insertVote, vote.Round, vote.Person, vote.Choice, vote.Reason, vote.Dealt, vote.DealtBy, db.At(vote.At)); err != nil {
			return err
		}
	}
	held := Comment{ID: s.IDs(), Vision: v.ID, Round: second.ID, Number: v.Newest, Kind: Question, Body: "Mag ik ook meedoen als ik in de buurgemeente woon?",
		Channel: byPage, Everybody: true, State: Held, At: now.Add(-2 * time.Hour)}
	if err := addComment(ctx, tx, held); err != nil {
		return err
	}
	return s.stage(ctx, tx, v, Deciding, second)
}
