package questions

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/qr"
	"wijkbaak.nl/internal/base/returncode"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/places"
	"wijkbaak.nl/internal/trust/themes"
)

func (s *Service) routes() []web.Route {
	team := access.Has(access.Coach)
	watch := access.Has(access.Moderator, access.Coach)
	return []web.Route{
		web.Get("/vragen", access.Public, s.listPage),
		web.Get("/vragen.atom", access.Public, s.listFeed),
		web.Get("/vragen/nieuw", access.Public, s.askForm),
		web.Post("/vragen", access.Public, s.ask),
		web.Get("/vragen/{id}", access.Public, s.questionPage),
		web.Get("/vragen/{id}/atom", access.Public, s.questionFeed),
		web.Post("/vragen/{id}/antwoord", access.SignedIn, s.answer),
		web.Post("/vragen/{id}/volgen", access.Public, s.follow),
		web.Get("/volgen/{token}", access.Public, s.confirmForm),
		web.Post("/volgen/{token}", access.Public, s.confirm),
		web.Get("/volgen/{token}/stop", access.Public, s.unfollowForm),
		web.Post("/volgen/{token}/stop", access.Public, s.unfollow),
		web.Post("/antwoorden/{id}/dank", access.Public, s.thank),
		web.Get("/antwoorden/{id}/wijzigen", access.SignedIn, s.editForm),
		web.Post("/antwoorden/{id}/wijzigen", access.SignedIn, s.edit),

		web.Get("/terug", access.Public, s.codeForm),
		web.Post("/terug", access.Public, s.enterCode),
		web.Get("/terug/{code}", access.Public, s.ownPage),
		web.Get("/terug/{code}/papier", access.Public, s.paper),
		web.Post("/terug/{code}/geholpen", access.Public, s.helped),
		web.Post("/terug/{code}/bericht", access.Public, s.messageTeam),
		web.Post("/terug/{code}/sluiten", access.Public, s.withdraw),
		web.Get("/papier/vraag", access.Public, s.blank),

		web.Get("/melden/{soort}/{id}", access.Public, s.reportForm),
		web.Post("/melden/{soort}/{id}", access.Public, s.report),

		web.Get("/werkbank", team, s.desk),
		web.Get("/werkbank/nieuw", team, s.actingForm),
		web.Post("/werkbank/nieuw", team, s.acting),
		web.Post("/werkbank/{id}/pakken", team, s.take),
		web.Post("/werkbank/{id}/doorgeven", team, s.pass),
		web.Post("/werkbank/{id}/notitie", team, s.note),
		web.Post("/werkbank/{id}/bericht", team, s.messageAsker),
		web.Post("/werkbank/{id}/sluiten", team, s.closePost),
		web.Post("/werkbank/{id}/heropenen", team, s.reopen),
		web.Post("/werkbank/{id}/samenvoegen", team, s.merge),
		web.Post("/werkbank/{id}/wissen", team, s.eraseAsker),

		web.Get("/moderatie", watch, s.moderationPage),
		web.Post("/moderatie", watch, s.moderatePost),

		web.Get("/verhalen", access.Public, s.storiesPage),
		web.Get("/verhalen/nieuw", access.Public, s.tellForm),
		web.Post("/verhalen", access.Public, s.tell),
		web.Get("/verhalen/intrekken", access.Public, s.takeBackForm),
		web.Post("/verhalen/intrekken", access.Public, s.takeBack),
		web.Get("/verhalen/{id}", access.Public, s.storyPage),
	}
}

func (s *Service) listPage(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f := Filter{Unanswered: q.Get("open") != "", Before: q.Get("na"), Limit: 20}
	if themes.Known(q.Get("onderwerp")) {
		f.Theme = q.Get("onderwerp")
	}
	cards, last, err := s.cards(r.Context(), s.Clock.Now(), f)
	if err != nil {
		return err
	}
	p := listPage{Cards: cards, Filter: f}
	if last != "" {
		next := url.Values{"na": {last}}
		if f.Theme != "" {
			next.Set("onderwerp", f.Theme)
		}
		if f.Unanswered {
			next.Set("open", "ja")
		}
		p.Next = "/vragen?" + next.Encode()
	}
	return web.Render(w, r, http.StatusOK, p.render())
}

