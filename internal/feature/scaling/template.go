package scaling

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

// Template is a plan without days, persons and places: what is done once, and
// what each city does. Days are weeks from the start.
type Template struct {
	Title      string         `json:"title"`
	Goals      string         `json:"goals"`
	Conditions []string       `json:"conditions"` // what each city needs first
	Shared     []TemplateStep `json:"shared"`
	City       []TemplateStep `json:"city"`
}

// TemplateStep is a step of a template. Key is its name within the template.
type TemplateStep struct {
	Key    string   `json:"key"`
	Title  string   `json:"title"`
	What   string   `json:"what,omitempty"`
	Start  *int     `json:"startWeek,omitempty"`
	Due    *int     `json:"dueWeek,omitempty"`
	Budget int64    `json:"budgetCents,omitempty"`
	After  []string `json:"after,omitempty"`
}

// Saved is a template as it is kept: of an organisation, or taken over with the
// practice of an initiative.
type Saved struct {
	ID, Initiative, Organisation, Person, Title string
	Model                                       Template
	Created                                     time.Time
}

const (
	templateSteps = 200 // steps in one template
	templatesMost = 30  // templates of one organisation in a list
	weeksMost     = 520
)

// StandardTemplate is the id of the template that comes with the program.
const StandardTemplate = "standaard"

//go:embed templates
var templateFiles embed.FS

// Standard is the template that comes with the program, made by us after the
// phase models in the overview of cases.
func Standard() (t Template, err error) {
	data, err := templateFiles.ReadFile("templates/standard.json")
	if err != nil {
		return t, err
	}
	return readTemplate(data)
}

// weeks counts whole weeks from the start to a day; nil for no day.
func weeks(start, d Day) *int {
	if d == "" || start == "" {
		return nil
	}
	n := max(0, min(start.until(d)/7, weeksMost))
	return &n
}

func (d Day) inWeeks(n *int) Day {
	if n == nil {
		return ""
	}
	return d.Add(*n * 7)
}

// NewTemplate makes a template of a plan. Steps of several cities that have the
// same title become one; what was dropped is left out.
func NewTemplate(p Plan, tracks []Track, steps []Step) Template {
	t := Template{Title: p.Title, Goals: p.Goals, Conditions: []string{}, Shared: []TemplateStep{}, City: []TemplateStep{}}
	for _, track := range tracks {
		for _, c := range track.Conditions {
			if !slices.Contains(t.Conditions, c.Title) && len(t.Conditions) < conditionsMost {
				t.Conditions = append(t.Conditions, c.Title)
			}
		}
	}
	start := p.Start
	for _, s := range steps {
		start = earliest(start, s.Start, s.Due)
	}
	steps = slices.Clone(steps)
	sortSteps(steps)
	keys := map[string]string{}   // step id to key
	titles := map[string]string{} // title to key, of steps of cities
	for _, s := range steps {
		if s.State == Dropped || len(t.Shared)+len(t.City) >= templateSteps {
			continue
		}
		title := strings.ToLower(s.Title)
		if key, known := titles[title]; s.Track != "" && known {
			keys[s.ID] = key
			continue
		}
		one := TemplateStep{Key: fmt.Sprintf("s%d", len(t.Shared)+len(t.City)+1), Title: s.Title, What: s.What, Start: weeks(start, s.Start),
			Due: weeks(start, s.Due), Budget: s.Budget}
		keys[s.ID] = one.Key
		if s.Track == "" {
			t.Shared = append(t.Shared, one)
		} else {
			titles[title] = one.Key
			t.City = append(t.City, one)
		}
	}
	for _, s := range steps {
		for _, id := range s.Waits {
			t.wait(keys[s.ID], keys[id])
		}
	}
	return t
}

// step finds a step by its key.
func (t *Template) step(key string) *TemplateStep {
	for _, list := range [][]TemplateStep{t.Shared, t.City} {
		for k := range list {
			if list[k].Key == key {
				return &list[k]
			}
		}
	}
	return nil
}

