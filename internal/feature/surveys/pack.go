package surveys

import (
	"bytes"
	"context"
	_ "embed" // the schema is part of the program
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/protocol/fhir"
	"wijkbaak.nl/internal/protocol/practice"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/audit"
)

//go:embed schemas/surveys.json
var partSchema []byte

// part is what a practice package takes along of this room: which questionnaires
// stand beside it, and whether there is advice to each.
type part struct {
	Surveys []packed `json:"surveys"`
}

type packed struct {
	ID     string `json:"id"`
	Advice bool   `json:"advice"`
}

const (
	formFile = "Questionnaire-"
	planFile = "PlanDefinition-"
	packMost = 30
)

// unpacked are elements of FHIR that tell of people, or of the server it came from.
var unpacked = []string{"contact", "author", "editor", "reviewer", "endorser", "meta", "text", "identifier", "implicitRules"}

// PartSchema is the JSON Schema of the part of a practice package.
func (s *Service) PartSchema() []byte { return bytes.Clone(partSchema) }

// ResourceTypes are those that the part speaks of.
func (s *Service) ResourceTypes() []string { return []string{"Questionnaire", "PlanDefinition"} }

// PackChoices lists the surveys that the actor can see, by their url. None goes along
// unless somebody chooses it.
func (s *Service) PackChoices(ctx context.Context, _ string) ([]practice.Choice, error) {
	list, err := s.List(ctx)
	if err != nil {
		return nil, err
	}
	drafts, err := s.Desk(ctx)
	if err != nil {
		return nil, err
	}
	var out []practice.Choice
	for _, v := range append(list, drafts...) {
		if v.Status != Retired && !slices.ContainsFunc(out, func(c practice.Choice) bool { return c.ID == v.URL }) {
			out = append(out, practice.Choice{ID: v.URL, Label: v.Title})
		}
	}
	return out, nil
}

// newest gives the version of a survey that goes along: the published one, or else
// the newest draft. drafts tells whether one that the actor may not see counts.
func newest(ctx context.Context, r db.Reader, url string, own bool) (v Survey, there bool, err error) {
	all, err := db.All(ctx, r, scanSurvey, selectOfURL, url, listMost)
	if err != nil {
		return v, false, err
	}
	for _, o := range all {
		if o.Status == Retired || !own && !MaySee(access.Of(ctx), o) {
			continue
		}
		first := o.Status == Published && !own // what others get is what people fill in
		if !there || first || o.Changed.After(v.Changed) && (own || v.Status != Published) {
			v, there = o, true
		}
	}
	if !there {
		return v, false, nil
	}
	v, err = db.One(ctx, r, scanSurvey, selectSurvey, v.ID)
	return v, err == nil, err
}

// PackChosen gives the chosen surveys, each with its advice.
func (s *Service) PackChosen(ctx context.Context, r db.Reader, _ string, chosen []string, came []practice.Thing) (practice.Content, error) {
	keys, taken := map[string]string{}, map[string]bool{}
	for _, t := range came {
		keys[t.ID], taken[t.Key] = t.Key, true
	}
	var list []Survey
	ids := map[string]string{}
	for _, url := range slices.Sorted(slices.Values(chosen)) {
		v, there, err := newest(ctx, r, url, false)
		if err != nil {
			return practice.Content{}, err
		}
		if !there || len(list) == packMost {
			continue
		}
		id := keys[url]
		if id == "" {
			id = v.Slug
			for n := 2; taken[id]; n++ {
				id = fmt.Sprintf("%.56s-%d", v.Slug, n)
			}
		}
		taken[id] = true
		ids[url] = id
		list = append(list, v)
	}
	return pack(list, ids)
}

// PackCame gives what came in a package as it is here now.
func (s *Service) PackCame(ctx context.Context, r db.Reader, came []practice.Thing) (practice.Content, error) {
	var list []Survey
	ids := map[string]string{}
	for _, t := range came {
		v, there, err := newest(ctx, r, t.ID, true)
		if err != nil {
			return practice.Content{}, err
		}
		if there {
			ids[t.ID] = t.Key
			list = append(list, v)
		}
	}
	return pack(list, ids)
}

