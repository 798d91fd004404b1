package coalitions

import (
	"context"
	"math"
	"net/http"
	"slices"
	"strconv"

	"wijkbaak.nl/internal/base/decimal"
	"wijkbaak.nl/internal/base/fault"
	"wijkbaak.nl/internal/base/web"
)

func (s *Service) chooseRoutes() []web.Route {
	return []web.Route{
		web.Get(one+"/kiezen", in, s.boardPage),
		web.Get(one+"/kiezen/criteria", in, s.criteriaPage),
		web.Post(one+"/kiezen/criteria", in, s.saveCriteria),
		web.Post(one+"/kiezen/akkoord", in, s.button("/kiezen#criteria", func(ctx context.Context, id string, f *web.Form) error {
			return s.Agree(ctx, id, number(f, "tekst"))
		})),
		web.Post(one+"/kiezen/lijst", in, s.postListed),
		web.Post(one+"/kiezen/openen", in, s.boardForm(func(ctx context.Context, id string, _ *web.Form) (string, error) { return "/kiezen", s.Open(ctx, id) })),
		web.Get(one+"/kiezen/scoren", in, s.nextScore),
		web.Get(one+"/kiezen/scoren/{slug}", in, s.scorePage),
		web.Post(one+"/kiezen/scoren/{slug}", in, s.saveScore),
		web.Post(one+"/kiezen/tonen", in, s.boardForm(func(ctx context.Context, id string, _ *web.Form) (string, error) {
			return "/kiezen/uitslag", s.Reveal(ctx, id)
		})),
		web.Get(one+"/kiezen/uitslag", in, s.resultPage),
		web.Post(one+"/kiezen/keuze", in, s.saveChoice),
		web.Post(one+"/kiezen/opnieuw", in, s.again),
	}
}

func (s *Service) boardPage(w http.ResponseWriter, r *http.Request) error {
	return s.showBoard(w, r, http.StatusOK, web.NewForm())
}

func (s *Service) showBoard(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	web.Private(r)
	id := r.PathValue("id")
	b, err := s.Board(r.Context(), id)
	if err != nil {
		return err
	}
	p := boardView{Board: b, Form: f, Words: r.URL.Query().Get("zoek")}
	if b.Choice.Stage == Listing && b.Self.Role.scores() {
		if len(p.Words) > 100 {
			p.Words = ""
		}
		if p.Found, err = s.Find(r.Context(), id, p.Words); err != nil {
			return err
		}
		p.Found = slices.DeleteFunc(p.Found, func(l Link) bool { return slices.Contains(b.Choice.Listed, l.ID) })
	}
	return web.Render(w, r, status, p.render())
}

// boardForm takes a form of the page on which they choose.
func (s *Service) boardForm(do func(ctx context.Context, id string, f *web.Form) (to string, err error)) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		id := r.PathValue("id")
		return save(w, r, func(f *web.Form) (string, error) {
			to, err := do(r.Context(), id, f)
			return Path(id) + to, err
		}, func(status int, f *web.Form) error { return s.showBoard(w, r, status, f) })
	}
}

func (s *Service) postListed(w http.ResponseWriter, r *http.Request) error {
	return s.boardForm(func(ctx context.Context, id string, f *web.Form) (string, error) {
		if slug := f.Line("weg", slugMost); slug != "" {
			return "/kiezen#lijst", s.Put(ctx, id, slug, false)
		}
		return "/kiezen#lijst", s.Put(ctx, id, f.Line("initiatief", slugMost), true)
	})(w, r)
}

func (s *Service) criteriaPage(w http.ResponseWriter, r *http.Request) error {
	return s.showCriteria(w, r, http.StatusOK, nil)
}

func (s *Service) showCriteria(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	web.Private(r)
	b, err := s.Board(r.Context(), r.PathValue("id"))
	if err == nil {
		err = may(b.Coalition, b.Self.Role, Convener)
	}
	if err == nil {
		err = b.Choice.at(Listing)
	}
	if err != nil {
		return err
	}
	p := criteriaView{Board: b, Form: f, Conflict: status == http.StatusConflict}
	if f == nil {
		var pairs []string
		for i, c := range b.Choice.Criteria {
			at := strconv.Itoa(i + 1)
			pairs = append(pairs, "id-"+at, c.ID, "naam-"+at, c.Name, "uitleg-"+at, c.Text, "gewicht-"+at, typed(c.Weight))
		}
		p.Form = web.NewForm(pairs...)
	}
	return web.Render(w, r, status, p.render())
}

// readCriteria reads the rows that have a name.
func readCriteria(f *web.Form) []Criterion {
	var list []Criterion
	for i := 1; i <= criteriaMost; i++ {
		at := strconv.Itoa(i)
		c := Criterion{ID: f.Line("id-"+at, idMost), Name: f.Line("naam-"+at, criterionMost), Text: f.Line("uitleg-"+at, explainMost)}
		if c.Name == "" {
			continue
		}
		var ok bool
		if c.Weight, ok = readWeight(f.Line("gewicht-"+at, 12)); !ok {
			f.Fail("gewicht-"+at, "coalitions.wrong.weight", "most", weightMost)
		}
		list = append(list, c)
	}
	return list
}

