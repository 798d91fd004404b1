package scaling

import (
	"bytes"
	"context"
	_ "embed" // the schema is part of the program
	"encoding/json"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

//go:embed schemas/scaling.json
var schema []byte

// partMost bounds what is taken over.
const partMost = 1 << 20

// PartSchema is the JSON Schema of what Pack gives.
func (s *Service) PartSchema() []byte { return schema }

// Pack gives the plan template of an initiative: the one that was taken over with
// its practice, or else what the newest plan that the actor may write comes down
// to. Nil if there is neither.
func (s *Service) Pack(ctx context.Context, r db.Reader, initiative string) ([]byte, error) {
	if initiative == "" {
		return nil, nil
	}
	saved, err := db.All(ctx, r, scanTemplate, templatesWith, initiative, last, 1)
	if err != nil {
		return nil, err
	}
	if len(saved) > 0 {
		return encode(saved[0].Model)
	}
	plans, err := db.All(ctx, r, scanListed, listInitiative, initiative, last, listMost, string(s.today()))
	if err != nil {
		return nil, err
	}
	for _, l := range plans {
		may, err := s.rights(ctx, r, l.Plan)
		if err != nil {
			return nil, err
		}
		if may < writes {
			continue
		}
		tracks, steps, err := s.within(ctx, r, l.Plan)
		if err != nil {
			return nil, err
		}
		if len(steps) > 0 {
			return encode(NewTemplate(l.Plan, tracks, steps))
		}
	}
	return nil, nil
}

func encode(t Template) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(t.filled())
	return b.Bytes(), err
}

// Adopt checks a plan template and keeps it for the initiative, in the place of
// the one that was there. Plans that are under way stay as they are.
func (s *Service) Adopt(ctx context.Context, tx *db.Tx, initiative string, data []byte) error {
	t, err := readTemplate(data)
	if err != nil {
		return err
	}
	if err := s.Initiatives.MayEdit(ctx, tx, initiative); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, dropTemplates, initiative); err != nil {
		return err
	}
	saved := Saved{ID: s.IDs(), Initiative: initiative, Person: access.Of(ctx).Person, Title: t.Title, Model: t, Created: s.Clock.Now()}
	if err := addTemplate(ctx, tx, saved); err != nil {
		return err
	}
	return s.Audit.Record(ctx, tx, audit.Event{Kind: "scaling.adopt", Action: audit.Create, ObjectType: "scaling_template", ObjectID: saved.ID})
}
