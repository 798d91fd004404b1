package app

import (
	"context"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/feature/coalitions"
	"wijkbaak.nl/internal/feature/scaling"
	"wijkbaak.nl/internal/trust/access"
)

// groups is scaling.Coalitions by the room of coalitions.
type groups struct{ *coalitions.Service }

// Role of a program with a token is that of its organisation.
func (g groups) Role(ctx context.Context, r db.Reader, coalition string) (scaling.Role, error) {
	if a := access.Of(ctx); !a.SignedIn() && a.Organisation != "" {
		role, err := g.OrganisationRole(ctx, r, coalition, a.Organisation)
		return scaling.Role(role), err
	}
	role, err := g.Service.Role(ctx, r, coalition)
	return scaling.Role(role), err
}

func (g groups) Guest(ctx context.Context, r db.Reader, token string) (scaling.Guest, bool, error) {
	v, name, over, err := g.GuestOf(ctx, r, token)
	return scaling.Guest{ID: v.ID, Name: v.Name, Coalition: v.Coalition, CoalitionName: name, MayComment: v.MayComment, Until: v.Expires}, over, err
}

// Cities are called by their municipality: "Gemeente Waterstad (demo)" is Waterstad (demo).
func (g groups) Cities(ctx context.Context, r db.Reader, coalition string) ([]scaling.City, error) {
	list, err := g.Service.Cities(ctx, r, coalition)
	out := make([]scaling.City, len(list))
	for i, c := range list {
		out[i] = scaling.City{Organisation: c.Organisation, Name: strings.TrimPrefix(c.Name, "Gemeente "), Code: c.Code}
	}
	return out, err
}

func (g groups) Members(ctx context.Context, r db.Reader, coalition string) ([]scaling.Person, error) {
	list, err := g.Service.Members(ctx, r, coalition)
	out := make([]scaling.Person, len(list))
	for i, m := range list {
		out[i] = scaling.Person{ID: m.Person, Name: m.Name, Organisation: m.Organisation, OrganisationName: m.OrganisationName}
	}
	return out, err
}

func (g groups) Of(ctx context.Context, r db.Reader) ([]scaling.Link, error) {
	list, err := g.Service.Of(ctx, r)
	out := make([]scaling.Link, len(list))
	for i, l := range list {
		out[i] = scaling.Link(l)
	}
	return out, err
}

func (g groups) Demo(ctx context.Context, r db.Reader) (string, bool, error) {
	list, err := g.Public(ctx, r)
	for _, c := range list {
		if c.Demonstration {
			return c.ID, true, nil
		}
	}
	return "", false, err
}

func (g groups) Some(ctx context.Context, r db.Reader, most int) ([]string, error) {
	list, err := g.Public(ctx, r)
	var ids []string
	for _, c := range list[:min(most, len(list))] {
		ids = append(ids, c.ID)
	}
	return ids, err
}

// plan is coalitions.Plan by the room of scaling plans.
type plan struct{ *scaling.Service }

func (p plan) OpenPoints(ctx context.Context, r db.Reader, coalition string) ([]coalitions.Point, error) {
	list, err := p.Service.OpenPoints(ctx, r, coalition)
	out := make([]coalitions.Point, len(list))
	for i, v := range list {
		out[i] = coalitions.Point(v)
	}
	return out, err
}

func (p plan) ForGuest(ctx context.Context, r db.Reader, coalition, token string) ([]coalitions.Link, error) {
	list, err := p.Service.ForGuest(ctx, r, coalition, token)
	out := make([]coalitions.Link, len(list))
	for i, l := range list {
		out[i] = coalitions.Link(l)
	}
	return out, err
}

func (p plan) AddStep(ctx context.Context, tx *db.Tx, coalition, title, owner string, due time.Time) error {
	return p.Service.AddStep(ctx, tx, coalition, title, owner, due)
}
