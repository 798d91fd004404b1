package pilots

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
)

// options makes choices of values whose labels are keys that begin the same.
func options(ctx context.Context, prefix string, values ...string) []ui.Option {
	list := make([]ui.Option, len(values))
	for k, v := range values {
		list[k] = ui.Option{Value: v, Label: i18n.T(ctx, prefix+v)}
	}
	return list
}

func strs[T ~string](list []T) []string {
	out := make([]string, len(list))
	for k, v := range list {
		out[k] = string(v)
	}
	return out
}

// linkOptions makes choices of links, with an empty one in front.
func linkOptions(ctx context.Context, key string, list []Link) []ui.Option {
	out := []ui.Option{{Value: "", Label: i18n.T(ctx, key)}}
	for _, l := range list {
		out = append(out, ui.Option{Value: l.ID, Label: l.Name})
	}
	return out
}

func personOptions(list []Person) []ui.Option {
	var out []ui.Option
	for _, p := range list {
		out = append(out, ui.Option{Value: p.ID, Label: p.Name, Hint: p.OrganisationName})
	}
	return out
}

func counterOptions(ctx context.Context, list []Counter) []ui.Option {
	out := []ui.Option{{Value: "", Label: i18n.T(ctx, "pilots.indicator.counter.none")}}
	for _, c := range list {
		out = append(out, ui.Option{Value: c.Kind, Label: c.Name})
	}
	return out
}

func indicatorOptions(list []Series) []ui.Option {
	var out []ui.Option
	for _, i := range list {
		out = append(out, ui.Option{Value: i.Code, Label: i.Name})
	}
	return out
}

// stateBadge says how far a pilot is.
func stateBadge(ctx context.Context, p Pilot) ui.BadgeProps {
	b := ui.BadgeProps{Label: stateWord(ctx, p), Icon: "clock"}
	switch {
	case p.DueWhy != "" && p.Status == Running:
		b.Tone, b.Icon = ui.Warning, ""
	case p.Outcome == HandOn:
		b.Tone, b.Icon = ui.OK, ""
	case p.Outcome == Stop:
		b.Tone, b.Icon = ui.Info, "check"
	case p.Status == Draft:
		b.Icon = "edit"
	}
	return b
}

// time of a pilot in words.
func (p Pilot) when(ctx context.Context) string {
	switch {
	case p.Starts.IsZero():
		return ""
	case p.Ends.IsZero():
		return i18n.T(ctx, "pilots.since", "from", i18n.Date(ctx, p.Starts))
	}
	return i18n.T(ctx, "pilots.period", "from", i18n.Date(ctx, p.Starts), "until", i18n.Date(ctx, p.Ends))
}

// words is a rule as a sentence.
func (r Rule) words(ctx context.Context, list []Series) string {
	// keys: pilots.rule.say.start pilots.rule.say.stop pilots.rule.say.stop.week
	// keys: pilots.compare.below pilots.compare.atmost pilots.compare.above pilots.compare.atleast
	name, value := r.Indicator, number(r.Value)
	for _, i := range list {
		if i.Code == r.Indicator {
			name, value = i.Name, i.show(ctx, r.Value)
		}
	}
	key := "pilots.rule.say." + r.Kind
	if r.Kind == "stop" && r.Week > 0 {
		key += ".week"
	}
	return i18n.T(ctx, key, "name", name, "compare", i18n.T(ctx, "pilots.compare."+r.Comparison), "value", value, "n", r.Week)
}

// says is what a rule says today.
func (j Judged) says(ctx context.Context, list []Series) string {
	// keys: pilots.verdict.notyet pilots.verdict.nears pilots.verdict.close pilots.verdict.unknown
	// keys: pilots.verdict.passes pilots.verdict.hit pilots.verdict.answered pilots.verdict.start.passes
	// keys: pilots.verdict.start.hit pilots.verdict.start.unknown
	value := ""
	for _, i := range list {
		if i.Code == j.Indicator && j.Measured != nil {
			value = i.show(ctx, *j.Measured)
		}
	}
	from := ""
	if !j.From.IsZero() {
		from = i18n.Date(ctx, j.From)
	}
	if j.Kind == "start" {
		return i18n.T(ctx, "pilots.verdict.start."+string(j.Verdict), "value", value)
	}
	return i18n.T(ctx, "pilots.verdict."+string(j.Verdict), "value", value, "from", from)
}

