package offers

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

func (s *Service) editRoutes() []web.Route {
	editor := access.Has(access.Editor)
	return []web.Route{
		web.Get("/aanbod/nieuw", access.SignedIn, s.newForm),
		web.Post("/aanbod/nieuw", access.SignedIn, s.newPost),
		web.Get("/aanbod/eigen", access.SignedIn, s.ownPage),
		web.Get("/aanbod/{slug}/wijzigen", access.SignedIn, s.editForm),
		web.Post("/aanbod/{slug}/wijzigen", access.SignedIn, s.editPost),
		web.Post("/aanbod/{slug}/klopt", access.SignedIn, s.rightPost),
		web.Post("/aanbod/{slug}/stop", access.SignedIn, s.stopPost),
		web.Get("/aanbod/{slug}/geschiedenis", access.Public, s.historyPage),
		web.Get("/aanbod-controle/{token}", access.Public, s.checkForm),
		web.Post("/aanbod-controle/{token}", access.Public, s.checkPost),
		web.Get("/aanbod-controle/{token}/wijzigen", access.Public, s.tellForm),
		web.Post("/aanbod-controle/{token}/wijzigen", access.Public, s.tellPost),
		web.Get("/beheer/aanbod", editor, s.deskPage),
		web.Get("/beheer/aanbod/invoer", editor, s.importForm),
		web.Post("/beheer/aanbod/invoer", editor, s.importPost).WithBody(uploadMost),
		web.Get("/beheer/aanbod/voorstel/{id}", editor, s.proposalPage),
		web.Post("/beheer/aanbod/voorstel/{id}", editor, s.decidePost),
	}
}

// sheet is the form of an offer, as its fields. They have the names of the faults
// that check finds.
type sheet struct {
	made
	Title, Action, Back string
	values              map[string]string
	lists               map[string][]string
	locations, slots    int // how many rows of each
	Proposes            bool
	ByLetter            bool
	New                 bool
	Stale               bool
	version             int64
	wrong               []fault.Field
	Areas               []Area
}

func (p *sheet) render(w http.ResponseWriter, r *http.Request, status int) error {
	return web.Render(w, r, status, formOf(p))
}

func inRow(list string, n int, field string) string { return fmt.Sprintf("%s[%d].%s", list, n, field) }

// The rows of a form that are there to be filled in.
const (
	rowsMore = 2
	rowsMost = 12
)

