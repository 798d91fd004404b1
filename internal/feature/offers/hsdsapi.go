package offers

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/protocol/hsds"
	"wijkbaak.nl/internal/trust/access"
)

// The addresses are those of the API of HSDS 3.0, below /hsds.
func (s *Service) hsdsRoutes() []web.Route {
	get := func(path string, h web.Handler) web.Route {
		return web.API(http.MethodGet, path, access.Public, h).ForAll()
	}
	return []web.Route{
		get("/hsds", s.hsdsRoot),
		get("/hsds/services", s.hsdsServices),
		get("/hsds/services/{id}", s.hsdsService),
		get("/hsds/organizations", s.hsdsOrganizations),
		get("/hsds/organizations/{id}", s.hsdsOrganization),
		get("/hsds/locations", s.hsdsLocations),
		get("/hsds/locations/{id}", s.hsdsLocation),
		get("/hsds/service_at_locations", s.hsdsAtLocations),
		get("/hsds/service_at_locations/{id}", s.hsdsAtLocation),
		get("/hsds/taxonomies", s.hsdsTaxonomies),
		get("/hsds/taxonomies/{id}", s.hsdsTaxonomy),
		get("/hsds/taxonomy_terms", s.hsdsTerms),
		get("/hsds/taxonomy_terms/{id}", s.hsdsTerm),
	}
}

func (s *Service) hsdsRoot(w http.ResponseWriter, r *http.Request) error {
	return web.JSON(w, r, http.StatusOK, map[string]any{"version": "3.0", "profile": "https://docs.openreferral.org/en/v3.0.0/hsds/",
		"openapi_url": "https://raw.githubusercontent.com/openreferral/specification/3.0/schema/openapi.json"})
}

// The page of a list, in the words of HSDS.
const (
	perPageUsual = 25
	perPageMost  = 100
)

type hsdsPage struct {
	Total    int   `json:"total_items"`
	Pages    int   `json:"total_pages"`
	Page     int   `json:"page_number"`
	Size     int   `json:"size"`
	First    bool  `json:"first_page"`
	Last     bool  `json:"last_page"`
	Empty    bool  `json:"empty"`
	Contents []any `json:"contents"`
}

// paged gives a part of n things; make gives those from, to.
func paged(w http.ResponseWriter, r *http.Request, n int, contents func(from, to int) ([]any, error)) error {
	q := r.URL.Query()
	page, err := asked(q.Get("page"), 1, 1_000_000)
	if err != nil {
		return fault.Invalid(fault.Field{Name: "page", Key: "web.api.number", Args: []any{"least", 1, "most", 1_000_000}})
	}
	per, err := asked(q.Get("per_page"), perPageUsual, perPageMost)
	if err != nil {
		return fault.Invalid(fault.Field{Name: "per_page", Key: "web.api.number", Args: []any{"least", 1, "most", perPageMost}})
	}
	from := min((page-1)*per, n)
	to := min(from+per, n)
	list, err := contents(from, to)
	if err != nil {
		return err
	}
	pages := (n + per - 1) / per
	return web.JSON(w, r, http.StatusOK, hsdsPage{Total: n, Pages: pages, Page: page, Size: len(list), First: page == 1, Last: page >= pages,
		Empty: len(list) == 0, Contents: orEmpty(list)})
}

func asked(text string, usual, most int) (int, error) {
	if text == "" {
		return usual, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, fault.Invalid()
	}
	return n, nil
}

// asService gives an entry as HSDS has it, with what a feed brought.
func (s *Service) asService(ctx context.Context, r db.Reader, id string) (hsds.Object, error) {
	v, err := db.One(ctx, r, scanOffer, selectByID, id)
	if err != nil {
		return nil, err
	}
	if v.Status != Live {
		return nil, fault.NotFound()
	}
	by, err := db.One(ctx, r, scanOrganisation, selectOrganisation, v.Organisation)
	if err != nil {
		return nil, err
	}
	sources, err := db.All(ctx, r, scanSource, selectSources, id)
	if err != nil {
		return nil, err
	}
	var kept hsds.Object
	if len(sources) > 0 {
		if kept, err = hsds.Decode([]byte(sources[0].kept)); err != nil {
			return nil, err
		}
	}
	o := toHSDS(&v, &by, kept)
	if id := o.Text("id"); id != v.ID { // it was here under another id before the feed brought it
		renamed(o, id, v.ID)
	}
	return o, nil
}

