package phases

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
)

// What the pages are made of.

type gateView struct {
	View
	Said  string
	Now   time.Time
	Actor string
}

type marksView struct {
	View
	Gate     string
	Points   []Point
	Form     *web.Form
	Conflict bool
}

type decideView struct {
	View
	Kind     string
	Form     *web.Form
	Conflict bool
}

type fitView struct {
	Fitting
	Form, Action *web.Form
	Said         string
	Now          time.Time
	Conflict     bool
}

type listsView struct {
	Lists
	Said string
}

type listView struct {
	Lists
	Gate     string
	Form     *web.Form
	Conflict bool
	Rows     int
}

// keys: phases.phase.* phases.expect.* phases.area.* phases.state.* phases.kind.* phases.kind.*.text
// keys: phases.role.* phases.proof.* phases.proof.*.hint phases.verdict.*
func word(ctx context.Context, of, value string) string { return i18n.T(ctx, "phases."+of+"."+value) }

func phaseWord(ctx context.Context, phase string) string { return word(ctx, "phase", phase) }

func options(ctx context.Context, of string, values []string) []ui.Option {
	list := make([]ui.Option, len(values))
	for k, v := range values {
		list[k] = ui.Option{Value: v, Label: word(ctx, of, v)}
	}
	return list
}

// withNone puts an empty choice in front.
func withNone(ctx context.Context, key string, list []ui.Option) []ui.Option {
	return append([]ui.Option{{Label: i18n.T(ctx, key)}}, list...)
}

func linkOptions(list []Link) []ui.Option {
	var out []ui.Option
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

// ownerOptions are people and organisations in one field.
func ownerOptions(ctx context.Context, v View) []ui.Option {
	list := []ui.Option{{Label: i18n.T(ctx, "phases.owner.none")}}
	for _, p := range v.Colleagues {
		list = append(list, ui.Option{Value: "p:" + p.ID, Label: p.Name + " (" + p.OrganisationName + ")"})
	}
	for _, o := range v.Bodies {
		list = append(list, ui.Option{Value: "o:" + o.ID, Label: o.Name})
	}
	return list
}

func municipalityOptions(ctx context.Context, list []Municipality) []ui.Option {
	out := []ui.Option{{Label: i18n.T(ctx, "phases.fit.choose")}}
	for _, m := range list {
		out = append(out, ui.Option{Value: m.Code, Label: m.Name})
	}
	return out
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func crumbs(ctx context.Context, slug, name string, gate bool) []ui.Crumb {
	list := []ui.Crumb{{Label: i18n.T(ctx, "phases.initiatives"), Path: "/initiatieven"}, {Label: name, Path: "/initiatieven/" + slug}}
	if gate {
		list = append(list, ui.Crumb{Label: i18n.T(ctx, "phases.title"), Path: Path(slug)})
	}
	return list
}

// steps is the road with where the initiative stands.
func (v View) steps(ctx context.Context) []ui.Step {
	var list []ui.Step
	here := slices.Index(Order, v.Phase)
	for k, p := range Order {
		s := ui.Step{Title: phaseWord(ctx, p)}
		switch {
		case k < here:
			s.State = ui.Done
		case k == here:
			s.State = ui.Now
		}
		list = append(list, s)
	}
	return list
}

// areasOf are the areas that a list of points has.
func areasOf(list []Point) []string {
	var out []string
	for _, p := range list {
		if !slices.Contains(out, p.Area) {
			out = append(out, p.Area)
		}
	}
	return out
}

func inArea(list []Point, area string) []Point {
	return slices.DeleteFunc(slices.Clone(list), func(p Point) bool { return p.Area != area })
}

func openOf(list []Point) int {
	n := 0
	for _, p := range list {
		if p.Open() {
			n++
		}
	}
	return n
}

// sum says in one sentence how far it is.
func (v View) sum(ctx context.Context) string {
	return i18n.T(ctx, "phases.sum", "done", len(v.Points)-openOf(v.Points), "all", len(v.Points), "gate", phaseWord(ctx, v.Gate))
}

func badge(ctx context.Context, state string) ui.BadgeProps {
	tone := map[string]ui.Tone{Open: ui.Neutral, Met: ui.OK, NotNeeded: ui.Info}[state]
	return ui.BadgeProps{Tone: tone, Label: word(ctx, "state", state)}
}

// kindBadge says what was decided.
//
// keys: phases.did.*
func kindBadge(ctx context.Context, kind string) ui.BadgeProps {
	tone := map[string]ui.Tone{Pass: ui.OK, Back: ui.Warning, Stop: ui.Info, Restart: ui.Info}[kind]
	return ui.BadgeProps{Tone: tone, Label: word(ctx, "did", kind)}
}

// deciders says who decided: roles for everybody, names for who may edit.
func (v View) deciders(ctx context.Context, d Decision) string {
	var list []string
	for _, p := range d.People {
		if n := v.Names[p]; n != "" {
			list = append(list, n)
		}
	}
	if len(list) == 0 && len(d.People) > 0 {
		list = append(list, i18n.T(ctx, "phases.people", "n", len(d.People)))
	}
	for _, r := range d.Roles {
		list = append(list, word(ctx, "role", r))
	}
	if d.OrganisationName != "" {
		list = append(list, d.OrganisationName)
	}
	return strings.Join(list, ", ")
}

// ownerText says who owns a condition: the name for who may edit, else where they work.
func (v View) ownerText(ctx context.Context, c Condition) string {
	if n := v.Names[c.Owner]; n != "" {
		return n
	}
	if n := nameOf(v.Bodies, c.Organisation); n != "" {
		return n
	}
	return i18n.T(ctx, "phases.owner.gone")
}

func conditionBadge(ctx context.Context, c Condition, now time.Time) ui.BadgeProps {
	switch {
	case !c.Done.IsZero():
		return ui.BadgeProps{Tone: ui.OK, Label: i18n.T(ctx, "phases.condition.met")}
	case c.Late(now):
		return ui.BadgeProps{Tone: ui.Warning, Label: i18n.T(ctx, "phases.condition.late")}
	}
	return ui.BadgeProps{Label: i18n.T(ctx, "phases.condition.open")}
}

// mayTick: who may edit, and who owns the condition.
func (p gateView) mayTick(c Condition) bool { return p.MayEdit || c.Owner != "" && c.Owner == p.Actor }

func sourceCell(s Source) ui.Cell { return ui.Cell{Text: s.Title, Path: s.URL} }

func sourceTable(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "phases.sources"), Quiet: true, Columns: []ui.Column{{Label: i18n.T(ctx, "phases.source.model")},
		{Label: i18n.T(ctx, "phases.source.publisher")}, {Label: i18n.T(ctx, "phases.source.where")}}}
	for _, s := range Sources() {
		t.Rows = append(t.Rows, []ui.Cell{{Text: s.Name}, {Text: s.Publisher}, sourceCell(s)})
	}
	return t
}

