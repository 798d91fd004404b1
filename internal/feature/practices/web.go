package practices

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/protocol/practice"
	"wijkbaak.nl/internal/trust/access"
)

func (s *Service) routes() []web.Route {
	makers := access.Has(access.Lead, access.Editor)
	keepers := access.Has(access.Editor, access.Operator)
	const upload = AllMost + 2<<20
	return []web.Route{
		web.Get("/estafette", access.Public, s.listPage),
		web.Get("/estafette/{name}", access.Public, s.practicePage),
		web.Get("/estafette/{name}/bestand/{file}", access.Public, s.download),
		web.Post("/estafette/{name}/intrekken", makers, s.withdraw),

		web.Get("/aanbieden/{initiative}", makers, s.offerPage),
		web.Post("/aanbieden/{initiative}", makers, s.saveOffer).WithBody(upload),
		web.Post("/aanbieden/{initiative}/tekenen", makers, s.publish),

		web.Get("/overnemen", makers, s.takePage),
		web.Post("/overnemen", makers, s.take),
		web.Post("/overnemen/bestand", makers, s.takeFile).WithBody(practice.Usual.Packed + 2<<20),
		web.Get("/overnemen/{id}", makers, s.arrivalPage),
		web.Post("/overnemen/{id}", makers, s.adopt),
		web.Post("/overnemen/{id}/weg", makers, s.drop),

		web.Get("/overgenomen/{initiative}", makers, s.adoptedPage),
		web.Post("/overgenomen/{initiative}/nieuwer", makers, s.newer),
		web.Post("/overgenomen/{initiative}/cijfers", makers, s.sendResults),
		web.Get("/overgenomen/{initiative}/bestand/{path...}", makers, s.cameFile),

		web.Get("/beheer/estafette", keepers, s.peersPage),
		web.Post("/beheer/estafette", keepers, s.addPeer),
		web.Post("/beheer/estafette/logboek", keepers, s.checkPeer),
		web.Post("/beheer/estafette/weg", keepers, s.dropPeer),
		web.Post("/beheer/estafette/oordeel", keepers, s.judge),
	}
}

type listView struct {
	Practices []Practice
	Peers     []Peer
	Adopted   []Adopted
	Next      string
	Maker     bool
	Keeper    bool
}

const listMost = 50

