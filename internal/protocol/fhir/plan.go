package fhir

import (
	"context"
	"slices"
	"strings"
)

var (
	planElements = append([]string{"subtitle", "type", "subjectCodeableConcept", "subjectReference", "usage", "topic", "author", "editor", "reviewer",
		"endorser", "relatedArtifact", "library", "goal", "action"}, resourceElements...)
	actionElements = []string{"id", "extension", "modifierExtension", "prefix", "title", "description", "textEquivalent", "priority", "code", "reason",
		"documentation", "goalId", "subjectCodeableConcept", "subjectReference", "trigger", "condition", "input", "output", "relatedAction", "timingDateTime",
		"timingAge", "timingPeriod", "timingDuration", "timingRange", "timingTiming", "participant", "type", "groupingBehavior", "selectionBehavior",
		"requiredBehavior", "precheckBehavior", "cardinalityBehavior", "definitionCanonical", "definitionUri", "transform", "dynamicValue", "action"}
)

// ActionsMost bounds what a plan can hold.
const ActionsMost = 500

// Plan is a PlanDefinition: what answers lead to.
type Plan struct {
	URL, Version, Name, Status, Language string
	Title                                Text
	// On are the resources it depends on (relatedArtifact), such as a questionnaire.
	On      []string
	Actions []*Action
	Notes   []Problem

	tree Object
}

// Action is one thing that may be fitting.
type Action struct {
	Path        string
	Title       Text
	Description Text
	Reason      Text // textEquivalent: why, in words of who reads
	Priority    string
	Codes       []Coding
	Conditions  []Expression // all must hold
	Canonical   string       // definitionCanonical
	URI         string       // definitionUri
	Actions     []*Action    // only where this one holds
}

// ReadPlan reads a PlanDefinition; the error is a *Wrong.
func ReadPlan(data []byte, check func(expression string) error) (*Plan, error) {
	r := &reader{check: check}
	tree := parse(data, &r.Report)
	if tree == nil || !r.isA(tree, "PlanDefinition") {
		return nil, r.err()
	}
	const root = "PlanDefinition"
	p := &Plan{tree: tree}
	r.only(tree, root, planElements)
	r.extensions(tree, root)
	p.URL, p.Version, p.Name, p.Language = r.needs(tree, root, "url"), r.text(tree, root, "version"), r.text(tree, root, "name"), r.text(tree, root, "language")
	p.Title, p.Status = r.words(tree, root, "title"), r.status(tree, root)
	for k, x := range r.objects(tree, root, "relatedArtifact") {
		path := at(root+".relatedArtifact", k)
		if r.needs(x, path, "type") == "depends-on" {
			p.On = append(p.On, r.text(x, path, "resource"))
		}
	}
	p.Actions = r.actions(tree, root)
	if len(p.Actions) == 0 && len(r.Errors) == 0 {
		r.fail(root+".action", "missing")
	}
	p.Notes = r.Notes
	return p, r.err()
}

func (r *reader) actions(o Object, path string) (out []*Action) {
	for k, x := range r.objects(o, path, "action") {
		if r.items++; r.items > ActionsMost {
			r.fail(join(path, "action"), "toomany", "most", ActionsMost)
			return out
		}
		p := at(join(path, "action"), k)
		r.only(x, p, actionElements)
		r.extensions(x, p)
		a := &Action{Path: p, Title: r.words(x, p, "title"), Description: r.words(x, p, "description"), Reason: r.words(x, p, "textEquivalent"),
			Priority: r.text(x, p, "priority"), Canonical: r.text(x, p, "definitionCanonical"), URI: r.text(x, p, "definitionUri")}
		for k, c := range r.objects(x, p, "code") {
			p := at(join(p, "code"), k)
			for k, c := range r.objects(c, p, "coding") {
				p := at(join(p, "coding"), k)
				a.Codes = append(a.Codes, Coding{r.text(c, p, "system"), r.text(c, p, "code"), r.text(c, p, "display")})
			}
		}
		for k, c := range r.objects(x, p, "condition") {
			p := at(join(p, "condition"), k)
			if kind := r.needs(c, p, "kind"); kind != "applicability" {
				r.note(p, "unused")
				continue
			}
			a.Conditions = append(a.Conditions, r.readExpression(r.object(c, p, "expression"), join(p, "expression")))
		}
		if a.Actions = r.actions(x, p); a.Conditions == nil && a.Actions == nil {
			r.note(p, "condition")
		}
		out = append(out, a)
	}
	return out
}

// Holding gives the actions whose conditions hold for what was filled in, in the
// order of the plan; those in an action only where that one holds. An expression
// that cannot be worked out does not hold, and is told.
func (p *Plan) Holding(ctx context.Context, f *Filled, evaluate Evaluate) (held []*Action, wrong []Problem, err error) {
	tree := f.Tree("completed")
	vars := map[string]any{"resource": tree, "questionnaire": f.Questionnaire.tree, "context": tree}
	for _, i := range f.All {
		if v := f.Answers[i.LinkID]; i.Calculated.Text != "" && nameForm.MatchString(i.LinkID) {
			var values []any
			for _, v := range v {
				_, x := v.json()
				values = append(values, x)
			}
			vars[i.LinkID] = values
		}
	}
	var walk func(list []*Action) error
	walk = func(list []*Action) error {
		for _, a := range list {
			ok := true
			for _, x := range a.Conditions {
				v, err := evaluate(ctx, x.Text, tree, vars)
				if ctx.Err() != nil {
					return ctx.Err()
				}
				if err != nil {
					wrong = append(wrong, Problem{x.Path, "expression", []any{"reason", err.Error()}})
				}
				if ok = err == nil && len(v) == 1 && v[0] == true; !ok {
					break
				}
			}
			if !ok {
				continue
			}
			if len(a.Actions) == 0 {
				held = append(held, a)
			}
			if err := walk(a.Actions); err != nil {
				return err
			}
		}
		return nil
	}
	err = walk(p.Actions)
	return held, wrong, err
}

// JSON gives the resource back with all that was in it, under a status.
func (p *Plan) JSON(status string) ([]byte, error) { return withStatus(p.tree, status) }

// Belongs tells whether the plan says that it is for a questionnaire.
func (p *Plan) Belongs(url string) bool {
	return slices.ContainsFunc(p.On, func(s string) bool {
		s, _, _ = strings.Cut(s, "|")
		return s == url
	})
}
