package initiatives

import (
	"context"
	"embed"
	"io/fs"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/room"
	"wijkbaak.nl/internal/trust/access"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed locales/*.json
var locales embed.FS

//go:embed demo/*.yaml
var demo embed.FS

// Migrations makes the tables.
var Migrations = db.Migrations{Room: "initiatives", FS: migrations}

// Room is the manifest. It holds nothing of persons: cases name organisations only,
// and the case files say so of themselves.
func (s *Service) Room() room.Room {
	return room.New("initiatives", room.NothingPersonal{}, room.Parts{
		Migrations: migrations,
		Locales:    locales,
		Routes:     s.routes(),
		Search:     docs,
		Demo:       s.demo,
		Plans:      plans(),
	})
}

// demo takes in the cases of the project itself.
func (s *Service) demo(ctx context.Context) error {
	names, err := fs.Glob(demo, "demo/*.yaml")
	if err != nil {
		return err
	}
	var files []File
	for _, name := range names {
		text, err := demo.ReadFile(name)
		if err != nil {
			return err
		}
		files = append(files, File{name, text})
	}
	_, err = s.Import(access.With(ctx, access.Actor{Channel: access.Shell}), files, false)
	return err
}
