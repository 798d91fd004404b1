package fhir

import (
	"context"
	"fmt"
	"slices"
	"strconv"
)

// Answers are what was filled in, by linkId.
type Answers map[string][]Value

// Evaluate works out an expression over a resource: variables by their name
// without %. What it gives is plain: bool, string, json.Number, float64, int, or a
// tree of JSON.
type Evaluate func(ctx context.Context, expression string, resource Object, variables map[string]any) ([]any, error)

// Filled is a questionnaire with answers: which items are asked with these
// answers, and what was calculated.
type Filled struct {
	*Questionnaire
	// Answers are those of the items that are asked, with what was calculated.
	Answers Answers
	// Enabled is by Item.Index.
	Enabled []bool
	// Wrong are the expressions that could not be worked out.
	Wrong []Problem
}

// rounds bounds how often calculated answers and conditions on them are worked
// out anew: each round may change what the next one sees.
const rounds = 6

// Fill works out which items are asked. With calculate it works out the
// calculated answers too; where a condition depends on them it always does.
func (q *Questionnaire) Fill(ctx context.Context, a Answers, evaluate Evaluate, calculate bool) (Filled, error) {
	f := Filled{Questionnaire: q, Answers: a, Enabled: make([]bool, len(q.All))}
	given := Answers{}
	for _, i := range q.All {
		if v := a[i.LinkID]; len(v) > 0 && i.Question() && i.Calculated.Text == "" {
			given[i.LinkID] = v
		}
	}
	calculate = (calculate && q.computes || q.asksPath) && evaluate != nil
	f.Answers = given
	said := map[string]bool{} // by path, for the conditions in expressions
	f.enable(given, said)
	if !calculate {
		return f, nil
	}
	for range rounds {
		if err := ctx.Err(); err != nil {
			return f, err
		}
		before := f.print(said)
		f.Wrong = nil
		tree := f.Tree("in-progress")
		if err := f.work(ctx, tree, evaluate, given, said); err != nil {
			return f, err
		}
		f.enable(given, said)
		if f.print(said) == before {
			break
		}
	}
	return f, nil
}

// print tells two rounds apart.
func (f *Filled) print(said map[string]bool) string {
	var b []byte
	for _, i := range f.All {
		b = strconv.AppendBool(b, said[i.Path])
		b = strconv.AppendBool(b, f.Enabled[i.Index])
		if i.Calculated.Text != "" {
			b = fmt.Append(b, f.Answers[i.LinkID])
		}
	}
	return string(b)
}

// enable works out which items are asked: an answer of an item that is not asked
// counts as none.
func (f *Filled) enable(given Answers, said map[string]bool) {
	known := make([]int8, len(f.All)) // 1 asked, 2 not, 3 busy
	var asked func(i *Item) bool
	asked = func(i *Item) bool {
		switch known[i.Index] {
		case 1:
			return true
		case 2, 3: // busy cannot be: circles were refused
			return false
		}
		known[i.Index] = 3
		ok := i.Parent == nil || asked(i.Parent) && (!i.Parent.Question() || len(f.Answers[i.Parent.LinkID]) > 0)
		if ok && i.EnableWhen.Text != "" {
			ok = said[i.Path]
		}
		if ok && len(i.Enable) > 0 {
			holds := func(e Enable) bool {
				of := f.byLink[e.Question]
				var v []Value
				if asked(of) {
					v = f.Answers[e.Question]
				}
				return e.holds(v)
			}
			if i.Any {
				ok = slices.ContainsFunc(i.Enable, holds)
			} else {
				ok = !slices.ContainsFunc(i.Enable, func(e Enable) bool { return !holds(e) })
			}
		}
		known[i.Index] = 2
		if ok {
			known[i.Index] = 1
		}
		return ok
	}
	next := Answers{}
	for _, i := range f.All {
		f.Enabled[i.Index] = asked(i)
	}
	for _, i := range f.All {
		if !f.Enabled[i.Index] {
			continue
		}
		if v := f.Answers[i.LinkID]; len(v) > 0 && i.Calculated.Text != "" {
			next[i.LinkID] = v
		} else if v := given[i.LinkID]; len(v) > 0 {
			next[i.LinkID] = v
		}
	}
	f.Answers = next
}

// holds tells whether one of the answers fits.
func (e Enable) holds(list []Value) bool {
	if e.Operator == "exists" {
		return (len(list) > 0) == (e.Answer.Text == "true")
	}
	return slices.ContainsFunc(list, func(v Value) bool {
		if e.Operator == "=" || e.Operator == "!=" {
			return v.Same(e.Answer) == (e.Operator == "=")
		}
		c, ok := v.compare(e.Answer)
		if !ok {
			return false
		}
		switch e.Operator {
		case ">":
			return c > 0
		case "<":
			return c < 0
		case ">=":
			return c >= 0
		}
		return c <= 0
	})
}

