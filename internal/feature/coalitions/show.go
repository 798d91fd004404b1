package coalitions

import (
	"context"
	"slices"
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
	Mine, List []Summary
	Asked      []AskedOf // of the actor's own organisations
	Next       string
	MayBegin   bool
}

type newView struct {
	Form          *web.Form
	Organisations []Link
	Towns         []Municipality
}

type pageView struct {
	View
	Form          *web.Form
	Now, Today    time.Time
	SignedIn      bool
	Organisations []Link // of who may ask to join
}

type editView struct {
	View
	Form     *web.Form
	Conflict bool
}

type historyView struct {
	Coalition
	List  []Change
	Names map[string]string
	Next  string
	Now   time.Time
}

type peopleView struct {
	Crowd
	Form          *web.Form
	Now           time.Time
	Self          string
	GuestLink     string // shown once
	Organisations []Link
	Towns         []Municipality
}

type invitationView struct {
	Invited
	Token    string
	SignedIn bool
}

// overView says that a link does not work any more, and nothing about what it led to.
type overView struct{ Key string }

type guestView struct {
	GuestView
	Form *web.Form
	Now  time.Time
}

type boardView struct {
	Board
	Form  *web.Form
	Words string
	Found []Link
}

type criteriaView struct {
	Board
	Form     *web.Form
	Conflict bool
}

type scoreView struct {
	Board
	Slug string
	Form *web.Form
}

type resultView struct {
	Result
	Form, Try *web.Form
	Conflict  bool
}

type meetingsView struct {
	Coalition
	Self  Member
	List  []Meeting
	Today time.Time
}

type newMeetingView struct {
	Coalition
	Form *web.Form
}

type minutesView struct {
	Minutes
	Form  *web.Form
	Today time.Time
}

type recordView struct {
	Minutes
	Form     *web.Form
	Ticked   []string
	Conflict bool
}

func crumbs(ctx context.Context, c *Coalition) []ui.Crumb {
	list := []ui.Crumb{{Label: i18n.T(ctx, "coalitions.title"), Path: base}}
	if c != nil {
		list = append(list, ui.Crumb{Label: c.Name, Path: Path(c.ID)})
	}
	return list
}

// keys: coalitions.role.*
func roleWord(ctx context.Context, r Role) string { return i18n.T(ctx, "coalitions.role."+string(r)) }

func roleOptions(ctx context.Context) []ui.Option {
	list := make([]ui.Option, len(roles))
	for i, r := range []Role{Participant, Convener, Observer} {
		list[i] = ui.Option{Value: string(r), Label: roleWord(ctx, r), Hint: i18n.T(ctx, "coalitions.role."+string(r)+".hint")}
	}
	return list
}

func dayOptions(ctx context.Context) []ui.Option {
	list := make([]ui.Option, len(daysChoices))
	for i, n := range daysChoices {
		list[i] = ui.Option{Value: strconv.Itoa(n), Label: i18n.T(ctx, "coalitions.days", "n", n)}
	}
	return list
}

func linkOptions(ctx context.Context, none string, links []Link) []ui.Option {
	list := []ui.Option{{Label: i18n.T(ctx, none)}}
	for _, l := range links {
		list = append(list, ui.Option{Value: l.ID, Label: l.Name})
	}
	return list
}

func townOptions(ctx context.Context, towns []Municipality) []ui.Option {
	list := []ui.Option{{Label: i18n.T(ctx, "coalitions.choose")}}
	for _, t := range towns {
		list = append(list, ui.Option{Value: t.Code, Label: t.Name})
	}
	return list
}

// cityNames puts the names of cities in a line.
func cityNames(list []City) string {
	names := make([]string, len(list))
	for i, c := range list {
		names[i] = c.Name
	}
	return strings.Join(names, " · ")
}

