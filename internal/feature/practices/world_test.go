package practices

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/db/dbtest"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/jobs"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/protocol/practice"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// story is the part of one room: a title and steps.
type story struct {
	Name  string `json:"name,omitempty"`
	Title string `json:"title"`
	Steps []step `json:"steps"`
}

type step struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// shelf stands for the rooms: it keeps initiatives and their part in memory.
type shelf struct {
	mu      sync.Mutex
	parts   map[string]story
	owner   map[string]string // person by initiative
	figures map[string][]Figure
	demo    bool // there are invented project leaders
}

const storySchema = `{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","additionalProperties":false,"required":["title","steps"],
"properties":{"name":{"type":"string"},"title":{"type":"string"},"steps":{"type":"array","items":{"type":"object","additionalProperties":false,
"properties":{"id":{"type":"string"},"text":{"type":"string"}}}}}}`

func (s *shelf) Name() string { return "initiatives" }

func (s *shelf) PartSchema() []byte { return []byte(storySchema) }

func (s *shelf) Pack(_ context.Context, _ db.Reader, initiative string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.parts[initiative]
	if !ok {
		return nil, nil
	}
	return json.Marshal(p)
}

func (s *shelf) Adopt(_ context.Context, _ *db.Tx, initiative string, data []byte) error {
	var p story
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	if p.Title == "" {
		return fault.Invalid(fault.Field{Name: "title", Key: "x"})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parts[initiative] = p
	return nil
}

func (s *shelf) Links(_ context.Context, _ db.Reader, slugs []string) ([]Link, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Link
	for _, slug := range slugs {
		if p, ok := s.parts[slug]; ok {
			list = append(list, Link{slug, p.Title, "/initiatieven/" + slug})
		}
	}
	return list, nil
}

func (s *shelf) MayEdit(ctx context.Context, _ db.Reader, slug string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	owner, ok := s.owner[slug]
	switch {
	case !ok:
		return fault.NotFound()
	case owner != access.Of(ctx).Person:
		return fault.Denied()
	}
	return nil
}

func (s *shelf) Draft(ctx context.Context, _ *db.Tx, name, summary, organisation, origin string) (string, error) {
	if organisation != "org" || origin == "" || summary == "" {
		return "", fault.Denied()
	}
	slug := strings.ReplaceAll(strings.ToLower(name), " ", "-")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.owner[slug], s.parts[slug] = access.Of(ctx).Person, story{Name: name, Title: name}
	return slug, nil
}

func (s *shelf) OfInitiative(_ context.Context, _ db.Reader, slug string) ([]Figure, error) {
	return s.figures[slug], nil
}

func (s *shelf) Own(context.Context, db.Reader) ([]Link, error) {
	return []Link{{ID: "org", Name: "Gemeente"}}, nil
}

func (s *shelf) KnownNames(context.Context, db.Reader) ([]string, error) {
	return []string{"Sanne de Boer"}, nil
}

func (s *shelf) DemoLead(_ context.Context, _ db.Reader, name string) (Person, bool, error) {
	return Person{ID: lead.Person, Name: name, Organisation: "org", OrganisationName: "Gemeente"}, s.demo, nil
}

func (s *shelf) Actor(context.Context, db.Reader, string) (access.Actor, error) { return lead, nil }

// town is an instance.
type town struct {
	*Service
	t      *testing.T
	shelf  *shelf
	clock  *clock.Fake
	queue  *jobs.Queue
	server *httptest.Server
	down   bool // nobody can reach it
	tamper func(path string, body []byte) []byte
}

var lead = access.Actor{Person: "0190-lead", SecondFactor: true, Channel: access.Page,
	Grants: []access.Grant{{Role: access.Lead, Organisation: "org", Place: "/"}, {Role: access.Editor, Place: "/"}}}

func newTown(t *testing.T, d *db.DB, name string) *town {
	t.Helper()
	words, err := i18n.New(i18n.Source{Room: Name, FS: locales}, ui.Locales, web.Locales)
	if err != nil {
		t.Fatal(err)
	}
	k, _, err := practice.NewKey(name + ".test")
	if err != nil {
		t.Fatal(err)
	}
	c := clock.NewFake(start)
	ids := id.New(c)
	auditKey, err := audit.LoadKey(t.TempDir(), name+".test/audit")
	if err != nil {
		t.Fatal(err)
	}
	log, err := audit.New(audit.Options{DB: d, Clock: c, IDs: ids, Source: name + ".test", Node: "n1", Key: auditKey})
	if err != nil {
		t.Fatal(err)
	}
	w := &town{t: t, clock: c, shelf: &shelf{parts: map[string]story{}, owner: map[string]string{}, figures: map[string][]Figure{}}}
	router := web.NewRouter(web.Options{Clock: c, Catalog: words, Enter: func(_ http.ResponseWriter, r *http.Request) (*http.Request, error) {
		if r.Header.Get("X-As") == "lead" {
			web.Private(r)
			return r.WithContext(access.With(r.Context(), lead)), nil
		}
		return r, nil
	}})
	w.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if w.down {
			http.Error(rw, "down", http.StatusServiceUnavailable)
			return
		}
		if w.tamper == nil {
			router.ServeHTTP(rw, r)
			return
		}
		rec := httptest.NewRecorder()
		r.Header.Del("Accept-Encoding")
		router.ServeHTTP(rec, r)
		rw.WriteHeader(rec.Code)
		rw.Write(w.tamper(r.URL.Path, rec.Body.Bytes())) //nolint:errcheck // a test
	}))
	t.Cleanup(w.server.Close)
	w.Service = New(Options{DB: d, Clock: c, IDs: ids, Audit: log, Key: k, Address: w.server.URL, Name: "Gemeente " + name, Pieces: []Piece{w.shelf},
		Initiatives: w.shelf, Figures: w.shelf, People: w.shelf, AllowPrivate: true})
	room := w.Room()
	router.Handle(room.Routes...)
	w.queue = jobs.New(d, c, ids, slog.New(slog.DiscardHandler))
	for kind, h := range room.Jobs {
		w.queue.Handle(kind, h)
	}
	return w
}

