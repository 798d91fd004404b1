package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"wijkbaak.nl/internal/app"
	"wijkbaak.nl/internal/feature/initiatives"
	"wijkbaak.nl/internal/trust/places"
)

type importCmd struct {
	Cases  importCasesCmd  `cmd:"" help:"Take in case files: initiatives, barriers and factors (YAML)." example:"wijkbaak import cases initiatives.yaml barriers.yaml factors.yaml --dry-run"`
	Places importPlacesCmd `cmd:"" help:"Take in outlines of municipalities (GeoJSON), and districts, postcodes or figures of who lives there (CSV)." example:"wijkbaak import places gemeenten.geojson pc4.csv kwb.csv --dry-run"`
	Offers importOffersCmd `cmd:"" help:"Take in what there is from another list, as HSDS 3 (JSON, CSV or a zip of tables)." example:"wijkbaak import offers --feed welzijn services.json --dry-run"`
}

type importCasesCmd struct {
	dataSettings `group:"Data"`
	DryRun       bool     `help:"Only tell what would be done."`
	Files        []string `arg:"" help:"Files that belong together."`
}

const caseMost = 8 << 20

// Run implements the sub-command.
func (i *importCasesCmd) Run(ctx context.Context, c console) error {
	return i.with(ctx, func(ctx context.Context, a *app.App) error {
		var files []initiatives.File
		for _, name := range i.Files {
			text, err := readUpTo(name, caseMost)
			if err != nil {
				return err
			}
			files = append(files, initiatives.File{Name: filepath.Base(name), Text: text})
		}
		r, err := a.Initiatives.Import(ctx, files, i.DryRun)
		if err != nil {
			return err
		}
		for _, f := range r.Faults {
			c.say("wrong: %s", f.Error())
		}
		for _, n := range r.Notes {
			c.say("note: %s", n.Error())
		}
		for _, change := range r.Changes {
			if change.State != initiatives.Same {
				c.say("%-8s %s %s", change.State, change.Kind, change.Slug)
			}
		}
		c.say("%d new, %d changed, %d the same, %d refused.%s", r.Count(initiatives.IsNew), r.Count(initiatives.Changed),
			r.Count(initiatives.Same), r.Count(initiatives.Refused), unchanged(i.DryRun))
		if len(r.Faults) > 0 {
			return errSaid
		}
		return nil
	})
}

func unchanged(dry bool) string {
	if dry {
		return " Nothing was changed: this was a look beforehand."
	}
	return ""
}

func readUpTo(name string, most int64) ([]byte, error) {
	f, err := os.Open(name) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(text)) > most {
		err = fmt.Errorf("%s: longer than %d MB", name, most>>20)
	}
	return text, err
}

type importPlacesCmd struct {
	dataSettings `group:"Data"`
	DryRun       bool     `help:"Only tell what would be done."`
	Files        []string `arg:"" help:"Outlines (.geojson), districts (CSV with code, name, kind, parent), postcodes (CSV with pc4, gm, lat, lon, inwoners, km2) and figures (CSV of the CBS table Kerncijfers wijken en buurten, with gwb_code, a_inw); they are taken in that order."`
}

// placesFile is a file of places and how it is read.
type placesFile struct {
	name  string
	text  []byte
	order int
	read  func(string, io.Reader) (places.Batch, error)
}

func openPlaces(name string) (placesFile, error) {
	text, err := readUpTo(name, places.MaxBytes)
	if err != nil {
		return placesFile{}, err
	}
	p := placesFile{name: filepath.Base(name), text: text}
	first, _, _ := bytes.Cut(text, []byte("\n"))
	columns := strings.ToLower(string(first))
	switch ext := strings.ToLower(filepath.Ext(name)); {
	case ext == ".geojson" || ext == ".json":
		p.read = places.ReadMunicipalities
	case ext == ".csv" && strings.Contains(columns, "gwb_code"):
		p.order, p.read = 3, places.ReadFigures
	case ext == ".csv" && strings.Contains(columns, "pc4"):
		p.order, p.read = 2, places.ReadPostcodes
	case ext == ".csv":
		p.order, p.read = 1, places.ReadNeighbourhoods
	default:
		return p, fmt.Errorf("%s: neither GeoJSON (.geojson) nor a table (.csv)", name)
	}
	return p, nil
}

// Run implements the sub-command.
func (i *importPlacesCmd) Run(ctx context.Context, c console) error {
	return i.with(ctx, func(ctx context.Context, a *app.App) error {
		var files []placesFile
		for _, name := range i.Files {
			f, err := openPlaces(name)
			if err != nil {
				return err
			}
			files = append(files, f)
		}
		slices.SortStableFunc(files, func(x, y placesFile) int { return x.order - y.order })
		for _, f := range files {
			batch, err := f.read(f.name, bytes.NewReader(f.text))
			if err != nil {
				return err
			}
			take := a.Places.Import
			if i.DryRun {
				take = a.Places.Preview
			}
			s, err := take(ctx, batch)
			if problems, ok := errors.AsType[places.Problems](err); ok {
				for _, p := range problems {
					c.say("wrong: %s", p.String())
				}
				return errSaid
			}
			if err != nil {
				return err
			}
			c.say("%s: %d new, %d changed, %d the same, %d passed over, %d outlines.%s", f.name, s.New, s.Changed, s.Same, s.Skipped, s.Outlines, unchanged(i.DryRun))
			if i.DryRun {
				for _, e := range s.Examples {
					c.say("    %s", e)
				}
			}
		}
		return nil
	})
}
