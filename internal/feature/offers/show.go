package offers

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/search"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/trust/themes"
)

func viewTabs(ctx context.Context, v listView) []ui.Tab {
	return []ui.Tab{
		{Label: i18n.T(ctx, "offers.view.list"), Path: v.at("/aanbod"), Current: v.View == ""},
		{Label: i18n.T(ctx, "offers.view.map"), Path: v.at("/aanbod", askView, viewMap), Current: v.View == viewMap},
	}
}

func pages(ctx context.Context, v listView) ui.PageLinks {
	p := ui.PageLinks{Shown: i18n.T(ctx, "offers.shown", "some", len(v.Cards), "n", v.Total)}
	if v.Next != "" {
		p.Next = v.at("/aanbod", askAfter, cursor(v.Next))
	}
	if v.Previous != "" {
		p.Previous = v.at("/aanbod", askBefore, cursor(v.Previous))
	}
	return p
}

// picks are the names of what was chosen, each with the address without it.
func (v listView) picks(ctx context.Context) []string {
	var list []string
	add := func(s string) {
		if s != "" {
			list = append(list, s)
		}
	}
	add(v.Words)
	add(word(ctx, "kind", v.Kind))
	add(themes.Name(ctx, v.Theme))
	add(themes.AreaName(ctx, v.Area))
	add(word(ctx, "audience", v.Audience))
	add(word(ctx, "cost", v.Cost))
	add(word(ctx, "where", v.Where))
	if v.Language != "" {
		add(langName(ctx, v.Language))
	}
	if v.Km > 0 && v.From != nil {
		add(i18n.T(ctx, "offers.within", "km", v.Km, "postcode", v.Postcode))
	}
	if v.Wheelchair {
		add(word(ctx, "access", "wheelchair"))
	}
	if v.Open {
		add(i18n.T(ctx, "offers.filter.open"))
	}
	return list
}

func kmOptions(ctx context.Context) []ui.Option {
	list := []ui.Option{{Value: "", Label: i18n.T(ctx, "offers.filter.anykm")}}
	for _, n := range Distances {
		list = append(list, ui.Option{Value: strconv.Itoa(n), Label: i18n.T(ctx, "offers.filter.km", "km", n)})
	}
	return list
}

