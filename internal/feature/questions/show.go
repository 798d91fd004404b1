package questions

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/places"
	"wijkbaak.nl/internal/trust/themes"
)

// What the pages show, as values for the components.

func field(ctx context.Context, f *web.Form, name, label string, props ui.Field) ui.Field {
	props.Name, props.Label = name, i18n.T(ctx, label)
	if f != nil {
		props.Value, props.Error = f.Value(name), f.Problem(ctx, name)
	}
	return props
}

func problems(ctx context.Context, f *web.Form) []ui.FieldError {
	if f == nil {
		return nil
	}
	var list []ui.FieldError
	for _, p := range f.Problems() {
		text := i18n.T(ctx, p.Key, p.Args...)
		if label := labels[p.Name]; label != "" && strings.HasPrefix(p.Key, "web.form.") {
			text = i18n.T(ctx, label) + ": " + text // its sentence fits any field
		}
		list = append(list, ui.FieldError{Name: p.Name, Text: text})
	}
	return list
}

// labels are what the fields are called in which somebody types a text.
var labels = map[string]string{
	"vraag": "questions.ask.question", "uitleg": "questions.ask.body", "naam": "questions.ask.name", "postcode": "questions.ask.postcode",
	"email": "questions.ask.email", "telefoon": "questions.ask.phone", "antwoord": "questions.answer.body", "bron": "questions.answer.source",
	"brontitel": "questions.answer.sourcetitle", "titel": "questions.stories.name", "verhaal": "questions.stories.body",
}

// sent tells whether a form that was sent back has one of the fields.
func sent(f *web.Form, names ...string) bool {
	return f != nil && slices.ContainsFunc(names, func(name string) bool {
		return f.Value(name) != "" || slices.ContainsFunc(f.Problems(), func(e fault.Field) bool { return e.Name == name })
	})
}

func options(ctx context.Context, prefix string, values ...string) []ui.Option {
	list := make([]ui.Option, len(values))
	for i, v := range values {
		list[i] = ui.Option{Value: v, Label: i18n.T(ctx, prefix+v)}
	}
	return list
}

func themeOptions(ctx context.Context, none string) []ui.Option {
	return append([]ui.Option{{Label: i18n.T(ctx, none)}}, themeChoices(ctx)...)
}

var themeChoices = i18n.PerLanguage(func(ctx context.Context) []ui.Option {
	list := make([]ui.Option, len(themes.All))
	for i, code := range themes.All {
		list[i] = ui.Option{Value: code, Label: themes.Name(ctx, code)}
	}
	return list
})

func audiences(ctx context.Context) []ui.Option {
	list := options(ctx, "questions.audience.", string(Neighbourhood), string(Team))
	for i := range list {
		list[i].Hint = i18n.T(ctx, "questions.audience."+list[i].Value+".hint")
	}
	return list
}

// recipientOptions says honestly where nobody reads along yet.
func recipientOptions(ctx context.Context, recipients []Recipient) []ui.Option {
	list := []ui.Option{{Label: i18n.T(ctx, "questions.team.pass.choose")}}
	for _, r := range recipients {
		label := r.Name
		switch {
		case r.Person:
			label = i18n.T(ctx, "questions.team.pass.colleague", "name", r.Name, "organisation", r.Organisation)
		case r.Unread:
			label = i18n.T(ctx, "questions.team.pass.unread", "name", r.Name)
		}
		list = append(list, ui.Option{Value: r.ID, Label: label})
	}
	return list
}

func yes(b bool) string {
	if b {
		return "ja"
	}
	return ""
}

func phones(s places.Settings) []ui.Phone {
	list := make([]ui.Phone, len(s.Urgent))
	for i, u := range s.Urgent {
		list[i] = ui.Phone{Label: u.Label, Number: u.Number, Note: u.Text}
	}
	return list
}

// numbers are the phones without their story: who only glances at them sees what to press.
func numbers(s places.Settings) []ui.Phone {
	var list []ui.Phone
	for _, p := range phones(s) {
		if p.Number != "" {
			list = append(list, ui.Phone{Label: p.Label, Number: p.Number})
		}
	}
	return list
}

// answersShown is how many answers the heading names; the page may have a part of them.
func answersShown(v View) int { return max(len(v.Answers), v.Question.Answers) }

// moreAnswers leads on, on the page of the question or that of its asker.
func moreAnswers(v View, code string) string {
	path := Path(v.Question.ID)
	if code != "" {
		path = "/terug/" + code
	}
	return path + "?na=" + v.More
}

// helpedKind makes "this helped me" the main button where there is one answer to press it for.
func helpedKind(v View) ui.ButtonKind {
	if len(v.Answers) == 1 {
		return ui.Main
	}
	return ui.Plain
}

