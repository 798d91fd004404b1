package impact

import (
	"bytes"
	"context"
	_ "embed" // the schema is part of the program
	"encoding/json"
	"io"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

//go:embed schemas/impact.json
var schema []byte

// part is what a practice package holds of this room: no person, no organisation,
// no id of this instance.
type part struct {
	Pathways []file `json:"pathways"`
}

// file is a pathway as it is exported and handed on.
type file struct {
	Title string `json:"title"`
	Model
}

// fileMost bounds what is read.
const fileMost = 1 << 20

// PartSchema is the JSON Schema of what Pack gives.
func (s *Service) PartSchema() []byte { return bytes.Clone(schema) }

// Pack gives the pathways of an initiative that the actor may see; nil where there
// is none.
func (s *Service) Pack(ctx context.Context, r db.Reader, initiative string) ([]byte, error) {
	list, err := s.of(ctx, r, initiative)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var p part
	for _, w := range list {
		p.Pathways = append(p.Pathways, file{w.Title, w.Model.portable()})
	}
	return encode(p)
}

// of gives the pathways of an initiative that the actor may see.
func (s *Service) of(ctx context.Context, r db.Reader, initiative string) (list []Pathway, err error) {
	if initiative == "" {
		return nil, nil
	}
	all, err := db.All(ctx, r, scanPathway, selectOf, initiative, "", ofMost)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		may, err := s.mayEdit(ctx, r, p)
		if err != nil {
			return nil, err
		}
		if may || MaySee(access.Of(ctx), p, s.Root) {
			list = append(list, p)
		}
	}
	return list, nil
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(v)
	return b.Bytes(), err
}

// Adopt checks what a package holds and puts it in the place of what this
// initiative has here: drafts, of nobody but the one who adopts.
func (s *Service) Adopt(ctx context.Context, tx *db.Tx, initiative string, data []byte) error {
	p, err := readPart(data)
	if err != nil {
		return err
	}
	if err := s.Initiatives.MayEdit(ctx, tx, initiative); err != nil {
		return err
	}
	old, err := db.All(ctx, tx, scanPathway, selectOf, initiative, "", ofMost)
	if err != nil {
		return err
	}
	for _, w := range old {
		if _, err := tx.Exec(ctx, deletePathway, w.ID); err != nil {
			return err
		}
		if err := s.told(ctx, tx, w, audit.Delete, Change{Kind: changeRemoved}); err != nil {
			return err
		}
	}
	for _, f := range p.Pathways {
		if _, err := s.make(ctx, tx, Pathway{Title: f.Title, Initiative: initiative, Model: f.Model, Stand: Draft}, changeAdopted); err != nil {
			return err
		}
	}
	return nil
}

var errFile = fault.Invalid(fault.Field{Name: "json", Key: "impact.wrong.file"})

// decode reads JSON of exactly the fields of v.
func decode(data []byte, v any) error {
	if len(data) > fileMost {
		return errFile
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if d.Decode(v) != nil {
		return errFile
	}
	if _, err := d.Token(); err != io.EOF {
		return errFile
	}
	return nil
}

func readPart(data []byte) (p part, err error) {
	if err := decode(data, &p); err != nil {
		return p, err
	}
	if len(p.Pathways) == 0 || len(p.Pathways) > ofMost {
		return p, errFile
	}
	for _, f := range p.Pathways {
		if err := f.check(); err != nil {
			return p, err
		}
	}
	return p, nil
}

// readFile reads a pathway that was exported.
func readFile(data []byte) (f file, err error) {
	if err = decode(data, &f); err == nil {
		err = f.check()
	}
	return f, err
}

func (f *file) check() error {
	var w faults
	w.text("json", f.Title, titleMost, true)
	for _, n := range f.Nodes {
		if n.Indicator != nil && (n.Indicator.Pilot != "" || n.Indicator.Code != "") {
			return errFile // a link to a pilot that is elsewhere
		}
	}
	if err := w.Err(); err != nil {
		return err
	}
	return f.Model.Check()
}

// Beside is a line beside an initiative.
type Beside struct{ Title, Note, Path string }

// Beside gives the pathways of an initiative that the actor may see.
func (s *Service) Beside(ctx context.Context, r db.Reader, slug string) ([]Beside, error) {
	list, err := s.of(ctx, r, slug)
	var out []Beside
	for _, p := range list {
		out = append(out, Beside{p.Title, sentence(ctx, p.Counted), Path(p.ID)})
	}
	return out, err
}
