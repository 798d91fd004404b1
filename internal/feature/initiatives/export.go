package initiatives

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
)

// safeCell keeps a spreadsheet from taking a text for a formula.
func safeCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

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
			strconv.Itoa(v.Evidence), cost, v.Summary, ui.Href(ctx, address(v.Slug))}
		for k := range row {
			row[k] = safeCell(row[k])
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

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Title   string      `xml:"title"`
	ID      string      `xml:"id"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	Title   string   `xml:"title"`
	ID      string   `xml:"id"`
	Updated string   `xml:"updated"`
	Link    atomLink `xml:"link"`
	Summary string   `xml:"summary"`
}

// feed tells what changed last. Its ids do not depend on the address of this
// instance; its links are relative to the feed.
func (s *Service) feed(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	cards, err := s.Latest(ctx)
	if err != nil {
		return err
	}
	f := atomFeed{Title: i18n.T(ctx, "initiatives.title"), ID: "urn:wijkbaak:initiatives", Author: ui.ShellOf(ctx).PlaceName,
		Updated: s.clock.Now().Format(time.RFC3339), Links: []atomLink{{"self", ui.Href(ctx, "/initiatieven.atom")}, {"alternate", ui.Href(ctx, "/initiatieven")}}}
	for k, c := range cards {
		at := c.Updated.Format(time.RFC3339)
		if k == 0 {
			f.Updated = at
		}
		f.Entries = append(f.Entries, atomEntry{c.Name, "urn:wijkbaak:initiative:" + c.Slug, at, atomLink{"alternate", ui.Href(ctx, address(c.Slug))}, c.Summary})
	}
	body, err := xml.Marshal(f)
	if err != nil {
		return err
	}
	return web.Bytes(w, r, http.StatusOK, "application/atom+xml; charset=utf-8", append([]byte(xml.Header), body...))
}
