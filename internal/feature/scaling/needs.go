package scaling

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/trust/access"
)

// Link leads to something of another room.
type Link struct{ ID, Name, Path string }

// Person is somebody who can be named.
type Person struct{ ID, Name, Organisation, OrganisationName string }

// City takes part in a coalition. Name is that of the municipality.
type City struct{ Organisation, Name, Code string }

// Guest reads along with a coalition by a link, without an account, for a time.
type Guest struct {
	ID, Name                 string
	Coalition, CoalitionName string
	MayComment               bool
	Until                    time.Time
}

// Coalitions tells who belongs together.
type Coalitions interface {
	// Role is what the actor is inside; a stranger is Outside or gets fault.NotFound.
	// For a program with a token it is what its organisation is.
	Role(ctx context.Context, r db.Reader, coalition string) (Role, error)
	Name(ctx context.Context, r db.Reader, coalition string) (string, error)
	// Guest tells whose link it is. Over says that it has ended, and nothing else;
	// a link that was never there is fault.NotFound.
	Guest(ctx context.Context, r db.Reader, token string) (g Guest, over bool, err error)
	// GuestKnown tells whether a guest is still kept, by id; some time after the end
	// of the link it is not, and then the name is to go here too.
	GuestKnown(ctx context.Context, r db.Reader, guest string) (bool, error)
	Cities(ctx context.Context, r db.Reader, coalition string) ([]City, error)
	// Members gives who is inside, to who is inside too.
	Members(ctx context.Context, r db.Reader, coalition string) ([]Person, error)
	// Of gives the coalitions the actor is in, in whatever role.
	Of(ctx context.Context, r db.Reader) ([]Link, error)
	// Chosen is the slug of the initiative that was chosen; empty if none was.
	Chosen(ctx context.Context, r db.Reader, coalition string) (string, error)
	// Demo is the coalition of the demonstration, if there is one.
	Demo(ctx context.Context, r db.Reader) (coalition string, found bool, err error)
	// Some gives the ids of at most that many coalitions, for content that is
	// generated.
	Some(ctx context.Context, r db.Reader, most int) ([]string, error)
}

// Initiatives tells about cases of the overview.
type Initiatives interface {
	// Links gives those that are there.
	Links(ctx context.Context, r db.Reader, slugs []string) ([]Link, error)
	// MayEdit says nil, fault.Denied or fault.NotFound.
	MayEdit(ctx context.Context, r db.Reader, slug string) error
	// Choices are for a field: those of the actor's own organisations first.
	Choices(ctx context.Context, r db.Reader) ([]Link, error)
}

// People tells who is who.
type People interface {
	Names(ctx context.Context, r db.Reader, persons []string) (map[string]string, error)
	Organisations(ctx context.Context, r db.Reader) ([]Link, error)
	// Colleagues are whom the actor may name as owner of something.
	Colleagues(ctx context.Context, r db.Reader) ([]Person, error)
	// Actor is a person as if signed in, for a calendar program that brings a
	// key; the zero Actor if the account is closed.
	Actor(ctx context.Context, r db.Reader, person string) (access.Actor, error)
	// DemoLead finds a project leader of the demonstration by first name.
	DemoLead(ctx context.Context, r db.Reader, name string) (Person, bool, error)
}

// Barrier is an obstacle of the register.
type Barrier struct {
	ID, Name, Path string
	Open           bool
}

// Barriers is the register of obstacles. It may be missing.
type Barriers interface {
	// Links gives those that the actor may see.
	Links(ctx context.Context, r db.Reader, ids []string) ([]Barrier, error)
	// Of gives those of an initiative, for a field.
	Of(ctx context.Context, r db.Reader, initiative string) ([]Barrier, error)
}

// Municipality is a city that can have a track.
type Municipality struct{ Code, Name, Path string }

// Places knows the municipalities.
type Places interface {
	Municipalities(ctx context.Context) ([]Municipality, error)
}
