package scaling

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"time"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
)

// What the pages are made of.

type listView struct {
	Plans  []Listed
	MayAdd bool
}

type newView struct {
	Form                      *web.Form
	Coalitions, Organisations []Link
	Initiatives               []Link
	Templates                 []Saved
}

// tabs of a plan, in their order.
var tabs = []string{"bord", "tabel", "tijdlijn"}

type planView struct {
	View
	Tab         string
	Said        string
	Form        *web.Form // of what was refused
	Filter      filter
	Talk        talkView
	Link        time.Time // since when the actor has a calendar link
	Secret      string    // address of a link that was just made
	TemplateFor []Link    // organisations that can keep a template
}

// filter narrows the table.
type filter struct{ Track, Show string }

// all stands for no filter on cities: the steps together have an empty track.
const all = "alle"

func (f filter) takes(p Step, today Day) bool {
	if f.Track != all && f.Track != p.Track {
		return false
	}
	switch f.Show {
	case "open":
		return p.State.Open()
	case "laat":
		return p.Late(today)
	case "klaar":
		return p.State == Done
	}
	return true
}

type editView struct {
	View
	Form, City  *web.Form
	Initiatives []Link
	Places      []Municipality
}

type stepView struct {
	View
	Talk   talkView
	Form   *web.Form
	Now    *Step // as it is kept, when somebody else was first
	Step   Step
	Owners []Owner
}

type linesView struct {
	View
	Form   *web.Form
	Owners []Owner
}

type cityView struct {
	View
	Now     *Track // as it is kept, when somebody else was first
	City    Track
	Form    *web.Form
	Choices []Barrier
	Said    string
	Refused bool
}

type historyView struct {
	Plan
	Changes []Change
	Names   map[string]string
	Next    string
	Now     time.Time
}

func stepPath(p Step) string { return Path(p.Plan) + "/stap/" + p.ID }

// page is where the reader finds the plan.
func (v *View) page() string {
	if v.Token != "" {
		return guestPath(v.Token, v.ID)
	}
	return Path(v.ID)
}

// stepPage is where the reader finds a step.
func (v *View) stepPage(id string) string { return v.page() + "/stap/" + id }

func trackPath(plan, track string) string { return Path(plan) + "/stad/" + track }

// keys: scaling.state.* scaling.change.* scaling.was.* scaling.tab.* scaling.show.*
func word(ctx context.Context, of, value string) string {
	return i18n.T(ctx, "scaling."+of+"."+value)
}

func stateWord(ctx context.Context, s State) string { return word(ctx, "state", string(s)) }

func (v *View) trackName(ctx context.Context, id string) string {
	if id == "" {
		return i18n.T(ctx, "scaling.shared")
	}
	t, _ := v.Track(id)
	return t.Name
}

// text says how far it is, in steps.
func (t Tally) text(ctx context.Context) string {
	text := i18n.T(ctx, "scaling.tally", "done", t.Done, "n", t.Total)
	if t.Late > 0 {
		text += ", " + i18n.T(ctx, "scaling.tally.late", "n", t.Late)
	}
	return text
}

// sentence says what the whole plan comes to.
func (v *View) sentence(ctx context.Context) string {
	t := Count(v.Steps, v.Today)
	return i18n.T(ctx, "scaling.sentence", "title", v.Title, "tally", t.text(ctx), "percent", i18n.Percent(ctx, float64(t.Percent()), 0), "cities", len(v.Tracks))
}

// sheetSentence says the same under the title of the sheet.
func (v *View) sheetSentence(ctx context.Context) string {
	t := Count(v.Steps, v.Today)
	return i18n.T(ctx, "scaling.sheet.sentence", "tally", t.text(ctx), "percent", i18n.Percent(ctx, float64(t.Percent()), 0), "cities", len(v.Tracks))
}

// told describes one step in a line.
func (v *View) told(ctx context.Context, p Step) string {
	text := p.Title + ": " + stateWord(ctx, p.State)
	if p.Due != "" {
		text += ", " + i18n.T(ctx, "scaling.due.on", "day", p.Due.Text(ctx))
	}
	if p.Late(v.Today) {
		text += ", " + i18n.T(ctx, "scaling.late")
	}
	if owner := v.Owner(p); owner != "" {
		text += ", " + owner
	}
	return text
}