// wait has one step wait for another, unless that makes a circle: two cities may
// do the same steps in another order.
func (t *Template) wait(key, after string) {
	s := t.step(key)
	if s == nil || t.step(after) == nil || key == after || slices.Contains(s.After, after) || len(s.After) >= waitsMost {
		return
	}
	s.After = append(s.After, after)
	if Circle(t.plain()) != nil {
		s.After = s.After[:len(s.After)-1]
		return
	}
	slices.Sort(s.After)
}

// plain gives the steps so that they can be checked for circles.
func (t *Template) plain() (list []Step) {
	for _, s := range slices.Concat(t.Shared, t.City) {
		list = append(list, Step{ID: s.Key, Title: s.Title, Waits: s.After})
	}
	return list
}

// steps makes the steps of a plan that begins from this template.
func (t Template) steps(plan Plan, tracks []Track, newID func() string, now time.Time) (list []Step) {
	ids := map[string][]string{} // key to the ids made of it
	at := map[string]string{}    // key and track to id
	make1 := func(s TemplateStep, track string) {
		one := Step{ID: newID(), Plan: plan.ID, Track: track, Title: s.Title, What: s.What, State: Todo, Budget: s.Budget, Version: 1, Changed: now,
			Start: plan.Start.inWeeks(s.Start), Due: plan.Start.inWeeks(s.Due)}
		ids[s.Key] = append(ids[s.Key], one.ID)
		at[s.Key+" "+track] = one.ID
		list = append(list, one)
	}
	for _, s := range t.Shared {
		make1(s, "")
	}
	for _, track := range tracks {
		for _, s := range t.City {
			make1(s, track.ID)
		}
	}
	k := 0
	link := func(s TemplateStep, track string) {
		for _, after := range s.After {
			if id, same := at[after+" "+track]; same {
				list[k].Waits = append(list[k].Waits, id)
			} else {
				list[k].Waits = append(list[k].Waits, ids[after]...)
			}
		}
		slices.Sort(list[k].Waits)
		k++
	}
	for _, s := range t.Shared {
		link(s, "")
	}
	for _, track := range tracks {
		for _, s := range t.City {
			link(s, track.ID)
		}
	}
	return list
}

// readTemplate reads a template of elsewhere and checks all of it.
func readTemplate(data []byte) (t Template, err error) {
	bad := fault.Invalid(fault.Field{Name: "scaling", Key: "scaling.wrong.part"})
	if len(data) > partMost || !utf8.Valid(data) {
		return t, bad
	}
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.DisallowUnknownFields()
	if err := d.Decode(&t); err != nil || d.More() {
		return t, bad
	}
	if !t.sound() {
		return t, bad
	}
	return t.filled(), nil
}

// filled has a list where there is nothing, as the schema says.
func (t Template) filled() Template {
	if t.Conditions == nil {
		t.Conditions = []string{}
	}
	if t.Shared == nil {
		t.Shared = []TemplateStep{}
	}
	if t.City == nil {
		t.City = []TemplateStep{}
	}
	return t
}

func (t *Template) sound() bool {
	fits := func(text string, least, most int) bool {
		n := utf8.RuneCountInString(text)
		return n >= least && n <= most && !strings.ContainsRune(text, 0)
	}
	if !fits(t.Title, 3, titleMost) || !fits(t.Goals, 0, goalsMost) || len(t.Conditions) > conditionsMost || len(t.Shared)+len(t.City) > templateSteps {
		return false
	}
	for _, c := range t.Conditions {
		if !fits(c, 1, conditionMost) {
			return false
		}
	}
	keys := map[string]bool{}
	for _, s := range slices.Concat(t.Shared, t.City) {
		week := func(n *int) bool { return n == nil || *n >= 0 && *n <= weeksMost }
		if !fits(s.Key, 1, 20) || keys[s.Key] || !fits(s.Title, 2, stepTitleMost) || !fits(s.What, 0, whatMost) || !week(s.Start) || !week(s.Due) ||
			s.Start != nil && s.Due != nil && *s.Due < *s.Start || s.Budget < 0 || s.Budget > budgetMost || len(s.After) > waitsMost {
			return false
		}
		keys[s.Key] = true
	}
	for _, s := range slices.Concat(t.Shared, t.City) {
		for _, after := range s.After {
			if !keys[after] {
				return false
			}
		}
	}
	return Circle(t.plain()) == nil
}

