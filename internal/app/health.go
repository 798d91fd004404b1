package app

import (
	"context"

	"wijkbaak.nl/internal/feature/home"
)

// health tells how each part of the program fares, without secrets.
func (a *App) health(ctx context.Context) []home.Part {
	parts := []home.Part{{Name: "database", OK: a.DB.Ping(ctx) == nil}}
	queue, err := a.Queue.State(ctx)
	parts = append(parts, home.Part{Name: "jobs", OK: err == nil && queue.Failed == 0, Figures: map[string]int{
		"waiting": queue.Waiting, "failed": queue.Failed}})
	found := a.Search.State()
	parts = append(parts, home.Part{Name: "search", OK: found.Ready && found.Err == nil, Figures: map[string]int{"texts": found.Texts}})
	log, err := a.Audit.State(ctx)
	return append(parts, home.Part{Name: "log", OK: err == nil, Figures: map[string]int{"waiting": log.Waiting}})
}