func (s *Service) askForm(w http.ResponseWriter, r *http.Request) error {
	web.Private(r) // each form has a key of its own
	form := web.NewForm("sleutel", rand.Text(), "vraag", web.Clean(strings.ToValidUTF8(r.URL.Query().Get("vraag"), "")), "wie", string(Neighbourhood))
	return s.showAsk(w, r, http.StatusOK, askPage{Form: form})
}

func (s *Service) showAsk(w http.ResponseWriter, r *http.Request, status int, p askPage) error {
	settings, err := s.Help(r.Context(), s.Root)
	if fault.KindOf(err) == fault.KindUnavailable {
		settings, err = places.DefaultSettings(), nil // what was typed goes before what we cannot read
	}
	if err != nil {
		return err
	}
	p.Place = settings
	return web.Render(w, r, status, p.render())
}

func readAsk(form *web.Form) Ask {
	return Ask{
		Title: form.Line("vraag", TitleMost), Body: form.Text("uitleg", BodyMost), Theme: form.Line("onderwerp", 60),
		Postcode: form.Line("postcode", 10), Name: form.Line("naam", NameMost), Audience: Audience(form.Value("wie")),
		Urgent:  form.Bool("spoed"),
		Contact: Contact{Email: form.Line("email", 254), Phone: form.Line("telefoon", 20)}, Channel: Screen, Key: form.Value("sleutel"),
	}
}

func (s *Service) ask(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	receipt, err := s.askFrom(r.Context(), form, readAsk(form))
	if err != nil {
		return form.Again(err, func(status int) error { return s.showAsk(w, r, status, askPage{Form: form}) })
	}
	return web.Redirect(w, r, "/terug/"+receipt.Code.String()+"?nieuw=1")
}

func (s *Service) askFrom(ctx context.Context, form *web.Form, a Ask) (Receipt, error) {
	if form.Err() != nil {
		form.Take(a.Check()) // all that is wrong at once
		return Receipt{}, form.Err()
	}
	return s.Ask(ctx, a)
}

func (s *Service) questionPage(w http.ResponseWriter, r *http.Request) error {
	return s.showQuestion(w, r, http.StatusOK, nil)
}

func (s *Service) showQuestion(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	v, err := s.ReadAfter(r.Context(), r.PathValue("id"), r.URL.Query().Get("na"))
	if err != nil {
		return err
	}
	if v.Question.Status == Merged && !v.OnTeam {
		return web.Redirect(w, r, Path(v.Question.MergedInto))
	}
	p := questionPage{View: v, Now: s.Clock.Now(), Form: form}
	p.Said = done(r)
	if v.OnTeam {
		if p.Recipients, err = s.Recipients(r.Context(), s.DB, v.Question.Place); err != nil {
			return err
		}
	}
	return web.Render(w, r, status, p.render())
}

var saidForm = regexp.MustCompile(`^(thanks|answered|held|follow|taken|passed|noted|messaged|closed|reopened|merged|owned|told|ended|erased)$`)

// done says what was just done, by the code in the address of the page; ""
// where nothing was.
func done(r *http.Request) string {
	if said := r.URL.Query().Get("gedaan"); saidForm.MatchString(said) {
		return i18n.T(r.Context(), "questions.done."+said)
	}
	return ""
}

func readReply(form *web.Form) Reply {
	p := Reply{Body: form.Text("antwoord", BodyMost)}
	if address := form.Line("bron", 500); address != "" {
		p.Sources = []Source{{Title: form.Line("brontitel", 200), URL: address}}
	}
	p.Initiatives = readInitiative(form)
	return p
}

