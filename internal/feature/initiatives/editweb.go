package initiatives

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
	"wijkbaak.nl/internal/trust/themes"
)

// editRoutes are those of writing.
func (s *Service) editRoutes() []web.Route {
	editor := access.Has(access.Editor)
	return []web.Route{
		web.Get("/initiatieven.yaml", access.Public, s.yaml),
		web.Get("/initiatieven/nieuw", access.SignedIn, s.newForm),
		web.Post("/initiatieven/nieuw", access.SignedIn, s.newPost),
		web.Get("/initiatieven/{slug}/bewerken", access.SignedIn, s.editPage),
		web.Get("/initiatieven/{slug}/bewerken/{deel}", access.SignedIn, s.partForm),
		web.Post("/initiatieven/{slug}/bewerken/{deel}", access.SignedIn, s.partPost),
		web.Post("/initiatieven/{slug}/publiceren", access.SignedIn, s.publishPost),
		web.Get("/initiatieven/{slug}/eigenaren", access.SignedIn, s.ownersForm),
		web.Post("/initiatieven/{slug}/eigenaren", access.SignedIn, s.ownersPost),
		web.Get("/initiatieven/{slug}/geschiedenis", access.Public, s.historyPage),
		web.Post("/initiatieven/{slug}/volgen", access.Public, s.followPost),
		web.Post("/initiatieven/{slug}/niet-volgen", access.SignedIn, s.unfollowPost),
		web.Get("/initiatieven/{slug}/contact", access.Public, s.contactForm),
		web.Post("/initiatieven/{slug}/contact", access.Public, s.contactPost),
		web.Get("/initiatief-volgen/{token}", access.Public, s.confirmForm),
		web.Post("/initiatief-volgen/{token}", access.Public, s.confirmPost),
		web.Get("/initiatief-volgen/{token}/stop", access.Public, s.stopForm),
		web.Post("/initiatief-volgen/{token}/stop", access.Public, s.stopPost),
		web.Get("/initiatief-voorstellen", access.SignedIn, s.proposalsPage),
		web.Get("/initiatief-voorstellen/{id}", access.SignedIn, s.proposalPage),
		web.Post("/initiatief-voorstellen/{id}/besluit", editor, s.decidePost),
		web.Get("/initiatieven/invoeren", editor, s.importForm),
		web.Post("/initiatieven/invoeren", editor, s.importPost).WithBody(2*maxFile + 1<<20),
		web.Get("/initiatieven/dubbelen", editor, s.doublesPage),
		web.Post("/initiatieven/dubbelen", editor, s.mergePost),
	}
}

// done says what was just done, by the code in the address of the page.
//
// keys: initiatives.done.saved initiatives.done.made initiatives.done.proposed initiatives.done.accepted initiatives.done.refused
// keys: initiatives.done.published initiatives.done.follow initiatives.done.unfollow initiatives.done.merged initiatives.done.sent initiatives.done.mailed
func done(r *http.Request) string {
	said := r.URL.Query().Get("gedaan")
	if slices.Contains([]string{"saved", "made", "proposed", "accepted", "refused", "published", "follow", "unfollow", "merged", "sent", "mailed"}, said) {
		return i18n.T(r.Context(), "initiatives.done."+said)
	}
	return ""
}

// moved answers with the address where an initiative that is gone has gone on, if
// err is that it is not there. tail is the rest of the address.
func (s *Service) moved(w http.ResponseWriter, r *http.Request, err error, head, tail string) error {
	if fault.KindOf(err) != fault.KindNotFound {
		return err
	}
	into, e := s.Into(r.Context(), r.PathValue("slug"))
	if e != nil || into == "" {
		return cmp.Or(e, err)
	}
	to := head + into + tail
	if !strings.HasPrefix(to, web.APIPath) { // of which there is one, in every language
		to = ui.Href(r.Context(), to)
	}
	http.Redirect(w, r, to, http.StatusMovedPermanently)
	return nil
}

func (s *Service) editPage(w http.ResponseWriter, r *http.Request) error {
	e, err := s.edits(r.Context(), r.PathValue("slug"), parts[0].name)
	if err != nil {
		return s.moved(w, r, err, "/initiatieven/", "/bewerken")
	}
	return web.Render(w, r, http.StatusOK, editPage{Initiative: e.Initiative, Owners: e.owners, Proposes: e.proposes, Said: done(r)}.render())
}

func (p partPage) title(ctx context.Context) string {
	if p.sheet.part == beginning {
		return i18n.T(ctx, "initiatives.new.title")
	}
	return p.Name + ": " + strings.ToLower(partWord(ctx, p.sheet.part.name))
}

func (p partPage) crumbs(ctx context.Context) []ui.Crumb {
	list := []ui.Crumb{{Label: i18n.T(ctx, "initiatives.title"), Path: "/initiatieven"}}
	if p.Slug == "" {
		return list
	}
	return append(list, ui.Crumb{Label: p.Name, Path: address(p.Slug)}, ui.Crumb{Label: i18n.T(ctx, "initiatives.edit.button"), Path: p.back()})
}

