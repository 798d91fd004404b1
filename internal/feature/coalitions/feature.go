package coalitions

import (
	"embed"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/room"
)

//go:embed migrations locales
var files embed.FS

// Name is the name of the room.
const Name = "coalitions"

// JobNight is the job of each night.
const JobNight = "coalitions.night"

// Migrations makes the tables.
var Migrations = db.Migrations{Room: Name, FS: files}

// Room is the manifest.
func (s *Service) Room() room.Room {
	return room.New(Name, personal{s.People}, room.Parts{
		Routes: s.routes(), Migrations: files, Locales: files, Demo: s.demo,
		Plans: []db.Plan{
			{Name: "open coalitions", SQL: selectOpen, Args: []any{last, 20}},
			{Name: "coalitions of a person", SQL: selectOfPerson, Args: []any{"p", last, 20}},
			{Name: "coalitions begun by a person", SQL: selectBegun, Args: []any{"p", last, 20}},
			{Name: "members", SQL: selectMembers, Args: []any{"c", 20}},
			{Name: "memberships", SQL: selectPlaces, Args: []any{"p", "", 20}},
			{Name: "invitations", SQL: selectInvitations, Args: []any{"c", 20}},
			{Name: "invitations to an address", SQL: selectInvitationTo, Args: []any{"a@b.example", 20}},
			{Name: "organisations asked", SQL: selectAsked, Args: []any{"c", 20}},
			{Name: "asked of an organisation", SQL: selectAskedOf, Args: []any{"o", 20}},
			{Name: "requests", SQL: selectRequests, Args: []any{"c", 20}},
			{Name: "requests by a person", SQL: selectRequestBy, Args: []any{"p", "", 20}},
			{Name: "guests", SQL: selectGuests, Args: []any{"c", last, 20}},
			{Name: "comments", SQL: selectComments, Args: []any{"c", last, 20}},
			{Name: "comments by a person", SQL: selectCommentBy, Args: []any{"p", "", 20}},
			{Name: "changes of a coalition", SQL: selectChanges, Args: []any{"c", last, 20}},
			{Name: "changes by a person in coalitions", SQL: selectChangeBy, Args: []any{"p", "", 20}},
			{Name: "who agrees", SQL: selectAgreed, Args: []any{"c", 1}},
			{Name: "scores", SQL: selectCards, Args: []any{"c", 20}},
			{Name: "who has scored", SQL: selectDone, Args: []any{"c", 20}},
			{Name: "scores of a person", SQL: selectCardBy, Args: []any{"p", "", 20}},
			{Name: "meetings", SQL: selectMeetings, Args: []any{"c", int64(1) << 60, 20}},
			{Name: "meetings to come", SQL: selectComing, Args: []any{"c", int64(0), 20}},
			{Name: "who was there", SQL: selectAttended, Args: []any{"m", 20}},
			{Name: "meetings attended", SQL: selectAttendsBy, Args: []any{"p", "", 20}},
			{Name: "actions of a meeting", SQL: selectActions, Args: []any{"m", 20}},
			{Name: "actions to do", SQL: selectToDo, Args: []any{"c", 20}},
			{Name: "actions of a person", SQL: selectActionBy, Args: []any{"p", "", 20}},
		},
	})
}
