package app

import (
	"context"
	"encoding/json"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/base/room"
	"wijkbaak.nl/internal/base/usage"
	"wijkbaak.nl/internal/feature/agreements"
	"wijkbaak.nl/internal/feature/barriers"
	"wijkbaak.nl/internal/feature/businesscase"
	"wijkbaak.nl/internal/feature/coalitions"
	"wijkbaak.nl/internal/feature/impact"
	"wijkbaak.nl/internal/feature/initiatives"
	"wijkbaak.nl/internal/feature/phases"
	"wijkbaak.nl/internal/feature/pilots"
	"wijkbaak.nl/internal/feature/practices"
	"wijkbaak.nl/internal/feature/region"
	"wijkbaak.nl/internal/feature/scaling"
	"wijkbaak.nl/internal/feature/visions"
	"wijkbaak.nl/internal/protocol/practice"
	"wijkbaak.nl/internal/trust/themes"
)

// Relay are the rooms that lead from a pilot to a practice in every municipality.
// All of them hang on the overview of cases, by the slug of an initiative.
type Relay struct {
	Phases     *phases.Service
	Barriers   *barriers.Service
	Pilots     *pilots.Service
	Cases      *businesscase.Service
	Impact     *impact.Service
	Agreements *agreements.Service
	Coalitions *coalitions.Service
	Scaling    *scaling.Service
	Visions    *visions.Service
	Practices  *practices.Service

	Region *region.Service
	Usage  *usage.Counter

	dues    []func(ctx context.Context, r db.Reader, from, to time.Time) ([]region.Due, error)
	besides []func(ctx context.Context, r db.Reader, slug string) ([]initiatives.Beside, error)
}

// relay makes the rooms and hands each what it needs.
func (a *App) relay(p Parts) error {
	s, l := a.Settings, &a.Relay
	l.Usage = usage.New(a.DB, a.Clock, a.Log)
	l.Phases = phases.New(phases.Options{DB: a.DB, Clock: a.Clock, IDs: p.IDs, Audit: a.Audit, Root: s.Place,
		Initiatives: gated{cases[phases.Link]{a.Initiatives}}, People: staff[phases.Link, phases.Person]{a.People}, Places: sized{a.Places, s.Place}})
	l.Barriers = barriers.New(barriers.Options{DB: a.DB, Clock: a.Clock, IDs: p.IDs, Audit: a.Audit, Root: s.Place,
		Initiatives: blockedCases{cases[barriers.Link]{a.Initiatives}}, Catalogue: catalogue{a.Initiatives},
		People: staff[barriers.Link, barriers.Person]{a.People}, Places: populated{a.Places}})
	l.Pilots = pilots.New(pilots.Options{DB: a.DB, Clock: a.Clock, IDs: p.IDs, Audit: a.Audit, Root: s.Place, BaseURL: s.BaseURL,
		Initiatives: cases[pilots.Link]{a.Initiatives}, Evidence: proven{a.Initiatives}, People: staff[pilots.Link, pilots.Person]{a.People},
		Places: towns[pilots.Municipality]{a.Places}, Sources: []pilots.Source{asked{a.Questions}, use{l.Usage}, rated{&a.Fits}}})
	l.Cases = businesscase.New(businesscase.Options{DB: a.DB, Clock: a.Clock, IDs: p.IDs, Audit: a.Audit, Root: s.Place,
		Initiatives: cases[businesscase.Link]{a.Initiatives}, People: staff[businesscase.Link, businesscase.Person]{a.People}, Measurements: measured{l.Pilots}})
	l.Impact = impact.New(impact.Options{DB: a.DB, Clock: a.Clock, IDs: p.IDs, Audit: a.Audit, Root: s.Place,
		Initiatives: cases[impact.Link]{a.Initiatives}, People: staff[impact.Link, impact.Person]{a.People}, Figures: readings[impact.Figure]{l.Pilots}})
	l.Agreements = agreements.New(agreements.Options{DB: a.DB, Clock: a.Clock, IDs: p.IDs, Audit: a.Audit, Root: s.Place,
		Initiatives: cases[agreements.Link]{a.Initiatives}, People: staff[agreements.Link, agreements.Person]{a.People}, Figures: readings[agreements.Figure]{l.Pilots}})
	l.Coalitions = coalitions.New(coalitions.Options{DB: a.DB, Clock: a.Clock, IDs: p.IDs, Audit: a.Audit, BaseURL: s.BaseURL, Rate: s.Rate,
		Initiatives: longList{cases[coalitions.Link]{a.Initiatives}, a.DB}, People: staff[coalitions.Link, coalitions.Person]{a.People},
		Places: towns[coalitions.Municipality]{a.Places}})
	l.Scaling = scaling.New(scaling.Options{DB: a.DB, Clock: a.Clock, IDs: p.IDs, Audit: a.Audit, BaseURL: s.BaseURL, Rate: s.Rate,
		Coalitions: groups{l.Coalitions}, Initiatives: cases[scaling.Link]{a.Initiatives},
		People: staff[scaling.Link, scaling.Person]{a.People}, Places: towns[scaling.Municipality]{a.Places}})
	l.Coalitions.Plan = plan{l.Scaling}
	letterKey, err := loadSecret(s.Data, "returncode.key")
	if err != nil {
		return err
	}
	l.Visions = visions.New(visions.Options{DB: a.DB, Clock: a.Clock, IDs: p.IDs, Audit: a.Audit, BaseURL: s.BaseURL, Rate: s.Rate, Key: letterKey,
		Coalitions: circles{l.Coalitions}, People: staff[visions.Link, visions.Person]{a.People}})

	l.dues = append(l.dues, duesOf(l.Phases.Due), duesOf(l.Barriers.Due), duesOf(l.Pilots.Due), duesOf(l.Scaling.Due), duesOf(l.Visions.Due), duesOf(l.Agreements.Due))
	l.Region = region.New(region.Options{DB: a.DB, Clock: a.Clock, Overview: spread{a.Initiatives}, Places: land{a.Places},
		Barriers: stuck{l.Barriers, a.Clock}, Coalitions: together{l.Coalitions}, Pilots: trials{l.Pilots}, Dues: l.due,
		Words: regionWords, Themes: themes.All, Kinds: initiatives.Kinds})

	name := "" // the name stays in the key for ever
	if s.Serving {
		name = host(s.BaseURL)
	}
	key, err := practice.LoadKey(s.Data, name)
	if err != nil {
		return err
	}
	l.Practices = practices.New(practices.Options{DB: a.DB, Clock: a.Clock, IDs: p.IDs, Audit: a.Audit, Key: key, Address: s.BaseURL, Name: s.Name,
		Initiatives: handed{cases[practices.Link]{a.Initiatives}}, Figures: results{l.Pilots}, AllowPrivate: s.Network,
		People: packers{staff[practices.Link, struct{ ID, Name, Organisation, OrganisationName string }]{a.People}},
		Pieces: []practices.Piece{piece{"initiatives", a.Initiatives}, piece{"phases", l.Phases}, piece{"barriers", l.Barriers}, piece{"pilots", l.Pilots},
			piece{"impact", l.Impact}, piece{"businesscase", l.Cases}, piece{"scaling", l.Scaling}}})
	l.besides = append(l.besides, besideOf(l.Phases.Beside), besideOf(l.Barriers.Beside), besideOf(l.Pilots.Beside), besideOf(l.Impact.Beside), besideOf(l.Cases.Beside), besideOf(l.Agreements.Beside),
		besideOf(l.Scaling.Beside), besideOf(l.Practices.Beside))
	return nil
}

