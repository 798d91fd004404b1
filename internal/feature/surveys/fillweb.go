package surveys

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"wijkbaak.nl/internal/base/db"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/limit"
	"wijkbaak.nl/internal/base/web"
	"wijkbaak.nl/internal/protocol/fhir"
	"wijkbaak.nl/internal/trust/access"
)

// turn takes one page of a form in and shows the next: no page is kept anywhere
// but in the form itself, unless the person asked for it.
func (s *Service) turn(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	st, p, err := s.begun(r, form)
	if err != nil {
		return err
	}
	act, to, _ := strings.Cut(form.Value("doe"), ":")
	shown := shownItems(p.Form, form.Value("op"))
	lenient := act == "terug" || act == "naar" || act == "hoe"
	read := form
	if lenient {
		// Who goes back is not told what is wrong; what can be read is kept.
		if read, err = web.ReadForm(w, r); err != nil {
			return err
		}
	}
	for _, i := range shown {
		before := len(read.Problems())
		if values := readField(read, i); len(read.Problems()) == before {
			st.set(i, values)
		}
	}
	f, err := s.fill(r.Context(), p, st.answers(p.Form), false)
	if err != nil {
		return err
	}
	if !lenient && act != "bewaar" {
		for _, x := range f.Check() {
			if slices.Contains(shown, x.Item) && form.Problem(r.Context(), fieldName(x.Item)) == "" {
				tell(form, x)
			}
		}
	}
	first, lastShown := 0, -1
	if len(shown) > 0 {
		first, lastShown = shown[0].Index, shown[len(shown)-1].Index
	}
	st.Seen = max(st.Seen, lastShown+1)
	if form.Err() != nil && !lenient && len(shown) > 0 {
		return s.showStep(w, r, http.StatusUnprocessableEntity, p, st, first, form, "")
	}
	if st.Response != "" && act != "stuur" && act != "bewaar" {
		if _, err := s.keepState(r.Context(), p, &st, Busy); err != nil {
			return err
		}
	}
	list := steps(&f, st.Whole)
	switch act {
	case "terug":
		k := stepAt(list, first)
		return s.showStep(w, r, http.StatusOK, p, st, firstOf0(list, k-1), nil, "")
	case "naar":
		return s.showStep(w, r, http.StatusOK, p, st, atoi(to), nil, "")
	case "hoe":
		st.Whole = !st.Whole
		return s.showStep(w, r, http.StatusOK, p, st, first, nil, "")
	case "kijk":
		return s.showSummary(w, r, http.StatusOK, p, st, form)
	case "bewaar":
		return s.keepNow(w, r, p, &st, form.Bool("klaar"))
	case "stuur":
		return s.send(w, r, p, &st, form)
	}
	if len(shown) == 0 {
		return s.showStep(w, r, http.StatusOK, p, st, 0, nil, "")
	}
	k := stepAt(list, first)
	if k < len(list) && list[k].first() <= lastShown && slices.ContainsFunc(list[k].Items, func(i *fhir.Item) bool { return !slices.Contains(shown, i) }) {
		return s.showStep(w, r, http.StatusOK, p, st, first, nil, "surveys.fill.more")
	}
	for ; k < len(list); k++ {
		if list[k].first() > lastShown {
			return s.showStep(w, r, http.StatusOK, p, st, list[k].first(), nil, "")
		}
	}
	return s.showSummary(w, r, http.StatusOK, p, st, form)
}

func firstOf0(list []step, k int) int {
	if k < 0 || k >= len(list) {
		return 0
	}
	return list[k].first()
}

// shownItems reads which questions a page held.
func shownItems(q *fhir.Questionnaire, text string) (list []*fhir.Item) {
	for n := range strings.SplitSeq(text, ",") {
		k, err := strconv.Atoi(n)
		if err == nil && k >= 0 && k < len(q.All) && q.All[k].Asked() && len(list) < len(q.All) {
			list = append(list, q.All[k])
		}
	}
	return list
}

// keys: surveys.wrong.required surveys.wrong.kind surveys.wrong.least surveys.wrong.most surveys.wrong.long surveys.wrong.option surveys.wrong.several
func tell(form *web.Form, x fhir.Fault) {
	args := slices.Clone(x.Args)
	for k := 1; k < len(args); k += 2 {
		if text, ok := args[k].(string); ok {
			args[k] = number(text)
		}
	}
	form.Fail(fieldName(x.Item), "surveys.wrong."+x.Code, args...)
}

