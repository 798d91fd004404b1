package initiatives

import (
	"context"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
)

// facts are the first things to know about an initiative.
func facts(ctx context.Context, i Initiative) []ui.Pair {
	var list []ui.Pair
	add := func(key, value string) {
		if value != "" {
			list = append(list, ui.Fact(i18n.T(ctx, "initiatives.fact."+key), value))
		}
	}
	add("for", strings.Join(i.TargetGroups, ", "))
	var towns []string
	for _, m := range i.Municipalities {
		towns = append(towns, m.Name)
	}
	add("towns", strings.Join(towns, ", "))
	for _, f := range i.Former {
		add("former", i18n.T(ctx, "initiatives.former", "name", f.Name, "now", f.Now))
	}
	region := i.Region
	if i.Country != "" {
		region = strings.TrimPrefix(region+", "+i.Country, ", ")
	}
	add("region", region)
	add("themes", strings.Join(words(ctx, "theme", i.Themes), ", "))
	phase := stand(ctx, i.Phase)
	if i.Phase.Note != "" {
		phase += ". " + i.Phase.Note
	}
	list = append(list, ui.Fact(i18n.T(ctx, "initiatives.fact.phase"), phase),
		ui.Pair{Cell: ui.Cell{Text: i18n.T(ctx, "initiatives.models.link"), Path: "/initiatieven/fasen"}, Key: i18n.T(ctx, "initiatives.fact.phases")})
	return list
}

func parties(ctx context.Context, i Initiative) []ui.Pair {
	var list []ui.Pair
	for _, p := range i.Parties {
		list = append(list, ui.Fact(p.Name, p.Role))
	}
	for _, f := range i.Funders {
		what := i18n.T(ctx, "initiatives.funder")
		if f.Cents != nil {
			what += ": " + i18n.Euro(ctx, *f.Cents)
		}
		if f.Note != "" {
			what += " (" + f.Note + ")"
		}
		list = append(list, ui.Fact(f.Name, what))
	}
	return list
}

func ofType(list []Evidence, kind string) []Evidence {
	var some []Evidence
	for _, e := range list {
		if e.Type == kind {
			some = append(some, e)
		}
	}
	return some
}

// evidenceSentence says what all figures together mean.
func evidenceSentence(ctx context.Context, i Initiative) string {
	switch s := i.Strength(); {
	case len(i.Evidence) == 0:
		return i18n.T(ctx, "initiatives.evidence.none")
	case s == "":
		return i18n.T(ctx, "initiatives.evidence.noresult", "n", len(i.Evidence))
	default:
		return i18n.T(ctx, "initiatives.evidence.best", "n", len(ofType(i.Evidence, "outcome")), "strength", strings.ToLower(word(ctx, "strength", s)))
	}
}

// unknown says in a sentence what is not known.
func unknown(ctx context.Context, what string, i Initiative) string {
	return i18n.T(ctx, "initiatives.unknown."+what, "year", year(i.Phase.Year))
}

func nearProps(ctx context.Context, c Card) ui.CardProps {
	p := cardProps(ctx, c)
	p.Level = 3
	return p
}

