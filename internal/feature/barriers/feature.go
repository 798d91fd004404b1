package barriers

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
const Name = "barriers"

// Migrations makes the tables.
var Migrations = db.Migrations{Room: Name, FS: files}

// Room is the manifest.
func (s *Service) Room() room.Room {
	return room.New(Name, personal{}, room.Parts{
		Routes: s.routes(), Migrations: files, Locales: files, Demo: s.demo,
		Plans: []db.Plan{
			{Name: "entries", SQL: selectAll, Args: []any{last, chunk}},
			{Name: "entries of a status", SQL: selectStatus, Args: []any{Open, last, chunk}},
			{Name: "entries that stand open", SQL: selectActive, Args: []any{last, chunk}},
			{Name: "entries of a category", SQL: selectCategory, Args: []any{"c", last, chunk}},
			{Name: "entries of a barrier", SQL: selectBarrier, Args: []any{"b", last, chunk}},
			{Name: "entries of an initiative", SQL: selectInitiative, Args: []any{"i", last, chunk}},
			{Name: "entries of a municipality", SQL: selectMunicipality, Args: []any{"m", last, chunk}},
			{Name: "entries of an owner", SQL: selectOwner, Args: []any{"p", last, chunk}},
			{Name: "entries by a person", SQL: selectPerson, Args: []any{"p", last, chunk}},
			{Name: "ways past a barrier", SQL: selectWays, Args: []any{"b"}},
			{Name: "ways past a category", SQL: selectWaysCategory, Args: []any{"c"}},
			{Name: "entries that come due", SQL: selectDue, Args: []any{int64(1), int64(2)}},
			{Name: "changes of an entry", SQL: selectChanges, Args: []any{"e"}},
			{Name: "changes by a person", SQL: selectChangeBy, Args: []any{"p", last, chunk}},
		},
	})
}

// personal answers for what this room holds of one person: what they own, wrote
// down and changed.
type personal struct{}

type (
	export struct {
		Owns    []exportEntry  `json:"owns"`
		Wrote   []exportEntry  `json:"wrote"`
		Changes []exportChange `json:"changes"`
	}
	exportEntry struct {
		ID     string     `json:"id"`
		Title  string     `json:"title"`
		Status string     `json:"status"`
		Due    *time.Time `json:"due,omitempty"`
		Tried  string     `json:"tried,omitempty"`
		Worked string     `json:"worked,omitempty"`
	}
	exportChange struct {
		Entry string    `json:"entry"`
		At    time.Time `json:"at"`
		Kind  string    `json:"kind"`
		Why   string    `json:"why,omitempty"`
	}
)

// every reads all rows of a query that goes by person and id.
func every[T any](ctx context.Context, r db.Reader, scan func(db.Scanner) (T, error), id func(T) string, query, person string) (all []T, err error) {
	for before := last; ; {
		list, err := db.All(ctx, r, scan, query, person, before, chunk)
		all = append(all, list...)
		if err != nil || len(list) < chunk {
			return all, err
		}
		before = id(list[len(list)-1])
	}
}

func entryID(e Entry) string { return e.ID }

func exported(list []Entry) (out []exportEntry) {
	for _, e := range list {
		x := exportEntry{ID: e.ID, Title: e.Title, Status: e.Status, Tried: e.Tried, Worked: e.Worked}
		if !e.Due.IsZero() {
			x.Due = &e.Due
		}
		out = append(out, x)
	}
	return out
}

// Export gives what a person owns, wrote down and changed.
func (personal) Export(ctx context.Context, r db.Reader, person string) (room.Part, error) {
	part := room.Part{Key: "barriers.export"}
	if person == "" {
		return part, nil
	}
	owns, err := every(ctx, r, scanEntry, entryID, selectOwner, person)
	if err != nil {
		return part, err
	}
	wrote, err := every(ctx, r, scanEntry, entryID, selectPerson, person)
	if err != nil {
		return part, err
	}
	changes, err := every(ctx, r, scanChange, func(c Change) string { return c.ID }, selectChangeBy, person)
	e := export{Owns: exported(owns), Wrote: exported(wrote)}
	for _, c := range changes {
		e.Changes = append(e.Changes, exportChange{c.Entry, c.At, c.Kind, c.Why})
	}
	if len(e.Owns)+len(e.Wrote)+len(e.Changes) > 0 {
		part.Data = e
	}
	return part, err
}

// Erase takes the person off all of it; the entries stay, as nobody's.
func (personal) Erase(ctx context.Context, tx *db.Tx, person string) error {
	for _, forget := range []string{forgetOwner, forgetPerson, forgetChange} {
		if _, err := tx.Exec(ctx, forget, person); err != nil {
			return err
		}
	}
	return nil
}
