package scaling

import (
	"bytes"
	"context"
	"encoding/csv"
	"strings"

	"wijkbaak.nl/internal/base/decimal"
	"wijkbaak.nl/internal/base/i18n"
)

// CSV writes the steps with semicolons and decimal commas, as Dutch spreadsheets
// read them.
func (v *View) CSV(ctx context.Context) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff") // without it Excel takes the text for another alphabet
	w := csv.NewWriter(&b)
	w.Comma = ';'
	rows := [][]string{{"stad", "stap", "wie", "begin", "klaar", "gedaan", "stand", "te_laat", "budget", "wacht_op", "wat"}}
	for _, p := range v.Steps {
		var after []string
		for _, id := range p.Waits {
			if o, there := v.Step(id); there {
				after = append(after, o.Title)
			}
		}
		late := ""
		if p.Late(v.Today) {
			late = i18n.T(ctx, "scaling.yes")
		}
		rows = append(rows, []string{v.trackName(ctx, p.Track), p.Title, v.Owner(p), string(p.Start), string(p.Due), string(p.Done),
			stateWord(ctx, p.State), late, cents(p.Budget), strings.Join(after, ", "), p.What})
	}
	for _, row := range rows {
		for k, cell := range row {
			row[k] = decimal.Cell(cell)
		}
	}
	err := w.WriteAll(rows)
	return b.Bytes(), err
}
