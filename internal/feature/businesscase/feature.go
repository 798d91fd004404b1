package businesscase

import (
	"context"
	"embed"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/room"
)

//go:embed migrations locales demo
var files embed.FS

// Name is the name of the room.
const Name = "businesscase"

// Migrations makes the tables.
var Migrations = db.Migrations{Room: Name, FS: files}

// Room is the manifest.
func (s *Service) Room() room.Room {
	return room.New(Name, personal{}, room.Parts{
		Routes: s.routes(), Migrations: files, Locales: files, Demo: s.demo,
		Plans: []db.Plan{
			{Name: "business cases", SQL: selectPublished, Args: []any{last, 20}},
			{Name: "business cases, drafts", SQL: selectDrafts, Args: []any{"o", last, 20}},
			{Name: "business cases of a person", SQL: selectOwn, Args: []any{"p", last, 20}},
			{Name: "business cases of an initiative", SQL: selectOf, Args: []any{"x", "", 20}},
			{Name: "changes of a business case", SQL: selectChanges, Args: []any{"c", last, 20}},
			{Name: "changes by a person", SQL: selectChangeBy, Args: []any{"p", "", 20}},
		},
	})
}

// personal answers for what this room holds of one person: who made and changed
// which case.
type personal struct{}

// ownChange is a change as its maker gets it.
type ownChange struct {
	Case    string    `json:"businessCase"`
	At      time.Time `json:"at"`
	Kind    string    `json:"kind"`
	Subject string    `json:"subject"`
	Why     string    `json:"why,omitempty"`
}

// ownCase is a case as its maker gets it.
type ownCase struct {
	ID      string    `json:"id"`
	Title   string    `json:"title"`
	Created time.Time `json:"createdAt"`
}

// exportAtOnce is how many rows one query of an export reads.
const exportAtOnce = 500

// Export gives the cases a person made, and each change.
func (personal) Export(ctx context.Context, r db.Reader, person string) (room.Part, error) {
	var data struct {
		Cases   []ownCase   `json:"businessCases"`
		Changes []ownChange `json:"changes"`
	}
	for before := last; before != ""; {
		list, err := db.All(ctx, r, scanCase, selectOwn, person, before, exportAtOnce)
		if err != nil {
			return room.Part{}, err
		}
		before = ""
		for _, c := range list {
			data.Cases = append(data.Cases, ownCase{c.ID, c.Title, c.Created})
			if len(list) == exportAtOnce {
				before = c.ID
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
			data.Changes = append(data.Changes, ownChange{c.Case, c.At, c.Kind, c.Subject, c.Why})
			after = c.ID
		}
	}
	if data.Cases == nil && data.Changes == nil {
		return room.Part{}, nil
	}
	return room.Part{Key: "businesscase.export", Data: data}, nil
}

// Erase leaves the cases, as nobody's; the reasons a person wrote go.
func (personal) Erase(ctx context.Context, tx *db.Tx, person string) error {
	for _, forget := range []string{forgetMaker, forgetChange} {
		if _, err := tx.Exec(ctx, forget, person); err != nil {
			return err
		}
	}
	return nil
}
