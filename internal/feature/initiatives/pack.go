package initiatives

import (
	"bytes"
	"context"
	_ "embed" // of the schema
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/themes"
)

//go:embed schemas/initiatives.json
var partSchema []byte

// packed is what a practice package takes along of an initiative: what it is and
// what is known about it, not who did it where. Only what stands here goes along.
type packed struct {
	Name          string     `json:"name"`
	Kind          string     `json:"kind"`
	Summary       string     `json:"summary"`
	Notes         string     `json:"notes,omitempty"`
	TargetGroups  []string   `json:"targetGroups"`
	Themes        []string   `json:"themes"`
	Evidence      []Evidence `json:"evidence"`
	Costs         []Cost     `json:"costs"`
	Preconditions []string   `json:"preconditions"`
	Sources       []Source   `json:"sources"`
}

// Pack gives the part of a practice package that this room knows, the same bytes
// for the same content. Who may not see the initiative does not find it.
func (s *Service) Pack(ctx context.Context, r db.Reader, initiative string) ([]byte, error) {
	i, err := read(ctx, r, initiative)
	if err != nil {
		return nil, err
	}
	if i.Draft {
		if err := s.MayEdit(ctx, r, initiative); err != nil {
			return nil, fault.NotFound()
		}
	}
	return pack(i)
}

func pack(i Initiative) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	// A path of ours leads nowhere elsewhere.
	sources := slices.Clone(i.Sources)
	for k := range sources {
		if strings.HasPrefix(sources[k].URL, "/") {
			sources[k].URL = ""
		}
	}
	err := e.Encode(packed{i.Name, i.Kind, i.Summary, i.Notes, orEmpty(i.TargetGroups), orEmpty(i.Themes), orEmpty(i.Evidence),
		orEmpty(i.Costs), orEmpty(i.Preconditions), orEmpty(sources)})
	return b.Bytes(), err
}

// packMost is the largest part that is taken in.
const packMost = 1 << 20

// unpack reads the part of a package, which others made.
func unpack(data []byte) (packed, error) {
	wrong := func(reason string) error {
		return fault.Invalid(fault.Field{Name: "initiatives", Key: "initiatives.wrong.part", Args: []any{"reason", reason}})
	}
	var p packed
	if len(data) > packMost || bytes.Contains(data, []byte(`\u0000`)) {
		return p, wrong("size")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return p, wrong("JSON")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return p, wrong("JSON")
	}
	if field := p.check(); field != "" {
		return p, wrong(field)
	}
	return p, nil
}

// check names the first field that does not fit; "" if all do.
func (p *packed) check() string {
	ok := func(s string, most int, need bool) bool {
		return (!need || s != "") && len([]rune(s)) <= most && s == web.Clean(s)
	}
	all := func(list []string, most int) bool {
		return len(list) <= rowsMost && !slices.ContainsFunc(list, func(s string) bool { return !ok(s, most, true) })
	}
	source := func(id string) bool {
		return slices.ContainsFunc(p.Sources, func(s Source) bool { return s.ID == id })
	}
	switch {
	case !ok(p.Name, maxName, true):
		return "name"
	case !slices.Contains(Kinds, p.Kind):
		return "kind"
	case !ok(p.Summary, maxText, true), !ok(p.Notes, maxText, false):
		return "summary"
	case !all(p.TargetGroups, maxName):
		return "targetGroups"
	case len(p.Themes) > len(themes.All), slices.ContainsFunc(p.Themes, func(t string) bool { return !themes.Known(t) }):
		return "themes"
	case !all(p.Preconditions, maxNote):
		return "preconditions"
	case len(p.Evidence) > rowsMost, slices.ContainsFunc(p.Evidence, func(e Evidence) bool {
		return e.check() != nil || !source(e.Source) || !ok(e.Metric, 200, true) || !ok(e.Unit, 60, false) || !ok(e.Period, 80, false) ||
			!ok(e.Comparison, 200, false) || !ok(e.Note, maxNote, false)
	}):
		return "evidence"
	case len(p.Costs) > rowsMost, slices.ContainsFunc(p.Costs, func(c Cost) bool {
		return !ok(c.Item, 200, true) || !ok(c.Period, 60, false) || !ok(c.Note, maxNote, false) || c.Cents < 0 || !source(c.Source)
	}):
		return "costs"
	case len(p.Sources) > rowsMost, slices.ContainsFunc(p.Sources, func(s Source) bool {
		return !ok(s.ID, 20, true) || !ok(s.Title, 300, true) || s.URL != "" && (!isLink(s.URL) || strings.HasPrefix(s.URL, "/"))
	}):
		return "sources"
	}
	return ""
}

// Adopt checks the part of a package and puts it in the place of what an
// initiative had of it.
func (s *Service) Adopt(ctx context.Context, tx *db.Tx, initiative string, data []byte) error {
	p, err := unpack(data)
	if err != nil {
		return err
	}
	if err := s.MayEdit(ctx, tx, initiative); err != nil {
		return err
	}
	return s.change(ctx, tx, initiative, act{kind: actAdopted}, func(i *Initiative) error {
		i.Name, i.Kind, i.Summary, i.Notes, i.TargetGroups, i.Themes = p.Name, p.Kind, p.Summary, p.Notes, p.TargetGroups, p.Themes
		i.Evidence, i.Costs, i.Preconditions, i.Sources = p.Evidence, p.Costs, p.Preconditions, p.Sources
		// What stays refers to sources that may have gone.
		known := func(id string) bool {
			return slices.ContainsFunc(i.Sources, func(s Source) bool { return s.ID == id })
		}
		for k := range i.Growth {
			if !known(i.Growth[k].Source) {
				i.Growth[k].Source = ""
			}
		}
		for k := range i.Barriers {
			if !known(i.Barriers[k].Source) {
				i.Barriers[k].Source = ""
			}
		}
		return nil
	})
}

// PartSchema is the JSON Schema of what Pack gives.
func (s *Service) PartSchema() []byte { return slices.Clone(partSchema) }
