package agreements

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

const apiPath = web.APIPath + "/agreements"

func (s *Service) apiRoutes() []web.Route {
	const tag = "agreements"
	return []web.Route{
		web.API(http.MethodGet, apiPath, access.Public, s.apiList).ForAll().Doc(web.Doc{ID: "listAgreements", Key: "agreements.api.list", Tag: tag,
			Query: web.Paging(), Answer: apiAgreements{}}),
		web.API(http.MethodGet, apiPath+"/{id}", access.Public, s.apiGet).ForAll().Doc(web.Doc{ID: "getAgreement", Key: "agreements.api.get", Tag: tag,
			Answer: apiAgreement{}}),
		web.API(http.MethodPost, apiPath+"/{id}/checks", access.Scope(ScopeWrite), s.apiCheck).Doc(web.Doc{ID: "addAgreementCheck",
			Key: "agreements.api.check", Tag: tag, Body: apiAgreementResult{}, Answer: apiAgreement{}, Status: http.StatusCreated}),
	}
}

type apiAgreementParty struct {
	Role Role   `json:"role"`
	Name string `json:"name"`
}

// Describe tells what the fields mean.
func (apiAgreementParty) Describe() []web.Field {
	return []web.Field{{Name: "role", Key: "agreements.api.role", Values: []string{string(Payer), string(Provider)}}}
}

type apiAgreementItem struct {
	ID         string              `json:"id"`
	Title      string              `json:"title"`
	Initiative string              `json:"initiative,omitempty"`
	Stand      Stand               `json:"status"`
	Parties    []apiAgreementParty `json:"parties"`
	Changed    time.Time           `json:"changedAt"`
	Demo       bool                `json:"demonstration"`
	Links      web.Links           `json:"_links"`
}

// Describe tells what the fields mean.
func (apiAgreementItem) Describe() []web.Field {
	return []web.Field{{Name: "initiative", Key: "agreements.api.initiative"}, {Name: "status", Key: "agreements.api.status", Values: []string{string(Draft), string(Public)}}}
}

type apiAgreements struct {
	Items []apiAgreementItem `json:"items"`
	Links web.Links          `json:"_links"`
}

type apiAgreementBand struct {
	From  float64  `json:"from"`
	To    *float64 `json:"to,omitempty"`
	Cents int64    `json:"cents"`
}

// apiAgreementCheck is a day on which is looked. It names no person.
type apiAgreementCheck struct {
	ID      string     `json:"id"`
	Day     string     `json:"day"`
	Settled bool       `json:"settled"`
	At      *time.Time `json:"settledAt,omitempty"`
	Cents   int64      `json:"cents"`
	Source  string     `json:"source,omitempty"`
}

// Describe tells what the fields mean.
func (apiAgreementCheck) Describe() []web.Field {
	return []web.Field{{Name: "day", Key: "agreements.api.day"}, {Name: "cents", Key: "agreements.api.cents"}}
}

type apiAgreement struct {
	apiAgreementItem
	Indicator string              `json:"indicator"`
	Unit      string              `json:"unit,omitempty"`
	Better    string              `json:"better"`
	Baseline  *float64            `json:"baseline,omitempty"`
	Threshold *float64            `json:"threshold,omitempty"`
	Mode      Mode                `json:"mode"`
	Bands     []apiAgreementBand  `json:"bands"`
	Ceiling   int64               `json:"ceilingCents,omitempty"`
	Checks    []apiAgreementCheck `json:"checks"`
	Paid      int64               `json:"paidCents"`
	Version   int                 `json:"version"`
}

// Describe tells what the fields mean.
func (apiAgreement) Describe() []web.Field {
	return append(apiAgreementItem{}.Describe(), web.Field{Name: "better", Key: "agreements.api.better", Values: Ways},
		web.Field{Name: "mode", Key: "agreements.api.mode", Values: []string{string(Fixed), string(Unit)}}, web.Field{Name: "bands", Key: "agreements.api.bands"},
		web.Field{Name: "version", Key: "agreements.api.version"})
}

type apiAgreementResult struct {
	Day     string   `json:"day"`
	Version int      `json:"version"`
	Value   *float64 `json:"value,omitempty"`
	People  int      `json:"people,omitempty"`
	Source  string   `json:"source,omitempty"`
	Why     string   `json:"reason,omitempty"`
}

// Describe tells what the fields mean.
func (apiAgreementResult) Describe() []web.Field {
	return []web.Field{{Name: "day", Key: "agreements.api.day", Least: 8, Most: 10}, {Name: "version", Key: "agreements.api.version", Least: 1},
		{Name: "value", Key: "agreements.api.value"}, {Name: "people", Key: "agreements.api.people"}, {Name: "source", Key: "agreements.api.source", Most: sourceMost},
		{Name: "reason", Key: "agreements.api.why", Most: whyMost}}
}