// readWeight reads a weight as people type it.
func readWeight(text string) (float64, bool) {
	v, err := decimal.Parse(text)
	if err != nil || math.IsNaN(v) || v < 0 || v > weightMost {
		return 0, false
	}
	return v, true
}

func (s *Service) saveCriteria(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	return save(w, r, func(f *web.Form) (string, error) {
		list := readCriteria(f)
		if err := f.Err(); err != nil {
			return "", err
		}
		return Path(id) + "/kiezen#criteria", s.SaveCriteria(r.Context(), id, number(f, "versie"), list)
	}, func(status int, f *web.Form) error { return s.showCriteria(w, r, status, f) })
}

// nextScore leads to the first initiative that the actor has not scored.
func (s *Service) nextScore(w http.ResponseWriter, r *http.Request) error {
	web.Private(r)
	b, err := s.Board(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	slug := b.open()
	if slug == "" || b.Choice.Stage != Scoring {
		return web.Redirect(w, r, Path(b.ID)+"/kiezen")
	}
	return web.Redirect(w, r, Path(b.ID)+"/kiezen/scoren/"+slug)
}

func (s *Service) scorePage(w http.ResponseWriter, r *http.Request) error {
	return s.showScore(w, r, http.StatusOK, nil)
}

func (s *Service) showScore(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	web.Private(r)
	b, err := s.Board(r.Context(), r.PathValue("id"))
	if err == nil {
		err = may(b.Coalition, b.Self.Role, deciders...)
	}
	if err == nil {
		err = b.Choice.at(Scoring)
	}
	if err != nil {
		return err
	}
	slug := r.PathValue("slug")
	if !slices.Contains(b.Choice.Listed, slug) {
		return fault.NotFound()
	}
	if f == nil {
		var pairs []string
		for k, v := range b.Own[slug] {
			pairs = append(pairs, "score-"+k, strconv.Itoa(v))
		}
		f = web.NewForm(pairs...)
	}
	return web.Render(w, r, status, scoreView{Board: b, Slug: slug, Form: f}.render())
}

func (s *Service) saveScore(w http.ResponseWriter, r *http.Request) error {
	id, slug := r.PathValue("id"), r.PathValue("slug")
	return save(w, r, func(f *web.Form) (string, error) {
		b, err := s.Board(r.Context(), id)
		if err != nil {
			return "", err
		}
		given := map[string]int{}
		for _, k := range b.Choice.Criteria {
			if v, err := strconv.Atoi(f.Line("score-"+k.ID, 4)); err == nil {
				given[k.ID] = v
			}
		}
		done, err := s.Score(r.Context(), id, slug, given)
		if done {
			return Path(id) + "/kiezen", err
		}
		return Path(id) + "/kiezen/scoren", err
	}, func(status int, f *web.Form) error { return s.showScore(w, r, status, f) })
}

func (s *Service) resultPage(w http.ResponseWriter, r *http.Request) error {
	return s.showResult(w, r, http.StatusOK, web.NewForm())
}

// tryWeights reads weights to try out from the address; nothing of it is kept.
func tryWeights(r *http.Request, criteria []Criterion) (map[string]float64, *web.Form) {
	weights := map[string]float64{}
	var pairs []string
	var wrong []string
	for _, c := range criteria {
		name := "gewicht-" + c.ID
		text := r.URL.Query().Get(name)
		if text == "" {
			text = typed(c.Weight)
		}
		pairs = append(pairs, name, text)
		if v, ok := readWeight(text); ok {
			weights[c.ID] = v
		} else {
			wrong = append(wrong, name)
		}
	}
	f := web.NewForm(pairs...)
	for _, name := range wrong {
		f.Fail(name, "coalitions.wrong.weight", "most", weightMost)
	}
	return weights, f
}

func (s *Service) showResult(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	web.Private(r)
	b, err := s.Board(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	weights, tried := tryWeights(r, b.Choice.Criteria)
	v, err := s.Result(r.Context(), b.ID, weights)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, resultView{Result: v, Form: f, Try: tried, Conflict: status == http.StatusConflict}.render())
}

func (s *Service) saveChoice(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	return save(w, r, func(f *web.Form) (string, error) {
		slug, why := f.Line("initiatief", slugMost), f.Text("waarom", reasonMost)
		if err := f.Err(); err != nil {
			return "", err
		}
		return Path(id), s.Choose(r.Context(), id, number(f, "versie"), slug, why)
	}, func(status int, f *web.Form) error { return s.showResult(w, r, status, f) })
}

func (s *Service) again(w http.ResponseWriter, r *http.Request) error {
	return s.boardForm(func(ctx context.Context, id string, f *web.Form) (string, error) {
		return "/kiezen", s.Again(ctx, id, f.Line("waarom", whyMost))
	})(w, r)
}
