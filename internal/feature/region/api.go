package region

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

const apiRegion = web.APIPath + "/region"

func (s *Service) apiRoutes() []web.Route {
	return []web.Route{
		web.API(http.MethodGet, apiRegion, access.Public, s.api).Doc(web.Doc{ID: "getRegion", Key: "region.api.get", Tag: "region",
			Query: append(web.Paging(),
				web.Field{Name: "theme", Key: "region.api.theme", Values: s.Themes},
				web.Field{Name: "phase", Key: "region.api.phase", Values: Phases},
				web.Field{Name: "kind", Key: "region.api.kind", Values: s.Kinds},
				web.Field{Name: "province", Key: "region.api.province", Least: 1, Most: 40},
				web.Field{Name: "municipality", Key: "region.api.municipality", Least: 4, Most: 20},
				web.Field{Name: "coalition", Key: "region.api.coalition", Least: 1, Most: 40},
				web.Field{Name: "initiative", Key: "region.api.initiative", Least: 1, Most: initiativeMost}),
			Answer: apiRegionView{}}),
	}
}

// apiRegionView is what the page shows, in one answer. The items are a part of a list;
// the rest is about all of it.
type apiRegionView struct {
	Municipalities int                 `json:"municipalities"`
	Running        int                 `json:"municipalitiesWithRunning"`
	Initiatives    int                 `json:"initiatives"`
	Pilots         int                 `json:"runningPilots"`
	Phases         []apiRegionPhase    `json:"phases"`
	WhiteSpots     []apiRegionSpot     `json:"whiteSpots"`
	Growth         []apiRegionGrowth   `json:"growth"`
	Barriers       []apiRegionBarrier  `json:"barriers"`
	Due            []apiRegionDue      `json:"due"`
	Items          []apiRegionPresence `json:"items"`
	Links          web.Links           `json:"_links"`
}

func (apiRegionView) Describe() []web.Field {
	return []web.Field{
		{Name: "municipalities", Key: "region.api.municipalities"},
		{Name: "municipalitiesWithRunning", Key: "region.api.running"},
		{Name: "runningPilots", Key: "region.api.pilots"},
		{Name: "phases", Key: "region.api.phases"},
		{Name: "whiteSpots", Key: "region.api.white"},
		{Name: "growth", Key: "region.api.growth"},
		{Name: "barriers", Key: "region.api.barriers"},
		{Name: "due", Key: "region.api.due"},
		{Name: "items", Key: "region.api.items"},
	}
}

type apiRegionPhase struct {
	Phase          string `json:"phase"`
	Initiatives    int    `json:"initiatives"`
	Municipalities int    `json:"municipalitiesFurthest"`
}

func (apiRegionPhase) Describe() []web.Field {
	return []web.Field{{Name: "phase", Key: "region.api.phase", Values: Phases}, {Name: "municipalitiesFurthest", Key: "region.api.furthest"}}
}

type apiRegionSpot struct {
	Theme string `json:"theme"`
	White int    `json:"municipalitiesWithout"`
	Runs  int    `json:"municipalitiesWith"`
}

type apiRegionGrowth struct {
	ID     string           `json:"id"`
	Name   string           `json:"name"`
	Unit   string           `json:"unit"`
	Points []apiRegionPoint `json:"points"`
}

type apiRegionPoint struct {
	Period string  `json:"period"`
	Value  float64 `json:"value"`
}

type apiRegionBarrier struct {
	Name     string    `json:"name,omitempty"`
	Category string    `json:"category"`
	Open     int       `json:"open"`
	Oldest   string    `json:"oldest,omitempty"`
	Links    web.Links `json:"_links"`
}

func (apiRegionBarrier) Describe() []web.Field {
	return []web.Field{{Name: "open", Key: "region.api.open"}, {Name: "oldest", Key: "region.api.oldest"}}
}

type apiRegionDue struct {
	At    time.Time `json:"at"`
	Title string    `json:"title"`
	Kind  string    `json:"kind"`
	Links web.Links `json:"_links"`
}

// apiRegionPresence is an initiative in a municipality.
type apiRegionPresence struct {
	Municipality apiRegionTown `json:"municipality"`
	ID           string        `json:"id"`
	Name         string        `json:"name"`
	Kind         string        `json:"kind"`
	Themes       []string      `json:"themes"`
	Phase        string        `json:"phase"`
	Year         int           `json:"year,omitempty"`
	Links        web.Links     `json:"_links"`
}

