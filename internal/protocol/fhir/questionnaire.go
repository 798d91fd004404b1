package fhir

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Extensions of questionnaires that do something here.
const (
	extHidden      = "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden"
	extControl     = "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl"
	extMin         = "http://hl7.org/fhir/StructureDefinition/minValue"
	extMax         = "http://hl7.org/fhir/StructureDefinition/maxValue"
	extUnit        = "http://hl7.org/fhir/StructureDefinition/questionnaire-unit"
	extUnitOption  = "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption"
	extOrdinal     = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
	extWeight      = "http://hl7.org/fhir/StructureDefinition/itemWeight"
	extVariable    = "http://hl7.org/fhir/StructureDefinition/variable"
	extXHTML       = "http://hl7.org/fhir/StructureDefinition/rendering-xhtml"
	extCalculated  = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"
	extEnable      = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression"
	extMedia       = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-itemMedia"
	extAnswerMedia = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-itemAnswerMedia"
)

// expressionLanguage is the one in which expressions stand.
const expressionLanguage = "text/fhirpath"

// itemTypes are the types of items that can be asked, with the kind of value each
// one takes; those of choice follow from their options.
var itemTypes = map[string]Kind{
	"group": "", "display": "", "boolean": Boolean, "integer": Integer, "decimal": Decimal, "date": Date,
	"text": String, "string": String, "choice": Coded, "open-choice": Coded, "quantity": Quantity,
}

// controls are the item controls that change how an item is shown.
var controls = []string{"radio-button", "check-box", "drop-down", "slider", "help", "page"}

// elements of FHIR R4, to report what is not among them.
var (
	resourceElements = []string{"resourceType", "id", "meta", "implicitRules", "language", "text", "contained", "extension", "modifierExtension",
		"url", "identifier", "version", "name", "title", "status", "experimental", "date", "publisher", "contact", "description", "useContext",
		"jurisdiction", "purpose", "copyright", "approvalDate", "lastReviewDate", "effectivePeriod"}
	questionnaireElements = append([]string{"derivedFrom", "subjectType", "code", "item"}, resourceElements...)
	itemElements          = []string{"id", "extension", "modifierExtension", "linkId", "definition", "code", "prefix", "text", "type", "enableWhen",
		"enableBehavior", "required", "repeats", "readOnly", "maxLength", "answerValueSet", "answerOption", "initial", "item"}
	enableElements = []string{"id", "extension", "modifierExtension", "question", "operator", "answerBoolean", "answerDecimal", "answerInteger",
		"answerDate", "answerDateTime", "answerTime", "answerString", "answerCoding", "answerQuantity", "answerReference"}
	statuses = []string{"draft", "active", "retired", "unknown"}
)

// Expression is FHIRPath with the path where it stands; Name is that of a variable.
type Expression struct{ Path, Name, Text string }

// Questionnaire is what can be filled in.
type Questionnaire struct {
	URL, Version, Name, Status, Language string
	Title, Description                   Text
	Publisher, Copyright                 string
	Variables                            []Expression
	Items                                []*Item
	// All are the items in the order of the page, groups before what is in them.
	All []*Item
	// Notes are what was kept without being understood.
	Notes []Problem

	tree     Object
	byLink   map[string]*Item
	computes bool // it has calculated items
	asksPath bool // it has enableWhenExpression
}

// Item is a group, a text or a question.
type Item struct {
	Index     int // in All
	Path      string
	LinkID    string
	Type      string
	Text      Text
	Prefix    string
	Codes     []Coding
	Required  bool
	Repeats   bool
	ReadOnly  bool
	Hidden    bool
	MaxLength int
	Control   string // one of controls, or empty
	Options   []Option
	Enable    []Enable
	Any       bool // one of Enable is enough
	Initial   []Value
	Min, Max  *Value
	Units     []Coding // of a quantity
	Help      Text
	Media     *Media
	Variables []Expression
	// EnableWhen and Calculated are expressions; an empty Text is none.
	EnableWhen, Calculated Expression
	Parent                 *Item
	Items                  []*Item
}

// Question tells whether the item can have an answer.
func (i *Item) Question() bool { return i.Type != "group" && i.Type != "display" }

// Asked tells whether a person answers the item.
func (i *Item) Asked() bool {
	return i.Question() && !i.Hidden && !i.ReadOnly && i.Calculated.Text == ""
}

