package practices

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/protocol/practice"
)

type adoptedView struct {
	Adopted
	Form     *web.Form
	Link     Link
	Newer    string // version that the origin offers, if newer
	Trouble  string
	Figures  []Figure
	Sent     []Sent
	Evidence []Evidence
	Family   family
	Files    []AboutFile
}

func (s *Service) adoptedPage(w http.ResponseWriter, r *http.Request) error {
	return s.showAdopted(w, r, http.StatusOK, r.PathValue("initiative"), web.NewForm())
}

func (s *Service) showAdopted(w http.ResponseWriter, r *http.Request, status int, slug string, form *web.Form) error {
	v := adoptedView{Form: form}
	err := s.DB.Read(r.Context(), func(ctx context.Context, rd db.Reader) error {
		var err error
		if v.Adopted, err = s.mine(ctx, rd, slug); err != nil {
			return err
		}
		if v.Link, err = s.initiative(ctx, rd, slug); err != nil {
			return err
		}
		peer, _, err := findPeer(ctx, rd, selectPeer, v.Address)
		if err != nil {
			return err
		}
		v.Trouble = peer.Trouble
		for _, o := range peer.Offers {
			if o.Name == v.Name && practice.Compare(o.Latest, v.Version) > 0 {
				v.Newer = o.Latest
			}
		}
		if v.Figures, err = s.Sendable(ctx, rd, slug); err != nil {
			return err
		}
		if v.Sent, err = db.All(ctx, rd, scanSent, selectSentOf, slug); err != nil {
			return err
		}
		if v.Evidence, err = s.Evidence(ctx, rd, v.Key, v.Name, slug); err != nil {
			return err
		}
		lineage := append(slices.Clone(v.Lineage), practice.Ancestor{Instance: v.Address, Name: v.Name, Version: v.Version})
		v.Family = familyOf(s.Address, slug, "", lineage, nil, nil)
		v.Files, err = s.filesOf(ctx, rd, v.Adopted)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, adoptedOf(v))
}

func (s *Service) newer(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	slug := r.PathValue("initiative")
	a, err := s.AdoptedOf(r.Context(), slug)
	if err != nil {
		return err
	}
	id, err := s.Fetch(r.Context(), a.Address+Path(a.Name), "", slug)
	if err != nil {
		return form.Again(err, func(status int) error { return s.showAdopted(w, r, status, slug, form) })
	}
	return web.Redirect(w, r, incomingPath(id))
}

// AdoptedOf gives where an initiative was taken from, to who may change it.
func (s *Service) AdoptedOf(ctx context.Context, initiative string) (a Adopted, err error) {
	err = s.DB.Read(ctx, func(ctx context.Context, r db.Reader) (err error) {
		a, err = s.mine(ctx, r, initiative)
		return err
	})
	return a, err
}

func (s *Service) sendResults(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	slug := r.PathValue("initiative")
	var picks []Pick
	for _, v := range form.List("cijfers", 200, resultsMost) {
		pilot, indicator, _ := strings.Cut(v, " ")
		picks = append(picks, Pick{pilot, indicator, form.Line("spreiding-"+pilot+"-"+indicator, 30)})
	}
	if err = form.Err(); err == nil {
		err = s.Send(r.Context(), slug, picks)
	}
	if err != nil {
		return form.Again(err, func(status int) error { return s.showAdopted(w, r, status, slug, form) })
	}
	return web.Redirect(w, r, AdoptedPath(slug))
}

func (s *Service) cameFile(w http.ResponseWriter, r *http.Request) error {
	a, err := s.AdoptedOf(r.Context(), r.PathValue("initiative"))
	if err != nil {
		return err
	}
	name := r.PathValue("path")
	f, err := db.One(r.Context(), s.DB, scanDraftFile, selectDraftFile, a.Initiative, name)
	data := f.Data
	if fault.KindOf(err) == fault.KindNotFound { // it was taken over before files were kept here
		var p practice.Package
		if p, err = s.Came(r.Context(), s.DB, a); err == nil {
			var ok bool
			if data, ok = p.Files[name]; !ok || len(a.Base[fileBase+name]) > 0 {
				err = fault.NotFound()
			}
		}
	}
	if err != nil {
		return err
	}
	return web.Download(w, r, name[strings.LastIndexByte(name, '/')+1:], "application/octet-stream", data)
}

type peersView struct {
	Form  *web.Form
	Peers []Peer
	Held  []Received
	Key   string
	Lines int // of a log that was checked just now; -1 if none was
}

func (s *Service) peersPage(w http.ResponseWriter, r *http.Request) error {
	return s.showPeers(w, r, http.StatusOK, web.NewForm())
}

func (s *Service) showPeers(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	v := peersView{Form: form, Key: s.Key.Public(), Lines: -1}
	if n, err := strconv.Atoi(r.URL.Query().Get("klopt")); err == nil && n >= 0 {
		v.Lines = n
	}
	err := s.DB.Read(r.Context(), func(ctx context.Context, rd db.Reader) (err error) {
		if v.Peers, err = s.Peers(ctx, rd); err != nil {
			return err
		}
		v.Held, err = s.Held(ctx, rd)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, peersOf(v))
}

func (s *Service) addPeer(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	where := form.Line("adres", 300)
	if err = form.Err(); err == nil {
		_, err = s.Meet(r.Context(), where)
	}
	return s.toPeers(w, r, form, err)
}

func (s *Service) toPeers(w http.ResponseWriter, r *http.Request, form *web.Form, err error) error {
	if err != nil {
		return form.Again(err, func(status int) error { return s.showPeers(w, r, status, form) })
	}
	return web.Redirect(w, r, "/beheer/estafette")
}

func (s *Service) checkPeer(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	n, err := s.CheckLog(r.Context(), form.Value("adres"))
	if err != nil {
		return s.toPeers(w, r, form, err)
	}
	return web.Redirect(w, r, "/beheer/estafette?klopt="+strconv.Itoa(n))
}

func (s *Service) dropPeer(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	return s.toPeers(w, r, form, s.Forget(r.Context(), form.Value("adres")))
}

func (s *Service) judge(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	return s.toPeers(w, r, form, s.Judge(r.Context(), form.Value("sleutel"), form.Value("bericht"), form.Value("oordeel") == "ja"))
}

// filesOf lists the files that came along, as they are here now.
func (s *Service) filesOf(ctx context.Context, r db.Reader, a Adopted) ([]AboutFile, error) {
	about, err := db.One(ctx, r, scanAbout, selectAbout, a.SHA256)
	if err != nil {
		return nil, err
	}
	list, err := db.All(ctx, r, scanAboutFile, listDraftFiles, a.Initiative)
	if err != nil {
		return nil, err
	}
	for _, f := range about.Files {
		if a.Base[fileBase+f.Path] == "" && !slices.ContainsFunc(list, func(k AboutFile) bool { return k.Path == f.Path }) {
			list = append(list, f)
		}
	}
	return list, nil
}
