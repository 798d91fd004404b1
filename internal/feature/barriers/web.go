package barriers

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/decimal"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

// writers are who may write something down; the service asks for whom.
var writers = access.Has(access.Lead, access.Editor)

func (s *Service) routes() []web.Route {
	return []web.Route{
		web.Get(base, access.Public, s.listPage),
		web.Get(base+".csv", access.Public, s.csv),
		web.Get(base+"/cijfers", access.Public, s.numbersPage),
		web.Get(base+"/nieuw", writers, s.newPage),
		web.Post(base, writers, s.create),
		web.Get(base+"/{id}", access.Public, s.entryPage),
		web.Get(base+"/{id}/bewerken", access.SignedIn, s.editPage),
		web.Post(base+"/{id}/bewerken", access.SignedIn, s.save),
		web.Post(base+"/{id}/weg", access.SignedIn, s.remove),
		web.API(http.MethodGet, apiPath, access.Public, s.apiList).ForAll().Doc(web.Doc{ID: "listBarrierEntries", Key: "barriers.api.list", Tag: "barriers",
			Query: append(web.Paging(),
				web.Field{Name: "category", Key: "barriers.api.category", Values: Categories},
				web.Field{Name: "status", Key: "barriers.api.status", Values: States},
				web.Field{Name: "lifter", Key: "barriers.api.lifter", Values: Lifters},
				web.Field{Name: "barrier", Key: "barriers.api.barrier", Least: 1, Most: 80},
				web.Field{Name: "municipality", Key: "barriers.api.municipality", Least: 1, Most: 20},
				web.Field{Name: "initiative", Key: "barriers.api.initiative", Least: 1, Most: 120}),
			Answer: apiBarrierEntries{}}),
		web.API(http.MethodGet, apiPath+"/{id}", access.Public, s.apiOne).ForAll().Doc(web.Doc{ID: "getBarrierEntry", Key: "barriers.api.get", Tag: "barriers",
			Answer: apiBarrierEntry{}}),
	}
}

// again shows a form once more with what is wrong; a fault of another kind is not
// the form's.
func again(form *web.Form, err error, show func(status int) error) error {
	if form.Take(err) {
		return show(http.StatusUnprocessableEntity)
	}
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind == fault.KindConflict {
		return show(http.StatusConflict)
	}
	return err
}

// now is the state of the filter that means "open or in hand".
const now = "nu"

// filterOf reads the filters of an address; what it does not know counts for nothing.
func filterOf(q url.Values) Filter {
	one := func(name string, of []string) string {
		if v := q.Get(name); slices.Contains(of, v) {
			return v
		}
		return ""
	}
	short := func(name string) string {
		if v := q.Get(name); len(v) <= 120 && !strings.ContainsFunc(v, func(r rune) bool { return r < ' ' }) {
			return strings.ToValidUTF8(v, "")
		}
		return ""
	}
	return Filter{Status: one("stand", States), Category: one("soort", Categories), Lifter: one("wie", Lifters), Barrier: short("belemmering"),
		Municipality: short("gemeente"), Initiative: short("initiatief"), Active: q.Get("stand") == now, Mine: q.Get("mijn") == "ja", Late: q.Get("laat") == "ja"}
}

// query writes a filter as an address.
func (f Filter) query() url.Values {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	yes := func(b bool) string { return map[bool]string{true: "ja"}[b] }
	set("stand", f.Status)
	if f.Active {
		q.Set("stand", now)
	}
	set("soort", f.Category)
	set("wie", f.Lifter)
	set("belemmering", f.Barrier)
	set("gemeente", f.Municipality)
	set("initiatief", f.Initiative)
	set("mijn", yes(f.Mine))
	set("laat", yes(f.Late))
	return q
}

// address is a page with a filter.
func (f Filter) address(path string) string {
	if q := f.query().Encode(); q != "" {
		return path + "?" + q
	}
	return path
}

func (s *Service) listPage(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if access.Of(ctx).SignedIn() {
		web.Private(r)
	}
	f := filterOf(r.URL.Query())
	list, next, err := s.List(ctx, f, r.URL.Query().Get("na"), pageMost)
	if err != nil {
		return err
	}
	p := listView{Filter: f, List: list, Now: s.Clock.Now(), Said: r.URL.Query().Get("gedaan"), MayAdd: writers.Check(ctx) == nil, SignedIn: access.Of(ctx).SignedIn()}
	if next != "" {
		q := f.query()
		q.Set("na", next)
		p.Next = base + "?" + q.Encode()
	}
	if p.Kinds, p.Towns, err = s.known(ctx); err != nil {
		return err
	}
	if p.About, err = s.about(ctx, list, f.Initiative); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, p.render())
}

