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
	// MayEdit tells whether the actor may edit it: nil, or why not.
	MayEdit(ctx context.Context, r db.Reader, slug string) error
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

// Source is a room that measures something of itself, such as how many questions
// were asked or the mean score of a survey. Each is registered under a name of its
// own, which never changes: it stands in pilots and in packages.
type Source interface {
	// Name is one word without a dot.
	Name() string
	// Kinds lists what it can measure now, in the words of ctx.
	Kinds(ctx context.Context, r db.Reader) ([]Counter, error)
	// Read measures a kind over a period; false where there is nothing to tell. It
	// gives the figure as it is: what is about few is left out here.
	Read(ctx context.Context, r db.Reader, kind string, a About) (Reading, bool, error)
}

// Counter is one thing that a source measures.
type Counter struct {
	Kind  string // within the source
	Name  string // as people read it
	Gives Kind   // of the figures
}

// About is what a source measures something of, from up to before, two days.
type About struct {
	Initiative   string // slug
	Pilot        string // id
	Place        string // path; / is everywhere
	From, Before time.Time
}

// Reading is what was measured. N is over how many people or answers it goes, and
// Spread their standard deviation; a number of things has neither.
type Reading struct {
	Value  float64
	N      int
	Spread *float64
}
