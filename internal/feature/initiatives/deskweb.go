package initiatives

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

func (s *Service) proposalsPage(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	waiting, own, err := s.Proposals(ctx, short(r.URL.Query().Get("na"), 60))
	if err != nil {
		return err
	}
	p := proposalsPage{Waiting: waiting, Own: own, Editor: isEditor(access.Of(ctx), s.o.Root), Said: done(r)}
	if len(waiting) > proposalsMost {
		p.Waiting = waiting[:proposalsMost]
		p.Next = "/initiatief-voorstellen?na=" + p.Waiting[proposalsMost-1].ID
	}
	return web.Render(w, r, http.StatusOK, p.render())
}

func (s *Service) proposalPage(w http.ResponseWriter, r *http.Request) error {
	j, err := s.Proposal(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, proposalPage{Judged: j}.render())
}

func (s *Service) decidePost(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id, accept := r.PathValue("id"), form.Value(formDo) == "ja"
	reason := form.Line("reden", whyMost)
	version, _ := strconv.ParseInt(form.Value(formVersion), 10, 64) // nonsense is an old version
	if err = form.Err(); err == nil {
		_, err = s.Decide(r.Context(), id, accept, reason, version)
	}
	if k := fault.KindOf(err); err != nil && (k == fault.KindInvalid || k == fault.KindConflict) {
		status, p := http.StatusUnprocessableEntity, proposalPage{wrong: inForm(fault.FieldsOf(err)), reason: reason}
		if k == fault.KindConflict {
			status, p.wrong = http.StatusConflict, []fault.Field{conflictField(err)}
		}
		if p.Judged, err = s.Proposal(r.Context(), id); err != nil {
			return err
		}
		return web.Render(w, r, status, p.render())
	}
	if err != nil {
		return err
	}
	said := "refused"
	if accept {
		said = "accepted"
	}
	return web.Redirect(w, r, "/initiatief-voorstellen?gedaan="+said)
}

// conflictField shows a conflict above a form.
func conflictField(err error) fault.Field {
	f, _ := errors.AsType[*fault.Error](err)
	return fault.Field{Name: "reden", Key: f.Key, Args: f.Args}
}

// asText is what a file says, to show it; what is no UTF-8 is read as Windows does.
func asText(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	s, err := charmap.Windows1252.NewDecoder().String(string(b))
	if err != nil {
		return ""
	}
	return s
}

func (s *Service) importForm(w http.ResponseWriter, r *http.Request) error {
	return s.showImport(w, r, http.StatusOK, importPage{Kind: "csv"})
}

func (s *Service) showImport(w http.ResponseWriter, r *http.Request, status int, p importPage) error {
	if !isEditor(access.Of(r.Context()), s.o.Root) {
		return fault.Denied()
	}
	return web.Render(w, r, status, p.render())
}

// kindOf makes one of the two buttons the main one.
func (p importPage) kindOf(take bool) ui.ButtonKind {
	if take == (p.Report != nil && p.Report.Count(IsNew)+p.Report.Count(Changed) > 0) {
		return ui.Main
	}
	return ui.Plain
}

func (s *Service) importPost(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		if err := r.ParseMultipartForm(2*maxFile + 1<<20); err != nil {
			return fault.Invalid()
		}
	}
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	p := importPage{Kind: form.Choice("vorm", "csv", "yaml"), Text: form.Text("tekst", maxFile)}
	file := File{Name: "invoer." + p.Kind, Text: []byte(p.Text)}
	if sent, ok, err := uploaded(r, "bestand"); err != nil {
		return err
	} else if ok {
		file = sent
		p.Kind = "yaml"
		if strings.HasSuffix(strings.ToLower(file.Name), ".csv") {
			p.Kind = "csv"
		}
		p.Text = web.Clean(asText(file.Text))
	}
	if len(file.Text) == 0 {
		p.wrong = []fault.Field{{Name: "tekst", Key: "initiatives.wrong.nofile"}}
		return s.showImport(w, r, http.StatusUnprocessableEntity, p)
	}
	var rep Report
	if form.Value(formDo) == "invoeren" {
		rep, err = s.ImportRight(ctx, []File{file})
		p.Done = rep.Written
	} else {
		rep, err = s.Import(ctx, []File{file}, true)
	}
	if err != nil {
		return err
	}
	p.Report = &rep
	return s.showImport(w, r, http.StatusOK, p)
}