// pack writes surveys as parts of a package, the same bytes for the same content.
func pack(list []Survey, ids map[string]string) (practice.Content, error) {
	if len(list) == 0 {
		return practice.Content{}, nil
	}
	c := practice.Content{Resources: map[string][]byte{}}
	var p part
	for _, v := range list {
		id := ids[v.URL]
		q, err := fhir.Read(v.Questionnaire, nil)
		if err != nil {
			return c, err
		}
		if c.Resources[formFile+id+".json"], err = clean(q.Tree(), id); err != nil {
			return c, err
		}
		if v.Plan != nil {
			var tree fhir.Object
			if tree, err = treeOf(v.Plan); err != nil {
				return c, err
			}
			if c.Resources[planFile+id+".json"], err = clean(tree, id); err != nil {
				return c, err
			}
		}
		p.Surveys = append(p.Surveys, packed{id, v.Plan != nil})
	}
	slices.SortFunc(p.Surveys, func(a, b packed) int { return strings.Compare(a.ID, b.ID) })
	var err error
	c.Part, err = toJSON(p)
	return c, err
}

// clean gives a resource as it goes along: a draft, called id, that tells of nobody.
func clean(tree fhir.Object, id string) ([]byte, error) {
	o := maps.Clone(tree)
	for _, name := range unpacked {
		delete(o, name)
		delete(o, "_"+name)
	}
	o["id"], o["status"] = id, string(Draft)
	return toJSON(o)
}

func toJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(v)
	return b.Bytes(), err
}

// treeOf reads a resource with its numbers as they were written.
func treeOf(data []byte) (o fhir.Object, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	err = d.Decode(&o)
	return o, err
}

// incoming is a survey as it stands in a package.
type incoming struct {
	id         string
	form, plan []byte
	read       *fhir.Questionnaire
}

// incomings reads what a package has for this room, which others made, and checks it as
// a file that is put in by hand.
func (s *Service) incomings(ctx context.Context, c practice.Content) ([]incoming, error) {
	wrong := func(at, why string) error {
		return &practice.Error{Kind: practice.BadPart, At: at, Detail: why}
	}
	var p part
	if len(c.Part) > 0 {
		d := json.NewDecoder(bytes.NewReader(c.Part))
		d.DisallowUnknownFields()
		if err := d.Decode(&p); err != nil {
			return nil, wrong("parts/surveys.json", "no JSON of this part")
		}
	}
	for _, v := range p.Surveys {
		for name, needed := range map[string]bool{formFile + v.ID + ".json": true, planFile + v.ID + ".json": v.Advice} {
			if _, there := c.Resources[name]; needed && !there {
				return nil, wrong(name, "it is missing")
			}
		}
	}
	var list []incoming
	urls := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(c.Resources)) {
		id, isForm := strings.CutPrefix(strings.TrimSuffix(name, ".json"), formFile)
		if !isForm {
			continue
		}
		in := incoming{id: id, form: c.Resources[name], plan: c.Resources[planFile+id+".json"]}
		var err error
		if in.read, err = fhir.Read(in.form, s.read.check); err != nil {
			return nil, wrong(name, err.Error())
		}
		if list := s.beyond(ctx, in.read); len(list) > 0 {
			return nil, wrong(name, list[0].Error())
		}
		if urls[in.read.URL] {
			return nil, wrong(name, "the url is there twice")
		}
		urls[in.read.URL] = true
		if in.plan != nil {
			plan, err := fhir.ReadPlan(in.plan, s.read.check)
			if err != nil {
				return nil, wrong(planFile+id+".json", err.Error())
			}
			if !plan.Belongs(in.read.URL) {
				return nil, wrong(planFile+id+".json", "it is not of "+formFile+id+".json")
			}
		}
		list = append(list, in)
	}
	if len(list) > packMost {
		return nil, wrong("parts/surveys.json", "too many surveys")
	}
	return list, nil
}

// CheckContent refuses a questionnaire or plan that could not be put in by hand.
func (s *Service) CheckContent(ctx context.Context, c practice.Content) error {
	_, err := s.incomings(ctx, c)
	return err
}

