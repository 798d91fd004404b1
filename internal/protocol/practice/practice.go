package practice

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/mod/semver"
)

// Format is the number of our own block in package.json; a reader refuses a
// higher one, because it would leave out what it does not know.
const Format = 1

// FHIRVersion is the version of FHIR that resources in a package are written in.
const FHIRVersion = "4.0.1"

// Manifest is package/package.json: the fields of a FHIR NPM package, and ours.
type Manifest struct {
	Name         string            `json:"name"`
	Version      string            `json:"version"`
	Title        string            `json:"title,omitempty"`
	Description  string            `json:"description"`
	License      string            `json:"license"`
	Author       string            `json:"author,omitempty"` // an organisation
	URL          string            `json:"url,omitempty"`
	FHIRVersions []string          `json:"fhirVersions,omitempty"`
	Dependencies map[string]string `json:"dependencies"`
	Wijkbaak     Block             `json:"wijkbaak"`
}

// Block is what we add to the manifest.
type Block struct {
	Format     int         `json:"format"`
	Contact    string      `json:"contact,omitempty"` // a role, never a person
	Parameters []Parameter `json:"parameters,omitempty"`
	Changelog  []Change    `json:"changelog,omitempty"`
	Lineage    []Ancestor  `json:"lineage,omitempty"` // from the first to the direct parent
}

// Parameter is what has to be answered anew in each municipality. Its key stands
// as {{key}} in the texts of the package.
type Parameter struct {
	Key      string `json:"key"`
	Question string `json:"question"`
	Default  string `json:"default,omitempty"`
	Of       string `json:"of,omitempty"` // the room that asks; empty for who made the package
}

// Change tells what is new in a version.
type Change struct {
	Version string `json:"version"`
	Date    string `json:"date,omitempty"` // 2026-11-21
	Text    string `json:"text"`
}

// Ancestor is a package that this one was made of.
type Ancestor struct {
	Instance string `json:"instance"` // address
	Name     string `json:"name"`
	Version  string `json:"version"`
	SHA256   string `json:"sha256,omitempty"`
}

// Package is what is in the .tgz.
type Package struct {
	Manifest  Manifest
	Parts     map[string][]byte // JSON by name of the room
	Schemas   map[string][]byte // JSON Schema 2020-12 of each part
	Resources map[string][]byte // FHIR resources by file name, such as Questionnaire-thuis.json
	Files     map[string][]byte // texts, letters, photos and training by path below files/

	looked int64 // bytes read of documents of an office program
}

// Kind says what is wrong with a package. A page has a sentence for each.
type Kind string

// The kinds.
const (
	Broken     Kind = "broken"    // it cannot be read as a package
	TooLarge   Kind = "toolarge"  // more bytes or files than are taken
	Bomb       Kind = "bomb"      // it blows itself up when unpacked
	BadPath    Kind = "path"      // a name that climbs out of the folder, or is no name
	NoFile     Kind = "link"      // a link or device instead of a file
	Twice      Kind = "twice"     // two files of one name
	BadType    Kind = "type"      // a type of file that has no place in it
	BadField   Kind = "manifest"  // package.json is not right
	BadPart    Kind = "part"      // a part does not fit its schema
	BadLicence Kind = "licence"   // the licence is not known to be open
	NoSelling  Kind = "noselling" // the licence forbids commercial use
	NoChanges  Kind = "nochanges" // the licence forbids adaptation
	NoLicence  Kind = "nolicence" // there is none
	Changed    Kind = "changed"   // it is not what was signed
	Unsigned   Kind = "unsigned"  // the signature is missing or wrong
	OtherKey   Kind = "otherkey"  // signed by another than before
	Older      Kind = "older"     // older than what is here
	Rewritten  Kind = "rewritten" // the same number with other content
	TooNew     Kind = "toonew"    // made by a newer program
	BadLog     Kind = "log"       // the public log contradicts itself
	Personal   Kind = "personal"  // it holds what may be about a person
)

// Kinds lists them all.
var Kinds = []Kind{Broken, TooLarge, Bomb, BadPath, NoFile, Twice, BadType, BadField, BadPart, BadLicence, NoSelling, NoChanges,
	NoLicence, Changed, Unsigned, OtherKey, Older, Rewritten, TooNew, BadLog, Personal}

// Error is what is wrong, and where.
type Error struct {
	Kind   Kind
	At     string // file or field
	Detail string // English, for the log and the command line
}

// Error tells it in English.
func (e *Error) Error() string {
	s := string(e.Kind)
	if e.At != "" {
		s += " at " + e.At
	}
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	return s
}

// KindOf gives the kind of an error of this package; "" for any other.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return ""
}

func wrong(k Kind, at, detail string, args ...any) error {
	return &Error{k, at, fmt.Sprintf(detail, args...)}
}

