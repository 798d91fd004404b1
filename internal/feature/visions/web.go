package visions

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/qr"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

// routes: what is open to all are the list, the feed, a vision that is public, and
// taking part in a round for everybody.
func (s *Service) routes() []web.Route {
	in := access.SignedIn
	return []web.Route{
		web.Get(base, access.Public, s.listPage),
		web.Get(base+".atom", access.Public, s.feed),
		web.Get(base+"/nieuw", in, s.newPage),
		web.Post(base, in, s.create),
		web.Get(postBase+"{token}", access.Public, s.postPage),
		web.Post(postBase+"{token}", access.Public, s.setPost),
		web.Get(base+"/{id}", access.Public, s.visionPage),
		web.Get(base+"/{id}/reageren", access.Public, s.sayPage),
		web.Post(base+"/{id}/reageren", access.Public, s.say),
		web.Get(base+"/{id}/meedoen", access.Public, s.partPage),
		web.Post(base+"/{id}/meedoen", access.Public, s.part),
		web.Get(base+"/{id}/papier", access.Public, s.paperPage),
		web.Get(base+"/{id}/reacties", access.Public, s.commentsPage),
		web.Get(base+"/{id}/invoeren", in, s.enterPage),
		web.Post(base+"/{id}/invoeren", in, s.enterPaper),
		web.Get(base+"/{id}/bewerken", in, s.editPage),
		web.Post(base+"/{id}/bewerken", in, s.save),
		web.Post(base+"/{id}/weg", in, s.remove),
		web.Get(base+"/{id}/versies", in, s.versionsPage),
		web.Get(base+"/{id}/ronde", in, s.roundPage),
		web.Post(base+"/{id}/ronde", in, s.round),
		web.Post(base+"/{id}/ronde/sluiten", in, s.closeRound),
		web.Post(base+"/{id}/ronde/tekst", in, s.lay),
		web.Get(base+"/{id}/reacties/{reactie}", in, s.commentPage),
		web.Post(base+"/{id}/reacties/{reactie}/antwoord", in, s.answer),
		web.Post(base+"/{id}/reacties/{reactie}/stand", in, s.judge),
		web.Get(base+"/{id}/besluit", in, s.ballotPage),
		web.Post(base+"/{id}/besluit", in, s.decide),
		web.Post(base+"/{id}/besluit/stem", in, s.vote),
		web.Post(base+"/{id}/besluit/bezwaar", in, s.deal),
		web.Post(base+"/{id}/publiceren", in, s.publish),
	}
}

var saidForm = regexp.MustCompile(`^(saved|shown|held|part|paper|answered|judged|round|closed|laid|voted|dealt|decided|published)$`)

// said tells what was just done, by the code in the address of the page.
//
// keys: visions.done.*
func said(r *http.Request) string {
	if code := r.URL.Query().Get("gedaan"); saidForm.MatchString(code) {
		return i18n.T(r.Context(), "visions.done."+code)
	}
	return ""
}

// post reads a form, does what it asks and goes on; with a fault it is shown again.
func (s *Service) post(w http.ResponseWriter, r *http.Request, act func(ctx context.Context, f *web.Form, id string) (to string, err error), show func(status int, f *web.Form) error) error {
	web.Private(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	to, err := act(r.Context(), form, r.PathValue("id"))
	if err != nil {
		return form.Again(err, func(status int) error { return show(status, form) })
	}
	return web.Redirect(w, r, to)
}

// day reads a day of a form.
func day(f *web.Form, name string) Day {
	d, err := ParseDay(f.Line(name, 20))
	if err != nil {
		f.Fail(name, "visions.wrong.day")
	}
	return d
}

func (s *Service) listPage(w http.ResponseWriter, r *http.Request) error {
	web.Private(r) // whether it is still open differs by day
	l, err := s.List(r.Context(), r.URL.Query().Get("voor"))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, listView{l, s.today(), r.URL.Query().Has("voor"), s.ownPost(r.Context())}.render())
}

// postPage asks for a press before letters stop: programs that look at mail for
// viruses open every link.
func (s *Service) postPage(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	token := r.PathValue("token")
	quiet, err := s.Quiet(r.Context(), token)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, postView{Path: postBase + token, Quiet: quiet}.render())
}

