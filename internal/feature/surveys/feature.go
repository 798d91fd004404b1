package surveys

import (
	"context"
	"embed"
	"encoding/json"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/room"
)

//go:embed migrations locales demo
var files embed.FS

// Name is the name of the room.
const Name = "surveys"

// Migrations makes the tables.
var Migrations = db.Migrations{Room: Name, FS: files}

// JobForget removes what was kept for its term; the app runs it daily (Forget).
const JobForget = "surveys.forget"

// Room is the manifest.
func (s *Service) Room() room.Room {
	return room.New(Name, personal{}, room.Parts{
		Routes: append(s.routes(), s.apiRoutes()...), Migrations: files, Locales: files, Demo: s.demo, Search: s.docs,
		Plans: []db.Plan{
			{Name: "published", SQL: selectPublished, Args: []any{"", 20}},
			{Name: "current", SQL: selectCurrent, Args: []any{"x"}},
			{Name: "versions", SQL: selectOfSlug, Args: []any{"x", last, 20}},
			{Name: "of a url", SQL: selectOfURL, Args: []any{"u", 20}},
			{Name: "all", SQL: selectAll, Args: []any{last, 20}},
			{Name: "by code", SQL: selectByCode, Args: []any{[]byte{1}}},
			{Name: "own", SQL: selectOwn, Args: []any{"p", last, 20}},
			{Name: "tally", SQL: selectTally, Args: []any{"u", 20}},
			{Name: "entered", SQL: exportEntered, Args: []any{"p", "", 20}},
			{Name: "imported", SQL: exportImported, Args: []any{"p"}},
		},
	})
}

// personal answers for what this room holds of one person.
type personal struct{}

type (
	export struct {
		Filled   []exportResponse `json:"filledIn"`
		Entered  []string         `json:"enteredForOthers"`
		Imported []exportSurvey   `json:"imported"`
	}
	exportResponse struct {
		ID        string          `json:"id"`
		Survey    string          `json:"survey"`
		State     State           `json:"state"`
		Channel   Channel         `json:"channel"`
		Started   time.Time       `json:"started"`
		Changed   time.Time       `json:"changed"`
		Completed *time.Time      `json:"completed"`
		Answers   json.RawMessage `json:"answers"` // FHIR QuestionnaireResponse
	}
	exportSurvey struct {
		ID      string    `json:"id"`
		Title   string    `json:"title"`
		Version string    `json:"version"`
		At      time.Time `json:"at"`
	}
)

// exportAtOnce is how many rows one query of an export reads.
const exportAtOnce = 200

// Export gives what the person filled in, and which forms of others and which
// surveys the person put in.
func (personal) Export(ctx context.Context, r db.Reader, person string) (room.Part, error) {
	if person == "" {
		return room.Part{}, nil
	}
	var e export
	for before := last; before != ""; {
		rows, err := db.All(ctx, r, scanResponse, selectOwn, person, before, exportAtOnce)
		if err != nil {
			return room.Part{}, err
		}
		before = ""
		for _, v := range rows {
			x := exportResponse{v.ID, v.URL, v.State, v.Channel, v.Started, v.Changed, nil, v.Answers}
			if !v.Completed.IsZero() {
				x.Completed = &v.Completed
			}
			e.Filled = append(e.Filled, x)
			if len(rows) == exportAtOnce {
				before = v.ID
			}
		}
	}
	for after, more := "", true; more; {
		ids, err := db.All(ctx, r, db.Value[string], exportEntered, person, after, exportAtOnce)
		if err != nil {
			return room.Part{}, err
		}
		e.Entered = append(e.Entered, ids...)
		if more = len(ids) == exportAtOnce; more {
			after = ids[len(ids)-1]
		}
	}
	imported, err := db.All(ctx, r, scanSurvey, exportImported, person)
	if err != nil {
		return room.Part{}, err
	}
	for _, v := range imported {
		e.Imported = append(e.Imported, exportSurvey{v.ID, v.Title, v.Version, v.Created})
	}
	if e.Filled == nil && e.Entered == nil && e.Imported == nil {
		return room.Part{}, nil
	}
	return room.Part{Key: "surveys.export", Data: e}, nil
}

// Erase removes what the person filled in. What the person typed in for others, and
// the surveys, stay as nobody's.
func (personal) Erase(ctx context.Context, tx *db.Tx, person string) error {
	if person == "" {
		return nil
	}
	for _, forget := range []string{forgetResponses, forgetEntered, forgetImported} {
		if _, err := tx.Exec(ctx, forget, person); err != nil {
			return err
		}
	}
	return nil
}
