package audit

import (
	"context"
	"embed"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/room"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

//go:embed migrations/*.sql locales/*.json
var files embed.FS

// Migrations make the tables of the log.
var Migrations = db.Migrations{Room: "audit", FS: files}

// Room is what the log brings to the program.
func (l *Log) Room() room.Room {
	return room.New("audit", personal{}, room.Parts{
		Routes:     []web.Route{web.Get(Path, access.Has(access.Operator), l.page)},
		Migrations: files,
		Locales:    files,
		Plans: []db.Plan{
			{Name: "all events", SQL: listAll, Args: []any{lastID, 50, ""}},
			{Name: "events of an action", SQL: listAction, Args: []any{lastID, 50, "D"}},
			{Name: "events of an object", SQL: listObject, Args: []any{lastID, 50, "", "question", "1", ""}},
			{Name: "events by a person", SQL: listPerson, Args: []any{lastID, 50, "", "1"}},
			{Name: "events about a person", SQL: listSubject, Args: []any{lastID, 50, "", "1"}},
			{Name: "waiting events", SQL: selectWaiting, Args: []any{sealAtOnce}},
			{Name: "leaves", SQL: selectLeaves, Args: []any{1, "", readAtOnce}},
			{Name: "hashes", SQL: selectHashes, Args: []any{1, readAtOnce}},
			{Name: "checkpoints", SQL: selectCheckpoints, Args: []any{1, readAtOnce}},
			{Name: "checkpoint before a time", SQL: checkpointBefore, Args: []any{1}},
		},
	})
}

type personal struct{}

// Export gives all events that the person caused or that are about them.
func (personal) Export(ctx context.Context, r db.Reader, person string) (room.Part, error) {
	part := room.Part{Key: "audit.export.title"}
	if person == "" {
		return part, nil
	}
	var all []Event
	for before := ""; ; {
		p, err := ByPerson(ctx, r, person, before, limitMost)
		if err != nil {
			return part, err
		}
		for _, e := range p.Events {
			if e.Subject != person {
				e.Subject = "" // whom the person worked for is theirs
			}
			all = append(all, e)
		}
		if before = p.Next; before == "" {
			break
		}
	}
	if len(all) > 0 {
		part.Data = all
	}
	return part, nil
}

// Erase changes nothing: the law asks to keep who did what for at least five
// years, and an event holds ids only. The id of a person says nothing any more
// once the room of people has removed the row it belongs to.
func (personal) Erase(context.Context, *db.Tx, string) error { return nil }
