package offers

import (
	"context"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/search"
)

// Searcher finds public texts by words.
type Searcher interface {
	Search(ctx context.Context, q search.Query) (search.Result, error)
}

// Places knows where something is.
type Places interface {
	// Point is the middle of a postcode, with the name of its neighbourhood. It is
	// fault.KindInvalid for what is no postcode, and not found for an unknown one.
	Point(ctx context.Context, postcode string) (Point, string, error)
	// Areas are the neighbourhoods of this instance, or else its municipalities, for
	// the map and the choices of a form.
	Areas(ctx context.Context) ([]Area, error)
}

// Area is a place that an offer can be for. Rings is its outline (latitude,
// longitude); it may be empty.
type Area struct {
	Code, Name, Path string
	Lat, Lon         float64
	Rings            [][][2]float64
}

// People tells who is who.
type People interface {
	// Organisations are those whose people can keep entries, by name.
	Organisations(ctx context.Context, r db.Reader) ([]Account, error)
	// Keepers are the addresses of the people of an organisation.
	Keepers(ctx context.Context, r db.Reader, organisation string) ([]string, error)
	// Email is the address of an account; "" if there is none.
	Email(ctx context.Context, r db.Reader, person string) (string, error)
}

// Account is an organisation whose people have accounts.
type Account struct{ ID, Name string }

// Initiatives knows the overview of cases.
type Initiatives interface {
	// Links gives name and path of those that are there, by slug.
	Links(ctx context.Context, r db.Reader, slugs []string) ([]Link, error)
}

// Link leads to a page of another room.
type Link struct{ ID, Name, Path string }

// Verdicts tells what testers found of an offer; the room of tested applications
// answers.
type Verdicts interface {
	// Badges gives a badge for each of the slugs that has one.
	Badges(ctx context.Context, slugs []string) (map[string]Badge, error)
}

// Badge is a verdict in a few words, in the language of ctx, and where it is told
// in full. A lapsed one was right once.
type Badge struct {
	Text, Href string
	Lapsed     bool
}