// compareTable has a row for each thing to compare and a column for each initiative.
func compareTable(ctx context.Context, v compareView) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "initiatives.compare.title"), Quiet: true, Columns: []ui.Column{{Label: i18n.T(ctx, "initiatives.col.what")}}}
	for _, d := range v.List {
		t.Columns = append(t.Columns, ui.Column{Label: d.Name, Path: address(d.Slug)})
	}
	row := func(key string, cell func(k int, d Detail) templ.Component) {
		cells := []ui.Cell{{Text: i18n.T(ctx, "initiatives.compare."+key)}}
		for k, d := range v.List {
			cells = append(cells, ui.Cell{Body: cell(k, d)})
		}
		t.Rows = append(t.Rows, cells)
	}
	one := func(s string) templ.Component {
		if s == "" {
			return items(nil)
		}
		return items([]string{s})
	}
	row("what", func(_ int, d Detail) templ.Component { return one(firstSentence(d.Summary)) })
	row("kind", func(_ int, d Detail) templ.Component { return one(word(ctx, "kind", d.Kind)) })
	row("phase", func(_ int, d Detail) templ.Component { return one(stand(ctx, d.Phase)) })
	row("for", func(_ int, d Detail) templ.Component { return one(strings.Join(d.TargetGroups, ", ")) })
	row("where", func(_ int, d Detail) templ.Component {
		var towns []string
		for _, m := range d.Municipalities {
			towns = append(towns, m.Name)
		}
		if len(towns) == 0 {
			return one(d.Region)
		}
		return one(few(ctx, towns, 4))
	})
	row("strength", func(_ int, d Detail) templ.Component {
		return one(dots(d.Strength()) + " " + strengthBadge(ctx, d.Strength()).Label)
	})
	row("results", func(_ int, d Detail) templ.Component {
		var list []string
		for _, e := range ofType(d.Evidence, "outcome") {
			result := e.Metric + ": " + e.shown(ctx)
			if e.Comparison != "" {
				result += " (" + e.Comparison + ")"
			}
			list = append(list, result)
		}
		return brief(ctx, list)
	})
	row("costs", func(_ int, d Detail) templ.Component {
		var list []string
		for _, c := range d.Costs {
			list = append(list, c.Item+": "+i18n.Euro(ctx, c.Cents))
		}
		return brief(ctx, list)
	})
	row("preconditions", func(_ int, d Detail) templ.Component { return brief(ctx, d.Preconditions) })
	row("barriers", func(_ int, d Detail) templ.Component {
		var list []string
		for _, o := range d.Obstacles {
			list = append(list, o.Name)
		}
		return brief(ctx, list)
	})
	row("parties", func(_ int, d Detail) templ.Component {
		var list []string
		for _, p := range d.Parties {
			list = append(list, p.Name)
		}
		return one(few(ctx, list, 3))
	})
	row("unknown", func(k int, d Detail) templ.Component {
		var list []string
		for _, u := range v.Unknown[k] {
			list = append(list, unknown(ctx, u, d.Initiative))
		}
		return brief(ctx, list)
	})
	return t
}

// briefMost is how many things stand in one cell, so that a comparison is short.
const briefMost = 3

func brief(ctx context.Context, list []string) templ.Component {
	if more := len(list) - briefMost; more > 0 {
		list = append(slices.Clone(list[:briefMost]), i18n.T(ctx, "initiatives.more", "n", more))
	}
	return items(list)
}

func firstSentence(text string) string {
	if k := strings.Index(text, ". "); k > 0 {
		return text[:k+1]
	}
	return text
}

// mostFigure shows which barriers are met most.
func mostFigure(ctx context.Context, groups []group) ui.FigureProps {
	top := mostMet(groups, 5)
	if len(top) == 0 {
		return ui.FigureProps{Title: i18n.T(ctx, "initiatives.barriers.most"), Picture: templ.NopComponent}
	}
	var bars []ui.Bar
	for _, e := range top {
		bars = append(bars, ui.Bar{Label: e.Name, Value: float64(e.Met), Shown: i18n.Number(ctx, e.Met)})
	}
	return ui.FigureProps{Title: i18n.T(ctx, "initiatives.barriers.most"), Sentence: i18n.T(ctx, "initiatives.barriers.sentence", "name", top[0].Name, "n", top[0].Met),
		Picture: ui.Bars(bars)}
}

// some names the first initiatives that met a barrier.
func some(ctx context.Context, e Entry) string {
	names := make([]string, len(e.Some))
	for k, l := range e.Some {
		names[k] = l.Name
	}
	s := strings.Join(names, ", ")
	if more := e.Met - len(names); more > 0 {
		s += " " + i18n.T(ctx, "initiatives.more", "n", more)
	}
	return s
}

// metBy says how many initiatives met a barrier.
func metBy(ctx context.Context, e Entry) string {
	if e.Met == 0 {
		return i18n.T(ctx, "initiatives.metby.none")
	}
	return i18n.T(ctx, "initiatives.barriers.metby", "n", e.Met)
}

func metMeta(ctx context.Context, m MetBy) []string {
	list := []string{stand(ctx, m.Phase)}
	if len(m.Places) > 0 {
		list = append(list, few(ctx, m.Places, 3))
	}
	return list
}
