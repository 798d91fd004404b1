package region

import (
	"context"
	"embed"
	"sync"
	"sync/atomic"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/room"
)

//go:embed locales
var files embed.FS

// Name is the name of the room.
const Name = "region"

// Options are what the room needs. All but DB and Clock may be missing.
type Options struct {
	DB         *db.DB
	Clock      clock.Clock
	Overview   Overview
	Places     Places
	Barriers   Barriers
	Coalitions Coalitions
	Pilots     Pilots
	// Dues gives what is due from one moment up to another, as far as the actor may
	// see it.
	Dues   func(ctx context.Context, r db.Reader, from, to time.Time) ([]Due, error)
	Words  Words
	Themes []string // that an initiative can have
	Kinds  []string
}

// Service is what this room can do.
type Service struct {
	Options
	seen   atomic.Pointer[snapshot]
	making sync.Mutex
}

// New makes the service.
func New(o Options) *Service { return &Service{Options: o} }

// Room is the manifest. The room holds no data of persons, and none at all.
func (s *Service) Room() room.Room {
	return room.New(Name, room.NothingPersonal{}, room.Parts{Routes: append(s.routes(), s.apiRoutes()...), Locales: files})
}
