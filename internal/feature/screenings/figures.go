package screenings

import (
	"bytes"
	"context"
	"encoding/csv"
	"strconv"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/decimal"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/trust/access"
)

// Figures are the response to a round, with what may not be seen left out. Numbers
// that are left out are nowhere in it.
type Figures struct {
	Rows  []FigureRow `json:"rows"`
	Total FigureRow   `json:"total"`
	At    time.Time   `json:"at"`
}

// FigureRow is one district. A nil is a number that is not shown.
type FigureRow struct {
	District string        `json:"district"`
	Name     string        `json:"name"`
	Cells    [columns]*int `json:"cells"`
}

// tally is how many invitations of a district are alike.
type tally struct {
	district, state string
	risk            Risk
	visit           string
	n               int
}

// counted puts tallies together, by district.
func counted(list []tally) (districts []string, rows table) {
	for _, v := range list {
		if len(districts) == 0 || districts[len(districts)-1] != v.district {
			districts, rows = append(districts, v.district), append(rows, [columns]int{})
		}
		r := &rows[len(rows)-1]
		r[colInvited] += v.n
		if v.state != answered {
			continue
		}
		r[colAnswered] += v.n
		switch v.risk {
		case Low:
			r[colLow] += v.n
		case Medium:
			r[colMedium] += v.n
		case High:
			r[colHigh] += v.n
		}
		if v.visit != "" {
			r[colBooked] += v.n
		}
		if v.visit == came {
			r[colCame] += v.n
		}
	}
	return districts, rows
}

// show makes figures of what was counted.
func show(list []tally, names map[string]string, at time.Time) Figures {
	districts, rows := counted(list)
	all := total(rows)
	out := suppress(all)
	f := Figures{At: at}
	for d, r := range all {
		row := FigureRow{}
		if d < len(districts) {
			row.District, row.Name = districts[d], names[districts[d]]
		}
		for k, n := range r {
			if !out[d][k] {
				row.Cells[k] = &n
			}
		}
		if d < len(districts) {
			f.Rows = append(f.Rows, row)
		} else {
			f.Total = row
		}
	}
	return f
}

// Figures gives the response to a round.
func (s *Service) Figures(ctx context.Context, id string) (Round, Figures, error) {
	r, err := s.round(ctx, s.DB, id)
	if err == nil && !MaySee(access.Of(ctx), r) {
		err = fault.NotFound()
	}
	if err != nil {
		return r, Figures{}, err
	}
	f, err := s.figures(ctx, s.DB, r)
	return r, f, err
}

func (s *Service) figures(ctx context.Context, r db.Reader, v Round) (Figures, error) {
	if v.Figures != nil {
		return *v.Figures, nil
	}
	list, err := db.All(ctx, r, scanTally, selectTally, v.ID)
	if err != nil {
		return Figures{}, err
	}
	batches, err := db.All(ctx, r, scanBatch, selectBatches, v.ID, "", batchesMost)
	names := map[string]string{}
	for _, b := range batches {
		names[b.District] = b.DistrictName
	}
	f := show(list, names, s.Clock.Now())
	if v.State != Closed {
		f.hide(colAnswered + 1)
	}
	return f, err
}

// hide takes away all columns from one on. While people still answer, who looks twice
// would learn the class of who answered in between; so classes and visits are told
// when the round is closed.
func (f *Figures) hide(from int) {
	for k := from; k < columns; k++ {
		f.Total.Cells[k] = nil
		for i := range f.Rows {
			f.Rows[i].Cells[k] = nil
		}
	}
}

// Percent is how many in a hundred answered; false where that is not shown.
func (f Figures) Percent() (float64, bool) {
	i, a := f.Total.Cells[colInvited], f.Total.Cells[colAnswered]
	if i == nil || a == nil || *i == 0 {
		return 0, false
	}
	return 100 * float64(*a) / float64(*i), true
}

// columnKeys name the columns.
var columnKeys = [columns]string{"screenings.figures.invited", "screenings.figures.answered", "screenings.figures.low", "screenings.figures.medium",
	"screenings.figures.high", "screenings.figures.booked", "screenings.figures.came"}

// table writes figures as a table for a spreadsheet.
func (f Figures) table(ctx context.Context) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.Comma, w.UseCRLF = ';', true
	heading := []string{i18n.T(ctx, "screenings.figures.district"), i18n.T(ctx, "screenings.figures.name")}
	for _, k := range columnKeys {
		heading = append(heading, i18n.T(ctx, k))
	}
	lines := [][]string{heading}
	for _, r := range append(append([]FigureRow{}, f.Rows...), f.Total) {
		line := []string{decimal.Cell(r.District), decimal.Cell(r.Name)}
		if r.District == "" {
			line[0] = i18n.T(ctx, "screenings.figures.total")
		}
		for _, n := range r.Cells {
			if n == nil {
				line = append(line, "")
			} else {
				line = append(line, strconv.Itoa(*n))
			}
		}
		lines = append(lines, line)
	}
	err := w.WriteAll(lines)
	return b.Bytes(), err
}