// verdict sums the answers up.
func (f Fitting) verdict(ctx context.Context) string {
	return i18n.T(ctx, "phases.fit.verdict", "yes", f.Count(Yes), "all", len(f.Answers), "no", f.Count(No), "unsure", f.Count(NotSure)+f.Count(""))
}

func dateValue(t time.Time) string { return t.Format(time.DateOnly) }

// actionForm is the form of one open point: what was typed, or a first proposal.
func (p fitView) actionForm(point string) *web.Form {
	if p.Action.Value("punt") == point {
		return p.Action
	}
	return web.NewForm("datum", dateValue(p.Now.AddDate(0, 1, 0)))
}

func (p fitView) person(ctx context.Context, a Action) string {
	if n := p.Names[a.Owner]; n != "" {
		return n
	}
	return i18n.T(ctx, "phases.owner.gone")
}

// tabs lead to the points of the other gates.
func (p marksView) tabs(ctx context.Context) []ui.Tab {
	var list []ui.Tab
	for _, g := range Gates {
		list = append(list, ui.Tab{Label: phaseWord(ctx, g), Path: Path(p.Slug) + "/punten?drempel=" + g, Current: g == p.Gate})
	}
	return list
}

func (p decideView) people(ctx context.Context) ui.Field {
	f := ui.Filled(ctx, p.Form, "wie", "phases.field.who", ui.Field{Options: personOptions(p.Colleagues), Optional: true})
	f.Values = p.Form.List("wie", 60, 30)
	return f
}

func (p decideView) roles(ctx context.Context) ui.Field {
	f := ui.Filled(ctx, p.Form, "rollen", "phases.field.roles", ui.Field{Options: options(ctx, "role", Roles), Optional: true})
	f.Values = p.Form.List("rollen", 30, len(Roles))
	return f
}

// keepName is under what name a browser keeps a decision that was not sent yet.
func keepName(slug string) string { return "fase-" + slug }