// readInitiative takes the slug out of the address of an initiative, or of what
// somebody typed by heart.
func readInitiative(form *web.Form) []string {
	path, _, _ := strings.Cut(form.Line("initiatief", 200), "#")
	path, _, _ = strings.Cut(path, "?")
	path = strings.TrimSuffix(path, "/")
	if path == "" {
		return nil
	}
	return []string{path[strings.LastIndexByte(path, '/')+1:]}
}

func (s *Service) answer(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	reply := readReply(form)
	id := r.PathValue("id")
	var made Answer
	if err = form.Err(); err == nil {
		made, err = s.Answer(r.Context(), id, reply)
	}
	if err != nil {
		return form.Again(err, func(status int) error { return s.showQuestion(w, r, status, form) })
	}
	if made.Moderation == Held {
		return web.Redirect(w, r, Path(id)+"?gedaan=held")
	}
	return web.Redirect(w, r, Path(id)+"?gedaan=answered#antwoord-"+made.ID)
}

func (s *Service) thank(w http.ResponseWriter, r *http.Request) error {
	question, err := s.Thank(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return web.Redirect(w, r, Path(question)+"?gedaan=thanks")
}

func (s *Service) editForm(w http.ResponseWriter, r *http.Request) error {
	a, err := s.AnswerOf(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	pairs := []string{"antwoord", a.Body}
	if len(a.Sources) > 0 {
		pairs = append(pairs, "bron", a.Sources[0].URL, "brontitel", a.Sources[0].Title)
	}
	if len(a.Initiatives) > 0 {
		pairs = append(pairs, "initiatief", a.Initiatives[0])
	}
	return web.Render(w, r, http.StatusOK, editPage{Answer: a, Form: web.NewForm(pairs...)}.render())
}

// withRest adds what the form has no field for: it shows the first source and the
// first initiative, the others stay.
func (p Reply) withRest(old Answer) Reply {
	if len(old.Sources) > 1 {
		p.Sources = append(p.Sources, old.Sources[1:]...)
	}
	if len(old.Initiatives) > 1 {
		p.Initiatives = append(p.Initiatives, old.Initiatives[1:]...)
	}
	return p
}

func (s *Service) edit(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	reply := readReply(form)
	id, question := r.PathValue("id"), ""
	old, err := s.AnswerOf(r.Context(), id)
	if err != nil {
		return err
	}
	if err = form.Err(); err == nil {
		question, err = s.EditAnswer(r.Context(), id, reply.withRest(old))
	}
	if err != nil {
		return form.Again(err, func(status int) error {
			return web.Render(w, r, status, editPage{Answer: old, Form: form}.render())
		})
	}
	return web.Redirect(w, r, Path(question)+"?gedaan=answered")
}

func (s *Service) follow(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	if err := s.Follow(r.Context(), id, form.Line("email", 254)); err != nil {
		return form.Again(err, func(status int) error { return s.showQuestion(w, r, status, form) })
	}
	return web.Redirect(w, r, Path(id)+"?gedaan=follow")
}

// The pages behind the links of a mail ask for a press: programs that look at
// mail for viruses open every link.

func (s *Service) confirmForm(w http.ResponseWriter, r *http.Request) error {
	return s.say(w, r, "questions.confirm", "/volgen/"+url.PathEscape(r.PathValue("token")), "")
}

func (s *Service) confirm(w http.ResponseWriter, r *http.Request) error {
	question, err := s.ConfirmFollow(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	return s.say(w, r, "questions.confirmed", "", Path(question))
}

func (s *Service) unfollowForm(w http.ResponseWriter, r *http.Request) error {
	return s.say(w, r, "questions.unfollow", "/volgen/"+url.PathEscape(r.PathValue("token"))+"/stop", "")
}

func (s *Service) unfollow(w http.ResponseWriter, r *http.Request) error {
	if err := s.Unfollow(r.Context(), r.PathValue("token")); err != nil {
		return err
	}
	return s.say(w, r, "questions.unfollowed", "", "/vragen")
}

func (s *Service) say(w http.ResponseWriter, r *http.Request, key, post, path string) error {
	ctx := r.Context()
	web.Private(r)
	return web.Render(w, r, http.StatusOK, sayPage{Title: i18n.T(ctx, key), Text: i18n.T(ctx, key+".text"),
		Button: i18n.T(ctx, key+".button"), Post: post, Path: path}.render())
}

func (s *Service) codeForm(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, codePage{}.render())
}

func (s *Service) enterCode(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	typed := form.Text("code", returncode.MaxInput)
	if _, err := s.ReadByCode(r.Context(), typed); err != nil {
		return form.Again(err, func(status int) error { return web.Render(w, r, status, codePage{Form: form}.render()) })
	}
	code, err := returncode.Parse(typed)
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/terug/"+code.String())
}

func (s *Service) ownPage(w http.ResponseWriter, r *http.Request) error {
	return s.showOwn(w, r, http.StatusOK, nil)
}

// own reads the question of the code in the address. A code that does not exist
// answers like any page that does not; a coach who scans a paper form that
// nobody typed in yet goes to the form for it.
func (s *Service) own(r *http.Request) (View, string, error) {
	web.Private(r)
	typed := r.PathValue("code")
	v, err := s.ReadByCodeAfter(r.Context(), typed, r.URL.Query().Get("na"))
	if fault.KindOf(err) == fault.KindInvalid {
		return v, "", fault.NotFound()
	}
	if err != nil {
		return v, "", err
	}
	code, err := returncode.Parse(typed)
	return v, code.String(), err
}

func (s *Service) showOwn(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	v, code, err := s.own(r)
	if fault.KindOf(err) == fault.KindNotFound && access.Of(r.Context()).Has(access.Coach) {
		if code, err := returncode.Parse(r.PathValue("code")); err == nil {
			return web.Redirect(w, r, "/werkbank/nieuw?code="+code.String())
		}
	}
	if err != nil {
		return err
	}
	p := ownPage{View: v, Team: OnTeam(access.Of(r.Context()), v.Question.Place), Now: s.Clock.Now(), Code: code, New: r.URL.Query().Get("nieuw") != "", Said: done(r), Form: form}
	if p.Place, err = s.Help(r.Context(), v.Question.Place); err != nil {
		return err
	}
	return web.Render(w, r, status, p.render())
}

func (s *Service) paper(w http.ResponseWriter, r *http.Request) error {
	v, code, err := s.own(r)
	if err != nil {
		return err
	}
	settings, err := s.Help(r.Context(), v.Question.Place)
	if err != nil {
		return err
	}
	svg, err := qr.SVG(s.BaseURL+"/terug/"+code, i18n.T(r.Context(), "questions.paper.qr"))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, paperPage{View: v, Now: s.Clock.Now(), Code: code, Address: s.BaseURL, QR: svg, Place: settings}.render())
}

func (s *Service) helped(w http.ResponseWriter, r *http.Request) error {
	return s.ownAct(w, r, "antwoord", "owned", s.Helped)
}

func (s *Service) messageTeam(w http.ResponseWriter, r *http.Request) error {
	return s.ownAct(w, r, "bericht", "told", s.MessageTeam)
}

func (s *Service) withdraw(w http.ResponseWriter, r *http.Request) error {
	return s.ownAct(w, r, "", "ended", func(ctx context.Context, code, _ string) error { return s.Withdraw(ctx, code) })
}

// ownAct does what the asker asks with the code in the address.
func (s *Service) ownAct(w http.ResponseWriter, r *http.Request, name, said string, act func(ctx context.Context, code, value string) error) error {
	web.Private(r)
	code, err := returncode.Parse(r.PathValue("code"))
	if err != nil {
		return fault.NotFound()
	}
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	value := form.Text(name, NoteMost)
	if err = form.Err(); err == nil {
		err = act(r.Context(), code.String(), value)
	}
	if slices.ContainsFunc(fault.FieldsOf(err), func(f fault.Field) bool { return f.Name == "code" }) {
		return fault.NotFound()
	}
	if err != nil {
		return form.Again(err, func(status int) error { return s.showOwn(w, r, status, form) })
	}
	return web.Redirect(w, r, "/terug/"+code.String()+"?gedaan="+said)
}

// blank prints a form to fill in by pen, with a return code of its own; whoever
// types it in later gives the question that code.
func (s *Service) blank(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	settings, err := s.Help(r.Context(), s.Root)
	if err != nil {
		return err
	}
	code := newCode().String()
	svg, err := qr.SVG(s.BaseURL+"/terug/"+code, i18n.T(r.Context(), "questions.paper.qr"))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, blankPage{Code: code, Address: s.BaseURL, QR: svg, Place: settings}.render())
}