// two gives two instances, each on a database of its own.
func two(t *testing.T, f func(t *testing.T, a, b *town)) {
	t.Helper()
	tables := []db.Migrations{audit.Migrations, jobs.Migrations, Migrations}
	dbtest.Each(t, tables, func(t *testing.T, one *db.DB) {
		o := db.Options{Dir: t.TempDir()}
		if one.Engine() != db.SQLite {
			o = db.Options{URL: dbtest.Postgres(t), Read: 4}
		}
		other, err := db.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { other.Close() }) //nolint:errcheck // the test is over
		if _, err := other.Migrate(t.Context(), tables); err != nil {
			t.Fatal(err)
		}
		f(t, newTown(t, one, "waterstad"), newTown(t, other, "heuvelrijk"))
	})
}

func (w *town) ctx() context.Context { return access.With(w.t.Context(), lead) }

func (w *town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%v %+v", err, fault.FieldsOf(err))
	}
}

// is checks that err stands beside a field with this sentence.
func (w *town) is(err error, field, key string) {
	w.t.Helper()
	f := fault.FieldsOf(err)
	if len(f) == 0 || f[0].Name != field || f[0].Key != "practices."+key {
		w.t.Errorf("error is %v (%+v), want %s at %s", err, f, key, field)
	}
}

func (w *town) settle() {
	w.t.Helper()
	w.must(w.queue.Drain(w.t.Context()))
}

// initiative puts a case on the shelf.
func (w *town) initiative(slug string, s story) {
	w.shelf.mu.Lock()
	defer w.shelf.mu.Unlock()
	w.shelf.parts[slug], w.shelf.owner[slug] = s, lead.Person
}

func (w *town) part(slug string) story {
	w.shelf.mu.Lock()
	defer w.shelf.mu.Unlock()
	return w.shelf.parts[slug]
}

var example = story{Name: "Beeldzorg", Title: "Beeldzorg in {{gemeente}}", Steps: []step{{"a", "Bel de inwoner van {{gemeente}}"}, {"b", "Zet het scherm neer"}}}

func anOffer(version string) Offer {
	return Offer{Name: "waterstad.beeldzorg", Version: version, Title: "Beeldzorg", Summary: "Zorg op afstand in {{gemeente}}.", Licence: "CC-BY-4.0",
		Author: "Gemeente Waterstad", Contact: "projectleider", Note: "Versie " + version, Parts: []string{"initiatives"},
		Parameters: []practice.Parameter{{Key: "gemeente", Question: "Hoe heet uw gemeente?", Default: "Waterstad"}}}
}

// offers publishes a version.
func (w *town) offers(slug string, o Offer, files ...Upload) Practice {
	w.t.Helper()
	w.must(w.SaveOffer(w.ctx(), slug, o, files, ""))
	v, err := w.Offering(w.ctx(), slug)
	w.must(err)
	p, err := w.Publish(w.ctx(), slug, v.Edit)
	w.must(err)
	w.clock.Advance(time.Minute)
	return p
}

// takes adopts by address.
func (w *town) takes(address, name string) string {
	w.t.Helper()
	in, err := w.Fetch(w.ctx(), address, "", "")
	w.must(err)
	slug, err := w.Adopt(w.ctx(), in, Yes{Name: name, Organisation: "org", Answers: map[string]string{"gemeente": "Heuvelrijk"}, Tell: true})
	w.must(err)
	return slug
}

// page asks for a page as the lead.
func (w *town) page(method, path string, pairs ...string) (int, string) {
	w.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.server.URL+path, strings.NewReader(form.Encode()))
	w.must(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.do(r)
}

func (w *town) do(r *http.Request) (int, string) {
	w.t.Helper()
	r.Header.Set("X-As", "lead")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := http.DefaultClient.Do(r)
	w.must(err)
	defer res.Body.Close() //nolint:errcheck // it was read
	b, err := io.ReadAll(res.Body)
	w.must(err)
	if slices.Contains([]int{200, 303, 202, 422, 409, 404, 403}, res.StatusCode) && strings.Contains(string(b), ">practices.") {
		w.t.Errorf("%s has a key without words", r.URL.Path)
	}
	return res.StatusCode, string(b)
}

// upload sends a form with files.
func (w *town) upload(path string, fields map[string]string, files map[string][]byte) (int, string) {
	w.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k, v := range fields {
		w.must(m.WriteField(k, v))
	}
	for k, v := range files {
		name, file, _ := strings.Cut(k, ":")
		part, err := m.CreateFormFile(name, file)
		w.must(err)
		_, err = part.Write(v)
		w.must(err)
	}
	w.must(m.Close())
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.server.URL+path, &b)
	w.must(err)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return w.do(r)
}