func crumbs(ctx context.Context, p *Plan) []ui.Crumb {
	list := []ui.Crumb{{Label: i18n.T(ctx, "scaling.title"), Path: base}}
	if p != nil {
		list = append(list, ui.Crumb{Label: p.Title, Path: Path(p.ID)})
	}
	return list
}

func (v *View) tabs(ctx context.Context, now string) (list []ui.Tab) {
	for _, t := range tabs {
		list = append(list, ui.Tab{Label: word(ctx, "tab", t), Path: v.page() + "?weergave=" + t, Current: t == now})
	}
	return list
}

// late are the steps that should have been done, the oldest first.
func (v *View) late() (list []Step) {
	for _, p := range v.Steps {
		if p.Late(v.Today) {
			list = append(list, p)
		}
	}
	slices.SortStableFunc(list, func(a, b Step) int { return b.Due.until(a.Due) })
	return list
}

// next are the open steps that come first from today.
func (v *View) next() (list []Step) {
	for _, p := range v.Steps {
		if p.State.Open() && p.Due >= v.Today {
			list = append(list, p)
		}
	}
	slices.SortStableFunc(list, func(a, b Step) int { return b.Due.until(a.Due) })
	return list
}

// lanes are the tracks, with the steps of all cities in front.
func (v *View) lanes() []Track {
	if len(v.In("")) == 0 {
		return v.Tracks
	}
	return append([]Track{{Plan: v.ID}}, v.Tracks...)
}

// cityText says how far a city is and what it still needs.
func (v *View) cityText(ctx context.Context, t Track) string {
	text := Count(v.In(t.ID), v.Today).text(ctx)
	if n := t.Unmet(); n > 0 {
		text += ", " + i18n.T(ctx, "scaling.conditions.n", "n", n)
	}
	return text
}

// lane is a track on the board.
type lane struct {
	Track
	Tally Tally
	Piles []pile
}

// pile are the steps of a lane in one state.
type pile struct {
	State State
	Steps []Step
}

func (v *View) board() (list []lane) {
	states := States[:3]
	if slices.ContainsFunc(v.Steps, func(p Step) bool { return p.State == Dropped }) {
		states = States
	}
	for _, t := range v.lanes() {
		in := v.In(t.ID)
		l := lane{Track: t, Tally: Count(in, v.Today)}
		for _, s := range states {
			heap := pile{State: s}
			for _, p := range in {
				if p.State == s {
					heap.Steps = append(heap.Steps, p)
				}
			}
			l.Piles = append(l.Piles, heap)
		}
		list = append(list, l)
	}
	return list
}

// table lists steps; edit adds the fields with which a step is moved and ticked.
func (v *View) table(ctx context.Context, steps []Step, back string, edit bool) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "scaling.steps"), Quiet: true}
	if back != "tabel" && len(steps) > 0 && steps[0].Track == "" {
		t.Caption = i18n.T(ctx, "scaling.shared") // two tables on the page of a city
	}
	for _, key := range []string{"scaling.step", "scaling.city", "scaling.owner", "scaling.due", "scaling.state", "scaling.waits"} {
		t.Columns = append(t.Columns, ui.Column{Label: i18n.T(ctx, key)})
	}
	t.Columns = append(t.Columns, ui.Column{Label: i18n.T(ctx, "scaling.budget"), Num: true})
	for _, p := range steps {
		budget := ""
		if p.Budget > 0 {
			budget = i18n.Euro(ctx, p.Budget)
		}
		due := ui.Cell{Text: p.Due.Text(ctx)}
		state := ui.Cell{Body: v.badge(p)}
		if edit && p.State.Open() {
			due.Body = v.mover(p, back)
			state.Body = v.ticker(p, back)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: p.Title, Path: v.stepPage(p.ID)}, {Text: v.trackName(ctx, p.Track)}, {Text: v.Owner(p)}, due, state,
			{Text: v.waitsText(p)}, {Text: budget}})
	}
	return t
}

func (v *View) waitsText(p Step) string {
	o, _ := v.Waiting(p)
	return o.Title
}

// ganttTable is what stands behind the timeline.
func (v *View) ganttTable(ctx context.Context) ui.TableProps {
	t := v.table(ctx, v.Steps, "", false)
	t.Caption = i18n.T(ctx, "scaling.steps")
	return t
}

