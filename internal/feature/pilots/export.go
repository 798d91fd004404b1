package pilots

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/room"
)

// personal answers for what this room holds of one person: whom who leads is told,
// and who wrote, measured, decided or changed what.
type personal struct{}

type (
	taken struct {
		Leads        []exportLed         `json:"leads"`
		Notes        []exportNote        `json:"notes"`
		Decisions    []exportDecision    `json:"decisions"`
		Measurements []exportMeasurement `json:"measurements"`
		Changes      []exportChange      `json:"changes"`
	}
	exportLed struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	exportNote struct {
		Day   time.Time `json:"day"`
		Body  string    `json:"body"`
		Quote string    `json:"quote"`
	}
	exportDecision struct {
		Day     time.Time `json:"day"`
		Outcome Outcome   `json:"outcome"`
		Reason  string    `json:"reason"`
	}
	exportMeasurement struct {
		Day   time.Time `json:"day"`
		Value float64   `json:"value"`
		N     int       `json:"n"`
		Note  string    `json:"note"`
		At    time.Time `json:"at"`
	}
	exportChange struct {
		At   time.Time `json:"at"`
		Part string    `json:"part"`
		Why  string    `json:"why"`
	}
)

// Export gives what the person leads, wrote, measured, decided and changed.
func (personal) Export(ctx context.Context, r db.Reader, person string) (room.Part, error) {
	part := room.Part{Key: "pilots.export"}
	if person == "" {
		return part, nil
	}
	var e taken
	var err error
	if e.Leads, err = db.All(ctx, r, func(s db.Scanner) (l exportLed, err error) {
		err = s.Scan(&l.ID, &l.Name)
		return l, err
	}, selectLedBy, person); err != nil {
		return part, err
	}
	notes, err := db.All(ctx, r, scanNote, exportNotes, person)
	if err != nil {
		return part, err
	}
	for _, n := range notes {
		e.Notes = append(e.Notes, exportNote{n.Day, n.Body, n.Quote})
	}
	decisions, err := db.All(ctx, r, scanDecision, exportDecisions, person)
	if err != nil {
		return part, err
	}
	for _, d := range decisions {
		e.Decisions = append(e.Decisions, exportDecision{d.Day, d.Outcome, d.Reason})
	}
	measured, err := db.All(ctx, r, scanMeasurement, exportMeasured, person)
	if err != nil {
		return part, err
	}
	for _, m := range measured {
		e.Measurements = append(e.Measurements, exportMeasurement{m.Day, m.Value, m.N, m.Note, m.At})
	}
	changes, err := db.All(ctx, r, scanChange, exportChanges, person)
	if err != nil {
		return part, err
	}
	for _, c := range changes {
		e.Changes = append(e.Changes, exportChange{c.At, c.Part, c.Why})
	}
	if len(e.Leads)+len(e.Notes)+len(e.Decisions)+len(e.Measurements)+len(e.Changes) > 0 {
		part.Data = e
	}
	return part, nil
}

// Erase takes the person off all of it. Figures and decisions stay, as nobody's.
func (personal) Erase(ctx context.Context, tx *db.Tx, person string) error {
	for _, forget := range []string{forgetLead, forgetMeasured, forgetOld, forgetReplaced, forgetNotes, forgetDecided, forgetDecider, forgetChanges} {
		if _, err := tx.Exec(ctx, forget, person); err != nil {
			return err
		}
	}
	return nil
}
