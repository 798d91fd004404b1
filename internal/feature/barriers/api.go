package barriers

import (
	"context"
	"net/http"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/web"
)

const apiPath = web.APIPath + "/barrier-entries"

type apiBarrierEntry struct {
	ID           string     `json:"id"`
	Title        string     `json:"title"`
	Barrier      string     `json:"barrier,omitempty"`
	Category     string     `json:"category"`
	Initiative   string     `json:"initiative,omitempty"`
	Municipality string     `json:"municipality,omitempty"`
	Status       string     `json:"status"`
	Lifter       string     `json:"lifter"`
	Met          time.Time  `json:"metAt"`
	Due          *time.Time `json:"dueAt,omitempty"`
	Closed       *time.Time `json:"closedAt,omitempty"`
	Tried        string     `json:"tried,omitempty"`
	Worked       string     `json:"worked,omitempty"`
	Origin       string     `json:"origin,omitempty"`
	Demo         bool       `json:"demonstration"`
	Links        web.Links  `json:"_links"`
}

// Describe tells what the fields mean.
func (apiBarrierEntry) Describe() []web.Field {
	return []web.Field{{Name: "barrier", Key: "barriers.api.barrier"}, {Name: "category", Key: "barriers.api.category", Values: Categories},
		{Name: "status", Key: "barriers.api.status", Values: States}, {Name: "lifter", Key: "barriers.api.lifter", Values: Lifters},
		{Name: "municipality", Key: "barriers.api.municipality"}, {Name: "initiative", Key: "barriers.api.initiative"},
		{Name: "origin", Key: "barriers.api.origin"}}
}

type apiBarrierEntries struct {
	Entries []apiBarrierEntry `json:"entries"`
	Links   web.Links         `json:"_links"`
}

func apiOf(e Entry) apiBarrierEntry {
	at := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		return &t
	}
	return apiBarrierEntry{ID: e.ID, Title: e.Title, Barrier: e.Barrier, Category: e.Category, Initiative: e.Initiative, Municipality: e.Municipality,
		Status: e.Status, Lifter: e.Lifter, Met: e.Met, Due: at(e.Due), Closed: at(e.Closed), Tried: e.Tried, Worked: e.Worked, Origin: e.Origin,
		Demo: e.Demonstration, Links: web.Self(apiPath+"/"+e.ID, Path(e.ID))}
}

func (s *Service) apiList(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f := Filter{Status: q.Get("status"), Category: q.Get("category"), Lifter: q.Get("lifter"), Barrier: q.Get("barrier"),
		Municipality: q.Get("municipality"), Initiative: q.Get("initiative")}
	list, next, err := s.List(r.Context(), f, q.Get("cursor"), web.Limit(r))
	if err != nil {
		return err
	}
	a := apiBarrierEntries{Entries: []apiBarrierEntry{}, Links: web.ListLinks(w, r, next)}
	for _, e := range list {
		a.Entries = append(a.Entries, apiOf(e))
	}
	return web.JSON(w, r, http.StatusOK, a)
}

func (s *Service) apiOne(w http.ResponseWriter, r *http.Request) error {
	var e Entry
	err := s.DB.Read(r.Context(), func(ctx context.Context, rd db.Reader) (err error) {
		e, err = s.one(ctx, rd, r.PathValue("id"))
		return err
	})
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, apiOf(e))
}
