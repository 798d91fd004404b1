package visions

import (
	"context"
	"strconv"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
)

// What the pages are made of.

type listView struct {
	Listing
	Today Day
	Later bool   // the page goes on in the published ones
	Post  string // where the reader says whether they want letters
}

// postView is where somebody stops the letters or begins them again.
type postView struct {
	Path  string
	Quiet bool
}

type editView struct {
	View
	Form       *web.Form
	Beginnings []Beginning
	Mine       []Compared // what was typed beside what somebody else kept
}

type visionView struct {
	View
	Said string
	Form *web.Form
}

type sayView struct {
	View
	Form  *web.Form
	Quote string
	Known bool // who it is; asks no name
}

type partView struct {
	View
	Form         *web.Form
	Paper, Known bool
	Said         string
}

type paperView struct {
	View
	Address, QR string
}

type commentsView struct {
	Overview
	Said string
	Now  time.Time
}

type commentView struct {
	View
	Comment Comment
	Name    string
	Form    *web.Form
	Now     time.Time
}

type roundView struct {
	View
	Form *web.Form
}

type ballotView struct {
	Ballot
	Form *web.Form
	Said string
}

type versionsView struct {
	Vision
	List     []Text
	Names    map[string]string
	Next     string
	Now      time.Time
	From, To int
	Compared []Compared
}

// keys: visions.stage.* visions.kind.* visions.answer.* visions.choice.* visions.majority.* visions.method.* visions.state.* visions.compared.*
// keys: visions.filter.*
func word(ctx context.Context, of, value string) string {
	return i18n.T(ctx, "visions."+of+"."+value)
}

func options(ctx context.Context, of string, values []string) (list []ui.Option) {
	for _, v := range values {
		list = append(list, ui.Option{Value: v, Label: word(ctx, of, v)})
	}
	return list
}

func crumbs(ctx context.Context, v *Vision) []ui.Crumb {
	list := []ui.Crumb{{Label: i18n.T(ctx, "visions.title"), Path: base}}
	if v != nil {
		list = append(list, ui.Crumb{Label: v.Title, Path: Path(v.ID)})
	}
	return list
}

func stageBadge(ctx context.Context, s Stage) ui.BadgeProps {
	tone := ui.Info
	switch s {
	case Draft:
		tone = ui.Neutral
	case Adopted, Published:
		tone = ui.OK
	case Rejected:
		tone = ui.Warning
	}
	return ui.BadgeProps{Tone: tone, Label: word(ctx, "stage", string(s))}
}

// term says until when people can respond.
func (v Vision) term(ctx context.Context, today Day) string {
	switch {
	case v.TermUntil == "":
		return ""
	case today < v.TermFrom:
		return i18n.T(ctx, "visions.term.from", "from", v.TermFrom.Text(ctx), "until", v.TermUntil.Text(ctx))
	case today > v.TermUntil:
		return i18n.T(ctx, "visions.term.over", "until", v.TermUntil.Text(ctx))
	}
	return i18n.T(ctx, "visions.term.open", "until", v.TermUntil.Text(ctx))
}

func (p listView) card(ctx context.Context, v Vision) ui.CardProps {
	c := ui.CardProps{Title: v.Title, Path: Path(v.ID), Level: 3, Badges: []ui.BadgeProps{stageBadge(ctx, v.Stage)}, Meta: []string{v.OwnerName}}
	if v.Stage == Published {
		c.Meta = append(c.Meta, i18n.T(ctx, "visions.published.on", "day", i18n.Date(ctx, v.PublishedAt)))
	} else if term := v.term(ctx, p.Today); term != "" {
		c.Meta = append(c.Meta, term)
	}
	return c
}

func (p listView) cards(ctx context.Context, list []Vision) (cards []ui.CardProps) {
	for _, v := range list {
		cards = append(cards, p.card(ctx, v))
	}
	return cards
}

// step is what comes next; without a path there is nothing to press.
type step struct {
	Text, Label, Path string
	Post              bool
}

func (v View) step(ctx context.Context, key, path string) step {
	return step{Text: i18n.T(ctx, key+".text"), Label: i18n.T(ctx, key), Path: path}
}

// partPath is where a resident takes part.
func (v View) partPath() string {
	if len(v.Questions) > 0 {
		return Path(v.ID) + "/meedoen"
	}
	return Path(v.ID) + "/reageren"
}