// badge is what a rule says in a word.
func (j Judged) badge(ctx context.Context) ui.BadgeProps {
	// keys: pilots.verdict.word.notyet pilots.verdict.word.nears pilots.verdict.word.close pilots.verdict.word.unknown
	// keys: pilots.verdict.word.passes pilots.verdict.word.hit pilots.verdict.word.answered
	// keys: pilots.verdict.word.start.passes pilots.verdict.word.start.hit pilots.verdict.word.start.unknown
	tone := map[Verdict]ui.Tone{NotYet: ui.Neutral, Nears: ui.Warning, Close: ui.Warning, Unknown: ui.Warning, Passes: ui.OK, Hit: ui.Error, Answered: ui.Info}[j.Verdict]
	if j.Kind == "start" {
		return ui.BadgeProps{Tone: tone, Label: i18n.T(ctx, "pilots.verdict.word.start."+string(j.Verdict))}
	}
	return ui.BadgeProps{Tone: tone, Label: i18n.T(ctx, "pilots.verdict.word."+string(j.Verdict))}
}

// stopRules leaves out the start rules, once a pilot runs.
func (v View) stopRules() []Judged {
	return slices.DeleteFunc(slices.Clone(v.Rules), func(j Judged) bool { return j.Kind != "stop" && v.Status != Draft })
}

// resultBadge says what came out, as plainly for bad as for good.
func (s Series) resultBadge(ctx context.Context) ui.BadgeProps {
	tone := map[Result]ui.Tone{Improved: ui.OK, Worsened: ui.Error, Equal: ui.Info, Unsure: ui.Neutral}[s.Result]
	return ui.BadgeProps{Tone: tone, Label: i18n.T(ctx, "pilots.result.word."+string(s.Result))}
}

// deciders says who decided: how many of which organisation for everybody, names
// for who may know them. What was typed beside them is a role, and may be a name.
func (v View) deciders(ctx context.Context, d Decision) string {
	if !v.Named {
		n := len(d.People)
		if d.Others != "" {
			n++
		}
		return strings.Join(metas(i18n.T(ctx, "pilots.deciders", "n", n), v.LeadName), ", ")
	}
	var names []string
	for _, p := range d.People {
		if n := v.Names[p]; n != "" {
			names = append(names, n)
		}
	}
	if d.Others != "" {
		names = append(names, d.Others)
	}
	return strings.Join(names, ", ")
}

// money is the table of costs, with the sum.
func (v View) money(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "pilots.costs.title"), Quiet: true, Columns: []ui.Column{{Label: i18n.T(ctx, "pilots.costs.label")},
		{Label: i18n.T(ctx, "pilots.costs.planned"), Num: true}, {Label: i18n.T(ctx, "pilots.costs.spent"), Num: true}}}
	var planned, spent int64
	for _, c := range v.Costs {
		real := i18n.T(ctx, "pilots.costs.unknown")
		if c.Spent != nil {
			real = i18n.Euro(ctx, *c.Spent)
			spent += *c.Spent
		}
		planned += c.Planned
		t.Rows = append(t.Rows, ui.Text(c.Label, i18n.Euro(ctx, c.Planned), real))
	}
	if len(v.Costs) > 1 {
		t.Rows = append(t.Rows, ui.Text(i18n.T(ctx, "pilots.costs.sum"), i18n.Euro(ctx, planned), i18n.Euro(ctx, spent)))
	}
	return t
}

// riskTable is the table of risks, the heaviest first.
func (v View) riskTable(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "pilots.risks.title"), Quiet: true, Columns: []ui.Column{{Label: i18n.T(ctx, "pilots.risks.label")},
		{Label: i18n.T(ctx, "pilots.risks.weight")}, {Label: i18n.T(ctx, "pilots.risks.answer")}}}
	for k := len(Weights) - 1; k >= 0; k-- {
		for _, r := range v.Risks {
			if r.Weight == Weights[k] {
				t.Rows = append(t.Rows, ui.Text(r.Label, i18n.T(ctx, "pilots.weight."+r.Weight), r.Answer))
			}
		}
	}
	return t
}

// facts are what a pilot is.
func (v View) facts(ctx context.Context) []ui.Pair {
	var list []ui.Pair
	if v.Case.Name != "" {
		list = append(list, ui.Pair{Key: i18n.T(ctx, "pilots.field.initiative"), Cell: ui.Cell{Text: v.Case.Name, Path: v.Case.Path}})
	}
	add := func(key, value string) {
		if value != "" {
			list = append(list, ui.Fact(i18n.T(ctx, key), value))
		}
	}
	add("pilots.field.lead", v.LeadName)
	add("pilots.field.leader", v.Names[v.LeadPerson])
	add("pilots.field.place", v.PlaceName)
	add("pilots.field.period", v.when(ctx))
	if v.People > 0 {
		add("pilots.field.people", i18n.Number(ctx, v.People))
	}
	add("pilots.field.design", i18n.T(ctx, "pilots.design."+v.Design))
	add("pilots.field.compared", v.Compared)
	return list
}