func (apiRegionPresence) Describe() []web.Field {
	return []web.Field{{Name: "phase", Key: "region.api.phase", Values: Phases}, {Name: "year", Key: "region.api.year"}}
}

type apiRegionTown struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Province string `json:"province,omitempty"`
}

// growthMost is of how many initiatives an answer tells the growth.
const growthMost = 100

func (s *Service) api(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	after, ok := keyOf(q.Get("cursor"))
	if !ok {
		return web.BadCursor()
	}
	seen, err := s.look(ctx, Filter{Theme: q.Get("theme"), Phase: q.Get("phase"), Kind: q.Get("kind"), Province: line(q.Get("province"), 40),
		Town: townKey(line(q.Get("municipality"), 20)), Coalition: line(q.Get("coalition"), 40), Initiative: line(q.Get("initiative"), initiativeMost)})
	if err != nil {
		return err
	}
	from, to := month(s.Clock.Now())
	due, err := s.due(nobody(ctx), seen.snapshot, from, to)
	if err != nil {
		return err
	}
	v := apiRegionView{Municipalities: seen.n, Running: seen.runs.count(), Initiatives: len(seen.list), Pilots: len(seen.pilot),
		WhiteSpots: []apiRegionSpot{}, Growth: []apiRegionGrowth{}, Barriers: []apiRegionBarrier{}, Due: []apiRegionDue{}, Items: []apiRegionPresence{}}
	for _, c := range seen.phases() {
		v.Phases = append(v.Phases, apiRegionPhase{c.Phase, c.Initiatives, c.Towns})
	}
	for _, c := range seen.spots(s.Themes) {
		v.WhiteSpots = append(v.WhiteSpots, apiRegionSpot{c.Theme, c.White, c.Runs})
	}
	for _, e := range seen.grown() {
		for _, c := range e.curves {
			if len(v.Growth) < growthMost {
				v.Growth = append(v.Growth, growthOf(e, c))
			}
		}
	}
	for _, b := range seen.barriers {
		one := apiRegionBarrier{Name: b.Name, Category: b.Category, Open: b.Open, Links: on(b.Path)}
		if !b.Oldest.IsZero() {
			one.Oldest = b.Oldest.UTC().Format(time.DateOnly)
		}
		v.Barriers = append(v.Barriers, one)
	}
	for _, d := range due {
		v.Due = append(v.Due, apiRegionDue{d.At, d.Title, d.Kind, on(d.Path)})
	}
	next := ""
	v.Items, next = seen.presence(after, web.Limit(r))
	if next != "" {
		next = cursor(next)
	}
	v.Links = web.ListLinks(w, r, next)
	return web.JSON(w, r, http.StatusOK, v)
}

func growthOf(e *entry, c Curve) apiRegionGrowth {
	g := apiRegionGrowth{ID: e.Initiative, Name: e.Name, Unit: c.Unit}
	for _, p := range c.Points {
		g.Points = append(g.Points, apiRegionPoint{p.Period, p.Value})
	}
	return g
}

// presence gives a part of the initiatives by municipality, and the key to go on
// from. A key is that of a municipality, a tab, and that of an initiative.
func (s *sight) presence(after string, most int) (list []apiRegionPresence, last string) {
	list = []apiRegionPresence{}
	towns := s.inArea()
	from, _ := slices.BinarySearchFunc(towns, after, func(i int, k string) int { return cmp.Compare(s.towns[i].key+"\uffff", k) })
	for _, i := range towns[from:] {
		t := s.towns[i]
		for _, k := range s.byTown[i] {
			e := &s.entries[k]
			key := t.key + "\t" + e.key
			if !s.fits[k] || key <= after {
				continue
			}
			if len(list) == most {
				return list, last
			}
			last = key
			themes := e.Themes
			if themes == nil {
				themes = []string{}
			}
			list = append(list, apiRegionPresence{apiRegionTown{t.Code, t.Name, t.Province}, e.Initiative, e.Name, e.Kind, themes, e.Phase, e.PhaseYear,
				web.Self(web.APIPath+"/initiatives/"+e.Initiative, e.Path)})
		}
	}
	return list, ""
}

// on leads to the page of something that has no address in the API.
func on(page string) web.Links { return web.Links{Page: &web.Link{Href: page}} }
