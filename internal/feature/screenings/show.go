package screenings

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	ics "github.com/arran4/golang-ical"

	"wijkbaak.nl/internal/base/clock"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
)

// What the pages are made of.

type frontView struct {
	Rounds []Round
	Form   *web.Form
	Staff  bool
	Said   string
}

type cardView struct {
	Card
	Form    *web.Form
	Begin   Begin
	Said    string
	Today   Day
	Address string
}

type outcomeView struct {
	Card
	Risk    Risk
	Brought string
	Form    *web.Form
}

type bookView struct {
	Card
	Free []Slot
	Form *web.Form
	Now  time.Time
}

type eraseView struct{ Card }

type stopView struct {
	Path  string
	Quiet bool
}

type figuresView struct {
	Round
	Figures Figures
}

type deskView struct {
	Rounds []Round
	MayAdd bool
}

type roundView struct {
	View
	Figures Figures
	Said    string
	Today   Day
	Demo    bool
}

type editView struct {
	View
	Form     *web.Form
	Own, All []Link
	Surveys  []Link
}

type inviteView struct {
	View
	Form  *web.Form
	Today Day
}

type letter struct {
	Sent
	QR string
}

type lettersView struct {
	Round
	Letters []letter
	Address string
}

type slotsView struct {
	View
	Form *web.Form
	Said string
}

type dayView struct {
	Round
	Day  Day
	List []Booking
}

type patientView struct {
	Card
	Form *web.Form
	Said string
}

func (c Card) path() string { return codeBase + "/" + c.code }

func figuresPath(id string) string { return roundBase + "/" + id + "/cijfers" }

func crumbs(ctx context.Context) []ui.Crumb {
	return []ui.Crumb{{Label: i18n.T(ctx, "screenings.title"), Path: base}}
}

func deskCrumbs(ctx context.Context, r Round) []ui.Crumb {
	list := append(crumbs(ctx), ui.Crumb{Label: i18n.T(ctx, "screenings.desk"), Path: deskBase})
	if r.ID != "" {
		list = append(list, ui.Crumb{Label: r.Title, Path: Path(r.ID)})
	}
	return list
}

func codeCrumbs(ctx context.Context, c Card) []ui.Crumb {
	return append(crumbs(ctx), ui.Crumb{Label: i18n.T(ctx, "screenings.card"), Path: c.path()})
}

// riskName says a class in a word.
//
// keys: screenings.risk.low screenings.risk.medium screenings.risk.high
func riskName(ctx context.Context, r Risk) string {
	if r == NoRisk {
		return i18n.T(ctx, "screenings.risk.none")
	}
	return i18n.T(ctx, "screenings.risk."+string(r))
}

// keys: screenings.outcome.nothing screenings.outcome.gp screenings.outcome.follow
func outcomeName(ctx context.Context, o string) string { return i18n.T(ctx, "screenings.outcome."+o) }

// keys: screenings.visit.booked screenings.visit.came screenings.visit.missed
func visitName(ctx context.Context, v string) string { return i18n.T(ctx, "screenings.visit."+v) }

// keys: screenings.state.draft screenings.state.open screenings.state.closed
func stateBadge(ctx context.Context, s State) ui.BadgeProps {
	b := ui.BadgeProps{Label: i18n.T(ctx, "screenings.state."+string(s))}
	switch s {
	case Open:
		b.Tone = ui.OK
	case Draft:
		b.Tone = ui.Warning
	}
	return b
}

func demoBadge(ctx context.Context) ui.BadgeProps {
	return ui.BadgeProps{Label: i18n.T(ctx, "screenings.demo"), Tone: ui.Info}
}

func badges(ctx context.Context, r Round) []ui.BadgeProps {
	list := []ui.BadgeProps{stateBadge(ctx, r.State)}
	if r.Demonstration {
		list = append(list, demoBadge(ctx))
	}
	return list
}

func period(ctx context.Context, r Round) string {
	return i18n.T(ctx, "screenings.period", "from", r.Starts.Text(ctx), "until", r.Ends.Text(ctx))
}