// changes is the history, for who may edit.
func (v View) changes(ctx context.Context) ui.TableProps {
	// keys: pilots.part.made pilots.part.basis pilots.part.indicators pilots.part.rules pilots.part.costs pilots.part.risks
	// keys: pilots.part.notes pilots.part.started pilots.part.decided pilots.part.adopted pilots.part.noevidence
	t := ui.TableProps{Caption: i18n.T(ctx, "pilots.history"), Quiet: true, Columns: []ui.Column{{Label: i18n.T(ctx, "pilots.history.when")},
		{Label: i18n.T(ctx, "pilots.history.what")}, {Label: i18n.T(ctx, "pilots.history.who")}, {Label: i18n.T(ctx, "pilots.history.why")}}}
	for _, c := range v.Changes {
		t.Rows = append(t.Rows, ui.Text(i18n.DateTime(ctx, c.At), i18n.T(ctx, "pilots.part."+c.Part), v.Names[c.Person], c.Why))
	}
	return t
}

func versionText(v int64) string { return strconv.FormatInt(v, 10) }

// badges are the state of a pilot, and that it is made up where it is.
func badges(ctx context.Context, p Pilot) []ui.BadgeProps {
	list := []ui.BadgeProps{stateBadge(ctx, p)}
	if p.Demonstration {
		list = append(list, ui.BadgeProps{Tone: ui.Info, Label: i18n.T(ctx, "pilots.demonstration")})
	}
	return list
}

// metas leaves out what is not known.
func metas(list ...string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

func crumbs(ctx context.Context, v View) []ui.Crumb {
	return []ui.Crumb{{Label: i18n.T(ctx, "pilots.title"), Path: "/pilots"}, {Label: v.Name, Path: Path(v.ID)}}
}

func (p listPage) reset() string {
	if p.narrowed() {
		return "/pilots"
	}
	return ""
}

func (p listPage) townError(ctx context.Context) string {
	if p.UnknownTown {
		return i18n.T(ctx, "pilots.wrong.place", "name", p.Town)
	}
	return ""
}

func (p listPage) caseName(slug string) string {
	if name := p.Cases[slug]; name != "" {
		return name
	}
	return slug
}

// nextAction is the step out of an empty pilot, for who may take it.
func (p pilotPage) nextAction(ctx context.Context) string {
	if !p.MayEdit {
		return ""
	}
	return i18n.T(ctx, "pilots.indicator.add")
}

func (p pilotPage) nextPath() string {
	if !p.MayEdit {
		return ""
	}
	return Path(p.ID) + "/bewerken/indicatoren"
}

// line says in one line what a pilot is.
func (v View) line(ctx context.Context) string {
	return strings.Join(metas(v.Case.Name, v.LeadName, v.PlaceName, v.when(ctx)), " · ")
}

// summary is the table of a sheet: each indicator in a line.
func (v View) summary(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "pilots.more"), Quiet: true, Columns: []ui.Column{{Label: i18n.T(ctx, "pilots.csv.indicator")},
		{Label: i18n.T(ctx, "pilots.indicator.baseline"), Num: true}, {Label: i18n.T(ctx, "pilots.sheet.now"), Num: true},
		{Label: i18n.T(ctx, "pilots.indicator.target"), Num: true}, {Label: i18n.T(ctx, "pilots.sheet.result")}}}
	for _, s := range v.Series {
		one := func(f *float64) string {
			if f == nil {
				return "–"
			}
			return s.show(ctx, *f)
		}
		now := "–"
		if n := len(s.Run.Points); n > 0 {
			now = s.show(ctx, s.Run.Points[n-1].Value)
		}
		t.Rows = append(t.Rows, ui.Text(s.Name, one(s.Baseline), now, one(s.Target), s.resultBadge(ctx).Label))
	}
	return t
}

func (p editPage) tabs(ctx context.Context) []ui.Tab {
	// keys: pilots.section.basis pilots.section.indicatoren pilots.section.regels pilots.section.kosten pilots.section.risicos
	var list []ui.Tab
	for _, name := range sections {
		list = append(list, ui.Tab{Label: i18n.T(ctx, "pilots.section."+name), Path: Path(p.ID) + "/bewerken/" + name, Current: name == p.Section})
	}
	return list
}

// version is that of the pilot as it was when the form was opened; after a conflict
// that of now, so that who saves again knows what is replaced.
func (p editPage) version() string {
	if typed := p.Form.Value("versie"); typed != "" && len(p.Theirs) == 0 && !p.conflict() {
		return typed
	}
	return versionText(p.Version)
}

func (p editPage) conflict() bool {
	return slices.ContainsFunc(p.Form.Problems(), func(f fault.Field) bool { return f.Key == "pilots.conflict" })
}

