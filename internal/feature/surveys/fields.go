package surveys

import (
	"context"
	"regexp"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/decimal"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/protocol/fhir"
)

// Between an item of a questionnaire and the field of a form. The fields are
// called by the number of the item, since a linkId can be any text.

func fieldName(i *fhir.Item) string { return "v" + strconv.Itoa(i.Index) }

// Behind the name of a field: what was typed beside the options, and the unit.
const (
	behindOther = "-anders"
	behindUnit  = "-eenheid"
)

// otherValue stands for "something else" among options, skipValue for no answer.
const (
	otherValue = "anders"
	skipValue  = ""
)

// fewOptions is how many are shown under each other; more become a list to unfold.
const fewOptions = 9

func listed(i *fhir.Item) bool {
	return i.Control == "drop-down" || i.Control == "" && len(i.Options) > fewOptions
}

var dutchDate = regexp.MustCompile(`^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})$`)

// isoDate reads a date as the browser sends it, or as people type it.
func isoDate(s string) string {
	if m := dutchDate.FindStringSubmatch(s); m != nil {
		pad := func(s string) string { return strings.Repeat("0", 2-len(s)) + s }
		return m[3] + "-" + pad(m[2]) + "-" + pad(m[1])
	}
	return s
}

// readField reads the answer to an item; what cannot be read is told in the form.
func readField(f *web.Form, i *fhir.Item) (list []fhir.Value) {
	name := fieldName(i)
	add := func(text, wrong string, args ...any) {
		if v, ok := decode(i, text); ok {
			list = append(list, v)
		} else {
			f.Fail(name, wrong, args...)
		}
	}
	switch {
	case len(i.Options) > 0:
		chosen := f.List(name, 20, len(i.Options)+1)
		if !i.Repeats && len(chosen) > 1 {
			chosen = chosen[:1]
		}
		other := false
		for _, text := range chosen {
			if other = text == otherValue && i.Type == "open-choice"; !other {
				add(strings.TrimPrefix(text, "="), "surveys.wrong.option")
			}
		}
		if i.Type != "open-choice" {
			break
		}
		switch text := f.Line(name+behindOther, most(i)); {
		case text != "" && (other || i.Repeats || len(chosen) == 0):
			add("="+text, "surveys.wrong.option")
		case other && text == "":
			f.Fail(name, "surveys.wrong.other")
		}
	case i.Type == "boolean":
		if text := f.Value(name); text != skipValue {
			add("="+text, "surveys.wrong.option")
		}
	case i.Type == "integer" || i.Type == "decimal" || i.Type == "quantity":
		text := f.Line(name, 40)
		if text == "" {
			break
		}
		n, err := decimal.Parse(text)
		if err != nil {
			f.Fail(name, "surveys.wrong.number")
			break
		}
		wrong := "surveys.wrong.number"
		if i.Type == "integer" {
			wrong = "surveys.wrong.integer"
		}
		text = "=" + strconv.FormatFloat(n, 'f', -1, 64)
		if i.Type == "quantity" && len(i.Units) > 0 {
			text += "|" + strconv.Itoa(max(0, atoi(f.Value(name+behindUnit))))
		}
		add(text, wrong)
	case i.Type == "date":
		if text := f.Line(name, 20); text != "" {
			add("="+isoDate(text), "surveys.wrong.date")
		}
	case i.Repeats:
		for line := range strings.Lines(f.Text(name, fhir.TextMost)) {
			if line = strings.TrimSpace(line); line != "" {
				add("="+line, "surveys.wrong.option")
			}
		}
	case i.Type == "text":
		if text := f.Text(name, most(i)); text != "" {
			add("="+text, "surveys.wrong.option")
		}
	default:
		if text := f.Line(name, most(i)); text != "" {
			add("="+text, "surveys.wrong.option")
		}
	}
	return list
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

func most(i *fhir.Item) int {
	if i.MaxLength > 0 && i.MaxLength < fhir.TextMost {
		return i.MaxLength
	}
	if i.Type == "text" {
		return fhir.TextMost
	}
	return 300
}

// shownField makes the field of an item: with what was typed (form), or else with
// the answer there is.
func shownField(ctx context.Context, lang string, f *web.Form, i *fhir.Item, answers []fhir.Value) ui.Field {
	name := fieldName(i)
	p := ui.Field{Name: name, Label: i.Text.For(lang), Hint: i.Help.For(lang), Optional: !i.Required, Required: i.Required}
	if i.Prefix != "" {
		p.Label = i.Prefix + " " + p.Label
	}
	for _, v := range answers {
		p.Values = append(p.Values, code(i, v))
	}
	if f != nil {
		p.Error = f.Problem(ctx, name)
		p.Values = f.List(name, 20, len(i.Options)+1)
	}
	typed := func(v fhir.Value) string {
		if i.Type == "decimal" || i.Type == "quantity" {
			return strings.Replace(v.Text, ".", ",", 1)
		}
		return v.Text
	}
	switch {
	case len(i.Options) > 0:
		for k, o := range i.Options {
			p.Options = append(p.Options, ui.Option{Value: strconv.Itoa(k), Label: o.Label.For(lang)})
		}
		if len(p.Values) > 0 && !i.Repeats {
			p.Value = p.Values[0]
		}
		if i.Type == "open-choice" {
			p.Options = append(p.Options, ui.Option{Value: otherValue, Label: i18n.T(ctx, "surveys.fill.other")})
			for k, v := range p.Values {
				if strings.HasPrefix(v, "=") {
					p.Values[k] = otherValue
				}
			}
			if strings.HasPrefix(p.Value, "=") {
				p.Value = otherValue
			}
		}
		if !i.Required && !i.Repeats {
			skip := ui.Option{Value: skipValue, Label: i18n.T(ctx, "surveys.fill.skip")}
			if listed(i) {
				p.Options = append([]ui.Option{skip}, p.Options...)
			} else {
				p.Options = append(p.Options, skip)
			}
		} else if listed(i) && !i.Repeats {
			p.Options = append([]ui.Option{{Label: i18n.T(ctx, "surveys.fill.choose")}}, p.Options...)
		}
	case i.Type == "boolean":
		p.Options = []ui.Option{{Value: "true", Label: i18n.T(ctx, "surveys.fill.yes")}, {Value: "false", Label: i18n.T(ctx, "surveys.fill.no")}}
		if !i.Required {
			p.Options = append(p.Options, ui.Option{Value: skipValue, Label: i18n.T(ctx, "surveys.fill.skip")})
		}
		if len(answers) > 0 {
			p.Value = answers[0].Text
		}
	case i.Repeats:
		var lines []string
		for _, v := range answers {
			lines = append(lines, typed(v))
		}
		p.Value, p.Rows = strings.Join(lines, "\n"), 4
		p.Hint = strings.TrimSpace(p.Hint + " " + i18n.T(ctx, "surveys.fill.lines"))
	default:
		if len(answers) > 0 {
			p.Value = typed(answers[0])
		}
		switch i.Type {
		case "integer":
			p.Inputmode = "numeric"
		case "decimal", "quantity":
			p.Inputmode = "decimal"
		case "date":
			p.Hint = strings.TrimSpace(p.Hint + " " + i18n.T(ctx, "surveys.fill.date"))
			if len(answers) > 0 {
				p.Value = dutch(answers[0].Text)
			}
		default:
			p.MaxLength = most(i)
		}
		if i.Type == "integer" || i.Type == "decimal" || i.Type == "quantity" {
			p.Hint = strings.TrimSpace(p.Hint + " " + bounds(ctx, i))
		}
	}
	if f != nil && len(i.Options) == 0 {
		p.Value = f.Value(name)
	}
	if f != nil && len(i.Options) > 0 && !i.Repeats {
		p.Value = f.Value(name)
	}
	return p
}

// bounds says between what a number lies.
func bounds(ctx context.Context, i *fhir.Item) string {
	unit := ""
	if len(i.Units) == 1 {
		unit = i.Units[0].Display
	}
	switch {
	case i.Min != nil && i.Max != nil:
		return strings.TrimSpace(i18n.T(ctx, "surveys.fill.between", "least", number(i.Min.Text), "most", number(i.Max.Text)) + unitBehind(ctx, unit))
	case unit != "":
		return strings.TrimSpace(unitBehind(ctx, unit))
	}
	return ""
}

func unitBehind(ctx context.Context, unit string) string {
	if unit == "" {
		return ""
	}
	return " " + i18n.T(ctx, "surveys.fill.unit", "unit", unit)
}

func number(s string) string { return strings.Replace(s, ".", ",", 1) }

// dutch writes a whole date as people do: 2-3-1948 as 02-03-1948.
func dutch(iso string) string {
	if p := strings.Split(iso, "-"); len(p) == 3 {
		return p[2] + "-" + p[1] + "-" + p[0]
	}
	return iso
}

// said is an answer as people read it.
func said(ctx context.Context, lang string, i *fhir.Item, v fhir.Value) string {
	for _, o := range i.Options {
		if o.Value.Same(v) {
			return o.Label.For(lang)
		}
	}
	switch v.Kind {
	case fhir.Boolean:
		if v.Text == "true" {
			return i18n.T(ctx, "surveys.fill.yes")
		}
		return i18n.T(ctx, "surveys.fill.no")
	case fhir.Decimal:
		return number(v.Text)
	case fhir.Quantity:
		return strings.TrimSpace(number(v.Text) + " " + v.Unit)
	case fhir.Date:
		return dutch(v.Text)
	}
	return v.Text
}

// allSaid joins the answers to an item.
func allSaid(ctx context.Context, i *fhir.Item, list []fhir.Value) string {
	var out []string
	for _, v := range list {
		out = append(out, said(ctx, i18n.Lang(ctx), i, v))
	}
	return strings.Join(out, "; ")
}