// next is the one thing to do now.
//
// keys: visions.next.*
// keys: visions.next.*.text
func (v View) next(ctx context.Context) step {
	o, own := v.Round(), Path(v.ID)
	unanswered := v.Tally.Sum("", "")
	over := o.Over(v.Today)
	switch {
	case !v.Reads && v.MayComment():
		return v.step(ctx, "visions.next.part", v.partPath())
	case !v.Reads || v.Stage == Published:
		return step{}
	case v.Leads && v.Waiting > 0:
		return v.step(ctx, "visions.next.held", commentsPath(v.ID, filterHeld, ""))
	case v.Stage == Adopted && v.Leads:
		p := v.step(ctx, "visions.next.publish", own+"/publiceren")
		p.Post = true
		return p
	case v.Stage == Adopted:
		return step{}
	case v.Stage == Rejected && v.Writes:
		if d, is := v.Decision(); is && d.Number < v.Newest && v.Leads {
			return v.step(ctx, "visions.next.round", own+"/ronde")
		}
		return v.step(ctx, "visions.next.rewrite", own+"/bewerken")
	case v.Stage == Draft && v.Leads && !v.planned():
		return v.step(ctx, "visions.next.round", own+"/ronde")
	case v.Stage == Draft && v.Writes && !v.planned():
		return v.step(ctx, "visions.next.write", own+"/bewerken")
	case o.ID == "":
		return step{}
	case !over && !o.Open(v.Today):
		return v.step(ctx, "visions.next.planned", map[bool]string{true: own + "/ronde"}[v.Leads])
	case !over && o.Kind == Deciding && v.Votes:
		return v.step(ctx, "visions.next.vote", own+"/besluit")
	case !over && v.Leads && unanswered > 0:
		return v.step(ctx, "visions.next.answer", commentsPath(v.ID, filterUnanswered, ""))
	case !over && v.MayComment():
		return v.step(ctx, "visions.next.say", own+"/reageren")
	case !over || !v.Leads:
		return step{}
	case o.Kind == Deciding:
		return v.step(ctx, "visions.next.decide", own+"/besluit")
	case unanswered > 0:
		return v.step(ctx, "visions.next.answer", commentsPath(v.ID, filterUnanswered, ""))
	case v.Newest == o.Number && v.Tally.Sum("", Taken, Partly) > 0:
		return v.step(ctx, "visions.next.rewrite", own+"/bewerken")
	}
	return v.step(ctx, "visions.next.deciding", own+"/ronde")
}

// levelled is a block with the level its heading has on a page; no level is left out.
type levelled struct {
	Block
	h int
}

func levels(blocks []Block) []levelled {
	list := make([]levelled, len(blocks))
	before := 1
	for k, b := range blocks {
		list[k] = levelled{Block: b}
		if b.Kind == Heading {
			list[k].h = min(b.Level+1, before+1)
			before = list[k].h
		}
	}
	return list
}

// asks tells whether a block asks for a comment. A heading does not: what people
// have to say belongs to what stands below it.
func (p visionView) asks(b Block) bool { return p.MayComment() && b.Kind != Heading }

// roundLine says what a round is.
func (v View) roundLine(ctx context.Context, o Round) string {
	text := word(ctx, "stage", string(o.Kind)) + ": " + o.Opens.Text(ctx) + " – " + o.Closes.Text(ctx)
	if !o.Ended.IsZero() {
		text += ", " + i18n.T(ctx, "visions.round.ended", "day", DayOf(o.Ended).Text(ctx))
	}
	key := "visions.round.inside"
	if o.Everybody {
		key = "visions.round.everybody"
	}
	return text + ". " + i18n.T(ctx, key) + " " + i18n.T(ctx, "visions.round.version", "n", o.Number)
}

// how says by what rule was decided.
func (d Decision) how(ctx context.Context) string {
	if d.Method == ByConsent {
		return word(ctx, "method", ByConsent)
	}
	return word(ctx, "method", ByVotes) + ": " + word(ctx, "majority", d.Majority)
}

// text says what was counted.
func (c Result) text(ctx context.Context, method string) string {
	if method == ByConsent {
		return i18n.T(ctx, "visions.result.consent", "yes", c.Yes, "dealt", c.Dealt, "open", c.Against)
	}
	return i18n.T(ctx, "visions.result.votes", "yes", c.Yes, "against", c.Against, "abstained", c.Abstained)
}

func (d Decision) facts(ctx context.Context) []ui.Pair {
	return []ui.Pair{
		ui.Fact(i18n.T(ctx, "visions.decision.outcome"), word(ctx, "stage", string(d.Outcome))),
		ui.Fact(i18n.T(ctx, "visions.decision.on"), d.On.Text(ctx)),
		ui.Fact(i18n.T(ctx, "visions.decision.by"), d.Deciders),
		ui.Fact(i18n.T(ctx, "visions.decision.how"), d.how(ctx)),
		ui.Fact(i18n.T(ctx, "visions.decision.result"), d.Result.text(ctx, d.Method)),
		ui.Fact(i18n.T(ctx, "visions.decision.reason"), d.Reason),
	}
}

