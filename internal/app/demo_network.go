package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/feature/businesscase"
	"wijkbaak.nl/internal/feature/pilots"
	"wijkbaak.nl/internal/feature/practices"
	"wijkbaak.nl/internal/trust/access"
)

// The second instance of the demonstration.
const (
	NeighbourName  = "Wijkbaak Zeist (voorbeeld)"
	NeighbourPlace = "/0355"
)

// What goes from one instance of the demonstration to the other, and by whom.
const (
	handedOn  = "welzijn-op-recept"
	handedBy  = "Joost"
	takenBy   = "Fatma"
	takenName = "Welzijn op recept bij ons (voorbeeld)"
)

// FillNetwork lets one instance of the demonstration hand a practice on to another,
// which tries it and sends its results back. It goes by the pages and the API of
// both, so both must answer at their address; their jobs are done here, so they
// must not run yet. It gives the path of the practice at its origin.
func FillNetwork(ctx context.Context, origin, taker *App) (string, error) {
	give, owner, err := origin.demoLead(ctx, handedBy)
	if err != nil {
		return "", err
	}
	take, adopter, err := taker.demoLead(ctx, takenBy)
	if err != nil {
		return "", err
	}
	name, err := origin.handOn(give, owner)
	if err != nil {
		return "", fmt.Errorf("offering: %w", err)
	}
	slug, err := taker.takeOver(take, adopter, origin.Practices.Address+practices.Path(name))
	if err != nil {
		return "", fmt.Errorf("taking over: %w", err)
	}
	if err := taker.tryOut(take, slug); err != nil {
		return "", fmt.Errorf("trying out: %w", err)
	}
	// The notice is of a stranger; after the yes the results come in by themselves.
	if err := taker.Queue.Drain(take); err != nil {
		return "", err
	}
	if err := origin.welcome(give, taker.Practices.Address); err != nil {
		return "", fmt.Errorf("the sender: %w", err)
	}
	if err := taker.sendBack(take, slug); err != nil {
		return "", fmt.Errorf("sending results: %w", err)
	}
	return practices.Path(name), taker.Queue.Drain(take)
}

// demoLead acts as an invented project leader.
func (a *App) demoLead(ctx context.Context, name string) (context.Context, practices.Person, error) {
	ctx = i18n.With(ctx, a.Words, i18n.Reference)
	who, found, err := a.Practices.People.DemoLead(ctx, a.DB, name)
	if err == nil && !found {
		err = fmt.Errorf("there is no %s in the demonstration", name)
	}
	if err != nil {
		return ctx, who, err
	}
	actor, err := a.Practices.People.Actor(ctx, a.DB, who.ID)
	actor.Channel = access.Page
	return access.With(ctx, actor), who, err
}

// handOn adds costs and benefits to the initiative, and offers it in a next version.
func (a *App) handOn(ctx context.Context, owner practices.Person) (string, error) {
	id, err := a.Cases.Create(ctx, businesscase.NewCase{Title: "Welzijn op recept (voorbeeld)", Initiative: handedOn, Organisation: owner.Organisation})
	if err != nil {
		return "", err
	}
	guess := func(low, likely, high float64) businesscase.Figure {
		f := businesscase.Between(low, likely, high)
		f.Status, f.Source = businesscase.Guessed, "Schatting voor de demonstratie"
		return f
	}
	steps := []func(e businesscase.Edit) error{
		func(e businesscase.Edit) error {
			return a.Cases.SaveCity(ctx, e, businesscase.City{Name: "Heuvelrijk (demo)", Invited: []float64{120, 120, 120}})
		},
		func(e businesscase.Edit) error {
			return a.Cases.SaveLine(ctx, e, businesscase.Line{Name: "Welzijnscoach", Payer: businesscase.Welfare, Kind: businesscase.Cost, Unit: "jaar",
				Basis: businesscase.Yearly, Amount: guess(28_000, 32_000, 38_000)})
		},
		func(e businesscase.Edit) error {
			visits := guess(1, 3, 5)
			return a.Cases.SaveLine(ctx, e, businesscase.Line{Name: "Minder bezoeken aan de huisarts", Payer: businesscase.Insurer, Kind: businesscase.Benefit, Unit: "bezoek",
				Basis: businesscase.PerEvent, Amount: guess(10, 12, 15), Quantity: &visits})
		},
		func(e businesscase.Edit) error { return a.Cases.Publish(ctx, e, true) },
	}
	for _, step := range steps {
		v, err := a.Cases.Get(ctx, id)
		if err != nil {
			return "", err
		}
		if err := step(businesscase.Edit{ID: id, Version: v.Version}); err != nil {
			return "", err
		}
	}
	v, err := a.Practices.Offering(ctx, handedOn)
	if err != nil {
		return "", err
	}
	o := v.Offer
	if !v.Fixed {
		o.Name, o.Title = practices.DemoName(a.Settings.Name, handedOn), v.Title+" (voorbeeld)"
		o.Summary = "Mensen met klachten door eenzaamheid vinden iets in de wijk dat bij hen past (voorbeeld)."
	}
	o.Parts, o.Contact, o.Note = v.Pieces, "projectleider welzijn", "Nu ook met kosten en baten (voorbeeld)."
	return o.Name, a.Practices.OfferDemo(ctx, handedOn, o)
}

