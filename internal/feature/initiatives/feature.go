package initiatives

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
var Migrations = db.Migrations{Room: "initiatives", FS: migrations}

// The jobs of the room.
const (
	jobTellDecided = "initiatives.tell.decided"
	jobContact     = "initiatives.tell.contact"
	// JobDigest tells followers what changed; the app runs it daily, and it does its
	// work once a month.
	JobDigest = "initiatives.digest"
	// JobForget removes addresses that nobody confirmed; the app runs it daily.
	JobForget = "initiatives.forget"
)

// Room is the manifest.
func (s *Service) Room() room.Room {
	return room.New("initiatives", personal{s}, room.Parts{
		Jobs:       map[string]jobs.Handler{jobTellDecided: jobs.Typed(s.tellDecided), jobContact: jobs.Typed(s.tellContact)},
		Migrations: migrations,
		Locales:    locales,
		Routes:     s.routes(),
		Search:     docs,
		Demo:       s.demo,
		Plans:      plans(),
	})
}
