package phases

import (
	"bytes"
	"context"
	_ "embed" // the schema is part of the program
	"encoding/json"
	"io"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
)

//go:embed schemas/phases.json
var schema []byte

// part is what a practice package takes along of this room: the checklist in
// force, not how far anybody is with it, nor who decided what.
type part struct {
	Items []Item `json:"items"`
}

// partMost bounds what is taken over.
const partMost = 256 << 10

// PartSchema is the JSON Schema of what Pack gives.
func (s *Service) PartSchema() []byte { return bytes.Clone(schema) }

// Pack gives the checklist by which an initiative works. That of the program goes
// along in the language of reference, so that the same is the same everywhere.
func (s *Service) Pack(ctx context.Context, r db.Reader, initiative string) ([]byte, error) {
	if _, err := s.Initiatives.Facts(ctx, r, initiative); err != nil {
		return nil, err
	}
	l, err := s.listFor(ctx, r, initiative)
	if err != nil {
		return nil, err
	}
	if !l.edited {
		l.items = Default(i18n.Reference)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err = e.Encode(part{l.items})
	return b.Bytes(), err
}

// Adopt takes the checklist of a package over for one initiative. How far it is
// with points that keep their code stays.
func (s *Service) Adopt(ctx context.Context, tx *db.Tx, initiative string, data []byte) error {
	p, err := readPart(data)
	if err != nil {
		return err
	}
	if err := s.Initiatives.MayEdit(ctx, tx, initiative); err != nil {
		return err
	}
	l, err := s.listFor(ctx, tx, initiative)
	if err != nil {
		return err
	}
	at := int64(0)
	if l.own {
		at = l.version
	}
	if _, err := tx.Exec(ctx, putList, initiative, db.JSON[[]Item]{V: p.Items}, at+1, db.At(s.Clock.Now())); err != nil {
		return err
	}
	return s.told(ctx, tx, initiative, kindAdopted, "")
}

func readPart(data []byte) (p part, err error) {
	bad := fault.Invalid(fault.Field{Name: "phases", Key: "phases.wrong.part"})
	if len(data) > partMost {
		return p, bad
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return p, bad
	}
	if _, err := d.Token(); err != io.EOF {
		return p, bad
	}
	if checkItems(p.Items) != nil {
		return p, bad
	}
	return p, nil
}