// when writes the time of a slot.
func when(ctx context.Context, t time.Time) string {
	d := t.In(clock.Amsterdam)
	// keys: screenings.weekday.*
	return i18n.T(ctx, "screenings.weekday."+strconv.Itoa(int(d.Weekday()))) + " " + i18n.DateTime(ctx, t)
}

// steps shows how far somebody is.
func (v cardView) steps(ctx context.Context) []ui.Step {
	state := func(now, done bool) ui.StepState {
		switch {
		case done:
			return ui.Done
		case now:
			return ui.Now
		}
		return ui.Later
	}
	did := v.Invite.State == answered
	list := []ui.Step{{Title: i18n.T(ctx, "screenings.step.survey"), Text: v.Round.SurveyTitle, State: state(true, did)}}
	if did && !v.Invite.MayBook() && v.Visit == nil {
		return list // there is no second step
	}
	text := ""
	if v.Visit != nil {
		text = when(ctx, v.Visit.Starts)
	}
	list = append(list, ui.Step{Title: i18n.T(ctx, "screenings.step.visit"), Text: text, State: state(did, v.Invite.Visit == came || v.Result != nil)})
	return append(list, ui.Step{Title: i18n.T(ctx, "screenings.step.result"), State: state(v.Invite.Visit == came, v.Result != nil)})
}

// over says why nothing can be done any more; empty while it can.
func (v cardView) over(ctx context.Context) string {
	switch {
	case v.Running:
		return ""
	case v.Today < v.Round.Starts && v.Round.State == Open:
		return i18n.T(ctx, "screenings.notyet", "day", v.Round.Starts.Text(ctx))
	}
	return i18n.T(ctx, "screenings.over", "day", v.Round.Ends.Text(ctx))
}

// advice is what somebody reads after the questionnaire.
func (v cardView) advice(ctx context.Context) string {
	switch {
	case v.Invite.Risk == Low:
		return i18n.T(ctx, "screenings.advice.low")
	case v.Invite.MayBook() && v.Visit == nil:
		return i18n.T(ctx, "screenings.advice.second")
	case v.Invite.Shares == ShareNone:
		return i18n.T(ctx, "screenings.advice.none")
	}
	return ""
}

// keys: screenings.found.low screenings.found.medium screenings.found.high
func (v outcomeView) found(ctx context.Context) string {
	return i18n.T(ctx, "screenings.found."+string(v.Risk))
}

// choices are what can be shared, each with its exact words.
//
// keys: screenings.share.risk screenings.share.visit screenings.share.none
func (v outcomeView) choices(ctx context.Context) []ui.Option {
	var list []ui.Option
	for _, c := range shareChoices(v.Risk) {
		o := ui.Option{Value: c, Label: i18n.T(ctx, "screenings.share."+c)}
		if c != ShareNone {
			o.Hint = ConsentText(ctx, v.Round, c, v.Risk)
		} else {
			o.Hint = i18n.T(ctx, "screenings.share.none.text")
		}
		list = append(list, o)
	}
	return list
}

// times are the slots to choose from, at most so many that a page stays short.
func (v bookView) times(ctx context.Context) []ui.Option {
	var list []ui.Option
	if v.Visit != nil {
		list = append(list, ui.Option{Value: v.Visit.Slot, Label: when(ctx, v.Visit.Starts) + ", " + v.Slot.Location, Hint: i18n.T(ctx, "screenings.book.now")})
	}
	for _, t := range v.Free {
		if len(list) >= timesMost {
			break
		}
		if v.Visit == nil || t.ID != v.Visit.Slot {
			list = append(list, ui.Option{Value: t.ID, Label: when(ctx, t.Starts) + ", " + t.Location})
		}
	}
	return list
}

const timesMost = 60

