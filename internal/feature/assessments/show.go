package assessments

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/themes"
)

// What the pages are made of.

type listView struct {
	Filter
	Listing
	Tester bool
	Now    time.Time
}

type howView struct{}

type cardView struct {
	Card
	Newer, Stop *web.Form
	Now         time.Time
	Said        string
}

type printView struct {
	Card
	Now         time.Time
	Address, QR string
}

type deskView struct {
	Desk
	Now  time.Time
	Said string
}

type askView struct {
	Application
	Form          *web.Form
	Organisations []Link
}

type takeView struct{ Form *web.Form }

type testView struct {
	View
	Form   *web.Form
	Said   string
	Speaks int    // the seat for which the actor settles, or -1
	Path   string // of the cards
}

// keys: assessments.criterion.* assessments.score.* assessments.verdict.good assessments.verdict.mixed assessments.verdict.refused
// keys: assessments.rule.* assessments.status.* assessments.platform.*
func word(ctx context.Context, of, value string) string {
	return i18n.T(ctx, "assessments."+of+"."+value)
}

// meaning says what a verdict means for who wants to use the application.
//
// keys: assessments.meaning.*
func meaning(ctx context.Context, v Verdict) string {
	return i18n.T(ctx, "assessments.meaning."+string(v))
}

// asks are the plain questions that help with a criterion.
//
// keys: assessments.ask.*
func asks(ctx context.Context, criterion string) []string {
	return strings.Split(i18n.T(ctx, "assessments.ask."+criterion), "\n")
}

func crumbs(ctx context.Context, desk bool) []ui.Crumb {
	list := []ui.Crumb{{Label: i18n.T(ctx, "assessments.title"), Path: base}}
	if desk {
		list = append(list, ui.Crumb{Label: i18n.T(ctx, "assessments.desk"), Path: deskPath})
	}
	return list
}

func (v Verdict) tone() ui.Tone {
	return map[Verdict]ui.Tone{Good: ui.OK, Mixed: ui.Warning, Refused: ui.Error}[v]
}

func (s Score) tone() ui.Tone {
	return map[Score]ui.Tone{ScoreGood: ui.OK, ScoreMixed: ui.Warning, ScoreBad: ui.Error}[s]
}

// badges are the marks of a verdict in a list and on its card.
func (a *Assessment) badges(ctx context.Context, now time.Time) []ui.BadgeProps {
	tone := a.Verdict.tone()
	if a.Over(now) && a.Verdict != Refused {
		tone = ui.Neutral
	}
	list := []ui.BadgeProps{{Label: word(ctx, "verdict", string(a.Verdict)), Tone: tone}}
	if a.Over(now) {
		list = append(list, ui.BadgeProps{Label: i18n.T(ctx, "assessments.lapsed"), Tone: ui.Warning})
	}
	if a.Newer != "" {
		list = append(list, ui.BadgeProps{Label: i18n.T(ctx, "assessments.older"), Tone: ui.Warning})
	}
	if a.Body.Origin != nil {
		list = append(list, ui.BadgeProps{Label: i18n.T(ctx, "assessments.taken"), Tone: ui.Info})
	}
	if a.Demonstration {
		list = append(list, ui.BadgeProps{Label: i18n.T(ctx, "assessments.demonstration"), Tone: ui.Info})
	}
	return list
}

// meta are the short facts at the foot of a card.
func (a *Assessment) meta(ctx context.Context) []string {
	return []string{i18n.T(ctx, "assessments.version", "version", a.Version), i18n.T(ctx, "assessments.tested", "date", i18n.Date(ctx, a.Tested))}
}

// facts are what stands on the card.
func (a *Assessment) facts(ctx context.Context, now time.Time) []ui.Pair {
	b := &a.Body
	fact := func(key, value string) ui.Pair { return ui.Fact(i18n.T(ctx, "assessments.fact."+key), value) }
	version := a.Version
	if a.Newer != "" {
		version = i18n.T(ctx, "assessments.older.text", "version", a.Version, "newer", a.Newer, "date", i18n.Date(ctx, a.NewerAt))
	}
	// keys: assessments.fact.*
	list := []ui.Pair{fact("version", version), fact("tested", i18n.Date(ctx, a.Tested))}
	if a.Over(now) {
		list = append(list, fact("lapsed", i18n.Date(ctx, a.Lapses)))
	} else if !a.Lapses.IsZero() {
		list = append(list, fact("lapses", i18n.Date(ctx, a.Lapses)))
	}
	list = append(list, fact("by", strings.Join(b.By, ", ")))
	gaps := i18n.T(ctx, "assessments.nothing")
	if list := b.Gaps(); len(list) > 0 {
		for k := range list {
			list[k] = word(ctx, "criterion", list[k])
		}
		gaps = strings.Join(list, ", ")
	}
	list = append(list, fact("gaps", gaps))
	if o := b.Origin; o != nil {
		list = append(list, fact("origin", i18n.T(ctx, "assessments.origin", "name", o.Name, "date", i18n.Date(ctx, o.Taken))))
		if o.URL != "" {
			list = append(list, fact("address", o.URL))
		}
	}
	if b.Vendor != "" {
		list = append(list, fact("vendor", b.Vendor))
	}
	if len(b.Platforms) > 0 {
		names := make([]string, len(b.Platforms))
		for k, p := range b.Platforms {
			names[k] = word(ctx, "platform", p)
		}
		list = append(list, fact("platforms", strings.Join(names, ", ")))
	}
	return list
}

