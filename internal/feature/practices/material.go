package practices

import (
	"bytes"
	"context"
	_ "embed" // the schema is part of the program
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/protocol/practice"
)

//go:embed schemas/material.json
var materialSchema []byte

// material is the part that tells what the files of a package are. It is this room
// that keeps them, with the initiative.
const material = "material"

// The kinds of file.
const (
	kindLetter   = "letter"
	kindText     = "text"
	kindTraining = "training"
	kindPhoto    = "photo"
	kindDocument = "document"
)

var fileKinds = []string{kindLetter, kindText, kindTraining, kindPhoto, kindDocument}

type materialPart struct {
	Files []materialFile `json:"files"`
}

type materialFile struct {
	ID      string `json:"id"` // path below files/
	Kind    string `json:"kind"`
	Title   string `json:"title"`
	Licence string `json:"licence"`
}

// kindOf guesses what a file is by its name; an older package does not tell.
func kindOf(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".jpg", ".jpeg", ".png", ".webp":
		return kindPhoto
	case ".md", ".txt", ".html", ".docx", ".odt":
		return kindText
	case ".pptx":
		return kindTraining
	}
	return kindDocument
}

// materialOf makes the content of files. licence is that of the package, for a file
// without one of its own.
func materialOf(files []draftFile, licence string) practice.Content {
	c := practice.Content{Files: map[string][]byte{}}
	part := materialPart{Files: []materialFile{}}
	for _, f := range files {
		c.Files[f.Path] = f.Data
		m := materialFile{f.Path, f.Kind, f.Title, f.Licence}
		if m.Kind == "" {
			m.Kind = kindOf(f.Path)
		}
		if m.Licence == "" {
			m.Licence = licence
		}
		part.Files = append(part.Files, m)
	}
	if len(files) == 0 {
		return practice.Content{}
	}
	b, err := json.Marshal(part)
	if err != nil {
		return practice.Content{} // cannot be: plain texts
	}
	c.Part = b
	return c
}

// readMaterial gives what the part says of each file, by path.
func readMaterial(part []byte) (map[string]materialFile, error) {
	m := map[string]materialFile{}
	if len(part) == 0 {
		return m, nil
	}
	var p materialPart
	if err := json.Unmarshal(part, &p); err != nil {
		return nil, err
	}
	for _, f := range p.Files {
		m[f.ID] = f
	}
	return m, nil
}

// checkMaterial refuses what the part says of files that are not there, a licence
// that is not open, and more than an initiative keeps.
func checkMaterial(c practice.Content) error {
	known, err := readMaterial(c.Part)
	if err != nil {
		return &practice.Error{Kind: practice.BadPart, At: "parts/material.json"}
	}
	for _, name := range slices.Sorted(maps.Keys(known)) {
		if _, ok := c.Files[name]; !ok {
			return &practice.Error{Kind: practice.BadPart, At: "parts/material.json", Detail: name}
		}
		if err := practice.CheckLicence(known[name].Licence); err != nil {
			return &practice.Error{Kind: practice.KindOf(err), At: "files/" + name, Detail: known[name].Licence}
		}
	}
	if !fits(c.Files) {
		return &practice.Error{Kind: practice.TooLarge, At: "files/"}
	}
	return nil
}

// fits tells whether an initiative can keep the files.
func fits(files map[string][]byte) bool {
	all := 0
	for _, data := range files {
		if len(data) > FileMost {
			return false
		}
		all += len(data)
	}
	return len(files) <= FilesMost && all <= AllMost
}

// materialIn gives the files of a package. One of before the part was there says what
// they are by their names; where it holds more than an initiative keeps, they stay in
// the package, and are read there.
func materialIn(p practice.Package) practice.Content {
	if part := p.Parts[material]; len(part) > 0 {
		return practice.Content{Part: part, Files: p.Files}
	}
	if !fits(p.Files) {
		return practice.Content{}
	}
	var files []draftFile
	for _, name := range p.Paths() {
		files = append(files, draftFile{Path: name, Data: p.Files[name]})
	}
	return materialOf(files, p.Manifest.License)
}

// ownMaterial gives the files that an initiative has here.
func ownMaterial(ctx context.Context, r db.Reader, initiative string) (practice.Content, error) {
	files, err := db.All(ctx, r, scanDraftFile, selectDraftFiles, initiative)
	if err != nil {
		return practice.Content{}, err
	}
	return materialOf(files, licenceChosen), nil
}

// adoptMaterial keeps the files with the initiative. What is no longer among them
// goes.
func adoptMaterial(ctx context.Context, tx *db.Tx, initiative string, c practice.Content) error {
	if !fits(c.Files) {
		return invalid("bestand", "practices.wrong.files", "most", FilesMost, "mb", AllMost>>20)
	}
	known, err := readMaterial(c.Part)
	if err != nil {
		return fault.Invalid(fault.Field{Name: material, Key: "practices.bad.part"})
	}
	have, err := db.All(ctx, tx, scanDraftFile, selectDraftFiles, initiative)
	if err != nil {
		return err
	}
	old := map[string]draftFile{}
	for _, f := range have {
		old[f.Path] = f
		if _, stays := c.Files[f.Path]; !stays {
			if _, err := tx.Exec(ctx, deleteDraftFile, initiative, f.Path); err != nil {
				return err
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Files)) {
		m := known[name]
		if f, ok := old[name]; ok && bytes.Equal(f.Data, c.Files[name]) && f.Title == m.Title && f.Kind == m.Kind && f.Licence == m.Licence {
			continue
		}
		if m.Kind == "" { // the part was changed apart from the file
			m.Kind, m.Licence = kindOf(name), licenceChosen
		}
		if _, err := tx.Exec(ctx, upsertDraftFile, initiative, name, c.Files[name], m.Title, m.Kind, m.Licence); err != nil {
			return err
		}
	}
	return nil
}
