package scaling

import (
	"net/http"
	"strings"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

const apiPath = web.APIPath + "/scaling-plans"

func (s *Service) apiRoutes() []web.Route {
	const tag = "scaling-plans"
	return []web.Route{
		web.API(http.MethodGet, apiPath+"/{id}", access.Scope(ScopeRead), s.apiGet).Doc(web.Doc{ID: "getScalingPlan", Key: "scaling.api.get",
			Tag: tag, Answer: apiScalingPlan{}}),
		web.API(http.MethodPost, apiPath+"/{id}/steps", access.Scope(ScopeWrite), s.apiAdd).Doc(web.Doc{ID: "addScalingStep", Key: "scaling.api.add",
			Tag: tag, Body: apiNewScalingStep{}, Answer: apiScalingStep{}, Status: http.StatusCreated}),
		web.API(http.MethodPut, apiPath+"/{id}/steps/{step}/status", access.Scope(ScopeWrite), s.apiStatus).Doc(web.Doc{ID: "setScalingStepStatus",
			Key: "scaling.api.setstatus", Tag: tag, Body: apiScalingStatus{}, Answer: apiScalingStep{}}),
	}
}

var stateValues = []string{string(Todo), string(Doing), string(Done), string(Dropped)}

// apiScalingStep names no person: who owns a step is for the page of the plan.
type apiScalingStep struct {
	ID           string    `json:"id"`
	Track        string    `json:"track,omitempty"`
	Title        string    `json:"title"`
	What         string    `json:"description,omitempty"`
	Organisation string    `json:"organisation,omitempty"`
	Assigned     bool      `json:"assigned"`
	Start        Day       `json:"start,omitempty"`
	Due          Day       `json:"due,omitempty"`
	Done         Day       `json:"doneOn,omitempty"`
	State        State     `json:"status"`
	Late         bool      `json:"late"`
	Budget       int64     `json:"budgetCents"`
	Waits        []string  `json:"waitsFor"`
	Version      int       `json:"version"`
	Links        web.Links `json:"_links"`
}

// Describe tells what the fields mean.
func (apiScalingStep) Describe() []web.Field {
	return []web.Field{{Name: "track", Key: "scaling.api.track"}, {Name: "organisation", Key: "scaling.api.organisation"}, {Name: "assigned", Key: "scaling.api.assigned"},
		{Name: "status", Key: "scaling.api.status", Values: stateValues}, {Name: "waitsFor", Key: "scaling.api.waits"}, {Name: "version", Key: "scaling.api.version"}}
}

type apiScalingCondition struct {
	Title string `json:"title"`
	Met   bool   `json:"met"`
}

type apiScalingTrack struct {
	ID           string                `json:"id"`
	Name         string                `json:"name"`
	Municipality string                `json:"municipality,omitempty"`
	Conditions   []apiScalingCondition `json:"conditions"`
	Total        int                   `json:"steps"`
	Done         int                   `json:"stepsDone"`
	Late         int                   `json:"stepsLate"`
}

// Describe tells what the fields mean.
func (apiScalingTrack) Describe() []web.Field {
	return []web.Field{{Name: "municipality", Key: "scaling.api.municipality"}, {Name: "conditions", Key: "scaling.api.conditions"}}
}

type apiScalingPlan struct {
	ID         string            `json:"id"`
	Title      string            `json:"title"`
	Goals      string            `json:"goals,omitempty"`
	Initiative string            `json:"initiative,omitempty"`
	Coalition  string            `json:"coalition,omitempty"`
	Start      Day               `json:"start"`
	Tracks     []apiScalingTrack `json:"tracks"`
	Steps      []apiScalingStep  `json:"steps"`
	Demo       bool              `json:"demonstration"`
	Links      web.Links         `json:"_links"`
}

// Describe tells what the fields mean.
func (apiScalingPlan) Describe() []web.Field {
	return []web.Field{{Name: "initiative", Key: "scaling.api.initiative"}, {Name: "coalition", Key: "scaling.api.coalition"}}
}

type apiNewScalingStep struct {
	Track  string `json:"track,omitempty"`
	Title  string `json:"title"`
	What   string `json:"description,omitempty"`
	Start  string `json:"start,omitempty"`
	Due    string `json:"due,omitempty"`
	State  State  `json:"status,omitempty"`
	Budget int64  `json:"budgetCents,omitempty"`
	Why    string `json:"reason,omitempty"`
}

// Describe tells what the fields mean.
func (apiNewScalingStep) Describe() []web.Field {
	return []web.Field{{Name: "track", Key: "scaling.api.track"}, {Name: "title", Least: 2, Most: stepTitleMost}, {Name: "description", Most: whatMost},
		{Name: "status", Key: "scaling.api.status", Values: stateValues}, {Name: "reason", Key: "scaling.api.why", Most: whyMost}}
}

type apiScalingStatus struct {
	State   State  `json:"status"`
	Version int    `json:"version"`
	Why     string `json:"reason,omitempty"`
}

// Describe tells what the fields mean.
func (apiScalingStatus) Describe() []web.Field {
	return []web.Field{{Name: "status", Key: "scaling.api.status", Values: stateValues}, {Name: "version", Key: "scaling.api.version", Least: 1},
		{Name: "reason", Key: "scaling.api.why", Most: whyMost}}
}

func (v *View) apiStep(p Step) apiScalingStep {
	return apiScalingStep{ID: p.ID, Track: p.Track, Title: p.Title, What: p.What, Organisation: v.Names[p.Organisation], Assigned: p.owner() != "",
		Start: p.Start, Due: p.Due, Done: p.Done, State: p.State, Late: p.Late(v.Today), Budget: p.Budget, Waits: append([]string{}, p.Waits...),
		Version: p.Version, Links: web.Self(apiPath+"/"+p.Plan+"/steps/"+p.ID+"/status", stepPath(p))}
}

func (s *Service) apiGet(w http.ResponseWriter, r *http.Request) error {
	v, err := s.shown(r)
	if err != nil {
		return err
	}
	a := apiScalingPlan{ID: v.ID, Title: v.Title, Goals: v.Goals, Initiative: v.Initiative, Coalition: v.Coalition, Start: v.Plan.Start,
		Tracks: []apiScalingTrack{}, Steps: []apiScalingStep{}, Demo: v.Demonstration, Links: web.Self(apiPath+"/"+v.ID, Path(v.ID))}
	for _, t := range v.Tracks {
		c := Count(v.In(t.ID), v.Today)
		one := apiScalingTrack{ID: t.ID, Name: t.Name, Municipality: t.Code, Conditions: []apiScalingCondition{}, Total: c.Total, Done: c.Done, Late: c.Late}
		for _, k := range t.Conditions {
			one.Conditions = append(one.Conditions, apiScalingCondition(k))
		}
		a.Tracks = append(a.Tracks, one)
	}
	for _, p := range v.Steps {
		a.Steps = append(a.Steps, v.apiStep(p))
	}
	return web.JSON(w, r, http.StatusOK, a)
}

// apiNames are the fields of the forms as the API calls them.
var apiNames = map[string]string{"titel": "title", "wat": "description", "spoor": "track", "begin": "start", "klaar": "due", "stand": "status",
	"gedaan": "status", "budget": "budgetCents", "waarom": "reason"}

// inAPI gives what is wrong with a form in the names of the API.
func inAPI(err error) error {
	if fault.KindOf(err) != fault.KindInvalid {
		return err
	}
	fields := append([]fault.Field{}, fault.FieldsOf(err)...)
	for i, f := range fields {
		if name := apiNames[f.Name]; name != "" {
			fields[i].Name = name
		}
	}
	return fault.Invalid(fields...)
}

// line cleans what has to stand on one line.
func line(s string) string { return strings.Join(strings.Fields(web.Clean(s)), " ") }

// apiDay reads a day of a body.
func apiDay(w *faults, name, text string) Day {
	d, err := ParseDay(text)
	if err != nil {
		w.Add(name, "scaling.wrong.day")
	}
	return d
}

func (s *Service) apiAdd(w http.ResponseWriter, r *http.Request) error {
	var in apiNewScalingStep
	if err := web.ReadJSON(r, &in); err != nil {
		return err
	}
	var wrong faults
	n := Step{Track: line(in.Track), Title: line(in.Title), What: web.Clean(in.What), Start: apiDay(&wrong, "start", in.Start), Due: apiDay(&wrong, "due", in.Due),
		State: in.State, Budget: in.Budget}
	if n.State == "" {
		n.State = Todo
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	id, err := s.SaveStep(r.Context(), Edit{Plan: r.PathValue("id"), Why: line(in.Why)}, n, "")
	if err != nil {
		return inAPI(err)
	}
	return s.apiShow(w, r, http.StatusCreated, id)
}

func (s *Service) apiStatus(w http.ResponseWriter, r *http.Request) error {
	var in apiScalingStatus
	if err := web.ReadJSON(r, &in); err != nil {
		return err
	}
	id := r.PathValue("step")
	if err := s.SetState(r.Context(), Edit{Plan: r.PathValue("id"), Version: in.Version, Why: line(in.Why)}, id, in.State); err != nil {
		return inAPI(err)
	}
	return s.apiShow(w, r, http.StatusOK, id)
}

// apiShow answers with a step as it is now.
func (s *Service) apiShow(w http.ResponseWriter, r *http.Request, status int, id string) error {
	v, err := s.shown(r)
	if err != nil {
		return err
	}
	p, there := v.Step(id)
	if !there {
		return fault.NotFound()
	}
	a := v.apiStep(p)
	if status == http.StatusCreated {
		w.Header().Set("Location", a.Links.Self.Href)
	}
	return web.JSON(w, r, status, a)
}