// takeOver fetches a practice and makes it a published initiative.
func (a *App) takeOver(ctx context.Context, who practices.Person, where string) (string, error) {
	id, err := a.Practices.Fetch(ctx, where, "", "")
	if err != nil {
		return "", err
	}
	v, err := a.Practices.Look(ctx, id)
	if err != nil {
		return "", err
	}
	answers := map[string]string{}
	for _, q := range v.Parameters {
		answers[q.Key] = "Waterstad (demo)"
	}
	slug, err := a.Practices.Adopt(ctx, id, practices.Yes{Name: takenName, Organisation: who.Organisation, Answers: answers, Tell: true})
	if err != nil {
		return "", err
	}
	return slug, a.Initiatives.Publish(ctx, slug)
}

// The results of the pilot that took the practice over, by indicator. They are
// invented.
var triedOut = map[string]struct {
	baseline, value, spread float64
	n                       int
}{
	"bezoeken": {baseline: 3.8, value: 3.1, spread: 1.8, n: 64},
	"eenzaam":  {baseline: 66, value: 52, n: 62},
}

// tryOut lets the pilot run that came along, and measures.
func (a *App) tryOut(ctx context.Context, slug string) error {
	drafts, err := a.Pilots.Drafts(ctx)
	if err != nil {
		return err
	}
	k := slices.IndexFunc(drafts, func(p pilots.Pilot) bool { return p.Initiative == slug })
	if k < 0 {
		return errors.New("no pilot came along")
	}
	id := drafts[k].ID
	now := a.Clock.Now().In(clock.Amsterdam)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	from := today.AddDate(0, 0, -7*30)
	e := drafts[k]
	e.Name, e.Place, e.Starts, e.Ends = takenName, "Lelystad", from, today.AddDate(0, 0, 7*10)
	e.Goal = "Kijken of het bij ons ook werkt (voorbeeld)."
	if err := a.Pilots.Edit(ctx, id, e.Version, e, ""); err != nil {
		return err
	}
	v, err := a.Pilots.Get(ctx, id)
	if err != nil {
		return err
	}
	var entries []pilots.Entry
	for _, s := range v.Series {
		got, ok := triedOut[s.Code]
		if !ok {
			continue
		}
		i := s.Indicator
		i.Baseline = &got.baseline
		if err := a.Pilots.KeepIndicator(ctx, id, v.Version, i, ""); err != nil {
			return err
		}
		v.Version++
		const times = 5
		for at := range times + 1 {
			one := pilots.Entry{Code: s.Code, Day: from.AddDate(0, 0, 1+40*at), N: got.n,
				Value: got.baseline + (got.value-got.baseline)*float64(at)/times}
			if got.spread > 0 {
				one.Spread = &got.spread
			}
			entries = append(entries, one)
		}
	}
	if err := a.Pilots.Start(ctx, id, v.Version); err != nil {
		return err
	}
	_, err = a.Pilots.Measure(ctx, id, entries, "form")
	return err
}

// welcome says yes to the sender at an address.
func (a *App) welcome(ctx context.Context, address string) error {
	held, err := a.Practices.Held(ctx, a.DB)
	if err != nil {
		return err
	}
	for _, m := range held {
		if m.Sender == address {
			if err := a.Practices.Judge(ctx, m.Key, m.ID, true); err != nil {
				return err
			}
		}
	}
	_, err = a.Practices.Meet(ctx, address)
	return err
}

// sendBack sends what the pilot measured to where the practice comes from.
func (a *App) sendBack(ctx context.Context, slug string) error {
	var picks []practices.Pick
	err := a.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		figures, err := a.Practices.Sendable(ctx, r, slug)
		for _, f := range figures {
			picks = append(picks, practices.Pick{Pilot: f.Pilot, Indicator: f.Indicator})
		}
		return err
	})
	if err != nil {
		return err
	}
	return a.Practices.Send(ctx, slug, picks)
}
