package businesscase

import (
	"bytes"
	"context"
	"encoding/csv"
	"net/http"
	"strconv"

	"wijkbaak.nl/internal/base/decimal"
	"wijkbaak.nl/internal/base/web"
)

// csv gives the lines with semicolons and decimal commas, as Dutch spreadsheets
// read them.
func (s *Service) csv(w http.ResponseWriter, r *http.Request) error {
	v, err := s.shown(r)
	if err != nil {
		return err
	}
	body, err := v.Model.CSV(r.Context())
	if err != nil {
		return err
	}
	return web.Download(w, r, "kosten-baten.csv", kindCSV, body)
}

// CSV writes the lines of the model.
func (m *Model) CSV(ctx context.Context) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff") // without it Excel takes the text for another alphabet
	w := csv.NewWriter(&b)
	w.Comma = ';'
	rows := [][]string{{"regel", "betaler", "soort", "per", "eenheid", "bedrag_laag", "bedrag", "bedrag_hoog", "stand", "bron", "adres", "jaar",
		"aantal_laag", "aantal", "aantal_hoog", "aantal_stand", "aantal_bron", "uitleg"}}
	for _, l := range m.Lines {
		q := l.Quantity
		if q == nil {
			q = &Figure{}
		}
		year := ""
		if l.Amount.Year != 0 {
			year = strconv.Itoa(l.Amount.Year)
		}
		rows = append(rows, []string{l.Name, payerWord(ctx, l.Payer), word(ctx, "kind", string(l.Kind)), word(ctx, "basis", string(l.Basis)), l.Unit,
			typed(l.Amount.Low), typed(l.Amount.Likely), typed(l.Amount.High), string(l.Amount.Status), l.Amount.Source, l.Amount.URL, year,
			typed(q.Low), typed(q.Likely), typed(q.High), string(q.Status), q.Source, l.Note})
	}
	for _, row := range rows {
		for k, cell := range row {
			row[k] = decimal.Cell(cell)
		}
	}
	err := w.WriteAll(rows)
	return b.Bytes(), err
}
