package signin

import (
	"context"
	"io/fs"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/mail"
	"wijkbaak.nl/internal/base/room"
)

// Assets are the scripts of this room; its own route serves them.
var Assets fs.FS = files

// Room is the manifest.
func (s *Service) Room() room.Room {
	hash := make([]byte, 32)
	return room.New("signin", s, room.Parts{
		Routes:     s.routes(),
		Migrations: files,
		Locales:    files,
		Plans: []db.Plan{
			{Name: "signin.codes of an address", SQL: selectCodeTimes, Args: []any{"a@b.nl", int64(1)}},
			{Name: "signin.code", SQL: selectCodeByStep, Args: []any{hash}},
			{Name: "signin.link", SQL: selectCodeByLink, Args: []any{hash}},
			{Name: "signin.flow", SQL: selectFlow, Args: []any{hash, "oidc", int64(1)}},
			{Name: "signin.app", SQL: selectTOTP, Args: []any{"a"}},
			{Name: "signin.passkeys", SQL: selectPasskeys, Args: []any{"a"}},
			{Name: "signin.identity", SQL: selectIdentity, Args: []any{"a", "b"}},
			{Name: "signin.identities", SQL: selectIdentities, Args: []any{"a"}},
		},
	})
}

// export is what the room holds of a person. Secrets are left out: they would
// let in whoever finds the file.
type export struct {
	App       bool        `json:"authenticator_app"`
	Passkeys  []exportKey `json:"passkeys"`
	Providers []string    `json:"providers"`
}

type exportKey struct {
	Name    string `json:"name"`
	Created string `json:"created"`
	Seen    string `json:"seen"`
}

// Export gives the ways in which the person signs in.
func (s *Service) Export(ctx context.Context, r db.Reader, person string) (room.Part, error) {
	part := room.Part{Key: "signin.export"}
	f, err := s.enrolled(ctx, r, person)
	if err != nil {
		return part, err
	}
	e := export{App: f.totp}
	keys, err := s.passkeysOf(ctx, r, person)
	if err != nil {
		return part, err
	}
	for _, k := range keys {
		e.Passkeys = append(e.Passkeys, exportKey{k.Name, moment{&k.Created}.text(), moment{&k.Seen}.text()})
	}
	if e.Providers, err = db.All(ctx, r, db.Value[string], selectIdentities, person); err != nil {
		return part, err
	}
	if e.App || len(e.Passkeys)+len(e.Providers) > 0 {
		part.Data = e
	}
	return part, nil
}

// Erase removes all ways in which the person signs in, and the letters that are
// on their way. It goes before the room people, which knows the address.
func (s *Service) Erase(ctx context.Context, tx *db.Tx, person string) error {
	p, err := s.people.ByID(ctx, tx, person)
	if err != nil && fault.KindOf(err) != fault.KindNotFound {
		return err
	}
	if _, err := tx.Exec(ctx, deleteCodesOf, p.Email, person); err != nil {
		return err
	}
	if p.Email != "" {
		if err := mail.Forget(ctx, tx, p.Email); err != nil {
			return err
		}
	}
	for _, query := range []string{deleteFlowsOf, deleteTOTP, deletePasskeysOf, deleteIdentitiesOf} {
		if _, err := tx.Exec(ctx, query, person); err != nil {
			return err
		}
	}
	return nil
}

// JobForget removes addresses to which a code was sent long ago, and has the
// database wipe what was deleted. It runs daily, and after somebody has gone.
const JobForget = "signin.forget"

// Forget does that job.
func (s *Service) Forget(ctx context.Context, _ []byte) error {
	now := s.clock.Now()
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, deleteOldCodes, db.At(now.Add(-codesKept))); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, deleteOldFlows, db.At(now))
		return err
	})
	if err != nil {
		return err
	}
	return s.db.Wipe(ctx)
}