// about gives the initiatives of a list that the actor may see.
func (s *Service) about(ctx context.Context, list []Entry, more string) (about map[string]About, err error) {
	var slugs []string
	if more != "" {
		slugs = append(slugs, more)
	}
	for _, e := range list {
		if e.Initiative != "" && !slices.Contains(slugs, e.Initiative) {
			slugs = append(slugs, e.Initiative)
		}
	}
	if len(slugs) == 0 {
		return nil, nil
	}
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		about, err = s.Initiatives.About(ctx, r, slugs)
		return err
	})
	return about, err
}

func (s *Service) numbersPage(w http.ResponseWriter, r *http.Request) error {
	if access.Of(r.Context()).SignedIn() {
		web.Private(r)
	}
	n, err := s.Numbers(r.Context(), filterOf(r.URL.Query()))
	if err != nil {
		return err
	}
	p := numbersView{Numbers: n}
	if _, p.Towns, err = s.known(r.Context()); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, p.render())
}

func (s *Service) csv(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if access.Of(ctx).SignedIn() {
		web.Private(r)
	}
	var list []Entry
	err := s.DB.Read(ctx, func(ctx context.Context, rd db.Reader) (err error) {
		list, _, err = s.list(ctx, rd, filterOf(r.URL.Query()), "", sumMost, sumMost/chunk)
		return err
	})
	if err != nil {
		return err
	}
	_, towns, err := s.known(ctx)
	if err != nil {
		return err
	}
	body, err := table(ctx, list, towns, s.Clock.Now())
	if err != nil {
		return err
	}
	return web.Download(w, r, "belemmeringen.csv", "text/csv; charset=utf-8", body)
}

// table writes entries with semicolons, as Dutch spreadsheets read them.
func table(ctx context.Context, list []Entry, towns []Municipality, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff") // without it Excel takes the text for another alphabet
	w := csv.NewWriter(&b)
	w.Comma = ';'
	date := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format(time.DateOnly)
	}
	rows := [][]string{{"id", "titel", "belemmering", "soort", "initiatief", "gemeente", "stand", "wie_lost_op", "sinds", "klaar_voor", "dagen", "te_laat", "geprobeerd", "werkte"}}
	for _, e := range list {
		late := "nee"
		if e.Late(at) {
			late = "ja"
		}
		rows = append(rows, []string{e.ID, e.Title, e.Barrier, word(ctx, "category", e.Category), e.Initiative, townName(towns, e.Municipality), word(ctx, "status", e.Status),
			word(ctx, "lifter", e.Lifter), date(e.Met), date(e.Due), strconv.Itoa(e.Days(at)), late, e.Tried, e.Worked})
	}
	for _, row := range rows {
		for k, cell := range row { // a spreadsheet would take these for a formula
			row[k] = decimal.Cell(cell)
		}
	}
	err := w.WriteAll(rows)
	return b.Bytes(), err
}

func (s *Service) entryPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if access.Of(r.Context()).SignedIn() {
		web.Private(r)
	}
	return web.Render(w, r, http.StatusOK, entryView{View: v, Now: s.Clock.Now(), Said: r.URL.Query().Get("gedaan")}.render())
}

func (s *Service) newPage(w http.ResponseWriter, r *http.Request) error {
	a := access.Of(r.Context())
	q := r.URL.Query()
	form := web.NewForm("belemmering", q.Get("belemmering"), "initiatief", q.Get("initiatief"), "gemeente", q.Get("gemeente"), "werk", q.Get("werk"),
		"eigenaar", "p:"+a.Person, "voor", s.Clock.Now().AddDate(0, 1, 0).Format(time.DateOnly), "wie-lost-op", Lifters[0], "soort", "organisation", "openbaar", "ja")
	return s.showForm(w, r, http.StatusOK, form, nil)
}

