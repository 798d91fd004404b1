package initiatives

import (
	"cmp"
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
)

// partPage is the form of one part.
type partPage struct {
	editing
	sheet
	wrong []fault.Field
	now   *Initiative // as somebody else made it meanwhile
}

// partWord names a part.
func partWord(ctx context.Context, name string) string { return i18n.T(ctx, "initiatives.part."+name) }

// fieldWord names a field as history follows it.
//
// keys: initiatives.field.*
func fieldWord(ctx context.Context, field string) string {
	return i18n.T(ctx, "initiatives.field."+field)
}

// wrongOf gives what is wrong with a field.
func wrongOf(ctx context.Context, list []fault.Field, name string) string {
	for _, f := range list {
		if f.Name == name {
			return i18n.T(ctx, f.Key, f.Args...)
		}
	}
	return ""
}

// problems lists what is wrong, above a form.
func problems(ctx context.Context, list []fault.Field) []ui.FieldError {
	var out []ui.FieldError
	for _, f := range list {
		text := i18n.T(ctx, f.Key, f.Args...)
		if _, row := rowOf(f.Name); row > 0 {
			text = i18n.T(ctx, "initiatives.edit.row", "n", row) + ": " + text
		}
		out = append(out, ui.FieldError{Name: f.Name, Text: text})
	}
	return out
}

// field is a cell as a field of the page.
func (p partPage) field(ctx context.Context, c cell, name, value string) ui.Field {
	f := ui.Field{Name: name, Label: i18n.T(ctx, "initiatives.edit."+c.name), Value: value, Error: wrongOf(ctx, p.wrong, name),
		Required: c.need, Optional: !c.need && c.kind != ofTick && c.kind != ofTicks, MaxLength: c.most, Autocomplete: "off"}
	if c.hint {
		f.Hint = i18n.T(ctx, "initiatives.edit."+c.name+".hint")
	}
	switch c.kind {
	case ofLines:
		f.MaxLength = 0
	case ofChoice:
		f.Optional = false
		if !c.need {
			f.Options = []ui.Option{{Label: i18n.T(ctx, "initiatives.edit.none")}}
		}
		for _, v := range c.values {
			f.Options = append(f.Options, ui.Option{Value: v, Label: word(ctx, c.words, v)})
		}
	case ofTicks:
		f.Values = typed{c.name: value}.lines(c.name)
		for _, v := range c.values {
			f.Options = append(f.Options, ui.Option{Value: v, Label: word(ctx, c.words, v)})
		}
	case ofNumber, ofMoney:
		f.Inputmode = "decimal"
	case ofWhole, ofYear:
		f.Inputmode = "numeric"
	case ofLink:
		f.Inputmode = "url"
	case ofSource:
		f.Options = []ui.Option{{Label: i18n.T(ctx, "initiatives.edit.choose")}}
		for _, s := range p.known.sources {
			f.Options = append(f.Options, ui.Option{Value: s.ID, Label: s.Title})
		}
	case ofBarrier:
		f.Options = []ui.Option{{Label: i18n.T(ctx, "initiatives.edit.choose")}}
		for _, e := range p.known.barriers {
			f.Options = append(f.Options, ui.Option{Value: e.Slug, Label: e.Name})
		}
	}
	return f
}

// shows tells whether a cell is in the form.
func (p partPage) shows(c cell) bool { return !c.owned || !p.known.owned }

// action is where the form goes.
func (p partPage) action() string {
	if p.sheet.part == beginning {
		return "/initiatieven/nieuw"
	}
	return editAddress(p.Slug, p.sheet.part.name)
}

func editAddress(slug, part string) string { return address(slug) + "/bewerken/" + part }

func (p partPage) needsSources() bool {
	return len(p.known.sources) == 0 && slices.ContainsFunc(p.sheet.part.rows, func(c cell) bool { return c.kind == ofSource })
}

