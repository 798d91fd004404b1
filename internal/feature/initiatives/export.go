package initiatives

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

// csv gives the list as a spreadsheet opens it here: semicolons, and a mark that it
// is UTF-8.
func (s *Service) csv(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	cards, err := s.All(ctx, filterOf(r.URL.Query()))
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	buf.WriteString("\ufeff")
	c := csv.NewWriter(&buf)
	c.Comma = ';'
	c.UseCRLF = true
	var head []string
	for _, key := range []string{"name", "kind", "phase", "year", "towns", "region", "themes", "for", "strength", "figures", "cost", "summary", "address"} {
		head = append(head, i18n.T(ctx, "initiatives.csv."+key))
	}
	if err := c.Write(head); err != nil {
		return err
	}
	for _, v := range cards {
		y, cost := "", i18n.T(ctx, "initiatives.cost.no")
		if v.Phase.Year != 0 {
			y = year(v.Phase.Year)
		}
		if v.HasCost {
			cost = i18n.T(ctx, "initiatives.cost.yes")
		}
		row := []string{v.Name, word(ctx, "kind", v.Kind), word(ctx, "phase", v.Phase.Status), y, strings.Join(v.Places, ", "), v.Region,
			strings.Join(words(ctx, "theme", v.Themes), ", "), strings.Join(v.Targets, ", "), strengthBadge(ctx, v.Strength).Label,
			strconv.Itoa(v.Evidence), cost, v.Summary, s.full(ctx, address(v.Slug))}
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
	return web.Download(w, r, "initiatieven.csv", "text/csv; charset=utf-8", buf.Bytes())
}

// json gives the list in the form of the API.
func (s *Service) json(w http.ResponseWriter, r *http.Request) error {
	cards, err := s.All(r.Context(), filterOf(r.URL.Query()))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="initiatieven.json"`)
	return web.JSON(w, r, http.StatusOK, itemsOf(cards))
}

// feed tells what changed last. Its ids do not depend on the address of this
// instance.
func (s *Service) feed(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	cards, err := s.Latest(ctx)
	if err != nil {
		return err
	}
	f := web.Feed{Title: i18n.T(ctx, "initiatives.title"), ID: "urn:wijkbaak:initiatives", Author: ui.ShellOf(ctx).PlaceName,
		Self: s.full(ctx, "/initiatieven.atom"), Page: s.full(ctx, "/initiatieven")}
	for _, c := range cards {
		f.Entries = append(f.Entries, web.FeedEntry{Title: c.Name, ID: "urn:wijkbaak:initiative:" + c.Slug, Page: s.full(ctx, address(c.Slug)),
			Updated: c.Updated, Summary: c.Summary})
	}
	return f.Send(w, r)
}

// full is the whole address of a page, for what is read outside the website.
func (s *Service) full(ctx context.Context, path string) string {
	return s.o.BaseURL + ui.Href(ctx, path)
}
