package practice

import (
	"bytes"
	"html"
	"path"
	"reflect"
	"strings"
)

// Content is what one room brings to a package, or takes out of it: its part, and
// the FHIR resources and files that the part speaks of.
type Content struct {
	Part      []byte
	Resources map[string][]byte // by name, as in Package
	Files     map[string][]byte // by path, as in Package
	Asked     []Asked
}

// Asked is something that only who takes the package over can tell, such as a
// price. It stands as {{key}} in the content; What says which question it is, About
// what it is about.
type Asked struct{ Key, What, About, Default string }

// Choice is something that can go along in a package. A proposed one goes along
// until somebody says otherwise.
type Choice struct {
	ID, Label string
	Proposed  bool
}

// Thing is something that came here in a package: Key is what it is called there,
// ID what it is in the room that has it now.
type Thing struct{ Key, ID string }

// Empty tells that there is nothing in it.
func (c Content) Empty() bool {
	return len(c.Part) == 0 && len(c.Resources) == 0 && len(c.Files) == 0
}

// Same tells whether two contents say the same, however their JSON is laid out.
func (c Content) Same(o Content) bool {
	if !same(c.Part, o.Part) || len(c.Resources) != len(o.Resources) || len(c.Files) != len(o.Files) {
		return false
	}
	for name, data := range c.Resources {
		other, ok := o.Resources[name]
		if !ok || !same(data, other) {
			return false
		}
	}
	for name, data := range c.Files {
		other, ok := o.Files[name]
		if !ok || !bytes.Equal(data, other) {
			return false
		}
	}
	return true
}

func same(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	one, err1 := tree(a)
	two, err2 := tree(b)
	return err1 == nil && err2 == nil && reflect.DeepEqual(one, two)
}

// Fill puts the answers to the parameters into all that is text.
func (c Content) Fill(answers map[string]string) (Content, error) {
	out := Content{Resources: map[string][]byte{}, Files: map[string][]byte{}}
	var err error
	if out.Part, err = Fill(c.Part, answers); err != nil {
		return out, err
	}
	for name, data := range c.Resources {
		if out.Resources[name], err = Fill(data, answers); err != nil {
			return out, err
		}
	}
	for name, data := range c.Files {
		out.Files[name] = FillFile(name, data, answers)
	}
	return out, nil
}

// FillFile is Fill for a file. Documents of an office program stay as they are: the
// program that made them fills them in.
func FillFile(name string, data []byte, answers map[string]string) []byte {
	switch strings.ToLower(path.Ext(name)) {
	case ".md", ".txt":
		return []byte(FillText(string(data), answers))
	case ".html":
		safe := make(map[string]string, len(answers))
		for key, a := range answers {
			safe[key] = html.EscapeString(a)
		}
		return []byte(FillText(string(data), safe))
	}
	return data
}
