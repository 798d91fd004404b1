package phases

import (
	"context"
	"slices"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
)

// keys: phases.fit.aspect.* phases.fit.class.* phases.fit.group.*

// sentence says what the comparison means.
func (c Comparison) sentence(ctx context.Context) string {
	switch {
	case c.Here == nil:
		return ""
	case len(c.There)+c.Nameless == 0:
		return i18n.T(ctx, "phases.fit.says.nothing")
	case !c.Already && len(c.There) == 0:
		return i18n.T(ctx, "phases.fit.says.nofigures")
	case c.Already:
		return i18n.T(ctx, "phases.fit.says.already", "name", c.Here.Name)
	case c.Here.Inhabitants <= 0:
		return i18n.T(ctx, "phases.fit.says.unknown", "name", c.Here.Name)
	}
	// keys: phases.fit.says.inside phases.fit.says.smaller phases.fit.says.larger
	how := "inside"
	if !c.Inside {
		how = "larger"
		if c.Here.Inhabitants < c.Low {
			how = "smaller"
		}
	}
	return i18n.T(ctx, "phases.fit.says."+how, "name", c.Here.Name, "n", len(c.There), "nearest", c.Nearest)
}

// badge says how a place compares in one thing.
func (a Aspect) badge(ctx context.Context) ui.BadgeProps {
	tone := map[string]ui.Tone{Alike: ui.OK, Differs: ui.Warning, Missing: ui.Neutral}[a.Verdict]
	return ui.BadgeProps{Tone: tone, Label: i18n.T(ctx, "phases.fit.aspect."+a.Verdict)}
}

// point is what there is to do about it; empty where the places are alike.
func (a Aspect) point(ctx context.Context) string {
	// keys: phases.fit.point.differs.size phases.fit.point.differs.urbanity phases.fit.point.differs.ages
	// keys: phases.fit.point.unknown.size phases.fit.point.unknown.urbanity phases.fit.point.unknown.ages
	if a.Verdict == Alike {
		return ""
	}
	return i18n.T(ctx, "phases.fit.point."+a.Verdict+"."+a.Name)
}

// figure is one line of figures: how it is read and written.
type figure struct {
	of    func(Municipality) float64
	write func(ctx context.Context, v float64) string
}

func rounded(ctx context.Context, v float64) string { return i18n.Decimal(ctx, v, 0) }

func percent(ctx context.Context, v float64) string { return i18n.Percent(ctx, v, 0) }

func className(ctx context.Context, v float64) string {
	return i18n.T(ctx, "phases.fit.class."+number(int64(v)))
}

var (
	people    = figure{func(m Municipality) float64 { return float64(m.Inhabitants) }, rounded}
	density   = figure{func(m Municipality) float64 { return m.Density }, rounded}
	addresses = figure{func(m Municipality) float64 { return m.Addresses }, rounded}
	classes   = figure{class, className}
	over75    = figure{func(m Municipality) float64 { return m.Over75 }, percent}
)

// here and there write a figure of the place, and of those where it runs; empty
// where it is not known.
func (c Comparison) here(ctx context.Context, f figure) string {
	if v := f.of(*c.Here); v > 0 {
		return f.write(ctx, v)
	}
	return ""
}

func (c Comparison) there(ctx context.Context, f figure) string {
	low, high, ok := spread(c.Others, f.of)
	if !ok {
		return ""
	}
	a, b := f.write(ctx, low), f.write(ctx, high)
	if a == b {
		return a
	}
	return i18n.T(ctx, "phases.fit.range", "low", a, "high", b)
}

// both says a figure of here and there in one sentence, or which one is not known.
// The key says what the figure is of.
func (c Comparison) both(ctx context.Context, key string, f figure, args ...any) string {
	here, there := c.here(ctx, f), c.there(ctx, f)
	args = append(args, "name", c.Here.Name, "here", here, "there", there)
	switch {
	case here == "" && there == "":
		key += ".neither"
	case here == "":
		key += ".there"
	case there == "":
		key += ".here"
	}
	return i18n.T(ctx, key, args...)
}

