package visions

import (
	"context"

	"wijkbaak.nl/internal/base/db"
)

// Link leads to something of another room.
type Link struct{ ID, Name, Path string }

// Person is somebody who can be named.
type Person struct{ ID, Name, Organisation, OrganisationName string }

// Member is somebody inside a coalition.
type Member struct {
	ID, Name, OrganisationName string
	Role                       Role
}

// Coalitions tells who belongs together.
type Coalitions interface {
	// Role is what the actor is inside; a stranger is Outside or gets fault.NotFound.
	Role(ctx context.Context, r db.Reader, coalition string) (Role, error)
	Name(ctx context.Context, r db.Reader, coalition string) (string, error)
	// Members gives who is inside, to who is inside too.
	Members(ctx context.Context, r db.Reader, coalition string) ([]Member, error)
	// Everybody gives who is inside a coalition that goes on, for letters to them; it
	// asks nothing of the actor.
	Everybody(ctx context.Context, r db.Reader, coalition string) ([]Member, error)
	// Of gives the coalitions the actor is in, in whatever role.
	Of(ctx context.Context, r db.Reader) ([]Link, error)
	// Demo is the coalition of the demonstration, if there is one.
	Demo(ctx context.Context, r db.Reader) (coalition string, found bool, err error)
}

// People tells who is who.
type People interface {
	Names(ctx context.Context, r db.Reader, persons []string) (map[string]string, error)
	Organisations(ctx context.Context, r db.Reader) ([]Link, error)
	// Email is the address of an account; fault.NotFound for none, empty for one
	// without an address.
	Email(ctx context.Context, r db.Reader, person string) (string, error)
	// DemoLead finds a project leader of the demonstration by first name.
	DemoLead(ctx context.Context, r db.Reader, name string) (Person, bool, error)
}
