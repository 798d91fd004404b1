package region

import (
	"bytes"
	"context"
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/decimal"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
)

// csv gives each municipality with each of its initiatives, as a spreadsheet opens
// it here: semicolons, and a mark that it is UTF-8. A municipality with nothing has
// a row too: that is what people look for.
func (s *Service) csv(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	seen, err := s.look(ctx, s.filterOf(r.URL.Query()))
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	buf.WriteString("\ufeff")
	c := csv.NewWriter(&buf)
	c.Comma, c.UseCRLF = ';', true
	var head []string
	for _, key := range []string{"town", "code", "province", "people", "initiative", "kind", "themes", "phase", "year", "pilots", "address"} {
		// keys: region.csv.*
		head = append(head, i18n.T(ctx, "region.csv."+key))
	}
	if err := c.Write(head); err != nil {
		return err
	}
	for _, row := range s.view(seen).rows(ctx) {
		for k := range row {
			row[k] = decimal.Cell(row[k])
		}
		if err := c.Write(row); err != nil {
			return err
		}
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return err
	}
	return web.Download(w, r, "regio.csv", "text/csv; charset=utf-8", buf.Bytes())
}

// rows are those of the file. What has no municipality stands at its end.
func (v view) rows(ctx context.Context) (list [][]string) {
	pilots := map[string]int{}
	for _, p := range v.pilot {
		pilots[townKey(p.Municipality)+" "+p.Initiative]++
	}
	words := map[*entry][]string{}
	row := func(front [4]string, id string, e *entry) {
		if e == nil {
			list = append(list, append(front[:], "", "", "", "", "", "", ""))
			return
		}
		known, ok := words[e]
		if !ok {
			var themes []string
			for _, t := range e.Themes {
				themes = append(themes, say(ctx, v.Words.Theme, t))
			}
			year := ""
			if e.PhaseYear > 0 {
				year = strconv.Itoa(e.PhaseYear)
			}
			known = []string{e.Name, say(ctx, v.Words.Kind, e.Kind), strings.Join(themes, ", "), v.phaseWord(ctx, e.Phase), year, ui.Href(ctx, e.Path)}
			words[e] = known
		}
		n := strconv.Itoa(pilots[id+" "+e.Initiative])
		list = append(list, append(append(front[:], known[:5]...), n, known[5]))
	}
	for _, i := range v.inArea() {
		t := v.towns[i]
		people := ""
		if t.Inhabitants > 0 {
			people = strconv.Itoa(t.Inhabitants)
		}
		front := [4]string{t.Name, t.Code, t.Province, people}
		if v.has[i].N == 0 {
			row(front, t.id, nil)
		}
		for _, e := range v.in(i, len(v.entries)) {
			row(front, t.id, e)
		}
	}
	if !v.Area() {
		for _, e := range v.list {
			if e.n == 0 {
				row([4]string{}, "", e)
			}
		}
	}
	return list
}