// showStep shows the step that holds the item with this index, or the summary
// behind the last one.
func (s *Service) showStep(w http.ResponseWriter, r *http.Request, status int, p *Parsed, st state, index int, form *web.Form, said string) error {
	web.Private(r)
	f, err := s.fill(r.Context(), p, st.answers(p.Form), false)
	if err != nil {
		return err
	}
	list := steps(&f, st.Whole)
	k := stepAt(list, index)
	if k == len(list) {
		return s.showSummary(w, r, status, p, st, form)
	}
	v := stepView{Parsed: p, State: st, Filled: &f, Step: list[k], Number: k + 1, Of: len(list), Form: form, Said: said, Shut: !s.mayKeep(r.Context(), p, st)}
	if v.Packed, err = s.packed(st); err != nil {
		return err
	}
	return web.Render(w, r, status, v.render())
}

func (s *Service) packed(st state) (string, error) {
	text, ok := s.pack(st)
	if !ok {
		return "", fault.TooLarge("surveys.wrong.large")
	}
	return text, nil
}

// mayKeep tells whether "keep this" can be offered.
func (s *Service) mayKeep(_ context.Context, p *Parsed, st state) bool {
	return p.Status != Draft && st.Channel != Paper
}

// showSummary shows all answers before they are sent.
func (s *Service) showSummary(w http.ResponseWriter, r *http.Request, status int, p *Parsed, st state, form *web.Form) error {
	f, err := s.fill(r.Context(), p, st.answers(p.Form), false)
	if err != nil {
		return err
	}
	st.Seen = len(p.Form.All) + 1
	v := summaryView{Parsed: p, State: st, Filled: &f, Form: form, Shut: !s.mayKeep(r.Context(), p, st)}
	if v.Packed, err = s.packed(st); err != nil {
		return err
	}
	return web.Render(w, r, status, v.render())
}

// keepNow keeps what is filled in, because the person asks for it.
func (s *Service) keepNow(w http.ResponseWriter, r *http.Request, p *Parsed, st *state, ready bool) error {
	to := Busy
	if ready {
		f, err := s.fill(r.Context(), p, st.answers(p.Form), true)
		if err != nil {
			return err
		}
		if len(f.Check()) == 0 {
			to = Complete
		}
	}
	path, err := s.keepState(r.Context(), p, st, to)
	if err != nil {
		return err
	}
	return web.Redirect(w, r, path+"?nieuw=1")
}

// send ends the filling in: with the result, and where it was asked for with a
// place to come back to.
func (s *Service) send(w http.ResponseWriter, r *http.Request, p *Parsed, st *state, form *web.Form) error {
	ctx := r.Context()
	res, err := s.result(ctx, p, st.answers(p.Form))
	if err != nil {
		return err
	}
	faults := res.Filled.Check()
	for _, x := range faults {
		tell(form, x)
	}
	if len(faults) > 0 {
		return s.showSummary(w, r, http.StatusUnprocessableEntity, p, *st, form)
	}
	// Who sends many forms could see what the few others said in the mean.
	if form.Bool("telt") && p.Status != Draft && s.tells.Take("address:"+limit.Network(access.Of(ctx).Address)) == 0 {
		if err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.count(ctx, tx, p, res.Scores, st.Key) }); err != nil {
			return err
		}
	}
	if st.Response != "" || st.Channel == Paper && p.Status != Draft {
		path, err := s.keepState(ctx, p, st, Complete)
		if err != nil {
			return form.Again(err, func(status int) error { return s.showSummary(w, r, status, p, *st, form) })
		}
		return web.Redirect(w, r, path)
	}
	if st.Series != "" {
		v := Response{URL: p.URL, Series: st.Series}
		if a := access.Of(ctx); a.SignedIn() {
			v.Person = a.Person
		}
		if res.Earlier, err = s.earlier(ctx, v); err != nil {
			return err
		}
	}
	v := resultView{Result: res, State: *st, Shut: !s.mayKeep(ctx, p, *st), SignedIn: access.Of(ctx).SignedIn()}
	if v.Packed, err = s.packed(*st); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, v.render())
}