func (s *Service) setPost(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	token := r.PathValue("token")
	if err := s.SetQuiet(r.Context(), token, f.Value("post") != "ja"); err != nil {
		return err
	}
	return web.Redirect(w, r, postBase+token)
}

func (s *Service) newPage(w http.ResponseWriter, r *http.Request) error {
	of := ""
	if c := r.URL.Query().Get("coalitie"); c != "" {
		of = "c:" + c
	}
	return s.showNew(w, r, http.StatusOK, web.NewForm("van", of))
}

func (s *Service) showNew(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	web.Private(r)
	list, err := s.Beginnings(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, status, editView{Form: form, Beginnings: list}.renderNew())
}

func readSaved(f *web.Form) Saved {
	n := Saved{Title: f.Line("titel", titleMost), Intro: f.Text("inleiding", introMost), Text: f.Text("tekst", textMost), Why: f.Line("waarom", whyMost)}
	n.Version, _ = strconv.Atoi(f.Value("versie")) // what is no number is no version that was
	for k := range questionsMost {
		if q := f.Line(questionField(k), questionMost); q != "" {
			n.Questions = append(n.Questions, q)
		}
	}
	return n
}

func questionField(k int) string { return "vraag" + strconv.Itoa(k+1) }

func replyField(k int) string { return "antwoord" + strconv.Itoa(k+1) }

func (s *Service) create(w http.ResponseWriter, r *http.Request) error {
	return s.post(w, r, func(ctx context.Context, f *web.Form, _ string) (string, error) {
		n, of := readSaved(f), f.Line("van", 60)
		if err := f.Err(); err != nil {
			return "", err
		}
		id, err := s.Create(ctx, of, n)
		return Path(id) + "?gedaan=saved", err
	}, func(status int, f *web.Form) error { return s.showNew(w, r, status, f) })
}

func (s *Service) visionPage(w http.ResponseWriter, r *http.Request) error {
	return s.showVision(w, r, http.StatusOK, nil)
}

func (s *Service) showVision(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	web.Private(r)
	v, err := s.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return web.Render(w, r, status, visionView{View: v, Said: said(r), Form: form}.render())
}

// about shows a vision on a page of its own part, for who may comment on it.
func (s *Service) about(r *http.Request) (View, error) {
	web.Private(r)
	return s.Get(r.Context(), r.PathValue("id"))
}

func (s *Service) sayPage(w http.ResponseWriter, r *http.Request) error {
	return s.showSay(w, r, http.StatusOK, web.NewForm("over", r.URL.Query().Get("over"), "soort", Suggestion))
}

func (s *Service) showSay(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	v, err := s.about(r)
	if err != nil {
		return err
	}
	quote, there := v.place(form.Value("over"))
	if !there {
		if status == http.StatusOK {
			return fault.NotFound()
		}
		quote = ""
	}
	return web.Render(w, r, status, sayView{View: v, Form: form, Quote: quote, Known: access.Of(r.Context()).SignedIn()}.render())
}

func (s *Service) say(w http.ResponseWriter, r *http.Request) error {
	return s.post(w, r, func(ctx context.Context, f *web.Form, id string) (string, error) {
		n := Said{Place: f.Line("over", 20), Kind: f.Line("soort", 20), Body: f.Text("tekst", bodyMost), Name: f.Line("naam", nameMost)}
		if err := f.Err(); err != nil {
			return "", err
		}
		shown, err := s.Comment(ctx, id, n)
		if shown {
			return commentsPath(id, filterPlace, n.Place) + "&gedaan=shown", err
		}
		return Path(id) + "?gedaan=held", err
	}, func(status int, f *web.Form) error { return s.showSay(w, r, status, f) })
}

func commentsPath(id, filter, place string) string {
	q := url.Values{"toon": {filter}}
	if filter == filterPlace {
		q.Set("plek", place)
	}
	return Path(id) + "/reacties?" + q.Encode()
}

func readPart(f *web.Form, paper bool) Part {
	n := Part{Rest: f.Text("rest", bodyMost), Name: f.Line("naam", nameMost), Paper: paper}
	for k := range questionsMost {
		n.Replies = append(n.Replies, f.Text(replyField(k), bodyMost))
	}
	return n
}

func (s *Service) partPage(w http.ResponseWriter, r *http.Request) error {
	return s.showPart(w, r, http.StatusOK, nil, false)
}