// uploaded gives the file of a field, if one was sent.
func uploaded(r *http.Request, name string) (File, bool, error) {
	if r.MultipartForm == nil || len(r.MultipartForm.File[name]) == 0 {
		return File{}, false, nil
	}
	h := r.MultipartForm.File[name][0]
	if h.Size == 0 {
		return File{}, false, nil
	}
	f, err := h.Open()
	if err != nil {
		return File{}, false, err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if e := f.Close(); err == nil {
		err = e
	}
	if len(text) > maxFile {
		return File{}, false, fault.TooLarge("initiatives.wrong.large")
	}
	return File{Name: short(h.Filename, 100), Text: text}, true, err
}

func (s *Service) doublesPage(w http.ResponseWriter, r *http.Request) error {
	return s.showDoubles(w, r, http.StatusOK, nil)
}

func (s *Service) showDoubles(w http.ResponseWriter, r *http.Request, status int, wrong []fault.Field) error {
	list, err := s.Doubles(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, status, doublesPage{List: list, wrong: wrong, Said: done(r)}.render())
}

func (s *Service) mergePost(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	from, into, why := lastOf(form.Line("van", 200)), lastOf(form.Line("in", 200)), form.Line(formWhy, whyMost)
	if why == "" {
		err = fault.Invalid(fault.Field{Name: formWhy, Key: "initiatives.wrong.why"})
	} else {
		err = s.Merge(r.Context(), from, into, why)
	}
	switch fault.KindOf(err) {
	case fault.KindInvalid:
		return s.showDoubles(w, r, http.StatusUnprocessableEntity, fault.FieldsOf(err))
	case fault.KindNotFound:
		return s.showDoubles(w, r, http.StatusUnprocessableEntity, []fault.Field{{Name: "van", Key: "initiatives.wrong.into"}})
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/initiatieven/dubbelen?gedaan=merged")
}

// lastOf is the last part of an address, or a slug as it is.
func lastOf(s string) string {
	s = strings.TrimRight(s, "/")
	return s[strings.LastIndexByte(s, '/')+1:]
}

func (s *Service) followPost(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	ctx, slug := r.Context(), r.PathValue("slug")
	err = s.Follow(ctx, slug, form.Line("email", 254))
	if fault.KindOf(err) == fault.KindInvalid {
		return s.say(w, r, http.StatusUnprocessableEntity, sayPage{Title: i18n.T(ctx, "initiatives.follow.wrong"), Text: i18n.T(ctx, "initiatives.wrong.email"),
			Button: i18n.T(ctx, "initiatives.edit.back"), Path: address(slug) + "#volgen"})
	}
	if err != nil {
		return err
	}
	said := "mailed"
	if access.Of(ctx).SignedIn() {
		said = "follow"
	}
	return web.Redirect(w, r, address(slug)+"?gedaan="+said)
}

func (s *Service) unfollowPost(w http.ResponseWriter, r *http.Request) error {
	if _, err := web.ReadForm(w, r); err != nil {
		return err
	}
	if err := s.Unfollow(r.Context(), r.PathValue("slug")); err != nil {
		return err
	}
	return web.Redirect(w, r, address(r.PathValue("slug"))+"?gedaan=unfollow")
}

func (s *Service) say(w http.ResponseWriter, r *http.Request, status int, p sayPage) error {
	web.Private(r)
	return web.Render(w, r, status, p.render())
}

// sayKey says the words of a key.
//
// keys: initiatives.confirm initiatives.confirm.* initiatives.confirmed initiatives.confirmed.* initiatives.unfollow initiatives.unfollow.*
// keys: initiatives.unfollowed initiatives.unfollowed.*
func (s *Service) sayKey(w http.ResponseWriter, r *http.Request, key, post, path string) error {
	ctx := r.Context()
	return s.say(w, r, http.StatusOK, sayPage{Title: i18n.T(ctx, key), Text: i18n.T(ctx, key+".text"), Button: i18n.T(ctx, key+".button"), Post: post, Path: path})
}

// The pages behind the links of a mail ask for a press: programs that look at mail
// for viruses open every link.

func (s *Service) confirmForm(w http.ResponseWriter, r *http.Request) error {
	return s.sayKey(w, r, "initiatives.confirm", "/initiatief-volgen/"+url.PathEscape(r.PathValue("token")), "")
}

func (s *Service) confirmPost(w http.ResponseWriter, r *http.Request) error {
	if _, err := web.ReadForm(w, r); err != nil { // nothing is in it, and too much is refused
		return err
	}
	slug, err := s.confirmFollow(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	return s.sayKey(w, r, "initiatives.confirmed", "", address(slug))
}

func (s *Service) stopForm(w http.ResponseWriter, r *http.Request) error {
	return s.sayKey(w, r, "initiatives.unfollow", "/initiatief-volgen/"+url.PathEscape(r.PathValue("token"))+"/stop", "")
}

func (s *Service) stopPost(w http.ResponseWriter, r *http.Request) error {
	if _, err := web.ReadForm(w, r); err != nil {
		return err
	}
	if err := s.endFollows(r.Context(), r.PathValue("token")); err != nil {
		return err
	}
	return s.sayKey(w, r, "initiatives.unfollowed", "", "/initiatieven")
}

// messageMost is how long a letter to a lead organisation can be.
const messageMost = 3000

// contactOf is the page of a letter to who leads an initiative.
func (s *Service) contactOf(r *http.Request) (contactPage, error) {
	d, err := s.Get(r.Context(), r.PathValue("slug"))
	if err != nil {
		return contactPage{}, err
	}
	list, err := s.Owners(r.Context(), s.db, d.Slug)
	if err == nil && len(list) == 0 {
		err = fault.NotFound()
	}
	if err != nil {
		return contactPage{}, err
	}
	return contactPage{Slug: d.Slug, Title: d.Name, To: list[0].Name}, nil
}

func (s *Service) contactForm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.contactOf(r)
	if err != nil {
		return s.moved(w, r, err, "/initiatieven/", "/contact")
	}
	return web.Render(w, r, http.StatusOK, p.render())
}

func (s *Service) contactPost(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	p, err := s.contactOf(r)
	if err != nil {
		return err
	}
	p.Name, p.Email, p.Text = form.Line("naam", 80), form.Line("email", 254), form.Text("bericht", messageMost)
	if err = form.Err(); err == nil {
		err = s.Contact(r.Context(), p.Slug, p.Name, p.Email, p.Text)
	}
	status := 0
	switch fault.KindOf(err) {
	case fault.KindInvalid:
		status, p.wrong = http.StatusUnprocessableEntity, fault.FieldsOf(err)
	case fault.KindConflict:
		status, p.wrong = http.StatusConflict, []fault.Field{conflictField(err)}
	}
	if status != 0 {
		return web.Render(w, r, status, p.render())
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, address(p.Slug)+"?gedaan=sent")
}