// Templates gives what the actor can begin a plan from: those of the actor's own
// organisations, and of an initiative when one is named.
func (s *Service) Templates(ctx context.Context, initiative string) (list []Saved, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) error {
		list = nil
		for _, o := range access.Of(ctx).Organisations() {
			part, err := db.All(ctx, r, scanTemplate, templatesOf, o, last, templatesMost)
			if err != nil {
				return err
			}
			list = append(list, part...)
		}
		if initiative == "" {
			return nil
		}
		part, err := db.All(ctx, r, scanTemplate, templatesWith, initiative, last, 1)
		for _, t := range part {
			if t.Organisation == "" {
				list = append(list, t)
			}
		}
		return err
	})
	return list, err
}

// template finds what a new plan begins from; the zero Template for none.
func (s *Service) template(ctx context.Context, r db.Reader, id string) (Template, error) {
	switch id {
	case "":
		return Template{}, nil
	case StandardTemplate:
		return Standard()
	}
	t, err := db.One(ctx, r, scanTemplate, selectTemplate, id)
	if err == nil && t.Organisation != "" && !slices.Contains(access.Of(ctx).Organisations(), t.Organisation) {
		err = fault.NotFound()
	}
	if fault.KindOf(err) == fault.KindNotFound && err != nil {
		err = fault.Invalid(fault.Field{Name: "sjabloon", Key: "scaling.wrong.choice"})
	}
	return t.Model, err
}

// SaveTemplate copies a plan as a template for an organisation of the actor.
func (s *Service) SaveTemplate(ctx context.Context, e Edit, title, organisation string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, _, err := s.enter(ctx, tx, e.Plan, reads)
		if err != nil {
			return err
		}
		var w faults
		w.text("titel", title, 3, titleMost)
		if !slices.Contains(access.Of(ctx).Organisations(), organisation) {
			w.Add("organisatie", "scaling.wrong.organisation")
		}
		if err := w.Err(); err != nil {
			return err
		}
		tracks, steps, err := s.within(ctx, tx, p)
		if err != nil {
			return err
		}
		t := Saved{ID: s.IDs(), Organisation: organisation, Person: access.Of(ctx).Person, Title: title, Model: NewTemplate(p, tracks, steps), Created: s.Clock.Now()}
		if err := addTemplate(ctx, tx, t); err != nil {
			return err
		}
		return s.told(ctx, tx, p, audit.Read, Change{Kind: changeTemplated, Subject: title})
	})
}

// RemoveTemplate takes away a template of an organisation that the actor works
// for: who made it, or who leads there.
func (s *Service) RemoveTemplate(ctx context.Context, id string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		a := access.Of(ctx)
		t, err := db.One(ctx, tx, scanTemplate, selectTemplate, id)
		switch {
		case err != nil:
			return err
		case !slices.Contains(a.Organisations(), t.Organisation):
			return fault.NotFound()
		case t.Person != a.Person && !leads(a, t.Organisation):
			return fault.Denied()
		}
		if _, err := tx.Exec(ctx, deleteTemplate, id); err != nil {
			return err
		}
		return s.Audit.Record(ctx, tx, audit.Event{Kind: "scaling.template", Action: audit.Delete, ObjectType: "scaling_template", ObjectID: id,
			Organisation: t.Organisation})
	})
}