// why says by which rule, and why it was lowered.
func (a *Assessment) why(ctx context.Context) []string {
	var list []string
	if a.Body.Rule != "" {
		list = append(list, i18n.T(ctx, "assessments.because", "rule", word(ctx, "rule", a.Body.Rule)))
	}
	if v, _ := Judge(a.Body.Results); a.Verdict != "" && v != a.Verdict && len(a.Body.Lowered) == 0 {
		list = append(list, i18n.T(ctx, "assessments.bound", "verdict", word(ctx, "verdict", string(a.Verdict))))
	}
	for _, r := range a.Body.Lowered {
		list = append(list, i18n.T(ctx, "assessments.lowered", "reason", r))
	}
	return list
}

// table tells what was found of each criterion.
func (a *Assessment) table(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "assessments.found"), Quiet: true, Columns: []ui.Column{{Label: i18n.T(ctx, "assessments.col.criterion")},
		{Label: i18n.T(ctx, "assessments.col.score")}, {Label: i18n.T(ctx, "assessments.col.reasons")}}}
	for _, r := range a.Body.Results {
		t.Rows = append(t.Rows, []ui.Cell{{Text: word(ctx, "criterion", r.Criterion)},
			{Body: ui.Badge(ui.BadgeProps{Label: word(ctx, "score", string(r.Score)), Tone: r.Score.tone()})}, {Body: reasonList(r)}})
	}
	return t
}

// ruleTable is the table by which scores become a verdict.
func ruleTable(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "assessments.how.rules"), Quiet: true, Columns: []ui.Column{{Label: i18n.T(ctx, "assessments.col.rule")},
		{Label: i18n.T(ctx, "assessments.col.verdict")}}}
	for _, r := range Rules {
		t.Rows = append(t.Rows, []ui.Cell{{Text: word(ctx, "rule", r.Name)}, {Body: ui.Badge(ui.BadgeProps{Label: word(ctx, "verdict", string(r.Verdict)), Tone: r.Verdict.tone()})}})
	}
	return t
}

