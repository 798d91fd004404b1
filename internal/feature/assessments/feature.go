package assessments

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
const Name = "assessments"

// Migrations makes the tables.
var Migrations = db.Migrations{Room: Name, FS: files}

// Room is the manifest.
func (s *Service) Room() room.Room {
	return room.New(Name, personal{}, room.Parts{Routes: s.routes(), Migrations: files, Locales: files, Demo: s.demo, Plans: plans()})
}

// personal answers for what this room holds of one person: what they scored, how
// they settled differences, and which tests they asked for.
type personal struct{}

type ownTest struct {
	ID      string    `json:"id"`
	Name    string    `json:"application"`
	Version string    `json:"version"`
	At      time.Time `json:"at"`
}

type ownSeatData struct {
	Test  string     `json:"test"`
	For   string     `json:"organisation"`
	Marks []Mark     `json:"scores"`
	At    *time.Time `json:"handedAt,omitempty"`
}

type ownStance struct {
	Test      string    `json:"test"`
	Criterion string    `json:"criterion"`
	Score     string    `json:"score"`
	Reason    string    `json:"reason"`
	At        time.Time `json:"at"`
}

// stancesMost bounds the stances of one person that are given.
const stancesMost = 5000

// Export gives all of it.
func (personal) Export(ctx context.Context, r db.Reader, person string) (room.Part, error) {
	var data struct {
		Tests   []ownTest     `json:"asked"`
		Seats   []ownSeatData `json:"scored"`
		Stances []ownStance   `json:"settled"`
	}
	if person == "" {
		return room.Part{}, nil
	}
	err := pages(func(after string) (int, string, error) {
		list, err := db.All(ctx, r, scanAssessment, selectMade, person, after, readAtOnce)
		for _, a := range list {
			data.Tests, after = append(data.Tests, ownTest{a.ID, a.Name, a.Version, a.Made}), a.ID
		}
		return len(list), after, err
	})
	if err != nil {
		return room.Part{}, err
	}
	err = pages(func(after string) (int, string, error) {
		list, err := db.All(ctx, r, scanSeat, selectSeatsBy, person, after, readAtOnce)
		for _, s := range list {
			o := ownSeatData{Test: s.Assessment, For: s.Name, Marks: s.Marks}
			if !s.Handed.IsZero() {
				o.At = &s.Handed
			}
			data.Seats, after = append(data.Seats, o), s.ID
		}
		return len(list), after, err
	})
	if err != nil {
		return room.Part{}, err
	}
	stances, err := db.All(ctx, r, scanStance, selectStancesBy, person, "", stancesMost)
	for _, s := range stances {
		data.Stances = append(data.Stances, ownStance{s.Assessment, s.Criterion, s.Score, s.Reason, s.At})
	}
	if err != nil || data.Tests == nil && data.Seats == nil && data.Stances == nil {
		return room.Part{}, err
	}
	return room.Part{Key: "assessments.export", Data: data}, nil
}

// Erase empties what was not handed in; what was, stays as that of the organisation.
func (personal) Erase(ctx context.Context, tx *db.Tx, person string) error {
	return tx.ExecEach(ctx, []string{forgetMaker, forgetMarks, forgetSeat, forgetStance}, person)
}
