package phases

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
)

// Link leads to something of another room.
type Link struct{ ID, Name, Path string }

// Person is somebody who can be named.
type Person struct{ ID, Name, Organisation, OrganisationName string }

// Municipality is a place with what is known of it.
type Municipality struct {
	Code, Name, Path string
	Figures
}

// Figures are what is known of who lives in a place; 0 is not known.
type Figures struct {
	Inhabitants   int64
	Density       float64    // inhabitants a km²
	Addresses     float64    // addresses a km² in the surroundings of an address
	Urbanity      int        // from 1 (very urban) to 5 (not urban)
	Estimated     bool       // Urbanity is a guess
	Ages          [5]float64 // shares in percent, of the groups of AgesFrom
	Over75        float64    // part of the last group
	Demonstration bool       // made up
}

// Facts are what is published about an initiative.
type Facts struct {
	Name, Phase    string
	Preconditions  []string
	Municipalities []Place
	Barriers       []Link // Path leads to the catalogue
}

// Place is a municipality where an initiative runs; Code may be empty.
type Place struct{ Code, Name string }

// Initiatives tells about cases.
type Initiatives interface {
	// Facts says fault.NotFound for who may not see the initiative.
	Facts(ctx context.Context, r db.Reader, slug string) (Facts, error)
	// Links gives those that are there and may be seen.
	Links(ctx context.Context, r db.Reader, slugs []string) ([]Link, error)
	// MayEdit says nil, fault.Denied or fault.NotFound.
	MayEdit(ctx context.Context, r db.Reader, slug string) error
	// SetPhase moves an initiative.
	SetPhase(ctx context.Context, tx *db.Tx, slug, status string, year int, note, why string) error
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

// Plan takes a step into the scaling plan of an organisation for an initiative; the
// path leads to it. It may be absent.
type Plan interface {
	AddStep(ctx context.Context, tx *db.Tx, initiative, organisation, title, owner string, due time.Time) (path string, err error)
}