// side puts the scores of all testers side by side.
func (p *testView) side(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "assessments.side"), Columns: []ui.Column{{Label: i18n.T(ctx, "assessments.col.criterion")}}}
	for _, seat := range p.Seats {
		t.Columns = append(t.Columns, ui.Column{Label: seat.Name})
	}
	for _, c := range Criteria {
		row := []ui.Cell{{Text: word(ctx, "criterion", c)}}
		for k := range p.Seats {
			m, _ := p.Seats[k].mark(c)
			row = append(row, ui.Cell{Body: foundBy(m)})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// stance is what a seat said to settle a criterion.
func (p *testView) stance(ctx context.Context, criterion string, seat Seat) string {
	k := slices.IndexFunc(p.Stances, func(o Stance) bool { return o.Criterion == criterion && o.Seat == seat.ID })
	if k < 0 {
		return i18n.T(ctx, "assessments.silent")
	}
	of := "score"
	if criterion == overall {
		of = "verdict"
	}
	return i18n.T(ctx, "assessments.says", "score", word(ctx, of, p.Stances[k].Score), "reason", p.Stances[k].Reason)
}

// stances tells what all seats said of a criterion.
func (p *testView) stances(ctx context.Context, criterion string) []ui.Pair {
	var list []ui.Pair
	for _, seat := range p.Seats {
		list = append(list, ui.Fact(seat.Name, p.stance(ctx, criterion, seat)))
	}
	return list
}

// lowerable tells whether the verdict can be lowered now.
func (p *testView) lowerable() bool {
	v, _ := Judge(p.Outcome.Results)
	return p.Outcome.Rule != "" && v != Refused
}

func (p *testView) lowerOptions(ctx context.Context) []ui.Option {
	v, _ := Judge(p.Outcome.Results)
	return options(ctx, "verdict", notAbove(v))
}

func options[T ~string](ctx context.Context, of string, list []T) []ui.Option {
	out := make([]ui.Option, len(list))
	for k, v := range list {
		out[k] = ui.Option{Value: string(v), Label: word(ctx, of, string(v))}
	}
	return out
}

func termOptions(ctx context.Context) []ui.Option {
	out := make([]ui.Option, len(terms))
	for k, n := range terms {
		out[k] = ui.Option{Value: strconv.Itoa(n), Label: i18n.T(ctx, "assessments.months", "n", n)}
	}
	return out
}

func linkOptions(list []Link) []ui.Option {
	out := make([]ui.Option, len(list))
	for k, l := range list {
		out[k] = ui.Option{Value: l.ID, Label: l.Name}
	}
	return out
}

// seatState says how far a seat is.
func seatState(ctx context.Context, s Seat) string {
	switch {
	case !s.Handed.IsZero():
		return i18n.T(ctx, "assessments.seat.handed", "date", i18n.Date(ctx, s.Handed))
	case s.Person != "":
		return i18n.T(ctx, "assessments.seat.busy")
	}
	return i18n.T(ctx, "assessments.seat.empty")
}

func (p *testView) scoring() bool {
	return p.Status == Scoring && p.Own >= 0 && p.Seats[p.Own].Handed.IsZero()
}

func (p *testView) settling() bool {
	return (p.Status == Settling || p.Status == Ready) && len(p.Seats) > 0
}

// next is the page that goes on from here.
func (p listView) next() string {
	if p.Next == "" {
		return ""
	}
	q := "?na=" + p.Next
	if p.Verdict != "" {
		q += "&oordeel=" + string(p.Verdict)
	}
	if p.Theme != "" {
		q += "&thema=" + p.Theme
	}
	return base + q
}

func (p listView) verdictOptions(ctx context.Context) []ui.Option {
	list := []ui.Option{{Label: i18n.T(ctx, "assessments.any")}}
	for _, v := range Verdicts {
		if v != Refused || p.Tester {
			list = append(list, ui.Option{Value: string(v), Label: i18n.T(ctx, "assessments.counted", "name", word(ctx, "verdict", string(v)), "n", p.Verdicts[v])})
		}
	}
	return list
}

func (p listView) themeOptions(ctx context.Context) []ui.Option {
	list := []ui.Option{{Label: i18n.T(ctx, "assessments.any")}}
	for _, t := range themes.All {
		if n := p.Themes[t]; n > 0 || t == p.Theme {
			list = append(list, ui.Option{Value: t, Label: i18n.T(ctx, "assessments.counted", "name", themes.Name(ctx, t), "n", n)})
		}
	}
	return list
}

func (p askView) heading(ctx context.Context) string {
	if p.Name == "" {
		return i18n.T(ctx, "assessments.new")
	}
	return i18n.T(ctx, "assessments.new.of", "name", p.Name)
}

func edit(s Seat) string { return strconv.Itoa(s.Edit) }

func pageTitle(ctx context.Context, name string) string {
	return i18n.T(ctx, "assessments.card", "name", name)
}

// stand are the marks of a test that is no card yet.
func (a *Assessment) stand(ctx context.Context) []ui.BadgeProps {
	tone := ui.Info
	switch a.Status {
	case Settling:
		tone = ui.Warning
	case Published:
		tone = ui.OK
	case Stopped, Replaced:
		tone = ui.Neutral
	}
	list := []ui.BadgeProps{{Label: word(ctx, "status", string(a.Status)), Tone: tone}}
	if a.Verdict != "" {
		list = append(list, ui.BadgeProps{Label: word(ctx, "verdict", string(a.Verdict)), Tone: a.Verdict.tone()})
	}
	if a.Demonstration {
		list = append(list, ui.BadgeProps{Label: i18n.T(ctx, "assessments.demonstration"), Tone: ui.Info})
	}
	return list
}

// open tells whether a criterion is still to be settled.
func (p *testView) open(criterion string) bool { return slices.Contains(p.Outcome.Open, criterion) }

func settleLabel(ctx context.Context, criterion string) string {
	if criterion == overall {
		return i18n.T(ctx, "assessments.lower.go")
	}
	return i18n.T(ctx, "assessments.settle.go", "criterion", word(ctx, "criterion", criterion))
}

func todoNext(after string) string { return deskPath + "?" + url.Values{"na": {after}}.Encode() }
