package fhir

import (
	"fmt"
	"strings"
)

// Problem is one thing that is wrong or worth knowing, at a path. Code names the
// sentence; Args are name, value, name, value for what is filled in.
type Problem struct {
	Path string
	Code string
	Args []any
}

// The sentences of problems, by their code, for logs and programs. A page says
// them in the language of who reads.
var sentences = map[string]string{
	"json":           "this is not JSON: {reason}",
	"size":           "larger than {most} bytes",
	"depth":          "nested deeper than {most} levels",
	"twice":          "the name {name} stands twice",
	"nul":            "a text cannot hold the character NUL",
	"resource":       "this is a {found}, not a {want}",
	"kind":           "must be {want}",
	"missing":        "must be there",
	"long":           "longer than {most} characters",
	"status":         "{found} is not a status",
	"toomany":        "more than {most}",
	"empty":          "there are no questions in it",
	"type":           "the type {type} is not supported",
	"linkid":         "the linkId {id} stands twice",
	"modifier":       "a modifierExtension changes what the rest means, and is not understood",
	"dangling":       "there is no item {id}",
	"circular":       "a circle: {circle}",
	"operator":       "{found} is not an operator of enableWhen",
	"behavior":       "with more than one enableWhen, enableBehavior must be all or any",
	"answerkind":     "a value of type {found} does not fit an item of type {type}",
	"range":          "the least is more than the most",
	"outside":        "only a value set contained in the resource can be used, not {found}",
	"noset":          "there is no contained value set {found} with codes",
	"nooptions":      "a choice needs answerOption or answerValueSet",
	"option":         "{found} is not among the options",
	"children":       "an item of type display has no items of its own",
	"date":           "{found} is no date",
	"number":         "{found} is no number",
	"language":       "only the expression language text/fhirpath is supported, not {found}",
	"expression":     "this expression cannot be used: {reason}",
	"name":           "{found} is not a name for a variable",
	"image":          "an image must be a PNG, JPEG, GIF or WebP inside the resource (data)",
	"alt":            "an image needs a text (title) for who cannot see it",
	"unknown":        "not an element of FHIR R4: kept and given back",
	"extension":      "the extension {url} is kept and given back, and does nothing here",
	"unused":         "this element is kept and given back, and does nothing here",
	"repeatgroup":    "this group is asked once",
	"repeatchildren": "its items are asked once, not for each answer",
	"condition":      "without a condition it holds for everybody",
	"answer":         "an answer here cannot be read",
	"noitem":         "the questionnaire has no item {id}",
}

// Error says it in English.
func (p Problem) Error() string {
	text := sentences[p.Code]
	for i := 0; i+1 < len(p.Args); i += 2 {
		text = strings.ReplaceAll(text, "{"+fmt.Sprint(p.Args[i])+"}", fmt.Sprint(p.Args[i+1]))
	}
	if p.Path == "" {
		return text
	}
	return p.Path + ": " + text
}

// Report is what came out of a check: Errors keep a resource out, Notes do not.
type Report struct {
	Errors, Notes []Problem
}

// Wrong is an error that holds a whole report.
type Wrong struct{ Report Report }

// Error tells the first few errors.
func (w *Wrong) Error() string {
	var b strings.Builder
	for i, p := range w.Report.Errors {
		if i == 5 {
			fmt.Fprintf(&b, "; and %d more", len(w.Report.Errors)-i)
			break
		}
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(p.Error())
	}
	return b.String()
}

// problemsMost bounds a report: who has this many mistakes begins with the first.
const problemsMost = 200

func (r *Report) fail(path, code string, args ...any) {
	if len(r.Errors) < problemsMost {
		r.Errors = append(r.Errors, Problem{path, code, args})
	}
}

func (r *Report) note(path, code string, args ...any) {
	if len(r.Notes) < problemsMost {
		r.Notes = append(r.Notes, Problem{path, code, args})
	}
}

func (r *Report) err() error {
	if len(r.Errors) == 0 {
		return nil
	}
	return &Wrong{*r}
}
