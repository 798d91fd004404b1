package surveys

import (
	"context"
	"net/http"
	"strings"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/protocol/fhir"
	"wijkbaak.nl/internal/trust/access"
)

func (s *Service) deskPage(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	list, err := s.Desk(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, deskView{Versions: list}.render())
}

func (s *Service) importPage(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	return web.Render(w, r, http.StatusOK, importView{Form: web.NewForm()}.render())
}

// importFile checks what was pasted, and keeps it where that was asked. What was
// pasted is read as it is: what cleans the words of people would change a file.
func (s *Service) importFile(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	v := importView{Form: form, Questionnaire: r.PostFormValue("json"), Plan: r.PostFormValue("plan")}
	if strings.TrimSpace(v.Questionnaire) == "" {
		form.Fail("json", "surveys.wrong.empty")
		return web.Render(w, r, http.StatusUnprocessableEntity, v.render())
	}
	var plan []byte
	if strings.TrimSpace(v.Plan) != "" {
		plan = []byte(v.Plan)
	}
	c, err := s.Check(ctx, []byte(v.Questionnaire), plan)
	if err != nil {
		return err
	}
	v.Checked = &c
	if form.Value("doe") != "bewaar" || len(c.Errors) > 0 {
		status := http.StatusOK
		if len(c.Errors) > 0 {
			status = http.StatusUnprocessableEntity
		}
		return web.Render(w, r, status, v.render())
	}
	id, err := s.Import(ctx, s.placeOf(ctx), []byte(v.Questionnaire), plan)
	if err != nil {
		return form.Again(err, func(status int) error { return web.Render(w, r, status, v.render()) })
	}
	return web.Redirect(w, r, base+"/beheer/"+id+"?gedaan=bewaard")
}

// placeOf is the place for which an editor imports: that of the instance where
// the role reaches so far, or the own place.
func (s *Service) placeOf(ctx context.Context) string {
	a := access.Of(ctx)
	if list := a.Places(access.Editor); len(list) > 0 && !MayEdit(a, s.Root) {
		return list[0]
	}
	return s.Root
}

// mine reads a version that the actor may publish.
func (s *Service) mine(r *http.Request) (*Parsed, error) {
	web.Private(r)
	p, err := s.Version(r.Context(), r.PathValue("id"))
	if err == nil && !MayEdit(access.Of(r.Context()), p.Place) {
		err = fault.NotFound()
	}
	return p, err
}

func (s *Service) versionPage(w http.ResponseWriter, r *http.Request) error {
	p, err := s.mine(r)
	if err != nil {
		return err
	}
	c, err := s.Check(r.Context(), p.Questionnaire, p.Plan)
	if err != nil {
		return err
	}
	v := versionView{Parsed: p, Checked: c, Said: r.URL.Query().Get("gedaan") != ""}
	if v.Versions, err = s.Versions(r.Context(), p.Slug); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, v.render())
}

// tryPage begins to fill in a version as everybody will see it.
func (s *Service) tryPage(w http.ResponseWriter, r *http.Request) error {
	p, err := s.mine(r)
	if err != nil {
		return err
	}
	st, err := s.begin(r, p)
	if err != nil {
		return err
	}
	return s.showStep(w, r, http.StatusOK, p, st, 0, nil, "")
}

func (s *Service) file(w http.ResponseWriter, r *http.Request) error {
	p, err := s.mine(r)
	if err != nil {
		return err
	}
	body, err := p.resource(r.PathValue("soort"))
	if err != nil {
		return err
	}
	return web.Download(w, r, i18n.T(r.Context(), "surveys.filename")+"-"+p.Slug+"-"+slugParts.ReplaceAllString(p.Version, "-")+".json", "application/fhir+json", body)
}

// resource gives the questionnaire ("vragenlijst") or the plan ("advies") in FHIR.
func (p *Parsed) resource(kind string) ([]byte, error) {
	switch {
	case kind == "vragenlijst":
		return p.Form.JSON(p.Status.inFHIR())
	case kind == "advies" && p.Next != nil:
		return p.Next.JSON(p.Status.inFHIR())
	}
	return nil, fault.NotFound()
}

func (s *Service) versionAct(w http.ResponseWriter, r *http.Request) error {
	p, err := s.mine(r)
	if err != nil {
		return err
	}
	ctx, path := r.Context(), base+"/beheer/"+p.ID+"?gedaan=ja"
	switch r.PathValue("doe") {
	case "publiceren":
		err = s.Publish(ctx, p.ID)
	case "stoppen":
		err = s.Retire(ctx, p.ID)
	case "weg":
		err, path = s.Remove(ctx, p.ID), base+"/beheer"
	default:
		err = fault.NotFound()
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, path)
}

// keys: surveys.problem.*
func problemText(ctx context.Context, p fhir.Problem) string {
	return i18n.T(ctx, "surveys.problem."+p.Code, p.Args...)
}