// AdoptContent keeps the surveys of a package as drafts of the place; an editor
// publishes them. What is here already with the same content is left alone; a version
// that was published here with another content gets a number of its own.
func (s *Service) AdoptContent(ctx context.Context, tx *db.Tx, _ string, c practice.Content, came []practice.Thing) ([]practice.Thing, error) {
	list, err := s.incomings(ctx, c)
	if err != nil {
		if e, ok := err.(*practice.Error); ok { //nolint:errorlint // incomings gives nothing else
			return nil, fault.Invalid(fault.Field{Name: e.At + ": " + e.Detail, Key: "surveys.wrong.file"})
		}
		return nil, err
	}
	var made []practice.Thing
	for _, in := range list {
		ours := slices.ContainsFunc(came, func(t practice.Thing) bool { return t.ID == in.read.URL })
		if err := s.draft(ctx, tx, in, ours); err != nil {
			return nil, err
		}
		made = append(made, practice.Thing{Key: in.id, ID: in.read.URL})
	}
	return made, nil
}

// draft keeps one survey. ours tells that a draft which is here came in a package.
func (s *Service) draft(ctx context.Context, tx *db.Tx, in incoming, ours bool) error {
	tree := maps.Clone(in.read.Tree())
	now := s.Clock.Now()
	v := Survey{URL: in.read.URL, Title: in.read.Title.Own, Status: Draft, Place: s.placeOf(ctx), Plan: in.plan, Items: asked(in.read), Person: access.Of(ctx).Person, Created: now, Changed: now}
	for n := 1; ; n++ {
		if v.Version = in.read.Version; n > 1 {
			v.Version = fmt.Sprintf("%s-%d", in.read.Version, n)
		}
		tree["version"] = v.Version
		old, err := db.One(ctx, tx, scanSurvey, selectExact, v.URL, v.Version)
		if fault.KindOf(err) == fault.KindNotFound && err != nil {
			break
		}
		if err != nil {
			return err
		}
		if alike(old, in) {
			return nil
		}
		if old.Status == Draft && (ours || MayEdit(access.Of(ctx), old.Place)) {
			old.Title, old.Plan, old.Items = v.Title, v.Plan, v.Items
			if old.Questionnaire, err = toJSON(tree); err != nil {
				return err
			}
			// Later than before, also within one tick: what was read is read anew.
			if old.Changed = old.Changed.Add(time.Microsecond); now.After(old.Changed) {
				old.Changed = now
			}
			if err := saveSurvey(ctx, tx, old); err != nil {
				return err
			}
			return s.record(ctx, tx, "survey.import", audit.Update, "survey", old.ID)
		}
	}
	var err error
	if v.Slug, err = s.address(ctx, tx, in.read, tree); err != nil {
		return err
	}
	if v.Questionnaire, err = toJSON(tree); err != nil {
		return err
	}
	v.ID = s.IDs()
	if _, err := addSurvey(ctx, tx, v); err != nil {
		return err
	}
	return s.record(ctx, tx, "survey.import", audit.Create, "survey", v.ID)
}

// alike tells whether a survey that is here says the same as one that comes. Its
// number may be another.
func alike(old Survey, in incoming) bool {
	q, err := fhir.Read(old.Questionnaire, nil)
	if err != nil {
		return false
	}
	one, err := content(q.Tree(), old.Plan, in.read.Version)
	if err != nil {
		return false
	}
	two, err := content(in.read.Tree(), in.plan, in.read.Version)
	return err == nil && one.Same(two)
}

func content(tree fhir.Object, plan []byte, version string) (c practice.Content, err error) {
	tree = maps.Clone(tree)
	tree["version"] = version
	if c.Part, err = clean(tree, "x"); err != nil || plan == nil {
		return c, err
	}
	next, err := treeOf(plan)
	if err != nil {
		return c, err
	}
	data, err := clean(next, "x")
	c.Resources = map[string][]byte{"x": data}
	return c, err
}

// address gives the slug of a survey. Where another one has it, the name in the
// resource is made another too, since the slug is made of it.
func (s *Service) address(ctx context.Context, r db.Reader, q *fhir.Questionnaire, tree fhir.Object) (string, error) {
	first := slugOf(q)
	for n := 1; ; n++ {
		slug := first
		if n > 1 {
			slug = slugOf(&fhir.Questionnaire{Name: fmt.Sprintf("%.56s-%d", first, n)})
			tree["name"] = slug
		}
		others, err := db.All(ctx, r, scanSurvey, selectOfSlug, slug, last, 1)
		if err != nil {
			return "", err
		}
		if len(others) == 0 || others[0].URL == q.URL {
			return slug, nil
		}
	}
}
