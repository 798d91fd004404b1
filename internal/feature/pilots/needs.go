package pilots

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
)

// Link leads to something of another room.
type Link struct{ ID, Name, Path string }

// Person is somebody who can be named.
type Person struct{ ID, Name, Organisation, OrganisationName string }

// Municipality is a place where a pilot can run.
type Municipality struct{ Code, Name, Path string }

// Initiatives tells about cases.
type Initiatives interface {
	// Links gives those that are there.
	Links(ctx context.Context, r db.Reader, slugs []string) ([]Link, error)
	// Choices are for a field: those of the actor's own organisations first.
	Choices(ctx context.Context, r db.Reader) ([]Link, error)
}

// Evidence takes in what a pilot proved. It does not ask whether the actor may edit
// the initiative: that a pilot of it ended is a fact about it. The same Key
// replaces. A fault it gives is noted, and does not keep the pilot from ending.
type Evidence interface {
	AddEvidence(ctx context.Context, tx *db.Tx, slug string, e EvidenceRow, why string) error
}

// People tells who is who.
type People interface {
	Names(ctx context.Context, r db.Reader, persons []string) (map[string]string, error)
	Organisations(ctx context.Context, r db.Reader) ([]Link, error)
	// Colleagues are whom the actor may name.
	Colleagues(ctx context.Context, r db.Reader) ([]Person, error)
	Email(ctx context.Context, r db.Reader, person string) (string, error)
	// DemoLead finds a person of the demonstration by first name.
	DemoLead(ctx context.Context, r db.Reader, name string) (Person, bool, error)
}

// Places knows municipalities.
type Places interface {
	Municipalities(ctx context.Context) ([]Municipality, error)
}

// Counter is something the program itself counts.
type Counter struct{ Kind, Name string }

// Counters counts what happened in the program, in a place and a period.
type Counters interface {
	Kinds(ctx context.Context) []Counter
	Count(ctx context.Context, r db.Reader, kind, place string, from, to time.Time) (int, error)
}
