package practices

import (
	"context"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/protocol/practice"
	"wijkbaak.nl/internal/trust/access"
)

// Link is something to go to.
type Link struct{ ID, Name, Path string }

// Piece is what one room brings to a package, and takes out of it.
type Piece interface {
	// Name is the name of the room and of the part.
	Name() string
	// Pack gives the part of an initiative; nil where there is nothing.
	Pack(ctx context.Context, r db.Reader, initiative string) ([]byte, error)
	// Adopt replaces what the room holds of this part for the initiative.
	Adopt(ctx context.Context, tx *db.Tx, initiative string, data []byte) error
	// PartSchema is the JSON Schema of what Pack gives.
	PartSchema() []byte
}

// Shelf is a room of things that stand by themselves, such as surveys and offers.
// They are chosen for a package one by one, and what comes of them here is a draft.
type Shelf interface {
	// Name is the name of the room and of the part.
	Name() string
	// PartSchema is the JSON Schema of the part.
	PartSchema() []byte
	// ResourceTypes are the types of the FHIR resources that its part speaks of.
	ResourceTypes() []string
	// PackChoices lists what can go along with an initiative. It reads for itself.
	PackChoices(ctx context.Context, initiative string) ([]practice.Choice, error)
	// PackChosen gives the chosen things for others: without what is of here alone,
	// which is asked. What came here in a package keeps the key that it has there.
	PackChosen(ctx context.Context, r db.Reader, initiative string, chosen []string, came []practice.Thing) (practice.Content, error)
	// PackCame gives what came as it is here now, with nothing left to ask.
	PackCame(ctx context.Context, r db.Reader, came []practice.Thing) (practice.Content, error)
	// CheckContent refuses, with a *practice.Error or beside a field, what the room
	// cannot take. It looks at no data.
	CheckContent(ctx context.Context, c practice.Content) error
	// AdoptContent makes drafts and proposals of a content, and of what came before
	// makes them so. It publishes nothing. It gives what each of them became.
	AdoptContent(ctx context.Context, tx *db.Tx, initiative string, c practice.Content, came []practice.Thing) ([]practice.Thing, error)
}

// Initiatives tells about cases and makes one as a draft.
type Initiatives interface {
	Links(ctx context.Context, r db.Reader, slugs []string) ([]Link, error)
	MayEdit(ctx context.Context, r db.Reader, slug string) error
	// Draft makes an initiative that only its organisation sees, and gives its
	// slug; origin tells which package it comes from.
	Draft(ctx context.Context, tx *db.Tx, name, summary, organisation, origin string) (string, error)
}

// Figures gives what pilots measured.
type Figures interface {
	OfInitiative(ctx context.Context, r db.Reader, slug string) ([]Figure, error)
}

// Figure is the latest value of an indicator of a pilot.
type Figure struct {
	Pilot, PilotName, Indicator, Name, Unit string
	Value, Baseline, Target                 *float64
	// Spread is the standard deviation between people, where it is known.
	Spread       *float64
	N            int
	Design, Path string
}

// People tells who is who.
type People interface {
	// Own are the organisations for which the actor may make something.
	Own(ctx context.Context, r db.Reader) ([]Link, error)
	// KnownNames are names that have no place in a package, at most some
	// thousands.
	KnownNames(ctx context.Context, r db.Reader) ([]string, error)
	// DemoLead finds an invented project leader by first name; false where the
	// demonstration has none.
	DemoLead(ctx context.Context, r db.Reader, name string) (Person, bool, error)
	// Actor is a person as if signed in with the second factor.
	Actor(ctx context.Context, r db.Reader, person string) (access.Actor, error)
}

// Person is somebody with an organisation. It is an alias, so that who tells of
// people need not know this room.
type Person = struct{ ID, Name, Organisation, OrganisationName string }