// back is where the form came from.
func (p partPage) back() string {
	if p.Slug == "" {
		return "/initiatieven"
	}
	return address(p.Slug) + "/bewerken"
}

func (p partPage) keep() string { return "initiatief-" + p.Slug + "-" + p.sheet.part.name }

// save is the word on the button.
func (p partPage) save(ctx context.Context) string {
	if p.proposes {
		return i18n.T(ctx, "initiatives.edit.send")
	}
	return i18n.T(ctx, "initiatives.edit.save")
}

func (s *Service) partForm(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("deel")
	e, err := s.edits(r.Context(), r.PathValue("slug"), name)
	if err != nil {
		return s.moved(w, r, err, "/initiatieven/", "/bewerken/"+name)
	}
	return web.Render(w, r, http.StatusOK, partPage{editing: e, sheet: sheetOf(e.part, e.Initiative)}.render())
}

func (s *Service) partPost(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	slug := r.PathValue("slug")
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	e, err := s.edits(ctx, slug, r.PathValue("deel"))
	if err != nil {
		return err
	}
	p := partPage{editing: e, sheet: readSheet(e.part, form)}
	if p.sheet.edited(form.Value(formDo)) {
		return web.Render(w, r, http.StatusOK, p.render())
	}
	p.sheet.tidy()
	proposal, err := s.edit(ctx, slug, p.sheet)
	switch fault.KindOf(err) {
	case fault.KindInvalid:
		p.wrong = fault.FieldsOf(err)
		return web.Render(w, r, http.StatusUnprocessableEntity, p.render())
	case fault.KindConflict:
		p.now, p.version = &e.Initiative, e.Version
		return web.Render(w, r, http.StatusConflict, p.render())
	}
	if err != nil {
		return err
	}
	if proposal != "" {
		return web.Redirect(w, r, "/initiatief-voorstellen?gedaan=proposed")
	}
	return web.Redirect(w, r, address(slug)+"/bewerken?gedaan=saved")
}

func (s *Service) publishPost(w http.ResponseWriter, r *http.Request) error {
	if _, err := web.ReadForm(w, r); err != nil {
		return err
	}
	if err := s.Publish(r.Context(), r.PathValue("slug")); err != nil {
		return err
	}
	return web.Redirect(w, r, address(r.PathValue("slug"))+"?gedaan=published")
}

// beginning is the form of a new initiative.
var beginning = &part{
	name: "nieuw",
	single: []cell{
		{name: "naam", kind: ofLine, most: maxName, need: true},
		{name: "samenvatting", kind: ofText, most: maxText, need: true, hint: true},
		{name: "soort", kind: ofChoice, values: Kinds, words: "kind", need: true},
		{name: "fase", kind: ofChoice, values: Phases, words: "phase", need: true},
		{name: "gemeenten", kind: ofLines, most: maxName, hint: true},
		{name: "doelgroepen", kind: ofLines, most: maxName, hint: true},
		{name: "onderwerpen", kind: ofTicks, values: themes.All, words: "theme"},
		{name: "titel", kind: ofLine, most: 300, hint: true}, {name: "adres", kind: ofLink},
	},
	set: func(i *Initiative, one typed, _ []typed) {
		i.Name, i.Summary, i.Kind, i.Phase.Status = one["naam"], one["samenvatting"], one["soort"], one["fase"]
		for _, name := range one.lines("gemeenten") {
			i.Municipalities = append(i.Municipalities, Municipality{Name: name})
		}
		i.TargetGroups, i.Themes = one.lines("doelgroepen"), one.lines("onderwerpen")
		if one["titel"] != "" {
			i.Sources = []Source{{ID: "s1", Title: one["titel"], URL: one["adres"]}}
		}
	},
}

// newOne is the page of the form of a new initiative, for the actor of ctx.
func (s *Service) newOne(ctx context.Context, sh sheet) (newPage, error) {
	p := newPage{partPage: partPage{sheet: sh}}
	a := access.Of(ctx)
	own := leads(a)
	p.proposes = len(own) == 0 && !isEditor(a, s.o.Root)
	if len(own) == 0 {
		return p, nil
	}
	all, err := s.o.People.Organisations(ctx, s.db)
	for _, o := range all {
		if slices.Contains(own, o.ID) {
			p.Organisations = append(p.Organisations, o)
		}
	}
	p.Organisation = own[0]
	return p, err
}

func (s *Service) newForm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.newOne(r.Context(), sheet{part: beginning, one: typed{"fase": "idea"}})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, p.render())
}

