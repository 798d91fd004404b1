package screenings

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
const Name = "screenings"

// Migrations makes the tables.
var Migrations = db.Migrations{Room: Name, FS: files}

// Room is the manifest.
func (s *Service) Room() room.Room {
	return room.New(Name, personal{}, room.Parts{Routes: append(s.routes(), s.apiRoutes()...), Migrations: files, Locales: files, Demo: s.demo, Plans: plans})
}

// personal answers for what this room holds of somebody with an account: what they
// set up and wrote down. What is about who was invited stands under a code, and goes
// and comes by that code alone.
type personal struct{}

type (
	ownRound struct {
		ID      string    `json:"id"`
		Title   string    `json:"title"`
		Created time.Time `json:"createdAt"`
	}
	ownBatch struct {
		ID       string    `json:"id"`
		District string    `json:"postcode"`
		Codes    int       `json:"codes"`
		At       time.Time `json:"at"`
	}
)

// exportAtOnce is how many rows one query of an export reads.
const exportAtOnce = 500

// each reads a list in parts; after gives where the next part begins.
func each[T any](ctx context.Context, r db.Reader, scan func(db.Scanner) (T, error), query, person, from string, after func(T) string, add func(T)) error {
	for more := true; more; {
		list, err := db.All(ctx, r, scan, query, person, from, exportAtOnce)
		if err != nil {
			return err
		}
		for _, v := range list {
			add(v)
			from = after(v)
		}
		more = len(list) == exportAtOnce
	}
	return nil
}

// Export gives the rounds that a person began, the codes that they had made and the
// results that they wrote down, by id: what stands in those is of others.
func (personal) Export(ctx context.Context, r db.Reader, person string) (room.Part, error) {
	var data struct {
		Rounds  []ownRound `json:"rounds"`
		Codes   []ownBatch `json:"codes"`
		Results []string   `json:"resultsWritten"`
	}
	if person == "" {
		return room.Part{}, nil
	}
	if err := each(ctx, r, scanRound, listPerson, person, last, func(v Round) string { return v.ID }, func(v Round) {
		data.Rounds = append(data.Rounds, ownRound{v.ID, v.Title, v.Created})
	}); err != nil {
		return room.Part{}, err
	}
	if err := each(ctx, r, scanBatch, batchesBy, person, "", func(b Batch) string { return b.ID }, func(b Batch) {
		data.Codes = append(data.Codes, ownBatch{b.ID, b.District, b.Codes, b.At})
	}); err != nil {
		return room.Part{}, err
	}
	if err := each(ctx, r, db.Value[string], resultsBy, person, "", func(id string) string { return id }, func(id string) {
		data.Results = append(data.Results, id)
	}); err != nil {
		return room.Part{}, err
	}
	if data.Rounds == nil && data.Codes == nil && data.Results == nil {
		return room.Part{}, nil
	}
	return room.Part{Key: "screenings.export", Data: data}, nil
}

// Erase leaves rounds, codes and results, as nobody's.
func (personal) Erase(ctx context.Context, tx *db.Tx, person string) error {
	if person == "" {
		return nil
	}
	return tx.ExecEach(ctx, []string{forgetRounds, forgetBatches, forgetResults}, person)
}
