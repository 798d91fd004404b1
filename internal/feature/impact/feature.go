package impact

import (
	"context"
	"embed"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/room"
)

//go:embed migrations locales
var files embed.FS

// Name is the name of the room.
const Name = "impact"

// Migrations makes the tables.
var Migrations = db.Migrations{Room: Name, FS: files}

// Room is the manifest.
func (s *Service) Room() room.Room {
	return room.New(Name, personal{}, room.Parts{
		Routes: s.routes(), Migrations: files, Locales: files, Demo: s.demo,
		Plans: []db.Plan{
			{Name: "pathways", SQL: selectPublished, Args: []any{last, 20}},
			{Name: "pathways, drafts", SQL: selectDrafts, Args: []any{"o", last, 20}},
			{Name: "pathways of a person", SQL: selectOwn, Args: []any{"p", last, 20}},
			{Name: "pathways of an initiative", SQL: selectOf, Args: []any{"x", "", 20}},
			{Name: "changes of a pathway", SQL: selectChanges, Args: []any{"c", last, 20}},
			{Name: "changes of pathways by a person", SQL: selectChangeBy, Args: []any{"p", "", 20}},
		},
	})
}

// personal answers for what this room holds of one person: who made and changed
// which pathway.
type personal struct{}

type ownChange struct {
	Pathway string    `json:"pathway"`
	At      time.Time `json:"at"`
	Kind    string    `json:"kind"`
	Subject string    `json:"subject"`
}

type ownPathway struct {
	ID      string    `json:"id"`
	Title   string    `json:"title"`
	Created time.Time `json:"createdAt"`
}

// exportAtOnce is how many rows one query of an export reads.
const exportAtOnce = 500

// Export gives the pathways a person made, and each change.
func (personal) Export(ctx context.Context, r db.Reader, person string) (room.Part, error) {
	var data struct {
		Pathways []ownPathway `json:"pathways"`
		Changes  []ownChange  `json:"changes"`
	}
	if person == "" {
		return room.Part{}, nil
	}
	for before := last; before != ""; {
		list, err := db.All(ctx, r, scanPathway, selectOwn, person, before, exportAtOnce)
		if err != nil {
			return room.Part{}, err
		}
		before = ""
		for _, p := range list {
			data.Pathways = append(data.Pathways, ownPathway{p.ID, p.Title, p.Created})
			if len(list) == exportAtOnce {
				before = p.ID
			}
		}
	}
	for after, more := "", true; more; {
		list, err := db.All(ctx, r, scanChange, selectChangeBy, person, after, exportAtOnce)
		if err != nil {
			return room.Part{}, err
		}
		more = len(list) == exportAtOnce
		for _, c := range list {
			data.Changes = append(data.Changes, ownChange{c.Pathway, c.At, c.Kind, c.Subject})
			after = c.ID
		}
	}
	if data.Pathways == nil && data.Changes == nil {
		return room.Part{}, nil
	}
	return room.Part{Key: "impact.export", Data: data}, nil
}

// Erase leaves the pathways, as nobody's.
func (personal) Erase(ctx context.Context, tx *db.Tx, person string) error {
	for _, forget := range []string{forgetMaker, forgetChange} {
		if _, err := tx.Exec(ctx, forget, person); err != nil {
			return err
		}
	}
	return nil
}