// fillIn shows an offer in the form.
func (p *sheet) fillIn(o *Offer, by string) {
	p.values = map[string]string{"kind": o.Kind, "name": o.Name, "summary": o.Summary, "description": o.Description, "gives": o.Gives, "for": o.For,
		"cost.kind": o.Cost.Kind, "cost.per": o.Cost.Per, "cost.note": o.Cost.Note, "join.text": o.Join.Text, "join.phone": o.Join.Phone,
		"join.email": o.Join.Email, "join.url": o.Join.URL, "ground": o.Ground, "upl": o.UPL, "initiative": o.Initiative, "organisatie": by, "keeper": o.Keeper,
		"also": strings.Join(o.Also, ", ")}
	if o.Cost.Cents > 0 {
		p.values["cost.cents"] = strings.Replace(fmt.Sprintf("%d,%02d", o.Cost.Cents/100, o.Cost.Cents%100), ",00", "", 1)
	}
	p.lists = map[string][]string{"audience": o.Audience, "themes": o.Themes, "areas": o.Areas, "where": o.Where, "accessible": o.Accessible, "places": o.Places}
	var others []string
	for _, l := range o.Languages {
		if slices.Contains(Languages, l) {
			p.lists["languages"] = append(p.lists["languages"], l)
		} else {
			others = append(others, l)
		}
	}
	p.values["overige-talen"] = strings.Join(others, ", ")
	if a := o.Application; a != nil {
		p.lists["application.platforms"] = a.Platforms
		p.values["application.vendor"], p.values["application.medical"] = a.Vendor, yes(a.Medical, "ja")
	}
	for n, l := range o.Locations {
		for field, v := range map[string]string{"id": l.ID, "name": l.Name, "street": l.Street, "postcode": l.Postcode, "town": l.Town, "lat": degrees(l.Lat), "lon": degrees(l.Lon)} {
			p.values[inRow("locations", n, field)] = v
		}
		p.lists[inRow("locations", n, "access")] = l.Access
	}
	for n, v := range o.Schedule {
		for field, t := range map[string]string{"dates": strings.Join(v.Dates, ", "), "from": v.From, "to": v.To, "note": v.Note, "every": number(v.Every),
			"nth": number(v.Nth), "starts": v.Starts, "ends": v.Ends} {
			p.values[inRow("schedule", n, field)] = t
		}
		p.lists[inRow("schedule", n, "days")] = v.Days
	}
	p.locations, p.slots = min(len(o.Locations)+1, rowsMost), min(len(o.Schedule)+rowsMore, rowsMost)
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func degrees(v float64) string {
	if v == 0 {
		return ""
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// read makes an offer of what was typed, beginning from the one that is there: what
// the form has no field for stays as it was.
func (p *sheet) read(f *web.Form, o Offer) Offer {
	code := func(name string, allowed []string) string {
		if v := f.Value(name); slices.Contains(allowed, v) {
			return v
		}
		return ""
	}
	codes := func(name string, allowed []string) []string {
		return slices.DeleteFunc(f.List(name, 40, 40), func(v string) bool { return !slices.Contains(allowed, v) })
	}
	o.Kind = code("kind", Kinds)
	o.Name, o.Summary = f.Line("name", nameMost), f.Line("summary", summaryMost)
	o.Description, o.Gives, o.For = f.Text("description", 2*textMost), f.Line("gives", textMost), f.Line("for", textMost)
	o.Audience, o.Themes, o.Areas = codes("audience", Audiences), f.List("themes", 40, 40), f.List("areas", 40, 10)
	o.Where, o.Accessible = codes("where", Wheres), codes("accessible", Accessibly)
	o.Places = unique(f.List("places", 12, 50))
	o.Languages = codes("languages", Languages)
	o.Languages = append(o.Languages, parts(f.Line("overige-talen", 200))...)
	o.Cost = Price{Kind: code("cost.kind", Costs), Per: code("cost.per", Periods), Note: f.Line("cost.note", lineMost), Cents: p.cents(f)}
	o.Join = Join{Text: f.Line("join.text", lineMost), Phone: f.Line("join.phone", 80), Email: f.Line("join.email", 200), URL: f.Line("join.url", 500)}
	o.Ground, o.UPL, o.Initiative = code("ground", Grounds), f.Line("upl", 500), f.Line("initiative", 120)
	o.Also = parts(f.Line("also", 800))
	o.Application = nil
	if o.Kind == "application" {
		o.Application = &Application{Platforms: codes("application.platforms", Platforms), Vendor: f.Line("application.vendor", lineMost), Medical: f.Bool("application.medical")}
	}
	before := o.Locations
	o.Locations = nil
	for n := range rowsMost {
		at := func(field string) string { return inRow("locations", n, field) }
		l := Location{ID: f.Line(at("id"), 60), Name: f.Line(at("name"), lineMost), Street: f.Line(at("street"), lineMost), Postcode: postcode(f.Line(at("postcode"), 10)),
			Town: f.Line(at("town"), 120), Access: codes(at("access"), Accessibly)}
		if l.Name+l.Street+l.Postcode+l.Town == "" {
			continue
		}
		if k := slices.IndexFunc(before, func(b Location) bool { return b.ID == l.ID }); k >= 0 {
			l.At = before[k].At
		} else {
			l.ID = "" // of no location of this offer
		}
		l.Lat, l.Lon = p.point(f, at("lat"), 90), p.point(f, at("lon"), 180)
		o.Locations = append(o.Locations, l)
	}
	o.Schedule = nil
	for n := range rowsMost {
		at := func(field string) string { return inRow("schedule", n, field) }
		v := Slot{Days: codes(at("days"), Weekdays), Dates: parts(f.Line(at("dates"), 5000)), From: f.Line(at("from"), 5), To: f.Line(at("to"), 5), Note: f.Line(at("note"), lineMost),
			Every: whole(f.Value(at("every"))), Nth: whole(f.Value(at("nth"))), Starts: f.Line(at("starts"), 10), Ends: f.Line(at("ends"), 10)}
		if len(v.Days)+len(v.Dates) > 0 || v.From+v.To+v.Note != "" {
			o.Schedule = append(o.Schedule, v)
		}
	}
	return o
}

func whole(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		return 0
	}
	return n
}

// parts cuts what was typed with commas between.
func parts(s string) []string {
	var out []string
	for p := range strings.SplitSeq(s, ",") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// postcode writes "8248aa" as it is kept: 8248 AA.
func postcode(s string) string {
	s = strings.ToUpper(strings.ReplaceAll(s, " ", ""))
	if len(s) == 6 {
		return s[:4] + " " + s[4:]
	}
	return s
}

// cents reads an amount in euros as people write it.
func (p *sheet) cents(f *web.Form) int64 {
	text := strings.NewReplacer("€", "", " ", "", ",", ".").Replace(f.Line("cost.cents", 20))
	if text == "" {
		return 0
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || v < 0 || v > 100_000 || v != v {
		f.Fail("cost.cents", "offers.wrong.amount")
		return 0
	}
	return int64(v*100 + 0.5)
}

func (p *sheet) point(f *web.Form, name string, most float64) float64 {
	text := strings.Replace(f.Line(name, 20), ",", ".", 1)
	if text == "" {
		return 0
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || v < -most || v > most || v != v {
		f.Fail(name, "offers.wrong.point")
		return 0
	}
	return v
}

// typed shows again what was typed.
func (p *sheet) typed(o *Offer, f *web.Form) {
	p.fillIn(o, f.Value("organisatie"))
	for _, name := range []string{"cost.cents", "waarom", "keeper", "overige-talen"} {
		p.values[name] = f.Value(name)
	}
}

// again shows a form that was refused; what was typed stays.
func (s *Service) again(w http.ResponseWriter, r *http.Request, p *sheet, f *web.Form, o *Offer, err error) error {
	status := http.StatusUnprocessableEntity
	if fault.KindOf(err) == fault.KindConflict {
		p.Stale, status = true, http.StatusConflict
	} else if err != nil && !f.Take(err) {
		return err
	}
	for _, w := range o.check(false) { // all at once, not first what was typed wrong and then what does not fit
		if f.Problem(r.Context(), w.Field) == "" {
			f.Fail(w.Field, w.Key, w.Args...)
		}
	}
	p.typed(o, f)
	p.wrong = f.Problems()
	for k := range p.wrong { // "audience[2]" stands at the field "audience"
		if name := p.wrong[k].Name; strings.HasSuffix(name, "]") {
			p.wrong[k].Name = name[:strings.LastIndexByte(name, '[')]
		}
	}
	return p.render(w, r, status)
}

func (s *Service) sheetOf(ctx context.Context) (*sheet, error) {
	areas, err := s.o.Places.Areas(ctx)
	return &sheet{made: s.made(), Areas: areas}, err
}

func (s *Service) newSheet(ctx context.Context) (*sheet, error) {
	p, err := s.sheetOf(ctx)
	if err != nil {
		return nil, err
	}
	p.Title, p.Action, p.Back, p.New = i18n.T(ctx, "offers.new.title"), "/aanbod/nieuw", "/aanbod", true
	p.Proposes = !isEditor(access.Of(ctx))
	return p, nil
}

func (s *Service) newForm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.newSheet(r.Context())
	if err != nil {
		return err
	}
	p.fillIn(&Offer{Where: []string{"nearby"}, Languages: []string{"nl"}}, "")
	return p.render(w, r, http.StatusOK)
}

func (s *Service) newPost(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	p, err := s.newSheet(ctx)
	if err != nil {
		return err
	}
	o, by := p.read(f, Offer{}), f.Line("organisatie", lineMost)
	made := ""
	if err = f.Err(); err == nil {
		made, err = s.Propose(ctx, "", o, by, 0, f.Line("waarom", whyMost))
	}
	if err != nil {
		return s.again(w, r, p, f, &o, err)
	}
	if made != "" {
		return web.Redirect(w, r, Path(made)+"?gedaan=made")
	}
	return web.Redirect(w, r, "/aanbod?gedaan=proposed")
}

// opened is an entry with its form.
func (s *Service) opened(ctx context.Context, slug string) (p *sheet, v row, by Organisation, err error) {
	may := false
	err = s.db.Read(ctx, func(ctx context.Context, r db.Reader) error {
		v, by, may, err = s.enter(ctx, r, slug)
		return err
	})
	if err != nil {
		return nil, v, by, err
	}
	if p, err = s.sheetOf(ctx); err != nil {
		return nil, v, by, err
	}
	p.Title, p.Action, p.Back, p.Proposes, p.version = i18n.T(ctx, "offers.edit.title", "name", v.Name), Path(slug)+"/wijzigen", Path(slug), !may, v.Version
	return p, v, by, nil
}

func (s *Service) editForm(w http.ResponseWriter, r *http.Request) error {
	p, v, by, err := s.opened(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	p.fillIn(&v.Offer, by.Name)
	return p.render(w, r, http.StatusOK)
}

func (s *Service) editPost(w http.ResponseWriter, r *http.Request) error {
	ctx, slug := r.Context(), r.PathValue("slug")
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	p, v, _, err := s.opened(ctx, slug)
	if err != nil {
		return err
	}
	version := versionOf(f)
	o, why := p.read(f, v.Offer), f.Line("waarom", whyMost)
	o.Locations = s.spotted(o.Locations)
	if p.Proposes {
		o.Keeper = v.Keeper
	} else {
		o.Keeper = f.Line("keeper", 200)
	}
	if err = f.Err(); err == nil {
		if p.Proposes {
			_, err = s.Propose(ctx, slug, o, "", version, why)
		} else {
			err = s.Edit(ctx, slug, o, version, why)
		}
	}
	if err != nil {
		return s.again(w, r, p, f, &o, err)
	}
	said := "saved"
	if p.Proposes {
		said = "proposed"
	}
	return web.Redirect(w, r, Path(slug)+"?gedaan="+said)
}

// versionOf is the state that a form was made of; nonsense is an old one.
func versionOf(f *web.Form) int64 {
	n, err := strconv.ParseInt(f.Value("versie"), 10, 64)
	if err != nil || n <= 0 {
		return -1
	}
	return n
}

// ownView is the page of who keeps entries for an organisation.
type ownView struct {
	made
	List []row
}

func (s *Service) ownPage(w http.ResponseWriter, r *http.Request) error {
	list, err := s.own(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, ownOf(ownView{s.made(), list}))
}

func (s *Service) rightPost(w http.ResponseWriter, r *http.Request) error {
	slug := r.PathValue("slug")
	if err := s.StillRight(r.Context(), slug); err != nil {
		return err
	}
	return web.Redirect(w, r, Path(slug)+"?gedaan=checked")
}

func (s *Service) stopPost(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	slug, stop := r.PathValue("slug"), f.Value("doe") != "verder"
	why := f.Line("reden", whyMost)
	if err := f.Err(); err != nil {
		return err
	}
	if err := s.Stop(r.Context(), slug, why, stop); err != nil {
		return err
	}
	said := "resumed"
	if stop {
		said = "stopped"
	}
	return web.Redirect(w, r, Path(slug)+"?gedaan="+said)
}

// historyView is the page of what was changed.
type historyView struct {
	made
	row
	Steps []Step
	Next  string
}

func (s *Service) historyPage(w http.ResponseWriter, r *http.Request) error {
	v, steps, next, err := s.History(r.Context(), r.PathValue("slug"), short(r.URL.Query().Get(askAfter), 60))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, historyOf(historyView{s.made(), v, steps, next}))
}

// checkView is the page that the link of a letter leads to.
type checkView struct {
	Detail
	made
	Token string
	Done  string // what was answered
}

func (s *Service) asked(r *http.Request) (v checkView, err error) {
	web.Private(r) // the address is a secret
	v.made, v.Token = s.made(), r.PathValue("token")
	err = s.db.Read(r.Context(), func(ctx context.Context, rd db.Reader) error {
		if v.row, err = s.Asked(ctx, rd, v.Token); err != nil {
			return err
		}
		v.By, err = db.One(ctx, rd, scanOrganisation, selectOrganisation, v.Organisation)
		return err
	})
	return v, err
}

func (s *Service) checkForm(w http.ResponseWriter, r *http.Request) error {
	v, err := s.asked(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, checkOf(v))
}

func (s *Service) checkPost(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	v, err := s.asked(r)
	if err != nil {
		return err
	}
	v.Done = f.Choice("antwoord", "", answerRight, answerStop)
	if v.Done == "" {
		return web.Render(w, r, http.StatusUnprocessableEntity, checkOf(v))
	}
	if _, err := s.Answer(r.Context(), v.Token, v.Done); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, checkOf(v))
}

func (s *Service) letterSheet(r *http.Request) (*sheet, checkView, error) {
	v, err := s.asked(r)
	if err != nil {
		return nil, v, err
	}
	p, err := s.sheetOf(r.Context())
	if err != nil {
		return nil, v, err
	}
	p.Title, p.Action, p.Back = i18n.T(r.Context(), "offers.edit.title", "name", v.Name), checkPath(v.Token)+"/wijzigen", checkPath(v.Token)
	p.Proposes, p.ByLetter, p.version = true, true, v.Version
	return p, v, nil
}

func (s *Service) tellForm(w http.ResponseWriter, r *http.Request) error {
	p, v, err := s.letterSheet(r)
	if err != nil {
		return err
	}
	p.fillIn(&v.Offer, v.By.Name)
	return p.render(w, r, http.StatusOK)
}

func (s *Service) tellPost(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	p, v, err := s.letterSheet(r)
	if err != nil {
		return err
	}
	o := p.read(f, v.Offer)
	o.Locations = s.spotted(o.Locations)
	why := f.Line("waarom", whyMost)
	if err = f.Err(); err == nil {
		err = s.Tell(r.Context(), v.Token, o, why)
	}
	if err != nil {
		return s.again(w, r, p, f, &o, err)
	}
	v.Done = "wijzigen"
	return web.Render(w, r, http.StatusOK, checkOf(v))
}

// deskView is the editors' page.
type deskView struct {
	made
	Freshness
	Proposals []Proposal
	Said      string
}

func (s *Service) deskPage(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := deskView{made: s.made(), Said: done(r)}
	var err error
	if v.Freshness, err = s.freshness(ctx); err != nil {
		return err
	}
	if v.Proposals, err = s.Proposals(ctx, s.db); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, deskOf(v))
}

// judgeView is the page of one proposal.
type judgeView struct {
	made
	Judged
	Reason string
	wrong  []fault.Field
}

func (s *Service) proposalPage(w http.ResponseWriter, r *http.Request) error {
	j, err := s.Proposal(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, judgeOf(judgeView{made: s.made(), Judged: j}))
}

func (s *Service) decidePost(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	accept, reason := f.Value("besluit") == "ja", f.Line("reden", whyMost)
	if err = f.Err(); err == nil {
		_, err = s.Decide(ctx, id, accept, reason, versionOf(f))
	}
	if k := fault.KindOf(err); err != nil && (k == fault.KindInvalid || k == fault.KindConflict) {
		v := judgeView{made: s.made(), Reason: reason}
		status := http.StatusConflict
		if k == fault.KindInvalid {
			status, v.wrong = http.StatusUnprocessableEntity, fault.FieldsOf(err)
		} else {
			v.wrong = []fault.Field{{Name: "reden", Key: "offers.wrong.stale"}}
		}
		if v.Judged, err = s.Proposal(ctx, id); err != nil {
			return err
		}
		return web.Render(w, r, status, judgeOf(v))
	}
	if err != nil {
		return err
	}
	said := "refused"
	if accept {
		said = "accepted"
	}
	return web.Redirect(w, r, "/beheer/aanbod?gedaan="+said)
}

// field is a field of the form of an offer.
//
// keys: offers.form.*
func (p *sheet) field(ctx context.Context, name string) ui.Field {
	return ui.Field{Name: name, Label: i18n.T(ctx, "offers.form."+strings.ReplaceAll(name, ".", "-")), Value: p.values[name], Values: p.lists[name],
		Error: wrongOf(ctx, p.wrong, name), Autocomplete: "off", Optional: true}
}

// rowField is a field of one row of the form.
func (p *sheet) rowField(ctx context.Context, list string, n int, name string) ui.Field {
	f := p.field(ctx, inRow(list, n, name))
	f.Label = i18n.T(ctx, "offers.form."+list+"-"+name)
	return f
}

func (p *sheet) text(ctx context.Context, name string, most int, required bool) ui.Field {
	f := p.field(ctx, name)
	f.MaxLength, f.Required, f.Optional = most, required, !required
	return f
}

func (p *sheet) choice(ctx context.Context, name string, codes []string, label func(context.Context, string) string) ui.Field {
	f := p.field(ctx, name)
	f.Options = append([]ui.Option{{Value: "", Label: "–"}}, ticked(ctx, codes, label)...)
	return f
}

func (p *sheet) ticks(ctx context.Context, name string, codes []string, label func(context.Context, string) string) ui.Field {
	f := p.field(ctx, name)
	f.Options = ticked(ctx, codes, label)
	return f
}

func (p *sheet) rowTicks(ctx context.Context, list string, n int, name string, codes []string, label func(context.Context, string) string) ui.Field {
	f := p.rowField(ctx, list, n, name)
	f.Options = ticked(ctx, codes, label)
	return f
}

func ticked(ctx context.Context, codes []string, label func(context.Context, string) string) []ui.Option {
	var list []ui.Option
	for _, c := range codes {
		list = append(list, ui.Option{Value: c, Label: label(ctx, c)})
	}
	return list
}

// areaOptions are the places an offer can be for. Those that it has already, and
// that are not of this instance, stand there too.
func (p *sheet) areaOptions(ctx context.Context) ui.Field {
	f := p.field(ctx, "places")
	for _, a := range p.Areas {
		f.Options = append(f.Options, ui.Option{Value: a.Code, Label: a.Name})
	}
	for _, code := range p.lists["places"] {
		if !slices.ContainsFunc(p.Areas, func(a Area) bool { return a.Code == code }) {
			f.Options = append(f.Options, ui.Option{Value: code, Label: code})
		}
	}
	return f
}

var weekdayOrder = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

func dayWord(ctx context.Context, code string) string {
	return weekdayName(ctx, slices.Index(Weekdays, code))
}
