package surveys

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/protocol/fhir"
)

// What the pages are made of.

type listView struct {
	Surveys           []*Parsed
	SignedIn, MayEdit bool
}

type introView struct {
	*Parsed
	MayEnter bool
}

type stepView struct {
	*Parsed
	State      state
	Packed     string
	Filled     *fhir.Filled
	Step       step
	Number, Of int
	Form       *web.Form
	Said       string // key
	Shut       bool   // nothing can be kept
}

type summaryView struct {
	*Parsed
	State  state
	Packed string
	Filled *fhir.Filled
	Form   *web.Form
	Shut   bool
}

type resultView struct {
	Result
	State    state
	Packed   string
	Shut     bool
	SignedIn bool
}

type keptView struct {
	Kept
	Result   Result
	Code     string
	BaseURL  string
	New      bool
	SignedIn bool
}

type codeView struct{ Form *web.Form }

type mineView struct{ List []Kept }

type paperView struct {
	*Parsed
	Code, Address, QR string
}

type enterView struct {
	*Parsed
	Form *web.Form
}

type deskView struct{ Versions []Survey }

type importView struct {
	Form                *web.Form
	Questionnaire, Plan string
	Checked             *Checked
}

type versionView struct {
	*Parsed
	Checked  Checked
	Versions []Survey
	Said     bool
}

func crumbs(ctx context.Context, p *Parsed) []ui.Crumb {
	list := []ui.Crumb{{Label: i18n.T(ctx, "surveys.title"), Path: base}}
	if p != nil {
		list = append(list, ui.Crumb{Label: p.name(ctx), Path: p.page()})
	}
	return list
}

func deskCrumbs(ctx context.Context) []ui.Crumb {
	return append(crumbs(ctx, nil), ui.Crumb{Label: i18n.T(ctx, "surveys.desk.title"), Path: base + "/beheer"})
}

// name is the title in the language of the page.
func (p *Parsed) name(ctx context.Context) string {
	if t := p.Form.Title.For(i18n.Lang(ctx)); t != "" {
		return t
	}
	return p.Title
}

func (p *Parsed) about(ctx context.Context) string { return p.Form.Description.For(i18n.Lang(ctx)) }

// minutes guesses how long it takes: a quarter of a minute for each question.
func (p *Parsed) minutes() int { return max(1, (p.Items+3)/4) }

func (p *Parsed) action() string { return base + "/lijst/" + p.Slug + "/invullen" }

// op lists the questions of a page for the form.
func (s step) op() string {
	var list []string
	for _, i := range s.Items {
		list = append(list, strconv.Itoa(i.Index))
	}
	return strings.Join(list, ",")
}

// faults are what is wrong with the answers, each with its question.
func faults(ctx context.Context, q *fhir.Questionnaire, f *web.Form) (list []ui.FieldError) {
	for _, x := range ui.Problems(ctx, f) {
		for _, i := range q.All {
			if fieldName(i) == x.Name {
				x.Text = strings.TrimRight(i.Text.For(i18n.Lang(ctx)), ".?:") + ": " + x.Text
			}
		}
		list = append(list, x)
	}
	return list
}

func (v stepView) blocks() []block { return blocks(v.Filled, v.Step) }

func (v stepView) field(ctx context.Context, i *fhir.Item) ui.Field {
	return shownField(ctx, i18n.Lang(ctx), v.Form, i, v.Filled.Answers[i.LinkID])
}

func itemNumber(i *fhir.Item) string { return strconv.Itoa(i.Index) }

func (v keptView) path() string {
	if v.Code != "" {
		return base + "/terug/" + v.Code
	}
	return base + "/mijn/" + v.Response.ID
}

func (v keptView) newText(ctx context.Context) string {
	if v.Code != "" {
		return i18n.T(ctx, "surveys.kept.new.code")
	}
	return i18n.T(ctx, "surveys.kept.new.account")
}

// term says how long it is kept.
func (v keptView) term(ctx context.Context) string {
	switch {
	case v.Code == "":
		return i18n.T(ctx, "surveys.kept.term.account")
	case v.State == Busy:
		return i18n.T(ctx, "surveys.kept.term.busy", "n", int(BusyTerm.Hours()/24))
	}
	return i18n.T(ctx, "surveys.kept.term.complete", "n", int(CompleteTerm.Hours()/24/365))
}

func (v keptView) pairs(ctx context.Context) (list []ui.Pair) {
	for _, a := range answeredOf(ctx, &v.Result.Filled) {
		list = append(list, ui.Fact(a.Item.Text.For(i18n.Lang(ctx)), a.Text))
	}
	return list
}

// other is the field for what is not among the options.
func (v stepView) other(ctx context.Context, i *fhir.Item) ui.Field {
	f := ui.Field{Name: fieldName(i) + behindOther, Label: i18n.T(ctx, "surveys.fill.other.what"), MaxLength: most(i), Optional: true}
	for _, a := range v.Filled.Answers[i.LinkID] {
		if a.Kind == fhir.String && !slices.ContainsFunc(i.Options, func(o fhir.Option) bool { return o.Value.Same(a) }) {
			f.Value = a.Text
		}
	}
	if v.Form != nil {
		f.Value = v.Form.Value(f.Name)
	}
	return f
}

// units is the field for the unit of a quantity.
func (v stepView) units(ctx context.Context, i *fhir.Item) ui.Field {
	f := ui.Field{Name: fieldName(i) + behindUnit, Label: i18n.T(ctx, "surveys.fill.unit.choose")}
	for k, u := range i.Units {
		f.Options = append(f.Options, ui.Option{Value: strconv.Itoa(k), Label: u.Display})
		if a := v.Filled.Answers[i.LinkID]; len(a) > 0 && a[0].Unit == u.Display {
			f.Value = strconv.Itoa(k)
		}
	}
	if v.Form != nil {
		f.Value = v.Form.Value(f.Name)
	}
	return f
}