func (s *Service) hsdsServices(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v, err := s.snapshot(ctx)
	if err != nil {
		return err
	}
	items := v.byIDs()
	if words := short(q.Get("search"), 200); words != "" {
		var l Listing
		if err := s.find(ctx, v, Page{Filter: Filter{Words: words}}, &l); err != nil {
			return err
		}
		items = items[:0:0]
		for _, c := range l.Cards {
			items = append(items, c.item)
		}
	}
	if by := q.Get("organization_id"); by != "" {
		items = slices.DeleteFunc(slices.Clone(items), func(i *item) bool { return i.organisation != by })
	}
	full := q.Get("full") == "true"
	return paged(w, r, len(items), func(from, to int) (list []any, err error) {
		err = s.db.Read(ctx, func(ctx context.Context, rd db.Reader) error {
			list = nil
			for _, i := range items[from:to] {
				o, err := s.asService(ctx, rd, i.id)
				if fault.KindOf(err) == fault.KindNotFound && err != nil {
					continue // stopped just now
				}
				if err != nil {
					return err
				}
				if !full { // a list gives the service and who offers it, the page of one gives all
					for _, name := range []string{"service_at_locations", "metadata"} {
						delete(o, name)
					}
				}
				list = append(list, o)
			}
			return nil
		})
		return list, err
	})
}

// byIDs gives the items in the order of their ids, which does not change with time.
func (v *snapshot) byIDs() []*item {
	v.sorting.Do(func() {
		v.ordered = slices.Clone(v.items)
		slices.SortFunc(v.ordered, func(a, b *item) int { return cmp.Compare(a.id, b.id) })
	})
	return v.ordered
}

func (s *Service) hsdsService(w http.ResponseWriter, r *http.Request) error {
	return s.hsdsOne(w, r, func(ctx context.Context, rd db.Reader) (hsds.Object, error) {
		return s.asService(ctx, rd, r.PathValue("id"))
	})
}

func (s *Service) hsdsOne(w http.ResponseWriter, r *http.Request, read func(context.Context, db.Reader) (hsds.Object, error)) error {
	var o hsds.Object
	err := s.db.Read(r.Context(), func(ctx context.Context, rd db.Reader) (err error) {
		o, err = read(ctx, rd)
		return err
	})
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, o)
}

