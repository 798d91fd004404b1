package initiatives

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/search"
	"wijkbaak.nl/internal/base/ui"
)

func viewTabs(ctx context.Context, v listView) []ui.Tab {
	tab := func(key, view string) ui.Tab {
		return ui.Tab{Label: i18n.T(ctx, "initiatives.view."+key), Path: v.at("/initiatieven", askView, view), Current: v.View == view}
	}
	return []ui.Tab{tab("cards", viewCards), tab("table", viewTable), tab("map", viewMap)}
}

// choices gives the fields of the filter. Without a choice they are the same until
// the overview changes, and are then made once for each language.
func (v listView) choices(ctx context.Context) templ.Component {
	if v.seen == nil || v.Filter != (Filter{}) {
		return choices(v)
	}
	lang := i18n.Lang(ctx)
	html, ok := v.seen.choices.Load(lang)
	if !ok {
		var b strings.Builder
		if err := choices(v).Render(ctx, &b); err != nil {
			return choices(v)
		}
		html = b.String()
		v.seen.choices.Store(lang, html)
	}
	return templ.Raw(html.(string))
}

func sortOptions(ctx context.Context) []ui.Option {
	var list []ui.Option
	for _, s := range Sorts {
		list = append(list, ui.Option{Value: toDutch(askSort, s), Label: word(ctx, "sort", s)})
	}
	return list
}

func yes(b bool) string {
	if b {
		return "ja"
	}
	return ""
}

func pages(ctx context.Context, v listView) ui.PageLinks {
	p := ui.PageLinks{Shown: i18n.T(ctx, "initiatives.shown", "some", len(v.Cards), "n", v.Total)}
	if v.Next != "" {
		p.Next = v.at("/initiatieven", askView, v.View, askAfter, cursor(v.Next))
	}
	if v.Previous != "" {
		p.Previous = v.at("/initiatieven", askView, v.View, askBefore, cursor(v.Previous))
	}
	return p
}

func cardProps(ctx context.Context, c Card) ui.CardProps {
	p := ui.CardProps{Title: c.Name, Path: address(c.Slug), Level: 2, Badges: []ui.BadgeProps{strengthBadge(ctx, c.Strength)},
		Meta: []string{word(ctx, "kind", c.Kind), stand(ctx, c.Phase)}}
	if where := c.where(ctx); where != "" {
		p.Meta = append(p.Meta, where)
	}
	if c.Found != nil {
		p.Spans = spans(c.Found.TitleSpans)
	}
	return p
}

// where is the places of a card, or else its region.
func (c Card) where(ctx context.Context) string {
	if len(c.Places) > 0 {
		return few(ctx, c.Places, 3)
	}
	return c.Region
}

func spans(list []search.Span) []ui.Span {
	out := make([]ui.Span, len(list))
	for k, s := range list {
		out[k] = ui.Span(s)
	}
	return out
}

func why(c Card) string { return strings.Join(c.Found.Why, ", ") }

func tableOf(ctx context.Context, v listView) ui.TableProps {
	sorted := v.Sort
	if sorted == "" {
		sorted = Sorts[0]
	}
	col := func(key, sort string) ui.Column {
		c := ui.Column{Label: i18n.T(ctx, "initiatives.col."+key)}
		if sort != "" && v.Words == "" { // what was searched for stands by how well it fits
			f := v.Filter
			f.Sort = sort
			c.Path = f.at("/initiatieven", askView, viewTable)
			if sorted == sort {
				c.Order = map[bool]string{true: "ascending", false: "descending"}[sort == Sorts[0]]
			}
		}
		return c
	}
	t := ui.TableProps{Caption: i18n.T(ctx, "initiatives.title"), Quiet: true, Columns: []ui.Column{
		col("name", "name"), col("kind", ""), col("phase", "year"), col("where", ""), col("strength", "strength"), col("cost", ""), col("compare", ""),
	}}
	for _, c := range v.Cards {
		cost := i18n.T(ctx, "initiatives.cost.no")
		if c.HasCost {
			cost = i18n.T(ctx, "initiatives.cost.yes")
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: c.Name, Path: address(c.Slug)}, {Text: word(ctx, "kind", c.Kind)}, {Text: stand(ctx, c.Phase)},
			{Text: c.where(ctx)}, {Text: strengthBadge(ctx, c.Strength).Label}, {Text: cost}, {Body: tick(c)}})
	}
	return t
}

func spotNames(list []Spot) []string {
	names := make([]string, len(list))
	for k, s := range list {
		names[k] = s.Name
	}
	return names
}

func spotsTable(ctx context.Context, m *mapView) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "initiatives.map.table"), Columns: []ui.Column{
		{Label: i18n.T(ctx, "initiatives.col.town")}, {Label: i18n.T(ctx, "initiatives.col.initiatives"), Num: true}}}
	paths := map[string]string{}
	for _, d := range m.Dots {
		paths[d.Name] = d.Path
	}
	for _, s := range m.Spots {
		t.Rows = append(t.Rows, []ui.Cell{{Text: s.Name, Path: paths[s.Name]}, {Text: i18n.Number(ctx, s.N)}})
	}
	return t
}