// says tells in plain words how the places compare in one thing, a figure beside
// each.
//
// keys: phases.fit.size phases.fit.size.* phases.fit.crowd phases.fit.crowd.* phases.fit.urban phases.fit.urban.* phases.fit.ages phases.fit.ages.*
func (c Comparison) says(ctx context.Context, a Aspect) []string {
	switch a.Name {
	case Size:
		return []string{c.both(ctx, "phases.fit.size", people)}
	case Urbanity:
		return []string{c.both(ctx, "phases.fit.crowd", density), c.both(ctx, "phases.fit.urban", classes)}
	}
	f := figure{group(a.Group), rounded}
	return []string{c.both(ctx, "phases.fit.ages", f, "group", groupName(ctx, a.Group))}
}

func groupName(ctx context.Context, g int) string {
	return i18n.T(ctx, "phases.fit.group."+number(int64(AgesFrom[g])))
}

func (c Comparison) row(ctx context.Context, label string, f figure) []ui.Cell {
	here, there := c.here(ctx, f), c.there(ctx, f)
	unknown := i18n.T(ctx, "phases.fit.unknown")
	if here == "" {
		here = unknown
	}
	if there == "" {
		there = unknown
	}
	return ui.Text(label, here, there)
}

func (c Comparison) table(ctx context.Context, caption string) ui.TableProps {
	return ui.TableProps{Caption: i18n.T(ctx, caption), Quiet: true, Columns: []ui.Column{{Label: i18n.T(ctx, "phases.fit.what")},
		{Label: c.Here.Name, Num: true}, {Label: i18n.T(ctx, "phases.fit.there"), Num: true}}}
}

// context is the table of what is known of the places, and what is not.
func (c Comparison) context(ctx context.Context) ui.TableProps {
	t := c.table(ctx, "phases.fit.context")
	t.Rows = [][]ui.Cell{
		c.row(ctx, i18n.T(ctx, "phases.fit.inhabitants"), people),
		c.row(ctx, i18n.T(ctx, "phases.fit.density"), density),
		c.row(ctx, i18n.T(ctx, "phases.fit.addresses"), addresses),
		c.row(ctx, i18n.T(ctx, "phases.fit.class"), classes),
	}
	return t
}

// ageTable is the table of ages.
func (c Comparison) ageTable(ctx context.Context) ui.TableProps {
	t := c.table(ctx, "phases.fit.age")
	for g := range AgesFrom {
		t.Rows = append(t.Rows, c.row(ctx, groupName(ctx, g), figure{group(g), percent}))
	}
	if c.here(ctx, over75)+c.there(ctx, over75) != "" {
		t.Rows = append(t.Rows, c.row(ctx, i18n.T(ctx, "phases.fit.group.75"), over75))
	}
	return t
}

// notes say where the figures come from, as far as it matters for reading them.
func (c Comparison) notes(ctx context.Context) []string {
	var list []string
	if c.Nameless > 0 {
		list = append(list, i18n.T(ctx, "phases.fit.nameless", "n", c.Nameless))
	}
	all := append(slices.Clone(c.Others), *c.Here)
	if slices.ContainsFunc(all, func(m Municipality) bool { return m.Estimated }) {
		list = append(list, i18n.T(ctx, "phases.fit.estimated"))
	}
	if slices.ContainsFunc(all, func(m Municipality) bool { return m.Demonstration }) {
		list = append(list, i18n.T(ctx, "phases.fit.made"))
	}
	return list
}

// Points are all that can become an action: open preconditions, and where the
// places differ or a figure is missing. What an action is about is not in it.
func (f Fitting) Points(ctx context.Context) []string {
	list := f.OpenPoints()
	for _, a := range f.Aspects {
		if p := a.point(ctx); p != "" && !f.taken(p) {
			list = append(list, p)
		}
	}
	return list
}

// taken tells whether an action is about a point.
func (f Fitting) taken(point string) bool {
	return slices.ContainsFunc(f.Actions, func(a Action) bool { return a.Title == short(point, textMost) })
}
