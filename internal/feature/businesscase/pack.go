package businesscase

import (
	"bytes"
	"context"
	_ "embed" // the schema is part of the program
	"encoding/json"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

//go:embed schemas/businesscase.json
var schema []byte

// part is what a practice package holds of this room: no person, no
// organisation, no id of this instance.
type part struct {
	Cases []packed `json:"cases"`
}

type packed struct {
	Title string `json:"title"`
	Model Model  `json:"model"`
}

// partMost bounds what is taken over.
const partMost = 2 << 20

// PartSchema is the JSON Schema of what Pack gives.
func (s *Service) PartSchema() []byte { return schema }

// Pack gives the cases of an initiative, with the values that pilots measured;
// nil where there is none that the actor may see.
func (s *Service) Pack(ctx context.Context, r db.Reader, initiative string) ([]byte, error) {
	if initiative == "" {
		return nil, nil
	}
	list, err := db.All(ctx, r, scanCase, selectOf, initiative, "", ofMost)
	if err != nil {
		return nil, err
	}
	var p part
	for _, c := range list {
		may, err := s.mayEdit(ctx, r, c)
		if err != nil {
			return nil, err
		}
		if !may && !MaySee(access.Of(ctx), c, s.Root) {
			continue
		}
		m, _, err := s.taken(ctx, r, c)
		if err != nil {
			return nil, err
		}
		p.Cases = append(p.Cases, packed{c.Title, m.portable().filled()})
	}
	if p.Cases == nil {
		return nil, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err = e.Encode(p)
	return b.Bytes(), err
}

// filled has a list where there is nothing, as the schema says.
func (m Model) filled() Model {
	if m.Cities == nil {
		m.Cities = []City{}
	}
	if m.Lines == nil {
		m.Lines = []Line{}
	}
	if m.Scenarios == nil {
		m.Scenarios = []Scenario{}
	}
	for k := range m.Scenarios {
		if m.Scenarios[k].Overrides == nil {
			m.Scenarios[k].Overrides = []Override{}
		}
	}
	return m
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
	old, err := db.All(ctx, tx, scanCase, selectOf, initiative, "", ofMost+1)
	if err != nil {
		return err
	}
	for _, c := range old {
		if _, err := tx.Exec(ctx, deleteCase, c.ID); err != nil {
			return err
		}
		if err := s.told(ctx, tx, c, audit.Delete, Change{Kind: changeRemoved}); err != nil {
			return err
		}
	}
	for _, c := range p.Cases {
		if _, err := s.add(ctx, tx, Case{Title: c.Title, Initiative: initiative, Model: c.Model}, changeAdopted); err != nil {
			return err
		}
	}
	return nil
}

func readPart(data []byte) (p part, err error) {
	bad := fault.Invalid(fault.Field{Name: "businesscase", Key: "businesscase.wrong.part"})
	if len(data) > partMost {
		return p, bad
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil || d.More() {
		return p, bad
	}
	if len(p.Cases) == 0 || len(p.Cases) > ofMost {
		return p, bad
	}
	for _, c := range p.Cases {
		if n := utf8.RuneCountInString(c.Title); n == 0 || n > titleMost {
			return p, bad
		}
		for _, key := range c.Model.keys() {
			if c.Model.figure(key).Pilot != nil {
				return p, bad // a link to a pilot that is elsewhere
			}
		}
		for _, sc := range c.Model.Scenarios {
			for _, o := range sc.Overrides {
				if o.Figure.Pilot != nil {
					return p, bad
				}
			}
		}
		if err := c.Model.Check(); err != nil {
			return p, err
		}
	}
	return p, nil
}

// Beside is a line beside an initiative.
type Beside struct{ Title, Note, Path string }

// Beside gives the cases of an initiative that the actor may see.
func (s *Service) Beside(ctx context.Context, r db.Reader, slug string) ([]Beside, error) {
	cases, err := db.All(ctx, r, scanCase, selectOf, slug, "", ofMost)
	if err != nil {
		return nil, err
	}
	var list []Beside
	for _, c := range cases {
		may, err := s.mayEdit(ctx, r, c)
		if err != nil {
			return nil, err
		}
		if may || MaySee(access.Of(ctx), c, s.Root) {
			list = append(list, Beside{c.Title, netText(ctx, c), Path(c.ID)})
		}
	}
	return list, nil
}