func itemOf(g Agreement) apiAgreementItem {
	a := apiAgreementItem{ID: g.ID, Title: g.Title, Initiative: g.Initiative, Stand: g.Stand, Parties: []apiAgreementParty{}, Changed: g.Changed,
		Demo: g.Demonstration, Links: web.Self(apiPath+"/"+g.ID, Path(g.ID))}
	for _, p := range g.Model.Parties {
		a.Parties = append(a.Parties, apiAgreementParty{p.Role, p.Name})
	}
	return a
}

func (s *Service) apiList(w http.ResponseWriter, r *http.Request) error {
	list, more, err := s.List(r.Context(), r.URL.Query().Get("cursor"), web.Limit(r))
	if err != nil {
		return err
	}
	a, next := apiAgreements{Items: []apiAgreementItem{}}, ""
	for _, g := range list {
		a.Items = append(a.Items, itemOf(g))
		if more {
			next = g.ID
		}
	}
	a.Links = web.ListLinks(w, r, next)
	return web.JSON(w, r, http.StatusOK, a)
}

func (s *Service) apiGet(w http.ResponseWriter, r *http.Request) error {
	return s.apiShow(w, r, http.StatusOK)
}

func (s *Service) apiShow(w http.ResponseWriter, r *http.Request, status int) error {
	v, err := s.shown(r)
	if err != nil {
		return err
	}
	m := &v.Model
	a := apiAgreement{apiAgreementItem: itemOf(v.Agreement), Indicator: m.Indicator, Unit: m.Measure, Better: m.Better, Baseline: m.Baseline,
		Threshold: m.Threshold, Mode: m.Mode, Bands: []apiAgreementBand{}, Ceiling: m.Ceiling, Checks: []apiAgreementCheck{}, Paid: v.Paid(), Version: v.Version}
	for _, b := range m.Bands {
		a.Bands = append(a.Bands, apiAgreementBand(b))
	}
	for _, c := range v.Checks {
		one := apiAgreementCheck{ID: c.ID, Day: c.Due.Format(time.DateOnly), Settled: c.Settled, Cents: c.Cents, Source: c.Source}
		if c.Settled {
			one.At = &c.At
		}
		a.Checks = append(a.Checks, one)
	}
	if status == http.StatusCreated {
		w.Header().Set("Location", a.Links.Self.Href)
	}
	return web.JSON(w, r, status, a)
}

// line cleans what has to stand on one line.
func line(s string) string { return strings.Join(strings.Fields(web.Clean(s)), " ") }

func (s *Service) apiCheck(w http.ResponseWriter, r *http.Request) error {
	var in apiAgreementResult
	if err := web.ReadJSON(r, &in); err != nil {
		return err
	}
	day, ok := ParseDay(in.Day)
	if !ok {
		return fault.Invalid(fault.Field{Name: "day", Key: "agreements.wrong.day", Args: []any{"text", in.Day}})
	}
	var result *Result
	if in.Value != nil {
		result = &Result{Value: *in.Value, People: in.People, Source: line(in.Source)}
	}
	if err := s.AddCheck(r.Context(), Edit{ID: r.PathValue("id"), Version: in.Version, Why: line(in.Why)}, day, result); err != nil {
		return inAPI(err)
	}
	return s.apiShow(w, r, http.StatusCreated)
}

// apiNames are the fields of the forms as the API calls them.
var apiNames = map[string]string{"dagen": "day", "waarde": "value", "mensen": "people", "toelichting": "source", "waarom": "reason"}

// inAPI gives what is wrong in the names of the API.
func inAPI(err error) error {
	if fault.KindOf(err) != fault.KindInvalid {
		return err
	}
	fields := slices.Clone(fault.FieldsOf(err))
	for k := range fields {
		if name := apiNames[fields[k].Name]; name != "" {
			fields[k].Name = name
		}
	}
	return fault.Invalid(fields...)
}

// AddCheck adds a day on which is looked, unless it is there already. With a result
// it works out at once what is to be paid for that day.
func (s *Service) AddCheck(ctx context.Context, e Edit, day time.Time, in *Result) error {
	kind := changeTerms
	if in != nil {
		kind = changeSettled
	}
	return s.change(ctx, e, kind, func(ctx context.Context, tx *db.Tx, g *Agreement) (string, error) {
		checks, err := db.All(ctx, tx, scanCheck, selectChecks, g.ID)
		if err != nil {
			return "", err
		}
		k := slices.IndexFunc(checks, func(c Check) bool { return c.Due.Equal(day) })
		switch {
		case k >= 0 && in == nil:
			return "", fault.Invalid(fault.Field{Name: "dagen", Key: "agreements.wrong.twice", Args: []any{"text", day.Format("02-01-2006")}})
		case k < 0 && len(checks) >= datesMost:
			return "", fault.Invalid(fault.Field{Name: "dagen", Key: "agreements.wrong.many", Args: []any{"most", datesMost}})
		case k < 0:
			c := Check{ID: s.IDs(), Due: day}
			if err := addCheck(ctx, tx, *g, c); err != nil {
				return "", err
			}
			checks, k = append(checks, c), len(checks)
		}
		if in == nil {
			return day.Format("02-01-2006"), nil
		}
		return s.workOut(ctx, tx, g, checks[k].ID, *in)
	})
}