func (s *Service) listPage(w http.ResponseWriter, r *http.Request) error {
	a := access.Of(r.Context())
	v := listView{Maker: a.Has(access.Lead, access.Editor), Keeper: a.Has(access.Editor, access.Operator)}
	after := r.URL.Query().Get("na")
	if !practice.IsName(after) {
		after = ""
	}
	err := s.DB.Read(r.Context(), func(ctx context.Context, rd db.Reader) (err error) {
		if v.Practices, err = s.List(ctx, rd, after, listMost+1); err != nil {
			return err
		}
		if v.Peers, err = s.Peers(ctx, rd); err != nil || !v.Maker {
			return err
		}
		all, err := db.All(ctx, rd, scanAdopted, selectAllAdopted, "", 200)
		for _, one := range all {
			if s.Initiatives.MayEdit(ctx, rd, one.Initiative) == nil {
				v.Adopted = append(v.Adopted, one)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(v.Practices) > listMost {
		v.Practices = v.Practices[:listMost]
		v.Next = "/estafette?na=" + v.Practices[listMost-1].Name
	}
	return web.Render(w, r, http.StatusOK, listOf(v))
}

type practiceView struct {
	Practice
	Address  string
	Versions []Version
	About    About
	Family   family
	Evidence []Evidence
	Own      bool
	Form     *web.Form
	Link     []Link
}

func (s *Service) practicePage(w http.ResponseWriter, r *http.Request) error {
	return s.showPractice(w, r, http.StatusOK, web.NewForm())
}

func (s *Service) showPractice(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	v := practiceView{Address: s.Address, Form: form}
	err := s.DB.Read(r.Context(), func(ctx context.Context, rd db.Reader) error {
		var err error
		if v.Practice, v.Versions, err = s.Get(ctx, rd, r.PathValue("name")); err != nil {
			return err
		}
		if access.Of(ctx).Has(access.Lead, access.Editor) {
			v.Own = s.Initiatives.MayEdit(ctx, rd, v.Initiative) == nil
		}
		if v.Link, err = s.Initiatives.Links(ctx, rd, []string{v.Initiative}); err != nil {
			return err
		}
		if len(v.Versions) > 0 {
			if v.About, err = db.One(ctx, rd, scanAbout, selectAbout, v.Versions[0].SHA256); err != nil {
				return err
			}
		}
		if v.Evidence, err = s.Evidence(ctx, rd, "", v.Name, v.Initiative); err != nil {
			return err
		}
		peers, err := s.Peers(ctx, rd)
		if err != nil {
			return err
		}
		takers, err := s.Takers(ctx, rd, v.Name)
		v.Family = familyOf(s.Address, v.Name, v.Latest, v.Lineage, peers, takers)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, practiceOf(v))
}

func (s *Service) download(w http.ResponseWriter, r *http.Request) error {
	name, file := r.PathValue("name"), r.PathValue("file")
	rest, ok := strings.CutPrefix(file, name+"-")
	version, isTgz := strings.CutSuffix(rest, ".tgz")
	version, isSig := strings.CutSuffix(version, ".tgz.sig")
	if !ok || isTgz == isSig {
		return fault.NotFound()
	}
	if isSig {
		_, about, err := s.Version(r.Context(), s.DB, name, version)
		if err != nil {
			return err
		}
		return web.Download(w, r, file, "text/plain; charset=utf-8", []byte(about.Signature))
	}
	tgz, err := s.Package(r.Context(), s.DB, name, version)
	if err != nil {
		return err
	}
	return web.Download(w, r, file, tgzType, tgz)
}

func (s *Service) withdraw(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	why := form.Text("reden", 500)
	if err = form.Err(); err == nil {
		err = s.Withdraw(r.Context(), r.PathValue("name"), why)
	}
	if err != nil {
		return form.Again(err, func(status int) error { return s.showPractice(w, r, status, form) })
	}
	return web.Redirect(w, r, Path(r.PathValue("name")))
}

type offerView struct {
	Preview
	Form *web.Form
	Sign bool // nothing is in the way of signing
}

func (s *Service) offerPage(w http.ResponseWriter, r *http.Request) error {
	return s.showOffer(w, r, http.StatusOK, nil)
}

func (s *Service) showOffer(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	p, err := s.Offering(r.Context(), r.PathValue("initiative"))
	if err != nil {
		return err
	}
	v := offerView{Preview: p, Form: form, Sign: form == nil && p.Edit > 0 && p.clear() == nil}
	if form == nil {
		v.Form = web.NewForm("naam", p.Name, "versie", p.Version, "titel", p.Title, "omschrijving", p.Summary, "licentie", p.Licence,
			"organisatie", p.Author, "contact", p.Contact, "nieuw", p.Note, "vragen", parameterLines(p.Parameters))
	}
	return web.Render(w, r, status, offerOf(v))
}

func (s *Service) saveOffer(w http.ResponseWriter, r *http.Request) error {
	form, files, err := readUpload(w, r)
	if err != nil {
		return err
	}
	slug := r.PathValue("initiative")
	o := Offer{Name: form.Line("naam", practice.NameMost), Version: form.Line("versie", 40), Title: form.Line("titel", 200), Summary: form.Text("omschrijving", summaryMost),
		Licence: form.Line("licentie", 60), Author: form.Line("organisatie", 200),
		Contact: form.Line("contact", 200), Note: form.Text("nieuw", noteMost), Parts: form.List("onderdelen", 40, 40), Seen: form.List("gezien", 16, 500),
		Parameters: readParameters(form.Text("vragen", 20_000)), Edit: numberOf(form.Value("bewerking")), Chosen: map[string][]string{}}
	for _, shelf := range s.Shelves {
		o.Chosen[shelf.Name()] = form.List(choiceField(shelf.Name()), 300, choicesMost)
	}
	about := Upload{Title: form.Line("bestandtitel", 200), Kind: form.Choice("bestandsoort", append([]string{""}, fileKinds...)...), Licence: form.Line("bestandlicentie", 60)}
	for i := range files {
		files[i].Title, files[i].Kind, files[i].Licence = about.Title, about.Kind, about.Licence
	}
	if text := form.Text("tekst", 100_000); text != "" {
		about.Name, about.Data = form.Line("bestandsnaam", 100), []byte(text+"\n")
		files = append(files, about)
	}
	if err = form.Err(); err == nil {
		err = s.SaveOffer(r.Context(), slug, o, files, form.Value("weg"))
	}
	if err != nil {
		return form.Again(err, func(status int) error { return s.showOffer(w, r, status, form) })
	}
	return web.Redirect(w, r, OfferPath(slug))
}

// choicesMost is how many things of one room can go along.
const choicesMost = 30

// choiceField is the field in which the things of a room are chosen.
func choiceField(room string) string { return "keuze-" + room }

func numberOf(s string) int64 {
	var n int64
	for _, c := range s {
		if c < '0' || c > '9' || n > 1<<40 {
			return 0
		}
		n = n*10 + int64(c-'0')
	}
	return n
}

func (s *Service) publish(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	p, err := s.Publish(r.Context(), r.PathValue("initiative"), numberOf(form.Value("bewerking")))
	if err != nil {
		kept, readErr := s.Offering(r.Context(), r.PathValue("initiative"))
		if readErr != nil {
			return readErr
		}
		filled := web.NewForm("naam", kept.Name, "versie", kept.Version, "titel", kept.Title, "omschrijving", kept.Summary, "licentie", kept.Licence,
			"organisatie", kept.Author, "contact", kept.Contact, "nieuw", kept.Note, "vragen", parameterLines(kept.Parameters))
		return filled.Again(err, func(status int) error { return s.showOffer(w, r, status, filled) })
	}
	return web.Redirect(w, r, Path(p.Name))
}

// readUpload reads a form that may carry files. The bound of the route counts.
func readUpload(w http.ResponseWriter, r *http.Request) (*web.Form, []Upload, error) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		form, err := web.ReadForm(w, r)
		return form, nil, err
	}
	m, err := r.MultipartReader()
	if err != nil {
		return nil, nil, fault.Invalid()
	}
	var pairs []string
	var files []Upload
	for parts := 0; ; parts++ {
		part, err := m.NextPart()
		if errors.Is(err, io.EOF) {
			return web.NewForm(pairs...), files, nil
		}
		if err != nil || parts > 1000 {
			return nil, nil, uploadFault(err)
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return nil, nil, uploadFault(err)
		}
		switch {
		case part.FileName() == "":
			pairs = append(pairs, part.FormName(), string(data))
		case part.FormName() == "pakket" || part.FormName() == "handtekening":
			files = append(files, Upload{Name: part.FormName(), Data: data})
		default:
			files = append(files, Upload{Name: fileName(part.FileName()), Data: data})
		}
	}
}

// uploadFault keeps what the edge knows how to say (too large, too slow).
func uploadFault(err error) error {
	if _, big := errors.AsType[*http.MaxBytesError](err); big {
		return err
	}
	return fault.Invalid()
}

// fileName makes the name of an uploaded file one that a package takes.
func fileName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	var b strings.Builder
	for _, c := range strings.ToLower(name) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '.', c == '_', c == '-':
			b.WriteRune(c)
		case b.Len() > 0:
			b.WriteByte('-')
		}
	}
	return b.String()
}