// Option is one answer to choose.
type Option struct {
	Value    Value
	Label    Text
	Prefix   string
	Weight   *float64
	Selected bool
	Media    *Media
}

// Enable is a condition on another answer.
type Enable struct {
	Question, Operator string
	Answer             Value
}

// Media is a picture that stands in the resource itself.
type Media struct {
	Alt, Type string
	Data      []byte
}

// Read reads a questionnaire. The error is a *Wrong with all that is wrong; check
// says whether an expression can be used, and may be nil.
func Read(data []byte, check func(expression string) error) (*Questionnaire, error) {
	r := &reader{check: check}
	tree := parse(data, &r.Report)
	if tree == nil {
		return nil, r.err()
	}
	q := &Questionnaire{tree: tree, byLink: map[string]*Item{}}
	if !r.isA(tree, "Questionnaire") {
		return nil, r.err()
	}
	const root = "Questionnaire"
	r.only(tree, root, questionnaireElements)
	q.URL, q.Version, q.Name, q.Language = r.needs(tree, root, "url"), r.text(tree, root, "version"), r.text(tree, root, "name"), r.text(tree, root, "language")
	q.Title, q.Description = r.words(tree, root, "title"), r.words(tree, root, "description")
	q.Publisher, q.Copyright = r.text(tree, root, "publisher"), r.text(tree, root, "copyright")
	q.Status = r.status(tree, root)
	q.Variables = r.variables(r.extensions(tree, root, extVariable))
	sets := r.valueSets(tree, root)
	q.Items = r.itemList(q, nil, tree, root, sets)
	switch {
	case r.items > ItemsMost:
		r.fail(root+".item", "toomany", "most", ItemsMost)
	case !slices.ContainsFunc(q.All, (*Item).Question) && len(r.Errors) == 0:
		r.fail(root+".item", "empty")
	}
	if r.items <= ItemsMost {
		r.crossCheck(q)
	}
	q.Notes = r.Notes
	return q, r.err()
}

func (r *reader) isA(o Object, want string) bool {
	found, _ := o["resourceType"].(string)
	if found != want {
		r.fail("resourceType", "resource", "found", cut(found), "want", want)
	}
	return found == want
}

func (r *reader) status(o Object, path string) string {
	s := r.needs(o, path, "status")
	if s != "" && !slices.Contains(statuses, s) {
		r.fail(join(path, "status"), "status", "found", cut(s))
	}
	return s
}

func (r *reader) itemList(q *Questionnaire, parent *Item, o Object, path string, sets map[string][]Option) (list []*Item) {
	for k, x := range r.objects(o, path, "item") {
		if r.items++; r.items > ItemsMost {
			return list
		}
		list = append(list, r.item(q, parent, x, at(join(path, "item"), k), sets))
	}
	return list
}

func (r *reader) item(q *Questionnaire, parent *Item, o Object, path string, sets map[string][]Option) *Item {
	i := &Item{Index: len(q.All), Path: path, Parent: parent}
	q.All = append(q.All, i)
	r.only(o, path, itemElements)
	i.LinkID, i.Text, i.Prefix = r.needs(o, path, "linkId"), r.words(o, path, "text"), r.text(o, path, "prefix")
	if _, twice := q.byLink[i.LinkID]; twice {
		r.fail(join(path, "linkId"), "linkid", "id", cut(i.LinkID))
	} else if i.LinkID != "" {
		q.byLink[i.LinkID] = i
	}
	i.Type = r.needs(o, path, "type")
	if _, ok := itemTypes[i.Type]; !ok && i.Type != "" {
		r.fail(join(path, "type"), "type", "type", cut(i.Type))
	}
	i.Required, i.Repeats, i.ReadOnly = r.yes(o, path, "required"), r.yes(o, path, "repeats"), r.yes(o, path, "readOnly")
	i.MaxLength = r.whole(o, path, "maxLength")
	for k, c := range r.objects(o, path, "code") {
		p := at(join(path, "code"), k)
		i.Codes = append(i.Codes, Coding{r.text(c, p, "system"), r.text(c, p, "code"), r.text(c, p, "display")})
	}
	r.itemExtensions(q, i, o, path)
	r.enableWhen(i, o, path)
	r.options(i, o, path, sets)
	for k, x := range r.objects(o, path, "initial") {
		p := at(join(path, "initial"), k)
		if v, ok := r.value(x, p, "value"); ok {
			if v, ok = i.take(v); !ok {
				r.fail(p, "answerkind", "found", string(v.Kind), "type", i.Type)
			} else {
				i.Initial = append(i.Initial, v)
			}
		}
	}
	if i.Type == "display" && o["item"] != nil {
		r.fail(join(path, "item"), "children")
	}
	if i.Repeats && i.Type == "group" {
		r.note(join(path, "repeats"), "repeatgroup")
	}
	i.Items = r.itemList(q, i, o, path, sets)
	if i.Repeats && slices.ContainsFunc(i.Items, (*Item).Question) && i.Question() {
		r.note(join(path, "repeats"), "repeatchildren")
	}
	for _, c := range i.Items {
		if c.Control == "help" && c.Type == "display" && i.Help.Own == "" {
			i.Help = c.Text
		}
	}
	return i
}

