package surveys

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/id"
	"wijkbaak.nl/internal/base/limit"
	"wijkbaak.nl/internal/protocol/fhir"
	"wijkbaak.nl/internal/protocol/fhirpath"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// Options are what the room is made of.
type Options struct {
	DB      *db.DB
	Clock   clock.Clock
	IDs     id.Source
	Audit   Audit
	Advisor Advisor   // nil: what the plan of the survey itself says
	Filled  Populator // nil: nothing is filled in beforehand
	Root    string    // path of the place of the instance
	BaseURL string
	Onward  []string // addresses below which somebody may take the outcome along
	Key     []byte   // of return codes and forms
	Rate    float64
}

// Service is what this room can do.
type Service struct {
	Options
	keeps *limit.Limit
	posts *limit.Limit // to the API
	tells *limit.Limit // forms that count in the sums
	read  expressions

	mu     sync.Mutex
	parsed map[string]*Parsed
}

// New makes the service.
func New(o Options) *Service {
	return &Service{Options: o, keeps: limit.New(o.Clock, 10, 2*time.Minute, o.Rate), posts: limit.New(o.Clock, 60, time.Second, o.Rate),
		tells: limit.New(o.Clock, 30, 2*time.Minute, o.Rate), parsed: map[string]*Parsed{}}
}

// Parsed is a version with what stands in it.
type Parsed struct {
	Survey
	Form *fhir.Questionnaire
	Next *fhir.Plan // nil if there is none

	weight func(linkID string, answer any) (json.Number, bool) // of answers
}

// parsedMost bounds how many versions are held in memory.
const parsedMost = 200

// open reads what stands in a version; it is kept, since versions seldom change.
func (s *Service) open(v Survey) (*Parsed, error) {
	s.mu.Lock()
	p := s.parsed[v.ID]
	s.mu.Unlock()
	if p != nil && p.Changed.Equal(v.Changed) {
		return p, nil
	}
	// It was checked when it came in. An expression that a later version of the
	// program no longer takes must not close the whole survey.
	q, err := fhir.Read(v.Questionnaire, nil)
	if err != nil {
		return nil, err
	}
	p = &Parsed{Survey: v, Form: q, weight: fhirpath.Weights(q.Tree())}
	if v.Plan != nil {
		if p.Next, err = fhir.ReadPlan(v.Plan, nil); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.parsed) >= parsedMost {
		clear(s.parsed)
	}
	s.parsed[v.ID] = p
	return p, nil
}

// whole opens a version of which only the row was read.
func (s *Service) whole(ctx context.Context, r db.Reader, v Survey) (*Parsed, error) {
	s.mu.Lock()
	p := s.parsed[v.ID]
	s.mu.Unlock()
	if p != nil && p.Changed.Equal(v.Changed) {
		return p, nil
	}
	v, err := db.One(ctx, r, scanSurvey, selectSurvey, v.ID)
	if err != nil {
		return nil, err
	}
	return s.open(v)
}

const listMost = 200

// List gives the surveys that can be filled in, by address.
func (s *Service) List(ctx context.Context) ([]Survey, error) {
	return db.All(ctx, s.DB, scanSurvey, selectPublished, "", listMost)
}

// Current gives the published version at an address.
func (s *Service) Current(ctx context.Context, slug string) (*Parsed, error) {
	v, err := db.One(ctx, s.DB, scanSurvey, selectCurrent, slug)
	if err != nil {
		return nil, err
	}
	return s.open(v)
}

// Version gives one version that the actor may see.
func (s *Service) Version(ctx context.Context, id string) (*Parsed, error) {
	v, err := db.One(ctx, s.DB, scanSurvey, selectSurvey, id)
	if err == nil && !MaySee(access.Of(ctx), v) {
		err = fault.NotFound()
	}
	if err != nil {
		return nil, err
	}
	return s.open(v)
}

// byCanonical gives the version that a canonical address names; without a version
// the published one.
func (s *Service) byCanonical(ctx context.Context, canonical string) (*Parsed, error) {
	url, version, named := strings.Cut(canonical, "|")
	if !named {
		slug, _, err := s.Find(ctx, s.DB, url)
		if err != nil {
			return nil, err
		}
		return s.Current(ctx, slug)
	}
	v, err := db.One(ctx, s.DB, scanSurvey, selectExact, url, version)
	if err == nil && v.Status == Draft {
		err = fault.NotFound()
	}
	if err != nil {
		return nil, err
	}
	return s.open(v)
}

