package offers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/goccy/go-yaml"
)

// fileMost bounds a file of entries.
const fileMost = 4 << 20

// entry is an offer as it stands in a file: the organisation by name, and how long
// ago it was looked at.
type entry struct {
	Slug         string           `yaml:"slug"`
	Kind         string           `yaml:"kind"`
	Name         string           `yaml:"name"`
	Summary      string           `yaml:"summary"`
	Description  string           `yaml:"description"`
	Gives        string           `yaml:"gives"`
	For          string           `yaml:"for"`
	Audience     []string         `yaml:"audience"`
	Themes       []string         `yaml:"themes"`
	Areas        []string         `yaml:"areas"`
	Organisation string           `yaml:"organisation"`
	Places       []string         `yaml:"places"`
	Where        []string         `yaml:"where"`
	Locations    []fileLocation   `yaml:"locations"`
	Schedule     []fileSlot       `yaml:"schedule"`
	Cost         fileCost         `yaml:"cost"`
	Join         fileJoin         `yaml:"join"`
	Languages    []string         `yaml:"languages"`
	Accessible   []string         `yaml:"accessible"`
	Ground       string           `yaml:"ground"`
	UPL          string           `yaml:"upl"`
	CheckedDays  int              `yaml:"checked_days_ago"`
	Initiative   string           `yaml:"initiative"`
	Application  *fileApplication `yaml:"application"`
	Also         []string         `yaml:"also"`
}

type fileLocation struct {
	Name     string   `yaml:"name"`
	Street   string   `yaml:"street"`
	Postcode string   `yaml:"postcode"`
	Town     string   `yaml:"town"`
	Lat      float64  `yaml:"lat"`
	Lon      float64  `yaml:"lon"`
	Access   []string `yaml:"access"`
}

type fileSlot struct {
	Days   []string `yaml:"days"`
	Dates  []string `yaml:"dates"`
	Every  int      `yaml:"every"`
	Nth    int      `yaml:"nth"`
	Starts string   `yaml:"starts"`
	Ends   string   `yaml:"ends"`
	From   string   `yaml:"from"`
	To     string   `yaml:"to"`
	Note   string   `yaml:"note"`
}

type fileCost struct {
	Kind  string `yaml:"kind"`
	Cents int64  `yaml:"cents"`
	Per   string `yaml:"per"`
	Note  string `yaml:"note"`
}

type fileJoin struct {
	Text  string `yaml:"text"`
	Phone string `yaml:"phone"`
	Email string `yaml:"email"`
	URL   string `yaml:"url"`
}

type fileApplication struct {
	Platforms []string `yaml:"platforms"`
	Vendor    string   `yaml:"vendor"`
	Medical   bool     `yaml:"medical"`
}

// loaded is an entry of a file, checked.
type loaded struct {
	Offer
	by      string // name of the organisation
	checked int    // days ago
}

// load reads a file of entries strictly: its error names file and field.
func load(name string, text []byte) ([]loaded, error) {
	if len(text) > fileMost {
		return nil, fmt.Errorf("%s: larger than %d MB", name, fileMost>>20)
	}
	var f struct {
		Offers []entry `yaml:"offers"`
	}
	d := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict())
	if err := decode(d, &f); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var list []loaded
	var wrong []error
	for k, e := range f.Offers {
		l := loaded{Offer: e.offer(), by: strings.Join(strings.Fields(e.Organisation), " "), checked: e.CheckedDays}
		faults := l.check(false)
		if l.by == "" {
			faults = append(faults, Fault{Field: "organisation", Reason: "it is empty"})
		}
		if !slugForm.MatchString(e.Slug) {
			faults = append(faults, Fault{Field: "slug", Reason: fmt.Sprintf("%q is no slug", e.Slug)})
		}
		if e.CheckedDays < 0 || e.CheckedDays > 5000 {
			faults = append(faults, Fault{Field: "checked_days_ago", Reason: "it is no number of days"})
		}
		for _, fault := range faults {
			wrong = append(wrong, fmt.Errorf("%s: offers[%d] (%s).%w", name, k, e.Slug, fault))
		}
		list = append(list, l)
	}
	return list, errors.Join(wrong...)
}

// decode keeps the parser from taking the program down.
func decode(d *yaml.Decoder, v any) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.New("this is not readable as YAML")
		}
	}()
	if err = d.Decode(v); errors.Is(err, io.EOF) {
		return errors.New("the file is empty")
	}
	return err
}

func (e entry) offer() Offer {
	o := Offer{Slug: e.Slug, Kind: e.Kind, Name: strings.TrimSpace(e.Name), Summary: strings.TrimSpace(e.Summary), Description: strings.TrimSpace(e.Description),
		Gives: strings.TrimSpace(e.Gives), For: strings.TrimSpace(e.For), Audience: e.Audience, Themes: e.Themes, Areas: e.Areas, Places: e.Places, Where: e.Where,
		Cost: Price(e.Cost), Join: Join(e.Join), Languages: e.Languages, Accessible: e.Accessible, Ground: e.Ground, UPL: e.UPL, Initiative: e.Initiative, Also: e.Also}
	for _, l := range e.Locations {
		o.Locations = append(o.Locations, Location{Name: l.Name, Street: l.Street, Postcode: l.Postcode, Town: l.Town, Lat: l.Lat, Lon: l.Lon, Access: l.Access})
	}
	for _, s := range e.Schedule {
		o.Schedule = append(o.Schedule, Slot(s))
	}
	if a := e.Application; a != nil {
		o.Application = &Application{Platforms: a.Platforms, Vendor: a.Vendor, Medical: a.Medical}
	}
	return o
}
