package agreements

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
const Name = "agreements"

// Migrations makes the tables.
var Migrations = db.Migrations{Room: Name, FS: files}

// Room is the manifest.
func (s *Service) Room() room.Room {
	return room.New(Name, personal{}, room.Parts{
		Routes: s.routes(), Migrations: files, Locales: files, Demo: s.demo,
		Plans: []db.Plan{
			{Name: "agreements", SQL: selectPublished, Args: []any{last, 20}},
			{Name: "agreements, drafts", SQL: selectDrafts, Args: []any{"o", last, 20}},
			{Name: "agreements of a person", SQL: selectOwn, Args: []any{"p", last, 20}},
			{Name: "agreements of an initiative", SQL: selectOf, Args: []any{"x", "", 20}},
			{Name: "days of an agreement", SQL: selectChecks, Args: []any{"a"}},
			{Name: "days settled by a person", SQL: selectBy, Args: []any{"p", "", 20}},
			{Name: "days that come", SQL: selectDue, Args: []any{0, 1, 20}},
			{Name: "days that come, of an organisation", SQL: selectDueOf, Args: []any{"o", 0, 1, 20}},
			{Name: "changes of an agreement", SQL: selectChanges, Args: []any{"c", last, 20}},
			{Name: "changes of agreements by a person", SQL: selectChangeBy, Args: []any{"p", "", 20}},
		},
	})
}

// personal answers for what this room holds of one person: who made, changed and
// settled what.
type personal struct{}

type ownAgreement struct {
	ID      string    `json:"id"`
	Title   string    `json:"title"`
	Created time.Time `json:"createdAt"`
}

type ownCheck struct {
	Agreement string    `json:"agreement"`
	Due       time.Time `json:"day"`
	At        time.Time `json:"settledAt"`
	Cents     int64     `json:"cents"`
	Source    string    `json:"source"`
}

type ownChange struct {
	Agreement string    `json:"agreement"`
	At        time.Time `json:"at"`
	Kind      string    `json:"kind"`
	Subject   string    `json:"subject"`
	Why       string    `json:"why,omitempty"`
}

// exportAtOnce is how many rows one query of an export reads.
const exportAtOnce = 500

// Export gives the agreements a person made, the days they settled, and each change.
func (personal) Export(ctx context.Context, r db.Reader, person string) (room.Part, error) {
	var data struct {
		Agreements  []ownAgreement `json:"agreements"`
		Settlements []ownCheck     `json:"settlements"`
		Changes     []ownChange    `json:"changes"`
	}
	if person == "" {
		return room.Part{}, nil
	}
	for before, more := last, true; more; {
		list, err := db.All(ctx, r, scanAgreement, selectOwn, person, before, exportAtOnce)
		if err != nil {
			return room.Part{}, err
		}
		more = len(list) == exportAtOnce
		for _, g := range list {
			data.Agreements = append(data.Agreements, ownAgreement{g.ID, g.Title, g.Created})
			before = g.ID
		}
	}
	for after, more := "", true; more; {
		list, err := db.All(ctx, r, scanCheck, selectBy, person, after, exportAtOnce)
		if err != nil {
			return room.Part{}, err
		}
		more = len(list) == exportAtOnce
		for _, c := range list {
			data.Settlements = append(data.Settlements, ownCheck{c.Agreement, c.Due, c.At, c.Cents, c.Source})
			after = c.ID
		}
	}
	for after, more := "", true; more; {
		list, err := db.All(ctx, r, scanChange, selectChangeBy, person, after, exportAtOnce)
		if err != nil {
			return room.Part{}, err
		}
		more = len(list) == exportAtOnce
		for _, c := range list {
			data.Changes = append(data.Changes, ownChange{c.Agreement, c.At, c.Kind, c.Subject, c.Why})
			after = c.ID
		}
	}
	if data.Agreements == nil && data.Settlements == nil && data.Changes == nil {
		return room.Part{}, nil
	}
	return room.Part{Key: "agreements.export", Data: data}, nil
}

// Erase leaves agreements and settlements, as nobody's; the reasons a person wrote
// go.
func (personal) Erase(ctx context.Context, tx *db.Tx, person string) error {
	for _, forget := range []string{forgetMaker, forgetCheck, forgetChange} {
		if _, err := tx.Exec(ctx, forget, person); err != nil {
			return err
		}
	}
	return nil
}
