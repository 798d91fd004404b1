package initiatives

import (
	"context"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/search"
)

// Searcher finds public texts by words.
type Searcher interface {
	Search(ctx context.Context, q search.Query) (search.Result, error)
}

// Places knows the municipalities. Their centres together show the outline of
// the country.
type Places interface {
	Centres(ctx context.Context) ([]Centre, error)
}

// Centre is the middle of a municipality. Code is its CBS code.
type Centre struct {
	Code, Name string
	Lat, Lon   float64
}

// People tells who is who.
type People interface {
	// Names gives the names of persons by id; who was erased is not in it.
	Names(ctx context.Context, r db.Reader, persons []string) (map[string]string, error)
	// Organisations are those that can own an initiative, by name.
	Organisations(ctx context.Context, r db.Reader) ([]Organisation, error)
	// LeadEmails are the addresses of the project leaders of an organisation.
	LeadEmails(ctx context.Context, r db.Reader, organisation string) ([]string, error)
	// Email is the address of an account; "" if there is none.
	Email(ctx context.Context, r db.Reader, person string) (string, error)
}

// Organisation is who somebody works for.
type Organisation struct{ ID, Name string }