func (s *Service) showPart(w http.ResponseWriter, r *http.Request, status int, form *web.Form, paper bool) error {
	v, err := s.about(r)
	if err != nil {
		return err
	}
	if paper && !v.Says {
		return fault.Denied()
	}
	return web.Render(w, r, status, partView{View: v, Form: form, Paper: paper, Known: access.Of(r.Context()).SignedIn(), Said: said(r)}.render())
}

func (s *Service) part(w http.ResponseWriter, r *http.Request) error {
	return s.post(w, r, func(ctx context.Context, f *web.Form, id string) (string, error) {
		n := readPart(f, false)
		if err := f.Err(); err != nil {
			return "", err
		}
		return Path(id) + "?gedaan=part", s.TakePart(ctx, id, n)
	}, func(status int, f *web.Form) error { return s.showPart(w, r, status, f, false) })
}

func (s *Service) enterPage(w http.ResponseWriter, r *http.Request) error {
	return s.showPart(w, r, http.StatusOK, nil, true)
}

func (s *Service) enterPaper(w http.ResponseWriter, r *http.Request) error {
	return s.post(w, r, func(ctx context.Context, f *web.Form, id string) (string, error) {
		n := readPart(f, true)
		if err := f.Err(); err != nil {
			return "", err
		}
		return Path(id) + "/invoeren?gedaan=paper", s.TakePart(ctx, id, n)
	}, func(status int, f *web.Form) error { return s.showPart(w, r, status, f, true) })
}

func (s *Service) paperPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.about(r)
	if err != nil {
		return err
	}
	address := s.BaseURL + Path(v.ID) + "/meedoen"
	svg, err := qr.SVG(address, i18n.T(r.Context(), "visions.paper.qr"))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, paperView{View: v, Address: address, QR: svg}.render())
}

func (s *Service) commentsPage(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	q := r.URL.Query()
	filter := q.Get("toon")
	if !known(filter) {
		filter = filterAll
	}
	v, err := s.Comments(r.Context(), r.PathValue("id"), filter, q.Get("plek"), q.Get("na"))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, commentsView{Overview: v, Said: said(r), Now: s.Clock.Now()}.render())
}

func (s *Service) editPage(w http.ResponseWriter, r *http.Request) error {
	return s.showEdit(w, r, http.StatusOK, nil)
}

func (s *Service) showEdit(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	web.Private(r)
	id := r.PathValue("id")
	v, err := s.Get(r.Context(), id)
	if err != nil {
		return err
	}
	if !v.Writes {
		return fault.Denied()
	}
	_, text, err := s.Version(r.Context(), id, 0)
	if err != nil {
		return err
	}
	p := editView{View: v, Form: form}
	if form == nil {
		pairs := []string{"titel", v.Title, "inleiding", v.Intro, "tekst", Source(text.Blocks)}
		for k, q := range v.Questions {
			pairs = append(pairs, questionField(k), q)
		}
		p.Form = web.NewForm(pairs...)
	} else if status == http.StatusConflict {
		p.Mine = Compare(text.Blocks, carried(text.Blocks, form.Value("tekst")))
	}
	return web.Render(w, r, status, p.renderEdit())
}

// carried gives what somebody typed the ids of the paragraphs it comes from.
func carried(old []Block, text string) []Block {
	blocks := Parse(text)
	carry(old, blocks, len(old)+blocksMost)
	return blocks
}

func (s *Service) save(w http.ResponseWriter, r *http.Request) error {
	return s.post(w, r, func(ctx context.Context, f *web.Form, id string) (string, error) {
		n := readSaved(f)
		if err := f.Err(); err != nil {
			return "", err
		}
		return Path(id) + "?gedaan=saved", s.Save(ctx, id, n)
	}, func(status int, f *web.Form) error { return s.showEdit(w, r, status, f) })
}

// press does one thing and goes back to the vision.
func (s *Service) press(w http.ResponseWriter, r *http.Request, to string, act func(ctx context.Context, id string) error) error {
	return s.post(w, r, func(ctx context.Context, _ *web.Form, id string) (string, error) {
		return Path(id) + to, act(ctx, id)
	}, func(status int, f *web.Form) error { return s.showVision(w, r, status, f) })
}