// lines writes a code with four words to a line: so people copy it, and read it aloud.
func lines(code string) string {
	var b strings.Builder
	for i, w := range strings.Split(code, "-") {
		if i > 0 {
			b.WriteByte(' ')
		}
		if i > 0 && i%4 == 0 {
			b.WriteByte('\n')
		}
		b.WriteString(w)
	}
	return b.String()
}

// who names the helper in a promise: "Marieke, wijkcoach", or the team. Only the
// first name: everybody reads it.
func who(ctx context.Context, h Helper) string {
	switch {
	case h.Name == "":
		return i18n.T(ctx, "questions.promise.team")
	case h.Role == "":
		return firstName(h.Name)
	}
	return i18n.T(ctx, "questions.who", "name", firstName(h.Name), "role", h.Role)
}

// firstName takes the family name off, with the particles before it.
func firstName(name string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	return first
}

func asker(ctx context.Context, q Question) string {
	if q.Name == "" {
		return i18n.T(ctx, "questions.asked.noname")
	}
	return i18n.T(ctx, "questions.asked.by", "name", q.Name)
}

func teller(ctx context.Context, t Story) string {
	if t.Name == "" {
		return i18n.T(ctx, "questions.stories.noname")
	}
	return i18n.T(ctx, "questions.stories.by", "name", t.Name)
}

func byline(ctx context.Context, w Answer) string {
	name := w.Name
	if name == "" {
		name = i18n.T(ctx, "questions.resident")
	}
	switch {
	case w.Role != "" && w.Organisation != "":
		return i18n.T(ctx, "questions.by.professional", "name", name, "role", w.Role, "organisation", w.Organisation)
	case w.Role != "":
		return i18n.T(ctx, "questions.who", "name", name, "role", w.Role)
	}
	return name
}

func sourceName(s Source) string {
	if s.Title != "" {
		return s.Title
	}
	if u, err := url.Parse(s.URL); err == nil {
		return u.Host
	}
	return s.URL
}

func mayEdit(ctx context.Context, w Answer) bool { return MayEditAnswer(access.Of(ctx), w) }

func badges(ctx context.Context, q Question, now time.Time) []ui.BadgeProps {
	list := make([]ui.BadgeProps, 0, 3) // seldom more
	add := func(tone ui.Tone, key, icon string, args ...any) {
		list = append(list, ui.BadgeProps{Tone: tone, Label: i18n.T(ctx, key, args...), Icon: icon})
	}
	switch {
	case q.Late(now):
		add(ui.Warning, "questions.status.late", "clock")
	case q.Status == Open:
		add(ui.Info, "questions.status.open", "question")
	case q.Status == Answered:
		add(ui.OK, "questions.status.answered", "answer", "n", q.Answers)
	case q.Status == Closed:
		add(ui.Neutral, "questions.status.closed", "check")
	}
	if q.Urgent && q.Status == Open {
		add(ui.Error, "questions.status.urgent", "urgent")
	}
	if q.Audience == Team {
		add(ui.Neutral, "questions.status.private", "lock")
	}
	if q.Moderation != Shown {
		add(ui.Warning, "questions.moderation."+string(q.Moderation), "hide")
	}
	if q.Demonstration {
		add(ui.Neutral, "questions.status.demonstration", "info")
	}
	return list
}

func card(ctx context.Context, now time.Time, q Question) ui.CardProps {
	meta := append(make([]string, 0, 3), i18n.Ago(ctx, now, q.AskedAt))
	if q.Theme != "" {
		meta = append(meta, themes.Name(ctx, q.Theme))
	}
	if q.Status == Open && !q.WaitsForAsker && !q.Late(now) {
		meta = append(meta, i18n.T(ctx, "questions.promise.short", "date", i18n.By(ctx, now, q.DueAt)))
	}
	return ui.CardProps{Title: q.Title, Path: Path(q.ID), Badges: badges(ctx, q, now), Meta: meta}
}

// deskFacts say by when a question is to be answered, or how late it is.
func deskFacts(ctx context.Context, now time.Time, r Row) []string {
	facts := []string{i18n.T(ctx, "questions.promise.short", "date", i18n.By(ctx, now, r.DueAt))}
	if r.Late {
		facts = []string{i18n.T(ctx, "questions.desk.over", "span", span(ctx, now.Sub(r.DueAt))),
			i18n.T(ctx, "questions.promise.was", "date", i18n.By(ctx, now, r.DueAt))}
	}
	facts = append(facts, i18n.T(ctx, "questions.channel."+string(r.Channel)))
	if r.TakenBy != "" && r.PassedTo != r.TakenBy {
		facts = append(facts, i18n.T(ctx, "questions.desk.taken", "name", r.TakenBy))
	}
	return facts
}

// mayTake tells whether the actor can put a question on the own pile with one press.
func mayTake(ctx context.Context, q Question) bool {
	return q.TakenBy != access.Of(ctx).Person
}

// takePath names the colleague it was with, so that nobody takes it from another one unseen.
func takePath(q Question) string { return "/werkbank/" + q.ID + "/pakken?van=" + q.TakenBy }

