package practices

import (
	"context"
	"embed"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/base/room"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed locales/*.json
var locales embed.FS

// Name is the name of the room.
const Name = "practices"

// Migrations makes the tables.
var Migrations = db.Migrations{Room: Name, FS: migrations}

// The jobs of the room. JobTend is done every hour.
const (
	jobSend = "practices.send"
	JobTend = "practices.tend"
)

// Room is the manifest.
func (s *Service) Room() room.Room {
	return room.New(Name, personal{}, room.Parts{
		Routes: append(s.routes(), s.apiRoutes()...), Migrations: migrations, Locales: locales, Demo: s.demo,
		Jobs: map[string]jobs.Handler{jobSend: jobs.Typed(s.deliver)},
		Plans: []db.Plan{
			{Name: "offered", SQL: selectPractices, Args: []any{"", 20}},
			{Name: "of an initiative", SQL: selectOfInitiative, Args: []any{"i"}},
			{Name: "versions", SQL: selectVersions, Args: []any{"a.b"}},
			{Name: "log", SQL: selectLeaves, Args: []any{0, 20}},
			{Name: "checkpoint", SQL: selectCheckpoint, Args: []any{0}},
			{Name: "files of an offer", SQL: selectDraftFiles, Args: []any{"i"}},
			{Name: "what came of a package", SQL: selectMade, Args: []any{"i", "offers"}},
			{Name: "list of files", SQL: listDraftFiles, Args: []any{"i"}},
			{Name: "adopted", SQL: selectAllAdopted, Args: []any{"", 20}},
			{Name: "adopted from", SQL: selectAdoptedFrom, Args: []any{"https://a.example", "a.b"}},
			{Name: "peers", SQL: selectPeers, Args: []any{"", 20}},
			{Name: "results", SQL: selectReceived, Args: []any{"k", "a.b", StateAccepted}},
			{Name: "held", SQL: selectHeld, Args: []any{StateHeld}},
			{Name: "held of a sender", SQL: selectHeldOf, Args: []any{"k"}},
			{Name: "sent", SQL: selectSentOf, Args: []any{"i"}},
			{Name: "waiting", SQL: selectWaiting},
			{Name: "versions by", SQL: exportVersions, Args: []any{"p"}},
			{Name: "adopted by", SQL: exportAdopted, Args: []any{"p"}},
			{Name: "sent by", SQL: exportSent, Args: []any{"p"}},
			{Name: "drafts by", SQL: exportDrafts, Args: []any{"p"}},
			{Name: "waits for", SQL: selectIncomingOfBy, Args: []any{"p"}},
			{Name: "came in for", SQL: exportIncoming, Args: []any{"p"}},
		},
	})
}

// personal: who signed, took over or sent something. Nothing else here is about a
// person; that is what the packer sees to.
type personal struct{}

// held is what the room holds of a person.
type held struct {
	Offered  []act `json:"offered,omitempty"`
	Drafts   []act `json:"offersInTheMaking,omitempty"`
	Incoming []act `json:"cameIn,omitempty"`
	Adopted  []act `json:"takenOver,omitempty"`
	Sent     []act `json:"sent,omitempty"`
}

// Export gives what the person did.
func (personal) Export(ctx context.Context, r db.Reader, person string) (room.Part, error) {
	var h held
	var err error
	for _, q := range []struct {
		sql  string
		into *[]act
	}{{exportVersions, &h.Offered}, {exportDrafts, &h.Drafts}, {exportIncoming, &h.Incoming}, {exportAdopted, &h.Adopted}, {exportSent, &h.Sent}} {
		if *q.into, err = db.All(ctx, r, scanAct, q.sql, person); err != nil {
			return room.Part{}, err
		}
	}
	part := room.Part{Key: "practices.export"}
	if len(h.Offered)+len(h.Drafts)+len(h.Incoming)+len(h.Adopted)+len(h.Sent) > 0 {
		part.Data = h
	}
	return part, nil
}

// Erase makes it nobody's; what came in and waits for a yes goes.
func (personal) Erase(ctx context.Context, tx *db.Tx, person string) error {
	for _, q := range []string{forgetVersions, forgetAdopted, forgetSent, forgetDrafts, deleteIncomingOfBy} {
		if _, err := tx.Exec(ctx, q, person); err != nil {
			return err
		}
	}
	return nil
}
