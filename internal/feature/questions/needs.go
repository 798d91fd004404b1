package questions

import (
	"context"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/search"
)

// Initiatives is what this room asks of the overview of cases.
type Initiatives interface {
	// Links gives name and path of the initiatives that exist, in the order asked.
	Links(ctx context.Context, r db.Reader, slugs []string) ([]Link, error)
}

// Link is something to go to.
type Link struct{ ID, Name, Path string }

// Finder finds public texts.
type Finder interface {
	Search(ctx context.Context, q search.Query) (search.Result, error)
}

// People tells who the people behind the answers are.
type People interface {
	// OnDuty is the coach who answers for a place now; false if nobody is set.
	OnDuty(ctx context.Context, r db.Reader, place string) (Helper, bool, error)
	// Describe tells how somebody stands beside what he or she wrote.
	Describe(ctx context.Context, r db.Reader, person string) (Helper, error)
	// Organisations are those a question may be passed to.
	Organisations(ctx context.Context, r db.Reader) ([]Link, error)
	// Colleagues are the coaches who may see the questions of a place, one line for
	// each organisation they do it for.
	Colleagues(ctx context.Context, r db.Reader, place string) ([]Colleague, error)
	// Names gives the names of persons by id.
	Names(ctx context.Context, r db.Reader, persons []string) (map[string]string, error)
	// Email is where a person gets mail; "" if none.
	Email(ctx context.Context, r db.Reader, person string) (string, error)
}

// Colleague is a coach, for one organisation.
type Colleague struct {
	Person, Name                   string
	Organisation, OrganisationName string
}

// Helper is a human behind an answer.
type Helper struct {
	Person       string
	Name         string // first name, as others see it
	Role         string // as people call it; empty for a resident
	Organisation string // its name
	Professional bool
}
