package people

import (
	"context"
	"embed"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/room"
	"wijkbaak.nl/internal/trust/audit"
)

//go:embed migrations locales
var files embed.FS

// Migrations make the tables of this room.
var Migrations = db.Migrations{Room: "people", FS: files}

// Room is the manifest.
func (s *Service) Room() room.Room {
	return room.New("people", s, room.Parts{
		Routes:     s.routes(),
		Migrations: files,
		Locales:    files,
		Demo:       s.fillDemo,
		Plans: []db.Plan{
			{Name: "people.enter", SQL: selectEnter, Args: []any{make([]byte, 32), int64(1)}},
			{Name: "people.token", SQL: selectToken, Args: []any{make([]byte, 32), int64(1)}},
			{Name: "people.list", SQL: selectPage, Args: []any{"a", "", "b", pageSize}},
			{Name: "people.staff", SQL: selectStaff, Args: []any{"coach", "/0153", "/01530", int64(1)}},
			{Name: "people.by email", SQL: selectPersonByEmail, Args: []any{"a@b.nl"}},
			{Name: "people.demo", SQL: selectDemo},
			{Name: "people.names", SQL: selectNames, Args: namesArgs([]string{"a"})},
			{Name: "people.organisations", SQL: selectOrganisations},
			{Name: "people.grants", SQL: selectGrants, Args: []any{"a"}},
			{Name: "people.on duty", SQL: selectOnDuty, Args: []any{"coach", "/0153", int64(1)}},
			{Name: "people.members", SQL: selectMembersAt, Args: []any{"coach", "/0153", "/01530", int64(1)}},
			{Name: "people.members of", SQL: selectMembersOf, Args: []any{"a", int64(1)}},
			{Name: "people.staff names", SQL: selectStaffNames, Args: []any{staffMost}},
			{Name: "people.sessions", SQL: selectSessions, Args: []any{"a", int64(1)}},
			{Name: "people.tokens", SQL: selectTokens},
		},
	})
}

// export is what the room holds of a person, for the person.
type export struct {
	Name     string          `json:"name"`
	Email    string          `json:"email"`
	Phone    string          `json:"phone"`
	Language string          `json:"language"`
	State    string          `json:"state"`
	Created  string          `json:"created"`
	Roles    []exportRole    `json:"roles"`
	Sessions []exportSession `json:"sessions"`
}

type exportRole struct {
	Role         string `json:"role"`
	Organisation string `json:"organisation"`
	Place        string `json:"place"`
	From         string `json:"from"`
	Until        string `json:"until"`
	OnDuty       bool   `json:"on_duty"`
}

type exportSession struct {
	Method       string `json:"method"`
	Device       string `json:"device"`
	Created      string `json:"created"`
	Seen         string `json:"seen"`
	SecondFactor bool   `json:"second_factor"`
}

// Export gives the account, the roles and the sessions.
func (s *Service) Export(ctx context.Context, r db.Reader, person string) (room.Part, error) {
	part := room.Part{Key: "people.export"}
	p, err := s.ByID(ctx, r, person)
	if fault.KindOf(err) == fault.KindNotFound {
		return part, nil
	} else if err != nil {
		return part, err
	}
	e := export{Name: p.Name, Email: p.Email, Phone: p.Phone, Language: p.Language, State: string(p.State), Created: day(p.Created)}
	grants, err := s.Grants(ctx, r, person)
	if err != nil {
		return part, err
	}
	for _, g := range grants {
		e.Roles = append(e.Roles, exportRole{string(g.Role), g.OrganisationName, g.Place, day(g.From), day(g.Until), g.OnDuty})
	}
	sessions, err := s.Sessions(ctx, r, person)
	if err != nil {
		return part, err
	}
	for _, v := range sessions {
		e.Sessions = append(e.Sessions, exportSession{string(v.Method), v.Device, day(v.Created), day(v.Seen), v.SecondFactor})
	}
	part.Data = e
	return part, nil
}

// Erase removes the account with its roles and sessions. The last operator
// cannot go: nobody could let another one in.
func (s *Service) Erase(ctx context.Context, tx *db.Tx, person string) error {
	if err := s.anotherOperator(ctx, tx, person); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, deletePerson, person); err != nil {
		return err
	}
	return s.audit.Record(ctx, tx, about("erase", audit.Delete, person, "person", person))
}

// day writes a moment for a machine; "" for none.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