func (r *reader) itemExtensions(q *Questionnaire, i *Item, o Object, path string) {
	list := r.extensions(o, path, extHidden, extControl, extMin, extMax, extUnit, extUnitOption, extVariable, extCalculated, extEnable, extMedia)
	i.Variables = r.variables(list)
	for _, e := range list {
		switch e.url {
		case extHidden:
			i.Hidden = r.yes(e.Object, e.path, "valueBoolean")
		case extControl:
			concept := r.object(e.Object, e.path, "valueCodeableConcept")
			for k, c := range r.objects(concept, e.path+".valueCodeableConcept", "coding") {
				code := r.text(c, at(e.path+".valueCodeableConcept.coding", k), "code")
				if slices.Contains(controls, code) {
					i.Control = code
				} else if code != "" {
					r.note(e.path, "unused")
				}
			}
		case extMin, extMax:
			v, ok := r.value(e.Object, e.path, "value")
			if !ok {
				continue
			}
			if e.url == extMin {
				i.Min = &v
			} else {
				i.Max = &v
			}
		case extUnit, extUnitOption:
			c := r.object(e.Object, e.path, "valueCoding")
			p := e.path + ".valueCoding"
			i.Units = append(i.Units, Coding{r.text(c, p, "system"), r.text(c, p, "code"), r.text(c, p, "display")})
		case extCalculated:
			i.Calculated = r.expression(e)
			q.computes = true
		case extEnable:
			i.EnableWhen = r.expression(e)
			q.asksPath = true
		case extMedia:
			i.Media = r.media(r.object(e.Object, e.path, "valueAttachment"), e.path+".valueAttachment")
		}
	}
	if i.Min != nil && i.Max != nil {
		if c, ok := i.Min.compare(*i.Max); !ok || c > 0 {
			r.fail(path+".extension", "range")
		}
	}
}

var nameForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,63}$`)

func (r *reader) variables(list []extension) (out []Expression) {
	for _, e := range list {
		if e.url != extVariable {
			continue
		}
		x := r.expression(e)
		if !nameForm.MatchString(x.Name) {
			r.fail(e.path+".valueExpression.name", "name", "found", cut(x.Name))
		}
		out = append(out, x)
	}
	return out
}

func (r *reader) expression(e extension) Expression {
	return r.readExpression(r.object(e.Object, e.path, "valueExpression"), e.path+".valueExpression")
}

func (r *reader) readExpression(o Object, path string) Expression {
	x := Expression{Path: path + ".expression", Name: r.text(o, path, "name"), Text: r.needs(o, path, "expression")}
	if lang := r.needs(o, path, "language"); lang != expressionLanguage && lang != "" {
		r.fail(join(path, "language"), "language", "found", cut(lang))
	} else if r.check != nil && x.Text != "" {
		if err := r.check(x.Text); err != nil {
			r.fail(x.Path, "expression", "reason", err.Error())
		}
	}
	return x
}

var operators = []string{"exists", "=", "!=", ">", "<", ">=", "<="}

func (r *reader) enableWhen(i *Item, o Object, path string) {
	list := r.objects(o, path, "enableWhen")
	for k, x := range list {
		p := at(join(path, "enableWhen"), k)
		r.only(x, p, enableElements)
		r.extensions(x, p)
		e := Enable{Question: r.needs(x, p, "question"), Operator: r.needs(x, p, "operator")}
		if e.Operator != "" && !slices.Contains(operators, e.Operator) {
			r.fail(join(p, "operator"), "operator", "found", cut(e.Operator))
		}
		v, ok := r.value(x, p, "answer")
		if e.Answer = v; ok && e.Operator == "exists" && v.Kind != Boolean {
			r.fail(p, "kind", "want", "answerBoolean")
		}
		i.Enable = append(i.Enable, e)
	}
	switch behavior := r.text(o, path, "enableBehavior"); {
	case behavior == "any":
		i.Any = true
	case behavior != "all" && (behavior != "" || len(list) > 1):
		r.fail(join(path, "enableBehavior"), "behavior")
	}
}

// take fits a value to the type of the item, such as an integer for a decimal.
func (i *Item) take(v Value) (Value, bool) {
	switch i.Type {
	case "choice", "open-choice":
		for _, o := range i.Options {
			if o.Value.Same(v) {
				return o.Value, true
			}
		}
		return v, i.Type == "open-choice" && v.Kind == String
	case "decimal":
		if v.Kind == Integer {
			v.Kind = Decimal
		}
	case "quantity":
		if v.Kind == Integer || v.Kind == Decimal {
			v.Kind = Quantity
		}
	}
	return v, itemTypes[i.Type] == v.Kind && i.Question()
}

// crossCheck holds what items say of each other.
func (r *reader) crossCheck(q *Questionnaire) {
	for _, i := range q.All {
		for k, e := range i.Enable {
			p := at(join(i.Path, "enableWhen"), k)
			of := q.byLink[e.Question]
			switch {
			case e.Question == "":
			case of == nil || !of.Question():
				r.fail(p+".question", "dangling", "id", cut(e.Question))
			case e.Operator != "exists" && e.Answer.Kind != "":
				if v, ok := of.take(e.Answer); !ok {
					code, args := "answerkind", []any{"found", string(v.Kind), "type", of.Type}
					if len(of.Options) > 0 {
						code, args = "option", []any{"found", cut(v.Text)}
					}
					r.fail(p, code, args...)
				}
			}
		}
	}
	r.circles(q)
}

// circles looks for items whose being asked depends on itself: by enableWhen, or
// by the group they stand in.
func (r *reader) circles(q *Questionnaire) {
	const white, grey, black = 0, 1, 2
	colour := make([]int, len(q.All))
	var trail []string
	var visit func(i *Item) bool
	visit = func(i *Item) bool {
		switch colour[i.Index] {
		case black:
			return true
		case grey:
			from := slices.Index(trail, i.LinkID)
			r.fail(i.Path+".enableWhen", "circular", "circle", strings.Join(append(slices.Clone(trail[max(0, from):]), i.LinkID), " → "))
			return false
		}
		colour[i.Index] = grey
		trail = append(trail, i.LinkID)
		ok := i.Parent == nil || visit(i.Parent)
		for _, e := range i.Enable {
			if of := q.byLink[e.Question]; of != nil && ok {
				ok = visit(of)
			}
		}
		trail = trail[:len(trail)-1]
		colour[i.Index] = black
		return ok
	}
	for _, i := range q.All {
		if !visit(i) {
			return
		}
	}
}

// Item finds an item by its linkId; nil if there is none.
func (q *Questionnaire) Item(linkID string) *Item { return q.byLink[linkID] }

// Canonical is how others refer to this version.
func (q *Questionnaire) Canonical() string { return Canonical(q.URL, q.Version) }

// Canonical joins an address and a version as FHIR does.
func Canonical(url, version string) string {
	if version == "" {
		return url
	}
	return url + "|" + version
}

// Tree is the resource as a tree, for expressions. It must not be changed.
func (q *Questionnaire) Tree() Object { return q.tree }

// JSON gives the resource back with all that was in it, under a status.
func (q *Questionnaire) JSON(status string) ([]byte, error) { return withStatus(q.tree, status) }

func withStatus(tree Object, status string) ([]byte, error) {
	if !slices.Contains(statuses, status) {
		return nil, fmt.Errorf("%q is not a status", status)
	}
	o := make(Object, len(tree))
	for k, v := range tree {
		o[k] = v
	}
	o["status"] = status
	return encode(o)
}