// Versions lists all versions at an address that the actor may see, the newest first.
func (s *Service) Versions(ctx context.Context, slug string) ([]Survey, error) {
	list, err := db.All(ctx, s.DB, scanSurvey, selectOfSlug, slug, last, listMost)
	return slices.DeleteFunc(list, func(v Survey) bool { return !MaySee(access.Of(ctx), v) }), err
}

// Desk lists the versions that the actor may publish, the newest first.
func (s *Service) Desk(ctx context.Context) ([]Survey, error) {
	list, err := db.All(ctx, s.DB, scanSurvey, selectAll, last, listMost)
	return slices.DeleteFunc(list, func(v Survey) bool { return !MayEdit(access.Of(ctx), v.Place) }), err
}

// Checked is what a check of a file found. Problem is nil where it can be imported.
type Checked struct {
	Form    *fhir.Questionnaire // nil where it cannot be read
	Next    *fhir.Plan
	Errors  []fhir.Problem
	Notes   []fhir.Problem
	Slug    string
	Replace *Survey // a draft of this version, which is replaced
}

// Check looks at a questionnaire and a plan (which may be empty) without keeping them.
func (s *Service) Check(ctx context.Context, questionnaire, plan []byte) (Checked, error) {
	var c Checked
	var err error
	take := func(err error) error {
		w, ok := err.(*fhir.Wrong) //nolint:errorlint // fhir gives nothing else
		if !ok {
			return err
		}
		c.Errors = append(c.Errors, w.Report.Errors...)
		c.Notes = append(c.Notes, w.Report.Notes...)
		return nil
	}
	if c.Form, err = fhir.Read(questionnaire, s.read.check); err != nil {
		if err = take(err); err != nil {
			return c, err
		}
		c.Form = nil
	} else {
		c.Notes = append(c.Notes, c.Form.Notes...)
		c.Errors = append(c.Errors, s.beyond(ctx, c.Form)...)
	}
	if len(plan) > 0 {
		if c.Next, err = fhir.ReadPlan(plan, s.read.check); err != nil {
			if err = take(err); err != nil {
				return c, err
			}
		} else {
			c.Notes = append(c.Notes, c.Next.Notes...)
		}
	}
	if c.Form == nil {
		return c, nil
	}
	if c.Next != nil && !c.Next.Belongs(c.Form.URL) {
		c.Errors = append(c.Errors, fhir.Problem{Path: "PlanDefinition.relatedArtifact", Code: "other"})
	}
	c.Slug = slugOf(c.Form)
	others, err := db.All(ctx, s.DB, scanSurvey, selectOfSlug, c.Slug, last, 1)
	if err != nil {
		return c, err
	}
	if len(others) > 0 && others[0].URL != c.Form.URL {
		c.Errors = append(c.Errors, fhir.Problem{Path: "Questionnaire.name", Code: "slug", Args: []any{"found", c.Slug}})
	}
	switch v, err := db.One(ctx, s.DB, scanSurvey, selectExact, c.Form.URL, c.Form.Version); {
	case fault.KindOf(err) == fault.KindNotFound && err != nil:
	case err != nil:
		return c, err
	case v.Status == Draft:
		c.Replace = &v
	default:
		c.Errors = append(c.Errors, fhir.Problem{Path: "Questionnaire.version", Code: "version", Args: []any{"found", c.Form.Version}})
	}
	return c, nil
}

// beyond are rules of ours that FHIR does not have.
func (s *Service) beyond(ctx context.Context, q *fhir.Questionnaire) (list []fhir.Problem) {
	for path, v := range map[string]string{"Questionnaire.version": q.Version, "Questionnaire.title": q.Title.Own} {
		if strings.TrimSpace(v) == "" {
			list = append(list, fhir.Problem{Path: path, Code: "missing"})
		}
	}
	for _, i := range q.All {
		if i.Asked() && i.Text.Own == "" {
			list = append(list, fhir.Problem{Path: i.Path + ".text", Code: "missing"})
		}
		for _, m := range pictures(i) {
			if _, err := picture(ctx, m); err != nil {
				list = append(list, fhir.Problem{Path: i.Path, Code: "image"})
			}
		}
	}
	slices.SortFunc(list, func(a, b fhir.Problem) int { return strings.Compare(a.Path, b.Path) })
	return list
}

// Import keeps a questionnaire as a draft of a place and gives its id. A draft of
// the same version is replaced.
func (s *Service) Import(ctx context.Context, place string, questionnaire, plan []byte) (string, error) {
	a := access.Of(ctx)
	if !MayEdit(a, place) {
		return "", fault.Denied()
	}
	return s.keep(ctx, place, questionnaire, plan, Draft, false)
}