func (s *Service) reportForm(w http.ResponseWriter, r *http.Request) error {
	return s.showReport(w, r, http.StatusOK, nil)
}

func (s *Service) showReport(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	of, id := Subject(r.PathValue("soort")), r.PathValue("id")
	visible, err := s.visible(r.Context(), s.DB, of, id)
	if err != nil {
		return err
	}
	if !visible {
		return fault.NotFound()
	}
	return web.Render(w, r, status, reportPage{Of: of, ID: id, Form: form}.render())
}

func (s *Service) report(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	body := form.Text("uitleg", NoteMost)
	if err = form.Err(); err == nil {
		err = s.Report(r.Context(), Subject(r.PathValue("soort")), r.PathValue("id"), form.Value("reden"), body)
	}
	if err != nil {
		return form.Again(err, func(status int) error { return s.showReport(w, r, status, form) })
	}
	return s.say(w, r, "questions.reported", "", "/vragen")
}

func (s *Service) storiesPage(w http.ResponseWriter, r *http.Request) error {
	list, more, err := s.Stories(r.Context(), r.URL.Query().Get("na"), 20)
	if err != nil {
		return err
	}
	p := storiesPage{Stories: list, Now: s.Clock.Now()}
	if more {
		p.Next = "/verhalen?na=" + list[len(list)-1].ID
	}
	return web.Render(w, r, http.StatusOK, p.render())
}

