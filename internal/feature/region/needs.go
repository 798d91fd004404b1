package region

import (
	"context"
	"time"

	"wijkbaak.nl/internal/base/db"
)

// Overview is the overview of initiatives. It gives what everybody may see: never
// a draft.
type Overview interface {
	Spread(ctx context.Context, r db.Reader) ([]Spread, error)
}

// Revised is an Overview that knows whether it changed, so that it is not read
// again because of a change elsewhere.
type Revised interface {
	Revision(ctx context.Context, r db.Reader) (int64, error)
}

// Spread is an initiative as a region looks at it.
type Spread struct {
	Initiative string // slug
	Name, Kind string
	Path       string
	Themes     []string
	Phase      string
	PhaseYear  int
	Codes      []string // of municipalities
	Growth     []Point
}

// Point is how large an initiative was at a time.
type Point struct {
	Period string
	Value  float64
	Unit   string
	Note   string
	Source string
}

// Places knows the municipalities.
type Places interface {
	Municipalities(ctx context.Context) ([]Municipality, error)
}

// Municipality is one of them. Code is that of Statistics Netherlands; Inhabitants
// is 0 where that is not known.
type Municipality struct {
	Code, Name, Path, Province string
	Lat, Lon                   float64
	Inhabitants                int
}

// Outlined is a Places that also knows the edges of the municipalities, coarse
// enough for a map of the country. It is empty where none were imported; then the
// map has dots.
type Outlined interface {
	Outlines(ctx context.Context) ([]Outline, error)
}

// Outline is the edge of a municipality: rings of latitude and longitude.
type Outline struct {
	Code  string
	Rings [][][2]float64
}

// Due is something that has to be done by a time.
type Due struct {
	At                time.Time
	Title, Path, Kind string
}

// Barriers is the register of obstacles.
type Barriers interface {
	// Stubborn gives the obstacles that most are still stuck on, the worst first.
	Stubborn(ctx context.Context, r db.Reader, most int) ([]Stubborn, error)
}

// Stubborn is an obstacle with how often it is open now, and since when. Without a
// Name it is all obstacles of a category that have no name of their own.
type Stubborn struct {
	Name, Path, Category string
	Open                 int
	Oldest               time.Time
}

// Coalitions tells which municipalities work together.
type Coalitions interface {
	// Public gives those that everybody may see.
	Public(ctx context.Context, r db.Reader) ([]Coalition, error)
}

// Coalition is a group of municipalities, with the initiative it chose, if any.
type Coalition struct {
	ID, Name, Path string
	Cities         []string // codes of municipalities
	Initiative     string   // slug
}

// Pilots tells what is being tried out.
type Pilots interface {
	// Running gives the pilots that run now.
	Running(ctx context.Context, r db.Reader) ([]Pilot, error)
}

// Pilot is an initiative that is tried out in a municipality.
type Pilot struct {
	ID, Name, Path string
	Initiative     string // slug
	Municipality   string // code
}

// Words names what the overview and the register have codes for.
type Words struct {
	Theme, Kind, Phase, Category func(ctx context.Context, code string) string
}

// say gives the word for a code, or the code where nobody knows one.
func say(ctx context.Context, word func(context.Context, string) string, code string) string {
	if word == nil || code == "" {
		return code
	}
	return word(ctx, code)
}