func storyCard(ctx context.Context, now time.Time, t Story) ui.CardProps {
	meta := []string{teller(ctx, t), i18n.Ago(ctx, now, t.At)}
	if t.Theme != "" {
		meta = append(meta, themes.Name(ctx, t.Theme))
	}
	return ui.CardProps{Title: t.Title, Path: StoryPath(t.ID), Meta: meta}
}

func (p listPage) reset() string {
	if p.Filter.Theme == "" && !p.Filter.Unanswered {
		return ""
	}
	return "/vragen"
}

func (p askPage) title(ctx context.Context) string {
	if p.Acting {
		return i18n.T(ctx, "questions.ask.acting")
	}
	return i18n.T(ctx, "questions.ask.title")
}

// keep names what this tab keeps of the form: what a coach types for one person
// must not stand in the form of another.
func (p askPage) keep() string {
	if p.Acting {
		return "namens"
	}
	return "vraag"
}

// fill says what a browser may fill in. For somebody else that is not what it knows of the coach.
func (p askPage) fill(what string) string {
	if p.Acting {
		return "section-namens " + what
	}
	return what
}

func (p askPage) action() string {
	if p.Acting {
		return "/werkbank/nieuw"
	}
	return "/vragen"
}

func (p questionPage) feed() string {
	if !p.Question.Listed() {
		return ""
	}
	return Path(p.Question.ID) + "/atom"
}

func teamFacts(ctx context.Context, p questionPage) []ui.Pair {
	facts := []ui.Pair{
		ui.Fact(i18n.T(ctx, "questions.team.due"), i18n.By(ctx, p.Now, p.Question.DueAt)),
		ui.Fact(i18n.T(ctx, "questions.team.channel"), i18n.T(ctx, "questions.channel."+string(p.Question.Channel))),
	}
	add := func(key, value string) {
		if value != "" {
			facts = append(facts, ui.Fact(i18n.T(ctx, key), value))
		}
	}
	add("questions.team.taken", p.TakenBy)
	add("questions.team.postcode", p.Question.Postcode)
	add("questions.ask.email", p.Contact.Email)
	add("questions.ask.phone", p.Contact.Phone)
	add("questions.team.passed", p.PassedTo)
	return facts
}

func eventTitle(ctx context.Context, v View, e Event) string {
	name := v.Names[e.Person]
	if name == "" {
		name = i18n.T(ctx, "questions.event.asker")
	}
	subject := e.Subject
	switch e.Kind {
	case EventClosed:
		subject = i18n.T(ctx, "questions.reason."+e.Subject)
	case EventReceipt:
		subject = i18n.T(ctx, "questions.channel."+e.Subject)
	case EventPassed:
		if subject == "" {
			subject = i18n.T(ctx, "questions.event.colleague") // who was erased
		} else if name := v.Names[subject]; name != "" {
			subject = name
		}
	}
	return i18n.T(ctx, "questions.event."+string(e.Kind), "name", name, "subject", subject)
}

// figureSentence says how the promise is kept, before the picture of it.
func figureSentence(ctx context.Context, f Figures) string {
	share, ok := f.OnTimeShare()
	asked := i18n.Number(ctx, f.Asked)
	switch {
	case !ok:
		return i18n.T(ctx, "questions.figures.none", "asked", asked)
	case f.MedianWait <= 0:
		return i18n.T(ctx, "questions.figures.share", "asked", asked, "share", i18n.Percent(ctx, float64(share), 0))
	}
	return i18n.T(ctx, "questions.figures.said", "asked", asked, "share", i18n.Percent(ctx, float64(share), 0), "wait", span(ctx, f.MedianWait))
}

func figureBars(ctx context.Context, f Figures) []ui.Bar {
	bar := func(key string, n int) ui.Bar {
		return ui.Bar{Label: i18n.T(ctx, key), Value: float64(n), Shown: i18n.Number(ctx, n)}
	}
	return []ui.Bar{bar("questions.figures.ontime", f.OnTime), bar("questions.figures.overdue", f.Answered-f.OnTime), bar("questions.figures.late", f.Late)}
}

// span writes a duration in the unit that people would use.
func span(ctx context.Context, d time.Duration) string {
	switch {
	case d < 2*time.Hour:
		return i18n.T(ctx, "questions.minutes", "n", int(d.Minutes()))
	case d < 48*time.Hour:
		return i18n.T(ctx, "questions.hours", "n", int(d.Hours()))
	}
	return i18n.T(ctx, "questions.days", "n", int(d.Hours()/24))
}

func moderationTabs(ctx context.Context, now string) []ui.Tab {
	var tabs []ui.Tab
	for _, state := range []string{"held", "reported", "hidden"} {
		tabs = append(tabs, ui.Tab{Label: i18n.T(ctx, "questions.moderation.tab."+state), Path: "/moderatie?stand=" + state, Current: state == now})
	}
	return tabs
}
