package coalitions

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
)

// Link leads to something of another room.
type Link struct{ ID, Name, Path string }

// Fact is something known about an initiative, in words for people: its phase,
// how strong the evidence is, whether the cost is known.
type Fact struct{ Name, Value string }

// Initiatives is the overview, from which a long list is made.
type Initiatives interface {
	// Links gives those that are there.
	Links(ctx context.Context, r db.Reader, slugs []string) ([]Link, error)
	// Find gives at most that many that fit the words; without words those of the
	// actor's own organisations first. It is never asked within a transaction.
	Find(ctx context.Context, words string, most int) ([]Link, error)
	// Facts helps who scores, by slug. It is never asked within a transaction.
	Facts(ctx context.Context, slugs []string) (map[string][]Fact, error)
}

// Person is somebody who can be named.
type Person struct{ ID, Name, Organisation, OrganisationName string }

// People tells who is who.
type People interface {
	// Names gives the names of persons by id; who was erased is not in it.
	Names(ctx context.Context, r db.Reader, persons []string) (map[string]string, error)
	Organisations(ctx context.Context, r db.Reader) ([]Link, error)
	// Email is the address of an account; empty if there is none.
	Email(ctx context.Context, r db.Reader, person string) (string, error)
	// DemoLead finds a project leader of the demonstration by first name.
	DemoLead(ctx context.Context, r db.Reader, name string) (Person, bool, error)
}

// Municipality is a city that can take part.
type Municipality struct{ Code, Name, Path string }

// Places knows the municipalities.
type Places interface {
	Municipalities(ctx context.Context) ([]Municipality, error)
}

// Point is something open in the plan of a coalition.
type Point struct {
	Title, Path string
	Due         time.Time
}

// Plan is the scaling plan of a coalition.
type Plan interface {
	// OpenPoints are what a meeting should talk about.
	OpenPoints(ctx context.Context, r db.Reader, coalition string) ([]Point, error)
	// AddStep puts an action of a meeting into the plan.
	AddStep(ctx context.Context, tx *db.Tx, coalition, title, owner string, due time.Time) error
	// ForGuest gives the plans, with the path by which the guest of a link reads
	// them. The link has been checked.
	ForGuest(ctx context.Context, r db.Reader, coalition, token string) ([]Link, error)
}
