package pilots

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/decimal"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/i18n"
	"wijkbaak.nl/internal/base/ui"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/trust/access"
)

// sections are the parts of a pilot that have a form of their own, as the address
// calls them.
var sections = []string{"basis", "indicatoren", "regels", "kosten", "risicos"}

func versionOf(f *web.Form) int64 {
	v, err := strconv.ParseInt(f.Value("versie"), 10, 64)
	if err != nil || v < 1 {
		return -1 // fits no version
	}
	return v
}

func readDay(f *web.Form, name string) time.Time {
	text := f.Line(name, 20)
	if text == "" {
		return time.Time{}
	}
	on, ok := ParseDay(text)
	if !ok {
		f.Fail(name, "pilots.wrong.day")
	}
	return on
}

// readFigure reads a number that may be left out.
func readFigure(f *web.Form, name string) *float64 {
	text := f.Line(name, 40)
	if text == "" {
		return nil
	}
	v, err := decimal.Parse(text)
	if err != nil {
		f.Fail(name, "pilots.wrong.value")
		return nil
	}
	return &v
}

func readWhole(f *web.Form, name, key string) int {
	v := readFigure(f, name)
	if v == nil {
		return 0
	}
	if *v != float64(int(*v)) || *v < 0 || *v > peopleMost {
		f.Fail(name, key)
		return 0
	}
	return int(*v)
}

func readBasis(f *web.Form) Pilot {
	return Pilot{Initiative: f.Line("initiatief", 120), Name: f.Line("naam", NameMost), Place: f.Line("gemeente", 80), Lead: f.Line("kartrekker", 80),
		LeadPerson: f.Line("projectleider", 80), Starts: readDay(f, "van"), Ends: readDay(f, "tot"),
		People: readWhole(f, "mensen", "pilots.wrong.people"), Goal: f.Text("doel", TextMost),
		Design: f.Choice("opzet", append([]string{"before_after"}, Designs...)...), Compared: f.Line("vergeleken", ShortMost)}
}

func basisForm(p Pilot) *web.Form {
	return web.NewForm("initiatief", p.Initiative, "naam", p.Name, "gemeente", p.PlaceName, "kartrekker", p.Lead, "projectleider", p.LeadPerson,
		"van", iso(p.Starts), "tot", iso(p.Ends), "mensen", whole(p.People), "doel", p.Goal, "opzet", p.Design, "vergeleken", p.Compared)
}

func (s *Service) newForm(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	return s.showNew(w, r, http.StatusOK, web.NewForm("initiatief", short(q.Get("initiatief"), 120), "gemeente", short(q.Get("gemeente"), 80), "opzet", "before_after"))
}

