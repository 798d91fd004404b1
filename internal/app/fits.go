package app

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/base/room"
	"wijkbaak.nl/internal/feature/assessments"
	"wijkbaak.nl/internal/feature/offers"
	"wijkbaak.nl/internal/feature/screenings"
	"wijkbaak.nl/internal/feature/surveys"
)

// Fits are the rooms of what there is, and what fits somebody.
type Fits struct {
	Offers      *offers.Service
	Assessments *assessments.Service
	Surveys     *surveys.Service
	Screenings  *screenings.Service
}

// fits makes the rooms and hands each what it needs.
func (a *App) fits(p Parts, key []byte) error {
	s, f := a.Settings, &a.Fits
	f.Offers = offers.New(offers.Options{DB: a.DB, Clock: a.Clock, IDs: p.IDs, Search: a.Search, Places: spots{a.Places, s.Place},
		People: keepers{a.People}, Initiatives: cases[offers.Link]{a.Initiatives}, Verdicts: verdicts{f}, Audit: a.Audit, Root: s.Place,
		BaseURL: s.BaseURL, Key: key, Rate: s.Rate, Demo: s.Demo})
	f.Assessments = assessments.New(assessments.Options{DB: a.DB, Clock: a.Clock, IDs: p.IDs, Audit: a.Audit, Applications: applications{f.Offers},
		People: examiners{a.People}, Root: s.Place, BaseURL: s.BaseURL, Name: s.Name})
	f.Surveys = surveys.New(surveys.Options{Onward: []string{screenings.Below}, DB: a.DB, Clock: a.Clock, IDs: p.IDs, Audit: a.Audit, Root: s.Place, BaseURL: s.BaseURL, Key: key, Rate: s.Rate})
	f.Screenings = screenings.New(screenings.Options{DB: a.DB, Clock: a.Clock, IDs: p.IDs, Audit: a.Audit, Surveys: firstSteps{f.Surveys},
		People: staff[screenings.Link, screenings.Person]{a.People}, Places: spotNames{a.Places, s.Place}, Root: s.Place, BaseURL: s.BaseURL, Key: key, Rate: s.Rate})
	return nil
}

// rooms lists the manifests, in the order in which they fill the demo.
func (f *Fits) rooms() []room.Room {
	return []room.Room{f.Offers.Room(), f.Assessments.Room(), f.Surveys.Room(), f.Screenings.Room()}
}

// nightly has the rooms do what time asks of them.
func (f *Fits) nightly(a *App) {
	daily := func(name string, do func(context.Context, []byte) error) {
		a.Queue.Every(name, 24*time.Hour, a.inWords(jobs.Handler(do)))
	}
	daily(offers.JobAsk, f.Offers.AskKeepers)
	daily(assessments.JobNight, f.Assessments.Night)
	daily(screenings.JobForget, func(ctx context.Context, _ []byte) error { return f.Screenings.Forget(ctx) })
	a.Queue.Every(screenings.JobLetters, time.Hour, a.inWords(func(ctx context.Context, _ []byte) error { return f.Screenings.Letters(ctx) }))
	daily(surveys.JobForget, func(ctx context.Context, _ []byte) error { return f.Surveys.Forget(ctx) })
}
