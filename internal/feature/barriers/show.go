package barriers

import (
	"context"
	"strconv"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/chart"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
)

// What the pages are made of.

type listView struct {
	Filter
	List             []Entry
	Next, Said       string
	Now              time.Time
	Kinds            []Kind
	Towns            []Municipality
	About            map[string]About
	MayAdd, SignedIn bool
}

type entryView struct {
	View
	Now  time.Time
	Said string
}

type formView struct {
	Form        *web.Form
	Old         *View // as it is kept now; nil for a new one
	Conflict    bool
	Kinds       []Kind
	Towns       []Municipality
	Initiatives []Link
	Colleagues  []Person
	Bodies, Own []Link
	Things      []Thing
}

type numbersView struct {
	Numbers
	Towns []Municipality
}

// keys: barriers.category.* barriers.status.* barriers.lifter.* barriers.change.* barriers.was.*
func word(ctx context.Context, of, value string) string { return i18n.T(ctx, "barriers."+of+"."+value) }

func options(ctx context.Context, of string, values []string) []ui.Option {
	list := make([]ui.Option, len(values))
	for k, v := range values {
		list[k] = ui.Option{Value: v, Label: word(ctx, of, v)}
	}
	return list
}

func none(ctx context.Context, key string, list []ui.Option) []ui.Option {
	return append([]ui.Option{{Label: i18n.T(ctx, key)}}, list...)
}

func kindOptions(list []Kind) []ui.Option {
	var out []ui.Option
	for _, k := range list {
		out = append(out, ui.Option{Value: k.Slug, Label: k.Name})
	}
	return out
}

func townOptions(list []Municipality) []ui.Option {
	var out []ui.Option
	for _, m := range list {
		out = append(out, ui.Option{Value: m.Code, Label: m.Name})
	}
	return out
}

func linkOptions(list []Link) []ui.Option {
	var out []ui.Option
	for _, l := range list {
		out = append(out, ui.Option{Value: l.ID, Label: l.Name})
	}
	return out
}

func crumbs(ctx context.Context, more ...ui.Crumb) []ui.Crumb {
	return append([]ui.Crumb{{Label: i18n.T(ctx, "barriers.catalogue"), Path: "/belemmeringen"}, {Label: i18n.T(ctx, "barriers.title"), Path: base}}, more...)
}

// badges say how an entry stands.
func badges(ctx context.Context, e Entry, at time.Time) []ui.BadgeProps {
	tone := map[string]ui.Tone{Open: ui.Neutral, InHand: ui.Info, Lifted: ui.OK, Accepted: ui.Info}[e.Status]
	list := []ui.BadgeProps{{Tone: tone, Label: word(ctx, "status", e.Status)}}
	if e.Late(at) {
		list = append(list, ui.BadgeProps{Tone: ui.Warning, Label: i18n.T(ctx, "barriers.late")})
	}
	if e.Origin == fromPackage {
		list = append(list, ui.BadgeProps{Tone: ui.Info, Label: i18n.T(ctx, "barriers.package")})
	}
	if e.Demonstration {
		list = append(list, ui.BadgeProps{Tone: ui.Info, Label: i18n.T(ctx, "barriers.demonstration")})
	}
	if !e.Public {
		list = append(list, ui.BadgeProps{Label: i18n.T(ctx, "barriers.private"), Icon: "lock"})
	}
	return list
}

// metas are the short facts of a card.
func (p listView) metas(ctx context.Context, e Entry) []string {
	list := []string{word(ctx, "category", e.Category), i18n.T(ctx, "barriers.days", "n", e.Days(p.Now))}
	if a := p.About[e.Initiative]; a.Name != "" {
		list = append(list, a.Name)
	}
	if town := townName(p.Towns, e.Municipality); town != "" {
		list = append(list, town)
	}
	if e.Active() && !e.Due.IsZero() {
		list = append(list, i18n.T(ctx, "barriers.before", "day", i18n.Date(ctx, e.Due)))
	}
	return list
}

func (p listView) cards(ctx context.Context) []ui.CardProps {
	var list []ui.CardProps
	for _, e := range p.List {
		list = append(list, ui.CardProps{Title: e.Title, Path: Path(e.ID), Badges: badges(ctx, e, p.Now), Meta: p.metas(ctx, e)})
	}
	return list
}

func (p listView) reset() string {
	if p.Filter == (Filter{}) {
		return ""
	}
	return base
}

