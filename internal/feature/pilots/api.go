package pilots

import (
	"net/http"
	"regexp"
	"strconv"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

// ScopeMeasure lets a program send measurements of the pilots of its organisation.
const ScopeMeasure = "measurements:write"

const (
	apiPilots = web.APIPath + "/pilots"
	tag       = "pilots"
)

var idForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

func (s *Service) apiRoutes() []web.Route {
	return []web.Route{
		web.API(http.MethodGet, apiPilots, access.Public, s.apiList).Doc(web.Doc{ID: "listPilots", Key: "pilots.api.list", Tag: tag,
			Query: append(web.Paging(),
				web.Field{Name: "initiative", Key: "pilots.api.initiative", Least: 1, Most: 120},
				web.Field{Name: "municipality", Key: "pilots.api.place", Least: 1, Most: 80},
				web.Field{Name: "state", Key: "pilots.api.state", Values: []string{"running", "ended", "due"}}),
			Answer: apiPilotList{}}),
		web.API(http.MethodGet, apiPilots+"/{id}", access.Public, s.apiPilot).Doc(web.Doc{ID: "getPilot", Key: "pilots.api.get", Tag: tag,
			Answer: apiPilot{}}),
		web.API(http.MethodGet, apiPilots+"/{id}/measurements", access.Public, s.apiMeasurements).Doc(web.Doc{ID: "listMeasurements",
			Key: "pilots.api.measurements", Tag: tag, Query: append(web.Paging(),
				web.Field{Name: "indicator", Key: "pilots.api.indicator", Required: true, Least: 1, Most: 40}), Answer: apiMeasurementList{}}),
		web.API(http.MethodPost, apiPilots+"/{id}/measurements", access.Scope(ScopeMeasure), s.apiMeasure).WithBody(1 << 20).Doc(web.Doc{
			ID: "addMeasurements", Key: "pilots.api.measure", Tag: tag, Body: apiMeasure{}, Answer: apiMeasured{}}),
	}
}

type apiPilotItem struct {
	ID           string     `json:"id"`
	Name         string     `json:"name"`
	Initiative   string     `json:"initiative"`
	Municipality string     `json:"municipality,omitempty"`
	Lead         string     `json:"leadOrganisation"`
	Status       Status     `json:"status"`
	Outcome      Outcome    `json:"outcome,omitempty"`
	Design       string     `json:"design"`
	From         string     `json:"from,omitempty"`
	Until        string     `json:"until,omitempty"`
	People       int        `json:"people"`
	DueAt        *time.Time `json:"decisionDueAt,omitempty"`
	Demo         bool       `json:"demonstration"`
	Links        web.Links  `json:"_links"`
}

func (apiPilotItem) Describe() []web.Field {
	return []web.Field{
		{Name: "initiative", Key: "pilots.api.initiative"},
		{Name: "status", Key: "pilots.api.status", Values: []string{string(Draft), string(Running), string(Ended)}},
		{Name: "outcome", Key: "pilots.api.outcome", Values: []string{string(Stop), string(HandOn)}},
		{Name: "design", Key: "pilots.api.design", Values: Designs},
		{Name: "people", Key: "pilots.api.people"},
		{Name: "decisionDueAt", Key: "pilots.api.due"},
	}
}

type apiPilotList struct {
	Items []apiPilotItem `json:"items"`
	Links web.Links      `json:"_links"`
}

type apiPilot struct {
	apiPilotItem
	Goal       string              `json:"goal"`
	Indicators []apiPilotIndicator `json:"indicators"`
	Rules      []apiPilotRule      `json:"rules"`
	Decisions  []apiPilotDecision  `json:"decisions"`
	Costs      []apiPilotCost      `json:"costs"`
}

type apiPilotIndicator struct {
	Code       string   `json:"code"`
	Name       string   `json:"name"`
	Definition string   `json:"definition"`
	Unit       string   `json:"unit"`
	Kind       Kind     `json:"kind"`
	Better     string   `json:"better"`
	Baseline   *float64 `json:"baseline,omitempty"`
	Target     *float64 `json:"target,omitempty"`
	Every      string   `json:"every"`
	Value      *float64 `json:"value,omitempty"`
	Day        string   `json:"day,omitempty"`
	N          int      `json:"people,omitempty"`
	Low        *float64 `json:"low95,omitempty"`
	High       *float64 `json:"high95,omitempty"`
	Signal     Signal   `json:"signal"`
	Result     Result   `json:"result"`
}

func (apiPilotIndicator) Describe() []web.Field {
	return []web.Field{
		{Name: "kind", Key: "pilots.api.kind", Values: []string{"count", "share", "mean", "score", "euro"}},
		{Name: "better", Key: "pilots.api.better", Values: []string{"up", "down"}},
		{Name: "signal", Key: "pilots.api.signal", Values: []string{string(TooFew), string(NoChange), string(Rise), string(Fall), string(Past)}},
		{Name: "result", Key: "pilots.api.result", Values: []string{string(Improved), string(Worsened), string(Equal), string(Unsure)}},
	}
}

type apiPilotRule struct {
	Kind       string  `json:"kind"`
	Indicator  string  `json:"indicator"`
	Comparison string  `json:"comparison"`
	Value      float64 `json:"value"`
	Week       int     `json:"fromWeek"`
	Verdict    Verdict `json:"verdict"`
}

type apiPilotDecision struct {
	Day        string  `json:"day"`
	Outcome    Outcome `json:"outcome"`
	Reason     string  `json:"reason"`
	Conditions string  `json:"conditions,omitempty"`
}

type apiPilotCost struct {
	Label   string `json:"label"`
	Planned int64  `json:"plannedCents"`
	Spent   *int64 `json:"spentCents,omitempty"`
}

type apiMeasurement struct {
	Indicator string   `json:"indicator"`
	Day       string   `json:"day"`
	Value     float64  `json:"value"`
	N         int      `json:"people,omitempty"`
	Spread    *float64 `json:"spread,omitempty"`
	Note      string   `json:"note,omitempty"`
}

func (apiMeasurement) Describe() []web.Field {
	return []web.Field{
		{Name: "indicator", Key: "pilots.api.indicator", Most: 40},
		{Name: "day", Key: "pilots.api.day", Least: 8, Most: 10},
		{Name: "value", Key: "pilots.api.value"},
		{Name: "people", Key: "pilots.api.n"},
		{Name: "spread", Key: "pilots.api.spread"},
		{Name: "note", Most: ShortMost},
	}
}

type apiMeasurementList struct {
	Items []apiMeasurement `json:"items"`
	Links web.Links        `json:"_links"`
}

type apiMeasure struct {
	Measurements []apiMeasurement `json:"measurements"`
}

type apiMeasured struct {
	Added     int `json:"added"`
	Corrected int `json:"corrected"`
	Unchanged int `json:"unchanged"`
}

func iso(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02")
}

func item(p Pilot) apiPilotItem {
	out := apiPilotItem{ID: p.ID, Name: p.Name, Initiative: p.Initiative, Municipality: p.PlaceName, Lead: p.LeadName, Status: p.Status,
		Outcome: p.Outcome, Design: p.Design, From: iso(p.Starts), Until: iso(p.Ends), People: p.People, Demo: p.Demonstration,
		Links: web.Self(apiPilots+"/"+p.ID, Path(p.ID))}
	if !p.DueAt.IsZero() {
		out.DueAt = &p.DueAt
	}
	return out
}

func (s *Service) apiList(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f := Filter{Initiative: q.Get("initiative"), Before: q.Get("cursor"), Limit: web.Limit(r),
		State: map[string]string{"running": "loopt", "ended": "klaar", "due": "nu"}[q.Get("state")]}
	if f.Before != "" && !idForm.MatchString(f.Before) {
		return web.BadCursor()
	}
	m, ok, err := s.municipality(r.Context(), q.Get("municipality"))
	if err != nil {
		return err
	}
	out := apiPilotList{Items: []apiPilotItem{}}
	next := ""
	if f.Place = m.Code; ok {
		list, more, err := s.List(r.Context(), f)
		if err != nil {
			return err
		}
		for _, p := range list {
			out.Items = append(out.Items, item(p))
			if more {
				next = p.ID
			}
		}
	}
	out.Links = web.ListLinks(w, r, next)
	return web.JSON(w, r, http.StatusOK, out)
}

// public reads a pilot for the API, which knows only what everybody may see.
func (s *Service) public(r *http.Request) (View, error) {
	v, err := s.Get(access.With(r.Context(), access.Actor{Channel: access.API}), r.PathValue("id"))
	return v, err
}

func (s *Service) apiPilot(w http.ResponseWriter, r *http.Request) error {
	v, err := s.public(r)
	if err != nil {
		return err
	}
	out := apiPilot{apiPilotItem: item(v.Pilot), Goal: v.Goal, Indicators: []apiPilotIndicator{}, Rules: []apiPilotRule{}, Decisions: []apiPilotDecision{}, Costs: []apiPilotCost{}}
	for _, i := range v.Series {
		a := apiPilotIndicator{Code: i.Code, Name: i.Name, Definition: i.Definition, Unit: i.Unit, Kind: i.Kind, Better: i.Better, Baseline: i.Baseline,
			Target: i.Target, Every: i.Every, Low: i.Low, High: i.High, Signal: i.Run.Signal, Result: i.Result}
		if n := len(i.Run.Points); n > 0 {
			p := i.Run.Points[n-1]
			a.Value, a.Day, a.N = &p.Value, iso(p.Day), p.N
		}
		out.Indicators = append(out.Indicators, a)
	}
	for _, u := range v.Rules {
		out.Rules = append(out.Rules, apiPilotRule{u.Kind, u.Indicator, u.Comparison, u.Value, u.Week, u.Verdict})
	}
	for _, d := range v.Decisions {
		out.Decisions = append(out.Decisions, apiPilotDecision{iso(d.Day), d.Outcome, d.Reason, d.Conditions})
	}
	for _, c := range v.Costs {
		out.Costs = append(out.Costs, apiPilotCost{c.Label, c.Planned, c.Spent})
	}
	return web.JSON(w, r, http.StatusOK, out)
}

func (s *Service) apiMeasurements(w http.ResponseWriter, r *http.Request) error {
	before := endOfTime
	if c := r.URL.Query().Get("cursor"); c != "" {
		on, err := time.Parse("2006-01-02", c)
		if err != nil {
			return web.BadCursor()
		}
		before = db.At(on)
	}
	v, err := s.public(r)
	if err != nil {
		return err
	}
	limit := web.Limit(r)
	for _, i := range v.Series {
		if i.Code != r.URL.Query().Get("indicator") {
			continue
		}
		list, err := db.All(r.Context(), s.DB, scanMeasurement, selectMeasurements, i.ID, before, limit+1)
		if err != nil {
			return err
		}
		next := ""
		if len(list) > limit {
			list = list[:limit]
			next = iso(list[limit-1].Day)
		}
		out := apiMeasurementList{Items: []apiMeasurement{}}
		for _, m := range list {
			if !m.few(i.Kind) {
				out.Items = append(out.Items, apiMeasurement{i.Code, iso(m.Day), m.Value, m.N, m.Spread, m.Note})
			}
		}
		out.Links = web.ListLinks(w, r, next)
		return web.JSON(w, r, http.StatusOK, out)
	}
	return fault.Invalid(fault.Field{Name: "indicator", Key: "pilots.wrong.unknown", Args: []any{"name", r.URL.Query().Get("indicator")}})
}

func (s *Service) apiMeasure(w http.ResponseWriter, r *http.Request) error {
	var in apiMeasure
	if err := web.ReadJSON(r, &in); err != nil {
		return err
	}
	var entries []Entry
	for k, m := range in.Measurements {
		field := "measurements[" + strconv.Itoa(k) + "]"
		on, ok := ParseDay(m.Day)
		if !ok {
			return fault.Invalid(fault.Field{Name: field + ".day", Key: "pilots.wrong.day"})
		}
		if len([]rune(m.Note)) > ShortMost {
			return fault.Invalid(fault.Field{Name: field + ".note", Key: "pilots.wrong.table.note"})
		}
		entries = append(entries, Entry{Code: m.Indicator, Day: on, Value: m.Value, N: m.N, Spread: m.Spread, Note: web.Clean(m.Note), Field: field})
	}
	if len(entries) == 0 {
		return fault.Invalid(fault.Field{Name: "measurements", Key: "pilots.wrong.none"})
	}
	done, err := s.Measure(r.Context(), r.PathValue("id"), entries, "api")
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, apiMeasured{done.New, done.Changed, done.Same})
}
