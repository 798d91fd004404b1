// Package jobs does work after a transaction has committed: sending mail,
// telling other instances, cleaning up.
//
// A job is a row of the table job, added in the transaction of what caused it,
// so that there is never one without the other. It runs at least once: a
// handler must bear being run again. A job that is done is deleted at once,
// because its payload may hold an address. One that fails is tried again after
// a growing time; after 12 attempts it is parked, where the operator sees it.
// Parked jobs are forgotten after 30 days.
package jobs

import (
	"embed"

	"wijkbaak.nl/internal/base/db"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations make the table of jobs.
var Migrations = db.Migrations{Room: "jobs", FS: files}
