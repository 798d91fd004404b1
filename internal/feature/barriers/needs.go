package barriers

import (
	"context"

	"wijkbaak.nl/internal/base/db"
)

// Link leads to something of another room.
type Link struct{ ID, Name, Path string }

// Person is somebody who can be named.
type Person struct{ ID, Name, Organisation, OrganisationName string }

// Municipality is a place where a barrier is met.
type Municipality struct {
	Code, Name, Path string
	Inhabitants      int64 // 0: not known
}

// Kind is a barrier of the catalogue.
type Kind struct{ Slug, Name, Category string }

// About is what an initiative is, as far as it makes situations alike.
type About struct {
	Name, Path string
	Themes     []string
	Kind       string
}

// Way is how a published case got past a barrier, or what it says of it.
type Way struct {
	Initiative, Name, Note, Path string
	Themes                       []string
	Kind                         string
}

// Thing is a pilot or a coalition.
type Thing struct{ Kind, ID, Name, Path string }

// Initiatives tells about cases.
type Initiatives interface {
	// About gives those that are there and that the actor may see, by slug.
	About(ctx context.Context, r db.Reader, slugs []string) (map[string]About, error)
	// MayEdit says nil, fault.Denied or fault.NotFound.
	MayEdit(ctx context.Context, r db.Reader, slug string) error
	// Choices are for a field: those of the actor's own organisations first.
	Choices(ctx context.Context, r db.Reader) ([]Link, error)
}

// Catalogue is the list of known barriers, and the published cases that met them.
type Catalogue interface {
	Barriers(ctx context.Context, r db.Reader) ([]Kind, error)
	Ways(ctx context.Context, r db.Reader, barrier string) ([]Way, error)
}

// People tells who is who.
type People interface {
	Names(ctx context.Context, r db.Reader, persons []string) (map[string]string, error)
	Organisations(ctx context.Context, r db.Reader) ([]Link, error)
	// Colleagues are whom the actor may name.
	Colleagues(ctx context.Context, r db.Reader) ([]Person, error)
	// DemoLead finds a person of the demonstration by first name.
	DemoLead(ctx context.Context, r db.Reader, name string) (Person, bool, error)
}

// Places knows municipalities.
type Places interface {
	Municipalities(ctx context.Context) ([]Municipality, error)
}

// Blocked knows pilots and coalitions. It may be absent.
type Blocked interface {
	// Things gives those of the ids that are there and that the actor may see.
	Things(ctx context.Context, r db.Reader, ids []string) ([]Thing, error)
	// Choices are those the actor works on.
	Choices(ctx context.Context, r db.Reader) ([]Thing, error)
}