func kmValue(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func yes(b bool, value string) string {
	if b {
		return value
	}
	return ""
}

func cardProps(ctx context.Context, c Card) ui.CardProps {
	i := c.item
	p := ui.CardProps{Title: c.Name, Path: Path(c.Slug), Level: 2}
	if c.Old {
		p.Badges = append(p.Badges, ui.BadgeProps{Tone: ui.Warning, Label: i18n.T(ctx, "offers.old")})
	}
	if b := c.Badge; b != nil {
		p.Badges = append(p.Badges, b.props())
	}
	p.Meta = append(p.Meta, word(ctx, "kind", c.Kind))
	if len(i.slots) > 0 {
		p.Meta = append(p.Meta, i.slots[0].say(ctx, time.Time{}))
	}
	if where := i.place(ctx); where != "" {
		p.Meta = append(p.Meta, where)
	}
	if c.Km >= 0 {
		p.Meta = append(p.Meta, i18n.T(ctx, "offers.far", "km", distance(c.Km)))
	}
	if cost := costSaid(ctx, costCode(i.cost), i.cents, i.per); cost != "" {
		p.Meta = append(p.Meta, cost)
	}
	if c.Found != nil {
		p.Spans = spans(c.Found.TitleSpans)
	}
	return p
}

func (b *Badge) props() ui.BadgeProps {
	if b.Lapsed {
		return ui.BadgeProps{Tone: ui.Warning, Label: b.Text}
	}
	return ui.BadgeProps{Tone: ui.OK, Label: b.Text}
}

func costCode(b uint8) string {
	if b == 0 {
		return ""
	}
	return Costs[bitsLow(b)]
}

// place says in a few words where it is.
func (i *item) place(ctx context.Context) string {
	for _, s := range i.spots {
		if s.name != "" {
			return s.name
		}
		if s.town != "" {
			return s.town
		}
	}
	for k, w := range Wheres {
		if i.where&(1<<k) != 0 && w != "nearby" {
			return word(ctx, "where", w)
		}
	}
	return ""
}

// distance is a number of kilometres as people say it.
func distance(km float64) string {
	if km < 0.1 {
		return "0,1"
	}
	return strings.Replace(strconv.FormatFloat(km, 'f', 1, 64), ".", ",", 1)
}

// costSaid says what it costs.
func costSaid(ctx context.Context, kind string, cents int64, per string) string {
	if kind == "paid" && cents > 0 {
		amount := fmt.Sprintf("€ %d,%02d", cents/100, cents%100)
		if per == "" {
			return amount
		}
		return amount + " " + word(ctx, "per", per)
	}
	return word(ctx, "cost", kind)
}

func spans(list []search.Span) []ui.Span {
	out := make([]ui.Span, len(list))
	for k, s := range list {
		out[k] = ui.Span(s)
	}
	return out
}

// weekdayKeys are the names of the days, by time.Weekday.
//
// keys: i18n.weekday.*
func weekdayName(ctx context.Context, d int) string {
	return i18n.T(ctx, "i18n.weekday."+strconv.Itoa(d))
}

const workdays, alldays = 0b0111110, 0b1111111

func (s slot) dayNames(ctx context.Context) string {
	var names []string
	for _, d := range []int{1, 2, 3, 4, 5, 6, 0} {
		if s.days&(1<<d) != 0 {
			names = append(names, weekdayName(ctx, d))
		}
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " " + i18n.T(ctx, "offers.and") + " " + names[n-1]
	}
	return strings.Join(names, "")
}

// datesShown is how many dates a sentence names.
const datesShown = 3

// say tells when it is. Of dates it names those from now on; a zero now names the
// first.
//
// keys: offers.when.nth.1 offers.when.nth.2 offers.when.nth.3 offers.when.nth.4 offers.when.nth.5 offers.when.nth.last
func (s slot) say(ctx context.Context, now time.Time) string {
	var parts []string
	switch {
	case s.days == 0:
	case s.nth < 0:
		parts = append(parts, i18n.T(ctx, "offers.when.nth.last", "days", s.dayNames(ctx)))
	case s.nth > 0:
		parts = append(parts, i18n.T(ctx, "offers.when.nth."+strconv.Itoa(int(s.nth)), "days", s.dayNames(ctx)))
	case s.every > 1:
		parts = append(parts, i18n.T(ctx, "offers.when.every", "weeks", int(s.every), "days", s.dayNames(ctx)))
	case s.days == alldays:
		parts = append(parts, i18n.T(ctx, "offers.when.daily"))
	case s.days == workdays:
		parts = append(parts, i18n.T(ctx, "offers.when.workdays"))
	default:
		parts = append(parts, i18n.T(ctx, "offers.when.weekly", "days", s.dayNames(ctx)))
	}
	if len(s.dates) > 0 {
		parts = append(parts, s.datesSaid(ctx, now))
	}
	switch {
	case s.from >= 0 && s.to >= 0:
		parts = append(parts, i18n.T(ctx, "offers.when.times", "from", clockOf(s.from), "to", clockOf(s.to)))
	case s.from >= 0:
		parts = append(parts, i18n.T(ctx, "offers.when.from", "from", clockOf(s.from)))
	}
	return strings.TrimSpace(strings.Join(parts, " "))
}

func (s slot) datesSaid(ctx context.Context, now time.Time) string {
	dates := slices.Clone(s.dates)
	slices.Sort(dates)
	today := int32(0)
	if !now.IsZero() {
		today = dayOf(now)
	}
	dates = slices.DeleteFunc(dates, func(d int32) bool { return d < today })
	if len(dates) == 0 {
		return i18n.T(ctx, "offers.when.over")
	}
	var names []string
	for _, d := range dates[:min(datesShown, len(dates))] {
		names = append(names, i18n.Date(ctx, time.Unix(int64(d)*86400+43200, 0)))
	}
	if more := len(dates) - datesShown; more > 0 {
		return i18n.T(ctx, "offers.when.more", "dates", strings.Join(names, ", "), "n", more)
	}
	return strings.Join(names, ", ")
}

func clockOf(m int16) string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }

// facts are what the page of an offer tells in short.
func facts(ctx context.Context, d *Detail, now time.Time) []ui.Pair {
	o := &d.Offer
	var list []ui.Pair
	add := func(key, value string) {
		if value != "" {
			list = append(list, ui.Fact(i18n.T(ctx, "offers.fact."+key), value))
		}
	}
	// keys: offers.fact.for offers.fact.audience offers.fact.gives offers.fact.when offers.fact.cost offers.fact.where offers.fact.by
	// keys: offers.fact.languages offers.fact.access offers.fact.ground offers.fact.themes offers.fact.areas offers.fact.platforms offers.fact.vendor
	add("gives", o.Gives)
	add("for", o.For)
	add("audience", words(ctx, "audience", o.Audience))
	var when []string
	for _, s := range o.Schedule {
		text := slotOf(s).say(ctx, now)
		if s.Note != "" {
			text = strings.TrimSpace(text + " (" + s.Note + ")")
		}
		when = append(when, text)
	}
	add("when", strings.Join(when, "; "))
	add("where", words(ctx, "where", o.Where))
	add("cost", strings.TrimSpace(costSaid(ctx, o.Cost.Kind, o.Cost.Cents, o.Cost.Per)+" "+o.Cost.Note))
	add("by", d.By.Name)
	add("languages", langNames(ctx, o.Languages))
	add("access", words(ctx, "access", o.Accessible))
	add("ground", word(ctx, "ground", o.Ground))
	if a := o.Application; a != nil {
		add("platforms", words(ctx, "platform", a.Platforms))
		add("vendor", a.Vendor)
	}
	add("themes", themeNames(ctx, o.Themes))
	add("areas", areaNames(ctx, o.Areas))
	if o.UPL != "" {
		list = append(list, ui.Pair{Key: i18n.T(ctx, "offers.fact.upl"), Cell: ui.Cell{Text: strings.ReplaceAll(o.UPL[strings.LastIndexByte(o.UPL, '/')+1:], "_", " ")}})
	}
	if d.Case != nil {
		list = append(list, ui.Pair{Key: i18n.T(ctx, "offers.fact.case"), Cell: ui.Cell{Text: d.Case.Name, Path: d.Case.Path}})
	}
	return list
}

func areaNames(ctx context.Context, codes []string) string {
	out := make([]string, len(codes))
	for k, c := range codes {
		out[k] = themes.AreaName(ctx, c)
	}
	return strings.Join(out, ", ")
}

// checkedSaid says when and by whom it was looked at last.
//
// keys: offers.checked.organisation offers.checked.editor offers.checked.letter offers.checked.import
func checkedSaid(ctx context.Context, d *Detail) string {
	as := d.CheckedAs
	if as == "" {
		as = asEditor
	}
	return i18n.T(ctx, "offers.checked."+as, "date", i18n.Date(ctx, d.Checked), "name", d.By.Name)
}

// line is where it is, in one line.
func (l Location) line() string {
	var parts []string
	for _, p := range []string{l.Name, l.Street, strings.TrimSpace(l.Postcode + " " + l.Town)} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ", ")
}

// tel is a telephone link of a number as people write it.
func tel(number string) string {
	return "tel:" + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, number)
}

// usedSaid says how many people use it; "" for too few to tell.
func usedSaid(ctx context.Context, u Use) string {
	if u.N == 0 {
		return ""
	}
	said := i18n.T(ctx, "offers.used.n", "n", u.N)
	if u.Helps >= 0 {
		said += " " + i18n.T(ctx, "offers.used.helps", "n", u.Helps)
	}
	return said
}

// compared are the rows of the comparison.
func compared(ctx context.Context, list []Detail, now time.Time) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "offers.compare.title"), Quiet: true, Columns: []ui.Column{{Label: i18n.T(ctx, "offers.compare.what")}}}
	keys, cells := []string{}, map[string][]ui.Cell{}
	for k := range list {
		t.Columns = append(t.Columns, ui.Column{Label: list[k].Name})
		all := append([]ui.Pair{ui.Fact(i18n.T(ctx, "offers.fact.kind"), word(ctx, "kind", list[k].Kind)),
			ui.Fact(i18n.T(ctx, "offers.fact.summary"), list[k].Summary)}, facts(ctx, &list[k], now)...)
		for _, p := range append(all, ui.Fact(i18n.T(ctx, "offers.fact.checked"), checkedSaid(ctx, &list[k]))) {
			if cells[p.Key] == nil {
				keys = append(keys, p.Key)
				cells[p.Key] = make([]ui.Cell, len(list))
			}
			cells[p.Key][k] = p.Cell
		}
	}
	for _, key := range keys {
		row := []ui.Cell{{Text: key}}
		for _, c := range cells[key] {
			if c.Text == "" && c.Body == nil {
				c.Text = i18n.T(ctx, "offers.unknown")
			}
			row = append(row, c)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