// organisationIDs are those that offer something, in an order that stays.
func (v *snapshot) organisationIDs() []string {
	seen := map[string]bool{}
	for _, i := range v.items {
		seen[i.organisation] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

func asOrganization(o Organisation) hsds.Object {
	v := hsds.Object{"id": o.ID, "name": o.Name, "description": cmp.Or(o.Description, o.Name)}
	v.Set("website", o.URL)
	v.Set("email", o.Email)
	return v
}

func (s *Service) hsdsOrganizations(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := s.snapshot(ctx)
	if err != nil {
		return err
	}
	ids := v.organisationIDs()
	return paged(w, r, len(ids), func(from, to int) (list []any, err error) {
		for _, id := range ids[from:to] {
			o, err := db.One(ctx, s.db, scanOrganisation, selectOrganisation, id)
			if err != nil {
				return nil, err
			}
			list = append(list, asOrganization(o))
		}
		return list, nil
	})
}

// organisationMost bounds the services in the answer about one organisation. Where
// there are more, a Link in the heading leads to the list of all.
const organisationMost = 200

func (s *Service) hsdsOrganization(w http.ResponseWriter, r *http.Request) error {
	snap, err := s.snapshot(r.Context())
	if err != nil {
		return err
	}
	return s.hsdsOne(w, r, func(ctx context.Context, rd db.Reader) (hsds.Object, error) {
		o, err := db.One(ctx, rd, scanOrganisation, selectOrganisation, r.PathValue("id"))
		if err != nil {
			return nil, err
		}
		v := asOrganization(o)
		items := slices.DeleteFunc(slices.Clone(snap.byIDs()), func(i *item) bool { return i.organisation != o.ID })
		if len(items) > organisationMost {
			items = items[:organisationMost]
			w.Header().Set("Link", `</hsds/services?organization_id=`+url.QueryEscape(o.ID)+`>; rel="collection"`)
		}
		for _, i := range items {
			service, err := s.asService(ctx, rd, i.id)
			if fault.KindOf(err) == fault.KindNotFound && err != nil {
				continue // stopped just now
			}
			if err != nil {
				return nil, err
			}
			delete(service, "organization")
			v.Add("services", service)
		}
		return v, nil
	})
}

// atLocation is one service at one of its locations: what a location and a
// service_at_location of the API are found by.
type atLocation struct {
	item *item
	k    int
}

// spots lists them in the order of the services.
func (v *snapshot) spots() []atLocation {
	var list []atLocation
	for _, i := range v.byIDs() {
		for k := range i.located {
			list = append(list, atLocation{i, k})
		}
	}
	return list
}

// at gives the service_at_location that a spot stands for.
func (s *Service) at(ctx context.Context, r db.Reader, a atLocation) (hsds.Object, error) {
	service, err := s.asService(ctx, r, a.item.id)
	if err != nil {
		return nil, err
	}
	for _, o := range service.List("service_at_locations") {
		if o.Object("location").Text("id") == a.item.located[a.k] {
			brief := hsds.Object{"id": service["id"], "name": service["name"], "status": service["status"]}
			brief.Set("description", service.Text("description"))
			o["service"] = map[string]any(brief)
			return o, nil
		}
	}
	return nil, fault.NotFound()
}

func (s *Service) pagedSpots(w http.ResponseWriter, r *http.Request, all []atLocation, give func(hsds.Object) any) error {
	return paged(w, r, len(all), func(from, to int) (list []any, err error) {
		err = s.db.Read(r.Context(), func(ctx context.Context, rd db.Reader) error {
			list = nil
			for _, a := range all[from:to] {
				o, err := s.at(ctx, rd, a)
				if fault.KindOf(err) == fault.KindNotFound && err != nil {
					continue
				}
				if err != nil {
					return err
				}
				list = append(list, give(o))
			}
			return nil
		})
		return list, err
	})
}

func (s *Service) hsdsAtLocations(w http.ResponseWriter, r *http.Request) error {
	v, err := s.snapshot(r.Context())
	if err != nil {
		return err
	}
	return s.pagedSpots(w, r, v.spots(), func(o hsds.Object) any { return o })
}

func (s *Service) hsdsAtLocation(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	v, err := s.snapshot(r.Context())
	if err != nil {
		return err
	}
	return s.hsdsOne(w, r, func(ctx context.Context, rd db.Reader) (hsds.Object, error) {
		for _, a := range v.spots() {
			if a.item.at[a.k] == id {
				return s.at(ctx, rd, a)
			}
		}
		return nil, fault.NotFound()
	})
}

// locations are the different ones, each with a service that is there.
func (v *snapshot) locations() []atLocation {
	seen := map[string]bool{}
	return slices.DeleteFunc(v.spots(), func(a atLocation) bool {
		id := a.item.located[a.k]
		was := seen[id]
		seen[id] = true
		return was
	})
}

func (s *Service) hsdsLocations(w http.ResponseWriter, r *http.Request) error {
	v, err := s.snapshot(r.Context())
	if err != nil {
		return err
	}
	return s.pagedSpots(w, r, v.locations(), func(o hsds.Object) any { return o.Object("location") })
}

func (s *Service) hsdsLocation(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	v, err := s.snapshot(r.Context())
	if err != nil {
		return err
	}
	return s.hsdsOne(w, r, func(ctx context.Context, rd db.Reader) (hsds.Object, error) {
		for _, a := range v.locations() {
			if a.item.located[a.k] == id {
				o, err := s.at(ctx, rd, a)
				return o.Object("location"), err
			}
		}
		return nil, fault.NotFound()
	})
}

// taxonomyNames are our own taxonomies, in an order that stays.
func taxonomyNames() []string { return slices.Sorted(maps.Keys(vocabularies)) }

func taxonomy(name string) hsds.Object {
	return hsds.Object{"id": hsds.ID("taxonomy", name), "name": name, "description": "Wijkbaak: " + strings.TrimPrefix(name, "wijkbaak-")}
}

func (s *Service) hsdsTaxonomies(w http.ResponseWriter, r *http.Request) error {
	names := taxonomyNames()
	return paged(w, r, len(names), func(from, to int) (list []any, _ error) {
		for _, n := range names[from:to] {
			list = append(list, taxonomy(n))
		}
		return list, nil
	})
}

func (s *Service) hsdsTaxonomy(w http.ResponseWriter, r *http.Request) error {
	for _, n := range taxonomyNames() {
		if o := taxonomy(n); o.Text("id") == r.PathValue("id") {
			return web.JSON(w, r, http.StatusOK, o)
		}
	}
	return fault.NotFound()
}

func terms(of string) (list []hsds.Object) {
	for _, n := range taxonomyNames() {
		if of != "" && hsds.ID("taxonomy", n) != of {
			continue
		}
		for _, code := range vocabularies[n] {
			t := term(n, code, "")
			t["taxonomy_detail"] = map[string]any(taxonomy(n))
			list = append(list, t)
		}
	}
	return list
}

func (s *Service) hsdsTerms(w http.ResponseWriter, r *http.Request) error {
	all := terms(r.URL.Query().Get("taxonomy_id"))
	return paged(w, r, len(all), func(from, to int) (list []any, _ error) {
		for _, t := range all[from:to] {
			list = append(list, t)
		}
		return list, nil
	})
}

func (s *Service) hsdsTerm(w http.ResponseWriter, r *http.Request) error {
	for _, t := range terms("") {
		if t.Text("id") == r.PathValue("id") {
			return web.JSON(w, r, http.StatusOK, t)
		}
	}
	return fault.NotFound()
}
