package assessments

import (
	"context"

	"wijkbaak.nl/internal/base/db"
)

// Application is an app or website of the catalogue.
type Application struct {
	Slug, Name, Path, Summary, Vendor string
	Platforms, Themes                 []string
	Medical                           bool // sold as a medical device: marked, and not judged
}

// Applications knows the applications of the catalogue. It is asked outside of
// transactions.
type Applications interface {
	// One gives the application with a slug that the actor may see, or fault.NotFound.
	One(ctx context.Context, slug string) (Application, error)
	// Some gives a part of the list, and the key to go on from; "" when there is no more.
	Some(ctx context.Context, after string, limit int) ([]Application, string, error)
}

// Link is an organisation.
type Link struct{ ID, Name string }

// People tells who is who.
type People interface {
	Organisations(ctx context.Context, r db.Reader) ([]Link, error)
	// Testers are the addresses of the coaches and project leaders of an organisation.
	Testers(ctx context.Context, r db.Reader, organisation string) ([]string, error)
}
