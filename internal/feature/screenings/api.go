package screenings

import (
	"net/http"
	"time"

	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

const (
	apiFigures = web.APIPath + "/screenings/{id}/figures"
	tag        = "screenings"
)

func (s *Service) apiRoutes() []web.Route {
	return []web.Route{
		web.API(http.MethodGet, apiFigures, access.Public, s.apiFigures).Doc(web.Doc{ID: "getScreeningFigures", Key: "screenings.api.figures", Tag: tag, Answer: apiFiguresBody{}}),
	}
}

// apiFiguresBody are the figures of a round; a number that is not shown is left out.
type apiFiguresBody struct {
	ID        string         `json:"id"`
	Title     string         `json:"title"`
	Demo      bool           `json:"demonstration"`
	At        time.Time      `json:"countedAt"`
	Districts []apiFigureRow `json:"districts"`
	Total     apiFigureRow   `json:"total"`
	Links     web.Links      `json:"_links"`
}

func (apiFiguresBody) Describe() []web.Field {
	return []web.Field{{Name: "demonstration", Key: "screenings.api.demonstration"}, {Name: "districts", Key: "screenings.api.districts"}}
}

type apiFigureRow struct {
	Postcode string `json:"postcode"`
	Name     string `json:"name"`
	Invited  *int   `json:"invited,omitempty"`
	Answered *int   `json:"answered,omitempty"`
	Low      *int   `json:"low,omitempty"`
	Medium   *int   `json:"medium,omitempty"`
	High     *int   `json:"high,omitempty"`
	Booked   *int   `json:"booked,omitempty"`
	Came     *int   `json:"came,omitempty"`
}

func (apiFigureRow) Describe() []web.Field {
	return []web.Field{{Name: "invited", Key: "screenings.api.number"}}
}

func apiRow(r FigureRow) apiFigureRow {
	c := r.Cells
	return apiFigureRow{r.District, r.Name, c[colInvited], c[colAnswered], c[colLow], c[colMedium], c[colHigh], c[colBooked], c[colCame]}
}

func (s *Service) apiFigures(w http.ResponseWriter, r *http.Request) error {
	v, f, err := s.Figures(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	out := apiFiguresBody{ID: v.ID, Title: v.Title, Demo: v.Demonstration, At: f.At, Districts: []apiFigureRow{}, Total: apiRow(f.Total),
		Links: web.Self(web.APIPath+"/screenings/"+v.ID+"/figures", figuresPath(v.ID))}
	for _, row := range f.Rows {
		out.Districts = append(out.Districts, apiRow(row))
	}
	return web.JSON(w, r, http.StatusOK, out)
}