// removable tells whether the indicator in the form was never measured.
func (p editPage) removable() bool {
	return slices.ContainsFunc(p.Series, func(s Series) bool { return s.Code == p.Form.Value("code") && s.Last.Day.IsZero() })
}

func (p editPage) indicatorTable(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "pilots.section.indicatoren"), Quiet: true, Columns: []ui.Column{{Label: i18n.T(ctx, "pilots.csv.indicator")},
		{Label: i18n.T(ctx, "pilots.indicator.code")}, {Label: i18n.T(ctx, "pilots.indicator.kind")}, {Label: i18n.T(ctx, "pilots.indicator.target"), Num: true}}}
	for _, s := range p.Series {
		row := ui.Text(s.Name, s.Code, i18n.T(ctx, "pilots.kind."+string(s.Kind)), figure(s.Target))
		row[0].Path = Path(p.ID) + "/bewerken/indicatoren?code=" + s.Code
		t.Rows = append(t.Rows, row)
	}
	return t
}

// count is how many lines a form shows: those that are filled in and a few more.
func (p editPage) count() int {
	key := map[string]string{"regels": "waarde", "kosten": "post", "risicos": "risico"}[p.Section]
	last := 0
	for k := range LinesMost {
		if p.Form.Value(lineName(key, k)) != "" || slices.ContainsFunc(p.Form.Problems(), func(f fault.Field) bool {
			_, at, _ := strings.Cut(f.Name, ".")
			return at == strconv.Itoa(k)
		}) {
			last = k + 1
		}
	}
	return min(last+3, LinesMost)
}

// hint shows the value before.
func (p measurePage) hint(ctx context.Context, s Series) string {
	if s.Last.Day.IsZero() {
		return s.Unit
	}
	return i18n.T(ctx, "pilots.measure.before", "value", s.show(ctx, s.Last.Value), "day", i18n.Date(ctx, s.Last.Day))
}

// faultsShown bounds what is listed of a table that is all wrong.
const faultsShown = 50

func (f LineFault) says(ctx context.Context) string {
	text := i18n.T(ctx, "pilots.import.line", "line", f.line(), "text", i18n.T(ctx, f.Key, f.Args...))
	if f.Where != "" {
		text += " (" + f.Where + ")"
	}
	return text
}

// preview is the beginning of what was read.
func (p importPage) preview(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "pilots.import.read"), Quiet: true, Columns: []ui.Column{{Label: i18n.T(ctx, "pilots.csv.day")},
		{Label: i18n.T(ctx, "pilots.csv.indicator")}, {Label: i18n.T(ctx, "pilots.csv.value"), Num: true}, {Label: i18n.T(ctx, "pilots.csv.n"), Num: true}}}
	for k, e := range p.Table.Entries {
		if k == 20 {
			break
		}
		for _, s := range p.Series {
			if s.Code == e.Code {
				t.Rows = append(t.Rows, ui.Text(i18n.Date(ctx, e.Day), s.Name, s.show(ctx, e.Value), whole(e.N)))
			}
		}
	}
	return t
}

func (p importPage) pasted(ctx context.Context) ui.Field {
	f := ui.Filled(ctx, p.Form, "tabel", "pilots.import.paste", ui.Field{Hint: i18n.T(ctx, "pilots.import.paste.hint"), Optional: true, Rows: 8})
	if p.Read {
		f.Value = p.Text
	}
	return f
}

func (p importPage) lookKind() ui.ButtonKind {
	if p.Read && p.Kept == 0 && len(p.Table.Entries) > 0 {
		return ui.Plain
	}
	return ui.Main
}

// example is a table with the indicators of this pilot.
func (p importPage) example(ctx context.Context) string {
	head, row := []string{i18n.T(ctx, "pilots.csv.day")}, []string{"2026-03-02"}
	for _, s := range p.Series {
		head, row = append(head, s.Code), append(row, number(s.Last.Value))
	}
	return strings.Join(head, ";") + "\n" + strings.Join(row, ";")
}

func outcomeOptions(ctx context.Context) []ui.Option {
	// keys: pilots.outcome.hint.go_on pilots.outcome.hint.adjust pilots.outcome.hint.stop pilots.outcome.hint.hand_on
	var list []ui.Option
	for _, o := range Outcomes {
		list = append(list, ui.Option{Value: string(o), Label: i18n.T(ctx, "pilots.outcome."+string(o)), Hint: i18n.T(ctx, "pilots.outcome.hint."+string(o))})
	}
	return list
}

func (p decidePage) who(ctx context.Context) ui.Field {
	f := ui.Filled(ctx, p.Form, "wie", "pilots.decide.who", ui.Field{Options: personOptions(p.Colleagues)})
	f.Values = p.Form.List("wie", 80, 30)
	return f
}
