package fhir

import (
	"slices"
	"time"
)

// Response is what a QuestionnaireResponse says besides its answers.
type Response struct {
	Questionnaire string // canonical of the version that was filled in
	Status        string
	Authored      time.Time
	ID            string
	Tags          []Coding // meta.tag
	Answers       Answers
}

// Tree gives the answers as a QuestionnaireResponse.
func (f *Filled) Tree(status string) Object {
	o := Object{"resourceType": "QuestionnaireResponse", "status": status}
	put(o, "questionnaire", f.Canonical())
	if items := f.items(f.Items); len(items) > 0 {
		o["item"] = items
	}
	return o
}

func (f *Filled) items(list []*Item) (out []any) {
	for _, i := range list {
		if !f.Enabled[i.Index] || i.Type == "display" {
			continue
		}
		o := Object{"linkId": i.LinkID}
		put(o, "text", i.Text.Own)
		inside := f.items(i.Items)
		if i.Type == "group" {
			if len(inside) == 0 {
				continue
			}
			o["item"] = inside
			out = append(out, o)
			continue
		}
		var answers []any
		for k, v := range f.Answers[i.LinkID] {
			suffix, x := v.json()
			a := Object{"value" + suffix: x}
			if k == 0 && len(inside) > 0 {
				a["item"] = inside
			}
			answers = append(answers, a)
		}
		if len(answers) == 0 {
			continue
		}
		o["answer"] = answers
		out = append(out, o)
	}
	return out
}

// Write gives a QuestionnaireResponse in JSON.
func (f *Filled) Write(r Response) ([]byte, error) {
	o := f.Tree(r.Status)
	put(o, "id", r.ID)
	if !r.Authored.IsZero() {
		o["authored"] = r.Authored.UTC().Format("2006-01-02T15:04:05Z")
	}
	if len(r.Tags) > 0 {
		var tags []any
		for _, t := range r.Tags {
			c := Object{"code": t.Code}
			put(c, "system", t.System)
			put(c, "display", t.Display)
			tags = append(tags, c)
		}
		o["meta"] = Object{"tag": tags}
	}
	return encode(o)
}

var (
	responseStatuses = []string{"in-progress", "completed", "amended", "entered-in-error", "stopped"}
	responseElements = []string{"resourceType", "id", "meta", "implicitRules", "language", "text", "contained", "extension", "modifierExtension",
		"identifier", "basedOn", "partOf", "questionnaire", "status", "subject", "encounter", "authored", "author", "source", "item"}
	responseItemElements = []string{"id", "extension", "modifierExtension", "linkId", "definition", "text", "answer", "item"}
)

// Named reads which questionnaire a response answers, without the rest of it.
func Named(data []byte) (string, error) {
	r := &reader{}
	tree := parse(data, &r.Report)
	if tree == nil || !r.isA(tree, "QuestionnaireResponse") {
		return "", r.err()
	}
	return r.needs(tree, "QuestionnaireResponse", "questionnaire"), r.err()
}

// ReadResponse reads answers to the questionnaire. What it holds that we do not
// keep is in the notes.
func (q *Questionnaire) ReadResponse(data []byte) (Response, []Problem, error) {
	r := &reader{}
	var out Response
	tree := parse(data, &r.Report)
	if tree == nil || !r.isA(tree, "QuestionnaireResponse") {
		return out, nil, r.err()
	}
	const root = "QuestionnaireResponse"
	r.only(tree, root, responseElements)
	r.extensions(tree, root)
	out.Questionnaire, out.ID = r.needs(tree, root, "questionnaire"), r.text(tree, root, "id")
	if out.Status = r.needs(tree, root, "status"); out.Status != "" && !slices.Contains(responseStatuses, out.Status) {
		r.fail(join(root, "status"), "status", "found", cut(out.Status))
	}
	if s := r.text(tree, root, "authored"); s != "" {
		out.Authored, _ = time.Parse(time.RFC3339, s) // a day alone is no moment
	}
	meta := r.object(tree, root, "meta")
	for k, t := range r.objects(meta, root+".meta", "tag") {
		p := at(root+".meta.tag", k)
		out.Tags = append(out.Tags, Coding{r.text(t, p, "system"), r.text(t, p, "code"), r.text(t, p, "display")})
	}
	out.Answers = Answers{}
	seen := map[string]bool{}
	r.responseItems(q, tree, root, out.Answers, seen)
	return out, r.Notes, r.err()
}

func (r *reader) responseItems(q *Questionnaire, o Object, path string, into Answers, seen map[string]bool) {
	for k, x := range r.objects(o, path, "item") {
		p := at(join(path, "item"), k)
		if r.items++; r.items > ItemsMost {
			r.fail(path, "toomany", "most", ItemsMost)
			return
		}
		r.only(x, p, responseItemElements)
		r.extensions(x, p)
		id := r.needs(x, p, "linkId")
		i := q.byLink[id]
		switch {
		case i == nil:
			r.fail(join(p, "linkId"), "noitem", "id", cut(id))
			continue
		case seen[id]:
			r.fail(join(p, "linkId"), "linkid", "id", cut(id))
			continue
		}
		seen[id] = true
		r.responseItems(q, x, p, into, seen)
		for k, a := range r.objects(x, p, "answer") {
			p := at(join(p, "answer"), k)
			if k >= answersMost {
				r.fail(p, "toomany", "most", answersMost)
				break
			}
			r.extensions(a, p)
			if v, ok := r.value(a, p, "value"); ok {
				if v, ok = i.take(v); ok {
					into[id] = append(into[id], v)
				} else {
					code, args := "answerkind", []any{"found", string(v.Kind), "type", i.Type}
					if len(i.Options) > 0 {
						code, args = "option", []any{"found", cut(v.Text)}
					}
					r.fail(p, code, args...)
				}
			}
			r.responseItems(q, a, p, into, seen)
		}
	}
}
