package businesscase

import (
	"net/http"
	"slices"
	"time"

	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

const apiPath = web.APIPath + "/business-cases"

func (s *Service) apiRoutes() []web.Route {
	return []web.Route{
		web.API(http.MethodGet, apiPath, access.Public, s.apiList).ForAll().Doc(web.Doc{ID: "listBusinessCases", Key: "businesscase.api.list",
			Tag: "business-cases", Query: web.Paging(), Answer: apiCases{}}),
		web.API(http.MethodGet, apiPath+"/{id}", access.Public, s.apiCase).ForAll().Doc(web.Doc{ID: "getBusinessCase", Key: "businesscase.api.get",
			Tag: "business-cases", Answer: apiCase{}}),
	}
}

type apiRow struct {
	ID         string    `json:"id"`
	Title      string    `json:"title"`
	Initiative string    `json:"initiative,omitempty"`
	Net        int64     `json:"netCents"`
	Changed    time.Time `json:"changedAt"`
	Demo       bool      `json:"demonstration"`
	Links      web.Links `json:"_links"`
}

// Describe tells what the fields mean.
func (apiRow) Describe() []web.Field {
	return []web.Field{{Name: "initiative", Key: "businesscase.api.initiative"}, {Name: "netCents", Key: "businesscase.api.net"}}
}

type apiCases struct {
	Cases []apiRow  `json:"businessCases"`
	Links web.Links `json:"_links"`
}

type apiFigure struct {
	Low    *float64 `json:"low,omitempty"`
	Likely *float64 `json:"likely,omitempty"`
	High   *float64 `json:"high,omitempty"`
	Status string   `json:"status,omitempty"`
	Source string   `json:"source,omitempty"`
	URL    string   `json:"url,omitempty"`
	Year   int      `json:"year,omitempty"`
}

// Describe tells what the fields mean.
func (apiFigure) Describe() []web.Field {
	return []web.Field{{Name: "likely", Key: "businesscase.api.likely"}, {Name: "status", Key: "businesscase.api.status"}}
}

func figureOf(f *Figure) *apiFigure {
	if f == nil {
		return nil
	}
	return &apiFigure{f.Low, f.Likely, f.High, string(f.Status), f.Source, f.URL, f.Year}
}

type apiLine struct {
	Name     string     `json:"name"`
	Payer    Payer      `json:"payer"`
	Kind     Kind       `json:"kind"`
	Basis    Basis      `json:"basis"`
	Unit     string     `json:"unit"`
	Amount   *apiFigure `json:"amount,omitempty"`
	Quantity *apiFigure `json:"quantity,omitempty"`
	Note     string     `json:"note,omitempty"`
}

// Describe tells what the fields mean.
func (apiLine) Describe() []web.Field {
	return []web.Field{
		{Name: "payer", Key: "businesscase.api.payer"}, {Name: "basis", Key: "businesscase.api.basis"},
		{Name: "amount", Key: "businesscase.api.amount"}, {Name: "quantity", Key: "businesscase.api.quantity"},
	}
}

type apiBand struct {
	Low  int64 `json:"p5"`
	Mid  int64 `json:"p50"`
	High int64 `json:"p95"`
}

type apiOutcome struct {
	Payer   string    `json:"payer"`
	Mean    int64     `json:"meanCents"`
	Likely  int64     `json:"likelyCents"`
	Value   apiBand   `json:"valueCents"`
	Years   []apiBand `json:"yearsCents"`
	Gains   float64   `json:"chanceOfGain"`
	PayBack int       `json:"payBackYear,omitempty"`
}

// Describe tells what the fields mean.
func (apiOutcome) Describe() []web.Field {
	return []web.Field{
		{Name: "payer", Key: "businesscase.api.outcome"}, {Name: "meanCents", Key: "businesscase.api.mean"},
		{Name: "valueCents", Key: "businesscase.api.value"}, {Name: "yearsCents", Key: "businesscase.api.years"},
	}
}

func outcomeOf(o Outcome) apiOutcome {
	a := apiOutcome{Payer: string(o.Payer), Mean: o.Mean, Likely: o.ValueLikely, Value: apiBand(o.Value), Gains: o.Gains, PayBack: o.PayBack, Years: []apiBand{}}
	if a.Payer == "" {
		a.Payer = "all"
	}
	for _, b := range o.Years {
		a.Years = append(a.Years, apiBand(b))
	}
	return a
}

type apiCase struct {
	apiRow
	StartYear int          `json:"startYear"`
	Horizon   int          `json:"horizon"`
	Discount  *apiFigure   `json:"discount,omitempty"`
	Lines     []apiLine    `json:"lines"`
	Draws     int          `json:"draws"`
	Outcomes  []apiOutcome `json:"outcomes"`
}

// Describe tells what the fields mean.
func (apiCase) Describe() []web.Field {
	return append(apiRow{}.Describe(), web.Field{Name: "discount", Key: "businesscase.api.discount"}, web.Field{Name: "draws", Key: "businesscase.api.draws"})
}

func rowOfCase(c Case) apiRow {
	return apiRow{ID: c.ID, Title: c.Title, Initiative: c.Initiative, Net: c.Net, Changed: c.Changed, Demo: c.Demonstration, Links: web.Self(apiPath+"/"+c.ID, Path(c.ID))}
}

func (s *Service) apiList(w http.ResponseWriter, r *http.Request) error {
	list, more, err := s.List(r.Context(), r.URL.Query().Get("cursor"), web.Limit(r))
	if err != nil {
		return err
	}
	a := apiCases{Cases: []apiRow{}}
	cursor := ""
	for _, c := range list {
		a.Cases = append(a.Cases, rowOfCase(c))
		if more {
			cursor = c.ID
		}
	}
	a.Links = web.ListLinks(w, r, cursor)
	return web.JSON(w, r, http.StatusOK, a)
}

func (s *Service) apiCase(w http.ResponseWriter, r *http.Request) error {
	v, err := s.shown(r)
	if err != nil {
		return err
	}
	set := v.Model.Settings
	a := apiCase{apiRow: rowOfCase(v.Case), StartYear: set.StartYear, Horizon: set.Horizon, Discount: figureOf(&set.Discount), Lines: []apiLine{}, Outcomes: []apiOutcome{}}
	for _, l := range v.Model.Lines {
		a.Lines = append(a.Lines, apiLine{l.Name, l.Payer, l.Kind, l.Basis, l.Unit, figureOf(&l.Amount), figureOf(l.Quantity), l.Note})
	}
	result, err := s.Count(r.Context(), v.Model)
	if err != nil {
		return err
	}
	if result != nil {
		a.Draws = result.Draws
		// The result is shared with other requests: it is copied, not appended to.
		for _, o := range append(slices.Clone(result.Payers), result.Total) {
			a.Outcomes = append(a.Outcomes, outcomeOf(o))
		}
	}
	return web.JSON(w, r, http.StatusOK, a)
}