func (s *Service) keep(ctx context.Context, place string, questionnaire, plan []byte, status Status, demo bool) (id string, err error) {
	c, err := s.Check(ctx, questionnaire, plan)
	if err != nil {
		return "", err
	}
	if len(c.Errors) > 0 {
		return "", fault.Invalid(fault.Field{Name: "json", Key: "surveys.wrong.file"})
	}
	now := s.Clock.Now()
	v := Survey{ID: s.IDs(), URL: c.Form.URL, Version: c.Form.Version, Slug: c.Slug, Place: place, Title: c.Form.Title.Own, Status: status,
		Questionnaire: questionnaire, Plan: plan, Items: asked(c.Form), Person: access.Of(ctx).Person, Demonstration: demo, Created: now, Changed: now}
	if status == Published {
		v.PublishedAt = now
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		id = v.ID
		added, err := addSurvey(ctx, tx, v)
		if err != nil {
			return err
		}
		if !added {
			old, err := db.One(ctx, tx, scanSurvey, selectExact, v.URL, v.Version)
			if err != nil {
				return err
			}
			if old.Status != Draft || !MayEdit(access.Of(ctx), old.Place) {
				return fault.Invalid(fault.Field{Name: "json", Key: "surveys.wrong.version", Args: []any{"version", v.Version}})
			}
			old.Title, old.Questionnaire, old.Plan, old.Items, old.Changed = v.Title, v.Questionnaire, v.Plan, v.Items, now
			id = old.ID
			if err := s.save(ctx, tx, old); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, "survey.import", audit.Create, "survey", id)
	})
	return id, err
}

func (s *Service) record(ctx context.Context, tx *db.Tx, kind string, action audit.Action, object, id string) error {
	return s.Audit.Record(ctx, tx, audit.Event{Kind: kind, Action: action, ObjectType: object, ObjectID: id})
}

// change lets f change a version of a place of the actor.
func (s *Service) change(ctx context.Context, id, kind string, f func(ctx context.Context, tx *db.Tx, v *Survey) error) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, err := db.One(ctx, tx, scanSurvey, selectSurvey, id)
		if err != nil {
			return err
		}
		if !MayEdit(access.Of(ctx), v.Place) {
			return fault.NotFound()
		}
		if err := f(ctx, tx, &v); err != nil {
			return err
		}
		// Later than before, also within one tick: what was read is read anew.
		if now := s.Clock.Now(); now.After(v.Changed) {
			v.Changed = now
		} else {
			v.Changed = v.Changed.Add(time.Microsecond)
		}
		if err := s.save(ctx, tx, v); err != nil {
			return err
		}
		return s.record(ctx, tx, kind, audit.Update, "survey", id)
	})
}

// Publish lets everybody fill in a version; the one before it is retired, and who
// began with that one finishes it.
func (s *Service) Publish(ctx context.Context, id string) error {
	return s.change(ctx, id, "survey.publish", func(ctx context.Context, tx *db.Tx, v *Survey) error {
		if v.Status == Published {
			return nil
		}
		all, err := db.All(ctx, tx, scanSurvey, selectOfURL, v.URL, listMost)
		if err != nil {
			return err
		}
		for _, o := range all {
			if o.Status != Published {
				continue
			}
			if !MayEdit(access.Of(ctx), o.Place) {
				return fault.Conflict("surveys.wrong.elsewhere")
			}
			if o, err = db.One(ctx, tx, scanSurvey, selectSurvey, o.ID); err != nil {
				return err
			}
			o.Status, o.Changed = Retired, o.Changed.Add(time.Microsecond)
			if err := s.save(ctx, tx, o); err != nil {
				return err
			}
		}
		v.Status, v.PublishedAt = Published, s.Clock.Now()
		return nil
	})
}

// Retire takes a version off the list; who has begun can finish.
func (s *Service) Retire(ctx context.Context, id string) error {
	return s.change(ctx, id, "survey.retire", func(_ context.Context, _ *db.Tx, v *Survey) error {
		if v.Status == Published {
			v.Status = Retired
		}
		return nil
	})
}

// Remove throws a draft away.
func (s *Service) Remove(ctx context.Context, id string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		v, err := db.One(ctx, tx, scanSurvey, selectSurvey, id)
		if err == nil && !MayEdit(access.Of(ctx), v.Place) {
			err = fault.NotFound()
		}
		if err != nil {
			return err
		}
		if v.Status != Draft {
			return fault.Conflict("surveys.wrong.notdraft")
		}
		if _, err := tx.Exec(ctx, deleteSurvey, id); err != nil {
			return err
		}
		return s.record(ctx, tx, "survey.remove", audit.Delete, "survey", id)
	})
}