// who gives the name of a person, or says that it was somebody who left.
func who(ctx context.Context, names map[string]string, person string) string {
	if n := names[person]; n != "" {
		return n
	}
	return i18n.T(ctx, "coalitions.somebody")
}

// said is who wrote a comment.
func (c Comment) said(ctx context.Context, names map[string]string) string {
	if c.Name != "" {
		return i18n.T(ctx, "coalitions.guest.said", "name", c.Name)
	}
	if c.Guest != "" || c.Person == "" {
		return i18n.T(ctx, "coalitions.guest.forgotten")
	}
	return who(ctx, names, c.Person)
}

// typed writes a number for a field.
func typed(v float64) string {
	return strings.Replace(strconv.FormatFloat(v, 'f', -1, 64), ".", ",", 1)
}

// grade writes a mean as people read it.
func grade(ctx context.Context, v float64) string { return i18n.Decimal(ctx, v, 1) }

// joined says how many people of a city there are.
func (p peopleView) joined(c City) int {
	n := 0
	for _, m := range p.Members {
		if m.Organisation == c.Organisation {
			n++
		}
	}
	return n
}

// changeText says what happened.
//
// keys: coalitions.change.*
func changeText(ctx context.Context, h Change) string {
	if h.Kind == changeRole && h.Subject == "" {
		h.Subject = i18n.T(ctx, "coalitions.somebody")
	}
	if h.Kind == changeGuest && h.Subject == "" {
		h.Subject = i18n.T(ctx, "coalitions.guest.forgotten")
	}
	return i18n.T(ctx, "coalitions.change."+h.Kind, "subject", h.Subject)
}

// stageSteps shows how far the choice is.
//
// keys: coalitions.stage.*
func stageSteps(ctx context.Context, at Stage) []ui.Step {
	all := []Stage{Listing, Scoring, Revealed, Decided}
	now := slices.Index(all, at)
	list := make([]ui.Step, len(all))
	for i, st := range all {
		list[i] = ui.Step{Title: i18n.T(ctx, "coalitions.stage."+string(st))}
		switch {
		case i < now || at == Decided:
			list[i].State = ui.Done
		case i == now:
			list[i].State = ui.Now
		}
	}
	return list
}

// kept shows what is kept now, beside what somebody typed in vain.
func kept(pairs ...ui.Pair) []ui.Pair {
	return slices.DeleteFunc(pairs, func(p ui.Pair) bool { return p.Text == "" })
}

func (p criteriaView) rows() []string {
	n := min(criteriaMost, max(len(p.Choice.Criteria)+2, 6))
	list := make([]string, n)
	for i := range list {
		list[i] = strconv.Itoa(i + 1)
	}
	return list
}

// scoreOptions are the answers to a criterion.
//
// keys: coalitions.score.*
func scoreOptions(ctx context.Context) []ui.Option {
	list := make([]ui.Option, 0, scoreMost+1)
	for v := scoreMost; v >= 0; v-- {
		list = append(list, ui.Option{Value: strconv.Itoa(v), Label: i18n.T(ctx, "coalitions.score."+strconv.Itoa(v))})
	}
	return list
}

// place is where the initiative of a score page stands in the list.
func (p scoreView) place() int { return slices.Index(p.Choice.Listed, p.Slug) + 1 }

// The picture of an outcome is drawn in these measures.
const (
	dotsLeft, dotsRight = 14.0, 466.0
	dotsMiddle          = 26.0
	dotRadius           = 6.0
)

type dotAt struct{ X, Y string }

// dots is an outcome ready to draw.
type dots struct {
	Dots     []dotAt
	From, To string // of the line between lowest and highest
	Mean     string // points of the mark of the mean
	Axis     []string
	HasRange bool
	Title    string // the sentence, for who cannot see the heading above
	Sentence string
}

