package screenings

import (
	"context"
	"crypto/rand"
	"net/http"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/qr"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

func (s *Service) deskPage(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	list, err := s.Own(r.Context())
	if err != nil {
		return err
	}
	return page(w, r, http.StatusOK, deskView{Rounds: list, MayAdd: runners.Check(r.Context()) == nil}.render())
}

func (s *Service) roundPage(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	v, err := s.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	f, err := s.figures(r.Context(), s.DB, v.Round)
	if err != nil {
		return err
	}
	return page(w, r, http.StatusOK, roundView{View: v, Figures: f, Said: saidOf(r), Today: s.today(), Demo: v.MayRun || v.MayTreat}.render())
}

// saidOf adds to what was done how many.
func saidOf(r *http.Request) string {
	q := r.URL.Query()
	if q.Get("gedaan") == "mailed" {
		n, _ := strconv.Atoi(q.Get("n")) // what is no number counts as none
		skipped, _ := strconv.Atoi(q.Get("dubbel"))
		text := i18n.T(r.Context(), "screenings.mailed", "n", min(max(n, 0), mailsMost))
		if skipped > 0 {
			text += " " + i18n.T(r.Context(), "screenings.skipped", "n", min(skipped, mailsMost))
		}
		return text
	}
	return said(r)
}

func (s *Service) newPage(w http.ResponseWriter, r *http.Request) error {
	ctx, today := r.Context(), s.today()
	return s.showEdit(w, r, http.StatusOK, View{}, web.NewForm("begin", string(today.Add(14)), "einde", string(today.Add(104)),
		"uitnodiging", i18n.T(ctx, "screenings.default.invitation"), "leeftijd", i18n.T(ctx, "screenings.default.ages"),
		"metingen", i18n.T(ctx, "screenings.default.measures"), "bewaren", "365", "herinneren", "14", "keer", "1"))
}

// filled is the form of a round as it is.
func filled(r Round) *web.Form {
	return web.NewForm("titel", r.Title, "lijst", r.Survey, "leeftijd", r.Ages, "meter", r.Screener, "begin", string(r.Starts), "einde", string(r.Ends),
		"uitnodiging", r.Invitation, "contact", r.Contact, "plekken", strings.Join(r.Locations, "\n"), "metingen", measureLines(r.Measures),
		"bewaren", strconv.Itoa(r.KeepDays), "herinneren", strconv.Itoa(r.RemindDays), "keer", strconv.Itoa(r.Times),
		"versie", strconv.FormatInt(r.Version, 10), "organisatie", r.Organisation)
}

func (s *Service) showEdit(w http.ResponseWriter, r *http.Request, status int, v View, form *web.Form) error {
	web.Private(r)
	p := editView{View: v, Form: form}
	var err error
	if p.Own, p.All, err = s.Organisations(r.Context()); err != nil {
		return err
	}
	if p.Surveys, err = s.Surveys.Choices(r.Context()); err != nil {
		return err
	}
	return page(w, r, status, p.render())
}

func number(f *web.Form, name string) int {
	n, err := strconv.Atoi(f.Line(name, 10))
	if err != nil {
		return -1 // the service says what is wrong with it
	}
	return n
}

func day(f *web.Form, name string) Day {
	d, err := ParseDay(f.Line(name, 20))
	if err != nil {
		f.Fail(name, "screenings.wrong.day")
	}
	return d
}

func readTerms(f *web.Form) Terms {
	t := Terms{Title: f.Line("titel", titleMost), Survey: f.Line("lijst", 100), Ages: f.Line("leeftijd", agesMost), Screener: f.Line("meter", 60),
		Starts: day(f, "begin"), Ends: day(f, "einde"), Invitation: f.Text("uitnodiging", invitationMost), Contact: f.Line("contact", contactMost),
		KeepDays: number(f, "bewaren"), RemindDays: number(f, "herinneren"), Times: number(f, "keer"), Organisation: f.Line("organisatie", 60)}
	t.Version, _ = strconv.ParseInt(f.Value("versie"), 10, 64) // what is no number is no version that was
	for line := range strings.Lines(f.Text("plekken", locationsMost*(locationMost+2))) {
		if line = strings.TrimSpace(line); line != "" && len(t.Locations) < locationsMost {
			t.Locations = append(t.Locations, line)
		}
	}
	var err error
	if t.Measures, err = ParseMeasures(f.Text("metingen", measuresMost*200)); err != nil {
		f.Take(err)
	}
	return t
}

func (s *Service) create(w http.ResponseWriter, r *http.Request) error {
	return post(w, r, func(ctx context.Context, f *web.Form) (string, error) {
		t := readTerms(f)
		if err := f.Err(); err != nil {
			return "", err
		}
		id, err := s.Create(ctx, t)
		return Path(id) + "?gedaan=saved", err
	}, func(status int, f *web.Form) error { return s.showEdit(w, r, status, View{}, f) })
}

// running gives a round to who runs it, for a page.
func (s *Service) running(r *http.Request) (View, error) {
	v, err := s.Get(r.Context(), r.PathValue("id"))
	if err == nil && !v.MayRun {
		err = fault.NotFound()
	}
	return v, err
}

func (s *Service) editPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.running(r)
	if err != nil {
		return err
	}
	return s.showEdit(w, r, http.StatusOK, v, filled(v.Round))
}