func (s *Service) newPost(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	p, err := s.newOne(ctx, readSheet(beginning, form))
	if err != nil {
		return err
	}
	if len(p.Organisations) > 0 {
		p.Organisation = form.Line("organisatie", 80)
		if !slices.ContainsFunc(p.Organisations, func(o Organisation) bool { return o.ID == p.Organisation }) {
			p.wrong = append(p.wrong, fault.Field{Name: "organisatie", Key: "initiatives.wrong.choice"})
		}
	}
	p.wrong = append(p.wrong, p.sheet.check(known{})...)
	var d Initiative
	p.sheet.part.set(&d, p.one, nil)
	if len(p.wrong) == 0 && !form.Bool("anders") {
		if p.Alike, err = s.alike(ctx, d); err != nil {
			return err
		}
		if len(p.Alike) > 0 {
			p.wrong = append(p.wrong, fault.Field{Name: "anders", Key: "initiatives.wrong.alike"})
		}
	}
	var slug string
	if len(p.wrong) == 0 {
		slug, _, err = s.begin(ctx, d, p.Organisation, p.why)
		p.wrong = inForm(fault.FieldsOf(err))
	}
	if len(p.wrong) > 0 {
		return web.Render(w, r, http.StatusUnprocessableEntity, p.render())
	}
	if err != nil {
		return err
	}
	if slug == "" {
		return web.Redirect(w, r, "/initiatief-voorstellen?gedaan=proposed")
	}
	return web.Redirect(w, r, address(slug)+"/bewerken?gedaan=made")
}

// inForm gives faults of a service the names of the fields of the form.
func inForm(list []fault.Field) []fault.Field {
	names := map[string]string{"name": "naam", "summary": "samenvatting", "kind": "soort", "themes": "onderwerpen"}
	for k := range list {
		list[k].Name = cmp.Or(names[list[k].Name], list[k].Name)
	}
	return list
}

// ownerSheet is the form of the owners as it was typed.
type ownerSheet struct {
	list  []Owner
	why   string
	wrong []fault.Field
}

// moreOwners is how many empty rows the form of the owners has.
const moreOwners = 2

func (s *Service) ownersForm(w http.ResponseWriter, r *http.Request) error {
	return s.showOwners(w, r, http.StatusOK, nil)
}

func (s *Service) showOwners(w http.ResponseWriter, r *http.Request, status int, sh *ownerSheet) error {
	ctx := r.Context()
	e, err := s.edits(ctx, r.PathValue("slug"), parts[0].name)
	if err == nil && e.proposes {
		err = fault.Denied()
	}
	if err != nil {
		return s.moved(w, r, err, "/initiatieven/", "/eigenaren")
	}
	if sh == nil {
		sh = &ownerSheet{list: e.owners}
		for range moreOwners {
			sh.list = append(sh.list, Owner{Role: RolePartner})
		}
		if len(e.owners) == 0 {
			sh.list[0].Role = RoleLead
		}
	}
	all, err := s.o.People.Organisations(ctx, s.db)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, ownersPage{sheet: *sh, Slug: e.Slug, Name: e.Name, Organisations: all}.render())
}

func (s *Service) ownersPost(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	sh := ownerSheet{why: form.Line(formWhy, whyMost)}
	n, _ := strconv.Atoi(form.Value(formRows)) // nonsense is none
	var list []Owner
	for k := range min(max(n, 0), ownersMost+moreOwners) {
		o := Owner{Organisation: form.Line(inRow("organisatie", k), 80), Role: form.Line(inRow("rol", k), 20)}
		sh.list = append(sh.list, o)
		if o.Organisation != "" {
			list = append(list, o)
		}
	}
	if sh.why == "" {
		err = fault.Invalid(fault.Field{Name: formWhy, Key: "initiatives.wrong.why"})
	} else {
		err = s.SetOwners(r.Context(), r.PathValue("slug"), list, sh.why)
	}
	if fault.KindOf(err) == fault.KindInvalid {
		sh.wrong = fault.FieldsOf(err)
		for k := range sh.wrong {
			if sh.wrong[k].Name == "organisatie" {
				sh.wrong[k].Name = inRow("organisatie", 0)
			}
		}
		return s.showOwners(w, r, http.StatusUnprocessableEntity, &sh)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, address(r.PathValue("slug"))+"?gedaan=saved")
}

// ownersText names the owners with their roles.
func ownersText(ctx context.Context, list []Owner) string {
	if len(list) == 0 {
		return i18n.T(ctx, "initiatives.owners.none")
	}
	return strings.Join(mapped(list, func(o Owner) string { return o.Name + " (" + ownerWord(ctx, o.Role) + ")" }), ", ")
}

func (s *Service) historyPage(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	slug := r.PathValue("slug")
	list, names, more, err := s.History(ctx, slug, short(r.URL.Query().Get("na"), 60))
	if err != nil {
		return s.moved(w, r, err, "/initiatieven/", "/geschiedenis")
	}
	d, err := s.Get(ctx, slug)
	if err != nil {
		return err
	}
	p := historyPage{Slug: slug, Name: d.Name, Steps: list, Names: names}
	if more {
		p.Next = address(slug) + "/geschiedenis?na=" + list[len(list)-1].ID
	}
	return web.Render(w, r, http.StatusOK, p.render())
}

// who names who made a change.
func (p historyPage) who(step Step) string {
	return strings.Join(slices.DeleteFunc([]string{p.Names[step.Person], p.Names[step.Organisation]}, func(s string) bool { return s == "" }), ", ")
}