// draw puts the members of an outcome on a line from 1 to 5.
func (o Outcome) draw(ctx context.Context, name string) dots {
	scale := chart.Scale{Min: 1, Max: scoreMost, From: dotsLeft, To: dotsRight}
	d := dots{From: chart.Num(scale.At(o.Low)), To: chart.Num(scale.At(o.High)), HasRange: o.High > o.Low, Sentence: o.sentence(ctx)}
	d.Title = name + ": " + d.Sentence
	for v := 1; v <= scoreMost; v++ {
		d.Axis = append(d.Axis, chart.Num(scale.At(float64(v))))
	}
	values := make([]float64, len(o.Votes))
	for i, v := range o.Votes {
		values[i] = v.Value
	}
	slices.Sort(values)
	level, before := 0, -1.0
	for _, v := range values {
		x := scale.At(v)
		if before >= 0 && x-before < 2*dotRadius { // beside each other they would hide one another
			level++
		} else {
			level, before = 0, x
		}
		up := float64((level+1)/2) * 7
		if level%2 == 1 {
			up = -up
		}
		d.Dots = append(d.Dots, dotAt{chart.Num(x), chart.Num(max(6, min(46, dotsMiddle+up)))})
	}
	m := scale.At(o.Mean)
	d.Mean = chart.Points(m, 4, m+7, dotsMiddle, m, 48, m-7, dotsMiddle)
	return d
}

// sentence says how an initiative fares.
func (o Outcome) sentence(ctx context.Context) string {
	switch {
	case len(o.Votes) == 0:
		return i18n.T(ctx, "coalitions.outcome.none")
	case same(o.Low, o.High):
		return i18n.T(ctx, "coalitions.outcome.same", "mean", grade(ctx, o.Mean))
	}
	return i18n.T(ctx, "coalitions.outcome.spread", "mean", grade(ctx, o.Mean), "low", grade(ctx, o.Low), "high", grade(ctx, o.High),
		"spread", i18n.Decimal(ctx, o.Spread, 1))
}

// criterion gives the name of a criterion.
func (b Board) criterion(id string) string {
	for _, c := range b.Choice.Criteria {
		if c.ID == id {
			return c.Name
		}
	}
	return ""
}

// verdict says what the whole result means: who is first, how sure that is, and
// where members see it differently.
func (p resultView) verdict(ctx context.Context) []string {
	if len(p.Outcomes) == 0 || p.Outcomes[0].Rank == 0 {
		return []string{i18n.T(ctx, "coalitions.verdict.none")}
	}
	first := p.Outcomes[0]
	list := []string{i18n.T(ctx, "coalitions.verdict.first", "name", p.name(ctx, first.Slug), "mean", grade(ctx, first.Mean))}
	if closeCall(p.Outcomes) {
		list = append(list, i18n.T(ctx, "coalitions.verdict.close", "name", p.name(ctx, p.Outcomes[1].Slug)))
	}
	split := 0
	for _, o := range p.Outcomes {
		if o.Split() {
			split++
		}
	}
	if split == 0 {
		return append(list, i18n.T(ctx, "coalitions.verdict.agreed"))
	}
	return append(list, i18n.T(ctx, "coalitions.verdict.split", "n", split))
}

// disagreement says in a sentence where members differ on one initiative.
func (p resultView) disagreement(ctx context.Context, o Outcome) string {
	if !o.Split() {
		return ""
	}
	if h := o.hottest(); h != nil {
		return i18n.T(ctx, "coalitions.split.on", "low", grade(ctx, o.Low), "high", grade(ctx, o.High), "criterion", p.criterion(h.Criterion))
	}
	return i18n.T(ctx, "coalitions.split", "low", grade(ctx, o.Low), "high", grade(ctx, o.High))
}

// moved says where an initiative stood with the weights agreed on.
func (p resultView) moved(ctx context.Context, o Outcome) string {
	if was := p.rank(o.Slug); p.Tried && was != o.Rank && was > 0 {
		return i18n.T(ctx, "coalitions.moved", "was", was)
	}
	return ""
}