// work evaluates the conditions and what is calculated, in the order of the items.
func (f *Filled) work(ctx context.Context, tree Object, evaluate Evaluate, given Answers, said map[string]bool) error {
	root := map[string]any{"resource": tree, "questionnaire": f.Questionnaire.tree}
	if err := f.define(ctx, root, f.Variables, tree, evaluate); err != nil {
		return err
	}
	var walk func(list []*Item, vars map[string]any) error
	walk = func(list []*Item, vars map[string]any) error {
		for _, i := range list {
			own := vars
			if len(i.Variables) > 0 {
				own = make(map[string]any, len(vars)+len(i.Variables))
				for k, v := range vars {
					own[k] = v
				}
				if err := f.define(ctx, own, i.Variables, tree, evaluate); err != nil {
					return err
				}
			}
			if i.EnableWhen.Text != "" {
				v, err := f.one(ctx, i.EnableWhen, tree, own, evaluate)
				if err != nil {
					return err
				}
				said[i.Path] = v == true
			}
			if i.Calculated.Text != "" {
				v, err := f.one(ctx, i.Calculated, tree, own, evaluate)
				if err != nil {
					return err
				}
				delete(f.Answers, i.LinkID)
				if v, ok := i.calculated(v); ok {
					f.Answers[i.LinkID] = []Value{v}
				}
			}
			if err := walk(i.Items, own); err != nil {
				return err
			}
		}
		return nil
	}
	return walk(f.Items, root)
}

// define evaluates variables in their order; each sees those before it.
func (f *Filled) define(ctx context.Context, vars map[string]any, list []Expression, tree Object, evaluate Evaluate) error {
	for _, x := range list {
		v, err := evaluate(ctx, x.Text, tree, vars)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			f.Wrong = append(f.Wrong, Problem{x.Path, "expression", []any{"reason", err.Error()}})
		}
		vars[x.Name] = v
	}
	return nil
}

// one gives the single value of an expression; nil if there is none.
func (f *Filled) one(ctx context.Context, x Expression, tree Object, vars map[string]any, evaluate Evaluate) (any, error) {
	v, err := evaluate(ctx, x.Text, tree, vars)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		f.Wrong = append(f.Wrong, Problem{x.Path, "expression", []any{"reason", err.Error()}})
		return nil, nil
	}
	if len(v) != 1 {
		return nil, nil
	}
	return v[0], nil
}

// calculated makes an answer of what an expression gave.
func (i *Item) calculated(v any) (Value, bool) {
	var out Value
	switch v := v.(type) {
	case nil:
		return out, false
	case bool:
		out = Value{Kind: Boolean, Text: strconv.FormatBool(v)}
	case Object:
		r := &reader{}
		kind := Coded
		if _, number := v["value"]; number {
			kind = Quantity
		}
		var ok bool
		if out, ok = r.value(Object{"value" + string(kind): v}, "", "value"); !ok {
			return out, false
		}
	default:
		s := fmt.Sprint(v)
		if f, ok := v.(float64); ok {
			s = strconv.FormatFloat(f, 'f', -1, 64)
		}
		out = Value{Kind: String, Text: s}
		want := itemTypes[i.Type]
		switch {
		case want == Integer && IsNumber(s):
			f, err := strconv.ParseFloat(s, 64)
			if s = strconv.FormatFloat(f, 'f', -1, 64); err != nil || !IsInteger(s) {
				return out, false
			}
			out = Value{Kind: Integer, Text: s}
		case (want == Decimal || want == Quantity) && IsNumber(s):
			out = Value{Kind: want, Text: s}
			if want == Quantity && len(i.Units) > 0 {
				out.Unit, out.System, out.Code = i.Units[0].Display, i.Units[0].System, i.Units[0].Code
			}
		case want == Date && IsDate(s):
			out.Kind = Date
		}
	}
	return i.take(out)
}

// Fault is what is wrong with the answer to an item.
type Fault struct {
	Item *Item
	Code string // required, kind, integer, least, most, long, option, several
	Args []any
}

// Check holds the answers against the items that are asked.
func (f *Filled) Check() (list []Fault) {
	for _, i := range f.All {
		if !i.Question() || !f.Enabled[i.Index] {
			continue
		}
		v := f.Answers[i.LinkID]
		if len(v) == 0 {
			if i.Required && i.Asked() {
				list = append(list, Fault{Item: i, Code: "required"})
			}
			continue
		}
		if code, args := i.wrong(v); code != "" {
			list = append(list, Fault{i, code, args})
		}
	}
	return list
}

// answersMost bounds the answers to one item that repeats.
const answersMost = 100

func (i *Item) wrong(list []Value) (code string, args []any) {
	if len(list) > 1 && !i.Repeats || len(list) > answersMost {
		return "several", nil
	}
	for _, v := range list {
		v, ok := i.take(v)
		switch {
		case !ok && len(i.Options) > 0:
			return "option", nil
		case !ok:
			return "kind", nil
		}
		most := i.MaxLength
		if most == 0 || most > TextMost {
			most = TextMost
		}
		if n := len([]rune(v.Text)); v.Kind == String && n > most {
			return "long", []any{"most", most, "now", n}
		}
		if i.Min != nil {
			if c, ok := v.compare(*i.Min); ok && c < 0 {
				return "least", []any{"least", i.Min.Text}
			}
		}
		if i.Max != nil {
			if c, ok := v.compare(*i.Max); ok && c > 0 {
				return "most", []any{"most", i.Max.Text}
			}
		}
	}
	return "", nil
}

// TextMost is the longest text of an answer, in characters.
const TextMost = 4000

// Score is a number that was calculated.
type Score struct {
	Item  *Item
	Value float64
}

// Scores gives the numbers that were calculated, in the order of the items.
func (f *Filled) Scores() (list []Score) {
	for _, i := range f.All {
		if i.Calculated.Text == "" || !f.Enabled[i.Index] {
			continue
		}
		for _, v := range f.Answers[i.LinkID] {
			if n, ok := v.Number(); ok {
				list = append(list, Score{i, n})
			}
		}
	}
	return list
}