// theirs are the lines of the part as somebody else made it.
func (p partPage) theirs(ctx context.Context) []string {
	var list []string
	for _, f := range p.now.fields() {
		if slices.Contains(p.sheet.part.fields, f.name) {
			list = append(list, linesOf(ctx, f.name, asJSON(f.value))...)
		}
	}
	return list
}

// partState tells in short what stands in a part.
func partState(ctx context.Context, p *part, i Initiative) string {
	var lines []string
	for _, f := range i.fields() {
		if slices.Contains(p.fields, f.name) {
			lines = append(lines, linesOf(ctx, f.name, asJSON(f.value))...)
		}
	}
	if len(lines) == 0 {
		return i18n.T(ctx, "initiatives.notknown")
	}
	return few(ctx, lines, 3)
}

// Before and after of one field, in lines.
type shownDiff struct {
	Field      string
	Gone, Come []string
}

func shownDiffs(ctx context.Context, list []Diff) []shownDiff {
	var out []shownDiff
	for _, d := range list {
		before, after := linesOf(ctx, d.Field, d.Before), linesOf(ctx, d.Field, d.After)
		v := shownDiff{Field: fieldWord(ctx, d.Field)}
		for _, l := range before {
			if !slices.Contains(after, l) {
				v.Gone = append(v.Gone, l)
			}
		}
		for _, l := range after {
			if !slices.Contains(before, l) {
				v.Come = append(v.Come, l)
			}
		}
		out = append(out, v)
	}
	return out
}

// shownInOrder are the names in a row of JSON, in the order in which they are read.
var shownInOrder = []string{"status", "year", "metric", "item", "barrier", "title", "period", "name", "now", "role", "value", "unit", "baseline",
	"amountCents", "n", "nOrganisations", "type", "strength", "comparison", "note", "url"}

// linesOf gives the content of a field as lines that people can compare.
func linesOf(ctx context.Context, field string, raw json.RawMessage) []string {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil || v == nil {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var lines []string
	for _, one := range list {
		if l := lineText(ctx, field, one); l != "" {
			lines = append(lines, l)
		}
	}
	return lines
}

// valueGroups are the words of values that are codes.
var valueGroups = map[string]string{"kind": "kind", "themes": "theme", "status": "phase", "type": "type", "strength": "strength"}

func lineText(ctx context.Context, field string, v any) string {
	switch v := v.(type) {
	case string:
		if group := valueGroups[field]; group != "" && v != "" {
			return word(ctx, group, v)
		}
		if field == "owners" {
			role, name, _ := strings.Cut(v, ": ")
			return name + " (" + ownerWord(ctx, role) + ")"
		}
		return v
	case float64:
		if field == "amountCents" {
			return i18n.Euro(ctx, int64(v))
		}
		if field == "year" || field == "n" || field == "nOrganisations" {
			return strconv.FormatFloat(v, 'f', 0, 64)
		}
		return i18n.Decimal(ctx, v, 2)
	case map[string]any:
		var parts []string
		for _, name := range shownInOrder {
			if s := lineText(ctx, name, v[name]); s != "" {
				parts = append(parts, s)
			}
		}
		if field == "merged" { // of an initiative that came in: its name is enough
			s, _ := v["Name"].(string)
			return s
		}
		return strings.Join(parts, " · ")
	}
	return ""
}

// ownerWord names the role of an owner.
//
// keys: initiatives.owner.lead initiatives.owner.partner
func ownerWord(ctx context.Context, role string) string {
	return i18n.T(ctx, "initiatives.owner."+role)
}

var yearIn = regexp.MustCompile(`(19|20)\d\d`)

// byStrength puts the strongest first and of those the newest, whether it went well
// or not.
func byStrength(list []Evidence) []Evidence {
	list = slices.Clone(list)
	newest := func(e Evidence) string { return slices.Max(append(yearIn.FindAllString(e.Period, -1), "")) }
	slices.SortStableFunc(list, func(a, b Evidence) int {
		return cmp.Or(cmp.Compare(rank(b.Strength), rank(a.Strength)), cmp.Compare(newest(b), newest(a)))
	})
	return list
}

// stateWord names the state of a proposal.
//
// keys: initiatives.proposal.waiting initiatives.proposal.accepted initiatives.proposal.refused
func stateWord(ctx context.Context, status string) string {
	return i18n.T(ctx, "initiatives.proposal."+status)
}

// actWord names what was done.
//
// keys: initiatives.act.*
func actWord(ctx context.Context, kind string) string { return i18n.T(ctx, "initiatives.act."+kind) }

func proposalsTable(ctx context.Context, caption string, list []Proposal) ui.TableProps {
	t := ui.TableProps{Caption: caption, Columns: []ui.Column{{Label: i18n.T(ctx, "initiatives.col.name")},
		{Label: i18n.T(ctx, "initiatives.proposal.what")}, {Label: i18n.T(ctx, "initiatives.proposal.at")}, {Label: i18n.T(ctx, "initiatives.proposal.status")}}}
	for _, p := range list {
		what := i18n.T(ctx, "initiatives.proposal.new")
		if p.Part != "" {
			what = partWord(ctx, p.Part)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: p.Name, Path: "/initiatief-voorstellen/" + p.ID}, {Text: what},
			{Body: ui.DateText(p.At)}, {Text: stateWord(ctx, p.Status)}})
	}
	return t
}