// tabs are the lists that people ask for most.
func (p listView) tabs(ctx context.Context) []ui.Tab {
	list := []ui.Tab{{Label: i18n.T(ctx, "barriers.tab.all"), Path: base, Current: p.Filter == Filter{}},
		{Label: i18n.T(ctx, "barriers.tab.open"), Path: Filter{Active: true}.address(base), Current: p.Filter == Filter{Active: true}}}
	if p.SignedIn {
		mine := Filter{Active: true, Mine: true}
		list = append(list, ui.Tab{Label: i18n.T(ctx, "barriers.tab.mine"), Path: mine.address(base), Current: p.Filter == mine})
	}
	return append(list, ui.Tab{Label: i18n.T(ctx, "barriers.tab.late"), Path: Filter{Late: true}.address(base), Current: p.Filter == Filter{Late: true}},
		ui.Tab{Label: i18n.T(ctx, "barriers.numbers"), Path: p.Filter.address(base + "/cijfers")})
}

// status is what the field of the filter shows.
func (f Filter) status() string {
	if f.Active {
		return now
	}
	return f.Status
}

// statusOptions are the states, with one for those that are not over.
func statusOptions(ctx context.Context) []ui.Option {
	return append([]ui.Option{{Label: i18n.T(ctx, "barriers.any")}, {Value: now, Label: i18n.T(ctx, "barriers.tab.open")}}, options(ctx, "status", States)...)
}

// facts are what an entry is.
func (v View) facts(ctx context.Context, at time.Time) []ui.Pair {
	var list []ui.Pair
	add := func(key, text, path string) {
		if text != "" {
			list = append(list, ui.Pair{Key: i18n.T(ctx, key), Cell: ui.Cell{Text: text, Path: path}})
		}
	}
	if v.KindName != "" {
		add("barriers.field.kind", v.KindName, "/belemmeringen/"+v.Barrier)
	}
	add("barriers.field.category", word(ctx, "category", v.Category), "")
	add("barriers.field.initiative", v.About.Name, v.About.Path)
	add("barriers.field.thing", v.Thing.Name, v.Thing.Path)
	add("barriers.field.town", v.Town, "")
	add("barriers.field.lifter", word(ctx, "lifter", v.Lifter), "")
	add("barriers.field.since", i18n.T(ctx, "barriers.since", "day", i18n.Date(ctx, v.Met), "days", i18n.T(ctx, "barriers.days", "n", v.Days(at))), "")
	owner := v.OwnerAt
	if n := v.Names[v.Owner]; n != "" {
		owner = n
		if v.OwnerAt != "" {
			owner += " (" + v.OwnerAt + ")"
		}
	}
	if owner == "" && v.Active() {
		owner = i18n.T(ctx, "barriers.owner.gone")
	}
	add("barriers.field.owner", owner, "")
	if v.Active() && !v.Due.IsZero() {
		add("barriers.field.due", i18n.Date(ctx, v.Due), "")
	}
	add("barriers.field.body", v.Body, "")
	return list
}

// was says what a change did to a field.
func (v View) was(ctx context.Context, w Was) string {
	name := word(ctx, "was", w.Field)
	show := func(value string) string {
		switch {
		case value == "":
			return "–"
		case w.Field == "status" || w.Field == "category" || w.Field == "lifter":
			return word(ctx, w.Field, value)
		}
		return value
	}
	if w.Before == "" && w.After == "" {
		return name
	}
	return name + ": " + show(w.Before) + " → " + show(w.After)
}

func (v View) who(ctx context.Context, c Change) string {
	if n := v.Names[c.Person]; n != "" {
		return n
	}
	return i18n.T(ctx, "barriers.somebody")
}

// ownerOptions are people and organisations in one field.
func (p formView) ownerOptions(ctx context.Context) []ui.Option {
	list := []ui.Option{{Label: i18n.T(ctx, "barriers.owner.choose")}}
	if p.Old != nil && p.Old.Owner != "" && !p.colleague(p.Old.Owner) {
		list = append(list, ui.Option{Value: "p:" + p.Old.Owner, Label: p.Old.Names[p.Old.Owner]})
	}
	for _, c := range p.Colleagues {
		list = append(list, ui.Option{Value: "p:" + c.ID, Label: c.Name + " (" + c.OrganisationName + ")"})
	}
	for _, o := range p.Bodies {
		list = append(list, ui.Option{Value: "o:" + o.ID, Label: o.Name})
	}
	return list
}

func (p formView) colleague(person string) bool {
	for _, c := range p.Colleagues {
		if c.ID == person {
			return true
		}
	}
	return false
}