// aloud is what the page says when it is read aloud.
func (v stepView) aloud(ctx context.Context) string {
	var b strings.Builder
	lang := i18n.Lang(ctx)
	say := func(text string) {
		if text = strings.TrimSpace(text); text != "" {
			b.WriteString(text)
			if !strings.ContainsAny(text[len(text)-1:], ".?!:") {
				b.WriteByte('.')
			}
			b.WriteByte(' ')
		}
	}
	for _, x := range v.blocks() {
		say(x.Item.Text.For(lang))
		if x.Level > 0 || x.Item.Type == "display" {
			continue
		}
		say(x.Item.Help.For(lang))
		for _, o := range x.Item.Options {
			say(o.Label.For(lang))
		}
	}
	return strings.TrimSpace(b.String())
}

func imagePath(p *Parsed, i *fhir.Item, option int) string {
	path := base + "/beeld/" + p.ID + "/" + strconv.Itoa(i.Index)
	if option >= 0 {
		path += "-" + strconv.Itoa(option)
	}
	return path
}

// answered are the questions of the summary with their answers.
type answered struct {
	Item *fhir.Item
	Text string
}

func (v summaryView) answers(ctx context.Context) []answered { return answeredOf(ctx, v.Filled) }

func answeredOf(ctx context.Context, f *fhir.Filled) (list []answered) {
	for _, st := range steps(f, true) {
		for _, i := range st.Items {
			list = append(list, answered{i, allSaid(ctx, i, f.Answers[i.LinkID])})
		}
	}
	return list
}

func (v summaryView) problem(ctx context.Context, i *fhir.Item) string {
	if v.Form == nil {
		return ""
	}
	return v.Form.Problem(ctx, fieldName(i))
}

// outcomes are the calculated answers that are no areas and not hidden.
func (r Result) outcomes(ctx context.Context) (list []answered) {
	for _, i := range r.Form.All {
		if i.Calculated.Text == "" || hidden(i) || areaOf(i) != "" || len(r.Filled.Answers[i.LinkID]) == 0 {
			continue
		}
		text := allSaid(ctx, i, r.Filled.Answers[i.LinkID])
		if v, ok := r.Filled.Answers[i.LinkID][0].Number(); ok && i.Max != nil {
			text = i18n.T(ctx, "surveys.result.of", "value", number(strconv.FormatFloat(v, 'f', -1, 64)), "most", number(i.Max.Text))
		}
		list = append(list, answered{i, text})
	}
	return list
}

func (r Result) figure(ctx context.Context) ui.FigureProps {
	return ui.FigureProps{Title: i18n.T(ctx, "surveys.web.title"), Sentence: webSentence(ctx, r.Areas),
		Picture: templ.Raw(drawWeb(ctx, r.Areas, r.Earlier)), Table: webTable(ctx, r.Areas, r.Earlier)}
}

// step is the words of the link to an advice.
func (a Advice) step(ctx context.Context) string {
	if a.Step != "" {
		return a.Step
	}
	return i18n.T(ctx, "surveys.advice.step")
}

// keys: surveys.status.*
func statusBadge(ctx context.Context, s Status) ui.BadgeProps {
	b := ui.BadgeProps{Label: i18n.T(ctx, "surveys.status."+string(s))}
	if s == Published {
		b.Tone = ui.OK
	}
	return b
}

// sentence says what a check came to.
func (c *Checked) sentence(ctx context.Context) string {
	if len(c.Errors) > 0 {
		return i18n.T(ctx, "surveys.check.errors", "n", len(c.Errors))
	}
	return i18n.T(ctx, "surveys.check.good", "n", asked(c.Form))
}

// items are what a printed form holds: every question, also those that are
// only asked after certain answers.
func (v paperView) items() (list []*fhir.Item) {
	for _, i := range v.Form.All {
		if !hidden(i) && i.Control != "help" && (i.Type == "group" || i.Type == "display" || i.Asked()) {
			list = append(list, i)
		}
	}
	return list
}

// only says when a question on paper is to be answered.
func (v paperView) only(ctx context.Context, i *fhir.Item) string {
	lang := i18n.Lang(ctx)
	or, joint := " "+i18n.T(ctx, "surveys.paper.or")+" ", " "+i18n.T(ctx, "surveys.paper.and")+" "
	if i.Any {
		joint = or
	}
	var parts, answers []string
	for k, e := range i.Enable {
		of := v.Form.Item(e.Question)
		if e.Operator == "exists" {
			parts = append(parts, i18n.T(ctx, "surveys.paper.only.answered", "question", of.Text.For(lang)))
			continue
		}
		answers = append(answers, operatorWord(ctx, e.Operator)+said(ctx, lang, of, e.Answer))
		if i.Any && k+1 < len(i.Enable) && i.Enable[k+1].Question == e.Question && i.Enable[k+1].Operator != "exists" {
			continue // one sentence for all answers to a question
		}
		parts = append(parts, i18n.T(ctx, "surveys.paper.only.answer", "question", of.Text.For(lang), "answer", strings.Join(answers, or)))
		answers = nil
	}
	if len(parts) == 0 {
		return ""
	}
	return i18n.T(ctx, "surveys.paper.only", "when", strings.Join(parts, joint))
}

// keys: surveys.operator.*
func operatorWord(ctx context.Context, operator string) string {
	names := map[string]string{"!=": "not", ">": "more", "<": "less", ">=": "least", "<=": "most"}
	if name := names[operator]; name != "" {
		return i18n.T(ctx, "surveys.operator."+name) + " "
	}
	return ""
}