// table is what stands behind the picture.
func (p resultView) table(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "coalitions.table"), Columns: []ui.Column{
		{Label: i18n.T(ctx, "coalitions.col.initiative")}, {Label: i18n.T(ctx, "coalitions.col.mean"), Num: true},
		{Label: i18n.T(ctx, "coalitions.col.spread"), Num: true}, {Label: i18n.T(ctx, "coalitions.col.low"), Num: true},
		{Label: i18n.T(ctx, "coalitions.col.high"), Num: true}, {Label: i18n.T(ctx, "coalitions.col.votes"), Num: true}}}
	for _, o := range p.Outcomes {
		row := ui.Text(p.name(ctx, o.Slug), "–", "–", "–", "–", i18n.Number(ctx, len(o.Votes)))
		if len(o.Votes) > 0 {
			row[1].Text, row[2].Text = grade(ctx, o.Mean), grade(ctx, o.Spread)
			row[3].Text, row[4].Text = grade(ctx, o.Low), grade(ctx, o.High)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// votes is the table with what each member gave, and the mean of each criterion.
func (p resultView) votes(ctx context.Context, o Outcome) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "coalitions.votes", "name", p.name(ctx, o.Slug)), Quiet: true, Columns: []ui.Column{
		{Label: i18n.T(ctx, "coalitions.col.who")}, {Label: i18n.T(ctx, "coalitions.col.mean"), Num: true}, {Label: i18n.T(ctx, "coalitions.col.spread"), Num: true}}}
	for _, v := range o.Votes {
		t.Rows = append(t.Rows, ui.Text(who(ctx, p.Names, v.Person), grade(ctx, v.Value), ""))
	}
	for _, part := range o.By {
		if part.N > 0 {
			t.Rows = append(t.Rows, ui.Text(p.criterion(part.Criterion), grade(ctx, part.Mean), grade(ctx, part.Spread)))
		}
	}
	return t
}

// chooseOptions are the listed initiatives, the best first.
func (p resultView) chooseOptions(ctx context.Context) []ui.Option {
	list := []ui.Option{{Label: i18n.T(ctx, "coalitions.choose")}}
	for _, o := range p.Agreed {
		list = append(list, ui.Option{Value: o.Slug, Label: p.name(ctx, o.Slug)})
	}
	return list
}

func (p resultView) chooseForm() *web.Form {
	if len(p.Form.Problems()) > 0 || p.Form.Value("waarom") != "" {
		return p.Form
	}
	return web.NewForm("initiatief", p.Board.Coalition.Chosen, "waarom", p.Choice.Why)
}

// tickOptions are the members, for who was there.
func (p recordView) tickOptions() []ui.Option {
	list := make([]ui.Option, len(p.Members))
	for i, m := range p.Members {
		list[i] = ui.Option{Value: m.Person, Label: m.Name}
	}
	return list
}

// ownerOptions are the members, for who takes an action.
func (p minutesView) ownerOptions(ctx context.Context) []ui.Option {
	list := []ui.Option{{Label: i18n.T(ctx, "coalitions.choose")}}
	for _, m := range p.Members {
		list = append(list, ui.Option{Value: m.Person, Label: m.Name})
	}
	return list
}

// actionTable lists actions with who and by when.
func actionTable(ctx context.Context, list []Action, names map[string]string, today time.Time) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "coalitions.actions"), Quiet: true, Columns: []ui.Column{{Label: i18n.T(ctx, "coalitions.col.action")},
		{Label: i18n.T(ctx, "coalitions.col.who")}, {Label: i18n.T(ctx, "coalitions.col.due")}, {Label: i18n.T(ctx, "coalitions.col.state")}}}
	for _, a := range list {
		state := i18n.T(ctx, "coalitions.state.open")
		switch {
		case !a.Done.IsZero():
			state = i18n.T(ctx, "coalitions.state.done")
		case a.Late(today):
			state = i18n.T(ctx, "coalitions.state.late")
		}
		t.Rows = append(t.Rows, ui.Text(a.Title, who(ctx, names, a.Person), i18n.Date(ctx, a.Due), state))
	}
	return t
}

