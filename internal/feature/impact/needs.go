package impact

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
)

// Link leads to something of another room.
type Link struct{ ID, Name, Path string }

// Person is somebody who can be named.
type Person struct{ ID, Name, Organisation, OrganisationName string }

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
	// DemoLead finds a person of the demonstration by first name.
	DemoLead(ctx context.Context, r db.Reader, name string) (Person, bool, error)
}

// Figures gives what the published pilots of an initiative measured: the latest
// value of each indicator, none of fewer than ten people.
type Figures interface {
	OfInitiative(ctx context.Context, r db.Reader, slug string) ([]Figure, error)
}

// Figure is the latest value of an indicator (by its code) of a pilot. Unit is as
// people read it behind a number: %, euro, bezoeken.
type Figure struct {
	Pilot, PilotName, Indicator, Name, Unit string
	Value                                   float64
	Target                                  *float64
	N                                       int // people behind it; 0 where that says nothing
	To                                      time.Time
	Path                                    string
}
