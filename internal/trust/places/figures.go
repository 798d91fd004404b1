package places

import (
	"context"
	"math"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
)

// AgesFrom are the ages at which the groups of Figures.Ages begin: 0 to 14, 15 to
// 24, 25 to 44, 45 to 64, and 65 and over.
var AgesFrom = [5]int{0, 15, 25, 45, 65}

// Figures are what is known of the people who live in a place. What is not known
// is zero.
type Figures struct {
	Place         string // path
	Inhabitants   int64
	Density       float64    // inhabitants a km²
	Addresses     float64    // addresses a km² in the surroundings of an address
	Urbanity      int        // class of CBS: from 1 (very urban) to 5 (not urban)
	Estimated     bool       // Urbanity is our guess, from how closely people live
	Ages          [5]float64 // shares of the groups, in percent
	Over75        float64    // part of the last group, in percent of all
	Demonstration bool       // made up

	line int // in the file it came from
}

// HasAges tells whether the ages are known.
func (f Figures) HasAges() bool { return f.Ages != [5]float64{} }

// known tells whether there is anything to keep.
func (f Figures) known() bool {
	return f.Inhabitants > 0 || f.Density > 0 || f.Addresses > 0 || f.Urbanity > 0 || f.HasAges()
}

// classes are where the classes of urbanity of CBS begin, in addresses a km² in
// the surroundings of an address: very, strongly, moderately and hardly urban.
var classes = [4]float64{2500, 1500, 1000, 500}

// perAddress is how many people live behind one address, about. With it the
// classes of CBS become limits for inhabitants a km²: 5250, 3150, 2100 and 1050.
const perAddress = 2.1

// urbanity gives the class of a density of addresses.
func urbanity(addresses float64) int {
	for i, least := range classes {
		if addresses >= least {
			return i + 1
		}
	}
	return len(classes) + 1
}

// crowd is what the postcodes of a place tell.
type crowd struct {
	people int64
	km2    float64
	near   float64 // inhabitants × how many live a km² in their postcode
}

func (c *crowd) add(o crowd) {
	c.people, c.km2, c.near = c.people+o.people, c.km2+o.km2, c.near+o.near
}

// complete fills in what was not imported: the density by the postcodes, and the
// urbanity by the addresses or else by how closely people live. For the latter
// each postcode weighs by its people: a municipality with much heath around a
// town is as urban as the town.
func (f Figures) complete(c crowd) Figures {
	if f.Inhabitants == 0 {
		f.Inhabitants = c.people
	}
	if f.Density == 0 && c.people > 0 && c.km2 > 0 {
		f.Density = float64(c.people) / c.km2
	}
	if f.Urbanity > 0 {
		return f
	}
	near := f.Density
	if c.people > 0 {
		near = c.near / float64(c.people)
	}
	switch {
	case f.Addresses > 0:
		f.Urbanity = urbanity(f.Addresses)
	case near > 0:
		f.Urbanity, f.Estimated = urbanity(near/perAddress), true
	}
	return f
}

// share is part of all in percent, to one decimal.
func share(part, all int64) float64 { return math.Round(1000*float64(part)/float64(all)) / 10 }

// allFigures are those of the municipalities, as of a version of the data.
type allFigures struct {
	version string
	of      map[string]Figures
}

// Figures gives what is known of the municipalities, by path, for the caller to
// read only. One of which nothing is known is not in it.
func (s *Places) Figures(ctx context.Context) (map[string]Figures, error) {
	version, err := s.db.Version(ctx)
	if err != nil {
		return nil, err
	}
	if known := s.figures.Load(); known != nil && known.version == version {
		return known.of, nil
	}
	var of map[string]Figures
	err = s.db.Read(ctx, func(ctx context.Context, r db.Reader) error {
		rows, err := db.All(ctx, r, scanFigures, selectFigures, "")
		if err != nil {
			return err
		}
		crowds, err := crowdsIn(ctx, r, "")
		if err != nil {
			return err
		}
		of = make(map[string]Figures, len(crowds))
		for path, c := range crowds {
			if strings.Count(path, "/") == 1 {
				of[path] = Figures{Place: path}.complete(c)
			}
		}
		for _, f := range rows {
			of[f.Place] = f.complete(crowds[f.Place])
		}
		return nil
	})
	if err == nil {
		s.figures.Store(&allFigures{version, of})
	}
	return of, err
}

// FiguresOf gives what is known of one place; a place of which nothing is known
// has figures without any.
func (s *Places) FiguresOf(ctx context.Context, path string) (Figures, error) {
	f := Figures{Place: path}
	err := s.db.Read(ctx, func(ctx context.Context, r db.Reader) error {
		row, err := db.One(ctx, r, scanFigures, selectFiguresOf, path)
		if err == nil {
			f = row
		} else if fault.KindOf(err) != fault.KindNotFound {
			return err
		}
		crowds, err := crowdsIn(ctx, r, path)
		f = f.complete(crowds[path])
		return err
	})
	return f, err
}

// crowdsIn adds up the postcodes of path and what lies in it, for each place and
// all that lie around it. Postcodes that are made up tell nothing of a real place.
func crowdsIn(ctx context.Context, r db.Reader, path string) (map[string]crowd, error) {
	type row struct {
		place string
		crowd
	}
	rows, err := db.All(ctx, r, func(s db.Scanner) (v row, err error) {
		err = s.Scan(&v.place, &v.people, &v.km2, &v.near)
		return v, err
	}, selectCrowds, path, path+"0") // after the slash comes the 0
	of := map[string]crowd{}
	for _, v := range rows {
		for _, around := range Ancestors(v.place) {
			c := of[around]
			c.add(v.crowd)
			of[around] = c
		}
	}
	return of, err
}