// cities is the table of the sheet: a row per track.
func (v *View) cities(ctx context.Context) ui.TableProps {
	t := ui.TableProps{Caption: i18n.T(ctx, "scaling.cities"), Quiet: true, Columns: []ui.Column{{Label: i18n.T(ctx, "scaling.city")},
		{Label: i18n.T(ctx, "scaling.state.done"), Num: true}, {Label: "%", Num: true}, {Label: i18n.T(ctx, "scaling.late"), Num: true},
		{Label: i18n.T(ctx, "scaling.conditions.unmet"), Num: true}, {Label: i18n.T(ctx, "scaling.barriers.open"), Num: true}, {Label: i18n.T(ctx, "scaling.budget"), Num: true}}}
	for _, lane := range v.lanes() {
		c := Count(v.In(lane.ID), v.Today)
		barriers := 0
		for _, id := range lane.Barriers {
			if v.Barriers[id].Open {
				barriers++
			}
		}
		t.Rows = append(t.Rows, ui.Text(v.trackName(ctx, lane.ID), i18n.T(ctx, "scaling.of", "done", c.Done, "total", c.Total), i18n.Percent(ctx, float64(c.Percent()), 0),
			strconv.Itoa(c.Late), strconv.Itoa(lane.Unmet()), strconv.Itoa(barriers), i18n.Euro(ctx, c.Budget)))
	}
	return t
}

func linkOptions(ctx context.Context, none string, links []Link) (list []ui.Option) {
	if none != "" {
		list = append(list, ui.Option{Label: i18n.T(ctx, none)})
	}
	for _, l := range links {
		list = append(list, ui.Option{Value: l.ID, Label: l.Name})
	}
	return list
}

// ofOptions are the coalitions and organisations a plan can be of.
func (p newView) ofOptions(ctx context.Context) (list []ui.Option) {
	for _, c := range p.Coalitions {
		list = append(list, ui.Option{Value: "c:" + c.ID, Label: c.Name})
	}
	for _, o := range p.Organisations {
		list = append(list, ui.Option{Value: "o:" + o.ID, Label: o.Name})
	}
	return list
}

func (p newView) templateOptions(ctx context.Context) []ui.Option {
	list := []ui.Option{{Value: StandardTemplate, Label: i18n.T(ctx, "scaling.template.standard")}, {Label: i18n.T(ctx, "scaling.template.none")}}
	for _, t := range p.Templates {
		list = append(list, ui.Option{Value: t.ID, Label: t.Title})
	}
	return list
}

func ownerOptions(ctx context.Context, owners []Owner, now Owner) []ui.Option {
	list := []ui.Option{{Label: i18n.T(ctx, "scaling.owner.none")}}
	if now.Value != "" && !slices.ContainsFunc(owners, func(o Owner) bool { return o.Value == now.Value }) {
		list = append(list, ui.Option{Value: now.Value, Label: now.Name})
	}
	for _, o := range owners {
		list = append(list, ui.Option{Value: o.Value, Label: o.Name})
	}
	return list
}

func (v *View) trackOptions(ctx context.Context, more ...ui.Option) []ui.Option {
	list := []ui.Option{{Value: "", Label: i18n.T(ctx, "scaling.shared")}}
	for _, t := range v.Tracks {
		list = append(list, ui.Option{Value: t.ID, Label: t.Name})
	}
	return append(list, more...)
}

func stateOptions(ctx context.Context) (list []ui.Option) {
	for _, s := range States {
		list = append(list, ui.Option{Value: string(s), Label: stateWord(ctx, s)})
	}
	return list
}

// waitOptions are the other steps of the plan.
func (p stepView) waitOptions(ctx context.Context) (list []ui.Option) {
	for _, o := range p.Steps {
		if o.ID != p.Step.ID && o.State != Dropped {
			list = append(list, ui.Option{Value: o.ID, Label: o.Title + " (" + p.trackName(ctx, o.Track) + ")"})
		}
	}
	return list
}