func (s *Service) save(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	return post(w, r, func(ctx context.Context, f *web.Form) (string, error) {
		if _, err := s.running(r); err != nil {
			return "", err
		}
		t := readTerms(f)
		if err := f.Err(); err != nil {
			return "", err
		}
		return Path(id) + "?gedaan=saved", s.Save(ctx, id, t)
	}, func(status int, f *web.Form) error {
		v, err := s.running(r)
		if err != nil {
			return err
		}
		return s.showEdit(w, r, status, v, f)
	})
}

func (s *Service) turn(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id, ctx := r.PathValue("id"), r.Context()
	to := Path(id)
	switch form.Value("stand") {
	case "open":
		err, to = s.Turn(ctx, id, Open), to+"?gedaan=opened"
	case "dicht":
		err, to = s.Turn(ctx, id, Closed), to+"?gedaan=closed"
	case "weg":
		err, to = s.Remove(ctx, id), deskBase
	default:
		if _, err = s.running(r); err == nil {
			err = fault.Invalid(fault.Field{Name: "stand", Key: "screenings.wrong.state"})
		}
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, to)
}

func (s *Service) invitePage(w http.ResponseWriter, r *http.Request) error {
	return s.showInvite(w, r, http.StatusOK, web.NewForm("formulier", rand.Text()))
}

func (s *Service) showInvite(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	web.Private(r)
	v, err := s.running(r)
	if err != nil {
		return err
	}
	return page(w, r, status, inviteView{View: v, Form: form, Today: s.today()}.render())
}

// invite makes codes and gives them once: as a file, as letters to print, or by mail.
func (s *Service) invite(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	ctx := r.Context()
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	again := func(status int) error { return s.showInvite(w, r, status, form) }
	if _, err := s.running(r); err != nil {
		return err
	}
	q := Asked{Form: form.Line("formulier", 60), Channel: form.Choice("hoe", ByFile, BySheet, ByMail)}
	if q.Channel == ByMail {
		q.District = form.Line("wijk", 10)
		q.Addresses, err = Addresses(form.Text("adressen", mailsMost*260))
	} else {
		q.Districts, err = Districts(form.Text("wijken", 20_000))
	}
	if err != nil {
		return form.Again(err, again)
	}
	round, list, skipped, err := s.Invite(ctx, r.PathValue("id"), q)
	if err != nil {
		return form.Again(err, again)
	}
	switch q.Channel {
	case ByMail:
		return web.Redirect(w, r, Path(round.ID)+"?gedaan=mailed&n="+strconv.Itoa(len(list))+"&dubbel="+strconv.Itoa(skipped))
	case BySheet:
		v := lettersView{Round: round, Address: s.BaseURL + base}
		for _, one := range list {
			svg, err := qr.SVG(s.codeURL(one.Code), i18n.T(ctx, "screenings.letter.qr"))
			if err != nil {
				return err
			}
			v.Letters = append(v.Letters, letter{one, svg})
		}
		return page(w, r, http.StatusOK, v.render())
	}
	body, err := s.file(ctx, list)
	if err != nil {
		return err
	}
	return web.Download(w, r, "uitnodigingen.csv", kindCSV, body)
}