// facts are an appointment in words.
func (c Card) facts(ctx context.Context) []ui.Pair {
	list := []ui.Pair{ui.Fact(i18n.T(ctx, "screenings.when"), when(ctx, c.Visit.Starts)),
		ui.Fact(i18n.T(ctx, "screenings.where"), c.Slot.Location),
		ui.Fact(i18n.T(ctx, "screenings.long"), i18n.T(ctx, "screenings.minutes", "n", c.Slot.Minutes)),
		ui.Fact(i18n.T(ctx, "screenings.number"), strconv.Itoa(c.Invite.Number)),
		ui.Fact(i18n.T(ctx, "screenings.by"), c.Round.ScreenedBy)}
	if c.Invite.Visit != "" {
		list = append(list, ui.Fact(i18n.T(ctx, "screenings.visit"), visitName(ctx, c.Invite.Visit)))
	}
	return list
}

// readings are the measurements as a table.
func (c Card) readings(ctx context.Context) ui.TableProps {
	p := ui.TableProps{Caption: i18n.T(ctx, "screenings.readings"), Columns: []ui.Column{{Label: i18n.T(ctx, "screenings.measure")},
		{Label: i18n.T(ctx, "screenings.value"), Num: true}, {Label: i18n.T(ctx, "screenings.normal")}}}
	for _, v := range c.Result.Readings {
		normal := i18n.T(ctx, "screenings.normal.none")
		if v.Low != nil {
			normal = i18n.T(ctx, "screenings.normal.between", "low", plain(*v.Low), "high", plain(*v.High))
			if v.Outside() {
				normal += ". " + i18n.T(ctx, "screenings.normal.outside")
			}
		}
		p.Rows = append(p.Rows, ui.Text(v.Name, strings.TrimSpace(plain(v.Value)+" "+v.Unit), normal))
	}
	return p
}

// sentence says in one sentence how many answered.
func (f Figures) sentence(ctx context.Context) string {
	p, ok := f.Percent()
	if !ok {
		return i18n.T(ctx, "screenings.figures.few", "n", Fewest)
	}
	return i18n.T(ctx, "screenings.figures.sentence", "invited", i18n.Number(ctx, *f.Total.Cells[colInvited]),
		"answered", i18n.Number(ctx, *f.Total.Cells[colAnswered]), "percent", i18n.Percent(ctx, p, 0))
}

// bars are the totals that are shown.
func (f Figures) bars(ctx context.Context) (list []ui.Bar) {
	for k, n := range f.Total.Cells {
		if n != nil {
			list = append(list, ui.Bar{Label: i18n.T(ctx, columnKeys[k]), Value: float64(*n), Shown: i18n.Number(ctx, *n)})
		}
	}
	return list
}

func (f Figures) props(ctx context.Context) ui.TableProps {
	p := ui.TableProps{Caption: i18n.T(ctx, "screenings.figures.caption"), Columns: []ui.Column{{Label: i18n.T(ctx, "screenings.figures.district")}}}
	for _, k := range columnKeys {
		p.Columns = append(p.Columns, ui.Column{Label: i18n.T(ctx, k), Num: true})
	}
	for _, r := range append(slices.Clone(f.Rows), f.Total) {
		name := strings.TrimSpace(r.District + " " + r.Name)
		if name == "" {
			name = i18n.T(ctx, "screenings.figures.total")
		}
		cells := ui.Text(name)
		for _, n := range r.Cells {
			text := i18n.T(ctx, "screenings.figures.hidden")
			if n != nil {
				text = i18n.Number(ctx, *n)
			}
			cells = append(cells, ui.Cell{Text: text})
		}
		p.Rows = append(p.Rows, cells)
	}
	return p
}

func (f Figures) figure(ctx context.Context) ui.FigureProps {
	p := ui.FigureProps{Title: i18n.T(ctx, "screenings.figures.title"), Sentence: f.sentence(ctx), Picture: templ.NopComponent, Table: f.props(ctx)}
	if bars := f.bars(ctx); len(bars) > 0 {
		p.Picture = ui.Bars(bars)
	}
	return p
}

