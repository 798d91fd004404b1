package app

import (
	"context"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/feature/coalitions"
	"wijkbaak.nl/internal/feature/visions"
)

// circles is visions.Coalitions by the room of coalitions.
type circles struct{ *coalitions.Service }

func (c circles) Role(ctx context.Context, r db.Reader, coalition string) (visions.Role, error) {
	role, err := c.Service.Role(ctx, r, coalition)
	return visions.Role(role), err
}

func (c circles) Members(ctx context.Context, r db.Reader, coalition string) ([]visions.Member, error) {
	list, err := c.Service.Members(ctx, r, coalition)
	return membersOf(list), err
}

func (c circles) Everybody(ctx context.Context, r db.Reader, coalition string) ([]visions.Member, error) {
	list, err := c.Service.Everybody(ctx, r, coalition)
	return membersOf(list), err
}

func membersOf(list []coalitions.Member) []visions.Member {
	out := make([]visions.Member, len(list))
	for i, m := range list {
		out[i] = visions.Member{ID: m.Person, Name: m.Name, OrganisationName: m.OrganisationName, Role: visions.Role(m.Role)}
	}
	return out
}

func (c circles) Of(ctx context.Context, r db.Reader) ([]visions.Link, error) {
	list, err := c.Service.Of(ctx, r)
	out := make([]visions.Link, len(list))
	for i, l := range list {
		out[i] = visions.Link(l)
	}
	return out, err
}

func (c circles) Demo(ctx context.Context, r db.Reader) (string, bool, error) {
	return groups(c).Demo(ctx, r)
}