// importKinds counts the rows of an import by their state.
//
// keys: initiatives.state.new initiatives.state.changed initiatives.state.same initiatives.state.refused
func importCounts(ctx context.Context, rep Report) []ui.Pair {
	var list []ui.Pair
	for _, s := range []State{IsNew, Changed, Same, Refused} {
		list = append(list, ui.Fact(i18n.T(ctx, "initiatives.state."+string(s)), i18n.Number(ctx, rep.Count(s))))
	}
	return list
}

// changesMost is how many rows of an import stand on its page.
const changesMost = 300

// importTable lists what an import does; what stays as it is is left out.
func importTable(ctx context.Context, rep Report) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "initiatives.import.rows"), Columns: []ui.Column{{Label: i18n.T(ctx, "initiatives.col.name")},
		{Label: i18n.T(ctx, "initiatives.import.state")}, {Label: i18n.T(ctx, "initiatives.import.fields")}}}
	for _, c := range rep.Changes {
		if c.State == Same || len(t.Rows) >= changesMost {
			continue
		}
		what := strings.Join(mapped(c.Fields, func(f string) string { return strings.ToLower(fieldWord(ctx, f)) }), ", ")
		if c.Edited {
			what += ". " + i18n.T(ctx, "initiatives.import.edited")
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: cmp.Or(c.Name, c.Slug)}, {Text: i18n.T(ctx, "initiatives.state."+string(c.State))}, {Text: what}})
	}
	return t
}

func faultsTable(ctx context.Context, caption string, list []Fault) ui.TableProps {
	t := ui.TableProps{Caption: caption, Columns: []ui.Column{{Label: i18n.T(ctx, "initiatives.import.file")},
		{Label: i18n.T(ctx, "initiatives.import.line"), Num: true}, {Label: i18n.T(ctx, "initiatives.import.field")}, {Label: i18n.T(ctx, "initiatives.import.reason")}}}
	for _, f := range list {
		t.Rows = append(t.Rows, ui.Text(f.File, wholeText(f.Line), f.Field, f.told(ctx)))
	}
	return t
}

func organisationOptions(ctx context.Context, list []Organisation) []ui.Option {
	out := []ui.Option{{Label: i18n.T(ctx, "initiatives.edit.choose")}}
	for _, o := range list {
		out = append(out, ui.Option{Value: o.ID, Label: o.Name})
	}
	return out
}

func roleOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, r := range ownerRoles {
		out = append(out, ui.Option{Value: r, Label: ownerWord(ctx, r)})
	}
	return out
}