// showForm shows the form of a new entry, or of one that is there.
func (s *Service) showForm(w http.ResponseWriter, r *http.Request, status int, form *web.Form, old *View) error {
	web.Private(r)
	ctx := r.Context()
	p := formView{Form: form, Old: old, Conflict: status == http.StatusConflict}
	var err error
	if p.Kinds, p.Towns, err = s.known(ctx); err != nil {
		return err
	}
	err = s.DB.Read(ctx, func(ctx context.Context, rd db.Reader) error {
		if p.Initiatives, err = s.Initiatives.Choices(ctx, rd); err != nil {
			return err
		}
		if p.Colleagues, err = s.People.Colleagues(ctx, rd); err != nil {
			return err
		}
		if p.Bodies, err = s.People.Organisations(ctx, rd); err != nil {
			return err
		}
		if s.Blocked != nil {
			p.Things, err = s.Blocked.Choices(ctx, rd)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, o := range organisations(access.Of(ctx), s.Root) {
		p.Own = append(p.Own, Link{ID: o, Name: nameOf(p.Bodies, o)})
	}
	return web.Render(w, r, status, p.render())
}

func readEntry(f *web.Form) Entry {
	e := Entry{Barrier: f.Line("belemmering", 80), Title: f.Line("titel", titleMost), Category: f.Choice("soort", Categories...), Initiative: f.Line("initiatief", 120),
		Thing: f.Line("werk", 60), Municipality: f.Line("gemeente", 20), Status: f.Choice("stand", States...), Tried: f.Text("geprobeerd", textMost),
		Worked: f.Text("werkte", textMost), Lifter: f.Choice("wie-lost-op", Lifters...), Organisation: f.Line("organisatie", 60), Public: f.Bool("openbaar")}
	if body, ok := strings.CutPrefix(f.Line("eigenaar", 60), "o:"); ok {
		e.OwnerBody = body
	} else {
		e.Owner = strings.TrimPrefix(f.Line("eigenaar", 60), "p:")
	}
	e.Due, _ = day(f.Line("voor", 20))
	e.Met, _ = day(f.Line("sinds", 20))
	return e
}

func (s *Service) create(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	e := readEntry(form)
	if own := organisations(access.Of(r.Context()), s.Root); e.Organisation == "" && len(own) == 1 {
		e.Organisation = own[0]
	}
	var id string
	if err = form.Err(); err == nil {
		id, err = s.Create(r.Context(), e)
	}
	if err != nil {
		return again(form, err, func(status int) error { return s.showForm(w, r, status, form, nil) })
	}
	return web.Redirect(w, r, Path(id)+"?gedaan=ja")
}

// editable reads an entry for its form.
func (s *Service) editable(r *http.Request) (View, error) {
	web.Private(r)
	v, err := s.Get(r.Context(), r.PathValue("id"))
	if err == nil && !v.MayEdit {
		err = fault.Denied()
	}
	return v, err
}

func (s *Service) editPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.editable(r)
	if err != nil {
		return err
	}
	date := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format(time.DateOnly)
	}
	owner := "p:" + v.Owner
	if v.Owner == "" {
		owner = "o:" + v.OwnerBody
	}
	public := map[bool]string{true: "ja"}[v.Public]
	form := web.NewForm("belemmering", v.Barrier, "titel", v.Title, "soort", v.Category, "initiatief", v.Entry.Initiative, "werk", v.Entry.Thing,
		"gemeente", v.Municipality, "stand", v.Status, "geprobeerd", v.Tried, "werkte", v.Worked, "wie-lost-op", v.Lifter, "eigenaar", owner,
		"voor", date(v.Due), "sinds", date(v.Met), "openbaar", public)
	return s.showForm(w, r, http.StatusOK, form, &v)
}

func (s *Service) save(w http.ResponseWriter, r *http.Request) error {
	v, err := s.editable(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	e := readEntry(form)
	e.ID = v.ID
	if e.Version, err = strconv.ParseInt(form.Value("versie"), 10, 64); err != nil {
		e.Version = -1
	}
	why := form.Line("waarom", whyMost)
	if err = form.Err(); err == nil {
		err = s.Save(r.Context(), e, why)
	}
	if err != nil {
		return again(form, err, func(status int) error {
			v, err := s.editable(r)
			if err != nil {
				return err
			}
			return s.showForm(w, r, status, form, &v)
		})
	}
	return web.Redirect(w, r, Path(v.ID)+"?gedaan=ja")
}

func (s *Service) remove(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	at, err := strconv.ParseInt(form.Value("versie"), 10, 64)
	if err != nil {
		at = -1
	}
	if err := s.Remove(r.Context(), r.PathValue("id"), at); err != nil {
		return err
	}
	return web.Redirect(w, r, base+"?gedaan=weg")
}