// tallyTable is what happened with the comments.
func (v View) tallyTable(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "visions.tally"), Quiet: true, Columns: []ui.Column{{Label: i18n.T(ctx, "visions.tally.kind")}}}
	all := append([]string{}, answers...)
	for _, a := range all {
		t.Columns = append(t.Columns, ui.Column{Label: word(ctx, "answer", a), Num: true})
	}
	t.Columns = append(t.Columns, ui.Column{Label: i18n.T(ctx, "visions.answer.none"), Num: true}, ui.Column{Label: i18n.T(ctx, "visions.tally.all"), Num: true})
	for _, k := range append(append([]string{}, kinds...), Reply) {
		total := v.Tally.Sum(k, "", Taken, Partly, Not)
		if total == 0 {
			continue
		}
		row := []ui.Cell{{Text: word(ctx, "kind", k)}}
		for _, a := range append(append([]string{}, all...), "") {
			row = append(row, ui.Cell{Text: i18n.Number(ctx, v.Tally.Sum(k, a))})
		}
		t.Rows = append(t.Rows, append(row, ui.Cell{Text: i18n.Number(ctx, total)}))
	}
	return t
}

// tallyLine says the same in one sentence.
func (v View) tallyLine(ctx context.Context) string {
	return i18n.T(ctx, "visions.tally.line", "n", v.Tally.Total(), "taken", v.Tally.Sum("", Taken), "partly", v.Tally.Sum("", Partly),
		"not", v.Tally.Sum("", Not), "open", v.Tally.Sum("", ""))
}

// about says what a comment is about.
func (v View) about(ctx context.Context, c Comment) string {
	switch {
	case c.Place == "":
		return i18n.T(ctx, "visions.about.whole")
	case questionOf(c.Place) >= 0:
		return i18n.T(ctx, "visions.about.question", "question", c.Quote)
	}
	if _, there := v.Text.Block(c.Place); !there {
		return i18n.T(ctx, "visions.about.gone", "quote", cut(c.Quote, 160))
	}
	return i18n.T(ctx, "visions.about.paragraph", "quote", cut(c.Quote, 160))
}

// who wrote a comment, as the reader may know it.
func who(ctx context.Context, c Comment, name string) string {
	switch {
	case c.Channel == byAccount && name != "":
		return name
	case c.Channel == byAccount:
		return i18n.T(ctx, "visions.who.member")
	case c.Name != "" && c.Channel == byPaper:
		return i18n.T(ctx, "visions.who.paper.named", "name", c.Name)
	case c.Channel == byPaper:
		return i18n.T(ctx, "visions.who.paper")
	case c.Name != "":
		return c.Name
	}
	return i18n.T(ctx, "visions.who.nobody")
}

func answerBadge(ctx context.Context, answer string) ui.BadgeProps {
	switch answer {
	case Taken:
		return ui.BadgeProps{Tone: ui.OK, Label: word(ctx, "answer", answer)}
	case Partly:
		return ui.BadgeProps{Tone: ui.Info, Label: word(ctx, "answer", answer)}
	case Not:
		return ui.BadgeProps{Label: word(ctx, "answer", answer)}
	}
	return ui.BadgeProps{Tone: ui.Warning, Label: i18n.T(ctx, "visions.answer.none")}
}

// tabs are the ways to look at the comments.
func (p commentsView) tabs(ctx context.Context) []ui.Tab {
	tab := func(filter, key string, n int) ui.Tab {
		return ui.Tab{Label: i18n.T(ctx, "visions.filter."+key), Path: commentsPath(p.ID, filter, ""), Current: p.Filter == filter, Count: n}
	}
	list := []ui.Tab{tab(filterAll, "all", p.Tally.Total()), tab(filterUnanswered, "open", p.Tally.Sum("", ""))}
	if p.Leads {
		list = append(list, tab(filterHeld, "held", p.Waiting), tab(filterHidden, "hidden", 0))
	}
	return list
}

func (p commentsView) nextPage() string {
	if p.Next == "" {
		return ""
	}
	return commentsPath(p.ID, p.Filter, p.Place) + "&na=" + p.Next
}

func (p commentsView) quote() string {
	quote, _ := p.place(p.Place)
	return quote
}

func (p editView) ofOptions() (list []ui.Option) {
	for _, b := range p.Beginnings {
		list = append(list, ui.Option{Value: b.Value, Label: b.Name})
	}
	return list
}

func (p roundView) kindOptions(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: string(Orienting), Label: word(ctx, "stage", string(Orienting)), Hint: i18n.T(ctx, "visions.round.orienting.hint")},
		{Value: string(Deciding), Label: word(ctx, "stage", string(Deciding)), Hint: i18n.T(ctx, "visions.round.deciding.hint")},
	}
}