func measureLines(list []Measure) string {
	var b strings.Builder
	for _, m := range list {
		b.WriteString(m.Name + "; " + m.Unit + "; " + plain(m.Least) + " tot " + plain(m.Most))
		if m.Low != nil {
			b.WriteString("; " + plain(*m.Low) + " tot " + plain(*m.High))
		}
		b.WriteString("\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// bounds says between what a value lies, and what the organisation calls normal.
func (m Measure) bounds(ctx context.Context) string {
	text := i18n.T(ctx, "screenings.between", "least", plain(m.Least), "most", plain(m.Most))
	if m.Low != nil {
		text += " " + i18n.T(ctx, "screenings.normally", "low", plain(*m.Low), "high", plain(*m.High))
	}
	return text
}

func options(list []Link) []ui.Option {
	out := make([]ui.Option, len(list))
	for i, l := range list {
		out[i] = ui.Option{Value: l.ID, Label: l.Name}
	}
	return out
}

func (v patientView) outcomes(ctx context.Context) []ui.Option {
	var list []ui.Option
	for _, o := range Outcomes {
		list = append(list, ui.Option{Value: o, Label: outcomeName(ctx, o)})
	}
	return list
}

func (v roundView) facts(ctx context.Context) []ui.Pair {
	return []ui.Pair{ui.Fact(i18n.T(ctx, "screenings.period.label"), period(ctx, v.Round)), ui.Fact(i18n.T(ctx, "screenings.place"), v.PlaceName),
		ui.Fact(i18n.T(ctx, "screenings.ages"), v.Ages), ui.Fact(i18n.T(ctx, "screenings.survey"), v.SurveyTitle),
		ui.Fact(i18n.T(ctx, "screenings.owner"), v.OrganisedBy), ui.Fact(i18n.T(ctx, "screenings.by"), v.ScreenedBy),
		ui.Fact(i18n.T(ctx, "screenings.locations"), strings.Join(v.Locations, "; ")), ui.Fact(i18n.T(ctx, "screenings.kept"), i18n.T(ctx, "screenings.days", "n", v.KeepDays))}
}

// keys: screenings.channel.file screenings.channel.sheet screenings.channel.mail
func (v roundView) piles(ctx context.Context) ui.TableProps {
	p := ui.TableProps{Caption: i18n.T(ctx, "screenings.piles"), Columns: []ui.Column{{Label: i18n.T(ctx, "screenings.figures.district")},
		{Label: i18n.T(ctx, "screenings.channel")}, {Label: i18n.T(ctx, "screenings.codes"), Num: true}, {Label: i18n.T(ctx, "screenings.made")},
		{Label: i18n.T(ctx, "screenings.withdraw")}}}
	for _, b := range v.Batches {
		end := ui.Cell{Body: withdrawButton(v.ID, b)}
		if b.Withdrawn {
			end = ui.Cell{Text: i18n.T(ctx, "screenings.withdrawn")}
		} else if !v.MayRun {
			end = ui.Cell{}
		}
		p.Rows = append(p.Rows, append(ui.Text(strings.TrimSpace(b.District+" "+b.DistrictName), i18n.T(ctx, "screenings.channel."+b.Channel),
			i18n.Number(ctx, b.Codes), i18n.Date(ctx, b.At)), end))
	}
	return p
}

// shownSlots bounds the times on a page of the round.
const shownSlots = 300

func (v slotsView) table(ctx context.Context) ui.TableProps {
	p := ui.TableProps{Caption: i18n.T(ctx, "screenings.slots"), Columns: []ui.Column{{Label: i18n.T(ctx, "screenings.when")}, {Label: i18n.T(ctx, "screenings.where")},
		{Label: i18n.T(ctx, "screenings.taken")}, {Label: i18n.T(ctx, "screenings.drop")}}}
	for k, t := range v.Slots {
		if k == shownSlots {
			break
		}
		end := ui.Cell{}
		if t.Taken == 0 {
			end.Body = dropButton(v.ID, t, when(ctx, t.Starts))
		}
		p.Rows = append(p.Rows, append(ui.Text(when(ctx, t.Starts), t.Location, i18n.T(ctx, "screenings.seats.of", "n", t.Taken, "seats", t.Seats)), end))
	}
	return p
}

// days lists the days on which there are times, for the list of who measures.
func (v roundView) days() (list []Day) {
	for _, t := range v.Slots {
		if d := DayOf(t.Starts); len(list) == 0 || list[len(list)-1] != d {
			list = append(list, d)
		}
	}
	return list
}

func (v dayView) table(ctx context.Context) ui.TableProps {
	p := ui.TableProps{Caption: i18n.T(ctx, "screenings.day.caption", "day", v.Day.Text(ctx)), Columns: []ui.Column{{Label: i18n.T(ctx, "screenings.time")},
		{Label: i18n.T(ctx, "screenings.where")}, {Label: i18n.T(ctx, "screenings.number")}, {Label: i18n.T(ctx, "screenings.visit")}}}
	for _, b := range v.List {
		time := i18n.Clock(ctx, b.Starts)
		if len(b.People) == 0 {
			p.Rows = append(p.Rows, ui.Text(time, b.Location, i18n.T(ctx, "screenings.nobody"), ""))
		}
		for _, e := range b.People {
			state := visitName(ctx, e.Visit)
			if e.Entered {
				state = i18n.T(ctx, "screenings.entered")
			}
			p.Rows = append(p.Rows, []ui.Cell{{Text: time}, {Text: b.Location},
				{Text: i18n.T(ctx, "screenings.number.of", "n", e.Number), Path: visitBase + "/" + v.ID + "/" + e.Invite}, {Text: state}})
		}
	}
	return p
}

// ics writes an appointment for a calendar. What it is about stays out of it: others
// look into calendars too.
func (s *Service) ics(ctx context.Context, c Card) string {
	cal := ics.NewCalendarFor("Wijkbaak")
	cal.SetMethod(ics.MethodPublish)
	e := cal.AddEvent(c.Invite.ID + "@wijkbaak")
	e.SetDtStampTime(c.Visit.Booked)
	e.SetSequence(int(c.Visit.Booked.Unix() - c.Invite.Made.Unix()))
	e.SetStartAt(c.Visit.Starts)
	e.SetEndAt(c.Visit.Starts.Add(time.Duration(c.Slot.Minutes) * time.Minute))
	e.SetSummary(i18n.T(ctx, "screenings.ics"))
	e.SetLocation(c.Slot.Location)
	return cal.Serialize(ics.WithNewLineWindows)
}

func (v editView) heading(ctx context.Context) string {
	if v.ID == "" {
		return i18n.T(ctx, "screenings.new")
	}
	return i18n.T(ctx, "screenings.edit")
}

func (v editView) action() string {
	if v.ID == "" {
		return deskBase
	}
	return Path(v.ID) + "/bewerken"
}

// screeners are who may measure; the own organisation comes first.
func (v editView) screeners() []ui.Option {
	own := options(v.Own)
	for _, o := range options(v.All) {
		if !slices.Contains(own, o) {
			own = append(own, o)
		}
	}
	return own
}

func (v slotsView) locations() []ui.Option {
	list := make([]ui.Option, len(v.Locations))
	for i, l := range v.Locations {
		list[i] = ui.Option{Value: l}
	}
	return list
}

func (v dayView) at(days int) string {
	return visitBase + "/" + v.ID + "?dag=" + string(v.Day.Add(days))
}

// field is the field of a measure: its name is the organisation's own word.
func (v patientView) field(ctx context.Context, k int, m Measure) ui.Field {
	f := ui.Field{Name: valueField(k), Label: m.Name, Hint: m.bounds(ctx), Inputmode: "decimal", Optional: true, MaxLength: 20,
		Value: v.Form.Value(valueField(k)), Error: v.Form.Problem(ctx, valueField(k))}
	if m.Unit != "" {
		f.Label += " (" + m.Unit + ")"
	}
	return f
}