var (
	nameForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+$`)
	roomForm = regexp.MustCompile(`^[a-z][a-z0-9]{0,39}$`)
	keyForm  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	dateForm = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	hashForm = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// The bounds of what a manifest holds.
const (
	NameMost        = 80
	TextMost        = 4000
	ParametersMost  = 50
	changesMost     = 500
	ancestorsMost   = 200
	dependencyMost  = 100
	versionMost     = 40
	parameterLength = 300
)

// IsName tells whether a package may be called so.
func IsName(s string) bool { return len(s) <= NameMost && nameForm.MatchString(s) }

// IsVersion tells whether s is a full semantic version, such as 1.2.0.
func IsVersion(s string) bool {
	return len(s) <= versionMost && semver.IsValid("v"+s) && semver.Canonical("v"+s) == "v"+s
}

// IsKey tells whether a parameter may be called so.
func IsKey(s string) bool { return keyForm.MatchString(s) }

// IsRoom tells whether a part may be called so.
func IsRoom(s string) bool { return roomForm.MatchString(s) }

// Compare orders two versions: -1, 0 or 1.
func Compare(a, b string) int { return semver.Compare("v"+a, "v"+b) }

// Next proposes the version after v: a small change.
func Next(v string) string {
	var major, minor, patch int
	if _, err := fmt.Sscanf(v, "%d.%d.%d", &major, &minor, &patch); err != nil {
		return "1.0.0"
	}
	return fmt.Sprintf("%d.%d.0", major, minor+1)
}

// CheckUpgrade refuses a package that is older than the one here, or has the
// same number with other content.
func CheckUpgrade(haveVersion, haveHash, version, hash string) error {
	switch c := Compare(version, haveVersion); {
	case c < 0:
		return wrong(Older, "version", "%s is here, and %s is older", haveVersion, version)
	case c == 0 && haveHash != hash:
		return wrong(Rewritten, "version", "%s is here with other content", version)
	}
	return nil
}

func (m *Manifest) check() error {
	text := func(at, s string, least, most int) error {
		if n := utf8.RuneCountInString(s); !utf8.ValidString(s) || n < least || n > most {
			return wrong(BadField, at, "%d to %d characters", least, most)
		}
		return nil
	}
	b := m.Wijkbaak
	switch {
	case b.Format > Format:
		return wrong(TooNew, "wijkbaak.format", "format %d, this program knows %d", b.Format, Format)
	case b.Format < 1:
		return wrong(BadField, "wijkbaak.format", "not a practice package")
	case !IsName(m.Name):
		return wrong(BadField, "name", "small letters, digits and -, in parts with a dot between, at most %d", NameMost)
	case !IsVersion(m.Version):
		return wrong(BadField, "version", "%q is no semantic version such as 1.2.0", m.Version)
	case len(m.Dependencies) > dependencyMost, len(b.Parameters) > ParametersMost, len(b.Changelog) > changesMost, len(b.Lineage) > ancestorsMost:
		return wrong(BadField, "package.json", "too many entries")
	}
	if err := CheckLicence(m.License); err != nil {
		return err
	}
	errs := []error{text("title", m.Title, 0, 200), text("description", m.Description, 1, TextMost), text("author", m.Author, 0, 200),
		text("url", m.URL, 0, 500), text("wijkbaak.contact", b.Contact, 0, 200)}
	if m.URL != "" && !strings.HasPrefix(m.URL, "https://") && !strings.HasPrefix(m.URL, "http://") {
		errs = append(errs, wrong(BadField, "url", "an address begins with https://"))
	}
	for name, version := range m.Dependencies {
		if !IsName(name) || !IsVersion(version) {
			errs = append(errs, wrong(BadField, "dependencies", "%q %q", name, version))
		}
	}
	for i, p := range b.Parameters {
		if !IsKey(p.Key) || p.Of != "" && !IsRoom(p.Of) || slices.ContainsFunc(b.Parameters[:i], func(o Parameter) bool { return o.Key == p.Key }) {
			errs = append(errs, wrong(BadField, "wijkbaak.parameters", "the key %q is no key or there twice", p.Key))
		}
		errs = append(errs, text("wijkbaak.parameters", p.Question, 1, parameterLength), text("wijkbaak.parameters", p.Default, 0, parameterLength))
	}
	for _, c := range b.Changelog {
		if !IsVersion(c.Version) || c.Date != "" && !dateForm.MatchString(c.Date) {
			errs = append(errs, wrong(BadField, "wijkbaak.changelog", "version %q, date %q", c.Version, c.Date))
		}
		errs = append(errs, text("wijkbaak.changelog", c.Text, 1, TextMost))
	}
	for _, a := range b.Lineage {
		if !IsName(a.Name) || !IsVersion(a.Version) || a.SHA256 != "" && !hashForm.MatchString(a.SHA256) {
			errs = append(errs, wrong(BadField, "wijkbaak.lineage", "%q %q", a.Name, a.Version))
		}
		errs = append(errs, text("wijkbaak.lineage", a.Instance, 1, 300))
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Rooms lists the parts in the order of their names.
func (p *Package) Rooms() []string { return sorted(p.Parts) }

// Paths lists the files in the order of their names.
func (p *Package) Paths() []string { return sorted(p.Files) }

func sorted[V any](m map[string]V) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	slices.SortFunc(list, cmp.Compare[string])
	return list
}