// convenes tells whether the actor convenes a coalition that goes on.
func (p peopleView) convenes() bool { return p.Crowd.Self.Role == Convener && p.Ended.IsZero() }

// versionText is the hidden field that tells which version a form was made of.
func versionText(n int) string { return strconv.Itoa(n) }

// criteriaTable lists by what is judged, and how heavily.
func criteriaTable(ctx context.Context, list []Criterion) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "coalitions.criteria"), Quiet: true, Columns: []ui.Column{{Label: i18n.T(ctx, "coalitions.field.criterion")},
		{Label: i18n.T(ctx, "coalitions.field.explain")}, {Label: i18n.T(ctx, "coalitions.field.weight"), Num: true}}}
	for _, c := range list {
		t.Rows = append(t.Rows, ui.Text(c.Name, c.Text, i18n.Decimal(ctx, c.Weight, 2)))
	}
	return t
}

// agreeing are those with a say who agree.
func (b Board) agreeing() []Member {
	return slices.DeleteFunc(b.Scorers(), func(m Member) bool { return !slices.Contains(b.Agreed, m.Person) })
}

// disagreeing are the names of those with a say who have not agreed.
func (b Board) disagreeing() string {
	var names []string
	for _, m := range b.Scorers() {
		if !slices.Contains(b.Agreed, m.Person) {
			names = append(names, m.Name)
		}
	}
	return strings.Join(names, ", ")
}

func (b Board) agrees() bool { return slices.Contains(b.Agreed, b.Self.Person) }

func (b Board) isDone(m Member) bool { return slices.Contains(b.Done, m.Person) }

func factPairs(facts []Fact) []ui.Pair {
	list := make([]ui.Pair, len(facts))
	for i, f := range facts {
		list[i] = ui.Fact(f.Name, f.Value)
	}
	return list
}

// scoreField is the choice of a score for one criterion.
func scoreField(ctx context.Context, f *web.Form, c Criterion) ui.Field {
	name := "score-" + c.ID
	return ui.Field{Name: name, Label: c.Name, Hint: c.Text, Value: f.Value(name), Error: f.Problem(ctx, name), Options: scoreOptions(ctx)}
}

// weightField is a weight to try out.
func weightField(ctx context.Context, f *web.Form, c Criterion) ui.Field {
	name := "gewicht-" + c.ID
	return ui.Field{Name: name, Label: c.Name, Value: f.Value(name), Error: f.Problem(ctx, name), MaxLength: 12, Inputmode: "decimal", Autocomplete: "off"}
}

// writes tells whether the actor keeps the minutes of a coalition that goes on.
func (p minutesView) writes() bool { return p.Self.Role.scores() && p.Ended.IsZero() }

// kept is the meeting as it stands now.
func (p recordView) kept(ctx context.Context) []ui.Pair {
	m := p.Meeting
	return kept(ui.Fact(i18n.T(ctx, "coalitions.field.title"), m.Title), ui.Fact(i18n.T(ctx, "coalitions.field.day"), i18n.DateTime(ctx, m.At)),
		ui.Fact(i18n.T(ctx, "coalitions.field.place"), m.Place), ui.Fact(i18n.T(ctx, "coalitions.field.agenda"), strings.Join(m.Agenda, "; ")),
		ui.Fact(i18n.T(ctx, "coalitions.field.notes"), m.Notes), ui.Fact(i18n.T(ctx, "coalitions.field.decisions"), strings.Join(m.Decisions, "; ")))
}

// level is that of the headings in the list of others, which has a heading of its
// own only below a list of one's own.
func (p listView) level() int {
	if len(p.Mine) > 0 {
		return 3
	}
	return 2
}