func (s *Service) remove(w http.ResponseWriter, r *http.Request) error {
	return s.post(w, r, func(ctx context.Context, _ *web.Form, id string) (string, error) {
		return base, s.Remove(ctx, id)
	}, func(status int, f *web.Form) error { return s.showVision(w, r, status, f) })
}

func (s *Service) publish(w http.ResponseWriter, r *http.Request) error {
	return s.press(w, r, "?gedaan=published", s.Publish)
}

func (s *Service) closeRound(w http.ResponseWriter, r *http.Request) error {
	return s.press(w, r, "?gedaan=closed", s.Close)
}

func (s *Service) lay(w http.ResponseWriter, r *http.Request) error {
	return s.press(w, r, "?gedaan=laid", s.Lay)
}

func (s *Service) versionsPage(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	ctx, id, q := r.Context(), r.PathValue("id"), r.URL.Query()
	before, _ := strconv.Atoi(q.Get("voor")) // anything else begins at the newest
	v, list, names, err := s.Versions(ctx, id, before)
	if err != nil {
		return err
	}
	p := versionsView{Vision: v, Names: names, Now: s.Clock.Now(), To: v.Newest}
	if len(list) > versionsMost {
		list = list[:versionsMost]
		p.Next = Path(id) + "/versies?voor=" + strconv.Itoa(list[versionsMost-1].Number)
	}
	p.List = list
	if n, err := strconv.Atoi(q.Get("nieuw")); err == nil && n > 0 && n <= v.Newest {
		p.To = n
	}
	p.From = max(1, p.To-1)
	if n, err := strconv.Atoi(q.Get("oud")); err == nil && n > 0 && n <= v.Newest {
		p.From = n
	}
	if p.From > p.To {
		p.From, p.To = p.To, p.From
	}
	_, old, err := s.Version(ctx, id, p.From)
	if err != nil {
		return err
	}
	_, now, err := s.Version(ctx, id, p.To)
	if err != nil {
		return err
	}
	p.Compared = Compare(old.Blocks, now.Blocks)
	return web.Render(w, r, http.StatusOK, p.render())
}

func (s *Service) roundPage(w http.ResponseWriter, r *http.Request) error {
	return s.showRound(w, r, http.StatusOK, nil)
}

func (s *Service) showRound(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	v, err := s.about(r)
	if err != nil {
		return err
	}
	if !v.Leads {
		return fault.Denied()
	}
	if form == nil {
		form = v.roundForm()
	}
	return web.Render(w, r, status, roundView{v, form}.render())
}

// roundForm is what the form of a round begins with: the one that is planned, or
// the one that is likely next.
func (v View) roundForm() *web.Form {
	o := v.Round()
	if !v.planned() {
		o = Round{Kind: Orienting, Opens: v.Today, Closes: v.Today.Add(21), Everybody: true, Method: ByConsent, Majority: Half}
		if v.mayDecide() {
			o.Kind, o.Everybody, o.Closes = Deciding, false, v.Today.Add(14)
		}
	}
	everybody := ""
	if o.Everybody {
		everybody = "ja"
	}
	return web.NewForm("soort", string(o.Kind), "van", string(o.Opens), "tot", string(o.Closes), "iedereen", everybody, "manier", o.Method, "meerderheid", o.Majority)
}

func (s *Service) round(w http.ResponseWriter, r *http.Request) error {
	return s.post(w, r, func(ctx context.Context, f *web.Form, id string) (string, error) {
		n := Round{Kind: Stage(f.Line("soort", 20)), Opens: day(f, "van"), Closes: day(f, "tot"), Everybody: f.Bool("iedereen"),
			Method: f.Line("manier", 20), Majority: f.Line("meerderheid", 20)}
		if err := f.Err(); err != nil {
			return "", err
		}
		act := s.Begin
		if f.Bool("gepland") {
			act = s.Plan
		}
		return Path(id) + "?gedaan=round", act(ctx, id, n)
	}, func(status int, f *web.Form) error { return s.showRound(w, r, status, f) })
}

func (s *Service) commentPage(w http.ResponseWriter, r *http.Request) error {
	return s.showComment(w, r, http.StatusOK, nil)
}

