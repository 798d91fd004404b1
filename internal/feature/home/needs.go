package home

import (
	"context"

	"wijkbaak.nl/internal/base/observe"
	"wijkbaak.nl/internal/base/search"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/places"
)

// Finder finds public texts.
type Finder interface {
	Search(ctx context.Context, q search.Query) (search.Result, error)
}

// Settings tells how a place presents itself.
type Settings interface {
	Settings(ctx context.Context, path string) (places.Settings, string, error)
}

// Routes lists the routes of the whole program, for the page that says who may
// see what.
type Routes func() []web.Route

// Health tells how each part of the program fares.
type Health func(ctx context.Context) observe.Health

// Advisor picks the answers that fit best out of all that can be found.
type Advisor interface {
	Best(ctx context.Context, words string) ([]Best, error)
}

// Best is one of those, with what spoke for it in a line each.
type Best struct {
	Hit search.Hit
	Why []string
}