func (p ballotView) choiceOptions(ctx context.Context) []ui.Option {
	return options(ctx, "choice", p.Round.choices())
}

// turnout says how many voted, and not what.
func (p ballotView) turnout(ctx context.Context) string {
	if p.Voters > 0 {
		return i18n.T(ctx, "visions.turnout.of", "n", p.Voted, "voters", p.Voters)
	}
	return i18n.T(ctx, "visions.turnout", "n", p.Voted)
}

// open tells whether there is an objection that stands.
func (p ballotView) open() (n int) {
	for _, o := range p.Objections {
		if o.Dealt == "" {
			n++
		}
	}
	return n
}

func (p ballotView) objector(ctx context.Context, v Vote) string {
	if name := p.Names[v.Person]; name != "" {
		return name
	}
	return i18n.T(ctx, "visions.who.member")
}

// filled is a field of the decision with what is likely when nothing was typed.
func (p ballotView) filled(ctx context.Context, name, label, likely string, props ui.Field) ui.Field {
	f := ui.Filled(ctx, p.Form, name, label, props)
	if f.Value == "" && f.Error == "" {
		f.Value = likely
	}
	return f
}

func (p versionsView) who(ctx context.Context, t Text) string {
	if name := p.Names[t.Person]; name != "" {
		return name
	}
	return i18n.T(ctx, "visions.who.unknown")
}

func (p versionsView) numbers() (list []ui.Option) {
	for n := p.Newest; n > 0 && len(list) < 200; n-- {
		list = append(list, ui.Option{Value: strconv.Itoa(n), Label: strconv.Itoa(n)})
	}
	return list
}

// lines cuts a span at its line ends.
func (s Span) lines() []string { return strings.Split(s.Text, "\n") }

func first(list []Text) int {
	if len(list) == 0 {
		return 1
	}
	return list[0].Number
}

func (p editView) questionField(ctx context.Context, k int) ui.Field {
	f := ui.Filled(ctx, p.Form, questionField(k), "visions.field.question", ui.Field{Optional: true, MaxLength: questionMost})
	f.Label = i18n.T(ctx, "visions.field.question", "k", k+1)
	return f
}

func (p partView) heading(ctx context.Context) string {
	if p.Paper {
		return i18n.T(ctx, "visions.enter")
	}
	return i18n.T(ctx, "visions.part")
}

func (p partView) action() string {
	if p.Paper {
		return Path(p.ID) + "/invoeren"
	}
	return Path(p.ID) + "/meedoen"
}

// reply is the field under a question; the question is its label.
func (p partView) reply(ctx context.Context, k int, question string) ui.Field {
	f := ui.Filled(ctx, p.Form, replyField(k), "visions.field.rest", ui.Field{Optional: true, MaxLength: bodyMost, Rows: 4})
	f.Label = question
	return f
}

// typed is what somebody wrote just when the round closed.
func (p partView) typed() string {
	if p.Form == nil {
		return ""
	}
	var list []string
	for k := range questionsMost {
		list = append(list, p.Form.Value(replyField(k)))
	}
	return strings.TrimSpace(strings.Join(append(list, p.Form.Value("rest")), "\n\n"))
}

func (p commentsView) doWith(ctx context.Context, c Comment) string {
	switch {
	case c.State != Shown:
		return i18n.T(ctx, "visions.judge")
	case c.Answer != "":
		return i18n.T(ctx, "visions.answer.change")
	}
	return i18n.T(ctx, "visions.answer.give")
}

func (p commentView) path() string { return Path(p.ID) + "/reacties/" + p.Comment.ID }

// rule says how this round decides.
func (p ballotView) rule(ctx context.Context) string {
	if p.Round.Method == ByConsent {
		return i18n.T(ctx, "visions.rule.consent")
	}
	return i18n.T(ctx, "visions.rule.votes", "majority", word(ctx, "majority", p.Round.Majority))
}

func (p ballotView) voteHint(ctx context.Context) string {
	if p.Round.Method == ByConsent {
		return i18n.T(ctx, "visions.vote.hint.consent")
	}
	return ""
}

func (p ballotView) voteLabel(ctx context.Context) string {
	if p.Own.Choice != "" {
		return i18n.T(ctx, "visions.vote.change")
	}
	return i18n.T(ctx, "visions.vote.keep")
}

// says what the votes come to.
func (p ballotView) says(ctx context.Context) string {
	if p.Result.Passes(p.Round.Method, p.Round.Majority) {
		return i18n.T(ctx, "visions.passes")
	}
	return i18n.T(ctx, "visions.fails")
}