// initiativeOptions has the present one too, if it is not among the choices.
func (p formView) initiativeOptions(ctx context.Context) []ui.Option {
	list := none(ctx, "barriers.none.initiative", linkOptions(p.Initiatives))
	value := p.Form.Value("initiatief")
	for _, o := range list {
		if o.Value == value {
			return list
		}
	}
	name := value
	if p.Old != nil && p.Old.Entry.Initiative == value {
		name = p.Old.About.Name
	}
	return append(list, ui.Option{Value: value, Label: name})
}

func (p formView) thingOptions(ctx context.Context) []ui.Option {
	list := []ui.Option{{Label: i18n.T(ctx, "barriers.none.thing")}}
	for _, t := range p.Things {
		list = append(list, ui.Option{Value: t.ID, Label: t.Name})
	}
	if p.Old != nil && p.Old.Entry.Thing != "" && p.Old.Thing.Name != "" {
		for _, t := range p.Things {
			if t.ID == p.Old.Entry.Thing {
				return list
			}
		}
		list = append(list, ui.Option{Value: p.Old.Entry.Thing, Label: p.Old.Thing.Name})
	}
	return list
}

func (p formView) title(ctx context.Context) string {
	if p.Old == nil {
		return i18n.T(ctx, "barriers.new")
	}
	return i18n.T(ctx, "barriers.edit")
}

func (p formView) action() string {
	if p.Old == nil {
		return base
	}
	return Path(p.Old.ID) + "/bewerken"
}

// sentence says what the numbers mean.
func (n Numbers) sentence(ctx context.Context) string {
	if n.Open == 0 {
		return i18n.T(ctx, "barriers.numbers.none")
	}
	text := i18n.T(ctx, "barriers.numbers.says", "n", n.Open, "category", strings.ToLower(word(ctx, "category", n.Rows[0].Category)), "most", n.Rows[0].Open, "median", n.Median)
	if len(n.Rows) > 1 && n.Rows[0].Open == n.Rows[1].Open { // no kind stands out
		text = i18n.T(ctx, "barriers.numbers.even", "n", n.Open, "median", n.Median)
	}
	if n.Late > 0 {
		text += " " + i18n.T(ctx, "barriers.numbers.late", "n", n.Late)
	}
	return text
}

// ageText names a group of age.
func ageText(ctx context.Context, k int) string {
	switch {
	case k == 0:
		return i18n.T(ctx, "barriers.age.under", "days", Ages[0])
	case k == len(Ages):
		return i18n.T(ctx, "barriers.age.over", "days", Ages[k-1])
	}
	return i18n.T(ctx, "barriers.age.between", "low", Ages[k-1], "high", Ages[k])
}

func (n Numbers) table(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "barriers.numbers"), Quiet: true, Columns: []ui.Column{{Label: i18n.T(ctx, "barriers.field.category")}, {Label: i18n.T(ctx, "barriers.tab.open"), Num: true}}}
	for k := range len(Ages) + 1 {
		t.Columns = append(t.Columns, ui.Column{Label: ageText(ctx, k), Num: true})
	}
	t.Columns = append(t.Columns, ui.Column{Label: i18n.T(ctx, "barriers.late"), Num: true}, ui.Column{Label: i18n.T(ctx, "barriers.median"), Num: true})
	for _, c := range n.Rows {
		f := n.Filter
		f.Category = c.Category
		row := []ui.Cell{{Text: word(ctx, "category", c.Category), Path: f.address(base)}, {Text: strconv.Itoa(c.Open)}}
		for _, k := range c.ByAge {
			row = append(row, ui.Cell{Text: strconv.Itoa(k)})
		}
		t.Rows = append(t.Rows, append(row, ui.Cell{Text: strconv.Itoa(c.Late)}, ui.Cell{Text: strconv.Itoa(c.Median)}))
	}
	return t
}

// block is one age of one category in the picture: the older, the darker.
type block struct{ X, Width, Shade string }

// shades are how dark each age is drawn.
var shades = []string{"0.25", "0.5", "0.75", "1"}

// blocks lays the ages of a category side by side, on the scale of the longest.
func (n Numbers) blocks(c Count) []block {
	scale := chart.Scale{Min: 0, Max: float64(n.Rows[0].Open), From: 0, To: 100}
	var list []block
	sum := 0
	for k, v := range c.ByAge {
		if v > 0 {
			list = append(list, block{chart.Num(scale.At(float64(sum))), chart.Num(scale.At(float64(v))), shades[k]})
		}
		sum += v
	}
	return list
}

// keepName is under what name a browser keeps a new entry that was not sent yet.
const keepName = "belemmering"

func (p formView) keep() string {
	if p.Old == nil {
		return keepName
	}
	return ""
}
