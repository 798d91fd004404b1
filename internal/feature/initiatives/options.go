package initiatives

import (
	"context"
	"sync/atomic"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/limit"
	"wijkbaak.nl/internal/base/outbox"
	"wijkbaak.nl/internal/trust/audit"
)

// Options are what the room needs.
type Options struct {
	DB      *db.DB
	Clock   clock.Clock
	IDs     id.Source
	Search  Searcher
	Places  Places
	People  People
	Audit   *audit.Log
	Bus     *outbox.Bus
	Root    string  // path of the place of this instance
	BaseURL string  // how people reach us
	Key     []byte  // of the links in letters to followers
	Rate    float64 // factor on the limits; 0 lifts them
	// Beside tells what other rooms have about an initiative; nil is nothing.
	Beside func(ctx context.Context, r db.Reader, slug string) ([]Beside, error)
}

// Beside is something about an initiative in another room.
type Beside struct{ Title, Note, Path string }

// Service is what this room can do.
type Service struct {
	o       Options
	db      *db.DB
	clock   clock.Clock
	search  Searcher
	places  Places
	seen    atomic.Pointer[overview]
	letters *limit.Limit // to lead organisations and to new followers
	offers  *limit.Limit // proposals
}

// New makes the service.
func New(o Options) *Service {
	return &Service{o: o, db: o.DB, clock: o.Clock, search: o.Search, places: o.Places,
		letters: limit.New(o.Clock, 5, 10*time.Minute, o.Rate),
		offers:  limit.New(o.Clock, 10, 5*time.Minute, o.Rate)}
}

// TopicMerged is the event that one initiative has become part of another; its
// payload is a Merged. Who keeps something beside From moves it to Into.
const TopicMerged = "initiatives.merged"

// Merged tells which initiative went, and into which.
type Merged struct {
	From string `json:"from"`
	Into string `json:"into"`
}
