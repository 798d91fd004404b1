package phases

import (
	"net/http"
	"time"

	"wijkbaak.nl/internal/base/web"
)

const apiPath = web.APIPath + "/initiatives/{slug}/phase"

type apiPhaseItem struct {
	Code  string `json:"code"`
	Area  string `json:"area"`
	Text  string `json:"text"`
	State string `json:"state"`
}

// Describe tells what the fields mean.
func (apiPhaseItem) Describe() []web.Field {
	return []web.Field{{Name: "area", Key: "phases.api.area", Values: Areas}, {Name: "state", Key: "phases.api.state", Values: States}}
}

type apiPhaseCondition struct {
	Text string    `json:"text"`
	Due  time.Time `json:"due"`
	Met  bool      `json:"met"`
}

type apiPhaseDecision struct {
	Kind       string              `json:"kind"`
	From       string              `json:"from"`
	To         string              `json:"to"`
	Day        time.Time           `json:"day"`
	Reason     string              `json:"reason"`
	Lesson     string              `json:"lesson,omitempty"`
	Conditions []apiPhaseCondition `json:"conditions"`
	Demo       bool                `json:"demonstration"`
}

// Describe tells what the fields mean.
func (apiPhaseDecision) Describe() []web.Field {
	return []web.Field{{Name: "kind", Key: "phases.api.kind", Values: Kinds}, {Name: "lesson", Key: "phases.api.lesson"}}
}

type apiInitiativePhase struct {
	Initiative string             `json:"initiative"`
	Phase      string             `json:"phase"`
	Gate       string             `json:"gate,omitempty"`
	Items      []apiPhaseItem     `json:"items"`
	Decisions  []apiPhaseDecision `json:"decisions"`
	Links      web.Links          `json:"_links"`
}

// Describe tells what the fields mean.
func (apiInitiativePhase) Describe() []web.Field {
	return []web.Field{{Name: "gate", Key: "phases.api.gate", Values: Gates}, {Name: "items", Key: "phases.api.items"}}
}

func (s *Service) apiPhase(w http.ResponseWriter, r *http.Request) error {
	v, err := s.Get(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	a := apiInitiativePhase{Initiative: v.Slug, Phase: v.Phase, Gate: v.Gate, Items: []apiPhaseItem{}, Decisions: []apiPhaseDecision{},
		Links: web.Self(web.APIPath+"/initiatives/"+v.Slug+"/phase", Path(v.Slug))}
	for _, p := range v.Points {
		a.Items = append(a.Items, apiPhaseItem{p.Item.Code, p.Area, p.Text, p.State})
	}
	for _, d := range v.Decisions {
		one := apiPhaseDecision{d.Kind, d.From, d.To, d.Day, d.Reason, d.Lesson, []apiPhaseCondition{}, d.Demonstration}
		for _, c := range d.Conditions {
			one.Conditions = append(one.Conditions, apiPhaseCondition{c.Text, c.Due, !c.Done.IsZero()})
		}
		a.Decisions = append(a.Decisions, one)
	}
	return web.JSON(w, r, http.StatusOK, a)
}