func (s *Service) showNew(w http.ResponseWriter, r *http.Request, status int, form *web.Form) error {
	p := newPage{Form: form}
	err := s.DB.Read(r.Context(), func(ctx context.Context, rd db.Reader) error {
		var err error
		if p.Choices, err = s.Initiatives.Choices(ctx, rd); err != nil {
			return err
		}
		if asked := form.Value("initiatief"); asked != "" && !slices.ContainsFunc(p.Choices, func(l Link) bool { return l.ID == asked }) {
			more, err := s.Initiatives.Links(ctx, rd, []string{asked})
			if err != nil {
				return err
			}
			p.Choices = append(more, p.Choices...)
		}
		p.Organisations, err = s.led(ctx, rd)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, p.render())
}

// led lists the organisations for which the actor leads.
func (s *Service) led(ctx context.Context, r db.Reader) ([]Link, error) {
	list, err := s.People.Organisations(ctx, r)
	ids := organisations(access.Of(ctx))
	return slices.DeleteFunc(list, func(l Link) bool { return !slices.Contains(ids, l.ID) }), err
}

func (s *Service) create(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	p := readBasis(form)
	if err = form.Err(); err == nil {
		p, err = s.Create(r.Context(), p)
	}
	if err != nil {
		return form.Again(err, func(status int) error { return s.showNew(w, r, status, form) })
	}
	return web.Redirect(w, r, Path(p.ID)+"/bewerken/indicatoren?gedaan=made")
}

// section gives which part is asked for.
func section(r *http.Request) (string, error) {
	name := r.PathValue("deel")
	if name == "" {
		return sections[0], nil
	}
	if !slices.Contains(sections, name) {
		return "", fault.NotFound()
	}
	return name, nil
}

func (s *Service) editForm(w http.ResponseWriter, r *http.Request) error {
	name, err := section(r)
	if err != nil {
		return err
	}
	v, err := s.mine(r)
	if err != nil {
		return err
	}
	return s.showEdit(w, r, http.StatusOK, editPage{View: v, Section: name, Form: sectionForm(v, name, r.URL.Query().Get("code")), Said: done(r)})
}

// sectionForm fills the form of a part with what is kept.
func sectionForm(v View, name, code string) *web.Form {
	var pairs []string
	line := func(k int, fields ...string) {
		for n := 0; n+1 < len(fields); n += 2 {
			pairs = append(pairs, lineName(fields[n], k), fields[n+1])
		}
	}
	switch name {
	case "basis":
		return basisForm(v.Pilot)
	case "indicatoren":
		for _, i := range v.Series {
			if i.Code == code {
				return web.NewForm("code", i.Code, "naam", i.Name, "uitleg", i.Definition, "eenheid", i.Unit, "soort", string(i.Kind), "beter", i.Better,
					"nul", figure(i.Baseline), "doel", figure(i.Target), "bron", i.Source, "vaak", i.Every, "teller", i.Counter)
			}
		}
		return web.NewForm("soort", string(Count), "beter", "up", "vaak", "month")
	case "regels":
		for k, u := range v.Rules {
			line(k, "soort", u.Kind, "indicator", u.Indicator, "vergelijk", u.Comparison, "waarde", number(u.Value), "week", strconv.Itoa(u.Week))
		}
	case "kosten":
		for k, c := range v.Costs {
			line(k, "post", c.Label, "begroot", euros(&c.Planned), "echt", euros(c.Spent))
		}
	case "risicos":
		for k, u := range v.Risks {
			line(k, "risico", u.Label, "zwaarte", u.Weight, "antwoord", u.Answer)
		}
	}
	return web.NewForm(pairs...)
}

// euros writes cents for a field.
func euros(cents *int64) string {
	if cents == nil {
		return ""
	}
	text := strconv.FormatInt(*cents/100, 10)
	if rest := *cents % 100; rest != 0 {
		text += "," + strconv.FormatInt(100+max(rest, -rest), 10)[1:]
	}
	if *cents < 0 && *cents > -100 {
		text = "-" + text
	}
	return text
}

func (s *Service) showEdit(w http.ResponseWriter, r *http.Request, status int, p editPage) error {
	err := s.DB.Read(r.Context(), func(ctx context.Context, rd db.Reader) error {
		var err error
		if p.Colleagues, err = s.People.Colleagues(ctx, rd); err != nil {
			return err
		}
		p.Counters, err = s.counters(ctx, rd)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, p.render())
}

func (s *Service) edit(w http.ResponseWriter, r *http.Request) error {
	name, err := section(r)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id, to := r.PathValue("id"), "/bewerken/"+name+"?gedaan=saved"
	if err = s.save(r.Context(), id, name, form); err != nil {
		return form.Again(err, func(status int) error {
			v, gone := s.mine(r)
			if gone != nil {
				return gone
			}
			p := editPage{View: v, Section: name, Form: form}
			if status == http.StatusConflict {
				p.Theirs = theirs(r.Context(), v, name, form.Value("code"))
			}
			return s.showEdit(w, r, status, p)
		})
	}
	return web.Redirect(w, r, Path(id)+to)
}

// save keeps the form of a part.
func (s *Service) save(ctx context.Context, id, name string, form *web.Form) error {
	version, why := versionOf(form), form.Line("waarom", ShortMost)
	switch name {
	case "basis":
		p := readBasis(form)
		if err := form.Err(); err != nil {
			return err
		}
		return s.Edit(ctx, id, version, p, why)
	case "indicatoren":
		if form.Bool("weg") {
			return s.RemoveIndicator(ctx, id, version, form.Line("code", 60))
		}
		i := Indicator{Code: form.Line("code", 40), Name: form.Line("naam", NameMost), Definition: form.Text("uitleg", TextMost), Unit: form.Line("eenheid", 60),
			Kind: Kind(form.Choice("soort", "count", "share", "mean", "score", "euro")), Better: form.Choice("beter", "up", "down"),
			Baseline: readFigure(form, "nul"), Target: readFigure(form, "doel"), Source: form.Line("bron", ShortMost),
			Every: form.Choice("vaak", "month", "week", "quarter"), Counter: form.Line("teller", 60)}
		if err := form.Err(); err != nil {
			return err
		}
		return s.KeepIndicator(ctx, id, version, i, why)
	case "regels":
		rules, lines := readRules(form)
		if err := form.Err(); err != nil {
			return err
		}
		return renumber(s.KeepRules(ctx, id, version, rules, why), lines)
	case "kosten":
		costs, lines := readCosts(form)
		if err := form.Err(); err != nil {
			return err
		}
		return renumber(s.KeepCosts(ctx, id, version, costs, why), lines)
	}
	risks, lines := readRisks(form)
	if err := form.Err(); err != nil {
		return err
	}
	return renumber(s.KeepRisks(ctx, id, version, risks, why), lines)
}

// renumber puts what is wrong beside the line of the form that it was typed on: empty
// lines are not counted by the service.
func renumber(err error, lines []int) error {
	if fault.KindOf(err) != fault.KindInvalid {
		return err
	}
	fields := slices.Clone(fault.FieldsOf(err))
	for k, f := range fields {
		name, at, ok := strings.Cut(f.Name, ".")
		if n, bad := strconv.Atoi(at); ok && bad == nil && n < len(lines) {
			fields[k].Name = lineName(name, lines[n])
		}
	}
	return fault.Invalid(fields...)
}

func readRules(f *web.Form) (rules []Rule, lines []int) {
	for k := range LinesMost {
		value := f.Line(lineName("waarde", k), 40)
		if value == "" {
			continue
		}
		u := Rule{Kind: f.Choice(lineName("soort", k), "stop", "start"), Indicator: f.Line(lineName("indicator", k), 40),
			Comparison: f.Choice(lineName("vergelijk", k), Comparisons...), Week: readWhole(f, lineName("week", k), "pilots.wrong.rule.week")}
		if v := readFigure(f, lineName("waarde", k)); v != nil {
			u.Value = *v
		}
		rules, lines = append(rules, u), append(lines, k)
	}
	return rules, lines
}

func readCents(f *web.Form, name string) *int64 {
	text := f.Line(name, 40)
	if text == "" {
		return nil
	}
	c, err := decimal.Cents(text)
	if err != nil {
		f.Fail(name, "pilots.wrong.cents")
		return nil
	}
	return &c
}

func readCosts(f *web.Form) (costs []Cost, lines []int) {
	for k := range LinesMost {
		c := Cost{Label: f.Line(lineName("post", k), ShortMost), Spent: readCents(f, lineName("echt", k))}
		planned := readCents(f, lineName("begroot", k))
		if c.Label == "" && c.Spent == nil && planned == nil {
			continue
		}
		if planned != nil {
			c.Planned = *planned
		}
		costs, lines = append(costs, c), append(lines, k)
	}
	return costs, lines
}

func readRisks(f *web.Form) (risks []Risk, lines []int) {
	for k := range LinesMost {
		u := Risk{Label: f.Line(lineName("risico", k), ShortMost), Weight: f.Choice(lineName("zwaarte", k), "middle", "low", "high"),
			Answer: f.Line(lineName("antwoord", k), ShortMost)}
		if u.Label == "" && u.Answer == "" {
			continue
		}
		risks, lines = append(risks, u), append(lines, k)
	}
	return risks, lines
}

// theirs is what somebody else kept meanwhile, to lay beside what was typed.
func theirs(ctx context.Context, v View, name, code string) []ui.Pair {
	f := sectionForm(v, name, code)
	var list []ui.Pair
	add := func(key, value string) {
		if value != "" {
			list = append(list, ui.Fact(i18n.T(ctx, key), value))
		}
	}
	switch name {
	case "basis":
		add("pilots.field.name", v.Name)
		add("pilots.field.place", v.PlaceName)
		add("pilots.field.from", iso(v.Starts))
		add("pilots.field.until", iso(v.Ends))
		add("pilots.field.people", whole(v.People))
		add("pilots.field.goal", v.Goal)
		add("pilots.field.design", i18n.T(ctx, "pilots.design."+v.Design))
	case "indicatoren":
		for _, n := range [][2]string{{"naam", "pilots.indicator.name"}, {"uitleg", "pilots.indicator.definition"}, {"eenheid", "pilots.indicator.unit"},
			{"nul", "pilots.indicator.baseline"}, {"doel", "pilots.indicator.target"}, {"bron", "pilots.indicator.source"}} {
			if code != "" {
				add(n[1], f.Value(n[0]))
			}
		}
	case "regels":
		for _, u := range v.Rules {
			add("pilots.rule."+u.Kind, u.words(ctx, v.Series))
		}
	case "kosten":
		for _, c := range v.Costs {
			list = append(list, ui.Fact(c.Label, i18n.Euro(ctx, c.Planned)))
		}
	case "risicos":
		for _, u := range v.Risks {
			list = append(list, ui.Fact(u.Label, u.Answer))
		}
	}
	return list
}
