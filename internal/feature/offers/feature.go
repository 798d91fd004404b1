package offers

import (
	"embed"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/base/room"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed locales/*.json
var locales embed.FS

//go:embed demo/*.yaml
var demo embed.FS

// Migrations makes the tables.
var Migrations = db.Migrations{Room: "offers", FS: migrations}

// The jobs of the room.
const (
	jobTellDecided = "offers.tell.decided"
	// JobAsk writes to the keepers of entries that nobody looked at for long; the app
	// runs it daily.
	JobAsk = "offers.ask"
)

// Room is the manifest.
func (s *Service) Room() room.Room {
	return room.New("offers", personal{s}, room.Parts{
		Jobs:       map[string]jobs.Handler{jobTellDecided: jobs.Typed(s.tellDecided)},
		Migrations: migrations,
		Locales:    locales,
		Routes:     s.routes(),
		Search:     docs,
		Demo:       s.demo,
		Plans:      append(plans(), feedPlans()...),
	})
}