func (s *Service) storyPage(w http.ResponseWriter, r *http.Request) error {
	t, links, err := s.Story(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, storyPage{Story: t, Links: links, Now: s.Clock.Now()}.render())
}

func (s *Service) tellForm(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, tellPage{}.render())
}

func (s *Service) tell(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	in := Tell{Title: form.Line("titel", TitleMost), Body: form.Text("verhaal", BodyMost), Name: form.Line("naam", NameMost),
		Theme: form.Line("onderwerp", 60), Initiatives: readInitiative(form), Consent: form.Bool("akkoord")}
	var code returncode.Code
	if err = form.Err(); err == nil {
		_, code, err = s.Publish(r.Context(), in)
	}
	if err != nil {
		return form.Again(err, func(status int) error { return web.Render(w, r, status, tellPage{Form: form}.render()) })
	}
	web.Private(r)
	return web.Render(w, r, http.StatusOK, toldPage{Code: code.String()}.render())
}

func (s *Service) takeBackForm(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, takeBackPage{}.render())
}

func (s *Service) takeBack(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	if err := s.TakeBack(r.Context(), form.Text("code", returncode.MaxInput)); err != nil {
		return form.Again(err, func(status int) error { return web.Render(w, r, status, takeBackPage{Form: form}.render()) })
	}
	return s.say(w, r, "questions.stories.gone", "", "/verhalen")
}
