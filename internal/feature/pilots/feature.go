package pilots

import (
	"embed"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/room"
)

//go:embed migrations locales
var files embed.FS

// Name is the name of the room.
const Name = "pilots"

// Migrations makes the tables.
var Migrations = db.Migrations{Room: Name, FS: files}

// The jobs of the room; the app runs both each night, JobCount first.
const (
	JobCount = "pilots.count"
	JobNight = "pilots.night"
)

// Room is the manifest.
func (s *Service) Room() room.Room {
	return room.New(Name, personal{}, room.Parts{
		Routes: append(s.routes(), s.apiRoutes()...), Migrations: files, Locales: files, Demo: s.demo,
		Plans: plans(),
	})
}

// plans are the list queries with arguments like the real ones.
func plans() []db.Plan {
	of, in := any("beweegcoach"), any("GM0153")
	var list []db.Plan
	for state, four := range lists {
		for k, args := range [][]any{{}, {of}, {in}, {of, in}} {
			list = append(list, db.Plan{Name: "pilots " + state + string(rune('0'+k)), SQL: four[k], Args: append([]any{last, 21}, args...)})
		}
	}
	return append(list, []db.Plan{
		{Name: "pilots of an initiative", SQL: selectOf, Args: []any{of}},
		{Name: "drafts", SQL: selectDrafts, Args: []any{"o"}},
		{Name: "adopted drafts", SQL: selectAdopted, Args: []any{of}},
		{Name: "packed pilot", SQL: selectPacked, Args: []any{of}},
		{Name: "running pilots", SQL: selectRunning, Args: []any{"", 100}},
		{Name: "running pilots on a map", SQL: selectOnMap, Args: []any{"", 100}},
		{Name: "pilots to decide", SQL: selectDecide, Args: []any{0, 1}},
		{Name: "pilots led by", SQL: selectLedBy, Args: []any{"p"}},
		{Name: "indicators", SQL: selectIndicators, Args: []any{"p"}},
		{Name: "indicators that count", SQL: selectCounting, Args: []any{"", 100}},
		{Name: "indicators with a figure", SQL: selectFigures, Args: []any{"p"}},
		{Name: "measurements", SQL: selectMeasurements, Args: []any{"i", 1, 201}},
		{Name: "corrections", SQL: selectOld, Args: []any{"p"}},
		{Name: "days of few", SQL: selectFew, Args: []any{"i", 1, fewest, 10}},
		{Name: "months", SQL: selectMonths, Args: []any{"i", 1}},
		{Name: "rules", SQL: selectRules, Args: []any{"p"}},
		{Name: "costs", SQL: selectCosts, Args: []any{"p"}},
		{Name: "risks", SQL: selectRisks, Args: []any{"p"}},
		{Name: "notes", SQL: selectNotes, Args: []any{"p"}},
		{Name: "decisions", SQL: selectDecisions, Args: []any{"p"}},
		{Name: "deciders", SQL: selectDeciders, Args: []any{"p"}},
		{Name: "changes", SQL: selectChanges, Args: []any{"p"}},
		{Name: "measured by", SQL: exportMeasured, Args: []any{"p"}},
		{Name: "notes by", SQL: exportNotes, Args: []any{"p"}},
		{Name: "decisions by", SQL: exportDecisions, Args: []any{"p"}},
		{Name: "changes by", SQL: exportChanges, Args: []any{"p"}},
	}...)
}
