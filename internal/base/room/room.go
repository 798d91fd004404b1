// Package room is the manifest of a room: what one folder of the house brings to
// the program. It is data; the app puts the rooms together.
package room

import (
	"context"
	"io/fs"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/base/outbox"
	"wijkbaak.nl/internal/base/search"
	"wijkbaak.nl/internal/base/web"
)

// Personal is what a room does with one person's data. Every room answers both.
type Personal interface {
	// Export gives what the room holds of the person (the right of access).
	Export(ctx context.Context, r db.Reader, person string) (Part, error)
	// Erase removes it, or makes it nobody's, in the transaction that erases
	// the person everywhere.
	Erase(ctx context.Context, tx *db.Tx, person string) error
}

// Part is what a room holds of a person: a heading (locale key) and data that
// can be written as JSON. Data is nil where the room holds nothing.
type Part struct {
	Key  string
	Data any
}

// Parts are all things a room may bring.
type Parts struct {
	Routes     []web.Route
	Migrations fs.FS // with migrations/*.sql
	Locales    fs.FS // with locales/*.json
	Jobs       map[string]jobs.Handler
	On         []outbox.Subscription
	Search     search.Source
	// Demo fills an empty database with content to try the program on.
	Demo func(context.Context) error
	// Plans are the list queries, for the test that reads their query plans.
	Plans []db.Plan
}

// Room is one room of the house. It is made by New.
type Room struct {
	Name     string
	Personal Personal
	Parts
}

// New makes a room; a room that does not say how it exports and erases one
// person's data does not compile.
func New(name string, p Personal, parts Parts) Room {
	return Room{Name: name, Personal: p, Parts: parts}
}

// NothingPersonal is for a room that holds no data of persons.
type NothingPersonal struct{}

// Export gives nothing.
func (NothingPersonal) Export(context.Context, db.Reader, string) (Part, error) { return Part{}, nil }

// Erase has nothing to remove.
func (NothingPersonal) Erase(context.Context, *db.Tx, string) error { return nil }

// Steps lists the migrations of the rooms, in their order.
func Steps(rooms []Room) []db.Migrations {
	var list []db.Migrations
	for _, r := range rooms {
		if r.Migrations != nil {
			list = append(list, db.Migrations{Room: r.Name, FS: r.Migrations})
		}
	}
	return list
}

// Words lists the locales of the rooms.
func Words(rooms []Room) []i18n.Source {
	var list []i18n.Source
	for _, r := range rooms {
		if r.Locales != nil {
			list = append(list, i18n.Source{Room: r.Name, FS: r.Locales})
		}
	}
	return list
}
