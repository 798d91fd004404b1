package initiatives

import (
	"context"

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
