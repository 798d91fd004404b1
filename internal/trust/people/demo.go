package people

import (
	"context"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/trust/access"
)

// demoPerson is an invented person with a role of the demo.
type demoPerson struct {
	name, email string
	role        access.Role
	at          int // which of demoOrganisations
	onDuty      bool
}

type demoOrganisation struct{ name, kind string }

var demoOrganisations = []demoOrganisation{
	{"Wijkteam De Lindes (demo)", "team"},
	{"Huisartsenpraktijk De Linde (demo)", "care"},
	{"Wijkcoöperatie Samen Dichtbij (demo)", "cooperative"},
	{"Gemeente Voorbeeld (demo)", "municipality"},
	{"Gemeente Waterstad (demo)", "municipality"},
	{"Gemeente Heuvelrijk (demo)", "municipality"},
}

// demoPeople are the accounts of the demo, in the order of the sign-in page.
var demoPeople = []demoPerson{
	{name: "Ans", email: "ans@demo.wijkbaak.example"},
	{name: "Yusuf", email: "yusuf@demo.wijkbaak.example"},
	{name: "Marieke", email: "marieke@demo.wijkbaak.example", role: access.Coach, at: 0, onDuty: true},
	{name: "Tom", email: "tom@demo.wijkbaak.example", role: access.Coach, at: 1},
	{name: "Sanne", email: "sanne@demo.wijkbaak.example", role: access.Editor, at: 2},
	{name: "Sanne", role: access.Moderator, at: 2},
	{name: "Sanne", role: access.Lead, at: 2},
	{name: "Els", email: "els@demo.wijkbaak.example", role: access.Lead, at: 3},
	{name: "Fatma", email: "fatma@demo.wijkbaak.example", role: access.Lead, at: 4},
	{name: "Joost", email: "joost@demo.wijkbaak.example", role: access.Lead, at: 5},
	{name: "Beheer", email: "beheer@demo.wijkbaak.example", role: access.Operator, at: 3},
}

// fillDemo makes the accounts of the demo. The operator's role is for the whole
// instance, the other roles are for the place of the demo.
func (s *Service) fillDemo(ctx context.Context) error {
	place := s.demoPlace
	ctx = access.With(ctx, Shell())
	organisations := make([]Organisation, len(demoOrganisations))
	for i, o := range demoOrganisations {
		made, err := s.AddOrganisation(ctx, o.name, o.kind, place)
		if err != nil {
			return err
		}
		organisations[i] = made
	}
	byName := map[string]string{}
	for _, d := range demoPeople {
		if byName[d.name] == "" {
			err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				p, err := s.Create(ctx, tx, NewPerson{Name: d.name, Email: d.email}, true)
				byName[d.name] = p.ID
				return err
			})
			if err != nil {
				return err
			}
		}
		if d.role == "" {
			continue
		}
		at := place
		if d.role == access.Operator {
			at = "/"
		}
		_, err := s.AddGrant(ctx, NewGrant{Person: byName[d.name], Role: d.role, Organisation: organisations[d.at].ID, Place: at, OnDuty: d.onDuty})
		if err != nil {
			return err
		}
	}
	return nil
}

// DemoAccounts lists the invented persons, with what they are.
func (s *Service) DemoAccounts(ctx context.Context, r db.Reader) ([]Listing, error) {
	found, err := db.All(ctx, r, scanPerson, selectDemo)
	if err != nil {
		return nil, err
	}
	var list []Listing
	for _, p := range found {
		grants, err := s.Current(ctx, r, p.ID)
		if err != nil {
			return nil, err
		}
		if p.State == Active {
			list = append(list, Listing{p, grants})
		}
	}
	return list, nil
}