// facts tell of a step, for who only reads and for who was second.
func (v *View) facts(ctx context.Context, p Step) []ui.Pair {
	list := []ui.Pair{ui.Fact(i18n.T(ctx, "scaling.step"), p.Title), ui.Fact(i18n.T(ctx, "scaling.city"), v.trackName(ctx, p.Track)),
		ui.Fact(i18n.T(ctx, "scaling.state"), stateWord(ctx, p.State))}
	add := func(key, value string) {
		if value != "" {
			list = append(list, ui.Fact(i18n.T(ctx, key), value))
		}
	}
	add("scaling.owner", v.Owner(p))
	add("scaling.start", p.Start.Text(ctx))
	add("scaling.due", p.Due.Text(ctx))
	add("scaling.done", p.Done.Text(ctx))
	add("scaling.waits", v.waitsText(p))
	if p.Budget > 0 {
		add("scaling.budget", i18n.Euro(ctx, p.Budget))
	}
	add("scaling.what", p.What)
	return list
}

func (h historyView) who(ctx context.Context, c Change) string {
	if name := h.Names[c.Person]; name != "" {
		return name
	}
	return i18n.T(ctx, "scaling.somebody")
}

// said is what a value of the history is in words.
func (w Was) said(ctx context.Context, value string) string {
	switch {
	case value == "":
		return i18n.T(ctx, "scaling.nothing")
	case w.Field == "state":
		return stateWord(ctx, State(value))
	case w.Field == "start", w.Field == "due", w.Field == "done":
		return Day(value).Text(ctx)
	case w.Field == "budget":
		return "€ " + value
	}
	return cut(value, 120)
}

// back is where a press of a button returns to.
func backPath(plan, back string) string {
	if slices.Contains(tabs, back) {
		return Path(plan) + "?weergave=" + back
	}
	if back != "" && back == url.PathEscape(back) {
		return trackPath(plan, back)
	}
	return Path(plan)
}

func placeOptions(ctx context.Context, list []Municipality) []ui.Option {
	options := []ui.Option{{Label: i18n.T(ctx, "scaling.city.noplace")}}
	for _, m := range list {
		options = append(options, ui.Option{Value: m.Code, Label: m.Name})
	}
	return options
}

// filtered are the steps that the table shows.
func (v *View) filtered(f filter) (list []Step) {
	for _, o := range v.Steps {
		if f.takes(o, v.Today) {
			list = append(list, o)
		}
	}
	return list
}

func showOptions(ctx context.Context) (list []ui.Option) {
	for _, v := range []string{"alles", "open", "laat", "klaar"} {
		list = append(list, ui.Option{Value: v, Label: word(ctx, "show", v)})
	}
	return list
}

// templateForm is what a copy begins with, or what was typed.
func (p planView) templateForm() *web.Form {
	if p.Form != nil {
		return p.Form
	}
	return web.NewForm("titel", p.Title)
}

func (p stepView) heading(ctx context.Context) string {
	if p.Step.ID == "" {
		return i18n.T(ctx, "scaling.step.new")
	}
	return p.Step.Title
}

func (p stepView) action() string {
	if p.Step.ID == "" {
		return Path(p.Plan.ID) + "/stap/" + newStep
	}
	return stepPath(p.Step)
}

func (p cityView) barrierOptions() (list []ui.Option) {
	for _, b := range p.Choices {
		list = append(list, ui.Option{Value: b.ID, Label: b.Name})
	}
	return list
}

// ticked are the barriers of the form that was refused, or else those kept.
func (p cityView) ticked() []string {
	if p.Refused {
		return p.Form.List("belemmeringen", 60, barriersMost)
	}
	return p.City.Barriers
}

// line is a step on the sheet.
func (v *View) line(ctx context.Context, p Step) string {
	text := p.Due.Text(ctx) + ": " + p.Title + " (" + v.trackName(ctx, p.Track) + ")"
	if owner := v.Owner(p); owner != "" {
		text += ", " + owner
	}
	return cut(text, 180)
}

// needs are what cities still wait for, for the sheet.
func (v *View) needs() (list []string) {
	for _, t := range v.Tracks {
		for _, c := range t.Conditions {
			if !c.Met {
				list = append(list, t.Name+": "+c.Title)
			}
		}
	}
	return list
}

// line is one value of the history.
func (w Was) line(ctx context.Context) string {
	if w.Before == "" && w.After == "" {
		return word(ctx, "was", w.Field)
	}
	return word(ctx, "was", w.Field) + ": " + i18n.T(ctx, "scaling.was.now", "before", w.said(ctx, w.Before), "after", w.said(ctx, w.After))
}