type takeView struct {
	Form *web.Form
}

func (s *Service) takePage(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, takeOf(takeView{web.NewForm("adres", web.Clean(strings.ToValidUTF8(r.URL.Query().Get("adres"), "")))}))
}

func (s *Service) take(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	where, version := form.Line("adres", 400), form.Line("versie", 40)
	id := ""
	if err = form.Err(); err == nil {
		id, err = s.Fetch(r.Context(), where, version, "")
	}
	if err != nil {
		return form.Again(err, func(status int) error { return web.Render(w, r, status, takeOf(takeView{form})) })
	}
	return web.Redirect(w, r, incomingPath(id))
}

func (s *Service) takeFile(w http.ResponseWriter, r *http.Request) error {
	form, files, err := readUpload(w, r)
	if err != nil {
		return err
	}
	get := func(name string) []byte {
		if i := slices.IndexFunc(files, func(u Upload) bool { return u.Name == name }); i >= 0 {
			return files[i].Data
		}
		return nil
	}
	slug := form.Line("initiatief", 100)
	id, err := s.TakeFile(r.Context(), get("pakket"), string(get("handtekening")), slug)
	if err != nil {
		return form.Again(err, func(status int) error {
			if slug != "" {
				return s.showAdopted(w, r, status, slug, form)
			}
			return web.Render(w, r, status, takeOf(takeView{form}))
		})
	}
	return web.Redirect(w, r, incomingPath(id))
}

type arrivalView struct {
	Arrival
	Form *web.Form
}

func (s *Service) arrivalPage(w http.ResponseWriter, r *http.Request) error {
	return s.showArrival(w, r, http.StatusOK, nil)
}

func (s *Service) showArrival(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	a, err := s.Look(r.Context(), r.PathValue("id"))
	if fault.KindOf(err) == fault.KindInvalid {
		form = web.NewForm()
		form.Take(err)
		return web.Render(w, r, http.StatusUnprocessableEntity, takeOf(takeView{form}))
	}
	if err != nil {
		return err
	}
	if form == nil {
		pairs := []string{"naam", a.Package.Manifest.Title, "melden", "ja"}
		for _, p := range a.Parameters {
			pairs = append(pairs, "vraag-"+p.Key, p.Default)
		}
		form = web.NewForm(pairs...)
	}
	return web.Render(w, r, status, arrivalOf(arrivalView{a, form}))
}

func (s *Service) adopt(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	ctx, id := r.Context(), r.PathValue("id")
	a, err := s.Look(ctx, id)
	if err != nil {
		return err
	}
	answers := map[string]string{}
	for _, p := range a.Parameters {
		answers[p.Key] = form.Line("vraag-"+p.Key, answerMost)
	}
	take := map[string]bool{}
	for _, c := range a.Conflicts {
		take[c.ID()] = form.Value("keuze-"+c.ID()) == "nieuw"
	}
	name := form.Line("naam", 120)
	slug := ""
	if err = form.Err(); err == nil {
		if a.Initiative != "" {
			slug, err = s.Upgrade(ctx, id, answers, take)
		} else {
			slug, err = s.Adopt(ctx, id, Yes{Name: name, Organisation: form.Value("organisatie"), Answers: answers,
				Trust: form.Bool("vertrouwen"), Tell: form.Bool("melden")})
		}
	}
	if err != nil {
		return form.Again(err, func(status int) error { return s.showArrival(w, r, status, form) })
	}
	return web.Redirect(w, r, AdoptedPath(slug))
}

func (s *Service) drop(w http.ResponseWriter, r *http.Request) error {
	if err := s.Drop(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	return web.Redirect(w, r, "/estafette")
}
