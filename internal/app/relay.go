package app

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/base/room"
	"wijkbaak.nl/internal/feature/barriers"
	"wijkbaak.nl/internal/feature/businesscase"
	"wijkbaak.nl/internal/feature/coalitions"
	"wijkbaak.nl/internal/feature/initiatives"
	"wijkbaak.nl/internal/feature/phases"
	"wijkbaak.nl/internal/feature/pilots"
	"wijkbaak.nl/internal/feature/practices"
	"wijkbaak.nl/internal/feature/scaling"
	"wijkbaak.nl/internal/protocol/practice"
)

// Relay are the rooms that lead from a pilot to a practice in every municipality.
// All of them hang on the overview of cases, by the slug of an initiative.
type Relay struct {
	Phases     *phases.Service
	Barriers   *barriers.Service
	Pilots     *pilots.Service
	Cases      *businesscase.Service
	Coalitions *coalitions.Service
	Scaling    *scaling.Service
	Practices  *practices.Service

	besides []func(ctx context.Context, r db.Reader, slug string) ([]initiatives.Beside, error)
}

// relay makes the rooms and hands each what it needs.
func (a *App) relay(p Parts) error {
	s, l := a.Settings, &a.Relay
	l.Phases = phases.New(phases.Options{DB: a.DB, Clock: a.Clock, IDs: p.IDs, Audit: a.Audit, Root: s.Place,
		Initiatives: gated{cases[phases.Link]{a.Initiatives}}, People: staff[phases.Link, phases.Person]{a.People}, Places: sized{a.Places}})
	l.Barriers = barriers.New(barriers.Options{DB: a.DB, Clock: a.Clock, IDs: p.IDs, Audit: a.Audit, Root: s.Place,
		Initiatives: blockedCases{cases[barriers.Link]{a.Initiatives}}, Catalogue: catalogue{a.Initiatives},
		People: staff[barriers.Link, barriers.Person]{a.People}, Places: populated{a.Places}})
	l.Pilots = pilots.New(pilots.Options{DB: a.DB, Clock: a.Clock, IDs: p.IDs, Audit: a.Audit, Root: s.Place, BaseURL: s.BaseURL,
		Initiatives: cases[pilots.Link]{a.Initiatives}, Evidence: proven{a.Initiatives}, People: staff[pilots.Link, pilots.Person]{a.People},
		Places: towns[pilots.Municipality]{a.Places}, Counters: counters{a.Questions}})
	l.Cases = businesscase.New(businesscase.Options{DB: a.DB, Clock: a.Clock, IDs: p.IDs, Audit: a.Audit, Root: s.Place,
		Initiatives: cases[businesscase.Link]{a.Initiatives}, People: staff[businesscase.Link, businesscase.Person]{a.People}, Measurements: measured{l.Pilots}})
	l.Coalitions = coalitions.New(coalitions.Options{DB: a.DB, Clock: a.Clock, IDs: p.IDs, Audit: a.Audit, BaseURL: s.BaseURL, Rate: s.Rate,
		Initiatives: longList{cases[coalitions.Link]{a.Initiatives}, a.DB}, People: staff[coalitions.Link, coalitions.Person]{a.People},
		Places: towns[coalitions.Municipality]{a.Places}})
	l.Scaling = scaling.New(scaling.Options{DB: a.DB, Clock: a.Clock, IDs: p.IDs, Audit: a.Audit, BaseURL: s.BaseURL,
		Coalitions: groups{l.Coalitions}, Initiatives: cases[scaling.Link]{a.Initiatives},
		People: staff[scaling.Link, scaling.Person]{a.People}, Places: towns[scaling.Municipality]{a.Places}})
	l.Coalitions.Plan = plan{l.Scaling}

	key, err := practice.LoadKey(s.Data, host(s.BaseURL))
	if err != nil {
		return err
	}
	l.Practices = practices.New(practices.Options{DB: a.DB, Clock: a.Clock, IDs: p.IDs, Audit: a.Audit, Key: key, Address: s.BaseURL, Name: s.Name,
		Initiatives: handed{cases[practices.Link]{a.Initiatives}}, Figures: results{l.Pilots}, AllowPrivate: s.Network,
		People: packers{staff[practices.Link, struct{ ID, Name, Organisation, OrganisationName string }]{a.People}},
		Pieces: []practices.Piece{piece{"initiatives", a.Initiatives}, piece{"phases", l.Phases}, piece{"barriers", l.Barriers}, piece{"pilots", l.Pilots},
			piece{"businesscase", l.Cases}, piece{"scaling", l.Scaling}}})
	l.besides = append(l.besides, besideOf(l.Phases.Beside), besideOf(l.Barriers.Beside), besideOf(l.Pilots.Beside), besideOf(l.Cases.Beside),
		besideOf(l.Scaling.Beside), besideOf(l.Practices.Beside))
	return nil
}

// rooms lists the manifests, in the order in which they fill the demo.
func (l *Relay) rooms() []room.Room {
	return []room.Room{l.Phases.Room(), l.Barriers.Room(), l.Pilots.Room(), l.Cases.Room(), l.Coalitions.Room(), l.Scaling.Room(), l.Practices.Room()}
}

// nightly has the rooms do what time asks of them.
func (l *Relay) nightly(a *App) {
	simple := func(f func(context.Context) error) jobs.Handler {
		return a.inWords(func(ctx context.Context, _ []byte) error { return f(ctx) })
	}
	a.Queue.Every(pilots.JobCount, 24*time.Hour, simple(l.Pilots.CountNow))
	a.Queue.Every(pilots.JobNight, 24*time.Hour, simple(l.Pilots.Night))
	a.Queue.Every(coalitions.JobNight, 24*time.Hour, simple(l.Coalitions.Night))
	a.Queue.Every(practices.JobTend, time.Hour, a.inWords(l.Practices.Tend))
}

// beside collects what the rooms have about an initiative.
func (l *Relay) beside(ctx context.Context, r db.Reader, slug string) ([]initiatives.Beside, error) {
	var all []initiatives.Beside
	for _, of := range l.besides {
		list, err := of(ctx, r, slug)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// besideOf is one room of beside.
func besideOf[B ~struct{ Title, Note, Path string }](of func(context.Context, db.Reader, string) ([]B, error)) func(context.Context, db.Reader, string) ([]initiatives.Beside, error) {
	return func(ctx context.Context, r db.Reader, slug string) ([]initiatives.Beside, error) {
		list, err := of(ctx, r, slug)
		out := make([]initiatives.Beside, len(list))
		for i, b := range list {
			out[i] = initiatives.Beside(b)
		}
		return out, err
	}
}