// rooms lists the manifests, in the order in which they fill the demo.
func (l *Relay) rooms() []room.Room {
	counts := room.New(usage.Name, room.NothingPersonal{}, room.Parts{Migrations: usage.Migrations.FS, Plans: usage.Plans()})
	return []room.Room{counts, l.Phases.Room(), l.Barriers.Room(), l.Pilots.Room(), l.Cases.Room(), l.Impact.Room(), l.Agreements.Room(), l.Coalitions.Room(), l.Scaling.Room(), l.Visions.Room(), l.Practices.Room(), l.Region.Room()}
}

// jobMoved follows an initiative that has become part of another, in every room.
const jobMoved = "relay.moved"

func (a *App) moved(ctx context.Context, payload []byte) error {
	var m initiatives.Merged
	if err := json.Unmarshal(payload, &m); err != nil {
		return err
	}
	l := &a.Relay
	return a.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, move := range []func(context.Context, *db.Tx, string, string) error{l.Phases.Moved, l.Barriers.Moved, l.Pilots.Moved, l.Cases.Moved, l.Impact.Moved, l.Agreements.Moved, l.Scaling.Moved, l.Practices.Moved, l.useMoved} {
			if err := move(ctx, tx, m.From, m.Into); err != nil {
				return err
			}
		}
		return nil
	})
}

// nightly has the rooms do what time asks of them.
func (l *Relay) nightly(a *App) {
	simple := func(f func(context.Context) error) jobs.Handler {
		return a.inWords(func(ctx context.Context, _ []byte) error { return f(ctx) })
	}
	a.Queue.Handle(jobMoved, a.inWords(a.moved))
	a.Queue.Every(jobUseForget, 24*time.Hour, simple(l.Usage.Forget))
	a.Queue.Every(pilots.JobCount, 24*time.Hour, simple(l.Pilots.CountNow))
	a.Queue.Every(pilots.JobNight, 24*time.Hour, simple(l.Pilots.Night))
	a.Queue.Every(coalitions.JobNight, 24*time.Hour, simple(l.Coalitions.Night))
	a.Queue.Every(scaling.JobNight, 24*time.Hour, simple(l.Scaling.Night))
	a.Queue.Every(visions.JobLetters, time.Hour, simple(l.Visions.Letters))
	a.Queue.Every(practices.JobTend, time.Hour, a.inWords(l.Practices.Tend))
}

// due collects what has to be done.
func (l *Relay) due(ctx context.Context, r db.Reader, from, to time.Time) ([]region.Due, error) {
	var all []region.Due
	for _, of := range l.dues {
		list, err := of(ctx, r, from, to)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
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
