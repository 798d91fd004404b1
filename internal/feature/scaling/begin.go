package scaling

import (
	"context"
	"slices"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// NewPlan is what a plan begins with.
type NewPlan struct {
	Title, Goals, Initiative string
	Coalition, Organisation  string // one of the two
	Start                    Day
	Template                 string // id; empty for none
}

// Beginnings are for whom the actor may begin a plan.
func (s *Service) Beginnings(ctx context.Context) (coalitions, organisations []Link, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		coalitions, organisations = nil, nil
		scopes, err := s.scopes(ctx, r)
		if err != nil {
			return err
		}
		for _, o := range scopes {
			p := Plan{Organisation: o.ID}
			if o.coalition {
				p = Plan{Coalition: o.ID}
			}
			may, err := s.rights(ctx, r, p)
			if err != nil {
				return err
			}
			switch {
			case may < writes:
			case o.coalition:
				coalitions = append(coalitions, o.Link)
			default:
				organisations = append(organisations, o.Link)
			}
		}
		return nil
	})
	return coalitions, organisations, err
}

// Create begins a plan. Each city of the coalition has a track at once.
func (s *Service) Create(ctx context.Context, n NewPlan) (id string, err error) {
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p := Plan{Title: n.Title, Goals: n.Goals, Initiative: n.Initiative, Coalition: n.Coalition, Organisation: n.Organisation, Start: n.Start}
		may, err := s.rights(ctx, tx, p)
		if err != nil {
			return err
		}
		if may < writes || p.Coalition != "" && p.Organisation != "" {
			return fault.Invalid(fault.Field{Name: "van", Key: "scaling.wrong.organisation"})
		}
		t, err := s.template(ctx, tx, n.Template)
		if err != nil {
			return err
		}
		if p.Goals == "" {
			p.Goals = t.Goals
		}
		w := p.faults()
		if p.Initiative == "" && p.Coalition != "" {
			if p.Initiative, err = s.Coalitions.Chosen(ctx, tx, p.Coalition); err != nil {
				return err
			}
		} else if p.Initiative != "" {
			links, err := s.Initiatives.Links(ctx, tx, []string{p.Initiative})
			if err != nil {
				return err
			}
			if len(links) == 0 {
				w.Add("initiatief", "scaling.wrong.choice")
			}
		}
		if err := w.Err(); err != nil {
			return err
		}
		tracks, err := s.firstTracks(ctx, tx, p)
		if err != nil {
			return err
		}
		id, err = s.begin(ctx, tx, p, tracks, t)
		return err
	})
	return id, err
}

// firstTracks are those of the cities of a coalition, or of the organisation.
func (s *Service) firstTracks(ctx context.Context, r db.Reader, p Plan) (tracks []Track, err error) {
	if p.Coalition != "" {
		cities, err := s.Coalitions.Cities(ctx, r, p.Coalition)
		if err != nil {
			return nil, err
		}
		for _, c := range cities[:min(tracksMost, len(cities))] {
			tracks = append(tracks, Track{Name: cut(c.Name, nameMost), Code: c.Code, Organisation: c.Organisation})
		}
		return tracks, nil
	}
	all, err := s.People.Organisations(ctx, r)
	if k := slices.IndexFunc(all, func(o Link) bool { return o.ID == p.Organisation }); k >= 0 {
		tracks = []Track{{Name: cut(all[k].Name, nameMost), Organisation: p.Organisation}}
	}
	return tracks, err
}

// begin keeps a new plan with what its template gives.
func (s *Service) begin(ctx context.Context, tx *db.Tx, p Plan, tracks []Track, t Template) (string, error) {
	p.ID, p.Version, p.Created, p.Person = s.IDs(), 1, s.Clock.Now(), access.Of(ctx).Person
	p.Changed = p.Created
	if err := addPlan(ctx, tx, p); err != nil {
		return "", err
	}
	for k := range tracks {
		one := &tracks[k]
		one.ID, one.Plan, one.Version = s.IDs(), p.ID, 1
		for _, c := range t.Conditions {
			one.Conditions = append(one.Conditions, Condition{Title: c})
		}
		if err := addTrack(ctx, tx, *one); err != nil {
			return "", err
		}
	}
	for _, one := range t.steps(p, tracks, s.IDs, p.Created) {
		if err := addStep(ctx, tx, one); err != nil {
			return "", err
		}
	}
	return p.ID, s.told(ctx, tx, p, audit.Create, Change{Kind: changeMade, Subject: p.Title})
}