func (s *Service) silent(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	body, err := s.Silent(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return web.Download(w, r, "nog-geen-antwoord.csv", kindCSV, body)
}

func (s *Service) withdraw(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	if err := s.Withdraw(r.Context(), id, form.Line("stapel", 60)); err != nil {
		return err
	}
	return web.Redirect(w, r, Path(id)+"?gedaan=withdrawn")
}

func (s *Service) slotsPage(w http.ResponseWriter, r *http.Request) error {
	return s.showSlots(w, r, http.StatusOK, web.NewForm("van", "9:00", "tot", "12:00", "minuten", "20", "plaatsen", "1"))
}

func (s *Service) showSlots(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	web.Private(r)
	v, err := s.running(r)
	if err != nil {
		return err
	}
	return page(w, r, status, slotsView{View: v, Form: form, Said: said(r)}.render())
}

func (s *Service) addSlots(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	return post(w, r, func(ctx context.Context, f *web.Form) (string, error) {
		if _, err := s.running(r); err != nil {
			return "", err
		}
		v := Series{Day: day(f, "dag"), From: f.Line("van", 10), Until: f.Line("tot", 10), Minutes: number(f, "minuten"), Seats: number(f, "plaatsen"),
			Location: f.Line("plek", locationMost)}
		if err := f.Err(); err != nil {
			return "", err
		}
		_, err := s.AddSlots(ctx, id, v)
		return Path(id) + "/tijden?gedaan=slots", err
	}, func(status int, f *web.Form) error { return s.showSlots(w, r, status, f) })
}

func (s *Service) dropSlot(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	web.Private(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	if err := s.DropSlot(r.Context(), id, form.Line("tijd", 60)); err != nil {
		return err
	}
	return web.Redirect(w, r, Path(id)+"/tijden?gedaan=dropped")
}

func (s *Service) dayPage(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	d, err := ParseDay(r.URL.Query().Get("dag"))
	if err != nil || d == "" {
		d = s.today()
	}
	round, list, err := s.OnDay(r.Context(), r.PathValue("id"), d)
	if err != nil {
		return err
	}
	return page(w, r, http.StatusOK, dayView{Round: round, Day: d, List: list}.render())
}

func (s *Service) patientPage(w http.ResponseWriter, r *http.Request) error {
	return s.showPatient(w, r, http.StatusOK, nil)
}

func (s *Service) showPatient(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	web.Private(r)
	c, err := s.Patient(r.Context(), r.PathValue("id"), r.PathValue("wie"))
	if err != nil {
		return err
	}
	if form == nil {
		form = measuredForm(c)
	}
	return page(w, r, status, patientView{Card: c, Form: form, Said: said(r)}.render())
}

// measuredForm is the form of a result as it is.
func measuredForm(c Card) *web.Form {
	if c.Result == nil {
		return web.NewForm("versie", "0")
	}
	pairs := []string{"versie", strconv.FormatInt(c.Result.Version, 10), "uitkomst", c.Result.Outcome, "advies", c.Result.Advice}
	for k, m := range c.Round.Measures {
		for _, v := range c.Result.Readings {
			if v.Name == m.Name {
				pairs = append(pairs, valueField(k), plain(v.Value))
			}
		}
	}
	return web.NewForm(pairs...)
}

func (s *Service) enter(w http.ResponseWriter, r *http.Request) error {
	id, who := r.PathValue("id"), r.PathValue("wie")
	return post(w, r, func(ctx context.Context, f *web.Form) (string, error) {
		v := Found{Values: map[int]string{}, Outcome: f.Value("uitkomst"), Advice: f.Text("advies", adviceMost)}
		for k := range measuresMost {
			v.Values[k] = f.Line(valueField(k), 20)
		}
		v.Version, _ = strconv.ParseInt(f.Value("versie"), 10, 64) // what is no number is a first result
		if err := f.Err(); err != nil {
			return "", err
		}
		return visitBase + "/" + id + "/" + who + "?gedaan=entered", s.Enter(ctx, id, who, v)
	}, func(status int, f *web.Form) error { return s.showPatient(w, r, status, f) })
}

func (s *Service) cameOrNot(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id, who := r.PathValue("id"), r.PathValue("wie")
	if !access.Of(r.Context()).SignedIn() {
		return fault.Denied()
	}
	if err := s.Came(r.Context(), id, who, form.Value("gekomen")); err != nil {
		return err
	}
	return web.Redirect(w, r, visitBase+"/"+id+"/"+who+"?gedaan=came")
}
