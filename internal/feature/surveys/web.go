package surveys

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/qr"
	"wijkbaak.nl/internal/base/returncode"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/protocol/fhir"
	"wijkbaak.nl/internal/trust/access"
)

const base = "/keuzehulp"

var (
	editors = access.Has(access.Editor)
	typists = access.Has(access.Coach)
)

// importBody is how many bytes the form of an import may bring: a file of the
// largest size, as a browser packs it.
const importBody = 3*fhir.SizeMost + 1<<20

func (s *Service) routes() []web.Route {
	return []web.Route{
		web.Get(base, access.Public, s.listPage),
		web.Get(base+"/{slug}", access.Public, s.introPage),
		web.Post(base+"/lijst/{slug}/invullen", access.Public, s.turn),
		web.Get(base+"/lijst/{slug}/papier", access.Public, s.paperPage),
		web.Get(base+"/lijst/{slug}/invoeren", typists, s.enterPage),
		web.Get(base+"/beeld/{id}/{nummer}", access.Public, s.image),
		web.Get(base+"/terug", access.Public, s.codePage),
		web.Post(base+"/terug", access.Public, s.enterCode),
		web.Get(base+"/terug/{code}", access.Public, s.codeResult),
		web.Post(base+"/terug/{code}/{doe}", access.Public, s.codeAct),
		web.Get(base+"/mijn", access.SignedIn, s.minePage),
		web.Get(base+"/mijn/{id}", access.SignedIn, s.mineResult),
		web.Post(base+"/mijn/{id}/{doe}", access.SignedIn, s.mineAct),
		web.Get(base+"/beheer", editors, s.deskPage),
		web.Get(base+"/beheer/inlezen", editors, s.importPage),
		web.Post(base+"/beheer/inlezen", editors, s.importFile).WithBody(importBody),
		web.Get(base+"/beheer/{id}", editors, s.versionPage),
		web.Get(base+"/beheer/{id}/invullen", editors, s.tryPage),
		web.Get(base+"/beheer/{id}/bestand/{soort}", editors, s.file),
		web.Post(base+"/beheer/{id}/{doe}", editors, s.versionAct),
	}
}

func (s *Service) listPage(w http.ResponseWriter, r *http.Request) error {
	list, err := s.List(r.Context())
	if err != nil {
		return err
	}
	p := listView{SignedIn: access.Of(r.Context()).SignedIn(), MayEdit: editors.Check(r.Context()) == nil}
	if p.SignedIn {
		web.Private(r)
	}
	for _, v := range list {
		o, err := s.whole(r.Context(), s.DB, v)
		if err != nil {
			return err
		}
		p.Surveys = append(p.Surveys, o)
	}
	return web.Render(w, r, http.StatusOK, p.render())
}