func (s *Service) showComment(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	web.Private(r)
	v, c, name, err := s.One(r.Context(), r.PathValue("id"), r.PathValue("reactie"))
	if err != nil {
		return err
	}
	if form == nil {
		form = web.NewForm("antwoord", c.Answer, "uitleg", c.AnswerText, "reden", c.StateWhy)
	}
	return web.Render(w, r, status, commentView{v, c, name, form, s.Clock.Now()}.render())
}

func (s *Service) answer(w http.ResponseWriter, r *http.Request) error {
	return s.post(w, r, func(ctx context.Context, f *web.Form, id string) (string, error) {
		answer, why := f.Line("antwoord", 20), f.Text("uitleg", bodyMost)
		if err := f.Err(); err != nil {
			return "", err
		}
		return commentsPath(id, filterUnanswered, "") + "&gedaan=answered", s.Answer(ctx, id, r.PathValue("reactie"), answer, why)
	}, func(status int, f *web.Form) error { return s.showComment(w, r, status, f) })
}

func (s *Service) judge(w http.ResponseWriter, r *http.Request) error {
	return s.post(w, r, func(ctx context.Context, f *web.Form, id string) (string, error) {
		state, why := f.Line("stand", 20), f.Line("reden", whyMost)
		if err := f.Err(); err != nil {
			return "", err
		}
		return commentsPath(id, filterHeld, "") + "&gedaan=judged", s.Judge(ctx, id, r.PathValue("reactie"), state, why)
	}, func(status int, f *web.Form) error { return s.showComment(w, r, status, f) })
}

func (s *Service) ballotPage(w http.ResponseWriter, r *http.Request) error {
	return s.showBallot(w, r, http.StatusOK, nil)
}

func (s *Service) showBallot(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	web.Private(r)
	b, err := s.Ballot(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if form == nil {
		form = web.NewForm("stem", b.Own.Choice, "bezwaar", b.Own.Reason, "datum", string(b.Today), "wie", b.OwnerName)
	}
	return web.Render(w, r, status, ballotView{Ballot: b, Form: form, Said: said(r)}.render())
}

func (s *Service) vote(w http.ResponseWriter, r *http.Request) error {
	return s.post(w, r, func(ctx context.Context, f *web.Form, id string) (string, error) {
		choice, reason := f.Line("stem", 20), f.Text("bezwaar", reasonMost)
		if err := f.Err(); err != nil {
			return "", err
		}
		return Path(id) + "/besluit?gedaan=voted", renamed(s.Vote(ctx, id, choice, reason), "reden", "bezwaar")
	}, func(status int, f *web.Form) error { return s.showBallot(w, r, status, f) })
}

// renamed puts a fault at the field that the page has for it: a page with two
// forms cannot have two fields of one name.
func renamed(err error, from, to string) error {
	if fields := slices.Clone(fault.FieldsOf(err)); len(fields) > 0 {
		for k := range fields {
			if fields[k].Name == from {
				fields[k].Name = to
			}
		}
		return fault.Invalid(fields...)
	}
	return err
}

func dealField(k int) string { return "opgelost" + strconv.Itoa(k+1) }

func (s *Service) deal(w http.ResponseWriter, r *http.Request) error {
	return s.post(w, r, func(ctx context.Context, f *web.Form, id string) (string, error) {
		k, _ := strconv.Atoi(f.Value("nummer")) // only names the field
		person, reason, dealt := f.Line("lid", 60), f.Text("bezwaar-toen", reasonMost), f.Text(dealField(k), reasonMost)
		if err := f.Err(); err != nil {
			return "", err
		}
		return Path(id) + "/besluit?gedaan=dealt", renamed(s.Deal(ctx, id, person, reason, dealt), "opgelost", dealField(k))
	}, func(status int, f *web.Form) error { return s.showBallot(w, r, status, f) })
}

func (s *Service) decide(w http.ResponseWriter, r *http.Request) error {
	return s.post(w, r, func(ctx context.Context, f *web.Form, id string) (string, error) {
		n := Decided{Reason: f.Text("reden", reasonMost), Deciders: f.Line("wie", decidersMost), On: day(f, "datum"), Reject: f.Bool("stoppen")}
		if err := f.Err(); err != nil {
			return "", err
		}
		return Path(id) + "?gedaan=decided", s.Decide(ctx, id, n)
	}, func(status int, f *web.Form) error { return s.showBallot(w, r, status, f) })
}