func (s *Service) introPage(w http.ResponseWriter, r *http.Request) error {
	p, err := s.Current(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	a := access.Of(r.Context())
	if a.SignedIn() {
		web.Private(r)
	}
	return web.Render(w, r, http.StatusOK, introView{Parsed: p, MayEnter: MayEnter(a, p.Survey)}.render())
}

// errState is what a form answers that did not come from us.
func errState() error {
	return &fault.Error{Kind: fault.KindInvalid, Key: "surveys.wrong.state"}
}

// begun reads the state of a form, or begins anew with the published version.
func (s *Service) begun(r *http.Request, form *web.Form) (state, *Parsed, error) {
	slug := r.PathValue("slug")
	if text := r.PostFormValue("staat"); text != "" {
		st, ok := s.unpack(text)
		if !ok {
			return st, nil, errState()
		}
		p, err := s.Version(r.Context(), st.Survey)
		if err == nil && p.Slug != slug {
			err = errState()
		}
		return st, p, err
	}
	p, err := s.Current(r.Context(), slug)
	if err != nil {
		return state{}, nil, err
	}
	st, err := s.begin(r, p)
	st.Whole = form.Value("hoe") == "alles"
	if to := form.Value("verder"); slices.ContainsFunc(s.Onward, func(below string) bool { return strings.HasPrefix(to, below+"/") }) {
		st.Onward = to
	}
	return st, p, err
}

// begin makes the state of a new form, with what is known already.
func (s *Service) begin(r *http.Request, p *Parsed) (state, error) {
	st := state{Survey: p.ID, Key: newKey(), Channel: Screen}
	a := fhir.Answers{}
	for _, i := range p.Form.All {
		if len(i.Initial) > 0 {
			a[i.LinkID] = i.Initial
		}
	}
	if actor := access.Of(r.Context()); s.Filled != nil && actor.SignedIn() {
		known, err := s.Filled.Populate(r.Context(), actor.Person, p.Form)
		if err != nil {
			return st, err
		}
		for link, v := range known {
			a[link] = v
		}
	}
	st.take(p.Form, a)
	return st, nil
}

func (s *Service) paperPage(w http.ResponseWriter, r *http.Request) error {
	web.Private(r) // it holds a code of its own
	p, err := s.Current(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	code := s.codeOf(newKey()).String()
	address := s.BaseURL + base + "/terug/" + code + "?lijst=" + p.Slug
	svg, err := qr.SVG(address, i18n.T(r.Context(), "surveys.paper.qr"))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, paperView{Parsed: p, Code: code, Address: s.BaseURL + base + "/terug", QR: svg}.render())
}

// enterPage is where a helper types in what somebody filled in on paper.
func (s *Service) enterPage(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	p, err := s.Current(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	typed := r.URL.Query().Get("code")
	code, err := returncode.Parse(typed)
	if err != nil {
		form := web.NewForm("code", typed)
		if typed != "" {
			form.Fail("code", "surveys.wrong.code")
		}
		return web.Render(w, r, http.StatusOK, enterView{Parsed: p, Form: form}.render())
	}
	st := state{Survey: p.ID, Key: newKey(), Whole: true, Channel: Paper, Code: code.String()}
	return s.showStep(w, r, http.StatusOK, p, st, 0, nil, "")
}

// image gives a picture of an item, or of one of its options (12-3).
func (s *Service) image(w http.ResponseWriter, r *http.Request) error {
	p, err := s.Version(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	first, second, of := strings.Cut(r.PathValue("nummer"), "-")
	n, err := strconv.Atoi(first)
	if err != nil || n < 0 || n >= len(p.Form.All) {
		return fault.NotFound()
	}
	m := p.Form.All[n].Media
	if of {
		k, err := strconv.Atoi(second)
		if err != nil || k < 0 || k >= len(p.Form.All[n].Options) {
			return fault.NotFound()
		}
		m = p.Form.All[n].Options[k].Media
	}
	if m == nil {
		return fault.NotFound()
	}
	if p.Status == Draft {
		web.Private(r)
	}
	pic, err := picture(r.Context(), m)
	if err != nil {
		return err
	}
	return web.Bytes(w, r, http.StatusOK, pic.Type, pic.Data)
}

func (s *Service) codePage(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, codeView{}.render())
}

func (s *Service) enterCode(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	_, code, err := s.ByCode(r.Context(), form.Text("code", returncode.MaxInput))
	if fault.KindOf(err) == fault.KindNotFound && err != nil {
		err = fault.Invalid(fault.Field{Name: "code", Key: "surveys.wrong.unknown"})
	}
	if err != nil {
		return form.Again(err, func(status int) error { return web.Render(w, r, status, codeView{Form: form}.render()) })
	}
	return web.Redirect(w, r, base+"/terug/"+code.String())
}

// coded reads what stands under the code in the address; a code that does not
// exist answers like any page that does not.
func (s *Service) coded(r *http.Request) (Kept, string, error) {
	web.Private(r)
	k, code, err := s.ByCode(r.Context(), r.PathValue("code"))
	if err != nil && (fault.KindOf(err) == fault.KindInvalid || fault.KindOf(err) == fault.KindNotFound) {
		return k, code.String(), fault.NotFound()
	}
	return k, code.String(), err
}

func (s *Service) codeResult(w http.ResponseWriter, r *http.Request) error {
	k, code, err := s.coded(r)
	if fault.KindOf(err) == fault.KindNotFound && typists.Check(r.Context()) == nil {
		// A helper scans a paper form that nobody typed in yet.
		if c, err := returncode.Parse(r.PathValue("code")); err == nil {
			if p, err := s.Current(r.Context(), r.URL.Query().Get("lijst")); err == nil {
				return web.Redirect(w, r, base+"/lijst/"+p.Slug+"/invoeren?code="+c.String())
			}
		}
	}
	if err != nil {
		return err
	}
	return s.showKept(w, r, k, code)
}

// showKept shows what was kept: the result, or the way on.
func (s *Service) showKept(w http.ResponseWriter, r *http.Request, k Kept, code string) error {
	v := keptView{Kept: k, Code: code, New: r.URL.Query().Get("nieuw") != "", BaseURL: s.BaseURL, SignedIn: access.Of(r.Context()).SignedIn()}
	var err error
	if v.Result, err = s.result(r.Context(), k.Parsed, k.Answers); err != nil {
		return err
	}
	if k.State == Complete {
		if v.Result.Earlier, err = s.earlier(r.Context(), k.Response); err != nil {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, v.render())
}

func (s *Service) codeAct(w http.ResponseWriter, r *http.Request) error {
	k, code, err := s.coded(r)
	if err != nil {
		return err
	}
	if r.PathValue("doe") == "mijn" {
		id, err := s.Claim(r.Context(), code)
		if err != nil {
			return err
		}
		return web.Redirect(w, r, base+"/mijn/"+id)
	}
	return s.act(w, r, k, code)
}

// act does what is asked with what was kept.
func (s *Service) act(w http.ResponseWriter, r *http.Request, k Kept, code string) error {
	switch r.PathValue("doe") {
	case "verder":
		if k.State == Complete {
			return s.showKept(w, r, k, code)
		}
		return s.showStep(w, r, http.StatusOK, k.Parsed, k.resume(code), s.firstOpen(r, k), nil, "")
	case "opnieuw":
		st, p, err := s.again(r.Context(), k)
		if err != nil {
			return err
		}
		return s.showStep(w, r, http.StatusOK, p, st, 0, nil, "")
	case "weg":
		if err := s.Drop(r.Context(), k); err != nil {
			return err
		}
		return web.Redirect(w, r, base+"?gedaan=weg")
	}
	return fault.NotFound()
}

// firstOpen is the index of the first question without an answer.
func (s *Service) firstOpen(r *http.Request, k Kept) int {
	f, err := s.fill(r.Context(), k.Parsed, k.Answers, false)
	if err != nil {
		return 0
	}
	for _, st := range steps(&f, false) {
		if len(f.Answers[st.Items[0].LinkID]) == 0 {
			return st.first()
		}
	}
	return len(k.Form.All)
}

func (s *Service) minePage(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	list, err := s.Mine(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, mineView{List: list}.render())
}

func (s *Service) mineResult(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	k, err := s.Own(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.showKept(w, r, k, "")
}

func (s *Service) mineAct(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	k, err := s.Own(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.act(w, r, k, "")
}
